//! The loops over vectors of 8 words.

use std::arch::x86_64::{__m256i, __m512i};

use super::combine::{Vectors, count_combinations};
use super::isa::Avx512;
use super::ops::{Combined, EXTENSIONS, LANE_ITEMS, Ops, Task};
use super::plain::{self, clip, one_by_one};

impl Ops for Avx512 {
    const PACKS_NUMBERS: bool = true;

    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        self.call(task)
    }

    /// As fast as a loop that adds up the words, at every length. For long columns the plain loop is as fast, as
    /// the compiler vectorises it; up to 63 words, where it handles the rest word by word, this gains a fifth. One
    /// accumulator instead of four is as fast; with eight, short columns are slower.
    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        let words = a.len().min(b.len());
        if words <= 8 {
            let both = self.and(self.load_part(&a[..words]), self.load_part(&b[..words]));
            return self.sum(self.count_words(both)) as u32;
        }
        // The last vector is a part of 1 to 8 words.
        let full = (words - 1) / 8 * 8;
        let (a, a_rest) = a[..words].split_at(full);
        let (b, b_rest) = b[..words].split_at(full);
        let both = self.and(self.load_part(a_rest), self.load_part(b_rest));
        let mut count = self.count_words(both);
        let (a4, a) = a.as_chunks::<8>().0.as_chunks::<4>();
        let (b4, b) = b.as_chunks::<8>().0.as_chunks::<4>();
        if !a4.is_empty() {
            let mut counts = [self.zero(); 4];
            for (x, y) in a4.iter().zip(b4) {
                for ((count, x), y) in counts.iter_mut().zip(x).zip(y) {
                    let both = self.and(self.load(x), self.load(y));
                    *count = self.add(*count, self.count_words(both));
                }
            }
            let [first, second, third, fourth] = counts;
            count = self.add(count, self.add(self.add(first, second), self.add(third, fourth)));
        }
        for (x, y) in a.iter().zip(b) {
            let both = self.and(self.load(x), self.load(y));
            count = self.add(count, self.count_words(both));
        }
        self.sum(count) as u32
    }

    /// Gains at the last vector: over long columns the plain loop is as fast.
    #[inline(always)]
    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        let words = a.len().min(b.len()).min(out.len());
        let (a, a_rest) = a[..words].as_chunks::<8>();
        let (b, b_rest) = b[..words].as_chunks::<8>();
        let (out, out_rest) = out[..words].as_chunks_mut::<8>();
        let mut count = self.zero();
        for ((x, y), z) in a.iter().zip(b).zip(out) {
            let both = self.and(self.load(x), self.load(y));
            self.store(z, both);
            count = self.add(count, self.count_words(both));
        }
        if !a_rest.is_empty() {
            let both = self.and(self.load_part(a_rest), self.load_part(b_rest));
            self.store_part(out_rest, both);
            count = self.add(count, self.count_words(both));
        }
        self.sum(count) as u32
    }

    /// 16 weights at a time, of which the bits of the word are the mask.
    #[inline(always)]
    fn and_weigh(self, a: &[u64], b: &[u64], weights: &[[u32; 64]]) -> u32 {
        // Written out: a loop over sums would keep them in memory.
        let [mut first, mut second, mut third, mut fourth] = [self.zero(); 4];
        for ((x, y), weights) in a.iter().zip(b).zip(weights) {
            let both = x & y;
            let [one, two, three, four] = weights.as_chunks::<16>().0 else { continue };
            first = self.add_where(first, both as u16, self.load_numbers(one));
            second = self.add_where(second, (both >> 16) as u16, self.load_numbers(two));
            third = self.add_where(third, (both >> 32) as u16, self.load_numbers(three));
            fourth = self.add_where(fourth, (both >> 48) as u16, self.load_numbers(four));
        }
        self.sum_numbers(self.add_numbers(self.add_numbers(first, second), self.add_numbers(third, fourth)))
    }

    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        self.pext(word, mask)
    }

    #[inline(always)]
    fn bytes_from(self, bytes: &[u8; 64], from: u8, more: u8) -> u64 {
        self.within(self.load_bytes(bytes), from, more)
    }

    #[inline(always)]
    fn positions(self, word: u64, first: u32, out: &mut [u32; 64]) -> usize {
        let numbers = self.bit_numbers(word);
        let count = word.count_ones() as usize;
        if let ([a, b, c, d], _) = out.as_chunks_mut::<16>() {
            self.store_numbers(a, self.widen::<0>(numbers, first));
            self.store_numbers(b, self.widen::<1>(numbers, first));
            // Few words have that many bits.
            if count > 32 {
                self.store_numbers(c, self.widen::<2>(numbers, first));
                self.store_numbers(d, self.widen::<3>(numbers, first));
            }
        }
        count
    }

    /// Compared with single columns: 10 times as fast at 1 word, 2 to 4 times at 2 to 8 words, 1.5
    /// times up to 24, where the prefix still fits into three registers.
    #[inline(always)]
    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        let Some((prefix, columns, counts)) = clip(prefix, columns, stride, n, counts) else {
            return;
        };
        let part = self.load_part(prefix);
        match stride {
            1 => self.many_packed(
                self.repeat::<1>(part),
                columns,
                counts,
                #[inline(always)]
                |[a]| self.halves(a),
            ),
            2 => self.many_packed(
                self.repeat::<2>(part),
                columns,
                counts,
                #[inline(always)]
                |[a, b]| self.halves(self.add_pairs(a, b)),
            ),
            4 => self.many_packed(
                self.repeat::<4>(part),
                columns,
                counts,
                #[inline(always)]
                |vectors| self.sum_of_four(vectors),
            ),
            _ if counts.len() < 8 => one_by_one(self, prefix, columns, stride, counts),
            ..=8 => self.many_wide::<1>(prefix, columns, stride, counts),
            9..=16 => self.many_wide::<2>(prefix, columns, stride, counts),
            17..=24 => self.many_wide::<3>(prefix, columns, stride, counts),
            _ => one_by_one(self, prefix, columns, stride, counts),
        }
    }

    /// A search over columns of 40 words takes a third of the time it takes to intersect the columns step by step.
    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        if stride < 8 {
            return plain::count_combinations::<N>(within, columns, stride);
        }
        count_combinations::<8, N, _>(self, within, columns, stride)
    }

    /// The compiler turns the plain loop into some 30 instructions. In halves, as that is how the counts were written.
    #[inline(always)]
    fn at_least(self, numbers: Combined, min: u32) -> u16 {
        let mut found = [0; 2];
        for (found, numbers) in found.iter_mut().zip(numbers.as_chunks().0) {
            *found = self.not_below(self.load_counts(numbers), min);
        }
        u16::from_le_bytes(found)
    }

    #[inline(always)]
    fn count_extensions(self, found: u16) -> Combined {
        let mut counts = [0; 1 << LANE_ITEMS];
        self.store_numbers(&mut counts, self.count_common(found.into(), self.load_numbers(&EXTENSIONS)));
        counts
    }

    #[inline(always)]
    fn pack_numbers(self, numbers: Combined, mask: u16) -> Combined {
        let mut packed = [0; 1 << LANE_ITEMS];
        self.store_numbers(&mut packed, self.pack(self.load_halves(&numbers), mask));
        packed
    }
}

