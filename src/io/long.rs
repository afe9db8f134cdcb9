//! The `long` format: one line item a row, as in a table of sales.

use super::blocks::Sizes;
use super::column::{Column, Header, shown};
use super::options::{ReadOptions, read_settings};
use super::reading::{ReadRuns, read_calls};
use super::report::ReadReport;
use super::source::Input;
use super::table::{Fault, Format, Gather, Layout, Record, Rows, Texts, read_table};
use crate::error::Error;
use crate::pattern::Pattern;

/// Reads baskets from a table with one line item a row, such as a list of sales: one or several columns are the key of
/// the basket, one has the item.
///
/// - Rows of a basket may be anywhere in the table. Keys are compared exactly, as text: `7` and `007` differ, and so do
///   `A` and `a`, whatever [`case_fold`](LongReader::case_fold) makes of items. Baskets are in the order of their first
///   items, and an item that a basket has twice counts once.
/// - Fields are those of [`BasketReader`](super::BasketReader): quoted as in CSV (RFC 4180), trimmed, in lines that end
///   with a line feed, a carriage return, or both. Empty lines are skipped.
/// - Every row has as many fields as the header. Empty fields more, at the end, are ignored. A row that repeats the
///   header is skipped.
/// - A row without an item, or without the key, is skipped. So is one whose quantity is 0 or less, a return, if a
///   quantity is read. A basket none of whose rows is left is none. The report tells how many rows were skipped, and
///   why.
///
/// Takes linear time, and the memory of the [`Transactions`](crate::Transactions) and of the keys; if the rows of baskets do not follow each
/// other, also 12 bytes a row and 8 a basket. The file is never held as a whole.
///
/// ```
/// use itemset::io::LongReader;
///
/// let text = "Invoice,Item,Quantity\n536365,beer,6\n536365,diapers,1\nC536366,beer,-6\n536367,\"chips, salted\",2\n";
/// let reader = LongReader::new("Invoice", "Item").quantity("Quantity").exclude_baskets("C*".parse()?);
/// let (baskets, report) = reader.read_with_report(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.count_of("chips, salted")), (2, Some(1)));
/// assert_eq!((report.rows, report.excluded_baskets), (4, 1));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct LongReader {
    pub(super) options: ReadOptions,
    pub(super) keys: Vec<Column>,
    pub(super) item: Column,
    pub(super) quantity: Option<Column>,
    pub(super) keep_returns: bool,
    pub(super) exclude: Option<Pattern>,
}

read_settings!(LongReader);

read_calls! {
    LongReader,
    /// - [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line: a column that the header does not have; a
    ///   row with too few or too many fields; a quantity that is no number; and what
    ///   [`BasketReader::read`](super::BasketReader::read) refuses in text and quotes. A row may have 16 MiB.
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if reading fails, and those of settings and sizes, as
    ///   [`BasketReader::read`](super::BasketReader::read).
}

impl LongReader {
    /// A reader that finds the key of the basket in one column and the item in another. The first row has their names.
    pub fn new(basket: impl Into<Column>, item: impl Into<Column>) -> Self {
        LongReader {
            options: ReadOptions::new(),
            keys: vec![basket.into()],
            item: item.into(),
            quantity: None,
            keep_returns: false,
            exclude: None,
        }
    }

    /// The key of a basket is in this column too: rows are of one basket if they agree in all columns of the key.
    ///
    /// ```
    /// use itemset::io::LongReader;
    ///
    /// let text = "store,receipt,item\n1,1,beer\n1,1,diapers\n2,1,beer\n";
    /// let baskets = LongReader::new("store", "item").and_basket("receipt").read(text.as_bytes())?;
    /// assert_eq!(baskets.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn and_basket(mut self, column: impl Into<Column>) -> Self {
        self.keys.push(column.into());
        self
    }

    /// The column of the quantity, a number. Rows with 0 or less are returns, and skipped. Default: no quantity is
    /// read.
    pub fn quantity(mut self, column: impl Into<Column>) -> Self {
        self.quantity = Some(column.into());
        self
    }

    /// Whether rows with a quantity of 0 or less count as bought. Default: `false`.
    pub fn keep_returns(mut self, keep: bool) -> Self {
        self.keep_returns = keep;
        self
    }

    /// Leaves out the baskets whose key is as the pattern says, in any of its columns, such as cancelled invoices.
    /// Default: none.
    pub fn exclude_baskets(mut self, pattern: Pattern) -> Self {
        self.exclude = Some(pattern);
        self
    }
}

