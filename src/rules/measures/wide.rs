//! Integers of several hundred bits, for products of counts.

use std::cmp::Ordering;

/// An unsigned integer of `64 N` bits, the lowest limb first. `N` is at least 2.
///
/// Whoever computes with it chooses `N` so that nothing overflows, which debug builds check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) struct Wide<const N: usize>([u64; N]);

impl<const N: usize> Wide<N> {
    pub(in crate::rules) const ZERO: Self = Wide([0; N]);
    pub(in crate::rules) const ONE: Self = {
        let mut limbs = [0; N];
        limbs[0] = 1;
        Wide(limbs)
    };

    pub(in crate::rules) fn new(number: u128) -> Self {
        let mut limbs = [0; N];
        limbs[0] = number as u64;
        limbs[1] = (number >> 64) as u64;
        Wide(limbs)
    }

    /// The product of some numbers.
    pub(in crate::rules) fn product(factors: &[u128]) -> Self {
        factors.iter().fold(Self::ONE, |product, &factor| product.times_wide(&Self::new(factor)))
    }

    /// The same number with more limbs, or with fewer if those left out are zero.
    pub(in crate::rules) fn resized<const M: usize>(self) -> Wide<M> {
        let mut limbs = [0; M];
        let common = N.min(M);
        limbs[..common].copy_from_slice(&self.0[..common]);
        debug_assert!(self.0[common..].iter().all(|&limb| limb == 0), "the number is too large");
        Wide(limbs)
    }

    pub(in crate::rules) fn is_zero(&self) -> bool {
        self.0 == [0; N]
    }

    /// The number of bits without leading zeros.
    pub(in crate::rules) fn bits(&self) -> u32 {
        let used = self.0.iter().rposition(|&limb| limb != 0);
        used.map_or(0, |last| 64 * (last as u32 + 1) - self.0[last].leading_zeros())
    }

    pub(in crate::rules) fn plus(mut self, other: &Self) -> Self {
        let mut carry = false;
        for (limb, &other) in self.0.iter_mut().zip(&other.0) {
            let (sum, first) = limb.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(carry.into());
            (*limb, carry) = (sum, first || second);
        }
        debug_assert!(!carry, "a sum overflows");
        self
    }

    /// The difference to a number that is not larger.
    pub(in crate::rules) fn minus(mut self, other: &Self) -> Self {
        let mut borrow = false;
        for (limb, &other) in self.0.iter_mut().zip(&other.0) {
            let (difference, first) = limb.overflowing_sub(other);
            let (difference, second) = difference.overflowing_sub(borrow.into());
            (*limb, borrow) = (difference, first || second);
        }
        debug_assert!(!borrow, "a difference is negative");
        self
    }

