//! The settings of a recommender.

use std::fmt;
use std::sync::Arc;

use super::index::Index;
use super::policy::{Join, Policy};
use super::recommender::Recommender;
use super::scratch::Scoring;
use crate::call::control::Control;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::rules::{Rule, Rules};
use crate::run_options::RunOptions;

/// Bytes that making a recommender takes for each rule, about: twice the index.
const BYTES_PER_RULE: u64 = 96;

/// Rules per part, at least.
const MIN_RULES: usize = 256;

/// Makes a [`Recommender`] from rules; from [`Rules::recommender`].
///
/// Quick advice: the default policy is what most shops want; turn on [`fill`](RecommenderBuilder::fill) if a page has a
/// fixed number of places.
#[must_use = "a builder does nothing until `build`"]
pub struct RecommenderBuilder<'a, T> {
    rules: &'a Rules<T>,
    policy: Policy,
    own: Option<OwnValue<'a, T>>,
    margins: Option<Margin<'a, T>>,
    fill: bool,
    options: RunOptions,
}

/// The price or margin of an item.
type Margin<'a, T> = Box<dyn Fn(&T) -> f64 + 'a>;

/// The user's own function.
type OwnValue<'a, T> = Box<dyn Fn(Rule<'_, T>) -> f64 + 'a>;

impl<T> Rules<T> {
    /// A builder of a [`Recommender`] that puts these rules to work.
    ///
    /// ```
    /// use itemset::recommend::Policy;
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"],
    /// ])?;
    /// let rules = Miner::new().min_support(0.25).min_confidence(0.1).rules(&baskets)?;
    /// let recommender = rules.recommender().policy(Policy::BestLift).build()?;
    /// let found = recommender.recommend(["diapers", "nappies"], 2);
    /// assert_eq!(found.unknown(), 1);
    /// let beer = found.get(0).unwrap();
    /// assert_eq!((*beer.item(), beer.score()), ("beer", 4.0 / 3.0));
    /// assert_eq!(beer.reasons()[0].to_string(), "because of diapers: 67 % of such baskets, 1.3 times the usual");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn recommender(&self) -> RecommenderBuilder<'_, T> {
        RecommenderBuilder {
            rules: self,
            policy: Policy::default(),
            own: None,
            margins: None,
            fill: false,
            options: RunOptions::new(),
        }
    }
}

impl<'a, T> RecommenderBuilder<'a, T> {
    /// How rules become the score of an item. Default: [`Policy::BestConfidence`].
    pub fn policy(mut self, policy: Policy) -> Self {
        (self.policy, self.own) = (policy, None);
        self
    }

