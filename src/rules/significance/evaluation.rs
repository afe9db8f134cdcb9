//! The same rules on other baskets.

use std::hash::Hash;

use super::wanted::Sides;
use crate::call::control::Control;
use crate::error::Error;
#[cfg(feature = "serde")]
use crate::rules::contingency::FourCounts;
use crate::rules::measures::{PValue, ln_two_sided};
use crate::rules::{Contingency, Rules};
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;
use crate::transactions::Transactions;

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
    /// visits only branches that begin with its items. Memory: about 200 bytes per rule.
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
        let workers = Workers::by_default();
        Sides::of(self, transactions).wanted(workers).evaluate(transactions.rows(), workers)
    }

    /// As [`evaluate`](Rules::evaluate), with [options](RunOptions).
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
    pub(crate) fn evaluate_under(
        &self,
        transactions: &Transactions<T>,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<ObservedCounts>, Error> {
        options.check_room(BYTES_PER_RULE * self.len() as u64)?;
        let (sides, rows) = (Sides::of(self, transactions), transactions.rows());
        options.on_threads(control, |workers| sides.wanted(workers).evaluate(rows, workers))
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
