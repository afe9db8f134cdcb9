//! Files with faults: the exact message, or what is read in spite of them.

use itemset::io::{AttributesReader, BasketReader, Delimiter, LongReader, OneHotReader, ReadReport, Source};
use itemset::{Error, Transactions};

use super::labels;

type Read = Result<(Transactions<String>, ReadReport), Error>;

/// A long table with the columns `key,item,quantity`.
fn long(rows: &str) -> Read {
    reader().read_with_report(Source::bytes(format!("key,item,quantity\n{rows}").as_bytes()))
}

fn reader() -> LongReader {
    LongReader::new("key", "item").quantity("quantity")
}

/// What strict reading says, and how many rows lenient reading skips; the baskets that it reads.
#[track_caller]
fn assert_told(rows: &str, message: &str, skipped: u64, baskets: u64) {
    assert_eq!(long(rows).unwrap_err().to_string(), message);
    let text = format!("key,item,quantity\n{rows}");
    let (_, report) = reader().lenient(true).read_with_report(text.as_bytes()).unwrap();
    assert_eq!((report.faulty_rows, report.baskets), (skipped, baskets));
    let fault = &report.faults[0];
    assert_eq!(format!("line {}: {}", fault.line, fault.reason), message);
}

#[track_caller]
fn assert_fatal(rows: impl AsRef<[u8]>, message: &str) {
    let text = [b"key,item,quantity\n", rows.as_ref()].concat();
    for lenient in [false, true] {
        let error = reader().lenient(lenient).read(&text[..]).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error}");
    }
}

#[test]
fn rows_of_the_wrong_length() {
    assert_told("1,a,1\n1,b\n2,c,1\n", "line 3: 2 fields, and the header has 3", 1, 2);
    assert_told("1,a,1,x\n2,c,1\n", "line 2: 4 fields, and the header has 3", 1, 1);
    assert_told("1;a;1\n", "line 2: 1 field, and the header has 3", 1, 0);
    // Delimiters at the end of rows, or of the header.
    assert_eq!(labels(&long("1,a,1,\n1,b,2,,,\n").unwrap().0), [["a", "b"]]);
    let baskets = LongReader::new("key", "item").read("key,item,\n1,a\n1,b,\n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a", "b"]]);
}

#[test]
fn quantities_that_are_none() {
    let message = |text: &str| {
        format!("line 2: column 3, \"quantity\": {text} is no quantity, which is a number such as 2 or 0.5")
    };
    assert_told("1,a,x\n2,b,1\n", &message("\"x\""), 1, 1);
    assert_told("1,a,\"1,5\"\n", &message("\"1,5\""), 1, 0);
    assert_told("1,a,nan\n", &message("\"nan\""), 1, 0);
    assert_told(&format!("1,a,{}\n", "9x".repeat(30)), &message(&format!("\"{}\"…", "9x".repeat(20))), 1, 0);
    let (baskets, report) = long("1,a,1e308\n2,a,+1\n3,a,0\n4,a,-0.5\n5,a,0.5\n6,a,\n7,a,inf\n8,a,00\n").unwrap();
    assert_eq!((baskets.len(), report.returns, report.null_quantities), (4, 3, 1));
    let baskets = reader().keep_returns(true).read("key,item,quantity\n1,a,-1\n".as_bytes()).unwrap();
    assert_eq!(baskets.len(), 1);
}

#[test]
fn missing_values_and_repeated_headers() {
    let text = "key,item,quantity\n1,NA,1\nNA,a,1\n1,a,NA\n1,a,1\nkey,item,quantity\n2,item,1\n2,,1\n,b,1\n";
    let (baskets, report) = reader().null("NA").read_with_report(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"], ["item"]]);
    let ReadReport { null_items, null_keys, null_quantities, headers_repeated, .. } = report;
    assert_eq!((null_items, null_keys, null_quantities, headers_repeated), (2, 2, 1, 1));
    assert_eq!((report.rows, report.rows_skipped()), (8, 6));
    let text = "key,item,quantity\n1,a,9999\n1,b,1\n";
    let (baskets, report) = reader().null("9999").read_with_report(text.as_bytes()).unwrap();
    assert_eq!((labels(&baskets), report.null_quantities), (vec![vec!["b"]], 1));
}

#[test]
fn excluded_baskets_are_counted_once() {
    let text = "key,item\nC1,a\n2,a\nC1,b\nC3,\n4,C\n";
    let reader = LongReader::new("key", "item").exclude_baskets("C*".parse().unwrap());
    let (baskets, report) = reader.read_with_report(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["a"], ["C"]]);
    assert_eq!((report.excluded_baskets, report.excluded_rows, report.null_items), (2, 3, 0));
}

#[test]
fn lines_of_all_kinds() {
    let rows = "1,a,1\r\n\r\n  \t\n2,a,1\r3,a,1\n\n\"4\",\"a\"\"\r\nb\",1\r\n5,\" a \" ,1";
    let (baskets, report) = long(rows).unwrap();
    assert_eq!(labels(&baskets), [["a"], ["a"], ["a"], ["a\"\r\nb"], ["a"]]);
    assert_eq!((report.blank_lines, report.lines, report.rows), (3, 10, 5));
    let text = "\u{feff}\n# made by hand\n#\nkey,item\n 1 , a\n# \"never closed\n1,#b\n";
    let (baskets, report) = LongReader::new("key", "item").comment('#').read_with_report(text.as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["#b", "a"]]);
    assert_eq!((report.comment_lines, report.blank_lines), (3, 1));
}

