//! From rows of labels to [`Transactions`].

use std::borrow::Borrow;
use std::hash::Hash;

use super::{Columns, Full, Transactions};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// Encodes baskets row by row.
///
/// Rows come from [`push`](TransactionsBuilder::push), from [`Extend`], or from any iterator (`collect`), which is read
/// once. [`build`](TransactionsBuilder::build) reports if there were more than can be stored.
///
/// ```
/// use itemset::{Transactions, TransactionsBuilder};
///
/// let mut builder = Transactions::builder();
/// builder.push(["beer", "diapers", "beer"]).push(["chips"]);
/// builder.extend([[]; 1]);
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
    columns: Columns,
}

impl<T> TransactionsBuilder<T> {
    /// A builder without baskets.
    #[must_use]
    pub fn new() -> Self {
        TransactionsBuilder { dictionary: Dictionary::new(), columns: Columns::new() }
    }

    /// Baskets so far, counted with their weights.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there are no baskets yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items left out so far because their basket held them already.
    #[must_use]
    pub fn duplicates_skipped(&self) -> u64 {
        self.columns.duplicates()
    }

    /// A builder of baskets that were encoded with a dictionary.
    pub(crate) fn from_columns(dictionary: Dictionary<T>, columns: Columns) -> Self {
        TransactionsBuilder { dictionary, columns }
    }
}

impl<T: Eq + Hash> TransactionsBuilder<T> {
    /// Adds one basket. The order of its items does not matter, and an item that occurs twice counts once.
    #[doc(alias = "add")]
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) -> &mut Self {
        self.push_weighted(row, 1)
    }

    /// Adds one row that stands for `weight` identical baskets. It is stored once; every result is as if it had been
    /// pushed `weight` times. A weight of 0 adds nothing and does not read the row.
    ///
    /// Rows that were counted elsewhere, by a database or while a log was read, need not be repeated. A weight may also
    /// be what a basket is worth, in cents. The sum of all weights is at most `i64::MAX`. Beyond `u32::MAX` itemsets are
    /// searched with smaller weights, rounded up, and then counted again: what is found is exact. But a search takes
    /// somewhat longer, lists what it counts or streams and all that tie with the last of the best k, and is bounded by
    /// [`max_itemsets`](crate::Miner::max_itemsets) with what it drops again; estimates and suggested thresholds are a
    /// little rougher. Thresholds below the sum of all weights / 2^32 times the rows find much that is dropped.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let mut builder = Transactions::builder();
    /// builder.push_weighted(["beer", "diapers"], 30).push_weighted(["beer"], 70).push_weighted(["chips"], 0);
    /// let baskets = builder.build()?;
    /// assert_eq!((baskets.len(), baskets.count_of("beer"), baskets.count_of("chips")), (100, Some(100), None));
    /// assert_eq!(Miner::new().mine(&baskets)?.count_of(["beer", "diapers"]), Some(30));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn push_weighted(&mut self, row: impl IntoIterator<Item = T>, weight: u32) -> &mut Self {
        if weight > 0 {
            self.push_with(row, weight, |dictionary, label| dictionary.intern(label));
        }
        self
    }

    /// Adds one basket of borrowed labels (`&str` for `String`), which are copied only if they are new.
    ///
    /// ```
    /// let mut builder = itemset::Transactions::<String>::builder();
    /// builder.push_borrowed("beer diapers".split(' '));
    /// assert_eq!(builder.build()?.count_of("beer"), Some(1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn push_borrowed<'q, Q>(&mut self, row: impl IntoIterator<Item = &'q Q>) -> &mut Self
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = T> + ?Sized + 'q,
    {
        self.push_with(row, 1, |dictionary, label| dictionary.intern_borrowed(label));
        self
    }

    fn push_with<L>(
        &mut self,
        row: impl IntoIterator<Item = L>,
        weight: u32,
        mut intern: impl FnMut(&mut Dictionary<T>, L) -> Result<u32, Error>,
    ) {
        if self.columns.check().is_err() {
            return;
        }
        // A row whose iterator panicked may have left items, which are not part of this one.
        self.columns.open_row().clear();
        for label in row {
            match intern(&mut self.dictionary, label) {
                Ok(id) => self.columns.open_row().push(id),
                Err(_) => return self.columns.fail(Full::Items),
            }
        }
        self.columns.end_row(weight);
    }

    /// The baskets. The builder is left without any.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if there were more than `u32::MAX` rows, entries of rows or
    /// distinct items, or `i64::MAX` baskets, counted with their weights.
    pub fn build(&mut self) -> Result<Transactions<T>, Error> {
        let TransactionsBuilder { mut dictionary, columns } = std::mem::take(self);
        columns.check()?;
        dictionary.shrink();
        Ok(columns.finish(dictionary))
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
