//! A share of baskets as the fraction that it is.

use super::rounding::quotient;

/// `part` of `whole` baskets, the confidence of a rule for example. The whole is not zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::rules) struct Fraction {
    pub(in crate::rules) part: u64,
    pub(in crate::rules) whole: u64,
}

impl Fraction {
    pub(in crate::rules) const ZERO: Fraction = Fraction { part: 0, whole: 1 };

    pub(in crate::rules) fn new(part: u64, whole: u64) -> Self {
        Fraction { part, whole }
    }

    /// The quotient, rounded once.
    #[inline]
    pub(in crate::rules) fn value(self) -> f64 {
        quotient(self.part.into(), self.whole.into())
    }

    /// Both with the product of the wholes as denominator: the numerators, and it.
    #[inline]
    fn expanded(self, other: Self) -> (u128, u128, u128) {
        let product = |a: u64, b: u64| u128::from(a) * u128::from(b);
        (product(self.part, other.whole), product(other.part, self.whole), product(self.whole, other.whole))
    }

    /// Whether it is larger.
    #[inline]
    pub(in crate::rules) fn exceeds(self, other: Self) -> bool {
        let (own, others, _) = self.expanded(other);
        own > others
    }

    /// The quotient of two, rounded once; infinite over 0.
    pub(in crate::rules) fn over(self, other: Self) -> f64 {
        match self.expanded(other) {
            (_, 0, _) => f64::INFINITY,
            (own, others, _) => quotient(own, others),
        }
    }

    /// The difference of two, rounded once.
    #[inline]
    pub(in crate::rules) fn minus(self, other: Self) -> f64 {
        let (own, others, whole) = self.expanded(other);
        let difference = quotient(own.abs_diff(others), whole);
        if own < others { -difference } else { difference }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_and_quotients_are_rounded_once() {
        let (high, low) = (Fraction::new(7, 10), Fraction::new(4, 10));
        assert_eq!((high.minus(low), low.minus(high), high.minus(high)), (0.3, -0.3, 0.0));
        assert_eq!(Fraction::new(9, 10).over(Fraction::new(3, 10)), 3.0);
        assert_eq!(high.over(Fraction::ZERO), f64::INFINITY);
        assert!(high.exceeds(low) && !high.exceeds(Fraction::new(14, 20)));
    }
}
