//! Tables on the command line: formats, columns, and what is told of skipped rows.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::program::{Ran, mine, mine_text};

const SALES: &str = "Invoice,StockCode,Description,Quantity\n\
                     10001,A1,\"LAMP, RED\",6\n\
                     10001,A2,CLOCK,2\n\
                     10002,A1,\"LAMP, RED\",1\n\
                     10002,A2,CLOCK,1\n\
                     C10003,A2,CLOCK,-1\n\
                     10004,A3,,0\n\
                     10005,A3,TRAY,-2\n";

const LONG: [&str; 6] = ["--format", "long", "--basket-columns", "Invoice", "--item-column", "Description"];

/// `mine` with a text in a file of this name, which is the first argument.
pub(super) fn mine_file(name: &str, text: impl AsRef<[u8]>, arguments: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    let mut ran = mine([&[file.to_str().unwrap()], arguments].concat());
    ran.stderr = ran.stderr.replace(folder.path().to_str().unwrap(), "").replace("/sales", "sales");
    ran
}

#[test]
fn long_tables() {
    let more = ["--quantity-column", "Quantity", "--exclude-basket", "C*", "--min-count", "2"];
    let ran = mine_file("sales.csv", SALES, &[&LONG[..], &more].concat());
    assert_eq!(
        ran.stderr,
        "sales.csv: 2 baskets with 4 items from 7 rows on 8 lines\n  \
         1 row skipped: of 1 basket excluded by the pattern\n  \
         1 row skipped: its quantity is 0 or less, a return\n  \
         1 row skipped: it has no item\n"
    );
    let expected = "CLOCK (2)\n\"LAMP, RED\" (2)\nCLOCK,\"LAMP, RED\" (2)\n";
    assert_eq!(ran.text(), expected);
    assert_eq!(mine_file("sales.csv", SALES, &[&LONG[..], &more, &["--quiet"]].concat()).stderr, "");
    // By number, from standard input, with tabs.
    let text = SALES.replace("\"LAMP, RED\"", "LAMP").replace(',', "\t");
    let numbers = ["--format", "long", "--basket-columns", "1", "--item-column", "3", "--quantity-column", "4"];
    let ran = mine_text(&text, [&numbers[..], &["--delimiter", "tab", "--min-count", "2"]].concat());
    assert_eq!(ran.text(), "CLOCK (2)\nLAMP (2)\nCLOCK\tLAMP (2)\n");
    let ran =
        mine_file("sales.tsv", &text, &[&numbers[..], &["--min-count", "2", "--keep-returns", "--count"]].concat());
    assert_eq!(ran.text(), "3\n");
    let ran = mine_file("sales.txt", "1,a\n1,b\n", &[&numbers[..6], &["--no-header", "--item-column=2"]].concat());
    assert_eq!((ran.status, ran.stderr.contains("--item-column")), (Some(2), true));
    let numbers = ["--format", "long", "--basket-columns", "1,3", "--item-column", "2", "--no-header"];
    assert_eq!(mine_file("sales.txt", "1,a,x\n1,b,x\n1,a,y\n", &numbers).text(), "a (2)\nb (1)\na,b (1)\n");
}

#[test]
fn other_tables() {
    let table = "visit,bread,milk\n1,1,yes\n2,1,0\n3,0,\n";
    let ran = mine_file("sales.csv", table, &["--format", "one-hot", "--not-items", "visit"]);
    assert_eq!(
        ran.stderr,
        "sales.csv: 2 baskets with 3 items from 3 rows on 4 lines\n  1 row skipped: it has no items\n"
    );
    assert_eq!(ran.text(), "bread (2)\nmilk (1)\nbread,milk (1)\n");
    let ran = mine_text("beer:1 chips:0\nbeer:2\n", ["--format", "one-hot", "--sparse", "--delimiter", "whitespace"]);
    assert_eq!(ran.text(), "beer (2)\n");
    let ran = mine_text("beer,chips\nbought,seen\n", ["--format", "one-hot", "--true-word", "bought"]);
    assert_eq!(ran.text(), "beer (1)\n");
    let table = "id,n,region\n1,2,north\n2,1,NA\n";
    let options = ["--format", "attributes", "--not-items", "id", "--weight-column", "n", "--null", "NA", "--quiet"];
    assert_eq!(mine_text(table, options).text(), "region=north (2)\n");
    let options = ["--delimiter", ",", "--header", "--id-column", "receipt", "--weight-column", "n"];
    assert_eq!(mine_text("receipt,n,item\n17,3,beer\n18,1,beer\n", options).text(), "beer (4)\n");
}

#[test]
fn what_was_read_is_in_the_summary() {
    let table = "key,item\n1,a\n1\n2,NA\n";
    let options = ["--format", "long", "--basket-columns", "key", "--item-column", "item", "--null", "NA", "--lenient"];
    let ran = mine_text(table, [&options[..], &["--summary", "json"]].concat());
    assert_eq!(
        ran.stderr.split("\n{").next().unwrap(),
        "standard input: 1 basket with 1 item from 3 rows on 4 lines\n  \
         1 row skipped: it has no item\n  \
         1 row skipped: it is faulty\n    \
         line 3: 1 field, and the header has 2"
    );
    let report = &ran.summary()["read_report"];
    assert_eq!((&report["rows"], &report["null_items"], &report["faulty_rows"]), (&json!(3), &json!(1), &json!(1)));
    assert_eq!(report["faults"], json!([{ "line": 3, "reason": "1 field, and the header has 2" }]));
    assert_eq!(mine_text("a b\n", ["--summary", "json"]).summary()["read_report"], json!(null));
}

