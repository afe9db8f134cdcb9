//! One step down: the conditional database of an item of a level.

use super::intersect::{ConditionalColumns, KeepItems, Layout, LevelItem, stride_below};
use super::{ColumnLevel, ColumnSearch};
use crate::bitset::Ops;

/// How the perfect extensions of an itemset are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Perfect {
    /// They are counted, but are not items of the database.
    SetApart,
    /// They are items, and their siblings are repeated below them.
    Repeated,
    /// They are items like any other.
    Plain,
}

impl ColumnSearch {
    /// The conditional database of one item of a level: the items before it that are frequent together with it.
    ///
    /// `perfect` of the result is the number of items that are in all its baskets.
    #[inline(always)]
    pub(crate) fn extend<O: Ops>(
        &mut self,
        ops: O,
        level: ColumnLevel,
        item: usize,
        min_count: u32,
        treated: Perfect,
    ) -> ColumnLevel {
        let ColumnSearch { ranks, counts, words, scratch, pairs, .. } = self;
        // The arrays begin with the first level.
        let known = level.items == 0 && !pairs.is_empty();
        let count = counts[level.items + item];
        let below = level.items + level.width;
        if ranks.len() < below + item {
            ranks.resize(below + item, 0);
            counts.resize(below + item, 0);
        }
        let (ranks, below_ranks) = ranks.split_at_mut(below);
        let (counts, below_counts) = counts.split_at_mut(below);
        let below_words = level.words + level.width * level.stride;
        let column = level.words + item * level.stride;
        let room = item * stride_below(level.stride, ops.bits(&words[column..column + level.stride], count));
        if words.len() < below_words + room {
            words.resize(below_words + room, 0);
        }
        let (columns, free) = words.split_at_mut(below_words);

        let mut kept = Extensions {
            ranks: &ranks[level.items..][..item],
            counts: &counts[level.items..][..item],
            below_ranks: &mut below_ranks[..item],
            below_counts: &mut below_counts[..item],
            level_count: level.count,
            count,
            min_count,
            treated,
            perfect: 0,
        };
        let level_item = LevelItem {
            columns: &columns[level.words..],
            stride: level.stride,
            item,
            count,
            pairs: known.then(|| &pairs[item * (item - 1) / 2..][..item]),
            min_count,
        };
        let ConditionalColumns { width, stride } = level_item.intersect(ops, &mut kept, free, scratch);
        ColumnLevel { items: below, width, words: below_words, stride, next: 0, count, perfect: kept.perfect }
    }
}

/// Keeps the items that extend an itemset.
struct Extensions<'a> {
    ranks: &'a [u32],
    counts: &'a [u32],
    below_ranks: &'a mut [u32],
    below_counts: &'a mut [u32],
    /// The count of the level, and that of the itemset.
    level_count: u32,
    count: u32,
    min_count: u32,
    treated: Perfect,
    /// How many items are in all baskets of the itemset.
    perfect: usize,
}

impl KeepItems for Extensions<'_> {
    const MERGES: bool = true;

    #[inline(always)]
    fn keep(&mut self, place: usize, other: usize, both: u32) -> bool {
        // Written first and kept by moving on: there is no branch to mispredict.
        self.below_ranks[place] = self.ranks[other];
        self.below_counts[place] = both;
        self.perfect += usize::from(both == self.count);
        both >= self.min_count && (self.treated != Perfect::SetApart || both != self.count)
    }

    /// A perfect extension stays perfect below. If it is only repeated, its column, which has all baskets of the level,
    /// is not kept unless it is among the first items, whose combinations are counted with the others.
    #[inline(always)]
    fn is_perfect(&self, other: usize) -> bool {
        self.treated == Perfect::Repeated && self.counts[other] == self.level_count
    }

    #[inline(always)]
    fn layout(&self, width: usize, shrinks: bool) -> Layout {
        match (width > 1, shrinks) {
            (false, _) => Layout::None,
            (true, true) => Layout::Compressed,
            (true, false) => Layout::Whole,
        }
    }
}
