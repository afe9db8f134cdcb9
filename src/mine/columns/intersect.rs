//! The conditional columns of an item of a level: the columns of the items before it, intersected with its own.

use super::first_items::FIRST_ITEMS;
use crate::bitset::{Ops, Task, stride_for};

/// An item of a level, whose conditional columns are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LevelItem<'a> {
    /// The columns of the level, one after the other, of `stride` words each.
    pub(crate) columns: &'a [u64],
    pub(crate) stride: usize,
    /// The place of the item in the level, and its count there.
    pub(crate) item: usize,
    pub(crate) count: u32,
    /// Its counts together with each item before it, if they are known.
    pub(crate) pairs: Option<&'a [u16]>,
    /// Pairs with smaller counts than this are not kept.
    pub(crate) min_count: u32,
}

/// What a search keeps of the items before the item of a level.
pub(crate) trait KeepItems {
    /// Writes an item to a place, with its count together with the item of the level. Returns whether it is kept:
    /// otherwise the next item is written to the same place.
    fn keep(&mut self, place: usize, other: usize, both: u32) -> bool;

    /// Whether an item is known to be in all baskets of the level. Its conditional column is then that of the level's
    /// item, and is made for the first items alone.
    #[inline(always)]
    fn is_perfect(&self, _other: usize) -> bool {
        false
    }

    /// Whether columns are needed at all.
    #[inline(always)]
    fn needs_columns(&self) -> bool {
        true
    }

    /// Whether nothing else has columns of the same baskets: then rows with weights may be merged.
    const MERGES: bool;

    /// How to make the columns of `width` kept items, which are known before their columns are made. Compressed columns
    /// are shorter if it `shrinks` them.
    fn layout(&self, width: usize, shrinks: bool) -> Layout;
}

/// How conditional columns are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// They are not.
    None,
    /// Their bits stand for the baskets of the level.
    Whole,
    /// Their bits stand for the baskets of the item alone.
    Compressed,
}

/// The conditional columns of an item: how many they are, and the words of each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConditionalColumns {
    pub(crate) width: usize,
    pub(crate) stride: usize,
}

/// Memory kept from one item to the next.
#[derive(Debug, Default)]
pub(crate) struct IntersectScratch {
    /// The counts of one item with each before it, and the places of those that were kept.
    pub(crate) together: Vec<u32>,
    pub(crate) picked: Vec<usize>,
}

/// Counts of pairs that are compared in one go.
const COUNTS_PER_BLOCK: usize = 32;

/// Columns that are compressed at once.
const COLUMNS_AT_ONCE: usize = 4;

/// Words per conditional column of an item, given the words per column of its level and the bits of its own.
///
/// Columns are compressed to the baskets that are left if that takes off a third of their length or more: at half,
/// chess at 1100 takes 8 % longer.
#[inline(always)]
pub(crate) fn stride_below(stride: usize, bits: usize) -> usize {
    let compressed = stride_for(bits);
    if compressed * 3 <= stride * 2 { compressed } else { stride }
}

