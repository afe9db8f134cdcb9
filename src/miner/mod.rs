//! The builder over everything: thresholds in, itemsets and rules out.

mod constrained;
mod empty;
mod estimate;
mod partial;
mod search;
mod settings;
mod stream;

use std::time::Duration;

use crate::call::control::{CancelToken, Control};
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, FrequentItemsets, GeneratorItemsets, MaximalItemsets, Trie};
use crate::limit::Suggestion;
use crate::mine::engines::choice::EngineChoice;
use crate::mine::output::tally::Tally;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::mine::query::target::Target;
use crate::mine::report::counts::ItemsetCounts;
use crate::rules::{Consequents, RuleBuilder, Rules};
use crate::run_options::RunOptions;
use crate::transactions::{Ranking, Transactions};
use search::{tally, tally_some};
use settings::Settings;

pub use estimate::Estimate;
pub use stream::StreamSummary;

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
    ///
    /// Closed, maximal and generator itemsets, those under constraints and the best by support are searched for depth first over bitsets, as Eclat
    /// does: with [`Algorithm::Auto`] and [`Algorithm::Eclat`]; the others are an error there.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.settings.algorithm = algorithm;
        self
    }

    /// The most items that an itemset, or a rule's two sides together, may have, at least 1. Default: no limit, and there can be
    /// none for closed and maximal itemsets.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.settings.max_len = Some(max_len);
        self
    }

    /// The most itemsets that a call may collect. Where more are frequent, it ends with [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached), which says at
    /// what threshold they would fit; [`mine_partial`](Miner::mine_partial) then gives what is frequent at that one. Default: no limit.
    ///
    /// It does not bound [`count`](Miner::count), which collects nothing.
    ///
    /// However much there would be, time and memory to find that out are those of collecting about so many itemsets:
    ///
    /// ```
    /// use itemset::{ErrorKind, Limit, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([(0..60).collect::<Vec<u32>>(), vec![1, 2], vec![1]])?;
    /// let error = Miner::new().min_support(MinSupport::count(1)).max_itemsets(1000).mine(&baskets).unwrap_err();
    /// let ErrorKind::LimitReached { limit, suggestion, .. } = error.kind() else { panic!("2^60 itemsets were collected") };
    /// assert_eq!((*limit, suggestion.min_count(), suggestion.itemsets()), (Limit::Itemsets(1000), 2, 3));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn max_itemsets(mut self, itemsets: u64) -> Self {
        self.settings.max_itemsets = Some(itemsets);
        self
    }

    /// The most memory, in bytes, that a call may use beside the transactions that it is given: an estimate of what the search needs for
    /// these baskets, and the itemsets found. Where those do not fit, it ends as with [`max_itemsets`](Miner::max_itemsets). Rules may take as much
    /// again; where they do not fit, it ends with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge).
    /// `u64::MAX` is no limit.
    ///
    /// Default: half of the memory that the machine has, or that the control group of the process allows, for calls that need more than some ten MB. The
    /// system is asked once in the life of a process. Without the feature `memory-limit` the default is no limit.
    ///
    /// ```
    /// use itemset::{ErrorKind, Limit, MinSupport, Miner, Transactions};
    ///
    /// // 2^30 itemsets.
    /// let baskets = Transactions::from_rows([(0..30).collect::<Vec<u32>>(), vec![1, 2], vec![1]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1)).max_memory(20 << 20);
    /// let error = miner.mine(&baskets).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::LimitReached { limit: Limit::Memory(_), .. }));
    /// assert_eq!(miner.mine_partial(&baskets)?.complete_from(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn max_memory(mut self, bytes: u64) -> Self {
        self.settings.run = self.settings.run.max_memory(bytes);
        self
    }

    /// The longest time that a call may take. After it, the call ends with [`TimeLimit`](crate::ErrorKind::TimeLimit), within some milliseconds, which says how much
    /// was done; [`mine_partial`](Miner::mine_partial) gives what was found in the time. Default: no limit.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings.run = self.settings.run.time_limit(limit);
        self
    }

    /// Lets [`CancelToken::cancel`] end calls, with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). Not a part of what is serialised.
    pub fn cancel_token(mut self, token: &CancelToken) -> Self {
        self.settings.run = self.settings.run.cancel_token(token);
        self
    }

    /// Calls a function with the fraction of a call that is done: from 0 to 1, higher each time, at most some thousand times, and exactly 1
    /// at last, where the call ends without an error. Not a part of what is serialised.
    ///
    /// Fractions follow estimates of the work, which come before the search: they tell what is left, not to the minute. The function is called by
    /// the threads that search, one at a time. While it takes its time, the others go on.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let heard = Arc::new(Mutex::new(Vec::new()));
    /// let told = Arc::clone(&heard);
    /// Miner::new().on_progress(move |fraction| told.lock().unwrap().push(fraction)).rules(&baskets)?;
    /// let heard = heard.lock().unwrap();
    /// assert!(heard.is_sorted() && heard.last() == Some(&1.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn on_progress(mut self, listener: impl Fn(f64) + Send + Sync + 'static) -> Self {
        self.settings.run = self.settings.run.on_progress(listener);
        self
    }

    /// How many threads work, at least 1. 1 stays on the calling thread; more get a pool of their own, which is
    /// kept between calls. Default: the rayon pool that the call is made in, else rayon's default pool. Every thread of the pool is
    /// the call's until it ends, also one that waits for others to give it work.
    ///
    /// Without the feature `rayon` more than 1 is an error.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.run = self.settings.run.threads(threads);
        self
    }

    /// Sets what a call may use and what may end it, all at once: [`threads`](Miner::threads), [`cancel_token`](Miner::cancel_token),
    /// [`time_limit`](Miner::time_limit), [`on_progress`](Miner::on_progress) and [`max_memory`](Miner::max_memory).
    pub fn run_options(mut self, options: RunOptions) -> Self {
        self.settings.run = options;
        self
    }

    /// What this miner's calls may use and what may end them, for other calls with the same limits.
    pub fn options(&self) -> &RunOptions {
        &self.settings.run
    }

    /// All frequent itemsets, each with its count.
    ///
    /// An empty result is an answer, not an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) and [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for a setting,
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets,
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) where the system gives no threads.
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
        self.call(|control| self.mine_under(control, transactions))
    }

    fn mine_under<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
    ) -> Result<FrequentItemsets<T>, Error> {
        self.collect(control, transactions, Target::All, FrequentItemsets::new)
    }

    /// The lowest threshold at which at most `itemsets` itemsets are frequent, and how many are. Of the settings only
    /// [`max_len`](Miner::max_len) counts.
    ///
    /// It is exact: a search whose threshold rises whenever there are more.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine).
    ///
    /// # Complexity
    ///
    /// About that of listing so many itemsets, on one thread, in memory for the encoded baskets and 8 bytes a basket.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"]])?;
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
        self.call(|control| self.fit(control, transactions, 1, itemsets))
    }

    /// How many itemsets are frequent, by length, without collecting them: faster than [`mine`](Miner::mine), and,
    /// but for [`Algorithm::Apriori`], in memory that does not depend on how many there are.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), but [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) only beyond `u128::MAX` itemsets.
    pub fn count<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ItemsetCounts, Error> {
        self.call(|control| self.count_under(control, transactions))
    }

    fn count_under<T: Ord>(&self, control: &Control, transactions: &Transactions<T>) -> Result<ItemsetCounts, Error> {
        // Only Apriori holds what it counts.
        let found = self.search_counted(control, transactions, tally, || {
            Error::too_large("frequent itemsets for Apriori (the other algorithms count any number)", u32::MAX)
        })?;
        let max_len = self.settings.max_len.unwrap_or(usize::MAX);
        let by_len = Tally::by_len(&found.branches, max_len);
        let by_len = by_len.ok_or_else(|| Error::too_large("frequent itemsets", u128::MAX))?;
        Ok(ItemsetCounts::new(by_len, found.min_count, found.statistics))
    }

    /// All closed frequent itemsets, each with its count: those without a superset of the same count.
    ///
    /// The search visits closed itemsets only (Uno, Asai, Uchida & Arimura, "An efficient algorithm for enumerating closed
    /// patterns in transaction databases", DS 2004).
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for [`Algorithm::Apriori`] and [`Algorithm::FpGrowth`], which only
    /// search for all itemsets, and for a [`max_len`](Miner::max_len): short closed itemsets alone do not tell the counts of all.
    ///
    /// # Complexity
    ///
    /// For each closed itemset, and each that was found elsewhere, a step for each item that is frequent together with its rarest one.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let closed = Miner::new().min_support(MinSupport::count(1)).mine_closed(&baskets)?;
    /// assert_eq!(closed.len(), 2); // {3} and {1, 2, 3}
    /// assert_eq!(closed.count_of([&1, &3]), Some(2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_closed<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ClosedItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Closed, ClosedItemsets::new))
    }

    /// All maximal frequent itemsets, each with its count: those without a frequent superset.
    ///
    /// The search leaves out what lies within an itemset that is known to be frequent (Gouda & Zaki, "GenMax: an efficient
    /// algorithm for mining maximal frequent itemsets", Data Mining and Knowledge Discovery 2005).
    ///
    /// # Errors
    ///
    /// As [`mine_closed`](Miner::mine_closed).
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let maximal = Miner::new().min_support(MinSupport::count(1)).mine_maximal(&baskets)?;
    /// assert_eq!(maximal.len(), 1); // {1, 2, 3}
    /// assert!(maximal.is_frequent([&1, &3]));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_maximal<T: Ord>(&self, transactions: &Transactions<T>) -> Result<MaximalItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Maximal, MaximalItemsets::new))
    }

    /// All frequent generators, each with its count: the itemsets without a proper subset of the same count, the empty one included.
    ///
    /// With a [`max_len`](Miner::max_len) those of at most that length. The search visits generators only (Soulet & Rioult,
    /// "Efficiently depth-first minimal pattern mining", PAKDD 2014).
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for [`Algorithm::Apriori`] and [`Algorithm::FpGrowth`], which only
    /// search for all itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let generators = Miner::new().min_support(MinSupport::count(1)).mine_generators(&baskets)?;
    /// assert_eq!(generators.len(), 2); // {1} and {2}: {3} is in every basket
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_generators<T: Ord>(&self, transactions: &Transactions<T>) -> Result<GeneratorItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Generators, GeneratorItemsets::new))
    }

    /// How many itemsets of a target there are, by length, without collecting them. With [`Target::All`] the same as
    /// [`count`](Miner::count).
    ///
    /// # Errors
    ///
    /// As [`count`](Miner::count), and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for settings that do not go with the target, as for
    /// [`mine_closed`](Miner::mine_closed), [`mine_maximal`](Miner::mine_maximal) and [`mine_generators`](Miner::mine_generators).
    pub fn count_target<T: Ord>(&self, transactions: &Transactions<T>, target: Target) -> Result<ItemsetCounts, Error> {
        self.call(|control| self.count_target_under(control, transactions, target))
    }

    fn count_target_under<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
    ) -> Result<ItemsetCounts, Error> {
        if target == Target::All {
            return self.count_under(control, transactions);
        }
        self.settings.check_for(target)?;
        let found = self.search(control, transactions, usize::MAX, target, tally_some)?.ok_or_else(Trie::too_many)?;
        let by_len = Tally::by_len(&found.branches, usize::MAX);
        let by_len = by_len.ok_or_else(|| Error::too_large("frequent itemsets", u128::MAX))?;
        Ok(ItemsetCounts::new(by_len, found.min_count, found.statistics))
    }

    /// Which engine [`mine`](Miner::mine) and [`count`](Miner::count) would search these baskets with, and why, without searching.
    ///
    /// The same whatever the number of threads and the order of the baskets. [`Statistics::algorithm`](crate::Statistics::algorithm) of a result tells
    /// which engine did run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) and
    /// [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for a setting, as [`mine`](Miner::mine);
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) where the system gives no threads.
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
    pub fn explain<T: Ord>(&self, transactions: &Transactions<T>) -> Result<EngineChoice, Error> {
        self.settings.check()?;
        let baskets = transactions.len() as u64;
        let min_count = self.settings.min_support.min_count(baskets)?;
        let ranking = Ranking::new(transactions, min_count);
        let job = self.job(transactions, &ranking, self.bounds(min_count));
        let shape = self.settings.run.pool.run(|workers| job.shape(workers))?;
        Ok(EngineChoice::new(self.settings.algorithm, baskets, min_count, shape))
    }

    /// All association rules that reach both thresholds, in the canonical order.
    ///
    /// The same as [`mine`](Miner::mine) and then [`FrequentItemsets::rules`] with this miner's min confidence and consequents.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a min confidence that is not from 0 to 1.
    pub fn rules<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Rules<T>, Error> {
        self.call(|control| {
            let itemsets = control.section(0.6, || self.mine_under(control, transactions))?;
            self.rules_under(control, &itemsets)
        })
    }

    /// The rules among itemsets that were mined before, with this miner's min confidence, consequents and threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a min confidence that is not from 0 to 1,
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` rules.
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
        self.call(|control| self.rules_under(control, itemsets))
    }

    fn rules_under<T>(&self, control: &Control, itemsets: &FrequentItemsets<T>) -> Result<Rules<T>, Error> {
        let rules = itemsets.rules().min_confidence(self.settings.min_confidence);
        self.generate_under(control, rules.consequents(self.settings.consequents))
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
    /// let rules = miner.generate_rules(itemsets.rules().min(Measure::Lift, 1.2))?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn generate_rules<T>(&self, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.call(|control| self.generate_under(control, rules))
    }

    fn generate_under<T>(&self, control: &Control, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.settings.check()?;
        rules.generate_under(&self.settings.run, control)
    }
}
