//! The model of a cluster that the bench `cluster` runs: its schedule, its least squares, its bytes.

#[path = "../../benches/cluster_model/mod.rs"]
mod cluster_model;

use std::collections::{BTreeMap, BTreeSet};

use cluster_model::job::{Costs, GroupLoad, Workload, run};
use cluster_model::least_squares::{fit, value};
use cluster_model::machines::{Cluster, in_order, longest_first, partitions};
use cluster_model::wire::{Prefixes, Size, compressed, expected, row_bytes, write_row};
use itemset::distributed::{ItemCounts, MinePlan};
use itemset::{MinSupport, Miner};
use proptest::prelude::*;

fn cluster(nodes: usize, cores: usize) -> Cluster {
    Cluster { nodes, cores, task_cores: 1, memory: 64e9, java: 0.5, network: 1.25e9, disk: 1e9, price: 0.05 }
}

#[test]
fn known_tasks_end_when_they_should() {
    assert_eq!(in_order([3.0, 1.0, 2.0, 4.0], 2), 7.0);
    assert_eq!(longest_first(&[3.0, 1.0, 2.0, 4.0], 2), 5.0);
    assert_eq!(in_order([1.0; 10], 4), 3.0);
    assert_eq!((in_order([], 3), in_order([2.5], 9)), (0.0, 2.5));
    assert_eq!(partitions(&[1.0, 2.0, 3.0, 4.0, 5.0], 2), [9.0, 6.0]);
    assert_eq!(partitions(&[1.0, 2.0], 7), [1.0, 2.0]);
}

