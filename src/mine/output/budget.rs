//! How much the pieces of one search hold together.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The itemsets that all pieces of a search hold, and the most that they may. Where they hold more, all of them end.
#[derive(Debug)]
pub(crate) struct Budget {
    most: usize,
    itemsets: AtomicUsize,
    full: AtomicBool,
}

impl Budget {
    pub(crate) fn new(most: usize) -> Self {
        Budget { most, itemsets: AtomicUsize::new(0), full: AtomicBool::new(false) }
    }

    /// A piece has ended early: what the others find is of no use any more.
    pub(crate) fn give_up(&self) {
        self.full.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }
}

/// Itemsets that a piece finds before it tells the others: 768 KB.
const BATCH: usize = if cfg!(test) { 4 } else { 1 << 16 };

/// What one piece holds of it all.
#[derive(Debug)]
pub(crate) struct BudgetShare<'a> {
    held: &'a Budget,
    told: usize,
}

impl<'a> BudgetShare<'a> {
    pub(crate) fn new(held: &'a Budget) -> Self {
        BudgetShare { held, told: 0 }
    }

    /// The piece holds so many itemsets by now. `Break` where all pieces together hold too many.
    #[inline(always)]
    pub(crate) fn tell(&mut self, itemsets: usize) -> ControlFlow<()> {
        if itemsets >= self.told + BATCH {
            self.add(itemsets);
        }
        if self.held.is_full() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// The piece is complete with so many itemsets; another one may begin.
    pub(crate) fn end(&mut self, itemsets: usize) {
        self.add(itemsets);
        self.told = 0;
    }

    fn add(&mut self, itemsets: usize) {
        // Below the most nodes of a trie for each piece, and no more pieces than a pointer tells apart.
        let new = itemsets.saturating_sub(self.told);
        self.told = itemsets;
        if self.held.itemsets.fetch_add(new, Ordering::Relaxed).saturating_add(new) > self.held.most {
            self.held.give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_end_when_they_hold_too_much_together() {
        let held = Budget::new(20);
        let (mut one, mut other) = (BudgetShare::new(&held), BudgetShare::new(&held));
        assert!(one.tell(12).is_continue());
        assert!(other.tell(3).is_continue());
        assert!(other.tell(8).is_continue());
        assert!(other.tell(9).is_continue(), "one more is not told yet");
        other.end(9);
        assert!(one.tell(12).is_break());
        assert!(BudgetShare::new(&held).tell(0).is_break());
    }
}
