//! Products, categories and departments, against their definitions.

use std::collections::{BTreeMap, BTreeSet};

use itemset::shape::Taxonomy;
use itemset::{Consequents, MinSupport, Miner, Rules, Transactions};
use proptest::prelude::*;

use crate::brute_force::{Listed, itemsets, listed};
use crate::variants::FEW_THREADS;

type Pairs = Vec<(u32, u32)>;

/// Pairs of an item and one with a greater number, so that none is above itself.
fn pairs() -> impl Strategy<Value = Pairs> {
    let pair = (0..10u32, 1..6u32).prop_map(|(item, up)| (item, (item + up).min(12)));
    prop::collection::vec(pair, 0..9).prop_map(|pairs| pairs.into_iter().filter(|(item, above)| item < above).collect())
}

fn rows() -> impl Strategy<Value = Vec<Vec<u32>>> {
    prop::collection::vec(prop::collection::vec(0..9u32, 0..4), 0..16)
}

/// Everything above an item.
fn above(pairs: &Pairs, item: u32) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    let mut open = vec![item];
    while let Some(item) = open.pop() {
        for &(own, parent) in pairs {
            if own == item && all.insert(parent) {
                open.push(parent);
            }
        }
    }
    all
}

fn extended(pairs: &Pairs, rows: &[Vec<u32>]) -> Vec<Vec<u32>> {
    let row = |row: &Vec<u32>| -> Vec<u32> {
        let all: BTreeSet<u32> = row.iter().flat_map(|&item| above(pairs, item).into_iter().chain([item])).collect();
        all.into_iter().collect()
    };
    rows.iter().map(row).collect()
}

/// The items of both sides, each in their order, and the counts of both, of the left one, and of the right one.
type Ruled = (Vec<u32>, Vec<u32>, [u64; 3]);

fn ruled(rules: &Rules<u32>) -> Vec<Ruled> {
    let counts = |rule: &itemset::Rule<'_, u32>| [rule.counts().n_xy(), rule.counts().n_x(), rule.counts().n_y()];
    rules
        .iter()
        .map(|rule| (rule.antecedent().copied().collect(), rule.consequent().copied().collect(), counts(&rule)))
        .collect()
}

/// Whether each item of one side can be replaced by itself or one above it, so that it becomes the other.
fn becomes(pairs: &Pairs, special: &[u32], general: &[u32]) -> bool {
    match special.split_first() {
        None => general.is_empty(),
        Some((&first, rest)) => (0..general.len()).any(|place| {
            let mut others = general.to_vec();
            let other = others.remove(place);
            (other == first || above(pairs, first).contains(&other)) && becomes(pairs, rest, &others)
        }),
    }
}

fn is_above(pairs: &Pairs, general: &Ruled, special: &Ruled) -> bool {
    (&general.0, &general.1) != (&special.0, &special.1)
        && becomes(pairs, &special.0, &general.0)
        && becomes(pairs, &special.1, &general.1)
}

