//! Prefixes as `itemset.spark` sends them.
//!
//! `MinePlan.project` of the package for Python gives Arrow batches with the columns `group` (int32), `prefix` (a list of
//! int32) and `weight` (int64). Spark turns each row into one of its own (`UnsafeRow`), which is what is shuffled, sorted
//! and spilled, in blocks of 32 KiB that LZ4 compresses.

use std::cmp::Ordering;

/// Baskets that are projected together, so that equal prefixes among them are sent once: `itemset/spark.py` takes batches of
/// 10,000, Spark's default, until it has 32,768 or more.
pub(crate) const TOGETHER: usize = 40_000;

/// The blocks that Spark compresses (`spark.io.compression.lz4.blockSize`), and what it writes before each.
const BLOCK: usize = 32 << 10;
const BLOCK_HEAD: usize = 21;

/// Prefixes of ranks, with their groups and weights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefixes {
    ranks: Vec<u32>,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    group: u32,
    start: usize,
    end: usize,
    weight: u64,
}

impl Prefixes {
    pub(crate) fn push(&mut self, group: usize, prefix: &[u32], weight: u64) {
        let start = self.ranks.len();
        self.ranks.extend_from_slice(prefix);
        // There are no more groups than 2^20.
        self.rows.push(Row { group: group as u32, start, end: self.ranks.len(), weight });
    }

    /// Equal ones become one, in the order of groups and prefixes, as `python/src/prefixes.rs` does it.
    pub(crate) fn merge(&mut self) {
        let Prefixes { ranks, rows } = self;
        let prefix = |row: &Row| &ranks[row.start..row.end];
        let order = |one: &Row, other: &Row| one.group.cmp(&other.group).then_with(|| prefix(one).cmp(prefix(other)));
        rows.sort_unstable_by(order);
        rows.dedup_by(|row, kept| {
            let is_equal = order(row, kept) == Ordering::Equal;
            kept.weight += if is_equal { row.weight } else { 0 };
            is_equal
        });
    }

    pub(crate) fn clear(&mut self) {
        self.ranks.clear();
        self.rows.clear();
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[u32], u64)> {
        self.rows.iter().map(|row| (row.group as usize, &self.ranks[row.start..row.end], row.weight))
    }

    /// Prefixes, and their ranks together.
    pub(crate) fn size(&self) -> Size {
        Size { rows: self.rows.len() as f64, ranks: self.rows.iter().map(|row| (row.end - row.start) as f64).sum() }
    }
}

/// Prefixes, and their ranks together; of a simulated job, of which there are more than are exactly a float.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Size {
    pub(crate) rows: f64,
    pub(crate) ranks: f64,
}

impl Size {
    pub(crate) fn add(&mut self, other: Size) {
        (self.rows, self.ranks) = (self.rows + other.rows, self.ranks + other.ranks);
    }

    pub(crate) fn times(self, factor: f64) -> Size {
        Size { rows: self.rows * factor, ranks: self.ranks * factor }
    }
}

/// The bytes of a prefix in Arrow's columns: the group, an offset, the weight and four for each rank.
pub(crate) fn arrow_bytes(size: Size) -> f64 {
    16.0 * size.rows + 4.0 * size.ranks
}

/// The bytes of a row of Spark in the shuffle: its length (4), a bit for each column (8), three columns (24), and the list,
/// which has its length (8), a bit and four bytes for each rank, both filled up to eights.
pub(crate) fn row_bytes(ranks: usize) -> usize {
    44 + 8 * ranks.div_ceil(64) + 8 * ranks.div_ceil(2)
}

/// Writes such a row.
pub(crate) fn write_row(bytes: &mut Vec<u8>, group: usize, prefix: &[u32], weight: u64) {
    let list = row_bytes(prefix.len()) - 36;
    bytes.extend(((list + 32) as u32).to_be_bytes());
    bytes.extend(0_u64.to_le_bytes());
    bytes.extend((group as u64).to_le_bytes());
    bytes.extend(((32_u64) << 32 | list as u64).to_le_bytes());
    bytes.extend(weight.to_le_bytes());
    let end = bytes.len() + list;
    bytes.extend((prefix.len() as u64).to_le_bytes());
    bytes.resize(bytes.len() + 8 * prefix.len().div_ceil(64), 0);
    prefix.iter().for_each(|rank| bytes.extend(rank.to_le_bytes()));
    bytes.resize(end, 0);
}

/// What LZ4 leaves of some rows of one partition.
pub(crate) fn compressed(rows: &[u8], compress: impl Fn(&[u8]) -> usize) -> usize {
    rows.chunks(BLOCK).map(|block| BLOCK_HEAD + compress(block).min(block.len())).sum()
}

/// The prefixes that baskets with so many frequent items have, and their ranks, if each item is in one of `groups` at
/// random: the k-th item ends a prefix of k if none after it is in its group.
pub(crate) fn expected(len: usize, groups: usize) -> Size {
    let other = 1.0 - 1.0 / groups as f64;
    let ends = |place: usize| other.powi((len - place) as i32);
    Size { rows: (2..=len).map(ends).sum(), ranks: (2..=len).map(|place| place as f64 * ends(place)).sum() }
}
