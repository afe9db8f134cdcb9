//! Left sides, in groups where there are many, and right sides.

use hashbrown::HashMap;

use super::drawing::{Anchor, Drawing};
use super::groups::{Sparse, groups};
use super::shades::Shades;
use crate::call::control::Control;
use crate::describe::{percent, whole, width};
use crate::error::Error;
use crate::report::content::{Content, Shown};
use crate::report::text::{counted, listed, listed_within, times};

/// Rows, and columns.
const ROWS: usize = 20;
const COLUMNS: usize = 20;

/// Of a field of the matrix.
const CELL: f64 = 30.0;

/// Columns of a label, and the width of one.
const LABEL: usize = 28;
const COLUMN: f64 = 7.8;

/// Room below for the legend.
const LEGEND: f64 = 76.0;

/// The matrix, and for each rule the number of its field from 1, or 0 if it has none.
pub(in crate::report) fn draw(content: &Content, control: &Control) -> Result<(Drawing, Vec<u32>), Error> {
    let matrix = Matrix::of(content, control)?;
    Ok((matrix.draw(content), matrix.field))
}

struct Matrix {
    /// The right side of each row.
    rows: Vec<Vec<u32>>,
    /// Right sides that have no row.
    left_out: usize,
    /// By column, the left sides, the one of the best rule first.
    columns: Vec<Vec<Vec<u32>>>,
    /// By rule.
    field: Vec<u32>,
}

impl Matrix {
    fn of(content: &Content, control: &Control) -> Result<Self, Error> {
        // The right sides in the order of their best rules, and the left sides of what the rows show.
        let (rows, row_of) = distinct(content.rules.iter().map(|rule| &rule.consequent));
        let shown = rows.len().min(ROWS);
        let in_row = || content.rules.iter().zip(&row_of).filter(|&(_, &row)| row < shown);
        let (sides, side_of) = distinct(in_row().map(|(rule, _)| &rule.antecedent));
        let mut vectors: Vec<Sparse> = vec![Vec::new(); sides.len()];
        for ((rule, &row), &side) in in_row().zip(&side_of) {
            // 0 is a lift of 1, as which a rule that was not found counts.
            vectors[side].push((row as u32, libm::log(rule.lift())));
        }
        let group = match sides.len() <= COLUMNS {
            true => (0..sides.len()).collect(),
            false => groups(&vectors, shown, COLUMNS, control)?,
        };
        let mut columns = vec![Vec::new(); group.iter().max().map_or(0, |most| most + 1)];
        for (side, &group) in sides.into_iter().zip(&group) {
            columns[group].push(side);
        }
        let width = columns.len();
        let mut sides = side_of.iter();
        let field = row_of.iter().map(|&row| match row < shown {
            true => sides.next().map_or(0, |&side| (row * width + group[side] + 1) as u32),
            false => 0,
        });
        let field = field.collect();
        let left_out = rows.len() - shown;
        Ok(Matrix { rows: rows.into_iter().take(shown).collect(), left_out, columns, field })
    }

    fn draw(&self, content: &Content) -> Drawing {
        let shades = Shades::of(content);
        let names: Vec<String> = self.rows.iter().map(|row| listed_within(&content.labels(row), LABEL)).collect();
        let heads: Vec<String> = self.columns.iter().map(|column| head(content, column)).collect();
        let longest = |names: &[String]| COLUMN * names.iter().map(|name| width(name)).max().unwrap_or(0) as f64;
        let (left, top) = (16.0, 30.0 + 0.75 * longest(&heads));
        let right = left + CELL * self.columns.len() as f64;
        let bottom = top + CELL * self.rows.len() as f64;
        // The heads lean to the right; the legend takes its room too.
        let wide = (right + 12.0 + longest(&names)).max(right + 0.75 * longest(&heads)).max(720.0);
        let title = "Left sides and right sides";
        let mut drawing = Drawing::new("matrix", [wide, bottom + LEGEND], title, self.description());
        for (column, (name, sides)) in heads.iter().zip(&self.columns).enumerate() {
            let x = left + CELL * (column as f64 + 0.5);
            let title = titles(content, sides);
            drawing.line("grid", [x, top], [x, bottom]);
            let lean = format!(" transform=\"translate({x} {}) rotate(-48)\"", top - 8.0);
            drawing.group("label", &lean, &title, |drawing| {
                drawing.text("label", [0.0, 0.0], Anchor::Start, name);
            });
        }
        for (row, (name, side)) in names.iter().zip(&self.rows).enumerate() {
            let y = top + CELL * (row as f64 + 0.5);
            drawing.line("grid", [left, y], [right, y]);
            drawing.group("label", "", &listed(&content.labels(side)), |drawing| {
                drawing.text("label", [right + 10.0, y + 4.5], Anchor::Start, name);
            });
        }
        let fields = self.fields(content);
        let most = fields.iter().map(|(_, rules)| median(rules, Shown::support)).fold(0.0, f64::max);
        for (field, rules) in fields {
            let (row, column) = ((field - 1) / self.columns.len(), (field - 1) % self.columns.len());
            let middle = [left + CELL * (column as f64 + 0.5), top + CELL * (row as f64 + 0.5)];
            let (support, lift) = (median(&rules, Shown::support), median(&rules, Shown::lift));
            let title = format!(
                "{} → {}: {}, support {}, lift {}",
                heads[column],
                names[row],
                counted(rules.len() as u64, "rule"),
                percent(support),
                times(lift)
            );
            // The area is for the support; the smallest can be seen.
            let radius = (0.44 * CELL * (support / most).sqrt()).max(3.0);
            drawing.group("cell", &format!(" data-c=\"{field}\""), &title, |drawing| {
                drawing.circle(&format!("node s{}", shades.shade(lift)), middle, radius);
            });
        }
        let axes = format!("columns: left sides; rows: right sides; size: support{}", self.left_out_in_words());
        drawing.text("axis", [left, bottom + 22.0], Anchor::Start, &axes);
        let has_below = content.rules.iter().any(|rule| rule.lift() < 1.0);
        shades.legend(&mut drawing, [left, bottom + 48.0], false, has_below);
        drawing
    }

