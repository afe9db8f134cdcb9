//! The columns of [`Transactions`](super::Transactions) while they grow.

use std::ops::Range;

use super::DistinctSorter;
use crate::bitset::{Isa, Ops, Task};
use crate::error::Error;

/// Baskets of item numbers, back to back, and the row that is still open.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// Where each row begins in `ids`, and, last, where the last one ends.
    offsets: Vec<u32>,
    /// The items of every row, ascending and each once; after them what is yet to be overwritten.
    ids: Vec<u32>,
    /// The baskets that each row and those before it stand for; empty as long as each stands for one.
    ends: Vec<u32>,
    /// Entries, each as often as its row counts, less those that are stored.
    repeated: u64,
    /// The baskets that hold each item, among those whose `ids` end before `counted`.
    counts: Vec<u32>,
    counted: usize,
    duplicates: u64,
    /// The items of the open row as they came.
    open: Vec<u32>,
    sorter: DistinctSorter,
    /// The first limit that was passed; nothing is taken after it.
    failed: Option<&'static str>,
}

/// Entries whose items are counted together: many, so that short rows cost no more, and still in the nearest cache.
const COUNTED_TOGETHER: usize = 4096;

impl Columns {
    pub(crate) fn new() -> Self {
        Columns {
            offsets: vec![0],
            ids: Vec::new(),
            ends: Vec::new(),
            repeated: 0,
            counts: Vec::new(),
            counted: 0,
            duplicates: 0,
            open: Vec::new(),
            sorter: DistinctSorter::default(),
            failed: None,
        }
    }

    /// Baskets taken so far.
    pub(super) fn len(&self) -> usize {
        self.ends.last().map_or(self.stored(), |&end| end as usize)
    }

