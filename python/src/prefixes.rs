//! Prefixes and the itemsets of groups as columns.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder};
use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Metadata, Schema, SchemaRef};
use itemset::distributed::GroupItemsets;
use pyo3::prelude::*;

use crate::columns::{LABEL_BYTES, Lists, ROWS};
use crate::distributed::read;
use crate::errors::invalid;
use crate::labels::Kind;

/// Ranks of a batch, well below what its offsets can hold.
const RANKS: usize = 1 << 24;

/// Prefixes with their groups and weights.
#[derive(Default)]
pub(crate) struct Prefixes {
    /// Of all, one after the other.
    ranks: Vec<u32>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy)]
struct Row {
    group: u32,
    start: usize,
    end: usize,
    weight: i64,
}

impl Prefixes {
    pub(crate) fn push(&mut self, group: u32, prefix: &[u32], weight: i64) {
        let start = self.ranks.len();
        self.ranks.extend_from_slice(prefix);
        self.rows.push(Row { group, start, end: self.ranks.len(), weight });
    }

    /// Equal ones as one with the sum of the weights, in the order of groups and prefixes.
    pub(crate) fn merged(mut self) -> Result<Self, ArrowError> {
        let Prefixes { ranks, rows } = &mut self;
        let prefix = |row: &Row| &ranks[row.start..row.end];
        let order = |one: &Row, other: &Row| -> Ordering {
            one.group.cmp(&other.group).then_with(|| prefix(one).cmp(prefix(other)))
        };
        rows.sort_unstable_by(order);
        let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
        for &row in &*rows {
            match merged.last_mut() {
                Some(last) if order(last, &row) == Ordering::Equal => {
                    let sum = last.weight.checked_add(row.weight);
                    last.weight =
                        sum.ok_or_else(|| ArrowError::ArithmeticOverflow("the sum of the weights".to_string()))?;
                }
                _ => merged.push(row),
            }
        }
        *rows = merged;
        Ok(self)
    }

    /// The columns `group`, `prefix` and `weight` of a plan, if it is known: at least one batch, for the types.
    pub(crate) fn batches(&self, plan: Option<String>) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
        let columns = vec![
            Field::new("group", DataType::Int32, false),
            ranks_field("prefix"),
            Field::new("weight", DataType::Int64, false),
        ];
        let schema = schema_of_plan(columns, plan);
        let (mut batches, mut rows) = (Vec::new(), self.rows.iter().peekable());
        while rows.peek().is_some() || batches.is_empty() {
            let (mut groups, mut prefixes, mut weights) = (Vec::new(), rank_lists(), Vec::new());
            while groups.len() < ROWS && prefixes.values_ref().values_slice().len() < RANKS {
                let Some(row) = rows.next() else { break };
                // There are no more groups than 2^20.
                groups.push(row.group as i32);
                append(&mut prefixes, &self.ranks[row.start..row.end])?;
                weights.push(row.weight);
            }
            let columns: Vec<ArrayRef> = vec![
                Arc::new(Int32Array::from(groups)),
                Arc::new(prefixes.finish()),
                Arc::new(Int64Array::from(weights)),
            ];
            batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
        }
        Ok((schema, batches))
    }
}

/// What the schema of columns that mean something with one plan alone has of it: its fingerprint.
pub(crate) const PLAN: &str = "itemset.plan";

fn schema_of_plan(columns: Vec<Field>, plan: Option<String>) -> SchemaRef {
    let plan = plan.map(|plan| (PLAN.to_string(), plan));
    Arc::new(Schema::new(columns).with_metadata(plan.into_iter().collect::<Metadata>()))
}

fn ranks_field(name: &str) -> Field {
    Field::new(name, DataType::List(Arc::new(Field::new("element", DataType::Int32, false))), false)
}

fn rank_lists() -> ListBuilder<Int32Builder> {
    ListBuilder::new(Int32Builder::new()).with_field(Field::new("element", DataType::Int32, false))
}

/// Spark has no numbers without a sign.
fn append(lists: &mut ListBuilder<Int32Builder>, ranks: &[u32]) -> Result<(), ArrowError> {
    for &rank in ranks {
        let rank = i32::try_from(rank).map_err(|_| {
            ArrowError::InvalidArgumentError(format!("a rank of {rank}: there are more than 2^31 frequent items"))
        })?;
        lists.values().append_value(rank);
    }
    lists.append(true);
    Ok(())
}

