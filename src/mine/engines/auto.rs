//! The numbers that `Auto` compares, and the engine it picks.

use std::ops::Range;

use crate::mine::database::vertical_index::first_as_bits;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mix::hash;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows, are_great};

/// The recoded baskets in numbers, which depend neither on the order of the baskets nor on the number of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Shape {
    /// The number of frequent items.
    pub(crate) items: u64,
    /// The number of baskets with at least two frequent items, the only ones that an engine reads.
    pub(crate) baskets: u64,
    /// The number of their frequent items in total.
    pub(crate) entries: u64,
    /// The number of pairs of frequent items in them, counted once per basket.
    pub(crate) pairs: u64,
    /// The number of rows that stand for them (fewer if there are weights), and their entries.
    pub(crate) stored: u64,
    pub(crate) stored_entries: u64,
    /// About how many of the baskets differ; `None` if it was not examined.
    pub(crate) distinct: Option<u64>,
    pub(crate) eclat_steps: u64,
    pub(crate) fp_growth_steps: u64,
}

/// A row that is not recoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct UnsortedRow<'a> {
    /// Its items by their numbers.
    pub(crate) items: &'a [u32],
    /// How many of them are frequent.
    pub(crate) length: u32,
    pub(crate) weight: u32,
}

// Costs in steps. A step is the time of reading one entry of a basket in a walk over many, about a nanosecond. The
// constants come from measuring both engines on 45 shapes of data, real and generated, at one to four thresholds each.

/// Words of two bitsets intersected per step when pairs are counted.
const WORDS_PER_PAIR: u64 = 16;

/// Words of a bitset packed per step.
const WORDS_PACKED: u64 = 2;

/// Steps of sorting a basket, per halving of the different ones. A comparison reads two baskets at random places.
const SORTING: u64 = 3;

/// The same if the baskets have more than [`FAR`] entries, which exceeds the second-level cache.
const SORTING_FAR: u64 = 9;
const FAR: u64 = 1 << 21;

/// Steps of adding an entry to the tree.
const ADDING: u64 = 2;

/// Steps of reading an entry of a path in the tree. It is done twice, with random access.
const WALKING: u64 = 6;

/// Pairs of entries per step: the upper item is set as a bit in the column of the lower one.
const PAIRS_SET: u64 = 2;

/// The mean number of equal baskets to assume first. If FP-Growth does not win even then, their number is not examined.
const ALIKE: u64 = 1024;

impl Shape {
    /// Linear in the entries of some of the baskets if the number of different ones is examined, otherwise in the
    /// items.
    pub(crate) fn new<R: Rank>(rows: &RankedRows<R>, bounds: Bounds, workers: Workers) -> Self {
        let mut shape = Shape {
            items: rows.items() as u64,
            baskets: rows.len() as u64,
            entries: rows.entries() as u64,
            pairs: rows.lengths().map(|(length, rows)| rows * (length * (length - 1) / 2)).sum(),
            stored: rows.stored() as u64,
            stored_entries: rows.stored_entries() as u64,
            distinct: None,
            eclat_steps: 0,
            fp_growth_steps: 0,
        };
        if bounds.max_len == 1 {
            // Single items are counted already.
            return shape.weighed(rows);
        }
        shape.eclat_steps = match rows.are_heavy() {
            true => eclat_steps(&shape, &rows.stored_counts()),
            false => eclat_steps(&shape, &rows.counts),
        };
        shape.fp_growth_steps = fp_growth_steps(&shape, (shape.baskets / ALIKE).min(shape.stored));
        if shape.algorithm() == Algorithm::FpGrowth {
            let distinct = distinct(rows, workers);
            shape.distinct = Some(distinct);
            shape.fp_growth_steps = fp_growth_steps(&shape, distinct);
        }
        shape.weighed(rows)
    }

