//! The baskets of each item: the vertical form of the data.

use crate::bitset::TidSet;
use crate::transactions::{Rank, RankedRows};

/// A tid set for each rank: the vertical form of the rows.
///
/// It never takes more room than the rows: a set is a bitset only where that is smaller than a list.
#[derive(Clone, Debug)]
pub(super) struct VerticalIndex {
    sets: Vec<TidSet>,
    rows: u32,
}

impl VerticalIndex {
    /// Linear in the entries.
    pub(super) fn new<R: Rank>(rows: &RankedRows<R>) -> Self {
        // Counting sort of the entries by rank.
        let mut ends = vec![0u32; rows.items() + 1];
        for rank in &rows.ranks {
            ends[rank.index() + 1] += 1;
        }
        for rank in 1..ends.len() {
            ends[rank] += ends[rank - 1];
        }
        let mut tids = vec![0u32; rows.ranks.len()];
        let mut next = ends.clone();
        for (tid, row) in (0..).zip(rows.rows()) {
            for rank in row {
                let place = &mut next[rank.index()];
                tids[*place as usize] = tid;
                *place += 1;
            }
        }
        // Rows are numbered by a u32, as transactions are.
        let baskets = rows.len() as u32;
        let list = |rank: usize| tids[ends[rank] as usize..ends[rank + 1] as usize].iter().copied();
        VerticalIndex {
            sets: (0..rows.items()).map(|rank| TidSet::from_sorted(list(rank), baskets)).collect(),
            rows: baskets,
        }
    }

    /// The rows that hold the item of a rank.
    pub(super) fn set(&self, rank: u32) -> &TidSet {
        &self.sets[rank as usize]
    }

    /// How many of the first ranks have bitsets, all of them. (One that follows may have one too: rows of a single
    /// item are left out, so a more frequent item can be in fewer rows.)
    pub(super) fn dense(&self) -> usize {
        self.sets.iter().take_while(|set| set.is_dense()).count()
    }

    /// Rows.
    pub(super) fn rows(&self) -> u32 {
        self.rows
    }
}
