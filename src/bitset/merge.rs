//! Rows that are equal in all columns, made one row with the sum of their weights.
//!
//! Dense data have few different rows once most items are left out: chess at 60 % has 2216 rows with the median item,
//! and 94 different ones. Adding up weights takes ten times as long as counting bits, so fewer rows pay. Of chess at 60 %
//! with random weights all itemsets are then counted in 3.1 ms, without weights in 1.3.

use super::kernels::{Ops, Task};
use crate::mix::hash;

/// Finds the equal rows of columns. The memory is kept from one database to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Merger {
    /// The number of each row among the different ones, which are numbered by first appearance.
    pub(super) class_of: Vec<u32>,
    /// A bit for each row that is the first of its kind.
    pub(super) firsts: Vec<u64>,
    /// What the different rows have in the columns read last, and their numbers before that.
    keys: Vec<(u64, u32)>,
    /// A hash table: numbers of different rows, plus one.
    slots: Vec<u32>,
}

/// The most rows, each counted once per 64 columns, that are compared: about 5 ms.
const MOST: usize = 1 << 19;

/// Columns of fewer words are not worth it.
const FEWEST_WORDS: usize = 3;

/// Fewer columns are not either: there is little to count. With 10 or 14, chess and accidents take up to a half longer.
const FEWEST_COLUMNS: usize = 6;

impl Merger {
    /// Finds the equal ones among `rows` rows of columns of `stride` words. Returns the number of different ones if
    /// merging pays.
    pub(super) fn find<O: Ops>(&mut self, ops: O, columns: &[u64], stride: usize, rows: usize) -> Option<usize> {
        ops.apart(Find { merger: self, columns, stride, rows })
    }

    /// Tells rows apart by up to 64 more columns. Returns the number of different rows, or `None` if they are more than
    /// `most`.
    #[inline(always)]
    fn tell_apart(&mut self, columns: &[u64], stride: usize, rows: usize, most: usize) -> Option<usize> {
        let Merger { class_of, firsts, keys, slots } = self;
        keys.clear();
        slots.clear();
        slots.resize((4 * most).next_power_of_two(), 0);
        firsts.fill(0);
        let mut block = [0; 64];
        for (place, classes) in class_of[..rows].chunks_mut(64).enumerate() {
            block.fill(0);
            for (word, column) in block.iter_mut().zip(columns.chunks_exact(stride)) {
                *word = column[place];
            }
            transpose(&mut block);
            for (row, (&word, class)) in block.iter().zip(classes).enumerate() {
                let key = (word, *class);
                let mut slot = hash(word ^ u64::from(*class).rotate_left(32)) as usize;
                *class = loop {
                    slot &= slots.len() - 1;
                    match slots[slot] {
                        0 if keys.len() == most => return None,
                        0 => {
                            firsts[place] |= 1 << row;
                            keys.push(key);
                            slots[slot] = keys.len() as u32;
                            break keys.len() as u32 - 1;
                        }
                        taken if keys[taken as usize - 1] == key => break taken - 1,
                        _ => slot += 1,
                    }
                };
            }
        }
        Some(keys.len())
    }
}

struct Find<'a> {
    merger: &'a mut Merger,
    columns: &'a [u64],
    stride: usize,
    rows: usize,
}

impl Task for Find<'_> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run<O: Ops>(self, _: O) -> Option<usize> {
        let Find { merger, columns, stride, rows } = self;
        let blocks = columns.len().div_ceil(64 * stride);
        if stride < FEWEST_WORDS || columns.len() < FEWEST_COLUMNS * stride || rows * blocks > MOST {
            return None;
        }
        merger.class_of.clear();
        merger.class_of.resize(rows, 0);
        merger.firsts.resize(stride, 0);
        // As where columns are compressed: a third less, or it does not pay.
        let most = rows - rows / 3;
        let mut found = None;
        for columns in columns.chunks(64 * stride) {
            found = Some(merger.tell_apart(columns, stride, rows, most)?);
        }
        found
    }
}

