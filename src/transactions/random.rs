//! Baskets drawn and shuffled at random (feature `random`).

use std::sync::Arc;

use super::canonical::{CanonicalOrder, held_out_baskets};
use super::{EncodedRows, Transactions};
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::draws::Draws;
use crate::error::{Error, ErrorKind};

/// Attempted swaps per entry. Gionis and others find that a few are enough to destroy all structure.
const SWAPS_PER_ENTRY: usize = 5;

impl<T: Ord> Transactions<T> {
    /// Splits the baskets at random into two sets: the fraction `held_out` of them, rounded to a whole number, goes to
    /// the second one, the others to the first. Every choice of that many baskets is equally likely. Both sets keep the
    /// order of the baskets and share the labels.
    ///
    /// The same seed gives the same sets, on every platform and in whatever order the rows came: which of two equal
    /// baskets is held out makes no difference, and nothing else depends on the order. Another basket or label, though,
    /// gives other sets. To choose the baskets yourself, as the last month, use [`partition`](Transactions::partition).
    ///
    /// One split is one draw: another seed may confirm other rules. With [`Rules::stability`](crate::Rules::stability)
    /// you see which rules are confirmed in how many splits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a fraction that is not above 0 and below 1;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, counted with their weights.
    ///
    /// # Complexity
    ///
    /// Sorts the distinct labels and a hash of each stored row, then a draw for each basket. Memory: 16 bytes per
    /// stored row, besides the sets.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let rows: Vec<_> = (0..1000u32).map(|n| [n % 7, 7 + n % 11]).collect();
    /// let (explored, held_out) = Transactions::from_rows(rows.iter().copied())?.split(0.3, 42)?;
    /// assert_eq!((explored.len(), held_out.len()), (700, 300));
    ///
    /// let (explored_again, _) = Transactions::from_rows(rows.into_iter().rev())?.split(0.3, 42)?;
    /// assert_eq!(Miner::new().mine(&explored)?, Miner::new().mine(&explored_again)?);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn split(&self, held_out: f64, seed: u64) -> Result<(Self, Self), Error> {
        let size = held_out_baskets(held_out, self.len())?;
        let ticker = &mut Ticker::new(&NEVER);
        let held_out = CanonicalOrder::new(self, ticker).sample(self.rows(), size, seed, ticker);
        Ok(self.divided(|stored| held_out[stored]))
    }

    /// A randomised copy that keeps each item's count and each basket's length, and destroys all other structure. What
    /// is just as strong there needs no explanation but chance.
    ///
    /// Identical baskets do not stay identical: the result stores each basket of a weighted row separately, with the
    /// memory that takes.
    ///
    /// Two random entries swap their baskets, unless one of the baskets already holds the other's item. This is
    /// repeated five times per entry. The same seed gives the same baskets, on every platform; if the rows came in
    /// another order, the same baskets in another order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` entries, counted with the weights of their
    /// baskets; [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system grants no memory for them.
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
    /// let shuffled = baskets.swap_randomised(1)?;
    /// assert_eq!(shuffled.count_of("beer"), Some(100));
    /// let together = |baskets| Miner::new().mine(baskets).map(|found| found.count_of(["beer", "diapers"]));
    /// assert_eq!(together(&baskets)?, Some(100));
    /// assert!(together(&shuffled)? < Some(50));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn swap_randomised(&self, seed: u64) -> Result<Self, Error> {
        let (rows, ticker) = (self.rows(), &mut Ticker::new(&NEVER));
        let order = CanonicalOrder::new(self, ticker);
        let swaps = Swaps::new(self, &order, ticker)?;
        let swapped = swaps.sample(seed, 0, ticker);
        // Back to the order of the input. `Swaps` has no more entries than a u32 numbers.
        let mut offsets = vec![0];
        for (row, weight) in rows.weighted() {
            (0..weight).for_each(|_| offsets.push(offsets[offsets.len() - 1] + row.len() as u32));
        }
        let (mut ids, mut baskets) = (vec![0; swapped.len()], swaps.of(&swapped));
        for position in order.rows().flat_map(|stored| rows.positions(stored)) {
            let row = &mut ids[offsets[position] as usize..offsets[position + 1] as usize];
            row.copy_from_slice(baskets.next().unwrap_or_default());
            row.sort_unstable();
        }
        let (dictionary, counts) = (Arc::clone(&self.dictionary), self.counts.clone());
        let (offsets, ids) = (Arc::new(offsets), Arc::new(ids));
        Ok(Transactions { dictionary, offsets, ids, ends: Vec::new(), counts, duplicates: 0 })
    }
}

/// What swaps begin with: the baskets in their canonical order.
pub(crate) struct Swaps {
    /// Where each basket begins, and, last, where the last one ends.
    offsets: Vec<u32>,
    /// The places of the items of each basket, ascending.
    places: Vec<u32>,
    /// The basket of each entry.
    basket_of: Vec<u32>,
    /// The item of each place.
    ids: Vec<u32>,
    items: usize,
}

