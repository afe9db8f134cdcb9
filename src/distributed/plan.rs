//! The plan of a search in groups: which items are frequent, and which group has the branch of each.

use std::borrow::Borrow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::Hash;
use std::sync::Arc;

use super::{GroupMiner, ItemCounts, Projector};
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::itemsets::FrequentItems;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::min_support::MinSupport;
use crate::mine::query::target::Target;
use crate::miner::Miner;
use crate::mix;
use crate::run_options::RunOptions;

/// What a search in groups is to find, and how it is divided: each frequent item has a *rank*, its position by descending
/// count (ties by label), and each rank belongs to a group. A group finds the itemsets whose rarest item is one of its own.
///
/// A plan follows from its counts and settings alone: two that are made from the same are equal. It is small, some bytes for
/// each frequent item besides the labels, serialises (feature `serde`), and goes to every machine.
///
/// Source: H. Li, Y. Wang, D. Zhang, M. Zhang, E. Y. Chang: PFP, parallel FP-growth for query recommendation, `RecSys` 2008.
#[derive(Clone, Debug, PartialEq)]
pub struct MinePlan<T> {
    /// The labels by rank.
    pub(super) labels: Arc<Dictionary<T>>,
    pub(super) ranks: Arc<RankPlan>,
}

/// A plan without labels: all that a group needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RankPlan {
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) max_len: Option<usize>,
    pub(super) target: Target,
    pub(super) algorithm: Algorithm,
    /// The number of baskets that hold the item of each rank, descending.
    pub(super) counts: Vec<u64>,
    /// The group of each rank.
    pub(super) group_of: Vec<u32>,
    pub(super) groups: u32,
    /// Of all of these.
    pub(super) fingerprint: u64,
}

/// The most groups of a plan.
const MOST_GROUPS: u32 = 1 << 20;

impl<T: Eq + Hash + Ord + Clone> MinePlan<T> {
    /// Plans a search for all frequent itemsets of the counted baskets in some groups, with the minimum support, the maximum
    /// length and the engine of a miner; each call of a group has options of its own.
    ///
    /// Groups get about the same estimated work. There may be more groups than frequent items; then some have none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a setting of the miner, for
    /// [`Algorithm::Apriori`], which does not search by branches, and for a number of groups that is not from 1 to 2^20.
    ///
    /// # Complexity
    ///
    /// That of sorting the items.
    pub fn new(miner: &Miner, counts: &ItemCounts<T>, groups: usize) -> Result<Self, Error> {
        miner.check_for_groups(Target::All)?;
        let groups = checked_groups(groups)?;
        let min_count = miner.min_count(counts.baskets())?;
        let mut frequent: Vec<(&T, u64)> = counts.sorted().filter(|&(_, count)| count >= min_count.max(1)).collect();
        // Stable: items of equal count stay in the order of their labels.
        frequent.sort_by_key(|&(_, count)| Reverse(count));
        let labels = Dictionary::from_labels(frequent.iter().map(|&(label, _)| label.clone()))?;
        let counts_by_rank: Vec<u64> = frequent.iter().map(|&(_, count)| count).collect();
        let costs = branch_costs(&counts_by_rank, counts.baskets());
        let ranks = RankPlan {
            baskets: counts.baskets(),
            min_count,
            max_len: miner.greatest_len(),
            target: Target::All,
            algorithm: miner.engine().0,
            group_of: assigned(&costs, groups),
            counts: counts_by_rank,
            groups,
            fingerprint: 0,
        };
        Ok(MinePlan { labels: Arc::new(labels), ranks: Arc::new(ranks.with_fingerprint()) })
    }

    /// The same plan for the closed or the maximal itemsets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for [`Target::Generators`], which need the counts of
    /// itemsets of other groups while they are searched; and for an engine or a maximum length that the miner's own calls for
    /// that target refuse.
    pub fn target(self, target: Target) -> Result<Self, Error> {
        let ranks = RankPlan { target, ..RankPlan::clone(&self.ranks) };
        ranks.check()?;
        Ok(MinePlan { ranks: Arc::new(ranks.with_fingerprint()), ..self })
    }
}

