//! Searches in parts, for a cluster: plans, prefixes and the search of a group. All of it depends on its arguments
//! alone. The classes that people call, with their documentation, are in `itemset/distributed.py`.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::DataType;
use hashbrown::HashMap;
use itemset::distributed::{GroupItemsets, GroupMiner, MinePlan};
use itemset::{Contingency, Error, Itemset, Miner, Target};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule};

use crate::baskets::{Baskets, Codes};
use crate::capsules::{give, refused, take};
use crate::errors::{invalid, raised};
use crate::item_counts::CountTable;
use crate::itemsets::{Found, ItemsetTable};
use crate::labels::{Kind, Objects};
use crate::mining::Threshold;
use crate::prefixes::{GroupRows, PLAN, Prefixes, itemset_batches, rank_batches};
use crate::run::{Run, run};

/// What a rank must be.
const A_RANK: &str = "a rank, 0 or more";

/// A plan, and what its labels are.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct PlanTable {
    plan: MinePlan<String>,
    target: Target,
    kind: Kind,
}

#[pymethods]
impl PlanTable {
    /// From counts and the settings of a miner.
    #[staticmethod]
    fn of_counts(
        counts: &CountTable,
        min_support: Threshold,
        max_len: Option<usize>,
        target: &str,
        algorithm: &str,
        groups: usize,
    ) -> PyResult<Self> {
        let mut miner = Miner::new().min_support(min_support).algorithm(algorithm.parse().map_err(raised)?);
        if let Some(max_len) = max_len {
            miner = miner.max_len(max_len);
        }
        let plan = MinePlan::new(&miner, &counts.counts, groups).map_err(raised)?;
        let target: Target = target.parse().map_err(raised)?;
        let plan = plan.target(target).map_err(raised)?;
        Ok(PlanTable { plan, target, kind: counts.kind.unwrap_or(Kind::Text) })
    }

    /// What `dump` wrote.
    #[staticmethod]
    fn load(kind: &str, bytes: &[u8]) -> PyResult<Self> {
        let (plan, kind): (MinePlan<String>, Kind) = (read("plan", bytes)?, Kind::of_name(kind)?);
        (0..plan.items() as u32).filter_map(|rank| plan.item(rank)).try_for_each(|(label, _)| kind.check(label))?;
        // The plan does not tell, but is stored with it.
        let mut stored: serde_json::Map<String, serde_json::Value> = read("plan", bytes)?;
        let target = stored.remove("target").and_then(|target| serde_json::from_value(target).ok());
        let target = target.ok_or_else(|| PyValueError::new_err("the stored plan cannot be read: it has no target"))?;
        Ok(PlanTable { plan, target, kind })
    }

