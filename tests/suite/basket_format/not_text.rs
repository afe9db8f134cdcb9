//! Inputs that are no text in UTF-8 are refused, and the error says what they are.

use std::io::Write as _;

use itemset::io::{BasketReader, Delimiter};
use itemset::{Error, ErrorKind, Transactions};
use proptest::prelude::*;

use super::plainly::Trickle;
use super::{COMMA, assert_malformed};

/// An encoding that is not UTF-8.
#[derive(Clone, Copy, Debug)]
struct Encoding {
    name: &'static str,
    encode: fn(&str) -> Vec<u8>,
}

const ENCODINGS: [Encoding; 4] = [
    Encoding { name: "UTF-16LE", encode: |text| text.encode_utf16().flat_map(u16::to_le_bytes).collect() },
    Encoding { name: "UTF-16BE", encode: |text| text.encode_utf16().flat_map(u16::to_be_bytes).collect() },
    Encoding { name: "UTF-32LE", encode: |text| text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect() },
    Encoding { name: "UTF-32BE", encode: |text| text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect() },
];

/// What files of other kinds begin with, and words of the error.
const BEGINNINGS: &[(&[u8], &[&str])] = &[
    (
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        if cfg!(feature = "gzip") { &["gzip"] } else { &["`gzip`", "gzip -dc"] },
    ),
    (b"\x28\xb5\x2f\xfd\x04\x58", if cfg!(feature = "zstd") { &["zstd"] } else { &["`zstd`", "zstd -dc"] }),
    (b"BZh91AY&SY\x12", &["bzip2", "bzip2 -dc"]),
    (b"\xfd7zXZ\0\0\x04", &["xz", "xz -dc"]),
    (b"\x04\x22\x4d\x18\x64", &["lz4", "lz4 -dc"]),
    (b"7z\xbc\xaf\x27\x1c\0\x04", &["7z"]),
    (b"PK\x03\x04\x14\x00\x06\x00", &["zip", ".xlsx", "CSV"]),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", &[".xls ", "CSV"]),
    (b"PAR1\x15\x04\x15\x10", &["Parquet", "`read_parquet`", "CSV"]),
    (b"PAR1\0\0\0", &["Parquet", "`read_parquet`", "CSV"]),
    (b"ARROW1\0\0\xff", &["Arrow", "CSV"]),
    (b"SQLite format 3\0\x10\0", &["SQLite", "CSV"]),
    (b"%PDF-1.7\n%\xb5\xb5\n1 0 obj\n", &["PDF", "UTF-8"]),
];

/// The error of an input, the same however it is read: at once, byte by byte, or from a file.
fn refusal(bytes: &[u8], delimiter: Delimiter) -> Error {
    let reader = BasketReader::new().delimiter(delimiter);
    let error = reader.read(bytes).unwrap_err();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    for other in [reader.read(Trickle::new(bytes, 1)), reader.read_file(file.path())] {
        assert_eq!(other.unwrap_err().to_string(), error.to_string());
    }
    error
}

