//! Itemsets and rules of baskets with missing values, and how they are written.

use std::io::{self, Write};

use itemset::io::{Delimiter, TextWriter};
use itemset::shape::{AdjustedRule, Incomplete};
use itemset::{Measure, Miner, Sink};
use serde_json::json;

use crate::arguments::{Arguments, OutputFormat};
use crate::failure::Failure;
use crate::summary::Summary;

/// What was found: the items of each itemset, the baskets that have it, and those in which nothing is missing.
#[derive(Debug)]
pub(crate) enum Adjusted {
    Itemsets(Vec<(Vec<String>, u64, u64)>),
    Rules(Vec<AdjustedRule<String>>),
}

impl Adjusted {
    /// By the options. Rules are chosen by their sides after they are made.
    pub(crate) fn find(
        arguments: &Arguments,
        baskets: &Incomplete<String>,
        miner: &Miner,
        summary: &mut Summary,
    ) -> Result<Self, Failure> {
        let found = baskets.mine(miner, arguments.min_support(), arguments.representativity())?;
        summary.searched(found.searched().min_count(), found.searched().statistics());
        let is_kept = |items: &[&String]| {
            items.len() >= arguments.min_len && !items.iter().any(|item| arguments.exclude.contains(item))
        };
        if !arguments.rules {
            let itemsets = found.iter().filter(|itemset| is_kept(&itemset.items));
            let owned = itemsets
                .map(|itemset| (itemset.items.iter().map(ToString::to_string).collect(), itemset.count, itemset.valid));
            return Ok(Adjusted::Itemsets(owned.collect()));
        }
        let mut rules = found.rules(arguments.min_confidence())?;
        let among = |allowed: &[String], item: &String| allowed.is_empty() || allowed.contains(item);
        let most = arguments.rule.max_antecedent_len.unwrap_or(usize::MAX);
        rules.retain(|rule| {
            let all: Vec<&String> = rule.antecedent.iter().chain([&rule.consequent]).collect();
            is_kept(&all)
                && rule.antecedent.len() <= most
                && rule.antecedent.iter().all(|item| among(&arguments.rule.antecedent, item))
                && among(&arguments.rule.consequent, &rule.consequent)
        });
        Ok(Adjusted::Rules(rules))
    }

    /// The number of results by length.
    pub(crate) fn by_len(&self) -> Vec<u128> {
        let lens: Vec<usize> = match self {
            Adjusted::Itemsets(itemsets) => itemsets.iter().map(|(items, ..)| items.len()).collect(),
            Adjusted::Rules(rules) => rules.iter().map(|rule| rule.antecedent.len() + 1).collect(),
        };
        let mut by_len = vec![0; lens.iter().copied().max().unwrap_or(0)];
        lens.into_iter().for_each(|len| by_len[len - 1] += 1);
        by_len
    }

    /// `a b (12 of 40)`, `a => b (12 20 30 of 40)`, or an object a line.
    pub(crate) fn write(&self, arguments: &Arguments, out: &mut impl Write) -> Result<(), itemset::Error> {
        let is_text = matches!(arguments.output_format, OutputFormat::Text);
        match self {
            Adjusted::Itemsets(itemsets) => itemsets.iter().try_for_each(|(items, count, valid)| {
                if is_text {
                    writeln!(out, "{} ({count} of {valid})", side(items, arguments.delimiter())?)?;
                } else {
                    let support = *count as f64 / *valid as f64;
                    writeln!(out, "{}", json!({"items": items, "count": count, "valid": valid, "support": support}))?;
                }
                Ok(())
            }),
            Adjusted::Rules(rules) => rules.iter().try_for_each(|rule| Ok(write_rule(rule, is_text, arguments, out)?)),
        }
    }
}

fn write_rule(
    AdjustedRule { antecedent, consequent, counts, .. }: &AdjustedRule<String>,
    is_text: bool,
    arguments: &Arguments,
    out: &mut impl Write,
) -> io::Result<()> {
    let [n, n_x, n_y, n_xy] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    if is_text {
        let delimiter = arguments.delimiter();
        let (left, right) = (side(antecedent, delimiter)?, side(std::slice::from_ref(consequent), delimiter)?);
        return writeln!(out, "{left} => {right} ({n_xy} {n_x} {n_y} of {n})");
    }
    let [support, confidence, lift] =
        [Measure::Support, Measure::Confidence, Measure::Lift].map(|measure| counts.measure(measure));
    let object = json!({
        "antecedent": antecedent, "consequent": [consequent], "n": n, "n_x": n_x, "n_y": n_y, "n_xy": n_xy,
        "support": support, "confidence": confidence, "lift": lift,
    });
    writeln!(out, "{object}")
}

/// Items as the library writes them, quoted where the delimiter asks for that.
fn side(items: &[String], delimiter: Delimiter) -> io::Result<String> {
    let mut text = Vec::new();
    let written = TextWriter::new().delimiter(delimiter).sink(&mut text).and_then(|mut sink| {
        let _ = sink.itemset(&items.iter().collect::<Vec<_>>(), 0);
        sink.finish()
    });
    written.map_err(io::Error::other)?;
    let text = String::from_utf8(text).map_err(io::Error::other)?;
    Ok(text.trim_end_matches("\n").trim_end_matches(" (0)").to_string())
}
