//! The columns of [`Transactions`](super::Transactions) while they grow.

use std::ops::Range;
use std::sync::Arc;

use super::{DistinctSorter, Full, MAX_BASKETS, Transactions};
use crate::bitset::{Isa, Ops, Task};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// Baskets of item numbers, back to back, and the row that is still open.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// Where each row begins in `ids`, and, last, where the last one ends.
    offsets: Vec<u32>,
    /// The items of every row, ascending and each once; after them zeros that will be overwritten.
    ids: Vec<u32>,
    /// The number of baskets up to each row; empty while each row is one basket.
    ends: Vec<u64>,
    /// The number of baskets that hold each item, among those whose `ids` end before `counted`.
    counts: Vec<u64>,
    counted: usize,
    duplicates: u64,
    /// The items of the open row, in the order of the input.
    open: Vec<u32>,
    sorter: DistinctSorter,
    /// The first limit that was exceeded. No row is taken after it.
    failed: Option<Full>,
}

/// Entries whose items are counted together: enough that short rows cost no more, few enough for the first-level cache.
const COUNTED_TOGETHER: usize = 4096;

impl Columns {
    pub(crate) fn new() -> Self {
        Columns {
            offsets: vec![0],
            ids: Vec::new(),
            ends: Vec::new(),
            counts: Vec::new(),
            counted: 0,
            duplicates: 0,
            open: Vec::new(),
            sorter: DistinctSorter::default(),
            failed: None,
        }
    }

    /// Baskets so far.
    pub(super) fn len(&self) -> usize {
        self.ends.last().map_or(self.stored(), |&end| end as usize)
    }

