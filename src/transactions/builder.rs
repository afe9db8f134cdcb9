//! From rows of labels to [`Transactions`].

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use super::{DistinctSorter, Transactions};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// Encodes baskets row by row.
///
/// Rows come from [`push`](TransactionsBuilder::push), from [`Extend`], or from any iterator that is
/// read once (`collect`). A limit that is passed on the way is reported by
/// [`build`](TransactionsBuilder::build), once.
///
/// ```
/// use itemset::{Transactions, TransactionsBuilder};
///
/// let mut builder = Transactions::builder();
/// builder.push(["beer", "diapers", "beer"]);
/// builder.extend([vec!["chips"], vec![]]);
/// let baskets = builder.build()?;
/// assert_eq!((baskets.len(), baskets.duplicates_skipped()), (3, 1));
///
/// let lines = "7 8 9\n7 9\n".lines();
/// let baskets = lines.map(|line| line.split(' ').map(str::to_string)).collect::<TransactionsBuilder<_>>().build()?;
/// assert_eq!(baskets.count_of("7"), Some(2));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct TransactionsBuilder<T> {
    dictionary: Dictionary<T>,
    offsets: Vec<u32>,
    ids: Vec<u32>,
    counts: Vec<u32>,
    duplicates: u64,
    sorter: DistinctSorter,
    /// The first limit that was passed; nothing is taken after it.
    failed: Option<&'static str>,
}

impl<T> TransactionsBuilder<T> {
    /// A builder without baskets.
    #[must_use]
    pub fn new() -> Self {
        TransactionsBuilder {
            dictionary: Dictionary::new(),
            offsets: vec![0],
            ids: Vec::new(),
            counts: Vec::new(),
            duplicates: 0,
            sorter: DistinctSorter::default(),
            failed: None,
        }
    }

    /// Baskets taken so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether no basket was taken yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items that were left out so far because their basket held them already.
    #[must_use]
    pub fn duplicates_skipped(&self) -> u64 {
        self.duplicates
    }

    /// Distinct items so far.
    pub(crate) fn distinct_items(&self) -> usize {
        self.dictionary.len()
    }

    /// Adds an item to the open row, by the number that [`intern_borrowed`](TransactionsBuilder::intern_borrowed) gave it.
    #[inline(always)]
    pub(crate) fn push_id(&mut self, id: u32) {
        debug_assert!((id as usize) < self.dictionary.len());
        self.ids.push(id);
    }

    /// Whether an item was added since the last basket.
    #[inline(always)]
    pub(crate) fn row_is_open(&self) -> bool {
        // An entry beyond u32::MAX is refused at the end of its row.
        self.offsets.last().is_some_and(|&end| self.ids.len() > end as usize)
    }

    /// Sets memory aside for the whole of an input, after `done` of about `size` bytes were taken.
    ///
    /// So the columns need not move while they grow. The guess may be off either way: what is missing is
    /// added as it comes, what is too much is given back in the end, and one that is not granted is dropped.
    pub(crate) fn reserve_for(&mut self, done: u64, size: u64) {
        // A little more than the average, and never more than 4 GiB on the word of a file's size.
        const MOST: f64 = (1u64 << 30) as f64;
        let factor = 1.02 * size as f64 / done.max(1) as f64;
        for column in [&mut self.ids, &mut self.offsets] {
            let wanted = (column.len() as f64 * factor).min(MOST) as usize;
            let _ = column.try_reserve_exact(wanted.saturating_sub(column.len()));
        }
    }

    /// # Errors
    ///
    /// Those of [`build`](TransactionsBuilder::build), as soon as they are known.
    #[inline(always)]
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.failed {
            None => Ok(()),
            Some(what) => Err(Error::too_large(what, u32::MAX)),
        }
    }

    /// Ends the basket of the items that were added since the last one. Linear in them, apart from sorting.
    pub(crate) fn end_row(&mut self) {
        let start = self.offsets[self.offsets.len() - 1] as usize;
        let distinct = self.sorter.sort(&mut self.ids[start..]);
        self.duplicates += (self.ids.len() - start - distinct) as u64;
        self.ids.truncate(start + distinct);
        if self.counts.len() < self.dictionary.len() {
            self.counts.resize(self.dictionary.len(), 0);
        }
        match u32::try_from(self.ids.len()) {
            _ if self.len() == u32::MAX as usize => self.fail(start, "baskets"),
            Err(_) => self.fail(start, "entries"),
            Ok(end) => {
                for &id in &self.ids[start..] {
                    self.counts[id as usize] += 1;
                }
                self.offsets.push(end);
            }
        }
    }

    fn fail(&mut self, keep: usize, what: &'static str) {
        self.ids.truncate(keep);
        self.failed = Some(what);
    }
}

impl<T: Eq + Hash> TransactionsBuilder<T> {
    /// Takes one basket. The order of its items is of no account, and an item that comes twice counts once.
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.push_with(row, |dictionary, label| dictionary.intern(label));
    }

    /// Takes one basket of borrowed labels, which are copied only where they are new: `&str` for `String`.
    ///
    /// ```
    /// let mut builder = itemset::Transactions::<String>::builder();
    /// builder.push_borrowed("beer diapers".split(' '));
    /// assert_eq!(builder.build()?.count_of("beer"), Some(1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn push_borrowed<'q, Q>(&mut self, row: impl IntoIterator<Item = &'q Q>)
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized + 'q,
    {
        self.push_with(row, |dictionary, label| dictionary.intern_borrowed(label));
    }

    /// The number of a label, which is copied only where it is new.
    pub(crate) fn intern_borrowed<Q>(&mut self, label: &Q) -> Result<u32, Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized,
    {
        self.dictionary.intern_borrowed(label)
    }

    fn push_with<L>(
        &mut self,
        row: impl IntoIterator<Item = L>,
        mut intern: impl FnMut(&mut Dictionary<T>, L) -> Result<u32, Error>,
    ) {
        if self.failed.is_some() {
            return;
        }
        let start = self.offsets[self.offsets.len() - 1] as usize;
        // What a row left that ended in a panic is no part of this one.
        self.ids.truncate(start);
        for label in row {
            match intern(&mut self.dictionary, label) {
                Ok(id) => self.ids.push(id),
                Err(_) => return self.fail(start, "distinct items"),
            }
        }
        self.end_row();
    }

    /// The baskets taken.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) where there were more than `u32::MAX` baskets,
    /// entries or distinct items.
    pub fn build(mut self) -> Result<Transactions<T>, Error> {
        self.check()?;
        self.offsets.shrink_to_fit();
        self.ids.shrink_to_fit();
        self.counts.shrink_to_fit();
        self.dictionary.shrink();
        Ok(Transactions {
            dictionary: Arc::new(self.dictionary),
            offsets: self.offsets,
            ids: self.ids,
            counts: self.counts,
            duplicates: self.duplicates,
        })
    }
}

impl<T> Default for TransactionsBuilder<T> {
    fn default() -> Self {
        TransactionsBuilder::new()
    }
}

impl<T: Eq + Hash, R: IntoIterator<Item = T>> Extend<R> for TransactionsBuilder<T> {
    fn extend<I: IntoIterator<Item = R>>(&mut self, rows: I) {
        for row in rows {
            self.push(row);
        }
    }
}

impl<T: Eq + Hash, R: IntoIterator<Item = T>> FromIterator<R> for TransactionsBuilder<T> {
    fn from_iter<I: IntoIterator<Item = R>>(rows: I) -> Self {
        let mut builder = TransactionsBuilder::new();
        builder.extend(rows);
        builder
    }
}
