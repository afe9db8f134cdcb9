//! The numbers of a run, for other programs.

use std::fs;
use std::time::Duration;

use itemset::{Algorithm, Statistics, Suggestion};

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
        let fields = [
            format!("\"transactions\":{}", self.transactions),
            format!("\"items\":{}", self.items),
            format!("\"min_count\":{}", self.min_count),
            format!("\"algorithm\":\"{}\"", self.algorithm),
            format!("\"threads\":{}", self.threads),
            format!("\"patterns\":{}", self.patterns()),
            format!("\"by_len\":[{}]", by_len.join(",")),
            format!("\"complete\":{}", !self.is_partial),
            format!("\"seconds\":{{{}}}", seconds.join(",")),
            format!("\"peak_rss_bytes\":{}", peak_rss_bytes().map_or("null".to_string(), |bytes| bytes.to_string())),
        ];
        format!("{{{}}}", fields.join(","))
    }
}

/// The most memory that the program has held so far, if the system reports it.
fn peak_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}
