//! A call that is running: what may end it, and how far it is.

pub(crate) mod control;
pub(crate) mod meter;
pub(crate) mod progress;
pub(crate) mod ticker;
