//! Rules as rows for other programs (feature `serde`).

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::measures::Measure;
use super::rule::Rule;
use super::rule_set::{RuleIter, Rules};

/// Rules as a sequence of objects, from [`Rules::rows`] (feature `serde`).
///
/// Each object has `antecedent` and `consequent`, the labels of both sides in their order, and each chosen measure
/// under its name. Infinite values are the texts `"inf"` and `"-inf"`, as JSON has no numbers for them; no measure is
/// ever NaN. It is a form for other programs, larger than the one in which rules are stored, and is not read back.
///
/// ```
/// use itemset::{Measure, Miner, RuleRows, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"], vec!["chips"],
/// ])?;
/// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&baskets)?;
/// let measures = [Measure::Count, Measure::Confidence, Measure::Conviction];
/// assert_eq!(
///     serde_json::to_string(&rules.rows(&measures)).unwrap(),
///     r#"[{"antecedent":["beer"],"consequent":["diapers"],"count":2.0,"confidence":1.0,"conviction":"inf"}]"#
/// );
/// let best = RuleRows::new(rules.top(10, Measure::Lift).into_iter(), &[Measure::Lift]);
/// assert_eq!(serde_json::to_value(best).unwrap()[0]["lift"], 4.0 / 3.0);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RuleRows<I> {
    rules: I,
    measures: Vec<Measure>,
}

impl<I> RuleRows<I> {
    /// Rows of the rules of an iterator, for example of [`Rules::top`], with some measures. A measure that is named
    /// twice is written once.
    pub fn new(rules: I, measures: &[Measure]) -> Self {
        let mut distinct = Vec::with_capacity(measures.len());
        for &measure in measures {
            if !distinct.contains(&measure) {
                distinct.push(measure);
            }
        }
        RuleRows { rules, measures: distinct }
    }
}

impl<T> Rules<T> {
    /// The rules as a sequence of objects with some measures, for other programs (feature `serde`).
    pub fn rows(&self, measures: &[Measure]) -> RuleRows<RuleIter<'_, T>> {
        RuleRows::new(self.iter(), measures)
    }
}

impl<'a, T: Serialize + 'a, I: Iterator<Item = Rule<'a, T>> + Clone> Serialize for RuleRows<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rules.clone().map(|rule| Row { rule, measures: &self.measures }))
    }
}

struct Row<'a, 'm, T> {
    rule: Rule<'a, T>,
    measures: &'m [Measure],
}

impl<T: Serialize> Serialize for Row<'_, '_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Row { rule, measures } = self;
        let mut row = serializer.serialize_map(Some(2 + measures.len()))?;
        row.serialize_entry("antecedent", &rule.antecedent().collect::<Vec<_>>())?;
        row.serialize_entry("consequent", &rule.consequent().collect::<Vec<_>>())?;
        for &measure in *measures {
            match rule.measure(measure) {
                f64::INFINITY => row.serialize_entry(measure.name(), "inf")?,
                f64::NEG_INFINITY => row.serialize_entry(measure.name(), "-inf")?,
                value => row.serialize_entry(measure.name(), &value)?,
            }
        }
        row.end()
    }
}
