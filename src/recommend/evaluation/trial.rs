//! What is learned from, and what is asked.

use std::hash::{DefaultHasher, Hash, Hasher};

use hashbrown::{HashMap, HashSet};

use super::metric::Judged;
use super::outcome::Outcome;
use super::shopper::{Recommend, Shopper};
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::draws::Draws;
use crate::error::Error;
use crate::run_options::RunOptions;
use crate::transactions::Transactions;

/// The most cases that are made of baskets held out: some gigabytes.
const MAX_CASES: usize = 1 << 24;

/// The first of the streams of a seed that hidden items are drawn from; smaller ones draw samples.
const HIDING: u64 = 1 << 40;

/// Someone who is shopping, and what they really buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<T> {
    basket: Vec<T>,
    history: Vec<Vec<T>>,
    hidden: Vec<T>,
}

impl<T> Case<T> {
    /// With the items in hand, the earlier baskets, the oldest first, and the items that are hidden from the recommender.
    #[must_use]
    pub fn new(basket: Vec<T>, history: Vec<Vec<T>>, hidden: Vec<T>) -> Self {
        Case { basket, history, hidden }
    }

    /// What a recommender is told.
    #[must_use]
    pub fn shopper(&self) -> Shopper<'_, T> {
        Shopper::new(&self.basket, &self.history)
    }

    /// What it should find.
    #[must_use]
    pub fn hidden(&self) -> &[T] {
        &self.hidden
    }
}

/// A trial of recommenders (feature `random`): baskets to learn from, and cases to be asked about that are not among
/// them.
///
/// Make the recommenders from [`training`](Trial::training), never from all baskets, and [`evaluate`](Trial::evaluate)
/// each of them. An [`Outcome`] has every [`Metric`](super::Metric) with an interval, and the
/// [difference](Outcome::difference) from another.
///
/// ```
/// use itemset::recommend::{Metric, Popularity, Trial};
/// use itemset::{Miner, Transactions};
///
/// let row = |n: u32| if n % 3 == 0 { vec!["beer", "diapers"] } else { vec!["wipes", "chips"] };
/// let baskets = Transactions::from_rows((0..300).map(row))?;
/// let trial = Trial::leave_one_out(&baskets, 0.2, 1)?.k(1);
/// assert_eq!((trial.training().len(), trial.cases().len()), (240, 60));
///
/// let rules = Miner::new().rules(trial.training())?.recommender().build()?;
/// let by_rules = trial.evaluate(&rules)?;
/// let popular = trial.evaluate(&Popularity::new(trial.training()))?;
/// assert_eq!(by_rules.value(Metric::HitRate).unwrap().value(), 1.0);
/// assert!(by_rules.difference(&popular, Metric::HitRate)?.unwrap().excludes_zero());
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Trial<T> {
    training: Transactions<T>,
    cases: Vec<Case<T>>,
    k: usize,
    seed: u64,
}

impl<T: Clone + Eq + Hash + Ord> Trial<T> {
    /// Holds out a fraction of the baskets at random, and hides one random item of each that has at least two.
    ///
    /// The same seed gives the same trial, in whatever order the rows came.
    ///
    /// # Errors
    ///
    /// Those of [`Transactions::split`]; [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) for more than 16,777,216
    /// held-out baskets, counted with their weights, as each is a case.
    pub fn leave_one_out(baskets: &Transactions<T>, held_out: f64, seed: u64) -> Result<Self, Error> {
        let (training, held_out) = baskets.split(held_out, seed)?;
        if held_out.len() > MAX_CASES {
            let what = "held-out baskets, each of which is a case: hold out a smaller fraction";
            return Err(Error::too_large(what, MAX_CASES as u64));
        }
        let rows = held_out.iter().filter(|basket| basket.len() > 1);
        let mut rows: Vec<Vec<T>> = rows.map(|basket| sorted(basket.iter().cloned())).collect();
        // The order of draws must not depend on that of the rows.
        rows.sort_unstable();
        let mut draws = Draws::new(seed, HIDING);
        let cases = rows.into_iter().map(|mut basket| {
            // It has that many items.
            let hidden = basket.remove(draws.below(basket.len() as u64) as usize);
            Case::new(basket, Vec::new(), vec![hidden])
        });
        Trial::new(training, cases.collect())
    }

    /// Hides the last basket of each customer who has at least two. `customers` has the baskets of each, the oldest
    /// first; the others are what is learned from.
    ///
    /// # Errors
    ///
    /// Those of [`Transactions::from_rows`].
    pub fn last_basket(customers: impl IntoIterator<Item = Vec<Vec<T>>>) -> Result<Self, Error> {
        let (mut builder, mut cases) = (Transactions::builder(), Vec::new());
        for mut baskets in customers {
            let last = if baskets.len() > 1 { baskets.pop() } else { None };
            for basket in &baskets {
                builder.push(basket.iter().cloned());
            }
            cases.extend(last.map(|last| Case::new(Vec::new(), baskets, last)));
        }
        Trial::new(builder.build()?, cases)
    }

