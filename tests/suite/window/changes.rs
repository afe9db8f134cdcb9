//! What changed between two refreshes, beside a scan of all baskets.

use std::collections::{BTreeMap, BTreeSet};

use itemset::window::{ChangeKind, Window};
use itemset::{Contingency, Correction, FrequentItemsets, MinSupport, Miner, ObservedCounts, Rules};
use proptest::prelude::*;

use super::{Basket, Model, Step, step, take};

fn count(baskets: &[Basket], items: &[u8]) -> u64 {
    baskets.iter().filter(|basket| items.iter().all(|item| basket.contains(item))).count() as u64
}

/// The baskets that one model has more than another, by partition.
fn more(this: &Model, than: &Model) -> Vec<Basket> {
    let mut left: BTreeMap<(u8, Basket), usize> = BTreeMap::new();
    for (&key, baskets) in &than.0 {
        baskets.iter().for_each(|basket| *left.entry((key, basket.clone())).or_default() += 1);
    }
    let mut found = Vec::new();
    for (&key, baskets) in &this.0 {
        for basket in baskets {
            match left.get_mut(&(key, basket.clone())) {
                Some(times) if *times > 0 => *times -= 1,
                _ => found.push(basket.clone()),
            }
        }
    }
    found
}

/// Baskets of two times, and what came and went between them.
struct Periods {
    before: Vec<Basket>,
    after: Vec<Basket>,
    added: Vec<Basket>,
    retired: Vec<Basket>,
}

impl Periods {
    fn new(before: &Model, after: &Model) -> Self {
        let all = |model: &Model| model.baskets().cloned().collect();
        Periods { before: all(before), after: all(after), added: more(after, before), retired: more(before, after) }
    }

    /// The kind and the p-value of a change: of the baskets with all of `of`, how many have all of `items` too.
    fn judge(&self, of: &[u8], items: &[u8], was: bool, is: bool) -> Option<(ChangeKind, f64)> {
        let (old, new) = match (self.retired.is_empty(), self.added.is_empty()) {
            (false, false) => (&self.retired, &self.added),
            (true, false) => (&self.before, &self.added),
            (false, true) => (&self.retired, &self.after),
            (true, true) => (&self.added, &self.added),
        };
        let share = |baskets: &[Basket]| match count(baskets, of) {
            0 => (0, 1),
            all => (count(baskets, items), all),
        };
        let (before, after) = (share(&self.before), share(&self.after));
        let (rises, falls) = (after.0 * before.1 > before.0 * after.1, after.0 * before.1 < before.0 * after.1);
        let kind = match (was, is) {
            (false, _) => ChangeKind::New,
            (true, false) => ChangeKind::Gone,
            _ if rises => ChangeKind::Risen,
            _ if falls => ChangeKind::Fallen,
            _ => return None,
        };
        let (set, n) = (if rises { new } else { old }, count(old, of) + count(new, of));
        let both = count(old, items) + count(new, items);
        let table = Contingency::new(n, count(set, of), both, count(set, items)).ok().filter(|_| rises || falls);
        let p_value = table.map_or(1.0, |table| table.fishers_exact_test().value());
        if n <= 120 && (rises || falls) {
            let exact = fisher(n, count(set, of), both, count(set, items));
            assert!((p_value - exact).abs() <= 1e-14 + 1e-12 * exact, "{p_value} {exact}");
        }
        Some((kind, p_value))
    }
}

/// The share of all ways to draw `drawn` of `n` baskets that have at least `at_least` of the `with` ones, by counting them.
/// Up to 120 baskets the numbers fit.
fn fisher(n: u64, drawn: u64, with: u64, at_least: u64) -> f64 {
    let ways = |n: u64, k: u64| (0..k).fold(1u128, |ways, i| ways * u128::from(n - i) / u128::from(i + 1));
    let choose = |n: u64, k: u64| if k > n { 0 } else { ways(n, k.min(n - k)) };
    let found: u128 = (at_least..=drawn.min(with)).map(|k| choose(with, k) * choose(n - with, drawn - k)).sum();
    found as f64 / choose(n, drawn) as f64
}

fn itemsets_of(itemsets: Option<&FrequentItemsets<u8>>) -> Vec<Vec<u8>> {
    itemsets.into_iter().flatten().map(|itemset| itemset.iter().copied().collect()).collect()
}

type Sides = (Vec<u8>, Vec<u8>);

