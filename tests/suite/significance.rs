//! Rules tested against chance, their generalisations and other baskets, against the definitions of these tests.

use itemset::{Correction, ErrorKind, Hypotheses, Measure, MinSupport, Miner, PValue, Rules, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};

fn mined(rows: &[Vec<u32>], min_count: u64) -> itemset::FrequentItemsets<u32> {
    Miner::new().min_support(MinSupport::count(min_count)).max_len(4).mine(&encode(rows)).unwrap()
}

fn holding(rows: &[Vec<u32>], items: &[u32]) -> u64 {
    rows.iter().filter(|row| items.iter().all(|item| row.contains(item))).count() as u64
}

/// P(H >= a), by adding up binomial coefficients as floats: good for up to some hundred baskets.
fn fisher(n: u64, n_x: u64, n_y: u64, a: u64) -> f64 {
    let ln_choose = |n: u64, k: u64| (0..k).map(|i| ((n - i) as f64 / (k - i) as f64).ln()).sum::<f64>();
    (a..=n_x.min(n_y))
        .filter(|k| n_y - k <= n - n_x)
        .map(|k| (ln_choose(n_x, k) + ln_choose(n - n_x, n_y - k) - ln_choose(n, n_y)).exp())
        .sum()
}

fn same(found: PValue, expected: f64) -> bool {
    (found.value() - expected).abs() <= 1e-9 * expected
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn productivity_equals_its_definition(rows in databases(), min_count in 2..6u64) {
        let itemsets = mined(&rows, min_count);
        let rules = itemsets.rules().min_confidence(0.1).consequent_len(1..).antecedent_len(0..).generate().unwrap();
        let p_values = rules.productivity(&itemsets).unwrap();
        for (rule, p) in rules.iter().zip(&p_values) {
            let (x, y): (Vec<u32>, Vec<u32>) = (rule.antecedent().copied().collect(), rule.consequent().copied().collect());
            let tests = (0..(1u32 << x.len()) - 1).map(|mask| {
                let part: Vec<u32> = (0..x.len()).filter(|place| mask >> place & 1 == 1).map(|place| x[place]).collect();
                let both = [&part[..], &y].concat();
                fisher(holding(&rows, &part), rule.counts().n_x(), holding(&rows, &both), rule.count())
            });
            let expected = if x.is_empty() { 1.0 } else { tests.fold(0.0, f64::max) };
            prop_assert!(same(*p, expected), "{} {}", p.value(), expected);
        }
        let hypotheses = Hypotheses::chosen(rules.len());
        let productive = rules.productive(&itemsets, 0.3, Correction::None, &hypotheses).unwrap();
        let expected = rules.iter().zip(&p_values).filter(|(_, p)| p.value() <= 0.3).map(|(rule, _)| rule);
        prop_assert!(productive.iter().eq(expected));
    }

    #[test]
    fn evaluation_counts_other_baskets(rows in databases(), others in databases(), min_count in 2..6u64) {
        let rules = mined(&rows, min_count).rules().min_confidence(0.1).consequent_len(1..).antecedent_len(0..).generate().unwrap();
        let transactions = encode(&others);
        let observed = rules.evaluate(&transactions);
        prop_assert_eq!(observed.len(), rules.len());
        for (rule, observed) in rules.iter().zip(&observed) {
            let (x, y): (Vec<u32>, Vec<u32>) = (rule.antecedent().copied().collect(), rule.consequent().copied().collect());
            let counts = [holding(&others, &x), holding(&others, &y), holding(&others, &[x, y].concat())];
            prop_assert_eq!([observed.n_x(), observed.n_y(), observed.n_xy()], counts);
            prop_assert_eq!(observed.n(), others.len() as u64);
            let p = if counts[2] == 0 { 1.0 } else { fisher(observed.n(), counts[0], counts[1], counts[2]) };
            prop_assert!(same(observed.fishers_exact_test(), p));
        }
        // In the baskets that they were mined from, rules have their own counts.
        let own = rules.evaluate(&encode(&rows));
        prop_assert!(rules.iter().zip(own).all(|(rule, observed)| observed.counts() == Some(rule.counts())));
        let confirmed = rules.confirmed_by(&transactions, 0.2, Correction::None).unwrap();
        let expected = rules.iter().zip(&observed).filter(|(_, observed)| observed.fishers_exact_test().value() <= 0.2);
        prop_assert!(confirmed.iter().eq(expected.map(|(rule, _)| rule)));
    }

    #[test]
    fn significant_rules_have_a_small_corrected_p_value(rows in databases(), min_count in 2..6u64, alpha in 0.01..0.99f64) {
        let itemsets = mined(&rows, min_count);
        let builder = itemsets.rules().min_confidence(0.1);
        let hypotheses = builder.hypotheses();
        let rules = builder.generate().unwrap();
        prop_assert!(hypotheses.total() >= rules.len() as f64);
        for &correction in Correction::ALL {
            let adjusted = rules.adjusted_p_values(correction, &hypotheses);
            let found = rules.significant(alpha, correction, &hypotheses).unwrap();
            let expected = rules.iter().zip(&adjusted).filter(|(_, p)| p.ln() <= alpha.ln()).map(|(rule, _)| rule);
            prop_assert!(found.iter().eq(expected));
            for (rule, p) in rules.iter().zip(&adjusted) {
                let own = rule.counts().fishers_exact_test();
                prop_assert!(*p >= own);
                if correction == Correction::Layered {
                    let len = rule.antecedent().len() + rule.consequent().len();
                    let expected = own.value() * hypotheses.of_len(len) * hypotheses.layers() as f64;
                    prop_assert!((p.value() - expected.min(1.0)).abs() <= 1e-9);
                }
            }
        }
    }
}

