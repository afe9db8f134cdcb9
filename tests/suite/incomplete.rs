//! Supports where values are missing, against their definition.

use std::collections::BTreeSet;

use itemset::shape::Incomplete;
use itemset::{Measure, Miner, Transactions};
use proptest::prelude::*;

use crate::variants::FEW_THREADS;

/// Three attributes of three values each, some of them missing, and plain items.
#[derive(Clone, Debug)]
struct Row {
    attributes: [Option<u8>; 3],
    plain: BTreeSet<u8>,
    weight: u32,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let value = || prop_oneof![2 => (0..3u8).prop_map(Some), 1 => Just(None)];
    let row = ([value(), value(), value()], prop::collection::btree_set(0..2u8, 0..3), 1..3u32);
    let row = row.prop_map(|(attributes, plain, weight)| Row { attributes, plain, weight });
    prop::collection::vec(row, 0..14)
}

const NAMES: [&str; 3] = ["a", "b", "c"];

fn label(attribute: usize, value: u8) -> String {
    format!("{}={value}", NAMES[attribute])
}

/// Items: those of attributes, and plain ones.
fn universe() -> Vec<(Option<usize>, String)> {
    let of_attributes =
        (0..3).flat_map(|attribute| (0..3).map(move |value| (Some(attribute), label(attribute, value))));
    of_attributes.chain((0..2).map(|plain| (None, format!("p{plain}")))).collect()
}

impl Row {
    fn has(&self, item: &(Option<usize>, String)) -> bool {
        match item.0 {
            Some(attribute) => self.attributes[attribute].is_some_and(|value| label(attribute, value) == item.1),
            None => self.plain.iter().any(|plain| format!("p{plain}") == item.1),
        }
    }

    /// Whether nothing is missing that these are about.
    fn is_valid(&self, items: &[(Option<usize>, String)]) -> bool {
        items.iter().all(|item| item.0.is_none_or(|attribute| self.attributes[attribute].is_some()))
    }
}

fn encode(rows: &[Row]) -> Incomplete<String> {
    let mut builder = Transactions::builder();
    for row in rows {
        let attributes = row.attributes.iter().enumerate().map(|(attribute, value)| match value {
            Some(value) => label(attribute, *value),
            None => format!("{}=?", NAMES[attribute]),
        });
        builder.push_weighted(attributes.chain(row.plain.iter().map(|plain| format!("p{plain}"))), row.weight);
    }
    let attributes =
        (0..3).map(|attribute| (format!("{}=?", NAMES[attribute]), (0..3).map(move |value| label(attribute, value))));
    Incomplete::new(builder.build().unwrap(), attributes).unwrap()
}

type Found = BTreeSet<(Vec<String>, u64, u64)>;

/// All sets of items with two values of no attribute.
fn sets() -> Vec<Vec<(Option<usize>, String)>> {
    let universe = universe();
    let sets = (1..1u32 << universe.len()).map(|bits| {
        universe
            .iter()
            .enumerate()
            .filter(|(place, _)| bits >> place & 1 == 1)
            .map(|(_, item)| item.clone())
            .collect::<Vec<_>>()
    });
    let is_possible = |set: &Vec<(Option<usize>, String)>| {
        let attributes: Vec<usize> = set.iter().filter_map(|item| item.0).collect();
        attributes.iter().collect::<BTreeSet<_>>().len() == attributes.len()
    };
    sets.filter(is_possible).collect()
}

fn sum<'r>(rows: impl Iterator<Item = &'r Row>) -> u64 {
    rows.map(|row| u64::from(row.weight)).sum()
}

