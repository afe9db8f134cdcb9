//! Options about rules: which are made, tested, chosen and printed.

use clap::{Args, ValueEnum};
use itemset::io::RuleColumn;
use itemset::{Consequents, Correction, ItemMatch, Measure, Redundancy, Rule, RuleBuilder, RuleSide, Rules, Target};

use super::values::{column, columns, condition, confidence, correction, level, most, number};
use super::{Arguments, OutputFormat};

/// The options that need `--rules`.
#[derive(Debug, Args)]
pub(crate) struct RuleArguments {
    /// Smallest confidence of a rule, from 0 to 1 [default: 0.5]
    #[arg(long, value_name = "F", value_parser = confidence, allow_hyphen_values = true)]
    pub(crate) min_confidence: Option<f64>,

    /// Length of a rule's right side [default: one]
    #[arg(long, value_enum)]
    pub(crate) consequents: Option<Length>,

    /// Most items of a rule's left side [default: no limit]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true)]
    pub(crate) max_antecedent_len: Option<usize>,

    /// Most items of a rule's right side [default: 1]
    #[arg(long, value_name = "N", value_parser = number, allow_hyphen_values = true, conflicts_with = "consequents")]
    pub(crate) max_consequent_len: Option<usize>,

    /// Also rules with nothing on the left, whose confidence is the support of the right side
    #[arg(long)]
    pub(crate) empty_antecedent: bool,

    /// Columns of a rule in CSV and JSON lines: `all`, or names separated by commas [default: support,confidence,lift]
    #[arg(long, value_name = "all|LIST", value_parser = columns, allow_hyphen_values = true)]
    pub(crate) measures: Option<Columns>,

    /// Only rules whose measure has at least (`>=`) or at most (`<=`) this value; can be given several times
    #[arg(long = "where", value_name = "MEASURE>=VALUE", value_parser = condition, allow_hyphen_values = true)]
    pub(crate) conditions: Vec<Condition>,

    /// The measure for --top-k [default: support]
    #[arg(long, value_name = "MEASURE", value_parser = column, requires = "top_k")]
    pub(crate) by: Option<RuleColumn>,

    /// Only rules with a confidence higher by F or more than any rule with fewer items on the left [default of F: any]
    #[arg(
        long,
        value_name = "F",
        num_args = 0..=1,
        default_missing_value = "0",
        value_parser = confidence,
        allow_negative_numbers = true
    )]
    pub(crate) non_redundant: Option<f64>,

    /// Only rules that are significant at this level by Fisher's exact test, corrected for all rules searched
    #[arg(long, value_name = "ALPHA", value_parser = level, allow_hyphen_values = true)]
    pub(crate) significant: Option<f64>,

    /// Only rules that improve significantly on each rule with fewer items on the left, at the level of --significant
    /// [default of that then: 0.05]
    #[arg(long, conflicts_with = "holdout")]
    pub(crate) productive: bool,

    /// The correction: none, bonferroni, holm, layered, benjamini-hochberg or benjamini-yekutieli [default: holm]
    #[arg(long, value_name = "NAME", value_parser = correction)]
    pub(crate) correction: Option<Correction>,

    /// Search with all baskets except this fraction (drawn at random, whatever their order), and keep the rules that are
    /// significant in the held-out baskets, corrected for the rules found [default of --significant then: 0.05]
    #[arg(long, value_name = "FRACTION", value_parser = level, allow_hyphen_values = true)]
    pub(crate) holdout: Option<f64>,

    /// The seed of --holdout and --sample: another one draws other baskets, and may find other rules [default: 1]
    #[arg(long, value_name = "N", value_parser = most, allow_hyphen_values = true)]
    pub(crate) seed: Option<u64>,

    /// An item that the left side may contain, and no others; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) antecedent: Vec<String>,

    /// An item that the right side may contain, and no others; can be given several times
    #[arg(long, value_name = "ITEM", allow_hyphen_values = true)]
    pub(crate) consequent: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Length {
    /// One item
    One,
    /// Any number of items
    Any,
}

/// The columns of a printed rule.
#[derive(Clone, Debug)]
pub(crate) struct Columns(pub(super) Vec<RuleColumn>);

/// A bound on a measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    pub(super) column: RuleColumn,
    pub(super) at_least: bool,
    pub(super) bound: f64,
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

impl Arguments {
    /// Refuses options about rules if none are made.
    pub(super) fn check_rules_only(&self) -> Result<(), String> {
        for (option, given) in [
            ("--min-confidence", self.rule.min_confidence.is_some()),
            ("--consequents", self.rule.consequents.is_some()),
            ("--max-antecedent-len", self.rule.max_antecedent_len.is_some()),
            ("--max-consequent-len", self.rule.max_consequent_len.is_some()),
            ("--empty-antecedent", self.rule.empty_antecedent),
            ("--productive", self.rule.productive),
            ("--measures", self.rule.measures.is_some()),
            ("--where", !self.rule.conditions.is_empty()),
            ("--by", self.rule.by.is_some()),
            ("--non-redundant", self.rule.non_redundant.is_some()),
            ("--significant", self.rule.significant.is_some()),
            ("--correction", self.rule.correction.is_some()),
            ("--holdout", self.rule.holdout.is_some()),
            ("--seed", self.rule.seed.is_some() && self.recipes.sample.is_none()),
            ("--report", self.pictures.report.is_some()),
            ("--plot", self.pictures.is_given()),
            ("--antecedent", !self.rule.antecedent.is_empty()),
            ("--consequent", !self.rule.consequent.is_empty()),
        ] {
            if given && !self.rules {
                return Err(format!("{option} is about rules, it is allowed only with --rules"));
            }
        }
        Ok(())
    }

