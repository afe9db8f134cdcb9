//! Sorting the few numbers of one basket, each kept once.

use crate::bitset::Ops;

/// Sorts short rows of distinct-to-be numbers faster than a comparison sort.
///
/// Up to [`SHORT`] numbers are compared in pairs, without a branch. Longer rows set their bits in a bitmap and
/// read them back in order, all words of the bitmap or, where those are too many, through a summary. Rows that are
/// ascending already, or spread over a range too wide to scan, are handled without it.
#[derive(Clone, Debug, Default)]
pub(crate) struct DistinctSorter {
    /// A bit per number.
    words: Vec<u64>,
    /// A bit per word that is not zero.
    summary: Vec<u64>,
}

/// Up to this many words of the bitmap per number, all words in the row's range are read, without the summary.
const WORDS_PER_NUMBER: usize = 2;

/// Up to this length numbers are compared in pairs.
const SHORT: usize = 16;

impl DistinctSorter {
    /// The room behind the sorted numbers, for writing more at once than are left.
    pub(crate) const ROOM: usize = 64;

    /// Writes the distinct numbers of the row that `from` begins with, of `len` numbers, to the front of `out`,
    /// ascending. Returns how many there are.
    ///
    /// The numbers after the row in `from` do not matter, but rows are sorted faster if there are more than
    /// [`ROOM`](Self::ROOM). `out` is longer than the row by [`ROOM`](Self::ROOM), where arbitrary numbers are written.
    #[inline(always)]
    pub(crate) fn sort<O: Ops>(&mut self, ops: O, from: &[u32], len: usize, out: &mut [u32]) -> usize {
        debug_assert!(out.len() >= len + Self::ROOM);
        let row = &from[..len];
        match len {
            ..=4 => return sort_short::<4>(from, len, out),
            5..=8 => return sort_short::<8>(from, len, out),
            9..=SHORT => return sort_short::<SHORT>(from, len, out),
            _ => {}
        }
        // Both without a branch that could be guessed wrong; the bits are those of at most twice the highest number.
        let (mut falls, mut bits) = (false, row[0]);
        for (&one, &next) in row.iter().zip(&row[1..]) {
            falls |= one >= next;
            bits |= next;
        }
        let words = (bits >> 6) as usize + 1;
        if !falls {
            out[..len].copy_from_slice(row);
            len
        } else if words <= WORDS_PER_NUMBER * len {
            self.sort_dense(ops, row, words, out)
        } else {
            self.sort_sparse(row, out)
        }
    }

    /// For a range of few words: setting bits in the summary would make each number wait for the one before.
    #[inline(always)]
    fn sort_dense<O: Ops>(&mut self, ops: O, row: &[u32], words: usize, out: &mut [u32]) -> usize {
        self.reserve(words.div_ceil(64));
        let words = &mut self.words[..words];
        for &number in row {
            words[(number >> 6) as usize] |= 1 << (number & 63);
        }
        let mut distinct = 0;
        for (word, bits) in (0..).zip(words) {
            if let Some(room) = out[distinct..].first_chunk_mut() {
                distinct += ops.positions(std::mem::take(bits), word << 6, room);
            }
        }
        distinct
    }

    #[inline(always)]
    fn sort_sparse(&mut self, row: &[u32], out: &mut [u32]) -> usize {
        let (mut low, mut high) = (u32::MAX, 0);
        for &number in row {
            low = low.min(number);
            high = high.max(number);
        }
        let blocks = (low >> 12) as usize..(high >> 12) as usize + 1;
        if blocks.len() > row.len() {
            let out = &mut out[..row.len()];
            out.copy_from_slice(row);
            out.sort_unstable();
            return dedup(out);
        }
        self.reserve(blocks.end);
        for &number in row {
            self.words[(number >> 6) as usize] |= 1 << (number & 63);
            self.summary[(number >> 12) as usize] |= 1 << ((number >> 6) & 63);
        }
        let mut distinct = 0;
        for block in blocks {
            let mut used = std::mem::take(&mut self.summary[block]);
            while used != 0 {
                let word = block * 64 + used.trailing_zeros() as usize;
                used &= used - 1;
                let mut bits = std::mem::take(&mut self.words[word]);
                while bits != 0 {
                    // `word` is at most u32::MAX / 64, as it came from a u32.
                    out[distinct] = (word as u32) << 6 | bits.trailing_zeros();
                    distinct += 1;
                    bits &= bits - 1;
                }
            }
        }
        distinct
    }

    /// Makes room for this many words of the summary.
    #[inline(always)]
    fn reserve(&mut self, blocks: usize) {
        if self.summary.len() < blocks {
            self.summary.resize(blocks, 0);
            self.words.resize(blocks * 64, 0);
        }
    }
}

