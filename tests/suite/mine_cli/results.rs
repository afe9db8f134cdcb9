//! Results in every output format.

use std::collections::BTreeMap;
use std::fs;

use itemset::io::{BasketReader, Delimiter, TextWriter};
use itemset::{Contingency, Correction, Measure, MinSupport, Miner, Rules};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{mine, mine_text};

/// Draws numbers below the one that it is given, the same ones for the same seed.
fn draws(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

/// Baskets of a file with some structure: `rows` of them, of up to 12 of 40 items, the low ones often.
fn made_up(rows: usize) -> Vec<String> {
    let mut draw = draws(7);
    let row = |_| {
        let items = (0..1 + draw(12)).map(|_| draw(40).min(draw(40)).to_string());
        items.collect::<Vec<_>>().join(" ")
    };
    (0..rows).map(row).collect()
}

/// Supermarket labels with everything in them that has a meaning somewhere.
const AWKWARD: &str = "\"milk, whole\",\"6\"\" nails\",a;b,back\\slash\n\"milk, whole\",\"6\"\" nails\",a;b,back\\slash\n\"two\nlines\",=>,\"milk, whole\"\n\"two\nlines\",=>,\"milk, whole\"\n";

/// FNV-1a of 64 bits.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The engines, by name.
const ENGINES: [&str; 3] = ["apriori", "fp-growth", "eclat"];

/// Numbers of threads that this build can run on.
const THREADS: &[&str] = if cfg!(feature = "rayon") { &["1", "2", "8"] } else { &["1"] };

#[test]
fn bytes_are_the_same_for_every_engine_and_thread_count() {
    let mut rows = made_up(2000);
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (file, sorted, shuffled) = (path("baskets.dat"), path("sorted.dat"), path("shuffled.dat"));
    fs::write(&file, rows.join("\n")).unwrap();
    let mut draw = draws(8);
    for last in (1..rows.len()).rev() {
        rows.swap(last, draw(last as u64 + 1) as usize);
    }
    fs::write(&shuffled, rows.join(" \r\n\r\n")).unwrap();
    rows.sort();
    fs::write(&sorted, rows.join("\n")).unwrap();

    let itemsets = ["--min-support", "0.01"];
    let rules = ["--min-count", "30", "--rules", "--consequents", "any", "--min-confidence", "0.3"];
    // The digests hold builds with different features to the same bytes.
    for (options, lines, expected) in
        [(&itemsets[..], 1671, 0x5eb7_23d7_2986_68df), (&rules[..], 545, 0xdded_6700_28da_3fa8)]
    {
        let run = |file: &str, more: &[&str]| mine([&[file], options, more].concat()).text();
        let text = run(&file, &[]);
        assert_eq!((text.lines().count(), digest(&text)), (lines, expected), "{options:?}");
        for algorithm in ENGINES.into_iter().chain(["auto"]) {
            for &threads in THREADS {
                let other = run(&file, &["--algorithm", algorithm, "--threads", threads]);
                assert!(other == text, "{algorithm} {threads}");
            }
            for file in [&sorted, &shuffled] {
                assert!(run(file, &["--algorithm", algorithm]) == text, "{algorithm} {file}");
            }
        }
    }
}

#[test]
fn text_lines_are_as_documented() {
    let text = "beer diapers chips\nbeer diapers\ndiapers wipes\nchips\n";
    let itemsets = mine_text(text, ["--min-support", "0.5"]).text();
    assert_eq!(itemsets, "diapers (3)\nbeer (2)\nbeer diapers (2)\nchips (2)\n");
    let rules = mine_text(text, ["--min-support", "0.5", "--rules", "--min-confidence", "0.6"]).text();
    assert_eq!(rules, "beer => diapers (2 2 3)\ndiapers => beer (2 3 2)\n");
    let rules = mine_text(
        text,
        ["--min-count", "1", "--rules", "--consequents", "any", "--min-confidence", "1", "--min-len", "3"],
    );
    let expected = "beer chips => diapers (1 1 3)\nchips diapers => beer (1 1 2)\n";
    assert_eq!(rules.text().lines().collect::<Vec<_>>(), expected.lines().collect::<Vec<_>>());
}

#[test]
fn pmml_is_one_document() {
    let run = |options: &[&'static str]| {
        mine_text(AWKWARD, [&["--delimiter", ",", "--output-format", "pmml"], options].concat())
    };
    let rules = run(&["--min-count", "2", "--rules", "--min-confidence", "0.5"]).text();
    let document = roxmltree::Document::parse(&rules).unwrap();
    let of = |name| document.descendants().filter(move |node| node.tag_name().name() == name);
    let labels: Vec<_> = of("Item").filter_map(|item| item.attribute("value")).collect();
    assert!(
        ["milk, whole", "6\" nails", "a;b", "back\\slash", "two\nlines", "=>"]
            .iter()
            .all(|label| labels.contains(label))
    );
    let text =
        mine_text(AWKWARD, ["--delimiter", ",", "--min-count", "2", "--rules", "--min-confidence", "0.5"]).text();
    assert_eq!(of("AssociationRule").count(), text.matches(" => ").count());
    let nothing = run(&["--min-count", "5"]).text();
    assert!(nothing.contains("numberOfTransactions=\"4\" numberOfItems=\"0\""), "{nothing}");
    let unfit = mine_text("a\u{1}b\n", ["--output-format", "pmml"]);
    unfit.refused(1, &["standard output", "\"a\\u{1}b\"", "CSV"]);
}

#[test]
fn baskets_are_described() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv");
    let page = mine([path, "--describe"]).text();
    assert!(page.contains("  baskets          11,500 ") && page.contains("  20  natural yoghurt "), "{page}");
    let ran = mine([path, "--describe", "--output-format", "jsonl", "--top-k", "3", "--summary", "json"]);
    assert_eq!(ran.summary()["patterns"], 0);
    let text = ran.text();
    assert_eq!(text.matches('\n').count(), 1);
    let object: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((object["items"].as_array().unwrap().len(), &object["items"][0]["item"]), (3, &json!("bananas")));
    #[cfg(feature = "serde")]
    {
        let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read_file(path).unwrap();
        let mut expected = serde_json::to_value(baskets.describe(3).unwrap()).unwrap();
        // The capacity of arrays depends on how many threads read.
        expected["summary"]["bytes"] = object["summary"]["bytes"].clone();
        assert_eq!(object, expected);
    }
}

