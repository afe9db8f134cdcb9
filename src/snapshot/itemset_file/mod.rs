//! Itemsets in a file that is looked up without loading it, however many there are.
//!
//! In come the itemsets of a search as they are found, or of a result; out come the counts of those that are asked for,
//! a part of the tree, or all of them.
//!
//! # The format
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `\x89itemtre` |
//! | 4, 8, 4, 4 | the version of the format, 1; length and CRC-32 of what follows; the CRC-32 of the 24 bytes before |
//! | any | labels' type, contents, baskets, minimum count, items by rank with counts, all as in a snapshot |
//! | any | the blocks, of some 8 KiB each |
//! | any | the directory: itemsets by length, number of blocks, and of each block what is said below |
//! | 8, 8, 4, 4 | place, length and CRC-32 of the directory; the CRC-32 of the 20 bytes before |
//! | 8 | `ertmeti\x89` |
//!
//! Of a block, the directory has the length, the CRC-32 (4 bytes), the number of itemsets and the path to the first node
//! (its length and ranks). Numbers there and in blocks are in groups of 7 bits, the lowest first, but the CRC-32.
//!
//! A block is a part of the tree of itemsets in the canonical order: the path above its first node (its length, and for
//! each node of it the rank and the largest count of what is below), and the nodes. A node says how many items it drops
//! from the path before, how much its rank is above the smallest that can follow, and how much its count is below the
//! largest: each in a few bits of one byte, and what does not fit in groups of 7 bits after it. So a node takes 1 byte
//! where the count is that of its parent, and rarely over 4.
//!
//! | file | its part |
//! |---|---|
//! | `writer` | writing one, and the calls that do |
//! | `file` | opening and checking one, looking itemsets up |
//! | `iter` | a walk over blocks, and the iterator |
//! | `block` | a walk over the nodes of one block, and a look-up among them |
//! | `collect` | all itemsets of a file as the result that they were |
//! | `nodes` | nodes as bytes, and back |
//! | `directory` | where each block is, and with which itemset it begins |
//! | `source` | where bytes are read from |

mod block;
mod collect;
mod directory;
mod file;
mod iter;
mod nodes;
mod source;
#[cfg(test)]
mod tests;
mod writer;

pub use file::ItemsetFile;
pub use iter::ItemsetFileIter;
pub use source::{InMemory, ReadAt};

use crate::mine::query::target::Target;

/// What a file begins and ends with.
const MAGIC: [u8; 8] = *b"\x89itemtre";
const FOOT_MAGIC: [u8; 8] = *b"ertmeti\x89";

/// The version of the format that is written, and the newest that is read.
const VERSION: u32 = 1;

/// Bytes of what comes first and last.
const HEAD: usize = 28;
const FOOT: usize = 32;

/// Bytes of nodes at which a block ends. A look-up reads half of a block: with less it is faster, and the directory
/// larger.
const BLOCK: usize = if cfg!(test) { 32 } else { 1 << 13 };

/// Which itemsets a file has: all of a target, or some others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Contents(Option<Target>);

const OTHERS: &str = "others";

impl Contents {
    fn text(self) -> String {
        self.0.map_or_else(|| OTHERS.to_owned(), |target| target.to_string())
    }

    fn from_text(text: &str) -> Option<Self> {
        match text {
            OTHERS => Some(Contents(None)),
            text => Some(Contents(Some(text.parse().ok()?))),
        }
    }
}
