//! How many rules a search examines.

use std::ops::{RangeBounds, RangeInclusive};

use crate::rules::make::item_filter::{Kinds, Placement};

/// How many rules were searched, by their length: what makes a p-value of one rule a statement about a whole search.
///
/// The best of a million rules looks very good even in pure noise. More was searched than found: every rule that the
/// frequent items and the allowed lengths permit could have been found. So the number follows from those alone (see
/// [`RuleBuilder::hypotheses`](crate::RuleBuilder::hypotheses)), and the corrections of
/// [`Rules::significant`](crate::Rules::significant) are for this number.
///
/// Lengths go up to that of the longest frequent itemset. To fix them independently of the data, as a strict test
/// demands, set a [maximum length](crate::Miner::max_len) when mining; a small one also leaves far fewer hypotheses.
///
/// ```
/// use itemset::{MinSupport, Miner, Transactions};
///
/// // 10 items: 10 * 9 rules of two items, and 10 of the 9 * 8 / 2 pairs on the left of the others: 360.
/// let baskets = Transactions::from_rows((0..20u32).map(|basket| (basket % 4)..10))?;
/// let itemsets = Miner::new().min_support(MinSupport::count(1)).max_len(3).mine(&baskets)?;
/// let hypotheses = itemsets.rules().hypotheses();
/// assert_eq!((hypotheses.of_len(2), hypotheses.of_len(3), hypotheses.total()), (90.0, 360.0, 450.0));
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Hypotheses {
    /// Rules of no item, of one (where the left side may be empty), and so on.
    by_len: Vec<f64>,
}

impl Hypotheses {
    /// Counts the rules over `items` items that a placement and the lengths of the sides permit, up to a length of both
    /// sides together.
    pub(in crate::rules) fn count(
        placement: &Placement,
        items: usize,
        longest: usize,
        antecedent_len: &RangeInclusive<usize>,
        consequent_len: &RangeInclusive<usize>,
    ) -> Self {
        let mut by_len = vec![0.0; longest + 1];
        if let Some(kinds) = placement.kinds(items) {
            for (len, rules) in by_len.iter_mut().enumerate() {
                for right in (1..=len).filter(|right| consequent_len.contains(right)) {
                    if antecedent_len.contains(&(len - right)) {
                        *rules += kinds.rules(len - right, right);
                    }
                }
            }
        }
        Hypotheses { by_len }
    }

    /// This many rules, all of one length: for testing rules that were chosen beforehand, or on other data.
    ///
    /// ```
    /// use itemset::Hypotheses;
    ///
    /// assert_eq!(Hypotheses::chosen(20).total(), 20.0);
    /// ```
    #[must_use]
    pub fn chosen(rules: usize) -> Self {
        Hypotheses { by_len: vec![rules as f64] }
    }

    /// Only the rules with lengths in a range, as items on both sides together: for rules that are filtered by length
    /// before they are tested. Of a number without lengths, as [`chosen`](Hypotheses::chosen) gives it, all are kept.
    ///
    /// ```
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows((0..20u32).map(|basket| (basket % 4)..10))?;
    /// let itemsets = Miner::new().min_support(MinSupport::count(1)).max_len(3).mine(&baskets)?;
    /// let hypotheses = itemsets.rules().hypotheses();
    /// assert_eq!((hypotheses.total(), hypotheses.with_lengths(3..).total()), (450.0, 360.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn with_lengths(mut self, lengths: impl RangeBounds<usize>) -> Self {
        if !self.is_one_layer() {
            let others = self.by_len.iter_mut().enumerate().filter(|(len, _)| !lengths.contains(len));
            others.for_each(|(_, rules)| *rules = 0.0);
        }
        self
    }

    /// Rules of this many items on both sides together; exact up to 2^53, infinite beyond 1e308.
    #[must_use]
    pub fn of_len(&self, len: usize) -> f64 {
        self.by_len.get(len).copied().unwrap_or(0.0)
    }

    /// Rules of all lengths.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.by_len.iter().sum()
    }

    /// Lengths that there are rules of.
    #[must_use]
    pub fn layers(&self) -> usize {
        self.by_len.iter().filter(|&&rules| rules > 0.0).count()
    }

    /// Whether rules of all lengths are counted together.
    pub(super) fn is_one_layer(&self) -> bool {
        self.by_len.len() == 1
    }
}

