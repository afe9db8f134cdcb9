//! Item to item beside counts by definition, and after baskets came and went.

use std::collections::{BTreeMap, BTreeSet};

use itemset::recommend::{ItemToItem, Relation};
use itemset::{CancelToken, Contingency, ErrorKind, Measure, RunOptions, Transactions};
use proptest::prelude::*;

type Basket = BTreeSet<u8>;

fn of(baskets: &[Basket]) -> ItemToItem<u8> {
    let mut pairs = ItemToItem::new();
    baskets.iter().for_each(|basket| pairs.add(basket.iter().copied()).unwrap());
    pairs
}

fn counts(baskets: &[Basket], of: u8, other: u8) -> Option<Contingency> {
    let count =
        |items: &[u8]| baskets.iter().filter(|basket| items.iter().all(|item| basket.contains(item))).count() as u64;
    Contingency::new(baskets.len() as u64, count(&[of]), count(&[other]), count(&[of, other])).ok()
}

fn ratio(counts: &Contingency) -> f64 {
    let (n, x, y, both) = (counts.n() as f64, counts.n_x() as f64, counts.n_y() as f64, counts.n_xy() as f64);
    let cells = [(both, x, y), (x - both, x, n - y), (y - both, n - x, y), (n - x - y + both, n - x, n - y)];
    let cell = |&(observed, x, y): &(f64, f64, f64)| {
        if observed == 0.0 { 0.0 } else { observed * (observed / (x * y / n)).ln() }
    };
    2.0 * cells.iter().map(cell).sum::<f64>()
}

fn value(relation: Relation, counts: &Contingency) -> Option<f64> {
    let attracts = counts.n() * counts.n_xy() > counts.n_x() * counts.n_y();
    match relation {
        Relation::Measure(measure) => {
            (measure.at_independence().is_none() || attracts).then(|| counts.measure(measure))
        }
        _ => attracts.then(|| ratio(counts)),
    }
}

fn relations() -> impl Strategy<Value = Relation> {
    let measures = [
        Measure::Cosine,
        Measure::Lift,
        Measure::ChiSquared,
        Measure::FishersExactTest,
        Measure::Conviction,
        Measure::Confidence,
    ];
    let measures = prop::sample::select(measures.to_vec()).prop_map(Relation::Measure);
    prop_oneof![1 => Just(Relation::LogLikelihood), 2 => measures]
}

fn baskets() -> impl Strategy<Value = Vec<Basket>> {
    prop::collection::vec(prop::collection::btree_set(0..8u8, 0..5), 0..20)
}

fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn related_items_are_those_of_the_definition(baskets in baskets(), by in relations(), item in 0..9u8, k in 0..9usize) {
        let pairs = of(&baskets);
        let larger = !matches!(by, Relation::Measure(measure) if !measure.larger_is_better());
        let mut expected: Vec<(f64, u64, u8)> = (0..8)
            .filter(|&other| other != item)
            .filter_map(|other| {
                let counts = counts(&baskets, item, other)?;
                Some((value(by, &counts)?, counts.n_xy(), other))
            })
            .collect();
        let found = pairs.related(&item, usize::MAX, by);
        prop_assert_eq!(found.len(), expected.len());
        for related in &found {
            let here = expected.iter().find(|expected| expected.2 == *related.item()).unwrap();
            prop_assert!(near(related.score(), here.0), "{:?} {:?}", related, here);
            prop_assert_eq!(Some(related.counts()), counts(&baskets, item, *related.item()));
            let reason = related.reason();
            prop_assert_eq!((reason.antecedent(), reason.consequent()), (&[&item][..], &[related.item()][..]));
        }
        // The library's own values decide ties.
        expected = found.iter().map(|of| (of.score(), of.counts().n_xy(), *of.item())).collect();
        let sorted = expected.is_sorted_by(|a, b| {
            let by_value = if larger { b.0.total_cmp(&a.0) } else { a.0.total_cmp(&b.0) };
            by_value.then(b.1.cmp(&a.1)).then(a.2.cmp(&b.2)).is_lt()
        });
        prop_assert!(sorted, "{:?}", expected);
        prop_assert_eq!(&pairs.related(&item, k, by)[..], &found[..k.min(found.len())]);
    }

    #[test]
    fn baskets_are_scored_by_their_items(
        baskets in baskets(),
        by in relations(),
        basket in prop::collection::vec(0..9u8, 0..5),
        k in 0..9usize,
    ) {
        let pairs = of(&baskets);
        let items: BTreeSet<u8> = basket.iter().copied().collect();
        let mut expected: BTreeMap<u8, Vec<f64>> = BTreeMap::new();
        for &item in &items {
            for other in (0..8).filter(|other| !items.contains(other)) {
                if let Some(value) = counts(&baskets, item, other).and_then(|counts| value(by, &counts)) {
                    expected.entry(other).or_default().push(value.min(1e300));
                }
            }
        }
        let larger = !matches!(by, Relation::Measure(measure) if !measure.larger_is_better());
        let found = pairs.recommend(&basket, usize::MAX, by);
        prop_assert_eq!(found.len(), expected.len());
        for related in &found {
            let values = &expected[related.item()];
            let score: f64 = if larger { values.iter().sum() } else { values.iter().copied().fold(f64::MAX, f64::min) };
            prop_assert!(near(related.score().min(1e300), score) || score >= 1e300, "{:?} {}", related, score);
            prop_assert!(items.contains(related.reason().antecedent()[0]));
        }
        let sorted = found.is_sorted_by(|a, b| if larger { a.score() >= b.score() } else { a.score() <= b.score() });
        prop_assert!(sorted);
        prop_assert_eq!(&pairs.recommend(basket.iter().rev(), k, by)[..], &found[..k.min(found.len())]);
    }

    /// Baskets come and go in any order; what is left is as if nothing else had ever been there.
    #[test]
    fn forgetting_is_never_having_added(
        kept in baskets(),
        steps in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::btree_set(0..12u8, 0..6)), 0..30),
        item in 0..12u8,
    ) {
        let mut changed = ItemToItem::new();
        let (mut waiting, mut passing): (Vec<Basket>, Vec<Basket>) = (kept.clone(), Vec::new());
        for (index, basket) in &steps {
            match index.index(3) {
                0 => {
                    changed.add(basket.iter().copied()).unwrap();
                    passing.push(basket.clone());
                }
                1 if !waiting.is_empty() => {
                    changed.add(waiting.pop().unwrap().into_iter()).unwrap();
                }
                _ if !passing.is_empty() => {
                    let gone = passing.swap_remove(index.index(passing.len()));
                    // In another order, and an item twice.
                    changed.forget(gone.iter().rev().chain(gone.iter())).unwrap();
                }
                _ => {}
            }
        }
        passing.iter().for_each(|gone| changed.forget(gone).unwrap());
        waiting.iter().for_each(|basket| changed.add(basket.iter().copied()).unwrap());
        let never = of(&kept);
        prop_assert_eq!(&changed, &never);
        prop_assert_eq!((changed.len(), changed.item_count(), changed.pair_count()), (kept.len(), never.item_count(), never.pair_count()));
        prop_assert_eq!(changed.count_of(&item), never.count_of(&item));
        for by in [Relation::LogLikelihood, Measure::Jaccard.into()] {
            prop_assert_eq!(changed.related(&item, 9, by), never.related(&item, 9, by));
            prop_assert_eq!(changed.recommend([&item, &1], 9, by), never.recommend([&item, &1], 9, by));
        }
        #[cfg(feature = "serde")]
        {
            let bytes = serde_json::to_string(&changed).unwrap();
            prop_assert_eq!(&bytes, &serde_json::to_string(&never).unwrap());
            let read: ItemToItem<u8> = serde_json::from_str(&bytes).unwrap();
            prop_assert_eq!(&read, &never);
            prop_assert_eq!(read.related(&item, 9, Relation::LogLikelihood), never.related(&item, 9, Relation::LogLikelihood));
        }
    }

    #[test]
    fn a_basket_that_is_not_there_is_an_error_and_changes_nothing(baskets in baskets(), other in prop::collection::btree_set(0..9u8, 0..5)) {
        let mut pairs = of(&baskets);
        let times = baskets.iter().filter(|basket| **basket == other).count();
        for _ in 0..times {
            pairs.forget(&other).unwrap();
        }
        let before = pairs.clone();
        let error = pairs.forget(&other).unwrap_err();
        let is_named = matches!(error.kind(), ErrorKind::InvalidSetting { setting: "basket", .. });
        prop_assert!(is_named);
        prop_assert_eq!(pairs, before);
    }

    #[test]
    fn transactions_with_weights_are_baskets_one_by_one(rows in prop::collection::vec((prop::collection::vec(0..9u8, 0..6), 1..4u32), 0..12)) {
        let mut builder = Transactions::builder();
        let mut single = ItemToItem::new();
        for (row, weight) in &rows {
            builder.push_weighted(row.iter().copied(), *weight);
            (0..*weight).for_each(|_| single.add(row.iter().copied()).unwrap());
        }
        prop_assert_eq!(ItemToItem::from_transactions(&builder.build().unwrap()).unwrap(), single);
    }
}

#[test]
fn making_it_ends_when_it_is_told_to() {
    let baskets = Transactions::from_rows([[1, 2]]).unwrap();
    let token = CancelToken::new();
    token.cancel();
    let error = ItemToItem::from_transactions_with(&baskets, &RunOptions::new().cancel_token(&token)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}

#[cfg(feature = "serde")]
#[test]
fn damaged_forms_are_named() {
    use serde_json::json;

    let pairs = of(&[Basket::from([1, 2]), Basket::from([1, 2]), Basket::from([3]), Basket::new()]);
    let whole = serde_json::to_value(&pairs).unwrap();
    let expected = json!({"format": 1, "labels": [1, 2, 3], "lens": [0, 2, 1], "times": [1, 2, 1], "items": [0, 1, 2]});
    assert_eq!(whole, expected);
    for (name, value, reason) in [
        ("format", json!(2), "format 2"),
        ("labels", json!([2, 1, 3]), "labels are not in their order"),
        ("labels", json!([1, 2]), "an item without a label"),
        ("labels", json!([1, 2, 3, 4]), "labels without a basket"),
        ("lens", json!([0, 2]), "differ in length"),
        ("lens", json!([0, 2, 2]), "lacks items"),
        ("lens", json!([0, 1, 1]), "items without a basket"),
        ("times", json!([1, 0, 1]), "baskets are not in their order"),
        ("times", json!([1, u32::MAX, 1]), "more than 4294967295 baskets"),
        ("items", json!([1, 0, 2]), "baskets are not in their order"),
        ("items", json!([0, 0, 2]), "baskets are not in their order"),
    ] {
        let mut damaged = whole.clone();
        damaged[name] = value;
        let error = serde_json::from_value::<ItemToItem<u8>>(damaged).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}
