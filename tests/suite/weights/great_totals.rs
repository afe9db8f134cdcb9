//! Weights of which 32 bits do not hold the sum.

use super::*;

/// The same rules, each count multiplied.
fn multiplied(rules: &Rules<u32>, scale: u64) -> Vec<(Vec<u32>, Vec<u32>, [u64; 4])> {
    let of = |rule: Rule<'_, u32>| {
        let counts = rule.counts();
        let counts = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()].map(|count| count * scale);
        (rule.antecedent().copied().collect(), rule.consequent().copied().collect(), counts)
    };
    rules.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// All that is made of itemsets, for weights of which 32 bits do not hold the sum.
    #[test]
    fn rules_of_great_totals_are_those_of_small_ones(rows in weighted_rows(), share in 2..12u64, hundredths in 0..100u8) {
        let scale = rows.iter().map(|&(_, weight)| u32::MAX / weight.max(1)).min().unwrap_or(u32::MAX);
        let great: Weighted = rows.iter().map(|(row, weight)| (row.clone(), weight * scale)).collect();
        let (small, great, scale) = (weighted(&rows), weighted(&great), u64::from(scale));
        let min_count = (small.len() as u64 / share).max(1);
        let miner = Miner::new().max_len(4).min_confidence(f64::from(hundredths) / 100.0).consequents(Consequents::Any).threads(1);
        let of_small = miner.clone().min_support(MinSupport::count(min_count));
        let of_great = miner.min_support(MinSupport::count(min_count * scale));
        let (small_sets, great_sets) = (of_small.mine(&small).unwrap(), of_great.mine(&great).unwrap());
        let (small_rules, great_rules) = (of_small.rules(&small).unwrap(), of_great.rules(&great).unwrap());
        prop_assert_eq!(multiplied(&great_rules, 1), multiplied(&small_rules, scale));

        let empty_left = |sets: &FrequentItemsets<u32>| {
            let rules = sets.rules().min_confidence(0.0).antecedent_len(0..).consequents(Consequents::Any);
            rules.min(Measure::Lift, 0.9).non_redundant(0.0).generate().unwrap()
        };
        prop_assert_eq!(multiplied(&empty_left(&great_sets), 1), multiplied(&empty_left(&small_sets), scale));
        let best = |sets: &FrequentItemsets<u32>| sets.rules().min_confidence(0.1).top_k(5, Measure::Lift).generate().unwrap();
        prop_assert_eq!(multiplied(&best(&great_sets), 1), multiplied(&best(&small_sets), scale));
        let basis = |sets: &FrequentItemsets<u32>| sets.rule_basis(0.3).unwrap().rules().clone();
        prop_assert_eq!(multiplied(&basis(&great_sets), 1), multiplied(&basis(&small_sets), scale));
        for measure in [Measure::Lift, Measure::Confidence, Measure::Count] {
            let (small, great) = (small_rules.clone().sorted_by(measure), great_rules.clone().sorted_by(measure));
            prop_assert_eq!(multiplied(&great, 1), multiplied(&small, scale));
        }
        let improvements = |rules: &Rules<u32>, sets| -> Vec<f64> {
            rules.redundancy(sets).unwrap().iter().map(|redundancy| redundancy.improvement()).collect()
        };
        prop_assert_eq!(improvements(&great_rules, &great_sets), improvements(&small_rules, &small_sets));
        let observed = |rules: &Rules<u32>, baskets, scale| -> Vec<[u64; 3]> {
            rules.evaluate(baskets).iter().map(|observed| [observed.n_x(), observed.n_y(), observed.n_xy()].map(|count| count * scale)).collect()
        };
        prop_assert_eq!(observed(&great_rules, &great, 1), observed(&small_rules, &small, scale));
        let groups = |rules: &Rules<u32>, baskets| -> Vec<usize> { rules.clusters(baskets, 0.6).unwrap().iter().map(Vec::len).collect() };
        prop_assert_eq!(groups(&great_rules, &great), groups(&small_rules, &small));

        // Halves joined, and what is stored.
        let (one, other) = (great_rules.head(great_rules.len() / 2), great_rules.filter(|rule| rule.lift() > 1.0));
        let joined = one.union(&other).unwrap();
        prop_assert!(joined.iter().all(|rule| great_rules.iter().any(|other| other == rule)));
        let without_limit = Miner::new().min_support(MinSupport::count(min_count * scale)).threads(1);
        let closed = without_limit.mine_closed(&great).unwrap();
        prop_assert_eq!(closed.expand().unwrap(), without_limit.mine(&great).unwrap());
        #[cfg(feature = "serde")]
        {
            let list = without_limit.search(&great).min_len(2).collect().unwrap();
            let text = serde_json::to_string(&(&great, &great_sets, &great_rules, &closed, &list)).unwrap();
            type Stored = (Transactions<u32>, FrequentItemsets<u32>, Rules<u32>, itemset::ClosedItemsets<u32>, itemset::ItemsetList<u32>);
            let back: Stored = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back, (great, great_sets, great_rules, closed, list));
        }
    }
}

