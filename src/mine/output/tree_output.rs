//! What an engine reports to.

use std::ops::ControlFlow;

use super::itemset_output::Output;

use crate::bitset::{Combined, LANE_ITEMS, Ops};
use crate::mine::query::bounds::Bounds;

/// Takes the itemsets that a piece of a search finds.
///
/// An engine cuts its search into pieces, fills one `TreeOutput` each, and returns them in the canonical
/// order: itemsets as paths from the rarest item to the most frequent (ranks descending), siblings by
/// rising rank, each itemset before its extensions. A branch that [lists](TreeOutput::LISTS) is told of
/// every itemset in that order by [`open`](TreeOutput::open), [`repeat`](TreeOutput::repeat) and
/// [`close`](TreeOutput::close); another is only told of numbers, by [`tally`](TreeOutput::tally) where the
/// engine can count without enumerating, and by the same calls elsewhere.
///
/// `Break` ends the search: the branch cannot hold more.
pub(crate) trait TreeOutput: Output {
    /// Whether its threshold rises while it is being filled. Such a branch is told of every itemset that it still asks for, by
    /// [`open`](TreeOutput::open), [`close`](TreeOutput::close) and [`combinations`](TreeOutput::combinations) alone.
    const RISES: bool = false;

    /// An empty branch. If it lists itemsets, it takes at most as many as the bounds say.
    fn new(bounds: Bounds) -> Self {
        Self::below(0, bounds)
    }

    /// An empty branch for what is still to be found below an itemset of `depth` items, the last one of those
    /// before it in the order of the results. The items of that itemset are not closed by it.
    fn below(depth: usize, bounds: Bounds) -> Self;

    /// The smallest count that is still asked for.
    #[inline(always)]
    fn min_count(&self, bounds: Bounds) -> u32 {
        bounds.min_count
    }

    /// An itemset: the path of those that are open, and `rank` below it, in `count` baskets.
    fn open(&mut self, rank: u32, count: u32) -> ControlFlow<()>;

    /// The extensions of the itemset opened last are complete.
    fn close(&mut self);

    /// An itemset without extensions.
    #[inline(always)]
    fn leaf(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        self.open(rank, count)?;
        self.close();
        ControlFlow::Continue(())
    }

    /// An item with the count of the open itemset itself (a perfect extension): it opens, all that
    /// was reported below the open itemset so far comes again below it, and it closes.
    fn repeat(&mut self, rank: u32) -> ControlFlow<()>;

    /// Announces that at least 2^`perfect` itemsets are coming, before the first of them.
    fn foresee(&mut self, perfect: usize) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items, each to be joined with every subset of `perfect` more
    /// items. Only for branches that do not list.
    fn tally(&mut self, len: usize, perfect: usize, itemsets: u64);

    /// Combinations of items below the open itemset, for a branch that lists; for another, `len` and `perfect`
    /// are those of the itemset, as for [`tally`](TreeOutput::tally).
    fn combinations<O: Ops>(
        &mut self,
        ops: O,
        combinations: Combinations<'_>,
        len: usize,
        perfect: usize,
    ) -> ControlFlow<()>;
}

/// Itemsets that join a few items to the same itemset, in all combinations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Combinations<'a> {
    /// The rank of the last item of each combination's path, which is its first one here.
    pub(crate) ranks: &'a Combined,
    /// The counts of the combinations, by their bits: the one of item i has bit i set. Their canonical
    /// order is that of these numbers.
    pub(crate) counts: &'a Combined,
    /// A bit for each combination that is frequent and not too long; none for the empty one.
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

/// The rank of the last item of each combination's path, for [`Combinations`] of a few items of ascending rank.
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
    /// Those joined to an itemset of `len` items, which may be of the greatest length already.
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
