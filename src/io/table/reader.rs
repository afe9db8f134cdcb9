//! Reads a table, on one or several threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::grouping::Grouping;
use super::layout::{Fault, Format, Layout};
use super::record::Record;
use super::rows::{Encoded, MoreRows, Numbers, Rows};
use super::splitter::Splitter;
use crate::error::Error;
use crate::io::Delimiter;
use crate::io::blocks::{Sizes, TakeText, line_breaks, read_blocks, utf8_prefix, whole_lines};
use crate::io::column::Header;
use crate::io::options::ReadOptions;
use crate::io::report::ReadReport;
use crate::io::source::Input;
use crate::threads::pool::Pool;
use crate::transactions::Transactions;

/// The baskets of a table, and what was read.
pub(in crate::io) fn read_table<F: Format>(
    format: &F,
    options: &ReadOptions,
    mut input: Input<'_>,
    sizes: Sizes,
) -> Result<(Transactions<String>, ReadReport), Error> {
    options.pool.check()?;
    if options.delimiter == Some(Delimiter::Whitespace) && !F::Layout::IS_RAGGED {
        const ALLOWED: &str = "a character such as a comma: between white space no field can be empty";
        return Err(Error::invalid_setting("delimiter", "`whitespace`", ALLOWED));
    }
    let mut table = Table::new(format, options)?;
    let size = input.size();
    read_blocks(&mut table, &mut input, size, &options.pool, sizes)?;
    table.finish()
}

/// A table while it is read.
struct Table<'f, F: Format> {
    format: &'f F,
    options: &'f ReadOptions,
    splitter: Splitter,
    /// Known from the first row on.
    columns: Option<Columns<F::Layout>>,
    /// The rows of the last block, and all numbers.
    rows: Rows<'static>,
    grouping: Grouping,
    /// Rows that come after those in the grouping.
    waiting: Vec<MoreRows>,
    /// Memory that is used again.
    spare: Mutex<Vec<(Splitter, Encoded)>>,
    bytes: u64,
}

/// The columns, by name and by meaning.
struct Columns<L> {
    header: Header,
    layout: L,
}

impl<'f, F: Format> Table<'f, F> {
    fn new(format: &'f F, options: &'f ReadOptions) -> Result<Self, Error> {
        Ok(Table {
            format,
            options,
            splitter: Splitter::new(options, options.delimiter.unwrap_or(F::DELIMITER))?,
            columns: None,
            rows: Rows::new(None, Encoded::default()),
            grouping: Grouping::new(),
            waiting: Vec::new(),
            spare: Mutex::default(),
            bytes: 0,
        })
    }

    fn finish(mut self) -> Result<(Transactions<String>, ReadReport), Error> {
        settle(&mut self.grouping, &mut self.waiting)?;
        let Numbers { labels, excluded, .. } = self.rows.new;
        let mut report = self.rows.report;
        report.excluded_baskets = excluded.len() as u64;
        report.blank_lines += self.splitter.passed.blank;
        report.comment_lines += self.splitter.passed.comments;
        report.lines = self.splitter.lines();
        report.bytes = self.bytes;
        let baskets = self.grouping.finish(&labels)?;
        report.baskets = baskets.len() as u64;
        report.items = baskets.entries() as u64;
        report.duplicates = baskets.duplicates_skipped();
        Ok((baskets, report))
    }

    /// Finds the columns by the first record, if the text has it. Returns the number of bytes taken: up to the rows.
    fn begin(&mut self, text: &str, last: bool) -> Result<usize, Error> {
        let Table { format, options, splitter, columns, .. } = self;
        let is_header = options.header.unwrap_or(F::HAS_HEADER);
        let before = splitter.position();
        let taken = splitter.split(text, last, |first| {
            let names = is_header.then(|| (0..first.len()).map(|place| first.text(place).into_owned()).collect());
            let header = Header::new(names, first.len());
            let layout = format.layout(&header, first.line)?;
            *columns = Some(Columns { header, layout });
            Ok(false)
        })?;
        if let Some(columns) = columns
            && !F::Layout::IS_RAGGED
        {
            splitter.usual_len = columns.header.len;
        }
        if is_header || columns.is_none() {
            return Ok(taken);
        }
        // The first record is a row.
        splitter.go_back_to(before);
        Ok(0)
    }
}

/// Adds the rows that wait.
fn settle(grouping: &mut Grouping, waiting: &mut [MoreRows]) -> Result<(), Error> {
    waiting.iter_mut().try_for_each(|rows| grouping.take(&mut rows.encoded))
}

