//! The score of an item in the next basket.

use std::fmt;
use std::hash::Hash;

use hashbrown::HashMap;

use super::weights::HabitWeights;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::recommend::ItemToItem;
use crate::run_options::RunOptions;

/// What a customer puts into the next basket: what they often buy, most of all lately, and what goes with that.
///
/// For a customer with baskets `b_1, ..., b_m`, the oldest first, and weights `d` (decay), `a` (pairs) and `c`
/// (popularity), the score of an item is
///
/// ```text
/// habit(i) + a explore(i) + c popular(i)
///
/// habit(i)   = Σ_v d^(m-v) [i in b_v] / Σ_v d^(m-v)           the customer's own, decayed share of baskets
/// explore(i) = Σ_j w(j) n_ij / n_j / Σ_j w(j), over j ≠ i     the mean confidence of j => i
/// popular(i) = n_i / n                                        the share of all baskets
/// ```
///
/// where `j` are the items that the customer has bought, with weight `w(j) = habit(j)`, and the items in hand, with
/// weight 1. Counts are of all customers' baskets, without a minimum support. Items in hand are not recommended, and items
/// that were in no basket it learned from are ignored. Of equal scores the first by label comes first.
///
/// Repeat purchases decide most next baskets: the decayed share is that of M. Li and others (A next basket recommendation
/// reality check, ACM TOIS 41, 2023) with weights that fall with age as in H. Hu and others (Modeling personalized item
/// frequency information for next-basket recommendation, SIGIR 2020).
///
/// ```
/// use itemset::recommend::NextBasket;
///
/// let customers = [
///     vec![vec!["milk", "bread"], vec!["milk"], vec!["milk", "bread"], vec!["milk"]],
///     vec![vec!["beer", "diapers"], vec!["beer"], vec!["beer", "diapers"]],
///     vec![vec!["beer", "diapers"], vec!["beer", "diapers", "milk"]],
/// ];
/// let model = NextBasket::fit(&customers, 2)?;
/// let next = model.scored(&["diapers"], &customers[0], 2);
/// assert_eq!(next.iter().map(|&(item, _)| *item).collect::<Vec<_>>(), ["milk", "bread"]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone)]
pub struct NextBasket<T> {
    pub(super) pairs: ItemToItem<T>,
    pub(super) weights: HabitWeights,
    /// The numbers of the most popular items, the first of which fill up any list.
    popular: Vec<u32>,
}

/// The parts of an item's score.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    pub(super) habit: f64,
    pub(super) explore: f64,
    pub(super) popular: f64,
}

impl Parts {
    pub(super) fn score(&self, weights: &HabitWeights) -> f64 {
        self.habit + weights.pairs * self.explore + weights.popularity * self.popular
    }
}

impl<T: Clone + Eq + Hash + Ord> NextBasket<T> {
    /// Learns from the baskets of customers, the oldest first, with given weights.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a weight that is not allowed.
    pub fn with_weights<H: AsRef<[Vec<T>]>>(
        customers: impl IntoIterator<Item = H>,
        weights: HabitWeights,
    ) -> Result<Self, Error> {
        RunOptions::new().run(|control| {
            let customers: Vec<H> = customers.into_iter().collect();
            let baskets = customers.iter().flat_map(AsRef::as_ref);
            NextBasket::learn(baskets, weights, &mut Ticker::new(control))
        })
    }

