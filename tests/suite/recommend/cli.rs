//! The example `recommend` on small files.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// The example that belongs to this build of the tests: `target/<profile>/examples/recommend`, next to `deps/`.
fn run(arguments: &[&str]) -> Output {
    let test = std::env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let program: PathBuf = profile.join("examples").join(format!("recommend{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "no example at {}: run `cargo test --no-run` before", program.display());
    Command::new(program).args(arguments).output().unwrap()
}

fn written(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn summary(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn a_file_of_baskets_gives_a_table_and_a_summary() {
    let text: String = (0..200).map(|n| if n % 2 == 0 { "beer diapers\n" } else { "wipes chips\n" }).collect();
    let file = written(&text);
    let arguments = [file.path().to_str().unwrap(), "--k", "1", "--test", "0.25", "--summary", "json"];
    let output = run(&arguments);
    let summary = summary(&output);
    let best = &summary["best-confidence"];
    assert_eq!((&best["hit_rate"], &best["hit_rate_interval"]), (&json!(1.0), &json!([1.0, 1.0])));
    assert_eq!((&best["baskets"], &best["repeat_recall"]), (&json!(50), &Value::Null));
    assert!(summary["popularity"]["hit_rate"].as_f64().unwrap() < 0.8);
    assert!(summary["item-to-item"]["ndcg"].is_number() && summary.get("personal-popularity").is_none());
    let table = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(table.contains("\nbest-confidence") && table.contains("The hit rate of the best policy"), "{table}");
    // The same again.
    assert_eq!(run(&arguments).stdout, output.stdout);
}

#[test]
fn files_of_next_basket_benchmarks_are_read() {
    let history = r#"{"7": [[-1], [1, 2], [1], [1, 3], [-1]], "8": [[-1], [4], [4, 2], [-1]], "9": [[5]]}"#;
    let history = written(history);
    let path = history.path().to_str().unwrap();
    let found = summary(&run(&[path, "--format", "next-basket", "--k", "1", "--summary", "json"]));
    assert_eq!(
        (&found["personal-popularity"]["users"], &found["personal-popularity"]["hit_rate"]),
        (&json!(2), &json!(1.0))
    );
    assert!(found["next-basket"]["recall"].is_number());

    let future = written(r#"{"7": [[-1], [1], [-1]], "9": [[-1], [6], [-1]], "10": [[1]]}"#);
    let future = future.path().to_str().unwrap();
    let found = summary(&run(&[path, "--format", "next-basket", "--future", future, "--k", "1", "--summary", "json"]));
    let personal = &found["personal-popularity"];
    assert_eq!((&personal["users"], &personal["recall"]), (&json!(2), &json!(0.5)));
}

#[test]
fn what_cannot_be_done_is_one_line_and_a_status() {
    let baskets = written("a b\nb c\na b\n");
    let path = baskets.path().to_str().unwrap();
    for (arguments, status, reason) in [
        (&["/no/such/file"][..], 1, "/no/such/file: "),
        (&[path, "--format", "next-basket"], 1, "expected value"),
        (&[path, "--split", "time"], 2, "--split time needs times, and this file has none"),
        (&[path, "--split", "last-basket"], 2, "--split last-basket needs customers, and this file has none"),
        (&[path, "--future", path], 2, "--future needs --format next-basket"),
        (&[path, "--test", "1.5"], 2, "1.5"),
        (&[path, "--k", "0", "--test", "0.5"], 2, "invalid k: 0"),
        (&[path, "--min-support", "7", "--test", "0.5"], 2, "invalid min_support: 7"),
    ] {
        let output = run(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?} {error}");
        assert!(error.starts_with("error: ") && error.contains(reason) && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn without_rules_there_is_a_hint() {
    let baskets = written(&"a b\nb c\n".repeat(4));
    let output = run(&[baskets.path().to_str().unwrap(), "--test", "0.5"]);
    let (table, hint) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(
        output.status.success() && table.contains("The hit rate of the best policy, best-confidence, less"),
        "{table}"
    );
    assert_eq!(hint, "hint: there are no rules, so no policy recommends anything: lower --min-support\n");
}
