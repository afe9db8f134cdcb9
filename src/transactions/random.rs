//! Baskets drawn and shuffled at random (feature `random`).

use std::sync::Arc;

use super::{EncodedRows, Transactions};
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::dictionary::Dictionary;
use crate::draws::Draws;
use crate::error::Error;

/// Attempted swaps per entry. Gionis and others find that a few are enough to destroy all structure.
const SWAPS_PER_ENTRY: usize = 5;

impl<T> Transactions<T> {
    /// Splits the baskets at random into two sets: each basket goes to the second one with the probability `held_out`,
    /// otherwise to the first. Both keep the order of the baskets and share the labels.
    ///
    /// The same seed gives the same sets, on every platform.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a fraction that is not above 0 and below 1.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let baskets = Transactions::from_rows((0..1000u32).map(|n| [n % 7, 7 + n % 11]))?;
    /// let (explored, held_out) = baskets.split(0.3, 42)?;
    /// assert_eq!(explored.len() + held_out.len(), 1000);
    /// assert!((250..350).contains(&held_out.len()));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn split(&self, held_out: f64, seed: u64) -> Result<(Self, Self), Error> {
        if !(held_out > 0.0 && held_out < 1.0) {
            return Err(Error::invalid_setting("held_out", held_out, "a fraction above 0 and below 1"));
        }
        // The fraction in units of 2^-64; `as` saturates.
        let bound = (held_out * 2f64.powi(64)) as u64;
        let mut draws = Draws::new(seed, 0);
        let (mut first, mut second) = (Dealt::new(self.counts.len()), Dealt::new(self.counts.len()));
        for (row, weight) in self.rows().weighted() {
            // Each basket of a row is drawn separately. They are identical, so only their number matters.
            let held_out = (0..weight).filter(|_| draws.bits() < bound).count() as u32;
            first.add(row, weight - held_out);
            second.add(row, held_out);
        }
        Ok((first.with_labels(&self.dictionary), second.with_labels(&self.dictionary)))
    }

    /// A randomised copy that keeps each item's count and each basket's length, and destroys all other structure. What
    /// is just as strong there needs no explanation but chance.
    ///
    /// Identical baskets do not stay identical: the result stores each basket of a weighted row separately, with the
    /// memory that takes.
    ///
    /// Two random entries swap their baskets, unless one of the baskets already holds the other's item. This is
    /// repeated five times per entry. The same seed gives the same baskets, on every platform.
    ///
    /// # Source
    ///
    /// A. Gionis, H. Mannila, T. Mielikäinen, P. Tsaparas: Assessing data mining results via swap randomization, ACM
    /// TKDD 1, 2007.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let row = |n| if n % 3 == 0 { ["beer", "diapers"] } else { ["chips", "wipes"] };
    /// let baskets = Transactions::from_rows((0..300).map(row))?;
    /// let shuffled = baskets.swap_randomised(1);
    /// assert_eq!(shuffled.count_of("beer"), Some(100));
    /// let together = |baskets| Miner::new().mine(baskets).map(|found| found.count_of(["beer", "diapers"]));
    /// assert_eq!(together(&baskets)?, Some(100));
    /// assert!(together(&shuffled)? < Some(50));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn swap_randomised(&self, seed: u64) -> Self {
        let Swapped { offsets, ids, .. } = Swapped::new(self.rows(), seed, 0, &mut Ticker::new(&NEVER));
        let (dictionary, counts) = (Arc::clone(&self.dictionary), self.counts.clone());
        Transactions { dictionary, offsets, ids, ends: Vec::new(), counts, duplicates: 0 }
    }
}

/// A subset of other baskets.
struct Dealt {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    ends: Vec<u32>,
    counts: Vec<u32>,
}

impl Dealt {
    fn new(items: usize) -> Self {
        Dealt { offsets: vec![0], ids: Vec::new(), ends: Vec::new(), counts: vec![0; items] }
    }

    /// All numbers are at most those of the baskets that are split.
    fn add(&mut self, row: &[u32], weight: u32) {
        if weight == 0 {
            return;
        }
        if weight > 1 && self.ends.is_empty() {
            self.ends.extend(1..self.offsets.len() as u32);
        }
        if weight > 1 || !self.ends.is_empty() {
            self.ends.push(self.ends.last().map_or(0, |&end| end) + weight);
        }
        self.ids.extend_from_slice(row);
        row.iter().for_each(|&id| self.counts[id as usize] += weight);
        self.offsets.push(self.ids.len() as u32);
    }

    fn with_labels<T>(self, dictionary: &Arc<Dictionary<T>>) -> Transactions<T> {
        let Dealt { offsets, ids, ends, counts } = self;
        Transactions { dictionary: Arc::clone(dictionary), offsets, ids, ends, counts, duplicates: 0 }
    }
}

/// Rows after swaps.
pub(crate) struct Swapped {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    items: usize,
}

