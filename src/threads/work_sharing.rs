//! Parts of a task that its worker donates to workers without one.
//!
//! The model check of [`WorkSharing`] is in `loom/`.

use std::sync::PoisonError;

use crate::threads::sync::{AtomicUsize, Condvar, Mutex, MutexGuard, Ordering};

/// Where workers without tasks wait for a part of another's.
///
/// A worker that waits here blocks its thread and holds nothing else. It waits only for busy workers, which never
/// wait here.
///
/// It has its cache lines to itself: writes to neighbours would slow down every read of `wanted`.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct WorkSharing<G> {
    /// Workers that wait, less the donations that none of them has received yet. Read in inner loops, hence outside
    /// the lock.
    wanted: AtomicUsize,
    state: Mutex<State<G>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<G> {
    /// Donations that nobody has received yet, with their numbers.
    donations: Vec<(usize, G)>,
    next_number: usize,
    waiting: usize,
    /// Workers with a task, who may still donate a part of it.
    busy: usize,
}

/// Donated work and its number, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Donation<G> {
    pub(crate) number: usize,
    pub(crate) work: G,
}

impl<G> WorkSharing<G> {
    pub(crate) fn new() -> Self {
        let waiting = initially_waiting();
        let state = State { donations: Vec::new(), next_number: 0, waiting, busy: 0 };
        WorkSharing { wanted: AtomicUsize::new(waiting), state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Whether a worker waits. Cheap enough for every step of a search.
    #[inline(always)]
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) > 0
    }

    /// Donates work to any worker that waits, and returns its number. The calling worker must be busy.
    pub(crate) fn donate(&self, work: G) -> usize {
        let mut state = self.lock();
        let number = state.next_number;
        state.next_number += 1;
        state.donations.push((number, work));
        self.update_wanted(&state);
        self.changed.notify_one();
        number
    }

    /// Marks the calling worker as busy until the guard is dropped.
    pub(crate) fn enter(&self) -> Busy<'_, G> {
        self.lock().busy += 1;
        Busy(self)
    }

    /// Waits for donated work. Returns `None` once there is none left and no busy worker that could donate more.
    pub(crate) fn receive(&self) -> Option<(Donation<G>, Busy<'_, G>)> {
        let mut state = self.lock();
        loop {
            if let Some((number, work)) = state.donations.pop() {
                state.busy += 1;
                self.update_wanted(&state);
                return Some((Donation { number, work }, Busy(self)));
            }
            if state.busy == 0 {
                return None;
            }
            state.waiting += 1;
            self.update_wanted(&state);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
            self.update_wanted(&state);
        }
    }

    fn update_wanted(&self, state: &State<G>) {
        self.wanted.store(state.waiting.saturating_sub(state.donations.len()), Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, State<G>> {
        // A poisoned state is still consistent: no change of it can panic halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(not(test))]
fn initially_waiting() -> usize {
    0
}

#[cfg(test)]
use tests::initially_waiting;

/// Marks a worker as busy. Dropped also if the worker panics, so that nobody waits for it.
#[derive(Debug)]
pub(crate) struct Busy<'a, G>(&'a WorkSharing<G>);

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

    pub(super) fn initially_waiting() -> usize {
        WAITING.get()
    }

    /// Runs `work`, in which workers on this thread always see others waiting: they donate all that they can,
    /// and receive it themselves in the end.
    pub(crate) fn always_wanted<R>(work: impl FnOnce() -> R) -> R {
        WAITING.set(usize::MAX / 2);
        let result = work();
        WAITING.set(0);
        result
    }
}
