//! The builder over everything: thresholds in, itemsets and rules out.

use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::itemsets::{FrequentItems, FrequentItemsets, Trie, TrieBranch};
use crate::mine::{
    Algorithm, Bounds, Choice, ItemsetCounts, Job, Level, MinSupport, Outcome, Searched, Statistics, Tally,
};
use crate::pool::Pool;
use crate::rules::{Consequents, RuleBuilder, Rules};
use crate::transactions::{Ranking, Transactions};
use crate::workers::Workers;

/// Finds frequent itemsets and association rules.
///
/// Quick advice: set [`min_support`](Miner::min_support), and for rules
/// [`min_confidence`](Miner::min_confidence). For everything else the defaults are almost certainly what you want.
///
/// Setters consume the miner and return it; nothing is checked until a call runs, which
/// then names the first setting that is invalid. A miner can be used again, cloned, and shared between threads.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["wipes", "diapers"]])?;
/// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&baskets)?;
/// assert_eq!(rules.iter().next().unwrap().to_string(), "{beer} => {diapers} (support 0.667, confidence 1.000, lift 1.000)");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
#[must_use]
pub struct Miner {
    settings: Settings,
}

/// The settings as they were given, valid or not.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
struct Settings {
    min_support: MinSupport,
    min_confidence: f64,
    consequents: Consequents,
    algorithm: Algorithm,
    max_len: Option<usize>,
    #[cfg_attr(feature = "serde", serde(rename = "threads"))]
    pool: Pool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            min_support: MinSupport::fraction(0.01),
            min_confidence: 0.5,
            consequents: Consequents::One,
            algorithm: Algorithm::Auto,
            max_len: None,
            pool: Pool::new(None),
        }
    }
}

impl Settings {
    /// The first setting that is invalid, if one is: every call that runs begins with this.
    fn check(&self) -> Result<(), Error> {
        self.min_support.min_count(1)?;
        crate::rules::check_min_confidence(self.min_confidence)?;
        if self.max_len == Some(0) {
            return Err(Error::invalid_setting("max_len", 0, "a number of items of at least 1"));
        }
        self.pool.check()
    }
}

/// Itemsets that are listed without being counted first. They take 200 MB.
const CAUTIOUS: usize = 1 << 24;

impl Miner {
    /// A miner with the defaults: min support 0.01, min confidence 0.5, one item on the right side of a rule,
    /// [`Algorithm::Auto`], no limit on the length, the threads of the current rayon pool.
    pub fn new() -> Self {
        Miner::default()
    }

    /// The smallest support that is frequent: a fraction of the baskets, or [`MinSupport::count`].
    ///
    /// On the threshold means in. Default: 0.01. Lower thresholds find more and take longer, without bound:
    /// one basket of k items at count 1 has 2^k - 1 frequent itemsets.
    pub fn min_support(mut self, min_support: impl Into<MinSupport>) -> Self {
        self.settings.min_support = min_support.into();
        self
    }

    /// The smallest confidence of a rule, from 0 to 1. On the threshold means in. Default: 0.5.
    pub fn min_confidence(mut self, min_confidence: f64) -> Self {
        self.settings.min_confidence = min_confidence;
        self
    }

    /// How many items the right side of a rule may have. Default: [`Consequents::One`].
    pub fn consequents(mut self, consequents: Consequents) -> Self {
        self.settings.consequents = consequents;
        self
    }

