//! The conditional databases of a path of items, as bit columns.

use super::checks::{Checks, Lowest, Thresholds};
use crate::bitset::{Isa, Ops, Weights, set_bits, stride_for};
use crate::mine::columns::intersect::{
    CompressColumns, ConditionalColumns, IntersectScratch, KeepItems, Layout, LevelItem,
};
use crate::mine::columns::load::is_compressing_faster;
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::transactions::{Rank, RankedRows};

/// A stack of databases, one per item of a path: the items that may be added to the path up to that item, with a column
/// each of the path's baskets that contain them.
#[derive(Debug, Default)]
pub(super) struct PathColumns {
    pub(super) levels: Vec<PathLevel>,
    pub(super) ranks: Vec<u32>,
    /// The number of baskets that contain the path and each item.
    pub(super) counts: Vec<u32>,
    words: Vec<u64>,
    scratch: IntersectScratch,
    /// What the bits of columns stand for, if not for one basket each.
    pub(super) weights: Weights,
}

/// The database of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathLevel {
    /// Where its items begin in `ranks` and `counts`.
    pub(super) items: usize,
    pub(super) width: usize,
    /// Where its columns begin in `words`, and the words per column.
    words: usize,
    stride: usize,
    /// The next item to extend the path by.
    pub(super) next: usize,
    pub(super) thresholds: Thresholds,
    /// The number of baskets of the path.
    pub(super) count: u32,
}

/// The conditions on an item that is added to a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathJoin<'a> {
    pub(super) rules: &'a Checks,
    /// The smallest count.
    pub(super) least: u32,
    /// Whether more items can be added after it.
    pub(super) goes_on: bool,
}

impl<'a> PathJoin<'a> {
    /// The conditions for a path that reaches `len` items.
    pub(super) fn new(rules: &'a Checks, lowest: Lowest<'_>, least: u32, len: usize) -> Self {
        PathJoin { rules, least: lowest.from(len + 1).max(least), goes_on: len + 1 < rules.max_len }
    }
}

/// The item that a path begins with.
pub(super) struct FirstItem<'a, R> {
    pub(super) rank: usize,
    /// The number of baskets that contain it.
    pub(super) count: u32,
    pub(super) thresholds: Thresholds,
    /// Whether a path continues after the second item.
    pub(super) goes_on: bool,
    pub(super) rows: &'a RankedRows<R>,
    pub(super) index: &'a VerticalIndex,
}

impl PathColumns {
    /// Begins with the database of an item. The items of `base.frequent` precede it; `each_row` goes through its rows.
    pub(super) fn begin<R: Rank>(
        &mut self,
        isa: Isa,
        first: FirstItem<'_, R>,
        base: &mut ConditionalBase<R>,
        each_row: impl FnOnce(&mut dyn FnMut(&[R], u32)),
    ) {
        let FirstItem { rank, count, thresholds, goes_on, rows, index } = first;
        self.levels.clear();
        self.ranks.clear();
        self.counts.clear();
        self.words.clear();
        self.weights.clear();
        self.ranks.extend(base.frequent.iter().map(|&(other, _)| other));
        self.counts.extend(base.frequent.iter().map(|&(_, together)| together));
        let width = self.ranks.len();
        let mut stride = 0;
        if width > 1 && goes_on {
            let set = index.set(rank as u32);
            let packed = set.words().filter(|words| {
                rank < index.dense() && is_compressing_faster(width, words.len(), rows.steps_through(set.count()))
            });
            if let Some(words) = packed {
                stride = stride_for(set.count() as usize);
                self.words.resize(width * stride, 0);
                // All ranks before one of the first dense ones are dense too.
                if rows.are_heavy() {
                    self.weights.fill(stride, set_bits(words).map(|row| rows.weights()[row]));
                }
                let columns = self.ranks.iter().map(|&other| index.set(other).words().unwrap_or(&[]));
                isa.run(CompressColumns { columns, baskets: words, into: &mut self.words, stride });
                if rows.are_heavy() {
                    stride = self.weights.merge_rows(isa, &mut self.words, stride);
                }
            } else {
                base.begin(rows.items(), rows.are_heavy());
                each_row(&mut |row, weight| base.add_weighted(row, weight));
                base.finish();
                stride = stride_for(base.bits());
                base.write_columns(stride, &mut self.words, &mut self.weights);
            }
        }
        self.levels.push(PathLevel { items: 0, width, words: 0, stride, next: 0, thresholds, count });
    }

    /// The database of one item of a level. It is not part of the stack yet. It has no columns if nothing can be added
    /// to its items.
    #[inline(always)]
    pub(super) fn below<O: Ops>(
        &mut self,
        ops: O,
        level: PathLevel,
        item: usize,
        join: PathJoin<'_>,
        thresholds: Thresholds,
    ) -> PathLevel {
        let PathColumns { ranks, counts, words, scratch, .. } = self;
        let (first, first_word) = (level.items + level.width, level.words + level.width * level.stride);
        let (rank, count) = (ranks[level.items + item], counts[level.items + item]);
        if ranks.len() < first + item {
            ranks.resize(first + item, 0);
            counts.resize(first + item, 0);
        }
        if words.len() < first_word + item * level.stride {
            words.resize(first_word + item * level.stride, 0);
        }
        let (above, below_ranks) = ranks.split_at_mut(first);
        let (columns, free) = words.split_at_mut(first_word);
        let mut kept =
            Joined { rank, above: &above[level.items..], join, below_ranks, below_counts: &mut counts[first..] };
        let level_item = LevelItem {
            columns: &columns[level.words..],
            stride: level.stride,
            item,
            count,
            pairs: None,
            min_count: join.least,
        };
        let ConditionalColumns { width, stride } = level_item.intersect(ops, &mut kept, free, scratch);
        PathLevel { items: first, width, words: first_word, stride, next: 0, thresholds, count }
    }
}

/// Keeps the items that may be added to a path.
struct Joined<'a> {
    /// The item that ends the path, and the items of its level.
    rank: u32,
    above: &'a [u32],
    join: PathJoin<'a>,
    below_ranks: &'a mut [u32],
    below_counts: &'a mut [u32],
}

impl KeepItems for Joined<'_> {
    const MERGES: bool = true;

    #[inline(always)]
    fn keep(&mut self, place: usize, other: usize, both: u32) -> bool {
        // Each item is written before it is known whether it stays, so there is no branch to mispredict.
        self.below_ranks[place] = self.above[other];
        self.below_counts[place] = both;
        both >= self.join.least && !self.join.rules.exclude_each_other(self.rank, self.above[other])
    }

    #[inline(always)]
    fn needs_columns(&self) -> bool {
        self.join.goes_on
    }

    #[inline(always)]
    fn layout(&self, width: usize, _: bool) -> Layout {
        if width > 1 && self.join.goes_on { Layout::Compressed } else { Layout::None }
    }
}
