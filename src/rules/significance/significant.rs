//! The rules that are more than chance.

use std::convert::Infallible;
use std::hash::Hash;

use super::tested::FisherTests;
use super::{Correction, Hypotheses, ObservedCounts};
use crate::call::control::Control;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::rules::each_rule::each_rule;
use crate::rules::make::store::RuleStore;
use crate::rules::measures::PValue;
use crate::rules::simplify::redundancy::{Sides, Source, Surroundings, not_these};
use crate::rules::{Contingency, Rules};
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;
use crate::transactions::Transactions;

impl<T> Rules<T> {
    /// The p-values of all rules by [Fisher's exact test](Contingency::fishers_exact_test), corrected for the number of
    /// hypotheses; in the present order. A rule is significant at α if its corrected p-value is at most α.
    #[must_use]
    pub fn adjusted_p_values(&self, correction: Correction, hypotheses: &Hypotheses) -> Vec<PValue> {
        adjusted(&self.store, self.baskets, correction, hypotheses, Workers::by_default())
    }

    /// As [`adjusted_p_values`](Rules::adjusted_p_values), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// Those of [`RunOptions`].
    pub fn adjusted_p_values_with(
        &self,
        correction: Correction,
        hypotheses: &Hypotheses,
        options: &RunOptions,
    ) -> Result<Vec<PValue>, Error> {
        options.run(|control| self.adjusted_p_values_under(correction, hypotheses, options, control))
    }

    /// The same as a part of a call.
    pub(crate) fn adjusted_p_values_under(
        &self,
        correction: Correction,
        hypotheses: &Hypotheses,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<PValue>, Error> {
        options.check_room(BYTES_PER_TEST * self.len() as u64)?;
        let (store, baskets) = (&self.store, self.baskets);
        options.on_threads(control, |workers| adjusted(store, baskets, correction, hypotheses, workers))
    }

    /// The rules that are significant by [Fisher's exact test](Contingency::fishers_exact_test) at the level `alpha`,
    /// after a correction for the number of hypotheses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `alpha` that is not above 0 and below 1.
    ///
    /// # Complexity
    ///
    /// A test for each rule, about 0.5 µs with thousands of baskets, and a sort of the rules for stepwise corrections.
    ///
    /// ```
    /// use itemset::{Correction, MinSupport, Miner, Transactions};
    ///
    /// // Beer goes with diapers; wipes with nothing.
    /// let baskets = Transactions::from_rows((0..200u32).map(|basket| {
    ///     let mut items = if basket % 4 == 0 { vec!["beer", "diapers"] } else { vec!["chips"] };
    ///     if basket % 3 == 0 {
    ///         items.push("wipes");
    ///     }
    ///     items
    /// }))?;
    /// let itemsets = Miner::new().min_support(MinSupport::count(5)).mine(&baskets)?;
    /// let builder = itemsets.rules().min_confidence(0.0);
    /// let hypotheses = builder.hypotheses();
    /// let rules = builder.generate()?;
    /// let proven = rules.significant(0.05, Correction::Holm, &hypotheses)?;
    /// assert_eq!(proven.iter().filter(|rule| rule.antecedent().len() == 1).count(), 2);
    /// assert!(proven.iter().all(|rule| !rule.consequent().eq(&["wipes"])));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn significant(&self, alpha: f64, correction: Correction, hypotheses: &Hypotheses) -> Result<Self, Error> {
        self.significant_with(alpha, correction, hypotheses, &RunOptions::default())
    }

    /// As [`significant`](Rules::significant), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`significant`](Rules::significant), and those of [`RunOptions`].
    pub fn significant_with(
        &self,
        alpha: f64,
        correction: Correction,
        hypotheses: &Hypotheses,
        options: &RunOptions,
    ) -> Result<Self, Error> {
        let alpha = check(alpha)?;
        let adjusted = self.adjusted_p_values_with(correction, hypotheses, options)?;
        Ok(self.keep(|place| adjusted[place] <= alpha))
    }
}

impl<T: Eq + Hash> Rules<T> {
    /// For each rule, in the present order, the probability that chance alone would improve this much on its
    /// generalisations: the largest p-value of Fisher's test against any of them. A generalisation of X ⇒ Y is X' ⇒ Y
    /// with part of the left side, X' ⊂ X, including ∅ ⇒ Y. Among the baskets with X', the test asks: does Y occur more
    /// often with the rest of X than without?
    ///
    /// All generalisations are tested, not only those that lack one item: if beer alone and diapers alone keep people
    /// from buying chips, both together may do so less than either, and still not lead to chips.
    ///
    /// 1 if the left side is empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the rules were not made from these itemsets:
    /// if an itemset of a rule is missing, or has another count.
    ///
    /// # Complexity
    ///
    /// 2^k look-ups for a rule with k items on the left, and a logarithm or two for each: the test itself is skipped if
    /// a bound on its p-value shows that it is not the largest.
    ///
    /// # Source
    ///
    /// G. I. Webb: Discovering significant patterns, Machine Learning 68, 2007.
    pub fn productivity(&self, itemsets: &FrequentItemsets<T>) -> Result<Vec<PValue>, Error> {
        self.productivity_with(itemsets, &RunOptions::default())
    }

