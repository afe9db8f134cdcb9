//! An output for the itemsets that a filter accepts: listed, handed on, counted, or only the best of them kept.

use std::cmp::Reverse;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::budget::{Budget, Size};
use super::flat_itemsets::FlatItemsets;
use super::hand_over::BlockSender;
use super::itemset_output::{ItemsetOutput, ListingOutput, Output, Receiver};
use super::smallest::Smallest;
use super::tally::Tally;
use super::tree_output::TreeOutput;
use crate::threads::ordered::Block;

/// Decides which itemsets are requested.
pub(crate) trait Filter: Sync {
    /// Whether an itemset, as descending ranks, with its count is requested.
    fn accepts(&self, descending: &[u32], count: u32) -> bool;
}

/// Bytes that a listed itemset takes besides its items, and each item: twice what they are, as lists grow by doubling.
const BYTES_PER_ITEMSET: u64 = 24;
const BYTES_PER_ITEM: u64 = 8;

/// Bytes that one of the best takes besides its items: an entry of the heap, memory of its own, and its place in a list.
const BYTES_PER_CANDIDATE: u64 = 112;

/// Bytes that a chunk finds before it reports them to the budget: each thread may exceed the budget by that much.
const BATCH: u64 = if cfg!(test) { 1 << 10 } else { 1 << 20 };

/// What becomes of the itemsets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'a> {
    /// They are listed, or handed on if there is a sender.
    List,
    /// They are counted by length.
    Count,
    /// Those with the highest counts are kept.
    Best(&'a Best),
}

/// Takes what a chunk of a search finds.
pub(crate) struct SelectedOutput<'a> {
    /// The smallest count that is still requested.
    pub(crate) min_count: u32,
    kept: Kept<'a>,
    filter: Option<&'a dyn Filter>,
    sender: Option<BlockSender<'a>>,
    budget: &'a Budget,
    /// What was found since the last report to the budget, and how much more may be found, as far as is known.
    new: Size,
    left: Size,
}

#[derive(Debug)]
enum Kept<'a> {
    List(FlatItemsets),
    Count(Tally),
    Best(&'a Best),
}

/// The `k` itemsets with the highest counts so far, which all chunks of a search share.
///
/// Few of all itemsets are ever among them, so that the chunks seldom wait for each other.
#[derive(Debug)]
pub(crate) struct Best {
    best: Mutex<Smallest<Reverse<Candidate>>>,
    /// An itemset in fewer baskets is not among the best.
    min_count: AtomicU32,
    /// Whether each chunk finds itemsets in the canonical order: then one with the same count as the worst, which is
    /// before the place where the chunk is, comes too late.
    in_order: bool,
}

/// An itemset; the better one is greater.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    count: u32,
    /// Among equal counts the first in the canonical order is the best.
    descending: Reverse<Vec<u32>>,
}

impl<'a> SelectedOutput<'a> {
    pub(crate) fn new(
        purpose: Purpose<'a>,
        filter: Option<&'a dyn Filter>,
        budget: &'a Budget,
        sender: Option<BlockSender<'a>>,
    ) -> Self {
        let (min_count, kept) = match purpose {
            Purpose::List => (1, Kept::List(FlatItemsets::default())),
            Purpose::Count => (1, Kept::Count(Tally::default())),
            Purpose::Best(best) => (best.min_count.load(Ordering::Relaxed), Kept::Best(best)),
        };
        let new = Size { itemsets: 0, bytes: 0 };
        SelectedOutput { min_count, kept, filter, sender, budget, new, left: budget.max() }
    }

    /// Reports to the budget what was found since the last time. `Break` if all chunks together hold too much.
    pub(crate) fn report(&mut self) -> ControlFlow<()> {
        let new = std::mem::replace(&mut self.new, Size { itemsets: 0, bytes: 0 });
        match self.budget.add(new) {
            Some(left) if !self.budget.is_stopped() => {
                self.left = left;
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Break(()),
        }
    }

    /// Whether it only counts, and has no filter.
    pub(crate) fn counts_all(&self) -> bool {
        self.filter.is_none() && matches!(self.kept, Kept::Count(_))
    }

    /// An itemset of `len` items with each subset of `items` more. Only for an output that
    /// [counts all](SelectedOutput::counts_all).
    pub(crate) fn count_combinations(&mut self, items: usize, len: usize) -> ControlFlow<()> {
        if let Kept::Count(tally) = &mut self.kept {
            TreeOutput::tally(tally, len, items, 1);
        }
        let combinations = u32::try_from(items).ok().and_then(|items| 1_u64.checked_shl(items)).unwrap_or(u64::MAX);
        self.new.itemsets = self.new.itemsets.saturating_add(combinations);
        // Each item is in half of them.
        let bytes = BYTES_PER_ITEMSET + BYTES_PER_ITEM * (len + items / 2) as u64;
        self.new.bytes = self.new.bytes.saturating_add(bytes.saturating_mul(combinations));
        self.report()
    }

    /// The itemsets from here on, in the canonical order, come after this one or are it: whatever is not among the best
    /// by what is known by now need not be found.
    pub(crate) fn reach(&mut self, descending: &[u32]) {
        if let Kept::Best(best) = self.kept {
            self.min_count = self.min_count.max(best.bar(&best.lock(), descending));
        }
    }

    /// What was listed.
    pub(crate) fn into_list(self) -> FlatItemsets {
        match self.kept {
            Kept::List(list) => list,
            Kept::Count(_) | Kept::Best(_) => FlatItemsets::default(),
        }
    }

    /// What was counted.
    pub(crate) fn into_tally(self) -> Tally {
        match self.kept {
            Kept::Count(tally) => tally,
            Kept::List(_) | Kept::Best(_) => Tally::default(),
        }
    }
}

impl Best {
    /// The `k` best of those in `min_count` baskets or more. `in_order` if each chunk finds its itemsets in the
    /// canonical order.
    pub(crate) fn new(k: usize, min_count: u32, in_order: bool) -> Self {
        Best { best: Mutex::new(Smallest::new(k)), min_count: AtomicU32::new(min_count), in_order }
    }

