//! The time limit of the whole run, from reading to writing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use itemset::Miner;

use crate::failure::say_error;
use crate::output::remove_temporary_file;

/// When the run began, and when it must end.
#[derive(Debug)]
pub(crate) struct Deadline {
    start: Instant,
    limit: Option<Duration>,
    /// What the program is doing.
    part: Mutex<&'static str>,
    /// Whether the result is complete within the limit on reading and mining, and is written whatever that takes.
    is_partial: bool,
    /// Whether the end of the run has been decided: by its result, or by the limit.
    is_decided: AtomicBool,
    is_complete: AtomicBool,
}

/// What a search or a reader may take to notice the limit by itself, and to say how much was done.
const GRACE: Duration = Duration::from_millis(15);

const READING: &str = "reading";

static DEADLINE: OnceLock<Deadline> = OnceLock::new();

impl Deadline {
    /// Starts the time of a run. If the limit ends it, a thread of its own sees to that: a read or a write that waits
    /// for a pipe notices nothing, and large results take long to release. If partial results are allowed, the limit is
    /// for reading and mining: what was found by then is made into rules and written.
    pub(crate) fn start(limit: Option<Duration>, is_partial: bool) -> &'static Deadline {
        let deadline = DEADLINE.get_or_init(|| Deadline {
            start: Instant::now(),
            limit,
            part: Mutex::new(READING),
            is_partial,
            is_decided: AtomicBool::new(false),
            is_complete: AtomicBool::new(false),
        });
        if let Some(limit) = limit {
            // If there is no thread to spare, the searches still end.
            let _ = thread::Builder::new().spawn(move || {
                thread::sleep((limit + GRACE).saturating_sub(deadline.start.elapsed()));
                let may_go_on = deadline.is_partial && deadline.part() != READING;
                if !may_go_on && deadline.decide() {
                    remove_temporary_file();
                    say_error(&deadline.message(None));
                    std::process::exit(1);
                }
            });
        }
        deadline
    }

    /// That of the run.
    pub(crate) fn of_run() -> Option<&'static Deadline> {
        DEADLINE.get()
    }

    /// What the program does from now on.
    pub(crate) fn begin(&self, part: &'static str) {
        *self.part.lock().unwrap_or_else(PoisonError::into_inner) = part;
    }

    /// The miner, with the time that is left.
    pub(crate) fn limit(&self, miner: &Miner) -> Miner {
        match self.limit {
            None => miner.clone(),
            Some(limit) => miner.clone().time_limit(limit.saturating_sub(self.start.elapsed())),
        }
    }

    /// The result is complete, and from now on nothing else ends the run. Does not return if the limit came first.
    pub(crate) fn complete(&self) {
        if self.is_complete.load(Ordering::SeqCst) {
            return;
        }
        if !self.decide() {
            // The other thread ends the program.
            loop {
                thread::park();
            }
        }
        self.is_complete.store(true, Ordering::SeqCst);
    }

    /// Whether this is the first that decides how the run ends.
    fn decide(&self) -> bool {
        !self.is_decided.swap(true, Ordering::SeqCst)
    }

    fn part(&self) -> &'static str {
        *self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is said if the limit ends the run; `done` is the fraction of the present part, if it is known.
    pub(crate) fn message(&self, done: Option<f64>) -> String {
        let part = self.part();
        let limit = self.limit.unwrap_or_default().as_secs_f64();
        let done = done.map_or(String::new(), |done| format!(" with about {:.0} % of that done", 100.0 * done));
        format!("--time-limit {limit} was reached while {part}{done}: raise it, or the minimum support")
    }
}
