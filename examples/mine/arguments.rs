//! The command line.

use std::env;
use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Arg, CommandFactory, Parser, ValueEnum};
use itemset::io::{Delimiter, RuleColumn, Trim};
use itemset::{
    Algorithm, Consequents, Constraints, Correction, Error, ItemMatch, Measure, Redundancy, Rule, RuleBuilder,
    RuleSide, Rules, Target,
};

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

    /// What separates items: `whitespace`, `tab` or a character [default: `,` for .csv, otherwise whitespace]
    #[arg(long, allow_hyphen_values = true)]
    delimiter: Option<Delimiter>,

    /// What is removed around items: white space of `ascii`, all of `unicode`, or `none`
    #[arg(long, default_value_t)]
    pub(crate) trim: Trim,

    /// Make items lower case, so that `Beer` and `beer` are one; also those that options name
    #[arg(long)]
    pub(crate) case_fold: bool,

    /// Skip lines that begin with this character, or with white space and then this character
    #[arg(long, value_name = "CHAR", value_parser = comment, allow_hyphen_values = true)]
    pub(crate) comment: Option<char>,

    /// The last field of a line is its weight, the number of baskets that the line stands for
    #[arg(long)]
    pub(crate) weight_last: bool,

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

    /// Smallest confidence of a rule, from 0 to 1 [default: 0.5]
    #[arg(long, value_name = "F", value_parser = confidence, allow_hyphen_values = true)]
    min_confidence: Option<f64>,

    /// Length of a rule's right side [default: one]
    #[arg(long, value_enum)]
    consequents: Option<Length>,

    /// Most items of a rule's left side [default: no limit]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    max_antecedent_len: Option<usize>,

    /// Most items of a rule's right side [default: 1]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true, conflicts_with = "consequents")]
    max_consequent_len: Option<usize>,

    /// Also rules with nothing on the left, whose confidence is the support of the right side
    #[arg(long)]
    empty_antecedent: bool,

    /// Columns of a rule in CSV and JSON lines: `all`, or names separated by commas [default: support,confidence,lift]
    #[arg(long, value_name = "all|LIST", value_parser = columns, allow_hyphen_values = true)]
    measures: Option<Columns>,

    /// Only rules whose measure has at least (`>=`) or at most (`<=`) this value; can be given several times
    #[arg(long = "where", value_name = "MEASURE>=VALUE", value_parser = condition, allow_hyphen_values = true)]
    conditions: Vec<Condition>,

    /// The N itemsets with the highest counts instead of a threshold, or the N best rules by a measure, best first
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) top_k: Option<usize>,

    /// The measure for --top-k [default: support]
    #[arg(long, value_name = "MEASURE", value_parser = column, requires = "top_k")]
    by: Option<RuleColumn>,

    /// Only rules with a confidence higher by F or more than any rule with fewer items on the left [default of F: any]
    #[arg(
        long,
        value_name = "F",
        num_args = 0..=1,
        default_missing_value = "0",
        value_parser = confidence,
        allow_negative_numbers = true
    )]
    non_redundant: Option<f64>,

    /// Only rules that are significant at this level by Fisher's exact test, corrected for all rules searched
    #[arg(long, value_name = "ALPHA", value_parser = level, allow_hyphen_values = true)]
    significant: Option<f64>,

    /// Only rules that improve significantly on each rule with fewer items on the left, at the level of --significant
    /// [default of that then: 0.05]
    #[arg(long, conflicts_with = "holdout")]
    pub(crate) productive: bool,

    /// The correction: none, bonferroni, holm, layered, benjamini-hochberg or benjamini-yekutieli [default: holm]
    #[arg(long, value_name = "NAME", value_parser = correction)]
    correction: Option<Correction>,

    /// Search with all baskets except this fraction (drawn at random, whatever their order), and keep the rules that are significant in the
    /// held-out baskets, corrected for the rules found [default of --significant then: 0.05]
    #[arg(long, value_name = "FRACTION", value_parser = level, allow_hyphen_values = true)]
    pub(crate) holdout: Option<f64>,

    /// The seed of --holdout: another one holds out other baskets, and may keep other rules [default: 1]
    #[arg(long, value_name = "N", value_parser = most, allow_hyphen_values = true)]
    seed: Option<u64>,

    /// An item that the left side may contain, and no others; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) antecedent: Vec<String>,

    /// An item that the right side may contain, and no others; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) consequent: Vec<String>,

    /// Most itemsets to collect; if there are more, an error names the threshold at which they fit [default: no limit]
    #[arg(long, value_name = "N", value_parser = most, allow_hyphen_values = true)]
    pub(crate) max_itemsets: Option<u64>,

    /// Most memory for mining, in bytes, besides the baskets; if more is needed, as with --max-itemsets
    /// [default: half of the machine's]
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

    /// No progress bar (there is none anyway if standard error is not a terminal), and no hint if nothing is found
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One basket per line, its items separated by the delimiter
    Basket,
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
    /// One JSON object per line
    Jsonl,
    /// One document of PMML 4.4, with the measures that it has
    Pmml,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SummaryFormat {
    /// One object on one line
    Json,
}

