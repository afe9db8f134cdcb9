//! Rows of numbers as they arrive, equal ones merged to one with a weight.

use std::hash::BuildHasher;
use std::sync::Arc;

#[cfg(not(itemset_fixed_seed))]
use hashbrown::DefaultHashBuilder as Hasher;
use hashbrown::HashTable;

#[cfg(itemset_fixed_seed)]
use foldhash::fast::FixedState as Hasher;

use super::store::ends_of;
use super::{Columns, DistinctSorter, Full, MAX_BASKETS, Transactions};
use crate::bitset::{Isa, Ops, Task};
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::mix::spread;

/// Rows, with equal ones merged as long as that saves memory.
///
/// Rows of one item are always merged. Others are found in a hash table, which takes 10 to 20 bytes a row. A row of three
/// items takes 20 bytes itself, so about half of the rows have to be equal to others before the table pays. It is dropped
/// when it takes more than it has saved. Of 6 million baskets of 6 items, 2 % equal to others, it would take 100 MB, and
/// half of the time again, to save 4 MB; dropped, it takes 30 MB. With half of the baskets equal it saves 35 MB of 190,
/// with nine tenths 154 MB.
#[derive(Debug)]
pub(crate) struct MergedRows {
    /// Where each row begins in `ids`, and, last, where the last one ends.
    offsets: Vec<u32>,
    ids: Vec<u32>,
    weights: Vec<u32>,
    /// The row that has an item alone, plus 1.
    alone: Vec<u32>,
    /// The rows of several items, by their content.
    table: HashTable<Seen>,
    merges: bool,
    /// Bytes of rows that were not stored.
    saved: u64,
    /// The number of rows at which it is judged next whether merging pays.
    judged_at: usize,
    hasher: Hasher,
    baskets: u64,
    duplicates: u64,
    sorter: DistinctSorter,
    /// The row that is added.
    row: Vec<u32>,
}

/// A row, and a part of its hash, so that growing the table reads no rows.
#[derive(Clone, Copy, Debug)]
struct Seen {
    hash: u32,
    row: u32,
}

/// Rows from which on the table may be dropped: before, it takes less than 20 MB, and most rows have not had the chance
/// to come again.
const JUDGED: usize = 1 << 20;

/// Reserves memory for more numbers: a quarter of what is there, as the rows may fill most of the memory.
#[inline(always)]
fn reserve(column: &mut Vec<u32>, more: usize) {
    if column.capacity() - column.len() < more {
        column.reserve_exact(more.max(column.len() / 4).max(1024));
    }
}

impl MergedRows {
    pub(crate) fn new() -> Self {
        Self::judged_at(JUDGED)
    }

    /// The table is dropped as soon as there are so many rows, if it takes more than it saved.
    pub(crate) fn judged_at(judged_at: usize) -> Self {
        MergedRows {
            offsets: vec![0],
            ids: Vec::new(),
            weights: Vec::new(),
            alone: Vec::new(),
            table: HashTable::new(),
            merges: true,
            saved: 0,
            judged_at,
            hasher: Hasher::default(),
            baskets: 0,
            duplicates: 0,
            sorter: DistinctSorter::default(),
            row: Vec::new(),
        }
    }

    /// Baskets so far.
    pub(crate) fn baskets(&self) -> u64 {
        self.baskets
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        let columns = [&self.offsets, &self.ids, &self.weights, &self.alone, &self.row];
        (columns.map(Vec::capacity).iter().sum::<usize>() * size_of::<u32>() + self.table.allocation_size()) as u64
    }

    /// The rows that are stored, and the items in them.
    pub(crate) fn stored(&self) -> (u64, u64) {
        (self.weights.len() as u64, self.ids.len() as u64)
    }

    /// Calls a function with each row and its weight.
    pub(crate) fn try_for_each_row(&self, mut take: impl FnMut(&[u32], u32) -> Result<(), Error>) -> Result<(), Error> {
        let mut rows = self.offsets.windows(2).zip(&self.weights);
        rows.try_for_each(|(row, &weight)| take(&self.ids[row[0] as usize..row[1] as usize], weight))
    }

