//! One rule.

use std::iter::FusedIterator;

use super::contingency::Contingency;
use super::make::store::Split;
use super::measures::Measure;
use super::rule_set::Rules;
use crate::itemsets::FrequentItems;

/// A rule X ⇒ Y: baskets with the items of X also hold those of Y, in a share of the cases.
///
/// It borrows from the [`Rules`] that it is one of, and is as cheap to copy as a reference.
#[derive(Debug)]
pub struct Rule<'a, T> {
    pub(super) of: &'a Rules<T>,
    pub(super) split: &'a Split,
}

impl<'a, T> Rule<'a, T> {
    /// The items of the left side X, in the order of their labels; none where an
    /// [empty left side](crate::RuleBuilder::antecedent_len) was asked for.
    #[doc(alias = "lhs")]
    #[doc(alias = "body")]
    pub fn antecedent(&self) -> impl ExactSizeIterator<Item = &'a T> + FusedIterator + Clone + use<'a, T> {
        let (ranks, right) = self.of.store.itemset(self.split);
        // An itemset has one item at the least, and at most as many as the mask has bits.
        Side { items: &self.of.items, ranks, mask: (u32::MAX >> (u32::BITS as usize - ranks.len())) & !right }
    }

    /// The items of the right side Y, at least one, in the order of their labels.
    #[doc(alias = "rhs")]
    #[doc(alias = "head")]
    pub fn consequent(&self) -> impl ExactSizeIterator<Item = &'a T> + FusedIterator + Clone + use<'a, T> {
        let (ranks, right) = self.of.store.itemset(self.split);
        Side { items: &self.of.items, ranks, mask: right }
    }

    /// The baskets in all, with X, with Y, and with both.
    #[must_use]
    pub fn counts(&self) -> Contingency {
        self.of.store.counts(self.split, self.of.baskets)
    }

    /// The baskets that hold both sides.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.of.store.n_xy(self.split)
    }

    /// The share of all baskets that hold both sides, above 0 and at most 1: [`Measure::Support`].
    #[must_use]
    pub fn support(&self) -> f64 {
        self.measure(Measure::Support)
    }

    /// The share of the baskets with X that hold Y too, above 0 and at most 1: [`Measure::Confidence`].
    #[must_use]
    pub fn confidence(&self) -> f64 {
        self.measure(Measure::Confidence)
    }

    /// How many times as often as by chance the sides come together, above 0: [`Measure::Lift`].
    #[must_use]
    pub fn lift(&self) -> f64 {
        self.measure(Measure::Lift)
    }

    /// The share of all baskets that hold both sides beyond what chance gives, -0.25 to 0.25: [`Measure::Leverage`].
    #[must_use]
    pub fn leverage(&self) -> f64 {
        self.measure(Measure::Leverage)
    }

    /// How many times as often as it does X would come without Y by chance, 0 to +∞: [`Measure::Conviction`].
    #[must_use]
    pub fn conviction(&self) -> f64 {
        self.measure(Measure::Conviction)
    }

    /// The value of any measure, never NaN; computed from the counts at each call (see [`Contingency::measure`]).
    #[must_use]
    pub fn measure(&self, measure: Measure) -> f64 {
        measure.value(&self.counts())
    }
}

impl<T> Clone for Rule<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rule<'_, T> {}

/// The same labels on each side, and the same counts.
impl<T: PartialEq> PartialEq for Rule<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.counts() == other.counts()
            && self.antecedent().eq(other.antecedent())
            && self.consequent().eq(other.consequent())
    }
}

impl<T: Eq> Eq for Rule<'_, T> {}

/// The items of an itemset that are in a mask.
struct Side<'a, T> {
    items: &'a FrequentItems<T>,
    ranks: &'a [u32],
    mask: u32,
}

impl<T> Clone for Side<'_, T> {
    fn clone(&self) -> Self {
        Side { ..*self }
    }
}

impl<'a, T> Iterator for Side<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        let &rank = self.ranks.get(self.mask.trailing_zeros() as usize)?;
        self.mask &= self.mask - 1;
        Some(self.items.label(rank))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.mask.count_ones() as usize;
        (left, Some(left))
    }
}

impl<T> ExactSizeIterator for Side<'_, T> {}

// At its end the mask is empty, and stays so.
impl<T> FusedIterator for Side<'_, T> {}
