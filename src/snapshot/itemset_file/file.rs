//! Opening a file of itemsets, and looking itemsets up.

use std::borrow::Borrow;
use std::fmt;
use std::fs::File;
use std::hash::Hash;
use std::path::Path;

use super::super::arrays::{Unread, damaged};
use super::super::labels::OwnedLabel;
use super::directory::{Directory, Entry};
use super::iter::{Cursor, ItemsetFileIter};
use super::source::{InMemory, ReadAt};
use super::{Contents, FOOT, FOOT_MAGIC, HEAD, MAGIC, VERSION};
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::FrequentItems;
use crate::mine::query::target::Target;
use crate::run_options::RunOptions;

/// Itemsets in a file, which are looked up without loading it (feature `snapshot`).
///
/// [`Search::write_itemset_file`](crate::Search::write_itemset_file) writes one while itemsets are found, and
/// [`FrequentItemsets::write_itemset_file`](crate::FrequentItemsets::write_itemset_file) and those of the other results
/// write the same. Opening it reads the labels and a directory of its blocks, about 1 % of the file, and that is the
/// memory it takes. Each look-up reads one block of some 8 KiB, in some 10 microseconds if the system has the file in
/// its cache. (1.2 billion itemsets of the data set mushroom: 1.34 GB, of which 11 MB are in memory.) It may be shared
/// by threads.
///
/// The bytes come from a [`File`], from memory ([`from_bytes`](ItemsetFile::from_bytes)), or anything else that has
/// ranges ([`ReadAt`]). To map the file, which saves the call of the system for each block, give `from_bytes` the map:
///
/// ```text
/// let file = std::fs::File::open(path)?;
/// let map = unsafe { memmap2::Mmap::map(&file)? };   // nobody may write to the file
/// let itemsets = ItemsetFile::<String, _>::from_bytes(map)?;
/// ```
///
/// # Errors
///
/// [`ErrorKind::Snapshot`](crate::ErrorKind::Snapshot) from opening, if the file was cut, is of another kind or a later
/// version, or has labels of another type than `T`; and from any call that reads a block that was changed, with the
/// number and the place of the block. [`ErrorKind::Io`](crate::ErrorKind::Io) if bytes cannot be read. A file that was
/// changed on purpose, with new checksums, may hold wrong counts, but cannot cause a panic.
///
/// ```
/// use itemset::snapshot::ItemsetFile;
/// use itemset::{MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["beer", "chips"],
/// ])?;
/// let mut bytes = Vec::new();
/// Miner::new().min_support(MinSupport::count(1)).search(&baskets).write_itemset_file_to(&mut bytes)?;
///
/// let file = ItemsetFile::<String, _>::from_bytes(&bytes)?;
/// assert_eq!((file.len(), file.by_len()), (7, &[3, 3, 1][..]));
/// assert_eq!(file.count_of(["diapers", "beer"])?, Some(2));
/// assert_eq!(file.count_of(["wine"])?, None);
/// // {diapers}, and what joins more frequent items to it.
/// let of_diapers: Result<Vec<String>, _> =
///     file.extensions_of(["diapers"]).map(|itemset| Ok::<_, itemset::Error>(itemset?.to_string())).collect();
/// assert_eq!(of_diapers?, [
///     "{diapers} (count 2, support 0.667)",
///     "{beer, diapers} (count 2, support 0.667)",
///     "{chips, diapers} (count 1, support 0.333)",
///     "{beer, chips, diapers} (count 1, support 0.333)",
/// ]);
/// # Ok::<(), itemset::Error>(())
/// ```
pub struct ItemsetFile<T, S = File> {
    source: S,
    pub(super) items: FrequentItems<T>,
    contents: Contents,
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    /// Where the blocks begin.
    start: u64,
    pub(super) directory: Directory,
}

/// The parts of a file, in errors.
const HEADER: &str = "header of an itemset file";
const DIRECTORY: &str = "directory of an itemset file";
pub(super) const BLOCKS: &str = "blocks of an itemset file";

impl<T: OwnedLabel> ItemsetFile<T> {
    /// Opens a file, and checks all of it but the blocks.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_source(File::open(path)?)
    }
}

impl<T: OwnedLabel, B: AsRef<[u8]>> ItemsetFile<T, InMemory<B>> {
    /// The same with the bytes of a file in memory, or mapped into it.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors).
    pub fn from_bytes(bytes: B) -> Result<Self, Error> {
        Self::from_source(InMemory(bytes))
    }
}

