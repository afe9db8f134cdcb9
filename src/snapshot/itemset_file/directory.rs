//! Where each block is, and with which itemset it begins.

use super::super::arrays::{Bytes, Unread};
use super::nodes::{read_number, write_number};
use crate::error::Error;

/// The directory while a file is written.
#[derive(Debug, Default)]
pub(super) struct NewDirectory {
    blocks: u64,
    by_len: Vec<u64>,
    entries: Vec<u8>,
}

impl NewDirectory {
    #[inline]
    pub(super) fn count(&mut self, len: usize) {
        if self.by_len.len() < len {
            self.by_len.resize(len, 0);
        }
        self.by_len[len - 1] += 1;
    }

    /// A block with the path to its first node.
    pub(super) fn push(&mut self, block: &[u8], itemsets: u64, first: &[u32]) {
        self.blocks += 1;
        write_number(&mut self.entries, block.len() as u64);
        self.entries.extend_from_slice(&crc32fast::hash(block).to_le_bytes());
        write_number(&mut self.entries, itemsets);
        write_number(&mut self.entries, first.len() as u64);
        first.iter().for_each(|&rank| write_number(&mut self.entries, rank.into()));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut bytes = Bytes::default();
        bytes.numbers(&self.by_len);
        bytes.number(self.blocks);
        bytes.0.extend_from_slice(&self.entries);
        bytes.0
    }
}

/// The directory of a file that is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    pub(super) by_len: Vec<u64>,
    /// Where each block ends.
    ends: Vec<u64>,
    checksums: Vec<u32>,
    itemsets: Vec<u32>,
    /// The paths to the first nodes, and where each ends.
    ranks: Vec<u32>,
    path_ends: Vec<usize>,
}

/// A block in the directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) checksum: u32,
    pub(super) itemsets: u32,
    pub(super) first: &'a [u32],
}

impl Directory {
    /// From bytes that are not trusted, for blocks between two places in a file with so many items.
    pub(super) fn read(bytes: &[u8], (start, end): (u64, u64), items: usize) -> Result<Self, Error> {
        let damaged = |reason| Error::inconsistent("bytes", reason);
        let mut unread = Unread(bytes);
        let by_len = unread.numbers()?;
        let blocks = unread.number()?;
        let mut rest = unread.0;
        let mut directory = Directory { by_len, ..Directory::default() };
        let mut before = start;
        let mut total = 0_u64;
        for _ in 0..blocks {
            let len = read_number(&mut rest).map_err(damaged)?;
            let (checksum, after) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("it ends too early"))?;
            rest = after;
            let itemsets = read_number(&mut rest).map_err(damaged)?;
            // Each itemset takes a byte.
            let itemsets = Some(itemsets).filter(|&itemsets| itemsets <= len).and_then(|of| u32::try_from(of).ok());
            let itemsets = itemsets.ok_or_else(|| damaged("a block has more itemsets than bytes"))?;
            let path = directory.ranks.len();
            for _ in 0..read_number(&mut rest).map_err(damaged)? {
                let rank = read_number(&mut rest).map_err(damaged)?;
                let rank = u32::try_from(rank).ok().filter(|&rank| (rank as usize) < items);
                directory.ranks.push(rank.ok_or_else(|| damaged("there is no such item"))?);
            }
            let first = &directory.ranks[path..];
            let last = directory.blocks().checked_sub(1).map(|last| directory.first(last));
            if first.is_empty() || !first.is_sorted_by(|a, b| a > b) || last.is_some_and(|last| last >= first) {
                return Err(damaged("its blocks are not in order"));
            }
            before = before.checked_add(len).ok_or_else(|| damaged("a block is too long"))?;
            total += u64::from(itemsets);
            directory.ends.push(before);
            directory.checksums.push(u32::from_le_bytes(*checksum));
            directory.itemsets.push(itemsets);
            directory.path_ends.push(directory.ranks.len());
        }
        if !rest.is_empty() || before != end {
            return Err(damaged("its blocks are not those of the file"));
        }
        let by_len = directory.by_len.iter().try_fold(0_u64, |sum, &itemsets| sum.checked_add(itemsets));
        match by_len == Some(total) {
            true => Ok(directory),
            false => Err(damaged("its numbers of itemsets contradict each other")),
        }
    }

    pub(super) fn blocks(&self) -> usize {
        self.path_ends.len()
    }

    fn first(&self, block: usize) -> &[u32] {
        let start = if block == 0 { 0 } else { self.path_ends[block - 1] };
        &self.ranks[start..self.path_ends[block]]
    }

    /// A block, where the first begins at `start`.
    pub(super) fn entry(&self, block: usize, start: u64) -> Entry<'_> {
        Entry {
            start: if block == 0 { start } else { self.ends[block - 1] },
            end: self.ends[block],
            checksum: self.checksums[block],
            itemsets: self.itemsets[block],
            first: self.first(block),
        }
    }

    /// The last block that begins with a path or before it.
    pub(super) fn find(&self, descending: &[u32]) -> Option<usize> {
        let (mut low, mut high) = (0, self.blocks());
        while low < high {
            let middle = low.midpoint(high);
            if self.first(middle) <= descending {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low.checked_sub(1)
    }

    pub(super) fn itemsets(&self) -> u64 {
        // Their sum was checked.
        self.by_len.iter().sum()
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.ends[..])
            + size_of_val(&self.checksums[..])
            + size_of_val(&self.itemsets[..])
            + size_of_val(&self.ranks[..])
            + size_of_val(&self.path_ends[..])
    }
}
