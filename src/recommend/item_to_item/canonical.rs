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

#[cfg(feature = "serde")]
mod serde_form {
    use std::hash::Hash;

    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::ItemToItem;
    use crate::error::Error;
    use crate::stored_format::Format;

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "ItemToItem")]
    struct Stored<L> {
        format: Format<1>,
        /// In their order.
        labels: Vec<L>,
        /// Items of each different basket, and how many there are of it.
        lens: Vec<u32>,
        times: Vec<u32>,
        /// The items of all of them, as positions in `labels`.
        items: Vec<u32>,
    }

    impl<T: Serialize + Ord> Serialize for ItemToItem<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let canonical = self.canonical();
            Stored {
                format: Format,
                labels: canonical.labels,
                // There are at most u32::MAX items.
                lens: canonical.baskets.iter().map(|(items, _)| items.len() as u32).collect(),
                times: canonical.baskets.iter().map(|&(_, times)| times).collect(),
                items: canonical.baskets.into_iter().flat_map(|(items, _)| items).collect(),
            }
            .serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for ItemToItem<T> {
        /// Counts the baskets again. Refuses what is not written: labels or baskets out of order, items without a label,
        /// labels without a basket.
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            read(Stored::deserialize(deserializer)?).map_err(D::Error::custom)
        }
    }

    fn read<T: Eq + Hash + Ord>(stored: Stored<T>) -> Result<ItemToItem<T>, Error> {
        let damaged = |reason| Error::inconsistent("pairs", reason);
        let Stored { labels, lens, times, items, .. } = stored;
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
        let (mut rest, mut previous): (&[u32], Option<&[u32]>) = (&items, None);
        for (len, times) in lens.into_iter().zip(times) {
            let basket = rest.split_off(..len as usize).ok_or_else(|| damaged("a basket lacks items"))?;
            if basket.iter().any(|&item| item as usize >= pairs.item_count()) {
                return Err(damaged("a basket has an item without a label"));
            }
            if !basket.is_sorted_by(|a, b| a < b) || previous.is_some_and(|previous| previous >= basket) || times == 0 {
                return Err(damaged("the baskets are not in their order"));
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