/// What else a call may return, for weights of which 32 bits do not hold the sum.
#[test]
fn calls_on_great_totals() {
    let rows: Weighted = (0..60u32).map(|row| (vec![row % 2, 2 + row % 3, 5 + row % 5], 4_000_000_000 + row)).collect();
    let baskets = weighted(&rows);
    let most = baskets.count_of(&0).unwrap();
    assert_eq!(baskets.len() as u64, 60 * 4_000_000_000 + 59 * 30);
    let miner = Miner::new().min_support(0.1).threads(1);
    let all = listed(&miner.mine(&baskets).unwrap());
    assert_eq!(miner.count(&baskets).unwrap().total(), all.len() as u128);
    assert_eq!(miner.estimate_itemsets(&baskets).unwrap().exact(), Some(all.len() as u128));
    let partial = miner.clone().max_itemsets(4).mine_partial(&baskets).unwrap();
    let from = partial.complete_from();
    assert!(from > baskets.len() as u64 / 10 && from <= most && partial.asked() == (baskets.len() as u64).div_ceil(10));
    let expected: Listed = all.iter().filter(|&&(_, count)| count >= from).cloned().collect();
    assert_eq!(listed(partial.get()), expected);
    let error = miner.clone().max_itemsets(4).mine(&baskets).unwrap_err();
    let ErrorKind::LimitReached { min_count, suggestion, .. } = error.kind() else { panic!("{error}") };
    assert_eq!((*min_count, suggestion.min_count()), (partial.asked(), from));
    let choice = miner.explain(&baskets).unwrap();
    assert_eq!((choice.basket_count(), choice.min_count()), (baskets.len() as u64, partial.asked()));
    let report = miner.clone().min_support(0.9).explain_empty(&baskets).unwrap();
    let pair = (0..10).flat_map(|a| (0..a).map(move |b| [a, b])).map(|pair| count(&rows, &pair)).max().unwrap();
    assert_eq!((report.best_item(), report.best_pair()), (Some(count(&rows, &[1]).max(most)), Some(pair)));
    // Each basket would be drawn for itself.
    #[cfg(feature = "random")]
    {
        let error = baskets.split(0.5, 1).unwrap_err().to_string();
        assert_eq!(error, "more than 4294967295 baskets, counted with their weights, to draw from");
        assert_eq!(baskets.sample(1000, 1).unwrap().len(), 1000);
    }
}

/// Rows so light that rounding their weights up makes them as heavy as others.
#[test]
fn light_rows_among_great_ones() {
    let rows: Weighted = vec![(vec![9], u32::MAX), (vec![9], u32::MAX), (vec![1, 2], 1), (vec![3], 7)];
    let baskets = weighted(&rows);
    let of_asked = (1..9).map(|asked| {
        let miner = Miner::new().min_support(MinSupport::count(asked));
        let report = miner.explain_empty(&baskets).unwrap();
        (report.best_item(), report.best_pair(), miner.suggest_min_support(&baskets, 1).unwrap().min_count())
    });
    let of_asked: Vec<_> = of_asked.collect();
    let (item, suggested) = (2 * u64::from(u32::MAX), of_asked[0].2);
    assert!(8 <= suggested && suggested < item);
    assert_eq!(of_asked, [(Some(item), Some(1), suggested); 8]);
}

/// What returns no itemsets has no limit on them, though it lists them.
#[test]
fn counts_and_streams_of_great_totals_are_not_limited() {
    let rows: Weighted = vec![((0..6).collect(), u32::MAX), ((0..6).collect(), u32::MAX), (vec![7, 8], 1)];
    let baskets = weighted(&rows);
    let miner = Miner::new().min_support(MinSupport::count(2)).max_itemsets(3);
    assert!(matches!(miner.mine(&baskets).unwrap_err().kind(), ErrorKind::LimitReached { .. }));
    assert_eq!(miner.count(&baskets).unwrap().total(), 63);
    assert_eq!(miner.estimate_itemsets(&baskets).unwrap().exact(), Some(63));
    let long = || miner.search(&baskets).min_len(2);
    assert_eq!(long().count().unwrap().total(), 57);
    assert_eq!(long().estimate().unwrap().exact(), Some(57));
    let (mut all, mut of_long) = (CountingSink::new(), CountingSink::new());
    assert_eq!(miner.stream(&baskets, &mut all).unwrap().itemsets(), 63);
    assert_eq!(long().stream(&mut of_long).unwrap().itemsets(), 57);
    // The best have no threshold.
    let closed = miner.min_support(1.0).max_itemsets(100);
    let best = closed.search(&baskets).target(Target::Closed).top_k(5);
    assert_eq!((best.collect().unwrap().len(), best.estimate().unwrap().exact()), (2, Some(2)));
}

