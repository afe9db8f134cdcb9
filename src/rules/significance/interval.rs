//! How uncertain a measure is.

use std::fmt;

use crate::error::Error;
use crate::rules::Contingency;
use crate::rules::measures::{Measure, ln_two_sided};

/// A confidence interval: it contains, with the given probability, the value of the measure in the population that the
/// baskets come from.
///
/// This holds for a rule chosen in advance. The values of rules that were selected for being high are biased upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Stored", into = "Stored"))]
#[non_exhaustive]
pub struct ConfidenceInterval {
    /// The lower end.
    pub low: f64,
    /// The upper end, +∞ if nothing bounds it.
    pub high: f64,
}

/// `0.596 to 0.982`
impl fmt::Display for ConfidenceInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} to {:.3}", self.low, self.high)
    }
}

/// The serialised form: no upper end where it is infinite, which text cannot say.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "ConfidenceInterval")]
struct Stored {
    low: f64,
    high: Option<f64>,
}

#[cfg(feature = "serde")]
impl From<ConfidenceInterval> for Stored {
    fn from(ConfidenceInterval { low, high }: ConfidenceInterval) -> Self {
        Stored { low, high: Some(high).filter(|high| high.is_finite()) }
    }
}

#[cfg(feature = "serde")]
impl From<Stored> for ConfidenceInterval {
    fn from(Stored { low, high }: Stored) -> Self {
        ConfidenceInterval { low, high: high.unwrap_or(f64::INFINITY) }
    }
}

impl Contingency {
    /// The interval of [`Measure::Support`], by Wilson's score. `level` is the probability that it holds the true
    /// value, such as 0.95.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a level that is not above 0 and below 1.
    ///
    /// Source: E. B. Wilson: Probable inference, the law of succession, and statistical inference, JASA 22, 1927.
    pub fn support_interval(&self, level: f64) -> Result<ConfidenceInterval, Error> {
        Ok(wilson(self.n_xy(), self.n(), deviations(level)?))
    }

    /// The interval of [`Measure::Confidence`], by Wilson's score, given the number of baskets with X.
    ///
    /// # Errors
    ///
    /// As [`support_interval`](Contingency::support_interval).
    ///
    /// ```
    /// use itemset::Contingency;
    ///
    /// let interval = Contingency::new(1000, 10, 300, 9)?.confidence_interval(0.95)?;
    /// assert_eq!(format!("{:.3} to {:.3}", interval.low, interval.high), "0.596 to 0.982");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn confidence_interval(&self, level: f64) -> Result<ConfidenceInterval, Error> {
        Ok(wilson(self.n_xy(), self.n_x(), deviations(level)?))
    }

    /// The interval of [`Measure::Lift`], as its logarithm is nearly normal (delta method). If that has no spread at
    /// all, for example if both sides are in every basket, the interval is that single value.
    ///
    /// # Errors
    ///
    /// As [`support_interval`](Contingency::support_interval).
    ///
    /// Source: the variance by the delta method for a table of four counts, as in A. Agresti: Categorical data
    /// analysis, 3rd edition, 2013.
    pub fn lift_interval(&self, level: f64) -> Result<ConfidenceInterval, Error> {
        let [n, n_x, n_y, n_xy] = [self.n(), self.n_x(), self.n_y(), self.n_xy()].map(|count| count as f64);
        let variance = 1.0 / n_xy - 1.0 / n_x - 1.0 / n_y + 2.0 * n_xy / (n_x * n_y) - 1.0 / n;
        Ok(around_logarithm(self.measure(Measure::Lift), variance.max(0.0), deviations(level)?))
    }

    /// The interval of [`Measure::OddsRatio`], as its logarithm is nearly normal (Woolf). From 0 to +∞ if a cell of the
    /// table is 0.
    ///
    /// # Errors
    ///
    /// As [`support_interval`](Contingency::support_interval).
    ///
    /// Source: B. Woolf: On estimating the relation between blood group and disease, Annals of Human Genetics 19, 1955.
    ///
    /// ```
    /// use itemset::Contingency;
    ///
    /// let interval = Contingency::new(100, 40, 50, 30)?.odds_ratio_interval(0.95)?;
    /// assert_eq!(format!("{:.2} to {:.2}", interval.low, interval.high), "2.45 to 14.68");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn odds_ratio_interval(&self, level: f64) -> Result<ConfidenceInterval, Error> {
        let z = deviations(level)?;
        let cells = [self.n_xy(), self.x_alone(), self.y_alone(), self.neither()];
        if cells.contains(&0) {
            return Ok(ConfidenceInterval { low: 0.0, high: f64::INFINITY });
        }
        Ok(around_logarithm(self.measure(Measure::OddsRatio), cells.map(|cell| 1.0 / cell as f64).iter().sum(), z))
    }
}