    /// Adds rows of items in any order, each with where it ends in `items`, and its weight of at least 1. Rows without
    /// items are left out.
    pub(crate) fn push_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error> {
        Isa::detect().run(PushAll { rows: self, items, ends })
    }

    /// Adds rows of which each is one basket.
    pub(crate) fn push_columns(&mut self, columns: &Columns) -> Result<(), Error> {
        self.duplicates += columns.duplicates();
        (0..columns.rows()).try_for_each(|row| {
            let row = columns.row(row);
            self.push_all(row, [(row.len(), 1)].into_iter())
        })
    }

    #[inline(always)]
    fn push_with<O: Ops>(&mut self, ops: O, from: &[u32], len: usize, weight: u32) -> Result<(), Error> {
        if len == 0 {
            return Ok(());
        }
        if self.row.len() < len + DistinctSorter::ROOM {
            self.row.resize(len + DistinctSorter::ROOM, 0);
        }
        let distinct = self.sorter.sort(ops, from, len, &mut self.row);
        self.baskets += u64::from(weight);
        self.duplicates += (len - distinct) as u64 * u64::from(weight);
        if self.baskets > MAX_BASKETS {
            return Err(Full::Weights.error());
        }
        match self.find(distinct, weight) {
            Ok(row) => {
                // `find` looks for a row with room for it.
                self.weights[row] += weight;
                self.saved += (2 + distinct as u64) * size_of::<u32>() as u64;
            }
            // Stored entries are numbered by a u32.
            Err(_) if self.ids.len() + distinct > u32::MAX as usize => {
                const WHAT: &str =
                    "entries of items that can be frequent: raise the minimum support, or search in more groups";
                return Err(Error::too_large(WHAT, u32::MAX));
            }
            Err(hash) => self.add(distinct, hash, weight),
        }
        Ok(())
    }

    /// The row that is equal to the first `len` numbers of `row` and can take so many baskets more, or their hash.
    #[inline(always)]
    fn find(&mut self, len: usize, weight: u32) -> Result<usize, u32> {
        let row = &self.row[..len];
        if let [item] = *row {
            let item = item as usize;
            if self.alone.len() <= item {
                self.alone.resize(item + 1, 0);
            }
            let row = (self.alone[item] as usize).checked_sub(1);
            return row.filter(|&row| self.weights[row] <= u32::MAX - weight).ok_or(0);
        }
        if !self.merges {
            return Err(0);
        }
        let hash = self.hasher.hash_one(row) as u32;
        let is_it = |seen: &Seen| {
            let place = seen.row as usize;
            seen.hash == hash
                && self.weights[place] <= u32::MAX - weight
                && self.ids[self.offsets[place] as usize..self.offsets[place + 1] as usize] == *row
        };
        self.table.find(spread(hash), is_it).map(|seen| seen.row as usize).ok_or(hash)
    }

    #[inline(never)]
    fn add(&mut self, len: usize, hash: u32, weight: u32) {
        // Entries were checked, and each row has one or more.
        let number = self.weights.len();
        if let [item] = self.row[..len] {
            self.alone[item as usize] = number as u32 + 1;
        } else if self.merges {
            self.table.insert_unique(spread(hash), Seen { hash, row: number as u32 }, |seen| spread(seen.hash));
        }
        reserve(&mut self.ids, len);
        self.ids.extend_from_slice(&self.row[..len]);
        reserve(&mut self.offsets, 1);
        self.offsets.push(self.ids.len() as u32);
        reserve(&mut self.weights, 1);
        self.weights.push(weight);
        if number >= self.judged_at {
            self.judged_at *= 2;
            if self.table.allocation_size() as u64 > self.saved {
                (self.table, self.merges) = (HashTable::new(), false);
            }
        }
    }

