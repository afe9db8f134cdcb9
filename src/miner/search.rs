//! From the settings to a search, and from what it finds to a result.

use super::Miner;
use crate::call::control::Control;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{FrequentItems, Trie, TrieBranch};
use crate::limit::{Limit, Suggestion};
use crate::machine;
use crate::mine::output::count_up_to::CountUpTo;
use crate::mine::output::tally::Tally;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mine::query::target::Target;
use crate::mine::report::statistics::{AprioriLevel, Statistics};
use crate::mine::run::{RunOutput, RunResult, SearchRun};
use crate::threads::workers::Workers;
use crate::transactions::{Ranking, Transactions};

/// Itemsets that are listed without being counted first. They take 200 MB.
pub(super) const FIRST_ATTEMPT_ITEMSETS: usize = 1 << 24;

/// Bytes that an itemset takes while it is collected: twice its 12, as pieces are joined.
const BYTES_AN_ITEMSET: u64 = 24;

/// Bytes that a call may always use, without the machine being asked what it has: that takes some tenths of a millisecond.
const ALWAYS_ALLOWED_BYTES: u64 = 64 << 20;

/// Bytes that a search takes beside the itemsets, for each entry of the baskets and at the least.
const BYTES_AN_ENTRY: u64 = 16;
const BYTES_A_SEARCH: u64 = 16 << 20;

impl Miner {
    /// Runs a call that begins now, and tells when it is done.
    pub(super) fn call<R>(&self, run: impl FnOnce(&Control) -> Result<R, Error>) -> Result<R, Error> {
        self.settings.run.call(run)
    }

    /// What the engine finds. Where that is so much that its number had better be known first, it is counted before: that
    /// takes less time, and no room. `too_large` is the error where it is more than can be held.
    pub(super) fn search_counted<T: Ord, B: Send>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        run: fn(SearchRun<'_>, Workers) -> RunResult<B>,
        too_large: fn() -> Error,
    ) -> Result<Found<B>, Error> {
        self.settings.check()?;
        if let Some(found) = self.search(control, transactions, FIRST_ATTEMPT_ITEMSETS, Target::All, run)? {
            return Ok(found);
        }
        let total = self.clone().algorithm(Algorithm::Auto).count_under(control, transactions)?.total();
        Trie::check_room(u32::try_from(total).map_err(|_| too_large())? as usize)?;
        self.search(control, transactions, usize::MAX, Target::All, run)?.ok_or_else(too_large)
    }

    /// The lowest threshold from `min_count` on at which at most so many itemsets are frequent.
    pub(super) fn fit<T: Ord>(
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
    pub(super) fn fit_bounds<T: Ord>(
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
            self.check_sets(control, transactions, lowest.into())?;
            let ranking = Ranking::new(transactions, lowest.into());
            let job = self.job(transactions, &ranking, Bounds { min_count: lowest, ..bounds });
            // Most often another round comes, of more items.
            let (fitting, held) = control.section(0.5, || job.fit(control));
            control.check()?;
            if fitting > lowest.into() || lowest == bounds.min_count {
                return Ok(Suggestion::new(fitting, held));
            }
            items *= 4;
        }
    }

    /// How many itemsets may be collected at a threshold, and the limit that says so, of those that are set.
    fn room<T>(&self, transactions: &Transactions<T>, min_count: u64) -> Option<(u64, Limit)> {
        let patterns = self.settings.max_itemsets.map(|most| (most, Limit::Itemsets(most)));
        [patterns, self.room_of_memory(transactions, min_count)].into_iter().flatten().min_by_key(|&(most, _)| most)
    }

    /// The same of the limit on memory alone.
    fn room_of_memory<T>(&self, transactions: &Transactions<T>, min_count: u64) -> Option<(u64, Limit)> {
        let memory = self.settings.run.max_memory.filter(|&bytes| bytes < u64::MAX);
        memory.map(|bytes| (within(bytes, transactions, min_count), Limit::Memory(bytes)))
    }

