//! How much work an estimate has left.

use std::ops::ControlFlow;

use crate::call::control::Control;
use crate::mine::columns::ColumnSearch;
use crate::mine::columns::descent::WORDS_PER_NANO;
use crate::mine::columns::donate::{Interrupts, STEPS_PER_POLL};
use crate::mine::output::hand_over::BlockSender;

/// Nanoseconds of a step of a search, without its intersections. Counting combinations of the first items takes most of
/// it.
const NANOS_PER_STEP: u64 = 150;

/// How much work a search has left, in steps of about a nanosecond. They are counted, not timed, and so the same on
/// every machine.
#[derive(Debug)]
pub(crate) struct Allowance<'a> {
    control: &'a Control,
    left: u64,
    spent: u64,
    /// Whether the progress of the call follows it.
    is_told: bool,
}

impl<'a> Allowance<'a> {
    pub(crate) fn new(control: &'a Control, steps: u64) -> Self {
        Allowance { control, left: steps, spent: 0, is_told: true }
    }

    /// For a part of the work of another allowance.
    pub(crate) fn within(control: &'a Control, steps: u64) -> Self {
        Allowance { is_told: false, ..Allowance::new(control, steps) }
    }

    /// Spends `steps` on something else.
    pub(crate) fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        if self.is_told
            && let Some(progress) = self.control.progress()
        {
            progress.add(steps);
        }
    }

    /// The steps spent so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// `Break` if nothing is left, or if the call should stop.
    pub(crate) fn go_on(&self) -> ControlFlow<()> {
        if self.left == 0 || self.control.should_stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Interrupts for Allowance<'_> {
    fn poll(&mut self, search: &mut ColumnSearch, _: u32, _: usize, _: bool, _: usize) -> ControlFlow<()> {
        // The current position of the search stands for all that it did since the last poll.
        self.spend(u64::from(STEPS_PER_POLL) * (NANOS_PER_STEP + search.words_passed() / WORDS_PER_NANO));
        self.go_on()
    }

    fn sender(&self) -> Option<BlockSender<'_>> {
        None
    }
}
