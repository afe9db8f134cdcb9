//! The smallest of what is offered, in a heap: where the better is the smaller, the best.

use std::collections::BinaryHeap;

/// The `k` smallest so far.
#[derive(Clone, Debug)]
pub(crate) struct Smallest<E> {
    k: usize,
    /// The largest of them on top.
    heap: BinaryHeap<E>,
}

impl<E: Ord> Smallest<E> {
    pub(crate) fn new(k: usize) -> Self {
        Smallest { k, heap: BinaryHeap::new() }
    }

    /// The `k` smallest of some.
    pub(crate) fn of(k: usize, all: impl IntoIterator<Item = E>) -> Self {
        let mut smallest = Smallest::new(k);
        all.into_iter().for_each(|one| smallest.offer(one));
        smallest
    }

    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Takes it if it is among the smallest.
    pub(crate) fn offer(&mut self, one: E) {
        if self.heap.len() < self.k {
            self.heap.push(one);
        } else if let Some(mut largest) = self.heap.peek_mut()
            && one < *largest
        {
            *largest = one;
        }
    }

    /// What one more must be smaller than; nothing as long as there are fewer than `k`.
    pub(crate) fn bound(&self) -> Option<&E> {
        self.heap.peek().filter(|_| self.heap.len() >= self.k)
    }

    /// Takes all out, in any order.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = E> {
        self.heap.drain()
    }

    /// The smallest first.
    pub(crate) fn into_sorted_vec(self) -> Vec<E> {
        self.heap.into_sorted_vec()
    }
}

impl<E: Ord> IntoIterator for Smallest<E> {
    type Item = E;
    type IntoIter = std::collections::binary_heap::IntoIter<E>;

    /// In any order.
    fn into_iter(self) -> Self::IntoIter {
        self.heap.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_smallest_by_sorting(all in prop::collection::vec(0..50u8, 0..40), k in 0..45usize) {
            let mut expected = all.clone();
            expected.sort_unstable();
            expected.truncate(k);
            let mut smallest = Smallest::of(k, all);
            prop_assert_eq!(smallest.len(), expected.len());
            prop_assert_eq!(smallest.bound(), expected.last().filter(|_| expected.len() == k));
            prop_assert_eq!(smallest.clone().into_iter().count(), expected.len());
            prop_assert_eq!(&smallest.clone().into_sorted_vec(), &expected);
            prop_assert_eq!(smallest.drain().count(), expected.len());
        }
    }
}
