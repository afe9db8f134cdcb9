//! Reports in their stored forms (feature `serde`).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::counts::ItemsetCounts;
use super::emptiness::EmptyReport;
use super::partial::Partial;
use super::statistics::Statistics;
use crate::error::Error;
use crate::limit::Limit;
use crate::stored_format::Format;

#[derive(Serialize, Deserialize)]
#[serde(rename = "ItemsetCounts")]
struct StoredCounts<S> {
    format: Format<1>,
    min_count: u64,
    by_len: Vec<u128>,
    statistics: S,
}

impl Serialize for ItemsetCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ItemsetCounts { by_len, min_count, statistics } = self;
        let (by_len, min_count) = (by_len.clone(), *min_count);
        StoredCounts { format: Format, min_count, by_len, statistics }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ItemsetCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let StoredCounts::<Statistics> { min_count, by_len, statistics, .. } = StoredCounts::deserialize(deserializer)?;
        let total = by_len.iter().try_fold(0u128, |total, &itemsets| total.checked_add(itemsets));
        if total.is_none() {
            return Err(D::Error::custom(Error::inconsistent(
                "counts",
                "no itemsets can have these numbers by length",
            )));
        }
        Ok(ItemsetCounts { by_len, min_count, statistics })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "EmptyReport")]
struct StoredEmptyReport {
    format: Format<1>,
    baskets: u64,
    min_count: u64,
    best_item: Option<u64>,
    best_pair: Option<u64>,
}

impl Serialize for EmptyReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let EmptyReport { baskets, min_count, item, pair } = *self;
        StoredEmptyReport { format: Format, baskets, min_count, best_item: item, best_pair: pair }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EmptyReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let StoredEmptyReport { baskets, min_count, best_item, best_pair, .. } =
            Deserialize::deserialize(deserializer)?;
        let (item, pair) = (best_item.unwrap_or(0), best_pair.unwrap_or(0));
        if best_item == Some(0) || best_pair == Some(0) || pair > item || item > baskets {
            return Err(D::Error::custom(Error::inconsistent("counts", "no baskets can have these counts")));
        }
        Ok(EmptyReport::new(baskets, min_count, item, pair))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "Partial")]
struct StoredPartial<R> {
    format: Format<1>,
    asked: u64,
    complete_from: u64,
    limit: Option<Limit>,
    result: R,
}

impl<R: Serialize> Serialize for Partial<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Partial { ref result, asked, complete_from, limit } = *self;
        StoredPartial { format: Format, asked, complete_from, limit, result }.serialize(serializer)
    }
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Partial<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let StoredPartial { asked, complete_from, limit, result, .. } = StoredPartial::deserialize(deserializer)?;
        if asked > complete_from || (limit.is_none() && asked < complete_from) {
            return Err(D::Error::custom(Error::inconsistent(
                "limits",
                "a complete result goes down to what was asked for",
            )));
        }
        Ok(Partial { result, asked, complete_from, limit })
    }
}
