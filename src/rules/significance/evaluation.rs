//! The same rules on other baskets.

use std::hash::Hash;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use hashbrown::HashMap;

use crate::call::control::{Control, NEVER};
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
#[cfg(feature = "serde")]
use crate::rules::contingency::FourCounts;
use crate::rules::measures::{PValue, ln_two_sided};
use crate::rules::{Contingency, Rules};
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;
use crate::transactions::{EncodedRows, Transactions};

/// How many baskets of another set hold the sides of a rule, from [`Rules::evaluate`]. Unlike in a [`Contingency`], any
/// of these counts may be 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "FourCounts", into = "FourCounts"))]
pub struct ObservedCounts {
    n: u64,
    n_x: u64,
    n_y: u64,
    n_xy: u64,
}

#[cfg(feature = "serde")]
impl From<ObservedCounts> for FourCounts {
    fn from(ObservedCounts { n, n_x, n_y, n_xy }: ObservedCounts) -> Self {
        FourCounts { n, n_x, n_y, n_xy }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<FourCounts> for ObservedCounts {
    type Error = Error;

    fn try_from(FourCounts { n, n_x, n_y, n_xy }: FourCounts) -> Result<Self, Error> {
        let fits = n_xy <= n_x.min(n_y) && n_x.max(n_y) <= n && n_x - n_xy <= n - n_y;
        match fits {
            true => Ok(ObservedCounts { n, n_x, n_y, n_xy }),
            false => Err(Error::inconsistent("counts of a rule", "no baskets can have these counts")),
        }
    }
}

impl ObservedCounts {
    /// Counts of baskets, which fit.
    pub(crate) fn new(n: u64, n_x: u64, n_y: u64, n_xy: u64) -> Self {
        debug_assert!(n_xy <= n_x.min(n_y) && n_x.max(n_y) <= n);
        ObservedCounts { n, n_x, n_y, n_xy }
    }

    /// All baskets.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Baskets with the antecedent.
    #[must_use]
    pub fn n_x(&self) -> u64 {
        self.n_x
    }

    /// Baskets with the consequent.
    #[must_use]
    pub fn n_y(&self) -> u64 {
        self.n_y
    }

    /// Baskets with both.
    #[must_use]
    pub fn n_xy(&self) -> u64 {
        self.n_xy
    }

    /// The table that all measures are computed from; `None` if no basket holds both sides.
    #[must_use]
    pub fn counts(&self) -> Option<Contingency> {
        Contingency::new(self.n, self.n_x, self.n_y, self.n_xy).ok()
    }

    /// The share of all baskets that hold both sides; `None` if there are no baskets.
    #[must_use]
    pub fn support(&self) -> Option<f64> {
        share(self.n_xy, self.n)
    }

    /// The share of the baskets with X that hold Y too; `None` if no basket holds X.
    #[must_use]
    pub fn confidence(&self) -> Option<f64> {
        share(self.n_xy, self.n_x)
    }

    /// [Fisher's exact test](Contingency::fishers_exact_test); 1 if no basket holds both sides.
    #[must_use]
    pub fn fishers_exact_test(&self) -> PValue {
        self.counts().map_or(PValue::ONE, |counts| counts.fishers_exact_test())
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// How a rule changed between two sets of baskets, such as two periods: from [`Rules::drift`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Drift {
    before: ObservedCounts,
    after: ObservedCounts,
}

impl Drift {
    /// From counts that are known already.
    #[cfg(feature = "report")]
    pub(crate) fn between(before: Contingency, after: Contingency) -> Self {
        let observed = |of: Contingency| ObservedCounts::new(of.n(), of.n_x(), of.n_y(), of.n_xy());
        Drift { before: observed(before), after: observed(after) }
    }

    /// The counts in the first set.
    #[must_use]
    pub fn before(&self) -> ObservedCounts {
        self.before
    }

    /// The counts in the second set.
    #[must_use]
    pub fn after(&self) -> ObservedCounts {
        self.after
    }

    /// By how much the support grew; `None` if one of the sets has no baskets.
    #[must_use]
    pub fn support_change(&self) -> Option<f64> {
        Some(self.after.support()? - self.before.support()?)
    }

    /// By how much the confidence grew; `None` if no basket of one of the sets holds X.
    #[must_use]
    pub fn confidence_change(&self) -> Option<f64> {
        Some(self.after.confidence()? - self.before.confidence()?)
    }

    /// Tests whether the support is the same in both sets: the two-sided test of two proportions with a pooled
    /// variance. The approximation is good if both sets have at least 5 baskets for and against. 1 if nothing can be
    /// said.
    #[must_use]
    pub fn support_test(&self) -> PValue {
        two_proportions([self.before.n_xy, self.after.n_xy], [self.before.n, self.after.n])
    }

    /// The same for the confidence, among the baskets with X.
    #[must_use]
    pub fn confidence_test(&self) -> PValue {
        two_proportions([self.before.n_xy, self.after.n_xy], [self.before.n_x, self.after.n_x])
    }
}

fn two_proportions(parts: [u64; 2], wholes: [u64; 2]) -> PValue {
    let ([k, l], [m, n]) = (parts.map(|part| part as f64), wholes.map(|whole| whole as f64));
    let pooled = (k + l) / (m + n);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / m + 1.0 / n)).sqrt();
    let z = (k / m - l / n) / deviation;
    // It is not a number without baskets, or if no difference is possible.
    if z.is_finite() { PValue::from_ln(ln_two_sided(z)) } else { PValue::ONE }
}

impl<T: Eq + Hash> Rules<T> {
    /// Counts the sides of each rule in other baskets, in the present order; items are matched by label, and one that
    /// is in none of the baskets has count 0.
    ///
    /// # Complexity
    ///
    /// One pass over the baskets. Each basket is compared with a prefix tree of all sides, rarest items first, and
    /// visits only branches whose items it holds. Memory: about 200 bytes per rule.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let spring = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["wipes"]])?;
    /// let autumn = Transactions::from_rows([vec!["diapers"], vec!["diapers", "beer"], vec!["beer"], vec!["wine"]])?;
    /// let rules = Miner::new().min_support(0.5).min_confidence(0.9).rules(&spring)?;
    /// let observed = rules.evaluate(&autumn);
    /// assert_eq!((observed[0].n_x(), observed[0].n_xy(), observed[0].confidence()), (2, 1, Some(0.5)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn evaluate(&self, transactions: &Transactions<T>) -> Vec<ObservedCounts> {
        Wanted::new(self, transactions, &NEVER).evaluate(transactions.rows(), Workers::by_default())
    }

