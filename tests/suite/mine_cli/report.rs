//! The report and the plots of a run, and the table that a terminal gets.

use std::fs;

use itemset::{Consequents, Miner, Rules, Transactions};
use tempfile::TempDir;

use super::program::{mine, mine_text};
use super::refusals::assert_only;

#[path = "../../../examples/mine/table.rs"]
#[allow(dead_code, reason = "what asks the terminal how wide it is")]
mod table;

use table::Table;

const BASKETS: &str = "beer diapers\nbeer diapers chips\nbeer diapers\nwipes chips\nwipes\n";

#[test]
fn report_and_plots_are_files_beside_the_rules() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let rules = ["--rules", "--min-count", "2", "--threads", "1"];
    let printed = mine_text(BASKETS, rules).text();
    let files = [path("report.html"), path("scatter.svg"), path("items.svg")];
    let mut asked = rules.to_vec();
    asked.extend(["--report", &files[0], "--plot", "scatter", &files[1], "--plot", "items", &files[2]]);
    assert_eq!(mine_text(BASKETS, asked.clone()).text(), printed);
    assert_only(folder.path(), &["items.svg", "report.html", "scatter.svg"]);
    let read = || files.each_ref().map(|file| fs::read_to_string(file).unwrap());
    let first = read();
    assert!(first[0].contains("<dt>minimum support</dt><dd><bdi>2 baskets</bdi></dd>"));
    // Neither where it went nor the threads.
    assert!(first[0].contains("<bdi>mine - --rules --min-count 2</bdi>"));
    assert!(first[1].starts_with("<?xml") && first[2].contains(">wipes</text>"));
    asked[4] = "2";
    mine_text(BASKETS, asked).text();
    assert!(read() == first);
}

#[test]
fn a_failed_run_leaves_the_files_as_they_were() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    fs::write(&page, "before").unwrap();
    let page = page.to_str().unwrap();
    mine_text("a\n\"b", ["--delimiter", ",", "--rules", "--report", page]).refused(1, &["line 2"]);
    assert_eq!(fs::read_to_string(page).unwrap(), "before");
    let lost = folder.path().join("no folder").join("x.svg");
    mine_text(BASKETS, ["--rules", "--plot", "graph", lost.to_str().unwrap()]).refused(1, &["no folder"]);
    assert_only(folder.path(), &["report.html"]);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    mine(["x", "--report", "a.html"]).refused(2, &["--report", "--rules"]);
    mine(["x", "--plot", "graph", "a.svg"]).refused(2, &["--plot", "--rules"]);
    mine(["x", "--rules", "--plot", "grahp", "a.svg"])
        .refused(2, &["--plot", "grahp", "did you mean `graph`?", "scatter"]);
    mine(["x", "--rules", "--plot", "graph"]).refused(2, &["--plot"]);
    mine(["x", "--rules", "--report", "a", "--plot", "graph", "a"]).refused(2, &["a: a file takes one of"]);
    mine(["x", "--rules", "--report", "-"]).refused(2, &["-: --report and --plot take names of files"]);
    mine(["x", "--rules", "--two-pass", "--plot", "items", "a.svg"]).refused(2, &["--two-pass", "--plot items"]);
}

#[test]
fn no_file_is_lost_to_a_report_that_is_named_in_another_way() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_string();
    let (input, same) = (path("baskets.txt"), path("./baskets.txt"));
    fs::write(&input, BASKETS).unwrap();
    mine([&input, "--rules", "--report", &same]).refused(2, &["baskets.txt: is read"]);
    mine([&input, "--rules", "--plot", "graph", &input]).refused(2, &["baskets.txt: is read"]);
    let [one, other] = [path("a"), path("./a")];
    mine([&input, "--rules", "--report", &one, "--output", &other]).refused(2, &["a: a file takes one of"]);
    assert_eq!(fs::read_to_string(&input).unwrap(), BASKETS);
    assert_only(folder.path(), &["baskets.txt"]);
    // The title is the name of the file, not the way to it.
    mine([&input, "--rules", "--min-count", "2", "--report", &one]).text();
    assert!(fs::read_to_string(&one).unwrap().contains("<title>Rules of baskets.txt</title>"));
}

