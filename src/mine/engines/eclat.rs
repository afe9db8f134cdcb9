//! Eclat: depth first over the vertical form of the data.
//!
//! Zaki, "Scalable algorithms for association mining", IEEE TKDE 2000. The baskets of an itemset are the intersection
//! of those of its subsets, so a search that goes from an itemset to its extensions only intersects. For each item a
//! conditional database of bit columns is made: from the items' own bitsets if those are dense, otherwise from the rows
//! of its baskets, which costs a step per entry instead of one per word.

use std::ops::ControlFlow;

use crate::bitset::Isa;
use crate::call::control::Stopped;
use crate::mine::columns::descent::SearchNode;
use crate::mine::columns::load::is_compressing_faster;
use crate::mine::columns::{ColumnSearch, Prefix};
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::counters::COUNTERS_PER_STEP;
use crate::mine::database::pair_counts::{PairCounts, ProjectedRows};
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::budget::Budget;
use crate::mine::output::tally::Tally;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::parallel::chunks::branch_costs;
use crate::mine::parallel::splitting::{ChunkOutput, run_splitting};
use crate::mine::query::bounds::Bounds;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// All frequent itemsets of the rows, in pieces in the canonical order.
pub(crate) fn mine<R: Rank, B: TreeOutput>(
    rows: &RankedRows<R>,
    bounds: Bounds,
    workers: Workers,
) -> Result<Vec<B>, Stopped> {
    if bounds.max_len == 1 {
        return report_singles(rows, bounds).map(|out| vec![out]);
    }
    let index = VerticalIndex::of_searched(rows, workers);
    workers.control().skip(0.05);
    // Each step of the preparation may take some ten milliseconds.
    workers.control().keep_going()?;
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    workers.control().keep_going()?;
    workers.control().skip(0.15);
    EclatDatabase::new(rows, &index, &pair_counts, bounds).mine(1, workers)
}

/// Reports the single items alone.
fn report_singles<R: Rank, B: TreeOutput>(rows: &RankedRows<R>, bounds: Bounds) -> Result<B, Stopped> {
    let mut out = B::new(bounds);
    let searched = (0..).zip(&rows.counts).filter(|&(rank, _)| rows.branches().contains(rank as usize));
    let reported = searched.into_iter().try_for_each(|(rank, &count)| out.leaf(rank, count));
    reported.is_continue().then_some(out).ok_or(Stopped::OverBudget)
}

/// What all workers read.
pub(crate) struct EclatDatabase<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    pair_counts: &'a PairCounts<'a, R>,
    /// How many of the first ranks all have bitsets.
    dense: usize,
    bounds: Bounds,
}

/// A worker's memory, kept from one item to the next.
pub(crate) struct EclatScratch<R> {
    pub(crate) isa: Isa,
    base: ConditionalBase<R>,
    pub(crate) search: ColumnSearch,
    pub(crate) projected: ProjectedRows<R>,
}

impl<R: Rank> EclatScratch<R> {
    pub(crate) fn new() -> Self {
        EclatScratch {
            isa: Isa::detect(),
            base: ConditionalBase::default(),
            search: ColumnSearch::default(),
            projected: ProjectedRows::default(),
        }
    }
}

impl<'a, R: Rank> EclatDatabase<'a, R> {
    pub(crate) fn new(
        rows: &'a RankedRows<R>,
        index: &'a VerticalIndex,
        pair_counts: &'a PairCounts<'a, R>,
        bounds: Bounds,
    ) -> Self {
        EclatDatabase { rows, index, pair_counts, dense: index.dense(), bounds }
    }

    /// The frequent items.
    pub(crate) fn items(&self) -> usize {
        self.rows.items()
    }

    /// Loads the conditional database of an item, from which a caller may go down.
    pub(crate) fn enter(&self, rank: usize, scratch: &mut EclatScratch<R>) -> SearchNode {
        let prefix = self.open::<Tally>(rank, self.bounds.min_count, scratch);
        scratch.search.top(prefix)
    }

    /// About how many nanoseconds [`enter`](EclatDatabase::enter) takes.
    pub(crate) fn cost_of_opening(&self, rank: usize) -> u64 {
        let steps = self.rows.steps_through(self.index.set(rank as u32).count());
        (steps + rank / COUNTERS_PER_STEP) as u64
    }

