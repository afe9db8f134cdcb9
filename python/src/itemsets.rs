//! The class of itemsets.

use itemset::snapshot::{Snapshot, SnapshotReader};
use itemset::{Consequents, Error, FrequentItemsets, ItemMatch, Itemset, ItemsetList, Measure, RuleBuilder, RuleSide};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule, PyList, PyTuple};

use crate::columns::{Form, itemset_batches};
use crate::errors::raised;
use crate::labels::{Kind, NoCycles, Objects, labels_of};
use crate::rules::RuleTable;
use crate::run::{Run, run};

/// What a search found.
pub(crate) enum Found {
    /// All frequent itemsets: rules can be made of them.
    Frequent(FrequentItemsets<String>),
    /// Any others.
    List(ItemsetList<String>),
}

impl Found {
    /// The itemsets in their order.
    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = Itemset<'_, String>> + Send + '_> {
        match self {
            Found::Frequent(itemsets) => Box::new(itemsets.iter()),
            Found::List(itemsets) => Box::new(itemsets.iter()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Found::Frequent(itemsets) => itemsets.len(),
            Found::List(itemsets) => itemsets.len(),
        }
    }

    fn get(&self, place: usize) -> Option<Itemset<'_, String>> {
        match self {
            Found::Frequent(itemsets) => itemsets.get(place),
            Found::List(itemsets) => itemsets.get(place),
        }
    }
}

/// Itemsets, and what their labels are.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct ItemsetTable {
    pub(crate) found: Found,
    pub(crate) kind: Kind,
}

impl ItemsetTable {
    pub(crate) fn new(found: Found, kind: Kind) -> Self {
        ItemsetTable { found, kind }
    }

    fn frequent(&self) -> PyResult<&FrequentItemsets<String>> {
        match &self.found {
            Found::Frequent(itemsets) => Ok(itemsets),
            Found::List(_) => Err(PyValueError::new_err(
                "rules and counts need all frequent itemsets: mine without a target, constraints, min_len and top_k",
            )),
        }
    }
}

/// Labels, count and support.
type Row<'py> = (Bound<'py, PyTuple>, u64, f64);

/// The columns of items, counts and supports.
type ItemsetColumns<'py> = (Bound<'py, PyList>, Bound<'py, PyByteArray>, Bound<'py, PyByteArray>);

#[pymethods]
impl ItemsetTable {
    /// What `dump` wrote.
    #[staticmethod]
    fn load(kind: &str, form: &str, bytes: &[u8]) -> PyResult<Self> {
        let found = match form {
            "frequent" => {
                Found::Frequent(SnapshotReader::from_bytes(bytes).and_then(|reader| reader.itemsets()).map_err(raised)?)
            }
            _ => Found::List(
                serde_json::from_slice(bytes)
                    .map_err(|error| PyValueError::new_err(format!("the stored itemsets are damaged: {error}")))?,
            ),
        };
        let kind = Kind::of_name(kind)?;
        if kind == Kind::Int {
            found
                .iter()
                .flat_map(|itemset| itemset.iter().collect::<Vec<_>>())
                .try_for_each(|label| kind.check(label))?;
        }
        Ok(ItemsetTable { found, kind })
    }

    /// The kind of labels, the form, and the bytes of it.
    fn dump<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, &'static str, Bound<'py, PyBytes>)> {
        let (form, bytes) = match &self.found {
            Found::Frequent(itemsets) => {
                let mut bytes = Vec::new();
                Snapshot::new().itemsets(itemsets).write_to(&mut bytes).map_err(raised)?;
                ("frequent", bytes)
            }
            Found::List(itemsets) => {
                let bytes = serde_json::to_vec(itemsets).map_err(|error| PyValueError::new_err(error.to_string()))?;
                ("list", bytes)
            }
        };
        Ok((self.kind.name(), form, PyBytes::new(py, &bytes)))
    }

    fn __len__(&self) -> usize {
        self.found.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.kind == other.kind
            && match (&self.found, &other.found) {
                (Found::Frequent(one), Found::Frequent(other)) => one == other,
                (Found::List(one), Found::List(other)) => one == other,
                _ => false,
            }
    }

    /// Whether these are all frequent itemsets.
    fn is_complete(&self) -> bool {
        matches!(self.found, Found::Frequent(_))
    }

    /// The threshold, as a number of baskets.
    fn min_count(&self) -> u64 {
        match &self.found {
            Found::Frequent(itemsets) => itemsets.min_count(),
            Found::List(itemsets) => itemsets.min_count(),
        }
    }

    /// The baskets that were searched.
    fn basket_count(&self) -> u64 {
        match &self.found {
            Found::Frequent(itemsets) => itemsets.basket_count(),
            Found::List(itemsets) => itemsets.basket_count(),
        }
    }

    /// The number of itemsets of 1 item, of 2, and so on.
    fn by_len(&self) -> Vec<u64> {
        match &self.found {
            Found::Frequent(itemsets) => itemsets.by_len(),
            Found::List(itemsets) => itemsets.by_len(),
        }
    }

    /// The first lines of their text.
    fn text(&self, rows: usize) -> String {
        let lines: Vec<String> = self.found.iter().take(rows).map(|itemset| itemset.to_string()).collect();
        lines.join("\n")
    }

    /// The itemset at a place.
    fn get<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Row<'py>> {
        let itemset = self.found.get(place).ok_or_else(|| PyIndexError::new_err("no itemset has this number"))?;
        let items = Objects::new(py, self.kind).all(itemset.iter())?;
        Ok((PyTuple::new(py, items)?, itemset.count(), itemset.support()))
    }

    /// The count of an itemset, if it is frequent.
    fn count_of(&self, labels: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
        let labels = labels_of(labels, self.kind, "items")?;
        Ok(self.frequent()?.count_of(labels.iter().map(String::as_str)))
    }

    /// Of each the items, as `tuple`, `list` or `frozenset`, the count, as numbers of 64 bits, and the support, as
    /// floats.
    fn columns<'py>(&self, py: Python<'py>, form: &str) -> PyResult<ItemsetColumns<'py>> {
        let form = Form::of_name(form)?;
        let _guard = NoCycles::new(py)?;
        let mut objects = Objects::new(py, self.kind);
        let rows = PyList::empty(py);
        let (mut counts, mut supports) = (Vec::with_capacity(self.found.len()), Vec::with_capacity(self.found.len()));
        for itemset in self.found.iter() {
            rows.append(form.make(py, objects.all(itemset.iter())?)?)?;
            counts.push(itemset.count().to_ne_bytes());
            supports.push(itemset.support().to_ne_bytes());
        }
        let bytes = |numbers: &[[u8; 8]]| PyByteArray::new(py, numbers.as_flattened());
        Ok((rows, bytes(&counts), bytes(&supports)))
    }

    /// The columns `items`, `count` and `support`.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let (schema, batches) =
            py.detach(|| itemset_batches(&self.found, self.kind)).map_err(crate::capsules::refused)?;
        crate::capsules::give(py, schema, batches)
    }

    /// Rules of them.
    fn rules(&self, py: Python<'_>, settings: RuleSettings<'_>, options: Run<'_>) -> PyResult<RuleTable> {
        let itemsets = self.frequent()?;
        let asked = settings.resolved(self.kind)?;
        let (rules, hypotheses) = run(py, &options, |options, _| {
            let builder = asked.apply(itemsets.rules())?.run_options(&options);
            let hypotheses = builder.hypotheses();
            Ok((builder.generate()?, hypotheses))
        })?;
        Ok(RuleTable { rules, hypotheses, kind: self.kind })
    }
}

