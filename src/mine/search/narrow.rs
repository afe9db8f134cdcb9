//! The first items of a level: few enough that their combinations are counted without databases of their own.

use std::ops::ControlFlow;

use super::{Level, Search};
use crate::bitset::{AT_ONCE, Ops};
use crate::mine::{Bounds, Branch, Combinations};

/// The items of a level, from the first on, below which no databases are made.
///
/// The more, the fewer databases, but the more combinations are looked at that are not frequent. 6 and 10 are up to 7 % slower than 8.
pub(super) const NARROW: usize = 8;

impl Search {
    /// Reports the combinations of the first items of a level, of the itemset whose length is `len`.
    #[inline(always)]
    pub(super) fn first_items<O: Ops, B: Branch>(
        &mut self,
        ops: O,
        level: Level,
        len: usize,
        bounds: Bounds,
        out: &mut B,
    ) -> ControlFlow<()> {
        let columns = &self.words[level.words..];
        let items = level.width.min(AT_ONCE);
        let ranks = &self.ranks[level.items..][..items];
        let mut counts = match items {
            2 => ops.count_combinations::<2>(None, columns, level.stride),
            3 => ops.count_combinations::<3>(None, columns, level.stride),
            _ => ops.count_combinations::<AT_ONCE>(None, columns, level.stride),
        };
        for (item, &count) in self.counts[level.items..][..items].iter().enumerate() {
            counts[1 << item] = count;
        }
        out.combinations(Combinations::new(ranks, &counts, bounds, len), len, level.perfect)
    }

    /// Reports an item of a level beyond those, and all below it. With the item, `len` items are in the itemset.
    ///
    /// The other items between the first ones and it are combined depth first; the first ones come in one go each time.
    #[inline(always)]
    pub(super) fn below_narrow<O: Ops, B: Branch>(
        &mut self,
        ops: O,
        level: Level,
        item: usize,
        len: usize,
        bounds: Bounds,
        out: &mut B,
    ) -> ControlFlow<()> {
        let stride = level.stride;
        let below = level.words + level.width * stride;
        if self.words.len() < below + (NARROW - AT_ONCE) * stride {
            self.words.resize(below + (NARROW - AT_ONCE) * stride, 0);
        }
        let (columns, free) = self.words.split_at_mut(below);
        let columns = &columns[level.words..];
        let ranks = &self.ranks[level.items..][..=item];
        let own = &columns[item * stride..][..stride];
        let first = Report { ops, ranks: &ranks[..AT_ONCE], columns, stride, perfect: level.perfect, bounds };

        first.report(ranks[item], self.counts[level.items + item], own, len, out)?;
        // The items between as the bits of a number: counting upwards is the canonical order, and the number without its
        // lowest bit is the one that is extended.
        let (mut between, mut depth) = (1_usize, 0);
        while between < 1 << (item - AT_ONCE) {
            let other = AT_ONCE + between.trailing_zeros() as usize;
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
                // Nor are those that only add more frequent items to it.
                between += 1 << between.trailing_zeros();
                continue;
            }
            depth += 1;
            first.report(ranks[other], count, into, len + depth, out)?;
            between += 1;
        }
        if B::LISTS {
            (0..=depth).for_each(|_| out.close());
        }
        ControlFlow::Continue(())
    }
}

/// Reports itemsets with the combinations of the first items of a level below them.
#[derive(Clone, Copy, Debug)]
struct Report<'a, O> {
    ops: O,
    /// The first items of the level, and its columns.
    ranks: &'a [u32],
    columns: &'a [u64],
    stride: usize,
    perfect: usize,
    bounds: Bounds,
}

impl<O: Ops> Report<'_, O> {
    /// Opens an itemset of `len` items, by its last item, count and column, and reports what is below it.
    #[inline(always)]
    fn report<B: Branch>(&self, rank: u32, count: u32, column: &[u64], len: usize, out: &mut B) -> ControlFlow<()> {
        if B::LISTS {
            out.open(rank, count)?;
        } else {
            out.tally(len, self.perfect, 1);
        }
        let counts = self.ops.count_combinations::<AT_ONCE>(Some(column), self.columns, self.stride);
        out.combinations(Combinations::new(self.ranks, &counts, self.bounds, len), len, self.perfect)
    }
}
