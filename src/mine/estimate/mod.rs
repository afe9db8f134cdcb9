//! How many itemsets are frequent, without finding all of them.

mod guess;
mod large;
mod sampler;
mod sampling;

pub(super) use guess::{Guess, subsets};
pub(crate) use large::Large;
pub(crate) use sampling::{Effort, Sampled, sample};
