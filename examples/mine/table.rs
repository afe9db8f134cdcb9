//! Rules as a table that fits a terminal.

use std::io::{self, Write};

use console::Term;
use itemset::{Rule, Rules};
use unicode_width::UnicodeWidthChar;

/// Columns of a terminal that does not say how wide it is.
const WIDTH: usize = 80;

/// Columns of the numbers: baskets, support, confidence, lift, with the spaces before them.
const NUMBERS: [(&str, usize); 4] = [("baskets", 9), ("support", 9), ("confidence", 12), ("lift", 8)];

/// The longest bar, with the space before it, and the width from which on there are bars.
const BAR: usize = 11;
const WITH_BARS: usize = 76;

/// The fewest columns of a side.
const SIDE: usize = 8;

/// Between the sides.
const ARROW: &str = " → ";

/// Stands for what was cut out of the middle.
const CUT: char = '…';

/// A table of a given width.
pub(crate) struct Table {
    left: usize,
    right: usize,
    has_bars: bool,
    greatest: f64,
}

impl Table {
    /// As wide as the terminal, or less if that is enough.
    pub(crate) fn new(rules: &Rules<String>) -> Self {
        let width = Term::stdout().size_checked().map_or(WIDTH, |(_, columns)| usize::from(columns));
        Table::of_width(rules, width)
    }

    fn of_width(rules: &Rules<String>, width: usize) -> Self {
        let numbers: usize = NUMBERS.iter().map(|(_, columns)| columns).sum();
        let has_bars = width >= WITH_BARS;
        let taken = numbers + ARROW.chars().count() + if has_bars { BAR } else { 0 };
        let room = width.saturating_sub(taken);
        let longest = |side: fn(Rule<'_, String>) -> String| rules.iter().map(|rule| columns_of(&side(rule))).max();
        let (left, right) = (longest(antecedent).unwrap_or(0).max(SIDE), longest(consequent).unwrap_or(0).max(SIDE));
        // A side that needs less than half leaves the rest to the other.
        let half = room / 2;
        let (left, right) = match (left <= half, right <= half) {
            _ if left + right <= room => (left, right),
            (true, _) => (left, room - left),
            (_, true) => (room - right, right),
            _ => (room - half, half),
        };
        let greatest = rules.iter().map(|rule| rule.lift()).fold(0.0, f64::max);
        Table { left: left.max(SIDE), right: right.max(SIDE), has_bars, greatest }
    }

    pub(crate) fn write(&self, rules: &Rules<String>, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{}{}{}", left("who buys", self.left), " ".repeat(3), left("also buys", self.right))?;
        for (name, columns) in NUMBERS {
            write!(out, "{name:>columns$}")?;
        }
        writeln!(out)?;
        for rule in rules {
            write!(out, "{}{ARROW}{}", left(&antecedent(rule), self.left), left(&consequent(rule), self.right))?;
            let numbers = [
                rule.count().to_string(),
                format!("{:.1} %", 100.0 * rule.support()),
                format!("{:.1} %", 100.0 * rule.confidence()),
                format!("{:.2}", rule.lift()),
            ];
            for (number, (_, columns)) in numbers.iter().zip(NUMBERS) {
                write!(out, "{number:>columns$}")?;
            }
            if self.has_bars {
                write!(out, " {}", bar(rule.lift() / self.greatest, BAR - 1))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

fn antecedent(rule: Rule<'_, String>) -> String {
    match rule.antecedent().len() {
        0 => "(any basket)".to_string(),
        _ => joined(rule.antecedent()),
    }
}

fn consequent(rule: Rule<'_, String>) -> String {
    joined(rule.consequent())
}

/// Labels with commas. A control character, or a mark that would turn the direction of the line, is a dot.
fn joined<'a>(labels: impl Iterator<Item = &'a String>) -> String {
    let turns = |char: char| matches!(char, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |char: char| if char.is_control() || turns(char) { '·' } else { char };
    let labels: Vec<String> = labels.map(|label| label.chars().map(shown).collect()).collect();
    labels.join(", ")
}

fn columns_of(text: &str) -> usize {
    text.chars().map(|char| char.width().unwrap_or(0)).sum()
}

/// A text of exactly some columns: with spaces behind it, or without its middle.
fn left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let spaces = columns.saturating_sub(columns_of(&text));
    text + &" ".repeat(spaces)
}

fn cut(text: &str, columns: usize) -> String {
    if columns_of(text) <= columns {
        return text.to_string();
    }
    let room = columns.saturating_sub(1);
    let head = fitting(text.chars(), room.div_ceil(2));
    let tail: String = fitting(text.chars().rev(), room.saturating_sub(columns_of(&head))).chars().rev().collect();
    // A mark that is put on a character stays with it.
    let tail = tail.trim_start_matches(|char: char| char.width() == Some(0));
    format!("{head}{CUT}{tail}")
}

/// The first characters that fit into some columns.
fn fitting(chars: impl Iterator<Item = char>, mut room: usize) -> String {
    let mut fits = |char: &char| match room.checked_sub(char.width().unwrap_or(0)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    chars.take_while(|char| fits(char)).collect()
}

/// A bar of a length from 0 to 1 of some columns, in eighths of a column.
fn bar(length: f64, columns: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (length.clamp(0.0, 1.0) * 8.0 * columns as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths.max(1) % 8])
}
