//! The loops over vectors of 4 words.

use std::arch::x86_64::__m256i;

use super::combine::{Vectors, count_combinations};
use super::isa::Avx2;
use super::ops::{Combined, LANE_ITEMS, Ops, Task};
use super::plain::{self, clip, many_fixed, one_by_one};

/// Words from which [`Ops::and_count`] adds with carries. Below, the counts of at most 31 vectors are added up in
/// bytes, which hold 31 times 8. That is as fast up to there.
const LONG: usize = 124;

impl Ops for Avx2 {
    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        self.call(task)
    }

    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        let words = a.len().min(b.len());
        let (a, b) = (&a[..words], &b[..words]);
        if words >= LONG {
            return self.call(Long { isa: self, a, b });
        }
        let (a, a_rest) = a.as_chunks::<4>();
        let (b, b_rest) = b.as_chunks::<4>();
        let mut bytes = self.zero();
        for (x, y) in a.iter().zip(b) {
            let both = self.and(self.load(x), self.load(y));
            bytes = self.add(bytes, self.count_bytes(both));
        }
        if !a_rest.is_empty() {
            let both = self.and(self.load_part(a_rest), self.load_part(b_rest));
            bytes = self.add(bytes, self.count_bytes(both));
        }
        self.sum(self.sum_bytes(bytes)) as u32
    }

    /// Blocks of 256 words: at 128, the count by carries loses a quarter of its speed.
    #[inline(always)]
    fn and_count_at_least(self, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
        plain::and_count_at_least::<_, 256>(self, a, b, min)
    }

    #[inline(always)]
    fn bytes_from(self, bytes: &[u8; 64], from: u8, more: u8) -> u64 {
        let mut mask = 0;
        for half in bytes.as_chunks::<32>().0.iter().rev() {
            mask = mask << 32 | u64::from(self.within(self.load_bytes(half), from, more));
        }
        mask
    }

    /// 8 weights at a time.
    #[inline(always)]
    fn and_weigh(self, a: &[u64], b: &[u64], weights: &[[u32; 64]]) -> u32 {
        // Written out: a loop over sums would keep them in memory.
        let [mut first, mut second] = [self.zero(); 2];
        for ((x, y), weights) in a.iter().zip(b).zip(weights) {
            let bytes = (x & y).to_le_bytes();
            let [one, two, three, four, five, six, seven, eight] = weights.as_chunks::<8>().0 else { continue };
            first = self.add_where(first, bytes[0], self.load_numbers(one));
            second = self.add_where(second, bytes[1], self.load_numbers(two));
            first = self.add_where(first, bytes[2], self.load_numbers(three));
            second = self.add_where(second, bytes[3], self.load_numbers(four));
            first = self.add_where(first, bytes[4], self.load_numbers(five));
            second = self.add_where(second, bytes[5], self.load_numbers(six));
            first = self.add_where(first, bytes[6], self.load_numbers(seven));
            second = self.add_where(second, bytes[7], self.load_numbers(eight));
        }
        self.sum_numbers(self.add_numbers(first, second))
    }

    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        self.pext(word, mask)
    }

    /// Vectors pay from 4 words and 4 columns on, up to 16 words: beyond, single columns are
    /// as fast.
    #[inline(always)]
    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        let Some((prefix, columns, counts)) = clip(prefix, columns, stride, n, counts) else {
            return;
        };
        match stride {
            1 => many_fixed::<1>(prefix, columns, counts),
            2 => many_fixed::<2>(prefix, columns, counts),
            3 => many_fixed::<3>(prefix, columns, counts),
            _ if counts.len() < 4 => one_by_one(self, prefix, columns, stride, counts),
            4 => self.many_wide::<1>(prefix, columns, stride, counts),
            5..=8 => self.many_wide::<2>(prefix, columns, stride, counts),
            9..=12 => self.many_wide::<3>(prefix, columns, stride, counts),
            13..=16 => self.many_wide::<4>(prefix, columns, stride, counts),
            _ => one_by_one(self, prefix, columns, stride, counts),
        }
    }

    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        // The sums of the vectors take as long as some words, which fewer combinations take longer to earn.
        if stride < if N < LANE_ITEMS { 40 } else { 8 } {
            return plain::count_combinations::<N>(within, columns, stride);
        }
        count_combinations::<4, N, _>(self, within, columns, stride)
    }
}

impl Vectors<4> for Avx2 {
    type Vector = __m256i;

    /// A byte holds 31 times 8.
    const SUMMED: usize = 31;

    #[inline(always)]
    fn none(self) -> __m256i {
        self.zero()
    }

    #[inline(always)]
    fn words(self, words: &[u64; 4]) -> __m256i {
        self.load(words)
    }

    #[inline(always)]
    fn part(self, words: &[u64]) -> __m256i {
        self.load_part(words)
    }

    #[inline(always)]
    fn both(self, a: __m256i, b: __m256i) -> __m256i {
        self.and(a, b)
    }

    #[inline(always)]
    fn add_bits(self, counts: __m256i, bits: __m256i) -> __m256i {
        self.add_bytes(counts, self.count_bytes(bits))
    }

