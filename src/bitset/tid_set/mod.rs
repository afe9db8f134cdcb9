//! The baskets of an item, as bits or as a list.
//!
//! In come ascending basket numbers or words of bits, out go intersections and their counts. The form follows the
//! density alone. Nothing here knows which item a set belongs to, or which search asks.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | [`TidSlice`], [`TidSet`] |
//! | `tests` | both forms against `BTreeSet` |

#[cfg(test)]
mod tests;

use bitvec::order::Lsb0;
use bitvec::vec::BitVec;

use super::{Ops, Weights};

/// A set that holds more than one basket in this many is kept as bits. At that density a list of 32-bit numbers has
/// the same size, and is slower to intersect.
const DENSE: u64 = 32;

/// Elements after which an intersection of lists checks whether it can still reach the minimum.
const BLOCK: usize = 64;

/// A list this many times as long as the other is searched for the other's elements; below, both are walked
/// together. On random lists of 20 000, both ways take 11 ns per element at 4 times the length. Walking takes 4 ns
/// at the same length and 20 ns at 8 times, searching 7 and 13 ns.
const GALLOP: usize = 4;

/// The numbers of the baskets that hold an item, or a set of items.
///
/// A column of bits or a sorted list. Sets that are intersected must be of the same number of baskets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TidSlice<'a> {
    tids: Tids<'a>,
    baskets: u32,
    count: u32,
}

#[derive(Clone, Copy, Debug)]
enum Tids<'a> {
    /// One bit per basket; the rest of the last word is zero.
    Dense(&'a [u64]),
    /// Ascending.
    Sparse(&'a [u32]),
}

/// A set with memory of its own, for intersections.
///
/// Kept as a column of bits if it holds more than one basket in 32, otherwise as a sorted list.
#[derive(Clone, Debug, Default)]
pub(crate) struct TidSet {
    tids: Owned,
    baskets: u32,
    count: u32,
}

#[derive(Clone, Debug)]
enum Owned {
    Dense(BitVec<u64, Lsb0>),
    Sparse(Vec<u32>),
}

impl Default for Owned {
    fn default() -> Self {
        Owned::Sparse(Vec::new())
    }
}

impl Owned {
    /// Bits from as many words as the baskets need, with no bit set past the last basket.
    fn dense(words: Vec<u64>, baskets: u32) -> Self {
        let mut bits = BitVec::from_vec(words);
        bits.truncate(baskets as usize);
        Self::Dense(bits)
    }
}

impl TidSet {
    /// The set of the baskets of a sorted list.
    fn from_sorted(tids: Vec<u32>, baskets: u32) -> Self {
        let count = tids.len() as u32;
        let tids = if is_dense(count, baskets) {
            let mut words = vec![0; baskets.div_ceil(64) as usize];
            set_bits_of(&tids, &mut words);
            Owned::dense(words, baskets)
        } else {
            Owned::Sparse(tids)
        };
        Self { tids, baskets, count }
    }

    /// The set, to be read.
    #[inline(always)]
    pub(crate) fn as_slice(&self) -> TidSlice<'_> {
        let tids = match &self.tids {
            Owned::Dense(bits) => Tids::Dense(bits.as_raw_slice()),
            Owned::Sparse(list) => Tids::Sparse(list),
        };
        TidSlice { tids, baskets: self.baskets, count: self.count }
    }

    /// Copies a set. The memory is reused if the form stays the same.
    pub(crate) fn copy_from(&mut self, other: TidSlice<'_>) {
        let (mut words, mut list) = self.take_memory();
        (self.baskets, self.count) = (other.baskets, other.count);
        self.tids = match other.tids {
            Tids::Dense(others) => {
                words.clear();
                words.extend_from_slice(others);
                Owned::dense(words, other.baskets)
            }
            Tids::Sparse(others) => {
                list.extend_from_slice(others);
                Owned::Sparse(list)
            }
        };
    }

    /// The memory of both forms, of which one has none. The list is empty.
    fn take_memory(&mut self) -> (Vec<u64>, Vec<u32>) {
        match std::mem::take(&mut self.tids) {
            Owned::Dense(bits) => (bits.into_vec(), Vec::new()),
            Owned::Sparse(mut list) => {
                list.clear();
                (Vec::new(), list)
            }
        }
    }
}

impl<'a> TidSlice<'a> {
    /// The set of `count` of `baskets` baskets whose bits are set in a column: as many words as the baskets need, with no
    /// bit set past the last basket.
    #[inline(always)]
    pub(crate) fn of_words(words: &'a [u64], count: u32, baskets: u32) -> Self {
        TidSlice { tids: Tids::Dense(words), baskets, count }
    }

