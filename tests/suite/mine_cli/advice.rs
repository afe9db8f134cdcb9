//! Files that are not what the options say: what is told, and whether the command that is proposed works.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::program::{Ran, command, mine_text};

const QUIET: &str = "To read it as it looks (--quiet if it is right as it is):";

/// The run of `mine NAME options` in a folder with this file.
fn mine_here(name: &str, text: &str, options: &[&str]) -> (TempDir, Ran) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let ran = Ran::of(command([&[name], options].concat()).current_dir(folder.path()).output().unwrap());
    (folder, ran)
}

/// That these findings and this command are told, and that the command finds this.
#[track_caller]
fn assert_advised(name: &str, text: &str, options: &[&str], findings: &[&str], advised: &str, expected: &str) {
    let (folder, ran) = mine_here(name, text, options);
    assert_eq!(
        ran.stderr,
        format!("{name} does not look like what the options say:\n  {}\n{QUIET}\n  {advised}\n", findings.join("\n  "))
    );
    assert_eq!(ran.status, Some(0));
    let (_folder, quiet) = mine_here(name, text, &[options, &["--quiet"]].concat());
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", ran.stdout));

    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("mine() {{ \"$MINE\" \"$@\"; }}\n{advised}")]);
    shell.env("MINE", command([""]).get_program()).current_dir(folder.path()).stdin(Stdio::null());
    let ran = Ran::of(shell.output().unwrap());
    assert!(!ran.stderr.contains("does not look"), "{}", ran.stderr);
    assert_eq!(ran.text(), expected);
}

#[test]
fn a_table_of_sales() {
    assert_advised(
        "long retail.csv",
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer\n\
         10001,A1,\"LAMP, RED\",6,2024-01-03 08:26,2.55,7\n\
         10001,A2,CLOCK,2,2024-01-03 08:26,3.39,7\n\
         10002,A1,\"LAMP, RED\",1,2024-01-03 09:00,2.55,8\n\
         10002,A2,CLOCK,1,2024-01-03 09:00,3.39,8\n\
         C10003,A2,CLOCK,-1,2024-01-04 10:00,3.39,8\n\
         10004,A3,,0,2024-01-04 10:30,0,\n",
        &["--min-count", "1"],
        &[
            "line 1 looks like the names of columns: \"Invoice\", \"StockCode\", \"Description\", \"Quantity\", \
             \"InvoiceDate\", \"Price\", \"Customer\"",
            "the lines look like rows of a table with one item each: column \"Invoice\" is \"10001\" in 2 rows",
        ],
        "mine 'long retail.csv' --format long --basket-columns Invoice --item-column Description --quantity-column \
         Quantity --exclude-basket 'C*' --min-count 1",
        "CLOCK (2)\n\"LAMP, RED\" (2)\nCLOCK,\"LAMP, RED\" (2)\n",
    );
    // Several columns are the key.
    assert_advised(
        "sales.csv",
        "Member number;Date;Item name\n1;1/2;milk\n1;1/2;bread\n2;1/2;milk\n1;3/2;bread\n2;1/2;tea\n",
        &["--lenient", "--min-count=1"],
        &[
            "`;` looks like the delimiter, and not `,`: it is in 6 of 6 lines",
            "line 1 looks like the names of columns: \"Member number\", \"Date\", \"Item name\"",
            "the lines look like rows of a table with one item each: column \"Member number\" is \"1\" in 3 rows",
        ],
        "mine sales.csv --format long --delimiter ';' --basket-columns 'Member number,Date' --item-column 'Item name' \
         --lenient --min-count=1",
        "bread (2)\nmilk (2)\nbread;milk (1)\ntea (1)\nmilk;tea (1)\n",
    );
}

#[test]
fn options_of_other_formats_are_left_out() {
    assert_advised(
        "sales.csv",
        "order,product,n\n1,milk,2\n1,bread,1\n2,milk,1\n",
        &["--header", "--weight-column=n", "--id-column", "order", "--min-count", "1"],
        &["the lines look like rows of a table with one item each: column \"order\" is \"1\" in 2 rows"],
        "mine sales.csv --format long --basket-columns order --item-column product --min-count 1",
        "milk (2)\nbread (1)\nbread,milk (1)\n",
    );
}

#[test]
fn a_table_without_names() {
    assert_advised(
        "pairs.txt",
        "1 17\n1 18\n2 17\n2 18\n3 17\n3 19\n",
        &["--min-count", "2"],
        &["the lines look like rows of a table with one item each: column \"1\" is \"1\" in 2 rows"],
        "mine pairs.txt --format long --delimiter whitespace --basket-columns 1 --item-column 2 --no-header \
         --min-count 2",
        "17 (3)\n18 (2)\n17 18 (2)\n",
    );
}

