//! A search in groups, beside a single call: what counting, planning, dividing and joining take, what goes to the groups, and
//! how long the longest group searches. All on one thread.
//!
//! It prints a table. `sum` is what all groups take together; `longest` is what a cluster would wait for. With
//! `ITEMSET_DATA` set, also for real data.

use std::time::{Duration, Instant};

use itemset::distributed::{ItemCounts, MinePlan};
use itemset::io::BasketReader;
use itemset::synth::{Quest, Supermarket};
use itemset::{MinSupport, Miner, RunOptions, Transactions};

fn main() {
    // As the other benches do, to see that it runs.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let baskets = if is_test { 2_000 } else { 100_000 };
    println!(
        "| data | groups | single call | count | project | entries to groups | sum | longest | mean | join | on disk |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let shop =
        Supermarket::new().baskets(baskets).sales().map(|sale| sale.goods.iter().map(ToString::to_string).collect());
    let shop = Transactions::from_rows(shop.collect::<Vec<Vec<String>>>()).expect("few rows");
    compare("sample supermarket 0.1 %", &shop, baskets / 1000);
    let quest = Quest::new().transactions(baskets).rows().expect("valid settings");
    let quest = quest.map(|row| row.into_iter().map(|item| item.to_string()).collect());
    let quest = Transactions::from_rows(quest.collect::<Vec<Vec<String>>>()).expect("few rows");
    compare("Quest T10I4 0.1 %", &quest, baskets / 1000);
    if let (Ok(folder), false) = (std::env::var("ITEMSET_DATA"), is_test) {
        for (name, min_count) in [("retail", 20), ("T10I4D100K", 20), ("T40I10D100K", 1000), ("BMS1", 60)] {
            let baskets =
                BasketReader::new().read_file(format!("{folder}/data/{name}.dat")).expect("the file is there");
            compare(&format!("{name} {min_count}"), &baskets, min_count);
        }
    }
}

fn compare(name: &str, baskets: &Transactions<String>, min_count: u64) {
    let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(1);
    let options = RunOptions::new().threads(1);
    let (expected, single) = timed(|| miner.mine(baskets).expect("valid settings"));
    for groups in [1, 8, 97, 1000] {
        let (counts, count) = timed(|| {
            let mut counts = ItemCounts::new();
            for (basket, weight) in baskets.weighted() {
                counts.add_weighted(basket.iter().cloned(), weight.into()).expect("few baskets");
            }
            counts
        });
        let plan = MinePlan::new(&miner, &counts, groups).expect("valid settings");
        let ((prefixes, ends), project) = timed(|| {
            let (mut prefixes, mut ends) = (vec![Vec::new(); groups], vec![Vec::new(); groups]);
            let mut projector = plan.projector();
            for (basket, weight) in baskets.weighted() {
                for (group, prefix) in projector.project(basket.iter()) {
                    prefixes[group].extend_from_slice(prefix);
                    ends[group].push((prefixes[group].len(), weight));
                }
            }
            (prefixes, ends)
        });
        let (mut found, mut times) = (Vec::new(), Vec::new());
        for (group, (prefixes, ends)) in prefixes.iter().zip(&ends).enumerate() {
            let (itemsets, time) = timed(|| {
                let mut group = plan.group(group).expect("there is such a group");
                let mut start = 0;
                for &(end, weight) in ends {
                    group.push(&prefixes[start..end], weight.into()).expect("a prefix of the group");
                    start = end;
                }
                group.mine_with(&options).expect("valid settings")
            });
            found.push(itemsets);
            times.push(time);
        }
        let (joined, join) = timed(|| plan.join(&found).expect("all groups"));
        assert_eq!(joined, expected);
        let (written, on_disk) = timed(|| {
            let mut on_disk = plan.on_disk(None).expect("a temporary file");
            on_disk.add_transactions(baskets).expect("room for it");
            let written = on_disk.written();
            let found = on_disk.mine(&options).expect("valid settings");
            assert_eq!(plan.join(&found).expect("all groups"), expected);
            written
        });
        let sum: Duration = times.iter().sum();
        let longest = times.iter().max().copied().unwrap_or_default();
        let entries = prefixes.iter().map(Vec::len).sum::<usize>() as f64 / baskets.entries().max(1) as f64;
        println!(
            "| {name} | {groups} | {single:.1?} | {count:.1?} | {project:.1?} | {entries:.1} of each | {sum:.1?} | {longest:.1?} | \
             {:.1?} | {join:.1?} | {on_disk:.1?}, {:.1} MB |",
            sum / groups as u32,
            written as f64 / 1e6
        );
    }
}

fn timed<R>(work: impl FnOnce() -> R) -> (R, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}