    /// As [`evaluate`](Rules::evaluate), with [options](RunOptions). The prefix tree is made on one thread.
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`].
    pub fn evaluate_with(
        &self,
        transactions: &Transactions<T>,
        options: &RunOptions,
    ) -> Result<Vec<ObservedCounts>, Error> {
        options.run(|control| self.evaluate_under(transactions, options, control))
    }

    /// The same as a part of a call.
    pub(super) fn evaluate_under(
        &self,
        transactions: &Transactions<T>,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<ObservedCounts>, Error> {
        options.check_room(BYTES_PER_RULE * self.len() as u64)?;
        let wanted = Wanted::new(self, transactions, control);
        let rows = transactions.rows();
        options.on_threads(control, |workers| wanted.evaluate(rows, workers))
    }

    /// How each rule changed between two sets of baskets, in the present order.
    ///
    /// Many rules are many tests: before listing the rules that changed, correct their p-values for the number of
    /// tests.
    ///
    /// # Complexity
    ///
    /// That of [`evaluate`](Rules::evaluate), twice.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let row = |with_diapers| if with_diapers { vec!["beer", "diapers"] } else { vec!["beer"] };
    /// let spring = Transactions::from_rows((0..100).map(|n| row(n < 50)))?;
    /// let autumn = Transactions::from_rows((0..100).map(|n| row(n < 20)))?;
    /// let rules = Miner::new().min_support(0.1).min_confidence(0.5).rules(&spring)?;
    /// let drift = rules.drift(&spring, &autumn);
    /// let falling = rules.iter().zip(&drift).find(|(rule, _)| rule.consequent().eq(&["diapers"])).unwrap().1;
    /// assert_eq!(falling.confidence_change(), Some(0.2 - 0.5));
    /// assert!(falling.confidence_test().value() < 1e-4);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn drift(&self, before: &Transactions<T>, after: &Transactions<T>) -> Vec<Drift> {
        let both = self.evaluate(before).into_iter().zip(self.evaluate(after));
        both.map(|(before, after)| Drift { before, after }).collect()
    }

    /// As [`drift`](Rules::drift), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`].
    pub fn drift_with(
        &self,
        before: &Transactions<T>,
        after: &Transactions<T>,
        options: &RunOptions,
    ) -> Result<Vec<Drift>, Error> {
        options.run(|control| {
            let before = control.section(0.5, || self.evaluate_under(before, options, control))?;
            let after = self.evaluate_under(after, options, control)?;
            Ok(before.into_iter().zip(after).map(|(before, after)| Drift { before, after }).collect())
        })
    }
}