/// Which rules are made, as the method `rules` of Python has it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct RuleSettings<'py> {
    min_confidence: f64,
    consequents: String,
    antecedent_len: Option<(usize, usize)>,
    consequent_len: Option<(usize, usize)>,
    min: Vec<(String, f64)>,
    max: Vec<(String, f64)>,
    non_redundant: Option<f64>,
    top: Option<(usize, String)>,
    /// Side, match and labels.
    items: Vec<(String, String, Bound<'py, PyAny>)>,
}

/// The same, without objects of Python.
struct Asked {
    min_confidence: f64,
    consequents: Consequents,
    antecedent_len: Option<(usize, usize)>,
    consequent_len: Option<(usize, usize)>,
    min: Vec<(Measure, f64)>,
    max: Vec<(Measure, f64)>,
    non_redundant: Option<f64>,
    top: Option<(usize, Measure)>,
    items: Vec<(RuleSide, ItemMatch, Vec<String>)>,
}

impl RuleSettings<'_> {
    fn resolved(self, kind: Kind) -> PyResult<Asked> {
        let bounds = |bounds: Vec<(String, f64)>| -> PyResult<Vec<(Measure, f64)>> {
            bounds.into_iter().map(|(measure, bound)| Ok((measure.parse().map_err(raised)?, bound))).collect()
        };
        let items = self
            .items
            .iter()
            .map(|(side, holds, labels)| Ok((side_of(side)?, match_of(holds)?, labels_of(labels, kind, "items")?)));
        Ok(Asked {
            min_confidence: self.min_confidence,
            consequents: self.consequents.parse().map_err(raised)?,
            antecedent_len: self.antecedent_len,
            consequent_len: self.consequent_len,
            min: bounds(self.min)?,
            max: bounds(self.max)?,
            non_redundant: self.non_redundant,
            top: self.top.map(|(k, measure)| Ok::<_, PyErr>((k, measure.parse().map_err(raised)?))).transpose()?,
            items: items.collect::<PyResult<_>>()?,
        })
    }
}

impl Asked {
    fn apply<'a>(&self, builder: RuleBuilder<'a, String>) -> Result<RuleBuilder<'a, String>, Error> {
        let mut builder = builder.min_confidence(self.min_confidence).consequents(self.consequents);
        if let Some((least, most)) = self.antecedent_len {
            builder = builder.antecedent_len(least..=most);
        }
        if let Some((least, most)) = self.consequent_len {
            builder = builder.consequent_len(least..=most);
        }
        for &(measure, bound) in &self.min {
            builder = builder.min(measure, bound);
        }
        for &(measure, bound) in &self.max {
            builder = builder.max(measure, bound);
        }
        if let Some(improvement) = self.non_redundant {
            builder = builder.non_redundant(improvement);
        }
        if let Some((k, measure)) = self.top {
            builder = builder.top_k(k, measure);
        }
        for (side, holds, labels) in &self.items {
            builder = builder.items(*side, *holds, labels.iter().map(String::as_str));
        }
        Ok(builder)
    }
}

pub(crate) fn side_of(name: &str) -> PyResult<RuleSide> {
    match name {
        "antecedent" => Ok(RuleSide::Antecedent),
        "consequent" => Ok(RuleSide::Consequent),
        "both" => Ok(RuleSide::Both),
        _ => Err(crate::errors::invalid("side", name, "antecedent, consequent or both")),
    }
}

pub(crate) fn match_of(name: &str) -> PyResult<ItemMatch> {
    match name {
        "any" => Ok(ItemMatch::Any),
        "all" => Ok(ItemMatch::All),
        "only" => Ok(ItemMatch::Only),
        "none" => Ok(ItemMatch::None),
        _ => Err(crate::errors::invalid("match", name, "any, all, only or none")),
    }
}
