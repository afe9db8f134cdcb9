//! Rows of CSV.

use std::fmt::{self, Display, Write as _};

use super::blocks::{push_count, push_float};
use super::column::RuleColumn;
use crate::rules::Rule;

/// Between the items of a side.
pub(super) const ITEM_SEPARATOR: char = ';';

/// Before a separator, or itself, in a label. Alone it is a side of one empty label.
pub(super) const ESCAPE: char = '\\';

/// The header of itemsets.
pub(super) const ITEMSET_HEADER: [&str; 3] = ["items", "count", "support"];

/// The first columns of rules.
pub(super) const RULE_HEADER: [&str; 6] = ["antecedent", "consequent", "n", "n_x", "n_y", "n_xy"];

pub(super) fn header<'a>(text: &mut String, names: impl Iterator<Item = &'a str>) {
    let names: Vec<&str> = names.collect();
    text.push_str(&names.join(","));
    text.push('\n');
}

pub(super) fn itemset<L: Display>(
    text: &mut String,
    items: impl Iterator<Item = L>,
    count: u64,
    support: f64,
) -> fmt::Result {
    side(text, items)?;
    text.push(',');
    push_count(text, count);
    // A support is neither tiny nor huge.
    writeln!(text, ",{support}")
}

pub(super) fn rule<T: Display>(
    text: &mut String,
    rule: Rule<'_, T>,
    values: impl Iterator<Item = (RuleColumn, f64)>,
) -> fmt::Result {
    side(text, rule.antecedent())?;
    text.push(',');
    side(text, rule.consequent())?;
    let counts = rule.counts();
    for count in [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()] {
        text.push(',');
        push_count(text, count);
    }
    for (_, value) in values {
        text.push(',');
        push_float(text, value);
    }
    text.push('\n');
    Ok(())
}

/// The labels of a side as one field.
fn side<L: Display>(text: &mut String, labels: impl Iterator<Item = L>) -> fmt::Result {
    let field = text.len();
    let mut items = 0;
    for label in labels {
        if items > 0 {
            text.push(ITEM_SEPARATOR);
        }
        items += 1;
        let start = text.len();
        write!(text, "{label}")?;
        let is_special = |char| matches!(char, ITEM_SEPARATOR | ESCAPE);
        if text[start..].contains(is_special) {
            let label = text.split_off(start);
            for char in label.chars() {
                if is_special(char) {
                    text.push(ESCAPE);
                }
                text.push(char);
            }
        }
    }
    if items == 1 && text.len() == field {
        text.push(ESCAPE);
    }
    if text[field..].contains([',', '"', '\r', '\n']) {
        let quoted = text.split_off(field).replace('"', "\"\"");
        text.push('"');
        text.push_str(&quoted);
        text.push('"');
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_one_field() {
        for (labels, expected) in [
            (&["beer", "potato chips"][..], "beer;potato chips"),
            (&["a;b", "back\\slash", "a,b"], r#""a\;b;back\\slash;a,b""#),
            (&["6\" nails"], r#""6"" nails""#),
            (&["\r", "two\nlines"], "\"\r;two\nlines\""),
            (&[], ""),
            (&[""], "\\"),
            (&["", "a", ""], ";a;"),
            (&[" a ", "=>", "😀"], " a ;=>;😀"),
        ] {
            let mut text = String::new();
            side(&mut text, labels.iter()).unwrap();
            assert_eq!(text, expected);
        }
    }
}
