//! One request for every combination of target, constraints and output.

use std::fmt;
use std::hash::Hash;

use super::Miner;
use super::call::Call;
use super::estimate::{Estimate, estimate_all, estimate_request};
use super::itemsets::{collect, count, mine_partial};
use super::partial::partial;
use super::request::{Request, SearchOrder};
use super::stream::{StreamSummary, Taker, stream_all};
use crate::constraints::Constraints;
use crate::error::Error;
#[cfg(feature = "snapshot")]
use crate::itemsets::{CountingSink, PathSink};
use crate::itemsets::{FrequentItemsets, ItemsetList, Sink};
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::selected::{Purpose, SelectedOutput};
use crate::mine::output::tally::Tally;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::target::Target;
use crate::mine::report::counts::ItemsetCounts;
use crate::mine::report::partial::Partial;
use crate::transactions::Transactions;

/// A request for itemsets, from [`Miner::search`]: what to find, and a final call that decides the form of the result.
///
/// | which | |
/// |---|---|
/// | [`target`](Search::target) | all, closed, maximal or generators |
/// | [`constraints`](Search::constraints) | items, groups, thresholds, predicates |
/// | [`min_len`](Search::min_len), [`max_len`](Search::max_len) | their lengths |
/// | [`top_k`](Search::top_k) | only the best by support |
///
/// | form of the result | |
/// |---|---|
/// | [`collect`](Search::collect) | a list |
/// | [`count`](Search::count) | the number of itemsets by length |
/// | [`stream`](Search::stream) | a sink receives each itemset as it is found |
/// | [`partial`](Search::partial) | a list, complete at a higher threshold if a limit is reached |
/// | [`estimate`](Search::estimate) | the estimated number of itemsets |
///
/// Every combination works, and gives the same bytes on any number of threads.
///
/// # Constraints on closed, maximal and generator itemsets
///
/// Item filters ([`exclude`](Constraints::exclude), [`only`](Constraints::only)) act as if the baskets contained only
/// the remaining items: an itemset is closed if no superset *among them* has the same count. All other constraints, and
/// the lengths, select among the closed, maximal or generator itemsets; they do not change which itemsets those are.
/// Closedness, maximality and freeness are judged at the lowest threshold in effect: the miner's
/// [`min_support`](Miner::min_support), or a lower one that is set for an item or a length.
///
/// ```
/// use itemset::{Constraints, MinSupport, Miner, Target, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "bag"], vec!["beer", "diapers", "bag"], vec!["beer", "chips", "bag"], vec!["chips"],
/// ])?;
/// let miner = Miner::new().min_support(MinSupport::count(2));
/// let no_bags = Constraints::new().exclude(["bag"]);
/// let closed = miner.search(&baskets).target(Target::Closed).constraints(&no_bags).min_len(2).collect()?;
/// assert_eq!(closed.get(0).unwrap().to_string(), "{beer, diapers} (count 2, support 0.500)");
/// assert_eq!(miner.search(&baskets).target(Target::Closed).count()?.total(), 3); // with bags
/// # Ok::<(), itemset::Error>(())
/// ```
#[must_use = "a request finds nothing until `collect`, `count`, `stream`, `partial` or `estimate` is called"]
pub struct Search<'a, T> {
    miner: &'a Miner,
    transactions: &'a Transactions<T>,
    target: Target,
    constraints: Option<&'a Constraints<T>>,
    min_len: usize,
    max_len: Option<usize>,
    top_k: Option<usize>,
}

/// # Find itemsets by request
impl Miner {
    /// Starts a request for itemsets: any target, with or without constraints, collected, counted, streamed, collected
    /// in part or estimated. See [`Search`].
    pub fn search<'a, T>(&'a self, transactions: &'a Transactions<T>) -> Search<'a, T> {
        Search {
            miner: self,
            transactions,
            target: Target::All,
            constraints: None,
            min_len: 1,
            max_len: None,
            top_k: None,
        }
    }
}

