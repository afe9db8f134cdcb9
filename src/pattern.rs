//! Patterns with `*` and `?`.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
#[cfg(feature = "serde")]
use crate::stored_format::stored_as_text;

/// A pattern for whole texts: `*` stands for any characters, none included, `?` for one, and any other character for
/// itself.
///
/// ```
/// use itemset::io::Pattern;
///
/// let cancelled: Pattern = "C*".parse()?;
/// assert!(cancelled.matches("C536379") && !cancelled.matches("536379C"));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern(String);

#[cfg(feature = "serde")]
stored_as_text!(Pattern);

impl Pattern {
    /// Whether the whole text is as the pattern says. Takes at most the product of both lengths.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let (mut pattern, mut text) = (self.0.chars(), text.chars());
        // What follows the last `*`, and the text that it has not taken.
        let mut star = None;
        loop {
            let rest = text.clone();
            match (pattern.next(), text.next()) {
                (Some('*'), _) => {
                    star = Some((pattern.clone(), rest.clone()));
                    text = rest;
                }
                (None, None) => return true,
                (Some(wanted), Some(char)) if wanted == '?' || wanted == char => {}
                _ => {
                    let Some((after, from)) = &mut star else { return false };
                    // The star takes one character more.
                    if from.next().is_none() {
                        return false;
                    }
                    (pattern, text) = (after.clone(), from.clone());
                }
            }
        }
    }
}

impl FromStr for Pattern {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an empty pattern.
    fn from_str(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::invalid_setting(
                "pattern",
                "``",
                "text, in which * stands for any characters and ? for one",
            ));
        }
        Ok(Pattern(text.to_string()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            (['*', after @ ..], _) => (0..=text.len()).any(|taken| plainly(after, &text[taken..])),
            (['?', after @ ..], [_, rest @ ..]) => plainly(after, rest),
            ([wanted, after @ ..], [char, rest @ ..]) => wanted == char && plainly(after, rest),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_are_those_of_the_definition(pattern in "[ab*?é]{1,9}", text in "[ab*é]{0,9}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            let parsed: Pattern = pattern.parse().unwrap();
            prop_assert_eq!(parsed.matches(&text), plainly(&chars(&pattern), &chars(&text)));
        }
    }
}
