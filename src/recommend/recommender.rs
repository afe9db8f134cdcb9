//! The rules at work.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use super::index::Index;
use super::reason::Reason;
use super::recommendations::{Held, Recommendations};
use super::request::{ItemSet, Request};
use super::scratch::{Scoring, Scratch};
use crate::itemsets::FrequentItems;

/// Rules by antecedent: answers in microseconds what else a basket is likely to hold, and why.
///
/// Immutable, `Send` and `Sync`: put it in an [`Arc`] and ask from any thread. It keeps the labels alive that it needs;
/// the rules, itemsets and baskets may go.
///
/// # What is recommended
///
/// A rule *fires* for a basket that holds all of its antecedent but not all of its consequent. Each item of the
/// consequent that is not in the basket gets a score from the rules that fire for it, as the [`Policy`](super::Policy)
/// says. The best are recommended: the highest score first; of equal ones the item whose best rule is in more baskets
/// (`n_xy`; the best is the one with the highest value, and of equal ones the one in most baskets); of those the first
/// by label. This does not depend on the order of the rules.
///
/// A basket without known items gets what rules with an empty left side say, then the most popular items. An item's
/// popularity is the share of baskets that hold it, as far as the rules tell: the largest count of a side that holds it,
/// which is its own count if it is a side of a rule. Of equally popular items the first by label comes first.
///
/// Labels that no rule has are ignored, and [counted](Recommendations::unknown).
///
/// # Cost
///
/// 16 bytes a rule, 16 for each itemset that is the beginning of an antecedent, 8 and 4 for each item for each different
/// consequent. A basket costs the look-up of its labels, a step for each itemset in it that begins an antecedent, and
/// some nanoseconds for each rule that fires.
///
/// ```
/// use itemset::{Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
/// ])?;
/// let recommender = Miner::new().min_support(0.25).rules(&baskets)?.recommender().build()?;
/// let found = recommender.recommend(["beer"], 2);
/// assert_eq!(found.get(0).unwrap().to_string(), "diapers (1.000), because of beer: 100 % of such baskets, 1.3 times the usual");
/// assert_eq!(recommender.fired(["beer"]).len(), 2);
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Recommender<T> {
    pub(super) items: Arc<FrequentItems<T>>,
    pub(super) index: Index,
    pub(super) scoring: Scoring,
}

impl<T> Recommender<T> {
    pub(super) fn new(items: Arc<FrequentItems<T>>, index: Index, scoring: Scoring) -> Self {
        Recommender { items, index, scoring }
    }

    /// Rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.rules.len()
    }

    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets that the rules were found in.
    #[must_use]
    pub fn basket_count(&self) -> u64 {
        self.index.baskets
    }

    /// Bytes held, without the labels.
    #[must_use]
    pub fn memory_usage(&self) -> usize {
        self.index.bytes()
            + self.scoring.margins.capacity() * size_of::<f64>()
            + self.scoring.places.capacity() * size_of::<u32>()
            + self.scoring.popular.capacity() * size_of::<(u32, f64)>()
    }

    pub(super) fn label(&self, item: u32) -> &T {
        self.items.label(item)
    }

    /// Labels of some items, in their order.
    fn labels(&self, items: impl IntoIterator<Item = u32>) -> Vec<&T> {
        let mut items: Vec<u32> = items.into_iter().collect();
        self.items.sort_by_label(&mut items);
        items.into_iter().map(|item| self.items.label(item)).collect()
    }

    /// A rule as a reason.
    pub(super) fn reason(&self, rule: usize) -> Reason<'_, T> {
        let (node, entry) = (self.index.node_of(rule), self.index.rules[rule]);
        let antecedent = self.labels(self.index.antecedent(node));
        let consequent = self.labels(self.index.target(entry.target).iter().copied());
        Reason::new(antecedent, consequent, self.index.contingency(node, &entry), entry.value)
    }

    /// Rules, the best first: the highest value; of equal ones that in more baskets; of those the shorter antecedent,
    /// then an order that depends on the rule alone.
    pub(super) fn best_first(&self, mut rules: Vec<usize>) -> Vec<Reason<'_, T>> {
        rules.sort_unstable_by(|&a, &b| {
            let (of_a, of_b) = (&self.index.rules[a], &self.index.rules[b]);
            let by_value = of_b.value.total_cmp(&of_a.value).then_with(|| of_b.n_xy.cmp(&of_a.n_xy));
            // Antecedents are in the order of their length.
            by_value.then_with(|| a.cmp(&b))
        });
        rules.into_iter().map(|rule| self.reason(rule)).collect()
    }
}

