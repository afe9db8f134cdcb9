//! The command line.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, ValueEnum};
use itemset::io::Delimiter;
use itemset::{Algorithm, Consequents, Measure};

use crate::failure::{Failure, say_error};
use crate::output::STANDARD_OUTPUT;

/// Finds frequent itemsets and association rules in a file of baskets.
#[derive(Debug, Parser)]
#[command(name = "mine")]
pub(crate) struct Arguments {
    /// The basket file; `-` reads standard input
    pub(crate) file: PathBuf,

    /// Layout of the file
    #[arg(long, value_enum, default_value_t = Format::Basket)]
    format: Format,

    /// Between items: `whitespace`, `tab` or a character [default: `,` for .csv, else whitespace]
    #[arg(long, allow_hyphen_values = true)]
    delimiter: Option<Delimiter>,

    /// Smallest support, as a fraction of the baskets above 0 and up to 1 [default: 0.01]
    #[arg(long, value_name = "F", value_parser = support, allow_hyphen_values = true, conflicts_with = "min_count")]
    min_support: Option<f64>,

    /// Smallest support, as a number of baskets of at least 1
    #[arg(long, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    min_count: Option<u64>,

    /// The engine: auto, apriori, fp-growth or eclat
    #[arg(long, default_value_t)]
    pub(crate) algorithm: Algorithm,

    /// Which itemsets
    #[arg(long, value_enum, default_value_t = Target::All)]
    target: Target,

    /// Fewest items of an itemset, or of both sides of a rule together
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true, default_value_t = 1)]
    pub(crate) min_len: usize,

    /// Most items of an itemset, or of both sides of a rule together [default: no limit]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) max_len: Option<usize>,

    /// Print rules instead of itemsets
    #[arg(long)]
    pub(crate) rules: bool,

    /// Smallest confidence of a rule, from 0 to 1 [default: 0.5]
    #[arg(long, value_name = "F", value_parser = confidence, allow_hyphen_values = true)]
    min_confidence: Option<f64>,

    /// Length of a rule's right side [default: one]
    #[arg(long, value_enum)]
    consequents: Option<Length>,

    /// Columns of a rule in CSV and JSON lines: `all`, or names separated by commas [default: support,confidence,lift]
    #[arg(long, value_name = "all|LIST", value_parser = columns, allow_hyphen_values = true)]
    measures: Option<Columns>,

    /// Worker threads; 1 is truly sequential [default: all cores]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) threads: Option<usize>,

    /// Print only the number of patterns, on standard output
    #[arg(long, conflicts_with = "output")]
    pub(crate) count: bool,

    /// Where patterns go [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// How patterns are written
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,

    /// Print a summary of the run as the last line of standard error
    #[arg(long, value_enum)]
    pub(crate) summary: Option<SummaryFormat>,

    /// No progress bar (there is none anyway when standard error is no terminal)
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A basket a line, its items separated by the delimiter
    Basket,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// All frequent itemsets
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Length {
    /// One item
    One,
    /// Any number of items
    Any,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OutputFormat {
    /// `a b (12)` and `a b => c (12 20 40)`
    Text,
    /// With a header
    Csv,
    /// A JSON object a line
    Jsonl,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// One object on one line
    Json,
}

/// The measures that a rule is printed with.
#[derive(Clone, Debug)]
struct Columns(Vec<Measure>);

/// The smallest support, in the form in which it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Threshold {
    Fraction(f64),
    Count(u64),
}

impl Arguments {
    /// The arguments, or the exit status where there is nothing to do.
    pub(crate) fn from_command_line() -> Result<Self, ExitCode> {
        let refused = |message: &str| {
            say_error(&format!("{message} (--help lists the options)"));
            ExitCode::from(2)
        };
        let arguments = Arguments::try_parse().map_err(|error| {
            if !error.use_stderr() {
                return help(&error);
            }
            if let Some((option, next)) = option_without_value() {
                return refused(&format!("{option} needs a value (what follows, {next}, is an option)"));
            }
            // The parser does not say where; with marks in place of the bytes it does, as no option takes those.
            let error = match error.kind() {
                ErrorKind::InvalidUtf8 => Arguments::try_parse_from(lossy_command_line()).err().unwrap_or(error),
                _ => error,
            };
            refused(&first_paragraph(&error.to_string()))
        })?;
        for (option, given) in [
            ("--min-confidence", arguments.min_confidence.is_some()),
            ("--consequents", arguments.consequents.is_some()),
            ("--measures", arguments.measures.is_some()),
        ] {
            if given && !arguments.rules {
                return Err(refused(&format!("{option} is about rules, it is allowed only with --rules")));
            }
        }
        if arguments.measures.is_some() && matches!(arguments.output_format, OutputFormat::Text) {
            return Err(refused("--measures adds columns, which only --output-format csv and jsonl have"));
        }
        Ok(arguments)
    }

