//! The `basket` format: one basket per line, its items separated by a delimiter.

use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

use super::Delimiter;
use super::blocks::{Sizes, read_blocks};
use super::column::{Column, Header, shown};
use super::fields::Fields;
use super::options::{Options, ReadOptions, read_settings};
use super::reading::{ReadRuns, two_pass_call};
use super::report::ReadReport;
use super::source::{Input, Source};
use super::table::{Fault, Format, Gather, Layout, Record, Rows, Texts, parse_weight, read_table, row_weight};
use crate::error::Error;
use crate::transactions::Transactions;

/// Reads baskets from text: one basket per line, its items separated by a delimiter.
///
/// - ASCII whitespace around items is removed, inside quotes too. Empty fields are skipped, and a line without items is
///   not a basket. An item that occurs twice in a line counts once.
/// - Lines end with a line feed, a carriage return, or both. A byte-order mark at the beginning is skipped.
/// - The text is UTF-8 and has no NUL byte. Other encodings, compressed files and other binary files are refused.
/// - Fields may be quoted as in CSV (RFC 4180), with every delimiter. A field that begins with a double quote ends with
///   one: between them it may hold the delimiter, line breaks and quotes, which are doubled, as in `"6"" nails"`. After
///   the closing quote comes the delimiter or the end of the line. A quote in a field that does not begin with one is
///   text, as in `6"`. So a label that begins with a quote has to be quoted itself, as `"""hello"` is for `"hello`.
/// - Labels are compared exactly, as text: `7` and `007` differ.
///
/// | setting | what else is done |
/// |---|---|
/// | [`header`](BasketReader::header) | the first line has the names of columns |
/// | [`id`](BasketReader::id) | a column is no item |
/// | [`weight`](BasketReader::weight), [`weight_last`](BasketReader::weight_last) | a field is the number of baskets that a line stands for |
/// | [`null`](BasketReader::null) | a word is no item |
/// | [`trim`](BasketReader::trim) | white space beyond ASCII is removed too, or none |
/// | [`case_fold`](BasketReader::case_fold) | `Beer` and `beer` are one item |
/// | [`comment`](BasketReader::comment) | lines that begin with a character are skipped |
///
/// With [`Delimiter::Whitespace`], [`Trim::Unicode`](super::Trim::Unicode) makes all white space of Unicode separate
/// fields; spaces without width only surround them. With [`Trim::None`](super::Trim::None), ASCII whitespace separates
/// as ever, and the text in quotes stays as it is; with a character as delimiter, a line of spaces is a basket of one
/// item.
///
/// Reading takes linear time, and the memory of the [`Transactions`] plus a few blocks (64 KiB, or 1 MiB per thread
/// if there are several, but no more than 64 MiB). The file is never held as a whole. Whole numbers are read fastest.
///
/// ```
/// use itemset::io::{BasketReader, Delimiter};
///
/// let text = "beer, diapers ,beer\n\n\"chips, salted\",,beer\r\n";
/// let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.duplicates_skipped()), (2, 1));
/// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "chips, salted"]);
///
/// let baskets = BasketReader::new().read("\"whole milk\" 6\" soda\n".as_bytes())?;
/// assert_eq!(baskets.dictionary().labels(), ["whole milk", "6\"", "soda"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct BasketReader {
    options: ReadOptions,
    id: Option<Column>,
    weight: Option<Weight>,
}

/// Where the weight of a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Weight {
    Last,
    Column(Column),
}

read_settings!(BasketReader);

impl BasketReader {
    /// A reader of items that are separated by whitespace.
    pub fn new() -> Self {
        BasketReader::default()
    }

