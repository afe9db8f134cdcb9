//! Rules: thresholds, order, printing and errors.

use std::collections::BTreeMap;
use std::panic::{RefUnwindSafe, UnwindSafe};

use itemset::{
    Consequents, Contingency, ErrorKind, Measure, MinSupport, Miner, Rule, RuleBuilder, Rules, Transactions,
};
use proptest::prelude::*;

use crate::brute_force::{databases, encode, itemsets};

fn beer_and_diapers() -> Transactions<&'static str> {
    Transactions::from_rows([
        vec!["beer", "diapers", "chips"],
        vec!["beer", "diapers"],
        vec!["diapers", "wipes"],
        vec!["chips"],
    ])
    .unwrap()
}

fn rules(min_confidence: f64) -> Rules<&'static str> {
    Miner::new().min_support(0.5).min_confidence(min_confidence).rules(&beer_and_diapers()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_are_the_splits_of_itemsets(rows in databases(), min_count in 2..6u64, percent in 0..=100u32) {
        let least = f64::from(percent) / 100.0;
        let sets: BTreeMap<Vec<u32>, u64> = itemsets(&rows, min_count).into_iter().filter(|(set, _)| set.len() <= 4).collect();
        let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(4).min_confidence(least);
        for consequents in [Consequents::One, Consequents::Any] {
            let rules = miner.clone().consequents(consequents).rules(&encode(&rows)).unwrap();
            let mut found: Vec<_> = rules
                .iter()
                .map(|rule| (rule.antecedent().copied().collect::<Vec<_>>(), rule.consequent().copied().collect::<Vec<_>>(), rule.counts()))
                .collect();
            let mut expected = Vec::new();
            for (set, &n_xy) in &sets {
                for mask in 1..(1u32 << set.len()) - 1 {
                    let side = |right| -> Vec<u32> {
                        set.iter().zip(0..).filter(|&(_, place)| (mask >> place & 1 == 1) == right).map(|(&item, _)| item).collect()
                    };
                    let (x, y) = (side(false), side(true));
                    if n_xy as f64 / sets[&x] as f64 >= least && (y.len() == 1 || consequents == Consequents::Any) {
                        let counts = Contingency::new(rows.len() as u64, sets[&x], sets[&y], n_xy).unwrap();
                        expected.push((x, y, counts));
                    }
                }
            }
            found.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
            expected.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn rule_is_printed_as_documented() {
    let rules = rules(0.6);
    let lines: Vec<String> = rules.sorted_by(Measure::Confidence).iter().map(|rule| rule.to_string()).collect();
    assert_eq!(
        lines,
        [
            "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)",
            "{diapers} => {beer} (support 0.500, confidence 0.667, lift 1.333)",
        ]
    );
}

#[test]
fn long_list_is_printed_in_part() {
    let baskets = Transactions::from_rows([0..4u8, 0..4]).unwrap();
    let rules = Miner::new().consequents(Consequents::Any).rules(&baskets).unwrap();
    let printed = rules.to_string();
    assert_eq!(printed.lines().count(), 22);
    assert!(printed.starts_with("50 rules from 2 baskets\n{1} => {0} (support 1.000, confidence 1.000, lift 1.000)\n"));
    assert!(printed.ends_with("\n... and 30 more"));
    let none = Miner::new().min_support(1.0).rules(&beer_and_diapers()).unwrap();
    assert_eq!(none.to_string(), "0 rules from 4 baskets");
}

#[test]
fn order_is_itemset_then_consequent_length_then_consequent() {
    // Counts: 1 in 4 baskets, 2 in 3, 3 in 2. So 3 is the rarest.
    let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![1, 2], vec![1]]).unwrap();
    let rules =
        Miner::new().min_support(0.5).min_confidence(0.0).consequents(Consequents::Any).rules(&baskets).unwrap();
    let sides: Vec<(Vec<i32>, Vec<i32>)> =
        rules.iter().map(|rule| (rule.antecedent().copied().collect(), rule.consequent().copied().collect())).collect();
    let expected = [
        (vec![2], vec![1]),
        (vec![1], vec![2]),
        (vec![3], vec![1]),
        (vec![1], vec![3]),
        (vec![3], vec![2]),
        (vec![2], vec![3]),
        (vec![2, 3], vec![1]),
        (vec![1, 3], vec![2]),
        (vec![1, 2], vec![3]),
        (vec![3], vec![1, 2]),
        (vec![2], vec![1, 3]),
        (vec![1], vec![2, 3]),
    ];
    assert_eq!(sides, expected);
}

#[test]
fn sides_are_in_label_order() {
    // By frequency the order would be c, b, a.
    let baskets =
        Transactions::from_rows([vec!["c", "b", "a"], vec!["c", "b", "a"], vec!["c", "b"], vec!["c"]]).unwrap();
    let rules = Miner::new().min_support(0.5).consequents(Consequents::Any).rules(&baskets).unwrap();
    assert!(rules.iter().any(|rule| rule.antecedent().eq(["a", "b"].iter()) && rule.consequent().eq(["c"].iter())));
    assert!(rules.iter().all(|rule| rule.antecedent().is_sorted() && rule.consequent().is_sorted()));
    assert!(rules.iter().all(|rule| rule.antecedent().len() == rule.antecedent().count()));
}

#[test]
fn confidence_threshold_is_inclusive() {
    for n in 1..=200u64 {
        for k in 1..=n {
            // "x" is in n baskets, in k of them with "y".
            let rows = (0..n).map(|row| if row < k { vec!["x", "y"] } else { vec!["x"] });
            let itemsets =
                Miner::new().min_support(MinSupport::count(1)).mine(&Transactions::from_rows(rows).unwrap()).unwrap();
            let at = |least: f64| {
                let rules = itemsets.rules().min_confidence(least).generate().unwrap();
                rules.iter().any(|rule| rule.antecedent().eq(["x"].iter()))
            };
            let confidence = k as f64 / n as f64;
            assert!(at(confidence), "{k}/{n}");
            assert!(k == n || !at(confidence.next_up()), "{k}/{n}");
        }
    }
}

#[test]
fn confidence_outside_0_to_1_is_named() {
    let itemsets = Miner::new().min_support(0.5).mine(&beer_and_diapers()).unwrap();
    for confidence in [-0.1, 1.0000000000000002, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = itemsets.rules().min_confidence(confidence).generate().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "min_confidence", .. }));
        assert_eq!(
            error.to_string(),
            format!("invalid min_confidence: {confidence} (expected a fraction from 0 to 1)")
        );
    }
    assert_eq!(itemsets.rules().min_confidence(0.0).generate().unwrap().len(), 2);
    assert_eq!(itemsets.rules().min_confidence(1.0).generate().unwrap().len(), 1);
}

