//! White space beyond ASCII, letter case, comments and weights.

use itemset::io::{BasketReader, Delimiter, Trim};
use itemset::{ErrorKind, Transactions};

use super::{COMMA, labels};

const WHITESPACE: Delimiter = Delimiter::Whitespace;

fn reader(delimiter: Delimiter) -> BasketReader {
    BasketReader::new().delimiter(delimiter)
}

#[track_caller]
fn assert_reads(reader: &BasketReader, text: &str, expected: &[&[&str]]) {
    assert_eq!(labels(&reader.read(text.as_bytes()).unwrap()), expected);
}

#[track_caller]
fn assert_malformed(reader: &BasketReader, text: &str, expected_line: u64, word: &str) {
    let error = reader.read(text.as_bytes()).unwrap_err();
    let ErrorKind::Malformed { line, reason, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*line, expected_line, "{error}");
    assert!(reason.contains(word), "{error}");
}

/// As a spreadsheet and web pages write them.
#[test]
fn white_space_of_unicode_is_trimmed() {
    let text = "milk\u{a0},bread\nmilk,bread\n\u{3000}milk,bread\nmilk\u{200b},\"\u{2003}bread \"\n\u{feff}milk,\u{a0}\"bread\"\u{a0}";
    let unicode = reader(COMMA).trim(Trim::Unicode);
    assert_reads(&unicode, text, &[&["milk", "bread"][..]; 5]);
    assert_reads(&unicode, "a\u{a0}b,\u{a0},\"\u{feff}\"\n\u{2003}\n", &[&["a\u{a0}b"]]);
    assert_reads(&reader(COMMA), "milk\u{a0},bread", &[&["milk\u{a0}", "bread"]]);
}

#[test]
fn white_space_of_unicode_separates_where_white_space_does() {
    let unicode = reader(WHITESPACE).trim(Trim::Unicode);
    assert_reads(
        &unicode,
        "milk\u{3000}bread\u{a0}\"a\u{a0}b\"\u{a0}7\u{a0}8\x0b9",
        &[&["milk", "bread", "a\u{a0}b", "7", "8", "9"]],
    );
    // Spaces without width are around items only.
    assert_reads(&unicode, "\u{200b}a\u{feff}b\u{feff} c", &[&["a\u{feff}b", "c"]]);
}

#[test]
fn nothing_is_trimmed() {
    let none = reader(COMMA).trim(Trim::None);
    assert_reads(&none, " a,a ,,\" a\"\r\n \n\n", &[&[" a", "a "], &[" "]]);
    // RFC 4180 has no white space around quotes.
    assert_reads(&none, "a, \"b\"\n", &[&["a", " \"b\""]]);
    assert_malformed(&none, "a,\"b\" ,c\n", 1, "closing quote");
    assert_reads(&reader(WHITESPACE).trim(Trim::None), " a  \" a \" \n", &[&["a", " a "]]);
}

#[test]
fn letter_case_is_folded() {
    let folded = reader(COMMA).case_fold(true);
    assert_reads(&folded, "Beer,beer,BEER\n\"\u{c9}\",\u{e9},7\n", &[&["beer"], &["\u{e9}", "7"]]);
    let baskets = folded.read("Beer,beer,BEER\nbeer".as_bytes()).unwrap();
    assert_eq!((baskets.duplicates_skipped(), baskets.count_of("beer")), (2, Some(2)));
    assert_reads(&reader(COMMA).case_fold(true).case_fold(false), "B,b", &[&["B", "b"]]);
}

#[test]
fn comments_are_skipped() {
    let text = "# made \"by hand\n% second, remark\n \t#x\n\n1,2\n\"#\",#\n3 #\n,#4\n#";
    assert_reads(&reader(COMMA).comment('#'), text, &[&["% second", "remark"], &["1", "2"], &["#"], &["3 #"], &["#4"]]);
    // The lines of comments count.
    assert_malformed(&reader(COMMA).comment('#'), "#\r\n#\r#\n\n\"x", 5, "never closed");
    assert_malformed(&reader(COMMA).comment('#'), &format!("{}\n#\0", " ".repeat(2000)), 2, "NUL");
    // White space before it, also where that is text or the delimiter.
    for reader in [reader(COMMA).trim(Trim::None), reader(Delimiter::Char(' ')), reader(Delimiter::Char('\t'))] {
        assert_reads(&reader.comment('#'), " \t# 1\na\n", &[&["a"]]);
    }
    // A comment may be longer than any item.
    let long = format!("1 2\n#{}\n3", "x\"".repeat(1 << 20));
    assert_reads(&reader(WHITESPACE).comment('#'), &long, &[&["1", "2"], &["3"]]);
    // One that looks like a number.
    assert_reads(&reader(WHITESPACE).comment('7'), &"1 7\n7 2\n".repeat(1000), &[&["1", "7"][..]; 1000]);
}

