//! Quotients of sums of logarithms with as many digits as it takes to round them once.
//!
//! A number that is close to the middle of two floats is computed with more digits, twice as many each time, until it
//! is clear on which side it is (A. Ziv: Fast evaluation of elementary mathematical functions with correctly rounded
//! last bit, ACM TOMS 17, 1991). That ends for every number that is not itself in the middle. The middle is a fraction,
//! so it is enough to find out which of these numbers are fractions.
//!
//! - A sum of logarithms of whole numbers, with whole factors, is the logarithm of a fraction. Over another one it is
//!   p / q just if `A^q = B^p` for their fractions A and B. Whole numbers that have no divisor in common take the part
//!   of primes here: A and B are products of their powers, in one way only, so the exponents of A have to be p / q
//!   times those of B. Numbers that all others are made of are found with greatest common divisors alone (E. Bach,
//!   J. Driscoll, J. Shallit: Factor refinement, Journal of Algorithms 15, 1993).
//! - Over a whole number it is a fraction just if it is 0: the logarithm of a fraction other than 1 is transcendental
//!   (F. Lindemann: Über die Zahl π, Mathematische Annalen 20, 1882).

use std::cmp::Ordering;

use super::logarithm::{LN_BITS, LN_BITS_ERROR, ln_bits};
use super::rounding::{nearest, quotient};

/// A factor, and the number that it multiplies the logarithm of. The number is at most 2^63 + 1, and 0 if the factor
/// is.
pub(super) type Term = (i128, u64);

/// What a sum of logarithms is divided by. It is above 0.
#[derive(Clone, Copy, Debug)]
pub(super) enum Divisor<'a> {
    Count(u64),
    Logarithms(&'a [Term]),
}

/// The bits behind the point that are tried first, of which logarithms have a faster way.
const FIRST_BITS: u32 = LN_BITS;

/// The float nearest to the quotient, which is not 0, from one that is nearly that.
#[cold]
#[inline(never)]
pub(super) fn quotient_of_logarithms(approximate: f64, above: &[Term], below: Divisor<'_>) -> f64 {
    if approximate < 0.0 {
        let above: Vec<Term> = above.iter().map(|&(factor, number)| (-factor, number)).collect();
        return -quotient_of_logarithms(-approximate, &above, below);
    }
    let mut bits = FIRST_BITS;
    loop {
        let digits = Digits::new(above, below, bits);
        let mut is_decided = true;
        let rounded = nearest(approximate, |number, exponent| {
            digits.compare(number, exponent).unwrap_or_else(|| {
                // Ends the comparisons.
                is_decided = false;
                Ordering::Equal
            })
        });
        if is_decided {
            return rounded;
        }
        if bits == FIRST_BITS
            && let Some(value) = fraction(above, below)
        {
            return value;
        }
        bits *= 2;
    }
}

/// The quotient with some digits: what is divided and by what, as multiples of 2 to the power of minus the bits.
struct Digits {
    above: Natural,
    above_error: Natural,
    below: Natural,
    below_error: Natural,
}

impl Digits {
    fn new(above: &[Term], below: Divisor<'_>, bits: u32) -> Digits {
        let (above, above_error) = sum(above, bits);
        let (below, below_error) = match below {
            Divisor::Count(count) => (Natural::new(count.into()).up(bits), Natural::new(0)),
            Divisor::Logarithms(terms) => sum(terms, bits),
        };
        Digits { above, above_error, below, below_error }
    }

    /// How the quotient compares with `number` times 2 to the power of `exponent`, if that is clear.
    fn compare(&self, number: u64, exponent: i32) -> Option<Ordering> {
        let (up, down) = (exponent.max(0).unsigned_abs(), exponent.min(0).unsigned_abs());
        let (left, right) = (self.above.up(down), self.below.times(number).up(up));
        let error = self.above_error.up(down).plus(&self.below_error.times(number).up(up));
        let order = left.cmp(&right);
        let difference = if order == Ordering::Less { right.minus(&left) } else { left.minus(&right) };
        (difference > error).then_some(order)
    }
}

