//! The window as its user calls it.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use super::contents::{Contents, Staged};
use super::kept::Kept;
use super::refresh::Costs;
use super::rows::Rows;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::miner::Miner;
use crate::recommend::ItemToItem;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// The baskets of the last days or weeks, by partition, and their frequent itemsets.
///
/// `K` is the key of a partition: a date, the number of a week, a text. Baskets are [added](Window::add) to a partition and
/// [retired](Window::retire) with it; one basket can be [forgotten](Window::forget), as a customer may demand.
/// [`refresh`](Window::refresh) then finds the itemsets of what is there.
///
/// A window is what is in it: the order in which partitions and baskets came does not matter, and forgetting a basket
/// that was added equals never having added it. The values are [equal](PartialEq), all results are, and the stored forms
/// are the same bytes. What was retired or forgotten stays in memory, as numbers, until the next refresh, which compares
/// with it. With that refresh, labels that only forgotten baskets had go too. Labels that only retired ones had may stay
/// longer, but are in no itemset and no stored form of the window. A [`Refresh`](super::Refresh) has the baskets that came
/// and went, and their labels, for itself: drop it, or keep [its itemsets](super::Refresh::into_itemsets) alone.
///
/// # Cost
///
/// Adding, retiring or forgetting takes some 100 ns a basket, and with [pairs](Window::with_pairs) what they
/// [cost](ItemToItem#cost). Memory: 4 bytes for each entry and some 30 for each different basket of a partition; besides the
/// last result, up to two million itemsets that a refresh keeps for the next one, 20 bytes each.
///
/// ```
/// use itemset::window::Window;
/// use itemset::{MinSupport, Miner};
///
/// let mut window = Window::new(Miner::new().min_support(MinSupport::count(2)));
/// window.add("monday", [vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
/// window.add_basket("tuesday", ["beer", "chips"])?;
/// assert_eq!(window.refresh()?.itemsets().count_of(["beer", "diapers"]), Some(2));
///
/// // The customer of the first basket leaves.
/// window.forget(&"monday", ["diapers", "beer"])?;
/// assert_eq!(window.refresh()?.itemsets().count_of(["beer", "diapers"]), None);
/// assert_eq!(window.retire(&"monday"), 2);
/// assert_eq!(window.keys().collect::<Vec<_>>(), [&"tuesday"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone)]
pub struct Window<K, T> {
    pub(super) miner: Miner,
    pub(super) contents: Contents<K, T>,
    pub(super) pairs: Option<ItemToItem<T>>,
    /// What the last refresh found.
    pub(super) last: Option<FrequentItemsets<T>>,
    /// What makes the next one faster.
    pub(super) kept: Option<Kept>,
    pub(super) costs: Costs,
}

impl<K, T> Window<K, T> {
    /// Without baskets; `miner` has the threshold and all other settings of the search.
    #[must_use]
    pub fn new(miner: Miner) -> Self {
        Window { miner, contents: Contents::new(), pairs: None, last: None, kept: None, costs: Costs::default() }
    }

    /// What [`refresh`](Window::refresh) searches with.
    pub fn miner(&self) -> &Miner {
        &self.miner
    }

    /// Baskets, the empty ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        // At most i64::MAX.
        self.contents.baskets() as usize
    }

    /// Whether there are no baskets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The partitions that have baskets, in the order of their keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.contents.parts().keys()
    }

    /// Different items in the baskets. Linear in them.
    #[must_use]
    pub fn item_count(&self) -> usize {
        self.contents.item_count()
    }

    /// The itemsets that the last [`refresh`](Window::refresh) found, whatever was changed since; none before the first.
    #[must_use]
    pub fn itemsets(&self) -> Option<&FrequentItemsets<T>> {
        self.last.as_ref()
    }

    /// The pairs of all baskets, up to date after each change; none if they are not [kept](Window::with_pairs).
    #[must_use]
    pub fn pairs(&self) -> Option<&ItemToItem<T>> {
        self.pairs.as_ref()
    }
}

impl<K: Ord + Clone, T: Eq + Hash + Ord + Clone> Window<K, T> {
    /// Baskets in a partition, 0 if it is not there.
    #[must_use]
    pub fn len_of(&self, key: &K) -> usize {
        self.contents.parts().get(key).map_or(0, Rows::baskets) as usize
    }

