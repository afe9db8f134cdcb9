//! Labels of Python as texts, and back.

use hashbrown::HashMap;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};

use crate::errors::invalid;

/// What can be done about labels that are neither text nor whole numbers.
pub(crate) const HOW: &str = "make it text, for example with `str`, or whole numbers, with `int` or, in pandas, \
                              astype(\"Int64\"), as missing values make whole numbers floats there";

/// What the labels of some baskets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Texts.
    Text,
    /// Whole numbers from -2^63 to 2^63 - 1.
    Int,
}

impl Kind {
    /// As a snapshot and the stub have it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Text => "str",
            Kind::Int => "int",
        }
    }

    pub(crate) fn of_name(name: &str) -> PyResult<Self> {
        match name {
            "str" => Ok(Kind::Text),
            "int" => Ok(Kind::Int),
            _ => Err(invalid("labels", name, "str or int")),
        }
    }

    /// An error if a text is no label of this kind.
    pub(crate) fn check(self, label: &str) -> PyResult<()> {
        // One number has one text, `+1` and `01` are others.
        let digits = label.strip_prefix('-').unwrap_or(label);
        let is_plain = label == "0" || !digits.starts_with(['+', '0']);
        if self == Kind::Int && (!is_plain || label.parse::<i64>().is_err()) {
            return Err(PyValueError::new_err(format!(
                "the label {label} is no whole number of 64 bits: make labels text, for example with `str`"
            )));
        }
        Ok(())
    }
}

/// Whether it is what Python, or pandas, says of a missing value; NaN besides is a float.
pub(crate) fn is_missing(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(value.is_none() || matches!(value.get_type().name()?.to_str()?, "NAType" | "NaTType"))
}

/// A label: its text and kind; nothing for what is missing (None, NaN, an empty text).
pub(crate) fn label_of(value: &Bound<'_, PyAny>) -> PyResult<Option<(String, Kind)>> {
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_str()?;
        if text.contains('\0') {
            return Err(PyValueError::new_err(format!("the label {text:?} has a NUL character, which text never has")));
        }
        return Ok((!text.is_empty()).then(|| (text.to_string(), Kind::Text)));
    }
    if is_missing(value)? {
        return Ok(None);
    }
    if !value.is_instance_of::<PyBool>() {
        if let Ok(float) = value.cast::<PyFloat>() {
            if float.value().is_nan() {
                return Ok(None);
            }
        } else if value.is_instance_of::<PyInt>() || value.hasattr("__index__")? && value.hasattr("dtype")? {
            let number: i64 = value.extract().map_err(|_| {
                PyValueError::new_err(format!(
                    "the label {value} is no whole number of 64 bits: make labels text, for example with `str`"
                ))
            })?;
            return Ok(Some((number.to_string(), Kind::Int)));
        }
    }
    Err(PyValueError::new_err(format!(
        "a label must be text or a whole number, and {} is of type {}: {HOW}",
        value.repr()?,
        value.get_type().name()?
    )))
}

/// The texts of some labels, for look-ups and constraints. Those of the other kind are an error: they would never match.
pub(crate) fn labels_of(values: &Bound<'_, PyAny>, kind: Kind, setting: &str) -> PyResult<Vec<String>> {
    if values.is_instance_of::<PyString>() {
        return Err(invalid(setting, values.repr()?, "a list of labels"));
    }
    let mut labels = Vec::new();
    for value in values.try_iter()? {
        labels.push(one_label(&value?, kind, setting)?);
    }
    Ok(labels)
}

/// The text of one label, as in [`labels_of`].
pub(crate) fn one_label(value: &Bound<'_, PyAny>, kind: Kind, setting: &str) -> PyResult<String> {
    match label_of(value)? {
        Some((label, found)) if found == kind => Ok(label),
        _ => Err(invalid(setting, value.repr()?, format_args!("labels of type {}, as the baskets have", kind.name()))),
    }
}

/// Numbers labels by first appearance.
pub(crate) struct Numbering<'py> {
    codes: Bound<'py, PyDict>,
    pub(crate) labels: Vec<String>,
    kind: Option<(Kind, Bound<'py, PyAny>)>,
}

/// The code of what is missing.
const MISSING: u32 = u32::MAX;

