//! The next basket by its definition, and beside the truth of customers whose habits are known.

use std::collections::BTreeSet;

use itemset::recommend::{HabitWeights, NextBasket, Recommend, Shopper};
#[cfg(feature = "synth")]
use itemset::recommend::{Metric, Outcome, PersonalPopularity, PopularityMix, Trial};
use itemset::{CancelToken, ErrorKind, RunOptions};
use proptest::prelude::*;

type Baskets = Vec<Vec<u8>>;

fn score(customers: &[Baskets], weights: HabitWeights, basket: &[u8], history: &Baskets, item: u8) -> f64 {
    let all: Vec<&Vec<u8>> = customers.iter().flatten().collect();
    let count =
        |items: &[u8]| all.iter().filter(|basket| items.iter().all(|item| basket.contains(item))).count() as f64;
    let age = |visit: usize| weights.get_decay().powi((history.len() - 1 - visit) as i32);
    let total: f64 = (0..history.len()).map(age).sum();
    let habit = |item: u8| {
        let visits = history.iter().enumerate().filter(|(_, visit)| visit.contains(&item));
        if history.is_empty() { 0.0 } else { visits.map(|(visit, _)| age(visit)).sum::<f64>() / total }
    };
    let (mut explore, mut sum) = (0.0, 0.0);
    for source in (0..9).filter(|&source| source != item && count(&[source]) > 0.0) {
        let weight = if basket.contains(&source) { 1.0 } else { habit(source) };
        explore += weight * count(&[source, item]) / count(&[source]);
        sum += weight;
    }
    let explore = if sum > 0.0 { explore / sum } else { 0.0 };
    habit(item) + weights.get_pairs() * explore + weights.get_popularity() * count(&[item]) / all.len() as f64
}

fn baskets() -> impl Strategy<Value = Baskets> {
    prop::collection::vec(prop::collection::vec(0..9u8, 0..4), 0..5)
}

proptest! {
    #[test]
    fn scores_are_those_of_the_definition(
        customers in prop::collection::vec(baskets(), 0..6),
        history in baskets(),
        basket in prop::collection::vec(0..9u8, 0..3),
        decay in prop::sample::select(vec![0.5, 0.9, 1.0]),
        pairs in prop::sample::select(vec![0.0, 0.3, 2.0]),
        k in 0..12usize,
    ) {
        let weights = HabitWeights::new().decay(decay).pairs(pairs).popularity(0.05);
        let model = NextBasket::with_weights(&customers, weights).unwrap();
        let items: BTreeSet<u8> = customers.iter().flatten().flatten().copied().filter(|item| !basket.contains(item)).collect();
        let found: Vec<(u8, f64)> = model.scored(&basket, &history, k).into_iter().map(|(item, score)| (*item, score)).collect();
        prop_assert_eq!(found.len(), k.min(items.len()));
        for &(item, of_item) in &found {
            let expected = score(&customers, weights, &basket, &history, item);
            prop_assert!(items.contains(&item) && (of_item - expected).abs() < 1e-9, "{} {} {}", item, of_item, expected);
        }
        prop_assert!(found.is_sorted_by(|a, b| a.1 > b.1 || a.1 == b.1 && a.0 < b.0));
        // Nothing that was left out is better.
        let least = found.last().map_or(f64::INFINITY, |last| last.1);
        for item in items.iter().filter(|item| found.iter().all(|(other, _)| other != *item)) {
            prop_assert!(k == 0 || score(&customers, weights, &basket, &history, *item) <= least + 1e-9);
        }
        let listed = model.recommend(Shopper::new(&basket, &history), k);
        prop_assert!(listed.iter().eq(found.iter().map(|(item, _)| item)));
        let fitted = NextBasket::fit(&customers, 3).unwrap().weights();
        prop_assert_eq!(NextBasket::fit(customers.iter().map(Vec::as_slice), 3).unwrap().weights(), fitted);
    }
}

/// Knows the habits of everybody, by their histories.
#[cfg(feature = "synth")]
struct Knowing(Vec<itemset::synth::Regular>);

#[cfg(feature = "synth")]
impl Recommend<u32> for Knowing {
    fn recommend(&self, shopper: Shopper<'_, u32>, k: usize) -> Vec<u32> {
        let is_shopping = |customer: &&itemset::synth::Regular| customer.visits.starts_with(shopper.history());
        self.0.iter().find(is_shopping).map_or_else(Vec::new, |customer| customer.most_likely(k))
    }
}

