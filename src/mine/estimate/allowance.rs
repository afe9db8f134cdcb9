//! How much work an estimate may still do.

use std::ops::ControlFlow;

use crate::call::control::Control;
use crate::mine::columns::ColumnSearch;
use crate::mine::columns::descent::WORDS_PER_NANO;
use crate::mine::columns::donate::{Interrupts, STEPS_PER_POLL};
use crate::mine::output::hand_over::BlockSender;

/// Nanoseconds of a step of a search, beside its intersections: most are those of counting combinations of the first items.
const NANOS_PER_STEP: u64 = 150;

/// How much a search may still do, in steps that take about a nanosecond. They are counted, not timed: the same on every machine.
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

    /// For a part of what another one is spent for.
    pub(crate) fn within(control: &'a Control, steps: u64) -> Self {
        Allowance { is_told: false, ..Allowance::new(control, steps) }
    }

    /// Something else took so many steps.
    pub(crate) fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        if self.is_told
            && let Some(progress) = self.control.progress()
        {
            progress.add(steps);
        }
    }

    /// What was spent so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// `Break` where nothing is left, or the call is to end.
    pub(crate) fn go_on(&self) -> ControlFlow<()> {
        if self.left == 0 || self.control.should_stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Interrupts for Allowance<'_> {
    fn poll(&mut self, search: &mut ColumnSearch, _: u32, _: usize, _: bool, _: usize) -> ControlFlow<()> {
        // What the search is at now stands for what it did since the last look.
        self.spend(u64::from(STEPS_PER_POLL) * (NANOS_PER_STEP + search.words_passed() / WORDS_PER_NANO));
        self.go_on()
    }

    fn way(&self) -> Option<BlockSender<'_>> {
        None
    }
}
