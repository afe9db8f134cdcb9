//! `explain` names the engine that runs, for any number of threads and order of baskets, and refuses what `mine`
//! refuses.

use itemset::{Algorithm, EngineChoice, MinSupport, Miner};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};
use crate::variants::{ENGINES, FEW_THREADS};

/// Checks all runs on the rows in two orders against what is explained.
fn explained(rows: &[Vec<u32>], min_count: u64, max_len: usize) -> EngineChoice {
    let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(max_len);
    let choice = miner.clone().threads(1).explain(&encode(rows)).unwrap();
    assert!(!choice.is_set() && choice.algorithm() != Algorithm::Auto);
    let turned: Vec<Vec<u32>> = rows.iter().rev().cloned().collect();
    for baskets in [encode(rows), encode(&turned)] {
        for &threads in FEW_THREADS {
            let miner = miner.clone().threads(threads);
            assert_eq!(miner.explain(&baskets).unwrap(), choice);
            assert_eq!(miner.mine(&baskets).unwrap().statistics().algorithm, choice.algorithm());
            assert_eq!(miner.count(&baskets).unwrap().statistics().algorithm, choice.algorithm());
        }
        for &algorithm in ENGINES {
            let set = miner.clone().algorithm(algorithm).explain(&baskets).unwrap();
            assert!(set.is_set() && set.algorithm() == algorithm);
            assert_eq!(set.steps(algorithm), choice.steps(algorithm));
        }
    }
    choice
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn explained_engine_is_the_one_that_runs(rows in databases(), min_count in 1..4u64, max_len in 1..4usize) {
        explained(&rows, min_count, max_len);
    }

    /// Few different rows, each many times: both engines are picked among these.
    #[test]
    fn explained_engine_runs_on_repeated_rows(
        different in prop::collection::vec(prop::collection::vec(0..300u32, 0..16), 1..6),
        which in prop::collection::vec(0..6usize, 0..200),
        min_count in 1..4u64,
    ) {
        let rows: Vec<_> = which.iter().map(|place| different[place % different.len()].clone()).collect();
        explained(&rows, min_count, 2);
    }
}

#[test]
fn auto_picks_each_engine() {
    let alike: Vec<Vec<u32>> = (0..300).map(|row| (0..20).map(|item| row % 10 + 10 * item).collect()).collect();
    let choice = explained(&alike, 3, 2);
    assert_eq!((choice.algorithm(), choice.distinct_baskets()), (Algorithm::FpGrowth, Some(10)));
    assert!(choice.steps(Algorithm::FpGrowth) < choice.steps(Algorithm::Eclat));
    assert_eq!(choice.steps(Algorithm::Auto), choice.steps(Algorithm::FpGrowth));
    let text = choice.to_string();
    assert!(text.starts_with("fp-growth, picked by auto: ") && text.contains("about 10 different baskets"), "{text}");
    assert!(text.ends_with("(min count 3): 6000 entries, mean length 20.0, density 0.1000"), "{text}");

    let few: Vec<Vec<u32>> = (0..300).map(|row| (0..5).filter(|item| row >> item & 1 == 1).collect()).collect();
    let choice = explained(&few, 3, 2);
    assert_eq!((choice.algorithm(), choice.distinct_baskets()), (Algorithm::Eclat, None));
    assert_eq!(choice.steps(Algorithm::Apriori), None);
    assert!(choice.to_string().starts_with("eclat, picked by auto: "), "{choice}");
}

#[test]
fn numbers_cover_frequent_items_only() {
    let rows = [vec![1, 2, 3], vec![1, 2], vec![2], vec![4], vec![]];
    let choice = explained(&rows, 2, 4);
    assert_eq!((choice.basket_count(), choice.searched_baskets(), choice.frequent_items()), (5, 2, 2));
    assert_eq!((choice.entries(), choice.mean_len(), choice.density(), choice.min_count()), (4, 2.0, 1.0, 2));
    let none = explained(&[], 1, 4);
    assert_eq!((none.entries(), none.mean_len(), none.density()), (0, 0.0, 0.0));
    assert!(none.to_string().contains("nothing to search"), "{none}");
}

#[test]
fn explain_refuses_what_mine_refuses() {
    let baskets = encode(&[vec![1, 2], vec![1]]);
    for miner in [
        Miner::new().min_support(0.0),
        Miner::new().min_support(f64::NAN),
        Miner::new().min_support(MinSupport::count(0)),
        Miner::new().min_confidence(2.0),
        Miner::new().max_len(0),
        Miner::new().threads(0),
    ] {
        let refused = miner.explain(&baskets).unwrap_err().to_string();
        assert_eq!(refused, miner.mine(&baskets).unwrap_err().to_string());
    }
}
