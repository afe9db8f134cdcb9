//! Columns whose bits have weights: a bit stands for many equal baskets, and counts are sums of weights.
//!
//! A search is written once, over [`Ops`]. For columns with weights it runs with [`Weighted`], which counts in sums and
//! leaves everything else to the instruction set.

use std::cell::RefCell;

use super::kernels::{Combined, Isa, LANE_ITEMS, Ops, Task};
use super::merge::Merger;

/// Words per column of that many bits. There are few sizes, so that short columns fill whole vectors.
pub(crate) fn stride_for(bits: usize) -> usize {
    match bits.div_ceil(64) {
        0 | 1 => 1,
        2 => 2,
        3 | 4 => 4,
        words => words.next_multiple_of(8),
    }
}

/// The weights of the bits of columns, for all lengths of columns on a path of a search.
///
/// A level of a search is either made of columns as long as those of the level above, or of compressed ones, which are
/// shorter. So the words of a column tell what its bits stand for.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// By falling stride, up to `used`; the others are memory for later ones.
    tables: Vec<Table>,
    used: usize,
    /// Counts below it need not be exact, but must be below it.
    least: u32,
    /// An intersection, or columns that are made.
    scratch: Vec<u64>,
    merger: Merger,
}

/// The weights of the bits of columns of one length.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Words per column.
    stride: usize,
    /// The bits that have weights.
    rows: usize,
    /// The weight of each bit; empty if all are the same.
    weights: Vec<[u32; 64]>,
    /// The smallest and the largest weight.
    lightest: u32,
    heaviest: u32,
}

impl Weights {
    /// Whether bits have no weights: each stands for one basket.
    pub(crate) fn is_empty(&self) -> bool {
        self.used == 0
    }

    pub(crate) fn clear(&mut self) {
        self.used = 0;
    }

    /// Gives weights to the first bits of columns of `stride` words, which must have the room.
    pub(crate) fn fill(&mut self, stride: usize, weights: impl Iterator<Item = u32>) {
        (self.used, self.least) = (0, 0);
        self.push(stride).fill(weights);
    }

    /// Makes rows that are equal in all columns one, if it pays. The columns, of `stride` words each, move to the front.
    /// Returns the words per column.
    pub(crate) fn merge_rows(&mut self, isa: Isa, columns: &mut [u64], stride: usize) -> usize {
        let Some(at) = self.tables[..self.used].iter().rposition(|table| table.stride == stride) else { return stride };
        if self.tables[at].are_alike() {
            return stride;
        }
        let rows = self.tables[at].rows;
        let found = isa.run(FindEqual { merger: &mut self.merger, columns, stride, rows });
        let Some((found, shorter)) = found.map(|rows| (rows, stride_for(rows))).filter(|of| of.1 < stride) else {
            return stride;
        };
        let mut sums = vec![0; found];
        for (&class, weight) in self.merger.class_of.iter().zip(self.tables[at].weights.as_flattened()) {
            sums[class as usize] += weight;
        }
        self.push(shorter).fill(sums.into_iter());
        self.scratch.clear();
        self.scratch.resize(columns.len() / stride * shorter, 0);
        for (column, out) in columns.chunks_exact(stride).zip(self.scratch.chunks_exact_mut(shorter)) {
            isa.run(Compress { columns: [column], mask: &self.merger.firsts, out, stride: shorter });
        }
        columns[..self.scratch.len()].copy_from_slice(&self.scratch);
        shorter
    }

    /// The same weights for columns of one length and shorter ones.
    pub(crate) fn of(&self, stride: usize) -> Weights {
        let tables: Vec<Table> = self.table(stride).into_iter().cloned().collect();
        Weights { used: tables.len(), tables, least: self.least, ..Weights::default() }
    }

    /// Runs a task, with weights if there are any. Counts below `least` need not be exact then.
    pub(crate) fn run<T: Task>(&mut self, isa: Isa, least: u32, task: T) -> T::Output {
        if self.is_empty() {
            return isa.run(task);
        }
        self.least = least;
        let weights = RefCell::new(std::mem::take(self));
        let weighted = Weighted { isa, weights: &weights };
        #[cfg(not(feature = "__small"))]
        let output = task.run(weighted);
        #[cfg(feature = "__small")]
        let output = super::called::run(Isa::weighted(weighted), task);
        *self = weights.into_inner();
        output
    }

