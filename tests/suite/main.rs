//! The crate as its users meet it: one program, so that the library is linked, and its generic code compiled, once.
//!
//! A module per behaviour; `cargo test --test suite rules::` runs one of them.

mod brute_force;
mod variants;

mod architecture;
mod auto_traits;
mod basket_format;
mod bins;
mod cluster;
mod constraints;
mod control;
mod describe;
mod distributed;
mod empty;
mod engines;
mod exactness;
mod explain;
#[cfg(feature = "serde")]
mod fuzz_bodies;
mod incomplete;
#[cfg(feature = "snapshot")]
mod itemset_file;
mod known_answers;
mod limits;
mod max_itemsets;
mod mine_cli;
#[cfg(feature = "owners")]
mod owners;
mod progress;
mod ranges;
mod recipe;
mod recommend;
#[cfg(feature = "report")]
mod report;
mod rule_filters;
mod rules;
mod run_options;
#[cfg(feature = "random")]
mod sampling;
mod search;
#[cfg(feature = "serde")]
mod serde;
mod significance;
#[cfg(all(feature = "snapshot", feature = "serde"))]
mod snapshot;
mod stream;
#[cfg(feature = "synth")]
mod synth;
mod tables;
mod targets;
mod taxonomy;
#[cfg(feature = "rayon")]
mod threads;
mod transactions;
mod weights;
mod window;
#[cfg(all(feature = "csv", feature = "json"))]
mod written_results;