    fn lock(&self) -> MutexGuard<'_, Smallest<Reverse<Candidate>>> {
        self.best.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The least count with which one of the itemsets after `reached` may be among the best.
    fn bar(&self, best: &Smallest<Reverse<Candidate>>, reached: &[u32]) -> u32 {
        best.bound().map_or(0, |Reverse(worst)| {
            worst.count.saturating_add(u32::from(self.in_order && worst.descending.0[..] <= *reached))
        })
    }

    /// Takes an itemset if it is among the best so far. Returns whether one more is held, and raises the count that
    /// those after it must have.
    fn take(&self, descending: &[u32], count: u32, min_count: &mut u32) -> bool {
        // What others have found may be better than what this chunk knows.
        let least = self.min_count.load(Ordering::Relaxed);
        if count < least {
            *min_count = least.max(*min_count);
            return false;
        }
        let mut best = self.lock();
        let held = best.len();
        // Without a copy of those that are rejected.
        let is_better = best.bound().is_none_or(|Reverse(worst)| {
            (count, Reverse(descending)) > (worst.count, Reverse(&worst.descending.0[..]))
        });
        if is_better {
            best.offer(Reverse(Candidate { count, descending: Reverse(descending.to_vec()) }));
            if let Some(Reverse(worst)) = best.bound() {
                self.min_count.fetch_max(worst.count, Ordering::Relaxed);
            }
        }
        *min_count = self.bar(&best, descending).max(*min_count);
        best.len() > held
    }

    /// The best first.
    pub(crate) fn into_list(self) -> FlatItemsets {
        let mut list = FlatItemsets::default();
        for Reverse(candidate) in self.best.into_inner().unwrap_or_else(PoisonError::into_inner).into_sorted_vec() {
            list.push(candidate.descending.0, candidate.count);
        }
        list
    }
}

impl Output for SelectedOutput<'_> {
    const LISTS: bool = true;

    fn held(&self) -> usize {
        match &self.kept {
            Kept::List(list) if self.sender.is_some() => list.len(),
            // The output reports to a budget itself.
            _ => 0,
        }
    }

    fn hand_over(&mut self) -> Block {
        match &mut self.kept {
            Kept::List(list) => std::mem::take(list).into_block(),
            Kept::Count(_) | Kept::Best(_) => Block::default(),
        }
    }

    fn settle(&mut self) {
        let _ = self.report();
    }
}

impl ItemsetOutput for SelectedOutput<'_> {
    fn receiver(&mut self) -> Receiver<'_> {
        Receiver::List(self)
    }
}

impl ListingOutput for SelectedOutput<'_> {
    fn is_ordered(&self) -> bool {
        match &self.kept {
            Kept::List(_) => true,
            Kept::Count(_) => false,
            Kept::Best(best) => best.in_order,
        }
    }

    fn accepts(&self, descending: &[u32], count: u32) -> bool {
        count >= self.min_count && self.filter.is_none_or(|filter| filter.accepts(descending, count))
    }

    fn has_room(&self, itemsets: usize, items: usize) -> bool {
        let bytes = BYTES_PER_ITEMSET * itemsets as u64 + BYTES_PER_ITEM * items as u64;
        self.sender.is_some()
            || self.new.itemsets + itemsets as u64 <= self.left.itemsets && self.new.bytes + bytes <= self.left.bytes
    }

    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        if !self.accepts(descending, count) {
            return ControlFlow::Continue(());
        }
        match &mut self.kept {
            Kept::List(list) => list.push(descending.iter().copied(), count),
            Kept::Count(tally) => TreeOutput::tally(tally, descending.len(), 0, 1),
            Kept::Best(best) => {
                if !best.take(descending, count, &mut self.min_count) {
                    return ControlFlow::Continue(());
                }
            }
        }
        if let Some(sender) = self.sender {
            return sender.hand_over(self);
        }
        self.new.itemsets += 1;
        let fixed = if matches!(self.kept, Kept::Best(_)) { BYTES_PER_CANDIDATE } else { BYTES_PER_ITEMSET };
        self.new.bytes += fixed + BYTES_PER_ITEM * descending.len() as u64;
        if self.new.itemsets > self.left.itemsets || self.new.bytes > self.left.bytes.min(BATCH) {
            return self.report();
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_end_once_they_hold_too_much_together() {
        let bytes = 100 * BATCH;
        let budget = Budget::new(Size { itemsets: u64::MAX, bytes });
        let mut chunks: Vec<SelectedOutput<'_>> =
            (0..20).map(|_| SelectedOutput::new(Purpose::List, None, &budget, None)).collect();
        let taken = (0..u64::MAX).take_while(|&turn| chunks[turn as usize % 20].keep(&[1, 0], 1).is_continue());
        let found = taken.count() as u64 * (BYTES_PER_ITEMSET + 2 * BYTES_PER_ITEM);
        assert!((bytes - 20 * BATCH..=bytes + 20 * BATCH).contains(&found), "{found} of {bytes}");
        // All others end as well, as soon as they report.
        assert!(chunks.iter_mut().all(|chunk| (0..BATCH).any(|_| chunk.keep(&[0], 1).is_break())));
    }
}