    /// The same of the machine, where it is to be asked for so many itemsets.
    fn room_of_machine<T>(
        &self,
        transactions: &Transactions<T>,
        min_count: u64,
        itemsets: u64,
    ) -> Option<(u64, Limit)> {
        if self.settings.run.max_memory.is_some() || itemsets <= within(ALWAYS_ALLOWED_BYTES, transactions, min_count) {
            return None;
        }
        let bytes = machine::memory()? / 2;
        Some((within(bytes, transactions, min_count), Limit::MachineMemory(bytes)))
    }

    /// The limit on memory, where so many bytes for sets of baskets alone are beyond it.
    pub(super) fn limit_below(&self, sets: u64) -> Option<(u64, Limit)> {
        let limit = match self.settings.run.max_memory {
            Some(bytes) => Some((bytes, Limit::Memory(bytes))),
            None if sets <= ALWAYS_ALLOWED_BYTES => None,
            None => machine::memory().map(|bytes| (bytes / 2, Limit::MachineMemory(bytes / 2))),
        };
        limit.filter(|&(bytes, _)| sets > bytes)
    }

    /// An error where the sets of the baskets of all that is frequent at a threshold are beyond the limit on memory, before they are made.
    pub(super) fn check_sets<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        min_count: u64,
    ) -> Result<(), Error> {
        let Some((bytes, limit)) = self.limit_below(sets_at(transactions, min_count)) else { return Ok(()) };
        let mut counts: Vec<u32> = transactions.counts().to_vec();
        counts.sort_unstable_by(|a, b| b.cmp(a));
        // The threshold is above the first item whose set is too much.
        let (baskets, mut sets) = (transactions.len() as u64, 0);
        let too_rare = counts.into_iter().find(|&count| {
            sets += bytes_of_sets(transactions, std::iter::once(count), baskets);
            sets > bytes
        });
        let least = too_rare.map_or(min_count, |count| min_count.max(u64::from(count) + 1));
        let most = self.room(transactions, least).map_or(u64::MAX, |(most, _)| most);
        let of_machine = within(bytes, transactions, least);
        let suggestion = self.fit(control, transactions, least, most.min(of_machine))?;
        Err(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion }))
    }

    /// The result of a search for a target, which `make` makes of the items, the itemsets, the baskets, the threshold and the statistics.
    pub(super) fn collect<T: Ord, R>(
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
    pub(super) fn search_within<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
    ) -> Result<Found<TrieBranch>, Error> {
        let (check, run): (_, fn(SearchRun<'_>, Workers) -> RunResult<TrieBranch>) = match target {
            Target::All => (self.settings.check(), list),
            target => (self.settings.check_for(target), list_some),
        };
        check?;
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let room = self.room(transactions, min_count);
        let most = room.map_or(u64::MAX, |(most, _)| most);
        let cautious = usize::try_from(most).unwrap_or(usize::MAX).min(FIRST_ATTEMPT_ITEMSETS);
        if let Some(found) = self.search(control, transactions, cautious, target, run)? {
            let held = found.branches.iter().map(|branch| branch.len() as u64).sum();
            if self.room_of_machine(transactions, min_count, held).is_none_or(|(most, _)| held <= most) {
                return Ok(found);
            }
        }
        let of_machine = self.room_of_machine(transactions, min_count, u64::MAX);
        if target != Target::All {
            return self.some_within(control, transactions, target, of_machine);
        }
        let room = [room, of_machine].into_iter().flatten().min_by_key(|&(most, _)| most);
        if let Some((most, Limit::MachineMemory(_))) = room {
            // They may be far less than what fits, and to list them takes no longer than to find out what would fit.
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            if most > cautious
                && let Some(found) = self.search(control, transactions, most, target, run)?
            {
                return Ok(found);
            }
        }
        if let Some((most, limit)) = room {
            // What is all may be too much to be counted in any time, but not what fits of it.
            let suggestion = self.fit(control, transactions, min_count, most)?;
            if suggestion.min_count() > min_count {
                return Err(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion }));
            }
        }
        self.counted_first(control, transactions, target, run)
    }

    /// The same for one of the other targets, where a cautious try has found too much. A limit on patterns is on the itemsets of the
    /// target, one on memory on what they take: a node for each step on the paths to them.
    fn some_within<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
        of_machine: Option<(u64, Limit)>,
    ) -> Result<Found<TrieBranch>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let reached = |(most, limit)| {
            // Of any target there are at most as many as of all, and those take a node each.
            let suggestion = self.fit(control, transactions, min_count, most)?;
            Err(Error::new(ErrorKind::LimitReached { limit, min_count, suggestion }))
        };
        if let Some(itemsets) = self.settings.max_itemsets {
            // All of them may be too many to be counted in any time.
            if !self.are_at_most(control, transactions, target, itemsets)? {
                return reached((itemsets, Limit::Itemsets(itemsets)));
            }
        }
        match [self.room_of_memory(transactions, min_count), of_machine].into_iter().flatten().next() {
            None => self.counted_first(control, transactions, target, list_some),
            Some((most, limit)) => {
                let nodes = usize::try_from(most).unwrap_or(usize::MAX);
                match self.search(control, transactions, nodes, target, list_some)? {
                    Some(found) => Ok(found),
                    None => reached((most, limit)),
                }
            }
        }
    }

    /// Whether there are not more itemsets of a target.
    fn are_at_most<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
        itemsets: u64,
    ) -> Result<bool, Error> {
        let most = usize::try_from(itemsets).unwrap_or(usize::MAX);
        let longest = transactions.weighted().map(|(basket, _)| basket.len()).max().unwrap_or_default();
        let max_len = self.settings.max_len.unwrap_or(usize::MAX).min(longest).max(1);
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let bounds = CountUpTo::bounds(Bounds { most, max_len, ..self.bounds(min_count) });
        Ok(self.search_in(control, transactions, bounds, target, count_some)?.is_some())
    }

    /// The itemsets of a target, which are counted first: where there are so many, that had better be known before.
    fn counted_first<T: Ord>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        target: Target,
        run: fn(SearchRun<'_>, Workers) -> RunResult<TrieBranch>,
    ) -> Result<Found<TrieBranch>, Error> {
        let total = self.clone().algorithm(Algorithm::Auto).count_target_under(control, transactions, target)?.total();
        Trie::check_room(u32::try_from(total).map_err(|_| Trie::too_many())? as usize)?;
        self.search(control, transactions, usize::MAX, target, run)?.ok_or_else(Trie::too_many)
    }

    /// What the engine finds; `None` where it is more than `most` itemsets to hold.
    pub(super) fn search<T: Ord, B: Send>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        most: usize,
        target: Target,
        run: fn(SearchRun<'_>, Workers) -> RunResult<B>,
    ) -> Result<Option<Found<B>>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let bounds = Bounds { most, ..self.bounds(min_count) };
        self.search_in(control, transactions, bounds, target, run)
    }

    fn search_in<T: Ord, B: Send>(
        &self,
        control: &Control,
        transactions: &Transactions<T>,
        bounds: Bounds,
        target: Target,
        run: fn(SearchRun<'_>, Workers) -> RunResult<B>,
    ) -> Result<Option<Found<B>>, Error> {
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        self.check_sets(control, transactions, min_count)?;
        let ranking = Ranking::new(transactions, min_count);
        let job = SearchRun { target, ..self.job(transactions, &ranking, bounds) };
        let (outcome, threads) =
            self.settings.run.on_threads(control, |workers| (run(job, workers), workers.threads()))?;
        let Ok(RunOutput { algorithm, branches, levels }) = outcome else { return Ok(None) };
        let statistics = statistics(transactions, &ranking, algorithm, threads, levels);
        Ok(Some(Found { ranking, branches, min_count, statistics }))
    }

    /// What bounds a search at a threshold.
    pub(super) fn bounds(&self, min_count: u64) -> Bounds {
        Bounds {
            // Nothing is frequent at a threshold that no basket number reaches.
            min_count: u32::try_from(min_count).unwrap_or(u32::MAX),
            max_len: self.settings.max_len.unwrap_or(usize::MAX),
            min_len: 1,
            most: usize::MAX,
        }
    }

    pub(super) fn job<'a, T>(
        &self,
        transactions: &'a Transactions<T>,
        ranking: &'a Ranking,
        bounds: Bounds,
    ) -> SearchRun<'a> {
        SearchRun {
            rows: transactions.rows(),
            ranking,
            algorithm: self.settings.algorithm,
            target: Target::All,
            bounds,
        }
    }
}

