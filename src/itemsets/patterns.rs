//! What all results share: itemsets in a trie, their labels, and what was searched.

use std::iter::FusedIterator;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::{FrequentItems, Trie, Walk};
use crate::dictionary::LabelIter;
use crate::mine::report::statistics::Statistics;

/// The itemsets of a search.
#[derive(Clone, Debug)]
pub(crate) struct Patterns<T> {
    pub(super) items: Arc<FrequentItems<T>>,
    pub(super) trie: Arc<Trie>,
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
    pub(super) kept: Kept,
    len: usize,
}

/// Which nodes of a trie are itemsets of the result. The others only lead to those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    All,
    /// Those that are in more baskets than their first child. A node that only leads to others has the count of its
    /// closure, which is below it. All closed itemsets below it hold the closure, so the first child leads there too.
    Closed,
    /// Those without children.
    Leaves,
}

impl Kept {
    #[inline(always)]
    pub(crate) fn is_kept(self, trie: &Trie, node: usize) -> bool {
        match self {
            Kept::All => true,
            Kept::Closed => trie.is_leaf(node) || trie.code(node + 1) < trie.code(node),
            Kept::Leaves => trie.is_leaf(node),
        }
    }
}

impl<T> Patterns<T> {
    /// The same, with the same items under other numbers.
    pub(super) fn with_items(self, items: Arc<FrequentItems<T>>) -> Self {
        Patterns { items, ..self }
    }

    pub(crate) fn new(
        items: Arc<FrequentItems<T>>,
        trie: Trie,
        baskets: u64,
        min_count: u64,
        statistics: Statistics,
        kept: Kept,
    ) -> Self {
        let len = match kept {
            Kept::All => trie.len(),
            kept => (0..trie.len()).filter(|&node| kept.is_kept(&trie, node)).count(),
        };
        Patterns { items, trie: Arc::new(trie), baskets, min_count, statistics, kept, len }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    pub(super) fn by_len(&self) -> Vec<u64> {
        let mut by_len = Vec::new();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            if by_len.len() < path.len() {
                by_len.push(0);
            }
            by_len[path.len() - 1] += u64::from(self.kept.is_kept(&self.trie, node));
        }
        by_len
    }

    /// The itemsets whose number of items lies in a range, in the canonical order.
    pub(super) fn iter_len(&self, lengths: impl RangeBounds<usize>) -> ItemsetLenIter<'_, T> {
        let min_len = match lengths.start_bound() {
            Bound::Included(&min) => min,
            Bound::Excluded(&below) => below.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let max_len = match lengths.end_bound() {
            Bound::Included(&max) => max,
            Bound::Excluded(&above) => above.saturating_sub(1),
            Bound::Unbounded => usize::MAX,
        };
        ItemsetLenIter { of: self, walk: Walk::new(&self.trie, max_len), min_len }
    }

    /// All itemsets, in the canonical order.
    pub(super) fn iter(&self) -> ItemsetIter<'_, T> {
        ItemsetIter { all: self.iter_len(..), left: self.len }
    }

    /// The itemset at a place in the canonical order.
    pub(super) fn get(&self, index: usize) -> Option<Itemset<'_, T>> {
        let node = match self.kept {
            Kept::All => Some(index).filter(|&node| node < self.trie.len()),
            kept => (0..self.trie.len()).filter(|&node| kept.is_kept(&self.trie, node)).nth(index),
        };
        node.map(|node| self.itemset(node, self.trie.path(node)))
    }

    fn itemset(&self, node: usize, mut ranks: Vec<u32>) -> Itemset<'_, T> {
        self.items.sort_by_label(&mut ranks);
        let Patterns { items, trie, baskets, kept, .. } = self;
        let subsets = (*kept == Kept::All).then_some(&**trie);
        Itemset { items, subsets, baskets: *baskets, ranks, count: trie.count(node) }
    }

    /// The count of an itemset that is one of the result, as descending ranks.
    pub(super) fn count_of(&self, descending: &[u32]) -> Option<u64> {
        let node = self.trie.find(descending).filter(|&node| self.kept.is_kept(&self.trie, node))?;
        Some(self.trie.count(node))
    }
}

/// The same itemsets of the same labels with the same counts, from the same number of baskets at the same threshold.
impl<T: PartialEq> PartialEq for Patterns<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.baskets, self.min_count, self.kept) == (other.baskets, other.min_count, other.kept)
            && self.items == other.items
            && self.trie == other.trie
    }
}

/// All itemsets of a result in the canonical order, from [`FrequentItemsets::iter`](crate::FrequentItemsets::iter) and
/// the like.
#[derive(Debug)]
pub struct ItemsetIter<'a, T> {
    all: ItemsetLenIter<'a, T>,
    left: usize,
}

impl<T> Clone for ItemsetIter<'_, T> {
    fn clone(&self) -> Self {
        ItemsetIter { all: self.all.clone(), left: self.left }
    }
}

