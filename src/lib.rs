//! Frequent itemsets and association rules from basket data: which things occur together, how often, and is that more than chance?
//!
//! Baskets are rows of labels of any type; [`Miner`] finds the sets of items that are in enough baskets, by Apriori,
//! FP-Growth or Eclat over bitsets, in parallel; [`Rules`] say what follows from what. Answers are exact, and the same bytes whatever the
//! engine, the number of threads and the run.
//!
//! # The first rule
//!
//! ```
//! use itemset::{Measure, Miner, Transactions};
//!
//! let baskets = Transactions::from_rows([
//!     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
//! ])?;
//! let rules = Miner::new().min_support(0.5).min_confidence(0.6).rules(&baskets)?;
//! let best = &rules.top(10, Measure::Lift)[0];
//! assert_eq!(best.to_string(), "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)");
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! # In steps
//!
//! The itemsets hold the count of every combination that is frequent, and rules come from them without looking at the baskets again.
//!
//! ```
//! use itemset::{Consequents, Measure, MinSupport, Miner, Transactions};
//!
//! let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2], vec![2, 3], vec![1, 2, 3]])?;
//! let itemsets = Miner::new().min_support(MinSupport::count(2)).mine(&baskets)?;
//! assert_eq!(itemsets.count_of([&1, &2]), Some(3));
//! let rules = itemsets.rules().min_confidence(0.6).consequents(Consequents::Any).min(Measure::Lift, 1.0).generate()?;
//! assert!(rules.iter().all(|rule| rule.confidence() >= 0.6 && rule.lift() >= 1.0));
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! # From a file
//!
//! ```no_run
//! use itemset::Miner;
//! use itemset::io::{BasketReader, Delimiter};
//!
//! let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read_file("sales.csv")?;
//! println!("{}", baskets.summary());
//! println!("{}", Miner::new().min_support(0.001).count(&baskets)?);
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! # The main types
//!
//! | type | what it is |
//! |---|---|
//! | [`Transactions`], [`TransactionsBuilder`] | encoded baskets, and how rows become them |
//! | [`Miner`] | the settings and the search |
//! | [`MinSupport`], [`Algorithm`], [`Consequents`] | its settings that are more than a number |
//! | [`FrequentItemsets`], [`ItemsetCounts`] | what was found, or only how much |
//! | [`ClosedItemsets`], [`MaximalItemsets`], [`GeneratorItemsets`], [`Target`] | some of them, by searches of their own |
//! | [`Constraints`], [`ItemsetList`] | which itemsets are asked for, or the best by support, and the list of those |
//! | [`Limit`], [`Partial`], [`Suggestion`] | how much may be found, what was cut, and which threshold fits |
//! | [`Estimate`] | about how many itemsets a threshold gives, before they are searched for |
//! | [`Sink`], [`CountingSink`], [`TopKSink`], [`StreamSummary`] | itemsets handed on as they are found |
//! | [`RunOptions`] | what a call may use and what may end it: threads, memory, time |
//! | [`CancelToken`] | ends a call from another thread |
//! | [`EngineChoice`] | which engine, and why |
//! | [`EmptyReport`] | why nothing was found |
//! | [`Rules`], [`Rule`], [`RuleBuilder`] | rules, and how they are made from itemsets |
//! | [`Measure`], [`Contingency`], [`PValue`], [`ConfidenceInterval`] | how interesting a rule is, from its four counts, and how sure that is |
//! | [`Redundancy`], [`RuleBasis`] | what a rule says beyond simpler ones, and the fewest rules from which all follow |
//! | [`Hypotheses`], [`Correction`] | which rules are more than chance after a search through so many |
//! | [`ObservedCounts`], [`Drift`] | the same rules on other baskets |
//! | [`RuleSide`], [`ItemMatch`] | what to look for in a set of rules |
//! | [`Error`], [`ErrorKind`] | what went wrong and what to do |
//!
//! # Words
//!
//! A *basket* or transaction is a set of *items*. The *count* of an itemset is the number of baskets that contain it, its *support*
//! that number over the number of all baskets. A *rule* X => Y joins two itemsets that share no item, the
//! *antecedent* X and the *consequent* Y; its *confidence* is the share of the baskets with X that hold Y too.
//!
//! An itemset is *closed* if no superset has the same count, *maximal* if no superset is frequent, a *generator* if no proper subset has
//! the same count, the empty one included.
//!
//! # Which engine when
//!
//! [`Algorithm::Auto`] takes Eclat, but FP-Growth where long baskets of many items are mostly alike, since it merges those; [`Miner::explain`]
//! tells which and why. Closed, maximal and generator itemsets have searches of their own, with `Auto` or [`Algorithm::Eclat`]. Apriori's statistics tell how many candidates each level had. All give the same result in the same order.
//!
//! # Features
//!
//! `rayon` (default): parallel search. `random` (default): baskets split at random and shuffled by swaps, from a seed. `memory-limit` (default):
//! a call that would collect more itemsets than fit in half of the machine's memory is an error. `serde`: transactions, itemsets, rules and settings serialise. `synth`: the IBM Quest
//! generator and the sample supermarket.
//!
//! # Limits
//!
//! At most `u32::MAX` baskets, entries, distinct items, itemsets collected and rules; what passes a limit is an [`ErrorKind::TooLarge`]. [`Miner::count`]
//! goes to `u128`. Lower ones are set by [`Miner::max_itemsets`] and [`Miner::max_memory`], which is half of the machine's memory if it is
//! not set; [`Miner::stream`] has none. 64-bit targets.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bitset;
mod call;
mod constraints;
mod dictionary;
#[cfg(feature = "random")]
mod draws;
mod error;
pub mod io;
mod itemsets;
mod limit;
mod machine;
mod mine;
mod miner;
mod mix;
mod rules;
mod run_options;
mod stored_format;
#[cfg(feature = "synth")]
pub mod synth;
mod text_enum;
mod threads;
mod transactions;

