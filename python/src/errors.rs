//! Errors of the library as exceptions, with its text.

use std::fmt::Display;

use itemset::{Error, ErrorKind};
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyValueError};
use pyo3::prelude::*;

pyo3::create_exception!(
    itemset,
    LimitError,
    PyValueError,
    "A limit was reached: of itemsets, memory or time, or of what can be stored.\n\n\
     `min_count` is the lowest threshold that stays within the limit, as a number of baskets, or None if it is not known."
);

/// The exception of an error.
pub(crate) fn raised(error: Error) -> PyErr {
    let text = in_words_of_python(&error.to_string());
    match error.kind() {
        ErrorKind::Io(error) => raised_by_system(error, None),
        ErrorKind::Cancelled => PyKeyboardInterrupt::new_err(text),
        ErrorKind::LimitReached { suggestion, .. } => limit(text, Some(suggestion.min_count())),
        ErrorKind::TimeLimit { .. } | ErrorKind::MemoryLimit { .. } | ErrorKind::TooLarge { .. } => limit(text, None),
        _ => PyValueError::new_err(text),
    }
}

/// The exception of the system's error, about a file if one is named. Python chooses the class by the number.
pub(crate) fn raised_by_system(error: &std::io::Error, path: Option<&str>) -> PyErr {
    let text = error.to_string();
    match (error.raw_os_error(), path) {
        (Some(number), Some(path)) => {
            let text = text.split(" (os error").next().unwrap_or_default().to_string();
            PyOSError::new_err((number, text, path.to_string()))
        }
        (Some(number), None) => PyOSError::new_err((number, text)),
        // What is compressed and damaged, and the like.
        (None, Some(path)) => PyOSError::new_err(format!("{path}: {text}")),
        (None, None) => PyOSError::new_err(text),
    }
}

/// The exception of a value that a setting cannot have, in the words of the library.
pub(crate) fn invalid(setting: &str, value: impl Display, expected: impl Display) -> PyErr {
    invalid_any(setting, &value, &expected)
}

/// The same, compiled once.
fn invalid_any(setting: &str, value: &dyn Display, expected: &dyn Display) -> PyErr {
    PyValueError::new_err(format!("invalid {setting}: {value} (expected {expected})"))
}

fn limit(text: String, min_count: Option<u64>) -> PyErr {
    let error = LimitError::new_err(text);
    Python::attach(|py| {
        // A class of Python takes attributes.
        let _ = error.value(py).setattr("min_count", min_count);
    });
    error
}

/// What is called otherwise in Python, or is not in this package.
const WORDS: [(&str, &str); 6] = [
    ("MinSupport::count", "min_count"),
    ("MinSupport::fraction", "min_support"),
    ("by Report::baskets", "by the argument baskets"),
    (" (feature `encoding`)", ""),
    ("build with the feature `zstd`, or decompress", "decompress"),
    (
        "read it with `read_parquet` (feature `parquet`), or write its table as CSV first, one basket per line",
        "read it with pyarrow or polars, and give the table to Transactions.from_long, from_lists or from_one_hot",
    ),
];

/// The names of settings are the same in Python, but for a few.
pub(crate) fn in_words_of_python(text: &str) -> String {
    WORDS.iter().fold(text.to_string(), |text, (rust, python)| text.replace(rust, python))
}
