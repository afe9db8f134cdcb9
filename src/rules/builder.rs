//! The settings of rule making.

use std::fmt;
use std::str::FromStr;

use super::generate::Search;
use super::measures::Measure;
use super::rule_set::Rules;
use super::store::{MAX_LEN, MAX_RULES, RuleStore, too_many};
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::workers::Workers;

/// How many items the right side of a rule may have.
///
/// The text form is `one` or `any`, for reading and printing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Consequents {
    /// One item: an itemset of k items is split in k ways. Enough for recommending, and far fewer rules.
    #[default]
    One,
    /// Any number: an itemset of k items is split in 2^k - 2 ways.
    Any,
}

impl fmt::Display for Consequents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Consequents::One => "one",
            Consequents::Any => "any",
        })
    }
}

impl FromStr for Consequents {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "one" => Ok(Consequents::One),
            "any" => Ok(Consequents::Any),
            _ => Err(Error::invalid_setting("consequents", name, "one or any")),
        }
    }
}

/// Makes rules from frequent itemsets; from [`FrequentItemsets::rules`].
///
/// Quick advice: [`min_confidence`](RuleBuilder::min_confidence) bounds the work, so set it first; a
/// [`min`](RuleBuilder::min) of [`Measure::Lift`] slightly above 1 removes what merely follows from a frequent
/// right side. For all other options, their defaults are almost certainly what you want.
///
/// ```
/// use itemset::{Consequents, Measure, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([
///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
/// ])?;
/// let itemsets = Miner::new().min_support(0.25).mine(&baskets)?;
///
/// let rules = itemsets.rules().min_confidence(0.6).generate()?;
/// assert_eq!(rules.top(1, Measure::Confidence)[0].to_string(), "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)");
///
/// let two = itemsets.rules().consequents(Consequents::Any).min(Measure::Lift, 2.0).generate()?;
/// assert!(two.iter().any(|rule| rule.to_string().starts_with("{beer} => {chips, diapers}")));
/// # Ok::<(), itemset::Error>(())
/// ```
#[must_use = "a builder does nothing until `generate`"]
pub struct RuleBuilder<'a, T> {
    itemsets: &'a FrequentItemsets<T>,
    min_confidence: f64,
    consequents: Consequents,
    thresholds: Vec<(Measure, f64)>,
}

impl<T> FrequentItemsets<T> {
    /// Makes rules from these itemsets, which needs no second look at the baskets.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let rules = Miner::new().min_support(0.5).mine(&baskets)?.rules().min_confidence(0.9).generate()?;
    /// assert_eq!(rules.len(), 1);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn rules(&self) -> RuleBuilder<'_, T> {
        RuleBuilder { itemsets: self, min_confidence: 0.5, consequents: Consequents::default(), thresholds: Vec::new() }
    }
}

impl<T> RuleBuilder<'_, T> {
    /// The smallest confidence, a fraction from 0 to 1; the default is 0.5. On the threshold means in:
    /// `k as f64 / n as f64` keeps the rules that hold in k of n baskets.
    ///
    /// With 0 every split of every itemset is a rule.
    pub fn min_confidence(mut self, min_confidence: f64) -> Self {
        self.min_confidence = min_confidence;
        self
    }

    /// How many items the right side may have; the default is [`Consequents::One`].
    pub fn consequents(mut self, consequents: Consequents) -> Self {
        self.consequents = consequents;
        self
    }

    /// Keeps the rules for which `measure` is at least `least`. Several calls add up, on the same measure too.
    ///
    /// A threshold is checked on each rule that reaches the confidence: it makes the result smaller, not the work.
    pub fn min(mut self, measure: Measure, least: f64) -> Self {
        self.thresholds.push((measure, least));
        self
    }

    /// Makes the rules, on the threads of the rayon pool that the call is made in (rayon's default pool else).
    ///
    /// Time: an itemset of k items costs k steps, and each consequent that reaches the confidence a few more;
    /// at the worst (everything reaches it) 2^k. Memory beside the result: 32 KiB a thread, and the consequents of one
    /// length of the itemset at hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a confidence that is no fraction from
    /// 0 to 1 or a threshold that is NaN; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than
    /// `u32::MAX` rules; [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) for itemsets that were read
    /// from damaged storage and lack a subset.
    ///
    /// # Source
    ///
    /// R. Agrawal, R. Srikant: Fast algorithms for mining association rules, VLDB 1994 (there: ap-genrules).
    pub fn generate(self) -> Result<Rules<T>, Error> {
        #[cfg(feature = "rayon")]
        let workers = Workers::of_current_pool();
        #[cfg(not(feature = "rayon"))]
        let workers = Workers::SEQUENTIAL;
        self.generate_on(|search| search.run(workers))
    }

    /// The same, the search being run by `run`. It knows nothing of labels, so it may go to threads that
    /// labels may not go to.
    pub(crate) fn generate_on(
        self,
        run: impl FnOnce(&Search<'_>) -> Result<RuleStore, Error>,
    ) -> Result<Rules<T>, Error> {
        check_min_confidence(self.min_confidence)?;
        if let Some((measure, least)) = self.thresholds.iter().find(|(_, least)| least.is_nan()) {
            return Err(Error::invalid_setting("min", format_args!("{least} for {measure}"), "any number but NaN"));
        }
        // At confidence 0 every split is a rule, and how many those are is known before they are made.
        if self.min_confidence == 0.0 && self.thresholds.is_empty() && self.consequents == Consequents::Any {
            // A longer itemset would have more subsets than a trie holds: it is damaged, which the search tells.
            let by_len = self.itemsets.by_len().into_iter().zip(1..=MAX_LEN);
            let splits = by_len.map(|(itemsets, len)| u128::from(itemsets) * ((1 << len) - 2)).sum::<u128>();
            if splits > MAX_RULES as u128 {
                return Err(too_many(MAX_RULES));
            }
        }
        let search = Search {
            trie: self.itemsets.trie(),
            places: self.itemsets.items().places(),
            baskets: self.itemsets.baskets(),
            // Not -0.0, by which a division would be negative.
            min_confidence: self.min_confidence.abs(),
            consequents: self.consequents,
            thresholds: &self.thresholds,
            max_rules: MAX_RULES,
        };
        Ok(Rules::new(self.itemsets.items(), self.itemsets.baskets(), run(&search)?))
    }
}

/// Whether a setting is a confidence; the error names it.
pub(crate) fn check_min_confidence(min_confidence: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&min_confidence) {
        Ok(())
    } else {
        Err(Error::invalid_setting("min_confidence", min_confidence, "a fraction from 0 to 1"))
    }
}

impl<T> Clone for RuleBuilder<'_, T> {
    fn clone(&self) -> Self {
        RuleBuilder { thresholds: self.thresholds.clone(), ..*self }
    }
}

/// The settings, and the number of itemsets in place of these.
impl<T> fmt::Debug for RuleBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleBuilder")
            .field("itemsets", &self.itemsets.len())
            .field("min_confidence", &self.min_confidence)
            .field("consequents", &self.consequents)
            .field("thresholds", &self.thresholds)
            .finish()
    }
}
