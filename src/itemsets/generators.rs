//! Generators with their labels.

use std::borrow::Borrow;
use std::hash::Hash;

use super::Patterns;
use super::result::result_of_a_search;

/// All frequent generators of one search, each with its count, from
/// [`Miner::mine_generators`](crate::Miner::mine_generators).
///
/// A *generator*, or free itemset, has no proper subset of the same count, the empty itemset included, which is in
/// every basket. Among the itemsets that are in the same baskets, the generators are the smallest and the closed
/// itemset is the largest. Every subset of a generator is a generator; the empty one is never listed.
///
/// 12 bytes per itemset whatever its length.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
/// let generators = Miner::new().min_support(0.5).mine_generators(&baskets)?;
/// let lines: Vec<String> = generators.iter().map(|itemset| itemset.to_string()).collect();
/// assert_eq!(lines, ["{diapers} (count 2, support 0.667)"]); // beer is in every basket
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "free itemset")]
#[doc(alias = "key itemset")]
#[derive(Clone, Debug)]
pub struct GeneratorItemsets<T> {
    pub(super) patterns: Patterns<T>,
}

result_of_a_search!(GeneratorItemsets keeps All);

impl<T> GeneratorItemsets<T> {
    /// The number of baskets that contain a generator, given by its labels in any order; `None` for any other itemset.
    pub fn count_of<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> Option<u64>
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.patterns.count_of(&self.patterns.items.falling_ranks(labels)?)
    }
}
