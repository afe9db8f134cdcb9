//! Frequent itemsets and association rules from basket data.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// Not part of the public interface: open to this crate's own benchmarks alone.
#[doc(hidden)]
pub mod bitset;
mod dictionary;
mod error;
pub mod io;
mod itemsets;
mod mine;
mod miner;
mod rules;
#[cfg(feature = "synth")]
pub mod synth;
mod transactions;

pub use dictionary::{Dictionary, ItemId};
pub use error::{Error, ErrorKind};
pub use itemsets::{FrequentItemsets, Itemset, Itemsets};
pub use mine::{Algorithm, ItemsetCounts, Level, MinSupport, Statistics};
pub use miner::Miner;
pub use rules::{Consequents, Contingency, Measure, Rule, RuleBuilder, RuleIter, Rules};
pub use transactions::{Basket, Baskets, LengthPercentiles, Summary, Transactions, TransactionsBuilder};
