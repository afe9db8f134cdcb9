//! Adjacent bins joined to ranges, against their definition.

use std::collections::{BTreeMap, BTreeSet};

use itemset::shape::{Bins, Ranges};
use itemset::{Consequents, Correction, MinSupport, Miner, Rules, Transactions};
use proptest::prelude::*;

use crate::brute_force::{Listed, listed};
use crate::variants::FEW_THREADS;

/// The bins of each attribute.
const BINS: [u32; 2] = [4, 3];

/// A bin of each attribute, if it is known, and other items.
type Row = ([Option<u32>; 2], BTreeSet<u32>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let bin = |bins: u32| prop_oneof![4 => (0..bins).prop_map(Some), 1 => Just(None)];
    prop::collection::vec(([bin(BINS[0]), bin(BINS[1])], prop::collection::btree_set(1..3u32, 0..3)), 1..24)
}

/// Items 1 and 2 are no ranges. A range of the first attribute is 100 and its first and last bin as digits, of the second 200.
fn label(attribute: usize, first: u32, last: u32) -> u32 {
    100 * (attribute as u32 + 1) + 10 * first + last
}

/// The attribute, the first and the last bin.
fn span(label: u32) -> Option<(u32, u32, u32)> {
    (label >= 100).then(|| (label / 100 - 1, label / 10 % 10, label % 10))
}

fn has(row: &Row, label: &u32) -> bool {
    match span(*label) {
        Some((attribute, first, last)) => row.0[attribute as usize].is_some_and(|bin| (first..=last).contains(&bin)),
        None => row.1.contains(label),
    }
}

fn encode(rows: &[Row]) -> Transactions<u32> {
    Transactions::from_rows(rows.iter().map(|(bins, others)| {
        let bins = bins.iter().enumerate().filter_map(|(attribute, bin)| bin.map(|bin| label(attribute, bin, bin)));
        bins.chain(others.iter().copied()).collect::<Vec<u32>>()
    }))
    .unwrap()
}

fn joined(baskets: &Transactions<u32>, max_support: f64) -> Result<Ranges<u32>, itemset::Error> {
    let bins = (0..2).map(|attribute| (0..BINS[attribute]).map(move |bin| label(attribute, bin, bin)));
    Ranges::join(baskets, bins, max_support, |first, last| first / 10 * 10 + last % 10)
}

/// Whether one itemset becomes another one by wider ranges.
fn widens(special: &[u32], general: &[u32]) -> bool {
    let is_wider = |own: &u32, other: &u32| match (span(*own), span(*other)) {
        (Some(own), Some(other)) => own.0 == other.0 && other.1 <= own.1 && own.2 <= other.2,
        _ => own == other,
    };
    special.len() == general.len() && special.iter().all(|own| general.iter().any(|other| is_wider(own, other)))
}

/// A rule as its sides and the counts of both sides and of the left one.
type Ruled = (Vec<u32>, Vec<u32>, [u128; 2]);

fn ruled(rules: &Rules<u32>) -> Vec<Ruled> {
    let side = |labels: &mut dyn Iterator<Item = &u32>| labels.copied().collect::<Vec<u32>>();
    rules
        .iter()
        .map(|rule| {
            let counts = [rule.counts().n_xy(), rule.counts().n_x()].map(u128::from);
            (side(&mut rule.antecedent()), side(&mut rule.consequent()), counts)
        })
        .collect()
}

