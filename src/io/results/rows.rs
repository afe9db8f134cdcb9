//! What is read back.

use super::column::RuleColumn;
use crate::rules::Contingency;

/// An itemset that was read from a file (feature `csv`, `json`, `parquet` or `arrow_60`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ItemsetRow {
    /// The labels in the order of the file.
    pub items: Vec<String>,
    /// The number of baskets that contain them.
    pub count: u64,
    /// The fraction of all baskets that contain them.
    pub support: f64,
}

/// A rule that was read from a file (feature `csv`, `json`, `parquet` or `arrow_60`).
///
/// The counts give every [`Measure`](crate::Measure), whatever columns the file has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RuleRow {
    /// The labels of the left side in the order of the file.
    pub antecedent: Vec<String>,
    /// The labels of the right side in the order of the file.
    pub consequent: Vec<String>,
    /// The baskets in all, with the left side, with the right side, and with both.
    pub counts: Contingency,
    /// The values in the file, in the order of [`RuleColumn::all`].
    pub values: Vec<(RuleColumn, f64)>,
}

impl RuleRow {
    /// A value of the file; `None` if it has no such column.
    #[must_use]
    pub fn value(&self, column: impl Into<RuleColumn>) -> Option<f64> {
        let column = column.into();
        self.values.iter().find(|&&(one, _)| one == column).map(|&(_, value)| value)
    }
}

/// A number as the writers of text write it; it is never NaN.
#[cfg(any(feature = "csv", feature = "json"))]
pub(super) fn float(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| !value.is_nan())
}