    /// Learns from what was bought before a moment, and hides the first basket from then on of each customer with
    /// earlier ones. `customers` has the baskets of each with their times, in any order and any unit. Those of one time
    /// keep their order.
    ///
    /// No case knows anything of what came after the moment, as in a shop. In [`last_basket`](Trial::last_basket) other
    /// customers' later baskets are learned from.
    ///
    /// # Errors
    ///
    /// Those of [`Transactions::from_rows`].
    pub fn split_at(customers: impl IntoIterator<Item = Vec<(i64, Vec<T>)>>, moment: i64) -> Result<Self, Error> {
        let (mut builder, mut cases) = (Transactions::builder(), Vec::new());
        for mut baskets in customers {
            baskets.sort_by_key(|&(time, _)| time);
            let later = baskets.split_off(baskets.partition_point(|&(time, _)| time < moment));
            let earlier: Vec<Vec<T>> = baskets.into_iter().map(|(_, basket)| basket).collect();
            for basket in &earlier {
                builder.push(basket.iter().cloned());
            }
            if let (false, Some((_, next))) = (earlier.is_empty(), later.into_iter().next()) {
                cases.push(Case::new(Vec::new(), earlier, next));
            }
        }
        Trial::new(builder.build()?, cases)
    }

    /// Your own division. Cases that hide nothing are left out: there is nothing to find.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond `u32::MAX` cases.
    pub fn new(training: Transactions<T>, cases: Vec<Case<T>>) -> Result<Self, Error> {
        let cases: Vec<Case<T>> = cases.into_iter().filter(|case| !case.hidden.is_empty()).collect();
        match u32::try_from(cases.len()) {
            Ok(_) => Ok(Trial { training, cases, k: 10, seed: 1 }),
            Err(_) => Err(Error::too_large("cases", u32::MAX)),
        }
    }

    /// The length of the lists that are judged, at least 1. Default: 10.
    pub fn k(mut self, k: usize) -> Self {
        self.k = k;
        self
    }

    /// The seed of the samples for intervals. Default: 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The baskets to learn from.
    #[must_use]
    pub fn training(&self) -> &Transactions<T> {
        &self.training
    }

    /// The cases.
    #[must_use]
    pub fn cases(&self) -> &[Case<T>] {
        &self.cases
    }

    /// Asks a recommender about every case.
    ///
    /// # Errors
    ///
    /// As [`evaluate_with`](Trial::evaluate_with).
    pub fn evaluate(&self, recommender: &(impl Recommend<T> + ?Sized)) -> Result<Outcome, Error> {
        self.evaluate_with(recommender, &RunOptions::new())
    }

    /// As [`evaluate`](Trial::evaluate), with [options](RunOptions). It runs on the calling thread, as a recommender
    /// need not be made for several.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for a k of 0; those of [`RunOptions`].
    pub fn evaluate_with(
        &self,
        recommender: &(impl Recommend<T> + ?Sized),
        options: &RunOptions,
    ) -> Result<Outcome, Error> {
        options.run(|control| {
            if self.k == 0 {
                return Err(Error::invalid_setting("k", 0, "a number of at least 1"));
            }
            control.begin(0.7, self.cases.len() as u64);
            let mut ticker = Ticker::new(control);
            let catalogue = Catalogue::new(&self.training);
            let (mut values, mut lists) = (Vec::with_capacity(self.cases.len()), Vec::new());
            for case in &self.cases {
                let (judged, list) = catalogue.judge(case, &recommender.recommend(case.shopper(), self.k), self.k);
                values.push(judged.values(self.k));
                lists.push(list);
                ticker.done(1);
                ticker.check(1000)?;
            }
            drop(ticker);
            control.begin(SEARCH, super::bootstrap::SAMPLES);
            let mut ticker = Ticker::new(control);
            let key = (self.k, self.seed, self.mark());
            Outcome::new(key, values, &lists, catalogue.shares.len(), &mut ticker)
        })
    }

    /// A number that trials of other cases do not share, but for chance.
    fn mark(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for Case { basket, history, hidden } in &self.cases {
            (basket, history, hidden).hash(&mut hasher);
        }
        self.training.len().hash(&mut hasher);
        hasher.finish()
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}

/// The items of the training baskets.
struct Catalogue<'a, T> {
    numbers: HashMap<&'a T, u32>,
    /// By number: the bits of the item.
    shares: Vec<f64>,
    /// The bits of an item that is not there.
    unseen: f64,
}

impl<'a, T: Eq + Hash> Catalogue<'a, T> {
    fn new(training: &'a Transactions<T>) -> Self {
        let bits = |count: u64| 0.0 - libm::log2(count as f64 / training.len().max(1) as f64);
        let counted = training.dictionary().labels().iter().zip(training.counts()).filter(|&(_, &count)| count > 0);
        let (items, shares): (Vec<&T>, Vec<f64>) = counted.map(|(item, &count)| (item, bits(count))).unzip();
        Catalogue { numbers: items.into_iter().zip(0..).collect(), shares, unseen: bits(1) }
    }

    /// What a list is worth, and its items by number.
    fn judge(&self, case: &Case<T>, list: &[T], k: usize) -> (Judged, Vec<u32>) {
        let mut seen: HashSet<&T> = case.basket.iter().collect();
        let list: Vec<&T> = list.iter().filter(|&item| seen.insert(item)).take(k).collect();
        let before: HashSet<&T> = case.history.iter().flatten().collect();
        let hidden: HashSet<&T> = case.hidden.iter().collect();
        let repeats = hidden.iter().filter(|item| before.contains(*item)).count();
        let numbers: Vec<Option<u32>> = list.iter().map(|item| self.numbers.get(*item).copied()).collect();
        let judged = Judged {
            hits: list.iter().map(|item| hidden.contains(item).then(|| before.contains(item))).collect(),
            repeats,
            new: hidden.len() - repeats,
            bits: numbers
                .iter()
                .map(|number| number.map_or(self.unseen, |number| self.shares[number as usize]))
                .collect(),
        };
        (judged, numbers.into_iter().flatten().collect())
    }
}
