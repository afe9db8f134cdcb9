//! How far each call scales with threads: its work, its span, and what 2 to 64 threads would take.
//!
//! ```text
//! cargo bench --features synth,__bench --bench scaling
//! ```
//!
//! The threads are simulated on one: every parallel step is cut as for that many threads, its tasks run one after the
//! other, and each is given to the thread that would be free first. So the figures are those of a machine whose memory is
//! as fast for all threads as for one. The first figure of a column holds if no task is divided, the second if those of
//! searches, which donate parts of themselves, can be divided anywhere; the truth lies between. Two real threads stand
//! beside. The minimum of several runs counts.
//!
//! With `ITEMSET_DATA` set to a folder whose `data/` has the files of the FIMI repository, those are mined, otherwise
//! generated baskets. `-- --test` measures once each, on those, and `-- closed` only the rows with that in their names.

#![allow(missing_docs)]

mod shapes;

use std::time::{Duration, Instant};

use itemset::__bench::{Scaling, simulate};
use itemset::{
    Consequents, Constraints, Correction, Error, Measure, MinSupport, Miner, RunOptions, Target, Transactions,
};

const THREADS: [usize; 4] = [4, 8, 16, 64];

/// Real data: a name, a threshold.
const FILES: [(&str, u64); 5] =
    [("retail", 20), ("retail", 5), ("T10I4D100K", 10), ("T40I10D100K", 500), ("accidents15k", 2500)];

/// A call that takes a while; its result is dropped within it.
type Call<'a> = (&'static str, Box<dyn Fn() -> Result<(), Error> + 'a>);

fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let test = arguments.iter().any(|argument| argument == "--test");
    let runs = if test { 1 } else { 5 };
    let wanted = arguments.iter().find(|argument| !argument.starts_with("--"));
    println!(
        "{:<34} {:>10} {:>10} {:>10} {:>6}  {}",
        "call",
        "work",
        "sequential",
        "span",
        "2 real",
        THREADS.map(|threads| format!("{:>14}", format!("{threads} threads"))).join("")
    );
    for (name, baskets, min_count) in data(test)? {
        let miner = Miner::new().min_support(MinSupport::count(min_count)).max_memory(u64::MAX);
        for (call, run) in calls(&baskets, &miner)? {
            let name = format!("{name}, {min_count}, {call}");
            if wanted.is_none_or(|wanted| name.contains(wanted)) {
                report(&name, runs, &*run)?;
            }
        }
    }
    Ok(())
}

fn data(test: bool) -> Result<Vec<(String, Transactions<u32>, u64)>, Error> {
    let Some(folder) = std::env::var_os("ITEMSET_DATA").filter(|_| !test) else {
        return Ok(shapes::all().into_iter().map(|of| (of.name.to_string(), of.baskets, of.min_count)).collect());
    };
    let read = |(name, min_count): (&str, u64)| {
        let path = std::path::Path::new(&folder).join("data").join(format!("{name}.dat"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let rows = text.lines().map(|line| line.split_whitespace().filter_map(|item| item.parse().ok()));
        Ok((name.to_string(), Transactions::from_rows(rows)?, min_count))
    };
    FILES.into_iter().map(read).collect()
}

fn calls<'a>(baskets: &'a Transactions<u32>, miner: &'a Miner) -> Result<Vec<Call<'a>>, Error> {
    let itemsets = miner.mine(baskets)?;
    let rules = itemsets.rules().min_confidence(0.5).generate()?;
    let hypotheses = itemsets.rules().min_confidence(0.5).hypotheses();
    let options = RunOptions::new();
    let some: Vec<u32> = baskets.dictionary().iter().take(8).map(|(_, &label)| label).collect();
    let constraints = Constraints::new().at_most_one_of(some);
    let target = |target: Target| -> Box<dyn Fn() -> Result<(), Error> + 'a> {
        Box::new(move || miner.search(baskets).target(target).count().map(drop))
    };
    let (all, made) = (std::rc::Rc::new(itemsets), std::rc::Rc::new(rules));
    let (of, tested, evaluated, sorted) = (all.clone(), made.clone(), made.clone(), made.clone());
    let redundant = (all.clone(), made);
    Ok(vec![
        ("count", Box::new(move || miner.count(baskets).map(drop)) as Box<dyn Fn() -> Result<(), Error>>),
        ("mine", Box::new(move || miner.mine(baskets).map(drop))),
        ("closed", target(Target::Closed)),
        ("maximal", target(Target::Maximal)),
        ("generators", target(Target::Generators)),
        ("the best 1000", Box::new(move || miner.mine_top_k(baskets, 1000).map(drop))),
        ("constrained", Box::new(move || miner.search(baskets).constraints(&constraints).count().map(drop))),
        ("rules", Box::new(move || of.rules().min_confidence(0.5).generate().map(drop))),
        ("evaluate", Box::new(move || evaluated.evaluate_with(baskets, &options).map(drop))),
        ("significant", Box::new(move || tested.significant(0.05, Correction::Layered, &hypotheses).map(drop))),
        ("redundancy", Box::new(move || redundant.1.redundancy(&redundant.0).map(drop))),
        (
            "top 100 rules",
            Box::new(move || {
                drop(sorted.top(100, Measure::Lift));
                Ok(())
            }),
        ),
        (
            "rules of any size",
            Box::new(move || all.rules().consequents(Consequents::Any).min_confidence(0.9).generate().map(drop)),
        ),
    ])
}

fn report(name: &str, runs: usize, call: &dyn Fn() -> Result<(), Error>) -> Result<(), Error> {
    let mut real = Duration::MAX;
    let mut simulated = vec![Scaling::default(); THREADS.len()];
    for run in 0..runs {
        let begin = Instant::now();
        call()?;
        real = real.min(begin.elapsed());
        for (threads, best) in THREADS.into_iter().zip(&mut simulated) {
            let (result, scaling) = simulate(threads, call);
            result?;
            if run == 0 || scaling.work < best.work {
                *best = scaling;
            }
        }
    }
    let last = simulated[THREADS.len() - 1];
    let millis = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
    let faster = |time: Duration, work: Duration| work.as_secs_f64() / time.as_secs_f64().max(1e-9);
    let columns = simulated.iter().map(|of| {
        format!("{:>14}", format!("{:.1} to {:.1}", faster(of.undivided, of.work), faster(of.divided, of.work)))
    });
    println!(
        "{name:<34} {:>10} {:>9.1}% {:>10} {:>6.2}  {}",
        millis(simulated[0].work),
        100.0 * last.sequential.as_secs_f64() / last.work.as_secs_f64().max(1e-9),
        millis(last.span),
        faster(real, simulated[0].work),
        columns.collect::<String>()
    );
    Ok(())
}
