//! Blocks of itemsets passed on in order, whatever the order in which they are found.
//!
//! The model check of [`Reorder`] is in `loom/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::PoisonError;

use crate::threads::sync::{Condvar, Mutex, MutexGuard};

/// Itemsets in order, as a walk over their tree.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
}

/// An itemset: the first `len - 1` items of the previous one, and one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) len: u32,
    pub(crate) rank: u32,
    pub(crate) count: u32,
}

/// Receives what the chunks of a search find, and passes it on chunk by chunk, in whatever order they are searched.
///
/// `Break` ends the search: nothing more is wanted.
pub(crate) trait BlockSink: Sync + fmt::Debug {
    /// Receives the next itemsets of a chunk. May block until earlier chunks are done.
    fn push(&self, chunk: usize, block: Block) -> ControlFlow<()>;

    /// Ends a chunk: nothing more is pushed for it.
    fn end(&self, chunk: usize) -> ControlFlow<()>;

    /// The search ends early: whoever waits in [`push`](BlockSink::push) returns.
    fn stop(&self);
}

/// The most itemsets held back for their turn, 12 MB. Beyond, the workers that find them wait.
const MAX_HELD: usize = if cfg!(test) { 16 } else { 1 << 20 };

/// A [`BlockSink`] that passes blocks to `emit`, one at a time and in order.
///
/// Blocks of the chunk whose turn it is are emitted at once. Blocks of later chunks are held back; when too many
/// are held, the workers that push them wait. Chunks must be started in order: then the chunk whose turn it is
/// never waits.
pub(crate) struct Reorder<E> {
    state: Mutex<State>,
    changed: Condvar,
    emit: Mutex<E>,
}

#[derive(Debug, Default)]
struct State {
    /// The chunk that may emit.
    turn: usize,
    /// Blocks of later chunks.
    held: BTreeMap<usize, Vec<Block>>,
    /// Itemsets in those.
    itemsets: usize,
    /// Chunks that have ended before their turn.
    ended: BTreeSet<usize>,
    stopped: bool,
}

impl State {
    fn release(&mut self, chunk: usize) -> Vec<Block> {
        let blocks = self.held.remove(&chunk).unwrap_or_default();
        self.itemsets -= blocks.iter().map(|block| block.steps.len()).sum::<usize>();
        blocks
    }
}

impl<E: FnMut(Block) -> ControlFlow<()> + Send> Reorder<E> {
    pub(crate) fn new(emit: E) -> Self {
        Reorder { state: Mutex::new(State::default()), changed: Condvar::new(), emit: Mutex::new(emit) }
    }

    /// Emits a block out of turn, after a search.
    pub(crate) fn emit(&self, block: Block) -> ControlFlow<()> {
        let flow = self.emit.lock().unwrap_or_else(PoisonError::into_inner)(block);
        if flow.is_break() {
            self.stop();
        }
        flow
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A poisoned state is still consistent: no change of it can panic halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: FnMut(Block) -> ControlFlow<()> + Send> BlockSink for Reorder<E> {
    fn push(&self, chunk: usize, block: Block) -> ControlFlow<()> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return ControlFlow::Break(());
            }
            if state.turn == chunk {
                let before = state.release(chunk);
                drop(state);
                if !before.is_empty() {
                    self.changed.notify_all();
                }
                return before.into_iter().chain([block]).try_for_each(|block| self.emit(block));
            }
            if state.itemsets + block.steps.len() <= MAX_HELD {
                state.itemsets += block.steps.len();
                state.held.entry(chunk).or_default().push(block);
                return ControlFlow::Continue(());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, chunk: usize) -> ControlFlow<()> {
        let mut state = self.lock();
        state.ended.insert(chunk);
        // The turn stays with a chunk while its held blocks are emitted, so that no other chunk emits.
        while !state.stopped {
            let turn = state.turn;
            if !state.ended.remove(&turn) {
                break;
            }
            let blocks = state.release(turn);
            drop(state);
            blocks.into_iter().try_for_each(|block| self.emit(block))?;
            state = self.lock();
            state.turn += 1;
            self.changed.notify_all();
        }
        if state.stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }
}

impl<E> fmt::Debug for Reorder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reorder").field("state", &self.state).finish_non_exhaustive()
    }
}
