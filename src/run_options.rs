//! What a call may use, and what may end it.

use std::time::Duration;

use crate::call::control::{CancelToken, Control};
use crate::call::progress::Listener;
use crate::error::Error;
use crate::machine;
use crate::threads::pool::Pool;
use crate::threads::workers::Workers;

/// Bytes that a call may always use, without the machine being asked what it has.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// What a call may use, and what may end it: threads, memory, a time limit, a cancel token and a progress function.
///
/// A [`Miner`](crate::Miner) has all of these as settings, and [`Miner::run_options`](crate::Miner::run_options) sets
/// them at once. Calls that work on results and may take long come in pairs: `evaluate` runs with the defaults, and
/// `evaluate_with` takes these options as its last argument. A [`RuleBuilder`](crate::RuleBuilder::run_options) has a
/// setter for them. Nothing is checked until a call runs. Clones share the threads that the first call starts.
///
/// With the defaults nothing ends a call, except that one which returns an error anyway does not take more than the
/// default memory.
///
/// # Calls that take options
///
/// | call | where it runs |
/// |---|---|
/// | [`RuleBuilder::generate`](crate::RuleBuilder::generate) | all threads |
/// | [`Rules::redundancy_with`](crate::Rules::redundancy_with) | all threads, after a pass over the itemsets on one |
/// | [`Rules::productivity_with`](crate::Rules::productivity_with) | all threads |
/// | [`Rules::productive_with`](crate::Rules::productive_with) | all threads |
/// | [`Rules::adjusted_p_values_with`](crate::Rules::adjusted_p_values_with) | all threads, one for the correction |
/// | [`Rules::significant_with`](crate::Rules::significant_with) | all threads, one for the correction |
/// | [`Rules::evaluate_with`](crate::Rules::evaluate_with) | one thread to prepare the rules, all to count |
/// | [`Rules::drift_with`](crate::Rules::drift_with) | one thread to prepare the rules, all to count |
/// | [`Rules::confirmed_by_with`](crate::Rules::confirmed_by_with) | one thread to prepare the rules, all to count |
/// | `Rules::stability_with` (feature `random`) | one thread to prepare rules and baskets, all to count |
/// | `Rules::swap_test_with` (feature `random`) | one thread to prepare rules and baskets, all to count |
/// | [`Rules::clusters_with`](crate::Rules::clusters_with) | the calling thread |
/// | [`FrequentItemsets::rule_basis_with`](crate::FrequentItemsets::rule_basis_with) | the calling thread |
/// | [`RecommenderBuilder::build`](crate::recommend::RecommenderBuilder::build) | all threads to value, one to index |
/// | [`Recommender::recommend_batch`](crate::recommend::Recommender::recommend_batch) | all threads |
/// | [`ItemToItem::from_transactions_with`](crate::recommend::ItemToItem::from_transactions_with) | the calling thread |
/// | [`ClosedItemsets::expand_with`](crate::ClosedItemsets::expand_with) | the calling thread |
/// | `Report::html_with`, `Report::plot_with` (feature `report`) | all threads to test, one for the rest |
/// | [`Window::refresh_with`](crate::window::Window::refresh_with) | all threads to search, one for the rest |
/// | [`Window::transactions_with`](crate::window::Window::transactions_with) | the calling thread |
/// | [`Window::with_pairs_with`](crate::window::Window::with_pairs_with) | the calling thread |
/// | [`Refresh::itemset_changes_with`](crate::window::Refresh::itemset_changes_with) | the calling thread |
/// | [`Refresh::rule_changes_with`](crate::window::Refresh::rule_changes_with) | all threads to count, one to compare |
/// | `owners::Owner::answer_with`, `owners::Coordinator::receive_with` (feature `owners`) | the calling thread |
/// | `owners::PooledItemsets::to_frequent_with`, `estimated_itemsets_with` (feature `owners`) | the calling thread |
///
/// Each of them ends within milliseconds, apart from single sorts and copies of what it found, with the errors below,
/// in addition to those that it documents. Results are the same for every number of threads.
///
/// # Errors
///
/// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) and [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit) for
/// a call that was ended; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for one that would need more than
/// `max_memory`; [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting),
/// [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) and
/// [`ErrorKind::Refused`](crate::ErrorKind::Refused) for `threads`.
///
/// ```
/// use std::time::Duration;
///
/// use itemset::{CancelToken, Miner, RunOptions, Transactions};
///
/// let token = CancelToken::new();
/// let options = RunOptions::new().threads(1).time_limit(Duration::from_secs(10)).cancel_token(&token);
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
/// assert_eq!(Miner::new().run_options(options).rules(&baskets)?.len(), 2);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
#[must_use]
pub struct RunOptions {
    pub(crate) max_memory: Option<u64>,
    pub(crate) time_limit: Option<Duration>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) cancel_token: Option<CancelToken>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) listener: Option<Listener>,
    #[cfg_attr(feature = "serde", serde(rename = "threads"))]
    pub(crate) pool: Pool,
}

