//! The delimiter between the items of a line.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// The delimiter between the items of a line, in files that are read and in text that is written.
///
/// With each of them a field that begins with a double quote is quoted as in CSV (RFC 4180), so that a label can hold
/// any text: [`BasketReader`](super::BasketReader) has the rules for reading, [`TextWriter`](super::TextWriter) those
/// for writing.
///
/// The text form, for reading and printing, is `whitespace`, `tab` or the character itself.
///
/// ```
/// use itemset::io::Delimiter;
///
/// assert_eq!("tab".parse::<Delimiter>()?, Delimiter::Char('\t'));
/// assert_eq!(";".parse::<Delimiter>()?.to_string(), ";");
/// assert_eq!(Delimiter::default().to_string(), "whitespace");
/// assert!("\"".parse::<Delimiter>().is_err());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Delimiter {
    /// Any run of ASCII whitespace, or of all that of Unicode with [`Trim::Unicode`](super::Trim::Unicode). Text is
    /// written with one space.
    #[default]
    Whitespace,
    /// One character. It must be ASCII and neither a letter, a digit, a double quote, a line break nor NUL; the call
    /// that reads or writes refuses any other.
    Char(char),
}

/// The values that [`Delimiter::byte`] accepts.
const ALLOWED: &str = "`whitespace`, `tab` or one ASCII character that is neither a letter, a digit, a double quote, a \
                       line break nor NUL";

impl Delimiter {
    /// The byte that separates items, a space for whitespace.
    pub(super) fn byte(self) -> Result<u8, Error> {
        let byte = match self {
            Delimiter::Whitespace => Some(b' '),
            Delimiter::Char('"' | '\n' | '\r' | '\0') => None,
            Delimiter::Char(char) => u8::try_from(char).ok().filter(|byte| byte.is_ascii() && !char.is_alphanumeric()),
        };
        byte.ok_or_else(|| Error::invalid_setting("delimiter", format_args!("`{}`", self.visible()), ALLOWED))
    }

    /// The text form with control characters escaped, for messages.
    fn visible(self) -> String {
        match self {
            Delimiter::Char(char) if char.is_control() => char.escape_default().collect(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delimiter::Whitespace => f.pad("whitespace"),
            Delimiter::Char('\t') => f.pad("tab"),
            Delimiter::Char(char) => f.pad(char.encode_utf8(&mut [0; 4])),
        }
    }
}

impl FromStr for Delimiter {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let mut chars = name.chars();
        let delimiter = match (name, chars.next(), chars.next()) {
            ("whitespace", ..) => Delimiter::Whitespace,
            ("tab", ..) => Delimiter::Char('\t'),
            (_, Some(char), None) => Delimiter::Char(char),
            _ => return Err(Error::invalid_setting("delimiter", format_args!("`{name}`"), ALLOWED)),
        };
        delimiter.byte()?;
        Ok(delimiter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_parse_back() {
        for name in [",", ";", "|", ":", " ", "\u{1}", "'", "\\", "whitespace", "tab"] {
            assert_eq!(name.parse::<Delimiter>().unwrap().to_string(), name);
        }
        for name in ["", "\"", "\n", "\r", "\0", "a", "Z", "7", "é", "；", ",,", "space"] {
            let message = name.parse::<Delimiter>().unwrap_err().to_string();
            assert!(message.starts_with("invalid delimiter: `") && !message.contains('\n'), "{message}");
        }
    }
}
