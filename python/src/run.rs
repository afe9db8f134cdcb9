//! A call without the interpreter's lock: Ctrl-C ends it, and progress is told.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use itemset::{CancelToken, Error, RunOptions};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::errors::{invalid, raised};

/// How often it is looked whether a signal came.
const TICK: Duration = Duration::from_millis(20);

/// What a call may use and what may end it.
#[derive(FromPyObject, Default)]
#[pyo3(from_item_all)]
pub(crate) struct Run<'py> {
    threads: Option<usize>,
    /// In seconds.
    time_limit: Option<f64>,
    /// In bytes.
    max_memory: Option<u64>,
    /// Called with fractions from 0 to 1.
    progress: Option<Bound<'py, PyAny>>,
}

impl Run<'_> {
    fn options(&self, token: &CancelToken) -> PyResult<RunOptions> {
        let mut options = RunOptions::new().cancel_token(token);
        if let Some(threads) = self.threads.or_else(threads_after_fork) {
            options = options.threads(threads);
        }
        if let Some(seconds) = self.time_limit {
            let limit = Duration::try_from_secs_f64(seconds)
                .map_err(|_| invalid("time_limit", seconds, "a number of seconds, 0 or more"))?;
            options = options.time_limit(limit);
        }
        if let Some(bytes) = self.max_memory {
            options = options.max_memory(bytes);
        }
        Ok(options)
    }
}

/// How many threads a call needs of its own in a process that was forked, as `multiprocessing` does: the threads of the
/// shared pool stay behind in the first process, and a call would wait for them forever.
pub(crate) fn threads_after_fork() -> Option<usize> {
    static FIRST: OnceLock<u32> = OnceLock::new();
    let process = std::process::id();
    let is_first = *FIRST.get_or_init(|| process) == process;
    (!is_first).then(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Runs a call on a thread of its own, while this one waits for it and for signals.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    run: &Run<'_>,
    call: impl FnOnce(RunOptions, &CancelToken) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let token = CancelToken::new();
    let mut options = run.options(&token)?;
    // The bits of the fraction. It is told on this thread, since the workers do not have the lock.
    let done = Arc::new(AtomicU64::new(0));
    if run.progress.is_some() {
        let done = Arc::clone(&done);
        options = options.on_progress(move |fraction| done.store(fraction.to_bits(), Ordering::Relaxed));
    }
    let mut told = 0;
    let mut tell = || match &run.progress {
        Some(progress) if told != done.load(Ordering::Relaxed) => {
            told = done.load(Ordering::Relaxed);
            progress.call1((f64::from_bits(told),)).map(drop)
        }
        _ => Ok(()),
    };
    let asked = &token;
    std::thread::scope(|scope| {
        let (sender, mut receiver) = mpsc::channel();
        std::thread::Builder::new()
            .name("itemset".to_string())
            .spawn_scoped(scope, move || {
                // Nobody waits for it if this call was interrupted.
                let _ = sender.send(call(options, asked));
            })
            .map_err(|error| PyRuntimeError::new_err(format!("the system refused a thread: {error}")))?;
        loop {
            let received;
            (receiver, received) = py.detach(move || receive(receiver));
            match received {
                Ok(result) => {
                    tell()?;
                    return result.map_err(raised);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(PyRuntimeError::new_err("a fault in itemset: the call panicked; please report it"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Err(error) = py.check_signals().and_then(|()| tell()) {
                token.cancel();
                // It ends within milliseconds, and may need the lock for that.
                py.detach(move || drop(receiver.recv()));
                return Err(error);
            }
        }
    })
}

fn receive<T>(receiver: Receiver<T>) -> (Receiver<T>, Result<T, RecvTimeoutError>) {
    let received = receiver.recv_timeout(TICK);
    (receiver, received)
}