/// Which itemsets are maximal is found out in about the time that finding the closed ones takes.
#[test]
fn maximal_itemsets_among_many_closed_ones() {
    let row = |lacks: u32| ((0..14).filter(|&item| item != lacks).collect(), 400_000_000 + lacks);
    let baskets = weighted(&(0..14).map(row).collect());
    // Three rows are frequent if those that they lack are not the first ones.
    let miner = Miner::new().min_support(MinSupport::count(3 * 400_000_000 + 15));
    let found = miner.mine_maximal(&baskets).unwrap();
    let three = (0..14u32).flat_map(|a| (0..a).flat_map(move |b| (0..b).map(move |c| a + b + c)));
    let (enough, few): (Vec<u32>, Vec<u32>) = three.partition(|&sum| sum >= 15);
    let of_len = |len: usize| found.iter().filter(|itemset| itemset.len() == len).count();
    assert_eq!((of_len(11), found.len() - of_len(11)), (enough.len(), of_len(10)));
    assert!(of_len(10) > 0 && !few.is_empty());
    let stopped = miner.time_limit(std::time::Duration::ZERO).mine_maximal(&baskets);
    assert!(matches!(stopped.unwrap_err().kind(), ErrorKind::TimeLimit { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Rounding up the weights makes some itemsets reach a threshold, or a largest support, that do not.
    #[test]
    fn constraints_on_great_counts_are_those_on_small_ones(
        rows in prop::collection::vec((prop::collection::vec(0..8u32, 0..7), 1..5u32), 4..24),
        (asked, low, high) in (1..6u64, 1..7u64, 1..9u64),
        k in prop::option::of(1..6usize),
    ) {
        let found = |scale: u32| {
            let scaled: Weighted = rows.iter().map(|(row, weight)| (row.clone(), weight * scale)).collect();
            let baskets = weighted(&scaled);
            let count = |count: u64| MinSupport::count(count * u64::from(scale));
            let constraints = [
                Constraints::new().max_support(count(high)),
                Constraints::new().item_min_support(1u32, count(low)).item_min_support(2u32, count(high)),
                Constraints::new().min_support_at_len(2, count(low)).min_support_at_len(3, count(high)),
                Constraints::new().must_contain([1u32]).max_support(count(high)),
            ];
            let miner = Miner::new().min_support(count(asked));
            let mut lists = Vec::new();
            for constraints in &constraints {
                for &target in Target::ALL {
                    let search = miner.search(&baskets).target(target).constraints(constraints);
                    let search = match k {
                        Some(k) => search.top_k(k),
                        None => search,
                    };
                    let list = search.collect().unwrap();
                    let each = |(items, count): (Vec<u32>, u64)| (items, count / u64::from(scale));
                    let list = list.iter().map(|of| (of.iter().copied().collect(), of.count()));
                    lists.push(list.map(each).collect::<Listed>());
                }
            }
            lists
        };
        prop_assert_eq!(found(1), found(900_000_007));
    }
}

/// A part of the best is theirs too.
#[test]
fn the_best_of_great_totals_within_a_limit() {
    let parts = |scale: u32| {
        let row = |lacks: u32| ((0..12).filter(|&item| item != lacks).collect(), scale * (1 + lacks % 3));
        let baskets = weighted(&(0..12).map(row).collect());
        let miner = Miner::new().min_support(MinSupport::count(8 * u64::from(scale))).max_itemsets(30);
        let of = |target: Target| {
            let partial = miner.search(&baskets).target(target).top_k(20).partial().unwrap();
            (
                partial.asked(),
                partial.complete_from(),
                partial.get().iter().map(|itemset| itemset.count()).collect::<Vec<_>>(),
            )
        };
        Target::ALL.iter().map(|&target| of(target)).collect::<Vec<_>>()
    };
    let (small, great) = (parts(5), parts(1_000_000_000));
    for (&target, ((_, _, small), (asked, from, great))) in Target::ALL.iter().zip(small.iter().zip(&great)) {
        assert_eq!(*asked, if target == Target::Maximal { 8_000_000_000 } else { 1 });
        let best: Vec<u64> =
            small.iter().map(|count| count / 5 * 1_000_000_000).filter(|count| count >= from).collect();
        // Which itemsets are maximal depends on the threshold.
        assert!(target == Target::Maximal || *great == best && !best.is_empty(), "{target}");
        assert!(!great.is_empty() && great.iter().all(|count| count >= from));
    }
}