    /// The kind of labels, and the plan as JSON.
    fn dump<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyBytes>)> {
        Ok((self.kind.name(), PyBytes::new(py, &written(&self.plan)?)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.kind == other.kind && self.plan == other.plan
    }

    fn kind(&self) -> &'static str {
        self.kind.name()
    }

    fn target(&self) -> String {
        self.target.to_string()
    }

    fn groups(&self) -> usize {
        self.plan.groups()
    }

    fn items(&self) -> usize {
        self.plan.items()
    }

    fn basket_count(&self) -> u64 {
        self.plan.basket_count()
    }

    fn min_count(&self) -> u64 {
        self.plan.min_count()
    }

    fn fingerprint(&self) -> u64 {
        self.plan.fingerprint()
    }

    fn costs(&self) -> Vec<u64> {
        self.plan.costs()
    }

    /// The item of a rank, and the baskets that hold it.
    fn item<'py>(&self, py: Python<'py>, rank: u32) -> PyResult<Option<(Bound<'py, PyAny>, u64)>> {
        let item = self.plan.item(rank);
        item.map(|(label, count)| Ok((Objects::new(py, self.kind).get(label)?, count))).transpose()
    }

    /// The group of a rank.
    fn group_of(&self, rank: u32) -> Option<usize> {
        self.plan.group_of(rank)
    }

    /// The prefixes that the groups need of baskets, equal ones merged: the columns `group`, `prefix` and `weight`.
    fn project<'py>(&self, py: Python<'py>, baskets: &Bound<'py, Baskets>) -> PyResult<Bound<'py, PyCapsule>> {
        let Baskets { baskets, kind } = baskets.get();
        if *kind != self.kind && self.plan.items() > 0 && !baskets.dictionary().labels().is_empty() {
            return Err(invalid(
                "data",
                format_args!("labels of type {}", kind.name()),
                format_args!("labels of type {}, as the plan has", self.kind.name()),
            ));
        }
        let (schema, batches) = py
            .detach(|| {
                let mut projector = self.plan.projector();
                let mut prefixes = Prefixes::default();
                for (basket, weight) in baskets.weighted() {
                    for (group, prefix) in projector.project(basket.iter().map(String::as_str)) {
                        // There are no more groups than 2^20.
                        prefixes.push(group as u32, prefix, i64::from(weight));
                    }
                }
                prefixes.merged()?.batches(Some(self.plan.fingerprint().to_string()))
            })
            .map_err(refused)?;
        give(py, schema, batches)
    }

    /// The search of a group.
    fn group(&self, group: usize) -> PyResult<GroupSearch> {
        let miner = self.plan.group(group).map_err(raised)?;
        Ok(GroupSearch { group, plan: self.plan.fingerprint(), miner: Some(miner) })
    }

    /// Runs the search of a group, and gives its itemsets. With labels: the columns `items` and `freq`. Else, for the
    /// last check: `group`, `ranks`, descending, and `freq`.
    fn mine<'py>(
        &self,
        py: Python<'py>,
        search: &Bound<'py, GroupSearch>,
        with_labels: bool,
        options: Run<'py>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let taken = search.try_borrow_mut()?.miner.take();
        let miner = taken.ok_or_else(|| PyValueError::new_err("the group was mined: take a new one from the plan"))?;
        let found = run(py, &options, move |options, _| miner.mine_with(&options))?;
        let (schema, batches) = py
            .detach(|| {
                if !with_labels {
                    return rank_batches(&found, self.plan.fingerprint());
                }
                let places = self.places();
                let mut ranks = Vec::new();
                let itemsets = found.iter().map(|(descending, count)| {
                    ranks.clear();
                    ranks.extend_from_slice(descending);
                    ranks.sort_unstable_by_key(|&rank| places[rank as usize]);
                    // Ranks of the plan have items.
                    let labels = ranks.iter().filter_map(|&rank| self.plan.item(rank));
                    (labels.map(|(label, _)| label).collect::<Vec<_>>(), count)
                });
                itemset_batches(self.kind, itemsets)
            })
            .map_err(refused)?;
        give(py, schema, batches)
    }

    /// The itemsets of groups, from the columns that `mine` gives without labels, all together: as `mine` gives them
    /// with labels, for the target of the plan.
    ///
    /// For closed itemsets these may be those of some counts, since only itemsets of the same count hide each other.
    fn checked<'py>(
        &self,
        py: Python<'py>,
        data: &Bound<'py, PyAny>,
        options: Run<'py>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let groups = self.found(data)?;
        let (plan, kind, target) = (&self.plan, self.kind, self.target);
        let batches = run(py, &options, move |options, _| {
            Ok(match target {
                Target::Closed => {
                    let found = plan.join_closed(&groups, &options)?;
                    // If some counts are missing, so are beginnings of itemsets, which the join then makes up.
                    let came: HashMap<&[u32], u64> = groups.iter().flat_map(GroupItemsets::iter).collect();
                    let has_come = |set: &Itemset<'_, String>| {
                        let mut ranks: Vec<u32> = set.iter().filter_map(|label| plan.rank(label.as_str())).collect();
                        ranks.sort_unstable_by(|one, other| other.cmp(one));
                        came.get(&ranks[..]) == Some(&set.count())
                    };
                    itemset_batches(kind, found.iter().filter(has_come).map(row_of))
                }
                Target::Maximal => {
                    let found = plan.join_maximal(&groups, &options)?;
                    itemset_batches(kind, found.iter().map(row_of))
                }
                _ => {
                    let found = plan.join_with(&groups, &options)?;
                    itemset_batches(kind, found.iter().map(row_of))
                }
            })
        })?;
        let (schema, batches) = batches.map_err(refused)?;
        give(py, schema, batches)
    }

    /// All frequent itemsets of all groups, from the columns that `mine` gives without labels.
    fn join(&self, py: Python<'_>, data: &Bound<'_, PyAny>, options: Run<'_>) -> PyResult<ItemsetTable> {
        let groups = self.found(data)?;
        let plan = &self.plan;
        let found = run(py, &options, move |options, _| -> Result<_, Error> { plan.join_with(&groups, &options) })?;
        Ok(ItemsetTable::new(Found::Frequent(found), self.kind))
    }
}

