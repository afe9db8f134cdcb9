//! Measures with logarithms, rounded once: the float nearest to the exact number.
//!
//! Each is computed to some 2^-66 of itself, and with as many digits as it takes (`precise`) where that leaves in doubt
//! what the nearest float is. What is 0 or 1 by its definition never comes so far.
//!
//! Information is a sum over cells, and near independence the terms nearly cancel. With `e = n n_xy - n_x n_y` each cell
//! holds `1 + u` times what is expected, `u = ±e / (product of its margins)`, and the expected baskets times `u` add up
//! to 0. So each cell adds `expected ((1 + u) ln(1 + u) - u)`, which is nowhere below 0. For small `u` that is
//! `e² / (n margins)` times a series.

use super::exact::{difference, excess, product};
use super::logarithm::{FEW, Few, Many, Size, Split};
use super::precise::{Divisor, Term, quotient_of_logarithms};
use crate::rules::Contingency;

const LN_2: Split = Split { head: 0.693_147_167_563_438_4, tail: 1.299_650_689_388_988_9e-8 };
const INVERSE_LN_10: Split = Split { head: 0.434_294_477_105_140_7, tail: 4.798_111_141_615_973e-9 };

pub(super) fn importance(counts: &Contingency) -> f64 {
    if counts.n() < FEW { importance_of::<Few>(counts) } else { importance_of::<Many>(counts) }
}

/// The logarithm (base 2) of lift, times `n_xy / whole`.
pub(super) fn weighted_log2_lift(counts: &Contingency, whole: u64) -> f64 {
    if counts.n() < FEW { weighted::<Few>(counts, whole) } else { weighted::<Many>(counts, whole) }
}

pub(super) fn j_measure(counts: &Contingency) -> f64 {
    if counts.n() < FEW { j_measure_of::<Few>(counts) } else { j_measure_of::<Many>(counts) }
}

pub(super) fn mutual_information(counts: &Contingency) -> f64 {
    if counts.n() < FEW { mutual_information_of::<Few>(counts) } else { mutual_information_of::<Many>(counts) }
}

#[inline(always)]
fn importance_of<S: Size>(counts: &Contingency) -> f64 {
    let above = [counts.n_xy() + 1, counts.not_x() + 2];
    let below = [counts.y_alone() + 1, counts.n_x() + 2];
    let (numerator, denominator) = (product(above[0], above[1]), product(below[0], below[1]));
    if numerator == denominator {
        return 0.0;
    }
    let value = S::ln(numerator, denominator).times(INVERSE_LN_10);
    value.rounded(value.head.abs() * (1.25 * S::ERROR)).unwrap_or_else(|| {
        let terms = [(1, above[0]), (1, above[1]), (-1, below[0]), (-1, below[1])];
        quotient_of_logarithms(value.value(), &terms, Divisor::Logarithms(&[(1, 10)]))
    })
}

#[inline(always)]
fn weighted<S: Size>(counts: &Contingency, whole: u64) -> f64 {
    let [n, x, y, both] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    let (seen, expected) = (product(n, both), product(x, y));
    // Products of two counts are below 2^126. Only if lift is a power of two its logarithm is a fraction at all.
    let exponent = expected.leading_zeros() as i32 - seen.leading_zeros() as i32;
    let is_power = if exponent >= 0 { expected << exponent == seen } else { seen << -exponent == expected };
    if is_power {
        return difference(i128::from(both) * i128::from(exponent), whole.into());
    }
    let divisor = S::weigh(LN_2, whole);
    let value = S::weigh(S::ln(seen, expected), both).over(Split::new(divisor.head, divisor.tail));
    value.rounded(value.head.abs() * (1.25 * S::ERROR)).unwrap_or_else(|| {
        let factor = i128::from(both);
        let terms = [(factor, n), (factor, both), (-factor, x), (-factor, y)];
        quotient_of_logarithms(value.value(), &terms, Divisor::Logarithms(&[(whole.into(), 2)]))
    })
}

#[inline(always)]
fn j_measure_of<S: Size>(counts: &Contingency) -> f64 {
    let excess = excess(counts);
    if excess == 0 {
        return 0.0;
    }
    let [n, x, y, both] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    let (without, alone) = (counts.not_y(), counts.x_alone());
    let size = excess.unsigned_abs();
    let (value, error) = if is_near_independence(size, product(x, y.min(without))) {
        let sum = cell_near_independence::<S>(excess, product(x, y))
            .plus(cell_near_independence::<S>(-excess, product(x, without)));
        let value = S::integer(size).times(sum).over(S::integer(product(n, n)));
        (value, value.head * (2.0 * S::ERROR))
    } else {
        let mut sum = Sum::default();
        sum.add::<S>(both, n, x, y);
        sum.add::<S>(alone, n, x, without);
        let count = S::count(n);
        let value = sum.sum.over(Split::new(count.head, count.tail));
        (value, sum.error::<S>() / count.head)
    };
    value.rounded(error).unwrap_or_else(|| {
        let [a, b, all] = [both, alone, x].map(i128::from);
        let terms = [(a, both), (b, alone), (all, n), (-all, x), (-a, y), (-b, without)];
        quotient_of_logarithms(value.value(), &terms, Divisor::Count(n))
    })
}