proptest! {
    #[test]
    fn tasks_begin_where_a_slot_is_free_first(tasks in prop::collection::vec(0..100u32, 0..60), slots in 1..9usize) {
        let tasks: Vec<f64> = tasks.into_iter().map(f64::from).collect();
        let mut ends = vec![0.0_f64; slots];
        for task in &tasks {
            let first = (0..slots).min_by(|&a, &b| ends[a].total_cmp(&ends[b])).unwrap();
            ends[first] += task;
        }
        let span = ends.into_iter().fold(0.0, f64::max);
        prop_assert_eq!(in_order(tasks.iter().copied(), slots), span);
        let (sum, longest) = (tasks.iter().sum::<f64>(), tasks.iter().copied().fold(0.0, f64::max));
        for span in [span, longest_first(&tasks, slots)] {
            prop_assert!(span >= longest && span >= sum / slots as f64 && span <= longest + sum / slots as f64);
        }
        prop_assert!(in_order(tasks.iter().copied(), slots + 1) <= span);
        // R. L. Graham 1969: what is longest goes first, at most a third above the best.
        prop_assert!(longest_first(&tasks, slots) <= 4.0 / 3.0 * span.max(longest) + 1e-9);
        prop_assert_eq!(partitions(&tasks, slots).iter().sum::<f64>(), sum);
    }

    #[test]
    fn coefficients_are_found_again(
        coefficients in prop::collection::vec(prop_oneof![Just(0.0), 1e-9..1e3f64], 3),
        numbers in prop::collection::vec(prop::collection::vec(1.0..1e6f64, 3), 8..20),
    ) {
        let values: Vec<f64> = numbers.iter().map(|of| value(&coefficients, of)).collect();
        let found = fit(&numbers, &values);
        prop_assert!(found.iter().all(|&coefficient| coefficient >= 0.0));
        for (of, seen) in numbers.iter().zip(values).filter(|(_, seen)| *seen > 0.0) {
            prop_assert!((value(&found, of) / seen - 1.0).abs() < 1e-3, "{found:?} for {coefficients:?}");
        }
    }

    /// Whatever the values, no other coefficients have less error.
    #[test]
    fn errors_are_least(
        cases in prop::collection::vec((prop::collection::vec(1.0..100.0f64, 2), 1.0..100.0f64), 3..12),
        other in prop::collection::vec(0.0..3.0f64, 2),
        step in 1e-4..0.3f64,
    ) {
        let (features, values): (Vec<Vec<f64>>, Vec<f64>) = cases.into_iter().unzip();
        let error = |of: &[f64]| -> f64 {
            features.iter().zip(&values).map(|(features, seen)| (value(of, features) / seen - 1.0).powi(2)).sum()
        };
        let found = fit(&features, &values);
        let towards: Vec<f64> = found.iter().zip(&other).map(|(one, other)| one + step * (other - one)).collect();
        prop_assert!(error(&found) <= error(&towards) + 1e-9, "{found:?} is worse than {towards:?}");
    }

    #[test]
    fn equal_prefixes_become_one(
        rows in prop::collection::vec((0..3usize, prop::collection::btree_set(0..5u32, 0..4), 1..5u64), 0..40),
    ) {
        let (mut prefixes, mut sums) = (Prefixes::default(), BTreeMap::new());
        for (group, prefix, weight) in rows {
            let prefix: Vec<u32> = prefix.into_iter().collect();
            prefixes.push(group, &prefix, weight);
            *sums.entry((group, prefix)).or_insert(0) += weight;
        }
        prefixes.merge();
        let merged: Vec<_> = prefixes.iter().map(|(group, prefix, weight)| ((group, prefix.to_vec()), weight)).collect();
        let ranks: usize = sums.keys().map(|(_, prefix)| prefix.len()).sum();
        prop_assert_eq!(prefixes.size(), Size { rows: sums.len() as f64, ranks: ranks as f64 });
        prop_assert_eq!(merged, sums.into_iter().collect::<Vec<_>>());
    }

    /// A row of Spark: its length, a word of missing fields, a word for each field, the list.
    #[test]
    fn a_row_reads_back(group in 0..1_000_000usize, prefix in prop::collection::vec(any::<u32>(), 0..200), weight in any::<u64>()) {
        let mut bytes = Vec::new();
        write_row(&mut bytes, group, &prefix, weight);
        prop_assert_eq!(bytes.len(), row_bytes(prefix.len()));
        prop_assert_eq!(u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize, bytes.len() - 4);
        let word = |at: usize| u64::from_le_bytes(bytes[4 + at..][..8].try_into().unwrap());
        prop_assert_eq!((word(0), word(8), word(24)), (0, group as u64, weight));
        let (list, len) = ((word(16) >> 32) as usize, word(16) as u32 as usize);
        prop_assert_eq!((list, list + len + 4), (32, bytes.len()));
        prop_assert_eq!(word(list) as usize, prefix.len());
        let values = &bytes[4 + list + 8 + 8 * prefix.len().div_ceil(64)..];
        let read: Vec<u32> = values.chunks(4).map(|four| u32::from_le_bytes(four.try_into().unwrap())).collect();
        prop_assert_eq!(&read[..prefix.len()], &prefix[..]);
        prop_assert!(read[prefix.len()..].iter().all(|&rest| rest == 0) && bytes.len() % 8 == 4);
    }

    /// All divisions of few items among few groups, as the projection divides.
    #[test]
    fn as_many_prefixes_as_expected(len in 0..6usize, groups in 1..5usize) {
        let (mut sum, divisions) = (Size::default(), groups.pow(len as u32));
        for mut division in 0..divisions {
            let of_items: Vec<usize> = (0..len).map(|_| {
                let group = division % groups;
                division /= groups;
                group
            }).collect();
            let mut served = BTreeSet::new();
            for place in (1..len).rev().filter(|&place| served.insert(of_items[place])) {
                sum.add(Size { rows: 1.0, ranks: place as f64 + 1.0 });
            }
        }
        let (expected, mean) = (expected(len, groups), sum.times(1.0 / divisions as f64));
        prop_assert!((expected.rows - mean.rows).abs() < 1e-9 && (expected.ranks - mean.ranks).abs() < 1e-9);
    }

    /// More or faster machines take no longer.
    #[test]
    fn machines_help(
        groups in prop::collection::vec((1.0..1e9f64, 1.0..20.0f64, 0.0..1e6f64), 1..20),
        (nodes, cores) in (2..30usize, 10..20usize),
        entries in 1e6..1e12f64,
    ) {
        let load = |&(rows, len, itemsets): &(f64, f64, f64)| {
            let arriving = Size { rows, ranks: rows * len };
            GroupLoad { arriving, kept: arriving, bytes: 60.0 * rows, baskets: rows, itemsets }
        };
        let job = Workload {
            baskets: entries / 10.0, entries, bytes: 40.0 * entries, items: 1e4, frequent: 1e3,
            sent: Size { rows: 2.0 * entries, ranks: 9.0 * entries }, compression: 0.4, groups: groups.iter().map(load).collect(),
        };
        let costs = Costs {
            counting: vec![1e-8; 2], projecting: vec![1e-8; 3], searching: vec![1e-8; 4], memory: vec![14.0; 4], java_row: 0.0,
        };
        let seconds = |cluster: Cluster| run(&job, &costs, &cluster, 4e8).seconds();
        let few = cluster(nodes, cores);
        let base = seconds(few);
        prop_assert!(seconds(cluster(nodes + 1, cores)) <= base * (1.0 + 1e-9));
        let faster = [Cluster { network: 2.0 * few.network, ..few }, Cluster { disk: 2.0 * few.disk, ..few }];
        prop_assert!(faster.into_iter().all(|faster| seconds(faster) <= base));
        prop_assert!(run(&job, &costs, &few, f64::MAX).shuffle <= run(&job, &costs, &few, 4e8).shuffle);
        let outcome = run(&job, &costs, &few, 4e8);
        prop_assert!(outcome.search_even <= outcome.search_longest_first * (1.0 + 1e-9));
        prop_assert!(outcome.work / few.slots() as f64 <= outcome.seconds() * (1.0 + 1e-9));
        let large = Cluster { memory: f64::MAX, ..few };
        prop_assert_eq!(run(&job, &costs, &large, 4e8).without_memory, 0);
        prop_assert_eq!(run(&job, &costs, &Cluster { memory: 1.0, ..few }, 4e8).without_memory, job.groups.len());
    }
}