    /// The same from rows that are not recoded. `ranks` are those of the items by their numbers, `counts` those of the
    /// ranks. `None` if weights are great.
    pub(crate) fn of_unsorted(
        rows: &[UnsortedRow<'_>],
        ranks: &[Option<u32>],
        counts: &[u32],
        bounds: Bounds,
    ) -> Option<Shape> {
        let mut shape = Shape {
            items: counts.len() as u64,
            baskets: 0,
            entries: 0,
            pairs: 0,
            stored: 0,
            stored_entries: 0,
            distinct: None,
            eclat_steps: 0,
            fp_growth_steps: 0,
        };
        let mut all_baskets = 0;
        // The baskets of each length.
        let mut lengths: Vec<u64> = Vec::new();
        for &UnsortedRow { length, weight, .. } in rows {
            all_baskets += weight as usize;
            if length > 1 {
                lengths.resize(lengths.len().max(length as usize + 1), 0);
                lengths[length as usize] += u64::from(weight);
                let stored = u64::from(weight.count_ones());
                shape.stored += stored;
                shape.stored_entries += stored * u64::from(length);
            }
        }
        if are_great(rows.len(), all_baskets, counts.iter().copied().map(u64::from).sum()) {
            return None;
        }
        let lengths = || (0..).zip(lengths.iter().copied()).filter(|&(_, baskets)| baskets > 0);
        for (length, baskets) in lengths() {
            shape.baskets += baskets;
            shape.entries += baskets * length;
            shape.pairs += baskets * (length * (length - 1) / 2);
        }
        if bounds.max_len == 1 {
            return Some(shape);
        }
        shape.eclat_steps = eclat_steps(&shape, counts);
        shape.fp_growth_steps = fp_growth_steps(&shape, (shape.baskets / ALIKE).min(shape.stored));
        if shape.algorithm() == Algorithm::FpGrowth {
            let (looked_at, of_lengths) = middle(lengths(), shape.entries, shape.baskets);
            let seen = Seen::new(shape.items as usize, looked_at.len());
            let mut bits = seen.none();
            for row in rows.iter().filter(|row| of_lengths.contains(&row.length.into())) {
                let ranks = row.items.iter().filter_map(|&id| ranks[id as usize]);
                seen.see(ranks.map(|rank| rank as usize), &mut bits);
            }
            let distinct = seen.estimate(&[bits], shape.baskets);
            shape.distinct = Some(distinct);
            shape.fp_growth_steps = fp_growth_steps(&shape, distinct);
        }
        Some(shape)
    }

    /// In the end, the baskets are counted with all weights.
    fn weighed<R: Rank>(mut self, rows: &RankedRows<R>) -> Self {
        if rows.are_heavy() {
            [self.baskets, self.entries, self.pairs] = rows.weighed();
        }
        self
    }

    /// The share of some steps that remains if each row is read once, however many baskets it stands for.
    fn once_a_row(&self, steps: u64) -> u64 {
        // The result does not exceed the steps.
        (u128::from(steps) * u128::from(self.stored_entries) / u128::from(self.entries).max(1)) as u64
    }

    /// The same if rows are written into columns of bits, which also takes a step per word of a row's baskets.
    fn in_runs(&self, steps: u64) -> u64 {
        let words = if self.stored_entries < self.entries { steps / 64 } else { 0 };
        self.once_a_row(steps).saturating_add(words)
    }

    /// The engine that is expected to be the fastest.
    ///
    /// Apriori is never picked. It counts pairs as Eclat does, was never faster by more than 5 % without a limit on the
    /// length, and holds everything it finds.
    pub(crate) fn algorithm(&self) -> Algorithm {
        if self.fp_growth_steps < self.eclat_steps { Algorithm::FpGrowth } else { Algorithm::Eclat }
    }
}

/// The steps of Eclat. It counts pairs by going through the baskets or by intersecting bitsets, and makes each item's
/// database from the item's baskets or by packing bitsets.
fn eclat_steps(shape: &Shape, counts: &[u32]) -> u64 {
    let words = shape.baskets.div_ceil(64);
    let mean_len = shape.entries / shape.baskets.max(1);
    let total = |counts: &[u32]| counts.iter().map(|&count| u64::from(count)).sum::<u64>();
    // Baskets are numbered by a u32.
    let dense = first_as_bits(counts, shape.baskets as u32);
    let share = total(&counts[..dense]) as f64 / total(counts).max(1) as f64;
    let stored_pairs = shape.once_a_row(shape.pairs);
    let by_rows = (stored_pairs as f64 * share * share) as u64;
    let by_sets = (dense as u64 * dense as u64 / 2).saturating_mul(words) / WORDS_PER_PAIR;
    let pairs = stored_pairs.saturating_sub(by_rows) + by_rows.min(by_sets);
    let databases: u64 = (0..)
        .zip(counts)
        .map(|(rank, &count)| {
            let walking = shape.in_runs(u64::from(count) * mean_len);
            if rank < dense as u64 { walking.min(rank * words / WORDS_PACKED) } else { walking }
        })
        .sum();
    pairs + databases
}

/// The steps of FP-Growth. It sorts the rows, merges equal ones in a tree, walks the paths of the tree above each item,
/// and writes the frequent items on them into columns.
fn fp_growth_steps(shape: &Shape, distinct: u64) -> u64 {
    let comparing = if shape.stored_entries > FAR { SORTING_FAR } else { SORTING };
    let sorting = shape.stored * u64::from(distinct.max(1).ilog2()) * comparing;
    let paths = shape.pairs as f64 * distinct as f64 / shape.baskets.max(1) as f64;
    sorting + shape.stored_entries * ADDING + paths as u64 * WALKING + shape.in_runs(shape.pairs) / PAIRS_SET
}

/// About how many rows differ, estimated from those of medium length. (Equal rows have the same length, and the lengths
/// of the rows do not depend on their order.)
///
/// Uses linear counting: each row is hashed to a bit, and the number of bits that stay zero gives an estimate of the
/// number of different rows (Whang, Vander-Zanden & Taylor 1990).
fn distinct<R: Rank>(rows: &RankedRows<R>, workers: Workers) -> u64 {
    let (looked_at, _) = middle(rows.lengths(), rows.entries() as u64, rows.len() as u64);
    let seen = Seen::new(rows.items(), looked_at.len());
    let parts = workers.parts(looked_at.len(), MIN_PART);
    let parts = workers.run_parts(&parts, |part| {
        let mut bits = seen.none();
        for (row, _) in rows.part_of(looked_at.start + part.start..looked_at.start + part.end) {
            seen.see(row.iter().map(|rank| rank.index()), &mut bits);
        }
        bits
    });
    seen.estimate(&parts, rows.len() as u64)
}

/// Bits that hashed rows set.
struct Seen {
    /// A number for each item. The items of a row are distinct, so the sum of these stands for the row. The additions are
    /// independent.
    numbers: Vec<u64>,
    bits: usize,
    looked_at: usize,
}

impl Seen {
    fn new(items: usize, looked_at: usize) -> Self {
        let bits = looked_at.next_power_of_two().clamp(64, MAX_BITS);
        Seen { numbers: (0..items as u64).map(hash).collect(), bits, looked_at }
    }

