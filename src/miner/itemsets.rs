//! The calls that find itemsets: a shortcut for each kind of result.

use std::hash::Hash;

use super::Miner;
use super::call::{Call, Found};
use super::exactly::{collect_exactly, count_exactly};
use super::partial::partial;
use super::stream::{StreamSummary, Taker, stream_all};
use crate::call::control::Control;
use crate::error::Error;
use crate::itemsets::{
    ClosedItemsets, FrequentItems, FrequentItemsets, GeneratorItemsets, ItemsetList, MaximalItemsets, Sink, Trie,
};
use crate::mine::output::tally::Tally;
use crate::mine::query::target::{Condensed, Target};
use crate::mine::report::counts::ItemsetCounts;
use crate::mine::report::partial::Partial;
use crate::mine::report::statistics::Statistics;
use crate::transactions::Transactions;

/// # Find itemsets
///
/// Each of these calls returns a result that can do more than list itemsets: look up the count of any itemset, make
/// rules, be expanded. [`Miner::search`] finds any other combination of target, constraints and output.
impl Miner {
    /// Finds all frequent itemsets, each with its count.
    ///
    /// An empty result is not an error.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) or
    ///   [`ErrorKind::MissingFeature`](crate::ErrorKind::MissingFeature) for a setting,
    /// - [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached) if there are more itemsets than a limit allows,
    /// - [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit) or
    ///   [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) if the call was ended,
    /// - [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets,
    /// - [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system refuses threads or memory.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2], vec![3]])?;
    /// let itemsets = Miner::new().min_support(MinSupport::count(2)).mine(&baskets)?;
    /// assert_eq!(itemsets.count_of([&1, &2]), Some(2));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "frequent_itemsets")]
    #[doc(alias = "apriori")]
    #[doc(alias = "fpgrowth")]
    pub fn mine<T: Ord>(&self, transactions: &Transactions<T>) -> Result<FrequentItemsets<T>, Error> {
        self.settings.check()?;
        self.call(|control| self.mine_under(control, transactions))
    }