#[test]
fn baskets_below_names() {
    assert_advised(
        "header.csv",
        "item1,item2,item3\npear,plum,\npear,plum,fig\nfig,plum,\n",
        &["--min-count", "1", "--rules"],
        &["line 1 looks like the names of columns: \"item1\", \"item2\", \"item3\""],
        "mine header.csv --header --min-count 1 --rules",
        "fig => plum (2 2 3)\nplum => fig (2 3 2)\npear => plum (2 2 3)\nplum => pear (2 3 2)\n\
         pear => fig (1 2 2)\nfig => pear (1 2 2)\nfig,pear => plum (1 1 3)\npear,plum => fig (1 2 2)\n\
         fig,plum => pear (1 2 2)\n",
    );
    assert_advised(
        "ids.csv",
        "receipt,first,second\n17,pear,plum\n18,pear,\n",
        &["--min-count=1"],
        &["line 1 looks like the names of columns: \"receipt\", \"first\", \"second\""],
        "mine ids.csv --id-column receipt --header --min-count=1",
        "pear (2)\nplum (1)\npear,plum (1)\n",
    );
}

#[test]
fn tables_with_a_column_per_item() {
    assert_advised(
        "onehot.csv",
        "bread,milk,beer\n1,1,0\n1,0,0\n0,0,1\n1,1,0\n",
        &["--min-count", "1"],
        &["the lines look like rows of a table with a column per item: 3 columns say yes or no"],
        "mine onehot.csv --format one-hot --min-count 1",
        "bread (3)\nmilk (2)\nbread,milk (2)\nbeer (1)\n",
    );
    assert_advised(
        "onehot.txt",
        "visit\tbread\tmilk\n17\tyes\tno\n18\tyes\tyes\n",
        &["--min-count", "1"],
        &["the lines look like rows of a table with a column per item: 2 columns say yes or no"],
        "mine onehot.txt --format one-hot --delimiter tab --not-items visit --min-count 1",
        "bread (2)\nmilk (1)\nbread\tmilk (1)\n",
    );
    assert_advised(
        "numbers.csv",
        "1,0,1\n0,0,1\n1,0,1\n",
        &["--min-count", "1"],
        &["the lines look like rows of a table with a column per item: 3 columns say yes or no"],
        "mine numbers.csv --format attributes --null 0 --no-header --min-count 1",
        "3=1 (3)\n1=1 (2)\n1=1,3=1 (2)\n",
    );
    assert_advised(
        "sparse.txt",
        "beer:1 chips:1\nbeer:1 wine:0\n",
        &["--min-count", "1"],
        &["items look like \"beer:1\", with a number that says whether they are there"],
        "mine sparse.txt --format one-hot --delimiter whitespace --sparse --min-count 1",
        "beer (2)\nchips (1)\nbeer chips (1)\n",
    );
}

#[test]
fn words_and_delimiters() {
    assert_advised(
        "padded.csv",
        "pear,plum,,\nplum,,,\npear,plum,fig,nan\nfig,nan,nan,NA\npear,plum,,\n",
        &["--min-count", "1", "--rules"],
        &[
            "the item \"nan\" looks like a missing value: it occurs 3 times, first in line 3",
            "the item \"NA\" looks like a missing value: it occurs once, first in line 4",
        ],
        "mine padded.csv --null nan --null NA --min-count 1 --rules",
        "pear => plum (3 3 4)\nplum => pear (3 4 3)\nfig => plum (1 2 4)\nfig => pear (1 2 3)\n\
         fig,pear => plum (1 1 4)\nfig,plum => pear (1 1 3)\n",
    );
    assert_advised(
        "semicolon.csv",
        "pear;plum\npear;plum\nfig;plum\n",
        &["--min-count", "1", "--count"],
        &["`;` looks like the delimiter, and not `,`: it is in 3 of 3 lines"],
        "mine semicolon.csv --delimiter ';' --min-count 1 --count",
        "5\n",
    );
    assert_advised(
        "excel.csv",
        "sep=;\npear;plum\npear;fig\n",
        &["--delimiter", "|", "--min-count", "1", "--max-len=1"],
        &["line 1 is no data: it says that the delimiter is `;`, as Excel writes it"],
        "tail -n +2 excel.csv | mine - --delimiter ';' --min-count 1 --max-len=1",
        "pear (2)\nfig (1)\nplum (1)\n",
    );
    assert_advised(
        "nbsp.csv",
        "milk\u{a0},bread\nmilk,bread\n\u{3000}milk,bread\nmilk\u{200b},bread\n",
        &["--min-count", "1"],
        &["3 items begin or end with white space that is not removed: the first is \"milk\\u{a0}\" in line 1"],
        "mine nbsp.csv --trim unicode --min-count 1",
        "bread (4)\nmilk (4)\nbread,milk (4)\n",
    );
    assert_advised(
        "case.csv",
        "Beer,chips\nbeer,chips\n",
        &["--min-count", "1"],
        &["\"Beer\" and \"beer\" differ only in letter case"],
        "mine case.csv --case-fold --min-count 1",
        "beer (2)\nchips (2)\nbeer,chips (2)\n",
    );
}

