//! What the groups need of a basket.

use std::borrow::Borrow;
use std::hash::Hash;

use super::MinePlan;
use super::plan::RankPlan;

/// Divides baskets into what the groups of a plan need of them, from [`MinePlan::projector`].
///
/// A group gets the ranks of a basket, ascending, up to the last one that is its own: its *prefix* of the basket. Prefixes of
/// one rank are left out, as the plan knows how often a single item occurs. With few groups a basket of n frequent items has
/// about as many prefixes as there are groups, and never more than n - 1.
///
/// ```
/// use itemset::distributed::{ItemCounts, MinePlan};
/// use itemset::{MinSupport, Miner};
///
/// let mut counts = ItemCounts::new();
/// let baskets = [vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["beer"]];
/// baskets.iter().try_for_each(|basket| counts.add(basket.iter().copied()))?;
/// let plan = MinePlan::new(&Miner::new().min_support(MinSupport::count(1)), &counts, 3)?;
/// let mut projector = plan.projector();
/// // Ranks: 0 is beer, 1 is diapers, 2 is chips.
/// let prefixes: Vec<&[u32]> = projector.project(&baskets[0]).map(|(_, prefix)| prefix).collect();
/// assert_eq!(prefixes, [&[0, 1, 2][..], &[0, 1]]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projector<'p, T> {
    plan: &'p MinePlan<T>,
    ranks: RankProjector,
}

impl<'p, T> Projector<'p, T> {
    pub(super) fn new(plan: &'p MinePlan<T>) -> Self {
        Projector { plan, ranks: RankProjector::new(plan.groups()) }
    }

    /// The groups that need something of a basket, each with its prefix, the longest first. An item that comes twice counts
    /// once; infrequent ones are left out.
    ///
    /// Time: a look-up of each label, a sort of the ranks, and a step for each of them.
    pub fn project<'s, 'q, Q>(
        &'s mut self,
        basket: impl IntoIterator<Item = &'q Q>,
    ) -> impl Iterator<Item = (usize, &'s [u32])>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let plan = self.plan;
        self.ranks.project(&plan.ranks, basket.into_iter().filter_map(|label| plan.rank(label))).1
    }
}

/// Divides baskets of ranks.
#[derive(Clone, Debug)]
pub(super) struct RankProjector {
    ranks: Vec<u32>,
    /// The ends of prefixes in `ranks`, and their groups.
    ends: Vec<(usize, u32)>,
    /// The last basket of which each group got a prefix.
    served: Vec<u64>,
    baskets: u64,
    /// How many ranks of the last basket came once more.
    pub(super) duplicates: usize,
}

impl RankProjector {
    pub(super) fn new(groups: usize) -> Self {
        RankProjector { ranks: Vec::new(), ends: Vec::new(), served: vec![0; groups], baskets: 0, duplicates: 0 }
    }

    /// The ranks of a basket, which come in any order, ascending and each once; and the groups with their prefixes.
    pub(super) fn project(
        &mut self,
        plan: &RankPlan,
        basket: impl IntoIterator<Item = u32>,
    ) -> (&[u32], impl Iterator<Item = (usize, &[u32])>) {
        let RankProjector { ranks, ends, served, baskets, duplicates } = self;
        ranks.clear();
        ranks.extend(basket);
        ranks.sort_unstable();
        *duplicates = ranks.len();
        ranks.dedup();
        *duplicates -= ranks.len();
        *baskets += 1;
        ends.clear();
        for (place, &rank) in ranks.iter().enumerate().skip(1).rev() {
            let group = plan.group_of[rank as usize];
            if std::mem::replace(&mut served[group as usize], *baskets) != *baskets {
                ends.push((place + 1, group));
            }
        }
        let ranks = &**ranks;
        (ranks, ends.iter().map(move |&(end, group)| (group as usize, &ranks[..end])))
    }
}
