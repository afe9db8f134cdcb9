//! Parquet files.

// In comes a file, out go batches of the columns that are read.
//
// | file | its part |
// |---|---|
// | here | batches to baskets |
// | `batches` | row groups to batches |
// | `file` | the file and its index |
// | `pages` | the pages of a row group, decompressed |

mod batches;
mod file;
mod pages;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;
use parquet::file::reader::ChunkReader;

use self::batches::Batches;
use self::file::Opened;
use super::table::{Format, Table};
use crate::error::Error;
use crate::io::reading::grouped;
use crate::io::report::ReadReport;
use crate::io::source::{Source, Whole};
use crate::io::table::{Gather, Grouping};
use crate::transactions::Transactions;

/// The baskets of a file.
pub(in crate::io) fn read<F: Format>(
    format: &F,
    source: Source<'_>,
) -> Result<(Transactions<String>, ReadReport), Error> {
    match source.into_whole()? {
        Whole::File(file) => read_table(format, Opened::new(file)?),
        Whole::Bytes(bytes) => read_table(format, Opened::new(bytes::Bytes::from(bytes))?),
    }
}

fn read_table<F: Format, R: ChunkReader + 'static>(
    format: &F,
    file: Opened<R>,
) -> Result<(Transactions<String>, ReadReport), Error> {
    let (fields, rows, size) = (file.fields.clone(), file.rows, file.size);
    let mut grouping = Grouping::new();
    let mut table = Table::new(format, &fields, Gather::new(&mut grouping))?;
    let mut places = table.places().to_vec();
    places.sort_unstable();
    places.dedup();
    // Where each column that the table reads is among those that are decoded.
    let at: Vec<usize> = table.places().iter().map(|place| places.binary_search(place).unwrap_or_default()).collect();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(at.len());
    for batch in Batches::new(file, places) {
        let batch = batch?;
        arrays.clear();
        arrays.extend(at.iter().map(|&at| Arc::clone(batch.column(at))));
        table.take(&arrays, Some(rows))?;
    }
    let read = table.finish()?;
    let (baskets, mut report) = grouped(grouping, read)?;
    report.bytes = size;
    Ok((baskets, report))
}

/// The batches of a file.
type AllBatches = Box<dyn Iterator<Item = Result<RecordBatch, Error>>>;

/// All columns of a file: a batch without rows, which has their names, and the batches.
pub(in crate::io) fn read_batches_of_file(source: Source<'_>) -> Result<(RecordBatch, AllBatches), Error> {
    fn all<R: ChunkReader + 'static>(file: Opened<R>) -> (RecordBatch, AllBatches) {
        let empty = RecordBatch::new_empty(Arc::new(Schema::new(file.fields.clone())));
        let places = (0..file.fields.len()).collect();
        (empty, Box::new(Batches::new(file, places)))
    }
    match source.into_whole()? {
        Whole::File(file) => Ok(all(Opened::new(file)?)),
        Whole::Bytes(bytes) => Ok(all(Opened::new(bytes::Bytes::from(bytes))?)),
    }
}
