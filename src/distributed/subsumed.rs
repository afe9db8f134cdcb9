//! Itemsets that others contain: what only all groups together know.

use crate::call::ticker::Ticker;
use crate::error::Error;

/// Which of some itemsets have a proper superset among them, with `same_count` one of the same count. They are in the
/// canonical order, as descending ranks, and none is within one whose first rank is the same.
///
/// Each itemset is compared with those after it that have the one of its items which fewest have.
pub(super) fn subsumed(
    itemsets: &[(&[u32], u64)],
    items: usize,
    same_count: bool,
    ticker: &mut Ticker<'_>,
) -> Result<Vec<bool>, Error> {
    // By count, and within one in their order.
    let mut order: Vec<u32> = (0..itemsets.len() as u32).collect();
    if same_count {
        order.sort_by_key(|&place| itemsets[place as usize].1);
    }
    let mut hidden = vec![false; itemsets.len()];
    let mut holders = Holders { of_rank: vec![Vec::new(); items], held: Vec::new(), signatures: Vec::new() };
    for alike in order.chunk_by(|&a, &b| !same_count || itemsets[a as usize].1 == itemsets[b as usize].1) {
        if alike.len() > 1 {
            holders.fill(itemsets, alike);
            for (number, &place) in (0..).zip(alike) {
                hidden[place as usize] = holders.is_hidden(itemsets, alike, number, ticker)?;
            }
        }
    }
    Ok(hidden)
}

/// Which of some itemsets hold each item: numbers, ascending.
struct Holders {
    of_rank: Vec<Vec<u32>>,
    /// The ranks that have any.
    held: Vec<u32>,
    /// Of each itemset, a bit for each of its items, by the rank modulo 64: a superset has them all.
    signatures: Vec<u64>,
}

impl Holders {
    fn fill(&mut self, itemsets: &[(&[u32], u64)], alike: &[u32]) {
        self.held.drain(..).for_each(|rank| self.of_rank[rank as usize].clear());
        self.signatures.clear();
        for (number, &place) in (0..).zip(alike) {
            let descending = itemsets[place as usize].0;
            for &rank in descending {
                let holders = &mut self.of_rank[rank as usize];
                if holders.is_empty() {
                    self.held.push(rank);
                }
                holders.push(number);
            }
            self.signatures.push(descending.iter().fold(0, |bits, rank| bits | 1 << (rank % 64)));
        }
    }

    /// Whether an itemset is within one after it.
    fn is_hidden(
        &self,
        itemsets: &[(&[u32], u64)],
        alike: &[u32],
        number: u32,
        ticker: &mut Ticker<'_>,
    ) -> Result<bool, Error> {
        let descending = itemsets[alike[number as usize] as usize].0;
        let signature = self.signatures[number as usize];
        let fewest = descending.iter().map(|&rank| &self.of_rank[rank as usize]).min_by_key(|holders| holders.len());
        let Some(holders) = fewest else { return Ok(false) };
        let after = &holders[holders.partition_point(|&other| other <= number)..];
        for some in after.chunks(1 << 10) {
            ticker.check(some.len())?;
            let holds = |&&other: &&u32| {
                signature & !self.signatures[other as usize] == 0
                    && is_within(descending, itemsets[alike[other as usize] as usize].0)
            };
            if some.iter().any(|other| holds(&other)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether descending ranks are all among others.
fn is_within(some: &[u32], all: &[u32]) -> bool {
    let mut all = all.iter();
    some.iter().all(|rank| all.by_ref().find(|&other| other <= rank) == Some(rank))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn what_is_within_another_is_found(
            sets in prop::collection::btree_map(prop::collection::btree_set(0..9u32, 1..6), 1..4u64, 0..40),
            same_count in any::<bool>(),
        ) {
            let sets: Vec<(BTreeSet<u32>, u64)> = sets.into_iter().collect();
            let mut listed: Vec<(Vec<u32>, u64)> =
                sets.iter().map(|(set, count)| (set.iter().rev().copied().collect(), *count)).collect();
            listed.sort();
            // What no branch reports.
            let holds = |all: &(Vec<u32>, u64), some: &(Vec<u32>, u64)| {
                all.0.len() > some.0.len() && some.0.iter().all(|rank| all.0.contains(rank)) && (!same_count || all.1 == some.1)
            };
            let kept: Vec<(Vec<u32>, u64)> = listed
                .iter()
                .filter(|some| !listed.iter().any(|all| all.0[0] == some.0[0] && holds(all, some)))
                .cloned()
                .collect();
            let expected: Vec<bool> = kept.iter().map(|some| kept.iter().any(|all| holds(all, some))).collect();
            let itemsets: Vec<(&[u32], u64)> = kept.iter().map(|(set, count)| (&set[..], *count)).collect();
            prop_assert_eq!(subsumed(&itemsets, 9, same_count, &mut Ticker::new(&NEVER)).unwrap(), expected);
        }
    }
}
