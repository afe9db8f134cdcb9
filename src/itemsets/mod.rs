//! What was found: every frequent itemset with its count, in one compact tree.

mod closed;
mod display;
mod expand;
mod frequent;
mod generators;
mod items;
mod list;
mod maximal;
mod measures;
mod patterns;
mod result;
#[cfg(feature = "serde")]
mod serde_form;
mod sink;
mod trie;

pub use closed::ClosedItemsets;
pub(crate) use display::write_set;
use expand::expand;
pub use frequent::FrequentItemsets;
pub use generators::GeneratorItemsets;
pub(crate) use items::FrequentItems;
pub use list::ItemsetList;
pub use maximal::MaximalItemsets;
pub use patterns::{Itemset, ItemsetIter};
pub(crate) use patterns::{Kept, Patterns};
pub use sink::{CountingSink, Sink, TopKSink};
pub(crate) use trie::{Trie, TrieBranch, Walk};
