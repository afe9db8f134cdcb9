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

/// All that is known of the counts of a session so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    /// The number of baskets and the threshold, from the first round on.
    pub(super) baskets: Option<(CountInterval, u64)>,
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
    pub(super) fn baskets<T>(
        self,
        terms: &Terms<T>,
        sum: u64,
        marks: u64,
    ) -> Result<Option<(CountInterval, u64)>, Error> {
        let Some(baskets) = self.interval(sum, marks) else { return Ok(None) };
        Ok(Some((baskets, terms.min_support.min_count(baskets.estimate)?)))
    }

    /// What a sum says; `None` if it can be no sum of counts, as when masks do not cancel.
    pub(super) fn interval(self, sum: u64, marks: u64) -> Option<CountInterval> {
        // Modulo 2^64: noise may make a sum negative.
        let sum = i128::from(sum as i64);
        let is_sum = match self.margin {
            None => sum >= 0,
            Some(_) => sum.unsigned_abs() <= u128::from(MAX_BASKETS / 2),
        };
        if !is_sum || marks > self.owners {
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
}