impl<T: OwnedLabel, S: ReadAt> ItemsetFile<T, S> {
    /// The same with bytes from anything else.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors).
    pub fn from_source(source: S) -> Result<Self, Error> {
        let size = source.size()?;
        let head = read(&source, HEADER, size, (0, HEAD as u64))?;
        if !head.starts_with(&MAGIC) {
            return Err(Error::snapshot(HEADER, "this is no file of itemsets"));
        }
        checked(HEADER, &head[..HEAD - 4], &head[HEAD - 4..])?;
        match u32::try_from(number(&head[8..12])) {
            Ok(VERSION) => {}
            _ => {
                let found = number(&head[8..12]);
                let reason =
                    format!("written in format {found}, but this version of itemset reads up to format {VERSION}");
                return Err(Error::snapshot(HEADER, reason));
            }
        }
        let body = read(&source, HEADER, size, (HEAD as u64, number(&head[12..20])))?;
        checked(HEADER, &body, &head[20..24])?;
        let start = (HEAD + body.len()) as u64;
        let (items, contents, baskets, min_count) = header::<T>(&body)?;

        let end = size.checked_sub(FOOT as u64).filter(|&end| end >= start).ok_or_else(|| cut(DIRECTORY))?;
        let foot = read(&source, DIRECTORY, size, (end, FOOT as u64))?;
        if !foot.ends_with(&FOOT_MAGIC) {
            return Err(cut(DIRECTORY));
        }
        checked(DIRECTORY, &foot[..20], &foot[20..24])?;
        let (place, len) = (number(&foot[..8]), number(&foot[8..16]));
        if place < start || place.checked_add(len) != Some(end) {
            return Err(Error::snapshot(DIRECTORY, "it is not where it should be: bytes were removed or inserted"));
        }
        let bytes = read(&source, DIRECTORY, size, (place, len))?;
        checked(DIRECTORY, &bytes, &foot[16..20])?;
        let directory = Directory::read(&bytes, (start, place), items.len());
        let directory = directory.map_err(|error| Error::snapshot(DIRECTORY, error))?;
        Ok(ItemsetFile { source, items, contents, baskets, min_count, start, directory })
    }
}

/// The items, and what else the header says.
fn header<T: OwnedLabel>(body: &[u8]) -> Result<(FrequentItems<T>, Contents, u64, u64), Error> {
    let error = |error: Error| Error::snapshot(HEADER, error);
    let mut body = Unread(body);
    match body.texts().map_err(error)?[..] {
        [labels] if labels == T::TYPE => {}
        ref labels => {
            let labels = labels.first().copied().unwrap_or_default();
            return Err(Error::snapshot(HEADER, format!("its labels are of type {labels}, not {}", T::TYPE)));
        }
    }
    let mut rest = || {
        let contents = match body.texts()?[..] {
            [contents] => Contents::from_text(contents),
            _ => None,
        };
        let contents = contents.ok_or_else(|| damaged("its contents are unknown"))?;
        let (baskets, min_count) = (body.number()?, body.number()?);
        let labels = T::read(&mut body)?;
        let counts = body.numbers()?;
        body.end()?;
        if counts.len() != labels.len() || counts.iter().any(|&count| count > baskets) {
            return Err(damaged("the counts of the items cannot be theirs"));
        }
        Ok((FrequentItems::from_labels(labels, counts)?, contents, baskets, min_count))
    };
    rest().map_err(error)
}

impl<T, S: ReadAt> ItemsetFile<T, S> {
    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.directory.itemsets()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> &[u64] {
        &self.directory.by_len
    }

