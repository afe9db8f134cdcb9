//! A walk over the nodes of blocks.

use std::fmt;
use std::iter::FusedIterator;

use super::block::Block;
use super::file::{BLOCKS, ItemsetFile};
use super::source::ReadAt;
use crate::error::Error;
use crate::itemsets::Itemset;

/// A place in a block of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    number: usize,
    block: Block,
}

impl Cursor {
    /// The path to the node of the last step.
    pub(super) fn path(&self) -> &[u32] {
        self.block.path()
    }

    /// Reads and checks a block, whose itemsets come after those that were read before.
    pub(super) fn load<T, S: ReadAt>(&mut self, file: &ItemsetFile<T, S>, block: usize) -> Result<(), Error> {
        let entry = file.entry(block);
        if self.path() >= entry.first {
            return Err(self.error(file, NO_ORDER));
        }
        self.number = block;
        // It is within the file, and so not larger than what a machine addresses.
        self.block.bytes.resize(usize::try_from(entry.end - entry.start).unwrap_or(usize::MAX), 0);
        file.read_at(&mut self.block.bytes, entry.start)?;
        if crc32fast::hash(&self.block.bytes) != entry.checksum {
            return Err(self.error(file, super::super::reader::CHANGED));
        }
        self.block.start(entry, file.items.counts()).map_err(|reason| self.error(file, reason))
    }

    /// Goes to the next node of the block, and returns its count if it is an itemset. `None` at the end.
    pub(super) fn step<T, S: ReadAt>(&mut self, file: &ItemsetFile<T, S>) -> Result<Option<Option<u64>>, Error> {
        self.block.step(file.items.counts()).map_err(|reason| self.error(file, reason))
    }

    /// The count of an itemset, if the block that was just read has it.
    pub(super) fn find<T, S>(&self, file: &ItemsetFile<T, S>, descending: &[u32]) -> Result<Option<u64>, Error>
    where
        S: ReadAt,
    {
        self.block.find(descending, file.items.counts()).map_err(|reason| self.error(file, reason))
    }

    #[cold]
    pub(super) fn error<T, S: ReadAt>(&self, file: &ItemsetFile<T, S>, reason: &str) -> Error {
        let (entry, blocks) = (file.entry(self.number), file.directory.blocks());
        let (block, last) = (self.number + 1, entry.end.saturating_sub(1));
        Error::snapshot(BLOCKS, format!("block {block} of {blocks} (bytes {} to {last}): {reason}", entry.start))
    }
}

const NO_ORDER: &str = "its itemsets do not end before those of the next block";

/// Itemsets of a file in the canonical order, from [`ItemsetFile::iter`] and [`ItemsetFile::extensions_of`].
pub struct ItemsetFileIter<'a, T, S> {
    file: &'a ItemsetFile<T, S>,
    cursor: Cursor,
    /// What the paths begin with.
    prefix: Vec<u32>,
    /// The block to be read next, unless the cursor is in a block.
    next_block: usize,
    is_in_block: bool,
    is_ended: bool,
}

impl<'a, T, S: ReadAt> ItemsetFileIter<'a, T, S> {
    /// Of the paths that begin with a prefix, if there is one.
    pub(super) fn new(file: &'a ItemsetFile<T, S>, prefix: Option<Vec<u32>>) -> Self {
        let is_ended = prefix.is_none();
        let prefix = prefix.unwrap_or_default();
        let next_block = file.directory.find(&prefix).unwrap_or(0);
        ItemsetFileIter { file, cursor: Cursor::default(), prefix, next_block, is_in_block: false, is_ended }
    }

    /// Goes to the next itemset, and returns its count.
    fn advance(&mut self) -> Result<Option<u64>, Error> {
        loop {
            if !self.is_in_block {
                if self.next_block == self.file.directory.blocks() {
                    return Ok(None);
                }
                self.cursor.load(self.file, self.next_block)?;
                self.next_block += 1;
                self.is_in_block = true;
            }
            let Some(count) = self.cursor.step(self.file)? else {
                self.is_in_block = false;
                continue;
            };
            let path = self.cursor.path();
            if path.starts_with(&self.prefix) {
                if count.is_some() {
                    return Ok(count);
                }
            } else if path > &self.prefix[..] {
                return Ok(None);
            }
        }
    }
}

impl<'a, T, S: ReadAt> Iterator for ItemsetFileIter<'a, T, S> {
    type Item = Result<Itemset<'a, T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_ended {
            return None;
        }
        let next = self.advance().transpose();
        self.is_ended = !matches!(next, Some(Ok(_)));
        let ItemsetFile { items, baskets, .. } = self.file;
        Some(next?.map(|count| Itemset::of_path(items, *baskets, self.cursor.path(), count)))
    }
}

impl<T, S: ReadAt> FusedIterator for ItemsetFileIter<'_, T, S> {}

impl<'a, T, S: ReadAt> IntoIterator for &'a ItemsetFile<T, S> {
    type Item = Result<Itemset<'a, T>, Error>;
    type IntoIter = ItemsetFileIter<'a, T, S>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T, S> Clone for ItemsetFileIter<'_, T, S> {
    fn clone(&self) -> Self {
        let ItemsetFileIter { file, ref cursor, ref prefix, next_block, is_in_block, is_ended } = *self;
        ItemsetFileIter { file, cursor: cursor.clone(), prefix: prefix.clone(), next_block, is_in_block, is_ended }
    }
}

impl<T, S> fmt::Debug for ItemsetFileIter<'_, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsetFileIter").field("prefix", &self.prefix).field("block", &self.next_block).finish()
    }
}