proptest! {
    #[test]
    fn itemsets_and_rules_by_definition(
        rows in rows(),
        (part, whole) in (1..9u32, 1..9u32),
        (valid_part, valid_whole) in (1..9u32, 1..9u32),
        quarter in 0..5u32,
    ) {
        let min_support = f64::from(part.min(whole)) / f64::from(whole);
        let representativity = f64::from(valid_part.min(valid_whole)) / f64::from(valid_whole);
        let baskets = encode(&rows);
        let all = sum(rows.iter());
        let (mut expected, mut expected_rules) = (Found::new(), BTreeSet::new());
        for set in sets() {
            let valid: Vec<&Row> = rows.iter().filter(|row| row.is_valid(&set)).collect();
            let count = |items: &[(Option<usize>, String)]| {
                sum(valid.iter().copied().filter(|row| items.iter().all(|item| row.has(item))))
            };
            let (of_set, valid_count) = (count(&set), sum(valid.iter().copied()));
            // What is in no basket is not found.
            if of_set == 0
                || (valid_count as f64 / all as f64) < representativity
                || (of_set as f64 / valid_count as f64) < min_support
            {
                continue;
            }
            let mut labels: Vec<String> = set.iter().map(|item| item.1.clone()).collect();
            labels.sort();
            expected.insert((labels, of_set, valid_count));
            for place in 0..if set.len() > 1 { set.len() } else { 0 } {
                let mut left = set.clone();
                let right = left.remove(place);
                // The share, of the baskets with the left side that know the right one, that have it.
                let knowing = sum(rows.iter().filter(|row| left.iter().all(|item| row.has(item)) && row.is_valid(std::slice::from_ref(&right))));
                if of_set as f64 / knowing as f64 >= f64::from(quarter) / 4.0 {
                    let mut labels: Vec<String> = left.iter().map(|item| item.1.clone()).collect();
                    labels.sort();
                    expected_rules.insert((labels, right.1.clone(), [valid_count, knowing, count(&[right]), of_set]));
                }
            }
        }
        for &threads in FEW_THREADS {
            let found = baskets.mine(&Miner::new().threads(threads), min_support, representativity).unwrap();
            let itemsets: Found = found
                .iter()
                .map(|itemset| (itemset.items.iter().map(ToString::to_string).collect(), itemset.count, itemset.valid))
                .collect();
            prop_assert_eq!(found.len(), itemsets.len());
            prop_assert_eq!(itemsets, expected.clone());
            let rules = found.rules(f64::from(quarter) / 4.0).unwrap();
            let listed: BTreeSet<_> = rules
                .iter()
                .map(|rule| {
                    let counts = rule.counts;
                    (rule.antecedent.clone(), rule.consequent.clone(), [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()])
                })
                .collect();
            prop_assert_eq!(rules.len(), listed.len());
            prop_assert_eq!(listed, expected_rules.clone());
        }
    }
}

/// A rare attribute that is missing in most baskets is found although an ordinary threshold would miss it.
#[test]
fn nothing_is_lost_that_is_not_antimonotone() {
    let mut rows = vec![vec!["age=?"]; 80];
    rows.extend(vec![vec!["age=old", "tea"]; 15]);
    rows.extend(vec![vec!["age=young"]; 5]);
    let baskets =
        Incomplete::new(Transactions::from_rows(rows).unwrap(), [("age=?", ["age=old", "age=young"])]).unwrap();
    let found = baskets.mine(&Miner::new(), 0.75, 0.2).unwrap();
    let texts: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
    // {tea} alone is in 15 of 100.
    assert_eq!(texts, ["{age=old} (15 of 20)", "{age=old, tea} (15 of 20)"]);
    assert_eq!(found.iter().next().unwrap().support(), 0.75);
    let rules = found.rules(1.0).unwrap();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0].counts.measure(Measure::Lift), 4.0 / 3.0);
    assert!(baskets.mine(&Miner::new(), 0.75, 0.21).unwrap().is_empty());
}

#[test]
fn wrong_settings_are_named() {
    let baskets = || Transactions::from_rows([vec!["a=1", "b=1"], vec!["a=?", "b=?"]]).unwrap();
    let incomplete = Incomplete::new(baskets(), [("a=?", ["a=1"])]).unwrap();
    let error =
        |support, representativity| incomplete.mine(&Miner::new(), support, representativity).unwrap_err().to_string();
    assert!(error(0.0, 0.5).starts_with("invalid min_support: 0 (expected a fraction above 0 and up to 1"));
    assert!(error(0.5, 1.5).starts_with("invalid representativity: 1.5 (expected a fraction above 0 and up to 1"));
    let found = incomplete.mine(&Miner::new(), 0.5, 0.5).unwrap();
    let error = found.rules(f64::NAN).unwrap_err().to_string();
    assert_eq!(error, "invalid min_confidence: NaN (expected a fraction from 0 to 1)");
    let twice = Incomplete::new(baskets(), [("a=?", ["a=1"]), ("b=?", ["a=1"])]).unwrap_err().to_string();
    assert_eq!(twice, "invalid attributes: `a=1` comes twice (expected each mark and each item once)");
    let marked = Incomplete::new(baskets(), [("a=?", ["a=?"])]).unwrap_err().to_string();
    assert_eq!(marked, "invalid attributes: `a=?` comes twice (expected each mark and each item once)");
    let none = Incomplete::new(Transactions::<String>::default(), [("a".to_string(), ["b".to_string()])]).unwrap();
    assert!(none.mine(&Miner::new(), 0.5, 0.5).unwrap().is_empty());
}