/// The columns of a printed rule.
#[derive(Clone, Debug)]
struct Columns(Vec<RuleColumn>);

/// The names of columns, as text.
fn column_names() -> String {
    RuleColumn::all().map(RuleColumn::name).collect::<Vec<_>>().join(", ")
}

/// A bound on a measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    column: RuleColumn,
    at_least: bool,
    bound: f64,
}

impl Condition {
    fn is_met(&self, rule: Rule<'_, String>, redundancy: Option<&Redundancy>) -> bool {
        let value = self.column.value(rule, redundancy).unwrap_or_default();
        if self.at_least { value >= self.bound } else { value <= self.bound }
    }
}

/// The test that rules have to pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Test {
    pub(crate) alpha: f64,
    pub(crate) correction: Correction,
}

/// The smallest support, in the form in which it was given.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Threshold {
    Fraction(f64),
    Count(u64),
}

impl Arguments {
    /// The arguments, or the exit status if there is nothing to do.
    pub(crate) fn from_command_line() -> Result<Self, ExitCode> {
        let refused = |message: &str| {
            say_error(&format!("{message} (--help lists the options)"));
            ExitCode::from(2)
        };
        let mut arguments = Arguments::try_parse().map_err(|error| {
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
        if arguments.case_fold {
            let Arguments { exclude, must_contain, antecedent, consequent, .. } = &mut arguments;
            let named = [exclude, must_contain, antecedent, consequent].into_iter().flatten();
            named.for_each(|item| *item = item.to_lowercase());
        }
        Ok(arguments)
    }

    /// What is wrong with options that the parser takes.
    fn check(&self) -> Result<(), String> {
        self.check_reading()?;
        self.check_rules_only()?;
        self.check_choice()?;
        self.check_all_itemsets()?;
        self.check_rules()
    }

    /// Refuses ways of reading that exclude each other.
    fn check_reading(&self) -> Result<(), String> {
        match (self.comment, self.delimiter()) {
            (Some(comment), Delimiter::Char(delimiter)) if comment == delimiter => {
                Err(format!("--comment must not be the delimiter, which is {delimiter} here"))
            }
            _ => Ok(()),
        }
    }

    /// Refuses options about rules if none are made.
    fn check_rules_only(&self) -> Result<(), String> {
        for (option, given) in [
            ("--min-confidence", self.min_confidence.is_some()),
            ("--consequents", self.consequents.is_some()),
            ("--max-antecedent-len", self.max_antecedent_len.is_some()),
            ("--max-consequent-len", self.max_consequent_len.is_some()),
            ("--empty-antecedent", self.empty_antecedent),
            ("--productive", self.productive),
            ("--measures", self.measures.is_some()),
            ("--where", !self.conditions.is_empty()),
            ("--by", self.by.is_some()),
            ("--non-redundant", self.non_redundant.is_some()),
            ("--significant", self.significant.is_some()),
            ("--correction", self.correction.is_some()),
            ("--holdout", self.holdout.is_some()),
            ("--seed", self.seed.is_some()),
            ("--antecedent", !self.antecedent.is_empty()),
            ("--consequent", !self.consequent.is_empty()),
        ] {
            if given && !self.rules {
                return Err(format!("{option} is about rules, it is allowed only with --rules"));
            }
        }
        Ok(())
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
        if self.describe && matches!(self.output_format, OutputFormat::Csv | OutputFormat::Pmml) {
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

    /// Refuses options about rules that do not go together.
    fn check_rules(&self) -> Result<(), String> {
        if self.rules && self.target != Target::All {
            return Err("--target is about itemsets, with --rules it must be all".to_string());
        }
        if self.measures.is_some() && matches!(self.output_format, OutputFormat::Text | OutputFormat::Pmml) {
            return Err("--measures adds columns, which only --output-format csv and jsonl have".to_string());
        }
        if self.correction.is_some() && self.test().is_none() {
            let tests = "--significant, --productive or --holdout";
            return Err(format!("--correction is about a test, it is allowed only with {tests}"));
        }
        if self.seed.is_some() && self.holdout.is_none() {
            return Err("--seed draws the baskets that are held out, it is allowed only with --holdout".to_string());
        }
        if self.holdout.is_some() && cfg!(not(feature = "random")) {
            return Err("--holdout needs the feature `random`, which is not enabled in this build".to_string());
        }
        Ok(())
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
        !self.rules && (self.top_k.is_some() || is_filtered || is_cut)
    }

    /// The constraints on itemsets.
    pub(crate) fn constraints(&self) -> Constraints<String> {
        Constraints::new().min_len(self.min_len).exclude(&self.exclude).must_contain(&self.must_contain)
    }

    /// The columns of a printed rule.
    pub(crate) fn columns(&self) -> &[RuleColumn] {
        const DEFAULT: [RuleColumn; 3] = [
            RuleColumn::Measure(Measure::Support),
            RuleColumn::Measure(Measure::Confidence),
            RuleColumn::Measure(Measure::Lift),
        ];
        match &self.measures {
            Some(Columns(columns)) => columns,
            None => &DEFAULT,
        }
    }

    /// Which rules are made; only the best, unless some are filtered out later.
    pub(crate) fn configure<'a>(&self, builder: RuleBuilder<'a, String>) -> RuleBuilder<'a, String> {
        let shortest = if self.empty_antecedent { 0 } else { 1 };
        let mut builder = builder
            .min_confidence(self.min_confidence())
            .consequents(self.consequents())
            .antecedent_len(shortest..=self.max_antecedent_len.unwrap_or(usize::MAX));
        if let Some(longest) = self.max_consequent_len {
            builder = builder.consequent_len(1..=longest);
        }
        if !self.exclude.is_empty() {
            builder = builder.items(RuleSide::Both, ItemMatch::None, &self.exclude);
        }
        if !self.must_contain.is_empty() {
            builder = builder.items(RuleSide::Both, ItemMatch::All, &self.must_contain);
        }
        for &Condition { column, at_least, bound } in &self.conditions {
            if let RuleColumn::Measure(measure) = column {
                builder = if at_least { builder.min(measure, bound) } else { builder.max(measure, bound) };
            }
        }
        if let Some(min_improvement) = self.non_redundant {
            builder = builder.non_redundant(min_improvement);
        }
        if !self.antecedent.is_empty() {
            builder = builder.antecedents_from(&self.antecedent);
        }
        if !self.consequent.is_empty() {
            builder = builder.consequents_from(&self.consequent);
        }
        // If rules are filtered out after they are made, the best are not known before.
        let chosen_after = self.test().is_some()
            || self.min_len > 1
            || self.conditions.iter().any(|one| one.column.needs_redundancy());
        match (self.top_k, self.by()) {
            (Some(k), RuleColumn::Measure(by)) if !chosen_after => builder.top_k(k, by),
            _ => builder,
        }
    }

    /// Whether values that depend on other rules are needed.
    pub(crate) fn needs_redundancy(&self) -> bool {
        let asked = self.conditions.iter().map(|one| one.column).chain(self.columns().iter().copied());
        asked.chain(self.top_k.map(|_| self.by())).any(RuleColumn::needs_redundancy)
    }

    /// The indices of the rules that meet the conditions; best first if the best by a value that depends on other rules
    /// are requested.
    pub(crate) fn choose(&self, rules: &Rules<String>, redundancy: &[Redundancy]) -> Vec<usize> {
        let met =
            |(rule, of): (Rule<'_, String>, &Redundancy)| self.conditions.iter().all(|one| one.is_met(rule, Some(of)));
        let mut places: Vec<usize> =
            (0..).zip(rules.iter().zip(redundancy)).filter(|&(_, of)| met(of)).map(|(place, _)| place).collect();
        let by = self.by();
        if self.top_k.is_some() && by.needs_redundancy() {
            // As the library sorts by a measure: among equals the more frequent rule first, otherwise in their order.
            let key = |place: usize| {
                let rule = rules.get(place);
                rule.map(|rule| (by.value(rule, Some(&redundancy[place])).unwrap_or_default(), rule.count()))
                    .unwrap_or_default()
            };
            let mut keyed: Vec<((f64, u64), usize)> = places.into_iter().map(|place| (key(place), place)).collect();
            keyed.sort_by(|((a, a_count), _), ((b, b_count), _)| b.total_cmp(a).then(b_count.cmp(a_count)));
            places = keyed.into_iter().map(|(_, place)| place).collect();
        }
        places
    }

    /// The value by which the best rules are chosen.
    pub(crate) fn by(&self) -> RuleColumn {
        self.by.unwrap_or(RuleColumn::Measure(Measure::Support))
    }

    /// The test that rules have to pass, if there is one.
    pub(crate) fn test(&self) -> Option<Test> {
        let is_tested = self.holdout.is_some() || self.productive;
        let alpha = self.significant.or(is_tested.then_some(0.05))?;
        Some(Test { alpha, correction: self.correction.unwrap_or(Correction::Holm) })
    }

    /// The seed of the split into explored and held-out baskets.
    pub(crate) fn seed(&self) -> u64 {
        self.seed.unwrap_or(1)
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

    /// The name of the input in errors.
    pub(crate) fn input_name(&self) -> String {
        if self.reads_standard_input() { "standard input".to_string() } else { self.file.display().to_string() }
    }
}

fn support(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction above 0 and up to 1 (for a number of baskets use --min-count)";
    text.parse().ok().filter(|&fraction| fraction > 0.0 && fraction <= 1.0).ok_or_else(|| allowed.to_string())
}

fn count(text: &str) -> Result<u64, String> {
    let allowed = "expected a whole number of at least 1 (for a fraction of the baskets use --min-support)";
    text.parse().ok().filter(|&count| count > 0).ok_or_else(|| allowed.to_string())
}

fn comment(text: &str) -> Result<char, String> {
    let allowed = "expected one ASCII character that is neither white space, a line break, NUL nor a double quote";
    let is_allowed = |char: &char| char.is_ascii() && !char.is_whitespace() && !matches!(char, '"' | '\0');
    text.parse().ok().filter(is_allowed).ok_or_else(|| allowed.to_string())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "expected a number of seconds of at least 0".to_string())
}

fn most(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number of at least 0".to_string())
}

fn confidence(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction from 0 to 1";
    text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction)).ok_or_else(|| allowed.to_string())
}

fn column(name: &str) -> Result<RuleColumn, String> {
    name.parse().map_err(|_| format!("{name} is no measure, expected one of: {}", column_names()))
}

fn correction(text: &str) -> Result<Correction, String> {
    text.parse().map_err(|error: Error| error.to_string())
}

fn level(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction above 0 and below 1";
    text.parse().ok().filter(|&fraction| fraction > 0.0 && fraction < 1.0).ok_or_else(|| allowed.to_string())
}

fn condition(text: &str) -> Result<Condition, String> {
    let bounds = [(">=", true), ("<=", false)];
    let parts = bounds.into_iter().find_map(|(sign, at_least)| Some((text.split_once(sign)?, at_least)));
    let ((name, value), at_least) =
        parts.ok_or("expected a measure, >= or <=, and a number, as in 'lift>=1.2' (in quotes)")?;
    let bound: f64 = value.trim().parse().map_err(|_| format!("{value} is no number"))?;
    if bound.is_nan() {
        return Err("NaN is no bound".to_string());
    }
    Ok(Condition { column: column(name.trim())?, at_least, bound })
}

fn columns(text: &str) -> Result<Columns, String> {
    if text == "all" {
        return Ok(Columns(RuleColumn::all().collect()));
    }
    let mut columns = Vec::new();
    for name in text.split(',') {
        let column =
            name.parse().map_err(|_| format!("{name} is no measure, expected all or a list of: {}", column_names()))?;
        if columns.contains(&column) {
            return Err(format!("{name} comes twice"));
        }
        columns.push(column);
    }
    Ok(Columns(columns))
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "expected a whole number of at least 1".to_string())
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
