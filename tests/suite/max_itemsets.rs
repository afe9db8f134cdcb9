//! Limits on the number of itemsets and on memory: results within them are exact, and a search beyond them never
//! starts.

use itemset::{Error, ErrorKind, Limit, MinSupport, Miner, Suggestion, Target, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode, itemsets};
use crate::variants::{ENGINES, FEW_THREADS};

/// The limit that was reached, and what is suggested.
fn reached<T>(result: Result<T, Error>) -> (Limit, u64, Suggestion) {
    match result.map(|_| ()).unwrap_err().kind() {
        &ErrorKind::LimitReached { limit, min_count, suggestion, .. } => (limit, min_count, suggestion),
        other => panic!("{other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn suggested_threshold_is_the_lowest_that_fits(rows in databases(), most in 0..60u64, min_count in 1..4u64, max_len in 1..6usize,
        threads in 1..4usize, algorithm in prop::sample::select(ENGINES)) {
        let baskets = encode(&rows);
        let counts: Vec<u64> =
            itemsets(&rows, 1).into_iter().filter(|(labels, _)| labels.len() <= max_len).map(|(_, count)| count).collect();
        let at = |threshold: u64| counts.iter().filter(|&&count| count >= threshold).count() as u64;
        let lowest = |from: u64| (from..).find(|&threshold| at(threshold) <= most).unwrap();

        let threads = if cfg!(feature = "rayon") { threads } else { 1 };
        let miner = Miner::new().max_len(max_len).threads(threads).algorithm(algorithm);
        let suggestion = miner.suggest_min_support(&baskets, most).unwrap();
        prop_assert_eq!((suggestion.min_count(), suggestion.itemsets()), (lowest(1), at(lowest(1))));

        let miner = miner.min_support(MinSupport::count(min_count)).max_itemsets(most);
        let fits = lowest(min_count);
        let partial = miner.mine_partial(&baskets).unwrap();
        prop_assert_eq!(partial.complete_from(), fits);
        prop_assert_eq!(partial.asked(), min_count);
        prop_assert_eq!(partial.is_complete(), fits == min_count);
        prop_assert_eq!(partial.get(), &Miner::new().max_len(max_len).min_support(MinSupport::count(fits)).mine(&baskets).unwrap());
        if fits == min_count {
            prop_assert_eq!(&miner.mine(&baskets).unwrap(), partial.get());
        } else {
            let (limit, asked, suggestion) = reached(miner.mine(&baskets));
            prop_assert_eq!((limit, asked), (Limit::Itemsets(most), min_count));
            prop_assert_eq!((suggestion.min_count(), suggestion.itemsets()), (fits, at(fits)));
        }
        // Counting collects nothing, so the limit does not apply.
        prop_assert_eq!(miner.count(&baskets).unwrap().total(), u128::from(at(min_count)));
    }

    #[test]
    fn each_target_is_limited_by_its_own_count(rows in databases(), most in 0..20u64) {
        let baskets = encode(&rows);
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
        let limited = miner.clone().max_itemsets(most);
        let closed = miner.search(&baskets).target(Target::Closed).count().unwrap().total();
        prop_assert_eq!(limited.mine_closed(&baskets).is_ok(), closed <= u128::from(most));
        let maximal = miner.search(&baskets).target(Target::Maximal).count().unwrap().total();
        prop_assert_eq!(limited.mine_maximal(&baskets).is_ok(), maximal <= u128::from(most));
        let generators = miner.search(&baskets).target(Target::Generators).count().unwrap().total();
        prop_assert_eq!(limited.mine_generators(&baskets).is_ok(), generators <= u128::from(most));
    }
}

/// 2^28 - 1 itemsets of one basket, 2^2000 - 1 of another.
#[test]
fn explosion_is_an_error_before_the_search() {
    for items in [28, 2000] {
        let baskets = Transactions::from_rows([(0..items).collect::<Vec<u32>>(), vec![0, 1], vec![0]]).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(1)).max_itemsets(1_000_000);
        let (_, _, suggestion) = reached(miner.mine(&baskets));
        assert_eq!((suggestion.min_count(), suggestion.itemsets()), (2, 3));
        let miner = Miner::new().min_support(MinSupport::count(1)).max_memory(64 << 20);
        let (limit, min_count, suggestion) = reached(miner.mine(&baskets));
        assert_eq!((limit, min_count, suggestion.min_count()), (Limit::Memory(64 << 20), 1, 2));
    }
}

#[test]
fn limit_error_names_the_limit_and_what_fits() {
    let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]]).unwrap();
    let error = Miner::new().min_support(MinSupport::count(1)).max_itemsets(1).mine(&baskets).unwrap_err();
    assert_eq!(
        error.to_string(),
        "more itemsets than max_itemsets 1 allows at min count 1; min count 3 (1 itemset) stays within it: raise the minimum support or the limit, or ask for a partial result"
    );
}

/// Every basket lacks another one of 60 items: 2^60 closed itemsets, and as many generators, that nobody can count.
#[test]
fn limits_stop_endless_searches_of_every_target() {
    let rows = (0..60u32).map(|lacks| (0..60).filter(move |&item| item != lacks));
    let baskets = Transactions::from_rows(rows).unwrap();
    // At count 30 there are 60 over 30 maximal itemsets.
    for min_count in [1, 30] {
        let miner = Miner::new().min_support(MinSupport::count(min_count));
        for miner in FEW_THREADS.iter().map(|&threads| miner.clone().threads(threads)) {
            for (limited, expected) in [
                (miner.clone().max_itemsets(1000), Limit::Itemsets(1000)),
                (miner.clone().max_memory(20 << 20), Limit::Memory(20 << 20)),
                (miner.clone().max_itemsets(1000).max_memory(u64::MAX), Limit::Itemsets(1000)),
            ] {
                assert_eq!(reached(limited.mine_closed(&baskets)).0, expected);
                assert_eq!(reached(limited.mine_generators(&baskets)).0, expected);
                if min_count > 1 {
                    let (limit, asked, suggestion) = reached(limited.mine_maximal(&baskets));
                    assert_eq!((limit, asked), (expected, 30));
                    assert!(limited.clone().min_support(suggestion.min_support()).mine_maximal(&baskets).is_ok());
                }
            }
        }
    }
}
