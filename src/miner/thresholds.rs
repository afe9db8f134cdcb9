//! The calls that help to choose a threshold, and explain what a search would do.

use super::Miner;
use super::estimate::{Estimate, estimate_all};
use super::exactly::best_pair_exactly;
use super::itemsets::count;
use crate::error::Error;
use crate::limit::Suggestion;
use crate::mine::engines::choice::EngineChoice;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::emptiness::EmptyReport;
use crate::transactions::Transactions;

/// # Choose a threshold
impl Miner {
    /// Returns the lowest threshold at which at most `itemsets` itemsets are frequent, and their number.
    ///
    /// [`min_support`](Miner::min_support) is ignored; [`max_len`](Miner::max_len) holds. The result is exact: it comes
    /// from a search whose threshold rises whenever there are more. Beyond `u32::MAX` baskets, counted with their weights,
    /// a somewhat lower threshold may do as well, and the number may be a little too large.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine).
    ///
    /// # Complexity
    ///
    /// About that of listing `itemsets` itemsets, on one thread, in memory for the encoded baskets and 8 bytes per
    /// basket.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"],
    /// ])?;
    /// let suggestion = Miner::new().suggest_min_support(&baskets, 4)?;
    /// assert_eq!(suggestion.to_string(), "min count 2 (3 itemsets)"); // at 1 there are 5
    /// assert_eq!(Miner::new().min_support(suggestion.min_support()).mine(&baskets)?.len(), 3);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn suggest_min_support<T: Ord>(
        &self,
        transactions: &Transactions<T>,
        itemsets: u64,
    ) -> Result<Suggestion, Error> {
        self.settings.check()?;
        self.call_on(transactions, |call| Ok(call.given_suggestion(call.fit(1, itemsets)?)))
    }

    /// Estimates how many itemsets are frequent at the [`min_support`](Miner::min_support) without finding them all, to
    /// check whether a threshold is worth trying. Besides `min_support`, only [`max_len`](Miner::max_len),
    /// [`time_limit`](Miner::time_limit) and [`cancel_token`](Miner::cancel_token) have an effect.
    ///
    /// If the itemsets are counted with little work (up to some hundred million in dense data), the number is exact and
    /// marked as such. If not, the search is sampled: the estimate is unbiased, and has a standard error and an
    /// interval. It runs on one thread and is the same every time. [`Search::estimate`](crate::Search::estimate)
    /// estimates the number of itemsets of a target or under constraints.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), but never for a limit on itemsets.
    ///
    /// # Complexity
    ///
    /// That of preparing a search for pairs, which depends on the baskets alone, and a constant number of steps
    /// whatever the threshold: together some tenths of a second for some hundred thousand baskets. Memory as for
    /// [`count`](Miner::count).
    ///
    /// # Source
    ///
    /// Knuth, "Estimating the efficiency of backtrack programs", Mathematics of Computation 1975: random paths down a
    /// search, weighted by their probabilities, which he proposes to choose by how much lies ahead. Chen, "Heuristic
    /// sampling: a method for predicting the performance of tree searching programs", SIAM Journal on Computing 1992:
    /// several paths at once, in strata. Here the strata are the extensions of an itemset, drawn by systematic sampling
    /// in proportion to a guess that treats extensions as independent; small branches are counted. Boley & Grosskreutz,
    /// "A randomized approach for approximating the number of frequent sets", ICDM 2008, estimate the same number in
    /// another way.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// // Each basket lacks a different one of 60 items: 2^60 - 2 itemsets are in one basket or more.
    /// let baskets = Transactions::from_rows((0..60u32).map(|lacks| (0..60).filter(move |&item| item != lacks)))?;
    /// let estimate = Miner::new().min_support(MinSupport::count(1)).estimate_itemsets(&baskets)?;
    /// assert!(!estimate.is_exact() && estimate.low() <= 2_f64.powi(60) && 2_f64.powi(60) <= estimate.high());
    /// println!("{estimate}");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn estimate_itemsets<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Estimate, Error> {
        self.settings.check()?;
        self.call_on(transactions, |call| {
            let number = || Ok(count(call, None)?.total());
            estimate_all(call)?.of_given(call, number)
        })
    }

    /// Returns the engine that [`mine`](Miner::mine) and [`count`](Miner::count) would use on these baskets, and why,
    /// without searching.
    ///
    /// The answer does not depend on the number of threads or the order of the baskets.
    /// [`Statistics::algorithm`](crate::Statistics::algorithm) of a result is the engine that did run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) and
    /// [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for a setting, as [`mine`](Miner::mine);
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system refuses threads.
    ///
    /// # Complexity
    ///
    /// Linear in the entries, apart from sorting each basket: the baskets are recoded as for a search.
    ///
    /// ```
    /// use itemset::{Algorithm, MinSupport, Miner, Transactions};
    ///
    /// // A thousand baskets, but only ten different ones, and 200 items.
    /// let row = |basket: u32| (0..20).map(move |item| basket % 10 + 10 * item);
    /// let baskets = Transactions::from_rows((0..1000).map(row))?;
    /// let miner = Miner::new().min_support(MinSupport::count(100)).max_len(2);
    /// let choice = miner.explain(&baskets)?;
    /// assert_eq!((choice.frequent_items(), choice.mean_len(), choice.density()), (200, 20.0, 0.1));
    /// assert_eq!((choice.algorithm(), choice.distinct_baskets()), (Algorithm::FpGrowth, Some(10)));
    /// assert!(choice.steps(Algorithm::FpGrowth) < choice.steps(Algorithm::Eclat));
    /// assert_eq!(miner.count(&baskets)?.statistics().algorithm, choice.algorithm());
    /// println!("{choice}");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn explain<T: Ord>(&self, transactions: &Transactions<T>) -> Result<EngineChoice, Error> {
        self.settings.check()?;
        self.call_on(transactions, |call| {
            let (rows, bounds) = (call.rows()?, call.bounds(call.min_count));
            let shape = self.settings.run.on_threads(call.control, |workers| rows.shape(bounds, workers))?;
            let min_count = call.given_count(call.min_count);
            Ok(EngineChoice::new(self.settings.algorithm, call.baskets(), min_count, shape))
        })
    }

    /// Returns what is most frequent in these baskets, whatever the threshold. The report explains why a search found
    /// nothing, and at which threshold it would find something.
    ///
    /// Besides the minimum support, which the report repeats, only [`time_limit`](Miner::time_limit) and
    /// [`cancel_token`](Miner::cancel_token) have an effect.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine).
    ///
    /// # Complexity
    ///
    /// The report is exact: it comes from a search for the best pair whose threshold rises with what is found, so rare
    /// items are hardly read. Linear in the entries, and in the square of the number of items that are as frequent as
    /// that pair.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer"], vec!["wine"], vec!["chips", "wine"]])?;
    /// let miner = Miner::new().min_support(0.5);
    /// assert!(miner.rules(&baskets)?.is_empty());
    /// assert_eq!(
    ///     miner.explain_empty(&baskets)?.to_string(),
    ///     "only single items are frequent at min count 2: of 3 baskets the most frequent item is in 2, \
    ///      the most frequent pair in 1; lower the minimum support to that or below"
    /// );
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn explain_empty<T: Ord>(&self, transactions: &Transactions<T>) -> Result<EmptyReport, Error> {
        self.settings.check()?;
        let item = transactions.counts().iter().copied().max().unwrap_or_default();
        // The lowest threshold without any pair is one above the count of the best pair.
        let pairs = Bounds { max_len: 2, min_len: 2, most: 0, ..Bounds::NONE };
        self.call_on(transactions, |call| {
            let mut pair = call.fit_bounds(pairs)?.min_count() - 1;
            if let Some(exactly) = call.exactly() {
                pair = best_pair_exactly(call, exactly, pair)?;
            }
            Ok(EmptyReport::new(call.baskets(), call.given_count(call.min_count), item, pair))
        })
    }
}