impl<T> MinePlan<T> {
    /// The groups, numbered from 0.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.ranks.groups as usize
    }

    /// The frequent items, which the ranks below this number stand for.
    #[must_use]
    pub fn items(&self) -> usize {
        self.ranks.counts.len()
    }

    /// The baskets that were counted.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.ranks.baskets
    }

    /// The smallest frequent count.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.ranks.min_count
    }

    /// The item of a rank, and the baskets that hold it; `None` from [`items`](MinePlan::items) on.
    #[must_use]
    pub fn item(&self, rank: u32) -> Option<(&T, u64)> {
        let label = self.labels.labels().get(rank as usize)?;
        Some((label, self.ranks.counts[rank as usize]))
    }

    /// The rank of an item; `None` if it is not frequent.
    pub fn rank<Q>(&self, label: &Q) -> Option<u32>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized,
    {
        // The labels are numbered by rank.
        self.labels.id(label).map(|id| id.0)
    }

    /// The group that has the branch of a rank; `None` from [`items`](MinePlan::items) on.
    #[must_use]
    pub fn group_of(&self, rank: u32) -> Option<usize> {
        self.ranks.group_of.get(rank as usize).map(|&group| group as usize)
    }

    /// The estimated work of each group, in steps of about a nanosecond.
    #[must_use]
    pub fn costs(&self) -> Vec<u64> {
        self.ranks.costs()
    }

    /// A number that is the same for equal plans, and that what groups find carries. It says nothing of labels.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.ranks.fingerprint
    }

    /// Divides baskets into what the groups need of them.
    #[must_use]
    pub fn projector(&self) -> Projector<'_, T> {
        Projector::new(self)
    }

    /// The search of a group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if there is no such group.
    pub fn group(&self, group: usize) -> Result<GroupMiner, Error> {
        GroupMiner::new(Arc::clone(&self.ranks), group)
    }

    /// The items with their labels, for a result.
    pub(super) fn frequent_items(&self) -> FrequentItems<T>
    where
        T: Ord,
    {
        // There are no more items than a u32 numbers.
        let ids = (0..self.items() as u32).collect();
        FrequentItems::of_parts(Arc::clone(&self.labels), ids, self.ranks.counts.clone())
    }
}

/// A number of groups that a plan can have.
fn checked_groups(groups: usize) -> Result<u32, Error> {
    let checked = u32::try_from(groups).ok().filter(|groups| (1..=MOST_GROUPS).contains(groups));
    checked.ok_or_else(|| Error::invalid_setting("groups", groups, "a number of groups from 1 to 2^20"))
}

impl RankPlan {
    /// Checks the settings, which may come from a stored form.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.target == Target::Generators {
            return Err(Error::invalid_setting(
                "target",
                self.target,
                "all, closed or maximal: those can be found in groups",
            ));
        }
        checked_groups(self.groups as usize)?;
        self.miner(&RunOptions::new()).check_for_groups(self.target)
    }

    pub(super) fn with_fingerprint(self) -> Self {
        let (target, algorithm) = (self.target as u64, self.algorithm as u64);
        let head = [self.baskets, self.min_count, self.max_len.map_or(0, |len| len as u64), target, algorithm];
        let groups = self.group_of.iter().map(|&group| u64::from(group));
        let numbers = head.into_iter().chain([u64::from(self.groups)]).chain(self.counts.iter().copied()).chain(groups);
        let fingerprint = numbers.fold(0, |sum, number| mix::hash(sum ^ mix::hash(number)));
        RankPlan { fingerprint, ..self }
    }

    /// The miner of a part of the search.
    pub(super) fn miner(&self, options: &RunOptions) -> Miner {
        let miner = Miner::new().min_support(MinSupport::count(self.min_count)).algorithm(self.algorithm);
        let miner = match self.max_len {
            Some(max_len) => miner.max_len(max_len),
            None => miner,
        };
        miner.run_options(options.clone())
    }

    pub(super) fn costs(&self) -> Vec<u64> {
        let mut costs = vec![0_u64; self.groups as usize];
        for (&group, cost) in self.group_of.iter().zip(branch_costs(&self.counts, self.baskets)) {
            costs[group as usize] = costs[group as usize].saturating_add(cost);
        }
        costs
    }

    /// The ranks of a group, ascending.
    pub(super) fn ranks_of(&self, group: u32) -> impl Iterator<Item = u32> {
        (0..).zip(&self.group_of).filter(move |&(_, &of)| of == group).map(|(rank, _)| rank)
    }
}

/// The estimated work in the branch of each rank, as if items were independent: the item's baskets, times what those hold of
/// more frequent items, times what is made of these.
fn branch_costs(counts: &[u64], baskets: u64) -> Vec<u64> {
    let items = counts.len() as f64;
    let mut before = 0.0;
    let costs = (0..).zip(counts).map(|(rank, &count)| {
        let cost = count as f64 * (1.0 + before) * (1.0 + 4.0 * f64::from(rank) / items);
        before += count as f64 / baskets.max(1) as f64;
        // A float beyond the numbers of 64 bits becomes the largest.
        1 + cost as u64
    });
    costs.collect()
}

/// The group of each rank: the most costly goes to the group that has least so far, and so on.
///
/// R. L. Graham: Bounds on multiprocessing timing anomalies, SIAM Journal on Applied Mathematics 1969. No group has more than
/// 4/3 of what the best division gives the largest.
fn assigned(costs: &[u64], groups: u32) -> Vec<u32> {
    let mut by_cost: Vec<usize> = (0..costs.len()).collect();
    by_cost.sort_by_key(|&rank| Reverse(costs[rank]));
    let mut loads: BinaryHeap<Reverse<(u64, u32)>> = (0..groups).map(|group| Reverse((0, group))).collect();
    let mut group_of = vec![0; costs.len()];
    for rank in by_cost {
        // There is at least one group.
        if let Some(mut least) = loads.peek_mut() {
            let Reverse((load, group)) = *least;
            group_of[rank] = group;
            *least = Reverse((load.saturating_add(costs[rank]), group));
        }
    }
    group_of
}
