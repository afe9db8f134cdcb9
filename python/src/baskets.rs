//! The class of baskets, and baskets from lists and codes.

use itemset::Transactions;
use itemset::snapshot::{Snapshot, SnapshotReader};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use crate::errors::{invalid, raised};
use crate::labels::{Kind, Numbering, Objects, is_missing, labels_of};
use crate::run::{Run, run};

/// Baskets, and what their labels are.
#[pyclass(frozen, module = "itemset._itemset")]
pub(crate) struct Baskets {
    pub(crate) baskets: Transactions<String>,
    pub(crate) kind: Kind,
}

impl Baskets {
    /// An error if a label is not of the kind.
    pub(crate) fn new(baskets: Transactions<String>, kind: Kind) -> PyResult<Self> {
        if kind == Kind::Int {
            baskets.dictionary().labels().iter().try_for_each(|label| kind.check(label))?;
        }
        Ok(Baskets { baskets, kind })
    }
}

#[pymethods]
impl Baskets {
    /// What `dump` wrote.
    #[staticmethod]
    fn load(kind: &str, bytes: &[u8]) -> PyResult<Self> {
        let baskets = SnapshotReader::from_bytes(bytes).and_then(|reader| reader.transactions()).map_err(raised)?;
        Baskets::new(baskets, Kind::of_name(kind)?)
    }

    /// The kind of labels, and the snapshot of the baskets.
    fn dump<'py>(&self, py: Python<'py>) -> PyResult<(&'static str, Bound<'py, PyBytes>)> {
        let mut bytes = Vec::new();
        Snapshot::new().transactions(&self.baskets).write_to(&mut bytes).map_err(raised)?;
        Ok((self.kind.name(), PyBytes::new(py, &bytes)))
    }

    /// Baskets, counted with their weights.
    fn __len__(&self) -> usize {
        self.baskets.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.kind == other.kind && self.baskets == other.baskets
    }

    /// The labels, by first appearance.
    fn labels<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut objects = Objects::new(py, self.kind);
        self.baskets.dictionary().labels().iter().map(|label| objects.get(label)).collect()
    }

    /// The number of distinct labels.
    fn label_count(&self) -> usize {
        self.baskets.dictionary().labels().len()
    }

    /// Items of all baskets, counted with the weights.
    fn entries(&self) -> u64 {
        self.baskets.entries()
    }

    /// The kind of labels.
    fn kind(&self) -> &'static str {
        self.kind.name()
    }

    /// The baskets with an item, if any has it.
    fn count_of(&self, label: &Bound<'_, PyAny>) -> PyResult<u64> {
        let labels = labels_of(PyList::new(label.py(), [label])?.as_any(), self.kind, "label")?;
        Ok(labels.first().and_then(|label| self.baskets.count_of(label.as_str())).unwrap_or(0))
    }

    /// A look at them: in words, and as JSON.
    fn describe(&self, py: Python<'_>, top: usize, options: Run<'_>) -> PyResult<(String, String)> {
        let found = run(py, &options, |options, _| self.baskets.describe_with(top, &options))?;
        let json = serde_json::to_string(&found).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok((found.to_string(), json))
    }

    /// The labels of each stored basket, and how many equal ones it stands for.
    fn rows<'py>(&self, py: Python<'py>) -> PyResult<Vec<(Bound<'py, PyList>, u32)>> {
        let mut objects = Objects::new(py, self.kind);
        let rows = self.baskets.weighted();
        rows.map(|(basket, weight)| Ok((PyList::new(py, objects.all(basket.iter())?)?, weight))).collect()
    }
}

