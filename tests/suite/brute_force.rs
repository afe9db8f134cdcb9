//! Frequent itemsets by their definition, and random databases to compare on.

use std::collections::BTreeSet;

use itemset::{FrequentItemsets, Transactions};
use proptest::prelude::*;

/// Itemsets of labels in label order, with their counts.
pub(crate) type Listed = Vec<(Vec<u32>, u64)>;

/// All itemsets that are in `min_count` baskets or more, in the canonical order of the documentation: as
/// sequences from the rarest item to the most frequent, ordered like words by the items' ranks.
pub(crate) fn itemsets(rows: &[Vec<u32>], min_count: u64) -> Listed {
    let baskets: Vec<BTreeSet<u32>> = rows.iter().map(|row| row.iter().copied().collect()).collect();
    let count = |item: u32| baskets.iter().filter(|basket| basket.contains(&item)).count() as u64;
    let items: BTreeSet<u32> = baskets.iter().flatten().copied().collect();
    let mut ranked: Vec<(u64, u32)> = items.into_iter().map(|item| (count(item), item)).collect();
    ranked.retain(|&(count, _)| count >= min_count.max(1));
    ranked.sort_by_key(|&(count, item)| (std::cmp::Reverse(count), item));
    let items: Vec<u32> = ranked.into_iter().map(|(_, item)| item).collect();
    let mut found = Vec::new();
    extend(&items, &baskets.iter().collect::<Vec<_>>(), min_count, &mut Vec::new(), &mut found);
    found
}

fn extend(items: &[u32], baskets: &[&BTreeSet<u32>], min_count: u64, path: &mut Vec<u32>, found: &mut Listed) {
    for (rank, item) in items.iter().enumerate() {
        let with: Vec<&BTreeSet<u32>> = baskets.iter().copied().filter(|basket| basket.contains(item)).collect();
        if with.len() as u64 >= min_count.max(1) {
            path.push(*item);
            let mut labels = path.clone();
            labels.sort_unstable();
            found.push((labels, with.len() as u64));
            extend(&items[..rank], &with, min_count, path, found);
            path.pop();
        }
    }
}

/// A result in the same form.
pub(crate) fn listed(itemsets: &FrequentItemsets<u32>) -> Listed {
    itemsets.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
}

pub(crate) fn encode(rows: &[Vec<u32>]) -> Transactions<u32> {
    Transactions::from_rows(rows.iter().cloned()).unwrap()
}

/// Numbers of baskets from 0 to 200, among them often those where a word of bits ends.
pub(crate) fn sizes() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 0..20usize, 2 => 20..=200usize, 1 => 63..=65usize, 1 => 127..=129usize]
}

/// Random small databases: baskets of 0 to 12 items out of 1 to 70, some of them favoured, items that
/// occur twice in a row, and sometimes an item that is in every basket.
pub(crate) fn databases() -> impl Strategy<Value = Vec<Vec<u32>>> {
    (sizes(), 1..=70u32, 0..=12usize, any::<bool>()).prop_flat_map(|(size, items, length, common)| {
        let item = prop_oneof![1 => 0..items, 1 => 0..items.min(6)];
        let row = prop::collection::vec(item, 0..=length);
        prop::collection::vec(row, size).prop_map(move |mut rows| {
            if common {
                rows.iter_mut().for_each(|row| row.insert(row.len() / 2, 1000));
            }
            rows
        })
    })
}
