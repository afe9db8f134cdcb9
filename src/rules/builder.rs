//! The settings of rule making.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::ops::{Bound, RangeBounds, RangeInclusive};

use super::generate::Search;
use super::item_filter::{Placement, Side};
use super::measures::Measure;
use super::rule_set::Rules;
use super::significance::Hypotheses;
use super::store::{BYTES_A_RULE, MAX_LEN, MAX_RULES, RuleStore, too_many};
use super::threshold::Threshold;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::machine;
use crate::text_enum::text_enum;
use crate::threads::workers::Workers;

text_enum! {
    /// How many items the right side of a rule may have.
    #[derive(Default)]
    pub enum Consequents for "consequents" {
        /// One item: an itemset of k items is split in k ways. Enough for recommending, and far fewer rules.
        #[default]
        One = "one",
        /// Any number: an itemset of k items is split in 2^k - 2 ways.
        Any = "any",
    }
}

/// Makes rules from frequent itemsets; from [`FrequentItemsets::rules`].
///
/// Quick advice: [`min_confidence`](RuleBuilder::min_confidence) bounds the work, so set it first; a
/// [`min`](RuleBuilder::min) of [`Measure::Lift`] slightly above 1 removes what merely follows from a frequent
/// right side, and [`non_redundant`](RuleBuilder::non_redundant) what a shorter rule says as well. For all other options, their defaults are
/// almost certainly what you want.
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
///
/// // What makes people buy beer? Diapers do, and even more so with chips; chips alone do not.
/// let beer = itemsets.rules().consequents_from(["beer"]).non_redundant(0.0).generate()?;
/// let antecedents: Vec<Vec<&&str>> = beer.iter().map(|rule| rule.antecedent().collect()).collect();
/// assert_eq!(antecedents, [vec![&"diapers"], vec![&"chips", &"diapers"]]);
/// # Ok::<(), itemset::Error>(())
/// ```
#[must_use = "a builder does nothing until `generate`"]
pub struct RuleBuilder<'a, T> {
    itemsets: &'a FrequentItemsets<T>,
    settings: Settings,
}

#[derive(Clone, Debug)]
struct Settings {
    min_confidence: f64,
    antecedent_len: RangeInclusive<usize>,
    consequent_len: RangeInclusive<usize>,
    placement: Placement,
    thresholds: Vec<Threshold>,
    min_improvement: Option<f64>,
    top: Option<(usize, Measure)>,
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
        let settings = Settings {
            min_confidence: 0.5,
            antecedent_len: 1..=MAX_LEN,
            consequent_len: 1..=1,
            placement: Placement::default(),
            thresholds: Vec::new(),
            min_improvement: None,
            top: None,
        };
        RuleBuilder { itemsets: self, settings }
    }
}

