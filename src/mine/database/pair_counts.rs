//! Which items are frequent together with one item.

use std::ops::Range;

use super::counters::{COUNTERS_PER_STEP, Counter, pick};
use super::vertical_index::VerticalIndex;
use crate::bitset::{Isa, Ops, Task, and_weigh};
use crate::call::control::{Control, Poll, ROWS_PER_POLL};
use crate::threads::workers::Workers;
use crate::transactions::{Branches, Rank, RankedRows};

/// The counts of pairs of items. Those of the most frequent items are counted in advance.
///
/// An item's *partners* are the more frequent items that are in enough of its baskets. The pairs of the most frequent
/// items make up most of the work. They are counted once and together, in a triangle of counters that is never larger
/// than the baskets. The pairs of any other item are counted on request, with a row of counters, by going through its
/// baskets; in blocks, if the row would be longer than the baskets have bytes.
#[derive(Debug)]
pub(crate) struct PairCounts<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    min_count: u32,
    /// The number of items in the triangle.
    width: usize,
    /// The most counters of a row: all counters of a call together never exceed the bytes of the baskets.
    block: usize,
    /// The counts of each item and the items before it, item by item. They are in parts of some items each, as they
    /// were counted: the first item of each part, and its counts. Joining the parts would take as long as counting a
    /// tenth of them.
    triangle: Vec<(usize, Vec<u32>)>,
}

/// The most counters of the triangle: beyond the second-level cache a step costs several times as much.
const MOST_COUNTERS: usize = 1 << 19;

/// Words of bitsets intersected in the time of one step through a basket.
const INTERSECTED_WORDS_PER_STEP: f64 = 16.0;

/// The same if bits have weights.
const WEIGHED_WORDS_PER_STEP: f64 = 1.0;

/// Words, or steps, below which a part is not worth a thread of its own.
const MIN_PART: u64 = 1 << 16;

