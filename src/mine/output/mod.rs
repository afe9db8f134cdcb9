//! Where a search puts what it finds.

pub(crate) mod big_float;
pub(crate) mod budget;
pub(crate) mod flat_itemsets;
pub(crate) mod hand_over;
pub(crate) mod itemset_output;
pub(crate) mod rising_threshold;
pub(crate) mod selected;
pub(crate) mod tally;
pub(crate) mod tree_output;
