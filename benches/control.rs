//! How long a call goes on after it was cancelled: the longest of many tries, for every engine, target and rule making.
//!
//! ```text
//! cargo bench --features synth --bench control
//! ```
//!
//! Not a criterion benchmark, as the worst case counts and not the mean. `-- --test` tries once each, and
//! `-- fp-growth` runs only the calls with that in their names.

#![allow(missing_docs)]

use std::time::{Duration, Instant};

use itemset::synth::Quest;
use itemset::{Algorithm, CancelToken, Consequents, Error, ErrorKind, MinSupport, Miner, Target, Transactions};

/// Tries of each call.
const TRIES: u32 = 50;

/// A call that takes a while.
type Call = Box<dyn Fn(&Miner) -> Result<(), Error> + Sync>;

fn main() {
    let tries = if std::env::args().any(|argument| argument == "--test") { 1 } else { TRIES };
    let rows = Quest::new().transactions(100_000).transaction_len(40.0).pattern_len(10.0).rows();
    let baskets = Transactions::from_rows(rows.expect("the settings are valid")).expect("there is room");
    let dense = Transactions::from_rows((0..60u32).map(|lacks| (0..60).filter(move |&item| item != lacks)));
    let dense = dense.expect("there is room");
    let itemsets = Miner::new().min_support(MinSupport::count(600)).mine(&baskets).expect("there is room");

    println!(
        "latency of cancelling, the worst of {tries} (Quest T40I10D100K at 100; 60 baskets that lack one of 60 items each, at 1)"
    );
    for threads in if cfg!(feature = "rayon") { &[1, 2][..] } else { &[1] } {
        for (name, baskets, min_count) in [("quest", &baskets, 100), ("dense", &dense, 1)] {
            let baskets = baskets.clone();
            let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(*threads);
            for &algorithm in &Algorithm::ALL[1..] {
                let miner = miner.clone().algorithm(algorithm);
                let of = baskets.clone();
                let count: Call = Box::new(move |miner| miner.count(&of).map(drop));
                report(&format!("{name} count {algorithm}"), *threads, &miner, tries, &count);
                let of = baskets.clone();
                let mine: Call = Box::new(move |miner| miner.mine(&of).map(drop));
                report(&format!("{name} mine {algorithm}"), *threads, &miner, tries, &mine);
            }
            for &target in &Target::ALL[1..] {
                let of = baskets.clone();
                let count: Call = Box::new(move |miner| miner.search(&of).target(target).count().map(drop));
                report(&format!("{name} count {target}"), *threads, &miner, tries, &count);
            }
        }
        // They would not fit in memory: without a limit only the token ends the call.
        let miner =
            Miner::new().min_confidence(0.0).consequents(Consequents::Any).max_memory(u64::MAX).threads(*threads);
        let of = itemsets.clone();
        let rules: Call = Box::new(move |miner| miner.rules_of(&of).map(drop));
        report("quest rules", *threads, &miner, tries, &rules);
    }
}

/// Whether a call was requested.
fn is_asked_for(name: &str) -> bool {
    let mut asked = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    asked.peek().is_none() || asked.any(|part| name.contains(&part))
}

/// Cancels a call many times, after waits that cover the first 0.3 seconds, or the whole call if that is shorter.
fn report(name: &str, threads: usize, miner: &Miner, tries: u32, call: &Call) {
    if !is_asked_for(name) {
        return;
    }
    let limited = miner.clone().time_limit(Duration::from_millis(300));
    let start = Instant::now();
    let _ = call(&limited);
    let longest = start.elapsed();
    let (mut worst, mut cancelled) = (Duration::ZERO, 0);
    for attempt in 0..tries {
        let token = CancelToken::new();
        let miner = miner.clone().cancel_token(&token);
        let (end, result) = std::thread::scope(|scope| {
            let running = scope.spawn(|| {
                let result = call(&miner);
                (Instant::now(), result)
            });
            std::thread::sleep(longest.mul_f64((f64::from(attempt) + 0.5) / f64::from(tries)));
            let told = Instant::now();
            token.cancel();
            let (ended, result) = running.join().expect("no call panics");
            (ended.saturating_duration_since(told), result)
        });
        if result.is_err_and(|error| matches!(error.kind(), ErrorKind::Cancelled)) {
            cancelled += 1;
            worst = worst.max(end);
        }
    }
    println!("{name:<28} {threads} threads  {:>8.2} ms  ({cancelled} cancelled)", worst.as_secs_f64() * 1e3);
}