    /// The same as a part of a call.
    pub(crate) fn mine_under<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
    ) -> Result<FrequentItemsets<T>, Error> {
        self.call_under(control, transactions, |call| collect(call, None, FrequentItemsets::new))
    }

    /// Finds all closed frequent itemsets, each with its count: those without a superset of the same count.
    ///
    /// The search visits closed itemsets only (Uno, Asai, Uchida & Arimura, "An efficient algorithm for enumerating
    /// closed patterns in transaction databases", DS 2004).
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine). In addition, [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for
    /// [`Algorithm::Apriori`](crate::Algorithm::Apriori) and [`Algorithm::FpGrowth`](crate::Algorithm::FpGrowth), which
    /// only find all itemsets, and for a [`max_len`](Miner::max_len): short closed itemsets alone do not determine the
    /// counts of all itemsets. [`Miner::search`] accepts a maximum length.
    ///
    /// # Complexity
    ///
    /// Per closed itemset, and per candidate whose closure belongs to another branch, one step for each item that is
    /// frequent together with its rarest item. Where baskets are short and frequent itemsets few, all of them are found
    /// instead, with one step for each of their items, and held meanwhile in 45 bytes each.
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
    #[doc(alias = "LCM")]
    #[doc(alias = "CHARM")]
    pub fn mine_closed<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ClosedItemsets<T>, Error> {
        self.mine_target(transactions, Target::Closed, ClosedItemsets::new)
    }

    /// Finds all maximal frequent itemsets, each with its count: those without a frequent superset.
    ///
    /// The search skips subsets of itemsets that are known to be frequent (Gouda & Zaki, "GenMax: an efficient
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
    #[doc(alias = "GenMax")]
    pub fn mine_maximal<T: Ord>(&self, transactions: &Transactions<T>) -> Result<MaximalItemsets<T>, Error> {
        self.mine_target(transactions, Target::Maximal, MaximalItemsets::new)
    }

    /// Finds all frequent generators (free itemsets), each with its count: those without a proper subset of the same
    /// count, the empty itemset included.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine). In addition, [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for
    /// [`Algorithm::Apriori`](crate::Algorithm::Apriori) and [`Algorithm::FpGrowth`](crate::Algorithm::FpGrowth), which
    /// only find all itemsets.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2, 3], vec![3]])?;
    /// let generators = Miner::new().min_support(MinSupport::count(1)).mine_generators(&baskets)?;
    /// assert_eq!(generators.len(), 2); // {1} and {2}: {3} is in every basket
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "free")]
    #[doc(alias = "minimal generators")]
    pub fn mine_generators<T: Ord>(&self, transactions: &Transactions<T>) -> Result<GeneratorItemsets<T>, Error> {
        self.mine_target(transactions, Target::Generators, GeneratorItemsets::new)
    }

    fn mine_target<T: Ord, R>(
        &self,
        transactions: &Transactions<T>,
        target: Target,
        make: fn(FrequentItems<T>, Trie, u64, u64, Statistics) -> R,
    ) -> Result<R, Error> {
        self.settings.check_for(target)?;
        self.settings.check_lengths(target)?;
        self.call_on(transactions, |call| collect(call, target.condensed(), make))
    }

    /// Finds the `k` itemsets with the highest counts, the best first, without a threshold.
    ///
    /// The same as [`search`](Miner::search) with [`top_k`](crate::Search::top_k), which also accepts a minimum length,
    /// a target and constraints.
    ///
    /// # Errors
    ///
    /// As [`Search::collect`](crate::Search::collect).
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "chips"],
    /// ])?;
    /// let best = Miner::new().mine_top_k(&baskets, 2)?;
    /// let lines: Vec<String> = best.iter().map(|itemset| itemset.to_string()).collect();
    /// assert_eq!(lines, ["{beer} (count 3, support 1.000)", "{diapers} (count 2, support 0.667)"]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_top_k<T: Ord + Hash + Send + Sync>(
        &self,
        transactions: &Transactions<T>,
        k: usize,
    ) -> Result<ItemsetList<T>, Error> {
        self.search(transactions).top_k(k).collect()
    }

    /// Finds all frequent itemsets as [`mine`](Miner::mine) does, or those at a higher threshold if a limit is reached.
    ///
    /// If [`max_itemsets`](Miner::max_itemsets) or [`max_memory`](Miner::max_memory) is reached, the result contains
    /// everything that is frequent at the lowest threshold within the limit. If [`time_limit`](Miner::time_limit) is
    /// reached, it contains everything that is frequent at the lowest threshold completed by then. To that end the
    /// baskets are searched at a series of thresholds, starting at the count of the most frequent item and halving each
    /// time. This usually takes up to twice as long as the last search alone.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), without [`ErrorKind::LimitReached`](crate::ErrorKind::LimitReached) and
    /// [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use itemset::{Limit, MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"],
    /// ])?;
    /// let miner = Miner::new().min_support(MinSupport::count(1));
    /// assert!(miner.mine_partial(&baskets)?.is_complete());
    /// let partial = miner.time_limit(Duration::ZERO).mine_partial(&baskets)?; // no time for anything
    /// assert_eq!((partial.limit(), partial.complete_from()), (Some(Limit::Time(Duration::ZERO)), 4));
    /// assert!(partial.get().is_empty());
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine_partial<T: Ord>(&self, transactions: &Transactions<T>) -> Result<Partial<FrequentItemsets<T>>, Error> {
        self.settings.check()?;
        self.call_on(transactions, mine_partial)
    }

    /// Counts the frequent itemsets by length, without collecting them. It is faster than [`mine`](Miner::mine) and,
    /// except with [`Algorithm::Apriori`](crate::Algorithm::Apriori), its memory does not depend on their number.
    ///
    /// [`max_itemsets`](Miner::max_itemsets) does not bound it. [`Search::count`](crate::Search::count) counts the
    /// itemsets of a target or under constraints.
    ///
    /// # Errors
    ///
    /// As [`mine`](Miner::mine), but [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) only beyond `u128::MAX`
    /// itemsets.
    pub fn count<T: Ord>(&self, transactions: &Transactions<T>) -> Result<ItemsetCounts, Error> {
        self.settings.check()?;
        self.call_on(transactions, |call| count(call, None))
    }

    /// Passes all frequent itemsets to a sink as they are found, in the canonical order, until the sink ends the
    /// search.
    ///
    /// Memory does not depend on the number of itemsets, except with [`Algorithm::Apriori`](crate::Algorithm::Apriori),
    /// which holds its levels. With several threads, itemsets found ahead of their turn are buffered, up to about a
    /// million; then threads wait. So [`max_itemsets`](Miner::max_itemsets), which bounds collected itemsets, has no
    /// effect. [`max_memory`](Miner::max_memory) only has one if baskets with large weights take much memory for the
    /// search itself. [`Search::stream`](crate::Search::stream) streams the itemsets of a target or under constraints.
    ///
    /// The searching threads call the sink, one at a time. The sink must not wait for work of the pool they belong to.
    ///
    /// # Errors
    ///
    /// As [`count`](Miner::count). Itemsets that the sink received before the error are not taken back.
    ///
    /// # Complexity
    ///
    /// That of listing the itemsets, plus a sort of the items of each.
    ///
    /// ```
    /// use itemset::io::TextWriter;
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// let mut file = Vec::new(); // or a std::fs::File
    /// let mut sink = TextWriter::new().sink(&mut file)?;
    /// let summary = Miner::new().min_support(MinSupport::count(2)).stream(&baskets, &mut sink)?;
    /// sink.finish()?;
    /// assert!(summary.is_complete() && summary.itemsets() == 3);
    /// assert_eq!(String::from_utf8(file).unwrap(), "beer (3)\ndiapers (2)\nbeer diapers (2)\n");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn stream<T: Ord + Send + Sync, S: Sink<T> + Send + ?Sized>(
        &self,
        transactions: &Transactions<T>,
        sink: &mut S,
    ) -> Result<StreamSummary, Error> {
        self.settings.check()?;
        self.call_on(transactions, |call| stream_all(call, Taker::labels(sink)))
    }
}

