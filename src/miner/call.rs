//! One call: its settings, its control and its baskets, and the threshold as a count.

use std::cell::OnceCell;

use super::Miner;
use super::exactly::Exactly;
use super::settings::Settings;
use crate::call::control::{Control, Stopped};
use crate::error::{Error, ErrorKind};
use crate::itemsets::{FrequentItems, Trie};
use crate::limit::{Limit, Suggestion};
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::selected::{Purpose, SelectedOutput};
use crate::mine::output::tally::Tally;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::output::trie_branch::TrieBranch;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mine::query::target::Condensed;
use crate::mine::report::partial::Partial;
use crate::mine::report::statistics::{AprioriLevel, Statistics};
use crate::mine::run::{PreparedRows, RunOutput};
use crate::rules::{MAX_RULE_LEN, RulePlan};
use crate::threads::workers::Workers;
use crate::transactions::{Ranking, Transactions, as_u32};

/// The most itemsets that are listed without being counted first. They take 200 MB.
pub(super) const FIRST_ATTEMPT_ITEMSETS: usize = 1 << 24;

/// A call at a threshold. Its attempts share the recoded baskets.
pub(super) struct Call<'a, T> {
    pub(super) settings: &'a Settings,
    pub(super) control: &'a Control,
    /// The baskets that are searched.
    pub(super) transactions: &'a Transactions<T>,
    /// The smallest frequent count among them.
    pub(super) min_count: u64,
    /// What was asked, where those baskets have smaller weights than it was asked for.
    exactly: Option<Exactly<'a, T>>,
    /// The rules that are to be made of the itemsets.
    rules: Option<&'a RulePlan>,
    /// If items are searched in the order of their labels, those whose branches are.
    branches: Option<&'a dyn Fn(&T) -> bool>,
    prepared: OnceCell<Prepared>,
}

struct Prepared {
    ranking: Ranking,
    rows: PreparedRows,
}

/// What a search for all itemsets of a target found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) outputs: Vec<TrieBranch>,
    pub(super) statistics: Statistics,
}

impl<'a, T> Call<'a, T> {
    /// The baskets that were given.
    pub(super) fn given(&self) -> &'a Transactions<T> {
        self.exactly.map_or(self.transactions, |exactly| exactly.transactions)
    }

    /// What was asked, where the baskets that are searched have smaller weights.
    pub(super) fn exactly(&self) -> Option<Exactly<'a, T>> {
        self.exactly
    }

    /// A threshold of the search as one of the baskets that were given.
    pub(super) fn given_count(&self, min_count: u64) -> u64 {
        self.exactly.map_or(min_count, |exactly| exactly.unscaled(min_count))
    }

    /// An error with such thresholds.
    pub(super) fn given_error(&self, error: Error) -> Error {
        match self.exactly {
            None => error,
            Some(exactly) => exactly.error(error),
        }
    }

    /// A suggestion with such a threshold. Its number of itemsets may then be a little too large.
    pub(super) fn given_suggestion(&self, suggestion: Suggestion) -> Suggestion {
        match self.exactly {
            None => suggestion,
            Some(exactly) => exactly.suggestion(suggestion),
        }
    }

    /// A result with such thresholds.
    pub(super) fn given_partial<R>(&self, partial: Partial<R>) -> Partial<R> {
        match self.exactly {
            None => partial,
            Some(exactly) => exactly.partial(partial),
        }
    }
}

impl<'a, T: Ord> Call<'a, T> {
    /// At the configured threshold; `scaled` are the same baskets with smaller weights, where 32 bits do not hold their
    /// number.
    pub(super) fn new(
        miner: &'a Miner,
        control: &'a Control,
        transactions: &'a Transactions<T>,
        scaled: Option<&'a (Transactions<T>, u64)>,
    ) -> Result<Self, Error> {
        let settings = &miner.settings;
        let asked = settings.min_support.min_count(transactions.len() as u64)?;
        let (searched, exactly) = match scaled {
            None => (transactions, None),
            Some(&(ref searched, divisor)) => (searched, Some(Exactly { transactions, divisor, asked })),
        };
        let min_count = exactly.map_or(asked, |exactly| exactly.scaled(asked));
        Ok(Call {
            settings,
            control,
            transactions: searched,
            min_count,
            exactly,
            rules: None,
            branches: None,
            prepared: OnceCell::new(),
        })
    }

