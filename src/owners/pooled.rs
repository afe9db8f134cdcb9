//! The result: itemsets that are frequent in the baskets of all owners.

use std::cmp::Reverse;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use hashbrown::HashMap;

use super::agreement::Terms;
use super::search::{Level, Search};
use super::totals::{CountInterval, Pooled};
use crate::call::ticker::Ticker;
use crate::dictionary::{Dictionary, write_set};
use crate::error::Error;
use crate::itemsets::{CountTable, FrequentItems, FrequentItemsets, Trie};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::report::statistics::{AprioriLevel, Statistics};
use crate::run_options::RunOptions;

/// Itemsets that are, or may be, frequent in the baskets of all owners, from a session that has ended.
///
/// Without noise, and where no owner held back, counts are exact, and [`to_frequent`](PooledItemsets::to_frequent)
/// gives what mining all baskets together would have given. Otherwise each count is an interval. They are in the order
/// in which they were counted: by length, then from the rarest to the most frequent item.
#[derive(Clone, Debug)]
pub struct PooledItemsets<T> {
    catalogue: Arc<Dictionary<T>>,
    owners: Vec<String>,
    has_noise: bool,
    pooled: Pooled,
    /// The catalogue's number of each rank.
    items: Vec<u32>,
    levels: Vec<Level>,
    counts: Vec<Vec<CountInterval>>,
    /// Itemsets that were counted in each round.
    candidates: Vec<usize>,
    /// Distinct items that some basket may have.
    distinct: u64,
}

/// An itemset of [`PooledItemsets`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PooledItemset<'a, T> {
    /// Its items, ascending.
    pub items: Vec<&'a T>,
    /// The baskets of all owners that contain it.
    pub count: CountInterval,
    /// Whether all of the interval reaches the threshold, however many baskets there are of those that are possible.
    /// Otherwise its upper end does, if there are few.
    pub is_surely_frequent: bool,
}

impl<T> PooledItemsets<T> {
    /// Of a search that is over. `counts` are those of what was kept, `distinct` of the items that the catalogue shares
    /// with the baskets.
    pub(super) fn new(
        terms: &Terms<T>,
        owners: &[u32],
        search: &Search,
        (pooled, distinct): (Pooled, u64),
        counts: Vec<Vec<CountInterval>>,
    ) -> Self {
        PooledItemsets {
            catalogue: Arc::clone(&terms.catalogue),
            owners: terms.names(owners),
            has_noise: terms.scale.is_some(),
            pooled,
            items: search.items.clone(),
            levels: search.levels.clone(),
            counts,
            candidates: search.counted.clone(),
            distinct,
        }
    }

    /// The owners whose baskets are in it, in the order of the agreement.
    #[must_use]
    pub fn owners(&self) -> &[String] {
        &self.owners
    }

    /// The number of their baskets.
    #[must_use]
    pub fn basket_count(&self) -> CountInterval {
        self.pooled.baskets
    }

    /// The smallest count that is frequent. For a fraction it is computed from the estimated number of baskets; what is
    /// kept, and what is surely frequent, allow for all numbers of the interval.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.pooled.min_count.estimate
    }

    /// Itemsets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.iter().map(Level::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all counts are exact, so that nothing else is frequent. With noise they never are, however little it is.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.has_noise && self.pooled.baskets.is_exact() && self.counts.iter().flatten().all(|count| count.is_exact())
    }
}

impl<T: Ord> PooledItemsets<T> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = PooledItemset<'_, T>> {
        let levels = self.levels.iter().zip(&self.counts);
        levels.flat_map(|(level, counts)| level.iter().zip(counts)).map(|(ranks, &count)| {
            let mut items: Vec<&T> = ranks.iter().map(|&rank| self.label(self.items[rank as usize])).collect();
            items.sort_unstable();
            PooledItemset { items, count, is_surely_frequent: self.pooled.is_sure(count) }
        })
    }

    fn label(&self, item: u32) -> &T {
        &self.catalogue.labels()[item as usize]
    }
}