    /// The sum of the weights of the bits that are set in both columns; a smaller number than `least` if that is.
    #[inline(always)]
    pub(crate) fn weigh<O: Ops>(&self, ops: O, a: &[u64], b: &[u64], least: u32) -> u32 {
        match self.table(a.len()) {
            Some(table) => table.weigh(ops, a, b, least),
            None => 0,
        }
    }

    /// The weights of columns of a length.
    #[inline(always)]
    fn table(&self, stride: usize) -> Option<&Table> {
        self.tables[..self.used].iter().rev().find(|table| table.stride == stride)
    }

    /// An unfilled table, instead of those of the same length or less.
    fn push(&mut self, stride: usize) -> &mut Table {
        self.used = self.tables[..self.used].iter().take_while(|table| table.stride > stride).count();
        if self.tables.len() == self.used {
            self.tables.push(Table::default());
        }
        self.used += 1;
        let table = &mut self.tables[self.used - 1];
        table.stride = stride;
        table
    }

    /// Adds the weights of compressed columns, whose bits stand for those that are set in a longer one.
    fn narrow(&mut self, baskets: &[u64], stride: usize) {
        self.push(stride);
        let Some((new, above)) = self.tables[..self.used].split_last_mut() else { return };
        let Some(above) = above.iter().rev().find(|table| table.stride == baskets.len()) else { return };
        if above.are_alike() {
            new.weights.clear();
            (new.lightest, new.heaviest) = (above.lightest, above.heaviest);
        } else {
            new.fill(set_bits(baskets).map(|bit| above.weights[bit / 64][bit % 64]));
        }
    }
}

/// The numbers of the bits that are set in a column, ascending.
pub(crate) fn set_bits(column: &[u64]) -> impl Iterator<Item = usize> {
    column.iter().enumerate().flat_map(|(place, &word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = (left != 0).then(|| place * 64 + left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            bit
        })
    })
}

impl Table {
    fn fill(&mut self, weights: impl Iterator<Item = u32>) {
        self.weights.clear();
        self.weights.resize(self.stride, [0; 64]);
        let places = self.weights.as_flattened_mut();
        (self.rows, self.lightest, self.heaviest) = (0, u32::MAX, 0);
        weights.zip(places).for_each(|(weight, place)| {
            self.rows += 1;
            self.lightest = self.lightest.min(weight);
            self.heaviest = self.heaviest.max(weight);
            *place = weight;
        });
        if self.are_alike() {
            self.weights.clear();
        }
    }

    fn are_alike(&self) -> bool {
        self.lightest >= self.heaviest
    }

    /// The sum of the weights of `bits` bits if they are alike, or if it is below `least` even with the largest weight;
    /// a number below `least` in the latter case.
    #[inline(always)]
    fn bound(&self, bits: u32, least: u32) -> Option<u32> {
        let most = u64::from(bits) * u64::from(self.heaviest);
        // A sum of weights is a number of baskets, and so is a number below `least`.
        (most < u64::from(least) || self.are_alike()).then_some(most as u32)
    }

    /// The weights of the bits that are set in both columns.
    #[inline(always)]
    fn weigh<O: Ops>(&self, ops: O, a: &[u64], b: &[u64], least: u32) -> u32 {
        let bits = ops.and_count(a, b);
        // Closures are not compiled for the instruction set.
        match self.bound(bits, least) {
            Some(bound) => bound,
            None => ops.and_weigh(a, b, &self.weights),
        }
    }
}

/// The operations on columns whose bits have weights. Each enters the instruction set by itself: a search over weighted
/// columns is compiled once, not once per set.
#[derive(Clone, Copy)]
pub(super) struct Weighted<'a> {
    isa: Isa,
    weights: &'a RefCell<Weights>,
}