#[test]
fn whole_lines() {
    assert_advised(
        "comments.txt",
        "# made by hand\n% second remark\n\n1 2\n1 2\n2\n",
        &["--min-count", "1"],
        &[
            "1 line begins with `#`, as comments do: the first is line 1",
            "1 line begins with `%`, as comments do: the first is line 2",
        ],
        "grep -vE '^[[:space:]]*(%)' comments.txt | mine - --comment '#' --min-count 1",
        "2 (3)\n1 (2)\n1 2 (2)\n",
    );
    assert_advised(
        "quoted.csv",
        "\"pear,plum\"\r\n\"pear,\"\"6\"\"\"\" nail\"\"\"\r\n",
        &["--min-count", "1", "--max-len", "1"],
        &["2 lines are in quotes as a whole, and so one item each: the first is line 1"],
        "sed 's/^\"//; s/\"\\r*$//; s/\"\"/\"/g' quoted.csv | mine - --delimiter , --min-count 1 --max-len 1",
        "pear (2)\n\"6\"\" nail\" (1)\nplum (1)\n",
    );
}

#[test]
fn what_no_option_changes() {
    let (_folder, ran) = mine_here("one.csv", "pear\nplum\npear\n", &[]);
    assert_eq!(
        ran.stderr,
        "one.csv does not look like what the options say:\n  none of the first 3 lines has more than one item\nNo \
         option changes that (--quiet hides this)\n"
    );
}

#[test]
fn nothing_is_told_of_what_is_right() {
    for (name, text, options) in [
        ("quoted.txt", "\"whole milk\" soda\n\"whole milk\" soda\n", &["--rules"][..]),
        ("a.csv", "pear,plum\nplum,fig\n", &[]),
        ("b.csv", "order,product\n1,a\n1,b\n", &["--format", "long", "--basket-columns", "1", "--item-column=2"]),
        ("c.csv", "id,a,b\n1,1,0\n2,1,1\n", &["--format", "one-hot", "--not-items", "id"]),
        ("d.csv", "id,a\n1,NA\n2,Na\n", &["--format", "attributes", "--not-items", "id", "--null", "NA"]),
    ] {
        let (_folder, ran) = mine_here(name, text, options);
        assert!(!ran.stderr.contains("look"), "{}", ran.stderr);
        assert_eq!(ran.status, Some(0), "{}", ran.stderr);
    }
    assert_eq!(mine_text("pear;plum\npear;plum\n", ["--delimiter", ","]).stderr, "");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv");
    let ran = Ran::of(command([sample, "--count"]).output().unwrap());
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
}

/// JSON that breaks the format of baskets, which is told before the error.
#[test]
fn json_that_is_no_basket_is_told() {
    let text = "{\"order_id\":1,\"product\":{\"name\":\"beer\",\"sku\":7},\"qty\":2}\n{\"order_id\":1,\"product\":{\"name\":\"chips\",\"sku\":8},\"qty\":1}\n";
    let (_folder, ran) = mine_here("orders.csv", text, &[]);
    assert_eq!(ran.status, Some(1));
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines[..2],
        ["orders.csv does not look like what the options say:", "  lines look like JSON: the first is line 1"]
    );
    let advised =
        "  mine orders.csv --format jsonl --basket-columns order_id --item-column product.name --quantity-column qty";
    assert_eq!((lines[3], lines.len()), (advised, 5));
    assert!(lines[4].starts_with("error: orders.csv: line 1: "), "{}", lines[4]);
    let (_folder, ran) = mine_here("orders.csv", text, &["--quiet"]);
    ran.refused(1, &["orders.csv: line 1: "]);
}
