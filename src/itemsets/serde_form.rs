//! Frequent itemsets as they are serialised: the labels by rank, and the columns of the trie.

use std::hash::Hash;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::columns::{Columns, damaged};
use super::{
    ClosedItemsets, CountTable, FrequentItems, FrequentItemsets, GeneratorItemsets, ItemsetList, Kept, MaximalItemsets,
    Patterns,
};
use crate::error::Error;
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::report::statistics::Statistics;
use crate::stored_format::Format;

#[derive(Serialize)]
#[serde(rename = "FrequentItemsets")]
struct Written<'a, T> {
    format: Format<1>,
    baskets: u64,
    min_count: u64,
    /// The frequent items, most frequent first.
    labels: Vec<&'a T>,
    /// The baskets that hold each of them.
    item_counts: Vec<u64>,
    ranks: Vec<u32>,
    sizes: Vec<u32>,
    counts: Vec<u64>,
    statistics: Statistics,
}

#[derive(Deserialize)]
#[serde(rename = "FrequentItemsets")]
struct Read<T> {
    #[serde(rename = "format")]
    _format: Format<1>,
    baskets: u64,
    min_count: u64,
    labels: Vec<T>,
    item_counts: Vec<u64>,
    ranks: Vec<u32>,
    sizes: Vec<u32>,
    counts: Vec<u64>,
    statistics: Statistics,
}

impl<T: Serialize> Serialize for FrequentItemsets<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.patterns.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for FrequentItemsets<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let columns = Read::deserialize(deserializer)?.into_columns();
        columns.check().map_err(serde::de::Error::custom)
    }
}

/// The same for a result that holds only some of the itemsets.
macro_rules! stored {
    ($type:ident, $kept:expr) => {
        impl<T: Serialize> Serialize for $type<T> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.patterns.serialize(serializer)
            }
        }

        impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for $type<T> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let columns = Read::deserialize(deserializer)?.into_columns();
                let patterns = columns.check_some($kept).map_err(serde::de::Error::custom)?;
                Ok($type { patterns })
            }
        }
    };
}

stored!(ClosedItemsets, Kept::Closed);
stored!(MaximalItemsets, Kept::Leaves);
stored!(GeneratorItemsets, Kept::All);

impl<T: Serialize> Patterns<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Columns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics } = self.columns();
        Written { format: Format, baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics }
            .serialize(serializer)
    }
}

impl<T> Read<T> {
    fn into_columns(self) -> Columns<T> {
        let Read { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics, .. } = self;
        Columns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics }
    }
}

#[derive(Serialize)]
#[serde(rename = "ItemsetList")]
struct WrittenList<'a, T> {
    format: Format<1>,
    baskets: u64,
    min_count: u64,
    /// The items that itemsets may have, most frequent first.
    labels: Vec<&'a T>,
    /// The baskets that hold each of them.
    item_counts: Vec<u64>,
    ranks: &'a [u32],
    ends: &'a [usize],
    counts: Vec<u64>,
    statistics: &'a Statistics,
}

#[derive(Deserialize)]
#[serde(rename = "ItemsetList")]
struct ReadList<T> {
    #[serde(rename = "format")]
    _format: Format<1>,
    baskets: u64,
    min_count: u64,
    labels: Vec<T>,
    item_counts: Vec<u64>,
    ranks: Vec<u32>,
    ends: Vec<usize>,
    counts: Vec<u64>,
    statistics: Statistics,
}

impl<T: Serialize> Serialize for ItemsetList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ItemsetList { items, listed, table, baskets, min_count, statistics } = self;
        let (ranks, ends, codes) = listed.columns();
        // Items are numbered by a u32.
        let all = 0..items.len() as u32;
        WrittenList {
            format: Format,
            baskets: *baskets,
            min_count: *min_count,
            labels: all.clone().map(|rank| items.label(rank)).collect(),
            item_counts: all.map(|rank| items.count(rank)).collect(),
            ranks,
            ends,
            counts: codes.iter().map(|&code| table.count(code)).collect(),
            statistics,
        }
        .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for ItemsetList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ReadList::deserialize(deserializer)?.check().map_err(serde::de::Error::custom)
    }
}

impl<T: Eq + Hash + Ord> ReadList<T> {
    /// The list, if it is consistent. Whether an itemset is missing cannot be checked.
    fn check(self) -> Result<ItemsetList<T>, Error> {
        let ReadList { baskets, min_count, labels, item_counts, ranks, ends, counts, statistics, .. } = self;
        let most = item_counts.first().copied().unwrap_or_default();
        if most > baskets {
            return damaged("a count is larger than the number of baskets");
        }
        if item_counts.len() != labels.len() || !item_counts.is_sorted_by(|a, b| a >= b) {
            return damaged("the counts of the items cannot be theirs");
        }
        let table = CountTable::new(baskets, counts.iter().copied())?;
        let codes = counts.iter().map(|&count| table.code(count)).collect();
        let listed = match FlatItemsets::from_columns(ranks, ends, codes, labels.len()) {
            Ok(listed) => listed,
            Err(reason) => return damaged(reason),
        };
        // The first item of an itemset is its rarest.
        let fits =
            |(place, &count): (usize, &u64)| (1..=item_counts[listed.descending(place)[0] as usize]).contains(&count);
        if !counts.iter().enumerate().all(fits) {
            return damaged("an itemset counts nothing, or more than an item of it");
        }
        let items = Arc::new(FrequentItems::from_labels(labels, item_counts)?);
        Ok(ItemsetList::new(items, listed, table, baskets, min_count, statistics))
    }
}
