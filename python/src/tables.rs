//! Baskets from Arrow data: a column of lists, line items, or a column per item.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use hashbrown::HashSet;
use itemset::io::{Column, ListReader, LongReader, OneHotReader, ReadOptions, Trim};
use itemset::{CancelToken, Error, Transactions};
use pyo3::prelude::*;

use crate::baskets::{Baskets, check_weights};
use crate::capsules::{Arrays, take};
use crate::errors::invalid;
use crate::labels::{HOW, Kind};
use crate::run::{Run, run};

/// The batches of a table, whose columns are known.
struct Table {
    schema: SchemaRef,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>,
}

impl Table {
    fn of(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let arrays = arrays_of(data)?;
        match arrays.field.data_type() {
            DataType::Struct(fields) => {
                let schema = Arc::new(Schema::new(fields.clone()));
                let batches = arrays.arrays.map(|array| {
                    let structs = array?;
                    // All rows of a table are there, so there is nothing to say for structs that are not.
                    let (fields, columns, _) = structs.as_struct().clone().into_parts();
                    let rows = structs.len();
                    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(rows));
                    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
                });
                Ok(Table { schema, batches: Box::new(batches) })
            }
            other => Err(invalid("data", format_args!("one Arrow column of {other}"), "a table of columns")),
        }
    }

    /// A column of lists as a table with one column more, for weights that are not in it. Those that lack are 0.
    fn of_column(arrays: Arrays, weights: Option<Vec<u32>>) -> Self {
        let lists = Field::new("items", arrays.field.data_type().clone(), true);
        let fields = match weights {
            None => vec![lists],
            Some(_) => vec![lists, Field::new("weight", DataType::UInt32, false)],
        };
        let schema = Arc::new(Schema::new(fields));
        let of_batches = Arc::clone(&schema);
        let mut row = 0;
        let batches = arrays.arrays.map(move |array| {
            let array = array?;
            let rows = array.len();
            let mut columns = vec![array];
            if let Some(weights) = &weights {
                let weights = (row..row + rows).map(|row| weights.get(row).copied().unwrap_or(0));
                columns.push(Arc::new(weights.collect::<UInt32Array>()));
                row += rows;
            }
            RecordBatch::try_new(Arc::clone(&of_batches), columns)
        });
        Table { schema, batches: Box::new(batches) }
    }

    /// The batches, until the call is cancelled.
    fn until(self, token: &CancelToken) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
        self.batches.map(|batch| match token.is_cancelled() {
            true => Err(ArrowError::ExternalError("cancelled".into())),
            false => batch,
        })
    }

    /// The place of a column, and its type.
    fn column(&self, setting: &str, name: &str) -> PyResult<(usize, &DataType)> {
        let fields = self.schema.fields();
        let places: Vec<usize> = (0..fields.len()).filter(|&place| fields[place].name() == name).collect();
        match places[..] {
            [place] => Ok((place, fields[place].data_type())),
            [] => {
                let names: Vec<String> = fields.iter().take(20).map(|field| format!("{:?}", field.name())).collect();
                let more = if fields.len() > 20 { ", ..." } else { "" };
                Err(invalid(setting, format_args!("{name:?}"), format_args!("one of {}{more}", names.join(", "))))
            }
            _ => Err(invalid(setting, format_args!("{name:?}"), "a column whose name no other one has")),
        }
    }

    /// The place of the column of weights, if one is named.
    fn weight(&self, name: Option<&str>) -> PyResult<Option<usize>> {
        let Some(name) = name else { return Ok(None) };
        match self.column("weight", name)? {
            (place, data_type) if data_type.is_integer() => Ok(Some(place)),
            (_, other) => {
                Err(invalid("weight", format_args!("a column of {other}"), "whole numbers from 0 to 4294967295"))
            }
        }
    }
}

