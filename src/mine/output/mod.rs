//! Where a search puts what it finds.
//!
//! In come itemsets, or numbers of them, from one chunk of a search; out go lists, counts or blocks that are handed on.
//! Outputs know ranks and counts, but neither baskets nor labels.
//!
//! | file | its part |
//! |---|---|
//! | `tree_output` | the trait for engines, which report itemsets as a tree, repetitions and combinations included |
//! | `itemset_output` | the trait for searches that report single itemsets |
//! | `trie_branch` | itemsets as a piece of a trie, which most searches fill; pieces joined |
//! | `tally` | counts by length, without the itemsets |
//! | `flat_itemsets` | itemsets one after the other, where most of their subsets are missing |
//! | `selected` | the itemsets that a filter accepts: listed, counted, handed on, or the best of them |
//! | `smallest` | the k smallest of what is offered: the best, where the better is the smaller |
//! | `rising_threshold` | the lowest threshold at which no more than n itemsets are frequent |
//! | `budget` | how much all chunks hold together, and the most that they may |
//! | `hand_over` | what is found handed on in blocks instead of kept |
//! | `big_float` | numbers of itemsets beyond the range of a float |

pub(crate) mod big_float;
pub(crate) mod budget;
pub(crate) mod flat_itemsets;
pub(crate) mod hand_over;
pub(crate) mod itemset_output;
pub(crate) mod rising_threshold;
pub(crate) mod selected;
pub(crate) mod smallest;
pub(crate) mod tally;
pub(crate) mod tree_output;
pub(crate) mod trie_branch;