    /// A column that is no item, such as the number of the basket. Lines are not joined by it: for that, use
    /// [`LongReader`](super::LongReader). Default: all columns are items.
    ///
    /// ```
    /// use itemset::io::{BasketReader, Delimiter};
    ///
    /// let reader = BasketReader::new().delimiter(Delimiter::Char(',')).header(true).id("receipt");
    /// let baskets = reader.read("receipt,item 1,item 2\n17,beer,diapers\n18,beer\n".as_bytes())?;
    /// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn id(mut self, column: impl Into<Column>) -> Self {
        self.id = Some(column.into());
        self
    }

    /// The column with the weight of each line, as for [`weight_last`](BasketReader::weight_last). Default: each line
    /// is one basket.
    pub fn weight(mut self, column: impl Into<Column>) -> Self {
        self.weight = Some(Weight::Column(column.into()));
        self
    }

    /// Takes the last field of each line for its weight: the number of equal baskets that the line stands for, as for
    /// [`push_weighted`](crate::TransactionsBuilder::push_weighted). Default: each line is one basket.
    ///
    /// A weight is a whole number from 0 to `u32::MAX`, of digits alone; it may begin with zeros, and be quoted. A line
    /// of weight 0 is no basket, and its labels are not in the dictionary. A line with nothing before the weight is no
    /// basket either, and neither is a line without any text in its fields. Any other line without a weight, or with
    /// another text in its place, is an error. With a character as delimiter, one at the end of a line leaves the weight
    /// empty.
    ///
    /// Such files are read more slowly, and the memory of the longest line is needed besides.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let reader = BasketReader::new().weight_last();
    /// let baskets = reader.read("beer diapers 30\nbeer 70\nchips 0\n".as_bytes())?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer"), baskets.count_of("chips")), (100, Some(100), None));
    /// let error = reader.read("beer 2\nbeer chips\n".as_bytes()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2: this is no weight: the last field is \"chips\", and must be a whole number from 0 to 4294967295"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn weight_last(mut self) -> Self {
        self.weight = Some(Weight::Last);
        self
    }

    /// The baskets of a text, read to its end in large blocks, so the input needs no buffer.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line: text that is not UTF-8, or has a NUL
    ///   byte; a quote that is never closed, or text after a closing quote; an item of more than 1 MiB, a sign of a
    ///   wrong delimiter; a weight that is missing or none. Of UTF-16 and UTF-32, files that are compressed, workbooks,
    ///   databases and other inputs that are no text the error says what they are, as far as their first bytes show it.
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails.
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a character that cannot be a delimiter, or
    ///   cannot begin comments, or 0 threads; [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for
    ///   several threads without the feature `rayon`; [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system
    ///   refuses threads.
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, entries or distinct items;
    ///   baskets and entries are counted with their weights.
    pub fn read(&self, input: impl Read) -> Result<Transactions<String>, Error> {
        self.read_input(Input::of(input, self.options.encoding)?, Sizes::default())
    }

    /// The baskets of a file.
    ///
    /// # Errors
    ///
    /// Those of [`read`](BasketReader::read), and [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be opened.
    /// None of them names the file.
    ///
    /// ```
    /// use itemset::{ErrorKind, io::BasketReader};
    ///
    /// let error = BasketReader::new().read_file("no/such/file.dat").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Io(_)));
    /// ```
    pub fn read_file(&self, path: impl AsRef<Path>) -> Result<Transactions<String>, Error> {
        self.read_input(Input::of_file(path.as_ref(), self.options.encoding)?, Sizes::default())
    }

    /// The baskets, and what was read and skipped.
    ///
    /// # Errors
    ///
    /// Those of [`read_file`](BasketReader::read_file).
    ///
    /// ```
    /// use itemset::io::BasketReader;
    ///
    /// let (baskets, report) = BasketReader::new().null("NA").read_with_report("a b\n\nNA\nb NA\n".as_bytes())?;
    /// assert_eq!((baskets.len(), report.rows, report.blank_lines, report.empty_rows), (2, 3, 1, 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn read_with_report<'s>(
        &self,
        source: impl Into<Source<'s>>,
    ) -> Result<(Transactions<String>, ReadReport), Error> {
        self.read_source(source.into())
    }

    fn read_input(&self, mut input: Input<'_>, sizes: Sizes) -> Result<Transactions<String>, Error> {
        let ReadOptions { delimiter, header, pool, .. } = &self.options;
        if !is_plain(&self.options) || *header == Some(true) || self.id.is_some() || self.weight.is_some() {
            return Ok(self.read_grouped(input, sizes)?.0);
        }
        pool.check()?;
        let mut fields = Fields::new(delimiter.unwrap_or_default())?;
        let size = input.size();
        read_blocks(&mut fields, &mut input, size, pool, sizes)?;
        fields.finish()
    }
}

