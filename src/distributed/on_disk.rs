//! A plan's search on one machine, the baskets on disk: for data larger than memory.

use std::borrow::Borrow;
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;

use super::rank_files::RankFiles;
use super::{GroupItemsets, MinePlan};
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// Bytes that are gathered before they are written.
const BUFFERED: u64 = 16 << 20;

/// The baskets of a plan in one temporary file, from [`MinePlan::on_disk`]: they are added one by one, and then searched. Memory
/// holds a part of them at a time.
///
/// Each basket is stored once, with what is needed of it. The branches of the rarest items are searched first: those of as many
/// items as memory has room for the baskets of. What these baskets hold of other items is written again, for the searches to
/// come. So a basket is written as often as there are searches of its items; with room for all baskets none is, and up to
/// 16 MB stay in memory.
///
/// Source: the partition projection of J. Han, J. Pei, Y. Yin, R. Mao: Mining frequent patterns without candidate generation: a
/// frequent-pattern tree approach, Data Mining and Knowledge Discovery 2004.
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
        Ok(OnDisk { plan: self, files: RankFiles::new(Arc::clone(&self.ranks), folder, BUFFERED)? })
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
        self.files.written()
    }

    /// What each group finds, to be [joined](MinePlan::join).
    ///
    /// The baskets that are searched at a time take up to half of [`max_memory`](RunOptions::max_memory), and the itemsets are
    /// held besides. The default is half of the memory that the machine has. The plan's groups do not matter for that.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Group`](crate::ErrorKind::Group) if the baskets are not those that were counted;
    /// [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the branch of a single item does not fit;
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read; those of [`GroupMiner::mine_with`](super::GroupMiner::mine_with).
    pub fn mine(self, options: &RunOptions) -> Result<Vec<GroupItemsets>, Error> {
        self.files.mine(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distributed::ItemCounts;
    use crate::error::ErrorKind;
    use crate::miner::Miner;

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
