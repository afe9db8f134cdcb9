//! The builder over everything: thresholds in, itemsets and rules out.

mod constrained;
mod empty;
mod partial;
mod stream;

use std::time::Duration;

use crate::control::{CancelToken, Control};
use crate::error::{Error, ErrorKind};
use crate::itemsets::{
    ClosedItemsets, FrequentItems, FrequentItemsets, GeneratorItemsets, MaximalItemsets, Trie, TrieBranch,
};
use crate::machine;
use crate::mine::{
    Algorithm, Bounds, Choice, ItemsetCounts, Job, Level, Limit, MinSupport, Outcome, Searched, Statistics, Suggestion,
    Tally, Target,
};
use crate::pool::Pool;
use crate::progress::Listener;
use crate::rules::{Consequents, RuleBuilder, Rules};
use crate::transactions::{Ranking, Transactions};
use crate::workers::Workers;

pub use stream::Streamed;

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
    max_patterns: Option<u64>,
    max_memory: Option<u64>,
    time_limit: Option<Duration>,
    #[cfg_attr(feature = "serde", serde(skip))]
    cancel_token: Option<CancelToken>,
    #[cfg_attr(feature = "serde", serde(skip))]
    listener: Option<Listener>,
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
            max_patterns: None,
            max_memory: None,
            time_limit: None,
            cancel_token: None,
            listener: None,
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

    /// The same for a search for some of the itemsets.
    fn check_for(&self, target: Target) -> Result<(), Error> {
        self.check()?;
        if target != Target::All && !matches!(self.algorithm, Algorithm::Auto | Algorithm::Eclat) {
            let allowed = "auto or eclat for closed, maximal and generator itemsets";
            return Err(Error::invalid_setting("algorithm", self.algorithm, allowed));
        }
        match (target, self.max_len) {
            (Target::Closed | Target::Maximal, Some(max_len)) => {
                let allowed =
                    "no limit for closed and maximal itemsets (take short ones from the result by their length)";
                Err(Error::invalid_setting("max_len", max_len, allowed))
            }
            _ => Ok(()),
        }
    }
}

/// Itemsets that are listed without being counted first. They take 200 MB.
const CAUTIOUS: usize = 1 << 24;

/// Bytes that an itemset takes while it is collected: twice its 12, as pieces are joined.
const BYTES_AN_ITEMSET: u64 = 24;

/// Bytes that a call may always use, without the machine being asked what it has: that takes some tenths of a millisecond.
const UNASKED: u64 = 64 << 20;

