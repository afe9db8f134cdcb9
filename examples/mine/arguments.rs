//! The command line.

#[path = "arguments/missing.rs"]
mod missing;
#[path = "arguments/parquet.rs"]
mod parquet;
#[path = "arguments/reading.rs"]
mod reading;
#[path = "arguments/recipe.rs"]
mod recipe;
#[path = "arguments/report.rs"]
mod report;
#[path = "arguments/rules.rs"]
mod rules;
#[path = "arguments/shaping.rs"]
mod shaping;
#[path = "arguments/two_pass.rs"]
mod two_pass;
#[path = "arguments/values.rs"]
mod values;

use std::env;
use std::fmt::{self, Display, Formatter};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Arg, CommandFactory, Parser, ValueEnum};
use itemset::io::Delimiter;
use itemset::shape::Taxonomy;
use itemset::{Algorithm, Constraints, Target};

pub(crate) use reading::{Format, Reading, default_delimiter};
use recipe::RecipeArguments;
pub(crate) use recipe::text_of;
use report::ReportArguments;
use rules::RuleArguments;
pub(crate) use rules::Test;
use shaping::Shaping;
use two_pass::TwoPassArguments;
use values::{count, most, number, seconds, support};

use crate::failure::{Failure, say_error};
use crate::output::STANDARD_OUTPUT;

/// Finds frequent itemsets and association rules in a file of baskets.
#[derive(Debug, Parser)]
#[command(name = "mine")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) reading: Reading,

    #[command(flatten)]
    pub(crate) passes: TwoPassArguments,

    #[command(flatten)]
    pub(crate) shaping: Shaping,

    #[command(flatten)]
    pub(crate) recipes: RecipeArguments,

    /// Smallest support, as a fraction of the baskets above 0 and up to 1 [default: 0.01]
    #[arg(long, value_name = "F", value_parser = support, allow_hyphen_values = true, conflicts_with = "min_count")]
    min_support: Option<f64>,

    /// Smallest support, as a number of baskets of at least 1
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    min_count: Option<u64>,

    /// The engine: auto, apriori, fp-growth or eclat
    #[arg(long, default_value_t)]
    pub(crate) algorithm: Algorithm,

    /// Which itemsets: all, closed, maximal or generators
    #[arg(long, default_value_t)]
    pub(crate) target: Target,

    /// Fewest items of an itemset, or of both sides of a rule together
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true, default_value_t = 1)]
    pub(crate) min_len: usize,

    /// Most items of an itemset, or of both sides of a rule together [default: no limit]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) max_len: Option<usize>,

    /// An item that no itemset or rule may contain; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) exclude: Vec<String>,

    /// An item that every itemset or rule must contain; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) must_contain: Vec<String>,

    /// Print rules instead of itemsets
    #[arg(long)]
    pub(crate) rules: bool,

    #[command(flatten)]
    pub(crate) rule: RuleArguments,

    #[command(flatten)]
    pub(crate) pictures: ReportArguments,

    /// The N itemsets with the highest counts instead of a threshold, or the N best rules by a measure, best first
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) top_k: Option<usize>,

    /// Most itemsets to collect; if there are more, an error names the threshold at which they fit [default: no limit]
    #[arg(long, value_name = "N", value_parser = most, allow_hyphen_values = true)]
    pub(crate) max_itemsets: Option<u64>,

    /// Most memory for mining, in bytes, besides the baskets; if more is needed, as with --max-itemsets. With --two-pass
    /// also for reading [default: half of the machine's]
    #[arg(long, value_name = "BYTES", value_parser = most, allow_hyphen_values = true)]
    pub(crate) max_memory: Option<u64>,

    /// Longest time for the run, from reading to writing, in seconds; with --allow-partial, for reading and mining
    /// [default: no limit]
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    pub(crate) time_limit: Option<Duration>,

    /// If --max-itemsets, --max-memory or --time-limit is reached, return what is frequent at the lowest threshold
    /// within it
    #[arg(long)]
    pub(crate) allow_partial: bool,

    /// Print only the lowest threshold at which at most K itemsets are frequent, on standard output
    #[arg(
        long,
        value_name = "K",
        value_parser = most,
        allow_hyphen_values = true,
        conflicts_with_all = [
            "output", "count", "rules", "min_support", "min_count", "allow_partial", "max_itemsets", "max_memory"
        ]
    )]
    pub(crate) suggest: Option<u64>,

    /// Print only an estimate of how many itemsets are frequent, on standard output, without searching for all of them
    #[arg(
        long,
        conflicts_with_all = [
            "output", "count", "rules", "suggest", "stream", "max_itemsets", "max_memory", "allow_partial"
        ]
    )]
    pub(crate) estimate: bool,

    /// Print a look at the baskets instead of mining: the most frequent items (as many as --top-k says) [default: 20],
    /// lengths, what comes together, and what thresholds would find; as text or jsonl
    #[arg(
        long,
        conflicts_with_all = [
            "rules", "count", "suggest", "estimate", "stream", "min_support", "min_count", "min_len", "max_len",
            "target", "algorithm", "exclude", "must_contain", "max_itemsets", "allow_partial"
        ]
    )]
    pub(crate) describe: bool,

    /// Write itemsets as they are found, in constant memory
    #[arg(long, conflicts_with_all = ["rules", "count", "suggest", "max_itemsets", "max_memory", "allow_partial"])]
    pub(crate) stream: bool,

    /// Worker threads; 1 is truly sequential [default: all cores]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) threads: Option<usize>,

    /// Print only the number of itemsets or rules, on standard output
    #[arg(long, conflicts_with = "output")]
    pub(crate) count: bool,

    /// Where results go [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// How results are written
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,

    /// Print a summary of the run as the last line of standard error
    #[arg(long, value_enum)]
    pub(crate) summary: Option<SummaryFormat>,

    /// No progress bar (there is none anyway if standard error is not a terminal), no hint if nothing is found or the
    /// file looks different, and no report of what was skipped
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    /// `a b (12)` and `a b => c (12 20 40)`
    Text,
    /// With a header
    Csv,
    /// One JSON object per line
    Jsonl,
    /// One document of PMML 4.4, with the measures that it has
    Pmml,
    /// A Parquet file, with lists of items; needs --output
    Parquet,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// One object on one line
    Json,
}

