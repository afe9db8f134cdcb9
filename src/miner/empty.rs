//! Explaining an empty result.

use super::Miner;
use crate::error::Error;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::emptiness::EmptyReport;
use crate::transactions::Transactions;

impl Miner {
    /// What is most frequent in these baskets, whatever the threshold: why a search found nothing, and at which threshold it would
    /// find something.
    ///
    /// Of the settings only the minimum support counts, which is repeated; a [`time_limit`](Miner::time_limit) and a
    /// [`cancel_token`](Miner::cancel_token) hold here too.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine).
    ///
    /// # Complexity
    ///
    /// It is exact: a search for the best pair whose threshold rises with what is found, so that rare items are hardly looked at. Linear
    /// in the entries, and in the square of the numbers of items that are as frequent as that pair.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer"], vec!["wine"], vec!["chips", "wine"]])?;
    /// let miner = Miner::new().min_support(0.5);
    /// assert!(miner.rules(&baskets)?.is_empty());
    /// assert_eq!(
    ///     miner.explain_empty(&baskets)?.to_string(),
    ///     "only single items are frequent at min count 2: of 3 baskets the most frequent item is in 2, the most frequent pair in 1; \
    ///      lower the minimum support to that or below"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn explain_empty<T: Ord>(&self, transactions: &Transactions<T>) -> Result<EmptyReport, Error> {
        self.settings.check()?;
        let baskets = transactions.len() as u64;
        let min_count = self.settings.min_support.min_count(baskets)?;
        let item = transactions.counts().iter().copied().max().unwrap_or_default();
        // The lowest threshold at which there is no pair at all is one above the best.
        let pairs = Bounds { min_count: 1, max_len: 2, min_len: 2, most: 0 };
        let none = self.call(|control| self.fit_bounds(control, transactions, pairs))?;
        Ok(EmptyReport::new(baskets, min_count, item.into(), none.min_count() - 1))
    }
}