/// Exchanges rows and columns of 64 by 64 bits, by halves.
///
/// Source: H. S. Warren, Hacker's Delight, 2nd edition, 7-3.
#[inline(always)]
fn transpose(block: &mut [u64; 64]) {
    swap::<32>(block, 0x0000_0000_ffff_ffff);
    swap::<16>(block, 0x0000_ffff_0000_ffff);
    swap::<8>(block, 0x00ff_00ff_00ff_00ff);
    swap::<4>(block, 0x0f0f_0f0f_0f0f_0f0f);
    swap::<2>(block, 0x3333_3333_3333_3333);
    swap::<1>(block, 0x5555_5555_5555_5555);
}

/// Exchanges the upper right and the lower left parts of the squares of `2 * HALF` bits a side.
#[inline(always)]
fn swap<const HALF: usize>(block: &mut [u64; 64], low: u64) {
    for square in block.chunks_exact_mut(2 * HALF) {
        let (above, below) = square.split_at_mut(HALF);
        for (above, below) in above.iter_mut().zip(below) {
            let both = ((*above >> HALF) ^ *below) & low;
            *below ^= both;
            *above ^= both << HALF;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bitset::with_each_isa;
    use proptest::prelude::*;

    struct FindAll<'a>(&'a mut Merger, &'a [u64], usize, usize);

    impl Task for FindAll<'_> {
        type Output = Option<usize>;

        fn run<O: Ops>(self, ops: O) -> Option<usize> {
            self.0.find(ops, self.1, self.2, self.3)
        }
    }

    #[test]
    fn a_block_is_transposed() {
        let mut block: [u64; 64] = std::array::from_fn(|row| hash(row as u64));
        let before = block;
        transpose(&mut block);
        for (row, column) in (0..64).flat_map(|row| (0..64).map(move |column| (row, column))) {
            assert_eq!(block[row] >> column & 1, before[column] >> row & 1);
        }
    }

    proptest! {
        #[test]
        fn equal_rows_are_found(
            kinds in prop::collection::vec(any::<u64>(), 1..60),
            picked in prop::collection::vec(any::<prop::sample::Index>(), 130..600),
            width in 6..150usize,
        ) {
            // The bits of a kind, of which the last one stands for all further columns.
            let has = |kind: u64, column: usize| if column < 63 { kind >> column & 1 == 1 } else { kind >> 63 == 1 };
            let rows: Vec<u64> = picked.iter().map(|index| *index.get(&kinds)).collect();
            let stride = rows.len().div_ceil(64);
            let mut columns = vec![0; width * stride];
            for (row, &kind) in rows.iter().enumerate() {
                for column in (0..width).filter(|&column| has(kind, column)) {
                    columns[column * stride + row / 64] |= 1 << (row % 64);
                }
            }
            let as_columns = |kind: u64| (0..width).map(|column| has(kind, column)).collect::<Vec<_>>();
            let mut different: Vec<Vec<bool>> = Vec::new();
            let (mut classes, mut firsts) = (Vec::new(), vec![0u64; stride]);
            for (row, &kind) in rows.iter().enumerate() {
                let bits = as_columns(kind);
                let class = different.iter().position(|other| *other == bits).unwrap_or_else(|| {
                    firsts[row / 64] |= 1 << (row % 64);
                    different.push(bits);
                    different.len() - 1
                });
                classes.push(class as u32);
            }
            let expected = Some(different.len()).filter(|&found| found <= rows.len() - rows.len() / 3);
            let mut merger = Merger::default();
            let mut wrong = Vec::new();
            with_each_isa(|isa| {
                let found = isa.run(FindAll(&mut merger, &columns, stride, rows.len()));
                if found != expected || found.is_some() && (merger.class_of != classes || merger.firsts != firsts) {
                    wrong.push(format!("{isa:?}: {found:?} {:?}", merger.class_of));
                }
            });
            prop_assert!(wrong.is_empty(), "{wrong:?}, not {expected:?} {classes:?}");
        }
    }
}
