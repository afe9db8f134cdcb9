//! The recommender beside the plain scan.

use std::collections::BTreeSet;

use itemset::recommend::{Policy, Recommender, Request, Scratch};
use itemset::{CancelToken, ErrorKind, Miner, Rules, RunOptions, Transactions};
use proptest::prelude::*;

use super::plain_scan::{self, By, Plain, Scored, databases, near, own, plain, recommended, rules, sorted};

fn recommender(rules: &Rules<u32>, by: By, fill: bool) -> Recommender<u32> {
    let builder = rules.recommender().margins(|&item| plain_scan::margin(item)).fill(fill);
    let builder = match by {
        By::Policy(policy) => builder.policy(policy),
        By::Own => builder.score_by(|rule| own(&rule.counts())),
    };
    builder.build().unwrap()
}

/// The same items with the same scores; where sums or products are rounded, items whose scores are as near as that may
/// come in another order.
fn same(found: &[(u32, f64, bool)], expected: &[Scored], k: usize, exact: bool) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), k.min(expected.len()), "{:?} {:?}", found, expected);
    for (place, (&(item, score, popular), expected_here)) in found.iter().zip(expected).enumerate() {
        let other = expected.iter().find(|other| other.item == item);
        prop_assert!(near(score, expected_here.score), "{}: {:?} {:?}", place, found, expected);
        let other = other.expect("an item that the scan has");
        prop_assert!(near(score, other.score) && other.popular == popular);
        if exact {
            prop_assert_eq!((item, score), (expected_here.item, expected_here.score), "{:?} {:?}", found, expected);
        }
    }
    Ok(())
}

fn is_exact(by: By) -> bool {
    !matches!(by, By::Policy(Policy::Evidence | Policy::NoisyOr))
}

/// What is asked, and which items may be in the answer.
type Asked<'a> = (Request<'a, u32>, Box<dyn Fn(u32) -> bool + 'a>);

