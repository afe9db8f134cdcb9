//! Transactions as the engines read them: frequent items only, ranked by descending count.

use std::marker::PhantomData;
use std::ops::Range;

use super::sorted_rows::{Recode, Recoded};
use super::{EncodedRows, Transactions};
use crate::bitset::{Isa, prefetch};
use crate::threads::workers::Workers;

/// The frequent items, most frequent first; items of equal count in the order of their labels, so that neither the
/// order of the rows nor the file's format can change a result.
///
/// The position in this order is an item's *rank*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranking {
    /// The item of each rank.
    pub(crate) ids: Vec<u32>,
    /// The number of baskets that hold the item of each rank, in descending order, unless branches are chosen.
    pub(crate) counts: Vec<u32>,
    /// The branches that are searched.
    pub(crate) branches: Branches,
}

/// Which branches of the first level are searched: a branch is the itemsets whose rarest item is of one rank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Branches {
    #[default]
    All,
    /// Whether that of each rank is.
    Chosen(Vec<bool>),
}

impl Branches {
    #[inline(always)]
    pub(crate) fn contains(&self, rank: usize) -> bool {
        match self {
            Branches::All => true,
            Branches::Chosen(chosen) => chosen[rank],
        }
    }
}

impl Ranking {
    /// The items in the order of their labels instead of their counts, those in too few baskets left out; only the
    /// branches of some are searched. A search is exact with the items in any order.
    pub(crate) fn by_label<T: Ord>(
        transactions: &Transactions<T>,
        min_count: u64,
        is_chosen: impl Fn(&T) -> bool,
    ) -> Self {
        let (all, labels) = (transactions.counts(), transactions.dictionary().labels());
        let mut ids: Vec<u32> =
            (0..).zip(all).filter(|&(_, &count)| count >= min_count.max(1)).map(|(id, _)| id).collect();
        ids.sort_unstable_by_key(|&id| &labels[id as usize]);
        let counts = ids.iter().map(|&id| as_u32(all[id as usize])).collect();
        let chosen = ids.iter().map(|&id| is_chosen(&labels[id as usize])).collect();
        Ranking { ids, counts, branches: Branches::Chosen(chosen) }
    }

    pub(crate) fn new<T: Ord>(transactions: &Transactions<T>, min_count: u64) -> Self {
        let counts = transactions.counts();
        // Every item is in some basket, and there are at most u32::MAX items.
        let is_frequent = |&id: &u32| counts[id as usize] >= min_count.max(1);
        Ranking::of(transactions, (0..counts.len() as u32).filter(is_frequent).collect())
    }

    /// The ranking of some items.
    pub(crate) fn of<T: Ord>(transactions: &Transactions<T>, mut ids: Vec<u32>) -> Self {
        let (counts, labels) = (transactions.counts(), transactions.dictionary().labels());
        ids.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            counts[b].cmp(&counts[a]).then_with(|| labels[a].cmp(&labels[b]))
        });
        let counts = ids.iter().map(|&id| as_u32(counts[id as usize])).collect();
        Ranking { ids, counts, branches: Branches::All }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// The rank of an item that has none.
/// A threshold as a count of baskets, as which a search prunes. One beyond them becomes the largest count: where there may
/// be so many baskets, whether that reaches the threshold is decided apart.
pub(crate) fn as_u32(threshold: u64) -> u32 {
    u32::try_from(threshold).unwrap_or(u32::MAX)
}

pub(super) const INFREQUENT: u32 = u32::MAX;

/// The minimum number of entries that are recoded as one part: some tenths of a millisecond.
const MIN_PART: usize = 1 << 15;

/// A rank as it is stored in rows: 2 bytes if at most 65,536 items are frequent, otherwise 4.
pub(crate) trait Rank: Copy + Default + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The number of ranks that the type can distinguish.
    const RANKS: usize;
    /// The largest value. It can stand for "none" wherever the ranks below one rank are numbered anew.
    const NONE: Self;
    /// `rank` is below [`Rank::RANKS`].
    fn new(rank: u32) -> Self;
    fn index(self) -> usize;
}

impl Rank for u16 {
    const RANKS: usize = 1 << 16;
    const NONE: Self = u16::MAX;

    #[inline(always)]
    fn new(rank: u32) -> Self {
        rank as u16
    }

    #[inline(always)]
    fn index(self) -> usize {
        usize::from(self)
    }
}

impl Rank for u32 {
    const RANKS: usize = 1 << 32;
    const NONE: Self = u32::MAX;

