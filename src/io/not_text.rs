//! Inputs that are no text in UTF-8: other encodings, compressed files and files of other programs, told by their first
//! bytes.

use super::blocks::line_breaks;
use super::options::Encoding;
use crate::error::Error;

/// The bytes at the beginning of an input that are looked at.
pub(super) const START: usize = 1024;

/// What is wrong with a NUL byte.
pub(super) const NUL: &str =
    "a NUL byte, which text never has; the file is binary, damaged or not UTF-8: save it as text in UTF-8";

/// What files begin with, and the reason to refuse them.
///
/// None of it is likely at the beginning of a text: it is not UTF-8, or has control characters, or is long.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"\x1f\x8b", GZIP),
    (b"\x28\xb5\x2f\xfd", ZSTD),
    (b"\xfd7zXZ\0", "compressed with xz, not text: decompress it first, for example with `xz -dc FILE`"),
    (b"\x04\x22\x4d\x18", "compressed with lz4, not text: decompress it first, for example with `lz4 -dc FILE`"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive, not text: unpack it first, for example with `7z x FILE`"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an Office document, perhaps an .xls workbook, not text: save the sheet as CSV in UTF-8",
    ),
    (b"PAR1\x15", PARQUET),
    (b"ARROW1\0\0", "an Arrow file, not text: write its table as CSV first, one basket per line"),
    (b"SQLite format 3\0", "an SQLite database, not text: write its table as CSV first, one basket per line"),
    (b"\xff\xfe\0\0", UTF_32_LE),
    (b"\0\0\xfe\xff", UTF_32_BE),
    (b"\xff\xfe", UTF_16_LE),
    (b"\xfe\xff", UTF_16_BE),
];

// With the feature, text that is still compressed after it was decompressed.
const GZIP: &str = if cfg!(feature = "gzip") {
    "compressed with gzip, not text: decompress it first, for example with `gzip -dc FILE`"
} else {
    "compressed with gzip, not text: build with the feature `gzip`, or decompress it first, for example with \
     `gzip -dc FILE`"
};
const ZSTD: &str = if cfg!(feature = "zstd") {
    "compressed with zstd, not text: decompress it first, for example with `zstd -dc FILE`"
} else {
    "compressed with zstd, not text: build with the feature `zstd`, or decompress it first, for example with \
     `zstd -dc FILE`"
};
const ZIP: &str = "a zip archive, perhaps an .xlsx workbook, not text: save the sheet as CSV in UTF-8, or unpack the \
                   archive first, for example with `unzip FILE`";
const PARQUET: &str = "a Parquet file, not text: read it with `read_parquet` (feature `parquet`), or write its table as \
                       CSV first, one basket per line";
const BZIP2: &str = "compressed with bzip2, not text: decompress it first, for example with `bzip2 -dc FILE`";
const PDF: &str = "a PDF document, not text: give the data as text in UTF-8, one basket per line";
const UTF_16_LE: &str = "UTF-16 text: read it with the encoding `utf-16` (feature `encoding`), or save it as UTF-8, for \
                         example with `iconv -f UTF-16LE -t UTF-8 FILE` (it is little-endian)";
const UTF_16_BE: &str = "UTF-16 text: read it with the encoding `utf-16` (feature `encoding`), or save it as UTF-8, for \
                         example with `iconv -f UTF-16BE -t UTF-8 FILE` (it is big-endian)";
const UNMARKED_UTF_16_BE: &str = "UTF-16 text, big-endian without a byte-order mark: save it as UTF-8, for example with \
                                  `iconv -f UTF-16BE -t UTF-8 FILE`";
const UTF_8: &str = "not UTF-16 but text of one byte a character: read it with the encoding `utf-8`";
const UTF_32_LE: &str =
    "UTF-32 text: save it as UTF-8, for example with `iconv -f UTF-32LE -t UTF-8 FILE` (it is little-endian)";
const UTF_32_BE: &str =
    "UTF-32 text: save it as UTF-8, for example with `iconv -f UTF-32BE -t UTF-8 FILE` (it is big-endian)";

/// An error if an input that begins with these bytes is no text in the encoding, as far as they show.
///
/// Only the first [`START`] bytes count, so that the answer does not depend on how many were read.
pub(super) fn check(bytes: &[u8], encoding: Encoding) -> Result<(), Error> {
    let start = &bytes[..bytes.len().min(START)];
    let kind = match kind(start) {
        Some(UTF_16_LE | UTF_16_BE) if encoding == Encoding::Utf16 => None,
        None if encoding == Encoding::Utf16 && is_ascii_text(start) => Some(UTF_8),
        kind => kind,
    };
    if let Some(kind) = kind {
        return Err(Error::malformed(1, format_args!("this is {kind}")));
    }
    if encoding == Encoding::Utf16 {
        return Ok(());
    }
    match start.iter().position(|&byte| byte == 0) {
        Some(at) => Err(Error::malformed(1 + line_breaks(&start[..at]), NUL)),
        None => Ok(()),
    }
}