/// Bytes that counting takes for each rule, about.
pub(super) const BYTES_PER_RULE: u64 = 200;

/// Rows per part, at least.
const MIN_ROWS: usize = 256;

/// The itemsets to count, as a prefix tree in flat arrays.
pub(super) struct Wanted {
    /// The place of each item of the baskets when those are sorted by rising count.
    places: Vec<u32>,
    /// By node, the item's place, and the first node that is not below it.
    nodes: Vec<(u32, u32)>,
    /// By rule, the nodes of X, of Y and of both.
    sides: Vec<[Side; 3]>,
}

#[derive(Clone, Copy, Debug)]
enum Side {
    /// No items: in every basket.
    Empty,
    /// An item that is in no basket.
    Nowhere,
    Node(u32),
}

impl Wanted {
    /// The sides of all rules. If the call should end, they count 0.
    pub(super) fn new<T: Eq + Hash>(rules: &Rules<T>, transactions: &Transactions<T>, control: &Control) -> Self {
        control.begin(0.4, rules.len() as u64);
        let mut ticker = Ticker::new(control);
        let counts = transactions.counts();
        // Items are numbered by a u32.
        let mut by_count: Vec<u32> = (0..counts.len() as u32).collect();
        by_count.sort_unstable_by_key(|&id| (counts[id as usize], id));
        let mut places = vec![0; counts.len()];
        for (place, &id) in (0..).zip(&by_count) {
            places[id as usize] = place;
        }
        let labels = (0..rules.items.len() as u32).map(|rank| rules.items.label(rank));
        let of_rank: Vec<Option<u32>> =
            labels.map(|label| Some(places[transactions.dictionary().id(label)?.index()])).collect();

        // Each itemset once.
        let mut numbers: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut number = |ranks: &mut dyn Iterator<Item = u32>| {
            let Some(mut items) = ranks.map(|rank| of_rank[rank as usize]).collect::<Option<Vec<u32>>>() else {
                return Side::Nowhere;
            };
            if items.is_empty() {
                return Side::Empty;
            }
            items.sort_unstable();
            // There are at most three times as many as rules; beyond u32::MAX of them there is no memory for them.
            let next = numbers.len() as u32;
            Side::Node(*numbers.entry(items).or_insert(next))
        };
        let mut sides: Vec<[Side; 3]> = Vec::with_capacity(rules.len());
        for split in &rules.store.splits {
            let (ranks, right) = rules.store.itemset(split);
            let side = |mask: u32| {
                ranks.iter().enumerate().filter(move |(place, _)| mask >> place & 1 == 1).map(|(_, &rank)| rank)
            };
            sides.push([number(&mut side(!right)), number(&mut side(right)), number(&mut ranks.iter().copied())]);
            ticker.done(1);
            if ticker.step(16).is_break() {
                return Wanted { places, nodes: Vec::new(), sides: vec![[Side::Nowhere; 3]; rules.len()] };
            }
        }
        let (nodes, node_of) = prefix_tree(numbers.into_iter().collect());
        for side in sides.iter_mut().flatten() {
            if let Side::Node(number) = side {
                *number = node_of[*number as usize];
            }
        }
        Wanted { places, nodes, sides }
    }

    /// The counts of all rules, in their order.
    fn evaluate(&self, rows: EncodedRows<'_>, workers: Workers<'_>) -> Vec<ObservedCounts> {
        workers.control().begin(SEARCH, rows.stored() as u64);
        let counts = self.count(rows, workers);
        (0..self.sides.len()).map(|rule| self.observed(rule, &counts, rows.len())).collect()
    }

