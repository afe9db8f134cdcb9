//! The class of rules.

use hashbrown::HashMap;
use itemset::io::RuleColumn;
use itemset::snapshot::{Snapshot, SnapshotReader};
use itemset::{Contingency, Hypotheses, Measure, Rules};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule, PyList, PyTuple};

use crate::columns::{Form, bytes_of, rule_batches};
use crate::errors::raised;
use crate::itemsets::{match_of, side_of};
use crate::labels::{Kind, Objects, in_order, labels_of};
use crate::recommender::RecommenderTable;
use crate::report::ReportSettings;
use crate::run::{Run, run};

/// Rules, how many were searched, and what their labels are.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct RuleTable {
    pub(crate) rules: Rules<String>,
    pub(crate) hypotheses: Hypotheses,
    pub(crate) kind: Kind,
}

impl RuleTable {
    /// Some of the rules. They were searched among as many.
    fn with(&self, rules: Rules<String>) -> Self {
        RuleTable { rules, hypotheses: self.hypotheses.clone(), kind: self.kind }
    }
}

/// Both sides and the four counts.
pub(crate) type Row<'py> = (Bound<'py, PyTuple>, Bound<'py, PyTuple>, u64, u64, u64, u64);

#[pymethods]
impl RuleTable {
    /// What `dump` wrote.
    #[staticmethod]
    fn load(kind: &str, hypotheses: &str, bytes: &[u8]) -> PyResult<Self> {
        let rules: Rules<String> =
            SnapshotReader::from_bytes(bytes).and_then(|reader| reader.rules()).map_err(raised)?;
        let kind = Kind::of_name(kind)?;
        rules
            .iter()
            .flat_map(|rule| rule.antecedent().chain(rule.consequent()))
            .try_for_each(|label| kind.check(label))?;
        let hypotheses = serde_json::from_str(hypotheses)
            .map_err(|error| PyValueError::new_err(format!("the stored rules are damaged: {error}")))?;
        Ok(RuleTable { rules, hypotheses, kind })
    }

