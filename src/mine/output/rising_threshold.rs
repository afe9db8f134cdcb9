//! The lowest threshold at which at most a given number of itemsets are frequent.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::itemset_output::Output;
use super::tree_output::{Combinations, TreeOutput};
use crate::bitset::Ops;
use crate::mine::query::bounds::Bounds;

/// Counts itemsets by their counts, and raises the threshold whenever there are too many at it.
///
/// It holds a number for each count that occurs, not the itemsets. What is no longer frequent is not searched, so the
/// search takes about as long as listing what fits, whatever the threshold it begins with.
#[derive(Clone, Debug)]
pub(crate) struct RisingThreshold {
    /// The current threshold: one above the largest count if a single itemset in all baskets is already too many.
    min_count: u64,
    /// Itemsets of fewer items are not counted.
    min_len: usize,
    most: u64,
    /// The itemsets at the threshold or above it.
    held: u64,
    /// The itemsets of each count at the threshold or above it: counts below [`DENSE_COUNTS`] by index, higher ones by
    /// key.
    of_count: Vec<u64>,
    of_high_count: BTreeMap<u32, u64>,
    /// The counts of the open itemsets.
    open: Vec<u32>,
}

impl RisingThreshold {
    /// The lowest threshold, not below that of the search, at which no more itemsets are frequent than the bounds of
    /// the search allow, and their number.
    pub(crate) fn threshold(&self) -> (u64, u64) {
        (self.min_count, self.held)
    }

    #[inline(always)]
    fn take(&mut self, count: u32, len: usize) {
        if u64::from(count) >= self.min_count && len >= self.min_len {
            self.hold(count);
        }
    }

    fn hold(&mut self, count: u32) {
        let place = count as usize;
        if place >= DENSE_COUNTS {
            *self.of_high_count.entry(count).or_default() += 1;
        } else {
            if self.of_count.len() <= place {
                self.of_count.resize(place + 1, 0);
            }
            self.of_count[place] += 1;
        }
        self.held += 1;
        while self.held > self.most {
            self.rise();
        }
    }

    /// Drops the itemsets of the lowest count.
    fn rise(&mut self) {
        let lowest = self.min_count as usize;
        if let Some(itemsets) = self.of_count.get_mut(lowest) {
            self.held -= std::mem::take(itemsets);
            self.min_count += 1;
        } else if let Some((count, itemsets)) = self.of_high_count.pop_first() {
            self.held -= itemsets;
            self.min_count = u64::from(count) + 1;
        }
    }
}

/// Counts up to which each has a slot: 8 MB. With weighted baskets counts go up to `u32::MAX`.
const DENSE_COUNTS: usize = if cfg!(test) { 8 } else { 1 << 20 };

impl Output for RisingThreshold {
    const LISTS: bool = true;
}

impl TreeOutput for RisingThreshold {
    const RISES: bool = true;

    fn below(depth: usize, bounds: Bounds) -> Self {
        RisingThreshold {
            min_count: bounds.min_count.into(),
            min_len: bounds.min_len,
            most: bounds.most as u64,
            held: 0,
            of_count: Vec::new(),
            of_high_count: BTreeMap::new(),
            open: vec![u32::MAX; depth],
        }
    }

    #[inline(always)]
    fn min_count(&self, _bounds: Bounds) -> u32 {
        u32::try_from(self.min_count).unwrap_or(u32::MAX)
    }

    #[inline(always)]
    fn open(&mut self, _rank: u32, count: u32) -> ControlFlow<()> {
        self.open.push(count);
        self.take(count, self.open.len());
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.open.pop();
    }

    fn repeat(&mut self, _rank: u32) -> ControlFlow<()> {
        unreachable!("an output whose threshold rises receives every itemset")
    }

    fn foresee(&mut self, _perfect: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn tally(&mut self, _len: usize, _perfect: usize, _itemsets: u64) {
        unreachable!("an output that lists receives every itemset")
    }

    #[inline(always)]
    fn combinations<O: Ops>(
        &mut self,
        _ops: O,
        combinations: Combinations<'_>,
        len: usize,
        _perfect: usize,
    ) -> ControlFlow<()> {
        let mut left = combinations.frequent;
        while left != 0 {
            let combination = left.trailing_zeros();
            left &= left - 1;
            self.take(combinations.counts[combination as usize], len + combination.count_ones() as usize);
        }
        ControlFlow::Continue(())
    }
}
