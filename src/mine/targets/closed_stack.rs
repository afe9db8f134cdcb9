//! The stack of a search that goes from a closed itemset to the closures of those that add an item.
//!
//! An itemset is extended by an item and by all items that are in each of its baskets, its perfect extensions. If one
//! of those was passed over on the path, another branch finds the closure, and neither it nor anything below it is
//! searched here. So each closed itemset is found once (Uno, Asai, Uchida & Arimura, "An efficient algorithm for
//! enumerating closed patterns in transaction databases", DS 2004).

use super::database::{Rows, TwoSidedColumns};
use crate::bitset::Ops;
use crate::mine::columns::intersect::{
    ConditionalColumns, IntersectScratch, KeepItems, Layout, LevelItem, compress_columns,
};
use crate::mine::query::bounds::Bounds;
use crate::transactions::Rank;

/// The stack, and memory that is kept from one item's database to the next.
#[derive(Debug, Default)]
pub(super) struct ClosedStack {
    /// Items, by their numbers in the database, and their counts in the database of a level.
    pub(super) items: Vec<u32>,
    pub(super) counts: Vec<u32>,
    pub(super) words: Vec<u64>,
    pub(super) levels: Vec<ClosedLevel>,
    /// The items that were passed over on the path to the current level, in runs, if they have columns.
    pub(super) passed: Vec<PassedItems>,
    /// The baskets that the bits of compressed columns stand for, if the passed items have no columns.
    pub(super) baskets: Vec<u32>,
    /// The ranks of the levels' itemsets, and whether each rank is one of them, if passed items have no columns.
    members: Vec<u32>,
    pub(super) is_member: Vec<bool>,
    /// The itemset of each level, as descending ranks.
    pub(super) sets: Vec<u32>,
    /// Scratch: perfect extensions, ascending.
    pub(super) perfect: Vec<u32>,
    scratch: IntersectScratch,
}

/// A node of the search: a closed itemset, and the part of the stack's arrays that holds its extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClosedLevel {
    /// Where its items begin in `items` and `counts`.
    pub(super) items: usize,
    /// The number of items that extend it.
    pub(super) width: usize,
    /// Where its columns begin in `words`.
    pub(super) words: usize,
    /// Words per column.
    pub(super) stride: usize,
    /// The next item to extend it by.
    pub(super) next: usize,
    /// Whether its columns were compressed to its baskets.
    compressed: bool,
    /// Where the runs of passed items with columns for the same baskets begin in `passed`, and their end.
    first_passed: usize,
    passed: usize,
    /// Where the baskets of its bits begin in `baskets`; `None` if they are those of the first level.
    pub(super) baskets: Option<usize>,
    /// Where its own parts of `baskets` and `members` begin.
    own_baskets: usize,
    members: usize,
    /// Where the level ends in `counts` and `words`.
    counts_end: usize,
    words_end: usize,
    /// Where the itemset begins in `sets`, and its length.
    pub(super) set: usize,
    pub(super) len: usize,
}

/// Items that were passed over, with their columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct PassedItems {
    /// Where they begin in `items` and `counts`.
    pub(super) items: usize,
    pub(super) width: usize,
    /// Where their columns begin in `words`.
    pub(super) words: usize,
}

/// What a search reads of the database.
#[derive(Debug)]
pub(super) struct ClosedSource<'a, R> {
    pub(super) ranks: &'a [u32],
    /// The counts of the pairs of the first level, if they are known.
    pub(super) pairs: &'a [u16],
    /// The rows, if passed items have no columns.
    pub(super) rows: Option<Rows<'a, R>>,
    pub(super) min_count: u32,
}

impl<'a, R> ClosedSource<'a, R> {
    pub(super) fn new(columns: &'a TwoSidedColumns<'a, R>, bounds: Bounds) -> Self {
        let TwoSidedColumns { ranks, pairs, by_rows, rows, signatures, .. } = columns;
        let rows = by_rows.then_some(Rows { rows, signatures });
        ClosedSource { ranks, pairs, rows, min_count: bounds.min_count }
    }
}

