//! The second pass for baskets that do not fit in memory: they are searched on disk.

use super::Counted;
use super::kept::TakeBaskets;
use crate::distributed::Recounted;
use crate::error::Error;
use crate::io::ReadReport;
use crate::itemsets::FrequentItemsets;
use crate::miner::Miner;
use crate::run_options::RunOptions;
use crate::transactions::Columns;

/// The part of the memory in which baskets are gathered before they are written. Buffers grow to twice of it.
const BUFFERED: u64 = 8;

impl Counted<'_> {
    /// The second pass and a search, for baskets that do not fit in memory: all frequent itemsets, exactly as
    /// [`Miner::mine`] finds them in all baskets, and what was read and skipped.
    ///
    /// The baskets are written to a temporary file, and searched for a part of the items at a time (see
    /// [`OnDisk`](crate::distributed::OnDisk)). Those of a part take up to half of
    /// [`max_memory`](super::TwoPass::max_memory), and what waits to be written up to a quarter; the itemsets take their room
    /// besides. The miner's own limit of the same name is not looked at. The file takes one to four bytes for each item of a
    /// basket that can be frequent, and none as long as the baskets fit in an eighth of the memory.
    ///
    /// The searches, and both passes, use the threads of the miner and of the reader.
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
        let rows = Recounted::new(miner, &items, self.baskets, folder, self.room.bytes() / BUFFERED)?;
        drop(items);
        let (rows, _, mut report) = self.second_pass(min_count, rows)?;
        report.baskets = self.baskets;
        (report.duplicates, report.items) = rows.duplicates_and_entries();
        report.excluded_baskets = self.report.excluded_baskets;
        let options = RunOptions { max_memory: self.settings.max_memory, ..miner.options().clone() };
        let (plan, found) = rows.mine(miner, &options)?;
        Ok((plan.join_with(&[found], &options)?, report))
    }
}

impl TakeBaskets for Recounted<String> {
    fn push_all(&mut self, items: &[u32], ends: impl Iterator<Item = (usize, u32)>) -> Result<(), Error> {
        self.add_all(items, ends)
    }

    fn push_columns(&mut self, columns: &Columns) -> Result<(), Error> {
        self.skip_duplicates(columns.duplicates());
        (0..columns.rows()).try_for_each(|row| {
            let row = columns.row(row);
            self.add_all(row, [(row.len(), 1)].into_iter())
        })
    }

    fn bytes(&self) -> u64 {
        Recounted::bytes(self)
    }
}
