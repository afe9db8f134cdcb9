//! Results in one binary file: recommenders, rules, itemsets, baskets and windows (feature `snapshot`).
//!
//! A [`Snapshot`] writes any of them, at most one of each kind. A [`SnapshotReader`] checks a file and gives them back.
//! It does not build them anew: the arrays are those that were written. Only the pairs of item to item are counted again.
//!
//! What these read is loaded. Itemsets that do not fit into memory go to a file of their own, as they are found: an
//! [`ItemsetFile`] looks them up there.
//!
//! # The format
//!
//! All numbers are little-endian, so that a file has the same bytes on every platform.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `\x89itemset` |
//! | 4, 4, 4 | the version of the format, 1; how many sections; the CRC-32 of the 16 bytes before |
//! | 36 for each section | name (16) and type of the labels (8), filled up with zeros; length (8) and CRC-32 (4) of its bytes |
//! | 4 | the CRC-32 of these entries |
//! | the rest | the bytes of each section, without gaps |
//!
//! A section is a fixed order of numbers (8 bytes) and arrays. An array of whole numbers is its length (8), a width (1)
//! and its numbers in 1, 2, 4 or 8 bytes each, the fewest that hold the largest. An array of floats is its length and 8
//! bytes each. An array of texts is an array of their lengths in bytes, and an array of all bytes.
//!
//! | file | its part |
//! |---|---|
//! | `writer`, `reader` | what a user calls; the header and the table of sections |
//! | `part` | the kinds of sections |
//! | `sections` | what is in each |
//! | `arrays` | numbers and arrays as bytes, and back |
//! | `labels` | the types of labels that can be stored |
//! | `replace_file` | a file that is there whole or not at all |
//! | `itemset_file` | itemsets in a file of their own, which is looked up without loading it |

mod arrays;
mod itemset_file;
mod labels;
mod part;
mod reader;
mod replace_file;
mod sections;
mod writer;

pub use itemset_file::{InMemory, ItemsetFile, ItemsetFileIter, ReadAt};
pub use labels::{Label, OwnedLabel};
pub use part::SnapshotPart;
pub use reader::SnapshotReader;
pub use writer::Snapshot;

/// What a file begins with.
const MAGIC: [u8; 8] = *b"\x89itemset";

/// The version of the format that is written, and the newest that is read.
const VERSION: u32 = 1;

/// Bytes of the header without its checksum, and of an entry for a section.
const HEADER: usize = 16;
const ENTRY: usize = NAME + LABELS + 12;

/// Bytes of the name of a section, and of the type of its labels.
const NAME: usize = 16;
const LABELS: usize = 8;
