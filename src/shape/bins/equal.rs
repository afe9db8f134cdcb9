//! Bins of equal width, of equal frequency, and at quantiles.

use super::Bins;
use super::numbers::{check_bins, sorted};
use crate::error::Error;

impl Bins {
    /// Bins of equal width between the smallest and the largest number.
    ///
    /// Linear, apart from sorting. The same cuts as scikit-learn's `KBinsDiscretizer(strategy="uniform")` and `discretize`
    /// of arules (method "interval").
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for fewer than two `bins`, and for `values` that
    /// are not finite, or fewer than two different ones.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// assert_eq!(Bins::equal_width(&[0.0, 1.0, 2.0, 9.0], 3)?.cuts(), [3.0, 6.0]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn equal_width(values: &[f64], bins: usize) -> Result<Bins, Error> {
        check_bins(bins)?;
        let values = sorted(values)?;
        let (low, high) = (values[0], values[values.len() - 1]);
        let width = (high - low) / bins as f64;
        let cut = |cut: usize| match width.is_finite() {
            true => low + cut as f64 * width,
            // The difference of two great numbers may be infinite.
            false => low * (1.0 - cut as f64 / bins as f64) + high * (cut as f64 / bins as f64),
        };
        // Beyond the precision of the numbers, cuts fall together.
        let cuts = (1..bins).map(cut).filter(|&cut| low < cut && cut <= high);
        Ok(Bins::of_ascending(cuts.collect()))
    }

    /// Bins with equally many numbers each, as nearly as equal numbers, which are in one bin, allow. If a number is very
    /// frequent, there are fewer bins.
    ///
    /// The same cuts as scikit-learn's `KBinsDiscretizer(strategy="quantile", quantile_method="linear")` and `discretize`
    /// of arules (method "frequency"). Otherwise as [`quantiles`](Bins::quantiles).
    ///
    /// # Errors
    ///
    /// Those of [`equal_width`](Bins::equal_width).
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// assert_eq!(Bins::equal_frequency(&[0.0, 1.0, 2.0, 9.0], 2)?.cuts(), [1.5]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn equal_frequency(values: &[f64], bins: usize) -> Result<Bins, Error> {
        check_bins(bins)?;
        at_quantiles(&sorted(values)?, (1..bins).map(|cut| cut as f64 / bins as f64))
    }

    /// Bins with cuts at these quantiles, ascending fractions above 0 and below 1: 0.5 is the median. Between two numbers
    /// a quantile is interpolated (type 7 of Hyndman and Fan, the usual one). Cuts that are equal are one, and those at
    /// the smallest number are left out, as nothing is below them.
    ///
    /// Linear, apart from sorting.
    ///
    /// # Source
    ///
    /// R. J. Hyndman, Y. Fan: Sample quantiles in statistical packages, The American Statistician 50, 1996.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for `quantiles` that are none, not ascending or
    /// not above 0 and below 1, and for `values` as in [`equal_width`](Bins::equal_width).
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// let ages: Vec<f64> = (0..=100).map(f64::from).collect();
    /// assert_eq!(Bins::quantiles(&ages, &[0.1, 0.9])?.cuts(), [10.0, 90.0]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn quantiles(values: &[f64], quantiles: &[f64]) -> Result<Bins, Error> {
        let refused =
            |value: String| Err(Error::invalid_setting("quantiles", value, "ascending fractions above 0 and below 1"));
        if quantiles.is_empty() {
            return refused("none".to_string());
        }
        if let Some(wrong) = quantiles.iter().find(|&&quantile| !(quantile > 0.0 && quantile < 1.0)) {
            return refused(wrong.to_string());
        }
        if let Some(pair) = quantiles.windows(2).find(|pair| pair[0] >= pair[1]) {
            return refused(format!("{} after {}", pair[1], pair[0]));
        }
        at_quantiles(&sorted(values)?, quantiles.iter().copied())
    }
}

fn at_quantiles(sorted: &[f64], quantiles: impl Iterator<Item = f64>) -> Result<Bins, Error> {
    let cuts = quantiles.map(|quantile| self::quantile(sorted, quantile)).filter(|&cut| cut > sorted[0]);
    Ok(Bins::of_ascending(cuts.collect()))
}

/// A quantile of ascending numbers, of which there is one at least.
fn quantile(sorted: &[f64], quantile: f64) -> f64 {
    let place = quantile * (sorted.len() - 1) as f64;
    let below = place.floor();
    let share = place - below;
    let (low, high) = (sorted[below as usize], sorted[(below as usize + 1).min(sorted.len() - 1)]);
    // From the nearer end, so that the result does not go beyond it.
    match (high - low, share < 0.5) {
        (difference, _) if difference.is_infinite() => low * (1.0 - share) + high * share,
        (difference, true) => low + difference * share,
        (difference, false) => high - difference * (1.0 - share),
    }
}