impl Swaps {
    /// A call that should end gets some of the baskets.
    ///
    /// # Errors
    ///
    /// Those of [`swap_randomised`](Transactions::swap_randomised).
    pub(crate) fn new<T>(
        transactions: &Transactions<T>,
        order: &CanonicalOrder,
        ticker: &mut Ticker<'_>,
    ) -> Result<Self, Error> {
        const NUMBERED: &str = "entries to swap, counted with the weights of their baskets";
        let rows = transactions.rows();
        let entries = u32::try_from(transactions.entries()).map_err(|_| Error::too_large(NUMBERED, u32::MAX))? as usize;
        let mut offsets = with_room(rows.len() + 1)?;
        let (mut places, mut basket_of) = (with_room(entries)?, with_room(entries)?);
        offsets.push(0);
        'rows: for stored in order.rows() {
            let row = order.places(rows.row(stored));
            for _ in 0..rows.weight(stored) {
                places.extend_from_slice(&row);
                // No more baskets and entries than a u32 numbers, as checked above.
                basket_of.resize(places.len(), offsets.len() as u32 - 1);
                offsets.push(places.len() as u32);
                if ticker.step(1 + row.len() / 8).is_break() {
                    break 'rows;
                }
            }
        }
        Ok(Swaps { offsets, places, basket_of, ids: order.items().to_vec(), items: rows.items() })
    }

    /// The items of all baskets, those of one basket in any order, after the swaps of the `sample`-th sample of a seed.
    ///
    /// A call that should end gets baskets that are not shuffled to the end.
    pub(crate) fn sample(&self, seed: u64, sample: u64, ticker: &mut Ticker<'_>) -> Vec<u32> {
        let mut swapped = self.places.clone();
        // Stream 0 is that of `split`.
        let mut draws = Draws::new(seed, sample.wrapping_add(1));
        let entries = swapped.len() as u64;
        for _ in 0..swapped.len().saturating_mul(SWAPS_PER_ENTRY) {
            if ticker.step(4).is_break() {
                break;
            }
            // Below the number of entries.
            let (one, other) = (draws.below(entries) as usize, draws.below(entries) as usize);
            let (item, other_item) = (swapped[one], swapped[other]);
            let bounds = |entry: usize| {
                let basket = self.basket_of[entry] as usize;
                self.offsets[basket] as usize..self.offsets[basket + 1] as usize
            };
            let (row, other_row) = (bounds(one), bounds(other));
            // Nothing to swap within one basket, or with an item that the other basket holds.
            if swapped[row.clone()].binary_search(&other_item).is_err()
                && swapped[other_row.clone()].binary_search(&item).is_err()
            {
                replace(&mut swapped[row.clone()], one - row.start, other_item);
                replace(&mut swapped[other_row.clone()], other - other_row.start, item);
            }
        }
        swapped.iter_mut().for_each(|place| *place = self.ids[*place as usize]);
        swapped
    }

    /// The rows of a sample.
    pub(crate) fn rows<'a>(&'a self, sample: &'a [u32]) -> EncodedRows<'a> {
        EncodedRows::of_parts(&self.offsets, sample, &[], self.items)
    }

    /// The items of each basket of a sample.
    fn of<'a>(&self, sample: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
        self.offsets.windows(2).map(|bounds| &sample[bounds[0] as usize..bounds[1] as usize])
    }
}

/// An empty column with room for so many numbers.
fn with_room(len: usize) -> Result<Vec<u32>, Error> {
    let mut column = Vec::new();
    let room = column.try_reserve_exact(len);
    room.map_err(|error| Error::new(ErrorKind::Refused { what: "memory for the swaps", reason: error.to_string() }))?;
    Ok(column)
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
            let swapped = baskets.swap_randomised(seed).unwrap();
            prop_assert_eq!(&swapped, &baskets.swap_randomised(seed).unwrap());
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
            // In hundredths, as a float may be just below a half.
            let hundredths = rows.len() * usize::from(percent);
            prop_assert!((100 * second.len()).abs_diff(hundredths) <= 50);
            let mut joined = [sets(&first), sets(&second)].concat();
            let mut all = sets(&baskets);
            joined.sort();
            all.sort();
            prop_assert_eq!(joined, all);
            let counts: Vec<u64> = first.counts().iter().zip(second.counts()).map(|(a, b)| a + b).collect();
            prop_assert_eq!(&counts[..], baskets.counts());
        }
    }

    /// Every choice of 20 of 40 baskets is equally likely, so of 20 equal ones as many are held out as the
    /// hypergeometric distribution says: 10 on average, with a variance of 20 / 4 * 20 / 39.
    #[test]
    fn equal_baskets_are_not_spread_evenly() {
        let baskets = encode(&(0..40u8).map(|n| vec![n % 2]).collect::<Vec<_>>());
        let held_out = (0..4000u64).map(|seed| baskets.split(0.5, seed).unwrap().1.count_of(&0).unwrap_or(0) as f64);
        let held_out: Vec<f64> = held_out.collect();
        let mean = held_out.iter().sum::<f64>() / 4000.0;
        let variance = held_out.iter().map(|held_out| (held_out - mean).powi(2)).sum::<f64>() / 4000.0;
        assert!((mean - 10.0).abs() < 0.1, "{mean}");
        assert!((variance - 100.0 / 39.0).abs() < 0.25, "{variance}");
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
            (first.len(), second.len(), digest(&first), digest(&baskets.swap_randomised(7).unwrap())),
            (30, 30, 1_159_180_654_446_455_260, 16_464_084_880_297_480_097)
        );
        for fraction in [0.0, 1.0, -0.1, f64::NAN] {
            let error = baskets.split(fraction, 1).unwrap_err().to_string();
            assert_eq!(error, format!("invalid held_out: {fraction} (expected a fraction above 0 and below 1)"));
        }
    }
}
