//! The lowest threshold at which at most a given number of itemsets are frequent.

use std::ops::ControlFlow;

use super::itemset_output::Output;
use super::tree_output::{Combinations, TreeOutput};
use crate::bitset::Ops;
use crate::mine::query::bounds::{Bounds, CountRanges};
use crate::transactions::as_u32;

/// Counts itemsets by their counts, and raises the threshold whenever there are too many at it.
///
/// It holds a number for each range of counts, not the itemsets. Small counts have ranges of their own; greater ones
/// share some, so that great weights take no more memory. If that leaves open where in a range the threshold is, the
/// counts themselves tell, which are kept while they are few. Otherwise another search does, which begins at the range
/// and tells its counts apart.
///
/// What is no longer frequent is not searched, so the search takes about as long as listing what fits, whatever the
/// threshold it begins with.
#[derive(Clone, Debug)]
pub(crate) struct RisingThreshold {
    ranges: CountRanges,
    /// The current threshold: one above the largest count if a single itemset in all baskets is already too many.
    min_count: u64,
    /// The threshold is above this.
    above: u64,
    /// Itemsets of fewer items are not counted.
    min_len: usize,
    most: u64,
    /// The itemsets at the threshold or above it.
    held: u64,
    /// The itemsets of each range at the threshold or above it.
    of_range: Vec<u64>,
    /// Whether counts are kept. The threshold then stays at the first count of a range if it is in that.
    keeps: bool,
    /// The counts of the itemsets held, and some others.
    kept: Vec<u32>,
    /// The counts of the open itemsets.
    open: Vec<u32>,
}

impl RisingThreshold {
    /// The threshold, not below that of the search, at which no more itemsets are frequent than the bounds of the
    /// search allow, and their number. `Err` has the ranges with which a search from their first count on finds it, if
    /// this one only found between which counts it is.
    pub(crate) fn threshold(&self) -> Result<(u64, u64), CountRanges> {
        if self.held > self.most {
            return Ok(self.among_kept());
        }
        if self.min_count - self.above <= 1 {
            return Ok((self.min_count, self.held));
        }
        // Counts fit in 32 bits, and so does what is below the end of a range of several.
        let last = as_u32(self.min_count);
        Err(CountRanges::between(self.above as u32 + 1, last))
    }

    /// The same, if it is in the lowest range.
    fn among_kept(&self) -> (u64, u64) {
        let is_held = |&count: &u32| u64::from(count) >= self.min_count;
        let mut counts: Vec<u32> = self.kept.iter().copied().filter(is_held).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // The greatest count at which there are too many, and how many are above it.
        let too_low = usize::try_from(self.most).ok().and_then(|most| counts.get(most)).copied().unwrap_or_default();
        (u64::from(too_low) + 1, counts.partition_point(|&count| count > too_low) as u64)
    }

    #[inline(always)]
    fn take(&mut self, count: u32, len: usize) {
        if u64::from(count) >= self.min_count && len >= self.min_len {
            self.hold(count);
        }
    }

    fn hold(&mut self, count: u32) {
        let range = self.ranges.of(count);
        if self.of_range.len() <= range {
            self.of_range.resize(range + 1, 0);
        }
        self.of_range[range] += 1;
        self.held += 1;
        if self.keeps {
            self.kept.push(count);
            // They are no more than those held afterwards.
            if self.kept.len() as u64 > 3 * self.most + FEW {
                let min_count = self.min_count;
                self.kept.retain(|&count| u64::from(count) >= min_count);
            }
        }
        while self.held > self.most && self.rise().is_continue() {}
    }

    /// Drops the itemsets of the lowest counts, if the threshold is above all of those.
    fn rise(&mut self) -> ControlFlow<()> {
        // Nothing is held from u32::MAX + 1 on, so the threshold does not rise from there.
        let lowest = self.ranges.of(as_u32(self.min_count));
        let next = self.ranges.start(lowest + 1);
        let here = self.of_range.get_mut(lowest).map(std::mem::take).unwrap_or_default();
        self.held -= here;
        let is_in_range = self.held <= self.most && next - self.min_count > 1;
        if self.keeps && is_in_range && here <= self.most + FEW / 2 {
            self.held += here;
            self.of_range[lowest] = here;
            return ControlFlow::Break(());
        }
        (self.above, self.min_count) = (self.min_count, next);
        ControlFlow::Continue(())
    }
}

/// Up to which number of itemsets their counts are kept: 1.5 MB at most. Beyond it, a second search takes less memory
/// and little more time: for a million itemsets of T10I4D100K it takes a tenth more.
const MOST_KEPT: u64 = if cfg!(test) { 3 } else { 1 << 17 };

/// So many more are kept, so that few itemsets are not looked through too often.
const FEW: u64 = if cfg!(test) { 4 } else { 1 << 12 };

impl Output for RisingThreshold {
    const LISTS: bool = true;
}

impl TreeOutput for RisingThreshold {
    const RISES: bool = true;

    fn below(depth: usize, bounds: Bounds) -> Self {
        RisingThreshold {
            ranges: bounds.ranges,
            min_count: bounds.min_count.into(),
            above: u64::from(bounds.min_count) - 1,
            min_len: bounds.min_len,
            most: bounds.most as u64,
            held: 0,
            of_range: Vec::new(),
            keeps: bounds.ranges == CountRanges::ROUGH && bounds.most as u64 <= MOST_KEPT,
            kept: Vec::new(),
            open: vec![u32::MAX; depth],
        }
    }

    #[inline(always)]
    fn min_count(&self, _bounds: Bounds) -> u32 {
        as_u32(self.min_count)
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
