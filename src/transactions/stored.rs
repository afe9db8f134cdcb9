//! Transactions as they are serialised: labels, and the two arrays.

use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Transactions;
use crate::dictionary::Dictionary;
use crate::error::Error;

#[derive(Serialize)]
#[serde(rename = "Transactions")]
struct Written<'a, T> {
    labels: &'a [T],
    offsets: &'a [u32],
    ids: &'a [u32],
    duplicates_skipped: u64,
}

#[derive(Deserialize)]
#[serde(rename = "Transactions")]
struct Read<T> {
    labels: Vec<T>,
    offsets: Vec<u32>,
    ids: Vec<u32>,
    duplicates_skipped: u64,
}

impl<T: Serialize> Serialize for Transactions<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Transactions { dictionary, offsets, ids, duplicates, .. } = self;
        Written { labels: dictionary.labels(), offsets, ids, duplicates_skipped: *duplicates }.serialize(serializer)
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
        let Read { labels, offsets, ids, duplicates_skipped } = self;
        let dictionary = Dictionary::from_labels(labels)?;
        if offsets.first() != Some(&0) || offsets.last().map(|&end| end as usize) != Some(ids.len()) {
            return damaged("the baskets are not all of the entries");
        }
        if !offsets.is_sorted() {
            return damaged("a basket ends before it begins");
        }
        let mut counts = vec![0u32; dictionary.len()];
        for basket in offsets.windows(2).map(|ends| &ids[ends[0] as usize..ends[1] as usize]) {
            if !basket.is_sorted_by(|a, b| a < b) {
                return damaged("the items of a basket are not ascending");
            }
            for &id in basket {
                match counts.get_mut(id as usize) {
                    Some(count) => *count += 1,
                    None => return damaged("an item has no label"),
                }
            }
        }
        if counts.contains(&0) {
            return damaged("a label is in no basket");
        }
        Ok(Transactions { dictionary: Arc::new(dictionary), offsets, ids, counts, duplicates: duplicates_skipped })
    }
}
