//! The groups of a plan one after the other on one machine, their prefixes on disk: for data larger than memory.

use std::borrow::Borrow;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use super::plan::{RankPlan, assigned};
use super::project::RankProjector;
use super::{GroupItemsets, GroupMiner, MinePlan};
use crate::error::{Error, ErrorKind};
use crate::limit::Limit;
use crate::mine::query::algorithm::Algorithm;
use crate::run_options::RunOptions;
use crate::spill::{Spill, put, take};
use crate::transactions::Transactions;

/// The prefixes of all groups in one temporary file, from [`MinePlan::on_disk`]: baskets are added one by one, then the groups
/// are searched one after the other. Memory holds one group at a time.
///
/// ```
/// use itemset::distributed::{ItemCounts, MinePlan};
/// use itemset::{MinSupport, Miner, RunOptions, Transactions};
///
/// let baskets = [["beer", "diapers"], ["beer", "chips"], ["beer", "diapers"]];
/// let miner = Miner::new().min_support(MinSupport::count(2));
/// let mut counts = ItemCounts::new();
/// baskets.iter().try_for_each(|basket| counts.add(basket.iter().copied()))?;
/// let plan = MinePlan::new(&miner, &counts, 2)?;
///
/// let mut on_disk = plan.on_disk(None)?;
/// baskets.iter().try_for_each(|basket| on_disk.add(basket, 1))?;
/// let itemsets = plan.join(&on_disk.mine(&RunOptions::new())?)?;
/// assert_eq!(itemsets, miner.mine(&Transactions::from_rows(baskets)?)?);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
pub struct OnDisk<'p, T> {
    plan: &'p MinePlan<T>,
    files: RankFiles,
}

impl<T> MinePlan<T> {
    /// Begins a search whose prefixes are in a temporary file, in a folder or in that of the system. The file has no name on
    /// Unix, so nothing is left of it, even if the process is killed; elsewhere it is removed in the end.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) with the folder, if the file cannot be made.
    pub fn on_disk(&self, folder: Option<&Path>) -> Result<OnDisk<'_, T>, Error> {
        Ok(OnDisk { plan: self, files: RankFiles::new(Arc::clone(&self.ranks), folder)? })
    }
}

impl<T: Eq + Hash> OnDisk<'_, T> {
    /// Adds as many equal baskets as `weight` says. Items that are not frequent are left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be written.
    pub fn add<'q, Q>(&mut self, basket: impl IntoIterator<Item = &'q Q>, weight: u64) -> Result<(), Error>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let plan = self.plan;
        self.files.add(basket.into_iter().filter_map(|label| plan.rank(label)), weight)
    }

    /// Adds all of some baskets.
    ///
    /// # Errors
    ///
    /// As [`add`](OnDisk::add).
    pub fn add_transactions(&mut self, transactions: &Transactions<T>) -> Result<(), Error> {
        transactions.weighted().try_for_each(|(basket, weight)| self.add(basket.iter(), weight.into()))
    }
}

impl<T> OnDisk<'_, T> {
    /// Bytes of the temporary file so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.files.spill.written()
    }

    /// What each group finds, to be [joined](MinePlan::join).
    ///
    /// A group that would take more than half of [`max_memory`](RunOptions::max_memory) is searched in parts, each of which
    /// reads the group's prefixes again. The default is half of the memory that the machine has.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if the baskets are not those that were counted;
    /// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the branch of a single item does not fit;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read; those of [`GroupMiner::mine_with`].
    pub fn mine(self, options: &RunOptions) -> Result<Vec<GroupItemsets>, Error> {
        self.files.mine(options)
    }
}

/// Bytes that all groups together gather before they are written.
const BUFFERED: u64 = 16 << 20;

/// Bytes that a prefix, and each of its ranks, take while they are searched: as rows, as ranked rows, and in the index.
const BYTES_PER_PREFIX: u64 = 40;
const BYTES_PER_RANK: u64 = 14;

/// The same without labels.
#[derive(Debug)]
pub(crate) struct RankFiles {
    plan: Arc<RankPlan>,
    projector: RankProjector,
    spill: Spill,
    /// The prefixes of each group, and the ranks of those together.
    sizes: Vec<(u64, u64)>,
    /// The baskets with the item of each rank that were added.
    came: Vec<u64>,
    /// Items that a basket had once more.
    duplicates: u64,
}

impl RankFiles {
    pub(super) fn new(plan: Arc<RankPlan>, folder: Option<&Path>) -> Result<Self, Error> {
        Self::gathering(plan, folder, BUFFERED)
    }

