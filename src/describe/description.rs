//! The numbers, and the call that finds them.

use super::baskets::BasketCounts;
use super::thresholds::{ThresholdEffect, effects};
use crate::error::Error;
use crate::rules::{Contingency, Measure};
use crate::run_options::RunOptions;
use crate::stored_format::Format;
use crate::transactions::{Summary, Transactions};

/// The most frequent items that are paired with each other.
const PAIRED: usize = 10;

/// The shares of all entries whose items are counted.
const SHARES: [f64; 3] = [0.5, 0.8, 0.9];

/// A look at baskets before a search, from [`Transactions::describe`]: what sells, how much at once, what sells
/// together, and what a minimum support would give.
///
/// It displays as a page of text with bars, at most 100 columns wide. With the feature `serde` it serialises, for other
/// programs; it is not read back.
///
/// ```
/// use itemset::Transactions;
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
/// ])?;
/// let description = baskets.describe(20)?;
/// assert_eq!((description.items[0].item, description.items[0].count), ("diapers", 3));
/// assert_eq!(description.distinct_baskets, 4);
///
/// let pair = description.pair(0, 1).ok_or("beer is the second item")?; // diapers with beer
/// assert_eq!((pair.count, pair.lift), (2, 4.0 / 3.0));
///
/// // 2 of 4 items make half of the entries or more.
/// assert_eq!((description.coverage[0].share, description.coverage[0].items), (0.5, 2));
/// // In half of the baskets: 3 items and 1 pair.
/// let half = description.thresholds[0];
/// assert_eq!((half.support, half.items, half.pairs, half.itemsets.exact()), (0.5, 3, 1, Some(4)));
/// println!("{description}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Description<T> {
    format: Format<1>,
    /// Number, lengths and density of the baskets, and the duplicates skipped.
    pub summary: Summary,
    /// Different baskets, the empty one included.
    pub distinct_baskets: u64,
    /// The most frequent items, the most frequent first; of equal counts in the order of the labels.
    pub items: Vec<ItemFrequency<T>>,
    /// How many of the most frequent items make half, 80 % and 90 % of all entries.
    pub coverage: Vec<Coverage>,
    /// The lengths that baskets have, ascending.
    pub lengths: Vec<LengthCount>,
    /// All pairs of the first 10 of `items`, in their order: the first with each later one, then the second, and so on.
    pub pairs: Vec<ItemPair>,
    /// What minimum supports from 0.5 down to 0.001 would give, the highest first. Of supports that mean the same
    /// number of baskets only the highest is there.
    pub thresholds: Vec<ThresholdEffect>,
}

/// How often an item comes, in a [`Description`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ItemFrequency<T> {
    /// The label.
    pub item: T,
    /// The baskets that contain it, at least 1.
    pub count: u64,
    /// The fraction of all baskets.
    pub support: f64,
}

/// How many items make a share of all entries, in a [`Description`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Coverage {
    /// The share.
    pub share: f64,
    /// The fewest items that together make it; 0 without entries.
    pub items: u64,
}

/// How many baskets have a length, in a [`Description`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LengthCount {
    /// Different items in a basket.
    pub items: u64,
    /// Baskets of that many, at least 1.
    pub baskets: u64,
}

/// How often two frequent items come together, in a [`Description`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ItemPair {
    /// The place of the more frequent item in [`Description::items`], from 0.
    pub first: usize,
    /// The place of the other item.
    pub second: usize,
    /// The baskets that contain both.
    pub count: u64,
    /// How many times as often as by chance they come together: 1 if one does not depend on the other, 0 if they never
    /// do.
    pub lift: f64,
}

impl<T> Description<T> {
    /// A pair by the places of its items in `items`, from 0, in any order. `None` unless both are among the first 10,
    /// and different.
    #[must_use]
    pub fn pair(&self, one: usize, other: usize) -> Option<ItemPair> {
        let (first, second) = (one.min(other), one.max(other));
        self.pairs.iter().find(|pair| (pair.first, pair.second) == (first, second)).copied()
    }
}

