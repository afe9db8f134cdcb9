//! Counts of items and pairs.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::dictionary::Renumbered;
use crate::error::Error;
use crate::rules::Contingency;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// Which items go with an item, straight from the counts of all pairs, without a minimum support.
///
/// Baskets are [added](ItemToItem::add) and [forgotten](ItemToItem::forget) in place. Forgetting a basket that was added
/// equals never having added it: the values are [equal](PartialEq), all answers are, and the stored forms are the same
/// bytes. So that a customer is forgotten exactly, and a basket that was never added is noticed, it keeps the baskets
/// besides the counts, equal ones once.
///
/// Asked with [`related`](ItemToItem::related) for what goes with an item, and with
/// [`recommend`](ItemToItem::recommend) for what goes with a basket.
///
/// # Cost
///
/// Adding or forgetting a basket of k items changes k (k - 1) / 2 counts, each in two hash tables: microseconds for 10
/// items, seconds for 10,000. Memory: some 20 bytes for each pair that is together in some basket, and 4 for each entry
/// of the baskets.
///
/// ```
/// use itemset::Measure;
/// use itemset::recommend::{ItemToItem, Relation};
///
/// let mut pairs = ItemToItem::new();
/// for basket in [vec!["beer", "diapers"], vec!["beer", "diapers", "chips"], vec!["chips"], vec!["wipes"]] {
///     pairs.add(basket)?;
/// }
/// let best = &pairs.related("beer", 1, Relation::LogLikelihood)[0];
/// assert_eq!((*best.item(), best.counts().n_xy()), ("diapers", 2));
/// assert_eq!(pairs.related("beer", 9, Measure::Cosine).len(), 2);
///
/// // The customer of the second basket leaves.
/// pairs.forget(["beer", "chips", "diapers"])?;
/// assert_eq!(pairs.related("beer", 9, Measure::Cosine).len(), 1);
/// assert!(pairs.forget(["beer", "chips", "diapers"]).is_err());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone)]
pub struct ItemToItem<T> {
    hasher: DefaultHashBuilder,
    numbers: HashTable<u32>,
    /// By number; none where the item was forgotten.
    pub(super) labels: Vec<Option<T>>,
    /// Numbers without an item.
    free: Vec<u32>,
    /// By number, the baskets with the item.
    counts: Vec<u32>,
    /// By number, the items it is together with, and in how many baskets.
    pub(in crate::recommend) companions: Vec<HashMap<u32, u32>>,
    /// The baskets, as rising numbers, and how many there are of each.
    pub(super) baskets: HashMap<Box<[u32]>, u32>,
    len: u32,
}

impl<T> ItemToItem<T> {
    /// Without baskets.
    #[must_use]
    pub fn new() -> Self {
        ItemToItem {
            hasher: DefaultHashBuilder::default(),
            numbers: HashTable::new(),
            labels: Vec::new(),
            free: Vec::new(),
            counts: Vec::new(),
            companions: Vec::new(),
            baskets: HashMap::new(),
            len: 0,
        }
    }

    /// Baskets, the empty ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are no baskets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Different items.
    #[must_use]
    pub fn item_count(&self) -> usize {
        self.labels.len() - self.free.len()
    }

    /// Pairs of items that are together in some basket.
    #[must_use]
    pub fn pair_count(&self) -> usize {
        self.companions.iter().map(HashMap::len).sum::<usize>() / 2
    }

    /// The label of a number that is in use.
    pub(in crate::recommend) fn label(&self, number: u32) -> Option<&T> {
        self.labels[number as usize].as_ref()
    }

    /// The counts of a pair that is together in some basket.
    pub(super) fn contingency(&self, of: u32, other: u32, together: u32) -> Contingency {
        let count = |number: u32| u64::from(self.counts[number as usize]);
        Contingency::of_checked(self.len.into(), count(of), count(other), together.into())
    }

    pub(in crate::recommend) fn count(&self, number: u32) -> u32 {
        self.counts[number as usize]
    }
}

impl<T: Eq + Hash> ItemToItem<T> {
    /// The pairs of all baskets, a row of weight 3 three times.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets, counted with their weights.
    pub fn from_transactions(baskets: &Transactions<T>) -> Result<Self, Error>
    where
        T: Clone,
    {
        ItemToItem::from_transactions_with(baskets, &RunOptions::new())
    }

    /// As [`from_transactions`](ItemToItem::from_transactions), with [options](RunOptions). It runs on the calling
    /// thread.
    ///
    /// # Errors
    ///
    /// As [`from_transactions`](ItemToItem::from_transactions), and those of [`RunOptions`].
    pub fn from_transactions_with(baskets: &Transactions<T>, options: &RunOptions) -> Result<Self, Error>
    where
        T: Clone,
    {
        options.run(|control| ItemToItem::from_transactions_under(baskets, control))
    }

    /// The same as a part of a call.
    pub(crate) fn from_transactions_under(baskets: &Transactions<T>, control: &Control) -> Result<Self, Error>
    where
        T: Clone,
    {
        control.begin(SEARCH, baskets.stored_rows() as u64);
        let mut ticker = Ticker::new(control);
        let mut pairs = ItemToItem::new();
        let mut numbers = Renumbered::new(baskets.dictionary());
        for (row, weight) in baskets.rows().weighted() {
            let mut items = Vec::with_capacity(row.len());
            for &id in row {
                items.push(numbers.number(id, |label| pairs.intern(label))?);
            }
            items.sort_unstable();
            pairs.count_basket(&items, weight, &mut |steps| ticker.check(steps))?;
            ticker.done(1);
        }
        Ok(pairs)
    }

