//! Metrics by their definition, and what splits may and may not tell a recommender.

use std::collections::BTreeSet;

use itemset::recommend::{
    Case, ItemToItem, ItemToItemLine, Metric, Outcome, PersonalPopularity, Popularity, PopularityMix, Recommend,
    Shopper, Trial,
};
use itemset::{CancelToken, ErrorKind, Measure, RunOptions, Transactions};
use proptest::prelude::*;

/// Recommends the same to everybody, with repeats.
struct Always(Vec<u8>);

impl Recommend<u8> for Always {
    fn recommend(&self, _: Shopper<'_, u8>, _: usize) -> Vec<u8> {
        self.0.clone()
    }
}

/// The mean of what the cases have.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = values.flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn by_definition(metric: Metric, training: &[Vec<u8>], cases: &[Case<u8>], always: &[u8], k: usize) -> Option<f64> {
    let count = |item: u8| training.iter().filter(|basket| basket.contains(&item)).count();
    let lists: Vec<Vec<u8>> = cases
        .iter()
        .map(|case| {
            let mut list: Vec<u8> = Vec::new();
            for &item in always {
                if !case.shopper().basket().contains(&item) && !list.contains(&item) && list.len() < k {
                    list.push(item);
                }
            }
            list
        })
        .collect();
    if metric == Metric::Coverage {
        let catalogue: BTreeSet<u8> = training.iter().flatten().copied().collect();
        let covered: BTreeSet<u8> = lists.iter().flatten().copied().filter(|item| catalogue.contains(item)).collect();
        return (!catalogue.is_empty() && !cases.is_empty()).then(|| covered.len() as f64 / catalogue.len() as f64);
    }
    mean(cases.iter().zip(&lists).map(|(case, list)| {
        let hidden: BTreeSet<u8> = case.hidden().iter().copied().collect();
        let before: BTreeSet<u8> = case.shopper().history().iter().flatten().copied().collect();
        let hits: Vec<u8> = list.iter().copied().filter(|item| hidden.contains(item)).collect();
        let recall = |of: BTreeSet<u8>| {
            (!of.is_empty()).then(|| hits.iter().filter(|item| of.contains(item)).count() as f64 / of.len() as f64)
        };
        let gain = |place: usize| 1.0 / (2.0 + place as f64).log2();
        match metric {
            Metric::HitRate => Some(if hits.is_empty() { 0.0 } else { 1.0 }),
            Metric::Precision => Some(hits.len() as f64 / k as f64),
            Metric::Recall => recall(hidden),
            Metric::Mrr => {
                Some(list.iter().position(|item| hidden.contains(item)).map_or(0.0, |at| 1.0 / (1.0 + at as f64)))
            }
            Metric::Ndcg => {
                let gained: f64 =
                    list.iter().enumerate().filter(|(_, item)| hidden.contains(item)).map(|(at, _)| gain(at)).sum();
                Some(gained / (0..k.min(hidden.len())).map(gain).sum::<f64>())
            }
            Metric::RepeatRecall => recall(hidden.intersection(&before).copied().collect()),
            Metric::ExploreRecall => recall(hidden.difference(&before).copied().collect()),
            Metric::Novelty => {
                let bits = |item: &u8| -(count(*item).max(1) as f64 / training.len().max(1) as f64).log2();
                (!list.is_empty()).then(|| list.iter().map(bits).sum::<f64>() / list.len() as f64)
            }
            _ => unreachable!("coverage is above"),
        }
    }))
}

