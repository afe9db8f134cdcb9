//! The rules as data for the script of a page.

use std::fmt::{Display, Write};

use crate::report::content::{Content, Shown};
use crate::report::text::Json;
use crate::rules::Measure;

/// A JSON object of columns, each with a value for each rule. Sides are lists of places in `items`.
pub(super) fn data(content: &Content, field: &[u32]) -> String {
    let rules = &content.rules;
    let side = |items: &Vec<u32>| list(items.iter());
    let mut json = format!("{{\"n\":{}", content.baskets);
    let mut put = |name: &str, values: String| {
        // A string takes all that is written to it.
        let _ = write!(json, ",\"{name}\":{values}");
    };
    put("items", list(content.labels.iter().map(|label| Json(label))));
    put("x", list(rules.iter().map(|rule| side(&rule.antecedent))));
    put("y", list(rules.iter().map(|rule| side(&rule.consequent))));
    put("nx", list(rules.iter().map(|rule| rule.counts.n_x())));
    put("ny", list(rules.iter().map(|rule| rule.counts.n_y())));
    put("nxy", list(rules.iter().map(|rule| rule.counts.n_xy())));
    put("field", list(field.iter()));
    if content.significance.is_some() {
        let chance = |rule: &Shown| rule.chance.unwrap_or((1.0, false));
        put("p", list(rules.iter().map(|rule| short(chance(rule).0))));
        put("sure", list(rules.iter().map(|rule| u8::from(chance(rule).1))));
    }
    if content.changes.is_some() {
        let before = |rule: &Shown| rule.drift.and_then(|(drift, _)| drift.before().confidence());
        put(
            "before",
            list(rules.iter().map(|rule| before(rule).map_or("null".to_string(), |value| value.to_string()))),
        );
        put("changed", list(rules.iter().map(|rule| u8::from(rule.drift.is_some_and(|(_, changed)| changed)))));
    }
    if has_column(content.best_by) {
        put("value", list(rules.iter().map(|rule| number(rule.value))));
    }
    json.push('}');
    json
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
