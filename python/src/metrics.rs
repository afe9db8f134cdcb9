//! The metrics of mlxtend.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use itemset::{Contingency, Measure};
use pyo3::prelude::*;

use crate::errors::invalid;

/// Of fewer baskets a float holds every product of two counts, and twice that.
pub(crate) const EXACT_PRODUCTS: u64 = 1 << 26;

/// The metrics with their names, and the measures of the library that they are.
macro_rules! metrics {
    ($($metric:ident = $name:literal, $measure:expr;)+) => {
        /// A metric of mlxtend.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Metric {
            $($metric,)+
        }

        impl Metric {
            pub(crate) fn of_name(setting: &str, name: &str) -> PyResult<Self> {
                match name {
                    $($name => Ok(Metric::$metric),)+
                    _ => Err(invalid(setting, name, format_args!("one of {}", [$($name),+].join(", ")))),
                }
            }

            fn measure(self) -> Option<Measure> {
                match self {
                    $(Metric::$metric => $measure,)+
                }
            }

            /// Fills a column with the values for counts whose products a float holds, as `of_small_counts` computes them.
            pub(crate) fn fill(self, n: f64, n_x: &[f64], n_y: &[f64], n_xy: &[f64], column: &[AtomicU64]) {
                match self {
                    // A loop for each, whose formula is chosen where it is compiled.
                    $(Metric::$metric => {
                        let counts = n_x.iter().zip(n_y).zip(n_xy);
                        for (float, ((&n_x, &n_y), &n_xy)) in column.iter().zip(counts) {
                            let value = Metric::$metric.of_small_counts(n, n_x, n_y, n_xy);
                            float.store(value.to_bits(), Relaxed);
                        }
                    })+
                }
            }
        }
    };
}

metrics! {
    AntecedentSupport = "antecedent support", Some(Measure::Coverage);
    ConsequentSupport = "consequent support", Some(Measure::ConsequentSupport);
    Support = "support", Some(Measure::Support);
    Confidence = "confidence", Some(Measure::Confidence);
    Lift = "lift", Some(Measure::Lift);
    // It is 1 if nothing is missing.
    Representativity = "representativity", None;
    Leverage = "leverage", Some(Measure::Leverage);
    Conviction = "conviction", Some(Measure::Conviction);
    Zhang = "zhangs_metric", Some(Measure::Zhang);
    Jaccard = "jaccard", Some(Measure::Jaccard);
    Certainty = "certainty", Some(Measure::Certainty);
    Kulczynski = "kulczynski", Some(Measure::Kulczynski);
}

impl Metric {
    /// The library's formulas, for counts whose products a float holds: rounded once.
    #[inline(always)]
    fn of_small_counts(self, n: f64, n_x: f64, n_y: f64, n_xy: f64) -> f64 {
        match self {
            Metric::AntecedentSupport => n_x / n,
            Metric::ConsequentSupport => n_y / n,
            Metric::Support => n_xy / n,
            Metric::Confidence => n_xy / n_x,
            Metric::Lift => (n * n_xy) / (n_x * n_y),
            Metric::Representativity => 1.0,
            Metric::Leverage => (n * n_xy - n_x * n_y) / (n * n),
            // A rule that always holds has infinite conviction, even if its right side is in all baskets.
            Metric::Conviction if n_xy == n_x => f64::INFINITY,
            Metric::Conviction => (n_x * (n - n_y)) / (n * (n_x - n_xy)),
            Metric::Jaccard => n_xy / (n_x + n_y - n_xy),
            // That of mlxtend is not scaled anew where it is below 0, and 0 where there is nothing to win.
            Metric::Certainty if n == n_y => 0.0,
            Metric::Certainty => (n * n_xy - n_x * n_y) / (n_x * (n - n_y)),
            Metric::Kulczynski => (n_xy * (n_x + n_y)) / (2.0 * n_x * n_y),
            Metric::Zhang => match (n_xy * (n - n_x)).max(n_x * (n_y - n_xy)) {
                0.0 => 0.0,
                largest => (n * n_xy - n_x * n_y) / largest,
            },
        }
    }

    /// The value for counts, if they can be those of baskets: computed without rounding and rounded once.
    #[inline(always)]
    pub(crate) fn of_counts(self, n: u64, n_x: u64, n_y: u64, n_xy: u64) -> Option<f64> {
        if n < EXACT_PRODUCTS {
            // Without the errors of the library, which nobody reads.
            let are_counts = n_xy > 0 && n_xy <= n_x.min(n_y) && n_x.max(n_y) <= n && n_x + n_y - n_xy <= n;
            let value = self.of_small_counts(n as f64, n_x as f64, n_y as f64, n_xy as f64);
            return if are_counts { Some(value) } else { None };
        }
        self.of_large_counts(&Contingency::new(n, n_x, n_y, n_xy).ok()?)
    }

    #[inline(never)]
    fn of_large_counts(self, counts: &Contingency) -> Option<f64> {
        let [n, n_x, n_y, n_xy] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
        let Some(measure) = self.measure() else { return Some(1.0) };
        Some(match self {
            Metric::Conviction if n_xy == n_x => f64::INFINITY,
            Metric::Certainty if n == n_y => 0.0,
            Metric::Certainty => {
                let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(i128::from);
                (n * n_xy - n_x * n_y) as f64 / (n_x * (n - n_y)) as f64
            }
            // 0 divided by 0 is 0.
            Metric::Zhang => Some(counts.measure(measure)).filter(|value| !value.is_nan()).unwrap_or(0.0),
            _ => counts.measure(measure),
        })
    }

    /// The value for supports, as mlxtend computes it.
    pub(crate) fn of_supports(self, both: f64, left: f64, right: f64) -> f64 {
        let confidence = both / left;
        match self {
            Metric::AntecedentSupport => left,
            Metric::ConsequentSupport => right,
            Metric::Support => both,
            Metric::Confidence => confidence,
            Metric::Lift => confidence / right,
            Metric::Representativity => 1.0,
            Metric::Leverage => both - left * right,
            Metric::Conviction if confidence >= 1.0 => f64::INFINITY,
            Metric::Conviction => (1.0 - right) / (1.0 - confidence),
            Metric::Zhang => match (both * (1.0 - left)).max(left * (right - both)) {
                0.0 => 0.0,
                largest => (both - left * right) / largest,
            },
            Metric::Jaccard => both / (left + right - both),
            Metric::Certainty if right == 1.0 => 0.0,
            Metric::Certainty => (confidence - right) / (1.0 - right),
            Metric::Kulczynski => (confidence + both / right) / 2.0,
        }
    }
}
