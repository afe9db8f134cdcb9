//! Weights made smaller, so that 32 bits hold the number of all baskets.

use std::sync::Arc;

use super::Transactions;
use crate::error::Error;

impl<T> Transactions<T> {
    /// The same baskets with each weight divided by a number, rounded up, and that number; `None` where 32 bits hold the
    /// number of all baskets as it is. The entries are shared.
    ///
    /// If an itemset is in n baskets, it is in at least n / d of these, and at most in a basket a row more. So all that
    /// reach a threshold t among the baskets reach t / d among these, and few others do.
    pub(crate) fn scaled(&self) -> Result<Option<(Self, u64)>, Error> {
        let (rows, baskets) = (self.rows(), self.rows().len() as u64);
        if u32::try_from(baskets).is_ok() {
            return Ok(None);
        }
        // What rounding up adds is less than one a row.
        let room = u64::from(u32::MAX).saturating_sub(rows.stored() as u64);
        if room == 0 {
            return Err(Error::too_large("rows of baskets with weights", u32::MAX - 1));
        }
        let divisor = baskets.div_ceil(room);
        let (mut end, mut ends, mut counts) = (0, Vec::with_capacity(rows.stored()), vec![0; rows.items()]);
        for (row, weight) in rows.weighted() {
            let weight = u64::from(weight).div_ceil(divisor);
            end += weight;
            ends.push(end);
            row.iter().for_each(|&id| counts[id as usize] += weight);
        }
        let (dictionary, offsets, ids) = (&self.dictionary, &self.offsets, &self.ids);
        let (dictionary, offsets, ids) = (Arc::clone(dictionary), Arc::clone(offsets), Arc::clone(ids));
        Ok(Some((Transactions { dictionary, offsets, ids, ends, counts, duplicates: self.duplicates }, divisor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_count_is_too_small_and_none_much_too_large(
            rows in prop::collection::vec((prop::collection::vec(0..5u8, 0..4), 1..=u32::MAX), 1..30),
        ) {
            let mut builder = Transactions::builder();
            rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
            let baskets = builder.build().unwrap();
            let total: u64 = rows.iter().map(|(_, weight)| u64::from(*weight)).sum();
            prop_assert_eq!(baskets.len() as u64, total);
            match baskets.scaled().unwrap() {
                None => prop_assert!(total <= u64::from(u32::MAX)),
                Some((scaled, divisor)) => {
                    prop_assert!(total > u64::from(u32::MAX) && scaled.len() <= u32::MAX as usize);
                    prop_assert!(scaled.len() > (u32::MAX / 4) as usize);
                    for item in 0..5u8 {
                        let (Some(count), Some(of_scaled)) = (baskets.count_of(&item), scaled.count_of(&item)) else { continue };
                        prop_assert!(of_scaled >= count.div_ceil(divisor));
                        prop_assert!(of_scaled <= count / divisor + rows.len() as u64);
                    }
                }
            }
        }
    }
}
