//! The items that go with an item, or with a basket.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;

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
#[derive(Clone, Copy)]
struct Candidate {
    goodness: f64,
    score: f64,
    /// The item of the basket that it goes with best: how well, the value, and the baskets with both.
    best: f64,
    value: f64,
    of: u32,
    together: u32,
}

/// Its `of` is no item's number.
const NO_CANDIDATE: Candidate =
    Candidate { goodness: 0.0, score: 0.0, best: 0.0, value: 0.0, of: u32::MAX, together: 0 };

impl<T: Eq + Hash + Ord> ItemToItem<T> {
    /// The `k` items that go best with an item, the best first, or all that are related if there are fewer; none for a
    /// label that is in no basket.
    ///
    /// Of equally related items the one that is together with it more often comes first, then the first by label.
    ///
    /// # Complexity
    ///
    /// A value for each item that it is together with, and memory in proportion to all items.
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
    /// p-values, it is the smallest. In a sum, infinite relations count as 1e300. Equal scores are ordered as by
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
        let by = by.into();
        let mut found = self.best(&basket, k, by);
        if by.larger_is_better() {
            found.iter_mut().for_each(|related| related.score = finite(related.score));
        }
        found
    }

    fn best(&self, basket: &[u32], k: usize, by: Relation) -> Vec<Related<'_, T>> {
        let (goodness, larger) = (by.goodness(), by.larger_is_better());
        let mut candidates = vec![NO_CANDIDATE; self.labels.len()];
        let mut found: Vec<u32> = Vec::new();
        for &of in basket {
            for (&other, &together) in &self.companions[of as usize] {
                let counts = self.contingency(of, other, together);
                let Some(value) = by.value(&counts) else { continue };
                // Values of p-values may be 0 that are not the same.
                let best = if larger { value } else { goodness(&counts) };
                let known = &mut candidates[other as usize];
                if known.of == u32::MAX {
                    found.push(other);
                    *known = Candidate { goodness: finite(best), score: value, best, value, of, together };
                    continue;
                }
                (known.goodness, known.score) = match larger {
                    true => (known.goodness + finite(best), finite(known.score) + finite(value)),
                    false => (known.goodness.max(finite(best)), known.score.min(value)),
                };
                if best > known.best || best == known.best && together > known.together {
                    (known.best, known.value, known.of, known.together) = (best, value, of, together);
                }
            }
        }
        found.retain(|other| !basket.contains(other));
        let order = |&a: &u32, &b: &u32| {
            let (of_a, of_b) = (&candidates[a as usize], &candidates[b as usize]);
            let by_count = of_b.goodness.total_cmp(&of_a.goodness).then_with(|| of_b.together.cmp(&of_a.together));
            by_count.then_with(|| self.label(a).cmp(&self.label(b)))
        };
        let k = k.min(found.len());
        if 0 < k && k < found.len() {
            found.select_nth_unstable_by(k - 1, order);
        }
        found.truncate(k);
        found.sort_unstable_by(order);
        let related = found.into_iter().filter_map(|number| {
            let Candidate { of, together, value, score, .. } = candidates[number as usize];
            let (counts, item) = (self.contingency(of, number, together), self.label(number)?);
            Some(Related { of: self.label(of)?, item, counts, value, score })
        });
        related.collect()
    }
}

/// So that sums are numbers.
fn finite(value: f64) -> f64 {
    value.clamp(-1e300, 1e300)
}
