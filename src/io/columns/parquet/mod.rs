//! Parquet files.

// In comes a file, out go batches of the columns that are read.
//
// | file | its part |
// |---|---|
// | here | row groups to batches |
// | `file` | the file and its index |
// | `pages` | the pages of a row group, decompressed |

mod file;
mod pages;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::ChunkReader;

use self::file::Opened;
use self::pages::RowGroup;
use super::table::{Format, Table};
use crate::error::Error;
use crate::io::report::ReadReport;
use crate::io::source::{Source, Whole};
use crate::transactions::Transactions;

/// Rows that are decoded together.
const BATCH: usize = 8192;

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
    let mut table = Table::new(format, &file.fields)?;
    let mut projected = table.places().to_vec();
    projected.sort_unstable();
    projected.dedup();
    // Where each column that the table reads is among those that are decoded.
    let at: Vec<usize> =
        table.places().iter().map(|place| projected.binary_search(place).unwrap_or_default()).collect();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(at.len());
    for index in 0..file.metadata.num_row_groups() {
        let damaged = |error: ParquetError| file::error(error, Some(index));
        let mut rows = 0;
        let mut batches = unless_it_panics(|| batches(&file, index, &projected)).map_err(damaged)?;
        while let Some(batch) = unless_it_panics(|| batches.next().transpose().map_err(as_parquet)).map_err(damaged)? {
            arrays.clear();
            arrays.extend(at.iter().map(|&at| batch.column(at).clone()));
            table.take(&arrays)?;
            rows += batch.num_rows() as u64;
        }
        let told = file.metadata.row_group(index).num_rows();
        // Without columns to read there are no batches.
        if !projected.is_empty() && rows != told as u64 {
            return Err(damaged(ParquetError::General(format!("it has {rows} rows, and should have {told}"))));
        }
        if index == 0 {
            table.reserve_for(file.rows);
        }
    }
    let (baskets, mut report) = table.finish()?;
    report.bytes = file.size;
    Ok((baskets, report))
}

/// What the crate `parquet` returns, or an error if it panics, as some of its decoders do on damaged pages.
///
/// Pages are checked before, as far as it can be told from outside (`pages`): what is left is in the encodings of
/// numbers and levels, which only a second decoder would find. The decoder that panicked is not used again.
fn unless_it_panics<T>(decode: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(ParquetError::General("a page is damaged".to_string())))
}

/// The error of a batch as one of the file.
fn as_parquet(error: ArrowError) -> ParquetError {
    match error {
        ArrowError::IoError(_, error) => ParquetError::External(Box::new(error)),
        ArrowError::ExternalError(error) => ParquetError::External(error),
        ArrowError::ParquetError(told) => ParquetError::General(told),
        error => ParquetError::ArrowError(error.to_string()),
    }
}

/// The batches of a row group, with the columns at some places.
fn batches<R: ChunkReader + 'static>(
    file: &Opened<R>,
    index: usize,
    places: &[usize],
) -> Result<impl Iterator<Item = Result<RecordBatch, ArrowError>>, ParquetError> {
    let schema = file.metadata.file_metadata().schema_descr();
    let fields = encoded_fields(&file.fields, &file.metadata, index);
    let mask = ProjectionMask::roots(schema, places.iter().copied());
    let levels = parquet_to_arrow_field_levels(schema, mask, Some(&fields))?;
    let group = RowGroup::new(file, index)?;
    ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, BATCH, None)
}

/// The columns of a row group. Texts that are stored in a dictionary stay there, so that each is looked up once.
fn encoded_fields(fields: &Fields, metadata: &ParquetMetaData, index: usize) -> Fields {
    let schema = metadata.file_metadata().schema_descr();
    let chunks = metadata.row_group(index).columns();
    // The roots of the columns, whose own order is that of the leaves.
    let mut all_in_dictionaries = vec![true; fields.len()];
    for (leaf, chunk) in chunks.iter().enumerate() {
        if let Some(all) = all_in_dictionaries.get_mut(schema.get_column_root_idx(leaf)) {
            *all &= is_in_dictionary(chunk);
        }
    }
    let encoded =
        |(field, in_dictionary): (&FieldRef, bool)| if in_dictionary { encoded(field) } else { Arc::clone(field) };
    fields.iter().zip(all_in_dictionaries).map(encoded).collect()
}

/// A column of texts, or of lists of texts, as one of dictionaries.
fn encoded(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Utf8 => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        DataType::List(elements) => DataType::List(encoded(elements)),
        _ => return Arc::clone(field),
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// Whether all values of a column are in its dictionary: a writer gives up on one that becomes too large.
fn is_in_dictionary(chunk: &ColumnChunkMetaData) -> bool {
    let is_dictionary = |encoding| matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY);
    match chunk.page_encoding_stats_mask() {
        Some(mask) => mask.encodings().all(is_dictionary),
        // Levels are in other encodings; the first pages of a dictionary that was given up are not told apart.
        None => chunk.dictionary_page_offset().is_some() || chunk.encodings().any(is_dictionary),
    }
}
