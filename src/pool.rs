//! The threads that a setting `threads` asks for.

use crate::error::{Error, ErrorKind};
use crate::workers::Workers;

/// A setting `threads`, and the pool of its own that it may need.
///
/// Not set: the rayon pool that a call is made in, else rayon's default pool. 1: the calling thread alone. More: a pool
/// that is made at its first use and kept. Clones share it.
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
    /// Where the setting is invalid: every call that runs begins with this.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.threads {
            Some(0) => Err(Error::invalid_setting("threads", 0, "a number of at least 1")),
            Some(threads) if threads > 1 && cfg!(not(feature = "rayon")) => {
                Err(Error::new(ErrorKind::MissingFeature { setting: "threads above 1", feature: "rayon" }))
            }
            _ => Ok(()),
        }
    }

    /// How many workers a call gets.
    #[cfg(feature = "rayon")]
    pub(crate) fn workers(&self) -> usize {
        self.threads.unwrap_or_else(rayon::current_num_threads)
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn workers(&self) -> usize {
        1
    }

    /// Runs `work` where its workers are.
    #[cfg(feature = "rayon")]
    pub(crate) fn run<R: Send>(&self, work: impl FnOnce(Workers) -> R + Send) -> Result<R, Error> {
        match self.threads {
            None => Ok(work(Workers::of_current_pool())),
            Some(..=1) => Ok(work(Workers::SEQUENTIAL)),
            Some(threads) if rayon::current_thread_index().is_none() => {
                Ok(self.own(threads)?.install(|| work(Workers::of_current_pool())))
            }
            Some(_) => self.run_beside(work, || ()).map(|(result, ())| result),
        }
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn run<R>(&self, work: impl FnOnce(Workers) -> R) -> Result<R, Error> {
        Ok(work(Workers::SEQUENTIAL))
    }

    /// Runs `work` where its workers are, and `here` on the calling thread meanwhile.
    #[cfg(feature = "rayon")]
    pub(crate) fn run_beside<R: Send, H>(
        &self,
        work: impl FnOnce(Workers) -> R + Send,
        here: impl FnOnce() -> H,
    ) -> Result<(R, H), Error> {
        match self.threads {
            None => {
                let mut result = None;
                let here = rayon::in_place_scope(|scope| {
                    scope.spawn(|_| result = Some(work(Workers::of_current_pool())));
                    here()
                });
                let result = result.ok_or_else(|| refused(&"a task was not run"))?;
                Ok((result, here))
            }
            Some(..=1) => Ok((work(Workers::SEQUENTIAL), here())),
            Some(threads) => {
                let pool = self.own(threads)?;
                // A thread of another pool that waited for this one would meanwhile take up more of that pool's work, this
                // call among it, and stack it without bound. A thread of its own just waits.
                std::thread::scope(|scope| {
                    let run = || pool.install(|| work(Workers::of_current_pool()));
                    let waiting = std::thread::Builder::new().spawn_scoped(scope, run);
                    let waiting = waiting.map_err(|error| refused(&error))?;
                    let here = here();
                    let result = waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    Ok((result, here))
                })
            }
        }
    }

    #[cfg(not(feature = "rayon"))]
    pub(crate) fn run_beside<R, H>(
        &self,
        work: impl FnOnce(Workers) -> R,
        here: impl FnOnce() -> H,
    ) -> Result<(R, H), Error> {
        Ok((work(Workers::SEQUENTIAL), here()))
    }

    #[cfg(feature = "rayon")]
    fn own(&self, threads: usize) -> Result<&rayon::ThreadPool, Error> {
        if let Some(pool) = self.own.get() {
            return Ok(pool);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| refused(&error))?;
        // Another call may have been faster; its pool is as good.
        Ok(self.own.get_or_init(|| pool))
    }
}

#[cfg(feature = "rayon")]
fn refused(reason: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Refused { what: "the threads of a pool", reason: reason.to_string() })
}

// A call changes nothing of it but makes the pool, and a pool outlives a job that panics.
#[cfg(feature = "rayon")]
impl std::panic::UnwindSafe for Pool {}
#[cfg(feature = "rayon")]
impl std::panic::RefUnwindSafe for Pool {}

/// The same setting.
impl PartialEq for Pool {
    fn eq(&self, other: &Self) -> bool {
        self.threads == other.threads
    }
}

impl Eq for Pool {}

/// As the setting alone.
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
