//! Quotients and roots of products of counts, rounded once: the float nearest to the exact number, the even one of two
//! that are equally near.
//!
//! A value that is rounded once can be compared with a threshold: equal numbers give equal floats, and a number that
//! is exactly 0.3 gives the float that the text `0.3` gives. Counts of up to some 2^26 baskets take the fast way:
//! twice the precision of a float by error-free sums and products, which leaves one value in 2^25 in doubt. Where there
//! is doubt, the number is compared with the middle of two floats in integers.
//!
//! Source of the fast way: T. J. Dekker: A floating-point technique for extending the available precision, Numerische
//! Mathematik 18, 1971; of the test whether it suffices: A. Ziv: Fast evaluation of elementary mathematical functions
//! with correctly rounded last bit, ACM TOMS 17, 1991.

use std::cmp::Ordering;

use super::wide::Wide;

/// Integers below this are floats.
const EXACT: u128 = 1 << f64::MANTISSA_DIGITS;

/// `numerator / denominator`; the denominator is not zero.
#[inline]
pub(in crate::rules) fn quotient(numerator: u128, denominator: u128) -> f64 {
    if (numerator | denominator) < EXACT {
        // The division is the one rounding.
        return numerator as u64 as f64 / denominator as u64 as f64;
    }
    quotient_of_wide(Wide::<4>::new(numerator), Wide::new(denominator))
}

/// `(a b c) / (d e f)`, none of `d`, `e` and `f` zero. Each is below 2^127.
#[inline]
pub(super) fn quotient_of_products(numerator: [u128; 3], denominator: [u128; 3]) -> f64 {
    if let (Some(above), Some(below)) = (Double::product(numerator), Double::product(denominator))
        && let Some(quotient) = above.over(below).rounded()
    {
        return quotient;
    }
    quotient_of_wide(Wide::<8>::product(&numerator), Wide::product(&denominator))
}

/// `√((a b c) / (d e f))`, none of `d`, `e` and `f` zero. Each is below 2^127.
#[inline]
pub(super) fn root_of_products(numerator: [u128; 3], denominator: [u128; 3]) -> f64 {
    if let (Some(above), Some(below)) = (Double::product(numerator), Double::product(denominator))
        && let Some(root) = above.over(below).root().rounded()
    {
        return root;
    }
    root_of_wide(Wide::product(&numerator), Wide::product(&denominator))
}

/// `(√a - √b) / (√a + √b)`, for `a` and `b` below 2^126, not both zero.
#[inline]
pub(super) fn contrast_of_roots(a: u128, b: u128) -> f64 {
    match a.cmp(&b) {
        Ordering::Less => return -contrast_of_roots(b, a),
        Ordering::Equal => return 0.0,
        Ordering::Greater if b == 0 => return 1.0,
        Ordering::Greater => {}
    }
    // (a - b) / (a + b + 2 √(a b)), which loses no digits.
    if (a + b) < EXACT {
        let root = Double::product([a, b, 1]).map(Double::root);
        let both = root.map(|root| Double { high: 2.0 * root.high, low: 2.0 * root.low }.plus((a + b) as u64 as f64));
        let difference = Double { high: (a - b) as u64 as f64, low: 0.0 };
        if let Some(contrast) = both.and_then(|both| difference.over(both).rounded()) {
            return contrast;
        }
    }
    contrast_of_roots_in_integers(a, b)
}

/// The float nearest to `numerator / denominator`, where both have at most `64 N - 56` bits.
#[cold]
pub(super) fn quotient_of_wide<const N: usize>(numerator: Wide<N>, denominator: Wide<N>) -> f64 {
    if numerator.is_zero() {
        return 0.0;
    }
    nearest(numerator.to_f64() / denominator.to_f64(), |number, exponent| {
        compare_scaled(numerator, denominator.times(number), exponent)
    })
}

#[cold]
fn root_of_wide(numerator: Wide<8>, denominator: Wide<8>) -> f64 {
    if numerator.is_zero() {
        return 0.0;
    }
    nearest((numerator.to_f64() / denominator.to_f64()).sqrt(), |number, exponent| {
        compare_scaled(numerator, denominator.times(number).times(number), 2 * exponent)
    })
}

/// For `a` above `b`, and `b` above 0.
#[cold]
fn contrast_of_roots_in_integers(a: u128, b: u128) -> f64 {
    let (root_a, root_b) = ((a as f64).sqrt(), (b as f64).sqrt());
    let approximate = (a - b) as f64 / (root_a + root_b) / (root_a + root_b);
    nearest(approximate.min(1.0), |number, exponent| {
        // (√a - √b) / (√a + √b) against t: √a (1 - t) against √b (1 + t).
        let one = Wide::<8>::new(1).up(exponent.unsigned_abs());
        let number = Wide::new(number.into());
        if exponent >= 0 || number >= one {
            return Ordering::Less;
        }
        let (less, more) = (one.minus(&number), one.plus(&number));
        let [a, b] = [a, b].map(Wide::new);
        less.times_wide(&less).times_wide(&a).cmp(&more.times_wide(&more).times_wide(&b))
    })
}

