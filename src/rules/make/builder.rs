//! The settings of rule making.

use std::borrow::Borrow;
use std::fmt;
use std::hash::Hash;
use std::ops::{Bound, RangeBounds, RangeInclusive};
use std::sync::atomic::AtomicBool;

use super::forecast::Lengths;
use super::generate::Search;
use super::item_filter::Placement;
use super::store::{MAX_LEN, RuleLimit, max_best, max_rules};
use super::threshold::Threshold;
use crate::call::control::Control;
use crate::error::Error;
use crate::itemsets::FrequentItemsets;
use crate::rules::item_match::{ItemMatch, RuleSide};
use crate::rules::measures::Measure;
use crate::rules::rule_set::Rules;
use crate::rules::significance::Hypotheses;
use crate::run_options::RunOptions;
use crate::text_enum::text_enum;

text_enum! {
    /// How many items the right side of a rule may have.
    #[derive(Default)]
    pub enum Consequents for "consequents" {
        /// One item: an itemset of k items is split in k ways. Enough for recommendations, and far fewer rules.
        #[default]
        One = "one",
        /// Any number: an itemset of k items is split in 2^k - 2 ways.
        Any = "any",
    }
}

/// Makes rules from frequent itemsets; from [`FrequentItemsets::rules`].
///
/// Quick advice: [`min_confidence`](RuleBuilder::min_confidence) bounds the work, so set it first; a
/// [`min`](RuleBuilder::min) of [`Measure::Lift`] slightly above 1 removes what merely follows from a frequent right
/// side, and [`non_redundant`](RuleBuilder::non_redundant) removes what a shorter rule says as well. The defaults of
/// all other options are almost certainly what you want.
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
/// let best = &rules.top(1, Measure::Confidence)[0];
/// assert_eq!(best.to_string(), "{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)");
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
#[doc(alias = "association_rules")]
#[must_use = "a builder does nothing until `generate`"]
pub struct RuleBuilder<'a, T> {
    itemsets: &'a FrequentItemsets<T>,
    settings: Settings,
    options: RunOptions,
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
    /// Whether items were named, which leave fewer rules.
    names_items: bool,
}

/// What is known of a search for rules before there are itemsets: the lengths of the sides, and how many rules there may
/// be.
#[derive(Debug)]
pub(crate) struct RulePlan {
    pub(crate) lengths: Lengths,
    pub(crate) limit: RuleLimit,
}

impl<T> FrequentItemsets<T> {
    /// Makes rules from these itemsets, without reading the baskets again.
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
            names_items: false,
        };
        RuleBuilder { itemsets: self, settings, options: RunOptions::default() }
    }
}

