//! Transactions as they are serialised: labels, the two arrays, and the weights if there are any.

use std::hash::Hash;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Transactions;
use super::arrays::Arrays;
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
        let (labels, weights) = (dictionary.labels(), self.stored_weights());
        Written { format: Format, labels, offsets, ids, duplicates_skipped: *duplicates, weights }.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash> Deserialize<'de> for Transactions<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Read { labels, offsets, ids, duplicates_skipped, weights, .. } = Read::deserialize(deserializer)?;
        Arrays { labels, offsets, ids, duplicates_skipped, weights }.check().map_err(serde::de::Error::custom)
    }
}
