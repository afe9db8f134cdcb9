//! Which recommender is best for these baskets? Every policy over rules, and what shops run today, on baskets that
//! nothing was learned from.
//!
//! ```text
//! cargo run --release --example recommend
//! cargo run --release --example recommend -- FILE [options]
//! cargo run --release --example recommend -- --help
//! ```
//!
//! Without a file: the sample supermarket, with its customers and times if the feature `synth` is on. The table is written to standard output, with 95 % intervals; the rest says by
//! how much the best policy beats each base line. An error is one line on standard error. The exit status is 0 if
//! everything was done, 1 if the file could not be used, and 2 if the options are wrong.

#[path = "recommend/data.rs"]
mod data;
#[path = "recommend/table.rs"]
mod table;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use itemset::io::Delimiter;
use itemset::recommend::{
    ItemToItem, ItemToItemLine, NextBasket, PersonalPopularity, Policy, Popularity, PopularityMix, Recommend, Relation,
    Trial,
};
use itemset::{Error, Measure, MinSupport, Miner};

use data::{Data, Failure};
use table::Line;

/// Compares recommenders on a file of baskets, or on the sample supermarket.
#[derive(Debug, Parser)]
#[command(name = "recommend")]
struct Arguments {
    /// The file; without one, the sample supermarket
    file: Option<PathBuf>,

    /// Layout of the file: baskets, or `{"user": [[items], [items], ...], ...}` as next-basket benchmarks have it
    #[arg(long, value_enum, default_value = "basket")]
    format: Format,

    /// What separates items: `whitespace`, `tab` or a character [default: `,` for .csv, otherwise whitespace]
    #[arg(long, allow_hyphen_values = true)]
    delimiter: Option<Delimiter>,

    /// next-basket: a file of the same form with the baskets to be found; the other one is all history
    #[arg(long, value_name = "FILE")]
    future: Option<PathBuf>,

    /// Length of the lists
    #[arg(long, default_value_t = 10)]
    k: usize,

    /// What is held out [default: leave-one-out; last-basket for next-basket files]
    #[arg(long, value_enum)]
    split: Option<Split>,

    /// leave-one-out: the fraction of the baskets that is held out; time: the fraction of the baskets that is last
    #[arg(long, value_name = "F", default_value_t = 0.2)]
    test: f64,

    /// The seed of what is drawn
    #[arg(long, default_value_t = 1)]
    seed: u64,

    /// Smallest support of the rules, as a fraction of the baskets that are learned from [default: 10 baskets]
    #[arg(long, value_name = "F")]
    min_support: Option<f64>,

    /// Smallest confidence of the rules
    #[arg(long, value_name = "F", default_value_t = 0.01)]
    min_confidence: f64,

    /// After the run, a JSON object on one line as the last line of standard error
    #[arg(long, value_enum)]
    summary: Option<Summary>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Basket,
    NextBasket,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Split {
    LeaveOneOut,
    LastBasket,
    Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Summary {
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Input(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(1)
        }
        Err(Failure::Options(message)) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let data = Data::read(arguments)?;
    let in_options = |error: Error| Failure::Options(error.to_string());
    let trial = data.trial(arguments)?.k(arguments.k).seed(arguments.seed);
    let (lines, rules) = evaluate(&trial, arguments).map_err(in_options)?;
    let learned =
        format!("{} baskets to learn from, {rules} rules, {} cases", trial.training().len(), trial.cases().len());
    let text = format!("{learned}\n\n{}", table::text(&lines).map_err(in_options)?);
    match std::io::stdout().write_all(text.as_bytes()) {
        // The reader has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.map_err(|error| Failure::Input(format!("standard output: {error}")))?,
    }
    if rules == 0 {
        eprintln!("hint: there are no rules, so no policy recommends anything: lower --min-support");
    }
    if arguments.summary.is_some() {
        eprintln!("{}", table::to_json(&lines, trial.cases().iter().any(|case| !case.shopper().history().is_empty())));
    }
    Ok(())
}

/// The base lines, then the policies, and the number of rules.
fn evaluate(trial: &Trial<String>, arguments: &Arguments) -> Result<(Vec<Line>, usize), Error> {
    let training = trial.training();
    let mut lines = Vec::new();
    let mut add = |name: String, is_policy: bool, recommender: &dyn Recommend<String>| {
        let outcome = trial.evaluate(recommender)?;
        lines.push(Line { name, is_policy, outcome });
        Ok::<(), Error>(())
    };
    add("popularity".into(), false, &Popularity::new(training))?;
    if trial.cases().iter().any(|case| !case.shopper().history().is_empty()) {
        add("personal-popularity".into(), false, &PersonalPopularity)?;
        add("popularity-mix".into(), false, &PopularityMix::new(training))?;
        let histories = trial.cases().iter().map(|case| case.shopper().history());
        add("next-basket".into(), false, &NextBasket::fit(histories, arguments.k)?)?;
    }
    let pairs = ItemToItem::from_transactions(training)?;
    add("item-to-item".into(), false, &ItemToItemLine::new(pairs.clone(), Measure::Cosine))?;
    add("item-to-item-llr".into(), false, &ItemToItemLine::new(pairs, Relation::LogLikelihood))?;
    let min_support = arguments.min_support.map_or(MinSupport::count(10), MinSupport::from);
    let rules = Miner::new().min_support(min_support).mine(training)?;
    let rules = rules.rules().min_confidence(arguments.min_confidence).generate()?;
    // Margins are not in the file.
    for &policy in Policy::ALL.iter().filter(|&&policy| policy != Policy::ExpectedProfit) {
        add(policy.to_string(), true, &rules.recommender().policy(policy).fill(true).build()?)?;
    }
    Ok((lines, rules.len()))
}