/// The interesting rules by definition. `r` is in quarters; `count` counts baskets, `frequent` has all frequent itemsets.
fn interesting(
    rules: &[Ruled],
    count: &dyn Fn(&[u32]) -> u128,
    frequent: &BTreeSet<Vec<u32>>,
    quarters: u128,
) -> Vec<Ruled> {
    let is_above = |general: &Ruled, special: &Ruled| {
        (&general.0, &general.1) != (&special.0, &special.1)
            && widens(&special.0, &general.0)
            && widens(&special.1, &general.1)
    };
    let product = |items: &[u32]| items.iter().map(|item| count(&[*item])).product::<u128>();
    // The itemset against the one of wider ranges, and what is left of it.
    let itemset = |own: &[u32], wide: &[u32]| {
        let reaches = |part: u128, shares: u128| 4 * part * product(wide) >= quarters * count(wide) * shares;
        if !reaches(count(own), product(own)) {
            return false;
        }
        own.iter().enumerate().all(|(place, &item)| {
            let Some((attribute, first, last)) = span(item) else { return true };
            let parts =
                (first..last).flat_map(|end| [((first, end), (end + 1, last)), ((end + 1, last), (first, end))]);
            parts.into_iter().all(|(part, left)| {
                let with = |(first, last): (u32, u32)| {
                    let mut items = own.to_vec();
                    items[place] = label(attribute as usize, first, last);
                    items
                };
                let mut narrow = with(part);
                narrow.sort_unstable();
                !frequent.contains(&narrow) || reaches(count(&with(left)), product(&with(left)))
            })
        })
    };
    let mut decided: BTreeMap<usize, bool> = BTreeMap::new();
    while decided.len() < rules.len() {
        for place in 0..rules.len() {
            let general: Vec<usize> =
                (0..rules.len()).filter(|&other| is_above(&rules[other], &rules[place])).collect();
            if decided.contains_key(&place) || general.iter().any(|general| !decided.contains_key(general)) {
                continue;
            }
            let kept: Vec<usize> = general.into_iter().filter(|general| decided[general]).collect();
            let mut nearest =
                kept.iter().filter(|&&general| !kept.iter().any(|&between| is_above(&rules[general], &rules[between])));
            let exceeds = |&general: &usize| {
                let ((x, y, [n_xy, n_x]), (gx, gy, [g_xy, g_x])) = (&rules[place], &rules[general]);
                let support = 4 * n_xy * product(gx) * product(gy) >= quarters * g_xy * product(x) * product(y);
                let confidence = 4 * n_xy * g_x * product(gy) >= quarters * n_x * g_xy * product(y);
                (support || confidence) && itemset(&[&x[..], y].concat(), &[&gx[..], gy].concat())
            };
            let is_interesting = nearest.all(exceeds);
            decided.insert(place, is_interesting);
        }
    }
    decided.into_iter().filter(|&(_, kept)| kept).map(|(place, _)| rules[place].clone()).collect()
}

proptest! {
    #[test]
    fn itemsets_and_interesting_rules_by_definition(
        rows in rows(),
        twentieths in 1..21u32,
        min_count in 1..6u64,
        quarters in 2..9u64,
    ) {
        let baskets = encode(&rows);
        let max_support = f64::from(twentieths) / 20.0;
        let ranges = joined(&baskets, max_support).unwrap();
        let count = |items: &[u32]| rows.iter().filter(|row| items.iter().all(|item| has(row, item))).count();
        let is_item = |label: &u32| match span(*label) {
            Some((_, first, last)) => first == last || count(&[*label]) as f64 / rows.len() as f64 <= max_support,
            None => true,
        };
        let of_attribute = |attribute: usize| -> Vec<Option<u32>> {
            let spans = (0..BINS[attribute]).flat_map(|first| (first..BINS[attribute]).map(move |last| (first, last)));
            let labels = spans.map(|(first, last)| label(attribute, first, last)).filter(is_item);
            labels.map(Some).chain([None]).collect()
        };
        let mut expected: Listed = Vec::new();
        for a in of_attribute(0) {
            for b in of_attribute(1) {
                for others in [&[][..], &[1], &[2], &[1, 2]] {
                    let items: Vec<u32> = others.iter().copied().chain(a).chain(b).collect();
                    if !items.is_empty() && count(&items) as u64 >= min_count {
                        expected.push((items.clone(), count(&items) as u64));
                    }
                }
            }
        }
        expected.sort();
        let frequent: BTreeSet<Vec<u32>> = expected.iter().map(|(items, _)| items.clone()).collect();
        for &threads in FEW_THREADS {
            let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
            let found = ranges.mine(&miner, &baskets).unwrap();
            let mut sorted: Listed = listed(&found);
            sorted.iter_mut().for_each(|(items, _)| items.sort_unstable());
            sorted.sort();
            prop_assert_eq!(&sorted, &expected);
            let rules = found.rules().min_confidence(0.3).consequents(Consequents::Any).generate().unwrap();
            let left = ranges.interesting(&rules, &found, quarters as f64 / 4.0).unwrap();
            let expected = interesting(&ruled(&rules), &|items| count(items) as u128, &frequent, quarters.into());
            prop_assert_eq!(ruled(&left), expected);
        }
    }

    #[test]
    fn labels_of_ranges_are_those_of_wider_bins(cuts in prop::collection::btree_set(-50..50i32, 1..7), first in 0..8usize, last in 0..8usize) {
        let cuts: Vec<f64> = cuts.into_iter().map(|cut| f64::from(cut) / 4.0).collect();
        let bins = Bins::at(cuts.iter().copied()).unwrap();
        let found = bins.label_of_range(first, last);
        prop_assert_eq!(found.is_some(), first <= last && last < bins.len());
        if let Some(label) = found {
            let (one, other) = (bins.label(first).unwrap(), bins.label(last).unwrap());
            let expected = format!("{},{}", one.split(',').next().unwrap(), other.split(',').nth(1).unwrap());
            prop_assert_eq!(label, expected);
        }
    }
}