    #[inline(always)]
    fn new(rank: u32) -> Self {
        rank
    }

    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// Baskets as ascending ranks, most frequent item first. Baskets with fewer than two frequent items are left out: only
/// the counts of single items need them, and those are in `counts`.
///
/// Rows are ordered by length. So a loop over consecutive rows almost always predicts the end of each correctly
/// (T10I4D100K at 20 is mined in four fifths of the time), and the position of a row follows from its number.
///
/// Identical baskets may share a row: among the rows of one length, those of each *run* stand for `1 << shift` baskets
/// with consecutive numbers. A weighted basket is stored once per set bit of its weight. As its baskets are numbered
/// like any other, sets of baskets do not depend on weights.
///
/// If weights are great, that would be too many numbers. Then the rows are numbered instead, and each has a weight:
/// what is called a basket here is a row. Only counts are sums of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RankedRows<R> {
    /// The number of baskets that hold the item of each rank, those that are left out included.
    pub(crate) counts: Vec<u32>,
    branches: Branches,
    ranks: Vec<R>,
    /// The rows of each length and shift, ascending, and a last run that begins where they end.
    runs: Vec<Run>,
    /// The items of all baskets together.
    entries: usize,
    /// The weight of each row, if weights are great; otherwise empty.
    weights: Vec<u32>,
}

/// The baskets per row, in the mean, above which weights are great. Up to it, counting that many bits is faster than
/// adding up weights.
pub(crate) const FEW_PER_ROW: usize = 4;

/// Whether the weights of this many stored rows, which make `baskets` baskets with that many entries, are great: then
/// rows are numbered instead of baskets.
pub(crate) fn are_great(stored: usize, baskets: usize, entries: u64) -> bool {
    // Lists of baskets number the entries of all of them by a u32.
    let most_entries = if cfg!(test) { 1 << 8 } else { u64::from(u32::MAX) };
    baskets > FEW_PER_ROW * stored || baskets > stored && entries > most_entries
}

/// Rows of the same length and the same number of baskets each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// The number of the first basket.
    basket: u32,
    /// Where its row begins.
    begin: u32,
    length: u32,
    /// Each row is `1 << shift` baskets.
    shift: u32,
}

impl<R: Rank> RankedRows<R> {
    fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        let mut rank_of = vec![INFREQUENT; rows.items()];
        for (rank, &id) in (0..).zip(&ranking.ids) {
            rank_of[id as usize] = rank;
        }
        let parts = workers.parts(rows.stored(), MIN_PART * rows.stored() / rows.stored_entries().max(1));
        let entries = ranking.counts.iter().copied().map(u64::from).sum();
        let weighs = are_great(rows.stored(), rows.len(), entries);
        let recode = |part| Isa::detect().run(Recode { rows, part, rank_of: &rank_of, weighs, ranks: PhantomData });
        let mut parts: Vec<Recoded<R>> = workers.run_parts(&parts, recode);