fn row() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(0..9u8, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.min(64), ..ProptestConfig::default() })]

    #[test]
    fn metrics_are_those_of_the_definition(
        training in prop::collection::vec(row(), 0..8),
        cases in prop::collection::vec((row(), prop::collection::vec(row(), 0..3), row()), 0..12),
        always in prop::collection::vec(0..11u8, 0..9),
        k in 1..6usize,
    ) {
        let cases: Vec<Case<u8>> = cases.into_iter().map(|(basket, history, hidden)| Case::new(basket, history, hidden)).collect();
        let trial = Trial::new(Transactions::from_rows(training.iter().cloned()).unwrap(), cases.clone()).unwrap().k(k);
        let cases: Vec<Case<u8>> = cases.into_iter().filter(|case| !case.hidden().is_empty()).collect();
        let outcome = trial.evaluate(&Always(always.clone())).unwrap();
        prop_assert_eq!((outcome.len(), outcome.k()), (cases.len(), k));
        for &metric in Metric::ALL {
            let expected = by_definition(metric, &training, &cases, &always, k);
            let found = outcome.value(metric);
            prop_assert_eq!(found.is_some(), expected.is_some(), "{} {:?} {:?}", metric, found, expected);
            if let (Some(found), Some(expected)) = (found, expected) {
                prop_assert!((found.value() - expected).abs() < 1e-9, "{}: {} {}", metric, found, expected);
                // Of few cases no sample need be like all of them.
                prop_assert!(found.low() <= found.high());
            }
            if let Some(difference) = outcome.difference(&outcome, metric).unwrap() {
                prop_assert_eq!((difference.value(), difference.low(), difference.high()), (0.0, 0.0, 0.0));
            }
        }
        prop_assert_eq!(&trial.evaluate(&Always(always)).unwrap(), &outcome);
    }

    #[test]
    fn leave_one_out_hides_one_item_of_baskets_that_are_not_learned_from(
        rows in prop::collection::vec(row(), 2..40),
        seed in any::<u64>(),
    ) {
        let baskets = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let trial = Trial::leave_one_out(&baskets, 0.4, seed).unwrap();
        let mut all: Vec<BTreeSet<u8>> = trial.training().iter().map(|basket| basket.iter().copied().collect()).collect();
        for case in trial.cases() {
            prop_assert!(case.hidden().len() == 1 && !case.shopper().basket().is_empty() && case.shopper().history().is_empty());
            let whole: BTreeSet<u8> = case.shopper().basket().iter().chain(case.hidden()).copied().collect();
            prop_assert_eq!(whole.len(), case.shopper().basket().len() + 1);
            all.push(whole);
        }
        let mut expected: Vec<BTreeSet<u8>> = rows.iter().map(|row| row.iter().copied().collect()).collect();
        let long = |baskets: &mut Vec<BTreeSet<u8>>| {
            baskets.retain(|basket| basket.len() > 1);
            baskets.sort();
        };
        long(&mut all);
        long(&mut expected);
        prop_assert_eq!(all, expected);
        let backwards = Transactions::from_rows(rows.iter().rev().cloned()).unwrap();
        let other = Trial::leave_one_out(&backwards, 0.4, seed).unwrap();
        prop_assert_eq!(other.cases(), trial.cases());
    }
}

#[test]
fn histories_are_split_by_basket_and_by_time() {
    let customers = [vec![vec![1], vec![2, 3], vec![4]], vec![vec![5]], vec![], vec![vec![6], vec![7]]];
    let trial = Trial::last_basket(customers).unwrap();
    assert_eq!(trial.training().len(), 4);
    let hidden: Vec<_> = trial.cases().iter().map(|case| (case.shopper().history().len(), case.hidden())).collect();
    assert_eq!(hidden, [(2, &[4][..]), (1, &[7][..])]);
    assert_eq!(trial.cases()[0].shopper().latest(), [2, 3]);

    let customers = [
        vec![(30, vec![3]), (10, vec![1]), (20, vec![2]), (20, vec![9])],
        // Nobody knows these.
        vec![(20, vec![4]), (25, vec![5])],
        vec![(1, vec![6]), (19, vec![7])],
    ];
    let trial = Trial::split_at(customers, 20).unwrap();
    let learned: Vec<Vec<i32>> = trial.training().iter().map(|basket| basket.iter().copied().collect()).collect();
    assert_eq!(learned, [[1], [6], [7]]);
    assert_eq!(trial.cases(), [Case::new(vec![], vec![vec![1]], vec![2])]);
}

