//! Reads a table, on one or several threads.

use std::sync::{Mutex, PoisonError};

use super::gather::Gather;
use super::layout::{Fault, Format, Layout};
use super::record::Record;
use super::rows::Rows;
use super::splitter::Splitter;
use super::texts::Texts;
use crate::error::Error;
use crate::io::Delimiter;
use crate::io::blocks::{Sizes, TakeText, line_breaks, not_utf8, read_blocks, utf8_prefix};
use crate::io::column::Header;
use crate::io::options::ReadOptions;
use crate::io::report::ReadReport;
use crate::io::source::Input;
use crate::io::syntax::Syntax;
use crate::threads::pool::Pool;

/// Hands on the rows of a table. The labels by their numbers, and what was read.
pub(in crate::io) fn read_table<F: Format>(
    format: &F,
    options: &ReadOptions,
    mut input: Input<'_>,
    sizes: Sizes,
    gather: Gather<'_>,
) -> Result<(Texts, ReadReport), Error> {
    options.pool.check()?;
    let mut table = Table::new(format, options, gather)?;
    let size = input.size();
    read_blocks(&mut table, &mut input, size, &options.pool, sizes)?;
    table.finish()
}

/// A table while it is read.
struct Table<'f, 't, F: Format> {
    format: &'f F,
    options: &'f ReadOptions,
    splitter: Splitter,
    /// Known from the first row on.
    columns: Option<Columns<F::Layout>>,
    gather: Gather<'t>,
    /// Memory that is used again.
    spare: Mutex<Vec<Splitter>>,
}

/// The columns, by name and by meaning.
struct Columns<L> {
    header: Header,
    layout: L,
    /// Whether a row that is the same as the header repeats it: with one column, or numbers as names, it may be data.
    may_repeat: bool,
    /// What is between whole numbers, if rows of those need not be cut into fields.
    separators: Option<[u8; 2]>,
}

impl<'f, 't, F: Format> Table<'f, 't, F> {
    fn new(format: &'f F, options: &'f ReadOptions, gather: Gather<'t>) -> Result<Self, Error> {
        Ok(Table {
            format,
            options,
            splitter: Splitter::new(options, options.delimiter.unwrap_or(F::DELIMITER))?,
            columns: None,
            gather,
            spare: Mutex::default(),
        })
    }

    fn finish(self) -> Result<(Texts, ReadReport), Error> {
        let (labels, mut report) = self.gather.finish()?;
        report.blank_lines += self.splitter.passed.blank;
        report.comment_lines += self.splitter.passed.comments;
        report.lines = self.splitter.lines();
        Ok((labels, report))
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
            let is_name = |name: &String| name.parse::<f64>().is_err();
            let may_repeat = header.names.as_ref().is_some_and(|names| names.len() > 1 && names.iter().any(is_name));
            let delimiter = options.delimiter.unwrap_or(F::DELIMITER);
            let takes_numbers = header.names.is_none() && layout.takes_numbers(options);
            let separators = takes_numbers.then(|| Syntax::new(delimiter)).transpose()?.map(|syntax| syntax.separators);
            *columns = Some(Columns { header, layout, may_repeat, separators });
            Ok(false)
        })?;
        if let Some(columns) = columns
            && !F::Layout::IS_RAGGED
            && options.delimiter != Some(Delimiter::Whitespace)
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

impl<L: Layout> Columns<L> {
    /// Adds the rows of a text. Returns the number of bytes taken, as [`Splitter::split`].
    #[inline(always)]
    fn take_text(
        &self,
        text: &str,
        last: bool,
        splitter: &mut Splitter,
        options: &ReadOptions,
        rows: &mut Rows<'_>,
    ) -> Result<usize, Error> {
        let mut numbers = 0;
        if let Some(separators) = self.separators {
            let taken = rows.take_numbers(text.as_bytes(), separators)?;
            splitter.pass(taken.lines, taken.blank);
            numbers = taken.bytes;
        }
        let take = |record: Record<'_>| self.take(record, options, rows).map(|()| true);
        Ok(numbers + splitter.split(&text[numbers..], last, take)?)
    }

    /// Adds a row.
    #[inline(always)]
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Error> {
        rows.report.rows += 1;
        if self.may_repeat && self.repeats_header(record) {
            rows.report.headers_repeated += 1;
            return Ok(());
        }
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

    /// Whether a row is the header once more, as in files that were put together.
    #[inline(always)]
    fn repeats_header(&self, record: Record<'_>) -> bool {
        let names = self.header.names.as_deref().unwrap_or_default();
        let mut fields = (0..).zip(names);
        record.len() == names.len() && fields.all(|(place, name)| record.text(place) == *name)
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

impl<F: Format> TakeText for Table<'_, '_, F> {
    fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Error> {
        self.gather.settle()?;
        let (text, invalid) = utf8_prefix(bytes, last);
        let last = last && invalid.is_none();
        let begun = if self.columns.is_none() { self.begin(text, last)? } else { 0 };
        let mut taken = begun;
        let Table { options, splitter, columns, gather, .. } = self;
        if let Some(columns) = columns {
            taken += columns.take_text(&text[begun..], last, splitter, options, &mut gather.rows)?;
        }
        if let Some(byte) = invalid {
            let line = splitter.line + line_breaks(&text.as_bytes()[taken..]);
            return Err(not_utf8(line, byte));
        }
        self.gather.take_rows(taken)?;
        Ok(taken)
    }

    fn take_lines(&mut self, lines: &[u8], pool: &Pool, part: usize, here: impl FnOnce()) -> Result<usize, Error> {
        let Table { options, splitter, columns: Some(columns), gather, spare, .. } = self else {
            here();
            return Ok(0);
        };
        let (splitters, spare) = (splitter.clone(), &*spare);
        gather.take_lines(lines, (pool, part), &mut splitter.line, here, |text, rows| {
            let used = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut splitter = used.unwrap_or_else(|| splitters.clone());
            splitter.begin_at_line(1);
            if columns.take_text(text, false, &mut splitter, options, rows).ok()? < text.len() {
                return None;
            }
            rows.report.blank_lines = splitter.passed.blank;
            rows.report.comment_lines = splitter.passed.comments;
            let breaks = splitter.line - 1;
            spare.lock().unwrap_or_else(PoisonError::into_inner).push(splitter);
            Some(breaks)
        })
    }

    fn labels(&self) -> usize {
        self.gather.labels()
    }

    fn reserve_for(&mut self, done: u64, size: u64) {
        self.gather.reserve_for(done, size);
    }
}
