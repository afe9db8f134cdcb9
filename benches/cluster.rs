//! What a search in groups costs on a cluster: a model fitted to runs on this machine, and a simulated job of 10^10 baskets.
//!
//! ```text
//! cargo bench --features synth --bench cluster
//! cargo bench --features synth --bench cluster -- --nodes 20 --memory 256 --network 25 --baskets 1e9
//! ```
//!
//! 1. Searches in groups are measured, on one thread, for several sizes of each data set. Entries and bytes are exact.
//! 2. Coefficients are fitted to all sizes but the largest of each data set, which they then predict. The errors of that are
//!    printed.
//! 3. A sample is made as large as the job (`cluster_runs/scale_up.rs` says what is assumed), and runs on the cluster:
//!    tasks begin in their order where a core is free first.
//!
//! Options: `--nodes`, `--cores` (of a node), `--task-cores` (of a search; more where it needs more memory), `--memory` (GB of a node), `--java` (the share of it that Java takes),
//! `--network` (Gbit/s), `--disk` (GB/s), `--price` (of a core-hour), `--baskets`, `--bytes` (of a basket as text),
//! `--sorting` (MB of rows that a task sorts in memory), `--java-row` (microseconds of Java for a prefix, on either side of the
//! shuffle; that was measured on Spark 3.5, not here), `--runs` (of which the median counts). With `ITEMSET_DATA` set the data are those of the FIMI repository,
//! otherwise generated. `-- --test` is a small trial.

#![allow(missing_docs)]

mod cluster_model;
mod cluster_runs;

use std::process::ExitCode;

use cluster_model::job::{self, Costs, Outcome};
use cluster_model::least_squares::{fit, value};
use cluster_model::machines::Cluster;
use cluster_runs::data::{Data, Sample};
use cluster_runs::measure::{self, Run};
use cluster_runs::memory;
use cluster_runs::scale_up::{Scale, itemsets};
use itemset::Transactions;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == memory::ARGUMENT) {
        return match memory::measure() {
            Some(bytes) => {
                println!("{bytes}");
                ExitCode::SUCCESS
            }
            None => ExitCode::FAILURE,
        };
    }
    let test = arguments.iter().any(|argument| argument == "--test");
    let option = |name: &str, default: f64| {
        let place = arguments.iter().position(|argument| argument == &format!("--{name}"));
        let given = place.and_then(|place| arguments.get(place + 1)).map(|text| text.parse().expect("a number"));
        given.unwrap_or(default)
    };
    let cluster = Cluster {
        nodes: option("nodes", 100.0) as usize,
        cores: option("cores", 16.0) as usize,
        task_cores: option("task-cores", 1.0) as usize,
        memory: option("memory", 64.0) * 1e9,
        java: option("java", 0.5),
        network: option("network", 10.0) * 1e9 / 8.0,
        disk: option("disk", 1.0) * 1e9,
        price: option("price", 0.05),
    };
    let files = std::env::var_os("ITEMSET_DATA").is_some() && !test;
    let data: Vec<Source> = if files { Source::of_files() } else { Source::generated(test) };
    let runs = option("runs", if test { 1.0 } else { 3.0 }) as usize;
    let (mut all, mut from_disk) = (Vec::new(), Vec::new());
    // Generated data, of which there are more, have a part in the coefficients in any case.
    let more = if files { Source::generated(test) } else { Vec::new() };
    for source in data.iter().chain(&more) {
        let (runs, seconds) = measured(source, runs, test);
        all.extend(runs);
        from_disk.push(seconds);
    }
    println!();
    let costs = Costs { java_row: option("java-row", 1.0) * 1e-6, ..fitted(&all) };
    let (baskets, bytes, sorting) = (option("baskets", 1e10), option("bytes", 400.0), option("sorting", 400.0) * 1e6);
    println!("\n{cluster:?}, {baskets:.0e} baskets of {bytes} bytes\n");
    for (source, from_disk) in data.iter().zip(from_disk) {
        let entries = simulated(source, &costs, &cluster, (baskets, bytes, sorting), test);
        println!(
            "\nOne machine from disk, at a minimum support of {} and on one thread: {:.0} ns an entry, {:.0} hours.",
            source.shares[0],
            from_disk * 1e9,
            from_disk * entries / 3600.0
        );
    }
    ExitCode::SUCCESS
}

/// Baskets, and what is measured and simulated with them.
struct Source {
    data: Data,
    sizes: Vec<usize>,
    /// Minimum supports of the runs, and of the job, descending.
    shares: Vec<f64>,
    job: Vec<f64>,
    groups: Vec<usize>,
}

impl Source {
    fn of_files() -> Vec<Self> {
        let file = |name: &str, shares: [f64; 2], job: &[f64]| Source {
            data: Data::File(name.to_string()),
            sizes: vec![12_500, 35_000, 100_000],
            shares: shares.to_vec(),
            job: job.to_vec(),
            groups: vec![2, 8, 97, 1_000, 10_000],
        };
        vec![
            file("retail", [0.002, 0.0006], &[0.001, 0.0001, 0.00001]),
            file("T10I4D100K", [0.002, 0.0006], &[0.001, 0.0001, 0.00001]),
            file("T40I10D100K", [0.02, 0.008], &[0.01, 0.001]),
        ]
    }