    /// The rules of each field that has any, by the number of the field.
    fn fields<'c>(&self, content: &'c Content) -> Vec<(usize, Vec<&'c Shown>)> {
        let mut fields: Vec<(usize, Vec<&Shown>)> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for (rule, &field) in content.rules.iter().zip(&self.field).filter(|&(_, &field)| field > 0) {
            let place = *places.entry(field).or_insert_with(|| {
                fields.push((field as usize, Vec::new()));
                fields.len() - 1
            });
            fields[place].1.push(rule);
        }
        fields
    }

    /// That a matrix has not all right sides, in the picture itself.
    fn left_out_in_words(&self) -> String {
        match self.left_out {
            0 => String::new(),
            more => format!("; not shown: {}", counted(more as u64, "right side")),
        }
    }

    fn description(&self) -> String {
        let sides: usize = self.columns.iter().map(Vec::len).sum();
        let grouped = match sides > self.columns.len() {
            true => format!("{} left sides in {} groups of similar ones", whole(sides as u64), self.columns.len()),
            false => counted(sides as u64, "left side"),
        };
        let left_out = match self.left_out {
            0 => String::new(),
            more => format!(" {} with weaker rules are left out.", counted(more as u64, "right side")),
        };
        format!(
            "A column for each of {grouped}, a row for each of {}. A dot is where rules join them: the larger, the \
             more baskets; the stronger its colour, the higher the lift.{left_out} The table has the same rules.",
            counted(self.rows.len() as u64, "right side")
        )
    }
}

/// The name of a column: the left side of its best rule, and how many others.
fn head(content: &Content, sides: &[Vec<u32>]) -> String {
    let first = |most| sides.first().map_or(String::new(), |side| listed_within(&content.labels(side), most));
    match sides.len() {
        0 | 1 => first(LABEL),
        sides => format!("{} +{}", first(LABEL - 5), sides - 1),
    }
}

/// The first left sides of a column in full.
fn titles(content: &Content, sides: &[Vec<u32>]) -> String {
    const LISTED: usize = 8;
    let listed: Vec<String> = sides.iter().take(LISTED).map(|side| listed(&content.labels(side))).collect();
    let more = match sides.len().saturating_sub(LISTED) {
        0 => String::new(),
        more => format!("; and {}", whole(more as u64)),
    };
    format!("{}{more}", listed.join("; "))
}

/// Each different side once, in the order of the first, and by rule which it is.
fn distinct<'a>(sides: impl Iterator<Item = &'a Vec<u32>>) -> (Vec<Vec<u32>>, Vec<usize>) {
    let mut numbers: HashMap<&Vec<u32>, usize> = HashMap::new();
    let mut found = Vec::new();
    let of_rule = sides.map(|side| {
        *numbers.entry(side).or_insert_with(|| {
            found.push(side.clone());
            found.len() - 1
        })
    });
    let of_rule = of_rule.collect();
    (found, of_rule)
}

/// The value in the middle, of an even number the greater of the two.
fn median(rules: &[&Shown], of: fn(&Shown) -> f64) -> f64 {
    let mut values: Vec<f64> = rules.iter().map(|rule| of(rule)).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
