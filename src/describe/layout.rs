//! Text of a given width, bars and numbers.

use std::fmt::Display;

/// Text in place of what does not fit.
const CUT: char = '…';

/// Columns that a character takes on a terminal. The ranges are rough: wide scripts and emoji take two, marks that are
/// put on other characters none.
pub(crate) fn columns(char: char) -> usize {
    match u32::from(char) {
        0x300..=0x36f | 0x1ab0..=0x1aff | 0x200b..=0x200f | 0x2060..=0x2064 | 0x20d0..=0x20ff | 0xfe00..=0xfe0f => 0,
        0xfe20..=0xfe2f | 0xfeff | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xa960..=0xa97f | 0xac00..=0xd7a3 => 2,
        0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f => 2,
        0x1f680..=0x1f6ff | 0x1f900..=0x1f9ff | 0x1fa70..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Columns that a text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// A label on one line, cut to a width. Control characters and line breaks become `·`, so that none of them changes
/// the page.
pub(super) fn label(label: &impl Display, most: usize) -> String {
    let text = one_line(label);
    if width(&text) <= most {
        return text;
    }
    let mut kept = String::new();
    let mut left = most.saturating_sub(1);
    for char in text.chars() {
        match left.checked_sub(columns(char)) {
            Some(rest) => left = rest,
            None => break,
        }
        kept.push(char);
    }
    kept.truncate(kept.trim_end().len());
    kept.push(CUT);
    kept
}

/// A label in full on one line, without what would change the page around it.
pub(crate) fn one_line(label: &impl Display) -> String {
    label.to_string().chars().map(shown).collect()
}

/// Direction marks would turn the rest of the line, too.
fn shown(char: char) -> char {
    match char {
        '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '·',
        char if char.is_control() => '·',
        char => char,
    }
}

/// The text with spaces behind it.
pub(super) fn left(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text with spaces before it.
pub(super) fn right(text: &str, columns: usize) -> String {
    format!("{}{text}", " ".repeat(columns.saturating_sub(width(text))))
}

/// A bar of a length from 0 to 1 of some columns, in eighths of a column. What is above 0 shows.
pub(super) fn bar(length: f64, columns: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (length.clamp(0.0, 1.0) * 8.0 * columns as f64).round() as usize;
    let eighths = if length > 0.0 { eighths.max(1) } else { eighths };
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A whole number with a comma between thousands.
pub(crate) fn whole(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction in per cent: with one decimal, or more if it would be 0.
pub(crate) fn percent(fraction: f64) -> String {
    let percent = 100.0 * fraction;
    let decimals = match percent {
        percent if percent >= 0.1 || percent == 0.0 => 1,
        percent if percent >= 0.01 => 2,
        percent if percent >= 0.001 => 3,
        _ => return "<0.001 %".to_string(),
    };
    format!("{percent:.decimals$} %")
}

/// A support that people choose, in per cent without zeros at the end.
pub(super) fn round_percent(support: f64) -> String {
    // Ten digits hide what the product of two floats is off.
    let percent = (1e10 * support).round() / 1e8;
    format!("{percent} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_a_width() {
        for (text, expected) in [
            ("beer", "beer"),
            ("potato chips", "potato c…"),
            ("potato  chips", "potato  c…"),
            ("牛乳牛乳", "牛乳牛乳"),
            ("牛乳牛乳牛乳", "牛乳牛乳…"),
            ("a\nb\t\u{1b}[0m", "a·b··[0m"),
            ("cafe\u{301}", "cafe\u{301}"),
            ("", ""),
        ] {
            let most = if expected.starts_with("potato  ") { 10 } else { 9 };
            let cut = label(&text, most);
            assert_eq!(cut, expected);
            assert!(width(&cut) <= most);
        }
        assert_eq!((left("牛乳", 6), right("牛乳", 6)), ("牛乳  ".to_string(), "  牛乳".to_string()));
        assert_eq!(label(&"ab   cdef", 5), "ab…");
    }

    #[test]
    fn bars_and_numbers() {
        assert_eq!(
            [0.0, 1e-9, 0.5, 0.51, 1.0, 2.0].map(|length| bar(length, 4)),
            ["", "▏", "██", "██", "████", "████"]
        );
        assert_eq!(bar(0.3, 10), "███");
        assert_eq!([0u64, 999, 1000, 1_234_567].map(whole), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 1.0, 0.255, 0.0004, 0.00001, 1e-9].map(percent),
            ["0.0 %", "100.0 %", "25.5 %", "0.04 %", "0.001 %", "<0.001 %"]
        );
        assert_eq!([0.5, 0.05, 0.005, 0.001, 0.07].map(round_percent), ["50 %", "5 %", "0.5 %", "0.1 %", "7 %"]);
    }
}
