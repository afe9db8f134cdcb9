//! The locks and atomics of the hand-over protocols. The model check in `loom/` includes those files with loom's
//! instead.

pub(super) use std::sync::atomic::{AtomicUsize, Ordering};
pub(super) use std::sync::{Condvar, Mutex, MutexGuard};
