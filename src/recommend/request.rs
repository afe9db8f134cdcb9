//! What is asked of a recommender.

use std::fmt;

use super::index::Index;

/// Some items of a [`Recommender`](super::Recommender), as a bit each; from
/// [`Recommender::item_set`](super::Recommender::item_set).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemSet {
    words: Vec<u64>,
    len: usize,
}

impl ItemSet {
    pub(super) fn new(items: usize) -> Self {
        ItemSet { words: vec![0; items.div_ceil(64)], len: 0 }
    }

    pub(super) fn insert(&mut self, item: u32) {
        if let Some(word) = self.words.get_mut(item as usize / 64) {
            let bit = 1 << (item % 64);
            self.len += usize::from(*word & bit == 0);
            *word |= bit;
        }
    }

    #[inline]
    pub(super) fn contains(&self, item: u32) -> bool {
        self.words.get(item as usize / 64).is_some_and(|word| word >> (item % 64) & 1 == 1)
    }

    /// Items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// What is asked of a [`Recommender`](super::Recommender): how many items, and which may be among them.
///
/// Filters are about the items that are recommended, never about the basket. All of them must agree. Closures cost a
/// call for each item that a rule speaks for; sets cost a bit test.
///
/// ```
/// use itemset::recommend::{Request, Scratch};
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "chips"], vec!["chips"],
/// ])?;
/// let recommender = Miner::new().min_support(0.25).rules(&baskets)?.recommender().build()?;
/// let in_stock = |item: &&str| *item != "beer";
/// let offered = recommender.item_set(["chips"]);
///
/// let mut scratch = Scratch::new();
/// let best = |request: &Request<&'static str>, scratch: &mut Scratch| {
///     recommender.recommend_in(scratch, ["diapers"], request).iter().map(|found| *found.item()).collect::<Vec<_>>()
/// };
/// assert_eq!(best(&Request::new(5), &mut scratch), ["beer", "chips"]);
/// assert_eq!(best(&Request::new(5).keep(in_stock), &mut scratch), ["chips"]);
/// assert_eq!(best(&Request::new(5).without(&offered), &mut scratch), ["beer"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[must_use]
pub struct Request<'a, T> {
    pub(super) k: usize,
    keep: Vec<Keep<'a, T>>,
    only: Vec<&'a ItemSet>,
    without: Vec<&'a ItemSet>,
}

/// Whether an item may be recommended.
type Keep<'a, T> = Box<dyn Fn(&T) -> bool + 'a>;

impl<'a, T> Request<'a, T> {
    /// The `k` best items, or all if there are fewer.
    pub fn new(k: usize) -> Self {
        Request { k, keep: Vec::new(), only: Vec::new(), without: Vec::new() }
    }

    /// Only items for which this holds, such as those in stock.
    pub fn keep(mut self, keep: impl Fn(&T) -> bool + 'a) -> Self {
        self.keep.push(Box::new(keep));
        self
    }

    /// Only items of this set, such as a category. A set of another recommender means other items.
    pub fn only(mut self, items: &'a ItemSet) -> Self {
        self.only.push(items);
        self
    }

    /// No items of this set, such as those already offered.
    pub fn without(mut self, items: &'a ItemSet) -> Self {
        self.without.push(items);
        self
    }

    /// Whether an item passes all filters.
    pub(super) fn wants(&self, item: u32, label: &T) -> bool {
        self.only.iter().all(|set| set.contains(item))
            && !self.without.iter().any(|set| set.contains(item))
            && self.keep.iter().all(|keep| keep(label))
    }

    /// The items that pass all filters; `None` if there are none.
    pub(super) fn resolve<'t>(&self, index: &Index, label: impl Fn(u32) -> &'t T) -> Option<ItemSet>
    where
        T: 't,
    {
        if self.keep.is_empty() && self.only.is_empty() && self.without.is_empty() {
            return None;
        }
        let mut wanted = ItemSet::new(index.item_count());
        // Items are numbered by a u32.
        let items = (0..index.item_count() as u32).filter(|&item| index.knows(item));
        items.filter(|&item| self.wants(item, label(item))).for_each(|item| wanted.insert(item));
        Some(wanted)
    }
}

impl<T> fmt::Debug for Request<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Request");
        shown.field("k", &self.k).field("keep", &self.keep.len());
        shown.field("only", &self.only).field("without", &self.without).finish()
    }
}
