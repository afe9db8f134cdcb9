//! What was found: every frequent itemset with its count, in one compact tree.

mod display;
mod frequent;
mod items;
mod measures;
#[cfg(feature = "serde")]
mod stored;
mod trie;

pub(crate) use display::write_set;
pub use frequent::{FrequentItemsets, Itemset, Itemsets};
pub(crate) use items::FrequentItems;
pub(crate) use trie::{Trie, TrieBranch, Walk};
