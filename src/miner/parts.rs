//! Parts of calls of a [`Miner`], for a window that often need not search, and for searches of groups of branches.

use super::Miner;
use super::call::{Found, list_all};
use super::itemsets::collect;
use super::limits::BYTES_PER_ITEMSET;
use super::settings::Settings;
use crate::call::control::Control;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{FrequentItems, FrequentItemsets, Trie};
use crate::limit::{Limit, Suggestion};
use crate::mine::engines::auto::{Shape, UnsortedRow};
use crate::mine::output::trie_branch::TrieBranch;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mine::query::min_support::MinSupport;
use crate::mine::query::target::{Condensed, Target};
use crate::mine::report::statistics::Statistics;
use crate::mine::run::PreparedRows;
use crate::transactions::{Transactions, as_u32};

impl Miner {
    /// Runs a call that begins now, if the settings are valid.
    pub(crate) fn checked_call<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        self.settings.check()?;
        self.call(|control| {
            if control.should_stop() {
                control.check()?;
            }
            run(control)
        })
    }

    /// The smallest frequent count among so many baskets.
    pub(crate) fn min_count(&self, baskets: u64) -> Result<u64, Error> {
        self.settings.min_support.min_count(baskets)
    }

    /// Whether a result tells how the search went, and how many labels there were: Apriori reports its levels.
    pub(crate) fn reports_levels(&self) -> bool {
        self.settings.algorithm == Algorithm::Apriori
    }

    /// Whether a result is the same however it is found: a limit on memory is one of the search.
    pub(crate) fn may_count(&self) -> bool {
        !self.reports_levels() && self.settings.run.max_memory.is_none()
    }

    /// Whether the result may have so many itemsets.
    pub(crate) fn may_find(&self, itemsets: u64) -> bool {
        self.settings.max_itemsets.is_none_or(|most| itemsets <= most)
    }

    /// The itemsets at another threshold, as a part of a call; `None` if there are more than `most`.
    pub(crate) fn mine_up_to<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        min_count: u64,
        most: usize,
    ) -> Result<Option<FrequentItemsets<T>>, Error> {
        let miner = self.clone().min_support(MinSupport::count(min_count));
        miner.call_under(control, transactions, |call| {
            // What has greater weights than a search holds is not searched for this.
            if call.exactly().is_some() || call.check_sets().is_err() {
                return Ok(None);
            }
            let Some(Found { outputs, statistics }) = call.attempt(None, most)? else { return Ok(None) };
            let trie = Trie::join(outputs, call.ranking()?.len())?;
            Ok(Some(FrequentItemsets::new(call.items()?, trie, call.baskets(), min_count, statistics)))
        })
    }

    /// The statistics of a search among rows that `rows` makes; `ranks` are those of the items by their numbers, `counts`
    /// those of the ranks. `None` if only a search tells.
    pub(crate) fn statistics<'a>(
        &self,
        rows: impl FnOnce() -> Vec<UnsortedRow<'a>>,
        ranks: &[Option<u32>],
        counts: &[u32],
    ) -> Option<Statistics> {
        let algorithm = match self.settings.algorithm {
            Algorithm::Apriori => return None,
            Algorithm::Auto => {
                let bounds = Bounds { max_len: self.settings.max_len.unwrap_or(usize::MAX), ..Bounds::NONE };
                Shape::of_unsorted(&rows(), ranks, counts, bounds)?.algorithm()
            }
            algorithm => algorithm,
        };
        Some(Statistics { algorithm, threads: self.settings.run.pool.workers(), levels: Vec::new() })
    }

    /// The itemsets of a target whose last item, in the order of labels, is one of some, as a part of a call: paths of items
    /// in that order. Other itemsets are not searched for. One is closed, or maximal, if it is so among these baskets.
    pub(crate) fn mine_branches<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Option<Condensed>,
        is_chosen: &dyn Fn(&T) -> bool,
    ) -> Result<(FrequentItems<T>, Trie, Algorithm), Error> {
        self.call_under(control, transactions, |call| {
            let call = call.for_branches(is_chosen);
            collect(&call, target, |items, trie, _, _, statistics| (items, trie, statistics.algorithm))
        })
    }

    /// All itemsets that are frequent at a threshold among rows whose branches are chosen, as a part of a call: pieces in the
    /// canonical order, and the engine that ran.
    pub(crate) fn mine_rows(
        &self,
        control: &Control,
        rows: &PreparedRows,
        min_count: u64,
    ) -> Result<(Vec<TrieBranch>, Algorithm), Error> {
        let Settings { algorithm, max_len, run, .. } = &self.settings;
        let bounds = Bounds { min_count: as_u32(min_count), max_len: max_len.unwrap_or(usize::MAX), ..Bounds::NONE };
        let bytes = run.memory(false);
        let most = usize::try_from(bytes / BYTES_PER_ITEMSET).unwrap_or(usize::MAX);
        let bounds = Bounds { most, ..bounds };
        if let Ok(found) = run.on_threads(control, |workers| list_all(rows, *algorithm, bounds, workers))? {
            return Ok((found.outputs, found.algorithm));
        }
        let (fitting, held) = rows.fit(bounds, control);
        control.check()?;
        let limit = if run.max_memory.is_some() { Limit::Memory(bytes) } else { Limit::MachineMemory(bytes) };
        Err(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion: Suggestion::new(fitting, held) }))
    }

    /// Checks the settings for a search of groups of branches.
    pub(crate) fn check_for_groups(&self, target: Target) -> Result<(), Error> {
        const ALLOWED: &str = "Auto, Eclat or FpGrowth, which search one branch after the other";
        self.settings.check()?;
        self.settings.check_for(target)?;
        self.settings.check_lengths(target)?;
        match self.settings.algorithm {
            Algorithm::Apriori => Err(Error::invalid_setting("algorithm", "Apriori", ALLOWED)),
            _ => Ok(()),
        }
    }

    /// The greatest length of an itemset.
    pub(crate) fn greatest_len(&self) -> Option<usize> {
        self.settings.max_len
    }

    /// The engine that was asked for, and the threads.
    pub(crate) fn engine(&self) -> (Algorithm, usize) {
        (self.settings.algorithm, self.settings.run.pool.workers())
    }
}
