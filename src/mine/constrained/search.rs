//! The search for itemsets under constraints.

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};

use super::checks::{Checks, Lowest};
use super::columns::{FirstItem, PathColumns, PathJoin};
use super::selection::SelectedBaskets;
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::{Control, Poll, Stopped};
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::pair_counts::{PairCounts, ProjectedRows};
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::budget::Budget;
use crate::mine::output::hand_over::BlockSender;
use crate::mine::output::itemset_output::ListingOutput;
use crate::mine::output::selected::SelectedOutput;
use crate::mine::parallel::chunks::branch_costs;
use crate::mine::parallel::splitting::{ChunkOutput, run_splitting};
use crate::threads::workers::Workers;
use crate::transactions::{Branches, MiningDatabase, Rank, RankedRows, Ranking};

/// Decides whether an itemset, given as ranks of the result in any order, is allowed. Supersets of a forbidden itemset
/// must be forbidden.
pub(crate) type RankPredicate<'a> = &'a (dyn Fn(&[u32]) -> bool + Sync);

/// A search among selected baskets for some of their items.
#[derive(Debug)]
pub(crate) struct ConstrainedSearch<'a> {
    selection: &'a SelectedBaskets<'a>,
    /// The items in the order of the search (by descending threshold, then as in the result), and the number of baskets
    /// that contain each.
    ranking: Ranking,
    /// The rank of each item in the result.
    places: Vec<u32>,
    /// The ranks of the required items.
    required: Vec<u32>,
    checks: Checks,
    /// Whether the order is that of the result.
    in_order: bool,
}

/// Steps, as estimated, below which one thread finds the best: another would wake too late.
const MIN_SHARED: u64 = if cfg!(any(test, debug_assertions)) { 1 } else { 1 << 20 };

/// Items between two checks whether the call should stop.
const STEPS_PER_POLL: u32 = 64;

impl<'a> ConstrainedSearch<'a> {
    /// `result` has the items of the selection to search for and the required ones, in the order of the result. With
    /// `in_order` set, itemsets are found in the canonical order, which prunes less if items have thresholds.
    pub(crate) fn new(selection: &'a SelectedBaskets<'a>, result: &Ranking, in_order: bool) -> Self {
        let wanted = selection.wanted;
        let ids = &result.ids;
        let is_required = |&rank: &u32| wanted.required.contains(&ids[rank as usize]);
        // There are fewer than u32::MAX items, as each has a number.
        let (required, mut places): (Vec<u32>, Vec<u32>) = (0..ids.len() as u32).partition(is_required);
        if !wanted.own.is_empty() && !in_order {
            let longer = &wanted.of_len[wanted.required.len().min(wanted.of_len.len() - 1)..];
            let plain = longer.iter().copied().min().unwrap_or(1);
            let threshold = |rank: u32| selection.own[ids[rank as usize] as usize].unwrap_or(plain);
            places.sort_by_key(|&rank| std::cmp::Reverse(threshold(rank)));
        }
        let ids: Vec<u32> = places.iter().map(|&rank| ids[rank as usize]).collect();
        let checks = Checks::new(wanted, &ids, &selection.own, &selection.masks);
        let counts = ids.iter().map(|&id| selection.count(id)).collect();
        let in_order = places.is_sorted();
        ConstrainedSearch {
            selection,
            ranking: Ranking { ids, counts, branches: Branches::All },
            places,
            required,
            checks,
            in_order,
        }
    }

