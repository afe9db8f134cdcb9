//! How much two items go together.

use crate::rules::{Contingency, Measure};

/// How much two items go together, from the counts of a pair.
///
/// A [`Measure`] is one too: `pairs.related("beer", 10, Measure::Cosine)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// The log-likelihood ratio G² of the table of the pair, 0 and up: `2 Σ observed ln(observed / expected)` over its
    /// four cells, for pairs that are together more often than by chance. It trusts a pair the more, the more baskets
    /// speak for it, and holds for rare items too.
    ///
    /// T. Dunning: Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19, 1993.
    #[default]
    LogLikelihood,
    /// Any measure of the rule "item ⇒ other". Where the measure has a [value at
    /// independence](Measure::at_independence), only pairs are related that are together more often than by chance:
    /// some measures, such as chi-squared, are as high for items that avoid each other.
    Measure(Measure),
}

impl From<Measure> for Relation {
    fn from(measure: Measure) -> Self {
        Relation::Measure(measure)
    }
}

impl Relation {
    /// The value of a pair that is related at all.
    pub(super) fn value(self, counts: &Contingency) -> Option<f64> {
        let attracts = || {
            let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
            product(counts.n(), counts.n_xy()) > product(counts.n_x(), counts.n_y())
        };
        match self {
            Relation::LogLikelihood => attracts().then(|| log_likelihood_ratio(counts)),
            Relation::Measure(measure) => {
                (measure.at_independence().is_none() || attracts()).then(|| measure.value(counts))
            }
        }
    }

    /// How good a pair is: higher is better, p-values below the smallest float are distinct.
    pub(super) fn goodness(self) -> impl Fn(&Contingency) -> f64 {
        let judge = match self {
            Relation::LogLikelihood => None,
            Relation::Measure(measure) => Some(measure.judge()),
        };
        move |counts| judge.as_ref().map_or_else(|| log_likelihood_ratio(counts), |judge| judge.goodness(counts))
    }

    pub(super) fn larger_is_better(self) -> bool {
        match self {
            Relation::LogLikelihood => true,
            Relation::Measure(measure) => measure.larger_is_better(),
        }
    }
}

fn log_likelihood_ratio(counts: &Contingency) -> f64 {
    let n = counts.n() as f64;
    let (x, y) = (counts.n_x(), counts.n_y());
    let cell = |observed: u64, of_x: u64, of_y: u64| match observed {
        0 => 0.0,
        _ => observed as f64 * libm::log(observed as f64 * n / (of_x as f64 * of_y as f64)),
    };
    let (not_x, not_y) = (counts.n() - x, counts.n() - y);
    let (x_alone, y_alone) = (x - counts.n_xy(), y - counts.n_xy());
    let both = cell(counts.n_xy(), x, y) + cell(x_alone, x, not_y);
    let neither = cell(y_alone, not_x, y) + cell(not_x - y_alone, not_x, not_y);
    // Rounding may take it below 0.
    (2.0 * (both + neither)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_dunning() {
        // Table 3 there: "the swiss", 110 together, 2442 and 111 alone, 29114 neither.
        let swiss = Contingency::new(110 + 2442 + 111 + 29114, 110 + 2442, 110 + 111, 110).unwrap();
        let value = Relation::LogLikelihood.value(&swiss).unwrap();
        assert!((value - 270.72).abs() < 0.01, "{value}");
        // Independent, and apart.
        assert_eq!(Relation::LogLikelihood.value(&Contingency::new(100, 10, 10, 1).unwrap()), None);
        assert_eq!(Relation::from(Measure::ChiSquared).value(&Contingency::new(100, 50, 50, 1).unwrap()), None);
        assert!(Relation::from(Measure::Cosine).value(&Contingency::new(100, 50, 50, 1).unwrap()).is_some());
        assert_eq!(Relation::LogLikelihood.value(&Contingency::new(10, 10, 10, 10).unwrap()), None);
    }
}
