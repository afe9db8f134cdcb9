//! The baskets of itemsets, found by intersection.

use crate::bitset::{Ops, TidSet, TidSlice, Weights};
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::database::vertical_index::for_weighted_rows_in;
use crate::transactions::{Rank, RankedRows};

/// Finds the baskets of one itemset after the other, and counts those that contain one more item.
///
/// Itemsets that arrive in the canonical order share prefixes, and with them the intersections. If the first item is in
/// few of the baskets, everything below it is intersected as columns of bits over those baskets alone.
#[derive(Debug)]
pub(super) struct Baskets<'a, R> {
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    /// The first item of the current itemset.
    first: Option<u32>,
    is_narrow: bool,
    columns: Columns<R>,
    /// The weights of the rows, if they are great.
    weights: Weights,
    /// The path to the itemset: all of it in the index, or the part after its first item in the columns.
    in_index: Intersections<TidSet>,
    in_columns: Intersections<Vec<u64>>,
}

impl<'a, R: Rank> Baskets<'a, R> {
    pub(super) fn new(rows: &'a RankedRows<R>, index: &'a VerticalIndex) -> Self {
        let (columns, in_index, in_columns) = (Columns::default(), Intersections::default(), Intersections::default());
        let mut weights = Weights::default();
        if rows.are_heavy() {
            weights.fill(rows.len().div_ceil(64), rows.weights().iter().copied());
        }
        Baskets { rows, index, first: None, is_narrow: false, columns, weights, in_index, in_columns }
    }

    /// Goes to an itemset of two items or more. `below` returns what lies below its first item.
    #[inline(always)]
    pub(super) fn reach<O: Ops, P: Iterator<Item = (u32, u32)>>(
        &mut self,
        ops: O,
        itemset: &[u32],
        below: impl FnOnce(u32) -> Below<P>,
    ) {
        let (first, others) = (itemset[0], &itemset[1..]);
        if self.first != Some(first) {
            self.first = Some(first);
            self.in_columns.items.clear();
            self.is_narrow = self.is_narrow_below(first, below(first));
        }
        match self.is_narrow {
            true => self.in_columns.reach(ops, &self.columns, others),
            false => self.in_index.reach(ops, self.index, itemset),
        }
    }

    /// Makes columns of what lies below an item if that is expected to pay.
    fn is_narrow_below<P: Iterator<Item = (u32, u32)>>(&mut self, first: u32, below: Below<P>) -> bool {
        let baskets = self.index.set(first);
        let count = baskets.count() as usize;
        let narrow = ENTRY_STEPS * self.rows.steps_through(baskets.count()) + below.intersections * steps(count);
        let wide = (below.intersections * steps(self.rows.len())).min(BASKET_STEPS * below.baskets);
        narrow < wide && self.columns.fill(self.rows, baskets, below.pair_counts)
    }

    /// The number of baskets that contain the current itemset and one more item if it is at least `min`; a smaller
    /// number otherwise.
    #[inline(always)]
    pub(super) fn count<O: Ops>(&self, ops: O, item: u32, min: u32) -> u32 {
        match self.is_narrow {
            true => self.columns.count(ops, self.in_columns.last(), item, min),
            false if self.rows.are_heavy() => {
                let (above, weights) = (self.in_index.last().as_slice(), self.rows.weights());
                above.intersection_weight(self.index.set(item), ops, weights, &self.weights, min)
            }
            false => self.index.count(ops, self.in_index.last(), item, min),
        }
    }
}

/// The work below an item, in the level whose itemsets are to be extended.
#[derive(Debug)]
pub(super) struct Below<P> {
    /// The items that may follow, and their counts together with the first.
    pub(super) pair_counts: P,
    /// The largest number of intersections.
    pub(super) intersections: usize,
    /// The number of baskets that these would read as lists, in total.
    pub(super) baskets: usize,
}

/// Steps to write an entry of a row into columns, steps per basket in an intersection of lists, and words that are
/// cleared or intersected per step.
const ENTRY_STEPS: usize = 1;
const BASKET_STEPS: usize = 4;
const WORDS_PER_STEP: usize = 8;

/// The steps of an intersection of columns over `baskets` baskets.
fn steps(baskets: usize) -> usize {
    1 + baskets / (64 * WORDS_PER_STEP)
}

/// The baskets of each item, and their intersections.
trait Vertical {
    type Set: Default;

    /// Copies the baskets of an item to `into`.
    fn copy(&self, item: u32, into: &mut Self::Set);

