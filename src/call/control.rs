//! Ending a call early, from outside or after a time.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::progress::{Listener, Progress};
use crate::error::{Error, ErrorKind};

/// Ends calls from another thread. Clones are the same token.
///
/// All engines and rule making poll it, and end within milliseconds.
///
/// ```
/// use itemset::{CancelToken, ErrorKind, MinSupport, Miner, Transactions};
///
/// // Each basket lacks a different one of 40 items: 2^40 itemsets, which take hours to list.
/// let baskets = Transactions::from_rows((0..40u32).map(|lacks| (0..40).filter(move |&item| item != lacks)))?;
/// let token = CancelToken::new();
/// let miner = Miner::new().min_support(MinSupport::count(1)).cancel_token(&token);
/// let found = std::thread::scope(|scope| {
///     let search = scope.spawn(|| miner.count(&baskets).map(|counts| counts.total()));
///     token.cancel();
///     search.join().unwrap()
/// });
/// assert!(matches!(found.unwrap_err().kind(), ErrorKind::Cancelled));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// A token that nobody has cancelled.
    #[must_use]
    pub fn new() -> Self {
        CancelToken::default()
    }

    /// Ends every call that polls the token, now and later, with [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Whether it is the same token.
impl PartialEq for CancelToken {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CancelToken {}

/// What may end a call early, and how much of it is done. All workers of the call poll it.
#[derive(Debug)]
pub(crate) struct Control {
    token: Option<CancelToken>,
    /// The time that the call may take, and when that is over.
    limit: Option<(Duration, Instant)>,
    /// Whether the call should end, once a worker has noticed.
    seen: AtomicU8,
    /// If a listener or a time limit needs it.
    progress: Option<Progress>,
    /// How often it may be polled until the call has done enough.
    polls: Option<AtomicU64>,
}

const CANCELLED: u8 = 1;
const TIMED_OUT: u8 = 2;
const ENOUGH_DONE: u8 = 3;

/// Nothing ends the call.
pub(crate) static NEVER: Control =
    Control { token: None, limit: None, seen: AtomicU8::new(0), progress: None, polls: None };

impl Control {
    /// For a call that begins now.
    pub(crate) fn new(token: Option<CancelToken>, limit: Option<Duration>, listener: Option<Listener>) -> Self {
        // A time that the clock cannot represent never comes.
        let limit = limit.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)));
        let progress = (limit.is_some() || listener.is_some()).then(|| Progress::new(listener));
        Control { token, limit, seen: AtomicU8::new(0), progress, polls: None }
    }

    /// For a part of the call that ends after `polls` polls, without an error and without progress. On one thread, that
    /// is the same amount of work each time.
    pub(crate) fn with_max_polls(&self, polls: u64) -> Control {
        Control {
            token: self.token.clone(),
            limit: self.limit,
            seen: AtomicU8::new(self.seen.load(Ordering::Relaxed)),
            progress: None,
            polls: Some(AtomicU64::new(polls)),
        }
    }

    /// Whether what was found when the call ends early is of use.
    pub(crate) fn takes_a_part(&self) -> bool {
        self.polls.is_some()
    }

    /// How much of the call is done, if anyone wants to know.
    #[inline]
    pub(crate) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// Begins a part of the call, of `units` units, that takes a share of what is left.
    pub(crate) fn begin(&self, share: f64, units: u64) {
        if let Some(progress) = &self.progress {
            progress.begin(share, units);
        }
    }

    /// Completes a part of the call that takes a share of what was left.
    pub(crate) fn skip(&self, share: f64) {
        if let Some(progress) = &self.progress {
            progress.skip(share);
        }
    }

    /// Runs a section of the call, which takes a share of what is left.
    pub(crate) fn section<R>(&self, share: f64, run: impl FnOnce() -> R) -> R {
        let around = self.progress.as_ref().map(|progress| progress.enter(share));
        let result = run();
        if let (Some(progress), Some(around)) = (&self.progress, around) {
            progress.leave(around);
        }
        result
    }

    /// Whether the call should end. Takes about ten nanoseconds if it has a time limit, and next to nothing otherwise.
    #[inline]
    pub(crate) fn should_stop(&self) -> bool {
        (self.token.is_some() || self.limit.is_some() || self.polls.is_some()) && self.poll()
    }

    /// An error if the call should end.
    pub(crate) fn keep_going(&self) -> Result<(), Stopped> {
        if self.should_stop() { Err(Stopped::Interrupted) } else { Ok(()) }
    }

    /// Whether a worker has seen that the call should end.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.seen.load(Ordering::Relaxed) != 0
    }

    #[cold]
    fn poll(&self) -> bool {
        if self.seen.load(Ordering::Relaxed) != 0 {
            return true;
        }
        // The first reason stays the reason.
        let see = |why: u8| self.seen.compare_exchange(0, why, Ordering::Relaxed, Ordering::Relaxed);
        if self.token.as_ref().is_some_and(CancelToken::is_cancelled) {
            let _ = see(CANCELLED);
        } else if self.limit.is_some_and(|(_, end)| Instant::now() >= end) {
            let _ = see(TIMED_OUT);
        } else if let Some(polls) = &self.polls {
            let left = polls.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            if left.is_err() {
                let _ = see(ENOUGH_DONE);
            }
        }
        self.seen.load(Ordering::Relaxed) != 0
    }

    /// # Errors
    ///
    /// The reason, if a worker has noticed that the call should end.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match (self.seen.load(Ordering::Relaxed), self.limit) {
            (CANCELLED, _) => Err(Error::new(ErrorKind::Cancelled)),
            (TIMED_OUT, Some((limit, _))) => {
                let done = self.progress().map_or(0.0, Progress::fraction);
                Err(Error::new(ErrorKind::TimeLimit { limit, done }))
            }
            _ => Ok(()),
        }
    }
}

/// Why a search ended before it had found everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// There is more than the search may hold.
    OverBudget,
    /// The caller cancelled the call, or its time is over: [`Control::check`] has the error.
    Interrupted,
    /// The sink wants no more itemsets.
    SinkClosed,
}

/// Baskets that are read, a few steps each, between two polls.
pub(crate) const ROWS_PER_POLL: u32 = 1 << 12;

/// A worker that polls the control of its call at intervals.
#[derive(Debug)]
pub(crate) struct Poll<'a> {
    control: &'a Control,
    steps: u32,
}

impl<'a> Poll<'a> {
    pub(crate) fn new(control: &'a Control) -> Self {
        Poll { control, steps: 0 }
    }

    /// Polls at every `steps_per_poll`th step: `Break` if the call should end.
    #[inline(always)]
    pub(crate) fn step(&mut self, steps_per_poll: u32) -> ControlFlow<()> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(steps_per_poll) && self.control.should_stop() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}
