//! The baskets of each item: the vertical form of the data.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::bitset::{TidSlice, is_dense, set_bits_of};
use crate::threads::workers::Workers;
use crate::transactions::{Branches, Rank, RankedRows};

/// A tid set for each rank: the vertical form of the rows.
///
/// A set is a bitset only if that is smaller than a list. All sets together are two arrays: with memory for each set, the
/// allocator took a tenth of a short search on two threads.
#[derive(Clone, Debug, Default)]
pub(crate) struct VerticalIndex {
    /// The number of baskets of each rank.
    counts: Vec<u32>,
    /// Where the list of each rank begins in `tids`; the end is last. Those of bitsets may be empty.
    starts: Vec<u32>,
    tids: Vec<u32>,
    /// The number of the column of each rank that has one; [`NO_COLUMN`] for others.
    columns: Vec<u32>,
    /// The columns, one after the other, of `stride` words each.
    words: Vec<u64>,
    stride: usize,
    rows: u32,
}

const NO_COLUMN: u32 = u32::MAX;

impl VerticalIndex {
    /// Linear in the entries.
    pub(crate) fn new<R: Rank>(rows: &RankedRows<R>, workers: Workers) -> Self {
        VerticalIndex::of_some(rows, None, workers)
    }

    /// The same without the items whose branches are not searched: their sets are empty, unless they are bitsets with which
    /// those of searched items are intersected.
    pub(crate) fn of_searched<R: Rank>(rows: &RankedRows<R>, workers: Workers) -> Self {
        match rows.branches() {
            Branches::All => VerticalIndex::new(rows, workers),
            Branches::Chosen(chosen) => VerticalIndex::of_some(rows, Some(chosen), workers),
        }
    }

    fn of_some<R: Rank>(rows: &RankedRows<R>, chosen: Option<&[bool]>, workers: Workers) -> Self {
        // A part has a place for every item, so there are only as many parts as the entries justify.
        let parts = workers.parts(rows.len(), MIN_PART.max(rows.items()) / rows.mean_len().max(1));
        // Parts end at whole words.
        let end = |row: usize| row.next_multiple_of(64).min(rows.len());
        let parts: Vec<Range<usize>> = parts.iter().map(|part| end(part.start)..end(part.end)).collect();
        let first = chosen.map_or(0, |chosen| first_asked(rows, chosen));
        let mut of_parts = workers.run_parts(&parts, |part| count(rows, part, first));
        let mut counts = vec![0; rows.items()];
        for of_part in &of_parts {
            counts.iter_mut().zip(of_part).for_each(|(count, &more)| *count += more);
        }
        // Rows are numbered by a u32, as transactions are.
        let baskets = rows.len() as u32;
        let dense = first_as_bits(&counts, baskets);
        let is_kept = |rank: usize, is_chosen: bool| is_chosen || is_dense(counts[rank], baskets);
        let kept: Option<Vec<bool>> =
            chosen.map(|chosen| (0..).zip(chosen).map(|(rank, &is_chosen)| is_kept(rank, is_chosen)).collect());
        for rank in (dense..rows.items()).filter(|&rank| kept.as_ref().is_some_and(|kept| !kept[rank])) {
            counts[rank] = 0;
            of_parts.iter_mut().for_each(|of_part| of_part[rank] = 0);
        }
        let mut starts = vec![0; rows.items() + 1];
        let mut end = 0;
        for (start, &count) in starts[dense + 1..].iter_mut().zip(&counts[dense..]) {
            end += count;
            *start = end;
        }
        let mut next = starts.clone();
        let of_parts = of_parts.into_iter().map(|of_part| {
            let firsts = next.clone();
            next.iter_mut().zip(of_part).for_each(|(next, count)| *next += count);
            firsts
        });
        let of_parts: Vec<Vec<u32>> = of_parts.collect();
        let stride = rows.len().div_ceil(64);
        // Each thread writes what it finds to where it stays. The numbers become atomic, and plain again, where they are.
        let places = Places {
            dense,
            words: vec![0; dense * stride].into_iter().map(AtomicU64::new).collect(),
            stride,
            tids: vec![0; end as usize].into_iter().map(AtomicU32::new).collect(),
        };
        workers.run(
            &vec![1; parts.len()],
            || (),
            |(), part| {
                let (part, next) = (parts[part].clone(), of_parts[part].clone());
                match &kept {
                    None => places.fill(rows, part, next, |_| true),
                    Some(kept) => places.fill(rows, part, next, |rank| kept[rank]),
                }
            },
        );
        let words = places.words.into_iter().map(AtomicU64::into_inner).collect();
        let tids = places.tids.into_iter().map(AtomicU32::into_inner).collect();
        // Columns are fewer than ranks, which a u32 numbers.
        let mut columns = vec![NO_COLUMN; rows.items()];
        (0..).zip(&mut columns[..dense]).for_each(|(number, column)| *column = number);
        let mut index = VerticalIndex { counts, starts, tids, columns, words, stride, rows: baskets };
        index.turn_into_columns(dense, workers);
        index
    }

