//! A basket of weight n equals n equal baskets.

mod great_totals;

use itemset::{
    Algorithm, Consequents, Constraints, CountingSink, ErrorKind, FrequentItemsets, Measure, MinSupport, Miner, Rule,
    Rules, Target, Transactions,
};
use proptest::prelude::*;

use crate::brute_force::{Listed, encode, listed};
use crate::variants::{ALGORITHMS, ENGINES, FEW_THREADS};

type Weighted = Vec<(Vec<u32>, u32)>;

/// Rows of a few items, and weights around the ends of words of bits.
fn weighted_rows() -> impl Strategy<Value = Weighted> {
    let weight = prop_oneof![3 => Just(1u32), 4 => 0..6u32, 2 => 60..70u32, 1 => 120..300u32];
    (1..20u32, 0..10usize, 0..25usize).prop_flat_map(move |(items, length, size)| {
        let item = prop_oneof![0..items, 0..items.min(5)];
        prop::collection::vec((prop::collection::vec(item, 0..=length), weight.clone()), size)
    })
}

/// The baskets stored with weights, and each stored by itself.
fn both(rows: &Weighted) -> (Transactions<u32>, Transactions<u32>) {
    let mut builder = Transactions::builder();
    for (row, weight) in rows {
        match weight {
            1 => builder.push(row.iter().copied()),
            &weight => builder.push_weighted(row.iter().copied(), weight),
        };
    }
    (builder.build().unwrap(), encode(&repeated(rows)))
}

