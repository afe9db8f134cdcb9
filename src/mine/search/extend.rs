//! One step down: the conditional database of an item of a level.

use super::narrow::NARROW;
use super::{Level, Search, stride_for};
use crate::bitset::Ops;

/// What becomes of the perfect extensions of an itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Perfect {
    /// They are counted, and no items of the database.
    SetApart,
    /// They are items, below which is repeated what is beside them.
    Repeated,
    /// They are items like others.
    Plain,
}

/// Counts of pairs that are compared in one go.
const PASSED_OVER: usize = 32;

/// Packs a column to the baskets of another.
#[inline(always)]
pub(super) fn squeeze<O: Ops>(ops: O, column: &[u64], baskets: &[u64], into: &mut [u64]) {
    let bits = ops.compress(column, baskets, into);
    into[bits.div_ceil(64)..].fill(0);
}

impl Search {
    /// The conditional database of one item of a level: the items before it that are frequent together with it.
    ///
    /// `perfect` of the result is the number of items that are in all its baskets.
    #[inline(always)]
    pub(super) fn extend<O: Ops>(
        &mut self,
        ops: O,
        level: Level,
        item: usize,
        min_count: u32,
        treated: Perfect,
    ) -> Level {
        let Search { ranks, counts, words, picked, together, pairs, .. } = self;
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
        // Columns are squeezed to the baskets that are left where that halves them.
        let squeezed = stride_for(count as usize);
        let squeezes = squeezed * 2 <= level.stride;
        let stride = if squeezes { squeezed } else { level.stride };
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
                for (into, &other) in free.chunks_exact_mut(stride).zip(&picked[..width]) {
                    let other = &columns[other * level.stride..][..level.stride];
                    if squeezes {
                        squeeze(ops, other, column, into);
                    } else {
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
        } else if squeezes {
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
                for (place, (into, &other)) in free.chunks_exact_mut(stride).zip(&picked[..width]).enumerate() {
                    let is_repeated =
                        treated == Perfect::Repeated && (stays_perfect(other) || together[other] == count);
                    let source = if is_repeated { item } else { other };
                    if place < NARROW || !is_repeated {
                        squeeze(ops, &columns[source * level.stride..][..level.stride], column, into);
                    }
                }
            }
        } else {
            for other in 0..item {
                if stays_perfect(other) {
                    if width < NARROW {
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
