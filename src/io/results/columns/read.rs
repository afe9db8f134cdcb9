//! Rows from batches.

use std::str::FromStr;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields};

use super::super::column::RuleColumn;
use super::super::csv::{ITEMSET_HEADER, RULE_HEADER};
use super::super::rows::{ItemsetRow, RuleRow};
use crate::error::Error;
use crate::rules::Contingency;

/// The rows of a batch, unless it has other columns.
type Rows<T> = Result<Vec<Result<T, Error>>, Error>;

/// The itemsets of batches, whose rows are numbered from `first` on.
pub(super) fn itemsets(batch: &RecordBatch, first: u64) -> Rows<ItemsetRow> {
    let names: Vec<&str> = batch.schema_ref().fields().iter().map(|field| &field.name()[..]).collect();
    if names != ITEMSET_HEADER {
        return Err(Error::table(None, format_args!("expected the columns {}", ITEMSET_HEADER.join(", "))));
    }
    let columns = Columns { batch, first };
    Ok((0..batch.num_rows())
        .map(|row| {
            Ok(ItemsetRow {
                items: columns.labels(0, row)?,
                count: columns.count(1, row)?,
                support: columns.float(2, row)?,
            })
        })
        .collect())
}

/// The rows of batches, one by one.
pub(super) fn rows<T>(
    batches: impl Iterator<Item = Result<RecordBatch, Error>>,
    read: fn(&RecordBatch, u64) -> Rows<T>,
) -> impl Iterator<Item = Result<T, Error>> {
    let mut first = 1;
    batches.flat_map(move |batch| {
        let rows = batch.and_then(|batch| {
            let rows = read(&batch, first)?;
            first += batch.num_rows() as u64;
            Ok(rows)
        });
        rows.unwrap_or_else(|error| vec![Err(error)])
    })
}

/// Where each value stands, in the order of [`RuleColumn::all`].
fn rule_columns(fields: &Fields) -> Result<Vec<(usize, RuleColumn)>, Error> {
    let names: Vec<&str> = fields.iter().map(|field| &field.name()[..]).collect();
    let Some(chosen) = names.strip_prefix(&RULE_HEADER[..]) else {
        return Err(Error::table(None, format_args!("expected the columns {} and others", RULE_HEADER.join(", "))));
    };
    for (place, name) in chosen.iter().enumerate() {
        RuleColumn::from_str(name).map_err(|error| Error::table(None, error))?;
        if chosen[..place].contains(name) {
            return Err(Error::table(None, format_args!("the column {name} comes twice, expected it once")));
        }
    }
    let place = |column: RuleColumn| chosen.iter().position(|&name| name == column.name());
    Ok(RuleColumn::all().filter_map(|column| Some((RULE_HEADER.len() + place(column)?, column))).collect())
}

/// The rules of batches, whose rows are numbered from `first` on.
pub(super) fn rules(batch: &RecordBatch, first: u64) -> Rows<RuleRow> {
    let values = rule_columns(batch.schema_ref().fields())?;
    let columns = Columns { batch, first };
    Ok((0..batch.num_rows())
        .map(|row| {
            let count = |place| columns.count(place, row);
            let counts = Contingency::new(count(2)?, count(3)?, count(4)?, count(5)?);
            let values = values.iter().map(|&(place, column)| Ok((column, columns.float(place, row)?)));
            Ok(RuleRow {
                antecedent: columns.labels(0, row)?,
                consequent: columns.labels(1, row)?,
                counts: counts.map_err(|error| Error::table(Some(first + row as u64), error))?,
                values: values.collect::<Result<_, Error>>()?,
            })
        })
        .collect())
}

/// The columns of a batch.
struct Columns<'b> {
    batch: &'b RecordBatch,
    /// The number of the first row, from 1.
    first: u64,
}

impl Columns<'_> {
    fn labels(&self, place: usize, row: usize) -> Result<Vec<String>, Error> {
        let column = self.batch.column(place);
        let elements = match column.data_type() {
            _ if column.is_null(row) => None,
            DataType::List(_) => Some(column.as_list::<i32>().value(row)),
            DataType::LargeList(_) => Some(column.as_list::<i64>().value(row)),
            _ => None,
        };
        elements.and_then(|elements| texts(&elements)).ok_or_else(|| self.not(place, row, "a list of texts"))
    }

    fn count(&self, place: usize, row: usize) -> Result<u64, Error> {
        let column = self.batch.column(place);
        let count = match column.data_type() {
            _ if column.is_null(row) => None,
            DataType::UInt64 => Some(column.as_primitive::<UInt64Type>().value(row)),
            DataType::UInt32 => Some(column.as_primitive::<UInt32Type>().value(row).into()),
            DataType::Int64 => column.as_primitive::<Int64Type>().value(row).try_into().ok(),
            DataType::Int32 => column.as_primitive::<Int32Type>().value(row).try_into().ok(),
            _ => None,
        };
        count.ok_or_else(|| self.not(place, row, "a whole number of baskets"))
    }

    fn float(&self, place: usize, row: usize) -> Result<f64, Error> {
        let column = self.batch.column(place);
        let float = match column.data_type() {
            _ if column.is_null(row) => None,
            DataType::Float64 => Some(column.as_primitive::<Float64Type>().value(row)),
            _ => None,
        };
        float.ok_or_else(|| self.not(place, row, "a number of 64 bits"))
    }

    fn not(&self, place: usize, row: usize, expected: &str) -> Error {
        let schema = self.batch.schema_ref();
        let field = schema.field(place);
        let is =
            if self.batch.column(place).is_null(row) { "missing".to_string() } else { field.data_type().to_string() };
        let reason = format_args!("column {}, {:?}, is {is}, expected {expected}", place + 1, field.name());
        Error::table(Some(self.first + row as u64), reason)
    }
}

/// The texts of a column; `None` if it has others than that.
fn texts(array: &ArrayRef) -> Option<Vec<String>> {
    let owned = |text: Option<&str>| text.map(str::to_string);
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().iter().map(owned).collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(owned).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(owned).collect(),
        DataType::Dictionary(key, _) if **key == DataType::Int32 => {
            let dictionary = array.as_dictionary::<Int32Type>();
            let values = texts(dictionary.values())?;
            dictionary.keys().iter().map(|key| values.get(usize::try_from(key?).ok()?).cloned()).collect()
        }
        _ => None,
    }
}
