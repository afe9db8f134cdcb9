//! Rules as a table that fits a terminal.

use std::io::{self, Write};

use console::Term;
use itemset::{Rule, Rules};
use unicode_width::UnicodeWidthChar;

/// Columns of a terminal that does not say how wide it is.
const WIDTH: usize = 80;

/// The numbers of a rule and their columns, with the spaces before them: more where there are longer ones. In a narrow
/// terminal the first are left out.
const NUMBERS: [(&str, usize); 4] = [("baskets", 9), ("support", 9), ("confidence", 12), ("lift", 8)];

/// The longest bar, with the space before it, and the width from which on there are bars.
const BAR: usize = 11;
const WITH_BARS: usize = 76;

/// The fewest columns of a side, unless there is not even room for those.
const SIDE: usize = 10;

/// The names of the sides.
const LEFT: &str = "who buys";
const RIGHT: &str = "also buys";

/// Between the sides.
const ARROW: &str = " → ";

/// Stands for what was cut out of the middle.
const CUT: char = '…';

/// A table of a given width.
pub(crate) struct Table {
    left: usize,
    right: usize,
    /// The first of the numbers that is there.
    first: usize,
    /// The columns of each number.
    numbers: [usize; NUMBERS.len()],
    has_bars: bool,
    greatest: f64,
}

impl Table {
    /// As wide as the terminal, or less if that is enough.
    pub(crate) fn new(rules: &Rules<String>) -> Self {
        Table::of_width(rules, Term::stdout().size_checked().map_or(WIDTH, |(_, columns)| usize::from(columns)))
    }

    pub(crate) fn of_width(rules: &Rules<String>, width: usize) -> Self {
        let has_bars = width >= WITH_BARS;
        let columns = rules.iter().map(numbers).fold(NUMBERS.map(|(_, columns)| columns), |most, numbers| {
            std::array::from_fn(|place| most[place].max(numbers[place].len() + 1))
        });
        let taken = |first: usize| {
            columns[first..].iter().sum::<usize>() + ARROW.chars().count() + if has_bars { BAR } else { 0 }
        };
        // The lift is always there.
        let last = NUMBERS.len() - 1;
        let first = (0..last).find(|&first| width >= taken(first) + 2 * SIDE).unwrap_or(last);
        let room = width.saturating_sub(taken(first)).max(2);
        let longest = |side: fn(Rule<'_, String>) -> String, name: &str| {
            rules.iter().map(|rule| columns_of(&side(rule))).max().unwrap_or(0).max(name.len())
        };
        let (left, right) = (longest(antecedent, LEFT), longest(consequent, RIGHT));
        // A side that needs less than half leaves the rest to the other.
        let half = room / 2;
        let (left, right) = match (left <= half, right <= half) {
            _ if left + right <= room => (left, right),
            (true, _) => (left, room - left),
            (_, true) => (room - right, right),
            _ => (room - half, half),
        };
        let greatest = rules.iter().map(|rule| rule.lift()).fold(0.0, f64::max);
        Table { left, right, first, numbers: columns, has_bars, greatest }
    }

    pub(crate) fn write(&self, rules: &Rules<String>, out: &mut impl Write) -> io::Result<()> {
        write!(out, "{}{}{}", left(LEFT, self.left), " ".repeat(3), left(RIGHT, self.right))?;
        for ((name, _), columns) in NUMBERS.into_iter().zip(self.numbers).skip(self.first) {
            write!(out, "{name:>columns$}")?;
        }
        writeln!(out)?;
        for rule in rules {
            write!(out, "{}{ARROW}{}", left(&antecedent(rule), self.left), left(&consequent(rule), self.right))?;
            for (number, columns) in numbers(rule).iter().zip(self.numbers).skip(self.first) {
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

/// As text, in the order of [`NUMBERS`].
fn numbers(rule: Rule<'_, String>) -> [String; NUMBERS.len()] {
    [
        rule.count().to_string(),
        format!("{:.1} %", 100.0 * rule.support()),
        format!("{:.1} %", 100.0 * rule.confidence()),
        format!("{:.2}", rule.lift()),
    ]
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
    let text = |label: &String| -> String { label.chars().map(shown).collect() };
    // What is empty or blank has to be seen too.
    let named = |text: String| if columns_of(text.trim()) == 0 { "(blank)".to_string() } else { text };
    let labels: Vec<String> = labels.map(|label| named(text(label))).collect();
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
