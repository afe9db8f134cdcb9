//! Numbers of itemsets beyond the range of a float.

use std::cmp::Ordering;
use std::ops::{Add, AddAssign, Mul};

/// A non-negative number with 53 bits of precision and any exponent: one basket of 2000 items has 2^2000 subsets, and
/// an estimate may have to add a few such numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct BigFloat {
    /// From 1 to below 2; or 0, with the smallest exponent.
    fraction: f64,
    exponent: i64,
}

/// With exponents further apart than this, the smaller number does not change the sum.
const NOTHING_LEFT: i64 = 128;

impl BigFloat {
    pub(crate) const ZERO: BigFloat = BigFloat { fraction: 0.0, exponent: i64::MIN };
    pub(crate) const ONE: BigFloat = BigFloat { fraction: 1.0, exponent: 0 };

    /// From a finite number; a negative one becomes 0.
    #[inline]
    pub(crate) fn new(number: f64) -> Self {
        BigFloat::scaled(number, 0)
    }

    /// The number times 2^`exponent`.
    #[inline]
    pub(crate) fn scaled(number: f64, exponent: i64) -> Self {
        if number <= 0.0 || number.is_nan() {
            return BigFloat::ZERO;
        }
        // The exponent of a normal number is read from its bits.
        let number = number.min(f64::MAX);
        let (number, more) =
            if number < f64::MIN_POSITIVE { (number * f64::from_bits(TWO_TO_64), -64) } else { (number, 0) };
        let bits = number.to_bits();
        let own = (bits >> 52) as i64 - 1023;
        let fraction = f64::from_bits(bits & !EXPONENT | ONE);
        BigFloat { fraction, exponent: exponent + own + more }
    }

    /// A power of 2.
    #[inline]
    pub(crate) fn power_of_two(exponent: usize) -> Self {
        // No basket has more items than a u32 can number.
        BigFloat { fraction: 1.0, exponent: exponent as i64 }
    }

    #[inline]
    pub(crate) fn is_zero(self) -> bool {
        self.fraction == 0.0
    }

    /// The number as a float; the largest finite one if it is too large.
    #[inline]
    pub(crate) fn to_f64(self) -> f64 {
        if self.exponent > 1023 {
            return f64::MAX;
        }
        if self.exponent < -1022 {
            return 0.0;
        }
        self.fraction * f64::from_bits(((self.exponent + 1023) as u64) << 52)
    }

    /// The quotient as a finite float; 0 if the other number is 0.
    #[inline]
    pub(crate) fn over(self, other: BigFloat) -> f64 {
        if self.is_zero() || other.is_zero() {
            return 0.0;
        }
        BigFloat::scaled(self.fraction / other.fraction, self.exponent - other.exponent).to_f64()
    }

    /// The logarithm to base 10; minus infinity for 0.
    pub(crate) fn log10(self) -> f64 {
        if self.is_zero() {
            return f64::NEG_INFINITY;
        }
        libm::log10(self.fraction) + self.exponent as f64 * std::f64::consts::LOG10_2
    }

    /// The number times e to the power of `by`.
    pub(crate) fn times_exp(self, by: f64) -> BigFloat {
        let twos = (by / std::f64::consts::LN_2).clamp(-1e9, 1e9).floor();
        let rest = by - twos * std::f64::consts::LN_2;
        let BigFloat { fraction, exponent } = self * BigFloat::new(libm::exp(rest.clamp(0.0, 1.0)));
        if fraction == 0.0 { BigFloat::ZERO } else { BigFloat { fraction, exponent: exponent + twos as i64 } }
    }

    pub(crate) fn min(self, other: BigFloat) -> BigFloat {
        if self < other { self } else { other }
    }

    pub(crate) fn max(self, other: BigFloat) -> BigFloat {
        if self > other { self } else { other }
    }
}