    /// As [`productivity`](Rules::productivity), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`productivity`](Rules::productivity), and those of [`RunOptions`].
    pub fn productivity_with(
        &self,
        itemsets: &FrequentItemsets<T>,
        options: &RunOptions,
    ) -> Result<Vec<PValue>, Error> {
        let tests = options.run(|control| self.hardest_generalisations(itemsets, options, control))?;
        Ok(tests.into_iter().map(|(p_value, _)| p_value).collect())
    }

    /// For each rule the largest p-value against a generalisation, and the table that gives it; none if the left side is
    /// empty.
    fn hardest_generalisations(
        &self,
        itemsets: &FrequentItemsets<T>,
        options: &RunOptions,
        control: &Control,
    ) -> Result<Vec<(PValue, Option<Contingency>)>, Error> {
        let source = Source::new(self, itemsets);
        options.check_room(BYTES_PER_TEST * self.len() as u64)?;
        options.on_threads(control, |workers| {
            source.each_rule(workers, |around, ticker, rule| productivity(&source, around, ticker, rule))
        })?
    }

    /// The productive rules: those that improve significantly on each of their generalisations, at the level `alpha`
    /// after a correction for the number of hypotheses. Such a rule is more than chance, and no part of its left side
    /// does as well.
    ///
    /// # Errors
    ///
    /// As [`productivity`](Rules::productivity) and [`significant`](Rules::significant).
    ///
    /// ```
    /// use itemset::{Correction, MinSupport, Miner, Transactions};
    ///
    /// // Beer goes with diapers, and buying wipes as well makes no difference.
    /// let baskets = Transactions::from_rows((0..600u32).map(|basket| {
    ///     let mut items = if basket % 4 == 0 { vec!["beer", "diapers"] } else { vec![] };
    ///     if basket % 3 == 0 {
    ///         items.push("wipes");
    ///     }
    ///     items
    /// }))?;
    /// let itemsets = Miner::new().min_support(MinSupport::count(5)).mine(&baskets)?;
    /// let builder = itemsets.rules();
    /// let (hypotheses, rules) = (builder.hypotheses(), builder.generate()?);
    /// assert_eq!(rules.significant(0.05, Correction::Layered, &hypotheses)?.len(), 4);
    /// assert_eq!(rules.productive(&itemsets, 0.05, Correction::Layered, &hypotheses)?.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn productive(
        &self,
        itemsets: &FrequentItemsets<T>,
        alpha: f64,
        correction: Correction,
        hypotheses: &Hypotheses,
    ) -> Result<Self, Error> {
        self.productive_with(itemsets, alpha, correction, hypotheses, &RunOptions::default())
    }

    /// As [`productive`](Rules::productive), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`productive`](Rules::productive), and those of [`RunOptions`].
    pub fn productive_with(
        &self,
        itemsets: &FrequentItemsets<T>,
        alpha: f64,
        correction: Correction,
        hypotheses: &Hypotheses,
        options: &RunOptions,
    ) -> Result<Self, Error> {
        let alpha = check(alpha)?;
        let adjusted = options.run(|control| {
            let tests = self.hardest_generalisations(itemsets, options, control)?;
            let (p_values, counts): (Vec<_>, Vec<_>) = tests.into_iter().unzip();
            let (store, counts) = (&self.store, |rule: usize| counts[rule]);
            options.on_threads(control, |workers| {
                correction.adjust(&p_values, hypotheses, &|rule| store.len_of(rule), &counts, workers)
            })
        })?;
        Ok(self.keep(|place| adjusted[place] <= alpha))
    }

    /// The rules that also hold in other baskets, which were not used to find them: significant there by Fisher's exact
    /// test at the level `alpha`, after a correction for the number of these rules alone. The result keeps the counts
    /// of the baskets that the rules were found in; for those of the other baskets see [`evaluate`](Rules::evaluate).
    ///
    /// The number of rules that were searched does not matter, so with two large parts this finds more than a
    /// correction for all of them. To split baskets see [`Transactions::partition`] and, at random, `split` (feature
    /// `random`).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `alpha` that is not above 0 and below 1.
    ///
    /// # Source
    ///
    /// G. I. Webb: Discovering significant patterns, Machine Learning 68, 2007.
    ///
    #[cfg_attr(feature = "random", doc = "```")]
    #[cfg_attr(not(feature = "random"), doc = "```ignore")]
    /// use itemset::{Correction, Miner, Transactions};
    ///
    /// let row = |basket| if basket % 4 == 0 { vec!["beer", "diapers"] } else { vec!["chips"] };
    /// let (explored, held_out) = Transactions::from_rows((0..400).map(row))?.split(0.5, 1)?;
    /// let rules = Miner::new().min_support(0.05).rules(&explored)?;
    /// assert_eq!(rules.confirmed_by(&held_out, 0.05, Correction::Holm)?.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn confirmed_by(&self, held_out: &Transactions<T>, alpha: f64, correction: Correction) -> Result<Self, Error> {
        self.confirmed_by_with(held_out, alpha, correction, &RunOptions::default())
    }

    /// As [`confirmed_by`](Rules::confirmed_by), with [options](RunOptions).
    ///
    /// # Errors
    ///
    /// As [`confirmed_by`](Rules::confirmed_by), and those of [`RunOptions`].
    pub fn confirmed_by_with(
        &self,
        held_out: &Transactions<T>,
        alpha: f64,
        correction: Correction,
        options: &RunOptions,
    ) -> Result<Self, Error> {
        let alpha = check(alpha)?;
        options.run(|control| {
            let observed = control.section(0.7, || self.evaluate_under(held_out, options, control))?;
            let confirmed = options.on_threads(control, |workers| {
                let tests = fisher_tests(observed.len(), workers, |rule| observed[rule].counts());
                confirmed(&observed, &tests, alpha, correction, workers)
            })?;
            Ok(self.keep(|place| confirmed[place]))
        })
    }
}