    /// Makes columns of the lists, from a rank on, that are longer than a column.
    fn turn_into_columns(&mut self, first: usize, workers: Workers) {
        let longer = (first..self.counts.len()).filter(|&rank| is_dense(self.counts[rank], self.rows));
        let longer: Vec<usize> = longer.collect();
        if longer.is_empty() {
            return;
        }
        let parts = workers.parts(longer.len(), MIN_PART / self.stride.max(1));
        let made = workers.run_parts(&parts, |part| {
            let mut words = vec![0; part.len() * self.stride];
            for (&rank, column) in longer[part].iter().zip(words.chunks_exact_mut(self.stride)) {
                set_bits_of(self.list(rank), column);
            }
            words
        });
        for (number, &rank) in (first as u32..).zip(&longer) {
            self.columns[rank] = number;
        }
        let pieces: Vec<&[u64]> = [&self.words[..]].into_iter().chain(made.iter().map(|words| &words[..])).collect();
        self.words = workers.concat(&pieces);
    }

    /// The list of a rank.
    #[inline(always)]
    fn list(&self, rank: usize) -> &[u32] {
        &self.tids[self.starts[rank] as usize..self.starts[rank + 1] as usize]
    }

    /// The baskets that hold the item of a rank.
    #[inline(always)]
    pub(crate) fn set(&self, rank: u32) -> TidSlice<'_> {
        let rank = rank as usize;
        match self.columns[rank] {
            NO_COLUMN => TidSlice::of_list(self.list(rank), self.rows),
            column => {
                let words = &self.words[column as usize * self.stride..][..self.stride];
                TidSlice::of_words(words, self.counts[rank], self.rows)
            }
        }
    }

    /// Goes through the rows that contain the item of a rank, each once, with the number of baskets it stands for.
    #[inline(always)]
    pub(crate) fn for_weighted_rows_of<R: Rank>(&self, rank: u32, rows: &RankedRows<R>, take: impl FnMut(&[R], u32)) {
        for_weighted_rows_in(self.set(rank), rows, take);
    }

    /// Goes through the rows of the baskets that hold the item of a rank, one for each basket, or one with its weight
    /// if weights are great.
    #[inline(always)]
    pub(crate) fn for_rows_of<'a, R: Rank>(&self, rank: u32, rows: &'a RankedRows<R>, take: impl FnMut(&'a [R], u32)) {
        for_rows_in(self.set(rank), rows, take);
    }

    /// How many of the first ranks all have bitsets. (A later rank may have one too: rows of a single item are left
    /// out, so a more frequent item can be in fewer rows.)
    pub(crate) fn dense(&self) -> usize {
        self.columns.iter().take_while(|&&column| column != NO_COLUMN).count()
    }

    /// The number of baskets.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }
}

/// Goes through the rows of the baskets of a set, each once, with the number of baskets it stands for. The set must
/// contain all baskets of a row or none.
#[inline(always)]
pub(crate) fn for_weighted_rows_in<R: Rank>(set: TidSlice<'_>, rows: &RankedRows<R>, mut take: impl FnMut(&[R], u32)) {
    let mut reader = rows.reader();
    // The baskets of a row are adjacent, and the first of them is read.
    match set.list() {
        Some(list) => {
            let mut place = 0;
            while let Some(&basket) = list.get(place) {
                if let Some(&ahead) = list.get(place + AHEAD) {
                    reader.ask_for(ahead);
                }
                let row = reader.row(basket);
                take(row, reader.weight(basket));
                place += reader.shared() as usize;
            }
        }
        None => {
            let words = set.words().unwrap_or_default();
            // The first basket after the current row. The words of a row's other baskets are not read.
            let (mut place, mut next) = (0, 0_usize);
            while let Some(&word) = words.get(place) {
                let start = place * 64;
                let mut left = word & u64::MAX << next.saturating_sub(start);
                while left != 0 {
                    let basket = start + left.trailing_zeros() as usize;
                    left &= left - 1;
                    // Baskets are numbered by a u32.
                    let row = reader.row(basket as u32);
                    take(row, reader.weight(basket as u32));
                    if reader.shared() > 1 {
                        next = basket + reader.shared() as usize;
                        left &= u32::try_from(next - start).ok().and_then(|bit| u64::MAX.checked_shl(bit)).unwrap_or(0);
                    }
                }
                place = (place + 1).max(next / 64);
            }
        }
    }
}