impl<'a, R: Rank> PairCounts<'a, R> {
    /// The rows whose pairs are counted.
    pub(crate) fn rows(&self) -> &'a RankedRows<R> {
        self.rows
    }

    /// If the call should end, some of the counts are missing.
    pub(crate) fn new(rows: &'a RankedRows<R>, index: &'a VerticalIndex, min_count: u32, workers: Workers) -> Self {
        let bytes = rows.bytes();
        let width = (2 * bytes.min(MOST_COUNTERS)).isqrt().min(rows.items());
        // The items that have bitsets are intersected if that is cheaper than going through the rows for them.
        let dense = index.dense().min(width);
        let entries = |items: usize| rows.counts[..items].iter().map(|&count| u64::from(count)).sum::<u64>();
        let steps: u64 = rows.stored_rows().map(|(row, _)| (row.len() * row.len() / 2) as u64).sum();
        let by_rows = steps as f64 * (entries(dense) as f64 / entries(rows.items()).max(1) as f64).powi(2);
        let words_per_step = if rows.are_heavy() { WEIGHED_WORDS_PER_STEP } else { INTERSECTED_WORDS_PER_STEP };
        let words = index.rows().div_ceil(64);
        let by_sets = (dense * dense / 2) as f64 * f64::from(words) / words_per_step;
        let intersected = if by_sets < by_rows { dense } else { 0 };
        // The ranks are divided into parts of about the same work: words of intersections, and steps through the rows.
        let is_searched = |rank: usize| u64::from(rows.branches().contains(rank));
        let costs: Vec<u64> = (0..intersected).map(|rank| rank as u64 * u64::from(words) * is_searched(rank)).collect();
        let pairs = workers.parts_by_cost(&costs, MIN_PART);
        let mut parts = workers.run_parts(&pairs, |ranks| {
            let (weights, branches, control) = (rows.weights(), rows.branches(), workers.control());
            Isa::detect().run(Intersect { index, weights, branches, ranks, control })
        });
        let mut before = entries(intersected) as f64;
        // An item takes a step itself, and one for some of the items before it in each of its baskets.
        let costs = (intersected..width).map(|rank| {
            let count = f64::from(rows.counts[rank]);
            let steps = count * before / rows.entries().max(1) as f64;
            before += count;
            1 + steps as u64 * is_searched(rank)
        });
        let min_cost = MIN_PART / (rows.mean_len() as u64).max(1);
        let steps = workers.parts_by_cost(&costs.collect::<Vec<_>>(), min_cost);
        parts.extend(workers.run_parts(&steps, |ranks| {
            let ranks = ranks.start + intersected..ranks.end + intersected;
            match rows.branches() {
                Branches::All => count_rows(rows, ranks, |_| true, workers.control()),
                Branches::Chosen(chosen) => count_rows(rows, ranks, |rank| chosen[rank], workers.control()),
            }
        }));
        let firsts = pairs.iter().map(|ranks| ranks.start).chain(steps.iter().map(|ranks| ranks.start + intersected));
        let triangle = firsts.zip(parts).collect();
        let block = (bytes / workers.threads()).clamp(1, rows.items().max(1));
        PairCounts { rows, index, min_count, width, block, triangle }
    }

    /// Appends the partners of an item and the counts of the pairs, ascending, if it is in the triangle. Returns
    /// whether it is.
    pub(crate) fn known(&self, rank: usize, partners: &mut Vec<(u32, u32)>) -> bool {
        // There are as many parts as workers, or twice as many.
        let part = self.triangle.iter().rev().find(|(first, _)| *first <= rank).filter(|_| rank < self.width);
        if let Some((first, counts)) = part {
            pick(0, &counts[before(rank) - before(*first)..][..rank], self.min_count, partners);
        }
        part.is_some()
    }

    /// Appends the partners of an item and the counts of the pairs, ascending.
    ///
    /// If its rows have to be read for that, they are left in `projected`; otherwise `projected` is empty.
    pub(crate) fn of(&self, rank: usize, projected: &mut ProjectedRows<R>, partners: &mut Vec<(u32, u32)>) {
        projected.clear();
        if self.known(rank, partners) {
            return;
        }
        self.count(rank, 0..rank, projected, partners);
    }

    /// Appends the items that are frequent together with an item, more frequent or rarer, and their counts, ascending.
    /// Its rows are left in `projected`.
    pub(crate) fn on_both_sides(&self, rank: usize, projected: &mut ProjectedRows<R>, partners: &mut Vec<(u32, u32)>) {
        let before = partners.len();
        self.count(rank, 0..self.rows.items(), projected, partners);
        // The item is in all of its own rows.
        if let Ok(own) = partners[before..].binary_search_by_key(&(rank as u32), |&(other, _)| other) {
            partners.remove(before + own);
        }
    }

    /// Collects the rows of an item, counts some other items in them, and appends the frequent ones.
    fn count(
        &self,
        rank: usize,
        others: Range<usize>,
        projected: &mut ProjectedRows<R>,
        partners: &mut Vec<(u32, u32)>,
    ) {
        projected.clear();
        self.index.for_weighted_rows_of(rank as u32, self.rows, |row, weight| projected.push(row, weight));
        let ProjectedRows { gathered, counters } = projected;
        if gathered.baskets <= u16::MAX.into() {
            self.count_in(&mut counters.narrow, others, gathered, partners);
        } else {
            self.count_in(&mut counters.wide, others, gathered, partners);
        }
    }

    fn count_in<C: Counter>(
        &self,
        counters: &mut Vec<C>,
        others: Range<usize>,
        gathered: &Gathered<R>,
        partners: &mut Vec<(u32, u32)>,
    ) {
        let entries = &gathered.entries;
        counters.resize(self.block, C::default());
        // Items beyond those requested are counted too: the end of a row is predicted correctly, its middle is not.
        for start in others.clone().step_by(self.block) {
            if gathered.are_weighted() {
                for (row, weight) in gathered.rows() {
                    for other in row {
                        if let Some(count) = counters.get_mut(other.index().wrapping_sub(start)) {
                            count.add(weight);
                        }
                    }
                }
            } else {
                for other in &entries[..] {
                    if let Some(count) = counters.get_mut(other.index().wrapping_sub(start)) {
                        count.add(1);
                    }
                }
            }
            if self.block <= COUNTERS_PER_STEP * entries.len() {
                pick(start, &counters[..self.block.min(others.end - start)], self.min_count, partners);
                counters.fill(C::default());
                continue;
            }
            // The items are few of very many: they are found again along the entries.
            let before = partners.len();
            for other in entries.iter().map(|other| other.index()) {
                if let Some(count) = counters.get_mut(other.wrapping_sub(start)) {
                    let count = std::mem::take(count).into();
                    if count >= self.min_count && other < others.end {
                        partners.push((other as u32, count));
                    }
                }
            }
            partners[before..].sort_unstable();
        }
    }
}

