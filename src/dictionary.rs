//! Labels and their numbers.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::iter::FusedIterator;
use std::slice;

#[cfg(not(itemset_fixed_seed))]
use hashbrown::DefaultHashBuilder as Hasher;
use hashbrown::HashTable;

/// The default hasher with a seed that is the same in every run, build and machine, for the benchmark that counts
/// instructions.
#[cfg(itemset_fixed_seed)]
use foldhash::fast::FixedState as Hasher;

use crate::error::Error;

/// The number of an item in one [`Dictionary`]: 0 for the label that was seen first, and so on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ItemId(pub(crate) u32);

impl ItemId {
    /// The number as an index, from 0 to [`Dictionary::len`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The number alone.
impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The two-way table between the labels of items and their [`ItemId`]s, in the order of first appearance.
///
/// Each label is stored once. A label is looked up by its borrowed form (`&str` for `String`), in constant time.
///
/// ```
/// use itemset::Transactions;
///
/// let baskets = Transactions::from_rows([vec!["beer".to_string(), "chips".to_string()]])?;
/// let beer = baskets.dictionary().id("beer").unwrap();
/// assert_eq!((beer.index(), baskets.dictionary().label(beer)), (0, Some(&"beer".to_string())));
/// assert_eq!(baskets.dictionary().id("wine"), None);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Dictionary<T> {
    labels: Vec<T>,
    ids: HashTable<u32>,
    hasher: Hasher,
}

/// The ids of a dictionary under the numbers of another place, which is asked once for each.
pub(crate) struct Renumbered<'a, T> {
    labels: &'a [T],
    numbers: Vec<Option<u32>>,
}

impl<'a, T: Clone> Renumbered<'a, T> {
    pub(crate) fn new(dictionary: &'a Dictionary<T>) -> Self {
        Renumbered { labels: dictionary.labels(), numbers: vec![None; dictionary.len()] }
    }

    /// The number of an id, where it is new that which `intern` gives its label.
    pub(crate) fn number(&mut self, id: u32, intern: impl FnOnce(T) -> Result<u32, Error>) -> Result<u32, Error> {
        let number = &mut self.numbers[id as usize];
        match *number {
            Some(number) => Ok(number),
            None => Ok(*number.insert(intern(self.labels[id as usize].clone())?)),
        }
    }
}

impl<T> Dictionary<T> {
    pub(crate) fn new() -> Self {
        Dictionary { labels: Vec::new(), ids: HashTable::new(), hasher: Hasher::default() }
    }

    /// Distinct items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of an item; `None` if the number belongs to another dictionary.
    #[must_use]
    pub fn label(&self, id: ItemId) -> Option<&T> {
        self.labels.get(id.index())
    }

    /// All labels; the position of each is its [`ItemId::index`].
    #[must_use]
    pub fn labels(&self) -> &[T] {
        &self.labels
    }

    /// All numbers with their labels, in ascending order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ItemId, &T)> + DoubleEndedIterator + FusedIterator + Clone {
        // Labels are numbered by a u32.
        self.labels.iter().enumerate().map(|(index, label)| (ItemId(index as u32), label))
    }

    /// The labels in the order of their numbers.
    pub(crate) fn into_labels(self) -> Vec<T> {
        self.labels
    }

    /// Bytes held, without what the labels own themselves (a `String`'s text).
    pub(crate) fn bytes(&self) -> usize {
        self.labels.capacity() * size_of::<T>() + self.ids.allocation_size()
    }
}

