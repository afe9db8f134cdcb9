//! Constraints as a filter on single itemsets, for searches that they cannot prune.

use hashbrown::HashMap;

use super::checks::ranks_apart;
use super::search::RankPredicate;
use super::selection::ResolvedConstraints;
use crate::mine::output::selected::Filter;

/// Decides whether an itemset is requested, by its ranks and its count.
pub(crate) struct ItemsetFilter<'a> {
    constraints: &'a ResolvedConstraints,
    /// The ranks of the required items.
    required: Vec<u32>,
    /// The threshold of each rank, if there is one; empty if no item has one.
    item_thresholds: Vec<Option<u64>>,
    /// For each group, its ranks, ascending.
    groups: Vec<Vec<u32>>,
    /// For each rank, the ranks that must not be with it, ascending; empty if there are none.
    apart: Vec<Vec<u32>>,
    predicate: Option<RankPredicate<'a>>,
}

impl<'a> ItemsetFilter<'a> {
    /// For itemsets of the items of a ranking, by their numbers.
    pub(crate) fn new(constraints: &'a ResolvedConstraints, ids: &[u32], predicate: Option<RankPredicate<'a>>) -> Self {
        // There are fewer than u32::MAX items, as each has a number.
        let ranks: HashMap<u32, u32> = ids.iter().copied().zip(0..).collect();
        let rank_of = |id: &u32| ranks.get(id).copied();
        let mut item_thresholds = Vec::new();
        if !constraints.own.is_empty() {
            item_thresholds.resize(ids.len(), None);
            for (id, min_count) in &constraints.own {
                if let Some(rank) = rank_of(id) {
                    item_thresholds[rank as usize] = Some(*min_count);
                }
            }
        }
        let ranks_of = |group: &Vec<u32>| {
            let mut ranks: Vec<u32> = group.iter().filter_map(rank_of).collect();
            ranks.sort_unstable();
            ranks
        };
        ItemsetFilter {
            constraints,
            required: constraints.required.iter().filter_map(rank_of).collect(),
            item_thresholds,
            groups: constraints.groups.iter().map(ranks_of).collect(),
            apart: if constraints.apart.is_empty() { Vec::new() } else { ranks_apart(constraints, ids) },
            predicate,
        }
    }

    /// The lowest threshold of the items. Items without one have that of the length.
    fn threshold(&self, descending: &[u32]) -> u64 {
        let of_len = &self.constraints.of_len;
        let of_len = of_len[descending.len().min(of_len.len()) - 1];
        if self.item_thresholds.is_empty() {
            return of_len;
        }
        descending.iter().map(|&rank| self.item_thresholds[rank as usize].unwrap_or(of_len)).min().unwrap_or(of_len)
    }
}

impl ItemsetFilter<'_> {
    /// Whether an itemset with a count is requested.
    pub(crate) fn accepts_count(&self, descending: &[u32], count: u64) -> bool {
        let ResolvedConstraints { min_len, max_len, max_count, .. } = *self.constraints;
        let contains = |rank: &u32| descending.binary_search_by(|other| rank.cmp(other)).is_ok();
        let is_in = |group: &Vec<u32>| descending.iter().filter(|rank| group.binary_search(rank).is_ok()).count();
        (min_len..=max_len).contains(&descending.len())
            && count <= max_count
            && count >= self.threshold(descending)
            && self.required.iter().all(contains)
            && self.groups.iter().all(|group| is_in(group) <= 1)
            && (self.apart.is_empty() || !descending.iter().any(|&rank| is_in(&self.apart[rank as usize]) > 0))
            && self.predicate.is_none_or(|predicate| predicate(descending))
    }
}

impl Filter for ItemsetFilter<'_> {
    fn accepts(&self, descending: &[u32], count: u32) -> bool {
        self.accepts_count(descending, count.into())
    }
}
