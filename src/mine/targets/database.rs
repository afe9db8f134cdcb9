//! The conditional database of an item, with the items on both sides of it.

use super::pair_index::PairIndex;
use crate::bitset::{Isa, Weights, set_bits, stride_for};
use crate::mine::columns::intersect::CompressColumns;
use crate::mine::columns::load::{is_compressing_faster, steps_per_pair};
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::pair_counts::ProjectedRows;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::transactions::{Rank, RankedRows};

/// The conditional database of an item: a bit column for each item that is frequent together with it and not in all its
/// baskets.
#[derive(Debug, Default)]
pub(super) struct TwoSidedColumns<'a, R> {
    pub(super) rank: u32,
    pub(super) count: u32,
    /// The more frequent items that are in all its baskets, ascending.
    pub(super) perfect: Vec<u32>,
    /// The items, ascending, and their counts together with the item.
    pub(super) ranks: Vec<u32>,
    pub(super) counts: Vec<u32>,
    /// How many of them are more frequent than the item.
    pub(super) before: usize,
    /// Whether there is a rarer item that is frequent together with it.
    pub(super) rarer: bool,
    /// Words per column; 0 if no columns are needed.
    pub(super) stride: usize,
    /// A column per item, those of the more frequent items first. Baskets with fewer than two of the items may be left
    /// out.
    pub(super) words: Vec<u64>,
    /// Whether the rarer items have no columns, as there are many and each row has few of them. They are left out of
    /// `ranks` and `counts` then.
    pub(super) by_rows: bool,
    /// In that case, what each bit of a column stands for.
    pub(super) rows: Vec<StoredRow<'a, R>>,
    pub(super) signatures: Vec<Signature>,
    /// The counts of the pairs of the more frequent items, if they are known: those of item i and the items before it
    /// start at `i * (i - 1) / 2`.
    pub(super) pairs: Vec<u16>,
    /// What the bits of columns stand for, if not for one basket each.
    pub(super) weights: Weights,
    /// Scratch: bitsets made from lists.
    unpacked: Vec<u64>,
}

/// A row as it is stored: with all its items, whether they are frequent together with the item of the database or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredRow<'a, R> {
    /// Their ranks, ascending.
    pub(super) ranks: &'a [R],
    /// How many of them are more frequent than the item of the database.
    pub(super) before: u32,
    pub(super) weight: u32,
}

/// The rows of a database, and the signature of each.
#[derive(Debug)]
pub(super) struct Rows<'a, R> {
    pub(super) rows: &'a [StoredRow<'a, R>],
    pub(super) signatures: &'a [Signature],
}

impl<R> Clone for Rows<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Rows<'_, R> {}

/// The items of a row, a bit each, by their rank modulo 64.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signature {
    /// Those that are more frequent than the item of the database.
    pub(super) more_frequent: u64,
    pub(super) rarer: u64,
}

impl<R> TwoSidedColumns<'_, R> {
    /// Makes empty columns for `baskets` baskets.
    fn clear(&mut self, baskets: usize, items: usize) {
        self.stride = stride_for(baskets);
        self.words.clear();
        self.words.resize(items * self.stride, 0);
    }

    /// Puts an item into a basket.
    #[inline(always)]
    fn put(&mut self, item: usize, basket: usize) {
        self.words[item * self.stride + basket / 64] |= 1 << (basket % 64);
    }
}

/// What a search needs to know about the items that are rarer than the item of its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rarer {
    /// Which are in all baskets of an itemset.
    Contained,
    /// Which are frequent together with an itemset.
    Frequent,
    Unneeded,
}

/// What all workers read to make the conditional databases.
pub(super) struct TwoSidedDatabases<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    pair_index: &'a PairIndex<'a, R>,
    /// How many times as long the row of an entry is in the mean as a row.
    spread: f64,
}

/// Passed items are searched for in rows if there are more than `FEW + SPARSE * len` items, with `len` of them in a
/// row: checking whether one of them is in all baskets of an itemset takes some steps per item of a row, or one step
/// per item.
const SPARSE: usize = 4;
const FEW: usize = 32;

impl<'a, R: Rank> TwoSidedDatabases<'a, R> {
    pub(super) fn new(rows: &'a RankedRows<R>, index: &'a VerticalIndex, pair_index: &'a PairIndex<'a, R>) -> Self {
        let [baskets, entries, pairs] = rows.weighed().map(|sum| sum as f64);
        let spread = (2.0 * pairs + entries) * baskets / (entries * entries).max(1.0);
        TwoSidedDatabases { rows, index, pair_index, spread }
    }