/// Ranges are more items, so there are more rules that could be found by chance.
#[test]
fn the_larger_search_is_corrected_for() {
    let rows: Vec<Row> = (0..40u32).map(|n| ([Some(n % 4), Some(n % 3)], BTreeSet::from([1 + (n / 5) % 2]))).collect();
    let baskets = encode(&rows);
    let ranges = joined(&baskets, 0.8).unwrap();
    let miner = Miner::new().min_support(0.05);
    let (narrow, wide) = (miner.mine(&baskets).unwrap(), ranges.mine(&miner, &baskets).unwrap());
    let hypotheses = |itemsets: &itemset::FrequentItemsets<u32>| {
        let builder = itemsets.rules();
        let (hypotheses, rules) = (builder.hypotheses(), builder.min_confidence(0.0).generate().unwrap());
        let rule = rules.iter().find(|rule| rule.antecedent().eq([&100]) && rule.consequent().eq([&1])).unwrap();
        let place = rules.iter().position(|other| other == rule).unwrap();
        rules.adjusted_p_values(Correction::Bonferroni, &hypotheses)[place]
    };
    assert!(hypotheses(&wide) >= hypotheses(&narrow));
    assert!(wide.rules().hypotheses().total() > narrow.rules().hypotheses().total());
}

#[test]
fn wrong_ranges_are_named() {
    let error = |rows: &[&[u32]], max_support: f64| {
        joined(&Transactions::from_rows(rows.iter().map(|row| row.to_vec())).unwrap(), max_support)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(&[&[100, 111]], 0.5),
        "invalid ranges: a basket with `100` and `111` (expected one bin of an attribute in a basket)"
    );
    assert_eq!(
        error(&[&[100, 101], &[111]], 1.0),
        "invalid ranges: `101` comes twice (expected a label for each range)"
    );
    for fraction in [0.0, 1.5, f64::NAN] {
        assert!(error(&[&[100]], fraction).starts_with("invalid max_support: "), "{}", error(&[&[100]], fraction));
    }
    let many: Vec<u32> = (0..129).collect();
    let error = Ranges::join(&Transactions::default(), [many], 0.5, |first, _| *first).unwrap_err().to_string();
    assert_eq!(error, "invalid bins: 129 (expected up to 128 of an attribute whose bins are joined)");
    let twice = Ranges::join(&Transactions::default(), [[1, 1]], 0.5, |first, _| *first).unwrap_err().to_string();
    assert_eq!(twice, "invalid ranges: `1` comes twice (expected a label for each range)");
}
