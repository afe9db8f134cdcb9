//! Cuts and labels.

use std::fmt;

use super::numbers::{check_finite, unsigned_zero};
use crate::error::Error;

/// Bins of numbers, from fixed cuts or from data: of equal [width](Bins::equal_width) or
/// [frequency](Bins::equal_frequency), at [quantiles](Bins::quantiles), around [means](Bins::k_means), or where classes
/// differ ([entropy](Bins::by_entropy), [chi-squared](Bins::chi_merge)).
///
/// A bin begins with its lower cut and ends before its upper one. The first one has no lower bound and the last one no
/// upper bound, so every number is in one bin, in data of tomorrow too.
///
/// ```
/// use itemset::shape::Bins;
///
/// let prices = Bins::at([2.5, 4.99])?;
/// assert_eq!(prices.labels(), ["(-inf, 2.5)", "[2.5, 4.99)", "[4.99, inf)"]);
/// assert_eq!((prices.bin_of(2.49), prices.bin_of(2.5), prices.bin_of(1e9)), (Some(0), Some(1), Some(2)));
/// assert_eq!(prices.bin_of(f64::NAN), None);
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "discretize")]
#[doc(alias = "binning")]
#[derive(Clone, Debug, PartialEq)]
pub struct Bins {
    /// Finite, ascending, each once.
    cuts: Vec<f64>,
}

impl Eq for Bins {}

impl Bins {
    /// Bins with these cuts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for `cuts`: none, one that is not finite, or one
    /// that is not above the one before.
    pub fn at(cuts: impl IntoIterator<Item = f64>) -> Result<Bins, Error> {
        let cuts: Vec<f64> = cuts.into_iter().map(unsigned_zero).collect();
        check_finite("cuts", &cuts)?;
        if cuts.is_empty() {
            return Err(Error::invalid_setting("cuts", "none", "one or more"));
        }
        match cuts.windows(2).find(|pair| pair[0] >= pair[1]) {
            None => Ok(Bins { cuts }),
            Some(pair) => {
                let value = format!("{} after {}", pair[1], pair[0]);
                Err(Error::invalid_setting("cuts", value, "ascending numbers, each once"))
            }
        }
    }

    /// One bin of all numbers, which a method leaves that finds no cut.
    pub(crate) fn whole() -> Bins {
        Bins { cuts: Vec::new() }
    }

    /// Bins with cuts that were computed. Equal cuts are one.
    pub(super) fn of_ascending(mut cuts: Vec<f64>) -> Bins {
        cuts.iter_mut().for_each(|cut| *cut = unsigned_zero(*cut));
        cuts.dedup();
        debug_assert!(cuts.is_sorted_by(|a, b| a < b) && cuts.iter().all(|cut| cut.is_finite()));
        Bins { cuts }
    }

    /// Where a bin ends and the next one begins: one less than bins, ascending.
    #[must_use]
    pub fn cuts(&self) -> &[f64] {
        &self.cuts
    }

    /// The number of bins.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "there is one bin at least")]
    pub fn len(&self) -> usize {
        self.cuts.len() + 1
    }

    /// The bin of a number, from 0; `None` for NaN. A binary search.
    #[must_use]
    pub fn bin_of(&self, number: f64) -> Option<usize> {
        (!number.is_nan()).then(|| self.cuts.partition_point(|&cut| cut <= number))
    }

    /// The numbers of a bin, such as `[2.5, 4.99)`: those from 2.5 on that are below 4.99; `None` from
    /// [`len`](Bins::len) on.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// assert_eq!(Bins::at([18.0, 65.0])?.label(1).as_deref(), Some("[18, 65)"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn label(&self, bin: usize) -> Option<String> {
        let cut = |place: usize| self.cuts.get(place).map(f64::to_string);
        let lower = bin.checked_sub(1).and_then(cut);
        match (lower, cut(bin)) {
            _ if bin >= self.len() => None,
            (None, None) => Some("(-inf, inf)".to_string()),
            (None, Some(upper)) => Some(format!("(-inf, {upper})")),
            (Some(lower), None) => Some(format!("[{lower}, inf)")),
            (Some(lower), Some(upper)) => Some(format!("[{lower}, {upper})")),
        }
    }

    /// The numbers of neighbouring bins together, from one bin to another; `None` if there are no such bins.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// assert_eq!(Bins::at([18.0, 30.0, 65.0])?.label_of_range(1, 2).as_deref(), Some("[18, 65)"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn label_of_range(&self, first: usize, last: usize) -> Option<String> {
        if first > last || last >= self.len() {
            return None;
        }
        // The same as one bin with the lower cut of the first and the upper cut of the last.
        let cuts = self.cuts.iter().enumerate().filter(|&(place, _)| place + 1 == first || place == last);
        let joined = Bins::of_ascending(cuts.map(|(_, &cut)| cut).collect());
        joined.label(usize::from(first > 0))
    }

    /// The labels of all bins.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        (0..self.len()).filter_map(|bin| self.label(bin)).collect()
    }

    /// The same bins of these numbers, with shorter cuts: each becomes the number of the fewest decimals that has the
    /// same numbers below it. Other numbers, between the old cut and the new one, change their bin.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// let prices = [0.99, 1.49, 2.49, 2.99, 4.99, 7.49];
    /// let bins = Bins::k_means(&prices, 3)?;
    /// assert_eq!(bins.label(0).as_deref(), Some("(-inf, 3.49)"));
    /// assert_eq!(bins.rounded(&prices).labels(), ["(-inf, 3)", "[3, 6)", "[6, inf)"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn rounded(&self, numbers: &[f64]) -> Bins {
        let mut sorted: Vec<f64> = numbers.iter().copied().filter(|number| number.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let rounded = |&cut: &f64| {
            let place = sorted.partition_point(|&number| number < cut);
            let below = place.checked_sub(1).map(|place| sorted[place]);
            shortest_between(below, sorted.get(place).copied(), cut)
        };
        // Cuts with no number between them may have become one.
        Bins::of_ascending(self.cuts.iter().map(rounded).collect())
    }
}

/// The number of the fewest decimals above `below` and up to `above`, the nearest to `cut`; `cut` if a bound is missing.
fn shortest_between(below: Option<f64>, above: Option<f64>, cut: f64) -> f64 {
    let (Some(below), Some(above)) = (below, above) else { return cut };
    // From whole millions to as many decimals as a number has.
    let decimals = (0..17).map(|decimals| format!("{cut:.decimals$}").parse());
    let hundreds = (1..7).rev().map(|zeros| Ok((cut / 10f64.powi(zeros)).round() * 10f64.powi(zeros)));
    let fits = |&number: &f64| number > below && number <= above;
    hundreds.chain(decimals).filter_map(Result::<f64, std::num::ParseFloatError>::ok).find(fits).unwrap_or(cut)
}

/// The [labels](Bins::labels), with commas.
impl fmt::Display for Bins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.labels().join(", "))
    }
}
