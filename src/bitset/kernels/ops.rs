//! The operations on columns as a trait, which each instruction set implements, and the tasks that use them.

use super::plain;
use crate::bitset::weights::Weights;

/// The operations on columns, for one instruction set.
///
/// A value of a type that implements it proves that the CPU has the instructions: only
/// [`Isa`](crate::bitset::Isa) makes one. Each method is compiled for the set where it is called from [`Task::run`]
/// and everything between is `#[inline(always)]`. The provided methods are the plain loops.
pub trait Ops: Copy {
    /// Whether [`Ops::pack_numbers`] and [`Ops::count_extensions`] take a few instructions in total, not some per
    /// number.
    const PACKS_NUMBERS: bool = false;

    /// Whether bits have weights, so that counts are sums of weights. Columns are then counted many at a time.
    const WEIGHS: bool = false;

    /// Runs a task in a separate function, compiled for the same set.
    ///
    /// A loop that needs most of the registers loses them if it is inlined into a large function. Costs 1 to 2 ns.
    #[inline(always)]
    fn apart<T: Task>(self, task: T) -> T::Output {
        task.run(self)
    }

    /// Number of bits set in both columns, without building the intersection.
    #[inline(always)]
    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        plain::and_count(a, b)
    }

    /// Writes the intersection of two columns to `out` and returns its number of bits.
    #[inline(always)]
    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        plain::and_into_count(a, b, out)
    }

    /// Writes the intersection of two columns to `out`.
    #[inline(always)]
    fn and_into(self, a: &[u64], b: &[u64], out: &mut [u64]) {
        self.and_into_count(a, b, out);
    }

    /// Sum of the weights of the bits set in both columns, given the weights of the bits of each word. It must fit in
    /// 32 bits.
    #[inline(always)]
    fn and_weigh(self, a: &[u64], b: &[u64], weights: &[[u32; 64]]) -> u32 {
        plain::and_weigh(a, b, weights)
    }

    /// Number of bits of a column that has a count, if they have weights or not.
    #[inline(always)]
    fn bits(self, _column: &[u64], count: u32) -> usize {
        count as usize
    }

    /// Prepares the weights for columns that are compressed to the bits of another, to `stride` words.
    #[inline(always)]
    fn narrow(self, _baskets: &[u64], _stride: usize) {}

    /// Makes rows with weights that are equal in all columns one, if that pays. The columns, of `stride` words each, have
    /// just been compressed; they move to the front. Returns the words per column.
    #[inline(always)]
    fn merge_rows(self, _columns: &mut [u64], stride: usize) -> usize {
        stride
    }

    /// Exchanges the weights.
    #[inline(always)]
    fn swap_weights(self, _other: &mut Weights) {}

    /// Number of bits set in both columns if it is at least `min`, otherwise `None`.
    ///
    /// Stops as soon as the remaining words could not bring the count to `min`, even if all their bits were set.
    #[inline(always)]
    fn and_count_at_least(self, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
        plain::and_count_at_least::<_, 128>(self, a, b, min)
    }

    /// Number of bits set in a column.
    #[inline(always)]
    fn count(self, a: &[u64]) -> u32 {
        plain::count(a)
    }

    /// The bits of `word` at the set positions of `mask`, packed to the low end.
    #[inline(always)]
    fn extract(self, word: u64, mask: u64) -> u64 {
        plain::extract(word, mask)
    }

    /// Packs the bits of `src` at the set positions of `mask` to the front of `out`, fills the
    /// last word begun with zeros and returns the number of bits packed.
    ///
    /// Bits that do not fit into `out` are counted, but dropped. Words of `out` after the last one begun keep their
    /// values, except the next one, which may be zeroed.
    #[inline(always)]
    #[cfg(any(test, feature = "__bench"))]
    fn compress(self, src: &[u64], mask: &[u64], out: &mut [u64]) -> usize {
        plain::compress(self, src, mask, out)
    }

    /// [`Ops::compress`] of several columns with the same mask, each to a part of `out` of `stride` words, which
    /// must have room for it; the words of a part after the last one begun are zero afterwards.
    ///
    /// # Panics
    ///
    /// If a part lacks the room, or a column is shorter than the mask.
    #[inline(always)]
    fn compress_several<const N: usize>(self, columns: [&[u64]; N], mask: &[u64], out: &mut [u64], stride: usize) {
        plain::compress_several(self, columns, mask, out, stride);
    }

    /// Which of 64 bytes are `from` or up to `more` above it: bit `i` for byte `i`. Both are less than 128.
    #[inline(always)]
    fn bytes_from(self, bytes: &[u8; 64], from: u8, more: u8) -> u64 {
        plain::bytes_from(bytes, from, more)
    }

    /// Writes the numbers of the bits that are set in a word, ascending from `first` for bit 0, to
    /// the front of `out` and returns how many there are.
    ///
    /// The rest of `out` is unspecified.
    #[inline(always)]
    fn positions(self, word: u64, first: u32, out: &mut [u32; 64]) -> usize {
        plain::positions(word, first, out)
    }

    /// [`Ops::and_count`] of `prefix` with each of `n` columns stored back to back.
    ///
    /// Column `i` starts at word `i * stride` and has as many words as the shorter of `prefix` and `stride`;
    /// `counts[i]` gets its count. Missing columns or counts are skipped; with a stride of 0 all counts are 0.
    #[inline(always)]
    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        plain::and_count_many(self, prefix, columns, stride, n, counts);
    }

    /// Number of bits that the columns of each combination of `N` columns share, restricted to `within`
    /// if that is given; `N` is at most `LANE_ITEMS`.
    ///
    /// Column `i` is the words from `i * stride` on. The combination that has column `i` where bit `i` of its number is
    /// set is at its number in the result. Combinations that are not counted are 0: without `within`, the empty
    /// combination and the single columns too.
    ///
    /// # Panics
    ///
    /// If there are fewer words than the columns take.
    #[inline(always)]
    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        plain::count_combinations::<N>(within, columns, stride)
    }

    /// Which of the numbers are at least `min`, one bit each.
    #[inline(always)]
    fn at_least(self, numbers: Combined, min: u32) -> u16 {
        plain::at_least(numbers, min)
    }

    /// For each combination of columns, how many of those in `found`, one bit each, are it or join columns before its
    /// first to it; 0 for the empty one.
    #[inline(always)]
    fn count_extensions(self, found: u16) -> Combined {
        plain::count_extensions(found)
    }

    /// The numbers whose bits are set in `mask`, in order from the front on; the rest is unspecified.
    #[inline(always)]
    fn pack_numbers(self, numbers: Combined, mask: u16) -> Combined {
        plain::pack_numbers(numbers, mask)
    }
}

/// The most columns whose combinations are counted in one go.
///
/// Their counters fill half of the registers of AVX-512. More columns would take no fewer steps per combination.
pub(crate) const LANE_ITEMS: usize = 4;

/// The counts of the combinations of some columns.
pub(crate) type Combined = [u32; 1 << LANE_ITEMS];

/// For each combination but the empty one, itself and those that join columns before its first to it, a bit each: the
/// numbers that follow it, with other bits below its lowest.
pub(super) const EXTENSIONS: Combined = {
    let mut extensions = [0; 1 << LANE_ITEMS];
    let mut combination = 1;
    while combination < extensions.len() {
        extensions[combination] = ((1 << (1 << combination.trailing_zeros())) - 1) << combination;
        combination += 1;
    }
    extensions
};

/// Work that is compiled once per instruction set.
pub trait Task {
    /// The result of the work.
    type Output;

    /// Does the work with the operations of one instruction set.
    ///
    /// Mark it, and what it calls with `ops`, `#[inline(always)]`: code that is not inlined here
    /// is compiled without the instruction set, and gives the same answer more slowly.
    fn run<O: Ops>(self, ops: O) -> Self::Output;
}
