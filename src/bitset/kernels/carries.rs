//! Counting for a CPU that has no instruction for it: adding with carries, so that few words are counted.

use super::combine::Vectors;
use super::ops::{Combined, LANE_ITEMS, Ops};
use super::plain;

/// Words that are added at once.
const BLOCK: usize = 16;

/// Half of them, which still pay.
const HALF: usize = BLOCK / 2;

/// Words from which adding with carries pays. Below, the plain loop is inlined.
const LONG: usize = 32;

/// Two words, which every x86-64 CPU has vectors for: the compiler makes such of arrays.
type Pair = [u64; 2];

#[inline(always)]
pub(super) fn and_count(a: &[u64], b: &[u64]) -> u32 {
    let words = a.len().min(b.len());
    let (a, b) = (&a[..words], &b[..words]);
    if words < LONG { plain::and_count(a, b) } else { and_count_long(a, b) }
}

#[inline(never)]
fn and_count_long(a: &[u64], b: &[u64]) -> u32 {
    let (a, a_rest) = a.as_chunks::<BLOCK>();
    let (b, b_rest) = b.as_chunks::<BLOCK>();
    let mut digits = Digits::default();
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x.as_chunks::<2>().0, y.as_chunks::<2>().0);
        digits.add(
            #[inline(always)]
            |i| and(&x[i], &y[i]),
        );
    }
    let (a_half, a_rest) = a_rest.as_chunks::<HALF>();
    let (b_half, b_rest) = b_rest.as_chunks::<HALF>();
    if let ([x], [y]) = (a_half, b_half) {
        let (x, y) = (x.as_chunks::<2>().0, y.as_chunks::<2>().0);
        digits.add_half(
            #[inline(always)]
            |i| and(&x[i], &y[i]),
        );
    }
    let (a, a_rest) = a_rest.as_chunks::<2>();
    let (b, b_rest) = b_rest.as_chunks::<2>();
    for (x, y) in a.iter().zip(b) {
        digits.count_pair(and(x, y));
    }
    if let ([x], [y]) = (a_rest, b_rest) {
        digits.count_pair([x & y, 0]);
    }
    digits.count()
}

/// There is nothing to stop in a short column.
#[inline(always)]
pub(super) fn and_count_at_least<O: Ops>(ops: O, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
    if a.len().min(b.len()) < LONG {
        let count = plain::and_count(a, b);
        return (count >= min).then_some(count);
    }
    plain::and_count_at_least::<_, 128>(ops, a, b, min)
}

#[inline(always)]
pub(super) fn and_into_count(a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
    let words = a.len().min(b.len()).min(out.len());
    let (a, b, out) = (&a[..words], &b[..words], &mut out[..words]);
    if words < LONG { plain::and_into_count(a, b, out) } else { and_into_count_long(a, b, out) }
}

#[inline(never)]
fn and_into_count_long(a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
    let (a, a_rest) = a.as_chunks::<BLOCK>();
    let (b, b_rest) = b.as_chunks::<BLOCK>();
    let (out, out_rest) = out.as_chunks_mut::<BLOCK>();
    let mut digits = Digits::default();
    for ((x, y), z) in a.iter().zip(b).zip(out) {
        let (x, y, z) = (x.as_chunks::<2>().0, y.as_chunks::<2>().0, z.as_chunks_mut::<2>().0);
        digits.add(
            #[inline(always)]
            |i| {
                z[i] = and(&x[i], &y[i]);
                z[i]
            },
        );
    }
    let (a, a_rest) = a_rest.as_chunks::<2>();
    let (b, b_rest) = b_rest.as_chunks::<2>();
    let (out, out_rest) = out_rest.as_chunks_mut::<2>();
    for ((x, y), z) in a.iter().zip(b).zip(out) {
        *z = and(x, y);
        digits.count_pair(*z);
    }
    if let ([x], [y], [z]) = (a_rest, b_rest, out_rest) {
        *z = x & y;
        digits.count_pair([*z, 0]);
    }
    digits.count()
}

#[inline(always)]
pub(super) fn count(a: &[u64]) -> u32 {
    if a.len() < LONG { plain::count(a) } else { and_count_long(a, a) }
}

/// Bits set in both.
#[inline(always)]
fn and(a: &Pair, b: &Pair) -> Pair {
    each(*a, *b, |x, y| x & y)
}

/// Carry-save addition (Harley and Seal), as for AVX2: bit `i` of `ones`, `twos` and `fours` are the binary digits of
/// the number of pairs so far with bit `i` set, so that only the eights are counted along the way.
#[derive(Default)]
struct Digits {
    ones: Pair,
    twos: Pair,
    fours: Pair,
    /// Number of eights.
    eights: Pair,
    /// Number of bits that were counted at once.
    counted: Pair,
}