impl<'a, T> Iterator for ItemsetIter<'a, T> {
    type Item = Itemset<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.all.next()?;
        self.left -= 1;
        Some(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for ItemsetIter<'_, T> {}

impl<T> FusedIterator for ItemsetIter<'_, T> {}

/// The itemsets of some lengths in the canonical order, from
/// [`FrequentItemsets::iter_len`](crate::FrequentItemsets::iter_len) and the like.
#[derive(Debug)]
pub struct ItemsetLenIter<'a, T> {
    of: &'a Patterns<T>,
    walk: Walk<'a>,
    min_len: usize,
}

impl<T> Clone for ItemsetLenIter<'_, T> {
    fn clone(&self) -> Self {
        ItemsetLenIter { of: self.of, walk: self.walk.clone(), min_len: self.min_len }
    }
}

impl<'a, T> Iterator for ItemsetLenIter<'a, T> {
    type Item = Itemset<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, path) = self.walk.step()?;
            if path.len() >= self.min_len && self.of.kept.is_kept(&self.of.trie, node) {
                return Some(self.of.itemset(node, path.to_vec()));
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left()))
    }
}

impl<T> FusedIterator for ItemsetLenIter<'_, T> {}

/// One frequent itemset and its count.
///
/// It holds its items in a `Vec`, so each step of an iterator over itemsets allocates.
#[doc(alias = "frequent pattern")]
#[derive(Debug)]
pub struct Itemset<'a, T> {
    pub(super) items: &'a FrequentItems<T>,
    /// The counts of all its subsets, if the result holds them.
    pub(super) subsets: Option<&'a Trie>,
    /// All that were searched.
    pub(super) baskets: u64,
    /// In the order of the labels.
    pub(super) ranks: Vec<u32>,
    pub(super) count: u64,
}

impl<'a, T> Itemset<'a, T> {
    /// One by descending ranks, of which no subsets are known.
    #[cfg(feature = "snapshot")]
    pub(crate) fn of_path(items: &'a FrequentItems<T>, baskets: u64, descending: &[u32], count: u64) -> Self {
        let mut ranks = descending.to_vec();
        items.sort_by_label(&mut ranks);
        Itemset { items, subsets: None, baskets, ranks, count }
    }

    /// Items in the itemset, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the empty itemset is never reported")]
    pub fn len(&self) -> usize {
        self.ranks.len()
    }

    /// Its items, in the order of their labels.
    pub fn iter(&self) -> LabelIter<'a, '_, T> {
        self.items.iter(&self.ranks)
    }

    /// The number of baskets that contain it.
    #[must_use]
    #[doc(alias = "absolute support")]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The fraction of all baskets that contain it, above 0 and at most 1.
    #[must_use]
    #[doc(alias = "relative support")]
    pub fn support(&self) -> f64 {
        self.count as f64 / self.baskets as f64
    }

    /// All baskets that were searched, the empty ones included.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }
}

impl<T> Clone for Itemset<'_, T> {
    fn clone(&self) -> Self {
        let Itemset { items, subsets, baskets, ref ranks, count } = *self;
        Itemset { items, subsets, baskets, ranks: ranks.clone(), count }
    }
}

/// The same items with the same count, in the same number of baskets, whatever the results they are from.
impl<T: PartialEq> PartialEq for Itemset<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        (self.count, self.baskets) == (other.count, other.baskets) && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Itemset<'_, T> {}

impl<'a, 'i, T> IntoIterator for &'i Itemset<'a, T> {
    type Item = &'a T;
    type IntoIter = LabelIter<'a, 'i, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use crate::mine::query::min_support::MinSupport;
    use crate::{Miner, Transactions};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn results_are_indexed_and_counted(
            rows in prop::collection::vec(prop::collection::vec(0..8u8, 0..6), 1..12),
            min_count in 1..4u64,
        ) {
            let baskets = Transactions::from_rows(rows).unwrap();
            let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(1);
            macro_rules! check {
                ($($result:expr),+) => {$(
                    let result = $result.unwrap();
                    let all: Vec<_> = result.iter().collect();
                    prop_assert_eq!(all.len(), result.len());
                    let mut iter = result.iter();
                    for (index, itemset) in all.iter().enumerate() {
                        prop_assert_eq!(iter.len(), all.len() - index);
                        let (got, next) = (result.get(index), iter.next());
                        prop_assert_eq!(got.as_ref(), Some(itemset));
                        prop_assert_eq!(next.as_ref(), Some(itemset));
                        prop_assert!(itemset.into_iter().eq(itemset.iter()));
                    }
                    let beyond = (iter.len(), iter.next(), iter.next(), result.get(all.len()));
                    prop_assert_eq!(beyond, (0, None, None, None));
                    prop_assert!((&result).into_iter().eq(all));
                )+};
            }
            check!(
                miner.mine(&baskets),
                miner.mine_closed(&baskets),
                miner.mine_maximal(&baskets),
                miner.mine_generators(&baskets)
            );
            let best = miner.search(&baskets).min_len(1).top_k(9).collect().unwrap();
            let all: Vec<_> = best.iter().collect();
            prop_assert!(best.iter().rev().eq(all.iter().rev().cloned()));
            prop_assert!((0..best.len()).filter_map(|index| best.get(index)).eq(&best));
        }
    }
}
