//! Itemsets that are kept with their counts from one refresh to the next, so that only the baskets that came and went are
//! counted.
//!
//! A search keeps the itemsets down to a threshold that is lower than the one asked for by a slack. From then on this holds
//! at each refresh:
//!
//! > Every itemset that is not kept is in fewer than `low` baskets.
//!
//! Say that baskets came and went. An itemset that is not kept was in at most `low - 1` baskets; those that went only make
//! them fewer. So if it is now in `low + t - 1` baskets or more, it is in at least `t` of those that came, and each of
//! its items is in as many baskets as that: exact counts of single items are at hand. All itemsets with both properties are
//! found by a search of the baskets that came, at threshold `t`. Those that are not kept are counted in all baskets, and
//! those that are in `low + t - 1` or more are kept from then on. Then the statement holds with `low + t - 1` in place of
//! `low`. As long as that is at most the threshold that is asked for, the frequent itemsets are among those that are kept.
//!
//! What is kept and is in fewer than `low` baskets need not be kept any longer: the statement holds without it.
//!
//! The slack is used up by and by, faster if much came; then all is searched again. That only what came can lift an
//! itemset above a threshold is the idea of FUP (D. W. Cheung, J. Han, V. T. Ng, C. Y. Wong: Maintenance of discovered
//! association rules in large databases, ICDE 1996), and that what rose is frequent in the part where it rose that of
//! Partition (A. Savasere, E. Omiecinski, S. Navathe, VLDB 1995).

use std::hash::Hash;
use std::sync::Arc;

use super::contents::Contents;
use super::rows::{Row, Rows};
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems, FrequentItemsets, Trie, Walk, count_nodes};
use crate::mine::engines::auto::UnsortedRow;
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::miner::Miner;
use crate::transactions::{EncodedRows, JoinedRows, Transactions, as_u32};

/// The most itemsets that are kept: 20 bytes each.
pub(super) const MOST_KEPT: usize = 1 << 21;

/// The most itemsets that are looked for among the baskets that came, besides as many as are kept.
const MOST_RISEN: usize = 1 << 12;

/// Of the slack, the part that a refresh may use up even if little came.
const PART_OF_SLACK: u64 = 8;

/// Of the baskets that came, the share that a threshold should not be below, where the slack allows it: a search among
/// them at one in a hundred takes a small part of the time of counting.
const SHARE_OF_ADDED: u64 = 100;

/// The share that it must not be below, and the number: long baskets have too many itemsets that are in a few.
const LEAST_SHARE_OF_ADDED: u64 = 1000;
const LEAST_ADDED: u64 = 4;

/// The slack as a part of the threshold. A search at three quarters of it takes 10 to 20 % longer, and counting a tenth of
/// a search, so it pays if a single refresh more can count.
const SLACK: u64 = 4;

/// The number of an item that no basket has any more, nor any itemset that is kept.
const DROPPED: u32 = u32::MAX;

/// Itemsets with their counts at the last refresh.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    /// The item of each rank, as the window numbers it, or [`DROPPED`]. The ranks may be those of an older ranking.
    ids: Vec<u32>,
    trie: Arc<Trie>,
    /// The baskets that hold the itemset of each node.
    counts: Vec<u64>,
    /// What is not kept is in fewer baskets.
    low: u64,
}

/// The threshold that itemsets are kept from, if a threshold is asked for.
pub(super) fn lowered(min_count: u64) -> u64 {
    (min_count - min_count / SLACK).max(1)
}

/// Whether itemsets that are kept will do for a refresh after this one, if as many baskets come again.
pub(super) fn will_do(min_count: u64, added: u64) -> bool {
    is_enough(lowered(min_count), min_count, added)
}

/// Whether there is slack enough between two thresholds for so many baskets that came.
fn is_enough(low: u64, min_count: u64, added: u64) -> bool {
    let least = (added / LEAST_SHARE_OF_ADDED).max(LEAST_ADDED).min(added);
    min_count.checked_sub(low).is_some_and(|slack| least <= slack)
}

