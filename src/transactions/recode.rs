//! Transactions as the engines see them: frequent items only, numbered by falling count.

use super::{DistinctSorter, Transactions};

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
    fn new<T>(transactions: &Transactions<T>, ranking: &Ranking) -> Self {
        const INFREQUENT: u32 = u32::MAX;
        let mut rank_of = vec![INFREQUENT; transactions.dictionary().len()];
        for (rank, &id) in (0..).zip(&ranking.ids) {
            rank_of[id as usize] = rank;
        }
        let frequent: usize = ranking.counts.iter().map(|&count| count as usize).sum();
        let mut ranks = Vec::with_capacity(frequent);
        let mut offsets = Vec::with_capacity(transactions.len() + 1);
        offsets.push(0);
        let (mut row, mut sorter) = (Vec::new(), DistinctSorter::default());
        for position in 0..transactions.len() {
            let ids = transactions.row(position).iter();
            row.clear();
            row.extend(ids.map(|&id| rank_of[id as usize]).filter(|&rank| rank != INFREQUENT));
            if row.len() < 2 {
                continue;
            }
            // The items of a basket are distinct, so all of the row stays.
            let distinct = sorter.sort(&mut row);
            ranks.extend(row[..distinct].iter().map(|&rank| R::new(rank)));
            // No more than the transactions' entries, which a u32 numbers.
            offsets.push(ranks.len() as u32);
        }
        offsets.shrink_to_fit();
        ranks.shrink_to_fit();
        RankedRows { counts: ranking.counts.clone(), offsets, ranks }
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
    pub(crate) fn new<T>(transactions: &Transactions<T>, ranking: &Ranking) -> Self {
        if ranking.len() <= u16::RANKS {
            MiningDatabase::Narrow(RankedRows::new(transactions, ranking))
        } else {
            MiningDatabase::Wide(RankedRows::new(transactions, ranking))
        }
    }
}
