//! Every target, with and without constraints, in every way of output, against the definitions.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use itemset::{
    CancelToken, Constraints, ErrorKind, ItemsetList, Limit, MinSupport, Miner, Search, Target, Transactions,
};
use proptest::prelude::*;

use crate::brute_force::{Listed, encode, itemsets};
use crate::variants::THREADS;

/// A request, as plain numbers.
#[derive(Clone, Debug)]
struct Asked {
    min_count: u64,
    min_len: usize,
    max_len: Option<usize>,
    /// Constraints; `None` for a request without any.
    constraints: Option<Constrained>,
}

#[derive(Clone, Debug)]
struct Constrained {
    excluded: Vec<u32>,
    only: Option<Vec<u32>>,
    required: Vec<u32>,
    group: Vec<u32>,
    own: Option<(u32, u64)>,
    of_len: Option<(usize, u64)>,
    max_count: Option<u64>,
    /// The most that the labels of an itemset may be together.
    max_sum: Option<u32>,
}

impl Constrained {
    fn build(&self) -> Constraints<u32> {
        let mut constraints = Constraints::new()
            .exclude(self.excluded.iter().copied())
            .must_contain(self.required.iter().copied())
            .at_most_one_of(self.group.iter().copied());
        if let Some(only) = &self.only {
            constraints = constraints.only(only.iter().copied());
        }
        if let Some((item, count)) = self.own {
            constraints = constraints.item_min_support(item, MinSupport::count(count));
        }
        if let Some((len, count)) = self.of_len {
            constraints = constraints.min_support_at_len(len, MinSupport::count(count));
        }
        if let Some(count) = self.max_count {
            constraints = constraints.max_support(MinSupport::count(count));
        }
        if let Some(max_sum) = self.max_sum {
            constraints = constraints.only_if(move |items: &[&u32]| items.iter().copied().sum::<u32>() <= max_sum);
        }
        constraints
    }

    fn allows(&self, item: u32) -> bool {
        !self.excluded.contains(&item) && self.only.as_ref().is_none_or(|only| only.contains(&item))
    }

    /// The lowest threshold in effect.
    fn lowest(&self, rows: &[Vec<u32>], min_count: u64) -> u64 {
        let is_in = |item: u32| self.allows(item) && rows.iter().flatten().any(|&other| other == item);
        let own = self.own.filter(|&(item, _)| is_in(item));
        let longest = rows.iter().map(|row| row.iter().collect::<BTreeSet<_>>().len()).max().unwrap_or_default();
        let of_len = self.of_len.filter(|&(len, _)| len <= longest);
        own.map(|(_, count)| count).into_iter().chain(of_len.map(|(_, count)| count)).chain([min_count]).min().unwrap()
    }

    fn accepts(&self, items: &[u32], count: u64, min_count: u64) -> bool {
        let of_len = self.of_len.filter(|&(len, _)| len == items.len()).map_or(min_count, |(_, count)| count);
        let threshold = |item: &u32| self.own.filter(|(own, _)| own == item).map_or(of_len, |(_, count)| count);
        items.iter().map(threshold).min().is_some_and(|threshold| count >= threshold)
            && self.required.iter().all(|item| items.contains(item))
            && items.iter().filter(|item| self.group.contains(item)).count() <= 1
            && self.max_count.is_none_or(|max_count| count <= max_count)
            && self.max_sum.is_none_or(|max_sum| items.iter().sum::<u32>() <= max_sum)
    }
}

