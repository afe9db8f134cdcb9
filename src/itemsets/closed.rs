//! Closed itemsets with their labels.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::Arc;

use super::result::result_of_a_search;
use super::{FrequentItemsets, Kept, Patterns, expand};
use crate::error::Error;
use crate::run_options::RunOptions;

/// All closed frequent itemsets of one search, each with its count, from
/// [`Miner::mine_closed`](crate::Miner::mine_closed).
///
/// A *closed* itemset has no superset of the same count. The closed itemsets determine all frequent itemsets and their
/// counts: the count of an itemset is the largest count of the closed itemsets that contain it.
///
/// 12 bytes per node on the paths to them, which they partly share.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
/// let miner = Miner::new().min_support(0.5);
/// let closed = miner.mine_closed(&baskets)?;
/// let lines: Vec<String> = closed.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, ["{beer} (count 3, support 1.000)", "{beer, diapers} (count 2, support 0.667)"]);
/// assert_eq!(closed.count_of(["diapers"]), Some(2));
/// assert_eq!(closed.expand()?, miner.mine(&baskets)?);
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "LCM")]
#[doc(alias = "CHARM")]
#[doc(alias = "closed pattern")]
#[derive(Clone, Debug)]
pub struct ClosedItemsets<T> {
    pub(super) patterns: Patterns<T>,
}

result_of_a_search!(ClosedItemsets keeps Closed);

impl<T> ClosedItemsets<T> {
    /// The number of baskets that contain an itemset, closed or not, given by its labels in any order; `None` if it is
    /// not frequent. The empty itemset is in every basket.
    ///
    /// This is the largest count of the closed itemsets that contain it. Time: at most one step per node of the
    /// itemsets whose rarest item is at least as rare as its own, except those whose count is too small.
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let descending = self.patterns.items.falling_ranks(labels)?;
        if descending.is_empty() {
            return Some(self.patterns.baskets);
        }
        self.patterns.trie.largest_holding(&descending)
    }

    /// All frequent itemsets: the same that [`Miner::mine`](crate::Miner::mine) finds, without reading the baskets
    /// again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` itemsets, or beyond what half of the
    /// machine's memory holds (feature `memory-limit`); [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the system
    /// does not grant the memory for the subsets of the longest.
    ///
    /// # Complexity
    ///
    /// For each itemset that is found, one step per item of each closed itemset that contains it, and sorting those.
    pub fn expand(&self) -> Result<FrequentItemsets<T>, Error> {
        self.expand_with(&RunOptions::default())
    }

    /// As [`expand`](ClosedItemsets::expand), with [options](RunOptions). It stays on the calling thread.
    ///
    /// # Errors
    ///
    /// As [`expand`](ClosedItemsets::expand), and those of [`RunOptions`].
    pub fn expand_with(&self, options: &RunOptions) -> Result<FrequentItemsets<T>, Error> {
        let Patterns { items, trie, baskets, min_count, statistics, .. } = &self.patterns;
        let trie = options.run(|control| expand(trie, options, control))?.with_table(trie.table().clone());
        let patterns = Patterns::new(Arc::clone(items), trie, *baskets, *min_count, statistics.clone(), Kept::All);
        Ok(FrequentItemsets { patterns })
    }
}

/// All frequent itemsets, by [`ClosedItemsets::expand`].
impl<T> TryFrom<&ClosedItemsets<T>> for FrequentItemsets<T> {
    type Error = Error;

    fn try_from(closed: &ClosedItemsets<T>) -> Result<Self, Error> {
        closed.expand()
    }
}
