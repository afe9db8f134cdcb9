//! What an engine reports to.

use std::ops::ControlFlow;

use super::big_float::Large;
use super::ordered::Block;
use crate::bitset::{AT_ONCE, Combined, Ops};
use crate::mine::estimate::guess::subsets;
use crate::mine::query::bounds::Bounds;
use crate::mine::targets::Keep;

/// Takes the itemsets that a piece of a search finds.
///
/// An engine cuts its search into pieces, fills one `Branch` each, and returns them in the canonical
/// order: itemsets as paths from the rarest item to the most frequent (ranks falling), siblings by
/// rising rank, each itemset before its extensions. A branch that [lists](Branch::LISTS) is told of
/// every itemset in that order by [`open`](Branch::open), [`repeat`](Branch::repeat) and
/// [`close`](Branch::close); another is only told of numbers, by [`tally`](Branch::tally) where the
/// engine can count without enumerating, and by the same calls elsewhere.
///
/// `Break` ends the search: the branch cannot hold more.
pub(crate) trait Branch: Send + Sized {
    /// Whether the branch must be told of every itemset, in order.
    const LISTS: bool;

    /// Whether its threshold rises while it is being filled. Such a branch is told of every itemset that it still asks for, by
    /// [`open`](Branch::open), [`close`](Branch::close) and [`combinations`](Branch::combinations) alone.
    const RISES: bool = false;

    /// An empty branch. If it lists itemsets, it takes at most as many as the bounds say.
    fn new(bounds: Bounds) -> Self {
        Self::below(0, bounds)
    }

    /// An empty branch for what is still to be found below an itemset of `depth` items, the last one of those
    /// before it in the order of the results. The items of that itemset are not closed by it.
    fn below(depth: usize, bounds: Bounds) -> Self;

    /// The smallest count that is still asked for.
    #[inline(always)]
    fn min_count(&self, bounds: Bounds) -> u32 {
        bounds.min_count
    }

    /// The itemsets that it holds.
    #[inline(always)]
    fn held(&self) -> usize {
        0
    }

    /// The itemsets that it [holds](Branch::held), for one that lists, which holds them no more. It must not be told to
    /// [`repeat`](Branch::repeat) them after that.
    fn hand_over(&mut self) -> Block {
        Block::default()
    }

    /// Nothing more will be reported to it: memory that it does not need is given back.
    fn settle(&mut self) {}

    /// An itemset: the path of those that are open, and `rank` below it, in `count` baskets.
    fn open(&mut self, rank: u32, count: u32) -> ControlFlow<()>;

    /// The extensions of the itemset opened last are complete.
    fn close(&mut self);

    /// An itemset without extensions.
    #[inline(always)]
    fn leaf(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        self.open(rank, count)?;
        self.close();
        ControlFlow::Continue(())
    }

    /// An item with the count of the open itemset itself (a perfect extension): it opens, all that
    /// was reported below the open itemset so far comes again below it, and it closes.
    fn repeat(&mut self, rank: u32) -> ControlFlow<()>;

    /// Announces that at least 2^`perfect` itemsets are coming, before the first of them.
    fn foresee(&mut self, perfect: usize) -> ControlFlow<()>;

    /// `itemsets` itemsets of `len` items, each to be joined with every subset of `perfect` more
    /// items. Only for branches that do not list.
    fn tally(&mut self, len: usize, perfect: usize, itemsets: u64);

    /// Combinations of items below the open itemset, for a branch that lists; for another, `len` and `perfect`
    /// are those of the itemset, as for [`tally`](Branch::tally).
    fn combinations<O: Ops>(
        &mut self,
        ops: O,
        combinations: Combinations<'_>,
        len: usize,
        perfect: usize,
    ) -> ControlFlow<()>;
}

/// Itemsets that join a few items to the same itemset, in all combinations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Combinations<'a> {
    /// The rank of the last item of each combination's path, which is its first one here.
    pub(crate) ranks: &'a Combined,
    /// The counts of the combinations, by their bits: the one of item i has bit i set. Their canonical
    /// order is that of these numbers.
    pub(crate) counts: &'a Combined,
    /// A bit for each combination that is frequent and not too long; none for the empty one.
    pub(crate) frequent: u16,
}

