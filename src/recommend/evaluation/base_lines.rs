//! What shops run today, for comparison.

use std::hash::Hash;

use hashbrown::{HashMap, HashSet};

use super::shopper::{Recommend, Shopper};
use crate::recommend::{ItemToItem, Relation};
use crate::transactions::Transactions;

/// The items that are in most baskets, whoever is shopping. Of equally popular items the first by label comes first.
#[derive(Clone, Debug)]
pub struct Popularity<T> {
    items: Vec<T>,
}

impl<T: Clone + Ord> Popularity<T> {
    /// The items of the baskets to learn from, such as [`Trial::training`](super::Trial::training).
    #[must_use]
    pub fn new(baskets: &Transactions<T>) -> Self {
        let counted = baskets.dictionary().labels().iter().zip(baskets.counts()).filter(|&(_, &count)| count > 0);
        let mut items: Vec<(&T, u64)> = counted.map(|(item, &count)| (item, count)).collect();
        items.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
        Popularity { items: items.into_iter().map(|(item, _)| item.clone()).collect() }
    }
}

impl<T: Clone + PartialEq> Recommend<T> for Popularity<T> {
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T> {
        self.items.iter().filter(|item| !shopper.basket().contains(item)).take(k).cloned().collect()
    }
}

/// What the customer buys most often: the items in most of the earlier baskets; of equal ones that bought last, then the
/// first by label.
#[derive(Clone, Copy, Debug, Default)]
pub struct PersonalPopularity;

impl<T: Clone + Eq + Hash + Ord> Recommend<T> for PersonalPopularity {
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T> {
        // How often, and when last.
        let mut bought: HashMap<&T, (usize, usize)> = HashMap::new();
        for (visit, basket) in shopper.history().iter().enumerate() {
            for item in basket.iter().collect::<HashSet<_>>() {
                let (times, last) = bought.entry(item).or_default();
                (*times, *last) = (*times + 1, visit);
            }
        }
        let mut items: Vec<(&T, (usize, usize))> =
            bought.into_iter().filter(|(item, _)| !shopper.basket().contains(item)).collect();
        items.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
        items.into_iter().take(k).map(|(item, _)| item.clone()).collect()
    }
}

/// What the customer buys most often, then what all customers do.
///
/// A strong base line for the next basket: M. Li, S. Jullien, M. Ariannezhad, M. de Rijke: A next basket recommendation
/// reality check, ACM Transactions on Information Systems 41, 2023 (there: GP-TopFreq).
#[derive(Clone, Debug)]
pub struct PopularityMix<T> {
    popular: Popularity<T>,
}

impl<T: Clone + Ord> PopularityMix<T> {
    /// The items of the baskets to learn from.
    #[must_use]
    pub fn new(baskets: &Transactions<T>) -> Self {
        PopularityMix { popular: Popularity::new(baskets) }
    }
}

impl<T: Clone + Eq + Hash + Ord> Recommend<T> for PopularityMix<T> {
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T> {
        let mut items = PersonalPopularity.recommend(shopper, k);
        for item in &self.popular.items {
            if items.len() >= k {
                break;
            }
            if !shopper.basket().contains(item) && !items.contains(item) {
                items.push(item.clone());
            }
        }
        items
    }
}

/// [`ItemToItem`] for the items in hand, or for those of the last basket if there are none.
#[derive(Clone, Debug)]
pub struct ItemToItemLine<T> {
    pairs: ItemToItem<T>,
    by: Relation,
}

impl<T> ItemToItemLine<T> {
    /// With the relation that pairs are valued by; most shops run [`Measure::Cosine`](crate::Measure::Cosine).
    #[must_use]
    pub fn new(pairs: ItemToItem<T>, by: impl Into<Relation>) -> Self {
        ItemToItemLine { pairs, by: by.into() }
    }
}

impl<T: Clone + Eq + Hash + Ord> Recommend<T> for ItemToItemLine<T> {
    fn recommend(&self, shopper: Shopper<'_, T>, k: usize) -> Vec<T> {
        let found = self.pairs.recommend(shopper.latest(), k, self.by);
        found.into_iter().map(|related| related.item().clone()).collect()
    }
}
