//! Compressed files and other encodings: the same baskets, and what is said of damaged ones.

#[cfg(any(feature = "gzip", feature = "zstd", feature = "encoding"))]
use std::io::{self, Read};

use itemset::ErrorKind;
use itemset::io::{BasketReader, Encoding, LongReader};

#[cfg(any(feature = "gzip", feature = "zstd"))]
use super::labels;

/// Returns a few bytes at a time.
#[cfg(any(feature = "gzip", feature = "zstd", feature = "encoding"))]
struct Pieces<'a>(&'a [u8], usize);

#[cfg(any(feature = "gzip", feature = "zstd", feature = "encoding"))]
impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.1.min(into.len());
        self.0.read(&mut into[..len])
    }
}

/// A table with long lines of its own, too large for one block.
#[cfg(any(feature = "gzip", feature = "zstd", feature = "encoding"))]
fn table() -> String {
    let row = |row: u32| format!("{},é{}\r\n", row / 4, row.wrapping_mul(2_654_435_761) % 977);
    std::iter::once("key,item\r\n".to_string()).chain((0..30_000).map(row)).collect()
}

#[cfg(any(feature = "gzip", feature = "zstd"))]
fn reader() -> LongReader {
    LongReader::new("key", "item")
}

/// What compressed bytes read as, however they arrive: as one text, or as the same error.
#[cfg(any(feature = "gzip", feature = "zstd"))]
fn read(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let owned = |rows: Vec<Vec<&str>>| rows.iter().map(|row| row.iter().map(|s| s.to_string()).collect()).collect();
    let read = reader().read(bytes).map(|baskets| owned(labels(&baskets))).map_err(|error| error.to_string());
    for len in [7, 4096] {
        let pieces = reader().read(Pieces(bytes, len));
        assert_eq!(pieces.map(|baskets| owned(labels(&baskets))).map_err(|error| error.to_string()), read);
    }
    if cfg!(feature = "rayon") {
        let several = reader().threads(3).read(bytes).map(|baskets| owned(labels(&baskets)));
        assert_eq!(several.map_err(|error| error.to_string()), read);
    }
    read
}

/// Whole files, files in several parts, files that were cut off, and files that are followed by something else.
#[cfg(any(feature = "gzip", feature = "zstd"))]
fn assert_reads(format: &str, compress: fn(&[u8]) -> Vec<u8>) {
    let text = table();
    let expected = read(text.as_bytes()).unwrap();
    let whole = compress(text.as_bytes());
    assert_eq!(read(&whole).unwrap(), expected);
    let (first, second) = text.split_at(text.len() / 3 + 1);
    assert_eq!(read(&[compress(first.as_bytes()), compress(second.as_bytes())].concat()).unwrap(), expected);
    let told = |bytes: &[u8]| read(bytes).unwrap_err();
    for cut in [5, 11, whole.len() / 2, whole.len() - 1] {
        let message = told(&whole[..cut]);
        assert!(
            message.contains(&format!("is compressed with {format} and ends too early: it was cut off")),
            "{message}"
        );
    }
    assert!(told(&whole[..11]).starts_with("line 1: "));
    assert!(!told(&whole[..whole.len() - 1]).starts_with("line 1: "));
    assert!(told(&[&whole[..], b"and something else"].concat()).contains("damaged"));
    let mut damaged = whole.clone();
    let at = damaged.len() - 2;
    damaged[at] ^= 1;
    assert!(told(&damaged).contains(&format!("compressed with {format} and damaged")), "{}", told(&damaged));
    // What is not text inside is named as outside.
    assert!(told(&compress(b"PK\x03\x04\x14\0")).contains("zip archive"));
    assert!(told(&compress(b"key,item\n1,\xff\n")).starts_with("line 2: byte 0xff is not UTF-8"));
    assert_eq!(read(&compress(b"")).unwrap(), Vec::<Vec<String>>::new());
}

#[cfg(feature = "gzip")]
pub(super) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

#[cfg(feature = "zstd")]
pub(super) fn zstd(text: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest)
}

#[cfg(feature = "gzip")]
#[test]
fn gzip_is_read() {
    assert_reads("gzip", gzip);
}

#[cfg(feature = "zstd")]
#[test]
fn zstd_is_read() {
    assert_reads("zstd", zstd);
    // Some writers begin with a frame to skip.
    let skipped = [&b"\x50\x2a\x4d\x18\x04\0\0\0abcd"[..], &zstd(b"key,item\n1,a\n")].concat();
    assert_eq!(read(&skipped).unwrap(), [["a"]]);
}

/// A gigabyte of blank lines takes a megabyte, and no more memory than any other text.
#[cfg(feature = "gzip")]
#[test]
fn a_small_file_may_be_a_long_text() {
    let megabyte = gzip(&vec![b'\n'; 1 << 20]);
    let bomb = [gzip(b"key,item\n"), megabyte.repeat(20), gzip(b"1,a\n")].concat();
    let (baskets, report) = reader().read_with_report(&bomb[..]).unwrap();
    assert_eq!((baskets.len(), report.blank_lines), (1, 20 << 20));
}

