//! Measures with logarithms, rounded once: the float nearest to the exact number.
//!
//! Each is computed to some 2^-63 of itself or better, and with as many digits as it takes (`precise`) where that
//! leaves in doubt what the nearest float is. What is 0 or 1 by its definition never comes so far.
//!
//! Information is a sum over cells, and near independence the terms nearly cancel. With `e = n n_xy - n_x n_y` each
//! cell holds `1 + u` times what is expected, `u = ±e / (product of its margins)`, and the expected baskets times `u`
//! add up to 0. So each cell adds `expected ((1 + u) ln(1 + u) - u)`, which is nowhere below 0. For small `u` that is
//! `e² / (n margins)` times a series, and for others the last term is computed apart.

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
    let mut sum = Information::new(excess.unsigned_abs());
    sum.add::<S>(excess > 0, [n, both, x, y]);
    sum.add::<S>(excess < 0, [n, alone, x, without]);
    let (information, error) = sum.total::<S>(n);
    let count = S::count(n);
    let value = information.over(Split::new(count.head, count.tail));
    value.rounded(error / count.head).unwrap_or_else(|| {
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
    let mut sum = Information::new(excess.unsigned_abs());
    sum.add::<S>(excess > 0, [n, both, x, y]);
    sum.add::<S>(excess > 0, [n, neither, not_x, not_y]);
    sum.add::<S>(excess < 0, [n, counts.x_alone(), x, not_y]);
    sum.add::<S>(excess < 0, [n, counts.y_alone(), not_x, y]);
    let (information, error) = sum.total::<S>(n);
    // The side with the smaller entropy is the one that is further from half of the baskets.
    let less = x.min(not_x).min(y).min(not_y);
    let entropy = entropy::<S>(n, less);
    let value = information.over(entropy);
    let error = error / entropy.head + value.head * (1.25 * S::ERROR);
    value.rounded(error).unwrap_or_else(|| {
        let times_itself = |count: u64, sign: i128| (sign * i128::from(count), count);
        let entropy = [times_itself(n, 1), times_itself(less, -1), times_itself(n - less, -1)];
        let cells = [both, counts.x_alone(), counts.y_alone(), neither].map(|cell| times_itself(cell, 1));
        let margins = [x, y, not_x, not_y].map(|margin| times_itself(margin, -1));
        let terms: Vec<Term> = [entropy[0]].into_iter().chain(cells).chain(margins).collect();
        quotient_of_logarithms(value.value(), &terms, Divisor::Logarithms(&entropy))
    })
}

/// The entropy of a side that is in some of `n` baskets, but not in all, times `n`.
#[inline(always)]
fn entropy<S: Size>(n: u64, some: u64) -> Split {
    let part = |of: u64| S::weigh(S::ln(n.into(), of.into()), of);
    part(some).plus(part(n - some))
}

/// The information in the cells of a table, times `n`.
struct Information {
    /// Its size.
    excess: u128,
    /// Of cells that are near what is expected, what [`near_independence`] gives.
    near: Split,
    near_error: f64,
    /// Of the others, the logarithms times their baskets, and how many more of them hold more than expected than hold
    /// less.
    far: Split,
    more: i32,
    /// A bound of the error of the logarithms.
    error: f64,
}

impl Information {
    #[inline(always)]
    fn new(excess: u128) -> Information {
        let zero = Split { head: 0.0, tail: 0.0 };
        Information { excess, near: zero, near_error: 0.0, far: zero, more: 0, error: 0.0 }
    }

    /// Adds a cell: all baskets, its own, and those of its margins.
    #[inline(always)]
    fn add<S: Size>(&mut self, is_more: bool, [n, cell, margin_x, margin_y]: [u64; 4]) {
        let margins = product(margin_x, margin_y);
        if self.excess < margins / 32 {
            let (cell, error) = near_independence::<S>(is_more, self.excess, margins);
            self.near = self.near.plus(cell);
            self.near_error += error;
            return;
        }
        self.more += if is_more { 1 } else { -1 };
        if cell > 0 {
            let term = S::weigh(S::ln(product(n, cell), margins), cell);
            self.far = self.far.plus(term);
            // The logarithm is not nearly 0, so that its absolute error is the smaller one.
            self.error += cell as i64 as f64 * S::ABSOLUTE_ERROR + term.head.abs() * (S::ERROR / 128.0);
        }
    }

    /// The sum, and a bound of its error.
    #[inline(always)]
    fn total<S: Size>(&self, n: u64) -> (Split, f64) {
        let count = S::count(n);
        let expected = S::integer(self.excess).over(Split::new(count.head, count.tail));
        // What cells hold beyond what is expected, which adds up to 0 over all cells.
        let beyond = Split { head: f64::from(-self.more), tail: 0.0 };
        let near = self.near;
        let rest = expected.times(near.plus(beyond));
        let error = expected.head * (self.near_error + f64::from(self.more.abs()) * (S::ERROR / 64.0));
        (self.far.plus(rest), self.error + error)
    }
}

/// `((1 + u) ln(1 + u) - u) / |u|` for `u = ±excess / margins`, which is below 1/32, and a bound of its error.
#[inline(always)]
fn near_independence<S: Size>(is_more: bool, excess: u128, margins: u128) -> (Split, f64) {
    const HALF: Split = Split { head: 0.5, tail: 0.0 };
    const SIXTH: Split = Split { head: 0.166_666_664_183_139_8, tail: 2.483_526_865_641_276e-9 };
    /// 1/12, 1/20, 1/30, ...
    const SERIES: [f64; 11] = {
        let mut series = [0.0; 11];
        let mut term = 0;
        while term < series.len() {
            series[term] = 1.0 / ((term + 3) * (term + 4)) as f64;
            term += 1;
        }
        series
    };
    let size = S::integer(excess).over(S::integer(margins));
    let ratio = if is_more { size } else { Split { head: -size.head, tail: -size.tail } };
    let u = ratio.value();
    // u/2 - u²/6 + u³/12 - ..., the first two with all their digits. What is left out is below 2^-71 u.
    let rest = SERIES.iter().rev().fold(0.0, |sum, term| term - u * sum);
    let second = SIXTH.minus_small(u * rest, 0.0);
    let product = ratio.times(second);
    let value = size.times(HALF.minus_small(product.head, product.tail));
    (value, size.head * (S::ERROR + u * u * f64::EPSILON / 8.0))
}
