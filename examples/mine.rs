//! Finds frequent itemsets and association rules in a file of baskets, on the command line.
//!
//! ```text
//! cargo run --release --example mine -- FILE [options]
//! cargo run --release --example mine -- --help
//! ```
//!
//! Itemsets or rules are written to standard output or to a file; an error is one line on standard error. The exit
//! status is 0 if everything was done, 1 if the input or the output could not be used, and 2 if the options are wrong.

#[path = "mine/advice.rs"]
mod advice;
#[path = "mine/arguments.rs"]
mod arguments;
#[path = "mine/deadline.rs"]
mod deadline;
#[path = "mine/describe.rs"]
mod describe;
#[path = "mine/failure.rs"]
mod failure;
#[path = "mine/incomplete.rs"]
mod incomplete;
#[path = "mine/json_paths.rs"]
mod json_paths;
#[path = "mine/on_disk.rs"]
mod on_disk;
#[path = "mine/output.rs"]
mod output;
#[path = "mine/patterns.rs"]
mod patterns;
#[path = "mine/progress.rs"]
mod progress;
#[path = "mine/report.rs"]
mod report;
#[path = "mine/stream.rs"]
mod stream;
#[path = "mine/summary.rs"]
mod summary;
#[path = "mine/table.rs"]
mod table;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use itemset::io::{ReadReport, RuleColumn};
use itemset::{
    Constraints, Error, FrequentItemsets, Hypotheses, Limit, MinSupport, Miner, Partial, Redundancy, Rules, Target,
    Transactions,
};

use advice::{advice, advice_on_json};
use arguments::{Arguments, Test, Threshold, text_of};
use deadline::Deadline;
use failure::{Failure, cannot_be_partial, in_options, say};
use incomplete::Adjusted;
use output::Destination;
use patterns::{Found, len};
use progress::Progress;
use report::Pictures;
use stream::Writing;
use summary::Summary;