    /// Rows taken so far.
    fn stored(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Entries stored so far, those of the open row left out.
    fn entries(&self) -> usize {
        self.offsets.last().map_or(0, |&end| end as usize)
    }

    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The open row, to add items to.
    #[inline(always)]
    pub(crate) fn open_row(&mut self) -> &mut Vec<u32> {
        &mut self.open
    }

    /// Sets memory aside for the whole of an input, after `done` of about `size` bytes were taken.
    ///
    /// So the columns need not move while they grow. The guess may be off either way: what is missing is
    /// added as it comes, what is too much is given back in the end, and one that is not granted is dropped.
    pub(crate) fn reserve_for(&mut self, done: u64, size: u64) {
        // A little more than the average, and never more than 4 GiB on the word of a file's size.
        const MOST: f64 = (1u64 << 30) as f64;
        let factor = 1.02 * size as f64 / done.max(1) as f64;
        for column in [&mut self.ids, &mut self.offsets] {
            let wanted = (column.len() as f64 * factor).min(MOST) as usize;
            let _ = column.try_reserve_exact(wanted.saturating_sub(column.len()));
        }
    }

    /// # Errors
    ///
    /// `TooLarge` once a limit was passed.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.failed {
            None => Ok(()),
            Some(what) => Err(Error::too_large(what, u32::MAX)),
        }
    }

    pub(super) fn fail(&mut self, what: &'static str) {
        self.open.clear();
        self.failed.get_or_insert(what);
    }

    /// Makes the open row a basket that counts as `weight` equal ones, of which there is at least one.
    pub(super) fn end_row(&mut self, weight: u32) {
        struct EndRow<'a>(&'a mut Columns, u32);
        impl Task for EndRow<'_> {
            type Output = ();

            #[inline(always)]
            fn run<O: Ops>(self, ops: O) {
                let EndRow(columns, weight) = self;
                columns.take_row(ops, 0..columns.open.len(), weight);
            }
        }
        Isa::detect().run(EndRow(self, weight));
        self.open.clear();
    }

    /// Makes the open row a basket, where it is not empty.
    pub(crate) fn close(&mut self) {
        if !self.open.is_empty() {
            self.end_row(1);
        }
    }

    /// Makes baskets of the open row: it ends at each of these places, where it is not empty.
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
            // Zeros that are soon overwritten are cheaper than to append each row: they are written in larger pieces.
            self.ids.resize(room + start.min(COUNTED_TOGETHER), 0);
        }
        let distinct = self.sorter.sort(ops, &self.open[row.start..], row.len(), &mut self.ids[start..]);
        match u32::try_from(start + distinct) {
            _ if self.stored() == u32::MAX as usize => self.fail("baskets"),
            Err(_) => self.fail("entries"),
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

    /// Makes a row of a weight of what lies between the last row and `end`, from which so many items were left out.
    #[inline(never)]
    fn end_weighted(&mut self, end: u32, skipped: usize, weight: u32) {
        const SCALE: [&str; 2] = [
            "baskets, each as often as its weight says: divide all weights by the same number",
            "entries, each as often as the weight of its basket says: divide all weights by the same number",
        ];
        let start = self.entries();
        let repeated = self.repeated + (end as u64 - start as u64) * u64::from(weight - 1);
        // Numbers of 64 bits hold the products and sums of those of 32.
        let Ok(baskets) = u32::try_from(self.len() as u64 + u64::from(weight)) else { return self.fail(SCALE[0]) };
        if u64::from(end) + repeated > u64::from(u32::MAX) {
            return self.fail(SCALE[1]);
        }
        if self.ends.is_empty() {
            // From now on each row has a weight. Rows are numbered by a u32.
            self.ends.extend(1..=self.stored() as u32);
        }
        self.ends.push(baskets);
        if weight > 1 {
            self.count();
            self.offsets.push(end);
            self.count();
            let row = &self.ids[start..end as usize];
            row.iter().for_each(|&id| self.counts[id as usize] += weight - 1);
        } else {
            self.offsets.push(end);
            if end as usize - self.counted >= COUNTED_TOGETHER {
                self.count();
            }
        }
        self.duplicates += skipped as u64 * u64::from(weight);
        self.repeated = repeated;
    }

    /// Counts the items of the baskets that were not counted yet.
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

    /// Takes the baskets of other columns, whose items from `known` on have the numbers `added` here, each another. Each row of both is one
    /// basket, as those of a file are.
    pub(crate) fn append(&mut self, other: &mut Columns, known: usize, added: &[u32]) {
        debug_assert!(self.ends.is_empty() && other.ends.is_empty());
        let (start, end) = (self.entries(), other.entries());
        if self.failed.is_some() {
            return;
        } else if self.len() + other.len() > u32::MAX as usize {
            return self.fail("baskets");
        } else if start + end > u32::MAX as usize {
            return self.fail("entries");
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
        // The last offset is at most u32::MAX, as was seen above.
        self.offsets.extend(other.offsets[1..].iter().map(|&end| start as u32 + end));
        self.duplicates += other.duplicates;
        // The items of the baskets before were counted, or are now, and those that are added were counted where they come from.
        self.count_to(start);
        other.count();
        let items = added.iter().fold(known, |items, &id| items.max(id as usize + 1));
        self.counts.resize(items.max(self.counts.len()), 0);
        for (id, &count) in (0..).zip(&other.counts) {
            self.counts[renumbered(id) as usize] += count;
        }
        self.counted = start + end;
    }

    /// Without baskets, but with the memory that they took.
    pub(crate) fn emptied(mut self) -> Self {
        self.offsets.truncate(1);
        self.counts.clear();
        self.open.clear();
        (self.counted, self.duplicates, self.failed) = (0, 0, None);
        self
    }

    /// The offsets, the ids, the ends and the counts of so many items.
    pub(super) fn finish(mut self, items: usize) -> [Vec<u32>; 4] {
        self.count();
        self.counts.resize(items, 0);
        self.ids.truncate(self.entries());
        let mut columns = [self.offsets, self.ids, self.ends, self.counts];
        columns.iter_mut().for_each(Vec::shrink_to_fit);
        columns
    }
}
