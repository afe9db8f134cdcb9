//! Counting pairs.

use super::level::{Found, Level};
use crate::bitset::{Isa, Ops, Task};
use crate::mine::VerticalIndex;
use crate::mine::{Full, pieces};
use crate::transactions::{Rank, RankedRows};
use crate::workers::Workers;

/// The frequent pairs, and how many pairs there are.
///
/// Each item is counted with all more frequent ones in a row of counters while its baskets are gone through. So
/// there is one counter for each item at a time and worker, never one a pair; and where even these would be more than the
/// baskets have bytes, the row is counted in blocks. Where baskets are long, intersecting bitsets is cheaper and is done instead.
pub(super) fn count<R: Rank>(
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    min_count: u32,
    workers: Workers,
) -> Result<(Level, u64), Full> {
    let bytes = size_of_val(&rows.ranks[..]) + size_of_val(&rows.offsets[..]);
    count_in_blocks(rows, index, min_count, workers, (bytes / workers.threads()).max(1))
}

/// [`count`] with at most `block` counters a worker.
fn count_in_blocks<R: Rank>(
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    min_count: u32,
    workers: Workers,
    block: usize,
) -> Result<(Level, u64), Full> {
    let items = rows.items() as u64;
    let by_rows: u64 = rows.rows().map(|row| (row.len() * row.len() / 2) as u64).sum();
    let by_sets = items * items / 2 * u64::from(index.rows().div_ceil(64)) / WORDS_A_STEP;
    let intersects = by_sets < by_rows;
    let costs: Vec<u64> =
        (0..items).map(|rank| if intersects { rank } else { u64::from(rows.counts[rank as usize]) }).collect();
    let pieces = pieces(&costs, workers);
    let costs: Vec<u64> = pieces.iter().map(|piece| piece.cost).collect();
    let found = workers.run(&costs, Vec::new, |counters, piece| {
        let mut found = Found::default();
        for rank in pieces[piece].ranks.clone().map(|rank| rank as u32) {
            if intersects {
                Isa::detect().run(Intersect { index, rank, min_count, found: &mut found });
            } else {
                count_row(rows, index, rank, min_count, block, counters, &mut found);
            }
            found.end_parent();
        }
        found
    });
    // The subset of a pair that is not its beginning is the single item of its second rank.
    Ok((Level::joined(2, found)?, items * items.saturating_sub(1) / 2))
}

/// Words of bitsets intersected in the time of one step through a basket.
const WORDS_A_STEP: u64 = 4;

/// Counts the pairs of one item with each more frequent one by going through its baskets.
fn count_row<R: Rank>(
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    rank: u32,
    min_count: u32,
    block: usize,
    counters: &mut Vec<u32>,
    found: &mut Found,
) {
    for start in (0..rank as usize).step_by(block) {
        let end = (start + block).min(rank as usize);
        counters.clear();
        counters.resize(end - start, 0);
        for row in index.set(rank).iter() {
            let row = rows.row(row as usize).iter().map(|rank| rank.index());
            for other in row.skip_while(|&other| other < start).take_while(|&other| other < end) {
                counters[other - start] += 1;
            }
        }
        for (other, &count) in (start as u32..).zip(&*counters).filter(|&(_, &count)| count >= min_count) {
            found.push(other, count, &[other]);
        }
    }
}

/// Counts them by intersecting its baskets with those of the others.
struct Intersect<'a> {
    index: &'a VerticalIndex,
    rank: u32,
    min_count: u32,
    found: &'a mut Found,
}

impl Task for Intersect<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let set = self.index.set(self.rank);
        for other in 0..self.rank {
            if let Some(count) = set.intersection_count_at_least(self.index.set(other), ops, self.min_count) {
                self.found.push(other, count, &[other]);
            }
        }
    }
}
