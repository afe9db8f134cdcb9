//! Searches in parts, for a cluster: plans, prefixes and the search of a group. All of it depends on its arguments
//! alone. The classes that people call, with their documentation, are in `itemset/distributed.py`.

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, ListArray, PrimitiveArray};
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
use crate::prefixes::{GroupRows, Prefixes, itemset_batches, rank_batches};
use crate::run::{Run, run};

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
        let mut stored: serde_json::Value = read("plan", bytes)?;
        let target = serde_json::from_value(stored["target"].take()).map_err(|error| damaged("plan", &error))?;
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
                prefixes.merged()?.batches()
            })
            .map_err(refused)?;
        give(py, schema, batches)
    }

    /// The search of a group.
    fn group(&self, group: usize) -> PyResult<GroupSearch> {
        Ok(GroupSearch { group, miner: Some(self.plan.group(group).map_err(raised)?) })
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
                    return rank_batches(&found);
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

    /// What each group found. Groups of which nothing came found nothing.
    fn found(&self, data: &Bound<'_, PyAny>) -> PyResult<Vec<GroupItemsets>> {
        let mut rows = GroupRows::new(self.plan.groups());
        for_each_batch(data, &["group", "ranks", "freq"], |columns| {
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
        for_each_batch(data, &["prefix", "weight"], |columns| {
            let (prefixes, weights) = (Ranks::of("prefix", &columns[0])?, whole::<Int64Type>("weight", &columns[1])?);
            let mut scratch = Vec::new();
            for row in 0..weights.len() {
                prefixes.get(row, &mut scratch)?;
                let weight = u64::try_from(weights.value(row))
                    .map_err(|_| invalid("weight", weights.value(row), "a number of baskets"))?;
                if weight > 0 || !scratch.is_empty() {
                    miner.push(&scratch, weight).map_err(raised)?;
                }
            }
            Ok(())
        })
    }
}

/// Equal prefixes of a table with the columns `group`, `prefix` and `weight` merged, in the order of groups and
/// prefixes.
#[pyfunction]
pub(crate) fn merge_prefixes<'py>(py: Python<'py>, data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyCapsule>> {
    let mut prefixes = Prefixes::default();
    for_each_batch(data, &["group", "prefix", "weight"], |columns| {
        let (groups, weights) = (whole::<Int32Type>("group", &columns[0])?, whole::<Int64Type>("weight", &columns[2])?);
        let ranks = Ranks::of("prefix", &columns[1])?;
        let mut scratch = Vec::new();
        for row in 0..groups.len() {
            ranks.get(row, &mut scratch)?;
            let group = u32::try_from(groups.value(row))
                .map_err(|_| invalid("group", groups.value(row), "the number of a group"))?;
            prefixes.push(group, &scratch, weights.value(row));
        }
        Ok(())
    })?;
    let (schema, batches) = py.detach(|| prefixes.merged()?.batches()).map_err(refused)?;
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

/// Calls a function with the columns of each batch of a table.
fn for_each_batch(
    data: &Bound<'_, PyAny>,
    names: &[&str],
    mut each: impl FnMut(&[ArrayRef]) -> PyResult<()>,
) -> PyResult<()> {
    let expected = format_args!("Arrow data with the columns {}", names.join(", ")).to_string();
    let wrong = || PyValueError::new_err(format!("invalid data (expected {expected})"));
    for array in take(data)?.ok_or_else(wrong)?.arrays {
        let array = array.map_err(refused)?;
        let structs = array.as_struct_opt().ok_or_else(wrong)?;
        let columns: Option<Vec<ArrayRef>> = names.iter().map(|name| structs.column_by_name(name).cloned()).collect();
        each(&columns.ok_or_else(wrong)?)?;
    }
    Ok(())
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
    lists: &'a ListArray,
    values: &'a [i32],
}

impl<'a> Ranks<'a> {
    fn of(name: &'static str, column: &'a ArrayRef) -> PyResult<Self> {
        let lists = column.as_list_opt::<i32>().filter(|lists| lists.null_count() == 0);
        let wrong = || invalid(name, format_args!("a column of {}", column.data_type()), "lists of int32");
        let lists = lists.ok_or_else(wrong)?;
        let values = lists.values().as_primitive_opt::<Int32Type>().ok_or_else(wrong)?;
        Ok(Ranks { name, lists, values: values.values() })
    }

    /// The ranks of a row. What is no rank makes them an error: of the plan, or of the group.
    fn get(&self, row: usize, ranks: &mut Vec<u32>) -> PyResult<()> {
        let offsets = self.lists.value_offsets();
        ranks.clear();
        for &value in &self.values[offsets[row] as usize..offsets[row + 1] as usize] {
            ranks.push(u32::try_from(value).map_err(|_| invalid(self.name, value, "a rank, 0 or more"))?);
        }
        Ok(())
    }
}

pub(crate) fn written(value: &impl serde::Serialize) -> PyResult<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| PyValueError::new_err(error.to_string()))
}

pub(crate) fn read<T: serde::de::DeserializeOwned>(what: &str, bytes: &[u8]) -> PyResult<T> {
    serde_json::from_slice(bytes).map_err(|error| damaged(what, &error))
}

fn damaged(what: &str, error: &serde_json::Error) -> PyErr {
    PyValueError::new_err(format!("the stored {what} are damaged: {error}"))
}