/// How a search went, with the levels of Apriori from pairs on.
pub(super) fn statistics<T>(
    transactions: &Transactions<T>,
    ranking: &Ranking,
    algorithm: Algorithm,
    threads: usize,
    levels: Vec<AprioriLevel>,
) -> Statistics {
    let mut statistics = Statistics { algorithm, threads, levels: Vec::new() };
    if algorithm == Algorithm::Apriori {
        let singles =
            AprioriLevel { candidates: transactions.dictionary().len() as u64, frequent: ranking.len() as u64 };
        statistics.levels = std::iter::once(singles).chain(levels).collect();
    }
    statistics
}

/// Bytes that a search takes beside the itemsets, where it takes so many for sets of baskets.
pub(super) fn beside<T>(transactions: &Transactions<T>, sets: u64) -> u64 {
    (BYTES_A_SEARCH + BYTES_AN_ENTRY * transactions.rows().stored_entries() as u64).saturating_add(sets)
}

/// Bytes that a search takes for the baskets of some items, which are numbered one by one. They are told apart where there are weights: those of
/// other rows are no more than the entries.
pub(super) fn bytes_of_sets<T>(transactions: &Transactions<T>, counts: impl Iterator<Item = u32>, baskets: u64) -> u64 {
    match transactions.stored_rows() == transactions.len() {
        true => 0,
        // A list or bits, whatever is shorter, and as much again for what they are made of and intersected to.
        false => counts.map(|count| 2 * (4 * u64::from(count)).min(baskets / 8)).sum(),
    }
}

