//! Thresholds on measures, checked on every rule and, where the measure allows it, used to search less.

use crate::itemsets::CountTable;
use crate::rules::contingency::Contingency;
use crate::rules::measures::{Growth, Measure};

/// A bound on a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Threshold {
    pub(crate) measure: Measure,
    /// Not NaN.
    pub(crate) bound: f64,
    /// Whether it is the least value allowed; else it is the largest.
    pub(crate) least: bool,
}

/// What a value may miss the bound by, relatively, before a rule is left out unseen. Measures are rounded, so they fall
/// only nearly always.
pub(super) const ROUNDING: f64 = 1e-9;

impl Threshold {
    /// Whether a rule meets it.
    #[inline]
    pub(crate) fn allows(&self, counts: &Contingency) -> bool {
        let value = self.measure.value(counts);
        if self.least { value >= self.bound } else { value <= self.bound }
    }

    /// Whether a more frequent side makes it only harder to meet.
    pub(crate) fn can_be_pushed(&self) -> bool {
        match self.measure.growth() {
            Growth::Falls => self.least,
            Growth::Rises => !self.least,
            Growth::Varies => false,
        }
    }

    /// The code of the largest count of an antecedent, from `n_xy` to `most`, with which a rule can meet the threshold, if its
    /// consequent is as rare as it can be; 0 where none can. Asked for only where it [can be
    /// pushed](Threshold::can_be_pushed).
    pub(crate) fn largest_antecedent(&self, baskets: u64, table: &CountTable, n_xy: u32, most: u32) -> u32 {
        let slack = if self.bound.is_finite() { ROUNDING * (1.0 + self.bound.abs()) } else { 0.0 };
        let both = table.count(n_xy);
        let possible = |n_x: u32| {
            let value = self.measure.value(&Contingency::of_checked(baskets, table.count(n_x), both, both));
            if self.least { value >= self.bound - slack } else { value <= self.bound + slack }
        };
        if possible(most) {
            return most;
        }
        if !possible(n_xy) {
            return 0;
        }
        // The first is possible, the second is not.
        let (mut low, mut high) = (n_xy, most);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if possible(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}
