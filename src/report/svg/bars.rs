//! Frequencies of items, and lengths of baskets.

use super::drawing::{Anchor, Drawing};
use super::scale::Scale;
use crate::describe::{length_rows, percent, width};
use crate::report::basket_facts::BasketFacts;
use crate::report::text::{counted, cut, isolated};

const WIDTH: f64 = 520.0;

/// Columns of a label, and the width of one.
const LABEL: usize = 24;
const COLUMN: f64 = 7.8;

/// Of a bar with the space around it.
const ROW: f64 = 24.0;

/// Room for the value behind the longest bar.
const VALUE: f64 = 56.0;

/// Room below the bars for the axis.
const AXIS: f64 = 46.0;

/// The most frequent items.
pub(in crate::report) fn items(facts: &BasketFacts) -> Drawing {
    let baskets = facts.summary.baskets.max(1) as f64;
    let bars: Vec<Bar> = facts.items.iter().map(|(item, count)| Bar::new(item, *count, baskets)).collect();
    let first = facts.items.first().map_or(String::new(), |(item, count)| {
        let share = percent(*count as f64 / baskets);
        format!(" The first is {}, in {} ({share}).", isolated(item), counted(*count, "basket"))
    });
    let shown = counted(facts.items.len() as u64, "most frequent item");
    draw("items", &format!("The {shown}"), format!("A bar for each item.{first}"), &bars)
}

/// How many items baskets hold.
pub(in crate::report) fn lengths(facts: &BasketFacts) -> Drawing {
    let summary = &facts.summary;
    let baskets = summary.baskets.max(1) as f64;
    let rows = length_rows(&facts.lengths, summary.baskets);
    let bars: Vec<Bar> = rows.iter().map(|(lengths, count)| Bar::new(lengths, *count, baskets)).collect();
    let (least, median, most) = (summary.lengths.min, summary.lengths.median, summary.lengths.max);
    let description = format!("A bar for each number of items: from {least} to {most}, half have at most {median}.");
    draw("lengths", "Items per basket", description, &bars)
}

struct Bar {
    name: String,
    count: u64,
    share: f64,
}

impl Bar {
    fn new(name: &str, count: u64, baskets: f64) -> Self {
        Bar { name: name.to_string(), count, share: count as f64 / baskets }
    }
}

fn draw(id: &'static str, title: &str, description: String, bars: &[Bar]) -> Drawing {
    let columns = bars.iter().map(|bar| width(&cut(&bar.name, LABEL))).max().unwrap_or(0).max(4);
    let left = 12.0 + COLUMN * columns as f64;
    let bottom = 6.0 + ROW * bars.len() as f64;
    let scale = Scale::from_zero(bars.iter().map(|bar| bar.share), [left, WIDTH - VALUE]);
    let mut drawing = Drawing::new(id, [WIDTH, bottom + AXIS], title, description);
    for &tick in scale.ticks() {
        let x = scale.place(tick);
        drawing.line("grid", [x, 4.0], [x, bottom]);
        drawing.text("tick", [x, bottom + 16.0], Anchor::Middle, &rough_percent(tick));
    }
    for (row, bar) in bars.iter().enumerate() {
        let top = 6.0 + ROW * row as f64;
        let title = format!("{}: {} ({})", isolated(&bar.name), counted(bar.count, "basket"), percent(bar.share));
        drawing.group("bar", "", &title, |drawing| {
            drawing.text("label", [left - 6.0, top + 16.0], Anchor::End, &isolated(&cut(&bar.name, LABEL)));
            let end = scale.place(bar.share);
            drawing.rect("fill", [left, top + 3.0], [(end - left).max(0.5), ROW - 6.0]);
            drawing.text("value", [end + 6.0, top + 16.0], Anchor::Start, &percent(bar.share));
        });
    }
    drawing.line("frame", [left, 4.0], [left, bottom]);
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    let name = format!("share of all baskets (longest bar: {})", counted(most, "basket"));
    drawing.text("axis", [(left + WIDTH - VALUE) / 2.0, bottom + 36.0], Anchor::Middle, &name);
    drawing
}

/// A tick in per cent, with as many decimals as it has.
pub(super) fn rough_percent(tick: f64) -> String {
    // The last digits of a product of two floats are no news.
    let text = format!("{:.4}", 100.0 * tick);
    match text.trim_end_matches('0').trim_end_matches('.') {
        // Ticks have one digit.
        "0" if tick > 0.0 => format!("{:.0e} %", 100.0 * tick),
        text => format!("{text} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_have_the_decimals_that_they_need() {
        assert_eq!(
            [0.0, 0.2, 0.005, 2e-6, 5e-10, 1.0].map(rough_percent),
            ["0 %", "20 %", "0.5 %", "0.0002 %", "5e-8 %", "100 %"]
        );
    }
}
