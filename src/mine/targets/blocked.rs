//! Whether an item that was passed over is frequent together with an itemset. Such an itemset is not maximal.
//!
//! Passed items have columns, or are counted in the rows of the baskets.

use super::closed_stack::{ClosedLevel, ClosedSource, ClosedStack, PassedItems};
use super::coverage::basket;
use super::database::Rows;
use super::maximal::Maximal;
use crate::bitset::Ops;
use crate::transactions::Rank;

/// What keeps an itemset from being maximal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    No,
    /// An item that is rarer than all items of the itemset: no itemset below the item of the database holds both.
    ByRarer,
    ByOther,
}

impl Maximal {
    /// Whether an item that was passed over is frequent in the baskets of `column`.
    #[inline(always)]
    pub(super) fn blocked_in_columns<O: Ops, R: Rank>(
        &self,
        ops: O,
        of: ClosedSource<'_, R>,
        (space, above): (ClosedLevel, Option<PassedItems>),
    ) -> Blocked {
        let ClosedStack { items, words, .. } = &self.stack;
        let before = self.before;
        let mut blocked = Blocked::No;
        let runs = self.stack.passed_of(space);
        for run in above.iter().chain(runs.iter().rev()) {
            for other in 0..run.width {
                let column = &words[run.words + other * space.stride..][..space.stride];
                if ops.and_count(&self.column, column) >= of.min_count {
                    if items[run.items + other] < before {
                        return Blocked::ByOther;
                    }
                    blocked = Blocked::ByRarer;
                    break;
                }
            }
        }
        blocked
    }

    /// Does the same by going through the rows, for an itemset of `count` baskets: of the more frequent items, those
    /// beyond one of a rank were passed over.
    ///
    /// Few rows can be counted for 64 groups of rarer items at once, and in most cases no group is in enough of them.
    #[inline(always)]
    pub(super) fn blocked_in_rows<O: Ops, R: Rank>(
        &mut self,
        rows: Rows<'_, R>,
        min_count: u32,
        space: ClosedLevel,
        rank: u32,
        count: u32,
    ) -> Blocked {
        let rank = rank as usize;
        if count > MOST_SLICED || O::WEIGHS {
            return self.count_in_rows(rows, min_count, space, rank, false);
        }
        let Maximal { stack, counters, counted, column, .. } = self;
        let baskets = space.baskets.map(|start| &stack.baskets[start..]);
        if *counted > MOST_COUNTED {
            counters.fill(0);
            *counted = 0;
        }
        let start = *counted;
        let least = start + u64::from(min_count);
        *counted += u64::from(count);
        let mut sliced = Sliced::default();
        for (place, &word) in column.iter().enumerate() {
            let mut bits = word;
            while bits != 0 {
                let place = basket(place * 64 + bits.trailing_zeros() as usize, baskets);
                bits &= bits - 1;
                sliced.add(rows.signatures[place].rarer);
                let row = &rows.rows[place];
                for other in row.ranks[..row.before as usize].iter().rev().map(|other| other.index()) {
                    if other <= rank {
                        break;
                    }
                    let count = counters[other].max(start) + 1;
                    counters[other] = count;
                    if count >= least && !stack.is_member[other] {
                        return Blocked::ByOther;
                    }
                }
            }
        }
        if sliced.any_reaches(min_count) {
            // It is known that no other item is.
            return self.count_in_rows(rows, min_count, space, rank, true);
        }
        Blocked::No
    }

    /// Counts the items that were passed over in the rows of `column`, or the rarer ones alone.
    #[inline(always)]
    fn count_in_rows<R: Rank>(
        &mut self,
        rows: Rows<'_, R>,
        min_count: u32,
        space: ClosedLevel,
        rank: usize,
        only_rarer: bool,
    ) -> Blocked {
        let Maximal { stack, counters, counted, column, rank: rarest, .. } = self;
        let baskets = space.baskets.map(|start| &stack.baskets[start..]);
        let rarest = *rarest as usize;
        let (mut blocked, last) = (Blocked::No, if only_rarer { rarest } else { rank });
        if *counted > MOST_COUNTED {
            counters.fill(0);
            *counted = 0;
        }
        // Counters start from what is above all that were counted before: resetting them would take a second walk along
        // the rows.
        let start = *counted;
        let least = start + u64::from(min_count);
        for (place, &word) in column.iter().enumerate() {
            let mut bits = word;
            while bits != 0 {
                let row = &rows.rows[basket(place * 64 + bits.trailing_zeros() as usize, baskets)];
                let weight = u64::from(row.weight);
                bits &= bits - 1;
                *counted += weight;
                for other in row.ranks.iter().rev().map(|other| other.index()) {
                    if other <= last {
                        break;
                    }
                    let count = counters[other].max(start) + weight;
                    counters[other] = count;
                    if count >= least && !stack.is_member[other] {
                        if other < rarest {
                            return Blocked::ByOther;
                        }
                        blocked = Blocked::ByRarer;
                        if only_rarer {
                            return blocked;
                        }
                    }
                }
            }
        }
        blocked
    }
}

/// Rows that are counted at once for groups of items: what the digits of [`Sliced`] hold.
const MOST_SLICED: u32 = (1 << DIGITS) - 1;
const DIGITS: usize = 6;

/// Numbers for 64 groups: a word for each of their binary digits, the lowest first.
#[derive(Default)]
struct Sliced([u64; DIGITS]);

impl Sliced {
    /// Adds one to the numbers of some groups.
    #[inline(always)]
    fn add(&mut self, groups: u64) {
        let mut carry = groups;
        for digit in &mut self.0 {
            (*digit, carry) = (*digit ^ carry, *digit & carry);
        }
    }

    /// Whether the number of one of the groups is at least `least`, which is at most [`MOST_SLICED`].
    #[inline(always)]
    fn any_reaches(&self, least: u32) -> bool {
        let (mut greater, mut equal) = (0, u64::MAX);
        for (place, &digit) in self.0.iter().enumerate().rev() {
            if least >> place & 1 == 1 {
                equal &= digit;
            } else {
                greater |= equal & digit;
                equal &= !digit;
            }
        }
        greater | equal != 0
    }
}

/// Where counting starts anew. The baskets of one itemset, which a `u32` counts, cannot exceed what is left.
const MOST_COUNTED: u64 = 1 << 63;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sliced_numbers_count(
            groups in prop::collection::vec(any::<u64>(), 0..MOST_SLICED as usize),
            masks in 0..3u32,
        ) {
            let mut sliced = Sliced::default();
            let mut counts = [0u32; 64];
            for groups in groups {
                // Sparse ones too.
                let groups = (0..masks).fold(groups, |groups, turn| groups & groups.rotate_left(7 + turn * 11));
                sliced.add(groups);
                (0..64).for_each(|group| counts[group] += (groups >> group & 1) as u32);
            }
            let most = counts.into_iter().max().unwrap_or(0);
            for least in 0..=MOST_SLICED {
                prop_assert_eq!(sliced.any_reaches(least), most >= least);
            }
        }
    }
}
