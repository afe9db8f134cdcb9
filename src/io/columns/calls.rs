//! The calls that read, which all readers of columns have.

/// Gives a reader the calls that read columns. What is given is documentation and an example.
macro_rules! column_calls {
    ($reader:ident, $(#[$more:meta])*) => {
        impl $reader {
            /// The baskets of record batches of Arrow 60, and what was read and skipped (feature `arrow_60`).
            ///
            /// Batches are those of a `RecordBatchReader`, or `batches.into_iter().map(Ok)` for those that are there.
            /// All have the columns of the first one. Columns that are not named are not looked at. Values are those of
            /// text: a value is its text, with which null words are compared, and what is null or not a number is
            /// missing. Reading stays on the calling thread.
            ///
            $(#[$more])*
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Table`](crate::ErrorKind::Table) with the number and name of the column: a column that is
            /// not there, or of a type that cannot be used; with the row, a value that is not what it must be; and the
            /// error of a batch. [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for settings about
            /// text: `delimiter`, `header`, `quote`, `comment` and `encoding`.
            #[cfg(feature = "arrow_60")]
            pub fn read_arrow_60(
                &self,
                batches: impl IntoIterator<Item = Result<arrow_array::RecordBatch, arrow_schema::ArrowError>>,
            ) -> Result<(crate::transactions::Transactions<String>, crate::io::ReadReport), crate::error::Error> {
                crate::io::columns::calls::read_batches(self, batches)
            }

            /// The baskets of a Parquet file, and what was read and skipped (feature `parquet`).
            ///
            /// Only the columns that are named are read, a row group after the other, on the calling thread. Pages may
            /// be compressed with snappy, gzip, zstd, lz4 or brotli. The columns and settings are those of
            /// `read_arrow_60`.
            ///
            /// The index of such a file is at its end: a stream is held in memory as a whole, bytes are copied, a file
            /// is read piece by piece. The memory is that of the baskets and of the pages that are being read.
            ///
            /// # Errors
            ///
            /// Those of `read_arrow_60`; [`ErrorKind::Table`](crate::ErrorKind::Table) also for what is no Parquet
            /// file, or one that was cut off or damaged; [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails. Some
            /// damaged pages make the crate `parquet` panic: that panic is caught, unless panics abort the program.
            #[cfg(feature = "parquet")]
            pub fn read_parquet<'s>(
                &self,
                source: impl Into<crate::io::Source<'s>>,
            ) -> Result<(crate::transactions::Transactions<String>, crate::io::ReadReport), crate::error::Error> {
                crate::io::columns::parquet::read(self, source.into())
            }
        }
    };
}

#[cfg(feature = "arrow_60")]
use arrow_array::RecordBatch;
#[cfg(feature = "arrow_60")]
use arrow_schema::ArrowError;

#[cfg(feature = "arrow_60")]
use super::table::{Format, Table};
#[cfg(feature = "arrow_60")]
use crate::error::Error;
#[cfg(feature = "arrow_60")]
use crate::io::reading::grouped;
#[cfg(feature = "arrow_60")]
use crate::io::report::ReadReport;
#[cfg(feature = "arrow_60")]
use crate::io::table::{Gather, Grouping};
#[cfg(feature = "arrow_60")]
use crate::transactions::Transactions;

pub(super) use column_calls;

/// The baskets of batches.
#[cfg(feature = "arrow_60")]
pub(super) fn read_batches<F: Format>(
    format: &F,
    batches: impl IntoIterator<Item = Result<RecordBatch, ArrowError>>,
) -> Result<(Transactions<String>, ReadReport), Error> {
    let mut batches = batches.into_iter();
    let Some(first) = batches.next() else {
        super::table::check(format.options())?;
        return Ok((Transactions::default(), ReadReport::default()));
    };
    let first = first.map_err(arrow_error)?;
    // Of batches in a list it is known how many there are, and they are about as long.
    let all = batches.size_hint().1.map(|others| (others as u64 + 1).saturating_mul(first.num_rows() as u64));
    let schema = first.schema();
    let mut grouping = Grouping::new();
    let mut table = Table::new(format, schema.fields(), Gather::new(&mut grouping))?;
    let mut arrays = Vec::new();
    for batch in std::iter::once(Ok(first)).chain(batches) {
        let batch = batch.map_err(arrow_error)?;
        if batch.num_columns() != schema.fields().len() {
            let (is, was) = (batch.num_columns(), schema.fields().len());
            return Err(Error::table(None, format_args!("a batch of {is} columns, and the first one has {was}")));
        }
        arrays.clear();
        arrays.extend(table.places().iter().map(|&place| batch.column(place).clone()));
        table.take(&arrays, all)?;
    }
    let read = table.finish()?;
    grouped(grouping, read)
}

/// The error of a batch.
#[cfg(feature = "arrow_60")]
pub(in crate::io) fn arrow_error(error: ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, error) => error.into(),
        error => Error::table(None, format_args!("the record batch cannot be read: {error}")),
    }
}