/// A sum of logarithms that is above 0, as a multiple of 2 to the power of minus `bits`, and a bound of its error. It
/// is 0 if it would be less.
fn sum(terms: &[Term], bits: u32) -> (Natural, Natural) {
    let (mut more, mut less, mut factors) = (Natural::new(0), Natural::new(0), 0);
    for &(factor, number) in terms.iter().filter(|term| term.0 != 0) {
        let size = factor.unsigned_abs();
        let ln = if bits == LN_BITS { Natural::new(ln_bits(number)) } else { ln(number, bits) };
        let part = ln.times(size as u64);
        let total = if factor > 0 { &mut more } else { &mut less };
        *total = total.plus(&part);
        factors += size;
    }
    let sum = if more > less { more.minus(&less) } else { Natural::new(0) };
    let error = if bits == LN_BITS { LN_BITS_ERROR } else { LN_ERROR * u64::from(bits) };
    (sum, Natural::new(factors).times(error))
}

/// The error of a logarithm is below this number times the bits, in units of the last of them: that of 64 logarithms of
/// small fractions, none of which has more terms than a third of the bits, each with an error below 3.
const LN_ERROR: u64 = 64;

/// The logarithm of a number, as a multiple of 2 to the power of minus `bits`.
fn ln(number: u64, bits: u32) -> Natural {
    if number > 1 << 63 {
        // 2^63 + 1, and three times what is left.
        return ln(3, bits).plus(&ln(number / 3, bits));
    }
    let twos = number.ilog2();
    // The power of two that is nearest.
    let is_nearly_twice = number >> twos.saturating_sub(1) == 3;
    let twos = if is_nearly_twice { twos + 1 } else { twos };
    let of_power = twice_artanh(1, 3, bits).times(twos.into());
    let power = 1 << twos;
    match number.cmp(&power) {
        Ordering::Equal => of_power,
        Ordering::Greater => of_power.plus(&twice_artanh(number - power, number + power, bits)),
        Ordering::Less => of_power.minus(&twice_artanh(power - number, number + power, bits)),
    }
}

/// `ln((b + a) / (b - a)) = 2 artanh(a / b)` by its series, for `a` up to a third of `b`. Each term is rounded down
/// three times.
fn twice_artanh(a: u64, b: u64, bits: u32) -> Natural {
    let ratio = Natural::new(a.into()).up(bits + 1).over(b);
    // The ratio is twice the argument.
    let square = ratio.times_natural(&ratio).down(bits + 2);
    let (mut sum, mut power, mut odd) = (ratio.clone(), ratio, 1);
    while !power.is_zero() {
        power = power.times_natural(&square).down(bits);
        odd += 2;
        sum = sum.plus(&power.over(odd));
    }
    sum
}

/// The quotient if it is a fraction, rounded once.
fn fraction(above: &[Term], below: Divisor<'_>) -> Option<f64> {
    let Divisor::Logarithms(below) = below else {
        return None;
    };
    let terms = || above.iter().chain(below).filter(|term| term.0 != 0);
    let mut common = None;
    for base in coprime(terms().map(|term| term.1)) {
        let exponent = |terms: &[Term]| -> i128 {
            let used = terms.iter().filter(|term| term.0 != 0);
            used.map(|&(factor, number)| factor * i128::from(times_divisible(number, base))).sum()
        };
        let (above, below) = (exponent(above), exponent(below));
        if (above, below) == (0, 0) {
            continue;
        }
        // What is divided and by what is above 0, so is their quotient.
        if (above < 0) != (below < 0) || above == 0 || below == 0 {
            return None;
        }
        let (above, below) = (above.unsigned_abs(), below.unsigned_abs());
        let divisor = greatest_common_divisor(above, below);
        let reduced = (above / divisor, below / divisor);
        if *common.get_or_insert(reduced) != reduced {
            return None;
        }
    }
    common.map(|(above, below)| quotient(above, below))
}

/// Numbers above 1 that have no divisor in common, of powers of which all of these are products.
fn coprime(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    let mut open: Vec<u64> = numbers.collect();
    while let Some(number) = open.pop() {
        if number == 1 {
            continue;
        }
        let shares = |&other: &u64| greatest_common_divisor(number.into(), other.into()) > 1;
        match found.iter().position(shares) {
            None => found.push(number),
            Some(place) => {
                // The product of all gets smaller by this divisor, so it ends.
                let other = found.swap_remove(place);
                let divisor = greatest_common_divisor(number.into(), other.into()) as u64;
                open.extend([divisor, number / divisor, other / divisor]);
            }
        }
    }
    found
}

