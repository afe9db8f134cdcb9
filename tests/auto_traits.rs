//! Every public type may go to another thread, be shared between threads, and be used after a caught panic.

use std::panic::UnwindSafe;

use itemset::io::{BasketReader, Delimiter, TextSink, TextWriter};
use itemset::{
    Algorithm, Basket, Baskets, CancelToken, Choice, ClosedItemsets, Consequents, Constraints, Contingency, Correction,
    CountingSink, Derived, Dictionary, Drift, Emptiness, Error, ErrorKind, Estimate, FrequentItemsets,
    GeneratorItemsets, Holds, Hypotheses, Interval, ItemId, Itemset, ItemsetCounts, ItemsetList, Itemsets,
    LengthPercentiles, Level, Limit, MaximalItemsets, Measure, MinSupport, Miner, Observed, PValue, Part, Partial,
    Redundancy, Rule, RuleBasis, RuleBuilder, RuleIter, Rules, Statistics, Streamed, Suggestion, Summary, Target,
    TopKSink, Transactions, TransactionsBuilder,
};

fn is<T: Send + Sync + UnwindSafe>() {}
fn is_sendable<T: Send + Sync>() {}

#[test]
fn public_types_are_send_sync_and_unwind_safe() {
    is::<Algorithm>();
    is::<Basket<'_, String>>();
    is::<Baskets<'_, String>>();
    is::<BasketReader>();
    is::<Choice>();
    is::<ClosedItemsets<String>>();
    is::<Consequents>();
    is::<Contingency>();
    is::<Correction>();
    is::<CountingSink>();
    is::<Delimiter>();
    is::<Derived>();
    is::<Dictionary<String>>();
    is::<Drift>();
    is::<Emptiness>();
    is::<Estimate>();
    is::<FrequentItemsets<String>>();
    is::<GeneratorItemsets<String>>();
    is::<Holds>();
    is::<Hypotheses>();
    is::<Interval>();
    is::<CancelToken>();
    is::<Limit>();
    is::<Partial<FrequentItemsets<String>>>();
    is::<Suggestion>();
    is::<ItemId>();
    is::<Itemset<'_, String>>();
    is::<ItemsetCounts>();
    is::<ItemsetList<String>>();
    is::<Itemsets<'_, String>>();
    is::<LengthPercentiles>();
    is::<Level>();
    is::<MaximalItemsets<String>>();
    is::<Measure>();
    is::<MinSupport>();
    is::<Miner>();
    is::<Observed>();
    is::<Part>();
    is::<PValue>();
    is::<Redundancy>();
    is::<Rule<'_, String>>();
    is::<RuleBasis<String>>();
    is::<RuleBuilder<'_, String>>();
    is::<RuleIter<'_, String>>();
    is::<Rules<String>>();
    is::<Statistics>();
    is::<Streamed>();
    is::<Summary>();
    is::<Target>();
    is::<TopKSink<String>>();
    is::<TextWriter>();
    is::<Transactions<String>>();
    is::<TransactionsBuilder<String>>();
    // A predicate of the user's, which they may hold, need not be unwind safe.
    is_sendable::<Constraints<String>>();
    // `std::io::Error`, which they may hold, is not unwind safe.
    is_sendable::<Error>();
    is_sendable::<ErrorKind>();
    is_sendable::<TextSink<Vec<u8>>>();
}
