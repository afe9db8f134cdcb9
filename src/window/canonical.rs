//! The form that depends on the baskets alone, not on the order in which they came and went: compared, stored, and given as
//! transactions.

use std::hash::Hash;
use std::sync::Arc;

use super::sliding::Window;
use crate::call::control::{Control, NEVER};
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::{JoinedRows, Transactions};

/// Labels and keys in their order, and the different baskets of each partition in theirs: as positions of labels, rising.
#[derive(Debug, PartialEq)]
pub(crate) struct StoredWindow<K, T> {
    pub(crate) labels: Vec<T>,
    pub(crate) keys: Vec<K>,
    /// The different baskets of each partition.
    pub(crate) baskets: Vec<u32>,
    /// The items of each different basket, and how many there are of it.
    pub(crate) lens: Vec<u32>,
    pub(crate) times: Vec<u64>,
    /// The items of all of them.
    pub(crate) items: Vec<u32>,
}

impl<K: Ord, T: Ord> Window<K, T> {
    /// The canonical form.
    pub(crate) fn stored(&self, ticker: &mut Ticker<'_>) -> Result<StoredWindow<&K, &T>, Error> {
        let all = self.contents.labels();
        let mut used: Vec<u32> = self.contents.used_items().collect();
        used.sort_unstable_by_key(|&id| &all[id as usize]);
        let mut positions = vec![0u32; all.len()];
        for (position, &id) in (0..).zip(&used) {
            positions[id as usize] = position;
        }
        let mut stored = StoredWindow {
            labels: used.iter().map(|&id| &all[id as usize]).collect(),
            keys: Vec::new(),
            baskets: Vec::new(),
            lens: Vec::new(),
            times: Vec::new(),
            items: Vec::new(),
        };
        let (mut entries, mut rows): (Vec<u32>, Vec<(usize, usize, u64)>) = (Vec::new(), Vec::new());
        for (key, part) in self.contents.parts() {
            entries.clear();
            rows.clear();
            for row in part.iter().filter(|row| row.now > 0) {
                let start = entries.len();
                entries.extend(row.items.iter().map(|&id| positions[id as usize]));
                entries[start..].sort_unstable();
                rows.push((start, entries.len(), row.now));
                ticker.check(4 + row.items.len())?;
            }
            rows.sort_unstable_by(|a, b| entries[a.0..a.1].cmp(&entries[b.0..b.1]));
            stored.keys.push(key);
            // A window has at most u32::MAX rows and entries.
            stored.baskets.push(rows.len() as u32);
            for &(start, end, times) in &rows {
                stored.lens.push((end - start) as u32);
                stored.times.push(times);
                stored.items.extend_from_slice(&entries[start..end]);
            }
        }
        Ok(stored)
    }

    /// All baskets: by partition, those of each in an order that depends on them alone, equal ones as one row with a
    /// weight. Labels that no basket has are not among its labels.
    ///
    /// For what is found by reading the baskets again: a test of significance, an evaluation, a report. The result is
    /// the same whatever the order in which baskets and partitions came.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if great weights make more than `u32::MAX` rows or entries.
    ///
    /// # Complexity
    ///
    /// A sort of the different baskets of each partition.
    ///
    /// ```
    /// use itemset::window::Window;
    /// use itemset::Miner;
    ///
    /// let mut window = Window::new(Miner::new());
    /// window.add(2, [vec!["wipes"], vec!["beer"], vec!["wipes"]])?;
    /// window.add(1, [vec!["diapers", "beer"]])?;
    /// let baskets = window.transactions()?;
    /// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "wipes"]);
    /// let rows: Vec<String> = baskets.weighted().map(|(basket, weight)| format!("{weight} {basket}")).collect();
    /// assert_eq!(rows, ["1 {beer, diapers}", "1 {beer}", "2 {wipes}"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn transactions(&self) -> Result<Transactions<T>, Error>
    where
        T: Eq + Hash + Clone,
    {
        self.transactions_with(&RunOptions::new())
    }

