//! The progress of tasks with estimated costs.

use std::ops::Range;

use super::control::Control;

/// The share of the remaining time that a search takes when it begins. Joining the results takes the rest.
pub(crate) const SEARCH: f64 = 0.97;

/// Tasks with estimated costs, which are reported as they are done.
#[derive(Debug)]
pub(crate) struct Meter<'a> {
    control: &'a Control,
    costs: &'a [u64],
    /// Low bits of the costs that are dropped: those of one enormous basket would overflow.
    shift: u32,
}

impl<'a> Meter<'a> {
    /// Begins a part of a call, which takes a share of what is left.
    pub(crate) fn new(control: &'a Control, share: f64, costs: &'a [u64]) -> Self {
        let total: u128 = costs.iter().map(|&cost| u128::from(cost)).sum();
        let shift = (u128::BITS - total.leading_zeros()).saturating_sub(48);
        control.begin(share, (total >> shift) as u64);
        Meter { control, costs, shift }
    }

    /// Reports some tasks as done.
    pub(crate) fn add(&self, tasks: Range<usize>) {
        if let Some(progress) = self.control.progress() {
            progress.add(self.costs[tasks].iter().map(|cost| cost >> self.shift).sum());
        }
    }
}
