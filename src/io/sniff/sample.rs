//! The first lines of a text, and their fields.

use std::borrow::Cow;
use std::io::Read;

use crate::error::Error;
use crate::io::Delimiter;
use crate::io::options::Options;
use crate::io::source::Input;

/// The bytes and lines that are looked at.
const BYTES: usize = 64 << 10;
const LINES: usize = 200;

/// The first lines of an input, as far as they are text. A line that was not read to its end is none of them, unless it
/// is the only one.
pub(super) fn first_lines(input: &mut Input<'_>) -> Result<String, Error> {
    let mut bytes = Vec::new();
    input.take(BYTES as u64).read_to_end(&mut bytes)?;
    let valid = match std::str::from_utf8(&bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let is_whole = valid < BYTES && valid == bytes.len();
    bytes.truncate(valid);
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    if !is_whole && let Some(end) = text.rfind(['\n', '\r']) {
        text.truncate(end);
    }
    let end = lines(&text).nth(LINES).map(|line| line.start);
    text.truncate(end.unwrap_or(text.len()));
    Ok(text)
}

/// A line of a text, without its line break.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// From 1 on.
    pub(super) number: u64,
    /// Where it begins.
    start: usize,
    pub(super) text: &'t str,
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let (mut at, mut number) = (0, 0);
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let end = rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        let start = at;
        at += end + if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        number += 1;
        Some(Line { number, start, text: &rest[..end] })
    })
}

/// The fields of a row.
#[derive(Clone, Debug)]
pub(super) struct Row<'t> {
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) fields: Vec<Cow<'t, str>>,
}

/// How a text is cut into fields.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cutter<'o> {
    pub(super) delimiter: Delimiter,
    pub(super) quote: Option<char>,
    pub(super) options: &'o Options,
}

impl Cutter<'_> {
    /// The rows of a text, without blank lines and those that are skipped. A quote that is never closed ends with the
    /// text.
    pub(super) fn rows<'t>(&self, text: &'t str, is_skipped: impl Fn(&Line<'_>) -> bool) -> Vec<Row<'t>> {
        let mut rows = Vec::new();
        let mut end = 0;
        for line in lines(text) {
            if line.start < end || line.text.trim().is_empty() || is_skipped(&line) {
                continue;
            }
            let (fields, after) = self.row(text, line.start);
            end = after;
            rows.push(Row { line: line.number, fields });
        }
        rows
    }

    /// The fields of the row that begins at `at`, and where the next one begins.
    fn row<'t>(&self, text: &'t str, mut at: usize) -> (Vec<Cow<'t, str>>, usize) {
        let mut fields = Vec::new();
        loop {
            let (field, end) = self.field(text, at);
            let is_empty = self.options.trimmed(&field).is_empty();
            if !is_empty || self.delimiter != Delimiter::Whitespace {
                fields.push(match field {
                    Cow::Borrowed(field) => Cow::Borrowed(self.options.trimmed(field)),
                    Cow::Owned(field) => Cow::Owned(self.options.trimmed(&field).to_string()),
                });
            }
            match text.as_bytes().get(end) {
                Some(&byte) if self.is_delimiter(byte) => at = end + 1,
                // The line break, or the end.
                byte => return (fields, end + usize::from(byte.is_some())),
            }
        }
    }

    /// The field that begins at `at`, and where it ends.
    fn field<'t>(&self, text: &'t str, at: usize) -> (Cow<'t, str>, usize) {
        let rest = &text[at..];
        let is_end = |byte: u8| matches!(byte, b'\n' | b'\r') || self.is_delimiter(byte);
        let end = rest.bytes().position(is_end).unwrap_or(rest.len());
        let unquoted = || (Cow::Borrowed(&rest[..end]), at + end);
        let Some(quote) = self.quote else { return unquoted() };
        let blanks = end - rest[..end].trim_start().len();
        let Some(mut inside) = rest[blanks..end].strip_prefix(quote).map(|_| at + blanks + quote.len_utf8()) else {
            return unquoted();
        };
        let start = inside;
        loop {
            let Some(closed) = text[inside..].find(quote) else {
                return (Cow::Borrowed(&text[start..]), text.len());
            };
            let after = inside + closed + quote.len_utf8();
            if text[after..].starts_with(quote) {
                inside = after + quote.len_utf8();
                continue;
            }
            let content = &text[start..inside + closed];
            let doubled = [quote, quote].iter().collect::<String>();
            let content = match content.contains(&doubled) {
                true => Cow::Owned(content.replace(&doubled, quote.encode_utf8(&mut [0; 4]))),
                false => Cow::Borrowed(content),
            };
            let end = text[after..].bytes().position(is_end).unwrap_or(text.len() - after);
            return (content, after + end);
        }
    }

    /// Characters beyond ASCII are no delimiters: the readers refuse them.
    fn is_delimiter(&self, byte: u8) -> bool {
        match self.delimiter {
            Delimiter::Whitespace => matches!(byte, b' ' | b'\t' | b'\x0c'),
            Delimiter::Char(delimiter) => delimiter.is_ascii() && u32::from(byte) == u32::from(delimiter),
        }
    }
}