/// Does the same for a set.
#[inline(always)]
pub(crate) fn for_rows_in<'a, R: Rank>(set: TidSlice<'_>, rows: &'a RankedRows<R>, mut take: impl FnMut(&'a [R], u32)) {
    let mut reader = rows.reader();
    match set.list() {
        Some(list) => {
            for (place, &row) in list.iter().enumerate() {
                if let Some(&ahead) = list.get(place + AHEAD) {
                    reader.ask_for(ahead);
                }
                take(reader.row(row), rows.weight(row));
            }
        }
        // That many rows are close enough together.
        None => set.iter().for_each(|row| take(reader.row(row), rows.weight(row))),
    }
}

/// How many of the first ranks are written into bitsets directly from the rows, by the counts of all ranks.
///
/// It is 0 if the others have most entries: separating the two then costs more than it saves.
pub(crate) fn first_as_bits(counts: &[u32], baskets: u32) -> usize {
    let dense = counts.iter().take_while(|&&count| is_dense(count, baskets)).count();
    let entries = |counts: &[u32]| counts.iter().map(|&count| u64::from(count)).sum::<u64>();
    if 2 * entries(&counts[..dense]) < entries(counts) { 0 } else { dense }
}

/// The first rank whose set may be asked for where only the branches of the chosen ones are searched.
///
/// Bitsets are intersected with those of an item if all ranks before it have some. If none of the chosen has such a rank,
/// nothing is asked about the ranks before them.
fn first_asked<R: Rank>(rows: &RankedRows<R>, chosen: &[bool]) -> usize {
    // Rows that are not stored count here too, so more ranks may seem to have bitsets than do.
    let has_list = |&count: &u32| !is_dense(count, rows.len() as u32);
    let dense = rows.counts.iter().position(has_list).unwrap_or(rows.items());
    chosen.iter().position(|&is_chosen| is_chosen).filter(|&first| first >= dense).unwrap_or(0)
}

/// The number of rows in `part` that contain each item, from the rank `first` on.
fn count<R: Rank>(rows: &RankedRows<R>, part: Range<usize>, first: usize) -> Vec<u32> {
    let mut counts = vec![0; rows.items()];
    for (row, weight) in rows.part_of(part) {
        let start = if first == 0 { 0 } else { row.partition_point(|rank| rank.index() < first) };
        row[start..].iter().for_each(|rank| counts[rank.index()] += weight);
    }
    counts
}

/// Sets a run of bits, of at least one.
pub(crate) fn set_bits(words: &mut [u64], bits: Range<usize>) {
    masks(bits).for_each(|(word, mask)| words[word] |= mask);
}

/// The words that a run of bits, of at least one, is in, and the bits of each.
fn masks(bits: Range<usize>) -> impl Iterator<Item = (usize, u64)> {
    let (first, last) = (bits.start / 64, (bits.end - 1) / 64);
    let (from, to) = (u64::MAX << (bits.start % 64), u64::MAX >> (63 - (bits.end - 1) % 64));
    (first..=last).map(move |word| {
        let mask = if word == first { from } else { u64::MAX };
        (word, if word == last { mask & to } else { mask })
    })
}

/// The places of all items: bits for the first ranks, lists for the others. The rows of a part have places, and whole words,
/// of their own, so that threads can fill them side by side.
struct Places {
    dense: usize,
    /// The columns of the first ranks, one after the other.
    words: Vec<AtomicU64>,
    /// Words per column.
    stride: usize,
    tids: Vec<AtomicU32>,
}

impl Places {
    /// Sets the bits and fills the lists of a part of the rows in one walk over them. `next` has where the list of each item
    /// goes on. There are no lists of items that `is_listed` denies.
    fn fill<R: Rank>(
        &self,
        rows: &RankedRows<R>,
        part: Range<usize>,
        mut next: Vec<u32>,
        is_listed: impl Fn(usize) -> bool,
    ) {
        let Places { dense, words, stride, tids } = self;
        // No other thread writes to the word.
        let set = |word: &AtomicU64, mask: u64| word.store(word.load(Ordering::Relaxed) | mask, Ordering::Relaxed);
        let first = (*dense..rows.items()).find(|&rank| is_listed(rank)).unwrap_or(rows.items());
        let mut tid = part.start;
        for (row, weight) in rows.part_of(part) {
            let all = tid..tid + weight as usize;
            tid = all.end;
            if weight > 1 {
                for rank in row.iter().map(|rank| rank.index()) {
                    if rank < *dense {
                        let column = &words[rank * stride..][..*stride];
                        masks(all.clone()).for_each(|(word, mask)| set(&column[word], mask));
                    } else if is_listed(rank) {
                        let place = next[rank] as usize;
                        next[rank] += weight;
                        // Baskets are numbered by a u32.
                        let list = &tids[place..place + weight as usize];
                        list.iter()
                            .zip(all.start as u32..)
                            .for_each(|(place, tid)| place.store(tid, Ordering::Relaxed));
                    }
                }
                continue;
            }
            let (word, bit) = (all.start / 64, 1 << (all.start % 64));
            for rank in row.iter().map(|rank| rank.index()).take_while(|rank| rank < dense) {
                set(&words[rank * stride + word], bit);
            }
            // From the rarest item on, as only those have lists whose branches are searched: on disk, a few of the last.
            for rank in row.iter().rev().map(|rank| rank.index()).take_while(|&rank| rank >= first) {
                if is_listed(rank) {
                    let place = &mut next[rank];
                    // Rows are numbered by a u32, as transactions are.
                    tids[*place as usize].store(all.start as u32, Ordering::Relaxed);
                    *place += 1;
                }
            }
        }
    }
}

