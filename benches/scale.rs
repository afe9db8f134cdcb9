//! Time and memory against the size of the data: Quest baskets (T10I4), mined at 0.1 % on one thread.
//!
//! ```text
//! cargo bench --features synth --bench scale
//! cargo bench --features synth --bench scale -- --write 16000000 > baskets.dat
//! ```
//!
//! The second command writes baskets as lines of text, for searches on disk (`mine --on-disk`).
//!
//! Each size runs in a process of its own, so that peaks of memory are separate. The time is from the rows, which are
//! generated one by one, to the count of all frequent itemsets.

#![allow(missing_docs)]

use std::fmt::Display;
use std::io::{BufWriter, Write as _};
use std::process::{Command, ExitCode};
use std::time::Instant;

use itemset::synth::Quest;
use itemset::{Error, Miner, Transactions};

/// Baskets.
const SIZES: [u64; 5] = [1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--write") {
        let Some(baskets) = arguments.get(place + 1).and_then(|baskets| baskets.parse().ok()) else {
            eprintln!("--write needs the number of baskets");
            return ExitCode::FAILURE;
        };
        return exit(write(baskets));
    }
    if let Some(baskets) = arguments.first().and_then(|baskets| baskets.parse().ok()) {
        return exit(measure(baskets).map(|line| println!("{line}")));
    }
    let shrink = if arguments.iter().any(|argument| argument == "--test") { 1_000 } else { 1 };
    println!("  baskets    entries    itemsets  generated   encoded     mined      peak");
    for baskets in SIZES.map(|baskets| baskets / shrink) {
        let program = std::env::current_exe().expect("a running program has a path");
        if !Command::new(program).arg(baskets.to_string()).status().is_ok_and(|status| status.success()) {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// How the program ends; what failed is told.
fn exit(done: Result<(), impl Display>) -> ExitCode {
    done.map_or_else(
        |error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Writes baskets to the standard output, one per line.
fn write(baskets: u64) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    for row in Quest::new().transactions(baskets).rows()? {
        let line: Vec<String> = row.iter().map(u32::to_string).collect();
        writeln!(out, "{}", line.join(" "))?;
    }
    Ok(out.flush()?)
}

fn measure(baskets: u64) -> Result<String, Error> {
    let quest = Quest::new().transactions(baskets);
    let start = Instant::now();
    let entries: usize = quest.rows()?.map(|row| row.len()).sum();
    let generated = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let mut builder = Transactions::builder();
    builder.extend(quest.rows()?);
    let transactions = builder.build()?;
    let encoded = start.elapsed().as_secs_f64() - generated;

    let start = Instant::now();
    let counts = Miner::new().min_support(0.001).threads(1).count(&transactions)?;
    let mined = start.elapsed().as_secs_f64();
    let peak = peak_mib().map_or_else(|| "unknown".to_string(), |mib| format!("{mib} MiB"));
    Ok(format!(
        "{baskets:>9}  {entries:>9}  {:>10}  {generated:>7.2} s  {encoded:>6.2} s  {mined:>6.2} s  {peak:>8}",
        counts.total()
    ))
}

/// The most memory that the process has held, if the system reports it (Linux).
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib / 1024)
}