#[cfg(feature = "random")]
mod random {
    use itemset::{HoldOut, Stability};

    use super::*;

    /// Rows, and the same rows and items of rows in another order.
    fn shuffled_databases() -> impl Strategy<Value = (Vec<Vec<u32>>, Vec<Vec<u32>>)> {
        databases().prop_flat_map(|rows| {
            let shuffled = Just(rows.clone()).prop_shuffle();
            let backwards = shuffled.prop_map(|rows| {
                rows.into_iter().map(|row| row.into_iter().rev().collect()).collect::<Vec<Vec<u32>>>()
            });
            (Just(rows), backwards)
        })
    }

    /// The baskets by label, sorted.
    fn contents(baskets: &Transactions<u32>) -> Vec<Vec<u32>> {
        let sorted = |basket: itemset::Basket<'_, u32>| {
            let mut labels: Vec<u32> = basket.iter().copied().collect();
            labels.sort_unstable();
            labels
        };
        let mut contents: Vec<Vec<u32>> = baskets.iter().map(sorted).collect();
        contents.sort_unstable();
        contents
    }

    /// What the documentation of `stability` says, by hand.
    fn stability(
        rules: &Rules<u32>,
        baskets: &Transactions<u32>,
        by: [f64; 4],
        splits: u32,
        seed: u64,
        correction: Correction,
    ) -> Vec<[u32; 3]> {
        let [held_out, min_support, min_confidence, alpha] = by;
        let mut numbers = vec![[splits, 0, 0]; rules.len()];
        for split in 0..splits {
            let (explored, held_out) = baskets.split(held_out, seed.wrapping_add(split.into())).unwrap();
            let counts = rules.evaluate(&explored);
            let is_found = |&rule: &usize| {
                counts[rule].n_xy() > 0
                    && counts[rule].support().is_some_and(|support| support >= min_support)
                    && counts[rule].confidence().is_some_and(|confidence| confidence >= min_confidence)
            };
            let found: Vec<usize> = (0..rules.len()).filter(is_found).collect();
            let chosen = rules.select_indices(found.iter().copied()).unwrap();
            let confirmed = chosen.confirmed_by(&held_out, alpha, correction).unwrap();
            for (&place, rule) in found.iter().zip(&chosen) {
                numbers[place][1] += 1;
                numbers[place][2] += u32::from(confirmed.iter().any(|other| other == rule));
            }
        }
        numbers
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn stability_equals_its_definition(
            rows in databases(),
            held_out in 0.05..0.95f64,
            thresholds in prop_oneof![Just([1e-9, 0.0]), Just([0.1, 0.5])],
            alpha in 0.01..0.6f64,
            seed in any::<u64>(),
            correction in prop::sample::select(Correction::ALL),
        ) {
            let (baskets, splits) = (encode(&rows), 4);
            let builder = mined(&rows, 2);
            let rules = builder.rules().min_confidence(0.1).consequent_len(1..).generate().unwrap();
            let [min_support, min_confidence] = thresholds;
            let hold_out = HoldOut::new(held_out).splits(splits).seed(seed).alpha(alpha).correction(correction);
            let hold_out = hold_out.min_support(min_support).min_confidence(min_confidence);
            let found = rules.stability(&baskets, &hold_out).unwrap();
            let expected =
                stability(&rules, &baskets, [held_out, min_support, min_confidence, alpha], splits, seed, correction);
            let numbers = |stability: &Stability| [stability.splits(), stability.found(), stability.confirmed()];
            prop_assert_eq!(found.iter().map(numbers).collect::<Vec<_>>(), expected);
            prop_assert!(found.iter().all(|one| one.share() == f64::from(one.confirmed()) / f64::from(splits)));
        }

        #[test]
        fn row_order_does_not_change_what_is_drawn(
            (rows, shuffled) in shuffled_databases(),
            held_out in 0.05..0.95f64,
            seed in any::<u64>(),
        ) {
            let (baskets, others) = (encode(&rows), encode(&shuffled));
            let ((explored, tested), (other_explored, other_tested)) =
                (baskets.split(held_out, seed).unwrap(), others.split(held_out, seed).unwrap());
            prop_assert_eq!(tested.len(), (held_out * rows.len() as f64).round() as usize);
            prop_assert_eq!(contents(&explored), contents(&other_explored));
            prop_assert_eq!(contents(&tested), contents(&other_tested));
            // A part knows the labels of all baskets, which does not matter.
            let again = encode(&contents(&explored)).split(held_out, seed).unwrap().1;
            prop_assert_eq!(contents(&explored.split(held_out, seed).unwrap().1), contents(&again));
            let miner = Miner::new().min_support(MinSupport::count(2)).max_len(4).min_confidence(0.1).threads(1);
            let confirmed = |explored, tested| {
                miner.rules(explored).unwrap().confirmed_by(tested, 0.2, Correction::Holm).unwrap()
            };
            prop_assert_eq!(confirmed(&explored, &tested), confirmed(&other_explored, &other_tested));

            prop_assert_eq!(contents(&baskets.swap_randomised(seed).unwrap()), contents(&others.swap_randomised(seed).unwrap()));
            let (rules, other_rules) = (miner.rules(&baskets).unwrap(), miner.rules(&others).unwrap());
            prop_assert_eq!(&rules, &other_rules);
            let swapped = |rules: &Rules<u32>, baskets| rules.swap_test(baskets, Measure::Lift, 3, seed).unwrap();
            prop_assert_eq!(swapped(&rules, &baskets), swapped(&other_rules, &others));
            let hold_out = HoldOut::new(held_out).splits(3).seed(seed).alpha(0.2);
            let stability = rules.stability(&baskets, &hold_out).unwrap();
            prop_assert_eq!(stability, other_rules.stability(&others, &hold_out).unwrap());
        }
    }

    /// As `split` gives them at once: of the rules that differ from seed to seed, stability shows the share.
    #[test]
    fn stable_rules_are_told_from_chance() {
        let baskets = structured();
        let rules = Miner::new().min_support(0.05).min_confidence(0.0).rules(&baskets).unwrap();
        let stability = rules.stability(&baskets, &HoldOut::new(0.5)).unwrap();
        for (rule, stability) in rules.iter().zip(&stability).filter(|(rule, _)| rule.antecedent().len() == 1) {
            let together = rule.antecedent().chain(rule.consequent()).all(|item| ["beer", "diapers"].contains(item));
            assert_eq!((stability.splits(), stability.found()), (100, 100), "{rule}");
            assert_eq!(stability.share(), if together { 1.0 } else { 0.0 }, "{rule}");
        }
        #[cfg(feature = "rayon")]
        {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
            assert_eq!(pool.install(|| rules.stability(&baskets, &HoldOut::new(0.5)).unwrap()), stability);
        }
        // Rules of other baskets are found nowhere here.
        let others = Transactions::from_rows([["wine", "cheese"]; 3]).unwrap();
        let unknown = Miner::new().rules(&others).unwrap().stability(&baskets, &HoldOut::new(0.5)).unwrap();
        assert!(unknown.iter().all(|stability| (stability.found(), stability.share()) == (0, 0.0)));
        let nothing = Transactions::<&str>::default();
        assert!(rules.stability(&nothing, &HoldOut::new(0.5)).unwrap().iter().all(|one| one.found() == 0));
    }

    #[test]
    fn invalid_settings_are_named() {
        let baskets = structured();
        let rules = Miner::new().min_support(0.05).rules(&baskets).unwrap();
        let half = HoldOut::new(0.5);
        for (hold_out, message) in [
            (HoldOut::new(1.0), "invalid held_out: 1 (expected a fraction above 0 and below 1)"),
            (half.clone().splits(0), "invalid splits: 0 (expected at least 1)"),
            (half.clone().alpha(0.0), "invalid alpha: 0 (expected a level of significance above 0 and below 1)"),
            (half.clone().min_confidence(1.5), "invalid min_confidence: 1.5 (expected a fraction from 0 to 1)"),
            (half.min_support(0.0), "invalid min_support: 0"),
        ] {
            let error = rules.stability(&baskets, &hold_out).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }
}

