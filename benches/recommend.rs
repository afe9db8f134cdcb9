//! Recommending from a million rules, beside a plain scan of all rules and a hash join of antecedents (every subset of
//! the basket is looked up); making the index; item to item in place.
//!
//! Before the benchmarks it prints what single baskets take, as quantiles: a service is judged by its slow answers.

mod shapes;

use std::collections::{HashMap, HashSet};
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use itemset::recommend::{ItemToItem, Recommender, Request, Scratch};
use itemset::synth::Quest;
use itemset::{Consequents, Measure, MinSupport, Miner, Rules, RunOptions, Transactions};

/// The longest basket that is asked about.
const LONGEST: usize = 20;

struct Data {
    rules: Rules<u32>,
    baskets: Vec<Vec<u32>>,
}

/// About a million rules with sides of 1 to 4 items, and baskets that were not mined.
fn data() -> Data {
    let quest = Quest::new().transactions(120_000).transaction_len(12.0).pattern_len(4.0).patterns(20_000).items(2_000);
    let mut rows: Vec<Vec<u32>> = quest.rows().expect("the settings are valid").collect();
    let mut baskets = rows.split_off(100_000);
    baskets.iter_mut().for_each(|row| row.truncate(LONGEST));
    let mined = Transactions::from_rows(rows).expect("few rows");
    let itemsets =
        Miner::new().min_support(MinSupport::count(MIN_COUNT)).max_len(8).mine(&mined).expect("valid settings");
    let builder = itemsets.rules().consequents(Consequents::Any).antecedent_len(1..=4).consequent_len(1..=4);
    let rules = builder.min_confidence(0.2).generate().expect("valid settings");
    // The best by support, if there are more: those that fire most.
    let rules = rules.sorted_by(Measure::Count).head(RULES);
    Data { rules, baskets }
}

/// Baskets with an itemset, in [`data`].
const MIN_COUNT: u64 = 10;

const RULES: usize = 1_000_000;

fn quantiles(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let mean = times.iter().sum::<Duration>() / times.len() as u32;
    println!("{name}: median {:?}, 99 % {:?}, slowest {:?}, mean {mean:?}", at(0.5), at(0.99), at(1.0));
}

/// The time of each basket, and how many rules fire.
fn single_baskets(recommender: &Recommender<u32>, baskets: &[Vec<u32>]) {
    let (mut scratch, request) = (Scratch::new(), Request::new(10));
    // The fastest of some rounds, as other programs may interrupt one. The first warms up.
    let mut times = vec![Duration::MAX; baskets.len()];
    for _ in 0..5 {
        for (basket, time) in baskets.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(recommender.recommend_in(&mut scratch, black_box(basket), &request).len());
            *time = start.elapsed().min(*time);
        }
    }
    let fired: Vec<usize> = baskets.iter().map(|basket| recommender.fired(basket).len()).collect();
    let mut of_time: Vec<(usize, Duration)> = fired.iter().copied().zip(times.iter().copied()).collect();
    of_time.sort_unstable();
    let many: Vec<_> = of_time.iter().filter(|(fired, _)| *fired > 200).collect();
    let (rules, nanos) =
        many.iter().fold((0, 0), |(rules, nanos), (fired, time)| (rules + fired, nanos + time.as_nanos()));
    println!(
        "rules fired: median {}, 90 % {}, most {}; where more than 200 fire: {} baskets, {:.1} ns a rule",
        of_time[of_time.len() / 2].0,
        of_time[of_time.len() * 9 / 10].0,
        of_time[of_time.len() - 1].0,
        many.len(),
        nanos as f64 / rules.max(1) as f64
    );
    let few = of_time.iter().filter(|(fired, _)| *fired <= 200).map(|(_, time)| *time).collect();
    quantiles("baskets that fire up to 200 rules", few);
    quantiles("all baskets", times);
}

/// The rules and the recommender from a file in the page cache, checked and ready.
#[cfg(feature = "snapshot")]
fn snapshots(criterion: &mut Criterion, rules: &Rules<u32>, recommender: &Recommender<u32>) {
    use itemset::snapshot::{Snapshot, SnapshotReader};

    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, snapshot: Snapshot| {
        let path = folder.path().join(name);
        snapshot.write_file(&path).expect("room on the disk");
        let bytes = std::fs::metadata(&path).expect("it was written").len();
        println!("snapshot of {name}: {:.1} bytes a rule", bytes as f64 / rules.len() as f64);
        path
    };
    let of_rules = file("rules", Snapshot::new().rules(rules));
    let of_recommender = file("recommender", Snapshot::new().recommender(recommender));
    let mut group = criterion.benchmark_group("snapshot/1 million rules");
    group.throughput(Throughput::Elements(rules.len() as u64));
    group.bench_function("load rules", |bencher| {
        bencher.iter(|| SnapshotReader::open(&of_rules).and_then(|file| file.rules::<u32>()).expect("it is whole"));
    });
    group.bench_function("load recommender", |bencher| {
        let load = || SnapshotReader::open(&of_recommender).and_then(|file| file.recommender::<u32>());
        bencher.iter(|| load().expect("it is whole"));
    });
}

