//! The `basket` format: a basket a line, its items separated.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::Delimiter;
use super::fields::{Fields, line_breaks};
use crate::error::{Error, ErrorKind};
use crate::transactions::Transactions;

/// Bytes that are read at a time. 16 KiB are 5 % slower, from 64 KiB on the speed is the same; this much still
/// leaves room in the second-level cache.
const BLOCK: usize = 256 << 10;

/// Reads baskets from text: a basket a line, its items separated by a delimiter.
///
/// - Items are trimmed of ASCII whitespace, inside quotes too; empty fields are skipped, and a line without
///   items is no basket. An item that comes twice in a line counts once.
/// - Lines end with a line feed, a carriage return, or both. A byte-order mark at the beginning is skipped.
/// - With [`Delimiter::Char`], fields may be quoted as in CSV (RFC 4180): a quoted field may hold the
///   delimiter, line breaks and, written twice, quotes. A quote inside a field that does not begin with one is text.
/// - Labels are compared as text, exactly: `7` and `007` differ.
///
/// Reading takes linear time, and of memory what the [`Transactions`] need and some blocks: the
/// file is never held as a whole. Whole numbers are read fastest.
///
/// ```
/// use itemset::io::{BasketReader, Delimiter};
///
/// let text = "beer, diapers ,beer\n\n\"chips, salted\",,beer\r\n";
/// let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read(text.as_bytes())?;
/// assert_eq!((baskets.len(), baskets.duplicates_skipped()), (2, 1));
/// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "chips, salted"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct BasketReader {
    delimiter: Delimiter,
}

impl BasketReader {
    /// A reader of items that are separated by whitespace.
    pub fn new() -> Self {
        BasketReader::default()
    }

    /// What stands between items; [`Delimiter::Whitespace`] if not set.
    pub fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// The baskets of a text, to its end. Blocks are read whole, so the input needs no buffer of its own.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Malformed`] with the line: text that is not UTF-8; with [`Delimiter::Char`] a quote that
    ///   is never closed, or text after a closing quote; an item of more than 1 MiB, which is how a wrong
    ///   delimiter or a binary file shows.
    /// - [`ErrorKind::Io`] where reading fails.
    /// - [`ErrorKind::InvalidSetting`] for a character that cannot be a delimiter.
    /// - [`ErrorKind::TooLarge`] beyond `u32::MAX` baskets, entries or distinct items.
    pub fn read(&self, mut input: impl Read) -> Result<Transactions<String>, Error> {
        self.read_blocks(&mut input, None)
    }

    /// The baskets of a file.
    ///
    /// # Errors
    ///
    /// Those of [`read`](BasketReader::read), and [`ErrorKind::Io`] where the file cannot be opened. None
    /// of them names the file.
    ///
    /// ```
    /// use itemset::{ErrorKind, io::BasketReader};
    ///
    /// let error = BasketReader::new().read_file("no/such/file.dat").unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Io(_)));
    /// ```
    pub fn read_file(&self, path: impl AsRef<Path>) -> Result<Transactions<String>, Error> {
        let mut file = File::open(path)?;
        let size = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
        self.read_blocks(&mut file, size)
    }

    /// `size` is what is known of the length of the input: it only steers how much memory is set aside.
    fn read_blocks(&self, input: &mut dyn Read, size: Option<u64>) -> Result<Transactions<String>, Error> {
        let mut fields = Fields::new(self.delimiter)?;
        let mut block = vec![0; BLOCK];
        // The block holds `filled` bytes, of which `start` are done with.
        let (mut start, mut filled) = (0, 0);
        let mut first = true;
        loop {
            block.copy_within(start..filled, 0);
            filled -= start;
            if filled == block.len() {
                // One item fills the block. `Fields` refuses it before this goes too far.
                block.resize(2 * filled, 0);
            }
            let last = fill(input, &mut block, &mut filled)?;
            let mark = if first && block[..filled].starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
            let (text, invalid) = utf8_prefix(&block[mark..filled], last);
            let taken = fields.take(text, last && invalid.is_none())?;
            if let Some(byte) = invalid {
                let line = fields.line() + line_breaks(&text[taken..]);
                return Err(malformed(line, format_args!("byte {byte:#04x} is not UTF-8; save the file as UTF-8")));
            }
            if last {
                return fields.finish();
            }
            start = mark + taken;
            if let (true, Some(size)) = (first, size) {
                fields.columns().reserve_for(taken as u64, size);
            }
            first = false;
        }
    }
}

/// Reads until the block is full or the input ends; whether it ended.
fn fill(input: &mut dyn Read, block: &mut [u8], filled: &mut usize) -> Result<bool, Error> {
    while *filled < block.len() {
        match input.read(&mut block[*filled..]) {
            Ok(0) => return Ok(true),
            // A reader that claims more than it was given room for is not believed.
            Ok(read) => *filled = (*filled + read).min(block.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// The text that bytes begin with, and the byte after it where that can be part of no text. Unless the bytes
/// are the `last`, a character that they end in the middle of may still be completed.
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

pub(super) fn malformed(line: u64, reason: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed { line, reason: reason.to_string() })
}
