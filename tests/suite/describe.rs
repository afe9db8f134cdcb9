//! A description against counting by hand, whatever the order of the baskets.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use itemset::{CancelToken, Description, ErrorKind, MinSupport, RunOptions, Transactions};
use proptest::prelude::*;

/// Rows and how many baskets each stands for.
type Rows = Vec<(Vec<String>, u32)>;

fn rows() -> impl Strategy<Value = Rows> {
    let label = prop::sample::select(vec!["beer", "wine", "牛乳", "😀", "a\nb", "", "x", "y", "z", "q", "r", "s", "t"]);
    let row = prop::collection::vec(label.prop_map(str::to_string), 0..9);
    prop::collection::vec((row, prop_oneof![3 => Just(1), 1 => 1..50u32]), 0..30)
}

fn described(rows: &[(Vec<String>, u32)], top: usize, threads: usize) -> Description<String> {
    let mut builder = Transactions::builder();
    for (row, weight) in rows {
        builder.push_weighted(row.clone(), *weight);
    }
    builder.build().unwrap().describe_with(top, &RunOptions::new().threads(threads)).unwrap()
}

proptest! {
    #[test]
    fn numbers_are_those_of_the_baskets(rows in rows(), top in 0..15usize) {
        let found = described(&rows, top, 1);
        let sets: Vec<(BTreeSet<&String>, u64)> =
            rows.iter().map(|(row, weight)| (row.iter().collect(), u64::from(*weight))).collect();
        let n: u64 = sets.iter().map(|(_, weight)| weight).sum();
        let count = |items: &[&String]| -> u64 {
            sets.iter().filter(|(set, _)| items.iter().all(|item| set.contains(item))).map(|(_, weight)| weight).sum()
        };
        let labels: BTreeSet<&String> = sets.iter().flat_map(|(set, _)| set.iter().copied()).collect();
        let mut by_count: Vec<(u64, &String)> = labels.iter().map(|&label| (count(&[label]), label)).collect();
        by_count.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));

        prop_assert_eq!((found.summary.baskets, found.summary.items), (n, labels.len() as u64));
        prop_assert_eq!(found.distinct_baskets, sets.iter().map(|(set, _)| set).collect::<BTreeSet<_>>().len() as u64);
        let items: Vec<_> = found.items.iter().map(|item| (item.count, &item.item)).collect();
        prop_assert_eq!(&items[..], &by_count[..labels.len().min(top)]);
        prop_assert!(found.items.iter().all(|item| item.support == item.count as f64 / n as f64));

        let mut lengths = BTreeMap::new();
        for (set, weight) in &sets {
            *lengths.entry(set.len() as u64).or_insert(0) += weight;
        }
        let found_lengths: BTreeMap<_, _> = found.lengths.iter().map(|length| (length.items, length.baskets)).collect();
        prop_assert!(found.lengths.is_sorted_by_key(|length| length.items));
        prop_assert_eq!(found_lengths, lengths);

        let entries: u64 = by_count.iter().map(|(count, _)| count).sum();
        for coverage in &found.coverage {
            let covered = |items: u64| by_count.iter().take(items as usize).map(|(count, _)| count).sum::<u64>() as f64;
            let enough = coverage.share * entries as f64;
            prop_assert!(covered(coverage.items) >= enough);
            prop_assert!(coverage.items == 0 || covered(coverage.items - 1) < enough);
        }

        let paired = found.items.len().min(10);
        prop_assert_eq!(found.pairs.len(), paired * paired.saturating_sub(1) / 2);
        for pair in &found.pairs {
            let [first, second] = [pair.first, pair.second].map(|place| &found.items[place]);
            prop_assert!(pair.first < pair.second);
            prop_assert_eq!(pair.count, count(&[&first.item, &second.item]));
            let lift = (n * pair.count) as f64 / (first.count * second.count) as f64;
            prop_assert!((pair.lift - lift).abs() <= 1e-12 * lift);
            prop_assert_eq!(found.pair(pair.second, pair.first), Some(*pair));
        }
        prop_assert_eq!((found.pair(0, 0), found.pair(0, 10)), (None, None));

        prop_assert!(found.thresholds.is_sorted_by(|a, b| a.min_count > b.min_count && a.support > b.support));
        prop_assert_eq!(found.thresholds.is_empty(), n == 0);
        for effect in &found.thresholds {
            prop_assert_eq!(MinSupport::fraction(effect.support).min_count(n).unwrap(), effect.min_count);
            let frequent: Vec<&String> =
                by_count.iter().filter(|(count, _)| *count >= effect.min_count).map(|&(_, label)| label).collect();
            let pairs = (0..frequent.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
            let pairs = pairs.filter(|&(a, b)| count(&[frequent[a], frequent[b]]) >= effect.min_count).count();
            prop_assert_eq!((effect.items, effect.pairs), (frequent.len() as u64, pairs as u64));
        }

        let mut shuffled = rows.clone();
        shuffled.reverse();
        let again = described(&shuffled, top, if cfg!(feature = "rayon") { 2 } else { 1 });
        // Memory and numbers of labels depend on the order.
        let parts = |of: &Description<String>| (of.items.clone(), of.pairs.clone(), of.thresholds.clone());
        prop_assert_eq!(parts(&again), parts(&found));
        let page = found.to_string();
        prop_assert_eq!(again.to_string(), &page[..]);
        prop_assert!(page.lines().all(|line| line.chars().count() <= 100 && line == line.trim_end()), "{}", page);
        prop_assert!(page.chars().all(|char| char == '\n' || !char.is_control()));
    }
}