impl<T: Eq + Hash + Ord + Clone> PooledItemsets<T> {
    /// The frequent itemsets of all baskets: byte for byte what [`Algorithm::Apriori`] finds on one thread in the
    /// baskets of all [`owners`](PooledItemsets::owners) together, without items that are not in the catalogue. Rules
    /// and the rest are made from them as from any others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) unless all counts are
    /// [exact](PooledItemsets::is_exact), and [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than
    /// `u32::MAX` itemsets.
    ///
    /// # Complexity
    ///
    /// As [`estimated_itemsets`](PooledItemsets::estimated_itemsets).
    pub fn to_frequent(&self) -> Result<FrequentItemsets<T>, Error> {
        self.to_frequent_with(&RunOptions::new())
    }

    /// As [`to_frequent`](PooledItemsets::to_frequent), with options for the run.
    ///
    /// # Errors
    ///
    /// As [`to_frequent`](PooledItemsets::to_frequent), and those of [`RunOptions`](RunOptions#errors).
    pub fn to_frequent_with(&self, options: &RunOptions) -> Result<FrequentItemsets<T>, Error> {
        if !self.is_exact() {
            let (setting, value) = ("exact counts", "counts that noise or a smallest group made uncertain");
            return Err(Error::invalid_setting(setting, value, "an exact result; estimated_itemsets takes estimates"));
        }
        // Exact counts are estimates, and consistent ones stay as they are.
        self.estimated_itemsets_with(options)
    }

    /// The estimated counts as frequent itemsets: those whose estimate reaches the threshold. For rules of uncertain
    /// counts, which are estimates then, as all measures of them.
    ///
    /// Estimates are changed where no baskets can have them: one that is above that of a subset is lowered to it, and
    /// one that two subsets, each in most baskets, do not leave room for is raised. If all counts are exact, this is
    /// [`to_frequent`](PooledItemsets::to_frequent).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than `u32::MAX` itemsets.
    ///
    /// # Complexity
    ///
    /// A binary search for each item of each itemset, and two for each way to part one whose items are in most baskets,
    /// of which there are 2^(k - 1) for k items; then they are sorted once.
    pub fn estimated_itemsets(&self) -> Result<FrequentItemsets<T>, Error> {
        self.estimated_itemsets_with(&RunOptions::new())
    }

    /// As [`estimated_itemsets`](PooledItemsets::estimated_itemsets), with options for the run.
    ///
    /// # Errors
    ///
    /// As [`estimated_itemsets`](PooledItemsets::estimated_itemsets), and those of [`RunOptions`](RunOptions#errors).
    pub fn estimated_itemsets_with(&self, options: &RunOptions) -> Result<FrequentItemsets<T>, Error> {
        options.run(|control| {
            let mut ticker = Ticker::new(control);
            let counts = self.consistent(&mut ticker)?;
            self.frequent(&counts, &mut ticker)
        })
    }

    /// The estimates of each length, changed as little as needed for some baskets to have them: no set is in more
    /// baskets than a subset, and of two sets no fewer baskets have both than have to.
    fn consistent(&self, ticker: &mut Ticker<'_>) -> Result<Vec<Vec<u64>>, Error> {
        let all = self.pooled.baskets.estimate;
        let is_exact = self.is_exact();
        let mut counts: Vec<Vec<u64>> = Vec::with_capacity(self.levels.len());
        let mut subset = Vec::new();
        for (level, estimates) in self.levels.iter().zip(&self.counts) {
            let mut of_level = Vec::with_capacity(level.len());
            for (ranks, count) in level.iter().zip(estimates) {
                let mut count = count.estimate.min(all);
                for left_out in 0..if ranks.len() > 1 { ranks.len() } else { 0 } {
                    subset.clear();
                    subset.extend_from_slice(ranks);
                    subset.remove(left_out);
                    count = count.min(self.count_in(&counts, &subset));
                }
                ticker.check(1 + 8 * ranks.len())?;
                // That both have more than their items is only possible for items that most baskets have.
                if !is_exact && self.may_overlap(&counts, ranks, count) {
                    count = count.max(self.least(&counts, ranks, ticker)?);
                }
                of_level.push(count);
            }
            counts.push(of_level);
        }
        Ok(counts)
    }

    /// The count of a shorter itemset. All subsets of what was kept were kept.
    fn count_in(&self, counts: &[Vec<u64>], ranks: &[u32]) -> u64 {
        let place = self.levels[ranks.len() - 1].find(ranks);
        place.map_or(0, |place| counts[ranks.len() - 1][place])
    }