/// How `left` compares with `right` times 2 to the power of `exponent`.
fn compare_scaled<const N: usize>(left: Wide<N>, right: Wide<N>, exponent: i32) -> Ordering {
    let (left_bits, right_bits) = (left.bits() as i32, right.bits() as i32 + exponent);
    // What has fewer bits is smaller. Otherwise neither overflows: the one that is shifted gets as long as the other.
    match left_bits.cmp(&right_bits) {
        Ordering::Equal if exponent >= 0 => left.cmp(&right.up(exponent.unsigned_abs())),
        Ordering::Equal => left.up(exponent.unsigned_abs()).cmp(&right),
        different => different,
    }
}

/// The float nearest to a positive number, from one that is nearly that. `compare` returns how the number compares with
/// an integer of at most 55 bits times 2 to the power of the second argument.
pub(super) fn nearest(mut candidate: f64, mut compare: impl FnMut(u64, i32) -> Ordering) -> f64 {
    loop {
        let (mantissa, exponent) = parts(candidate);
        let is_even = mantissa % 2 == 0;
        match compare(2 * mantissa + 1, exponent - 1) {
            Ordering::Greater => {
                candidate = candidate.next_up();
                continue;
            }
            Ordering::Equal => return if is_even { candidate } else { candidate.next_up() },
            Ordering::Less => {}
        }
        // Below a power of two floats are twice as dense.
        let below = match mantissa.is_power_of_two() {
            true => compare(4 * mantissa - 1, exponent - 2),
            false => compare(2 * mantissa - 1, exponent - 1),
        };
        match below {
            Ordering::Less => candidate = candidate.next_down(),
            Ordering::Equal => return if is_even { candidate } else { candidate.next_down() },
            Ordering::Greater => return candidate,
        }
    }
}

/// A normal float as a mantissa of 53 bits and an exponent.
fn parts(number: f64) -> (u64, i32) {
    let bits = number.to_bits();
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    (mantissa, (bits >> 52 & 0x7ff) as i32 - 1075)
}

/// A number of twice the precision of a float: the unevaluated sum of two, the second at most half a unit in the last
/// place of the first, or a little more.
#[derive(Clone, Copy, Debug)]
struct Double {
    high: f64,
    low: f64,
}

/// The relative error of what is computed here is below this.
const ERROR: f64 = 1.0 / (1u128 << 80) as f64;

impl Double {
    /// `a b c`, if all are floats.
    #[inline(always)]
    fn product([a, b, c]: [u128; 3]) -> Option<Double> {
        if (a | b | c) >= EXACT {
            return None;
        }
        let product = two_product(a as u64 as f64, b as u64 as f64);
        Some(if c == 1 { product } else { product.times(c as u64 as f64) })
    }

    #[inline(always)]
    fn times(self, factor: f64) -> Double {
        let Double { high, low } = two_product(self.high, factor);
        sum_of_ordered(high, low + self.low * factor)
    }

    #[inline(always)]
    fn plus(self, summand: f64) -> Double {
        // Knuth's sum of two floats without an order.
        let high = self.high + summand;
        let part = high - self.high;
        let low = (self.high - (high - part)) + (summand - part);
        sum_of_ordered(high, low + self.low)
    }

    #[inline(always)]
    fn over(self, divisor: Double) -> Double {
        let high = self.high / divisor.high;
        let back = two_product(high, divisor.high);
        let rest = (self.high - back.high) - back.low + self.low - high * divisor.low;
        Double { high, low: rest / divisor.high }
    }

    /// The square root of a number above 0.
    #[inline(always)]
    fn root(self) -> Double {
        let high = self.high.sqrt();
        let back = two_product(high, high);
        let rest = (self.high - back.high) - back.low + self.low;
        Double { high, low: rest / (2.0 * high) }
    }

    /// The nearest float, unless the error leaves that in doubt.
    #[inline(always)]
    fn rounded(self) -> Option<f64> {
        let error = self.high.abs() * ERROR;
        let (least, most) = (self.high + (self.low - error), self.high + (self.low + error));
        // A root of zero is NaN, which equals nothing.
        (least == most).then_some(least)
    }
}

/// The sum of two floats, the first of which is the larger.
#[inline(always)]
fn sum_of_ordered(large: f64, small: f64) -> Double {
    let high = large + small;
    Double { high, low: small - (high - large) }
}

/// The exact product of two floats, far from the limits of their range.
#[inline(always)]
fn two_product(a: f64, b: f64) -> Double {
    /// Cuts a float into two of half the digits.
    #[inline(always)]
    fn cut(number: f64) -> (f64, f64) {
        let scaled = number * ((1u64 << 27) + 1) as f64;
        let high = scaled - (scaled - number);
        (high, number - high)
    }
    let high = a * b;
    let ((a_high, a_low), (b_high, b_low)) = (cut(a), cut(b));
    let low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    Double { high, low }
}