    /// The baskets that hold the itemset of each node. Units of progress are rows.
    pub(super) fn count(&self, rows: EncodedRows<'_>, workers: Workers<'_>) -> Vec<u64> {
        let parts = workers.parts(rows.stored(), MIN_ROWS);
        let total = Mutex::new(vec![0; self.nodes.len()]);
        workers.run(
            &vec![1; parts.len()],
            || (vec![false; self.places.len()], vec![0; self.nodes.len()]),
            |(held, counts), part| {
                let mut ticker = Ticker::new(workers.control());
                self.count_part(rows, parts[part].clone(), |row| rows.weight(row), held, counts, &mut ticker);
                let mut total = total.lock().unwrap_or_else(PoisonError::into_inner);
                total.iter_mut().zip(counts).for_each(|(total, count)| *total += std::mem::take(count));
            },
        );
        total.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for some of the baskets, `weights` of each row, on the calling thread.
    #[cfg(feature = "random")]
    pub(super) fn count_weighted(&self, rows: EncodedRows<'_>, weights: &[u32], ticker: &mut Ticker<'_>) -> Vec<u64> {
        let (mut held, mut counts) = (vec![false; self.places.len()], vec![0; self.nodes.len()]);
        self.count_part(rows, 0..rows.stored(), |row| weights[row], &mut held, &mut counts, ticker);
        counts
    }

    /// Adds to the counts of each node what some rows hold. `held` has no item before and after.
    fn count_part(
        &self,
        rows: EncodedRows<'_>,
        part: Range<usize>,
        weight: impl Fn(usize) -> u32,
        held: &mut [bool],
        counts: &mut [u64],
        ticker: &mut Ticker<'_>,
    ) {
        for stored in part {
            let (row, weight) = (rows.row(stored), weight(stored));
            if weight == 0 {
                ticker.done(1);
                continue;
            }
            row.iter().for_each(|&id| held[self.places[id as usize] as usize] = true);
            let (mut node, mut visited) = (0, 0);
            while let Some(&(item, end)) = self.nodes.get(node) {
                visited += 1;
                if held[item as usize] {
                    counts[node] += u64::from(weight);
                    node += 1;
                } else {
                    node = end as usize;
                }
            }
            row.iter().for_each(|&id| held[self.places[id as usize] as usize] = false);
            ticker.done(1);
            if ticker.step(row.len() + visited).is_break() {
                return;
            }
        }
    }

    /// Rules.
    #[cfg(feature = "random")]
    pub(super) fn rules(&self) -> usize {
        self.sides.len()
    }

    pub(super) fn observed(&self, rule: usize, counts: &[u64], baskets: usize) -> ObservedCounts {
        let [n_x, n_y, n_xy] = self.sides[rule].map(|side| match side {
            Side::Empty => baskets as u64,
            Side::Nowhere => 0,
            Side::Node(node) => counts[node as usize],
        });
        ObservedCounts { n: baskets as u64, n_x, n_y, n_xy }
    }
}

/// A prefix tree of numbered itemsets, depth first, and by number the node of each.
fn prefix_tree(mut itemsets: Vec<(Vec<u32>, u32)>) -> (Vec<(u32, u32)>, Vec<u32>) {
    itemsets.sort_unstable();
    let mut node_of = vec![0u32; itemsets.len()];
    let (mut nodes, mut open): (Vec<(u32, u32)>, Vec<u32>) = (Vec::new(), Vec::new());
    let close = |nodes: &mut Vec<(u32, u32)>, open: &mut Vec<u32>, keep: usize| {
        let end = nodes.len() as u32;
        open.drain(keep..).for_each(|node| nodes[node as usize].1 = end);
    };
    for (items, number) in &itemsets {
        let shared = open.iter().zip(items).take_while(|&(&node, &item)| nodes[node as usize].0 == item).count();
        close(&mut nodes, &mut open, shared);
        for &item in &items[shared..] {
            open.push(nodes.len() as u32);
            nodes.push((item, 0));
        }
        node_of[*number as usize] = open.last().copied().unwrap_or(0);
    }
    close(&mut nodes, &mut open, 0);
    (nodes, node_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_proportions_by_hand() {
        let test = |parts, wholes| two_proportions(parts, wholes).value();
        // Pooled 0.35, deviation sqrt(0.35 0.65 0.02), z = 4.4475.
        assert!((test([50, 20], [100, 100]) - 8.69e-6).abs() < 1e-7);
        assert_eq!(test([50, 20], [100, 100]), test([20, 50], [100, 100]));
        assert_eq!(test([30, 3], [100, 10]), 1.0);
        for (parts, wholes) in [([0, 0], [0, 10]), ([0, 0], [10, 10]), ([10, 5], [10, 5]), ([0, 0], [0, 0])] {
            assert_eq!(test(parts, wholes), 1.0);
        }
    }
}
