//! What every measure has, and how it is looked up.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::Measure;
use crate::error::Error;
use crate::rules::Contingency;

/// One measure: the row of the table.
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) formula: &'static str,
    pub(super) range: (f64, f64),
    pub(super) independence: Option<f64>,
    pub(super) larger_is_better: bool,
    pub(super) growth: Growth,
    pub(super) symmetric: bool,
    pub(super) source: &'static str,
    pub(super) value: fn(&Contingency) -> f64,
}

/// What the value does when one more basket holds one side, but not both sides: what search can rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Growth {
    /// It falls or stays.
    Falls,
    /// It rises or stays.
    Rises,
    /// It may do either, or is too slow to be asked for often.
    Varies,
}

impl Measure {
    /// The name in text, `snake_case`: what `Display` prints and `FromStr` reads.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().name
    }

    /// The formula, in the counts of a [`Contingency`] table.
    #[must_use]
    pub fn formula(self) -> &'static str {
        self.definition().formula
    }

    /// The smallest and the largest value that it can take; either may be infinite.
    #[must_use]
    pub fn range(self) -> RangeInclusive<f64> {
        let (low, high) = self.definition().range;
        low..=high
    }

    /// The value where the sides are independent (n·n_xy = n_x·n_y); `None` where that depends on how
    /// frequent the sides are.
    #[must_use]
    pub fn at_independence(self) -> Option<f64> {
        self.definition().independence
    }

    /// Whether a larger value speaks for the rule. Sorting puts the better value first.
    #[must_use]
    pub fn larger_is_better(self) -> bool {
        self.definition().larger_is_better
    }

    /// Whether X ⇒ Y and Y ⇒ X have the same value.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.definition().symmetric
    }

    /// Where it was published.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.definition().source
    }

    #[inline]
    pub(crate) fn value(self, counts: &Contingency) -> f64 {
        let definition = self.definition();
        within((definition.value)(counts), definition.range) + 0.0
    }

    /// Tells how good rules are: the value, its sign turned where smaller is better; p-values too small for a float are
    /// distinct. The better rule has the larger number.
    ///
    /// What depends on the measure alone is looked up once for all rules.
    #[inline]
    pub(crate) fn judge(self) -> Judge {
        let Definition { value, range, larger_is_better, .. } = *self.definition();
        let (of, range, sign): (fn(&Contingency) -> f64, _, f64) = match self {
            Measure::FishersExactTest => (|counts| counts.fishers_exact_test().size(), (f64::NEG_INFINITY, 1.0), -1.0),
            Measure::ChiSquaredPValue => (|counts| counts.chi_squared_test().size(), (f64::NEG_INFINITY, 1.0), -1.0),
            _ => (value, range, if larger_is_better { 1.0 } else { -1.0 }),
        };
        Judge { of, range, sign }
    }

    /// The same for one rule.
    #[cfg(test)]
    pub(crate) fn goodness(self, counts: &Contingency) -> f64 {
        self.judge().goodness(counts)
    }

    /// Whether it takes not constant time, but a sum over a hypergeometric distribution.
    pub(crate) fn is_sum(self) -> bool {
        matches!(self, Measure::FishersExactTest | Measure::HyperConfidence | Measure::HyperLift)
    }

    /// What the value does when one side grows.
    pub(crate) fn growth(self) -> Growth {
        self.definition().growth
    }
}

/// Tells how good rules are by one measure: from [`Measure::judge`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge {
    of: fn(&Contingency) -> f64,
    range: (f64, f64),
    sign: f64,
}

impl Judge {
    /// The better rule has the larger number. Never NaN, and no zero has a sign.
    #[inline]
    pub(crate) fn goodness(&self, counts: &Contingency) -> f64 {
        self.sign * within((self.of)(counts), self.range) + 0.0
    }

