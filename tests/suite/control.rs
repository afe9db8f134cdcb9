//! Cancelling and time limits end calls, and change nothing otherwise.

use std::time::Duration;

use itemset::{Algorithm, CancelToken, Consequents, Error, ErrorKind, MinSupport, Miner, Target, Transactions};

use crate::variants::{ENGINES, FEW_THREADS};

/// Each basket lacks another one of `items` items: nearly 2^items itemsets, none a perfect extension of another.
fn explosive(items: u32) -> Transactions<u32> {
    Transactions::from_rows((0..items).map(|lacks| (0..items).filter(move |&item| item != lacks))).unwrap()
}

fn is_cancelled<T>(result: Result<T, Error>) -> bool {
    matches!(result.map(|_| ()).unwrap_err().kind(), ErrorKind::Cancelled)
}

fn is_late<T>(result: Result<T, Error>) -> bool {
    matches!(result.map(|_| ()).unwrap_err().kind(), ErrorKind::TimeLimit { .. })
}

/// `ended` of the result of every call that searches.
fn all_end<R>(miner: &Miner, baskets: &Transactions<u32>, ended: impl Fn(Result<(), Error>) -> R) -> Vec<R> {
    let mut ends = Vec::new();
    for &algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        ends.push(ended(miner.mine(baskets).map(|_| ())));
        ends.push(ended(miner.count(baskets).map(|_| ())));
        ends.push(ended(miner.rules(baskets).map(|_| ())));
    }
    ends.push(ended(miner.mine_closed(baskets).map(|_| ())));
    ends.push(ended(miner.mine_maximal(baskets).map(|_| ())));
    ends.push(ended(miner.mine_generators(baskets).map(|_| ())));
    ends.push(ended(miner.search(baskets).target(Target::Closed).count().map(|_| ())));
    ends.push(ended(miner.suggest_min_support(baskets, 1_000_000).map(|_| ())));
    ends.push(ended(miner.estimate_itemsets(baskets).map(|_| ())));
    ends.push(ended(miner.mine_partial(baskets).map(|_| ())));
    ends
}

#[test]
fn cancelled_token_ends_every_call() {
    let token = CancelToken::new();
    token.cancel();
    let miner = Miner::new().min_support(MinSupport::count(1)).cancel_token(&token);
    for &threads in FEW_THREADS {
        let miner = miner.clone().threads(threads);
        assert!(all_end(&miner, &explosive(12), is_cancelled).into_iter().all(|cancelled| cancelled));
    }
    let itemsets = Miner::new().min_support(MinSupport::count(1)).threads(1).mine(&explosive(12)).unwrap();
    let miner = Miner::new().min_confidence(0.0).consequents(Consequents::Any).cancel_token(&token).threads(1);
    assert!(is_cancelled(miner.rules_of(&itemsets)));
}

/// Without a limit these calls would take years, or more memory than there is.
#[test]
fn time_limit_and_cancel_stop_endless_search() {
    let miner = Miner::new().min_support(MinSupport::count(1));
    for &threads in FEW_THREADS {
        let miner = miner.clone().threads(threads);
        let limited = miner.clone().time_limit(Duration::from_millis(30));
        assert!(is_late(limited.count(&explosive(60))));
        assert!(is_late(limited.mine_closed(&explosive(60))));
        assert!(is_late(limited.mine_generators(&explosive(60))));
        assert!(is_late(limited.clone().algorithm(Algorithm::FpGrowth).count(&explosive(60))));
        assert!(is_late(limited.suggest_min_support(&explosive(60), u64::MAX)));
        let token = CancelToken::new();
        std::thread::scope(|scope| {
            let search = scope.spawn(|| miner.clone().cancel_token(&token).count(&explosive(60)).map(|_| ()));
            std::thread::sleep(Duration::from_millis(30));
            token.cancel();
            assert!(is_cancelled(search.join().unwrap()));
        });
    }
}

#[test]
fn unused_token_and_limit_do_not_change_results() {
    let baskets = explosive(11);
    let plain = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.5).consequents(Consequents::Any);
    let token = CancelToken::new();
    let watched = plain.clone().cancel_token(&token).time_limit(Duration::MAX);
    for &algorithm in ENGINES {
        let (plain, watched) = (plain.clone().algorithm(algorithm), watched.clone().algorithm(algorithm));
        assert_eq!(plain.mine(&baskets).unwrap(), watched.mine(&baskets).unwrap());
        assert_eq!(plain.count(&baskets).unwrap(), watched.count(&baskets).unwrap());
        assert_eq!(plain.rules(&baskets).unwrap(), watched.rules(&baskets).unwrap());
    }
    assert_eq!(plain.mine_closed(&baskets).unwrap(), watched.mine_closed(&baskets).unwrap());
    // A miner whose token was cancelled can be used again with another token.
    token.cancel();
    assert!(is_cancelled(watched.mine(&baskets)));
    assert!(watched.cancel_token(&CancelToken::new()).mine(&baskets).is_ok());
}

#[test]
fn time_limit_error_names_the_limit() {
    let late = Miner::new().min_support(MinSupport::count(1)).time_limit(Duration::ZERO);
    let error = late.threads(1).mine(&explosive(12)).unwrap_err();
    let &ErrorKind::TimeLimit { limit, done, .. } = error.kind() else { panic!("{error}") };
    assert!(limit == Duration::ZERO && (0.0..1.0).contains(&done));
    assert_eq!(
        error.to_string(),
        format!(
            "time_limit of 0ns reached with about {:.0} % of the work done: raise the minimum support or the limit",
            100.0 * done
        )
    );
}

/// However little time there is, a partial result holds all itemsets that are frequent at the threshold that it names.
#[test]
fn partial_result_is_complete_above_its_threshold() {
    let baskets = Transactions::from_rows(
        (0..200u32).map(|row| (0..12).filter(move |item| (row * 7 + item * item) % (item + 2) > 0)),
    );
    let baskets = baskets.unwrap();
    let miner = Miner::new().min_support(MinSupport::count(2));
    let all = miner.mine(&baskets).unwrap();
    for &algorithm in ENGINES {
        for micros in [0, 10, 100, 300, 1000, 3000, 10_000, 100_000, u64::MAX] {
            let timed = miner.clone().algorithm(algorithm).time_limit(Duration::from_micros(micros));
            let partial = timed.mine_partial(&baskets).unwrap();
            let from = partial.complete_from();
            assert_eq!((partial.asked(), partial.is_complete()), (2, from == 2));
            assert_eq!(partial.limit().is_none(), partial.is_complete());
            assert_eq!(partial.get(), &Miner::new().min_support(MinSupport::count(from)).mine(&baskets).unwrap());
            if micros == u64::MAX {
                assert!(partial.is_complete() && partial.get() == &all);
            }
            // A limit on what is collected holds as well.
            let partial = timed.max_itemsets(20).mine_partial(&baskets).unwrap();
            assert!(partial.get().len() <= 20 && !partial.is_complete());
            let from = MinSupport::count(partial.complete_from());
            assert_eq!(partial.get(), &Miner::new().min_support(from).mine(&baskets).unwrap());
        }
    }
    let none = Transactions::<u32>::from_rows(Vec::<Vec<u32>>::new()).unwrap();
    let partial = miner.time_limit(Duration::ZERO).mine_partial(&none).unwrap();
    assert!(partial.is_complete() && partial.get().is_empty());
}