/// How often a number can be divided by another one, which is above 1.
fn times_divisible(mut number: u64, by: u64) -> u32 {
    let mut times = 0;
    while number.is_multiple_of(by) {
        number /= by;
        times += 1;
    }
    times
}

fn greatest_common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// An unsigned integer of any size: limbs of 64 bits, the lowest first, the last one not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Natural(Vec<u64>);

impl Natural {
    fn new(number: u128) -> Natural {
        Natural::trimmed(vec![number as u64, (number >> 64) as u64])
    }

    fn trimmed(mut limbs: Vec<u64>) -> Natural {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Natural(limbs)
    }

    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    fn plus(&self, other: &Natural) -> Natural {
        let (long, short) = if self.0.len() < other.0.len() { (other, self) } else { (self, other) };
        let mut carry = 0;
        let mut limbs = Vec::with_capacity(long.0.len() + 1);
        for (place, &limb) in long.0.iter().enumerate() {
            let sum = u128::from(limb) + u128::from(short.0.get(place).copied().unwrap_or(0)) + carry;
            limbs.push(sum as u64);
            carry = sum >> 64;
        }
        limbs.push(carry as u64);
        Natural::trimmed(limbs)
    }

    /// The difference to a number that is not larger.
    fn minus(&self, other: &Natural) -> Natural {
        debug_assert!(self >= other, "a difference is negative");
        let mut borrow = false;
        let mut limbs = Vec::with_capacity(self.0.len());
        for (place, &limb) in self.0.iter().enumerate() {
            let (difference, first) = limb.overflowing_sub(other.0.get(place).copied().unwrap_or(0));
            let (difference, second) = difference.overflowing_sub(borrow.into());
            limbs.push(difference);
            borrow = first || second;
        }
        Natural::trimmed(limbs)
    }

    fn times(&self, factor: u64) -> Natural {
        self.times_natural(&Natural::new(factor.into()))
    }

    fn times_natural(&self, other: &Natural) -> Natural {
        let mut product = vec![0; self.0.len() + other.0.len()];
        for (place, &factor) in other.0.iter().enumerate() {
            let mut carry = 0;
            for (at, &limb) in self.0.iter().enumerate() {
                let sum = u128::from(limb) * u128::from(factor) + u128::from(product[place + at]) + carry;
                (product[place + at], carry) = (sum as u64, sum >> 64);
            }
            product[place + self.0.len()] = carry as u64;
        }
        Natural::trimmed(product)
    }

    /// The quotient by a number that is not zero, rounded down.
    fn over(&self, divisor: u64) -> Natural {
        let mut limbs = self.0.clone();
        let mut rest = 0;
        for limb in limbs.iter_mut().rev() {
            let dividend = rest << 64 | u128::from(*limb);
            // The rest is below the divisor, so the quotient fits into a limb.
            (*limb, rest) = ((dividend / u128::from(divisor)) as u64, dividend % u128::from(divisor));
        }
        Natural::trimmed(limbs)
    }

    /// Times 2 to the power of `bits`.
    fn up(&self, bits: u32) -> Natural {
        let mut limbs = vec![0; (bits / 64) as usize];
        limbs.extend(&self.0);
        Natural(limbs).times(1 << (bits % 64))
    }

