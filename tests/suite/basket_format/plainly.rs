//! A plain reader of the format to compare with, random files, and inputs that arrive in awkward pieces.

use std::io::{self, Read};

use itemset::io::{BasketReader, Delimiter};
use itemset::{ErrorKind, Transactions};
use proptest::prelude::*;

/// One basket per line, read character by character. `Err` is the line of the error.
fn read_plainly(text: &str, delimiter: Delimiter) -> Result<Vec<Vec<String>>, u64> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_break = |char: char| matches!(char, '\n' | '\r');
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut line = 1;
    let mut chars = text.chars().peekable();
    loop {
        // A field, from its first character that is not padding.
        let separates = |char: char| match delimiter {
            Delimiter::Char(delimiter) => char == delimiter,
            _ => char.is_ascii_whitespace() && !is_break(char),
        };
        let pads = |char: char| char.is_ascii_whitespace() && !separates(char) && !is_break(char);
        while chars.next_if(|&char| pads(char)).is_some() {}
        let mut field = String::new();
        if chars.next_if_eq(&'"').is_some() {
            let opened = line;
            loop {
                match chars.next() {
                    None => return Err(opened),
                    Some('"') if chars.next_if_eq(&'"').is_none() => break,
                    Some(char) => {
                        line += u64::from(is_break(char) && !(char == '\n' && field.ends_with('\r')));
                        field.push(char);
                    }
                }
            }
            while chars.next_if(|&char| pads(char)).is_some() {}
            if chars.peek().is_some_and(|&char| !separates(char) && !is_break(char)) {
                return Err(line);
            }
        } else {
            while let Some(char) = chars.next_if(|&char| !separates(char) && !is_break(char)) {
                field.push(char);
            }
        }
        let field = field.trim_ascii();
        if !field.is_empty() {
            row.push(field.to_string());
        }
        let ended = chars.next();
        if ended.is_none_or(is_break) {
            if ended == Some('\r') {
                let _ = chars.next_if_eq(&'\n');
            }
            line += 1;
            if !row.is_empty() {
                rows.push(std::mem::take(&mut row));
            }
        }
        if ended.is_none() {
            return Ok(rows);
        }
    }
}

fn delimiters() -> impl Strategy<Value = Delimiter> {
    prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(','), Delimiter::Char('\t'), Delimiter::Char(' ')])
}

