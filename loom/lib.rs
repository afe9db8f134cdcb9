//! Every interleaving, up to a number of preemptions, of the hand-over between threads in `src/threads`.
//!
//! The files are the library's own, compiled here with the locks and atomics of loom instead of those of std.
//! A deadlock, a lost wake-up, a block out of order or lost work fails the test.

#![cfg(test)]

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use threads::ordered::{Block, BlockSink, Reorder, Step};
use threads::work_sharing::{Donation, WorkSharing};

#[path = "../src/threads"]
mod threads {
    pub(crate) mod ordered;
    #[allow(dead_code, reason = "a helper of the library's own tests")]
    pub(crate) mod work_sharing;

    pub(crate) mod sync {
        pub(crate) use loom::sync::atomic::{AtomicUsize, Ordering};
        pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
    }
}

/// Runs `model` under every schedule with at most `preemptions` switches away from a thread that could go on. Most
/// bugs of such protocols show with two.
fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// A block of `len` itemsets that carries its chunk and its number within the chunk.
fn block(chunk: usize, number: usize, len: usize) -> Block {
    Block { steps: vec![Step { len: 1, rank: chunk as u32, count: number as u32 }; len] }
}

/// A block of this many itemsets fits into what may be held back, a second one does not.
const LARGE: usize = 10;

/// What becomes of the search when a chunk is reached.
#[derive(Clone, Copy, PartialEq)]
enum Stop {
    Never,
    /// `emit` breaks at the first block of this chunk.
    Emit(usize),
    /// The worker of this chunk gives up before it has pushed anything.
    Worker(usize),
}