    fn gathering(plan: Arc<RankPlan>, folder: Option<&Path>, buffered: u64) -> Result<Self, Error> {
        let groups = plan.groups as usize;
        Ok(RankFiles {
            projector: RankProjector::new(groups),
            spill: Spill::new(folder, groups, buffered)?,
            sizes: vec![(0, 0); groups],
            came: vec![0; plan.counts.len()],
            duplicates: 0,
            plan,
        })
    }

    /// Adds a basket of ranks, in any order.
    #[inline(always)]
    pub(super) fn add(&mut self, ranks: impl IntoIterator<Item = u32>, weight: u64) -> Result<(), Error> {
        if weight == 0 {
            return Ok(());
        }
        let RankFiles { plan, projector, spill, sizes, came, .. } = self;
        let (ranks, prefixes) = projector.project(plan, ranks);
        ranks.iter().for_each(|&rank| came[rank as usize] += weight);
        for (group, prefix) in prefixes {
            let size = &mut sizes[group];
            (size.0, size.1) = (size.0 + 1, size.1 + prefix.len() as u64);
            spill.add(group, |bytes| write(bytes, prefix, weight))?;
        }
        self.duplicates += self.projector.duplicates as u64 * weight;
        Ok(())
    }

    /// Items that baskets had once more, counted with the weights.
    pub(super) fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The baskets with the item of each rank that were added.
    pub(super) fn came(&self) -> &[u64] {
        &self.came
    }

    /// The same prefixes under a plan with other counts, which need not descend.
    pub(super) fn with_counts(self, counts: Vec<u64>) -> Self {
        let plan = Arc::new(RankPlan { counts, ..RankPlan::clone(&self.plan) });
        RankFiles { plan, ..self }
    }

    /// About how many bytes are held.
    pub(super) fn bytes(&self) -> u64 {
        BUFFERED + (self.came.len() * size_of::<u64>()) as u64
    }

    pub(super) fn mine(mut self, options: &RunOptions) -> Result<Vec<GroupItemsets>, Error> {
        if let Some(rank) = (0..self.came.len()).find(|&rank| self.came[rank] != self.plan.counts[rank]) {
            let (came, counted) = (self.came[rank], self.plan.counts[rank]);
            let what = format_args!(
                "the item of rank {rank} came in {came} baskets, and the plan counted {counted}: add the baskets that were \
                 counted, each once"
            );
            return Err(Error::group(None, what));
        }
        let allowed = options.memory(false) / 2;
        let groups = 0..self.plan.groups;
        groups.map(|group| self.mine_group(group, self.needed(group).div_ceil(allowed.max(1)), options)).collect()
    }

    /// The bytes that a group takes at most: equal prefixes may become one.
    fn needed(&self, group: u32) -> u64 {
        let (prefixes, ranks) = self.sizes[group as usize];
        BYTES_PER_PREFIX * prefixes + BYTES_PER_RANK * ranks
    }

    /// Searches a group in several passes over its prefixes, each for some of its ranks.
    fn mine_group(&mut self, group: u32, passes: u64, options: &RunOptions) -> Result<GroupItemsets, Error> {
        let (needed, memory) = (self.needed(group), options.memory(false));
        let own: Vec<u32> = self.plan.ranks_of(group).collect();
        let passes = passes.min(own.len() as u64).max(1) as u32;
        let pass_of = match passes {
            1 => Vec::new(),
            _ => {
                let costs = self.plan.branch_costs();
                assigned(&own.iter().map(|&rank| costs[rank as usize]).collect::<Vec<_>>(), passes)
            }
        };
        let mut parts = Vec::new();
        for pass in 0..passes {
            let plan = match passes {
                1 => Arc::clone(&self.plan),
                _ => {
                    let mut part = RankPlan::clone(&self.plan);
                    let others = own.iter().zip(&pass_of).filter(|&(_, &of)| of != pass);
                    others.for_each(|(&rank, _)| part.group_of[rank as usize] = u32::MAX);
                    Arc::new(part)
                }
            };
            let mut miner = GroupMiner::new(Arc::clone(&plan), group as usize)?;
            let mut prefix = Vec::new();
            self.spill.read(group as usize, |bytes| {
                let weight = read(bytes, &mut prefix)?;
                let is_own = |&rank: &u32| plan.group_of.get(rank as usize) == Some(&group);
                let end = prefix.iter().rposition(is_own).map_or(0, |last| last + 1);
                if end < 2 {
                    return Some(Ok(()));
                }
                Some(miner.push(&prefix[..end], weight).and_then(|()| match miner.bytes() > memory / 2 {
                    false => Ok(()),
                    true => Err(too_large(needed, memory)),
                }))
            })?;
            parts.push(miner.mine_with(options)?);
        }
        self.spill.forget(group as usize);
        // There was one pass or more.
        Ok(GroupItemsets::of_parts(parts).unwrap_or_else(|| GroupItemsets::new(&self.plan, group, Algorithm::Eclat)))
    }
}

