//! Logarithms of fractions with more digits than a float has, for measures with logarithms that are rounded once.
//!
//! A logarithm is computed to a relative error of 2^-67, which leaves one value in some 2^12 in doubt. Where there is
//! doubt, the measure is computed with as many digits as it takes (`precise`).
//!
//! The fraction is brought near to 1 by a power of two and by a factor of 11 bits from a table; the logarithms of both
//! are known. Of what is left, `1 + r`, the number `r` is computed exactly but for the last of some 76 bits, as
//! numerator, denominator and factor are integers. Near 1 the factor is 1, so that the logarithm is relatively exact
//! there, too.
//!
//! The error: sums of the two largest terms are exact, and so is the square of the head of `r`. What is rounded is the
//! cubic term and those after it, to some four times 2^-53 of `r³ / 3`, so to 2^-68 of `r`; what the table and the
//! powers of two leave out is below 2^-89. Other roundings are of numbers 2^-17 as large as `r`, or smaller.
//!
//! Source of the table: P. T. P. Tang: Table-driven implementation of the logarithm function in IEEE floating-point
//! arithmetic, ACM TOMS 16, 1990; of the sums and products: T. J. Dekker: A floating-point technique for extending the
//! available precision, Numerische Mathematik 18, 1971, and D. E. Knuth: The art of computer programming, volume 2; of
//! the test whether the digits suffice: A. Ziv: Fast evaluation of elementary mathematical functions with correctly
//! rounded last bit, ACM TOMS 17, 1991.

/// Of fewer baskets than this, no count plus two exceeds [`Few::MOST`].
pub(super) const FEW: u64 = Few::MOST - 2;

/// The size of the counts that are computed with, for which the steps are compiled.
pub(super) trait Size {
    /// The relative error of a logarithm is below this.
    const ERROR: f64;

    /// The absolute error of a logarithm that is not nearly 0 is below this, but for [`Size::ERROR`] / 2^9 of itself.
    const ABSOLUTE_ERROR: f64;

    /// A count, exactly.
    fn count(count: u64) -> Split;

    /// An integer, exactly but for 2^-78 of it.
    fn integer(number: u128) -> Split;

    /// The number times a count.
    fn weigh(number: Split, count: u64) -> Split;

    /// `ln(numerator / denominator)`. Neither is zero.
    fn ln(numerator: u128, denominator: u128) -> Split;
}

/// Counts of up to 25 bits: products of two have 50.
pub(super) struct Few;

/// All counts: products of two have up to 127 bits.
pub(super) struct Many;

/// A number as the unevaluated sum of two floats. The head has 26 bits, so that the product of two heads is exact; the
/// tail is what is missing, about 2^-25 of it at most, and rounded to a float. So there are some 78 bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) head: f64,
    pub(super) tail: f64,
}

/// The first 26 of the 53 bits of a float.
#[inline(always)]
fn head(number: f64) -> f64 {
    f64::from_bits(number.to_bits() & !((1 << 27) - 1))
}

/// The sum of two floats without an order, and its rounding error (Knuth).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

impl Split {
    /// From a float and a second one that is smaller by a factor of 2^16 or more.
    #[inline(always)]
    pub(super) fn new(large: f64, small: f64) -> Split {
        let head = head(large);
        Split { head, tail: (large - head) + small }
    }

    #[inline(always)]
    pub(super) fn times(self, other: Split) -> Split {
        let tail = self.head * other.tail + self.tail * other.head + self.tail * other.tail;
        Split::new(self.head * other.head, tail)
    }

    #[inline(always)]
    pub(super) fn plus(self, other: Split) -> Split {
        let (sum, error) = two_sum(self.head, other.head);
        Split::new(sum, error + (self.tail + other.tail))
    }

    /// The difference to what is smaller, the sum of a float and a second one that is smaller by a factor of 2^16.
    #[inline(always)]
    pub(super) fn minus_small(self, large: f64, small: f64) -> Split {
        let difference = self.head - large;
        Split::new(difference, ((self.head - difference) - large) + (self.tail - small))
    }

    #[inline(always)]
    pub(super) fn over(self, divisor: Split) -> Split {
        let inverse = 1.0 / (divisor.head + divisor.tail);
        let quotient = head((self.head + self.tail) * inverse);
        // The first product is exact, and so is its difference to what is nearly the same.
        let rest = (self.head - quotient * divisor.head) + self.tail - quotient * divisor.tail;
        Split { head: quotient, tail: rest * inverse }
    }

