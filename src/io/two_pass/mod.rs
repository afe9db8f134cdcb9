//! Reading in two passes, for data larger than memory: the first counts the items, the second keeps those that can be
//! frequent.

// In comes a reader and a source that can be opened twice, out go baskets of the items that can be frequent.
//
// | file | its part |
// |---|---|
// | here | the settings |
// | `counted` | the source after the first pass, and the second pass |
// | `on_disk` | the second pass for baskets that do not fit in memory: they are searched on disk |
// | `needs` | what the second pass takes |
// | `counting` | the first pass: the items and the baskets are counted |
// | `distinct_keys` | how many baskets keys are, and whether their rows follow each other |
// | `kept` | the second pass: rows of kept items, by basket |
// | `partitions` | keys and rows in a temporary file, divided by the hash of the key |
// | `room` | the memory that may be used |
// | `fingerprint` | whether both passes read the same text |
//
// The number of baskets must be exact, as a threshold is a fraction of it. Rows without keys are counted. Keys are
// compared with the one before as long as they ascend or descend: then no key comes twice, and none is kept. At the first
// one that does neither, the pass begins again with a table of all keys, which are written to partitions if there is no
// room for them. That costs little: if keys are in no order, it shows in the first rows.
//
// If there are as many runs of rows as keys, the rows of a basket follow each other, and the second pass needs no keys.
// Otherwise it groups the rows of kept items in memory, or, if there is no room for that, writes them to partitions, and
// groups one after the other. It writes them, and not the first pass, because they are then few: a text of 2 GB may have
// 0.1 GB of them. Keys are compared as they are; a hash only chooses the partition.

mod counted;
mod counting;
mod distinct_keys;
mod fingerprint;
mod kept;
mod needs;
mod on_disk;
mod partitions;
mod room;
#[cfg(all(test, feature = "rayon"))]
mod tests;

use std::path::PathBuf;

use super::blocks::Sizes;
use super::reading::ReadRuns;
use super::report::ReadReport;
use super::source::{Reopened, Source};
use crate::error::Error;
use crate::mine::query::min_support::MinSupport;
use crate::transactions::Transactions;

pub use counted::Counted;
pub use needs::Needs;

/// Reads baskets in two passes, for data larger than memory. Every reader has it as its call `two_pass`.
///
/// The first pass, [`count`](TwoPass::count), counts how often each item occurs, and the baskets. The second,
/// [`Counted::read`], keeps the items that can be frequent at a minimum support, and no others. Equal baskets become one
/// row with a weight where that saves memory. What is then found at this minimum support, or at a higher one, is exactly
/// what is found in baskets that were read at once.
///
/// - The source is opened twice: it is a file, or bytes in memory. A stream is refused.
/// - The first pass holds all distinct labels and 8 bytes for each; the second also the rows of kept items. If the rows of
///   baskets do not follow each other, as they do when a table is sorted by the key, it also holds the keys. What does not
///   fit in [`max_memory`](TwoPass::max_memory) is written to a temporary file.
/// - Both passes use the threads of the reader.
///
/// ```
/// use itemset::Miner;
/// use itemset::io::LongReader;
///
/// let text = "order,item\n1,beer\n1,diapers\n2,wine\n3,diapers\n3,beer\n4,chips\n";
/// let counted = LongReader::new("order", "item").two_pass(text.as_bytes()).count()?;
/// assert_eq!((counted.baskets(), counted.items()), (4, 4));
/// assert_eq!((counted.needs(0.5)?.items(), counted.needs(0.5)?.entries()), (2, 4));
/// let (baskets, report) = counted.read(0.5)?;
/// assert_eq!((baskets.len(), baskets.stored_rows()), (4, 2));
/// assert_eq!(baskets.dictionary().labels(), ["beer", "diapers"]);
/// assert_eq!((report.rows, report.baskets, report.items), (6, 4, 4));
///
/// let all = LongReader::new("order", "item").read(text.as_bytes())?;
/// let miner = Miner::new().min_support(0.5);
/// assert_eq!(miner.mine(&baskets)?, miner.mine(&all)?);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct TwoPass<'s> {
    reader: Box<dyn ReadRuns>,
    source: Option<Reopened<'s>>,
    max_memory: Option<u64>,
    temporary_folder: Option<PathBuf>,
    sizes: Sizes,
    /// Whether keys and rows are written even if there is room for them, for tests.
    spills: bool,
}

impl<'s> TwoPass<'s> {
    pub(super) fn new(reader: Box<dyn ReadRuns>, source: Source<'s>) -> Self {
        TwoPass {
            reader,
            source: source.into_reopened(),
            max_memory: None,
            temporary_folder: None,
            sizes: Sizes::default(),
            spills: false,
        }
    }

    /// The most memory, in bytes, for labels, keys and rows, besides some megabytes for each thread. `u64::MAX` is no
    /// limit. Keys and rows that do not fit are written to a temporary file; what cannot be written there is an error.
    ///
    /// Default: half of the memory that the machine has, or that the control group of the process allows. Without the
    /// feature `memory-limit` the default is no limit.
    pub fn max_memory(mut self, bytes: u64) -> Self {
        self.max_memory = Some(bytes);
        self
    }

    /// The folder of temporary files. They are removed when the call that needs them ends, however it ends, on Unix even
    /// if the process is killed. Default: that of the system, [`std::env::temp_dir`].
    pub fn temporary_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.temporary_folder = Some(folder.into());
        self
    }

    /// The first pass. Takes linear time.
    ///
    /// # Errors
    ///
    /// Those of the reader's `read_with_report`, and:
    ///
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a stream, and for a path that leads to no
    ///   file, such as a pipe: they cannot be read twice.
    /// - [`ErrorKind::MemoryLimit`](crate::ErrorKind::MemoryLimit) if the labels take more than
    ///   [`max_memory`](TwoPass::max_memory).
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) with the folder, if a temporary file cannot be written.
    ///
    /// ```
    /// use itemset::io::{BasketReader, Source};
    ///
    /// let stream = Source::stream(std::io::empty());
    /// let error = BasketReader::new().two_pass(stream).count().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "invalid two_pass: a stream (expected a file or bytes in memory, which can be read twice)"
    /// );
    /// ```
    pub fn count(self) -> Result<Counted<'s>, Error> {
        Counted::of(self)
    }

    /// Both passes: the baskets at a minimum support, and what was read and skipped.
    ///
    /// # Errors
    ///
    /// Those of [`count`](TwoPass::count) and of [`Counted::read`].
    pub fn read(self, min_support: impl Into<MinSupport>) -> Result<(Transactions<String>, ReadReport), Error> {
        self.count()?.read(min_support)
    }
}