    /// The number of baskets that were searched, the empty ones included.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The target of which it has all itemsets; `None` if constraints or lengths selected among them. It has all up to
    /// a maximum length if that was the only length, for frequent itemsets and generators.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.contents.0
    }

    /// Bytes held in memory by the directory, without the labels.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.directory.bytes()
    }

    /// The number of baskets that contain an itemset, given by its labels in any order; `None` if it is not in the
    /// file. The empty itemset is in every basket, if the file has [all](Target::All) itemsets.
    ///
    /// Time: a hash look-up per item, a binary search in the directory, and one block, which is read and checked.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors).
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Result<Option<u64>, Error>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let Some(descending) = self.items.falling_ranks(labels) else { return Ok(None) };
        if descending.is_empty() {
            return Ok((self.target() == Some(Target::All)).then_some(self.baskets));
        }
        let Some(block) = self.directory.find(&descending) else { return Ok(None) };
        let mut cursor = Cursor::default();
        cursor.load(self, block)?;
        cursor.find(self, &descending)
    }

    /// All itemsets, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)). It ends after an
    /// error.
    pub fn iter(&self) -> ItemsetFileIter<'_, T, S> {
        ItemsetFileIter::new(self, Some(Vec::new()))
    }

    /// The itemsets that are some items and any more frequent ones, in the canonical order; of one item, those whose
    /// rarest item it is. The itemset itself comes first, if it is in the file. There are none if an item is unknown.
    ///
    /// They stand together: what is before and after them is not read. It ends after an error.
    ///
    /// ```
    /// # use itemset::snapshot::ItemsetFile;
    /// # use itemset::{MinSupport, Miner, Transactions};
    /// # let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// # let mut bytes = Vec::new();
    /// # Miner::new().min_support(MinSupport::count(1)).search(&baskets).write_itemset_file_to(&mut bytes)?;
    /// let file = ItemsetFile::<String, _>::from_bytes(&bytes)?;
    /// assert_eq!(file.extensions_of(["diapers"]).count(), 2); // with {beer, diapers}
    /// assert_eq!(file.extensions_of(["beer"]).count(), 1); // diapers are rarer than beer
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn extensions_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> ItemsetFileIter<'_, T, S>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        ItemsetFileIter::new(self, self.items.falling_ranks(labels))
    }

    /// Reads and checks all blocks, of which the other calls check only those that they read.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors).
    pub fn verify(&self) -> Result<(), Error> {
        self.verify_with(&RunOptions::new())
    }

    /// The same with a time limit and cancellation.
    ///
    /// # Errors
    ///
    /// Those of the [type](ItemsetFile#errors), and [`ErrorKind::TimeLimit`](crate::ErrorKind::TimeLimit) or
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) if the call was ended.
    pub fn verify_with(&self, options: &RunOptions) -> Result<(), Error> {
        options.run(|control| self.each(&mut Ticker::new(control), |_, _| ()))
    }

    /// Passes all nodes on, checked.
    pub(super) fn each(&self, ticker: &mut Ticker<'_>, mut node: impl FnMut(&[u32], Option<u64>)) -> Result<(), Error> {
        let mut by_len = vec![0_u64; self.by_len().len()];
        let mut cursor = Cursor::default();
        for block in 0..self.directory.blocks() {
            ticker.check(super::BLOCK)?;
            cursor.load(self, block)?;
            while let Some(count) = cursor.step(self)? {
                let len = cursor.path().len();
                if count.is_some() {
                    *by_len.get_mut(len - 1).ok_or_else(|| cursor.error(self, NOT_BY_LEN))? += 1;
                }
                node(cursor.path(), count);
            }
        }
        if by_len == self.by_len() { Ok(()) } else { Err(Error::snapshot(DIRECTORY, NOT_BY_LEN)) }
    }

    pub(super) fn entry(&self, block: usize) -> Entry<'_> {
        self.directory.entry(block, self.start)
    }

    pub(super) fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), Error> {
        Ok(self.source.read_exact_at(buffer, offset)?)
    }
}

const NOT_BY_LEN: &str = "the numbers of itemsets by length are not those of the blocks";

impl<T, S> fmt::Debug for ItemsetFile<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsetFile")
            .field("contents", &self.contents)
            .field("baskets", &self.baskets)
            .field("min_count", &self.min_count)
            .field("by_len", &self.directory.by_len)
            .finish_non_exhaustive()
    }
}

/// Some bytes from a place on, if the source has them.
fn read(source: &impl ReadAt, part: &'static str, size: u64, (place, len): (u64, u64)) -> Result<Vec<u8>, Error> {
    let fits = place.checked_add(len).is_some_and(|end| end <= size);
    let len = usize::try_from(len).ok().filter(|_| fits).ok_or_else(|| cut(part))?;
    let mut bytes = vec![0; len];
    source.read_exact_at(&mut bytes, place)?;
    Ok(bytes)
}

/// An error unless a checksum is that of some bytes.
fn checked(part: &'static str, bytes: &[u8], checksum: &[u8]) -> Result<(), Error> {
    match u64::from(crc32fast::hash(bytes)) == number(checksum) {
        true => Ok(()),
        false => Err(Error::snapshot(part, super::super::reader::CHANGED)),
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn cut(part: &'static str) -> Error {
    Error::snapshot(part, super::super::reader::CUT)
}