    /// The same call, for itemsets that rules are to be made of.
    pub(super) fn for_rules<'b>(&'b self, rules: Option<&'b RulePlan>) -> Call<'b, T> {
        Call { rules, prepared: OnceCell::new(), ..*self }
    }

    /// The same call for the itemsets whose last item by label is one of some.
    pub(super) fn for_branches<'b>(&'b self, is_chosen: &'b dyn Fn(&T) -> bool) -> Call<'b, T> {
        Call { branches: Some(is_chosen), prepared: OnceCell::new(), ..*self }
    }

    /// The same call at another threshold.
    pub(super) fn at(&self, min_count: u64) -> Self {
        Call { prepared: OnceCell::new(), min_count, ..*self }
    }

    /// The same call at a threshold of the baskets that were given.
    pub(super) fn asking(&self, asked: u64) -> Self {
        let exactly = self.exactly.map(|exactly| Exactly { asked, ..exactly });
        let min_count = exactly.map_or(asked, |exactly| exactly.scaled(asked));
        Call { prepared: OnceCell::new(), min_count, exactly, ..*self }
    }

    /// The same call with other settings.
    pub(super) fn with<'b>(&'b self, settings: &'b Settings) -> Call<'b, T> {
        Call { settings, prepared: OnceCell::new(), ..*self }
    }

