//! A conditional base: the frequent extensions in each basket of an itemset.

use super::vertical_index::set_bits;
use crate::bitset::Weights;
use crate::transactions::{FEW_PER_ROW, Rank};

/// Weighted rows of local item numbers: the horizontal form of a conditional database.
///
/// Items are numbered by their position in [`frequent`](ConditionalBase::frequent). Rows of fewer than two items are
/// left out, as `frequent` counts their items already.
#[derive(Debug)]
pub(crate) struct ConditionalBase<R> {
    /// The frequent items, ascending, and their counts.
    pub(crate) frequent: Vec<(u32, u32)>,
    /// The number of each frequent item; [`Rank::NONE`] for all others, and for all items between two uses.
    numbers: Vec<R>,
    /// The rows, each ascending, up to `end`; the rest is scratch.
    items: Vec<R>,
    end: usize,
    /// Where each row ends in `items`, and its weight.
    ends: Vec<(u32, u32)>,
    /// Whether columns may have a bit per row, which has a weight, instead of one per basket.
    may_weigh: bool,
}

impl<R> Default for ConditionalBase<R> {
    fn default() -> Self {
        ConditionalBase {
            frequent: Vec::new(),
            numbers: Vec::new(),
            items: Vec::new(),
            end: 0,
            ends: Vec::new(),
            may_weigh: false,
        }
    }
}

impl<R: Rank> ConditionalBase<R> {
    /// Begins the rows of the current frequent items, which belong to a database of `items` items.
    ///
    /// There must be fewer frequent items than [`Rank::NONE`]: the frequent items of an item are before it.
    ///
    /// With `may_weigh`, columns may have a bit per row.
    pub(crate) fn begin(&mut self, items: usize, may_weigh: bool) {
        self.may_weigh = may_weigh;
        self.end = 0;
        self.ends.clear();
        if self.numbers.len() < items {
            self.numbers.resize(items, R::NONE);
        }
        for (number, &(item, _)) in (0..).zip(&self.frequent) {
            self.numbers[item as usize] = R::new(number);
        }
    }

    /// Adds those of some items that are frequent to the current row.
    #[inline(always)]
    pub(crate) fn extend(&mut self, items: impl ExactSizeIterator<Item = R>) {
        let room = self.end + items.len();
        if self.items.len() < room {
            self.items.resize(2 * room, R::NONE);
        }
        // Where they are is read once: nothing that is written could be known not to be that.
        let (numbers, free) = (&self.numbers[..], &mut self.items[self.end..room]);
        let mut kept = 0;
        for item in items {
            // Each item is written before it is known whether it stays, so there is no branch to mispredict.
            let number = numbers[item.index()];
            free[kept] = number;
            kept += usize::from(number != R::NONE);
        }
        self.end += kept;
    }

    /// Adds those items of a row that are frequent, for `weight` baskets.
    #[inline(always)]
    pub(crate) fn add_weighted(&mut self, row: &[R], weight: u32) {
        self.extend(row.iter().copied());
        self.end_row(weight);
    }

    /// Ends the current row, which began after the last one.
    #[inline(always)]
    pub(crate) fn end_row(&mut self, weight: u32) {
        self.end_row_of(2, weight);
    }

    /// Ends the current row, and leaves it out if it has fewer than `fewest` items. Returns whether it is kept.
    #[inline(always)]
    pub(crate) fn end_row_of(&mut self, fewest: usize, weight: u32) -> bool {
        let start = self.ends.last().map_or(0, |&(end, _)| end as usize);
        let is_kept = self.end - start >= fewest;
        if is_kept {
            // There are no more than the entries of the rows that it is made from, which a u32 numbers.
            self.ends.push((self.end as u32, weight));
        } else {
            self.end = start;
        }
        is_kept
    }

    /// Ends the base: its rows are complete.
    pub(crate) fn finish(&mut self) {
        for &(item, _) in &self.frequent {
            self.numbers[item as usize] = R::NONE;
        }
    }

    /// The current row.
    pub(crate) fn open_row(&self) -> &[R] {
        &self.items[self.ends.last().map_or(0, |&(end, _)| end as usize)..self.end]
    }

    /// The number of items in all rows together.
    pub(crate) fn entries(&self) -> usize {
        self.end
    }

    /// The number of baskets that all rows stand for.
    pub(crate) fn baskets(&self) -> usize {
        self.ends.iter().map(|&(_, weight)| weight as usize).sum()
    }

    /// Whether columns have a bit per row, which has a weight, instead of one per basket.
    pub(crate) fn is_heavy(&self) -> bool {
        self.may_weigh && self.baskets() > FEW_PER_ROW * self.ends.len()
    }

    /// The number of rows.
    pub(crate) fn stored(&self) -> usize {
        self.ends.len()
    }

    /// The bits of columns.
    pub(crate) fn bits(&self) -> usize {
        if self.is_heavy() { self.ends.len() } else { self.baskets() }
    }

    /// The rows with their weights.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&[R], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, weight)| {
            let row = &self.items[start..end as usize];
            start = end as usize;
            (row, weight)
        })
    }

    /// Fills `words` with the bit columns of the base, of `stride` words each, which must be enough for its baskets: a
    /// column per frequent item.
    pub(crate) fn write_columns(&self, stride: usize, words: &mut Vec<u64>, weights: &mut Weights) {
        words.clear();
        words.resize(stride * self.frequent.len(), 0);
        weights.clear();
        let is_heavy = self.is_heavy();
        if is_heavy {
            weights.fill(stride, self.rows().map(|(_, weight)| weight));
        }
        let mut basket = 0;
        for (row, weight) in self.rows() {
            let baskets = basket..basket + if is_heavy { 1 } else { weight as usize };
            for item in row {
                set_bits(&mut words[item.index() * stride..][..stride], baskets.clone());
            }
            basket = baskets.end;
        }
    }

    /// Counts the pairs of the first `items` frequent items in the rows: those of item i and the items before it start
    /// at `i * (i - 1) / 2`. The rows' weights together must fit in 16 bits.
    pub(crate) fn count_pairs(&self, items: usize, counts: &mut Vec<u16>) {
        counts.clear();
        counts.resize(items * items.saturating_sub(1) / 2, 0);
        for (row, weight) in self.rows() {
            for place in 1..row.len() {
                let item = row[place].index();
                if item >= items {
                    break;
                }
                let counts = &mut counts[item * (item - 1) / 2..][..item];
                for other in &row[..place] {
                    counts[other.index()] += weight as u16;
                }
            }
        }
    }
}
