//! What was found, and how it is written.

use std::io::Write;

#[cfg(feature = "parquet")]
use itemset::io::ParquetWriter;
use itemset::io::{CsvWriter, JsonLinesWriter, PmmlWriter, TextWriter};
use itemset::{
    ClosedItemsets, Description, ErrorKind, Estimate, FrequentItemsets, GeneratorItemsets, Itemset, ItemsetCounts,
    ItemsetList, MaximalItemsets, Redundancy, Rule, Rules, Suggestion,
};

use crate::arguments::{Arguments, OutputFormat};
use crate::describe::to_json;
use crate::failure::Failure;
use crate::incomplete::Adjusted;
use crate::output::Output;
use crate::table::Table;

/// The result of a run.
#[derive(Debug)]
pub(crate) enum Found {
    Description(Box<Description<String>>),
    Suggestion(Suggestion),
    Estimate(Estimate),
    Counts(ItemsetCounts),
    Itemsets(FrequentItemsets<String>),
    Closed(ClosedItemsets<String>),
    Maximal(MaximalItemsets<String>),
    Generators(GeneratorItemsets<String>),
    /// The itemsets that were requested.
    Chosen(ItemsetList<String>),
    /// With the values that depend on other rules, if they are printed.
    Rules(Rules<String>, Option<Vec<Redundancy>>),
    /// Where values are missing.
    Adjusted(Adjusted),
}

impl Found {
    /// The number of results with 1 item, 2 items and so on, without trailing zeros; those of fewer than `min_len`
    /// items do not count.
    pub(crate) fn by_len(&self, min_len: usize) -> Vec<u128> {
        let mut by_len = match self {
            Found::Description(_) | Found::Suggestion(_) | Found::Estimate(_) => Vec::new(),
            Found::Adjusted(found) => found.by_len(),
            Found::Counts(counts) => counts.by_len().to_vec(),
            Found::Itemsets(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Closed(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Maximal(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Generators(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Chosen(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Rules(rules, _) => rules.by_len().into_iter().map(u128::from).collect(),
        };
        if by_len.len() < min_len {
            by_len.clear();
        }
        by_len.iter_mut().take(min_len - 1).for_each(|patterns| *patterns = 0);
        by_len
    }

    /// Writes the results of at least the minimum length; the caller finishes the output.
    pub(crate) fn write(&self, arguments: &Arguments, out: &mut Output) -> Result<(), Failure> {
        let lengths = arguments.min_len..;
        let written = match self {
            Found::Description(description) => match arguments.output_format {
                OutputFormat::Jsonl => writeln!(out, "{}", to_json(description)).map_err(Into::into),
                // The others are refused.
                _ => write!(out, "{description}").map_err(Into::into),
            },
            Found::Suggestion(suggestion) => writeln!(out, "{suggestion}").map_err(Into::into),
            Found::Estimate(estimate) => writeln!(out, "{estimate}").map_err(Into::into),
            Found::Adjusted(found) => found.write(arguments, out),
            Found::Counts(_) => Ok(()),
            Found::Itemsets(found) => write_itemsets(found.iter_len(lengths), found.basket_count(), arguments, out),
            Found::Closed(found) => write_itemsets(found.iter_len(lengths), found.basket_count(), arguments, out),
            Found::Maximal(found) => write_itemsets(found.iter_len(lengths), found.basket_count(), arguments, out),
            Found::Generators(found) => write_itemsets(found.iter_len(lengths), found.basket_count(), arguments, out),
            Found::Chosen(found) => write_itemsets(found.iter(), found.basket_count(), arguments, out),
            // Those that are too short are already left out.
            Found::Rules(rules, redundancy) => write_rules(rules, redundancy.as_deref(), arguments, out),
        };
        written.map_err(|error| match error.kind() {
            ErrorKind::Io(error) => Failure::of_output(out.name(), error),
            _ => error.into(),
        })
    }
}

fn write_itemsets<'a>(
    itemsets: impl Iterator<Item = Itemset<'a, String>>,
    baskets: u64,
    arguments: &Arguments,
    out: &mut Output,
) -> Result<(), itemset::Error> {
    match arguments.output_format {
        OutputFormat::Text => TextWriter::new().delimiter(arguments.delimiter()).write_itemsets(itemsets, out),
        OutputFormat::Csv => CsvWriter::new().write_itemsets(itemsets, out),
        OutputFormat::Jsonl => JsonLinesWriter::new().write_itemsets(itemsets, out),
        OutputFormat::Pmml => PmmlWriter::new().basket_count(baskets).write_itemsets(itemsets, out),
        #[cfg(feature = "parquet")]
        OutputFormat::Parquet => ParquetWriter::new().write_itemsets(itemsets, out),
        // It was refused.
        #[cfg(not(feature = "parquet"))]
        OutputFormat::Parquet => Ok(()),
    }
}

fn write_rules(
    rules: &Rules<String>,
    redundancy: Option<&[Redundancy]>,
    arguments: &Arguments,
    out: &mut Output,
) -> Result<(), itemset::Error> {
    let columns = || arguments.columns().iter().copied();
    let compared = redundancy.map(|redundancy| rules.iter().zip(redundancy.iter().copied()));
    match (arguments.output_format, compared) {
        (OutputFormat::Text, _) if out.is_terminal() => Ok(Table::new(rules).write(rules, out)?),
        (OutputFormat::Text, _) => TextWriter::new().delimiter(arguments.delimiter()).write_rules(rules, out),
        (OutputFormat::Csv, None) => CsvWriter::new().columns(columns()).write_rules(rules, out),
        (OutputFormat::Csv, Some(rules)) => CsvWriter::new().columns(columns()).write_compared_rules(rules, out),
        (OutputFormat::Jsonl, None) => JsonLinesWriter::new().columns(columns()).write_rules(rules, out),
        (OutputFormat::Jsonl, Some(rules)) => {
            JsonLinesWriter::new().columns(columns()).write_compared_rules(rules, out)
        }
        #[cfg(feature = "parquet")]
        (OutputFormat::Parquet, None) => ParquetWriter::new().columns(columns()).write_rules(rules, out),
        #[cfg(feature = "parquet")]
        (OutputFormat::Parquet, Some(rules)) => {
            ParquetWriter::new().columns(columns()).write_compared_rules(rules, out)
        }
        // It was refused.
        #[cfg(not(feature = "parquet"))]
        (OutputFormat::Parquet, _) => Ok(()),
        (OutputFormat::Pmml, _) => PmmlWriter::new().basket_count(rules.basket_count()).write_rules(rules, out),
    }
}

/// The number of items of both sides together.
pub(crate) fn len(rule: Rule<'_, String>) -> usize {
    rule.antecedent().len() + rule.consequent().len()
}
