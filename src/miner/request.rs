//! A request for some of the itemsets, resolved at a threshold, and the search for them.

use std::hash::Hash;
use std::sync::Arc;

use super::call::{Call, FIRST_ATTEMPT_ITEMSETS};
use super::limits::bytes_of_sets;
use crate::call::control::Stopped;
use crate::constraints::Constraints;
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems, ItemsetList, Trie};
use crate::mine::constrained::filter::ItemsetFilter;
use crate::mine::constrained::search::{ConstrainedSearch, RankPredicate};
use crate::mine::constrained::selection::{ResolvedConstraints, SelectedBaskets};
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::output::selected::{Filter, Purpose, SelectedOutput};
use crate::mine::query::bounds::Bounds;
use crate::mine::query::target::{Condensed, Target};
use crate::mine::report::statistics::Statistics;
use crate::mine::run::PreparedRows;
use crate::threads::ordered::BlockSink;
use crate::threads::workers::Workers;
use crate::transactions::{Branches, Ranking, as_u32};

/// The most bytes of a list that is made without being counted first.
const FIRST_ATTEMPT_BYTES: u64 = 1 << 29;

/// Which itemsets are requested.
pub(super) struct Request<'a, T> {
    pub(super) target: Target,
    pub(super) constraints: &'a Constraints<T>,
    pub(super) min_len: usize,
}

/// The baskets that can contain requested itemsets at a threshold.
#[derive(Clone, Copy)]
pub(super) struct Selected<'v> {
    wanted: &'v ResolvedConstraints,
    /// What was asked, with the thresholds of the baskets that were given.
    pub(super) asked: &'v ResolvedConstraints,
    pub(super) baskets: &'v SelectedBaskets<'v>,
}

/// A request at the threshold of a call.
pub(super) struct Resolved<'v, T> {
    pub(super) items: Arc<FrequentItems<T>>,
    pub(super) asked: &'v ResolvedConstraints,
    pub(super) baskets: &'v SelectedBaskets<'v>,
    kind: Kind<'v>,
    pub(super) predicate: Option<RankPredicate<'v>>,
}