/// The serialised form: no number where it is infinite, which text cannot say.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Hypotheses")]
struct Stored {
    by_len: Vec<Option<f64>>,
}

#[cfg(feature = "serde")]
impl From<Hypotheses> for Stored {
    fn from(hypotheses: Hypotheses) -> Self {
        Stored {
            by_len: hypotheses.by_len.into_iter().map(|rules| Some(rules).filter(|rules| rules.is_finite())).collect(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Hypotheses {
    type Error = crate::error::Error;

    fn try_from(stored: Stored) -> Result<Self, crate::error::Error> {
        let by_len: Vec<f64> = stored.by_len.into_iter().map(|rules| rules.unwrap_or(f64::INFINITY)).collect();
        match by_len.iter().all(|&rules| rules >= 0.0) {
            true => Ok(Hypotheses { by_len }),
            false => Err(crate::error::Error::inconsistent("hypotheses", "a number of rules is negative")),
        }
    }
}

impl Kinds {
    /// The rules with `left` and `right` items on their sides.
    fn rules(&self, left: usize, right: usize) -> f64 {
        let mut rules = 0.0;
        // Of the items that may stand anywhere: the required ones on the left, and the others on the left.
        for required in 0..=self.required_anywhere.min(left) {
            let (Some(left), Some(right)) = (
                left.checked_sub(self.required_left + required),
                right.checked_sub(self.required_right + self.required_anywhere - required),
            ) else {
                continue;
            };
            for on_left in 0..=self.anywhere.min(left) {
                rules += choose(self.required_anywhere, required)
                    * choose(self.anywhere, on_left)
                    * choose(self.left, left - on_left)
                    * choose(self.right + self.anywhere - on_left, right);
            }
        }
        rules
    }
}

fn choose(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    // Each step is a binomial coefficient, so that it is exact while those are below 2^53.
    (0..k).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::item_match::{ItemMatch, RuleSide};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn count_equals_enumeration(
            said in prop::collection::vec((0..7usize, 0..8u32), 0..5),
            a_min in 0..3usize, a_max in 0..4usize, c_min in 1..3usize, c_max in 1..4usize,
        ) {
            let items = 7usize;
            let mut placement = Placement::default();
            for (how, rank) in said {
                let ranks = [Some(rank).filter(|&rank| rank < items as u32)];
                let (left, right, both) = (RuleSide::Antecedent, RuleSide::Consequent, RuleSide::Both);
                match how {
                    0 => placement.ask(left, ItemMatch::Only, &[ranks[0], Some(0), Some(1), Some(2)], items),
                    1 => placement.ask(right, ItemMatch::Only, &[ranks[0], Some(2), Some(3)], items),
                    2 => placement.ask(left, ItemMatch::None, &ranks, items),
                    3 => placement.ask(right, ItemMatch::None, &ranks, items),
                    4 => placement.ask(left, ItemMatch::All, &ranks, items),
                    5 => placement.ask(right, ItemMatch::All, &ranks, items),
                    _ => placement.ask(both, ItemMatch::All, &ranks, items),
                }
            }
            let longest = 5;
            let found = Hypotheses::count(&placement, items, longest, &(a_min..=a_max), &(c_min..=c_max));
            let mut expected = vec![0.0; longest + 1];
            for set in 1..1u32 << items {
                let ranks: Vec<u32> = (0..items as u32).filter(|rank| set >> rank & 1 == 1).collect();
                let Some(sides) = placement.sides(&ranks, placement.required()) else { continue };
                for right in 1..1u32 << ranks.len() {
                    let (len, on_right) = (ranks.len(), right.count_ones() as usize);
                    let allowed = right & !sides.right == 0 && sides.not_left & !right == 0;
                    let lens = (a_min..=a_max).contains(&(len - on_right)) && (c_min..=c_max).contains(&on_right);
                    if allowed && len <= longest && lens {
                        expected[len] += 1.0;
                    }
                }
            }
            prop_assert_eq!(found.by_len, expected);
        }
    }

    #[test]
    fn huge_counts_are_infinite() {
        let hypotheses = Hypotheses::count(&Placement::default(), 1_000_000, 32, &(1..=32), &(1..=32));
        assert!(hypotheses.of_len(3) > 1e17 && hypotheses.of_len(32) > 1e150);
        assert_eq!((hypotheses.of_len(1), hypotheses.of_len(33), hypotheses.layers()), (0.0, 0.0, 31));
    }
}
