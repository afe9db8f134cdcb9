//! How many itemsets are frequent, without finding all of them.
//!
//! In come ranked rows, bounds and an amount of work; out go an exact count of a part and unbiased estimates of the
//! rest. The interval that users see is computed in the miner.
//!
//! | file | its part |
//! |---|---|
//! | `sampling` | what can be counted with little work, then the rounds of sampling |
//! | `sampler` | random draws from the search tree |
//! | `guess` | a guess of what lies below an itemset, which steers the draws |
//! | `allowance` | how much work is left |

pub(crate) mod allowance;
pub(crate) mod guess;
pub(crate) mod sampler;
pub(crate) mod sampling;