/// The smallest support, in the form in which it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Threshold {
    Fraction(f64),
    Count(u64),
}

impl Display for Threshold {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Threshold::Fraction(fraction) => write!(f, "{fraction} of all baskets"),
            Threshold::Count(1) => f.write_str("1 basket"),
            Threshold::Count(count) => write!(f, "{count} baskets"),
        }
    }
}

const DEFAULT_SUPPORT: f64 = 0.01;

impl Arguments {
    /// The arguments, or the exit status if there is nothing to do.
    pub(crate) fn from_command_line() -> Result<Self, ExitCode> {
        let refused = |message: &str| {
            say_error(&format!("{message} (--help lists the options)"));
            ExitCode::from(2)
        };
        let mut arguments = Arguments::try_parse().map(Arguments::with_format).map_err(|error| {
            if !error.use_stderr() {
                return help(&error);
            }
            if let Some((option, next)) = option_without_value() {
                return refused(&format!("{option} needs a value (what follows, {next}, is an option)"));
            }
            // The parser does not say where. With replacement characters in place of the bytes it does, as no option
            // takes those.
            let error = match error.kind() {
                ErrorKind::InvalidUtf8 => Arguments::try_parse_from(lossy_command_line()).err().unwrap_or(error),
                _ => error,
            };
            refused(&first_paragraph(&error.to_string()))
        })?;
        arguments.check().map_err(|message| refused(&message))?;
        if arguments.reading.case_fold {
            arguments.fold_items();
        }
        Ok(arguments)
    }

    /// Items that options name become lower case, as those of the file do.
    fn fold_items(&mut self) {
        let Arguments { exclude, must_contain, rule: RuleArguments { antecedent, consequent, .. }, .. } = self;
        let named = [exclude, must_contain, antecedent, consequent].into_iter().flatten();
        named.for_each(|item| *item = item.to_lowercase());
    }

    /// A recipe is about a long table, and a search on disk reads twice.
    fn with_format(mut self) -> Self {
        self.passes.two_pass |= self.passes.on_disk;
        if self.recipes.recipe.is_some() {
            self.reading.take_for_long();
        }
        self
    }

    /// What is wrong with options that the parser takes.
    fn check(&self) -> Result<(), String> {
        self.reading.check(self.recipes.recipe.is_some())?;
        self.check_recipe()?;
        self.check_two_pass()?;
        self.check_shaping()?;
        self.check_missing()?;
        self.check_output()?;
        self.check_report()?;
        self.check_rules_only()?;
        self.check_choice()?;
        self.check_all_itemsets()?;
        self.check_rules()
    }

    /// Refuses Parquet where it cannot be written.
    fn check_output(&self) -> Result<(), String> {
        match self.output_format {
            OutputFormat::Parquet if !cfg!(feature = "parquet") => Err(parquet::NOT_BUILT.to_string()),
            OutputFormat::Parquet if self.output.is_none() => {
                Err("--output-format parquet needs --output: Parquet is no text".to_string())
            }
            _ => Ok(()),
        }
    }

    /// Refuses choices among itemsets where they are not supported.
    fn check_choice(&self) -> Result<(), String> {
        let chosen = [
            ("--exclude", !self.exclude.is_empty()),
            ("--must-contain", !self.must_contain.is_empty()),
            ("--top-k", self.top_k.is_some() && !self.rules),
        ];
        for (option, _) in chosen.into_iter().filter(|&(_, given)| given) {
            let is_partial = self.allow_partial && !self.rules;
            if is_partial || self.suggest.is_some() || self.estimate || self.stream {
                let instead = "--allow-partial, --suggest, --estimate or --stream";
                return Err(format!("{option} is not allowed with {instead}"));
            }
        }
        if self.top_k.is_some() && !self.rules && (self.min_count.is_some() || self.min_support.is_some()) {
            return Err(
                "--top-k is instead of a threshold: without --rules, --min-support and --min-count are not allowed"
                    .to_string(),
            );
        }
        Ok(())
    }

