//! From frequent itemsets to rules.
//!
//! In come the itemsets as a trie, and the settings of a builder; out go rules in flat arrays, in the canonical order.
//! The search knows ranks and counts only: no labels, so that it can run on any thread, and nothing of what is done
//! with the rules afterwards.
//!
//! | file | its part |
//! |---|---|
//! | `builder` | the settings, checked in one place |
//! | `generate` | the search: every frequent itemset is split into sides that reach the confidence |
//! | `confidence` | which antecedents reach the confidence |
//! | `forecast` | how many rules there are, at least and at most, before they are made |
//! | `filtered` | the same search under more conditions than the confidence |
//! | `item_filter` | which items may stand where |
//! | `threshold` | bounds on measures |
//! | `best` | the best rules without the rest |
//! | `reach` | how good the rules over an itemset can be, before the counts of their sides are known |
//! | `subsets` | the counts of all subsets of an itemset, looked up in the trie as it is walked |
//! | `store` | rules in flat arrays: each itemset once, and its splits |
//! | `columns` | those arrays as a snapshot stores them (feature `snapshot`) |
//! | `rows` | rules that are put into the flat arrays one by one: as they are read, or joined from two sets |

pub(super) mod best;
pub(super) mod builder;
#[cfg(feature = "snapshot")]
pub(super) mod columns;
mod confidence;
mod filtered;
pub(crate) mod forecast;
pub(super) mod generate;
pub(super) mod item_filter;
mod reach;
pub(super) mod rows;
pub(super) mod store;
pub(super) mod subsets;
pub(super) mod threshold;
