//! The builder over everything.
//!
//! In come settings and baskets; out go itemsets, rules, counts, estimates and explanations, or an error that names the
//! setting or the limit. These files choose the search and its limits. They must not know how an engine searches, nor
//! how columns, tries and lists are stored.
//!
//! | file | its part |
//! |---|---|
//! | `settings` | the settings, their checks and their serialised form |
//! | `call` | one call: its control, the recoded baskets, and attempts at thresholds |
//! | `exactly` | baskets whose weights are too great to be searched as they are |
//! | `itemsets` | the calls that find itemsets, a shortcut for each kind of result |
//! | `rules` | the calls that make rules |
//! | `thresholds` | the calls that help to choose a threshold |
//! | `search` | one request for every combination of target, constraints and output |
//! | `request` | such a request, resolved at a threshold, and its search |
//! | `top_k` | the best itemsets by support |
//! | `stream` | itemsets passed to a sink as they are found |
//! | `parts` | parts of such calls, for a window that often need not search |
//! | `partial` | what is complete at a higher threshold if a limit is reached |
//! | `estimate` | the estimated number of itemsets |
//! | `limits` | what a call may hold, in itemsets and bytes |
//! | `tests` | tests of every call |

mod call;
mod estimate;
mod exactly;
mod itemsets;
mod limits;
mod partial;
mod parts;
mod request;
mod rules;
mod search;
mod settings;
mod stream;
#[cfg(test)]
mod tests;
mod thresholds;
mod top_k;

use std::time::Duration;

use crate::call::control::{CancelToken, Control};
use crate::error::Error;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::rules::Consequents;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;
use call::Call;
use settings::Settings;

pub use estimate::Estimate;
pub use search::Search;
pub use stream::StreamSummary;

