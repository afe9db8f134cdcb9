//! The threads that a setting `threads` asks for.

#[cfg(feature = "rayon")]
use std::sync::atomic::{AtomicUsize, Ordering};
#[cfg(feature = "rayon")]
use std::sync::{Mutex, PoisonError};

use super::workers::Workers;
#[cfg(feature = "rayon")]
use super::workers::in_order;
use crate::error::{Error, ErrorKind};

/// A setting `threads`, and the pool that it may need.
///
/// Not set: the rayon pool that a call is made in, or rayon's default pool. 1: the calling thread alone. More: a
/// separate pool that is made at its first use and kept. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool {
    threads: Option<usize>,
    #[cfg(feature = "rayon")]
    own: std::sync::Arc<std::sync::OnceLock<rayon::ThreadPool>>,
}

impl Pool {
    pub(crate) fn new(threads: Option<usize>) -> Self {
        Pool {
            threads,
            #[cfg(feature = "rayon")]
            own: Default::default(),
        }
    }

    /// # Errors
    ///
    /// If the setting is invalid. Every call that runs begins with this check.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.threads {
            Some(0) => Err(Error::invalid_setting("threads", 0, "a number of at least 1")),
            Some(threads) if threads > 1 && cfg!(not(feature = "rayon")) => {
                Err(Error::new(ErrorKind::MissingFeature { setting: "threads above 1", feature: "rayon" }))
            }
            _ => Ok(()),
        }
    }

    /// The number of workers that a call gets.
    #[cfg(feature = "rayon")]
    pub(crate) fn workers(&self) -> usize {
        self.threads.unwrap_or_else(rayon::current_num_threads)
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn workers(&self) -> usize {
        1
    }

    /// Runs `work` in the pool of its workers.
    #[cfg(feature = "rayon")]
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce(Workers) -> R + Send) -> Result<R, Error> {
        let (mut work, mut result) = (Some(work), None);
        self.run_dyn(&mut |workers| result = work.take().map(|work| work(workers)))?;
        let Some(result) = result else { unreachable!("the pool runs the work or returns an error") };
        Ok(result)
    }

    /// Not generic, so that rayon's part is compiled once.
    #[cfg(feature = "rayon")]
    fn run_dyn(&self, work: &mut (dyn FnMut(Workers) + Send)) -> Result<(), Error> {
        let threads = match self.threads {
            None => {
                work(Workers::of_current_pool());
                return Ok(());
            }
            Some(..=1) => {
                work(Workers::SEQUENTIAL);
                return Ok(());
            }
            Some(threads) => threads,
        };
        let pool = self.own(threads)?;
        let mut run = || pool.install(|| work(Workers::of_current_pool()));
        if rayon::current_thread_index().is_none() {
            run();
            return Ok(());
        }
        // A thread of another pool that waited here would run more of that pool's work meanwhile, such as further
        // calls like this one, and stack it without bound. A new thread just waits.
        std::thread::scope(|scope| {
            let waiting = std::thread::Builder::new().spawn_scoped(scope, run).map_err(|error| refused(&error))?;
            waiting.join().or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn run<R>(&self, work: impl FnOnce(Workers) -> R) -> Result<R, Error> {
        Ok(work(Workers::SEQUENTIAL))
    }

    /// Runs `work` on each of `parts` parts. The calling thread runs `here` first, then takes parts as well.
    ///
    /// If `threads` is set, the call starts new threads: those of the pool take longer to wake, and a thread of
    /// another pool could not wait for them.
    #[cfg(feature = "rayon")]
    pub(crate) fn run_beside<T: Send>(
        &self,
        parts: usize,
        work: impl Fn(usize) -> T + Sync,
        here: impl FnOnce(),
    ) -> Result<Vec<T>, Error> {
        let next = AtomicUsize::new(0);
        let take = || -> Vec<(usize, T)> {
            let parts =
                std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed)).take_while(|&part| part < parts);
            parts.map(|part| (part, work(part))).collect()
        };
        let others = parts.min(self.workers().saturating_sub(1));
        let done = match self.threads {
            None => {
                let done = Mutex::new(Vec::new());
                let add = || {
                    let mut taken = take();
                    done.lock().unwrap_or_else(PoisonError::into_inner).append(&mut taken);
                };
                rayon::in_place_scope(|scope| {
                    (0..others).for_each(|_| scope.spawn(|_| add()));
                    here();
                    add();
                });
                done.into_inner().unwrap_or_else(PoisonError::into_inner)
            }
            Some(_) => std::thread::scope(|scope| {
                let start = |_| std::thread::Builder::new().spawn_scoped(scope, take).map_err(|error| refused(&error));
                let threads = (0..others).map(start).collect::<Result<Vec<_>, _>>()?;
                here();
                let mut done = take();
                for thread in threads {
                    done.extend(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                }
                Ok::<_, Error>(done)
            })?,
        };
        Ok(in_order(done))
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn run_beside<T>(
        &self,
        parts: usize,
        work: impl Fn(usize) -> T,
        here: impl FnOnce(),
    ) -> Result<Vec<T>, Error> {
        here();
        Ok((0..parts).map(work).collect())
    }

    #[cfg(feature = "rayon")]
    fn own(&self, threads: usize) -> Result<&rayon::ThreadPool, Error> {
        if let Some(pool) = self.own.get() {
            return Ok(pool);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| refused(&error))?;
        // If another call was faster, its pool is as good.
        Ok(self.own.get_or_init(|| pool))
    }
}

#[cfg(feature = "rayon")]
fn refused(reason: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Refused { what: "the threads of a pool", reason: reason.to_string() })
}

// A call changes nothing but makes the pool, and a pool survives a job that panics.
#[cfg(feature = "rayon")]
impl std::panic::UnwindSafe for Pool {}
#[cfg(feature = "rayon")]
impl std::panic::RefUnwindSafe for Pool {}

/// Equal if the settings are.
impl PartialEq for Pool {
    fn eq(&self, other: &Self) -> bool {
        self.threads == other.threads
    }
}

impl Eq for Pool {}

/// Only the setting.
#[cfg(feature = "serde")]
impl serde::Serialize for Pool {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.threads.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Pool {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Pool::new)
    }
}
