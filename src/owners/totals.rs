//! What sums say about the counts of all owners.

use std::fmt;

use super::agreement::Terms;
use super::margin::{margin, miss_of};
use crate::error::Error;
use crate::transactions::MAX_BASKETS;

/// What is known of the number of baskets of all owners that contain an itemset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CountInterval {
    /// The number that is most plausible: the sum, and half of the smallest group for each owner that held back.
    pub estimate: u64,
    /// The smallest number that it can be.
    pub low: u64,
    /// The largest number that it can be.
    pub high: u64,
}

impl CountInterval {
    /// Whether there is only one number that it can be.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }

    /// Whether a number is in it.
    #[must_use]
    pub fn contains(self, count: u64) -> bool {
        (self.low..=self.high).contains(&count)
    }
}

/// `12`, or `12 (9 to 15)`.
impl fmt::Display for CountInterval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_exact() {
            true => write!(f, "{}", self.estimate),
            false => write!(f, "{} ({} to {})", self.estimate, self.low, self.high),
        }
    }
}

/// What the sums of one round are read with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    owners: u64,
    min_group: u64,
    /// How far noise takes a sum; `None` without noise.
    pub(super) margin: Option<u64>,
}

/// Margins that no noise takes a sum away: a sum beyond is one of masks that did not cancel.
const IMPOSSIBLE: i128 = 64;

/// The number of baskets of all owners, and the threshold that follows from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pooled {
    pub(super) baskets: CountInterval,
    /// A fraction of an uncertain number of baskets is an uncertain count.
    pub(super) min_count: CountInterval,
}

impl Pooled {
    /// Whether an itemset may be frequent.
    pub(super) fn may_keep(&self, count: CountInterval) -> bool {
        count.high >= self.min_count.low
    }

    /// Whether an itemset is frequent, wherever in its interval its count is.
    pub(super) fn is_sure(&self, count: CountInterval) -> bool {
        count.low >= self.min_count.high
    }

    /// What is left of an interval, as no count is above the number of baskets. If that is nothing, one of the two
    /// does not hold, and it stays as it is.
    pub(super) fn within(&self, count: CountInterval) -> CountInterval {
        let most = self.baskets.high;
        if count.low > most {
            return count;
        }
        CountInterval { estimate: count.estimate.min(most), high: count.high.min(most), ..count }
    }
}

/// All that is known of the counts of a session so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    /// From the first round on.
    pub(super) pooled: Option<Pooled>,
    /// Of what is kept, by length.
    pub(super) counts: Vec<Vec<CountInterval>>,
}

impl Reading {
    /// Of a round in which so many numbers were counted by so many owners.
    pub(super) fn new<T>(terms: &Terms<T>, owners: usize, round: usize, counts: usize) -> Self {
        let margin = terms.scale.map(|scale| margin(scale, owners, miss_of(scale, round, counts)));
        Reading { owners: owners as u64, min_group: terms.min_group, margin }
    }

    /// The number of baskets, and the threshold; `Ok(None)` if that can be no sum.
    pub(super) fn baskets<T>(self, terms: &Terms<T>, sum: u64, marks: u64) -> Result<Option<Pooled>, Error> {
        let Some(baskets) = self.interval(sum, marks) else { return Ok(None) };
        let of = |baskets| terms.min_support.min_count(baskets);
        let min_count =
            CountInterval { estimate: of(baskets.estimate)?, low: of(baskets.low)?, high: of(baskets.high)? };
        Ok(Some(Pooled { baskets, min_count }))
    }

    /// What a sum says; `None` if it can be no sum of counts, as when masks do not cancel.
    pub(super) fn interval(self, sum: u64, marks: u64) -> Option<CountInterval> {
        // Modulo 2^64: noise may make a sum negative.
        let sum = i128::from(sum as i64);
        if sum < -self.slack() || marks > self.owners {
            return None;
        }
        let margin = i128::from(self.margin.unwrap_or_default());
        let (held, group) = (i128::from(marks), i128::from(self.min_group));
        let clamp = |count: i128| count.clamp(0, i128::from(MAX_BASKETS)) as u64;
        // Each that held back has at least 1 and at most one less than the smallest group.
        let [estimate, low, high] =
            [sum + held * group / 2, sum + held - margin, sum + held * (group - 1) + margin].map(clamp);
        Some(CountInterval { estimate, low, high })
    }

