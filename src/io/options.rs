//! What a reader does with fields and lines besides cutting them. None of it is done unless it is asked for.

use std::borrow::Cow;

use super::Delimiter;
use crate::error::Error;
use crate::text_enum::text_enum;

text_enum! {
    /// What [`BasketReader::trim`](super::BasketReader::trim) removes around fields, inside quotes too.
    ///
    /// ```
    /// use itemset::io::Trim;
    ///
    /// assert_eq!("unicode".parse::<Trim>()?, Trim::Unicode);
    /// assert_eq!(Trim::default().to_string(), "ascii");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub enum Trim for "trim" {
        /// ASCII white space: spaces, tabs, form feeds, and line breaks inside quotes.
        Ascii = "ascii",
        /// All white space of Unicode, such as the no-break space U+00A0 and the ideographic space U+3000, and the
        /// spaces without width, U+200B and U+FEFF.
        Unicode = "unicode",
        /// Nothing. A quote after a space is text then, and after a closing quote only the delimiter may come.
        None = "none",
    }
}

/// ASCII white space.
impl Default for Trim {
    fn default() -> Self {
        Trim::Ascii
    }
}

impl Trim {
    /// The text without what is removed on both sides.
    fn trim(self, text: &str) -> &str {
        match self {
            Trim::Ascii => text.trim_ascii(),
            Trim::Unicode => text.trim_matches(|char: char| char.is_whitespace() || is_without_width(char)),
            Trim::None => text,
        }
    }
}

/// Whether a character is a space without width, which Unicode does not count as white space.
pub(super) fn is_without_width(char: char) -> bool {
    matches!(char, '\u{200b}' | '\u{feff}')
}

/// The settings of a reader besides the delimiter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) trim: Trim,
    pub(super) case_fold: bool,
    pub(super) comment: Option<char>,
    pub(super) weight_last: bool,
}

/// The values that [`Options::comment_byte`] accepts.
const ALLOWED: &str =
    "one ASCII character that is neither white space, a line break, NUL, a double quote nor the delimiter";

impl Options {
    /// Whether fields and lines are read as without options.
    pub(super) fn are_default(&self) -> bool {
        *self == Options::default()
    }

    /// The byte with which comments begin, if there are any.
    pub(super) fn comment_byte(&self, delimiter: Delimiter) -> Result<Option<u8>, Error> {
        let Some(char) = self.comment else { return Ok(None) };
        let is_taken = char.is_whitespace() || matches!(char, '"' | '\0') || delimiter == Delimiter::Char(char);
        match u8::try_from(char).ok().filter(|byte| byte.is_ascii() && !is_taken) {
            Some(byte) => Ok(Some(byte)),
            None => Err(Error::invalid_setting("comment", format_args!("`{}`", char.escape_debug()), ALLOWED)),
        }
    }

    /// What is left of a field without quotes, or of the text between them.
    pub(super) fn trimmed<'t>(&self, field: &'t str) -> &'t str {
        self.trim.trim(field)
    }

    /// The label of a trimmed field.
    pub(super) fn label<'t>(&self, trimmed: &'t str) -> Cow<'t, str> {
        if self.case_fold && trimmed.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            Cow::Owned(trimmed.to_lowercase())
        } else {
            Cow::Borrowed(trimmed)
        }
    }
}
