//! Rows of some baskets as ranks, in the order of their length.

use std::marker::PhantomData;
use std::ops::Range;

use super::recode::{INFREQUENT, Rank};
use super::{DistinctSorter, EncodedRows};
use crate::bitset::{Ops, Task};

/// Some rows as ranks: for each shift, the rows that are stored for `1 << shift` baskets.
pub(super) type Recoded<R> = Vec<SortedRows<R>>;

/// Rows as ranks, in the order of their length.
pub(super) struct SortedRows<R> {
    /// How many rows there are of each length.
    pub(super) of_length: Vec<u32>,
    pub(super) ranks: Vec<R>,
    /// Their weights, if those are great.
    pub(super) weights: Vec<u32>,
}

/// Gives some rows their ranks.
pub(super) struct Recode<'a, R> {
    pub(super) rows: EncodedRows<'a>,
    pub(super) part: Range<usize>,
    pub(super) rank_of: &'a [u32],
    /// Whether weights are great.
    pub(super) weighs: bool,
    pub(super) ranks: PhantomData<R>,
}

impl<R: Rank> Task for Recode<'_, R> {
    type Output = Recoded<R>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Self::Output {
        let Recode { rows, part, rank_of, weighs, .. } = self;
        let mut lengths = Vec::new();
        let mut ranks = Vec::new();
        let single = rows.are_single() || weighs;
        let mut weights = Vec::new();
        // The lengths and the ranks of those of each shift.
        let mut shifted: Vec<(Vec<u32>, Vec<R>)> = Vec::new();
        if single {
            lengths.reserve_exact(part.len());
            ranks.reserve_exact(part.clone().map(|position| rows.row(position).len()).sum());
        }
        let (mut row, mut sorted, mut sorter) = (Vec::new(), Vec::new(), DistinctSorter::default());
        for position in part {
            let items = rows.row(position);
            if sorted.len() < items.len() + DistinctSorter::ROOM {
                row.resize(items.len() + DistinctSorter::ROOM, INFREQUENT);
                sorted.resize(items.len() + DistinctSorter::ROOM, 0);
            }
            let mut known = 0;
            for &id in items {
                // Written first and kept by moving on: there is no branch to mispredict.
                row[known] = rank_of[id as usize];
                known += usize::from(row[known] != INFREQUENT);
            }
            if known < 2 {
                continue;
            }
            // The items of a basket are distinct, so all of the row stays.
            let distinct = sorter.sort(ops, &row, known, &mut sorted);
            let found = sorted[..distinct].iter().map(|&rank| R::new(rank));
            if single {
                ranks.extend(found);
                lengths.push(distinct as u32);
                if weighs {
                    weights.push(rows.weight(position));
                }
                continue;
            }
            let mut weight = rows.weight(position);
            while weight > 0 {
                let shift = weight.trailing_zeros() as usize;
                weight &= weight - 1;
                if shifted.len() <= shift {
                    shifted.resize_with(shift + 1, Default::default);
                }
                shifted[shift].0.push(distinct as u32);
                shifted[shift].1.extend(found.clone());
            }
        }
        if single {
            return vec![by_length(&lengths, &ranks, &weights)];
        }
        shifted.into_iter().map(|(lengths, ranks)| by_length(&lengths, &ranks, &[])).collect()
    }
}

/// Puts rows in the order of their length, by counting sort.
fn by_length<R: Rank>(lengths: &[u32], ranks: &[R], weights: &[u32]) -> SortedRows<R> {
    let mut of_length: Vec<u32> = Vec::new();
    for &length in lengths {
        if of_length.len() <= length as usize {
            of_length.resize(length as usize + 1, 0);
        }
        of_length[length as usize] += 1;
    }
    let mut ends = Vec::with_capacity(of_length.len());
    let mut end = 0;
    for (length, &rows) in of_length.iter().enumerate() {
        ends.push(end);
        end += rows as usize * length;
    }
    let (mut sorted, mut rest) = (vec![R::NONE; ranks.len()], ranks);
    for &length in lengths {
        let row;
        (row, rest) = rest.split_at(length as usize);
        let end = &mut ends[length as usize];
        sorted[*end..*end + row.len()].copy_from_slice(row);
        *end += row.len();
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&row| lengths[row]);
    let weights = order.into_iter().map(|row| weights[row]).collect();
    SortedRows { of_length, ranks: sorted, weights }
}