impl Digits {
    #[inline(always)]
    fn add(&mut self, mut pair: impl FnMut(usize) -> Pair) {
        let first = self.add_four(&mut pair, 0);
        let second = self.add_four(&mut pair, 4);
        let eights = carry(&mut self.fours, first, second);
        self.eights = add(self.eights, count_words(eights));
    }

    #[inline(always)]
    fn add_half(&mut self, mut pair: impl FnMut(usize) -> Pair) {
        let four = self.add_four(&mut pair, 0);
        let eights = carry(&mut self.fours, four, [0; 2]);
        self.eights = add(self.eights, count_words(eights));
    }

    /// Returns what is to be added to the fours.
    #[inline(always)]
    fn add_four(&mut self, pair: &mut impl FnMut(usize) -> Pair, at: usize) -> Pair {
        let first = carry(&mut self.ones, pair(at), pair(at + 1));
        let second = carry(&mut self.ones, pair(at + 2), pair(at + 3));
        carry(&mut self.twos, first, second)
    }

    #[inline(always)]
    fn count_pair(&mut self, pair: Pair) {
        self.counted = add(self.counted, count_words(pair));
    }

    /// Number of bits added.
    #[inline(always)]
    fn count(self) -> u32 {
        let mut count = self.eights;
        for digit in [self.fours, self.twos, self.ones] {
            count = add(add(count, count), count_words(digit));
        }
        count = add(count, self.counted);
        count.into_iter().fold(0, u64::wrapping_add) as u32
    }
}

/// Adds three binary digits at each bit: leaves the low digit in `sum`, returns the high one.
#[inline(always)]
fn carry(sum: &mut Pair, a: Pair, b: Pair) -> Pair {
    let either = each(*sum, a, |x, y| x ^ y);
    let high = each(each(*sum, a, |x, y| x & y), each(either, b, |x, y| x & y), |x, y| x | y);
    *sum = each(either, b, |x, y| x ^ y);
    high
}

/// Sums of the words.
#[inline(always)]
fn add(a: Pair, b: Pair) -> Pair {
    each(a, b, u64::wrapping_add)
}

/// Number of bits of each word.
#[inline(always)]
fn count_words(words: Pair) -> Pair {
    words.map(|word| word.count_ones().into())
}

/// An operation on the words of each place.
#[inline(always)]
fn each(mut a: Pair, b: Pair, operation: impl Fn(u64, u64) -> u64) -> Pair {
    for (a, b) in a.iter_mut().zip(b) {
        *a = operation(*a, b);
    }
    a
}

/// Pairs of words for the counts of combinations, with a count per byte: the sum of the bytes of a word takes as long as
/// their counts.
#[derive(Clone, Copy)]
pub(super) struct Pairs;

impl Vectors<2> for Pairs {
    type Vector = Pair;

    /// A byte holds 31 times 8.
    const SUMMED: usize = 31;

    #[inline(always)]
    fn none(self) -> Pair {
        [0; 2]
    }

    #[inline(always)]
    fn words(self, words: &Pair) -> Pair {
        *words
    }

    #[inline(always)]
    fn part(self, words: &[u64]) -> Pair {
        [words[0], 0]
    }

    #[inline(always)]
    fn both(self, a: Pair, b: Pair) -> Pair {
        and(&a, &b)
    }

    /// Bits are added up two by two, four by four and eight by eight (Hacker's Delight, 5-1).
    #[inline(always)]
    fn add_bits(self, counts: Pair, bits: Pair) -> Pair {
        each(counts, bits, |counts, bits| {
            let twos = bits - (bits >> 1 & 0x5555_5555_5555_5555);
            let fours = (twos & 0x3333_3333_3333_3333) + (twos >> 2 & 0x3333_3333_3333_3333);
            counts.wrapping_add(fours.wrapping_add(fours >> 4) & 0x0f0f_0f0f_0f0f_0f0f)
        })
    }

    #[inline(always)]
    fn totals(self, counts: [Pair; 1 << LANE_ITEMS]) -> Combined {
        counts.map(|[first, second]| {
            let sums = |bytes: u64| (bytes & 0x00ff_00ff_00ff_00ff) + (bytes >> 8 & 0x00ff_00ff_00ff_00ff);
            // The product adds up all parts of 16 bits in the highest.
            ((sums(first) + sums(second)).wrapping_mul(0x0001_0001_0001_0001) >> 48) as u32
        })
    }
}