/// Rows between the prefetch of a row and its use: about as long as loading it from the third-level cache takes.
const AHEAD: usize = 8;

/// The fewest entries of a part.
const MIN_PART: usize = if cfg!(test) { 1 << 7 } else { 1 << 15 };

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::{MiningDatabase, Ranking, Transactions};
    use proptest::prelude::*;

    proptest! {
        /// A few items in most baskets, so that there are columns from the rows, columns from lists, and lists.
        #[test]
        fn sets_hold_the_baskets_of_their_items(
            rows in prop::collection::vec((prop::collection::btree_set(0..200u32, 0..8), 1..4u32), 0..300),
            common in 0..3u32,
        ) {
            let rows = rows.into_iter().enumerate().flat_map(|(number, (mut row, weight))| {
                (0..common).filter(|item| number % (2 + *item as usize) == 0).for_each(|item| { row.insert(300 + item); });
                std::iter::repeat_n(row, weight as usize)
            });
            let transactions = Transactions::from_rows(rows).unwrap();
            let database = MiningDatabase::new(transactions.rows(), &Ranking::new(&transactions, 1), Workers::SEQUENTIAL);
            let MiningDatabase::U16(rows) = &database else { unreachable!("there are few items") };
            let baskets: Vec<&[u16]> = rows.rows().collect();
            for workers in [Workers::SEQUENTIAL, Workers::with_threads(3)] {
                let index = VerticalIndex::new(rows, workers);
                for rank in 0..rows.items() {
                    let set = index.set(rank as u32);
                    let with = |&basket: &usize| baskets[basket].contains(&(rank as u16));
                    let expected: Vec<u32> = (0..baskets.len()).filter(with).map(|basket| basket as u32).collect();
                    prop_assert_eq!(set.is_dense(), is_dense(expected.len() as u32, index.rows()));
                    prop_assert_eq!(set.count() as usize, expected.len());
                    prop_assert_eq!(set.iter().collect::<Vec<_>>(), expected);
                }
            }
        }

        #[test]
        fn what_is_searched_has_the_same_sets(
            rows in prop::collection::vec((prop::collection::vec(0..60u32, 0..6), 1..5u32), 0..200),
            chosen in prop::collection::vec(any::<bool>(), 60),
        ) {
            let mut builder = Transactions::builder();
            rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
            let transactions = builder.build().unwrap();
            let ranking = Ranking::by_label(&transactions, 1, |&item| chosen[item as usize]);
            let database = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL);
            let MiningDatabase::U16(rows) = &database else { unreachable!("there are few items") };
            for workers in [Workers::SEQUENTIAL, Workers::with_threads(3)] {
                let (all, some) = (VerticalIndex::new(rows, workers), VerticalIndex::of_searched(rows, workers));
                let are_intersected = (0..all.dense()).any(|rank| rows.branches().contains(rank));
                prop_assert_eq!(all.rows(), some.rows());
                prop_assert!(some.dense() == all.dense() || !are_intersected && some.dense() < all.dense());
                for rank in 0..rows.items() {
                    let (all, some) = (all.set(rank as u32), some.set(rank as u32));
                    // Other bitsets are there if those of what is searched are intersected with them, and may be else.
                    let is_kept = rows.branches().contains(rank) || all.is_dense() && (are_intersected || some.is_dense());
                    let expected: Vec<u32> = all.iter().filter(|_| is_kept).collect();
                    prop_assert_eq!(some.count() as usize, expected.len());
                    prop_assert!(!is_kept || some.is_dense() == all.is_dense());
                    prop_assert_eq!(some.iter().collect::<Vec<_>>(), expected);
                }
            }
        }
    }
}
