//! Counts, plans and what groups found as they are serialised, to be sent from one machine to another.

use std::hash::Hash;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::plan::RankPlan;
use super::{GroupItemsets, ItemCounts, MinePlan};
use crate::dictionary::Dictionary;
use crate::error::Error;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::target::Target;
use crate::stored_format::Format;
use crate::transactions::MAX_BASKETS;

#[derive(Serialize, Deserialize)]
#[serde(rename = "ItemCounts")]
struct CountsForm<T> {
    format: Format<1>,
    baskets: u64,
    /// In their order, with the baskets of each.
    labels: Vec<T>,
    counts: Vec<u64>,
}

impl<T: Serialize + Ord> Serialize for ItemCounts<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (labels, counts) = self.sorted().unzip();
        CountsForm { format: Format, baskets: self.baskets(), labels, counts }.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for ItemCounts<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let CountsForm { baskets, labels, counts, .. } = CountsForm::deserialize(deserializer)?;
        let damaged = |reason| D::Error::custom(Error::inconsistent("counts of items", reason));
        if labels.len() != counts.len() {
            return Err(damaged("there are not as many counts as labels"));
        }
        if !labels.is_sorted_by(|a, b| a < b) {
            return Err(damaged("labels are not in order"));
        }
        ItemCounts::from_counts(labels.into_iter().zip(counts), baskets).map_err(D::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "MinePlan")]
struct PlanForm<L> {
    format: Format<1>,
    baskets: u64,
    min_count: u64,
    max_len: Option<usize>,
    target: Target,
    algorithm: Algorithm,
    groups: u32,
    /// By rank.
    labels: Vec<L>,
    counts: Vec<u64>,
    group_of: Vec<u32>,
}

impl<T: Serialize> Serialize for MinePlan<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let RankPlan { baskets, min_count, max_len, target, algorithm, ref counts, ref group_of, groups, .. } =
            *self.ranks;
        let form = PlanForm {
            format: Format,
            baskets,
            min_count,
            max_len,
            target,
            algorithm,
            groups,
            labels: self.labels.labels().iter().collect(),
            counts: counts.clone(),
            group_of: group_of.clone(),
        };
        form.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Eq + Hash + Ord> Deserialize<'de> for MinePlan<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let PlanForm { baskets, min_count, max_len, target, algorithm, groups, labels, counts, group_of, .. } =
            PlanForm::<T>::deserialize(deserializer)?;
        let damaged = |reason| D::Error::custom(Error::inconsistent("plans", reason));
        if labels.len() != counts.len() || labels.len() != group_of.len() {
            return Err(damaged("the columns do not fit each other"));
        }
        let is_frequent = |&count: &u64| count >= min_count.max(1) && count <= baskets;
        if baskets > MAX_BASKETS || !counts.iter().all(is_frequent) {
            return Err(damaged("a count is not frequent, or more than there are baskets"));
        }
        let ranked: Vec<(&u64, &T)> = counts.iter().zip(&labels).collect();
        if !ranked.is_sorted_by(|a, b| a.0 > b.0 || a.0 == b.0 && a.1 < b.1) {
            return Err(damaged("the items are not in the order of their counts"));
        }
        if group_of.iter().any(|&group| group >= groups) {
            return Err(damaged("an item is of a group that is none"));
        }
        let labels = Dictionary::from_labels(labels).map_err(D::Error::custom)?;
        let ranks =
            RankPlan { baskets, min_count, max_len, target, algorithm, counts, group_of, groups, fingerprint: 0 };
        ranks.check().map_err(D::Error::custom)?;
        Ok(MinePlan { labels: Arc::new(labels), ranks: Arc::new(ranks.with_fingerprint()) })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "GroupItemsets")]
struct FoundForm {
    format: Format<1>,
    fingerprint: u64,
    group: u32,
    algorithm: Algorithm,
    ranks: Vec<u32>,
    /// The items of each itemset, and its count.
    lens: Vec<u32>,
    counts: Vec<u64>,
}

impl Serialize for GroupItemsets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // An itemset has no more items than a u32 numbers.
        let lens = self.ends.windows(2).map(|ends| (ends[1] - ends[0]) as u32).collect();
        let GroupItemsets { fingerprint, group, algorithm, ref ranks, ref counts, .. } = *self;
        let (ranks, counts) = (ranks.clone(), counts.clone());
        FoundForm { format: Format, fingerprint, group, algorithm, ranks, lens, counts }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for GroupItemsets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let FoundForm { fingerprint, group, algorithm, ranks, lens, counts, .. } =
            FoundForm::deserialize(deserializer)?;
        let damaged = |reason| D::Error::custom(Error::inconsistent("itemsets of a group", reason));
        let mut end = 0_u64;
        let ends = std::iter::once(0).chain(lens.iter().map(|&len| {
            end += u64::from(len);
            end
        }));
        let ends: Vec<u64> = ends.collect();
        if lens.len() != counts.len() || ends.last() != Some(&(ranks.len() as u64)) {
            return Err(damaged("the columns do not fit each other"));
        }
        let found = GroupItemsets { fingerprint, group, algorithm, ranks, ends, counts };
        let are_itemsets =
            found.iter().all(|(descending, _)| !descending.is_empty() && descending.is_sorted_by(|a, b| a > b));
        if !are_itemsets || !found.iter().is_sorted_by(|a, b| a.0 < b.0) {
            return Err(damaged("the itemsets are not in order"));
        }
        Ok(found)
    }
}