    /// Writes the baskets in `above` that contain an item to `into`.
    fn meet<O: Ops>(&self, ops: O, above: &Self::Set, item: u32, into: &mut Self::Set);

    /// As [`Baskets::count`].
    fn count<O: Ops>(&self, ops: O, above: &Self::Set, item: u32, min: u32) -> u32;
}

impl Vertical for VerticalIndex {
    type Set = TidSet;

    fn copy(&self, item: u32, into: &mut TidSet) {
        into.copy_from(self.set(item));
    }

    #[inline(always)]
    fn meet<O: Ops>(&self, ops: O, above: &TidSet, item: u32, into: &mut TidSet) {
        above.as_slice().intersect_into(self.set(item), ops, into);
    }

    #[inline(always)]
    fn count<O: Ops>(&self, ops: O, above: &TidSet, item: u32, min: u32) -> u32 {
        above.as_slice().intersection_count_at_least(self.set(item), ops, min).unwrap_or(0)
    }
}

/// Columns of bits over the baskets of one item, for each item that may follow it.
#[derive(Debug)]
struct Columns<R> {
    base: ConditionalBase<R>,
    words: Vec<u64>,
    /// Words per column.
    stride: usize,
    /// What the bits stand for, if not for one basket each.
    weights: Weights,
    /// The column of each item; meaningless for an item without a column.
    places: Vec<u32>,
}

impl<R> Default for Columns<R> {
    fn default() -> Self {
        let (base, words, weights, places) = Default::default();
        Columns { base, words, stride: 0, weights, places }
    }
}

impl<R: Rank> Columns<R> {
    /// Makes the columns of the given items, over the baskets that contain at least two of them. Returns `false` if
    /// they would take more memory than all rows.
    fn fill(&mut self, rows: &RankedRows<R>, baskets: TidSlice<'_>, items: impl Iterator<Item = (u32, u32)>) -> bool {
        let base = &mut self.base;
        base.frequent.clear();
        base.frequent.extend(items);
        if base.frequent.len() * baskets.count().div_ceil(8) as usize > rows.bytes() {
            return false;
        }
        base.begin(rows.items(), rows.are_heavy());
        for_weighted_rows_in(baskets, rows, |row, weight| base.add_weighted(row, weight));
        base.finish();
        self.stride = base.bits().div_ceil(64);
        base.write_columns(self.stride, &mut self.words, &mut self.weights);
        self.places.resize(rows.items(), 0);
        for (place, &(item, _)) in (0..).zip(&base.frequent) {
            self.places[item as usize] = place;
        }
        true
    }

    fn of(&self, item: u32) -> &[u64] {
        &self.words[self.places[item as usize] as usize * self.stride..][..self.stride]
    }
}

impl<R: Rank> Vertical for Columns<R> {
    type Set = Vec<u64>;

    fn copy(&self, item: u32, into: &mut Vec<u64>) {
        into.clear();
        into.extend_from_slice(self.of(item));
    }

    #[inline(always)]
    fn meet<O: Ops>(&self, ops: O, above: &Vec<u64>, item: u32, into: &mut Vec<u64>) {
        into.resize(self.stride, 0);
        ops.and_into_count(above, self.of(item), into);
    }

    #[inline(always)]
    fn count<O: Ops>(&self, ops: O, above: &Vec<u64>, item: u32, min: u32) -> u32 {
        match self.weights.is_empty() {
            true => ops.and_count(above, self.of(item)),
            false => self.weights.weigh(ops, above, self.of(item), min),
        }
    }
}

/// The intersections on the path to an itemset.
#[derive(Debug, Default)]
struct Intersections<S> {
    items: Vec<u32>,
    /// The baskets of the first item, of the first two, and so on. Sets beyond the path are kept for reuse.
    sets: Vec<S>,
}

impl<S: Default> Intersections<S> {
    #[inline(always)]
    fn reach<O: Ops, V: Vertical<Set = S>>(&mut self, ops: O, vertical: &V, items: &[u32]) {
        let same = self.items.iter().zip(items).take_while(|(a, b)| a == b).count();
        if self.sets.len() < items.len() {
            self.sets.resize_with(items.len(), S::default);
        }
        for (place, &item) in items.iter().enumerate().skip(same) {
            let (above, into) = self.sets.split_at_mut(place);
            match above.last() {
                None => vertical.copy(item, &mut into[0]),
                Some(above) => vertical.meet(ops, above, item, &mut into[0]),
            }
        }
        self.items.clear();
        self.items.extend_from_slice(items);
    }

    /// The baskets of the current itemset.
    fn last(&self) -> &S {
        &self.sets[self.items.len() - 1]
    }
}
