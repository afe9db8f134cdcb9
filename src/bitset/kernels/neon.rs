//! The loops over vectors of 2 words.

use std::arch::aarch64::{uint8x16_t, uint32x4_t};

use super::combine::{Vectors, count_combinations};
use super::isa::Neon;
use super::ops::{Combined, LANE_ITEMS, Ops, Task};
use super::plain::{clip, one_by_one};

/// Words whose bits are counted together: 8 vectors need few additions, and leave room for all in registers.
const GROUP: usize = 16;

impl Ops for Neon {
    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        self.call(task)
    }

    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        let words = a.len().min(b.len());
        let (a, a_rest) = a[..words].as_chunks::<GROUP>();
        let (b, b_rest) = b[..words].as_chunks::<GROUP>();
        let mut sums = self.no_numbers();
        for (x, y) in a.iter().zip(b) {
            sums = self.add_bytes(sums, self.count_group(self.and_group(x, y)));
        }
        let (a_rest, a_last) = a_rest.as_chunks::<2>();
        let (b_rest, b_last) = b_rest.as_chunks::<2>();
        let mut bytes = self.zero();
        for (x, y) in a_rest.iter().zip(b_rest) {
            bytes = self.add(bytes, self.count_bytes(self.and(self.load(x), self.load(y))));
        }
        if let ([x], [y]) = (a_last, b_last) {
            bytes = self.add(bytes, self.count_bytes(self.single(x & y)));
        }
        self.total(words, sums, bytes)
    }

    #[inline(always)]
    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        let words = a.len().min(b.len()).min(out.len());
        let (a, a_rest) = a[..words].as_chunks::<GROUP>();
        let (b, b_rest) = b[..words].as_chunks::<GROUP>();
        let (out, out_rest) = out[..words].as_chunks_mut::<GROUP>();
        let mut sums = self.no_numbers();
        for ((x, y), z) in a.iter().zip(b).zip(out) {
            let group = self.and_group(x, y);
            for (words, vector) in z.as_chunks_mut::<2>().0.iter_mut().zip(group) {
                self.store(words, vector);
            }
            sums = self.add_bytes(sums, self.count_group(group));
        }
        let (a_rest, a_last) = a_rest.as_chunks::<2>();
        let (b_rest, b_last) = b_rest.as_chunks::<2>();
        let (out_rest, out_last) = out_rest.as_chunks_mut::<2>();
        let mut bytes = self.zero();
        for ((x, y), z) in a_rest.iter().zip(b_rest).zip(out_rest) {
            let both = self.and(self.load(x), self.load(y));
            self.store(z, both);
            bytes = self.add(bytes, self.count_bytes(both));
        }
        if let ([x], [y], [z]) = (a_last, b_last, out_last) {
            *z = x & y;
            bytes = self.add(bytes, self.count_bytes(self.single(*z)));
        }
        self.total(words, sums, bytes)
    }

    #[inline(always)]
    fn count(self, a: &[u64]) -> u32 {
        self.and_count(a, a)
    }

    #[inline(always)]
    fn bytes_from(self, bytes: &[u8; 64], from: u8, more: u8) -> u64 {
        // Written out, here and below: `map` of an array is a function of its own in large programs.
        let [a, b, c, d] = bytes.as_chunks::<16>().0 else { return 0 };
        let (a, b) = (self.within(self.load_bytes(a), from, more), self.within(self.load_bytes(b), from, more));
        let (c, d) = (self.within(self.load_bytes(c), from, more), self.within(self.load_bytes(d), from, more));
        let all = self.add_pairs(self.add_pairs(a, b), self.add_pairs(c, d));
        self.first_word(self.add_pairs(all, all))
    }

    /// Sums of four columns together.
    #[inline(always)]
    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        let Some((prefix, columns, counts)) = clip(prefix, columns, stride, n, counts) else {
            return;
        };
        match stride {
            1 => self.many_single(prefix.first().copied().unwrap_or_default(), columns, counts),
            2 => self.many_wide::<1>(prefix, columns, stride, counts),
            3..=4 => self.many_wide::<2>(prefix, columns, stride, counts),
            5..=6 => self.many_wide::<3>(prefix, columns, stride, counts),
            7..=8 => self.many_wide::<4>(prefix, columns, stride, counts),
            9..=12 => self.many_wide::<6>(prefix, columns, stride, counts),
            _ => one_by_one(self, prefix, columns, stride, counts),
        }
    }

    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        count_combinations::<2, N, _>(self, within, columns, stride)
    }
}

impl Vectors<2> for Neon {
    type Vector = uint8x16_t;

    /// [`Neon::sums`] adds the counts of 4 bytes in one, which holds 7 times 4 times 8.
    const SUMMED: usize = 7;

    #[inline(always)]
    fn none(self) -> uint8x16_t {
        self.zero()
    }

    #[inline(always)]
    fn words(self, words: &[u64; 2]) -> uint8x16_t {
        self.load(words)
    }

    #[inline(always)]
    fn part(self, words: &[u64]) -> uint8x16_t {
        self.load_at(words, 0)
    }