fn around_logarithm(value: f64, variance: f64, z: f64) -> ConfidenceInterval {
    let factor = (z * variance.sqrt()).exp();
    ConfidenceInterval { low: value / factor, high: value * factor }
}

/// Wilson's score interval of `k` of `n`.
fn wilson(k: u64, n: u64, z: f64) -> ConfidenceInterval {
    let (n, p, square) = (n as f64, k as f64 / n as f64, z * z);
    let middle = p + square / (2.0 * n);
    let reach = z * (p * (1.0 - p) / n + square / (4.0 * n * n)).sqrt();
    let whole = 1.0 + square / n;
    // Rounding may take an end past the value itself where that is 0 or 1.
    ConfidenceInterval { low: ((middle - reach) / whole).clamp(0.0, p), high: ((middle + reach) / whole).clamp(p, 1.0) }
}

/// How many standard deviations around its mean hold a normal variable with this probability.
fn deviations(level: f64) -> Result<f64, Error> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::invalid_setting("level", level, "a probability above 0 and below 1"));
    }
    // The probability to be outside falls with the number of deviations; 64 halvings leave no digit open.
    let outside = (-level).ln_1p();
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..64 {
        let middle = (low + high) / 2.0;
        if ln_two_sided(middle) > outside {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(interval: ConfidenceInterval, low: f64, high: f64) -> bool {
        (interval.low - low).abs() < 5e-5 && (interval.high - high).abs() < 5e-5
    }

    #[test]
    fn known_values() {
        for (level, z) in [(0.95, 1.959_963_984_540_054), (0.99, 2.575_829_303_548_901), (0.5, 0.674_489_750_196_081_7)]
        {
            assert!((deviations(level).unwrap() - z).abs() < 1e-12, "{level}");
        }
        // Wilson's interval of 8 of 10, and of 8 of 50.
        let counts = Contingency::new(50, 10, 20, 8).unwrap();
        assert!(near(counts.confidence_interval(0.95).unwrap(), 0.4902, 0.9433));
        assert!(near(counts.support_interval(0.95).unwrap(), 0.0834, 0.2851));
        // ln 24 is 3.178, its deviation sqrt(1/8 + 1/2 + 1/12 + 1/28).
        let odds = Contingency::new(50, 10, 20, 8).unwrap().odds_ratio_interval(0.95).unwrap();
        let deviation = (1.0 / 8.0 + 1.0 / 2.0 + 1.0 / 12.0 + 1.0 / 28.0f64).sqrt() * 1.959_963_984_540_054;
        assert!(near(odds, 8.0 * 28.0 / 24.0 / deviation.exp(), 8.0 * 28.0 / 24.0 * deviation.exp()));
        for level in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(counts.lift_interval(level).unwrap_err().to_string().contains("above 0 and below 1"));
        }
    }

    proptest! {
        #[test]
        fn interval_contains_value_and_widens_with_level(
            n in 1..1u64 << 40,
            x in any::<u64>(),
            y in any::<u64>(),
            xy in any::<u64>(),
        ) {
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let least = (n_x + n_y).saturating_sub(n).max(1);
            let counts = Contingency::new(n, n_x, n_y, least + xy % (n_x.min(n_y) - least + 1)).unwrap();
            type Of = fn(&Contingency, f64) -> Result<ConfidenceInterval, Error>;
            let all: [(Measure, Of); 4] = [
                (Measure::Support, Contingency::support_interval),
                (Measure::Confidence, Contingency::confidence_interval),
                (Measure::Lift, Contingency::lift_interval),
                (Measure::OddsRatio, Contingency::odds_ratio_interval),
            ];
            for (measure, interval) in all {
                let (narrow, wide) = (interval(&counts, 0.5).unwrap(), interval(&counts, 0.99).unwrap());
                let (value, slack) = (counts.measure(measure), 1.0 + 1e-12);
                prop_assert!(narrow.low <= value && value <= narrow.high, "{measure} {value} {narrow:?}");
                let contains = wide.low <= narrow.low * slack && narrow.high <= wide.high * slack;
                prop_assert!(contains, "{measure} {narrow:?} {wide:?}");
                prop_assert!(wide.low >= 0.0);
            }
        }
    }
}
