//! The number of frequent itemsets, without the itemsets.

use std::fmt;

use super::statistics::Statistics;

/// The number of frequent itemsets by length, from [`Miner::count`](crate::Miner::count).
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([0..70u32])?; // one basket of 70 items
/// let counts = Miner::new().min_support(1.0).count(&baskets)?;
/// assert_eq!(counts.total(), (1 << 70) - 1);
/// assert_eq!(counts.by_len()[..2], [70, 2415]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ItemsetCounts {
    pub(super) by_len: Vec<u128>,
    pub(super) min_count: u64,
    pub(super) statistics: Statistics,
}

impl ItemsetCounts {
    pub(crate) fn new(by_len: Vec<u128>, min_count: u64, statistics: Statistics) -> Self {
        ItemsetCounts { by_len, min_count, statistics }
    }

    /// Whether no itemset is frequent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// Frequent itemsets of any length.
    #[must_use]
    pub fn total(&self) -> u128 {
        self.by_len.iter().sum()
    }

    /// Frequent itemsets of 1 item, of 2, and so on to the longest.
    #[must_use]
    pub fn by_len(&self) -> &[u128] {
        &self.by_len
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The algorithm that ran, its threads and its candidates. Not part of equality.
    #[must_use]
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }
}

/// The same number of itemsets of each length at the same threshold.
impl PartialEq for ItemsetCounts {
    fn eq(&self, other: &Self) -> bool {
        (&self.by_len, self.min_count) == (&other.by_len, other.min_count)
    }
}

impl Eq for ItemsetCounts {}

/// `5 frequent itemsets (min count 2): 3 of length 1, 2 of length 2`.
impl fmt::Display for ItemsetCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} frequent itemsets (min count {})", self.total(), self.min_count)?;
        for (len, itemsets) in (1..).zip(&self.by_len) {
            let separator = if len == 1 { ": " } else { ", " };
            write!(f, "{separator}{itemsets} of length {len}")?;
        }
        Ok(())
    }
}
