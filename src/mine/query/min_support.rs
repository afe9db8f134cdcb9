//! The minimum support, as a fraction or a count of baskets, and the one integer that it comes down to.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::limit::Suggestion;

/// The smallest support that is frequent: a fraction of all baskets, or a count of baskets.
///
/// An `f64` converts to a fraction, a `u64` to a count. The threshold is inclusive: both forms come down to one
/// integer, the smallest count `c` with `c / n >= fraction`, computed in `f64` as written.
///
/// The text form, for reading and printing, is a number. With a decimal point or an exponent it is a fraction (`0.01`,
/// `1.0`, `1e-3`), as a whole number a count (`20`, `1`).
///
/// ```
/// use itemset::{Miner, MinSupport, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec!["chips"]])?;
/// let two_of_three = Miner::new().min_support(2.0 / 3.0).mine(&baskets)?;
/// let two = Miner::new().min_support(MinSupport::count(2)).mine(&baskets)?;
/// assert_eq!((two_of_three.len(), &two_of_three), (1, &two));
///
/// assert_eq!("0.01".parse::<MinSupport>()?, MinSupport::fraction(0.01));
/// assert_eq!("20".parse::<MinSupport>()?, MinSupport::count(20));
/// assert_eq!(MinSupport::fraction(1.0).to_string(), "1.0"); // every basket; "1" is one basket
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "minsup")]
#[doc(alias = "support threshold")]
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MinSupport(Form);

#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename = "MinSupport", rename_all = "snake_case"))]
enum Form {
    Fraction(f64),
    Count(u64),
}

impl MinSupport {
    /// A fraction of all baskets, above 0 and at most 1.
    #[must_use]
    #[doc(alias = "relative support")]
    pub const fn fraction(fraction: f64) -> Self {
        MinSupport(Form::Fraction(fraction))
    }

    /// A count of baskets, at least 1.
    #[must_use]
    #[doc(alias = "absolute support")]
    pub const fn count(count: u64) -> Self {
        MinSupport(Form::Count(count))
    }

    /// The fraction; `None` for a count.
    #[must_use]
    pub const fn as_fraction(self) -> Option<f64> {
        match self.0 {
            Form::Fraction(fraction) => Some(fraction),
            Form::Count(_) => None,
        }
    }

    /// The count; `None` for a fraction, whose count depends on the baskets: [`min_count`](MinSupport::min_count)
    /// computes it.
    #[must_use]
    pub const fn as_count(self) -> Option<u64> {
        match self.0 {
            Form::Fraction(_) => None,
            Form::Count(count) => Some(count),
        }
    }

    /// The smallest frequent count among `baskets` baskets: at least 1, even if there are no baskets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a fraction that is not above 0 and at most
    /// 1, or a count below 1.
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
        match self.0 {
            Form::Fraction(fraction) if fraction > 0.0 && fraction <= 1.0 => {
                Ok(smallest_count(fraction, baskets).max(1))
            }
            Form::Fraction(fraction) => Err(Error::invalid_setting(
                setting,
                fraction,
                "a fraction above 0 and up to 1; for a number of baskets use MinSupport::count",
            )),
            Form::Count(0) => Err(Error::invalid_setting(
                setting,
                "a count of 0",
                "a count of at least 1; for a fraction of the baskets use MinSupport::fraction",
            )),
            Form::Count(count) => Ok(count),
        }
    }

    /// The largest count that is not above the fraction or the count, for a setting that is a maximum.
    pub(crate) fn max_count_of(self, setting: &'static str, baskets: u64) -> Result<u64, Error> {
        let smallest = self.min_count_of(setting, baskets)?;
        match self.0 {
            // The smallest count that reaches a fraction is on it or above it.
            Form::Fraction(fraction) if smallest as f64 / baskets as f64 > fraction => Ok(smallest - 1),
            _ => Ok(smallest),
        }
    }
}

/// A fraction of all baskets.
impl From<f64> for MinSupport {
    fn from(fraction: f64) -> Self {
        MinSupport::fraction(fraction)
    }
}