    /// Adds a basket. An item that comes twice counts once; a basket without items counts as a basket.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets or items. Nothing changes then.
    pub fn add(&mut self, basket: impl IntoIterator<Item = T>) -> Result<(), Error> {
        self.add_times(basket, 1)
    }

    /// Adds a basket so many times.
    pub(crate) fn add_times(&mut self, basket: impl IntoIterator<Item = T>, times: u32) -> Result<(), Error> {
        if times > u32::MAX - self.len {
            return Err(Error::too_large("baskets", u32::MAX));
        }
        let mut items = Vec::new();
        for label in basket {
            match self.intern(label) {
                Ok(number) => items.push(number),
                Err(error) => {
                    self.drop_unused(&items);
                    return Err(error);
                }
            }
        }
        items.sort_unstable();
        items.dedup();
        self.count_basket(&items, times, &mut |_| Ok(()))
    }

    /// Forgets a basket that was added, with all that it was counted in. If there are several like it, one is forgotten.
    /// The order of its items does not matter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if no such basket is there. Nothing changes then.
    pub fn forget<'q, Q>(&mut self, basket: impl IntoIterator<Item = &'q Q>) -> Result<(), Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.forget_times(basket, 1)
    }

    /// Forgets a basket so many times.
    pub(crate) fn forget_times<'q, Q>(
        &mut self,
        basket: impl IntoIterator<Item = &'q Q>,
        times: u32,
    ) -> Result<(), Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let allowed = "one that was added and is not forgotten yet";
        let unknown = |len: usize| Error::invalid_setting("basket", format_args!("{len} items"), allowed);
        let (mut items, mut all_known, mut len) = (Vec::new(), true, 0);
        for label in basket {
            len += 1;
            match self.number(label) {
                Some(number) => items.push(number),
                None => all_known = false,
            }
        }
        items.sort_unstable();
        items.dedup();
        let known = self.baskets.get_mut(&items[..]).filter(|known| all_known && **known >= times);
        let known = known.ok_or_else(|| unknown(len))?;
        *known -= times;
        if *known == 0 {
            self.baskets.remove(&items[..]);
        }
        self.len -= times;
        for &item in &items {
            self.counts[item as usize] -= times;
            for other in items.iter().filter(|&&other| other != item) {
                let companions = &mut self.companions[item as usize];
                if let Some(together) = companions.get_mut(other) {
                    *together -= times;
                    if *together == 0 {
                        companions.remove(other);
                    }
                }
            }
        }
        self.drop_unused(&items);
        Ok(())
    }

    /// The baskets that hold an item; `None` for a label that is in no basket.
    pub fn count_of<Q>(&self, label: &Q) -> Option<u64>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.number(label).map(|number| self.count(number).into())
    }

    pub(in crate::recommend) fn number<Q>(&self, label: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let is = |number: &u32| self.labels[*number as usize].as_ref().is_some_and(|known| known.borrow() == label);
        self.numbers.find(self.hasher.hash_one(label), is).copied()
    }

    /// The number of a label, a free one if it is new.
    pub(super) fn intern(&mut self, label: T) -> Result<u32, Error> {
        if let Some(number) = self.number(&label) {
            return Ok(number);
        }
        let hash = self.hasher.hash_one(&label);
        let number = match self.free.pop() {
            Some(number) => {
                self.labels[number as usize] = Some(label);
                number
            }
            None => {
                let next = u32::try_from(self.labels.len()).ok().filter(|&next| next != u32::MAX);
                let next = next.ok_or_else(|| Error::too_large("distinct items", u32::MAX))?;
                self.labels.push(Some(label));
                self.counts.push(0);
                self.companions.push(HashMap::new());
                next
            }
        };
        let ItemToItem { labels, numbers, hasher, .. } = self;
        // Numbers in the table have labels.
        let rehash = |&number: &u32| labels[number as usize].as_ref().map_or(0, |label| hasher.hash_one(label));
        numbers.insert_unique(hash, number, rehash);
        Ok(number)
    }

    /// Counts a basket, given as rising numbers, so many times. If `step` ends it, the counts are of no use.
    pub(super) fn count_basket(
        &mut self,
        items: &[u32],
        times: u32,
        step: &mut dyn FnMut(usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.len = self.len.checked_add(times).ok_or_else(|| Error::too_large("baskets", u32::MAX))?;
        for &item in items {
            self.counts[item as usize] += times;
            let companions = &mut self.companions[item as usize];
            for &other in items.iter().filter(|&&other| other != item) {
                *companions.entry(other).or_insert(0) += times;
            }
            step(4 * items.len())?;
        }
        match self.baskets.get_mut(items) {
            Some(known) => *known += times,
            None => drop(self.baskets.insert(items.into(), times)),
        }
        Ok(())
    }

    /// Drops those of the items that are in no basket.
    fn drop_unused(&mut self, items: &[u32]) {
        for &item in items.iter().filter(|&&item| self.counts[item as usize] == 0) {
            let Some(label) = self.labels[item as usize].take() else { continue };
            let entry = self.numbers.find_entry(self.hasher.hash_one(&label), |&number| number == item);
            if let Ok(entry) = entry {
                entry.remove();
            }
            // What it held is empty, and is not kept.
            self.companions[item as usize] = HashMap::new();
            self.free.push(item);
        }
    }
}

/// Without baskets.
impl<T> Default for ItemToItem<T> {
    fn default() -> Self {
        ItemToItem::new()
    }
}

/// The numbers of baskets, items and pairs.
impl<T> fmt::Debug for ItemToItem<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ItemToItem");
        shown.field("baskets", &self.len()).field("items", &self.item_count()).field("pairs", &self.pair_count());
        shown.finish()
    }
}