/// Whether this is lines of ASCII. A text in UTF-16 hardly ever looks like it: its line breaks have NUL bytes.
fn is_ascii_text(start: &[u8]) -> bool {
    start.iter().all(|&byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
        && start.iter().any(|&byte| byte == b'\n' || byte == b'\r')
}

/// What else than text in UTF-8 begins with these bytes, and what to do about it.
fn kind(start: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)) {
        return Some(kind);
    }
    if let [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] = start
        && [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"].iter().any(|&beginning| rest.starts_with(beginning))
        // A checksum and compressed data follow, which are hardly ever text.
        && !start.iter().all(|&byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace())
    {
        return Some(BZIP2);
    }
    // A label may be `%PDF-1.4`; an object follows only in a document.
    let is_object = |bytes: &[u8]| {
        bytes[0].is_ascii_digit() && bytes[1..].starts_with(b" obj") && !bytes[5].is_ascii_alphanumeric()
    };
    if start.starts_with(b"%PDF-") && start.windows(6).any(is_object) {
        return Some(PDF);
    }
    if !start.contains(&0) {
        return None;
    }
    if start.starts_with(b"PAR1") {
        return Some(PARQUET);
    }
    let utf_32 = |order: fn([u8; 4]) -> u32| {
        let (units, _) = start.as_chunks();
        // The first planes have all that is written. Characters of later ones would be pairs in UTF-16 that end with a
        // control character, such as a tab.
        !units.is_empty() && units.iter().all(|&unit| (1..0x4_0000).contains(&order(unit)))
    };
    if utf_32(u32::from_le_bytes) {
        Some(UTF_32_LE)
    } else if utf_32(u32::from_be_bytes) {
        Some(UTF_32_BE)
    } else if is_utf_16(start, 1) {
        Some(UTF_16_LE)
    } else if is_utf_16(start, 0) {
        Some(UNMARKED_UTF_16_BE)
    } else {
        None
    }
}

/// Whether this looks like UTF-16 with the upper byte of each pair at `upper`, and not like a text in which a NUL byte
/// is a mistake.
fn is_utf_16(start: &[u8], upper: usize) -> bool {
    // Pairs that are an ASCII character, also the other way round, two ASCII characters of a text in UTF-8, or neither.
    let (mut ascii, mut swapped, mut two, mut other) = (0, 0, 0, 0);
    let is_plain = |byte: u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    for pair in start.as_chunks::<2>().0 {
        match (pair[upper], pair[1 - upper]) {
            (0, 0) => return false,
            (0, _) => ascii += 1,
            (_, 0) => swapped += 1,
            (first, second) if is_plain(first) && is_plain(second) => two += 1,
            _ => other += 1,
        }
    }
    ascii > swapped && two < ascii + other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_kind(start: &[u8], expected: Option<&str>) {
        assert_eq!(kind(start), expected, "{}", start.escape_ascii());
    }

    #[test]
    fn text_that_resembles_other_files_is_text() {
        for text in [
            "",
            "P",
            "PK",
            "PK PAR1",
            "PAR1 PAR2\n",
            "BZh9 1AY&SY",
            "BZh91AY&SY beer\n",
            "%PDF-1.4 %PDF-1.7\n",
            "%PDF-reader objects 7 objective\n",
            "SQLite format 3\n",
        ] {
            assert_kind(text.as_bytes(), None);
            assert!(check(text.as_bytes(), Encoding::Utf8).is_ok(), "{text}");
        }
        // Not UTF-8 either, but of no known kind: the reader names the byte.
        for bytes in [&b"\xff"[..], b"\xfe", b"\x1f", b"\x89PNG", b"caf\xe9"] {
            assert!(check(bytes, Encoding::Utf8).is_ok(), "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn damaged_text_is_not_taken_for_another_encoding() {
        for text in [&b"a b\0c\n"[..], b"ab\0", b"beer,\0wine\nbeer\n", b"1 2\n3\0\0\0\0\n", b"\0\0\0\0\0\0\0\0"] {
            assert_kind(text, None);
            assert!(check(text, Encoding::Utf8).unwrap_err().to_string().contains("NUL"));
        }
        assert!(check(b"a\r\nb\rc\nd\0", Encoding::Utf8).unwrap_err().to_string().starts_with("line 4: a NUL byte"));
    }

    #[test]
    fn scripts_beyond_latin_are_recognised() {
        // One label has a NUL in its lower byte.
        for text in ["a\nb\nc\n", "молоко,хлеб\nмолоко\n", "牛奶,面包,一\n牛奶,鸡蛋\n", "\u{1f37a}\t\u{1f377}\n", "é\n"]
        {
            let units: Vec<u16> = text.encode_utf16().collect();
            let bytes = |order: fn(u16) -> [u8; 2]| units.iter().flat_map(|&unit| order(unit)).collect::<Vec<u8>>();
            assert_kind(&bytes(u16::to_le_bytes), Some(UTF_16_LE));
            assert_kind(&bytes(u16::to_be_bytes), Some(UNMARKED_UTF_16_BE));
            let bytes =
                |order: fn(u32) -> [u8; 4]| text.chars().flat_map(|char| order(char.into())).collect::<Vec<u8>>();
            assert_kind(&bytes(u32::to_le_bytes), Some(UTF_32_LE));
            assert_kind(&bytes(u32::to_be_bytes), Some(UTF_32_BE));
        }
    }
}
