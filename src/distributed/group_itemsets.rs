//! What one group found.

use super::plan::RankPlan;
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{Kept, Trie, Walk};
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

    /// No itemsets yet. The engine is that of what is appended.
    pub(super) fn none(plan: &RankPlan, group: u32) -> Self {
        GroupItemsets::new(plan, group, Algorithm::Eclat)
    }

    /// The itemsets of a trie that are kept, by a group and an engine. `rank` is told the ranks of the trie.
    pub(super) fn of_trie(
        (plan, group, algorithm): (&RankPlan, u32, Algorithm),
        trie: &Trie,
        kept: Kept,
        rank: impl Fn(u32) -> u32,
        control: &Control,
    ) -> Result<Self, Error> {
        let mut found = GroupItemsets::new(plan, group, algorithm);
        let (mut walk, mut ticker) = (Walk::new(trie, usize::MAX), Ticker::new(control));
        let mut descending = Vec::new();
        while let Some((node, path)) = walk.step() {
            if kept.is_kept(trie, node) {
                descending.clear();
                descending.extend(path.iter().map(|&of_trie| rank(of_trie)));
                found.push(&descending, trie.count(node));
            }
            ticker.check(2 + path.len())?;
        }
        Ok(found)
    }

    pub(super) fn push(&mut self, descending: &[u32], count: u64) {
        self.ranks.extend_from_slice(descending);
        self.ends.push(self.ranks.len() as u64);
        self.counts.push(count);
    }

    /// Adds what was found in later branches.
    pub(super) fn append(&mut self, later: Self) {
        if self.is_empty() {
            *self = GroupItemsets { group: self.group, ..later };
            return;
        }
        let start = self.ranks.len() as u64;
        self.ranks.extend_from_slice(&later.ranks);
        self.ends.extend(later.ends[1..].iter().map(|end| start + end));
        self.counts.extend_from_slice(&later.counts);
    }

    /// What was found in batches of branches, the latest first, for each group of a plan.
    pub(super) fn divided(mut batches: Vec<Self>, plan: &RankPlan) -> Vec<Self> {
        let mut groups: Vec<Self> = (0..plan.groups).map(|group| GroupItemsets::none(plan, group)).collect();
        while let Some(batch) = batches.pop() {
            if let [all] = &mut groups[..] {
                all.append(batch);
                continue;
            }
            for (descending, count) in batch.iter() {
                // Each itemset has a first rank, and each rank a group.
                let group = &mut groups[plan.group_of[descending[0] as usize] as usize];
                if group.is_empty() {
                    group.algorithm = batch.algorithm;
                }
                group.push(descending, count);
            }
        }
        groups
    }

    /// What groups found as the itemsets of a plan with one group, whose rank of each rank is given; all in an itemset have
    /// one.
    pub(super) fn renumbered(mut groups: Vec<Self>, plan: &RankPlan, ranks: &[Option<u32>]) -> Self {
        let is_same = (0..).zip(ranks).all(|(rank, &other)| other == Some(rank));
        if let ([_], true) = (&groups[..], is_same)
            && let Some(all) = groups.pop()
        {
            return GroupItemsets { fingerprint: plan.fingerprint, ..all };
        }
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
