//! The best itemsets by support, without a threshold.

use std::hash::Hash;
use std::sync::Arc;

use super::call::Call;
use super::partial::partial;
use super::request::{Request, SearchOrder};
use crate::error::{Error, ErrorKind};
use crate::itemsets::{ItemsetList, Trie};
use crate::limit::Limit;
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::output::selected::{Best, Purpose};
use crate::mine::query::target::Target;
use crate::mine::report::partial::Partial;
use crate::transactions::as_u32;

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
        match call.exactly() {
            None => self.best_of_search(call, k),
            Some(exactly) => exactly.best(self, call, k),
        }
    }

    /// The same by the counts of the search.
    pub(super) fn best_of_search(&self, call: &Call<'_, T>, k: usize) -> Result<ItemsetList<T>, Error> {
        match self.target {
            Target::All => self.best_of_all(&call.at(1), k),
            // Whether an itemset is maximal depends on the threshold.
            Target::Maximal => match self.best_from(call, k, 1)? {
                Some(best) => Ok(best),
                None => Err(self.too_many(call)?),
            },
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
                let Some((best, items)) = best else { return Err(too_many_best(call)) };
                // If there are `k`, itemsets with a lower count than the last of them are not among the best.
                let worst = best.last_count().filter(|_| best.len() >= k);
                // Itemsets with an item that was left out count less than `least`.
                if k == 0 || worst.is_some_and(|worst| worst >= least) || least <= selected.baskets.lowest() {
                    let min_count = best.last_count().unwrap_or(1).into();
                    return Ok(self.result(call, &items, best, min_count, call.settings.run.pool.workers()));
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
        self.best_from(call, k, count.saturating_sub(1).max(1))?.ok_or_else(|| too_many_best(call))
    }

    /// The best that are known if a limit is reached: those with a count above some other.
    pub(super) fn best_partial(&self, call: &Call<'_, T>, k: usize) -> Result<Partial<ItemsetList<T>>, Error> {
        if self.target == Target::Maximal {
            // Maximal itemsets differ from one threshold to the next.
            let nothing = |call: &Call<'_, T>| (!self.constraints.has_thresholds()).then(|| self.nothing(call));
            return Ok(call.given_partial(partial(call, |call| self.best(call, k), nothing)?));
        }
        if call.exactly().is_some() {
            return match self.best(call, k) {
                Ok(best) => Ok(Partial::complete(best, 1)),
                Err(error) => match *error.kind() {
                    ErrorKind::TimeLimit { limit, .. } => {
                        let above_all = call.at(call.above_all());
                        let complete_from = call.given_count(above_all.min_count);
                        Ok(Partial::cut(self.nothing(&above_all), Limit::Time(limit), 1, complete_from))
                    }
                    // More tie with the last of the best than may be held.
                    ErrorKind::LimitReached { limit, suggestion, .. } => {
                        let complete_from = call.given_suggestion(suggestion).min_count();
                        let above = self.list(&call.asking(complete_from))?.best(k);
                        Ok(Partial::cut(above, limit, 1, complete_from))
                    }
                    _ => Err(error),
                },
            };
        }
        let call = &call.at(1);
        // Nothing has a higher count than all items.
        let mut count = call.above_all();
        let mut found = self.nothing(&call.at(count));
        loop {
            let next = (count / 2).max(1);
            let limit = match call.control.section(0.5, || self.best_from(call, k, next)) {
                Ok(Some(best)) if best.len() >= k || next == 1 => return Ok(Partial::complete(best, 1)),
                Ok(Some(best)) => {
                    (found, count) = (best, next);
                    continue;
                }
                Ok(None) => call.list_room(next).map(|(_, limit)| limit).ok_or_else(Trie::too_many)?,
                Err(error) => match *error.kind() {
                    ErrorKind::TimeLimit { limit, .. } => Limit::Time(limit),
                    _ => return Err(error),
                },
            };
            return Ok(match count {
                1 => Partial::complete(found, 1),
                _ => Partial::cut(found, limit, 1, count),
            });
        }
    }

    /// The best of those with a count of at least `count`. `None` if they take too much.
    fn best_from(&self, call: &Call<'_, T>, k: usize, count: u64) -> Result<Option<ItemsetList<T>>, Error> {
        self.resolve(call, SearchOrder::of_count(count), |resolved| {
            let Some(resolved) = resolved else { return Ok(Some(self.nothing(&call.at(1)))) };
            let Some(most) = resolved.list_size(call, &resolved.baskets.falling_counts()) else { return Ok(None) };
            let best = resolved.best(call, k, as_u32(count), most)?;
            Ok(best.map(|best| {
                let min_count = best.last_count().unwrap_or(1).into();
                self.result(call, &resolved.items, best, min_count, resolved.threads(call))
            }))
        })
    }
}

/// The error for more than may be held. No threshold would help: there is none.
fn too_many_best<T>(call: &Call<'_, T>) -> Error {
    match call.list_room(1) {
        Some((0, Limit::Memory(bytes))) => {
            Error::too_large("bytes for the baskets of each item of the best itemsets: raise max_memory", bytes)
        }
        Some((most, _)) => Error::too_large("itemsets among the best: lower top_k, or raise max_itemsets", most),
        None => Trie::too_many(),
    }
}

impl<T: Send + Sync> super::request::Resolved<'_, T> {
    /// The `k` best with a count of at least `min_count`, the best first. `None` if they exceed `most`.
    fn best(&self, call: &Call<'_, T>, k: usize, min_count: u32, most: Size) -> Result<Option<FlatItemsets>, Error> {
        if k == 0 {
            return Ok(Some(FlatItemsets::default()));
        }
        let budget = Budget::new(most);
        let best = Best::new(k, min_count, self.finds_in_order());
        let is_complete = self.run(call, Purpose::Best(&best), min_count, &budget, None)?.is_some();
        Ok(is_complete.then(|| best.into_list()))
    }
}