impl Weighted<'_> {
    /// Runs a task with the weights of columns of a length.
    #[inline(always)]
    fn on<R>(self, stride: usize, run: impl FnOnce(&Table, u32, &mut Vec<u64>) -> R) -> R {
        let Weights { tables, used, least, scratch, .. } = &mut *self.weights.borrow_mut();
        let table = tables[..*used].iter().rev().find(|table| table.stride == stride);
        debug_assert!(table.is_some(), "columns of {stride} words have no weights");
        run(table.unwrap_or(&tables[0]), *least, scratch)
    }
}

impl Ops for Weighted<'_> {
    const WEIGHS: bool = true;

    fn and_count(self, a: &[u64], b: &[u64]) -> u32 {
        self.on(a.len(), |table, least, _| self.isa.run(Weigh { table, least, a, b }))
    }

    fn and_into_count(self, a: &[u64], b: &[u64], out: &mut [u64]) -> u32 {
        self.on(a.len(), |table, least, _| self.isa.run(WeighInto { table, least, a, b, out }))
    }

    fn and_into(self, a: &[u64], b: &[u64], out: &mut [u64]) {
        for ((x, y), z) in a.iter().zip(b).zip(out) {
            *z = x & y;
        }
    }

    fn and_count_at_least(self, a: &[u64], b: &[u64], min: u32) -> Option<u32> {
        Some(self.and_count(a, b)).filter(|&count| count >= min)
    }

    fn count(self, a: &[u64]) -> u32 {
        self.and_count(a, a)
    }

    fn bits(self, column: &[u64], _: u32) -> usize {
        column.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn narrow(self, baskets: &[u64], stride: usize) {
        self.weights.borrow_mut().narrow(baskets, stride);
    }

    fn merge_rows(self, columns: &mut [u64], stride: usize) -> usize {
        self.weights.borrow_mut().merge_rows(self.isa, columns, stride)
    }

    fn swap_weights(self, other: &mut Weights) {
        std::mem::swap(&mut *self.weights.borrow_mut(), other);
    }

    fn compress_several<const N: usize>(self, columns: [&[u64]; N], mask: &[u64], out: &mut [u64], stride: usize) {
        self.isa.run(Compress { columns, mask, out, stride });
    }

    fn and_count_many(self, prefix: &[u64], columns: &[u64], stride: usize, n: usize, counts: &mut [u32]) {
        self.on(stride, |table, least, _| self.isa.run(WeighMany { table, least, prefix, columns, n, counts }));
    }

    fn count_combinations<const N: usize>(self, within: Option<&[u64]>, columns: &[u64], stride: usize) -> Combined {
        self.on(stride, |table, least, scratch| self.isa.run(Combine::<N> { table, least, within, columns, scratch }))
    }
}

struct Weigh<'a> {
    table: &'a Table,
    least: u32,
    a: &'a [u64],
    b: &'a [u64],
}

impl Task for Weigh<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> u32 {
        self.table.weigh(ops, self.a, self.b, self.least)
    }
}

struct WeighInto<'a> {
    table: &'a Table,
    least: u32,
    a: &'a [u64],
    b: &'a [u64],
    out: &'a mut [u64],
}

impl Task for WeighInto<'_> {
    type Output = u32;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> u32 {
        let WeighInto { table, least, a, b, out } = self;
        let bits = ops.and_into_count(a, b, out);
        match table.bound(bits, least) {
            Some(bound) => bound,
            None => ops.and_weigh(out, out, &table.weights),
        }
    }
}

struct WeighMany<'a> {
    table: &'a Table,
    least: u32,
    prefix: &'a [u64],
    columns: &'a [u64],
    n: usize,
    counts: &'a mut [u32],
}

impl Task for WeighMany<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let WeighMany { table, least, prefix, columns, n, counts } = self;
        ops.and_count_many(prefix, columns, table.stride, n, counts);
        let columns = columns.chunks_exact(table.stride);
        for (count, column) in counts[..n].iter_mut().zip(columns) {
            *count = match table.bound(*count, least) {
                Some(count) => count,
                None => ops.and_weigh(prefix, column, &table.weights),
            };
        }
    }
}

/// For each combination, those without one of its items, a bit each.
const ONE_LESS: [u16; 1 << LANE_ITEMS] = {
    let mut fewer = [0; 1 << LANE_ITEMS];
    let mut combination = 1;
    while combination < fewer.len() {
        let mut rest = combination;
        while rest != 0 {
            fewer[combination] |= 1 << (combination ^ 1 << rest.trailing_zeros());
            rest &= rest - 1;
        }
        combination += 1;
    }
    fewer
};

