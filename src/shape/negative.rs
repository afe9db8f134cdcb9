//! Items that a basket lacks.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::transactions::{Columns, Transactions, TransactionsBuilder};

impl<T: Eq + Hash + Clone> Transactions<T> {
    /// The baskets with an item more for each of some items that they lack: {chips} => {!beer} says who does not buy
    /// beer, and {!beer} => {wine} what is bought in its place. Significance counts the rules with these items as any
    /// others.
    ///
    /// `label` makes the label of the lack. Choose few items: each adds an entry to most baskets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an item that is in no basket, and for the label
    /// of a lack that is an item or another lack already; those of [`TransactionsBuilder::build`].
    ///
    /// # Complexity
    ///
    /// Linear in the entries and, for each basket, in the chosen items, apart from sorting each row.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer".to_string(), "chips".to_string()], vec!["wine".to_string()], vec!["wine".to_string()],
    /// ])?;
    /// let baskets = baskets.with_absent(["beer"], |label| format!("!{label}"))?;
    /// assert_eq!(baskets.count_of("!beer"), Some(2));
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
    /// assert!(rules.iter().any(|rule| rule.to_string().starts_with("{!beer} => {wine} (support 0.667, confidence 1.000")));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "negative")]
    pub fn with_absent<'q, Q>(
        &self,
        items: impl IntoIterator<Item = &'q Q>,
        label: impl Fn(&T) -> T,
    ) -> Result<Self, Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + fmt::Display + ?Sized + 'q,
    {
        let mut dictionary = Dictionary::from_labels(self.dictionary().labels().iter().cloned())?;
        // Each chosen item, and its lack.
        let mut chosen: Vec<(u32, u32)> = Vec::new();
        for item in items {
            let id = self.dictionary().id(item).filter(|_| self.count_of(item).is_some());
            let Some(id) = id else {
                return Err(Error::invalid_setting(
                    "absent items",
                    format!("`{item}`"),
                    "items that are in some basket",
                ));
            };
            let lack = label(&self.dictionary().labels()[id.index()]);
            if self.count_of(lack.borrow()).is_some() {
                let value = format!("the lack of `{item}` has the label of an item");
                return Err(Error::invalid_setting("absent items", value, "a label that no item has"));
            }
            let lack = dictionary.intern(lack)?;
            if chosen.iter().any(|&(other, label)| label == lack && other != id.0) {
                let value = format!("the lack of `{item}` has the label of another lack");
                return Err(Error::invalid_setting("absent items", value, "a label for each"));
            }
            chosen.push((id.0, lack));
        }
        chosen.sort_unstable();
        chosen.dedup();
        let mut columns = Columns::new();
        for (row, weight) in self.rows().weighted() {
            let open = columns.open_row();
            open.extend_from_slice(row);
            open.extend(chosen.iter().filter(|(id, _)| row.binary_search(id).is_err()).map(|&(_, lack)| lack));
            columns.end_row(weight);
        }
        columns.skip_duplicates(self.duplicates_skipped());
        TransactionsBuilder::from_columns(dictionary, columns).build()
    }
}