impl<T: Ord + Clone> Transactions<T> {
    /// Describes the baskets: the `top` most frequent items, coverage, lengths, pairs of the first 10 of the items, and
    /// what minimum supports would give. [`summary`](Transactions::summary) is the quick part of it.
    ///
    /// It does not depend on the order of the baskets or the number of threads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system refuses threads.
    ///
    /// # Complexity
    ///
    /// One pass over the entries, and sorting the distinct items and the lengths of the stored rows. Then for each of
    /// up to 9 supports a search for pairs, as [`Miner::count`](crate::Miner::count) makes it, and a call of
    /// [`Miner::estimate_itemsets`](crate::Miner::estimate_itemsets), which takes half a second at the most for some
    /// hundred thousand baskets. Memory: 16 to 36 bytes per distinct basket, and that of the search for pairs.
    pub fn describe(&self, top: usize) -> Result<Description<T>, Error> {
        self.describe_with(top, &RunOptions::default())
    }

    /// As [`describe`](Transactions::describe), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`describe`](Transactions::describe), and those of [`RunOptions`].
    pub fn describe_with(&self, top: usize, options: &RunOptions) -> Result<Description<T>, Error> {
        options.run(|control| {
            let ids = self.by_frequency();
            // Of the set of distinct baskets, at its fullest.
            options.check_room(36 * self.stored_rows() as u64)?;
            let paired = &ids[..ids.len().min(PAIRED).min(top)];
            let counts = BasketCounts::new(self.rows(), paired, 0.3, control)?;
            let thresholds = effects(self, options, control)?;
            let lengths = (0..).zip(counts.lengths).filter(|&(_, baskets)| baskets > 0);
            Ok(Description {
                format: Format,
                summary: self.summary(),
                distinct_baskets: counts.distinct,
                items: ids.iter().take(top).map(|&id| self.item_frequency(id)).collect(),
                coverage: SHARES.map(|share| self.coverage(share, &ids)).to_vec(),
                lengths: lengths.map(|(items, baskets)| LengthCount { items, baskets }).collect(),
                pairs: self.item_pairs(paired, &counts.pairs)?,
                thresholds,
            })
        })
    }

    /// The items that are in a basket, the most frequent first, ties by label.
    fn by_frequency(&self) -> Vec<u32> {
        let (labels, counts) = (self.dictionary().labels(), self.counts());
        let mut ids: Vec<u32> = (0..).zip(counts).filter(|&(_, &count)| count > 0).map(|(id, _)| id).collect();
        ids.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            counts[b].cmp(&counts[a]).then_with(|| labels[a].cmp(&labels[b]))
        });
        ids
    }

    fn item_frequency(&self, id: u32) -> ItemFrequency<T> {
        let (item, count) = (self.dictionary().labels()[id as usize].clone(), self.counts()[id as usize]);
        ItemFrequency { item, count, support: count as f64 / self.len() as f64 }
    }

    fn coverage(&self, share: f64, ids: &[u32]) -> Coverage {
        let enough = share * self.entries() as f64;
        let mut covered = 0;
        let is_short = |&&id: &&u32| {
            let is_short = (covered as f64) < enough;
            covered += self.counts()[id as usize];
            is_short
        };
        Coverage { share, items: ids.iter().take_while(is_short).count() as u64 }
    }

    fn item_pairs(&self, ids: &[u32], counts: &[u64]) -> Result<Vec<ItemPair>, Error> {
        let of = |place: usize| self.counts()[ids[place] as usize];
        let mut pairs = Vec::new();
        for first in 0..ids.len() {
            for second in first + 1..ids.len() {
                let count = counts[first * ids.len() + second];
                let lift = match count {
                    0 => 0.0,
                    _ => Contingency::new(self.len() as u64, of(first), of(second), count)?.measure(Measure::Lift),
                };
                pairs.push(ItemPair { first, second, count, lift });
            }
        }
        Ok(pairs)
    }
}