impl<T> RuleBuilder<'_, T> {
    /// The smallest confidence, a fraction from 0 to 1; the default is 0.5. On the threshold means in:
    /// `k as f64 / n as f64` keeps the rules that hold in k of n baskets.
    ///
    /// With 0 every split of every itemset is a rule.
    pub fn min_confidence(mut self, min_confidence: f64) -> Self {
        self.settings.min_confidence = min_confidence;
        self
    }

    /// How many items the right side may have; the default is [`Consequents::One`].
    pub fn consequents(self, consequents: Consequents) -> Self {
        match consequents {
            Consequents::One => self.consequent_len(1..=1),
            Consequents::Any => self.consequent_len(1..),
        }
    }

    /// How many items the right side may have, as a range: `2..`, `..=3`. It sets the same as [`consequents`](RuleBuilder::consequents), so the later
    /// call counts. A right side is never empty.
    pub fn consequent_len(mut self, lengths: impl RangeBounds<usize>) -> Self {
        self.settings.consequent_len = inclusive(&lengths, 1);
        self
    }

    /// How many items the left side may have; the default is `1..`.
    ///
    /// With a range that begins with 0 (`0..=2`, not `..=2`, which begins with 1) there are rules with an empty left side too, `{} => {beer}`: every
    /// basket holds the left side, and the confidence is the support of the right one.
    ///
    /// ```
    /// # use itemset::{Miner, Transactions};
    /// # let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
    /// let rules = itemsets.rules().antecedent_len(0..=0).generate()?;
    /// let lines: Vec<String> = rules.iter().map(|rule| rule.to_string()).collect();
    /// assert_eq!(lines, [
    ///     "{} => {diapers} (support 1.000, confidence 1.000, lift 1.000)",
    ///     "{} => {beer} (support 0.667, confidence 0.667, lift 1.000)",
    /// ]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn antecedent_len(mut self, lengths: impl RangeBounds<usize>) -> Self {
        self.settings.antecedent_len = inclusive(&lengths, 1);
        self
    }

    /// Keeps the rules for which `measure` is at least `least`. Several calls add up, on the same measure too.
    ///
    /// The result is smaller, and where the measure only falls when one side becomes more frequent (as lift, leverage and most others do, but not
    /// chi-squared) so is the work: what cannot reach it is not searched.
    pub fn min(mut self, measure: Measure, least: f64) -> Self {
        self.settings.thresholds.push(Threshold { measure, bound: least, least: true });
        self
    }

    /// Keeps the rules for which `measure` is at most `most`: for measures of which smaller is better. Several calls add up.
    ///
    /// ```
    /// # use itemset::{Measure, Miner, Transactions};
    /// # let baskets = Transactions::from_rows((0..40).map(|n| if n % 2 == 0 { vec!["beer", "diapers"] } else { vec!["wipes"] }))?;
    /// let itemsets = Miner::new().min_support(0.1).mine(&baskets)?;
    /// let rules = itemsets.rules().max(Measure::FishersExactTest, 1e-6).generate()?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn max(mut self, measure: Measure, most: f64) -> Self {
        self.settings.thresholds.push(Threshold { measure, bound: most, least: false });
        self
    }

    /// Keeps the rules whose value is as good as this one or better: at least `value` where
    /// [larger is better](Measure::larger_is_better), else at most.
    pub fn at_least_as_good(self, measure: Measure, value: f64) -> Self {
        if measure.larger_is_better() { self.min(measure, value) } else { self.max(measure, value) }
    }

    /// Keeps the rules that say more than every shorter one with the same right side: whose confidence is higher than that of X' ⇒ Y for each
    /// subset X' of X, the empty one included (whose confidence is the support of Y), and higher by `min_improvement` or more.
    ///
    /// With 0 any improvement will do. All subsets count, whether or not their rules pass the other thresholds; their counts are in the
    /// itemsets. For a rule with k items on the left that is up to 2^k look-ups, and mostly few, as the first that is as good ends them.
    ///
    /// # Source
    ///
    /// R. J. Bayardo, R. Agrawal, D. Gunopulos: Constraint-based rule mining in large, dense databases, ICDE 1999.
    pub fn non_redundant(mut self, min_improvement: f64) -> Self {
        self.settings.min_improvement = Some(min_improvement);
        self
    }

    /// Makes only the `k` best rules by a measure, the best first; ordered as by [`Rules::sorted_by`]. The rest is never kept: memory for
    /// `k` rules a thread.
    ///
    /// ```
    /// # use itemset::{Consequents, Measure, Miner, Transactions};
    /// # let baskets = Transactions::from_rows([[1, 2, 3, 4], [1, 2, 3, 5], [2, 3, 5, 6]])?;
    /// let itemsets = Miner::new().min_support(0.3).mine(&baskets)?;
    /// let rules = itemsets.rules().consequents(Consequents::Any).top_k(3, Measure::Leverage).generate()?;
    /// assert_eq!(rules.len(), 3);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn top_k(mut self, k: usize, measure: Measure) -> Self {
        self.settings.top = Some((k, measure));
        self
    }

    /// Items that the right side may hold, and no others: rules for a class. Several calls leave what is in all of them. A label that is not frequent is
    /// in no rule anyway.
    pub fn consequents_from<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.only(Side::Right, ranks, items))
    }

    /// Items that the left side may hold, and no others. Several calls leave what is in all of them.
    pub fn antecedents_from<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.only(Side::Left, ranks, items))
    }

    /// Items that the right side may not hold.
    pub fn consequents_without<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.never(Side::Right, ranks, items))
    }

    /// Items that the left side may not hold.
    ///
    /// ```
    /// # use itemset::{Miner, Transactions};
    /// # let baskets = Transactions::from_rows([["beer", "diapers", "bag"], ["beer", "diapers", "bag"]])?;
    /// // Bags stand nowhere.
    /// let itemsets = Miner::new().mine(&baskets)?;
    /// let rules = itemsets.rules().antecedents_without(["bag"]).consequents_without(["bag"]).generate()?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn antecedents_without<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.never(Side::Left, ranks, items))
    }

    /// Items that the right side must hold, all of them. If one is not frequent there are no rules.
    pub fn consequents_with<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.must(&[Side::Right], ranks, items))
    }

    /// Items that the left side must hold, all of them. If one is not frequent there are no rules.
    pub fn antecedents_with<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.must(&[Side::Left], ranks, items))
    }

    /// Items that a rule must hold on either side, all of them. If one is not frequent there are no rules.
    pub fn containing<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.place(labels, |placement, ranks, items| placement.must(&[Side::Left, Side::Right], ranks, items))
    }

    /// Tells where items of these labels stand; `None` in place of the rank of one that is not frequent.
    fn place<'q, Q>(
        mut self,
        labels: impl IntoIterator<Item = &'q Q>,
        how: impl FnOnce(&mut Placement, &[Option<u32>], usize),
    ) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let items = self.itemsets.items();
        let ranks = labels.into_iter().map(|label| items.falling_ranks([label])?.first().copied());
        how(&mut self.settings.placement, &ranks.collect::<Vec<_>>(), items.len());
        self
    }

    /// How many rules are searched, by length: what a correction of p-values must be for.
    ///
    /// Counted are all rules that the items and the lengths allow, for lengths up to that of the longest frequent itemset: not only those that pass
    /// the thresholds, and not only those of frequent itemsets, as whether items come together often enough to be a frequent
    /// itemset is the very thing that is tested. That an *item* is frequent is not, so those that are not do not count.
    ///
    /// See [`Hypotheses`].
    pub fn hypotheses(&self) -> Hypotheses {
        let longest = self.itemsets.by_len().len();
        let Settings { antecedent_len, consequent_len, placement, .. } = &self.settings;
        Hypotheses::count(placement, self.itemsets.items().len(), longest, antecedent_len, consequent_len)
    }

    /// Makes the rules, on the threads of the rayon pool that the call is made in (rayon's default pool else).
    ///
    /// Time: an itemset of k items costs k steps, and each consequent that reaches the confidence a few more;
    /// at the worst (everything reaches it) 2^k. Memory beside the result: 32 KiB a thread, and the consequents of one
    /// length of the itemset at hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a confidence or an improvement that is no fraction from
    /// 0 to 1 or a threshold that is NaN; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than half of the machine's memory holds (feature `memory-limit`), or more than
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
        self.generate_on(None, |search| search.run(workers))
    }

    /// The same, the search being run by `run`. It knows nothing of labels, so it may go to threads that
    /// labels may not go to.
    ///
    /// All rules together may take `max_memory` bytes, or as many as the machine allows where that is not set.
    pub(crate) fn generate_on(
        self,
        max_memory: Option<u64>,
        run: impl FnOnce(&Search<'_>) -> Result<RuleStore, Error>,
    ) -> Result<Rules<T>, Error> {
        let RuleBuilder { settings, .. } = &self;
        check_min_confidence(settings.min_confidence)?;
        for Threshold { measure, bound, least } in &settings.thresholds {
            if bound.is_nan() {
                let setting = if *least { "min" } else { "max" };
                return Err(Error::invalid_setting(
                    setting,
                    format_args!("{bound} for {measure}"),
                    "any number but NaN",
                ));
            }
        }
        if let Some(improvement) = settings.min_improvement
            && !(0.0..=1.0).contains(&improvement)
        {
            return Err(Error::invalid_setting("non_redundant", improvement, "a fraction from 0 to 1"));
        }
        let max_rules = self.max_rules(max_memory);
        let RuleBuilder { itemsets, settings } = self;
        // At confidence 0 every split is a rule, and how many those are is known before they are made.
        if settings.finds_every_split() {
            // A longer itemset would have more subsets than a trie holds: it is damaged, which the search tells.
            let by_len = itemsets.by_len().into_iter().zip(1..=MAX_LEN);
            let splits = by_len.map(|(itemsets, len)| u128::from(itemsets) * ((1 << len) - 2)).sum::<u128>();
            if splits > max_rules as u128 {
                return Err(too_many(max_rules));
            }
        }
        let search = Search {
            trie: itemsets.trie(),
            places: itemsets.items().places(),
            baskets: itemsets.basket_count(),
            // Not -0.0, by which a division would be negative.
            min_confidence: settings.min_confidence.abs(),
            antecedent_len: settings.antecedent_len,
            consequent_len: settings.consequent_len,
            placement: Some(&settings.placement).filter(|placement| !placement.is_free()),
            thresholds: &settings.thresholds,
            min_improvement: settings.min_improvement,
            top: settings.top,
            max_rules,
        };
        Ok(Rules::new(itemsets.items(), itemsets.basket_count(), run(&search)?))
    }

    /// The most rules that may be made.
    fn max_rules(&self, max_memory: Option<u64>) -> usize {
        // The best alone are no more than was asked for.
        if self.settings.top.is_some() {
            return MAX_RULES;
        }
        let bytes = match max_memory {
            Some(bytes) => bytes,
            // Asking takes some tenths of a millisecond.
            None if self.itemsets.len() <= FEW_ITEMSETS => u64::MAX,
            None => machine::memory().map_or(u64::MAX, |bytes| bytes / 2),
        };
        usize::try_from(bytes / BYTES_A_RULE).unwrap_or(MAX_RULES).min(MAX_RULES)
    }
}

