//! Rules filtered while they are made equal all rules filtered afterwards.

use itemset::{
    FrequentItemsets, ItemMatch, Measure, MinSupport, Miner, Rule, RuleBuilder, RuleSide, Rules, RunOptions,
};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};

type Sides = (Vec<u32>, Vec<u32>);

fn sides(rule: &Rule<'_, u32>) -> Sides {
    (rule.antecedent().copied().collect(), rule.consequent().copied().collect())
}

fn mined(rows: &[Vec<u32>], min_count: u64) -> FrequentItemsets<u32> {
    Miner::new().min_support(MinSupport::count(min_count)).max_len(5).mine(&encode(rows)).unwrap()
}

/// All splits of all itemsets, those with an empty antecedent included.
fn all(itemsets: &FrequentItemsets<u32>) -> Rules<u32> {
    itemsets.rules().min_confidence(0.0).consequent_len(1..).antecedent_len(0..).generate().unwrap()
}

/// The builder makes exactly the rules for which `keeps` holds, in the order of all rules.
fn assert_keeps(
    rules: &Rules<u32>,
    builder: RuleBuilder<'_, u32>,
    keeps: impl Fn(&Rule<'_, u32>) -> bool,
) -> Result<(), TestCaseError> {
    let found = builder.generate().unwrap();
    let expected: Vec<Rule<'_, u32>> = rules.iter().filter(keeps).collect();
    prop_assert_eq!(found.len(), expected.len());
    prop_assert!(found.iter().eq(expected));
    Ok(())
}

/// The baskets with both sides, and those with the left one.
type Confidence = (u64, u64);

/// Confidence of X' => Y.
fn confidence(itemsets: &FrequentItemsets<u32>, x: &[u32], y: &[u32]) -> Confidence {
    let both: Vec<u32> = x.iter().chain(y).copied().collect();
    (itemsets.count_of(&both).unwrap(), itemsets.count_of(x).unwrap())
}

fn larger(a: Confidence, b: Confidence) -> Confidence {
    if a.0 * b.1 > b.0 * a.1 { a } else { b }
}

/// Counts of these tests are small, so the quotient of two products is rounded once.
fn difference((a, b): Confidence, (c, d): Confidence) -> f64 {
    ((a * d) as f64 - (c * b) as f64) / (b * d) as f64
}

fn ratio((a, b): Confidence, (c, d): Confidence) -> f64 {
    (a * d) as f64 / (c * b) as f64
}

/// The proper subsets of a side.
fn parts(side: &[u32]) -> impl Iterator<Item = Vec<u32>> {
    (0..(1u32 << side.len()) - 1)
        .map(move |mask| (0..side.len()).filter(|&place| mask >> place & 1 == 1).map(|place| side[place]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn empty_antecedents_add_one_rule_per_itemset(rows in databases(), min_count in 2..6u64) {
        let itemsets = mined(&rows, min_count);
        let rules = all(&itemsets);
        let (empty, others): (Vec<Sides>, Vec<Sides>) = rules.iter().map(|rule| sides(&rule)).partition(|(x, _)| x.is_empty());
        let sets: Vec<Vec<u32>> = itemsets.iter().map(|set| set.iter().copied().collect()).collect();
        prop_assert_eq!(empty.into_iter().map(|(_, y)| y).collect::<Vec<_>>(), sets);
        let plain = itemsets.rules().min_confidence(0.0).consequent_len(1..).generate().unwrap();
        prop_assert_eq!(plain.iter().map(|rule| sides(&rule)).collect::<Vec<_>>(), others);
        for rule in rules.iter().filter(|rule| rule.antecedent().len() == 0) {
            prop_assert_eq!((rule.counts().n_x(), rule.counts().n_y()), (rows.len() as u64, rule.count()));
            prop_assert_eq!(rule.lift(), 1.0);
            prop_assert!(rule.to_string().starts_with("{}"), "no left side");
        }
    }

    #[test]
    fn thresholds_on_measures_equal_filtering(
        rows in databases(), min_count in 2..6u64, percent in 0..60u32, place in any::<prop::sample::Index>(), of in any::<[prop::sample::Index; 2]>(),
    ) {
        let itemsets = mined(&rows, min_count);
        let rules = all(&itemsets);
        if rules.is_empty() {
            return Ok(());
        }
        let least = f64::from(percent) / 100.0;
        let base = itemsets.rules().min_confidence(least).consequent_len(1..).antecedent_len(0..);
        let [first, second] = of.map(|index| *index.get(Measure::ALL));
        // Thresholds that some rule meets exactly.
        let [at, other] = [first, second].map(|measure| place.get(&rules.iter().collect::<Vec<_>>()).measure(measure));
        let confident = |rule: &Rule<'_, u32>| rule.confidence() >= least;
        assert_keeps(&rules, base.clone().min(first, at), |rule| confident(rule) && rule.measure(first) >= at)?;
        assert_keeps(&rules, base.clone().max(first, at), |rule| confident(rule) && rule.measure(first) <= at)?;
        assert_keeps(&rules, base.clone().at_least_as_good(first, at).max(second, other), |rule| {
            let good = if first.larger_is_better() { rule.measure(first) >= at } else { rule.measure(first) <= at };
            confident(rule) && good && rule.measure(second) <= other
        })?;
        for &measure in Measure::ALL {
            let at = place.get(&rules.iter().collect::<Vec<_>>()).measure(measure);
            assert_keeps(&rules, base.clone().min(measure, at), |rule| confident(rule) && rule.measure(measure) >= at)?;
        }
    }

    #[test]
    fn side_lengths_equal_filtering(rows in databases(), min_count in 2..6u64, a in 0..4usize, b in 0..5usize, c in 0..4usize, d in 0..5usize) {
        let itemsets = mined(&rows, min_count);
        let rules = all(&itemsets);
        let base = itemsets.rules().min_confidence(0.3);
        assert_keeps(&rules, base.clone().antecedent_len(a..b).consequent_len(c..=d), |rule| {
            rule.confidence() >= 0.3 && (a..b).contains(&rule.antecedent().len()) && (c..=d).contains(&rule.consequent().len())
        })?;
        assert_keeps(&rules, base.consequent_len(..d).antecedent_len(..=b), |rule| {
            rule.confidence() >= 0.3 && (1..=b).contains(&rule.antecedent().len()) && (1..d).contains(&rule.consequent().len())
        })?;
    }

    #[test]
    fn item_filters_equal_filtering(
        rows in databases(), min_count in 2..5u64, sets in prop::collection::vec((0..7usize, prop::collection::vec(0..8u32, 0..5)), 0..4),
        empty in any::<bool>(),
    ) {
        let itemsets = mined(&rows, min_count);
        let rules = all(&itemsets);
        let mut builder = itemsets.rules().min_confidence(0.2).consequent_len(1..).antecedent_len(usize::from(!empty)..);
        for (how, labels) in &sets {
            let (left, right, both) = (RuleSide::Antecedent, RuleSide::Consequent, RuleSide::Both);
            builder = match how {
                0 => builder.antecedents_from(labels.iter().chain(&[1, 2, 3])),
                1 => builder.consequents_from(labels.iter().chain(&[4, 5])),
                2 => builder.items(left, ItemMatch::None, labels),
                3 => builder.items(right, ItemMatch::None, labels),
                4 => builder.items(left, ItemMatch::All, labels.iter().take(2)),
                5 => builder.items(right, ItemMatch::All, labels.iter().take(2)),
                _ => builder.items(both, ItemMatch::All, labels.iter().take(2)),
            };
        }
        assert_keeps(&rules, builder, |rule| {
            let (x, y) = sides(rule);
            rule.confidence() >= 0.2 && (empty || !x.is_empty()) && sets.iter().all(|(how, labels)| match how {
                0 => x.iter().all(|item| labels.contains(item) || [1, 2, 3].contains(item)),
                1 => y.iter().all(|item| labels.contains(item) || [4, 5].contains(item)),
                2 => x.iter().all(|item| !labels.contains(item)),
                3 => y.iter().all(|item| !labels.contains(item)),
                4 => labels.iter().take(2).all(|item| x.contains(item)),
                5 => labels.iter().take(2).all(|item| y.contains(item)),
                _ => labels.iter().take(2).all(|item| x.contains(item) || y.contains(item)),
            })
        })?;
    }

    /// The builder makes the rules that `select` would leave of all rules.
    #[test]
    fn builder_and_select_agree(
        rows in databases(), min_count in 2..5u64, asked in prop::collection::vec((0..3usize, 0..4usize, prop::collection::vec(0..8u32, 0..5)), 0..4),
        empty in any::<bool>(), threads in 1..3usize,
    ) {
        let itemsets = mined(&rows, min_count);
        let lengths = usize::from(!empty)..;
        let mut builder = itemsets.rules().min_confidence(0.2).consequent_len(1..).antecedent_len(lengths);
        let mut selected = builder.clone().generate().unwrap();
        for (side, holds, labels) in &asked {
            let side = [RuleSide::Antecedent, RuleSide::Consequent, RuleSide::Both][*side];
            let holds = [ItemMatch::Any, ItemMatch::All, ItemMatch::Only, ItemMatch::None][*holds];
            builder = builder.items(side, holds, labels);
            selected = selected.select(side, holds, labels);
        }
        let threads = if cfg!(feature = "rayon") { threads } else { 1 };
        prop_assert_eq!(builder.run_options(&RunOptions::new().threads(threads)).generate().unwrap(), selected);
    }

    #[test]
    fn top_k_equals_sorting(
        rows in databases(), min_count in 2..6u64, k in 0..40usize, of in any::<prop::sample::Index>(), threads in 1..4usize,
    ) {
        let itemsets = mined(&rows, min_count);
        let measure = *of.get(Measure::ALL);
        let sorted = all(&itemsets).sorted_by(measure);
        let builder = itemsets.rules().min_confidence(0.0).consequent_len(1..).antecedent_len(0..).top_k(k, measure);
        #[cfg(feature = "rayon")]
        let top = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| builder.generate()).unwrap();
        #[cfg(not(feature = "rayon"))]
        let top = { let _ = threads; builder.generate().unwrap() };
        prop_assert_eq!(top.len(), k.min(sorted.len()));
        prop_assert!(top.iter().eq(sorted.iter().take(k)));
        // The canonical order is known.
        prop_assert!(top.clone().sorted_by(measure).iter().eq(top.iter()));
    }

    /// Whatever else is asked for: the best of the rules that are made without `top_k`.
    #[test]
    fn top_k_makes_the_best_of_all(
        rows in databases(), min_count in 1..5u64, k in prop_oneof![0..4usize, 0..60usize, Just(usize::MAX)],
        confidence in 0..10u32, left in prop::sample::select(vec![(0, 9), (1, 9), (1, 2), (2, 3)]),
        right in prop::sample::select(vec![(1, 1), (1, 9), (2, 3)]), improves in any::<bool>(),
        bound in prop::option::of(any::<prop::sample::Index>()),
        asked in prop::option::of((0..3usize, 0..4usize, prop::collection::vec(0..8u32, 0..5))), threads in 1..3usize,
    ) {
        let itemsets = mined(&rows, min_count);
        let threads = if cfg!(feature = "rayon") { threads } else { 1 };
        let mut builder = itemsets.rules().min_confidence(f64::from(confidence) / 10.0);
        builder = builder.antecedent_len(left.0..=left.1).consequent_len(right.0..=right.1);
        if improves {
            builder = builder.non_redundant(0.0);
        }
        if let Some(of) = bound {
            let measure = *of.get(Measure::ALL);
            builder = builder.at_least_as_good(measure, measure.at_independence().unwrap_or(0.5));
        }
        if let Some((side, holds, labels)) = &asked {
            let side = [RuleSide::Antecedent, RuleSide::Consequent, RuleSide::Both][*side];
            let holds = [ItemMatch::Any, ItemMatch::All, ItemMatch::Only, ItemMatch::None][*holds];
            builder = builder.items(side, holds, labels);
        }
        let all = builder.clone().generate().unwrap();
        builder = builder.run_options(&RunOptions::new().threads(threads));
        for &measure in Measure::ALL {
            let best = all.clone().sorted_by(measure).head(k);
            let top = builder.clone().top_k(k, measure).generate().unwrap();
            prop_assert!(top.iter().eq(best.iter()), "{} by {}: {:?}, not {:?}", k, measure, top, best);
            prop_assert!(all.top(k, measure).into_iter().eq(best.iter()), "{} by {}", k, measure);
        }
    }

    #[test]
    fn redundancy_equals_its_definition(rows in databases(), min_count in 2..6u64, percent in 0..30u32) {
        let itemsets = mined(&rows, min_count);
        let rules = all(&itemsets);
        let sets: Vec<Vec<u32>> = itemsets.iter().map(|set| set.iter().copied().collect()).collect();
        let redundancy = rules.redundancy(&itemsets).unwrap();
        let mut kept = [Vec::new(), Vec::new()];
        let least = f64::from(percent) / 100.0;
        for (rule, found) in rules.iter().zip(&redundancy) {
            let (x, y) = sides(&rule);
            let own = (rule.count(), rule.counts().n_x());
            let simpler = parts(&x).map(|part| confidence(&itemsets, &part, &y)).fold((0, 1), larger);
            let longer = sets.iter().filter(|set| set.len() > x.len() + y.len() && x.iter().chain(&y).all(|item| set.contains(item)));
            let longer = longer.map(|set| (itemsets.count_of(set).unwrap(), own.1)).fold((0, 1), larger);
            prop_assert_eq!(found.improvement(), difference(own, simpler));
            prop_assert_eq!(found.lift_increase(), ratio(own, simpler));
            prop_assert_eq!(found.boost(), ratio(own, larger(simpler, longer)));
            for (kept, least) in kept.iter_mut().zip([0.0, least]) {
                if difference(own, simpler) > 0.0 && difference(own, simpler) >= least {
                    kept.push(rule);
                }
            }
        }
        for (kept, least) in kept.iter().zip([0.0, least]) {
            let builder = itemsets.rules().min_confidence(0.0).consequent_len(1..).antecedent_len(0..).non_redundant(least);
            prop_assert!(builder.generate().unwrap().iter().eq(kept.iter().copied()));
        }
        // By label, in any order, from itemsets that were made anew.
        let again = mined(&rows.iter().rev().cloned().collect::<Vec<_>>(), min_count);
        let sorted = rules.sorted_by(Measure::Jaccard);
        for (rule, found) in sorted.iter().zip(sorted.redundancy(&again).unwrap()) {
            let (x, y) = sides(&rule);
            let simpler = parts(&x).map(|part| confidence(&itemsets, &part, &y)).fold((0, 1), larger);
            prop_assert_eq!(found.improvement(), difference((rule.count(), rule.counts().n_x()), simpler));
        }
    }
}

#[test]
fn redundancy_refuses_other_itemsets() {
    let rows = [vec![1, 2, 3], vec![1, 2, 3], vec![4]];
    let rules = all(&mined(&rows, 2));
    let error = rules.redundancy(&mined(&rows[..1], 2)).unwrap_err().to_string();
    assert!(error.contains("expected those that the rules were made from"), "{error}");
    // The same itemsets, but with other counts.
    for others in [vec![vec![1, 2, 3]; 3], [&rows[..], &rows[..1]].concat()] {
        let others = mined(&others, 2);
        assert!(rules.redundancy(&others).is_err() && rules.productivity(&others).is_err());
    }
}

#[test]
fn invalid_settings_are_errors() {
    let itemsets = mined(&[vec![1, 2]], 1);
    for improvement in [-0.1, 1.1, f64::NAN] {
        let error = itemsets.rules().non_redundant(improvement).generate().unwrap_err().to_string();
        assert_eq!(error, format!("invalid non_redundant: {improvement} (expected a fraction from 0 to 1)"));
    }
    let error = itemsets.rules().max(Measure::Lift, f64::NAN).generate().unwrap_err().to_string();
    assert_eq!(error, "invalid max: NaN for lift (expected any number but NaN)");
    assert!(itemsets.rules().items(RuleSide::Antecedent, ItemMatch::All, [&9]).generate().unwrap().is_empty());
}
