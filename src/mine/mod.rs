//! The search for frequent itemsets: thresholds, engines, and what the engines report to.
//!
//! Nothing here knows how results are stored: an engine takes ranked rows and fills [`Branch`]es.

mod algorithm;
mod branch;
mod min_support;
mod statistics;
mod workers;

pub use algorithm::Algorithm;
pub(crate) use branch::{Branch, Tally};
pub use min_support::MinSupport;
pub(crate) use min_support::smallest_count;
pub use statistics::{Level, Statistics};
pub(crate) use workers::Workers;