    /// Whether a count can be one of so many baskets.
    pub(super) fn is_among(self, count: CountInterval, baskets: CountInterval) -> bool {
        i128::from(count.low) <= i128::from(baskets.high) + self.slack()
    }

    fn slack(self) -> i128 {
        self.margin.map_or(0, |margin| IMPOSSIBLE * (i128::from(margin) + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::agreement::Agreement;
    use super::super::noise::Noise;
    use super::*;

    fn count(low: u64, estimate: u64, high: u64) -> CountInterval {
        CountInterval { estimate, low, high }
    }

    #[test]
    fn intervals_end_at_none_and_all() {
        let reading = |min_group, margin| Reading { owners: 3, min_group, margin };
        let negative = |sum: i64| sum as u64;
        // Exact sums; what is no sum of counts.
        assert_eq!(reading(1, None).interval(7, 0), Some(count(7, 7, 7)));
        assert_eq!(reading(1, None).interval(0, 0), Some(count(0, 0, 0)));
        assert_eq!(reading(1, None).interval(negative(-1), 0), None);
        assert_eq!(reading(1, None).interval(1 << 63, 0), None);
        // Each of two that held back has from 1 to 4.
        assert_eq!(reading(5, None).interval(10, 2), Some(count(12, 15, 18)));
        assert_eq!(reading(5, None).interval(0, 3), Some(count(3, 7, 12)));
        assert_eq!(reading(5, None).interval(10, 4), None);
        // Noise of up to 6.
        assert_eq!(reading(1, Some(6)).interval(10, 0), Some(count(4, 10, 16)));
        assert_eq!(reading(1, Some(6)).interval(3, 0), Some(count(0, 3, 9)));
        assert_eq!(reading(1, Some(6)).interval(negative(-4), 0), Some(count(0, 0, 2)));
        assert_eq!(reading(1, Some(6)).interval(negative(-9), 0), Some(count(0, 0, 0)));
        assert_eq!(reading(5, Some(6)).interval(10, 2), Some(count(6, 15, 24)));
        // So far away from counts as no noise takes a sum.
        assert_eq!(reading(1, Some(6)).interval(negative(-1000), 0), None);
        assert_eq!(reading(1, Some(6)).interval(1 << 63, 0), None);
        let all = count(90, 100, 110);
        assert!(reading(1, Some(6)).is_among(count(200, 206, 212), all));
        assert!(!reading(1, Some(6)).is_among(count(1 << 40, 1 << 40, 1 << 40), all));
        assert!(reading(1, None).is_among(all, all) && !reading(1, None).is_among(count(111, 111, 111), all));
        // No count is above the number of baskets.
        let pooled = Pooled { baskets: all, min_count: count(1, 1, 1) };
        assert_eq!(pooled.within(count(95, 105, 115)), count(95, 105, 110));
        assert_eq!(pooled.within(count(110, 130, 140)), count(110, 110, 110));
        assert_eq!(pooled.within(count(111, 130, 140)), count(111, 130, 140));
        assert_eq!(pooled.within(count(3, 5, 7)), count(3, 5, 7));
    }

    /// A fraction of an uncertain number of baskets: what is frequent for the fewest may be, and what is for the
    /// most of them is.
    #[test]
    fn fractions_allow_for_all_numbers_of_baskets() {
        let agreement = Agreement::new(["a", "b", "c"], [1, 2]).min_support(0.5).noise(Noise::per_count(1.0));
        let terms = agreement.check().unwrap();
        let reading = Reading { owners: 3, min_group: 1, margin: Some(20) };
        let pooled = reading.baskets(&terms, 100, 0).unwrap().unwrap();
        assert_eq!((pooled.baskets, pooled.min_count), (count(80, 100, 120), count(40, 50, 60)));
        assert!(pooled.may_keep(count(0, 20, 40)) && !pooled.may_keep(count(0, 20, 39)));
        assert!(pooled.is_sure(count(60, 70, 80)) && !pooled.is_sure(count(59, 70, 80)));
        let terms = agreement.min_support(crate::MinSupport::count(50)).check().unwrap();
        let pooled = reading.baskets(&terms, 100, 0).unwrap().unwrap();
        assert_eq!(pooled.min_count, count(50, 50, 50));
    }
}
