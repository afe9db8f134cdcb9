//! A file that is read twice on the command line: the same output, and what is said before the second pass.

use std::fs;

use tempfile::TempDir;

#[cfg(target_os = "linux")]
use super::program::command;
use super::program::{mine, mine_text};
#[cfg(target_os = "linux")]
use super::refusals::assert_only;
use super::tables::mine_file;

const LONG: [&str; 6] = ["--format", "long", "--basket-columns", "order", "--item-column", "item"];

/// Line items of 400 orders of 1 to 8 items, in the order of the keys or not, with items of all counts.
fn table(in_order: bool) -> String {
    let row = |row: u32| {
        let key = if in_order { row / 5 } else { row.wrapping_mul(2_654_435_761) % 400 };
        let draw = row.wrapping_mul(2_246_822_519) >> 20;
        format!("{},item {}\n", 1000 + key, 10 * (key % 5) + draw % (1 + draw % 20))
    };
    "order,item\n".to_string() + &(0..2000).map(row).collect::<String>()
}

#[test]
fn the_output_is_that_of_one_pass() {
    for in_order in [true, false] {
        let text = table(in_order);
        for options in [
            &["--min-support", "0.02"][..],
            &["--min-count", "30", "--target", "closed"],
            &["--min-count", "20", "--target", "maximal", "--max-len", "2"],
            &["--rules", "--min-confidence", "0.1"],
            &["--rules", "--consequents", "any", "--significant", "0.05", "--top-k", "5"],
            &["--stream", "--min-len", "2"],
            &["--count"],
            &["--must-contain", "item 1", "--must-contain", "item 0", "--min-count", "3"],
            &["--threads", "1", "--output-format", "jsonl"],
        ] {
            let once = mine_file("sales.csv", &text, &[&LONG[..], options].concat()).text();
            assert!(!once.is_empty());
            let ran = mine_file("sales.csv", &text, &[&LONG[..], options, &["--two-pass"]].concat());
            let told = ran.stderr.lines().next().unwrap_or_default();
            assert!(told.starts_with("sales.csv: ") && told.contains(" of memory"), "{}", ran.stderr);
            assert_eq!(ran.text(), once, "{options:?}");
        }
    }
    let text = "beer diapers\nbeer\n\nwine wine\n";
    for options in [&["--min-count", "2"][..], &["--format", "attributes", "--min-count", "2"]] {
        let two = mine_file("sales.txt", text, &[options, &["--two-pass", "--quiet"]].concat());
        assert_eq!(two.stderr, "");
        assert_eq!(two.text(), mine_file("sales.txt", text, options).text());
    }
}

#[test]
fn the_summary_is_that_of_the_file() {
    let options = [&LONG[..], &["--min-count", "40", "--summary", "json", "--two-pass"]].concat();
    let ran = mine_file("sales.csv", table(false), &options);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].contains(" of 60 items can be in 40 baskets or more; with "), "{}", ran.stderr);
    let summary = ran.summary();
    assert_eq!((&summary["transactions"], &summary["items"]), (&400.into(), &60.into()));
    assert_eq!(summary["read_report"]["rows"], 2000);
}

/// What does not fit in memory is written, and nothing is left of it.
#[test]
fn keys_without_room_are_written() {
    let rows = (0..300_000u32).map(|row| format!("{},item {}\n", row.wrapping_mul(2_654_435_761) % 150_000, row % 7));
    let text = "order,item\n".to_string() + &rows.collect::<String>();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sales.csv");
    let temporary = TempDir::new().unwrap();
    fs::write(&file, text).unwrap();
    let options = [&[file.to_str().unwrap()], &LONG[..], &["--min-count", "20000"]].concat();
    let once = mine(&options).text();
    let more = ["--two-pass", "--temporary-folder", temporary.path().to_str().unwrap(), "--max-memory"];
    let ran = mine([&options[..], &more, &["1500000"]].concat());
    assert_eq!(ran.status, Some(1), "{}", ran.stderr);
    let ran = mine([&options[..], &more, &["22000000"]].concat());
    assert!(ran.stderr.contains(" of temporary files"), "{}", ran.stderr);
    assert_eq!(ran.text(), once);
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    let more = ["--two-pass", "--quiet", "--max-memory", "22000000", "--temporary-folder", "no/such/folder"];
    mine([&options[..], &more].concat())
        .refused(1, &["sales.csv: the temporary file in no/such/folder: ", "; --temporary-folder sets another folder"]);
}

