//! Progress rises from 0 to 1 in every call that searches, and ends at exactly 1 where the call does not fail.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use itemset::{CancelToken, Consequents, Constraints, CountingSink, MinSupport, Miner, Target, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};
use crate::variants::{ENGINES, FEW_THREADS};

/// What is told while `run` runs with a miner that tells.
fn told<R>(miner: &Miner, run: impl FnOnce(&Miner) -> R) -> (R, Vec<f64>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&heard);
    let result = run(&miner.clone().on_progress(move |fraction| told.lock().unwrap().push(fraction)));
    let heard = heard.lock().unwrap().clone();
    (result, heard)
}

fn is_complete(told: &[f64]) -> bool {
    told.is_sorted_by(|a, b| a < b) && told.first().is_some_and(|&first| first > 0.0) && told.last() == Some(&1.0)
}

/// Every call of a miner that searches, and what it tells.
fn all_calls(miner: &Miner, baskets: &Transactions<u32>) -> Vec<(&'static str, Vec<f64>)> {
    let mut calls = Vec::new();
    for algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        calls.push(("mine", told(&miner, |miner| miner.mine(baskets).unwrap()).1));
        calls.push(("count", told(&miner, |miner| miner.count(baskets).unwrap()).1));
        let mut counting = CountingSink::new();
        calls.push(("stream", told(&miner, |miner| miner.stream(baskets, &mut counting).unwrap()).1));
        calls.push(("rules", told(&miner, |miner| miner.rules(baskets).unwrap()).1));
        calls.push(("partial", told(&miner.clone().max_itemsets(3), |miner| miner.mine_partial(baskets).unwrap()).1));
    }
    let itemsets = miner.mine(baskets).unwrap();
    let constraints = Constraints::new().min_len(2);
    calls.push(("mine_constrained", told(miner, |miner| miner.mine_constrained(baskets, &constraints).unwrap()).1));
    calls.push(("top_k", told(miner, |miner| miner.mine_top_k(baskets, 3, 1).unwrap()).1));
    calls.push(("closed", told(miner, |miner| miner.mine_closed(baskets).unwrap()).1));
    calls.push(("maximal", told(miner, |miner| miner.mine_maximal(baskets).unwrap()).1));
    calls.push(("generators", told(miner, |miner| miner.mine_generators(baskets).unwrap()).1));
    calls.push(("count_target", told(miner, |miner| miner.count_target(baskets, Target::Closed).unwrap()).1));
    calls.push(("suggest_min_support", told(miner, |miner| miner.suggest_min_support(baskets, 9).unwrap()).1));
    calls.push(("estimate_itemsets", told(miner, |miner| miner.estimate_itemsets(baskets).unwrap()).1));
    calls.push(("explain_empty", told(miner, |miner| miner.explain_empty(baskets).unwrap()).1));
    calls.push(("rules_of", told(miner, |miner| miner.rules_of(&itemsets).unwrap()).1));
    calls.push(("generate", told(miner, |miner| miner.generate_rules(itemsets.rules()).unwrap()).1));
    calls
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_rises_and_ends_at_one(rows in databases(), min_count in 1..5u64) {
        let baskets = encode(&rows);
        let miner = Miner::new().min_support(MinSupport::count(min_count.max(rows.len() as u64 / 8)));
        for &threads in FEW_THREADS {
            for (call, told) in all_calls(&miner.clone().threads(threads), &baskets) {
                prop_assert!(is_complete(&told), "{} with {} threads: {:?}", call, threads, told);
            }
        }
    }
}

/// Each of 60 items with a few others: no branch makes up most of the search.
fn spread() -> Transactions<u32> {
    Transactions::from_rows((0..600u32).map(|row| (0..8).map(move |place| (row * 7 + place * place) % 60))).unwrap()
}

#[test]
fn it_comes_in_small_steps() {
    let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.1).consequents(Consequents::Any);
    for &threads in FEW_THREADS {
        for (call, told) in all_calls(&miner.clone().threads(threads), &spread()) {
            assert!(is_complete(&told) && told.len() <= 1020, "{call}: {told:?}");
            let searches = !matches!(
                call,
                "partial" | "suggest_min_support" | "estimate_itemsets" | "explain_empty" | "rules_of" | "generate"
            );
            assert!(!searches || told.len() >= 15, "{call}: {told:?}");
        }
    }
}

#[test]
fn what_is_found_is_the_same() {
    let miner = Miner::new().min_support(MinSupport::count(2));
    for algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        assert_eq!(told(&miner, |miner| miner.mine(&spread()).unwrap()).0, miner.mine(&spread()).unwrap());
    }
}

#[test]
fn a_call_that_fails_does_not_end_at_one() {
    let token = CancelToken::new();
    token.cancel();
    let miner = Miner::new().min_support(MinSupport::count(1));
    for miner in [miner.clone().cancel_token(&token), miner.clone().time_limit(Duration::ZERO), miner.max_itemsets(1)] {
        let (result, told) = told(&miner, |miner| miner.mine(&spread()).map(|_| ()));
        assert!(result.is_err());
        assert!(told.is_sorted_by(|a, b| a < b) && told.iter().all(|&fraction| fraction < 1.0), "{told:?}");
    }
}

/// From inside the function a call of the same miner is a call of its own.
#[test]
fn a_listener_may_mine() {
    let baskets = spread();
    let inner = Miner::new().min_support(MinSupport::count(20));
    let outer = {
        let (inner, baskets) = (inner.clone(), baskets.clone());
        Miner::new().min_support(MinSupport::count(20)).on_progress(move |_| assert!(inner.count(&baskets).is_ok()))
    };
    assert_eq!(outer.mine(&baskets).unwrap(), inner.mine(&baskets).unwrap());
}
