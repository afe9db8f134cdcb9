//! The baskets of each item: the vertical form of the data.

use std::ops::Range;

use crate::bitset::TidSet;
use crate::transactions::{Rank, RankedRows};
use crate::workers::Workers;

/// A tid set for each rank: the vertical form of the rows.
///
/// A set is a bitset only where that is smaller than a list, so it takes at most 4 bytes an entry.
#[derive(Clone, Debug, Default)]
pub(super) struct VerticalIndex {
    sets: Vec<TidSet>,
    rows: u32,
}

impl VerticalIndex {
    /// Linear in the entries.
    pub(super) fn new<R: Rank>(rows: &RankedRows<R>, workers: Workers) -> Self {
        // A part has a place for every item, so there are only as many as the entries are worth.
        let entries_a_row = rows.mean_len().max(1);
        let parts = workers.parts(rows.len(), LEAST_PART.max(rows.items() / entries_a_row));
        let lists = workers.run_parts(&parts, |part| TidLists::new(rows, part));
        // Rows are numbered by a u32, as transactions are.
        let baskets = rows.len() as u32;
        let parts = workers.parts(rows.items(), 1);
        let sets = workers.run_parts(&parts, |ranks| {
            let list = |rank| lists.iter().flat_map(move |lists: &TidLists| lists.list(rank)).copied();
            ranks.map(|rank| TidSet::from_sorted(list(rank), baskets)).collect::<Vec<_>>()
        });
        VerticalIndex { sets: sets.into_iter().flatten().collect(), rows: baskets }
    }

    /// The rows that hold the item of a rank.
    pub(super) fn set(&self, rank: u32) -> &TidSet {
        &self.sets[rank as usize]
    }

    /// Goes through the rows that hold the item of a rank.
    #[inline(always)]
    pub(super) fn for_rows_of<R: Rank>(&self, rank: u32, rows: &RankedRows<R>, mut take: impl FnMut(&[R])) {
        let set = self.set(rank);
        let mut reader = rows.reader();
        match set.list() {
            Some(list) => {
                for (place, &row) in list.iter().enumerate() {
                    if let Some(&ahead) = list.get(place + AHEAD) {
                        reader.ask_for(ahead);
                    }
                    take(reader.row(row));
                }
            }
            // Rows that are this many follow each other closely enough.
            None => set.iter().for_each(|row| take(reader.row(row))),
        }
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

/// The rows that hold each item, for a part of the rows.
struct TidLists {
    /// Where the list of each rank begins in `tids`, and, last, the end.
    starts: Vec<u32>,
    tids: Vec<u32>,
}

impl TidLists {
    /// Counting sort of the entries by rank.
    fn new<R: Rank>(rows: &RankedRows<R>, part: Range<usize>) -> Self {
        let mut starts = vec![0u32; rows.items() + 1];
        for rank in rows.part_of(part.clone()).flatten() {
            starts[rank.index() + 1] += 1;
        }
        for rank in 1..starts.len() {
            starts[rank] += starts[rank - 1];
        }
        let mut tids = vec![0u32; starts[rows.items()] as usize];
        let mut next = starts.clone();
        // Rows are numbered by a u32, as transactions are.
        for (tid, row) in (part.start as u32..).zip(rows.part_of(part)) {
            for rank in row {
                let place = &mut next[rank.index()];
                tids[*place as usize] = tid;
                *place += 1;
            }
        }
        TidLists { starts, tids }
    }

    fn list(&self, rank: usize) -> &[u32] {
        &self.tids[self.starts[rank] as usize..self.starts[rank + 1] as usize]
    }
}

/// Rows between asking for one and reading it: about as long as it takes to come from the third-level cache.
const AHEAD: usize = 8;

/// Rows that are listed as one part at the least.
const LEAST_PART: usize = 4096;