/// The columns `group`, `ranks`, descending, and `freq` of what a group found: at least one batch, for the types.
pub(crate) fn rank_batches(found: &GroupItemsets, plan: u64) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let columns = vec![
        Field::new("group", DataType::Int32, false),
        ranks_field("ranks"),
        Field::new("freq", DataType::Int64, false),
    ];
    let schema = schema_of_plan(columns, Some(plan.to_string()));
    let (mut batches, mut itemsets) = (Vec::new(), found.iter().peekable());
    while itemsets.peek().is_some() || batches.is_empty() {
        let (mut ranks, mut counts) = (rank_lists(), Vec::new());
        while counts.len() < ROWS && ranks.values_ref().values_slice().len() < RANKS {
            let Some((descending, count)) = itemsets.next() else { break };
            append(&mut ranks, descending)?;
            // There are no more baskets than an i64 counts.
            counts.push(count as i64);
        }
        let groups = vec![found.group() as i32; counts.len()];
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int32Array::from(groups)), Arc::new(ranks.finish()), Arc::new(Int64Array::from(counts))];
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    Ok((schema, batches))
}

/// The columns `items` and `freq` of itemsets whose labels are in their order: at least one batch, for the types.
pub(crate) fn itemset_batches<'l>(
    kind: Kind,
    itemsets: impl Iterator<Item = (Vec<&'l String>, u64)>,
) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let schema = Arc::new(Schema::new(vec![Lists::field("items", kind), Field::new("freq", DataType::Int64, false)]));
    let (mut batches, mut itemsets) = (Vec::new(), itemsets.peekable());
    while itemsets.peek().is_some() || batches.is_empty() {
        let (mut lists, mut counts) = (Lists::new(kind), Vec::new());
        while counts.len() < ROWS && lists.bytes() < LABEL_BYTES {
            let Some((labels, count)) = itemsets.next() else { break };
            lists.push(labels.into_iter());
            // There are no more baskets than an i64 counts.
            counts.push(count as i64);
        }
        let columns: Vec<ArrayRef> = vec![lists.finish(), Arc::new(Int64Array::from(counts))];
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    Ok((schema, batches))
}

/// What groups found, from rows in any order.
pub(crate) struct GroupRows {
    groups: Vec<Vec<(Vec<u32>, u64)>>,
}

impl GroupRows {
    pub(crate) fn new(groups: usize) -> Self {
        GroupRows { groups: vec![Vec::new(); groups] }
    }

    pub(crate) fn push(&mut self, group: i32, descending: &[u32], count: i64) -> PyResult<()> {
        let groups = self.groups.len();
        let rows = usize::try_from(group).ok().and_then(|group| self.groups.get_mut(group));
        let rows = rows.ok_or_else(|| invalid("group", group, format_args!("a number below {groups}")))?;
        if descending.is_empty() || !descending.is_sorted_by(|a, b| a > b) {
            return Err(invalid("ranks", format_args!("{descending:?}"), "ranks that descend, at least one"));
        }
        let count = u64::try_from(count).map_err(|_| invalid("freq", count, "a number of baskets"))?;
        rows.push((descending.to_vec(), count));
        Ok(())
    }

    /// Each group, in the canonical order.
    pub(crate) fn finish(self, fingerprint: u64) -> PyResult<Vec<GroupItemsets>> {
        let found = self.groups.into_iter().enumerate().map(|(group, mut rows)| {
            rows.sort_unstable();
            if let Some(twice) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                let found = format_args!("the itemset of the ranks {:?} twice", twice[0].0).to_string();
                return Err(invalid("data", found, "what each group found, once"));
            }
            let ranks: Vec<u32> = rows.iter().flat_map(|(ranks, _)| ranks.iter().copied()).collect();
            let lens: Vec<usize> = rows.iter().map(|(ranks, _)| ranks.len()).collect();
            let counts: Vec<u64> = rows.iter().map(|&(_, count)| count).collect();
            // As it is stored: the only way to make it of what was sent, with all its checks.
            let head = format!(r#""format":1,"fingerprint":{fingerprint},"group":{group},"algorithm":"eclat""#);
            let stored = format!(r#"{{{head},"ranks":{ranks:?},"lens":{lens:?},"counts":{counts:?}}}"#);
            read("itemsets", stored.as_bytes())
        });
        found.collect()
    }
}