    pub(in crate::rules) fn times(mut self, factor: u64) -> Self {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            (*limb, carry) = (product as u64, product >> 64);
        }
        debug_assert!(carry == 0, "a product overflows");
        self
    }

    pub(in crate::rules) fn times_wide(&self, other: &Self) -> Self {
        let mut product = Self::ZERO;
        for (place, &factor) in other.0.iter().enumerate().filter(|&(_, &factor)| factor != 0) {
            let mut carry = 0;
            for (at, &limb) in self.0[..N - place].iter().enumerate() {
                let sum = u128::from(limb) * u128::from(factor) + u128::from(product.0[place + at]) + carry;
                (product.0[place + at], carry) = (sum as u64, sum >> 64);
            }
            debug_assert!(carry == 0 && self.0[N - place..].iter().all(|&limb| limb == 0), "a product overflows");
        }
        product
    }

    /// The quotient by a number that is not zero, rounded down.
    pub(in crate::rules) fn over(mut self, divisor: u64) -> Self {
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            if rest == 0 {
                (*limb, rest) = (*limb / divisor, *limb % divisor);
                continue;
            }
            let dividend = u128::from(rest) << 64 | u128::from(*limb);
            // The rest is below the divisor, so the quotient fits into a limb.
            (*limb, rest) = ((dividend / u128::from(divisor)) as u64, (dividend % u128::from(divisor)) as u64);
        }
        self
    }

    /// Times 2 to the power of `bits`.
    pub(in crate::rules) fn up(&self, bits: u32) -> Self {
        debug_assert!(self.is_zero() || self.bits() + bits <= 64 * N as u32, "a shift overflows");
        let (limbs, bits) = ((bits / 64) as usize, bits % 64);
        let mut shifted = [0; N];
        for (place, limb) in shifted.iter_mut().enumerate().skip(limbs) {
            *limb = self.0[place - limbs] << bits;
            if bits > 0 && place > limbs {
                *limb |= self.0[place - limbs - 1] >> (64 - bits);
            }
        }
        Wide(shifted)
    }

    /// Over 2 to the power of `bits`, rounded down.
    pub(in crate::rules) fn down(&self, bits: u32) -> Self {
        let (limbs, bits) = ((bits / 64) as usize, bits % 64);
        let mut shifted = [0; N];
        for (place, limb) in shifted.iter_mut().enumerate().take(N.saturating_sub(limbs)) {
            *limb = self.0[place + limbs] >> bits;
            if bits > 0 && place + limbs + 1 < N {
                *limb |= self.0[place + limbs + 1] << (64 - bits);
            }
        }
        Wide(shifted)
    }

    /// As a float, to a relative error of 2^-52; infinite beyond the range of floats.
    pub(in crate::rules) fn to_f64(self) -> f64 {
        let below = self.bits().saturating_sub(64);
        libm::scalbn(self.down(below).0[0] as f64, below as i32)
    }
}

impl<const N: usize> Ord for Wide<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

impl<const N: usize> PartialOrd for Wide<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Number = Wide<4>;

    fn low(number: Number) -> u128 {
        assert!(number.0[2..] == [0, 0]);
        u128::from(number.0[1]) << 64 | u128::from(number.0[0])
    }

    proptest! {
        #[test]
        fn arithmetic_equals_that_of_128_bits(a in any::<u128>(), b in any::<u128>(), bits in 0..128u32, by in 1..u64::MAX) {
            // Numbers of every size.
            let (a, b) = (a >> bits, b >> (127 - bits));
            let [wide_a, wide_b] = [a, b].map(Number::new);
            prop_assert_eq!(wide_a.cmp(&wide_b), a.cmp(&b));
            prop_assert_eq!(wide_a.bits(), 128 - a.leading_zeros());
            prop_assert_eq!(low(wide_a.over(by)), a / u128::from(by));
            prop_assert_eq!(low(wide_a.down(bits)), a >> bits);
            prop_assert_eq!(low(wide_a.up(bits).down(bits)), a);
            prop_assert_eq!(low(wide_a.plus(&wide_b).minus(&wide_b)), a);
            if let Some(sum) = a.checked_add(b) {
                prop_assert_eq!(low(wide_a.plus(&wide_b)), sum);
            }
            if let Some(product) = a.checked_mul(b) {
                prop_assert_eq!(low(wide_a.times_wide(&wide_b)), product);
                prop_assert_eq!(low(Number::product(&[a, b])), product);
            }
            let approximate = wide_a.to_f64();
            prop_assert!((approximate - a as f64).abs() <= a as f64 * 2.0f64.powi(-51));
        }

        #[test]
        fn multiplication_distributes_beyond_128_bits(a in any::<u128>(), b in any::<u64>(), c in any::<u64>()) {
            let product = Number::new(a).times(b);
            prop_assert_eq!(product, Number::new(a).times_wide(&Number::new(b.into())));
            prop_assert_eq!(product.times(c / 2).plus(&product.times(c - c / 2)), product.times(c));
            if b > 0 {
                prop_assert_eq!(product.over(b), Number::new(a));
            }
            let shifted = product.up(60);
            prop_assert_eq!(shifted, product.times(1 << 60));
            prop_assert_eq!(shifted.resized::<6>().up(70).down(130).resized::<4>(), product);
        }
    }
}
