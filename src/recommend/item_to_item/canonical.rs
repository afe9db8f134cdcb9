//! The form that depends on the baskets alone, not on the order in which they came and went.

use super::counts::ItemToItem;

/// Labels in their order, and the different baskets in theirs: as positions of labels, rising.
pub(super) struct Canonical<'a, T> {
    pub(super) labels: Vec<&'a T>,
    pub(super) baskets: Vec<(Vec<u32>, u32)>,
}

impl<T: Ord> ItemToItem<T> {
    pub(super) fn canonical(&self) -> Canonical<'_, T> {
        let numbers = (0..).zip(&self.labels).filter_map(|(number, label)| Some((label.as_ref()?, number)));
        let mut labels: Vec<(&T, u32)> = numbers.collect();
        labels.sort_unstable();
        let mut positions = vec![0u32; self.labels.len()];
        for (position, &(_, number)) in (0..).zip(&labels) {
            positions[number as usize] = position;
        }
        let basket = |items: &[u32]| {
            let mut items: Vec<u32> = items.iter().map(|&number| positions[number as usize]).collect();
            items.sort_unstable();
            items
        };
        let mut baskets: Vec<_> = self.baskets.iter().map(|(items, &times)| (basket(items), times)).collect();
        baskets.sort_unstable();
        Canonical { labels: labels.into_iter().map(|(label, _)| label).collect(), baskets }
    }
}

/// The same baskets.
impl<T: Ord> PartialEq for ItemToItem<T> {
    fn eq(&self, other: &Self) -> bool {
        let (this, other) = (self.canonical(), other.canonical());
        this.labels == other.labels && this.baskets == other.baskets
    }
}

impl<T: Ord> Eq for ItemToItem<T> {}

/// What is stored: the labels in their order, and the different baskets in theirs.
#[cfg(any(feature = "serde", feature = "snapshot"))]
pub(crate) struct StoredPairs<T> {
    pub(crate) labels: Vec<T>,
    /// Items of each different basket, and how many there are of it.
    pub(crate) lens: Vec<u32>,
    pub(crate) times: Vec<u32>,
    /// The items of all of them, as positions in `labels`.
    pub(crate) items: Vec<u32>,
}

#[cfg(any(feature = "serde", feature = "snapshot"))]
mod stored {
    use std::hash::Hash;

    use super::{ItemToItem, StoredPairs};
    use crate::error::Error;
    use crate::run_options::RunOptions;

    /// Bytes of a pair, which both items have.
    const BYTES_PER_PAIR: u64 = 20;

    impl<T: Ord> ItemToItem<T> {
        pub(crate) fn stored(&self) -> StoredPairs<&T> {
            let canonical = self.canonical();
            StoredPairs {
                labels: canonical.labels,
                // There are at most u32::MAX items.
                lens: canonical.baskets.iter().map(|(items, _)| items.len() as u32).collect(),
                times: canonical.baskets.iter().map(|&(_, times)| times).collect(),
                items: canonical.baskets.into_iter().flat_map(|(items, _)| items).collect(),
            }
        }
    }

    impl<T: Eq + Hash + Ord> StoredPairs<T> {
        /// Counts the baskets again, if these can be the canonical form of some. A few long baskets have very many pairs:
        /// more than the machine has room for is an error.
        pub(crate) fn check(self) -> Result<ItemToItem<T>, Error> {
            let damaged = |reason| Error::inconsistent("pairs", reason);
            let StoredPairs { labels, lens, times, items } = self;
            if !labels.is_sorted_by(|a, b| a < b) {
                return Err(damaged("the labels are not in their order"));
            }
            if lens.len() != times.len() {
                return Err(damaged("the columns differ in length"));
            }
            let mut pairs = ItemToItem::new();
            for label in labels {
                pairs.intern(label)?;
            }
            let (options, mut most_pairs) = (RunOptions::new(), 0);
            let (mut rest, mut previous): (&[u32], Option<&[u32]>) = (&items, None);
            for (len, times) in lens.into_iter().zip(times) {
                let basket = rest.split_off(..len as usize).ok_or_else(|| damaged("a basket lacks items"))?;
                if basket.iter().any(|&item| item as usize >= pairs.item_count()) {
                    return Err(damaged("a basket has an item without a label"));
                }
                let rises = basket.is_sorted_by(|a, b| a < b);
                if !rises || previous.is_some_and(|previous| previous >= basket) || times == 0 {
                    return Err(damaged("the baskets are not in their order"));
                }
                let new = basket.len() as u64 * (basket.len() as u64).saturating_sub(1);
                most_pairs = new.saturating_add(most_pairs);
                if options.check_room(most_pairs.saturating_mul(BYTES_PER_PAIR)).is_err() {
                    // Most were there before.
                    most_pairs = new.saturating_add(2 * pairs.pair_count() as u64);
                    options.check_room(most_pairs.saturating_mul(BYTES_PER_PAIR))?;
                }
                pairs.count_basket(basket, times, &mut |_| Ok(()))?;
                previous = Some(basket);
            }
            if !rest.is_empty() {
                return Err(damaged("there are items without a basket"));
            }
            // As many items as a u32 numbers.
            if (0..pairs.item_count() as u32).any(|item| pairs.count(item) == 0) {
                return Err(damaged("there are labels without a basket"));
            }
            Ok(pairs)
        }
    }
}

#[cfg(feature = "serde")]
mod serde_form {
    use std::hash::Hash;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{ItemToItem, StoredPairs};
    use crate::stored_format::Format;

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "ItemToItem")]
    struct Stored<L> {
        format: Format<1>,
        labels: Vec<L>,
        lens: Vec<u32>,
        times: Vec<u32>,
        items: Vec<u32>,
    }

    impl<T: Serialize + Ord> Serialize for ItemToItem<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let StoredPairs { labels, lens, times, items } = self.stored();
            Stored { format: Format, labels, lens, times, items }.serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for ItemToItem<T> {
        /// Counts the baskets again. Refuses what is not written: labels or baskets out of order, items without a label,
        /// labels without a basket.
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let Stored { labels, lens, times, items, .. } = Stored::deserialize(deserializer)?;
            StoredPairs { labels, lens, times, items }.check().map_err(D::Error::custom)
        }
    }
}
