//! One basket, and all of them one after the other.

use std::fmt;
use std::iter::FusedIterator;
use std::ops::Range;

use super::Transactions;
use crate::dictionary::{ItemId, LabelIter, write_set};

/// One basket of [`Transactions`].
#[doc(alias = "transaction")]
#[derive(Debug)]
pub struct Basket<'a, T> {
    labels: &'a [T],
    ids: &'a [u32],
}

impl<'a, T> Basket<'a, T> {
    pub(super) fn new(labels: &'a [T], ids: &'a [u32]) -> Self {
        Basket { labels, ids }
    }

    /// Items in the basket.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether the basket has no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The labels of its items, in the order in which the data first named them.
    pub fn iter(&self) -> LabelIter<'a, 'a, T> {
        LabelIter::of_items(self.labels, self.ids)
    }

    /// The numbers of its items, ascending.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ItemId> + DoubleEndedIterator + FusedIterator + use<'a, T> {
        self.ids.iter().copied().map(ItemId)
    }
}

impl<T> Clone for Basket<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Basket<'_, T> {}

/// The same items, whatever the [`Transactions`] they are from.
impl<T: Ord> PartialEq for Basket<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        let sorted = |of: &Self| {
            let mut labels: Vec<&T> = of.iter().collect();
            labels.sort_unstable();
            labels
        };
        self.len() == other.len() && (self.iter().eq(other.iter()) || sorted(self).eq(&sorted(other)))
    }
}

impl<T: Ord> Eq for Basket<'_, T> {}

/// `{beer, diapers}`, in the order in which the data first named them.
impl<T: fmt::Display> fmt::Display for Basket<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.iter())
    }
}

impl<'a, T> IntoIterator for Basket<'a, T> {
    type Item = &'a T;
    type IntoIter = LabelIter<'a, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &Basket<'a, T> {
    type Item = &'a T;
    type IntoIter = LabelIter<'a, 'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The baskets of [`Transactions`], from [`Transactions::iter`].
#[derive(Debug)]
pub struct BasketIter<'a, T> {
    of: &'a Transactions<T>,
    /// Those that are left.
    positions: Range<usize>,
    /// The stored row of the first of them, or the row before that.
    stored: usize,
    /// The stored row of the last of them, or the row after that.
    last_stored: usize,
}

impl<'a, T> BasketIter<'a, T> {
    /// All baskets; `last_stored` is the row after the last stored one.
    pub(super) fn new(of: &'a Transactions<T>, last_stored: usize) -> Self {
        BasketIter { of, positions: 0..of.len(), stored: 0, last_stored }
    }
}

impl<T> Clone for BasketIter<'_, T> {
    fn clone(&self) -> Self {
        let BasketIter { of, ref positions, stored, last_stored } = *self;
        BasketIter { of, positions: positions.clone(), stored, last_stored }
    }
}

impl<'a, T> Iterator for BasketIter<'a, T> {
    type Item = Basket<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.positions.next()?;
        // Every stored row stands for at least one basket, so the next basket is at most one row further.
        self.stored += usize::from(position >= self.of.rows().positions(self.stored).end);
        Some(self.of.stored_basket(self.stored))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.positions.size_hint()
    }
}

impl<T> DoubleEndedIterator for BasketIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let position = self.positions.next_back()?;
        self.last_stored -= usize::from(position < self.of.rows().positions(self.last_stored).start);
        Some(self.of.stored_basket(self.last_stored))
    }
}

impl<T> ExactSizeIterator for BasketIter<'_, T> {}

impl<T> FusedIterator for BasketIter<'_, T> {}

impl<'a, T> IntoIterator for &'a Transactions<T> {
    type Item = Basket<'a, T>;
    type IntoIter = BasketIter<'a, T>;

    fn into_iter(self) -> BasketIter<'a, T> {
        self.iter()
    }
}
