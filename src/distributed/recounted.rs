//! Baskets whose items were counted roughly, and are counted exactly while they are divided.

use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use super::rank_files::RankFiles;
use super::{GroupItemsets, ItemCounts, MinePlan};
use crate::error::Error;
use crate::mine::query::min_support::MinSupport;
use crate::miner::Miner;
use crate::run_options::RunOptions;

/// A search on disk, planned with the most baskets that each item can be in: a text was read once, and a basket of it may
/// have an item twice. A search is exact with the items in any order, so the groups stay as they were planned; what they
/// find is put into the order of the exact counts.
#[derive(Debug)]
pub(crate) struct Recounted<T> {
    plan: MinePlan<T>,
    baskets: u64,
    /// The rank of each item, by its number.
    rank_of: Vec<u32>,
    files: RankFiles,
    /// Duplicates that were left out before.
    skipped: u64,
    /// The ranks of baskets that are added.
    ranks: Vec<u32>,
}

impl<T: Eq + Hash + Ord + Clone> Recounted<T> {
    /// The labels by number, with the most baskets of each, all of which reach the miner's threshold. About `buffered` bytes
    /// are gathered before they are written.
    pub(crate) fn new(
        miner: &Miner,
        items: &[(T, u64)],
        baskets: u64,
        folder: Option<&Path>,
        buffered: u64,
    ) -> Result<Self, Error> {
        // An item may have come more often than there are baskets. It has a rank all the same, as its entries are counted.
        let miner = miner.clone().min_support(MinSupport::count(miner.min_count(baskets)?));
        let most = items.iter().map(|&(_, count)| count).fold(baskets, u64::max);
        let plan = MinePlan::new(&miner, &ItemCounts::from_counts(items.iter().cloned(), most)?, 1)?;
        let rank_of = items.iter().map(|(label, _)| plan.rank(label).unwrap_or(u32::MAX)).collect();
        let files = RankFiles::new(Arc::clone(&plan.ranks), folder, buffered)?;
        Ok(Recounted { plan, baskets, rank_of, files, skipped: 0, ranks: Vec::new() })
    }

    /// Adds baskets of items by their numbers, in any order, each with where it ends in `items`, and its weight.
    pub(crate) fn add_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error> {
        let Recounted { rank_of, files, ranks, .. } = self;
        ranks.clear();
        // All have a rank.
        ranks.extend(items.iter().map(|&item| rank_of[item as usize]));
        files.add_all(ranks, ends.map(|(end, weight)| (end, weight.into())))
    }

    /// Items that baskets had once more, counted with the weights, and those that are left.
    pub(crate) fn duplicates_and_entries(&self) -> (u64, u64) {
        (self.skipped + self.files.duplicates(), self.files.came().iter().sum())
    }

    /// Counts items that were left out as duplicates elsewhere.
    pub(crate) fn skip_duplicates(&mut self, duplicates: u64) {
        self.skipped += duplicates;
    }

    /// About how many bytes are held.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.bytes()
    }

    /// The plan by the exact counts, and what its one group would find.
    pub(crate) fn mine(self, miner: &Miner, options: &RunOptions) -> Result<(MinePlan<T>, GroupItemsets), Error> {
        let Recounted { plan: rough, baskets, files, .. } = self;
        let came = files.came().to_vec();
        let labels = rough.labels.labels();
        let counts = ItemCounts::from_counts(labels.iter().cloned().zip(came.iter().copied()), baskets)?;
        // One group, as the rarest item of an itemset may be another one now.
        let exact = MinePlan::new(miner, &counts, 1)?;
        let found = files.with_counts(came).mine(options)?;
        let ranks: Vec<Option<u32>> = labels.iter().map(|label| exact.rank(label)).collect();
        let all = GroupItemsets::renumbered(found, &exact.ranks, &ranks);
        Ok((exact, all))
    }
}
