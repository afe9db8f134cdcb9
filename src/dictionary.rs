//! Labels and their numbers.

use std::borrow::Borrow;
use std::hash::{BuildHasher, Hash};

#[cfg(not(itemset_fixed_seed))]
use hashbrown::DefaultHashBuilder as Hasher;
use hashbrown::HashTable;

/// The default hasher with a seed that does not differ between runs, builds and machines, for the benchmark that counts instructions.
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

/// The two-way table between the labels of items and their [`ItemId`]s, in the order of first appearance.
///
/// Each label is stored once. Looking a label up takes its borrowed form (`&str` for `String`) and constant time.
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

impl<T> Dictionary<T> {
    pub(crate) fn new() -> Self {
        Dictionary { labels: Vec::new(), ids: HashTable::new(), hasher: Hasher::default() }
    }

    /// Distinct items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no item at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The label of an item, or `None` where the number is of another dictionary.
    #[must_use]
    pub fn label(&self, id: ItemId) -> Option<&T> {
        self.labels.get(id.index())
    }

    /// All labels; the position of each is its [`ItemId::index`].
    #[must_use]
    pub fn labels(&self) -> &[T] {
        &self.labels
    }

    /// Bytes held, without what the labels own themselves (a `String`'s text).
    pub(crate) fn bytes(&self) -> usize {
        self.labels.capacity() * size_of::<T>() + self.ids.allocation_size()
    }
}

impl<T: Eq + Hash> Dictionary<T> {
    /// The number of a label, `None` where it was never seen.
    pub fn id<Q>(&self, label: &Q) -> Option<ItemId>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.find(self.hasher.hash_one(label), label).map(ItemId)
    }

    /// The number of a label, a new one where it was never seen.
    pub(crate) fn intern(&mut self, label: T) -> Result<u32, Error> {
        let hash = self.hasher.hash_one(&label);
        match self.find(hash, &label) {
            Some(id) => Ok(id),
            None => self.add(hash, label),
        }
    }

    /// The same for a label that has to be copied to be stored, which is done for new ones only.
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

    fn find<Q>(&self, hash: u64, label: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.ids.find(hash, |&id| self.labels[id as usize].borrow() == label).copied()
    }

    fn add(&mut self, hash: u64, label: T) -> Result<u32, Error> {
        let id = u32::try_from(self.labels.len()).ok().filter(|&id| id != u32::MAX);
        let id = id.ok_or_else(|| Error::too_large("distinct items", u32::MAX))?;
        self.labels.push(label);
        let Dictionary { labels, ids, hasher } = self;
        ids.insert_unique(hash, id, |&id| hasher.hash_one(&labels[id as usize]));
        Ok(id)
    }

    /// From labels in the order of their numbers; an error where one comes twice.
    pub(crate) fn from_labels(labels: impl IntoIterator<Item = T>) -> Result<Self, Error> {
        let mut dictionary = Dictionary::new();
        for (position, label) in labels.into_iter().enumerate() {
            if dictionary.intern(label)? as usize != position {
                return Err(Error::inconsistent("labels", "one comes twice"));
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