    /// The nearest float, if it is the same for every number that differs by no more than `error`.
    #[inline(always)]
    pub(super) fn rounded(self, error: f64) -> Option<f64> {
        let high = self.head + self.tail;
        let low = self.tail - (high - self.head);
        let (least, most) = (high + (low - error), high + (low + error));
        (least == most).then_some(high + low)
    }

    pub(super) fn value(self) -> f64 {
        self.head + self.tail
    }
}

impl Few {
    /// The largest count.
    const MOST: u64 = 1 << 25;
}

impl Size for Few {
    const ERROR: f64 = 1.0 / (1u128 << 67) as f64;
    const ABSOLUTE_ERROR: f64 = 1.0 / (1u128 << 75) as f64;

    #[inline(always)]
    fn count(count: u64) -> Split {
        Split { head: count as i64 as f64, tail: 0.0 }
    }

    #[inline(always)]
    fn integer(number: u128) -> Split {
        let number = number as i64 as f64;
        let head = head(number);
        Split { head, tail: number - head }
    }

    #[inline(always)]
    fn weigh(number: Split, count: u64) -> Split {
        let count = count as i64 as f64;
        Split { head: number.head * count, tail: number.tail * count }
    }

    #[inline(always)]
    fn ln(numerator: u128, denominator: u128) -> Split {
        let (numerator, denominator) = (numerator as u64, denominator as u64);
        let divisor = denominator as i64 as f64;
        let inverse = 1.0 / divisor;
        let (twos, place) = reduce(numerator as i64 as f64 * inverse);
        let entry = &TABLE[place];
        // Both get the size of the larger one: below 2^50.5, and times the factor below 2^61.5. They differ by r, which
        // is below 2^-7.8, so that their difference is a float.
        let (up, down) = ((-twos).max(0), twos.max(0));
        let scaled = ((numerator << up) * entry.factor) as i64 - ((denominator << down) << FACTOR_BITS) as i64;
        let scale = f64::from_bits(((1023 - i64::from(FACTOR_BITS) - down) as u64) << 52);
        let (rest, divisor_head) = (scaled as f64 * scale, head(divisor));
        let quotient = head(rest * inverse);
        let error = (rest - quotient * divisor_head) - quotient * (divisor - divisor_head);
        entry.ln(twos, Split { head: quotient, tail: error * inverse })
    }
}

impl Size for Many {
    const ERROR: f64 = 2.0 * Few::ERROR;
    const ABSOLUTE_ERROR: f64 = 2.0 * Few::ABSOLUTE_ERROR;

    #[inline(always)]
    fn count(count: u64) -> Split {
        let head = head(count as f64);
        Split { head, tail: (count as i64 - head as i64) as f64 }
    }

    fn integer(number: u128) -> Split {
        // The first 26 bits and the next 63, which is faster than a conversion to a float.
        let zeros = number.leading_zeros().min(127);
        let scaled = number << zeros;
        let unit = f64::from_bits(u64::from(1023 + 102 - zeros) << 52);
        let tail = ((scaled << 26) >> 65) as i64 as f64;
        Split { head: (scaled >> 102) as i64 as f64 * unit, tail: tail * (unit / (1u64 << 63) as f64) }
    }

    #[inline(always)]
    fn weigh(number: Split, count: u64) -> Split {
        number.times(Self::count(count))
    }

    fn ln(numerator: u128, denominator: u128) -> Split {
        // Numbers of 127 bits, the quotient of which is between 1/2 and 2.
        let shifts = [numerator, denominator].map(|number| number.leading_zeros() - 1);
        let [mut above, mut below] = [numerator << shifts[0], denominator << shifts[1]];
        let twos = i64::from(shifts[1]) - i64::from(shifts[0]);
        let [high_above, high_below] = [above, below].map(|number| (number >> 64) as i64 as f64);
        let (more, place) = reduce(high_above / high_below);
        match more {
            1.. => below <<= 1,
            0 => {}
            _ => above <<= 1,
        }
        let entry = &TABLE[place];
        let (difference, divisor) = if place == CENTER {
            // Exact where the logarithm is nearly 0.
            (above.wrapping_sub(below) as i128, below)
        } else {
            let [above, below] = [above, below].map(|number| number >> (FACTOR_BITS + 1));
            let below = below << FACTOR_BITS;
            ((above * u128::from(entry.factor)).wrapping_sub(below) as i128, below)
        };
        let rest = Self::integer(difference.unsigned_abs()).over(Self::integer(divisor));
        let signed = |number: f64| if difference < 0 { -number } else { number };
        entry.ln(twos + more, Split { head: signed(rest.head), tail: signed(rest.tail) })
    }
}

