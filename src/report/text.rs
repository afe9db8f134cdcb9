//! Labels and numbers as text of a page or a drawing.

use std::fmt::{self, Display, Formatter, Write};

use crate::describe::{columns, one_line, percent, whole, width};

/// Stands for what was cut out of the middle.
const CUT: char = '…';

/// Marks that keep the direction of a label to itself.
const ISOLATE: char = '\u{2068}';
const END_OF_ISOLATE: char = '\u{2069}';

/// Text with the characters of markup escaped, for HTML and XML, between tags and in quoted attributes.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            match char {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                char => f.write_char(char)?,
            }
        }
        Ok(())
    }
}

/// A text as a JSON string that may stand in a `script` element: whatever could end the element, or a line of a
/// script, is escaped.
pub(super) struct Json<'a>(pub(super) &'a str);

impl Display for Json<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for char in self.0.chars() {
            match char {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(char))?,
                char => f.write_char(char)?,
            }
        }
        f.write_char('"')
    }
}

/// A label as it is shown: on one line, without controls, and without characters that XML does not allow.
pub(super) fn shown(label: &impl Display) -> String {
    let text = one_line(label);
    match text.contains(['\u{fffe}', '\u{ffff}']) {
        true => text.replace(['\u{fffe}', '\u{ffff}'], "·"),
        false => text,
    }
}

/// The same where there has to be something to see: of a label that is empty or blank it says so.
pub(super) fn named(label: &impl Display) -> String {
    let text = shown(label);
    if width(text.trim()) == 0 { BLANK.to_string() } else { text }
}

/// A text of at most this many columns: what is too much is cut out of the middle, as labels often differ at the end.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_string();
    }
    let room = most.saturating_sub(1);
    let head = fitting(text.chars(), room.div_ceil(2));
    let tail: String = fitting(text.chars().rev(), room - width(&head).min(room));
    let tail: String = tail.chars().rev().collect();
    // A mark that is put on a character stays with it.
    let tail = tail.trim_start_matches(|char| columns(char) == 0);
    format!("{}{CUT}{}", head.trim_end(), tail.trim_start())
}

/// The first characters that fit into some columns.
fn fitting(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut left = room;
    let fits = |char: &char| {
        let fitting = left.checked_sub(columns(*char));
        left = fitting.unwrap_or(left);
        fitting.is_some()
    };
    chars.take_while(fits).collect()
}

/// Where text has no elements: a label whose direction does not turn what stands beside it.
pub(super) fn isolated(label: &str) -> String {
    // Most labels have no letters that are written from right to left.
    match label.chars().all(|char| char < '\u{590}') {
        true => label.to_string(),
        false => format!("{ISOLATE}{label}{END_OF_ISOLATE}"),
    }
}

/// Labels with commas between them, for text without elements.
pub(super) fn listed(labels: &[&str]) -> String {
    match labels {
        [] => ANY.to_string(),
        labels => labels.iter().map(|label| isolated(label)).collect::<Vec<_>>().join(", "),
    }
}

/// The same within some columns, about as many for each label.
pub(super) fn listed_within(labels: &[&str], most: usize) -> String {
    /// The fewest columns of a label, and those for which one is named.
    const LEAST: usize = 4;
    const NAMED: usize = 12;
    let all: usize = labels.iter().map(|label| width(label) + 2).sum();
    if all <= most + 2 {
        return listed(labels);
    }
    let named = &labels[..labels.len().min((most / NAMED).max(1))];
    let each = ((most + 2) / named.len()).saturating_sub(2).max(LEAST);
    // What short labels leave is for the long ones.
    let short = named.iter().filter(|label| width(label) <= each);
    let (count, taken) = short.fold((0, 0), |(count, taken), label| (count + 1, taken + width(label)));
    let long = (most + 2).saturating_sub(taken + 2 * named.len()) / (named.len() - count).max(1);
    let shown: Vec<String> = named.iter().map(|label| isolated(&cut(label, long.max(LEAST)))).collect();
    format!("{}{}", shown.join(", "), if labels.len() > named.len() { ", …" } else { "" })
}

/// The left side of a rule that asks for nothing.
pub(super) const ANY: &str = "(any basket)";

/// A label without anything to see.
const BLANK: &str = "(blank)";

/// A lift: how many times as often.
pub(super) fn times(lift: f64) -> String {
    match lift {
        lift if lift < 9.995 => format!("{lift:.2}"),
        lift if lift < 99.95 => format!("{lift:.1}"),
        // Above 2^64 it is not exact anyway.
        lift => whole(lift.round() as u64),
    }
}

/// A p-value, as far as people read it.
pub(super) fn chance(p: f64) -> String {
    match p {
        p if p < 0.001 => "< 0.001".to_string(),
        p if p < 0.1 => format!("{p:.3}"),
        p => format!("{p:.2}"),
    }
}

/// A fraction in per cent, which no line break parts from its sign.
pub(super) fn share(fraction: f64) -> String {
    percent(fraction).replace(' ', "\u{a0}")
}

/// A number and a word, which takes an `s` unless there is one.
pub(super) fn counted(number: u64, word: &str) -> String {
    format!("{} {word}{}", whole(number), if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_does_not_fit_is_cut_from_the_middle() {
        for (text, most, expected) in [
            ("beer", 4, "beer"),
            ("potato chips, salted", 11, "potat…alted"),
            ("organic whole milk 3.5 %", 12, "organi…3.5 %"),
            ("牛乳牛乳牛乳", 7, "牛…牛乳"),
            ("ab", 1, "…"),
            ("ab", 0, "…"),
            ("", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected);
        }
    }

    #[test]
    fn numbers_for_people() {
        assert_eq!(
            [0.0, 1.0, 9.994, 9.996, 99.94, 1234.5].map(times),
            ["0.00", "1.00", "9.99", "10.0", "99.9", "1,235"]
        );
        assert_eq!([0.0, 0.0123, 0.1, 1.0].map(chance), ["< 0.001", "0.012", "0.10", "1.00"]);
        assert_eq!((counted(1, "rule"), counted(2000, "rule")), ("1 rule".to_string(), "2,000 rules".to_string()));
        assert_eq!(listed(&["beer", "خبز"]), "beer, \u{2068}خبز\u{2069}");
    }

    proptest! {
        #[test]
        fn escaped_text_has_no_markup(text in any::<String>()) {
            let escaped = Escaped(&text).to_string();
            let has_markup = escaped.contains(['<', '>', '"', '\'']);
            prop_assert!(!has_markup);
            let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
            prop_assert_eq!(back.replace("&amp;", "&"), text);
        }

        #[test]
        fn json_says_the_same_without_markup(text in any::<String>()) {
            let json = Json(&text).to_string();
            let has_markup = json.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\n']);
            prop_assert!(!has_markup);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn cut_text_fits(text in any::<String>(), most in 1..30usize) {
            let cut = cut(&text, most);
            prop_assert!(width(&cut) <= most.max(width(&text).min(most)), "{cut:?}");
            prop_assert!(width(&text) > most || cut == text);
        }
    }
}