two_pass_call!(BasketReader);

impl ReadRuns for BasketReader {
    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error> {
        read_table(self, &self.options, input, sizes, gather)
    }
}

/// The columns of a [`BasketReader`].
pub(in crate::io) struct BasketColumns {
    id: Option<usize>,
    weight: Option<WeightPlace>,
}

/// Where the weight of a line is.
#[derive(Clone, Copy, Debug)]
enum WeightPlace {
    Last,
    At(usize),
}

impl Format for BasketReader {
    type Layout = BasketColumns;

    const HAS_HEADER: bool = false;
    const DELIMITER: Delimiter = Delimiter::Whitespace;

    fn layout(&self, header: &Header, line: u64) -> Result<BasketColumns, Error> {
        let id = self.id.as_ref().map(|column| header.position(column, line)).transpose()?;
        let weight = match &self.weight {
            None => None,
            Some(Weight::Last) => Some(WeightPlace::Last),
            Some(Weight::Column(column)) => Some(WeightPlace::At(header.position(column, line)?)),
        };
        Ok(BasketColumns { id, weight })
    }
}

/// Whether every field is a label as it is.
fn is_plain(options: &ReadOptions) -> bool {
    options.each == Options::default() && options.quote == Some('"') && options.nulls.is_empty()
}

impl Layout for BasketColumns {
    const IS_RAGGED: bool = true;

    fn takes_numbers(&self, options: &ReadOptions) -> bool {
        self.id.is_none() && self.weight.is_none() && is_plain(options)
    }

    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        if self.weight.is_none() {
            for at in (0..record.len()).filter(|&at| Some(at) != self.id) {
                let field = record.text(at);
                if !options.is_null(&field) {
                    rows.push(&options.each.label(&field))?;
                }
            }
            rows.end_row(1);
            return Ok(());
        }
        let fields: Vec<Cow<'_, str>> = (0..record.len()).map(|place| record.text(place)).collect();
        if fields.iter().all(|field| field.is_empty()) {
            rows.report.empty_rows += 1;
            return Ok(());
        }
        let (weight, place) = match (self.weight, fields.last()) {
            (Some(WeightPlace::At(place)), _) => {
                (row_weight(fields.get(place).map_or("", |field| field), place)?, Some(place))
            }
            (Some(WeightPlace::Last), Some(last)) => (last_weight(last).map_err(Fault::Row)?, Some(fields.len() - 1)),
            _ => (1, None),
        };
        if weight == 0 {
            rows.report.zero_weights += 1;
            return Ok(());
        }
        for (at, field) in fields.iter().enumerate() {
            if Some(at) != self.id && Some(at) != place && !options.is_null(field) {
                rows.push(&options.each.label(field))?;
            }
        }
        rows.end_row(weight);
        Ok(())
    }
}

/// The weight at the end of a line, or what is wrong with it.
fn last_weight(text: &str) -> Result<u32, String> {
    parse_weight(text).ok_or_else(|| {
        let what = if text.is_empty() { "the weight is missing" } else { "this is no weight" };
        format!("{what}: the last field is {}, and must be a whole number from 0 to {}", shown(text), u32::MAX)
    })
}

#[cfg(all(test, feature = "rayon"))]
pub(super) mod tests;