    /// The kind of labels, the number of hypotheses, and the snapshot of the rules.
    fn dump<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, String, Bound<'py, PyBytes>)> {
        let mut bytes = Vec::new();
        Snapshot::new().rules(&self.rules).write_to(&mut bytes).map_err(raised)?;
        let hypotheses =
            serde_json::to_string(&self.hypotheses).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok((self.kind.name(), hypotheses, PyBytes::new(py, &bytes)))
    }

    fn __len__(&self) -> usize {
        self.rules.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.kind == other.kind && self.rules == other.rules
    }

    /// The baskets that were searched.
    fn basket_count(&self) -> u64 {
        self.rules.basket_count()
    }

    /// The first lines of their text.
    fn text(&self, rows: usize) -> String {
        let lines: Vec<String> = self.rules.iter().take(rows).map(|rule| rule.to_string()).collect();
        lines.join("\n")
    }

    /// The rule at a place.
    fn get<'py>(&self, py: Python<'py>, place: usize) -> PyResult<Row<'py>> {
        let rule = self.rules.get(place).ok_or_else(|| PyIndexError::new_err("no rule has this number"))?;
        let mut objects = Objects::new(py, self.kind);
        let antecedent = PyTuple::new(py, objects.all(rule.antecedent())?)?;
        let consequent = PyTuple::new(py, objects.all(rule.consequent())?)?;
        let counts = rule.counts();
        Ok((antecedent, consequent, counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()))
    }

    /// The items of both sides of each, as `tuple`, `list` or `frozenset`. Equal sides are one object, but for lists.
    fn sides<'py>(&self, py: Python<'py>, form: &str) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
        let form = Form::of_name(form)?;
        let mut objects = Objects::new(py, self.kind);
        let mut made: HashMap<Vec<usize>, Bound<'py, PyAny>> = HashMap::new();
        let mut key = Vec::new();
        let mut side = |labels: Vec<&String>| -> PyResult<Bound<'py, PyAny>> {
            key.clear();
            key.extend(labels.iter().map(|label| std::ptr::from_ref(*label).addr()));
            if !matches!(form, Form::List)
                && let Some(object) = made.get(&key[..])
            {
                return Ok(object.clone());
            }
            let items = labels.into_iter().map(|label| objects.get(label)).collect::<PyResult<_>>()?;
            let object = form.make(py, items)?;
            made.insert(key.clone(), object.clone());
            Ok(object)
        };
        let (antecedents, consequents) = (PyList::empty(py), PyList::empty(py));
        for rule in self.rules.iter() {
            antecedents.append(side(in_order(rule.antecedent(), self.kind))?)?;
            consequents.append(side(in_order(rule.consequent(), self.kind))?)?;
        }
        Ok((antecedents, consequents))
    }

    /// A count of each, `n`, `n_x`, `n_y` or `n_xy`, as numbers of 64 bits.
    fn counts<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyByteArray>> {
        let count: fn(&Contingency) -> u64 = match name {
            "n" => Contingency::n,
            "n_x" => Contingency::n_x,
            "n_y" => Contingency::n_y,
            "n_xy" => Contingency::n_xy,
            _ => return Err(crate::errors::invalid("count", name, "n, n_x, n_y or n_xy")),
        };
        let bytes: Vec<u8> = bytes_of(self.rules.iter().map(|rule| count(&rule.counts()).to_ne_bytes()));
        Ok(PyByteArray::new(py, &bytes))
    }

    /// A measure of each, as floats of 64 bits.
    fn values<'py>(&self, py: Python<'py>, measure: &str) -> PyResult<Bound<'py, PyByteArray>> {
        let measure: Measure = measure.parse().map_err(raised)?;
        let bytes =
            py.detach(|| -> Vec<u8> { bytes_of(self.rules.iter().map(|rule| rule.measure(measure).to_ne_bytes())) });
        Ok(PyByteArray::new(py, &bytes))
    }

    /// The columns `antecedent`, `consequent`, the four counts, and measures.
    fn stream<'py>(&self, py: Python<'py>, measures: Vec<String>) -> PyResult<Bound<'py, PyCapsule>> {
        let mut columns: Vec<RuleColumn> = Vec::new();
        for measure in &measures {
            let column = RuleColumn::from(measure.parse::<Measure>().map_err(raised)?);
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        let (schema, batches) =
            py.detach(|| rule_batches(&self.rules, self.kind, &columns)).map_err(crate::capsules::refused)?;
        crate::capsules::give(py, schema, batches)
    }

    /// All of them, the best by a measure first.
    fn sorted_by(&self, py: Python<'_>, measure: &str) -> PyResult<Self> {
        let measure: Measure = measure.parse().map_err(raised)?;
        Ok(self.with(py.detach(|| self.rules.clone().sorted_by(measure))))
    }

    /// The first `k`.
    fn head(&self, k: usize) -> Self {
        self.with(self.rules.head(k))
    }

    /// Those at some places, in this order.
    fn take(&self, places: Vec<usize>) -> PyResult<Self> {
        Ok(self.with(self.rules.select_indices(places).map_err(raised)?))
    }

    /// Those of which a side holds some items.
    fn select(&self, side: &str, holds: &str, items: &Bound<'_, PyAny>) -> PyResult<Self> {
        let labels = labels_of(items, self.kind, "items")?;
        Ok(self.with(self.rules.select(side_of(side)?, match_of(holds)?, labels.iter().map(String::as_str))))
    }

    /// Those that are not due to chance.
    fn significant(&self, py: Python<'_>, alpha: f64, correction: &str, options: Run<'_>) -> PyResult<Self> {
        let correction = correction.parse().map_err(raised)?;
        let rules =
            run(py, &options, |options, _| self.rules.significant_with(alpha, correction, &self.hypotheses, &options))?;
        Ok(self.with(rules))
    }

    /// The rules at work.
    #[pyo3(signature = (policy, margins, fill, options))]
    fn recommender(
        &self,
        py: Python<'_>,
        policy: &str,
        margins: Option<Vec<(Bound<'_, PyAny>, f64)>>,
        fill: bool,
        options: Run<'_>,
    ) -> PyResult<RecommenderTable> {
        self.recommender_of(py, policy, margins, fill, &options)
    }

    /// A page for people, or a plot as SVG if one is named.
    #[pyo3(signature = (plot, settings, options))]
    fn report(
        &self,
        py: Python<'_>,
        plot: Option<&str>,
        settings: ReportSettings<'_>,
        options: Run<'_>,
    ) -> PyResult<String> {
        self.report_of(py, plot, &settings, &options)
    }

    /// The corrected p-values.
    fn adjusted_p_values<'py>(
        &self,
        py: Python<'py>,
        correction: &str,
        options: Run<'_>,
    ) -> PyResult<Bound<'py, PyByteArray>> {
        let correction = correction.parse().map_err(raised)?;
        let values =
            run(py, &options, |options, _| self.rules.adjusted_p_values_with(correction, &self.hypotheses, &options))?;
        let bytes: Vec<u8> = bytes_of(values.iter().map(|value| value.value().to_ne_bytes()));
        Ok(PyByteArray::new(py, &bytes))
    }
}

/// The value of a measure for a table of counts.
#[pyfunction]
pub(crate) fn measure_of(name: &str, n: u64, n_x: u64, n_y: u64, n_xy: u64) -> PyResult<f64> {
    let counts = Contingency::new(n, n_x, n_y, n_xy).map_err(raised)?;
    Ok(counts.measure(name.parse().map_err(raised)?))
}

/// The names of all measures, each with its formula and whether a larger value is better.
#[pyfunction]
pub(crate) fn measures() -> Vec<(&'static str, &'static str, bool)> {
    Measure::ALL.iter().map(|measure| (measure.name(), measure.formula(), measure.larger_is_better())).collect()
}
