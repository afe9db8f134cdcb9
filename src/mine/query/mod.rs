//! What a search is asked for.
//!
//! In come settings as users write them; out go numbers that a search can use. These files must not know how a search
//! works.
//!
//! | file | its part |
//! |---|---|
//! | `algorithm` | the engines by name |
//! | `target` | all, closed, maximal or generator itemsets |
//! | `min_support` | a share or a number of baskets, and the one count that it comes down to |
//! | `bounds` | the thresholds of one search |

pub(crate) mod algorithm;
pub(crate) mod bounds;
pub(crate) mod min_support;
pub(crate) mod target;