/// How often a number is to be halved to be near 1, and then where in the table it is.
#[inline(always)]
fn reduce(number: f64) -> (i64, usize) {
    /// The bits of the number from which on it is not doubled: 128 steps of the table below twice that number, and half
    /// a step, so that 1 is in the middle of its step.
    const LEAST: u64 = 1f64.to_bits() - (CENTER as u64) * STEP - STEP / 2;
    const STEP: u64 = 1 << (52 - STEP_BITS);
    const STEP_BITS: u32 = ENTRIES.ilog2();
    let beyond = number.to_bits().wrapping_sub(LEAST);
    (beyond as i64 >> 52, (beyond >> (52 - STEP_BITS)) as usize % ENTRIES)
}

/// Numbers from some 0.7 to 1.4 in steps of 2^-8 below 1, and of 2^-7 above it.
const ENTRIES: usize = 128;

/// The step with 1 in it.
const CENTER: usize = 75;

/// Factors are multiples of 2^-10.
const FACTOR_BITS: u32 = 10;

/// What brings a number in the middle of a step near to 1.
#[derive(Clone, Copy)]
struct Entry {
    /// In multiples of 2^-10.
    factor: u64,
    /// The logarithm of its inverse, to a multiple of 2^-42, and the rest.
    high: f64,
    low: f64,
}

static TABLE: [Entry; ENTRIES] = {
    let mut table = [Entry { factor: 0, high: 0.0, low: 0.0 }; ENTRIES];
    let mut place = 0;
    while place < ENTRIES {
        let factor = factor(place);
        let (high, low) = parts(LOGARITHMS[place]);
        let sign = if factor > 1 << FACTOR_BITS { -1.0 } else { 1.0 };
        table[place] = Entry { factor, high: sign * high, low: sign * low };
        place += 1;
    }
    table
};

/// The logarithms of the factors without their signs, as [`ln_bits`] has them.
static LOGARITHMS: [u128; ENTRIES] = {
    let mut logarithms = [0; ENTRIES];
    let mut place = 0;
    while place < ENTRIES {
        logarithms[place] = size_of_ln(factor(place), 1 << FACTOR_BITS);
        place += 1;
    }
    logarithms
};

/// What brings a number in the middle of this step near to 1, in multiples of 2^-10.
const fn factor(place: usize) -> u64 {
    // The middle is 1 + (place - CENTER) / steps.
    let steps = if place < CENTER { 2 * ENTRIES } else { ENTRIES } as u64;
    let middle = steps + place as u64 - CENTER as u64;
    ((steps << (FACTOR_BITS + 1)) + middle) / (2 * middle)
}

/// The logarithm of 2, in two parts as in the table.
const LN_2: (f64, f64) = parts(LN_2_BITS);

/// The same as [`ln_bits`] has it.
const LN_2_BITS: u128 = size_of_ln(2, 1);

/// A multiple of 2^-120 as one of 2^-42, and the rest.
const fn parts(number: u128) -> (f64, f64) {
    let high = (number >> 78) as f64 / (1u64 << 42) as f64;
    let low = (number & ((1 << 78) - 1)) as f64 / (1u128 << LN_BITS) as f64;
    (high, low)
}

/// `|ln(a / b)|` for numbers below 2^11, as a multiple of 2^-120, with an error below 2^16 of them.
const fn size_of_ln(a: u64, b: u64) -> u128 {
    // 2 artanh((a - b) / (a + b)), each term with an error of a few times 2^10.
    let (difference, sum) = (a.abs_diff(b) as u128, (a + b) as u128);
    let mut power = (2 << LN_BITS) / sum * difference;
    let (mut ln, mut odd) = (power, 1);
    while power > 0 {
        power = power / sum * difference / sum * difference;
        odd += 2;
        ln += power / odd;
    }
    ln
}

/// The bits of [`ln_bits`] behind the point.
pub(super) const LN_BITS: u32 = 120;

/// The error of [`ln_bits`] is below this, most of it that of 63 times the logarithm of 2.
pub(super) const LN_BITS_ERROR: u64 = 1 << 23;

