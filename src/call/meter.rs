//! The progress of tasks whose costs are estimated.

use std::ops::Range;

use super::control::Control;

/// What a search takes of the time that is left when it begins. Joining what was found takes the rest.
pub(crate) const SEARCH: f64 = 0.97;

/// Tasks of estimated costs, of which it is told what is done.
#[derive(Debug)]
pub(crate) struct Meter<'a> {
    control: &'a Control,
    costs: &'a [u64],
    /// Costs of one enormous basket are beyond counting: so many of their bits are left out.
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

    /// Some tasks are done.
    pub(crate) fn add(&self, tasks: Range<usize>) {
        if let Some(progress) = self.control.progress() {
            progress.add(self.costs[tasks].iter().map(|cost| cost >> self.shift).sum());
        }
    }
}
