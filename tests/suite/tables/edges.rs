//! Settings and texts at the edge of what is allowed, and files that are made to cost much.

use std::io::Read;
use std::time::Instant;

use itemset::io::{AttributesReader, BasketReader, Column, Delimiter, LongReader, OneHotReader, Trim};

use super::labels;

#[test]
fn numbers_of_columns_are_not_taken_for_names() {
    let text = "2,1\nx,a\n";
    let baskets = LongReader::new(1, 2).read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"]]);
    let baskets = LongReader::new("1", "2").read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["x"]]);
    // What the error says to do can be done.
    let text = "1,1\nx,a\n";
    let error = LongReader::new("1", 2).read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "line 1: two columns are called `1`: give the number, 1 or 2");
    assert_eq!(labels(&LongReader::new(1, 2).read(text.as_bytes()).unwrap()), [["a"]]);
    // A sign is no part of a number.
    assert!(LongReader::new("+1", 2).read(text.as_bytes()).is_err());
    assert_eq!(Column::from(3).to_string(), "3");
}

#[test]
fn white_space_delimits_tables_without_empty_fields() {
    let text = "key  item n\n1  beer 1\n 2\t\"two words\"   1 \n";
    let baskets = LongReader::new("key", "item").delimiter(Delimiter::Whitespace).read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["beer"], ["two words"]]);
    let reader = AttributesReader::new().delimiter(Delimiter::Whitespace);
    let error = reader.read(format!("{text}3 beer\n").as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "line 4: 2 fields, and the header has 3");
    let baskets = OneHotReader::new().delimiter(Delimiter::Whitespace).read("a b\n1\t0\n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"]]);
}

#[test]
fn wide_white_space_delimits_in_every_format_that_allows_it() {
    let reader = BasketReader::new().trim(Trim::Unicode).header(true).id("id");
    let baskets = reader.read("id\u{3000}a b\n7\u{3000}x\u{a0}\"y z\"\n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["x", "y z"]]);
    let reader = OneHotReader::new().sparse(true).delimiter(Delimiter::Whitespace).trim(Trim::Unicode);
    let baskets = reader.read("a:1\u{3000}b:0\u{a0}\u{feff}c:1 \n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a", "c"]]);
}

#[test]
fn lines_of_wide_white_space_are_blank() {
    let text = "key,item\n\u{a0}\n1,a\n\u{3000} \u{feff}\n";
    let (baskets, report) =
        LongReader::new("key", "item").trim(Trim::Unicode).read_with_report(text.as_bytes()).unwrap();
    assert_eq!((baskets.len(), report.blank_lines, report.rows), (1, 2, 1));
}

#[test]
fn columns_without_a_name_are_no_items() {
    let text = ",beer,chips\n0,1,0\n1,0,1\n";
    let message = "line 1: column 1 has no name: name it, or leave it out";
    let error = OneHotReader::new().read(text.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), message);
    let error = AttributesReader::new().read(text.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), message);
    let baskets = OneHotReader::new().not_items([1]).read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["beer"], ["chips"]]);
    let baskets = AttributesReader::new().only(["beer"]).read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["beer=1"], ["beer=0"]]);
}

#[test]
fn words_are_compared_with_the_text_of_a_field() {
    // The field is one quote, or two.
    let text = "key,item\n\"\"\"\",a\n\"\"\"\"\"\",b\n";
    let baskets = LongReader::new("key", "item").null("\"").read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["b"]]);
    let baskets = LongReader::new("key", "item").null("\"\"").read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"]]);
    let text = "a,b\n\"\"\"\",\"\"\"\"\"\"\n";
    let baskets = OneHotReader::new().true_words(["\""]).read(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"]]);
}

#[test]
fn rows_of_weight_0_are_counted() {
    let text = "n,a,b\n3,1,0\n0,0,1\n1,0,0\n";
    let (_, report) = OneHotReader::new().weight("n").read_with_report(text.as_bytes()).unwrap();
    assert_eq!((report.rows, report.empty_rows, report.rows_skipped()), (3, 1, 2));
    let (_, report) = AttributesReader::new().weight("n").read_with_report(text.as_bytes()).unwrap();
    assert_eq!((report.rows, report.rows_skipped()), (3, 1));
    let (_, report) = BasketReader::new().weight_last().read_with_report("a 0\nb 1\n".as_bytes()).unwrap();
    assert_eq!((report.rows, report.rows_skipped()), (2, 1));
    #[cfg(feature = "json")]
    {
        let text = r#"{"n": 0, "items": ["a"]} {"n": 1, "items": ["a"]}"#.replace("} {", "}\n{");
        let reader = itemset::io::JsonLinesReader::lists("items").weight("n");
        let (_, report) = reader.read_with_report(text.as_bytes()).unwrap();
        assert_eq!((report.rows, report.zero_weights, report.rows_skipped()), (2, 1, 1));
    }
}

/// Counts what is read of it.
struct Endless<'a>(u8, &'a mut u64);

impl Read for Endless<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        // At the very latest.
        if *self.1 > 1 << 29 {
            return Err(std::io::Error::other("too much was read"));
        }
        *self.1 += into.len() as u64;
        into.fill(self.0);
        Ok(into.len())
    }
}

#[test]
fn endless_lines_are_refused_soon() {
    for byte in *b" \"x" {
        let mut read = 0;
        let reader = LongReader::new("a", "b").trim(Trim::None).comment('#');
        let error = reader.read(Endless(byte, &mut read)).unwrap_err().to_string();
        assert!(error.starts_with("line 1: an item of more than"), "{error}");
        assert!(read <= 4 << 20, "{read} bytes of {byte}");
    }
}

#[test]
fn a_field_of_blanks_and_quotes_takes_linear_time() {
    let field = format!("{}x{}", " ".repeat(500_000), "\"".repeat(500_000));
    for trim in Trim::ALL {
        let start = Instant::now();
        let text = format!("key,item\n1,{field}\n");
        let baskets = LongReader::new("key", "item").trim(*trim).read(text.as_bytes()).unwrap();
        assert_eq!(baskets.len(), 1);
        assert!(start.elapsed().as_secs() < 20, "{trim}");
    }
}

#[test]
fn a_header_that_is_repeated_is_no_row() {
    let text = "region,card\nnorth,gold\nregion,card\nregion,gold\n";
    let (baskets, report) = AttributesReader::new().read_with_report(text.as_bytes()).unwrap();
    assert_eq!((baskets.len(), report.headers_repeated), (2, 1));
    assert_eq!(baskets.count_of("card=card"), None);
    let (baskets, report) = OneHotReader::new().read_with_report("a,b\n1,0\na,b\n0,1\n".as_bytes()).unwrap();
    assert_eq!((labels(&baskets), report.headers_repeated), (vec![vec!["a"], vec!["b"]], 1));
    let reader = BasketReader::new().delimiter(Delimiter::Char(',')).header(true);
    let (baskets, report) = reader.read_with_report("id,x\n1,a\nid,x\nid,x,b\n".as_bytes()).unwrap();
    assert_eq!((baskets.len(), report.headers_repeated), (2, 1));
    // What may be data is taken for data: a single column, and numbers.
    assert_eq!(AttributesReader::new().read("a\na\nb\n".as_bytes()).unwrap().len(), 2);
    assert_eq!(OneHotReader::new().read("1,0\n1,0\n".as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_row_of_delimiters_is_bounded() {
    let text = format!("a,b\n1,1{}", ",".repeat(17 << 20));
    let error = OneHotReader::new().threads(1).read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "line 2: a row of more than 16777216 bytes; does it end with a line break?");
}