/// Bytes that a search takes beside the itemsets, for each entry of the baskets and at the least.
const BYTES_AN_ENTRY: u64 = 16;
const BYTES_A_SEARCH: u64 = 16 << 20;

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

    /// The most itemsets that a call may collect. Where more are frequent, it ends with [`ErrorKind::LimitReached`], which says at
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
    /// let error = Miner::new().min_support(MinSupport::count(1)).max_patterns(1000).mine(&baskets).unwrap_err();
    /// let ErrorKind::LimitReached { limit, suggestion, .. } = error.kind() else { panic!("2^60 itemsets were collected") };
    /// assert_eq!((*limit, suggestion.min_count(), suggestion.itemsets()), (Limit::Patterns(1000), 2, 3));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn max_patterns(mut self, itemsets: u64) -> Self {
        self.settings.max_patterns = Some(itemsets);
        self
    }

    /// The most memory, in bytes, that a call may use beside the transactions that it is given: an estimate of what the search needs for
    /// these baskets, and the itemsets found. Where those do not fit, it ends as with [`max_patterns`](Miner::max_patterns).
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
        self.settings.max_memory = Some(bytes);
        self
    }

    /// The longest time that a call may take. After it, the call ends with [`ErrorKind::TimeLimit`], within some milliseconds, which says how much
    /// was done; [`mine_partial`](Miner::mine_partial) gives what was found in the time. Default: no limit.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings.time_limit = Some(limit);
        self
    }

    /// Lets [`CancelToken::cancel`] end calls, with [`ErrorKind::Cancelled`]. Not a part of what is serialised.
    pub fn cancel_token(mut self, token: &CancelToken) -> Self {
        self.settings.cancel_token = Some(token.clone());
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
        self.settings.listener = Some(Listener::new(listener));
        self
    }

    /// How many threads work, at least 1. 1 stays on the calling thread; more get a pool of their own, which is
    /// kept between calls. Default: the rayon pool that the call is made in, else rayon's default pool. Every thread of the pool is
    /// the call's until it ends, also one that waits for others to give it work.
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
    /// As [`mine`](Miner::mine), but [`ErrorKind::TooLarge`] only beyond `u128::MAX` itemsets.
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
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`] for [`Algorithm::Apriori`] and [`Algorithm::FpGrowth`], which only
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
    /// let closed = Miner::new().min_support(MinSupport::count(1)).closed(&baskets)?;
    /// assert_eq!(closed.len(), 2); // {3} and {1, 2, 3}
    /// assert_eq!(closed.count_of([&1, &3]), Some(2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn closed<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ClosedItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Closed, ClosedItemsets::new))
    }

    /// All maximal frequent itemsets, each with its count: those without a frequent superset.
    ///
    /// The search leaves out what lies within an itemset that is known to be frequent (Gouda & Zaki, "GenMax: an efficient
    /// algorithm for mining maximal frequent itemsets", Data Mining and Knowledge Discovery 2005).
    ///
    /// # Errors
    ///
    /// As [`closed`](Miner::closed).
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let maximal = Miner::new().min_support(MinSupport::count(1)).maximal(&baskets)?;
    /// assert_eq!(maximal.len(), 1); // {1, 2, 3}
    /// assert!(maximal.is_frequent([&1, &3]));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn maximal<T: Ord>(&self, transactions: &Transactions<T>) -> Result<MaximalItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Maximal, MaximalItemsets::new))
    }

    /// All frequent generators, each with its count: the itemsets without a proper subset of the same count, the empty one included.
    ///
    /// With a [`max_len`](Miner::max_len) those of at most that length. The search visits generators only (Soulet & Rioult,
    /// "Efficiently depth-first minimal pattern mining", PAKDD 2014).
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), and [`ErrorKind::InvalidSetting`] for [`Algorithm::Apriori`] and [`Algorithm::FpGrowth`], which only
    /// search for all itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let generators = Miner::new().min_support(MinSupport::count(1)).generators(&baskets)?;
    /// assert_eq!(generators.len(), 2); // {1} and {2}: {3} is in every basket
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn generators<T: Ord>(&self, transactions: &Transactions<T>) -> Result<GeneratorItemsets<T>, Error> {
        self.call(|control| self.collect(control, transactions, Target::Generators, GeneratorItemsets::new))
    }

    /// How many itemsets of a target there are, by length, without collecting them. With [`Target::All`] the same as
    /// [`count`](Miner::count).
    ///
    /// # Errors
    ///
    /// As [`count`](Miner::count), and [`ErrorKind::InvalidSetting`] for settings that do not go with the target, as for
    /// [`closed`](Miner::closed), [`maximal`](Miner::maximal) and [`generators`](Miner::generators).
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
        self.call(|control| {
            let itemsets = control.section(0.6, || self.mine_under(control, transactions))?;
            self.rules_under(control, &itemsets)
        })
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
    /// let rules = miner.generate(itemsets.rules().min(Measure::Lift, 1.2))?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn generate<T>(&self, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.call(|control| self.generate_under(control, rules))
    }

    fn generate_under<T>(&self, control: &Control, rules: RuleBuilder<'_, T>) -> Result<Rules<T>, Error> {
        self.settings.check()?;
        rules.generate_on(|search| self.settings.pool.run(|workers| search.run(workers.watching(control)))?)
    }

    /// What may end a call that begins now.
    fn control(&self) -> Control {
        let Settings { cancel_token, time_limit, listener, .. } = &self.settings;
        Control::new(cancel_token.clone(), *time_limit, listener.clone())
    }

    /// Runs a call that begins now, and tells when it is done.
    fn call<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        let control = self.control();
        let result = run(&control)?;
        if let Some(progress) = control.progress() {
            progress.finish();
        }
        Ok(result)
    }

    /// What the engine finds. Where that is so much that its number had better be known first, it is counted before: that
    /// takes less time, and no room. `too_large` is the error where it is more than can be held.
    fn search_counted<T: Ord, B: Send>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        run: fn(Job<'_>, Workers) -> Outcome<B>,
        too_large: fn() -> Error,
    ) -> Result<Found<B>, Error> {
        self.settings.check()?;
        if let Some(found) = self.search(control, transactions, CAUTIOUS, Target::All, run)? {
            return Ok(found);
        }
        let total = self.clone().algorithm(Algorithm::Auto).count_under(control, transactions)?.total();
        Trie::check_room(u32::try_from(total).map_err(|_| too_large())? as usize)?;
        self.search(control, transactions, usize::MAX, Target::All, run)?.ok_or_else(too_large)
    }

    /// The lowest threshold from `min_count` on at which at most so many itemsets are frequent.
    fn fit<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        min_count: u64,
        itemsets: u64,
    ) -> Result<Suggestion, Error> {
        let most = usize::try_from(itemsets).unwrap_or(usize::MAX);
        let bounds = Bounds { most, ..self.bounds(min_count) };
        self.fit_bounds(control, transactions, bounds)
    }

    /// The lowest threshold within some bounds at which not more itemsets are frequent than they allow.
    fn fit_bounds<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        bounds: Bounds,
    ) -> Result<Suggestion, Error> {
        let mut counts: Vec<u32> = transactions.counts().to_vec();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // The threshold is looked for from above, so that a few itemsets do not take the preparation of all.
        let mut items = 64;
        loop {
            let lowest = counts.get(items).copied().unwrap_or_default().max(bounds.min_count);
            let ranking = Ranking::new(transactions, lowest.into());
            let job = Job { bounds: Bounds { min_count: lowest, ..bounds }, ..self.job(transactions, &ranking, 1, 0) };
            // Most often another round comes, of more items.
            let (fitting, held) = control.section(0.5, || job.fit(control));
            control.check()?;
            if fitting > lowest || lowest == bounds.min_count {
                return Ok(Suggestion::new(fitting.into(), held));
            }
            items *= 4;
        }
    }

    /// How many itemsets may be collected, and the limit that says so, of those that are set.
    fn room<T>(&self, transactions: &Transactions<T>) -> Option<(u64, Limit)> {
        let patterns = self.settings.max_patterns.map(|most| (most, Limit::Patterns(most)));
        let memory = self.settings.max_memory.filter(|&bytes| bytes < u64::MAX);
        let memory = memory.map(|bytes| (within(bytes, transactions), Limit::Memory(bytes)));
        [patterns, memory].into_iter().flatten().min_by_key(|&(most, _)| most)
    }

    /// The same of the machine, where it is to be asked for so many itemsets.
    fn room_of_machine<T>(&self, transactions: &Transactions<T>, itemsets: u64) -> Option<(u64, Limit)> {
        if self.settings.max_memory.is_some() || itemsets <= within(UNASKED, transactions) {
            return None;
        }
        let bytes = machine::memory()? / 2;
        Some((within(bytes, transactions), Limit::MachineMemory(bytes)))
    }

    /// The result of a search for a target, which `make` makes of the items, the itemsets, the baskets, the threshold and the statistics.
    fn collect<T: Ord, R>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
        make: fn(FrequentItems<T>, Trie, u64, u64, Statistics) -> R,
    ) -> Result<R, Error> {
        let Found { ranking, branches, min_count, statistics } = self.search_within(control, transactions, target)?;
        let items = FrequentItems::new(transactions.shared_dictionary(), &ranking);
        let trie = Trie::join(branches, ranking.len())?;
        Ok(make(items, trie, transactions.len() as u64, min_count, statistics))
    }

    /// The itemsets of a target, if they are within the limits.
    fn search_within<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
    ) -> Result<Found<TrieBranch>, Error> {
        let (check, run): (_, fn(Job<'_>, Workers) -> Outcome<TrieBranch>) = match target {
            Target::All => (self.settings.check(), list),
            target => (self.settings.check_for(target), list_some),
        };
        check?;
        let room = self.room(transactions);
        let most = room.map_or(u64::MAX, |(most, _)| most);
        // Each piece of a search may hold so many, but not all together.
        let held = |found: &Found<TrieBranch>| found.branches.iter().map(|branch| branch.len() as u64).sum::<u64>();
        let is_held =
            |found: &Found<TrieBranch>, room: Option<(u64, Limit)>| room.is_none_or(|(most, _)| held(found) <= most);
        let cautious = usize::try_from(most).unwrap_or(usize::MAX).min(CAUTIOUS);
        if let Some(found) = self.search(control, transactions, cautious, target, run)?
            && is_held(&found, room)
            && is_held(&found, self.room_of_machine(transactions, held(&found)))
        {
            return Ok(found);
        }
        let of_machine = self.room_of_machine(transactions, u64::MAX);
        let room = [room, of_machine].into_iter().flatten().min_by_key(|&(most, _)| most);
        if let Some((most, Limit::MachineMemory(_))) = room {
            // They may be far less than what fits, and to list them takes no longer than to find out what would fit.
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            if most > cautious
                && let Some(found) = self.search(control, transactions, most, target, run)?
                && is_held(&found, room)
            {
                return Ok(found);
            }
        }
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        // What is all may be too much to be counted in any time, but not what fits of it.
        let fitting = room.filter(|_| target == Target::All);
        let fitting = fitting.map(|(most, _)| self.fit(control, transactions, min_count, most)).transpose()?;
        let is_within = fitting.is_none_or(|fitting| fitting.min_count() == min_count);
        let total = if is_within {
            self.clone().algorithm(Algorithm::Auto).count_target_under(control, transactions, target)?.total()
        } else {
            u128::MAX
        };
        if let Some((most, limit)) = room.filter(|&(most, _)| total > u128::from(most)) {
            // Of any target there are at most as many as of all.
            let suggestion = match fitting {
                Some(fitting) => fitting,
                None => self.fit(control, transactions, min_count, most)?,
            };
            return Err(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion }));
        }
        Trie::check_room(u32::try_from(total).map_err(|_| Trie::too_many())? as usize)?;
        self.search(control, transactions, usize::MAX, target, run)?.ok_or_else(Trie::too_many)
    }

    /// What the engine finds; `None` where it is more than `most` itemsets to hold.
    fn search<T: Ord, B: Send>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        most: usize,
        target: Target,
        run: fn(Job<'_>, Workers) -> Outcome<B>,
    ) -> Result<Option<Found<B>>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let ranking = Ranking::new(transactions, min_count);
        let job = Job { target, ..self.job(transactions, &ranking, min_count, most) };
        let (outcome, threads) =
            self.settings.pool.run(|workers| (run(job, workers.watching(control)), workers.threads()))?;
        control.check()?;
        let Ok(Searched { algorithm, branches, levels }) = outcome else { return Ok(None) };
        let mut statistics = Statistics { algorithm, threads, levels: Vec::new() };
        if algorithm == Algorithm::Apriori {
            let singles = Level { candidates: transactions.dictionary().len() as u64, frequent: ranking.len() as u64 };
            statistics.levels = std::iter::once(singles).chain(levels).collect();
        }
        Ok(Some(Found { ranking, branches, min_count, statistics }))
    }

    /// What bounds a search at a threshold.
    fn bounds(&self, min_count: u64) -> Bounds {
        Bounds {
            // Nothing is frequent at a threshold that no basket number reaches.
            min_count: u32::try_from(min_count).unwrap_or(u32::MAX),
            max_len: self.settings.max_len.unwrap_or(usize::MAX),
            min_len: 1,
            most: usize::MAX,
        }
    }

    fn job<'a, T>(
        &self,
        transactions: &'a Transactions<T>,
        ranking: &'a Ranking,
        min_count: u64,
        most: usize,
    ) -> Job<'a> {
        let bounds = Bounds { most, ..self.bounds(min_count) };
        Job { rows: transactions.rows(), ranking, algorithm: self.settings.algorithm, target: Target::All, bounds }
    }
}

/// Itemsets that can be collected in so much memory.
fn within<T>(bytes: u64, transactions: &Transactions<T>) -> u64 {
    let search = BYTES_A_SEARCH + BYTES_AN_ENTRY * transactions.entries() as u64;
    bytes.saturating_sub(search) / BYTES_AN_ITEMSET
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

fn list_some(job: Job<'_>, workers: Workers) -> Outcome<TrieBranch> {
    job.run_for_target(workers)
}

fn tally_some(job: Job<'_>, workers: Workers) -> Outcome<Tally> {
    job.run_for_target(workers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bitset::with_each_isa;
    use crate::machine::with_memory;

    proptest! {
        /// Long rows too, so that columns of several words are searched by every kernel.
        #[test]
        fn every_instruction_set_finds_the_same(
            rows in prop::collection::vec(prop::collection::btree_set(0..20u32, 0..16), 0..300),
            share in 4..12u64,
            max_len in prop::option::of(2..6usize),
        ) {
            let baskets = Transactions::from_rows(rows).unwrap();
            let min_support = MinSupport::count((baskets.len() as u64 / share).max(2));
            for algorithm in [Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat] {
                let mut miner = Miner::new().min_support(min_support).algorithm(algorithm).threads(1);
                if let Some(max_len) = max_len {
                    miner = miner.max_len(max_len);
                }
                let mut first = None;
                with_each_isa(|isa| {
                    let found = (miner.mine(&baskets).unwrap(), miner.count(&baskets).unwrap());
                    assert_eq!(found.0.len() as u128, found.1.total());
                    assert!(*first.get_or_insert_with(|| found.clone()) == found, "{algorithm} with {}", isa.name());
                });
            }
            let miner = Miner::new().min_support(min_support).threads(1);
            let mut first = None;
            with_each_isa(|isa| {
                let found = (
                    miner.closed(&baskets).unwrap(), miner.maximal(&baskets).unwrap(), miner.generators(&baskets).unwrap(),
                );
                assert!(*first.get_or_insert_with(|| found.clone()) == found, "with {}", isa.name());
            });
        }
    }

    /// 2^`items` itemsets, and a few that are more frequent.
    fn explosive(items: u32) -> Transactions<u32> {
        Transactions::from_rows([(0..items).collect::<Vec<_>>(), vec![1, 2], vec![1]]).unwrap()
    }

    fn reached<R>(result: Result<R, Error>) -> Option<(Limit, u64, Suggestion)> {
        match result.err()?.kind() {
            &ErrorKind::LimitReached { limit, min_count, suggestion } => Some((limit, min_count, suggestion)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn half_of_the_machine_is_the_default_for_every_engine() {
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
        let limit = Limit::MachineMemory(100 << 20);
        with_memory(200 << 20, || {
            for algorithm in [Algorithm::Auto, Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat] {
                let miner = miner.clone().algorithm(algorithm);
                let error = reached(miner.mine(&explosive(23)));
                assert_eq!(error, Some((limit, 1, Suggestion::new(2, 3))), "{algorithm}");
            }
            // What fits is found, and what takes little does not depend on the machine.
            assert!(reached(miner.mine(&explosive(21))).is_none());
            assert_eq!(miner.mine_partial(&explosive(23)).unwrap().limit(), Some(limit));
            // Another limit takes its place, or none.
            assert_eq!(
                reached(miner.clone().max_memory(20 << 20).mine(&explosive(23))).unwrap().0,
                Limit::Memory(20 << 20)
            );
            assert_eq!(reached(miner.clone().max_patterns(9).mine(&explosive(23))).unwrap().0, Limit::Patterns(9));
            assert_eq!(miner.clone().max_memory(u64::MAX).mine(&explosive(23)).unwrap().len(), (1 << 23) - 1);
            assert_eq!(miner.count(&explosive(60)).unwrap().total(), (1 << 60) - 1);
        });
        with_memory(0, || assert!(reached(miner.mine(&explosive(18))).is_none()));
        assert_eq!(miner.mine(&explosive(22)).unwrap().len(), (1 << 22) - 1);
        assert_eq!(limit.to_string(), "half of this machine's memory (104857600, max_memory sets another)");
    }
}
