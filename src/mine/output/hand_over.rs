//! Handing on what a piece of a search finds, in place of keeping it.

use std::ops::ControlFlow;

use super::tree_output::Branch;
use crate::threads::ordered::Outlet;

/// Itemsets of a piece that are handed over together, at the least.
const BLOCK: usize = if cfg!(test) { 4 } else { 1 << 14 };

/// The way out for one piece of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a> {
    outlet: &'a dyn Outlet,
    piece: usize,
}

impl<'a> Way<'a> {
    pub(crate) fn new(outlet: &'a dyn Outlet, piece: usize) -> Self {
        Way { outlet, piece }
    }

    /// Hands over what a branch holds, if that is enough.
    #[inline(always)]
    pub(crate) fn hand_over<B: Branch>(self, branch: &mut B) -> ControlFlow<()> {
        if B::LISTS && branch.held() >= BLOCK { self.hand_over_all(branch) } else { ControlFlow::Continue(()) }
    }

    #[cold]
    fn hand_over_all<B: Branch>(self, branch: &mut B) -> ControlFlow<()> {
        self.outlet.take(self.piece, branch.hand_over())
    }

    /// The branch is complete.
    pub(crate) fn end<B: Branch>(self, branch: &mut B) -> ControlFlow<()> {
        self.hand_over_all(branch)?;
        self.outlet.end(self.piece)
    }
}

/// Stops an outlet unless it is told that all went well: a worker that panics keeps nobody waiting.
#[derive(Debug)]
pub(crate) struct Watch<'a>(Option<&'a dyn Outlet>);

impl<'a> Watch<'a> {
    pub(crate) fn new(outlet: Option<&'a dyn Outlet>) -> Self {
        Watch(outlet)
    }

    pub(crate) fn all_went_well(mut self) {
        self.0 = None;
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if let Some(outlet) = self.0 {
            outlet.stop();
        }
    }
}
