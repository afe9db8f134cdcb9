//! Progress rises from 0 to 1 in every call that searches, and ends at exactly 1 unless the call fails.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use itemset::{CancelToken, Consequents, Constraints, CountingSink, MinSupport, Miner, Target, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};
use crate::variants::{ENGINES, FEW_THREADS};

/// The result of `run`, and the progress that its miner reported.
fn reported<R>(miner: &Miner, run: impl FnOnce(&Miner) -> R) -> (R, Vec<f64>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let reported = Arc::clone(&heard);
    let result = run(&miner.clone().on_progress(move |fraction| reported.lock().unwrap().push(fraction)));
    let heard = heard.lock().unwrap().clone();
    (result, heard)
}

fn is_complete(reported: &[f64]) -> bool {
    reported.is_sorted_by(|a, b| a < b)
        && reported.first().is_some_and(|&first| first > 0.0)
        && reported.last() == Some(&1.0)
}

/// Every call of a miner that searches, and the progress that it reports.
fn all_calls(miner: &Miner, baskets: &Transactions<u32>) -> Vec<(&'static str, Vec<f64>)> {
    let mut calls = Vec::new();
    for &algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        calls.push(("mine", reported(&miner, |miner| miner.mine(baskets).unwrap()).1));
        calls.push(("count", reported(&miner, |miner| miner.count(baskets).unwrap()).1));
        let mut counting = CountingSink::new();
        calls.push(("stream", reported(&miner, |miner| miner.stream(baskets, &mut counting).unwrap()).1));
        calls.push(("rules", reported(&miner, |miner| miner.rules(baskets).unwrap()).1));
        calls.push((
            "partial",
            reported(&miner.clone().max_itemsets(3), |miner| miner.mine_partial(baskets).unwrap()).1,
        ));
    }
    let itemsets = miner.mine(baskets).unwrap();
    let constraints = Constraints::new().min_len(2);
    calls.push((
        "mine_constrained",
        reported(miner, |miner| miner.search(baskets).constraints(&constraints).collect().unwrap()).1,
    ));
    calls.push(("top_k", reported(miner, |miner| miner.search(baskets).min_len(1).top_k(3).collect().unwrap()).1));
    calls.push(("closed", reported(miner, |miner| miner.mine_closed(baskets).unwrap()).1));
    calls.push(("maximal", reported(miner, |miner| miner.mine_maximal(baskets).unwrap()).1));
    calls.push(("generators", reported(miner, |miner| miner.mine_generators(baskets).unwrap()).1));
    calls.push((
        "count_target",
        reported(miner, |miner| miner.search(baskets).target(Target::Closed).count().unwrap()).1,
    ));
    calls.push(("suggest_min_support", reported(miner, |miner| miner.suggest_min_support(baskets, 9).unwrap()).1));
    calls.push(("estimate_itemsets", reported(miner, |miner| miner.estimate_itemsets(baskets).unwrap()).1));
    calls.push(("explain_empty", reported(miner, |miner| miner.explain_empty(baskets).unwrap()).1));
    calls.push(("rules_of", reported(miner, |miner| miner.rules_of(&itemsets).unwrap()).1));
    calls.push(("generate", reported(miner, |miner| miner.generate_rules(itemsets.rules()).unwrap()).1));
    calls
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn progress_rises_and_ends_at_one(rows in databases(), min_count in 1..5u64) {
        let baskets = encode(&rows);
        let miner = Miner::new().min_support(MinSupport::count(min_count.max(rows.len() as u64 / 8)));
        for &threads in FEW_THREADS {
            for (call, reported) in all_calls(&miner.clone().threads(threads), &baskets) {
                prop_assert!(is_complete(&reported), "{} with {} threads: {:?}", call, threads, reported);
            }
        }
    }
}

/// Each of 60 items with a few others: no branch makes up most of the search.
fn spread() -> Transactions<u32> {
    Transactions::from_rows((0..600u32).map(|row| (0..8).map(move |place| (row * 7 + place * place) % 60))).unwrap()
}

#[test]
fn progress_comes_in_small_steps() {
    let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.1).consequents(Consequents::Any);
    for &threads in FEW_THREADS {
        for (call, reported) in all_calls(&miner.clone().threads(threads), &spread()) {
            assert!(is_complete(&reported) && reported.len() <= 1020, "{call}: {reported:?}");
            let searches = !matches!(
                call,
                "partial" | "suggest_min_support" | "estimate_itemsets" | "explain_empty" | "rules_of" | "generate"
            );
            assert!(!searches || reported.len() >= 15, "{call}: {reported:?}");
        }
    }
}

#[test]
fn listener_does_not_change_the_result() {
    let miner = Miner::new().min_support(MinSupport::count(2));
    for &algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        assert_eq!(reported(&miner, |miner| miner.mine(&spread()).unwrap()).0, miner.mine(&spread()).unwrap());
    }
}

#[test]
fn failed_call_does_not_reach_one() {
    let token = CancelToken::new();
    token.cancel();
    let miner = Miner::new().min_support(MinSupport::count(1));
    for miner in [miner.clone().cancel_token(&token), miner.clone().time_limit(Duration::ZERO), miner.max_itemsets(1)] {
        let (result, reported) = reported(&miner, |miner| miner.mine(&spread()).map(|_| ()));
        assert!(result.is_err());
        assert!(reported.is_sorted_by(|a, b| a < b) && reported.iter().all(|&fraction| fraction < 1.0), "{reported:?}");
    }
}

/// A listener may start a search by itself.
#[test]
fn listener_may_mine() {
    let baskets = spread();
    let inner = Miner::new().min_support(MinSupport::count(20));
    let outer = {
        let (inner, baskets) = (inner.clone(), baskets.clone());
        Miner::new().min_support(MinSupport::count(20)).on_progress(move |_| assert!(inner.count(&baskets).is_ok()))
    };
    assert_eq!(outer.mine(&baskets).unwrap(), inner.mine(&baskets).unwrap());
}