impl Kept {
    /// All itemsets of a search at a threshold, if they are not too many.
    pub(super) fn new<T>(found: &FrequentItemsets<T>) -> Option<Self> {
        let trie = Arc::clone(found.trie());
        let counts = (0..trie.len()).map(|node| trie.count(node));
        let counts = (trie.len() <= MOST_KEPT).then(|| counts.collect())?;
        Some(Kept { ids: found.items().ids().to_vec(), trie, counts, low: found.min_count() })
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// What is not kept is in fewer baskets than this; the labels of each itemset that is, in their order, and its count.
    #[cfg(test)]
    pub(super) fn listed<K: Ord + Clone, T: Ord + Clone>(
        &self,
        contents: &Contents<K, T>,
    ) -> (u64, Vec<(Vec<T>, u64)>) {
        let mut listed = Vec::new();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            let ids: Vec<u32> = path.iter().map(|&rank| self.ids[rank as usize]).collect();
            let mut labels: Vec<T> = contents.labelled(&ids).cloned().collect();
            labels.sort();
            listed.push((labels, self.counts[node]));
        }
        (self.low, listed)
    }

    /// Whether there is slack enough to find out what so many baskets that came lift to a threshold.
    pub(super) fn reaches(&self, min_count: u64, added: u64) -> bool {
        is_enough(self.low, min_count, added)
    }

    /// The rank of each item.
    fn ranks(&self, items: usize) -> Vec<Option<u32>> {
        let mut ranks = vec![None; items];
        let known = (0..).zip(&self.ids).filter(|(_, id)| **id != DROPPED);
        known.for_each(|(rank, &id)| ranks[id as usize] = Some(rank));
        ranks
    }

