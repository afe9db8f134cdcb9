//! Rows of JSON lines.

use std::fmt::{self, Display, Write as _};

use super::blocks::{push_count, push_float};
use super::column::RuleColumn;
use super::csv::{ITEMSET_HEADER, RULE_HEADER};
use crate::rules::Rule;

pub(super) fn itemset<L: Display>(
    text: &mut String,
    items: impl Iterator<Item = L>,
    count: u64,
    support_value: f64,
) -> fmt::Result {
    let [items_name, count_name, support] = ITEMSET_HEADER;
    name(text, '{', items_name);
    labels(text, items)?;
    name(text, ',', count_name);
    push_count(text, count);
    name(text, ',', support);
    number(text, support_value);
    text.push_str("}\n");
    Ok(())
}

pub(super) fn rule<T: Display>(
    text: &mut String,
    rule: Rule<'_, T>,
    values: impl Iterator<Item = (RuleColumn, f64)>,
) -> fmt::Result {
    let [antecedent, consequent, n, n_x, n_y, n_xy] = RULE_HEADER;
    name(text, '{', antecedent);
    labels(text, rule.antecedent())?;
    name(text, ',', consequent);
    labels(text, rule.consequent())?;
    let counts = rule.counts();
    for (count_name, count) in [(n, counts.n()), (n_x, counts.n_x()), (n_y, counts.n_y()), (n_xy, counts.n_xy())] {
        name(text, ',', count_name);
        push_count(text, count);
    }
    for (column, value) in values {
        name(text, ',', column.name());
        number(text, value);
    }
    text.push_str("}\n");
    Ok(())
}

/// The name of a field, which needs no escapes, after what stands before it.
fn name(text: &mut String, before: char, name: &str) {
    text.push(before);
    text.push('"');
    text.push_str(name);
    text.push_str("\":");
}

fn labels<L: Display>(text: &mut String, labels: impl Iterator<Item = L>) -> fmt::Result {
    text.push('[');
    for (position, label) in labels.enumerate() {
        text.push_str(if position > 0 { ",\"" } else { "\"" });
        let start = text.len();
        write!(text, "{label}")?;
        if text[start..].contains(|char| matches!(char, '"' | '\\' | '\0'..'\x20')) {
            let label = text.split_off(start);
            escape(text, &label)?;
        }
        text.push('"');
    }
    text.push(']');
    Ok(())
}

fn escape(text: &mut String, label: &str) -> fmt::Result {
    for char in label.chars() {
        let short = match char {
            '"' | '\\' => char,
            '\x08' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\x0c' => 'f',
            '\r' => 'r',
            '\0'..'\x20' => {
                write!(text, "\\u{:04x}", u32::from(char))?;
                continue;
            }
            _ => {
                text.push(char);
                continue;
            }
        };
        text.push('\\');
        text.push(short);
    }
    Ok(())
}

/// JSON has no infinities; they become the strings `"inf"` and `"-inf"`. Whole numbers end in `.0`, to be floats for
/// readers that tell them from integers.
fn number(text: &mut String, value: f64) {
    if value.is_finite() {
        let start = text.len();
        push_float(text, value);
        if !text[start..].contains(['.', 'e']) {
            text.push_str(".0");
        }
    } else {
        text.push('"');
        push_float(text, value);
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As `serde_json` writes it, but for the plus sign of an exponent.
    fn expected(value: f64) -> String {
        serde_json::to_string(&value).unwrap().replace('+', "")
    }

    fn number_text(value: f64) -> String {
        let mut text = String::new();
        number(&mut text, value);
        text
    }

    #[test]
    fn edges_are_written_as_serde_json_writes_them() {
        for value in [0.0, -0.0, 1.0, 0.1, 1e-5, 9.99e-6, 1e15, 1e16, 1e22, 5e-324, f64::MAX, f64::MIN_POSITIVE] {
            assert_eq!(number_text(value), expected(value));
        }
        let mut text = String::new();
        let every: String = (0..=0x2100).filter_map(char::from_u32).collect();
        labels(&mut text, [&every].into_iter()).unwrap();
        assert_eq!(text, serde_json::to_string(&[every]).unwrap());
    }

    proptest! {
        #[test]
        fn numbers_are_as_serde_json_writes_them(value in any::<f64>(), part in 0..1000u32, whole in 1..1000u32) {
            for value in [value, f64::from(part) / f64::from(whole)] {
                if value.is_finite() {
                    let (own, other) = (number_text(value), expected(value));
                    // Of two shortest forms that are equally near, either.
                    let is_as_short = own.len() == other.len() && own.parse() == Ok(value);
                    prop_assert!(own == other || is_as_short, "{} and {}", own, other);
                }
            }
        }
    }
}
