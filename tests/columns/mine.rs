//! `mine` on Parquet files.

use std::fs;
use std::path::Path;

use itemset::Measure;
use itemset::io::{read_itemsets_parquet, read_rules_parquet};
use tempfile::TempDir;

use crate::program::{Ran, mine};

/// The path of a file of the tests.
fn data(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/columns/data");
    folder.join(name).to_str().unwrap().to_string()
}

/// `mine` with such a file, reported by its name alone.
fn mine_data(name: &str, arguments: &[&str]) -> Ran {
    let file = data(name);
    let mut ran = mine([&[&file[..], "--min-count", "1"], arguments].concat());
    ran.stderr = ran.stderr.replace(&file, name);
    ran
}

const LONG: [&str; 4] = ["--basket-columns", "receipt", "--item-column", "item"];

#[test]
fn layouts_follow_from_the_columns() {
    let expected = "beer (3)\n\"🍺, cold\" (1)\ndiapers (1)\nbeer,diapers (1)\n";
    for format in [&[][..], &["--format", "parquet"], &["--format", "long"]] {
        let ran = mine_data("polars_zstd.parquet", &[&LONG[..], &["--quantity-column", "n"], format].concat());
        assert_eq!(
            ran.stderr,
            "polars_zstd.parquet: 4 baskets with 5 items from 8 rows\n  \
             1 row skipped: its quantity is 0 or less, a return\n  \
             1 row skipped: it has no item\n  \
             1 row skipped: it has no quantity\n"
        );
        let mut lines: Vec<String> = ran.text().lines().map(str::to_string).collect();
        let mut wanted: Vec<&str> = expected.lines().collect();
        lines.sort();
        wanted.sort_unstable();
        assert_eq!(lines, wanted);
    }
    let ran = mine_data("pyarrow_lists_zstd.parquet", &["--item-column", "items", "--count", "--quiet"]);
    assert_eq!(ran.text(), "6\n");
    let ran = mine_data("polars_zstd.parquet", &["--format", "attributes", "--not-items", "receipt,n", "--quiet"]);
    assert!(ran.text().contains("item=beer (4)\n"));
    let ran = mine_data("polars_zstd.parquet", &["--not-items", "receipt,item", "--lenient", "--quiet"]);
    assert_eq!(ran.text(), "n (6)\n");
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |arguments: &[&str], words: &[&str]| mine_data("polars_zstd.parquet", arguments).refused(2, words);
    refused(&[&LONG[..], &["--delimiter", ";"]].concat(), &["--delimiter", "Parquet"]);
    refused(&[&LONG[..], &["--header"]].concat(), &["--header", "Parquet"]);
    refused(&[&LONG[..], &["--encoding", "latin-1"]].concat(), &["--encoding", "utf-8"]);
    refused(&[&LONG[..], &["--not-items", "n"]].concat(), &["--not-items", "--item-column"]);
    refused(&[&LONG[..], &["--weight-column", "n"]].concat(), &["--weight-column", "--basket-columns"]);
    refused(&LONG[..2], &["--basket-columns", "--item-column"]);
    refused(&["--quantity-column", "n", "--item-column", "item"], &["--quantity-column", "--basket-columns"]);
    refused(&[&LONG[..], &["--output-format", "parquet"]].concat(), &["--output-format parquet", "--output"]);
    let refused = |arguments: &[&str], words: &[&str]| mine_data("polars_zstd.parquet", arguments).refused(1, words);
    refused(&["--item-column", "item"], &["column 2, \"item\": text", "lists"]);
    refused(&["--item-column", "items"], &["`items`", "`receipt`, `item`, `n`"]);
    refused(&["--format", "basket"], &["Parquet", "--format parquet"]);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("half.parquet");
    let whole = fs::read(data("polars_zstd.parquet")).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    mine([&[file.to_str().unwrap()], &LONG[..]].concat()).refused(1, &["half.parquet", "cut off"]);
}

#[test]
fn results_are_parquet() {
    let folder = TempDir::new().unwrap();
    let output = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let file = output("rules.parquet");
    let more = ["--rules", "--measures", "lift,conviction", "--output-format", "parquet", "--output", &file, "--quiet"];
    assert_eq!(mine_data("polars_zstd.parquet", &[&LONG[..], &more].concat()).text(), "");
    let rules: Vec<_> = read_rules_parquet(Path::new(&file)).unwrap().map(Result::unwrap).collect();
    let rule = rules.iter().find(|rule| rule.antecedent == ["diapers"]).unwrap();
    assert_eq!((&rule.consequent[0][..], rule.value(Measure::Conviction)), ("beer", Some(f64::INFINITY)));
    let mut files = Vec::new();
    for (name, stream) in [("all.parquet", &[][..]), ("streamed.parquet", &["--stream"])] {
        let file = output(name);
        let more = ["--output-format", "parquet", "--output", &file, "--quiet"];
        assert_eq!(mine_data("polars_zstd.parquet", &[&LONG[..], &more, stream].concat()).text(), "");
        assert_eq!(read_itemsets_parquet(Path::new(&file)).unwrap().filter(Result::is_ok).count(), 6);
        files.push(fs::read(file).unwrap());
    }
    assert_eq!(files[0], files[1]);
}
