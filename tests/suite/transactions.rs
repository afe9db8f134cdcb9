//! Baskets are stored as the sets of their rows.

mod codes;

use std::collections::BTreeSet;

use itemset::{MinSupport, Miner, Transactions, TransactionsBuilder};
use proptest::prelude::*;

use crate::brute_force::databases;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn baskets_are_the_sets_of_their_rows(rows in databases()) {
        let baskets = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let sets: Vec<BTreeSet<u32>> = rows.iter().map(|row| row.iter().copied().collect()).collect();
        prop_assert_eq!(baskets.len(), rows.len());
        prop_assert_eq!(baskets.iter().len(), rows.len());
        for (basket, set) in baskets.iter().zip(&sets) {
            prop_assert_eq!(&basket.iter().copied().collect::<BTreeSet<_>>(), set);
            prop_assert_eq!((basket.len(), basket.is_empty()), (set.len(), set.is_empty()));
            prop_assert!(basket.ids().map(|id| id.index()).is_sorted_by(|a, b| a < b));
        }
        let entries: usize = sets.iter().map(BTreeSet::len).sum();
        let given: usize = rows.iter().map(Vec::len).sum();
        prop_assert_eq!(baskets.entries(), entries as u64);
        prop_assert_eq!(baskets.duplicates_skipped(), (given - entries) as u64);
        for item in 0..70 {
            let count = sets.iter().filter(|set| set.contains(&item)).count() as u64;
            prop_assert_eq!(baskets.count_of(&item).unwrap_or(0), count);
        }
        let summary = baskets.summary();
        let mut lengths: Vec<usize> = sets.iter().map(BTreeSet::len).collect();
        lengths.sort_unstable();
        prop_assert_eq!(summary.lengths.min as usize, lengths.first().copied().unwrap_or(0));
        prop_assert_eq!(summary.lengths.max as usize, lengths.last().copied().unwrap_or(0));
        if let Some(middle) = lengths.len().checked_sub(1) {
            prop_assert_eq!(summary.lengths.median as usize, lengths[middle / 2]);
        }
        prop_assert_eq!(summary.empty_baskets as usize, lengths.iter().filter(|&&length| length == 0).count());
    }

    /// `push`, `extend` and `collect` give what `from_rows` gives.
    #[test]
    fn builders_equal_from_rows(rows in databases()) {
        let whole = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let mut pushed = Transactions::builder();
        let mut extended = TransactionsBuilder::new();
        for row in &rows {
            pushed.push(row.iter().copied());
        }
        extended.extend(rows.iter().cloned());
        let collected: TransactionsBuilder<u32> = rows.iter().cloned().collect();
        prop_assert_eq!((pushed.len(), pushed.duplicates_skipped()), (whole.len(), whole.duplicates_skipped()));
        for mut builder in [pushed, extended, collected] {
            prop_assert_eq!(&builder.build().unwrap(), &whole);
        }
    }
}

/// 4 bytes per entry and 4 per basket, and at most 1.3 times that besides the labels.
#[test]
fn storage_is_flat() {
    for (baskets, length, items) in [(10_000usize, 8usize, 500usize), (50_000, 3, 2_000), (3_000, 60, 300)] {
        let rows =
            (0..baskets).map(|row| (0..length).map(move |place| ((row * 31 + place * place * 17) % items) as u64));
        let encoded = Transactions::from_rows(rows).unwrap();
        let least = 4 * (encoded.entries() as usize + encoded.len());
        let labels = encoded.dictionary().len() * (size_of::<u64>() + 32);
        let held = encoded.summary().bytes as usize;
        assert!(held as f64 <= 1.3 * least as f64 + labels as f64, "{held} bytes held for {least}");
    }
}

/// A row whose iterator panics leaves nothing behind.
#[test]
fn row_whose_iterator_panics_is_dropped() {
    let mut builder = Transactions::builder();
    builder.push(["a"]);
    let half = std::panic::AssertUnwindSafe(|| {
        _ = builder.push(["x", "y"].into_iter().inspect(|&label| assert_ne!(label, "y")))
    });
    assert!(std::panic::catch_unwind(half).is_err());
    builder.push(["b"]);
    let baskets = builder.build().unwrap();
    let rows: Vec<Vec<&str>> = baskets.iter().map(|basket| basket.iter().copied().collect()).collect();
    assert_eq!(rows, [["a"], ["b"]]);
}

