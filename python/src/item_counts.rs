//! How often each item occurs, counted in parts.

use itemset::distributed::ItemCounts;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::baskets::Baskets;
use crate::distributed::{read, written};
use crate::errors::{invalid, raised};
use crate::labels::{Kind, Objects, label_of, one_label};

/// How often each item occurs, and what the labels are: nothing is known of that before the first.
#[pyclass(module = "itemset._itemset")]
#[derive(Default)]
pub(crate) struct CountTable {
    pub(crate) counts: ItemCounts<String>,
    pub(crate) kind: Option<Kind>,
}

impl CountTable {
    fn check(&self, kind: Kind) -> PyResult<()> {
        match self.kind {
            Some(known) if known != kind => Err(PyValueError::new_err(format!(
                "labels must all be text or all be whole numbers, and there are {} and {}: make them text, for example \
                 with `str`",
                known.name(),
                kind.name()
            ))),
            _ => Ok(()),
        }
    }
}

#[pymethods]
impl CountTable {
    #[new]
    fn new() -> Self {
        CountTable::default()
    }

    /// What `dump` wrote.
    #[staticmethod]
    fn load(kind: Option<&str>, bytes: &[u8]) -> PyResult<Self> {
        let counts: ItemCounts<String> = read("counts", bytes)?;
        let kind = kind.map(Kind::of_name).transpose()?;
        match kind {
            Some(kind) => counts.sorted().try_for_each(|(label, _)| kind.check(label))?,
            None if counts.is_empty() => {}
            None => return Err(PyValueError::new_err("the stored counts are damaged: their labels are of no kind")),
        }
        Ok(CountTable { counts, kind })
    }

    /// The kind of labels, and the counts as JSON.
    fn dump<'py>(&self, py: Python<'py>) -> PyResult<(Option<&'static str>, Bound<'py, PyBytes>)> {
        Ok((self.kind.map(Kind::name), PyBytes::new(py, &written(&self.counts)?)))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.kind == other.kind && self.counts == other.counts
    }

    /// The distinct items.
    fn __len__(&self) -> usize {
        self.counts.len()
    }

    /// The baskets, the empty ones included.
    fn baskets(&self) -> u64 {
        self.counts.baskets()
    }

    /// Adds baskets.
    fn add(&mut self, baskets: &Bound<'_, Baskets>) -> PyResult<()> {
        let Baskets { baskets, kind } = baskets.get();
        if baskets.dictionary().labels().is_empty() {
            return self.counts.add_transactions(baskets).map_err(raised);
        }
        self.check(*kind)?;
        self.counts.add_transactions(baskets).map_err(raised)?;
        self.kind = Some(*kind);
        Ok(())
    }

    /// Adds counts that something else found.
    fn add_counts(&mut self, labels: &Bound<'_, PyAny>, counts: Vec<u64>, baskets: u64) -> PyResult<()> {
        let (mut pairs, mut kind, mut counts) = (Vec::new(), self.kind, counts.into_iter());
        for label in labels.try_iter()? {
            let label = label?;
            let (text, found) = label_of(&label)?.ok_or_else(|| {
                invalid("counts", label.repr().map_or(String::new(), |text| text.to_string()), "labels")
            })?;
            if *kind.get_or_insert(found) != found {
                return self.check(found).and(Err(invalid("counts", label.repr()?, "labels of one type")));
            }
            let count = counts.next().ok_or_else(|| invalid("counts", "fewer counts than labels", "one for each"))?;
            pairs.push((text, count));
        }
        let more = ItemCounts::from_counts(pairs, baskets).map_err(raised)?;
        self.counts.merge(&more).map_err(raised)?;
        self.kind = kind;
        Ok(())
    }

    /// Adds the counts of other baskets.
    fn merge(&mut self, others: PyRef<'_, CountTable>) -> PyResult<()> {
        others.kind.map_or(Ok(()), |kind| self.check(kind))?;
        self.counts.merge(&others.counts).map_err(raised)?;
        self.kind = self.kind.or(others.kind);
        Ok(())
    }

    /// The baskets with an item.
    fn count_of(&self, label: &Bound<'_, PyAny>) -> PyResult<u64> {
        match self.kind {
            Some(kind) => Ok(self.counts.count_of(one_label(label, kind, "label")?.as_str())),
            None => Ok(0),
        }
    }

    /// The items and their counts, in the order of the labels: numbers by their text.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<(Vec<Bound<'py, PyAny>>, Vec<u64>)> {
        let mut objects = Objects::new(py, self.kind.unwrap_or(Kind::Text));
        let mut labels = Vec::with_capacity(self.counts.len());
        let mut counts = Vec::with_capacity(self.counts.len());
        for (label, count) in self.counts.sorted() {
            labels.push(objects.get(label)?);
            counts.push(count);
        }
        Ok((labels, counts))
    }
}
