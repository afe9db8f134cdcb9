//! How many itemsets are frequent, without finding all of them.

pub(crate) mod allowance;
pub(crate) mod guess;
pub(crate) mod sampler;
pub(crate) mod sampling;