impl ReadRuns for LongReader {
    fn options(&self) -> &ReadOptions {
        &self.options
    }

    fn read_runs(&self, input: Input<'_>, sizes: Sizes, gather: Gather<'_>) -> Result<(Texts, ReadReport), Error> {
        read_table(self, &self.options, input, sizes, gather)
    }
}

/// The columns of a [`LongReader`].
pub(in crate::io) struct LongColumns {
    keys: Vec<usize>,
    item: usize,
    quantity: Option<usize>,
    keep_returns: bool,
    exclude: Option<Pattern>,
}

impl Format for LongReader {
    type Layout = LongColumns;

    const HAS_HEADER: bool = true;

    fn layout(&self, header: &Header, line: u64) -> Result<LongColumns, Error> {
        let keys = self.keys.iter().map(|key| header.position(key, line)).collect::<Result<Vec<_>, _>>()?;
        let item = header.position(&self.item, line)?;
        let quantity = self.quantity.as_ref().map(|column| header.position(column, line)).transpose()?;
        let (keep_returns, exclude) = (self.keep_returns, self.exclude.clone());
        Ok(LongColumns { keys, item, quantity, keep_returns, exclude })
    }
}

impl Layout for LongColumns {
    #[inline(always)]
    fn take(&self, record: Record<'_>, options: &ReadOptions, rows: &mut Rows<'_>) -> Result<(), Fault> {
        let item = record.text(self.item);
        if self.keys.iter().any(|&key| is_null_key(record, key, options)) {
            rows.report.null_keys += 1;
            return Ok(());
        }
        if let Some(pattern) = &self.exclude
            && self.keys.iter().any(|&key| pattern.matches(&record.text(key)))
        {
            rows.report.excluded_rows += 1;
            self.with_key(record, |key| rows.exclude(key))?;
            return Ok(());
        }
        if options.is_null(&item) {
            rows.report.null_items += 1;
            return Ok(());
        }
        if let Some(place) = self.quantity {
            match quantity(record, place, options) {
                Quantity::Bought => {}
                Quantity::Returned if self.keep_returns => {}
                Quantity::Returned => {
                    rows.report.returns += 1;
                    return Ok(());
                }
                Quantity::Missing => {
                    rows.report.null_quantities += 1;
                    return Ok(());
                }
                Quantity::Wrong(reason) => return Err(Fault::Field(place, reason)),
            }
        }
        rows.push(&options.each.label(&item))?;
        self.with_key(record, |key| rows.end_keyed(key));
        Ok(())
    }
}

impl LongColumns {
    /// Hands the key of a row on: the text of its column, or those of several with a NUL between them, which no text
    /// has.
    #[inline(always)]
    fn with_key<R>(&self, record: Record<'_>, take: impl FnOnce(&[u8]) -> R) -> R {
        match self.keys[..] {
            [key] if !record.is_doubled(key) => take(record.bytes(key)),
            _ => {
                let texts: Vec<_> = self.keys.iter().map(|&key| record.text(key)).collect();
                take(texts.join("\0").as_bytes())
            }
        }
    }
}

/// Whether the field of a key is a missing value.
#[inline(always)]
fn is_null_key(record: Record<'_>, place: usize, options: &ReadOptions) -> bool {
    match record.is_doubled(place) {
        true => options.is_null(&record.text(place)),
        false => options.is_null_bytes(record.bytes(place)),
    }
}

/// What a quantity says of a line item.
pub(super) enum Quantity {
    Bought,
    Returned,
    Missing,
    /// Why it is no quantity.
    Wrong(String),
}

#[inline(always)]
fn quantity(record: Record<'_>, place: usize, options: &ReadOptions) -> Quantity {
    // Nearly all are whole numbers above 0.
    match record.bytes(place) {
        bytes @ [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit) && !options.is_null_bytes(bytes) => {
            Quantity::Bought
        }
        _ => quantity_of(&record.text(place), options),
    }
}

/// What a text says as a quantity.
pub(super) fn quantity_of(text: &str, options: &ReadOptions) -> Quantity {
    if options.is_null(text) {
        return Quantity::Missing;
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_nan() => {}
        Ok(number) if number > 0.0 => return Quantity::Bought,
        Ok(_) => return Quantity::Returned,
        Err(_) => {}
    }
    Quantity::Wrong(format!("{} is no quantity, which is a number such as 2 or 0.5", shown(text)))
}