    /// The engine. Every engine gives the same result. Default: [`Algorithm::Auto`].
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.settings.algorithm = algorithm;
        self
    }

    /// The most items that an itemset, or a rule's two sides together, may have, at least 1. Default: no limit.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.settings.max_len = Some(max_len);
        self
    }

    /// How many threads work, at least 1. 1 stays on the calling thread; more get a pool of their own, which is
    /// kept between calls. Default: the rayon pool that the call is made in, else rayon's default pool.
    ///
    /// Without the feature `rayon` more than 1 is an error.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.pool = Pool::new(Some(threads));
        self
    }

    /// All frequent itemsets, each with its count.
    ///
    /// An empty result is an answer, not an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] and [`ErrorKind::MissingFeature`] for a setting,
    /// [`ErrorKind::TooLarge`] beyond `u32::MAX` itemsets, [`ErrorKind::Refused`] where the system gives no threads.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2], vec![3]])?;
    /// let itemsets = Miner::new().min_support(MinSupport::count(2)).mine(&baskets)?;
    /// assert_eq!(itemsets.count_of([&1, &2]), Some(2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine<T: Ord>(&self, transactions: &Transactions<T>) -> Result<FrequentItemsets<T>, Error> {
        let found = self.search_counted(transactions, list, Trie::too_many)?;
        let Found { ranking, branches, min_count, statistics } = found;
        let items = FrequentItems::new(transactions.shared_dictionary(), &ranking);
        Ok(FrequentItemsets::new(items, Trie::join(branches)?, transactions.len() as u64, min_count, statistics))
    }

    /// How many itemsets are frequent, by length, without collecting them: faster than [`mine`](Miner::mine), and,
    /// but for [`Algorithm::Apriori`], in memory that does not depend on how many there are.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), but [`ErrorKind::TooLarge`] only beyond `u128::MAX` itemsets.
    pub fn count<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ItemsetCounts, Error> {
        // Only Apriori holds what it counts.
        let found = self.search_counted(transactions, tally, || {
            Error::too_large("frequent itemsets for Apriori (the other algorithms count any number)", u32::MAX)
        })?;
        let max_len = self.settings.max_len.unwrap_or(usize::MAX);
        let by_len = Tally::by_len(&found.branches, max_len);
        let by_len = by_len.ok_or_else(|| Error::too_large("frequent itemsets", u128::MAX))?;
        Ok(ItemsetCounts::new(by_len, found.min_count, found.statistics))
    }

    /// Which engine [`mine`](Miner::mine) and [`count`](Miner::count) would search these baskets with, and why, without searching.
    ///
    /// The same whatever the number of threads and the order of the baskets. [`Statistics::algorithm`] of a result tells
    /// which engine did run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] and [`ErrorKind::MissingFeature`] for a setting, as [`mine`](Miner::mine);
    /// [`ErrorKind::Refused`] where the system gives no threads.
    ///
    /// # Complexity
    ///
    /// Linear in the entries, apart from sorting each basket: the baskets are recoded as they are for a search.
    ///
    /// ```
    /// use itemset::{Algorithm, MinSupport, Miner, Transactions};
    ///
    /// // A thousand baskets, but only ten different ones, and 200 items.
    /// let baskets = Transactions::from_rows((0..1000u32).map(|basket| (0..20).map(move |item| basket % 10 + 10 * item)))?;
    /// let miner = Miner::new().min_support(MinSupport::count(100)).max_len(2);
    /// let choice = miner.explain(&baskets)?;
    /// assert_eq!((choice.frequent_items(), choice.mean_len(), choice.density()), (200, 20.0, 0.1));
    /// assert_eq!((choice.algorithm(), choice.distinct_baskets()), (Algorithm::FpGrowth, Some(10)));
    /// assert!(choice.steps(Algorithm::FpGrowth) < choice.steps(Algorithm::Eclat));
    /// assert_eq!(miner.count(&baskets)?.statistics().algorithm, choice.algorithm());
    /// println!("{choice}");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn explain<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Choice, Error> {
        self.settings.check()?;
        let baskets = transactions.len() as u64;
        let min_count = self.settings.min_support.min_count(baskets)?;
        let ranking = Ranking::new(transactions, min_count);
        let job = self.job(transactions, &ranking, min_count, usize::MAX);
        let shape = self.settings.pool.run(|workers| job.shape(workers))?;
        Ok(Choice::new(self.settings.algorithm, baskets, min_count, shape))
    }

    /// All association rules that reach both thresholds, in the canonical order.
    ///
    /// The same as [`mine`](Miner::mine) and then [`FrequentItemsets::rules`] with this miner's min confidence and consequents.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`] for a min confidence that is not from 0 to 1.
    pub fn rules<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Rules<T>, Error> {
        self.rules_of(&self.mine(transactions)?)
    }

    /// The rules among itemsets that were mined before, with this miner's min confidence, consequents and threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`] for a min confidence that is not from 0 to 1, [`ErrorKind::TooLarge`] beyond `u32::MAX` rules.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec!["chips"]])?;
    /// let miner = Miner::new().min_support(0.3).min_confidence(0.5);
    /// let itemsets = miner.mine(&baskets)?;
    /// assert_eq!(miner.rules_of(&itemsets)?, miner.rules(&baskets)?);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn rules_of<T>(&self, itemsets: &FrequentItemsets<T>) -> Result<Rules<T>, Error> {
        self.settings.check()?;
        self.generate(
            itemsets.rules().min_confidence(self.settings.min_confidence).consequents(self.settings.consequents),
        )
    }

    /// The rules that a builder makes, on this miner's threads. All other settings are the builder's own.
    ///
    /// # Errors
    ///
    /// Those of [`RuleBuilder::generate`], and those of this miner's settings.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let miner = Miner::new().min_support(0.3).threads(1);
    /// let itemsets = miner.mine(&baskets)?;
    /// let rules = miner.generate(itemsets.rules().min(Measure::Lift, 1.2))?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn generate<T>(&self, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.settings.check()?;
        rules.generate_on(|search| self.settings.pool.run(|workers| search.run(workers))?)
    }

    /// What the engine finds. Where that is so much that its number had better be known first, it is counted before: that
    /// takes less time, and no room. `too_large` is the error where it is more than can be held.
    fn search_counted<T: Ord, B: Send>(
        &self,
        transactions: &Transactions<T>,
        run: fn(Job<'_>, Workers) -> Outcome<B>,
        too_large: fn() -> Error,
    ) -> Result<Found<B>, Error> {
        self.settings.check()?;
        if let Some(found) = self.search(transactions, CAUTIOUS, run)? {
            return Ok(found);
        }
        let total = self.clone().algorithm(Algorithm::Auto).count(transactions)?.total();
        Trie::check_room(u32::try_from(total).map_err(|_| too_large())? as usize)?;
        self.search(transactions, usize::MAX, run)?.ok_or_else(too_large)
    }

    /// What the engine finds; `None` where it is more than `most` itemsets to hold.
    fn search<T: Ord, B: Send>(
        &self,
        transactions: &Transactions<T>,
        most: usize,
        run: fn(Job<'_>, Workers) -> Outcome<B>,
    ) -> Result<Option<Found<B>>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let ranking = Ranking::new(transactions, min_count);
        let job = self.job(transactions, &ranking, min_count, most);
        let (outcome, threads) = self.settings.pool.run(|workers| (run(job, workers), workers.threads()))?;
        let Ok(Searched { algorithm, branches, levels }) = outcome else { return Ok(None) };
        let mut statistics = Statistics { algorithm, threads, levels: Vec::new() };
        if algorithm == Algorithm::Apriori {
            let singles = Level { candidates: transactions.dictionary().len() as u64, frequent: ranking.len() as u64 };
            statistics.levels = std::iter::once(singles).chain(levels).collect();
        }
        Ok(Some(Found { ranking, branches, min_count, statistics }))
    }

    fn job<'a, T>(
        &self,
        transactions: &'a Transactions<T>,
        ranking: &'a Ranking,
        min_count: u64,
        most: usize,
    ) -> Job<'a> {
        let bounds = Bounds {
            // Nothing is frequent at a threshold that no basket number reaches.
            min_count: u32::try_from(min_count).unwrap_or(u32::MAX),
            max_len: self.settings.max_len.unwrap_or(usize::MAX),
            most,
        };
        Job { rows: transactions.rows(), ranking, algorithm: self.settings.algorithm, bounds }
    }
}

/// What a search found.
#[derive(Debug)]
struct Found<B> {
    ranking: Ranking,
    branches: Vec<B>,
    min_count: u64,
    statistics: Statistics,
}

// The engines are compiled with this crate, once for each kind of branch, and not again for every type of label.

fn list(job: Job<'_>, workers: Workers) -> Outcome<TrieBranch> {
    job.run(workers)
}

fn tally(job: Job<'_>, workers: Workers) -> Outcome<Tally> {
    job.run(workers)
}