/// Itemsets of which rules are made without the machine being asked for its memory: 3^12 rules, 25 MB, if they are all subsets of one.
const FEW_ITEMSETS: usize = 1 << 12;

impl Settings {
    /// Whether nothing but the frequent itemsets bounds the rules.
    fn finds_every_split(&self) -> bool {
        self.min_confidence == 0.0
            && self.thresholds.is_empty()
            && (*self.antecedent_len.start() <= 1 && *self.antecedent_len.end() >= MAX_LEN)
            && (*self.consequent_len.start() <= 1 && *self.consequent_len.end() >= MAX_LEN)
            && self.placement.is_free()
            && self.min_improvement.is_none()
            && self.top.is_none()
    }
}

/// The lengths in a range; where it has no start, from `first` on.
fn inclusive(lengths: &impl RangeBounds<usize>, first: usize) -> RangeInclusive<usize> {
    let least = match lengths.start_bound() {
        Bound::Included(&least) => least,
        Bound::Excluded(&below) => below.saturating_add(1),
        Bound::Unbounded => first,
    };
    let most = match lengths.end_bound() {
        Bound::Included(&most) => most.min(MAX_LEN),
        // None below 0: a range that is empty.
        Bound::Excluded(&0) => return RangeInclusive::new(1, 0),
        Bound::Excluded(&above) => (above - 1).min(MAX_LEN),
        Bound::Unbounded => MAX_LEN,
    };
    least..=most
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
        RuleBuilder { itemsets: self.itemsets, settings: self.settings.clone() }
    }
}

/// The settings, and the number of itemsets in place of these.
impl<T> fmt::Debug for RuleBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleBuilder").field("itemsets", &self.itemsets.len()).field("settings", &self.settings).finish()
    }
}
