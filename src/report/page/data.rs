//! The rules as data for the script of a page.

use std::fmt::{Display, Write};

use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::report::content::{Content, Shown};
use crate::report::text::Json;
use crate::rules::Measure;

/// A JSON object of columns, each with a value for each rule. Sides are lists of places in `items`.
///
/// # Errors
///
/// Where the call should end.
pub(super) fn data(content: &Content, field: &[u32], control: &Control) -> Result<String, Error> {
    let rules = &content.rules;
    let side = |items: &Vec<u32>| list(items.iter());
    let chance = |rule: &Shown| rule.chance.unwrap_or((1.0, false));
    let before = |rule: &Shown| rule.drift.and_then(|(drift, _)| drift.before().confidence());
    let mut columns = Columns { json: format!("{{\"n\":{}", content.baskets), ticker: Ticker::new(control) };
    columns.add("items", content.labels.iter().map(|label| Json(label)))?;
    columns.add("x", rules.iter().map(|rule| side(&rule.antecedent)))?;
    columns.add("y", rules.iter().map(|rule| side(&rule.consequent)))?;
    columns.add("nx", rules.iter().map(|rule| rule.counts.n_x()))?;
    columns.add("ny", rules.iter().map(|rule| rule.counts.n_y()))?;
    columns.add("nxy", rules.iter().map(|rule| rule.counts.n_xy()))?;
    columns.add("field", field.iter())?;
    if content.significance.is_some() {
        columns.add("p", rules.iter().map(|rule| short(chance(rule).0)))?;
        columns.add("sure", rules.iter().map(|rule| u8::from(chance(rule).1)))?;
    }
    if content.changes.is_some() {
        columns.add("before", rules.iter().map(|rule| before(rule).map_or("null".to_string(), |of| of.to_string())))?;
        columns.add("changed", rules.iter().map(|rule| u8::from(rule.drift.is_some_and(|(_, changed)| changed))))?;
    }
    if has_column(content.best_by) {
        columns.add("value", rules.iter().map(|rule| number(rule.value)))?;
    }
    Ok(columns.json + "}")
}

struct Columns<'a> {
    json: String,
    ticker: Ticker<'a>,
}

impl Columns<'_> {
    fn add<V: Display>(&mut self, name: &str, values: impl Iterator<Item = V>) -> Result<(), Error> {
        // A string takes all that is written to it.
        let _ = write!(self.json, ",\"{name}\":[");
        for (place, value) in values.enumerate() {
            let _ = write!(self.json, "{}{value}", if place > 0 { "," } else { "" });
            self.ticker.check(16)?;
        }
        self.json.push(']');
        Ok(())
    }
}

/// Whether the measure by which rules are ordered needs a column of its own.
pub(super) fn has_column(measure: Measure) -> bool {
    !matches!(measure, Measure::Support | Measure::Count | Measure::Confidence | Measure::Lift)
}

fn list<V: Display>(values: impl Iterator<Item = V>) -> String {
    let mut json = String::from("[");
    for (place, value) in values.enumerate() {
        let comma = if place > 0 { "," } else { "" };
        // A string takes all that is written to it.
        let _ = write!(json, "{comma}{value}");
    }
    json.push(']');
    json
}

/// A probability with three digits.
fn short(p: f64) -> String {
    if p == 1.0 { "1".to_string() } else { format!("{p:.2e}") }
}

/// A number, also an infinite one: a float that is too large is read as infinity.
fn number(value: f64) -> String {
    match value {
        f64::INFINITY => "1e999".to_string(),
        f64::NEG_INFINITY => "-1e999".to_string(),
        value => value.to_string(),
    }
}
