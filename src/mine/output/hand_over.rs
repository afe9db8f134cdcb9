//! Handing on what a chunk of a search finds, instead of keeping it.

use std::ops::ControlFlow;

use super::itemset_output::Output;
use crate::threads::ordered::BlockSink;

/// The fewest itemsets of a chunk that are handed over together.
const BLOCK: usize = if cfg!(test) { 4 } else { 1 << 14 };

/// The way out for one chunk of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockSender<'a> {
    outlet: &'a dyn BlockSink,
    piece: usize,
}

impl<'a> BlockSender<'a> {
    pub(crate) fn new(outlet: &'a dyn BlockSink, piece: usize) -> Self {
        BlockSender { outlet, piece }
    }

    /// Hands over what an output holds, if that is enough.
    #[inline(always)]
    pub(crate) fn hand_over<B: Output>(self, branch: &mut B) -> ControlFlow<()> {
        if B::LISTS && branch.held() >= BLOCK { self.hand_over_all(branch) } else { ControlFlow::Continue(()) }
    }

    #[cold]
    fn hand_over_all<B: Output>(self, branch: &mut B) -> ControlFlow<()> {
        self.outlet.push(self.piece, branch.hand_over())
    }

    /// The output is complete.
    pub(crate) fn end<B: Output>(self, branch: &mut B) -> ControlFlow<()> {
        self.hand_over_all(branch)?;
        self.outlet.end(self.piece)
    }
}

/// Stops a block sink when dropped, unless it was disarmed: a worker that panics keeps nobody waiting.
#[derive(Debug)]
pub(crate) struct StopOnDrop<'a>(Option<&'a dyn BlockSink>);

impl<'a> StopOnDrop<'a> {
    pub(crate) fn new(outlet: Option<&'a dyn BlockSink>) -> Self {
        StopOnDrop(outlet)
    }

    pub(crate) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(outlet) = self.0 {
            outlet.stop();
        }
    }
}
