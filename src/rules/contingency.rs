//! The four counts of a rule.

use super::Measure;
use crate::error::Error;
use crate::transactions::MAX_BASKETS;

/// How many baskets hold the sides of a rule X ⇒ Y: what every [`Measure`] is computed from.
///
/// | | with Y | without Y | |
/// |---|---|---|---|
/// | **with X** | `n_xy` | `n_x - n_xy` | `n_x` |
/// | **without X** | `n_y - n_xy` | `n - n_x - n_y + n_xy` | `n - n_x` |
/// | | `n_y` | `n - n_y` | `n` |
///
/// No cell is negative and `n_xy` is at least 1, so no measure is ever NaN.
///
/// ```
/// use itemset::{Contingency, Measure};
///
/// let counts = Contingency::new(1000, 200, 300, 90)?;
/// assert_eq!(counts.measure(Measure::Confidence), 0.45);
/// assert_eq!(counts.measure(Measure::Lift), 1.5);
/// assert!(Contingency::new(1000, 200, 300, 201).is_err());
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "confusion matrix")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "FourCounts", into = "FourCounts"))]
pub struct Contingency {
    n: u64,
    n_x: u64,
    n_y: u64,
    n_xy: u64,
}

/// The serialised form of four counts.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Counts")]
pub(super) struct FourCounts {
    pub(super) n: u64,
    pub(super) n_x: u64,
    pub(super) n_y: u64,
    pub(super) n_xy: u64,
}

#[cfg(feature = "serde")]
impl From<Contingency> for FourCounts {
    fn from(Contingency { n, n_x, n_y, n_xy }: Contingency) -> Self {
        FourCounts { n, n_x, n_y, n_xy }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<FourCounts> for Contingency {
    type Error = Error;

    fn try_from(FourCounts { n, n_x, n_y, n_xy }: FourCounts) -> Result<Self, Error> {
        Contingency::new(n, n_x, n_y, n_xy)
    }
}

impl Contingency {
    /// The counts of one rule: all baskets, those with the antecedent, with the consequent, with both.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) names the first count that cannot be: `n_x`
    /// or `n_y` above `n`, `n_xy` below 1 or above `n_x` or `n_y`, or fewer baskets than the sides need
    /// (`n` below `n_x + n_y - n_xy`). [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `i64::MAX` baskets.
    pub fn new(n: u64, n_x: u64, n_y: u64, n_xy: u64) -> Result<Self, Error> {
        if n > MAX_BASKETS {
            return Err(Error::too_large("baskets in a table of counts", MAX_BASKETS));
        }
        for (setting, count) in [("n_x", n_x), ("n_y", n_y)] {
            if count > n {
                return Err(Error::invalid_setting(setting, count, "a count from 1 to n"));
            }
        }
        if n_xy == 0 || n_xy > n_x.min(n_y) {
            return Err(Error::invalid_setting("n_xy", n_xy, "a count from 1 to the smaller of n_x and n_y"));
        }
        if n_x + n_y - n_xy > n {
            return Err(Error::invalid_setting("n", n, "at least n_x + n_y - n_xy, the baskets with either side"));
        }
        Ok(Contingency { n, n_x, n_y, n_xy })
    }

    /// The same without the checks, for counts that passed them when their rule was made or read.
    #[inline(always)]
    pub(crate) fn of_checked(n: u64, n_x: u64, n_y: u64, n_xy: u64) -> Self {
        Contingency { n, n_x, n_y, n_xy }
    }

    /// All baskets.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Baskets with the antecedent.
    #[must_use]
    pub fn n_x(&self) -> u64 {
        self.n_x
    }

    /// Baskets with the consequent.
    #[must_use]
    pub fn n_y(&self) -> u64 {
        self.n_y
    }

    /// Baskets with both.
    #[must_use]
    pub fn n_xy(&self) -> u64 {
        self.n_xy
    }

    /// Baskets without the antecedent.
    #[inline]
    pub(super) fn not_x(&self) -> u64 {
        self.n - self.n_x
    }

    /// Baskets without the consequent.
    #[inline]
    pub(super) fn not_y(&self) -> u64 {
        self.n - self.n_y
    }

    /// Baskets with the antecedent, but not the consequent: those against the rule.
    #[inline]
    pub(super) fn x_alone(&self) -> u64 {
        self.n_x - self.n_xy
    }

    /// Baskets with the consequent, but not the antecedent.
    #[inline]
    pub(super) fn y_alone(&self) -> u64 {
        self.n_y - self.n_xy
    }

    /// Baskets with one side at the least.
    #[inline]
    pub(super) fn either(&self) -> u64 {
        self.n_x + self.n_y - self.n_xy
    }

    /// Baskets with neither side.
    #[inline]
    pub(super) fn neither(&self) -> u64 {
        self.n - self.either()
    }

    /// The baskets for the rule less those against it.
    #[inline]
    pub(super) fn for_and_against(&self) -> i128 {
        i128::from(self.n_xy) - i128::from(self.x_alone())
    }

    /// The value of a measure, never NaN. Constant time, but for Fisher's test, hyper-confidence and hyper-lift.
    #[must_use]
    pub fn measure(&self, measure: Measure) -> f64 {
        measure.value(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn possible_counts_are_kept() {
        for (n, n_x, n_y, n_xy) in [(1, 1, 1, 1), (10, 3, 9, 2), (10, 10, 4, 4), (1 << 40, 1 << 39, 1 << 39, 1)] {
            let counts = Contingency::new(n, n_x, n_y, n_xy).unwrap();
            assert_eq!((counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()), (n, n_x, n_y, n_xy));
        }
        assert!(Contingency::new(i64::MAX as u64, 2, 2, 1).is_ok());
    }

    #[test]
    fn impossible_counts_are_named() {
        let refused = |n, n_x, n_y, n_xy| Contingency::new(n, n_x, n_y, n_xy).unwrap_err().to_string();
        assert_eq!(refused(10, 11, 3, 1), "invalid n_x: 11 (expected a count from 1 to n)");
        assert_eq!(refused(10, 3, 11, 1), "invalid n_y: 11 (expected a count from 1 to n)");
        assert!(refused(10, 3, 4, 4).starts_with("invalid n_xy: 4"));
        assert!(refused(10, 3, 4, 0).starts_with("invalid n_xy: 0"));
        assert!(refused(0, 0, 0, 0).starts_with("invalid n_xy: 0"));
        assert!(refused(10, 6, 6, 1).starts_with("invalid n: 10"));
        assert!(refused(u64::MAX, u64::MAX, u64::MAX, u64::MAX).contains("9223372036854775807"));
    }
}
