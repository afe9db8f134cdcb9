//! The baskets.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use super::{Basket, BasketIter, Summary, TransactionsBuilder};
use crate::dictionary::{Dictionary, ItemId};
use crate::error::Error;

/// The most baskets, counted with their weights: products of two counts and their differences then fit into 128 bits with
/// a sign.
pub(crate) const MAX_BASKETS: u64 = i64::MAX as u64;

/// What there may be no more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Rows.
    Rows,
    /// Entries of rows.
    Entries,
    /// Distinct items.
    Items,
    /// Baskets, counted with their weights.
    Weights,
}

impl Full {
    pub(crate) fn error(self) -> Error {
        let rows = u64::from(u32::MAX);
        let (what, limit) = match self {
            Full::Rows => ("rows of baskets", rows),
            Full::Entries => ("entries of baskets", rows),
            Full::Items => ("distinct items", rows),
            Full::Weights => {
                ("baskets, counted with their weights: divide all weights by the same number", MAX_BASKETS)
            }
        };
        Error::too_large(what, limit)
    }
}

/// Baskets of labelled items, encoded: the input of every search.
///
/// Each basket is a set: an item that occurs twice in a row counts once, and
/// [`duplicates_skipped`](Transactions::duplicates_skipped) returns how many were left out. A row without items is a
/// basket too and counts in the number of baskets.
///
/// A row may stand for several identical baskets: [`push_weighted`](TransactionsBuilder::push_weighted) stores it once
/// with its weight. Every result, [`len`](Transactions::len) included, is as if the row had been pushed that many
/// times.
///
/// Storage: 4 bytes per entry, 4 per stored row, 8 more per stored row if any has a weight other than 1, 8 per distinct
/// item and each distinct label once. Clones share the entries. At most `u32::MAX` stored rows, stored entries and
/// distinct items, and `i64::MAX` baskets, counted with their weights.
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
#[doc(alias = "transaction database")]
#[doc(alias = "baskets")]
#[derive(Clone, Debug)]
pub struct Transactions<T> {
    pub(super) dictionary: Arc<Dictionary<T>>,
    /// Where each stored row begins in `ids`, and, last, where the last one ends.
    pub(super) offsets: Arc<Vec<u32>>,
    /// The items of every stored row, ascending and each once.
    pub(super) ids: Arc<Vec<u32>>,
    /// The baskets that each stored row and those before it stand for; empty where each stands for one.
    pub(super) ends: Vec<u64>,
    /// The baskets that hold each item.
    pub(super) counts: Vec<u64>,
    pub(super) duplicates: u64,
}

impl<T> Transactions<T> {
    /// Encodes rows of labels, each row one basket. [`TransactionsBuilder`] takes rows one by one.
    ///
    /// Time is linear in the number of entries.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` stored rows, entries or distinct items.
    #[doc(alias = "TransactionEncoder")]
    pub fn from_rows<R>(rows: impl IntoIterator<Item = R>) -> Result<Self, Error>
    where
        R: IntoIterator<Item = T>,
        T: Eq + Hash,
    {
        rows.into_iter().collect::<TransactionsBuilder<T>>().build()
    }

    /// A builder without baskets, which takes rows one by one.
    #[must_use]
    pub fn builder() -> TransactionsBuilder<T> {
        TransactionsBuilder::new()
    }