impl PlanTable {
    /// The place of each rank in the order of the labels.
    fn places(&self) -> Vec<u32> {
        let label = |rank: u32| self.plan.item(rank).map(|(label, _)| label);
        // There are no more items than a u32 numbers.
        let mut ranks: Vec<u32> = (0..self.plan.items() as u32).collect();
        match self.kind {
            Kind::Text => ranks.sort_by_key(|&rank| label(rank)),
            Kind::Int => ranks.sort_by_key(|&rank| label(rank).map(|label| crate::labels::number(label))),
        }
        let mut places = vec![0; ranks.len()];
        (0..).zip(&ranks).for_each(|(place, &rank)| places[rank as usize] = place);
        places
    }

    /// What each group found. Groups of which nothing came found nothing, as far as this is known before all are joined.
    fn found(&self, data: &Bound<'_, PyAny>) -> PyResult<Vec<GroupItemsets>> {
        let mut rows = GroupRows::new(self.plan.groups());
        for_each_batch(data, &["group", "ranks", "freq"], Some(self.plan.fingerprint()), |columns| {
            let (groups, freq) = (whole::<Int32Type>("group", &columns[0])?, whole::<Int64Type>("freq", &columns[2])?);
            let ranks = Ranks::of("ranks", &columns[1])?;
            let mut scratch = Vec::new();
            for row in 0..groups.len() {
                ranks.get(row, &mut scratch)?;
                rows.push(groups.value(row), &scratch, freq.value(row))?;
            }
            Ok(())
        })?;
        rows.finish(self.plan.fingerprint())
    }
}

/// The search of one group, until it is made.
#[pyclass(module = "itemset._itemset")]
pub(crate) struct GroupSearch {
    group: usize,
    /// The fingerprint of its plan.
    plan: u64,
    miner: Option<GroupMiner>,
}

#[pymethods]
impl GroupSearch {
    fn group(&self) -> usize {
        self.group
    }

    /// About how many bytes are held.
    fn bytes(&self) -> u64 {
        self.miner.as_ref().map_or(0, GroupMiner::bytes)
    }

