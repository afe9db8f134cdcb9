//! Rows of itemsets and rules become batches.

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, Float64Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};

use super::super::column::RuleColumn;
use super::super::csv::{ITEMSET_HEADER, RULE_HEADER};
use crate::error::Error;
use crate::rules::{Redundancy, Rule};

/// Rows of a batch.
pub(super) const ROWS: usize = 8192;

/// Bytes of labels in a batch, far below what a column of it can hold.
const LABEL_BYTES: usize = 16 << 20;

/// Sets of labels, counts and measures while rows are added.
#[derive(Debug)]
pub(super) struct Batch {
    schema: SchemaRef,
    sides: Vec<ListBuilder<StringBuilder>>,
    counts: Vec<UInt64Builder>,
    values: Vec<Float64Builder>,
}

/// The field of the labels of a side, called as the format of Parquet wants it.
fn element() -> Field {
    Field::new("element", DataType::Utf8, false)
}

impl Batch {
    fn new<'n>(sides: &[&'n str], counts: &[&'n str], values: impl Iterator<Item = &'n str>) -> Self {
        let values: Vec<&str> = values.collect();
        let lists = sides.iter().map(|name| (*name, DataType::List(Arc::new(element()))));
        let numbers = counts.iter().map(|name| (*name, DataType::UInt64));
        let floats = values.iter().map(|name| (*name, DataType::Float64));
        let fields = lists.chain(numbers).chain(floats).map(|(name, data_type)| Field::new(name, data_type, false));
        let side = || ListBuilder::new(StringBuilder::new()).with_field(element());
        Batch {
            schema: Arc::new(Schema::new(fields.collect::<Vec<_>>())),
            sides: sides.iter().map(|_| side()).collect(),
            counts: counts.iter().map(|_| UInt64Builder::new()).collect(),
            values: values.iter().map(|_| Float64Builder::new()).collect(),
        }
    }

    pub(super) fn of_itemsets() -> Self {
        let [items, count, support] = ITEMSET_HEADER;
        Batch::new(&[items], &[count], std::iter::once(support))
    }

    pub(super) fn of_rules(columns: &[RuleColumn]) -> Self {
        Batch::new(&RULE_HEADER[..2], &RULE_HEADER[2..], columns.iter().map(|column| column.name()))
    }

    #[cfg(feature = "parquet")]
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn add_itemset<L: Display>(&mut self, items: impl Iterator<Item = L>, count: u64, support: f64) {
        push_side(&mut self.sides[0], items);
        self.counts[0].append_value(count);
        self.values[0].append_value(support);
    }

    pub(super) fn add_rule<T: Display>(
        &mut self,
        rule: Rule<'_, T>,
        redundancy: Option<&Redundancy>,
        columns: &[RuleColumn],
    ) {
        push_side(&mut self.sides[0], rule.antecedent());
        push_side(&mut self.sides[1], rule.consequent());
        let counts = rule.counts();
        let counts = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
        self.counts.iter_mut().zip(counts).for_each(|(column, count)| column.append_value(count));
        for (values, column) in self.values.iter_mut().zip(columns) {
            // Those that need other rules were refused where there are none.
            values.append_value(column.value(rule, redundancy).unwrap_or(f64::NAN));
        }
    }

    /// Whether the rows are enough for a batch.
    pub(super) fn is_full(&self) -> bool {
        let bytes = |side: &ListBuilder<StringBuilder>| side.values_ref().values_slice().len();
        self.counts[0].len() >= ROWS || self.sides.iter().map(bytes).sum::<usize>() >= LABEL_BYTES
    }

    /// The rows so far, after which there are none.
    pub(super) fn take(&mut self) -> Result<RecordBatch, Error> {
        let sides = self.sides.iter_mut().map(|side| Arc::new(side.finish()) as ArrayRef);
        let counts = self.counts.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let values = self.values.iter_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let columns = sides.chain(counts).chain(values).collect();
        // The columns are those of the schema, and of one length.
        RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error: ArrowError| Error::table(None, error))
    }
}

fn push_side<L: Display>(side: &mut ListBuilder<StringBuilder>, labels: impl Iterator<Item = L>) {
    for label in labels {
        // A builder takes all that is written to it.
        let _ = write!(side.values(), "{label}");
        side.values().append_value("");
    }
    side.append(true);
}
