//! Frequent itemsets with their labels.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use super::result::result_of_a_search;
use super::{FrequentItems, Patterns, Trie};
use crate::dictionary::Dictionary;

/// All frequent itemsets of one search, each with the number of baskets that contain it.
///
/// They are in the crate's canonical order, which is the same for every engine and every number of threads. Items are
/// ranked by descending count, items of equal count by label. An itemset is read as the sequence of its items from the
/// rarest to the most frequent, and itemsets are ordered lexicographically by the ranks in that sequence. So each
/// itemset comes directly before those that extend it by more frequent items.
///
/// 12 bytes per itemset whatever its length, at most `u32::MAX` itemsets. The empty itemset is never among them.
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
/// assert_eq!(lines, [
///     "{beer} (count 3, support 1.000)",
///     "{diapers} (count 2, support 0.667)",
///     "{beer, diapers} (count 2, support 0.667)",
/// ]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "frequent pattern")]
#[doc(alias = "itemset mining")]
#[doc(alias = "large itemset")]
#[derive(Clone, Debug)]
pub struct FrequentItemsets<T> {
    pub(super) patterns: Patterns<T>,
}

result_of_a_search!(FrequentItemsets keeps All);

impl<T> FrequentItemsets<T> {
    /// The same with the labels of another dictionary in place of `former`, whose items have new numbers there. Itemsets
    /// with any other labels stay as they are.
    pub(crate) fn with_dictionary(
        self,
        former: &Arc<Dictionary<T>>,
        dictionary: &Arc<Dictionary<T>>,
        numbers: &[u32],
    ) -> Self
    where
        T: Ord,
    {
        match self.patterns.items.with_dictionary(former, dictionary, numbers) {
            Some(items) => FrequentItemsets { patterns: self.patterns.with_items(Arc::new(items)) },
            None => self,
        }
    }

    /// The number of baskets that contain an itemset, given by its labels in any order; `None` if it is not frequent.
    /// The empty itemset is in every basket.
    ///
    /// Time: a hash look-up per item, and a walk over siblings at each step down the tree.
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let descending = self.patterns.items.falling_ranks(labels)?;
        if descending.is_empty() {
            return Some(self.patterns.baskets);
        }
        self.patterns.trie.find(&descending).map(|node| self.patterns.trie.count(node))
    }

    /// Whether an itemset is closed: no superset has the same count. `None` if it is not frequent.
    ///
    /// Only these itemsets are examined, so supersets longer than [`Miner::max_len`](crate::Miner::max_len) do not
    /// count. [`Miner::mine_closed`](crate::Miner::mine_closed) finds all closed itemsets faster.
    ///
    /// Time: one look-up per frequent item.
    ///
    /// ```
    /// # use itemset::{Miner, Transactions};
    /// # let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
    /// assert_eq!(itemsets.is_closed(["beer"]), Some(true));
    /// assert_eq!(itemsets.is_closed(["diapers"]), Some(false)); // {beer, diapers} has the same count
    /// assert_eq!(itemsets.is_maximal(["beer"]), Some(false));
    /// assert_eq!(itemsets.is_generator(["diapers"]), Some(true));
    /// assert_eq!(itemsets.is_generator(["beer"]), Some(false)); // it is in every basket, as the empty itemset is
    /// assert_eq!(itemsets.is_closed(["wine"]), None);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn is_closed<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<bool>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let (descending, code) = self.found(labels)?;
        Some(!self.patterns.trie.any_larger(&descending, code))
    }

    /// Whether an itemset is maximal: no superset is frequent. `None` if it is not frequent.
    ///
    /// Only these itemsets are examined, as for [`is_closed`](FrequentItemsets::is_closed).
    /// [`Miner::mine_maximal`](crate::Miner::mine_maximal) finds all maximal itemsets faster.
    pub fn is_maximal<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<bool>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let (descending, _) = self.found(labels)?;
        Some(!self.patterns.trie.any_larger(&descending, 1))
    }

    /// Whether an itemset is a generator: no proper subset has the same count, the empty itemset included, which is in
    /// every basket. `None` if it is not frequent.
    ///
    /// Time: one look-up per item of it. [`Miner::mine_generators`](crate::Miner::mine_generators) finds all generators
    /// faster.
    pub fn is_generator<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<bool>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let (descending, code) = self.found(labels)?;
        let trie = &self.patterns.trie;
        Some(trie.table().count(code) < self.patterns.baskets && trie.all_smaller(&descending, code))
    }

    /// The descending ranks of an itemset and the code of its count; `None` if it is not frequent.
    fn found<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<(Vec<u32>, u32)>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let descending = self.patterns.items.falling_ranks(labels)?;
        let node = self.patterns.trie.find(&descending)?;
        Some((descending, self.patterns.trie.code(node)))
    }

    pub(crate) fn items(&self) -> &Arc<FrequentItems<T>> {
        &self.patterns.items
    }

    pub(crate) fn trie(&self) -> &Arc<Trie> {
        &self.patterns.trie
    }
}
