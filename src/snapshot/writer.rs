//! Writing a snapshot.

use std::hash::Hash;
use std::io::Write;
use std::path::Path;

use super::arrays::Bytes;
use super::labels::Label;
use super::part::SnapshotPart;
use super::replace_file::replace_file;
use super::{ENTRY, HEADER, LABELS, MAGIC, NAME, VERSION, sections};
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, FrequentItemsets, GeneratorItemsets, MaximalItemsets};
use crate::recommend::{ItemToItem, NextBasket, Recommender};
use crate::rules::Rules;
use crate::transactions::Transactions;
use crate::window::Window;

/// Writes recommenders, rules, itemsets, baskets and windows to one binary file, which a
/// [`SnapshotReader`](super::SnapshotReader) reads (feature `snapshot`).
///
/// The same values make the same bytes on every platform, whatever order they are given in. One of a kind takes the
/// place of another given before. What is given is copied as it will be written.
///
/// A rule takes up to 40 bytes in either form. The labels may differ in type.
///
/// ```
/// use itemset::snapshot::{Snapshot, SnapshotReader};
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
/// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
/// let recommender = rules.recommender().build()?;
/// # let folder = std::env::temp_dir();
/// let path = folder.join("itemset_example_of_a_snapshot");
/// Snapshot::new().recommender(&recommender).rules(&rules).write_file(&path)?;
///
/// let stored = SnapshotReader::open(&path)?;
/// let recommender = stored.recommender::<String>()?;
/// assert_eq!(recommender.recommend(["beer"], 1).get(0).unwrap().item(), "diapers");
/// assert_eq!(stored.rules::<String>()?.len(), rules.len());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing is written until `write_file` or `write_to`"]
pub struct Snapshot {
    /// By kind, in the order of [`SnapshotPart::ALL`].
    sections: [Option<Section>; SnapshotPart::ALL.len()],
}

#[derive(Debug)]
struct Section {
    labels: &'static str,
    bytes: Vec<u8>,
}

impl Snapshot {
    /// With nothing in it yet.
    pub fn new() -> Self {
        Snapshot::default()
    }

    /// Puts a recommender in.
    pub fn recommender<T: Label>(self, recommender: &Recommender<T>) -> Self {
        self.with::<T>(SnapshotPart::Recommender, |into| sections::write_recommender(recommender, into))
    }

    /// Puts the scorer of a customer's next basket in: its weights, and the baskets that it learned from.
    pub fn next_basket<T: Label + Clone + Eq + Hash + Ord>(self, model: &NextBasket<T>) -> Self {
        self.with::<T>(SnapshotPart::NextBasket, |into| sections::write_next_basket(model, into))
    }

    /// Puts item to item in: its baskets, equal ones once, from which a reader counts the pairs.
    pub fn item_to_item<T: Label + Ord>(self, pairs: &ItemToItem<T>) -> Self {
        self.with::<T>(SnapshotPart::ItemToItem, |into| sections::write_pairs(pairs, into))
    }

    /// Puts rules in, in their order.
    pub fn rules<T: Label>(self, rules: &Rules<T>) -> Self {
        self.with::<T>(SnapshotPart::Rules, |into| sections::write_rules(rules, into))
    }

    /// Puts frequent itemsets in.
    pub fn itemsets<T: Label>(self, itemsets: &FrequentItemsets<T>) -> Self {
        self.with::<T>(SnapshotPart::Itemsets, |into| sections::write_itemsets(itemsets.columns(), into))
    }

    /// Puts closed itemsets in.
    pub fn closed<T: Label>(self, itemsets: &ClosedItemsets<T>) -> Self {
        self.with::<T>(SnapshotPart::Closed, |into| sections::write_itemsets(itemsets.columns(), into))
    }

    /// Puts maximal itemsets in.
    pub fn maximal<T: Label>(self, itemsets: &MaximalItemsets<T>) -> Self {
        self.with::<T>(SnapshotPart::Maximal, |into| sections::write_itemsets(itemsets.columns(), into))
    }

    /// Puts generators in.
    pub fn generators<T: Label>(self, itemsets: &GeneratorItemsets<T>) -> Self {
        self.with::<T>(SnapshotPart::Generators, |into| sections::write_itemsets(itemsets.columns(), into))
    }

    /// Puts baskets in.
    pub fn transactions<T: Label>(self, baskets: &Transactions<T>) -> Self {
        self.with::<T>(SnapshotPart::Transactions, |into| sections::write_transactions(baskets, into))
    }

    /// Puts the baskets of a window in, by partition. The settings of its miner, the pairs and the last result are not
    /// stored.
    pub fn window<K: Label + Ord, T: Label + Ord>(self, window: &Window<K, T>) -> Self {
        self.with::<T>(SnapshotPart::Window, |into| sections::write_window(window, into))
    }

    fn with<T: Label>(mut self, part: SnapshotPart, write: impl FnOnce(&mut Bytes)) -> Self {
        let mut bytes = Bytes::default();
        write(&mut bytes);
        self.sections[part as usize] = Some(Section { labels: T::TYPE, bytes: bytes.0 });
        self
    }

    /// Writes a file, in place of one that is there: to a temporary file beside it, which takes its name when all of it
    /// has reached the disk. Whenever the machine or the program stops, the old file is there or the new one, whole.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if a file cannot be written, synced or renamed. The temporary one is
    /// removed then, and the old one is as it was, unless it is the folder that cannot be synced.
    pub fn write_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        replace_file(path.as_ref(), |file| self.write_to(file))
    }

    /// Writes the same bytes to anything else. It is not buffered, as there are few large writes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
    pub fn write_to(&self, mut writer: impl Write) -> Result<(), Error> {
        let sections =
            || SnapshotPart::ALL.iter().zip(&self.sections).filter_map(|(part, of)| Some((part, of.as_ref()?)));
        let mut head = Vec::with_capacity(HEADER + 8 + SnapshotPart::ALL.len() * ENTRY);
        head.extend_from_slice(&MAGIC);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&(sections().count() as u32).to_le_bytes());
        let checksum = crc32fast::hash(&head);
        head.extend_from_slice(&checksum.to_le_bytes());
        let entries = head.len();
        for (part, Section { labels, bytes }) in sections() {
            head.extend_from_slice(&padded::<NAME>(part.name()));
            head.extend_from_slice(&padded::<LABELS>(labels));
            head.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            head.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        }
        let checksum = crc32fast::hash(&head[entries..]);
        head.extend_from_slice(&checksum.to_le_bytes());
        writer.write_all(&head)?;
        for (_, section) in sections() {
            writer.write_all(&section.bytes)?;
        }
        Ok(writer.flush()?)
    }
}

/// A name, filled up with zeros. All names fit.
fn padded<const LEN: usize>(name: &str) -> [u8; LEN] {
    let mut padded = [0; LEN];
    padded.iter_mut().zip(name.bytes()).for_each(|(into, byte)| *into = byte);
    padded
}