impl Asked {
    /// What the definitions give, in the canonical order.
    fn expected(&self, rows: &[Vec<u32>], target: Target) -> Listed {
        let mut allowed = rows.to_vec();
        let mut lowest = self.min_count;
        if let Some(constraints) = &self.constraints {
            allowed.iter_mut().for_each(|row| row.retain(|&item| constraints.allows(item)));
            lowest = constraints.lowest(rows, self.min_count);
        }
        let all = itemsets(&allowed, lowest);
        let is_within = |small: &[u32], large: &[u32]| small.iter().all(|item| large.contains(item));
        let is_of_target = |items: &[u32], count: u64| match target {
            Target::Closed => {
                !all.iter().any(|(other, of)| *of == count && other.len() > items.len() && is_within(items, other))
            }
            Target::Maximal => !all.iter().any(|(other, _)| other.len() > items.len() && is_within(items, other)),
            Target::Generators => {
                count != rows.len() as u64
                    && !all
                        .iter()
                        .any(|(other, of)| *of == count && other.len() < items.len() && is_within(other, items))
            }
            _ => true,
        };
        let is_asked = |items: &[u32], count: u64| {
            items.len() >= self.min_len
                && self.max_len.is_none_or(|max_len| items.len() <= max_len)
                && self.constraints.as_ref().is_none_or(|constraints| constraints.accepts(items, count, self.min_count))
        };
        all.iter().filter(|(items, count)| is_of_target(items, *count) && is_asked(items, *count)).cloned().collect()
    }

    fn miner(&self, threads: usize) -> Miner {
        Miner::new().min_support(MinSupport::count(self.min_count)).threads(threads)
    }

    fn search<'a>(
        &self,
        miner: &'a Miner,
        baskets: &'a Transactions<u32>,
        target: Target,
        constraints: &'a Constraints<u32>,
    ) -> Search<'a, u32> {
        let mut search = miner.search(baskets).target(target).min_len(self.min_len);
        if let Some(max_len) = self.max_len {
            search = search.max_len(max_len);
        }
        if self.constraints.is_some() { search.constraints(constraints) } else { search }
    }
}

fn list(found: &ItemsetList<u32>) -> Listed {
    found.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
}

fn by_len(listed: &Listed) -> Vec<u128> {
    let mut by_len = Vec::new();
    for (items, _) in listed {
        by_len.resize(by_len.len().max(items.len()), 0);
        by_len[items.len() - 1] += 1;
    }
    by_len
}

fn constraints() -> impl Strategy<Value = Constrained> {
    let items = |most| prop::collection::vec(0..9u32, 0..most);
    let few = |some| prop_oneof![2 => Just(Vec::new()), 1 => some];
    (
        few(items(3).boxed()),
        prop::option::weighted(0.3, prop::collection::vec(0..8u32, 3..8)),
        few(items(3).boxed()),
        few(items(4).boxed()),
        prop::option::weighted(0.3, (0..8u32, 1..8u64)),
        prop::option::weighted(0.3, (1..5usize, 1..8u64)),
        prop::option::weighted(0.3, 1..12u64),
        prop::option::weighted(0.3, 5..25u32),
    )
        .prop_map(|(excluded, only, required, group, own, of_len, max_count, max_sum)| Constrained {
            excluded,
            only,
            required,
            group,
            own,
            of_len,
            max_count,
            max_sum,
        })
}

fn asked() -> impl Strategy<Value = Asked> {
    (
        1..6u64,
        prop_oneof![2 => Just(1), 1 => 2..4usize],
        prop::option::weighted(0.3, 1..5usize),
        prop::option::weighted(0.7, constraints()),
    )
        .prop_map(|(min_count, min_len, max_len, constraints)| Asked { min_count, min_len, max_len, constraints })
}

