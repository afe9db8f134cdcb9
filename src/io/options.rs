//! The settings that all readers share.

use std::borrow::Cow;

use super::Delimiter;
use crate::error::Error;
use crate::text_enum::text_enum;
use crate::threads::pool::Pool;

text_enum! {
    /// What [`ReadOptions::trim`] removes around fields, inside quotes too.
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

text_enum! {
    /// How the characters of a text are stored as bytes.
    ///
    /// ```
    /// use itemset::io::Encoding;
    ///
    /// assert_eq!("latin-1".parse::<Encoding>()?, Encoding::Latin1);
    /// assert_eq!(Encoding::default().to_string(), "utf-8");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub enum Encoding for "encoding" {
        /// UTF-8, with or without a byte-order mark. Other bytes are an error.
        Utf8 = "utf-8",
        /// Windows-1252, of which ISO 8859-1 (Latin-1) is a part: one byte a character (feature `encoding`).
        Latin1 = "latin-1",
        /// UTF-16, in the order of bytes that its byte-order mark tells, or else little-endian (feature `encoding`).
        Utf16 = "utf-16",
    }
}

/// UTF-8.
impl Default for Encoding {
    fn default() -> Self {
        Encoding::Utf8
    }
}

/// How a file is read: the settings that all readers share.
///
/// Every reader has each of them as a setting of the same name, and takes all at once by its `options`.
///
/// ```
/// use itemset::io::{BasketReader, Delimiter, LongReader, ReadOptions};
///
/// let options = ReadOptions::new().delimiter(Delimiter::Char(';')).null("n/a").case_fold(true);
/// let baskets = BasketReader::new().options(options.clone()).read("Beer;n/a\nbeer;chips\n".as_bytes())?;
/// assert_eq!(baskets.dictionary().labels(), ["beer", "chips"]);
/// let baskets = LongReader::new("order", "item").options(options).read("order;item\n1;Beer\n1;N/A\n".as_bytes())?;
/// assert_eq!(baskets.dictionary().labels(), ["beer", "n/a"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ReadOptions {
    pub(super) delimiter: Option<Delimiter>,
    pub(super) header: Option<bool>,
    pub(super) quote: Option<char>,
    pub(super) nulls: Vec<String>,
    pub(super) encoding: Encoding,
    pub(super) lenient: bool,
    pub(super) each: Options,
    pub(super) pool: Pool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            delimiter: None,
            header: None,
            quote: Some('"'),
            nulls: Vec::new(),
            encoding: Encoding::Utf8,
            lenient: false,
            each: Options::default(),
            pool: Pool::default(),
        }
    }
}

impl ReadOptions {
    /// The defaults.
    pub fn new() -> Self {
        ReadOptions::default()
    }

    /// The delimiter between fields. Default: [`Delimiter::Whitespace`] for baskets, a comma for tables. Between white
    /// space no field is empty: with it, a row of a table that lacks a value is a fault.
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Whether the first row has the names of the columns. Default: `false` for baskets, `true` for tables.
    pub fn header(mut self, header: bool) -> Self {
        self.header = Some(header);
        self
    }

    /// The character around fields that may hold the delimiter, line breaks, and itself doubled; `None` if quotes are
    /// text. Default: the double quote.
    ///
    /// It must be ASCII and neither a letter, a digit, white space, NUL nor the delimiter; the call that reads refuses
    /// any other.
    pub fn quote(mut self, quote: Option<char>) -> Self {
        self.quote = quote;
        self
    }

    /// A word that stands for a missing value, such as `NA`; can be called several times. Compared exactly, after
    /// trimming. An empty field is always missing. Default: no word.
    pub fn null(mut self, word: impl Into<String>) -> Self {
        self.nulls.push(word.into());
        self
    }