    /// The requested itemsets, in chunks. They are in the canonical order if
    /// [`is_in_order`](ConstrainedSearch::is_in_order).
    ///
    /// Itemsets in fewer than `min_count` baskets are left out. `new` makes the output of a chunk.
    pub(crate) fn run<'o>(
        &self,
        workers: Workers<'o>,
        predicate: Option<RankPredicate<'_>>,
        min_count: u32,
        budget: &'o Budget,
        new: impl Fn(Option<BlockSender<'o>>) -> SelectedOutput<'o> + Sync,
    ) -> Result<Vec<SelectedOutput<'o>>, Stopped> {
        // Nothing is added if the required items already reach the maximum length.
        let none = Ranking { ids: Vec::new(), counts: Vec::new(), branches: Branches::All };
        let ranking = if self.checks.required < self.checks.max_len { &self.ranking } else { &none };
        match &MiningDatabase::new(self.selection.rows(), ranking, workers) {
            MiningDatabase::U16(rows) => self.run_over(rows, workers, predicate, min_count, budget, new),
            MiningDatabase::U32(rows) => self.run_over(rows, workers, predicate, min_count, budget, new),
        }
    }

    /// Whether itemsets are found in the canonical order.
    pub(crate) fn is_in_order(&self) -> bool {
        self.in_order
    }

    fn run_over<'o, R: Rank>(
        &self,
        rows: &RankedRows<R>,
        workers: Workers<'o>,
        predicate: Option<RankPredicate<'_>>,
        min_count: u32,
        budget: &'o Budget,
        new: impl Fn(Option<BlockSender<'o>>) -> SelectedOutput<'o> + Sync,
    ) -> Result<Vec<SelectedOutput<'o>>, Stopped> {
        let control = workers.control();
        let index = VerticalIndex::new(rows, workers);
        control.keep_going()?;
        let least = self.selection.lowest().max(min_count);
        let pair_counts = PairCounts::new(rows, &index, least, workers);
        control.keep_going()?;
        let (index, pair_counts) = (&index, &pair_counts);
        let database = ConstrainedDatabase { search: self, rows, index, pair_counts, least, control };
        let costs = branch_costs(rows);
        let is_small = costs.iter().fold(0u64, |sum, &cost| sum.saturating_add(cost)) < MIN_SHARED;
        let workers = if workers.go_in_turn() && is_small { Workers::SEQUENTIAL.watching(control) } else { workers };
        run_splitting(
            workers,
            &costs,
            budget,
            |_, sender| new(sender),
            Scratch::new,
            |scratch, ranks, parts| database.search(ranks, scratch, predicate, parts),
            |_, never: Infallible, _| match never {},
        )
    }
}

/// The current itemset, by the items of its path.
struct Path<'a> {
    path: Vec<u32>,
    /// Scratch: the itemset with the required items, as ranks of the result.
    descending: Vec<u32>,
    search: &'a ConstrainedSearch<'a>,
    predicate: Option<RankPredicate<'a>>,
}

impl Path<'_> {
    /// The number of items of the itemset, including the required ones.
    #[inline(always)]
    fn len(&self) -> usize {
        self.search.checks.required + self.path.len()
    }

    /// Converts the itemset to the form of the result.
    fn write(&mut self) {
        let Path { path, descending, search, .. } = self;
        descending.clear();
        descending.extend(path.iter().map(|&rank| search.places[rank as usize]));
        if !search.in_order || !search.required.is_empty() {
            descending.extend_from_slice(&search.required);
            descending.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    /// Reports the required items alone.
    fn report_required(&mut self, out: &mut SelectedOutput<'_>) -> ControlFlow<()> {
        let checks = &self.search.checks;
        if checks.required > 0 && checks.required <= checks.max_len && self.is_allowed() {
            let (count, thresholds) = (self.search.selection.baskets, checks.start());
            self.report(count > 0 && checks.is_frequent(thresholds, checks.required, count), count, out)?;
        }
        ControlFlow::Continue(())
    }

    /// Whether the predicate allows the itemset and those below it.
    #[inline(always)]
    fn is_allowed(&mut self) -> bool {
        let Some(predicate) = self.predicate else { return true };
        self.write();
        predicate(&self.descending)
    }

    /// Passes the itemset to the output if it is requested.
    #[inline(always)]
    fn report(&mut self, is_frequent: bool, count: u32, out: &mut SelectedOutput<'_>) -> ControlFlow<()> {
        let checks = &self.search.checks;
        if !is_frequent || count < out.min_count || count > checks.max_count || self.len() < checks.min_len {
            return ControlFlow::Continue(());
        }
        self.write();
        out.keep(&self.descending, count)
    }
}

/// A worker's memory, kept from one item to the next.
struct Scratch<R> {
    isa: Isa,
    base: ConditionalBase<R>,
    projected: ProjectedRows<R>,
    columns: PathColumns,
}

impl<R: Rank> Scratch<R> {
    fn new() -> Self {
        Scratch {
            isa: Isa::detect(),
            base: ConditionalBase::default(),
            projected: ProjectedRows::default(),
            columns: PathColumns::default(),
        }
    }
}

/// What all workers read.
struct ConstrainedDatabase<'a, R> {
    search: &'a ConstrainedSearch<'a>,
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    pair_counts: &'a PairCounts<'a, R>,
    /// No itemset in fewer baskets is requested.
    least: u32,
    control: &'a Control,
}