/// The combinations of each length, a bit each.
const OF_LEN: [u16; AT_ONCE] = [0x0116, 0x1668, 0x6880, 0x8000];

/// The rank of the last item of each combination's path, for [`Combinations`] of a few items of ascending rank.
#[inline(always)]
pub(crate) fn last_ranks(items: &[u32]) -> Combined {
    let mut ranks = [0; 1 << AT_ONCE];
    for (item, &rank) in items.iter().enumerate().take(AT_ONCE) {
        for combination in (1 << item..ranks.len()).step_by(2 << item) {
            ranks[combination] = rank;
        }
    }
    ranks
}

impl<'a> Combinations<'a> {
    /// Those joined to an itemset of `len` items, which may be of the greatest length already.
    #[inline(always)]
    pub(crate) fn new<O: Ops>(ops: O, ranks: &'a Combined, counts: &'a Combined, bounds: Bounds, len: usize) -> Self {
        let mut frequent = ops.at_least(*counts, bounds.min_count) & !1;
        let room = bounds.max_len.saturating_sub(len);
        if room < AT_ONCE {
            frequent &= OF_LEN[..room].iter().fold(0, |allowed, of_len| allowed | of_len);
        }
        Combinations { ranks, counts, frequent }
    }
}

/// Counts itemsets by length without listing them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Itemsets by the number of perfect extensions that each is still to be joined with, then by length.
    table: Vec<Vec<u64>>,
    open: usize,
}

impl Tally {
    /// Adds what another branch has.
    pub(crate) fn absorb(&mut self, other: &Tally) {
        for (perfect, row) in other.table.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(_, &itemsets)| itemsets > 0) {
                Branch::tally(self, len, perfect, itemsets);
            }
        }
    }

    /// Itemsets of any length up to `max_len`, however many.
    pub(crate) fn number(&self, max_len: usize) -> Large {
        let mut all = Large::ZERO;
        for (perfect, row) in self.table.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(len, &itemsets)| itemsets > 0 && len <= max_len) {
                all += subsets(perfect, max_len - len) * itemsets as f64;
            }
        }
        all
    }

    /// Itemsets of length 1, 2, … up to `max_len`, without trailing zeros; `None` beyond `u128::MAX`.
    pub(crate) fn by_len(branches: &[Tally], max_len: usize) -> Option<Vec<u128>> {
        let mut joined: Vec<Vec<u64>> = Vec::new();
        for table in branches.iter().map(|branch| &branch.table) {
            joined.resize_with(joined.len().max(table.len()), Vec::new);
            for (into, row) in joined.iter_mut().zip(table) {
                into.resize(into.len().max(row.len()), 0);
                for (into, &itemsets) in into.iter_mut().zip(row) {
                    *into = into.checked_add(itemsets)?;
                }
            }
        }
        let mut by_len: Vec<u128> = Vec::new();
        for (perfect, row) in joined.iter().enumerate() {
            for (len, &itemsets) in row.iter().enumerate().filter(|&(_, &itemsets)| itemsets > 0) {
                let longest = (len + perfect).min(max_len);
                by_len.resize(by_len.len().max(longest + 1), 0);
                // The number of ways to choose `more` of the perfect extensions, from 0 on.
                let mut ways: u128 = 1;
                for more in 0..=longest.saturating_sub(len) {
                    if more > 0 {
                        ways = choose_next(ways, perfect, more)?;
                    }
                    let here = ways.checked_mul(u128::from(itemsets))?;
                    by_len[len + more] = by_len[len + more].checked_add(here)?;
                }
            }
        }
        let mut total: u128 = 0;
        for &itemsets in by_len.iter().skip(1) {
            total = total.checked_add(itemsets)?;
        }
        // The empty itemset is never reported.
        let mut by_len: Vec<u128> = by_len.into_iter().skip(1).collect();
        by_len.truncate(by_len.iter().rposition(|&itemsets| itemsets > 0).map_or(0, |last| last + 1));
        Some(by_len)
    }
}

