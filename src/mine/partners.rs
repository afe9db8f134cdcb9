//! Which items are frequent together with one item.

use std::ops::Range;

use super::VerticalIndex;
use crate::bitset::{Isa, Ops, Task};
use crate::transactions::{Rank, RankedRows};
use crate::workers::Workers;

/// The counts of pairs, those of the most frequent items counted in advance.
///
/// An item's *partners* are the more frequent items that are in enough of its baskets. The pairs of the most
/// frequent items, which make up most of the work, are counted once and together, in a triangle of
/// counters that is never larger than the baskets; an item outside of it is counted when it is asked for, with a row
/// of counters, by going through its baskets.
#[derive(Debug)]
pub(super) struct Partners<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    min_count: u32,
    /// The items that the triangle has.
    width: usize,
    /// The counts of item r and the items before it, from `r * (r - 1) / 2` on.
    triangle: Vec<u32>,
}

/// The most counters of the triangle: beyond the second-level cache a step costs several times as much.
const MOST_COUNTERS: usize = 1 << 19;

/// Words of bitsets intersected in the time of one step through a basket.
const WORDS_A_STEP: f64 = 16.0;

impl<'a, R: Rank> Partners<'a, R> {
    pub(super) fn new(rows: &'a RankedRows<R>, index: &'a VerticalIndex, min_count: u32, workers: Workers) -> Self {
        let bytes = size_of_val(&rows.ranks[..]) + size_of_val(&rows.offsets[..]);
        let copies = if workers.threads() == 1 { 1 } else { workers.threads() + 1 };
        let width = (2 * (bytes / copies).min(MOST_COUNTERS)).isqrt().min(rows.items());
        // The items that have bitsets are intersected where that is cheaper than to go through the rows for them.
        let dense = index.dense().min(width);
        let entries = |items: usize| rows.counts[..items].iter().map(|&count| u64::from(count)).sum::<u64>();
        let steps: u64 = rows.rows().map(|row| (row.len() * row.len() / 2) as u64).sum();
        let by_rows = steps as f64 * (entries(dense) as f64 / entries(rows.items()).max(1) as f64).powi(2);
        let by_sets = (dense * dense / 2) as f64 * f64::from(index.rows().div_ceil(64)) / WORDS_A_STEP;
        let intersected = if by_sets < by_rows { dense } else { 0 };
        let counters = |items: usize| items * items.saturating_sub(1) / 2;
        let mut triangle = Vec::with_capacity(counters(width));
        // Parts of the ranks with as many pairs each, as their number grows with the square.
        let parts = workers.parts(intersected, 1);
        let at = |part: usize| (part as f64 / intersected.max(1) as f64).sqrt() * intersected as f64;
        let parts: Vec<Range<usize>> =
            parts.iter().map(|part| at(part.start) as usize..at(part.end) as usize).collect();
        for part in workers.run_parts(&parts, |ranks| Isa::detect().run(Intersect { index, ranks })) {
            triangle.extend_from_slice(&part);
        }
        triangle.resize(counters(width), 0);
        if intersected < width {
            // As many copies of the triangle as threads, for a moment.
            let parts = match workers.threads() {
                1 => workers.parts(rows.len(), 1),
                threads => {
                    (0..threads).map(|part| rows.len() * part / threads..rows.len() * (part + 1) / threads).collect()
                }
            };
            let first = counters(intersected);
            for part in workers.run_parts(&parts, |part| count_rows(rows, part, intersected..width)) {
                for (count, more) in triangle[first..].iter_mut().zip(part) {
                    *count += more;
                }
            }
        }
        Partners { rows, index, min_count, width, triangle }
    }

    /// Appends the partners of an item and their counts, ascending. `counters` is scratch.
    pub(super) fn of(&self, rank: usize, counters: &mut Vec<u32>, partners: &mut Vec<(u32, u32)>) {
        if rank < self.width {
            let counts = &self.triangle[rank * rank.saturating_sub(1) / 2..][..rank];
            return self.pick(counts, partners);
        }
        counters.resize(counters.len().max(rank), 0);
        let index = self.index.set(rank as u32);
        let rows = || index.iter().map(|row| self.rows.row(row as usize));
        let mut steps = 0;
        for row in rows() {
            for other in row.iter().take_while(|other| other.index() < rank) {
                counters[other.index()] += 1;
                steps += 1;
            }
        }
        if rank <= COUNTERS_A_STEP * steps {
            self.pick(&counters[..rank], partners);
            counters[..rank].fill(0);
            return;
        }
        // Few of very many items: they are found again along the rows.
        let before = partners.len();
        for row in rows() {
            for other in row.iter().take_while(|other| other.index() < rank) {
                let count = std::mem::take(&mut counters[other.index()]);
                if count >= self.min_count {
                    partners.push((other.index() as u32, count));
                }
            }
        }
        partners[before..].sort_unstable();
    }

    /// Appends the counters that reach the minimum.
    fn pick(&self, counts: &[u32], partners: &mut Vec<(u32, u32)>) {
        for (first, block) in (0..).step_by(BLOCK).zip(counts.chunks(BLOCK)) {
            if block.iter().fold(0, |most, &count| most.max(count)) >= self.min_count {
                partners.extend((first..).zip(block.iter().copied()).filter(|&(_, count)| count >= self.min_count));
            }
        }
    }
}

/// Counters that are compared in one go.
const BLOCK: usize = 32;

/// Counters that are looked through in the time of one step through a basket.
const COUNTERS_A_STEP: usize = 8;

/// The rows of the triangle of some ranks, as far as they come from some of the baskets.
fn count_rows<R: Rank>(rows: &RankedRows<R>, part: Range<usize>, ranks: Range<usize>) -> Vec<u32> {
    let start = |rank: usize| rank * rank.saturating_sub(1) / 2;
    let mut triangle = vec![0; start(ranks.end) - start(ranks.start)];
    for row in part.map(|row| rows.row(row)) {
        for place in 1..row.len() {
            let rank = row[place].index();
            if rank >= ranks.end {
                break;
            }
            if rank >= ranks.start {
                let counts = &mut triangle[start(rank) - start(ranks.start)..][..rank];
                for other in &row[..place] {
                    counts[other.index()] += 1;
                }
            }
        }
    }
    triangle
}

/// The rows of the triangle of some ranks, by intersecting bitsets.
struct Intersect<'a> {
    index: &'a VerticalIndex,
    ranks: Range<usize>,
}

/// Words of each bitset that are intersected with all others before the next ones: for 800 items they fill the second-level cache.
const TILE: usize = 128;

impl Task for Intersect<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Vec<u32> {
        let Intersect { index, ranks } = self;
        let start = |rank: usize| rank * rank.saturating_sub(1) / 2;
        let mut triangle = vec![0; start(ranks.end) - start(ranks.start)];
        let words = index.rows().div_ceil(64) as usize;
        for tile in (0..words).step_by(TILE) {
            let part = |rank: usize| {
                let words = index.set(rank as u32).words().unwrap_or(&[]);
                &words[tile.min(words.len())..(tile + TILE).min(words.len())]
            };
            for rank in ranks.clone() {
                let column = part(rank);
                let counts = &mut triangle[start(rank) - start(ranks.start)..][..rank];
                for (other, count) in counts.iter_mut().enumerate() {
                    *count += ops.and_count(column, part(other));
                }
            }
        }
        triangle
    }
}
