//! A Parquet file, and what its index says.

use std::sync::Arc;

use arrow_schema::Fields;
use parquet::arrow::parquet_to_arrow_schema;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;

use crate::error::Error;

/// What a file begins and ends with.
const MAGIC: &[u8] = b"PAR1";
/// What one ends with whose index is encrypted.
const ENCRYPTED: &[u8] = b"PARE";

/// The shortest file: its mark twice, and the length of the index.
const SHORTEST: u64 = 12;

/// A file that was opened.
pub(super) struct Opened<R> {
    pub(super) reader: Arc<R>,
    pub(super) metadata: Arc<ParquetMetaData>,
    pub(super) fields: Fields,
    pub(super) rows: u64,
    pub(super) size: u64,
}

impl<R: ChunkReader> Opened<R> {
    pub(super) fn new(reader: R) -> Result<Self, Error> {
        let size = reader.len();
        check_marks(&reader, size)?;
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&reader).map_err(|told| error(told, None))?;
        let (rows, fields) = describe(&metadata).map_err(|told| error(told, None))?;
        Ok(Opened { reader: Arc::new(reader), metadata: Arc::new(metadata), fields, rows, size })
    }
}

/// The number of rows, and the columns.
fn describe(metadata: &ParquetMetaData) -> Result<(u64, Fields), ParquetError> {
    let wrong = |told: &str| ParquetError::General(told.to_string());
    let schema = parquet_to_arrow_schema(metadata.file_metadata().schema_descr(), None)?;
    let mut rows = 0u64;
    for group in metadata.row_groups() {
        let more = u64::try_from(group.num_rows()).map_err(|_| wrong("a row group has fewer than 0 rows"))?;
        rows = rows.checked_add(more).ok_or_else(|| wrong("too many rows"))?;
        for chunk in group.columns() {
            let numbers = [chunk.data_page_offset(), chunk.compressed_size(), chunk.uncompressed_size()];
            if numbers.into_iter().chain(chunk.dictionary_page_offset()).any(|number| number < 0) {
                return Err(wrong("a column has a negative position or size"));
            }
        }
    }
    Ok((rows, schema.fields))
}

/// Refuses what is no such file, or not all of it.
fn check_marks(reader: &impl ChunkReader, size: u64) -> Result<(), Error> {
    let read = |at, len| reader.get_bytes(at, len).map_err(|told| error(told, None));
    let start = read(0, size.min(MAGIC.len() as u64) as usize)?;
    if start != MAGIC && start != ENCRYPTED {
        let reason = match size {
            0 => "the file is empty: a Parquet file has at least the names of its columns",
            _ => "this is no Parquet file, which begins with `PAR1`: read text in the format that it has",
        };
        return Err(Error::table(None, reason));
    }
    let end = read(size - MAGIC.len() as u64, MAGIC.len())?;
    if end == ENCRYPTED || start == ENCRYPTED {
        return Err(Error::table(None, "the Parquet file is encrypted: write it without encryption"));
    }
    if size < SHORTEST || end != MAGIC {
        let reason =
            "the Parquet file was cut off, perhaps while it was copied: its end is missing; copy or write it again";
        return Err(Error::table(None, reason));
    }
    Ok(())
}

/// The error of a file that cannot be read, in a row group if it is about one.
pub(super) fn error(told: ParquetError, group: Option<usize>) -> Error {
    let told = match told {
        ParquetError::External(told) => match told.downcast::<std::io::Error>() {
            // An error of our own, or of the system.
            Ok(error) => return (*error).into(),
            Err(told) => told.to_string(),
        },
        ParquetError::General(told)
        | ParquetError::NYI(told)
        | ParquetError::EOF(told)
        | ParquetError::ArrowError(told) => told,
        told => told.to_string(),
    };
    let group = group.map_or(String::new(), |group| format!(", row group {}", group + 1));
    let told = told.trim_start_matches("Parquet argument error: ").trim_start_matches("Parquet error: ");
    Error::table(None, format_args!("the Parquet file cannot be read{group}: {told}"))
}