    /// As [`transactions`](Window::transactions), with [options](RunOptions). It runs on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`transactions`](Window::transactions), and those of [`RunOptions`].
    pub fn transactions_with(&self, options: &RunOptions) -> Result<Transactions<T>, Error>
    where
        T: Eq + Hash + Clone,
    {
        options.run(|control| self.transactions_under(options, control))
    }

    /// The same as a part of a call.
    pub(super) fn transactions_under(&self, options: &RunOptions, control: &Control) -> Result<Transactions<T>, Error>
    where
        T: Eq + Hash + Clone,
    {
        // The canonical form, and its copy.
        options.check_room(self.contents.bytes_of_baskets().saturating_mul(2))?;
        control.begin(SEARCH, 1);
        self.canonical_transactions(&mut Ticker::new(control))
    }

    pub(super) fn canonical_transactions(&self, ticker: &mut Ticker<'_>) -> Result<Transactions<T>, Error>
    where
        T: Eq + Hash + Clone,
    {
        let StoredWindow { labels, lens, times, items, .. } = self.stored(ticker)?;
        let dictionary = Dictionary::from_labels(labels.into_iter().cloned())?;
        let mut joined = JoinedRows::new(dictionary.len(), lens.len(), items.len());
        let mut rest = &items[..];
        for (len, times) in lens.into_iter().zip(times) {
            let row = rest.split_off(..len as usize).unwrap_or_default();
            joined.push(row, times)?;
            ticker.check(4 + row.len())?;
        }
        Ok(joined.with_labels(Arc::new(dictionary)))
    }
}

/// The same baskets in the same partitions, and the same settings of the miner. What follows from them, as pairs, is not
/// compared.
impl<K: Ord, T: Ord> PartialEq for Window<K, T> {
    fn eq(&self, other: &Self) -> bool {
        let [this, other_form] = [self, other].map(|window| window.stored(&mut Ticker::new(&NEVER)).ok());
        self.miner == other.miner && this == other_form
    }
}

#[cfg(any(feature = "serde", feature = "snapshot"))]
impl<K: Ord + Clone, T: Eq + Hash + Ord + Clone> StoredWindow<K, T> {
    /// The window, if this can be the canonical form of one. Nothing was refreshed.
    pub(crate) fn check(self, miner: crate::miner::Miner) -> Result<Window<K, T>, Error> {
        let damaged = |reason| Error::inconsistent("window", reason);
        let StoredWindow { labels, keys, baskets, lens, times, items } = self;
        if !keys.is_sorted_by(|a, b| a < b) {
            return Err(damaged("the keys are not in their order"));
        }
        if !labels.is_sorted_by(|a, b| a < b) {
            return Err(damaged("the labels are not in their order"));
        }
        if keys.len() != baskets.len() || lens.len() != times.len() {
            return Err(damaged("the columns differ in length"));
        }
        let mut window = Window::new(miner);
        let numbers = window.contents.with_labels(labels)?;
        let mut rows = lens.into_iter().zip(times);
        let mut rest: &[u32] = &items;
        for (key, baskets) in keys.into_iter().zip(baskets) {
            let mut previous: Option<&[u32]> = None;
            let mut staged = super::contents::Staged::default();
            for _ in 0..baskets {
                let (len, times) = rows.next().ok_or_else(|| damaged("a partition lacks baskets"))?;
                let basket = rest.split_off(..len as usize).ok_or_else(|| damaged("a basket lacks items"))?;
                if basket.iter().any(|&item| item >= numbers) {
                    return Err(damaged("a basket has an item without a label"));
                }
                let rises = basket.is_sorted_by(|a, b| a < b);
                if !rises || previous.is_some_and(|previous| previous >= basket) || times == 0 {
                    return Err(damaged("the baskets are not in their order"));
                }
                staged.push(basket, times)?;
                previous = Some(basket);
            }
            if previous.is_none() {
                return Err(damaged("a partition has no baskets"));
            }
            window.contents.check_room(&staged)?;
            window.contents.add(key, &staged);
        }
        if rows.next().is_some() || !rest.is_empty() {
            return Err(damaged("there are baskets without a partition"));
        }
        if window.contents.item_count() != numbers as usize {
            return Err(damaged("there are labels without a basket"));
        }
        Ok(window)
    }
}