    /// Without what is in too few baskets, if some of it is in none, or most is: an itemset may be what one customer
    /// bought, and would stay after it was forgotten.
    pub(super) fn without_gone(mut self, ticker: &mut Ticker<'_>) -> Result<Self, Error> {
        let fewer = self.counts.iter().filter(|&&count| count < self.low).count();
        if 2 * fewer <= self.counts.len() && !self.counts.contains(&0) {
            return Ok(self);
        }
        let mut list = FlatItemsets::default();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            if self.counts[node] >= self.low {
                list.push(path.iter().copied(), as_u32(self.counts[node]));
            }
            ticker.check(2 + path.len())?;
        }
        self.replace(&list)?;
        Ok(self)
    }

    /// Gives each item another number. Those without one are in no itemset that is kept.
    pub(super) fn renumber(&mut self, numbers: &[u32]) {
        let known = self.ids.iter_mut().filter(|id| **id != DROPPED);
        known.for_each(|id| *id = numbers[*id as usize]);
    }

    /// Keeps these, with their counts, in the canonical order.
    fn replace(&mut self, list: &FlatItemsets) -> Result<(), Error> {
        let trie = Trie::of_list(list, self.ids.len(), CountTable::default())?;
        // The counts fit 32 bits: more baskets are not counted this way.
        self.counts = (0..trie.len()).map(|node| trie.count(node)).collect();
        self.trie = Arc::new(trie);
        Ok(())
    }

    /// The same after baskets came and went, with all itemsets that are in at least `min_count` baskets now; `None` if a
    /// search of all baskets is cheaper. `contents` are those after it.
    pub(super) fn changed<K: Ord + Clone, T: Eq + Hash + Ord + Clone>(
        &self,
        contents: &Contents<K, T>,
        added: &Transactions<T>,
        retired: &Transactions<T>,
        min_count: u64,
        (miner, control): (&Miner, &Control),
    ) -> Result<Option<Self>, Error> {
        let Some(slack) = min_count.checked_sub(self.low) else { return Ok(None) };
        let mut ticker = Ticker::new(control);
        let ranks = self.ranks(contents.labels().len());
        let [came, went] = [added, retired].map(|baskets| match baskets.is_empty() {
            true => Vec::new(),
            false => count_nodes(&self.trie, &ranks, baskets.rows(), &mut ticker),
        });
        control.check()?;
        let mut counts = self.counts.clone();
        counts.iter_mut().zip(&came).for_each(|(count, more)| *count += more);
        counts.iter_mut().zip(&went).for_each(|(count, less)| *count = count.saturating_sub(*less));
        let mut kept = Kept { ids: self.ids.clone(), trie: Arc::clone(&self.trie), counts, low: self.low };
        if added.is_empty() {
            return Ok(Some(kept));
        }
        // With as many as came, nothing that is not kept can have risen so far.
        let came = added.len() as u64;
        let used = (slack / PART_OF_SLACK).max(came / SHARE_OF_ADDED).max(LEAST_ADDED).min(slack).min(came);
        kept.low += used;
        if used == came {
            return Ok(Some(kept));
        }
        let Some(unknown) = self.risen(contents, added, kept.low, used + 1, &ranks, (miner, control))? else {
            return Ok(None);
        };
        if unknown.is_empty() {
            return Ok(Some(kept));
        }
        let all = contents.joined(&mut ticker)?;
        let counted = count_listed(&unknown, all.rows(), &mut ticker)?;
        control.check()?;
        let missing = unknown.into_iter().zip(counted).filter(|(_, count)| *count >= kept.low);
        kept.insert(missing.collect(), &ranks)?;
        Ok(Some(kept))
    }

    /// The itemsets that are not kept, are in at least `times` of the baskets that came, and whose items are in `low` of
    /// all; `None` if those baskets have too many itemsets.
    fn risen<K, T: Eq + Hash + Ord + Clone>(
        &self,
        contents: &Contents<K, T>,
        added: &Transactions<T>,
        low: u64,
        times: u64,
        ranks: &[Option<u32>],
        (miner, control): (&Miner, &Control),
    ) -> Result<Option<Vec<Vec<u32>>>, Error> {
        let mut ticker = Ticker::new(control);
        let rows = added.rows();
        let mut frequent = JoinedRows::new(contents.labels().len(), rows.stored(), rows.stored_entries());
        let mut kept: Vec<u32> = Vec::new();
        for (row, weight) in rows.weighted() {
            kept.clear();
            kept.extend(row.iter().filter(|&&id| contents.count(id) >= low));
            frequent.push(&kept, weight.into())?;
            ticker.check(1 + row.len() / 4)?;
        }
        let frequent = frequent.with_labels(Arc::clone(added.shared_dictionary()));
        let most = self.trie.len() + MOST_RISEN;
        let Some(found) = miner.mine_up_to(control, &frequent, times, most)? else { return Ok(None) };
        let mut unknown = Vec::new();
        let mut walk = Walk::new(found.trie(), usize::MAX);
        while let Some((_, path)) = walk.step() {
            let ids = path.iter().map(|&rank| found.items().ids()[rank as usize]);
            let own: Option<Vec<u32>> = ids.clone().map(|id| ranks[id as usize]).collect();
            let node = own.and_then(|mut own| {
                own.sort_unstable_by(|a, b| b.cmp(a));
                self.trie.find(&own)
            });
            if node.is_none() {
                unknown.push(ids.collect());
            }
            ticker.check(8 * path.len())?;
        }
        Ok((unknown.len() <= MOST_RISEN).then_some(unknown))
    }

    /// Keeps some more itemsets, given by their items. With each of them all of its subsets are kept.
    fn insert(&mut self, missing: Vec<(Vec<u32>, u64)>, ranks: &[Option<u32>]) -> Result<(), Error> {
        if missing.is_empty() {
            return Ok(());
        }
        let mut ranks = ranks.to_vec();
        let mut list = FlatItemsets::default();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            list.push(path.iter().copied(), as_u32(self.counts[node]));
        }
        for (items, count) in missing {
            let mut descending = Vec::with_capacity(items.len());
            for id in items {
                let rank = *ranks[id as usize].get_or_insert_with(|| {
                    self.ids.push(id);
                    // Items are numbered by a u32.
                    self.ids.len() as u32 - 1
                });
                descending.push(rank);
            }
            descending.sort_unstable_by(|a, b| b.cmp(a));
            list.push(descending, as_u32(count));
        }
        self.replace(&list.sorted())
    }

    /// Those with at least `min_count` baskets, as a search finds them; `None` if only a search tells which engine would
    /// have run.
    pub(super) fn frequent<K, T: Ord>(
        &self,
        contents: &Contents<K, T>,
        min_count: u64,
        miner: &Miner,
        ticker: &mut Ticker<'_>,
    ) -> Result<Option<FrequentItemsets<T>>, Error> {
        let (ids, counts) = contents.ranking(min_count);
        let mut ranks = vec![None; contents.labels().len()];
        (0..).zip(&ids).for_each(|(rank, &id)| ranks[id as usize] = Some(rank));
        let statistics = miner.statistics(|| unsorted(contents, &ranks), &ranks, &counts);
        let Some(statistics) = statistics else { return Ok(None) };
        let mut list = FlatItemsets::default();
        let mut walk = Walk::new(&self.trie, usize::MAX);
        let (mut descending, mut is_sorted) = (Vec::new(), true);
        while let Some((node, path)) = walk.step() {
            ticker.check(2)?;
            if self.counts[node] < min_count {
                continue;
            }
            descending.clear();
            // Each item of a frequent itemset has a rank.
            descending.extend(path.iter().filter_map(|&rank| ranks[self.ids[rank as usize] as usize]));
            descending.sort_unstable_by(|a, b| b.cmp(a));
            is_sorted &= list.len() == 0 || list.descending(list.len() - 1) < &descending[..];
            list.push(descending.iter().copied(), as_u32(self.counts[node]));
            ticker.check(2 + path.len())?;
        }
        if !miner.may_find(list.len() as u64) {
            return Ok(None);
        }
        let list = if is_sorted { list } else { list.sorted() };
        let trie = Trie::of_list(&list, ids.len(), CountTable::default())?;
        let counts = counts.into_iter().map(u64::from).collect();
        let items = FrequentItems::of_parts(Arc::clone(contents.dictionary()), ids, counts);
        Ok(Some(FrequentItemsets::new(items, trie, contents.baskets(), min_count, statistics)))
    }
}

