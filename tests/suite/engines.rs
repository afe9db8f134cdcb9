//! Every engine against brute force.

use itemset::{Algorithm, AprioriLevel, MinSupport, Miner};
use proptest::prelude::*;

use crate::brute_force::{databases, encode, itemsets, listed};
use crate::variants::ENGINES;

/// Each engine at every threshold at which the result changes: itemsets listed, counted, and limited in length.
fn compare(rows: &[Vec<u32>]) {
    let baskets = encode(rows);
    let all = itemsets(rows, 1);
    let mut thresholds: Vec<u64> = all.iter().map(|&(_, count)| count).chain([1, rows.len() as u64 + 1]).collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    for min_count in thresholds {
        let expected: Vec<_> = all.iter().filter(|&&(_, count)| count >= min_count).cloned().collect();
        for &algorithm in ENGINES {
            let miner = Miner::new().algorithm(algorithm).min_support(MinSupport::count(min_count)).threads(1);
            let found = miner.mine(&baskets).unwrap();
            assert_eq!(listed(&found), expected, "{algorithm} at {min_count}");
            let counted = miner.count(&baskets).unwrap();
            let by_len: Vec<u128> = found.by_len().into_iter().map(u128::from).collect();
            assert_eq!(counted.by_len(), by_len, "{algorithm} counting at {min_count}");
            assert_eq!(counted.total(), expected.len() as u128);
            for max_len in [1, 2, 3] {
                let miner = miner.clone().max_len(max_len);
                let short: Vec<_> = expected.iter().filter(|(labels, _)| labels.len() <= max_len).cloned().collect();
                assert_eq!(listed(&miner.mine(&baskets).unwrap()), short, "{algorithm} at {min_count} to {max_len}");
                assert_eq!(miner.count(&baskets).unwrap().total(), short.len() as u128);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn engines_equal_brute_force(rows in databases()) {
        compare(&rows);
    }
}

#[test]
fn corner_cases_equal_brute_force() {
    compare(&[]);
    compare(&[vec![]]);
    compare(&vec![vec![]; 65]);
    compare(&[vec![3]]);
    compare(&[vec![3, 1, 2, 1, 3]]);
    compare(&vec![vec![1]; 64]);
    for size in (63..=65).chain(127..=129) {
        compare(&vec![vec![5, 6, 7]; size]);
        // The most frequent item is mostly alone, so it is in fewer of the longer baskets than the others.
        let alone = (0..500).map(|_| vec![0]);
        compare(
            &alone
                .chain((0..size as u32).map(|row| {
                    (0..8)
                        .filter(|item| (row * 5 + item * 3) % 7 < 4 || (row == *item))
                        .filter(|&item| item > 0 || row < 2)
                        .collect()
                }))
                .collect::<Vec<_>>(),
        );
        compare(&(0..size as u32).map(|row| vec![row % 3, 10 + row % 5, 20 + row % 7, 30]).collect::<Vec<_>>());
        compare(
            &(0..size as u32)
                .map(|row| (0..10).filter(|item| row >> (item % 7) & 1 == 1).collect())
                .collect::<Vec<_>>(),
        );
    }
}

/// Rows of consecutive items, so that each item has two pairs, around the size where ranks change their width.
#[test]
fn more_items_than_two_bytes_can_number() {
    for items in [65_535u32, 65_536, 65_537] {
        let rows: Vec<Vec<u32>> = (0..items).map(|item| vec![item, (item + 1) % items]).collect();
        let baskets = encode(&rows);
        let found: Vec<_> = ENGINES
            .iter()
            .map(|&algorithm| {
                Miner::new().algorithm(algorithm).min_support(MinSupport::count(1)).mine(&baskets).unwrap()
            })
            .collect();
        assert_eq!(found[0].by_len(), [u64::from(items), u64::from(items)]);
        assert!(found.iter().all(|other| other == &found[0]));
        let expected = (0..items).flat_map(|item| match item {
            0 => vec![(vec![0], 2)],
            last if last == items - 1 => vec![(vec![last], 2), (vec![0, last], 1), (vec![last - 1, last], 1)],
            item => vec![(vec![item], 2), (vec![item - 1, item], 1)],
        });
        assert!(listed(&found[0]).into_iter().eq(expected));
    }
}

/// The candidates of the textbook's example (Han, Kamber & Pei 2011, figure 6.2): 5 items, 9 baskets, count 2.
#[test]
fn candidates_equal_the_textbook() {
    let rows = ["1 2 5", "2 4", "2 3", "1 2 4", "1 3", "2 3", "1 3", "1 2 3 5", "1 2 3"];
    let rows: Vec<Vec<u32>> =
        rows.iter().map(|row| row.split(' ').map(|item| item.parse().unwrap()).collect()).collect();
    let miner = Miner::new().algorithm(Algorithm::Apriori).min_support(MinSupport::count(2));
    let found = miner.mine(&encode(&rows)).unwrap();
    let levels: Vec<(u64, u64)> = found
        .statistics()
        .levels
        .iter()
        .map(|&AprioriLevel { candidates, frequent, .. }| (candidates, frequent))
        .collect();
    // Ten pairs, six of them frequent; of six joins four have an infrequent subset; {1, 2, 3, 5} falls for {2, 3, 5}.
    assert_eq!(levels, [(5, 5), (10, 6), (2, 2)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A candidate is an itemset all of whose subsets are frequent, so their number follows from the result.
    #[test]
    fn candidates_equal_their_definition(rows in databases(), min_count in 1..6u64) {
        use std::collections::BTreeSet;
        let miner = Miner::new().algorithm(Algorithm::Apriori).min_support(MinSupport::count(min_count));
        let found = miner.mine(&encode(&rows)).unwrap();
        let all: BTreeSet<Vec<u32>> = itemsets(&rows, min_count).into_iter().map(|(labels, _)| labels).collect();
        let items: Vec<u32> = all.iter().filter(|labels| labels.len() == 1).map(|labels| labels[0]).collect();
        for (len, level) in (1..).zip(&found.statistics().levels).skip(1) {
            let joined: BTreeSet<Vec<u32>> = all.iter().filter(|labels| labels.len() + 1 == len).flat_map(|labels| {
                items.iter().filter(|item| !labels.contains(item)).map(|&item| {
                    let mut labels = labels.clone();
                    labels.push(item);
                    labels.sort_unstable();
                    labels
                })
            }).collect();
            let candidates = joined.iter().filter(|labels| (0..labels.len()).all(|left_out| {
                let mut subset = (*labels).clone();
                subset.remove(left_out);
                all.contains(&subset)
            }));
            prop_assert_eq!(level.candidates, candidates.count() as u64);
            prop_assert_eq!(level.frequent, all.iter().filter(|labels| labels.len() == len).count() as u64);
        }
    }
}
