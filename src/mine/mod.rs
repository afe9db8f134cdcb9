//! The search for frequent itemsets: thresholds, engines, and what the engines report to.
//!
//! Nothing here knows how results are stored: an engine takes ranked rows and fills [`TreeOutput`](output::tree_output::TreeOutput)es.

pub(crate) mod columns;
pub(crate) mod constrained;
pub(crate) mod database;
pub(crate) mod engines;
pub(crate) mod estimate;
pub(crate) mod output;
pub(crate) mod parallel;
pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod targets;
