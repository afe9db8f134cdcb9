//! A window beside mining anew from nothing, after baskets came and went; and what changed beside a scan.

mod changes;
mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use itemset::recommend::ItemToItem;
use itemset::window::Window;
use itemset::{CancelToken, ErrorKind, FrequentItemsets, MinSupport, Miner, RunOptions, Transactions};
use proptest::prelude::*;
use proptest::sample::Index;

type Basket = BTreeSet<u8>;

/// What a window should have: the baskets of each partition that has some.
#[derive(Clone, Debug, Default)]
struct Model(BTreeMap<u8, Vec<Basket>>);

impl Model {
    fn baskets(&self) -> impl Iterator<Item = &Basket> {
        self.0.values().flatten()
    }

    /// In another order than that of the window.
    fn transactions(&self) -> Transactions<u8> {
        let mut rows: Vec<&Basket> = self.baskets().collect();
        rows.reverse();
        Transactions::from_rows(rows.into_iter().map(|row| row.iter().rev().copied())).unwrap()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add(u8, Vec<Basket>),
    AddWeighted(u8, Basket, u32),
    AddBasket(u8, Basket),
    Retire(u8),
    RetireBefore(u8),
    Forget(Index),
    ForgetAny(u8, Basket),
    Refresh,
}

fn basket() -> impl Strategy<Value = Basket> {
    // Few at first, so that some come twice.
    prop_oneof![4 => prop::collection::btree_set(0..6u8, 0..4), 1 => prop::collection::btree_set(0..40u8, 0..7)]
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..5u8;
    prop_oneof![
        3 => (key(), prop::collection::vec(basket(), 0..12)).prop_map(|(key, baskets)| Step::Add(key, baskets)),
        1 => (key(), basket(), 1..5u32).prop_map(|(key, basket, times)| Step::AddWeighted(key, basket, times)),
        3 => (key(), basket()).prop_map(|(key, basket)| Step::AddBasket(key, basket)),
        1 => key().prop_map(Step::Retire),
        1 => key().prop_map(Step::RetireBefore),
        3 => any::<Index>().prop_map(Step::Forget),
        1 => (key(), basket()).prop_map(|(key, basket)| Step::ForgetAny(key, basket)),
        3 => Just(Step::Refresh),
    ]
}

fn miner() -> impl Strategy<Value = Miner> {
    let threshold = prop_oneof![
        (1..6u64).prop_map(MinSupport::count),
        (1..10u32).prop_map(|tenths| MinSupport::fraction(f64::from(tenths) / 10.0)),
    ];
    let longest = prop_oneof![3 => Just(None), 1 => (1..4usize).prop_map(Some)];
    let algorithm = prop::sample::select(itemset::Algorithm::ALL.to_vec());
    (threshold, longest, algorithm).prop_map(|(threshold, longest, algorithm)| {
        let miner = Miner::new().min_support(threshold).min_confidence(0.3).threads(1).algorithm(algorithm);
        longest.map_or(miner.clone(), |longest| miner.max_len(longest))
    })
}

/// Takes a step in both.
fn take(window: &mut Window<u8, u8>, model: &mut Model, step: &Step) {
    match step {
        Step::Add(key, baskets) => {
            // An item twice.
            let twice = |basket: &Basket| basket.iter().chain(basket).copied().collect::<Vec<u8>>();
            window.add(*key, baskets.iter().map(twice)).unwrap();
            model.0.entry(*key).or_default().extend(baskets.iter().cloned());
        }
        Step::AddWeighted(key, basket, times) => {
            let mut builder = Transactions::builder();
            builder.push_weighted(basket.iter().copied(), *times);
            window.add_transactions(*key, &builder.build().unwrap()).unwrap();
            model.0.entry(*key).or_default().extend(vec![basket.clone(); *times as usize]);
        }
        Step::AddBasket(key, basket) => {
            window.add_basket(*key, basket.iter().copied()).unwrap();
            model.0.entry(*key).or_default().push(basket.clone());
        }
        Step::Retire(key) => {
            assert_eq!(window.retire(key), model.0.remove(key).map_or(0, |baskets| baskets.len()));
        }
        Step::RetireBefore(key) => {
            let kept = model.0.split_off(key);
            let retired = std::mem::replace(&mut model.0, kept);
            assert_eq!(window.retire_before(key), retired.values().flatten().count());
        }
        Step::Forget(index) => {
            let all: Vec<(u8, usize)> =
                model.0.iter().flat_map(|(&key, baskets)| (0..baskets.len()).map(move |place| (key, place))).collect();
            if !all.is_empty() {
                let (key, place) = all[index.index(all.len())];
                let basket = model.0.get_mut(&key).unwrap().swap_remove(place);
                window.forget(&key, basket.iter().rev()).unwrap();
            }
        }
        Step::ForgetAny(key, basket) => {
            let place = model.0.get(key).and_then(|baskets| baskets.iter().position(|other| other == basket));
            match (place, window.forget(key, basket)) {
                (Some(place), Ok(())) => drop(model.0.get_mut(key).unwrap().swap_remove(place)),
                (None, Err(error)) => {
                    assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "basket", .. }), "{error}");
                }
                (place, result) => panic!("{place:?} {result:?}"),
            }
        }
        Step::Refresh => {}
    }
    model.0.retain(|_, baskets| !baskets.is_empty());
}

