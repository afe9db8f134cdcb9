//! What all parties know of a search: what is kept of each round, and the candidates of the next.
//!
//! Agrawal & Srikant, "Fast algorithms for mining association rules", VLDB 1994. Every party makes the candidates
//! itself, from what is kept, so that no itemset is sent and none can be asked for out of turn.

use super::message::Kept;
use crate::call::ticker::Ticker;
use crate::error::Error;

/// Itemsets of one length as descending ranks, one after the other in lexicographic order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Level {
    len: usize,
    ranks: Vec<u32>,
}

impl Level {
    pub(super) fn len(&self) -> usize {
        self.ranks.len() / self.len.max(1)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        self.ranks.chunks_exact(self.len.max(1))
    }

    fn get(&self, place: usize) -> &[u32] {
        &self.ranks[place * self.len..][..self.len]
    }

    /// The place of an itemset.
    pub(super) fn find(&self, itemset: &[u32]) -> Option<usize> {
        let (mut start, mut end) = (0, self.len());
        while start < end {
            let middle = start.midpoint(end);
            match self.get(middle).cmp(itemset) {
                std::cmp::Ordering::Less => start = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => end = middle,
            }
        }
        None
    }
}

/// The search up to a round.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Items of the catalogue.
    catalogue: usize,
    /// The items that are kept, in the order of their ranks.
    pub(super) items: Vec<u32>,
    /// What is kept of each round that is over.
    pub(super) levels: Vec<Level>,
    /// Numbers that were counted in each round, that of the baskets included.
    pub(super) counted: Vec<usize>,
    /// What is counted in this round; empty in the first, where it is the catalogue.
    pub(super) candidates: Level,
}

/// A round that ends, before it is put into the search.
pub(super) struct Ended {
    items: Option<Vec<u32>>,
    level: Level,
    /// Empty if the search is over.
    pub(super) candidates: Level,
}

/// The longest itemset, and the most candidates of a round.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) max_len: usize,
    pub(super) max_candidates: u64,
}

impl Search {
    pub(super) fn new(catalogue: usize) -> Self {
        Search {
            catalogue,
            items: Vec::new(),
            levels: Vec::new(),
            counted: vec![catalogue + 1],
            candidates: Level::default(),
        }
    }

    /// The round, from 1: the length of the itemsets that are counted.
    pub(super) fn round(&self) -> usize {
        self.levels.len() + 1
    }

    /// The numbers that are counted in this round.
    pub(super) fn counts(&self) -> usize {
        if self.round() == 1 { self.catalogue + 1 } else { self.candidates.len() }
    }

    /// What follows from what is kept of this round. `Err(None)` if that is nothing that can be kept.
    pub(super) fn end(&self, kept: &Kept, bounds: Bounds, ticker: &mut Ticker<'_>) -> Result<Ended, Option<Error>> {
        let (items, level) = match kept {
            Kept::Items(items) if self.round() == 1 => {
                let mut sorted = items.clone();
                sorted.sort_unstable();
                if !sorted.is_sorted_by(|a, b| a < b)
                    || sorted.last().is_some_and(|&last| last as usize >= self.catalogue)
                {
                    return Err(None);
                }
                // Items are numbered by a u32.
                (Some(items.clone()), Level { len: 1, ranks: (0..items.len() as u32).collect() })
            }
            Kept::Bits(bits) if self.round() > 1 => {
                let candidates = self.candidates.len();
                let is_set = |place: usize| bits[place / 8] >> (place % 8) & 1 == 1;
                if bits.len() != candidates.div_ceil(8) || (candidates..8 * bits.len()).any(is_set) {
                    return Err(None);
                }
                let mut level = Level { len: self.round(), ranks: Vec::new() };
                for (place, candidate) in self.candidates.iter().enumerate() {
                    if is_set(place) {
                        level.ranks.extend_from_slice(candidate);
                    }
                    ticker.check(1)?;
                }
                (None, level)
            }
            _ => return Err(None),
        };
        let candidates =
            if level.len < bounds.max_len { join(&level, bounds.max_candidates, ticker)? } else { Level::default() };
        Ok(Ended { items, level, candidates })
    }

    /// Goes on to the next round.
    pub(super) fn go_on(&mut self, ended: Ended) {
        let Ended { items, level, candidates } = ended;
        self.items = items.unwrap_or(std::mem::take(&mut self.items));
        self.levels.push(level);
        self.candidates = candidates;
        if self.candidates.len() > 0 {
            self.counted.push(self.candidates.len());
        }
    }
}

/// The itemsets that are one item longer, all of whose subsets are kept.
///
/// # Errors
///
/// If there are more than `most`.
fn join(level: &Level, most: u64, ticker: &mut Ticker<'_>) -> Result<Level, Error> {
    let shared = level.len - 1;
    let mut candidates = Level { len: level.len + 1, ranks: Vec::new() };
    let mut subset = Vec::with_capacity(level.len);
    let (mut first, mut found) = (0, 0u64);
    for place in 0..level.len() {
        let itemset = level.get(place);
        if level.get(first)[..shared] != itemset[..shared] {
            first = place;
        }
        // Siblings before it have a last item of lower rank.
        for sibling in first..place {
            let added = level.get(sibling)[shared];
            // Without the last item, and without the one before, it is one of the two that are joined.
            let is_kept = (0..shared).all(|left_out| {
                subset.clear();
                subset.extend_from_slice(&itemset[..left_out]);
                subset.extend_from_slice(&itemset[left_out + 1..]);
                subset.push(added);
                level.find(&subset).is_some()
            });
            ticker.check(1 + 8 * shared)?;
            if !is_kept {
                continue;
            }
            found += 1;
            if found > most {
                let what =
                    "candidates in a round, which max_candidates of the agreement allows: raise it or min_support";
                return Err(Error::too_large(what, most));
            }
            candidates.ranks.extend_from_slice(itemset);
            candidates.ranks.push(added);
        }
    }
    Ok(candidates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::NEVER;
    use proptest::prelude::*;

    proptest! {
        /// The candidates are the itemsets all of whose subsets are kept, in their order.
        #[test]
        fn candidates_are_complete(
            kept in prop::collection::btree_set(prop::collection::btree_set(0..7u32, 3), 0..30),
        ) {
            let mut itemsets: Vec<Vec<u32>> = kept.iter().map(|set| set.iter().rev().copied().collect()).collect();
            itemsets.sort();
            let level = Level { len: 3, ranks: itemsets.concat() };
            let mut expected = Vec::new();
            for bits in (0..1u32 << 7).filter(|bits| bits.count_ones() == 4) {
                let items: Vec<u32> = (0..7).rev().filter(|item| bits >> item & 1 == 1).collect();
                let smaller = |left_out| items.iter().copied().filter(|&item| item != left_out).collect::<Vec<u32>>();
                if items.iter().all(|&item| itemsets.contains(&smaller(item))) {
                    expected.push(items);
                }
            }
            expected.sort();
            let found = join(&level, 35, &mut Ticker::new(&NEVER)).unwrap();
            prop_assert_eq!(found.iter().map(<[u32]>::to_vec).collect::<Vec<_>>(), expected.clone());
            for (place, itemset) in itemsets.iter().enumerate() {
                prop_assert_eq!(level.find(itemset), Some(place));
            }
            if !expected.is_empty() {
                prop_assert!(join(&level, expected.len() as u64 - 1, &mut Ticker::new(&NEVER)).is_err());
            }
        }
    }
}
