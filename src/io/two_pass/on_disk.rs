//! The second pass for baskets that do not fit in memory: they are divided into groups on disk, and searched there.

use super::Counted;
use super::kept::TakeBaskets;
use crate::distributed::Recounted;
use crate::error::Error;
use crate::io::ReadReport;
use crate::itemsets::FrequentItemsets;
use crate::miner::Miner;
use crate::transactions::Columns;

/// The most groups.
const MOST_GROUPS: u64 = 512;

/// Bytes that a prefix of a group takes while it is searched, and each item of it, in the mean.
const BYTES_PER_PREFIX: u64 = 40;
const BYTES_PER_ITEM: u64 = 9;

impl Counted<'_> {
    /// The second pass and a search, for baskets that do not fit in memory: all frequent itemsets, exactly as
    /// [`Miner::mine`] finds them in all baskets, and what was read and skipped.
    ///
    /// The baskets are written to a temporary file, divided into groups by their items, and the groups are searched one after
    /// the other (see [`distributed`](crate::distributed)). A group takes up to half of
    /// [`max_memory`](super::TwoPass::max_memory), which has to hold the itemsets too; the miner's own limit of the same
    /// name is not looked at. The file takes some six times as many bytes as the baskets have items that can be frequent.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Counted::read), without the limits on entries, and of
    /// [`Miner::mine`]; [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for
    /// [`Algorithm::Apriori`](crate::Algorithm::Apriori); [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if what is
    /// found together with a single item takes too much.
    ///
    /// ```
    /// use itemset::io::BasketReader;
    /// use itemset::{MinSupport, Miner};
    ///
    /// let text = "beer diapers\nbeer chips diapers\nchips\n";
    /// let miner = Miner::new().min_support(MinSupport::count(2));
    /// let (itemsets, report) = BasketReader::new().two_pass(text.as_bytes()).count()?.mine(&miner)?;
    /// assert_eq!((itemsets.count_of(["beer", "diapers"]), report.baskets), (Some(2), 3));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn mine(&self, miner: &Miner) -> Result<(FrequentItemsets<String>, ReadReport), Error> {
        let min_count = miner.min_count(self.baskets)?;
        let labels = self.kept_labels(min_count)?;
        let counts = self.counts.iter().copied().filter(|&count| count >= min_count);
        let items: Vec<(String, u64)> = labels.to_dictionary()?.into_labels().into_iter().zip(counts).collect();
        let folder = self.settings.temporary_folder.as_deref();
        let groups = self.groups(items.iter().map(|&(_, count)| count).sum());
        let rows = Recounted::new(miner, &items, self.baskets, groups, folder)?;
        drop(items);
        let (rows, _, mut report) = self.second_pass(min_count, rows)?;
        report.baskets = self.baskets;
        (report.duplicates, report.items) = rows.duplicates_and_entries();
        report.excluded_baskets = self.report.excluded_baskets;
        let mut options = miner.options().clone();
        if let Some(bytes) = self.settings.max_memory {
            options = options.max_memory(bytes);
        }
        let (plan, found) = rows.mine(miner, &options)?;
        Ok((plan.join_with(&[found], &options)?, report))
    }

    /// How many groups there should be for so many entries: as many as let the prefixes of each fit, if each entry has a prefix
    /// of half of its basket.
    fn groups(&self, entries: u64) -> usize {
        let len = entries / self.stored.rows.max(1);
        let needed = entries.saturating_mul(BYTES_PER_PREFIX + BYTES_PER_ITEM * len);
        // Beyond that a group is searched in parts.
        needed.div_ceil((self.room.bytes() / 2).max(1)).clamp(1, MOST_GROUPS) as usize
    }
}

impl TakeBaskets for Recounted<String> {
    fn push_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error> {
        let mut start = 0;
        for (end, weight) in ends {
            self.add(&items[start..end], weight)?;
            start = end;
        }
        Ok(())
    }

    fn push_columns(&mut self, columns: &Columns) -> Result<(), Error> {
        self.skip_duplicates(columns.duplicates());
        (0..columns.rows()).try_for_each(|row| self.add(columns.row(row), 1))
    }

    fn bytes(&self) -> u64 {
        Recounted::bytes(self)
    }
}
