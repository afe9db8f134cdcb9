//! Transactions as the engines see them: frequent items only, numbered by falling count.

use std::ops::Range;

use super::{DistinctSorter, EncodedRows, Transactions};
use crate::workers::Workers;

/// The frequent items, most frequent first; items of equal count in the order of their labels, so
/// that neither the order of the rows nor the file's format can change a result.
///
/// The position in this order is an item's *rank*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ranking {
    /// The item of each rank.
    pub(crate) ids: Vec<u32>,
    /// The baskets that hold the item of each rank, never rising.
    pub(crate) counts: Vec<u32>,
}

impl Ranking {
    pub(crate) fn new<T: Ord>(transactions: &Transactions<T>, min_count: u64) -> Self {
        let (counts, labels) = (transactions.counts(), transactions.dictionary().labels());
        // Every item that is numbered is in some basket, and there are at most u32::MAX numbers.
        let mut ids: Vec<u32> =
            (0..counts.len() as u32).filter(|&id| u64::from(counts[id as usize]) >= min_count.max(1)).collect();
        ids.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            counts[b].cmp(&counts[a]).then_with(|| labels[a].cmp(&labels[b]))
        });
        let counts = ids.iter().map(|&id| counts[id as usize]).collect();
        Ranking { ids, counts }
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

/// The rank of an item that has none.
const INFREQUENT: u32 = u32::MAX;

/// Rows that are recoded as one part at the least.
const LEAST_PART: usize = 4096;

/// A rank as it is stored in rows: 2 bytes where at most 65,536 items are frequent, else 4.
pub(crate) trait Rank: Copy + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// The largest number of ranks that the type can tell apart.
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

/// Baskets as ascending ranks, most frequent item first. Baskets with fewer than two frequent items are
/// left out: only the counts of single items need them, and those are in `counts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RankedRows<R> {
    /// The baskets that hold the item of each rank, those that are left out included.
    pub(crate) counts: Vec<u32>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) ranks: Vec<R>,
}

impl<R: Rank> RankedRows<R> {
    fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        let mut rank_of = vec![INFREQUENT; rows.items()];
        for (rank, &id) in (0..).zip(&ranking.ids) {
            rank_of[id as usize] = rank;
        }
        let counts = ranking.counts.clone();
        let parts = workers.parts(rows.len(), LEAST_PART);
        let mut done = workers.run_parts(&parts, |part| Self::part(rows, part, &rank_of));
        let (mut offsets, mut ranks) = (vec![0], Vec::new());
        if done.len() == 1 {
            ranks = std::mem::take(&mut done[0].1);
        } else {
            ranks.reserve_exact(done.iter().map(|(_, ranks)| ranks.len()).sum());
        }
        offsets.reserve_exact(done.iter().map(|(lengths, _)| lengths.len()).sum());
        for (lengths, part) in done {
            for length in lengths {
                // No more than the transactions' entries, which a u32 numbers.
                offsets.push(offsets[offsets.len() - 1] + length);
            }
            ranks.extend_from_slice(&part);
        }
        RankedRows { counts, offsets, ranks }
    }

    /// The lengths of some rows, and their ranks.
    fn part(rows: EncodedRows<'_>, part: Range<usize>, rank_of: &[u32]) -> (Vec<u32>, Vec<R>) {
        let mut lengths = Vec::with_capacity(part.len());
        let mut ranks = Vec::with_capacity(part.clone().map(|position| rows.row(position).len()).sum());
        let (mut row, mut sorter) = (Vec::new(), DistinctSorter::default());
        for position in part {
            row.clear();
            let known = rows.row(position).iter().map(|&id| rank_of[id as usize]);
            row.extend(known.filter(|&rank| rank != INFREQUENT));
            if row.len() < 2 {
                continue;
            }
            // The items of a basket are distinct, so all of the row stays.
            let distinct = sorter.sort(&mut row);
            ranks.extend(row[..distinct].iter().map(|&rank| R::new(rank)));
            lengths.push(distinct as u32);
        }
        lengths.shrink_to_fit();
        ranks.shrink_to_fit();
        (lengths, ranks)
    }

    /// Frequent items.
    pub(crate) fn items(&self) -> usize {
        self.counts.len()
    }

    /// Baskets of two frequent items or more.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn row(&self, position: usize) -> &[R] {
        &self.ranks[self.offsets[position] as usize..self.offsets[position + 1] as usize]
    }

    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[R]> {
        self.offsets.windows(2).map(|ends| &self.ranks[ends[0] as usize..ends[1] as usize])
    }
}

/// [`RankedRows`] in the narrowest form that holds their ranks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MiningDatabase {
    Narrow(RankedRows<u16>),
    Wide(RankedRows<u32>),
}

impl MiningDatabase {
    /// Linear in the entries, apart from sorting each basket.
    pub(crate) fn new(rows: EncodedRows<'_>, ranking: &Ranking, workers: Workers) -> Self {
        if ranking.len() <= u16::RANKS {
            MiningDatabase::Narrow(RankedRows::new(rows, ranking, workers))
        } else {
            MiningDatabase::Wide(RankedRows::new(rows, ranking, workers))
        }
    }
}
