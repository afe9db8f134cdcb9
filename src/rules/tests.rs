//! Rule making against the definition, split by split.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::make::builder::Consequents;
use super::make::generate::Search;
use super::make::store::{MAX_LEN, MAX_RULES, RuleStore};
use super::make::threshold::Threshold;
use super::measures::Measure;
use super::{Contingency, Rule, Rules};
use crate::call::control::NEVER;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{FrequentItems, FrequentItemsets, Trie};
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::output::trie_branch::TrieBranch;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::statistics::Statistics;
use crate::threads::workers::Workers;
use crate::transactions::{Ranking, Transactions};

pub(crate) type Items = Vec<u8>;

/// Frequent itemsets by counting each in all rows.
pub(crate) fn mined(rows: &[Items], min_count: u32) -> FrequentItemsets<u8> {
    fn extend(branch: &mut TrieBranch, items: &[u8], rows: &[&Items], below: usize, min_count: u32) {
        for rank in 0..below {
            let rows: Vec<&Items> = rows.iter().copied().filter(|row| row.contains(&items[rank])).collect();
            if rows.len() as u32 >= min_count {
                assert!(branch.open(rank as u32, rows.len() as u32).is_continue());
                extend(branch, items, &rows, rank, min_count);
                branch.close();
            }
        }
    }
    let transactions = Transactions::from_rows(rows.iter().cloned()).unwrap();
    let ranking = Ranking::new(&transactions, min_count.into());
    let items: Items = ranking.ids.iter().map(|&id| transactions.dictionary().labels()[id as usize]).collect();
    let mut branch = TrieBranch::new(Bounds::NONE);
    extend(&mut branch, &items, &rows.iter().collect::<Vec<_>>(), items.len(), min_count);
    let items = FrequentItems::new(&transactions, &ranking.ids);
    let statistics = Statistics { algorithm: Algorithm::Apriori, threads: 1, levels: Vec::new() };
    let trie = Trie::join(vec![branch], items.len()).unwrap();
    FrequentItemsets::new(items, trie, rows.len() as u64, min_count.into(), statistics)
}

/// Each basket lacks one item, and one holds all: every subset is an itemset, whose count follows from its length.
fn nearly_all(items: u8) -> Vec<Items> {
    let without = |left_out| (0..items).filter(|&item| Some(item) != left_out).collect();
    (0..items).map(Some).chain([None]).map(without).collect()
}

pub(super) fn read(rule: Rule<'_, u8>) -> (Items, Items, Contingency) {
    (rule.antecedent().copied().collect(), rule.consequent().copied().collect(), rule.counts())
}

/// All rules by definition, in the order that is promised.
fn by_definition(
    itemsets: &FrequentItemsets<u8>,
    consequents: Consequents,
    keep: impl Fn(&Contingency) -> bool,
) -> Vec<(Items, Items, Contingency)> {
    let sets: Vec<(Items, u64)> = itemsets.iter().map(|set| (set.iter().copied().collect(), set.count())).collect();
    let counts: BTreeMap<&[u8], u64> = sets.iter().map(|(set, count)| (&set[..], *count)).collect();
    let falling = |side: &[u8]| itemsets.items().falling_ranks(side).unwrap();
    let mut rules = Vec::new();
    for (set, count) in &sets {
        for mask in 1..(1u32 << set.len()) - 1 {
            let side = |right: bool| -> Items {
                (0..set.len()).filter(|&place| (mask >> place & 1 == 1) == right).map(|place| set[place]).collect()
            };
            let (x, y) = (side(false), side(true));
            let table = Contingency::new(itemsets.basket_count(), counts[&x[..]], counts[&y[..]], *count).unwrap();
            if (y.len() == 1 || consequents == Consequents::Any) && keep(&table) {
                rules.push((falling(set), y.len(), falling(&y), (x, y, table)));
            }
        }
    }
    rules.sort_unstable_by(|a, b| (&a.0, a.1, &a.2).cmp(&(&b.0, b.1, &b.2)));
    rules.into_iter().map(|(.., rule)| rule).collect()
}

