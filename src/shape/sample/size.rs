//! The error of a sample, and how large it must be for that.

use std::hash::Hash;

use hashbrown::HashSet;

use crate::error::Error;
use crate::itemsets::{FrequentItemsets, Itemset};
use crate::transactions::Transactions;

/// The error that a sample may make, and how large it must be for that.
///
/// The error is that of supports, as fractions: in a sample with an error of 0.01, an itemset in 5 % of all baskets is in
/// 4 % to 6 % of the sample. Mine the sample at the threshold minus the error, and with the same probability nothing
/// frequent is missed.
///
/// ```
/// use itemset::shape::SampleSize;
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows((0..100_000u32).map(|n| [n % 7, 7 + n % 11, 20 + n % 3]))?;
/// // Supports are wrong by 0.02 at most, with a probability of 95 %.
/// let size = SampleSize::new(0.02, 0.05)?;
/// assert_eq!((size.of_one(), size.of_all(&baskets)), (4612, 7495));
/// let sample = baskets.sample(size.of_all(&baskets), 1)?;
/// let found = Miner::new().min_support(0.1 - size.error()).mine(&sample)?;
/// // And were they?
/// assert!(size.largest_error(&found, &baskets) < size.error());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleSize {
    pub(super) error: f64,
    pub(super) failure: f64,
}

impl SampleSize {
    /// An error of supports, and the probability that it is larger, both above 0 and below 1.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for others.
    pub fn new(error: f64, failure: f64) -> Result<Self, Error> {
        for (setting, value) in [("error", error), ("failure", failure)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(Error::invalid_setting(setting, value, "a fraction above 0 and below 1"));
            }
        }
        Ok(SampleSize { error, failure })
    }

    /// The error of supports.
    #[must_use]
    pub fn error(&self) -> f64 {
        self.error
    }

    /// The baskets of a sample in which the support of one itemset, chosen beforehand, has this error at most:
    /// ln(2 / failure) / (2 error²).
    ///
    /// # Source
    ///
    /// H. Toivonen: Sampling large databases for association rules, VLDB 1996, by the bound of Chernoff in the form of
    /// Hoeffding (1963).
    #[must_use]
    pub fn of_one(&self) -> usize {
        whole(libm::log(2.0 / self.failure) / (2.0 * self.error * self.error))
    }

    /// The baskets of a sample in which the supports of all itemsets at once have this error at most:
    /// (d + ln(1 / failure)) / (2 error²), where d is the largest number for which there are d different baskets of d
    /// items or more. It does not grow with the number of baskets.
    ///
    /// d bounds the VC dimension of itemsets. The factor 1/2 is what experiments show, not a proven constant (M. Löffler,
    /// J. M. Phillips: Shape fitting on point sets with probability distributions, ESA 2009); see what came out with
    /// [`largest_error`](SampleSize::largest_error).
    ///
    /// # Source
    ///
    /// M. Riondato, E. Upfal: Efficient discovery of association rules and frequent itemsets through sampling with tight
    /// performance guarantees, ACM TKDD 8, 2014.
    #[must_use]
    pub fn of_all<T>(&self, transactions: &Transactions<T>) -> usize {
        self.for_dimension(d_bound(transactions))
    }

    /// The same for a number in place of d.
    pub(super) fn for_dimension(&self, d: usize) -> usize {
        whole((d as f64 + libm::log(1.0 / self.failure)) / (2.0 * self.error * self.error))
    }

    /// The error of the supports of all itemsets at once in a sample of so many of these baskets, up to 1, which is larger
    /// with a probability of `failure`: what [`of_all`](SampleSize::of_all) says the other way round.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a `failure` that is not above 0 and below 1.
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::SampleSize;
    ///
    /// let baskets = Transactions::from_rows((0..100_000u32).map(|n| [n % 7, 7 + n % 11, 20 + n % 3]))?;
    /// assert!((SampleSize::error_of_all(7495, 0.05, &baskets)? - 0.02).abs() < 1e-5);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn error_of_all<T>(baskets: usize, failure: f64, of: &Transactions<T>) -> Result<f64, Error> {
        let SampleSize { failure, .. } = SampleSize::new(0.5, failure)?;
        let d = d_bound(of) as f64;
        Ok(((d + libm::log(1.0 / failure)) / (2.0 * baskets as f64)).sqrt().min(1.0))
    }

    /// The largest difference between the support of an itemset in the sample that it was found in and in all baskets.
    ///
    /// That of [`FrequentItemsets::counts_in`].
    #[must_use]
    pub fn largest_error<T: Eq + Hash>(&self, found: &FrequentItemsets<T>, all: &Transactions<T>) -> f64 {
        let baskets = all.len().max(1) as f64;
        let error = |(itemset, count): (Itemset<'_, T>, u64)| (itemset.support() - count as f64 / baskets).abs();
        found.iter().zip(found.counts_in(all)).map(error).fold(0.0, f64::max)
    }
}

/// A number of baskets, rounded upwards.
fn whole(size: f64) -> usize {
    // A conversion from a float saturates.
    size.ceil() as usize
}

/// The largest number for which there are as many different baskets with as many items or more.
fn d_bound<T>(transactions: &Transactions<T>) -> usize {
    let rows = transactions.rows();
    let mut order: Vec<usize> = (0..rows.stored()).collect();
    order.sort_by_key(|&stored| std::cmp::Reverse(rows.row(stored).len()));
    let mut seen: HashSet<&[u32]> = HashSet::new();
    for stored in order {
        let row = rows.row(stored);
        // With this one there are one more, all as long or longer.
        if row.len() <= seen.len() {
            break;
        }
        seen.insert(row);
    }
    seen.len()
}
