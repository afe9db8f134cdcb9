//! Every call that may take long ends when it should, reports how far it is, and gives the same on any number of
//! threads.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use itemset::{
    CancelToken, ClosedItemsets, Consequents, Correction, Error, ErrorKind, FrequentItemsets, Hypotheses, MinSupport,
    Miner, Rules, RunOptions, Transactions,
};

struct Data {
    baskets: Transactions<u32>,
    itemsets: FrequentItemsets<u32>,
    closed: ClosedItemsets<u32>,
    rules: Rules<u32>,
    hypotheses: Hypotheses,
}

impl Data {
    /// Baskets of which `same` hold all of some items, and others lack some of them; rules over `in_rules` of them.
    fn new(items: u32, in_rules: u32, same: u32) -> Self {
        let lacking = (0..600).map(|basket| (0..items).filter(|item| (basket * 7 + item) % 5 != 0).collect::<Vec<_>>());
        let whole = (0..same).map(|_| (0..items).collect());
        let baskets = Transactions::from_rows(lacking.chain(whole)).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
        let (itemsets, closed) = (miner.mine(&baskets).unwrap(), miner.mine_closed(&baskets).unwrap());
        let in_rules: Vec<u32> = (0..in_rules).collect();
        let builder = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any);
        let builder = builder.antecedents_from(&in_rules).consequents_from(&in_rules);
        let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
        Data { baskets, itemsets, closed, rules, hypotheses }
    }

    /// All calls that take options, each as text.
    fn calls(&self) -> Vec<(&'static str, Call<'_>)> {
        let Data { baskets, itemsets, closed, rules, hypotheses } = self;
        let holm = Correction::Holm;
        #[allow(unused_mut)]
        let mut calls: Vec<(&'static str, Call<'_>)> = vec![
            (
                "generate",
                Box::new(move |options| {
                    text(itemsets.rules().consequents(Consequents::Any).run_options(options).generate())
                }),
            ),
            ("redundancy", Box::new(move |options| text(rules.redundancy_with(itemsets, options)))),
            ("productivity", Box::new(move |options| text(rules.productivity_with(itemsets, options)))),
            (
                "productive",
                Box::new(move |options| text(rules.productive_with(itemsets, 0.05, holm, hypotheses, options))),
            ),
            (
                "adjusted_p_values",
                Box::new(move |options| text(rules.adjusted_p_values_with(holm, hypotheses, options))),
            ),
            ("significant", Box::new(move |options| text(rules.significant_with(0.05, holm, hypotheses, options)))),
            ("evaluate", Box::new(move |options| text(rules.evaluate_with(baskets, options)))),
            ("drift", Box::new(move |options| text(rules.drift_with(baskets, baskets, options)))),
            ("confirmed_by", Box::new(move |options| text(rules.confirmed_by_with(baskets, 0.05, holm, options)))),
            (
                "clusters",
                Box::new(move |options| text(rules.clusters_with(baskets, 0.9, options).map(|groups| groups.len()))),
            ),
            ("rule_basis", Box::new(move |options| text(itemsets.rule_basis_with(0.1, options)))),
            ("expand", Box::new(move |options| text(closed.expand_with(options).map(|all| all.len())))),
        ];
        #[cfg(feature = "random")]
        calls.extend([
            (
                "swap_test",
                Box::new(move |options: &RunOptions| {
                    text(rules.swap_test_with(baskets, itemset::Measure::Lift, 5, 1, options))
                }) as Call<'_>,
            ),
            (
                "stability",
                Box::new(move |options: &RunOptions| text(rules.stability_with(baskets, &hold_out(), options))),
            ),
        ]);
        calls
    }
}

#[cfg(feature = "random")]
fn hold_out() -> itemset::HoldOut {
    itemset::HoldOut::new(0.5).splits(5).alpha(0.3)
}

type Call<'a> = Box<dyn Fn(&RunOptions) -> Result<String, Error> + 'a>;

fn text(result: Result<impl Debug, Error>) -> Result<String, Error> {
    result.map(|result| format!("{result:?}"))
}

