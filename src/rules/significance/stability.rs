//! How often rules are found and confirmed if the baskets are split again and again.

use std::hash::Hash;

use super::evaluation::{BYTES_PER_RULE, ObservedCounts};
use super::significant::{BYTES_PER_TEST, STEPS_PER_TEST, check, confirmed};
use super::wanted::{Sides, Wanted};
use super::{Correction, HoldOut};
use crate::call::control::NEVER;
use crate::call::meter::SEARCH;
use crate::call::ticker::Ticker;
use crate::error::Error;
use crate::rules::Rules;
use crate::rules::make::builder::check_min_confidence;
use crate::rules::measures::PValue;
use crate::run_options::RunOptions;
use crate::threads::workers::Workers;
use crate::transactions::{CanonicalOrder, EncodedRows, Transactions, held_out_baskets};

/// In how many splits of the baskets a rule was found and confirmed, from [`Rules::stability`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Stability {
    splits: u32,
    found: u32,
    confirmed: u32,
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Stability")]
struct Stored {
    splits: u32,
    found: u32,
    confirmed: u32,
}

#[cfg(feature = "serde")]
impl From<Stability> for Stored {
    fn from(Stability { splits, found, confirmed }: Stability) -> Self {
        Stored { splits, found, confirmed }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Stability {
    type Error = Error;

    fn try_from(Stored { splits, found, confirmed }: Stored) -> Result<Self, Error> {
        match splits > 0 && confirmed <= found && found <= splits {
            true => Ok(Stability { splits, found, confirmed }),
            false => Err(Error::inconsistent("numbers of splits", "no rule can have them")),
        }
    }
}

impl Stability {
    /// The splits, at least 1.
    #[must_use]
    pub fn splits(&self) -> u32 {
        self.splits
    }

    /// Those in which the rule was found in the explored baskets.
    #[must_use]
    pub fn found(&self) -> u32 {
        self.found
    }

    /// Those in which it was found and then confirmed in the held-out baskets.
    #[must_use]
    pub fn confirmed(&self) -> u32 {
        self.confirmed
    }

    /// The share of all splits in which the rule was found and confirmed, from 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::from(self.confirmed) / f64::from(self.splits)
    }
}

impl<T: Eq + Hash + Ord> Rules<T> {
    /// How stable each rule is, in the present order: in how many of several hold-outs it would be found and confirmed.
    /// `transactions` are the baskets that the rules were found in.
    ///
    /// The baskets are split again and again, as [`Transactions::split`] does with one seed after the other. In each
    /// split
    ///
    /// - a rule is *found* if its counts in the explored baskets reach the `min_support` and the `min_confidence` of
    ///   [`HoldOut`], and at least one basket holds both sides;
    /// - a rule that is found is *confirmed* if it is significant in the held-out baskets: as
    ///   [`confirmed_by`](Rules::confirmed_by) tests it, corrected for the number of these rules that are found in this
    ///   split.
    ///
    /// So one hold-out by hand, with the same thresholds and one of the seeds, gives the same counts and the same
    /// tests; its correction also counts the rules that are found in the explored baskets alone.
    ///
    /// The share tells how much the list of one hold-out owes to its split. It is no p-value: the rules were found in
    /// all baskets, and the splits share baskets. The result does not depend on the order of the rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for settings out of their ranges.
    ///
    /// # Complexity
    ///
    /// For each split a draw per basket, one pass of [`evaluate`](Rules::evaluate) over the held-out baskets on one
    /// thread, and a test for each rule. Splits run in parallel. Memory: about 330 bytes per rule and 4 per stored row,
    /// for each thread.
    ///
    /// # Source
    ///
    /// The hold-out: G. I. Webb: Discovering significant patterns, Machine Learning 68, 2007. Counting in how many
    /// random parts of the data something is selected: N. Meinshausen, P. Bühlmann: Stability selection, Journal of the
    /// Royal Statistical Society B 72, 2010.
    ///
    /// ```
    /// use itemset::{HoldOut, Miner, Transactions};
    ///
    /// // Beer goes with diapers. Chips and wipes are in half of the baskets each, and a little more often together.
    /// let baskets = Transactions::from_rows((0..400u32).map(|n| match n % 20 {
    ///     0..4 => vec!["beer", "diapers"],
    ///     4..10 => vec!["chips", "wipes"],
    ///     10..14 => vec!["chips"],
    ///     14..18 => vec!["wipes"],
    ///     _ => vec![],
    /// }))?;
    /// let rules = Miner::new().min_support(0.1).min_confidence(0.5).rules(&baskets)?;
    /// let hold_out = HoldOut::new(0.5).splits(50).min_support(0.1).min_confidence(0.5);
    /// let stability = rules.stability(&baskets, &hold_out)?;
    /// for (rule, stability) in rules.iter().zip(&stability) {
    ///     match rule.consequent().next() {
    ///         Some(&"beer" | &"diapers") => assert_eq!(stability.share(), 1.0),
    ///         _ => assert!(stability.share() < 0.9 && stability.found() > 0),
    ///     }
    /// }
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn stability(&self, transactions: &Transactions<T>, hold_out: &HoldOut) -> Result<Vec<Stability>, Error> {
        let splitting = Splitting::new(hold_out, transactions.len())?;
        let workers = Workers::by_default();
        let wanted = Sides::of(self, transactions).wanted(workers);
        let order = CanonicalOrder::new(transactions, &mut Ticker::new(&NEVER));
        Ok(splitting.run(&wanted, transactions.rows(), &order, workers))
    }