    #[inline(always)]
    fn totals(self, counts: [__m256i; 1 << LANE_ITEMS]) -> Combined {
        let mut totals = [0; 1 << LANE_ITEMS];
        for (totals, &counts) in totals.as_chunks_mut().0.iter_mut().zip(counts.as_chunks().0) {
            let [a, b, c, d] = counts;
            let words = [self.sum_bytes(a), self.sum_bytes(b), self.sum_bytes(c), self.sum_bytes(d)];
            self.store_counts(totals, self.sum_of_four(words));
        }
        totals
    }
}

impl Avx2 {
    /// Counts of columns of up to 4 `R` words, 4 columns at a time, with the prefix in `R`
    /// registers.
    #[inline(always)]
    fn many_wide<const R: usize>(self, prefix: &[u64], mut columns: &[u64], stride: usize, counts: &mut [u32]) {
        let mut registers = [self.zero(); R];
        for (register, words) in registers.iter_mut().zip(prefix.chunks(4)) {
            *register = self.load_part(words);
        }
        // Whole vectors are read, past the end of a column where it is shorter: the zeros after
        // the prefix mask out what follows. The last columns lack the room for that.
        let reach = 3 * stride + 4 * R;
        for counts in counts.chunks_mut(4) {
            let group;
            (group, columns) = (columns, &columns[counts.len() * stride..]);
            let (Some(group), Some(counts)) = (group.get(..reach), counts.first_chunk_mut()) else {
                one_by_one(self, prefix, group, stride, counts);
                continue;
            };
            let mut sums = [self.zero(); 4];
            for (i, sum) in sums.iter_mut().enumerate() {
                let vectors = group[i * stride..][..4 * R].as_chunks::<4>().0;
                let mut bytes = self.zero();
                for (register, vector) in registers.iter().zip(vectors) {
                    let both = self.and(*register, self.load(vector));
                    bytes = self.add(bytes, self.count_bytes(both));
                }
                *sum = self.sum_bytes(bytes);
            }
            self.store_counts(counts, self.sum_of_four(sums));
        }
    }

    /// Number of bits of each word.
    #[inline(always)]
    fn count_words(self, vector: __m256i) -> __m256i {
        self.sum_bytes(self.count_bytes(vector))
    }

    /// Adds three binary digits at each bit: leaves the low digit in `sum`, returns the high one.
    #[inline(always)]
    fn carry(self, sum: &mut __m256i, a: __m256i, b: __m256i) -> __m256i {
        let either = self.xor(*sum, a);
        let high = self.or(self.and(*sum, a), self.and(either, b));
        *sum = self.xor(either, b);
        high
    }
}

/// Intersection count of long columns of one length, as a task so that it is a separate
/// function: inlined wherever columns are counted, it would be most of the program.
struct Long<'a> {
    isa: Avx2,
    a: &'a [u64],
    b: &'a [u64],
}

impl Task for Long<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<O: Ops>(self, _: O) -> u32 {
        let isa = self.isa;
        let (a, a_rest) = self.a.as_chunks::<64>();
        let (b, b_rest) = self.b.as_chunks::<64>();
        let mut adder = Adder::new(isa);
        for (x, y) in a.iter().zip(b) {
            let (x, y) = (x.as_chunks::<4>().0, y.as_chunks::<4>().0);
            adder.add(
                #[inline(always)]
                |i| isa.and(isa.load(&x[i]), isa.load(&y[i])),
            );
        }
        (adder.count() as u32).wrapping_add(isa.and_count(a_rest, b_rest))
    }
}

/// Counts bits by carry-save addition (Harley and Seal): bit `i` of `ones`, `twos`, `fours` and
/// `eights` are the binary digits of the number of vectors so far with bit `i` set, so that
/// only the sixteens are counted along the way.
///
/// Groups of 8 vectors are slower by a tenth, and so is a fifth of the words counted by the scalar
/// instruction in between.
struct Adder {
    isa: Avx2,
    ones: __m256i,
    twos: __m256i,
    fours: __m256i,
    eights: __m256i,
    sixteens: __m256i,
}

impl Adder {
    #[inline(always)]
    fn new(isa: Avx2) -> Self {
        let zero = isa.zero();
        Self { isa, ones: zero, twos: zero, fours: zero, eights: zero, sixteens: zero }
    }

    /// Adds 16 vectors.
    #[inline(always)]
    fn add(&mut self, vector: impl Fn(usize) -> __m256i) {
        let isa = self.isa;
        let mut eights = [isa.zero(); 2];
        for (i, eights) in eights.iter_mut().enumerate() {
            let mut fours = [isa.zero(); 2];
            for (j, fours) in fours.iter_mut().enumerate() {
                let at = i * 8 + j * 4;
                let a = isa.carry(&mut self.ones, vector(at), vector(at + 1));
                let b = isa.carry(&mut self.ones, vector(at + 2), vector(at + 3));
                *fours = isa.carry(&mut self.twos, a, b);
            }
            *eights = isa.carry(&mut self.fours, fours[0], fours[1]);
        }
        let sixteens = isa.carry(&mut self.eights, eights[0], eights[1]);
        self.sixteens = isa.add(self.sixteens, isa.count_words(sixteens));
    }

    /// Number of bits added.
    #[inline(always)]
    fn count(self) -> u64 {
        let isa = self.isa;
        let mut count = self.sixteens;
        for digit in [self.eights, self.fours, self.twos, self.ones] {
            count = isa.add(isa.add(count, count), isa.count_words(digit));
        }
        isa.sum(count)
    }
}
