//! The steps of lift that give dots their shade and size.

use super::drawing::{Anchor, Drawing};
use crate::describe::whole;
use crate::report::content::Content;
use crate::report::text::times;

/// Steps for a lift of 1 and more.
const STEPS: usize = 6;

/// Ranges of lift, each reaching about the same number of times as high as the one before, from light and small to dark
/// and large. The first is for rules whose sides come together less often than by chance: another colour and shape.
pub(in crate::report) struct Shades {
    /// Where each range but the first begins: 1, and then rising round numbers.
    starts: Vec<f64>,
}

impl Shades {
    pub(in crate::report) fn of(content: &Content) -> Self {
        let lifts = content.rules.iter().map(|rule| rule.lift()).filter(|&lift| lift >= 1.0);
        let (least, most) = lifts.fold((f64::INFINITY, 1.0), |(least, most), lift| (lift.min(least), lift.max(most)));
        let (least, most) = (libm::log(least.min(most)), libm::log(most));
        let mut starts = vec![1.0];
        for step in 1..STEPS {
            let start = rounded(libm::exp(least + (most - least) * step as f64 / STEPS as f64));
            // Rounded, a range may be empty.
            if starts.last().is_some_and(|&last| start > last) {
                starts.push(start);
            }
        }
        Shades { starts }
    }

    /// The range of a lift: 0 for those below 1.
    fn step(&self, lift: f64) -> usize {
        self.starts.iter().filter(|&&start| lift >= start).count()
    }

    /// The shade of a lift, from 0 to 6: the last range has the last shade.
    pub(in crate::report) fn shade(&self, lift: f64) -> usize {
        self.shade_of_step(self.step(lift))
    }

    fn shade_of_step(&self, step: usize) -> usize {
        match step {
            0 => 0,
            step => step + STEPS - self.starts.len(),
        }
    }

    /// Where the ranges begin, for a script.
    pub(in crate::report) fn for_script(&self) -> String {
        self.starts.iter().map(|start| format!(",{start}")).collect::<String>().replacen(',', "", 1)
    }

    /// Draws what the shades mean, with dots of their sizes where size is for the lift too. It takes less
    /// than 700 pixels.
    pub(super) fn legend(&self, drawing: &mut Drawing, [x, y]: [f64; 2], is_sized: bool, has_below: bool) {
        drawing.text("axis", [x, y + 4.0], Anchor::Start, "Lift:");
        let mut x = x + 44.0;
        for step in usize::from(!has_below)..=self.starts.len() {
            let shade = self.shade_of_step(step);
            let size = if is_sized { shade } else { STEPS };
            drawing.push(format_args!("<path class=\"dot s{shade} w{size}\" d=\"{}\"/>", dot([x, y])));
            let text = match (step, self.starts.get(step)) {
                (0, _) => "below 1".to_string(),
                (step, None) => format!("{} and more", short(self.starts[step - 1])),
                (step, Some(&next)) => format!("{}–{}", short(self.starts[step - 1]), short(next)),
            };
            drawing.text("tick", [x + 10.0, y + 4.0], Anchor::Start, &text);
            x += 22.0 + 7.0 * text.chars().count() as f64;
        }
    }
}

/// A path of no length, which its round ends make a dot.
pub(super) fn dot([x, y]: [f64; 2]) -> String {
    format!("M{} {}h.01", super::drawing::Px(x), super::drawing::Px(y))
}

/// A number without zeros at the end, and a great round one in thousands, millions or billions.
pub(super) fn short(number: f64) -> String {
    const GREAT: f64 = 10_000.0;
    const UNITS: [(f64, &str); 3] = [(1e9, "bn"), (1e6, "M"), (1e3, "k")];
    if let Some((unit, name)) = UNITS.iter().find(|(unit, _)| number >= unit.max(GREAT) && number % unit == 0.0) {
        return format!("{}{name}", whole((number / unit) as u64));
    }
    // As many decimals as `rounded` gives, so that ranges close to 1 do not all have the same name.
    let text = if number < 10.0 { format!("{number:.3}") } else { times(number) };
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// To one digit, or two from 1 to 2 and as many as tell it from 1.
fn rounded(number: f64) -> f64 {
    let digits = match number - 1.0 {
        above if above < 0.1 => 3,
        above if above < 0.5 => 2,
        _ => i32::from(number < 4.0),
    };
    let unit = libm::pow(10.0, libm::floor(libm::log10(number)) - f64::from(digits));
    // Divided by a whole number where it is one, so that 1.3 is 1.3.
    if unit < 1.0 { (number / unit).round() / (1.0 / unit).round() } else { (number / unit).round() * unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_round() {
        assert_eq!(
            [1.02345, 1.2345, 1.62, 2.345, 4.4, 23.45, 999.0].map(rounded),
            [1.023, 1.23, 1.6, 2.3, 4.0, 20.0, 1000.0]
        );
        assert_eq!([1.0, 1.5, 2.25, 23.0, 1200.0].map(short), ["1", "1.5", "2.25", "23", "1,200"]);
        assert_eq!(
            [9e3, 1e4, 2e5, 6e6, 1e9, 3e11, 12_345.0].map(short),
            ["9,000", "10k", "200k", "6M", "1bn", "300bn", "12,345"]
        );
    }

    #[test]
    fn the_longest_legend_fits() {
        // Many digits tell lifts that are close to 1 apart.
        let shades = Shades { starts: vec![1.0, 1.011, 1.022, 1.033, 1.044, 1.055] };
        let mut drawing = Drawing::new("graph", [720.0, 20.0], "", String::new());
        shades.legend(&mut drawing, [20.0, 10.0], true, true);
        let svg = drawing.alone();
        assert!(svg.contains(">1.011–1.022<"), "{svg}");
        let (_, last) = svg.rsplit_once("<text class=\"tick\" x=\"").unwrap();
        let (x, text) = last.split_once('"').unwrap();
        assert!(text.contains(">1.055 and more<"), "{text}");
        let end = x.parse::<f64>().unwrap() + 7.5 * "1.055 and more".len() as f64;
        assert!(end <= 720.0, "{end}");
    }

    #[test]
    fn the_highest_range_has_the_last_shade() {
        let shades = Shades { starts: vec![1.0, 2.0, 3.5] };
        assert_eq!([0.5, 1.0, 1.9, 2.0, 3.5, 99.0].map(|lift| shades.shade(lift)), [0, 4, 4, 5, 6, 6]);
        assert_eq!(shades.for_script(), "1,2,3.5");
    }
}