proptest! {
    #[test]
    fn it_equals_a_plain_scan_for_every_policy_and_filter(
        rows in databases(),
        min_count in 1..4u64,
        baskets in prop::collection::vec(prop::collection::vec(0..12u32, 0..7), 1..6),
        k in prop_oneof![0..5usize, Just(100)],
        fill in any::<bool>(),
        kept in prop::collection::btree_set(0..9u32, 0..9),
        without in prop::collection::btree_set(0..12u32, 0..4),
    ) {
        let rules = rules(&rows, min_count);
        let mut scratch = Scratch::new();
        let known: BTreeSet<u32> = rules.iter().flat_map(|rule| rule.antecedent().chain(rule.consequent())).copied().collect();
        for by in plain_scan::ALL {
            let scanned = plain_scan::all(&rules, by);
            let recommender = recommender(&rules, by, fill);
            prop_assert_eq!(recommender.len(), rules.len());
            let (only, not) = (recommender.item_set(&kept), recommender.item_set(&without));
            let requests: [Asked<'_>; 4] = [
                (Request::new(k), Box::new(|_| true)),
                (Request::new(k).keep(|item| kept.contains(item)), Box::new(|item| kept.contains(&item))),
                (Request::new(k).only(&only), Box::new(|item| kept.contains(&item))),
                (
                    Request::new(k).without(&not).keep(|item| item % 2 == 0).keep(|&item| item > 1),
                    Box::new(|item| !without.contains(&item) && item % 2 == 0 && item > 1),
                ),
            ];
            for basket in &baskets {
                let set: BTreeSet<u32> = basket.iter().copied().collect();
                let fired = plain_scan::fired(&scanned, &set);
                let found: Vec<Plain> = recommender.fired(basket).iter().map(plain).collect();
                let key = |rule: &Plain| (-rule.value, -(rule.counts.n_xy() as i64), rule.antecedent.len());
                let best_first = found.is_sorted_by(|a, b| key(a) <= key(b));
                prop_assert!(best_first);
                let (found, fired) = (sorted(found), sorted(fired));
                prop_assert_eq!(found.len(), fired.len());
                for (found, fired) in found.iter().zip(&fired) {
                    prop_assert!(near(found.value, fired.value), "{:?} {:?}", found, fired);
                    prop_assert_eq!(found, &Plain { value: found.value, ..fired.clone() });
                }
                for (request, wanted) in &requests {
                    let expected = recommended(&scanned, by, &set, fill, wanted);
                    let answer = recommender.recommend_in(&mut scratch, basket, request);
                    let read: Vec<_> = answer.iter().map(|of| (*of.item(), of.score(), of.is_popular())).collect();
                    same(&read, &expected, k, is_exact(by))?;
                    prop_assert_eq!(answer.unknown(), basket.iter().filter(|item| !known.contains(item)).count());
                    for of in answer.iter() {
                        let reasons: Vec<Plain> = of.reasons().iter().map(plain).collect();
                        prop_assert_eq!(reasons.is_empty(), of.is_popular());
                        let speaking = fired.iter().filter(|rule| rule.consequent.contains(of.item())).count();
                        prop_assert_eq!(reasons.len(), if of.is_popular() { 0 } else { speaking });
                    }
                }
                let (first, again) = (recommender.recommend(basket, k), recommender.recommend(basket.iter().rev(), k));
                prop_assert!(first.iter().map(|of| (of.item(), of.score())).eq(again.iter().map(|of| (of.item(), of.score()))));
            }
        }
    }

    #[test]
    fn batches_are_the_same_on_any_number_of_threads(
        rows in databases(),
        baskets in prop::collection::vec((prop::collection::vec(0..12u32, 0..7), 1..4u32), 0..200),
        k in 0..6usize,
    ) {
        let rules = rules(&rows, 1);
        let mut builder = Transactions::builder();
        for (row, weight) in &baskets {
            builder.push_weighted(row.iter().copied(), *weight);
        }
        let today = builder.build().unwrap();
        for by in [By::Policy(Policy::Evidence), By::Policy(Policy::BestLift)] {
            let recommender = recommender(&rules, by, true);
            let mut scratch = Scratch::new();
            for threads in [1, 2, 5] {
                let options = if cfg!(feature = "rayon") { RunOptions::new().threads(threads) } else { RunOptions::new() };
                let request = || Request::new(k).keep(|item| item % 3 != 0);
                let batch = recommender.recommend_batch(&today, &request(), &options).unwrap();
                prop_assert_eq!((batch.len(), batch.is_empty()), (today.len(), today.is_empty()));
                for (position, basket) in today.iter().enumerate() {
                    let one = recommender.recommend_in(&mut scratch, basket, &request());
                    let found = batch.get(position).unwrap();
                    prop_assert!(found.eq(one.iter().map(|of| (of.item(), of.score()))));
                }
                prop_assert!(batch.get(today.len()).is_none());
            }
        }
    }

    #[test]
    fn the_order_of_the_rules_and_rows_does_not_matter(rows in databases(), basket in prop::collection::vec(0..9u32, 0..6)) {
        let first = rules(&rows, 1);
        let backwards: Vec<Vec<u32>> = rows.iter().rev().cloned().collect();
        let other = rules(&backwards, 1).sorted_by(itemset::Measure::Leverage);
        for by in plain_scan::ALL {
            let (a, b) = (recommender(&first, by, true), recommender(&other, by, true));
            prop_assert_eq!(a.fired(&basket), b.fired(&basket));
            let (a, b) = (a.recommend(&basket, 9), b.recommend(&basket, 9));
            prop_assert!(a.iter().map(|of| (of.item(), of.score())).eq(b.iter().map(|of| (of.item(), of.score()))));
        }
    }
}

fn few() -> Rules<&'static str> {
    let rows = [vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"]];
    Miner::new().min_support(0.25).min_confidence(0.1).rules(&Transactions::from_rows(rows).unwrap()).unwrap()
}

