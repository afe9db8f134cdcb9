//! The values of a rule that can be written.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::rules::{Measure, Redundancy, Rule};

/// A value of a rule, as a column in CSV or a field in JSON lines: a [`Measure`], or one of the numbers of
/// [`Redundancy`], which compare a rule with simpler ones.
///
/// The text form, for reading and printing, is its [`name`](Column::name).
///
/// ```
/// use itemset::Measure;
/// use itemset::io::Column;
///
/// assert_eq!(Column::from(Measure::Lift).name(), "lift");
/// assert_eq!("improvement".parse::<Column>()?, Column::Improvement);
/// assert!("elevation".parse::<Column>().is_err());
/// assert_eq!(Column::all().count(), Measure::ALL.len() + 3);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Column {
    /// A measure, which the four counts of the rule give.
    Measure(Measure),
    /// [`Redundancy::improvement`].
    Improvement,
    /// [`Redundancy::boost`].
    Boost,
    /// [`Redundancy::lift_increase`].
    LiftIncrease,
}

impl Column {
    const OF_SEVERAL_RULES: [Column; 3] = [Column::Improvement, Column::Boost, Column::LiftIncrease];

    /// The columns of a writer that is told no others: support, confidence and lift.
    pub(super) const DEFAULT: [Column; 3] =
        [Column::Measure(Measure::Support), Column::Measure(Measure::Confidence), Column::Measure(Measure::Lift)];

    /// All of them: the measures in the order of [`Measure::ALL`], then `improvement`, `boost` and `lift_increase`.
    pub fn all() -> impl Iterator<Item = Column> {
        Measure::ALL.iter().map(|&measure| Column::Measure(measure)).chain(Column::OF_SEVERAL_RULES)
    }

    /// The name in the header of CSV and in JSON: that of the measure, or `improvement`, `boost`, `lift_increase`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Column::Measure(measure) => measure.name(),
            Column::Improvement => "improvement",
            Column::Boost => "boost",
            Column::LiftIncrease => "lift_increase",
        }
    }

    /// Whether it is one of the numbers of [`Redundancy`], which need more than the four counts of a rule.
    #[must_use]
    pub fn needs_redundancy(self) -> bool {
        Column::OF_SEVERAL_RULES.contains(&self)
    }

    /// The value for a rule, never NaN. `None` if it is one of the numbers of [`Redundancy`] and there is none.
    #[must_use]
    pub fn value<T>(self, rule: Rule<'_, T>, redundancy: Option<&Redundancy>) -> Option<f64> {
        match self {
            Column::Measure(measure) => Some(rule.measure(measure)),
            Column::Improvement => redundancy.map(Redundancy::improvement),
            Column::Boost => redundancy.map(Redundancy::boost),
            Column::LiftIncrease => redundancy.map(Redundancy::lift_increase),
        }
    }
}

impl From<Measure> for Column {
    fn from(measure: Measure) -> Self {
        Column::Measure(measure)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads the [`name`](Column::name).
impl FromStr for Column {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Column::all().find(|column| column.name() == name).ok_or_else(|| {
            Error::invalid_setting("column", name, "improvement, boost, lift_increase or the name of a measure")
        })
    }
}
