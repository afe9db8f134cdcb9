//! A block in memory: a walk over its nodes, and a look-up among them.
//!
//! It knows no labels and no source, so that it is compiled with this crate.

use super::directory::Entry;
use super::nodes::{NodePath, find, read_number};

/// A block whose checksum is right, and a place in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// Where the next node is.
    place: usize,
    path: NodePath,
    /// Itemsets that are left, if the block is whole.
    left: u32,
}

impl Block {
    /// The path to the node of the last step, or the path above the first node.
    pub(super) fn path(&self) -> &[u32] {
        self.path.ranks()
    }

    /// Goes to the start of the block that the bytes are.
    pub(super) fn start(&mut self, entry: Entry<'_>, item_counts: &[u64]) -> Result<(), &'static str> {
        let mut rest = &self.bytes[..];
        // All but the last node of the path to the first one.
        let above = entry.first.len() - 1;
        if read_number(&mut rest)? != above as u64 {
            return Err(OTHER_FIRST);
        }
        self.path.read_whole(&mut rest, above, item_counts)?;
        self.place = self.bytes.len() - rest.len();
        self.left = entry.itemsets;
        let mut first = self.path.clone();
        first.read(&mut rest, item_counts)?;
        if first.ranks() == entry.first { Ok(()) } else { Err(OTHER_FIRST) }
    }

    /// Goes to the next node, and returns its count if it is an itemset. `None` at the end.
    pub(super) fn step(&mut self, item_counts: &[u64]) -> Result<Option<Option<u64>>, &'static str> {
        let mut rest = &self.bytes[self.place..];
        if rest.is_empty() {
            return if self.left == 0 { Ok(None) } else { Err(OTHER_NUMBER) };
        }
        let count = self.path.read(&mut rest, item_counts)?;
        self.place = self.bytes.len() - rest.len();
        if count.is_some() {
            self.left = self.left.checked_sub(1).ok_or(OTHER_NUMBER)?;
        }
        Ok(Some(count))
    }

    /// The count of an itemset, if it is in the block, which is at its start.
    pub(super) fn find(&self, descending: &[u32], item_counts: &[u64]) -> Result<Option<u64>, &'static str> {
        find(&self.bytes[self.place..], &self.path, descending, item_counts)
    }
}

const OTHER_FIRST: &str = "it does not begin with the itemset that the directory names";
const OTHER_NUMBER: &str = "it does not have as many itemsets as the directory says";