/// Text of the pieces that matter, whole numbers above all.
fn texts() -> impl Strategy<Value = String> {
    let pieces = vec![
        "1", "23", "456", "7890123", "00", "12345678", " ", " ", " ", ",", ",", ",", "\n", "\r\n", "\r", "\t", "\x0c",
        "a", "milk", "\u{e9}", "\u{20ac}", "\"", "\"\"", "\"a,\"", "\"b\nc\"", "=>", "-", ":",
    ];
    // Some longer than what is read at a time.
    prop_oneof![0..120usize, 0..1500usize]
        .prop_flat_map(move |len| prop::collection::vec(prop::sample::select(pieces.clone()), len))
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn reader_equals_plain_reader(text in texts(), delimiter in delimiters()) {
        let read = BasketReader::new().delimiter(delimiter).read(text.as_bytes());
        match (read_plainly(&text, delimiter), read) {
            (Ok(rows), Ok(baskets)) => prop_assert_eq!(baskets, Transactions::from_rows(rows).unwrap()),
            (Err(expected), Err(error)) => {
                let is_there = matches!(error.kind(), ErrorKind::Malformed { line, .. } if *line == expected);
                prop_assert!(is_there, "{} instead of line {}", error, expected);
            }
            (expected, read) => prop_assert!(false, "{:?} instead of {:?}", read, expected),
        }
    }

    #[test]
    fn reader_of_numbers_equals_plain_reader(
        numbers in prop::collection::vec((0..8usize, any::<u64>()), 0..200),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
    ) {
        let separators = ["\n", " ", ",", ", ", "\r\n", ",", " ", ","];
        let text: String = numbers.iter().map(|&(i, n)| format!("{}{}", n >> (8 * i), separators[(n % 8) as usize])).collect();
        let baskets = BasketReader::new().delimiter(delimiter).read(text.as_bytes()).unwrap();
        prop_assert_eq!(baskets, Transactions::from_rows(read_plainly(&text, delimiter).unwrap()).unwrap());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), delimiter in delimiters()) {
        let _ = BasketReader::new().delimiter(delimiter).read(&bytes[..]);
    }

    #[test]
    fn invalid_utf8_is_reported_with_its_line(text in texts(), at in any::<prop::sample::Index>()) {
        // A quote may be an error before it.
        let mut bytes = text.replace('"', "'").into_bytes();
        // Not between the bytes of a character, where the error would be reported earlier.
        let at = (0..=at.index(bytes.len() + 1)).rev().find(|&at| bytes.get(at).is_none_or(|byte| byte & 0xc0 != 0x80));
        let at = at.unwrap();
        bytes.insert(at, 0xff);
        let before = &bytes[..at];
        let line = 1 + (0..at).filter(|&i| before[i] == b'\n' || (before[i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'))).count();
        let error = BasketReader::new().read(&bytes[..]).unwrap_err();
        let is_there = matches!(error.kind(), ErrorKind::Malformed { line: found, .. } if *found == line as u64);
        prop_assert!(is_there, "{} instead of line {}", error, line);
    }
}

proptest! {
    // Each case reads some blocks of 256 KiB.
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Blank lines before the text move it across the end of a block, and are no baskets.
    #[test]
    fn block_boundaries_do_not_matter(text in texts(), delimiter in delimiters(), back in 0..500usize) {
        let blank = (256 << 10) - back.min(text.len() + 10);
        let moved = "\n".repeat(blank) + &text;
        let read = |text: &str| BasketReader::new().delimiter(delimiter).read(text.as_bytes());
        match (read(&text), read(&moved)) {
            (Ok(expected), Ok(baskets)) => prop_assert_eq!(baskets, expected),
            (Err(expected), Err(error)) => match (expected.kind(), error.kind()) {
                (ErrorKind::Malformed { line: expected, .. }, ErrorKind::Malformed { line, .. }) => {
                    prop_assert_eq!(*line, expected + blank as u64);
                }
                _ => prop_assert!(false, "{:?} instead of {:?}", error, expected),
            },
            (expected, read) => prop_assert!(false, "{:?} instead of {:?}", read, expected),
        }
    }
}

/// An input that gives a few bytes at a time, and is interrupted now and then.
pub(crate) struct Trickle<'a> {
    bytes: &'a [u8],
    piece: usize,
    reads: usize,
    end: End,
}

enum End {
    Eof,
    Failure,
    Repeat(u8),
}

impl<'a> Trickle<'a> {
    pub(crate) fn new(bytes: &'a [u8], piece: usize) -> Self {
        Trickle { bytes, piece, reads: 0, end: End::Eof }
    }

    pub(crate) fn failing(bytes: &'a [u8]) -> Self {
        Trickle { end: End::Failure, ..Trickle::new(bytes, 1) }
    }

    pub(crate) fn endless(bytes: &'a [u8], byte: u8) -> Self {
        Trickle { end: End::Repeat(byte), ..Trickle::new(bytes, 100) }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.reads += 1;
        if self.reads.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if self.bytes.is_empty() {
            return match self.end {
                End::Eof => Ok(0),
                End::Failure => Err(io::Error::other("the disk is gone")),
                End::Repeat(byte) => {
                    into.fill(byte);
                    Ok(into.len())
                }
            };
        }
        let len = self.piece.min(into.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(len);
        into[..len].copy_from_slice(now);
        self.bytes = later;
        Ok(len)
    }
}
