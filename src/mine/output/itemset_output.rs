//! What a search reports its itemsets to.

use std::ops::ControlFlow;

use super::tally::Tally;
use super::tree_output::TreeOutput;
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
    /// What a search reports to.
    fn receiver(&mut self) -> Receiver<'_>;
}

/// The two kinds of output for single itemsets. The searches are compiled for these alone, as they are most of the
/// crate's code.
pub(crate) enum Receiver<'a> {
    List(&'a mut dyn ListingOutput),
    Count(&'a mut Tally),
}

/// An output that lists single itemsets, or those of them that it accepts.
pub(crate) trait ListingOutput {
    /// The next itemset, as descending ranks, and its count.
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()>;

    /// What it holds of the budget that all chunks share, in itemsets; 0 if it has a budget of its own.
    fn held(&self) -> usize {
        0
    }

    /// Whether it must receive itemsets in the canonical order. A search that finds them in another order holds them
    /// until it can report them in order, and only those that the output [accepts](ListingOutput::accepts).
    fn is_ordered(&self) -> bool {
        true
    }

    /// Whether it would keep an itemset.
    fn accepts(&self, _descending: &[u32], _count: u32) -> bool {
        true
    }

    /// Whether it could take that many itemsets more, which have `items` items together.
    fn has_room(&self, itemsets: usize, items: usize) -> bool;
}

/// What a search for single itemsets is compiled for: a list, or a tally.
pub(crate) trait ItemsetReceiver {
    /// Whether it is a list, which must receive each itemset.
    const LISTS: bool;

    /// The list. `None` for a tally.
    fn list(&mut self) -> Option<&mut dyn ListingOutput>;

    /// The next itemset, as descending ranks, and its count. Only for a list.
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items. Only for a tally.
    fn tally(&mut self, len: usize, itemsets: u64);
}

impl ItemsetReceiver for &mut dyn ListingOutput {
    const LISTS: bool = true;

    #[inline(always)]
    fn list(&mut self) -> Option<&mut dyn ListingOutput> {
        Some(*self)
    }

    #[inline(always)]
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        (**self).keep(descending, count)
    }

    fn tally(&mut self, _len: usize, _itemsets: u64) {
        unreachable!("a list receives every itemset")
    }
}

impl ItemsetReceiver for &mut Tally {
    const LISTS: bool = false;

    #[inline(always)]
    fn list(&mut self) -> Option<&mut dyn ListingOutput> {
        None
    }

    fn keep(&mut self, _descending: &[u32], _count: u32) -> ControlFlow<()> {
        unreachable!("a tally receives numbers of itemsets")
    }

    #[inline(always)]
    fn tally(&mut self, len: usize, itemsets: u64) {
        TreeOutput::tally(*self, len, 0, itemsets);
    }
}