#[test]
fn a_report_says_what_a_limit_left_out() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    let asked = ["--rules", "--min-count", "1", "--report", page.to_str().unwrap(), "--quiet"];
    mine_text(BASKETS, asked).text();
    assert!(!fs::read_to_string(&page).unwrap().contains("A limit was reached"));
    mine_text(BASKETS, asked.into_iter().chain(["--allow-partial", "--max-itemsets", "3"])).text();
    let html = fs::read_to_string(&page).unwrap();
    assert!(
        html.contains("<strong>A limit was reached, so rules may be missing: partial: all with a count of"),
        "{html}"
    );
}

#[test]
fn a_report_of_nothing_says_so() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    mine_text("", ["--rules", "--quiet", "--report", page.to_str().unwrap()]).text();
    assert!(fs::read_to_string(page).unwrap().contains("There are no baskets"));
}

#[test]
fn the_best_of_a_report_are_those_asked_for() {
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("report.html");
    let asked = ["--rules", "--min-count", "1", "--report", page.to_str().unwrap(), "--top-k", "3", "--by", "jaccard"];
    mine_text(BASKETS, asked).text();
    let html = fs::read_to_string(&page).unwrap();
    assert!(html.contains("data-key=\"value\">jaccard</button>"), "{html}");
    // Beer and diapers are always bought together.
    assert!(html.contains("\"value\":[1,1,0."), "{html}");
}

fn odd_rules() -> Rules<String> {
    let long = "Lactose-free semi-skimmed milk from pasture-fed cows of the Alpine region, 1 litre";
    let baskets = [
        vec!["beer", "diapers", "chips"],
        vec!["beer", "diapers"],
        vec![long, "牛乳牛乳牛乳牛乳牛乳", "beer"],
        vec![long, "牛乳牛乳牛乳牛乳牛乳"],
        vec!["a\nb\u{202e}", "cafe\u{301} ol\u{e9}"],
    ];
    let baskets = Transactions::from_rows(baskets.map(|row| row.into_iter().map(String::from).collect::<Vec<_>>()));
    let itemsets = Miner::new().min_support(0.1).mine(&baskets.unwrap()).unwrap();
    itemsets.rules().consequents(Consequents::Any).antecedent_len(0..=3).min_confidence(0.1).generate().unwrap()
}

/// Columns on a terminal: two for what is wide here, none for a mark.
fn columns(line: &str) -> usize {
    let wide = line.chars().filter(|&char| char == '牛' || char == '乳').count();
    line.chars().filter(|&char| char != '\u{301}').count() + wide
}

#[test]
fn a_terminal_gets_a_table_that_fits() {
    let rules = odd_rules();
    for width in [24, 30, 45, 60, 76, 80, 120, 200, 1000] {
        let mut text = Vec::new();
        Table::of_width(&rules, width).write(&rules, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text.lines().count(), rules.len() + 1);
        for line in text.lines() {
            assert!(columns(line) <= width, "{width}: {line}");
            assert!(!line.chars().any(|char| char.is_control() || char == '\u{202e}'), "{line}");
        }
        // The numbers stand below each other.
        let ends = |line: &str| columns(line.trim_end_matches(['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉']).trim_end());
        let first = ends(text.lines().next().unwrap());
        assert!(text.lines().all(|line| ends(line) == first), "{text}");
        assert_eq!(text.contains("confidence"), width >= 45);
        assert_eq!(text.contains('█'), width >= 76);
    }
    // Nothing to see is said, and long numbers take more columns.
    let mut builder = Transactions::builder();
    for (row, weight) in [(&["", "\u{200b} "][..], 2), (&["tea"], 4_000_000_000), (&["coffee"], 4_000_000_000)] {
        builder.push_weighted(row.iter().map(|label| label.to_string()), weight);
    }
    let rare = Miner::new().min_support(1e-12).rules(&builder.build().unwrap()).unwrap();
    let mut text = Vec::new();
    Table::of_width(&rare, 80).write(&rare, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("(blank)  → (blank) ") && text.contains(" 4000000001.00 █"), "{text}");
    assert!(text.lines().all(|line| columns(line) <= 80), "{text}");

    let mut text = Vec::new();
    Table::of_width(&rules, 80).write(&rules.head(0), &mut text).unwrap();
    assert_eq!(String::from_utf8(text).unwrap().lines().count(), 1);
}