    /// Adds prefixes: the columns `prefix` and `weight`. A row without ranks and weight says only that the group is
    /// there.
    fn push(&mut self, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let miner = self.miner.as_mut();
        let miner = miner.ok_or_else(|| PyValueError::new_err("the group was mined: take a new one from the plan"))?;
        for_each_batch(data, &["prefix", "weight"], Some(self.plan), |columns| {
            let (prefixes, weights) = (Ranks::of("prefix", &columns[0])?, whole::<Int64Type>("weight", &columns[1])?);
            let mut scratch = Vec::new();
            for row in 0..weights.len() {
                prefixes.get(row, &mut scratch)?;
                // It was checked: it is 0 or more.
                let weight = weight_of(weights, row)?.unsigned_abs();
                if weight > 0 || !scratch.is_empty() {
                    miner.push(&scratch, weight).map_err(raised)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// Equal prefixes of a table with the columns `group`, `prefix` and `weight` merged, in the order of groups and
/// prefixes.
#[pyfunction]
pub(crate) fn merge_prefixes<'py>(py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyCapsule>> {
    let mut prefixes = Prefixes::default();
    let plan = for_each_batch(data, &["group", "prefix", "weight"], None, |columns| {
        let (groups, weights) = (whole::<Int32Type>("group", &columns[0])?, whole::<Int64Type>("weight", &columns[2])?);
        let ranks = Ranks::of("prefix", &columns[1])?;
        let mut scratch = Vec::new();
        for row in 0..groups.len() {
            ranks.get(row, &mut scratch)?;
            let group = u32::try_from(groups.value(row))
                .map_err(|_| invalid("group", groups.value(row), "the number of a group"))?;
            prefixes.push(group, &scratch, weight_of(weights, row)?);
        }
        Ok(())
    })?;
    let (schema, batches) = py.detach(|| prefixes.merged()?.batches(plan)).map_err(refused)?;
    give(py, schema, batches)
}

/// A measure of rules of which the counts are columns: floats of 64 bits.
#[pyfunction]
pub(crate) fn measure_values<'py>(
    py: Python<'py>,
    name: &str,
    n: u64,
    n_x: Codes,
    n_y: Codes,
    n_xy: Codes,
) -> PyResult<Bound<'py, PyByteArray>> {
    let measure = name.parse().map_err(raised)?;
    let (n_x, n_y, n_xy) = (n_x.0, n_y.0, n_xy.0);
    if n_x.len() != n_y.len() || n_x.len() != n_xy.len() {
        return Err(invalid("counts", "columns of different lengths", "columns of one length"));
    }
    let mut bytes = Vec::with_capacity(n_x.len() * 8);
    for ((&n_x, &n_y), &n_xy) in n_x.iter().zip(&n_y).zip(&n_xy) {
        // A negative count is larger than any number of baskets.
        let counts = Contingency::new(n, n_x as u64, n_y as u64, n_xy as u64).map_err(raised)?;
        bytes.extend(counts.measure(measure).to_ne_bytes());
    }
    Ok(PyByteArray::new(py, &bytes))
}

/// The labels of an itemset, and its count.
fn row_of(set: Itemset<'_, String>) -> (Vec<&String>, u64) {
    (set.iter().collect(), set.count())
}

/// The weight of a row, 0 or more.
fn weight_of(weights: &PrimitiveArray<Int64Type>, row: usize) -> PyResult<i64> {
    let weight = weights.value(row);
    if weight < 0 { Err(invalid("weight", weight, "a number of baskets")) } else { Ok(weight) }
}

/// Calls a function with the columns of each batch of a table. Gives the fingerprint of the plan that the table is of, if
/// the table tells; it must be the one asked for.
fn for_each_batch(
    data: &Bound<'_, PyAny>,
    names: &[&str],
    plan: Option<u64>,
    mut each: impl FnMut(&[ArrayRef]) -> PyResult<()>,
) -> PyResult<Option<String>> {
    let expected = format_args!("Arrow data with the columns {}", names.join(", ")).to_string();
    let wrong = || PyValueError::new_err(format!("invalid data (expected {expected})"));
    let taken = take(data)?.ok_or_else(wrong)?;
    let found = taken.field.metadata().get(PLAN).cloned();
    if let (Some(found), Some(plan)) = (&found, plan)
        && *found != plan.to_string()
    {
        let found = format_args!("columns of the plan with the fingerprint {found}").to_string();
        return Err(invalid("data", found, format_args!("those of this plan, whose fingerprint is {plan}")));
    }
    for array in taken.arrays {
        let array = array.map_err(refused)?;
        let structs = array.as_struct_opt().ok_or_else(wrong)?;
        let columns: Option<Vec<ArrayRef>> = names.iter().map(|name| structs.column_by_name(name).cloned()).collect();
        each(&columns.ok_or_else(wrong)?)?;
    }
    Ok(found)
}

/// A column of whole numbers, all there.
fn whole<'a, T: arrow_array::ArrowPrimitiveType>(name: &str, column: &'a ArrayRef) -> PyResult<&'a PrimitiveArray<T>> {
    let values = column.as_primitive_opt::<T>().filter(|values| values.null_count() == 0);
    values.ok_or_else(|| {
        let found = format_args!("a column of {} with {} missing values", column.data_type(), column.null_count());
        invalid(name, found, format_args!("a column of {} without missing values", T::DATA_TYPE))
    })
}

/// A column of lists of ranks, all there.
struct Ranks<'a> {
    name: &'static str,
    values: &'a [i32],
    /// Where each list is among the values.
    places: Vec<Range<usize>>,
}

