//! Frequent itemsets as they are serialised: the labels by rank, and the columns of the trie.

use std::hash::Hash;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FrequentItems, FrequentItemsets, Trie, Walk};
use crate::error::Error;
use crate::mine::Statistics;

#[derive(Serialize)]
#[serde(rename = "FrequentItemsets")]
struct Written<'a, T> {
    baskets: u64,
    min_count: u64,
    /// The frequent items, most frequent first.
    labels: Vec<&'a T>,
    ranks: Vec<u32>,
    sizes: Vec<u32>,
    counts: Vec<u32>,
    statistics: &'a Statistics,
}

#[derive(Deserialize)]
#[serde(rename = "FrequentItemsets")]
struct Read<T> {
    baskets: u64,
    min_count: u64,
    labels: Vec<T>,
    ranks: Vec<u32>,
    sizes: Vec<u32>,
    counts: Vec<u32>,
    statistics: Statistics,
}

impl<T: Serialize> Serialize for FrequentItemsets<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [ranks, sizes, counts] = self.trie.columns();
        // Frequent items are numbered by a u32.
        let labels = (0..self.items.len() as u32).map(|rank| self.items.label(rank)).collect();
        let FrequentItemsets { baskets, min_count, ref statistics, .. } = *self;
        Written { baskets, min_count, labels, ranks, sizes, counts, statistics }.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for FrequentItemsets<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Read::deserialize(deserializer)?.check().map_err(serde::de::Error::custom)
    }
}

impl<T: Eq + Hash + Ord> Read<T> {
    /// The itemsets, if the columns can be those of some: looking up and rule making rely on it.
    fn check(self) -> Result<FrequentItemsets<T>, Error> {
        let damaged = |reason| Err(Error::inconsistent("itemsets", reason));
        let Read { baskets, min_count, labels, ranks, sizes, counts, statistics } = self;
        if baskets > u64::from(u32::MAX) || counts.iter().any(|&count| u64::from(count) > baskets) {
            return damaged("a count is larger than the number of baskets");
        }
        if counts.iter().any(|&count| u64::from(count) < min_count) {
            return damaged("a count is below the minimum");
        }
        let trie = match Trie::from_columns(ranks, sizes, counts, labels.len()) {
            Ok(trie) => trie,
            Err(reason) => return damaged(reason),
        };
        let mut walk = Walk::new(&trie, usize::MAX);
        let mut subset = Vec::new();
        while let Some((node, path)) = walk.step() {
            for left_out in 0..if path.len() > 1 { path.len() } else { 0 } {
                subset.clear();
                subset.extend_from_slice(path);
                subset.remove(left_out);
                if trie.find(&subset).is_none_or(|found| trie.count(found) < trie.count(node)) {
                    return damaged("a subset of an itemset is missing or has a smaller count");
                }
            }
        }
        let items = FrequentItems::from_labels(labels)?;
        Ok(FrequentItemsets::new(items, trie, baskets, min_count, statistics))
    }
}
