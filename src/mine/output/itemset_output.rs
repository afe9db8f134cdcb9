//! What a search for some of the itemsets reports to.

use std::ops::ControlFlow;

use crate::mine::query::bounds::Bounds;

/// Takes the itemsets that a piece of a search for some of them finds, in the canonical order.
///
/// `Break` ends the search: no more can be held.
pub(crate) trait ItemsetOutput: Send {
    /// Whether it must be told of every itemset.
    const LISTS: bool;

    /// An empty one. If it lists, it takes at most as many nodes of a trie as the bounds say itemsets.
    fn new(bounds: Bounds) -> Self;

    /// The next itemset, as descending ranks; for one that lists.
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()>;

    /// So many itemsets of `len` items; for one that does not list.
    fn tally(&mut self, len: usize, itemsets: u64);

    /// The itemsets that it holds.
    fn held(&self) -> usize {
        0
    }

    /// There are no more.
    fn finish(&mut self);
}
