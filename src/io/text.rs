//! Itemsets and rules as lines of text.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::Delimiter;
use crate::error::Error;
use crate::itemsets::{Itemset, Sink};
use crate::rules::Rule;

/// Bytes that are written together.
const BLOCK: usize = 64 << 10;

/// Writes itemsets and rules as text, one per line: an itemset as `a b c (12)` with its count, a rule as `a b => c (12
/// 20 40)` with the counts of both sides together, of the antecedent, and of the consequent.
///
/// Items are in the order of their labels, separated by the delimiter (one space for [`Delimiter::Whitespace`]). A
/// label is quoted as in CSV (RFC 4180) if it would be misread otherwise: if it holds the delimiter (any ASCII
/// whitespace for `Whitespace`), a quote or a line break, if it is empty or begins or ends with ASCII whitespace, and
/// in a rule if it holds the word `=>`. So a line can always be split: the last parentheses hold the counts, and the
/// unquoted text splits at ` => ` and the delimiter.
///
/// Lines are written in large blocks, so the output needs no buffer.
///
/// ```
/// use itemset::io::{Delimiter, TextWriter};
/// use itemset::{MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "chips, salted"], vec!["beer", "chips, salted"]])?;
/// let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(1.0);
/// let writer = TextWriter::new().delimiter(Delimiter::Char(','));
///
/// let mut text = Vec::new();
/// writer.write_itemsets(miner.mine(&baskets)?.iter_len(2..), &mut text)?;
/// writer.write_rules(&miner.rules(&baskets)?, &mut text)?;
/// assert_eq!(
///     String::from_utf8(text).unwrap(),
///     "beer,\"chips, salted\" (2)\n\"chips, salted\" => beer (2 2 2)\nbeer => \"chips, salted\" (2 2 2)\n"
/// );
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct TextWriter {
    delimiter: Delimiter,
}

impl TextWriter {
    /// A writer that separates items by one space.
    pub fn new() -> Self {
        TextWriter::default()
    }

    /// The delimiter between items. Default: [`Delimiter::Whitespace`].
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// Writes itemsets in the order of the iterator.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails; earlier lines stay written.
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a character that cannot be a delimiter.
    pub fn write_itemsets<'a, T: fmt::Display + 'a>(
        &self,
        itemsets: impl IntoIterator<Item = Itemset<'a, T>>,
        out: impl Write,
    ) -> Result<(), Error> {
        let mut lines = Lines::new(self.delimiter, out)?;
        for itemset in itemsets {
            lines.side(itemset.iter())?;
            lines.count(" (", itemset.count());
            lines.end()?;
        }
        lines.finish()
    }

    /// A [`Sink`] that writes itemsets as [`write_itemsets`](TextWriter::write_itemsets) does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a character that cannot be a delimiter.
    pub fn sink<W: Write>(&self, out: W) -> Result<TextSink<W>, Error> {
        Ok(TextSink { lines: Lines::new(self.delimiter, out)?, failed: None })
    }

    /// Writes rules in the order of the iterator.
    ///
    /// # Errors
    ///
    /// Those of [`write_itemsets`](TextWriter::write_itemsets).
    pub fn write_rules<'a, T: fmt::Display + 'a>(
        &self,
        rules: impl IntoIterator<Item = Rule<'a, T>>,
        out: impl Write,
    ) -> Result<(), Error> {
        let mut lines = Lines::new(self.delimiter, out)?;
        lines.arrows = true;
        for rule in rules {
            let counts = rule.counts();
            lines.side(rule.antecedent())?;
            lines.text.push_str(ARROW);
            lines.side(rule.consequent())?;
            lines.count(" (", counts.n_xy());
            lines.count(" ", counts.n_x());
            lines.count(" ", counts.n_y());
            lines.end()?;
        }
        lines.finish()
    }
}

/// Writes itemsets as text while they are found, from [`TextWriter::sink`]. [`Miner::stream`](crate::Miner::stream) has
/// an example.
///
/// If writing fails, the sink ends the search, and [`finish`](TextSink::finish) returns the error.
#[derive(Debug)]
pub struct TextSink<W> {
    lines: Lines<W>,
    failed: Option<Error>,
}

impl<W: Write> TextSink<W> {
    fn line<T: fmt::Display>(&mut self, items: &[&T], count: u64) -> Result<(), Error> {
        self.lines.side(items.iter())?;
        self.lines.count(" (", count);
        self.lines.end()
    }

    /// Writes the remaining lines. It must be called at the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails or has failed before; earlier lines stay written.
    pub fn finish(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), Err)?;
        self.lines.finish()
    }
}

