//! Runs of rows become baskets.

use super::gather::TakeRuns;
use super::keys::Keys;
use super::rows::{Encoded, Run};
use super::texts::Texts;
use crate::bitset::{Isa, Ops, Task};
use crate::error::Error;
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

/// Baskets while their rows arrive.
///
/// As long as the rows of a basket follow each other, each basket is complete when the next one begins. Rows of a
/// basket that was complete already come late: they are kept apart, and put to their baskets at the end by a counting
/// sort.
#[derive(Debug)]
pub(in crate::io) struct Grouping {
    columns: Columns,
    keys: Keys,
    /// Keys so far. The last one has the open basket.
    begun: u32,
    /// Late rows: the basket and the number of items of each run, and the items.
    late_runs: Vec<(u32, u32)>,
    late_items: Vec<u32>,
}

impl Grouping {
    pub(in crate::io) fn new() -> Self {
        Grouping { columns: Columns::new(), keys: Keys::new(), begun: 0, late_runs: Vec::new(), late_items: Vec::new() }
    }

    #[inline(always)]
    fn take_with<O: Ops>(&mut self, ops: O, runs: &[Run], items: &[u32]) {
        let mut start = 0;
        for run in runs {
            let row = &items[start..run.end as usize];
            start = run.end as usize;
            if run.key == Run::NO_KEY {
                self.columns.open_row().extend_from_slice(row);
                self.columns.end_row_with(ops, run.weight);
            } else if run.key + 1 == self.begun {
                self.columns.open_row().extend_from_slice(row);
            } else if run.key == self.begun {
                if self.begun > 0 {
                    self.columns.end_row_with(ops, 1);
                }
                self.begun += 1;
                self.columns.open_row().extend_from_slice(row);
            } else {
                self.late_runs.push((run.key, row.len() as u32));
                self.late_items.extend_from_slice(row);
            }
        }
    }

    /// The baskets, in the order in which their first items came, as numbers alone.
    pub(in crate::io) fn into_columns(mut self) -> Result<Columns, Error> {
        self.columns.close();
        self.columns.check()?;
        if !self.late_runs.is_empty() {
            self.columns = self.merged()?;
        }
        Ok(self.columns)
    }

    /// The baskets, in the order in which their first items came.
    pub(in crate::io) fn finish(self, labels: &Texts) -> Result<Transactions<String>, Error> {
        let columns = self.into_columns()?;
        TransactionsBuilder::from_columns(labels.to_dictionary()?, columns).build()
    }

    /// Bytes held, or for a moment if a table grows to take `more` keys.
    pub(in crate::io) fn bytes_for(&self, more: usize) -> u64 {
        let late = self.late_runs.capacity() * size_of::<(u32, u32)>() + self.late_items.capacity() * size_of::<u32>();
        self.columns.bytes() + late as u64 + self.keys.bytes_for(more)
    }

    /// The baskets with their late rows.
    fn merged(&mut self) -> Result<Columns, Error> {
        if self.late_items.len() > u32::MAX as usize {
            return Err(Error::too_large("entries", u32::MAX));
        }
        let begun = self.begun as usize;
        let mut ends = vec![0u32; begun + 1];
        for &(basket, len) in &self.late_runs {
            ends[basket as usize + 1] += len;
        }
        for basket in 0..begun {
            ends[basket + 1] += ends[basket];
        }
        // Each place is where the next items of a basket go; at the end, where they end.
        let mut sorted = vec![0; self.late_items.len()];
        let mut from = 0;
        for &(basket, len) in &self.late_runs {
            let (place, len) = (ends[basket as usize] as usize, len as usize);
            sorted[place..place + len].copy_from_slice(&self.late_items[from..from + len]);
            ends[basket as usize] += len as u32;
            from += len;
        }
        (self.late_runs, self.late_items) = (Vec::new(), Vec::new());
        let mut merged = Columns::new();
        merged.skip_duplicates(self.columns.duplicates());
        Isa::detect().run(Merge { columns: &self.columns, late: &sorted, ends: &ends[..begun], merged: &mut merged });
        merged.check()?;
        Ok(merged)
    }
}

impl TakeRuns for Grouping {
    fn take(&mut self, rows: &mut Encoded) -> Result<(), Error> {
        let Encoded { items, runs, keys } = rows;
        self.keys.number(keys, runs.iter_mut().map(|run| &mut run.key))?;
        Isa::detect().run(Take { grouping: self, runs, items });
        rows.clear();
        self.columns.check()
    }

    fn reserve_for(&mut self, done: u64, size: u64) {
        self.columns.reserve_for(done, size);
    }
}

struct Take<'a> {
    grouping: &'a mut Grouping,
    runs: &'a [Run],
    items: &'a [u32],
}

impl Task for Take<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        self.grouping.take_with(ops, self.runs, self.items);
    }
}

struct Merge<'a> {
    columns: &'a Columns,
    late: &'a [u32],
    /// Where the late items of each basket end.
    ends: &'a [u32],
    merged: &'a mut Columns,
}

impl Task for Merge<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let mut start = 0;
        for (basket, &end) in self.ends.iter().enumerate() {
            let row = self.merged.open_row();
            row.extend_from_slice(self.columns.row(basket));
            row.extend_from_slice(&self.late[start..end as usize]);
            start = end as usize;
            self.merged.end_row_with(ops, 1);
        }
    }
}