/// C(n, k) from C(n, k - 1); `None` beyond `u128::MAX`.
fn choose_next(previous: u128, n: usize, k: usize) -> Option<u128> {
    // The product is divisible by k. Dividing the common factor out first keeps it small.
    let (factor, divisor) = ((n - k + 1) as u128, k as u128);
    let common = gcd(previous, divisor);
    (previous / common).checked_mul(factor / (divisor / common))
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

impl Branch for Tally {
    const LISTS: bool = false;

    fn below(depth: usize, _bounds: Bounds) -> Self {
        Tally { table: Vec::new(), open: depth }
    }

    #[inline(always)]
    fn open(&mut self, _rank: u32, _count: u32) -> ControlFlow<()> {
        self.open += 1;
        Branch::tally(self, self.open, 0, 1);
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.open -= 1;
    }

    fn repeat(&mut self, _rank: u32) -> ControlFlow<()> {
        unreachable!("a branch that does not list is told of perfect extensions by `tally`")
    }

    fn foresee(&mut self, _perfect: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn tally(&mut self, len: usize, perfect: usize, itemsets: u64) {
        match self.table.get_mut(perfect).and_then(|row| row.get_mut(len)) {
            Some(place) => *place += itemsets,
            None => self.grow(len, perfect, itemsets),
        }
    }

    #[inline(always)]
    fn combinations<O: Ops>(
        &mut self,
        _ops: O,
        combinations: Combinations<'_>,
        len: usize,
        perfect: usize,
    ) -> ControlFlow<()> {
        // The number of combinations of one item, of two, and so on.
        let of_len = |mask: u16| u64::from((combinations.frequent & mask).count_ones());
        match self.table.get_mut(perfect).and_then(|row| row.get_mut(len + 1..=len + AT_ONCE)) {
            Some(row) => row.iter_mut().zip(OF_LEN).for_each(|(place, mask)| *place += of_len(mask)),
            None => (len + 1..).zip(OF_LEN).for_each(|(len, mask)| self.grow(len, perfect, of_len(mask))),
        }
        ControlFlow::Continue(())
    }
}

impl Keep for Tally {
    const LISTS: bool = false;

    fn new(_bounds: Bounds) -> Self {
        Tally::default()
    }

    fn keep(&mut self, falling: &[u32], _count: u32) -> ControlFlow<()> {
        Keep::tally(self, falling.len(), 1);
        ControlFlow::Continue(())
    }

    #[inline(always)]
    fn tally(&mut self, len: usize, itemsets: u64) {
        Branch::tally(self, len, 0, itemsets);
    }

    fn finish(&mut self) {}
}

impl Tally {
    #[cold]
    fn grow(&mut self, len: usize, perfect: usize, itemsets: u64) {
        if self.table.len() <= perfect {
            self.table.resize_with(perfect + 1, Vec::new);
        }
        let row = &mut self.table[perfect];
        if row.len() <= len {
            row.resize(len + 1, 0);
        }
        row[len] += itemsets;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_extensions_multiply() {
        let mut tally = Tally::default();
        Branch::tally(&mut tally, 1, 3, 1);
        Branch::tally(&mut tally, 2, 0, 5);
        assert_eq!(Tally::by_len(std::slice::from_ref(&tally), usize::MAX), Some(vec![1, 3 + 5, 3, 1]));
        assert_eq!(Tally::by_len(&[tally.clone(), tally], 2), Some(vec![2, 16]));
    }

    #[test]
    fn the_empty_itemset_is_not_counted() {
        let mut tally = Tally::default();
        Branch::tally(&mut tally, 0, 2, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX), Some(vec![2, 1]));
        assert_eq!(Tally::by_len(&[], usize::MAX), Some(vec![]));
    }

    #[test]
    fn too_many_to_number_is_told() {
        let mut tally = Tally::default();
        Branch::tally(&mut tally, 0, 128, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX).map(|by_len| by_len.iter().sum::<u128>()), Some(u128::MAX));
        let mut tally = Tally::default();
        Branch::tally(&mut tally, 1, 128, 1);
        assert_eq!(Tally::by_len(&[tally], usize::MAX), None);
        let mut tally = Tally::default();
        Branch::tally(&mut tally, 1, 99_999, 1);
        assert_eq!(Tally::by_len(std::slice::from_ref(&tally), usize::MAX), None);
        assert_eq!(Tally::by_len(&[tally], 2), Some(vec![1, 99_999]));
    }
}
