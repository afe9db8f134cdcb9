//! The `one-hot` format: a column per item.

use super::blocks::Sizes;
use super::column::{Column, Header, shown};
use super::options::{ReadOptions, read_settings};
use super::reading::{ReadRuns, read_calls};
use super::report::ReadReport;
use super::source::Input;
use super::table::{Fault, Format, Gather, Layout, Record, Rows, Texts, column_weight, read_table};
use crate::error::Error;

/// Words that say that an item is there, and that it is not, in lower case.
const THERE: [&str; 6] = ["1", "true", "t", "yes", "y", "x"];
const NOT_THERE: [&str; 5] = ["0", "false", "f", "no", "n"];

/// Reads baskets from a table with a column per item: each row is a basket, with the items whose fields say so.
///
/// - An item is there if its field is a number above 0, such as `1`, or one of `true`, `t`, `yes`, `y` and `x`, in any
///   letter case; it is not if the field is empty, a null word, `0`, or one of `false`, `f`, `no` and `n`. Other words
///   can be set. Anything else is an error.
/// - The first row has the labels of the items. Items that are in no basket are not in the dictionary.
/// - A row without an item is no basket; the report counts them. Columns that are no items can be left out.
/// - Fields and lines are those of [`LongReader`](super::LongReader).
///
/// With [`sparse`](OneHotReader::sparse), rows name their items themselves, as `beer:1 diapers:1`.
///
/// Takes linear time, and the memory of the [`Transactions`](crate::Transactions). The file is never held as a whole.
///
/// ```
/// use itemset::io::OneHotReader;
///
/// let text = "visit,bread,milk,beer\n1,1,1,0\n2,1,0,\n3,0,yes,0\n4,0,0,0\n";
/// let (baskets, report) = OneHotReader::new().not_items(["visit"]).read_with_report(text.as_bytes())?;
/// assert_eq!((baskets.len(), report.empty_rows), (3, 1));
/// assert_eq!(baskets.dictionary().labels(), ["bread", "milk"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct OneHotReader {
    pub(super) options: ReadOptions,
    pub(super) there: Option<Vec<String>>,
    pub(super) not_items: Vec<Column>,
    pub(super) weight: Option<Column>,
    pub(super) sparse: bool,
}

read_settings!(OneHotReader);

read_calls! {
    OneHotReader,
    /// Those of [`LongReader::read`](super::LongReader::read), and
    /// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) for a field that does not say whether its item is there, or
    /// a weight that is none.
}

impl OneHotReader {
    /// A reader of tables with the labels in the first row.
    pub fn new() -> Self {
        OneHotReader::default()
    }

    /// The words that say that an item is there, compared exactly, in place of the defaults. Every other one says that
    /// it is not.
    ///
    /// ```
    /// use itemset::io::OneHotReader;
    ///
    /// let baskets = OneHotReader::new().true_words(["bought"]).read("beer,chips\nbought,looked at\n".as_bytes())?;
    /// assert_eq!(baskets.dictionary().labels(), ["beer"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn true_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.there = Some(words.into_iter().map(Into::into).collect());
        self
    }

    /// Columns that are no items, such as the number of a visit. Default: none.
    pub fn not_items<C: Into<Column>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.not_items = columns.into_iter().map(Into::into).collect();
        self
    }

    /// The column with the number of equal baskets that a row stands for, which is no item. Default: each row is one.
    pub fn weight(mut self, column: impl Into<Column>) -> Self {
        self.weight = Some(column.into());
        self
    }

    /// Whether fields name their items, as `beer:1`, in rows of any length without a header. What follows the last
    /// colon says whether the item is there; a field without a colon is an item that is. Columns that are no items
    /// have numbers then. Default: `false`.
    ///
    /// ```
    /// use itemset::io::{Delimiter, OneHotReader};
    ///
    /// let reader = OneHotReader::new().sparse(true).delimiter(Delimiter::Whitespace);
    /// let baskets = reader.read("beer:1 diapers:2\nchips:0 beer:1\n".as_bytes())?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer"), baskets.count_of("chips")), (2, Some(2), None));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn sparse(mut self, sparse: bool) -> Self {
        self.sparse = sparse;
        self
    }

    /// Whether a field says that its item is there.
    pub(super) fn is_there(&self, text: &str, options: &ReadOptions) -> Result<bool, String> {
        if let Some(words) = &self.there {
            return Ok(words.iter().any(|word| word == text));
        }
        let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if is_one_of(&THERE) {
            return Ok(true);
        }
        if is_one_of(&NOT_THERE) || options.is_null(text) {
            return Ok(false);
        }
        let number: Option<f64> = text.parse().ok();
        number.filter(|&number| number >= 0.0).map(|number| number > 0.0).ok_or_else(|| {
            format!(
                "{} does not say whether the item is there: expected a number, true, yes, x, false or no",
                shown(text)
            )
        })
    }
}