fn too_large(needed: u64, allowed: u64) -> Error {
    let what = "the prefixes of one group, of which half of the limit are allowed, (plan more groups)";
    Error::new(ErrorKind::MemoryLimit { what, needed, limit: Limit::Memory(allowed) })
}

/// Writes a prefix: its length and weight, and by how much each rank is above the one before.
#[inline(always)]
fn write(bytes: &mut Vec<u8>, prefix: &[u32], weight: u64) {
    // Most weights are 1, and take no byte then.
    put(bytes, (prefix.len() as u64) << 1 | u64::from(weight != 1));
    if weight != 1 {
        put(bytes, weight);
    }
    let mut before = 0;
    for &rank in prefix {
        put(bytes, u64::from(rank - before));
        before = rank;
    }
}

/// Reads a prefix, and returns its weight; `None` if the bytes are none.
#[inline(always)]
fn read(bytes: &mut &[u8], prefix: &mut Vec<u32>) -> Option<u64> {
    let head = take(bytes)?;
    let weight = if head & 1 == 1 { take(bytes)? } else { 1 };
    prefix.clear();
    let mut rank = 0_u32;
    for _ in 0..head >> 1 {
        rank = rank.checked_add(u32::try_from(take(bytes)?).ok()?)?;
        prefix.push(rank);
    }
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributed::ItemCounts;
    use crate::miner::Miner;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn groups_are_searched_in_parts(
            rows in prop::collection::vec((prop::collection::btree_set(0..9u32, 0..7), 1..4u64), 0..40),
            (groups, passes, buffered) in (1..4usize, 1..5u64, 0..300u64),
        ) {
            let (mut counts, mut builder) = (ItemCounts::new(), Transactions::builder());
            for (row, weight) in &rows {
                counts.add_weighted(row.iter().copied(), *weight).unwrap();
                builder.push_weighted(row.iter().copied(), *weight as u32);
            }
            let miner = Miner::new().min_support(0.1);
            let plan = MinePlan::new(&miner, &counts, groups).unwrap();
            let mut files = RankFiles::gathering(Arc::clone(&plan.ranks), None, buffered).unwrap();
            for (row, weight) in &rows {
                files.add(row.iter().filter_map(|item| plan.rank(item)), *weight).unwrap();
            }
            let options = RunOptions::new();
            let found: Vec<GroupItemsets> =
                (0..groups as u32).map(|group| files.mine_group(group, passes, &options).unwrap()).collect();
            prop_assert_eq!(plan.join(&found).unwrap(), miner.mine(&builder.build().unwrap()).unwrap());
        }

        #[test]
        fn prefixes_are_read_back(
            ranks in prop::collection::btree_set(any::<u32>(), 0..9),
            weight in prop_oneof![Just(1u64), any::<u64>()],
            more in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let prefix: Vec<u32> = ranks.into_iter().collect();
            let mut bytes = Vec::new();
            write(&mut bytes, &prefix, weight);
            let len = bytes.len();
            bytes.extend_from_slice(&more);
            let (mut found, mut left) = (Vec::new(), &bytes[..]);
            prop_assert_eq!(read(&mut left, &mut found), Some(weight));
            prop_assert_eq!((found, left), (prefix, &more[..]));
            for end in 0..len {
                prop_assert_eq!(read(&mut &bytes[..end], &mut Vec::new()), None);
            }
        }
    }

    #[test]
    fn a_branch_without_room_and_other_baskets_are_refused() {
        let mut counts = ItemCounts::new();
        let basket = |n: u32| (0..12).filter(move |item| item == &0 || n >> item & 1 == 1);
        (0..9000).for_each(|n| counts.add(basket(n)).unwrap());
        let plan = MinePlan::new(&Miner::new().min_support(0.1), &counts, 2).unwrap();
        let mut on_disk = plan.on_disk(None).unwrap();
        (0..9000).for_each(|n| on_disk.add(&basket(n).collect::<Vec<u32>>(), 1).unwrap());
        let error = on_disk.mine(&RunOptions::new().max_memory(1 << 10)).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MemoryLimit { .. }), "{error}");
        let mut on_disk = plan.on_disk(None).unwrap();
        on_disk.add(&[0, 1], 1).unwrap();
        let error = on_disk.mine(&RunOptions::new()).unwrap_err();
        let expected = "the item of rank 0 came in 1 baskets, and the plan counted 9000: add the baskets that were counted, \
                        each once";
        assert_eq!(error.to_string(), expected);
    }
}
