//! What is counted, and how long it takes.

use std::fs;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of the buckets of latencies, in seconds.
const BUCKETS: [f64; 14] =
    [0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Begins to record.
///
/// # Errors
///
/// If something else records already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    describe_counter!("itemset_http_requests_total", "Requests, by route, method and status");
    describe_histogram!("itemset_http_request_seconds", "Seconds until a request is answered, by route");
    describe_counter!("itemset_recommended_baskets_total", "Baskets that something was recommended for");
    describe_counter!("itemset_unknown_labels_total", "Labels in them that no rule has");
    describe_counter!("itemset_sales_stored_total", "Sales that were stored");
    describe_counter!("itemset_customers_forgotten_total", "Requests to forget a customer");
    describe_histogram!("itemset_store_commit_seconds", "Seconds of writing and syncing a group of sales");
    describe_counter!("itemset_store_failures_total", "Groups of sales that could not be written");
    describe_counter!("itemset_refreshes_total", "Refreshes, by result");
    describe_histogram!("itemset_refresh_seconds", "Seconds of a refresh");
    describe_counter!("itemset_snapshot_failures_total", "Models that could not be written to the store's folder");
    describe_counter!("itemset_report_failures_total", "Models that no report could be made of");
    describe_counter!("itemset_panics_total", "Requests that panicked");
    describe_counter!("itemset_refused_total", "Requests that were refused, by reason");
    describe_gauge!("itemset_changes_pending", "Sales and forgotten customers that the model does not know");
    describe_gauge!("itemset_model_version", "Models since the start");
    describe_gauge!("itemset_model_rules", "Rules of the model");
    describe_gauge!("itemset_model_itemsets", "Itemsets of the model");
    describe_gauge!("itemset_model_baskets", "Baskets that the model was mined from");
    describe_gauge!("itemset_model_mined_at_seconds", "When the model was mined, in seconds since 1970");
    describe_gauge!("itemset_connections", "Open connections");
    describe_gauge!("itemset_store_bytes", "Bytes of the store");
    describe_gauge!("process_resident_memory_bytes", "Resident memory");
    Ok(handle)
}

/// Resident memory in bytes, where the system tells.
#[must_use]
pub fn resident_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