/// Beer with diapers in a third of the baskets; chips and wipes in half of them each, independently of the rest.
fn structured() -> Transactions<&'static str> {
    Transactions::from_rows((0..300).map(|basket| {
        let beer = if basket % 3 == 0 { vec!["beer", "diapers"] } else { vec![] };
        let chips = (basket / 3 % 2 == 0).then_some("chips");
        let wipes = (basket / 6 % 2 == 0).then_some("wipes");
        beer.into_iter().chain(chips).chain(wipes).collect::<Vec<_>>()
    }))
    .unwrap()
}

#[test]
fn rule_weaker_than_its_generalisation_is_not_productive() {
    // Half of all baskets hold chips, and half of those with beer and diapers; with one of the two alone it is three
    // tenths.
    let baskets = Transactions::from_rows((0..4000).map(|basket| {
        let (beer, diapers, kind) = (basket % 2 == 0, basket / 2 % 2 == 0, basket / 4 % 10);
        let chips = match (beer, diapers) {
            (true, true) => kind < 5,
            (false, false) => kind < 9,
            _ => kind < 3,
        };
        [(beer, "beer"), (diapers, "diapers"), (chips, "chips")]
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, item)| item)
    }))
    .unwrap();
    let itemsets = Miner::new().min_support(0.01).mine(&baskets).unwrap();
    let builder = itemsets.rules().min_confidence(0.0).consequents_from(["chips"]).antecedent_len(2..);
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    assert_eq!((rules.len(), rules.get(0).unwrap().confidence()), (1, 0.5));
    let p = rules.productivity(&itemsets).unwrap()[0];
    assert!(p.value() > 0.1, "{p}");
    assert!(rules.productive(&itemsets, 0.05, Correction::None, &hypotheses).unwrap().is_empty());
}

