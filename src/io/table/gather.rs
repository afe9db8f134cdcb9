//! Rows become baskets while they are read, on one or several threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::grouping::Grouping;
use super::rows::{Encoded, MoreRows, Numbers, Rows};
use crate::error::Error;
use crate::io::blocks::whole_lines;
use crate::io::report::ReadReport;
use crate::threads::pool::Pool;
use crate::transactions::Transactions;

/// Baskets while their rows are read.
pub(in crate::io) struct Gather {
    /// The rows of the last block, and all numbers.
    pub(in crate::io) rows: Rows<'static>,
    grouping: Grouping,
    /// Rows that come after those in the grouping.
    waiting: Vec<MoreRows>,
    /// Memory that is used again.
    spare: Mutex<Vec<Encoded>>,
    bytes: u64,
}

impl Gather {
    pub(in crate::io) fn new() -> Self {
        Gather {
            rows: Rows::new(None, Encoded::default()),
            grouping: Grouping::new(),
            waiting: Vec::new(),
            spare: Mutex::default(),
            bytes: 0,
        }
    }

    /// Distinct labels so far.
    pub(in crate::io) fn labels(&self) -> usize {
        self.rows.new.labels.len()
    }

    pub(in crate::io) fn reserve_for(&mut self, done: u64, size: u64) {
        self.grouping.reserve_for(done, size);
    }

    /// Groups the rows that wait. Before others are added here.
    pub(in crate::io) fn settle(&mut self) -> Result<(), Error> {
        settle(&mut self.grouping, &mut self.waiting, &self.spare)
    }

    /// Groups the rows that were added here, of `bytes` bytes.
    pub(in crate::io) fn take_rows(&mut self, bytes: usize) -> Result<(), Error> {
        self.grouping.take(&mut self.rows.encoded)?;
        self.bytes += bytes as u64;
        Ok(())
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
        let Gather { rows, grouping, waiting, spare, .. } = self;
        let spare = &*spare;
        let read = |range: Range<usize>| {
            let text = str::from_utf8(&lines[range]).ok()?;
            let used = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut rows = Rows::new(Some(&rows.new), used.unwrap_or_default());
            let breaks = read(text, &mut rows)?;
            Some((breaks, rows.into_more()))
        };
        let parts = whole_lines(lines, part);
        let mut settled = Ok(());
        let done = pool.run_beside(
            parts.len(),
            |part| read(parts[part].clone()),
            || {
                settled = settle(grouping, waiting, spare);
                here();
            },
        )?;
        settled?;
        let mut taken = 0;
        for (part, done) in parts.into_iter().zip(done) {
            let Some((breaks, more)) = done else { break };
            let mut more = rows.new.number(more)?;
            rows.report.add(std::mem::take(&mut more.report), *line);
            waiting.push(more);
            *line += breaks;
            taken = part.end;
        }
        self.bytes += taken as u64;
        Ok(taken)
    }

    /// The baskets, and what was read. The lines are counted elsewhere.
    pub(in crate::io) fn finish(mut self) -> Result<(Transactions<String>, ReadReport), Error> {
        self.settle()?;
        let Numbers { labels, excluded, .. } = self.rows.new;
        let mut report = self.rows.report;
        report.excluded_baskets = excluded.len() as u64;
        report.bytes = self.bytes;
        let baskets = self.grouping.finish(&labels)?;
        report.baskets = baskets.len() as u64;
        report.items = baskets.entries();
        report.duplicates = baskets.duplicates_skipped();
        Ok((baskets, report))
    }
}

/// Groups the rows that wait.
fn settle(grouping: &mut Grouping, waiting: &mut Vec<MoreRows>, spare: &Mutex<Vec<Encoded>>) -> Result<(), Error> {
    waiting.drain(..).try_for_each(|mut rows| {
        grouping.take(&mut rows.encoded)?;
        spare.lock().unwrap_or_else(PoisonError::into_inner).push(rows.encoded);
        Ok(())
    })
}