fn main() -> ExitCode {
    let mut arguments = match Arguments::from_command_line() {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    if !arguments.can_be_partial() {
        cannot_be_partial();
    }
    let deadline = Deadline::start(arguments.time_limit, arguments.allow_partial);
    let result = run(&mut arguments, deadline);
    deadline.complete();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: &mut Arguments, deadline: &Deadline) -> Result<(), Failure> {
    // Before the work, so that an output that cannot be written is an error at once.
    let destination = Destination::new(arguments.output.as_deref())?;
    let mut pictures = Pictures::new(arguments)?;
    let progress = Progress::new(arguments.quiet);
    let mut summary = Summary::default();
    let stages = Stages { progress: &progress, deadline };

    progress.stage("reading");
    arguments.read_recipe()?;
    if arguments.passes.on_disk {
        let found = on_disk::find(arguments, &stages, &mut summary)?;
        summary.by_len = found.by_len(arguments.min_len);
        return write(arguments, &found, pictures, destination, &stages, summary);
    }
    let baskets = match arguments.shapes() {
        true => shape(arguments, &progress, &mut summary)?,
        false => {
            let baskets = read(arguments, &progress, &mut summary)?;
            refine(arguments, baskets, &progress, &mut summary)?
        }
    };
    let arguments = &*arguments;

    let miner = miner(arguments, &progress);
    if arguments.stream {
        deadline.begin("mining and writing");
        return stream(arguments, &deadline.limit(&miner), &baskets, destination, &progress, summary);
    }
    let found = find(arguments, &miner, &baskets, &stages, &mut pictures, &mut summary)?;
    summary.by_len = found.by_len(arguments.min_len);
    let is_explained = arguments.finds_itemsets() && arguments.recipes.incomplete.is_none();
    if summary.patterns() == 0 && !arguments.quiet && is_explained {
        explain_empty(arguments, &deadline.limit(&miner), &baskets, &progress);
    }
    // Only the encoded form is needed from here on; the results share the labels.
    drop(baskets);
    write(arguments, &found, pictures, destination, &stages, summary)
}

/// Writes what was found.
fn write(
    arguments: &Arguments,
    found: &Found,
    pictures: Pictures,
    destination: Destination,
    &Stages { progress, deadline }: &Stages<'_>,
    mut summary: Summary,
) -> Result<(), Failure> {
    progress.stage("writing");
    deadline.begin("writing");
    let start = Instant::now();
    pictures.write()?;
    let mut output = destination.open()?;
    if output.is_terminal() {
        progress.end();
    }
    let written = if arguments.count {
        writeln!(output, "{}", summary.patterns()).map_err(|error| Failure::of_output(output.name(), &error))
    } else {
        found.write(arguments, &mut output)
    };
    let written = written.and_then(|()| output.finish());
    // With the time that the report took.
    summary.seconds.write += start.elapsed();
    progress.end();

    // Whoever closed the pipe may still want the summary.
    if matches!(written, Ok(()) | Err(Failure::ClosedPipe)) && arguments.summary.is_some() {
        say(summary.to_json());
    }
    written
}

/// The baskets. Says what was skipped, and if the file looks like something else.
fn read(arguments: &Arguments, progress: &Progress, summary: &mut Summary) -> Result<Transactions<String>, Failure> {
    let start = Instant::now();
    let (baskets, items, report) = if arguments.passes.two_pass {
        read_twice(arguments, progress).map_err(|error| Failure::of_input(&arguments.reading.input_name(), &error))?
    } else {
        let read = arguments.reading.read(arguments.threads);
        // That it is JSON says more than where it is no text with quotes.
        if let (Err(_), false) = (&read, arguments.quiet)
            && let Some(advice) = advice_on_json(&arguments.reading)
        {
            progress.say(advice);
        }
        let (baskets, report) = read?;
        let items = baskets.dictionary().len();
        (baskets, items, report)
    };
    summary.seconds.read = start.elapsed();
    (summary.transactions, summary.items) = (baskets.len(), items);
    if let Some(report) = &report {
        say_skipped(arguments, report, progress);
    }
    if let Some(advice) = Some(()).filter(|()| !arguments.quiet).and_then(|()| advice(&arguments.reading)) {
        progress.say(advice);
    }
    summary.report = report;
    Ok(baskets)
}

/// The baskets of a table with their context. Says what of the table is in none.
fn shape(
    arguments: &mut Arguments,
    progress: &Progress,
    summary: &mut Summary,
) -> Result<Transactions<String>, Failure> {
    let start = Instant::now();
    let saved = arguments.recipes.save_recipe.as_deref().map(|path| Destination::new(Some(path))).transpose()?;
    let (shaped, recipe, read) = arguments.shape()?;
    arguments.place_kinds(&shaped)?;
    if let Some(saved) = saved {
        let (text, mut output) = (text_of(&recipe)?, saved.open()?);
        output.write_all(text.as_bytes()).map_err(|error| Failure::of_output(output.name(), &error))?;
        output.finish_before_the_end()?;
    }
    summary.seconds.read = start.elapsed();
    let told = [(read.rows_skipped() > 0, read.to_string()), (true, format!("{}\n{recipe}", shaped.report()))];
    for (_, report) in told.iter().filter(|(is_told, _)| *is_told && !arguments.quiet) {
        progress.say(format!("{}: {}", arguments.reading.input_name(), indented(report)));
    }
    summary.report = Some(read);
    summary.shaped(&recipe, shaped.report());
    summary.refined(shaped.taxonomy(), shaped.report().sample);
    let baskets = arguments.take_baskets(shaped)?;
    (summary.transactions, summary.items) = (baskets.len(), baskets.dictionary().len());
    Ok(baskets)
}

/// The baskets with their categories, or a sample of them, by options that all formats have. Says so, and what a sample
/// promises.
fn refine(
    arguments: &Arguments,
    baskets: Transactions<String>,
    progress: &Progress,
    summary: &mut Summary,
) -> Result<Transactions<String>, Failure> {
    let start = Instant::now();
    let (baskets, sample) = arguments.refine(baskets)?;
    let tree = arguments.recipes.tree.as_ref().map(|tree| format!("with a taxonomy of {} items", tree.labels().len()));
    let told = tree.into_iter().chain(sample.map(|sample| sample.to_string()));
    for told in told.filter(|_| !arguments.quiet) {
        progress.say(format!("{}: {told}", arguments.reading.input_name()));
    }
    summary.refined(arguments.recipes.tree.as_ref(), sample);
    summary.seconds.read += start.elapsed();
    summary.transactions = baskets.len();
    Ok(baskets)
}

/// The baskets with the items that can be frequent, the number of all items, and what was read. Says what that takes
/// before the second pass.
fn read_twice(
    arguments: &Arguments,
    progress: &Progress,
) -> Result<(Transactions<String>, usize, Option<ReadReport>), Error> {
    let counted = arguments.two_pass().count()?;
    if !arguments.quiet {
        let needs = counted.needs(min_support(arguments))?;
        progress.say(format!("{}: {needs}", arguments.reading.input_name()));
    }
    let (baskets, report) = counted.read(min_support(arguments))?;
    // As many as a u32 numbers.
    Ok((baskets, counted.items() as usize, Some(report)))
}

/// Says what was skipped, if anything was.
fn say_skipped(arguments: &Arguments, report: &ReadReport, progress: &Progress) {
    if report.rows_skipped() > 0 && !arguments.quiet {
        progress.say(format!("{}: {}", arguments.reading.input_name(), indented(&report.to_string())));
    }
}

/// A text whose further lines are indented.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// Writes itemsets as they are found. The summary then shows all the time as searching.
fn stream(
    arguments: &Arguments,
    miner: &Miner,
    baskets: &Transactions<String>,
    destination: Destination,
    progress: &Progress,
    mut summary: Summary,
) -> Result<(), Failure> {
    let mut output = destination.open()?;
    if output.is_terminal() {
        progress.end();
    }
    progress.measured_stage("mining");
    let start = Instant::now();
    let mut writing = Writing::new(arguments, baskets.len() as u64, &mut output)?;
    let streamed = miner.stream(baskets, &mut writing)?;
    let written = writing.finish();
    let written = written.and_then(|by_len| output.finish().map(|()| by_len));
    summary.seconds.mine = start.elapsed();
    progress.end();
    if let Some(statistics) = streamed.statistics() {
        summary.searched(streamed.min_count(), statistics);
    }
    summary.by_len = written?;
    if summary.patterns() == 0 && !arguments.quiet {
        explain_empty(arguments, miner, baskets, progress);
    }
    if arguments.summary.is_some() {
        say(summary.to_json());
    }
    Ok(())
}

/// Explains why nothing was found, if the threshold is the reason.
fn explain_empty(arguments: &Arguments, miner: &Miner, baskets: &Transactions<String>, progress: &Progress) {
    // Items that are not frequent were not kept.
    if arguments.passes.two_pass {
        return;
    }
    // The best k have no threshold that could be too high.
    let has_threshold = arguments.rules || arguments.top_k.is_none();
    let miner = if has_threshold { miner.clone() } else { miner.clone().min_support(MinSupport::count(1)) };
    // A hint that takes too long is not worth waiting for.
    let Ok(why) = miner.explain_empty(baskets) else { return };
    let asks_for_pairs = arguments.rules || arguments.min_len > 1;
    if !why.has_item() || asks_for_pairs && !why.has_pair() {
        progress.end();
        say(why);
    }
}

fn min_support(arguments: &Arguments) -> MinSupport {
    match arguments.threshold() {
        Threshold::Fraction(fraction) => MinSupport::fraction(fraction),
        Threshold::Count(count) => MinSupport::count(count),
    }
}

fn miner(arguments: &Arguments, progress: &Progress) -> Miner {
    let mut miner = Miner::new().min_support(min_support(arguments)).algorithm(arguments.algorithm);
    if let Some(max_len) = arguments.max_len {
        miner = miner.max_len(max_len);
    }
    if let Some(threads) = arguments.threads {
        miner = miner.threads(threads);
    }
    if let Some(itemsets) = arguments.max_itemsets {
        miner = miner.max_itemsets(itemsets);
    }
    if let Some(bytes) = arguments.max_memory {
        miner = miner.max_memory(bytes);
    }
    match progress.listener() {
        Some(listener) => miner.on_progress(listener),
        None => miner,
    }
}

/// Where a run is, for the progress bar and the time limit.
struct Stages<'a> {
    progress: &'a Progress,
    deadline: &'a Deadline,
}

