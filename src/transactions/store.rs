//! The baskets.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use super::{Summary, TransactionsBuilder};
use crate::dictionary::{Dictionary, ItemId};
use crate::error::Error;

/// Baskets of labelled items, encoded: the input of every search.
///
/// Each basket is a set: an item that comes twice in a row counts once, and
/// [`duplicates_skipped`](Transactions::duplicates_skipped) says how often that was so. A row without
/// items is a basket too and counts in the number of baskets.
///
/// Storage: 4 bytes an entry and 4 a basket, each distinct label once. At most `u32::MAX` baskets,
/// entries and distinct items.
///
/// ```
/// use itemset::Transactions;
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["diapers"], vec![]])?;
/// assert_eq!((baskets.len(), baskets.entries(), baskets.dictionary().len()), (3, 3, 2));
/// assert_eq!(baskets.count_of("diapers"), Some(2));
/// let first: Vec<_> = baskets.iter().next().unwrap().iter().copied().collect();
/// assert_eq!(first, ["beer", "diapers"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transactions<T> {
    pub(super) dictionary: Arc<Dictionary<T>>,
    /// Where each basket begins in `ids`, and, last, where the last one ends.
    pub(super) offsets: Vec<u32>,
    /// The items of every basket, ascending and each once.
    pub(super) ids: Vec<u32>,
    /// The baskets that hold each item.
    pub(super) counts: Vec<u32>,
    pub(super) duplicates: u64,
}

impl<T> Transactions<T> {
    /// Encodes rows of labels, each row one basket; see [`TransactionsBuilder`] for rows that come one by one.
    ///
    /// Time is linear in the number of entries.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, entries or distinct items.
    pub fn from_rows<R>(rows: impl IntoIterator<Item = R>) -> Result<Self, Error>
    where
        R: IntoIterator<Item = T>,
        T: Eq + Hash,
    {
        rows.into_iter().collect::<TransactionsBuilder<T>>().build()
    }

    /// An empty builder, which takes rows one by one.
    #[must_use]
    pub fn builder() -> TransactionsBuilder<T> {
        TransactionsBuilder::new()
    }

    /// Baskets, the empty ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no basket.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items in all baskets together, each counted once a basket.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.ids.len()
    }

    /// How many items of the input were left out because their basket held them already.
    #[must_use]
    pub fn duplicates_skipped(&self) -> u64 {
        self.duplicates
    }

    /// The labels and their numbers.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary<T> {
        &self.dictionary
    }

    pub(crate) fn shared_dictionary(&self) -> &Arc<Dictionary<T>> {
        &self.dictionary
    }

    /// The baskets that hold an item; `None` for a label that is in no basket.
    pub fn count_of<Q>(&self, label: &Q) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized,
    {
        // A part of the baskets shares the labels of all.
        let count = |id: ItemId| u64::from(self.counts[id.index()]);
        self.dictionary.id(label).map(count).filter(|&count| count > 0)
    }

    /// The baskets in their order.
    pub fn iter(&self) -> Baskets<'_, T> {
        Baskets { of: self, next: 0 }
    }

    /// One basket by its position, from 0.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Basket<'_, T>> {
        (position < self.len()).then(|| Basket { labels: self.dictionary.labels(), ids: self.rows().row(position) })
    }

    /// What the baskets are like: number, lengths, density, memory. Linear in the number of baskets.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// The baskets without their labels.
    pub(crate) fn rows(&self) -> EncodedRows<'_> {
        EncodedRows { offsets: &self.offsets, ids: &self.ids, items: self.dictionary.len() }
    }

    /// The baskets that hold each item, by [`ItemId`].
    pub(crate) fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Bytes held, without what labels own themselves.
    pub(super) fn bytes(&self) -> usize {
        (self.offsets.capacity() + self.ids.capacity() + self.counts.capacity()) * size_of::<u32>()
            + self.dictionary.bytes()
    }
}

/// The baskets of [`Transactions`] as numbers alone, which any thread may read whatever the labels are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EncodedRows<'a> {
    offsets: &'a [u32],
    ids: &'a [u32],
    items: usize,
}

impl<'a> EncodedRows<'a> {
    /// Rows in arrays of their own.
    pub(crate) fn of_parts(offsets: &'a [u32], ids: &'a [u32], items: usize) -> Self {
        EncodedRows { offsets, ids, items }
    }

    /// Copies of the arrays, and the number of distinct items.
    #[cfg(feature = "random")]
    pub(super) fn to_owned_parts(self) -> (Vec<u32>, Vec<u32>, usize) {
        (self.offsets.to_vec(), self.ids.to_vec(), self.items)
    }

    /// The items of all rows together.
    pub(crate) fn entries(self) -> usize {
        self.ids.len()
    }

    /// Baskets.
    pub(crate) fn len(self) -> usize {
        self.offsets.len() - 1
    }

    /// Distinct items.
    pub(crate) fn items(self) -> usize {
        self.items
    }

    pub(crate) fn row(self, position: usize) -> &'a [u32] {
        &self.ids[self.offsets[position] as usize..self.offsets[position + 1] as usize]
    }
}

/// One basket of [`Transactions`].
#[derive(Debug)]
pub struct Basket<'a, T> {
    labels: &'a [T],
    ids: &'a [u32],
}

impl<'a, T> Basket<'a, T> {
    /// Items in the basket.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether the basket holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The labels of its items, in the order in which the data first named them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a T> + use<'a, T> {
        let labels = self.labels;
        self.ids.iter().map(move |&id| &labels[id as usize])
    }

    /// The numbers of its items, ascending.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ItemId> + use<'a, T> {
        self.ids.iter().copied().map(ItemId)
    }
}

impl<T> Clone for Basket<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Basket<'_, T> {}

/// The baskets of [`Transactions`], one by one.
#[derive(Clone, Debug)]
pub struct Baskets<'a, T> {
    of: &'a Transactions<T>,
    next: usize,
}

impl<'a, T> Iterator for Baskets<'a, T> {
    type Item = Basket<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let basket = self.of.get(self.next)?;
        self.next += 1;
        Some(basket)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.of.len() - self.next;
        (left, Some(left))
    }
}

impl<T> ExactSizeIterator for Baskets<'_, T> {}

impl<'a, T> IntoIterator for &'a Transactions<T> {
    type Item = Basket<'a, T>;
    type IntoIter = Baskets<'a, T>;

    fn into_iter(self) -> Baskets<'a, T> {
        self.iter()
    }
}