    fn none(&self) -> Vec<u64> {
        vec![0; self.bits / 64]
    }

    fn see(&self, row: impl Iterator<Item = usize>, seen: &mut [u64]) {
        let sum = row.fold(0u64, |sum, rank| sum.wrapping_add(self.numbers[rank]));
        let bit = hash(sum) as usize & (self.bits - 1);
        seen[bit / 64] |= 1 << (bit % 64);
    }

    /// About how many of some baskets differ, if those that were looked at are like them.
    fn estimate(&self, parts: &[Vec<u64>], baskets: u64) -> u64 {
        let zeros = (0..self.bits / 64).map(|word| parts.iter().fold(0, |all, part| all | part[word]).count_zeros());
        let (zeros, bits, looked_at) = (zeros.sum::<u32>(), self.bits as f64, self.looked_at);
        let found = (bits * (bits / f64::from(zeros.max(1))).ln()).min(looked_at as f64);
        (found * baskets as f64 / looked_at.max(1) as f64).round() as u64
    }
}

/// All rows of some lengths: the length of the middle entry, and greater lengths until they cover an eighth of all
/// rows. Given and returned are baskets in the order of their lengths; returned are also these lengths.
fn middle(lengths: impl Iterator<Item = (u64, u64)>, all_entries: u64, baskets: u64) -> (Range<usize>, Range<u64>) {
    let (mut start, mut end, mut entries) = (0, 0, 0);
    let mut of_lengths = 0..0;
    for (length, count) in lengths {
        if 2 * entries < all_entries {
            start = end;
            of_lengths.start = length;
        } else if end - start >= (baskets as usize).div_ceil(8) {
            break;
        }
        of_lengths.end = length + 1;
        (end, entries) = (end + count as usize, entries + length * count);
    }
    (start..end, of_lengths)
}

/// The most bits, which fit in the second-level cache.
const MAX_BITS: usize = 1 << 20;

/// The fewest rows that are hashed as one part.
const MIN_PART: usize = 1 << 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactions::{MiningDatabase, Ranking, Transactions};

