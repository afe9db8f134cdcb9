//! How much of a call is done.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

/// The function of [`Miner::on_progress`](crate::Miner::on_progress), called with the fraction that is done. Clones are
/// the same function.
#[derive(Clone)]
pub(crate) struct Listener(Arc<dyn Fn(f64) + Send + Sync>);

impl Listener {
    pub(crate) fn new(listener: impl Fn(f64) + Send + Sync + 'static) -> Self {
        Listener(Arc::new(listener))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// Whether it is the same function.
impl PartialEq for Listener {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

// A call only calls it. What it captures is its author's affair, as with a panic hook.
impl UnwindSafe for Listener {}
impl RefUnwindSafe for Listener {}

/// The fraction of a call that is done, by estimated costs.
///
/// A call is a sequence of *parts*, of which only the current one is known. Each takes a share of what is left, so the
/// fraction never decreases, whatever follows. Only [`finish`](Progress::finish) makes it 1.
#[derive(Debug)]
pub(crate) struct Progress {
    listener: Option<Listener>,
    /// Units of the current part that are done, and the number of them at which the next report is due.
    done: AtomicU64,
    next: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Where the current part begins and ends, and how many units it has.
    from: f64,
    to: f64,
    units: u64,
    /// Where the section that contains the part ends.
    ceiling: f64,
    told: f64,
}

/// The most reports.
const STEPS: f64 = 1000.0;

impl Progress {
    pub(crate) const fn new(listener: Option<Listener>) -> Self {
        Progress {
            listener,
            done: AtomicU64::new(0),
            next: AtomicU64::new(u64::MAX),
            state: Mutex::new(State { from: 0.0, to: 0.0, units: 0, ceiling: 1.0, told: 0.0 }),
        }
    }

    /// Begins a section that takes a share of what is left, to which the next parts belong. Returns the end of the
    /// section around it.
    pub(crate) fn enter(&self, share: f64) -> f64 {
        self.begin(share, 0);
        let mut state = self.lock();
        let to = state.to;
        std::mem::replace(&mut state.ceiling, to)
    }

    /// Leaves the section, however much of it is missing, for the one around it that ends at `ceiling`.
    pub(crate) fn leave(&self, ceiling: f64) {
        self.lock().ceiling = ceiling;
    }

    /// Begins a part of `units` units, which takes a share of what is left. What the previous part lacks is left as
    /// well.
    pub(crate) fn begin(&self, share: f64, units: u64) {
        let mut state = self.lock();
        state.from = state.reached(self.done.load(Ordering::Relaxed));
        state.to = state.from + share * (state.ceiling - state.from).max(0.0);
        state.units = units;
        self.done.store(0, Ordering::Relaxed);
        self.next.store(state.step(0), Ordering::Relaxed);
    }

    /// Completes a part without units, which takes a share of what is left.
    pub(crate) fn skip(&self, share: f64) {
        self.begin(share, 1);
        self.add(1);
    }

    /// Completes `units` more units.
    #[inline]
    pub(crate) fn add(&self, units: u64) {
        if units > 0 && self.done.fetch_add(units, Ordering::Relaxed) + units >= self.next.load(Ordering::Relaxed) {
            self.tell();
        }
    }

    /// Completes the call.
    pub(crate) fn finish(&self) {
        self.lock().told = 1.0;
        if let Some(Listener(listener)) = &self.listener {
            listener(1.0);
        }
    }

    /// The fraction that is done.
    pub(crate) fn fraction(&self) -> f64 {
        let state = self.lock();
        state.reached(self.done.load(Ordering::Relaxed)).max(state.told)
    }

    #[cold]
    fn tell(&self) {
        // A thread that finds a slow listener busy, or is called by it, leaves the report to others. So reports never
        // overlap.
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(error)) => error.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let done = self.done.load(Ordering::Relaxed);
        self.next.store(state.step(done), Ordering::Relaxed);
        let reached = state.reached(done);
        if reached > state.told {
            state.told = reached;
            if let Some(Listener(listener)) = &self.listener {
                listener(reached);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn reached(&self, done: u64) -> f64 {
        let part = if self.units == 0 { 0.0 } else { (done as f64 / self.units as f64).min(1.0) };
        // Nothing is done before its end.
        (self.from + part * (self.to - self.from)).min(1.0 - 1.0 / STEPS)
    }

    /// The number of units at which the next report is due, after `done`.
    fn step(&self, done: u64) -> u64 {
        let units = self.units as f64 / ((self.to - self.from) * STEPS).max(1.0);
        done.saturating_add((units.ceil() as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_never_goes_back_and_ends_at_one(
            parts in prop::collection::vec((0.0..=1.0f64, 0..300u64, 0..400u64), 0..20),
            leave in 0..20usize,
        ) {
            let told = Arc::new(Mutex::new(Vec::new()));
            let heard = Arc::clone(&told);
            let progress = Progress::new(Some(Listener::new(move |fraction| heard.lock().unwrap().push(fraction))));
            let whole = progress.enter(0.5);
            for (place, (share, units, done)) in parts.into_iter().enumerate() {
                if place == leave {
                    prop_assert!(whole == 1.0 && progress.fraction() <= 0.5);
                    progress.leave(whole);
                }
                progress.begin(share, units);
                (0..done).for_each(|_| progress.add(1));
            }
            prop_assert!(progress.fraction() < 1.0);
            progress.finish();
            let told = told.lock().unwrap();
            prop_assert!(told.is_sorted_by(|a, b| a < b) && told[0] > 0.0 && told.last() == Some(&1.0));
            prop_assert!(told.len() <= STEPS as usize + 21);
        }
    }
}