fn repeated(rows: &Weighted) -> Vec<Vec<u32>> {
    rows.iter().flat_map(|(row, weight)| std::iter::repeat_n(row.clone(), *weight as usize)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weighted_baskets_equal_repeated_baskets(rows in weighted_rows(), other in weighted_rows()) {
        let (weighted, plain) = both(&rows);
        prop_assert_eq!(weighted.len(), plain.len());
        prop_assert_eq!(weighted.is_empty(), plain.is_empty());
        prop_assert_eq!(weighted.entries(), plain.entries());
        prop_assert_eq!(weighted.duplicates_skipped(), plain.duplicates_skipped());
        prop_assert_eq!(weighted.stored_rows(), rows.iter().filter(|(_, weight)| *weight > 0).count());
        prop_assert_eq!(plain.stored_rows(), plain.len());
        prop_assert!(plain.weighted().all(|(_, weight)| weight == 1));
        let unrolled = weighted.weighted().flat_map(|(basket, weight)| std::iter::repeat_n(basket, weight as usize));
        for mut baskets in [Box::new(weighted.iter()) as Box<dyn Iterator<Item = _>>, Box::new(unrolled)] {
            prop_assert!(plain.iter().all(|basket| baskets.next().unwrap().ids().eq(basket.ids())));
            prop_assert!(baskets.next().is_none());
        }
        prop_assert_eq!(weighted.iter().len(), plain.len());
        for position in 0..=plain.len() {
            let ids = |basket: itemset::Basket<'_, u32>| basket.ids().collect::<Vec<_>>();
            prop_assert_eq!(weighted.get(position).map(ids), plain.get(position).map(ids));
        }
        for item in 0..20 {
            prop_assert_eq!(weighted.count_of(&item), plain.count_of(&item));
        }
        let mut summary = weighted.summary();
        summary.bytes = plain.summary().bytes;
        prop_assert_eq!(summary, plain.summary());
        prop_assert_eq!(&weighted, &plain);
        prop_assert_eq!(&plain, &weighted);
        // Equal exactly if the repeated rows are.
        let (others, plain_others) = both(&other);
        prop_assert_eq!(weighted == others, plain == plain_others);
        let (mut longer, mut shorter) = (rows.clone(), rows.clone());
        longer.push((vec![1], 2));
        shorter.pop();
        prop_assert!(weighted != both(&longer).0);
        prop_assert_eq!(weighted == both(&shorter).0, rows.last().is_none_or(|(_, weight)| *weight == 0));
    }

    #[test]
    fn searches_equal_those_of_repeated_baskets(rows in weighted_rows(), share in 1..12u64, max_len in prop::option::of(1..4usize)) {
        let (weighted, plain) = both(&rows);
        let min_support = MinSupport::count((plain.len() as u64 / share / 2).max(2));
        for &threads in FEW_THREADS {
            let mut miner = Miner::new().min_support(min_support).min_confidence(0.3).consequents(Consequents::Any).threads(threads);
            if let Some(max_len) = max_len {
                miner = miner.max_len(max_len);
            }
            for &algorithm in ALGORITHMS {
                let miner = miner.clone().algorithm(algorithm);
                prop_assert_eq!(miner.mine(&weighted).unwrap(), miner.mine(&plain).unwrap(), "{} on {}", algorithm, threads);
                prop_assert_eq!(miner.count(&weighted).unwrap(), miner.count(&plain).unwrap(), "{} on {}", algorithm, threads);
            }
            prop_assert_eq!(miner.mine_generators(&weighted).unwrap(), miner.mine_generators(&plain).unwrap());
            if max_len.is_none() {
                prop_assert_eq!(miner.mine_closed(&weighted).unwrap(), miner.mine_closed(&plain).unwrap());
                prop_assert_eq!(miner.mine_maximal(&weighted).unwrap(), miner.mine_maximal(&plain).unwrap());
                for target in Target::ALL[1..].iter().copied() {
                    let counted = miner.search(&weighted).target(target).count().unwrap();
                    prop_assert_eq!(counted, miner.search(&plain).target(target).count().unwrap());
                }
            }
            prop_assert_eq!(miner.rules(&weighted).unwrap(), miner.rules(&plain).unwrap());
            for constraints in [Constraints::new().min_len(2), Constraints::new().must_contain([1u32]).exclude([2u32])] {
                let constrained = |baskets| miner.search(baskets).constraints(&constraints).collect().unwrap();
                prop_assert_eq!(constrained(&weighted), constrained(&plain));
                let best = |baskets| miner.search(baskets).constraints(&constraints).top_k(7).collect().unwrap();
                prop_assert_eq!(best(&weighted), best(&plain));
            }
            let suggest = |baskets| miner.suggest_min_support(baskets, 10).unwrap();
            prop_assert_eq!(suggest(&weighted), suggest(&plain));
            let limited = miner.clone().max_itemsets(5);
            let partial = |baskets| limited.mine_partial(baskets).unwrap().into_inner();
            prop_assert_eq!(partial(&weighted), partial(&plain));
            let (choice, expected) = (miner.explain(&weighted).unwrap(), miner.explain(&plain).unwrap());
            prop_assert_eq!(
                (choice.basket_count(), choice.searched_baskets(), choice.frequent_items(), choice.entries(), choice.min_count()),
                (expected.basket_count(), expected.searched_baskets(), expected.frequent_items(), expected.entries(), expected.min_count())
            );
        }
    }

    #[test]
    fn rule_tests_equal_those_of_repeated_baskets(rows in weighted_rows(), other in weighted_rows(), seed in any::<u64>()) {
        let ((weighted, plain), (others, plain_others)) = (both(&rows), both(&other));
        let miner = Miner::new().min_support(MinSupport::count((plain.len() as u64 / 8).max(1))).max_len(3).min_confidence(0.2).threads(1);
        let rules = miner.rules(&plain).unwrap();
        prop_assert_eq!(rules.evaluate(&weighted), rules.evaluate(&plain));
        prop_assert_eq!(rules.drift(&weighted, &others), rules.drift(&plain, &plain_others));
        for rule in rules.iter().take(20) {
            prop_assert!(rule.baskets_in(&weighted).eq(rule.baskets_in(&plain)));
            prop_assert!(rule.baskets_in(&others).eq(rule.baskets_in(&plain_others)));
        }
        prop_assert_eq!(rules.clusters(&weighted, 0.7).unwrap(), rules.clusters(&plain, 0.7).unwrap());
        let third = |position: usize, _: itemset::Basket<'_, u32>| position.is_multiple_of(3);
        prop_assert_eq!(weighted.partition(third), plain.partition(third));
        #[cfg(feature = "random")]
        {
            let ((first, second), (plain_first, plain_second)) = (weighted.split(0.4, seed).unwrap(), plain.split(0.4, seed).unwrap());
            prop_assert_eq!((&first, &second), (&plain_first, &plain_second));
            prop_assert!(first.stored_rows() <= weighted.stored_rows() && second.stored_rows() <= weighted.stored_rows());
            prop_assert_eq!(miner.mine(&second).unwrap(), miner.mine(&plain_second).unwrap());
            let found = miner.rules(&first).unwrap().confirmed_by(&second, 0.05, itemset::Correction::Holm).unwrap();
            prop_assert_eq!(found, miner.rules(&plain_first).unwrap().confirmed_by(&plain_second, 0.05, itemset::Correction::Holm).unwrap());
            prop_assert_eq!(weighted.swap_randomised(seed).unwrap(), plain.swap_randomised(seed).unwrap());
            let tested = |baskets| rules.swap_test(baskets, Measure::Lift, 3, seed).unwrap();
            prop_assert_eq!(tested(&weighted), tested(&plain));
            let hold_out = itemset::HoldOut::new(0.4).splits(3).seed(seed).min_support(0.1).alpha(0.2);
            let stability = |baskets| rules.stability(baskets, &hold_out).unwrap();
            prop_assert_eq!(stability(&weighted), stability(&plain));
        }
        #[cfg(not(feature = "random"))]
        let _ = (seed, Measure::Lift);
    }
}

/// Equal rows are stored once, by the miner too: a hundred million baskets take no more than their bits.
#[test]
fn equal_baskets_are_stored_once() {
    let mut builder = Transactions::builder();
    builder.push_weighted(["beer", "diapers", "chips"], 20_000_001);
    builder.push_weighted(["beer", "diapers"], 30_000_003);
    builder.push_weighted(["beer"], 50_000_000);
    let baskets = builder.build().unwrap();
    assert_eq!((baskets.len(), baskets.entries(), baskets.stored_rows()), (100_000_004, 170_000_009, 3));
    assert!(baskets.summary().bytes < 1000);
    assert_eq!(
        (baskets.summary().lengths.p25, baskets.summary().lengths.median, baskets.summary().lengths.max),
        (1, 2, 3)
    );
    for &algorithm in ENGINES {
        let itemsets = Miner::new().algorithm(algorithm).min_support(0.1).mine(&baskets).unwrap();
        assert_eq!(itemsets.count_of(["beer", "diapers"]), Some(50_000_004), "{algorithm}");
        assert_eq!(itemsets.count_of(["chips", "beer", "diapers"]), Some(20_000_001), "{algorithm}");
    }
    let constraints = Constraints::new().exclude(["chips"]).min_len(2);
    let found = Miner::new().min_support(0.1).search(&baskets).constraints(&constraints).collect().unwrap();
    assert_eq!(found.iter().map(|itemset| itemset.count()).collect::<Vec<_>>(), [50_000_004]);
    assert_eq!(Miner::new().search(&baskets).min_len(3).top_k(1).collect().unwrap().min_count(), 20_000_001);
}

#[test]
fn as_many_baskets_as_32_bits_number() {
    let mut builder = Transactions::builder();
    builder.push_weighted(["beer"], u32::MAX);
    let full = builder.build().unwrap();
    assert_eq!((full.len(), full.count_of("beer")), (u32::MAX as usize, Some(u64::from(u32::MAX))));
    // On a machine of any size.
    let miner = Miner::new().max_memory(u64::MAX);
    assert_eq!(miner.mine(&full).unwrap().count_of(["beer"]), Some(u64::from(u32::MAX)));
    let suggestion = miner.suggest_min_support(&full, 1).unwrap();
    assert_eq!((suggestion.min_count(), suggestion.itemsets()), (1, 1));
    // No basket number reaches the threshold at which there is none.
    let suggestion = miner.suggest_min_support(&full, 0).unwrap();
    assert_eq!((suggestion.min_count(), suggestion.itemsets()), (u64::from(u32::MAX) + 1, 0));
    let partial = miner.clone().max_itemsets(0).mine_partial(&full).unwrap();
    assert_eq!((partial.complete_from(), partial.get().len()), (u64::from(u32::MAX) + 1, 0));
    let all = miner.search(&full).constraints(&Constraints::new().max_len(3)).collect().unwrap();
    assert_eq!((all.len(), miner.search(&full).min_len(1).top_k(3).collect().unwrap().len()), (1, 1));
    // A threshold beyond all numbers of baskets is not the largest of them, with thresholds of items too.
    let beyond = Constraints::new().item_min_support("wine", 0.5);
    for &target in Target::ALL {
        let beyond = miner
            .clone()
            .min_support(MinSupport::count(1 << 33))
            .search(&full)
            .target(target)
            .constraints(&beyond)
            .collect();
        assert!(beyond.unwrap().is_empty());
    }
}

/// Entries are not numbered, only rows, items and baskets are.
#[test]
fn baskets_may_have_more_entries_than_32_bits() {
    let rows: Weighted = (0..1000u32).map(|row| ((row % 7..row % 7 + 10).collect(), 4_000_000)).collect();
    let baskets = weighted(&rows);
    assert_eq!((baskets.entries(), baskets.summary().entries), (40_000_000_000, 40_000_000_000));
    let small = weighted(&rows.iter().map(|(row, _)| (row.clone(), 1)).collect());
    let miner = Miner::new().max_len(3);
    let listed =
        |baskets, algorithm| listed(&miner.clone().algorithm(algorithm).min_support(0.3).mine(baskets).unwrap());
    let expected: Listed =
        listed(&small, Algorithm::Eclat).into_iter().map(|(items, count)| (items, count * 4_000_000)).collect();
    for &algorithm in ALGORITHMS {
        assert_eq!(listed(&baskets, algorithm), expected, "{algorithm}");
    }
    #[cfg(feature = "serde")]
    {
        let stored = serde_json::to_string(&baskets).unwrap();
        assert_eq!(serde_json::from_str::<Transactions<u32>>(&stored).unwrap(), baskets);
    }
    // Swaps take baskets apart.
    #[cfg(feature = "random")]
    {
        let error = baskets.swap_randomised(1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "more than 4294967295 entries to swap, counted with the weights of their baskets"
        );
        let rules = miner.clone().min_support(0.3).rules(&baskets).unwrap();
        assert_eq!(rules.swap_test(&baskets, Measure::Lift, 1, 1).unwrap_err().to_string(), error.to_string());
    }
}

/// Rows, several words of bits of them, whose weights differ by orders of magnitude, are alike, or are both in parts.
fn great_rows() -> impl Strategy<Value = Weighted> {
    let alike = prop_oneof![Just(1u32), Just(300_000), 2..1_000_000u32];
    let small = (alike, 1..1_000_000u32);
    // Together they are more than 32 bits number.
    let large = (prop_oneof![Just(u32::MAX), 1 << 28..1u32 << 29], 1 << 27..=u32::MAX);
    let weights = (prop_oneof![2 => small.boxed(), 1 => large.boxed()], 0..3u32);
    let size = prop_oneof![4 => 0..30usize, 3 => 30..300usize, 1 => 64..66usize];
    (2..16u32, 0..9usize, size, weights).prop_flat_map(|(items, length, size, ((alike, most), kind))| {
        let weight = match kind {
            0 => Just(alike).boxed(),
            1 => (1..=most).boxed(),
            _ => prop_oneof![2 => Just(alike), 1 => 1..4u32, 1 => 1..=most].boxed(),
        };
        let item = prop_oneof![0..items, 0..items.min(6)];
        prop::collection::vec((prop::collection::vec(item, 0..=length), weight), size)
    })
}

fn weighted(rows: &Weighted) -> Transactions<u32> {
    let mut builder = Transactions::builder();
    rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
    builder.build().unwrap()
}

/// The sum of the weights of the rows that hold all of some items.
fn count(rows: &Weighted, items: &[u32]) -> u64 {
    let holds = |row: &Vec<u32>| items.iter().all(|item| row.contains(item));
    rows.iter().filter(|(row, _)| holds(row)).map(|&(_, weight)| u64::from(weight)).sum()
}

/// The itemsets of each target by definition, in the canonical order.
fn by_definition(rows: &Weighted, min_count: u64) -> Vec<(Target, Listed)> {
    let mut ranked: Vec<(u64, u32)> = (0..20).map(|item| (count(rows, &[item]), item)).collect();
    ranked.retain(|&(count, _)| count >= min_count);
    ranked.sort_by_key(|&(count, item)| (std::cmp::Reverse(count), item));
    let (mut all, mut open) = (Listed::new(), Vec::new());
    let mut next = 0;
    loop {
        let end = open.last().copied().unwrap_or(ranked.len());
        if next < end {
            open.push(next);
            let mut labels: Vec<u32> = open.iter().map(|&rank| ranked[rank].1).collect();
            labels.sort_unstable();
            let count = count(rows, &labels);
            if count >= min_count {
                all.push((labels, count));
                next = 0;
                continue;
            }
        }
        let Some(last) = open.pop() else { break };
        next = last + 1;
    }
    let more = |items: &Vec<u32>, fits: &dyn Fn(u64) -> bool| {
        (0..20).any(|item| !items.contains(&item) && fits(count(rows, &[&items[..], &[item]].concat())))
    };
    let fewer = |items: &Vec<u32>, same: u64| {
        items.iter().any(|left_out| {
            let others: Vec<u32> = items.iter().copied().filter(|item| item != left_out).collect();
            count(rows, &others) == same
        })
    };
    let of = |target: Target| {
        let mut found = all.clone();
        found.retain(|(items, count)| match target {
            Target::Closed => !more(items, &|larger| larger == *count),
            Target::Maximal => !more(items, &|larger| larger >= min_count),
            Target::Generators => !fewer(items, *count),
            _ => true,
        });
        (target, found)
    };
    Target::ALL.iter().map(|&target| of(target)).collect()
}

/// What is found, of each target and under constraints.
fn everything(baskets: &Transactions<u32>, miner: &Miner) -> Vec<Listed> {
    let list = |of: &itemset::ItemsetList<u32>| -> Listed {
        of.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
    };
    let mut found = vec![listed(&miner.mine(baskets).unwrap())];
    for &target in Target::ALL {
        let search = || miner.search(baskets).target(target);
        found.push(list(&search().collect().unwrap()));
        assert_eq!(search().count().unwrap().total(), found.last().unwrap().len() as u128);
        for constraints in [
            Constraints::new().min_len(2).exclude([3u32]),
            Constraints::new().must_contain([1u32]),
            Constraints::new().item_min_support(2u32, 0.9).at_most_one_of([0u32, 4]),
        ] {
            let search = || miner.search(baskets).target(target).constraints(&constraints);
            found.push(list(&search().collect().unwrap()));
            let mut streamed = Listed::new();
            search()
                .stream(&mut |items: &[&u32], count: u64| {
                    streamed.push((items.iter().map(|&&item| item).collect(), count));
                    std::ops::ControlFlow::Continue(())
                })
                .unwrap();
            streamed.sort_unstable();
            let mut sorted = found.last().unwrap().clone();
            sorted.sort_unstable();
            assert_eq!(streamed, sorted);
            found.push(list(&search().top_k(12).collect().unwrap()));
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn great_weights_by_definition(
        rows in great_rows(),
        share in 1..200u64,
        near in prop::option::of((any::<prop::sample::Index>(), 1..4usize, 0..3u64)),
    ) {
        let baskets = weighted(&rows);
        // A share of the baskets, or the count of some itemset or just above it.
        let min_count = match near {
            Some((row, items, above)) if !rows.is_empty() => {
                let row = &row.get(&rows).0;
                let found = count(&rows, &row[..items.min(row.len())]) + above;
                found.max(baskets.len() as u64 / 200)
            }
            _ => baskets.len() as u64 / share,
        };
        let min_count = min_count.max(1);
        let expected = by_definition(&rows, min_count);
        let all = &expected[0].1;
        for &threads in FEW_THREADS {
            let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
            for &algorithm in ALGORITHMS {
                let miner = miner.clone().algorithm(algorithm);
                prop_assert_eq!(&listed(&miner.mine(&baskets).unwrap()), all, "{} on {}", algorithm, threads);
                prop_assert_eq!(miner.count(&baskets).unwrap().total(), all.len() as u128);
                let mut streamed = CountingSink::new();
                miner.stream(&baskets, &mut streamed).unwrap();
                prop_assert_eq!(streamed.itemsets(), all.len() as u64);
            }
            for (target, expected) in &expected {
                let found = miner.search(&baskets).target(*target).collect().unwrap();
                let found: Listed = found.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect();
                prop_assert_eq!(&found, expected, "{} on {}", target, threads);
                prop_assert_eq!(miner.search(&baskets).target(*target).count().unwrap().total(), expected.len() as u128);
            }
            let long = miner.search(&baskets).min_len(2).collect().unwrap();
            let expected: Vec<u64> = all.iter().filter(|(items, _)| items.len() > 1).map(|&(_, count)| count).collect();
            prop_assert!(long.iter().map(|itemset| itemset.count()).eq(expected.iter().copied()));
            let mut best = expected;
            best.sort_unstable_by(|a, b| b.cmp(a));
            let found = miner.search(&baskets).min_len(2).top_k(9).collect().unwrap();
            // Without a threshold, there may be more.
            let found = found.iter().map(|itemset| itemset.count()).take_while(|&count| count >= min_count);
            prop_assert!(found.eq(best.into_iter().take(9)));
            let mut counts: Vec<u64> = all.iter().map(|&(_, count)| count).collect();
            counts.sort_unstable_by(|a, b| b.cmp(a));
            for most in [0, 1, 10, 100] {
                // Below the threshold there may be more.
                let Some(&too_low) = counts.get(most) else { continue };
                let suggestion = miner.suggest_min_support(&baskets, most as u64).unwrap();
                let fitting = counts.partition_point(|&count| count > too_low) as u64;
                match u32::try_from(baskets.len()) {
                    Ok(_) => prop_assert_eq!((suggestion.min_count(), suggestion.itemsets()), (too_low + 1, fitting)),
                    // Some that fit may be left out.
                    Err(_) => {
                        let found = counts.partition_point(|&count| count >= suggestion.min_count()) as u64;
                        prop_assert!(found <= suggestion.itemsets() && suggestion.itemsets() <= most as u64);
                    }
                }
            }
            if let Some(exact) = miner.estimate_itemsets(&baskets).unwrap().exact() {
                prop_assert_eq!(exact, all.len() as u128);
            }
        }
    }

    #[test]
    fn scaled_weights_scale_counts(rows in weighted_rows(), share in 1..12u64, scale in prop_oneof![1000..1002u32, 9000..9010u32, Just(u32::MAX)], beyond_32_bits in any::<bool>()) {
        let total: u64 = rows.iter().map(|&(_, weight)| u64::from(weight)).sum();
        // The greatest one leaves no room for another basket of each kind; entries exceed what 32 bits number.
        let most = (u64::from(u32::MAX) / total.max(1)) as u32;
        // Then there are more baskets than 32 bits number, but their weights are not.
        let beyond = rows.iter().map(|&(_, weight)| u32::MAX / weight.max(1)).min().unwrap_or(u32::MAX);
        let scale = if beyond_32_bits { beyond } else { scale.min(most) };
        let min_count = (total / share / 2).max(2);
        let scaled: Weighted = rows.iter().map(|(row, weight)| (row.clone(), weight * scale)).collect();
        for &threads in FEW_THREADS {
            let miner = Miner::new().threads(threads);
            let small = everything(&weighted(&rows), &miner.clone().min_support(MinSupport::count(min_count)));
            let great = everything(&weighted(&scaled), &miner.min_support(MinSupport::count(min_count * u64::from(scale))));
            let expected: Vec<Listed> = small
                .into_iter()
                .map(|list| list.into_iter().map(|(items, count)| (items, count * u64::from(scale))).collect())
                .collect();
            prop_assert_eq!(great, expected);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Many rows of few kinds are merged in the course of a search, those of each kind stored once are not.
    #[test]
    fn rows_merged_beforehand_are_the_same(
        kinds in prop::collection::vec((any::<u16>(), any::<u16>()), 20..90),
        rows in prop::collection::vec((any::<prop::sample::Index>(), 1..100_000u32), 300..900),
        share in 2..7u64,
    ) {
        // Each item is in three of four kinds.
        let row_of = |(a, b): (u16, u16)| (0..11u32).filter(move |&item| (a | b) >> item & 1 == 1).collect::<Vec<_>>();
        let mut merged: Weighted = kinds.iter().map(|&kind| (row_of(kind), 0)).collect();
        let mut unmerged = Weighted::new();
        for (index, weight) in rows {
            let (row, sum) = &mut merged[index.index(kinds.len())];
            *sum += weight;
            unmerged.push((row.clone(), weight));
        }
        let (merged, unmerged) = (weighted(&merged), weighted(&unmerged));
        prop_assert!(merged.stored_rows() < unmerged.stored_rows());
        for &threads in FEW_THREADS {
            let miner = Miner::new().min_support(1.0 / share as f64).threads(threads);
            for &algorithm in ALGORITHMS {
                let miner = miner.clone().algorithm(algorithm);
                prop_assert_eq!(miner.mine(&unmerged).unwrap(), miner.mine(&merged).unwrap());
                prop_assert_eq!(miner.count(&unmerged).unwrap(), miner.count(&merged).unwrap());
            }
            prop_assert_eq!(everything(&unmerged, &miner), everything(&merged, &miner));
            for most in [3, 200] {
                let suggestions = [&unmerged, &merged].map(|baskets| miner.suggest_min_support(baskets, most).unwrap());
                prop_assert_eq!(suggestions[0], suggestions[1]);
            }
        }
    }
}

/// A row takes memory once, however many baskets it stands for.
#[test]
fn great_weights_take_no_more_memory_than_rows() {
    let mut builder = Transactions::builder();
    for row in 0..1000u32 {
        builder.push_weighted([row % 60, row % 59, row % 7], 900_000 + row);
    }
    // With a bit for each basket it would be 110 MB an item.
    let baskets = builder.build().unwrap();
    let miner = Miner::new().min_support(MinSupport::count(1_000_000)).max_memory(64 << 20).threads(1);
    let expected = miner.mine(&baskets).unwrap();
    assert!(expected.len() > 100);
    for &algorithm in ALGORITHMS {
        let miner = miner.clone().algorithm(algorithm);
        assert_eq!(miner.mine(&baskets).unwrap(), expected);
        assert_eq!(miner.count(&baskets).unwrap().total(), expected.len() as u128);
    }
    let closed = miner.mine_closed(&baskets).unwrap();
    assert_eq!(closed.expand().unwrap(), expected);
    let constraints = Constraints::new().min_len(2);
    let best = miner.search(&baskets).constraints(&constraints).top_k(9).collect().unwrap();
    assert_eq!(best.len(), 9);
    assert!(miner.mine_partial(&baskets).unwrap().is_complete());
}