/// Baskets from lists of labels.
#[pyfunction]
#[pyo3(signature = (rows, weights=None))]
pub(crate) fn from_lists<'py>(rows: &Bound<'py, PyAny>, weights: Option<Vec<i64>>) -> PyResult<Baskets> {
    if rows.is_instance_of::<PyString>() {
        return Err(invalid("data", rows.repr()?, "an iterable of baskets, each an iterable of labels"));
    }
    let mut numbering = Numbering::new(rows.py());
    let (mut offsets, mut codes, mut kept) = (vec![0usize], Vec::<u32>::new(), Vec::<i64>::new());
    let mut count = 0;
    for (row, basket) in rows.try_iter()?.enumerate() {
        let basket = basket?;
        count = row + 1;
        // If they are too few, that is told at the end.
        let weight = weights.as_ref().and_then(|weights| weights.get(row)).copied().unwrap_or(1);
        // A list that is missing is no basket.
        if !basket.is_instance_of::<PyList>()
            && (is_missing(&basket)? || basket.extract::<f64>().is_ok_and(f64::is_nan))
        {
            continue;
        }
        let expected = "an iterable of labels for each basket";
        if basket.is_instance_of::<PyString>() || basket.is_instance_of::<PyBytes>() {
            return Err(invalid("data", format_args!("{} as basket {row}", basket.repr()?), expected));
        }
        let add = |numbering: &mut Numbering<'py>, codes: &mut Vec<u32>| -> PyResult<()> {
            // Lists are the usual case, and their own way is twice as fast.
            if let Ok(basket) = basket.cast::<PyList>() {
                for label in basket.iter() {
                    codes.extend(numbering.code(&label)?);
                }
                return Ok(());
            }
            let labels = basket.try_iter().map_err(|_| match basket.repr() {
                Ok(text) => invalid("data", format_args!("{text} as basket {row}"), expected),
                Err(error) => error,
            })?;
            for label in labels {
                codes.extend(numbering.code(&label?)?);
            }
            Ok(())
        };
        add(&mut numbering, &mut codes)?;
        offsets.push(codes.len());
        kept.push(weight);
        if row % 65536 == 0 {
            rows.py().check_signals()?;
        }
    }
    check_weights(weights.as_ref().map(Vec::len), count)?;
    let kind = numbering.kind();
    from_codes(rows.py(), &offsets, &codes, weights.as_ref().map(|_| &kept[..]), numbering.labels, kind)
}

/// Baskets from columns of codes: those of keys and of items, both positions in lists of labels; -1 is missing.
#[pyfunction]
pub(crate) fn from_pairs(keys: Codes, codes: Codes, labels: &Bound<'_, PyAny>) -> PyResult<Baskets> {
    let py = labels.py();
    let (labels, kind) = dictionary(labels)?;
    let baskets = py.detach(|| {
        let (mut keys, mut codes) = (keys.0, codes.0);
        let are_there = |(key, code): &(i64, i64)| *key >= 0 && *code >= 0;
        if keys.len() == codes.len() {
            (keys, codes) = keys.into_iter().zip(codes).filter(are_there).unzip();
        }
        Transactions::from_code_pairs(&keys, &codes, labels)
    });
    Baskets::new(baskets.map_err(raised)?, kind)
}

/// Baskets from lists of codes.
pub(crate) fn from_codes(
    py: Python<'_>,
    offsets: &[usize],
    codes: &[u32],
    weights: Option<&[i64]>,
    labels: Vec<String>,
    kind: Kind,
) -> PyResult<Baskets> {
    let baskets = py.detach(|| match weights {
        None => Transactions::from_codes(offsets, codes, labels),
        Some(weights) => Transactions::from_weighted_codes(offsets, codes, weights, labels),
    });
    Baskets::new(baskets.map_err(raised)?, kind)
}

/// The labels of a dictionary, none of which is missing.
pub(crate) fn dictionary(labels: &Bound<'_, PyAny>) -> PyResult<(Vec<String>, Kind)> {
    let mut numbering = Numbering::new(labels.py());
    for (place, label) in labels.try_iter()?.enumerate() {
        let label = label?;
        match numbering.code(&label)? {
            Some(code) if code as usize == place => {}
            Some(_) => return Err(PyValueError::new_err(format!("the label {} occurs twice", label.repr()?))),
            None => return Err(PyValueError::new_err(format!("the label at position {place} is missing or empty"))),
        }
    }
    let kind = numbering.kind();
    Ok((numbering.labels, kind))
}

/// An error if there are weights, and not as many as baskets.
pub(crate) fn check_weights(weights: Option<usize>, baskets: usize) -> PyResult<()> {
    match weights {
        Some(weights) if weights != baskets => {
            Err(invalid("weights", format_args!("{weights} for {baskets} baskets"), "one for each basket"))
        }
        _ => Ok(()),
    }
}

/// Whole numbers from a buffer, such as an array of numpy.
pub(crate) struct Codes(pub(crate) Vec<i64>);

impl<'py> FromPyObject<'_, 'py> for Codes {
    type Error = PyErr;

    fn extract(values: pyo3::Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        use pyo3::buffer::PyBuffer;
        let py = values.py();
        if let Ok(buffer) = PyBuffer::<i64>::get(&values) {
            return buffer.to_vec(py).map(Codes);
        }
        if let Ok(buffer) = PyBuffer::<i32>::get(&values) {
            return Ok(Codes(buffer.to_vec(py)?.into_iter().map(i64::from).collect()));
        }
        values.extract().map(Codes)
    }
}