/// A count of baskets. Only from `u64`: a bare `1` does not compile, since it could mean every basket or a single one.
impl From<u64> for MinSupport {
    fn from(count: u64) -> Self {
        MinSupport::count(count)
    }
}

/// The number alone, with a decimal point or an exponent if it is a fraction: `0.01`, `1.0`, `20`.
impl fmt::Display for MinSupport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // Unlike `{}`, `{:?}` writes 1.0 with its point.
            Form::Fraction(fraction) => f.pad(&format!("{fraction:?}")),
            Form::Count(count) => f.pad(&count.to_string()),
        }
    }
}

/// A fraction from a number with a decimal point or an exponent, a count from a whole number.
impl FromStr for MinSupport {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = match text.contains(['.', 'e', 'E']) {
            true => text.parse().ok().map(MinSupport::fraction),
            false => text.parse().ok().map(MinSupport::count),
        };
        let expected = "a fraction above 0 and up to 1, such as 0.01, or a count of at least 1, such as 20";
        let valid = parsed.filter(|parsed| parsed.min_count(1).is_ok());
        valid.ok_or_else(|| Error::invalid_setting("min_support", text, expected))
    }
}

/// The smallest `c` in `0..=whole` with `c as f64 / whole as f64 >= fraction`, for a fraction from 0 to 1.
///
/// The quotient is rounded by the one division that a user would write, so a threshold that was computed as
/// `k as f64 / n as f64` always keeps `k`.
fn smallest_count(fraction: f64, whole: u64) -> u64 {
    let reaches = |count: u64| count as f64 / whole as f64 >= fraction;
    // The guess is off by rounding alone. Steps of 1 correct it.
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
    fn threshold_is_inclusive() {
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
    fn smallest_count_reaches_the_fraction() {
        for n in 0..=60u64 {
            for thousandth in 0..=1000 {
                let fraction = f64::from(thousandth) / 1000.0;
                let expected = (0..=n).find(|&c| c as f64 / n as f64 >= fraction).unwrap_or(n);
                assert_eq!(smallest_count(fraction, n), expected, "{fraction} of {n}");
            }
        }
    }

    #[test]
    fn extreme_fractions_and_counts() {
        assert_eq!(MinSupport::fraction(f64::MIN_POSITIVE).min_count(u64::from(u32::MAX)).unwrap(), 1);
        assert_eq!(MinSupport::fraction(1.0).min_count(u64::from(u32::MAX)).unwrap(), u64::from(u32::MAX));
        assert_eq!(MinSupport::fraction(0.5).min_count(0).unwrap(), 1);
        assert_eq!(MinSupport::count(7).min_count(0).unwrap(), 7);
    }

    #[test]
    fn invalid_thresholds_are_refused() {
        for fraction in [0.0, -1.0, 1.0000000000000002, 1.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let message = MinSupport::fraction(fraction).min_count(10).unwrap_err().to_string();
            assert!(message.contains("min_support") && message.contains("MinSupport::count"), "{message}");
        }
        assert!(MinSupport::count(0).min_count(10).unwrap_err().to_string().contains("MinSupport::fraction"));
    }

    #[test]
    fn text_parses_back() {
        for value in [0.01, 1.0, 0.5, 1e-9, f64::MIN_POSITIVE, 2.0 / 3.0].map(MinSupport::fraction) {
            assert_eq!(value.to_string().parse::<MinSupport>().unwrap(), value);
        }
        for value in [1, 20, u64::MAX].map(MinSupport::from) {
            assert_eq!(value.to_string().parse::<MinSupport>().unwrap(), value);
        }
        for (text, value) in [("1e-2", 0.01), (".5", 0.5), ("1.", 1.0), ("1E0", 1.0), ("+0.5", 0.5)] {
            assert_eq!(text.parse::<MinSupport>().unwrap(), value.into());
        }
        for text in [
            "",
            "0",
            "0.0",
            "-1",
            "-0.5",
            "1.5",
            "20.0",
            "1e3",
            "NaN",
            "inf",
            "1%",
            " 1",
            "0,5",
            "18446744073709551616",
        ] {
            let error = text.parse::<MinSupport>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("invalid min_support: {text} (expected a fraction above 0")), "{error}");
        }
    }
}
