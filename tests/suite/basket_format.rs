//! The `basket` format: items, baskets, and errors with their lines.

mod not_text;
mod options;
mod plainly;
mod written;

use std::io::Write as _;

use itemset::io::{BasketReader, Delimiter};
use itemset::{Error, ErrorKind, Transactions};

use self::plainly::Trickle;

const COMMA: Delimiter = Delimiter::Char(',');

fn read(delimiter: Delimiter, text: impl AsRef<[u8]>) -> Result<Transactions<String>, Error> {
    BasketReader::new().delimiter(delimiter).read(text.as_ref())
}

/// The labels of each basket, in the order in which the file first names them.
fn labels(baskets: &Transactions<String>) -> Vec<Vec<&str>> {
    baskets.iter().map(|basket| basket.iter().map(String::as_str).collect()).collect()
}

#[track_caller]
fn assert_reads(delimiter: Delimiter, text: impl AsRef<[u8]>, expected: &[&[&str]]) {
    assert_eq!(labels(&read(delimiter, text).unwrap()), expected);
}

#[track_caller]
fn assert_malformed(delimiter: Delimiter, text: impl AsRef<[u8]>, expected_line: u64, word: &str) {
    let error = read(delimiter, text).unwrap_err();
    let ErrorKind::Malformed { line, reason, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*line, expected_line, "{error}");
    assert!(reason.contains(word), "{error}");
}

#[test]
fn any_whitespace_separates_items() {
    assert_reads(
        Delimiter::Whitespace,
        " beer\t\tdiapers \x0c chips \nbeer",
        &[&["beer", "diapers", "chips"], &["beer"]],
    );
}

#[test]
fn quotes_hold_whitespace_with_every_delimiter() {
    let whitespace = Delimiter::Whitespace;
    assert_reads(whitespace, "\"whole milk\" soda\n\"a\tb\"\t\"c\"\r\n", &[&["whole milk", "soda"], &["a\tb", "c"]]);
    assert_reads(whitespace, "\"two\nlines\" \"say \"\"hi\"\"\" \"\"\"\"", &[&["two\nlines", "say \"hi\"", "\""]]);
    assert_reads(whitespace, "\" a \" \"\" \" \" b\n\"\"\n", &[&["a", "b"]]);
    // Quotes that do not begin a field are text, as before.
    assert_reads(whitespace, "6\" a\"b\" 12\"\"\n", &[&["6\"", "a\"b\"", "12\"\""]]);
    // One that does used to be text.
    assert_malformed(whitespace, "a\n\"b c\nd\n", 2, "never closed");
    assert_malformed(whitespace, "a\n\"b\"c\n", 2, "closing quote");
    assert_malformed(whitespace, "a\n\"b\nc\",\n", 3, "\"\"\"hello\"");
    assert_malformed(whitespace, "1 \"", 1, "never closed");
}

#[test]
fn every_kind_of_line_break_ends_a_basket() {
    for line_break in ["\n", "\r\n", "\r"] {
        for delimiter in [Delimiter::Whitespace, COMMA] {
            let text = ["a", "b", "", "c"].join(line_break);
            assert_reads(delimiter, &text, &[&["a"], &["b"], &["c"]]);
            assert_reads(delimiter, text + line_break, &[&["a"], &["b"], &["c"]]);
        }
    }
}

#[test]
fn blank_lines_are_no_baskets() {
    for text in ["", "\n", "\r\n\r\n", " \t \n\n", "\u{feff}", "\u{feff}\n"] {
        assert_reads(Delimiter::Whitespace, text, &[]);
        assert_reads(COMMA, text, &[]);
    }
    assert_reads(COMMA, ",\n , ,\n\"\",\" \"\na,,\n", &[&["a"]]);
}

#[test]
fn byte_order_mark_is_skipped_at_the_start_only() {
    assert_reads(Delimiter::Whitespace, "\u{feff}a b\n\u{feff}a\n", &[&["a", "b"], &["\u{feff}a"]]);
    assert_reads(COMMA, "\u{feff}\"a,b\",c", &[&["a,b", "c"]]);
}

#[test]
fn items_are_trimmed_and_empty_fields_skipped() {
    assert_reads(COMMA, "  whole milk ,, rolls/buns,\n,yogurt\t,\n", &[&["whole milk", "rolls/buns"], &["yogurt"]]);
    assert_reads(COMMA, "\" whole milk \" , \"a\"\n", &[&["whole milk", "a"]]);
    assert_reads(Delimiter::Char('\t'), "a b\t c \t\td\n", &[&["a b", "c", "d"]]);
    assert_reads(Delimiter::Char(' '), "a  \"b c\" \td\n", &[&["a", "b c", "d"]]);
}

#[test]
fn repeated_items_count_once() {
    let baskets = read(COMMA, "a,b,a,\"a\"\nb\n").unwrap();
    assert_eq!((baskets.entries(), baskets.duplicates_skipped(), baskets.count_of("a")), (3, 2, Some(1)));
}