impl<R: Rank> ConstrainedDatabase<'_, R> {
    /// Reports the itemsets whose paths start with one of `ranks`.
    fn search(
        &self,
        ranks: Range<usize>,
        scratch: &mut Scratch<R>,
        predicate: Option<RankPredicate<'_>>,
        parts: &mut ChunkOutput<'_, Infallible, SelectedOutput<'_>>,
    ) -> ControlFlow<()> {
        let checks = &self.search.checks;
        let mut path = Path { path: Vec::new(), descending: Vec::new(), search: self.search, predicate };
        if ranks.start == 0 {
            path.report_required(&mut parts.out)?;
        }
        // Without a predicate, items that the required items rule out are not in the rows.
        if checks.required > 0 && !path.is_allowed() {
            return ControlFlow::Continue(());
        }
        for rank in ranks {
            parts.reach(rank);
            parts.go_on()?;
            let out = &mut parts.out;
            let count = self.rows.counts[rank];
            let first = rank as u32;
            let lowest = checks.lowest(first);
            path.path.clear();
            path.path.push(first);
            path.write();
            out.reach(&path.descending);
            let len = path.len();
            if count < out.min_count.max(lowest.from(len))
                || checks.max_count < lowest.from(len)
                || len + rank < checks.min_len
                || !path.is_allowed()
            {
                continue;
            }
            let thresholds = checks.with(checks.start(), first);
            path.report(checks.is_frequent(thresholds, len, count), count, out)?;
            if len < checks.max_len && rank > 0 {
                let Scratch { isa, base, projected, columns } = scratch;
                let join = PathJoin::new(checks, lowest, out.min_count, len);
                base.frequent.clear();
                self.pair_counts.of(rank, projected, &mut base.frequent);
                base.frequent
                    .retain(|&(other, together)| together >= join.least && !checks.exclude_each_other(first, other));
                if !base.frequent.is_empty() && len + base.frequent.len() >= checks.min_len {
                    let each_row = |take: &mut dyn FnMut(&[R], u32)| match projected.is_empty() {
                        true => self.index.for_weighted_rows_of(first, self.rows, take),
                        false => projected.rows().for_each(|(row, weight)| take(row, weight)),
                    };
                    let goes_on = join.goes_on;
                    let (rows, index) = (self.rows, self.index);
                    let first = FirstItem { rank, count, thresholds, goes_on, rows, index };
                    columns.begin(*isa, first, base, each_row);
                    let mut weights = std::mem::take(&mut columns.weights);
                    let least = self.least.max(out.min_count);
                    let below = Below { columns, lowest, path: &mut path, control: self.control, out };
                    let done = weights.run(*isa, least, below);
                    columns.weights = weights;
                    done?;
                }
            }
            out.report()?;
        }
        ControlFlow::Continue(())
    }
}

/// Walks depth first through the itemsets below a first item.
struct Below<'a, 'p, 'o, 'r> {
    columns: &'a mut PathColumns,
    lowest: Lowest<'a>,
    path: &'a mut Path<'p>,
    control: &'a Control,
    out: &'o mut SelectedOutput<'r>,
}

impl Task for Below<'_, '_, '_, '_> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let Below { columns, lowest, path, control, out } = self;
        let checks = &path.search.checks;
        let mut poll = Poll::new(control);
        // Detects an explosion before walking through it.
        let foresees = out.counts_all() && checks.are_none() && path.predicate.is_none();
        while let Some(level) = columns.levels.last_mut() {
            poll.step(STEPS_PER_POLL)?;
            let item = level.next;
            level.next += 1;
            let level = *level;
            if item == level.width {
                columns.levels.pop();
                path.path.pop();
                continue;
            }
            let (rank, count) = (columns.ranks[level.items + item], columns.counts[level.items + item]);
            // The requirements may have risen since the level was made.
            if count < out.min_count || path.len() + 1 + item < checks.min_len {
                continue;
            }
            path.path.push(rank);
            let len = path.len();
            if !path.is_allowed() {
                path.path.pop();
                continue;
            }
            let thresholds = checks.with(level.thresholds, rank);
            if foresees && item > 0 && len >= checks.min_len {
                // If all items before it are in all baskets of the level, all their combinations have the same count.
                let before = &columns.counts[level.items..][..item];
                if before.iter().all(|&count| count == level.count) {
                    out.count_combinations(item, len)?;
                    path.path.pop();
                    continue;
                }
            }
            path.report(checks.is_frequent(thresholds, len, count), count, out)?;
            if item > 0 && len < checks.max_len {
                let join = PathJoin::new(checks, lowest, out.min_count, len);
                // Itemsets below have no larger count.
                if count >= join.least && join.least <= checks.max_count {
                    let below = columns.below(ops, level, item, join, thresholds);
                    if below.width > 0 && len + below.width >= checks.min_len {
                        columns.levels.push(below);
                        continue;
                    }
                }
            }
            path.path.pop();
        }
        ControlFlow::Continue(())
    }
}
