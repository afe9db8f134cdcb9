//! Independent tasks on several threads, their results in the tasks' order.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};
#[cfg(feature = "rayon")]
use std::time::{Duration, Instant};

use super::work_sharing::{Donation, WorkSharing};
use crate::call::control::{Control, NEVER};
use crate::threads::ordered::BlockSink;

/// Parts of equal cost per worker. More than one, as another program on the machine may slow a worker down.
const PARTS_PER_WORKER: usize = 4;

/// How long a call that may be short runs on the calling thread alone. Waking another and waiting for it took 0.1 ms
/// where a search of 1,000 baskets took 0.3. In tests, whose data is small, it does not, so that they run on all threads.
#[cfg(feature = "rayon")]
const ALONE: Duration = Duration::from_micros(if cfg!(debug_assertions) { 0 } else { 100 });

/// How many threads a call may use.
///
/// The threads are those of the rayon pool that the call runs in: the caller's, the default one, or the one that
/// the miner installed. Nothing here makes or configures a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workers<'a> {
    threads: usize,
    control: &'a Control,
    sink: Option<&'a dyn BlockSink>,
    in_turn: bool,
}

impl Workers<'static> {
    /// The calling thread alone.
    pub(crate) const SEQUENTIAL: Self = Workers { threads: 1, control: &NEVER, sink: None, in_turn: false };

    /// A number of threads.
    #[cfg(test)]
    pub(crate) fn with_threads(threads: usize) -> Self {
        Workers { threads, ..Workers::SEQUENTIAL }
    }

    /// All threads of the pool that the call runs in.
    #[cfg(feature = "rayon")]
    pub(crate) fn of_current_pool() -> Self {
        #[cfg(feature = "__bench")]
        if let Some(threads) = super::simulated::threads() {
            return Workers { threads, ..Workers::SEQUENTIAL };
        }
        Workers { threads: rayon::current_num_threads(), ..Workers::SEQUENTIAL }
    }
}

impl Workers<'static> {
    /// What a call without options works with: all threads of the pool that it is in, or its own thread where there are
    /// no pools.
    pub(crate) fn by_default() -> Self {
        #[cfg(feature = "rayon")]
        return Workers::of_current_pool();
        #[cfg(not(feature = "rayon"))]
        Workers::SEQUENTIAL
    }
}