    /// Your own value of a rule, in place of a policy: an item's score is the highest value among the rules that speak
    /// for it. It is called once for each rule when the recommender is built.
    ///
    /// ```
    /// use itemset::{Measure, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// let rules = Miner::new().min_support(0.5).rules(&baskets)?;
    /// let recommender = rules.recommender().score_by(|rule| rule.measure(Measure::Jaccard)).build()?;
    /// assert_eq!(recommender.recommend(["beer"], 1).get(0).unwrap().score(), 2.0 / 3.0);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn score_by(mut self, value: impl Fn(Rule<'_, T>) -> f64 + 'a) -> Self {
        self.own = Some(Box::new(value));
        self
    }

    /// The price or margin of each item, for [`Policy::ExpectedProfit`], which needs it; others ignore it. Asked once
    /// for each item when the recommender is built. An item with margin 0 is worth nothing, one below 0 costs.
    ///
    /// ```
    /// use itemset::recommend::Policy;
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["diapers"],
    /// ])?;
    /// let rules = Miner::new().min_support(0.25).min_confidence(0.1).rules(&baskets)?;
    /// let margins = |item: &&str| if *item == "wipes" { 3.0 } else { 1.0 };
    /// let recommender = rules.recommender().policy(Policy::ExpectedProfit).margins(margins).build()?;
    /// let best = recommender.recommend(["diapers"], 1);
    /// assert_eq!((*best.get(0).unwrap().item(), best.get(0).unwrap().score()), ("wipes", 0.75));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[doc(alias = "prices")]
    pub fn margins(mut self, margin: impl Fn(&T) -> f64 + 'a) -> Self {
        self.margins = Some(Box::new(margin));
        self
    }

    /// Whether places for which there is no rule go to the most popular items. Default: no; a basket without known items
    /// gets them anyway.
    pub fn fill(mut self, fill: bool) -> Self {
        self.fill = fill;
        self
    }

    /// Threads, limits, and what may end the call, of [`build`](RecommenderBuilder::build).
    pub fn run_options(mut self, options: &RunOptions) -> Self {
        self.options = options.clone();
        self
    }

    /// Builds the index.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for [`Policy::ExpectedProfit`] without margins, a
    /// margin or an own value that is not finite; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) where the sides of
    /// all rules together have more than `u32::MAX` items; those of [`RunOptions`].
    ///
    /// # Complexity
    ///
    /// About linear in the rules: some 200 ns for each. [`Policy::BestSignificant`] takes microseconds for each, on all
    /// threads.
    pub fn build(self) -> Result<Recommender<T>, Error> {
        let options = self.options.clone();
        options.run(|control| {
            options.check_room(BYTES_PER_RULE * self.rules.len() as u64)?;
            let margins = self.item_margins()?;
            let values = self.values(control)?;
            control.begin(SEARCH, 3 * values.len() as u64);
            let mut ticker = Ticker::new(control);
            let (items, store) = (self.rules.items(), self.rules.store());
            let index = Index::new(store, self.rules.basket_count(), items.len(), &values, &mut ticker)?;
            let join = if self.own.is_some() { Join::Best } else { self.policy.join() };
            let popular = popular(&index, &margins, items.places());
            let places = items.places().to_vec();
            let scoring = Scoring { join, margins, places, popular, fill: self.fill };
            Ok(Recommender::new(Arc::clone(items), index, scoring))
        })
    }

    /// The margin of each item; nothing where the policy does not ask for it.
    fn item_margins(&self) -> Result<Vec<f64>, Error> {
        if self.own.is_some() || self.policy != Policy::ExpectedProfit {
            return Ok(Vec::new());
        }
        let Some(margin) = &self.margins else {
            return Err(Error::invalid_setting(
                "policy",
                self.policy,
                "margins to be set too, as this policy needs them",
            ));
        };
        let items = self.rules.items();
        // Items are numbered by a u32.
        let margins = (0..items.len() as u32).map(|item| margin(items.label(item)));
        margins.map(|margin| finite("margins", margin)).collect()
    }

    /// The value of each rule.
    fn values(&self, control: &Control) -> Result<Vec<f64>, Error> {
        if let Some(own) = &self.own {
            let mut ticker = Ticker::new(control);
            let value = |rule| {
                ticker.check(10)?;
                finite("score_by", own(rule)).map(|value| value + 0.0)
            };
            return self.rules.iter().map(value).collect();
        }
        let (store, baskets, policy) = (self.rules.store(), self.rules.basket_count(), self.policy);
        let parts = self.options.on_threads(control, |workers| {
            workers.run_parts(&workers.parts(store.len(), MIN_RULES), |part| {
                let mut ticker = Ticker::new(workers.control());
                let mut values = Vec::with_capacity(part.len());
                for split in &store.splits[part] {
                    values.push(policy.value(&store.counts(split, baskets)));
                    if ticker.step(if policy == Policy::BestSignificant { 200 } else { 2 }).is_break() {
                        break;
                    }
                }
                values
            })
        })?;
        Ok(parts.concat())
    }
}

fn finite(setting: &'static str, value: f64) -> Result<f64, Error> {
    match value.is_finite() {
        true => Ok(value),
        false => Err(Error::invalid_setting(setting, value, "a finite number")),
    }
}

/// The items of the rules, the most popular first, with the score of each.
pub(super) fn popular(index: &Index, margins: &[f64], places: &[u32]) -> Vec<(u32, f64)> {
    // Rules are in baskets.
    let share = |item: u32| index.count(item) as f64 / index.baskets as f64;
    let score = |item: u32| share(item) * margins.get(item as usize).copied().unwrap_or(1.0) + 0.0;
    let items = (0..index.item_count() as u32).filter(|&item| index.knows(item));
    let mut popular: Vec<(u32, f64)> = items.map(|item| (item, score(item))).collect();
    popular.sort_unstable_by(|(a, of_a), (b, of_b)| {
        of_b.total_cmp(of_a).then_with(|| places[*a as usize].cmp(&places[*b as usize]))
    });
    popular
}

impl<T> fmt::Debug for RecommenderBuilder<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("RecommenderBuilder");
        shown.field("rules", &self.rules.len()).field("policy", &self.policy).field("own", &self.own.is_some());
        shown.field("margins", &self.margins.is_some()).field("fill", &self.fill);
        shown.field("options", &self.options).finish()
    }
}
