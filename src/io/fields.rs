//! From text to rows: lines, fields, quotes.

use std::borrow::Cow;
use std::ops::Range;

use super::Delimiter;
use super::labelled_rows::LabelledRows;
use super::not_text::NUL;
use super::options::Options;
use super::syntax::{Class, Syntax, is_blank};
use super::weighted_row::WeightedRow;
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

/// Where in a line the text is. It is only kept while there are options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At its beginning, or after blanks there.
    Start,
    Comment,
    /// After something else.
    Inside,
}

impl Place {
    /// The place after a text with more than blanks in it.
    fn after(text: &[u8]) -> Place {
        match text.iter().rev().find(|&&byte| !is_blank(byte)) {
            Some(b'\n' | b'\r') => Place::Start,
            _ => Place::Inside,
        }
    }
}

/// Cuts text into lines and fields and encodes them as baskets.
///
/// Text comes in pieces that may end anywhere; what a piece leaves unfinished has to begin the next one.
///
/// Functions with the parameter `PLAIN` are compiled twice, so that reading without options does not pay for them.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    syntax: Syntax,
    labels: LabelledRows<'a>,
    /// The line, from 1.
    line: u64,
    /// Whether the last byte was a carriage return, which a line feed may still complete.
    after_return: bool,
    place: Place,
    /// The open row, if the last field is its weight.
    row: WeightedRow,
}

