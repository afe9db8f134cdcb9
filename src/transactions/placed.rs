//! Ranked rows that come in any order, each put in its place at once.

use super::recode::{Branches, Rank, RankedRows};

/// Rows of ranks while they come, where it is known how many there will be of each length: so they are stored once.
#[derive(Debug)]
pub(crate) struct PlacedRows<R> {
    ranks: Vec<R>,
    /// Each length that rows have, ascending, and how many have it.
    lengths: Vec<(u32, u32)>,
    /// Where the next row of each length goes, and where the last one ends.
    places: Vec<(usize, usize)>,
}

impl<R: Rank> PlacedRows<R> {
    /// The lengths ascend, each with how many rows have it; `None` if a u32 does not number all rows and their entries.
    pub(crate) fn new(lengths: impl Iterator<Item = (usize, u64)>) -> Option<Self> {
        let (mut known, mut places) = (Vec::new(), Vec::new());
        let (mut rows, mut end) = (0_u64, 0_u64);
        for (length, number) in lengths {
            rows = rows.saturating_add(number);
            let start = end;
            end = end.saturating_add(number.saturating_mul(length as u64));
            if rows.max(end) >= u64::from(u32::MAX) {
                return None;
            }
            places.resize(length, (0, 0));
            places.push((start as usize, end as usize));
            known.push((length as u32, number as u32));
        }
        Some(PlacedRows { ranks: vec![R::default(); end as usize], lengths: known, places })
    }

    /// Adds a row; whether there is one of its length to come.
    #[inline(always)]
    pub(crate) fn push(&mut self, row: &[u32]) -> bool {
        let Some((next, end)) = self.places.get_mut(row.len()) else { return false };
        let start = *next;
        if start + row.len() > *end {
            return false;
        }
        *next += row.len();
        self.ranks[start..start + row.len()].iter_mut().zip(row).for_each(|(place, &rank)| *place = R::new(rank));
        true
    }

    /// The rows, if all came. `counts` are the baskets with each item, rows of one item included.
    pub(crate) fn finish(self, counts: Vec<u32>, branches: Branches) -> Option<RankedRows<R>> {
        let is_full = self.places.iter().all(|(next, end)| next == end);
        is_full.then(|| RankedRows::of_lengths(counts, branches, self.ranks, self.lengths.into_iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn rows_are_placed_by_their_length(rows in prop::collection::vec(prop::collection::btree_set(0..40u32, 2..9), 0..40)) {
            let rows: Vec<Vec<u32>> = rows.into_iter().map(|row| row.into_iter().collect()).collect();
            let (mut lengths, mut counts) = (BTreeMap::<usize, u64>::new(), vec![0; 40]);
            for row in &rows {
                *lengths.entry(row.len()).or_default() += 1;
                row.iter().for_each(|&rank| counts[rank as usize] += 1);
            }
            let mut placed = PlacedRows::<u16>::new(lengths.into_iter()).unwrap();
            for (place, row) in rows.iter().enumerate() {
                prop_assert_eq!(placed.ranks.len(), rows.iter().map(Vec::len).sum::<usize>());
                if place + 1 == rows.len() {
                    prop_assert!(!placed.push(&[3]));
                }
                prop_assert!(placed.push(row));
            }
            let placed = placed.finish(counts, Branches::All).unwrap();
            let mut expected = rows.clone();
            expected.sort_by_key(Vec::len);
            let found: Vec<Vec<u32>> =
                placed.rows().map(|row| row.iter().map(|&rank| u32::from(rank)).collect()).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!((placed.len(), placed.stored()), (rows.len(), rows.len()));
        }
    }

    #[test]
    fn rows_beyond_a_u32_or_missing_are_none() {
        assert!(PlacedRows::<u16>::new([(2, 1 << 31)].into_iter()).is_none());
        let mut placed = PlacedRows::<u32>::new([(2, 2)].into_iter()).unwrap();
        assert!(placed.push(&[1, 2]));
        assert!(!placed.push(&[1, 2, 3]));
        assert!(placed.finish(vec![0; 3], Branches::All).is_none());
    }
}
