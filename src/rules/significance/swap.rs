//! How good rules would be in shuffled baskets.

use std::hash::Hash;

use super::evaluation::BYTES_PER_RULE;
use super::wanted::{Sides, Wanted};
use crate::call::control::{Control, NEVER};
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::rules::Rules;
use crate::rules::measures::{Measure, PValue};
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;
use crate::transactions::{CanonicalOrder, EncodedRows, Swaps, Transactions};

impl<T: Eq + Hash + Ord> Rules<T> {
    /// How often each rule would be as good in random baskets: the baskets are shuffled `samples` times by
    /// [swaps](Transactions::swap_randomised), which keep the count of every item and the length of every basket, and
    /// the rules are counted in each. The p-value is the share of the samples in which `measure` is as good or better,
    /// the real baskets counting as one of them: 1 / (samples + 1) is the smallest.
    ///
    /// Unlike Fisher's test this accounts for long and short baskets: in long ones, items occur together without being
    /// related.
    ///
    /// # Errors
    ///
    /// Those of [`swap_randomised`](Transactions::swap_randomised). With 0 samples all p-values are 1.
    ///
    /// # Complexity
    ///
    /// For each sample 5 draws per entry, and the time of [`evaluate`](Rules::evaluate) on one thread. Samples run in
    /// parallel; the result depends on the baskets and the seed alone, not on the order of the rows.
    ///
    /// # Source
    ///
    /// A. Gionis, H. Mannila, T. Mielikäinen, P. Tsaparas: Assessing data mining results via swap randomization, ACM
    /// TKDD 1, 2007.
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
    /// let p_values = rules.swap_test(&baskets, Measure::Lift, 99, 1)?;
    /// assert!(p_values.iter().all(|p| p.to_string() == "0.010"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn swap_test(
        &self,
        transactions: &Transactions<T>,
        measure: Measure,
        samples: usize,
        seed: u64,
    ) -> Result<Vec<PValue>, Error> {
        let workers = Workers::by_default();
        let wanted = Sides::of(self, transactions).wanted(workers);
        let swaps = swaps(transactions, &NEVER)?;
        Ok(test(&wanted, transactions.rows(), &swaps, measure, samples, seed, workers))
    }

    /// As [`swap_test`](Rules::swap_test), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`] and of [`swap_test`](Rules::swap_test).
    pub fn swap_test_with(
        &self,
        transactions: &Transactions<T>,
        measure: Measure,
        samples: usize,
        seed: u64,
        options: &RunOptions,
    ) -> Result<Vec<PValue>, Error> {
        options.run(|control| {
            let entries = transactions.entries();
            let shared = BYTES_PER_ROW * transactions.len() as u64 + BYTES_PER_ENTRY * entries;
            // Shuffled baskets for each thread.
            let own = BYTES_PER_RULE * self.len() as u64 + size_of::<u32>() as u64 * entries;
            let threads = options.pool.workers().min(samples.max(1)) as u64;
            options.check_room(shared + threads * own)?;
            let sides = Sides::of(self, transactions);
            let swaps = swaps(transactions, control)?;
            let rows = transactions.rows();
            options.on_threads(control, |workers| {
                test(&sides.wanted(workers), rows, &swaps, measure, samples, seed, workers)
            })
        })
    }
}

/// Bytes that the baskets in their canonical order take for each basket, and for each entry.
const BYTES_PER_ROW: u64 = 24;
const BYTES_PER_ENTRY: u64 = 8;

fn swaps<T: Ord>(transactions: &Transactions<T>, control: &Control) -> Result<Swaps, Error> {
    let ticker = &mut Ticker::new(control);
    Swaps::new(transactions, &CanonicalOrder::new(transactions, ticker), ticker)
}

/// The p-values of the rules whose sides are counted.
fn test(
    wanted: &Wanted,
    rows: EncodedRows<'_>,
    swaps: &Swaps,
    measure: Measure,
    samples: usize,
    seed: u64,
    workers: Workers<'_>,
) -> Vec<PValue> {
    let (judge, rules) = (measure.judge(), wanted.rules());
    let control = workers.control();
    let goodness = |counts: &[u64]| -> Vec<f64> {
        let observed = (0..rules).map(|rule| wanted.observed(rule, counts, rows.len()));
        observed.map(|observed| observed.counts().map_or(f64::NEG_INFINITY, |counts| judge.goodness(&counts))).collect()
    };
    // Units are rows, of the real baskets and of each sample.
    control.begin(SEARCH, (rows.stored() as u64).saturating_add((rows.len() as u64).saturating_mul(samples as u64)));
    let real = goodness(&wanted.count(rows, workers));
    let parts = workers.parts(samples, 1);
    let as_good = workers.run_parts(&parts, |part| {
        let mut as_good = vec![0u64; rules];
        for sample in part {
            let swapped = swaps.sample(seed, sample as u64, &mut Ticker::new(control));
            let found = goodness(&wanted.count(swaps.rows(&swapped), Workers::SEQUENTIAL.watching(control)));
            for ((times, real), found) in as_good.iter_mut().zip(&real).zip(found) {
                *times += u64::from(found >= *real);
            }
            if control.should_stop() {
                break;
            }
        }
        as_good
    });
    let mut total = vec![1u64; rules];
    for as_good in as_good {
        total.iter_mut().zip(as_good).for_each(|(total, times)| *total += times);
    }
    total.into_iter().map(|times| PValue::new(times as f64 / (samples as f64 + 1.0))).collect()
}
