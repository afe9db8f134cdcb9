//! Options about supports over the baskets in which nothing is missing.

use itemset::shape::{Missing, Shaped};
use itemset::{Target, Transactions};

use super::rules::Length;
use super::{Arguments, OutputFormat};
use crate::failure::Failure;

impl Arguments {
    /// Whether supports are over the baskets in which nothing is missing.
    fn adjusts(&self) -> bool {
        let of_recipe = self.recipes.read.as_ref().map(|recipe| recipe.missing_fields());
        self.shaping.missing.or(of_recipe) == Some(Missing::Adjust)
    }

    /// Refuses what knows only supports over all baskets.
    pub(super) fn check_missing(&self) -> Result<(), String> {
        if !self.adjusts() {
            // What a recipe says is not known yet.
            let may_adjust = self.recipes.recipe.is_some() && self.recipes.read.is_none();
            return match self.shaping.representativity {
                Some(_) if !may_adjust => Err("--representativity is allowed only with --missing adjust".to_string()),
                _ => Ok(()),
            };
        }
        let rule = &self.rule;
        for (option, is_given) in [
            ("--target", self.target != Target::All),
            ("--top-k", self.top_k.is_some()),
            ("--min-count", self.min_count.is_some()),
            ("--must-contain", !self.must_contain.is_empty()),
            ("--describe", self.describe),
            ("--suggest", self.suggest.is_some()),
            ("--estimate", self.estimate),
            ("--stream", self.stream),
            ("--allow-partial", self.allow_partial),
            ("--taxonomy", self.recipes.taxonomy.is_some()),
            ("--consequents any", matches!(rule.consequents, Some(Length::Any))),
            ("--max-consequent-len", rule.max_consequent_len.is_some()),
            ("--empty-antecedent", rule.empty_antecedent),
            ("--measures", rule.measures.is_some()),
            ("--where", !rule.conditions.is_empty()),
            ("--non-redundant", rule.non_redundant.is_some()),
            ("--significant", rule.significant.is_some()),
            ("--productive", rule.productive),
            ("--holdout", rule.holdout.is_some()),
            ("--report", self.pictures.report.is_some()),
            ("--plot", self.pictures.is_given()),
        ] {
            if is_given {
                return Err(format!("{option} is about all baskets, it is not allowed with --missing adjust"));
            }
        }
        match self.output_format {
            OutputFormat::Text | OutputFormat::Jsonl => Ok(()),
            _ => Err("--missing adjust prints counts that only --output-format text and jsonl have".to_string()),
        }
    }

    /// The fraction of the baskets in which nothing must be missing.
    pub(crate) fn representativity(&self) -> f64 {
        self.shaping.representativity.unwrap_or(0.5)
    }

    /// The baskets of a table, and what is missing of them if that matters.
    pub(crate) fn take_baskets(&mut self, shaped: Shaped) -> Result<Transactions<String>, Failure> {
        if !self.adjusts() {
            return Ok(shaped.into_baskets());
        }
        if self.recipes.tree.is_some() {
            return Err(Failure::Options("a taxonomy is not allowed with --missing adjust".to_string()));
        }
        let baskets = shaped.baskets().clone();
        self.recipes.incomplete = Some(shaped.into_incomplete()?);
        Ok(baskets)
    }
}
