//! The minimum support, as a share or a number of baskets, and the one integer that it comes down to.

use std::fmt;

use crate::error::Error;
use crate::limit::Suggestion;

/// The smallest support that is frequent: a share of all baskets or a number of baskets.
///
/// An `f64` converts to a share. On the threshold means in: both forms come down to one integer,
/// the smallest count `c` with `c / n >= fraction`, computed in `f64` as written.
///
/// ```
/// use itemset::{Miner, MinSupport, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec!["chips"]])?;
/// let two_of_three = Miner::new().min_support(2.0 / 3.0).mine(&baskets)?;
/// let two = Miner::new().min_support(MinSupport::count(2)).mine(&baskets)?;
/// assert_eq!((two_of_three.len(), &two_of_three), (1, &two));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum MinSupport {
    /// A share of all baskets, above 0 and at most 1.
    Fraction(f64),
    /// A number of baskets, at least 1.
    Count(u64),
}

impl MinSupport {
    /// A share of all baskets, above 0 and at most 1.
    #[must_use]
    pub fn fraction(fraction: f64) -> Self {
        MinSupport::Fraction(fraction)
    }

    /// A number of baskets, at least 1.
    #[must_use]
    pub fn count(count: u64) -> Self {
        MinSupport::Count(count)
    }

    /// The smallest frequent count among `baskets` baskets: at least 1, also where there is no basket.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a share that is not above 0
    /// and at most 1, or a number below 1.
    ///
    /// ```
    /// use itemset::MinSupport;
    ///
    /// assert_eq!(MinSupport::fraction(0.07).min_count(100)?, 7); // although 0.07 * 100.0 is 7.000000000000001
    /// assert_eq!(MinSupport::count(20).min_count(100)?, 20);
    /// assert!(MinSupport::fraction(20.0).min_count(100).is_err());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn min_count(self, baskets: u64) -> Result<u64, Error> {
        self.min_count_of("min_support", baskets)
    }

    /// The same for a setting of another name.
    pub(crate) fn min_count_of(self, setting: &'static str, baskets: u64) -> Result<u64, Error> {
        match self {
            MinSupport::Fraction(fraction) if fraction > 0.0 && fraction <= 1.0 => {
                Ok(smallest_count(fraction, baskets).max(1))
            }
            MinSupport::Fraction(fraction) => Err(Error::invalid_setting(
                setting,
                fraction,
                "a fraction above 0 and up to 1 (for a number of baskets use MinSupport::count)",
            )),
            MinSupport::Count(0) => Err(Error::invalid_setting(
                setting,
                "a count of 0",
                "a count of at least 1 (for a share of the baskets use MinSupport::fraction)",
            )),
            MinSupport::Count(count) => Ok(count),
        }
    }

    /// The largest count that is not above the share or the number, where it is a setting for the most.
    pub(crate) fn max_count_of(self, setting: &'static str, baskets: u64) -> Result<u64, Error> {
        let smallest = self.min_count_of(setting, baskets)?;
        match self {
            // The smallest count that reaches a share is on it or above it.
            MinSupport::Fraction(fraction) if smallest as f64 / baskets as f64 > fraction => Ok(smallest - 1),
            _ => Ok(smallest),
        }
    }
}

impl From<f64> for MinSupport {
    fn from(fraction: f64) -> Self {
        MinSupport::Fraction(fraction)
    }
}

impl fmt::Display for MinSupport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MinSupport::Fraction(fraction) => write!(f, "{fraction} of the baskets"),
            MinSupport::Count(count) => write!(f, "{count} baskets"),
        }
    }
}

/// The smallest `c` in `0..=whole` with `c as f64 / whole as f64 >= fraction`, for a fraction from 0 to 1.
///
/// The quotient is rounded by the one division that a user would write, so a threshold that was
/// itself computed as `k as f64 / n as f64` always keeps `k`.
fn smallest_count(fraction: f64, whole: u64) -> u64 {
    let reaches = |count: u64| count as f64 / whole as f64 >= fraction;
    // The float guess is off by rounding alone; it is walked to the exact place.
    let mut count = ((fraction * whole as f64) as u64).min(whole);
    while count > 0 && reaches(count - 1) {
        count -= 1;
    }
    while count < whole && !reaches(count) {
        count += 1;
    }
    count
}

impl Suggestion {
    /// The threshold, as a setting for [`Miner::min_support`](crate::Miner::min_support).
    #[must_use]
    pub fn min_support(&self) -> MinSupport {
        MinSupport::count(self.min_count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_the_threshold_means_in() {
        for n in 1..=200u64 {
            for k in 1..=n {
                let fraction = k as f64 / n as f64;
                assert_eq!(MinSupport::fraction(fraction).min_count(n).unwrap(), k, "{k}/{n}");
            }
        }
        assert_eq!(MinSupport::fraction(0.07).min_count(100).unwrap(), 7);
        assert_eq!(MinSupport::fraction(0.29).min_count(100).unwrap(), 29);
    }

    #[test]
    fn it_is_the_smallest_count_that_reaches_the_fraction() {
        for n in 0..=60u64 {
            for thousandth in 0..=1000 {
                let fraction = f64::from(thousandth) / 1000.0;
                let expected = (0..=n).find(|&c| c as f64 / n as f64 >= fraction).unwrap_or(n);
                assert_eq!(smallest_count(fraction, n), expected, "{fraction} of {n}");
            }
        }
    }

    #[test]
    fn large_numbers_end_and_tiny_fractions_are_one() {
        assert_eq!(MinSupport::fraction(f64::MIN_POSITIVE).min_count(u64::from(u32::MAX)).unwrap(), 1);
        assert_eq!(MinSupport::fraction(1.0).min_count(u64::from(u32::MAX)).unwrap(), u64::from(u32::MAX));
        assert_eq!(MinSupport::fraction(0.5).min_count(0).unwrap(), 1);
        assert_eq!(MinSupport::count(7).min_count(0).unwrap(), 7);
    }

    #[test]
    fn what_is_no_threshold_is_refused() {
        for fraction in [0.0, -1.0, 1.0000000000000002, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let message = MinSupport::fraction(fraction).min_count(10).unwrap_err().to_string();
            assert!(message.contains("min_support") && message.contains("MinSupport::count"), "{message}");
        }
        assert!(MinSupport::count(0).min_count(10).unwrap_err().to_string().contains("MinSupport::fraction"));
    }
}