pub use crate::call::control::CancelToken;
pub use crate::limit::{Limit, Suggestion};
pub use crate::mine::engines::choice::EngineChoice;
pub use crate::mine::query::algorithm::Algorithm;
pub use crate::mine::query::min_support::MinSupport;
pub use crate::mine::query::target::Target;
pub use crate::mine::report::counts::ItemsetCounts;
pub use crate::mine::report::emptiness::EmptyReport;
pub use crate::mine::report::partial::Partial;
pub use crate::mine::report::statistics::{AprioriLevel, Statistics};
pub use constraints::Constraints;
pub use dictionary::{Dictionary, ItemId, LabelIter};
pub use error::{Error, ErrorKind};
#[cfg(feature = "serde")]
pub use itemsets::ItemsetRows;
pub use itemsets::{
    ClosedItemsets, CountingSink, FrequentItemsets, GeneratorItemsets, Itemset, ItemsetIter, ItemsetLenIter,
    ItemsetList, ItemsetListIter, MaximalItemsets, Sink, TopKSink,
};
pub use miner::{Estimate, Miner, Search, StreamSummary};
#[cfg(feature = "serde")]
pub use rules::RuleRows;
pub use rules::{
    ConfidenceInterval, Consequents, Contingency, Correction, DerivedCounts, Drift, Hypotheses, ItemMatch, Measure,
    ObservedCounts, PValue, Redundancy, Rule, RuleBasis, RuleBuilder, RuleIter, RuleSide, Rules,
};
pub use run_options::RunOptions;
pub use transactions::{Basket, BasketIter, LengthPercentiles, Summary, Transactions, TransactionsBuilder};

/// Not part of the interface: the kernels, for the benchmarks of this repository.
#[cfg(feature = "__bench")]
#[doc(hidden)]
pub mod __bench {
    pub use crate::bitset::{Isa, Ops, Task};
}

/// The README's code is tested like the documentation's.
#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct ReadmeDoctests;
