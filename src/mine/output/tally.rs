//! Counting itemsets by length, without the itemsets.

use std::ops::ControlFlow;

use super::big_float::{BigFloat, subsets};
use super::itemset_output::{ItemsetOutput, Output, Receiver};
use super::tree_output::{Combinations, OF_LEN, TreeOutput};
use crate::bitset::{LANE_ITEMS, Ops};
use crate::mine::query::bounds::Bounds;

/// Counts itemsets by length without listing them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The number of itemsets by the number of perfect extensions that each will be joined with, then by length.
    table: Vec<Vec<u64>>,
    open: usize,
}

impl Tally {
    /// Adds the numbers of another tally.
    pub(crate) fn absorb(&mut self, other: &Tally) {
        for (perfect, row) in other.table.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(_, &itemsets)| itemsets > 0) {
                TreeOutput::tally(self, len, perfect, itemsets);
            }
        }
    }

    /// The sum of `of(perfect)` over all itemsets, each of which stands for those with any of `perfect` more items that
    /// are in all of its baskets.
    pub(crate) fn sum(&self, of: impl Fn(u32) -> u128) -> u128 {
        let by_perfect = (0..).zip(&self.table).map(|(perfect, row)| {
            let itemsets: u128 = row.iter().map(|&itemsets| u128::from(itemsets)).sum();
            if itemsets == 0 { 0 } else { itemsets.saturating_mul(of(perfect)) }
        });
        by_perfect.fold(0, u128::saturating_add)
    }

    /// The number of itemsets of any length up to `max_len`, however large.
    pub(crate) fn number(&self, max_len: usize) -> BigFloat {
        let mut all = BigFloat::ZERO;
        for (perfect, row) in self.table.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(len, &itemsets)| itemsets > 0 && len <= max_len) {
                all += subsets(perfect, max_len - len) * itemsets as f64;
            }
        }
        all
    }

    /// Itemsets of length 1, 2, … up to `max_len`, without trailing zeros; `None` beyond `u128::MAX`.
    pub(crate) fn by_len(tallies: &[Tally], max_len: usize) -> Option<Vec<u128>> {
        let mut joined: Vec<Vec<u64>> = Vec::new();
        for table in tallies.iter().map(|tally| &tally.table) {
            joined.resize_with(joined.len().max(table.len()), Vec::new);
            for (into, row) in joined.iter_mut().zip(table) {
                into.resize(into.len().max(row.len()), 0);
                for (into, &itemsets) in into.iter_mut().zip(row) {
                    *into = into.checked_add(itemsets)?;
                }
            }
        }
        let mut by_len: Vec<u128> = Vec::new();
        for (perfect, row) in joined.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(_, &itemsets)| itemsets > 0) {
                let longest = (len + perfect).min(max_len);
                by_len.resize(by_len.len().max(longest + 1), 0);
                // The number of ways to choose `more` of the perfect extensions, from 0 on.
                let mut ways: u128 = 1;
                for more in 0..=longest.saturating_sub(len) {
                    if more > 0 {
                        ways = choose_next(ways, perfect, more)?;
                    }
                    let here = ways.checked_mul(u128::from(itemsets))?;
                    by_len[len + more] = by_len[len + more].checked_add(here)?;
                }
            }
        }
        let mut total: u128 = 0;
        for &itemsets in by_len.iter().skip(1) {
            total = total.checked_add(itemsets)?;
        }
        // The empty itemset is never reported.
        let mut by_len: Vec<u128> = by_len.into_iter().skip(1).collect();
        by_len.truncate(by_len.iter().rposition(|&itemsets| itemsets > 0).map_or(0, |last| last + 1));
        Some(by_len)
    }
}