    fn shape(rows: impl Iterator<Item = Vec<u32>>, min_count: u32, max_len: usize) -> Shape {
        shape_of(&Transactions::from_rows(rows).unwrap(), min_count, max_len)
    }

    fn shape_of(transactions: &Transactions<u32>, min_count: u32, max_len: usize) -> Shape {
        let ranking = Ranking::new(transactions, u64::from(min_count));
        let bounds = Bounds { min_count, max_len, ..Bounds::NONE };
        match MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL) {
            MiningDatabase::U16(rows) => Shape::new(&rows, bounds, Workers::SEQUENTIAL),
            MiningDatabase::U32(rows) => Shape::new(&rows, bounds, Workers::SEQUENTIAL),
        }
    }

    fn picked(rows: impl Iterator<Item = Vec<u32>>, min_count: u32) -> Algorithm {
        shape(rows, min_count, usize::MAX).algorithm()
    }

    /// A pseudorandom row of at most `length` items of `items`; the same for the same seed.
    fn row(seed: u64, length: u64, items: u64) -> Vec<u32> {
        (0..length).map(|place| (hash(seed * 1000 + place) % items) as u32).collect()
    }

    /// A row that contains each item with a probability of one in `rarity`.
    fn subset(seed: u64, items: u64, rarity: u64) -> Vec<u32> {
        (0..items).filter(|&item| hash(seed * 1000 + item).is_multiple_of(rarity)).map(|item| item as u32).collect()
    }

    /// Rows that are not recoded have the same shape, unless weights are great.
    #[test]
    fn shape_of_unsorted_rows_is_the_same() {
        let mut great = 0;
        for seed in 0..300 {
            let different = [20, 100, 1000][seed as usize % 3];
            let mut builder = Transactions::builder();
            for place in 0..hash(seed) % 2000 {
                let length = 1 + hash(place % different) % 20;
                let weight = 1 + hash(seed + place) % [1, 1, 1, 30][seed as usize % 4];
                builder.push_weighted(row(place % different, length, 40 + seed), weight as u32);
            }
            let transactions = builder.build().unwrap();
            let (min_count, max_len) = (1 + seed as u32 % 90, if seed % 7 == 0 { 1 } else { usize::MAX });
            let ranking = Ranking::new(&transactions, u64::from(min_count));
            let mut ranks = vec![None; transactions.dictionary().len()];
            (0..).zip(&ranking.ids).for_each(|(rank, &id)| ranks[id as usize] = Some(rank));
            let length = |row: &[u32]| row.iter().filter(|&&id| ranks[id as usize].is_some()).count() as u32;
            let rows = transactions.rows().weighted();
            let rows: Vec<_> =
                rows.map(|(items, weight)| UnsortedRow { items, length: length(items), weight }).collect();
            let bounds = Bounds { min_count, max_len, ..Bounds::NONE };
            match Shape::of_unsorted(&rows, &ranks, &ranking.counts, bounds) {
                Some(found) => assert_eq!(found, shape_of(&transactions, min_count, max_len)),
                None => great += 1,
            }
        }
        assert!(0 < great && great < 200, "{great} with great weights");
    }

    #[test]
    fn long_similar_baskets_pick_fp_growth() {
        for (different, length, items) in [(100, 8, 1000), (100, 16, 200), (1000, 16, 1000), (2000, 32, 1000)] {
            let rows = (0..20_000).map(|seed| row(hash(seed) % different, length, items));
            assert_eq!(picked(rows, 60), Algorithm::FpGrowth, "{different} of {length} of {items}");
        }
    }

    #[test]
    fn other_shapes_pick_eclat() {
        // The same shapes, but all baskets different.
        for (length, items) in [(8, 1000), (16, 200), (16, 1000), (32, 1000)] {
            assert_eq!(picked((0..20_000).map(|seed| row(seed, length, items)), 60), Algorithm::Eclat);
        }
        // Very many baskets of few attributes, most of them equal, take few words in bitsets.
        assert_eq!(picked((0..100_000).map(|seed| subset(seed, 10, 2)), 100), Algorithm::Eclat);
        assert_eq!(picked((0..50_000).map(|seed| subset(seed % 1000, 16, 2)), 100), Algorithm::Eclat);
        // Dense, sparse, many items, and few baskets.
        assert_eq!(picked((0..3000).map(|seed| subset(seed, 75, 2)), 1000), Algorithm::Eclat);
        assert_eq!(picked((0..50_000).map(|seed| row(seed, 3, 20_000)), 2), Algorithm::Eclat);
        assert_eq!(picked((0..10_000).map(|seed| row(seed, 10, 70_000)), 1), Algorithm::Eclat);
        assert_eq!(picked((0..20).map(|seed| row(seed, 4, 10)), 2), Algorithm::Eclat);
    }

    /// Rows with weights stand for equal baskets, and both engines read them once.
    #[test]
    fn weights_are_equal_baskets() {
        let rows: Vec<Vec<u32>> = (0..100).map(|seed| row(seed, 16, 200)).collect();
        let mut builder = Transactions::builder();
        rows.iter().for_each(|row| _ = builder.push_weighted(row.iter().copied(), 1000));
        let weighted = shape_of(&builder.build().unwrap(), 60, usize::MAX);
        let plain = shape((0..100_000).map(|place| rows[place % 100].clone()), 60, usize::MAX);
        assert_eq!((weighted.baskets, weighted.entries, weighted.pairs), (plain.baskets, plain.entries, plain.pairs));
        assert_eq!((weighted.stored, plain.stored), (100, 100_000));
        assert!(weighted.eclat_steps < plain.eclat_steps && weighted.fp_growth_steps < plain.fp_growth_steps);
        assert!(weighted.distinct.is_none_or(|distinct| distinct.abs_diff(100) <= 5), "{weighted:?}");
        assert_eq!(plain.algorithm(), Algorithm::FpGrowth);
    }

    #[test]
    fn empty_search_takes_no_steps() {
        let none = shape(std::iter::empty(), 1, usize::MAX);
        assert_eq!((none.eclat_steps, none.fp_growth_steps, none.algorithm()), (0, 0, Algorithm::Eclat));
        assert_eq!(shape((0..9).map(|item| vec![item]), 1, usize::MAX), Shape { items: 9, ..none });
        let singles = shape((0..9).map(|_| vec![1, 2, 3]), 1, 1);
        assert_eq!((singles.eclat_steps, singles.algorithm()), (0, Algorithm::Eclat));
        assert_eq!((singles.entries, singles.pairs), (27, 27));
        // One basket of very many items overflows no number.
        assert!(shape(std::iter::once((0..100_000).collect()), 1, usize::MAX).eclat_steps > 0);
    }

    #[test]
    fn distinct_rows_are_estimated_closely() {
        for different in [1_u64, 2, 50, 1000, 15_000, 30_000] {
            let rows = (0..30_000).map(|place| row(place % different, 20, 1000));
            let transactions = Transactions::from_rows(rows).unwrap();
            let ranking = Ranking::new(&transactions, 1);
            let MiningDatabase::U16(rows) = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL)
            else {
                unreachable!("there are few items")
            };
            let found = distinct(&rows, Workers::SEQUENTIAL);
            assert!(found.abs_diff(different) <= different / 20, "{found} of {different}");
        }
    }
}
