//! The bounds of a search.

/// The thresholds of one search, resolved and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The smallest frequent count, at least 1.
    pub(crate) min_count: u32,
    /// The maximum length of an itemset, at least 1; `usize::MAX` if there is no limit.
    pub(crate) max_len: usize,
    /// The minimum length of an itemset, at least 1, for outputs that examine lengths.
    pub(crate) min_len: usize,
    /// The most itemsets that a branch, or a level of Apriori, takes: beyond it the search ends.
    pub(crate) most: usize,
    /// What a search for the lowest threshold tells apart.
    pub(crate) ranges: CountRanges,
}

/// CountRanges of counts, numbered in their order. Counts below the first one are none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CountRanges {
    /// The first count.
    pub(crate) first: u32,
    /// Counts from this one on share a range.
    last: u32,
    /// Beginning with the first count, `2 << bits` counts have ranges of their own. The following ones have `1 << bits`
    /// ranges for as many counts as are below them, and so on.
    bits: u32,
}

impl CountRanges {
    /// For baskets without great weights: few have counts so great that two share a range.
    pub(crate) const FINE: CountRanges =
        CountRanges { first: 0, last: u32::MAX, bits: if cfg!(test) { 2 } else { 19 } };

    /// For great weights, with which many counts differ: a megabyte. The threshold may be a hundredth of a percent too
    /// high.
    pub(crate) const ROUGH: CountRanges =
        CountRanges { first: 0, last: u32::MAX, bits: if cfg!(test) { 1 } else { 13 } };

    /// One range for each count from one on up to another, and one for that and all above it.
    pub(crate) fn between(first: u32, last: u32) -> CountRanges {
        CountRanges { first, last, bits: 31 }
    }

    /// The number of a count's range. The count is not below the first one.
    #[inline(always)]
    pub(crate) fn of(self, count: u32) -> usize {
        let above = count.min(self.last) - self.first;
        let shift = (above >> self.bits).checked_ilog2().unwrap_or_default();
        ((shift as usize) << self.bits) + (above >> shift) as usize
    }

    /// The first count of a range.
    pub(crate) fn start(self, range: usize) -> u64 {
        let shift = (range >> self.bits).saturating_sub(1);
        let above = (range - (shift << self.bits)) as u64;
        u64::from(self.first) + (above << shift)
    }
}

impl Bounds {
    /// No bounds: every itemset that occurs is frequent.
    pub(crate) const NONE: Bounds =
        Bounds { min_count: 1, max_len: usize::MAX, min_len: 1, most: usize::MAX, ranges: CountRanges::FINE };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_each_other() {
        let all = [CountRanges::FINE, CountRanges::ROUGH, CountRanges { bits: 13, ..CountRanges::ROUGH }];
        for ranges in all.into_iter().chain([CountRanges::between(77, 900)]) {
            assert_eq!(ranges.start(0), u64::from(ranges.first));
            let mut range = 0;
            for count in (ranges.first..2000).chain([1 << 20, (1 << 31) - 1, 1 << 31, u32::MAX]) {
                let next = ranges.of(count);
                assert!(next == range || next == range + 1 || count >= 2000);
                let shared = count >= ranges.last;
                assert!(ranges.start(next) <= count.into() && (shared || u64::from(count) < ranges.start(next + 1)));
                range = next;
            }
        }
    }
}