    #[inline(always)]
    fn both(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
        self.and(a, b)
    }

    #[inline(always)]
    fn add_bits(self, counts: uint8x16_t, bits: uint8x16_t) -> uint8x16_t {
        self.add(counts, self.count_bytes(bits))
    }

    #[inline(always)]
    fn totals(self, counts: [uint8x16_t; 1 << LANE_ITEMS]) -> Combined {
        let mut totals = [0; 1 << LANE_ITEMS];
        for (totals, counts) in totals.as_chunks_mut().0.iter_mut().zip(counts.as_chunks().0) {
            self.store_numbers(totals, self.sums(*counts));
        }
        totals
    }
}

impl Neon {
    /// The intersection of groups of words. All are read before any is written.
    #[inline(always)]
    fn and_group(self, a: &[u64; GROUP], b: &[u64; GROUP]) -> [uint8x16_t; GROUP / 2] {
        let mut group = [self.zero(); GROUP / 2];
        for ((vector, x), y) in group.iter_mut().zip(a.as_chunks::<2>().0).zip(b.as_chunks::<2>().0) {
            *vector = self.and(self.load(x), self.load(y));
        }
        group
    }

    /// The bits of each byte of a group of vectors, counted and added up: at most 64.
    #[inline(always)]
    fn count_group(self, group: [uint8x16_t; GROUP / 2]) -> uint8x16_t {
        let [a, b, c, d, e, f, g, h] = group;
        let first = self.add(self.count_pair(a, b), self.count_pair(c, d));
        let second = self.add(self.count_pair(e, f), self.count_pair(g, h));
        self.add(first, second)
    }

    /// The bits of each byte of two vectors, counted and added up.
    #[inline(always)]
    fn count_pair(self, a: uint8x16_t, b: uint8x16_t) -> uint8x16_t {
        self.add(self.count_bytes(a), self.count_bytes(b))
    }

    /// Number of bits of a column of so many words: of the groups of vectors, and of the vectors after those, a byte of
    /// which is at most 64.
    #[inline(always)]
    fn total(self, words: usize, groups: uint32x4_t, rest: uint8x16_t) -> u32 {
        if words < GROUP { self.sum_all_bytes(rest) } else { self.sum_numbers(self.add_bytes(groups, rest)) }
    }

    /// The 2 words of a column from `word` on, of which it may lack the second.
    #[inline(always)]
    fn load_at(self, column: &[u64], word: usize) -> uint8x16_t {
        match column[word..].first_chunk() {
            Some(words) => self.load(words),
            None => self.single(column[word]),
        }
    }

    /// The sums of the bytes of each of four vectors. A byte is at most 63.
    #[inline(always)]
    fn sums(self, [a, b, c, d]: [uint8x16_t; 4]) -> uint32x4_t {
        self.sum_bytes(self.add_pairs(self.add_pairs(a, b), self.add_pairs(c, d)))
    }

    /// Counts of columns of one word, two to a vector.
    #[inline(always)]
    fn many_single(self, prefix: u64, columns: &[u64], counts: &mut [u32]) {
        let both = self.twice(prefix);
        let (groups, rest) = columns.as_chunks::<4>();
        let (counts, rest_counts) = counts.as_chunks_mut::<4>();
        for (group, counts) in groups.iter().zip(counts) {
            let [a, b] = group.as_chunks::<2>().0 else { return };
            let a = self.count_bytes(self.and(both, self.load(a)));
            let b = self.count_bytes(self.and(both, self.load(b)));
            self.store_numbers(counts, self.sum_bytes(self.add_pairs(a, b)));
        }
        for (column, count) in rest.iter().zip(rest_counts) {
            *count = (prefix & column).count_ones();
        }
    }

    /// Counts of columns of up to 2 `R` words, 4 columns at a time, with the prefix in `R` registers.
    #[inline(always)]
    fn many_wide<const R: usize>(self, prefix: &[u64], mut columns: &[u64], stride: usize, counts: &mut [u32]) {
        const { assert!(R <= <Self as Vectors<2>>::SUMMED) };
        let mut registers = [self.zero(); R];
        for (i, register) in registers.iter_mut().enumerate().take(prefix.len().div_ceil(2)) {
            *register = self.load_at(prefix, 2 * i);
        }
        // Whole vectors are read, as for AVX2.
        let reach = 3 * stride + 2 * R;
        for counts in counts.chunks_mut(4) {
            let group;
            (group, columns) = (columns, &columns[counts.len() * stride..]);
            let (Some(group), Some(counts)) = (group.get(..reach), counts.first_chunk_mut()) else {
                one_by_one(self, prefix, group, stride, counts);
                continue;
            };
            let mut sums = [self.zero(); 4];
            for (i, sum) in sums.iter_mut().enumerate() {
                let vectors = group[i * stride..][..2 * R].as_chunks::<2>().0;
                for (register, vector) in registers.iter().zip(vectors) {
                    *sum = self.add(*sum, self.count_bytes(self.and(*register, self.load(vector))));
                }
            }
            self.store_numbers(counts, self.sums(sums));
        }
    }
}