struct Combine<'a, const N: usize> {
    table: &'a Table,
    least: u32,
    within: Option<&'a [u64]>,
    columns: &'a [u64],
    scratch: &'a mut Vec<u64>,
}

impl<const N: usize> Task for Combine<'_, N> {
    type Output = Combined;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Combined {
        let Combine { table, least, within, columns, scratch } = self;
        let stride = table.stride;
        let column = |item: u32| &columns[item as usize * stride..][..stride];
        let mut counts = ops.count_combinations::<N>(within, columns, stride);
        scratch.resize(scratch.len().max(stride << N), 0);
        // Those that do not reach `least`, a bit each.
        let mut below = 0_u16;
        for combination in 1..1 << N {
            let count = counts[combination];
            let others = combination & (combination - 1);
            if others == 0 && within.is_none() {
                continue;
            }
            let count = match table.bound(count, least) {
                _ if below & ONE_LESS[combination] != 0 => 0,
                Some(bound) => bound,
                None => {
                    // All combinations above it reach `least`, so their columns were made.
                    let (above, own) = scratch.split_at_mut(combination * stride);
                    let above = match within {
                        Some(within) if others == 0 => &within[..stride],
                        None if others & (others - 1) == 0 => column(others.trailing_zeros()),
                        _ => &above[others * stride..][..stride],
                    };
                    let last = column(combination.trailing_zeros());
                    if combination & 1 == 0 {
                        ops.and_into(above, last, &mut own[..stride]);
                    }
                    ops.and_weigh(above, last, &table.weights)
                }
            };
            below |= u16::from(count < least) << combination;
            counts[combination] = count;
        }
        counts
    }
}

struct FindEqual<'a> {
    merger: &'a mut Merger,
    columns: &'a [u64],
    stride: usize,
    rows: usize,
}

impl Task for FindEqual<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Option<usize> {
        self.merger.find(ops, self.columns, self.stride, self.rows)
    }
}

struct Compress<'a, const N: usize> {
    columns: [&'a [u64]; N],
    mask: &'a [u64],
    out: &'a mut [u64],
    stride: usize,
}