impl ReadRuns for OneHotReader {
    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error> {
        match self.sparse {
            true => read_table(&Sparse(self), &self.options, input, sizes, gather),
            false => read_table(&Dense(self), &self.options, input, sizes, gather),
        }
    }
}

/// Rows with a field for each item.
struct Dense<'r>(&'r OneHotReader);

/// The columns of it.
struct DenseColumns<'r> {
    reader: &'r OneHotReader,
    /// The label of each column that is an item.
    labels: Vec<Option<String>>,
    weight: Option<usize>,
}

impl<'r> Format for Dense<'r> {
    type Layout = DenseColumns<'r>;

    const HAS_HEADER: bool = true;

    fn layout(&self, header: &Header, line: u64) -> Result<DenseColumns<'r>, Error> {
        let Dense(reader) = *self;
        if header.names.is_none() {
            return Err(Error::invalid_setting("header", false, "true: the header has the labels of the items"));
        }
        let weight = reader.weight.as_ref().map(|column| header.position(column, line)).transpose()?;
        let mut are_items = vec![true; header.len];
        for column in &reader.not_items {
            are_items[header.position(column, line)?] = false;
        }
        if let Some(weight) = weight {
            are_items[weight] = false;
        }
        let label = |place| Ok(reader.options.each.label(header.name(place, line)?).into_owned());
        let labels = are_items.iter().enumerate().map(|(place, is_item)| is_item.then(|| label(place)).transpose());
        Ok(DenseColumns { reader, labels: labels.collect::<Result<_, Error>>()?, weight })
    }
}

impl Layout for DenseColumns<'_> {
    #[inline(always)]
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        let Some(weight) = column_weight(record, self.weight, rows)? else { return Ok(()) };
        if options.lenient {
            // A row that is skipped must not leave labels in the dictionary.
            let places = (0..).zip(&self.labels).filter(|(_, label)| label.is_some());
            places.map(|(place, _)| self.is_there(record, place, options)).find(Result::is_err).transpose()?;
        }
        for (place, label) in self.labels.iter().enumerate() {
            if let Some(label) = label
                && self.is_there(record, place, options)?
            {
                rows.push_of_column(place, label)?;
            }
        }
        rows.end_row(weight);
        Ok(())
    }
}

impl DenseColumns<'_> {
    /// Whether a field says that its item is there.
    #[inline(always)]
    fn is_there(&self, record: Record<'_>, place: usize, options: &ReadOptions) -> Result<bool, Fault> {
        // Nearly all fields are 0 or 1.
        match record.untrimmed(place) {
            b"0" if self.reader.there.is_none() => Ok(false),
            b"1" if self.reader.there.is_none() => Ok(true),
            _ => self.reader.is_there(&record.text(place), options).map_err(|reason| Fault::Field(place, reason)),
        }
    }
}

/// Rows that name their items.
struct Sparse<'r>(&'r OneHotReader);

/// The columns of it.
struct SparseColumns<'r> {
    reader: &'r OneHotReader,
    not_items: Vec<usize>,
    weight: Option<usize>,
}

impl<'r> Format for Sparse<'r> {
    type Layout = SparseColumns<'r>;

    const HAS_HEADER: bool = false;

    fn layout(&self, header: &Header, line: u64) -> Result<SparseColumns<'r>, Error> {
        let Sparse(reader) = *self;
        let position = |column| header.position(column, line);
        let not_items = reader.not_items.iter().map(position).collect::<Result<_, _>>()?;
        let weight = reader.weight.as_ref().map(position).transpose()?;
        Ok(SparseColumns { reader, not_items, weight })
    }
}

impl Layout for SparseColumns<'_> {
    const IS_RAGGED: bool = true;

    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        let Some(weight) = column_weight(record, self.weight, rows)? else { return Ok(()) };
        let item = |place: usize| -> Result<Option<String>, Fault> {
            if Some(place) == self.weight || self.not_items.contains(&place) {
                return Ok(None);
            }
            let text = record.text(place);
            let (label, value) = text.rsplit_once(':').unwrap_or((&text, "1"));
            let is_there = self.reader.is_there(options.each.trimmed(value), options);
            let is_there = is_there.map_err(|reason| Fault::Field(place, reason))?;
            let label = options.each.trimmed(label);
            Ok((is_there && !options.is_null(label)).then(|| options.each.label(label).into_owned()))
        };
        if options.lenient {
            // A row that is skipped must not leave labels in the dictionary.
            (0..record.len()).map(item).find(Result::is_err).transpose()?;
        }
        for place in 0..record.len() {
            if let Some(label) = item(place)? {
                rows.push(&label)?;
            }
        }
        rows.end_row(weight);
        Ok(())
    }
}