    /// Runs the same call without a limit on the number of itemsets, which a call that returns no itemsets does not have.
    pub(super) fn without_max_itemsets<R>(&self, run: impl FnOnce(&Call<'_, T>) -> R) -> R {
        run(&self.with(&Settings { max_itemsets: None, ..self.settings.clone() }))
    }

    /// The same call under another control.
    pub(super) fn under<'b>(&'b self, control: &'b Control) -> Call<'b, T> {
        Call { control, prepared: OnceCell::new(), ..*self }
    }

    /// The number of baskets that were given, including empty ones.
    pub(super) fn baskets(&self) -> u64 {
        self.given().len() as u64
    }

    /// The frequent items. The first attempt ranks them.
    pub(super) fn ranking(&self) -> Result<&Ranking, Error> {
        Ok(&self.prepare()?.ranking)
    }

    /// The items of some baskets that reach a threshold, in the order of the call.
    pub(super) fn ranking_of(&self, transactions: &Transactions<T>, min_count: u64) -> Ranking {
        match self.branches {
            None => Ranking::new(transactions, min_count),
            Some(is_chosen) => Ranking::by_label(transactions, min_count, is_chosen),
        }
    }

    pub(super) fn rows(&self) -> Result<&PreparedRows, Error> {
        Ok(&self.prepare()?.rows)
    }

    fn prepare(&self) -> Result<&Prepared, Error> {
        if let Some(prepared) = self.prepared.get() {
            return Ok(prepared);
        }
        let ranking = self.ranking_of(self.transactions, self.min_count);
        let encoded = self.transactions.rows();
        let prepare = |workers: Workers<'_>| PreparedRows::new(encoded, &ranking, workers);
        let rows = self.settings.run.on_threads(self.control, prepare)?;
        Ok(self.prepared.get_or_init(|| Prepared { ranking, rows }))
    }

    /// Runs a search on the configured threads. Returns `None` if the search exceeded its budget.
    pub(super) fn run<R: Send>(
        &self,
        search: impl FnOnce(Workers<'_>) -> Result<R, Stopped> + Send,
    ) -> Result<Option<R>, Error> {
        Ok(self.settings.run.on_threads(self.control, search)?.ok())
    }

    /// The statistics of a search for all itemsets, with the levels of Apriori from pairs on.
    pub(super) fn statistics(&self, algorithm: Algorithm, levels: Vec<AprioriLevel>) -> Result<Statistics, Error> {
        let mut statistics = Statistics { algorithm, threads: self.settings.run.pool.workers(), levels: Vec::new() };
        if algorithm == Algorithm::Apriori {
            let candidates = self.transactions.dictionary().len() as u64;
            let singles = AprioriLevel { candidates, frequent: self.ranking()?.len() as u64 };
            statistics.levels = std::iter::once(singles).chain(levels).collect();
        }
        Ok(statistics)
    }

    /// The frequent items with their labels.
    pub(super) fn items(&self) -> Result<FrequentItems<T>, Error> {
        Ok(FrequentItems::new(self.transactions, &self.ranking()?.ids))
    }

    /// The itemsets of a target (all frequent ones for `None`) in at most `most` trie nodes. Returns `None` if there
    /// are more.
    pub(super) fn attempt(&self, target: Option<Condensed>, most: usize) -> Result<Option<Found>, Error> {
        let (rows, bounds) = (self.rows()?, Bounds { most, ..self.bounds(self.min_count) });
        let algorithm = self.settings.algorithm;
        let found = self.run(|workers| match target {
            None => list_all(rows, algorithm, bounds, workers),
            Some(target) => list_condensed(rows, target, bounds, workers),
        })?;
        let Some(RunOutput { algorithm, outputs, levels }) = found else { return Ok(None) };
        Ok(Some(Found { outputs, statistics: self.statistics(algorithm, levels)? }))
    }

    /// The itemsets of a target, if they are within the limits.
    pub(super) fn collect(&self, target: Option<Condensed>) -> Result<Found, Error> {
        self.check_sets()?;
        let room = match target {
            None => self.room(self.min_count),
            // A target's itemsets take a node for each step on the paths to them, so only the limit on memory bounds
            // the nodes.
            Some(target) => {
                self.check_number(target)?;
                self.room_of_memory(self.min_count)
            }
        };
        let most = room.map_or(usize::MAX, |(most, _)| usize::try_from(most).unwrap_or(usize::MAX));
        let first = most.min(FIRST_ATTEMPT_ITEMSETS);
        if let Some(found) = self.attempt(target, first)? {
            let held = found.outputs.iter().map(|output| output.len() as u64).sum();
            if self.room_of_machine(self.min_count, held).is_none_or(|(most, _)| held <= most) {
                return Ok(found);
            }
        }
        if first == FIRST_ATTEMPT_ITEMSETS && target.is_none() {
            self.foresee_rules()?;
        }
        let of_machine = self.room_of_machine(self.min_count, u64::MAX);
        let Some((most, limit)) = super::limits::lower(room, of_machine) else {
            return self.count_then_collect(target);
        };
        // Listing the itemsets takes no longer than finding out how many would fit. Beyond the first attempt they are
        // only listed if the machine's memory is the limit, or if there is a target. Otherwise the search counts them
        // with a rising threshold.
        let nodes = usize::try_from(most).unwrap_or(usize::MAX);
        let tries = nodes > first && (target.is_some() || matches!(limit, Limit::MachineMemory(_)));
        if tries && let Some(found) = self.attempt(target, nodes)? {
            return Ok(found);
        }
        let suggestion = match target {
            None => self.fit(self.min_count, most)?,
            Some(target) => self.suggest(0, |call| {
                let most = super::limits::lower(call.room_of_memory(call.min_count), of_machine);
                let nodes = most.map_or(usize::MAX, |(most, _)| usize::try_from(most).unwrap_or(usize::MAX));
                match call.attempt(Some(target), nodes)? {
                    Some(_) => call.count_up_to(target, u64::MAX),
                    None => Ok(None),
                }
            })?,
        };
        if suggestion.min_count() > self.min_count {
            return Err(self.limit_reached(limit, suggestion));
        }
        self.count_then_collect(target)
    }

    /// An error if the itemsets are known to have too many rules, before they are listed.
    fn foresee_rules(&self) -> Result<(), Error> {
        let Some(plan) = self.rules else { return Ok(()) };
        let (rows, bounds) = (self.rows()?, self.bounds(self.min_count));
        // The lengths of the itemsets are not looked at.
        if bounds.max_len < MAX_RULE_LEN {
            return Ok(());
        }
        let some = self.settings.run.on_threads(self.control, |workers| rows.count_some(bounds, workers))?;
        plan.limit.check(some.sum(|perfect| plan.lengths.rules_of_perfect(perfect).unwrap_or(0)))
    }

    pub(super) fn limit_reached(&self, limit: Limit, suggestion: Suggestion) -> Error {
        Error::new(ErrorKind::LimitReached { limit, min_count: self.min_count, suggestion })
    }

    /// An error if a target has more itemsets than `max_itemsets`. Counting stops there.
    fn check_number(&self, target: Condensed) -> Result<(), Error> {
        let Some((most, limit)) = self.room_of_itemsets() else { return Ok(()) };
        if self.count_up_to(target, most)?.is_some() {
            return Ok(());
        }
        let suggestion = self.suggest(0, |call| call.count_up_to(target, most))?;
        Err(self.limit_reached(limit, suggestion))
    }

    /// The number of itemsets of a target; `None` if it exceeds `most`.
    fn count_up_to(&self, target: Condensed, most: u64) -> Result<Option<u64>, Error> {
        let (rows, bounds) = (self.rows()?, self.bounds(self.min_count));
        self.run(|workers| count_condensed_up_to(rows, target, bounds, most, workers))
    }

    /// Counts the itemsets before it lists them: counting takes less time and no memory for itemsets.
    fn count_then_collect(&self, target: Option<Condensed>) -> Result<Found, Error> {
        let nodes = self.total(target)?.and_then(|total| u32::try_from(total).ok()).ok_or_else(Trie::too_many)?;
        Trie::check_room(nodes as usize)?;
        self.attempt(target, usize::MAX)?.ok_or_else(Trie::too_many)
    }

    /// The number of itemsets of a target; `None` beyond `u128::MAX`.
    pub(super) fn total(&self, target: Option<Condensed>) -> Result<Option<u128>, Error> {
        let found = self.tally(target, Algorithm::Auto, usize::MAX)?;
        let by_len = found.and_then(|found| Tally::by_len(&found.outputs, self.bounds(self.min_count).max_len));
        Ok(by_len.map(|by_len| by_len.iter().sum()))
    }

    /// The number of itemsets of a target by length. Returns `None` if Apriori, which holds them, would exceed `most`.
    pub(super) fn tally(
        &self,
        target: Option<Condensed>,
        algorithm: Algorithm,
        most: usize,
    ) -> Result<Option<RunOutput<Tally>>, Error> {
        self.check_sets()?;
        let (rows, bounds) = (self.rows()?, self.bounds_to_count(target, most));
        self.run(|workers| match target {
            None => tally_all(rows, algorithm, bounds, workers),
            Some(target) => tally_condensed(rows, target, bounds, workers),
        })
    }

    /// The statistics of a search that no engine makes: it goes depth first over bitsets, as Eclat does.
    pub(super) fn eclat_statistics(&self) -> Statistics {
        Statistics { algorithm: Algorithm::Eclat, threads: self.settings.run.pool.workers(), levels: Vec::new() }
    }

    /// The statistics of a search that did not run.
    pub(super) fn no_statistics(&self) -> Statistics {
        let algorithm = match self.settings.algorithm {
            Algorithm::Auto => Algorithm::Eclat,
            algorithm => algorithm,
        };
        Statistics { algorithm, threads: self.settings.run.pool.workers(), levels: Vec::new() }
    }

    /// No frequent items.
    pub(super) fn no_items(&self) -> FrequentItems<T> {
        FrequentItems::new(self.transactions, &[])
    }

    /// The lowest threshold, not below `min_count`, at which at most `itemsets` itemsets are frequent.
    pub(super) fn fit(&self, min_count: u64, itemsets: u64) -> Result<Suggestion, Error> {
        self.fit_bounds(Bounds { most: usize::try_from(itemsets).unwrap_or(usize::MAX), ..self.bounds(min_count) })
    }

    /// The lowest threshold within the bounds at which no more itemsets are frequent than they allow.
    pub(super) fn fit_bounds(&self, bounds: Bounds) -> Result<Suggestion, Error> {
        let mut counts: Vec<u32> = self.transactions.counts().iter().copied().map(as_u32).collect();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // The search starts from high thresholds: if few itemsets fit, the rare items need no preparation.
        let mut items = 64;
        loop {
            let lowest = counts.get(items).copied().unwrap_or_default().max(bounds.min_count);
            let call = self.at(lowest.into());
            call.check_sets()?;
            let rows = call.rows()?;
            // Usually another round follows, with more items.
            let bounds_here = Bounds { min_count: lowest, ..bounds };
            let (fitting, held) = self.control.section(0.5, || rows.fit(bounds_here, self.control));
            self.control.check()?;
            if fitting > lowest.into() || lowest == bounds.min_count {
                return Ok(Suggestion::new(fitting, held));
            }
            items *= 4;
        }
    }

    /// A threshold above the call's at which the itemsets that `count` counts fit, and their number. It is the lowest
    /// such threshold if the number falls with the threshold. `count` returns `None` if they do not fit. Above the
    /// counts of all items there are `above_all` of them.
    pub(super) fn suggest(
        &self,
        above_all: u64,
        count: impl Fn(&Self) -> Result<Option<u64>, Error>,
    ) -> Result<Suggestion, Error> {
        let mut fits = Suggestion::new(self.above_all(), above_all);
        let mut too_low = self.min_count;
        // Starts high and halves the threshold, as low thresholds take most of the time. Bisects once one is too low.
        let mut falls = true;
        while too_low + 1 < fits.min_count() {
            let half = if falls { fits.min_count() / 2 } else { too_low.midpoint(fits.min_count()) };
            let next = half.max(too_low + 1);
            match self.control.section(0.2, || count(&self.at(next)))? {
                Some(itemsets) => fits = Suggestion::new(next, itemsets),
                None => (too_low, falls) = (next, false),
            }
        }
        Ok(fits)
    }

    /// A threshold that no item reaches, at least the call's.
    pub(super) fn above_all(&self) -> u64 {
        let highest = self.transactions.counts().iter().copied().max().unwrap_or_default();
        self.min_count.max(highest + 1)
    }

    /// An error if the basket sets of all frequent items would exceed the limit on memory. Checked before they are
    /// built.
    pub(super) fn check_sets(&self) -> Result<(), Error> {
        let Some((bytes, limit)) = self.limit_below(self.bytes_of_sets_at(self.min_count)) else { return Ok(()) };
        let mut counts = self.transactions.counts().to_vec();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // The threshold must exceed the count of the first item whose set does not fit.
        let mut sets = 0;
        let too_rare = counts.into_iter().find(|&count| {
            sets +=
                super::limits::bytes_of_sets(self.transactions, std::iter::once(count), self.transactions.len() as u64);
            sets > bytes
        });
        let least = too_rare.map_or(self.min_count, |count| self.min_count.max(count + 1));
        let most = self.room(least).map_or(u64::MAX, |(most, _)| most);
        let suggestion = self.fit(least, most.min(self.itemsets_within(bytes, least)))?;
        Err(self.limit_reached(limit, suggestion))
    }
}

// The engines are compiled with this crate, once per kind of output, not again for every label type.

pub(super) fn list_all(
    rows: &PreparedRows,
    algorithm: Algorithm,
    bounds: Bounds,
    workers: Workers<'_>,
) -> Result<RunOutput<TrieBranch>, Stopped> {
    rows.find_all(algorithm, bounds, workers)
}

fn tally_all(
    rows: &PreparedRows,
    algorithm: Algorithm,
    bounds: Bounds,
    workers: Workers<'_>,
) -> Result<RunOutput<Tally>, Stopped> {
    rows.find_all(algorithm, bounds, workers)
}

fn list_condensed(
    rows: &PreparedRows,
    target: Condensed,
    bounds: Bounds,
    workers: Workers<'_>,
) -> Result<RunOutput<TrieBranch>, Stopped> {
    let (budget, new) = (Budget::of_itemsets(bounds.most), |_| TrieBranch::new(bounds));
    let outputs = rows.find_condensed(target, bounds, &budget, new, workers)?;
    Ok(RunOutput { algorithm: Algorithm::Eclat, outputs, levels: Vec::new() })
}

fn count_condensed_up_to(
    rows: &PreparedRows,
    target: Condensed,
    bounds: Bounds,
    most: u64,
    workers: Workers<'_>,
) -> Result<u64, Stopped> {
    let budget = Budget::new(Size { itemsets: most, bytes: u64::MAX });
    let new = |_| SelectedOutput::new(Purpose::Count, None, &budget, None);
    rows.find_condensed(target, bounds, &budget, new, workers)?;
    Ok(budget.found().itemsets)
}

fn tally_condensed(
    rows: &PreparedRows,
    target: Condensed,
    bounds: Bounds,
    workers: Workers<'_>,
) -> Result<RunOutput<Tally>, Stopped> {
    let outputs = rows.find_condensed(target, bounds, &Budget::new(Size::MAX), |_| Tally::default(), workers)?;
    Ok(RunOutput { algorithm: Algorithm::Eclat, outputs, levels: Vec::new() })
}