#[test]
fn nothing_to_read() {
    for text in ["", "\n\n", "\u{feff}", "key,item\n", "key,item"] {
        let (baskets, _) = LongReader::new("key", "item").read_with_report(text.as_bytes()).unwrap();
        assert_eq!(baskets.len(), 0, "{text:?}");
        assert_eq!(AttributesReader::new().read(text.as_bytes()).unwrap().len(), 0);
        assert_eq!(OneHotReader::new().read(text.as_bytes()).unwrap().len(), 0);
    }
}

#[test]
fn faults_after_which_nothing_is_sure() {
    assert_fatal("1,\"a,1\n2,b,1\n", "line 2: the quote that opens a field is never closed;");
    assert_fatal("1,a,1\n1,\"a\"b,1\n", "line 3: text after the closing quote of a field;");
    assert_fatal("1,\"a\n\"\"\"x,1\n", "line 3: text after the closing quote of a field;");
    assert_fatal("1,a\0,1\n", "line 2: a NUL byte");
    assert_fatal("1,\"a\n\0\",1\n", "line 3: a NUL byte");
    assert_fatal(b"1,a,1\n1,\xff,1\n", "line 3: byte 0xff is not UTF-8");
    assert_fatal(b"1,a,1\n1,b,1\n1,\xc3", "line 4: byte 0xc3 is not UTF-8");
    assert_fatal(format!("1,a,1\n1,{},1\n", "x".repeat(2 << 20)), "line 3: an item of more than 1048576 bytes");
    assert_fatal(format!("1,a,1\n1,\"{}\n", "x\n".repeat(1 << 20)), "line 3: an item of more than 1048576 bytes");
    // Quotes that do not begin a field are text.
    assert_eq!(labels(&long("1,6\" nail,1\n1,a\"b\",2\n").unwrap().0), [["6\" nail", "a\"b\""]]);
}

#[test]
fn a_long_line_of_short_fields() {
    let header: Vec<String> = (0..500_000).map(|column| format!("item {column}")).collect();
    let row = vec!["1"; header.len()].join(",");
    let text = format!("{}\n{row}\n{row}\n", header.join(","));
    assert!(text.len() > 7 << 20);
    let baskets = OneHotReader::new().read(text.as_bytes()).unwrap();
    assert_eq!((baskets.len(), baskets.dictionary().len()), (2, 500_000));
}

#[test]
fn whether_an_item_is_there() {
    let text = "a,b,c,d,e,f\n1,0,TRUE,no,,0.0\n2.5,N,x,Yes,f,00\n";
    assert_eq!(labels(&OneHotReader::new().read(text.as_bytes()).unwrap()), [vec!["a", "c"], vec!["a", "c", "d"]]);
    let text = "a,b\n1,maybe\n1,1\n-1,1\n";
    let error = OneHotReader::new().read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error,
        "line 2: column 2, \"b\": \"maybe\" does not say whether the item is there: expected a number, true, yes, x, \
         false or no"
    );
    let (baskets, report) = OneHotReader::new().lenient(true).read_with_report(text.as_bytes()).unwrap();
    assert_eq!((labels(&baskets), report.faulty_rows), (vec![vec!["a", "b"]], 2));
    // What a skipped row alone has is not in the dictionary.
    let text = "a,b\n1,maybe\n0,1\n";
    let baskets = OneHotReader::new().lenient(true).read(text.as_bytes()).unwrap();
    assert_eq!(baskets.dictionary().labels(), ["b"]);
    let error = OneHotReader::new().header(false).read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "invalid header: false (expected true: the header has the labels of the items)");
}

#[test]
fn weights_by_column() {
    let reader = BasketReader::new().delimiter(Delimiter::Char(',')).header(true).id("id").weight("n");
    let text = "id,n,1,2\nx,2,a,b\ny,0,c,\nz,,,\n,,,\nw,1,a\n";
    let error = reader.read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "line 4: column 2, \"n\": \"\" is no weight, which is a whole number from 0 to 4294967295");
    let (baskets, report) = reader.lenient(true).read_with_report(text.as_bytes()).unwrap();
    assert_eq!((baskets.count_of("a"), baskets.count_of("b"), baskets.count_of("c")), (Some(3), Some(2), None));
    assert_eq!((report.baskets, report.faulty_rows, report.empty_rows), (3, 1, 1));
    let text = "n,a,b\n3,1,0\n0,0,1\n";
    let baskets = OneHotReader::new().weight("n").read(text.as_bytes()).unwrap();
    assert_eq!((baskets.len(), baskets.dictionary().len()), (3, 1));
    let baskets = AttributesReader::new().weight("n").read(text.as_bytes()).unwrap();
    assert_eq!((baskets.len(), baskets.count_of("a=1")), (3, Some(3)));
}

#[test]
fn settings_that_are_refused() {
    let told = |reader: LongReader| reader.read("a,b\n1,2\n".as_bytes()).unwrap_err().to_string();
    let reader = LongReader::new("a", "b");
    assert!(told(reader.clone().quote(Some(','))).starts_with("invalid quote: `,`"));
    assert!(told(reader.clone().quote(Some('a'))).starts_with("invalid quote: `a`"));
    assert!(told(reader.clone().comment('"')).starts_with("invalid comment: `\\\"`"));
    assert!(told(reader.clone().delimiter(Delimiter::Char('"'))).starts_with("invalid delimiter"));
    assert!(told(reader.threads(0)).starts_with("invalid threads"));
    let baskets = LongReader::new("a", "b").quote(None).read("a,b\n1,\"x\"\n1,\"y\n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["\"x\"", "\"y"]]);
    let baskets = LongReader::new("a", "b").quote(Some('\'')).read("a,b\n1,'x,''y'''\n".as_bytes()).unwrap();
    assert_eq!(labels(&baskets), [["x,'y'"]]);
}
