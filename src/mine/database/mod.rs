//! The baskets in the forms that the searches read.
//!
//! In come ranked rows; out go the baskets of each item, counts of pairs, and the rows of one item. These files know a
//! minimum count, but neither engines nor outputs.
//!
//! | file | its part |
//! |---|---|
//! | `vertical_index` | the baskets of each item: as a bitset where dense, otherwise as a list |
//! | `pair_counts` | which items are frequent together with one item |
//! | `conditional_base` | the rows of the baskets that contain an itemset, restricted to frequent items |
//! | `counters` | reading rows of counters |

pub(crate) mod conditional_base;
pub(crate) mod counters;
pub(crate) mod pair_counts;
pub(crate) mod vertical_index;