fn confident(table: &Contingency, least: f64) -> bool {
    table.n_xy() as f64 / table.n_x() as f64 >= least
}

fn rows() -> impl Strategy<Value = Vec<Items>> {
    prop::collection::vec(prop::collection::vec(0..9u8, 0..9), 1..24)
}

proptest! {
    #[test]
    fn every_split_that_reaches_the_confidence_in_order(rows in rows(), min_count in 1..4u32, percent in 0..=100u32) {
        let itemsets = mined(&rows, min_count);
        let least = f64::from(percent) / 100.0;
        for consequents in [Consequents::One, Consequents::Any] {
            let rules = itemsets.rules().min_confidence(least).consequents(consequents).generate().unwrap();
            let found: Vec<_> = rules.iter().map(read).collect();
            let mut by_len = vec![0; found.iter().map(|(x, y, _)| x.len() + y.len()).max().unwrap_or(0)];
            found.iter().for_each(|(x, y, _)| by_len[x.len() + y.len() - 1] += 1);
            prop_assert_eq!(rules.by_len(), by_len);
            prop_assert_eq!(found, by_definition(&itemsets, consequents, |table| confident(table, least)));
        }
    }

    #[test]
    fn a_rule_on_the_threshold_is_in(rows in rows(), min_count in 1..3u32) {
        let itemsets = mined(&rows, min_count);
        let all = by_definition(&itemsets, Consequents::Any, |_| true);
        let mut levels: Vec<f64> = all.iter().map(|(.., table)| table.measure(Measure::Confidence)).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        for least in levels {
            let rules = itemsets.rules().min_confidence(least).consequents(Consequents::Any).generate().unwrap();
            let expected = all.iter().filter(|(.., table)| confident(table, least));
            prop_assert_eq!(rules.len(), expected.count());
        }
    }

    #[test]
    fn thresholds_combine(rows in rows(), min_count in 1..3u32, lift in 0.5..2.0f64, conviction in 0.5..2.0f64) {
        let itemsets = mined(&rows, min_count);
        let builder = itemsets.rules().min_confidence(0.25).consequents(Consequents::Any);
        let rules = builder.min(Measure::Lift, lift).min(Measure::Conviction, conviction).generate().unwrap();
        let expected = by_definition(&itemsets, Consequents::Any, |table| {
            confident(table, 0.25)
                && table.measure(Measure::Lift) >= lift
                && table.measure(Measure::Conviction) >= conviction
        });
        prop_assert_eq!(rules.iter().map(read).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn pieces_may_be_cut_anywhere(rows in rows(), cuts in prop::collection::vec(0..1_000usize, 0..6)) {
        let itemsets = mined(&rows, 1);
        let within = cuts.into_iter().map(|cut| cut.min(itemsets.len()));
        let mut cuts: Vec<usize> = within.chain([0, itemsets.len()]).collect();
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).map(|two| two[0]..two[1]).collect();
        let search = search(&itemsets, MAX_RULES);
        let cut = rules(&itemsets, search.run_pieces(&pieces, Workers::SEQUENTIAL)).unwrap();
        prop_assert_eq!(cut, rules(&itemsets, search.run(Workers::SEQUENTIAL)).unwrap());
    }
}

/// Everything at a confidence of 0.3.
fn search(itemsets: &FrequentItemsets<u8>, max_rules: usize) -> Search<'_> {
    Search {
        trie: itemsets.trie(),
        places: itemsets.items().places(),
        baskets: itemsets.basket_count(),
        min_confidence: 0.3,
        antecedent_len: 1..=MAX_LEN,
        consequent_len: 1..=MAX_LEN,
        placement: None,
        thresholds: &[],
        min_improvement: None,
        top: None,
        max_rules,
        only_counts: false,
        // The limit alone decides.
        undecided: AtomicBool::new(true),
    }
}