#[test]
fn base_lines_recommend_what_they_say() {
    let rows = [vec![1, 2], vec![1, 2], vec![1, 3], vec![4, 3], vec![5]];
    let baskets = Transactions::from_rows(rows).unwrap();
    let history = [vec![5, 4], vec![5, 3, 3], vec![8]];
    let shopper = Shopper::new(&[2], &history);
    let popular = Popularity::new(&baskets);
    assert_eq!(popular.recommend(shopper, 9), [1, 3, 4, 5]);
    assert_eq!(popular.recommend(shopper, 2), [1, 3]);
    assert_eq!(PersonalPopularity.recommend(shopper, 9), [5, 8, 3, 4]);
    assert_eq!(PopularityMix::new(&baskets).recommend(shopper, 5), [5, 8, 3, 4, 1]);
    let pairs = ItemToItemLine::new(ItemToItem::from_transactions(&baskets).unwrap(), Measure::Cosine);
    assert_eq!(pairs.recommend(shopper, 9), [1]);
    assert_eq!(pairs.recommend(Shopper::new(&[], &[vec![5], vec![4]]), 9), [3]);
    assert!(pairs.recommend(Shopper::new(&[], &[]), 9).is_empty());
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let baskets = Transactions::from_rows((0..40u8).map(|n| [n % 4, 4 + n % 5])).unwrap();
    let trial = |seed| Trial::leave_one_out(&baskets, 0.5, seed).unwrap();
    let always = Always(vec![1, 2]);
    let outcome = trial(1).evaluate(&always).unwrap();
    let refused = |other: Outcome| outcome.difference(&other, Metric::Recall).unwrap_err().to_string();
    for other in [trial(1).k(3), trial(1).seed(2), trial(2)] {
        let error = refused(other.evaluate(&always).unwrap());
        assert_eq!(
            error,
            "invalid other: an outcome of another trial, list length or seed (expected one of the same trial with the same k and seed)"
        );
    }
    let error = trial(1).k(0).evaluate(&always).unwrap_err().to_string();
    assert_eq!(error, "invalid k: 0 (expected a number of at least 1)");
    let token = CancelToken::new();
    token.cancel();
    let error = trial(1).evaluate_with(&always, &RunOptions::new().cancel_token(&token)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}

#[test]
fn intervals_hold_what_is_true_about_as_often_as_they_say() {
    // A hit with probability 0.3, in 200 trials of 100 cases.
    let mut state = 7u64;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let mut within = 0;
    for _ in 0..200 {
        let cases = (0..100).map(|_| Case::new(vec![], vec![], vec![if chance() < 0.3 { 1 } else { 2 }])).collect();
        let trial = Trial::new(Transactions::from_rows([[1, 2]]).unwrap(), cases).unwrap();
        let rate = trial.evaluate(&Always(vec![1])).unwrap().value(Metric::HitRate).unwrap();
        within += usize::from(rate.low() <= 0.3 && 0.3 <= rate.high());
    }
    assert!((180..=200).contains(&within), "{within}");
}

/// On the sample supermarket rules find more than popularity does.
#[cfg(feature = "synth")]
#[test]
fn rules_beat_popularity_on_the_sample_supermarket() {
    let sales = itemset::synth::Supermarket::new().baskets(6000).sales();
    let rows = sales.map(|sale| sale.names().collect::<Vec<_>>());
    let trial = Trial::leave_one_out(&Transactions::from_rows(rows).unwrap(), 0.2, 1).unwrap();
    let rules = itemset::Miner::new().min_support(0.003).min_confidence(0.02).rules(trial.training()).unwrap();
    let by_rules = trial.evaluate(&rules.recommender().fill(true).build().unwrap()).unwrap();
    let popular = trial.evaluate(&Popularity::new(trial.training())).unwrap();
    let better = by_rules.difference(&popular, Metric::HitRate).unwrap().unwrap();
    assert!(better.low() > 0.0, "{better}");
}

/// Each held-out basket is a case, so too many of them are refused before they are made.
#[test]
fn more_cases_than_can_be_held_are_refused() {
    let mut builder = Transactions::builder();
    builder.push_weighted(["beer", "diapers"], 30_000_000).push_weighted(["beer"], 5_000_000);
    let baskets = builder.build().unwrap();
    let error = Trial::leave_one_out(&baskets, 0.6, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "more than 16777216 held-out baskets, each of which is a case: hold out a smaller fraction"
    );
}