impl<R> Clone for ClosedSource<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ClosedSource<'_, R> {}

/// The fewest items of a level whose columns are compressed: compressing only pays if many itemsets follow. Where
/// passed items have columns, which are compressed too, it takes one item more per [`WORDS_PER_ITEM`] words of a
/// column.
const MIN_COMPRESSED: usize = 4;

/// The fewest items of a level whose equal rows become one, if rows have weights.
const FEWEST_MERGED: usize = 6;
const WORDS_PER_ITEM: usize = 16;

impl PassedItems {
    /// The items of a level after one of them.
    #[inline(always)]
    pub(super) fn above(level: ClosedLevel, item: usize) -> Self {
        PassedItems {
            items: level.items + item + 1,
            width: level.width - item - 1,
            words: level.words + (item + 1) * level.stride,
        }
    }
}

impl ClosedStack {
    /// Begins with the items of a database. The arrays of the database are swapped with those of the stack, which
    /// writes after their contents.
    pub(super) fn begin<R>(&mut self, columns: &mut TwoSidedColumns<'_, R>, items: usize) {
        std::mem::swap(&mut columns.counts, &mut self.counts);
        std::mem::swap(&mut columns.words, &mut self.words);
        let TwoSidedColumns { before, stride, by_rows, ref ranks, .. } = *columns;
        self.sets.clear();
        self.sets.push(columns.rank);
        self.sets.extend(columns.perfect.iter().rev());
        self.items.clear();
        // Items are numbered by a u32.
        self.items.extend(0..ranks.len() as u32);
        self.passed.clear();
        self.levels.clear();
        self.baskets.clear();
        self.members.clear();
        self.is_member.resize(items, false);
        if by_rows {
            self.members.extend_from_slice(&self.sets);
            self.members.iter().for_each(|&member| self.is_member[member as usize] = true);
        } else {
            self.passed.push(PassedItems { items: before, width: ranks.len() - before, words: before * stride });
        }
        self.levels.push(ClosedLevel {
            items: 0,
            width: before,
            words: 0,
            stride,
            next: 0,
            compressed: false,
            first_passed: 0,
            passed: self.passed.len(),
            baskets: None,
            own_baskets: 0,
            members: 0,
            counts_end: ranks.len(),
            words_end: self.words.len(),
            set: 0,
            len: self.sets.len(),
        });
    }

    /// The runs of passed items that have columns for the baskets of a level.
    #[inline(always)]
    pub(super) fn passed_of(&self, level: ClosedLevel) -> &[PassedItems] {
        &self.passed[level.first_passed..level.passed]
    }

    /// Ends a level.
    #[inline(always)]
    pub(super) fn leave(&mut self, level: ClosedLevel) {
        self.levels.pop();
        for item in self.members.drain(level.members..) {
            self.is_member[item as usize] = false;
        }
        self.baskets.truncate(level.own_baskets);
    }