#[test]
fn what_cannot_be_read_twice_is_refused() {
    mine_text("a b\n", ["--two-pass"]).refused(2, &["--two-pass needs a file: standard input can be read only once"]);
    for options in [
        &["--describe"][..],
        &["--suggest", "5"],
        &["--estimate"],
        &["--top-k", "3"],
        #[cfg(feature = "random")]
        &["--rules", "--holdout", "0.5", "--significant", "0.05"],
    ] {
        mine([&["x", "--two-pass"], options].concat()).refused(
            2,
            &["--two-pass holds only", options[options.len().min(2) - 1].trim_start_matches(char::is_numeric)],
        );
    }
    mine(["x", "--temporary-folder", "y"])
        .refused(2, &["--temporary-folder is allowed only with --two-pass or --on-disk"]);
    let folder = TempDir::new().unwrap();
    mine([folder.path().to_str().unwrap(), "--two-pass"])
        .refused(2, &["invalid --two-pass: `", "`, which is no file (expected a file or bytes in memory"]);
    mine(["no/such/file", "--two-pass"]).refused(1, &["no/such/file: "]);
    let ran = mine_file("sales.txt", "a b\nc \0\n", &["--two-pass"]);
    ran.refused(1, &["sales.txt: line 2: a NUL byte"]);
    let text: String = (0..5000).map(|row| format!("item {row}\n")).collect();
    mine_file("sales.csv", text, &["--two-pass", "--max-memory", "100000"]).refused(
        1,
        &["sales.csv: the labels of all items take about", "--max-memory 100000 allows less: raise the limit"],
    );
}

#[test]
fn the_output_is_that_of_a_search_on_disk() {
    let temporary = TempDir::new().unwrap();
    let folder = ["--temporary-folder", temporary.path().to_str().unwrap()];
    for in_order in [true, false] {
        let text = table(in_order);
        for options in [
            &["--min-support", "0.02"][..],
            &["--min-count", "30", "--max-len", "2", "--algorithm", "eclat"],
            &["--min-count", "20", "--min-len", "2", "--output-format", "csv"],
            &["--rules", "--min-confidence", "0.1"],
            &["--rules", "--exclude", "item 1", "--min-confidence", "0.1"],
            &["--rules", "--consequents", "any", "--significant", "0.05", "--top-k", "5"],
            &["--count"],
            &["--threads", "1", "--output-format", "jsonl"],
        ] {
            let once = mine_file("sales.csv", &text, &[&LONG[..], options].concat()).text();
            assert!(!once.is_empty());
            for limit in [&[][..], &["--max-memory", "1000000"]] {
                let ran = mine_file("sales.csv", &text, &[&LONG[..], options, &["--on-disk"], &folder, limit].concat());
                assert_eq!(ran.text(), once, "{options:?} {limit:?}");
            }
        }
    }
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0);
    let ran = mine_file("sales.csv", table(true), &[&LONG[..], &["--on-disk", "--summary", "json"]].concat());
    let summary = ran.summary();
    assert_eq!(
        (&summary["transactions"], &summary["items"], &summary["min_count"]),
        (&400.into(), &59.into(), &4.into())
    );
    assert_eq!(summary["read_report"]["rows"], 2000);
}

/// The temporary file has no name, so it is gone with the run.
#[test]
#[cfg(target_os = "linux")]
fn a_search_on_disk_that_is_killed_leaves_nothing_and_goes_through_again() {
    let (folder, temporary) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = folder.path().join("sales.txt");
    let draw = |row: u32, item: u32| row.wrapping_mul(2_654_435_761).wrapping_mul(2 * item + 1) >> 23;
    let row = |row: u32| (0..8).map(|item| format!("{} ", draw(row, item))).collect::<String>() + "\n";
    fs::write(&file, (0..60_000).map(row).collect::<String>()).unwrap();
    let plain = [file.to_str().unwrap(), "--min-count", "100"];
    let more = ["--on-disk", "--max-memory", "20000000", "--temporary-folder", temporary.path().to_str().unwrap()];
    let on_disk = [&plain[..], &more].concat();
    let mut child = command(&on_disk).spawn().unwrap();
    let open = format!("/proc/{}/fd", child.id());
    let is_open = || {
        let mut files =
            fs::read_dir(&open).into_iter().flatten().flatten().filter_map(|file| fs::read_link(file.path()).ok());
        files.any(|path| path.starts_with(temporary.path()))
    };
    let mut was_open = false;
    while !was_open && child.try_wait().unwrap().is_none() {
        was_open = is_open();
    }
    child.kill().unwrap();
    assert!(was_open && !child.wait_with_output().unwrap().status.success());
    assert_only(temporary.path(), &[]);
    let found = mine(&on_disk).text();
    assert!(found.lines().count() > 500, "{found}");
    assert_eq!(found, mine(plain).text());
    assert_only(temporary.path(), &[]);
}

#[test]
fn what_needs_all_baskets_is_no_search_on_disk() {
    for (options, named) in [
        (&["--target", "closed"][..], "another --target"),
        (&["--algorithm", "apriori"], "--algorithm apriori"),
        (&["--exclude", "a"], "--exclude without --rules"),
        (&["--max-itemsets", "3"], "--max-itemsets"),
        (&["--allow-partial"], "--allow-partial"),
        (&["--stream"], "--stream"),
        (&["--rules", "--report", "x.html"], "--report"),
    ] {
        mine([&["x", "--on-disk"], options].concat()).refused(2, &["--on-disk finds all itemsets", named]);
    }
    mine_text("a b\n", ["--on-disk"]).refused(2, &["needs a file: standard input can be read only once"]);
    mine(["no/such/file", "--on-disk"]).refused(1, &["no/such/file: "]);
    let options = ["--on-disk", "--min-count", "1", "--temporary-folder", "no/such/folder"];
    mine_file("sales.txt", "a b\n", &options)
        .refused(1, &["sales.txt: the temporary file in no/such/folder: ", "; --temporary-folder sets another folder"]);
}
