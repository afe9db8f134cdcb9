//! The values of a rule that can be written.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::rules::{Measure, Redundancy, Rule};

/// A value of a rule, as a column in CSV or a field in JSON lines: a [`Measure`], or one of the numbers of
/// [`Redundancy`], which compare a rule with simpler ones.
///
/// The text form, for reading and printing, is its [`name`](RuleColumn::name).
///
/// ```
/// use itemset::Measure;
/// use itemset::io::RuleColumn;
///
/// assert_eq!(RuleColumn::from(Measure::Lift).name(), "lift");
/// assert_eq!("improvement".parse::<RuleColumn>()?, RuleColumn::Improvement);
/// assert!("elevation".parse::<RuleColumn>().is_err());
/// assert_eq!(RuleColumn::all().count(), Measure::ALL.len() + 3);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleColumn {
    /// A measure, which the four counts of the rule give.
    Measure(Measure),
    /// [`Redundancy::improvement`].
    Improvement,
    /// [`Redundancy::boost`].
    Boost,
    /// [`Redundancy::lift_increase`].
    LiftIncrease,
}

impl RuleColumn {
    const OF_SEVERAL_RULES: [RuleColumn; 3] = [RuleColumn::Improvement, RuleColumn::Boost, RuleColumn::LiftIncrease];

    /// The columns of a writer that is told no others: support, confidence and lift.
    pub(super) const DEFAULT: [RuleColumn; 3] = [
        RuleColumn::Measure(Measure::Support),
        RuleColumn::Measure(Measure::Confidence),
        RuleColumn::Measure(Measure::Lift),
    ];

    /// All of them: the measures in the order of [`Measure::ALL`], then `improvement`, `boost` and `lift_increase`.
    pub fn all() -> impl Iterator<Item = RuleColumn> {
        Measure::ALL.iter().map(|&measure| RuleColumn::Measure(measure)).chain(RuleColumn::OF_SEVERAL_RULES)
    }

    /// The name in the header of CSV and in JSON: that of the measure, or `improvement`, `boost`, `lift_increase`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RuleColumn::Measure(measure) => measure.name(),
            RuleColumn::Improvement => "improvement",
            RuleColumn::Boost => "boost",
            RuleColumn::LiftIncrease => "lift_increase",
        }
    }

    /// Whether it is one of the numbers of [`Redundancy`], which need more than the four counts of a rule.
    #[must_use]
    pub fn needs_redundancy(self) -> bool {
        RuleColumn::OF_SEVERAL_RULES.contains(&self)
    }

    /// The value for a rule, never NaN. `None` if it is one of the numbers of [`Redundancy`] and there is none.
    #[must_use]
    pub fn value<T>(self, rule: Rule<'_, T>, redundancy: Option<&Redundancy>) -> Option<f64> {
        match self {
            RuleColumn::Measure(measure) => Some(rule.measure(measure)),
            RuleColumn::Improvement => redundancy.map(Redundancy::improvement),
            RuleColumn::Boost => redundancy.map(Redundancy::boost),
            RuleColumn::LiftIncrease => redundancy.map(Redundancy::lift_increase),
        }
    }
}

impl From<Measure> for RuleColumn {
    fn from(measure: Measure) -> Self {
        RuleColumn::Measure(measure)
    }
}

impl fmt::Display for RuleColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads the [`name`](RuleColumn::name).
impl FromStr for RuleColumn {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        RuleColumn::all().find(|column| column.name() == name).ok_or_else(|| {
            Error::invalid_setting("column", name, "improvement, boost, lift_increase or the name of a measure")
        })
    }
}

/// The columns that were chosen, each once.
pub(super) fn each_once(chosen: impl IntoIterator<Item = impl Into<RuleColumn>>) -> Vec<RuleColumn> {
    let mut columns = Vec::new();
    for column in chosen.into_iter().map(Into::into) {
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    columns
}

/// Refuses the numbers of [`Redundancy`] where rules come without it.
pub(super) fn refuse_compared(columns: &[RuleColumn]) -> Result<(), Error> {
    let allowed = "measures; write_compared_rules writes the numbers of Redundancy too";
    match columns.iter().find(|column| column.needs_redundancy()) {
        Some(column) => Err(Error::invalid_setting("columns", column, allowed)),
        None => Ok(()),
    }
}