/// Baskets as shops have them.
#[test]
fn messy_baskets() {
    let text = "# made by hand\nMilk\u{a0},bread\n  # \"\nmilk,Bread,milk\n\u{3000}milk,beer\n";
    let options = ["--delimiter", ",", "--comment", "#", "--trim", "unicode", "--case-fold", "--min-count", "2"];
    let expected = "milk (3)\nbread (2)\nbread,milk (2)\n";
    assert_eq!(mine_text(text, options).text(), expected);
    let run = |more: &[&'static str]| mine_text(text, [&options[..], more].concat()).text();
    assert_eq!(run(&["--must-contain", "BREAD"]), "bread (2)\nbread,milk (2)\n");
    assert_eq!(run(&["--rules", "--consequent", "Milk"]), "bread => milk (2 2 3)\n");
    let spaces = mine_text("a, a\na, a\n", ["--delimiter", ",", "--trim", "none", "--min-count", "2"]).text();
    assert_eq!(spaces, "\" a\" (2)\na (2)\n\" a\",a (2)\n");
}

#[test]
fn weights() {
    let repeated = "a b\n".repeat(30) + &"a\n".repeat(70) + &"b c\n".repeat(3);
    let weighted = "a b 30\na 070\nd 0\nb c 3\n";
    for options in [&["--min-count", "3"][..], &["--min-support", "0.02", "--rules", "--min-confidence", "0"]] {
        let expected = mine_text(&repeated, options.iter().copied()).text();
        assert!(expected.lines().count() > 3);
        assert_eq!(mine_text(weighted, [&["--weight-last"], options].concat()).text(), expected);
    }
    let summary = mine_text(weighted, ["--weight-last", "--summary", "json"]).summary();
    assert_eq!((&summary["transactions"], &summary["items"]), (&103.into(), &3.into()));
}

#[test]
fn targets() {
    let text = "beer diapers chips\nbeer diapers\ndiapers wipes\nchips diapers\n";
    for (target, expected) in [
        ("all", "diapers (4)\nbeer (2)\nbeer diapers (2)\nchips (2)\nchips diapers (2)\n"),
        ("closed", "diapers (4)\nbeer diapers (2)\nchips diapers (2)\n"),
        ("maximal", "beer diapers (2)\nchips diapers (2)\n"),
        ("generators", "beer (2)\nchips (2)\n"),
    ] {
        let options = ["--min-count", "2", "--target", target];
        let ran = mine_text(text, [&options[..], &["--summary", "json"]].concat());
        let patterns = expected.lines().count();
        let summary = ran.summary();
        assert_eq!(summary["patterns"], patterns);
        assert_eq!(ran.text(), expected, "{target}");
        let counted = mine_text(text, [&options[..], &["--count", "--summary", "json"]].concat());
        assert_eq!(counted.summary()["by_len"], summary["by_len"]);
        assert_eq!(counted.text(), format!("{patterns}\n"));
        let json = mine_text(text, [&options[..], &["--output-format", "jsonl", "--min-len", "2"]].concat()).text();
        assert_eq!(json.lines().count(), expected.lines().filter(|line| line.split(' ').count() > 2).count());
    }
    let closed = mine_text(text, ["--min-count", "1", "--target", "closed", "--max-len", "2"]).text();
    assert_eq!(closed, "diapers (4)\nbeer diapers (2)\nchips diapers (2)\ndiapers wipes (1)\n");
    let ran = mine_text(text, ["--target", "maximal", "--algorithm", "apriori"]);
    assert!(ran.stderr.contains("invalid --algorithm: apriori"), "{}", ran.stderr);
}

#[test]
fn every_engine_counts_itemsets_of_some_length() {
    let text = "beer diapers chips\nbeer diapers\ndiapers wipes\nchips diapers\n";
    for algorithm in ["auto", "apriori", "fp-growth", "eclat"] {
        let options = ["--min-count", "2", "--count", "--min-len", "2", "--algorithm", algorithm];
        assert_eq!(mine_text(text, options).text(), "2\n", "{algorithm}");
    }
}

#[test]
fn constrained_itemsets_are_printed() {
    let text = "beer diapers chips\nbeer diapers\ndiapers wipes\nchips diapers\n";
    let run = |options: &[&str]| mine_text(text, [options, &["--summary", "json"]].concat());
    let two = ["--min-count", "2"];
    let ran = run(&[&two[..], &["--must-contain", "beer"]].concat());
    assert_eq!((&ran.summary()["by_len"], &ran.summary()["min_count"]), (&json!([1, 1]), &json!(2)));
    assert_eq!(ran.text(), "beer (2)\nbeer diapers (2)\n");
    let ran = run(&[&two[..], &["--exclude", "beer", "--exclude", "wipes"]].concat());
    assert_eq!(ran.text(), "diapers (4)\nchips (2)\nchips diapers (2)\n");
    let ran = run(&[
        "--min-count",
        "1",
        "--must-contain",
        "beer",
        "--must-contain",
        "diapers",
        "--exclude",
        "x",
        "--min-len",
        "3",
    ]);
    assert_eq!(ran.text(), "beer chips diapers (1)\n");
    assert_eq!(run(&["--must-contain", "x"]).text(), "");
    assert_eq!(run(&[&two[..], &["--must-contain", "beer", "--count"]].concat()).text(), "2\n");

    let ran = run(&["--top-k", "3", "--threads", "1"]);
    let summary = ran.summary();
    for (field, expected) in [
        ("patterns", json!(3)),
        ("by_len", json!([2, 1])),
        ("min_count", json!(2)),
        ("algorithm", json!("eclat")),
        ("threads", json!(1)),
        ("complete", json!(true)),
    ] {
        assert_eq!(summary[field], expected, "{field}");
    }
    assert_eq!(ran.text(), "diapers (4)\nbeer (2)\nbeer diapers (2)\n");
    assert_eq!(run(&["--top-k", "1", "--min-len", "3"]).text(), "beer chips diapers (1)\n");
    assert_eq!(
        run(&["--top-k", "9", "--min-len", "2", "--max-len", "2", "--exclude", "diapers"]).text(),
        "beer chips (1)\n"
    );
    let json = run(&["--top-k", "2", "--min-len", "2", "--output-format", "jsonl"]).text();
    assert_eq!(
        json,
        "{\"items\":[\"beer\",\"diapers\"],\"count\":2,\"support\":0.5}\n{\"items\":[\"chips\",\"diapers\"],\"count\":2,\"support\":0.5}\n"
    );
}

#[test]
fn lengths_and_counts_filter() {
    let text = "a b c d\na b c d\na b\n";
    let lines = |options: &[&str], engine| {
        let options = options.iter().copied().chain(["--algorithm", engine]);
        mine_text(text, options).text().lines().count()
    };
    for (options, expected) in [
        (&["--min-count", "2"][..], 15),
        (&["--min-count", "2", "--max-len", "2"], 10),
        (&["--min-count", "2", "--min-len", "3"], 5),
        (&["--min-count", "2", "--min-len", "2", "--max-len", "3"], 10),
        (&["--min-count", "2", "--min-len", "3", "--max-len", "2"], 0),
        (&["--min-count", "2", "--rules", "--min-confidence", "0"], 28),
        (&["--min-count", "2", "--rules", "--min-confidence", "0", "--consequents", "any"], 50),
        (&["--min-count", "2", "--rules", "--min-confidence", "0", "--min-len", "4"], 4),
        (&["--min-count", "2", "--rules", "--min-confidence", "0", "--max-len", "2"], 12),
    ] {
        for engine in ENGINES {
            assert_eq!(lines(options, engine), expected, "{engine} {options:?}");
        }
        let ran = mine_text(text, [options, &["--count", "--summary", "json"]].concat());
        let summary = ran.summary();
        assert_eq!(summary["patterns"], expected, "{options:?}");
        let by_len: Vec<u64> = serde_json::from_value(summary["by_len"].clone()).unwrap();
        assert_eq!(by_len.iter().sum::<u64>(), expected as u64);
        assert_ne!(by_len.last(), Some(&0));
        assert_eq!(ran.text(), format!("{expected}\n"));
        // The summary is the same where the patterns are printed.
        assert_eq!(mine_text(text, [options, &["--summary", "json"]].concat()).summary()["by_len"], json!(by_len));
    }
}

#[test]
fn rules_are_selected_by_items_and_lengths() {
    let text = "beer chips diapers\nbeer chips diapers\nbeer diapers\nwipes\n";
    let rules = |options: &[&str]| {
        let all = ["--rules", "--min-count", "1", "--min-confidence", "0.1", "--consequents", "any"];
        let sides = ["--max-antecedent-len", "--max-consequent-len"].iter().any(|option| options.contains(option));
        mine_text(text, [if sides { &all[..5] } else { &all }, options].concat()).text()
    };
    let lines = |text: &str| text.lines().map(str::to_string).collect::<Vec<_>>();
    let all = lines(&rules(&[]));
    let keeping = |keeps: &dyn Fn(&[&str], &[&str]) -> bool| {
        let sides = |line: &str| {
            let (rule, _) = line.split_once(" (").unwrap();
            let (left, right) = rule.split_once(" => ").unwrap();
            keeps(&left.split(' ').collect::<Vec<_>>(), &right.split(' ').collect::<Vec<_>>())
        };
        all.iter().filter(|line| sides(line)).cloned().collect::<Vec<_>>()
    };
    let holds = |left: &[&str], right: &[&str], item: &str| left.contains(&item) || right.contains(&item);
    assert_eq!(lines(&rules(&["--exclude", "chips"])), keeping(&|left, right| !holds(left, right, "chips")));
    assert_eq!(lines(&rules(&["--must-contain", "chips"])), keeping(&|left, right| holds(left, right, "chips")));
    assert_eq!(
        lines(&rules(&["--max-antecedent-len", "1", "--max-consequent-len", "2"])),
        keeping(&|left, right| left.len() == 1 && right.len() <= 2)
    );
    assert_eq!(lines(&rules(&["--max-consequent-len", "1"])), keeping(&|_, right| right.len() == 1));
    let with_empty = lines(&rules(&["--empty-antecedent", "--max-antecedent-len", "1", "--max-consequent-len", "1"]));
    assert_eq!(with_empty.iter().filter(|line| line.starts_with(" => ")).count(), 4);
    // Closed itemsets among the items that are left.
    let closed = mine_text(text, ["--target", "closed", "--min-count", "1", "--exclude", "beer"]).text();
    assert_eq!(closed, "diapers (3)\nchips diapers (2)\nwipes (1)\n");
}

#[test]
fn productive_rules_improve_on_simpler_ones() {
    let text = (0..600).map(|basket| match (basket % 4 == 0, basket % 3 == 0) {
        (true, true) => "beer diapers wipes\n",
        (true, false) => "beer diapers\n",
        (false, true) => "wipes\n",
        (false, false) => "bread\n",
    });
    let text: String = text.collect();
    let productive =
        mine_text(&text, ["--rules", "--min-count", "5", "--productive", "--correction", "layered"]).text();
    assert_eq!(productive, "diapers => beer (150 150 150)\nbeer => diapers (150 150 150)\n");
}

#[test]
fn explosion_of_rules_is_an_error_before_it_happens() {
    let basket: String = (0..28).map(|item| format!("{item} ")).collect();
    for options in [&["--consequents", "any"][..], &["--consequents", "any", "--top-k", "3"]] {
        let ran = mine_text(&basket, [&["--rules", "--min-count", "1", "--max-memory", "500000000"], options].concat());
        ran.refused(1, &["more than "]);
        // Half of the machine's memory may have room for the itemsets, but nothing for their rules.
        let ran = mine_text(&basket, [&["--rules", "--min-count", "1"], options].concat());
        ran.refused(1, &["more than "]);
    }
}

#[test]
fn time_limit_is_that_of_the_run() {
    let baskets: String = (0..200)
        .map(|basket| {
            // As good as random, so that there are very many closed itemsets.
            let mixed = |item: u64| (item * 200 + basket).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61;
            let items = (0..80).filter(|&item| mixed(item) > 1).map(|item| format!("{item} "));
            items.collect::<String>() + "\n"
        })
        .collect();
    for options in [&["--count"][..], &["--rules"], &["--stream"], &["--target", "closed"]] {
        let start = std::time::Instant::now();
        let ran = mine_text(&baskets, [&["--min-count", "2", "--time-limit", "0.2"], options].concat());
        assert!(start.elapsed().as_secs() < 10);
        assert_eq!(ran.status, Some(1), "{options:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("--time-limit 0.2 was reached while mining"), "{}", ran.stderr);
    }
}

#[test]
fn limits_fail_or_give_a_partial_result() {
    let text = "a b c d\na b c d\na b\n";
    let all = ["--min-count", "1"];
    let with = |options: &[&str]| mine_text(text, [&all[..], options].concat());
    for limit in [["--max-itemsets", "14"], ["--max-memory", "1000"]] {
        let ran = with(&limit);
        ran.refused(
            1,
            &[limit[0], limit[1], "min count 1", "min count 3 (3 itemsets)"][..if limit[1] == "14" { 4 } else { 3 }],
        );
        let ran = with(&[&limit[..], &["--allow-partial", "--summary", "json"]].concat());
        assert_eq!(ran.summary()["complete"], false);
        assert!(ran.stderr.starts_with("partial: all with a count of at least "), "{}", ran.stderr);
    }
    assert_eq!(with(&["--max-itemsets", "14", "--allow-partial"]).text(), "a (3)\nb (3)\na b (3)\n");
    let ran = with(&["--max-itemsets", "15", "--allow-partial", "--summary", "json"]);
    assert_eq!((ran.summary()["complete"].clone(), ran.stderr.lines().count()), (true.into(), 1));
    // What is counted is not limited, but by time.
    assert_eq!(with(&["--count", "--max-itemsets", "14"]).text(), "15\n");
    let late = with(&["--count", "--time-limit", "0", "--allow-partial", "--summary", "json"]);
    // On a busy machine reading alone may take longer.
    if !late.stderr.contains("while reading") {
        assert_eq!((late.status, late.summary()["complete"].clone()), (Some(0), false.into()), "{}", late.stderr);
    }
    let summary = mine_text(text, ["--suggest", "14", "--summary", "json"]).summary();
    assert_eq!((summary["min_count"].clone(), summary["algorithm"].clone()), (3.into(), "eclat".into()));
    for (itemsets, expected) in [
        ("15", "min count 1 (15 itemsets)\n"),
        ("14", "min count 3 (3 itemsets)\n"),
        ("0", "min count 4 (0 itemsets)\n"),
    ] {
        assert_eq!(mine_text(text, ["--suggest", itemsets]).text(), expected);
    }
    let estimate = mine_text(text, ["--estimate", "--min-count", "1"]);
    assert_eq!(estimate.text(), "15 frequent itemsets (min count 1, counted)\n");
}

#[test]
fn counts_beyond_64_bits_are_printed() {
    let text: String = (0..70).map(|item| format!("{item} ")).collect();
    // Apriori holds what it counts, and says that this is too much.
    for engine in ["auto", "fp-growth", "eclat"] {
        let ran = mine_text(&text, ["--count", "--summary", "json", "--algorithm", engine]);
        assert!(ran.stderr.contains("\"patterns\":1180591620717411303423,"), "{engine}: {}", ran.stderr);
        assert_eq!(ran.text(), "1180591620717411303423\n", "{engine}");
    }
}

#[test]
fn summary_lists_what_was_done() {
    let text = "a b c\na b\na a\n\n";
    for engine in ENGINES {
        let options = ["--min-support", "0.6", "--algorithm", engine, "--threads", "1", "--summary", "json"];
        let ran = mine_text(text, options);
        let summary = ran.summary();
        assert_eq!(ran.stderr.lines().count(), 1);
        for (field, expected) in [
            ("transactions", json!(3)),
            ("items", json!(3)),
            ("min_count", json!(2)),
            ("algorithm", json!(engine)),
            ("threads", json!(1)),
            ("patterns", json!(3)),
            ("by_len", json!([2, 1])),
            ("complete", json!(true)),
        ] {
            assert_eq!(summary[field], expected, "{engine} {field}");
        }
    }
    let summary = mine_text(text, ["--summary", "json"]).summary();
    for stage in ["read", "mine", "rules", "write"] {
        assert!(summary["seconds"][stage].as_f64().is_some_and(|seconds| seconds >= 0.0), "{stage}");
    }
    assert!(!cfg!(target_os = "linux") || summary["peak_rss_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 16));
    let auto = mine_text("a\n", ["--summary", "json"]).summary();
    assert!(auto["algorithm"] != "auto" && auto["threads"].as_u64() >= Some(1));
}

/// The items of each itemset in text, taken apart again, with its count.
fn itemsets_of_text(text: &str) -> BTreeMap<Vec<String>, u64> {
    let mut itemsets = BTreeMap::new();
    // Labels may hold line breaks, so a line ends where the count does.
    for line in text.split_inclusive(")\n") {
        let (items, count) = line.strip_suffix(")\n").unwrap().rsplit_once(" (").unwrap();
        let read = BasketReader::new().delimiter(Delimiter::Char(',')).read(items.as_bytes()).unwrap();
        itemsets.insert(read.dictionary().labels().to_vec(), count.parse().unwrap());
    }
    itemsets
}

/// The labels that the CSV output joined.
fn split(joined: &str) -> Vec<String> {
    let mut labels = vec![String::new()];
    let mut chars = joined.chars();
    while let Some(char) = chars.next() {
        match char {
            ';' => labels.push(String::new()),
            '\\' => labels.last_mut().unwrap().extend(chars.next()),
            _ => labels.last_mut().unwrap().push(char),
        }
    }
    labels
}

#[test]
fn itemsets_are_the_same_in_every_format() {
    let in_format =
        |format| mine_text(AWKWARD, ["--delimiter", ",", "--min-count", "2", "--output-format", format]).text();
    let text = itemsets_of_text(&in_format("text"));
    assert_eq!(text.len(), 15 + 7 - 1);
    assert_eq!(text[&vec!["milk, whole".to_string()]], 4);

    let csv = in_format("csv");
    let mut from_csv = BTreeMap::new();
    for record in csv::Reader::from_reader(csv.as_bytes()).deserialize() {
        let (items, count, support): (String, u64, f64) = record.unwrap();
        assert_eq!(support, count as f64 / 4.0);
        from_csv.insert(split(&items), count);
    }
    assert_eq!(from_csv, text);

    let mut from_json = BTreeMap::new();
    for line in in_format("jsonl").lines() {
        let Value::Object(itemset) = serde_json::from_str(line).unwrap() else { panic!("{line}") };
        assert_eq!(itemset["support"], json!(itemset["count"].as_f64().unwrap() / 4.0));
        from_json.insert(serde_json::from_value(itemset["items"].clone()).unwrap(), itemset["count"].as_u64().unwrap());
    }
    assert_eq!(from_json, text);
}

#[test]
fn text_reads_back_as_baskets() {
    let text = "\"whole milk\" 6\" (fresh)\n\"whole milk\" 6\" (fresh)\n";
    let itemsets = mine_text(text, ["--min-count", "2", "--min-len", "3"]).text();
    assert_eq!(itemsets, "\"(fresh)\" \"6\"\"\" \"whole milk\" (2)\n");
    let baskets = itemsets.replace(" (2)\n", "\n").repeat(2);
    assert_eq!(mine_text(&baskets, ["--min-count", "2", "--min-len", "3"]).text(), itemsets);
}

#[test]
fn rules_are_the_same_in_every_format() {
    let options = ["--delimiter", ",", "--min-count", "2", "--rules", "--consequents", "any", "--output-format"];
    let in_format = |format| mine_text(AWKWARD, options.into_iter().chain([format])).text();
    let csv = in_format("csv");
    assert_eq!(csv.lines().next(), Some("antecedent,consequent,n,n_x,n_y,n_xy,support,confidence,lift"));
    type Record = (String, String, u64, u64, u64, u64, f64, f64, f64);
    let mut text = String::new();
    let mut rules = Vec::new();
    for record in csv::Reader::from_reader(csv.as_bytes()).deserialize() {
        let (x, y, n, n_x, n_y, n_xy, support, confidence, lift): Record = record.unwrap();
        assert_eq!((n, support, confidence), (4, n_xy as f64 / 4.0, n_xy as f64 / n_x as f64));
        let quoted = |side: &[String]| {
            let quoted = side.iter().map(|label| match label.as_str() {
                "=>" => "\"=>\"".to_string(),
                label if label.contains([',', '"', '\n']) => format!("\"{}\"", label.replace('"', "\"\"")),
                label => label.to_string(),
            });
            quoted.collect::<Vec<_>>().join(",")
        };
        let (x, y) = (split(&x), split(&y));
        text += &format!("{} => {} ({n_xy} {n_x} {n_y})\n", quoted(&x), quoted(&y));
        rules.push(json!({
            "antecedent": x, "consequent": y, "n": n, "n_x": n_x, "n_y": n_y, "n_xy": n_xy,
            "support": support, "confidence": confidence, "lift": lift,
        }));
    }
    assert_eq!(in_format("text"), text);
    let json: Vec<Value> = in_format("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json, rules);
    assert!(rules.len() > 30);
}

#[test]
fn rules_have_the_requested_measures() {
    let text = "a b c\na b\na b\nc\nc d\n";
    let run = |format, measures| {
        let options =
            ["--min-count", "1", "--rules", "--min-confidence", "0", "--output-format", format, "--measures", measures];
        mine_text(text, options).text()
    };
    let csv = run("csv", "conviction");
    assert_eq!(csv.lines().nth(1), Some("b,a,5,3,3,3,inf"));
    let json: Value = serde_json::from_str(run("jsonl", "lift,conviction").lines().next().unwrap()).unwrap();
    assert_eq!(json["conviction"], json!("inf"));
    assert_eq!(json["lift"], json!(5.0 / 3.0));

    let all = run("csv", "all");
    let mut reader = csv::Reader::from_reader(all.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().skip(6).map(str::to_string).collect();
    assert!(names.iter().take(Measure::ALL.len()).eq(Measure::ALL.iter().map(|measure| measure.name())));
    for record in reader.records() {
        let record = record.unwrap();
        let count = |place: usize| record[place].parse::<u64>().unwrap();
        let counts = Contingency::new(count(2), count(3), count(4), count(5)).unwrap();
        for (place, &measure) in Measure::ALL.iter().enumerate() {
            assert_eq!(record[6 + place].parse::<f64>().unwrap(), counts.measure(measure), "{measure}");
        }
    }
}

#[test]
fn rule_filters_apply() {
    let text = made_up(3000).join("\n");
    let run = |options: &[&str]| {
        mine_text(&text, [&["--min-count", "30", "--rules", "--min-confidence", "0.2"], options].concat()).text()
    };
    let baskets = BasketReader::new().read(text.as_bytes()).unwrap();
    let itemsets = Miner::new().min_support(MinSupport::count(30)).mine(&baskets).unwrap();
    let builder = || itemsets.rules().min_confidence(0.2);
    let written = |rules: &Rules<String>| {
        let mut text = Vec::new();
        TextWriter::new().write_rules(rules, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    };
    let all = run(&[]);
    let check = |options: &[&str], rules: Rules<String>| {
        let text = run(options);
        assert!(
            text == written(&rules) && text != all && !text.is_empty(),
            "{options:?}: {} rules, {text}",
            rules.len()
        );
    };
    let filtered = builder().min(Measure::Lift, 1.1).max(Measure::Coverage, 0.1);
    check(&["--where", "lift>=1.1", "--where", "coverage <= 0.1"], filtered.generate().unwrap());
    check(
        &["--top-k", "7", "--by", "fishers_exact_test"],
        builder().top_k(7, Measure::FishersExactTest).generate().unwrap(),
    );
    check(&["--top-k", "5"], builder().top_k(5, Measure::Support).generate().unwrap());
    check(&["--non-redundant"], builder().non_redundant(0.0).generate().unwrap());
    check(&["--non-redundant", "0.02", "--quiet"], builder().non_redundant(0.02).generate().unwrap());
    check(&["--antecedent", "0", "--antecedent", "3"], builder().antecedents_from(["0", "3"]).generate().unwrap());
    check(&["--consequent", "1", "--consequent", "2"], builder().consequents_from(["1", "2"]).generate().unwrap());
    let rules = builder().generate().unwrap();
    for correction in [Correction::Holm, Correction::None, Correction::BenjaminiHochberg] {
        let significant = rules.significant(0.2, correction, &builder().hypotheses()).unwrap();
        if !significant.is_empty() {
            check(&["--significant", "0.2", "--correction", &correction.to_string()], significant.clone());
            let best = significant.sorted_by(Measure::Lift).head(3);
            check(
                &["--significant", "0.2", "--correction", &correction.to_string(), "--top-k", "3", "--by", "lift"],
                best,
            );
        }
    }
    // The numbers that need more than one rule.
    let csv = run(&["--output-format", "csv", "--measures", "improvement,lift,boost,lift_increase", "--min-len", "3"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let expected =
        rules.iter().zip(rules.redundancy(&itemsets).unwrap()).filter(|(rule, _)| rule.antecedent().len() > 1);
    let mut compared = 0;
    for (record, (rule, redundancy)) in reader.records().zip(expected) {
        let record = record.unwrap();
        let found: Vec<f64> = record.iter().skip(6).map(|field| field.parse().unwrap()).collect();
        assert_eq!(found, [redundancy.improvement(), rule.lift(), redundancy.boost(), redundancy.lift_increase()]);
        compared += 1;
    }
    assert!(compared > 10);
    // As thresholds and as an order, too.
    let redundancy = rules.redundancy(&itemsets).unwrap();
    let places = |keep: &dyn Fn(usize) -> bool| (0..rules.len()).filter(|&place| keep(place)).collect::<Vec<_>>();
    let improving = places(&|place| redundancy[place].improvement() >= 0.05 && redundancy[place].boost() <= 1.5);
    check(&["--where", "improvement>=0.05", "--where", "boost<=1.5"], rules.select_indices(improving.clone()).unwrap());
    let best = rules.select_indices(improving).unwrap().sorted_by(Measure::Lift).head(4);
    check(&["--where", "boost<=1.5", "--top-k", "4", "--by", "lift", "--where", "improvement>=0.05"], best);
    let mut increasing = places(&|place| redundancy[place].lift_increase() > 0.0);
    increasing.sort_by(|&a, &b| {
        let count = |place| rules.get(place).unwrap().count();
        redundancy[b].lift_increase().total_cmp(&redundancy[a].lift_increase()).then(count(b).cmp(&count(a)))
    });
    increasing.truncate(6);
    check(&["--top-k", "6", "--by", "lift_increase"], rules.select_indices(increasing).unwrap());
    // So many are found, although most of the best are shorter.
    let long = rules.filter(|rule| rule.antecedent().len() > 1).sorted_by(Measure::Support).head(5);
    check(&["--top-k", "5", "--min-len", "3"], long);
}

#[test]
#[cfg(feature = "random")]
fn rules_are_tested_on_held_out_baskets() {
    let text: String =
        (0..800).map(|basket| if basket % 4 == 0 { "beer diapers\n" } else { "chips\nwine\n" }).collect();
    let run = |options: &[&str]| {
        mine_text(&text, [&["--rules", "--min-support", "0.05", "--min-confidence", "0.1"], options].concat()).text()
    };
    let rules: Vec<String> =
        run(&["--holdout", "0.5"]).lines().map(|line| line.split(" (").next().unwrap().to_string()).collect();
    assert_eq!(rules, ["diapers => beer", "beer => diapers"]);
    assert_eq!(
        run(&["--holdout", "0.5"]),
        run(&["--holdout", "0.5", "--significant", "0.05", "--correction", "holm", "--threads", "1", "--seed", "1"])
    );
}

/// The same rules from shuffled rows, and others with another seed.
#[test]
#[cfg(feature = "random")]
fn held_out_baskets_depend_on_the_seed_and_not_on_the_order_of_rows() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let run = |rows: &[&str], seed: &str| {
        let options = ["--delimiter", ",", "--rules", "--min-support", "0.01", "--min-confidence", "0.2"];
        mine_text(&rows.join("\n"), [&options[..], &["--holdout", "0.5", "--seed", seed]].concat()).text()
    };
    let rows: Vec<&str> = text.lines().collect();
    let mut by_text = rows.clone();
    by_text.sort_unstable();
    let backwards: Vec<&str> = rows.iter().rev().copied().collect();
    let expected = run(&rows, "1");
    assert!(expected.lines().count() > 10);
    assert_eq!(run(&by_text, "1"), expected);
    assert_eq!(run(&backwards, "1"), expected);
    assert_ne!(run(&rows, "2"), expected);
}

#[test]
#[cfg(not(feature = "random"))]
fn hold_out_needs_the_random_feature() {
    mine_text("a b\n", ["--rules", "--holdout", "0.5"]).refused(2, &["--holdout", "`random`"]);
}

#[test]
fn the_delimiter_follows_the_file_and_the_option() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    for name in ["a.csv", "a.CSV", "a.dat"] {
        fs::write(path(name), "whole milk,beer\nwhole milk,beer\n").unwrap();
    }
    let expected = "beer (2)\nwhole milk (2)\nwhole milk,beer (2)\n";
    let in_order = expected.replace("whole milk,beer", "beer,whole milk");
    assert_eq!(mine([path("a.csv")]).text(), in_order);
    assert_eq!(mine([path("a.CSV")]).text(), in_order);
    assert_eq!(mine([&path("a.dat"), "--delimiter", ","]).text(), in_order);
    assert_eq!(
        mine([&path("a.csv"), "--delimiter", "whitespace", "--max-len", "1"]).text(),
        "milk,beer (2)\nwhole (2)\n"
    );
    assert_eq!(mine_text("a b\tc\n", ["--delimiter", "tab", "--min-len", "2"]).text(), "a b\tc (1)\n");
    assert_eq!(mine_text("a-b\n", ["--delimiter", "-", "--min-len", "2"]).text(), "a-b (1)\n");
}

/// On standard error, and only where there is nothing and nobody asked for silence.
#[test]
fn empty_result_is_explained() {
    let baskets = "a b\na\nb\n";
    for (options, hint) in [
        (
            &["--min-count", "3"][..],
            "nothing is frequent at min count 3: of 3 baskets the most frequent item is in 2, ",
        ),
        (&["--min-count", "3", "--count"], "nothing is frequent at min count 3: "),
        (&["--min-count", "2", "--rules"], "only single items are frequent at min count 2: "),
        (&["--min-count", "3", "--quiet"], ""),
        (&["--min-count", "2"], ""),
        (&["--min-count", "1", "--rules", "--min-confidence", "1"], ""),
        // The best are found at any threshold.
        (&["--top-k", "3", "--must-contain", "wine", "--min-len", "2"], ""),
    ] {
        let ran = mine_text(baskets, options.iter().copied());
        assert_eq!(ran.status, Some(0));
        assert!(
            ran.stderr.starts_with(hint) && ran.stderr.is_empty() == hint.is_empty(),
            "{options:?}: {}",
            ran.stderr
        );
    }
    let ran = mine_text(baskets, ["--min-count", "3", "--summary", "json"]);
    assert_eq!((ran.stderr.lines().count(), ran.summary()["patterns"].clone()), (2, 0.into()));
}

#[test]
fn streamed_output_equals_collected_output() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("baskets.dat").to_str().unwrap().to_string();
    fs::write(&file, made_up(300).join("\n")).unwrap();
    for options in [
        &["--min-count", "3"][..],
        &["--min-count", "3", "--min-len", "2", "--max-len", "3"],
        &["--min-count", "3", "--output-format", "csv"],
        &["--min-count", "3", "--output-format", "jsonl", "--min-len", "3"],
        &["--min-count", "1000"],
    ] {
        let run = |more: &[&str]| mine([&file[..]].iter().chain(options).chain(more).copied());
        let summary = ["--summary", "json", "--quiet"];
        let (all, counts) = (run(&[]).text(), run(&summary).summary());
        for engine in ENGINES {
            for threads in THREADS {
                let streamed =
                    run(&[&["--stream", "--algorithm", engine, "--threads", threads][..], &summary].concat());
                assert_eq!(streamed.summary()["by_len"], counts["by_len"]);
                assert_eq!(streamed.text(), all, "{engine} on {threads} with {options:?}");
            }
        }
    }
    mine([&file, "--stream", "--rules"]).refused(2, &["--stream", "--rules"]);
    mine([&file, "--stream", "--target", "closed"]).refused(2, &["--stream", "--target"]);
}
