//! Whether an item that a search passed over is in all baskets of an itemset. Such an itemset is not closed.
//!
//! Passed items have columns, or are searched for in the rows of the baskets.

use super::closed_stack::{ClosedLevel, ClosedSource, ClosedStack};
use super::database::{Rows, Signature};
use crate::bitset::Ops;
use crate::transactions::Rank;

/// The baskets of an itemset, as a column of a level, and their number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shared<'a> {
    pub(super) column: &'a [u64],
    pub(super) count: u32,
}

/// The items of a level from one on, except some.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beyond {
    /// At least 1.
    pub(super) first: usize,
    /// The exceptions, as the bits of a number from the first item on. If there are rows, they are marked as
    /// members.
    pub(super) but: usize,
}

impl ClosedStack {
    /// Whether an item that was passed over is in all baskets of the itemset that a level's item makes.
    #[inline(always)]
    pub(super) fn is_in_another_branch<O: Ops, R: Rank>(
        &self,
        ops: O,
        of: ClosedSource<'_, R>,
        level: ClosedLevel,
        item: usize,
    ) -> bool {
        let column = &self.words[level.words + item * level.stride..][..level.stride];
        let shared = Shared { column, count: self.counts[level.items + item] };
        self.is_subsumed(ops, of, level, Beyond { first: item + 1, but: 0 }, shared)
    }

    /// Whether one item is in all baskets of `shared`: an item of the level, or one that was passed over before.
    #[inline(always)]
    pub(super) fn is_subsumed<O: Ops, R: Rank>(
        &self,
        ops: O,
        of: ClosedSource<'_, R>,
        level: ClosedLevel,
        beyond: Beyond,
        shared: Shared<'_>,
    ) -> bool {
        let ClosedStack { items, counts, words, baskets, is_member, .. } = self;
        let ClosedLevel { width, stride, .. } = level;
        let (mut first, mut but) = (beyond.first, beyond.but);
        let covered = match of.rows {
            Some(rows) => {
                let baskets = level.baskets.map(|start| &baskets[start..]);
                in_all(rows, shared.column, of.ranks[items[level.items + first - 1] as usize], baskets, is_member)
            }
            None => {
                let mut covered = false;
                while but != 0 && !covered {
                    covered = but & 1 == 0
                        && counts[level.items + first] >= shared.count
                        && is_within(shared.column, &words[level.words + first * stride..][..stride]);
                    but >>= 1;
                    first += 1;
                }
                let higher = &counts[level.items + first..level.items + width];
                covered = covered || within_one(shared, higher, &words[level.words + first * stride..]);
                for run in self.passed_of(level) {
                    if covered {
                        break;
                    }
                    covered = within_one(shared, &counts[run.items..][..run.width], &words[run.words..]);
                }
                covered
            }
        };
        // At the first level, baskets that hold a single item may be missing.
        covered && (level.items > 0 || ops.count(shared.column) == shared.count)
    }
}

/// Whether another column has all bits of a column; `counts` has an upper bound of the bits of each.
#[inline(always)]
fn within_one(shared: Shared<'_>, counts: &[u32], columns: &[u64]) -> bool {
    let Shared { column, count } = shared;
    if let &[word] = column {
        // There is no early exit, as vectors hold the words of several columns.
        return columns[..counts.len()].iter().fold(false, |within, other| within | (word & !other == 0));
    }
    let stride = column.len();
    for (other, &bound) in counts.iter().enumerate() {
        if bound >= count && is_within(column, &columns[other * stride..][..stride]) {
            return true;
        }
    }
    false
}

/// Whether another column has all bits of a column.
#[inline(always)]
fn is_within(column: &[u64], other: &[u64]) -> bool {
    for (&word, &other) in column.iter().zip(other) {
        if word & !other != 0 {
            return false;
        }
    }
    true
}

/// Whether an item that is rarer than one of a rank, and not a member, is in all rows of a column's bits.
///
/// In most cases the signatures show that none is. Those of items that are rarer than the one of the database have no
/// bits of members; of the others, the first row shows which are not. The loops are plain, as closures are not compiled
/// for the instruction set.
#[inline(always)]
fn in_all<R: Rank>(rows: Rows<'_, R>, column: &[u64], rank: u32, baskets: Option<&[u32]>, is_member: &[bool]) -> bool {
    let mut first = None;
    let mut left = Signature { more_frequent: 0, rarer: u64::MAX };
    for (place, &word) in column.iter().enumerate() {
        let mut bits = word;
        while bits != 0 {
            let place = basket(place * 64 + bits.trailing_zeros() as usize, baskets);
            bits &= bits - 1;
            if first.is_none() {
                let row = &rows.rows[place];
                first = Some(row);
                for other in row.ranks[..row.before as usize].iter().rev().map(|other| other.index() as u32) {
                    if other <= rank {
                        break;
                    }
                    left.more_frequent |= u64::from(!is_member[other as usize]) << (other % 64);
                }
            }
            let signature = rows.signatures[place];
            left.more_frequent &= signature.more_frequent;
            left.rarer &= signature.rarer;
            if left.more_frequent | left.rarer == 0 {
                return false;
            }
        }
    }
    let Some(first) = first else { return true };
    let (more_frequent, rarer) = first.ranks.split_at(first.before as usize);
    if left.rarer != 0 {
        // The first is the item of the database.
        for &other in rarer.iter().skip(1) {
            if left.rarer >> (other.index() % 64) & 1 == 1 && is_in_all(rows, column, other, baskets) {
                return true;
            }
        }
    }
    if left.more_frequent != 0 {
        for &other in more_frequent.iter().rev() {
            if other.index() as u32 <= rank {
                break;
            }
            if left.more_frequent >> (other.index() % 64) & 1 == 1
                && !is_member[other.index()]
                && is_in_all(rows, column, other, baskets)
            {
                return true;
            }
        }
    }
    false
}

/// Whether an item is in all rows of a column's bits.
#[inline(always)]
fn is_in_all<R: Rank>(rows: Rows<'_, R>, column: &[u64], item: R, baskets: Option<&[u32]>) -> bool {
    for (place, &word) in column.iter().enumerate() {
        let mut bits = word;
        while bits != 0 {
            let row = &rows.rows[basket(place * 64 + bits.trailing_zeros() as usize, baskets)];
            bits &= bits - 1;
            // There is no early exit: rows are short.
            if !row.ranks.iter().fold(false, |is_there, &other| is_there | (other == item)) {
                return false;
            }
        }
    }
    true
}

/// The basket of a bit.
#[inline(always)]
pub(super) fn basket(bit: usize, baskets: Option<&[u32]>) -> usize {
    match baskets {
        Some(baskets) => baskets[bit] as usize,
        None => bit,
    }
}