impl<'a> Ranks<'a> {
    fn of(name: &'static str, column: &'a ArrayRef) -> PyResult<Self> {
        let wrong = || {
            let found = format_args!("a column of {} with {} missing lists", column.data_type(), column.null_count());
            invalid(name, found.to_string(), "lists of int32, all there")
        };
        let (places, values) = places_of(column).filter(|_| column.null_count() == 0).ok_or_else(wrong)?;
        let values = values.as_primitive_opt::<Int32Type>().ok_or_else(wrong)?;
        if values.null_count() > 0 {
            return Err(invalid(name, "lists with missing ranks", "lists of int32, all there"));
        }
        Ok(Ranks { name, values: values.values(), places })
    }

    /// The ranks of a row. What is no rank makes them an error: of the plan, or of the group.
    fn get(&self, row: usize, ranks: &mut Vec<u32>) -> PyResult<()> {
        ranks.clear();
        for &value in &self.values[self.places[row].clone()] {
            ranks.push(u32::try_from(value).map_err(|_| invalid(self.name, value, A_RANK))?);
        }
        Ok(())
    }
}

/// Where the lists of a column are, of any of the types that libraries have, and their values.
fn places_of(column: &ArrayRef) -> Option<(Vec<Range<usize>>, &ArrayRef)> {
    let between = |offsets: &mut dyn Iterator<Item = usize>| {
        let mut start = offsets.next().unwrap_or_default();
        offsets.map(|end| std::mem::replace(&mut start, end)..end).collect()
    };
    let pieces =
        |starts: &mut dyn Iterator<Item = (usize, usize)>| starts.map(|(start, len)| start..start + len).collect();
    Some(match column.data_type() {
        DataType::List(_) => {
            let lists = column.as_list::<i32>();
            (between(&mut lists.value_offsets().iter().map(|&offset| offset as usize)), lists.values())
        }
        DataType::LargeList(_) => {
            let lists = column.as_list::<i64>();
            (between(&mut lists.value_offsets().iter().map(|&offset| offset as usize)), lists.values())
        }
        DataType::ListView(_) => {
            let lists = column.as_list_view::<i32>();
            let places = lists.value_offsets().iter().zip(lists.value_sizes());
            (pieces(&mut places.map(|(&start, &len)| (start as usize, len as usize))), lists.values())
        }
        DataType::LargeListView(_) => {
            let lists = column.as_list_view::<i64>();
            let places = lists.value_offsets().iter().zip(lists.value_sizes());
            (pieces(&mut places.map(|(&start, &len)| (start as usize, len as usize))), lists.values())
        }
        _ => return None,
    })
}

pub(crate) fn written(value: &impl serde::Serialize) -> PyResult<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| PyValueError::new_err(error.to_string()))
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(what: &str, bytes: &[u8]) -> PyResult<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| PyValueError::new_err(format!("the stored {what} cannot be read: {error}")))
}