impl Stages<'_> {
    fn begin(&self, part: &'static str) {
        self.progress.measured_stage(part);
        self.deadline.begin(part);
    }
}

/// Items that a description lists.
const DESCRIBED_ITEMS: usize = 20;

fn find(
    arguments: &Arguments,
    miner: &Miner,
    baskets: &Transactions<String>,
    stages: &Stages<'_>,
    pictures: &mut Pictures,
    summary: &mut Summary,
) -> Result<Found, Failure> {
    if let Some(baskets) = &arguments.recipes.incomplete {
        stages.begin("mining");
        let start = Instant::now();
        let found = Adjusted::find(arguments, baskets, &stages.deadline.limit(miner), summary)?;
        summary.seconds.mine = start.elapsed();
        return Ok(Found::Adjusted(found));
    }
    if arguments.rules {
        return find_rules(arguments, miner, baskets, stages, pictures, summary);
    }
    stages.begin(if arguments.describe { "describing" } else { "mining" });
    let start = Instant::now();
    let miner = &stages.deadline.limit(miner);
    if arguments.describe {
        let description = baskets.describe_with(arguments.top_k.unwrap_or(DESCRIBED_ITEMS), miner.options())?;
        summary.seconds.mine = start.elapsed();
        return Ok(Found::Description(Box::new(description)));
    }
    if let Some(itemsets) = arguments.suggest {
        let suggestion = miner.suggest_min_support(baskets, itemsets)?;
        summary.seconds.mine = start.elapsed();
        summary.suggested(&suggestion);
        return Ok(Found::Suggestion(suggestion));
    }
    if arguments.estimate {
        let estimate = miner.estimate_itemsets(baskets)?;
        summary.seconds.mine = start.elapsed();
        return Ok(Found::Estimate(estimate));
    }
    // Counting has no limit but time, and only collected results can be partial when the time is over.
    let is_cut = arguments.allow_partial && arguments.time_limit.is_some();
    let counts = arguments.count && !is_cut && arguments.top_k.is_none();
    if arguments.chooses_itemsets() || counts {
        // Any engine counts all itemsets, of which the summary leaves out the short ones.
        let constraints = if arguments.chooses_itemsets() { arguments.constraints() } else { Constraints::new() };
        let search = miner.search(baskets).target(arguments.target).constraints(&constraints);
        if counts {
            let counts = search.count()?;
            summary.seconds.mine = start.elapsed();
            summary.searched(counts.min_count(), counts.statistics());
            return Ok(Found::Counts(counts));
        }
        let found = match arguments.top_k {
            Some(k) => search.top_k(k).collect()?,
            None => search.collect()?,
        };
        summary.seconds.mine = start.elapsed();
        summary.searched(found.min_count(), found.statistics());
        return Ok(Found::Chosen(found));
    }
    let found = match arguments.target {
        Target::Closed => Found::Closed(miner.mine_closed(baskets)?),
        Target::Maximal => Found::Maximal(miner.mine_maximal(baskets)?),
        Target::Generators => Found::Generators(miner.mine_generators(baskets)?),
        _ if arguments.allow_partial => Found::Itemsets(mine_partial(arguments, miner, baskets, stages, summary)?.0),
        _ => Found::Itemsets(miner.mine(baskets)?),
    };
    summary.seconds.mine = start.elapsed();
    let (min_count, statistics) = match &found {
        Found::Itemsets(found) => (found.min_count(), found.statistics()),
        Found::Closed(found) => (found.min_count(), found.statistics()),
        Found::Maximal(found) => (found.min_count(), found.statistics()),
        Found::Generators(found) => (found.min_count(), found.statistics()),
        _ => return Ok(found),
    };
    summary.searched(min_count, statistics);
    Ok(found)
}