fn rules(itemsets: &FrequentItemsets<u8>, store: Result<RuleStore, Error>) -> Result<Rules<u8>, Error> {
    Ok(Rules::new(itemsets.items(), itemsets.basket_count(), store?))
}

#[test]
fn long_itemsets_that_are_not_remembered_whole_have_the_same_rules() {
    // 2^15 itemsets of up to 15 items; every count is known.
    let items = 15;
    let itemsets = mined(&nearly_all(items), 1);
    let rules = itemsets.rules().min_confidence(0.9).consequents(Consequents::Any).generate().unwrap();
    let mut expected = 0;
    let choose = |n: u64, k: u64| (0..k).fold(1, |ways, i| ways * (n - i) / (i + 1));
    for len in 2..=15 {
        for right in 1..len {
            // A set of k items is in the whole and in the baskets that lack another item.
            let count = |k: u64| 1 + 15 - k;
            if count(len) as f64 / count(len - right) as f64 >= 0.9 {
                expected += choose(15, len) * choose(len, right);
            }
        }
    }
    assert_eq!(rules.len() as u64, expected);
    for rule in &rules {
        let (x, y, table) = read(rule);
        let count = |len: usize| 1 + u64::from(items) - len as u64;
        assert_eq!(
            (table.n_x(), table.n_y(), table.n_xy()),
            (count(x.len()), count(y.len()), count(x.len() + y.len()))
        );
    }
}

#[test]
fn a_confidence_of_nothing_gives_every_split() {
    let itemsets = mined(&nearly_all(10), 1);
    for least in [0.0, -0.0, f64::MIN_POSITIVE] {
        let builder = itemsets.rules().min_confidence(least).consequents(Consequents::Any);
        assert_eq!(builder.generate().unwrap().len(), 3usize.pow(10) - 2 * 2usize.pow(10) + 1);
        assert_eq!(itemsets.rules().min_confidence(least).generate().unwrap().len(), 10 * 512 - 10);
    }
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_the_rules() {
    let itemsets = mined(&nearly_all(12), 1);
    let alone = rules(&itemsets, search(&itemsets, MAX_RULES).run(Workers::SEQUENTIAL)).unwrap();
    for threads in [1, 2, 5] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let builder = itemsets.rules().min_confidence(0.3).consequents(Consequents::Any);
        assert_eq!(pool.install(|| builder.generate()).unwrap(), alone);
    }
}

#[test]
fn more_rules_than_allowed_are_an_error() {
    let itemsets = mined(&nearly_all(12), 1);
    let all = rules(&itemsets, search(&itemsets, MAX_RULES).run(Workers::SEQUENTIAL)).unwrap().len();
    assert!(search(&itemsets, all).run(Workers::SEQUENTIAL).is_ok());
    for limit in [0, 1, all - 1] {
        let error = search(&itemsets, limit).run(Workers::SEQUENTIAL).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: told, .. } if *told == limit as u128));
        #[cfg(feature = "rayon")]
        assert!(search(&itemsets, limit).run(Workers::of_current_pool()).is_err());
    }
}

#[test]
fn the_best_rules_take_no_more_room_than_allowed() {
    let itemsets = mined(&nearly_all(8), 1);
    let best = |k, max_rules, workers| {
        let top = Some((k, Measure::Leverage));
        rules(&itemsets, Search { top, ..search(&itemsets, max_rules) }.run(workers)).map(|rules| rules.len())
    };
    let all = best(usize::MAX, MAX_RULES, Workers::SEQUENTIAL).unwrap();
    for workers in [Workers::SEQUENTIAL, Workers::by_default()] {
        assert_eq!(best(7, 7, workers).unwrap(), 7);
        assert_eq!(best(usize::MAX, all, workers).unwrap(), all);
        for (k, limit) in [(8, 7), (usize::MAX, all - 1), (usize::MAX, 0)] {
            let error = best(k, limit, workers).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: told, .. } if *told == limit as u128));
            assert!(error.to_string().contains("top_k"), "{error}");
        }
    }
}