/// Runs a search for a target; `make` makes the result.
pub(super) fn collect<T: Ord, R>(
    call: &Call<'_, T>,
    target: Option<Condensed>,
    make: fn(FrequentItems<T>, Trie, u64, u64, Statistics) -> R,
) -> Result<R, Error> {
    if let Some(exactly) = call.exactly() {
        return collect_exactly(call, exactly, target, make);
    }
    let Found { outputs, statistics } = call.collect(target)?;
    let trie = Trie::join(outputs, call.ranking()?.len())?;
    Ok(make(call.items()?, trie, call.baskets(), call.min_count, statistics))
}

pub(super) fn mine_partial<T: Ord>(call: &Call<'_, T>) -> Result<Partial<FrequentItemsets<T>>, Error> {
    let found = partial(call, |call| collect(call, None, FrequentItemsets::new), |call| no_itemsets(call).ok())?;
    Ok(call.given_partial(found))
}

/// The result without itemsets.
pub(super) fn no_itemsets<T: Ord>(call: &Call<'_, T>) -> Result<FrequentItemsets<T>, Error> {
    let (items, statistics) = (call.no_items(), call.no_statistics());
    let trie = Trie::join(Vec::new(), 0)?;
    Ok(FrequentItemsets::new(items, trie, call.baskets(), call.given_count(call.min_count), statistics))
}

/// The number of itemsets of a target by length.
pub(super) fn count<T: Ord>(call: &Call<'_, T>, target: Option<Condensed>) -> Result<ItemsetCounts, Error> {
    if let Some(exactly) = call.exactly() {
        return count_exactly(call, exactly, target);
    }
    let found = match call.tally(target, call.settings.algorithm, FIRST_COUNT)? {
        Some(found) => found,
        // Only Apriori holds what it counts, and it may be known to be too much without running it.
        None => {
            let too_large =
                || Error::too_large("frequent itemsets for Apriori (the other algorithms count any number)", u32::MAX);
            let total = call.total(target)?.and_then(|total| u32::try_from(total).ok()).ok_or_else(too_large)?;
            if let Some((most, limit)) = call.room_of_levels().filter(|&(most, _)| u64::from(total) > most) {
                return Err(call.limit_reached(limit, call.fit(call.min_count, most)?));
            }
            Trie::check_room(total as usize)?;
            call.tally(target, call.settings.algorithm, usize::MAX)?.ok_or_else(too_large)?
        }
    };
    let by_len = Tally::by_len(&found.outputs, call.bounds(call.min_count).max_len);
    let by_len = by_len.ok_or_else(|| Error::too_large("frequent itemsets", u128::MAX))?;
    Ok(ItemsetCounts::new(by_len, call.min_count, call.statistics(found.algorithm, found.levels)?))
}

/// The most itemsets that Apriori counts, holding them, before their number is known.
const FIRST_COUNT: usize = super::call::FIRST_ATTEMPT_ITEMSETS;