/// The rows of one item, one after the other, and memory to count what is in them.
#[derive(Debug)]
pub(crate) struct ProjectedRows<R> {
    gathered: Gathered<R>,
    counters: Counters,
}

/// The rows of one item.
#[derive(Debug)]
struct Gathered<R> {
    entries: Vec<R>,
    /// Where each row ends in `entries`, and the number of baskets it stands for.
    ends: Vec<(usize, u32)>,
    /// The number of baskets of all rows.
    baskets: usize,
}

/// Counters where no count can exceed 16 bits, and where one can. All zero between two uses.
#[derive(Debug, Default)]
struct Counters {
    narrow: Vec<u16>,
    wide: Vec<u32>,
}

impl<R> Default for ProjectedRows<R> {
    fn default() -> Self {
        let gathered = Gathered { entries: Vec::new(), ends: Vec::new(), baskets: 0 };
        ProjectedRows { gathered, counters: Counters::default() }
    }
}

impl<R: Rank> ProjectedRows<R> {
    fn clear(&mut self) {
        self.gathered.entries.clear();
        self.gathered.ends.clear();
        self.gathered.baskets = 0;
    }

    #[inline(always)]
    fn push(&mut self, row: &[R], weight: u32) {
        let Gathered { entries, ends, baskets } = &mut self.gathered;
        entries.extend_from_slice(row);
        ends.push((entries.len(), weight));
        *baskets += weight as usize;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.gathered.ends.is_empty()
    }

    /// The rows, and the number of baskets each stands for.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&[R], u32)> {
        self.gathered.rows()
    }
}

impl<R> Gathered<R> {
    /// Whether a row stands for more than one basket.
    fn are_weighted(&self) -> bool {
        self.baskets > self.ends.len()
    }

    fn rows(&self) -> impl Iterator<Item = (&[R], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, weight)| (&self.entries[std::mem::replace(&mut start, end)..end], weight))
    }
}

/// The number of pairs among the items before `rank`.
fn before(rank: usize) -> usize {
    rank * rank.saturating_sub(1) / 2
}

/// The rows of the triangle of some ranks, by going through the baskets. Those that are not searched stay empty.
#[inline(always)]
fn count_rows<R: Rank>(
    rows: &RankedRows<R>,
    ranks: Range<usize>,
    is_searched: impl Fn(usize) -> bool,
    control: &Control,
) -> Vec<u32> {
    let mut triangle = vec![0; before(ranks.end) - before(ranks.start)];
    let mut poll = Poll::new(control);
    for (row, weight) in rows.stored_rows() {
        if poll.step(ROWS_PER_POLL).is_break() {
            break;
        }
        // From the rarest item on: what is before the ranks is not looked at.
        for (place, rank) in row.iter().map(|rank| rank.index()).enumerate().rev() {
            if rank < ranks.start {
                break;
            }
            if rank < ranks.end && is_searched(rank) {
                let counts = &mut triangle[before(rank) - before(ranks.start)..][..rank];
                for other in &row[..place] {
                    counts[other.index()] += weight;
                }
            }
        }
    }
    triangle
}

