//! Rows become baskets while they are read, on one or several threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::rows::{Encoded, MoreRows, Numbers, Rows};
use super::texts::Texts;
use crate::error::Error;
use crate::io::blocks::whole_lines;
use crate::io::report::ReadReport;
use crate::threads::pool::Pool;

/// What takes rows whose labels have numbers. It is called once for many rows.
pub(in crate::io) trait TakeRuns {
    /// Takes some rows, in the order of the input. Nothing is left of them.
    fn take(&mut self, rows: &mut Encoded) -> Result<(), Error>;

    /// Reserves memory for all of an input of about `size` bytes, of which `done` were taken.
    fn reserve_for(&mut self, _done: u64, _size: u64) {}

    /// Ends reading with an error if there is no room for what was taken and `bytes` bytes of labels.
    fn check_room(&mut self, _bytes: u64) -> Result<(), Error> {
        Ok(())
    }
}

/// Rows while they are read, and what takes them.
pub(in crate::io) struct Gather<'t> {
    /// The rows of the last block, and all numbers.
    pub(in crate::io) rows: Rows<'static>,
    take: &'t mut dyn TakeRuns,
    /// Rows that come after those taken.
    waiting: Vec<MoreRows>,
    /// Memory that is used again.
    spare: Mutex<Vec<Encoded>>,
    bytes: u64,
}

impl<'t> Gather<'t> {
    /// Gives all labels numbers.
    pub(in crate::io) fn new(take: &'t mut dyn TakeRuns) -> Self {
        Gather { rows: Rows::new(), take, waiting: Vec::new(), spare: Mutex::default(), bytes: 0 }
    }

    /// Knows the numbers of some labels, and gives others none: their items are [`Encoded::NO_ITEM`].
    pub(in crate::io) fn of_labels(labels: Texts, take: &'t mut dyn TakeRuns) -> Self {
        Gather { rows: Rows::of_labels(labels), ..Gather::new(take) }
    }

    /// Distinct labels so far.
    pub(in crate::io) fn labels(&self) -> usize {
        self.rows.new.labels.len()
    }

    pub(in crate::io) fn reserve_for(&mut self, done: u64, size: u64) {
        self.take.reserve_for(done, size);
    }

    /// Hands on the rows that wait. Before others are added here.
    pub(in crate::io) fn settle(&mut self) -> Result<(), Error> {
        settle(self.take, &mut self.waiting, &self.spare)
    }

    /// Hands on the rows that were added here, of `bytes` bytes.
    pub(in crate::io) fn take_rows(&mut self, bytes: usize) -> Result<(), Error> {
        self.take.take(&mut self.rows.encoded)?;
        self.bytes += bytes as u64;
        self.take.check_room(self.rows.bytes_of_labels())
    }

    /// Takes whole lines on several threads, as [`TakeText::take_lines`](crate::io::blocks::TakeText::take_lines).
    ///
    /// `read` adds the rows of some lines and returns how many line breaks they have; `None` if there is an error.
    /// `line` is the number of the first line, and becomes that of the next one.
    pub(in crate::io) fn take_lines(
        &mut self,
        lines: &[u8],
        (pool, part): (&Pool, usize),
        line: &mut u64,
        here: impl FnOnce(),
        read: impl Fn(&str, &mut Rows<'_>) -> Option<u64> + Sync,
    ) -> Result<usize, Error> {
        let Gather { rows, take, waiting, spare, .. } = self;
        let spare = &*spare;
        let read = |range: Range<usize>| {
            let text = str::from_utf8(&lines[range]).ok()?;
            let used = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut rows = Rows::after(rows, used.unwrap_or_default());
            let breaks = read(text, &mut rows)?;
            Some((breaks, rows.into_more()))
        };
        let parts = whole_lines(lines, part);
        let mut settled = Ok(());
        let done = pool.run_beside(
            parts.len(),
            |part| read(parts[part].clone()),
            || {
                settled = settle(&mut **take, waiting, spare);
                here();
            },
        )?;
        settled?;
        let mut taken = 0;
        for (part, done) in parts.into_iter().zip(done) {
            let Some((breaks, more)) = done else { break };
            let mut more = rows.number(more)?;
            rows.report.add(std::mem::take(&mut more.report), *line);
            waiting.push(more);
            *line += breaks;
            taken = part.end;
        }
        self.bytes += taken as u64;
        self.take.check_room(self.rows.bytes_of_labels())?;
        Ok(taken)
    }

    /// The labels by their numbers, and what was read of rows. Lines and baskets are counted elsewhere.
    pub(in crate::io) fn finish(mut self) -> Result<(Texts, ReadReport), Error> {
        self.settle()?;
        let Numbers { labels, excluded, .. } = self.rows.new;
        let mut report = self.rows.report;
        report.excluded_baskets = excluded.len() as u64;
        report.bytes = self.bytes;
        Ok((labels, report))
    }
}

/// Hands on the rows that wait.
fn settle(take: &mut dyn TakeRuns, waiting: &mut Vec<MoreRows>, spare: &Mutex<Vec<Encoded>>) -> Result<(), Error> {
    waiting.drain(..).try_for_each(|mut rows| {
        take.take(&mut rows.encoded)?;
        spare.lock().unwrap_or_else(PoisonError::into_inner).push(rows.encoded);
        Ok(())
    })
}