#[cfg(feature = "synth")]
#[test]
fn habits_that_are_known_are_found() {
    let customers: Vec<_> = itemset::synth::Regulars::new().customers(150).iter().collect();
    let trial = Trial::last_basket(customers.iter().map(|customer| customer.visits.clone())).unwrap().k(6);
    let histories = trial.cases().iter().map(|case| case.shopper().history());
    let model = NextBasket::fit(histories, 6).unwrap();
    // Favourites have changed, and items come in pairs.
    assert!(model.weights().get_decay() < 1.0, "{:?}", model.weights());
    assert!(model.weights().get_pairs() > 0.0, "{:?}", model.weights());

    let found = trial.evaluate(&model).unwrap();
    for other in [trial.evaluate(&PersonalPopularity), trial.evaluate(&PopularityMix::new(trial.training()))] {
        let better = found.difference(&other.unwrap(), Metric::Recall).unwrap().unwrap();
        assert!(better.low() > 0.0, "{better}");
    }
    let recall = |outcome: &Outcome| outcome.value(Metric::Recall).unwrap().value();
    let best = trial.evaluate(&Knowing(customers)).unwrap();
    // The five visits since the change tell only roughly how often a favourite is taken.
    assert!(recall(&found) > 0.8 * recall(&best), "{} {}", recall(&found), recall(&best));
    assert!(found.difference(&best, Metric::Recall).unwrap().unwrap().value() < 0.0);
}

#[test]
fn settings_that_cannot_be_are_named() {
    let customers = [vec![vec![1, 2], vec![1]]];
    let refused = |weights: HabitWeights| NextBasket::with_weights(&customers, weights).unwrap_err().to_string();
    let (new, allowed) = (HabitWeights::new, "a number above 0 and up to 1");
    assert_eq!(refused(new().decay(0.0)), format!("invalid decay: 0 (expected {allowed})"));
    assert_eq!(refused(new().decay(f64::NAN)), format!("invalid decay: NaN (expected {allowed})"));
    assert_eq!(refused(new().pairs(-1.0)), "invalid pairs: -1 (expected a finite number of at least 0)");
    assert!(refused(new().popularity(f64::INFINITY)).starts_with("invalid popularity: inf"));
    let error = NextBasket::fit(&customers, 0).unwrap_err().to_string();
    assert_eq!(error, "invalid k: 0 (expected a number of at least 1)");
    let token = CancelToken::new();
    token.cancel();
    let error = NextBasket::fit_with(&customers, 3, &RunOptions::new().cancel_token(&token)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
    // Nobody came twice.
    assert_eq!(NextBasket::fit([vec![vec![1]]], 3).unwrap().weights(), new());
}

#[cfg(feature = "serde")]
#[test]
fn stored_weights_are_checked() {
    let weights = HabitWeights::new().decay(0.5);
    let text = serde_json::to_string(&weights).unwrap();
    assert_eq!(text, r#"{"decay":0.5,"pairs":0.2,"popularity":0.01}"#);
    assert_eq!(serde_json::from_str::<HabitWeights>(&text).unwrap(), weights);
    assert_eq!(serde_json::from_str::<HabitWeights>("{}").unwrap(), HabitWeights::new());
    for (text, reason) in [
        (r#"{"decay":0}"#, "invalid decay: 0 (expected a number above 0 and up to 1)"),
        (r#"{"pairs":-1}"#, "invalid pairs: -1"),
        (r#"{"popularity":-0.5}"#, "invalid popularity: -0.5"),
        (r#"{"habit":1}"#, "unknown field `habit`"),
    ] {
        let error = serde_json::from_str::<HabitWeights>(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

/// Weights of old baskets may be so small that adding them to that of a new one changes nothing.
#[test]
fn what_was_bought_long_ago_still_explains() {
    let mut customers: Vec<Baskets> = vec![vec![vec![1, 2]]; 9];
    customers.push([vec![vec![1], vec![2]], vec![vec![1]; 9]].concat());
    let weights = HabitWeights::new().decay(0.1).pairs(1.0).popularity(0.0);
    let model = NextBasket::with_weights(&customers, weights).unwrap();
    for visits in 10..25 {
        let history = [vec![vec![2]], vec![vec![1]; visits]].concat();
        for (&item, found) in model.scored(&[], &history, 2) {
            let expected = score(&customers, weights, &[], &history, item);
            assert!((found - expected).abs() < 1e-9, "{visits} {item} {found} {expected}");
        }
    }
}