    /// Over 2 to the power of `bits`, rounded down.
    fn down(&self, bits: u32) -> Natural {
        let kept = self.0.get((bits / 64) as usize..).unwrap_or_default();
        let bits = bits % 64;
        let limb = |place: usize| {
            let above = kept.get(place + 1).copied().unwrap_or(0);
            ((u128::from(above) << 64 | u128::from(kept[place])) >> bits) as u64
        };
        Natural::trimmed((0..kept.len()).map(limb).collect())
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Natural) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Natural) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::measures::wide::Wide;
    use proptest::prelude::*;

    type Same = Wide<12>;

    fn same(number: &Natural) -> Same {
        number.0.iter().rev().fold(Same::ZERO, |sum, &limb| sum.up(64).plus(&Same::new(limb.into())))
    }

    proptest! {
        #[test]
        fn arithmetic_equals_that_of_fixed_size(
            a in any::<u128>(),
            b in any::<u128>(),
            bits in 0..300u32,
            by in 1..u64::MAX,
        ) {
            let (a, b) = (a >> (bits % 128), b >> (bits % 77));
            let [wide_a, wide_b] = [a, b].map(Same::new);
            let [a, b] = [a, b].map(Natural::new);
            prop_assert_eq!(same(&a), wide_a);
            prop_assert_eq!(a.cmp(&b), wide_a.cmp(&wide_b));
            prop_assert_eq!(same(&a.plus(&b)), wide_a.plus(&wide_b));
            prop_assert_eq!(a.plus(&b).minus(&b), a.clone());
            let (product, wide) = (a.times_natural(&b).times(by), wide_a.times_wide(&wide_b).times(by));
            prop_assert_eq!(same(&product), wide);
            prop_assert_eq!(same(&product.over(by / 3 + 1)), wide.over(by / 3 + 1));
            prop_assert_eq!(same(&product.up(bits)), wide.up(bits));
            prop_assert_eq!(same(&product.down(bits)), wide.down(bits));
        }

        #[test]
        fn logarithms_have_the_digits_that_they_claim(a in 1..1u64 << 32, b in 1..1u64 << 31) {
            for bits in [64, 128, 200] {
                let (fewer, more) = (ln(a, bits), ln(a, 2 * bits).down(bits));
                let error = Natural::new(u128::from(LN_ERROR) * u128::from(bits));
                prop_assert!(fewer.plus(&error) >= more && more.plus(&error) >= fewer);
                let (product, sum) = (ln(a * b, bits), ln(a, bits).plus(&ln(b, bits)));
                let error = error.times(3);
                prop_assert!(product.plus(&error) >= sum && sum.plus(&error) >= product);
            }
            let faster = Natural::new(ln_bits(a * b));
            let (slower, error) = (ln(a * b, 2 * LN_BITS).down(LN_BITS), Natural::new(LN_BITS_ERROR.into()));
            prop_assert!(faster.plus(&error) >= slower && slower.plus(&error) >= faster);
            let exact = (a as f64).ln();
            let value = same(&ln(a, 64)).to_f64() / 2f64.powi(64);
            prop_assert!((value - exact).abs() <= 1e-14 * exact);
        }

        #[test]
        fn numbers_are_products_of_coprime_ones(numbers in prop::collection::vec(1..5000u64, 1..9)) {
            let found = coprime(numbers.iter().copied());
            for (place, &a) in found.iter().enumerate() {
                prop_assert!(a > 1);
                prop_assert!(found[..place].iter().all(|&b| greatest_common_divisor(a.into(), b.into()) == 1));
            }
            for number in numbers {
                let product: u64 = found.iter().map(|&base| base.pow(times_divisible(number, base))).product();
                prop_assert_eq!(product, number);
            }
        }
    }

    #[test]
    fn fractions_are_found() {
        let of = |above: &[Term], below: &[Term]| fraction(above, Divisor::Logarithms(below));
        assert_eq!(of(&[(1, 1000)], &[(1, 10)]), Some(3.0));
        assert_eq!(of(&[(3, 4), (0, 0)], &[(2, 8)]), Some(1.0));
        assert_eq!(of(&[(1, 12), (-1, 3)], &[(5, 2)]), Some(0.4));
        assert_eq!(of(&[(1, 12)], &[(1, 18)]), None);
        assert_eq!(of(&[(1, 12)], &[(1, 6), (1, 24)]), Some(0.5));
        assert_eq!(of(&[(7, 12)], &[(1, 6), (1, 6), (1, 4)]), Some(3.5));
        assert_eq!(fraction(&[(1, 2)], Divisor::Count(1)), None);
        // 3 (2^63 + 1) / 3.
        let above = ((1 << 63) + 1) / 3;
        assert_eq!(of(&[(1, (1 << 63) + 1)], &[(1, 3), (1, above)]), Some(1.0));
        let near = 1f64.next_down();
        assert_eq!(
            quotient_of_logarithms(near, &[(1, (1 << 63) + 1)], Divisor::Logarithms(&[(1, 3), (1, above)])),
            1.0
        );
        let ln_2 = -std::f64::consts::LN_2;
        assert_eq!(quotient_of_logarithms(ln_2.next_up(), &[(-1, 2)], Divisor::Count(1)), ln_2);
    }
}
