//! All that is frequent at a higher threshold, where a limit is in the way.

use super::Miner;
use crate::call::control::Control;
use crate::error::{Error, ErrorKind};
use crate::itemsets::FrequentItemsets;
use crate::limit::Limit;
use crate::mine::query::min_support::MinSupport;
use crate::mine::report::partial::Partial;
use crate::transactions::Transactions;

impl Miner {
    /// As [`mine`](Miner::mine), but where [`max_itemsets`](Miner::max_itemsets) or [`max_memory`](Miner::max_memory) is reached,
    /// all that is frequent at the lowest threshold within the limit; where [`time_limit`](Miner::time_limit) is, all that is frequent at
    /// the lowest threshold that was done by then.
    ///
    /// With a time limit the baskets are searched at one threshold after the other, each half of the one before, from the count of the
    /// most frequent item on. Most often that takes up to twice the time of the last search alone.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), but for [`ErrorKind::LimitReached`] and [`ErrorKind::TimeLimit`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use itemset::{Limit, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// assert!(miner.mine_partial(&baskets)?.is_complete());
    /// let partial = miner.time_limit(Duration::ZERO).mine_partial(&baskets)?; // no time for anything
    /// assert_eq!((partial.limit(), partial.complete_from()), (Some(Limit::Time(Duration::ZERO)), 4));
    /// assert!(partial.get().is_empty());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_partial<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Partial<FrequentItemsets<T>>, Error> {
        self.call(|control| match self.settings.run.time_limit {
            None => self.mine_what_fits(control, transactions),
            Some(_) => self.mine_in_time(control, transactions),
        })
    }

    fn mine_what_fits<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
    ) -> Result<Partial<FrequentItemsets<T>>, Error> {
        match self.mine_under(control, transactions) {
            Ok(itemsets) => {
                let min_count = itemsets.min_count();
                Ok(Partial::complete(itemsets, min_count))
            }
            Err(error) => {
                let &ErrorKind::LimitReached { limit, min_count, suggestion } = error.kind() else { return Err(error) };
                let itemsets = self.clone().min_support(suggestion.min_support()).mine_under(control, transactions)?;
                Ok(Partial::cut(itemsets, limit, min_count, suggestion.min_count()))
            }
        }
    }

    fn mine_in_time<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
    ) -> Result<Partial<FrequentItemsets<T>>, Error> {
        self.settings.check()?;
        let asked = self.settings.min_support.min_count(transactions.len() as u64)?;
        let highest = transactions.counts().iter().copied().max().map_or(0, u64::from);
        let mut threshold = highest;
        let mut found = None;
        let limit = loop {
            let is_last = threshold <= asked;
            let miner = self.clone().min_support(MinSupport::count(threshold.max(asked)));
            let share = if is_last { 1.0 } else { 0.5 };
            match control.section(share, || miner.mine_what_fits(control, transactions)) {
                Ok(partial) => {
                    if let Some(limit) = partial.limit() {
                        let complete_from = partial.complete_from();
                        return Ok(Partial::cut(partial.into_inner(), limit, asked, complete_from));
                    }
                    if is_last {
                        return Ok(Partial::complete(partial.into_inner(), asked));
                    }
                    found = Some(partial.into_inner());
                }
                Err(error) => {
                    let &ErrorKind::TimeLimit { limit, .. } = error.kind() else { return Err(error) };
                    break limit;
                }
            }
            threshold /= 2;
        };
        let itemsets = match found {
            Some(itemsets) => itemsets,
            // At this threshold there is nothing, which takes no time.
            None => {
                let miner = self.clone().min_support(MinSupport::count(asked.max(highest + 1)));
                miner.mine_under(&Control::new(None, None, None), transactions)?
            }
        };
        match itemsets.min_count() {
            complete_from if complete_from == asked => Ok(Partial::complete(itemsets, asked)),
            complete_from => Ok(Partial::cut(itemsets, Limit::Time(limit), asked, complete_from)),
        }
    }
}
