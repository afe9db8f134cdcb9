//! Cuts a table into records and fields.
//!
//! The bytes that may mean something are found first. The loop over records then only looks at those.

use super::marks::{Marks, Next};
use super::record::{Cut, Field, Quotes, Record};
use crate::error::Error;
use crate::io::Delimiter;
use crate::io::fields::QUOTES;
use crate::io::not_text::NUL;
use crate::io::options::{Options, ReadOptions, Trim};

/// The longest field, in bytes. It bounds the memory that a damaged file can take: a quote that is never closed would
/// otherwise swallow all that follows.
const MAX_FIELD: usize = 1 << 20;

/// The longest record, in bytes.
pub(super) const MAX_RECORD: usize = 16 << 20;

/// What a table's text is cut with.
#[derive(Clone, Debug)]
pub(super) struct Splitter {
    delimiter: u8,
    /// Whether any run of white space is a delimiter.
    is_whitespace: bool,
    quote: Option<u8>,
    comment: Option<u8>,
    options: Options,
    /// The fields that nearly all records have; 0 if that is not known.
    pub(super) usual_len: usize,
    marks: Marks,
    fields: Vec<Field>,
    /// The line that comes next, from 1.
    pub(super) line: u64,
    /// Whether the input ended without a line break.
    is_in_line: bool,
    pub(super) passed: Passed,
}

/// Lines that are no records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) blank: u64,
    pub(super) comments: u64,
}

/// What ended a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Delimiter,
    /// A line break of this many bytes, or the end of the input.
    Break(usize),
    /// The text ends before the field does.
    Unfinished,
}

impl Splitter {
    pub(super) fn new(options: &ReadOptions, delimiter: Delimiter) -> Result<Self, Error> {
        Ok(Splitter {
            delimiter: delimiter.byte()?,
            is_whitespace: delimiter == Delimiter::Whitespace,
            comment: options.comment_byte(delimiter)?,
            quote: options.quote_byte(delimiter)?,
            options: options.each,
            usual_len: 0,
            marks: Marks::default(),
            fields: Vec::new(),
            line: 1,
            is_in_line: false,
            passed: Passed::default(),
        })
    }

    /// Begins other text, with this line.
    pub(super) fn begin_at_line(&mut self, line: u64) {
        (self.line, self.passed, self.is_in_line) = (line, Passed::default(), false);
    }

    /// Passes lines that were cut elsewhere, of which some are blank.
    pub(super) fn pass(&mut self, lines: u64, blank: u64) {
        self.line += lines;
        self.passed.blank += blank;
    }

    /// Lines so far.
    pub(super) fn lines(&self) -> u64 {
        self.line - 1 + u64::from(self.is_in_line)
    }

    /// What [`go_back_to`](Splitter::go_back_to) takes.
    pub(super) fn position(&self) -> (u64, Passed) {
        (self.line, self.passed)
    }

    /// Goes back to where it was before some text.
    pub(super) fn go_back_to(&mut self, position: (u64, Passed)) {
        (self.line, self.passed) = position;
    }

