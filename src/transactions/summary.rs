//! Size and shape of a set of baskets.

use std::fmt;

use super::Transactions;
use crate::stored_format::Format;

/// Size and shape of [`Transactions`], from [`Transactions::summary`].
///
/// ```
/// let baskets = itemset::Transactions::from_rows([vec!["beer", "diapers"], vec!["diapers"], vec![]])?;
/// let summary = baskets.summary();
/// assert_eq!((summary.baskets, summary.items, summary.entries), (3, 2, 3));
/// assert_eq!(summary.density, 0.5); // 3 of the 2 x 3 possible entries
/// assert_eq!((summary.lengths.min, summary.lengths.median, summary.lengths.max), (0, 1, 2));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    format: Format<1>,
    /// Baskets, the empty ones included.
    pub baskets: u64,
    /// Baskets without items.
    pub empty_baskets: u64,
    /// Distinct items.
    pub items: u64,
    /// Items in all baskets together, each counted once per basket.
    pub entries: u64,
    /// Items of the input that were left out because their basket held them already.
    pub duplicates_skipped: u64,
    /// The fraction of possible entries that are present: entries / (baskets x items), or 0 without baskets.
    pub density: f64,
    /// Entries / baskets, or 0 without baskets.
    pub mean_length: f64,
    /// Items per basket.
    pub lengths: LengthPercentiles,
    /// Bytes held by the baskets and the table of labels, without what labels own themselves (a `String`'s text).
    pub bytes: u64,
}

/// Percentiles of the number of items in a basket, by the nearest rank; all 0 without baskets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LengthPercentiles {
    /// The shortest basket.
    pub min: u32,
    /// A quarter of the baskets are at most this long.
    pub p25: u32,
    /// Half of the baskets are at most this long.
    pub median: u32,
    /// Three quarters of the baskets are at most this long.
    pub p75: u32,
    /// 95 % of the baskets are at most this long.
    pub p95: u32,
    /// The longest basket.
    pub max: u32,
}

impl Summary {
    pub(super) fn of<T>(transactions: &Transactions<T>) -> Self {
        let (baskets, items) = (transactions.len() as u64, transactions.dictionary().len() as u64);
        let entries = transactions.entries();
        let share = |part: u64, whole: f64| if whole > 0.0 { part as f64 / whole } else { 0.0 };
        let rows = transactions.rows();
        let mut lengths: Vec<u32> = transactions.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
        // For each length, ascending, the number of baskets of at most that length.
        let mut ends = Vec::new();
        if !rows.are_single() {
            let mut weighted: Vec<(u32, u32)> = lengths.into_iter().zip((0..).map(|row| rows.weight(row))).collect();
            weighted.sort_unstable();
            let mut end = 0;
            (lengths, ends) = weighted
                .into_iter()
                .map(|(length, weight)| {
                    end += weight as usize;
                    (length, end)
                })
                .unzip();
        }
        lengths.sort_unstable();
        let empty = lengths.partition_point(|&length| length == 0);
        Summary {
            format: Format,
            baskets,
            empty_baskets: if ends.is_empty() { empty } else { empty.checked_sub(1).map_or(0, |last| ends[last]) }
                as u64,
            items,
            entries,
            duplicates_skipped: transactions.duplicates_skipped(),
            density: share(entries, baskets as f64 * items as f64),
            mean_length: share(entries, baskets as f64),
            lengths: LengthPercentiles::of_sorted(&lengths, &ends),
            bytes: transactions.bytes() as u64,
        }
    }
}

impl LengthPercentiles {
    /// Of ascending lengths, with the number of baskets up to each; without those numbers each length is one basket.
    fn of_sorted(lengths: &[u32], ends: &[usize]) -> Self {
        let at = |percent: usize| match ends.last().copied().unwrap_or(lengths.len()) {
            0 => 0,
            n => {
                let place = (n * percent).div_ceil(100).max(1) - 1;
                lengths[if ends.is_empty() { place } else { ends.partition_point(|&end| end <= place) }]
            }
        };
        LengthPercentiles { min: at(0), p25: at(25), median: at(50), p75: at(75), p95: at(95), max: at(100) }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let l = self.lengths;
        write!(
            f,
            "{} baskets of {} distinct items, {} entries (density {:.4}), {} to {} items per basket (mean {:.1}, \
             median {})",
            self.baskets, self.items, self.entries, self.density, l.min, l.max, self.mean_length, l.median
        )?;
        if self.empty_baskets > 0 {
            write!(f, ", {} empty", self.empty_baskets)?;
        }
        if self.duplicates_skipped > 0 {
            write!(f, ", {} duplicates skipped", self.duplicates_skipped)?;
        }
        Ok(())
    }
}