impl Swapped {
    /// The `sample`-th of those that belong to a seed.
    ///
    /// A call that should end gets baskets that are not shuffled to the end.
    pub(crate) fn new(rows: EncodedRows<'_>, seed: u64, sample: u64, ticker: &mut Ticker<'_>) -> Self {
        let (offsets, mut ids, items) = rows.to_owned_parts();
        let mut row_of = Vec::with_capacity(ids.len());
        for row in 0..offsets.len() - 1 {
            // Baskets are numbered by a u32.
            row_of.resize(offsets[row + 1] as usize, row as u32);
        }
        // Stream 0 is that of `split`.
        let mut draws = Draws::new(seed, sample.wrapping_add(1));
        let entries = ids.len() as u64;
        for _ in 0..ids.len().saturating_mul(SWAPS_PER_ENTRY) {
            if ticker.step(4).is_break() {
                break;
            }
            // Below the number of entries.
            let (one, other) = (draws.below(entries) as usize, draws.below(entries) as usize);
            let (item, other_item) = (ids[one], ids[other]);
            let bounds = |entry: usize| {
                let row = row_of[entry] as usize;
                offsets[row] as usize..offsets[row + 1] as usize
            };
            let (row, other_row) = (bounds(one), bounds(other));
            // Nothing to swap within one basket, or with an item that the other basket holds.
            if ids[row.clone()].binary_search(&other_item).is_err()
                && ids[other_row.clone()].binary_search(&item).is_err()
            {
                replace(&mut ids[row.clone()], one - row.start, other_item);
                replace(&mut ids[other_row.clone()], other - other_row.start, item);
            }
        }
        Swapped { offsets, ids, items }
    }

    pub(crate) fn rows(&self) -> EncodedRows<'_> {
        EncodedRows::of_parts(&self.offsets, &self.ids, &[], self.items)
    }
}

/// Replaces the item at a place of a sorted row, which stays sorted.
fn replace(row: &mut [u32], place: usize, item: u32) {
    let target = row.partition_point(|&other| other < item);
    if target > place {
        row[place..target].rotate_left(1);
        row[target - 1] = item;
    } else {
        row[target..=place].rotate_right(1);
        row[target] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encode(rows: &[Vec<u8>]) -> Transactions<u8> {
        Transactions::from_rows(rows.iter().cloned()).unwrap()
    }

    fn sets(transactions: &Transactions<u8>) -> Vec<Vec<u8>> {
        transactions.iter().map(|basket| basket.iter().copied().collect()).collect()
    }

    proptest! {
        #[test]
        fn swaps_keep_counts_and_lengths(
            rows in prop::collection::vec(prop::collection::vec(0..12u8, 0..8), 0..40),
            seed in any::<u64>(),
        ) {
            let baskets = encode(&rows);
            let swapped = baskets.swap_randomised(seed);
            prop_assert_eq!(&swapped, &baskets.swap_randomised(seed));
            prop_assert!(swapped.iter().map(|basket| basket.len()).eq(baskets.iter().map(|basket| basket.len())));
            let mut counts = vec![0; baskets.counts().len()];
            for row in 0..swapped.len() {
                let row = swapped.rows().row(row);
                prop_assert!(row.is_sorted_by(|a, b| a < b));
                row.iter().for_each(|&id| counts[id as usize] += 1);
            }
            prop_assert_eq!(&counts[..], baskets.counts());
        }

        #[test]
        fn split_keeps_every_basket(
            rows in prop::collection::vec(prop::collection::vec(0..12u8, 0..8), 0..40),
            percent in 1..100u8,
            seed in any::<u64>(),
        ) {
            let baskets = encode(&rows);
            let (first, second) = baskets.split(f64::from(percent) / 100.0, seed).unwrap();
            let mut joined = [sets(&first), sets(&second)].concat();
            let mut all = sets(&baskets);
            joined.sort();
            all.sort();
            prop_assert_eq!(joined, all);
            let counts: Vec<u32> = first.counts().iter().zip(second.counts()).map(|(a, b)| a + b).collect();
            prop_assert_eq!(&counts[..], baskets.counts());
        }
    }

    #[test]
    fn random_baskets_are_pinned() {
        let baskets = encode(&(0..60u8).map(|n| vec![n % 5, 5 + n % 3, 8 + n % 2]).collect::<Vec<_>>());
        let digest = |transactions: &Transactions<u8>| {
            let bytes = sets(transactions).into_iter().flatten();
            bytes.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        };
        let (first, second) = baskets.split(0.5, 7).unwrap();
        assert_eq!(
            (first.len(), second.len(), digest(&baskets.swap_randomised(7))),
            (33, 27, 11_849_894_662_032_378_843)
        );
        for fraction in [0.0, 1.0, -0.1, f64::NAN] {
            let error = baskets.split(fraction, 1).unwrap_err().to_string();
            assert_eq!(error, format!("invalid held_out: {fraction} (expected a fraction above 0 and below 1)"));
        }
    }
}
