//! Itemsets and rules as lines of text.

use std::fmt::{self, Write as _};
use std::io::{self, Write};
use std::ops::ControlFlow;

use super::Delimiter;
use super::results::{Blocks, push_count};
use super::source::BYTE_ORDER_MARK;
use crate::error::Error;
use crate::itemsets::{Itemset, Sink};
use crate::rules::Rule;

/// Writes itemsets and rules as text, one per line: an itemset as `a b c (12)` with its count, a rule as `a b => c (12
/// 20 40)` with the counts of both sides together, of the antecedent, and of the consequent.
///
/// Items are in the order of their labels, separated by the delimiter (one space for [`Delimiter::Whitespace`]). A
/// label is quoted as in CSV (RFC 4180), in double quotes and with its own ones doubled, if it would be misread
/// otherwise:
///
/// - if it holds the delimiter (any ASCII whitespace for `Whitespace`), a double quote or a line break;
/// - if it holds an arrow `=>` or a parenthesis, which have a meaning in the line;
/// - if it is empty, begins or ends with ASCII whitespace, or begins with a byte-order mark.
///
/// So a line can always be split: each double quote opens or closes quoted text, and outside of it ` (` comes once,
/// before the counts, ` => ` once in a rule, and the delimiter only between items.
///
/// The items of an itemset, or of a side of a rule, are a line for [`BasketReader`](super::BasketReader) with the same
/// delimiter. It reads the same labels, exactly, if they are such as it returns itself. As always it trims ASCII
/// whitespace, skips empty labels and refuses NUL bytes. Labels that were read with
/// [`Trim::None`](super::Trim::None) have to be read with it again.
///
/// Itemsets of whole numbers, as in `1 2 3 (4)`, are the format of the frequent itemset mining programs of FIMI, which
/// other programs read.
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
        lines.blocks.finish()
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
        for rule in rules {
            let counts = rule.counts();
            lines.side(rule.antecedent())?;
            lines.blocks.text.push_str(ARROW);
            lines.side(rule.consequent())?;
            lines.count(" (", counts.n_xy());
            lines.count(" ", counts.n_x());
            lines.count(" ", counts.n_y());
            lines.end()?;
        }
        lines.blocks.finish()
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
        self.lines.blocks.finish()
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
    blocks: Blocks<W>,
    delimiter: char,
    meanings: [Meaning; 256],
}

/// What a byte of a label means for quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Meaning {
    Text,
    /// It may be part of an arrow or of a byte-order mark.
    Unclear,
    /// The label is quoted.
    Quoted,
}

impl<W: Write> Lines<W> {
    fn new(delimiter: Delimiter, out: W) -> Result<Self, Error> {
        let byte = delimiter.byte()?;
        let mut meanings = [Meaning::Text; 256];
        meanings[usize::from(b'>')] = Meaning::Unclear;
        meanings[usize::from(BYTE_ORDER_MARK[0])] = Meaning::Unclear;
        for byte in [byte, b'"', b'\n', b'\r', b'(', b')'] {
            meanings[usize::from(byte)] = Meaning::Quoted;
        }
        if delimiter == Delimiter::Whitespace {
            for byte in [b'\t', b'\x0c'] {
                meanings[usize::from(byte)] = Meaning::Quoted;
            }
        }
        Ok(Lines { blocks: Blocks::new(out), delimiter: char::from(byte), meanings })
    }

    fn side<T: fmt::Display>(&mut self, labels: impl Iterator<Item = T>) -> Result<(), Error> {
        for (position, label) in labels.enumerate() {
            if position > 0 {
                self.blocks.text.push(self.delimiter);
            }
            let start = self.blocks.text.len();
            write!(self.blocks.text, "{label}").map_err(io::Error::other)?;
            let label = &self.blocks.text[start..];
            if self.is_misread(label) {
                let quoted = format!("\"{}\"", label.replace('"', "\"\""));
                self.blocks.text.truncate(start);
                self.blocks.text.push_str(&quoted);
            }
        }
        Ok(())
    }

    fn is_misread(&self, label: &str) -> bool {
        let bytes = label.as_bytes();
        if bytes.first().is_none_or(u8::is_ascii_whitespace) || bytes.last().is_none_or(u8::is_ascii_whitespace) {
            return true;
        }
        match bytes.iter().map(|&byte| self.meanings[usize::from(byte)]).max() {
            None | Some(Meaning::Text) => false,
            Some(Meaning::Unclear) => label.contains("=>") || bytes.starts_with(BYTE_ORDER_MARK),
            Some(Meaning::Quoted) => true,
        }
    }

    fn count(&mut self, before: &str, count: u64) {
        self.blocks.text.push_str(before);
        push_count(&mut self.blocks.text, count);
    }

    fn end(&mut self) -> Result<(), Error> {
        self.blocks.text.push_str(")\n");
        self.blocks.end_line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Miner;
    use crate::Transactions;

    fn text_of(delimiter: Delimiter, labels: &[&str]) -> String {
        let mut lines = Lines::new(delimiter, Vec::new()).unwrap();
        lines.side(labels.iter()).unwrap();
        lines.blocks.text
    }

    #[test]
    fn ambiguous_labels_are_quoted() {
        let comma = Delimiter::Char(',');
        assert_eq!(text_of(comma, &["whole milk", "a;b", ">= 7", "=", "[1]", "｛"]), "whole milk,a;b,>= 7,=,[1],｛");
        assert_eq!(
            text_of(comma, &["a,b", "6\"", "\r", "c\nd", "", " e"]),
            r#""a,b","6""","$","c%d",""," e""#.replace('$', "\r").replace('%', "\n")
        );
        assert_eq!(
            text_of(Delimiter::Whitespace, &["a b", "a\tb", "a,b", "\"", "a\u{a0}b"]),
            "\"a b\" \"a\tb\" a,b \"\"\"\" a\u{a0}b"
        );
        assert_eq!(
            text_of(comma, &["=>", "x=>y", "(12)", "milk (1 l)", ":)", "\u{feff}a", "a\u{feff}"]),
            "\"=>\",\"x=>y\",\"(12)\",\"milk (1 l)\",\":)\",\"\u{feff}a\",a\u{feff}"
        );
        assert_eq!(text_of(Delimiter::Char('>'), &["=>", "a>", "="]), "\"=>\">\"a>\">=");
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
}
