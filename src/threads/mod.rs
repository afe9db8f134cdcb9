//! The threads of a call: how many it may use, how tasks reach them, and how results come back in order.
//!
//! In come tasks with estimated costs, out go results in the order of the tasks, whatever the number of threads.
//! Nothing here knows engines, databases or outputs; a task, a donated part of one and a result are type
//! parameters.
//!
//! Work runs on stacks as small as 256 KiB. So a worker that waits blocks on a `Condvar` of this folder, and never
//! inside rayon's `join`, which would stack stolen tasks on the waiting one.
//!
//! | file | its part |
//! |---|---|
//! | `pool` | the setting `threads`: the caller's rayon pool, a pool kept by the miner, or the calling thread |
//! | `workers` | runs independent tasks, most expensive first |
//! | `arrays` | long arrays that all workers fill: collected, put together, sorted |
//! | `work_sharing` | workers without tasks wait for parts of another's; model-checked in `loom/` |
//! | `ordered` | blocks of itemsets passed on in order, with bounded waiting; model-checked in `loom/` |
//! | `simulated` | what a call would take on more threads than there are, for a benchmark |
//! | `sync` | the locks of the last two, which the model check replaces |

mod arrays;
pub(crate) mod ordered;
pub(crate) mod pool;
#[cfg(feature = "__bench")]
pub(crate) mod simulated;
mod sync;
pub(crate) mod work_sharing;
pub(crate) mod workers;
