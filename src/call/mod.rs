//! A running call: what may end it, and how far it has got.
//!
//! In come a cancel token, a time limit and a progress function; out go a yes or no to "should it stop?" and fractions.
//! Nothing here knows what the call does.
//!
//! | file | its part |
//! |---|---|
//! | `control` | the cancel token, the time limit, polling them, and why a search stopped early |
//! | `ticker` | polling and progress in one, for a worker that counts its steps |
//! | `progress` | the fraction that is done, which never decreases |
//! | `meter` | progress of tasks with estimated costs |

pub(crate) mod control;
pub(crate) mod meter;
pub(crate) mod progress;
pub(crate) mod ticker;