    /// Hands the records of a text to `take`, in order, until it returns `false` or an error. Returns the number of
    /// bytes taken: the text up to a record that may go on after it, or all of it if it is the `last`.
    #[inline(always)]
    pub(super) fn split(
        &mut self,
        text: &str,
        last: bool,
        mut take: impl FnMut(Record<'_>) -> Result<bool, Error>,
    ) -> Result<usize, Error> {
        let mut marks = std::mem::take(&mut self.marks);
        // A byte that means something anyway, if there are no quotes.
        marks.find(text.as_bytes(), self.delimiter, self.quote.unwrap_or(self.delimiter));
        let mut fields = std::mem::take(&mut self.fields);
        let taken = self.split_at_marks(text, last, &marks, &mut fields, &mut take);
        (self.marks, self.fields) = (marks, fields);
        taken
    }

    #[inline(always)]
    fn split_at_marks(
        &mut self,
        text: &str,
        last: bool,
        marks: &Marks,
        fields: &mut Vec<Field>,
        take: &mut impl FnMut(Record<'_>) -> Result<bool, Error>,
    ) -> Result<usize, Error> {
        let bytes = text.as_bytes();
        let (mut at, mut next) = (0, Next::default());
        let (quote, options) = (self.quote.unwrap_or_default(), self.options);
        while at < bytes.len() {
            if self.may_pass(bytes[at])
                && let Some(end) = self.pass_line(text, last, at, marks, &mut next)?
            {
                match end {
                    Some(end) => at = end,
                    None => break,
                }
                continue;
            }
            let line = self.line;
            let (cut, end) = match self.plain_record(bytes, at, marks, &mut next) {
                Some(plain) => plain,
                None => match self.any_record(text, last, at, marks, &mut next, fields)? {
                    Some(end) => (Cut::Fields(fields), end),
                    None => break,
                },
            };
            at = end;
            if !take(Record { text, cut, quote, options: &options, line })? {
                break;
            }
        }
        Ok(at)
    }

    /// The record that begins at `at`, and where the next one begins, if it has the usual number of fields and none of
    /// them is quoted.
    #[inline(always)]
    fn plain_record<'m>(
        &mut self,
        bytes: &[u8],
        at: usize,
        marks: &'m Marks,
        next: &mut Next,
    ) -> Option<(Cut<'m>, usize)> {
        let end = *marks.others.get(next.other)? as usize;
        let len = match (bytes[end], bytes.get(end + 1)) {
            (b'\n', _) => 1,
            (b'\r', Some(b'\n')) => 2,
            _ => return None,
        };
        let delimiters = self.usual_len.checked_sub(1)?;
        let own = marks.delimiters.get(next.delimiter..next.delimiter + delimiters)?;
        let are_all = own.last().is_none_or(|&last| (last as usize) < end)
            && marks.delimiters.get(next.delimiter + delimiters).is_none_or(|&following| following as usize > end);
        if !are_all || end - at > MAX_FIELD {
            return None;
        }
        next.delimiter += delimiters;
        next.other += len;
        self.end_line(true);
        Some((Cut::Plain { start: at, end, delimiters: own }, end + len))
    }

    /// Cuts the record that begins at `at` into fields. Returns where the next one begins, or `None` if the text ends
    /// before the record does.
    fn any_record(
        &mut self,
        text: &str,
        last: bool,
        at: usize,
        marks: &Marks,
        next: &mut Next,
        fields: &mut Vec<Field>,
    ) -> Result<Option<usize>, Error> {
        let bytes = text.as_bytes();
        let line = self.line;
        fields.clear();
        let mut start = at;
        // Whether the field has text before a quote. It is looked at once, however many quotes follow.
        let mut has_text = false;
        let len = loop {
            let Some(found) = marks.take(next) else {
                if last {
                    self.push(text, start, bytes.len(), fields)?;
                    start = bytes.len();
                    break 0;
                }
                return self.unfinished(bytes.len(), start, at, line);
            };
            let byte = bytes[found];
            let following = bytes.get(found + 1);
            if self.is_delimiter(byte) {
                self.push(text, start, found, fields)?;
                (start, has_text) = (found + 1, false);
            } else if byte == b'\n' || byte == b'\r' {
                if byte == b'\r' && following.is_none() && !last {
                    return self.unfinished(bytes.len(), start, at, line);
                }
                let len = if byte == b'\r' && following == Some(&b'\n') { 2 } else { 1 };
                self.push(text, start, found, fields)?;
                next.other += len - 1;
                start = found + len;
                break len;
            } else if byte == 0 {
                return Err(Error::malformed(self.line, NUL));
            } else if Some(byte) == self.quote {
                has_text = has_text || !self.options.trimmed(&text[start..found]).is_empty();
                if has_text && !self.is_after_wide(&text[start..found]) {
                    continue;
                }
                if has_text {
                    self.push(text, start, found, fields)?;
                }
                match self.quoted(text, last, found, marks, next, fields)? {
                    (after, End::Delimiter) => (start, has_text) = (after, false),
                    (after, End::Break(len)) => {
                        start = after;
                        break len;
                    }
                    (open, End::Unfinished) => return self.unfinished(bytes.len(), open, at, line),
                }
            }
        };
        if start - at > MAX_RECORD {
            return Err(long_record(line));
        }
        self.end_line(len > 0);
        Ok(Some(start))
    }

    /// The text ends before a field does that begins at `start`, in a record that begins at `at`.
    fn unfinished(&mut self, end: usize, start: usize, at: usize, line: u64) -> Result<Option<usize>, Error> {
        if end - start > MAX_FIELD {
            return Err(self.too_long());
        }
        if end - at > MAX_RECORD {
            return Err(long_record(line));
        }
        self.line = line;
        Ok(None)
    }

    /// Whether white space beyond ASCII is a delimiter. It has no marks.
    fn splits_wide(&self) -> bool {
        self.is_whitespace && self.options.trim == Trim::Unicode
    }

    /// Whether white space beyond ASCII that is a delimiter comes last in this text.
    fn is_after_wide(&self, before: &str) -> bool {
        let is_without_width =
            |char: char| !char.is_whitespace() && self.options.trimmed(char.encode_utf8(&mut [0; 4])).is_empty();
        self.splits_wide() && before.trim_end_matches(is_without_width).ends_with(char::is_whitespace)
    }

    #[inline(always)]
    fn is_delimiter(&self, byte: u8) -> bool {
        byte == self.delimiter || (self.is_whitespace && matches!(byte, b'\t' | b'\x0c'))
    }

    /// Adds a field without quotes. Between white space that is a delimiter are no empty ones.
    #[inline(always)]
    fn push(&self, text: &str, start: usize, end: usize, fields: &mut Vec<Field>) -> Result<(), Error> {
        if end - start > MAX_FIELD {
            return Err(self.too_long());
        }
        if self.splits_wide() {
            self.push_wide(text, start, end, fields);
        } else if !self.is_whitespace || start < end {
            fields.push(Field::new(start, end, Quotes::None));
        }
        Ok(())
    }

    /// Adds the fields between white space beyond ASCII.
    #[cold]
    fn push_wide(&self, text: &str, start: usize, end: usize, fields: &mut Vec<Field>) {
        let mut at = start;
        for part in text[start..end].split_inclusive(char::is_whitespace) {
            let field = part.trim_end_matches(char::is_whitespace);
            if !self.options.trimmed(field).is_empty() {
                fields.push(Field::new(at, at + field.len(), Quotes::None));
            }
            at += part.len();
        }
    }

    /// Whether a line that begins with this byte may be blank or a comment.
    #[inline(always)]
    fn may_pass(&self, first: u8) -> bool {
        first <= b' ' || Some(first) == self.comment || (!first.is_ascii() && self.options.trim == Trim::Unicode)
    }

    /// Passes a blank line or a comment that begins at `at`: where it ends, or `None` if the text does not show it.
    /// `None` if a record begins there.
    fn pass_line(
        &mut self,
        text: &str,
        last: bool,
        at: usize,
        marks: &Marks,
        next: &mut Next,
    ) -> Result<Option<Option<usize>>, Error> {
        let bytes = text.as_bytes();
        let is_blank = |char: char| match self.options.trim {
            Trim::Unicode => {
                !matches!(char, '\n' | '\r') && self.options.trimmed(char.encode_utf8(&mut [0; 4])).is_empty()
            }
            Trim::Ascii | Trim::None => matches!(char, ' ' | '\t' | '\x0c'),
        };
        let content = text[at..].find(|char| !is_blank(char)).map_or(bytes.len(), |blanks| at + blanks);
        // Without trimming, blanks are a field.
        let are_field = content > at && self.options.trim == Trim::None && !self.is_whitespace;
        let is_comment = match bytes.get(content) {
            Some(&byte) if Some(byte) == self.comment => true,
            Some(b'\n' | b'\r') | None if !are_field => false,
            _ => return Ok(None),
        };
        // Other marks mean nothing up to the line break.
        let mut other = next.other;
        let (end, len) = loop {
            let Some(&found) = marks.others.get(other) else {
                if last {
                    break (bytes.len(), 0);
                }
                return self.unfinished(bytes.len(), bytes.len(), at, self.line).map(Some);
            };
            let found = found as usize;
            other += 1;
            match (bytes[found], bytes.get(found + 1)) {
                (b'\r', Some(b'\n')) => break (found + 2, 2),
                (b'\r', None) if !last => return Ok(Some(None)),
                (b'\r' | b'\n', _) => break (found + 1, 1),
                (0, _) => return Err(Error::malformed(self.line, NUL)),
                _ => {}
            }
        };
        next.other = other + usize::from(len == 2);
        marks.skip_delimiters(next, end);
        match is_comment {
            true => self.passed.comments += 1,
            false => self.passed.blank += 1,
        }
        self.end_line(len > 0);
        Ok(Some(Some(end)))
    }

    /// A line ends: with a line break, or with the input.
    #[inline(always)]
    fn end_line(&mut self, has_break: bool) {
        self.line += u64::from(has_break);
        self.is_in_line = !has_break;
    }

    /// Takes the field whose opening quote is at `open`: where the next one or the next record begins, and what ended
    /// it.
    fn quoted(
        &mut self,
        text: &str,
        last: bool,
        open: usize,
        marks: &Marks,
        next: &mut Next,
        fields: &mut Vec<Field>,
    ) -> Result<(usize, End), Error> {
        let bytes = text.as_bytes();
        let line = self.line;
        let (mut doubled, mut breaks) = (false, 0);
        let close = loop {
            let Some(&found) = marks.others.get(next.other) else {
                if last && bytes.len() - open <= MAX_FIELD {
                    let reason = format_args!("the quote that opens a field is never closed; {QUOTES}");
                    return Err(Error::malformed(line, reason));
                }
                return Ok((open, End::Unfinished));
            };
            let found = found as usize;
            next.other += 1;
            match (bytes[found], bytes.get(found + 1)) {
                (byte, following) if Some(byte) == self.quote => match following {
                    Some(&following) if Some(following) == self.quote => {
                        doubled = true;
                        next.other += 1;
                    }
                    None if !last => return Ok((open, End::Unfinished)),
                    _ => break found,
                },
                (b'\n', _) => breaks += u64::from(bytes[found - 1] != b'\r'),
                (b'\r', _) => breaks += 1,
                (0, _) => return Err(Error::malformed(line + breaks, NUL)),
                _ => {}
            }
        };
        if close - open > MAX_FIELD {
            return Err(self.too_long());
        }
        self.line += breaks;
        marks.skip_delimiters(next, close);
        let quotes = if doubled { Quotes::Doubled } else { Quotes::Around };
        fields.push(Field::new(open + 1, close, quotes));
        let is_wide = |char: char| char.is_whitespace() && !matches!(char, '\n' | '\r');
        if self.splits_wide() && text[close + 1..].starts_with(is_wide) {
            return Ok((close + 1, End::Delimiter));
        }
        // Up to the next byte that means something is nothing but white space.
        let (stop, after, end) = loop {
            let Some(found) = marks.take(next) else {
                if !last {
                    return Ok((open, End::Unfinished));
                }
                break (bytes.len(), bytes.len(), End::Break(0));
            };
            match (bytes[found], bytes.get(found + 1)) {
                (byte, _) if self.is_delimiter(byte) => break (found, found + 1, End::Delimiter),
                (b'\n', _) => break (found, found + 1, End::Break(1)),
                (b'\r', Some(b'\n')) => {
                    next.other += 1;
                    break (found, found + 2, End::Break(2));
                }
                (b'\r', None) if !last => return Ok((open, End::Unfinished)),
                (b'\r', _) => break (found, found + 1, End::Break(1)),
                (0, _) => return Err(Error::malformed(self.line, NUL)),
                _ => {}
            }
        };
        if !self.options.trimmed(&text[close + 1..stop]).is_empty() {
            let reason = format_args!("text after the closing quote of a field; {QUOTES}");
            return Err(Error::malformed(self.line, reason));
        }
        Ok((after, end))
    }

    fn too_long(&self) -> Error {
        Error::malformed(
            self.line,
            format_args!("an item of more than {MAX_FIELD} bytes; is this the right delimiter, is every quote closed?"),
        )
    }
}

fn long_record(line: u64) -> Error {
    Error::malformed(line, format_args!("a row of more than {MAX_RECORD} bytes; does it end with a line break?"))
}
