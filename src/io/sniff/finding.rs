//! What looks different in a file than it was expected.

use crate::io::column::shown;
use std::fmt;

use crate::io::{Column, Delimiter};
use crate::text_enum::text_enum;

text_enum! {
    /// In what labels differ that look alike.
    ///
    /// ```
    /// use itemset::io::Difference;
    ///
    /// assert_eq!(Difference::LetterCase.to_string(), "letter case");
    /// ```
    pub enum Difference for "difference" {
        /// `Beer` and `beer`.
        LetterCase = "letter case",
        /// White space, such as a no-break space in place of a space.
        WhiteSpace = "white space",
        /// The same characters as Unicode, such as `é` as one character and as two.
        UnicodeForm = "Unicode form",
    }
}

/// One thing in which a file looks different than it was expected. The text form says what was seen.
///
/// Lines are numbers from 1. What is counted is counted in the first lines, which alone are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A row looks like the names of columns.
    Header {
        /// Its line.
        line: u64,
        /// The names.
        names: Vec<String>,
    },
    /// Something else looks like the delimiter.
    Delimiter {
        /// What looks like it.
        found: Delimiter,
        /// The lines that have it.
        lines: usize,
        /// All lines.
        of: usize,
        /// What was expected.
        expected: Delimiter,
    },
    /// The first line is `sep=;`, with which Excel names the delimiter.
    DelimiterLine {
        /// The delimiter that it names.
        delimiter: Delimiter,
    },
    /// A table with a line item per row looks like baskets: a column has the same value in several rows.
    Long {
        /// The column.
        column: Column,
        /// A value that it has in several rows.
        value: String,
        /// The rows with this value.
        rows: usize,
    },
    /// Every line has one item.
    SingleItems {
        /// The number of lines.
        lines: usize,
    },
    /// Lines are in quotes as a whole, and so one field each.
    QuotedLines {
        /// The first one.
        line: u64,
        /// Their number.
        lines: usize,
    },
    /// Lines that look like comments.
    Comments {
        /// What they begin with.
        beginning: String,
        /// The first one.
        line: u64,
        /// Their number.
        lines: usize,
    },
    /// A table with a column per item looks like baskets.
    OneHot {
        /// The number of columns whose fields say whether an item is there.
        columns: usize,
    },
    /// A table with a column per attribute looks like baskets.
    Attributes {
        /// The number of columns with values that several rows have.
        columns: usize,
    },
    /// Items have a number that says whether they are there.
    Sparse {
        /// One of them, such as `beer:1`.
        example: String,
    },
    /// Lines look like JSON: a value each, or a value of several lines.
    JsonLines {
        /// The first one.
        line: u64,
    },
    /// Labels begin or end with white space that is not removed, or with characters without width.
    WhiteSpace {
        /// The line of the first one.
        line: u64,
        /// The first one.
        label: String,
        /// How many such labels there are.
        labels: usize,
    },
    /// Labels look alike and are different items.
    LookAlike {
        /// The two that come first.
        labels: [String; 2],
        /// In what they differ.
        difference: Difference,
        /// How many such labels there are that have another one which comes earlier.
        more: usize,
    },
    /// An item looks like a word for missing values.
    NullWord {
        /// The word.
        word: String,
        /// The first line with it.
        line: u64,
        /// How often it occurs.
        count: usize,
    },
}

/// The most names that are listed.
const NAMES_SHOWN: usize = 12;

/// A delimiter in a sentence.
fn called(delimiter: Delimiter) -> String {
    match delimiter {
        Delimiter::Whitespace => "white space".to_string(),
        Delimiter::Char('\t') => "a tab".to_string(),
        Delimiter::Char(' ') => "a space".to_string(),
        Delimiter::Char(char) => format!("`{}`", char.escape_debug()),
    }
}

/// `1 line`, `2 lines`.
fn number(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Header { line, names } => {
                let listed: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| shown(name)).collect();
                let more = if names.len() > NAMES_SHOWN { ", ..." } else { "" };
                write!(f, "line {line} looks like the names of columns: {}{more}", listed.join(", "))
            }
            Finding::Delimiter { found, lines, of, expected } => write!(
                f,
                "{} looks like the delimiter, and not {}: it is in {lines} of {}",
                called(*found),
                called(*expected),
                number(*of, "line")
            ),
            Finding::DelimiterLine { delimiter } => {
                write!(f, "line 1 is no data: it says that the delimiter is {}, as Excel writes it", called(*delimiter))
            }
            Finding::Long { column, value, rows } => write!(
                f,
                "the lines look like rows of a table with one item each: column {} is {} in {}",
                shown(&column.to_string()),
                shown(value),
                number(*rows, "row")
            ),
            Finding::SingleItems { lines } => {
                write!(f, "none of the first {} has more than one item", number(*lines, "line"))
            }
            Finding::QuotedLines { line, lines } => {
                write!(f, "{} in quotes as a whole, and so one item each: the first is line {line}", are(*lines))
            }
            Finding::Comments { beginning, line, lines } => {
                let begin = if *lines == 1 { "1 line begins" } else { &format!("{lines} lines begin") };
                write!(f, "{begin} with `{beginning}`, as comments do: the first is line {line}")
            }
            Finding::OneHot { columns } => {
                write!(f, "the lines look like rows of a table with a column per item: {columns} columns say yes or no")
            }
            Finding::Attributes { columns } => {
                write!(f, "the lines look like rows of a table: each of {columns} columns has values of its own")
            }
            Finding::Sparse { example } => {
                write!(f, "items look like {}, with a number that says whether they are there", shown(example))
            }
            Finding::JsonLines { line } => write!(f, "lines look like JSON: the first is line {line}"),
            Finding::WhiteSpace { line, label, labels } => {
                let begin =
                    if *labels == 1 { "1 item begins or ends" } else { &format!("{labels} items begin or end") };
                write!(f, "{begin} with white space that is not removed: the first is {} in line {line}", shown(label))
            }
            Finding::LookAlike { labels: [first, second], difference, more } => {
                write!(f, "{} and {} differ only in {difference}", shown(first), shown(second))?;
                if *more > 1 {
                    write!(f, ", and {} like them", number(*more - 1, "item"))?;
                }
                Ok(())
            }
            Finding::NullWord { word, line, count } => {
                let times = if *count == 1 { "once" } else { &format!("{count} times") };
                write!(
                    f,
                    "the item {} looks like a missing value: it occurs {times}, first in line {line}",
                    shown(word)
                )
            }
        }
    }
}

/// `1 line is`, `2 lines are`.
fn are(lines: usize) -> String {
    if lines == 1 { "1 line is".to_string() } else { format!("{lines} lines are") }
}
