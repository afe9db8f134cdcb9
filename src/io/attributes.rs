//! The `attributes` format: a row of values, each an item `column=value`.

use super::blocks::Sizes;
use super::column::{Column, Header};
use super::options::{ReadOptions, read_settings};
use super::reading::{ReadRuns, read_calls};
use super::report::ReadReport;
use super::source::Input;
use super::table::{Fault, Format, Gather, Layout, Record, Rows, Texts, column_weight, read_table};
use crate::error::Error;

/// Reads baskets from a table of attributes: each row is a basket, and each field an item `column=value`, as
/// `region=north`.
///
/// - Empty fields and null words are no items. A row without an item is no basket; the report counts them.
/// - The first row has the names of the columns. Without a header their numbers are used, as in `2=north`.
/// - Numbers are taken as text. Put them in bins first: equal ones are rare.
/// - Fields and lines are those of [`LongReader`](super::LongReader).
///
/// Takes linear time, and the memory of the [`Transactions`](crate::Transactions). The file is never held as a whole.
///
/// ```
/// use itemset::io::AttributesReader;
///
/// let text = "id,region,card\n1,north,gold\n2,north,\n";
/// let baskets = AttributesReader::new().not_items(["id"]).read(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.count_of("region=north"), baskets.count_of("card=gold")), (2, Some(2), Some(1)));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct AttributesReader {
    pub(super) options: ReadOptions,
    pub(super) only: Option<Vec<Column>>,
    pub(super) not_items: Vec<Column>,
    pub(super) weight: Option<Column>,
}

read_settings!(AttributesReader);

read_calls! {
    AttributesReader,
    /// Those of [`LongReader::read`](super::LongReader::read), and
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for a weight that is none.
}

impl AttributesReader {
    /// A reader of tables with the names of the columns in the first row.
    pub fn new() -> Self {
        AttributesReader::default()
    }

    /// The columns that are items, and no others. Default: all.
    pub fn only<C: Into<Column>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.only = Some(columns.into_iter().map(Into::into).collect());
        self
    }

    /// Columns that are no items, such as a number of each row. Default: none.
    pub fn not_items<C: Into<Column>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.not_items = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The column with the number of equal baskets that a row stands for, which is no item. Default: each row is one.
    pub fn weight(mut self, column: impl Into<Column>) -> Self {
        self.weight = Some(column.into());
        self
    }
}

impl ReadRuns for AttributesReader {
    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error> {
        read_table(self, &self.options, input, sizes, gather)
    }
}

/// The columns of an [`AttributesReader`].
pub(super) struct AttributeColumns {
    /// What items of each column begin with, `region=`, unless it has none.
    prefixes: Vec<Option<String>>,
    weight: Option<usize>,
}

impl Format for AttributesReader {
    type Layout = AttributeColumns;

    const HAS_HEADER: bool = true;

    fn layout(&self, header: &Header, line: u64) -> Result<AttributeColumns, Error> {
        let position = |column| header.position(column, line);
        let weight = self.weight.as_ref().map(position).transpose()?;
        let only =
            self.only.as_ref().map(|only| only.iter().map(position).collect::<Result<Vec<_>, _>>()).transpose()?;
        let not_items = self.not_items.iter().map(position).collect::<Result<Vec<_>, _>>()?;
        let is_item = |place: &usize| {
            only.as_ref().is_none_or(|only| only.contains(place))
                && !not_items.contains(place)
                && weight != Some(*place)
        };
        let prefix = |place: usize| match &header.names {
            Some(_) => header.name(place, line).map(|name| format!("{}=", self.options.each.label(name))),
            None => Ok(format!("{}=", place + 1)),
        };
        let prefixes = (0..header.len).map(|place| Some(place).filter(is_item).map(prefix).transpose());
        Ok(AttributeColumns { prefixes: prefixes.collect::<Result<_, _>>()?, weight })
    }
}

impl Layout for AttributeColumns {
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        let Some(weight) = column_weight(record, self.weight, rows)? else { return Ok(()) };
        for (place, prefix) in self.prefixes.iter().enumerate() {
            let Some(prefix) = prefix else { continue };
            let value = record.text(place);
            if !options.is_null(&value) {
                rows.push_joined(prefix, &options.each.label(&value))?;
            }
        }
        rows.end_row(weight);
        Ok(())
    }
}