/// What is stored of itemsets, with the algorithm and all else.
fn bytes(itemsets: &FrequentItemsets<u8>) -> String {
    #[cfg(feature = "serde")]
    let rows = serde_json::to_string(itemsets).unwrap() + &serde_json::to_string(&itemsets.rows()).unwrap();
    #[cfg(not(feature = "serde"))]
    let rows = format!("{:?}", itemsets.statistics());
    format!("{itemsets}{rows}")
}

/// Compares all that a window has with what the same baskets give from nothing.
fn check(window: &Window<u8, u8>, model: &Model) {
    let expected = model.transactions();
    assert_eq!((window.len(), window.is_empty()), (expected.len(), expected.is_empty()));
    assert!(window.keys().eq(model.0.keys()));
    assert!(model.0.iter().all(|(key, baskets)| window.len_of(key) == baskets.len()));
    assert_eq!(window.item_count(), expected.dictionary().len());
    let mut rows: Vec<Basket> = model.baskets().cloned().collect();
    let baskets = window.transactions().unwrap();
    let mut found: Vec<Basket> = baskets.iter().map(|basket| basket.iter().copied().collect()).collect();
    rows.sort();
    found.sort();
    assert_eq!(found, rows);
    assert!(baskets.dictionary().labels().is_sorted());
    assert_eq!(baskets.dictionary().len(), expected.dictionary().len());
    if let Some(pairs) = window.pairs() {
        assert_eq!(*pairs, ItemToItem::from_transactions(&expected).unwrap());
    }
}

fn check_refresh(window: &mut Window<u8, u8>, model: &Model) {
    let expected = window.miner().mine(&window.transactions().unwrap()).unwrap();
    let from_nothing = window.miner().mine(&model.transactions()).unwrap();
    assert_eq!(expected, from_nothing);
    let refresh = window.refresh().unwrap();
    assert_eq!(refresh.itemsets(), &from_nothing);
    assert_eq!(bytes(refresh.itemsets()), bytes(&expected));
    let miner = window.miner();
    assert_eq!(miner.rules_of(refresh.itemsets()).unwrap(), miner.rules_of(&from_nothing).unwrap());
    assert_eq!(window.itemsets(), Some(refresh.itemsets()));
}

