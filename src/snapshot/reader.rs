//! Reading a snapshot.

use std::fs;
use std::ops::Range;
use std::path::Path;

use super::arrays::Unread;
use super::labels::OwnedLabel;
use super::part::SnapshotPart;
use super::{ENTRY, HEADER, LABELS, MAGIC, NAME, VERSION, sections};
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, FrequentItemsets, GeneratorItemsets, MaximalItemsets};
use crate::miner::Miner;
use crate::recommend::{ItemToItem, NextBasket, Recommender};
use crate::rules::Rules;
use crate::transactions::Transactions;
use crate::window::Window;

/// A snapshot that a [`Snapshot`](super::Snapshot) wrote: its sections are whole, and not yet read (feature `snapshot`).
///
/// It holds the bytes of the file. Each call reads one section: it checks that lengths, numbers and counts fit each
/// other, and takes the arrays as they are. Nothing is searched, sorted or made again; only labels get a hash table.
/// A file that was changed on purpose, with a new checksum, may hold wrong counts that no check finds, but cannot cause
/// a panic, or take more memory than a small multiple of its size.
///
/// # Errors
///
/// [`ErrorKind::Snapshot`](crate::ErrorKind::Snapshot) names the section that was cut or changed, that is not there, or
/// has labels of another type than is asked for; and the version, if it is a later one than this crate reads.
///
/// ```
/// use itemset::snapshot::{Snapshot, SnapshotPart, SnapshotReader};
/// use itemset::Transactions;
///
/// let baskets = Transactions::from_rows([vec![1u32, 2], vec![2]])?;
/// let mut bytes = Vec::new();
/// Snapshot::new().transactions(&baskets).write_to(&mut bytes)?;
///
/// let stored = SnapshotReader::from_bytes(bytes.clone())?;
/// assert!(stored.contains(SnapshotPart::Transactions));
/// assert_eq!(stored.transactions::<u32>()?, baskets);
/// let error = stored.transactions::<String>().unwrap_err();
/// assert_eq!(error.to_string(), "snapshot, section transactions: its labels are of type u32, not String");
///
/// bytes.pop();
/// let error = SnapshotReader::from_bytes(bytes).unwrap_err();
/// assert_eq!(error.to_string(), "snapshot, section transactions: the file ends within it: it was cut");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SnapshotReader {
    bytes: Vec<u8>,
    /// By kind, in the order of [`SnapshotPart::ALL`].
    sections: [Option<Section>; SnapshotPart::ALL.len()],
}

#[derive(Clone, Debug)]
struct Section {
    labels: String,
    place: Range<usize>,
}

/// The parts of a file that are no sections, in errors.
const HEADER_NAME: &str = "header";
const ENTRIES_NAME: &str = "table of sections";