fn recommending(criterion: &mut Criterion) {
    let Data { rules, baskets } = data();
    let start = Instant::now();
    let recommender = rules.recommender().build().expect("the default settings are valid");
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} rules, {:.1} bytes a rule, built at {:.1} million rules a second",
        rules.len(),
        recommender.memory_usage() as f64 / rules.len() as f64,
        rules.len() as f64 / seconds / 1e6
    );
    single_baskets(&recommender, &baskets);
    #[cfg(feature = "snapshot")]
    snapshots(criterion, &rules, &recommender);

    let mut group = criterion.benchmark_group("recommend/1 million rules");
    group.throughput(Throughput::Elements(rules.len() as u64));
    group.bench_function("build", |bencher| {
        bencher.iter(|| black_box(rules.recommender().build()));
    });
    group.throughput(Throughput::Elements(baskets.len() as u64));
    let request = Request::new(10);
    group.bench_function("recommend", |bencher| {
        let mut scratch = Scratch::new();
        bencher.iter(|| {
            let found =
                |basket: &Vec<u32>, scratch: &mut Scratch| recommender.recommend_in(scratch, basket, &request).len();
            baskets.iter().map(|basket| found(basket, &mut scratch)).sum::<usize>()
        });
    });
    let today = Transactions::from_rows(baskets.iter().cloned()).expect("few rows");
    for threads in [1, 2] {
        let options = RunOptions::new().threads(threads);
        group.bench_function(format!("batch, {threads} threads"), |bencher| {
            bencher.iter(|| black_box(recommender.recommend_batch(&today, &request, &options)));
        });
    }

    // The rivals find the same rules; they are slow, so they get few baskets.
    let few: Vec<HashSet<u32>> = baskets.iter().take(20).map(|basket| basket.iter().copied().collect()).collect();
    let fired: usize = baskets.iter().take(20).map(|basket| recommender.fired(basket).len()).sum();
    let sides: Vec<(Vec<u32>, Vec<u32>)> =
        rules.iter().map(|rule| (rule.antecedent().copied().collect(), rule.consequent().copied().collect())).collect();
    group.throughput(Throughput::Elements(few.len() as u64));
    group.bench_function("plain scan", |bencher| {
        let fires = |basket: &HashSet<u32>, (x, y): &(Vec<u32>, Vec<u32>)| {
            x.iter().all(|item| basket.contains(item)) && !y.iter().all(|item| basket.contains(item))
        };
        let scan = || few.iter().map(|basket| sides.iter().filter(|rule| fires(basket, rule)).count()).sum::<usize>();
        assert_eq!(scan(), fired);
        bencher.iter(|| black_box(scan()));
    });
    let mut joined: HashMap<&[u32], Vec<usize>> = HashMap::new();
    sides.iter().enumerate().for_each(|(rule, (x, _))| joined.entry(&x[..]).or_default().push(rule));
    group.bench_function("hash join", |bencher| {
        let join = || {
            few.iter().map(|basket| {
                let mut sorted: Vec<u32> = basket.iter().copied().collect();
                sorted.sort_unstable();
                let mut fires = 0;
                subsets(&sorted, 4, &mut Vec::new(), &mut |x| {
                    let rules = joined.get(x).map_or(&[][..], Vec::as_slice);
                    fires +=
                        rules.iter().filter(|&&rule| !sides[rule].1.iter().all(|item| basket.contains(item))).count();
                });
                fires
            })
        };
        assert_eq!(join().sum::<usize>(), fired);
        bencher.iter(|| black_box(join().sum::<usize>()));
    });
    group.finish();
}

/// All subsets of one to `longest` items.
fn subsets(items: &[u32], longest: usize, chosen: &mut Vec<u32>, each: &mut impl FnMut(&[u32])) {
    for (place, &item) in items.iter().enumerate() {
        chosen.push(item);
        each(chosen);
        if chosen.len() < longest {
            subsets(&items[place + 1..], longest, chosen, each);
        }
        chosen.pop();
    }
}

/// A basket of 10 items is added and forgotten.
fn item_to_item(criterion: &mut Criterion) {
    let baskets = Transactions::from_rows(shapes::retail(40_000)).expect("few rows");
    let mut pairs = ItemToItem::from_transactions(&baskets).expect("few baskets");
    let tens = baskets.iter().filter(|basket| basket.len() == 10);
    let tens: Vec<Vec<u32>> = tens.map(|basket| basket.iter().copied().collect()).collect();
    let (mut added, mut forgotten) = (Vec::new(), Vec::new());
    for basket in &tens {
        let start = Instant::now();
        pairs.add(basket.iter().copied()).expect("there is room");
        added.push(start.elapsed());
    }
    for basket in &tens {
        let start = Instant::now();
        pairs.forget(basket).expect("it was added");
        forgotten.push(start.elapsed());
    }
    quantiles("a basket of 10 items is added", added);
    quantiles("a basket of 10 items is forgotten", forgotten);

    let mut group = criterion.benchmark_group("recommend/item to item");
    group.throughput(Throughput::Elements(tens.len() as u64));
    group.bench_function("add and forget", |bencher| {
        bencher.iter(|| {
            for basket in &tens {
                pairs.add(basket.iter().copied()).expect("there is room");
                pairs.forget(basket).expect("it was added");
            }
        });
    });
    let few = &tens[..tens.len().min(50)];
    group.throughput(Throughput::Elements(few.len() as u64));
    group.bench_function("recommend by cosine", |bencher| {
        bencher.iter(|| few.iter().map(|basket| pairs.recommend(basket, 10, Measure::Cosine).len()).sum::<usize>());
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = recommending, item_to_item
}
criterion_main!(benches);
