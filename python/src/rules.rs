//! The class of rules.

use std::sync::atomic::Ordering::Relaxed;

use hashbrown::HashMap;
use itemset::io::RuleColumn;
use itemset::snapshot::{Snapshot, SnapshotReader};
use itemset::{Contingency, Hypotheses, Measure, Rule, Rules};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule, PyList, PyTuple};

use crate::columns::{Form, bytes_of, filled, rule_batches};
use crate::errors::raised;
use crate::itemsets::{match_of, side_of};
use crate::labels::{Kind, NoCycles, Objects, labels_of};
use crate::recommender::RecommenderTable;
use crate::report::ReportSettings;
use crate::run::{Run, on_threads, run};
use crate::subsets::NONE;

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

/// A list of sides, and where in it the antecedents and the consequents are.
type SideColumns<'py> = (Bound<'py, PyList>, Bound<'py, PyByteArray>, Bound<'py, PyByteArray>);

/// The antecedents, or the consequents, of rules: equal ones have one number.
#[derive(Default)]
struct Sides {
    /// The node of a path that is longer by one label, by the node and the address of the label: a result has each
    /// once.
    children: HashMap<(u32, usize), u32>,
    /// The number of each node, the root first.
    numbers: Vec<u32>,
    /// The first rule of each number.
    firsts: Vec<usize>,
    /// The numbers of the rules.
    places: Vec<u32>,
}

impl Sides {
    /// Both. If equal ones are not one, each has a number of its own.
    fn of(rules: &Rules<String>, are_one: bool) -> [Self; 2] {
        let mut sides = on_threads(vec![true, false], |is_left| {
            let mut sides = Sides { numbers: vec![NONE], ..Sides::default() };
            match (are_one, is_left) {
                (false, _) => (sides.firsts, sides.places) = (0..).zip(0..).take(rules.len()).unzip(),
                (_, true) => rules.iter().for_each(|rule| sides.push(rule.antecedent())),
                (_, false) => rules.iter().for_each(|rule| sides.push(rule.consequent())),
            }
            sides
        });
        let right = sides.pop().unwrap_or_default();
        [sides.pop().unwrap_or_default(), right]
    }

    fn push<'l>(&mut self, labels: impl Iterator<Item = &'l String>) {
        let Sides { children, numbers, firsts, places } = self;
        let node = labels.fold(0, |node, label| {
            *children.entry((node, std::ptr::from_ref(label).addr())).or_insert_with(|| {
                numbers.push(NONE);
                numbers.len() as u32 - 1
            })
        });
        let number = &mut numbers[node as usize];
        if *number == NONE {
            *number = firsts.len() as u32;
            firsts.push(places.len());
        }
        places.push(*number);
    }

    fn find<'l>(&self, mut labels: impl Iterator<Item = &'l String>) -> Option<u32> {
        let child = |node, label| self.children.get(&(node, std::ptr::from_ref::<String>(label).addr())).copied();
        let node = labels.try_fold(0, child)?;
        self.numbers.get(node as usize).copied().filter(|&number| number != NONE)
    }
}

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

    /// The distinct sides, as `tuple`, `list` or `frozenset`, and where among them the antecedents and the
    /// consequents are, as numbers of 64 bits. Lists can be changed, so each is distinct.
    fn sides<'py>(&self, py: Python<'py>, form: &str) -> PyResult<SideColumns<'py>> {
        let form = Form::of_name(form)?;
        let are_one = !matches!(form, Form::List);
        let [antecedents, consequents] = py.detach(|| Sides::of(&self.rules, are_one));
        let _guard = NoCycles::new(py)?;
        let mut objects = Objects::new(py, self.kind);
        let distinct = PyList::empty(py);
        let mut add = |labels: &mut dyn Iterator<Item = &String>| -> PyResult<usize> {
            distinct.append(form.make(py, objects.all(labels)?)?)?;
            Ok(distinct.len() - 1)
        };
        let rules = |sides: &Sides| sides.firsts.clone().into_iter().filter_map(|first| self.rules.get(first));
        rules(&antecedents).try_for_each(|rule| add(&mut rule.antecedent()).map(drop))?;
        let consequent = |rule: Rule<'_, String>| match antecedents.find(rule.consequent()) {
            Some(place) if are_one => Ok(place as usize),
            _ => add(&mut rule.consequent()),
        };
        let places = rules(&consequents).map(consequent).collect::<PyResult<Vec<_>>>()?;
        let bytes = |places: Vec<[u8; 8]>| PyByteArray::new(py, places.as_flattened());
        let left = antecedents.places.iter().map(|&place| i64::from(place).to_ne_bytes()).collect();
        let right = consequents.places.iter().map(|&place| (places[place as usize] as i64).to_ne_bytes()).collect();
        Ok((distinct.clone(), bytes(left), bytes(right)))
    }

    /// The counts `n`, `n_x`, `n_y` and `n_xy`, as numbers of 64 bits, and then measures, as floats, one column after
    /// the other. `room` makes an array for so many.
    fn columns<'py>(&self, measures: Vec<String>, room: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        const COUNTS: [fn(&Contingency) -> u64; 4] =
            [Contingency::n, Contingency::n_x, Contingency::n_y, Contingency::n_xy];
        let measures: Vec<Measure> =
            measures.iter().map(|measure| measure.parse().map_err(raised)).collect::<PyResult<_>>()?;
        filled(room, COUNTS.len() + measures.len(), self.rules.len(), |rows, columns| {
            let (counts, floats) = columns.split_at(COUNTS.len());
            for (place, rule) in rows.clone().filter_map(|row| self.rules.get(row)).enumerate() {
                let table = rule.counts();
                counts.iter().zip(COUNTS).for_each(|(column, count)| column[place].store(count(&table), Relaxed));
                for (column, &measure) in floats.iter().zip(&measures) {
                    column[place].store(table.measure(measure).to_bits(), Relaxed);
                }
            }
        })
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
