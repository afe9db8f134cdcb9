//! Tables of columns to baskets: record batches of Arrow, and Parquet files in memory, beside decoding the same columns
//! with the crate `parquet` alone. On one thread.
//!
//! ```text
//! cargo bench --features arrow_60,parquet --bench column_tables
//! ITEMSET_ROWS=20000000 cargo bench --features arrow_60,parquet --bench column_tables
//! ```
//!
//! The long tables have `ITEMSET_ROWS` line items (default: 2,000,000) of 4,000 products, ten a receipt: in the order of
//! the receipts with the items in a dictionary, shuffled, and with the items as texts, in Parquet without a dictionary.

#![allow(missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::SchemaRef;
use bytes::Bytes;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use itemset::io::{ListReader, LongReader};
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

type Group<'c> = BenchmarkGroup<'c, WallTime>;

/// Products, of which some are bought much more often than others.
const PRODUCTS: usize = 4000;
/// Rows of a batch, as polars and DuckDB hand them on.
const BATCH: usize = 122_880;

/// Draws that are the same everywhere.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    fn product(&mut self) -> usize {
        let most = self.below(PRODUCTS) + 1;
        self.below(most)
    }
}

fn label(product: usize) -> String {
    format!("{} PRODUCT OF A NAME {product}", ["RED", "WHITE", "VINTAGE", "SET OF 6"][product % 4])
}

/// Line items, about ten a receipt: receipts, items and quantities.
fn long_batches(rows: usize, shuffled: bool, in_dictionary: bool) -> Vec<RecordBatch> {
    let mut draws = Draws(1);
    let labels: StringArray = (0..PRODUCTS).map(|product| Some(label(product))).collect();
    let labels: ArrayRef = Arc::new(labels);
    let batch = |start: usize| {
        let len = BATCH.min(rows - start);
        let receipt =
            |row: usize, draws: &mut Draws| 536_365 + if shuffled { draws.below(rows / 10) } else { row / 10 } as i64;
        let receipts: Int64Array = (start..start + len).map(|row| Some(receipt(row, &mut draws))).collect();
        let codes: Vec<i32> = (0..len).map(|_| draws.product() as i32).collect();
        let quantities: Int64Array = (0..len).map(|_| Some(draws.below(40) as i64 - 1)).collect();
        let items: ArrayRef = match in_dictionary {
            true => Arc::new(arrow_array::DictionaryArray::<Int32Type>::new(codes.into(), Arc::clone(&labels))),
            false => Arc::new(codes.iter().map(|&code| Some(label(code as usize))).collect::<StringArray>()),
        };
        let columns: [(&str, ArrayRef); 3] =
            [("receipt", Arc::new(receipts)), ("item", items), ("quantity", Arc::new(quantities))];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    (0..rows).step_by(BATCH).map(batch).collect()
}

/// Baskets of about ten items as lists of dictionary codes.
fn list_batches(rows: usize) -> Vec<RecordBatch> {
    let mut draws = Draws(2);
    let batch = |start: usize| {
        let labels: StringArray = (0..PRODUCTS).map(|product| Some(label(product))).collect();
        let items = StringDictionaryBuilder::<Int32Type>::new_with_dictionary(BATCH, &labels).unwrap();
        let mut lists = ListBuilder::new(items);
        for _ in start..(start + BATCH).min(rows) {
            for _ in 0..1 + draws.below(19) {
                lists.values().append_value(label(draws.product()));
            }
            lists.append(true);
        }
        RecordBatch::try_from_iter([("items", Arc::new(lists.finish()) as ArrayRef)]).unwrap()
    };
    (0..rows).step_by(BATCH).map(batch).collect()
}

fn parquet_file(batches: &[RecordBatch], in_dictionary: bool) -> Bytes {
    let properties =
        WriterProperties::builder().set_compression(Compression::SNAPPY).set_dictionary_enabled(in_dictionary);
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batches[0].schema(), Some(properties.build())).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
    file.into()
}

/// Decodes the first columns alone, with texts in dictionaries if they are stored so.
fn decode(file: &Bytes, columns: usize, schema: Option<SchemaRef>) -> usize {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let options = schema.map_or(options.clone(), |schema| options.with_schema(schema));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file.clone(), options).unwrap();
    let mask = ProjectionMask::roots(builder.parquet_schema(), 0..columns);
    let reader = builder.with_projection(mask).with_batch_size(8192).build().unwrap();
    reader.map(|batch| black_box(batch.unwrap()).num_rows()).sum()
}

fn bench<R>(group: &mut Group<'_>, name: &str, entries: usize, mut read: impl FnMut() -> R) {
    group.throughput(Throughput::Elements(entries as u64));
    group.bench_function(name, |bencher| bencher.iter(|| black_box(read())));
}

fn columns(criterion: &mut Criterion) {
    let rows = std::env::var("ITEMSET_ROWS").ok().and_then(|rows| rows.parse().ok());
    let is_test = std::env::args().any(|argument| argument == "--test");
    let rows: usize = rows.unwrap_or(if is_test { 1_000 } else { 2_000_000 });
    let mut group = criterion.benchmark_group("column_tables");
    group.sample_size(10);
    let (plain, counted) =
        (LongReader::new("receipt", "item"), LongReader::new("receipt", "item").quantity("quantity"));
    for (name, shuffled, in_dictionary) in
        [("dictionary", false, true), ("shuffled", true, true), ("texts", false, false)]
    {
        let batches = long_batches(rows, shuffled, in_dictionary);
        let read = |reader: &LongReader| reader.read_arrow_60(batches.iter().cloned().map(Ok)).unwrap();
        bench(&mut group, &format!("arrow/{name}"), rows, || read(&plain));
        bench(&mut group, &format!("arrow/{name}/quantity"), rows, || read(&counted));
        let file = parquet_file(&batches, in_dictionary);
        let schema = in_dictionary.then(|| batches[0].schema());
        bench(&mut group, &format!("parquet/{name}/decoding_alone"), rows, || decode(&file, 2, schema.clone()));
        bench(&mut group, &format!("parquet/{name}"), rows, || plain.read_parquet(&file[..]).unwrap());
        bench(&mut group, &format!("parquet/{name}/quantity/decoding_alone"), rows, || {
            decode(&file, 3, schema.clone())
        });
        bench(&mut group, &format!("parquet/{name}/quantity"), rows, || counted.read_parquet(&file[..]).unwrap());
    }
    let batches = list_batches(rows / 10);
    let entries = batches.iter().map(|batch| arrow_array::cast::as_list_array(batch.column(0)).values().len()).sum();
    let reader = ListReader::new("items");
    bench(&mut group, "arrow/lists", entries, || reader.read_arrow_60(batches.iter().cloned().map(Ok)).unwrap());
    let file = parquet_file(&batches, true);
    bench(&mut group, "parquet/lists", entries, || reader.read_parquet(&file[..]).unwrap());
    bench(&mut group, "parquet/lists/decoding_alone_to_texts", entries, || decode(&file, 1, None));
}

criterion_group!(benches, columns);
criterion_main!(benches);
