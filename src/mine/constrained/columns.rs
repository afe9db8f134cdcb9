//! The conditional databases of a path of items, as bit columns.

use super::checks::{Checks, Lowest, Thresholds};
use crate::bitset::{Isa, Ops, Task};
use crate::mine::columns::extend::compress_columns;
use crate::mine::columns::stride_for;
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::transactions::{Rank, RankedRows};

/// A stack of databases: for the items of a path from the first on, the items before the last one that may be joined to the path, with a
/// column each of the baskets of the path that hold it.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) levels: Vec<Level>,
    pub(super) ranks: Vec<u32>,
    /// How many baskets hold the path with each.
    pub(super) counts: Vec<u32>,
    words: Vec<u64>,
    /// Scratch: counts of one item with each before it, and which of those were kept.
    together: Vec<u32>,
    picked: Vec<usize>,
}

/// The database of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    /// Where its items begin in `ranks` and `counts`.
    pub(super) items: usize,
    pub(super) width: usize,
    /// Where its columns begin in `words`, and the words of a column.
    words: usize,
    stride: usize,
    /// The next item to go on with.
    pub(super) next: usize,
    pub(super) thresholds: Thresholds,
    /// The baskets of the path.
    pub(super) count: u32,
}

/// What an item that is joined to a path must have to be worth a column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join<'a> {
    pub(super) rules: &'a Checks,
    /// The smallest count.
    pub(super) least: u32,
    /// Whether more can be joined after it.
    pub(super) goes_on: bool,
}

impl<'a> Join<'a> {
    /// To a path of `len` items in all.
    pub(super) fn new(rules: &'a Checks, lowest: Lowest<'_>, least: u32, len: usize) -> Self {
        Join { rules, least: lowest.from(len + 1).max(least), goes_on: len + 1 < rules.max_len }
    }
}

/// Words of columns that are packed in the time of one step through a basket.
const WORDS_A_STEP: usize = 2;

impl Columns {
    /// Begins with the database of an item: those of `base.frequent` are before it.
    pub(super) fn begin<R: Rank>(
        &mut self,
        isa: Isa,
        rank: usize,
        (rows, index): (&RankedRows<R>, &VerticalIndex),
        base: &mut ConditionalBase<R>,
        each_row: impl FnOnce(&mut dyn FnMut(&[R], u32)),
        (goes_on, thresholds, count): (bool, Thresholds, u32),
    ) {
        self.levels.clear();
        self.ranks.clear();
        self.counts.clear();
        self.words.clear();
        self.ranks.extend(base.frequent.iter().map(|&(other, _)| other));
        self.counts.extend(base.frequent.iter().map(|&(_, together)| together));
        let width = self.ranks.len();
        let mut level = Level { items: 0, width, words: 0, stride: 0, next: 0, thresholds, count };
        if width > 1 && goes_on {
            let set = index.set(rank as u32);
            let packed = set.words().filter(|_| rank < index.dense()).filter(|words| {
                // Through the rows is cheaper where columns are long and baskets few.
                width * words.len() <= set.count() as usize * rows.mean_len() * WORDS_A_STEP
            });
            if let Some(words) = packed {
                level.stride = stride_for(set.count() as usize);
                self.words.resize(width * level.stride, 0);
                isa.run(Pack { index, item: words, columns: self, stride: level.stride });
            } else {
                base.begin(rows.items());
                each_row(&mut |row, weight| base.add_weighted(row, weight));
                base.finish();
                level.stride = stride_for(base.baskets());
                base.write_columns(level.stride, &mut self.words);
            }
        }
        self.levels.push(level);
    }

    /// The database of one item of a level, which is no part of the stack yet. Nothing but its items and counts is made
    /// where nothing can be joined to those.
    #[inline(always)]
    pub(super) fn below<O: Ops>(
        &mut self,
        ops: O,
        level: Level,
        item: usize,
        join: Join<'_>,
        thresholds: Thresholds,
    ) -> Level {
        let Columns { ranks, counts, words, together, picked, .. } = self;
        let (first, first_word, old) =
            (level.items + level.width, level.words + level.width * level.stride, level.stride);
        let (rank, count) = (ranks[level.items + item], counts[level.items + item]);
        if ranks.len() < first + item {
            ranks.resize(first + item, 0);
            counts.resize(first + item, 0);
        }
        if words.len() < first_word + item * old {
            words.resize(first_word + item * old, 0);
        }
        let (above, below_ranks) = ranks.split_at_mut(first);
        let above = &above[level.items..];
        let below_counts = &mut counts[first..];
        let (columns, free) = words.split_at_mut(first_word);
        let columns = &columns[level.words..];
        let column = &columns[item * old..][..old];
        let mut width = 0;
        let mut take = |other: usize, both: u32, width: &mut usize| {
            // Written first and kept by moving on: there is no branch to mispredict.
            below_ranks[*width] = above[other];
            below_counts[*width] = both;
            let stays = both >= join.least && !join.rules.exclude_each_other(rank, above[other]);
            *width += usize::from(stays);
        };
        let compressed = stride_for(count as usize);
        let compresses = compressed * 3 <= old * 2;
        let mut stride = old;
        if old == 1 {
            for (other, words) in columns[..item].iter().enumerate() {
                free[width] = words & column[0];
                take(other, free[width].count_ones(), &mut width);
            }
        } else if compresses || !join.goes_on {
            if together.len() < item {
                together.resize(item, 0);
                picked.resize(item, 0);
            }
            ops.and_count_many(column, columns, old, item, together);
            for (other, &both) in together[..item].iter().enumerate() {
                picked[width] = other;
                take(other, both, &mut width);
            }
            if width > 1 && join.goes_on {
                stride = compressed;
                compress_columns(
                    ops,
                    picked[..width].iter().map(|&other| &columns[other * old..][..old]),
                    column,
                    free,
                    stride,
                );
            }
        } else {
            for other in 0..item {
                let both = ops.and_into_count(&columns[other * old..][..old], column, &mut free[width * old..][..old]);
                take(other, both, &mut width);
            }
        }
        Level { items: first, width, words: first_word, stride, next: 0, thresholds, count }
    }
}

/// Packs the bitsets of the items of the first level to the baskets of the item that it is of.
struct Pack<'a> {
    index: &'a VerticalIndex,
    item: &'a [u64],
    columns: &'a mut Columns,
    stride: usize,
}

impl Task for Pack<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let Pack { index, item, columns: Columns { ranks, words, .. }, stride } = self;
        // All ranks before one of the first dense ones are among those.
        let sets = ranks.iter().map(|&other| index.set(other).words().unwrap_or(&[]));
        compress_columns(ops, sets, item, words, stride);
    }
}