impl<L: Layout> Columns<L> {
    /// Adds a row.
    #[inline(always)]
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Error> {
        rows.report.rows += 1;
        let fault = match self.wrong_len(record) {
            None => match self.layout.take(record, options, rows) {
                Ok(()) => return Ok(()),
                Err(fault) => fault,
            },
            Some(fault) => fault,
        };
        rows.drop_open_items();
        self.refuse(record, fault, options, rows)
    }

    /// What is wrong with the number of fields.
    #[inline(always)]
    fn wrong_len(&self, record: Record<'_>) -> Option<Fault> {
        if L::IS_RAGGED || record.len() == self.header.len {
            return None;
        }
        // Delimiters at the end of a row add empty fields.
        let is_padded = record.len() > self.header.len
            && (self.header.len..record.len()).all(|place| record.raw(place).is_empty() && !record.is_quoted(place));
        (!is_padded).then(|| {
            let fields = |n: usize| if n == 1 { "1 field".to_string() } else { format!("{n} fields") };
            let first = if self.header.names.is_some() { "header" } else { "first row" };
            Fault::Row(format!("{}, and the {first} has {}", fields(record.len()), self.header.len))
        })
    }

    #[cold]
    fn refuse(
        &self,
        record: Record<'_>,
        fault: Fault,
        options: &ReadOptions,
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        let reason = match fault {
            Fault::Fatal(error) => return Err(error),
            Fault::Field(place, reason) => format!("{}: {reason}", self.header.describe(place)),
            Fault::Row(reason) => reason,
        };
        if !options.lenient {
            return Err(Error::malformed(record.line, reason));
        }
        rows.report.fault(record.line, reason);
        Ok(())
    }
}

impl<F: Format> TakeText for Table<'_, F> {
    fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Error> {
        settle(&mut self.grouping, &mut self.waiting)?;
        self.waiting.clear();
        let (text, invalid) = utf8_prefix(bytes, last);
        let last = last && invalid.is_none();
        let begun = if self.columns.is_none() { self.begin(text, last)? } else { 0 };
        let mut taken = begun;
        let Table { options, splitter, columns, rows, .. } = self;
        if let Some(columns) = columns {
            taken += splitter.split(&text[begun..], last, |record| {
                columns.take(record, options, rows)?;
                Ok(true)
            })?;
        }
        if let Some(byte) = invalid {
            let line = splitter.line + line_breaks(&text.as_bytes()[taken..]);
            let reason = format_args!("byte {byte:#04x} is not UTF-8; save the file as UTF-8");
            return Err(Error::malformed(line, reason));
        }
        self.grouping.take(&mut self.rows.encoded)?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn take_lines(&mut self, lines: &[u8], pool: &Pool, part: usize, here: impl FnOnce()) -> Result<usize, Error> {
        let Table { options, splitter, columns: Some(columns), rows, grouping, waiting, spare, .. } = self else {
            here();
            return Ok(0);
        };
        let spare = &*spare;
        let read = |range: Range<usize>| {
            let text = str::from_utf8(&lines[range]).ok()?;
            let used = spare.lock().ok().and_then(|mut spare| spare.pop());
            let (mut splitter, encoded) = used.unwrap_or_else(|| (splitter.clone(), Encoded::default()));
            splitter.begin_at_line(1);
            let mut rows = Rows::new(Some(&rows.new), encoded);
            let take = |record: Record<'_>| columns.take(record, options, &mut rows).map(|()| true);
            let is_whole = splitter.split(text, false, take).ok()? == text.len();
            is_whole.then(|| {
                rows.report.blank_lines = splitter.passed.blank;
                rows.report.comment_lines = splitter.passed.comments;
                (splitter, rows.into_more())
            })
        };
        let parts = whole_lines(lines, part);
        let mut settled = Ok(());
        let done = pool.run_beside(
            parts.len(),
            |part| read(parts[part].clone()),
            || {
                settled = settle(grouping, waiting);
                here();
            },
        )?;
        settled?;
        let mut spare = spare.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = waiting.drain(..).map(|rows| rows.encoded).collect::<Vec<_>>();
        let mut taken = 0;
        for (part, done) in parts.into_iter().zip(done) {
            let Some((of_part, more)) = done else { break };
            let mut more = rows.new.number(more)?;
            rows.report.add(std::mem::take(&mut more.report), splitter.line);
            waiting.push(more);
            splitter.line += of_part.line - 1;
            taken = part.end;
            spare.push((of_part, used.pop().unwrap_or_default()));
        }
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn labels(&self) -> usize {
        self.rows.new.labels.len()
    }

    fn reserve_for(&mut self, done: u64, size: u64) {
        self.grouping.reserve_for(done, size);
    }
}
