//! Where a search puts what it finds.

pub(crate) mod big_float;
pub(crate) mod budget;
pub(crate) mod count_up_to;
pub(crate) mod ordered;
pub(crate) mod rising_threshold;
pub(crate) mod tree_output;
