//! Results as columns: of Arrow, and lists of Python for frames.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow_array::builder::{Int64Builder, ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use itemset::Rules;
use itemset::io::RuleColumn;
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyList, PyTuple};

use crate::capsules::bits_of_floats;
use crate::errors::invalid;
use crate::itemsets::Found;
use crate::labels::{Kind, in_order, number};
use crate::run::on_threads;

/// Rows of a batch: few batches, and none near what its offsets can hold.
pub(crate) const ROWS: usize = 65536;

/// Bytes of labels in a batch.
pub(crate) const LABEL_BYTES: usize = 256 << 20;

/// What a set of items is in Python.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    Tuple,
    List,
    FrozenSet,
}

impl Form {
    pub(crate) fn of_name(name: &str) -> PyResult<Self> {
        match name {
            "tuple" => Ok(Form::Tuple),
            "list" => Ok(Form::List),
            "frozenset" => Ok(Form::FrozenSet),
            _ => Err(invalid("items", name, "tuple, list or frozenset")),
        }
    }

    pub(crate) fn make<'py>(self, py: Python<'py>, items: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            Form::Tuple => PyTuple::new(py, items)?.into_any(),
            Form::List => PyList::new(py, items)?.into_any(),
            Form::FrozenSet => PyFrozenSet::new(py, items)?.into_any(),
        })
    }
}

/// A column of lists of labels.
pub(crate) enum Lists {
    Text(ListBuilder<StringBuilder>),
    Int(ListBuilder<Int64Builder>),
}

impl Lists {
    pub(crate) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Text => Lists::Text(ListBuilder::new(StringBuilder::new()).with_field(Field::new(
                "item",
                DataType::Utf8,
                false,
            ))),
            Kind::Int => {
                Lists::Int(ListBuilder::new(Int64Builder::new()).with_field(Field::new("item", DataType::Int64, false)))
            }
        }
    }

    pub(crate) fn field(name: &str, kind: Kind) -> Field {
        let element = match kind {
            Kind::Text => DataType::Utf8,
            Kind::Int => DataType::Int64,
        };
        Field::new(name, DataType::List(Arc::new(Field::new("item", element, false))), false)
    }

    pub(crate) fn push<'l>(&mut self, labels: impl Iterator<Item = &'l String>) {
        match self {
            Lists::Text(lists) => {
                labels.for_each(|label| lists.values().append_value(label));
                lists.append(true);
            }
            Lists::Int(lists) => {
                in_order(labels, Kind::Int).iter().for_each(|label| lists.values().append_value(number(label)));
                lists.append(true);
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Lists::Text(lists) => lists.values_ref().values_slice().len(),
            Lists::Int(lists) => lists.values_ref().values_slice().len() * 8,
        }
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        match self {
            Lists::Text(lists) => Arc::new(lists.finish()),
            Lists::Int(lists) => Arc::new(lists.finish()),
        }
    }
}

/// Batches of itemsets: at least one, for the types.
pub(crate) fn itemset_batches(found: &Found, kind: Kind) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let schema = Arc::new(Schema::new(vec![
        Lists::field("items", kind),
        Field::new("count", DataType::UInt64, false),
        Field::new("support", DataType::Float64, false),
    ]));
    let mut batches = Vec::with_capacity(found.len() / ROWS + 1);
    let mut itemsets = found.iter().peekable();
    while itemsets.peek().is_some() || batches.is_empty() {
        let (mut lists, mut counts, mut supports) = (Lists::new(kind), Vec::new(), Vec::new());
        while counts.len() < ROWS && lists.bytes() < LABEL_BYTES {
            let Some(itemset) = itemsets.next() else { break };
            lists.push(itemset.iter());
            counts.push(itemset.count());
            supports.push(itemset.support());
        }
        let columns: Vec<ArrayRef> =
            vec![lists.finish(), Arc::new(UInt64Array::from(counts)), Arc::new(Float64Array::from(supports))];
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    Ok((schema, batches))
}