#[test]
fn characters_that_begin_no_comment_are_refused() {
    for char in ['"', '\n', '\r', '\0', ' ', '\t', '\x0b', ',', '\u{a7}', '\u{a0}'] {
        let error = reader(COMMA).comment(char).read("a".as_bytes()).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "comment", .. }), "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn weights_are_those_of_the_builder() {
    let text = "beer,diapers,30\n beer , 0070\r\nchips,0\n\"a,b\",beer,beer,\"2\"\n\n,,\n5\nwine,1";
    let mut builder = Transactions::builder();
    let rows: [(&[&str], u32); 4] =
        [(&["beer", "diapers"], 30), (&["beer"], 70), (&["a,b", "beer", "beer"], 2), (&["wine"], 1)];
    for (labels, weight) in rows {
        builder.push_weighted(labels.iter().map(|label| label.to_string()), weight);
    }
    let expected = builder.build().unwrap();
    let baskets = reader(COMMA).weight_last().read(text.as_bytes()).unwrap();
    assert_eq!(baskets, expected);
    assert_eq!((baskets.len(), baskets.duplicates_skipped(), baskets.count_of("chips")), (103, 2, None));
    assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "a,b", "wine"]);
}

#[test]
fn wrong_weights_are_reported_with_their_line() {
    let weighted = reader(COMMA).weight_last();
    for (field, shown) in [
        ("", "missing: the last field is \"\","),
        ("beer", "\"beer\""),
        ("-1", "\"-1\""),
        ("+1", "\"+1\""),
        ("1.0", "\"1.0\""),
        ("4294967296", "\"4294967296\""),
        ("1\u{a0}", "\"1\\u{a0}\""),
        ("\"two\nlines\"", "\"two\\nlines\""),
        (&"9".repeat(1000), "9\"…,"),
    ] {
        for end in ["", "\n", "\nmore,1\n"] {
            assert_malformed(&weighted, &format!("a,1\r\n\nb,{field}{end}"), 3, shown);
        }
    }
    assert_malformed(&weighted, "a,5,\n", 1, "0 to 4294967295");
    assert_malformed(&weighted, "beer", 1, "\"beer\"");
    assert_malformed(&reader(WHITESPACE).weight_last(), "a 5 \"\"\n", 1, "missing");
    // As it is in the file, not as a label would be.
    assert_malformed(&weighted.clone().case_fold(true), "a,Beer\n", 1, "\"Beer\"");
}

#[test]
fn sums_of_weights_may_be_large() {
    let baskets = reader(WHITESPACE).weight_last().read("a 4294967295\nb 1\n".as_bytes()).unwrap();
    assert_eq!(baskets.len() as u64, 1 << 32);
    // Entries are not numbered.
    assert_eq!(reader(WHITESPACE).weight_last().read("a b 2147483648\n".as_bytes()).unwrap().entries(), 1 << 32);
    let most = reader(WHITESPACE).weight_last().read("a 4294967295\n".as_bytes()).unwrap();
    assert_eq!(most.len(), u32::MAX as usize);
}

/// Long enough for several threads.
#[test]
#[cfg(feature = "rayon")]
fn several_threads_read_options_alike() {
    let line = |row: usize| match row % 1000 {
        7 => "# \"remark\n".to_string(),
        row => format!("Beer\u{a0},item {},{},{}\r\n", row % 90, row % 70, row % 3),
    };
    let text: String = (0..250_000).map(line).collect();
    let reader = reader(COMMA).trim(Trim::Unicode).case_fold(true).comment('#').weight_last();
    let read = |threads| reader.clone().threads(threads).read(text.as_bytes()).unwrap();
    let expected = read(1);
    assert_eq!(expected.count_of("beer"), Some(expected.len() as u64));
    assert_eq!(read(3), expected);
    let wrong = text.clone() + "beer,x\n";
    let error = |threads| reader.clone().threads(threads).read(wrong.as_bytes()).unwrap_err().to_string();
    assert!(error(1).starts_with("line 250001: "), "{}", error(1));
    assert_eq!(error(3), error(1));
}
