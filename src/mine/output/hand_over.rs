//! Handing on what a chunk of a search finds, instead of keeping it.

use std::ops::ControlFlow;

use super::itemset_output::Output;
use crate::threads::ordered::BlockSink;

/// The fewest itemsets of a chunk that are handed over together.
const BLOCK: usize = if cfg!(test) { 4 } else { 1 << 14 };

/// The way out for one chunk of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockSender<'a> {
    sink: &'a dyn BlockSink,
    chunk: usize,
}

impl<'a> BlockSender<'a> {
    pub(crate) fn new(sink: &'a dyn BlockSink, chunk: usize) -> Self {
        BlockSender { sink, chunk }
    }

    /// Hands over what an output holds, if that is enough.
    #[inline(always)]
    pub(crate) fn hand_over<B: Output>(self, out: &mut B) -> ControlFlow<()> {
        if B::LISTS && out.held() >= BLOCK { self.hand_over_all(out) } else { ControlFlow::Continue(()) }
    }

    #[cold]
    fn hand_over_all<B: Output>(self, out: &mut B) -> ControlFlow<()> {
        self.sink.push(self.chunk, out.hand_over())
    }

    /// The output is complete.
    pub(crate) fn end<B: Output>(self, out: &mut B) -> ControlFlow<()> {
        self.hand_over_all(out)?;
        self.sink.end(self.chunk)
    }
}

/// Stops a block sink when dropped, unless it was disarmed: a worker that panics keeps nobody waiting.
#[derive(Debug)]
pub(crate) struct StopOnDrop<'a>(Option<&'a dyn BlockSink>);

impl<'a> StopOnDrop<'a> {
    pub(crate) fn new(sink: Option<&'a dyn BlockSink>) -> Self {
        StopOnDrop(sink)
    }

    pub(crate) fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(sink) = self.0 {
            sink.stop();
        }
    }
}
