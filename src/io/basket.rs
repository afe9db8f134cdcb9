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
pub(super) mod tests {
    use std::io;

    use super::*;
    use crate::error::ErrorKind;
    use crate::io::{Encoding, Trim};
    use proptest::prelude::*;

    /// Fails at the end of the text.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }

    /// Lines of numbers and words, new ones throughout, then some that are hard to split.
    pub(in crate::io) fn texts() -> impl Strategy<Value = Vec<u8>> {
        let hard: Vec<&[u8]> = vec![
            b"\r",
            b"\r\n",
            b"\"",
            b"\"a\nb\"",
            b"\"a\"\"b\"",
            b"\xff",
            b"a\0",
            b"\xc3\xa9",
            b"\n\n",
            b"007",
            b"123456789",
            b" ,",
            b"\n  #1 \"2\n",
            b"\n7#\n\xc2\xa0#3\r",
            b",Ab\xe3\x80\x80aB",
            b" 0\n",
            b",3000000000\n",
        ];
        let row = prop::collection::vec((0..400u32, 0..40u32), 0..40);
        let rows = prop::collection::vec((row, 0..60usize), 0..80);
        (rows, prop::sample::select(vec![12usize, 60, 600])).prop_map(move |(rows, rarely)| {
            let mut text = Vec::new();
            let mut places = 0;
            for (row, end) in rows {
                for (number, kind) in row {
                    places += 1;
                    match kind {
                        0 => text.extend(format!("x{number}").bytes()),
                        _ => text.extend(format!("{}", number + places / 10).bytes()),
                    }
                    text.push(if kind % 7 == 1 { b' ' } else { b',' });
                }
                text.extend(hard.get(end * rarely / 60).copied().unwrap_or(b"\n"));
            }
            text
        })
    }

    fn options() -> impl Strategy<Value = (Options, Option<Weight>)> {
        let comments = prop::sample::select(vec![None, Some('#'), Some('1'), Some('x')]);
        let options = (prop::sample::select(Trim::ALL), any::<bool>(), comments, any::<bool>());
        let options = options.prop_map(|(trim, case_fold, comment, weight_last)| {
            (Options { trim, case_fold, comment }, weight_last.then_some(Weight::Last))
        });
        prop_oneof![Just((Options::default(), None)), options]
    }

    proptest! {
        #[test]
        fn several_threads_read_what_one_reads(
            text in texts(),
            delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
            (block, worker, part) in (1..3000usize, 1..5000usize, 1..2000usize),
            broken: bool,
            (each, weight) in options(),
        ) {
            let read = |threads, sizes| {
                let mut reader = BasketReader::new().delimiter(delimiter).threads(threads);
                (reader.options.each, reader.weight) = (each, weight.clone());
                let input = match broken {
                    true => Input::of(Broken(&text), Encoding::Utf8),
                    false => Source::bytes(&text).into_input(Encoding::Utf8),
                };
                let read = input.and_then(|input| reader.read_input(input, sizes));
                read.map_err(|error| error.to_string())
            };
            let expected = read(1, Sizes::default());
            prop_assert_eq!(read(3, Sizes { several: 0, label: 0, block, worker, part }), expected);
        }
    }

    proptest! {
        #[test]
        fn both_ways_of_reading_give_the_same(
            text in texts(),
            delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
        ) {
            let reader = BasketReader::new().delimiter(delimiter).threads(1);
            // Which of two errors is told is not the same for a NUL byte after a quote that is never closed.
            let told = |error: Error| Some(error.to_string()).filter(|_| !text.contains(&0));
            let read = reader.read(&text[..]).map_err(told);
            prop_assert_eq!(reader.read_with_report(&text[..]).map(|(baskets, _)| baskets).map_err(told), read);
        }
    }