#[test]
fn cancelled_token_ends_every_call() {
    let token = CancelToken::new();
    token.cancel();
    for (name, call) in Data::new(5, 5, 0).calls() {
        let error = call(&RunOptions::new().cancel_token(&token)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{name}: {error}");
    }
}

#[test]
fn zero_time_limit_ends_every_call() {
    for (name, call) in Data::new(5, 5, 0).calls() {
        let error = call(&RunOptions::new().time_limit(Duration::ZERO)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{name}: {error}");
    }
}

#[test]
fn cancel_ends_calls_in_the_middle() {
    for (name, call) in Data::new(13, 9, 1).calls() {
        for &threads in threads() {
            let token = CancelToken::new();
            let (cancels, heard) = (token.clone(), Arc::new(Mutex::new(0.0)));
            let hears = Arc::clone(&heard);
            let options = RunOptions::new().threads(threads).cancel_token(&token).on_progress(move |fraction| {
                *hears.lock().unwrap() = fraction;
                cancels.cancel();
            });
            let error = call(&options).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Cancelled), "{name}: {error}");
            let heard = *heard.lock().unwrap();
            assert!(heard > 0.0 && heard < 1.0, "{name} was cancelled at {heard}");
        }
    }
}

#[test]
fn progress_rises_to_one() {
    for (name, call) in Data::new(8, 6, 1).calls() {
        for &threads in threads() {
            let heard = Arc::new(Mutex::new(Vec::new()));
            let hears = Arc::clone(&heard);
            let listens = move |fraction| hears.lock().unwrap().push(fraction);
            call(&RunOptions::new().threads(threads).on_progress(listens)).unwrap();
            let heard = heard.lock().unwrap();
            assert!(heard.len() > 1 && heard.is_sorted_by(|a, b| a < b), "{name}: {heard:?}");
            assert_eq!(heard.last(), Some(&1.0), "{name}");
        }
    }
}

/// And as the calls without options give it.
#[test]
fn threads_do_not_change_results() {
    let data = Data::new(8, 6, 1);
    let one = |name: &str, threads| {
        let calls = data.calls();
        let (_, call) = calls.iter().find(|(other, _)| *other == name).unwrap();
        call(&RunOptions::new().threads(threads)).unwrap()
    };
    for (name, call) in data.calls() {
        let expected = call(&RunOptions::new()).unwrap();
        for &threads in threads() {
            assert!(one(name, threads) == expected, "{name} on {threads} threads");
        }
    }
    let Data { baskets, itemsets, closed, rules, hypotheses } = &data;
    assert_eq!(text(Ok(rules.evaluate(baskets))).unwrap(), one("evaluate", 1));
    assert_eq!(text(Ok(rules.drift(baskets, baskets))).unwrap(), one("drift", 1));
    assert_eq!(text(Ok(rules.adjusted_p_values(Correction::Holm, hypotheses))).unwrap(), one("adjusted_p_values", 1));
    assert_eq!(text(rules.redundancy(itemsets)).unwrap(), one("redundancy", 1));
    assert_eq!(&closed.expand().unwrap(), itemsets);
    #[cfg(feature = "random")]
    {
        assert_eq!(text(rules.swap_test(baskets, itemset::Measure::Lift, 5, 1)).unwrap(), one("swap_test", 1));
        assert_eq!(text(rules.stability(baskets, &hold_out())).unwrap(), one("stability", 1));
    }
}

#[test]
fn too_little_memory_is_an_error() {
    for (name, call) in Data::new(8, 6, 1).calls() {
        let error = call(&RunOptions::new().max_memory(100)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{name}: {error}");
        assert!(error.to_string().contains("memory"), "{name}: {error}");
    }
}

#[test]
fn no_threads_are_an_error() {
    for (name, call) in Data::new(5, 5, 0).calls() {
        let error = call(&RunOptions::new().threads(0)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "threads", .. }), "{name}: {error}");
    }
}

fn threads() -> &'static [usize] {
    if cfg!(feature = "rayon") { &[1, 2] } else { &[1] }
}