/// What is frequent within the limits, and which limit was reached, which it also says.
fn mine_partial(
    arguments: &Arguments,
    miner: &Miner,
    baskets: &Transactions<String>,
    stages: &Stages<'_>,
    summary: &mut Summary,
) -> Result<(FrequentItemsets<String>, Option<String>), Failure> {
    let partial = miner.mine_partial(baskets)?;
    let reached = (!partial.is_complete()).then(|| partial_message(&partial, arguments));
    if let Some(reached) = &reached {
        summary.is_partial = true;
        stages.progress.end();
        say(reached);
    }
    Ok((partial.into_inner(), reached))
}

/// Which limit was reached, by the options' names. The search had what was left of the time.
fn partial_message(partial: &Partial<FrequentItemsets<String>>, arguments: &Arguments) -> String {
    let text = in_options(&partial.to_string());
    match (partial.limit(), arguments.time_limit) {
        (Some(Limit::Time(left)), Some(limit)) => text.replace(&format!("{left:?}"), &limit.as_secs_f64().to_string()),
        _ => text,
    }
}

fn find_rules(
    arguments: &Arguments,
    miner: &Miner,
    baskets: &Transactions<String>,
    stages: &Stages<'_>,
    pictures: &mut Pictures,
    summary: &mut Summary,
) -> Result<Found, Failure> {
    let [explored, held_out] = hold_out(arguments, baskets)?;
    let baskets = explored.as_ref().unwrap_or(baskets);
    stages.begin("mining");
    let start = Instant::now();
    let limited = || stages.deadline.limit(miner);
    let (itemsets, partial) = match arguments.allow_partial {
        true => mine_partial(arguments, &limited(), baskets, stages, summary)?,
        false => (
            match &arguments.recipes.tree {
                Some(tree) => tree.mine(&limited(), baskets)?,
                None => limited().mine_for_rules(baskets, |rules| arguments.configure(rules))?,
            },
            None,
        ),
    };
    summary.seconds.mine = start.elapsed();
    summary.searched(itemsets.min_count(), itemsets.statistics());

    let Made { rules, redundancy, hypotheses } =
        make_rules(arguments, miner, &itemsets, held_out.as_ref(), stages, summary)?;
    if arguments.pictures.is_given() {
        stages.begin("making the report");
        let start = Instant::now();
        let miner = &limits_of_rules(arguments, miner, stages);
        pictures.make(arguments, miner, baskets, &rules, &hypotheses, partial)?;
        summary.seconds.write = start.elapsed();
    }
    Ok(Found::Rules(rules, redundancy))
}

