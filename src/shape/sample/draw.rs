//! Samples of baskets, of a size that is known, or that grow until they are large enough.

use super::SampleSize;
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::draws::Draws;
use crate::error::Error;
use crate::transactions::{CanonicalOrder, Transactions};

impl<T: Ord> Transactions<T> {
    /// A random sample of so many baskets, drawn one by one from all of them: a basket may be drawn several times, and is
    /// then a row with a weight. That is what the bounds of [`SampleSize`] are for. With
    /// [`split`](Transactions::split) no basket is drawn twice.
    ///
    /// The same seed gives the same sample, on every platform and in whatever order the rows came. Baskets stand in the
    /// order of the input, and share the labels.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a sample of baskets where there are none;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` baskets of a sample.
    ///
    /// # Complexity
    ///
    /// Sorts the distinct labels and a hash of each stored row, then a binary search for each draw.
    pub fn sample(&self, baskets: usize, seed: u64) -> Result<Self, Error> {
        let mut urn = Urn::new(self, seed);
        urn.draw(baskets)?;
        Ok(urn.sample())
    }
}

/// Baskets from which others are drawn one by one, in the order that does not depend on the input's.
struct Urn<'a, T> {
    baskets: &'a Transactions<T>,
    order: Vec<usize>,
    /// Where the baskets of each row end, in this order.
    ends: Vec<u64>,
    draws: Draws,
    /// How often each row was drawn so far.
    drawn: Vec<u32>,
    size: usize,
}

impl<'a, T: Ord> Urn<'a, T> {
    fn new(baskets: &'a Transactions<T>, seed: u64) -> Self {
        let rows = baskets.rows();
        let order: Vec<usize> = CanonicalOrder::new(baskets, &mut Ticker::new(&NEVER)).rows().collect();
        let mut ends = Vec::with_capacity(order.len());
        for &stored in &order {
            ends.push(ends.last().map_or(0, |&end| end) + u64::from(rows.weight(stored)));
        }
        // Streams 0 and on are those of `split` and of swaps.
        let draws = Draws::new(seed, u64::MAX);
        Urn { baskets, order, ends, draws, drawn: vec![0; rows.stored()], size: 0 }
    }

    /// Draws so many more.
    fn draw(&mut self, baskets: usize) -> Result<(), Error> {
        if self.baskets.is_empty() && baskets > 0 {
            return Err(Error::invalid_setting("sample", baskets, "0 of no baskets"));
        }
        self.size = self.size.saturating_add(baskets);
        if self.size > u32::MAX as usize {
            return Err(Error::too_large("baskets of a sample", u32::MAX));
        }
        for _ in 0..baskets {
            let basket = self.draws.below(self.baskets.len() as u64);
            self.drawn[self.order[self.ends.partition_point(|&end| end <= basket)]] += 1;
        }
        Ok(())
    }

    /// What was drawn so far.
    fn sample(&self) -> Transactions<T> {
        self.baskets.repeated(&self.drawn)
    }
}

/// A sample that grew until it was large enough, from [`SampleSize::progressive`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProgressiveSample<T> {
    /// The baskets.
    pub sample: Transactions<T>,
    /// The error of supports that it promises, no larger than what was asked for.
    pub error: f64,
    /// How often it was looked at; each time but the first it had doubled.
    pub rounds: u32,
}

impl SampleSize {
    /// A random sample that doubles until it promises the error for all itemsets at once, by what it holds itself: the bound
    /// of [`of_all`](SampleSize::of_all), with the different long baskets of the sample in place of those of all data. If
    /// long baskets are rare, a smaller sample is enough than one that must do for each of them.
    ///
    /// The test may be passed by chance at any of the looks, so the `i`-th has a share of 1 / 2^(i + 1) of the failure. Half
    /// of it is left for the size that [`of_all`](SampleSize::of_all) says, beyond which no sample grows. Long baskets that
    /// the sample has not seen may have supports of their own; they are few, but the bound is then not that of the source.
    /// See what came out with [`largest_error`](SampleSize::largest_error).
    ///
    /// A sample of one seed is the beginning of a larger one of the same seed: that of
    /// [`sample`](Transactions::sample).
    ///
    /// # Source
    ///
    /// The sizes: F. Provost, D. Jensen, T. Oates: Efficient progressive sampling, KDD 1999. The bound: M. Riondato, E. Upfal,
    /// ACM TKDD 8, 2014. That one may stop by the sample alone: M. Riondato, E. Upfal: Mining frequent itemsets through
    /// progressive sampling with Rademacher averages, KDD 2015, which has another bound.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if there are no baskets;
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if more than `u32::MAX` baskets are needed.
    ///
    /// # Complexity
    ///
    /// That of [`sample`](Transactions::sample), and for each look a pass over the sample.
    ///
    /// ```
    /// use itemset::Transactions;
    /// use itemset::shape::SampleSize;
    ///
    /// // A basket of 2000 has forty items, the others have two.
    /// let baskets = Transactions::from_rows((0..100_000u32).map(|n| match n % 2000 {
    ///     0 => (n % 977..n % 977 + 40).collect(),
    ///     _ => vec![n % 7, 7 + n % 11],
    /// }))?;
    /// let size = SampleSize::new(0.05, 0.05)?;
    /// let grown = size.progressive(&baskets, 1)?;
    /// assert_eq!((grown.sample.len(), size.of_all(&baskets)), (2154, 8600));
    /// assert!(grown.error <= 0.05);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn progressive<T: Ord>(
        &self,
        transactions: &Transactions<T>,
        seed: u64,
    ) -> Result<ProgressiveSample<T>, Error> {
        let mut urn = Urn::new(transactions, seed);
        // Half of the failure is for the size that is enough in any case, the rest for what is seen before.
        let last = SampleSize { failure: self.failure / 2.0, ..*self };
        let most = last.of_all(transactions);
        let mut failure = last.failure / 2.0;
        // Enough for baskets of one item.
        urn.draw(SampleSize { failure, ..*self }.for_dimension(1).min(most))?;
        let mut rounds = 1;
        loop {
            let (sample, is_last) = (urn.sample(), urn.size >= most);
            let error = match is_last {
                true => SampleSize::error_of_all(urn.size, last.failure, transactions)?,
                false => SampleSize::error_of_all(urn.size, failure, &sample)?,
            };
            // The last one is large enough, but for rounding.
            if error <= self.error || is_last {
                return Ok(ProgressiveSample { sample, error: error.min(self.error), rounds });
            }
            urn.draw(urn.size.min(most - urn.size))?;
            failure /= 2.0;
            rounds += 1;
        }
    }
}