impl Vectors<8> for Avx512 {
    type Vector = __m512i;

    /// `sum_of_eight` takes sums of less than 2¹⁵ per word.
    const SUMMED: usize = (1 << 15) / 64 - 1;

    #[inline(always)]
    fn none(self) -> __m512i {
        self.zero()
    }

    #[inline(always)]
    fn words(self, words: &[u64; 8]) -> __m512i {
        self.load(words)
    }

    #[inline(always)]
    fn part(self, words: &[u64]) -> __m512i {
        self.load_part(words)
    }

    #[inline(always)]
    fn both(self, a: __m512i, b: __m512i) -> __m512i {
        self.and(a, b)
    }

    #[inline(always)]
    fn add_bits(self, counts: __m512i, bits: __m512i) -> __m512i {
        self.add(counts, self.count_words(bits))
    }

    #[inline(always)]
    fn totals(self, counts: [__m512i; 1 << LANE_ITEMS]) -> Combined {
        let mut totals = [0; 1 << LANE_ITEMS];
        for (totals, counts) in totals.as_chunks_mut::<8>().0.iter_mut().zip(counts.as_chunks().0) {
            self.store_counts(totals, self.sum_of_eight(*counts));
        }
        totals
    }
}

impl Avx512 {
    /// Reads 16 numbers that were just written as two halves. A single load would stall until both stores are in
    /// the cache.
    #[inline(always)]
    fn load_halves(self, numbers: &Combined) -> __m512i {
        match numbers.as_chunks().0 {
            [low, high] => self.joined(self.load_counts(low), self.load_counts(high)),
            _ => self.zero(),
        }
    }

