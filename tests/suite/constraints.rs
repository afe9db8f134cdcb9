//! Itemsets under constraints, and the most frequent ones, against their definitions.

use itemset::{Algorithm, CancelToken, Constraints, ErrorKind, ItemsetList, Limit, MinSupport, Miner, Transactions};
use proptest::prelude::*;

use crate::brute_force::{Listed, databases, encode, itemsets};
use crate::variants::FEW_THREADS;

fn list(found: &ItemsetList<u32>) -> Listed {
    found.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
}

/// Constraints as numbers; `None` and empty lists for those that are not set.
#[derive(Clone, Debug, Default)]
struct Asked {
    min_len: Option<usize>,
    max_len: Option<usize>,
    excluded: Vec<u32>,
    required: Vec<u32>,
    groups: Vec<Vec<u32>>,
    apart: Vec<(u32, Vec<u32>)>,
    own: Vec<(u32, u64)>,
    of_len: Vec<(usize, u64)>,
    max_count: Option<u64>,
    /// The largest sum of the labels of an itemset.
    most: Option<u32>,
}

impl Asked {
    fn constraints(&self) -> Constraints<u32> {
        let mut constraints =
            Constraints::new().exclude(self.excluded.iter().copied()).must_contain(self.required.iter().copied());
        if let Some(min_len) = self.min_len {
            constraints = constraints.min_len(min_len);
        }
        if let Some(max_len) = self.max_len {
            constraints = constraints.max_len(max_len);
        }
        for group in &self.groups {
            constraints = constraints.at_most_one_of(group.iter().copied());
        }
        for (item, others) in &self.apart {
            constraints = constraints.never_with(*item, others.iter().copied());
        }
        for &(item, count) in &self.own {
            constraints = constraints.item_min_support(item, MinSupport::count(count));
        }
        for &(len, count) in &self.of_len {
            constraints = constraints.min_support_at_len(len, MinSupport::count(count));
        }
        if let Some(count) = self.max_count {
            constraints = constraints.max_support(MinSupport::count(count));
        }
        if let Some(most) = self.most {
            constraints = constraints.only_if(move |items: &[&u32]| {
                assert!(items.is_sorted(), "labels come in their order");
                items.iter().copied().sum::<u32>() <= most
            });
        }
        constraints
    }

    /// By the definitions.
    fn allows(&self, labels: &[u32], count: u64, min_count: u64) -> bool {
        let of_len = self.of_len.iter().rev().find(|&&(len, _)| len == labels.len()).map_or(min_count, |&(_, own)| own);
        let own = |label: u32| self.own.iter().rev().find(|&&(item, _)| item == label).map_or(of_len, |&(_, own)| own);
        let lowest = labels.iter().map(|&label| own(label)).min().unwrap();
        count >= lowest
            && labels.len() >= self.min_len.unwrap_or(1)
            && labels.len() <= self.max_len.unwrap_or(usize::MAX)
            && !labels.iter().any(|label| self.excluded.contains(label))
            && self.required.iter().all(|label| labels.contains(label))
            && self.groups.iter().all(|group| labels.iter().filter(|label| group.contains(label)).count() <= 1)
            && !self.apart.iter().any(|(item, others)| {
                labels.contains(item) && others.iter().any(|other| other != item && labels.contains(other))
            })
            && count <= self.max_count.unwrap_or(u64::MAX)
            && labels.iter().sum::<u32>() <= self.most.unwrap_or(u32::MAX)
    }

    fn of(&self, all: &Listed, min_count: u64) -> Listed {
        all.iter().filter(|(labels, count)| self.allows(labels, *count, min_count)).cloned().collect()
    }
}

/// The best of some itemsets, which come in the canonical order.
fn best(mut itemsets: Listed, k: usize) -> Listed {
    // Stable: equal counts stay in order.
    itemsets.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    itemsets.truncate(k);
    itemsets
}

/// Constraints on up to `items` items, in up to `baskets` baskets.
fn asked(items: u32, baskets: u64) -> impl Strategy<Value = Asked> {
    let few = move |most: usize| prop::collection::vec(0..items, 0..=most);
    let count = move || 1..=baskets.max(1);
    let lens = (prop::option::of(1..5usize), prop::option::of(1..6usize));
    let apart = prop::collection::vec((0..items, few(3)), 0..4);
    let sets = (few(3), few(2), prop::collection::vec(few(4), 0..3), apart);
    let thresholds = (
        prop::collection::vec((0..items, count()), 0..4),
        prop::collection::vec((1..5usize, count()), 0..3),
        prop::option::of(count()),
        prop::option::of(0..items * 4),
    );
    (lens, sets, thresholds).prop_map(|(lens, (excluded, required, groups, apart), (own, of_len, max_count, most))| {
        Asked { min_len: lens.0, max_len: lens.1, excluded, required, groups, apart, own, of_len, max_count, most }
    })
}