#[test]
fn quoted_fields_hold_delimiters_quotes_and_line_breaks() {
    assert_reads(COMMA, "\"a,b\",\"say \"\"hi\"\"\",\"\"\"\"\n", &[&["a,b", "say \"hi\"", "\""]]);
    assert_reads(COMMA, "\"two\nlines\",\"two\r\nmore\"\r\nb", &[&["two\nlines", "two\r\nmore"], &["b"]]);
    assert_reads(COMMA, "6\" nails,a\"b\"\n", &[&["6\" nails", "a\"b\""]]);
    assert_reads(Delimiter::Char(';'), "\"a;b\" ; c", &[&["a;b", "c"]]);
}

#[test]
fn misplaced_quotes_are_reported_with_their_line() {
    assert_malformed(COMMA, "a\n\"b\nc\n", 2, "never closed");
    assert_malformed(COMMA, "a\r\n\r\nb,\"", 3, "never closed");
    assert_malformed(COMMA, "a\n\"b\"\"\n", 2, "never closed");
    assert_malformed(COMMA, "a\n\"b\"c\n", 2, "closing quote");
    assert_malformed(COMMA, "\"a\nb\r\nc\" \"d\"\n", 3, "closing quote");
}

#[test]
fn invalid_utf8_is_reported_with_its_line() {
    assert_malformed(Delimiter::Whitespace, b"a\nb \xff\nc", 2, "0xff");
    assert_malformed(Delimiter::Whitespace, b"a\r\n\r\n\xc3", 3, "0xc3");
    assert_malformed(Delimiter::Whitespace, b"a\rb\r\xc3(\n", 3, "0xc3");
    assert_malformed(COMMA, b"\"a\n\n\xe2\x82\", b", 3, "0xe2");
    assert_malformed(COMMA, b"\xff\xfea\0", 1, "UTF-8");
}

#[test]
fn labels_are_compared_as_text() {
    let numbers = "7 007 +7 7.0 07 0 00 -0 12345678 012345678 9999999 99999999999999999999 7";
    // Once alone, and once in a text long enough for numbers to be read eight bytes at a time.
    for text in [numbers.to_string(), format!("{numbers}\n").repeat(20)] {
        let baskets = read(Delimiter::Whitespace, text).unwrap();
        assert_eq!(baskets.dictionary().labels(), numbers.split(' ').take(12).collect::<Vec<_>>());
        assert_eq!(baskets.duplicates_skipped(), baskets.len() as u64);
    }
}

#[test]
fn numbers_are_read_next_to_other_text() {
    let line = "12 12a a12 12\u{e9} 12,5 12\t12";
    let expected: &[&str] = &["12", "12a", "a12", "12\u{e9}", "12,5"];
    assert_reads(Delimiter::Whitespace, [line; 20].join("\n"), &[expected; 20]);
    let line = "12,12 a, 12 ,\"12\",12\",12:5,12";
    let expected: &[&str] = &["12", "12 a", "12\"", "12:5"];
    assert_reads(COMMA, [line; 20].join("\r\n"), &[expected; 20]);
}

#[test]
fn unusable_delimiters_are_refused() {
    for char in ['"', '\n', '\r', '\0', 'a', 'Z', '0', 'é', '；'] {
        let error = read(Delimiter::Char(char), "a").unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "delimiter", .. }), "{error}");
    }
}

#[test]
fn line_may_be_longer_than_a_block() {
    let items = 400_000;
    let text: String = (0..items).map(|item| format!("{item} ")).collect();
    let baskets = read(Delimiter::Whitespace, text + "\n1 2").unwrap();
    assert_eq!((baskets.len(), baskets.entries(), baskets.dictionary().len()), (2, items as u64 + 2, items));
    assert_eq!(baskets.count_of("399999"), Some(1));
}

#[test]
fn endless_item_is_an_error() {
    for quote in ["", "\""] {
        let long = "x".repeat(900_000);
        let baskets = read(COMMA, format!("a,{quote}{long}{quote}\nb")).unwrap();
        assert_eq!(baskets.count_of(long.as_str()), Some(1));
        assert_malformed(COMMA, format!("a\nb,{quote}{}{quote}\n", "x".repeat(1_100_000)), 2, "1048576");
        let start = format!("a\nb,{quote}");
        let endless = Trickle::endless(start.as_bytes(), b'x');
        let error = BasketReader::new().delimiter(COMMA).read(endless).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Malformed { line: 2, .. }), "{error}");
    }
}

#[test]
fn input_may_arrive_in_any_pieces() {
    let text = "7 beer\r\n\r\n\u{e9}\u{20ac} 12 x\r\n12 ".repeat(50);
    let expected = read(Delimiter::Whitespace, &text).unwrap();
    for piece in [1, 2, 3, 7, 100] {
        let read = BasketReader::new().read(Trickle::new(text.as_bytes(), piece)).unwrap();
        assert_eq!(read, expected);
    }
}

#[test]
fn input_errors_are_passed_on() {
    let error = BasketReader::new().read(Trickle::failing(b"a b\n")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    let error = BasketReader::new().read_file(env!("CARGO_MANIFEST_DIR")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
}

#[test]
fn file_equals_reader() {
    let text = "10 20 30\n20 30\n".repeat(60_000);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let baskets = BasketReader::new().read_file(file.path()).unwrap();
    assert_eq!(baskets, read(Delimiter::Whitespace, &text).unwrap());
    assert_eq!((baskets.len(), baskets.entries()), (120_000, 300_000));
}
