//! What a rule says that simpler ones do not.

use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::{FrequentItemsets, Trie, Walk};
use crate::rules::contingency::Contingency;
use crate::rules::each_rule::each_rule;
use crate::rules::make::store::{MAX_LEN, RuleStore};
use crate::rules::make::subsets::Subsets;
use crate::rules::measures::Fraction;
use crate::rules::rule_set::Rules;
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;

/// What a rule X ⇒ Y says beyond simpler ones: from [`Rules::redundancy`].
///
/// Simpler rules are X' ⇒ Y with part of the left side, X' ⊂ X, including ∅ ⇒ Y, whose confidence is the support of Y.
/// These numbers need more counts than the four of a rule, so they are not a [`Measure`](crate::Measure).
#[doc(alias = "improvement")]
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Redundancy {
    confidence: Fraction,
    /// The highest confidence of a simpler rule, 0 where there is none.
    simpler: Fraction,
    /// The highest confidence of a rule with the same left side and more on the right, 0 where none is frequent.
    longer: Fraction,
}

/// The serialised form: the counts of each confidence.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Redundancy", deny_unknown_fields)]
struct Stored {
    confidence: (u64, u64),
    simpler: (u64, u64),
    longer: (u64, u64),
}

#[cfg(feature = "serde")]
impl From<Redundancy> for Stored {
    fn from(Redundancy { confidence, simpler, longer }: Redundancy) -> Self {
        let [confidence, simpler, longer] = [confidence, simpler, longer].map(|Fraction { part, whole }| (part, whole));
        Stored { confidence, simpler, longer }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Redundancy {
    type Error = Error;

    fn try_from(Stored { confidence, simpler, longer }: Stored) -> Result<Self, Error> {
        let all = [confidence, simpler, longer];
        if confidence.0 == 0 || all.iter().any(|&(part, whole)| whole == 0 || part > whole) {
            return Err(Error::inconsistent("redundancy", "a confidence is not a fraction from 0 to 1"));
        }
        let [confidence, simpler, longer] = all.map(|(part, whole)| Fraction { part, whole });
        Ok(Redundancy { confidence, simpler, longer })
    }
}

impl Redundancy {
    /// The confidence of the rule minus the highest confidence of a simpler rule, from -1 to 1. Not above 0 if the rule
    /// is redundant. If the left side is empty no rule is simpler, and this is the confidence.
    ///
    /// Source: R. J. Bayardo, R. Agrawal, D. Gunopulos: Constraint-based rule mining in large, dense databases, ICDE
    /// 1999.
    #[must_use]
    pub fn improvement(&self) -> f64 {
        self.confidence.minus(self.simpler)
    }

    /// The lift of the rule divided by the highest lift of a simpler rule. As both have the same right side, it is also
    /// the ratio of their confidences. From 0 to +∞, above 1 unless the rule is redundant.
    ///
    /// The R package arules has the same measure (LIC).
    #[must_use]
    pub fn lift_increase(&self) -> f64 {
        self.confidence.over(self.simpler)
    }

    /// The confidence divided by the highest confidence of any simpler rule, and of any frequent rule X ⇒ Y' that says
    /// more, Y' ⊃ Y. Near 1, one of those can replace the rule. From 0 to +∞.
    ///
    /// Source: J. L. Balcázar: Formal and computational properties of the confidence boost of association rules, ACM
    /// TKDD 7, 2013.
    #[must_use]
    pub fn boost(&self) -> f64 {
        self.confidence.over(if self.longer.exceeds(self.simpler) { self.longer } else { self.simpler })
    }
}

impl<T: Eq + Hash> Rules<T> {
    /// What each rule says beyond simpler ones, in the present order, by looking up all subsets of its left side in the
    /// itemsets that the rules were made from.
    ///
    /// To make only rules that are not redundant, use
    /// [`RuleBuilder::non_redundant`](crate::RuleBuilder::non_redundant), which is faster because it stops at the first
    /// simpler rule that is as good.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the rules were not made from these itemsets:
    /// if an itemset of a rule is missing, or has another count.
    ///
    /// # Complexity
    ///
    /// 2^k look-ups for a rule with k items on the left, and one pass over the itemsets. Memory: 48 bytes per rule and
    /// 4 per itemset.
    ///
    /// ```
    /// use itemset::{Consequents, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "chips", "diapers"], vec!["beer", "diapers"], vec!["diapers"], vec!["wipes"],
    /// ])?;
    /// let itemsets = Miner::new().min_support(0.25).mine(&baskets)?;
    /// let rules = itemsets.rules().min_confidence(0.9).generate()?;
    /// let improvements: Vec<(String, f64)> = rules.iter().zip(rules.redundancy(&itemsets)?)
    ///     .map(|(rule, redundancy)| (rule.to_string(), redundancy.improvement()))
    ///     .collect();
    /// // Who buys beer buys diapers (improvement over the 3 of 4 that do anyway); chips add nothing to that.
    /// assert!(improvements.iter().any(|(rule, by)| rule.starts_with("{beer} => {diapers}") && *by == 0.25));
    /// assert!(improvements.iter().any(|(rule, by)| rule.starts_with("{beer, chips} => {diapers}") && *by == 0.0));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn redundancy(&self, itemsets: &FrequentItemsets<T>) -> Result<Vec<Redundancy>, Error> {
        self.redundancy_with(itemsets, &RunOptions::default())
    }

    /// As [`redundancy`](Rules::redundancy), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`redundancy`](Rules::redundancy), and those of [`RunOptions`].
    pub fn redundancy_with(
        &self,
        itemsets: &FrequentItemsets<T>,
        options: &RunOptions,
    ) -> Result<Vec<Redundancy>, Error> {
        let source = Source::new(self, itemsets);
        options.check_room(source.bytes(size_of::<Redundancy>()) + 4 * source.trie.len() as u64)?;
        options.run(|control| {
            let longer = options.on_threads(control, |workers| largest_extensions(source.trie, 0.3, workers))??;
            options.on_threads(control, |workers| {
                source.each_rule(workers, |around, ticker, rule| source.redundancy(around, ticker, rule, &longer))
            })?
        })
    }
}

/// By node, the code of the largest count of an itemset with one item more, 0 where none is frequent. It is a part of a
/// call that takes a share of what is left.
pub(crate) fn largest_extensions(trie: &Trie, share: f64, workers: Workers<'_>) -> Result<Vec<u32>, Error> {
    // The largest of some numbers does not depend on which thread comes first.
    let largest: Vec<AtomicU32> = (0..trie.len()).map(|_| AtomicU32::new(0)).collect();
    // Items are numbered by a u32, and behind the last branch is the end.
    let branch = |rank: usize| trie.first(rank as u32)..trie.first(rank as u32 + 1);
    let sizes: Vec<u64> = (0..trie.items()).map(|rank| branch(rank).len() as u64).collect();
    let control = workers.control();
    control.begin(share, trie.len() as u64);
    let done = workers.run(
        &sizes,
        || (Subsets::new(trie), Ticker::new(control)),
        |(subsets, ticker), rank| {
            subsets.clear();
            // A longer one is damaged, and has no mask.
            let mut walk = Walk::over(trie, branch(rank), MAX_LEN);
            while let Some((node, path)) = walk.step() {
                while subsets.path().len() >= path.len() {
                    subsets.pop();
                }
                subsets.push(node);
                let (whole, code) = (u32::MAX >> (u32::BITS as usize - path.len()), trie.code(node));
                for depth in (0..path.len()).filter(|_| path.len() > 1) {
                    if let Some(subset) = subsets.find(whole & !(1 << depth)) {
                        let largest = &largest[subset];
                        // Mostly it is not larger, and to look takes no lock.
                        if largest.load(Ordering::Relaxed) < code {
                            largest.fetch_max(code, Ordering::Relaxed);
                        }
                    }
                }
                ticker.done(1);
                ticker.check(path.len())?;
            }
            Ok(())
        },
    );
    done.into_iter().collect::<Result<(), Error>>()?;
    Ok(largest.into_iter().map(AtomicU32::into_inner).collect())
}

/// The itemset of a rule among frequent itemsets, and its sides as masks over its items.
pub(crate) struct Sides {
    pub(crate) node: usize,
    pub(crate) antecedent: u32,
    pub(crate) consequent: u32,
}

/// Rules, and the itemsets that they were made from, without their labels.
pub(crate) struct Source<'a> {
    pub(crate) store: &'a RuleStore,
    trie: &'a Trie,
    /// The baskets of the rules, and those of the itemsets.
    rules_baskets: u64,
    pub(crate) baskets: u64,
    /// The ranks among the itemsets by those among the rules; `None` where they are the same.
    ranks: Option<Vec<Option<u32>>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new<T: Eq + Hash>(rules: &'a Rules<T>, itemsets: &'a FrequentItemsets<T>) -> Self {
        let ranks = (!Arc::ptr_eq(&rules.items, itemsets.items())).then(|| {
            // Items are numbered by a u32.
            let labels = (0..rules.items.len() as u32).map(|rank| rules.items.label(rank));
            labels.map(|label| itemsets.items().falling_ranks([label])?.first().copied()).collect()
        });
        let (store, trie) = (&rules.store, itemsets.trie());
        Source { store, trie, rules_baskets: rules.baskets, baskets: itemsets.basket_count(), ranks }
    }

