//! The numbers of a run, for other programs.

use std::fs;
use std::time::Duration;

use itemset::io::ReadReport;
use itemset::shape::{Recipe, ShapeReport};
use itemset::{Algorithm, Statistics, Suggestion};
use serde_json::{Value, json};

/// The output of `--summary json`.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) transactions: usize,
    pub(crate) items: usize,
    /// The number of results by length, from 1 on, without trailing zeros.
    pub(crate) by_len: Vec<u128>,
    pub(crate) seconds: Seconds,
    /// Whether a limit cut the result.
    pub(crate) is_partial: bool,
    /// What was read and skipped, if anything could be.
    pub(crate) report: Option<ReadReport>,
    /// The recipe of a shaped table, and what became of its rows.
    shaped: Option<(Value, Value)>,
    min_count: u64,
    algorithm: String,
    threads: usize,
}

/// Wall-clock time of each stage.
#[derive(Debug, Default)]
pub(crate) struct Seconds {
    /// From opening the file to the encoded transactions.
    pub(crate) read: Duration,
    /// From there to the finished itemsets.
    pub(crate) mine: Duration,
    pub(crate) rules: Duration,
    pub(crate) write: Duration,
}

impl Summary {
    /// Records how the search went.
    pub(crate) fn searched(&mut self, min_count: u64, statistics: &Statistics) {
        self.min_count = min_count;
        self.algorithm = statistics.algorithm.to_string();
        self.threads = statistics.threads;
    }

    /// Records how baskets were made of a table.
    pub(crate) fn shaped(&mut self, recipe: &Recipe, report: &ShapeReport) {
        let of = |value: serde_json::Result<Value>| value.unwrap_or_default();
        self.shaped = Some((of(serde_json::to_value(recipe)), of(serde_json::to_value(report))));
    }

    /// Records a search for the threshold, which the library ran on the calling thread.
    pub(crate) fn suggested(&mut self, suggestion: &Suggestion) {
        self.min_count = suggestion.min_count();
        self.algorithm = Algorithm::Eclat.to_string();
        self.threads = 1;
    }

    /// The number of results of any length.
    pub(crate) fn patterns(&self) -> u128 {
        self.by_len.iter().sum()
    }

    /// One line. Written by hand, as the numbers may exceed what a JSON library takes for integers.
    pub(crate) fn to_json(&self) -> String {
        let by_len: Vec<String> = self.by_len.iter().map(u128::to_string).collect();
        let Seconds { read, mine, rules, write } = &self.seconds;
        let seconds = [("read", read), ("mine", mine), ("rules", rules), ("write", write)];
        let seconds = seconds.map(|(stage, time)| format!("\"{stage}\":{:.6}", time.as_secs_f64()));
        let (recipe, shape_report) = self.shaped.clone().unwrap_or_default();
        let fields = [
            format!("\"transactions\":{}", self.transactions),
            format!("\"items\":{}", self.items),
            format!("\"min_count\":{}", self.min_count),
            format!("\"algorithm\":\"{}\"", self.algorithm),
            format!("\"threads\":{}", self.threads),
            format!("\"patterns\":{}", self.patterns()),
            format!("\"by_len\":[{}]", by_len.join(",")),
            format!("\"complete\":{}", !self.is_partial),
            format!("\"read_report\":{}", self.report.as_ref().map_or(Value::Null, report_to_json)),
            format!("\"recipe\":{recipe}"),
            format!("\"shape_report\":{shape_report}"),
            format!("\"seconds\":{{{}}}", seconds.join(",")),
            format!("\"peak_rss_bytes\":{}", peak_rss_bytes().map_or("null".to_string(), |bytes| bytes.to_string())),
        ];
        format!("{{{}}}", fields.join(","))
    }
}

/// The fields of the library's own serialised form, which needs the feature `serde`.
fn report_to_json(report: &ReadReport) -> Value {
    let faults: Vec<_> =
        report.faults.iter().map(|fault| json!({ "line": fault.line, "reason": fault.reason })).collect();
    json!({
        "baskets": report.baskets,
        "items": report.items,
        "duplicates": report.duplicates,
        "rows": report.rows,
        "lines": report.lines,
        "bytes": report.bytes,
        "blank_lines": report.blank_lines,
        "comment_lines": report.comment_lines,
        "headers_repeated": report.headers_repeated,
        "null_items": report.null_items,
        "null_keys": report.null_keys,
        "null_quantities": report.null_quantities,
        "returns": report.returns,
        "excluded_baskets": report.excluded_baskets,
        "excluded_rows": report.excluded_rows,
        "empty_rows": report.empty_rows,
        "faulty_rows": report.faulty_rows,
        "faults": faults,
    })
}

/// The most memory that the program has held so far, if the system reports it.
fn peak_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
