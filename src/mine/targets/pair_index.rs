//! Which items are frequent together with one item, rarer ones included.

use std::ops::Range;

use crate::mine::database::pair_counts::{PairCounts, ProjectedRows};
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// The frequent pairs, by each of their items.
///
/// They are counted in advance and stored, which takes 16 bytes per pair. If that would exceed 16 bytes per entry of
/// the baskets, the pairs of an item are counted on request, by going through its baskets.
#[derive(Debug)]
pub(super) struct PairIndex<'a, R> {
    pair_counts: &'a PairCounts<'a, R>,
    stored: Option<Stored>,
}

/// The items that are frequent together with each item, ascending, and their counts.
#[derive(Debug)]
struct Stored {
    /// Where the pairs of each rank begin; the end is last.
    starts: Vec<usize>,
    pairs: Vec<(u32, u32)>,
}

/// The number of pairs that are stored however few entries there are.
const FEW: usize = 1 << 16;

/// Entries below which a part is not worth a thread of its own.
const MIN_PART: u64 = 1 << 15;

impl<'a, R: Rank> PairIndex<'a, R> {
    pub(super) fn new(rows: &RankedRows<R>, pair_counts: &'a PairCounts<'a, R>, workers: Workers) -> Self {
        Self::with_room(rows, pair_counts, workers, rows.entries().max(FEW))
    }

    fn with_room(rows: &RankedRows<R>, pair_counts: &'a PairCounts<'a, R>, workers: Workers, most: usize) -> Self {
        PairIndex { pair_counts, stored: Stored::new(rows, pair_counts, workers, most) }
    }

    /// Appends the items that are frequent together with an item, ascending, and the counts of the pairs.
    pub(super) fn of(&self, rank: usize, projected: &mut ProjectedRows<R>, partners: &mut Vec<(u32, u32)>) {
        match &self.stored {
            Some(Stored { starts, pairs }) => partners.extend_from_slice(&pairs[starts[rank]..starts[rank + 1]]),
            None => self.pair_counts.on_both_sides(rank, projected, partners),
        }
    }
}

impl Stored {
    /// Returns `None` if there are more than `most` pairs.
    fn new<R: Rank>(
        rows: &RankedRows<R>,
        pair_counts: &PairCounts<'_, R>,
        workers: Workers,
        most: usize,
    ) -> Option<Self> {
        let costs: Vec<u64> = rows.counts.iter().map(|&count| 1 + u64::from(count)).collect();
        let parts = workers.parts_by_cost(&costs, MIN_PART);
        let parts: Vec<(Range<usize>, Option<Counted>)> =
            workers.run_parts(&parts, |ranks| (ranks.clone(), Counted::new(ranks, pair_counts, most)));
        let parts: Option<Vec<(Range<usize>, Counted)>> =
            parts.into_iter().map(|(ranks, counted)| Some((ranks, counted?))).collect();
        let parts = parts?;
        if parts.iter().map(|(_, counted)| counted.pairs.len()).sum::<usize>() > most {
            return None;
        }
        let mut starts = vec![0; rows.items() + 1];
        for (rank, pairs) in parts.iter().flat_map(|(ranks, counted)| ranks.clone().zip(counted.each())) {
            starts[rank] += pairs.len();
            pairs.iter().for_each(|&(partner, _)| starts[partner as usize] += 1);
        }
        let mut end = 0;
        for start in &mut starts {
            end += std::mem::replace(start, end);
        }
        let (mut next, mut stored) = (starts.clone(), vec![(0, 0); end]);
        // The items before an item are added at its own turn, and the items after it at theirs: both are ascending.
        for (rank, pairs) in parts.iter().flat_map(|(ranks, counted)| ranks.clone().zip(counted.each())) {
            stored[next[rank]..][..pairs.len()].copy_from_slice(pairs);
            next[rank] += pairs.len();
            for &(partner, count) in pairs {
                let place = &mut next[partner as usize];
                stored[*place] = (rank as u32, count);
                *place += 1;
            }
        }
        Some(Stored { starts, pairs: stored })
    }
}

/// The pairs of some items with more frequent ones.
#[derive(Debug)]
struct Counted {
    ends: Vec<usize>,
    pairs: Vec<(u32, u32)>,
}

impl Counted {
    /// Returns `None` as soon as there are more than `most`.
    fn new<R: Rank>(ranks: Range<usize>, pair_counts: &PairCounts<'_, R>, most: usize) -> Option<Self> {
        let mut counted = Counted { ends: Vec::with_capacity(ranks.len()), pairs: Vec::new() };
        let mut projected = ProjectedRows::default();
        for rank in ranks {
            pair_counts.of(rank, &mut projected, &mut counted.pairs);
            counted.ends.push(counted.pairs.len());
            if counted.pairs.len() > most {
                return None;
            }
        }
        Some(counted)
    }

    /// The pairs of each item.
    fn each(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| &self.pairs[std::mem::replace(&mut start, end)..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mine::database::vertical_index::VerticalIndex;
    use crate::transactions::{MiningDatabase, Ranking, Transactions};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn held_and_counted_pairs_are_the_same(
            rows in prop::collection::vec(prop::collection::vec(0..40u32, 0..14), 0..150),
            min_count in 1..6u32,
        ) {
            let transactions = Transactions::from_rows(rows).unwrap();
            let ranking = Ranking::new(&transactions, u64::from(min_count));
            let database = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL);
            let MiningDatabase::U16(rows) = &database else { unreachable!("there are few items") };
            let index = VerticalIndex::new(rows, Workers::SEQUENTIAL);
            let pair_counts = PairCounts::new(rows, &index, min_count, Workers::SEQUENTIAL);
            let held = PairIndex::new(rows, &pair_counts, Workers::SEQUENTIAL);
            let counted = PairIndex { pair_counts: &pair_counts, stored: None };
            prop_assert!(held.stored.is_some());
            let pairs = held.stored.as_ref().map_or(0, |stored| stored.pairs.len()) / 2;
            if let Some(less) = pairs.checked_sub(1) {
                prop_assert!(PairIndex::with_room(rows, &pair_counts, Workers::SEQUENTIAL, less).stored.is_none());
            }
            let mut projected = ProjectedRows::default();
            for rank in 0..rows.items() {
                let with: Vec<&[u16]> = rows.rows().filter(|row| row.contains(&(rank as u16))).collect();
                let count = |other: usize| with.iter().filter(|row| row.contains(&(other as u16))).count() as u32;
                let others = (0..rows.items()).filter(|&other| other != rank);
                let expected: Vec<(u32, u32)> =
                    others.map(|other| (other as u32, count(other))).filter(|&(_, count)| count >= min_count).collect();
                for pair_index in [&held, &counted] {
                    let mut found = Vec::new();
                    pair_index.of(rank, &mut projected, &mut found);
                    prop_assert_eq!(&found, &expected);
                }
            }
        }
    }
}
