//! A column of a table, by its name or its number.

use std::fmt;

use crate::error::Error;

/// A column of a table: its name in the header, or its number, from 1 on.
///
/// A text is a name if the header has it, and otherwise a number if it is one; a number is never a name. Names are
/// compared exactly with those of the header, from which white space around them is removed as around any field.
///
/// ```
/// use itemset::io::Column;
///
/// assert_eq!(Column::from(3).to_string(), "3");
/// assert_eq!(Column::from("invoice").to_string(), "invoice");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Column(Kind);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
enum Kind {
    Number(usize),
    Text(String),
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Column(Kind::Text(name.to_string()))
    }
}

impl From<String> for Column {
    fn from(name: String) -> Self {
        Column(Kind::Text(name))
    }
}

impl From<usize> for Column {
    fn from(number: usize) -> Self {
        Column(Kind::Number(number))
    }
}

impl Column {
    /// The number that it is, unless it is a name.
    fn number(&self) -> Option<usize> {
        match &self.0 {
            Kind::Number(number) => Some(*number),
            // The standard library would also take a sign.
            Kind::Text(text) => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())),
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Number(number) => f.pad(&number.to_string()),
            Kind::Text(text) => f.pad(text),
        }
    }
}

/// The longest part of a text that an error shows, in characters.
const SHOWN: usize = 40;

/// The part of a text that an error shows, and a sign that there is more.
fn cut(text: &str) -> [&str; 2] {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => [&text[..end], "…"],
        None => [text, ""],
    }
}

/// A name or a wrong field, in quotes, for errors.
pub(super) fn shown(text: &str) -> String {
    let [shown, more] = cut(text);
    format!("{shown:?}{more}")
}

/// The columns of a table: their names, if it has a header, and how many there are.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) names: Option<Vec<String>>,
    pub(super) len: usize,
    /// Whether the columns have types: no delimiter is between them.
    is_typed: bool,
}

/// The most names that an error lists.
const NAMES_SHOWN: usize = 12;

impl Header {
    /// Delimiters at the end of a header add no columns.
    pub(super) fn new(mut names: Option<Vec<String>>, mut len: usize) -> Self {
        if let Some(names) = &mut names {
            let named = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
            names.truncate(named.max(1));
            len = names.len();
        }
        Header { names, len, is_typed: false }
    }

    /// The columns of a table that knows them by name and type.
    #[cfg(any(feature = "arrow_60", feature = "parquet"))]
    pub(super) fn of_typed(names: Vec<String>) -> Self {
        Header { len: names.len(), names: Some(names), is_typed: true }
    }

    /// Where a column is, from 0. `line` is that of the header, for errors.
    pub(super) fn position(&self, column: &Column, line: u64) -> Result<usize, Error> {
        self.place(column).map_err(|reason| Error::malformed(line, reason))
    }

    /// Where a column is, from 0, or why it is not there.
    pub(super) fn place(&self, column: &Column) -> Result<usize, String> {
        if let (Some(names), Kind::Text(text)) = (&self.names, &column.0) {
            let mut places = (0..).zip(names).filter(|(_, name)| *name == text).map(|(place, _)| place);
            match (places.next(), places.next()) {
                (Some(place), None) => return Ok(place),
                (Some(first), Some(second)) => {
                    return Err(format!(
                        "two columns are called `{column}`: give the number, {} or {}",
                        first + 1,
                        second + 1
                    ));
                }
                _ => {}
            }
        }
        let Some(number) = column.number() else {
            return Err(match &self.names {
                Some(_) => format!("no column is called `{column}`; {}", self.listed()),
                None => format!(
                    "`{column}` is the name of a column, and this table is read without a header: read it with one, or \
                     give the column's number, from 1 to {}",
                    self.len
                ),
            });
        };
        match number.checked_sub(1).filter(|&place| place < self.len) {
            Some(place) => Ok(place),
            None => Err(format!("there is no column {number}; {}", self.listed())),
        }
    }

    /// The name at a place, of a column that gives items their labels. Without it all of them would be called the same,
    /// and the numbers of rows, which some programs write to a column without a name, would be items.
    pub(super) fn name(&self, place: usize, line: u64) -> Result<&str, Error> {
        let name = self.names.as_ref().and_then(|names| names.get(place)).filter(|name| !name.is_empty());
        name.map(String::as_str).ok_or_else(|| {
            Error::malformed(line, format_args!("column {} has no name: name it, or leave it out", place + 1))
        })
    }

    /// What an error calls the column at a place.
    pub(super) fn describe(&self, place: usize) -> String {
        match self.names.as_ref().and_then(|names| names.get(place)) {
            Some(name) => format!("column {}, {}", place + 1, shown(name)),
            None => format!("column {}", place + 1),
        }
    }

    /// What columns there are.
    fn listed(&self) -> String {
        let Some(names) = &self.names else {
            return format!("the first row has {} field{}", self.len, if self.len == 1 { "" } else { "s" });
        };
        let listed: Vec<String> =
            names.iter().take(NAMES_SHOWN).map(|name| format!("`{}`", cut(name).concat())).collect();
        let more = if names.len() > NAMES_SHOWN { ", ..." } else { "" };
        match &listed[..] {
            [] => "the table has no columns".to_string(),
            _ if self.is_typed => format!("the table has {}{more}", listed.join(", ")),
            [name] => format!("the header is one field, {name}: is this the right delimiter?"),
            _ => format!("the header has {}{more}", listed.join(", ")),
        }
    }
}
