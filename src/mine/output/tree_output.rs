//! What an engine reports to.

use std::ops::ControlFlow;

use super::itemset_output::Output;

use crate::bitset::{Combined, LANE_ITEMS, Ops};
use crate::mine::query::bounds::Bounds;

/// Takes the itemsets that a chunk of a search finds.
///
/// An engine cuts its search into chunks, fills one `TreeOutput` for each, and returns them in the canonical order:
/// itemsets as paths from the rarest item to the most frequent (ranks descending), siblings by ascending rank, each
/// itemset before its extensions. An output that lists receives every itemset in that order through
/// [`open`](TreeOutput::open), [`repeat`](TreeOutput::repeat) and [`close`](TreeOutput::close). One that counts
/// receives numbers through [`tally`](TreeOutput::tally) if the engine can count without enumerating, and the same
/// calls otherwise.
///
/// `Break` ends the search: the output cannot hold more.
pub(crate) trait TreeOutput: Output {
    /// Whether its threshold rises while it is filled. Such an output receives every itemset that it still requests,
    /// through [`open`](TreeOutput::open), [`close`](TreeOutput::close) and [`combinations`](TreeOutput::combinations)
    /// alone.
    const RISES: bool = false;

    /// An empty output. If it lists itemsets, it takes at most as many as the bounds allow.
    fn new(bounds: Bounds) -> Self {
        Self::below(0, bounds)
    }

    /// An empty output for what lies below an itemset of `depth` items, which is the last one before it in the order of
    /// the results. It does not close the items of that itemset.
    fn below(depth: usize, bounds: Bounds) -> Self;

    /// The smallest count that is still requested.
    #[inline(always)]
    fn min_count(&self, bounds: Bounds) -> u32 {
        bounds.min_count
    }

    /// An itemset: the path of the open ones, and `rank` below it, in `count` baskets.
    fn open(&mut self, rank: u32, count: u32) -> ControlFlow<()>;

    /// The extensions of the last opened itemset are complete.
    fn close(&mut self);

    /// An itemset without extensions.
    #[inline(always)]
    fn leaf(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        self.open(rank, count)?;
        self.close();
        ControlFlow::Continue(())
    }

    /// An item with the count of the open itemset (a perfect extension): it opens, everything reported below the open
    /// itemset so far is repeated below it, and it closes.
    fn repeat(&mut self, rank: u32) -> ControlFlow<()>;

    /// Announces at least 2^`perfect` itemsets, before the first of them.
    fn foresee(&mut self, perfect: usize) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items, each joined with every subset of `perfect` more items. Only for outputs that
    /// count.
    fn tally(&mut self, len: usize, perfect: usize, itemsets: u64);

    /// Combinations of items below the open itemset, for an output that lists. For one that counts, `len` and `perfect`
    /// are those of the itemset, as for [`tally`](TreeOutput::tally).
    fn combinations<O: Ops>(
        &mut self,
        ops: O,
        combinations: Combinations<'_>,
        len: usize,
        perfect: usize,
    ) -> ControlFlow<()>;
}

/// Itemsets that add a few items to the same itemset, in all combinations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Combinations<'a> {
    /// The rank of the last item on the path of each combination, which is its first item here.
    pub(crate) ranks: &'a Combined,
    /// The counts of the combinations, indexed by their bits: item i is bit i. Their canonical order is that of these
    /// numbers.
    pub(crate) counts: &'a Combined,
    /// A bit for each combination that is frequent and not too long, except the empty one.
    pub(crate) frequent: u16,
}

/// The combinations of each length from 1 on, a bit each.
pub(crate) const OF_LEN: [u16; LANE_ITEMS] = {
    let mut of_len = [0; LANE_ITEMS];
    let mut combination = 1_usize;
    while combination < 1 << LANE_ITEMS {
        of_len[combination.count_ones() as usize - 1] |= 1 << combination;
        combination += 1;
    }
    of_len
};

/// The rank of the last item on the path of each combination, for [`Combinations`] of a few items of ascending rank.
#[inline(always)]
pub(crate) fn last_ranks(items: &[u32]) -> Combined {
    let mut ranks = [0; 1 << LANE_ITEMS];
    for (item, &rank) in items.iter().enumerate().take(LANE_ITEMS) {
        for combination in (1 << item..ranks.len()).step_by(2 << item) {
            ranks[combination] = rank;
        }
    }
    ranks
}

impl<'a> Combinations<'a> {
    /// The combinations added to an itemset of `len` items, which may already have the greatest length.
    #[inline(always)]
    pub(crate) fn new<O: Ops>(ops: O, ranks: &'a Combined, counts: &'a Combined, bounds: Bounds, len: usize) -> Self {
        let mut frequent = ops.at_least(*counts, bounds.min_count) & !1;
        let room = bounds.max_len.saturating_sub(len);
        if room < LANE_ITEMS {
            frequent &= OF_LEN[..room].iter().fold(0, |allowed, of_len| allowed | of_len);
        }
        Combinations { ranks, counts, frequent }
    }
}