    /// Makes the database of an item. If the search needs to know about rarer items, returns `false` if one is in all
    /// its baskets: no itemset with the item as its rarest is closed then.
    pub(super) fn load(
        &self,
        rank: usize,
        isa: Isa,
        base: &mut ConditionalBase<R>,
        projected: &mut ProjectedRows<R>,
        columns: &mut TwoSidedColumns<'a, R>,
        rarer: Rarer,
    ) -> bool {
        let count = self.rows.counts[rank];
        base.frequent.clear();
        self.pair_index.of(rank, projected, &mut base.frequent);
        let before = base.frequent.partition_point(|&(other, _)| (other as usize) < rank);
        if rarer == Rarer::Unneeded {
            base.frequent.truncate(before);
        }
        if base.frequent[before..].iter().any(|&(_, together)| together == count) {
            return false;
        }
        columns.perfect.clear();
        columns
            .perfect
            .extend(base.frequent.iter().filter(|&&(_, together)| together == count).map(|&(other, _)| other));
        base.frequent.retain(|&(_, together)| together != count);
        columns.before = before - columns.perfect.len();
        columns.rarer = base.frequent.len() > columns.before;
        if columns.before == 0 || columns.before == 1 && rarer == Rarer::Contained {
            // To be in all baskets of the one item before, an item must be in at least as many.
            let least =
                base.frequent.first().filter(|_| columns.before == 1).map_or(u32::MAX, |&(_, together)| together);
            let mut place = 0;
            base.frequent.retain(|&(_, together)| {
                place += 1;
                place <= columns.before || together >= least
            });
        }
        columns.rank = rank as u32;
        columns.count = count;
        columns.ranks.clear();
        columns.ranks.extend(base.frequent.iter().map(|&(other, _)| other));
        columns.counts.clear();
        columns.counts.extend(base.frequent.iter().map(|&(_, together)| together));
        columns.pairs.clear();
        columns.words.clear();
        columns.weights.clear();
        columns.stride = 0;
        columns.by_rows = false;
        if base.frequent.len() > 1 && !self.pack(rank, isa, columns) {
            self.fill(rank, base, columns, rarer);
        }
        true
    }

    /// Fills the columns by compressing the items' own bitsets, if that is cheaper than going through the rows.
    fn pack(&self, rank: usize, isa: Isa, columns: &mut TwoSidedColumns<'a, R>) -> bool {
        let set = self.index.set(rank as u32);
        let Some(words) = set.words() else { return false };
        let items = columns.ranks.len();
        // Each basket is read here, even if several share a row.
        if !is_compressing_faster(items, words.len(), set.count() as usize * self.rows.mean_len()) {
            return false;
        }
        // Rarer items may have lists.
        let lists = columns.ranks.iter().filter_map(|&other| self.index.set(other).list());
        columns.unpacked.clear();
        for (place, list) in lists.enumerate() {
            columns.unpacked.resize((place + 1) * words.len(), 0);
            let bits = &mut columns.unpacked[place * words.len()..];
            for &row in list {
                bits[row as usize / 64] |= 1 << (row % 64);
            }
        }
        columns.clear(set.count() as usize, items);
        if self.rows.are_heavy() {
            let weights = set_bits(words).map(|row| self.rows.weights()[row]);
            columns.weights.fill(columns.stride, weights);
        }
        let TwoSidedColumns { ranks, unpacked, words: into, stride, .. } = columns;
        let mut lists = unpacked.chunks_exact(words.len());
        let sets = ranks.iter().map(|&other| match self.index.set(other).words() {
            Some(words) => words,
            None => lists.next().unwrap_or_default(),
        });
        isa.run(CompressColumns { columns: sets, baskets: words, into, stride: *stride });
        if self.rows.are_heavy() {
            columns.stride = columns.weights.merge_rows(isa, &mut columns.words, columns.stride);
        }
        true
    }

    /// Fills the columns by going through the rows.
    fn fill(&self, rank: usize, base: &mut ConditionalBase<R>, columns: &mut TwoSidedColumns<'a, R>, rarer: Rarer) {
        let all = columns.ranks.len();
        let entries: u64 = columns.counts.iter().copied().map(u64::from).sum();
        // The mean length of an entry's row: itemsets are found in long rows.
        let mean_len = (entries as f64 * self.spread / f64::from(columns.count.max(1))) as usize;
        columns.by_rows = rarer != Rarer::Unneeded && all > FEW + SPARSE * (mean_len + 1);
        if columns.by_rows {
            base.frequent.truncate(columns.before);
            columns.ranks.truncate(columns.before);
            columns.counts.truncate(columns.before);
        }
        base.begin(self.rows.items(), self.rows.are_heavy());
        if columns.by_rows {
            let TwoSidedColumns { rows, signatures, .. } = &mut *columns;
            rows.clear();
            signatures.clear();
            self.index.for_rows_of(rank as u32, self.rows, |row, weight| {
                // There are no branches to mispredict within a row.
                let (mut before, mut signature) = (0, Signature { more_frequent: 0, rarer: 0 });
                base.extend(row.iter().map(|&item| {
                    let other = item.index();
                    before += u32::from(other < rank);
                    signature.more_frequent |= u64::from(other < rank) << (other % 64);
                    signature.rarer |= u64::from(other > rank) << (other % 64);
                    item
                }));
                if base.end_row_of(1, weight) {
                    rows.push(StoredRow { ranks: row, before, weight });
                    signatures.push(signature);
                }
            });
        } else {
            self.index.for_rows_of(rank as u32, self.rows, |row, weight| base.add_weighted(row, weight));
        }
        base.finish();
        columns.clear(base.stored(), columns.ranks.len());
        if self.rows.are_heavy() {
            columns.weights.fill(columns.stride, base.rows().map(|(_, weight)| weight));
        }
        let mut squares = 0;
        for (basket, (row, _)) in base.rows().enumerate() {
            squares += row.len() * row.len();
            row.iter().for_each(|item| columns.put(item.index(), basket));
        }
        // Going through the rows takes a step per pair of items of each row; intersecting takes some steps per pair of
        // items.
        let items = columns.before;
        let share = items as f64 / columns.ranks.len() as f64;
        let steps = (squares as f64 * share * share / 2.0) as usize;
        if steps < items * items / 2 * steps_per_pair(columns.stride) && base.baskets() <= usize::from(u16::MAX) {
            base.count_pairs(items, &mut columns.pairs);
        }
    }
}
