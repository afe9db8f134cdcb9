//! Rows from JSON lines (feature `json`).

use std::io::{BufRead, BufReader, Read};

use serde_json::{Map, Value};

use super::column::RuleColumn;
use super::csv::{ITEMSET_HEADER, RULE_HEADER};
use super::rows::{ItemsetRow, RuleRow, float};
use crate::error::Error;
use crate::rules::Contingency;

/// Reads the itemsets that [`JsonLinesWriter`](super::JsonLinesWriter) writes, one by one (feature `json`). Blank lines
/// are skipped.
///
/// # Errors
///
/// [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) with the line, for a line that is not an object of JSON, and
/// for a field that is missing, unknown or not what its name says; [`ErrorKind::Io`](crate::ErrorKind::Io). Do not go
/// on after the latter.
///
/// ```
/// let lines = r#"{"items":["beer","6\" nails"],"count":2,"support":0.5}"#;
/// let itemsets = itemset::io::read_itemsets_json_lines(lines.as_bytes()).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!((&itemsets[0].items[1][..], itemsets[0].count), ("6\" nails", 2));
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn read_itemsets_json_lines<R: Read>(input: R) -> impl Iterator<Item = Result<ItemsetRow, Error>> {
    objects(input).map(|object| {
        let mut object = object?;
        let [items, count, support] = ITEMSET_HEADER;
        let row =
            ItemsetRow { items: object.labels(items)?, count: object.count(count)?, support: object.float(support)? };
        object.end()?;
        Ok(row)
    })
}

/// Reads the rules that [`JsonLinesWriter`](super::JsonLinesWriter) writes, one by one (feature `json`). Blank lines
/// are skipped.
///
/// # Errors
///
/// Those of [`read_itemsets_json_lines`]; [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) also for counts that no
/// rule can have.
///
/// ```
/// use itemset::Measure;
///
/// let lines = r#"{"antecedent":["beer"],"consequent":["wipes"],"n":4,"n_x":2,"n_y":2,"n_xy":2,"conviction":"inf"}"#;
/// for rule in itemset::io::read_rules_json_lines(lines.as_bytes()) {
///     let rule = rule?;
///     assert_eq!((rule.antecedent, rule.consequent), (vec!["beer".to_string()], vec!["wipes".to_string()]));
///     assert_eq!(rule.values, [(Measure::Conviction.into(), f64::INFINITY)]);
/// }
/// # Ok::<(), itemset::Error>(())
/// ```
pub fn read_rules_json_lines<R: Read>(input: R) -> impl Iterator<Item = Result<RuleRow, Error>> {
    objects(input).map(|object| {
        let mut object = object?;
        let [antecedent, consequent, n, n_x, n_y, n_xy] = RULE_HEADER;
        let (antecedent, consequent) = (object.labels(antecedent)?, object.labels(consequent)?);
        let [n, n_x, n_y, n_xy] = [n, n_x, n_y, n_xy].map(|name| object.count(name));
        let counts = Contingency::new(n?, n_x?, n_y?, n_xy?).map_err(|error| object.malformed(error))?;
        let mut values = Vec::new();
        for column in RuleColumn::all() {
            if object.fields.contains_key(column.name()) {
                values.push((column, object.float(column.name())?));
            }
        }
        object.end()?;
        Ok(RuleRow { antecedent, consequent, counts, values })
    })
}

/// An object of which fields are taken.
struct Object {
    fields: Map<String, Value>,
    line: u64,
}

/// The lines of the input that are not blank.
fn objects<R: Read>(input: R) -> impl Iterator<Item = Result<Object, Error>> {
    let mut input = BufReader::new(input);
    let (mut bytes, mut line) = (Vec::new(), 0);
    std::iter::from_fn(move || {
        loop {
            bytes.clear();
            line += 1;
            match input.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let fields = serde_json::from_slice(&bytes);
                    let reason = |error| format!("expected an object of JSON on each line: {error}");
                    return Some(match fields {
                        Ok(fields) => Ok(Object { fields, line }),
                        Err(error) => Err(Error::malformed(line, reason(error))),
                    });
                }
                Err(error) => return Some(Err(error.into())),
            }
        }
    })
}

impl Object {
    fn malformed(&self, reason: impl std::fmt::Display) -> Error {
        Error::malformed(self.line, reason)
    }

    fn take(&mut self, name: &str, expected: &str) -> Result<Value, Error> {
        let reason = || format!("there is no {name}, expected {expected}");
        self.fields.remove(name).ok_or_else(|| self.malformed(reason()))
    }

    fn labels(&mut self, name: &str) -> Result<Vec<String>, Error> {
        let expected = "an array of texts";
        let labels = self.take(name, expected)?;
        let texts = |value: Value| match value {
            Value::Array(labels) => labels.into_iter().map(text).collect(),
            _ => None,
        };
        texts(labels).ok_or_else(|| self.malformed(format_args!("{name} is not {expected}")))
    }

    fn count(&mut self, name: &str) -> Result<u64, Error> {
        let expected = "a whole number of baskets";
        let count = self.take(name, expected)?;
        count.as_u64().ok_or_else(|| self.malformed(format_args!("{name} is {count}, expected {expected}")))
    }

    fn float(&mut self, name: &str) -> Result<f64, Error> {
        let expected = "a number, \"inf\" or \"-inf\"";
        let value = self.take(name, expected)?;
        let number = match &value {
            Value::String(text) => float(text).filter(|number| number.is_infinite()),
            value => value.as_f64(),
        };
        number.ok_or_else(|| self.malformed(format_args!("{name} is {value}, expected {expected}")))
    }

    /// Refuses what is left.
    fn end(self) -> Result<(), Error> {
        match self.fields.keys().next() {
            None => Ok(()),
            Some(name) => Err(self.malformed(format_args!("{name:?} is no field of such a row; leave it out"))),
        }
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}
