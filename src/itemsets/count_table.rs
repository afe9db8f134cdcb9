//! Counts in 32 bits, however many baskets there are.

use std::sync::Arc;

use crate::error::Error;

/// What the codes of 32 bits stand for that itemsets and rules store in place of counts.
///
/// Where a `u32` numbers all baskets, a code is the count itself. Beyond, which weights alone reach, it is the place of
/// the count among all that occur, ascending. Either way codes compare as their counts do, so what only compares counts
/// need not know which it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CountTable(Option<Arc<[u64]>>);

impl CountTable {
    /// For counts of at most `baskets`, which is among them, as is 0.
    pub(crate) fn new(baskets: u64, counts: impl IntoIterator<Item = u64>) -> Result<Self, Error> {
        if u32::try_from(baskets).is_ok() {
            return Ok(CountTable(None));
        }
        let mut counts: Vec<u64> = counts.into_iter().chain([0, baskets]).collect();
        counts.sort_unstable();
        counts.dedup();
        match u32::try_from(counts.len()) {
            Ok(_) => Ok(CountTable(Some(counts.into()))),
            Err(_) => Err(Error::too_large("different counts", u32::MAX)),
        }
    }

    /// The count that a code stands for.
    #[inline(always)]
    pub(crate) fn count(&self, code: u32) -> u64 {
        match &self.0 {
            None => u64::from(code),
            Some(counts) => counts[code as usize],
        }
    }

    /// The code of a count that is in the table; of another one, the code of the next smaller count that is.
    pub(crate) fn code(&self, count: u64) -> u32 {
        match &self.0 {
            None => u32::try_from(count).unwrap_or(u32::MAX),
            // The first is 0, and there are at most u32::MAX.
            Some(counts) => counts.partition_point(|&other| other <= count).saturating_sub(1) as u32,
        }
    }

    /// The last code, from one on whose count fulfils a condition, whose count does. Larger counts than one that does not
    /// do not either.
    pub(crate) fn last_from(&self, code: u32, fulfils: impl Fn(u64) -> bool) -> u32 {
        let codes = self.0.as_ref().map_or(u64::from(u32::MAX) + 1, |counts| counts.len() as u64);
        let (mut last, mut end) = (code, codes);
        while u64::from(last) + 1 < end {
            // Between two codes.
            let middle = u64::from(last).midpoint(end) as u32;
            match fulfils(self.count(middle)) {
                true => last = middle,
                false => end = middle.into(),
            }
        }
        last
    }

    /// Whether codes are the counts themselves.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        self.0.is_none()
    }

    /// The counts that codes stand for, ascending; none if codes are counts themselves.
    #[cfg(feature = "snapshot")]
    pub(crate) fn counts(&self) -> &[u64] {
        self.0.as_deref().unwrap_or_default()
    }

    /// From stored counts, which are not trusted, for at most `baskets`.
    #[cfg(feature = "snapshot")]
    pub(crate) fn from_counts(counts: Vec<u64>, baskets: u64) -> Result<Self, &'static str> {
        let (Some(&first), Some(&last)) = (counts.first(), counts.last()) else { return Ok(CountTable(None)) };
        match first == 0 && last <= baskets && counts.is_sorted_by(|a, b| a < b) && u32::try_from(counts.len()).is_ok()
        {
            true => Ok(CountTable(Some(counts.into()))),
            false => Err("the table of counts is not ascending"),
        }
    }

    /// The count of a code that is not trusted.
    #[cfg(feature = "snapshot")]
    #[inline]
    pub(crate) fn get(&self, code: u32) -> Option<u64> {
        match &self.0 {
            None => Some(u64::from(code)),
            Some(counts) => counts.get(code as usize).copied(),
        }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.0.as_ref().map_or(0, |counts| size_of_val(&counts[..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn codes_compare_as_their_counts(
            counts in prop::collection::vec(0..=u64::MAX / 2, 1..20),
            beyond in any::<bool>(),
        ) {
            let baskets = if beyond { u64::MAX / 2 } else { u64::from(u32::MAX) };
            let counts: Vec<u64> = counts.into_iter().map(|count| count % (baskets + 1)).collect();
            let table = CountTable::new(baskets, counts.iter().copied()).unwrap();
            prop_assert_eq!(table.is_plain(), !beyond);
            for &one in counts.iter().chain(&[0, baskets]) {
                prop_assert_eq!(table.count(table.code(one)), one);
                for &other in &counts {
                    prop_assert_eq!(table.code(one).cmp(&table.code(other)), one.cmp(&other));
                    let between = one.midpoint(other);
                    prop_assert!(table.count(table.code(between)) <= between);
                    prop_assert!(table.code(between) >= table.code(one.min(other)));
                }
            }
        }
    }
}
