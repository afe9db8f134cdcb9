//! Every public type may go to another thread, be shared between threads, and be used after a caught panic.

use std::panic::UnwindSafe;

use itemset::io::{
    BasketReader, CsvWriter, Delimiter, Difference, Finding, InputFormat, JsonLinesWriter, PmmlWriter, Proposal,
    RowSink, RuleColumn, Sniffed, Sniffer, TextSink, TextWriter, Trim,
};
use itemset::recommend::{
    BatchRecommendations, HabitWeights, ItemSet, ItemToItem, NextBasket, Policy, Reason, Recommendation,
    Recommendations, Recommender, Related, Relation, Scratch,
};
use itemset::{
    Algorithm, AprioriLevel, Basket, BasketIter, CancelToken, ClosedItemsets, ConfidenceInterval, Consequents,
    Constraints, Contingency, Correction, CountingSink, Coverage, DerivedCounts, Description, Dictionary, Drift,
    EmptyReport, EngineChoice, Error, ErrorKind, Estimate, FrequentItemsets, GeneratorItemsets, Hypotheses,
    ItemFrequency, ItemId, ItemMatch, ItemPair, Itemset, ItemsetCounts, ItemsetIter, ItemsetList, LengthCount,
    LengthPercentiles, Limit, MaximalItemsets, Measure, MinSupport, Miner, ObservedCounts, PValue, Partial, Redundancy,
    Rule, RuleBasis, RuleBuilder, RuleIter, RuleSide, Rules, Statistics, StreamSummary, Suggestion, Summary, Target,
    ThresholdEffect, TopKSink, Transactions, TransactionsBuilder,
};

fn is<T: Send + Sync + UnwindSafe>() {}
fn is_sendable<T: Send + Sync>() {}