/// Which rules are significant in the baskets of these counts, corrected for their number. Given with the counts are
/// the p-values of Fisher's test.
pub(super) fn confirmed(
    observed: &[ObservedCounts],
    tests: &[PValue],
    alpha: PValue,
    correction: Correction,
    workers: Workers<'_>,
) -> Vec<bool> {
    let counts = |rule: usize| observed[rule].counts();
    let adjusted = correction.adjust(tests, &Hypotheses::chosen(observed.len()), &|_| 0, &counts, workers);
    adjusted.into_iter().map(|p_value| p_value <= alpha).collect()
}

/// Bytes that the tests of a rule and their correction take.
pub(super) const BYTES_PER_TEST: u64 = 128;

/// Steps that a test takes, about.
pub(super) const STEPS_PER_TEST: usize = 32;

/// The p-values of all rules, corrected. If the call should end, they are not complete.
fn adjusted(
    store: &RuleStore,
    baskets: u64,
    correction: Correction,
    hypotheses: &Hypotheses,
    workers: Workers<'_>,
) -> Vec<PValue> {
    let counts = |rule: usize| Some(store.counts(&store.splits[rule], baskets));
    let mut tests = fisher_tests(store.len(), workers, counts);
    // Where the call should end there may be fewer.
    tests.resize(store.len(), PValue::ONE);
    correction.adjust(&tests, hypotheses, &|rule| store.len_of(rule), &counts, workers)
}

/// The p-values of some rules, in their order.
fn fisher_tests(
    rules: usize,
    workers: Workers<'_>,
    counts: impl Fn(usize) -> Option<Contingency> + Sync,
) -> Vec<PValue> {
    let Ok(p_values) = each_rule::<_, _, Infallible>(
        rules,
        workers,
        || FisherTests::new(rules),
        |tests, ticker, rule| {
            // The poll comes after each rule.
            let _ = ticker.step(STEPS_PER_TEST);
            Ok(counts(rule).map_or(PValue::ONE, |counts| tests.test(&counts)))
        },
    );
    p_values
}

/// The largest p-value of a rule against its generalisations, with its table. If the call should end it is not complete.
fn productivity(
    source: &Source<'_>,
    around: &mut Surroundings<'_>,
    ticker: &mut Ticker<'_>,
    rule: usize,
) -> Result<(PValue, Option<Contingency>), Error> {
    let Sides { antecedent, consequent, .. } = around.go_to(rule)?;
    let counts = source.counts(rule);
    let mut largest: Option<(PValue, Contingency)> = None;
    let mut part = antecedent;
    while part != 0 && ticker.step(STEPS_PER_TEST).is_continue() {
        part = (part - 1) & antecedent;
        let n = if part == 0 { source.baskets } else { around.count(part)? };
        let n_y = around.count(part | consequent)?;
        let against = Contingency::new(n, counts.n_x(), n_y, counts.n_xy()).map_err(|_| not_these())?;
        if largest.is_none_or(|(largest, _)| against.ln_fisher_at_most() >= largest.ln()) {
            let p_value = against.fishers_exact_test();
            if largest.is_none_or(|(largest, _)| p_value > largest) {
                largest = Some((p_value, against));
            }
        }
    }
    Ok(largest.map_or((PValue::ONE, None), |(p_value, against)| (p_value, Some(against))))
}

/// A level of significance as the p-value that just reaches it.
pub(crate) fn check(alpha: f64) -> Result<PValue, Error> {
    if alpha > 0.0 && alpha < 1.0 {
        Ok(PValue::new(alpha))
    } else {
        Err(Error::invalid_setting("alpha", alpha, "a level of significance above 0 and below 1"))
    }
}