    pub(super) fn learn<'c>(
        baskets: impl Iterator<Item = &'c Vec<T>>,
        weights: HabitWeights,
        ticker: &mut Ticker<'_>,
    ) -> Result<Self, Error>
    where
        T: 'c,
    {
        weights.check()?;
        let mut pairs = ItemToItem::new();
        for basket in baskets {
            pairs.add(basket.iter().cloned())?;
            ticker.check(1 + 4 * basket.len() * basket.len())?;
        }
        NextBasket::of(pairs, weights)
    }

    /// Of the pairs of all baskets, none of which was forgotten.
    pub(crate) fn of(pairs: ItemToItem<T>, weights: HabitWeights) -> Result<Self, Error> {
        weights.check()?;
        // Items are numbered by a u32, and none was forgotten.
        let mut popular: Vec<u32> = (0..pairs.item_count() as u32).collect();
        popular.sort_unstable_by(|&a, &b| {
            let by_count = pairs.count(b).cmp(&pairs.count(a));
            by_count.then_with(|| pairs.label(a).cmp(&pairs.label(b)))
        });
        Ok(NextBasket { pairs, weights, popular })
    }

    /// The pairs of all baskets.
    #[cfg(feature = "snapshot")]
    pub(crate) fn pairs(&self) -> &ItemToItem<T> {
        &self.pairs
    }

    /// The weights, as they were given or fitted.
    pub fn weights(&self) -> HabitWeights {
        self.weights
    }

    /// The `k` items that the customer most likely puts into the basket in hand, with their scores, the best first; fewer
    /// if there are no more items.
    pub fn scored(&self, basket: &[T], history: &[Vec<T>], k: usize) -> Vec<(&T, f64)> {
        let parts = self.parts(basket, history, self.weights.decay, k);
        let scored = parts.into_iter().filter_map(|(number, parts)| {
            let item = self.pairs.label(number)?;
            Some((item, parts.score(&self.weights)))
        });
        let mut scored: Vec<(&T, f64)> = scored.collect();
        scored.sort_unstable_by(|(a, of_a), (b, of_b)| of_b.total_cmp(of_a).then_with(|| a.cmp(b)));
        scored.truncate(k);
        scored
    }

    /// The parts of the scores of all items that may be among the best `k`: those of the history, those that go with it
    /// or with the basket, and the most popular ones.
    pub(super) fn parts(&self, basket: &[T], history: &[Vec<T>], decay: f64, k: usize) -> Vec<(u32, Parts)> {
        let numbered = |items: &[T]| {
            let mut numbers: Vec<u32> = items.iter().filter_map(|item| self.pairs.number(item)).collect();
            // An order that depends on labels alone, for the sums.
            numbers.sort_unstable_by_key(|&number| self.pairs.label(number));
            numbers.dedup();
            numbers
        };
        let mut parts: HashMap<u32, Parts> = HashMap::new();
        let (mut weight, mut total) = (1.0, 0.0);
        for visit in history.iter().rev() {
            numbered(visit).into_iter().for_each(|item| parts.entry(item).or_default().habit += weight);
            total += weight;
            weight *= decay;
        }
        parts.values_mut().for_each(|parts| parts.habit /= total);
        let in_hand = numbered(basket);
        let mut sources: Vec<(u32, f64)> = parts.iter().map(|(&item, parts)| (item, parts.habit)).collect();
        sources.retain(|(item, _)| !in_hand.contains(item));
        sources.extend(in_hand.iter().map(|&item| (item, 1.0)));
        sources.sort_unstable_by_key(|&(item, _)| self.pairs.label(item));
        // The item itself is no source for it.
        let mut all = 0.0;
        // By source, the weights before it. What is left of the sum without one is not found by subtraction, which leaves
        // nothing of weights that fell with age.
        let mut before: Vec<f64> = Vec::with_capacity(sources.len());
        for (_, weight) in &sources {
            before.push(all);
            all += weight;
        }
        for &(source, weight) in &sources {
            let of_source = f64::from(self.pairs.count(source));
            for (&item, &together) in &self.pairs.companions[source as usize] {
                parts.entry(item).or_default().explore += weight * f64::from(together) / of_source;
            }
        }
        let mut after = 0.0;
        let mut others_of: HashMap<u32, f64> = HashMap::with_capacity(sources.len());
        for ((source, weight), before) in sources.into_iter().zip(before).rev() {
            others_of.insert(source, before + after);
            after += weight;
        }
        // Whatever nothing speaks for but its popularity is not better than the most popular of its kind.
        let spare = k.saturating_add(in_hand.len()).saturating_add(parts.len());
        for &item in self.popular.iter().take(spare) {
            parts.entry(item).or_default();
        }
        let mut parts: Vec<(u32, Parts)> = parts.into_iter().filter(|(item, _)| !in_hand.contains(item)).collect();
        for (item, parts) in &mut parts {
            let others = others_of.get(item).copied().unwrap_or(all);
            parts.explore = if parts.explore > 0.0 && others > 0.0 { parts.explore / others } else { 0.0 };
            parts.popular = f64::from(self.pairs.count(*item)) / self.pairs.len() as f64;
        }
        parts
    }
}

#[cfg(feature = "random")]
impl<T: Clone + Eq + Hash + Ord> crate::recommend::Recommend<T> for NextBasket<T> {
    fn recommend(&self, shopper: crate::recommend::Shopper<'_, T>, k: usize) -> Vec<T> {
        self.scored(shopper.basket(), shopper.history(), k).into_iter().map(|(item, _)| item.clone()).collect()
    }
}

/// Its weights, and what it learned from.
impl<T> fmt::Debug for NextBasket<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextBasket").field("weights", &self.weights).field("pairs", &self.pairs).finish()
    }
}