    /// Rows so far.
    fn stored(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Entries stored so far, without those of the open row.
    fn entries(&self) -> usize {
        self.offsets.last().map_or(0, |&end| end as usize)
    }

    pub(crate) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> u64 {
        let short = [&self.offsets, &self.ids, &self.open].map(Vec::capacity).iter().sum::<usize>();
        let long = [&self.ends, &self.counts].map(Vec::capacity).iter().sum::<usize>();
        (short * size_of::<u32>() + long * size_of::<u64>()) as u64
    }

    /// Rows, without the open one.
    pub(crate) fn rows(&self) -> usize {
        self.stored()
    }

    /// Counts no duplicates so far.
    pub(crate) fn forget_duplicates(&mut self) {
        self.duplicates = 0;
    }

    /// Counts duplicates that were left out elsewhere.
    pub(crate) fn skip_duplicates(&mut self, duplicates: u64) {
        self.duplicates += duplicates;
    }

    /// The items of a row.
    pub(crate) fn row(&self, row: usize) -> &[u32] {
        &self.ids[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// The open row, to add items to.
    #[inline(always)]
    pub(crate) fn open_row(&mut self) -> &mut Vec<u32> {
        &mut self.open
    }

    /// Reserves memory for a whole input, after `done` of about `size` bytes were read, so that the columns do not move
    /// while they grow.
    ///
    /// The estimate may be wrong either way: missing memory is added later, excess is returned at the end, and a
    /// refused reservation is ignored.
    pub(crate) fn reserve_for(&mut self, done: u64, size: u64) {
        // A little more than the average, and never more than 4 GiB on the word of a file's size.
        const MOST: f64 = (1u64 << 30) as f64;
        let factor = 1.02 * size as f64 / done.max(1) as f64;
        let wanted = |len: usize| (len as f64 * factor).min(MOST) as usize;
        let (offsets, entries) = (wanted(self.offsets.len()), wanted(self.entries()));
        let _ = self.offsets.try_reserve_exact(offsets.saturating_sub(self.offsets.len()));
        let _ = self.ids.try_reserve_exact(entries.saturating_sub(self.ids.len()));
    }

    /// Reserves memory for this many offsets and entries; a refused reservation is ignored.
    pub(super) fn reserve(&mut self, offsets: usize, entries: usize) {
        let _ = self.offsets.try_reserve_exact(offsets);
        let _ = self.ids.try_reserve_exact(entries.min(u32::MAX as usize) + DistinctSorter::ROOM);
    }

    /// # Errors
    ///
    /// `TooLarge` once a limit was exceeded.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.failed {
            None => Ok(()),
            Some(full) => Err(full.error()),
        }
    }

    pub(super) fn fail(&mut self, full: Full) {
        self.open.clear();
        self.failed.get_or_insert(full);
    }

    /// Makes the open row one that stands for `weight` identical baskets, at least 1.
    pub(crate) fn end_row(&mut self, weight: u32) {
        struct EndRow<'a>(&'a mut Columns, u32);
        impl Task for EndRow<'_> {
            type Output = ();

            #[inline(always)]
            fn run<O: Ops>(self, ops: O) {
                let EndRow(columns, weight) = self;
                columns.end_row_with(ops, weight);
            }
        }
        Isa::detect().run(EndRow(self, weight));
    }

    /// The same inside a task.
    #[inline(always)]
    pub(crate) fn end_row_with<O: Ops>(&mut self, ops: O, weight: u32) {
        self.take_row(ops, 0..self.open.len(), weight);
        self.open.clear();
    }

    /// Makes the open row a basket, unless it is empty.
    pub(crate) fn close(&mut self) {
        if !self.open.is_empty() {
            self.end_row(1);
        }
    }

    /// Splits the open row into baskets at these places. Empty ones are skipped.
    ///
    /// Linear in the entries, apart from sorting.
    #[inline(always)]
    pub(crate) fn end_rows<O: Ops>(&mut self, ops: O, ends: impl IntoIterator<Item = usize>) {
        let mut start = 0;
        for end in ends {
            if end > start {
                self.take_row(ops, start..end, 1);
                start = end;
            }
        }
        self.open.drain(..start);
    }

    #[inline(always)]
    fn take_row<O: Ops>(&mut self, ops: O, row: Range<usize>, weight: u32) {
        if self.failed.is_some() {
            return;
        }
        let start = self.entries();
        let room = start + row.len() + DistinctSorter::ROOM;
        if self.ids.len() < room {
            // Zeros that are soon overwritten are cheaper than appending each row: they are written in larger pieces.
            self.ids.resize(room + start.min(COUNTED_TOGETHER), 0);
        }
        let distinct = self.sorter.sort(ops, &self.open[row.start..], row.len(), &mut self.ids[start..]);
        match u32::try_from(start + distinct) {
            _ if self.stored() == u32::MAX as usize => self.fail(Full::Rows),
            Err(_) => self.fail(Full::Entries),
            Ok(end) if weight != 1 || !self.ends.is_empty() => self.end_weighted(end, row.len() - distinct, weight),
            Ok(end) => {
                self.duplicates += (row.len() - distinct) as u64;
                self.offsets.push(end);
                if end as usize - self.counted >= COUNTED_TOGETHER {
                    self.count();
                }
            }
        }
    }

    /// Makes a weighted row of the entries between the last row and `end`, from which `skipped` duplicates were left
    /// out.
    #[inline(never)]
    fn end_weighted(&mut self, end: u32, skipped: usize, weight: u32) {
        if !self.weigh(weight) {
            return;
        }
        if weight > 1 {
            self.count();
            let start = self.entries();
            self.offsets.push(end);
            self.count();
            let row = &self.ids[start..end as usize];
            row.iter().for_each(|&id| self.counts[id as usize] += u64::from(weight - 1));
        } else {
            self.offsets.push(end);
            if end as usize - self.counted >= COUNTED_TOGETHER {
                self.count();
            }
        }
        self.duplicates += skipped as u64 * u64::from(weight);
    }

    /// Adds the weight of a row; false if that is too much.
    fn weigh(&mut self, weight: u32) -> bool {
        // Numbers of 64 bits hold the sums of those of 32.
        let baskets = self.len() as u64 + u64::from(weight);
        if baskets > MAX_BASKETS {
            self.fail(Full::Weights);
            return false;
        }
        if self.ends.is_empty() {
            // From now on each row has a weight.
            self.ends.extend(1..=self.stored() as u64);
        }
        self.ends.push(baskets);
        true
    }

    /// Counts the items of the baskets that are not counted yet.
    pub(crate) fn count(&mut self) {
        self.count_to(self.entries());
    }

    fn count_to(&mut self, end: usize) {
        let new = &self.ids[self.counted..end];
        let items = new.iter().fold(0, |highest, &id| highest.max(id)) as usize + 1;
        if self.counts.len() < items {
            self.counts.resize(items, 0);
        }
        for &id in new {
            self.counts[id as usize] += 1;
        }
        self.counted = end;
    }

    /// Takes the baskets of other columns, whose items from `known` on have the distinct numbers `added` here.
    pub(crate) fn append(&mut self, other: &mut Columns, known: usize, added: &[u32]) {
        let (start, end) = (self.entries(), other.entries());
        if self.failed.is_some() {
            return;
        } else if !(self.ends.is_empty() && other.ends.is_empty()) {
            self.append_weights(other);
            if self.failed.is_some() {
                return;
            }
        } else if self.stored() + other.stored() > u32::MAX as usize {
            return self.fail(Full::Rows);
        } else if start + end > u32::MAX as usize {
            return self.fail(Full::Entries);
        }
        let renumbered = |id: u32| (id as usize).checked_sub(known).map_or(id, |new| added[new]);
        if !added.iter().copied().eq((known as u32..).take(added.len())) {
            for ends in other.offsets.windows(2) {
                let basket = &mut other.ids[ends[0] as usize..ends[1] as usize];
                if basket.last().is_some_and(|&id| id as usize >= known) {
                    basket.iter_mut().for_each(|id| *id = renumbered(*id));
                    basket.sort_unstable();
                }
            }
        }
        self.ids.truncate(start);
        self.ids.extend_from_slice(&other.ids[..end]);
        // The last offset is at most u32::MAX, as checked above.
        self.offsets.extend(other.offsets[1..].iter().map(|&end| start as u32 + end));
        self.duplicates += other.duplicates;
        // Items of earlier baskets are counted here, those of the added ones in the other columns.
        self.count_to(start);
        other.count();
        let items = added.iter().fold(known, |items, &id| items.max(id as usize + 1));
        self.counts.resize(items.max(self.counts.len()), 0);
        for (id, &count) in (0..).zip(&other.counts) {
            self.counts[renumbered(id) as usize] += count;
        }
        self.counted = start + end;
    }

    /// Adds the weights of the rows of other columns, in the order in which a single reader would find them too great.
    fn append_weights(&mut self, other: &Columns) {
        let start = self.entries();
        let mut before = 0;
        for (row, &end) in other.offsets[1..].iter().enumerate() {
            let baskets = other.ends.get(row).map_or(row + 1, |&end| end as usize);
            let weight = (baskets - before) as u32;
            before = baskets;
            if start + end as usize > u32::MAX as usize {
                return self.fail(Full::Entries);
            }
            if self.ends.len() == u32::MAX as usize {
                return self.fail(Full::Rows);
            }
            if !self.weigh(weight) {
                return;
            }
        }
    }

    /// Empty columns that keep the memory of these.
    pub(crate) fn emptied(mut self) -> Self {
        self.offsets.truncate(1);
        self.ends.clear();
        self.counts.clear();
        self.open.clear();
        (self.counted, self.duplicates, self.failed) = (0, 0, None);
        self
    }

    /// The baskets, with the labels of the items.
    pub(super) fn finish<T>(mut self, dictionary: Dictionary<T>) -> Transactions<T> {
        self.count();
        self.counts.resize(dictionary.len(), 0);
        self.ids.truncate(self.entries());
        let Columns { mut offsets, mut ids, mut ends, mut counts, duplicates, .. } = self;
        [&mut offsets, &mut ids].into_iter().for_each(Vec::shrink_to_fit);
        [&mut ends, &mut counts].into_iter().for_each(Vec::shrink_to_fit);
        let (dictionary, offsets, ids) = (Arc::new(dictionary), Arc::new(offsets), Arc::new(ids));
        Transactions { dictionary, offsets, ids, ends, counts, duplicates }
    }
}
