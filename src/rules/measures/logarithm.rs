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

    #[inline(always)]
    pub(super) fn minus(self, other: Split) -> Split {
        self.plus(Split { head: -other.head, tail: -other.tail })
    }

    #[inline(always)]
    pub(super) fn over(self, divisor: Split) -> Split {
        self.over_with(divisor, 1.0 / (divisor.head + divisor.tail))
    }

    /// `inverse` is nearly that of the divisor.
    #[inline(always)]
    fn over_with(self, divisor: Split, inverse: f64) -> Split {
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
        Split::new(number as i64 as f64, 0.0)
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
        let rest = Split { head: scaled as f64 * scale, tail: 0.0 };
        entry.ln(twos, rest.over_with(Split::new(divisor, 0.0), inverse))
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
        // The number is below 2^127, and the rounded one may be 2^127.
        let high = number as f64;
        let low = number.wrapping_sub(high as u128) as i128 as f64;
        Split::new(high, low)
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
        let (more, place) = reduce(above as f64 / below as f64);
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
    let mut table = [Entry { factor: 1 << FACTOR_BITS, high: 0.0, low: 0.0 }; ENTRIES];
    let mut place = 0;
    while place < ENTRIES {
        // The middle is 1 + (place - CENTER) / steps.
        let steps = if place < CENTER { 2 * ENTRIES } else { ENTRIES } as u64;
        let middle = steps + place as u64 - CENTER as u64;
        let factor = ((steps << (FACTOR_BITS + 1)) + middle) / (2 * middle);
        let (high, low) = parts_of_ln(factor, 1 << FACTOR_BITS);
        table[place] = Entry { factor, high: -high, low: -low };
        place += 1;
    }
    table
};

/// The logarithm of 2, in the same two parts.
const LN_2: (f64, f64) = parts_of_ln(2, 1);

/// `ln(a / b)` for small numbers, to a multiple of 2^-42, and the rest.
const fn parts_of_ln(a: u64, b: u64) -> (f64, f64) {
    // 2 artanh((a - b) / (a + b)), in multiples of 2^-120.
    let (difference, sum) = (a.abs_diff(b) as u128, (a + b) as u128);
    let mut power = (2 << 120) / sum * difference;
    let (mut ln, mut odd) = (power, 1);
    while power > 0 {
        power = power / sum * difference / sum * difference;
        odd += 2;
        ln += power / odd;
    }
    let high = (ln >> 78) as f64 / (1u64 << 42) as f64;
    let low = (ln & ((1 << 78) - 1)) as f64 / (1u128 << 120) as f64;
    if a < b { (-high, -low) } else { (high, low) }
}

impl Entry {
    /// The logarithm of a number that is `1 + rest` after `twos` times halving and the factor.
    #[inline(always)]
    fn ln(&self, twos: i64, rest: Split) -> Split {
        let twos = twos as f64;
        // Exact: multiples of 2^-42 below 2^7.
        let base = twos * LN_2.0 + self.high;
        // r - r²/2 + r³/3 - ..., the first two with all their digits: r is below 2^-7.8. What is left out is below 2^-73 r.
        let Split { head, tail } = rest;
        let r = head + tail;
        let half = 0.5 * head * head;
        let cubic = 1.0 / 3.0
            + r * (-0.25 + r * (0.2 + r * (-1.0 / 6.0 + r * (1.0 / 7.0 + r * (-0.125 + r * (1.0 / 9.0))))));
        let small = (tail - tail * (head + 0.5 * tail)) + r * r * r * cubic;
        // The base is 0 or larger than the rest, which is larger than half its square.
        let first = base + head;
        let first_error = head - (first - base);
        let second = first - half;
        let second_error = (first - second) - half;
        Split::new(second, (first_error + second_error + (twos * LN_2.1 + self.low)) + small)
    }
}