    /// Baskets, the empty ones included, counted with their weights.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows().len()
    }

    /// Whether there are no baskets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Stored rows: fewer than the baskets if some rows have weights above 1.
    #[must_use]
    pub fn stored_rows(&self) -> usize {
        self.rows().stored()
    }

    /// Items in all baskets together, each counted once per basket: the entries of a row of weight 3 count three times.
    /// Linear in the number of distinct items if there are weights.
    #[must_use]
    pub fn entries(&self) -> u64 {
        match self.ends.is_empty() {
            true => self.ids.len() as u64,
            // Stored entries and weights are u32s, so a u64 holds all their products.
            false => self.counts.iter().sum(),
        }
    }

    /// Items of the input that were left out because their basket held them already.
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

    /// The number of baskets that hold an item; `None` for a label that is in no basket.
    pub fn count_of<Q>(&self, label: &Q) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized,
    {
        // A part of the baskets shares the labels of all.
        let count = |id: ItemId| self.counts[id.index()];
        self.dictionary.id(label).map(count).filter(|&count| count > 0)
    }

    /// The baskets in their order, a row of weight 3 three times.
    pub fn iter(&self) -> BasketIter<'_, T> {
        let last_stored = self.stored_rows().saturating_sub(1);
        BasketIter::new(self, last_stored)
    }

    /// The stored rows in their order, each with its weight: the number of identical baskets that it stands for, at
    /// least 1.
    ///
    /// ```
    /// let mut builder = itemset::Transactions::builder();
    /// builder.push_weighted(["beer", "diapers"], 1_000_000);
    /// builder.push(["chips"]);
    /// let baskets = builder.build()?;
    /// assert_eq!((baskets.len(), baskets.stored_rows()), (1_000_001, 2));
    /// let rows: Vec<_> = baskets.weighted().map(|(basket, weight)| (basket.len(), weight)).collect();
    /// assert_eq!(rows, [(2, 1_000_000), (1, 1)]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn weighted(&self) -> impl ExactSizeIterator<Item = (Basket<'_, T>, u32)> {
        let rows = self.rows();
        (0..rows.stored()).map(move |stored| (self.stored_basket(stored), rows.weight(stored)))
    }

    /// The basket at a position, from 0. Constant time, or a binary search if there are weights.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Basket<'_, T>> {
        (position < self.len()).then(|| self.stored_basket(self.rows().stored_at(position)))
    }

    /// The basket of a stored row.
    pub(super) fn stored_basket(&self, stored: usize) -> Basket<'_, T> {
        Basket::new(self.dictionary.labels(), self.rows().row(stored))
    }

    /// Number, lengths, density and memory of the baskets. Linear in the number of stored rows, apart from sorting
    /// their lengths.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// The baskets without their labels.
    pub(crate) fn rows(&self) -> EncodedRows<'_> {
        EncodedRows { offsets: &self.offsets, ids: &self.ids, ends: &self.ends, items: self.dictionary.len() }
    }

    /// The number of baskets that hold each item, by [`ItemId`].
    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Bytes held, without what labels own themselves.
    pub(super) fn bytes(&self) -> usize {
        let short = [&self.offsets, &self.ids].map(|column| column.capacity());
        let long = [&self.ends, &self.counts].map(Vec::capacity);
        short.iter().sum::<usize>() * size_of::<u32>()
            + long.iter().sum::<usize>() * size_of::<u64>()
            + self.dictionary.bytes()
    }
}

/// The same labels in the same order, the same baskets in the same order, however they are stored, and the same number
/// of duplicates skipped.
impl<T: PartialEq> PartialEq for Transactions<T> {
    fn eq(&self, other: &Self) -> bool {
        self.duplicates == other.duplicates
            && self.counts == other.counts
            && self.dictionary == other.dictionary
            && self.rows().same(other.rows())
    }
}

impl<T: Eq> Eq for Transactions<T> {}

/// No baskets.
impl<T> Default for Transactions<T> {
    fn default() -> Self {
        let (dictionary, offsets, ids) = (Arc::new(Dictionary::new()), Arc::new(vec![0]), Arc::default());
        Transactions { dictionary, offsets, ids, ends: Vec::new(), counts: Vec::new(), duplicates: 0 }
    }
}

/// The [`summary`](Transactions::summary).
impl<T> fmt::Display for Transactions<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary().fmt(f)
    }
}

/// The baskets of [`Transactions`] as numbers alone, which any thread may read whatever the labels are.
///
/// Each row is stored once and stands for as many identical consecutive baskets as its weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EncodedRows<'a> {
    offsets: &'a [u32],
    ids: &'a [u32],
    ends: &'a [u64],
    items: usize,
}

impl<'a> EncodedRows<'a> {
    /// Rows in other arrays. `ends` holds where the baskets of each row end; if it is empty, each row is one basket.
    pub(crate) fn of_parts(offsets: &'a [u32], ids: &'a [u32], ends: &'a [u64], items: usize) -> Self {
        EncodedRows { offsets, ids, ends, items }
    }

    /// The items of all stored rows together.
    pub(crate) fn stored_entries(self) -> usize {
        self.ids.len()
    }

    /// Baskets.
    pub(crate) fn len(self) -> usize {
        self.ends.last().map_or(self.stored(), |&end| end as usize)
    }

    /// Rows.
    pub(crate) fn stored(self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether each row stands for one basket.
    pub(crate) fn are_single(self) -> bool {
        self.ends.is_empty()
    }

    /// Distinct items.
    pub(crate) fn items(self) -> usize {
        self.items
    }

    /// A stored row.
    pub(crate) fn row(self, stored: usize) -> &'a [u32] {
        &self.ids[self.offsets[stored] as usize..self.offsets[stored + 1] as usize]
    }