    /// The set of the baskets in a list: strictly ascending, and below `baskets`.
    #[inline(always)]
    pub(crate) fn of_list(list: &'a [u32], baskets: u32) -> Self {
        // Baskets are numbered by a u32.
        TidSlice { tids: Tids::Sparse(list), baskets, count: list.len() as u32 }
    }

    /// Number of baskets in the set.
    #[inline(always)]
    pub(crate) fn count(self) -> u32 {
        self.count
    }

    /// Whether the set is kept as bits.
    #[inline(always)]
    pub(crate) fn is_dense(self) -> bool {
        matches!(self.tids, Tids::Dense(_))
    }

    /// The baskets in ascending order, if the set is kept as a list.
    #[inline(always)]
    pub(crate) fn list(self) -> Option<&'a [u32]> {
        match self.tids {
            Tids::Dense(_) => None,
            Tids::Sparse(list) => Some(list),
        }
    }

    /// The column of bits, one per basket, if the set is kept as bits.
    #[inline(always)]
    pub(crate) fn words(self) -> Option<&'a [u64]> {
        match self.tids {
            Tids::Dense(words) => Some(words),
            Tids::Sparse(_) => None,
        }
    }

    /// Whether a basket is in the set; numbers past the last basket are not.
    pub(crate) fn contains(self, tid: u32) -> bool {
        match self.tids {
            Tids::Dense(words) => bit(words, tid),
            Tids::Sparse(list) => list.binary_search(&tid).is_ok(),
        }
    }

    /// The basket numbers, ascending.
    pub(crate) fn iter(self) -> impl Iterator<Item = u32> + use<'a> {
        let (words, list) = match self.tids {
            Tids::Dense(words) => (words, &[][..]),
            Tids::Sparse(list) => (&[][..], list),
        };
        ones(words).chain(list.iter().copied())
    }

    /// Number of baskets in both sets if it is at least `min`, otherwise `None`. Stops as soon as `min` is out of
    /// reach.
    #[inline(always)]
    pub(crate) fn intersection_count_at_least<O: Ops>(self, other: TidSlice<'_>, ops: O, min: u32) -> Option<u32> {
        debug_assert_eq!(self.baskets, other.baskets, "sets of the same baskets");
        match (self.tids, other.tids) {
            _ if self.count.min(other.count) < min => None,
            (Tids::Dense(a), Tids::Dense(b)) => ops.and_count_at_least(a, b, min),
            (Tids::Sparse(list), tids) | (tids, Tids::Sparse(list)) => meet(list, tids, min, |_| {}),
        }
    }

    /// The sum of the weights of the baskets in both sets, given the weight of each basket as a list and for bits; a
    /// smaller number than `least` if that is.
    #[inline(always)]
    pub(crate) fn intersection_weight<O: Ops>(
        self,
        other: TidSlice<'_>,
        ops: O,
        weights: &[u32],
        of_bits: &Weights,
        least: u32,
    ) -> u32 {
        match (self.tids, other.tids) {
            (Tids::Dense(a), Tids::Dense(b)) => of_bits.weigh(ops, a, b, least),
            (Tids::Sparse(list), tids) | (tids, Tids::Sparse(list)) => {
                let mut sum = 0;
                meet(list, tids, 0, |tid| sum += weights[tid as usize]);
                sum
            }
        }
    }

    /// Writes the baskets in both sets to a third, whose memory is reused if its form stays the same.
    #[inline(always)]
    pub(crate) fn intersect_into<O: Ops>(self, other: TidSlice<'_>, ops: O, into: &mut TidSet) {
        debug_assert_eq!(self.baskets, other.baskets, "sets of the same baskets");
        let (mut words, mut list) = into.take_memory();
        into.baskets = self.baskets;
        match (self.tids, other.tids) {
            (Tids::Dense(a), Tids::Dense(b)) => {
                words.resize(a.len(), 0);
                into.count = ops.and_into_count(a, b, &mut words);
                if is_dense(into.count, into.baskets) {
                    into.tids = Owned::dense(words, into.baskets);
                    return;
                }
                list.reserve_exact(into.count as usize);
                list.extend(ones(&words));
            }
            (Tids::Sparse(tids), others) | (others, Tids::Sparse(tids)) => {
                list.reserve_exact(self.count.min(other.count) as usize);
                meet(tids, others, 0, |tid| list.push(tid));
                // No longer than a list of the right form, so still a list. Only tests make longer ones.
                into.count = list.len() as u32;
                if is_dense(into.count, into.baskets) {
                    *into = TidSet::from_sorted(list, into.baskets);
                    return;
                }
            }
        }
        into.tids = Owned::Sparse(list);
    }
}

