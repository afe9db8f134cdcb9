//! The batches of a Parquet file, a row group after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use parquet::arrow::arrow_reader::ParquetRecordBatchReader;
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::Encoding;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::ChunkReader;

use super::file::{self, Opened};
use super::pages::RowGroup;
use crate::error::Error;

/// Rows that are decoded together.
const BATCH: usize = 8192;

/// The batches of a file, with the columns at some places, in the order of the file.
pub(super) struct Batches<R> {
    file: Opened<R>,
    places: Vec<usize>,
    /// The row group that is read, its number, and the rows of it so far.
    group: Option<ParquetRecordBatchReader>,
    index: usize,
    rows: u64,
}

impl<R: ChunkReader + 'static> Batches<R> {
    /// `places` are ascending, each once.
    pub(super) fn new(file: Opened<R>, places: Vec<usize>) -> Self {
        // Without columns there are no batches.
        let index = if places.is_empty() { file.metadata.num_row_groups() } else { 0 };
        Batches { file, places, group: None, index, rows: 0 }
    }

    fn read(&mut self) -> Result<Option<RecordBatch>, ParquetError> {
        let Batches { file, places, group, index, rows } = self;
        while *index < file.metadata.num_row_groups() {
            let reader = match group {
                Some(reader) => reader,
                None => group.insert(unless_it_panics(|| open(file, *index, places))?),
            };
            if let Some(batch) = unless_it_panics(|| reader.next().transpose().map_err(as_parquet))? {
                *rows += batch.num_rows() as u64;
                return Ok(Some(batch));
            }
            let told = file.metadata.row_group(*index).num_rows();
            if *rows != told as u64 {
                return Err(ParquetError::General(format!("it has {rows} rows, and should have {told}")));
            }
            (*group, *index, *rows) = (None, *index + 1, 0);
        }
        Ok(None)
    }
}

impl<R: ChunkReader + 'static> Iterator for Batches<R> {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.read().map_err(|told| {
            let at = self.index;
            // Nothing comes after an error.
            self.index = usize::MAX;
            file::error(told, Some(at))
        });
        batch.transpose()
    }
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

/// Opens a row group for the columns at some places.
fn open<R: ChunkReader + 'static>(
    file: &Opened<R>,
    index: usize,
    places: &[usize],
) -> Result<ParquetRecordBatchReader, ParquetError> {
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
