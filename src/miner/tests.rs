//! Tests of every call: instruction sets and the machine's memory.

use proptest::prelude::*;

use super::Miner;
use crate::bitset::with_each_isa;
use crate::error::{Error, ErrorKind};
use crate::limit::{Limit, Suggestion};
use crate::machine::with_memory;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::transactions::Transactions;

proptest! {
    /// Includes long rows, so that every kernel searches columns of several words.
    #[test]
    fn instruction_sets_agree(
        rows in prop::collection::vec(prop::collection::btree_set(0..20u32, 0..16), 0..300),
        share in 4..12u64,
        max_len in prop::option::of(2..6usize),
    ) {
        let baskets = Transactions::from_rows(rows).unwrap();
        let min_support = MinSupport::count((baskets.len() as u64 / share).max(2));
        for algorithm in [Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat] {
            let mut miner = Miner::new().min_support(min_support).algorithm(algorithm).threads(1);
            if let Some(max_len) = max_len {
                miner = miner.max_len(max_len);
            }
            let mut first = None;
            with_each_isa(|isa| {
                let found = (miner.mine(&baskets).unwrap(), miner.count(&baskets).unwrap());
                assert_eq!(found.0.len() as u128, found.1.total());
                assert!(*first.get_or_insert_with(|| found.clone()) == found, "{algorithm} with {}", isa.name());
            });
        }
        let miner = Miner::new().min_support(min_support).threads(1);
        let mut first = None;
        with_each_isa(|isa| {
            let found = (
                miner.mine_closed(&baskets).unwrap(), miner.mine_maximal(&baskets).unwrap(), miner.mine_generators(&baskets).unwrap(),
            );
            assert!(*first.get_or_insert_with(|| found.clone()) == found, "with {}", isa.name());
        });
    }
}

proptest! {
    /// Counts share ranges here, and few are kept.
    #[test]
    fn suggestions_fit_great_weights(
        rows in prop::collection::vec((prop::collection::btree_set(0..9u32, 0..7), 1..100_000u32), 1..40),
        alike in prop::option::of(1..50_000u32),
        least in 1..100_000u64,
        max_len in prop::option::of(1..4usize),
    ) {
        let mut builder = Transactions::builder();
        rows.into_iter().for_each(|(row, weight)| _ = builder.push_weighted(row, alike.unwrap_or(weight)));
        let baskets = builder.build().unwrap();
        let mut miner = Miner::new().min_support(MinSupport::count(least)).threads(1);
        if let Some(max_len) = max_len {
            miner = miner.max_len(max_len);
        }
        let all = miner.clone().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
        let mut counts: Vec<u64> = all.iter().map(|itemset| itemset.count()).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        for most in [0, 1, 2, 3, 4, 7, 20, 60, 200] {
            let suggestion = miner.suggest_min_support(&baskets, most as u64).unwrap();
            let threshold = counts.get(most).map_or(1, |count| count + 1);
            let fitting = counts.partition_point(|&count| count >= threshold) as u64;
            prop_assert_eq!((suggestion.min_count(), suggestion.itemsets()), (threshold, fitting), "{}", most);
        }
    }
}

/// 2^`items` itemsets, and a few that are more frequent.
fn explosive(items: u32) -> Transactions<u32> {
    Transactions::from_rows([(0..items).collect::<Vec<_>>(), vec![1, 2], vec![1]]).unwrap()
}

fn reached<R>(result: Result<R, Error>) -> Option<(Limit, u64, Suggestion)> {
    match result.err()?.kind() {
        &ErrorKind::LimitReached { limit, min_count, suggestion } => Some((limit, min_count, suggestion)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn default_memory_limit_is_half_of_machine() {
    let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
    let limit = Limit::MachineMemory(100 << 20);
    with_memory(200 << 20, || {
        for algorithm in [Algorithm::Auto, Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat] {
            let miner = miner.clone().algorithm(algorithm);
            let error = reached(miner.mine(&explosive(23)));
            assert_eq!(error, Some((limit, 1, Suggestion::new(2, 3))), "{algorithm}");
        }
        // Results that fit are returned, and small ones do not depend on the machine.
        assert!(reached(miner.mine(&explosive(21))).is_none());
        assert_eq!(miner.mine_partial(&explosive(23)).unwrap().limit(), Some(limit));
        // An explicit limit, or none, replaces it.
        assert_eq!(
            reached(miner.clone().max_memory(20 << 20).mine(&explosive(23))).unwrap().0,
            Limit::Memory(20 << 20)
        );
        assert_eq!(reached(miner.clone().max_itemsets(9).mine(&explosive(23))).unwrap().0, Limit::Itemsets(9));
        assert_eq!(miner.clone().max_memory(u64::MAX).mine(&explosive(23)).unwrap().len(), (1 << 23) - 1);
        assert_eq!(miner.count(&explosive(60)).unwrap().total(), (1 << 60) - 1);
    });
    with_memory(0, || assert!(reached(miner.mine(&explosive(18))).is_none()));
    assert_eq!(miner.mine(&explosive(22)).unwrap().len(), (1 << 22) - 1);
    assert_eq!(limit.to_string(), "half of this machine's memory (104857600, max_memory sets another)");
}
