//! All rules of one search.

use std::iter::FusedIterator;
use std::slice;
use std::sync::Arc;

use super::make::store::{RuleStore, Split};
use super::rule::Rule;
use crate::error::Error;
use crate::itemsets::FrequentItems;
use crate::threads::workers::Workers;

/// Association rules, each with the four counts that all measures are computed from.
///
/// They stand in the crate's canonical order, which is the same for every engine and every number of threads: in the
/// order of the itemset of both sides together (see [`FrequentItemsets`](crate::FrequentItemsets)), then by
/// the number of items on the right side, then in the order of the right side. After
/// [`sorted_by`](Rules::sorted_by) they stand in the order asked for.
///
/// 16 bytes a rule, and 16 for each itemset that has rules and 4 for each of its items; at most `u32::MAX` rules. They
/// keep the labels alive that they need, so the itemsets and the baskets may go.
///
/// ```
/// use itemset::{Measure, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
/// ])?;
/// let rules = Miner::new().min_support(0.5).mine(&baskets)?.rules().min_confidence(0.6).generate()?;
/// assert_eq!(rules.len(), 2);
///
/// let rule = rules.get(0).unwrap();
/// assert_eq!(rule.to_string(), "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)");
/// assert!(rule.antecedent().eq(&["beer"]));
/// assert_eq!((rule.counts().n_x(), rule.counts().n_y(), rule.count()), (2, 3, 2));
///
/// let lines: Vec<String> = rules.top(10, Measure::Conviction).iter().map(|rule| rule.to_string()).collect();
/// assert!(lines[0].starts_with("{beer} => {diapers}"));
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "association_rules")]
#[doc(alias = "RuleSet")]
#[derive(Clone, Debug)]
pub struct Rules<T> {
    pub(super) items: Arc<FrequentItems<T>>,
    pub(super) baskets: u64,
    pub(super) store: RuleStore,
}

impl<T> Rules<T> {
    pub(crate) fn new(items: &Arc<FrequentItems<T>>, baskets: u64, store: RuleStore) -> Self {
        Rules { items: Arc::clone(items), baskets, store }
    }

    /// The labels by rank.
    pub(crate) fn items(&self) -> &Arc<FrequentItems<T>> {
        &self.items
    }

    /// The rules as ranks and counts.
    pub(crate) fn store(&self) -> &RuleStore {
        &self.store
    }

    /// Rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of rules with one item on both sides together, two items and so on, without trailing zeros. `O(n)`,
    /// on all threads of the pool that the call runs in.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&baskets)?;
    /// // beer => diapers
    /// assert_eq!(rules.by_len(), [0, 1]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn by_len(&self) -> Vec<u64> {
        self.store.by_len(Workers::by_default())
    }

    /// The baskets that the rules were found in, the empty ones included.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.baskets
    }

    /// One rule by its position in the present order, from 0.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Rule<'_, T>> {
        self.store.splits.get(position).map(|split| Rule { of: self, split })
    }

    /// All rules in the present order.
    #[must_use]
    pub fn iter(&self) -> RuleIter<'_, T> {
        RuleIter { of: self, splits: self.store.splits.iter() }
    }

    /// The rules for which `keep` holds, in the present order.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
    /// let certain = rules.filter(|rule| rule.confidence() == 1.0);
    /// assert_eq!((rules.len(), certain.len()), (2, 1));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn filter(&self, keep: impl Fn(Rule<'_, T>) -> bool) -> Self {
        self.keep(|place| keep(Rule { of: self, split: &self.store.splits[place] }))
    }

    /// The first `k` rules in the present order, or all if there are fewer.
    ///
    /// To make only the best see [`RuleBuilder::top_k`](crate::RuleBuilder::top_k).
    #[must_use]
    pub fn head(&self, k: usize) -> Self {
        self.keep(|place| place < k)
    }

    /// The rules at these places of the present order, in the order of the places: for use with lists that hold a value
    /// per rule, such as [`redundancy`](Rules::redundancy), [`adjusted_p_values`](Rules::adjusted_p_values),
    /// [`evaluate`](Rules::evaluate) or [`drift`](Rules::drift).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a place that no rule has, or that comes
    /// twice.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "chips", "diapers"], vec!["beer", "diapers"], vec!["diapers"], vec!["wipes"],
    /// ])?;
    /// let itemsets = Miner::new().min_support(0.25).mine(&baskets)?;
    /// let rules = itemsets.rules().generate()?;
    /// let redundancy = rules.redundancy(&itemsets)?;
    ///
    /// // Those that improve on simpler ones by a tenth, the best first.
    /// let mut places: Vec<usize> = (0..rules.len()).filter(|&place| redundancy[place].improvement() >= 0.1).collect();
    /// places.sort_by(|&a, &b| redundancy[b].improvement().total_cmp(&redundancy[a].improvement()));
    /// let best = rules.select_indices(places)?;
    /// assert!(best.get(0).unwrap().to_string().starts_with("{chips} => {beer} (support 0.250, confidence 1.000"));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn select_indices(&self, places: impl IntoIterator<Item = usize>) -> Result<Self, Error> {
        let mut picked = vec![false; self.len()];
        let splits = places.into_iter().map(|place| match picked.get_mut(place) {
            Some(picked @ false) => {
                *picked = true;
                Ok(self.store.splits[place])
            }
            _ => Err(Error::invalid_setting("places", place, "the place of a rule, below their number and each once")),
        });
        let store = self.store.with_splits(splits.collect::<Result<_, _>>()?);
        Ok(Rules { items: Arc::clone(&self.items), baskets: self.baskets, store })
    }

    /// The rules at some places.
    pub(super) fn keep(&self, keep: impl Fn(usize) -> bool) -> Self {
        Rules { items: Arc::clone(&self.items), baskets: self.baskets, store: self.store.keep(keep) }
    }

    /// Bytes held by the rules, without the labels.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.store.bytes()
    }
}

/// The same rules of the same labels with the same counts, in the same order.
impl<T: PartialEq> PartialEq for Rules<T> {
    fn eq(&self, other: &Self) -> bool {
        self.baskets == other.baskets && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Rules<T> {}

impl<'a, T> IntoIterator for &'a Rules<T> {
    type Item = Rule<'a, T>;
    type IntoIter = RuleIter<'a, T>;

    fn into_iter(self) -> RuleIter<'a, T> {
        self.iter()
    }
}

/// Rules one by one, from [`Rules::iter`].
#[derive(Debug)]
pub struct RuleIter<'a, T> {
    of: &'a Rules<T>,
    splits: slice::Iter<'a, Split>,
}

impl<T> Clone for RuleIter<'_, T> {
    fn clone(&self) -> Self {
        RuleIter { of: self.of, splits: self.splits.clone() }
    }
}

impl<'a, T> Iterator for RuleIter<'a, T> {
    type Item = Rule<'a, T>;

    fn next(&mut self) -> Option<Rule<'a, T>> {
        self.splits.next().map(|split| Rule { of: self.of, split })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.splits.size_hint()
    }

    fn nth(&mut self, skipped: usize) -> Option<Rule<'a, T>> {
        self.splits.nth(skipped).map(|split| Rule { of: self.of, split })
    }
}

impl<T> DoubleEndedIterator for RuleIter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.splits.next_back().map(|split| Rule { of: self.of, split })
    }
}

impl<T> ExactSizeIterator for RuleIter<'_, T> {}

impl<T> FusedIterator for RuleIter<'_, T> {}
