//! Baskets with other items.

use std::hash::Hash;

use super::{Basket, Columns, Transactions, TransactionsBuilder};
use crate::dictionary::Dictionary;
use crate::error::Error;

impl<T> Transactions<T> {
    /// The same baskets with other labels: items are renamed, merged if they get the same label, and left out if they
    /// get none. Baskets that lose all items stay, without items.
    ///
    /// `label` is called once for each distinct item.
    ///
    /// # Errors
    ///
    /// Those of [`build`](TransactionsBuilder::build).
    ///
    /// # Complexity
    ///
    /// Linear in the entries, apart from sorting each row.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let baskets = Transactions::from_rows([vec!["Beer", "beer ", "BAG"], vec!["Chips"], vec!["BAG"]])?;
    /// let tidy = baskets.map_items(|label| match label.trim().to_lowercase() {
    ///     label if label == "bag" => None,
    ///     label => Some(label),
    /// })?;
    /// let rows: Vec<String> = tidy.iter().map(|basket| basket.to_string()).collect();
    /// assert_eq!(rows, ["{beer}", "{chips}", "{}"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "rename")]
    #[doc(alias = "filter_items")]
    pub fn map_items<U: Eq + Hash>(&self, label: impl FnMut(&T) -> Option<U>) -> Result<Transactions<U>, Error> {
        let mut dictionary = Dictionary::new();
        let ids: Vec<Option<u32>> = self
            .dictionary
            .labels()
            .iter()
            .map(label)
            .map(|label| label.map(|label| dictionary.intern(label)).transpose())
            .collect::<Result<_, _>>()?;
        self.replaced(dictionary, |id| ids[id as usize].as_slice())
    }

    /// The baskets for which `keep` holds, in their order. Labels that only others have stay in the dictionary.
    ///
    /// As the first set of [`partition`](Transactions::partition), with one call for each stored row.
    ///
    /// ```
    /// use itemset::Transactions;
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec![]])?;
    /// assert_eq!(baskets.filter(|basket| basket.len() >= 2).len(), 1);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn filter(&self, mut keep: impl FnMut(Basket<'_, T>) -> bool) -> Self {
        let rows = self.rows();
        self.divided(|stored| if keep(self.stored_basket(stored)) { 0 } else { rows.weight(stored) }).0
    }

    /// The same baskets with some items, numbered by another dictionary, in place of each. What a basket has twice then
    /// is no duplicate of the input.
    pub(crate) fn replaced<'i, U: Eq + Hash>(
        &self,
        dictionary: Dictionary<U>,
        items: impl Fn(u32) -> &'i [u32],
    ) -> Result<Transactions<U>, Error> {
        let mut columns = Columns::new();
        for (row, weight) in self.rows().weighted() {
            row.iter().for_each(|&id| columns.open_row().extend_from_slice(items(id)));
            columns.end_row(weight);
        }
        let replaced = TransactionsBuilder::from_columns(dictionary, columns).build()?;
        Ok(Transactions { duplicates: self.duplicates, ..replaced })
    }
}