#[test]
fn settings_that_cannot_be_are_named() {
    let rules = few();
    let refused = |result: Result<Recommender<&'static str>, itemset::Error>| result.unwrap_err().to_string();
    let profit = || rules.recommender().policy(Policy::ExpectedProfit);
    assert_eq!(
        refused(profit().build()),
        "invalid policy: expected-profit (expected margins to be set too, as this policy needs them)"
    );
    assert_eq!(refused(profit().margins(|_| f64::NAN).build()), "invalid margins: NaN (expected a finite number)");
    let infinite = rules.recommender().score_by(|rule| 1.0 / (rule.confidence() - rule.confidence()));
    assert_eq!(refused(infinite.build()), "invalid score_by: inf (expected a finite number)");
    // The last of the two counts.
    assert!(rules.recommender().score_by(|_| f64::NAN).policy(Policy::BestLift).build().is_ok());
}

#[test]
fn building_and_batches_end_when_they_are_told_to() {
    let rules = few();
    let token = CancelToken::new();
    token.cancel();
    let options = RunOptions::new().cancel_token(&token);
    let error = rules.recommender().run_options(&options).build().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
    let recommender = rules.recommender().build().unwrap();
    let baskets = Transactions::from_rows([["beer"]]).unwrap();
    let error = recommender.recommend_batch(&baskets, &Request::new(1), &options).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
    let narrow = RunOptions::new().max_memory(10);
    let error = rules.recommender().run_options(&narrow).build().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
}

#[test]
fn reasons_are_told() {
    let rules = few();
    let recommender = rules.recommender().build().unwrap();
    let found = recommender.recommend(["beer", "caviar", "caviar"], 1);
    let best = found.get(0).unwrap();
    assert_eq!(best.to_string(), "diapers (1.000), because of beer: 100 % of such baskets, 1.3 times the usual");
    assert_eq!(found.unknown(), 2);
    let nothing = recommender.recommend(["caviar"], 1);
    assert_eq!(nothing.get(0).unwrap().to_string(), "diapers (0.750), as it is popular");
    let wipes = recommender.recommend(["beer", "chips", "diapers", "wipes"], 5);
    assert!(wipes.is_empty() && wipes.get(0).is_none());
}

#[test]
fn no_rules_recommend_nothing() {
    let rules = Miner::new().rules(&Transactions::<u8>::default()).unwrap();
    for &policy in Policy::ALL {
        let recommender = rules.recommender().policy(policy).margins(|_| 1.0).fill(true).build().unwrap();
        assert!(
            recommender.is_empty() && recommender.recommend([&1], 10).is_empty() && recommender.fired([&1]).is_empty()
        );
    }
}

#[test]
fn a_scratch_serves_recommenders_of_any_size() {
    let large = rules(&(0..200).map(|item| vec![item, item + 1]).collect::<Vec<_>>(), 1);
    let small = rules(&[vec![1, 2], vec![1, 2]], 1);
    let (large, small) = (large.recommender().build().unwrap(), small.recommender().build().unwrap());
    let mut scratch = Scratch::new();
    for _ in 0..2 {
        let of = |recommender: &Recommender<u32>, scratch: &mut Scratch, item: u32| {
            let found = recommender.recommend_in(scratch, [&item], &Request::new(9));
            found.iter().filter(|of| !of.is_popular()).map(|of| *of.item()).collect::<Vec<u32>>()
        };
        let neighbours = of(&large, &mut scratch, 150);
        assert_eq!(neighbours[..2], [149, 151]);
        assert_eq!(of(&small, &mut scratch, 1), [2]);
    }
}

#[test]
fn a_filter_that_panics_leaves_nothing_for_the_next_basket() {
    let rules = rules(&[vec![1, 2, 3, 4], vec![1, 2, 3], vec![5, 6], vec![5, 6], vec![5, 2]], 1);
    let recommender = rules.recommender().build().unwrap();
    let mut scratch = Scratch::new();
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let request = Request::new(9).keep(|_| std::panic::resume_unwind(Box::new("a fault of the caller")));
        recommender.recommend_in(&mut scratch, [&1], &request).len()
    }));
    assert!(ended.is_err());
    let found = recommender.recommend_in(&mut scratch, [&6], &Request::new(9));
    let right = recommender.recommend([&6], 9);
    let read = |of: itemset::recommend::Recommendation<'_, u32>| (*of.item(), of.score());
    assert!(found.iter().map(read).eq(right.iter().map(read)) && !right.is_empty());
}