/// Loops of a fixed length, without a branch that depends on more than whether the row ascends.
#[inline(always)]
fn sort_short<const N: usize>(from: &[u32], len: usize, out: &mut [u32]) -> usize {
    let mut numbers = from.first_chunk::<N>().copied().unwrap_or_else(|| {
        let mut numbers = [0; N];
        numbers[..len].copy_from_slice(&from[..len]);
        numbers
    });
    for (i, number) in numbers.iter_mut().enumerate() {
        *number = if i < len { *number } else { u32::MAX };
    }
    let Some(room) = out.first_chunk_mut::<N>() else { return 0 };
    let mut falls = false;
    for i in 1..N {
        falls |= (i < len) & (numbers[i - 1] >= numbers[i]);
    }
    if !falls {
        *room = numbers;
        return len;
    }
    sort_by_network(&mut numbers);
    *room = numbers;
    let mut repeats = false;
    for i in 1..N {
        repeats |= (i < len) & (numbers[i] == numbers[i - 1]);
    }
    if repeats { dedup(&mut room[..len]) } else { len }
}

/// Puts the numbers at pairs of places in order.
macro_rules! in_order {
    ($numbers:ident, $($low:literal $high:literal),+) => {{
        $(
            let (one, other) = ($numbers[$low], $numbers[$high]);
            ($numbers[$low], $numbers[$high]) = (one.min(other), one.max(other));
        )+
    }};
}

/// Batcher's odd-even merge sort (1968) of 4, 8 or 16 numbers: the same pairs are put in order whatever the numbers
/// are. Counting how many are lower than each takes half as long again.
///
/// The pairs are written out, since a program that is compiled to be small would compute them each time. There it is a
/// function that is called, elsewhere a part of each loop over rows.
#[cfg_attr(feature = "__small", inline(never))]
#[cfg_attr(not(feature = "__small"), inline(always))]
fn sort_by_network<const N: usize>(numbers: &mut [u32; N]) {
    match N {
        4 => in_order!(numbers, 0 1, 2 3, 0 2, 1 3, 1 2),
        8 => in_order!(
            numbers, 0 1, 2 3, 4 5, 6 7, 0 2, 1 3, 4 6, 5 7, 1 2, 5 6, 0 4, 1 5, 2 6, 3 7, 2 4, 3 5, 1 2, 3 4, 5 6
        ),
        SHORT => in_order!(
            numbers, 0 1, 2 3, 4 5, 6 7, 8 9, 10 11, 12 13, 14 15, 0 2, 1 3, 4 6, 5 7, 8 10, 9 11, 12 14, 13 15, 1 2,
            5 6, 9 10, 13 14, 0 4, 1 5, 2 6, 3 7, 8 12, 9 13, 10 14, 11 15, 2 4, 3 5, 10 12, 11 13, 1 2, 3 4, 5 6,
            9 10, 11 12, 13 14, 0 8, 1 9, 2 10, 3 11, 4 12, 5 13, 6 14, 7 15, 4 8, 5 9, 6 10, 7 11, 2 4, 3 5, 6 8,
            7 9, 10 12, 11 13, 1 2, 3 4, 5 6, 7 8, 9 10, 11 12, 13 14
        ),
        _ => numbers.sort_unstable(),
    }
}

fn dedup(row: &mut [u32]) -> usize {
    let mut distinct = row.len().min(1);
    for i in 1..row.len() {
        if row[i] != row[i - 1] {
            row[distinct] = row[i];
            distinct += 1;
        }
    }
    distinct
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitset::{Isa, Task};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    struct Sort<'a>(&'a mut DistinctSorter, &'a [u32]);

    impl Task for Sort<'_> {
        type Output = Vec<u32>;

        #[inline(always)]
        fn run<O: Ops>(self, ops: O) -> Vec<u32> {
            let Sort(sorter, row) = self;
            let mut out = vec![7; row.len() + DistinctSorter::ROOM];
            let distinct = sorter.sort(ops, row, row.len(), &mut out);
            out.truncate(distinct);
            out
        }
    }

    /// The row sorted, the same on every instruction set.
    fn sorted(sorter: &mut DistinctSorter, row: &[u32]) -> Vec<u32> {
        let mut all: Vec<_> = Isa::available().into_iter().map(|isa| isa.run(Sort(sorter, row))).collect();
        all.dedup();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    proptest! {
        #[test]
        fn equals_a_set(
            rows in prop::collection::vec(
                prop::collection::vec(
                    prop_oneof![0..40u32, 0..5_000u32, 0..1_000_000u32, Just(u32::MAX)],
                    0..80,
                ),
                0..20,
            ),
        ) {
            let mut sorter = DistinctSorter::default();
            for row in rows {
                let expected: Vec<u32> = row.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
                prop_assert_eq!(sorted(&mut sorter, &row), expected);
            }
        }
    }

    /// A network that sorts every row of zeros and ones sorts every row.
    #[test]
    fn the_network_sorts() {
        fn check<const N: usize>() {
            for bits in 0..1u32 << N {
                let mut row: [u32; N] = std::array::from_fn(|i| bits >> i & 1);
                sort_by_network(&mut row);
                assert!(row.is_sorted(), "{bits:b}");
                assert_eq!(row.iter().sum::<u32>(), bits.count_ones());
            }
        }
        check::<4>();
        check::<8>();
        check::<SHORT>();
    }

    #[test]
    fn a_sorter_that_was_used_is_clean() {
        let mut sorter = DistinctSorter::default();
        let row: Vec<u32> = (0..100).rev().collect();
        assert_eq!(sorted(&mut sorter, &row).len(), 100);
        assert!(sorter.words.iter().chain(&sorter.summary).all(|&word| word == 0));
    }
}
