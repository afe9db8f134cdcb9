//! A sign of life on long runs.

use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Runs that are shorter than this show nothing.
const LONG: Duration = Duration::from_secs(1);

/// A spinner with the stage of the work and the time since the start, on standard error if that is a terminal.
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
        // How far the work is nobody knows beforehand.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
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
        // Without a thread to spare, without a spinner.
        Progress(Mutex::new(waiter.ok().map(|waiter| Shown { bar, waiting, waiter })))
    }

    /// Names what is done now.
    pub(crate) fn stage(&self, name: &'static str) {
        if let Some(shown) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            shown.bar.set_message(name);
        }
    }

    /// Takes the spinner away, for good.
    pub(crate) fn end(&self) {
        if let Some(Shown { bar, waiting, waiter }) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            drop(waiting);
            let _ = waiter.join();
            bar.finish_and_clear();
        }
    }
}

/// Errors are said on a clean line.
impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}
