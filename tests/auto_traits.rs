//! Every public type may go to another thread, be shared between threads, and be used after a caught panic.

use std::panic::UnwindSafe;

use itemset::io::{BasketReader, Delimiter, TextWriter};
use itemset::{
    Algorithm, Basket, Baskets, Choice, ClosedItemsets, Consequents, Contingency, Dictionary, Error, ErrorKind,
    FrequentItemsets, GeneratorItemsets, ItemId, Itemset, ItemsetCounts, Itemsets, LengthPercentiles, Level,
    MaximalItemsets, Measure, MinSupport, Miner, Rule, RuleBuilder, RuleIter, Rules, Statistics, Summary, Target,
    Transactions, TransactionsBuilder,
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
    is::<Delimiter>();
    is::<Dictionary<String>>();
    is::<FrequentItemsets<String>>();
    is::<GeneratorItemsets<String>>();
    is::<ItemId>();
    is::<Itemset<'_, String>>();
    is::<ItemsetCounts>();
    is::<Itemsets<'_, String>>();
    is::<LengthPercentiles>();
    is::<Level>();
    is::<MaximalItemsets<String>>();
    is::<Measure>();
    is::<MinSupport>();
    is::<Miner>();
    is::<Rule<'_, String>>();
    is::<RuleBuilder<'_, String>>();
    is::<RuleIter<'_, String>>();
    is::<Rules<String>>();
    is::<Statistics>();
    is::<Summary>();
    is::<Target>();
    is::<TextWriter>();
    is::<Transactions<String>>();
    is::<TransactionsBuilder<String>>();
    // `std::io::Error`, which they may hold, is not unwind safe.
    is_sendable::<Error>();
    is_sendable::<ErrorKind>();
}
