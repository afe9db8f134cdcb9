//! The conditional database of an item, with the items on both sides of it.

use super::pair_index::PairIndex;
use crate::bitset::Isa;
use crate::mine::columns::intersect::CompressColumns;
use crate::mine::columns::load::{is_compressing_faster, steps_per_pair};
use crate::mine::columns::stride_for;
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::pair_counts::ProjectedRows;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::transactions::{Rank, RankedRows};

/// The conditional database of an item: a bit column for each item that is frequent together with it and not in all its
/// baskets.
#[derive(Debug, Default)]
pub(super) struct TwoSidedColumns {
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
    /// Words a column; none where the columns are not needed.
    pub(super) stride: usize,
    /// A column an item, those of the more frequent items first. A basket of fewer than two of the items may be left out.
    pub(super) words: Vec<u64>,
    /// Whether the rarer items have no columns, as they are few in each of very many rows: then there are rows, a basket each.
    pub(super) by_rows: bool,
    /// For those, a bit for each row of each item in it, by the item's number modulo 64.
    pub(super) signatures: Vec<u64>,
    /// The counts of the pairs of the more frequent items, where they are known: those of item i and the items before it
    /// from `i * (i - 1) / 2` on.
    pub(super) pairs: Vec<u16>,
    /// Bitsets made of lists for a moment.
    unpacked: Vec<u64>,
}

impl TwoSidedColumns {
    /// TwoSidedColumns without a bit, for so many baskets.
    fn clear(&mut self, baskets: usize, items: usize) {
        self.stride = stride_for(baskets);
        self.words.clear();
        self.words.resize(items * self.stride, 0);
    }

    /// Puts an item into a run of baskets.
    #[inline(always)]
    fn put(&mut self, item: usize, basket: usize) {
        self.words[item * self.stride + basket / 64] |= 1 << (basket % 64);
    }
}

/// What a search needs to know of the items that are rarer than the one whose database it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rarer {
    /// Which are in all baskets of an itemset.
    Contained,
    /// Which are frequent together with an itemset.
    Frequent,
    Unneeded,
}

/// What all workers read.
pub(super) struct TwoSidedDatabases<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    pair_index: &'a PairIndex<'a, R>,
}

/// Passed items are looked for in rows where there are more than `FEW + SPARSE * len` items, with `len` of them in a row: to see
/// whether one is in all baskets of an itemset takes some steps for each in a row, or one for each item.
const SPARSE: usize = 4;
const FEW: usize = 32;

impl<'a, R: Rank> TwoSidedDatabases<'a, R> {
    pub(super) fn new(rows: &'a RankedRows<R>, index: &'a VerticalIndex, pair_index: &'a PairIndex<'a, R>) -> Self {
        TwoSidedDatabases { rows, index, pair_index }
    }

    /// Makes the database of an item. `false` where a rarer item is in all its baskets, if that is asked for: then no itemset whose
    /// rarest item it is is closed.
    pub(super) fn load(
        &self,
        rank: usize,
        isa: Isa,
        base: &mut ConditionalBase<R>,
        projected: &mut ProjectedRows<R>,
        columns: &mut TwoSidedColumns,
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
            // Only an item that is in as many baskets as the one before can be in all that hold that.
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
        columns.stride = 0;
        columns.by_rows = false;
        if base.frequent.len() > 1 && !self.pack(rank, isa, columns) {
            self.fill(rank, base, columns);
        }
        true
    }

    /// Fills the columns by packing the items' own bitsets, where that is cheaper than to go through the rows.
    fn pack(&self, rank: usize, isa: Isa, columns: &mut TwoSidedColumns) -> bool {
        let set = self.index.set(rank as u32);
        let Some(words) = set.words() else { return false };
        let items = columns.ranks.len();
        // Equal rows are not read as one here: each basket has a bit.
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
        let TwoSidedColumns { ranks, unpacked, words: into, stride, .. } = columns;
        let mut lists = unpacked.chunks_exact(words.len());
        let sets = ranks.iter().map(|&other| match self.index.set(other).words() {
            Some(words) => words,
            None => lists.next().unwrap_or_default(),
        });
        isa.run(CompressColumns { columns: sets, baskets: words, into, stride: *stride });
        true
    }

    /// Fills the columns by going through the rows.
    fn fill(&self, rank: usize, base: &mut ConditionalBase<R>, columns: &mut TwoSidedColumns) {
        base.begin(self.rows.items());
        self.index.for_rows_of(rank as u32, self.rows, |row| base.add(row));
        base.finish();
        let all = columns.ranks.len();
        let squares: usize = base.rows().map(|(row, _)| row.len() * row.len()).sum();
        // The length that an entry's row has in the mean: itemsets are found in long rows.
        columns.by_rows = all > FEW + SPARSE * squares / base.entries().max(1);
        let with_columns = if columns.by_rows { columns.before } else { all };
        columns.clear(base.baskets(), with_columns);
        columns.signatures.clear();
        for (basket, (row, _)) in base.rows().enumerate() {
            if columns.by_rows {
                let mut signature = 0;
                for item in row {
                    signature |= 1 << (item.index() % 64);
                }
                columns.signatures.push(signature);
            }
            for item in row.iter().map(|item| item.index()) {
                if item >= with_columns {
                    break;
                }
                columns.put(item, basket);
            }
        }
        // Going through the rows takes a step a pair of each; intersecting, some a pair of items.
        let items = columns.before;
        let share = items as f64 / columns.ranks.len() as f64;
        let steps = (squares as f64 * share * share / 2.0) as usize;
        if steps < items * items / 2 * steps_per_pair(columns.stride) && base.baskets() <= usize::from(u16::MAX) {
            base.count_pairs(items, &mut columns.pairs);
        }
    }
}
