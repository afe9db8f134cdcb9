//! A column of a table, by its name or its number.

use std::fmt;

use crate::error::Error;

/// A column of a table: its name in the header, or its number, from 1 on.
///
/// A text is a name if the header has it, and otherwise a number if it is one. Names are compared exactly, after white
/// space around them is removed as around any field.
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
pub struct Column(String);

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Column(name.to_string())
    }
}

impl From<String> for Column {
    fn from(name: String) -> Self {
        Column(name)
    }
}

impl From<usize> for Column {
    fn from(number: usize) -> Self {
        Column(number.to_string())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The columns of a table: their names, if it has a header, and how many there are.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) names: Option<Vec<String>>,
    pub(super) len: usize,
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
        Header { names, len }
    }

    /// Where a column is, from 0. `line` is that of the header, for errors.
    pub(super) fn position(&self, column: &Column, line: u64) -> Result<usize, Error> {
        if let Some(names) = &self.names {
            let mut places = (0..).zip(names).filter(|(_, name)| **name == column.0).map(|(place, _)| place);
            match (places.next(), places.next()) {
                (Some(place), None) => return Ok(place),
                (Some(first), Some(second)) => {
                    let reason = format_args!(
                        "two columns are called `{column}`: give the number, {} or {}",
                        first + 1,
                        second + 1
                    );
                    return Err(Error::malformed(line, reason));
                }
                _ => {}
            }
        }
        let Some(number) = column.0.parse().ok().filter(|&number: &usize| number > 0) else {
            return Err(match &self.names {
                Some(_) => Error::malformed(line, format_args!("no column is called `{column}`; {}", self.listed())),
                None => Error::malformed(
                    line,
                    format_args!(
                        "`{column}` is the name of a column, and this table is read without a header: read it with \
                         one, or give the column's number, from 1 to {}",
                        self.len
                    ),
                ),
            });
        };
        if number > self.len {
            let reason = format_args!("there is no column {number}; {}", self.listed());
            return Err(Error::malformed(line, reason));
        }
        Ok(number - 1)
    }

    /// What an error calls the column at a place.
    pub(super) fn describe(&self, place: usize) -> String {
        match self.names.as_ref().and_then(|names| names.get(place)) {
            Some(name) => format!("column {}, {name:?}", place + 1),
            None => format!("column {}", place + 1),
        }
    }

    /// What columns there are.
    fn listed(&self) -> String {
        let Some(names) = &self.names else { return format!("the first row has {} fields", self.len) };
        let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > NAMES_SHOWN { ", ..." } else { "" };
        match names.len() {
            1 => format!("the header is one field, {}: is this the right delimiter?", shown[0]),
            _ => format!("the header has {}{more}", shown.join(", ")),
        }
    }
}
