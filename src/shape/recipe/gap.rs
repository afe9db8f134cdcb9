//! A gap in time, and its text form.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::error::Error;
#[cfg(feature = "serde")]
use crate::stored_format::stored_as_text;

/// The time after which a [session](super::Recipe::session) ends.
///
/// The text form, for reading, printing and storing, is a whole number and a unit: `d`, `h`, `m`, `s`, `ms`, `us` or `ns`.
///
/// ```
/// use std::time::Duration;
/// use itemset::shape::Gap;
///
/// let gap: Gap = "30m".parse()?;
/// assert_eq!(gap, Gap::from(Duration::from_secs(1800)));
/// assert_eq!(Gap::from(Duration::from_secs(7200)).to_string(), "2h");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gap(Duration);

#[cfg(feature = "serde")]
stored_as_text!(Gap);

/// Units and their nanoseconds.
const UNITS: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1000),
    ("ns", 1),
];

impl Gap {
    pub(super) fn as_nanos(self) -> u128 {
        self.0.as_nanos()
    }
}

impl From<Duration> for Gap {
    fn from(gap: Duration) -> Self {
        Gap(gap)
    }
}

/// In the largest unit of which it is a whole number.
impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.as_nanos();
        let unit = if nanos == 0 {
            ("s", 1)
        } else {
            *UNITS.iter().find(|unit| nanos.is_multiple_of(unit.1)).unwrap_or(&("ns", 1))
        };
        f.pad(&format!("{}{}", nanos / unit.1, unit.0))
    }
}

impl FromStr for Gap {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let nanos = UNITS.iter().find(|(name, _)| *name == unit).and_then(|&(_, nanos)| {
            let nanos = number.parse::<u128>().ok()?.checked_mul(nanos)?;
            let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
            // Less than a second.
            Some(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
        });
        let allowed = "a whole number and a unit: s, m, h or d, such as 30m";
        nanos.map(Gap).ok_or_else(|| Error::invalid_setting("gap", format!("`{text}`"), allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_parse_back(seconds in any::<u64>(), nanos in prop_oneof![Just(0), 0..1_000_000_000u32], shift in 0..64u32) {
            let gap = Gap::from(Duration::new(seconds >> shift, nanos));
            prop_assert_eq!(gap.to_string().parse::<Gap>().unwrap(), gap);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9]{0,42}[a-zµ ]{0,3}") {
            let _ = text.parse::<Gap>();
        }
    }

    #[test]
    fn wrong_gaps_are_refused() {
        for text in ["", "30", "m", "-1m", "1.5h", "30 m", "1w", "99999999999999999999d"] {
            let error = text.parse::<Gap>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("invalid gap: `{text}` (expected a whole number and a unit")),
                "{error}"
            );
        }
    }
}
