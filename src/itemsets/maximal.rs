//! Maximal itemsets with their labels.

use std::borrow::Borrow;
use std::hash::Hash;
use std::ops::RangeBounds;
use std::sync::Arc;

use super::{FrequentItems, Itemset, Itemsets, Kept, Patterns, Trie};
use crate::mine::Statistics;

/// All maximal frequent itemsets of one search, each with its count, from [`Miner::maximal`](crate::Miner::maximal).
///
/// A *maximal* itemset is frequent, but no superset of it is. What is frequent is what one of them holds; how often, they do not
/// tell, so there is no way from them to rules:
///
/// ```compile_fail
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]]).unwrap();
/// let maximal = Miner::new().min_support(0.5).maximal(&baskets).unwrap();
/// let rules = maximal.rules().generate();
/// ```
///
/// 12 bytes for each step on the paths to them, which they share in part.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
/// let maximal = Miner::new().min_support(0.5).maximal(&baskets)?;
/// let lines: Vec<String> = maximal.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, ["{beer, diapers} (count 2, support 0.667)"]);
/// assert!(maximal.is_frequent(["beer"]) && !maximal.contains(["beer"]));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MaximalItemsets<T> {
    pub(super) patterns: Patterns<T>,
}

impl<T> MaximalItemsets<T> {
    pub(crate) fn new(
        items: FrequentItems<T>,
        trie: Trie,
        baskets: u64,
        min_count: u64,
        statistics: Statistics,
    ) -> Self {
        let patterns = Patterns::new(Arc::new(items), trie, baskets, min_count, statistics, Kept::Leaves);
        MaximalItemsets { patterns }
    }

    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets that were searched, the empty ones included.
    #[must_use]
    pub fn baskets(&self) -> u64 {
        self.patterns.baskets
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.patterns.min_count
    }

    /// How the search went. Not part of equality.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.patterns.statistics
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> Vec<u64> {
        self.patterns.by_len()
    }

    /// All of them, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)).
    pub fn iter(&self) -> Itemsets<'_, T> {
        self.with_len(..)
    }

    /// Those whose number of items lies in a range, in the canonical order.
    pub fn with_len(&self, lengths: impl RangeBounds<usize>) -> Itemsets<'_, T> {
        self.patterns.with_len(lengths)
    }

    /// Whether an itemset, given by its labels in any order, is one of them.
    pub fn contains<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> bool
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let falling = self.patterns.items.falling_ranks(labels);
        falling.is_some_and(|falling| self.patterns.count_of(&falling).is_some())
    }

    /// The baskets that contain one of them, given by its labels in any order; `None` where it is not among them (only maximal itemsets have their counts here).
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.patterns.count_of(&self.patterns.items.falling_ranks(labels)?)
    }

    /// Whether an itemset, given by its labels in any order, is frequent: whether one of these holds it.
    ///
    /// The empty itemset is in every basket. Time: up to a step for each node of the paths of itemsets whose rarest item is as
    /// rare as its own or rarer.
    pub fn is_frequent<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> bool
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        match self.patterns.items.falling_ranks(labels) {
            None => false,
            Some(falling) if falling.is_empty() => self.patterns.baskets >= self.patterns.min_count,
            Some(falling) => self.patterns.trie.holds(&falling),
        }
    }

    /// Bytes held by the itemsets, without the labels.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.patterns.trie.bytes()
    }
}

/// The same itemsets of the same labels with the same counts, from as many baskets at the same threshold.
impl<T: PartialEq> PartialEq for MaximalItemsets<T> {
    fn eq(&self, other: &Self) -> bool {
        self.patterns == other.patterns
    }
}

impl<T: Eq> Eq for MaximalItemsets<T> {}

impl<'a, T> IntoIterator for &'a MaximalItemsets<T> {
    type Item = Itemset<'a, T>;
    type IntoIter = Itemsets<'a, T>;

    fn into_iter(self) -> Itemsets<'a, T> {
        self.iter()
    }
}
