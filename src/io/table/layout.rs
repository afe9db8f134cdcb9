//! What the rows of a table mean, which each format says.

use super::record::Record;
use super::rows::Rows;
use crate::error::Error;
use crate::io::Delimiter;
use crate::io::column::{Header, shown};
use crate::io::options::ReadOptions;

/// A format of tables.
pub(in crate::io) trait Format: Sync {
    /// The format, knowing where its columns are.
    type Layout: Layout;

    /// Whether the first row has names, unless the options say so.
    const HAS_HEADER: bool;

    /// The delimiter, unless the options name one.
    const DELIMITER: Delimiter = Delimiter::Char(',');

    /// Finds the columns. `line` is that of the first row, for errors.
    fn layout(&self, header: &Header, line: u64) -> Result<Self::Layout, Error>;
}

/// What a row means.
pub(in crate::io) trait Layout: Sync {
    /// Whether rows may have fewer or more fields than the first one.
    const IS_RAGGED: bool = false;

    /// Whether a row of whole numbers has those as its items, and is one basket.
    fn takes_numbers(&self, _options: &ReadOptions) -> bool {
        false
    }

    /// Adds a row.
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault>;
}

/// What is wrong with a row.
#[derive(Debug)]
pub(in crate::io) enum Fault {
    /// The place of the field, and what is wrong with it. Lenient reading skips the row.
    Field(usize, String),
    /// The same for the row as a whole.
    Row(String),
    /// Reading ends.
    Fatal(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Fatal(error)
    }
}

/// The weight of a row, the number of equal baskets that it stands for, from the field at a place.
pub(in crate::io) fn row_weight(text: &str, place: usize) -> Result<u32, Fault> {
    parse_weight(text).ok_or_else(|| {
        Fault::Field(place, format!("{} is no weight, which is a whole number from 0 to {}", shown(text), u32::MAX))
    })
}

/// The weight of a row, from a column if there is one. `None` for 0: such a row is counted, and is no basket.
pub(in crate::io) fn column_weight(
    record: Record<'_>,
    place: Option<usize>,
    rows: &mut Rows<'_>,
) -> Result<Option<u32>, Fault> {
    let weight = place.map_or(Ok(1), |place| row_weight(record.raw(place), place))?;
    rows.report.zero_weights += u64::from(weight == 0);
    Ok(Some(weight).filter(|&weight| weight > 0))
}

/// The weight that a field says.
pub(in crate::io) fn parse_weight(text: &str) -> Option<u32> {
    // The standard library would also take a sign.
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok())
}
