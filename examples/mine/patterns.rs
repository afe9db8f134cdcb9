//! What was found, and how it is written.

use std::io::{self, Write};

use itemset::io::TextWriter;
use itemset::{
    ClosedItemsets, ErrorKind, Estimate, FrequentItemsets, GeneratorItemsets, Itemset, ItemsetCounts, ItemsetList,
    MaximalItemsets, Redundancy, Rule, Rules, Suggestion,
};

use crate::arguments::{Arguments, Column, OutputFormat};
use crate::failure::Failure;
use crate::output::Output;

/// The result of a run.
#[derive(Debug)]
pub(crate) enum Found {
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
}

impl Found {
    /// The number of results with 1 item, 2 items and so on, without trailing zeros; those of fewer than `min_len`
    /// items do not count.
    pub(crate) fn by_len(&self, min_len: usize) -> Vec<u128> {
        let mut by_len = match self {
            Found::Suggestion(_) | Found::Estimate(_) => Vec::new(),
            Found::Counts(counts) => counts.by_len().to_vec(),
            Found::Itemsets(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Closed(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Maximal(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Generators(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Chosen(itemsets) => itemsets.by_len().into_iter().map(u128::from).collect(),
            Found::Rules(rules, _) => {
                let mut by_len = Vec::new();
                for len in rules.iter().map(len) {
                    by_len.resize(by_len.len().max(len), 0);
                    by_len[len - 1] += 1;
                }
                by_len
            }
        };
        if by_len.len() < min_len {
            by_len.clear();
        }
        by_len.iter_mut().take(min_len - 1).for_each(|patterns| *patterns = 0);
        by_len
    }

    /// Writes the results of at least the minimum length; the caller finishes the output.
    pub(crate) fn write(&self, arguments: &Arguments, out: &mut Output) -> Result<(), Failure> {
        let min_len = arguments.min_len;
        let text = TextWriter::new().delimiter(arguments.delimiter());
        let format = arguments.output_format;
        let written = match self {
            Found::Suggestion(suggestion) => writeln!(out, "{suggestion}").map_err(Into::into),
            Found::Estimate(estimate) => writeln!(out, "{estimate}").map_err(Into::into),
            Found::Counts(_) => Ok(()),
            Found::Itemsets(itemsets) => write_itemsets(itemsets.iter_len(min_len..), text, format, &mut *out),
            Found::Closed(itemsets) => write_itemsets(itemsets.iter_len(min_len..), text, format, &mut *out),
            Found::Maximal(itemsets) => write_itemsets(itemsets.iter_len(min_len..), text, format, &mut *out),
            Found::Generators(itemsets) => write_itemsets(itemsets.iter_len(min_len..), text, format, &mut *out),
            Found::Chosen(itemsets) => write_itemsets(itemsets.iter(), text, format, &mut *out),
            Found::Rules(rules, redundancy) => {
                // Those that are too short are already left out.
                let mut redundancy = redundancy.iter().flatten().copied();
                let mut rules = rules.iter().map(|rule| (rule, redundancy.next()));
                let columns = arguments.columns();
                match format {
                    OutputFormat::Text => text.write_rules(rules.map(|(rule, _)| rule), &mut *out),
                    OutputFormat::Csv => csv_rules(rules, columns, &mut *out).map_err(io_error),
                    OutputFormat::Jsonl => rules.try_for_each(|rule| json_rule(rule, columns, out)).map_err(Into::into),
                }
            }
        };
        written.map_err(|error| match error.kind() {
            ErrorKind::Io(error) => Failure::of_output(out.name(), error),
            _ => error.into(),
        })
    }
}

fn write_itemsets<'a>(
    mut itemsets: impl Iterator<Item = Itemset<'a, String>>,
    text: TextWriter,
    format: OutputFormat,
    out: &mut Output,
) -> Result<(), itemset::Error> {
    match format {
        OutputFormat::Text => text.write_itemsets(itemsets, out),
        OutputFormat::Csv => csv_itemsets(itemsets, out).map_err(io_error),
        OutputFormat::Jsonl => itemsets
            .try_for_each(|itemset| json_itemset(itemset.iter(), itemset.count(), itemset.support(), out))
            .map_err(Into::into),
    }
}

/// The number of items of both sides together.
pub(crate) fn len(rule: Rule<'_, String>) -> usize {
    rule.antecedent().len() + rule.consequent().len()
}

/// A number in the fewest characters that read back to the same value: tiny p-values have an exponent. Infinities are
/// `inf` and `-inf`.
fn number(value: f64) -> String {
    if value == 0.0 || (1e-5..1e16).contains(&value.abs()) || !value.is_finite() {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

fn csv_itemsets<'a>(itemsets: impl Iterator<Item = Itemset<'a, String>>, out: impl Write) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv_header(&mut csv)?;
    for itemset in itemsets {
        csv_itemset(itemset.iter(), itemset.count(), itemset.support(), &mut csv)?;
    }
    Ok(csv.flush()?)
}

pub(crate) fn csv_header(csv: &mut csv::Writer<impl Write>) -> csv::Result<()> {
    csv.write_record(["items", "count", "support"])
}

pub(crate) fn csv_itemset<'a>(
    items: impl Iterator<Item = &'a String>,
    count: u64,
    support: f64,
    csv: &mut csv::Writer<impl Write>,
) -> csv::Result<()> {
    let mut joined = String::new();
    join(items, &mut joined);
    csv.write_record([&joined, &count.to_string(), &support.to_string()])
}

fn csv_rules<'a>(
    rules: impl Iterator<Item = (Rule<'a, String>, Option<Redundancy>)>,
    columns: &[Column],
    out: impl Write,
) -> csv::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let counts = ["antecedent", "consequent", "n", "n_x", "n_y", "n_xy"];
    csv.write_record(counts.into_iter().chain(columns.iter().map(|column| column.name())))?;
    let mut side = String::new();
    for (rule, redundancy) in rules {
        join(rule.antecedent(), &mut side);
        csv.write_field(&side)?;
        join(rule.consequent(), &mut side);
        csv.write_field(&side)?;
        let counts = rule.counts();
        for count in [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()] {
            csv.write_field(count.to_string())?;
        }
        for &column in columns {
            csv.write_field(number(column.value(rule, redundancy.as_ref())))?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    Ok(csv.flush()?)
}

/// The system's error inside, which shows whether the pipe was closed.
pub(crate) fn io_error(error: csv::Error) -> itemset::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => io::Error::other(format!("{other:?}")).into(),
    }
}

/// The labels of a side, joined by `;`. A `;` or `\` in a label is preceded by a `\`.
fn join<'a>(labels: impl Iterator<Item = &'a String>, into: &mut String) {
    into.clear();
    for (position, label) in labels.enumerate() {
        if position > 0 {
            into.push(';');
        }
        for char in label.chars() {
            if matches!(char, ';' | '\\') {
                into.push('\\');
            }
            into.push(char);
        }
    }
}

