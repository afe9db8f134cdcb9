//! Why a search found nothing.

use std::fmt;

use crate::mine::query::min_support::MinSupport;

/// Why a search found nothing, and the thresholds at which it would find something, from
/// [`Miner::explain_empty`](crate::Miner::explain_empty).
///
/// ```
/// use itemset::{MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "chips"], vec!["beer", "diapers"]])?;
/// let miner = Miner::new().min_support(MinSupport::count(4));
/// assert!(miner.mine(&baskets)?.is_empty());
/// let why = miner.explain_empty(&baskets)?;
/// assert_eq!((why.best_item(), why.best_pair()), (Some(3), Some(2)));
/// assert_eq!(
///     why.to_string(),
///     "nothing is frequent at min count 4: of 3 baskets the most frequent item is in 3, the most frequent pair in 2; \
///      lower the minimum support to one of these counts or below"
/// );
/// let below = miner.min_support(why.pair_support().unwrap()).mine(&baskets)?;
/// assert_eq!(below.by_len(), [2, 1]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmptyReport {
    pub(super) baskets: u64,
    pub(super) min_count: u64,
    pub(super) item: Option<u64>,
    pub(super) pair: Option<u64>,
}

impl EmptyReport {
    pub(crate) fn new(baskets: u64, min_count: u64, item: u64, pair: u64) -> Self {
        let some = |count| Some(count).filter(|&count| count > 0);
        EmptyReport { baskets, min_count, item: some(item), pair: some(pair) }
    }

    /// The number of baskets.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// The threshold of the search, as a count.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The count of the most frequent item; `None` if all baskets are empty.
    #[must_use]
    pub fn best_item(&self) -> Option<u64> {
        self.item
    }

    /// The count of the most frequent pair of items; `None` if no basket holds two.
    #[must_use]
    pub fn best_pair(&self) -> Option<u64> {
        self.pair
    }

    /// The highest threshold at which an item is frequent.
    #[must_use]
    pub fn item_support(&self) -> Option<MinSupport> {
        self.item.map(MinSupport::count)
    }

    /// The highest threshold at which a pair of items is frequent. Above it there are no rules.
    #[must_use]
    pub fn pair_support(&self) -> Option<MinSupport> {
        self.pair.map(MinSupport::count)
    }

    /// Whether an item reaches the threshold of the search.
    #[must_use]
    pub fn has_item(&self) -> bool {
        self.item.is_some_and(|count| count >= self.min_count)
    }

    /// Whether a pair of items reaches the threshold of the search.
    #[must_use]
    pub fn has_pair(&self) -> bool {
        self.pair.is_some_and(|count| count >= self.min_count)
    }
}

/// In words: what is frequent at the threshold, and the highest counts.
impl fmt::Display for EmptyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EmptyReport { baskets, min_count, item, pair } = self;
        let Some(item) = item else {
            return match baskets {
                0 => f.write_str("there are no baskets"),
                _ => write!(f, "no item is in any of {baskets} baskets"),
            };
        };
        match (self.has_item(), self.has_pair()) {
            (false, _) => write!(f, "nothing is frequent")?,
            (true, false) => write!(f, "only single items are frequent")?,
            (true, true) => write!(f, "items and pairs are frequent")?,
        }
        write!(f, " at min count {min_count}: of {baskets} baskets the most frequent item is in {item}, ")?;
        match pair {
            Some(pair) => write!(f, "the most frequent pair in {pair}")?,
            None => f.write_str("and none holds two items")?,
        }
        match (self.has_item(), self.has_pair()) {
            (false, _) if pair.is_some() => f.write_str("; lower the minimum support to one of these counts or below"),
            (true, false) if pair.is_none() => Ok(()),
            (_, false) => f.write_str("; lower the minimum support to that or below"),
            (_, true) => Ok(()),
        }
    }
}
