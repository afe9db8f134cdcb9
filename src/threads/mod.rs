//! The threads of a call.

pub(crate) mod ordered;
pub(crate) mod pool;
pub(crate) mod work_sharing;
pub(crate) mod workers;