impl LevelItem<'_> {
    /// Writes the conditional columns of the items that are kept to `free`, which must have room for all items before.
    #[inline(always)]
    pub(crate) fn intersect<O: Ops, K: KeepItems>(
        self,
        ops: O,
        kept: &mut K,
        free: &mut [u64],
        scratch: &mut IntersectScratch,
    ) -> ConditionalColumns {
        let LevelItem { columns, stride, item, count, min_count, .. } = self;
        let IntersectScratch { together, picked } = scratch;
        let column = &columns[item * stride..][..stride];
        let below = stride_below(stride, ops.bits(column, count));
        let shrinks = below < stride;
        let mut width = 0;
        if let Some(pairs) = self.pairs {
            if picked.len() < item {
                picked.resize(item, 0);
            }
            // Most pairs are usually not frequent: they are passed over many at a time. Making bits of those that are,
            // and going through the bits alone, takes 1 % fewer instructions on T10I4D100K at 10.
            for (first, block) in (0..).step_by(COUNTS_PER_BLOCK).zip(pairs.chunks(COUNTS_PER_BLOCK)) {
                if u32::from(block.iter().fold(0, |most, &both| most.max(both))) >= min_count {
                    for (other, &both) in (first..).zip(block) {
                        picked[width] = other;
                        width += usize::from(kept.keep(width, other, u32::from(both)));
                    }
                }
            }
            return self.lay_out::<O, K>(
                ops,
                kept.layout(width, shrinks),
                below,
                picked[..width].iter().copied(),
                free,
            );
        }
        if stride == 1 && !O::WEIGHS {
            let column = column[0];
            for (other, words) in columns[..item].iter().enumerate() {
                let is_perfect = kept.is_perfect(other);
                let both = if is_perfect { column } else { words & column };
                free[width] = both;
                width += usize::from(kept.keep(width, other, if is_perfect { count } else { both.count_ones() }));
            }
            return ConditionalColumns { width, stride };
        }
        if shrinks || !kept.needs_columns() || O::WEIGHS {
            if together.len() < item {
                together.resize(item, 0);
            }
            if picked.len() < item {
                picked.resize(item, 0);
            }
            ops.and_count_many(column, columns, stride, item, together);
            for (other, &both) in together[..item].iter().enumerate() {
                picked[width] = other;
                width += usize::from(kept.keep(width, other, if kept.is_perfect(other) { count } else { both }));
            }
            let sources = picked[..width].iter().map(|&other| if kept.is_perfect(other) { item } else { other });
            return self.lay_out::<O, K>(ops, kept.layout(width, shrinks), below, sources, free);
        }
        for other in 0..item {
            let into = &mut free[width * stride..][..stride];
            let both = if kept.is_perfect(other) {
                if width < FIRST_ITEMS {
                    into.copy_from_slice(column);
                }
                count
            } else {
                ops.and_into_count(&columns[other * stride..][..stride], column, into)
            };
            width += usize::from(kept.keep(width, other, both));
        }
        ConditionalColumns { width, stride }
    }

    /// Makes the columns of items that are known to be kept. Compressed ones have `below` words.
    #[inline(always)]
    fn lay_out<O: Ops, K: KeepItems>(
        self,
        ops: O,
        layout: Layout,
        below: usize,
        kept: impl ExactSizeIterator<Item = usize>,
        free: &mut [u64],
    ) -> ConditionalColumns {
        let LevelItem { columns, stride, item, .. } = self;
        let width = kept.len();
        let column = &columns[item * stride..][..stride];
        let kept = kept.map(|other| &columns[other * stride..][..stride]);
        match layout {
            Layout::None => ConditionalColumns { width, stride: below },
            Layout::Compressed if below < stride => {
                ops.narrow(column, below);
                compress_columns(ops, kept, column, free, below);
                let stride = if K::MERGES { ops.merge_rows(&mut free[..width * below], below) } else { below };
                ConditionalColumns { width, stride }
            }
            Layout::Compressed | Layout::Whole => {
                // Where nothing has a basket, columns have no words.
                for (into, other) in free.chunks_exact_mut(stride.max(1)).zip(kept) {
                    ops.and_into(other, column, into);
                }
                ConditionalColumns { width, stride }
            }
        }
    }
}

/// Compresses columns to the baskets of another, each to a part of `into` of `stride` words.
#[inline(always)]
pub(crate) fn compress_columns<'a, O: Ops>(
    ops: O,
    mut columns: impl Iterator<Item = &'a [u64]>,
    baskets: &[u64],
    mut into: &mut [u64],
    stride: usize,
) {
    while let Some(first) = columns.next() {
        let mut group = [first; COLUMNS_AT_ONCE];
        let mut grouped = 1;
        for (place, column) in group[1..].iter_mut().zip(&mut columns) {
            *place = column;
            grouped += 1;
        }
        let (here, rest) = into.split_at_mut(grouped * stride);
        if grouped == COLUMNS_AT_ONCE {
            ops.compress_several(group, baskets, here, stride);
        } else {
            for (column, here) in group.into_iter().zip(here.chunks_exact_mut(stride)) {
                ops.compress_several([column], baskets, here, stride);
            }
        }
        into = rest;
    }
}

/// Compresses columns: see [`compress_columns`].
pub(crate) struct CompressColumns<'a, I> {
    pub(crate) columns: I,
    pub(crate) baskets: &'a [u64],
    pub(crate) into: &'a mut [u64],
    pub(crate) stride: usize,
}

impl<'a, I: Iterator<Item = &'a [u64]>> Task for CompressColumns<'_, I> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        compress_columns(ops, self.columns, self.baskets, self.into, self.stride);
    }
}