const ONE: u64 = 1023 << 52;
const EXPONENT: u64 = 0x7FF << 52;
const TWO_TO_64: u64 = (1023 + 64) << 52;

impl PartialOrd for BigFloat {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.exponent.cmp(&other.exponent).then(self.fraction.partial_cmp(&other.fraction)?).into()
    }
}

impl Add for BigFloat {
    type Output = BigFloat;

    #[inline]
    fn add(self, other: BigFloat) -> BigFloat {
        let (more, less) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        if less.is_zero() || more.exponent - less.exponent > NOTHING_LEFT {
            return more;
        }
        let shift = f64::from_bits(((1023 + less.exponent - more.exponent) as u64) << 52);
        BigFloat::scaled(more.fraction + less.fraction * shift, more.exponent)
    }
}

impl AddAssign for BigFloat {
    #[inline]
    fn add_assign(&mut self, other: BigFloat) {
        *self = *self + other;
    }
}

impl Mul for BigFloat {
    type Output = BigFloat;

    #[inline]
    fn mul(self, other: BigFloat) -> BigFloat {
        if self.is_zero() || other.is_zero() {
            return BigFloat::ZERO;
        }
        BigFloat::scaled(self.fraction * other.fraction, self.exponent + other.exponent)
    }
}

impl Mul<f64> for BigFloat {
    type Output = BigFloat;

    #[inline]
    fn mul(self, factor: f64) -> BigFloat {
        self * BigFloat::new(factor)
    }
}

/// The number of subsets of `items` items that have at most `room` of them.
pub(crate) fn subsets(items: usize, room: usize) -> BigFloat {
    if room >= items {
        return BigFloat::power_of_two(items);
    }
    let (mut of_len, mut all) = (BigFloat::ONE, BigFloat::ONE);
    for len in 1..=room {
        of_len = of_len * ((items + 1 - len) as f64 / len as f64);
        all += of_len;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
    }

    proptest! {
        #[test]
        fn they_are_numbers(a in 0.0..1e15f64, b in 0.0..1e-9f64, by in -50.0..50.0f64) {
            let (x, y) = (BigFloat::new(a), BigFloat::new(b));
            prop_assert!(x.to_f64() == a && y.to_f64() == b);
            prop_assert!(close((x + y).to_f64(), a + b) && close((x * y).to_f64(), a * b) && close((x * b).to_f64(), a * b));
            let ratio = if b > 0.0 { a / b } else { 0.0 };
            prop_assert!(close(x.over(y), ratio));
            prop_assert_eq!(x.partial_cmp(&y), a.partial_cmp(&b));
            prop_assert!(close(x.times_exp(by).to_f64(), a * by.exp()));
            prop_assert!(x.min(y) <= x.max(y));
        }
    }

    #[test]
    fn nothing_is_too_large() {
        let large = BigFloat::power_of_two(100_000);
        assert_eq!((large * large, large.to_f64()), (BigFloat::power_of_two(200_000), f64::MAX));
        assert!(close(large.log10(), 30_102.999_566_398_12));
        assert_eq!(large + BigFloat::ONE, large);
        assert_eq!((large + large).over(large), 2.0);
        assert_eq!((BigFloat::ONE.over(large), large.over(BigFloat::ONE)), (0.0, f64::MAX));
        assert_eq!(BigFloat::ZERO + BigFloat::ONE, BigFloat::ONE);
        assert!(
            (BigFloat::ZERO * large).is_zero()
                && BigFloat::ZERO < BigFloat::ONE
                && BigFloat::ZERO.times_exp(9.0).is_zero()
        );
        assert_eq!((BigFloat::new(-1.0), BigFloat::new(f64::NAN)), (BigFloat::ZERO, BigFloat::ZERO));
        assert_eq!(BigFloat::new(f64::MIN_POSITIVE / 8.0).to_f64(), 0.0);
        assert_eq!(BigFloat::ZERO.log10(), f64::NEG_INFINITY);
    }
}
