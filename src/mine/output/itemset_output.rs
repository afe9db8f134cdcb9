//! What a search reports its itemsets to.

use std::ops::ControlFlow;

use crate::threads::ordered::Block;

/// Takes what a chunk of a search finds, in the canonical order.
///
/// An output either *lists* and receives each itemset, or counts and receives numbers of itemsets. It holds what it
/// lists until the end of the search, or hands it over in blocks. Its methods return `Break` if it can take no more;
/// the search then ends.
pub(crate) trait Output: Send + Sized {
    /// Whether it must receive each itemset, in order.
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

    /// Nothing more will be reported to it: it releases memory that it does not need.
    fn settle(&mut self) {}
}

/// An output for single itemsets: for searches that find some of the frequent ones.
pub(crate) trait ItemsetOutput: Output {
    /// The next itemset, as descending ranks, and its count. Only for an output that lists.
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items. Only for an output that counts.
    fn tally(&mut self, len: usize, itemsets: u64);
}