#[test]
fn thresholds_combine_and_nan_is_refused() {
    let itemsets = Miner::new().min_support(0.25).mine(&beer_and_diapers()).unwrap();
    let all = itemsets.rules().min_confidence(0.0);
    let counted = all.clone().min(Measure::Count, 2.0).generate().unwrap();
    assert!(counted.iter().all(|rule| rule.count() >= 2) && counted.len() == 2);
    assert!(all.clone().min(Measure::Confidence, 0.7).min(Measure::Count, 2.0).generate().unwrap().len() == 1);
    assert!(
        all.clone()
            .min(Measure::Conviction, f64::INFINITY)
            .generate()
            .unwrap()
            .iter()
            .all(|rule| rule.confidence() == 1.0)
    );
    let error = all.min(Measure::Lift, f64::NAN).generate().unwrap_err();
    assert_eq!(error.to_string(), "invalid min: NaN for lift (expected any number but NaN)");
}

#[test]
fn consequents_parse_as_printed() {
    for consequents in [Consequents::One, Consequents::Any] {
        assert_eq!(consequents.to_string().parse::<Consequents>().unwrap(), consequents);
    }
    let error = "two".parse::<Consequents>().unwrap_err();
    assert_eq!(error.to_string(), "invalid consequents: two (expected one or any)");
}

#[test]
fn rules_outlive_their_itemsets() {
    let rules = {
        let baskets = Transactions::from_rows([vec!["beer".to_string(), "diapers".to_string()]]).unwrap();
        let itemsets = Miner::new().mine(&baskets).unwrap();
        itemsets.rules().generate().unwrap()
    };
    assert_eq!(rules.get(0).unwrap().antecedent().next().unwrap(), "diapers");
}

#[test]
fn no_baskets_give_no_rules() {
    let empty = Transactions::<u8>::from_rows(Vec::<Vec<u8>>::new()).unwrap();
    let rules = Miner::new().rules(&empty).unwrap();
    assert!(rules.is_empty() && rules.iter().next().is_none() && rules.get(0).is_none());
    assert!(rules.top(3, Measure::Lift).is_empty());
    assert_eq!((rules.len(), rules.basket_count()), (0, 0));
}

#[test]
fn rules_of_the_same_labels_and_counts_are_equal() {
    // Another item that is frequent at one threshold alone gives other ranks, but no rule.
    let with = Transactions::from_rows([vec!["a", "b"], vec!["a", "b"], vec!["z"], vec!["z"], vec!["z"]]).unwrap();
    let without = Transactions::from_rows([vec!["a", "b"], vec!["a", "b"], vec![], vec![], vec![]]).unwrap();
    let miner = Miner::new().min_support(0.4);
    let (with, without) = (miner.rules(&with).unwrap(), miner.rules(&without).unwrap());
    assert_eq!(with, without);
    assert_eq!(with.get(1), without.get(1));
    assert_ne!(with.get(0), with.get(1));
    let backwards: Vec<Rule<'_, _>> = with.iter().rev().collect();
    assert_eq!(backwards.last().copied(), with.get(0));
    assert_ne!(with, rules(0.6));
}

#[test]
fn rule_types_are_send_sync_and_unwind_safe() {
    fn anywhere<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    anywhere::<Rules<String>>();
    anywhere::<Rule<'_, String>>();
    anywhere::<RuleBuilder<'_, String>>();
    anywhere::<itemset::RuleIter<'_, String>>();
    anywhere::<(Measure, Consequents, Contingency)>();
}
