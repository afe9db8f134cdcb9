//! From text to rows: lines, fields, quotes.

use std::borrow::Cow;
use std::ops::Range;

use super::Delimiter;
use super::blocks::{TakeText, line_breaks, not_utf8, utf8_prefix, whole_lines};
use super::labelled_rows::LabelledRows;
use super::not_text::NUL;
use super::syntax::{Class, Syntax};
use crate::bitset::{Isa, Ops, Task};
use crate::error::Error;
use crate::threads::pool::Pool;
use crate::transactions::Transactions;

/// The longest item, in bytes of the file. It bounds the memory that a damaged or endless file can
/// take: a quote that is never closed would otherwise swallow all that follows.
const MAX_ITEM: usize = 1 << 20;

/// How to write a quote that is text, for errors.
pub(super) const QUOTES: &str =
    "if that quote is text, quote the whole label and write each quote in it twice, as in \"\"\"hello\" for \"hello";

/// Cuts text into lines and fields and encodes them as baskets.
///
/// Text comes in pieces that may end anywhere; what a piece leaves unfinished has to begin the next one.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    syntax: Syntax,
    labels: LabelledRows<'a>,
    /// The line, from 1.
    line: u64,
    /// Whether the last byte was a carriage return, which a line feed may still complete.
    after_return: bool,
}

impl Fields<'static> {
    pub(super) fn new(delimiter: Delimiter) -> Result<Self, Error> {
        Ok(Fields::at_line(1, Syntax::new(delimiter)?, LabelledRows::new()))
    }

    pub(super) fn finish(self) -> Result<Transactions<String>, Error> {
        self.labels.build()
    }
}

impl<'a> Fields<'a> {
    /// At the beginning of a line.
    fn at_line(line: u64, syntax: Syntax, labels: LabelledRows<'a>) -> Self {
        Fields { syntax, labels, line, after_return: false }
    }
}

impl TakeText for Fields<'static> {
    fn labels(&self) -> usize {
        self.labels.len()
    }

    fn reserve_for(&mut self, done: u64, size: u64) {
        self.labels.columns().reserve_for(done, size);
    }

    fn take(&mut self, text: &[u8], last: bool) -> Result<usize, Error> {
        self.take_part(text, last)
    }

    fn take_lines(&mut self, lines: &[u8], pool: &Pool, part: usize, here: impl FnOnce()) -> Result<usize, Error> {
        let Fields { syntax, labels, .. } = self;
        let (known, waiting) = labels.split();
        let read = |range: Range<usize>| {
            let lines = &lines[range];
            let mut fields = Fields::at_line(0, *syntax, known.rows());
            let whole = fields.take_part(lines, false).ok() == Some(lines.len());
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
    /// Takes text up to an unfinished field, or to its end if it is the `last`. Returns the number of bytes taken.
    fn take_part(&mut self, bytes: &[u8], last: bool) -> Result<usize, Error> {
        self.labels.settle()?;
        let (text, invalid) = utf8_prefix(bytes, last);
        let last = last && invalid.is_none();
        let taken = Isa::detect().run(Take { fields: self, text, last })?;
        match invalid {
            None => Ok(taken),
            Some(byte) => {
                let line = self.line + line_breaks(&text.as_bytes()[taken..]);
                Err(not_utf8(line, byte))
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
                let (taken, lines) =
                    self.labels.push_numbers(ops, &bytes[at..], self.syntax.separators, after_return)?;
                self.line += lines;
                if taken > 0 {
                    at += taken;
                    continue;
                }
            }
            let field = match self.syntax.class(byte) {
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

    /// Ends the line at the break that is at `at`. A carriage return, a line feed and the two together are
    /// breaks; between the two is an empty line, which is no basket and is not counted.
    #[inline(always)]
    fn end_line<O: Ops>(&mut self, ops: O, bytes: &[u8], at: usize) -> Result<(), Error> {
        self.labels.end_row(ops);
        if !(bytes[at] == b'\n' && self.is_after_return(bytes, at)) {
            self.line += 1;
        }
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
        let syntax = &self.syntax;
        let len = bytes[at..].iter().position(|&byte| Syntax::ends_field(syntax.class(byte)));
        let end = match len {
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
        let mut end = close + 1;
        loop {
            match bytes.get(end).map(|&byte| self.syntax.class(byte)) {
                Some(Class::Padding) => end += 1,
                Some(class) if !Syntax::ends_field(class) => {
                    let reason = format_args!("text after the closing quote of a field; {QUOTES}");
                    return Err(Error::malformed(line, reason));
                }
                None if !last => return Ok(None),
                _ => break,
            }
        }
        if end - at > MAX_ITEM {
            return Err(self.too_long());
        }
        let label = if doubled { Cow::Owned(inside.replace("\"\"", "\"")) } else { Cow::Borrowed(inside) };
        if !label.trim_ascii().is_empty() {
            self.labels.push(label.trim_ascii())?;
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

/// [`Fields::take_part`], compiled for each instruction set.
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