    /// Keeps the counts of all pairs from now on, changed in place as baskets come and go: see [`pairs`](Window::pairs).
    /// Those of the baskets that are there are counted first. Default: they are not kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets.
    ///
    /// ```
    /// use itemset::recommend::Relation;
    /// use itemset::window::Window;
    /// use itemset::Miner;
    ///
    /// let mut window = Window::new(Miner::new()).with_pairs()?;
    /// window.add(1, [["beer", "diapers"], ["beer", "diapers"], ["chips", "wipes"]])?;
    /// assert_eq!(window.pairs().unwrap().related("beer", 9, Relation::LogLikelihood).len(), 1);
    /// window.retire(&1);
    /// assert!(window.pairs().unwrap().is_empty());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn with_pairs(self) -> Result<Self, Error> {
        self.with_pairs_with(&RunOptions::new())
    }

    /// As [`with_pairs`](Window::with_pairs), with [options](RunOptions). It runs on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`with_pairs`](Window::with_pairs), and those of [`RunOptions`].
    pub fn with_pairs_with(self, options: &RunOptions) -> Result<Self, Error> {
        let pairs = options.run(|control| {
            let baskets = control.section(0.2, || self.transactions_under(options, control))?;
            ItemToItem::from_transactions_under(&baskets, control)
        })?;
        Ok(Window { pairs: Some(pairs), ..self })
    }

    /// Adds baskets to a partition, a new one or one that is there. An item that a basket has twice counts once; a row
    /// without items is a basket.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` different baskets, entries of these or
    /// items; with [pairs](Window::with_pairs), beyond `u32::MAX` baskets. Nothing changes then.
    pub fn add<R: IntoIterator<Item = T>>(
        &mut self,
        key: K,
        baskets: impl IntoIterator<Item = R>,
    ) -> Result<(), Error> {
        let staged = self.contents.stage(baskets)?;
        self.add_staged(key, &staged)
    }

    /// Adds baskets to a partition, with their weights.
    ///
    /// # Errors
    ///
    /// As [`add`](Window::add), and beyond `i64::MAX` baskets. Nothing changes then.
    pub fn add_transactions(&mut self, key: K, baskets: &Transactions<T>) -> Result<(), Error> {
        let staged = self.contents.stage_transactions(baskets)?;
        self.add_staged(key, &staged)
    }

    /// Adds one basket to a partition.
    ///
    /// # Errors
    ///
    /// As [`add`](Window::add).
    pub fn add_basket(&mut self, key: K, basket: impl IntoIterator<Item = T>) -> Result<(), Error> {
        self.add(key, [basket])
    }

    fn add_staged(&mut self, key: K, staged: &Staged) -> Result<(), Error> {
        self.contents.check_room(staged)?;
        if let Some(pairs) = &mut self.pairs {
            if pairs.len() as u64 + staged.baskets() > u32::MAX.into() {
                return Err(Error::too_large("baskets, whose pairs are kept", u32::MAX));
            }
            for (items, times) in staged.iter() {
                // All of them together are at most u32::MAX, and so are the items, which have numbers already.
                pairs.add_times(self.contents.labelled(items).cloned(), times as u32)?;
            }
        }
        self.contents.add(key, staged);
        Ok(())
    }

    /// Retires a partition with all of its baskets, and returns how many there were: 0 if it is not there.
    pub fn retire(&mut self, key: &K) -> usize {
        let pairs = &mut self.pairs;
        let retired = self.contents.retire(key, |contents, items, times| {
            if let Some(pairs) = pairs {
                // They have what the partitions have.
                let forgotten = pairs.forget_times::<T>(contents.labelled(items), times as u32);
                debug_assert!(forgotten.is_ok());
            }
        });
        retired as usize
    }

    /// Retires all partitions whose key comes before this one, and returns how many baskets they had together.
    pub fn retire_before(&mut self, key: &K) -> usize {
        let before: Vec<K> = self.contents.parts().range(..key).map(|(key, _)| key.clone()).collect();
        before.iter().map(|key| self.retire(key)).sum()
    }

    /// Forgets one basket of a partition, with all that it was counted in. If there are several like it, one is forgotten.
    /// The order of its items does not matter. The last result and what the next refresh compares with have it until then:
    /// refresh to leave nothing of it in the window.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the partition has no such basket. Nothing
    /// changes then.
    pub fn forget<'q, Q>(&mut self, key: &K, basket: impl IntoIterator<Item = &'q Q>) -> Result<(), Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let allowed = "one that was added to this partition and is not forgotten or retired yet";
        let unknown = |len| Error::invalid_setting("basket", format_args!("{len} items"), allowed);
        let items = self.contents.forget(key, basket).map_err(unknown)?;
        match &mut self.pairs {
            Some(pairs) => pairs.forget_times::<T>(self.contents.labelled(&items), 1),
            None => Ok(()),
        }
    }
}

/// The numbers of baskets, partitions and items.
impl<K, T> fmt::Debug for Window<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Window");
        shown.field("baskets", &self.len()).field("partitions", &self.keys().len());
        shown.field("items", &self.item_count()).finish_non_exhaustive()
    }
}