impl<'py> Numbering<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Numbering { codes: PyDict::new(py), labels: Vec::new(), kind: None }
    }

    /// The code of a label, unless it is missing.
    #[inline]
    pub(crate) fn code(&mut self, value: &Bound<'py, PyAny>) -> PyResult<Option<u32>> {
        // Python holds True, 1 and 1.0 to be equal.
        if value.is_instance_of::<PyString>() || value.is_exact_instance_of::<PyInt>() {
            if let Some(code) = self.codes.get_item(value)? {
                let code: u32 = code.extract()?;
                return Ok((code != MISSING).then_some(code));
            }
            let code = self.number(value)?;
            self.codes.set_item(value, code.unwrap_or(MISSING))?;
            return Ok(code);
        }
        match label_of(value)? {
            None => Ok(None),
            Some((label, Kind::Int)) => {
                // As the number of Python that it equals.
                let number = label.parse::<i64>()?.into_pyobject(value.py())?.into_any();
                self.code(&number)
            }
            Some(_) => self.number(value),
        }
    }

    fn number(&mut self, value: &Bound<'py, PyAny>) -> PyResult<Option<u32>> {
        let Some((label, kind)) = label_of(value)? else { return Ok(None) };
        match &self.kind {
            Some((known, first)) if *known != kind => {
                return Err(PyValueError::new_err(format!(
                    "labels must all be text or all be whole numbers, and there are {} and {}: make them text, for example \
                     with `str`",
                    first.repr()?,
                    value.repr()?
                )));
            }
            Some(_) => {}
            None => self.kind = Some((kind, value.clone())),
        }
        let code = u32::try_from(self.labels.len()).ok().filter(|&code| code != MISSING);
        let code = code.ok_or_else(|| PyValueError::new_err(format!("more than {MISSING} distinct labels")))?;
        self.labels.push(label);
        Ok(Some(code))
    }

    /// The kind of all labels: text, if there are none.
    pub(crate) fn kind(&self) -> Kind {
        self.kind.as_ref().map_or(Kind::Text, |(kind, _)| *kind)
    }
}

/// While it lives, the collector of Python does not look for cycles of references: it would again and again while many
/// objects are made that have none. It is for calls that keep the interpreter's lock, so nobody else sees it.
pub(crate) struct NoCycles<'py>(Option<Bound<'py, PyModule>>);

impl<'py> NoCycles<'py> {
    pub(crate) fn new(py: Python<'py>) -> PyResult<Self> {
        let collector = py.import("gc")?;
        let is_enabled = collector.call_method0("isenabled")?.is_truthy()?;
        if is_enabled {
            collector.call_method0("disable")?;
        }
        Ok(NoCycles(is_enabled.then_some(collector)))
    }
}

impl Drop for NoCycles<'_> {
    fn drop(&mut self) {
        if let Some(collector) = &self.0 {
            // It takes no argument, and cannot fail.
            let _ = collector.call_method0("enable");
        }
    }
}

/// Labels as objects of Python, each made once.
pub(crate) struct Objects<'py> {
    py: Python<'py>,
    kind: Kind,
    /// By the address of the text: a result has each label once.
    objects: HashMap<usize, Bound<'py, PyAny>>,
}

impl<'py> Objects<'py> {
    pub(crate) fn new(py: Python<'py>, kind: Kind) -> Self {
        Objects { py, kind, objects: HashMap::new() }
    }

    pub(crate) fn get(&mut self, label: &String) -> PyResult<Bound<'py, PyAny>> {
        let Objects { py, kind, objects } = self;
        let address = std::ptr::from_ref(label).addr();
        if let Some(object) = objects.get(&address) {
            return Ok(object.clone());
        }
        let object = match kind {
            Kind::Text => PyString::new(*py, label).into_any(),
            Kind::Int => number(label).into_pyobject(*py)?.into_any(),
        };
        objects.insert(address, object.clone());
        Ok(object)
    }

    /// The objects of some labels, in the order of the labels: numbers as numbers.
    pub(crate) fn all<'l>(&mut self, labels: impl Iterator<Item = &'l String>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        match self.kind {
            Kind::Text => labels.map(|label| self.get(label)).collect(),
            Kind::Int => in_order(labels, Kind::Int).into_iter().map(|label| self.get(label)).collect(),
        }
    }
}

/// The number that a label is. All were checked when the baskets were made.
pub(crate) fn number(label: &str) -> i64 {
    label.parse().unwrap_or_default()
}

/// Labels in their order: texts are in it, numbers are ordered by their text.
pub(crate) fn in_order<'l>(labels: impl Iterator<Item = &'l String>, kind: Kind) -> Vec<&'l String> {
    let mut labels: Vec<&String> = labels.collect();
    if kind == Kind::Int && labels.len() > 1 {
        labels.sort_by_key(|label| number(label));
    }
    labels
}
