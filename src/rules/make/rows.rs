//! Puts single rules, in any order, into the flat arrays: when rules are read from disk, or joined from two sets.

use std::cmp::Ordering;

use hashbrown::HashMap;

use super::store::RuleStore;
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems};

/// One rule.
pub(crate) struct Row<'a> {
    /// The items of both sides, ranks falling.
    pub(crate) falling: &'a [u32],
    /// Those of the right one, in any order.
    pub(crate) consequent: &'a [u32],
    pub(crate) n_x: u64,
    pub(crate) n_y: u64,
    pub(crate) n_xy: u64,
}

/// Itemsets in the canonical order, and their splits in the order of the rows, from so many baskets.
///
/// An error if a rule occurs twice, or an itemset has two counts.
pub(crate) fn store<T>(rows: &[Row<'_>], items: &FrequentItems<T>, baskets: u64) -> Result<RuleStore, Error> {
    let table = CountTable::new(baskets, rows.iter().flat_map(|row| [row.n_x, row.n_y, row.n_xy]))?;
    let mut canonical: Vec<usize> = (0..rows.len()).collect();
    let order = |&a: &usize, &b: &usize| rows[a].cmp_canonical(&rows[b]);
    // Rules are mostly stored in the canonical order already.
    if !canonical.is_sorted_by(|a, b| order(a, b).is_lt()) {
        canonical.sort_unstable_by(order);
        if canonical.windows(2).any(|two| order(&two[0], &two[1]).is_eq()) {
            return Err(damaged("a rule occurs twice"));
        }
    }
    let mut store = RuleStore::default();
    store.reserve(rows.len());
    let mut itemset = Vec::new();
    let mut previous: Option<&Row<'_>> = None;
    for row in canonical.iter().map(|&row| &rows[row]) {
        match previous {
            Some(previous) if previous.falling == row.falling => {
                if previous.n_xy != row.n_xy {
                    return Err(damaged("rules over one itemset differ in its count"));
                }
            }
            _ => {
                itemset.clear();
                itemset.extend_from_slice(row.falling);
                items.sort_by_label(&mut itemset);
                store.begin(itemset.iter().copied(), table.code(row.n_xy));
            }
        }
        previous = Some(row);
        let is_right = |rank| u32::from(row.consequent.contains(rank));
        let right = itemset.iter().zip(0..).fold(0, |mask, (rank, place)| mask | is_right(rank) << place);
        store.push(right, table.code(row.n_x), table.code(row.n_y));
    }
    check_counts(rows)?;
    let mut splits = store.splits.clone();
    for (&row, &split) in canonical.iter().zip(&store.splits) {
        splits[row] = split;
    }
    store.splits = splits;
    Ok(store.with_table(&table))
}

/// Whether an itemset has the same count wherever it stands, as a side or as both together.
fn check_counts(rows: &[Row<'_>]) -> Result<(), Error> {
    let mut counts: HashMap<Vec<u32>, u64> = HashMap::new();
    let mut check = |falling: &[u32], count: u64| {
        let known = *counts.entry_ref(falling).or_insert(count);
        if known == count { Ok(()) } else { Err(damaged("an itemset has two counts")) }
    };
    let mut side = Vec::new();
    for row in rows {
        for (is_right, count) in [(false, row.n_x), (true, row.n_y)] {
            side.clear();
            side.extend(row.falling.iter().filter(|rank| row.consequent.contains(rank) == is_right));
            check(&side, count)?;
        }
        check(row.falling, row.n_xy)?;
    }
    Ok(())
}

impl Row<'_> {
    /// By the itemset of both sides, then the length of the right side, then the right side.
    fn cmp_canonical(&self, other: &Self) -> Ordering {
        let by_itemset = self.falling.cmp(other.falling);
        by_itemset.then_with(|| self.consequent.len().cmp(&other.consequent.len())).then_with(|| {
            let falling = |row: &Self| {
                let mut side = row.consequent.to_vec();
                side.sort_unstable_by(|a, b| b.cmp(a));
                side
            };
            falling(self).cmp(&falling(other))
        })
    }
}

pub(crate) fn damaged(reason: &'static str) -> Error {
    Error::inconsistent("rules", reason)
}