impl RunOptions {
    /// The defaults: the threads of the current rayon pool, half of the machine's memory, and nothing that ends a call.
    pub fn new() -> Self {
        RunOptions::default()
    }

    /// The number of threads, at least 1. With 1 the call stays on the calling thread; with more it runs on a pool of
    /// that many threads, which is kept between calls. Default: the rayon pool that the call is made in, or rayon's
    /// default pool. Every thread of the pool belongs to the call until it ends, even while it waits for work.
    ///
    /// Without the feature `rayon` more than 1 is an error.
    #[doc(alias = "num_threads")]
    pub fn threads(mut self, threads: usize) -> Self {
        self.pool = Pool::new(Some(threads));
        self
    }

    /// The token whose [`cancel`](CancelToken::cancel) ends the call, within milliseconds, with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). It is not serialised.
    pub fn cancel_token(mut self, token: &CancelToken) -> Self {
        self.cancel_token = Some(token.clone());
        self
    }

    /// The longest time that a call may take. After it the call ends, within milliseconds, with
    /// [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit), which reports how much was done. Default: no limit.
    #[doc(alias = "timeout")]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// A function that is called with the fraction of the call that is done: from 0 to 1, higher each time, at most
    /// about a thousand times, and exactly 1 at the end unless the call returns an error. It is not serialised.
    ///
    /// Fractions follow estimates of the work that are made before it begins, so they do not predict the time left to
    /// the minute. The working threads call the function, one at a time. While it runs, the others go on.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use itemset::{Miner, RunOptions, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// let heard = Arc::new(Mutex::new(Vec::new()));
    /// let told = Arc::clone(&heard);
    /// let options = RunOptions::new().on_progress(move |fraction| told.lock().unwrap().push(fraction));
    /// Miner::new().run_options(options).rules(&baskets)?;
    /// let heard = heard.lock().unwrap();
    /// assert!(heard.is_sorted() && heard.last() == Some(&1.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "progress_bar")]
    pub fn on_progress(mut self, listener: impl Fn(f64) + Send + Sync + 'static) -> Self {
        self.listener = Some(Listener::new(listener));
        self
    }

    /// The most memory, in bytes, that a call may use in addition to what it is given: an estimate of what the work
    /// needs, and what it finds. A search for itemsets that do not fit ends with
    /// [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached), anything else with
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge). `u64::MAX` is no limit.
    ///
    /// Default: half of the memory that the machine has, or that the control group of the process allows, for calls
    /// that need more than some ten MB. The system is asked once per process. Without the feature `memory-limit` the
    /// default is no limit.
    pub fn max_memory(mut self, bytes: u64) -> Self {
        self.max_memory = Some(bytes);
        self
    }

    /// # Errors
    ///
    /// Where the number of threads is invalid: every call begins with this.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.pool.check()
    }

    /// What may end a call that begins now.
    pub(crate) fn control(&self) -> Control {
        Control::new(self.cancel_token.clone(), self.time_limit, self.listener.clone())
    }

    /// Runs a call that begins now, and reports when it is done.
    pub(crate) fn call<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        let control = self.control();
        let result = run(&control)?;
        if let Some(progress) = control.progress() {
            progress.finish();
        }
        Ok(result)
    }

    /// Runs a call on results that begins now: nothing of it is done if it should end already.
    pub(crate) fn run<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        self.check()?;
        self.call(|control| {
            if control.should_stop() {
                control.check()?;
            }
            run(control)
        })
    }

    /// The bytes that a call may use. The machine is not asked for a `small` call, as that takes some tenths of a
    /// millisecond.
    pub(crate) fn memory(&self, small: bool) -> u64 {
        match self.max_memory {
            Some(bytes) => bytes,
            None if small => u64::MAX,
            None => machine::memory().map_or(u64::MAX, |bytes| bytes / 2),
        }
    }

    /// # Errors
    ///
    /// Where a call needs more bytes than it may use.
    pub(crate) fn check_room(&self, bytes: u64) -> Result<(), Error> {
        let allowed = self.memory(bytes <= ALWAYS_ALLOWED_BYTES);
        if bytes <= allowed {
            return Ok(());
        }
        let what = match self.max_memory {
            Some(_) => "bytes of memory, which max_memory allows",
            None => "bytes of memory, half of what this machine has (max_memory sets another limit)",
        };
        Err(Error::too_large(what, allowed))
    }

    /// Runs a part of a call on its threads.
    ///
    /// # Errors
    ///
    /// Where the call was ended, and where the system gives no threads.
    pub(crate) fn on_threads<R: Send>(
        &self,
        control: &Control,
        work: impl FnOnce(Workers<'_>) -> R + Send,
    ) -> Result<R, Error> {
        let result = self.pool.run(|workers| work(workers.watching(control)))?;
        control.check()?;
        Ok(result)
    }
}
