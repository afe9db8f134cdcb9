//! Tails of the hypergeometric distribution as fractions of large integers: what decides whether a p-value reaches a
//! level that it is very near to.

use std::cmp::Ordering;

use super::hypergeometric::Hypergeometric;
use super::rounding::nearest;
use super::wide::Wide;

/// Baskets up to which every number is computed here. The binomial coefficients of 256 baskets have at most 252 bits.
pub(super) const FEW_BASKETS: u64 = 256;

/// Terms that are summed at most; it takes milliseconds.
const MAX_TERMS: u64 = 1 << 15;

/// Bits of the largest term, if the terms are rounded.
const TERM_BITS: u32 = 380;

/// Of two numbers whose difference is below 2^-180 of them it is taken for granted that they are equal. Up to
/// [`FEW_BASKETS`] nothing is rounded.
const SAME_BITS: u32 = 180;

/// Bits that the two steps of a ratio may lose, if one is large and the other small.
const LOST_BITS: u32 = 64;

/// Large enough for a sum of terms, or a term times a count; and for a sum times a factor.
type Sum = Wide<7>;
type Product = Wide<16>;

/// `P(H >= k)` as `at_least / all`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    at_least: Sum,
    all: Sum,
    is_exact: bool,
}

/// What a p-value is multiplied by: `numerator / (denominator 2^bits)`.
#[derive(Clone, Copy, Debug)]
pub(in crate::rules) struct Factor {
    pub(in crate::rules) numerator: Wide<6>,
    pub(in crate::rules) denominator: u64,
    pub(in crate::rules) bits: u32,
}

impl Factor {
    pub(in crate::rules) const fn one() -> Self {
        Factor { numerator: Wide::ONE, denominator: 1, bits: 0 }
    }
}

impl Tail {
    /// `None` if that would take long, or if the tail is too small for it.
    pub(super) fn new(of: &Hypergeometric, k: u64) -> Option<Tail> {
        if of.n <= FEW_BASKETS { Some(Tail::in_integers(of, k)) } else { Tail::rounded(of, k) }
    }

    /// By binomial coefficients. For [`FEW_BASKETS`].
    fn in_integers(of: &Hypergeometric, k: u64) -> Tail {
        let &Hypergeometric { n, n_x, n_y } = of;
        let low = of.low();
        // The ways to choose for the smallest number; one of the two factors of each term is 1 there.
        let (from, chosen) = if low == 0 { (n - n_x, n_y) } else { (n_x, low) };
        let mut term = (0..chosen).fold(Sum::ONE, |ways, i| ways.times(from - i).over(i + 1));
        let (mut all, mut at_least) = (Sum::ZERO, Sum::ZERO);
        for at in low..=n_x {
            all = all.plus(&term);
            if at >= k {
                at_least = at_least.plus(&term);
            }
            if at < n_x {
                // Below 2^16 each.
                term = term.times((n_x - at) * (n_y - at)).over((at + 1) * (n + at + 1 - n_x - n_y));
            }
        }
        Tail { at_least, all, is_exact: true }
    }

    /// By the ratios of terms, from the largest term on in both directions until they vanish.
    fn rounded(of: &Hypergeometric, k: u64) -> Option<Tail> {
        let &Hypergeometric { n, n_x, n_y } = of;
        let (low, mode) = (of.low(), of.mode());
        if of.deviation() * 50.0 > MAX_TERMS as f64 {
            return None;
        }
        let largest = Sum::ONE.up(TERM_BITS);
        let (mut all, mut at_least) = (largest, if mode >= k { largest } else { Sum::ZERO });
        let mut terms = 0;
        let mut take = |at: u64, term: &Sum| {
            all = all.plus(term);
            if at >= k {
                at_least = at_least.plus(term);
            }
            terms += 1;
            terms <= MAX_TERMS && !term.is_zero()
        };
        let (mut at, mut term) = (mode, largest);
        while at < n_x {
            term = times_ratio(term, [n_x - at, n_y - at], [at + 1, n + at + 1 - n_x - n_y]);
            at += 1;
            if !take(at, &term) {
                break;
            }
        }
        (at, term) = (mode, largest);
        while at > low {
            term = times_ratio(term, [at, n + at - n_x - n_y], [n_x - at + 1, n_y - at + 1]);
            at -= 1;
            if !take(at, &term) {
                break;
            }
        }
        // Each term is off by less than the number of terms, times what a step may lose.
        let is_sure = terms <= MAX_TERMS && at_least.bits() > SAME_BITS + LOST_BITS + 2 * MAX_TERMS.ilog2() + 2;
        is_sure.then_some(Tail { at_least, all, is_exact: false })
    }

    /// The rest: `P(H < k)`.
    pub(super) fn below(self) -> Tail {
        Tail { at_least: self.all.minus(&self.at_least), ..self }
    }

