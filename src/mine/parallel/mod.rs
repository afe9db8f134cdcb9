//! A search cut into chunks that several threads work on.

pub(crate) mod chunks;
pub(crate) mod splitting;