impl<T: Eq + Hash> Dictionary<T> {
    /// The number of a label; `None` if it was never seen.
    pub fn id<Q>(&self, label: &Q) -> Option<ItemId>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.find(self.hasher.hash_one(label), label).map(ItemId)
    }

    /// The number of a label, a new one if it was never seen.
    pub(crate) fn intern(&mut self, label: T) -> Result<u32, Error> {
        let hash = self.hasher.hash_one(&label);
        match self.find(hash, &label) {
            Some(id) => Ok(id),
            None => self.add(hash, label),
        }
    }

    /// The same for a borrowed label, which is copied only if it is new.
    pub(crate) fn intern_borrowed<Q>(&mut self, label: &Q) -> Result<u32, Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        let hash = self.hasher.hash_one(label);
        match self.find(hash, label) {
            Some(id) => Ok(id),
            None => self.add(hash, label.to_owned()),
        }
    }

    /// The number of a label that is not there yet, as the caller knows without looking. The caller calls
    /// [`index`](Dictionary::index) before a label is looked up: a table of known size is filled sooner than one grows.
    pub(crate) fn add_unseen(&mut self, label: T) -> Result<u32, Error> {
        let id = self.next_id()?;
        self.labels.push(label);
        Ok(id)
    }

    /// Makes all labels ones that are found.
    #[inline]
    pub(crate) fn index(&mut self) {
        if self.ids.len() < self.labels.len() {
            self.index_last();
        }
    }

    #[cold]
    fn index_last(&mut self) {
        let Dictionary { labels, ids, hasher } = self;
        // Each label is in the table once, in the order of their numbers.
        let indexed = ids.len();
        let hash = |&id: &u32| hasher.hash_one(&labels[id as usize]);
        ids.reserve(labels.len() - indexed, hash);
        // Labels are numbered by a u32.
        for id in indexed as u32..labels.len() as u32 {
            ids.insert_unique(hash(&id), id, hash);
        }
    }

    fn find<Q>(&self, hash: u64, label: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        debug_assert_eq!(self.ids.len(), self.labels.len());
        self.ids.find(hash, |&id| self.labels[id as usize].borrow() == label).copied()
    }

    fn next_id(&self) -> Result<u32, Error> {
        let id = u32::try_from(self.labels.len()).ok().filter(|&id| id != u32::MAX);
        id.ok_or_else(|| Error::too_large("distinct items", u32::MAX))
    }

    fn add(&mut self, hash: u64, label: T) -> Result<u32, Error> {
        let id = self.next_id()?;
        self.labels.push(label);
        let Dictionary { labels, ids, hasher } = self;
        ids.insert_unique(hash, id, |&id| hasher.hash_one(&labels[id as usize]));
        Ok(id)
    }

    /// From labels in the order of their numbers; an error if one occurs twice.
    pub(crate) fn from_labels(labels: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let mut dictionary = Dictionary::new();
        for (position, label) in labels.into_iter().enumerate() {
            if dictionary.intern(label)? as usize != position {
                return Err(Error::inconsistent("labels", "a label occurs twice"));
            }
        }
        dictionary.shrink();
        Ok(dictionary)
    }

    pub(crate) fn shrink(&mut self) {
        let Dictionary { labels, ids, hasher } = self;
        labels.shrink_to_fit();
        ids.shrink_to_fit(|&id| hasher.hash_one(&labels[id as usize]));
    }
}

impl<T: PartialEq> PartialEq for Dictionary<T> {
    fn eq(&self, other: &Self) -> bool {
        self.labels == other.labels
    }
}

impl<T: Eq> Eq for Dictionary<T> {}

#[cfg(feature = "serde")]
mod serde_form {
    use std::hash::Hash;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Dictionary;
    use crate::stored_format::Format;

    #[derive(Serialize, Deserialize)]
    #[serde(rename = "Dictionary")]
    struct Stored<L> {
        format: Format<1>,
        labels: L,
    }

    impl<T: Serialize> Serialize for Dictionary<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Stored { format: Format, labels: &self.labels }.serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de> + Eq + Hash> Deserialize<'de> for Dictionary<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let Stored::<Vec<T>> { labels, .. } = Stored::deserialize(deserializer)?;
            Dictionary::from_labels(labels).map_err(serde::de::Error::custom)
        }
    }
}

/// The labels of a basket or an itemset, from [`Basket::iter`](crate::Basket::iter) and
/// [`Itemset::iter`](crate::Itemset::iter).
#[derive(Debug)]
pub struct LabelIter<'a, 'i, T> {
    labels: &'a [T],
    /// The item of each number that `items` gives, if those are not items.
    ids: Option<&'a [u32]>,
    items: slice::Iter<'i, u32>,
}

impl<'a, 'i, T> LabelIter<'a, 'i, T> {
    /// The labels of items.
    pub(crate) fn of_items(labels: &'a [T], items: &'i [u32]) -> Self {
        LabelIter { labels, ids: None, items: items.iter() }
    }

    /// The labels of ranks, with the item of each rank.
    pub(crate) fn of_ranks(labels: &'a [T], ids: &'a [u32], ranks: &'i [u32]) -> Self {
        LabelIter { labels, ids: Some(ids), items: ranks.iter() }
    }

    fn label(&self, item: u32) -> &'a T {
        let id = self.ids.map_or(item, |ids| ids[item as usize]);
        &self.labels[id as usize]
    }
}

impl<T> Clone for LabelIter<'_, '_, T> {
    fn clone(&self) -> Self {
        LabelIter { labels: self.labels, ids: self.ids, items: self.items.clone() }
    }
}

impl<'a, T> Iterator for LabelIter<'a, '_, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        let &item = self.items.next()?;
        Some(self.label(item))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

impl<T> DoubleEndedIterator for LabelIter<'_, '_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let &item = self.items.next_back()?;
        Some(self.label(item))
    }
}

impl<T> ExactSizeIterator for LabelIter<'_, '_, T> {}

impl<T> FusedIterator for LabelIter<'_, '_, T> {}

/// `{beer, diapers}`.
pub(crate) fn write_set<T: fmt::Display>(f: &mut fmt::Formatter<'_>, labels: impl Iterator<Item = T>) -> fmt::Result {
    f.write_str("{")?;
    for (position, label) in labels.enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        write!(f, "{separator}{label}")?;
    }
    f.write_str("}")
}
