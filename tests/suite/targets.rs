//! Closed, maximal and generator itemsets against brute force.

use std::collections::BTreeMap;

use itemset::{Algorithm, ErrorKind, FrequentItemsets, Itemset, MinSupport, Miner, Target, Transactions};
use proptest::prelude::*;

use crate::brute_force::{Listed, databases, encode, itemsets, listed};
use crate::variants::FEW_THREADS;

fn list<'a>(itemsets: impl Iterator<Item = Itemset<'a, u32>>) -> Listed {
    itemsets.map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
}

fn without(labels: &[u32], item: u32) -> Vec<u32> {
    labels.iter().copied().filter(|&other| other != item).collect()
}

/// Those of all frequent itemsets that are closed, maximal, generators, by the definitions: an itemset has a superset
/// with a property that does not get lost on the way down if it has one of one item more.
fn of_target(all: &Listed, baskets: u64, target: Target) -> Listed {
    let counts: BTreeMap<&[u32], u64> = all.iter().map(|(labels, count)| (&labels[..], *count)).collect();
    let mut most_above: BTreeMap<Vec<u32>, u64> = BTreeMap::new();
    for (labels, count) in all {
        for &item in labels {
            let most = most_above.entry(without(labels, item)).or_default();
            *most = (*most).max(*count);
        }
    }
    let is_wanted = |labels: &[u32], count: u64| match target {
        Target::Closed => most_above.get(labels).is_none_or(|&most| most < count),
        Target::Maximal => !most_above.contains_key(labels),
        Target::Generators => labels.iter().all(|&item| match &without(labels, item)[..] {
            [] => baskets > count,
            smaller => counts[smaller] > count,
        }),
        _ => true,
    };
    all.iter().filter(|(labels, count)| is_wanted(labels, *count)).cloned().collect()
}

/// All targets at one threshold, listed and counted, on one thread and two.
fn compare(rows: &[Vec<u32>], baskets: &Transactions<u32>, all: &Listed, min_count: u64) {
    let n = rows.len() as u64;
    let [closed, maximal, generators] =
        [Target::Closed, Target::Maximal, Target::Generators].map(|target| of_target(all, n, target));
    for &threads in FEW_THREADS {
        let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
        let found = miner.mine_closed(baskets).unwrap();
        assert_eq!(list(found.iter()), closed, "closed at {min_count}");
        assert_eq!((found.len(), found.basket_count(), found.min_count()), (closed.len(), n, min_count));
        let by_len: Vec<u128> = found.by_len().into_iter().map(u128::from).collect();
        assert_eq!(miner.search(baskets).target(Target::Closed).count().unwrap().by_len(), by_len);
        let found = miner.mine_maximal(baskets).unwrap();
        assert_eq!(list(found.iter()), maximal, "maximal at {min_count}");
        let by_len: Vec<u128> = found.by_len().into_iter().map(u128::from).collect();
        assert_eq!(miner.search(baskets).target(Target::Maximal).count().unwrap().by_len(), by_len);
        for max_len in [usize::MAX, 3, 2, 1] {
            let short: Listed = generators.iter().filter(|(labels, _)| labels.len() <= max_len).cloned().collect();
            let miner = if max_len == usize::MAX { miner.clone() } else { miner.clone().max_len(max_len) };
            let found = miner.mine_generators(baskets).unwrap();
            assert_eq!(list(found.iter()), short, "generators at {min_count} to {max_len}");
            assert_eq!(miner.search(baskets).target(Target::Generators).count().unwrap().total(), short.len() as u128);
        }
        assert_eq!(miner.search(baskets).target(Target::All).count().unwrap().total(), all.len() as u128);
    }
}

/// At all thresholds at which the result changes, or some of them.
fn compare_all(rows: &[Vec<u32>]) {
    let baskets = encode(rows);
    let all = itemsets(rows, 1);
    let mut thresholds: Vec<u64> = all.iter().map(|&(_, count)| count).chain([1, rows.len() as u64 + 1]).collect();
    thresholds.sort_unstable();
    thresholds.dedup();
    let step = thresholds.len().div_ceil(6);
    for &min_count in thresholds.iter().step_by(step) {
        let frequent = all.iter().filter(|&&(_, count)| count >= min_count).cloned().collect();
        compare(rows, &baskets, &frequent, min_count);
    }
}

