//! Formulas of measures that take more than a line.

use super::exact::{excess, product, signed};
use super::rounding::{quotient, quotient_of_products, root_of_products};
use crate::rules::Contingency;

pub(super) fn phi(counts: &Contingency) -> f64 {
    match product(counts.not_x(), counts.not_y()) {
        0 => 0.0,
        without => excess_over_root(counts, product(counts.n_x(), counts.n_y()), without),
    }
}

/// The excess over the root of a product of two numbers that are not zero.
pub(super) fn excess_over_root(counts: &Contingency, a: u128, b: u128) -> f64 {
    match excess(counts) {
        0 => 0.0,
        sign => signed(sign, root_of_products([sign.unsigned_abs(), sign.unsigned_abs(), 1], [a, b, 1])),
    }
}

pub(super) fn chi_squared(counts: &Contingency) -> f64 {
    match (excess(counts).unsigned_abs(), product(counts.not_x(), counts.not_y())) {
        (0, _) | (_, 0) => 0.0,
        (excess, without) => {
            let with = product(counts.n_x(), counts.n_y());
            quotient_of_products([excess, excess, counts.n().into()], [with, without, 1])
        }
    }
}

pub(super) fn gini(counts: &Contingency) -> f64 {
    let excess = excess(counts).unsigned_abs();
    match product(counts.n_x(), counts.not_x()) {
        0 => 0.0,
        split => quotient_of_products([excess, excess, 2], [product(counts.n(), counts.n()), split, 1]),
    }
}

pub(super) fn causal_confidence(counts: &Contingency) -> f64 {
    // Where every basket holds Y, the share of baskets without X takes the place of that among those without Y.
    let (back, of) = match counts.not_y() {
        0 => (counts.not_x(), counts.n()),
        not_y => (counts.neither(), not_y),
    };
    let numerator = product(counts.n_xy(), of) + product(back, counts.n_x());
    quotient(numerator, 2 * product(counts.n_x(), of))
}

pub(super) fn collective_strength(counts: &Contingency) -> f64 {
    let agree = product(counts.n_x(), counts.n_y()) + product(counts.not_x(), counts.not_y());
    let disagree = product(counts.n_x(), counts.not_y()) + product(counts.n_y(), counts.not_x());
    // The baskets that agree, of which there is one at least, and those that do not.
    let (same, other) = (counts.n_xy() + counts.neither(), counts.x_alone() + counts.y_alone());
    match (other, disagree) {
        (0, 0) => 1.0,
        (0, _) => f64::INFINITY,
        _ => quotient_of_products([same.into(), disagree, 1], [agree, other.into(), 1]),
    }
}

pub(super) fn klosgen(counts: &Contingency) -> f64 {
    let (sign, whole) = (excess(counts), product(counts.n_x(), counts.n()));
    let excess = sign.unsigned_abs();
    match excess {
        0 => 0.0,
        _ => {
            let root = root_of_products([excess, excess, counts.n_xy().into()], [whole, whole, counts.n().into()]);
            signed(sign, root)
        }
    }
}