fn rows() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (1..9u32, any::<bool>()).prop_flat_map(|(items, common)| {
        prop::collection::vec(prop::collection::vec(0..items, 0..8), 0..24).prop_map(move |mut rows| {
            if common {
                rows.iter_mut().for_each(|row| row.push(7));
            }
            rows
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn every_request_agrees_with_the_definitions(rows in rows(), asked in asked(), k in 0..12usize, most in 0..12u64, stop in 1..9usize) {
        let baskets = encode(&rows);
        let built = asked.constraints.as_ref().map_or_else(Constraints::new, Constrained::build);
        for &target in Target::ALL {
            let expected = asked.expected(&rows, target);
            // The best by support, without the minimum support unless maximality depends on it.
            let unbounded = Asked { min_count: if target == Target::Maximal { asked.min_count } else { 1 }, ..asked.clone() };
            let mut best = unbounded.expected(&rows, target);
            best.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
            best.truncate(k);
            for &threads in THREADS {
                let miner = asked.miner(threads);
                let search = asked.search(&miner, &baskets, target, &built);
                prop_assert_eq!(&list(&search.collect().unwrap()), &expected, "{} on {} threads", target, threads);
                let counts = search.count().unwrap();
                prop_assert_eq!(counts.by_len(), by_len(&expected), "{}", target);
                let mut streamed: Listed = Vec::new();
                let summary = search.stream(&mut streamed).unwrap();
                prop_assert_eq!(&streamed, &expected, "{}", target);
                prop_assert!(summary.is_complete() && summary.itemsets() == expected.len() as u64);
                let mut left = stop;
                let mut first: Listed = Vec::new();
                let summary = search.stream(&mut |items: &[&u32], count: u64| {
                    first.push((items.iter().map(|&&item| item).collect(), count));
                    left -= 1;
                    if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                });
                let summary = summary.unwrap();
                prop_assert_eq!(&first[..], &expected[..expected.len().min(stop)], "{}", target);
                prop_assert_eq!(summary.is_complete(), expected.len() < stop);
                let complete = search.partial().unwrap();
                prop_assert!(complete.is_complete() && list(complete.get()) == expected, "{}", target);
                let estimate = search.estimate().unwrap();
                prop_assert_eq!(estimate.exact(), Some(expected.len() as u128), "{}", target);

                // As many as a limit allows: all at a higher threshold.
                let limited = asked.miner(threads).max_itemsets(most);
                match asked.search(&limited, &baskets, target, &built).partial() {
                    Ok(partial) => {
                        let from = partial.complete_from();
                        let above = Asked { min_count: from, ..asked.clone() }.expected(&rows, target);
                        prop_assert_eq!(&list(partial.get()), &above, "{} from {}", target, from);
                        prop_assert!(above.len() as u64 <= most);
                        prop_assert_eq!(partial.is_complete(), expected.len() as u64 <= most);
                        prop_assert_eq!(partial.is_complete(), from == asked.min_count);
                        if from > asked.min_count {
                            prop_assert_eq!(partial.limit(), Some(Limit::Itemsets(most)));
                            // The lowest one, where fewer are asked for at higher ones.
                            let below = Asked { min_count: from - 1, ..asked.clone() }.expected(&rows, target);
                            prop_assert!(target == Target::Maximal || below.len() as u64 > most, "{} from {}", target, from);
                        }
                    }
                    Err(error) => {
                        prop_assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{}", error);
                        prop_assert!(asked.constraints.as_ref().is_some_and(|some| some.own.is_some() || some.of_len.is_some()));
                    }
                }
                // No time for anything.
                let late = asked.miner(threads).time_limit(Duration::ZERO);
                match asked.search(&late, &baskets, target, &built).partial() {
                    Ok(partial) => {
                        let above = Asked { min_count: partial.complete_from(), ..asked.clone() }.expected(&rows, target);
                        prop_assert_eq!(&list(partial.get()), &above, "{}", target);
                    }
                    Err(error) => prop_assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{}", error),
                }

                if let Ok(partial) = asked.search(&late, &baskets, target, &built).top_k(k).partial() {
                    let from = partial.complete_from();
                    let asked = Asked { min_count: from, ..asked.clone() };
                    let mut above = match target {
                        Target::Maximal => asked.expected(&rows, target),
                        _ => best.iter().filter(|&&(_, count)| count >= from).cloned().collect(),
                    };
                    above.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
                    above.truncate(k);
                    prop_assert_eq!(&list(partial.get()), &above, "{}", target);
                }
                let search = search.top_k(k);
                prop_assert_eq!(&list(&search.collect().unwrap()), &best, "{} best {} on {}", k, target, threads);
                let counts = search.count().unwrap();
                prop_assert_eq!(counts.by_len(), by_len(&best));
                let mut streamed: Listed = Vec::new();
                prop_assert!(search.stream(&mut streamed).unwrap().is_complete());
                prop_assert_eq!(&streamed, &best);
                let complete = search.partial().unwrap();
                prop_assert!(complete.is_complete() && list(complete.get()) == best);
                prop_assert_eq!(search.estimate().unwrap().exact(), Some(best.len() as u128));
            }
        }
    }
}

#[test]
fn estimate_of_more_than_64_bits_is_exact() {
    let baskets = encode(&[(0..100).collect()]);
    let miner = Miner::new().min_support(MinSupport::count(1));
    let estimate = miner.search(&baskets).min_len(2).estimate().unwrap();
    assert_eq!(estimate.exact(), Some((1 << 100) - 1 - 100));
}

#[test]
fn best_maximal_itemsets_are_those_of_the_threshold() {
    let baskets = encode(&[vec![1], vec![1], vec![1], vec![1], vec![1, 2], vec![1, 2]]);
    let miner = Miner::new().min_support(MinSupport::count(2)).time_limit(Duration::from_secs(60));
    let search = miner.search(&baskets).target(Target::Maximal).top_k(1);
    let partial = search.partial().unwrap();
    assert!(partial.is_complete());
    assert_eq!(list(partial.get()), [(vec![1, 2], 2)]);
    assert_eq!(list(&search.collect().unwrap()), [(vec![1, 2], 2)]);
}

#[test]
fn contradicting_lengths_give_nothing_at_once() {
    let baskets = encode(&(0..40).map(|lacks| (0..40).filter(|&item| item != lacks).collect()).collect::<Vec<_>>());
    let miner = Miner::new().min_support(MinSupport::count(1));
    for &target in Target::ALL {
        assert!(miner.search(&baskets).target(target).min_len(20).max_len(15).collect().unwrap().is_empty());
    }
}

#[test]
fn second_threshold_of_an_item_counts() {
    let baskets = encode(&[vec![1, 2], vec![1], vec![1], vec![2]]);
    let miner = Miner::new().min_support(MinSupport::count(2));
    let twice =
        Constraints::new().item_min_support(1u32, MinSupport::count(1)).item_min_support(1u32, MinSupport::count(2));
    let found = miner.search(&baskets).target(Target::Maximal).constraints(&twice).collect().unwrap();
    assert_eq!(list(&found), [(vec![1], 3), (vec![2], 2)]);
}

#[test]
fn limit_on_the_best_asks_for_fewer() {
    let baskets = encode(&[vec![1, 2, 3], vec![1, 2, 3]]);
    let miner = Miner::new().max_itemsets(3);
    for &target in &[Target::All, Target::Generators] {
        let error = miner.search(&baskets).target(target).top_k(5).collect().map(|found| found.len());
        match target {
            Target::All => assert!(error.unwrap_err().to_string().contains("lower top_k")),
            _ => assert_eq!(error.unwrap(), 0),
        }
    }
}

/// Small weights make the sets of baskets larger than the rows: every output foresees that.
#[test]
fn memory_of_the_baskets_is_limited_for_every_output() {
    let mut builder = Transactions::builder();
    (0..300_000u32).for_each(|row| _ = builder.push_weighted((0..3).map(|item| (row * 7 + item * 13) % 97), 4));
    let baskets = builder.build().unwrap();
    let miner = Miner::new().min_support(MinSupport::count(30_000)).max_memory(18 << 20).threads(1);
    let constraints = Constraints::new().exclude([0u32]);
    let search = miner.search(&baskets).constraints(&constraints);
    let is_limited = |error: itemset::Error| matches!(error.kind(), ErrorKind::LimitReached { .. });
    assert!(is_limited(search.collect().unwrap_err()) && is_limited(search.count().unwrap_err()));
    assert!(is_limited(search.estimate().unwrap_err()) && is_limited(miner.estimate_itemsets(&baskets).unwrap_err()));
    assert!(is_limited(search.stream(&mut Vec::new()).unwrap_err()));
}

#[test]
fn cancelling_sink_ends_the_call() {
    let baskets = encode(&(0..14).map(|lacks| (0..14).filter(|&item| item != lacks).collect()).collect::<Vec<_>>());
    for k in [None, Some(9000)] {
        let token = CancelToken::new();
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(1).cancel_token(&token);
        let mut search = miner.search(&baskets).min_len(2);
        if let Some(k) = k {
            search = search.top_k(k);
        }
        let mut taken = 0;
        let ended = search.stream(&mut |_: &[&u32], _: u64| {
            taken += 1;
            token.cancel();
            ControlFlow::Continue(())
        });
        assert!(matches!(ended.unwrap_err().kind(), ErrorKind::Cancelled) && taken <= 64);
    }
}