/// The same for the items that are frequent at a threshold.
fn sets_at<T>(transactions: &Transactions<T>, min_count: u64) -> u64 {
    let frequent = transactions.counts().iter().copied().filter(|&count| u64::from(count) >= min_count);
    bytes_of_sets(transactions, frequent, transactions.len() as u64)
}

/// Itemsets that can be collected in so much memory.
fn within<T>(bytes: u64, transactions: &Transactions<T>, min_count: u64) -> u64 {
    bytes.saturating_sub(beside(transactions, sets_at(transactions, min_count))) / BYTES_AN_ITEMSET
}

/// What a search found.
#[derive(Debug)]
pub(super) struct Found<B> {
    pub(super) ranking: Ranking,
    pub(super) branches: Vec<B>,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
}

// The engines are compiled with this crate, once for each kind of branch, and not again for every type of label.

pub(super) fn list(job: SearchRun<'_>, workers: Workers) -> RunResult<TrieBranch> {
    job.run(workers)
}

pub(super) fn tally(job: SearchRun<'_>, workers: Workers) -> RunResult<Tally> {
    job.run(workers)
}

pub(super) fn list_some(job: SearchRun<'_>, workers: Workers) -> RunResult<TrieBranch> {
    job.run_for_target(workers)
}

fn count_some(job: SearchRun<'_>, workers: Workers) -> RunResult<CountUpTo> {
    job.run_for_target(workers)
}

pub(super) fn tally_some(job: SearchRun<'_>, workers: Workers) -> RunResult<Tally> {
    job.run_for_target(workers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bitset::with_each_isa;
    use crate::machine::with_memory;
    use crate::mine::query::min_support::MinSupport;

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
                    miner.mine_closed(&baskets).unwrap(), miner.mine_maximal(&baskets).unwrap(), miner.mine_generators(&baskets).unwrap(),
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
            assert_eq!(reached(miner.clone().max_itemsets(9).mine(&explosive(23))).unwrap().0, Limit::Itemsets(9));
            assert_eq!(miner.clone().max_memory(u64::MAX).mine(&explosive(23)).unwrap().len(), (1 << 23) - 1);
            assert_eq!(miner.count(&explosive(60)).unwrap().total(), (1 << 60) - 1);
        });
        with_memory(0, || assert!(reached(miner.mine(&explosive(18))).is_none()));
        assert_eq!(miner.mine(&explosive(22)).unwrap().len(), (1 << 22) - 1);
        assert_eq!(limit.to_string(), "half of this machine's memory (104857600, max_memory sets another)");
    }
}
