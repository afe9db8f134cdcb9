//! A sample of rows that come one by one.

use std::hash::Hash;

use crate::draws::Draws;
use crate::error::Error;
use crate::transactions::Transactions;

/// A random sample of rows that come one by one, whose number is not known beforehand: each set of rows is as likely as
/// any other.
///
/// Memory is that of the sample. One draw a row.
///
/// # Source
///
/// J. S. Vitter: Random sampling with a reservoir, ACM TOMS 11, 1985 (algorithm R).
///
/// ```
/// use itemset::shape::Reservoir;
///
/// let mut reservoir = Reservoir::new(1000, 7);
/// (0..100_000u32).for_each(|n| reservoir.push([n % 10, 10 + n % 7]));
/// let sample = reservoir.build()?;
/// assert_eq!(sample.len(), 1000);
/// assert!(sample.count_of(&3).unwrap() > 60);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reservoir<T> {
    rows: Vec<Vec<T>>,
    size: usize,
    seen: u64,
    draws: Draws,
}

impl<T: Eq + Hash> Reservoir<T> {
    /// A sample of so many rows, or of all if there are fewer. The same seed and rows give the same sample.
    #[must_use]
    pub fn new(size: usize, seed: u64) -> Self {
        Reservoir { rows: Vec::new(), size, seen: 0, draws: Draws::new(seed, u64::MAX - 1) }
    }

    /// Takes a row, and keeps it or not. What is not kept is not read.
    pub fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.seen += 1;
        if self.rows.len() < self.size {
            return self.rows.push(row.into_iter().collect());
        }
        let place = self.draws.below(self.seen) as usize;
        if let Some(kept) = self.rows.get_mut(place) {
            *kept = row.into_iter().collect();
        }
    }

    /// Rows so far.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The sample.
    ///
    /// # Errors
    ///
    /// Those of [`TransactionsBuilder::build`](crate::TransactionsBuilder::build).
    pub fn build(self) -> Result<Transactions<T>, Error> {
        Transactions::from_rows(self.rows)
    }
}