#[test]
fn public_types_are_send_sync_and_unwind_safe() {
    is::<Algorithm>();
    is::<Basket<'_, String>>();
    is::<BasketIter<'_, String>>();
    is::<BasketReader>();
    is::<BatchRecommendations<'_, String>>();
    is::<HabitWeights>();
    is::<ItemSet>();
    is::<ItemToItem<String>>();
    is::<NextBasket<String>>();
    is::<Policy>();
    is::<Reason<'_, String>>();
    is::<Recommendation<'_, String>>();
    is::<Recommendations<'_, String>>();
    is::<Recommender<String>>();
    is::<Related<'_, String>>();
    is::<Relation>();
    is::<Scratch>();
    is::<itemset::window::ChangeKind>();
    is::<itemset::window::Changes<itemset::window::ItemsetChange<String>>>();
    is::<itemset::window::Changes<itemset::window::RuleChange<String>>>();
    is::<itemset::window::Refresh<String>>();
    is::<itemset::window::Window<u32, String>>();
    #[cfg(feature = "swap")]
    is::<itemset::recommend::Live<Recommender<String>>>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::Snapshot>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::SnapshotReader>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::SnapshotPart>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::ItemsetFile<String>>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::InMemory<Vec<u8>>>();
    #[cfg(feature = "snapshot")]
    is::<itemset::snapshot::ItemsetFileIter<'_, String, std::fs::File>>();
    is::<EngineChoice>();
    is::<ClosedItemsets<String>>();
    is::<RuleColumn>();
    is::<Consequents>();
    is::<Contingency>();
    is::<Correction>();
    is::<CountingSink>();
    is::<CsvWriter>();
    is::<Delimiter>();
    is::<Difference>();
    is::<Finding>();
    is::<InputFormat>();
    is::<Proposal>();
    is::<Sniffed>();
    is::<Sniffer>();
    is::<Coverage>();
    is::<DerivedCounts>();
    is::<Description<String>>();
    is::<ItemFrequency<String>>();
    is::<ItemPair>();
    is::<LengthCount>();
    is::<ThresholdEffect>();
    is::<Dictionary<String>>();
    is::<Drift>();
    is::<EmptyReport>();
    is::<Estimate>();
    is::<FrequentItemsets<String>>();
    #[cfg(feature = "random")]
    {
        is::<itemset::HoldOut>();
        is::<itemset::recommend::Case<String>>();
        is::<itemset::recommend::ItemToItemLine<String>>();
        is::<itemset::recommend::Metric>();
        is::<itemset::recommend::MetricValue>();
        is::<itemset::recommend::Outcome>();
        is::<itemset::recommend::PersonalPopularity>();
        is::<itemset::recommend::Popularity<String>>();
        is::<itemset::recommend::PopularityMix<String>>();
        is::<itemset::recommend::Shopper<'_, String>>();
        is::<itemset::recommend::Trial<String>>();
        is::<itemset::Stability>();
    }
    #[cfg(feature = "owners")]
    {
        is::<itemset::owners::Agreement<String>>();
        is::<itemset::owners::Coordinator<String>>();
        is::<itemset::owners::CoordinatorState>();
        is::<itemset::owners::CountInterval>();
        is::<itemset::owners::Noise>();
        is::<itemset::owners::Owner<String>>();
        is::<itemset::owners::OwnerState>();
        is::<itemset::owners::PooledItemset<'_, String>>();
        is::<itemset::owners::PooledItemsets<String>>();
        is::<itemset::owners::Reply>();
        is::<itemset::owners::Request>();
    }
    #[cfg(feature = "report")]
    {
        is::<itemset::report::Plot>();
        is::<itemset::report::Report<'_, String>>();
    }
    is::<GeneratorItemsets<String>>();
    is::<ItemMatch>();
    is::<Hypotheses>();
    is::<ConfidenceInterval>();
    is::<CancelToken>();
    is::<Limit>();
    is::<Partial<FrequentItemsets<String>>>();
    is::<Suggestion>();
    is::<ItemId>();
    is::<Itemset<'_, String>>();
    is::<ItemsetCounts>();
    is::<ItemsetList<String>>();
    is::<ItemsetIter<'_, String>>();
    is::<LengthPercentiles>();
    #[cfg(any(feature = "csv", feature = "json"))]
    {
        is::<itemset::io::ItemsetRow>();
        is::<itemset::io::RuleRow>();
    }
    is::<JsonLinesWriter>();
    is::<AprioriLevel>();
    is::<MaximalItemsets<String>>();
    is::<Measure>();
    is::<MinSupport>();
    is::<Miner>();
    is::<ObservedCounts>();
    is::<RuleSide>();
    is::<PValue>();
    is::<PmmlWriter>();
    is::<Redundancy>();
    is::<Rule<'_, String>>();
    is::<RuleBasis<String>>();
    is::<RuleBuilder<'_, String>>();
    is::<RuleIter<'_, String>>();
    is::<Rules<String>>();
    is::<Statistics>();
    is::<StreamSummary>();
    is::<Summary>();
    is::<Target>();
    is::<TopKSink<String>>();
    is::<TextWriter>();
    is::<Trim>();
    is::<Transactions<String>>();
    is::<TransactionsBuilder<String>>();
    is::<itemset::io::TwoPass<'_>>();
    is::<itemset::io::Counted<'_>>();
    is::<itemset::io::Needs>();
    is::<itemset::shape::Bins>();
    is::<itemset::shape::Recipe>();
    is::<itemset::shape::Shaped>();
    is::<itemset::shape::Table>();
    is::<itemset::shape::Taxonomy<String>>();
    is::<itemset::shape::RelatedRule<String>>();
    is::<itemset::shape::Filter>();
    is::<itemset::shape::Incomplete<String>>();
    is::<itemset::shape::AdjustedItemsets<'_, String>>();
    is::<itemset::shape::AdjustedRule<String>>();
    // A predicate of the user's, which they may hold, need not be unwind safe.
    is_sendable::<Constraints<String>>();
    // `std::io::Error`, which they may hold, is not unwind safe.
    is_sendable::<Error>();
    is_sendable::<ErrorKind>();
    is_sendable::<RowSink<Vec<u8>>>();
    is_sendable::<TextSink<Vec<u8>>>();
}