#[cfg(feature = "encoding")]
#[test]
fn other_encodings_are_read() {
    let text = table();
    let expected = LongReader::new("key", "item").read(text.as_bytes()).unwrap();
    let units = |order: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let latin: Vec<u8> = text.chars().map(|char| u8::try_from(char).unwrap()).collect();
    for (encoding, bytes) in [
        (Encoding::Latin1, latin),
        (Encoding::Utf16, units(u16::to_le_bytes, &text)),
        (Encoding::Utf16, units(u16::to_le_bytes, &format!("\u{feff}{text}"))),
        (Encoding::Utf16, units(u16::to_be_bytes, &format!("\u{feff}{text}"))),
    ] {
        let reader = LongReader::new("key", "item").encoding(encoding);
        assert!(reader.read(&bytes[..]).unwrap() == expected);
        assert!(reader.read(Pieces(&bytes, 5)).unwrap() == expected);
        #[cfg(feature = "gzip")]
        assert!(reader.read(&gzip(&bytes)[..]).unwrap() == expected);
    }
    // Windows-1252 has signs where Latin-1 has control characters.
    let baskets = BasketReader::new().encoding(Encoding::Latin1).read(&b"\x80 \x9c \xe9"[..]).unwrap();
    assert_eq!(baskets.dictionary().labels(), ["€", "œ", "é"]);
    let baskets = BasketReader::new().encoding(Encoding::Utf16).read(&units(u16::to_le_bytes, "🍺 牛\n")[..]).unwrap();
    assert_eq!(baskets.dictionary().labels(), ["🍺", "牛"]);
}

#[cfg(feature = "encoding")]
#[test]
fn malformed_utf_16_is_an_error_with_its_line() {
    let told = |units: &[u16], more: &[u8]| {
        let bytes: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).chain(more.iter().copied()).collect();
        let reader = BasketReader::new().encoding(Encoding::Utf16);
        let error = reader.read(&bytes[..]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed { .. }));
        assert_eq!(reader.read(Pieces(&bytes, 3)).unwrap_err().to_string(), error.to_string());
        error.to_string()
    };
    let lines = "a\r\nb\rc\n".encode_utf16().collect::<Vec<_>>();
    let with = |more: &[u16]| [&lines[..], more].concat();
    let lone = "line 4: half of a surrogate pair, which UTF-16 never has alone: the file is damaged or not UTF-16; save \
                it as UTF-8";
    let cut = "line 4: the text ends within a character of UTF-16: it was cut off, or is not UTF-16";
    assert_eq!(told(&with(&[0xd83c, 0x61, 10]), b""), lone);
    assert_eq!(told(&with(&[0xdf7a, 0x61, 10]), b""), lone);
    assert_eq!(told(&with(&[0x61]), b"b"), cut);
    assert_eq!(told(&with(&[0xd83c]), b""), cut);
    // Far from the beginning.
    let far = [lines.repeat(30_000), vec![0xdf7a]].concat();
    assert!(told(&far, b"").starts_with("line 90001: half"));
}

#[cfg(feature = "encoding")]
#[test]
fn what_is_in_another_encoding_is_named() {
    let told = |bytes: &[u8], encoding| BasketReader::new().encoding(encoding).read(bytes).unwrap_err().to_string();
    assert_eq!(
        told(b"a b\nc\n", Encoding::Utf16),
        "line 1: this is not UTF-16 but text of one byte a character: read it with the encoding `utf-8`"
    );
    assert!(
        told(b"\0a\0 \0b\0\n\0c\0 \0d", Encoding::Utf16).contains("UTF-16 text, big-endian without a byte-order mark")
    );
    assert!(told(b"a\0 \0b\0\n\0", Encoding::Latin1).contains("read it with the encoding `utf-16`"));
    assert!(told(b"a\0 \0b\0\n\0", Encoding::Utf8).contains("read it with the encoding `utf-16`"));
    assert!(told(b"PK\x03\x04\x14\0\x06\0", Encoding::Latin1).contains("zip archive"));
    assert!(told(b"a b\nc \0\n", Encoding::Latin1).starts_with("line 2: a NUL byte"));
}

#[cfg(not(feature = "encoding"))]
#[test]
fn encodings_need_their_feature() {
    for (encoding, text) in [(Encoding::Latin1, &b"a"[..]), (Encoding::Utf16, b"a\0")] {
        let error = BasketReader::new().encoding(encoding).read(text).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MissingFeature { feature: "encoding", .. }), "{error}");
        assert!(LongReader::new(1, 2).encoding(encoding).read(text).is_err());
    }
}
