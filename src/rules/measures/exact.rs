//! Numerators and denominators of measures, computed from the counts without rounding.

use super::rounding::quotient;
use crate::rules::Contingency;

/// `numerator / denominator`, rounded once, with its limits: infinite where only the denominator is zero, the given value
/// of independence where both are.
pub(super) fn ratio(numerator: u128, denominator: u128, independence: f64) -> f64 {
    match (numerator, denominator) {
        (0, 0) => independence,
        (_, 0) => f64::INFINITY,
        _ => quotient(numerator, denominator),
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

/// `numerator / denominator`, rounded once, and 0, the value of independence, where both are zero.
pub(super) fn difference(numerator: i128, denominator: u128) -> f64 {
    if denominator == 0 { 0.0 } else { signed(numerator, quotient(numerator.unsigned_abs(), denominator)) }
}

/// A value with the sign of a number.
pub(super) fn signed(sign: i128, value: f64) -> f64 {
    if sign < 0 { -value } else { value }
}

/// A share of baskets, rounded once; the whole is not zero.
pub(super) fn share(part: u64, whole: u64) -> f64 {
    quotient(part.into(), whole.into())
}