#[test]
fn the_page_shows_what_was_found() {
    let rows = [vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"]];
    let page = Transactions::from_rows(rows).unwrap().describe(2).unwrap().to_string();
    for part in [
        "  baskets               4             items per basket           2.0  1 to 3, median 2\n",
        "   1  diapers        3    75.0 %  ████████████████████████████████████\n",
        "   2  beer           2    50.0 %  ████████████████████████\n",
        "      and 2 more\n",
        "   50 % of the entries are from         2 items,   50.0 % of all  ███████████████\n",
        "      2            2    50.0 %  ████████████████████████████████████\n",
        "     1.33 times  diapers + beer, in 2 baskets (50.0 %)\n",
        "     50 %            2          3              1                 4\n",
    ] {
        assert!(page.contains(part), "{part}{page}");
    }
    let none = Transactions::<u32>::default().describe(20).unwrap();
    assert_eq!((none.items.len(), none.thresholds.len(), none.to_string().lines().count()), (0, 0, 5));
}

#[test]
fn items_of_other_parts_are_not_described() {
    let baskets = Transactions::from_rows([vec!["beer"], vec!["wine", "beer"], vec!["wine"]]).unwrap();
    let (kept, _) = baskets.partition(|position, _| position == 0);
    let found = kept.describe(20).unwrap();
    assert_eq!(found.items.iter().map(|item| item.item).collect::<Vec<_>>(), ["beer"]);
}

#[test]
fn a_description_can_be_ended_and_followed() {
    let baskets = Transactions::from_rows([(0..70).collect::<Vec<u32>>()]).unwrap();
    let token = CancelToken::new();
    token.cancel();
    let ended = baskets.describe_with(20, &RunOptions::new().cancel_token(&token)).unwrap_err();
    assert!(matches!(ended.kind(), ErrorKind::Cancelled));
    let limit = Duration::from_nanos(1);
    let ended = baskets.describe_with(20, &RunOptions::new().time_limit(limit)).unwrap_err();
    assert!(matches!(ended.kind(), ErrorKind::TimeLimit { limit: of, .. } if *of == limit), "{ended}");

    let heard = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&heard);
    let options = RunOptions::new().on_progress(move |fraction| told.lock().unwrap().push(fraction));
    let found = baskets.describe_with(20, &options).unwrap();
    let heard = heard.lock().unwrap();
    assert!(heard.is_sorted() && heard.last() == Some(&1.0), "{heard:?}");
    let [only] = found.thresholds[..] else { panic!("one basket has one threshold") };
    assert_eq!((only.items, only.pairs, only.itemsets.exact()), (70, 70 * 69 / 2, Some((1 << 70) - 1)));
    assert!(found.to_string().contains(" 1.2e21\n"), "{found}");
}
