//! Some itemsets, one after the other.

use std::sync::Arc;

use super::{FrequentItems, FrequentItemsets, Itemset, Patterns, Walk};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::report::statistics::Statistics;

/// Itemsets that were asked for, each with its count, from [`Miner::search`](crate::Miner::search) and
/// [`Miner::mine_top_k`](crate::Miner::mine_top_k).
///
/// Not all subsets of an itemset need be in it, so it makes no rules and tells no other itemset's count.
///
/// 12 bytes an itemset and 4 for each of its items.
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
    pub(super) listed: FlatItemsets,
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
}

impl<T> ItemsetList<T> {
    pub(crate) fn new(
        items: Arc<FrequentItems<T>>,
        listed: FlatItemsets,
        baskets: u64,
        min_count: u64,
        statistics: Statistics,
    ) -> Self {
        ItemsetList { items, listed, baskets, min_count, statistics }
    }

    /// All frequent itemsets.
    pub(crate) fn of_frequent(itemsets: &FrequentItemsets<T>) -> Self {
        let Patterns { items, trie, baskets, min_count, statistics, .. } = &itemsets.patterns;
        let mut list = FlatItemsets::default();
        let mut walk = Walk::new(trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            list.push(path.iter().copied(), trie.count(node));
        }
        ItemsetList::new(Arc::clone(items), list, *baskets, *min_count, statistics.clone())
    }

    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets that were searched, those without a required item and the empty ones included.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// The smallest count that was frequent, where no other threshold was set for an item or a length; for the best by
    /// support the count of the last of them, 1 where there is none.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// How the search went. Not part of equality.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> Vec<u64> {
        let mut by_len = Vec::new();
        for place in 0..self.len() {
            let len = self.listed.descending(place).len();
            by_len.resize(by_len.len().max(len), 0);
            by_len[len - 1] += 1;
        }
        by_len
    }

    /// The itemset at a place, from 0; `None` from [`len`](ItemsetList::len) on.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Itemset<'_, T>> {
        (place < self.len()).then(|| self.at(place))
    }

    /// All of them, in their order: the canonical one (see [`FrequentItemsets`](crate::FrequentItemsets)), or the best first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Itemset<'_, T>> + DoubleEndedIterator + Clone {
        (0..self.len()).map(|place| self.at(place))
    }

    fn at(&self, place: usize) -> Itemset<'_, T> {
        let mut ranks = self.listed.descending(place).to_vec();
        self.items.sort_by_label(&mut ranks);
        let count = u64::from(self.listed.count(place));
        Itemset { items: &self.items, subsets: None, baskets: self.baskets, ranks, count }
    }

    /// Bytes held by the itemsets, without the labels.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.listed.bytes()
    }
}

/// The same itemsets of the same labels with the same counts in the same order, from as many baskets at the same threshold.
impl<T: PartialEq> PartialEq for ItemsetList<T> {
    fn eq(&self, other: &Self) -> bool {
        let itemset = |of: &Itemset<'_, T>, with: &Itemset<'_, T>| of.count == with.count && of.iter().eq(with.iter());
        (self.baskets, self.min_count, self.len()) == (other.baskets, other.min_count, other.len())
            && self.iter().zip(other.iter()).all(|(mine, its)| itemset(&mine, &its))
    }
}

impl<T: Eq> Eq for ItemsetList<T> {}
