//! Rules as lines over axes, one for each number of a rule.

use super::bars::rough_percent;
use super::drawing::{Anchor, Drawing, Px};
use super::scale::Scale;
use super::shades::{Shades, short};
use crate::report::content::{Content, Shown};
use crate::report::text::counted;
use crate::rules::Measure;

const SIZE: [f64; 2] = [720.0, 400.0];

/// The first and the last axis, and their ends.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 640.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 340.0;

/// Lines that can be told apart.
const LINES: usize = 60;

/// Names in two lines, and values.
const AXES: [(&str, &str, Measure); 5] = [
    ("left side", "in baskets", Measure::Coverage),
    ("both sides", "support", Measure::Support),
    ("right side", "in baskets", Measure::ConsequentSupport),
    ("right side with", "left: confidence", Measure::Confidence),
    ("times as often", "lift", Measure::Lift),
];

pub(in crate::report) fn draw(content: &Content) -> Drawing {
    let shown = &content.rules[..content.rules.len().min(LINES)];
    let (scales, shades) = (scales(&content.rules), Shades::of(content));
    let description = format!(
        "A line for each of the {}, over five axes: how often the left side is bought, both sides, the \
         right side, the right side among buyers of the left, and the lift. Where a line rises from the third axis to \
         the fourth, the left side goes with more of the right side.",
        counted(shown.len() as u64, "best rule")
    );
    let mut drawing = Drawing::new("parallel", SIZE, "The numbers of the best rules side by side", description);
    let all: Vec<String> = scales.iter().map(Scale::for_script).collect();
    drawing.data("axes", &all.join(","));
    let places: Vec<String> = (0..AXES.len()).map(|axis| Px(place(axis)).to_string()).collect();
    drawing.data("places", &places.join(" "));
    drawing.group("lines", "", "", |drawing| {
        for (rule, shown) in shown.iter().enumerate().rev() {
            let shade = shades.shade(shown.lift());
            let points: Vec<String> = scales
                .iter()
                .enumerate()
                .map(|(axis, scale)| {
                    format!("{} {}", Px(place(axis)), Px(scale.place(shown.counts.measure(AXES[axis].2))))
                })
                .collect();
            drawing.push(format_args!("<path class=\"way s{shade}\" data-r=\"{rule}\" d=\"M{}\"/>", points.join("L")));
        }
    });
    for (axis, scale) in scales.iter().enumerate() {
        let (x, (name, second, measure)) = (place(axis), AXES[axis]);
        drawing.line("frame", [x, TOP], [x, BOTTOM]);
        drawing.text("axis", [x, TOP - 34.0], Anchor::Middle, name);
        drawing.text("axis", [x, TOP - 18.0], Anchor::Middle, second);
        for &tick in scale.ticks() {
            let y = scale.place(tick);
            drawing.line("frame", [x - 4.0, y], [x, y]);
            let text = if measure == Measure::Lift { short(tick) } else { rough_percent(tick) };
            drawing.text("tick halo", [x - 7.0, y + 4.0], Anchor::End, &text);
        }
    }
    let has_below = content.rules.iter().any(|rule| rule.lift() < 1.0);
    shades.legend(&mut drawing, [LEFT - 50.0, BOTTOM + 38.0], false, has_below);
    drawing
}

/// From the numbers of all rules, so that any of them has a place.
fn scales(rules: &[Shown]) -> Vec<Scale> {
    let of = |measure: Measure| rules.iter().map(move |rule| rule.counts.measure(measure));
    let most = |measure| if measure == Measure::Lift { f64::MAX } else { 1.0 };
    // The third and the fourth axis have one scale, so that the way of a line between them means something.
    let both = of(Measure::ConsequentSupport).chain(of(Measure::Confidence));
    let shared = Scale::around(both.chain([0.0]), [0.0, 1.0], [BOTTOM, TOP]);
    let scale = |measure| match measure {
        Measure::ConsequentSupport | Measure::Confidence => shared.clone(),
        measure => Scale::wide(of(measure), most(measure), [BOTTOM, TOP]),
    };
    AXES.iter().map(|&(.., measure)| scale(measure)).collect()
}

fn place(axis: usize) -> f64 {
    LEFT + (RIGHT - LEFT) * axis as f64 / (AXES.len() - 1) as f64
}