#[inline(always)]
fn mutual_information_of<S: Size>(counts: &Contingency) -> f64 {
    let [n, x, y, both] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    let [not_x, not_y, neither] = [counts.not_x(), counts.not_y(), counts.neither()];
    let excess = excess(counts);
    if excess == 0 {
        return 0.0;
    }
    if x == both && y == both {
        return 1.0;
    }
    // The side with the smaller entropy is the one that is further from half of the baskets.
    let (less_x, less_y) = (x.min(not_x), y.min(not_y));
    let less = less_x.min(less_y);
    let more = n - less;
    let mut entropy = Sum::default();
    entropy.add_logarithm::<S>(less, n.into(), less.into());
    entropy.add_logarithm::<S>(more, n.into(), more.into());
    let entropy = entropy.sum;
    let size = excess.unsigned_abs();
    let (value, error) = if is_near_independence(size, product(less_x, less_y)) {
        let cell = |sign, margins| cell_near_independence::<S>(sign, margins);
        let same = cell(excess, product(x, y)).plus(cell(excess, product(not_x, not_y)));
        let other = cell(-excess, product(x, not_y)).plus(cell(-excess, product(not_x, y)));
        let value = S::integer(size).times(same.plus(other)).over(S::count(n).times(entropy));
        (value, value.head * (3.0 * S::ERROR))
    } else {
        let mut sum = Sum::default();
        sum.add::<S>(both, n, x, y);
        sum.add::<S>(counts.x_alone(), n, x, not_y);
        sum.add::<S>(counts.y_alone(), n, not_x, y);
        sum.add::<S>(neither, n, not_x, not_y);
        let value = sum.sum.over(entropy);
        (value, sum.error::<S>() / entropy.head + value.head * (1.25 * S::ERROR))
    };
    value.rounded(error).unwrap_or_else(|| {
        let times_itself = |count: u64, sign: i128| (sign * i128::from(count), count);
        let entropy = [times_itself(n, 1), times_itself(less, -1), times_itself(more, -1)];
        let cells = [both, counts.x_alone(), counts.y_alone(), neither].map(|cell| times_itself(cell, 1));
        let margins = [x, y, not_x, not_y].map(|margin| times_itself(margin, -1));
        let terms: Vec<Term> = [entropy[0]].into_iter().chain(cells).chain(margins).collect();
        quotient_of_logarithms(value.value(), &terms, Divisor::Logarithms(&entropy))
    })
}

/// A sum of logarithms with counts as factors.
#[derive(Clone, Copy)]
struct Sum {
    sum: Split,
    /// The sum without signs.
    size: f64,
    /// The sum of the factors.
    count: f64,
}

impl Default for Sum {
    fn default() -> Sum {
        Sum { sum: Split { head: 0.0, tail: 0.0 }, size: 0.0, count: 0.0 }
    }
}

impl Sum {
    /// What a cell adds to the information: a logarithm that is 0 if the cell holds what is expected of its margins.
    #[inline(always)]
    fn add<S: Size>(&mut self, cell: u64, n: u64, margin_x: u64, margin_y: u64) {
        if cell > 0 {
            self.add_logarithm::<S>(cell, product(n, cell), product(margin_x, margin_y));
        }
    }

    #[inline(always)]
    fn add_logarithm<S: Size>(&mut self, factor: u64, numerator: u128, denominator: u128) {
        let term = S::weigh(S::ln(numerator, denominator), factor);
        self.sum = self.sum.plus(term);
        self.size += term.head.abs();
        self.count += factor as i64 as f64;
    }

    /// A bound of the error. Of logarithms that are not nearly 0 the absolute error is the smaller one.
    #[inline(always)]
    fn error<S: Size>(&self) -> f64 {
        let relative = self.size * (1.25 * S::ERROR);
        let absolute = self.count * S::ABSOLUTE_ERROR + self.size * (S::ERROR / 512.0);
        relative.min(absolute)
    }
}

/// Whether every cell holds what is expected but for a 16th; the margins are those of the cell that expects the least.
#[inline(always)]
fn is_near_independence(excess: u128, margins: u128) -> bool {
    excess < margins / 16
}

/// `|u| ((1 + u) ln(1 + u) - u) / u²` for `u = excess / margins`, which is below 1/16.
#[inline(always)]
fn cell_near_independence<S: Size>(excess: i128, margins: u128) -> Split {
    const TWELFTH: Split = Split { head: 0.083_333_332_091_569_9, tail: 1.241_763_432_820_638e-9 };
    const SIXTH: Split = Split { head: 0.166_666_664_183_139_8, tail: 2.483_526_865_641_276e-9 };
    const HALF: Split = Split { head: 0.5, tail: 0.0 };
    let size = S::integer(excess.unsigned_abs()).over(S::integer(margins));
    let ratio = if excess < 0 { Split { head: -size.head, tail: -size.tail } } else { size };
    let u = ratio.value();
    // 1/2 - u/6 + u²/12 - u³/20 + ..., the first three with all their digits. What is left out is below 2^-72.
    let series = [20.0, 30.0, 42.0, 56.0, 72.0, 90.0, 110.0, 132.0, 156.0, 182.0, 210.0, 240.0, 272.0];
    let rest = series.iter().rev().fold(0.0, |sum, divisor| 1.0 / divisor - u * sum);
    let third = TWELFTH.minus(Split::new(u * rest, 0.0));
    let second = SIXTH.minus(ratio.times(third));
    size.times(HALF.minus(ratio.times(second)))
}