    /// Makes the level of the closure of a level's itemset joined with one of its items: the items that extend it, and
    /// its perfect extensions, which are left in `perfect`.
    ///
    /// The level is not part of the stack until [`enter`](ClosedStack::enter) is called, before which no other level
    /// may be made.
    #[inline(always)]
    pub(super) fn narrow<O: Ops, R: Rank>(
        &mut self,
        ops: O,
        of: ClosedSource<'_, R>,
        level: ClosedLevel,
        item: usize,
    ) -> ClosedLevel {
        let ClosedStack { items, counts, words, perfect, scratch, .. } = self;
        let (stride, count) = (level.stride, counts[level.items + item]);
        let (below, below_words) = (level.counts_end, level.words_end);
        if items.len() < below + item {
            items.resize(below + item, 0);
        }
        if counts.len() < below + item {
            counts.resize(below + item, 0);
        }
        if words.len() < below_words + item * stride {
            words.resize(below_words + item * stride, 0);
        }
        perfect.clear();
        let (items, below_items) = items.split_at_mut(below);
        let (columns, free) = words.split_at_mut(below_words);
        let passed_too = if of.rows.is_some() { 0 } else { stride / WORDS_PER_ITEM };
        let mut kept = ClosedExtensions {
            items: &items[level.items..][..item],
            below_items: &mut below_items[..item],
            below_counts: &mut counts[below..][..item],
            perfect,
            count,
            min_count: of.min_count,
            compressed_from: MIN_COMPRESSED + passed_too,
        };
        let known = level.items == 0 && !of.pairs.is_empty() && item > 0;
        let level_item = LevelItem {
            columns: &columns[level.words..],
            stride,
            item,
            count,
            pairs: known.then(|| &of.pairs[item * (item - 1) / 2..][..item]),
            min_count: of.min_count,
        };
        let ConditionalColumns { width, stride: new_stride } = level_item.intersect(ops, &mut kept, free, scratch);
        ClosedLevel {
            items: below,
            width,
            words: below_words,
            stride: new_stride,
            next: 0,
            compressed: new_stride < stride,
            counts_end: below + width,
            words_end: below_words + width * new_stride,
            set: level.set + level.len,
            len: level.len + 1 + self.perfect.len(),
            ..level
        }
    }

    /// Goes down to a level that was made from a level's item.
    #[inline(always)]
    pub(super) fn enter<O: Ops, R: Rank>(
        &mut self,
        ops: O,
        of: ClosedSource<'_, R>,
        level: ClosedLevel,
        item: usize,
        new: ClosedLevel,
    ) {
        if of.rows.is_some() {
            self.enter_by_rows(of.ranks, level, item, new);
        } else {
            self.enter_by_columns(ops, of.min_count, level, item, new);
        }
    }

    /// Appends to `sets` the itemset of a level joined with one of its items and the perfect extensions of the two.
    #[inline(always)]
    pub(super) fn join(&mut self, ranks: &[u32], level: ClosedLevel, item: usize) {
        let ClosedStack { items, sets, perfect, .. } = self;
        let (set, rank) = (level.set + level.len, ranks[items[level.items + item] as usize]);
        sets.truncate(set);
        let above = sets[level.set..].iter().position(|&other| other < rank).unwrap_or(level.len);
        sets.extend_from_within(level.set..level.set + above);
        sets.push(rank);
        let mut old = level.set + above;
        for &new in perfect.iter().rev() {
            let new = ranks[new as usize];
            while old < set && sets[old] > new {
                sets.push(sets[old]);
                old += 1;
            }
            sets.push(new);
        }
        sets.extend_from_within(old..set);
    }

    /// Does the same for several of the level's items, given as the bits of a number, without perfect extensions.
    #[inline(always)]
    pub(super) fn join_several(&mut self, ranks: &[u32], level: ClosedLevel, mut items: usize) {
        self.perfect.clear();
        // All except the highest.
        while items & (items - 1) != 0 {
            self.perfect.push(self.items[level.items + items.trailing_zeros() as usize]);
            items &= items - 1;
        }
        self.join(ranks, level, items.trailing_zeros() as usize);
    }

    /// Goes down to a level, for passed items that are searched for in rows.
    #[inline(always)]
    fn enter_by_rows(&mut self, ranks: &[u32], level: ClosedLevel, item: usize, mut new: ClosedLevel) {
        new.members = self.members.len();
        self.members.push(ranks[self.items[level.items + item] as usize]);
        self.members.extend(self.perfect.iter().map(|&item| ranks[item as usize]));
        for &member in &self.members[new.members..] {
            self.is_member[member as usize] = true;
        }
        new.own_baskets = self.baskets.len();
        if new.compressed {
            let column = &self.words[level.words + item * level.stride..][..level.stride];
            for (place, &word) in column.iter().enumerate() {
                let mut bits = word;
                while bits != 0 {
                    let bit = place * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    // At most as many as the entries of the rows, which a u32 numbers.
                    self.baskets.push(level.baskets.map_or(bit as u32, |start| self.baskets[start + bit]));
                }
            }
            new.baskets = Some(new.own_baskets);
        }
        self.levels.push(new);
    }