/// The logarithm of a number of at most 2^63 + 1, as a multiple of 2^-120.
pub(super) fn ln_bits(number: u64) -> u128 {
    let shift = number.leading_zeros();
    let scaled = number << shift;
    // From 1 to 2, and so doubled at most once too often.
    let (more, place) = reduce(scaled as f64 / (1u64 << 63) as f64);
    let twos = i64::from(63 - shift) + more;
    // 1 + r, as a multiple of 2^-74.
    let near = (u128::from(scaled) * u128::from(TABLE[place].factor)) << (1 - more);
    let (rest, is_above) = (near.abs_diff(1 << 74) << (LN_BITS - 74), near >= 1 << 74);
    // r - r²/2 + r³/3 - ..., without the signs if r is negative.
    let (mut added, mut removed, mut power, mut place_of_term) = (0, 0, rest, 1);
    while power > 0 {
        let term = power / place_of_term;
        if is_above && place_of_term % 2 == 0 {
            removed += term;
        } else {
            added += term;
        }
        power = product_of_bits(power, rest);
        place_of_term += 1;
    }
    let (series, known) = (added - removed, LOGARITHMS[place]);
    let base = LN_2_BITS * twos as u128;
    let base = if TABLE[place].high < 0.0 { base.saturating_sub(known) } else { base + known };
    if is_above { base + series } else { base.saturating_sub(series) }
}

/// The product of two multiples of 2^-120 that are below 2^-7, with an error below 3 of them.
fn product_of_bits(a: u128, b: u128) -> u128 {
    let [(a_high, a_low), (b_high, b_low)] = [a, b].map(|number| (number >> 64, u128::from(number as u64)));
    ((a_high * b_high) << 8) + ((a_high * b_low + a_low * b_high) >> 56)
}

impl Entry {
    /// The logarithm of a number that is `1 + rest` after `twos` times halving and the factor.
    #[inline(always)]
    fn ln(&self, twos: i64, rest: Split) -> Split {
        let twos = twos as f64;
        // Exact: multiples of 2^-42 below 2^7.
        let base = twos * LN_2.0 + self.high;
        // r - r²/2 + r³/3 - ..., the first two with all their digits: r is below 2^-7.8. What is left out is below
        // 2^-72 r.
        let Split { head, tail } = rest;
        let r = head + tail;
        let half = 0.5 * head * head;
        let cubic =
            1.0 / 3.0 + r * (-0.25 + r * (0.2 + r * (-1.0 / 6.0 + r * (1.0 / 7.0 + r * (-0.125 + r * (1.0 / 9.0))))));
        let small = (tail - tail * (head + 0.5 * tail)) + r * r * r * cubic;
        // The base is 0 or larger than the rest, which is larger than half its square.
        let first = base + head;
        let first_error = head - (first - base);
        let second = first - half;
        let second_error = (first - second) - half;
        Split::new(second, (first_error + second_error + (twos * LN_2.1 + self.low)) + small)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The error of a logarithm as a share of its bound, as far as [`ln_bits`] shows it.
    fn error<S: Size>([a, b, c, d]: [u64; 4]) -> f64 {
        let value = S::ln(u128::from(a) * u128::from(b), u128::from(c) * u128::from(d));
        let exact = (ln_bits(a) + ln_bits(b)).cast_signed() - (ln_bits(c) + ln_bits(d)).cast_signed();
        let [head, tail] = [value.head, value.tail].map(|part| (part * (1u128 << LN_BITS) as f64) as i128);
        let bound = value.head.abs() * S::ERROR * (1u128 << LN_BITS) as f64;
        let error = (head + tail - exact).unsigned_abs().saturating_sub(4 * u128::from(LN_BITS_ERROR)) as f64;
        let absolute = S::ABSOLUTE_ERROR * (1u128 << LN_BITS) as f64 + bound / 512.0;
        if error == 0.0 { 0.0 } else { error / bound.min(absolute) }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

        #[test]
        fn errors_are_below_their_bounds(
            counts in any::<[u64; 4]>(),
            sizes in [1..25u32, 1..25, 1..25, 1..25],
            near in 1..25u64,
        ) {
            let few = [0, 1, 2, 3].map(|at| 1 + counts[at] % (1 << sizes[at]));
            prop_assert!(error::<Few>(few) <= 1.0, "{}", error::<Few>(few));
            let many = [0, 1, 2, 3].map(|at| 1 + counts[at] % (1 << (2 * sizes[at] + 13)));
            prop_assert!(error::<Many>(many) <= 1.0, "{}", error::<Many>(many));
            // Near 1.
            let beside = |count: u64| count + (count >> near);
            let few = [few[0] | 1 << 20, few[1], beside(few[0] | 1 << 20), few[1]].map(|count| count.min(1 << 25));
            prop_assert!(error::<Few>(few) <= 1.0, "{}", error::<Few>(few));
            let many = [many[0] | 1 << 50, many[1], beside(many[0] | 1 << 50), many[1]];
            prop_assert!(error::<Many>(many) <= 1.0, "{}", error::<Many>(many));
        }
    }
}