    /// The itemsets of one first-level branch out of `every`, in pieces in the canonical order.
    pub(crate) fn mine<B: TreeOutput>(&self, every: usize, workers: Workers) -> Result<Vec<B>, Stopped> {
        let is_searched = |rank: &usize| rank % every == every / 2;
        let mut costs = branch_costs(self.rows);
        (0..).zip(&mut costs).filter(|(rank, _)| !is_searched(rank)).for_each(|(_, cost)| *cost = 0);
        run_splitting(
            workers,
            &costs,
            &Budget::of_itemsets(self.bounds.most),
            |depth, _| B::below(depth, self.bounds),
            EclatScratch::new,
            |scratch, ranks, parts| {
                let mut searched = ranks.filter(is_searched);
                searched.try_for_each(|rank| self.search(rank, scratch, parts))
            },
            |scratch, mut rest: ColumnSearch, parts| rest.resume(scratch.isa, self.bounds, parts),
        )
    }

    /// Reports the itemsets of a rank's branch, if that is searched.
    fn search<B: TreeOutput>(
        &self,
        rank: usize,
        scratch: &mut EclatScratch<R>,
        parts: &mut ChunkOutput<'_, ColumnSearch, B>,
    ) -> ControlFlow<()> {
        if !self.rows.branches().contains(rank) {
            return ControlFlow::Continue(());
        }
        parts.reach(rank);
        let min_count = parts.out.min_count(self.bounds);
        if B::RISES && self.rows.counts[rank] < min_count {
            return ControlFlow::Continue(());
        }
        let prefix = self.open::<B>(rank, min_count, scratch);
        scratch.search.run(scratch.isa, self.bounds, prefix, parts)?;
        parts.end_branch()
    }

    /// Loads the conditional database of an item into the search, for a kind of branch.
    #[inline(always)]
    fn open<B: TreeOutput>(&self, rank: usize, min_count: u32, scratch: &mut EclatScratch<R>) -> Prefix {
        let EclatScratch { isa, base, search, projected } = scratch;
        let count = self.rows.counts[rank];
        base.frequent.clear();
        self.pair_counts.of(rank, projected, &mut base.frequent);
        let all = base.frequent.len();
        if B::RISES {
            base.frequent.retain(|&(_, together)| together >= min_count);
        }
        if !B::LISTS {
            base.frequent.retain(|&(_, together)| together != count);
        }
        let rank = rank as u32;
        let prefix = Prefix { rank, count, len: 1, perfect: all - base.frequent.len() };
        if base.frequent.len() <= 1 || self.bounds.max_len == 2 {
            // The counts are known, and nothing below is needed: there are no columns.
            search.begin(0);
            for &(partner, together) in &base.frequent {
                search.add_item(partner, together);
            }
        } else if !self.pack(rank, *isa, base, search) {
            base.begin(self.rows.items(), self.rows.are_heavy());
            if projected.is_empty() {
                self.index.for_weighted_rows_of(rank, self.rows, |row, weight| base.add_weighted(row, weight));
            } else {
                projected.rows().for_each(|(row, weight)| base.add_weighted(row, weight));
            }
            base.finish();
            search.load(base, |item| item);
        }
        prefix
    }

    /// Makes the database of an item by compressing the bitsets of its partners to its baskets, if that is cheaper than
    /// going through the rows.
    fn pack(&self, rank: u32, isa: Isa, base: &ConditionalBase<R>, search: &mut ColumnSearch) -> bool {
        let set = self.index.set(rank);
        let Some(words) = set.words().filter(|_| (rank as usize) < self.dense) else { return false };
        if !is_compressing_faster(base.frequent.len(), words.len(), self.rows.steps_through(set.count())) {
            return false;
        }
        // All ranks before one of the first dense ones are dense too.
        let columns = base
            .frequent
            .iter()
            .map(|&(partner, together)| (partner, together, self.index.set(partner).words().unwrap_or(&[])));
        search.pack(isa, set.count() as usize, self.rows.weights(), words, columns);
        true
    }
}