pub(crate) fn json_itemset<'a>(
    items: impl Iterator<Item = &'a String>,
    count: u64,
    support: f64,
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"{\"items\":")?;
    json_labels(items, out)?;
    write!(out, ",\"count\":{count},\"support\":")?;
    json_number(support, out)?;
    out.write_all(b"}\n")
}

fn json_rule(
    (rule, redundancy): (Rule<'_, String>, Option<Redundancy>),
    columns: &[Column],
    out: &mut impl Write,
) -> io::Result<()> {
    out.write_all(b"{\"antecedent\":")?;
    json_labels(rule.antecedent(), out)?;
    out.write_all(b",\"consequent\":")?;
    json_labels(rule.consequent(), out)?;
    let counts = rule.counts();
    write!(out, ",\"n\":{},\"n_x\":{}", counts.n(), counts.n_x())?;
    write!(out, ",\"n_y\":{},\"n_xy\":{}", counts.n_y(), counts.n_xy())?;
    for &column in columns {
        write!(out, ",\"{}\":", column.name())?;
        json_number(column.value(rule, redundancy.as_ref()), out)?;
    }
    out.write_all(b"}\n")
}

fn json_labels<'a>(labels: impl Iterator<Item = &'a String>, out: &mut impl Write) -> io::Result<()> {
    let mut before = b"[";
    for label in labels {
        out.write_all(before)?;
        serde_json::to_writer(&mut *out, label)?;
        before = b",";
    }
    out.write_all(b"]")
}

/// JSON has no infinities; they become the strings `"inf"` and `"-inf"`.
fn json_number(number: f64, out: &mut impl Write) -> io::Result<()> {
    if number.is_finite() {
        Ok(serde_json::to_writer(out, &number)?)
    } else {
        Ok(serde_json::to_writer(out, &number.to_string())?)
    }
}
