//! Searches for some of the frequent itemsets: the closed ones, the maximal ones, the generators.
//!
//! All go depth first over bit columns, as Eclat does, but prune what cannot hold an itemset of their kind. Whether an itemset is
//! closed or maximal depends on items that its path passed over, rarer ones too; so an item's
//! conditional database here has columns for the items on both sides of it in the order, and branches need nothing of each other.

mod closed;
mod closed_stack;
mod coverage;
mod database;
mod first_items;
mod generators;
mod maximal;
mod pair_index;

use std::ops::{ControlFlow, Range};

use super::database::conditional_base::ConditionalBase;
use super::database::pair_counts::{PairCounts, ProjectedRows};
use super::database::vertical_index::VerticalIndex;
use super::output::budget::{Budget, BudgetShare};
use super::parallel::chunks::{branch_costs, run_in_chunks};
use super::query::bounds::{Bounds, Stopped};
use super::query::target::Target;
use crate::bitset::Isa;
use crate::call::control::Control;
use crate::call::meter::{Meter, SEARCH};
use crate::mine::output::itemset_output::ItemsetOutput;
use crate::mine::targets::pair_index::PairIndex;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};
use closed::Closed;
use database::{Rarer, TwoSidedColumns, TwoSidedDatabases};
use generators::Generators;
use maximal::Maximal;

/// Items that a search goes through before it looks whether the call is to end.
const STEPS_PER_POLL: u32 = 64;

/// A search below single items, with its memory.
trait Search: Default {
    /// What it needs to know of rarer items.
    const RARER: Rarer;

    /// Reports the itemsets whose rarest item is the one of `columns`, that item's database.
    fn run<R: Rank, K: ItemsetOutput>(
        &mut self,
        isa: Isa,
        columns: &mut TwoSidedColumns,
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
    /// The rows of the item's database, where it was made from rows.
    base: &'a ConditionalBase<R>,
    /// All baskets.
    baskets: u32,
    control: &'a Control,
}

impl<R> Clone for Data<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Data<'_, R> {}

/// The itemsets of the target, in pieces in the canonical order.
pub(crate) fn mine<R: Rank, K: ItemsetOutput>(
    rows: &RankedRows<R>,
    baskets: u32,
    target: Target,
    bounds: Bounds,
    workers: Workers,
) -> Result<Vec<K>, Stopped> {
    match target {
        // All are what the engines are for.
        Target::All | Target::Closed => mine_by::<R, Closed, K>(rows, baskets, bounds, workers),
        Target::Maximal => mine_by::<R, Maximal, K>(rows, baskets, bounds, workers),
        Target::Generators => mine_by::<R, Generators, K>(rows, baskets, bounds, workers),
    }
}

/// A worker's memory, kept from one item to the next.
struct Scratch<R, S> {
    isa: Isa,
    base: ConditionalBase<R>,
    projected: ProjectedRows<R>,
    columns: TwoSidedColumns,
    search: S,
}

fn mine_by<R: Rank, S: Search, K: ItemsetOutput>(
    rows: &RankedRows<R>,
    baskets: u32,
    bounds: Bounds,
    workers: Workers,
) -> Result<Vec<K>, Stopped> {
    let index = VerticalIndex::new(rows, workers);
    workers.control().skip(0.05);
    // Each step of the preparation may take some ten milliseconds.
    if workers.should_stop() {
        return Err(Stopped);
    }
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    if workers.should_stop() {
        return Err(Stopped);
    }
    let pair_index = PairIndex::new(rows, &pair_counts, workers);
    workers.control().skip(0.15);
    let database = TwoSidedDatabases::new(rows, &index, &pair_index);
    let scratch = || Scratch {
        isa: Isa::detect(),
        base: ConditionalBase::default(),
        projected: ProjectedRows::default(),
        columns: TwoSidedColumns::default(),
        search: S::default(),
    };
    let costs = branch_costs(rows);
    let meter = Meter::new(workers.control(), SEARCH, &costs);
    let held = Budget::new(bounds.most);
    let search = |scratch: &mut Scratch<R, S>, ranks: Range<usize>| {
        let mut out = K::new(bounds);
        let mut share = BudgetShare::new(&held);
        let Scratch { isa, base, projected, columns, search } = scratch;
        for rank in ranks {
            if workers.should_stop() || share.tell(out.held()).is_break() {
                return None;
            }
            if database.load(rank, *isa, base, projected, columns, S::RARER) {
                search
                    .run(
                        *isa,
                        columns,
                        Data { rows, index: &index, base, baskets, control: workers.control() },
                        bounds,
                        &mut out,
                    )
                    .is_continue()
                    .then_some(())?;
            }
            meter.add(rank..rank + 1);
        }
        out.finish();
        share.end(out.held());
        Some(out)
    };
    let done = run_in_chunks(workers, &costs, scratch, |scratch, ranks| {
        let found = search(scratch, ranks);
        if found.is_none() {
            held.give_up();
        }
        found
    });
    // The last pieces may have been complete before they told.
    done.into_iter().collect::<Option<_>>().filter(|_| !held.is_full()).ok_or(Stopped)
}
