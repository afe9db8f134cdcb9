//! Tables as input: the same baskets in every format, files with faults, and the report of what was read.

mod dirty;
mod edges;
mod formats;
#[cfg(feature = "json")]
mod json_lines;
mod sniffing;
mod sources;
mod two_pass;

use itemset::Transactions;

/// The labels of each basket, sorted.
fn labels(baskets: &Transactions<String>) -> Vec<Vec<&str>> {
    let sorted = baskets.iter().map(|basket| {
        let mut labels: Vec<&str> = basket.iter().map(String::as_str).collect();
        labels.sort_unstable();
        labels
    });
    sorted.collect()
}