fn arrays_of(data: &Bound<'_, PyAny>) -> PyResult<Arrays> {
    let expected = "what has __arrow_c_stream__ or __arrow_c_array__";
    take(data)?.ok_or_else(|| match data.get_type().name() {
        Ok(name) => invalid("data", name, expected),
        Err(error) => error,
    })
}

/// A column by its place.
fn numbered(place: usize) -> Column {
    Column::from(place + 1)
}

/// Data in memory are what they are: nothing is trimmed.
fn options() -> ReadOptions {
    ReadOptions::new().trim(Trim::None)
}

/// What the labels of a column are. Where none is there it has no type.
fn kind_of(setting: &str, what: &str, data_type: &DataType) -> PyResult<Kind> {
    match data_type {
        DataType::Dictionary(_, values) => kind_of(setting, what, values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(Kind::Text),
        _ if data_type.is_integer() => Ok(Kind::Int),
        other => Err(invalid(setting, format_args!("{what} of {other}"), format_args!("text or whole numbers: {HOW}"))),
    }
}

/// The type of the elements of lists.
fn elements_of(data_type: &DataType) -> Option<&DataType> {
    match data_type {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::ListView(field)
        | DataType::LargeListView(field) => Some(field.data_type()),
        _ => None,
    }
}

/// From a column of lists: one of a table, or alone. Weights are in another column, or given.
#[pyfunction]
#[pyo3(signature = (data, column, weight, weights, options))]
pub(crate) fn from_list_column(
    data: &Bound<'_, PyAny>,
    column: Option<&str>,
    weight: Option<&str>,
    weights: Option<Vec<u32>>,
    options: Run<'_>,
) -> PyResult<Baskets> {
    let given = weights.as_ref().map(Vec::len);
    let (table, place, weight) = match column {
        Some(column) => {
            let table = Table::of(data)?;
            let place = table.column("items", column)?.0;
            let weight = table.weight(weight)?;
            (table, place, weight)
        }
        None => {
            let weight = given.map(|_| 1);
            (Table::of_column(arrays_of(data)?, weights), 0, weight)
        }
    };
    let Some(elements) = elements_of(table.schema.field(place).data_type()) else {
        let found = table.schema.field(place).data_type();
        return Err(invalid("items", format_args!("a column of {found}"), "a column of lists"));
    };
    let kind = kind_of("items", "lists", elements)?;
    let mut reader = ListReader::new(numbered(place)).options(self::options());
    if let Some(weight) = weight {
        reader = reader.weight(numbered(weight));
    }
    let rows = Rows::new(Some(place), weight);
    let baskets = run(data.py(), &options, |_, token| {
        let batches = table.until(token).map(|batch| batch.and_then(|batch| rows.add(batch)));
        let (baskets, _) = reader.read_arrow_60(batches)?;
        with_empty(baskets, rows.total())
    })?;
    check_weights(given, rows.seen.load(Ordering::Relaxed))?;
    Baskets::new(baskets, kind)
}

/// From line items: columns with the key of the basket, with the item, and perhaps with a quantity.
#[pyfunction]
#[pyo3(signature = (data, baskets, item, quantity, options))]
pub(crate) fn from_line_items(
    data: &Bound<'_, PyAny>,
    baskets: Vec<String>,
    item: &str,
    quantity: Option<&str>,
    options: Run<'_>,
) -> PyResult<Baskets> {
    let table = Table::of(data)?;
    let (item, item_type) = table.column("item", item)?;
    let kind = kind_of("item", "a column", item_type)?;
    let keys: Vec<usize> = baskets.iter().map(|key| Ok(table.column("basket", key)?.0)).collect::<PyResult<_>>()?;
    let Some((first, others)) = keys.split_first() else {
        return Err(invalid("basket", "no column", "at least one column"));
    };
    let mut reader = LongReader::new(numbered(*first), numbered(item)).options(self::options());
    for key in others {
        reader = reader.and_basket(numbered(*key));
    }
    if let Some(quantity) = quantity {
        reader = reader.quantity(numbered(table.column("quantity", quantity)?.0));
    }
    let baskets = run(data.py(), &options, |_, token| Ok(reader.read_arrow_60(table.until(token))?.0))?;
    Baskets::new(baskets, kind)
}

/// From a column per item.
#[pyfunction]
#[pyo3(signature = (data, weight, options))]
pub(crate) fn from_item_columns(data: &Bound<'_, PyAny>, weight: Option<&str>, options: Run<'_>) -> PyResult<Baskets> {
    let table = Table::of(data)?;
    let mut reader = OneHotReader::new().options(self::options());
    let weight = table.weight(weight)?;
    let schema = Arc::clone(&table.schema);
    let mut names = HashSet::new();
    for (place, field) in schema.fields().iter().enumerate() {
        if !names.insert(field.name()) {
            return Err(invalid("data", format_args!("two columns {:?}", field.name()), "names that differ"));
        }
        let data_type = field.data_type();
        let is_number = data_type.is_integer() || data_type.is_floating();
        let is_plain = *data_type == DataType::Boolean || is_number || data_type.is_null();
        if Some(place) != weight && !is_plain {
            let found = format_args!("the column {:?} of {data_type}", field.name());
            return Err(invalid("data", found, "columns of truth values, or of 0 and 1"));
        }
    }
    if let Some(weight) = weight {
        reader = reader.weight(numbered(weight));
    }
    let rows = Rows::new(None, weight);
    let baskets = run(data.py(), &options, |_, token| {
        let batches = table.until(token).map(|batch| batch.and_then(|batch| rows.add(batch)));
        let (baskets, _) = reader.read_arrow_60(batches)?;
        with_empty(baskets, rows.total())
    });
    if let Some(&(row, place)) = rows.not_binary.get() {
        let found = format_args!("row {row} of the column {:?} is neither 0 nor 1", schema.field(place).name());
        return Err(invalid("data", found, "True, False, 0 and 1; where it is missing, fill it"));
    }
    Baskets::new(baskets?, Kind::Text)
}

/// Counts the baskets of rows, with their weights. Readers of tables leave out those without an item, which count here.
struct Rows {
    lists: Option<usize>,
    weight: Option<usize>,
    total: AtomicI64,
    seen: AtomicUsize,
    /// The first value in a column of an item that is neither 0 nor 1: its row, from 1, and its column.
    not_binary: OnceLock<(usize, usize)>,
}

impl Rows {
    fn new(lists: Option<usize>, weight: Option<usize>) -> Self {
        Rows { lists, weight, total: AtomicI64::new(0), seen: AtomicUsize::new(0), not_binary: OnceLock::new() }
    }

    fn total(&self) -> i64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Adds the rows of a batch: of lists, those that are not missing.
    fn add(&self, batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
        let before = self.seen.fetch_add(batch.num_rows(), Ordering::Relaxed);
        for (place, column) in batch.columns().iter().enumerate() {
            if self.lists.is_none()
                && self.weight != Some(place)
                && let Some(row) = not_binary(column)
            {
                // Only the first one is told, whatever the error is that ends the reading.
                let _ = self.not_binary.set((before + row + 1, place));
                return Err(ArrowError::InvalidArgumentError(String::new()));
            }
        }
        let lists = self.lists.map(|place| batch.column(place));
        let is_there = |row| lists.is_none_or(|lists| lists.is_valid(row));
        let rows = match self.weight {
            None => (batch.num_rows() - lists.map_or(0, |lists| lists.null_count())) as i64,
            Some(place) => {
                // What is no weight is an error of the reader, which comes first, and has no bits of its own here.
                let weights = words(batch.column(place)).into_iter().enumerate();
                let weights = weights.filter(|&(row, weight)| is_there(row) && u32::try_from(weight).is_ok());
                weights.fold(0i64, |sum, (_, weight)| sum.saturating_add(weight as i64))
            }
        };
        self.total.fetch_add(rows, Ordering::Relaxed);
        Ok(batch)
    }
}

/// The first row of a column of truth values or numbers that is neither 0 nor 1.
fn not_binary(column: &ArrayRef) -> Option<usize> {
    if column.data_type().is_null() || column.null_count() > 0 {
        return (0..column.len()).find(|&row| column.data_type().is_null() || column.is_null(row));
    }
    if !column.data_type().is_floating() && are_bits(column) {
        return None;
    }
    // As bits, that of a number and that of -0.
    let (one, zero): (u64, u64) = match column.data_type() {
        DataType::Float16 => (0x3c00, 1 << 15),
        DataType::Float32 => (0x3f80_0000, 1 << 31),
        DataType::Float64 => (0x3ff0 << 48, 1 << 63),
        _ => (1, 0),
    };
    words(column).iter().position(|&word| word != 0 && word != one && word != zero)
}

/// The numbers of a column as bits; none of truth values.
fn words(column: &ArrayRef) -> Vec<u64> {
    let data = column.to_data();
    macro_rules! words {
        ($word:ty) => {
            data.buffers()[0].typed_data::<$word>()[data.offset()..][..data.len()]
                .iter()
                .map(|&word| word.into())
                .collect()
        };
    }
    match column.data_type().primitive_width() {
        Some(1) => words!(u8),
        Some(2) => words!(u16),
        Some(4) => words!(u32),
        Some(8) => words!(u64),
        _ => Vec::new(),
    }
}

/// Whether all whole numbers of a column are 0 or 1: several of them at once. So are truth values.
fn are_bits(column: &ArrayRef) -> bool {
    let Some(width) = column.data_type().primitive_width() else { return true };
    let data = column.to_data();
    let (words, rest) = data.buffers()[0].as_slice()[data.offset() * width..][..data.len() * width].as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let all = words.iter().chain([&last]).fold(0, |all, word| all | u64::from_ne_bytes(*word));
    let ones = match width {
        1 => 0x0101_0101_0101_0101,
        2 => 0x0001_0001_0001_0001,
        4 => 0x0000_0001_0000_0001,
        _ => 1,
    };
    all & !ones == 0
}

/// The baskets, and as many empty ones as lack to a total.
fn with_empty(baskets: Transactions<String>, total: i64) -> Result<Transactions<String>, Error> {
    let mut empty = (total as u64).saturating_sub(baskets.len() as u64);
    if empty == 0 {
        return Ok(baskets);
    }
    let (mut offsets, mut codes, mut weights) = (vec![0usize], Vec::new(), Vec::<i64>::new());
    for (basket, weight) in baskets.weighted() {
        codes.extend(basket.ids().map(|id| id.index() as u32));
        offsets.push(codes.len());
        weights.push(i64::from(weight));
    }
    while empty > 0 {
        let weight = empty.min(u64::from(u32::MAX));
        offsets.push(codes.len());
        weights.push(weight as i64);
        empty -= weight;
    }
    Transactions::from_weighted_codes(&offsets, &codes, &weights, baskets.dictionary().labels().to_vec())
}

/// Takes Arrow data as baskets are taken: their rows and elements, and where in memory the elements of each batch are.
#[pyfunction]
pub(crate) fn hand_over(data: &Bound<'_, PyAny>) -> PyResult<(usize, usize, Vec<usize>)> {
    let table = Table::of(data)?;
    run(data.py(), &Run::default(), |_, token| {
        let (mut rows, mut elements, mut places) = (0, 0, Vec::new());
        for batch in table.until(token).flatten() {
            rows += batch.num_rows();
            for column in batch.columns() {
                if let Some(lists) = column.as_list_opt::<i32>() {
                    elements += lists.values().len();
                    places.extend(lists.values().to_data().buffers().first().map(|buffer| buffer.as_ptr().addr()));
                }
            }
        }
        Ok((rows, elements, places))
    })
}
