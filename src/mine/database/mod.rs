//! The data in the forms that the searches read.

pub(crate) mod conditional_base;
pub(crate) mod counters;
pub(crate) mod pair_counts;
pub(crate) mod vertical_index;
