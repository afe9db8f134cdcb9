//! From values to places of a drawing, with ticks at round values.

/// The most ticks of an axis.
const TICKS: usize = 7;

/// The most ticks of a logarithmic axis.
const MOST_TICKS: usize = 10;

/// The range of values for which an axis is logarithmic where it may be.
const WIDE: f64 = 8.0;

/// An axis: values from `low` to `high` lie between two places of a drawing.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    places: [f64; 2],
    is_log: bool,
    ticks: Vec<f64>,
}

impl Scale {
    /// From round values around the given ones. `bounds` are the values that there can be.
    pub(super) fn around(values: impl Iterator<Item = f64>, bounds: [f64; 2], places: [f64; 2]) -> Self {
        let (low, high) = ends(values, bounds);
        let step = round_step((high - low) / (TICKS - 1) as f64);
        let (first, last) = ((low / step + 1e-9).floor(), (high / step - 1e-9).ceil());
        let last = if last <= first { first + 1.0 } else { last };
        // Few enough to count: the step was made so.
        let ticks: Vec<f64> = (0..=(last - first) as usize).map(|tick| (first + tick as f64) * step).collect();
        let [low, high] = [(first * step).max(bounds[0]), (last * step).min(bounds[1])];
        let ticks = ticks.into_iter().filter(|&tick| tick >= low - 1e-12 && tick <= high + 1e-12).collect();
        Scale { low, high, places, is_log: false, ticks }
    }

    /// From 0 to a round value.
    pub(super) fn from_zero(values: impl Iterator<Item = f64>, places: [f64; 2]) -> Self {
        Scale::around(values.chain([0.0]), [0.0, f64::MAX], places)
    }

    /// Logarithmic if the values, all above 0, differ by a factor of 8 or more; otherwise from 0.
    pub(super) fn wide(values: impl Iterator<Item = f64> + Clone, most: f64, places: [f64; 2]) -> Self {
        let (low, high) = ends(values.clone(), [0.0, most]);
        if low <= 0.0 || high / low < WIDE {
            return Scale::around(values.chain([0.0]), [0.0, most], places);
        }
        let digits: &[f64] = if high / low < 1000.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let powers = libm::floor(libm::log10(low)) as i32..=libm::ceil(libm::log10(high)) as i32;
        let ticks: Vec<f64> =
            powers.flat_map(|power| digits.iter().map(move |digit| digit * libm::pow(10.0, power.into()))).collect();
        // The ticks just outside the values are the ends.
        let first = ticks.iter().rposition(|&tick| tick <= low * (1.0 + 1e-9)).unwrap_or(0);
        let last = ticks.iter().position(|&tick| tick >= high * (1.0 - 1e-9)).unwrap_or(ticks.len() - 1);
        let ticks: Vec<f64> = ticks[first..=last].iter().copied().filter(|&tick| tick <= most).collect();
        let (low, high) = (ticks[0], ticks[ticks.len() - 1].max(high));
        // Of many powers some have no tick, so that there is room for their texts.
        let each = ticks.len().div_ceil(MOST_TICKS);
        let ticks = ticks.into_iter().step_by(each).collect();
        Scale { low, high, places, is_log: true, ticks }
    }

    /// The place of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        let [offset, factor] = self.line();
        offset + factor * if self.is_log { libm::log10(value) } else { value }
    }

    /// Offset and factor from a value, or its logarithm, to a place.
    fn line(&self) -> [f64; 2] {
        let [low, high] = match self.is_log {
            true => [libm::log10(self.low), libm::log10(self.high)],
            false => [self.low, self.high],
        };
        let factor = (self.places[1] - self.places[0]) / (high - low);
        [self.places[0] - factor * low, factor]
    }

    /// Round values, ascending.
    pub(super) fn ticks(&self) -> &[f64] {
        &self.ticks
    }

    pub(super) fn is_log(&self) -> bool {
        self.is_log
    }

    /// What a script needs to place a value: offset, factor, and whether of the logarithm.
    pub(super) fn for_script(&self) -> String {
        let [offset, factor] = self.line();
        // With all digits: of great values a factor is small.
        format!("{offset} {factor} {}", u8::from(self.is_log))
    }
}

/// The least and the greatest, apart from each other and within bounds.
fn ends(values: impl Iterator<Item = f64>, [least, most]: [f64; 2]) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
    if high - low > 1e-9 * high.abs() {
        return (low.max(least), high.min(most));
    }
    let room = if high == 0.0 { 1.0 } else { 0.1 * high.abs() };
    ((low - room).max(least), (high + room).min(most))
}

/// 1, 2 or 5 times a power of ten, at least a given step.
fn round_step(step: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(step)));
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= step * (1.0 - 1e-9));
    digit.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        let scale = |values: &[f64]| Scale::around(values.iter().copied(), [0.0, 1.0], [0.0, 100.0]);
        let shown = |scale: &Scale| scale.ticks().iter().map(|tick| format!("{tick:.3}")).collect::<Vec<_>>().join(" ");
        assert_eq!(shown(&scale(&[0.52, 0.98])), "0.500 0.600 0.700 0.800 0.900 1.000");
        assert_eq!(shown(&scale(&[1.0])), "0.900 0.920 0.940 0.960 0.980 1.000");
        assert_eq!(shown(&scale(&[])), "0.000 0.200 0.400 0.600 0.800 1.000");
        let wide = Scale::wide([0.0012, 0.4].into_iter(), 1.0, [0.0, 100.0]);
        assert_eq!(shown(&wide), "0.001 0.002 0.005 0.010 0.020 0.050 0.100 0.200 0.500");
        assert!(wide.is_log());
        let wider = Scale::wide([1e-10, 0.4].into_iter(), 1.0, [0.0, 100.0]);
        assert_eq!(wider.ticks().len(), 6);
        assert!((wider.ticks()[0] - 1e-10).abs() < 1e-16 && wider.place(1.0) < 100.0 + 1e-9);
        assert!(!Scale::wide([0.1, 0.7].into_iter(), 1.0, [0.0, 100.0]).is_log());
    }

    proptest! {
        #[test]
        fn values_have_places_on_the_axis(values in prop::collection::vec(1e-6..1.0f64, 1..20)) {
            let iter = values.iter().copied();
            let scales =
                [Scale::around(iter.clone(), [0.0, 1.0], [10.0, 90.0]), Scale::wide(iter.clone(), 1.0, [90.0, 10.0])];
            for scale in &scales {
                for &value in &values {
                    let place = scale.place(value);
                    prop_assert!((10.0 - 1e-6..=90.0 + 1e-6).contains(&place), "{value} at {place}: {scale:?}");
                }
                prop_assert!((2..=12).contains(&scale.ticks().len()), "{scale:?}");
                prop_assert!(scale.ticks().is_sorted_by(|a, b| a < b));
            }
        }
    }
}
