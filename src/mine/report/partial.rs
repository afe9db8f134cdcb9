//! Bounds on what a search may find, and what to do when one is reached.

use std::fmt;
use std::time::Duration;

use crate::mine::query::min_support::MinSupport;

/// A bound on what a call may find, as it was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// The most itemsets: [`Miner::max_patterns`](crate::Miner::max_patterns).
    Patterns(u64),
    /// The most bytes that a call may hold: [`Miner::max_memory`](crate::Miner::max_memory).
    Memory(u64),
    /// Half of the bytes that the machine has, or that the control group of the process allows: what holds where
    /// [`Miner::max_memory`](crate::Miner::max_memory) is not set.
    MachineMemory(u64),
    /// The longest time: [`Miner::time_limit`](crate::Miner::time_limit).
    Time(Duration),
}

/// The setting and its value.
impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Patterns(itemsets) => write!(f, "max_patterns {itemsets}"),
            Limit::Memory(bytes) => write!(f, "max_memory {bytes}"),
            Limit::Time(limit) => write!(f, "time_limit {limit:?}"),
            Limit::MachineMemory(bytes) => {
                write!(f, "half of this machine's memory ({bytes}, max_memory sets another)")
            }
        }
    }
}

/// A threshold, and how many itemsets are frequent at it, of those that were asked for where there were constraints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggestion {
    min_count: u64,
    itemsets: u64,
}

impl Suggestion {
    pub(crate) fn new(min_count: u64, itemsets: u64) -> Self {
        Suggestion { min_count, itemsets }
    }

    /// The threshold, as a setting for [`Miner::min_support`](crate::Miner::min_support).
    #[must_use]
    pub fn min_support(&self) -> MinSupport {
        MinSupport::count(self.min_count)
    }

    /// The threshold, as a number of baskets.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The itemsets that are frequent at it.
    #[must_use]
    pub fn itemsets(&self) -> u64 {
        self.itemsets
    }
}

/// `min count 20 (1520 itemsets)`.
impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.itemsets == 1 { "" } else { "s" };
        write!(f, "min count {} ({} itemset{plural})", self.min_count, self.itemsets)
    }
}

/// A result that may have been cut by a [`Limit`]: then it holds all that is frequent at a higher threshold than the one asked for.
///
/// ```
/// use itemset::{Limit, MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"]])?;
/// let miner = Miner::new().min_support(MinSupport::count(1)).max_patterns(3);
/// let partial = miner.mine_partial(&baskets)?;
/// assert_eq!((partial.limit(), partial.complete_from()), (Some(Limit::Patterns(3)), 2));
/// assert_eq!(partial.to_string(), "partial: all with a count of at least 2, not down to the 1 asked for (max_patterns 3)");
/// let itemsets = partial.into_inner();
/// assert_eq!(itemsets.len(), 3); // {beer}, {diapers} and {beer, diapers}
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Partial<R> {
    result: R,
    asked: u64,
    complete_from: u64,
    limit: Option<Limit>,
}

impl<R> Partial<R> {
    pub(crate) fn complete(result: R, min_count: u64) -> Self {
        Partial { result, asked: min_count, complete_from: min_count, limit: None }
    }

    pub(crate) fn cut(result: R, limit: Limit, asked: u64, complete_from: u64) -> Self {
        Partial { result, asked, complete_from, limit: Some(limit) }
    }

    /// Whether nothing was cut.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.limit.is_none()
    }

    /// The limit that cut it.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// The count from which on everything is there: the one asked for, if nothing was cut.
    #[must_use]
    pub fn complete_from(&self) -> u64 {
        self.complete_from
    }

    /// The count that was asked for.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// What was found.
    #[must_use]
    pub fn get(&self) -> &R {
        &self.result
    }

    /// What was found, without the note that it may be partial.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.result
    }
}

/// Whether it is complete, and from which count on.
impl<R> fmt::Display for Partial<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Partial { asked, complete_from, .. } = self;
        match self.limit {
            None => write!(f, "complete: all with a count of at least {asked}"),
            Some(limit) => write!(
                f,
                "partial: all with a count of at least {complete_from}, not down to the {asked} asked for ({limit})"
            ),
        }
    }
}