impl Fields<'static> {
    pub(super) fn new(delimiter: Delimiter, options: Options) -> Result<Self, Error> {
        Ok(Fields::at_line(1, Syntax::new(delimiter, options)?, LabelledRows::new()))
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
        let Fields { syntax, labels, .. } = self;
        let (known, waiting) = labels.split();
        let read = |range: Range<usize>| {
            let lines = &lines[range];
            let mut fields = Fields::at_line(0, *syntax, known.rows());
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

impl<'a> Fields<'a> {
    /// At the beginning of a line.
    fn at_line(line: u64, syntax: Syntax, labels: LabelledRows<'a>) -> Self {
        Fields { syntax, labels, line, after_return: false, place: Place::Start, row: WeightedRow::default() }
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
        let last = last && invalid.is_none();
        let taken = match self.syntax.options.are_default() {
            true => Isa::detect().run(Take::<true> { fields: self, text, last })?,
            false => Isa::detect().run(Take::<false> { fields: self, text, last })?,
        };
        match invalid {
            None => Ok(taken),
            Some(byte) => {
                let line = self.line + line_breaks(&text.as_bytes()[taken..]);
                Err(Error::malformed(line, format_args!("byte {byte:#04x} is not UTF-8; save the file as UTF-8")))
            }
        }
    }

    #[inline(always)]
    fn take_with<O: Ops, const PLAIN: bool>(&mut self, ops: O, text: &str, last: bool) -> Result<usize, Error> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if !PLAIN && self.place != Place::Inside {
                match self.comment(bytes, at, last) {
                    Some(end) if end > at => {
                        at = end;
                        continue;
                    }
                    Some(_) => {}
                    None if bytes.len() - at > MAX_ITEM => return Err(self.too_long()),
                    None => break,
                }
            }
            if byte.is_ascii_digit() && (PLAIN || self.syntax.reads_numbers) {
                let after_return = self.is_after_return(bytes, at);
                let (taken, lines) =
                    self.labels.push_numbers(ops, &bytes[at..], self.syntax.separators, after_return)?;
                self.line += lines;
                if taken > 0 {
                    if !PLAIN {
                        self.place = Place::after(&bytes[at..at + taken]);
                    }
                    at += taken;
                    continue;
                }
            }
            let (class, len) = self.class_at::<PLAIN>(text, at);
            let field = match class {
                Class::Separator | Class::Padding => {
                    if !PLAIN {
                        self.pass(class, byte);
                    }
                    Some(at + len)
                }
                Class::Break => {
                    self.end_line::<O, PLAIN>(ops, bytes, at)?;
                    Some(at + 1)
                }
                Class::Quote => self.quoted::<PLAIN>(text, at, last)?,
                Class::Text => self.plain::<PLAIN>(text, at, last)?,
                Class::Nul => return Err(Error::malformed(self.line, NUL)),
            };
            match field {
                Some(end) => at = end,
                None if bytes.len() - at > MAX_ITEM => return Err(self.too_long()),
                None => break,
            }
        }
        self.after_return = self.is_after_return(bytes, at);
        if !PLAIN && last {
            self.end_row(ops)?;
        }
        Ok(at)
    }

    /// The class of the character at `at`, and its length.
    #[inline(always)]
    fn class_at<const PLAIN: bool>(&self, text: &str, at: usize) -> (Class, usize) {
        let byte = text.as_bytes()[at];
        if PLAIN || byte.is_ascii() {
            return (self.syntax.class(byte), 1);
        }
        text[at..].chars().next().map_or((Class::Text, 1), |char| (self.syntax.class_of(char), char.len_utf8()))
    }

    /// Where the comment ends that is at `at`, or begins after blanks there, as far as the text shows; `at` if there is
    /// none. `None` if the blanks reach to the end of the text.
    fn comment(&mut self, bytes: &[u8], at: usize, last: bool) -> Option<usize> {
        let Some(comment) = self.syntax.comment else { return Some(at) };
        if self.place == Place::Start {
            // Others are passed one by one.
            let are_text = is_blank(bytes[at]) && self.syntax.class(bytes[at]) == Class::Text;
            let first = match bytes[at..].iter().position(|&byte| !is_blank(byte)) {
                _ if !are_text => Some(&bytes[at]),
                Some(blanks) => Some(&bytes[at + blanks]),
                None if last => None,
                None => return None,
            };
            if first != Some(&comment) {
                return Some(at);
            }
            self.place = Place::Comment;
        }
        let len = bytes[at..].iter().position(|&byte| matches!(self.syntax.class(byte), Class::Break | Class::Nul));
        Some(len.map_or(bytes.len(), |len| at + len))
    }

    /// Notes that a separator or padding is passed, which begins with `byte`.
    fn pass(&mut self, class: Class, byte: u8) {
        if class == Class::Separator && self.syntax.leaves_empty {
            self.row.push("");
            if !is_blank(byte) {
                self.place = Place::Inside;
            }
        }
    }

    /// Takes a field, from which its quotes are removed.
    fn push(&mut self, field: &str) -> Result<(), Error> {
        let options = self.syntax.options;
        let trimmed = options.trimmed(field);
        self.place = Place::Inside;
        if options.weight_last {
            self.row.push(trimmed);
        } else if !trimmed.is_empty() {
            self.labels.push(&options.label(trimmed))?;
        }
        Ok(())
    }

    /// Ends the line at the break that is at `at`. A carriage return, a line feed and the two together are
    /// breaks; between the two is an empty line, which is no basket and is not counted.
    #[inline(always)]
    fn end_line<O: Ops, const PLAIN: bool>(&mut self, ops: O, bytes: &[u8], at: usize) -> Result<(), Error> {
        if PLAIN {
            self.labels.end_row(ops);
        } else {
            self.end_row(ops)?;
        }
        if !(bytes[at] == b'\n' && self.is_after_return(bytes, at)) {
            self.line += 1;
        }
        self.labels.columns().check()
    }

    /// Ends the row of a line, if there are options.
    #[inline(always)]
    fn end_row<O: Ops>(&mut self, ops: O) -> Result<(), Error> {
        let Fields { syntax: Syntax { options, .. }, labels, row, .. } = self;
        if !options.weight_last {
            labels.end_row(ops);
        } else if !row.is_empty() {
            let weight = row.weight().map_err(|reason| Error::malformed(self.line, reason))?;
            if weight > 0 {
                row.labels().try_for_each(|label| labels.push(&options.label(label)))?;
                labels.end_weighted_row(ops, weight);
            }
        }
        row.clear();
        self.place = Place::Start;
        labels.columns().check()
    }

    /// Whether the byte before the one at `at` is a carriage return.
    fn is_after_return(&self, bytes: &[u8], at: usize) -> bool {
        match at {
            0 => self.after_return,
            _ => bytes[at - 1] == b'\r',
        }
    }

    /// Takes the field without quotes that begins at `at`. Returns its end; `None` if that is beyond the text.
    fn plain<const PLAIN: bool>(&mut self, text: &str, at: usize, last: bool) -> Result<Option<usize>, Error> {
        let bytes = text.as_bytes();
        let syntax = &self.syntax;
        let len = if PLAIN || syntax.wide != Class::Separator {
            bytes[at..].iter().position(|&byte| Syntax::ends_field(syntax.class(byte)))
        } else {
            text[at..].find(|char| Syntax::ends_field(syntax.class_of(char)))
        };
        let end = match len {
            Some(len) => at + len,
            None if last => bytes.len(),
            None => return Ok(None),
        };
        if end - at > MAX_ITEM {
            return Err(self.too_long());
        }
        if PLAIN {
            self.labels.push(text[at..end].trim_ascii_end())?;
        } else {
            self.push(&text[at..end])?;
        }
        Ok(Some(end))
    }

    /// The same for the field whose opening quote is at `at`.
    fn quoted<const PLAIN: bool>(&mut self, text: &str, at: usize, last: bool) -> Result<Option<usize>, Error> {
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
            match (end < bytes.len()).then(|| self.class_at::<PLAIN>(text, end)) {
                Some((Class::Padding, len)) => end += len,
                Some((class, _)) if !Syntax::ends_field(class) => {
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
        if !PLAIN {
            self.push(&label)?;
        } else if !label.trim_ascii().is_empty() {
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

/// [`Fields::take`], compiled for each instruction set.
struct Take<'a, 'b, const PLAIN: bool> {
    fields: &'a mut Fields<'b>,
    text: &'a str,
    last: bool,
}

impl<const PLAIN: bool> Task for Take<'_, '_, PLAIN> {
    type Output = Result<usize, Error>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        self.fields.take_with::<O, PLAIN>(ops, self.text, self.last)
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