/// The interesting rules by definition: a rule is decided once all that are above it are. `r` is in quarters.
fn interesting(pairs: &Pairs, rules: &[Ruled], counts: &BTreeMap<u32, u64>, quarters: u128) -> Vec<Ruled> {
    let mut decided: BTreeMap<usize, bool> = BTreeMap::new();
    while decided.len() < rules.len() {
        for place in 0..rules.len() {
            let general: Vec<usize> =
                (0..rules.len()).filter(|&other| is_above(pairs, &rules[other], &rules[place])).collect();
            if decided.contains_key(&place) || general.iter().any(|general| !decided.contains_key(general)) {
                continue;
            }
            let kept: Vec<usize> = general.into_iter().filter(|general| decided[general]).collect();
            let nearest = kept
                .iter()
                .filter(|&&general| !kept.iter().any(|&between| is_above(pairs, &rules[general], &rules[between])));
            let product = |items: &[u32]| items.iter().map(|item| u128::from(counts[item])).product::<u128>();
            let exceeds = |general: usize| {
                let ((x, y, [n_xy, n_x, _]), (gx, gy, [g_xy, g_x, _])) = (&rules[place], &rules[general]);
                let [n_xy, n_x, g_xy, g_x] = [*n_xy, *n_x, *g_xy, *g_x].map(u128::from);
                let support = 4 * n_xy * product(gx) * product(gy) >= quarters * g_xy * product(x) * product(y);
                support || 4 * n_xy * g_x * product(gy) >= quarters * n_x * g_xy * product(y)
            };
            let interesting = nearest.copied().all(exceeds);
            decided.insert(place, interesting);
        }
    }
    decided.into_iter().filter(|&(_, kept)| kept).map(|(place, _)| rules[place].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn itemsets_and_rules_of_all_levels_by_definition(
        pairs in pairs(),
        rows in rows(),
        min_count in 1..5u64,
        quarters in 2..9u64,
    ) {
        let taxonomy = Taxonomy::new(pairs.iter().copied()).unwrap();
        let baskets = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let extended = extended(&pairs, &rows);
        let expected = Transactions::from_rows(extended.iter().cloned()).unwrap();
        let found = taxonomy.extend(&baskets).unwrap();
        for (basket, row) in found.iter().zip(&extended) {
            let mut basket: Vec<u32> = basket.iter().copied().collect();
            basket.sort_unstable();
            prop_assert_eq!(&basket, row);
        }
        prop_assert_eq!(found.duplicates_skipped(), baskets.duplicates_skipped());
        let tells = |labels: &[u32]| {
            !labels.iter().any(|&item| labels.iter().any(|other| above(&pairs, item).contains(other)))
        };
        let all: Listed = itemsets(&extended, min_count).into_iter().filter(|(labels, _)| tells(labels)).collect();
        for &threads in FEW_THREADS {
            let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
            let found = taxonomy.mine(&miner, &baskets).unwrap();
            prop_assert_eq!(&listed(&found), &all);
            prop_assert_eq!(found.basket_count(), rows.len() as u64);
            let rules = found.rules().min_confidence(0.3).consequents(Consequents::Any).generate().unwrap();
            prop_assert!(rules.iter().all(|rule| tells(&rule.antecedent().chain(rule.consequent()).copied().collect::<Vec<_>>())));
            let counts = expected.dictionary().labels().iter().map(|&item| (item, expected.count_of(&item).unwrap())).collect();
            let expected = interesting(&pairs, &ruled(&rules), &counts, quarters.into());
            let left = taxonomy.interesting(&rules, &found, quarters as f64 / 4.0).unwrap();
            prop_assert_eq!(ruled(&left), expected);
        }
    }

    #[test]
    fn levels_and_relatives_by_definition(pairs in pairs()) {
        let taxonomy = Taxonomy::new(pairs.iter().copied()).unwrap();
        for item in 0..13u32 {
            let sorted = |items: Vec<&u32>| items.into_iter().copied().collect::<BTreeSet<_>>();
            prop_assert_eq!(sorted(taxonomy.ancestors(&item).collect()), above(&pairs, item));
            let of = |own: fn(&(u32, u32)) -> u32, other: fn(&(u32, u32)) -> u32| -> BTreeSet<u32> {
                pairs.iter().filter(|pair| own(pair) == item).map(other).collect()
            };
            prop_assert_eq!(sorted(taxonomy.parents(&item).collect()), of(|pair| pair.0, |pair| pair.1));
            prop_assert_eq!(sorted(taxonomy.children(&item).collect()), of(|pair| pair.1, |pair| pair.0));
            let is_there = pairs.iter().any(|&(item_of, parent)| item_of == item || parent == item);
            prop_assert_eq!(taxonomy.level(&item).is_some(), is_there);
            if let Some(level) = taxonomy.level(&item) {
                let longest = taxonomy.parents(&item).map(|parent| taxonomy.level(parent).unwrap() + 1).max();
                prop_assert_eq!(level, longest.unwrap_or(0));
                prop_assert!(taxonomy.at_level(level).any(|&other| other == item));
            }
        }
    }

    #[test]
    fn one_rule_a_level_lower_or_higher_by_definition(
        pairs in pairs(),
        rows in rows(),
        weights in prop::collection::vec(1..5u32, 16),
        left in prop::collection::btree_set(0..13u32, 1..3),
        right in prop::collection::btree_set(0..13u32, 1..3),
        [lower, is_extended] in any::<[bool; 2]>(),
    ) {
        let right: Vec<u32> = right.difference(&left).copied().collect();
        let left: Vec<u32> = left.into_iter().collect();
        let taxonomy = Taxonomy::new(pairs.iter().copied()).unwrap();
        let mut builder = Transactions::builder();
        for (row, &weight) in rows.iter().zip(&weights) {
            builder.push_weighted(row.iter().copied(), weight);
        }
        let mut baskets = builder.build().unwrap();
        baskets = if is_extended { taxonomy.extend(&baskets).unwrap() } else { baskets };
        let extended = extended(&pairs, &rows);
        let count = |items: &[u32]| -> u64 {
            let has = |row: &Vec<u32>| items.iter().all(|item| row.contains(item));
            extended.iter().zip(&weights).filter(|(row, _)| has(row)).map(|(_, &weight)| u64::from(weight)).sum()
        };
        for (item, on_left) in left.iter().map(|item| (item, true)).chain(right.iter().map(|item| (item, false))) {
            let stay: Vec<u32> = left.iter().chain(&right).copied().filter(|own| own != item).collect();
            let mut others: Vec<u32> = pairs
                .iter()
                .filter_map(|&(own, parent)| match lower {
                    true => (parent == *item).then_some(own),
                    false => (own == *item).then_some(parent),
                })
                .collect();
            others.sort_unstable();
            others.dedup();
            others.retain(|other| {
                stay.iter().all(|own| own != other && !above(&pairs, *own).contains(other) && !above(&pairs, *other).contains(own))
            });
            let mut expected: Vec<Ruled> = others
                .into_iter()
                .map(|other| {
                    let placed = |side: &[u32]| -> Vec<u32> { side.iter().map(|own| if own == item { other } else { *own }).collect() };
                    let (x, y) = (placed(&left), if on_left { right.clone() } else { placed(&right) });
                    let counts = [count(&[&x[..], &y].concat()), count(&x), count(&y)];
                    (x, y, counts)
                })
                .collect();
            let found = match lower {
                true => taxonomy.drill_down(&baskets, &left, &right, item),
                false => taxonomy.roll_up(&baskets, &left, &right, item),
            };
            let found = found.unwrap();
            prop_assert!(found.iter().all(|rule| rule.counts.n() == count(&[])));
            let mut found: Vec<Ruled> = found
                .into_iter()
                .map(|rule| (rule.antecedent, rule.consequent, [rule.counts.n_xy(), rule.counts.n_x(), rule.counts.n_y()]))
                .collect();
            prop_assert!(found.is_sorted_by(|a, b| a.2[0] >= b.2[0]));
            found.sort();
            expected.sort();
            prop_assert_eq!(found, expected);
        }
    }

    /// Any pairs: the error tells a way up that is in them, or there is none.
    #[test]
    fn circles_are_told(pairs in prop::collection::vec((0..7u32, 0..7u32), 0..9)) {
        let circular = (0..7).any(|item| above(&pairs, item).contains(&item));
        match Taxonomy::new(pairs.iter().copied()) {
            Ok(_) => prop_assert!(!circular),
            Err(error) => {
                let error = error.to_string();
                let way = error.strip_prefix("invalid taxonomy: ").unwrap();
                let way = way.strip_suffix(" (expected nothing to be above itself)").unwrap();
                let way: Vec<u32> = way.split(" -> ").map(|item| item.parse().unwrap()).collect();
                prop_assert_eq!(way.first(), way.last());
                prop_assert!(way.windows(2).all(|step| pairs.contains(&(step[0], step[1]))));
            }
        }
    }
}

#[test]
fn an_item_of_one_side_is_replaced() {
    let taxonomy = Taxonomy::new([("ale", "beer"), ("lager", "beer")]).unwrap();
    let baskets = Transactions::from_rows([vec!["ale", "chips"]]).unwrap();
    let error = |left: &[&'static str], right: &[&'static str], item| {
        taxonomy.drill_down(&baskets, left, right, &item).unwrap_err().to_string()
    };
    assert_eq!(
        error(&["beer"], &["chips"], "wine"),
        "invalid item: `wine`, which is on none of the sides (expected an item of one side of the rule)"
    );
    assert_eq!(
        error(&["beer"], &["beer"], "beer"),
        "invalid item: `beer`, which is on both sides (expected an item of one side of the rule)"
    );
    // Nothing belongs to chips, and rules of no basket are listed.
    assert!(taxonomy.drill_down(&baskets, &["beer"], &["chips"], &"chips").unwrap().is_empty());
    let none = taxonomy.drill_down(&Transactions::default(), &["beer"], &[], &"beer").unwrap();
    assert_eq!(none.iter().map(|rule| rule.counts.n()).collect::<Vec<_>>(), [0, 0]);
    assert_eq!(none[0].counts.counts(), None);
}

/// A tree of a hundred thousand levels takes no stack.
#[test]
fn deep_trees_need_no_stack() {
    let chain = Taxonomy::new((0..3000u32).map(|item| (item, item + 1))).unwrap();
    assert_eq!((chain.level(&0), chain.ancestors(&2999).count()), (Some(3000), 1));
    let error = Taxonomy::new((0..100_000u32).map(|item| (item, (item + 1) % 100_000))).unwrap_err();
    let error = error.to_string();
    assert!(error.starts_with("invalid taxonomy: 0 -> 1 -> 2 -> "), "{error}");
    assert!(error.contains(" -> 19 -> (99980 more) -> 0 ("), "{error}");
}

#[test]
fn wrong_numbers_and_strange_itemsets_are_refused() {
    let taxonomy = Taxonomy::new([("ale", "beer")]).unwrap();
    let baskets = Transactions::from_rows([vec!["ale", "chips"], vec!["ale", "chips"]]).unwrap();
    let itemsets = taxonomy.mine(&Miner::new(), &baskets).unwrap();
    let rules = itemsets.rules().generate().unwrap();
    for r in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = taxonomy.interesting(&rules, &itemsets, r).unwrap_err().to_string();
        assert_eq!(error, format!("invalid r: {r} (expected a finite number above 0)"));
    }
    let others = Miner::new().mine(&Transactions::from_rows([["wine"]]).unwrap()).unwrap();
    let error = taxonomy.interesting(&rules, &others, 1.1).unwrap_err().to_string();
    assert_eq!(error, "the stored itemsets are damaged: they do not hold an item of the rules");
}