    /// The probability times a factor, rounded once; at most 1.
    pub(super) fn times(mut self, factor: &Factor) -> f64 {
        // A factor with a fraction is rounded.
        self.is_exact &= factor.bits == 0;
        let numerator: Product = self.at_least.resized::<16>().times_wide(&factor.numerator.resized());
        let denominator: Product = self.all.resized::<16>().times(factor.denominator).up(factor.bits);
        if numerator.is_zero() {
            return 0.0;
        }
        if numerator >= denominator {
            return 1.0;
        }
        nearest(numerator.to_f64() / denominator.to_f64(), |number, exponent| {
            self.compare(numerator, denominator.times(number), exponent)
        })
    }

    fn compare(&self, left: Product, right: Product, exponent: i32) -> Ordering {
        // A probability times a number: the exponent is negative.
        let left = left.up(exponent.unsigned_abs());
        let difference = if left > right { left.minus(&right) } else { right.minus(&left) };
        if !self.is_exact && difference.bits() + SAME_BITS < right.bits() { Ordering::Equal } else { left.cmp(&right) }
    }
}

/// A term times `a b / (c d)`. Away from the largest term that is below 1, so that nothing exceeds a term times a count.
fn times_ratio(term: Sum, [a, b]: [u64; 2], [c, d]: [u64; 2]) -> Sum {
    term.times(a).over(c).times(b).over(d)
}

/// Whether a p-value of `baskets` baskets that a sum of floats gave may be a level that somebody asks for: a decimal
/// fraction of few digits, or a fraction of small numbers.
pub(super) fn may_be_level(p_value: f64, baskets: u64) -> bool {
    /// Powers of ten from 10^2 on.
    const TENS: [f64; 18] =
        [1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19];
    if !(9e-13..1.0).contains(&p_value) {
        return false;
    }
    // The error of the sums, ten times over; and how many numbers count as round, which must not be all.
    let (error, digits, largest) = if baskets <= 1 << 20 { (1e-11, 4, 4096.0) } else { (1e-7, 1, 256.0) };
    // Conversions to integers are faster than rounding floats. Numbers here are below 2^63.
    let is_near = |number: f64| (number - (number + 0.5) as u64 as f64).abs() <= error * number;
    // The leading zeros of the decimal fraction, or one less: by the binary exponent, and log10(2) = 0.301.
    let exponent = 1023 - (p_value.to_bits() >> 52) as usize;
    if is_near(p_value * TENS[exponent * 301 / 1000 + digits]) {
        return true;
    }
    if p_value * largest < 0.5 {
        return false;
    }
    // The denominators of the continued fraction.
    let (mut before, mut denominator) = (0.0, 1.0);
    let mut rest = p_value;
    while denominator <= largest {
        let numerator = p_value * denominator;
        if numerator > 0.5 && is_near(numerator) {
            return true;
        }
        let inverse = 1.0 / rest;
        // What is left is no fraction of small numbers, or zero.
        if inverse > 1e12 {
            break;
        }
        let floor = inverse as u64 as f64;
        rest = inverse - floor;
        (before, denominator) = (denominator, floor * denominator + before);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Contingency;
    use proptest::prelude::*;

    fn of(n: u64, n_x: u64, n_y: u64) -> Hypergeometric {
        Hypergeometric::new(&Contingency::new(n, n_x, n_y, (n_x + n_y).saturating_sub(n).max(1)).unwrap())
    }

    proptest! {
        #[test]
        fn both_ways_agree(n in 1..=FEW_BASKETS, x in any::<u64>(), y in any::<u64>(), k in any::<u64>(), by in 1..60u64) {
            let h = of(n, 1 + x % n, 1 + y % n);
            let k = h.low() + k % (h.n_x - h.low() + 1);
            let factor = Factor { denominator: by, ..Factor::one() };
            let exact = Tail::in_integers(&h, k).times(&factor);
            prop_assert!((exact - h.ln_at_least(k).exp() / by as f64).abs() <= 1e-11 * exact);
            if let Some(rounded) = Tail::rounded(&h, k) {
                prop_assert_eq!(rounded.times(&factor), exact);
                prop_assert_eq!(rounded.below().times(&factor), Tail::in_integers(&h, k).below().times(&factor));
            } else {
                prop_assert!(exact < 1e-20);
            }
        }

        #[test]
        fn tail_of_one_basket_is_a_share(n in FEW_BASKETS + 1..1 << 50, y in any::<u64>()) {
            // The one basket with X is one of those with Y.
            let y = 1 + y % n;
            let h = Hypergeometric::new(&Contingency::new(n, 1, y, 1).unwrap());
            if let Some(tail) = Tail::new(&h, 1) {
                prop_assert_eq!(tail.times(&Factor::one()), crate::rules::measures::rounding::quotient(y.into(), n.into()));
            }
        }
    }

    #[test]
    fn levels_are_round_numbers() {
        for level in [0.05, 0.01, 0.001, 1e-6, 0.025, 1.0 / 3.0, 1.0 / 199.0, 0.5, 0.9999, 2.0 / 4095.0] {
            assert!(may_be_level(level, 1000) && may_be_level(level * (1.0 + 1e-12), 1000), "{level}");
            assert!(!may_be_level(level * (1.0 - 1e-9), 1000), "{level}");
        }
        assert!(!may_be_level(0.0, 1000) && !may_be_level(1e-300, 1000) && !may_be_level(1.0, 1000));
    }
}
