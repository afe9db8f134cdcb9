//! The best rules first.

use std::cmp::Ordering;

use super::make::store::{RuleStore, Split};
use super::measures::Measure;
use super::rule::Rule;
use super::rule_set::Rules;
use crate::mine::output::smallest::Smallest;
use crate::threads::workers::Workers;

impl<T> Rules<T> {
    /// The same rules, the best by a measure first: the largest value, or the smallest where [smaller is
    /// better](Measure::larger_is_better). Rules of equal value are ordered by descending count, and rules of equal
    /// count canonically. P-values are compared as logarithms, so even those below the smallest float are ordered.
    ///
    /// Clone the rules first to keep their order. `O(n log n)`, on all threads of the pool that the call runs in.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let rules = Miner::new().min_support(0.5).mine(&baskets)?.rules().generate()?.sorted_by(Measure::Confidence);
    /// let confidences: Vec<f64> = rules.iter().map(|rule| rule.confidence()).collect();
    /// assert_eq!(confidences, [1.0, 2.0 / 3.0]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn sorted_by(mut self, measure: Measure) -> Self {
        self.store.sort_canonically();
        let judge = measure.judge();
        let (store, baskets, workers) = (&self.store, self.baskets, Workers::by_default());
        // Value, count and place in one integer: on 3 million rules four times as fast as comparing them in turn.
        let key = |place: usize| {
            let split = &store.splits[place];
            let goodness = judge.goodness(&store.counts(split, baskets));
            // Rules are numbered by a u32.
            u128::from(falling(goodness)) << 64 | u128::from(!store.code_of_both(split)) << 32 | place as u128
        };
        let keys = workers.sort(workers.collect(self.len(), MIN_RULES, key));
        // The low bits are the place.
        let split = |rank: usize| store.splits[keys[rank] as u32 as usize].numbers();
        let splits = workers.collect(keys.len(), MIN_RULES, split);
        self.store.splits = splits.into_iter().map(Split::of_numbers).collect();
        self
    }

    /// The `k` best rules by a measure, the best first, or all if there are fewer; ordered as by
    /// [`sorted_by`](Rules::sorted_by).
    ///
    /// `O(n log k)` time, on all threads of the pool that the call runs in; memory for `k` rules per part of the work.
    /// Where all rules are not needed, [`RuleBuilder::top_k`](crate::RuleBuilder::top_k) makes the best alone.
    #[must_use]
    pub fn top(&self, k: usize, measure: Measure) -> Vec<Rule<'_, T>> {
        let k = k.min(self.len());
        let (store, baskets, judge, workers) = (&self.store, self.baskets, measure.judge(), Workers::by_default());
        let found = workers.run_parts(&workers.parts(self.len(), MIN_RULES), |part| {
            let keyed = |split| Keyed { goodness: judge.goodness(&store.counts(split, baskets)), store, split };
            Smallest::of(k, store.splits[part].iter().map(keyed))
        });
        let best = Smallest::of(k, found.into_iter().flatten());
        best.into_sorted_vec().into_iter().map(|keyed| Rule { of: self, split: keyed.split }).collect()
    }
}

/// Rules of a part, at least: fewer are done before another thread is awake.
const MIN_RULES: usize = 1 << 12;

/// An integer that falls as the number rises, in the order of `f64::total_cmp`.
pub(super) fn falling(number: f64) -> u64 {
    let bits = number.to_bits();
    if number.is_sign_negative() { bits } else { !(bits | 1 << 63) }
}

/// A rule among others: the better is the smaller.
#[derive(Clone, Copy)]
struct Keyed<'a> {
    goodness: f64,
    store: &'a RuleStore,
    split: &'a Split,
}

impl Ord for Keyed<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .goodness
            .total_cmp(&self.goodness)
            .then_with(|| self.store.code_of_both(other.split).cmp(&self.store.code_of_both(self.split)))
            .then_with(|| self.store.cmp_canonical(self.split, other.split))
    }
}

impl PartialOrd for Keyed<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Keyed<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Keyed<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::tests::{mined, read};
    use crate::rules::{Consequents, Contingency};
    use proptest::prelude::*;

    #[test]
    fn a_larger_number_has_a_smaller_key() {
        let numbers =
            [f64::NEG_INFINITY, -2.5, -1.0, -f64::MIN_POSITIVE, 0.0, f64::MIN_POSITIVE, 1.0, 2.5, f64::INFINITY];
        assert!(numbers.iter().map(|&number| falling(number)).rev().is_sorted_by(|a, b| a < b));
    }

    proptest! {
        #[test]
        fn order_is_value_then_count_then_canonical(
            rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..20),
        ) {
            let rules = mined(&rows, 1).rules().min_confidence(0.0).consequents(Consequents::Any).generate().unwrap();
            for &measure in Measure::ALL {
                let mut expected: Vec<(Vec<u8>, Vec<u8>, Contingency)> = rules.iter().map(read).collect();
                // A stable sort keeps the canonical order of what is equal.
                expected.sort_by(|(.., a), (.., b)| {
                    let by_value = measure.goodness(b).partial_cmp(&measure.goodness(a)).expect("no measure is NaN");
                    by_value.then_with(|| b.n_xy().cmp(&a.n_xy()))
                });
                // What it was sorted by before leaves no trace.
                let sorted = rules.clone().sorted_by(Measure::Conviction).sorted_by(measure);
                prop_assert_eq!(&sorted.iter().map(read).collect::<Vec<_>>(), &expected);
                for k in [0, 1, 2, 7, rules.len() / 2, rules.len(), rules.len() + 1, usize::MAX] {
                    let top: Vec<_> = sorted.top(k, measure).into_iter().map(read).collect();
                    prop_assert_eq!(&top[..], &expected[..k.min(expected.len())]);
                }
            }
        }
    }
}