/// Fewer tasks at once have more memory each.
#[test]
fn tasks_get_the_cores_whose_memory_they_need() {
    let sixteen = cluster(3, 16);
    assert_eq!((sixteen.slots(), sixteen.searches(), sixteen.task_memory()), (48, 48, 2e9));
    for (bytes, cores, searches) in
        [(1.0, 1, 48), (2e9, 1, 48), (2.1e9, 2, 24), (9e9, 8, 6), (32e9, 16, 3), (1e12, 16, 3)]
    {
        let with_room = sixteen.with_room(bytes);
        assert_eq!((with_room.task_cores, with_room.searches()), (cores, searches), "{bytes}");
    }
    assert_eq!(cluster(1, 12).with_room(1e12).task_cores, 12);
}

#[test]
fn limits_are_told() {
    let costs = Costs { memory: vec![0.0; 4], ..Costs::default() };
    let kept = |ranks: f64| Size { rows: 1.0, ranks };
    let load = |ranks, itemsets, baskets| GroupLoad { kept: kept(ranks), itemsets, baskets, ..GroupLoad::default() };
    let most = f64::from(u32::MAX);
    let of = |groups: Vec<GroupLoad>| run(&Workload { groups, ..Workload::default() }, &costs, &cluster(2, 2), 1.0);
    let within = of(vec![load(most, most, most)]);
    assert!(within.succeeds() && within.weighed == 0);
    let beyond = of(vec![load(most + 1.0, 0.0, most + 1.0), load(0.0, most + 1.0, 0.0), load(0.0, 0.0, 0.0)]);
    assert_eq!((beyond.too_many_entries, beyond.too_many_itemsets, beyond.weighed), (1, 1, 1));
    assert!(!beyond.succeeds());
}

/// The formula for groups that are drawn, beside groups of a plan.
#[test]
fn a_plan_sends_about_what_is_expected() {
    let row = |n: u32| (0..40_u32).filter(move |item| n.wrapping_mul(2_654_435_761 + 97 * item) >> 16 & 3 == 0);
    let mut counts = ItemCounts::new();
    (0..2000).for_each(|n| counts.add(row(n)).unwrap());
    for groups in [1, 4, 40] {
        let plan = MinePlan::new(&Miner::new().min_support(MinSupport::count(1)), &counts, groups).unwrap();
        let (mut projector, mut sent, mut drawn) = (plan.projector(), Size::default(), Size::default());
        for n in 0..2000 {
            let basket: Vec<u32> = row(n).collect();
            for (_, prefix) in projector.project(&basket) {
                sent.add(Size { rows: 1.0, ranks: prefix.len() as f64 });
            }
            drawn.add(expected(basket.len(), groups));
        }
        let ratio = sent.ranks / drawn.ranks;
        assert!((0.8..1.25).contains(&ratio), "{groups} groups: {sent:?} beside {drawn:?}");
    }
    // Blocks that do not become smaller are stored as they are.
    assert_eq!(compressed(&[0; 40_000], |block| block.len() + 5), 40_000 + 2 * 21);
    assert_eq!(compressed(&[0; 40_000], |_| 100), 242);
}
