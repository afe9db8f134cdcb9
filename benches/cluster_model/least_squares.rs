//! Coefficients of 0 or more that give values from features.

/// The coefficients whose sum of squares of *relative* errors is least, so that small runs count as much as large ones. One
/// that would be below 0 is left out: no step takes less than no time.
pub(crate) fn fit(features: &[Vec<f64>], values: &[f64]) -> Vec<f64> {
    let terms = features.first().map_or(0, Vec::len);
    let mut used: Vec<usize> = (0..terms).filter(|&term| features.iter().any(|of| of[term] > 0.0)).collect();
    let rows: Vec<(&Vec<f64>, f64)> = features.iter().zip(values.iter().copied()).filter(|&(_, of)| of > 0.0).collect();
    loop {
        // Each feature by its largest share, so that the equations are of like sizes.
        let scale = |term: usize| rows.iter().map(|(of, value)| of[term] / value).fold(f64::MIN_POSITIVE, f64::max);
        let scales: Vec<f64> = used.iter().map(|&term| scale(term)).collect();
        let mut equations = vec![vec![0.0; used.len() + 1]; used.len()];
        for (of, value) in &rows {
            let shares: Vec<f64> = used.iter().zip(&scales).map(|(&term, scale)| of[term] / value / scale).collect();
            for (equation, one) in equations.iter_mut().zip(&shares) {
                equation.iter_mut().zip(shares.iter().chain([&1.0])).for_each(|(sum, other)| *sum += one * other);
            }
        }
        let found = solve(equations);
        let worst = (0..used.len()).min_by(|&a, &b| found[a].total_cmp(&found[b])).filter(|&worst| found[worst] < 0.0);
        match worst {
            Some(worst) => _ = used.remove(worst),
            None => {
                let mut all = vec![0.0; terms];
                used.iter().zip(found).zip(scales).for_each(|((&term, found), scale)| all[term] = found / scale);
                return all;
            }
        }
    }
}

/// The value of some features.
pub(crate) fn value(coefficients: &[f64], features: &[f64]) -> f64 {
    coefficients.iter().zip(features).map(|(coefficient, feature)| coefficient * feature).sum()
}

/// Gauss's elimination with the largest pivot. A term that depends on others gets 0.
fn solve(mut equations: Vec<Vec<f64>>) -> Vec<f64> {
    let terms = equations.len();
    let mut place_of = vec![None; terms];
    let mut done = 0;
    for term in 0..terms {
        let largest = (done..terms).max_by(|&a, &b| equations[a][term].abs().total_cmp(&equations[b][term].abs()));
        let Some(largest) = largest.filter(|&place| equations[place][term].abs() > 1e-9) else { continue };
        equations.swap(done, largest);
        let pivot = equations[done].clone();
        for (place, equation) in equations.iter_mut().enumerate() {
            let factor = equation[term] / pivot[term];
            if place != done && factor != 0.0 {
                equation.iter_mut().zip(&pivot).for_each(|(number, other)| *number -= factor * other);
            }
        }
        place_of[term] = Some(done);
        done += 1;
    }
    let value =
        |(term, place): (usize, &Option<usize>)| place.map_or(0.0, |at| equations[at][terms] / equations[at][term]);
    place_of.iter().enumerate().map(value).collect()
}