fn rules_of(rules: Option<&Rules<u8>>) -> Vec<Sides> {
    let sides = rules.into_iter().flatten();
    sides.map(|rule| (rule.antecedent().copied().collect(), rule.consequent().copied().collect())).collect()
}

/// All that are found now, then those that are gone.
fn union<S: Clone + Ord>(before: &[S], after: &[S]) -> Vec<(S, bool, bool)> {
    let [old, new]: [BTreeSet<&S>; 2] = [before, after].map(|list| list.iter().collect());
    let found = after.iter().map(|one| (one.clone(), old.contains(one), true));
    let gone = before.iter().filter(|one| !new.contains(one)).map(|one| (one.clone(), true, false));
    found.chain(gone).collect()
}

proptest! {
    #[test]
    fn changes_are_those_of_a_scan(
        steps in prop::collection::vec(prop::collection::vec(step(), 0..10), 1..4),
        min_count in 1..5u64,
        correction in prop::sample::select(Correction::ALL.to_vec()),
    ) {
        let mut window = Window::new(Miner::new().min_support(MinSupport::count(min_count)).threads(1));
        let (mut model, mut before) = (Model::default(), Model::default());
        let mut last: Option<FrequentItemsets<u8>> = None;
        for steps in &steps {
            steps.iter().filter(|step| !matches!(step, Step::Refresh)).for_each(|step| take(&mut window, &mut model, step));
            let periods = Periods::new(&before, &model);
            let refresh = window.refresh().unwrap();
            prop_assert_eq!(refresh.before(), last.as_ref());
            prop_assert_eq!((refresh.added().len(), refresh.retired().len()), (periods.added.len(), periods.retired.len()));

            let all = union(&itemsets_of(last.as_ref()), &itemsets_of(Some(refresh.itemsets())));
            let changes = refresh.itemset_changes().unwrap();
            prop_assert_eq!(changes.tested(), all.len());
            let mut found = changes.iter();
            for (items, was, is) in all {
                let Some((kind, p_value)) = periods.judge(&[], &items, was, is) else { continue };
                let change = found.next().unwrap();
                prop_assert_eq!((change.items(), change.kind()), (&items[..], kind));
                let counts = (change.count_before(), change.count_after());
                prop_assert_eq!(counts, (count(&periods.before, &items), count(&periods.after, &items)));
                let baskets = (change.baskets_before() as usize, change.baskets_after() as usize);
                prop_assert_eq!(baskets, (periods.before.len(), periods.after.len()));
                prop_assert_eq!(change.p_value().value(), p_value);
            }
            prop_assert!(found.next().is_none());

            let make = |itemsets: &FrequentItemsets<u8>| {
                itemsets.rules().min_confidence(0.4).antecedent_len(0..).consequents(itemset::Consequents::Any).generate()
            };
            let old = last.as_ref().map(|last| make(last).unwrap());
            let all = union(&rules_of(old.as_ref()), &rules_of(Some(&make(refresh.itemsets()).unwrap())));
            let changes = refresh.rule_changes(make).unwrap();
            prop_assert_eq!(changes.tested(), all.len());
            let mut found = changes.iter();
            for ((left, right), was, is) in all {
                let both: Vec<u8> = left.iter().chain(&right).copied().collect();
                let Some((kind, p_value)) = periods.judge(&left, &both, was, is) else { continue };
                let change = found.next().unwrap();
                prop_assert_eq!((change.antecedent(), change.consequent(), change.kind()), (&left[..], &right[..], kind));
                for (observed, baskets) in [(change.before(), &periods.before), (change.after(), &periods.after)] {
                    let counts = |of: ObservedCounts| [of.n(), of.n_x(), of.n_y(), of.n_xy()];
                    let expected = [&[][..], &left, &right, &both].map(|items| count(baskets, items));
                    prop_assert_eq!(counts(observed), expected);
                }
                prop_assert_eq!(change.p_value().value(), p_value);
            }
            prop_assert!(found.next().is_none());

            // Exactly at its own p-value each is in, and below it out.
            let adjusted = changes.adjusted_p_values(correction);
            for level in adjusted.iter().map(|p_value| p_value.value()).filter(|&level| level > 0.0 && level < 1.0) {
                let kept = changes.significant(level, correction).unwrap();
                prop_assert_eq!(kept.len(), adjusted.iter().filter(|p_value| p_value.value() <= level).count());
                prop_assert_eq!(kept.tested(), changes.tested());
            }
            let bonferroni = changes.adjusted_p_values(Correction::Bonferroni);
            for (change, adjusted) in changes.iter().zip(bonferroni) {
                let expected = (change.p_value().value() * 2.0 * changes.tested() as f64).min(1.0);
                prop_assert!((adjusted.value() - expected).abs() <= 1e-12 * expected);
            }
            (before, last) = (model.clone(), Some(refresh.into_itemsets()));
        }
    }
}

