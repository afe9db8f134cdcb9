//! Transactions as they are serialised: labels, the two arrays, and the weights if there are any.

use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::store::ends_of;
use super::{MAX_BASKETS, Transactions};
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::stored_format::Format;

#[derive(Serialize)]
#[serde(rename = "Transactions")]
struct Written<'a, T> {
    format: Format<1>,
    labels: &'a [T],
    offsets: &'a [u32],
    ids: &'a [u32],
    duplicates_skipped: u64,
    /// Empty if all are 1.
    weights: Vec<u32>,
}

#[derive(Deserialize)]
#[serde(rename = "Transactions")]
struct Read<T> {
    #[serde(rename = "format")]
    _format: Format<1>,
    labels: Vec<T>,
    offsets: Vec<u32>,
    ids: Vec<u32>,
    duplicates_skipped: u64,
    #[serde(default)]
    weights: Vec<u32>,
}

impl<T: Serialize> Serialize for Transactions<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Transactions { dictionary, offsets, ids, duplicates, .. } = self;
        let rows = self.rows();
        let weights = if rows.are_single() { Vec::new() } else { rows.weighted().map(|(_, weight)| weight).collect() };
        Written { format: Format, labels: dictionary.labels(), offsets, ids, duplicates_skipped: *duplicates, weights }
            .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash> Deserialize<'de> for Transactions<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer)?.check().map_err(serde::de::Error::custom)
    }
}

impl<T: Eq + Hash> Read<T> {
    /// The transactions, if the arrays can be those of some.
    fn check(self) -> Result<Transactions<T>, Error> {
        let damaged = |reason| Err(Error::inconsistent("transactions", reason));
        let Read { labels, offsets, ids, duplicates_skipped, weights, .. } = self;
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
