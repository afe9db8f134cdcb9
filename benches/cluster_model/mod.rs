//! What a search in groups costs on a cluster: a model of few coefficients, and a cluster that runs it.
//!
//! | file | its part |
//! |---|---|
//! | `least_squares` | coefficients of 0 or more, by the least squares of relative errors |
//! | `wire` | prefixes as Spark shuffles them, and what merging equal ones leaves |
//! | `machines` | nodes, and the tasks that they run in the order in which they are given |
//! | `job` | the phases of a job, and what does not fit |

#![allow(dead_code, reason = "the benchmark and the tests take the parts that they need")]

pub(crate) mod job;
pub(crate) mod least_squares;
pub(crate) mod machines;
pub(crate) mod wire;
