//! Tables of texts, as CSV, as record batches in every encoding, and as Parquet files.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::builder::{LargeStringBuilder, StringBuilder, StringViewBuilder};
use arrow_array::types::{Int8Type, Int32Type, UInt16Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, Int64Array, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use itemset::io::ReadReport;
use itemset::{Error, Transactions};
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;

/// What is read.
pub(crate) type Read = Result<(Transactions<String>, ReadReport), Error>;

/// A column: its name, and a value for each row.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Option<String>>,
    /// Whether the values are whole numbers, and stored as such.
    pub(crate) is_number: bool,
}

impl Column {
    pub(crate) fn texts(name: &'static str, values: impl IntoIterator<Item = Option<&'static str>>) -> Self {
        let values = values.into_iter().map(|value| value.map(str::to_string)).collect();
        Column { name, values, is_number: false }
    }

    pub(crate) fn numbers(name: &'static str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let values = values.into_iter().map(|value| value.map(|value| value.to_string())).collect();
        Column { name, values, is_number: true }
    }
}

/// The table as CSV, in which missing values are empty.
pub(crate) fn csv(columns: &[Column]) -> String {
    let row = |fields: Vec<String>| fields.join(",") + "\n";
    let field = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = row(columns.iter().map(|column| field(column.name)).collect());
    for at in 0..columns[0].values.len() {
        text += &row(columns.iter().map(|column| field(column.values[at].as_deref().unwrap_or(""))).collect());
    }
    text
}

/// How texts are stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stored {
    Plain,
    Large,
    View,
    Dictionary8,
    Dictionary16,
    Dictionary32,
}

pub(crate) fn stored() -> impl Strategy<Value = Stored> {
    use Stored::*;
    prop::sample::select(vec![Plain, Large, View, Dictionary8, Dictionary16, Dictionary32])
}

impl Stored {
    pub(crate) fn array(self, values: &[Option<String>]) -> ArrayRef {
        match self {
            Stored::Plain => {
                let mut builder = StringBuilder::new();
                builder.extend(values.iter().map(Option::as_deref));
                Arc::new(builder.finish())
            }
            Stored::Large => {
                let mut builder = LargeStringBuilder::new();
                builder.extend(values.iter().map(Option::as_deref));
                Arc::new(builder.finish())
            }
            Stored::View => {
                let mut builder = StringViewBuilder::new();
                builder.extend(values.iter().map(Option::as_deref));
                Arc::new(builder.finish())
            }
            Stored::Dictionary8 => dictionary::<Int8Type>(values),
            Stored::Dictionary16 => dictionary::<UInt16Type>(values),
            Stored::Dictionary32 => dictionary::<Int32Type>(values),
        }
    }
}

/// A dictionary in the order of the texts, with a value that no row has, one that is null, and one that comes twice.
fn dictionary<K: arrow_array::types::ArrowDictionaryKeyType>(values: &[Option<String>]) -> ArrayRef
where
    K::Native: TryFrom<usize>,
{
    let distinct: BTreeMap<&str, ()> = values.iter().flatten().map(|value| (&value[..], ())).collect();
    let first = distinct.keys().next().copied();
    let entries: Vec<Option<&str>> =
        [Some("nowhere"), None].into_iter().chain(distinct.keys().copied().map(Some)).chain([first]).collect();
    let keys: PrimitiveArray<K> = values
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let place = match value.as_deref() {
                None if row % 2 == 0 => return None,
                None => 1,
                Some(text) if Some(text) == first && row % 2 == 0 => entries.len() - 1,
                Some(text) => entries.iter().position(|&entry| entry == Some(text)).unwrap(),
            };
            K::Native::try_from(place).ok()
        })
        .collect();
    Arc::new(DictionaryArray::<K>::new(keys, Arc::new(StringArray::from(entries))))
}

/// The table in batches of some rows, each a slice of a larger one, with dictionaries of its own.
pub(crate) fn batches(columns: &[Column], stored: &[Stored], rows: usize) -> Vec<RecordBatch> {
    let len = columns[0].values.len();
    let batch = |start: usize| {
        let end = (start + rows).min(len);
        // One row more on either side.
        let (from, to) = (start.saturating_sub(1), (end + 1).min(len));
        let arrays = columns.iter().zip(stored.iter().cycle()).map(|(column, stored)| {
            let values = &column.values[from..to];
            let array: ArrayRef = match column.is_number {
                true => Arc::new(
                    values
                        .iter()
                        .map(|value| value.as_ref().map(|value| value.parse::<i64>().unwrap()))
                        .collect::<Int64Array>(),
                ),
                false => stored.array(values),
            };
            (column.name, array.slice(start - from, end - start), true)
        });
        RecordBatch::try_from_iter_with_nullable(arrays).unwrap()
    };
    (0..len).step_by(rows).map(batch).collect()
}

pub(crate) fn all_right(batches: Vec<RecordBatch>) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
    batches.into_iter().map(Ok)
}

/// How a Parquet file is written.
pub(crate) fn properties() -> impl Strategy<Value = WriterProperties> {
    let compression = prop::sample::select(vec![
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4_RAW,
    ]);
    let version = prop::sample::select(vec![WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0]);
    // A dictionary that becomes too large is given up.
    let dictionary = prop::sample::select(vec![None, Some(16), Some(1 << 20)]);
    (compression, version, dictionary, 1..30usize, 1..10usize).prop_map(
        |(compression, version, dictionary, group, page)| {
            let properties = WriterProperties::builder()
                .set_compression(compression)
                .set_writer_version(version)
                .set_max_row_group_row_count(Some(group))
                .set_data_page_row_count_limit(page)
                .set_write_batch_size(page)
                .set_dictionary_enabled(dictionary.is_some())
                .set_dictionary_page_size_limit(dictionary.unwrap_or(1 << 20));
            properties.build()
        },
    )
}

/// The batches as a Parquet file. Dictionaries are stored as texts, so all batches have one schema.
pub(crate) fn parquet(batches: &[RecordBatch], properties: WriterProperties) -> Vec<u8> {
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batches[0].schema(), Some(properties)).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
    file
}

/// What was read, as far as text and columns can agree: errors as texts without the place.
pub(crate) fn comparable(read: Read) -> Result<(Transactions<String>, ReadReport), String> {
    match read {
        Ok((baskets, mut report)) => {
            (report.lines, report.bytes) = (0, 0);
            report.faults.iter_mut().for_each(|fault| fault.line = 0);
            Ok((baskets, report))
        }
        Err(error) => {
            let text = error.to_string();
            Err(text.split_once(": ").map_or(text.clone(), |(_, reason)| reason.to_string()))
        }
    }
}

/// The labels by number.
pub(crate) fn dictionary_of(read: &Result<(Transactions<String>, ReadReport), String>) -> Vec<String> {
    read.as_ref().map_or(Vec::new(), |(baskets, _)| baskets.dictionary().labels().to_vec())
}