    /// The rows with their labels, and `empty` baskets without items.
    pub(crate) fn finish<T>(self, dictionary: Dictionary<T>, empty: u64) -> Result<Transactions<T>, Error> {
        let MergedRows { mut offsets, mut ids, mut weights, table, baskets, duplicates, .. } = self;
        drop(table);
        if baskets.saturating_add(empty) > MAX_BASKETS {
            return Err(Full::Weights.error());
        }
        let mut empty = empty;
        while empty > 0 {
            let weight = u32::try_from(empty).unwrap_or(u32::MAX);
            offsets.push(ids.len() as u32);
            weights.push(weight);
            empty -= u64::from(weight);
        }
        if weights.len() > u32::MAX as usize {
            return Err(Full::Rows.error());
        }
        let mut counts = vec![0; dictionary.len()];
        for (row, &weight) in offsets.windows(2).zip(&weights) {
            ids[row[0] as usize..row[1] as usize].iter().for_each(|&id| counts[id as usize] += u64::from(weight));
        }
        let ends = ends_of(&weights);
        [&mut offsets, &mut ids].into_iter().for_each(Vec::shrink_to_fit);
        let (dictionary, offsets, ids) = (Arc::new(dictionary), Arc::new(offsets), Arc::new(ids));
        Ok(Transactions { dictionary, offsets, ids, ends, counts, duplicates })
    }
}

struct PushAll<'a, E> {
    rows: &'a mut MergedRows,
    items: &'a [u32],
    ends: E,
}

impl<E: Iterator<Item = (usize, u32)>> Task for PushAll<'_, E> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let PushAll { rows, items, ends } = self;
        let mut start = 0;
        for (end, weight) in ends {
            rows.push_with(ops, &items[start..], end - start, weight)?;
            start = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn merged_rows_are_the_rows(
            rows in prop::collection::vec((prop::collection::vec(0..6u32, 0..5), 1..4u32), 0..60),
            judged_at in 1..40usize,
            empty in 0..3u64,
        ) {
            let mut merged = MergedRows { judged_at, ..MergedRows::new() };
            let items: Vec<u32> = rows.iter().flat_map(|(row, _)| row.clone()).collect();
            let ends = rows.iter().scan(0, |end, (row, weight)| {
                *end += row.len();
                Some((*end, *weight))
            });
            merged.push_all(&items, ends).unwrap();
            let is_merged = merged.merges;
            let baskets = merged.finish(Dictionary::from_labels(0..6u32).unwrap(), empty).unwrap();
            let (mut expected, mut found, mut duplicates) = (BTreeMap::new(), BTreeMap::new(), 0);
            for (row, weight) in rows.iter().filter(|(row, _)| !row.is_empty()) {
                let set: BTreeSet<u32> = row.iter().copied().collect();
                duplicates += (row.len() - set.len()) as u64 * u64::from(*weight);
                *expected.entry(set).or_insert(0) += u64::from(*weight);
            }
            if empty > 0 {
                expected.insert(BTreeSet::new(), empty);
            }
            for (basket, weight) in baskets.weighted() {
                *found.entry(basket.iter().copied().collect::<BTreeSet<u32>>()).or_insert(0) += u64::from(weight);
            }
            prop_assert_eq!(&found, &expected);
            prop_assert_eq!(baskets.duplicates_skipped(), duplicates);
            prop_assert_eq!(baskets.len() as u64, expected.values().sum::<u64>());
            for item in 0..6 {
                let count = expected.iter().filter(|(set, _)| set.contains(&item)).map(|(_, weight)| weight).sum();
                prop_assert_eq!(baskets.count_of(&item), Some(count).filter(|&count| count > 0));
            }
            if is_merged {
                prop_assert_eq!(baskets.stored_rows(), found.len());
            }
        }
    }

    #[test]
    fn a_row_takes_no_more_baskets_than_its_weight_holds() {
        for row in [&[0][..], &[0, 1]] {
            let mut rows = MergedRows::new();
            let weights = [u32::MAX - 1, 1, 2, u32::MAX, 7];
            weights.iter().for_each(|&weight| rows.push_all(row, [(row.len(), weight)].into_iter()).unwrap());
            let empty = 2 * u64::from(u32::MAX) + 5;
            let baskets = rows.finish(Dictionary::from_labels(["a", "b"]).unwrap(), empty).unwrap();
            let sum: u64 = weights.iter().copied().map(u64::from).sum();
            assert_eq!(baskets.len() as u64, sum + empty);
            assert_eq!(baskets.count_of("a"), Some(sum));
            assert!(baskets.stored_rows() <= 4 + 3);
        }
    }
}