    /// The measures that a rule is printed with.
    pub(crate) fn measures(&self) -> &[Measure] {
        match &self.measures {
            Some(Columns(measures)) => measures,
            None => &[Measure::Support, Measure::Confidence, Measure::Lift],
        }
    }

    pub(crate) fn threshold(&self) -> Threshold {
        match (self.min_count, self.min_support) {
            (Some(count), _) => Threshold::Count(count),
            (None, fraction) => Threshold::Fraction(fraction.unwrap_or(0.01)),
        }
    }

    pub(crate) fn min_confidence(&self) -> f64 {
        self.min_confidence.unwrap_or(0.5)
    }

    pub(crate) fn consequents(&self) -> Consequents {
        match self.consequents {
            None | Some(Length::One) => Consequents::One,
            Some(Length::Any) => Consequents::Any,
        }
    }

    pub(crate) fn delimiter(&self) -> Delimiter {
        let csv = self.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        self.delimiter.unwrap_or(if csv { Delimiter::Char(',') } else { Delimiter::Whitespace })
    }

    pub(crate) fn reads_standard_input(&self) -> bool {
        self.file.as_os_str() == OsStr::new("-")
    }

    /// What errors call the input.
    pub(crate) fn input_name(&self) -> String {
        if self.reads_standard_input() { "standard input".to_string() } else { self.file.display().to_string() }
    }
}

fn support(text: &str) -> Result<f64, String> {
    let allowed = "allowed is a fraction above 0 and up to 1 (for a number of baskets use --min-count)";
    text.parse().ok().filter(|&fraction| fraction > 0.0 && fraction <= 1.0).ok_or_else(|| allowed.to_string())
}

fn count(text: &str) -> Result<u64, String> {
    let allowed = "allowed is a whole number of at least 1 (for a fraction of the baskets use --min-support)";
    text.parse().ok().filter(|&count| count > 0).ok_or_else(|| allowed.to_string())
}

fn confidence(text: &str) -> Result<f64, String> {
    let allowed = "allowed is a fraction from 0 to 1";
    text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction)).ok_or_else(|| allowed.to_string())
}

fn columns(text: &str) -> Result<Columns, String> {
    let measures = match text {
        "all" => Ok(Measure::ALL.to_vec()),
        list => list.split(',').map(str::parse).collect::<Result<Vec<Measure>, _>>().map_err(|error| error.to_string()),
    }?;
    match measures.iter().enumerate().find(|&(place, measure)| measures[..place].contains(measure)) {
        Some((_, twice)) => Err(format!("{twice} comes twice")),
        None => Ok(Columns(measures)),
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "allowed is a whole number of at least 1".to_string())
}

/// Prints the help; the exit status.
fn help(help: &clap::Error) -> ExitCode {
    match help.print().and_then(|()| io::stdout().flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => Failure::of_output(STANDARD_OUTPUT, &error).report(),
    }
}

/// The command line as text, with marks for what is none.
fn lossy_command_line() -> impl Iterator<Item = String> {
    env::args_os().map(|argument| argument.to_string_lossy().into_owned())
}

/// An option that lacks its value, and the option that follows it. Values may begin with a hyphen, so that the parser
/// takes the second one for the value, and may then complain about something else.
fn option_without_value() -> Option<(String, String)> {
    let mut command = Arguments::command();
    // Adds `--help`.
    command.build();
    let known = |argument: &str| {
        let name = argument.strip_prefix("--")?;
        command.get_arguments().find(|known| known.get_long() == Some(name))
    };
    let takes_value = |argument: &str| known(argument).is_some_and(|known| known.get_action().takes_values());
    let is_option = |argument: &str| known(argument.split('=').next().unwrap_or_default()).is_some();
    let pairs = lossy_command_line().zip(lossy_command_line().skip(1));
    let mut pairs = pairs.skip(1).take_while(|(argument, _)| argument != "--");
    pairs.find(|(option, next)| takes_value(option) && is_option(next))
}

/// What the parser says on one line, without the hints and the usage that follow.
fn first_paragraph(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    message.lines().map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