    /// The results of `work` for each rule, in the present order.
    pub(crate) fn each_rule<R: Send>(
        &self,
        workers: Workers<'_>,
        work: impl Fn(&mut Surroundings<'_>, &mut Ticker<'_>, usize) -> Result<R, Error> + Sync,
    ) -> Result<Vec<R>, Error> {
        each_rule(self.store.len(), workers, || Surroundings::new(self), work)
    }

    /// Bytes for a result of some size per rule, twice while it is joined.
    pub(crate) fn bytes(&self, per_rule: usize) -> u64 {
        2 * (self.store.len() * per_rule) as u64
    }

    pub(crate) fn counts(&self, rule: usize) -> Contingency {
        self.store.counts(&self.store.splits[rule], self.rules_baskets)
    }

    /// What a rule says beyond simpler ones; `longer` has the largest extensions. If the call should end it is not
    /// complete.
    fn redundancy(
        &self,
        around: &mut Surroundings<'_>,
        ticker: &mut Ticker<'_>,
        rule: usize,
        longer: &[u32],
    ) -> Result<Redundancy, Error> {
        let Sides { node, antecedent, consequent } = around.go_to(rule)?;
        let counts = self.counts(rule);
        let mut simpler = Fraction::ZERO;
        let mut part = antecedent;
        while part != 0 && ticker.step(1).is_continue() {
            part = (part - 1) & antecedent;
            let n_part = if part == 0 { self.baskets } else { around.count(part)? };
            let confidence = Fraction::new(around.count(part | consequent)?, n_part);
            if confidence.exceeds(simpler) {
                simpler = confidence;
            }
        }
        Ok(Redundancy {
            confidence: Fraction::new(counts.n_xy(), counts.n_x()),
            simpler,
            longer: Fraction::new(self.trie.table().count(longer[node]), counts.n_x()),
        })
    }
}