    /// Goes down to a level, for passed items that have columns.
    #[inline(always)]
    fn enter_by_columns<O: Ops>(
        &mut self,
        ops: O,
        min_count: u32,
        level: ClosedLevel,
        item: usize,
        mut new: ClosedLevel,
    ) {
        let ClosedStack {
            items, counts, words, passed, scratch: IntersectScratch { together, picked }, levels, ..
        } = self;
        let stride = level.stride;
        passed.truncate(level.passed);
        passed.push(PassedItems::above(level, item));
        if new.compressed {
            // Those that are still frequent follow the items.
            let first = new.counts_end;
            picked.clear();
            for &run in &passed[level.first_passed..] {
                let PassedItems { items: numbers, width, words: start } = run;
                if counts.len() < new.counts_end + width {
                    counts.resize(new.counts_end + width, 0);
                }
                if items.len() < new.counts_end + width {
                    items.resize(new.counts_end + width, 0);
                }
                let column = &words[level.words + item * stride..][..stride];
                if together.len() < width {
                    together.resize(width, 0);
                }
                ops.and_count_many(column, &words[start..], stride, width, together);
                for (other, &both) in together[..width].iter().enumerate() {
                    let place = start + other * stride;
                    if both >= min_count {
                        picked.push(place);
                        items[new.counts_end] = items[numbers + other];
                        counts[new.counts_end] = both;
                        new.counts_end += 1;
                    }
                }
            }
            new.first_passed = passed.len();
            passed.push(PassedItems { items: first, width: picked.len(), words: new.words_end });
            let end = new.words_end + picked.len() * new.stride;
            if words.len() < end {
                words.resize(end, 0);
            }
            let (columns, free) = words.split_at_mut(new.words_end);
            let columns = &columns[..];
            let column = &columns[level.words + item * stride..][..stride];
            compress_columns(ops, picked.iter().map(|&place| &columns[place..][..stride]), column, free, new.stride);
            new.words_end = end;
            if O::WEIGHS && new.width >= FEWEST_MERGED {
                let columns = new.width + picked.len();
                new.stride = ops.merge_rows(&mut words[new.words..end], new.stride);
                new.words_end = new.words + columns * new.stride;
                if let Some(passed) = passed.last_mut() {
                    passed.words = new.words + new.width * new.stride;
                }
            }
        }
        new.passed = passed.len();
        levels.push(new);
    }
}

/// Keeps the items that extend a closed itemset, apart from its perfect extensions.
struct ClosedExtensions<'a> {
    items: &'a [u32],
    below_items: &'a mut [u32],
    below_counts: &'a mut [u32],
    perfect: &'a mut Vec<u32>,
    count: u32,
    min_count: u32,
    /// How many items must be kept for their columns to be compressed.
    compressed_from: usize,
}

impl KeepItems for ClosedExtensions<'_> {
    const MERGES: bool = false;

    #[inline(always)]
    fn keep(&mut self, place: usize, other: usize, both: u32) -> bool {
        // Written first and kept by moving on: there is no branch to mispredict.
        self.below_items[place] = self.items[other];
        self.below_counts[place] = both;
        if both == self.count {
            self.perfect.push(self.items[other]);
        }
        both >= self.min_count && both != self.count
    }

    #[inline(always)]
    fn layout(&self, width: usize, shrinks: bool) -> Layout {
        if shrinks && width >= self.compressed_from { Layout::Compressed } else { Layout::Whole }
    }
}