impl<T: Eq + Hash> Recommender<T> {
    /// The number of a label that some rule has.
    pub(super) fn item<Q>(&self, label: &Q) -> Option<u32>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.items.rank(label).filter(|&item| self.index.knows(item))
    }

    /// Begins a basket, and finds what fires for it.
    fn fire<'q, Q>(&self, scratch: &mut Scratch, basket: impl IntoIterator<Item = &'q Q>)
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        scratch.begin(self.index.item_count());
        for label in basket {
            match self.item(label) {
                Some(item) => scratch.push(item),
                None => scratch.unknown += 1,
            }
        }
        scratch.fire(&self.index);
    }

    /// The `k` best items for a basket, the best first, or all if there are fewer. The order of the labels in the basket
    /// does not matter, nor that one comes twice.
    ///
    /// It allocates for each call, memory in proportion to the items of all rules. In a service, use
    /// [`recommend_in`](Recommender::recommend_in).
    pub fn recommend<'q, Q>(&self, basket: impl IntoIterator<Item = &'q Q>, k: usize) -> Recommendations<'_, T>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let mut scratch = Scratch::new();
        self.fire(&mut scratch, basket);
        scratch.rank(&self.index, &self.scoring, k, &mut |_| true);
        Recommendations { of: self, scratch: Held::Own(Box::new(scratch)) }
    }

    /// What a [`Request`] asks for, with working memory that is used again: no allocation once the scratch has grown.
    pub fn recommend_in<'s, 'q, Q>(
        &'s self,
        scratch: &'s mut Scratch,
        basket: impl IntoIterator<Item = &'q Q>,
        request: &Request<'_, T>,
    ) -> Recommendations<'s, T>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.fire(scratch, basket);
        scratch.rank(&self.index, &self.scoring, request.k, &mut |item| request.wants(item, self.label(item)));
        Recommendations { of: self, scratch: Held::Lent(scratch) }
    }

    /// The rules that fire for a basket: all of the antecedent is in it, and not all of the consequent. The best first:
    /// those with the highest [value](Reason::value); of equal ones those in more baskets, then those with the shorter
    /// antecedent.
    pub fn fired<'q, Q>(&self, basket: impl IntoIterator<Item = &'q Q>) -> Vec<Reason<'_, T>>
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let mut scratch = Scratch::new();
        self.fire(&mut scratch, basket);
        let rules = scratch.fired.iter().flat_map(|&node| self.index.rules_of(node));
        let is_new = |rule: &usize| {
            let target = self.index.target(self.index.rules[*rule].target);
            target.iter().any(|&item| !scratch.holds(item))
        };
        self.best_first(rules.filter(is_new).collect())
    }

    /// Some items, for the filters of a [`Request`]. Labels that no rule has are left out.
    pub fn item_set<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> ItemSet
    where
        T: Borrow<Q>,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let mut set = ItemSet::new(self.index.item_count());
        labels.into_iter().filter_map(|label| self.item(label)).for_each(|item| set.insert(item));
        set
    }
}

/// How many rules it has, and from how many baskets.
impl<T> fmt::Display for Recommender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rules from {} baskets", self.len(), self.basket_count())
    }
}
