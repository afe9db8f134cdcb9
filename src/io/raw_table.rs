//! A table of columns, for whatever makes baskets of it.

use std::sync::OnceLock;

use super::blocks::Sizes;
use super::column::{Column, Header};
use super::options::{ReadOptions, read_settings};
use super::report::ReadReport;
use super::source::{Input, Source};
use super::table::{Encoded, Fault, Format, Gather, Layout, Record, Rows, TakeRuns, read_table};
use crate::error::Error;
use crate::shape::Table;

/// Reads a table as it is: all columns, or some, as texts. A [`Recipe`](crate::shape::Recipe) makes baskets of it.
///
/// Fields, lines and null words are those of [`LongReader`](super::LongReader); fields that are empty or a null word are
/// missing. The first row has the names of the columns. Without a header they are called `1`, `2` and so on. Letter case
/// stays as it is, whatever [`case_fold`](TableReader::case_fold) says: see [`Recipe::case_fold`](crate::shape::Recipe::case_fold).
///
/// Takes linear time, on several threads if the file is large, and the memory of the [`Table`].
///
/// ```
/// use itemset::io::TableReader;
///
/// let sales = TableReader::new().read("receipt,item,price\n1,beer,1.49\n1,chips,\n".as_bytes())?;
/// assert_eq!((sales.len(), sales.get(0, "price"), sales.get(1, "price")), (2, Some("1.49"), None));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct TableReader {
    options: ReadOptions,
    only: Option<Vec<Column>>,
}

read_settings!(TableReader);

impl TableReader {
    /// A reader of all columns.
    pub fn new() -> Self {
        TableReader::default()
    }

    /// The columns to read, in this order. Default: all. What is not read takes no memory.
    pub fn only<C: Into<Column>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.only = Some(columns.into_iter().map(Into::into).collect());
        self
    }

    /// The table of a text.
    ///
    /// # Errors
    ///
    /// Those of [`LongReader::read`](super::LongReader::read), and
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for two columns of one name.
    pub fn read(&self, input: impl std::io::Read) -> Result<Table, Error> {
        Ok(self.read_with_report(Source::stream(input))?.0)
    }

    /// The table of a file.
    ///
    /// # Errors
    ///
    /// Those of `read`, and [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened. None of them names the
    /// file.
    pub fn read_file(&self, path: impl AsRef<std::path::Path>) -> Result<Table, Error> {
        Ok(self.read_with_report(path.as_ref())?.0)
    }

    /// The table, and what was read and skipped. Its baskets and items are 0.
    ///
    /// # Errors
    ///
    /// Those of `read_file`.
    pub fn read_with_report<'s>(&self, source: impl Into<Source<'s>>) -> Result<(Table, ReadReport), Error> {
        self.read_input(source.into().into_input(self.options.encoding)?, Sizes::default())
    }

    fn read_input(&self, input: Input<'_>, sizes: Sizes) -> Result<(Table, ReadReport), Error> {
        let (names, mut cells) = (OnceLock::new(), Cells::default());
        let format = Named { only: self.only.as_deref(), names: &names };
        let (texts, report) = read_table(&format, &self.options, input, sizes, Gather::new(&mut cells))?;
        let names: Vec<String> = names.into_inner().unwrap_or_default();
        cells.columns.resize(names.len(), Vec::new());
        let mut texts = texts.to_dictionary()?;
        // A missing field is a text that no field has.
        if let Some(missing) = texts.id(MISSING) {
            let missing = missing.0;
            for code in cells.columns.iter_mut().flatten() {
                *code = if *code == missing { Table::MISSING } else { *code - u32::from(*code > missing) };
            }
            let mut labels = texts.into_labels();
            labels.remove(missing as usize);
            texts = crate::dictionary::Dictionary::from_labels(labels)?;
        }
        Ok((Table::new(names, texts, cells.columns)?, report))
    }
}

/// What stands for a missing field. No text has a NUL.
const MISSING: &str = "\0";

/// A table whose names are handed on.
struct Named<'a> {
    only: Option<&'a [Column]>,
    names: &'a OnceLock<Vec<String>>,
}

/// The columns that are read.
struct Places(Vec<usize>);

impl Format for Named<'_> {
    type Layout = Places;

    const HAS_HEADER: bool = true;

    fn layout(&self, header: &Header, line: u64) -> Result<Places, Error> {
        let places: Vec<usize> = match self.only {
            Some(only) => only.iter().map(|column| header.position(column, line)).collect::<Result<_, _>>()?,
            None => (0..header.len).collect(),
        };
        let name = |&place: &usize| match &header.names {
            Some(_) => header.name(place, line).map(str::to_string),
            None => Ok((place + 1).to_string()),
        };
        let names = places.iter().map(name).collect::<Result<Vec<_>, _>>()?;
        // Asked once.
        let _ = self.names.set(names);
        Ok(Places(places))
    }
}

impl Layout for Places {
    #[inline(always)]
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        for &place in &self.0 {
            let text = record.text(place);
            match options.is_null(&text) {
                true => rows.push(MISSING)?,
                false => rows.push(&text)?,
            }
        }
        rows.end_row(1);
        Ok(())
    }
}

/// Columns while rows come.
#[derive(Debug, Default)]
struct Cells {
    columns: Vec<Vec<u32>>,
}

impl TakeRuns for Cells {
    fn take(&mut self, rows: &mut Encoded) -> Result<(), Error> {
        // All rows have the same number of fields.
        let width = rows.runs.first().map_or(0, |run| run.end as usize);
        self.columns.resize(width.max(self.columns.len()), Vec::new());
        for (place, column) in self.columns.iter_mut().enumerate() {
            column.extend(rows.items.iter().skip(place).step_by(width.max(1)));
        }
        rows.clear();
        match self.columns.first().is_some_and(|column| column.len() > u32::MAX as usize) {
            true => Err(Error::too_large("rows", u32::MAX)),
            false => Ok(()),
        }
    }
}
