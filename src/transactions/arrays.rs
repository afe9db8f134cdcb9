//! Transactions as they are stored: labels, the two arrays, and the weights if there are any.

use std::hash::Hash;
use std::sync::Arc;

use super::store::ends_of;
use super::{MAX_BASKETS, Transactions};
use crate::dictionary::Dictionary;
use crate::error::Error;

/// What is stored, which is not trusted.
pub(crate) struct Arrays<T> {
    pub(crate) labels: Vec<T>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) ids: Vec<u32>,
    pub(crate) duplicates_skipped: u64,
    /// Empty if all are 1.
    pub(crate) weights: Vec<u32>,
}

impl<T> Transactions<T> {
    /// The weight of each row; empty if all are 1.
    pub(crate) fn stored_weights(&self) -> Vec<u32> {
        let rows = self.rows();
        if rows.are_single() { Vec::new() } else { rows.weighted().map(|(_, weight)| weight).collect() }
    }

    /// Where each row begins, and, last, where the last one ends; and the items of all of them.
    #[cfg(feature = "snapshot")]
    pub(crate) fn flat_rows(&self) -> (&[u32], &[u32]) {
        (&self.offsets, &self.ids)
    }
}

impl<T: Eq + Hash> Arrays<T> {
    /// The transactions, if the arrays can be those of some.
    pub(crate) fn check(self) -> Result<Transactions<T>, Error> {
        let damaged = |reason| Err(Error::inconsistent("transactions", reason));
        let Arrays { labels, offsets, ids, duplicates_skipped, weights } = self;
        let dictionary = Dictionary::from_labels(labels)?;
        if offsets.first() != Some(&0) || offsets.last().map(|&end| end as usize) != Some(ids.len()) {
            return damaged("the baskets are not all of the entries");
        }
        if !offsets.is_sorted() {
            return damaged("a basket ends before it begins");
        }
        let ends = ends_of(&weights);
        if ends.last().is_some_and(|&end| end > MAX_BASKETS) {
            return damaged("there are more baskets than can be numbered");
        }
        if weights.contains(&0) {
            return damaged("a basket has no weight");
        }
        if !weights.is_empty() && weights.len() != offsets.len() - 1 {
            return damaged("there is not one weight for each basket");
        }
        let mut counts = vec![0; dictionary.len()];
        for (row, ends) in offsets.windows(2).enumerate() {
            let basket = &ids[ends[0] as usize..ends[1] as usize];
            if !basket.is_sorted_by(|a, b| a < b) {
                return damaged("the items of a basket are not ascending");
            }
            let weight = weights.get(row).copied().unwrap_or(1);
            for &id in basket {
                match counts.get_mut(id as usize) {
                    // No more than all baskets.
                    Some(count) => *count += u64::from(weight),
                    None => return damaged("an item has no label"),
                }
            }
        }
        // A part of other baskets has labels that are in none of its own.
        let (dictionary, duplicates) = (Arc::new(dictionary), duplicates_skipped);
        let (offsets, ids) = (Arc::new(offsets), Arc::new(ids));
        Ok(Transactions { dictionary, offsets, ids, ends, counts, duplicates })
    }
}