    fn generated(test: bool) -> Vec<Self> {
        let sizes = if test { vec![1_000, 2_000, 4_000] } else { vec![50_000, 150_000, 450_000] };
        let groups = if test { vec![8, 97] } else { vec![2, 8, 97, 1_000] };
        let of = |data: Data| Source {
            data,
            sizes: sizes.clone(),
            shares: if test { vec![0.01, 0.005] } else { vec![0.002, 0.0005] },
            job: if test { vec![0.01, 0.001] } else { vec![0.001, 0.0001, 0.00001] },
            groups: groups.clone(),
        };
        vec![of(Data::Supermarket), of(Data::Quest)]
    }
}

/// The runs, and whether each is of the largest size; and the seconds an entry of one machine that mines from disk.
fn measured(source: &Source, runs: usize, test: bool) -> (Vec<(Run, bool)>, f64) {
    let name = source.data.name();
    let (mut all, mut from_disk) = (Vec::new(), 0.0);
    println!(
        "\n| {name}: baskets | min. support | groups | items | itemsets | count | project | search | longest / mean | join | \
         ranks sent | merged away | bytes a rank: Arrow | Spark | LZ4 | largest / mean | its peak |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (place, &baskets) in source.sizes.iter().enumerate() {
        let sample = Sample::new(source.data.rows(baskets));
        let counted = measure::counted(&sample, runs);
        let is_largest = place + 1 == source.sizes.len();
        for &share in &source.shares {
            let mut enough = false;
            for &groups in &source.groups {
                // More groups than items are the same search.
                if enough {
                    continue;
                }
                let run = measure::run(
                    &sample,
                    (&counted.0, counted.1),
                    share,
                    groups,
                    runs,
                    if test { groups == 8 } else { groups < 1_000 },
                );
                enough = groups as f64 >= run.frequent;
                print_run(&run);
                all.push((run, is_largest));
            }
        }
        if is_largest {
            from_disk = measure::from_disk(&sample, source.shares[0], runs) / sample.entries as f64;
        }
    }
    (all, from_disk)
}

fn print_run(run: &Run) {
    println!(
        "| {} | {} % | {} | {} | {} | {:.0} ms | {:.0} ms | {:.0} ms | {:.1} | {:.1} ms | {:.1} an entry | {:.1} % | {:.1} | \
         {:.1} | {:.1} | {:.1} | {} |",
        run.baskets,
        run.share * 100.0,
        run.groups,
        run.frequent,
        run.itemsets,
        run.count * 1e3,
        run.project * 1e3,
        run.search * 1e3,
        run.longest_over_mean,
        run.join * 1e3,
        run.sent.ranks / run.entries,
        100.0 * (1.0 - run.merged.ranks / run.sent.ranks.max(1.0)),
        run.arrow_bytes / run.merged.ranks.max(1.0),
        run.row_bytes / run.merged.ranks.max(1.0),
        run.row_bytes / run.merged.ranks.max(1.0) * run.compression,
        run.largest_over_mean,
        run.held.map_or_else(
            || "unknown".to_string(),
            |(kept, _, bytes)| format!("{:.1} MB, {:.0} a rank", bytes / 1e6, bytes / kept.ranks.max(1.0))
        ),
    );
}

/// Features, and what they are to give.
type Case = (Vec<f64>, f64);