/// They take up to a millisecond each.
#[test]
fn every_rule_of_a_slow_measure_is_polled() {
    let itemsets = mined(&nearly_all(6), 1);
    let is_polled = |measure, is_top: bool| {
        let threshold = [Threshold { measure, bound: f64::INFINITY, least: false }];
        let all = search(&itemsets, MAX_RULES);
        let search = match is_top {
            true => Search { top: Some((usize::MAX, measure)), ..all },
            false => Search { thresholds: &threshold, ..all },
        };
        // Fewer than there are rules.
        let control = NEVER.with_max_polls(100);
        search.run(Workers::SEQUENTIAL.watching(&control)).unwrap();
        control.is_interrupted()
    };
    for measure in [Measure::FishersExactTest, Measure::HyperConfidence, Measure::HyperLift, Measure::Lift] {
        for is_top in [true, false] {
            assert_eq!(is_polled(measure, is_top), measure != Measure::Lift, "{measure} {is_top}");
        }
    }
}

/// Itemsets as they may come from damaged storage.
fn damaged(items: u8, fill: impl Fn(&mut TrieBranch)) -> Error {
    let rows = vec![(0..items).collect::<Items>(); 9];
    let transactions = Transactions::from_rows(rows).unwrap();
    let ranking = Ranking::new(&transactions, 1);
    let mut branch = TrieBranch::new(Bounds::NONE);
    fill(&mut branch);
    let items = FrequentItems::new(&transactions, &ranking.ids);
    let statistics = Statistics { algorithm: Algorithm::Apriori, threads: 1, levels: Vec::new() };
    let trie = Trie::join(vec![branch], items.len()).unwrap();
    let itemsets = FrequentItemsets::new(items, trie, 9, 1, statistics);
    // At 0 itself the rules would be counted first, and be too many in one case.
    let builder = itemsets.rules().min_confidence(f64::MIN_POSITIVE).consequents(Consequents::Any);
    for &measure in Measure::ALL {
        // The best may be found before what is damaged is met; no bound may panic.
        if let Err(error) = builder.clone().top_k(1, measure).generate() {
            assert!(matches!(error.kind(), ErrorKind::Inconsistent { .. }), "{measure}: {error}");
        }
    }
    let others = mined(&[vec![0, 1], vec![0, 1]], 1).rules().generate().unwrap();
    // A result or an error.
    if let Ok(redundancy) = others.redundancy(&itemsets) {
        assert_eq!(redundancy.len(), others.len());
    }
    builder.generate().unwrap_err()
}

#[test]
fn itemsets_without_their_subsets_are_an_error() {
    let leaf = |branch: &mut TrieBranch, rank, count| assert!(branch.leaf(rank, count).is_continue());
    let open = |branch: &mut TrieBranch, rank| assert!(branch.open(rank, 9).is_continue());
    let errors = [
        // {2, 1, 0} without {1, 0} and {2, 0}.
        damaged(3, |branch| {
            (0..2).for_each(|rank| leaf(branch, rank, 9));
            open(branch, 2);
            open(branch, 1);
            leaf(branch, 0, 9);
            (0..2).for_each(|_| branch.close());
        }),
        // {1, 0} in more baskets than {0}.
        damaged(2, |branch| {
            leaf(branch, 0, 1);
            open(branch, 1);
            leaf(branch, 0, 2);
            branch.close();
        }),
        // {1} and {0} in all baskets, both together in fewer.
        damaged(2, |branch| {
            leaf(branch, 0, 9);
            open(branch, 1);
            leaf(branch, 0, 8);
            branch.close();
        }),
        // One path of 40 items.
        damaged(40, |branch| {
            (0..39).for_each(|rank| leaf(branch, rank, 9));
            (0..40).rev().for_each(|rank| open(branch, rank));
            (0..40).for_each(|_| branch.close());
        }),
    ];
    for error in errors {
        assert!(matches!(error.kind(), ErrorKind::Inconsistent { .. }), "{error}");
    }
}
