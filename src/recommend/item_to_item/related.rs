//! The items that go with an item, or with a basket.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

use hashbrown::HashMap;

use super::counts::ItemToItem;
use super::relation::Relation;
use crate::recommend::Reason;
use crate::rules::Contingency;

/// An item that goes with an item or a basket; from [`ItemToItem::related`] and [`ItemToItem::recommend`].
#[derive(Clone, Debug, PartialEq)]
pub struct Related<'a, T> {
    of: &'a T,
    item: &'a T,
    counts: Contingency,
    value: f64,
    score: f64,
}

impl<'a, T> Related<'a, T> {
    /// The item.
    #[must_use]
    pub fn item(&self) -> &'a T {
        self.item
    }

    /// How much it goes with the item or the basket that was asked about, in the unit of the [`Relation`].
    #[must_use]
    pub fn score(&self) -> f64 {
        self.score
    }

    /// The baskets in all, with the item that was asked about (or the one of the basket that it goes with best), with
    /// this one, and with both.
    #[must_use]
    pub fn counts(&self) -> Contingency {
        self.counts
    }

    /// Why: the item asked about, or the one of the basket that it goes with best.
    #[must_use]
    pub fn reason(&self) -> Reason<'a, T> {
        Reason::new(vec![self.of], vec![self.item], self.counts, self.value)
    }
}

/// `chips (0.410), because of beer: 41 % of such baskets, 3.2 times the usual`.
impl<T: fmt::Display> fmt::Display for Related<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:.3}), {}", self.item, self.score, self.reason())
    }
}

/// An item while the best are sought.
struct Candidate<'a, T> {
    goodness: f64,
    best: f64,
    related: Related<'a, T>,
}

impl<T: Eq + Hash + Ord> ItemToItem<T> {
    /// The `k` items that go best with an item, the best first, or all that are related if there are fewer; none for a
    /// label that is in no basket.
    ///
    /// Of equally related items the one that is together with it more often comes first, then the first by label.
    ///
    /// # Complexity
    ///
    /// A value for each item that it is together with, then `O(n log k)`.
    ///
    /// ```
    /// use itemset::recommend::{ItemToItem, Relation};
    ///
    /// let rows = [vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"], vec!["beer", "chips"]];
    /// let pairs = ItemToItem::from_transactions(&itemset::Transactions::from_rows(rows)?)?;
    /// let best = &pairs.related("diapers", 5, Relation::LogLikelihood)[0];
    /// assert_eq!(best.to_string(), "beer (1.726), because of diapers: 100 % of such baskets, 1.3 times the usual");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn related<Q>(&self, item: &Q, k: usize, by: impl Into<Relation>) -> Vec<Related<'_, T>>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.best(self.number(item).as_slice(), k, by.into())
    }

    /// The `k` items that go best with a basket and are not in it, the best first.
    ///
    /// An item's score is the sum of its relations with the items of the basket; where smaller is better, as for
    /// p-values, it is the smallest. Infinite relations count as 1e300 in a sum. Equal scores are ordered as by
    /// [`related`](ItemToItem::related), by the item of the basket that the recommended one goes with best. Labels that
    /// are in no basket are ignored.
    ///
    /// ```
    /// use itemset::Measure;
    /// use itemset::recommend::ItemToItem;
    ///
    /// let rows = [vec!["beer", "diapers"], vec!["beer", "diapers", "wipes"], vec!["chips"], vec!["beer", "chips"]];
    /// let pairs = ItemToItem::from_transactions(&itemset::Transactions::from_rows(rows)?)?;
    /// let found = pairs.recommend(["beer", "wipes"], 1, Measure::Cosine);
    /// assert_eq!(*found[0].item(), "diapers");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn recommend<'q, Q>(
        &self,
        basket: impl IntoIterator<Item = &'q Q>,
        k: usize,
        by: impl Into<Relation>,
    ) -> Vec<Related<'_, T>>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let mut basket: Vec<u32> = basket.into_iter().filter_map(|label| self.number(label)).collect();
        // The order of the sums, which must not depend on numbers.
        basket.sort_unstable_by_key(|&number| self.label(number));
        basket.dedup();
        self.best(&basket, k, by.into())
    }

    fn best(&self, basket: &[u32], k: usize, by: Relation) -> Vec<Related<'_, T>> {
        let goodness = by.goodness();
        let mut candidates: HashMap<u32, Candidate<'_, T>> = HashMap::new();
        for &of in basket {
            for (&other, &together) in &self.companions[of as usize] {
                if basket.contains(&other) {
                    continue;
                }
                let counts = self.contingency(of, other, together);
                let (Some(value), Some(of), Some(item)) = (by.value(&counts), self.label(of), self.label(other)) else {
                    continue;
                };
                let related = Related { of, item, counts, value, score: value };
                let best = goodness(&counts);
                match candidates.get_mut(&other) {
                    None => drop(candidates.insert(other, Candidate { goodness: finite(best), best, related })),
                    Some(known) => {
                        let is_better =
                            best > known.best || best == known.best && counts.n_xy() > known.related.counts.n_xy();
                        let score = match by.larger_is_better() {
                            true => finite(known.related.score) + finite(value),
                            false => known.related.score.min(value),
                        };
                        known.goodness = match by.larger_is_better() {
                            true => known.goodness + finite(best),
                            false => known.goodness.max(finite(best)),
                        };
                        if is_better {
                            (known.best, known.related) = (best, related);
                        }
                        known.related.score = score;
                    }
                }
            }
        }
        let mut found: Vec<Candidate<'_, T>> = candidates.into_values().collect();
        let order = |a: &Candidate<'_, T>, b: &Candidate<'_, T>| {
            let by_goodness = b.goodness.total_cmp(&a.goodness);
            let by_count = by_goodness.then_with(|| b.related.counts.n_xy().cmp(&a.related.counts.n_xy()));
            by_count.then_with(|| a.related.item.cmp(b.related.item))
        };
        if k == 0 {
            return Vec::new();
        }
        if k < found.len() {
            found.select_nth_unstable_by(k - 1, order);
            found.truncate(k);
        }
        found.sort_unstable_by(order);
        found.into_iter().map(|candidate| candidate.related).collect()
    }
}

/// So that sums are numbers.
fn finite(value: f64) -> f64 {
    value.clamp(-1e300, 1e300)
}