/// C(n, k) from C(n, k - 1); `None` beyond `u128::MAX`.
fn choose_next(previous: u128, n: usize, k: usize) -> Option<u128> {
    // The product is divisible by k. Dividing the common factor out first keeps it small.
    let (factor, divisor) = ((n - k + 1) as u128, k as u128);
    let common = gcd(previous, divisor);
    (previous / common).checked_mul(factor / (divisor / common))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Output for Tally {
    const LISTS: bool = false;
}

impl TreeOutput for Tally {
    fn below(depth: usize, _bounds: Bounds) -> Self {
        Tally { table: Vec::new(), open: depth }
    }

    #[inline(always)]
    fn open(&mut self, _rank: u32, _count: u32) -> ControlFlow<()> {
        self.open += 1;
        TreeOutput::tally(self, self.open, 0, 1);
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.open -= 1;
    }

    fn repeat(&mut self, _rank: u32) -> ControlFlow<()> {
        unreachable!("an output that does not list receives perfect extensions by `tally`")
    }

    fn foresee(&mut self, _perfect: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn tally(&mut self, len: usize, perfect: usize, itemsets: u64) {
        match self.table.get_mut(perfect).and_then(|row| row.get_mut(len)) {
            Some(place) => *place += itemsets,
            None => self.grow(len, perfect, itemsets),
        }
    }

    #[inline(always)]
    fn combinations<O: Ops>(
        &mut self,
        _ops: O,
        combinations: Combinations<'_>,
        len: usize,
        perfect: usize,
    ) -> ControlFlow<()> {
        // The number of combinations of one item, of two, and so on.
        let of_len = |mask: u16| u64::from((combinations.frequent & mask).count_ones());
        match self.table.get_mut(perfect).and_then(|row| row.get_mut(len + 1..=len + LANE_ITEMS)) {
            Some(row) => row.iter_mut().zip(OF_LEN).for_each(|(place, mask)| *place += of_len(mask)),
            None => (len + 1..).zip(OF_LEN).for_each(|(len, mask)| self.grow(len, perfect, of_len(mask))),
        }
        ControlFlow::Continue(())
    }
}

impl ItemsetOutput for Tally {
    fn receiver(&mut self) -> Receiver<'_> {
        Receiver::Count(self)
    }
}

impl Tally {
    #[cold]
    fn grow(&mut self, len: usize, perfect: usize, itemsets: u64) {
        if self.table.len() <= perfect {
            self.table.resize_with(perfect + 1, Vec::new);
        }
        let row = &mut self.table[perfect];
        if row.len() <= len {
            row.resize(len + 1, 0);
        }
        row[len] += itemsets;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_extensions_multiply() {
        let mut tally = Tally::default();
        TreeOutput::tally(&mut tally, 1, 3, 1);
        TreeOutput::tally(&mut tally, 2, 0, 5);
        assert_eq!(Tally::by_len(std::slice::from_ref(&tally), usize::MAX), Some(vec![1, 3 + 5, 3, 1]));
        assert_eq!(Tally::by_len(&[tally.clone(), tally], 2), Some(vec![2, 16]));
    }

    #[test]
    fn the_empty_itemset_is_not_counted() {
        let mut tally = Tally::default();
        TreeOutput::tally(&mut tally, 0, 2, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX), Some(vec![2, 1]));
        assert_eq!(Tally::by_len(&[], usize::MAX), Some(vec![]));
    }

    #[test]
    fn too_many_to_number_is_told() {
        let mut tally = Tally::default();
        TreeOutput::tally(&mut tally, 0, 128, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX).map(|by_len| by_len.iter().sum::<u128>()), Some(u128::MAX));
        let mut tally = Tally::default();
        TreeOutput::tally(&mut tally, 1, 128, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX), None);
        let mut tally = Tally::default();
        TreeOutput::tally(&mut tally, 1, 99_999, 1);
        assert_eq!(Tally::by_len(std::slice::from_ref(&tally), usize::MAX), None);
        assert_eq!(Tally::by_len(&[tally], 2), Some(vec![1, 99_999]));
    }
}