impl<T> RuleBuilder<'_, T> {
    /// The smallest confidence, a fraction from 0 to 1; the default is 0.5. The bound is inclusive:
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

    /// How many items the right side may have, as a range: `2..`, `..=3`. It sets the same as
    /// [`consequents`](RuleBuilder::consequents), so the later call wins. A right side is never empty.
    pub fn consequent_len(mut self, lengths: impl RangeBounds<usize>) -> Self {
        self.settings.consequent_len = inclusive(&lengths, 1);
        self
    }

    /// How many items the left side may have; the default is `1..`.
    ///
    /// A range that begins with 0 (`0..=2`, not `..=2`, which begins with 1) also gives rules with an empty left side,
    /// `{} => {beer}`: every basket holds the left side, and the confidence is the support of the right side.
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

    /// Keeps the rules for which `measure` is at least `least`. Several calls add up, even on the same measure.
    ///
    /// The result is smaller. So is the work if the measure only falls when one side becomes more frequent (as lift,
    /// leverage and most others do, but not chi-squared): what cannot reach the bound is not searched.
    pub fn min(mut self, measure: Measure, least: f64) -> Self {
        self.settings.thresholds.push(Threshold { measure, bound: least, least: true });
        self
    }

    /// Keeps the rules for which `measure` is at most `most`: for measures where smaller is better. Several calls add
    /// up.
    ///
    /// ```
    /// # use itemset::{Measure, Miner, Transactions};
    /// # let row = |n| if n % 2 == 0 { vec!["beer", "diapers"] } else { vec!["wipes"] };
    /// # let baskets = Transactions::from_rows((0..40).map(row))?;
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
    /// [larger is better](Measure::larger_is_better), otherwise at most.
    pub fn at_least_as_good(self, measure: Measure, value: f64) -> Self {
        if measure.larger_is_better() { self.min(measure, value) } else { self.max(measure, value) }
    }

    /// Keeps the rules that say more than every shorter one with the same right side: whose confidence is higher than
    /// that of X' ⇒ Y for each subset X' of X, the empty one included (whose confidence is the support of Y), and
    /// higher by `min_improvement` or more.
    ///
    /// With 0 any improvement is enough. All subsets count, whether or not their rules pass the other thresholds; their
    /// counts are in the itemsets. A rule with k items on the left needs up to 2^k look-ups, but usually few: the first
    /// subset that is as good ends them.
    ///
    /// # Source
    ///
    /// R. J. Bayardo, R. Agrawal, D. Gunopulos: Constraint-based rule mining in large, dense databases, ICDE 1999.
    pub fn non_redundant(mut self, min_improvement: f64) -> Self {
        self.settings.min_improvement = Some(min_improvement);
        self
    }

    /// Makes only the `k` best rules by a measure, the best first: the same in the same order as the first `k` of all
    /// rules [`sorted_by`](Rules::sorted_by) it. The others are never kept: memory for `k` rules per thread. More than
    /// fit in the memory that the call may take are an error, however many were asked for.
    ///
    /// Once `k` rules are known, itemsets and right sides of which no rule can be better are not looked at. That saves
    /// nearly all of the work where frequent itemsets have the best rules (confidence, leverage, Fisher's test), or
    /// where the `k` best have the largest value that there is; less where rare ones do (lift), and none for hyper-lift
    /// and lambda.
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

    /// Makes only rules of which a side holds what is asked of some items, as [`Rules::select`] does afterwards, but
    /// without making the others. Calls add up. Labels that are not frequent are ignored, except by [`ItemMatch::All`],
    /// which then leaves no rule.
    ///
    /// [`ItemMatch::Any`] saves the least work, and [`hypotheses`](RuleBuilder::hypotheses) are counted as if it was
    /// not asked for.
    ///
    /// ```
    /// # use itemset::{ItemMatch, Miner, RuleSide, Transactions};
    /// # let baskets = Transactions::from_rows([["beer", "diapers", "bag"], ["beer", "diapers", "bag"]])?;
    /// let itemsets = Miner::new().mine(&baskets)?;
    /// let without_bags = itemsets.rules().items(RuleSide::Both, ItemMatch::None, ["bag"]).generate()?;
    /// assert_eq!(without_bags.len(), 2);
    /// let with_beer = itemsets.rules().items(RuleSide::Antecedent, ItemMatch::All, ["beer"]).generate()?;
    /// assert_eq!(with_beer.len(), 4);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "containing")]
    #[doc(alias = "appearance")]
    pub fn items<'q, Q>(mut self, side: RuleSide, holds: ItemMatch, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        let items = self.itemsets.items();
        let ranks = labels.into_iter().map(|label| items.falling_ranks([label])?.first().copied());
        self.settings.placement.ask(side, holds, &ranks.collect::<Vec<_>>(), items.len());
        self.settings.names_items = true;
        self
    }

    /// Items that the right side may hold, and no others: rules for a class. Repeated calls intersect. Short for
    /// [`items`](RuleBuilder::items) with [`RuleSide::Consequent`] and [`ItemMatch::Only`].
    #[doc(alias = "rhs")]
    pub fn consequents_from<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.items(RuleSide::Consequent, ItemMatch::Only, labels)
    }

    /// Items that the left side may hold, and no others. Repeated calls intersect.
    #[doc(alias = "lhs")]
    pub fn antecedents_from<'q, Q>(self, labels: impl IntoIterator<Item = &'q Q>) -> Self
    where
        T: Borrow<Q> + Eq + Hash,
        Q: Eq + Hash + ?Sized + 'q,
    {
        self.items(RuleSide::Antecedent, ItemMatch::Only, labels)
    }

    /// How many rules are searched, by length: the number that p-values must be corrected for.
    ///
    /// Counted are all rules that the items and the lengths allow, for lengths up to that of the longest frequent
    /// itemset: not only those that pass the thresholds, and not only those of frequent itemsets, because whether items
    /// occur together often enough to be a frequent itemset is exactly what is tested. Whether a single *item* is
    /// frequent is not tested, so infrequent items do not count.
    ///
    /// See [`Hypotheses`].
    pub fn hypotheses(&self) -> Hypotheses {
        let longest = self.itemsets.by_len().len();
        let Settings { antecedent_len, consequent_len, placement, .. } = &self.settings;
        Hypotheses::count(placement, self.itemsets.items().len(), longest, antecedent_len, consequent_len)
    }

    /// What [`generate`](RuleBuilder::generate) may use and what may end it. Default: [`RunOptions::default`].
    ///
    /// [`Miner::generate_rules`](crate::Miner::generate_rules) uses the miner's options instead.
    ///
    /// ```
    /// # use itemset::{Miner, RunOptions, Transactions};
    /// # let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers"]])?;
    /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
    /// let rules = itemsets.rules().run_options(&RunOptions::new().threads(1)).generate()?;
    /// assert_eq!(rules.len(), 2);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn run_options(mut self, options: &RunOptions) -> Self {
        self.options = options.clone();
        self
    }

    /// Makes the rules, on the threads that the [options](RuleBuilder::run_options) give.
    ///
    /// Time: k steps for an itemset of k items, and a few more for each consequent that reaches the confidence; 2^k in
    /// the worst case, if all do. Memory in addition to the result: 32 KiB per thread, and the consequents of one
    /// length of the present itemset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a confidence or an improvement that is no
    /// fraction from 0 to 1 or a threshold that is NaN; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more
    /// rules than fit in half of the machine's memory (feature `memory-limit`), or more than `u32::MAX`;
    /// [`ErrorKind::Inconsistent`](crate::ErrorKind::Inconsistent) for itemsets that were read from damaged storage and
    /// lack a subset. And those of [`RunOptions`].
    ///
    /// # Source
    ///
    /// R. Agrawal, R. Srikant: Fast algorithms for mining association rules, VLDB 1994 (there: ap-genrules).
    pub fn generate(self) -> Result<Rules<T>, Error> {
        let options = self.options.clone();
        options.run(|control| self.generate_under(&options, control))
    }

    /// What is known of the rules before there are itemsets. `None` if the settings leave fewer than the lengths allow.
    pub(crate) fn plan(&self, options: &RunOptions) -> Option<RulePlan> {
        let Settings { antecedent_len, consequent_len, thresholds, min_improvement, top, .. } = &self.settings;
        if self.settings.names_items || thresholds.iter().any(Threshold::can_be_pushed) {
            return None;
        }
        let keeps_all = thresholds.is_empty() && min_improvement.is_none() && top.is_none();
        Some(RulePlan {
            lengths: Lengths { antecedent: antecedent_len.clone(), consequent: consequent_len.clone() },
            limit: if keeps_all { RuleLimit::Kept(max_rules(options, usize::MAX)) } else { RuleLimit::Examined },
        })
    }

    /// A part of a call that makes the rules with these options in place of the builder's.
    pub(crate) fn generate_under(self, options: &RunOptions, control: &Control) -> Result<Rules<T>, Error> {
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
        let RuleBuilder { itemsets, settings, .. } = self;
        let room = if settings.top.is_some() { max_best } else { max_rules };
        let mut search = Search {
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
            max_rules: room(options, itemsets.len()),
            only_counts: false,
            undecided: AtomicBool::new(false),
        };
        // The search knows nothing of labels, so it may go to threads that labels may not go to.
        let mut store = options.on_threads(control, |workers| search.run(workers))?;
        if store.is_err() && *search.undecided.get_mut() && !control.is_interrupted() {
            // There may be more rules than memory has room for. They are counted first, which takes none.
            search.only_counts = true;
            options.on_threads(control, |workers| search.run(workers))??;
            search.only_counts = false;
            store = options.on_threads(control, |workers| search.run(workers))?;
        }
        let store = store?;
        Ok(Rules::new(itemsets.items(), itemsets.basket_count(), store))
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
        RuleBuilder { itemsets: self.itemsets, settings: self.settings.clone(), options: self.options.clone() }
    }
}

/// The settings, and the number of itemsets in place of these.
impl<T> fmt::Debug for RuleBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RuleBuilder");
        text.field("itemsets", &self.itemsets.len())
            .field("settings", &self.settings)
            .field("options", &self.options)
            .finish()
    }
}
