//! A sign of life on long runs.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::failure::say;

/// Shorter runs show nothing.
const LONG: Duration = Duration::from_secs(1);

/// Steps of the bar.
const STEPS: u64 = 1000;

/// Shows the stage and the time since the start, and a bar with the time left during the search, on standard error if
/// that is a terminal.
#[derive(Debug, Default)]
pub(crate) struct Progress(Mutex<Option<Shown>>);

#[derive(Debug)]
struct Shown {
    bar: ProgressBar,
    /// Dropped to end the wait for a long run.
    waiting: Sender<()>,
    waiter: JoinHandle<()>,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Progress::default();
        }
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let (waiting, end) = mpsc::channel();
        let waiter = thread::Builder::new().spawn({
            let bar = bar.clone();
            move || {
                if end.recv_timeout(LONG) == Err(RecvTimeoutError::Timeout) {
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(Duration::from_millis(100));
                }
            }
        });
        // If there is no thread to spare, there is no bar.
        Progress(Mutex::new(waiter.ok().map(|waiter| Shown { bar, waiting, waiter })))
    }

    /// Names the current stage, whose progress is unknown.
    pub(crate) fn stage(&self, name: &'static str) {
        self.show(name, None, "{spinner} {msg} ({elapsed})");
    }

    /// Names the current stage, whose progress the [`listener`](Progress::listener) receives.
    pub(crate) fn measured_stage(&self, name: &'static str) {
        self.show(name, Some(STEPS), "{spinner} {msg} [{bar:30}] {percent} % ({elapsed}, {eta} left)");
    }

    /// Moves the bar to a fraction, if there is a bar.
    pub(crate) fn listener(&self) -> Option<impl Fn(f64) + Send + Sync + 'static> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = shown.as_ref()?.bar.clone();
        Some(move |fraction| bar.set_position((fraction * STEPS as f64) as u64))
    }

    /// Says something while the bar may be shown.
    pub(crate) fn say(&self, line: impl Display) {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shown {
            Some(Shown { bar, .. }) => bar.suspend(|| say(line)),
            None => say(line),
        }
    }

    fn show(&self, name: &'static str, steps: Option<u64>, template: &str) {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Shown { bar, .. }) = &*shown else { return };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        match steps {
            Some(steps) => bar.set_length(steps),
            None => bar.unset_length(),
        }
        bar.set_position(0);
        bar.reset_eta();
        bar.set_message(name);
    }

    /// Removes it for good.
    pub(crate) fn end(&self) {
        if let Some(Shown { bar, waiting, waiter }) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(waiting);
            let _ = waiter.join();
            bar.finish_and_clear();
        }
    }
}

/// Errors start on a clean line.
impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