/// All baskets, with how many of their items have a rank.
fn unsorted<'a, K, T>(contents: &'a Contents<K, T>, ranks: &[Option<u32>]) -> Vec<UnsortedRow<'a>> {
    let rows = contents.parts().values().flat_map(Rows::iter).filter(|row| row.now > 0);
    let unsorted = rows.map(|Row { items, now, .. }| {
        let length = items.iter().map(|&id| u32::from(ranks[id as usize].is_some())).sum();
        // There are no more baskets than 32 bits number.
        UnsortedRow { items, length, weight: now as u32 }
    });
    unsorted.collect()
}

/// How many rows hold each of some itemsets.
fn count_listed(itemsets: &[Vec<u32>], rows: EncodedRows<'_>, ticker: &mut Ticker<'_>) -> Result<Vec<u64>, Error> {
    let mut ids: Vec<u32> = itemsets.iter().flatten().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut ranks = vec![None; rows.items()];
    (0..).zip(&ids).for_each(|(rank, &id)| ranks[id as usize] = Some(rank));
    let mut list = FlatItemsets::default();
    let mut all = Vec::with_capacity(itemsets.len());
    for itemset in itemsets {
        let mut descending: Vec<u32> = itemset.iter().filter_map(|&id| ranks[id as usize]).collect();
        descending.sort_unstable_by(|a, b| b.cmp(a));
        list.push(descending.iter().copied(), 0);
        all.push(descending);
    }
    let trie = Trie::of_list(&list.sorted(), ids.len(), CountTable::default())?;
    let counts = count_nodes(&trie, &ranks, rows, ticker);
    Ok(all.iter().map(|descending| trie.find(descending).map_or(0, |node| counts[node])).collect())
}