    /// Whether two parts of an itemset may be in so many baskets that more than `count` must have both.
    fn may_overlap(&self, counts: &[Vec<u64>], ranks: &[u32], count: u64) -> bool {
        let Some(singles) = counts.first() else { return false };
        let mut largest = [0; 2];
        for &rank in ranks {
            let single = singles[rank as usize];
            largest = if single > largest[0] { [single, largest[0]] } else { [largest[0], largest[1].max(single)] };
        }
        ranks.len() > 1 && largest[0] + largest[1] > self.pooled.baskets.estimate.saturating_add(count)
    }

    /// The fewest baskets that must have an itemset, by the counts of each two parts of it.
    fn least(&self, counts: &[Vec<u64>], ranks: &[u32], ticker: &mut Ticker<'_>) -> Result<u64, Error> {
        let (mut least, mut parts) = (0, [Vec::new(), Vec::new()]);
        // The first item is always in the first part. An itemset has fewer items than a number has bits, or so many
        // subsets that it was never kept.
        for chosen in 0..(1u64 << (ranks.len() - 1).min(63)) - 1 {
            parts.iter_mut().for_each(Vec::clear);
            parts[0].push(ranks[0]);
            for (place, &rank) in ranks[1..].iter().enumerate() {
                parts[usize::from(chosen >> place & 1 == 0)].push(rank);
            }
            let [one, other] = [&parts[0], &parts[1]].map(|part| self.count_in(counts, part));
            least = least.max((one + other).saturating_sub(self.pooled.baskets.estimate));
            ticker.check(8 * ranks.len())?;
        }
        Ok(least)
    }

    /// The itemsets with these counts that reach the threshold.
    fn frequent(&self, counts: &[Vec<u64>], ticker: &mut Ticker<'_>) -> Result<FrequentItemsets<T>, Error> {
        let is_frequent = |&count: &u64| count >= self.min_count();
        let items = self.items.iter().zip(counts.first().into_iter().flatten());
        let mut ranking: Vec<(u32, u64)> =
            items.filter(|(_, count)| is_frequent(count)).map(|(&item, &count)| (item, count)).collect();
        ranking.sort_unstable_by_key(|&(item, count)| (Reverse(count), self.label(item)));
        let ranks: HashMap<u32, u32> = (0..).zip(&ranking).map(|(rank, &(item, _))| (item, rank)).collect();
        let baskets = self.pooled.baskets.estimate;
        let table = CountTable::new(baskets, counts.iter().flatten().copied())?;
        let mut list = FlatItemsets::default();
        let mut levels = Vec::new();
        for (length, (level, counts)) in self.levels.iter().zip(counts).enumerate() {
            let before = list.len();
            for (own, &count) in level.iter().zip(counts).filter(|(_, count)| is_frequent(count)) {
                // All items of what is frequent are.
                let mut descending: Vec<u32> =
                    own.iter().filter_map(|&rank| ranks.get(&self.items[rank as usize]).copied()).collect();
                descending.sort_unstable_by(|a, b| b.cmp(a));
                list.push(descending, table.code(count));
                ticker.check(4 + 2 * own.len())?;
            }
            let candidates = if length == 0 { self.distinct } else { self.candidates[length] as u64 };
            levels.push(AprioriLevel { candidates, frequent: (list.len() - before) as u64 });
        }
        let trie = Trie::of_list(&list.sorted(), ranking.len(), table)?;
        let (ids, item_counts) = ranking.into_iter().unzip();
        let items = FrequentItems::of_parts(Arc::clone(&self.catalogue), ids, item_counts);
        let statistics = Statistics { algorithm: Algorithm::Apriori, threads: 1, levels };
        Ok(FrequentItemsets::new(items, trie, baskets, self.min_count(), statistics))
    }
}

impl<T> PooledItemset<'_, T> {
    /// Its number of items.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // The empty itemset is never one of them.
    pub fn len(&self) -> usize {
        self.items.len()
    }
}

/// `{beer, diapers} (count 12)`, `{beer, diapers} (count 12 (9 to 15), possibly frequent)`.
impl<T: fmt::Display> fmt::Display for PooledItemset<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.items.iter())?;
        let sure = if self.is_surely_frequent { "" } else { ", possibly frequent" };
        write!(f, " (count {}{sure})", self.count)
    }
}
