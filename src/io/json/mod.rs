//! JSON lines: an object a line, with a list of items or as one line item.

// | file | its part |
// |---|---|
// | here | the settings |
// | `paths` | where in an object the values are |
// | `row` | the values of one object, and what they mean |
// | `walk` | from the text of an object to its values |
// | `lines` | lines to rows, on one or several threads |

mod lines;
mod paths;
mod row;
mod walk;

use super::blocks::Sizes;
use super::options::{ReadOptions, read_settings};
use super::reading::{ReadRuns, read_calls};
use super::report::ReadReport;
use super::source::Input;
use super::table::{Gather, Texts};
use crate::error::Error;
use crate::pattern::Pattern;

/// Reads baskets from JSON lines (NDJSON): each line is an object, which is a basket with a [list](Self::lists) of
/// items, or [one line item](Self::rows) of a basket (feature `json`).
///
/// A value is named by its path: names of fields with dots between them, as `order.items`. A path that goes through a
/// list takes every element of it, so `items.name` takes the field `name` of all objects in `items`. A dot in a name is
/// written `\.`, a backslash `\\`. The path `.` is the value of the line itself, such as a list.
///
/// - An item or key is a text, a number as it is written in the file (`1.0` is not `1`), `true` or `false`. Texts are
///   trimmed. Those that are empty or a null word are missing, as are `null` and fields that are not there.
/// - A list may hold lists: all their elements are taken. Any other value that is not what it must be is an error, or
///   skipped by [lenient](ReadOptions::lenient) reading. So is a line that is not JSON.
/// - Blank lines are skipped. Fields that no path names are not read.
/// - The settings `delimiter`, `header`, `quote` and `comment` mean nothing here, and are refused.
///
/// Takes linear time, and the memory of [`LongReader`](super::LongReader). The file is never held as a whole.
///
/// ```
/// use itemset::io::JsonLinesReader;
///
/// let text = r#"{"id": 1, "lines": [{"name": "beer", "price": 2.5}, {"name": "diapers"}]}
/// {"id": 2, "lines": [{"name": "beer"}, {"name": null}]}
/// {"id": 3, "lines": []}"#;
/// let (baskets, report) = JsonLinesReader::lists("lines.name").read_with_report(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.count_of("beer"), report.empty_rows), (2, Some(2), 1));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct JsonLinesReader {
    options: ReadOptions,
    /// Whether each object is one line item.
    is_rows: bool,
    item: String,
    keys: Vec<String>,
    quantity: Option<String>,
    keep_returns: bool,
    exclude: Option<Pattern>,
    weight: Option<String>,
}

read_settings!(JsonLinesReader);

read_calls! {
    JsonLinesReader,
    /// - [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line: text that is not JSON, with its column; a
    ///   value that is not what it must be, with its path; a field that an object has twice; a line of more than 64
    ///   MiB; and text that is not UTF-8.
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a path that is none, and for settings that
    ///   mean nothing for JSON lines, or for lists or rows.
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, and those of threads and sizes, as
    ///   [`BasketReader::read`](super::BasketReader::read).
    ///
    /// ```
    /// use itemset::io::JsonLinesReader;
    ///
    /// let read = |text: &str| JsonLinesReader::lists("items").read(text.as_bytes()).unwrap_err().to_string();
    /// assert_eq!(read("{\"items\": [7]}\n{\"items\": 7,}"), "line 2: column 13: trailing comma");
    /// assert_eq!(
    ///     read("{\"items\": [{\"name\": \"beer\"}]}"),
    ///     "line 1: `items`: an object, where an item must be; name a field of it, as in `items.name`"
    /// );
    /// ```
}

impl JsonLinesReader {
    fn new(item: String, keys: Vec<String>) -> Self {
        JsonLinesReader {
            options: ReadOptions::new(),
            is_rows: !keys.is_empty(),
            item,
            keys,
            quantity: None,
            keep_returns: false,
            exclude: None,
            weight: None,
        }
    }

    /// Each object is a basket, whose items are at this path: in a list, or in objects of a list. An object without an
    /// item is no basket.
    pub fn lists(items: impl Into<String>) -> Self {
        JsonLinesReader::new(items.into(), Vec::new())
    }

