//! One step down: the conditional database of an item of a level.

use super::first_items::FIRST_ITEMS;
use super::{ColumnSearch, Level, stride_for};
use crate::bitset::Ops;

/// What becomes of the perfect extensions of an itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Perfect {
    /// They are counted, and no items of the database.
    SetApart,
    /// They are items, below which is repeated what is beside them.
    Repeated,
    /// They are items like others.
    Plain,
}

/// Counts of pairs that are compared in one go.
const PASSED_OVER: usize = 32;

/// Columns that are packed at once.
const PACKED: usize = 4;

/// Packs columns to the baskets of another, each to a part of `into` of `stride` words.
#[inline(always)]
pub(crate) fn compress_columns<'a, O: Ops>(
    ops: O,
    mut columns: impl Iterator<Item = &'a [u64]>,
    baskets: &[u64],
    mut into: &mut [u64],
    stride: usize,
) {
    while let Some(first) = columns.next() {
        let mut group = [first; PACKED];
        let mut packed = 1;
        for (place, column) in group[1..].iter_mut().zip(&mut columns) {
            *place = column;
            packed += 1;
        }
        let (here, rest) = into.split_at_mut(packed * stride);
        if packed == PACKED {
            ops.compress_several(group, baskets, here, stride);
        } else {
            for (column, here) in group.into_iter().zip(here.chunks_exact_mut(stride)) {
                ops.compress_several([column], baskets, here, stride);
            }
        }
        into = rest;
    }
}

impl ColumnSearch {
    /// The conditional database of one item of a level: the items before it that are frequent together with it.
    ///
    /// `perfect` of the result is the number of items that are in all its baskets.
    #[inline(always)]
    pub(crate) fn extend<O: Ops>(
        &mut self,
        ops: O,
        level: Level,
        item: usize,
        min_count: u32,
        treated: Perfect,
    ) -> Level {
        let ColumnSearch { ranks, counts, words, picked, together, pairs, .. } = self;
        // The first level's are the ones at the beginning of the arrays.
        let known =
            if level.items == 0 && !pairs.is_empty() { Some(&pairs[item * (item - 1) / 2..][..item]) } else { None };
        let count = counts[level.items + item];
        let below = level.items + level.width;
        if ranks.len() < below + item {
            ranks.resize(below + item, 0);
            counts.resize(below + item, 0);
        }
        let (ranks, below_ranks) = ranks.split_at_mut(below);
        let (counts, below_counts) = counts.split_at_mut(below);
        let (ranks, counts) = (&ranks[level.items..][..item], &counts[level.items..][..item]);
        let (below_ranks, below_counts) = (&mut below_ranks[..item], &mut below_counts[..item]);
        // A perfect extension stays one below. Where it is only repeated its column, that of all baskets of the level, is
        // not kept, but among the first items, whose combinations are counted with the others.
        let stays_perfect = |other: usize| treated == Perfect::Repeated && counts[other] == level.count;

        let below_words = level.words + level.width * level.stride;
        // Columns are compressed to the baskets that are left where that takes off a third of them: at half, chess at 1100 takes 8 % longer.
        let compressed = stride_for(count as usize);
        let compresses = compressed * 3 <= level.stride * 2;
        let stride = if compresses { compressed } else { level.stride };
        if words.len() < below_words + item * stride {
            words.resize(below_words + item * stride, 0);
        }
        let (columns, free) = words.split_at_mut(below_words);
        let columns = &columns[level.words..];
        let column = &columns[item * level.stride..][..level.stride];

        let (mut width, mut perfect) = (0, 0);
        let mut take = |other: usize, both: u32, width: &mut usize| {
            // Written first and kept by moving on: there is no branch to mispredict.
            below_ranks[*width] = ranks[other];
            below_counts[*width] = both;
            perfect += usize::from(both == count);
            *width += usize::from(both >= min_count && (treated != Perfect::SetApart || both != count));
        };
        if let Some(known) = known {
            if picked.len() < item {
                picked.resize(item, 0);
            }
            // Most pairs are usually not frequent: they are passed over many at a time.
            for (first, block) in (0..).step_by(PASSED_OVER).zip(known.chunks(PASSED_OVER)) {
                if u32::from(block.iter().fold(0, |most, &both| most.max(both))) >= min_count {
                    for (other, &both) in (first..).zip(block) {
                        picked[width] = other;
                        take(other, u32::from(both), &mut width);
                    }
                }
            }
            if width > 1 {
                let picked = picked[..width].iter().map(|&other| &columns[other * level.stride..][..level.stride]);
                if compresses {
                    compress_columns(ops, picked, column, free, stride);
                } else {
                    for (into, other) in free.chunks_exact_mut(stride).zip(picked) {
                        ops.and_into_count(other, column, into);
                    }
                }
            }
        } else if level.stride == 1 {
            let column = column[0];
            for (other, words) in columns[..item].iter().enumerate() {
                let both = if stays_perfect(other) { column } else { words & column };
                free[width] = both;
                take(other, if stays_perfect(other) { count } else { both.count_ones() }, &mut width);
            }
        } else if compresses {
            if together.len() < item {
                together.resize(item, 0);
                picked.resize(item, 0);
            }
            ops.and_count_many(column, columns, level.stride, item, together);
            for (other, &both) in together[..item].iter().enumerate() {
                picked[width] = other;
                take(other, if stays_perfect(other) { count } else { both }, &mut width);
            }
            if width > 1 {
                let source = |&other: &usize| if stays_perfect(other) { item } else { other };
                let picked = picked[..width].iter().map(source);
                let picked = picked.map(|other| &columns[other * level.stride..][..level.stride]);
                compress_columns(ops, picked, column, free, stride);
            }
        } else {
            for other in 0..item {
                if stays_perfect(other) {
                    if width < FIRST_ITEMS {
                        free[width * stride..][..stride].copy_from_slice(column);
                    }
                    take(other, count, &mut width);
                } else {
                    let into = &mut free[width * stride..][..stride];
                    let both = ops.and_into_count(&columns[other * stride..][..stride], column, into);
                    take(other, both, &mut width);
                }
            }
        }
        Level { items: below, width, words: below_words, stride, next: 0, count, perfect }
    }
}