/// The constraints one by one, and together.
fn alone(asked: &Asked) -> Vec<Asked> {
    let none = Asked::default();
    let mut alone = vec![
        none.clone(),
        Asked { min_len: asked.min_len, ..none.clone() },
        Asked { max_len: asked.max_len, ..none.clone() },
        Asked { excluded: asked.excluded.clone(), ..none.clone() },
        Asked { required: asked.required.clone(), ..none.clone() },
        Asked { groups: asked.groups.clone(), ..none.clone() },
        Asked { apart: asked.apart.clone(), ..none.clone() },
        Asked { apart: asked.apart.clone(), required: asked.required.clone(), ..none.clone() },
        Asked { own: asked.own.clone(), ..none.clone() },
        Asked { of_len: asked.of_len.clone(), ..none.clone() },
        Asked { max_count: asked.max_count, ..none.clone() },
        Asked { most: asked.most, ..none.clone() },
        Asked { required: Vec::new(), ..asked.clone() },
        Asked { own: asked.own.clone(), required: asked.required.clone(), of_len: asked.of_len.clone(), ..none },
    ];
    alone.push(asked.clone());
    alone
}

fn compare(baskets: &Transactions<u32>, all: &Listed, asked: &Asked, min_count: u64, k: usize) {
    let (constraints, expected) = (asked.constraints(), asked.of(all, min_count));
    for &threads in FEW_THREADS {
        let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
        let found = miner.search(baskets).constraints(&constraints).collect().unwrap();
        assert_eq!(list(&found), expected, "{asked:?} at {min_count}");
        assert_eq!(
            (found.len(), found.basket_count(), found.min_count()),
            (expected.len(), baskets.len() as u64, min_count)
        );
        // The miner's own longest length holds too.
        let short = expected.iter().filter(|(labels, _)| labels.len() <= 2).cloned().collect::<Listed>();
        assert_eq!(list(&miner.max_len(2).search(baskets).constraints(&constraints).collect().unwrap()), short);
    }
    let expected = asked.of(all, 1);
    for k in [k, 1, expected.len(), usize::MAX] {
        let found = Miner::new().search(baskets).constraints(&constraints).top_k(k).collect().unwrap();
        let expected = best(expected.clone(), k);
        assert_eq!(list(&found), expected, "the best {k} of {asked:?}");
        assert_eq!(found.min_count(), expected.last().map_or(1, |&(_, count)| count));
    }
}

/// Rows of some items, the low ones often, and all of them often together.
fn dense() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (100..500usize, 3..=9u32, 40..95u32, any::<u64>()).prop_map(|(size, items, share, seed)| {
        let mut state = seed | 1;
        let mut draw = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % 100
        };
        (0..size).map(|_| (0..items).filter(|item| draw() < share - 5 * (item % 5)).collect()).collect()
    })
}

