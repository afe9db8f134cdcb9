//! A worker's account of its steps.

use std::ops::ControlFlow;

use super::control::Control;
use crate::error::Error;

/// Steps, of some ten nanoseconds each, between two polls.
const STEPS_PER_POLL: usize = 1 << 12;

/// Counts the steps of one worker, and after some thousands of them polls the control of its call and reports the units
/// that are done.
///
/// Steps measure time, units the progress: how many units a part of the call has is said when it
/// [begins](Control::begin).
#[derive(Debug)]
pub(crate) struct Ticker<'a> {
    control: &'a Control,
    steps: usize,
    units: u64,
}

impl<'a> Ticker<'a> {
    pub(crate) fn new(control: &'a Control) -> Self {
        Ticker { control, steps: 0, units: 0 }
    }

    /// What the worker polls.
    #[cfg(feature = "random")]
    pub(crate) fn control(&self) -> &'a Control {
        self.control
    }

    /// Some units are done. They are reported with the next poll, or when the worker ends.
    #[inline]
    pub(crate) fn done(&mut self, units: u64) {
        self.units += units;
    }

    /// Takes some steps: `Break` if the call should end.
    #[inline]
    pub(crate) fn step(&mut self, steps: usize) -> ControlFlow<()> {
        self.steps += steps;
        if self.steps < STEPS_PER_POLL { ControlFlow::Continue(()) } else { self.poll() }
    }

    /// Takes some steps.
    ///
    /// # Errors
    ///
    /// If the call should end: why.
    #[inline]
    pub(crate) fn check(&mut self, steps: usize) -> Result<(), Error> {
        match self.step(steps) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => self.control.check(),
        }
    }

    #[cold]
    fn poll(&mut self) -> ControlFlow<()> {
        self.steps = 0;
        self.report();
        if self.control.should_stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn report(&mut self) {
        if let Some(progress) = self.control.progress() {
            progress.add(std::mem::take(&mut self.units));
        }
    }
}

impl Drop for Ticker<'_> {
    fn drop(&mut self) {
        self.report();
    }
}
