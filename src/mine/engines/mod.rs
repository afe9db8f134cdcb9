//! The engines that find all frequent itemsets.
//!
//! In come ranked rows, bounds and workers; out go filled [`TreeOutput`](super::output::tree_output::TreeOutput)s, in
//! the canonical order. An engine must not know what the output does with an itemset, nor of labels, limits of a call
//! or other engines.
//!
//! | file | its part |
//! |---|---|
//! | `auto` | the shape of the data, the cost of each engine, and the choice |
//! | `choice` | that choice as users see it |
//! | `eclat` | depth first over bitsets |
//! | `fp_growth` | pattern growth over prefix trees |
//! | `apriori` | level by level, with candidates |

pub(crate) mod apriori;
pub(crate) mod auto;
pub(crate) mod choice;
pub(crate) mod eclat;
pub(crate) mod fp_growth;