/// Sets the bits of some baskets in a column.
pub(crate) fn set_bits_of(tids: &[u32], words: &mut [u64]) {
    for &tid in tids {
        words[(tid / 64) as usize] |= 1 << (tid % 64);
    }
}

/// The sum of the weights of the bits set in both columns.
#[inline(always)]
pub(crate) fn and_weigh<O: Ops>(ops: O, a: &[u64], b: &[u64], weights: &[u32]) -> u32 {
    let (weights, rest) = weights.as_chunks::<64>();
    let mut last = [[0; 64]];
    last[0][..rest.len()].copy_from_slice(rest);
    let words = a.len().min(weights.len());
    let (a, a_rest) = a.split_at(words);
    let (b, b_rest) = b.split_at(words.min(b.len()));
    ops.and_weigh(a, b, weights) + ops.and_weigh(a_rest, b_rest, &last)
}

/// Whether a set of `count` of `baskets` baskets is kept as bits.
pub(crate) fn is_dense(count: u32, baskets: u32) -> bool {
    u64::from(count) * DENSE > u64::from(baskets)
}

/// Whether the bit of a basket is set.
#[inline(always)]
fn bit(words: &[u64], tid: u32) -> bool {
    words.get((tid / 64) as usize).is_some_and(|word| (word >> (tid % 64)) & 1 == 1)
}

/// The numbers of the bits set, ascending.
fn ones(words: &[u64]) -> impl Iterator<Item = u32> {
    words.iter().enumerate().flat_map(|(i, &word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros());
            left &= left.wrapping_sub(1);
            bit.map(|bit| i as u32 * 64 + bit)
        })
    })
}

/// Visits the elements that a list and a set share, ascending, and returns their number if it is at least `min`.
#[inline(always)]
fn meet(list: &[u32], tids: Tids<'_>, min: u32, mut visit: impl FnMut(u32)) -> Option<u32> {
    let other = match tids {
        Tids::Dense(words) => {
            return in_blocks(list, min, |block| {
                let mut hits = 0;
                for &tid in block {
                    let hit = bit(words, tid);
                    hits += u32::from(hit);
                    if hit {
                        visit(tid);
                    }
                }
                hits
            });
        }
        Tids::Sparse(other) => other,
    };
    let (short, long) = if list.len() <= other.len() { (list, other) } else { (other, list) };
    let mut at = 0;
    if long.len() / GALLOP >= short.len() {
        return in_blocks(short, min, |block| {
            let mut hits = 0;
            for &tid in block {
                at = gallop(long, at, tid);
                let hit = long.get(at) == Some(&tid);
                hits += u32::from(hit);
                if hit {
                    visit(tid);
                }
            }
            hits
        });
    }
    in_blocks(short, min, |block| {
        let mut hits = 0;
        let mut i = 0;
        // Which of the two advances is unpredictable, so both do, by 0 or by 1.
        while let (Some(&x), Some(&y)) = (block.get(i), long.get(at)) {
            hits += u32::from(x == y);
            if x == y {
                visit(x);
            }
            i += usize::from(x <= y);
            at += usize::from(y <= x);
        }
        hits
    })
}

/// Adds up the hits among the elements of a list, block by block, while they can reach `min`.
#[inline(always)]
fn in_blocks(list: &[u32], min: u32, mut hits: impl FnMut(&[u32]) -> u32) -> Option<u32> {
    let mut count = 0u32;
    let mut ahead = list.len() as u32;
    for block in list.chunks(BLOCK) {
        count += hits(block);
        ahead -= block.len() as u32;
        if count + ahead < min {
            return None;
        }
    }
    (count >= min).then_some(count)
}

/// Index of the first element that is at least `tid`, from the index `from` on: in steps that
/// double until they pass it, then by halves.
#[inline(always)]
fn gallop(list: &[u32], from: usize, tid: u32) -> usize {
    let (mut low, mut high, mut step) = (from, from, 1);
    while list.get(high).is_some_and(|&x| x < tid) {
        low = high + 1;
        high += step;
        step *= 2;
    }
    let high = high.min(list.len());
    low + list[low..high].partition_point(|&x| x < tid)
}
