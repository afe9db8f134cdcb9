//! Intervals by drawing cases again (B. Efron: Bootstrap methods: another look at the jackknife, Annals of Statistics 7,
//! 1979).

use crate::call::ticker::Ticker;
use crate::draws::Draws;
use crate::error::Error;

/// Samples that are drawn.
pub(super) const SAMPLES: u64 = 1000;

/// Calls `of_sample` with the cases of each sample: as many as there are, drawn with replacement. The same seed draws the
/// same samples, so two recommenders are compared on the same ones.
pub(super) fn samples<R>(
    cases: usize,
    seed: u64,
    ticker: &mut Ticker<'_>,
    mut of_sample: impl FnMut(&[u32]) -> R,
) -> Result<Vec<R>, Error> {
    let mut drawn = vec![0u32; cases];
    let mut results = Vec::new();
    for sample in 0..SAMPLES {
        let mut draws = Draws::new(seed, sample);
        // Cases are numbered by a u32.
        drawn.iter_mut().for_each(|case| *case = draws.below(cases as u64) as u32);
        results.push(of_sample(&drawn));
        ticker.done(1);
        ticker.check(10 * cases)?;
    }
    Ok(results)
}

/// The middle 95 % of values, NaN left out; `None` if there are none.
pub(super) fn middle(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
    values.sort_unstable_by(f64::total_cmp);
    let outside = values.len() / 40;
    Some((*values.get(outside)?, *values.get(values.len() - 1 - outside)?))
}

/// The mean of those values that are none but NaN; NaN if there are none.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0u32);
    for value in values.filter(|value| !value.is_nan()) {
        sum += value;
        count += 1;
    }
    sum / f64::from(count)
}