#[track_caller]
fn assert_refused(bytes: &[u8], expected: &[&str]) {
    for delimiter in [Delimiter::Whitespace, COMMA] {
        let error = refusal(bytes, delimiter);
        let ErrorKind::Malformed { line: 1, reason, .. } = error.kind() else { panic!("{error}") };
        for word in expected {
            assert!(reason.contains(word), "{word}: {error}");
        }
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    for (beginning, words) in BEGINNINGS {
        assert_refused(beginning, words);
        assert_refused(&[beginning, &b"\n1 2 3\n\0\xff"[..]].concat(), words);
        // More than one block.
        assert_refused(&[beginning, &b"x\0\n".repeat(100_000)[..]].concat(), words);
    }
}

#[test]
fn other_encodings_are_named() {
    for Encoding { name, encode } in ENCODINGS {
        for text in
            ["pear,plum\npear,plum\nfig,plum\n", "a", "\n", "1 2 3\r\n", "\u{feff}", "\u{feff}a\n", "\u{feff}牛奶"]
        {
            assert_refused(&encode(text), &[name, "save it as UTF-8"]);
        }
    }
}

#[test]
fn nul_bytes_are_refused_with_their_line() {
    let far = "beer wine\n".repeat(60_000);
    for before in ["", "a b\n\n", &far] {
        let line = 1 + before.lines().count() as u64;
        for delimiter in [Delimiter::Whitespace, COMMA, Delimiter::Char('\t')] {
            for text in ["beer\0", "beer \0 wine", "\0", "12\0,12", "\"beer\"\0", "\"be\0er\"", "\"beer\n\"\0"] {
                let line = line + text.matches('\n').count() as u64;
                // In UTF-16 it would be text if nothing else is there.
                let text = format!("beer and wine\n{before}{text},\n7 8 9\n").replacen("\n", "\r\n", 3);
                assert_malformed(delimiter, text, line + 1, "NUL");
            }
        }
    }
}

proptest! {
    #[test]
    fn no_label_holds_a_nul_byte(
        bytes in prop::collection::vec(prop::sample::select(b"\0\0a1 ,\"\n\xfe\xff".to_vec()), 0..60),
        far in prop::sample::select(vec![0, 1000, 1030]),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, COMMA]),
    ) {
        let bytes = [&b"12 a,\n".repeat(far)[..], &bytes].concat();
        let reader = BasketReader::new().delimiter(delimiter);
        let read = reader.read(&bytes[..]).map_err(|error| error.to_string());
        prop_assert!(read.is_err() || !bytes.contains(&0));
        prop_assert_eq!(reader.read(Trickle::new(&bytes, 1)).map_err(|error| error.to_string()), read);
    }

    #[test]
    fn other_encodings_are_never_mined(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9]{1,8}|[а-я]{2,8}|[一-龥]{1,4}|é", 1..6), 2..20),
        mark: bool,
        encoding in prop::sample::select(&ENCODINGS[..]),
        delimiter in prop::sample::select(vec![' ', ',', ';', '\t']),
    ) {
        let lines: Vec<String> = rows.iter().map(|row| row.join(&delimiter.to_string())).collect();
        let text = lines.join("\n") + "\n";
        let bytes = (encoding.encode)(&format!("{}{text}", if mark { "\u{feff}" } else { "" }));
        let delimiter = Delimiter::Char(delimiter);
        let error = BasketReader::new().delimiter(delimiter).read(&bytes[..]).unwrap_err();
        prop_assert!(matches!(error.kind(), ErrorKind::Malformed { .. }), "{}", error);
        // Without a mark, two characters of some scripts look like four Latin ones. Most of the text shows what it is.
        let latin = text.chars().filter(char::is_ascii).count();
        if mark || encoding.name.starts_with("UTF-32") || 2 * latin > text.chars().count() {
            prop_assert!(error.to_string().contains(encoding.name), "{}", error);
        }
        // With the mark of UTF-8 it is text as before.
        let read = BasketReader::new().delimiter(delimiter).read(format!("\u{feff}{text}").as_bytes()).unwrap();
        prop_assert_eq!(read, Transactions::from_rows(rows).unwrap());
    }

    /// The bytes after the beginning do not matter.
    #[test]
    fn files_of_other_kinds_are_never_mined(
        (beginning, words) in prop::sample::select(BEGINNINGS),
        rest in prop::collection::vec(any::<u8>(), 0..3000),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, COMMA]),
    ) {
        let bytes = [beginning, &rest[..]].concat();
        let error = BasketReader::new().delimiter(delimiter).read(&bytes[..]).unwrap_err();
        // What is decompressed may begin as text.
        let is_read = words == ["gzip"] || words == ["zstd"];
        if is_read && !error.to_string().contains("is compressed with") {
            return Ok(());
        }
        prop_assert!(is_read || error.to_string().starts_with("line 1: this is "), "{}", error);
        prop_assert!(words.iter().all(|word| error.to_string().contains(word)), "{}", error);
    }
}