    /// Refuses choices where all itemsets are meant.
    fn check_all_itemsets(&self) -> Result<(), String> {
        if self.estimate && self.target != Target::All {
            return Err("--estimate is about all itemsets, it is not allowed with another --target".to_string());
        }
        if self.estimate && self.min_len > 1 {
            return Err("--estimate is about itemsets of any length, it is not allowed with --min-len".to_string());
        }
        if self.describe && matches!(self.output_format, OutputFormat::Csv | OutputFormat::Pmml | OutputFormat::Parquet)
        {
            return Err("--describe prints no table: --output-format must be text or jsonl".to_string());
        }
        if self.stream && matches!(self.output_format, OutputFormat::Pmml) {
            return Err("PMML begins with the number of itemsets: --stream writes text, csv and jsonl".to_string());
        }
        if self.stream && self.target != Target::All {
            return Err("--stream is about all itemsets, it is not allowed with another --target".to_string());
        }
        if self.suggest.is_some() && (self.target != Target::All || self.min_len > 1) {
            return Err(
                "--suggest is about all itemsets of any length: --min-len and another --target are not allowed"
                    .to_string(),
            );
        }
        if self.allow_partial && self.target != Target::All {
            return Err("--allow-partial is about all itemsets, it is not allowed with another --target".to_string());
        }
        Ok(())
    }

    pub(crate) fn delimiter(&self) -> Delimiter {
        self.reading.delimiter()
    }

    /// Whether itemsets or rules are printed or counted.
    pub(crate) fn finds_itemsets(&self) -> bool {
        !self.describe && self.suggest.is_none() && !self.estimate
    }

    /// Whether --allow-partial is allowed.
    pub(crate) fn can_be_partial(&self) -> bool {
        self.target == Target::All
            && !self.chooses_itemsets()
            && !self.stream
            && !self.estimate
            && self.suggest.is_none()
    }

    /// Whether only some itemsets are requested, which have a search of their own.
    pub(crate) fn chooses_itemsets(&self) -> bool {
        let is_filtered = !self.exclude.is_empty() || !self.must_contain.is_empty();
        let is_cut = self.target != Target::All && self.max_len.is_some();
        !self.rules && (self.top_k.is_some() || is_filtered || is_cut || self.recipes.tree.is_some())
    }

    /// The constraints on itemsets.
    pub(crate) fn constraints(&self) -> Constraints<String> {
        let constraints = self.recipes.tree.as_ref().map(Taxonomy::constraints).unwrap_or_default();
        constraints.min_len(self.min_len).exclude(&self.exclude).must_contain(&self.must_contain)
    }

    /// The threshold as a fraction, where it cannot be a count.
    pub(crate) fn min_support(&self) -> f64 {
        self.min_support.unwrap_or(DEFAULT_SUPPORT)
    }

    pub(crate) fn threshold(&self) -> Threshold {
        match (self.min_count, self.min_support) {
            (Some(count), _) => Threshold::Count(count),
            (None, fraction) => Threshold::Fraction(fraction.unwrap_or(DEFAULT_SUPPORT)),
        }
    }
}

/// Prints the help; the exit status.
fn help(help: &clap::Error) -> ExitCode {
    match help.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => Failure::of_output(STANDARD_OUTPUT, &error).report(),
    }
}

/// The command line as text, with replacement characters for what is not text.
fn lossy_command_line() -> impl Iterator<Item = String> {
    env::args_os().map(|argument| argument.to_string_lossy().into_owned())
}

/// An option without its value, and the option that follows it. Values may begin with a hyphen, so the parser takes the
/// second option for the value, and may then report something else.
fn option_without_value() -> Option<(String, String)> {
    let mut command = Arguments::command();
    // Adds `--help`.
    command.build();
    let known = |argument: &str| {
        let name = argument.strip_prefix("--")?;
        command.get_arguments().find(|known| known.get_long() == Some(name))
    };
    let takes_value = |argument: &str| {
        let must = |known: &Arg| known.get_num_args().is_none_or(|values| values.min_values() > 0);
        known(argument).is_some_and(|known| known.get_action().takes_values() && must(known))
    };
    let is_option = |argument: &str| known(argument.split('=').next().unwrap_or_default()).is_some();
    let pairs = lossy_command_line().zip(lossy_command_line().skip(1));
    let mut pairs = pairs.skip(1).take_while(|(argument, _)| argument != "--");
    pairs.find(|(option, next)| takes_value(option) && is_option(next))
}

/// The parser's message on one line, without hints and usage.
fn first_paragraph(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    message.lines().map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