/// Many rows that hold most of the items, so that itemsets are long and columns are compressed.
fn dense() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (100..700usize, 3..=11u32, 55..95u32, any::<u64>()).prop_map(|(size, items, share, seed)| {
        let mut state = seed | 1;
        let mut draw = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % 100
        };
        // Some items follow others, which makes itemsets that are not closed.
        (0..size)
            .map(|_| {
                let mut row: Vec<u32> = (0..items).filter(|item| draw() < share - 4 * (item % 5)).collect();
                if row.contains(&1) && draw() < 98 {
                    row.push(20);
                }
                if row.contains(&0) && row.contains(&2) {
                    row.push(21);
                }
                row
            })
            .collect()
    })
}

/// Many items, few of them in a row, so that passed items are searched in rows.
fn sparse() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (200..600usize, 80..200u32, any::<u64>()).prop_map(|(size, items, seed)| {
        let mut state = seed | 1;
        let mut draw = move |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % below
        };
        (0..size)
            .map(|_| {
                let mut row: Vec<u32> = (0..2 + draw(4)).map(|_| draw(items)).collect();
                row.extend((0..draw(3)).map(|_| draw(6)));
                // Items that occur together.
                let pattern = draw(12);
                row.extend((0..draw(10)).map(|item| 300 + pattern * 10 + item));
                row
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn targets_equal_brute_force(rows in databases()) {
        compare_all(&rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn targets_equal_brute_force_on_dense_data(rows in dense(), quarter in 1..4u64) {
        compare_all(&rows);
        let min_count = rows.len() as u64 * quarter / 4;
        compare(&rows, &encode(&rows), &itemsets(&rows, min_count), min_count);
    }

    #[test]
    fn targets_equal_brute_force_on_sparse_data(rows in sparse(), min_count in 2..6u64) {
        compare(&rows, &encode(&rows), &itemsets(&rows, min_count), min_count);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Counts and memberships that each result derives equal those of all frequent itemsets.
    #[test]
    fn results_derive_the_counts_of_all_itemsets(rows in databases(), min_count in 1..6u64, other in prop::collection::vec(0..70u32, 0..4)) {
        let baskets = encode(&rows);
        let miner = Miner::new().min_support(MinSupport::count(min_count));
        let all = miner.mine(&baskets).unwrap();
        let (closed, maximal, generators) =
            (miner.mine_closed(&baskets).unwrap(), miner.mine_maximal(&baskets).unwrap(), miner.mine_generators(&baskets).unwrap());
        prop_assert_eq!(&closed.expand().unwrap(), &all);
        let asked = listed(&all).into_iter().map(|(labels, _)| labels).step_by(1 + all.len() / 300).chain([other]);
        for labels in asked {
            let count = all.count_of(&labels);
            prop_assert_eq!(closed.count_of(&labels), count);
            prop_assert_eq!(maximal.is_frequent(&labels), count.is_some() && (!labels.is_empty() || rows.len() as u64 >= min_count));
            let listed = count.filter(|_| !labels.is_empty());
            let is = |there: bool| listed.map(|_| there);
            prop_assert_eq!(all.is_closed(&labels), is(closed.contains(&labels)));
            prop_assert_eq!(all.is_maximal(&labels), is(maximal.contains(&labels)));
            prop_assert_eq!(all.is_generator(&labels), is(generators.contains(&labels)));
            prop_assert_eq!(maximal.count_of(&labels), listed.filter(|_| maximal.contains(&labels)));
            prop_assert_eq!(generators.count_of(&labels), listed.filter(|_| generators.contains(&labels)));
        }
        for range in [0..2usize, 2..3, 1..9] {
            let expected = list(closed.iter()).into_iter().filter(|(labels, _)| range.contains(&labels.len()));
            prop_assert!(list(closed.iter_len(range.clone())).into_iter().eq(expected));
        }
    }
}

#[test]
fn corner_cases_equal_brute_force() {
    compare_all(&[]);
    compare_all(&[vec![]]);
    compare_all(&vec![vec![]; 65]);
    compare_all(&[vec![3]]);
    compare_all(&[vec![3, 1, 2, 1, 3]]);
    compare_all(&[vec![1], vec![1], vec![2], vec![2]]);
    for size in (63..=65).chain(127..=129) {
        compare_all(&vec![vec![5, 6, 7]; size]);
        compare_all(&(0..size as u32).map(|row| vec![row % 3, 10 + row % 5, 20 + row % 7, 30]).collect::<Vec<_>>());
        compare_all(
            &(0..size as u32)
                .map(|row| (0..10).filter(|item| row >> (item % 7) & 1 == 1).collect())
                .collect::<Vec<_>>(),
        );
    }
}

/// One basket of n items has 2^n - 1 frequent itemsets, but a single closed one.
#[test]
fn few_closed_itemsets_of_a_huge_basket_are_found_quickly() {
    let baskets = Transactions::from_rows([0..3000u32, 0..3000, 5..2000]).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(2));
    let closed = miner.mine_closed(&baskets).unwrap();
    assert_eq!(
        closed.iter().map(|itemset| (itemset.len(), itemset.count())).collect::<Vec<_>>(),
        [(1995, 3), (3000, 2)]
    );
    assert_eq!(closed.count_of([&7, &2500]), Some(2));
    assert_eq!(miner.mine_maximal(&baskets).unwrap().len(), 1);
    assert_eq!(miner.mine_generators(&baskets).unwrap().len(), 1005);
    let error = closed.expand().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
}

#[test]
fn settings_that_contradict_a_target_are_named() {
    let baskets = encode(&[vec![1, 2], vec![1]]);
    let miner = Miner::new().min_support(MinSupport::count(1));
    let refused = |error: itemset::Error, named: &str| {
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting, .. } if *setting == named), "{error}");
    };
    for algorithm in [Algorithm::Apriori, Algorithm::FpGrowth] {
        let miner = miner.clone().algorithm(algorithm);
        refused(miner.mine_closed(&baskets).unwrap_err(), "algorithm");
        refused(miner.mine_maximal(&baskets).unwrap_err(), "algorithm");
        refused(miner.mine_generators(&baskets).unwrap_err(), "algorithm");
        refused(miner.search(&baskets).target(Target::Closed).count().unwrap_err(), "algorithm");
        assert_eq!(miner.search(&baskets).target(Target::All).count().unwrap().total(), 3);
    }
    let short = miner.clone().max_len(2);
    refused(short.mine_closed(&baskets).unwrap_err(), "max_len");
    refused(short.mine_maximal(&baskets).unwrap_err(), "max_len");
    // A request selects by length.
    assert_eq!(short.search(&baskets).target(Target::Maximal).count().unwrap().by_len(), [0, 1]);
    assert_eq!(short.search(&baskets).target(Target::Maximal).max_len(1).count().unwrap().total(), 0);
    assert_eq!(short.mine_generators(&baskets).unwrap().len(), 1);
    refused(miner.clone().min_support(0.0).mine_closed(&baskets).unwrap_err(), "min_support");
    assert_eq!(miner.clone().algorithm(Algorithm::Eclat).mine_closed(&baskets).unwrap().len(), 2);
    refused("some".parse::<Target>().unwrap_err(), "target");
    for &target in Target::ALL {
        assert_eq!(target.to_string().parse::<Target>().unwrap(), target);
    }
}

/// More items than two bytes number, each in two pairs.
#[test]
fn more_items_than_two_bytes_can_number() {
    let items = 65_537u32;
    let rows: Vec<Vec<u32>> = (0..items).map(|item| vec![item, (item + 1) % items]).collect();
    let baskets = encode(&rows);
    let miner = Miner::new().min_support(MinSupport::count(1));
    assert_eq!(miner.mine_closed(&baskets).unwrap().by_len(), [u64::from(items), u64::from(items)]);
    assert_eq!(miner.mine_maximal(&baskets).unwrap().by_len(), [0, u64::from(items)]);
    assert_eq!(miner.mine_generators(&baskets).unwrap().by_len(), [u64::from(items), u64::from(items)]);
}

#[test]
fn results_are_printed_as_documented() {
    let baskets = encode(&[vec![1, 2], vec![1, 2], vec![1]]);
    let miner = Miner::new().min_support(MinSupport::count(1));
    let closed = miner.mine_closed(&baskets).unwrap();
    assert_eq!(
        closed.to_string(),
        "2 closed itemsets in 3 baskets (min count 1)\n{1} (count 3, support 1.000)\n{1, 2} (count 2, support 0.667)"
    );
    assert!(miner.mine_maximal(&baskets).unwrap().to_string().starts_with("1 maximal itemsets in 3 baskets"));
    assert!(miner.mine_generators(&baskets).unwrap().to_string().starts_with("1 generators in 3 baskets"));
    assert!(closed.memory_usage() > 0 && !closed.is_empty() && closed.statistics().algorithm == Algorithm::Eclat);
    let _: FrequentItemsets<u32> = closed.expand().unwrap();
}
