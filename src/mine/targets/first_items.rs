//! The closed itemsets of the first items of a level: few enough that their combinations are counted without further
//! levels.

use std::ops::ControlFlow;

use super::closed_stack::{ClosedLevel, ClosedSource, ClosedStack};
use super::coverage::{Beyond, Shared};
use crate::bitset::{Combined, LANE_ITEMS, Ops, Task};
use crate::mine::columns::first_items::{FIRST_ITEMS, count_first};
use crate::mine::output::itemset_output::ItemsetReceiver;
use crate::mine::output::tree_output::OF_LEN;
use crate::transactions::Rank;

/// Reports the closed itemsets that the first items of a level make together with its itemset.
///
/// The combinations of the very first items, [`LANE_ITEMS`] of them, are counted at once for each combination of the
/// *further* ones. A combination is closed if no other item is in all its baskets. For another of the very first items,
/// the counts show this. For all other items, few combinations are checked: an item that is not in all baskets of an
/// itemset is not in all baskets of its subsets, and one that is, is in all baskets of its supersets.
pub(super) struct ClosedFirstItems<'a, R, K> {
    pub(super) stack: &'a mut ClosedStack,
    pub(super) of: ClosedSource<'a, R>,
    pub(super) level: ClosedLevel,
    /// Scratch: a column for each further item of an itemset, and the column of the itemset that is checked.
    pub(super) columns: &'a mut Vec<u64>,
    pub(super) out: &'a mut K,
}

impl<R: Rank, K: ItemsetReceiver> Task for ClosedFirstItems<'_, R, K> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(mut self, ops: O) -> ControlFlow<()> {
        let ClosedLevel { items: first, width, stride, .. } = self.level;
        let scratch = (FIRST_ITEMS - LANE_ITEMS + 1) * stride;
        if self.columns.len() < scratch {
            self.columns.resize(scratch, 0);
        }
        let columns = &self.stack.words[self.level.words..];
        let at_once = width.min(LANE_ITEMS);
        let counts = count_first(ops, &self.stack.counts[first..][..at_once], columns, stride);
        self.report(ops, 0, &counts)?;
        // The further items are the bits of a number: counting upwards is the canonical order, and the number without
        // its lowest bit is the combination that is extended.
        let mut further: usize = 1;
        while further < 1 << (width.min(FIRST_ITEMS) - at_once) {
            let item = LANE_ITEMS + further.trailing_zeros() as usize;
            let columns = &self.stack.words[self.level.words..];
            let column = &columns[item * stride..][..stride];
            let (above, into) = self.columns.split_at_mut(above(further) * stride);
            let into = &mut into[..stride];
            let count = if above.is_empty() {
                into.copy_from_slice(column);
                self.stack.counts[first + item]
            } else {
                ops.and_into_count(&above[above.len() - stride..], column, into)
            };
            let goes_on = count >= self.of.min_count && {
                let mut counts = ops.count_combinations::<LANE_ITEMS>(Some(into), columns, stride);
                // The known count of the single item is used, as baskets may be missing at the first level.
                counts[0] = count;
                self.mark(further, true);
                let found = self.report(ops, further, &counts)?;
                let goes_on = found || !self.is_passed_over(ops, further, count);
                self.mark(further, false);
                goes_on
            };
            further += if goes_on { 1 } else { 1 << further.trailing_zeros() };
        }
        ControlFlow::Continue(())
    }
}

/// The number of columns above that of some further items.
#[inline(always)]
fn above(further: usize) -> usize {
    further.count_ones() as usize - 1
}

