//! Maximal itemsets with their labels.

use std::borrow::Borrow;
use std::hash::Hash;

use super::Patterns;
use super::result::result_of_a_search;

/// All maximal frequent itemsets of one search, each with its count, from
/// [`Miner::mine_maximal`](crate::Miner::mine_maximal).
///
/// A *maximal* itemset is frequent, but no superset of it is. An itemset is frequent exactly if some maximal itemset
/// contains it. Its count cannot be recovered, so maximal itemsets make no rules:
///
/// ```compile_fail
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]]).unwrap();
/// let maximal = Miner::new().min_support(0.5).mine_maximal(&baskets).unwrap();
/// let rules = maximal.rules().generate();
/// ```
///
/// 12 bytes per node on the paths to them, which they partly share.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
/// let maximal = Miner::new().min_support(0.5).mine_maximal(&baskets)?;
/// let lines: Vec<String> = maximal.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, ["{beer, diapers} (count 2, support 0.667)"]);
/// assert!(maximal.is_frequent(["beer"]) && !maximal.contains(["beer"]));
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "FPMax")]
#[doc(alias = "MAFIA")]
#[derive(Clone, Debug)]
pub struct MaximalItemsets<T> {
    pub(super) patterns: Patterns<T>,
}

result_of_a_search!(MaximalItemsets keeps Leaves);

impl<T> MaximalItemsets<T> {
    /// The number of baskets that contain a maximal itemset, given by its labels in any order; `None` for any other
    /// itemset.
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.patterns.count_of(&self.patterns.items.falling_ranks(labels)?)
    }

    /// Whether an itemset, given by its labels in any order, is frequent: whether a maximal itemset contains it.
    ///
    /// The empty itemset is in every basket. Time: at most one step per node of the itemsets whose rarest item is at
    /// least as rare as its own.
    pub fn is_frequent<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> bool
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        match self.patterns.items.falling_ranks(labels) {
            None => false,
            Some(descending) if descending.is_empty() => self.patterns.baskets >= self.patterns.min_count,
            Some(descending) => self.patterns.trie.holds(&descending),
        }
    }
}