/// The counts of the subsets of one rule's items after the other.
pub(crate) struct Surroundings<'a> {
    of: &'a Source<'a>,
    subsets: Subsets<'a>,
    /// The items of the present rule, ranks falling, and for each its place by label.
    items: Vec<(u32, u32)>,
    present: Vec<(u32, u32)>,
    node: usize,
}

impl<'a> Surroundings<'a> {
    pub(crate) fn new(of: &'a Source<'a>) -> Self {
        Surroundings { of, subsets: Subsets::new(of.trie), items: Vec::new(), present: Vec::new(), node: 0 }
    }

    /// Goes to the itemset of a rule.
    pub(crate) fn go_to(&mut self, rule: usize) -> Result<Sides, Error> {
        let &Source { store, trie, baskets, .. } = self.of;
        let split = &store.splits[rule];
        let (ranks, right) = store.itemset(split);
        self.items.clear();
        for (&rank, place) in ranks.iter().zip(0..) {
            let rank = match &self.of.ranks {
                None => Some(rank),
                Some(ranks) => ranks[rank as usize],
            };
            self.items.push((rank.ok_or_else(not_these)?, place));
        }
        self.items.sort_unstable_by(|a, b| b.cmp(a));
        // Rules over one itemset are usually neighbours.
        if self.items != self.present {
            self.subsets.clear();
            self.present.clear();
            for (depth, &(rank, _)) in self.items.iter().enumerate() {
                let node = match depth {
                    0 => Some(trie.first(rank)),
                    _ => trie.child(self.node, rank),
                };
                self.node = node.ok_or_else(not_these)?;
                self.subsets.push(self.node);
            }
            self.present.clone_from(&self.items);
        }
        let mut sides = Sides { node: self.node, antecedent: 0, consequent: 0 };
        for (depth, &(_, place)) in self.items.iter().enumerate() {
            let side = if right >> place & 1 == 1 { &mut sides.consequent } else { &mut sides.antecedent };
            *side |= 1 << depth;
        }
        // The same itemsets may be frequent in other baskets.
        let n_x = if sides.antecedent == 0 { baskets } else { self.count(sides.antecedent)? };
        let found = [baskets, n_x, self.count(sides.consequent)?, trie.count(self.node)];
        let counts = self.of.counts(rule);
        if found != [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()] {
            return Err(not_these());
        }
        Ok(sides)
    }

    /// The baskets that hold some of the items, at least one of those.
    pub(crate) fn count(&mut self, mask: u32) -> Result<u64, Error> {
        match self.subsets.code(mask) {
            0 => Err(not_these()),
            code => Ok(self.of.trie.table().count(code)),
        }
    }
}

pub(crate) fn not_these() -> Error {
    Error::invalid_setting(
        "itemsets",
        "without an itemset of a rule, or with another count",
        "those that the rules were made from",
    )
}
