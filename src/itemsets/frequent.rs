//! Frequent itemsets with their labels.

use std::borrow::Borrow;
use std::hash::Hash;
use std::ops::{Bound, RangeBounds};
use std::sync::Arc;

use super::{FrequentItems, Trie, Walk};
use crate::mine::Statistics;

/// All frequent itemsets of one search, each with the number of baskets that contain it.
///
/// They stand in the crate's canonical order, which is the same for every engine and every number of
/// threads. Items are ranked by falling count, items of equal count by label; an itemset is taken as the
/// sequence of its items from the rarest to the most frequent; itemsets are ordered as words are in a
/// dictionary, by the ranks in that sequence. So each itemset comes directly before those that extend
/// it by more frequent items.
///
/// 12 bytes an itemset whatever its length, at most `u32::MAX` itemsets. The empty itemset is never among them.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
/// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
/// assert_eq!(itemsets.len(), 3);
/// assert_eq!(itemsets.count_of(["diapers", "beer"]), Some(2));
/// assert_eq!(itemsets.count_of(["wine"]), None);
/// let lines: Vec<String> = itemsets.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, ["{beer} (count 3, support 1.000)", "{diapers} (count 2, support 0.667)", "{beer, diapers} (count 2, support 0.667)"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FrequentItemsets<T> {
    pub(super) items: Arc<FrequentItems<T>>,
    pub(super) trie: Arc<Trie>,
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
}

impl<T> FrequentItemsets<T> {
    pub(crate) fn new(
        items: FrequentItems<T>,
        trie: Trie,
        baskets: u64,
        min_count: u64,
        statistics: Statistics,
    ) -> Self {
        FrequentItemsets { items: Arc::new(items), trie: Arc::new(trie), baskets, min_count, statistics }
    }

    /// Frequent itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.trie.len()
    }

    /// Whether nothing is frequent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets that were searched, the empty ones included.
    #[must_use]
    pub fn baskets(&self) -> u64 {
        self.baskets
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// How the search went: the algorithm that ran, its candidates. Not part of equality.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> Vec<u64> {
        let mut by_len = Vec::new();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((_, path)) = walk.step() {
            if by_len.len() < path.len() {
                by_len.push(0);
            }
            by_len[path.len() - 1] += 1;
        }
        by_len
    }

    /// All itemsets in the canonical order.
    pub fn iter(&self) -> Itemsets<'_, T> {
        self.with_len(..)
    }

    /// The itemsets whose number of items lies in a range, in the canonical order.
    ///
    /// Extensions of itemsets of the range's upper end are skipped, not visited.
    ///
    /// ```
    /// # use itemset::{Miner, Transactions};
    /// # let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]])?;
    /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
    /// assert_eq!(itemsets.with_len(2..).count(), 1);
    /// assert_eq!(itemsets.with_len(..=1).count(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn with_len(&self, lengths: impl RangeBounds<usize>) -> Itemsets<'_, T> {
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
        Itemsets { of: self, walk: Walk::new(&self.trie, max_len), min_len }
    }

    /// The baskets that contain an itemset, given by its labels in any order; `None` where it is not
    /// among the frequent ones. The empty itemset is in every basket.
    ///
    /// Time: a hash look-up an item, and a walk over siblings at each step down the tree.
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let falling = self.items.falling_ranks(labels)?;
        if falling.is_empty() {
            return Some(self.baskets);
        }
        self.trie.find(&falling).map(|node| u64::from(self.trie.count(node)))
    }

    pub(crate) fn items(&self) -> &Arc<FrequentItems<T>> {
        &self.items
    }

    pub(crate) fn trie(&self) -> &Arc<Trie> {
        &self.trie
    }

    /// Bytes held by the itemsets, without the labels.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.trie.bytes()
    }
}

/// The same itemsets of the same labels with the same counts, from as many baskets at the same threshold.
impl<T: PartialEq> PartialEq for FrequentItemsets<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.baskets, self.min_count) == (other.baskets, other.min_count)
            && self.items == other.items
            && self.trie == other.trie
    }
}

impl<T: Eq> Eq for FrequentItemsets<T> {}

impl<'a, T> IntoIterator for &'a FrequentItemsets<T> {
    type Item = Itemset<'a, T>;
    type IntoIter = Itemsets<'a, T>;

    fn into_iter(self) -> Itemsets<'a, T> {
        self.iter()
    }
}

/// Itemsets in the canonical order, from [`FrequentItemsets::iter`] and [`FrequentItemsets::with_len`].
#[derive(Clone, Debug)]
pub struct Itemsets<'a, T> {
    of: &'a FrequentItemsets<T>,
    walk: Walk<'a>,
    min_len: usize,
}

impl<'a, T> Iterator for Itemsets<'a, T> {
    type Item = Itemset<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, path) = self.walk.step()?;
            if path.len() >= self.min_len {
                let mut ranks = path.to_vec();
                self.of.items.sort_by_label(&mut ranks);
                return Some(Itemset { of: self.of, ranks, count: u64::from(self.of.trie.count(node)) });
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
    pub(super) of: &'a FrequentItemsets<T>,
    /// In the order of the labels.
    pub(super) ranks: Vec<u32>,
    count: u64,
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
        let items = &self.of.items;
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
        self.count as f64 / self.of.baskets as f64
    }
}