        let longest = parts.iter().flatten().map(|sorted| sorted.of_length.len()).max().unwrap_or_default();
        let shifts = parts.iter().map(Vec::len).max().unwrap_or_default();
        let mut runs = Vec::new();
        let (mut basket, mut begin, mut entries) = (0, 0, 0);
        // What the parts have of each length and shift, in the order in which it is joined.
        let mut pieces: Vec<&[R]> = Vec::new();
        let mut weights: Vec<u32> = Vec::new();
        let mut done: Vec<usize> = vec![0; parts.len()];
        let mut rest: Vec<Vec<&[R]>> =
            parts.iter().map(|part| part.iter().map(|sorted| &sorted.ranks[..]).collect()).collect();
        for length in 0..longest {
            for shift in 0..shifts {
                let mut rows = 0;
                for ((part, rest), done) in parts.iter().zip(&mut rest).zip(&mut done) {
                    let Some(sorted) = part.get(shift) else { continue };
                    let of_length = sorted.of_length.get(length).copied().unwrap_or_default();
                    rows += of_length;
                    if weighs {
                        weights.extend_from_slice(&sorted.weights[*done..][..of_length as usize]);
                        *done += of_length as usize;
                    }
                    let (first, others) = rest[shift].split_at(of_length as usize * length);
                    rest[shift] = others;
                    pieces.push(first);
                }
                if rows > 0 {
                    // All baskets are numbered by a u32, and so are the entries of all of them, which are as many as
                    // the stored ones or more.
                    runs.push(Run { basket, begin, length: length as u32, shift: shift as u32 });
                    begin += rows * length as u32;
                    basket += rows << shift;
                    entries += ((rows as usize) << shift) * length;
                }
            }
        }
        runs.push(Run { basket, begin, length: 0, shift: 0 });
        // The ranks of a single part with a single shift are in order already.
        let is_sorted = parts.len() == 1 && shifts == 1;
        let ranks = if is_sorted { Vec::new() } else { workers.concat(&pieces) };
        let ranks = match &mut parts[..] {
            [part] if is_sorted => std::mem::take(&mut part[0].ranks),
            _ => ranks,
        };
        RankedRows { counts: ranking.counts.clone(), branches: ranking.branches.clone(), ranks, runs, entries, weights }
    }

    /// Rows in the order of their length, each of them one basket. The lengths ascend, each with how many rows have it; all
    /// rows, and their entries, are numbered by a u32.
    pub(super) fn of_lengths(
        counts: Vec<u32>,
        branches: Branches,
        ranks: Vec<R>,
        lengths: impl Iterator<Item = (u32, u32)>,
    ) -> Self {
        let (mut runs, mut basket, mut begin) = (Vec::new(), 0, 0);
        for (length, rows) in lengths {
            runs.push(Run { basket, begin, length, shift: 0 });
            (basket, begin) = (basket + rows, begin + rows * length);
        }
        runs.push(Run { basket, begin, length: 0, shift: 0 });
        let entries = ranks.len();
        RankedRows { counts, branches, ranks, runs, entries, weights: Vec::new() }
    }

    /// Frequent items.
    pub(crate) fn items(&self) -> usize {
        self.counts.len()
    }

    /// The branches that are searched.
    pub(crate) fn branches(&self) -> &Branches {
        &self.branches
    }

    /// Baskets of two frequent items or more.
    pub(crate) fn len(&self) -> usize {
        self.runs.last().map_or(0, |end| end.basket as usize)
    }

    /// Their items together.
    pub(crate) fn entries(&self) -> usize {
        self.entries
    }

    /// Whether weights are great: rows are numbered instead of baskets, and have weights.
    pub(crate) fn are_heavy(&self) -> bool {
        !self.weights.is_empty()
    }

    /// The weights of the rows, if they are great; otherwise empty.
    pub(crate) fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// What each number of a basket stands for: one basket, or a row with a weight.
    #[inline(always)]
    pub(crate) fn weight(&self, basket: u32) -> u32 {
        if self.weights.is_empty() { 1 } else { self.weights[basket as usize] }
    }

    /// The baskets, their items together and the pairs of items in them, counted with all weights.
    pub(crate) fn weighed(&self) -> [u64; 3] {
        let mut sums = [0, 0, 0];
        for (row, weight) in self.stored_rows() {
            let length = row.len() as u64;
            let each = [1, length, length * length.saturating_sub(1) / 2];
            sums.iter_mut().zip(each).for_each(|(sum, one)| *sum += u64::from(weight) * one);
        }
        sums
    }

    /// The rows that hold the item of each rank.
    pub(crate) fn stored_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.items()];
        self.ranks.iter().for_each(|rank| counts[rank.index()] += 1);
        counts
    }

    /// Rows that are stored for them.
    pub(crate) fn stored(&self) -> usize {
        self.each_run().map(|(run, baskets)| (baskets >> run.shift) as usize).sum()
    }

    /// The items of those together.
    pub(crate) fn stored_entries(&self) -> usize {
        self.ranks.len()
    }

    /// Steps of setting the bits of `baskets` baskets by reading their rows: one per entry of a row, and one per word
    /// of bits of each of the row's items.
    pub(crate) fn steps_through(&self, baskets: u32) -> usize {
        let entries = baskets as usize * self.mean_len();
        if self.stored_entries() == self.entries {
            return entries;
        }
        // No more than the entries.
        (entries as u128 * self.stored_entries() as u128 / self.entries.max(1) as u128) as usize + entries / 64
    }

    /// The runs, and how many baskets each has.
    fn each_run(&self) -> impl Iterator<Item = (Run, u32)> {
        self.runs.windows(2).map(|runs| (runs[0], runs[1].basket - runs[0].basket))
    }

    /// The length that an entry's basket has in the mean: more than the mean of the baskets, as long ones have more
    /// entries.
    pub(crate) fn mean_len(&self) -> usize {
        let squares = self.each_run().map(|(run, baskets)| u128::from(baskets) * u128::from(run.length).pow(2));
        (squares.sum::<u128>() / (self.entries() as u128).max(1)) as usize
    }

    /// Each length that baskets have, ascending, and how many have it.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut runs = self.each_run().peekable();
        std::iter::from_fn(move || {
            let (Run { length, .. }, mut baskets) = runs.next()?;
            while let Some((_, more)) = runs.next_if(|(run, _)| run.length == length) {
                baskets += more;
            }
            Some((u64::from(length), u64::from(baskets)))
        })
    }

    /// Bytes of the rows.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&self.ranks[..])
    }

    /// The row of each basket.
    #[cfg(test)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[R]> {
        self.stored_rows().flat_map(|(row, weight)| std::iter::repeat_n(row, weight as usize))
    }

    /// The stored rows, and the weight of each: for how many baskets it is there.
    pub(crate) fn stored_rows(&self) -> impl Iterator<Item = (&[R], u32)> {
        let mut basket = 0;
        self.part_of(0..self.len()).map(move |(row, alike)| {
            let first = basket;
            basket += alike;
            (row, alike * self.weight(first))
        })
    }

    /// The rows of some baskets: each with the number of baskets, one after the other, that it is there for.
    pub(crate) fn part_of(&self, part: Range<usize>) -> impl Iterator<Item = (&[R], u32)> {
        let mut reader = self.reader();
        // Baskets are numbered by a u32.
        let (mut basket, end) = (part.start as u32, part.end as u32);
        std::iter::from_fn(move || {
            (basket < end).then(|| {
                let row = reader.row(basket);
                let weight = reader.alike(basket).min(end - basket);
                basket += weight;
                (row, weight)
            })
        })
    }

    /// Reads the rows of baskets in ascending order.
    pub(crate) fn reader(&self) -> Reader<'_, R> {
        let (run, next) = match self.runs[..] {
            [run] => (run, u32::MAX),
            [run, next, ..] => (run, next.basket),
            [] => unreachable!("the last run is always there"),
        };
        Reader { rows: self, next_run: 1, run, end: next }
    }
}

