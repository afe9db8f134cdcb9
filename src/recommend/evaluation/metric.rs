//! How good one list of recommendations is.

use crate::text_enum::text_enum;

text_enum! {
    /// What is measured of recommendations. The *list* is the first k items recommended, the *hidden* items are what the
    /// customer really bought, a *hit* is an item of both.
    pub enum Metric for "metric" {
        /// The share of cases with a hit.
        HitRate = "hit_rate",
        /// Hits divided by k, also where the list is shorter.
        Precision = "precision",
        /// Hits divided by the hidden items.
        Recall = "recall",
        /// The mean reciprocal rank: 1 divided by the rank of the first hit, 0 without a hit.
        Mrr = "mrr",
        /// Normalised discounted cumulative gain: the sum of `1 / log2(1 + rank)` over the hits, divided by that of the
        /// best possible list, in which the first min(k, hidden items) ranks are hits (K. Järvelin, J. Kekäläinen:
        /// Cumulated gain-based evaluation of IR techniques, ACM TOIS 20, 2002).
        Ndcg = "ndcg",
        /// Of the hidden items that the customer bought before, the share that is hit; only cases that have some.
        RepeatRecall = "repeat_recall",
        /// Of the hidden items that are new to the customer, the share that is hit; only cases that have some. Without
        /// history all items are new.
        ExploreRecall = "explore_recall",
        /// The mean of `-log2(share of training baskets that hold the item)` over the list, in bits: high for items that
        /// few know (T. Zhou and others: Solving the apparent diversity-accuracy dilemma of recommender systems, PNAS
        /// 107, 2010). An item that no training basket holds counts as one that a single basket holds. Only cases with a
        /// list.
        Novelty = "novelty",
        /// The share of the items of the training baskets that are in at least one list.
        Coverage = "coverage",
    }
}

/// The metrics that one case has a value of: all but the last.
pub(super) const OF_CASES: usize = 8;

/// What happened in a case, apart from labels.
pub(super) struct Judged {
    /// Of each item of the list, whether it is a hit, and of those whether it is a repeat.
    pub(super) hits: Vec<Option<bool>>,
    /// Hidden items that were bought before, and others.
    pub(super) repeats: usize,
    pub(super) new: usize,
    /// Bits of each item of the list.
    pub(super) bits: Vec<f64>,
}

impl Judged {
    /// The values of the case, in the order of [`Metric::ALL`]; NaN where it has none.
    pub(super) fn values(&self, k: usize) -> [f64; OF_CASES] {
        let hidden = self.repeats + self.new;
        let hits = self.hits.iter().flatten().count();
        let hits_of = |repeat: bool| self.hits.iter().flatten().filter(|&&of| of == repeat).count();
        let gain = |place: usize| 1.0 / libm::log2(place as f64 + 2.0);
        let gained: f64 = (0..).zip(&self.hits).filter(|(_, hit)| hit.is_some()).map(|(place, _)| gain(place)).sum();
        let ideal: f64 = (0..k.min(hidden)).map(gain).sum();
        let first = self.hits.iter().position(Option::is_some);
        let share = |part: usize, whole: usize| if whole == 0 { f64::NAN } else { part as f64 / whole as f64 };
        let novelty = self.bits.iter().sum::<f64>() / self.bits.len() as f64;
        [
            f64::from(u8::from(hits > 0)),
            share(hits, k),
            share(hits, hidden),
            first.map_or(0.0, |place| 1.0 / (place as f64 + 1.0)),
            if hidden == 0 { f64::NAN } else { gained / ideal + 0.0 },
            share(hits_of(true), self.repeats),
            share(hits_of(false), self.new),
            novelty,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_textbook_ones() {
        // Hits at ranks 2 and 4 of 5, of three hidden items, one of them bought before and hit.
        let hits = vec![None, Some(true), None, Some(false), None];
        let values = Judged { hits, repeats: 1, new: 2, bits: vec![1.0, 3.0] }.values(5);
        let gain = |rank: f64| 1.0 / (1.0 + rank).log2();
        let ndcg = (gain(2.0) + gain(4.0)) / (gain(1.0) + gain(2.0) + gain(3.0));
        let expected = [1.0, 0.4, 2.0 / 3.0, 0.5, ndcg, 1.0, 0.5, 2.0];
        values.iter().zip(expected).for_each(|(value, expected)| assert!((value - expected).abs() < 1e-12, "{value}"));
        // A list of k hits is ideal, though more items are hidden.
        let full = Judged { hits: vec![Some(false); 2], repeats: 0, new: 9, bits: vec![] }.values(2);
        assert_eq!(full[4], 1.0);
        assert!(full[5].is_nan() && full[7].is_nan());
        assert_eq!(OF_CASES + 1, Metric::ALL.len());
    }
}
