//! What all results have in common: itemsets in a trie, their labels, and what was searched.

use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::{FrequentItems, Trie, Walk};
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

/// Which nodes of a trie are itemsets of the result. The others are only on the way to those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    All,
    /// Those that are in more baskets than their first child. A node that is only on the way has the count of its closure, which is below
    /// it; all closed itemsets below it hold the closure, so the first child is on the way there too.
    Closed,
    /// Those without children.
    Leaves,
}

impl Kept {
    #[inline(always)]
    pub(crate) fn is_kept(self, trie: &Trie, node: usize) -> bool {
        let is_leaf = trie.end(node) == node + 1;
        match self {
            Kept::All => true,
            Kept::Closed => is_leaf || trie.count(node + 1) < trie.count(node),
            Kept::Leaves => is_leaf,
        }
    }
}

impl<T> Patterns<T> {
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
    pub(super) fn iter_len(&self, lengths: impl RangeBounds<usize>) -> ItemsetIter<'_, T> {
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
        ItemsetIter { of: self, walk: Walk::new(&self.trie, max_len), min_len }
    }

    /// The count of an itemset that is one of the result, as descending ranks.
    pub(super) fn count_of(&self, descending: &[u32]) -> Option<u64> {
        let node = self.trie.find(descending).filter(|&node| self.kept.is_kept(&self.trie, node))?;
        Some(u64::from(self.trie.count(node)))
    }
}

/// The same itemsets of the same labels with the same counts, from as many baskets at the same threshold.
impl<T: PartialEq> PartialEq for Patterns<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.baskets, self.min_count, self.kept) == (other.baskets, other.min_count, other.kept)
            && self.items == other.items
            && self.trie == other.trie
    }
}

/// Itemsets in the canonical order, from [`FrequentItemsets::iter`](crate::FrequentItemsets::iter) and the like.
#[derive(Clone, Debug)]
pub struct ItemsetIter<'a, T> {
    of: &'a Patterns<T>,
    walk: Walk<'a>,
    min_len: usize,
}

impl<'a, T> Iterator for ItemsetIter<'a, T> {
    type Item = Itemset<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, path) = self.walk.step()?;
            if path.len() >= self.min_len && self.of.kept.is_kept(&self.of.trie, node) {
                let mut ranks = path.to_vec();
                self.of.items.sort_by_label(&mut ranks);
                let Patterns { items, trie, baskets, kept, .. } = self.of;
                let subsets = (*kept == Kept::All).then_some(&**trie);
                return Some(Itemset { items, subsets, baskets: *baskets, ranks, count: u64::from(trie.count(node)) });
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left()))
    }
}

/// One frequent itemset and its count.
#[derive(Clone, Debug)]
pub struct Itemset<'a, T> {
    pub(super) items: &'a FrequentItems<T>,
    /// The counts of all its subsets, where the result that it is of holds them.
    pub(super) subsets: Option<&'a Trie>,
    /// All that were searched.
    pub(super) baskets: u64,
    /// In the order of the labels.
    pub(super) ranks: Vec<u32>,
    pub(super) count: u64,
}

impl<'a, T> Itemset<'a, T> {
    /// Items in the itemset, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "the empty itemset is never reported")]
    pub fn len(&self) -> usize {
        self.ranks.len()
    }

    /// Its items, in the order of their labels.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a T> {
        let items = self.items;
        self.ranks.iter().map(move |&rank| items.label(rank))
    }

    /// The baskets that contain it.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The share of all baskets that contain it, above 0 and at most 1.
    #[must_use]
    pub fn support(&self) -> f64 {
        self.count as f64 / self.baskets as f64
    }
}