/// Finds frequent itemsets and association rules.
///
/// Start with [`min_support`](Miner::min_support), and for rules [`min_confidence`](Miner::min_confidence). For
/// everything else the defaults are almost certainly what you want.
///
/// Setters consume the miner and return it. Nothing is checked until a call runs, which returns an error for the first
/// invalid setting. A miner can be reused, cloned, and shared between threads.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["wipes", "diapers"],
/// ])?;
/// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&baskets)?;
/// assert_eq!(
///     rules.iter().next().unwrap().to_string(),
///     "{beer} => {diapers} (support 0.667, confidence 1.000, lift 1.000)"
/// );
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
    /// The threshold is inclusive. Default: 0.01. Lower thresholds find more and take longer, without bound: one basket
    /// of k items at count 1 has 2^k - 1 frequent itemsets.
    pub fn min_support(mut self, min_support: impl Into<MinSupport>) -> Self {
        self.settings.min_support = min_support.into();
        self
    }

    /// The smallest confidence of a rule, from 0 to 1, inclusive. Default: 0.5.
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
    /// Closed, maximal and generator itemsets, itemsets under constraints and the best by support are searched depth
    /// first over bitsets, as in Eclat. They accept [`Algorithm::Auto`] and [`Algorithm::Eclat`]; the other engines are
    /// an error.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.settings.algorithm = algorithm;
        self
    }

    /// The most items of an itemset, or of a rule's two sides together, at least 1. Default: no limit. Calls that
    /// return all closed or all maximal itemsets do not accept a limit.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.settings.max_len = Some(max_len);
        self
    }

    /// The most itemsets that a call may collect. If more are frequent, the call ends with
    /// [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached), which contains the threshold at which they would
    /// fit. [`mine_partial`](Miner::mine_partial) returns what is frequent at that threshold. Default: no limit.
    ///
    /// It does not bound [`count`](Miner::count), which collects nothing.
    ///
    /// Reaching the limit takes about the time and memory of collecting that many itemsets, however many there would
    /// be:
    ///
    /// ```
    /// use itemset::{ErrorKind, Limit, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([(0..60).collect::<Vec<u32>>(), vec![1, 2], vec![1]])?;
    /// let error = Miner::new().min_support(MinSupport::count(1)).max_itemsets(1000).mine(&baskets).unwrap_err();
    /// let ErrorKind::LimitReached { limit, suggestion, .. } = error.kind() else { panic!("there are 2^60 itemsets") };
    /// assert_eq!((*limit, suggestion.min_count(), suggestion.itemsets()), (Limit::Itemsets(1000), 2, 3));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn max_itemsets(mut self, itemsets: u64) -> Self {
        self.settings.max_itemsets = Some(itemsets);
        self
    }

    /// The most memory, in bytes, that a call may use besides the transactions it is given: an estimate of what the
    /// search needs for these baskets, and the itemsets found. If these do not fit, the call ends as with
    /// [`max_itemsets`](Miner::max_itemsets). Rules may take the same amount again; if they do not fit, the call ends
    /// with [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge). `u64::MAX` is no limit.
    ///
    /// Default: half of the memory that the machine has, or that the control group of the process allows, for calls
    /// that need more than some ten MB. The system is queried once per process. Without the feature `memory-limit` the
    /// default is no limit.
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

    /// The longest time that a call may take. After it, the call ends within some milliseconds with
    /// [`TimeLimit`](crate::ErrorKind::TimeLimit), which contains the fraction of the work done.
    /// [`mine_partial`](Miner::mine_partial) returns what was found in the time. Default: no limit.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings.run = self.settings.run.time_limit(limit);
        self
    }

    /// Lets [`CancelToken::cancel`] end calls, with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). Not
    /// serialised.
    pub fn cancel_token(mut self, token: &CancelToken) -> Self {
        self.settings.run = self.settings.run.cancel_token(token);
        self
    }

    /// Sets a function that is called with the fraction of a call that is done. The fraction goes from 0 to 1 and rises
    /// with each call of the function, at most some thousand times. It is exactly 1 at the end if the call ends without
    /// an error. Not serialised.
    ///
    /// Fractions follow estimates of the work that are made before the search, so they are only a rough guide to the
    /// time left. The searching threads call the function, one at a time; the others go on while it runs.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let heard = Arc::new(Mutex::new(Vec::new()));
    /// let fractions = Arc::clone(&heard);
    /// Miner::new().on_progress(move |fraction| fractions.lock().unwrap().push(fraction)).rules(&baskets)?;
    /// let heard = heard.lock().unwrap();
    /// assert!(heard.is_sorted() && heard.last() == Some(&1.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn on_progress(mut self, listener: impl Fn(f64) + Send + Sync + 'static) -> Self {
        self.settings.run = self.settings.run.on_progress(listener);
        self
    }

    /// The number of threads, at least 1. With 1 a call stays on the calling thread. With more, it runs in a separate
    /// pool, which is kept between calls. Default: the rayon pool that the call is made in, or rayon's default pool
    /// outside any pool. Every thread of the pool is busy with the call until it ends, even one that waits for work.
    ///
    /// Without the feature `rayon`, more than 1 is an error.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.run = self.settings.run.threads(threads);
        self
    }

    /// Sets everything that a call may use and that may end it at once: [`threads`](Miner::threads),
    /// [`cancel_token`](Miner::cancel_token), [`time_limit`](Miner::time_limit), [`on_progress`](Miner::on_progress)
    /// and [`max_memory`](Miner::max_memory).
    pub fn run_options(mut self, options: RunOptions) -> Self {
        self.settings.run = options;
        self
    }

    /// What this miner's calls may use and what may end them. Pass it to other calls for the same limits.
    pub fn options(&self) -> &RunOptions {
        &self.settings.run
    }

    /// Runs a call that begins now, and reports its progress as complete at the end.
    fn call<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        self.settings.run.call(run)
    }

    /// Runs a call on some baskets at the configured threshold.
    fn call_on<T: Ord, R>(
        &self,
        transactions: &Transactions<T>,
        run: impl FnOnce(&Call<'_, T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.call(|control| self.call_under(control, transactions, run))
    }

    /// The same as a part of a call.
    fn call_under<T: Ord, R>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        run: impl FnOnce(&Call<'_, T>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let scaled = transactions.scaled()?;
        let call = Call::new(self, control, transactions, scaled.as_ref())?;
        run(&call).map_err(|error| call.given_error(error))
    }
}