proptest! {
    #[test]
    fn a_window_is_what_its_baskets_are(
        miner in miner(),
        with_pairs in any::<bool>(),
        steps in prop::collection::vec(step(), 0..40),
    ) {
        let mut window = Window::new(miner);
        let mut model = Model::default();
        for (place, step) in steps.iter().enumerate() {
            if with_pairs && place == steps.len() / 3 {
                window = window.with_pairs().unwrap();
            }
            take(&mut window, &mut model, step);
            check(&window, &model);
            if matches!(step, Step::Refresh) {
                check_refresh(&mut window, &model);
            }
        }
        check_refresh(&mut window, &model);
        // Everything at once, in another order.
        let mut other = Window::new(window.miner().clone());
        for (&key, baskets) in model.0.iter().rev() {
            other.add(key, baskets.iter().rev().map(|basket| basket.iter().rev().copied())).unwrap();
        }
        prop_assert_eq!(&other, &window);
        prop_assert_eq!(other.transactions().unwrap(), window.transactions().unwrap());
        prop_assert_eq!(bytes(other.refresh().unwrap().itemsets()), bytes(window.itemsets().unwrap()));
    }

    #[test]
    fn forgetting_is_never_having_added(
        steps in prop::collection::vec(step(), 0..12),
        passing in prop::collection::vec((0..7u8, basket()), 0..12),
        refreshed in any::<bool>(),
    ) {
        let mut window = Window::new(Miner::new().threads(1)).with_pairs().unwrap();
        let mut model = Model::default();
        steps.iter().for_each(|step| take(&mut window, &mut model, step));
        let never = window.clone();
        for (key, basket) in &passing {
            window.add_basket(*key, basket.iter().copied()).unwrap();
        }
        if refreshed {
            window.refresh().unwrap();
        }
        for (key, basket) in passing.iter().rev() {
            window.forget(key, basket).unwrap();
        }
        prop_assert_eq!(&window, &never);
        prop_assert_eq!(window.pairs(), never.pairs());
        prop_assert_eq!(window.transactions().unwrap(), never.transactions().unwrap());
        prop_assert_eq!(stored::stored(&window), stored::stored(&never));
        check(&window, &model);
        check_refresh(&mut window, &model);
    }
}

/// One window through 10,000 changes, a refresh after each.
#[test]
fn a_long_run() {
    let mut state = 1u64;
    let mut draw = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let miner = Miner::new().min_support(0.15).threads(1);
    let mut window = Window::new(miner.clone()).with_pairs().unwrap();
    let mut model = Model::default();
    for step in 0..10_000u64 {
        // The goods change in the long run, so that labels come and go.
        let first = step / 500;
        let mut basket: Basket = (0..draw(4)).map(|_| (first + draw(6)) as u8).collect();
        let key = (step / 40) as u8;
        match draw(10) {
            0..5 => take(&mut window, &mut model, &Step::AddBasket(key, std::mem::take(&mut basket))),
            5 => take(&mut window, &mut model, &Step::AddWeighted(key, basket, 3)),
            6..9 if !model.0.is_empty() => {
                let keys: Vec<u8> = model.0.keys().copied().collect();
                let key = keys[draw(keys.len() as u64) as usize];
                let baskets = model.0.get_mut(&key).unwrap();
                let basket = baskets.swap_remove(draw(baskets.len() as u64) as usize);
                window.forget(&key, &basket).unwrap();
                model.0.retain(|_, baskets| !baskets.is_empty());
            }
            _ => take(&mut window, &mut model, &Step::RetireBefore(key.saturating_sub(3))),
        }
        let found = window.refresh().unwrap().into_itemsets();
        assert_eq!(found, miner.mine(&model.transactions()).unwrap(), "after step {step}");
        if step % 50 == 0 {
            check(&window, &model);
            check_refresh(&mut window, &model);
        }
    }
    assert!(window.len() > 20);
}