/// Labels may be borrowed, owned, numbers, or an enum.
#[test]
fn any_ordered_hashable_label_works() {
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    enum Good {
        Beer,
        Diapers,
    }
    let miner = Miner::new().min_support(1.0);
    let text = String::from("beer diapers");
    let borrowed = Transactions::from_rows([text.split(' ')]).unwrap();
    assert_eq!(miner.mine(&borrowed).unwrap().count_of(["diapers", "beer"]), Some(1));
    let owned = Transactions::from_rows([text.split(' ').map(str::to_string)]).unwrap();
    assert_eq!(miner.mine(&owned).unwrap().count_of(["diapers", "beer"]), Some(1));
    let numbers = Transactions::from_rows([[7u64, 8]]).unwrap();
    assert_eq!(miner.mine(&numbers).unwrap().count_of(&[8, 7]), Some(1));
    let goods = Transactions::from_rows([[Good::Diapers, Good::Beer]]).unwrap();
    let itemsets = miner.mine(&goods).unwrap();
    assert_eq!(itemsets.count_of(&[Good::Diapers, Good::Beer]), Some(1));
    let last = itemsets.iter().last().unwrap();
    assert_eq!(last.iter().collect::<Vec<_>>(), [&Good::Beer, &Good::Diapers]);
}

#[test]
fn parts_are_chosen_by_position_and_content() {
    let rows = [vec!["c", "a"], vec!["b"], vec![], vec!["a", "b"], vec!["b"]];
    let baskets = Transactions::from_rows(rows).unwrap();
    let mut positions = Vec::new();
    let (first, second) = baskets.partition(|position, basket| {
        positions.push(position);
        position == 1 || basket.len() == 2
    });
    assert_eq!(positions, [0, 1, 2, 3, 4]);
    let texts = |part: &Transactions<&str>| part.iter().map(|basket| basket.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (texts(&first), texts(&second)),
        (
            vec!["{c, a}".to_string(), "{b}".to_string(), "{a, b}".to_string()],
            vec!["{}".to_string(), "{b}".to_string()],
        )
    );
    assert_eq!((first.count_of("b"), second.count_of("b"), second.count_of("a")), (Some(2), Some(1), None));
    assert_eq!(baskets.partition(|_, _| true).0, baskets);
    assert!(baskets.partition(|_, _| true).1.is_empty());
}

/// Where an estimate is drawn at random too.
#[test]
fn row_order_does_not_change_estimates() {
    let rows: Vec<Vec<u32>> =
        (0..200u32).map(|row| (0..60).filter(|item| (row * 37 + item * 11) % (7 + item % 5) != 0).collect()).collect();
    let miner = Miner::new().min_support(MinSupport::count(5)).threads(1);
    let estimate = |rows: Vec<Vec<u32>>| miner.estimate_itemsets(&Transactions::from_rows(rows).unwrap()).unwrap();
    let expected = estimate(rows.clone());
    assert!(!expected.is_exact());
    let backwards = rows.iter().rev().map(|row| row.iter().rev().copied().collect()).collect();
    let moved = (0..200).map(|place| rows[place * 77 % 200].clone()).collect();
    for rows in [backwards, moved] {
        assert_eq!(estimate(rows), expected);
    }
}

/// Results do not depend on the order of the rows, nor on which item was seen first.
#[test]
fn row_order_does_not_change_results() {
    let rows = [vec!["c", "a"], vec!["b"], vec!["a", "b"], vec!["c"]];
    let miner = Miner::new().min_support(0.25).min_confidence(0.0);
    let forth = miner.mine(&Transactions::from_rows(rows.iter().cloned()).unwrap()).unwrap();
    let back = miner.mine(&Transactions::from_rows(rows.iter().rev().cloned()).unwrap()).unwrap();
    assert_eq!(forth, back);
    assert_eq!(forth.to_string(), back.to_string());
    assert_eq!(miner.rules_of(&forth).unwrap(), miner.rules_of(&back).unwrap());
}
