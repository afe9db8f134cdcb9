//! Some itemsets, one after the other.

use std::cmp::Reverse;
use std::iter::FusedIterator;
use std::ops::Range;
use std::sync::Arc;

use super::{CountTable, FrequentItems, FrequentItemsets, Itemset, Kept, Patterns, Trie, Walk};
use crate::error::Error;
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::report::statistics::Statistics;

/// Itemsets that were asked for, each with its count, from [`Miner::search`](crate::Miner::search) and
/// [`Miner::mine_top_k`](crate::Miner::mine_top_k).
///
/// The list need not hold all subsets of an itemset, so it cannot make rules, nor answer counts of other itemsets.
///
/// 12 bytes per itemset and 4 per item of each.
///
/// ```
/// use itemset::{Constraints, MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["chips"]])?;
/// let with_beer = Constraints::new().must_contain(["beer"]).min_len(2);
/// let found = Miner::new().min_support(MinSupport::count(2)).search(&baskets).constraints(&with_beer).collect()?;
/// assert_eq!(found.to_string(), "1 itemsets in 3 baskets (min count 2)\n{beer, diapers} (count 2, support 0.667)");
/// assert!(found.get(0).unwrap().iter().eq(&["beer", "diapers"]));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ItemsetList<T> {
    pub(super) items: Arc<FrequentItems<T>>,
    /// With the codes of their counts.
    pub(super) listed: FlatItemsets,
    pub(super) table: CountTable,
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
}

impl<T> ItemsetList<T> {
    pub(crate) fn new(
        items: Arc<FrequentItems<T>>,
        listed: FlatItemsets,
        table: CountTable,
        baskets: u64,
        min_count: u64,
        statistics: Statistics,
    ) -> Self {
        ItemsetList { items, listed, table, baskets, min_count, statistics }
    }

    /// All frequent itemsets.
    pub(crate) fn of_frequent(itemsets: &FrequentItemsets<T>) -> Self {
        let Patterns { items, trie, baskets, min_count, statistics, .. } = &itemsets.patterns;
        let mut list = FlatItemsets::default();
        let mut walk = Walk::new(trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            list.push(path.iter().copied(), trie.code(node));
        }
        ItemsetList::new(Arc::clone(items), list, trie.table().clone(), *baskets, *min_count, statistics.clone())
    }

    /// The same as frequent itemsets. With each itemset, its subsets must be in the list, which must be in the canonical
    /// order.
    pub(crate) fn into_frequent(self) -> Result<FrequentItemsets<T>, Error> {
        let ItemsetList { items, listed, table, baskets, min_count, statistics } = self;
        let trie = Trie::of_list(&listed, items.len(), table)?;
        Ok(FrequentItemsets { patterns: Patterns::new(items, trie, baskets, min_count, statistics, Kept::All) })
    }

    /// The first `k` by descending count, ties in the present order.
    pub(crate) fn best(self, k: usize) -> Self {
        let mut places: Vec<usize> = (0..self.len()).collect();
        places.sort_by_key(|&place| Reverse(self.listed.count(place)));
        let mut listed = FlatItemsets::default();
        for &place in places.iter().take(k) {
            listed.push(self.listed.descending(place).iter().copied(), self.listed.count(place));
        }
        let min_count = listed.last_count().map_or(1, |code| self.table.count(code));
        ItemsetList { listed, min_count, ..self }
    }

    pub(crate) fn items(&self) -> &FrequentItems<T> {
        &self.items
    }

    pub(crate) fn listed(&self) -> &FlatItemsets {
        &self.listed
    }

    /// The count of the itemset at a place.
    #[cfg(feature = "snapshot")]
    pub(crate) fn count(&self, place: usize) -> u64 {
        self.table.count(self.listed.count(place))
    }

    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of baskets that were searched, those without a required item and the empty ones included.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// The smallest count that was frequent, unless another threshold was set for an item or a length. For the best by
    /// support the count of the last of them, or 1 if there are none.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The algorithm that ran and its threads. Not part of equality.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> Vec<u64> {
        self.listed.by_len()
    }

    /// The itemset at an index, from 0; `None` from [`len`](ItemsetList::len) on.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Itemset<'_, T>> {
        (index < self.len()).then(|| self.at(index))
    }

    /// All of them, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)), or the best first.
    pub fn iter(&self) -> ItemsetListIter<'_, T> {
        ItemsetListIter { of: self, left: 0..self.len() }
    }

    fn at(&self, index: usize) -> Itemset<'_, T> {
        let mut ranks = self.listed.descending(index).to_vec();
        self.items.sort_by_label(&mut ranks);
        let count = self.table.count(self.listed.count(index));
        Itemset { items: &self.items, subsets: None, baskets: self.baskets, ranks, count }
    }

    /// Bytes held by the itemsets, without the labels.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.listed.bytes() + self.table.bytes()
    }
}

/// The same itemsets of the same labels with the same counts in the same order, from the same number of baskets at the
/// same threshold.
impl<T: PartialEq> PartialEq for ItemsetList<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.baskets, self.min_count) == (other.baskets, other.min_count) && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for ItemsetList<T> {}

/// The itemsets of a list, from [`ItemsetList::iter`].
#[derive(Debug)]
pub struct ItemsetListIter<'a, T> {
    of: &'a ItemsetList<T>,
    left: Range<usize>,
}

impl<T> Clone for ItemsetListIter<'_, T> {
    fn clone(&self) -> Self {
        ItemsetListIter { of: self.of, left: self.left.clone() }
    }
}

impl<'a, T> Iterator for ItemsetListIter<'a, T> {
    type Item = Itemset<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left.next().map(|index| self.of.at(index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.left.size_hint()
    }
}

impl<T> DoubleEndedIterator for ItemsetListIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left.next_back().map(|index| self.of.at(index))
    }
}

impl<T> ExactSizeIterator for ItemsetListIter<'_, T> {}

impl<T> FusedIterator for ItemsetListIter<'_, T> {}

impl<'a, T> IntoIterator for &'a ItemsetList<T> {
    type Item = Itemset<'a, T>;
    type IntoIter = ItemsetListIter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