#[test]
fn a_refresh_that_ends_early_changes_nothing() {
    let mut window = Window::new(Miner::new().min_support(MinSupport::count(1)).max_itemsets(100));
    window.add(1, [vec!["beer", "diapers"], vec!["chips"]]).unwrap();
    let first = window.refresh().unwrap().into_itemsets();
    window.add(2, [vec!["beer"], vec!["wine", "chips"]]).unwrap();
    let before = window.clone();
    let token = CancelToken::new();
    token.cancel();
    let error = window.refresh_with(&RunOptions::new().cancel_token(&token)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
    let error = window.refresh_with(&RunOptions::new().time_limit(Duration::ZERO)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{error}");
    let error = window.refresh_with(&RunOptions::new().max_memory(10)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
    window.add(3, [(0..8).map(|item| ["a", "b", "c", "d", "e", "f", "g", "h"][item])]).unwrap();
    let error = window.refresh().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LimitReached { .. }), "{error}");
    assert_eq!(window.itemsets(), Some(&first));
    window.retire(&3);
    assert_eq!(window, before);
    let refresh = window.refresh().unwrap();
    assert_eq!(refresh.before(), Some(&first));
    // What came since the last refresh that succeeded.
    assert_eq!((refresh.added().len(), refresh.retired().len()), (2, 0));
    for options in [RunOptions::new().cancel_token(&token), RunOptions::new().max_memory(1)] {
        assert!(window.transactions_with(&options).is_err() && window.clone().with_pairs_with(&options).is_err());
        assert!(refresh.itemset_changes_with(&options).is_err());
        assert!(refresh.rule_changes_with(|itemsets| itemsets.rules().generate(), &options).is_err());
    }
}

#[test]
fn weights_beyond_32_bits() {
    let mut builder = Transactions::builder();
    builder.push_weighted(["beer", "diapers"], u32::MAX).push_weighted(["beer"], u32::MAX);
    let baskets = builder.build().unwrap();
    let mut window = Window::new(Miner::new().min_support(0.5));
    (0..3).for_each(|_| window.add_transactions("all", &baskets).unwrap());
    let most = u64::from(u32::MAX);
    assert_eq!(window.len() as u64, 6 * most);
    let refresh = window.refresh().unwrap();
    assert_eq!(refresh.itemsets().count_of(["beer", "diapers"]), Some(3 * most));
    assert_eq!(window.transactions().unwrap().stored_rows(), 6);
    assert_eq!(refresh.itemsets(), &Miner::new().min_support(0.5).mine(&window.transactions().unwrap()).unwrap());
    // Pairs are counted in 32 bits: then nothing is added.
    let mut window = Window::new(Miner::new()).with_pairs().unwrap();
    let error = window.add_transactions("all", &baskets).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
    assert!(window.is_empty() && window.pairs().unwrap().is_empty());
    assert_eq!(window, Window::new(Miner::new()));
}

/// Labels that count how often they are held: a window has none of a basket that was forgotten, whenever it was added.
#[test]
fn nothing_of_what_was_forgotten_stays() {
    for &algorithm in itemset::Algorithm::ALL {
        for (refreshed_between, retired) in [(false, false), (true, false), (true, true)] {
            let common: Vec<Arc<str>> = ["beer", "chips", "diapers", "wine"].map(Arc::from).to_vec();
            let card: Arc<str> = Arc::from("loyalty card 4711");
            let miner = Miner::new().min_support(MinSupport::count(1)).threads(1).algorithm(algorithm);
            let mut window = Window::new(miner).with_pairs().unwrap();
            let rows = |n: usize| common[n % 3..].iter().cloned();
            window.add(1, (0..20).map(rows)).unwrap();
            window.refresh().unwrap();
            let basket = || common.iter().chain([&card]).cloned();
            window.add(2, [basket().collect::<Vec<_>>(), vec![]]).unwrap();
            window.add_basket(3, rows(1)).unwrap();
            if refreshed_between {
                let refresh = window.refresh().unwrap();
                assert_eq!(refresh.itemsets().count_of([&*card]), Some(1), "{algorithm}");
            }
            window.forget(&2, basket().collect::<Vec<_>>().iter().map(|label| &**label)).unwrap();
            if retired {
                window.retire(&1);
            }
            let itemsets = window.refresh().unwrap().into_itemsets();
            assert_eq!(window.itemsets(), Some(&itemsets));
            assert_eq!(Arc::strong_count(&card), 1, "{algorithm} {refreshed_between} {retired}");
            // What is left is as it was.
            window.add(4, [rows(0), rows(2)]).unwrap();
            let found = window.refresh().unwrap().into_itemsets();
            let expected = window.miner().mine(&window.transactions().unwrap()).unwrap();
            assert_eq!((&found, found.statistics()), (&expected, expected.statistics()));
            assert_eq!(
                *window.pairs().unwrap(),
                ItemToItem::from_transactions(&window.transactions().unwrap()).unwrap()
            );
        }
    }
}
