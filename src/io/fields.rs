//! From text to rows: lines, fields, quotes.

use std::borrow::Cow;
use std::ops::Range;

use super::Delimiter;
use super::labelled_rows::LabelledRows;
use super::not_text::NUL;
use crate::bitset::{Isa, Ops, Task};
use crate::error::Error;
use crate::threads::pool::Pool;
use crate::transactions::{Columns, Transactions};

/// The longest item, in bytes of the file. It bounds the memory that a damaged or endless file can
/// take: a quote that is never closed would otherwise swallow all that follows.
const MAX_ITEM: usize = 1 << 20;

/// How to write a quote that is text, for errors.
const QUOTES: &str =
    "if that quote is text, quote the whole label and write each quote in it twice, as in \"\"\"hello\" for \"hello";

/// What a byte is at the beginning of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Part of a label.
    Text,
    /// Whitespace around a label, which is not part of it.
    Padding,
    /// A double quote. It has a meaning only where a field begins.
    Quote,
    /// Ends a field.
    Separator,
    /// Ends a field and a line.
    Break,
    /// In no text. It ends a field, so that looking for the end finds it.
    Nul,
}

/// Cuts text into lines and fields and encodes them as baskets.
///
/// Text comes in pieces that may end anywhere; what a piece leaves unfinished has to begin the next one.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    classes: [Class; 256],
    /// The separator of whole numbers on the fastest way of reading.
    separators: [u8; 2],
    labels: LabelledRows<'a>,
    /// The line, from 1.
    line: u64,
    /// Whether the last byte was a carriage return, which a line feed may still complete.
    after_return: bool,
}

impl Fields<'static> {
    pub(super) fn new(delimiter: Delimiter) -> Result<Self, Error> {
        let whitespace = if delimiter == Delimiter::Whitespace { Class::Separator } else { Class::Padding };
        let mut classes = [Class::Text; 256];
        for byte in [b' ', b'\t', b'\x0c'] {
            classes[usize::from(byte)] = whitespace;
        }
        classes[usize::from(b'"')] = Class::Quote;
        classes[usize::from(delimiter.byte()?)] = Class::Separator;
        classes[usize::from(b'\n')] = Class::Break;
        classes[usize::from(b'\r')] = Class::Break;
        classes[0] = Class::Nul;
        let byte = delimiter.byte()?;
        let separators = [byte, if delimiter == Delimiter::Whitespace { b'\t' } else { byte }];
        Ok(Fields { classes, separators, labels: LabelledRows::new(), line: 1, after_return: false })
    }

    pub(super) fn finish(self) -> Result<Transactions<String>, Error> {
        self.labels.build()
    }

    /// Takes whole lines on several threads, while `here` runs on this one. Returns the number of bytes taken.
    ///
    /// It is less than all if the text was split inside a quoted field, or if there is an error, which only
    /// [`take`](Fields::take) can name. Reading continues from there, at the beginning of a line.
    pub(super) fn take_lines(
        &mut self,
        lines: &[u8],
        pool: &Pool,
        part: usize,
        here: impl FnOnce(),
    ) -> Result<usize, Error> {
        let Fields { classes, separators, labels, .. } = self;
        let (known, waiting) = labels.split();
        let read = |range: Range<usize>| {
            let lines = &lines[range];
            let mut fields = Fields {
                classes: *classes,
                separators: *separators,
                labels: known.rows(),
                line: 0,
                after_return: false,
            };
            let whole = fields.take(lines, false).ok() == Some(lines.len());
            whole.then(|| (fields.line, fields.labels.into_more()))
        };
        let parts = whole_lines(lines, part);
        let mut settled = Ok(());
        let done = pool.run_beside(
            parts.len(),
            |part| read(parts[part].clone()),
            || {
                settled = waiting.settle();
                here();
            },
        )?;
        settled?;
        let mut taken = 0;
        for (part, done) in parts.into_iter().zip(done) {
            let Some((lines, rows)) = done else { break };
            self.labels.number(rows)?;
            self.line += lines;
            self.after_return = false;
            taken = part.end;
        }
        Ok(taken)
    }
}

