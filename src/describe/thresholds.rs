//! What a threshold would give.

use std::time::Instant;

use crate::call::control::Control;
use crate::error::Error;
use crate::mine::query::min_support::MinSupport;
use crate::miner::{Estimate, Miner};
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// The supports that are tried.
const SUPPORTS: [f64; 9] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/// What is frequent at a minimum support, in a [`Description`](super::Description).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ThresholdEffect {
    /// The minimum support, as a fraction of the baskets.
    pub support: f64,
    /// The same as the smallest number of baskets.
    pub min_count: u64,
    /// Frequent items.
    pub items: u64,
    /// Frequent pairs of items.
    pub pairs: u64,
    /// Frequent itemsets of any number of items: counted if that is quick, otherwise estimated. It serialises as
    /// `estimate`, `low`, `high` and `is_exact`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_numbers"))]
    pub itemsets: Estimate,
}

/// The effect of each support, the highest first. Supports that mean the same number of baskets are tried once.
pub(super) fn effects<T: Ord>(
    baskets: &Transactions<T>,
    options: &RunOptions,
    control: &Control,
) -> Result<Vec<ThresholdEffect>, Error> {
    let begin = Instant::now();
    let mut effects: Vec<ThresholdEffect> = Vec::new();
    for (support, left) in SUPPORTS.into_iter().zip((1..=SUPPORTS.len()).rev()) {
        let min_count = MinSupport::fraction(support).min_count(baskets.len() as u64)?;
        if !baskets.is_empty() && effects.last().is_none_or(|last| last.min_count > min_count) {
            // What ends this call ends its parts, which have what is left of the time.
            let time_limit = options.time_limit.map(|limit| limit.saturating_sub(begin.elapsed()));
            let options = RunOptions { time_limit, listener: None, ..options.clone() };
            let miner = Miner::new().min_support(MinSupport::count(min_count)).run_options(options);
            effects.push(effect(baskets, support, &miner).map_err(|error| control.check().err().unwrap_or(error))?);
        }
        control.skip(1.0 / left as f64);
    }
    Ok(effects)
}

fn effect<T: Ord>(baskets: &Transactions<T>, support: f64, miner: &Miner) -> Result<ThresholdEffect, Error> {
    let counts = miner.clone().max_len(2).count(baskets)?;
    let of_len = |len: usize| counts.by_len().get(len - 1).map_or(0, |&itemsets| itemsets as u64);
    let itemsets = miner.estimate_itemsets(baskets)?;
    Ok(ThresholdEffect { support, min_count: counts.min_count(), items: of_len(1), pairs: of_len(2), itemsets })
}

#[cfg(feature = "serde")]
fn as_numbers<S: serde::Serializer>(itemsets: &Estimate, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct;

    let mut numbers = serializer.serialize_struct("Itemsets", 4)?;
    numbers.serialize_field("estimate", &itemsets.itemsets())?;
    numbers.serialize_field("low", &itemsets.low())?;
    numbers.serialize_field("high", &itemsets.high())?;
    numbers.serialize_field("is_exact", &itemsets.is_exact())?;
    numbers.end()
}
