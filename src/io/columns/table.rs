//! Batches of columns become rows, and rows become baskets.

use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Fields};

use super::types::{Class, elements_of, named, values_of};
use crate::error::Error;
use crate::io::column::{Column, Header};
use crate::io::options::{Encoding, ReadOptions};
use crate::io::report::ReadReport;
use crate::io::table::{Gather, Rows, Texts};

/// Rows that are read together: their codes stay in the cache.
const SLICE: usize = 8192;

/// Items that are grouped together.
const GROUPED: usize = 1 << 15;

/// Rows after which memory is reserved for all of them.
const RESERVED_AFTER: u64 = 1 << 17;

/// A format of tables.
pub(in crate::io) trait Format {
    /// The format, knowing where its columns are, and what was in them so far.
    type Columns: Columns;

    fn options(&self) -> &ReadOptions;

    /// Finds the columns, and checks their types.
    fn columns(&self, schema: &Schema<'_>) -> Result<Self::Columns, Error>;
}

/// What rows mean.
pub(in crate::io) trait Columns {
    /// Where the columns are that it reads.
    fn places(&self) -> Vec<usize>;

    /// Adds the rows of a batch, which has these columns in this order.
    fn read(&mut self, batch: &Batch<'_>, rows: &mut Rows<'_>) -> Result<(), Error>;
}

/// The columns of a table.
pub(in crate::io) struct Schema<'s> {
    pub(super) header: Header,
    pub(super) types: Vec<&'s DataType>,
    pub(super) options: &'s ReadOptions,
}

impl<'s> Schema<'s> {
    pub(super) fn new(fields: &'s Fields, options: &'s ReadOptions) -> Self {
        let names = fields.iter().map(|field| options.each.trimmed(field.name()).to_string()).collect();
        let types = fields.iter().map(|field| field.data_type()).collect();
        Schema { header: Header::of_typed(names), types, options }
    }

    /// Where a column is.
    pub(super) fn place(&self, column: &Column) -> Result<usize, Error> {
        self.header.place(column).map_err(|reason| Error::table(None, reason))
    }

    /// The label of a column.
    pub(super) fn label(&self, place: usize) -> Result<String, Error> {
        match self.header.names.as_ref().and_then(|names| names.get(place)).filter(|name| !name.is_empty()) {
            Some(name) => Ok(self.options.each.label(name).into_owned()),
            None => {
                let reason = format_args!("column {} has no name: name it, or leave it out", place + 1);
                Err(Error::table(None, reason))
            }
        }
    }

    /// The class of a column of plain values.
    pub(super) fn class(&self, place: usize, what: &str) -> Result<Class, Error> {
        let data_type = self.types[place];
        Class::of(data_type).ok_or_else(|| {
            let list = match elements_of(data_type) {
                Some(_) => " (a column of lists is read with ListReader)",
                None => "",
            };
            self.refused(
                place,
                format_args!("where {what} must be text, a number, a truth value, a date or a time{list}"),
            )
        })
    }

    /// The error of a column of a wrong type.
    pub(super) fn refused(&self, place: usize, expected: impl std::fmt::Display) -> Error {
        let (column, data_type) = (self.header.describe(place), named(self.types[place]));
        Error::table(None, format_args!("{column}: {data_type}, {expected}"))
    }
}

/// Some rows.
pub(in crate::io) struct Batch<'b> {
    arrays: &'b [ArrayRef],
    places: &'b [usize],
    header: &'b Header,
    pub(super) options: &'b ReadOptions,
    /// The number of the first row, from 1.
    first: u64,
}

impl Batch<'_> {
    pub(super) fn len(&self) -> usize {
        self.arrays.first().map_or(0, |array| array.len())
    }

    /// A column, by its position in [`Columns::places`].
    pub(super) fn column(&self, at: usize) -> &ArrayRef {
        &self.arrays[at]
    }

    /// Skips a row with a fault in a column, or ends reading.
    #[cold]
    pub(super) fn refuse(
        &self,
        row: usize,
        at: usize,
        reason: impl std::fmt::Display,
        rows: &mut Rows<'_>,
    ) -> Result<(), Error> {
        rows.drop_open_items();
        let (row, reason) = (self.first + row as u64, format!("{}: {reason}", self.header.describe(self.places[at])));
        if !self.options.lenient {
            return Err(Error::table(Some(row), reason));
        }
        rows.report.fault(row, reason);
        Ok(())
    }
}

