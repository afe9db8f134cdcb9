//! Results do not depend on threads, and searches fit on small stacks.

use itemset::{Consequents, MinSupport, Miner, Target, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};
use crate::variants::{ENGINES, THREADS};

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn results_do_not_depend_on_threads(rows in databases(), min_count in 1..5u64) {
        let baskets = encode(&rows);
        for &algorithm in ENGINES {
            let miner = Miner::new().algorithm(algorithm).min_support(MinSupport::count(min_count)).min_confidence(0.0).consequents(Consequents::Any).max_len(4);
            let one = miner.clone().threads(1).rules(&baskets).unwrap();
            let alone = miner.clone().threads(1).mine(&baskets).unwrap();
            for &threads in &THREADS[1..] {
                let several = miner.clone().threads(threads);
                prop_assert_eq!(&several.mine(&baskets).unwrap(), &alone);
                prop_assert_eq!(several.mine(&baskets).unwrap().statistics().threads, threads);
                prop_assert_eq!(several.count(&baskets).unwrap(), miner.clone().threads(1).count(&baskets).unwrap());
                prop_assert_eq!(&several.rules(&baskets).unwrap(), &one);
            }
        }
        // The best share what they know, and what one thread finds too late another may find in time.
        for k in [1, 2, 7, 40] {
            for target in [Target::All, Target::Closed, Target::Maximal, Target::Generators] {
                let best = |threads| {
                    let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(threads);
                    let best = miner.search(&baskets).target(target).top_k(k).collect().unwrap();
                    let listed = best.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count()));
                    listed.collect::<Vec<(Vec<_>, u64)>>()
                };
                let alone = best(1);
                for &threads in &THREADS[1..] {
                    prop_assert_eq!(&best(threads), &alone);
                }
            }
        }
    }
}

/// Runs `work` in a pool of threads with a quarter of a MiB of stack each.
fn on_small_stacks<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    rayon::ThreadPoolBuilder::new().num_threads(4).stack_size(256 << 10).build().unwrap().install(work)
}

/// A basket of 600 items among short ones.
fn one_long_basket() -> Transactions<u32> {
    let short = (0..2000u32).map(|row| (0..1 + row % 12).map(|place| (row * 37 + place * place * 11) % 600).collect());
    Transactions::from_rows(std::iter::once((0..600).collect::<Vec<u32>>()).chain(short)).unwrap()
}

#[test]
fn long_basket_fits_on_small_stacks() {
    let baskets = one_long_basket();
    let found: Vec<_> = ENGINES
        .iter()
        .map(|&algorithm| {
            let miner = Miner::new().algorithm(algorithm).min_support(MinSupport::count(2));
            let alone = miner.clone().threads(1).mine(&baskets).unwrap();
            let together = on_small_stacks(|| {
                assert_eq!(miner.count(&baskets).unwrap().total(), alone.len() as u128);
                miner.mine(&baskets).unwrap()
            });
            assert_eq!(together, alone);
            assert_eq!(together.statistics().threads, 4);
            let rules = alone.rules().min_confidence(0.9).generate().unwrap();
            assert_eq!(on_small_stacks(|| alone.rules().min_confidence(0.9).generate().unwrap()), rules);
            alone
        })
        .collect();
    assert_eq!(found[0], found[1]);
    assert!(found[0].by_len().len() >= 10);
}

#[test]
fn basket_of_100_000_items_fits_on_small_stacks() {
    let baskets = Transactions::from_rows(std::iter::once(0..100_000u32)).unwrap();
    for &algorithm in ENGINES {
        let miner = Miner::new().algorithm(algorithm).min_support(MinSupport::count(1)).max_len(1);
        let (itemsets, counts) = on_small_stacks(|| (miner.mine(&baskets).unwrap(), miner.count(&baskets).unwrap()));
        assert_eq!((itemsets.len(), counts.by_len()), (100_000, &[100_000][..]));
    }
}

#[test]
fn pool_of_the_caller_is_used() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let baskets = one_long_basket();
    let miner = Miner::new().min_support(MinSupport::count(3));
    assert_eq!(pool.install(|| miner.mine(&baskets).unwrap().statistics().threads), 3);
    let own = miner.threads(2);
    assert_eq!(pool.install(|| own.mine(&baskets).unwrap().statistics().threads), 2);
}

#[test]
fn one_miner_serves_several_threads() {
    let baskets = one_long_basket();
    let miner = Miner::new().min_support(MinSupport::count(2)).threads(2);
    let alone = miner.mine(&baskets).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(miner.mine(&baskets).unwrap(), alone));
        }
    });
}

/// A thread of one pool that waits for another pool must not stack more of its own pool's work meanwhile.
#[test]
fn pool_inside_a_pool_does_not_stack_work() {
    use rayon::prelude::*;
    let baskets = Transactions::from_rows((0..200u32).map(|row| [row % 5, 5 + row % 7, 12 + row % 3])).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(2)).min_confidence(0.1).threads(2);
    let expected = miner.rules(&baskets).unwrap();
    let same = on_small_stacks(|| (0..300).into_par_iter().all(|_| miner.rules(&baskets).unwrap() == expected));
    assert!(same);
}