impl SnapshotReader {
    /// Reads a file, and checks that all of its sections are whole.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if the file cannot be read, and those of the
    /// [type](SnapshotReader#errors).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::from_bytes(fs::read(path)?)
    }

    /// The same from bytes in memory.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Result<Self, Error> {
        let bytes = bytes.into();
        if !bytes.starts_with(&MAGIC[..bytes.len().min(MAGIC.len())]) {
            return Err(Error::snapshot(HEADER_NAME, "this is no snapshot of itemset"));
        }
        let mut rest = &bytes[..];
        let header = checked(&mut rest, HEADER_NAME, HEADER)?;
        match number::<4>(&header[8..]) as u32 {
            VERSION => {}
            found => {
                let reason =
                    format!("written in format {found}, but this version of itemset reads up to format {VERSION}");
                return Err(Error::snapshot(HEADER_NAME, reason));
            }
        }
        let sections = number::<4>(&header[12..]) as usize;
        if sections > SnapshotPart::ALL.len() {
            return Err(Error::snapshot(HEADER_NAME, "it announces more sections than there are kinds"));
        }
        let entries = checked(&mut rest, ENTRIES_NAME, sections * ENTRY)?;
        let mut found = [const { None }; SnapshotPart::ALL.len()];
        let mut before = None;
        for entry in entries.chunks_exact(ENTRY) {
            let (name, entry) = entry.split_at(NAME);
            let (labels, entry) = entry.split_at(LABELS);
            let part = SnapshotPart::ALL.iter().copied().find(|part| unpadded(name) == part.name().as_bytes());
            let part = part.ok_or_else(|| Error::snapshot(ENTRIES_NAME, "it has a section of an unknown kind"))?;
            if before.replace(part as usize).is_some_and(|before| before >= part as usize) {
                return Err(Error::snapshot(ENTRIES_NAME, "its sections are not in order, each once"));
            }
            let start = bytes.len() - rest.len();
            let content = usize::try_from(number::<8>(entry)).ok().and_then(|len| rest.split_off(..len));
            let content = content.ok_or_else(|| cut(part.name()))?;
            if crc32fast::hash(content) != number::<4>(&entry[8..]) as u32 {
                return Err(changed(part.name()));
            }
            let labels = String::from_utf8_lossy(unpadded(labels)).into_owned();
            found[part as usize] = Some(Section { labels, place: start..start + content.len() });
        }
        if !rest.is_empty() {
            return Err(Error::snapshot(ENTRIES_NAME, "the file goes on after the last section"));
        }
        Ok(SnapshotReader { sections: found, bytes })
    }

    /// Whether it holds one of a kind.
    #[must_use]
    pub fn contains(&self, part: SnapshotPart) -> bool {
        self.sections[part as usize].is_some()
    }

    /// The recommender. It is as fast as the one that was written, and says the same.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn recommender<T: OwnedLabel>(&self) -> Result<Recommender<T>, Error> {
        self.read::<T, _>(SnapshotPart::Recommender, sections::read_recommender)
    }

    /// The scorer of a customer's next basket. Its pairs are counted again, as those of
    /// [`item_to_item`](SnapshotReader::item_to_item).
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn next_basket<T: OwnedLabel + Clone>(&self) -> Result<NextBasket<T>, Error> {
        self.read::<T, _>(SnapshotPart::NextBasket, sections::read_next_basket)
    }

    /// Item to item, whose pairs are counted again: of baskets with very many items there are many more than bytes. If they
    /// take more than half of the machine's memory (feature `memory-limit`), that is an error.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn item_to_item<T: OwnedLabel>(&self) -> Result<ItemToItem<T>, Error> {
        self.read::<T, _>(SnapshotPart::ItemToItem, sections::read_pairs)
    }

    /// The rules, in the order in which they were written.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn rules<T: OwnedLabel>(&self) -> Result<Rules<T>, Error> {
        self.read::<T, _>(SnapshotPart::Rules, sections::read_rules)
    }

    /// The frequent itemsets. That every subset is there, on which rules rely, is checked: it takes longer than the
    /// other checks.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn itemsets<T: OwnedLabel>(&self) -> Result<FrequentItemsets<T>, Error> {
        self.read::<T, _>(SnapshotPart::Itemsets, |from| sections::read_itemsets(from)?.check())
    }

    /// The closed itemsets. Whether one is missing cannot be checked.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn closed<T: OwnedLabel>(&self) -> Result<ClosedItemsets<T>, Error> {
        self.read::<T, _>(SnapshotPart::Closed, |from| ClosedItemsets::from_columns(sections::read_itemsets(from)?))
    }

    /// The maximal itemsets. Whether one is missing cannot be checked.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn maximal<T: OwnedLabel>(&self) -> Result<MaximalItemsets<T>, Error> {
        self.read::<T, _>(SnapshotPart::Maximal, |from| MaximalItemsets::from_columns(sections::read_itemsets(from)?))
    }

    /// The generators. That every subset is there is checked.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn generators<T: OwnedLabel>(&self) -> Result<GeneratorItemsets<T>, Error> {
        let read = |from: &mut Unread<'_>| GeneratorItemsets::from_columns(sections::read_itemsets(from)?);
        self.read::<T, _>(SnapshotPart::Generators, read)
    }

    /// The baskets.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors).
    pub fn transactions<T: OwnedLabel>(&self) -> Result<Transactions<T>, Error> {
        self.read::<T, _>(SnapshotPart::Transactions, sections::read_transactions)
    }

    /// The window, with a miner that has the settings of its searches. Pairs are not kept until
    /// [`with_pairs`](Window::with_pairs) counts them.
    ///
    /// # Errors
    ///
    /// Those of the [type](SnapshotReader#errors), also if the keys are of another type.
    pub fn window<K: OwnedLabel + Clone, T: OwnedLabel + Clone>(&self, miner: Miner) -> Result<Window<K, T>, Error> {
        self.read::<T, _>(SnapshotPart::Window, |from| sections::read_window(from, miner))
    }

    fn read<T: OwnedLabel, R>(
        &self,
        part: SnapshotPart,
        read: impl FnOnce(&mut Unread<'_>) -> Result<R, Error>,
    ) -> Result<R, Error> {
        let section = self.sections[part as usize].as_ref();
        let section = section.ok_or_else(|| Error::snapshot(part.name(), "the file has no such section"))?;
        if section.labels != T::TYPE {
            let reason = format!("its labels are of type {}, not {}", section.labels, T::TYPE);
            return Err(Error::snapshot(part.name(), reason));
        }
        read(&mut Unread(&self.bytes[section.place.clone()])).map_err(|error| Error::snapshot(part.name(), error))
    }
}

/// Takes some bytes and the checksum after them, if that is theirs.
fn checked<'a>(rest: &mut &'a [u8], name: &'static str, len: usize) -> Result<&'a [u8], Error> {
    let (Some(bytes), Some(checksum)) = (rest.split_off(..len), rest.split_off(..4)) else {
        return Err(cut(name));
    };
    match crc32fast::hash(bytes) == number::<4>(checksum) as u32 {
        true => Ok(bytes),
        false => Err(changed(name)),
    }
}

/// The number in the first bytes.
fn number<const LEN: usize>(bytes: &[u8]) -> u64 {
    bytes[..LEN].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

fn unpadded(name: &[u8]) -> &[u8] {
    name.iter().rposition(|&byte| byte != 0).map_or(&[], |last| &name[..=last])
}

/// What is wrong with a part of a file.
pub(super) const CUT: &str = "the file ends within it: it was cut";
pub(super) const CHANGED: &str = "its checksum is not that of its bytes: they were changed";

fn cut(name: &'static str) -> Error {
    Error::snapshot(name, CUT)
}

fn changed(name: &'static str) -> Error {
    Error::snapshot(name, CHANGED)
}
