//! Support, confidence and lift of many rules.

use super::bars::rough_percent;
use super::drawing::{Anchor, Drawing};
use super::scale::Scale;
use super::shades::{Shades, dot};
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::describe::percent;
use crate::error::Error;
use crate::report::content::{Content, Shown};
use crate::report::text::{counted, times};

const SIZE: [f64; 2] = [720.0, 460.0];

/// Where the dots are: left, top, right, bottom.
const FIELD: [f64; 4] = [64.0, 14.0, 706.0, 366.0];

/// With more rules the dots are smaller.
const FEW: usize = 1000;

/// Dots for the best rules, up to a number; the axes are for all that are shown.
///
/// # Errors
///
/// Where the call should end.
pub(in crate::report) fn draw(content: &Content, most: usize, control: &Control) -> Result<Drawing, Error> {
    let mut ticker = Ticker::new(control);
    let rules = &content.rules;
    let [left, top, right, bottom] = FIELD;
    let x = Scale::wide(rules.iter().map(Shown::support), 1.0, [left, right]);
    let y = Scale::around(rules.iter().map(Shown::confidence), [0.0, 1.0], [bottom, top]);
    let shades = Shades::of(content);

    let mut drawing = Drawing::new("scatter", SIZE, "Support, confidence and lift of the rules", description(content));
    drawing.data("x", &x.for_script());
    drawing.data("y", &y.for_script());
    drawing.data("lifts", &shades.for_script());
    for &tick in x.ticks() {
        let x = x.place(tick);
        drawing.line("grid", [x, top], [x, bottom]);
        drawing.text("tick", [x, bottom + 18.0], Anchor::Middle, &rough_percent(tick));
    }
    for &tick in y.ticks() {
        let y = y.place(tick);
        drawing.line("grid", [left, y], [right, y]);
        drawing.text("tick", [left - 8.0, y + 4.0], Anchor::End, &rough_percent(tick));
    }
    drawing.line("frame", [left, bottom], [right, bottom]);
    drawing.line("frame", [left, top], [left, bottom]);
    let scale = if x.is_log() { ", each step a multiple (logarithmic)" } else { "" };
    let name = format!("support: share of all baskets that hold both sides{scale}");
    drawing.text("axis", [(left + right) / 2.0, bottom + 40.0], Anchor::Middle, &name);
    drawing.text_upwards("axis", [16.0, (top + bottom) / 2.0], "confidence: share of buyers who follow the rule");

    let mut dots: [String; 7] = Default::default();
    // The best come last, on top of the others.
    for rule in rules.iter().take(most).rev() {
        dots[shades.shade(rule.lift())].push_str(&dot([x.place(rule.support()), y.place(rule.confidence())]));
        ticker.check(32)?;
    }
    let class = if rules.len() > FEW { "dots many" } else { "dots" };
    drawing.group(class, "", "", |drawing| {
        for (shade, dots) in dots.iter().enumerate() {
            drawing.push(format_args!("<path class=\"dot s{shade} w{shade}\" d=\"{dots}\"/>"));
        }
    });
    let has_below = rules.iter().any(|rule| rule.lift() < 1.0);
    shades.legend(&mut drawing, [20.0, bottom + 72.0], true, has_below);
    Ok(drawing)
}

fn description(content: &Content) -> String {
    let rules = &content.rules;
    let ends = |of: fn(&Shown) -> f64| {
        let values = rules.iter().map(of);
        values.fold((f64::INFINITY, 0.0), |(low, high), value| (f64::min(low, value), f64::max(high, value)))
    };
    if rules.is_empty() {
        return "There are no rules to show.".to_string();
    }
    let ((a, b), (c, d), (e, f)) = (ends(Shown::support), ends(Shown::confidence), ends(Shown::lift));
    format!(
        "A dot for each of {}. Support from {} to {}, confidence from {} to {}, lift from {} to {}. The table \
         has the same numbers.",
        counted(rules.len() as u64, "rule"),
        percent(a),
        percent(b),
        percent(c),
        percent(d),
        times(e),
        times(f)
    )
}