    /// Each object is one line item: the key of its basket is at one path, the item at the other.
    ///
    /// Lines of a basket may be anywhere in the file, as for [`LongReader`](super::LongReader). If the item's path
    /// leads to a list, all its elements are items of the basket.
    ///
    /// ```
    /// use itemset::io::JsonLinesReader;
    ///
    /// let text = r#"{"invoice": 536365, "item": "beer", "quantity": 6}
    /// {"invoice": "C536366", "item": "beer", "quantity": -6}
    /// {"invoice": 536365, "item": "diapers", "quantity": 1.5}"#;
    /// let reader = JsonLinesReader::rows("invoice", "item").quantity("quantity").exclude_baskets("C*".parse()?);
    /// let (baskets, report) = reader.read_with_report(text.as_bytes())?;
    /// assert_eq!((baskets.len(), baskets.entries(), report.excluded_rows), (1, 2, 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn rows(basket: impl Into<String>, item: impl Into<String>) -> Self {
        JsonLinesReader::new(item.into(), vec![basket.into()])
    }

    /// The key of a basket is at this path too: lines are of one basket if they agree in all of its key. For
    /// [`rows`](Self::rows) alone.
    pub fn and_basket(mut self, path: impl Into<String>) -> Self {
        self.keys.push(path.into());
        self
    }

    /// The path of the quantity, a number or a text that is one. Lines with 0 or less are returns, and skipped. For
    /// [`rows`](Self::rows) alone. Default: no quantity is read.
    pub fn quantity(mut self, path: impl Into<String>) -> Self {
        self.quantity = Some(path.into());
        self
    }

    /// Whether lines with a quantity of 0 or less count as bought. Default: `false`.
    pub fn keep_returns(mut self, keep: bool) -> Self {
        self.keep_returns = keep;
        self
    }

    /// Leaves out the baskets whose key is as the pattern says, in any part of it, such as cancelled invoices. For
    /// [`rows`](Self::rows) alone. Default: none.
    pub fn exclude_baskets(mut self, pattern: Pattern) -> Self {
        self.exclude = Some(pattern);
        self
    }

    /// The path of the weight, the number of equal baskets that an object stands for. It is a whole number from 0 to
    /// `u32::MAX`, or a text that is one. An object without it is skipped, and counted in
    /// [`null_quantities`](ReadReport::null_quantities). For [`lists`](Self::lists) alone. Default: each object is one
    /// basket.
    ///
    /// ```
    /// use itemset::io::JsonLinesReader;
    ///
    /// let text = r#"{"items": ["beer", "chips"], "n": 30}
    /// {"items": ["beer"], "n": 70}"#;
    /// let baskets = JsonLinesReader::lists("items").weight("n").read(text.as_bytes())?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer")), (100, Some(100)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn weight(mut self, path: impl Into<String>) -> Self {
        self.weight = Some(path.into());
        self
    }
}

impl ReadRuns for JsonLinesReader {
    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error> {
        lines::read(self, input, sizes, gather)
    }

    fn check(&self) -> Result<(), Error> {
        let ReadOptions { delimiter, header, quote, each, .. } = &self.options;
        if let Some(delimiter) = delimiter {
            return Err(Error::invalid_setting("delimiter", delimiter, "none: JSON lines have no delimiter"));
        }
        if let Some(header) = header {
            return Err(Error::invalid_setting("header", header, "none: JSON lines have no header"));
        }
        if *quote != ReadOptions::default().quote {
            let quote = quote.map_or("none".to_string(), |char| format!("`{}`", char.escape_debug()));
            return Err(Error::invalid_setting("quote", quote, "the double quote, which JSON prescribes"));
        }
        if let Some(char) = each.comment {
            let char = format!("`{}`", char.escape_debug());
            return Err(Error::invalid_setting("comment", char, "none: JSON lines have no comments"));
        }
        if self.is_rows {
            let weight = self.weight.iter().map(|path| ("weight", path.clone()));
            return refuse(weight, "none: the lines are line items, which have a quantity");
        }
        let keys = self.keys.iter().map(|path| ("and_basket", path.clone()));
        let quantity = self.quantity.iter().map(|path| ("quantity", path.clone()));
        let exclude = self.exclude.iter().map(|pattern| ("exclude_baskets", pattern.to_string()));
        refuse(keys.chain(quantity).chain(exclude), "none: each line is a basket; for line items use `rows`")
    }
}

/// The first of some settings as an error.
fn refuse(mut settings: impl Iterator<Item = (&'static str, String)>, allowed: &'static str) -> Result<(), Error> {
    match settings.next() {
        None => Ok(()),
        Some((setting, value)) => Err(Error::invalid_setting(setting, format_args!("`{value}`"), allowed)),
    }
}

#[cfg(all(test, feature = "rayon"))]
mod tests {
    use super::*;
    use crate::io::{Encoding, Source};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn several_threads_read_what_one_reads(
            lines in prop::collection::vec((0..12usize, 0..40u32, 0..400u32), 0..200),
            (block, worker, part) in (1..3000usize, 1..5000usize, 1..2000usize),
            lenient: bool,
            faults: bool,
        ) {
            let text: String = lines.iter().enumerate().map(|(place, &(kind, key, item))| match kind {
                0 => "\r\n".to_string(),
                1 if faults => "{\"item\": }\n".to_string(),
                2 if faults => format!("{{\"item\": {item}, \"key\": []}}\n{{\"item\": {{}}}}\n"),
                3 => format!("{{\"item\": \"\\u00e9{item}\", \"key\": {key}}}\n"),
                4 => format!("{{\"item\": [{item}.5, {place}], \"key\": {key}, \"n\": 0}}\n"),
                _ => format!("{{\"key\": {}, \"n\": {kind}, \"item\": {}}}\n", place / 3, item + place as u32 / 10),
            }).collect();
            let readers = [
                JsonLinesReader::rows("key", "item").quantity("n").exclude_baskets("1?".parse().unwrap()),
                JsonLinesReader::rows("key", "item"),
                JsonLinesReader::lists("item").weight("n"),
            ];
            for reader in readers {
                let reader = reader.lenient(lenient);
                let read = |threads, sizes| {
                    let reader = reader.clone().threads(threads);
                    let input = Source::bytes(text.as_bytes()).into_input(Encoding::Utf8);
                    input.and_then(|input| reader.read_grouped(input, sizes)).map_err(|error| error.to_string())
                };
                let expected = read(1, Sizes::default());
                prop_assert_eq!(read(3, Sizes { several: 0, label: 0, block, worker, part }), expected);
            }
        }
    }
}