/// The coefficients, from all sizes but the largest, which they predict.
fn fitted(runs: &[(Run, bool)]) -> Costs {
    println!("| what | features | coefficients | median error of the largest | worst |");
    println!("|---|---|---|---|---|");
    let of = |name: &str, features: &str, unit: f64, case: &dyn Fn(&Run) -> Option<Case>| {
        let cases = |largest: bool| -> Vec<Case> {
            runs.iter().filter(|&&(_, is_largest)| is_largest == largest).filter_map(|(run, _)| case(run)).collect()
        };
        let (known, unknown) = (cases(false), cases(true));
        let (of_known, values): (Vec<Vec<f64>>, Vec<f64>) = known.into_iter().unzip();
        let found = fit(&of_known, &values);
        let mut errors: Vec<f64> =
            unknown.iter().filter(|of| of.1 > 0.0).map(|(of, seen)| value(&found, of) / seen - 1.0).collect();
        errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
        let shown: Vec<String> = found.iter().map(|coefficient| format!("{:.3}", coefficient * unit)).collect();
        let percent =
            |error: Option<&f64>| error.map_or("none".to_string(), |error| format!("{:+.0} %", error * 100.0));
        println!(
            "| {name} | {features} | {} | {} | {} |",
            shown.join(", "),
            percent(errors.get(errors.len() / 2)),
            percent(errors.last())
        );
        // The job is larger still, so it takes those of the largest, for whom caches are as small.
        let (of_unknown, values): (Vec<Vec<f64>>, Vec<f64>) = unknown.into_iter().unzip();
        let found = fit(&of_unknown, &values);
        let shown: Vec<String> = found.iter().map(|coefficient| format!("{:.3}", coefficient * unit)).collect();
        println!("| the same, of the largest | | {} | | |", shown.join(", "));
        found
    };
    let counting = of("count, ns", "baskets, entries", 1e9, &|run| {
        Some((Costs::count_features(run.baskets, run.entries), run.count))
    });
    let projecting = of("project and merge, ns", "entries, prefixes, ranks", 1e9, &|run| {
        Some((Costs::project_features(run.entries, run.sent), run.project))
    });
    let searching = of("search of all groups, ns", "items × groups, prefixes, ranks, itemsets", 1e9, &|run| {
        Some((Costs::search_features(run.frequent * run.groups as f64, run.merged, run.itemsets), run.search))
    });
    of("join, ns", "itemsets", 1e9, &|run| Some((vec![run.itemsets], run.join)));
    of("prefixes sent", "those of groups drawn at random", 1.0, &|run| Some((vec![run.expected.rows], run.sent.rows)));
    of("ranks sent", "those of groups drawn at random", 1.0, &|run| Some((vec![run.expected.ranks], run.sent.ranks)));
    of("bytes as rows of Spark", "prefixes, ranks, both merged", 1.0, &|run| {
        Some((vec![run.merged.rows, run.merged.ranks], run.row_bytes))
    });
    let memory = of("peak of the largest group, bytes", "1, prefixes, ranks, itemsets", 1.0, &|run| {
        // The smallest are lost in the pages of the program.
        let (kept, found, bytes) = run.held.filter(|held| held.2 > 5e6)?;
        Some((Costs::memory_features(kept, found), bytes))
    });
    Costs { counting, projecting, searching, memory, java_row: 0.0 }
}

/// Prints what the job takes, and returns its entries.
fn simulated(
    source: &Source,
    costs: &Costs,
    cluster: &Cluster,
    (baskets, bytes, sorting): (f64, f64, f64),
    test: bool,
) -> f64 {
    let size = *source.sizes.last().expect("there are sizes");
    let sample = Sample::new(source.data.rows(size));
    let (counts, _) = measure::counted(&sample, 1);
    let texts = sample.tables.concat();
    let found = itemsets(&Sample::read(&texts) as &Transactions<String>, &counts, &source.job);
    println!(
        "\n| {}: min. support | items | itemsets | groups | count | project | shuffle | search | longest first | even | shuffled | \
         LZ4 | a node | sorted on disk | largest group | cores a task | its entries | longest / mean | weighed | core-hours | money | fits |",
        source.data.name()
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (&share, itemsets) in source.job.iter().zip(&found) {
        for groups in if test { vec![10, 100] } else { vec![100, 1_000, 10_000, 100_000] } {
            let job = Scale { sample: &sample, counts: &counts, share, itemsets, baskets, bytes }.job(groups);
            let largest = job::run(&job, costs, cluster, sorting).largest;
            let cluster = cluster.with_room(largest);
            let outcome = job::run(&job, costs, &cluster, sorting);
            print_outcome((share, job.frequent, itemsets.total(), groups), &outcome, &cluster);
        }
    }
    sample.entries as f64 * baskets / sample.baskets as f64
}

fn print_outcome((share, items, itemsets, groups): (f64, f64, f64, usize), outcome: &Outcome, cluster: &Cluster) {
    let mut faults = Vec::new();
    let mut tell = |number: usize, what: &str| {
        if number > 0 {
            faults.push(format!("{number} {what}"));
        }
    };
    tell(outcome.without_memory, "without memory");
    tell(outcome.too_many_entries, "beyond 2^32 entries");
    tell(outcome.too_many_itemsets, "beyond 2^32 itemsets");
    let fits = if outcome.succeeds() { "yes".to_string() } else { faults.join(", ") };
    println!(
        "| {} % | {items} | {itemsets:.2e} | {groups} | {:.0} s | {:.0} s | {:.0} s | {:.0} s | {:.0} s | {:.0} s | {:.1} TB | {:.1} TB | \
         {:.0} GB | {:.1} TB | {:.2} GB | {} | {:.1e} | {:.1} | {} | {:.0} | {:.0} | {fits} |",
        share * 100.0,
        outcome.count,
        outcome.project,
        outcome.shuffle,
        outcome.search,
        outcome.search_longest_first,
        outcome.search_even,
        outcome.shuffled / 1e12,
        outcome.compressed / 1e12,
        outcome.compressed / cluster.nodes as f64 / 1e9,
        outcome.spilled / 1e12,
        outcome.largest / 1e9,
        cluster.task_cores,
        outcome.most_entries,
        outcome.longest_over_mean,
        outcome.weighed,
        cluster.core_hours(outcome.seconds()),
        cluster.money(outcome.seconds()),
    );
}
