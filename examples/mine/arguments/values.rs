//! The values of options, and what is allowed there.

use std::time::Duration;

use itemset::io::{Column, Pattern, RuleColumn};
#[cfg(feature = "random")]
pub(crate) use itemset::shape::Portion;
use itemset::shape::{BinMethod, Gap};
use itemset::{Correction, Error};

use super::rules::{Columns, Condition};

/// The names of columns, as text.
fn column_names() -> String {
    RuleColumn::all().map(RuleColumn::name).collect::<Vec<_>>().join(", ")
}

pub(super) fn support(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction above 0 and up to 1 (for a number of baskets use --min-count)";
    text.parse().ok().filter(|&fraction| fraction > 0.0 && fraction <= 1.0).ok_or_else(|| allowed.to_string())
}

pub(super) fn count(text: &str) -> Result<u64, String> {
    let allowed = "expected a whole number of at least 1 (for a fraction of the baskets use --min-support)";
    text.parse().ok().filter(|&count| count > 0).ok_or_else(|| allowed.to_string())
}

pub(super) fn comment(text: &str) -> Result<char, String> {
    let allowed = "expected one ASCII character that is neither white space, a line break, NUL nor a double quote";
    let is_allowed = |char: &char| char.is_ascii() && !char.is_whitespace() && !matches!(char, '"' | '\0');
    text.parse().ok().filter(is_allowed).ok_or_else(|| allowed.to_string())
}

pub(super) fn column_of_file(text: &str) -> Result<Column, String> {
    match text {
        "" => Err("expected the name of a column, or its number from 1 on".to_string()),
        _ => Ok(Column::from(text)),
    }
}

pub(super) fn pattern(text: &str) -> Result<Pattern, String> {
    text.parse().map_err(|_| "expected text, in which * stands for any characters and ? for one".to_string())
}

/// Of which there is none without the feature `random`.
#[cfg(not(feature = "random"))]
#[derive(Clone, Copy, Debug)]
pub(crate) enum Portion {}

#[cfg(feature = "random")]
pub(super) fn portion(text: &str) -> Result<Portion, String> {
    text.parse().map_err(|_| "expected a fraction above 0 and up to 1 or a number of baskets of at least 1".to_string())
}

#[cfg(not(feature = "random"))]
pub(super) fn portion(_: &str) -> Result<Portion, String> {
    Err("it needs the feature `random`, which is not enabled in this build".to_string())
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| "expected a number of seconds of at least 0".to_string())
}

pub(super) fn gap(text: &str) -> Result<Gap, String> {
    text.parse().map_err(|_| "expected a whole number and a unit: s, m, h or d, such as 30m".to_string())
}

pub(super) fn bins(text: &str) -> Result<(String, BinMethod), String> {
    let allowed =
        "expected COLUMN=METHOD, with the method width:N, frequency:N, means:N, entropy:COLUMN or cuts:A,B,...";
    let parts = text.rsplit_once('=').filter(|(column, _)| !column.is_empty());
    let (column, method) = parts.ok_or(allowed)?;
    Ok((column.to_string(), method.parse().map_err(|error: Error| error.to_string())?))
}

pub(super) fn most(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number of at least 0".to_string())
}

pub(super) fn confidence(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction from 0 to 1";
    text.parse().ok().filter(|fraction| (0.0..=1.0).contains(fraction)).ok_or_else(|| allowed.to_string())
}

pub(super) fn column(name: &str) -> Result<RuleColumn, String> {
    name.parse().map_err(|_| format!("{name} is no measure, expected one of: {}", column_names()))
}

pub(super) fn correction(text: &str) -> Result<Correction, String> {
    text.parse().map_err(|error: Error| error.to_string())
}

pub(super) fn level(text: &str) -> Result<f64, String> {
    let allowed = "expected a fraction above 0 and below 1";
    text.parse().ok().filter(|&fraction| fraction > 0.0 && fraction < 1.0).ok_or_else(|| allowed.to_string())
}

pub(super) fn condition(text: &str) -> Result<Condition, String> {
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

pub(super) fn columns(text: &str) -> Result<Columns, String> {
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

pub(super) fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| "expected a whole number of at least 1".to_string())
}
