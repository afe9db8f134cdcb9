//! The next basket by its definition, and beside the truth of customers whose habits are known.

use std::collections::BTreeSet;

use itemset::recommend::{
    HabitWeights, Metric, NextBasket, PersonalPopularity, PopularityMix, Recommend, Shopper, Trial,
};
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

/// Customers with habits, and what each of them really is like.
struct Truth {
    customers: Vec<Vec<Vec<u32>>>,
    /// By customer: the probability of each item in the last basket, without that of what comes with another item.
    habits: Vec<Vec<(u32, f64)>>,
}

impl Truth {
    /// Each customer has five favourites, which change halfway, and sometimes takes one of 200 other items. Whoever takes
    /// an even item takes the next one too in half of the cases.
    fn new(customers: usize) -> Self {
        let mut state = 1u64;
        let mut chance = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64
        };
        let mut truth = Truth { customers: Vec::new(), habits: Vec::new() };
        for _ in 0..customers {
            let mut favourites =
                || (0..5).map(|at| ((chance() * 200.0) as u32, 0.9 - 0.15 * f64::from(at))).collect::<Vec<_>>();
            let halves = [favourites(), favourites()];
            let mut visits = Vec::new();
            for visit in 0..12 {
                let mut basket: BTreeSet<u32> = BTreeSet::new();
                for &(item, likely) in &halves[visit / 6] {
                    if chance() < likely {
                        basket.insert(item);
                    }
                }
                basket.insert((chance() * 200.0) as u32);
                let with_even: Vec<u32> = basket.iter().copied().filter(|item| item % 2 == 0).collect();
                basket.extend(with_even.into_iter().filter(|_| chance() < 0.5).map(|item| item + 1));
                visits.push(basket.into_iter().collect());
            }
            truth.customers.push(visits);
            truth.habits.push(halves[1].clone());
        }
        truth
    }
}

/// Knows the habits of everybody, by their histories.
struct Knowing<'a>(Vec<(&'a [Vec<u32>], Vec<(u32, f64)>)>);

impl Recommend<u32> for Knowing<'_> {
    fn recommend(&self, shopper: Shopper<'_, u32>, k: usize) -> Vec<u32> {
        let Some((_, habits)) = self.0.iter().find(|(history, _)| *history == shopper.history()) else { return vec![] };
        let mut likely: Vec<(u32, f64)> = habits.clone();
        let with_even = habits.iter().filter(|(item, _)| item % 2 == 0).map(|&(item, likely)| (item + 1, likely / 2.0));
        likely.extend(with_even);
        likely.sort_by(|a, b| b.1.total_cmp(&a.1));
        likely.into_iter().take(k).map(|(item, _)| item).collect()
    }
}

#[test]
fn habits_that_are_known_are_found() {
    let truth = Truth::new(150);
    let trial = Trial::last_basket(truth.customers.clone()).unwrap().k(6);
    let histories: Vec<&[Vec<u32>]> = trial.cases().iter().map(|case| case.shopper().history()).collect();
    let model = NextBasket::fit(&histories, 6).unwrap();
    // Favourites have changed, and items come in pairs.
    assert!(model.weights().get_decay() < 1.0, "{:?}", model.weights());
    assert!(model.weights().get_pairs() > 0.0, "{:?}", model.weights());

    let found = trial.evaluate(&model).unwrap();
    for other in [trial.evaluate(&PersonalPopularity), trial.evaluate(&PopularityMix::new(trial.training()))] {
        let better = found.difference(&other.unwrap(), Metric::Recall).unwrap().unwrap();
        assert!(better.low() > 0.0, "{better}");
    }
    let recall = |outcome: &itemset::recommend::Outcome| outcome.value(Metric::Recall).unwrap().value();
    let best = trial.evaluate(&Knowing(histories.into_iter().zip(truth.habits.clone()).collect())).unwrap();
    // The five visits since the change tell only roughly how often a favourite is taken.
    assert!(recall(&found) > 0.8 * recall(&best), "{} {}", recall(&found), recall(&best));
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
