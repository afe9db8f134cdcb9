//! The first items of a level: few enough that their combinations are counted without further databases.

use std::ops::ControlFlow;

use super::{ColumnLevel, ColumnSearch};
use crate::bitset::{Combined, LANE_ITEMS, Ops, Task};
use crate::mine::output::tree_output::{Combinations, TreeOutput, last_ranks};
use crate::mine::query::bounds::Bounds;

/// The items of a level, from the first on, below which no databases are made.
///
/// With more there are fewer databases, but more combinations that are not frequent are counted. 6 and 10 are up to 7 %
/// slower than 8. Closed itemsets lose more with 4: chess takes a third longer and accidents two thirds, as most closed
/// itemsets of dense data are found here.
pub(crate) const FIRST_ITEMS: usize = 8;

/// The counts of all combinations of the first items of a level, [`LANE_ITEMS`] or fewer, given their own counts.
#[inline(always)]
pub(crate) fn count_first<O: Ops>(ops: O, counts: &[u32], columns: &[u64], stride: usize) -> Combined {
    let mut combined = match counts.len() {
        // A single item's count is known.
        0 | 1 => Combined::default(),
        2 => ops.count_combinations::<2>(None, columns, stride),
        3 => ops.count_combinations::<3>(None, columns, stride),
        _ => ops.count_combinations::<LANE_ITEMS>(None, columns, stride),
    };
    for (item, &count) in counts.iter().enumerate() {
        combined[1 << item] = count;
    }
    combined
}

/// Reports the first items of a level and all below them.
pub(crate) struct FirstItems<'a, B> {
    pub(crate) search: &'a mut ColumnSearch,
    pub(crate) level: ColumnLevel,
    /// The length of the itemset whose level it is.
    pub(crate) len: usize,
    pub(crate) bounds: Bounds,
    /// Whether the siblings of a perfect extension are repeated below it.
    pub(crate) repeats: bool,
    pub(crate) out: &'a mut B,
}

impl<B: TreeOutput> Task for FirstItems<'_, B> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let FirstItems { search, level, len, bounds, repeats, out } = self;
        let stride = level.stride;
        let items = level.width.min(FIRST_ITEMS);
        let below = level.words + level.width * stride;
        if items > LANE_ITEMS && search.words.len() < below + (FIRST_ITEMS - LANE_ITEMS) * stride {
            search.words.resize(below + (FIRST_ITEMS - LANE_ITEMS) * stride, 0);
        }
        let (columns, free) = search.words.split_at_mut(below);
        let columns = &columns[level.words..];
        let (ranks, counts) = (&search.ranks[level.items..][..items], &search.counts[level.items..][..items]);

        let at_once = items.min(LANE_ITEMS);
        let combined = count_first(ops, &counts[..at_once], columns, stride);
        let last_ranks = if B::LISTS { last_ranks(&ranks[..at_once]) } else { Combined::default() };
        out.combinations(ops, Combinations::new(ops, &last_ranks, &combined, bounds, len), len, level.perfect)?;

        let first = First { ops, ranks: &last_ranks, columns, stride, perfect: level.perfect, bounds };
        for item in LANE_ITEMS..items {
            if B::LISTS && repeats && counts[item] == level.count {
                out.repeat(ranks[item])?;
                continue;
            }
            if B::RISES && counts[item] < out.min_count(bounds) {
                continue;
            }
            first.report_below(item, ranks, counts[item], len + 1, free, out)?;
        }
        ControlFlow::Continue(())
    }
}

/// Reports itemsets together with the combinations of the first items of a level below them.
#[derive(Clone, Copy, Debug)]
struct First<'a, O> {
    ops: O,
    /// As [`Combinations`] takes them.
    ranks: &'a Combined,
    /// The columns of the level.
    columns: &'a [u64],
    stride: usize,
    perfect: usize,
    bounds: Bounds,
}

impl<O: Ops> First<'_, O> {
    /// Reports one of the further items and everything below it. The itemset has `len` items, including this one.
    ///
    /// The items between the first ones and this one are combined depth first; the first ones are added to each
    /// combination at once.
    #[inline(always)]
    fn report_below<B: TreeOutput>(
        &self,
        item: usize,
        ranks: &[u32],
        count: u32,
        len: usize,
        free: &mut [u64],
        out: &mut B,
    ) -> ControlFlow<()> {
        let First { ops, columns, stride, bounds, .. } = *self;
        let own = &columns[item * stride..][..stride];
        self.report(ranks[item], count, own, len, out)?;
        // The items between are the bits of a number: counting upwards is the canonical order, and the number without
        // its lowest bit is the combination that is extended.
        let (mut between, mut depth) = (1_usize, 0);
        while between < 1 << (item - LANE_ITEMS) {
            let other = LANE_ITEMS + between.trailing_zeros() as usize;
            let parent = between.count_ones() as usize - 1;
            if B::LISTS {
                (parent..depth).for_each(|_| out.close());
            }
            depth = parent;
            let (above, into) = free.split_at_mut(parent * stride);
            let above = if parent == 0 { own } else { &above[(parent - 1) * stride..] };
            let into = &mut into[..stride];
            let count = ops.and_into_count(above, &columns[other * stride..][..stride], into);
            if count < bounds.min_count || len + depth >= bounds.max_len {
                // Combinations that add further items to it are not frequent either.
                between += 1 << between.trailing_zeros();
                continue;
            }
            depth += 1;
            self.report(ranks[other], count, into, len + depth, out)?;
            between += 1;
        }
        if B::LISTS {
            (0..=depth).for_each(|_| out.close());
        }
        ControlFlow::Continue(())
    }

    /// Opens an itemset of `len` items, given its last item, count and column, and reports what the first items add to
    /// it.
    #[inline(always)]
    fn report<B: TreeOutput>(&self, rank: u32, count: u32, column: &[u64], len: usize, out: &mut B) -> ControlFlow<()> {
        if B::LISTS {
            out.open(rank, count)?;
        } else {
            out.tally(len, self.perfect, 1);
        }
        let counts = self.ops.count_combinations::<LANE_ITEMS>(Some(column), self.columns, self.stride);
        let combinations = Combinations::new(self.ops, self.ranks, &counts, self.bounds, len);
        out.combinations(self.ops, combinations, len, self.perfect)
    }
}
