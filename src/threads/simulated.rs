//! What a call would take on more threads than the machine has, for the benchmark `scaling`.
//!
//! The tasks of every parallel step run one after the other on the calling thread, cut as for that many threads. Each is
//! timed, and given to the simulated thread that would be free first. What is between the steps is sequential.
//! Memory bandwidth, caches that threads share, and the time to wake a thread are not simulated.

use std::cell::RefCell;
use std::time::{Duration, Instant};

/// What a call took, by its parts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scaling {
    /// All of it, on one thread: the *work*.
    pub work: Duration,
    /// What no other thread could have taken part in.
    pub sequential: Duration,
    /// The largest task of each parallel step, and all that is sequential: the *span*. No number of threads is faster,
    /// unless tasks donate parts of themselves.
    pub span: Duration,
    /// What the call would take on its threads, if no task donated a part of itself.
    pub undivided: Duration,
    /// The same, if the tasks of a search, which donate parts of themselves to threads without work, could be divided
    /// anywhere. The truth is between the two.
    pub divided: Duration,
}

/// What is measured during a simulated call.
struct Recording {
    threads: usize,
    in_steps: Duration,
    largest: Duration,
    undivided: Duration,
    divided: Duration,
}

thread_local! {
    static RECORDING: RefCell<Option<Recording>> = const { RefCell::new(None) };
}

/// Runs `call` on the calling thread, as if the pool that it is made in had that many threads.
///
/// The call must not set its own number of threads.
pub fn simulate<R>(threads: usize, call: impl FnOnce() -> R) -> (R, Scaling) {
    let none = Duration::ZERO;
    let new = Recording { threads, in_steps: none, largest: none, undivided: none, divided: none };
    RECORDING.set(Some(new));
    let begin = Instant::now();
    let result = call();
    let work = begin.elapsed();
    let Some(done) = RECORDING.take() else { return (result, Scaling { work, ..Scaling::default() }) };
    let sequential = work.saturating_sub(done.in_steps);
    let [span, undivided, divided] = [done.largest, done.undivided, done.divided].map(|time| sequential + time);
    (result, Scaling { work, sequential, span, undivided, divided })
}

/// The threads of the call that is simulated on this thread.
pub(super) fn threads() -> Option<usize> {
    RECORDING.with_borrow(|recording| recording.as_ref().map(|recording| recording.threads))
}

/// Runs the tasks of a step in the order in which threads would take them.
pub(super) fn run<S, T>(
    queue: &[usize],
    may_donate: bool,
    scratch: &impl Fn() -> S,
    work: impl Fn(&mut S, usize) -> T,
) -> Vec<(usize, T)> {
    let step = Instant::now();
    let mut workers: Vec<(Duration, Option<S>)> = Vec::new();
    workers.resize_with(threads().unwrap_or(1), || (Duration::ZERO, None));
    let (mut done, mut largest, mut sum) = (Vec::with_capacity(queue.len()), Duration::ZERO, Duration::ZERO);
    for &task in queue {
        let Some((busy, own)) = workers.iter_mut().min_by_key(|(busy, _)| *busy) else { break };
        let begin = Instant::now();
        done.push((task, work(own.get_or_insert_with(scratch), task)));
        let took = begin.elapsed();
        *busy += took;
        largest = largest.max(took);
        sum += took;
    }
    let undivided = workers.iter().map(|(busy, _)| *busy).max().unwrap_or_default();
    let mean = sum / workers.len().max(1) as u32;
    drop(workers);
    RECORDING.with_borrow_mut(|recording| {
        if let Some(recording) = recording {
            recording.in_steps += step.elapsed();
            recording.largest += largest;
            recording.undivided += undivided;
            recording.divided += if may_donate { mean } else { undivided };
        }
    });
    done
}