impl<T: fmt::Display, W: Write> Sink<T> for TextSink<W> {
    fn itemset(&mut self, items: &[&T], count: u64) -> ControlFlow<()> {
        match self.line(items, count) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.failed = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// Separates the sides of a rule.
const ARROW: &str = " => ";

/// Lines that are being written.
#[derive(Debug)]
struct Lines<W> {
    out: W,
    text: String,
    delimiter: char,
    /// The bytes for which a label is quoted, wherever they are in it.
    special: [bool; 256],
    /// Whether the lines hold rules.
    arrows: bool,
}

impl<W: Write> Lines<W> {
    fn new(delimiter: Delimiter, out: W) -> Result<Self, Error> {
        let byte = delimiter.byte()?;
        let mut special = [false; 256];
        for byte in [byte, b'"', b'\n', b'\r'] {
            special[usize::from(byte)] = true;
        }
        if delimiter == Delimiter::Whitespace {
            for byte in [b'\t', b'\x0c'] {
                special[usize::from(byte)] = true;
            }
        }
        Ok(Lines { out, text: String::with_capacity(2 * BLOCK), delimiter: char::from(byte), special, arrows: false })
    }

    fn side<T: fmt::Display>(&mut self, labels: impl Iterator<Item = T>) -> Result<(), Error> {
        for (position, label) in labels.enumerate() {
            if position > 0 {
                self.text.push(self.delimiter);
            }
            let start = self.text.len();
            write!(self.text, "{label}").map_err(io::Error::other)?;
            let label = &self.text[start..];
            if self.is_misread(label) {
                let quoted = format!("\"{}\"", label.replace('"', "\"\""));
                self.text.truncate(start);
                self.text.push_str(&quoted);
            }
        }
        Ok(())
    }

    fn is_misread(&self, label: &str) -> bool {
        let bytes = label.as_bytes();
        bytes.iter().any(|&byte| self.special[usize::from(byte)])
            || bytes.first().is_none_or(u8::is_ascii_whitespace)
            || bytes.last().is_none_or(u8::is_ascii_whitespace)
            || (self.arrows && label.contains("=>") && label.split_ascii_whitespace().any(|word| word == "=>"))
    }

    fn count(&mut self, before: &str, mut count: u64) {
        // The longest u64 has 20 digits.
        let mut digits = [0; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (count % 10) as u8;
            count /= 10;
            if count == 0 {
                break;
            }
        }
        self.text.push_str(before);
        self.text.extend(digits[first..].iter().map(|&digit| char::from(digit)));
    }

    fn end(&mut self) -> Result<(), Error> {
        self.text.push_str(")\n");
        if self.text.len() >= BLOCK { self.hand_on() } else { Ok(()) }
    }

    fn hand_on(&mut self) -> Result<(), Error> {
        self.out.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<(), Error> {
        self.hand_on()?;
        Ok(self.out.flush()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Miner;
    use crate::Transactions;
    use crate::io::BasketReader;
    use crate::mine::query::min_support::MinSupport;
    use proptest::prelude::*;

    fn text_of(delimiter: Delimiter, arrows: bool, labels: &[&str]) -> String {
        let mut lines = Lines::new(delimiter, Vec::new()).unwrap();
        lines.arrows = arrows;
        lines.side(labels.iter()).unwrap();
        lines.text
    }

    #[test]
    fn ambiguous_labels_are_quoted() {
        let comma = Delimiter::Char(',');
        assert_eq!(text_of(comma, true, &["whole milk", "a;b", "x=>y", "(12)"]), "whole milk,a;b,x=>y,(12)");
        assert_eq!(
            text_of(comma, false, &["a,b", "6\"", "\r", "c\nd", "", " e"]),
            r#""a,b","6""","$","c%d",""," e""#.replace('$', "\r").replace('%', "\n")
        );
        assert_eq!(
            text_of(Delimiter::Whitespace, false, &["a b", "a\tb", "a,b", "\"", "=>"]),
            "\"a b\" \"a\tb\" a,b \"\"\"\" =>"
        );
        assert_eq!(text_of(comma, true, &["=>", "a => b", "=>c", "d =>"]), "\"=>\",\"a => b\",=>c,\"d =>\"");
    }

    #[test]
    fn counts_of_any_size() {
        let mut lines = Lines::new(Delimiter::Whitespace, Vec::new()).unwrap();
        for count in [0, 7, 10, 4_294_967_296, u64::MAX] {
            lines.count(" ", count);
        }
        assert_eq!(lines.text, " 0 7 10 4294967296 18446744073709551615");
    }

    #[test]
    fn long_outputs_are_written_in_blocks_and_errors_returned() {
        struct Full(usize);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let baskets = Transactions::from_rows([(0..15).collect::<Vec<u32>>()]).unwrap();
        let itemsets = Miner::new().min_support(1.0).mine(&baskets).unwrap();
        let mut text = Vec::new();
        TextWriter::new().write_itemsets(&itemsets, &mut text).unwrap();
        assert_eq!(text.iter().filter(|&&byte| byte == b'\n').count(), (1 << 15) - 1);
        assert!(TextWriter::new().write_itemsets(&itemsets, Full(text.len())).is_ok());
        for room in [0, text.len() / 2, text.len() - 1] {
            let error = TextWriter::new().write_itemsets(&itemsets, Full(room)).unwrap_err();
            assert!(matches!(error.kind(), crate::ErrorKind::Io(_)), "{error}");
        }
    }

    proptest! {
        #[test]
        fn written_labels_read_back(labels in prop::collection::btree_set("[a-c,\"; \r\n=>()]{1,5}", 1..5)) {
            // As they are after reading: trimmed, and not empty.
            let labels: std::collections::BTreeSet<&str> =
                labels.iter().map(|label| label.trim_ascii()).filter(|label| !label.is_empty()).collect();
            let baskets = Transactions::from_rows([labels.clone()]).unwrap();
            let itemsets = Miner::new().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
            let comma = Delimiter::Char(',');
            for itemset in &itemsets {
                let mut text = Vec::new();
                TextWriter::new().delimiter(comma).write_itemsets([itemset.clone()], &mut text).unwrap();
                let text = String::from_utf8(text).unwrap();
                let items = text.strip_suffix(" (1)\n").unwrap();
                let read = BasketReader::new().delimiter(comma).read(items.as_bytes()).unwrap();
                prop_assert_eq!(read.len(), 1);
                prop_assert!(read.dictionary().labels().iter().eq(itemset.iter()));
            }
        }
    }
}