    /// Rows of whole numbers with all that may be between them.
    fn numbers() -> impl Strategy<Value = Vec<u8>> {
        let token = prop_oneof![
            8 => (0..2000u32).prop_map(|number| number.to_string()),
            1 => (0..20_000_000u32).prop_map(|number| number.to_string()),
            1 => prop::sample::select(vec!["007", "x", "\"1 2\"", "-1", "\u{a0}"]).prop_map(str::to_string),
        ];
        let between = prop_oneof![
            20 => Just(" "),
            4 => Just("\n"),
            4 => prop::sample::select(vec!["\r\n", "\r", "\t", ",", "  ", "\n\n", "\r\r\n", " \n", ",\n"]),
        ];
        let some = prop::collection::vec((token, between), 1..60);
        // Repeated, so that texts are long, and most of it are numbers.
        (some, 1..60usize, any::<bool>()).prop_map(|(some, times, comma)| {
            let all: String = some.iter().map(|(token, between)| format!("{token}{between}")).collect();
            let all = if comma { all.replace(' ', ",") } else { all };
            all.replace('x', "").repeat(times).into_bytes().into_iter().chain(all.into_bytes()).collect()
        })
    }

    proptest! {
        /// With a null word rows are cut into fields.
        #[test]
        fn whole_numbers_are_read_as_any_labels(
            text in numbers(),
            delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
            block in 1100..9000usize,
            threads in 1..4usize,
        ) {
            let sizes = Sizes { several: 0, label: 0, block, worker: 2 * block, part: block / 2 };
            let read = |reader: BasketReader| {
                let input = Source::bytes(&text).into_input(Encoding::Utf8);
                input.and_then(|input| reader.read_grouped(input, sizes)).map_err(|error| error.to_string())
            };
            let reader = BasketReader::new().delimiter(delimiter).threads(threads);
            prop_assert_eq!(read(reader.clone()), read(reader.null("none")));
        }
    }

    /// Most lines of the text above have no weight at their end.
    #[test]
    fn several_threads_add_weights() {
        let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
        let read = |text: &str, threads: usize, sizes| {
            let reader = BasketReader::new().weight_last().threads(threads);
            Input::of(text.as_bytes(), Encoding::Utf8)
                .and_then(|input| reader.read_input(input, sizes))
                .map_err(|error| error.to_string())
        };
        let line = |row: u32, weight: u32| format!("{} {} {} {weight}\n", row % 50, row % 70 + 100, row);
        // Each of weight 1; none so; and of weight 1 before others.
        for weights in [|_| 1, |row| row % 4 + 2, |row| u32::from(row > 1000) * (row % 3) + 1] {
            let text: String = (0..2000).map(|row| line(row, weights(row))).collect();
            let expected = read(&text, 1, Sizes::default());
            let mut builder = Transactions::<String>::builder();
            for row in 0..2000 {
                let labels = [row % 50, row % 70 + 100, row].map(|label| label.to_string());
                builder.push_weighted(labels, weights(row));
            }
            assert_eq!(expected, Ok(builder.build().unwrap()));
            assert_eq!(read(&text, 3, sizes), expected);
        }
        let text = format!("a {}\n", u32::MAX / 900).repeat(1000);
        let expected = read(&text, 1, Sizes::default()).unwrap();
        assert_eq!(expected.len() as u64, u64::from(u32::MAX / 900) * 1000);
        assert_eq!(read(&text, 3, sizes), Ok(expected));
    }

    #[test]
    fn the_pool_of_the_caller_may_read() {
        let text: String = (0..2000).map(|row| format!("{} {} {}\n", row % 50, row % 70 + 100, row)).collect();
        let sizes = Sizes { several: 0, label: 0, block: 1000, worker: 1000, part: 100 };
        let expected = BasketReader::new().threads(1).read(text.as_bytes()).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for reader in [BasketReader::new(), BasketReader::new().threads(2)] {
            let read = || {
                Input::of(text.as_bytes(), Encoding::Utf8).and_then(|input| reader.read_input(input, sizes)).unwrap()
            };
            assert_eq!(pool.install(read), expected);
            assert_eq!(read(), expected);
        }
    }

    #[test]
    fn no_threads_are_refused() {
        let error = BasketReader::new().threads(0).read(&b"a"[..]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "threads", .. }), "{error}");
    }
}