    /// As [`stability`](Rules::stability), with [options](RunOptions). The order of the baskets is prepared on one
    /// thread.
    ///
    /// # Errors
    ///
    /// As [`stability`](Rules::stability), and those of [`RunOptions`].
    pub fn stability_with(
        &self,
        transactions: &Transactions<T>,
        hold_out: &HoldOut,
        options: &RunOptions,
    ) -> Result<Vec<Stability>, Error> {
        let splitting = Splitting::new(hold_out, transactions.len())?;
        options.run(|control| {
            let (rules, rows) = (self.len() as u64, transactions.rows());
            let threads = options.pool.workers().min(hold_out.splits as usize) as u64;
            let own = (BYTES_PER_RULE + BYTES_PER_TEST) * rules + size_of::<u32>() as u64 * rows.stored() as u64;
            options.check_room(BYTES_PER_RULE * rules + BYTES_PER_ROW * rows.stored() as u64 + threads * own)?;
            let sides = Sides::of(self, transactions);
            let order = CanonicalOrder::new(transactions, &mut Ticker::new(control));
            options.on_threads(control, |workers| splitting.run(&sides.wanted(workers), rows, &order, workers))
        })
    }
}

/// Bytes that the canonical order takes for each stored row.
const BYTES_PER_ROW: u64 = 20;

/// The settings of a call, checked.
struct Splitting {
    splits: u32,
    seed: u64,
    held_out: u32,
    min_count: u64,
    min_confidence: f64,
    alpha: PValue,
    correction: Correction,
}

impl Splitting {
    fn new(hold_out: &HoldOut, baskets: usize) -> Result<Self, Error> {
        let &HoldOut { held_out, splits, seed, min_support, min_confidence, alpha, correction } = hold_out;
        let held_out = held_out_baskets(held_out, baskets)?;
        if splits == 0 {
            return Err(Error::invalid_setting("splits", splits, "at least 1"));
        }
        check_min_confidence(min_confidence)?;
        // No more baskets are held out than there are.
        let min_count = min_support.min_count((baskets - held_out as usize) as u64)?;
        Ok(Splitting { splits, seed, held_out, min_count, min_confidence, alpha: check(alpha)?, correction })
    }

    /// The rules whose sides are counted, in their order. If the call should end, the numbers are too small.
    fn run(
        &self,
        wanted: &Wanted,
        rows: EncodedRows<'_>,
        order: &CanonicalOrder,
        workers: Workers<'_>,
    ) -> Vec<Stability> {
        let control = workers.control();
        // Units are rows, of all baskets and of each split.
        control.begin(SEARCH, (rows.stored() as u64).saturating_mul(u64::from(self.splits) + 1));
        let all = wanted.count(rows, workers);
        let parts = workers.parts(self.splits as usize, 1);
        let numbers = workers.run_parts(&parts, |part| {
            let mut numbers = vec![(0, 0); wanted.rules()];
            for split in part {
                let mut ticker = Ticker::new(control);
                let sample = order.sample(rows, self.held_out, self.seed.wrapping_add(split as u64), &mut ticker);
                self.add(wanted, rows, &all, &sample, &mut numbers, &mut ticker);
                if control.should_stop() {
                    break;
                }
            }
            numbers
        });
        let mut total = vec![(0, 0); wanted.rules()];
        for part in numbers {
            for (total, more) in total.iter_mut().zip(part) {
                *total = (total.0 + more.0, total.1 + more.1);
            }
        }
        let splits = self.splits;
        total.into_iter().map(|(found, confirmed)| Stability { splits, found, confirmed }).collect()
    }

    /// Adds one split to the numbers of splits in which each rule was found, and confirmed.
    fn add(
        &self,
        wanted: &Wanted,
        rows: EncodedRows<'_>,
        all: &[u64],
        sample: &[u32],
        numbers: &mut [(u32, u32)],
        ticker: &mut Ticker<'_>,
    ) {
        let held_out = wanted.count_weighted(rows, sample, ticker);
        // A count that was cut short is too small on either side.
        let explored: Vec<u64> = all.iter().zip(&held_out).map(|(all, part)| all.saturating_sub(*part)).collect();
        let explored_baskets = rows.len() - self.held_out as usize;
        let is_found = |observed: ObservedCounts| {
            observed.n_xy() >= self.min_count
                && observed.confidence().is_some_and(|confidence| confidence >= self.min_confidence)
        };
        let found: Vec<usize> =
            (0..wanted.rules()).filter(|&rule| is_found(wanted.observed(rule, &explored, explored_baskets))).collect();
        let (mut observed, mut tests) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
        for &rule in &found {
            let counts = wanted.observed(rule, &held_out, self.held_out as usize);
            observed.push(counts);
            tests.push(counts.fishers_exact_test());
            if ticker.step(STEPS_PER_TEST).is_break() {
                return;
            }
        }
        let workers = Workers::SEQUENTIAL.watching(ticker.control());
        let confirmed = confirmed(&observed, &tests, self.alpha, self.correction, workers);
        for (&rule, confirmed) in found.iter().zip(confirmed) {
            numbers[rule].0 += 1;
            numbers[rule].1 += u32::from(confirmed);
        }
    }
}
