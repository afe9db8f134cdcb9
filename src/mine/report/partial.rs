//! A result that a limit may have cut.

use std::fmt;

use crate::limit::Limit;

/// A result that a [`Limit`] may have cut. If so, it contains everything that is frequent at a higher threshold than
/// the requested one.
///
/// ```
/// use itemset::{Limit, MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer", "wine"]])?;
/// let miner = Miner::new().min_support(MinSupport::count(1)).max_itemsets(3);
/// let partial = miner.mine_partial(&baskets)?;
/// assert_eq!((partial.limit(), partial.complete_from()), (Some(Limit::Itemsets(3)), 2));
/// assert_eq!(
///     partial.to_string(),
///     "partial: all with a count of at least 2, not down to the 1 asked for (max_itemsets 3)"
/// );
/// let itemsets = partial.into_inner();
/// assert_eq!(itemsets.len(), 3); // {beer}, {diapers} and {beer, diapers}
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Partial<R> {
    pub(super) result: R,
    pub(super) asked: u64,
    pub(super) complete_from: u64,
    pub(super) limit: Option<Limit>,
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

    /// The limit that cut it; `None` if nothing was cut.
    #[must_use]
    pub fn limit(&self) -> Option<Limit> {
        self.limit
    }

    /// The count from which the result is complete: the requested one if nothing was cut.
    #[must_use]
    pub fn complete_from(&self) -> u64 {
        self.complete_from
    }

    /// The requested count.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.asked
    }

    /// The result.
    #[must_use]
    pub fn get(&self) -> &R {
        &self.result
    }

    pub(crate) fn map<S>(self, change: impl FnOnce(R) -> S) -> Partial<S> {
        let Partial { result, asked, complete_from, limit } = self;
        Partial { result: change(result), asked, complete_from, limit }
    }

    /// The result alone, without its limit.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.result
    }
}

/// Whether the result is complete, and from which count.
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