enum Kind<'v> {
    All(ConstrainedSearch<'v>),
    Condensed { target: Condensed, rows: PreparedRows, bounds: Bounds, filter: Option<ItemsetFilter<'v>> },
}

/// The order in which items are searched, and which of them are searched.
#[derive(Clone, Copy, Debug)]
pub(super) struct SearchOrder {
    /// Only items in at least this many baskets.
    pub(super) min_count: u32,
    /// Whether itemsets must be found in the canonical order.
    pub(super) in_order: bool,
}

impl SearchOrder {
    /// All items, in the fastest order.
    pub(super) const ANY: SearchOrder = SearchOrder { min_count: 1, in_order: false };
    pub(super) const CANONICAL: SearchOrder = SearchOrder { min_count: 1, in_order: true };

    /// Only itemsets in at least `count` baskets.
    pub(super) fn of_count(count: u64) -> Self {
        SearchOrder { min_count: as_u32(count), in_order: false }
    }
}

impl<T: Ord + Hash + Send + Sync> Request<'_, T> {
    /// Resolves the constraints at the threshold of a call and selects the baskets that can contain requested itemsets.
    /// `run` receives `None` if none can.
    pub(super) fn select<R>(
        &self,
        call: &Call<'_, T>,
        run: impl FnOnce(Option<Selected<'_>>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let transactions = call.transactions;
        // A threshold beyond the number of baskets would be cut to what a u32 numbers.
        if call.min_count > transactions.len() as u64 && !self.constraints.has_thresholds() {
            return run(None);
        }
        let min_count = call.given_count(call.min_count);
        let Some(asked) = self.constraints.resolve(call.given(), min_count, call.settings.max_len)? else {
            return run(None);
        };
        let asked = ResolvedConstraints { min_len: asked.min_len.max(self.min_len), ..asked };
        let scaled = call.exactly().map(|exactly| asked.scaled(|min_count| exactly.scaled(min_count)));
        let wanted = scaled.as_ref().unwrap_or(&asked);
        let (rows, counts, control) = (transactions.rows(), transactions.counts(), call.control);
        let baskets = match self.target.condensed() {
            None => SelectedBaskets::new(rows, counts, wanted, control),
            // A superset of the required items is closed, or maximal, among the baskets that contain them if it is so
            // among all baskets. A generator's subsets need not contain them.
            Some(target) => {
                let only_with_required = target != Condensed::Generators;
                SelectedBaskets::for_target(rows, counts, wanted, only_with_required, control)
            }
        };
        control.check()?;
        run(baskets.as_ref().map(|baskets| Selected { wanted, asked: &asked, baskets }))
    }

    /// Prepares the search among selected baskets. `run` receives `None` if nothing can be found.
    pub(super) fn prepare<R>(
        &self,
        call: &Call<'_, T>,
        Selected { wanted, asked, baskets }: Selected<'_>,
        order: SearchOrder,
        run: impl FnOnce(Option<&Resolved<'_, T>>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let ranking = Ranking::of(call.transactions, baskets.items(order.min_count));
        let items = Arc::new(FrequentItems::new(call.transactions, &ranking.ids));
        let asks = label_predicate(&items, self.constraints);
        let predicate: Option<RankPredicate<'_>> =
            if self.constraints.predicates().is_empty() { None } else { Some(&asks) };
        let kind = match self.target.condensed() {
            None => Kind::All(ConstrainedSearch::new(baskets, &ranking, order.in_order)),
            Some(target) => {
                let counts: Vec<u32> = ranking.ids.iter().map(|&id| baskets.count(id)).collect();
                let lowest = baskets.lowest().max(order.min_count);
                // `ids` has the required items even if they are infrequent; then no itemset has all of them.
                if counts.iter().any(|&count| count < lowest) {
                    return run(None);
                }
                let rows = call.settings.run.on_threads(call.control, |workers| {
                    let ranking = Ranking { ids: ranking.ids.clone(), counts, branches: Branches::All };
                    PreparedRows::new(baskets.rows(), &ranking, workers)
                })?;
                // Lengths select among the itemsets of a target. Subsets of generators are generators, so there the
                // length bounds the search.
                let max_len = if target == Condensed::Generators { wanted.max_len } else { usize::MAX };
                let bounds = Bounds { min_count: lowest, max_len, ..call.bounds(call.min_count) };
                let filters = !self.constraints.is_empty() || wanted.min_len > 1 || wanted.max_len < usize::MAX;
                let filter = filters.then(|| ItemsetFilter::new(wanted, &ranking.ids, predicate));
                // Which are maximal is only known when all are counted.
                let (target, filter) = match (target, call.exactly()) {
                    (Condensed::Maximal, Some(_)) => (Condensed::Closed, None),
                    _ => (target, filter),
                };
                Kind::Condensed { target, rows, bounds, filter }
            }
        };
        run(Some(&Resolved { items: Arc::clone(&items), asked, baskets, kind, predicate }))
    }

    /// [`select`](Request::select) and [`prepare`](Request::prepare) in one.
    pub(super) fn resolve<R>(
        &self,
        call: &Call<'_, T>,
        order: SearchOrder,
        run: impl FnOnce(Option<&Resolved<'_, T>>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.select(call, |selected| match selected {
            None => run(None),
            Some(selected) => self.prepare(call, selected, order, run),
        })
    }

    /// [`resolve`](Request::resolve), together with the size that a list may have. An error if the baskets of the items
    /// alone take more memory than the limit.
    pub(super) fn resolve_within<R>(
        &self,
        call: &Call<'_, T>,
        order: SearchOrder,
        run: impl FnOnce(Option<(&Resolved<'_, T>, Size)>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.resolve(call, order, |resolved| match resolved {
            None => run(None),
            Some(resolved) => match resolved.list_size(call, &resolved.baskets.falling_counts()) {
                Some(most) => run(Some((resolved, most))),
                None => Err(self.too_many(call)?),
            },
        })
    }

    /// All requested itemsets, as a list in the canonical order, if they are within the limits.
    pub(super) fn list(&self, call: &Call<'_, T>) -> Result<ItemsetList<T>, Error> {
        self.resolve_within(call, SearchOrder::ANY, |resolved| {
            let Some((resolved, most)) = resolved else { return Ok(self.nothing(call)) };
            let first = Size {
                itemsets: most.itemsets.min(FIRST_ATTEMPT_ITEMSETS as u64),
                bytes: most.bytes.min(FIRST_ATTEMPT_BYTES),
            };
            let mut list = resolved.list(call, first)?;
            if list.is_none() && most != first {
                // Many itemsets are counted before they are listed, which takes no memory.
                if let Some(size) = resolved.size(call, most)? {
                    FlatItemsets::check_room(size.bytes)?;
                    list = resolved.list(call, most)?;
                }
            }
            match list {
                Some(list) => match call.exactly() {
                    None => Ok(self.result(call, &resolved.items, list, call.min_count, resolved.threads(call))),
                    Some(exactly) => exactly.list(self, call, resolved, list),
                },
                None => Err(self.too_many(call)?),
            }
        })
    }

    /// The error if a list would exceed what may be held.
    pub(super) fn too_many(&self, call: &Call<'_, T>) -> Result<Error, Error> {
        let Some((most, limit)) = call.list_room(call.min_count).filter(|&(most, _)| most <= u64::from(u32::MAX))
        else {
            return Ok(Trie::too_many());
        };
        let count = |call: &Call<'_, T>| {
            self.resolve(call, SearchOrder::ANY, |resolved| {
                let Some(resolved) = resolved else { return Ok(Some(0)) };
                let Some(most) = resolved.list_size(call, &resolved.baskets.falling_counts()) else { return Ok(None) };
                Ok(resolved.size(call, most)?.map(|size| size.itemsets))
            })
        };
        // At this threshold, only items and lengths with thresholds of the constraints can be frequent.
        let Some(itemsets) = count(&call.at(call.above_all()))? else {
            let what =
                "itemsets, whatever the minimum support: raise the thresholds of items and lengths, or the limit";
            return Ok(Error::too_large(what, most));
        };
        let suggestion = call.suggest(itemsets, count)?;
        Ok(call.limit_reached(limit, suggestion))
    }

    /// An empty result.
    pub(super) fn nothing(&self, call: &Call<'_, T>) -> ItemsetList<T> {
        let items = Arc::new(call.no_items());
        let min_count = call.given_count(call.min_count);
        self.result(call, &items, FlatItemsets::default(), min_count, call.settings.run.pool.workers())
    }

    pub(super) fn result(
        &self,
        call: &Call<'_, T>,
        items: &Arc<FrequentItems<T>>,
        list: FlatItemsets,
        min_count: u64,
        threads: usize,
    ) -> ItemsetList<T> {
        let statistics = Statistics { threads, ..call.eclat_statistics() };
        ItemsetList::new(Arc::clone(items), list, CountTable::default(), call.baskets(), min_count, statistics)
    }
}

