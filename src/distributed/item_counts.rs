//! How often each item occurs: what a plan is made of.

use std::borrow::Borrow;
use std::hash::Hash;

use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::transactions::{Full, MAX_BASKETS, Transactions};

/// How many baskets there are, and how many of them hold each item. Counts of parts of the data are
/// [merged](ItemCounts::merge) to those of all, in any order.
///
/// ```
/// use itemset::distributed::ItemCounts;
///
/// let (mut monday, mut tuesday) = (ItemCounts::new(), ItemCounts::new());
/// monday.add(["beer", "diapers"])?;
/// tuesday.add(["beer", "chips", "beer"])?;
/// monday.merge(&tuesday)?;
/// assert_eq!((monday.baskets(), monday.count_of(&"beer"), monday.count_of(&"wine")), (2, 2, 0));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ItemCounts<T> {
    items: Dictionary<T>,
    /// By the numbers of the items.
    counts: Vec<u64>,
    baskets: u64,
    /// The numbers of the items of a basket that is added.
    basket: Vec<u32>,
}

impl<T> Default for ItemCounts<T> {
    fn default() -> Self {
        ItemCounts { items: Dictionary::new(), counts: Vec::new(), baskets: 0, basket: Vec::new() }
    }
}

impl<T> ItemCounts<T> {
    /// Of no baskets.
    #[must_use]
    pub fn new() -> Self {
        ItemCounts::default()
    }

    /// The baskets, the empty ones included.
    #[must_use]
    pub fn baskets(&self) -> u64 {
        self.baskets
    }

    /// The distinct items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets that hold an item; 0 for one that never came.
    pub fn count_of<Q>(&self, label: &Q) -> u64
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized,
    {
        self.items.id(label).map_or(0, |id| self.counts[id.index()])
    }

    /// Each item with the baskets that hold it, in the order of the labels.
    ///
    /// Time: that of sorting the items.
    pub fn sorted(&self) -> impl ExactSizeIterator<Item = (&T, u64)>
    where
        T: Ord,
    {
        let labels = self.items.labels();
        let mut ids: Vec<usize> = (0..labels.len()).collect();
        ids.sort_unstable_by_key(|&id| &labels[id]);
        ids.into_iter().map(|id| (&labels[id], self.counts[id]))
    }

    /// Checks the number of baskets before so many are added.
    fn check(&self, more: u64) -> Result<u64, Error> {
        let baskets = self.baskets.saturating_add(more);
        if baskets > MAX_BASKETS { Err(Full::Weights.error()) } else { Ok(baskets) }
    }
}

impl<T: Eq + Hash> ItemCounts<T> {
    /// Counts that something else found: each item with the baskets that hold it, and the number of all baskets. The counts
    /// of an item that comes twice are added up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `i64::MAX` baskets or `u32::MAX` items, and
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if an item is in more baskets than there are.
    pub fn from_counts(counts: impl IntoIterator<Item = (T, u64)>, baskets: u64) -> Result<Self, Error> {
        let mut all = ItemCounts::default();
        all.baskets = all.check(baskets)?;
        for (label, count) in counts {
            let id = all.items.intern(label)?;
            let sum = all.entry(id);
            *sum = sum.saturating_add(count);
            if *sum > baskets {
                let what = format_args!(
                    "an item is in {sum} baskets, of which there are {baskets}: count each item once per basket"
                );
                return Err(Error::group(None, what));
            }
        }
        Ok(all)
    }

    /// Adds a basket. An item that comes twice counts once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `i64::MAX` baskets or `u32::MAX` items; the basket is not
    /// added then.
    pub fn add(&mut self, basket: impl IntoIterator<Item = T>) -> Result<(), Error> {
        self.add_weighted(basket, 1)
    }

    /// Adds as many equal baskets as `weight` says.
    ///
    /// # Errors
    ///
    /// As [`add`](ItemCounts::add).
    pub fn add_weighted(&mut self, basket: impl IntoIterator<Item = T>, weight: u64) -> Result<(), Error> {
        let baskets = self.check(weight)?;
        let mut ids = std::mem::take(&mut self.basket);
        ids.clear();
        for label in basket {
            ids.push(self.items.intern(label)?);
        }
        ids.sort_unstable();
        ids.dedup();
        ids.iter().for_each(|&id| *self.entry(id) += weight);
        // An item may have come in a basket that was refused.
        self.counts.resize(self.items.len(), 0);
        (self.baskets, self.basket) = (baskets, ids);
        Ok(())
    }

    /// Adds all of some baskets.
    ///
    /// # Errors
    ///
    /// As [`add`](ItemCounts::add).
    pub fn add_transactions(&mut self, transactions: &Transactions<T>) -> Result<(), Error>
    where
        T: Clone,
    {
        let baskets = self.check(transactions.len() as u64)?;
        for (label, &count) in transactions.dictionary().labels().iter().zip(transactions.counts()) {
            if count > 0 {
                let id = self.items.intern(label.clone())?;
                *self.entry(id) += count;
            }
        }
        self.baskets = baskets;
        Ok(())
    }

    /// Adds the counts of other baskets.
    ///
    /// # Errors
    ///
    /// As [`add`](ItemCounts::add).
    pub fn merge(&mut self, others: &Self) -> Result<(), Error>
    where
        T: Clone,
    {
        let baskets = self.check(others.baskets)?;
        for (label, &count) in others.items.labels().iter().zip(&others.counts) {
            let id = self.items.intern(label.clone())?;
            *self.entry(id) += count;
        }
        self.baskets = baskets;
        Ok(())
    }

    fn entry(&mut self, id: u32) -> &mut u64 {
        let id = id as usize;
        if self.counts.len() <= id {
            self.counts.resize(id + 1, 0);
        }
        &mut self.counts[id]
    }
}

/// The same items in the same numbers of the same number of baskets, whatever the order in which they came.
impl<T: Eq + Hash> PartialEq for ItemCounts<T> {
    fn eq(&self, other: &Self) -> bool {
        let is_same =
            |(label, &count): (&T, &u64)| other.items.id(label).is_some_and(|id| other.counts[id.index()] == count);
        self.baskets == other.baskets
            && self.len() == other.len()
            && self.items.labels().iter().zip(&self.counts).all(is_same)
    }
}

impl<T: Eq + Hash> Eq for ItemCounts<T> {}