/// Two workers push `blocks[i]` blocks for chunk `i`; returns chunk and number of the emitted blocks.
fn reorder(blocks: &[usize], stop: Stop) -> Vec<(usize, usize)> {
    let emitted = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::new(Reorder::new({
        let emitted = Arc::clone(&emitted);
        move |block: Block| {
            let step = block.steps[0];
            emitted.lock().unwrap().push((step.rank as usize, step.count as usize));
            if stop == Stop::Emit(step.rank as usize) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }));
    // Chunks are started in order, as the library's workers do. loom must see each access that decides what a
    // thread does.
    let next = Arc::new(loom::sync::atomic::AtomicUsize::new(0));
    let blocks: Arc<[usize]> = blocks.into();
    let worker = {
        let sink = Arc::clone(&sink);
        move || {
            loop {
                let chunk = next.fetch_add(1, Ordering::Relaxed);
                let Some(&blocks) = blocks.get(chunk) else { return };
                if stop == Stop::Worker(chunk) {
                    return sink.stop();
                }
                let mut pushes = (0..blocks).map(|number| sink.push(chunk, block(chunk, number, LARGE)));
                if pushes.any(|flow| flow.is_break()) || sink.end(chunk).is_break() {
                    return;
                }
            }
        }
    };
    let other = loom::thread::spawn(worker.clone());
    worker();
    other.join().unwrap();
    let emitted = emitted.lock().unwrap();
    emitted.clone()
}

#[test]
fn blocks_are_emitted_once_and_in_order() {
    for blocks in [&[2, 2][..], &[1, 1, 1], &[1, 2, 1], &[0, 2, 0, 1]] {
        check(3, move || {
            let all = (0..blocks.len()).flat_map(|chunk| (0..blocks[chunk]).map(move |number| (chunk, number)));
            assert!(all.eq(reorder(blocks, Stop::Never)), "{blocks:?}");
        });
    }
}

#[test]
fn no_worker_waits_after_emit_breaks() {
    for chunk in 0..2 {
        check(3, move || {
            let emitted = reorder(&[1, 2, 1], Stop::Emit(chunk));
            assert!(emitted.is_sorted());
            assert_eq!(emitted.iter().filter(|at| at.0 >= chunk).count(), 1, "{emitted:?}");
        });
    }
}

#[test]
fn no_worker_waits_after_a_stop() {
    for chunk in 0..2 {
        check(3, move || {
            let emitted = reorder(&[1, 2, 1], Stop::Worker(chunk));
            assert!(emitted.iter().enumerate().all(|(at, &emitted)| chunk == 1 && emitted == (at, 0)), "{emitted:?}");
        });
    }
}

#[test]
fn released_blocks_make_room_for_a_waiting_worker() {
    check(3, || {
        let sink = Arc::new(Reorder::new(|_| ControlFlow::Continue(())));
        let (pushed, wait) = loom::sync::mpsc::channel();
        assert!(sink.push(1, block(1, 0, LARGE)).is_continue());
        assert!(sink.end(0).is_continue());
        let other = loom::thread::spawn({
            let sink = Arc::clone(&sink);
            move || {
                // Waits for room while the block of chunk 1 is held.
                assert!(sink.push(2, block(2, 0, LARGE)).is_continue());
                pushed.send(()).unwrap();
            }
        });
        assert!(sink.push(1, block(1, 1, LARGE)).is_continue());
        // The turn is still that of chunk 1.
        wait.recv().unwrap();
        assert!(sink.end(1).is_continue());
        other.join().unwrap();
    });
}

/// Each of the workers has the tasks of its list: a task is the number of parts it consists of. A worker does the
/// parts one by one, and donates what is left of a task, halved, whenever somebody waits.
fn share(tasks: &'static [&'static [usize]]) {
    let sharing = Arc::new(WorkSharing::<usize>::new());
    let done = Arc::new(AtomicUsize::new(0));
    let numbers = Arc::new(Mutex::new(Vec::new()));
    let run = {
        let (sharing, done) = (Arc::clone(&sharing), Arc::clone(&done));
        move |mut parts: usize| {
            while parts > 0 {
                done.fetch_add(1, Ordering::Relaxed);
                parts -= 1;
                if parts > 0 && sharing.is_wanted() {
                    sharing.donate(parts.div_ceil(2));
                    parts /= 2;
                }
            }
        }
    };
    let worker = {
        let numbers = Arc::clone(&numbers);
        move |tasks: &[usize]| {
            let busy = sharing.enter();
            tasks.iter().for_each(|&parts| run(parts));
            drop(busy);
            while let Some((Donation { number, work }, _busy)) = sharing.receive() {
                numbers.lock().unwrap().push(number);
                run(work);
            }
        }
    };
    let others: Vec<_> = tasks[1..]
        .iter()
        .map(|tasks| {
            let worker = worker.clone();
            loom::thread::spawn(move || worker(tasks))
        })
        .collect();
    worker(tasks[0]);
    others.into_iter().for_each(|other| other.join().unwrap());
    let mut numbers = numbers.lock().unwrap();
    numbers.sort_unstable();
    assert!(numbers.iter().copied().eq(0..numbers.len()), "each donation is received once: {numbers:?}");
    assert_eq!(done.load(Ordering::Relaxed), tasks.iter().copied().flatten().sum::<usize>(), "no part is lost");
}

#[test]
fn donation_wakes_a_waiting_worker_while_the_donor_is_busy() {
    check(4, || {
        let sharing = Arc::new(WorkSharing::new());
        let (received, wait) = loom::sync::mpsc::channel();
        let busy = sharing.enter();
        let other = loom::thread::spawn({
            let sharing = Arc::clone(&sharing);
            move || {
                while let Some((Donation { number, work }, _busy)) = sharing.receive() {
                    received.send((number, work)).unwrap();
                }
            }
        });
        assert_eq!(sharing.donate("work"), 0);
        assert_eq!(wait.recv().unwrap(), (0, "work"));
        drop(busy);
        other.join().unwrap();
    });
}

#[test]
fn two_workers_share_all_work_and_end() {
    check(3, || share(&[&[3], &[]]));
    check(2, || share(&[&[2, 2], &[3]]));
}

#[test]
fn three_workers_share_all_work_and_end() {
    check(2, || share(&[&[3], &[1], &[]]));
}
