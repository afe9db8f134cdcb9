//! The classes of a window over baskets that come and go, and of what a refresh of it finds.

use itemset::snapshot::{Snapshot, SnapshotReader};
use itemset::window::{Refresh, Window};
use itemset::{Correction, Transactions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::baskets::Baskets;
use crate::errors::{invalid, raised};
use crate::itemsets::{Found, ItemsetTable};
use crate::labels::{Kind, Objects, label_of, labels_of};
use crate::mining::{MineSettings, Request};
use crate::run::{Run, run};

/// Baskets by partition, what their labels are and what the keys of the partitions are: not known before the first.
#[pyclass(module = "itemset._itemset")]
pub(crate) struct WindowTable {
    window: Window<String, String>,
    labels: Option<Kind>,
    keys: Option<Kind>,
}

/// Whole numbers as texts in their order.
const SIGN: u64 = 1 << 63;

fn text_of(number: i64) -> String {
    format!("{:020}", number as u64 ^ SIGN)
}

fn number_of(text: &str) -> PyResult<i64> {
    text.parse()
        .map(|number: u64| (number ^ SIGN) as i64)
        .map_err(|_| PyValueError::new_err("the stored window is damaged"))
}

impl WindowTable {
    /// The text that a key is kept as, and its kind. It has to be that of the others.
    fn key(&self, key: &Bound<'_, PyAny>) -> PyResult<(String, Kind)> {
        let expected = match self.keys {
            None => "text or a whole number",
            Some(Kind::Text) => "text, as the other keys are",
            Some(Kind::Int) => "a whole number, as the other keys are",
        };
        match label_of(key) {
            Ok(Some((text, kind))) if self.keys.is_none_or(|keys| keys == kind) => match kind {
                Kind::Text => Ok((text, kind)),
                Kind::Int => Ok((text_of(text.parse()?), kind)),
            },
            _ => Err(invalid("key", key.repr()?, expected)),
        }
    }
}

#[pymethods]
impl WindowTable {
    #[new]
    fn new(settings: MineSettings<'_>) -> PyResult<Self> {
        let request = Request::new(settings, Kind::Text)?;
        match request.is_plain() {
            true => Ok(WindowTable { window: Window::new(request.miner), labels: None, keys: None }),
            false => Err(PyValueError::new_err(
                "a window finds all frequent itemsets: without a target, constraints, min_len and top_k",
            )),
        }
    }

    /// What `dump` wrote.
    #[staticmethod]
    fn load(settings: MineSettings<'_>, labels: Option<&str>, keys: Option<&str>, bytes: &[u8]) -> PyResult<Self> {
        let miner = Request::new(settings, Kind::Text)?.miner;
        let window: Window<String, String> =
            SnapshotReader::from_bytes(bytes).and_then(|reader| reader.window(miner)).map_err(raised)?;
        let [labels, keys] = [labels, keys].map(|kind| kind.map(Kind::of_name).transpose());
        let (labels, keys) = (labels?, keys?);
        if keys == Some(Kind::Int) {
            window.keys().try_for_each(|key| number_of(key).map(drop))?;
        }
        if let Some(labels) = labels {
            let baskets = window.transactions().map_err(raised)?;
            baskets.dictionary().labels().iter().try_for_each(|label| labels.check(label))?;
        }
        Ok(WindowTable { window, labels, keys })
    }

    /// The kinds of labels and keys, and a snapshot of the baskets.
    fn dump<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Option<&'static str>, Option<&'static str>, Bound<'py, PyBytes>)> {
        let mut bytes = Vec::new();
        Snapshot::new().window(&self.window).write_to(&mut bytes).map_err(raised)?;
        Ok((self.labels.map(Kind::name), self.keys.map(Kind::name), PyBytes::new(py, &bytes)))
    }

    /// The baskets.
    fn __len__(&self) -> usize {
        self.window.len()
    }

    /// Those of a partition.
    fn len_of(&self, key: &Bound<'_, PyAny>) -> PyResult<usize> {
        Ok(self.window.len_of(&self.key(key)?.0))
    }

    /// The keys of the partitions, in their order.
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let object = |key: &String| match self.keys {
            Some(Kind::Int) => Ok(number_of(key)?.into_pyobject(py)?.into_any()),
            _ => Ok(key.into_pyobject(py)?.into_any()),
        };
        self.window.keys().map(object).collect()
    }

    /// Adds baskets to a partition.
    fn add(&mut self, key: &Bound<'_, PyAny>, baskets: &Bound<'_, Baskets>) -> PyResult<()> {
        let (key, kind) = self.key(key)?;
        let Baskets { baskets, kind: labels } = baskets.get();
        let has_labels = !baskets.dictionary().labels().is_empty();
        if let (true, Some(known)) = (has_labels && self.labels != Some(*labels), self.labels) {
            let found = format_args!("labels of type {}", labels.name());
            return Err(invalid("data", found, format_args!("{}, as the other baskets have", known.name())));
        }
        self.window.add_transactions(key, baskets).map_err(raised)?;
        self.keys = Some(kind);
        if has_labels {
            self.labels = Some(*labels);
        }
        Ok(())
    }

    /// Retires a partition; how many baskets it had.
    fn retire(&mut self, key: &Bound<'_, PyAny>) -> PyResult<usize> {
        let (key, _) = self.key(key)?;
        Ok(self.window.retire(&key))
    }

    /// Retires all partitions before one.
    fn retire_before(&mut self, key: &Bound<'_, PyAny>) -> PyResult<usize> {
        let (key, _) = self.key(key)?;
        Ok(self.window.retire_before(&key))
    }

    /// Forgets one basket of a partition.
    fn forget(&mut self, key: &Bound<'_, PyAny>, basket: &Bound<'_, PyAny>) -> PyResult<()> {
        let (key, _) = self.key(key)?;
        let labels = labels_of(basket, self.labels.unwrap_or(Kind::Text), "basket")?;
        self.window.forget(&key, labels.iter().map(String::as_str)).map_err(raised)
    }

    /// All baskets.
    fn baskets(&self) -> PyResult<Baskets> {
        Baskets::new(self.window.transactions().map_err(raised)?, self.labels.unwrap_or(Kind::Text))
    }

    /// The itemsets of what is there.
    fn refresh(&mut self, py: Python<'_>, options: Run<'_>) -> PyResult<RefreshTable> {
        let window = &mut self.window;
        let refresh = run(py, &options, |options, _| window.refresh_with(&options))?;
        Ok(RefreshTable { refresh, kind: self.labels.unwrap_or(Kind::Text) })
    }
}