impl<'a, T> Search<'a, T> {
    /// Which of the frequent itemsets. Default: [`Target::All`].
    pub fn target(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// The constraints that the itemsets must meet. Default: none. A second call replaces the first.
    pub fn constraints(mut self, constraints: &'a Constraints<T>) -> Self {
        self.constraints = Some(constraints);
        self
    }

    /// The fewest items per itemset, at least 1. Default: 1.
    pub fn min_len(mut self, min_len: usize) -> Self {
        self.min_len = min_len;
        self
    }

    /// The most items per itemset, at least 1. The miner's [`max_len`](Miner::max_len) holds as well. Default: no
    /// limit.
    pub fn max_len(mut self, max_len: usize) -> Self {
        self.max_len = Some(max_len);
        self
    }

    /// Only the `k` itemsets with the highest counts, the best first. Ties are broken by the canonical order (see
    /// [`FrequentItemsets`]); the result has exactly `k` itemsets if that many exist.
    ///
    /// The miner's [`min_support`](Miner::min_support) is ignored, so no threshold has to be guessed; thresholds of
    /// items and lengths hold. With [`Target::Maximal`] `min_support` holds too, as it decides which itemsets are
    /// maximal.
    ///
    /// Source: J. Han, J. Wang, Y. Lu, P. Tzvetkov: Mining top-k frequent closed patterns without minimum support, ICDM
    /// 2002.
    pub fn top_k(mut self, k: usize) -> Self {
        self.top_k = Some(k);
        self
    }
}

impl<T: Ord + Hash + Send + Sync> Search<'_, T> {
    /// Collects the itemsets, in the canonical order (see [`FrequentItemsets`]), or the best first with
    /// [`top_k`](Search::top_k).
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a setting or a constraint, including
    ///   [`Algorithm::Apriori`] and [`Algorithm::FpGrowth`] unless all itemsets are requested without constraints;
    /// - [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached) if there are more itemsets than a limit allows. It
    ///   suggests the lowest minimum support at which the result is within the limit. Finding it takes some ten or
    ///   twenty searches up to the limit. (The number of maximal itemsets need not fall with the threshold: for them it
    ///   suggests some threshold at which they fit);
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if no minimum support would help, because thresholds of
    ///   items and lengths admit too many itemsets;
    /// - the others of [`Miner::mine`].
    ///
    /// # Complexity
    ///
    /// For all itemsets under constraints: per visited itemset, one step for each item that may be added to it and each
    /// 64 of its baskets. The search visits the itemsets that meet all constraints which, once violated, are violated
    /// by all supersets. That is all constraints except the minimum length and the largest support. For the other
    /// targets: that of the target without constraints, among the items that are not filtered out and, for closed and
    /// maximal itemsets, the baskets that contain the required items.
    ///
    /// [`top_k`](Search::top_k) takes about as long as a search at the count of the last of the `k`.
    ///
    /// ```
    /// use itemset::{Constraints, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["chips", "diapers"],
    /// ])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let with_beer = Constraints::new().must_contain(["beer"]);
    /// let found = miner.search(&baskets).constraints(&with_beer).max_len(2).collect()?;
    /// let lines: Vec<String> = found.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(lines, [
    ///     "{beer} (count 2, support 0.667)",
    ///     "{beer, diapers} (count 2, support 0.667)",
    ///     "{beer, chips} (count 1, support 0.333)",
    /// ]);
    /// let best = miner.search(&baskets).min_len(2).top_k(2).collect()?;
    /// let lines: Vec<String> = best.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(lines, ["{beer, diapers} (count 2, support 0.667)", "{chips, diapers} (count 2, support 0.667)"]);
    /// assert_eq!(best.min_count(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn collect(&self) -> Result<ItemsetList<T>, Error> {
        self.run(|call, request| self.list(call, request))
    }

    /// Counts the itemsets by length, without collecting them. [`max_itemsets`](Miner::max_itemsets) does not bound it.
    ///
    /// # Errors
    ///
    /// As [`collect`](Search::collect), but [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) only beyond `u128::MAX`
    /// itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Target, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let number = |target| miner.search(&baskets).target(target).count().map(|counts| counts.total());
    /// assert_eq!((number(Target::All)?, number(Target::Closed)?, number(Target::Maximal)?), (7, 2, 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn count(&self) -> Result<ItemsetCounts, Error> {
        self.run(|call, request| {
            if let Some(k) = self.top_k {
                return counts_of(&request.best(call, k)?);
            }
            if call.exactly().is_some() {
                return counts_of(&call.without_max_itemsets(|call| self.list(call, request))?);
            }
            if self.is_plain() || self.constraints.is_none_or(Constraints::is_empty) && !self.has_lengths() {
                return count(call, self.target.condensed());
            }
            let outputs = request.resolve_within(call, SearchOrder::ANY, |resolved| {
                let Some((resolved, _)) = resolved else { return Ok(Vec::new()) };
                let budget = Budget::new(Size::MAX);
                let outputs = resolved.run(call, Purpose::Count, 1, &budget, None)?.unwrap_or_default();
                Ok(outputs.into_iter().map(SelectedOutput::into_tally).collect())
            })?;
            let by_len = Tally::by_len(&outputs, usize::MAX);
            let by_len = by_len.ok_or_else(|| Error::too_large("itemsets", u128::MAX))?;
            Ok(ItemsetCounts::new(by_len, call.min_count, call.eclat_statistics()))
        })
    }

    /// Passes the itemsets to a sink as they are found, in the canonical order, until the sink ends the search. With
    /// [`top_k`](Search::top_k) the sink receives them once the best are known, the best first.
    ///
    /// See [`Miner::stream`] for memory, threads and what the sink may do.
    ///
    /// # Errors
    ///
    /// As [`count`](Search::count). Itemsets that the sink received before the error are not taken back.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Target, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(2));
    /// let mut found = Vec::new();
    /// let summary = miner.search(&baskets).target(Target::Closed).stream(&mut found)?;
    /// assert_eq!(found, [(vec!["beer"], 3), (vec!["beer", "diapers"], 2)]);
    /// assert!(summary.is_complete());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn stream<S: Sink<T> + Send + ?Sized>(&self, sink: &mut S) -> Result<StreamSummary, Error> {
        self.run(|call, request| match self.top_k {
            Some(k) => StreamSummary::of_list(call.control, &request.best(call, k)?, Taker::labels(sink)),
            None => self.pass_on(call, request, Taker::labels(sink)),
        })
    }

    /// Passes the paths of the itemsets on as they are found.
    #[cfg(feature = "snapshot")]
    pub(crate) fn stream_paths(&self, sink: &mut (dyn PathSink<T> + Send)) -> Result<StreamSummary, Error> {
        if let Some(k) = self.top_k {
            let allowed = "none for a file of itemsets, which has them in the canonical order, not the best first";
            return Err(Error::invalid_setting("top_k", k, allowed));
        }
        self.run(|call, request| self.pass_on::<CountingSink>(call, request, Taker::Paths(sink)))
    }

    /// What the request finds, if that is all of a target.
    #[cfg(feature = "snapshot")]
    pub(crate) fn whole_target(&self) -> Option<Target> {
        // Subsets of these are of the same target, so that those up to a length are what a miner of that length finds.
        let is_whole = matches!(self.target, Target::All | Target::Generators) || !self.has_lengths();
        let is_free = self.min_len <= 1 && self.constraints.is_none_or(Constraints::is_empty);
        (is_whole && is_free).then_some(self.target)
    }

    /// Passes the itemsets on in the canonical order, as they are found.
    fn pass_on<S: Sink<T> + Send + ?Sized>(
        &self,
        call: &Call<'_, T>,
        request: &Request<'_, T>,
        taker: Taker<'_, T, S>,
    ) -> Result<StreamSummary, Error> {
        if call.exactly().is_some() {
            let list = call.without_max_itemsets(|call| self.list(call, request))?;
            return StreamSummary::of_list(call.control, &list, taker);
        }
        if self.is_plain() { stream_all(call, taker) } else { request.stream(call, taker) }
    }

    /// Collects the itemsets as [`collect`](Search::collect) does, or those at a higher threshold if
    /// [`max_itemsets`](Miner::max_itemsets), [`max_memory`](Miner::max_memory) or [`time_limit`](Miner::time_limit) is
    /// reached.
    ///
    /// The result is what `collect` returns at the minimum support [`complete_from`](Partial::complete_from). Maximal
    /// itemsets are maximal at that threshold. With [`top_k`](Search::top_k) the result contains those of the `k` best
    /// that are above it. See [`Miner::mine_partial`] for time limits.
    ///
    /// # Errors
    ///
    /// As [`collect`](Search::collect), without [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached) and
    /// [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit), unless thresholds of items or lengths are set and there
    /// was no time for those alone.
    ///
    /// ```
    /// use itemset::{Limit, MinSupport, Miner, Target, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2], vec![1, 3], vec![1]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1)).max_itemsets(3);
    /// let partial = miner.search(&baskets).target(Target::Closed).partial()?;
    /// assert_eq!((partial.limit(), partial.complete_from()), (Some(Limit::Itemsets(3)), 2));
    /// assert_eq!(partial.get().len(), 3); // {1}, {1, 2} and {1, 3}, without {1, 2, 3}
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn partial(&self) -> Result<Partial<ItemsetList<T>>, Error> {
        self.run(|call, request| {
            if self.is_plain() {
                let found = mine_partial(call)?;
                return Ok(found.map(|itemsets| ItemsetList::of_frequent(&itemsets)));
            }
            let nothing = |call: &Call<'_, T>| {
                let own = request.constraints.has_thresholds();
                (!own).then(|| request.nothing(call))
            };
            match self.top_k {
                None => Ok(call.given_partial(partial(call, |call| request.list(call), nothing)?)),
                Some(k) => request.best_partial(call, k),
            }
        })
    }

    /// Estimates the number of itemsets without finding them all, to check whether a threshold is worth trying.
    ///
    /// See [`Miner::estimate_itemsets`] for all itemsets without constraints. For other requests, the itemsets are
    /// counted up to a fixed amount of work. If that covers all of them, the number is exact and marked as such. If
    /// not, the interval reaches from the number that was counted to the upper end of the estimate of all frequent itemsets, and the
    /// estimate is the geometric mean of the two: an order of magnitude, without a standard error that means more than that.
    ///
    /// # Errors
    ///
    /// As [`collect`](Search::collect), but never for a limit on itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Target, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// let estimate = miner.search(&baskets).target(Target::Closed).estimate()?;
    /// assert_eq!(estimate.exact(), Some(2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn estimate(&self) -> Result<Estimate, Error> {
        self.run(|call, request| {
            let estimate = if self.is_plain() {
                estimate_all(call)?
            } else {
                estimate_request(call, request, self.top_k.is_some())?
            };
            let list = |call: &Call<'_, T>| self.list(call, request);
            let estimate = estimate.of_given(call, || Ok(call.without_max_itemsets(list)?.len() as u128))?;
            Ok(match self.top_k {
                Some(k) => estimate.at_most(k as u64),
                None => estimate,
            })
        })
    }

    /// Whether the engines can find what is requested.
    fn is_plain(&self) -> bool {
        self.target == Target::All
            && self.top_k.is_none()
            && self.min_len <= 1
            && self.constraints.is_none_or(Constraints::is_empty)
    }

    fn has_lengths(&self) -> bool {
        self.min_len > 1 || self.max_len.is_some() || self.miner.settings.max_len.is_some()
    }

    fn list(&self, call: &Call<'_, T>, request: &Request<'_, T>) -> Result<ItemsetList<T>, Error> {
        if self.is_plain() {
            return Ok(ItemsetList::of_frequent(&collect(call, None, FrequentItemsets::new)?));
        }
        match self.top_k {
            None => request.list(call),
            Some(k) => request.best(call, k),
        }
    }

    /// Checks the settings and runs a call.
    fn run<R>(&self, run: impl FnOnce(&Call<'_, T>, &Request<'_, T>) -> Result<R, Error>) -> Result<R, Error> {
        let settings = &self.miner.settings;
        settings.check()?;
        for (setting, len) in [("min_len", Some(self.min_len)), ("max_len", self.max_len)] {
            if len == Some(0) {
                return Err(Error::invalid_setting(setting, 0, "at least 1"));
            }
        }
        if !self.is_plain() {
            settings.check_for(self.target)?;
            if !matches!(settings.algorithm, Algorithm::Auto | Algorithm::Eclat) {
                let allowed = "auto or eclat for itemsets under constraints and the best by support";
                return Err(Error::invalid_setting("algorithm", settings.algorithm, allowed));
            }
        }
        let none = Constraints::new();
        let constraints = self.constraints.unwrap_or(&none);
        let request = Request { target: self.target, constraints, min_len: self.min_len };
        let max_len = [self.max_len, settings.max_len].into_iter().flatten().min();
        let miner = Miner { settings: super::settings::Settings { max_len, ..settings.clone() } };
        miner.call_on(self.transactions, |call| run(call, &request))
    }
}

/// The number of listed itemsets by length.
fn counts_of<T>(list: &ItemsetList<T>) -> Result<ItemsetCounts, Error> {
    let by_len = list.by_len().into_iter().map(u128::from).collect();
    Ok(ItemsetCounts::new(by_len, list.min_count(), list.statistics().clone()))
}

impl<T> Clone for Search<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Search<'_, T> {}

impl<T> fmt::Debug for Search<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search")
            .field("miner", self.miner)
            .field("target", &self.target)
            .field("has_constraints", &self.constraints.is_some())
            .field("min_len", &self.min_len)
            .field("max_len", &self.max_len)
            .field("top_k", &self.top_k)
            .finish_non_exhaustive()
    }
}
