//! How good rules would be in baskets that were shuffled.

use std::hash::Hash;

use super::evaluation::Wanted;
use crate::rules::Rules;
use crate::rules::measures::{Measure, PValue};
use crate::threads::workers::Workers;
use crate::transactions::{Swapped, Transactions};

impl<T: Eq + Hash> Rules<T> {
    /// How often each rule would be as good in baskets that chance filled: the baskets are shuffled `samples` times by
    /// [swaps](Transactions::swap_randomised), which keep the count of every item and the length of every basket, and the rules
    /// are counted in each. The p-value is the share of the samples in which `measure` is as good or better, the real baskets counting as one of them: 1 / (samples + 1)
    /// is the smallest.
    ///
    /// Unlike Fisher's test this knows that some baskets are long and others short, by which items come together without having to do with each other.
    ///
    /// # Errors
    ///
    /// None: with 0 samples all p-values are 1.
    ///
    /// # Complexity
    ///
    /// For each sample 5 draws an entry, and the time of [`evaluate`](Rules::evaluate). Samples run on the threads of the rayon pool that the call is made in;
    /// the result depends on the seed alone.
    ///
    /// # Source
    ///
    /// A. Gionis, H. Mannila, T. Mielikäinen, P. Tsaparas: Assessing data mining results via swap randomization, ACM TKDD 1, 2007.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows((0..60u32).map(|basket| match basket % 3 {
    ///     0 => vec!["beer", "diapers"],
    ///     1 => vec!["chips", "wipes"],
    ///     _ => vec!["chips", "bread"],
    /// }))?;
    /// let rules = Miner::new().min_support(0.2).min_confidence(0.9).rules(&baskets)?;
    /// let p_values = rules.swap_test(&baskets, Measure::Lift, 99, 1);
    /// assert!(p_values.iter().all(|p| p.to_string() == "0.010"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn swap_test(
        &self,
        transactions: &Transactions<T>,
        measure: Measure,
        samples: usize,
        seed: u64,
    ) -> Vec<PValue> {
        let (wanted, rows, rules) = (Wanted::new(self, transactions), transactions.rows(), self.len());
        let judge = measure.judge();
        let goodness = |counts: &[u32]| -> Vec<f64> {
            let observed = (0..rules).map(|rule| wanted.observed(rule, counts, rows.len()));
            observed.map(|observed| observed.counts().map_or(f64::NEG_INFINITY, |counts| judge(&counts))).collect()
        };
        let real = goodness(&wanted.count(rows));
        #[cfg(feature = "rayon")]
        let workers = Workers::of_current_pool();
        #[cfg(not(feature = "rayon"))]
        let workers = Workers::SEQUENTIAL;
        let parts = workers.parts(samples, 1);
        let as_good = workers.run_parts(&parts, |part| {
            let mut as_good = vec![0u64; rules];
            for sample in part {
                let swapped = Swapped::new(rows, seed, sample as u64);
                let found = goodness(&wanted.count(swapped.rows()));
                for ((times, real), found) in as_good.iter_mut().zip(&real).zip(found) {
                    *times += u64::from(found >= *real);
                }
            }
            as_good
        });
        let mut total = vec![1u64; rules];
        for as_good in as_good {
            total.iter_mut().zip(as_good).for_each(|(total, times)| *total += times);
        }
        total.into_iter().map(|times| PValue::from_ln((times as f64 / (samples as f64 + 1.0)).ln())).collect()
    }
}