impl<T: Send + Sync> Resolved<'_, T> {
    /// Runs the search. `None` if it is stopped by its budget or its sink.
    pub(super) fn run<'o>(
        &'o self,
        call: &Call<'o, T>,
        purpose: Purpose<'o>,
        min_count: u32,
        budget: &'o Budget,
        sink: Option<&'o dyn BlockSink>,
    ) -> Result<Option<Vec<SelectedOutput<'o>>>, Error> {
        let (control, kind, predicate) = (call.control, &self.kind, self.predicate);
        let found = call.settings.run.pool.run(|workers| {
            let workers = workers.watching(control);
            let workers = match sink {
                Some(sink) => workers.with_sink(sink),
                None => workers,
            };
            search(kind, predicate, purpose, min_count, budget, workers)
        })?;
        control.check()?;
        Ok(found.ok())
    }

    /// The same, on the calling thread only.
    pub(super) fn run_here<'o>(
        &'o self,
        call: &Call<'o, T>,
        purpose: Purpose<'o>,
        min_count: u32,
        budget: &'o Budget,
    ) -> Result<Option<Vec<SelectedOutput<'o>>>, Error> {
        let workers = Workers::SEQUENTIAL.watching(call.control);
        let found = search(&self.kind, self.predicate, purpose, min_count, budget, workers);
        call.control.check()?;
        Ok(found.ok())
    }

    /// The requested itemsets. `None` if they exceed `most`.
    pub(super) fn list(&self, call: &Call<'_, T>, most: Size) -> Result<Option<FlatItemsets>, Error> {
        let budget = Budget::new(most);
        let outputs = self.run(call, Purpose::List, 1, &budget, None)?;
        Ok(outputs.map(|outputs| {
            let list = FlatItemsets::join(outputs.into_iter().map(SelectedOutput::into_list).collect());
            if self.is_in_order() { list } else { list.sorted() }
        }))
    }

    /// The size of the requested itemsets. `None` if it exceeds `most`.
    pub(super) fn size(&self, call: &Call<'_, T>, most: Size) -> Result<Option<Size>, Error> {
        let budget = Budget::new(most);
        let fits = self.run(call, Purpose::Count, 1, &budget, None)?.is_some();
        Ok(fits.then(|| budget.found()))
    }

    /// The largest list, if items with these counts in the selected baskets are searched. `None` if those already take
    /// too much memory.
    pub(super) fn list_size(&self, call: &Call<'_, T>, counts: &[u32]) -> Option<Size> {
        let baskets = self.baskets.baskets().into();
        call.list_size(bytes_of_sets(call.transactions, counts.iter().copied().map(u64::from), baskets))
    }

    /// Whether a list is in the canonical order.
    pub(super) fn is_in_order(&self) -> bool {
        match &self.kind {
            Kind::All(search) => search.is_in_order(),
            Kind::Condensed { .. } => true,
        }
    }

    /// Whether itemsets are found in the canonical order. The maximal ones are only put into it.
    pub(super) fn finds_in_order(&self) -> bool {
        self.is_in_order() && !matches!(self.kind, Kind::Condensed { target: Condensed::Maximal, .. })
    }

    pub(super) fn threads(&self, call: &Call<'_, T>) -> usize {
        call.settings.run.pool.workers()
    }
}

