//! Columns whose bits have weights: a bit stands for many equal baskets, and counts are sums of weights.
//!
//! A search is written once, over [`Ops`]. For columns with weights it runs with [`Weighted`], which counts in sums and
//! leaves everything else to the instruction set.

use std::cell::RefCell;

use super::kernels::{Combined, Isa, Ops, Task};

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
    /// An intersection.
    scratch: Vec<u64>,
}

/// The weights of the bits of columns of one length.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Words per column.
    stride: usize,
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

    /// The same weights for columns of one length and shorter ones.
    pub(crate) fn of(&self, stride: usize) -> Weights {
        let tables: Vec<Table> = self.table(stride).into_iter().cloned().collect();
        Weights { used: tables.len(), tables, least: self.least, scratch: Vec::new() }
    }

    /// Runs a task, with weights if there are any. Counts below `least` need not be exact then.
    pub(crate) fn run<T: Task>(&mut self, isa: Isa, least: u32, task: T) -> T::Output {
        if self.is_empty() {
            return isa.run(task);
        }
        self.least = least;
        let weights = RefCell::new(std::mem::take(self));
        let output = task.run(Weighted { isa, weights: &weights });
        *self = weights.into_inner();
        output
    }

    /// The sum of the weights of the bits that are set in both columns; a smaller number than `least` if that is.
    #[inline(always)]
    pub(crate) fn weigh<O: Ops>(&self, ops: O, a: &[u64], b: &[u64], least: u32) -> u32 {
        self.table(a.len()).map_or(
            0,
            #[inline(always)]
            |table| table.weigh(ops, a, b, least),
        )
    }

    /// The weights of columns of a length.
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
        (self.lightest, self.heaviest) = (u32::MAX, 0);
        weights.zip(places).for_each(|(weight, place)| {
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
        self.bound(bits, least).unwrap_or_else(
            #[inline(always)]
            || ops.and_weigh(a, b, &self.weights),
        )
    }
}

/// The operations on columns whose bits have weights. Each enters the instruction set by itself: a search over weighted
/// columns is compiled once, not once per set.
#[derive(Clone, Copy)]
struct Weighted<'a> {
    isa: Isa,
    weights: &'a RefCell<Weights>,
}

impl Weighted<'_> {
    /// Runs a task with the weights of columns of a length.
    #[inline(always)]
    fn on<R>(self, stride: usize, run: impl FnOnce(&Table, u32, &mut Vec<u64>) -> R) -> R {
        let Weights { tables, used, least, scratch } = &mut *self.weights.borrow_mut();
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
        self.and_into(a, b, out);
        self.and_count(out, out)
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
        let mut counts = ops.count_combinations::<N>(within, columns, stride);
        scratch.resize(scratch.len().max(stride), 0);
        let both = &mut scratch[..stride];
        for (combination, count) in counts.iter_mut().enumerate().take(1 << N).filter(|(_, count)| **count > 0) {
            if let Some(bound) = table.bound(*count, least) {
                *count = bound;
                continue;
            }
            let mut rest = combination;
            match within {
                Some(within) => both.copy_from_slice(&within[..stride]),
                None => {
                    both.copy_from_slice(&columns[rest.trailing_zeros() as usize * stride..][..stride]);
                    rest &= rest - 1;
                }
            }
            while rest & rest.wrapping_sub(1) != 0 {
                let other = &columns[rest.trailing_zeros() as usize * stride..][..stride];
                both.iter_mut().zip(other).for_each(
                    #[inline(always)]
                    |(word, &other)| *word &= other,
                );
                rest &= rest - 1;
            }
            // The last one is intersected while the bits are weighed.
            let last =
                if rest == 0 { None } else { Some(&columns[rest.trailing_zeros() as usize * stride..][..stride]) };
            *count = ops.and_weigh(both, last.unwrap_or(both), &table.weights);
        }
        counts
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
