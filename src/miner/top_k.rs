//! The best itemsets by support, without a threshold.

use std::hash::Hash;
use std::sync::Arc;

use super::call::Call;
use super::request::{Request, SearchOrder, number};
use crate::error::{Error, ErrorKind};
use crate::itemsets::ItemsetList;
use crate::limit::Limit;
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::output::selected::{Purpose, SelectedOutput};
use crate::mine::query::target::Target;
use crate::mine::report::partial::Partial;

/// The number of items that the search for the best starts with. They are the most frequent ones, and the best itemsets
/// of them give a threshold for all.
const FIRST_ITEMS: usize = 32;

/// The factor by which the number of items grows from one attempt to the next: the first if the attempt found enough
/// itemsets, the second if not. A known threshold can require fewer.
const MORE_ITEMS: usize = 16;
const SOME_MORE_ITEMS: usize = 4;

impl<T: Ord + Hash + Send + Sync> Request<'_, T> {
    /// The `k` requested itemsets with the highest counts, the best first.
    pub(super) fn best(&self, call: &Call<'_, T>, k: usize) -> Result<ItemsetList<T>, Error> {
        match self.target {
            Target::All => self.best_of_all(&call.at(1), k),
            // Whether an itemset is maximal depends on the threshold.
            Target::Maximal => self.best_from(call, k, 1),
            Target::Closed | Target::Generators => self.best_of_target(&call.at(1), k),
        }
    }

    /// The threshold rises as the best itemsets so far improve, from the most frequent items to the rare ones.
    fn best_of_all(&self, call: &Call<'_, T>, k: usize) -> Result<ItemsetList<T>, Error> {
        self.select(call, |selected| {
            let Some(selected) = selected else { return Ok(self.nothing(call)) };
            let counts = selected.baskets.falling_counts();
            let (mut tried, mut known) = (FIRST_ITEMS, 1);
            loop {
                let least = counts.get(tried).map_or(known, |&count| known.max(count));
                let searched = &counts[..counts.partition_point(|&count| count >= least)];
                let order = SearchOrder { min_count: least, in_order: false };
                let best = self.prepare(call, selected, order, |resolved| {
                    let Some(resolved) = resolved else { return Ok(None) };
                    let best = match resolved.list_size(call, searched) {
                        Some(most) => resolved.best(call, k, known, most)?,
                        None => None,
                    };
                    Ok(best.map(|best| (best, Arc::clone(&resolved.items))))
                })?;
                let Some((best, items)) = best else { return Err(self.too_many(&call.at(known.into()))?) };
                // If there are `k`, itemsets with a lower count than the last of them are not among the best.
                let worst = best.last_count().filter(|_| best.len() >= k);
                // Itemsets with an item that was left out count less than `least`.
                if k == 0 || worst.is_some_and(|worst| worst >= least) || least <= selected.baskets.lowest() {
                    let min_count = best.last_count().unwrap_or(1).into();
                    return Ok(self.result(call, &items, best, min_count, 1));
                }
                known = worst.unwrap_or(known);
                tried = tried.saturating_mul(if worst.is_some() { MORE_ITEMS } else { SOME_MORE_ITEMS });
            }
        })
    }

    /// Closed itemsets and generators are the same at every threshold, so the search first finds the lowest count that
    /// at most `k` of them reach.
    fn best_of_target(&self, call: &Call<'_, T>, k: usize) -> Result<ItemsetList<T>, Error> {
        let most = Size { itemsets: k as u64, bytes: u64::MAX };
        let number = |from: &Call<'_, T>| {
            self.resolve(call, SearchOrder::of_count(from.min_count), |resolved| match resolved {
                None => Ok(Some(0)),
                Some(resolved) => Ok(resolved.size(call, most)?.map(|size| size.itemsets)),
            })
        };
        let count = match number(call)? {
            Some(_) => 1,
            None => call.suggest(0, number)?.min_count(),
        };
        // At the next lower count there are more, and some of them tie with the last of the best.
        self.best_from(call, k, count.saturating_sub(1).max(1))
    }

    /// The best that are known when a limit is reached: those above a threshold.
    pub(super) fn best_partial(
        &self,
        call: &Call<'_, T>,
        k: usize,
        nothing: impl Fn(&Call<'_, T>) -> Option<ItemsetList<T>>,
    ) -> Result<Partial<ItemsetList<T>>, Error> {
        let call = if self.target == Target::Maximal { call } else { &call.at(1) };
        if call.settings.run.time_limit.is_none() {
            return match self.best(call, k) {
                Ok(best) => Ok(Partial::complete(best, call.min_count)),
                Err(error) => {
                    let &ErrorKind::LimitReached { limit, suggestion, .. } = error.kind() else { return Err(error) };
                    let best = self.best_from(call, k, suggestion.min_count())?;
                    Ok(Partial::cut(best, limit, call.min_count, suggestion.min_count()))
                }
            };
        }
        // Lowers the threshold until there are enough.
        let mut threshold = call.above_all();
        let mut found = None;
        loop {
            threshold = (threshold / 2).max(call.min_count);
            match call.control.section(0.5, || self.best_from(call, k, threshold)) {
                Ok(best) if best.len() >= k || threshold == call.min_count => {
                    return Ok(Partial::complete(best, call.min_count));
                }
                Ok(best) => found = Some((best, threshold)),
                Err(error) => {
                    let limit = match *error.kind() {
                        ErrorKind::TimeLimit { limit, .. } => Limit::Time(limit),
                        ErrorKind::LimitReached { limit, .. } => limit,
                        _ => return Err(error),
                    };
                    let above_all = call.above_all();
                    let found = found.or_else(|| Some((nothing(&call.at(above_all))?, above_all)));
                    let Some((best, complete_from)) = found else { return Err(error) };
                    return Ok(Partial::cut(best, limit, call.min_count, complete_from));
                }
            }
        }
    }

    /// The best of those with a count of at least `count`.
    fn best_from(&self, call: &Call<'_, T>, k: usize, count: u64) -> Result<ItemsetList<T>, Error> {
        self.resolve(call, SearchOrder::of_count(count), |resolved| {
            let Some(resolved) = resolved else { return Ok(self.nothing(&call.at(1))) };
            let best = match resolved.list_size(call, &resolved.baskets.falling_counts()) {
                Some(most) => resolved.best(call, k, number(count), most)?,
                None => None,
            };
            let Some(best) = best else { return Err(self.too_many(call)?) };
            let min_count = best.last_count().unwrap_or(1).into();
            Ok(self.result(call, &resolved.items, best, min_count, 1))
        })
    }
}

impl<T: Send + Sync> super::request::Resolved<'_, T> {
    /// The `k` best with a count of at least `min_count`, the best first. `None` if they exceed `most`.
    fn best(&self, call: &Call<'_, T>, k: usize, min_count: u32, most: Size) -> Result<Option<FlatItemsets>, Error> {
        if k == 0 {
            return Ok(Some(FlatItemsets::default()));
        }
        let budget = Budget::new(most);
        let purpose = Purpose::Best { k, min_count, in_order: self.is_in_order() };
        let found = self.run(call, purpose, min_count, &budget, None)?;
        // A single thread fills one output.
        Ok(found.map(|outputs| outputs.into_iter().next().map(SelectedOutput::into_list).unwrap_or_default()))
    }
}