    /// Counts of columns of `W` = 1, 2 or 4 words, several to a vector: 8 columns, `W` vectors,
    /// at a time. `sum` turns the counts of their words into the 8 counts.
    #[inline(always)]
    fn many_packed<const W: usize>(
        self,
        prefix: __m512i,
        columns: &[u64],
        counts: &mut [u32],
        sum: impl Fn([__m512i; W]) -> __m256i,
    ) {
        let (groups, rest) = columns.as_chunks::<8>();
        let (groups, rest_vectors) = groups.as_chunks::<W>();
        let (counts, rest_counts) = counts.as_chunks_mut::<8>();
        for (group, counts) in groups.iter().zip(counts) {
            let mut vectors = [self.zero(); W];
            for (vector, words) in vectors.iter_mut().zip(group) {
                *vector = self.count_words(self.and(prefix, self.load(words)));
            }
            self.store_counts(counts, sum(vectors));
        }
        if !rest_counts.is_empty() {
            let mut vectors = [self.zero(); W];
            for (i, vector) in vectors.iter_mut().enumerate() {
                let words = match rest_vectors.get(i) {
                    Some(words) => self.load(words),
                    None if i == rest_vectors.len() => self.load_part(rest),
                    None => self.zero(),
                };
                *vector = self.count_words(self.and(prefix, words));
            }
            self.store_counts(rest_counts, sum(vectors));
        }
    }

    /// Counts of columns of up to 8 `R` words, 8 columns at a time, with the prefix in `R`
    /// registers. Summing 8 columns together makes it faster: a single sum costs as
    /// much as counting the bits of 3 vectors.
    #[inline(always)]
    fn many_wide<const R: usize>(self, prefix: &[u64], mut columns: &[u64], stride: usize, counts: &mut [u32]) {
        let mut registers = [self.zero(); R];
        for (register, words) in registers.iter_mut().zip(prefix.chunks(8)) {
            *register = self.load_part(words);
        }
        // Whole vectors are read, past the end of a column where it is shorter: the zeros after
        // the prefix mask out what follows. The last columns lack the room for that.
        let reach = 7 * stride + 8 * R;
        for counts in counts.chunks_mut(8) {
            let group;
            (group, columns) = (columns, &columns[counts.len() * stride..]);
            let (Some(group), 8) = (group.get(..reach), counts.len()) else {
                one_by_one(self, prefix, group, stride, counts);
                continue;
            };
            let mut sums = [self.zero(); 8];
            for (i, sum) in sums.iter_mut().enumerate() {
                let vectors = group[i * stride..][..8 * R].as_chunks::<8>().0;
                for (register, vector) in registers.iter().zip(vectors) {
                    let both = self.and(*register, self.load(vector));
                    *sum = self.add(*sum, self.count_words(both));
                }
            }
            self.store_counts(counts, self.sum_of_eight(sums));
        }
    }
}
