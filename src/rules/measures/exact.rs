//! Numerators and denominators of measures, computed from the counts without rounding.

use crate::rules::Contingency;

/// `numerator / denominator` with its limits: infinite where only the denominator is zero, the given
/// value of independence where both are.
pub(super) fn ratio(numerator: u128, denominator: u128, independence: f64) -> f64 {
    match (numerator, denominator) {
        (0, 0) => independence,
        (_, 0) => f64::INFINITY,
        // Each product is rounded once, so equal products give exactly 1.
        _ => numerator as f64 / denominator as f64,
    }
}

/// The product of two counts, which cannot overflow.
pub(super) fn product(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// `n n_xy - n_x n_y`, exactly: above 0 where the sides come together more often than by chance. It is the determinant
/// of the table, too (`ad - bc`), and the numerator of most differences between two shares of baskets.
pub(super) fn excess(counts: &Contingency) -> i128 {
    // Counts are at most i64::MAX, so the products are below 2^126.
    product(counts.n(), counts.n_xy()) as i128 - product(counts.n_x(), counts.n_y()) as i128
}

/// `numerator / denominator`, and 0, the value of independence, where both are zero.
pub(super) fn difference(numerator: i128, denominator: u128) -> f64 {
    if denominator == 0 { 0.0 } else { numerator as f64 / denominator as f64 }
}