/// A table while it is read.
pub(in crate::io) struct Table<'s, C> {
    schema: Schema<'s>,
    columns: C,
    places: Vec<usize>,
    gather: Gather<'s>,
    rows: u64,
    is_reserved: bool,
}

impl<'s, C: Columns> Table<'s, C> {
    pub(super) fn new<F: Format<Columns = C>>(
        format: &'s F,
        fields: &'s Fields,
        gather: Gather<'s>,
    ) -> Result<Self, Error> {
        let options = format.options();
        check(options)?;
        let schema = Schema::new(fields, options);
        let columns = format.columns(&schema)?;
        let places = columns.places();
        Ok(Table { schema, columns, places, gather, rows: 0, is_reserved: false })
    }

    /// Where the columns are that it reads.
    pub(super) fn places(&self) -> &[usize] {
        &self.places
    }

    /// Takes rows, of which the columns that it reads are given in the order of their places. `all` are the rows of the
    /// table, if that is known.
    pub(super) fn take(&mut self, arrays: &[ArrayRef], all: Option<u64>) -> Result<(), Error> {
        let Table { schema, columns, places, gather, rows, is_reserved } = self;
        for (&place, array) in places.iter().zip(arrays) {
            if !goes_with(array.data_type(), schema.types[place]) {
                let later = named(array.data_type());
                return Err(schema.refused(place, format_args!("and in a later batch {later}")));
            }
        }
        let len = arrays.first().map_or(0, |array| array.len());
        let mut start = 0;
        while start < len {
            let slice = SLICE.min(len - start);
            let sliced: Vec<ArrayRef>;
            let arrays = match slice == len {
                true => arrays,
                false => {
                    sliced = arrays.iter().map(|array| array.slice(start, slice)).collect();
                    &sliced
                }
            };
            let batch = Batch { arrays, places, header: &schema.header, options: schema.options, first: *rows + 1 };
            gather.rows.report.rows += slice as u64;
            columns.read(&batch, &mut gather.rows)?;
            if gather.rows.waiting() >= GROUPED {
                gather.take_rows(0)?;
            }
            *rows += slice as u64;
            start += slice;
            // The first rows tell how many items the others have.
            if let Some(all) = all.filter(|_| !*is_reserved && *rows >= RESERVED_AFTER) {
                gather.reserve_for(*rows, all);
                *is_reserved = true;
            }
        }
        Ok(())
    }

    /// The labels by their numbers, and what was read.
    pub(super) fn finish(mut self) -> Result<(Texts, ReadReport), Error> {
        self.gather.take_rows(0)?;
        self.gather.finish()
    }
}

/// Whether a batch may have this type in a column that had the other one in the first.
fn goes_with(data_type: &DataType, first: &DataType) -> bool {
    if data_type == first {
        return true;
    }
    match (elements_of(data_type), elements_of(first)) {
        (Some(data_type), Some(first)) => goes_with(data_type, first),
        (None, None) => {
            let is_text = |data_type| Class::of(data_type) == Some(Class::Text);
            values_of(data_type) == values_of(first) || is_text(data_type) && is_text(first)
        }
        _ => false,
    }
}

/// Refuses settings that mean nothing for columns.
pub(super) fn check(options: &ReadOptions) -> Result<(), Error> {
    const NONE: &str = "none: columns are not text";
    let default = ReadOptions::default();
    options.pool.check()?;
    if let Some(delimiter) = options.delimiter {
        return Err(Error::invalid_setting("delimiter", delimiter, NONE));
    }
    if let Some(header) = options.header {
        return Err(Error::invalid_setting("header", header, "none: columns have their names"));
    }
    if options.quote != default.quote {
        let quote = options.quote.map_or("none".to_string(), |char| format!("`{}`", char.escape_debug()));
        return Err(Error::invalid_setting("quote", quote, NONE));
    }
    if let Some(char) = options.each.comment {
        return Err(Error::invalid_setting("comment", format_args!("`{}`", char.escape_debug()), NONE));
    }
    if options.encoding != Encoding::Utf8 {
        return Err(Error::invalid_setting("encoding", options.encoding, "utf-8, which Arrow and Parquet prescribe"));
    }
    Ok(())
}
