//! Rules over the baskets that know what they are about.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::Hash;

use hashbrown::HashMap;

use super::AdjustedItemsets;
use crate::error::Error;
use crate::rules::{Contingency, Measure};

/// A rule of baskets with missing values, from [`AdjustedItemsets::rules`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AdjustedRule<T> {
    /// The left side, ascending.
    pub antecedent: Vec<T>,
    /// The right side.
    pub consequent: T,
    /// The counts among the baskets in which no attribute of either side is missing, with all measures.
    pub counts: Contingency,
}

impl<T: Ord + Hash + Clone> AdjustedItemsets<'_, T> {
    /// The rules with one item on the right, from the itemsets in their order; those of one by the item on the right.
    ///
    /// A rule is judged among the baskets that are valid for both sides together. Its confidence is then the share, among
    /// the baskets with the left side in which the attribute on the right is known, that have the right side.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a `min_confidence` that is not from 0 to 1.
    ///
    /// # Complexity
    ///
    /// For each set of attributes with missing values that an itemset is about, that of
    /// [`FrequentItemsets::counts_in`](crate::FrequentItemsets::counts_in).
    pub fn rules(&self, min_confidence: f64) -> Result<Vec<AdjustedRule<T>>, Error> {
        if !(0.0..=1.0).contains(&min_confidence) {
            return Err(Error::invalid_setting("min_confidence", min_confidence, "a fraction from 0 to 1"));
        }
        let sorted = |items: &[u32]| {
            let mut sorted = items.to_vec();
            sorted.sort_unstable();
            sorted
        };
        let place_of: HashMap<Vec<u32>, usize> =
            (0..).zip(&self.items).map(|(place, items)| (sorted(items), place)).collect();
        let labels = self.baskets.baskets.dictionary().labels();
        let mut by_attributes: HashMap<&BTreeSet<u32>, Vec<usize>> = HashMap::new();
        for (number, attributes) in self.attributes.iter().enumerate() {
            if self.items[self.found[number].0].len() > 1 {
                by_attributes.entry(attributes).or_default().push(number);
            }
        }
        let mut rules: Vec<Vec<AdjustedRule<T>>> = vec![Vec::new(); self.found.len()];
        for (attributes, numbers) in by_attributes {
            let counts = self.searched.counts_in(&self.baskets.valid_baskets(attributes));
            let count_of = |items: &[u32]| place_of.get(&sorted(items)).map_or(0, |&place| counts[place]);
            for number in numbers {
                let (place, valid) = self.found[number];
                let mut items = self.items[place].clone();
                items.sort_unstable_by(|&a, &b| labels[a as usize].cmp(&labels[b as usize]));
                for (at, &right) in items.iter().enumerate() {
                    let left = [&items[..at], &items[at + 1..]].concat();
                    // Subsets of what was searched were searched.
                    let counts = Contingency::new(valid, count_of(&left), count_of(&[right]), counts[place])?;
                    if counts.measure(Measure::Confidence) >= min_confidence {
                        let label = |&id: &u32| labels[id as usize].clone();
                        let antecedent = left.iter().map(label).collect();
                        rules[number].push(AdjustedRule { antecedent, consequent: label(&right), counts });
                    }
                }
            }
        }
        Ok(rules.into_iter().flatten().collect())
    }
}

/// As rules are shown: the sides, support, confidence and lift.
impl<T: fmt::Display> fmt::Display for AdjustedRule<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left: Vec<String> = self.antecedent.iter().map(ToString::to_string).collect();
        let [support, confidence, lift] =
            [Measure::Support, Measure::Confidence, Measure::Lift].map(|measure| self.counts.measure(measure));
        let (left, right) = (left.join(", "), &self.consequent);
        write!(f, "{{{left}}} => {{{right}}} (support {support:.3}, confidence {confidence:.3}, lift {lift:.3})")
    }
}