impl<R: Rank, K: ItemsetReceiver> ClosedFirstItems<'_, R, K> {
    /// Reports the closed combinations of the first items joined with some further ones. Returns `false` if there are
    /// none.
    #[inline(always)]
    fn report<O: Ops>(&mut self, ops: O, further: usize, counts: &Combined) -> ControlFlow<(), bool> {
        let mut closed = 0;
        let mut left = closed_among(counts, ops.at_least(*counts, self.of.min_count));
        let mut from_shortest = false;
        while left != 0 {
            // The supersets of the highest number left and the subsets of the lowest are decided already.
            let combination = (if from_shortest { left.trailing_zeros() } else { left.ilog2() }) as usize;
            if self.is_subsumed(ops, further, combination, counts[combination]) {
                left &= !HOLDING[combination];
                from_shortest = true;
            } else {
                closed |= left & WITHIN[combination];
                left &= !WITHIN[combination];
                from_shortest = false;
            }
        }
        let ClosedFirstItems { stack, of, level, out, .. } = self;
        if K::LISTS {
            let mut rest = closed;
            while rest != 0 {
                let combination = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                stack.join_several(of.ranks, *level, further << LANE_ITEMS | combination);
                out.keep(&stack.sets[level.set + level.len..], counts[combination])?;
            }
        } else {
            let len = level.len + further.count_ones() as usize;
            // The empty combination is bit 0.
            if closed & 1 != 0 {
                out.tally(len, 1);
            }
            for (more, of_len) in OF_LEN.iter().enumerate() {
                let itemsets = (closed & of_len).count_ones();
                if itemsets > 0 {
                    out.tally(len + 1 + more, itemsets.into());
                }
            }
        }
        ControlFlow::Continue(closed != 0)
    }

    /// Whether an item other than the very first ones is in all baskets of a combination of those, joined with some
    /// further ones.
    #[inline(always)]
    fn is_subsumed<O: Ops>(&mut self, ops: O, further: usize, combination: usize, count: u32) -> bool {
        let ClosedFirstItems { stack, of, level, columns, .. } = self;
        let ClosedLevel { width, words, stride, .. } = *level;
        let columns_of_level = &stack.words[words..];
        let mut rest = combination;
        let (above, column) = columns.split_at_mut(further.count_ones() as usize * stride);
        let column = &mut column[..stride];
        if further > 0 {
            column.copy_from_slice(&above[above.len() - stride..]);
        } else {
            column.copy_from_slice(&columns_of_level[rest.trailing_zeros() as usize * stride..][..stride]);
            rest &= rest - 1;
        }
        while rest != 0 {
            let other = &columns_of_level[rest.trailing_zeros() as usize * stride..][..stride];
            rest &= rest - 1;
            for (word, &other) in column.iter_mut().zip(other) {
                *word &= other;
            }
        }
        stack.is_subsumed(
            ops,
            *of,
            *level,
            Beyond { first: width.min(LANE_ITEMS), but: further },
            Shared { column, count },
        )
    }

    /// Whether an item that was passed over is in all baskets of some further items. No itemset that adds items before
    /// those is closed then.
    #[inline(always)]
    fn is_passed_over<O: Ops>(&self, ops: O, further: usize, count: u32) -> bool {
        let ClosedFirstItems { stack, of, level, columns, .. } = self;
        let lowest = further.trailing_zeros();
        let beyond = Beyond { first: LANE_ITEMS + lowest as usize, but: further >> lowest };
        let column = &columns[above(further) * level.stride..][..level.stride];
        stack.is_subsumed(ops, *of, *level, beyond, Shared { column, count })
    }

    /// Marks some further items as members of the itemset, or unmarks them, if passed items are searched for in rows.
    #[inline(always)]
    fn mark(&mut self, further: usize, is_member: bool) {
        if self.of.rows.is_some() {
            let ClosedStack { items, is_member: marks, .. } = &mut *self.stack;
            let ranks = self.of.ranks;
            let mut rest = further;
            while rest != 0 {
                let item = items[self.level.items + LANE_ITEMS + rest.trailing_zeros() as usize];
                marks[ranks[item as usize] as usize] = is_member;
                rest &= rest - 1;
            }
        }
    }
}

/// The combinations, a bit each, in which no other of the first items is in all baskets.
#[inline(always)]
fn closed_among(counts: &Combined, combinations: u16) -> u16 {
    let mut closed = combinations;
    for item in 0..LANE_ITEMS {
        let mut same = 0;
        for (combination, &count) in counts.iter().enumerate() {
            if combination >> item & 1 == 0 {
                same |= u16::from(count == counts[combination | 1 << item]) << combination;
            }
        }
        closed &= !same;
    }
    closed
}

/// For each combination, its subsets, a bit each.
const WITHIN: [u16; 1 << LANE_ITEMS] = related(false);

/// For each combination, its supersets, a bit each.
const HOLDING: [u16; 1 << LANE_ITEMS] = related(true);

const fn related(holding: bool) -> [u16; 1 << LANE_ITEMS] {
    let mut related = [0; 1 << LANE_ITEMS];
    let mut larger = 0;
    while larger < related.len() {
        let mut smaller = 0;
        while smaller <= larger {
            if smaller & !larger == 0 {
                let (of, other) = if holding { (smaller, larger) } else { (larger, smaller) };
                related[of] |= 1 << other;
            }
            smaller += 1;
        }
        larger += 1;
    }
    related
}
