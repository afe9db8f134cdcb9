//! Mine frequent itemsets and association rules ("customers who buy diapers also buy beer") from basket data.
//!
//! Results are exact, and the same bytes for every engine, number of threads and run.
//!
//! | I want | call |
//! |---|---|
//! | baskets from rows of labels | [`Transactions::from_rows`], [`Transactions::builder`] |
//! | baskets from a file: lines, tables, JSON lines | [`io::BasketReader::read_file`], the readers that [`io`] lists |
//! | baskets from Parquet, Arrow, polars or DuckDB | [`io`] (features `parquet`, `arrow_60`), [`Transactions::from_codes`] |
//! | a look at the data, and at thresholds | [`Transactions::describe`] |
//! | rules, in one line | [`Miner::rules`] |
//! | all frequent itemsets, or only their number | [`Miner::mine`]; [`Miner::count`], [`Miner::estimate_itemsets`] |
//! | fewer itemsets: closed, the largest, the smallest | [`Miner::mine_closed`], `mine_maximal`, `mine_generators` |
//! | the best k, without a threshold | [`Miner::mine_top_k`] |
//! | any target, constraints, lengths and k together | [`Miner::search`], a [`Search`] |
//! | itemsets one by one, in constant memory | [`Miner::stream`] with a [`Sink`] |
//! | a threshold that gives about n itemsets | [`Miner::suggest_min_support`] |
//! | to know why a result is empty, or an engine chosen | [`Miner::explain_empty`], [`Miner::explain`] |
//! | to limit time, memory or threads, or to cancel | [`RunOptions`], or the settings of the same names of [`Miner`] |
//! | the same for a long call on results | its twin `..._with(.., &RunOptions)`, as [`Rules::significant_with`] |
//! | rules with thresholds on any measure | [`FrequentItemsets::rules`], ended by [`RuleBuilder::generate`] |
//! | the best rules; rules about an item | [`Rules::top`], [`RuleBuilder::top_k`]; `consequents_from`, [`Rules::select`] |
//! | no redundant rules | [`RuleBuilder::non_redundant`], [`FrequentItemsets::rule_basis`] |
//! | only rules that are not due to chance | [`Rules::significant`], [`Rules::confirmed_by`], `Rules::stability` |
//! | baskets split by time, by customer or at random | [`Transactions::partition`], `split` (feature `random`) |
//! | rules on other baskets | [`Rules::evaluate`], [`Rules::drift`] |
//! | items to recommend for a basket, and why | [`Rules::recommender`], the module [`recommend`] |
//! | all of this for the last weeks, as baskets come and go | [`window::Window`] |
//! | baskets larger than memory, or on many machines | [`io::Counted::mine`], the module [`distributed`] |
//! | results written and read back: text, CSV, JSON lines, PMML; binary | [`io`]; features `serde` and `snapshot` |
//! | a page for people who read no code, and plots | the module `report` (feature `report`) |
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
//! The itemsets hold the count of every frequent combination. Rules are made from them, not from the baskets.
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
//! println!("{}", Miner::new().min_support(0.001).count(&baskets)?);
//! # Ok::<(), itemset::Error>(())
//! ```
//!
//! # Words
//!
//! - A *basket* or transaction is a set of *items*. Items are labels of any type that is `Eq + Hash + Ord + Clone`.
//! - The *count* of an itemset is the number of baskets that contain it; its *support* is their share of all baskets.
//! - An itemset is *frequent* if its count reaches the threshold. Exactly on the threshold is in.
//! - An itemset is *closed* if no superset has the same count, *maximal* if no superset is frequent, and a *generator*
//!   if no proper subset, the empty set included, has the same count.
//! - A *rule* X => Y joins two itemsets that share no item, the *antecedent* X and the *consequent* Y. Its *confidence*
//!   is the share of the baskets with X that also contain Y.
//! - A look-up of a label that no basket has is `None`. Filters ignore it, unless items are required: nothing has them.
//!
//! # Types by stage
//!
//! - *Data*: [`Transactions`], [`TransactionsBuilder`], [`Basket`], [`Dictionary`], [`Summary`], [`Description`].
//! - *Settings*: [`Miner`], [`Search`], [`MinSupport`], [`Algorithm`], [`Target`], [`Constraints`], [`Consequents`].
//! - *Results*: [`FrequentItemsets`], [`ClosedItemsets`], [`MaximalItemsets`], [`GeneratorItemsets`], [`ItemsetList`],
//!   [`ItemsetCounts`], each [`Itemset`] in them, the [`Statistics`]; [`Estimate`], [`EngineChoice`], [`EmptyReport`].
//! - *Streams*: [`Sink`], [`CountingSink`], [`TopKSink`], [`StreamSummary`]. *Files*: [`io`]. *At work*: [`recommend`].
//! - *Rules*: [`Rules`], [`Rule`], [`RuleBuilder`], [`RuleBasis`], [`RuleSide`], [`ItemMatch`], [`Redundancy`].
//! - *Evidence*: [`Contingency`], [`PValue`], [`ConfidenceInterval`], [`Hypotheses`], [`Correction`],
//!   [`Measure`], [`ObservedCounts`], [`Drift`]; with the feature `random` `HoldOut` and `Stability`.
//! - *Control*: [`RunOptions`], [`CancelToken`], [`Limit`], [`Partial`], [`Suggestion`], [`Error`], [`ErrorKind`].
//!
//! # Which engine when
//!
//! All engines give the same result in the same order. Leave it at [`Algorithm::Auto`]: it takes Eclat, or FP-Growth if
//! long baskets of many items are mostly alike, since FP-Growth merges those. [`Miner::explain`] reports the choice and
//! the reason. Apriori is never chosen; its [`Statistics`] list the candidates of each level. Closed, maximal and
//! generator itemsets, constraints and the best k have depth-first searches of their own, for `Auto` and `Eclat`.
//!
//! # Features
//!
//! - `rayon` (default): parallel search. Without it every call is sequential, with the same result.
//! - `random` (default): random splits, samples and swaps. `memory-limit` (default): at most half of the memory.
//! - `json`: JSON lines are read; `csv`, `json`: results too. `gzip`, `zstd`, `encoding`: compressed files, UTF-16.
//! - `serde`: transactions, itemsets, rules and settings serialise, their version as `format`; `rows()` has labels.
//! - `snapshot`: results in one binary file. `swap`: `recommend::Live`, replaced under readers. `report`: pages, plots.
//! - `synth`: generated data, a sample supermarket. `owners`: itemsets of owners who show each other sums of counts.
//!
//! # Limits
//!
//! At most `u32::MAX` stored rows, entries, distinct items, collected itemsets and rules, and `i64::MAX` baskets, with
//! weights; beyond is an [`ErrorKind::TooLarge`]. [`Miner::count`] goes up to `u128::MAX`. [`Miner::max_itemsets`],
//! `max_memory`, `time_limit` set lower limits; [`Miner::stream`] needs none: it collects nothing. 64-bit targets only.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod bitset;
mod call;
mod constraints;
mod describe;
mod dictionary;
pub mod distributed;
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
mod nearest;
#[cfg(feature = "owners")]
pub mod owners;
mod pattern;
pub mod recommend;
#[cfg(feature = "report")]
pub mod report;
mod rules;
mod run_options;
pub mod shape;
#[cfg(feature = "snapshot")]
pub mod snapshot;
mod spill;
mod stored_format;
#[cfg(feature = "synth")]
pub mod synth;
mod text_enum;
mod threads;
mod transactions;
pub mod window;

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
pub use describe::{Coverage, Description, ItemFrequency, ItemPair, LengthCount, ThresholdEffect};
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
#[cfg(feature = "random")]
pub use rules::{HoldOut, Stability};
pub use run_options::RunOptions;
pub use transactions::{Basket, BasketIter, LengthPercentiles, Summary, Transactions, TransactionsBuilder};

/// Not part of the interface: for the benchmarks of this repository.
#[cfg(feature = "__bench")]
#[doc(hidden)]
pub mod __bench {
    pub use crate::bitset::{Isa, Ops, Task};
    pub use crate::threads::simulated::{Scaling, simulate};
}

/// The README's code is tested like the documentation's.
#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct ReadmeDoctests;