impl<'a> Workers<'a> {
    /// The same under another control, for a call that may end early. It drops the sink: add that afterwards.
    pub(crate) fn watching(self, control: &Control) -> Workers<'_> {
        Workers { threads: self.threads, control, sink: None, in_turn: self.in_turn }
    }

    /// The same, for a call that passes on the itemsets it finds instead of keeping them.
    pub(crate) fn with_sink(self, sink: &'a dyn BlockSink) -> Self {
        Workers { sink: Some(sink), ..self }
    }

    /// Where itemsets go if they are not kept.
    pub(crate) fn sink(self) -> Option<&'a dyn BlockSink> {
        self.sink
    }

    /// The same, for a search whose first results make the rest cheaper.
    pub(crate) fn in_turn(self) -> Self {
        Workers { in_turn: true, ..self }
    }

    /// Whether a search should begin its parts in turn, not with the most expensive.
    pub(crate) fn go_in_turn(self) -> bool {
        self.in_turn
    }

    /// What may end the call early.
    pub(crate) fn control(self) -> &'a Control {
        self.control
    }

    pub(crate) fn threads(self) -> usize {
        self.threads
    }

    /// Cuts `0..len` into equal parts for [`run`](Workers::run): a few per worker, none shorter than `min_len`
    /// unless it is the only one, and a single part for a single worker.
    pub(crate) fn parts(self, len: usize, min_len: usize) -> Vec<Range<usize>> {
        let parts =
            if self.threads == 1 { 1 } else { (len / min_len.max(1)).clamp(1, self.threads * PARTS_PER_WORKER) };
        let start = |part: usize| (len as u128 * part as u128 / parts as u128) as usize;
        (0..parts).map(|part| start(part)..start(part + 1)).collect()
    }

    /// Cuts consecutive tasks into one part of about equal cost per worker, or into no part if there are no tasks. No
    /// part costs less than `min_cost` on average, unless it is the only one.
    pub(crate) fn parts_by_cost(self, costs: &[u64], min_cost: u64) -> Vec<Range<usize>> {
        let total: u128 = costs.iter().map(|&cost| u128::from(cost)).sum();
        let most = (total / u128::from(min_cost.max(1))).clamp(1, self.threads as u128);
        let (mut parts, mut start, mut done) = (Vec::new(), 0, 0);
        for (task, &cost) in costs.iter().enumerate() {
            done += u128::from(cost);
            if done * most >= total * (parts.len() as u128 + 1) || task + 1 == costs.len() {
                parts.push(start..task + 1);
                start = task + 1;
            }
        }
        parts
    }

    /// Runs `work` on each of the parts, which cost about the same.
    pub(crate) fn run_parts<T: Send>(self, parts: &[Range<usize>], work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        self.run(&vec![1; parts.len()], || (), |(), part| work(parts[part].clone()))
    }

    /// Runs `work` on every task, the most expensive first (equal ones, and all of them on one thread, in order), and
    /// returns the results in the order of the tasks.
    ///
    /// Each worker makes one `scratch` and keeps it from task to task. Workers take tasks one by one and never wait
    /// for each other inside a task, so no other task runs on top of a task's stack frame.
    pub(crate) fn run<S, T: Send>(
        self,
        costs: &[u64],
        scratch: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, usize) -> T + Sync,
    ) -> Vec<T> {
        #[cfg(feature = "rayon")]
        if self.threads > 1 && costs.len() > 1 {
            let queue = TaskQueue::new(costs);
            #[cfg(feature = "__bench")]
            if super::simulated::threads().is_some() {
                return in_order(super::simulated::run(&queue.tasks, false, &scratch, work));
            }
            return self.in_parallel(queue, Vec::new(), &scratch, work, || (), |_, _| {});
        }
        let mut scratch = scratch();
        (0..costs.len()).map(|task| work(&mut scratch, task)).collect()
    }

    /// As [`run`](Workers::run), but a worker that has run out of tasks waits for donated parts of others' and runs
    /// `further` on them. The second list has the results of the donations, in the order of their numbers.
    ///
    /// Where all tasks may be done before another thread is awake (`may_be_short`), the calling thread begins alone.
    pub(crate) fn run_sharing<S, G: Send, T: Send, F: Fn() -> S + Sync>(
        self,
        costs: &[u64],
        may_be_short: bool,
        scratch: F,
        work: impl Fn(&mut S, usize, &WorkSharing<G>) -> T + Sync,
        further: impl Fn(&mut S, G, &WorkSharing<G>) -> T + Sync,
    ) -> (Vec<T>, Vec<T>) {
        let sharing = WorkSharing::new();
        let donated = Mutex::new(Vec::new());
        let work = |scratch: &mut S, task| work(scratch, task, &sharing);
        let help = |scratch: &F, own: &mut Option<S>| {
            while let Some((Donation { number, work }, _busy)) = sharing.receive() {
                let result = further(own.get_or_insert_with(scratch), work, &sharing);
                donated.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
            }
        };
        #[cfg(feature = "__bench")]
        if super::simulated::threads().is_some() {
            let queue = TaskQueue::new(costs);
            return (in_order(super::simulated::run(&queue.tasks, true, &scratch, work)), Vec::new());
        }
        #[cfg(feature = "rayon")]
        let done = if self.threads > 1 {
            let mut queue = TaskQueue::new(costs);
            let first = if may_be_short { queue.begin_alone(ALONE, &scratch, &work) } else { Vec::new() };
            self.in_parallel(queue, first, &scratch, work, || sharing.enter(), help)
        } else {
            self.run(costs, &scratch, work)
        };
        #[cfg(not(feature = "rayon"))]
        let done = {
            let (_busy, _) = (sharing.enter(), may_be_short);
            self.run(costs, &scratch, work)
        };
        // On one thread nobody waits, so nothing is donated, except in tests that pretend that somebody does.
        help(&scratch, &mut None);
        (done, in_order(donated.into_inner().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Runs `work` on the tasks of a queue; `done` has the results of the others. Each worker holds the guard of `enter`
    /// while it has tasks, and then runs `at_end`.
    #[cfg(feature = "rayon")]
    fn in_parallel<S, T: Send, F: Fn() -> S + Sync, E>(
        self,
        queue: TaskQueue,
        done: Vec<(usize, T)>,
        scratch: &F,
        work: impl Fn(&mut S, usize) -> T + Sync,
        enter: impl Fn() -> E + Sync,
        at_end: impl Fn(&F, &mut Option<S>) + Sync,
    ) -> Vec<T> {
        if queue.tasks.is_empty() {
            return in_order(done);
        }
        let done = Mutex::new(done);
        on_all_threads(self.threads, &|| {
            let (mut mine, mut own) = (Vec::new(), None);
            let entered = enter();
            while let Some(task) = queue.take() {
                mine.push((task, work(own.get_or_insert_with(scratch), task)));
            }
            drop(entered);
            at_end(scratch, &mut own);
            done.lock().unwrap_or_else(PoisonError::into_inner).append(&mut mine);
        });
        in_order(done.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs `work` on up to that many threads of the current pool at once.
///
/// Not generic, so that rayon's part of every parallel step is compiled once. (It was a quarter of the crate's code.)
#[cfg(feature = "rayon")]
fn on_all_threads(threads: usize, work: &(dyn Fn() + Sync)) {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};

    (0..threads).into_par_iter().for_each(|_| work());
}

/// Tasks that workers take one by one, the most expensive first.
#[cfg(feature = "rayon")]
struct TaskQueue {
    tasks: Vec<usize>,
    next: std::sync::atomic::AtomicUsize,
}

#[cfg(feature = "rayon")]
impl TaskQueue {
    fn new(costs: &[u64]) -> Self {
        let mut tasks: Vec<usize> = (0..costs.len()).collect();
        // Stable: a search that streams gives equal costs, so that chunks start in order and none waits for a later one.
        tasks.sort_by_key(|&task| std::cmp::Reverse(costs[task]));
        TaskQueue { tasks, next: std::sync::atomic::AtomicUsize::new(0) }
    }

    /// Takes the cheapest tasks, as many as are done in a time, and returns their results.
    fn begin_alone<S, T>(
        &mut self,
        time: Duration,
        scratch: &impl Fn() -> S,
        work: &impl Fn(&mut S, usize) -> T,
    ) -> Vec<(usize, T)> {
        let (begin, mut scratch, mut done) = (Instant::now(), scratch(), Vec::new());
        while begin.elapsed() < time
            && let Some(task) = self.tasks.pop()
        {
            done.push((task, work(&mut scratch, task)));
        }
        done
    }

    fn take(&self) -> Option<usize> {
        self.tasks.get(self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).copied()
    }
}

/// Results in the order of their numbers, which are 0, 1, and so on.
pub(super) fn in_order<T>(numbered: Vec<(usize, T)>) -> Vec<T> {
    let mut places: Vec<Option<T>> = Vec::new();
    places.resize_with(numbered.len(), || None);
    for (number, result) in numbered {
        places[number] = Some(result);
    }
    places.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "rayon")]
    #[test]
    fn what_is_done_alone_is_not_done_again() {
        let costs = [5, 1, 9, 1];
        for (time, alone) in [(Duration::ZERO, 0), (Duration::MAX, 4)] {
            let mut queue = TaskQueue::new(&costs);
            let mut first = queue.begin_alone(time, &|| (), &|(), task| task * 10);
            assert_eq!(first.len(), alone);
            // The cheapest last ones.
            assert!(alone == 0 || first[0] == (3, 30));
            first.truncate(2);
            let mut queue = TaskQueue::new(&costs);
            queue.tasks.truncate(4 - first.len());
            let workers = Workers::with_threads(2);
            let all = workers.in_parallel(queue, first, &|| (), |(), task| task * 10, || (), |_, _| {});
            assert_eq!(all, [0, 10, 20, 30]);
        }
    }

    #[test]
    fn results_are_in_task_order() {
        for workers in [Workers::SEQUENTIAL, Workers::with_threads(2), Workers::with_threads(7)] {
            let costs: Vec<u64> = (0..100).map(|task| task * 37 % 11).collect();
            let results = workers.run(
                &costs,
                || 0,
                |seen, task| {
                    *seen += 1;
                    (task, *seen)
                },
            );
            assert!(results.iter().map(|&(task, _)| task).eq(0..100));
            assert!(results.iter().all(|&(_, seen)| seen > 0));
        }
        assert!(Workers::with_threads(3).run(&[], || (), |(), task| task).is_empty());
    }
}