    /// The largest number that there is.
    pub(crate) fn best(&self) -> f64 {
        let (low, high) = self.range;
        (if self.sign > 0.0 { high } else { -low }) + 0.0
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads the [`name`](Measure::name).
impl FromStr for Measure {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Measure::ALL.iter().find(|measure| measure.name() == name);
        found.copied().ok_or_else(|| Error::invalid_setting("measure", name, Measure::NAMES))
    }
}

/// A value without what rounding may have added beyond the range. Code that compares values also adds 0, which removes
/// the sign of -0.
#[inline(always)]
fn within(value: f64, (low, high): (f64, f64)) -> f64 {
    // Two instructions; NaN, which is none of the values, would stay what it is and be seen by tests.
    let value = if value < low { low } else { value };
    if value > high { high } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(n: u64, n_x: u64, n_y: u64, n_xy: u64) -> Contingency {
        Contingency::new(n, n_x, n_y, n_xy).unwrap()
    }

    #[test]
    fn names_are_read_as_they_are_printed() {
        for &measure in Measure::ALL {
            assert_eq!(measure.to_string().parse::<Measure>().unwrap(), measure);
            assert!(Measure::ALL.iter().filter(|other| other.name() == measure.name()).count() == 1);
            assert!(measure.name().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            assert!(!measure.formula().is_empty() && !measure.source().is_empty());
            assert!(measure.range().start() < measure.range().end());
        }
        let error = "Lift".parse::<Measure>().unwrap_err().to_string();
        assert!(error.starts_with("invalid measure: Lift (expected one of: support, count, coverage, "), "{error}");
        assert_eq!(format!("{:>6}|", Measure::Lift), "  lift|");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn names_are_the_stored_form() {
        for &measure in Measure::ALL {
            assert_eq!(serde_json::to_string(&measure).unwrap(), format!("\"{measure}\""));
        }
    }

    #[test]
    fn values_at_the_edges() {
        use Measure::{Confidence, Conviction, Leverage, Lift, Support};
        let most = 1 << 40;
        let expected = [
            // X in no basket without Y.
            (table(10, 4, 5, 4), [(Confidence, 1.0), (Lift, 2.0), (Leverage, 0.2), (Conviction, f64::INFINITY)]),
            // Y in no basket without X.
            (table(10, 5, 4, 4), [(Confidence, 0.8), (Lift, 2.0), (Leverage, 0.2), (Conviction, 3.0)]),
            // Both the same baskets.
            (table(10, 4, 4, 4), [(Confidence, 1.0), (Lift, 2.5), (Leverage, 0.24), (Conviction, f64::INFINITY)]),
            // X in every basket: nothing is learnt from it.
            (table(10, 10, 4, 4), [(Confidence, 0.4), (Lift, 1.0), (Leverage, 0.0), (Conviction, 1.0)]),
            // Y in every basket: a ratio of two zeros is that of independence.
            (table(10, 4, 10, 4), [(Confidence, 1.0), (Lift, 1.0), (Leverage, 0.0), (Conviction, 1.0)]),
            (table(10, 10, 10, 10), [(Confidence, 1.0), (Lift, 1.0), (Leverage, 0.0), (Conviction, 1.0)]),
            (table(1, 1, 1, 1), [(Support, 1.0), (Lift, 1.0), (Leverage, 0.0), (Conviction, 1.0)]),
            // Sides that never miss each other but by one basket.
            (table(3, 2, 2, 1), [(Confidence, 0.5), (Lift, 0.75), (Leverage, -1.0 / 9.0), (Conviction, 2.0 / 3.0)]),
            // Numbers whose products need 80 bits.
            (
                table(most, 1, 1, 1),
                [(Confidence, 1.0), (Lift, most as f64), (Support, 1.0 / most as f64), (Conviction, f64::INFINITY)],
            ),
            (
                table(most, most / 2, most / 2, most / 4),
                [(Confidence, 0.5), (Lift, 1.0), (Leverage, 0.0), (Conviction, 1.0)],
            ),
            (
                table(most, most / 2, most / 2, most / 2),
                [(Confidence, 1.0), (Lift, 2.0), (Leverage, 0.25), (Conviction, f64::INFINITY)],
            ),
        ];
        for (table, values) in expected {
            for (measure, value) in values {
                assert_eq!(table.measure(measure), value, "{measure} of {table:?}");
            }
            assert_eq!(table.measure(Measure::Count), table.n_xy() as f64);
        }
    }

    #[test]
    fn one_basket_more_than_by_chance_is_seen() {
        // The two products differ by 2^40 in 2^79, which their difference in floats would lose.
        let most = 1 << 40;
        let counts = table(most, most / 2, most / 2, most / 4 + 1);
        assert_eq!(counts.measure(Measure::Leverage), 1.0 / most as f64);
        assert!(counts.measure(Measure::Lift) > 1.0);
    }

    #[test]
    fn no_zero_has_a_sign() {
        for counts in [table(10, 10, 4, 4), table(10, 4, 10, 4), table(100, 10, 10, 1)] {
            assert!(Measure::ALL.iter().all(|&measure| counts.measure(measure).to_bits() != (-0.0f64).to_bits()));
        }
    }

    fn tables() -> impl Strategy<Value = Contingency> {
        (prop_oneof![1..40u64, 1..1u64 << 40], any::<[u64; 3]>()).prop_map(|(n, [x, y, xy])| {
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let least = (n_x + n_y).saturating_sub(n).max(1);
            table(n, n_x, n_y, least + xy % (n_x.min(n_y) - least + 1))
        })
    }

    proptest! {
        #[test]
        fn values_are_numbers_in_their_range(counts in tables()) {
            for &measure in Measure::ALL {
                // As the formula gives it: what the range cuts off is rounding and nothing else.
                let Definition { range: (low, high), value, .. } = measure.definition();
                let value = value(&counts);
                let slack = |bound: f64| 1e-9 * bound.abs().max(1.0);
                let range = low - slack(*low)..=high + slack(*high);
                prop_assert!(range.contains(&value), "{measure} of {counts:?} is {value}");
                prop_assert!(measure.range().contains(&counts.measure(measure)));
            }
        }

        #[test]
        fn what_falls_or_rises_as_a_side_grows_does_so(counts in tables(), more in any::<u64>()) {
            let (n, n_x, n_y, n_xy) = (counts.n(), counts.n_x(), counts.n_y(), counts.n_xy());
            let more = [1 + more % 4, more % n.max(1)];
            for grown in more.into_iter().flat_map(|more| [(n_x + more, n_y), (n_x, n_y + more)]) {
                let Ok(grown) = Contingency::new(n, grown.0, grown.1, n_xy) else { continue };
                for &measure in Measure::ALL {
                    let (before, after) = (counts.measure(measure), grown.measure(measure));
                    let slack = 1e-12 * (1.0 + before.abs().min(after.abs()));
                    prop_assert!(match measure.growth() {
                        Growth::Falls => after <= before + slack,
                        Growth::Rises => after >= before - slack,
                        Growth::Varies => true,
                    }, "{measure} of {counts:?} is {before}, of {grown:?} {after}");
                }
            }
        }

        #[test]
        fn symmetric_measures_are(counts in tables()) {
            let turned = table(counts.n(), counts.n_y(), counts.n_x(), counts.n_xy());
            for measure in Measure::ALL.iter().filter(|measure| measure.is_symmetric()) {
                prop_assert_eq!(counts.measure(*measure), turned.measure(*measure));
            }
        }

        #[test]
        fn independent_sides_have_the_value_of_independence(
            x in 1..1u64 << 20,
            y in 1..1u64 << 20,
            p in 1..1u64 << 20,
            q in 1..1u64 << 20,
        ) {
            // n = p q baskets, of which x / p hold X and y / q hold Y.
            let (x, y) = (x % p + 1, y % q + 1);
            let counts = table(p * q, x * q, p * y, x * y);
            for &measure in Measure::ALL {
                if let Some(value) = measure.at_independence() {
                    prop_assert_eq!(counts.measure(measure), value, "{} of {:?}", measure, counts);
                }
            }
        }
    }
}
