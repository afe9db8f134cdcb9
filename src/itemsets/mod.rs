//! Results of a search: itemsets with their counts and labels.
//!
//! | file | its part |
//! |---|---|
//! | `frequent`, `closed`, `maximal`, `generators`, `list` | the results, one type each |
//! | `result` | the methods and traits that the first four share |
//! | `patterns` | their contents: a trie, which of its nodes count, the labels; `Itemset` and the iterators |
//! | `trie` | itemsets as paths in one flat array, filled by a search |
//! | `items` | the frequent items: from ranks to labels and back |
//! | `expand` | from closed itemsets to all frequent ones |
//! | `count_table` | counts in 32 bits, however many baskets there are |
//! | `count_in` | itemsets counted in other baskets |
//! | `measures` | how strongly the items of one itemset hang together |
//! | `sink` | taking itemsets while they are found |
//! | `display`, `rows`, `serde_form` | as people read them, as other programs do, and as they are stored |
//! | `columns` | what is stored of them, and checked |
//! | `paths` | the tree of them, node by node, for what stores it as it is found |

mod closed;
#[cfg(any(feature = "serde", feature = "snapshot"))]
mod columns;
mod count_in;
mod count_table;
mod display;
mod expand;
mod frequent;
mod generators;
mod items;
mod list;
mod maximal;
mod measures;
#[cfg(feature = "snapshot")]
mod paths;
mod patterns;
mod result;
#[cfg(feature = "serde")]
mod rows;
#[cfg(feature = "serde")]
mod serde_form;
mod sink;
mod trie;

pub use closed::ClosedItemsets;
#[cfg(feature = "snapshot")]
pub(crate) use columns::Columns;
pub(crate) use count_in::count_nodes;
pub(crate) use count_table::CountTable;
use expand::expand;
pub use frequent::FrequentItemsets;
pub use generators::GeneratorItemsets;
pub(crate) use items::FrequentItems;
pub use list::{ItemsetList, ItemsetListIter};
pub use maximal::MaximalItemsets;
#[cfg(feature = "snapshot")]
pub(crate) use paths::PathSink;
pub use patterns::{Itemset, ItemsetIter, ItemsetLenIter};
pub(crate) use patterns::{Kept, Patterns};
#[cfg(feature = "serde")]
pub use rows::ItemsetRows;
pub use sink::{CountingSink, Sink, TopKSink};
pub(crate) use trie::{Trie, Walk};