/// Rules, and what was compared to choose them.
struct Made {
    rules: Rules<String>,
    redundancy: Option<Vec<Redundancy>>,
    hypotheses: Hypotheses,
}

/// The miner that makes rules: what is made within a limit is made whole.
fn limits_of_rules(arguments: &Arguments, miner: &Miner, stages: &Stages<'_>) -> Miner {
    if arguments.allow_partial { miner.clone() } else { stages.deadline.limit(miner) }
}

/// The rules of itemsets, those that were asked for.
fn make_rules(
    arguments: &Arguments,
    miner: &Miner,
    itemsets: &FrequentItemsets<String>,
    held_out: Option<&Transactions<String>>,
    stages: &Stages<'_>,
    summary: &mut Summary,
) -> Result<Made, Failure> {
    stages.begin("making rules");
    let start = Instant::now();
    let builder = arguments.configure(itemsets.rules());
    let hypotheses = builder.hypotheses().with_lengths(arguments.min_len..);
    let miner = &limits_of_rules(arguments, miner, stages);
    let mut rules = miner.generate_rules(builder)?;
    // Before the tests, which are then about these rules alone, and before the best are taken.
    if arguments.min_len > 1 {
        rules = rules.filter(|rule| len(rule) >= arguments.min_len);
    }
    if let Some(Test { alpha, correction }) = arguments.test() {
        stages.begin("testing rules");
        let options = miner.options();
        rules = match held_out {
            Some(held_out) => rules.confirmed_by_with(held_out, alpha, correction, options)?,
            None if arguments.rule.productive => {
                rules.productive_with(itemsets, alpha, correction, &hypotheses, options)?
            }
            None => rules.significant_with(alpha, correction, &hypotheses, options)?,
        };
    }
    if let (Some(_), RuleColumn::Measure(by)) = (arguments.top_k, arguments.by()) {
        rules = rules.sorted_by(by);
    }
    let mut redundancy = None;
    if arguments.needs_redundancy() {
        stages.begin("comparing rules");
        let of_all = rules.redundancy_with(itemsets, miner.options())?;
        let places = arguments.choose(&rules, &of_all);
        redundancy = Some(places.iter().map(|&place| of_all[place]).collect());
        rules = rules.select_indices(places)?;
    }
    if let Some(k) = arguments.top_k {
        rules = rules.head(k);
    }
    summary.seconds.rules = start.elapsed();
    Ok(Made { rules, redundancy, hypotheses })
}

/// The baskets to search, and those that are held out, if any.
fn hold_out(
    arguments: &Arguments,
    baskets: &Transactions<String>,
) -> Result<[Option<Transactions<String>>; 2], Failure> {
    #[cfg(feature = "random")]
    if let Some(fraction) = arguments.rule.holdout {
        let (explored, held_out) = baskets.split(fraction, arguments.seed())?;
        return Ok([Some(explored), Some(held_out)]);
    }
    // Without the feature the option is refused.
    let _ = (arguments.rule.holdout, arguments.seed(), baskets);
    Ok([None, None])
}