    /// The baskets that a stored row stands for, by position.
    pub(crate) fn positions(self, stored: usize) -> Range<usize> {
        match self.ends.get(stored) {
            None => stored..stored + 1,
            Some(&end) => stored.checked_sub(1).map_or(0, |before| self.ends[before] as usize)..end as usize,
        }
    }

    /// The number of those baskets.
    pub(crate) fn weight(self, stored: usize) -> u32 {
        // A row is added with a weight of 32 bits.
        self.positions(stored).len() as u32
    }

    /// The number of the baskets of some rows, given by a bit for each.
    pub(crate) fn weigh(self, words: impl Iterator<Item = u64>) -> u64 {
        if self.are_single() {
            return words.map(|word| u64::from(word.count_ones())).sum();
        }
        let mut baskets = 0;
        for (place, mut word) in words.enumerate() {
            while word != 0 {
                baskets += u64::from(self.weight(64 * place + word.trailing_zeros() as usize));
                word &= word - 1;
            }
        }
        baskets
    }

    /// The stored row of a basket.
    fn stored_at(self, position: usize) -> usize {
        match self.ends.is_empty() {
            true => position,
            false => self.ends.partition_point(|&end| end as usize <= position),
        }
    }

    /// The stored rows and their weights.
    pub(crate) fn weighted(self) -> impl Iterator<Item = (&'a [u32], u32)> {
        (0..self.stored()).map(move |stored| (self.row(stored), self.weight(stored)))
    }

    /// Whether the baskets are the same, however they are stored.
    fn same(self, other: Self) -> bool {
        if self.are_single() && other.are_single() {
            return self.offsets == other.offsets && self.ids == other.ids;
        }
        let (mut rows, mut others) = (self.weighted(), other.weighted());
        let (mut row, mut another) = (rows.next(), others.next());
        loop {
            match (&mut row, &mut another) {
                (None, None) => return true,
                (Some((items, weight)), Some((other_items, other_weight))) if items == other_items => {
                    let common = (*weight).min(*other_weight);
                    *weight -= common;
                    *other_weight -= common;
                    if *weight == 0 {
                        row = rows.next();
                    }
                    if another.is_some_and(|(_, weight)| weight == 0) {
                        another = others.next();
                    }
                }
                _ => return false,
            }
        }
    }
}

/// The number of baskets up to each row; empty if each row is one basket.
pub(super) fn ends_of(weights: &[u32]) -> Vec<u64> {
    if weights.iter().all(|&weight| weight == 1) {
        return Vec::new();
    }
    let mut end = 0;
    let ends = weights.iter().map(|&weight| {
        end += u64::from(weight);
        end
    });
    ends.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn baskets_from_both_ends(
            weights in prop::collection::vec(1..4u32, 0..6),
            front in prop::collection::vec(any::<bool>(), 20),
        ) {
            let mut builder = Transactions::builder();
            for (item, &weight) in (0..).zip(&weights) {
                builder.push_weighted([item], weight);
            }
            let baskets = builder.build().unwrap();
            let mut expected: std::collections::VecDeque<u32> =
                (0..).zip(&weights).flat_map(|(item, &weight)| vec![item; weight as usize]).collect();
            let backwards = baskets.iter().rev().map(|basket| *basket.iter().next().unwrap());
            prop_assert!(backwards.eq(expected.iter().rev().copied()));
            let mut iter = baskets.iter();
            for front in front {
                prop_assert_eq!(iter.len(), expected.len());
                let (found, expected) = match front {
                    true => (iter.next(), expected.pop_front()),
                    false => (iter.next_back(), expected.pop_back()),
                };
                prop_assert_eq!(found.map(|basket| *basket.iter().next().unwrap()), expected);
            }
        }
    }

    #[test]
    fn baskets_compare_as_sets() {
        let one = Transactions::from_rows([vec!["a", "b"], vec!["b", "c"], vec![]]).unwrap();
        let other = Transactions::from_rows([vec!["b", "a"], vec!["b"], vec![]]).unwrap();
        let (one, other): (Vec<_>, Vec<_>) = (one.iter().collect(), other.iter().collect());
        assert_eq!((one[0], one[2]), (other[0], other[2]));
        assert_ne!(one[1], other[1]);
        assert_eq!((one[0].to_string(), one[2].to_string()), ("{a, b}".to_string(), "{}".to_string()));
        assert_eq!(one[1].into_iter().rev().collect::<Vec<_>>(), [&"c", &"b"]);
        assert!(Transactions::<u32>::default() == Transactions::builder().build().unwrap());
        assert_eq!(Transactions::<u32>::default().iter().next_back(), None);
    }
}
