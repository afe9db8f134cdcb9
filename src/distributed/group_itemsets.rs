//! What one group found.

use super::plan::RankPlan;
use crate::mine::query::algorithm::Algorithm;

/// The itemsets that one group found, as ranks, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)).
///
/// Serialises with the feature `serde`, to be sent to where the groups are [joined](super::MinePlan::join).
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct GroupItemsets {
    pub(super) fingerprint: u64,
    pub(super) group: u32,
    pub(super) algorithm: Algorithm,
    /// The ranks of all, one after the other, each descending.
    pub(super) ranks: Vec<u32>,
    /// Where each ends in `ranks`, after a 0, and its count.
    pub(super) ends: Vec<u64>,
    pub(super) counts: Vec<u64>,
}

impl GroupItemsets {
    pub(super) fn new(plan: &RankPlan, group: u32, algorithm: Algorithm) -> Self {
        let fingerprint = plan.fingerprint;
        GroupItemsets { fingerprint, group, algorithm, ranks: Vec::new(), ends: vec![0], counts: Vec::new() }
    }

    pub(super) fn push(&mut self, descending: &[u32], count: u64) {
        self.ranks.extend_from_slice(descending);
        self.ends.push(self.ranks.len() as u64);
        self.counts.push(count);
    }

    /// What was found in parts of a group, of which each has branches of its own.
    pub(super) fn of_parts(mut parts: Vec<GroupItemsets>) -> Option<Self> {
        let first = parts.first()?;
        if parts.len() == 1 {
            return parts.pop();
        }
        let mut places: Vec<(&GroupItemsets, usize)> =
            parts.iter().flat_map(|part| (0..part.len()).map(move |place| (part, place))).collect();
        // Stable: a branch stays in its order.
        places.sort_by_key(|(part, place)| part.descending(*place)[0]);
        let mut all = GroupItemsets { ranks: Vec::new(), ends: vec![0], counts: Vec::new(), ..*first };
        places.into_iter().for_each(|(part, place)| all.push(part.descending(place), part.counts[place]));
        Some(all)
    }

    /// What groups found as the itemsets of a plan with one group, whose rank of each rank is given; all in an itemset have
    /// one.
    pub(super) fn renumbered(groups: &[GroupItemsets], plan: &RankPlan, ranks: &[Option<u32>]) -> Self {
        let algorithm = groups.iter().find(|group| !group.is_empty()).map_or(Algorithm::Eclat, |group| group.algorithm);
        let mut all = GroupItemsets::new(plan, 0, algorithm);
        let mut path = Vec::new();
        for (descending, count) in groups.iter().flat_map(GroupItemsets::iter) {
            path.clear();
            path.extend(descending.iter().filter_map(|&rank| ranks[rank as usize]));
            path.sort_unstable_by(|a, b| b.cmp(a));
            all.push(&path, count);
        }
        // There are no more itemsets than a trie has nodes.
        let mut places: Vec<usize> = (0..all.len()).collect();
        places.sort_unstable_by(|&a, &b| all.descending(a).cmp(all.descending(b)));
        let mut sorted = GroupItemsets::new(plan, 0, algorithm);
        places.into_iter().for_each(|place| sorted.push(all.descending(place), all.counts[place]));
        sorted
    }

    /// The number of the group.
    #[must_use]
    pub fn group(&self) -> usize {
        self.group as usize
    }

    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The ranks of an itemset, descending.
    pub(super) fn descending(&self, place: usize) -> &[u32] {
        &self.ranks[self.ends[place] as usize..self.ends[place + 1] as usize]
    }

    /// Each itemset, as ranks from the rarest item to the most frequent, and the baskets that hold it.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u32], u64)> {
        (0..self.len()).map(|place| (self.descending(place), self.counts[place]))
    }
}