/// More items than the search for the best begins with, a few in a row.
fn sparse() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (200..500usize, 70..300u32, any::<u64>()).prop_map(|(size, items, seed)| {
        let mut state = seed | 1;
        let mut draw = move |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % below
        };
        (0..size)
            .map(|_| {
                let mut row: Vec<u32> = (0..1 + draw(4)).map(|_| draw(items).min(draw(items))).collect();
                row.extend((0..draw(3)).map(|_| draw(6)));
                row
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn constraints_equal_brute_force(rows in databases(), asked in asked(12, 12), min_count in 1..8u64, k in 1..40usize) {
        let (baskets, all) = (encode(&rows), itemsets(&rows, 1));
        for asked in alone(&asked) {
            compare(&baskets, &all, &asked, min_count, k);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn constraints_equal_brute_force_on_dense_data(rows in dense(), asked in asked(9, 300), min_count in 1..200u64, k in 1..100usize) {
        let (baskets, all) = (encode(&rows), itemsets(&rows, 1));
        for asked in alone(&asked) {
            compare(&baskets, &all, &asked, min_count, k);
        }
    }

    #[test]
    fn constraints_equal_brute_force_on_sparse_data(rows in sparse(), asked in asked(60, 12), min_count in 1..6u64, k in 1..400usize) {
        let (baskets, all) = (encode(&rows), itemsets(&rows, 1));
        for asked in alone(&asked) {
            compare(&baskets, &all, &asked, min_count, k);
        }
        for min_len in 1..5 {
            let long = all.iter().filter(|(labels, _)| labels.len() >= min_len).cloned().collect();
            prop_assert_eq!(list(&Miner::new().search(&baskets).min_len(min_len).top_k(k).collect().unwrap()), best(long, k));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// The lowest at which what meets the constraints fits, if there is one.
    #[test]
    fn suggested_threshold_is_the_lowest_that_fits(rows in databases(), asked in asked(12, 12), min_count in 1..4u64, most in 0..30u64) {
        let (baskets, all) = (encode(&rows), itemsets(&rows, 1));
        for asked in alone(&asked) {
            let at = |threshold: u64| asked.of(&all, threshold).len() as u64;
            for &threads in FEW_THREADS {
                let miner = Miner::new().min_support(MinSupport::count(min_count)).max_itemsets(most).threads(threads);
                let beyond = rows.len() as u64 + 1;
                match miner.search(&baskets).constraints(&asked.constraints()).collect() {
                    Ok(found) => prop_assert!(found.len() as u64 <= most && at(min_count) <= most),
                    Err(error) => match error.kind() {
                        &ErrorKind::LimitReached { limit, min_count: named, suggestion, .. } => {
                            let fits = (min_count..).find(|&threshold| at(threshold) <= most).unwrap();
                            prop_assert!(fits > min_count && (limit, named) == (Limit::Itemsets(most), min_count));
                            prop_assert_eq!((suggestion.min_count(), suggestion.itemsets()), (fits, at(fits)), "{:?}", asked);
                        }
                        ErrorKind::TooLarge { limit, .. } => prop_assert!(at(beyond) > most && *limit == most.into()),
                        other => panic!("{other:?}"),
                    },
                }
            }
        }
    }
}

fn market() -> Transactions<&'static str> {
    Transactions::from_rows([
        vec!["bag", "beer", "diapers"],
        vec!["bag", "beer", "diapers", "caviar"],
        vec!["bag", "beer", "chips"],
        vec!["bag", "chips"],
    ])
    .unwrap()
}

fn lines<T: std::fmt::Display>(found: &ItemsetList<T>) -> Vec<String> {
    found.iter().map(|itemset| itemset.to_string().split(" (").next().unwrap().to_string()).collect()
}

#[test]
fn unknown_labels_are_in_no_basket() {
    let baskets = market();
    let miner = Miner::new().min_support(0.5);
    let all = miner.search(&baskets).constraints(&Constraints::new()).collect().unwrap();
    assert_eq!(all.len(), miner.mine(&baskets).unwrap().len());
    let unknown = Constraints::new().exclude(["wine"]).at_most_one_of(["wine", "bag"]).item_min_support("wine", 0.1);
    assert_eq!(miner.search(&baskets).constraints(&unknown).collect().unwrap(), all);
    let found = miner.search(&baskets).constraints(&Constraints::new().must_contain(["wine"])).collect().unwrap();
    assert_eq!((found.len(), found.basket_count(), found.by_len()), (0, 4, vec![]));
    assert!(
        miner
            .search(&baskets)
            .constraints(&Constraints::new().must_contain(["wine"]))
            .top_k(3)
            .collect()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn contradictions_give_empty_results() {
    let baskets = market();
    let miner = Miner::new().min_support(MinSupport::count(1));
    for constraints in [
        Constraints::new().must_contain(["beer"]).exclude(["beer"]),
        Constraints::new().must_contain(["beer", "chips"]).at_most_one_of(["beer", "chips"]),
        Constraints::new().must_contain(["beer", "chips"]).max_len(1),
        Constraints::new().min_len(3).max_len(2),
        Constraints::new()
            .max_support(MinSupport::count(1))
            .min_support_at_len(1, 1.0)
            .must_contain(["bag"])
            .max_len(1),
        Constraints::new().only_if(|_: &[&&str]| false),
    ] {
        let found = miner.search(&baskets).constraints(&constraints).collect().unwrap();
        assert!(found.is_empty(), "{constraints:?}: {:?}", lines(&found));
        assert!(miner.search(&baskets).constraints(&constraints).top_k(5).collect().unwrap().is_empty());
    }
}

#[test]
fn invalid_values_are_named() {
    let baskets = market();
    let miner = Miner::new();
    for (constraints, setting) in [
        (Constraints::new().min_len(0), "min_len"),
        (Constraints::new().max_len(0), "max_len"),
        (Constraints::new().item_min_support("beer", 0.0), "item_min_support"),
        (Constraints::new().item_min_support("wine", 1.5), "item_min_support"),
        (Constraints::new().min_support_at_len(0, 0.5), "min_support_at_len"),
        (Constraints::new().min_support_at_len(2, MinSupport::count(0)), "min_support_at_len"),
        (Constraints::new().max_support(f64::NAN), "max_support"),
        (Constraints::new().max_support(MinSupport::count(0)), "max_support"),
    ] {
        for error in [
            miner.search(&baskets).constraints(&constraints).collect().unwrap_err(),
            miner.search(&baskets).constraints(&constraints).top_k(1).collect().unwrap_err(),
        ] {
            assert!(
                matches!(error.kind(), ErrorKind::InvalidSetting { setting: named, .. } if *named == setting),
                "{error}"
            );
            assert!(error.to_string().starts_with(&format!("invalid {setting}")), "{error}");
        }
    }
    for algorithm in [Algorithm::Apriori, Algorithm::FpGrowth] {
        let error = miner.clone().algorithm(algorithm).search(&baskets).min_len(1).top_k(3).collect().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "algorithm", .. }), "{error}");
    }
    assert_eq!(
        miner.clone().algorithm(Algorithm::Eclat).search(&baskets).min_len(1).top_k(3).collect().unwrap().len(),
        3
    );
    assert!(miner.clone().max_len(0).search(&baskets).min_len(1).top_k(3).collect().is_err());
    assert!(miner.search(&baskets).min_len(1).top_k(0).collect().unwrap().is_empty());
}

#[test]
fn fractions_are_of_all_baskets_and_inclusive() {
    let baskets = market();
    let miner = Miner::new().min_support(0.5);
    let found =
        miner.search(&baskets).constraints(&Constraints::new().must_contain(["beer"]).min_len(2)).collect().unwrap();
    assert_eq!(lines(&found), ["{bag, beer}", "{beer, diapers}", "{bag, beer, diapers}"]);
    assert_eq!(found.get(1).unwrap().support(), 0.5);
    assert!(found.get(3).is_none() && found.get(usize::MAX).is_none());
    // 0.75 of 4 is 3, and 0.74 is 2.
    for (max_support, most) in [(0.75, 3), (0.74, 2), (0.5, 2), (1.0, 4)] {
        let found = miner.search(&baskets).constraints(&Constraints::new().max_support(max_support)).collect().unwrap();
        assert_eq!(found.iter().map(|itemset| itemset.count()).max(), Some(most), "{max_support}");
    }
    let rare = Constraints::new().item_min_support("caviar", 0.25).must_contain(["caviar"]).max_len(2);
    assert_eq!(
        lines(&miner.search(&baskets).constraints(&rare).collect().unwrap()),
        ["{caviar}", "{bag, caviar}", "{beer, caviar}", "{caviar, diapers}"]
    );
}

#[test]
fn equal_counts_keep_the_canonical_order() {
    // Ten items, each in the same number of baskets, and each pair of neighbours in one.
    let baskets = Transactions::from_rows((0..10u32).map(|item| [item, (item + 1) % 10])).unwrap();
    let all = Miner::new().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
    let pairs: Listed = all.iter_len(2..).map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect();
    for k in 0..12 {
        assert_eq!(list(&Miner::new().search(&baskets).min_len(2).top_k(k).collect().unwrap()), best(pairs.clone(), k));
    }
}

#[test]
fn limits_and_cancel_end_constrained_searches() {
    // Every basket lacks another one of 40 items: 2^40 itemsets.
    let baskets = Transactions::from_rows((0..40u32).map(|lacks| (0..40).filter(move |&item| item != lacks))).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(1));
    let long = Constraints::new().min_len(2);
    // Of which nothing is listed for long.
    let rare = Constraints::new().max_support(MinSupport::count(1));
    for &threads in FEW_THREADS {
        let miner = miner.clone().threads(threads);
        for (limited, expected) in [
            (miner.clone().max_itemsets(1000), Limit::Itemsets(1000)),
            (miner.clone().max_memory(20 << 20), Limit::Memory(20 << 20)),
        ] {
            let error = limited.search(&baskets).constraints(&long).collect().unwrap_err();
            let ErrorKind::LimitReached { limit, suggestion, .. } = error.kind() else { panic!("{error}") };
            assert_eq!(*limit, expected);
            limited
                .clone()
                .min_support(suggestion.min_support())
                .search(&baskets)
                .constraints(&long)
                .collect()
                .unwrap();
            assert!(limited.search(&baskets).min_len(2).top_k(usize::MAX).collect().is_err());
        }
        // Exactly as many as may be.
        let pairs =
            miner.clone().max_itemsets(780).search(&baskets).constraints(&long.clone().max_len(2)).collect().unwrap();
        assert_eq!(pairs.len(), 780);
        assert_eq!(
            miner.clone().max_itemsets(779).search(&baskets).min_len(2).top_k(779).collect().unwrap().len(),
            779
        );
        assert!(
            miner.clone().max_itemsets(779).search(&baskets).constraints(&long.clone().max_len(2)).collect().is_err()
        );

        let token = CancelToken::new();
        let cancelled = miner.clone().cancel_token(&token);
        let found = std::thread::scope(|scope| {
            let search = scope.spawn(|| cancelled.search(&baskets).constraints(&rare).collect().map(|_| ()));
            token.cancel();
            search.join().unwrap()
        });
        assert!(matches!(found.unwrap_err().kind(), ErrorKind::Cancelled));
        let short = miner.clone().time_limit(std::time::Duration::from_millis(5));
        let asked = rare.clone().only_if(|_| true);
        let error = short.search(&baskets).constraints(&asked).collect().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{error}");
        let error = short.search(&baskets).constraints(&asked).top_k(1).collect().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{error}");
    }
}

#[test]
fn explosion_is_an_error_before_the_search() {
    // 2^60 itemsets.
    let baskets = Transactions::from_rows([(0..60u32).collect::<Vec<_>>(), (0..60).collect(), vec![1, 2]]).unwrap();
    // Whatever memory the machine has.
    let miner = Miner::new().min_support(MinSupport::count(1)).max_memory(u64::MAX);
    let error = miner.search(&baskets).constraints(&Constraints::new().min_len(2)).collect().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
    assert_eq!(miner.search(&baskets).min_len(2).top_k(3).collect().unwrap().by_len(), [0, 3]);
}

#[test]
fn empty_result_is_ok() {
    let none = Transactions::<u32>::from_rows(Vec::<Vec<u32>>::new()).unwrap();
    let found = Miner::new().search(&none).constraints(&Constraints::new()).collect().unwrap();
    assert_eq!((found.len(), found.min_count(), found.basket_count()), (0, 1, 0));
    assert_eq!(found.to_string(), "0 itemsets in 0 baskets (min count 1)");
    assert!(Miner::new().search(&none).min_len(2).top_k(10).collect().unwrap().is_empty());
    let found = Miner::new()
        .min_support(MinSupport::count(u64::MAX))
        .search(&market())
        .constraints(&Constraints::new())
        .collect();
    assert!(found.unwrap().is_empty());
}

/// More items than two bytes number, each in two pairs.
#[test]
fn more_items_than_two_bytes_can_number() {
    let items = 65_537u32;
    let baskets = Transactions::from_rows((0..items).map(|item| [item, (item + 1) % items])).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(1));
    let found = miner.search(&baskets).constraints(&Constraints::new().min_len(2)).collect().unwrap();
    assert_eq!(found.by_len(), [0, u64::from(items)]);
    let found =
        miner.search(&baskets).constraints(&Constraints::new().must_contain([7u32]).max_len(5)).collect().unwrap();
    assert_eq!(found.by_len(), [1, 2]);
    assert_eq!(miner.search(&baskets).min_len(2).top_k(70_000).collect().unwrap().len(), items as usize);
}

/// A predicate's panic is its author's, and leaves nothing behind.
#[test]
fn panic_of_a_predicate_leaves_the_miner_usable() {
    let baskets = market();
    for &threads in FEW_THREADS {
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(threads);
        let asked = Constraints::new().only_if(|items: &[&&str]| {
            assert!(items.len() < 3, "too long");
            true
        });
        for _ in 0..2 {
            let search = || miner.search(&baskets).constraints(&asked).collect().map(|found| found.len());
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(search)).is_err());
            let search = || miner.search(&baskets).constraints(&asked).top_k(99).collect().map(|found| found.len());
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(search)).is_err());
            assert!(miner.search(&baskets).constraints(&asked.clone().max_len(2)).collect().is_ok());
        }
    }
}