    /// How characters are stored as bytes. Default: [`Encoding::Utf8`]. The others need the feature `encoding`.
    pub fn encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = encoding;
        self
    }

    /// Whether rows with a fault are skipped and reported instead of being an error: rows with too few or too many
    /// fields, and those with a field that is not what it must be. Faults after which nothing can be read for sure,
    /// such as a quote that is never closed or bytes that are no text, are errors anyway. Default: `false`.
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// What is removed around fields. Default: [`Trim::Ascii`].
    pub fn trim(mut self, trim: Trim) -> Self {
        self.each.trim = trim;
        self
    }

    /// Whether labels become lower case, by [`str::to_lowercase`]. Default: `false`.
    pub fn case_fold(mut self, case_fold: bool) -> Self {
        self.each.case_fold = case_fold;
        self
    }

    /// Skips lines that begin with this character, or with white space and then this character. Default: no line is
    /// skipped.
    ///
    /// White space is that of ASCII, whatever the delimiter, and for baskets with [`Trim::Unicode`] all that it
    /// removes. A comment ends with its line, whatever quotes are in it. It counts as a line in errors, and has to be
    /// UTF-8 without NUL bytes too. A quoted field is no comment.
    ///
    /// The character must be ASCII and neither white space, a line break, NUL, a quote nor the delimiter; the call that
    /// reads refuses any other.
    pub fn comment(mut self, char: char) -> Self {
        self.each.comment = Some(char);
        self
    }

    /// The number of threads, at least 1. 1 stays on the calling thread; more are started when a call needs them.
    /// Default: the rayon pool in which the call is made, or rayon's default pool outside of any.
    ///
    /// The baskets, their order, the items' numbers and the errors are the same with any number of threads. Inputs of
    /// less than 4 MiB, and those with new items throughout, are read on the calling thread alone. Without the feature
    /// `rayon` more than 1 is an error.
    pub fn threads(mut self, threads: usize) -> Self {
        self.pool = Pool::new(Some(threads));
        self
    }

    /// The byte with which comments begin, if there are any.
    pub(super) fn comment_byte(&self, delimiter: Delimiter) -> Result<Option<u8>, Error> {
        const ALLOWED: &str =
            "one ASCII character that is neither white space, a line break, NUL, a double quote nor the delimiter";
        let Some(char) = self.each.comment else { return Ok(None) };
        let is_taken = char.is_whitespace() || matches!(char, '"' | '\0') || delimiter == Delimiter::Char(char);
        match u8::try_from(char).ok().filter(|byte| byte.is_ascii() && !is_taken) {
            Some(byte) => Ok(Some(byte)),
            None => Err(Error::invalid_setting("comment", format_args!("`{}`", char.escape_debug()), ALLOWED)),
        }
    }

    /// The byte of the quote, if there is one.
    pub(super) fn quote_byte(&self, delimiter: Delimiter) -> Result<Option<u8>, Error> {
        const ALLOWED: &str =
            "one ASCII character that is neither a letter, a digit, white space, NUL, the delimiter nor the comment";
        let Some(char) = self.quote else { return Ok(None) };
        let is_taken = delimiter == Delimiter::Char(char) || self.each.comment == Some(char);
        let byte = u8::try_from(char).ok().filter(|byte| byte.is_ascii_punctuation() && !is_taken);
        let refused = || Error::invalid_setting("quote", format_args!("`{}`", char.escape_debug()), ALLOWED);
        byte.map(Some).ok_or_else(refused)
    }

    /// Whether a trimmed field is a missing value.
    #[inline(always)]
    pub(super) fn is_null(&self, field: &str) -> bool {
        self.is_null_bytes(field.as_bytes())
    }

    /// The same for the bytes of it.
    #[inline(always)]
    pub(super) fn is_null_bytes(&self, field: &[u8]) -> bool {
        field.is_empty() || self.nulls.iter().any(|word| word.as_bytes() == field)
    }
}

/// Gives a reader the settings of its field `options` as its own.
macro_rules! read_settings {
    ($reader:ident) => {
        impl $reader {
            /// All settings that readers share, in place of those set before.
            pub fn options(mut self, options: crate::io::ReadOptions) -> Self {
                self.options = options;
                self
            }

            crate::io::options::read_settings! { @each
                delimiter(delimiter: crate::io::Delimiter),
                header(header: bool),
                quote(quote: Option<char>),
                null(word: impl Into<String>),
                encoding(encoding: crate::io::Encoding),
                lenient(lenient: bool),
                trim(trim: crate::io::Trim),
                case_fold(case_fold: bool),
                comment(char: char),
                threads(threads: usize),
            }
        }
    };
    (@each $($name:ident($argument:ident: $type:ty),)+) => {
        $(
            #[doc = concat!(
                "[`ReadOptions::", stringify!($name), "`](crate::io::ReadOptions::", stringify!($name), ") of this reader."
            )]
            pub fn $name(mut self, $argument: $type) -> Self {
                self.options = self.options.$name($argument);
                self
            }
        )+
    };
}

pub(super) use read_settings;

/// What is done with each field and line, if it is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) trim: Trim,
    pub(super) case_fold: bool,
    pub(super) comment: Option<char>,
}

impl Options {
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
