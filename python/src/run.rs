//! A call without the interpreter's lock: Ctrl-C ends it, and progress is told.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use itemset::{CancelToken, Error, RunOptions};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::errors::raised;

/// How often it is looked whether a signal came.
const TICK: Duration = Duration::from_millis(20);

/// What a call may use and what may end it, as the class `running` of Python has checked it.
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
    fn options(&self, token: &CancelToken) -> RunOptions {
        let mut options = RunOptions::new().cancel_token(token);
        if let Some(threads) = self.threads.or_else(threads_after_fork) {
            options = options.threads(threads);
        }
        if let Some(seconds) = self.time_limit {
            options = options.time_limit(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        }
        if let Some(bytes) = self.max_memory {
            options = options.max_memory(bytes);
        }
        options
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

/// Does a task for each of some parts, on as many threads as there are processors; the results are in the order of the
/// parts. If the system refuses threads, this one does all of it.
pub(crate) fn on_threads<P: Send, R: Send>(parts: Vec<P>, task: impl Fn(P) -> R + Sync) -> Vec<R> {
    let cells: Vec<Mutex<(Option<P>, Option<R>)>> =
        parts.into_iter().map(|part| Mutex::new((Some(part), None))).collect();
    on_threads_by_place(cells.len(), &|place| {
        // Each is locked once.
        let mut cell = cells[place].lock().unwrap_or_else(PoisonError::into_inner);
        cell.1 = cell.0.take().map(&task);
    });
    cells.into_iter().filter_map(|cell| cell.into_inner().unwrap_or_else(PoisonError::into_inner).1).collect()
}

/// The same of the places of parts: compiled once, whatever they are.
fn on_threads_by_place(parts: usize, task: &(dyn Fn(usize) + Sync)) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(parts);
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= parts {
                return;
            }
            task(place);
        }
    };
    std::thread::scope(|scope| {
        let spawn = |_| std::thread::Builder::new().name("itemset".to_string()).spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..threads).filter_map(spawn).collect();
        work();
        for other in others {
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
}

/// Runs a call on a thread of its own, while this one waits for it and for signals.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    run: &Run<'_>,
    call: impl FnOnce(RunOptions, &CancelToken) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let (mut call, mut result) = (Some(call), None);
    run_any(py, run, &mut |options, token| result = call.take().map(|call| call(options, token)))?;
    result.ok_or_else(panicked)?.map_err(raised)
}

fn panicked() -> PyErr {
    PyRuntimeError::new_err("a fault in itemset: the call panicked; please report it")
}

/// The same of a call that keeps its result: compiled once, whatever that is.
fn run_any(py: Python<'_>, run: &Run<'_>, call: &mut (dyn FnMut(RunOptions, &CancelToken) + Send)) -> PyResult<()> {
    let token = CancelToken::new();
    let mut options = run.options(&token);
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
        let (sender, mut receiver) = mpsc::channel::<()>();
        std::thread::Builder::new()
            .name("itemset".to_string())
            .spawn_scoped(scope, move || {
                call(options, asked);
                // Nobody waits for it if this call was interrupted.
                let _ = sender.send(());
            })
            .map_err(|error| PyRuntimeError::new_err(format!("the system refused a thread: {error}")))?;
        loop {
            let received;
            (receiver, received) = py.detach(move || receive(receiver));
            match received {
                Ok(()) => return tell(),
                Err(RecvTimeoutError::Disconnected) => return Err(panicked()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Err(error) = py.check_signals().and_then(|()| tell()) {
                token.cancel();
                // It ends within milliseconds, and may need the lock for that.
                let _ = py.detach(move || receiver.recv());
                return Err(error);
            }
        }
    })
}

fn receive(receiver: Receiver<()>) -> (Receiver<()>, Result<(), RecvTimeoutError>) {
    let received = receiver.recv_timeout(TICK);
    (receiver, received)
}
