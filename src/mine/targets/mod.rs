//! Searches for closed, maximal and generator itemsets.
//!
//! In come ranked rows, bounds and workers; out go filled outputs, in the canonical order. The searches know neither
//! labels nor what an output does.
//!
//! All go depth first over bit columns, as Eclat does, but prune branches that cannot contain an itemset of their kind.
//! Whether an itemset is closed or maximal also depends on rarer items that its path passed over. So the conditional
//! database of an item has columns for the items on both sides of it, and branches need nothing from each other.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the driver that the three searches share |
//! | `database` | the conditional database of an item, with the items on both sides |
//! | `pair_index` | which items are frequent together with one item, rarer ones included |
//! | `closed` | the walk for closed itemsets |
//! | `closed_stack` | its stack: closures, and what extends them |
//! | `coverage` | whether an item that was passed over is in all baskets of an itemset |
//! | `first_items` | the closed itemsets among the first items of a level |
//! | `maximal` | the walk for maximal itemsets, on the same stack |
//! | `blocked` | whether an item that was passed over is frequent together with an itemset |
//! | `generators` | the walk for generators |
//! | `sifted` | the itemsets of a target out of all frequent ones, where those are few: without a walk of their own |

mod blocked;
mod closed;
mod closed_stack;
mod coverage;
mod database;
mod first_items;
mod generators;
mod maximal;
mod pair_index;
mod sifted;

use std::convert::Infallible;
use std::ops::ControlFlow;

use super::database::conditional_base::ConditionalBase;
use super::database::pair_counts::{PairCounts, ProjectedRows};
use super::database::vertical_index::VerticalIndex;
use super::output::budget::{Budget, BudgetShare};
use super::output::hand_over::BlockSender;
use super::output::itemset_output::{ItemsetOutput, ItemsetReceiver, ListingOutput, Receiver};
use super::parallel::chunks::branch_costs;
use super::parallel::splitting::run_splitting;
use super::query::bounds::Bounds;
use super::query::target::Condensed;
use crate::bitset::Isa;
use crate::call::control::{Control, Stopped};
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};
use closed::Closed;
use database::{Rarer, TwoSidedColumns, TwoSidedDatabases};
use generators::Generators;
use maximal::Maximal;
use pair_index::PairIndex;

/// Items between two checks whether the call should stop.
const STEPS_PER_POLL: u32 = 64;

/// A search below single items, with its memory.
trait Search: Default {
    /// What it needs to know about rarer items.
    const RARER: Rarer;

    /// Reports the itemsets whose rarest item is the one of `columns`, that item's database.
    fn run<R: Rank, K: ItemsetReceiver>(
        &mut self,
        isa: Isa,
        columns: &mut TwoSidedColumns<'_, R>,
        data: Data<'_, R>,
        bounds: Bounds,
        out: &mut K,
    ) -> ControlFlow<()>;
}

/// What a search below an item reads.
#[derive(Debug)]
struct Data<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    /// The number of baskets.
    baskets: u32,
    control: &'a Control,
}

impl<R> Clone for Data<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Data<'_, R> {}

/// The itemsets of a target, in chunks in the canonical order. `baskets` is the number of all baskets; `new` makes the
/// output of a chunk.
pub(crate) fn mine<'a, R: Rank, K: ItemsetOutput>(
    rows: &RankedRows<R>,
    baskets: u32,
    target: Condensed,
    bounds: Bounds,
    budget: &'a Budget,
    new: impl Fn(Option<BlockSender<'a>>) -> K + Sync,
    workers: Workers<'a>,
) -> Result<Vec<K>, Stopped> {
    match target {
        Condensed::Closed => mine_by::<R, Closed, K>(rows, baskets, target, bounds, budget, new, workers),
        Condensed::Maximal => mine_by::<R, Maximal, K>(rows, baskets, target, bounds, budget, new, workers),
        Condensed::Generators => mine_by::<R, Generators, K>(rows, baskets, target, bounds, budget, new, workers),
    }
}

/// A list that reports to the shared budget how much it holds: below one item there may be more than all may hold.
struct Reporting<'a, 'b> {
    list: &'a mut dyn ListingOutput,
    share: &'a mut BudgetShare<'b>,
    kept: u32,
}

/// Itemsets between two reports to the budget.
const KEPT_PER_REPORT: u32 = 1 << 10;

impl ListingOutput for Reporting<'_, '_> {
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        self.list.keep(descending, count)?;
        self.kept = self.kept.wrapping_add(1);
        if self.kept.is_multiple_of(KEPT_PER_REPORT) {
            return self.share.report(self.list.held());
        }
        ControlFlow::Continue(())
    }

    fn held(&self) -> usize {
        self.list.held()
    }

    fn is_ordered(&self) -> bool {
        self.list.is_ordered()
    }

    fn accepts(&self, descending: &[u32], count: u32) -> bool {
        self.list.accepts(descending, count)
    }

    fn has_room(&self, itemsets: usize, items: usize) -> bool {
        self.list.has_room(itemsets, items)
    }
}

/// A worker's memory, kept from one item to the next.
struct Scratch<'a, R, S> {
    isa: Isa,
    base: ConditionalBase<R>,
    projected: ProjectedRows<R>,
    columns: TwoSidedColumns<'a, R>,
    search: S,
}

fn mine_by<'a, R: Rank, S: Search, K: ItemsetOutput>(
    rows: &RankedRows<R>,
    baskets: u32,
    target: Condensed,
    bounds: Bounds,
    budget: &'a Budget,
    new: impl Fn(Option<BlockSender<'a>>) -> K + Sync,
    workers: Workers<'a>,
) -> Result<Vec<K>, Stopped> {
    let control = workers.control();
    let index = VerticalIndex::new(rows, workers);
    control.skip(0.05);
    // Each step of the preparation may take some ten milliseconds.
    control.keep_going()?;
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    control.keep_going()?;
    let data = Data { rows, index: &index, baskets, control };
    if let Some(found) = sifted::mine(data, &pair_counts, target, bounds, budget, &new, workers)? {
        return Ok(found);
    }
    let pair_index = PairIndex::new(rows, &pair_counts, workers);
    control.skip(0.15);
    let database = TwoSidedDatabases::new(rows, &index, &pair_index);
    let scratch = || Scratch {
        isa: Isa::detect(),
        base: ConditionalBase::default(),
        projected: ProjectedRows::default(),
        columns: TwoSidedColumns::default(),
        search: S::default(),
    };
    run_splitting(
        workers,
        &branch_costs(rows),
        budget,
        |_, sender| new(sender),
        scratch,
        |Scratch { isa, base, projected, columns, search }: &mut Scratch<'_, R, S>, ranks, parts| {
            for rank in ranks.filter(|&rank| rows.branches().contains(rank)) {
                parts.reach(rank);
                parts.go_on()?;
                if database.load(rank, *isa, base, projected, columns, S::RARER) {
                    match parts.out.receiver() {
                        Receiver::List(list) => {
                            let mut list = Reporting { list, share: &mut parts.donor.share, kept: 0 };
                            search.run(*isa, columns, data, bounds, &mut (&mut list as &mut dyn ListingOutput))?;
                        }
                        Receiver::Count(mut tally) => search.run(*isa, columns, data, bounds, &mut tally)?,
                    }
                }
            }
            ControlFlow::Continue(())
        },
        |_, never: Infallible, _| match never {},
    )
}
