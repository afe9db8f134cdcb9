//! What answers now, replaced while others read.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

/// A [`Recommender`](super::Recommender), or anything else that a service reads, in a place where a new one can be put
/// while others read (feature `swap`).
///
/// A reader never waits: neither for the one who replaces, nor for other readers. What it has loaded stays as it was
/// until it drops the guard. An old value is dropped by the last who holds it.
///
/// Share it as an [`Arc`] or a reference.
///
/// ```
/// use std::thread;
///
/// use itemset::recommend::{Live, Recommender};
/// use itemset::{Error, Miner, Transactions};
///
/// fn learn(rows: &[[&'static str; 2]]) -> Result<Recommender<&'static str>, Error> {
///     let baskets = Transactions::from_rows(rows.iter().copied())?;
///     Miner::new().rules(&baskets)?.recommender().build()
/// }
///
/// let live = Live::new(learn(&[["beer", "diapers"], ["beer", "diapers"]])?);
/// thread::scope(|scope| {
///     let reader = scope.spawn(|| {
///         // Either the old recommender or the new one answers, never half of each.
///         let best = *live.load().recommend(["beer"], 1).get(0).unwrap().item();
///         assert!(["diapers", "chips"].contains(&best));
///     });
///     live.replace(learn(&[["beer", "chips"], ["beer", "chips"]])?);
///     reader.join().expect("the reader found one of both");
///     Ok::<(), Error>(())
/// })?;
/// assert_eq!(live.load().recommend(["beer"], 1).get(0).unwrap().item(), &"chips");
/// # Ok::<(), itemset::Error>(())
/// ```
pub struct Live<R>(ArcSwap<R>);

impl<R> Live<R> {
    /// With what answers first.
    #[must_use]
    pub fn new(value: R) -> Self {
        Live(ArcSwap::from_pointee(value))
    }

    /// What answers now, for one request: wait-free, and without a count that other threads change too.
    ///
    /// A thread that holds many guards at once makes further ones slower, though not wrong. To hold one for long, or to
    /// give it away, use [`get`](Live::get).
    #[must_use = "it is let go at once otherwise"]
    pub fn load(&self) -> LiveGuard<R> {
        LiveGuard(self.0.load())
    }

    /// What answers now, to keep.
    #[must_use]
    pub fn get(&self) -> Arc<R> {
        self.0.load_full()
    }

    /// Puts a new value in place, and returns the old one. Whoever loads from now on gets the new one.
    pub fn replace(&self, value: R) -> Arc<R> {
        self.0.swap(Arc::new(value))
    }
}

impl<R: fmt::Debug> fmt::Debug for Live<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Live").field(&*self.load()).finish()
    }
}

/// What answered when it was loaded, from [`Live::load`]. It is read like a reference.
pub struct LiveGuard<R>(Guard<Arc<R>>);

impl<R> Deref for LiveGuard<R> {
    type Target = R;

    fn deref(&self) -> &R {
        &self.0
    }
}

impl<R: fmt::Debug> fmt::Debug for LiveGuard<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