/// Batches of rules: at least one, for the types.
pub(crate) fn rule_batches(
    rules: &Rules<String>,
    kind: Kind,
    measures: &[RuleColumn],
) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    const COUNTS: [&str; 4] = ["n", "n_x", "n_y", "n_xy"];
    let sides = ["antecedent", "consequent"].map(|name| Lists::field(name, kind));
    let counts = COUNTS.map(|name| Field::new(name, DataType::UInt64, false));
    let values = measures.iter().map(|measure| Field::new(measure.name(), DataType::Float64, false));
    let schema = Arc::new(Schema::new(sides.into_iter().chain(counts).chain(values).collect::<Vec<_>>()));
    let mut batches = Vec::with_capacity(rules.len() / ROWS + 1);
    let mut all = rules.iter().peekable();
    while all.peek().is_some() || batches.is_empty() {
        let mut sides = [Lists::new(kind), Lists::new(kind)];
        let mut counts = [const { Vec::new() }; 4];
        let mut values = vec![Vec::new(); measures.len()];
        while counts[0].len() < ROWS && sides.iter().map(Lists::bytes).sum::<usize>() < LABEL_BYTES {
            let Some(rule) = all.next() else { break };
            sides[0].push(rule.antecedent());
            sides[1].push(rule.consequent());
            let table = rule.counts();
            let numbers = [table.n(), table.n_x(), table.n_y(), table.n_xy()];
            counts.iter_mut().zip(numbers).for_each(|(column, number)| column.push(number));
            for (column, measure) in values.iter_mut().zip(measures) {
                column.push(measure.value(rule, None).unwrap_or(f64::NAN));
            }
        }
        let sides = sides.iter_mut().map(Lists::finish);
        let counts = counts.into_iter().map(|column| Arc::new(UInt64Array::from(column)) as ArrayRef);
        let values = values.into_iter().map(|column| Arc::new(Float64Array::from(column)) as ArrayRef);
        batches.push(RecordBatch::try_new(Arc::clone(&schema), sides.chain(counts).chain(values).collect())?);
    }
    Ok((schema, batches))
}

/// Numbers of 64 bits as the bytes of a column.
pub(crate) fn bytes_of(values: impl Iterator<Item = [u8; 8]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.size_hint().0 * 8);
    for value in values {
        bytes.extend_from_slice(&value);
    }
    bytes
}

/// Rows whose columns are filled together: what they are computed from stays in the cache.
const FILLED: usize = 1 << 13;

/// An array of floats, which `room` makes: so many columns, one after the other. `fill` gets some rows, and the part
/// of each column that is theirs, as the bits of the floats. It may put other numbers of 64 bits there.
pub(crate) fn filled<'py>(
    room: &Bound<'py, PyAny>,
    columns: usize,
    rows: usize,
    fill: impl Fn(&Range<usize>, &[&[AtomicU64]]) + Sync,
) -> PyResult<Bound<'py, PyAny>> {
    let array = room.call1((columns * rows,))?;
    if columns * rows == 0 {
        // It may have no address that is one of floats.
        return Ok(array);
    }
    let buffer = PyBuffer::<f64>::get(&array)?;
    let words = bits_of_floats(&buffer, room.py()).filter(|words| words.len() == columns * rows);
    let words = words.ok_or_else(|| invalid("room", array.get_type(), "what makes an array of so many floats"))?;
    room.py().detach(|| {
        let columns: Vec<&[AtomicU64]> = words.chunks_exact(rows.max(1)).collect();
        let parts = (0..rows).step_by(FILLED).map(|start| start..(start + FILLED).min(rows));
        on_threads(parts.collect(), |part: Range<usize>| {
            let columns: Vec<_> = columns.iter().map(|column| &column[part.clone()]).collect();
            fill(&part, &columns);
        });
    });
    Ok(array)
}
