//! Recommending by its definition: all rules are looked at for each basket.

use std::collections::{BTreeMap, BTreeSet};

use itemset::recommend::{Policy, Reason};
use itemset::{Consequents, Contingency, FrequentItemsets, Measure, MinSupport, Miner, Rules, Transactions};
use proptest::prelude::*;

/// A rule as the scan sees it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plain {
    pub(super) antecedent: BTreeSet<u32>,
    pub(super) consequent: BTreeSet<u32>,
    pub(super) counts: Contingency,
    pub(super) value: f64,
}

/// How rules are valued and joined.
#[derive(Clone, Copy, Debug)]
pub(super) enum By {
    Policy(Policy),
    Own,
}

pub(super) const ALL: [By; 7] = [
    By::Policy(Policy::BestConfidence),
    By::Policy(Policy::BestLift),
    By::Policy(Policy::BestSignificant),
    By::Policy(Policy::Evidence),
    By::Policy(Policy::NoisyOr),
    By::Policy(Policy::ExpectedProfit),
    By::Own,
];

pub(super) fn margin(item: u32) -> f64 {
    f64::from(item % 4) - 1.0
}

/// A value with many ties, some of them below 0.
pub(super) fn own(counts: &Contingency) -> f64 {
    (counts.n_xy() % 3) as f64 - 1.0
}

fn value(by: By, counts: &Contingency) -> f64 {
    let confidence = counts.measure(Measure::Confidence);
    match by {
        By::Policy(Policy::BestLift) => counts.measure(Measure::Lift),
        By::Policy(Policy::BestSignificant) => 0.0 - counts.fishers_exact_test().log10(),
        By::Policy(Policy::Evidence) => confidence - counts.n_y() as f64 / counts.n() as f64,
        By::Policy(Policy::NoisyOr) => -(1.0 - confidence).ln(),
        By::Policy(_) => confidence,
        By::Own => own(counts),
    }
}

/// Whether two values are the same but for what the documented rounding changes.
pub(super) fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6 || a > 40.0 - 1e-6 && b > 40.0 - 1e-6
}

pub(super) fn rules(rows: &[Vec<u32>], min_count: u64) -> Rules<u32> {
    let baskets = Transactions::from_rows(rows.iter().cloned()).unwrap();
    let itemsets: FrequentItemsets<u32> =
        Miner::new().min_support(MinSupport::count(min_count)).mine(&baskets).unwrap();
    itemsets.rules().min_confidence(0.0).antecedent_len(0..=3).consequents(Consequents::Any).generate().unwrap()
}

/// Small databases, in which many rules have equal values.
pub(super) fn databases() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(0..9u32, 0..6), 1..24)
}

pub(super) fn all(rules: &Rules<u32>, by: By) -> Vec<Plain> {
    let plain = rules.iter().map(|rule| {
        let (antecedent, consequent) = (rule.antecedent().copied().collect(), rule.consequent().copied().collect());
        Plain { antecedent, consequent, counts: rule.counts(), value: value(by, &rule.counts()) }
    });
    plain.collect()
}

pub(super) fn fired(rules: &[Plain], basket: &BTreeSet<u32>) -> Vec<Plain> {
    let fires = |rule: &&Plain| rule.antecedent.is_subset(basket) && !rule.consequent.is_subset(basket);
    rules.iter().filter(fires).cloned().collect()
}

pub(super) fn plain(reason: &Reason<'_, u32>) -> Plain {
    Plain {
        antecedent: reason.antecedent().iter().map(|item| **item).collect(),
        consequent: reason.consequent().iter().map(|item| **item).collect(),
        counts: reason.counts(),
        value: reason.value(),
    }
}

/// Rules in an order of their own, to be compared as a set.
pub(super) fn sorted(mut rules: Vec<Plain>) -> Vec<Plain> {
    rules.sort_by(|a, b| (&a.antecedent, &a.consequent).cmp(&(&b.antecedent, &b.consequent)));
    rules
}

/// An item with its score, the count of its best rule, and whether it is merely popular.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scored {
    pub(super) item: u32,
    pub(super) score: f64,
    pub(super) n_xy: u64,
    pub(super) popular: bool,
}

/// All items that may be recommended, the best first.
pub(super) fn recommended(
    rules: &[Plain],
    by: By,
    basket: &BTreeSet<u32>,
    fill: bool,
    wanted: impl Fn(u32) -> bool,
) -> Vec<Scored> {
    let of_item = |item: u32| if matches!(by, By::Policy(Policy::ExpectedProfit)) { margin(item) } else { 1.0 };
    let mut by_item: BTreeMap<u32, Vec<&Plain>> = BTreeMap::new();
    let fired = fired(rules, basket);
    for rule in &fired {
        for &item in rule.consequent.difference(basket) {
            by_item.entry(item).or_default().push(rule);
        }
    }
    let spoken_for: BTreeSet<u32> = by_item.keys().copied().collect();
    let mut found: Vec<Scored> = Vec::new();
    for (item, rules) in by_item.into_iter().filter(|&(item, _)| wanted(item)) {
        let best = rules.iter().map(|rule| rule.value).fold(f64::NEG_INFINITY, f64::max);
        let n_xy = rules.iter().filter(|rule| rule.value == best).map(|rule| rule.counts.n_xy()).max().unwrap();
        let score = match by {
            By::Policy(Policy::Evidence) => rules.iter().map(|rule| rule.value).sum(),
            By::Policy(Policy::NoisyOr) => {
                1.0 - rules.iter().map(|rule| 1.0 - rule.counts.measure(Measure::Confidence)).product::<f64>()
            }
            _ => best,
        };
        found.push(Scored { item, score: score * of_item(item) + 0.0, n_xy, popular: false });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(b.n_xy.cmp(&a.n_xy)).then(a.item.cmp(&b.item)));
    // What the rules tell of each item's count.
    let mut counts: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for rule in rules {
        for (side, count) in [(&rule.antecedent, rule.counts.n_x()), (&rule.consequent, rule.counts.n_y())] {
            for &item in side {
                let known = counts.entry(item).or_insert((0, rule.counts.n()));
                known.0 = known.0.max(count);
            }
        }
    }
    let knows_none = basket.iter().all(|item| !counts.contains_key(item));
    if fill || knows_none {
        let share = |(item, (count, n)): (u32, (u64, u64))| (item, count as f64 / n as f64 * of_item(item) + 0.0);
        let mut popular: Vec<(u32, f64)> = counts.into_iter().map(share).collect();
        popular.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        popular.retain(|&(item, _)| !basket.contains(&item) && !spoken_for.contains(&item) && wanted(item));
        found.extend(popular.into_iter().map(|(item, score)| Scored { item, score, n_xy: 0, popular: true }));
    }
    found
}