#[test]
fn kinds_and_texts() {
    let mut window = Window::new(Miner::new().min_support(0.2).threads(1));
    window.add(1, (0..100).map(|n| if n < 50 { vec!["beer", "diapers"] } else { vec!["wine"] })).unwrap();
    window.refresh().unwrap();
    window.add(2, (0..100).map(|n| if n < 90 { vec!["beer", "chips"] } else { vec!["wine", "beer"] })).unwrap();
    window.retire(&1);
    let refresh = window.refresh().unwrap();
    let changes = refresh.itemset_changes().unwrap();
    let kinds: Vec<String> = changes.iter().map(|change| format!("{:?} {}", change.items(), change.kind())).collect();
    assert_eq!(
        kinds,
        [
            r#"["beer"] risen"#,
            r#"["chips"] new"#,
            r#"["beer", "chips"] new"#,
            r#"["diapers"] gone"#,
            r#"["beer", "diapers"] gone"#,
            r#"["wine"] gone"#,
        ]
    );
    assert_eq!(changes.of_kind(ChangeKind::Gone).count(), 3);
    let error = changes.significant(1.0, Correction::Holm).unwrap_err();
    assert!(error.to_string().contains("alpha"), "{error}");
    let other = Miner::new().threads(1).rules(refresh.retired()).unwrap();
    let error = refresh.rule_changes(|_| Ok(other.clone().filter(|_| false))).map(|changes| changes.len());
    // As many baskets: nothing tells that these are not its rules, and there are none.
    assert_eq!(error.unwrap(), 0);
    let error = refresh.rule_changes(|_| Ok(other.clone())).unwrap_err();
    assert!(error.to_string().contains("make"), "{error}");
    #[cfg(feature = "serde")]
    {
        let value = serde_json::to_value(&changes).unwrap();
        assert_eq!(value["tested"], 6);
        let first = &value["changes"][0];
        assert_eq!((&first["items"][0], &first["kind"]), (&"beer".into(), &"risen".into()));
        assert_eq!((&first["count_before"], &first["baskets_after"]), (&50.into(), &100.into()));
        assert!(first["p_value"].is_object() && first.as_object().unwrap().len() == 7);
    }
}

/// Of more baskets than 32 bits number.
#[test]
fn great_weights_are_compared() {
    use itemset::Transactions;

    let weighted = |rows: &[(&[&'static str], u32)]| {
        let mut builder = Transactions::builder();
        rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
        builder.build().unwrap()
    };
    let most = u32::MAX;
    let mut window = Window::new(Miner::new().min_support(0.01).threads(1));
    window.add_transactions(1, &weighted(&[(&["beer"], most), (&["beer", "diapers"], most / 2), (&[], most)])).unwrap();
    window.refresh().unwrap();
    window.add_transactions(2, &weighted(&[(&["beer"], most), (&["beer", "diapers"], most), (&[], most)])).unwrap();
    window.retire(&1);
    let refresh = window.refresh().unwrap();
    let changes = refresh.itemset_changes().unwrap();
    let found: Vec<(ChangeKind, u64, u64)> =
        changes.iter().map(|change| (change.kind(), change.count_before(), change.count_after())).collect();
    let (half, most) = (u64::from(most / 2), u64::from(most));
    let risen = |before, after| (ChangeKind::Risen, before, after);
    assert_eq!(found, [risen(most + half, 2 * most), risen(half, most), risen(half, most)]);
    assert!(changes.iter().all(|change| change.p_value().value() == 0.0));
    let changes = refresh.rule_changes(|itemsets| itemsets.rules().min_confidence(0.1).generate()).unwrap();
    // All with diapers have beer, before and now.
    assert_eq!((changes.len(), changes.tested()), (1, 2));
    assert_eq!(changes.significant(0.001, Correction::Holm).unwrap().len(), 1);
}
