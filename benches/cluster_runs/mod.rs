//! Runs on this machine, from which the cluster's model has its coefficients, and a sample made as large as its job.
//!
//! | file | its part |
//! |---|---|
//! | `data` | baskets: generated, and of files |
//! | `projected` | a plan, and what its groups get of some baskets |
//! | `measure` | the time of each phase |
//! | `memory` | the peak of one group, in a process of its own |
//! | `scale_up` | a sample as a job of any number of baskets |

pub(crate) mod data;
pub(crate) mod measure;
pub(crate) mod memory;
pub(crate) mod projected;
pub(crate) mod scale_up;
