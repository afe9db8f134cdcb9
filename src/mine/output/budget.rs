//! What the chunks of one search may hold together.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use crate::call::control::Stopped;

/// A number of itemsets and of bytes: what is held, or the most that may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) itemsets: u64,
    pub(crate) bytes: u64,
}

impl Size {
    /// No limit.
    pub(crate) const MAX: Size = Size { itemsets: u64::MAX, bytes: u64::MAX };
}

/// What all chunks of a search hold, and the most that they may. Once they hold more, or one of them ends early, all of
/// them end.
#[derive(Debug)]
pub(crate) struct Budget {
    max: Size,
    itemsets: AtomicU64,
    bytes: AtomicU64,
    /// Why the search ends early: 0 if it does not.
    stopped: AtomicU8,
}

const OVER_BUDGET: u8 = 1;
const INTERRUPTED: u8 = 2;
const SINK_CLOSED: u8 = 3;

impl Budget {
    pub(crate) fn new(max: Size) -> Self {
        Budget { max, itemsets: AtomicU64::new(0), bytes: AtomicU64::new(0), stopped: AtomicU8::new(0) }
    }

    /// The most that may be held.
    pub(crate) fn max(&self) -> Size {
        self.max
    }

    /// For `most` itemsets, however large.
    pub(crate) fn of_itemsets(most: usize) -> Self {
        Budget::new(Size { itemsets: u64::try_from(most).unwrap_or(u64::MAX), bytes: u64::MAX })
    }

    /// A chunk has ended early: what the others find is of no use. The first reason stays.
    pub(crate) fn stop(&self, reason: Stopped) {
        let reason = match reason {
            Stopped::OverBudget => OVER_BUDGET,
            Stopped::Interrupted => INTERRUPTED,
            Stopped::SinkClosed => SINK_CLOSED,
        };
        let _ = self.stopped.compare_exchange(0, reason, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Whether the search ends early.
    #[inline(always)]
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) != 0
    }

    /// An error if the search ended early: why.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        match self.stopped.load(Ordering::Relaxed) {
            0 => Ok(()),
            OVER_BUDGET => Err(Stopped::OverBudget),
            INTERRUPTED => Err(Stopped::Interrupted),
            _ => Err(Stopped::SinkClosed),
        }
    }

    /// Adds what a chunk found, and returns how much more may be found. If that is too much, the search stops.
    pub(crate) fn add(&self, new: Size) -> Option<Size> {
        let add = |all: &AtomicU64, new: u64| {
            let saturating = |old: u64| Some(old.saturating_add(new));
            let old = all.fetch_update(Ordering::Relaxed, Ordering::Relaxed, saturating);
            old.unwrap_or_else(|old| old).saturating_add(new)
        };
        let (itemsets, bytes) = (add(&self.itemsets, new.itemsets), add(&self.bytes, new.bytes));
        let left = self.max.itemsets.checked_sub(itemsets).zip(self.max.bytes.checked_sub(bytes));
        if left.is_none() {
            self.stop(Stopped::OverBudget);
        }
        left.map(|(itemsets, bytes)| Size { itemsets, bytes })
    }

    /// How much was found.
    pub(crate) fn found(&self) -> Size {
        Size { itemsets: self.itemsets.load(Ordering::Relaxed), bytes: self.bytes.load(Ordering::Relaxed) }
    }
}

/// Itemsets that a chunk finds before it reports them to the budget: 768 KB.
const BATCH: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// What one chunk holds of a budget.
#[derive(Debug)]
pub(crate) struct BudgetShare<'a> {
    budget: &'a Budget,
    reported: usize,
}

impl<'a> BudgetShare<'a> {
    pub(crate) fn new(budget: &'a Budget) -> Self {
        BudgetShare { budget, reported: 0 }
    }

    /// The chunk holds `itemsets` itemsets now. `Break` if all chunks together hold too much.
    #[inline(always)]
    pub(crate) fn report(&mut self, itemsets: usize) -> ControlFlow<()> {
        if itemsets >= self.reported + BATCH {
            self.add(itemsets);
        }
        if self.budget.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The chunk is complete with `itemsets` itemsets. Another one may begin.
    pub(crate) fn end(&mut self, itemsets: usize) {
        self.add(itemsets);
        self.reported = 0;
    }

    fn add(&mut self, itemsets: usize) {
        let new = itemsets.saturating_sub(self.reported) as u64;
        self.reported = itemsets;
        let _ = self.budget.add(Size { itemsets: new, bytes: 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_end_once_they_hold_too_much_together() {
        let budget = Budget::of_itemsets(20);
        let (mut one, mut other) = (BudgetShare::new(&budget), BudgetShare::new(&budget));
        assert!(one.report(12).is_continue());
        assert!(other.report(3).is_continue());
        assert!(other.report(8).is_continue());
        assert!(other.report(9).is_continue(), "one more is not reported yet");
        other.end(9);
        assert!(one.report(12).is_break());
        assert!(BudgetShare::new(&budget).report(0).is_break());
        assert_eq!(budget.check(), Err(Stopped::OverBudget));
    }

    #[test]
    fn first_reason_stays() {
        let budget = Budget::new(Size::MAX);
        assert_eq!(budget.check(), Ok(()));
        budget.stop(Stopped::Interrupted);
        budget.stop(Stopped::SinkClosed);
        assert_eq!(budget.check(), Err(Stopped::Interrupted));
    }
}
