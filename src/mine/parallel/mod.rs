//! A search divided into chunks that several threads work on.
//!
//! In come the estimated costs of first-level branches and a function that searches some of them; out go the outputs
//! that it filled, in the order of the branches, whichever thread filled them. Neither file knows what is searched for.
//!
//! | file | its part |
//! |---|---|
//! | `chunks` | branches cut into chunks of about equal cost |
//! | `splitting` | chunks that donate parts of themselves to idle workers |

pub(crate) mod chunks;
pub(crate) mod splitting;
