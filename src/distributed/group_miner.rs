//! The search of one group.

use std::sync::Arc;

use super::GroupItemsets;
use super::plan::RankPlan;
use crate::call::control::Control;
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::itemsets::Kept;
use crate::mine::query::target::Target;
use crate::run_options::RunOptions;
use crate::transactions::{MergedRows, Transactions};

/// The search of one group, from [`MinePlan::group`](super::MinePlan::group): takes the prefixes that the
/// [projection](super::Projector) of the baskets has for the group, in any order, and finds the itemsets whose rarest item is
/// the group's.
///
/// Equal prefixes become one with a weight where that saves memory. The result does not depend on the order of the prefixes,
/// nor on how weights are split. If a prefix comes twice that came once, as when a retried task adds to the same group, the
/// counts of the plan tell, and [`mine`](GroupMiner::mine) is an error.
#[derive(Debug)]
pub struct GroupMiner {
    plan: Arc<RankPlan>,
    group: u32,
    rows: MergedRows,
    /// Prefixes that are added together, where each ends, and how often it came.
    waiting: Vec<u32>,
    ends: Vec<(usize, u32)>,
}

/// Prefixes after which it is judged whether merging equal ones pays: finding them takes longer than adding them.
const JUDGED: usize = 1 << 13;

/// Ranks that are added together.
const TOGETHER: usize = 1 << 12;

impl GroupMiner {
    pub(super) fn new(plan: Arc<RankPlan>, group: usize) -> Result<Self, Error> {
        let found = u32::try_from(group).ok().filter(|&number| number < plan.groups);
        let Some(number) = found else {
            let reason = format_args!("the plan has {} groups, numbered from 0", plan.groups);
            return Err(Error::group(Some(group), reason));
        };
        Ok(GroupMiner {
            plan,
            group: number,
            rows: MergedRows::judged_at(JUDGED),
            waiting: Vec::new(),
            ends: Vec::new(),
        })
    }

    /// The number of the group.
    #[must_use]
    pub fn group(&self) -> usize {
        self.group as usize
    }

    /// About how many bytes are held.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.rows.bytes() + size_of_val(&self.waiting[..]) as u64
    }

    /// Adds a prefix: ascending ranks, of which the last is the group's. `weight` baskets have it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) for anything else, and for more baskets than the plan counted with the
    /// group's item; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` ranks, or `i64::MAX` baskets, of
    /// different prefixes: plan more groups.
    pub fn push(&mut self, prefix: &[u32], weight: u64) -> Result<(), Error> {
        let is_own = prefix.last().is_some_and(|&last| self.plan.group_of.get(last as usize) == Some(&self.group));
        if !is_own || !prefix.is_sorted_by(|a, b| a < b) {
            const EXPECTED: &str = "ascending ranks of the plan, of which the last is the group's";
            return Err(self.error(format_args!("the prefix {prefix:?} is none of its own (expected {EXPECTED})")));
        }
        let rank = prefix[prefix.len() - 1];
        if weight > self.plan.counts[rank as usize] {
            return Err(self.came_too_often(rank, weight));
        }
        let mut left = weight;
        while left > 0 {
            let some = u32::try_from(left).unwrap_or(u32::MAX);
            self.waiting.extend_from_slice(prefix);
            self.ends.push((self.waiting.len(), some));
            left -= u64::from(some);
            if self.waiting.len() >= TOGETHER {
                self.add_waiting()?;
            }
        }
        Ok(())
    }

    fn came_too_often(&self, rank: u32, came: u64) -> Error {
        let count = self.plan.counts[rank as usize];
        self.error(format_args!(
            "the item of rank {rank} came in {came} baskets, and the plan counted {count}: add each prefix once"
        ))
    }

    pub(super) fn add_waiting(&mut self) -> Result<(), Error> {
        self.rows.push_all(&self.waiting, self.ends.drain(..))?;
        self.waiting.clear();
        Ok(())
    }

    fn error(&self, reason: impl std::fmt::Display) -> Error {
        Error::group(Some(self.group as usize), reason)
    }

    /// Finds the group's itemsets, with the options of the plan's miner left at their defaults.
    ///
    /// # Errors
    ///
    /// As [`mine_with`](GroupMiner::mine_with).
    pub fn mine(self) -> Result<GroupItemsets, Error> {
        self.mine_with(&RunOptions::new())
    }

    /// Finds the group's itemsets.
    ///
    /// For closed and maximal itemsets it finds those that are so as far as the group can tell; whether an itemset of another
    /// group says otherwise, the [join](super::MinePlan::join_closed) decides.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if an item of the group came more often than the plan counted it; those of
    /// [`Miner::mine`](crate::Miner::mine).
    ///
    /// # Complexity
    ///
    /// That of [`Miner::mine`](crate::Miner::mine) on the prefixes, for the branches of the group alone.
    pub fn mine_with(self, options: &RunOptions) -> Result<GroupItemsets, Error> {
        options.run(|control| self.mine_under(control, options))
    }

    /// The same as a part of a call.
    pub(super) fn mine_under(mut self, control: &Control, options: &RunOptions) -> Result<GroupItemsets, Error> {
        self.add_waiting()?;
        let plan = Arc::clone(&self.plan);
        let group = self.group;
        let transactions = self.into_transactions()?;
        let kept = match plan.target {
            Target::Closed => Kept::Closed,
            Target::Maximal => Kept::Leaves,
            Target::All | Target::Generators => Kept::All,
        };
        let miner = plan.miner(options);
        let is_own = |&rank: &u32| plan.group_of[rank as usize] == group;
        let target = plan.target.condensed();
        let (items, trie, algorithm) =
            control.section(0.9, || miner.mine_branches(control, &transactions, target, &is_own))?;
        GroupItemsets::of_trie((&*plan, group, algorithm), &trie, kept, |rank| *items.label(rank), control)
    }

    /// Calls a function with each row and its weight. None waits to be added.
    pub(super) fn for_each_row(&self, take: impl FnMut(&[u32], u32) -> Result<(), Error>) -> Result<(), Error> {
        self.rows.try_for_each_row(take)
    }

    /// The rows that are stored, and the ranks in them.
    pub(super) fn stored(&self) -> (u64, u64) {
        self.rows.stored()
    }

    /// The prefixes as baskets of ranks, with those of one rank, which were not added.
    fn into_transactions(mut self) -> Result<Transactions<u32>, Error> {
        let mut came = vec![0_u64; self.plan.counts.len()];
        self.rows.try_for_each_row(|row, weight| {
            row.iter().for_each(|&rank| came[rank as usize] += u64::from(weight));
            Ok(())
        })?;
        let plan = Arc::clone(&self.plan);
        for rank in plan.ranks_of(self.group) {
            let (count, came) = (plan.counts[rank as usize], came[rank as usize]);
            let Some(alone) = count.checked_sub(came) else { return Err(self.came_too_often(rank, came)) };
            self.push(&[rank], alone)?;
        }
        self.add_waiting()?;
        let mut labels = Dictionary::new();
        (0..self.plan.counts.len() as u32).try_for_each(|rank| labels.add_unseen(rank).map(|_| ()))?;
        self.rows.finish(labels, 0)
    }
}
