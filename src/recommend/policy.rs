//! How the rules that fire become the score of an item.

use crate::rules::{Contingency, Measure};
use crate::text_enum::text_enum;

text_enum! {
    /// How the rules that fire for a basket become the score of an item: each rule has a value, and the values of the
    /// rules that have the item on their right side are joined. Higher is better for every policy.
    ///
    /// Rules overlap: `{beer} => {chips}` and `{beer, diapers} => {chips}` count some evidence twice. The policies that
    /// take the best rule do not mind; the two that add up, [`Evidence`](Policy::Evidence) and
    /// [`NoisyOr`](Policy::NoisyOr), work best with rules that are [not
    /// redundant](crate::RuleBuilder::non_redundant).
    ///
    /// A rule with several items on its right side speaks for each of them that is not in the basket, with its own
    /// value, which is about all of them together.
    #[derive(Default)]
    pub enum Policy for "policy" {
        /// The highest confidence: the share of such baskets that hold the item, 0 to 1.
        #[default]
        BestConfidence = "best-confidence",
        /// The highest lift: how many times as often as usual, above 0. Prefers rare items.
        BestLift = "best-lift",
        /// The smallest p-value of Fisher's exact test: `-log10 p`, from 0 up.
        BestSignificant = "best-significant",
        /// The sum of each rule's confidence less the item's usual share of baskets (`n_xy / n_x - n_y / n`, the
        /// [added value](crate::Measure::AddedValue)): rules for the item add, rules against it subtract. Each value is
        /// rounded to a multiple of 2^-30, so the sum does not depend on an order.
        Evidence = "evidence",
        /// The probability that at least one rule is right if each is right independently with the probability of its
        /// confidence: `1 - Π (1 - confidence)`, 0 to 1 (Pearl 1988). The logarithms of the factors are rounded to
        /// multiples of 2^-26, so the product does not depend on an order.
        NoisyOr = "noisy-or",
        /// The highest confidence times the item's [margin](super::RecommenderBuilder::margins): what offering it brings
        /// on average, in the unit of the margins.
        ExpectedProfit = "expected-profit",
    }
}

/// How the values of rules become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    Best,
    Sum,
    /// The sum of `-ln(1 - p)`, turned back into a probability.
    NoisyOr,
}

/// Sums of fewer than 2^23 multiples of this, of size 1, are exact.
const EVIDENCE_STEP: f64 = 1.0 / (1u64 << 30) as f64;

/// The same for the logarithms of noisy-or, of which the largest is [`CERTAIN`].
const NOISY_STEP: f64 = 1.0 / (1u64 << 26) as f64;

/// `-ln(1 - p)` of a rule without exception: 1 - exp(-40) is 1 in floats.
const CERTAIN: f64 = 40.0;

impl Policy {
    pub(super) fn join(self) -> Join {
        match self {
            Policy::BestConfidence | Policy::BestLift | Policy::BestSignificant | Policy::ExpectedProfit => Join::Best,
            Policy::Evidence => Join::Sum,
            Policy::NoisyOr => Join::NoisyOr,
        }
    }

    /// What a rule contributes.
    pub(super) fn value(self, counts: &Contingency) -> f64 {
        match self {
            Policy::BestConfidence | Policy::ExpectedProfit => counts.measure(Measure::Confidence),
            Policy::BestLift => counts.measure(Measure::Lift),
            Policy::BestSignificant => 0.0 - counts.fishers_exact_test().log10(),
            Policy::Evidence => rounded(counts.measure(Measure::AddedValue), EVIDENCE_STEP),
            Policy::NoisyOr => {
                let doubt = libm::log1p(-counts.measure(Measure::Confidence));
                rounded((0.0 - doubt).min(CERTAIN), NOISY_STEP)
            }
        }
    }
}

impl Join {
    /// The score that joined values make.
    pub(super) fn score(self, joined: f64) -> f64 {
        match self {
            Join::Best | Join::Sum => joined,
            Join::NoisyOr => 0.0 - libm::expm1(-joined),
        }
    }
}

fn rounded(value: f64, step: f64) -> f64 {
    (value / step).round() * step + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_what_the_formulas_say() {
        let counts = Contingency::new(1000, 100, 200, 50).unwrap();
        let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-7, "{value} {expected}");
        near(Policy::BestConfidence.value(&counts), 0.5);
        near(Policy::BestLift.value(&counts), 2.5);
        near(Policy::Evidence.value(&counts), 0.3);
        near(Policy::NoisyOr.value(&counts), 2f64.ln());
        near(Policy::BestSignificant.value(&counts), -counts.fishers_exact_test().log10());
        near(Join::NoisyOr.score(2.0 * 2f64.ln()), 0.75);
        let certain = Contingency::new(10, 5, 5, 5).unwrap();
        assert_eq!(Join::NoisyOr.score(Policy::NoisyOr.value(&certain)), 1.0);
    }
}
