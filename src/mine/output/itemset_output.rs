//! What a search reports its itemsets to.

use std::ops::ControlFlow;

use crate::threads::ordered::Block;

/// Takes what a chunk of a search finds, in the canonical order.
///
/// An output either *lists*, and is given each itemset, or counts, and is given numbers of them. What it lists it holds until the end of
/// the search, or hands over in blocks. Its methods return `Break` if it can take no more; the search then ends.
pub(crate) trait Output: Send + Sized {
    /// Whether it must be given each itemset, in order.
    const LISTS: bool;

    /// The itemsets that it holds.
    #[inline(always)]
    fn held(&self) -> usize {
        0
    }

    /// Takes the itemsets that it holds out of it.
    fn hand_over(&mut self) -> Block {
        Block::default()
    }

    /// Nothing more will be reported to it: memory that it does not need is given back.
    fn settle(&mut self) {}
}

/// An output for single itemsets: for searches that find some of the frequent ones.
pub(crate) trait ItemsetOutput: Output {
    /// The next itemset, as descending ranks, and its count. Only for an output that lists.
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items. Only for an output that counts.
    fn tally(&mut self, len: usize, itemsets: u64);
}
