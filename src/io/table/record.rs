//! A record, and the texts of its fields.

use std::borrow::Cow;

use crate::io::options::Options;

/// Where one field of a record is, without its quotes and with the white space around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    start: u32,
    end: u32,
    quotes: Quotes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    None,
    Around,
    /// Quotes in it are doubled.
    Doubled,
}

/// A record, cut into fields.
#[derive(Clone, Copy, Debug)]
pub(in crate::io) struct Record<'t> {
    pub(super) text: &'t str,
    pub(super) cut: Cut<'t>,
    pub(super) quote: u8,
    pub(super) options: &'t Options,
    /// The line on which it begins, from 1.
    pub(in crate::io) line: u64,
}

/// Where the fields of a record are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cut<'t> {
    /// No field is quoted: between the delimiters, from `start` to `end`.
    Plain {
        start: usize,
        end: usize,
        delimiters: &'t [u32],
    },
    Fields(&'t [Field]),
}

impl Field {
    #[inline(always)]
    pub(super) fn new(start: usize, end: usize, quotes: Quotes) -> Self {
        Field { start: start as u32, end: end as u32, quotes }
    }
}

impl<'t> Record<'t> {
    /// The number of fields.
    #[inline(always)]
    pub(in crate::io) fn len(&self) -> usize {
        match self.cut {
            Cut::Plain { delimiters, .. } => delimiters.len() + 1,
            Cut::Fields(fields) => fields.len(),
        }
    }

    /// Where a field is.
    #[inline(always)]
    fn place(&self, column: usize) -> (usize, usize) {
        match self.cut {
            Cut::Plain { start, end, delimiters } => {
                let start = match column.checked_sub(1) {
                    Some(before) => delimiters.get(before).map_or(end, |&before| before as usize + 1),
                    None => start,
                };
                (start, delimiters.get(column).map_or(end, |&end| end as usize))
            }
            Cut::Fields(fields) => {
                fields.get(column).map_or((0, 0), |field| (field.start as usize, field.end as usize))
            }
        }
    }

    /// The bytes of a field with the white space around it; empty beyond the last one.
    #[inline(always)]
    pub(in crate::io) fn untrimmed(&self, column: usize) -> &'t [u8] {
        let (start, end) = self.place(column);
        &self.text.as_bytes()[start..end]
    }

    /// The bytes of a field, with doubled quotes as they are written; empty beyond the last one.
    #[inline(always)]
    pub(in crate::io) fn bytes(&self, column: usize) -> &'t [u8] {
        let bytes = self.untrimmed(column);
        match bytes {
            // Most fields have nothing to trim.
            [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] | [] => bytes,
            _ => self.raw(column).as_bytes(),
        }
    }

    /// The text of a field, with doubled quotes as they are written; empty beyond the last one.
    #[inline(always)]
    pub(in crate::io) fn raw(&self, column: usize) -> &'t str {
        let (start, end) = self.place(column);
        let text = &self.text[start..end];
        match text.as_bytes() {
            [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] | [] => text,
            _ => self.options.trimmed(text),
        }
    }

    /// The text of a field; empty beyond the last one.
    #[inline(always)]
    pub(in crate::io) fn text(&self, column: usize) -> Cow<'t, str> {
        let raw = self.raw(column);
        if self.is_doubled(column) { Cow::Owned(self.undoubled(raw)) } else { Cow::Borrowed(raw) }
    }

    /// Whether quotes in a field are doubled.
    #[inline(always)]
    pub(in crate::io) fn is_doubled(&self, column: usize) -> bool {
        self.quotes(column) == Quotes::Doubled
    }

    /// Whether a field was quoted.
    pub(in crate::io) fn is_quoted(&self, column: usize) -> bool {
        self.quotes(column) != Quotes::None
    }

    #[inline(always)]
    fn quotes(&self, column: usize) -> Quotes {
        match self.cut {
            Cut::Plain { .. } => Quotes::None,
            Cut::Fields(fields) => fields.get(column).map_or(Quotes::None, |field| field.quotes),
        }
    }

    fn undoubled(&self, raw: &str) -> String {
        let quote = char::from(self.quote);
        raw.replace(&String::from_iter([quote, quote]), quote.encode_utf8(&mut [0; 4]))
    }
}