#[cfg(all(test, feature = "rayon"))]
pub(super) mod tests {
    use super::*;
    use crate::io::{Encoding, Source, Trim};
    use proptest::prelude::*;

    /// Rows that are hard to split among many that are easy.
    pub(in crate::io) fn texts() -> impl Strategy<Value = Vec<u8>> {
        let hard: Vec<&[u8]> = vec![
            b"\n",
            b"\r",
            b"\r\n",
            b"\r\r\n",
            b"\n\n",
            b"  \t\n",
            b"#1,\"a\n",
            b" # \r\n",
            b"\xc2\xa0\n",
            b"\xc2\xa0#x\r\n",
            b"1,\"a\nb\",1\n",
            b"1,\"a\r\nb\",1\r\n",
            b"\"1\"\"2\",\"\"\"\",1\n",
            b"\"a\nb\",\" c\n \" ,2\n",
            b"key,item,n\r\n",
            b"C1,a,1\n",
            b"C\r,a,1\n",
            b"1,a\n",
            b"1,a,1,\n",
            b"1,a,1,2\n",
            b",a,1\n",
            b"1,,1\n",
            b"1,NA,1\n",
            b"1,a,\n",
            b"1,a,-1\n",
            b"1,a,x\n",
            b"123456789,a,1\n",
            b"12345678,a,1\n",
            b" 1 ,\tB\t, 1\n",
            b"\xc3\xa9,\xe3\x80\x80b\xe2\x80\x8b,1\n",
            b",,\n",
            b"\n,\n",
        ];
        let rare: Vec<&[u8]> = vec![b"\"a,1\n", b"\xff", b"\0", b"1,\"a\"b,1\n", b"\"\n"];
        let row = prop_oneof![
            60 => (0..40u32, 0..9u32, 0..3u32).prop_map(|(key, item, n)| format!("{key},i{item},{n}\n").into_bytes()),
            20 => prop::sample::select(hard).prop_map(<[u8]>::to_vec),
            1 => (0..200u32, prop::sample::select(rare))
                .prop_map(|(often, rare)| if often == 0 { rare.to_vec() } else { b"7,a,1\n".to_vec() }),
        ];
        (prop::collection::vec(row, 0..200), any::<bool>()).prop_map(|(rows, cut)| {
            let mut text = [b"key,item,n\n".to_vec(), rows.concat()].concat();
            if cut {
                text.pop();
            }
            text
        })
    }

    proptest! {
        #[test]
        fn blocks_and_threads_do_not_matter(
            text in texts(),
            (block, worker, part) in (1..300usize, 1..600usize, 1..200usize),
            trim in prop::sample::select(Trim::ALL),
            [comment, lenient, header, keys, n, quote] in any::<[bool; 6]>(),
        ) {
            let mut reader = LongReader::new(1, 2).trim(trim).lenient(lenient).header(header).null("NA").case_fold(n);
            reader = reader.exclude_baskets("C*".parse().unwrap());
            reader = if comment { reader.comment('#') } else { reader };
            reader = if keys { reader.and_basket(3) } else { reader };
            reader = if n { reader.quantity(3) } else { reader };
            reader = if quote { reader } else { reader.quote(None) };
            let read = |threads, sizes| {
                let input = Source::bytes(&text).into_input(Encoding::Utf8);
                let read = input.and_then(|input| reader.clone().threads(threads).read_grouped(input, sizes));
                read.map_err(|error| error.to_string())
            };
            let expected = read(1, Sizes::default());
            for threads in [1, 2, 3] {
                prop_assert_eq!(&read(threads, Sizes { several: 0, label: 0, block, worker, part }), &expected);
            }
            if let Ok((baskets, report)) = &expected {
                prop_assert_eq!(report.bytes, text.len() as u64);
                let breaks = super::super::blocks::line_breaks(&text);
                let is_open = text.last().is_some_and(|last| !matches!(last, b'\n' | b'\r'));
                prop_assert_eq!(report.lines, breaks + u64::from(is_open));
                prop_assert_eq!(report.rows, report.rows_skipped() + report.items + report.duplicates);
                prop_assert_eq!(report.baskets, baskets.len() as u64);
            }
        }
    }
}