// Compiled with this crate, not again for every label type.
fn search<'o>(
    kind: &'o Kind<'o>,
    predicate: Option<RankPredicate<'o>>,
    purpose: Purpose<'o>,
    min_count: u32,
    budget: &'o Budget,
    workers: Workers<'o>,
) -> Result<Vec<SelectedOutput<'o>>, Stopped> {
    match kind {
        Kind::All(search) => {
            let new = |sender| SelectedOutput::new(purpose, None, budget, sender);
            // The most frequent items have the best itemsets, and with those fewer of the others are looked at.
            let workers = if matches!(purpose, Purpose::Best(_)) { workers.in_turn() } else { workers };
            search.run(workers, predicate, min_count, budget, new)
        }
        Kind::Condensed { target, rows, bounds, filter } => {
            let filter = filter.as_ref().map(|filter| filter as &dyn Filter);
            let new = |sender| SelectedOutput::new(purpose, filter, budget, sender);
            let bounds = Bounds { min_count: bounds.min_count.max(min_count), ..*bounds };
            rows.find_condensed(*target, bounds, budget, new, workers)
        }
    }
}

/// Applies the predicates to an itemset given by its ranks.
fn label_predicate<T>(items: &FrequentItems<T>, constraints: &Constraints<T>) -> impl Fn(&[u32]) -> bool {
    |ranks| {
        let mut ranks = ranks.to_vec();
        items.sort_by_label(&mut ranks);
        let labels: Vec<&T> = ranks.iter().map(|&rank| items.label(rank)).collect();
        constraints.predicates().iter().all(|predicate| predicate(&labels))
    }
}