#[test]
fn options_belong_to_formats() {
    for (option, value, format, belongs) in [
        ("--basket-columns", "a", "basket", "long, jsonl or parquet"),
        ("--item-column", "a", "basket", "long, jsonl or parquet"),
        ("--quantity-column", "a", "one-hot", "long, jsonl or parquet"),
        ("--exclude-basket", "C*", "attributes", "long, jsonl or parquet"),
        ("--id-column", "a", "one-hot", "basket"),
        ("--true-word", "a", "basket", "one-hot or parquet"),
        ("--not-items", "a,b", "basket", "one-hot, attributes or parquet"),
    ] {
        let message = format!("{option} belongs to --format {belongs}, and the format here is {format}");
        mine(["x.csv", "--format", format, option, value]).refused(2, &[&message]);
    }
    mine([&["x.csv"], &LONG[..], &["--weight-column", "n"]].concat())
        .refused(2, &["basket, one-hot, attributes, jsonl or parquet"]);
    mine(["x", "--sparse"]).refused(2, &["--sparse belongs to --format one-hot, and the format here is basket"]);
    mine(["x", "--keep-returns"]).refused(2, &["--keep-returns belongs to --format long, jsonl or parquet"]);
    mine([&["x"], &LONG[..], &["--keep-returns"]].concat()).refused(2, &["only with --quantity-column"]);
    mine([&["x"], &LONG[..4]].concat()).refused(2, &["--format long needs --item-column: the column with the item"]);
    mine([&["x"], &LONG[..2]].concat()).refused(2, &["--format long needs --basket-columns: the columns whose values"]);
    mine(["x", "--format", "one-hot", "--no-header"]).refused(2, &["--no-header", "one-hot", "--sparse"]);
    mine(["x", "--header", "--no-header"]).refused(2, &["--header", "--no-header"]);
    mine(["x", "--weight-last", "--weight-column", "n"]).refused(2, &["--weight-last", "--weight-column"]);
    mine(["x", "--encoding", "ebcdic"]).refused(2, &["--encoding", "ebcdic", "latin-1"]);
    mine(["x", "--id-column", ""]).refused(2, &["--id-column", "the name of a column"]);
    mine([&["x"], &LONG[..], &["--exclude-basket", ""]].concat()).refused(2, &["--exclude-basket", "* stands for"]);
}

#[test]
fn columns_that_are_not_there() {
    let long = |columns: &[&str]| mine_file("sales.csv", SALES, &[&["--format", "long"], columns].concat());
    long(&["--basket-columns", "Receipt", "--item-column", "3"]).refused(
        1,
        &["sales.csv: line 1: no column is called `Receipt`; the header has `Invoice`, `StockCode`, `Description`"],
    );
    long(&["--basket-columns", "Invoice", "--item-column", "3", "--no-header"]).refused(
        1,
        &["line 1: `Invoice` is the name of a column, and this file is read without a header: give --header (leave out \
           --no-header), or the column's number, from 1 to 4"],
    );
    long(&["--basket-columns", "Invoice", "--item-column", "3", "--delimiter", ";"])
        .refused(1, &["the header is one field", "is this the right --delimiter?"]);
    long(&["--basket-columns", "1", "--item-column", "9"]).refused(1, &["line 1: there is no column 9"]);
}

#[test]
fn json_lines() {
    let lists = "{\"id\":1,\"basket\":{\"lines\":[{\"name\":\"beer\",\"n\":2},{\"name\":\"diapers\"}]}}\n\
                 {\"id\":2,\"basket\":{\"lines\":[{\"name\":\"beer\"}]}}\n";
    let path = ["--item-column", "basket.lines.name", "--min-count", "1"];
    let ran = mine_file("sales.jsonl", lists, &path);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.text(), "beer (2)\ndiapers (1)\nbeer,diapers (1)\n");
    let rows = "{\"order\":7,\"product\":\"beer\",\"quantity\":2}\n{\"order\":7,\"product\":\"diapers\",\"quantity\":1}\n\
                {\"order\":8,\"product\":\"beer\",\"quantity\":-2}\n";
    let long = ["--format", "jsonl", "--basket-columns", "order", "--item-column", "product"];
    let ran = mine_file("sales.txt", rows, &[&long[..], &["--quantity-column", "quantity"]].concat());
    assert!(ran.stderr.contains("1 row skipped: its quantity is 0 or less, a return"), "{}", ran.stderr);
    assert_eq!(ran.text(), "beer (1)\ndiapers (1)\nbeer,diapers (1)\n");
    // What to type is told where the file shows it.
    let ran = mine_file("sales.jsonl", lists, &[]);
    ran.refused(2, &["--format jsonl needs --item-column", "--item-column basket.lines.name"]);
    let ran = mine_file("sales.txt", rows, &["--min-count", "1"]);
    let command = "sales.txt --format jsonl --basket-columns order --item-column product --quantity-column quantity";
    assert!(ran.stderr.contains(command), "{}", ran.stderr);
    for option in ["--delimiter=;", "--header", "--no-header", "--comment=#", "--not-items=a"] {
        mine_file("sales.jsonl", lists, &[&path[..], &[option]].concat()).refused(2, &["belongs to --format", "jsonl"]);
    }
}
