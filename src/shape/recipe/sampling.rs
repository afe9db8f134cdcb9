//! How much a sample takes, and its text form (feature `random`).

use std::fmt;
use std::str::FromStr;

use super::report::SampleReport;
use crate::error::Error;
use crate::shape::SampleSize;
#[cfg(feature = "serde")]
use crate::stored_format::{stored_as_text, suggest_keys};
use crate::transactions::Transactions;

/// How much of the baskets a [sample](super::Recipe::sample) takes.
///
/// The text form, for reading, printing and storing, is a number: with a point it is a fraction, without one so many
/// baskets.
///
/// ```
/// use itemset::shape::Portion;
///
/// assert_eq!("0.1".parse::<Portion>()?, Portion::Fraction(0.1));
/// assert_eq!("1000".parse::<Portion>()?, Portion::Baskets(1000));
/// assert_eq!(Portion::Fraction(1.0).to_string(), "1.0");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Portion {
    /// This fraction of the baskets, above 0 and up to 1, rounded to a whole number and 1 at least.
    Fraction(f64),
    /// So many baskets, 1 or more.
    Baskets(u64),
}

#[cfg(feature = "serde")]
stored_as_text!(Portion);

const ALLOWED: &str = "a fraction above 0 and up to 1, such as 0.1, or a number of baskets of at least 1, such as 1000";

impl Portion {
    /// A random [sample](Transactions::sample) of the baskets, and what it promises; of none, none and nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a portion that is none;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets of a sample.
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::Portion;
    ///
    /// let baskets = Transactions::from_rows((0..10_000u32).map(|n| [n % 7, 7 + n % 11]))?;
    /// let (sample, report) = Portion::Fraction(0.5).draw(&baskets, 1)?;
    /// assert_eq!(sample.len(), 5000);
    /// assert_eq!(
    ///     report.unwrap().to_string(),
    ///     "a sample of 10000 baskets: with a probability of 95 %, supports are wrong by 0.0224 at most"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn draw<T: Ord>(
        self,
        baskets: &Transactions<T>,
        seed: u64,
    ) -> Result<(Transactions<T>, Option<SampleReport>), Error> {
        let size = self.of(baskets.len())?;
        if baskets.is_empty() {
            return Ok((baskets.sample(0, seed)?, None));
        }
        let error = SampleSize::error_of_all(size, FAILURE, baskets)?;
        let report = SampleReport { of: baskets.len() as u64, error };
        Ok((baskets.sample(size, seed)?, Some(report)))
    }

    /// The baskets of a sample of so many; an error for a portion that is none.
    fn of(self, baskets: usize) -> Result<usize, Error> {
        match self {
            Portion::Fraction(fraction) if fraction > 0.0 && fraction <= 1.0 => {
                // No more than there are.
                Ok(((fraction * baskets as f64).round() as usize).clamp(1, baskets.max(1)))
            }
            Portion::Baskets(number @ 1..) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
            _ => Err(Error::invalid_setting("sample", self, ALLOWED)),
        }
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // With a point, or with an exponent.
            Portion::Fraction(fraction) => f.pad(&format!("{fraction:?}")),
            Portion::Baskets(baskets) => f.pad(&baskets.to_string()),
        }
    }
}

impl FromStr for Portion {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for what is no portion.
    fn from_str(text: &str) -> Result<Self, Error> {
        let parsed = match text.contains(['.', 'e', 'E']) {
            true => text.parse().ok().map(Portion::Fraction),
            false => text.parse().ok().map(Portion::Baskets),
        };
        let parsed = parsed.filter(|portion| portion.of(1).is_ok());
        parsed.ok_or_else(|| Error::invalid_setting("sample", format!("`{text}`"), ALLOWED))
    }
}

/// The probability that the error of a sample is larger than its report tells.
const FAILURE: f64 = 0.05;

/// A sample of the baskets.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(remote = "Self", deny_unknown_fields))]
pub(super) struct Sampling {
    pub(super) portion: Portion,
    pub(super) seed: u64,
}

/// A fraction that is no number is refused before it is compared.
impl Eq for Sampling {}

#[cfg(feature = "serde")]
suggest_keys!(Sampling);

impl fmt::Display for Sampling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.portion {
            Portion::Fraction(fraction) => write!(f, "a sample of {fraction} of the baskets")?,
            Portion::Baskets(baskets) => write!(f, "a sample of {baskets} baskets")?,
        }
        write!(f, ", drawn with the seed {}", self.seed)
    }
}