impl<const N: usize> Task for Compress<'_, N> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        ops.compress_several(self.columns, self.mask, self.out, self.stride);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitset::with_each_isa;
    use proptest::prelude::*;

    /// Everything that a search counts, among columns of one length and then among compressed ones.
    struct CountAll<'a> {
        columns: &'a [u64],
        stride: usize,
    }

    type Counted = (Vec<u32>, Vec<Combined>);

    impl Task for CountAll<'_> {
        type Output = Counted;

        fn run<O: Ops>(self, ops: O) -> Counted {
            let CountAll { columns, stride } = self;
            let (mut found, mut combined) = count_all(ops, columns, stride);
            let (first, others) = columns.split_at(stride);
            let bits = ops.bits(first, 0);
            let below = bits.div_ceil(64);
            if O::WEIGHS && (1..stride).contains(&below) {
                ops.narrow(first, below);
                let mut compressed = vec![0; 4 * below];
                for (column, into) in others.chunks_exact(stride).zip(compressed.chunks_exact_mut(below)) {
                    ops.compress_several([column], first, into, below);
                }
                let (more, more_combined) = count_all(ops, &compressed, below);
                found.extend(more);
                combined.extend(more_combined);
            }
            (found, combined)
        }
    }

    fn count_all<O: Ops>(ops: O, columns: &[u64], stride: usize) -> Counted {
        let column = |place: usize| &columns[place * stride..][..stride];
        let mut many = vec![0; 4];
        ops.and_count_many(column(0), columns, stride, 4, &mut many);
        let mut both = vec![0; stride];
        many.push(ops.and_into_count(column(1), column(2), &mut both));
        many.extend([ops.count(&both), ops.and_count(column(1), column(3))]);
        many.push(ops.and_count_at_least(column(1), column(2), 7).unwrap_or(0));
        let within = ops.count_combinations::<4>(Some(column(3)), columns, stride);
        (
            many,
            vec![
                within,
                ops.count_combinations::<4>(None, columns, stride),
                ops.count_combinations::<3>(None, columns, stride),
            ],
        )
    }

    /// The same bit by bit, without the empty combination.
    fn expected(columns: &[Vec<bool>], weights: &[u32]) -> Counted {
        let sum = |of: &[usize]| -> u32 {
            (0..weights.len())
                .filter(|&bit| of.iter().all(|&column| columns[column][bit]))
                .map(|bit| weights[bit])
                .sum()
        };
        let found = vec![sum(&[0]), sum(&[0, 1]), sum(&[0, 2]), sum(&[0, 3]), sum(&[1, 2]), sum(&[1, 2]), sum(&[1, 3])];
        let at_least = sum(&[1, 2]);
        let combined = [Some(3), None, None].into_iter().zip([4, 4, 3]).map(|(within, items)| {
            let mut counts = Combined::default();
            for (combination, count) in counts.iter_mut().enumerate().take(1 << items).skip(1) {
                let of: Vec<usize> = (0..items).filter(|item| combination >> item & 1 == 1).chain(within).collect();
                *count = if of.len() > 1 || within.is_some() { sum(&of) } else { 0 };
            }
            counts
        });
        (found.into_iter().chain([if at_least >= 7 { at_least } else { 0 }]).collect(), combined.collect())
    }

    proptest! {
        #[test]
        fn weighted_counts_bit_by_bit(
            rows in prop::collection::vec((prop::array::uniform4(any::<bool>()), 1..200_000u32), 0..700),
            alike in prop::option::weighted(0.3, 1..1000u32),
            rare in any::<bool>(),
            least in prop_oneof![Just(0), 0..100_000u32, 0..20_000_000u32],
        ) {
            let rows: Vec<_> = rows.into_iter().enumerate().map(|(row, (mut bits, weight))| {
                bits[0] &= !rare || row % 3 == 0;
                (bits, alike.unwrap_or(weight))
            }).collect();
            let stride = rows.len().div_ceil(64).max(1);
            let mut words = vec![0; 4 * stride];
            for (row, (bits, _)) in rows.iter().enumerate() {
                for (column, _) in bits.iter().enumerate().filter(|(_, bit)| **bit) {
                    words[column * stride + row / 64] |= 1 << (row % 64);
                }
            }
            let of = |rows: &[([bool; 4], u32)], order: [usize; 4]| {
                let columns: Vec<Vec<bool>> =
                    order.iter().map(|&column| rows.iter().map(|(bits, _)| bits[column]).collect()).collect();
                expected(&columns, &rows.iter().map(|&(_, weight)| weight).collect::<Vec<_>>())
            };
            let (mut found, mut combined) = of(&rows, [0, 1, 2, 3]);
            let below: Vec<_> = rows.iter().copied().filter(|(bits, _)| bits[0]).map(|(mut bits, weight)| {
                // The last column is empty.
                bits[0] = false;
                (bits, weight)
            }).collect();
            if (1..stride).contains(&below.len().div_ceil(64)) {
                let (more, more_combined) = of(&below, [1, 2, 3, 0]);
                found.extend(more);
                combined.extend(more_combined);
            }
            let mut failed = Vec::new();
            with_each_isa(|isa| {
                let mut weights = Weights::default();
                weights.fill(stride, rows.iter().map(|&(_, weight)| weight));
                let (counts, combinations) = weights.run(isa, least, CountAll { columns: &words, stride });
                let same = |found: u32, expected: u32| found == expected || found.max(expected) < least;
                let counted = counts.len() == found.len() && counts.iter().zip(&found).all(|(&a, &b)| same(a, b));
                let together = combinations.iter().zip(&combined).all(|(found, expected)| {
                    found.iter().zip(expected).skip(1).all(|(&a, &b)| same(a, b))
                });
                if !counted || combinations.len() != combined.len() || !together {
                    failed.push(format!("{isa:?}: {counts:?} {combinations:?}"));
                }
            });
            prop_assert!(failed.is_empty(), "{failed:?}, not {found:?} {combined:?}");
        }
    }
}