#[test]
fn p_values_below_the_floats_are_ordered() {
    let baskets = Transactions::from_rows((0..6000).map(|basket| match basket % 3 {
        0 => vec!["beer", "diapers"],
        1 if basket % 2 == 0 => vec!["tea", "milk"],
        _ => vec!["chips"],
    }))
    .unwrap();
    let rules: Rules<&str> = Miner::new().rules(&baskets).unwrap();
    let [beer, tea] = ["beer", "tea"]
        .map(|item| rules.iter().find(|rule| rule.antecedent().eq(&[item])).unwrap().counts().fishers_exact_test());
    assert!(beer < tea && tea.value() == 0.0);
    assert_eq!((beer.to_string(), tea.to_string()), ("2.3e-1657".to_string(), "6.3e-1173".to_string()));
    // `top` orders by the exact p-values, though both round to 0.
    let best = rules.top(1, Measure::FishersExactTest)[0];
    assert!(best.counts().fishers_exact_test() == beer && best.measure(Measure::FishersExactTest) == 0.0);
}

#[cfg(feature = "random")]
#[test]
fn swap_test_separates_structure_from_chance() {
    let baskets = structured();
    let rules = Miner::new().min_support(0.05).min_confidence(0.0).rules(&baskets).unwrap();
    let p_values = rules.swap_test(&baskets, Measure::Lift, 199, 3).unwrap();
    for (rule, p) in rules.iter().zip(&p_values).filter(|(rule, _)| rule.antecedent().len() == 1) {
        let together = rule.antecedent().chain(rule.consequent()).all(|item| ["beer", "diapers"].contains(item));
        if together {
            assert_eq!(p.to_string(), "0.0050", "{rule}");
        } else {
            assert!(p.value() > 0.01, "{rule}: {p}");
        }
    }
    assert!(rules.swap_test(&baskets, Measure::Lift, 0, 3).unwrap().iter().all(|p| *p == PValue::ONE));
    #[cfg(feature = "rayon")]
    {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        assert_eq!(pool.install(|| rules.swap_test(&baskets, Measure::Lift, 199, 3).unwrap()), p_values);
    }
}

#[test]
fn invalid_levels_are_errors() {
    let baskets = structured();
    let itemsets = Miner::new().min_support(0.05).mine(&baskets).unwrap();
    let (rules, hypotheses) = (itemsets.rules().generate().unwrap(), Hypotheses::chosen(5));
    for alpha in [0.0, 1.0, -0.05, f64::NAN] {
        for error in [
            rules.significant(alpha, Correction::Holm, &hypotheses).unwrap_err(),
            rules.productive(&itemsets, alpha, Correction::Holm, &hypotheses).unwrap_err(),
            rules.confirmed_by(&baskets, alpha, Correction::Holm).unwrap_err(),
        ] {
            assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "alpha", .. }), "{error}");
        }
    }
}
