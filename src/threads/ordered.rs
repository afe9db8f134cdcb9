//! Itemsets that are handed on in order, whatever the order in which they are found.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Itemsets in their order, as a walk over their tree.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) steps: Vec<Step>,
}

/// An itemset: the first `len - 1` items of the one before it, and another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) len: u32,
    pub(crate) rank: u32,
    pub(crate) count: u32,
}

/// Takes what the pieces of a search find, piece by piece in their order, whatever the order in which they are searched.
///
/// `Break` ends the search: no more is wanted.
pub(crate) trait BlockSink: Sync + fmt::Debug {
    /// Takes the next itemsets of a piece. It may wait until those before are through.
    fn take(&self, piece: usize, block: Block) -> ControlFlow<()>;

    /// There are no more of a piece.
    fn end(&self, piece: usize) -> ControlFlow<()>;

    /// The search ends before all is found: nobody is to wait any more.
    fn stop(&self);
}

/// Itemsets that wait for those before them, at the most: 12 MB. Then the workers wait that find them.
const WAITING: usize = if cfg!(test) { 16 } else { 1 << 20 };

/// An [`BlockSink`] that gives blocks to `emit`, one at a time and in order.
///
/// The piece whose turn it is gives its blocks at once; what others find waits, and when that is much, so do they. The pieces
/// must be begun in their order: then the one whose turn it is never waits.
pub(crate) struct Reorder<E> {
    state: Mutex<State>,
    changed: Condvar,
    emit: Mutex<E>,
}

#[derive(Debug, Default)]
struct State {
    /// The piece that may give.
    turn: usize,
    /// What pieces after it have found.
    waiting: BTreeMap<usize, Vec<Block>>,
    /// Itemsets in those.
    itemsets: usize,
    /// Pieces that are complete, but have not had their turn.
    ended: BTreeSet<usize>,
    stopped: bool,
}

impl State {
    fn release(&mut self, piece: usize) -> Vec<Block> {
        let blocks = self.waiting.remove(&piece).unwrap_or_default();
        self.itemsets -= blocks.iter().map(|block| block.steps.len()).sum::<usize>();
        blocks
    }
}

impl<E: FnMut(Block) -> ControlFlow<()> + Send> Reorder<E> {
    pub(crate) fn new(emit: E) -> Self {
        Reorder { state: Mutex::default(), changed: Condvar::new(), emit: Mutex::new(emit) }
    }

    /// Gives a block out of turn: after a search.
    pub(crate) fn emit(&self, block: Block) -> ControlFlow<()> {
        let given = self.emit.lock().unwrap_or_else(PoisonError::into_inner)(block);
        if given.is_break() {
            self.stop();
        }
        given
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No change of the state is ever left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: FnMut(Block) -> ControlFlow<()> + Send> BlockSink for Reorder<E> {
    fn take(&self, piece: usize, block: Block) -> ControlFlow<()> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return ControlFlow::Break(());
            }
            if state.turn == piece {
                let before = state.release(piece);
                drop(state);
                if !before.is_empty() {
                    self.changed.notify_all();
                }
                return before.into_iter().chain([block]).try_for_each(|block| self.emit(block));
            }
            if state.itemsets + block.steps.len() <= WAITING {
                state.itemsets += block.steps.len();
                state.waiting.entry(piece).or_default().push(block);
                return ControlFlow::Continue(());
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn end(&self, piece: usize) -> ControlFlow<()> {
        let mut state = self.lock();
        state.ended.insert(piece);
        // While what waited of a piece is given, the turn stays with it, so that nobody else gives.
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
