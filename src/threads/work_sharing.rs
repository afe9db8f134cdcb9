//! Work that a worker gives to another in the middle of a task.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Where workers without tasks wait for a part of another's.
///
/// A worker that waits here holds its thread, but nothing else: those that it waits for do not wait themselves.
///
/// Alone in its cache lines: what is written beside it would make every look at it wait.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct WorkSharing<G> {
    /// How many wait for work that is not given yet. Read in inner loops, hence beside the lock.
    wanted: AtomicUsize,
    state: Mutex<State<G>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<G> {
    /// What was given and not taken yet, with its number.
    given: Vec<(usize, G)>,
    numbers: usize,
    waiting: usize,
    /// Workers with a task, who may still give a part of it.
    busy: usize,
}

/// Work that was given, and its number: they are given out from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Donation<G> {
    pub(crate) number: usize,
    pub(crate) work: G,
}

impl<G> WorkSharing<G> {
    pub(crate) fn new() -> Self {
        let waiting = waiting_at_first();
        let state = State { given: Vec::new(), numbers: 0, waiting, busy: 0 };
        WorkSharing { wanted: AtomicUsize::new(waiting), state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Whether a worker waits. Cheap enough for every step of a search.
    #[inline(always)]
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) > 0
    }

    /// Hands work to whoever waits first, and returns its number.
    pub(crate) fn give(&self, work: G) -> usize {
        let mut state = self.lock();
        let number = state.numbers;
        state.numbers += 1;
        state.given.push((number, work));
        self.tell(&state);
        self.changed.notify_one();
        number
    }

    /// The calling worker has tasks, until what is returned is dropped.
    pub(super) fn enter(&self) -> Busy<'_, G> {
        self.lock().busy += 1;
        Busy(self)
    }

    /// Waits for work; `None` where nobody can give any more.
    pub(super) fn take(&self) -> Option<(Donation<G>, Busy<'_, G>)> {
        let mut state = self.lock();
        loop {
            if let Some((number, work)) = state.given.pop() {
                state.busy += 1;
                self.tell(&state);
                return Some((Donation { number, work }, Busy(self)));
            }
            if state.busy == 0 {
                return None;
            }
            state.waiting += 1;
            self.tell(&state);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            self.tell(&state);
        }
    }

    fn tell(&self, state: &State<G>) {
        self.wanted.store(state.waiting.saturating_sub(state.given.len()), Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State<G>> {
        // No change of the state is ever left half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(not(test))]
fn waiting_at_first() -> usize {
    0
}

#[cfg(test)]
use tests::waiting_at_first;

/// A worker's having tasks; also one that panics stops having them.
#[derive(Debug)]
pub(super) struct Busy<'a, G>(&'a WorkSharing<G>);

impl<G> Drop for Busy<'_, G> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.busy -= 1;
        if state.busy == 0 {
            self.0.changed.notify_all();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        static WAITING: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn waiting_at_first() -> usize {
        WAITING.get()
    }

    /// Runs `work`, in which workers on this thread always believe that others wait: they give away all that they can,
    /// and do it themselves in the end.
    pub(crate) fn always_wanted<R>(work: impl FnOnce() -> R) -> R {
        WAITING.set(usize::MAX / 2);
        let result = work();
        WAITING.set(0);
        result
    }
}