/// The rows of the triangle of some ranks, by intersecting bitsets.
struct Intersect<'a> {
    index: &'a VerticalIndex,
    /// The weights of the rows, if they are great.
    weights: &'a [u32],
    branches: &'a Branches,
    control: &'a Control,
    ranks: Range<usize>,
}

/// Words of each bitset that are intersected with all others before the next ones: for 800 items they fill the
/// second-level cache.
const TILE: usize = 128;

impl Task for Intersect<'_> {
    type Output = Vec<u32>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Vec<u32> {
        let Intersect { index, weights, branches, ranks, control } = self;
        let mut triangle = vec![0; before(ranks.end) - before(ranks.start)];
        let words = index.rows().div_ceil(64) as usize;
        for tile in (0..words).step_by(TILE) {
            let part = |rank: usize| {
                let words = index.set(rank as u32).words().unwrap_or(&[]);
                &words[tile.min(words.len())..(tile + TILE).min(words.len())]
            };
            for rank in ranks.clone().filter(|&rank| branches.contains(rank)) {
                if control.should_stop() {
                    return triangle;
                }
                let column = part(rank);
                let counts = &mut triangle[before(rank) - before(ranks.start)..][..rank];
                if !weights.is_empty() {
                    let weights = &weights[tile * 64..];
                    for (other, count) in counts.iter_mut().enumerate() {
                        *count += and_weigh(ops, column, part(other), weights);
                    }
                    continue;
                }
                for (other, count) in counts.iter_mut().enumerate() {
                    *count += ops.and_count(column, part(other));
                }
            }
        }
        triangle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::{MiningDatabase, Ranking, Transactions};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn triangle_rows_and_blocks_give_the_same(
            rows in prop::collection::vec(prop::collection::vec(0..40u32, 0..14), 0..150),
            common in prop::collection::vec(0..150usize, 0..80),
            min_count in 1..6u32,
        ) {
            let mut rows = rows;
            for row in common {
                // Items that are dense enough for bitsets.
                if let Some(row) = rows.get_mut(row) {
                    row.extend([90, 91, 92]);
                }
            }
            let transactions = Transactions::from_rows(rows).unwrap();
            let ranking = Ranking::new(&transactions, u64::from(min_count));
            let database = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL);
            let MiningDatabase::U16(rows) = &database else { unreachable!("there are few items") };
            let index = VerticalIndex::new(rows, Workers::SEQUENTIAL);
            let mut pair_counts = PairCounts::new(rows, &index, min_count, Workers::SEQUENTIAL);
            prop_assert!(pair_counts.triangle.len().max(pair_counts.block) <= rows.bytes().max(1));
            let expected: Vec<Vec<(u32, u32)>> = (0..rows.items()).map(|rank| {
                let with: Vec<&[u16]> = rows.rows().filter(|row| row.contains(&(rank as u16))).collect();
                let count = |other: u32| with.iter().filter(|row| row.contains(&(other as u16))).count() as u32;
                (0..rank as u32).map(|other| (other, count(other))).filter(|&(_, count)| count >= min_count).collect()
            }).collect();
            for (width, block) in [(pair_counts.width, usize::MAX), (0, 1), (0, 2), (0, 7), (0, usize::MAX), (5, 3)] {
                pair_counts.width = width.min(pair_counts.width);
                pair_counts.block = block.min(rows.items().max(1));
                let mut projected = ProjectedRows::default();
                for (rank, expected) in expected.iter().enumerate() {
                    let mut found = Vec::new();
                    pair_counts.of(rank, &mut projected, &mut found);
                    prop_assert_eq!(&found, expected);
                }
                let narrow = &projected.counters.narrow;
                prop_assert!(narrow.len() <= pair_counts.block && narrow.iter().all(|&count| count == 0));
            }
        }
    }
}