/// What a refresh found.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct RefreshTable {
    refresh: Refresh<String>,
    kind: Kind,
}

/// An itemset, how it changed, its counts and all baskets before and after, and the corrected p-value.
type Changed<'py> = (Bound<'py, PyTuple>, String, u64, u64, u64, u64, f64);

#[pymethods]
impl RefreshTable {
    fn itemsets(&self) -> ItemsetTable {
        ItemsetTable::new(Found::Frequent(self.refresh.itemsets().clone()), self.kind)
    }

    /// The baskets that came.
    fn added(&self) -> PyResult<Baskets> {
        self.with(self.refresh.added())
    }

    /// The baskets that went.
    fn retired(&self) -> PyResult<Baskets> {
        self.with(self.refresh.retired())
    }

    /// The itemsets that changed: all, or those that did by more than chance.
    #[pyo3(signature = (alpha, correction, options))]
    fn changes<'py>(
        &self,
        py: Python<'py>,
        alpha: Option<f64>,
        correction: &str,
        options: Run<'py>,
    ) -> PyResult<Vec<Changed<'py>>> {
        let correction: Correction = correction.parse().map_err(raised)?;
        let (changes, adjusted, are_kept) = run(py, &options, |options, _| {
            let changes = self.refresh.itemset_changes_with(&options)?;
            let adjusted = changes.adjusted_p_values(correction);
            let are_kept: Vec<bool> = match alpha {
                None => vec![true; changes.len()],
                Some(alpha) => {
                    // In the order of all.
                    let kept = changes.significant(alpha, correction)?;
                    let mut kept = kept.iter().peekable();
                    changes.iter().map(|change| kept.next_if(|kept| *kept == change).is_some()).collect()
                }
            };
            Ok((changes, adjusted, are_kept))
        })?;
        let mut objects = Objects::new(py, self.kind);
        let kept = changes.iter().zip(&adjusted).zip(&are_kept).filter(|(_, is_kept)| **is_kept);
        let rows = kept.map(|((change, p_value), _)| {
            let items = PyTuple::new(py, objects.all(change.items().iter())?)?;
            let (before, after) = (change.count_before(), change.count_after());
            let kind = change.kind().to_string();
            Ok((items, kind, before, change.baskets_before(), after, change.baskets_after(), p_value.value()))
        });
        rows.collect()
    }
}

impl RefreshTable {
    fn with(&self, baskets: &Transactions<String>) -> PyResult<Baskets> {
        Baskets::new(baskets.clone(), self.kind)
    }
}