    /// Refuses options about rules that do not go together.
    pub(super) fn check_rules(&self) -> Result<(), String> {
        if self.rules && self.target != Target::All {
            return Err("--target is about itemsets, with --rules it must be all".to_string());
        }
        if self.rule.measures.is_some() && matches!(self.output_format, OutputFormat::Text | OutputFormat::Pmml) {
            return Err("--measures adds columns, which only --output-format csv and jsonl have".to_string());
        }
        if self.rule.correction.is_some() && self.test().is_none() {
            let tests = "--significant, --productive or --holdout";
            return Err(format!("--correction is about a test, it is allowed only with {tests}"));
        }
        if self.rule.seed.is_some() && self.rule.holdout.is_none() && self.recipes.sample.is_none() {
            return Err(
                "--seed draws the baskets that are held out, it is allowed only with --holdout or --sample".to_string()
            );
        }
        if self.rule.holdout.is_some() && cfg!(not(feature = "random")) {
            return Err("--holdout needs the feature `random`, which is not enabled in this build".to_string());
        }
        Ok(())
    }

    /// The columns of a printed rule.
    pub(crate) fn columns(&self) -> &[RuleColumn] {
        const DEFAULT: [RuleColumn; 3] = [
            RuleColumn::Measure(Measure::Support),
            RuleColumn::Measure(Measure::Confidence),
            RuleColumn::Measure(Measure::Lift),
        ];
        match &self.rule.measures {
            Some(Columns(columns)) => columns,
            None => &DEFAULT,
        }
    }

    /// Which rules are made; only the best, unless some are filtered out later.
    pub(crate) fn configure<'a>(&self, builder: RuleBuilder<'a, String>) -> RuleBuilder<'a, String> {
        let shortest = if self.rule.empty_antecedent { 0 } else { 1 };
        let mut builder = builder
            .min_confidence(self.min_confidence())
            .consequents(self.consequents())
            .antecedent_len(shortest..=self.rule.max_antecedent_len.unwrap_or(usize::MAX));
        if let Some(longest) = self.rule.max_consequent_len {
            builder = builder.consequent_len(1..=longest);
        }
        if !self.exclude.is_empty() {
            builder = builder.items(RuleSide::Both, ItemMatch::None, &self.exclude);
        }
        if !self.must_contain.is_empty() {
            builder = builder.items(RuleSide::Both, ItemMatch::All, &self.must_contain);
        }
        for &Condition { column, at_least, bound } in &self.rule.conditions {
            if let RuleColumn::Measure(measure) = column {
                builder = if at_least { builder.min(measure, bound) } else { builder.max(measure, bound) };
            }
        }
        if let Some(min_improvement) = self.rule.non_redundant {
            builder = builder.non_redundant(min_improvement);
        }
        if !self.rule.antecedent.is_empty() {
            builder = builder.antecedents_from(&self.rule.antecedent);
        }
        if !self.rule.consequent.is_empty() {
            builder = builder.consequents_from(&self.rule.consequent);
        }
        // If rules are filtered out after they are made, the best are not known before.
        let chosen_after = self.test().is_some()
            || self.min_len > 1
            || self.rule.conditions.iter().any(|one| one.column.needs_redundancy());
        match (self.top_k, self.by()) {
            (Some(k), RuleColumn::Measure(by)) if !chosen_after => builder.top_k(k, by),
            _ => builder,
        }
    }

    /// Whether values that depend on other rules are needed.
    pub(crate) fn needs_redundancy(&self) -> bool {
        let asked = self.rule.conditions.iter().map(|one| one.column).chain(self.columns().iter().copied());
        asked.chain(self.top_k.map(|_| self.by())).any(RuleColumn::needs_redundancy)
    }

    /// The indices of the rules that meet the conditions; best first if the best by a value that depends on other rules
    /// are requested.
    pub(crate) fn choose(&self, rules: &Rules<String>, redundancy: &[Redundancy]) -> Vec<usize> {
        let met = |(rule, of): (Rule<'_, String>, &Redundancy)| {
            self.rule.conditions.iter().all(|one| one.is_met(rule, Some(of)))
        };
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
        self.rule.by.unwrap_or(RuleColumn::Measure(Measure::Support))
    }

    /// The test that rules have to pass, if there is one.
    pub(crate) fn test(&self) -> Option<Test> {
        let is_tested = self.rule.holdout.is_some() || self.rule.productive;
        let alpha = self.rule.significant.or(is_tested.then_some(0.05))?;
        Some(Test { alpha, correction: self.rule.correction.unwrap_or(Correction::Holm) })
    }

    /// The seed of the split into explored and held-out baskets.
    pub(crate) fn seed(&self) -> u64 {
        self.rule.seed.unwrap_or(1)
    }

    pub(crate) fn min_confidence(&self) -> f64 {
        self.rule.min_confidence.unwrap_or(0.5)
    }

    pub(crate) fn consequents(&self) -> Consequents {
        match self.rule.consequents {
            None | Some(Length::One) => Consequents::One,
            Some(Length::Any) => Consequents::Any,
        }
    }
}