/// Finds the rows of baskets by their number, each in constant time as long as the numbers ascend.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a, R> {
    rows: &'a RankedRows<R>,
    run: Run,
    /// The basket that the next run begins with.
    end: u32,
    next_run: usize,
}

impl<'a, R: Rank> Reader<'a, R> {
    /// The row of a basket. It must not be before the one that was read last.
    #[inline(always)]
    pub(crate) fn row(&mut self, basket: u32) -> &'a [R] {
        while basket >= self.end {
            self.go_on();
        }
        &self.rows.ranks[self.place(basket)..][..self.run.length as usize]
    }

    /// How many baskets, from this one on, share the row of the basket that was read last.
    #[inline(always)]
    pub(crate) fn alike(&self, basket: u32) -> u32 {
        self.shared() - ((basket - self.run.basket) & (self.shared() - 1))
    }

    /// How many baskets share the row that was read last.
    #[inline(always)]
    pub(crate) fn shared(&self) -> u32 {
        1 << self.run.shift
    }

    /// The weight of the row that was read last, for a basket that has it.
    #[inline(always)]
    pub(crate) fn weight(&self, basket: u32) -> u32 {
        self.rows.weight(basket) << self.run.shift
    }

    /// Asks for a row that is going to be read soon.
    #[inline(always)]
    pub(crate) fn ask_for(&self, basket: u32) {
        prefetch(&self.rows.ranks, self.place(basket));
    }

    /// The position of the row of a basket, if it is in the current run.
    #[inline(always)]
    fn place(&self, basket: u32) -> usize {
        let row = (basket - self.run.basket) >> self.run.shift;
        self.run.begin as usize + row as usize * self.run.length as usize
    }

    #[cold]
    fn go_on(&mut self) {
        self.run = self.rows.runs[self.next_run];
        self.next_run += 1;
        self.end = self.rows.runs.get(self.next_run).map_or(u32::MAX, |run| run.basket);
    }
}

/// [`RankedRows`] in the narrowest form that holds their ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MiningDatabase {
    U16(RankedRows<u16>),
    U32(RankedRows<u32>),
}

impl MiningDatabase {
    /// Linear in the entries, apart from sorting each basket.
    pub(crate) fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        if ranking.len() <= u16::RANKS {
            MiningDatabase::U16(RankedRows::new(rows, ranking, workers))
        } else {
            MiningDatabase::U32(RankedRows::new(rows, ranking, workers))
        }
    }
}
