//! Writing a file of itemsets, node by node.

use std::hash::Hash;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;

use super::super::arrays::Bytes;
use super::super::labels::Label;
use super::super::replace_file::replace_file;
use super::directory::NewDirectory;
use super::nodes::{NodePath, write_number};
use super::{BLOCK, Contents, FOOT_MAGIC, MAGIC, VERSION};
use crate::error::Error;
use crate::itemsets::{ClosedItemsets, FrequentItems, FrequentItemsets, GeneratorItemsets, MaximalItemsets, PathSink};
use crate::mine::query::target::Target;
use crate::miner::{Search, StreamSummary};

/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// Writes a file while itemsets are found.
#[derive(Debug)]
struct FileWriter<W: Write> {
    to: BufWriter<W>,
    contents: Contents,
    item_counts: Vec<u64>,
    path: NodePath,
    /// The nodes of the open block, without the path above the first of them.
    nodes: Vec<u8>,
    itemsets: u64,
    /// The path above the first node of the block as bytes, and the ranks of the path to it.
    above: Vec<u8>,
    first: Vec<u32>,
    directory: NewDirectory,
    /// Bytes written, and where the blocks begin.
    written: u64,
    failure: Option<Error>,
}

impl<W: Write> FileWriter<W> {
    fn new(to: W, contents: Contents) -> Self {
        FileWriter {
            to: BufWriter::with_capacity(BUFFER, to),
            contents,
            item_counts: Vec::new(),
            path: NodePath::default(),
            nodes: Vec::new(),
            itemsets: 0,
            above: Vec::new(),
            first: Vec::new(),
            directory: NewDirectory::default(),
            written: 0,
            failure: None,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.to.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    fn head<T: Label>(&mut self, items: &FrequentItems<T>, baskets: u64, min_count: u64) -> Result<(), Error> {
        // Items are numbered by a u32.
        let ranks = 0..items.len() as u32;
        self.item_counts = ranks.clone().map(|rank| items.count(rank)).collect();
        let mut body = Bytes::default();
        body.texts([T::TYPE].into_iter());
        let contents = self.contents.text();
        body.texts([&contents[..]].into_iter());
        body.number(baskets);
        body.number(min_count);
        T::write(ranks.map(|rank| items.label(rank)), &mut body);
        body.numbers(&self.item_counts);
        let body = body.0;
        let mut head = Vec::with_capacity(super::HEAD);
        head.extend_from_slice(&MAGIC);
        head.extend_from_slice(&VERSION.to_le_bytes());
        head.extend_from_slice(&(body.len() as u64).to_le_bytes());
        head.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
        let checksum = crc32fast::hash(&head);
        head.extend_from_slice(&checksum.to_le_bytes());
        self.write(&head)?;
        self.write(&body)
    }

    fn node(&mut self, len: usize, rank: u32, count: Option<u64>) -> Result<(), Error> {
        // The way to an itemset is told again where a search begins to hand over. The path goes on from it either way.
        if count.is_none() && self.path.ranks().get(len - 1) == Some(&rank) {
            return Ok(());
        }
        if self.nodes.len() >= BLOCK.max(self.above.len()) {
            self.end_block()?;
        }
        if self.nodes.is_empty() {
            write_number(&mut self.above, len as u64 - 1);
            self.path.write_whole(len - 1, &mut self.above);
            self.path.truncate(len - 1);
        }
        let written = self.path.write(&mut self.nodes, (len, rank, count), &self.item_counts);
        written.ok_or_else(|| Error::inconsistent("itemsets", "they are not in the canonical order"))?;
        if self.first.is_empty() {
            self.first.extend_from_slice(self.path.ranks());
        }
        if count.is_some() {
            self.itemsets += 1;
            self.directory.count(len);
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), Error> {
        if self.nodes.is_empty() {
            return Ok(());
        }
        let mut block = std::mem::take(&mut self.above);
        block.extend_from_slice(&self.nodes);
        self.directory.push(&block, self.itemsets, &self.first);
        self.write(&block)?;
        block.clear();
        self.above = block;
        self.nodes.clear();
        self.first.clear();
        self.itemsets = 0;
        Ok(())
    }

    /// Writes the rest, if nothing failed.
    fn finish(mut self) -> Result<(), Error> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        self.end_block()?;
        let directory = std::mem::take(&mut self.directory).finish();
        let mut foot = Vec::with_capacity(super::FOOT);
        foot.extend_from_slice(&self.written.to_le_bytes());
        foot.extend_from_slice(&(directory.len() as u64).to_le_bytes());
        foot.extend_from_slice(&crc32fast::hash(&directory).to_le_bytes());
        let checksum = crc32fast::hash(&foot);
        foot.extend_from_slice(&checksum.to_le_bytes());
        foot.extend_from_slice(&FOOT_MAGIC);
        self.write(&directory)?;
        self.write(&foot)?;
        Ok(self.to.flush()?)
    }

    fn flow(&mut self, done: Result<(), Error>) -> ControlFlow<()> {
        match done {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }
}

impl<T: Label, W: Write> PathSink<T> for FileWriter<W> {
    fn begin(&mut self, items: &FrequentItems<T>, baskets: u64, min_count: u64) -> ControlFlow<()> {
        let done = self.head(items, baskets, min_count);
        self.flow(done)
    }

    fn step(&mut self, len: usize, rank: u32, count: Option<u64>) -> ControlFlow<()> {
        let done = self.node(len, rank, count);
        self.flow(done)
    }
}

/// # Write to a file that is looked up without loading it
impl<T: Label + Ord + Hash + Send + Sync> Search<'_, T> {
    /// Writes the itemsets to a file as they are found, which an [`ItemsetFile`](super::ItemsetFile) reads (feature
    /// `snapshot`).
    ///
    /// However many there are, they take no memory but that of the file's directory, which is less than 1 % of it, and
    /// what [`Miner::stream`](crate::Miner::stream) takes. An itemset takes 1 to 4 bytes in the file; up to about 8 if
    /// few of its subsets are in it, as with maximal itemsets or a minimum length.
    ///
    /// The file takes the place of one that is there, as that of
    /// [`Snapshot::write_file`](crate::snapshot::Snapshot::write_file) does: it is there whole or not at all. It has
    /// the same bytes on any number of threads.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::Io`](crate::ErrorKind::Io) if a file cannot be written, synced or renamed, as when the disk is
    ///   full;
    /// - [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) with [`top_k`](Search::top_k), as the best are
    ///   not in the canonical order;
    /// - those of [`stream`](Search::stream). With any of them, a file that was there is as it was.
    ///
    /// ```
    /// use itemset::snapshot::ItemsetFile;
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
    /// # let folder = std::env::temp_dir();
    /// let path = folder.join("itemset_example_of_a_search");
    /// Miner::new().min_support(MinSupport::count(1)).search(&baskets).write_itemset_file(&path)?;
    ///
    /// let file = ItemsetFile::<String>::open(&path)?;
    /// assert_eq!(file.count_of(["diapers", "beer"])?, Some(2));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn write_itemset_file(&self, path: impl AsRef<Path>) -> Result<StreamSummary, Error> {
        let mut summary = None;
        replace_file(path.as_ref(), |file| {
            summary = Some(self.write_itemset_file_to(file)?);
            Ok(())
        })?;
        // It is there if nothing failed.
        summary.ok_or_else(|| Error::inconsistent("itemsets", "nothing was written"))
    }

    /// Writes the same bytes to anything else. The caller buffers nothing, and syncs.
    ///
    /// # Errors
    ///
    /// As [`write_itemset_file`](Search::write_itemset_file), but what was written before the error stays.
    pub fn write_itemset_file_to(&self, writer: impl Write + Send) -> Result<StreamSummary, Error> {
        let mut file = FileWriter::new(writer, Contents(self.whole_target()));
        let summary = self.stream_paths(&mut file);
        if let Some(failure) = file.failure.take() {
            return Err(failure);
        }
        let summary = summary?;
        file.finish()?;
        Ok(summary)
    }
}

macro_rules! write_results {
    ($($type:ident of $target:ident),+) => {$(
        impl<T: Label> $type<T> {
            /// Writes them to a file that is looked up without loading it, by an
            /// [`ItemsetFile`](crate::snapshot::ItemsetFile) (feature `snapshot`). An itemset takes 1 to 4 bytes, and
            /// up to about 8 if few of its subsets are in it.
            /// [`Search::write_itemset_file`](crate::Search::write_itemset_file) writes the same bytes without
            /// collecting them first, for as many as fit on the disk.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) if a file cannot be written, synced or renamed. A file that was
            /// there is as it was then.
            pub fn write_itemset_file(&self, path: impl AsRef<Path>) -> Result<(), Error> {
                replace_file(path.as_ref(), |file| self.write_itemset_file_to(file))
            }

            /// Writes the same bytes to anything else. The caller buffers nothing, and syncs.
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Io`](crate::ErrorKind::Io) if writing fails.
            pub fn write_itemset_file_to(&self, writer: impl Write) -> Result<(), Error> {
                let mut file = FileWriter::new(writer, Contents(Some(Target::$target)));
                // What failed is kept.
                let _ = self.pass_to(&mut file);
                file.finish()
            }
        }
    )+};
}

write_results!(
    FrequentItemsets of All,
    ClosedItemsets of Closed,
    MaximalItemsets of Maximal,
    GeneratorItemsets of Generators
);