impl Fields<'_> {
    /// Distinct labels so far.
    pub(super) fn labels(&self) -> usize {
        self.labels.len()
    }

    /// The baskets so far.
    pub(super) fn columns(&mut self) -> &mut Columns {
        self.labels.columns()
    }

    /// Takes text up to an unfinished field, or to its end if it is the `last`. Returns the number of bytes taken.
    pub(super) fn take(&mut self, bytes: &[u8], last: bool) -> Result<usize, Error> {
        self.labels.settle()?;
        let (text, invalid) = utf8_prefix(bytes, last);
        let taken = Isa::detect().run(Take { fields: self, text, last: last && invalid.is_none() })?;
        match invalid {
            None => Ok(taken),
            Some(byte) => {
                let line = self.line + line_breaks(&text.as_bytes()[taken..]);
                Err(Error::malformed(line, format_args!("byte {byte:#04x} is not UTF-8; save the file as UTF-8")))
            }
        }
    }

    #[inline(always)]
    fn take_with<O: Ops>(&mut self, ops: O, text: &str, last: bool) -> Result<usize, Error> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if byte.is_ascii_digit() {
                let after_return = self.is_after_return(bytes, at);
                let (taken, lines) = self.labels.push_numbers(ops, &bytes[at..], self.separators, after_return)?;
                self.line += lines;
                if taken > 0 {
                    at += taken;
                    continue;
                }
            }
            let field = match self.class(byte) {
                Class::Separator | Class::Padding => Some(at + 1),
                Class::Break => {
                    self.end_line(ops, bytes, at)?;
                    Some(at + 1)
                }
                Class::Quote => self.quoted(text, at, last)?,
                Class::Text => self.plain(text, at, last)?,
                Class::Nul => return Err(Error::malformed(self.line, NUL)),
            };
            match field {
                Some(end) => at = end,
                None if bytes.len() - at > MAX_ITEM => return Err(self.too_long()),
                None => break,
            }
        }
        self.after_return = self.is_after_return(bytes, at);
        Ok(at)
    }

    fn class(&self, byte: u8) -> Class {
        self.classes[usize::from(byte)]
    }

    /// Whether the field ends before `byte`.
    fn ends_field(&self, byte: u8) -> bool {
        matches!(self.class(byte), Class::Separator | Class::Break | Class::Nul)
    }

    /// Ends the line at the break that is at `at`. A carriage return, a line feed and the two together are
    /// breaks; between the two is an empty line, which is no basket and is not counted.
    #[inline(always)]
    fn end_line<O: Ops>(&mut self, ops: O, bytes: &[u8], at: usize) -> Result<(), Error> {
        if !(bytes[at] == b'\n' && self.is_after_return(bytes, at)) {
            self.line += 1;
        }
        self.labels.end_row(ops);
        self.labels.columns().check()
    }

    /// Whether the byte before the one at `at` is a carriage return.
    fn is_after_return(&self, bytes: &[u8], at: usize) -> bool {
        match at {
            0 => self.after_return,
            _ => bytes[at - 1] == b'\r',
        }
    }

    /// Takes the field without quotes that begins at `at`. Returns its end; `None` if that is beyond the text.
    fn plain(&mut self, text: &str, at: usize, last: bool) -> Result<Option<usize>, Error> {
        let bytes = text.as_bytes();
        let end = match bytes[at..].iter().position(|&byte| self.ends_field(byte)) {
            Some(len) => at + len,
            None if last => bytes.len(),
            None => return Ok(None),
        };
        if end - at > MAX_ITEM {
            return Err(self.too_long());
        }
        self.labels.push(text[at..end].trim_ascii_end())?;
        Ok(Some(end))
    }

    /// The same for the field whose opening quote is at `at`.
    fn quoted(&mut self, text: &str, at: usize, last: bool) -> Result<Option<usize>, Error> {
        let bytes = text.as_bytes();
        let mut doubled = false;
        let mut close = at + 1;
        // The quote that is not doubled.
        loop {
            close = match bytes[close..].iter().position(|&byte| byte == b'"') {
                Some(len) => close + len,
                None if last && bytes.len() - at <= MAX_ITEM => {
                    let reason = format_args!("the quote that opens a field is never closed; {QUOTES}");
                    return Err(Error::malformed(self.line, reason));
                }
                None => return Ok(None),
            };
            match bytes.get(close + 1) {
                Some(b'"') => (doubled, close) = (true, close + 2),
                None if !last => return Ok(None),
                _ => break,
            }
        }
        let inside = &text[at + 1..close];
        if let Some(nul) = inside.find('\0') {
            return Err(Error::malformed(self.line + line_breaks(&inside.as_bytes()[..nul]), NUL));
        }
        let line = self.line + line_breaks(inside.as_bytes());
        let after = bytes[close + 1..].iter().position(|&byte| self.class(byte) != Class::Padding);
        let end = match after {
            Some(len) => close + 1 + len,
            None if last => bytes.len(),
            None => return Ok(None),
        };
        if bytes.get(end).is_some_and(|&byte| !self.ends_field(byte)) {
            return Err(Error::malformed(line, format_args!("text after the closing quote of a field; {QUOTES}")));
        }
        if end - at > MAX_ITEM {
            return Err(self.too_long());
        }
        let label = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        let label = label.trim_ascii();
        if !label.is_empty() {
            self.labels.push(label)?;
        }
        self.line = line;
        Ok(Some(end))
    }

    fn too_long(&self) -> Error {
        Error::malformed(
            self.line,
            format_args!("an item of more than {MAX_ITEM} bytes; is this the right delimiter, is every quote closed?"),
        )
    }
}

/// [`Fields::take`], compiled for each instruction set.
struct Take<'a, 'b> {
    fields: &'a mut Fields<'b>,
    text: &'a str,
    last: bool,
}

impl Task for Take<'_, '_> {
    type Output = Result<usize, Error>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        self.fields.take_with(ops, self.text, self.last)
    }
}

/// Cuts a text into parts that end with lines, of `len` bytes or as few more as that takes.
fn whole_lines(text: &[u8], len: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let least = (start + len).min(text.len());
        let line = text[least - 1..].iter().position(|&byte| byte == b'\n');
        let end = line.map_or(text.len(), |last| least + last);
        parts.push(start..end);
        start = end;
    }
    parts
}

/// The longest prefix of some bytes that is text, and the byte after it if that cannot be part of any text. Unless the
/// bytes are the `last`, a character that is cut at their end may still be completed.
fn utf8_prefix(bytes: &[u8], last: bool) -> (&str, Option<u8>) {
    match str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            let invalid = rest.first().copied().filter(|_| last || error.error_len().is_some());
            (str::from_utf8(valid).unwrap_or_default(), invalid)
        }
    }
}

/// Line breaks in a text, a carriage return and a line feed together counted once.
pub(super) fn line_breaks(text: &[u8]) -> u64 {
    let mut after_return = false;
    let mut breaks = 0;
    for &byte in text {
        breaks += u64::from(byte == b'\r' || (byte == b'\n' && !after_return));
        after_return = byte == b'\r';
    }
    breaks
}
