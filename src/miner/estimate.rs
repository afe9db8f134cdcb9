//! Estimates the number of itemsets at a threshold.

use std::fmt;
use std::hash::Hash;

use super::call::Call;
use super::request::{Request, SearchOrder};
use crate::error::Error;
use crate::mine::estimate::sampling::{Effort, Sampled};
use crate::mine::output::big_float::BigFloat;
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::selected::{Purpose, SelectedOutput};
use crate::mine::output::tally::Tally;
use crate::mine::query::target::Target;
use crate::stored_format::Format;

/// The estimated number of frequent itemsets, from [`Miner::estimate_itemsets`](crate::Miner::estimate_itemsets).
///
/// ```
/// use itemset::{MinSupport, Miner, Transactions};
///
/// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["chips"]])?;
/// let estimate = Miner::new().min_support(MinSupport::count(2)).estimate_itemsets(&baskets)?;
/// assert_eq!((estimate.exact(), estimate.itemsets(), estimate.standard_error()), (Some(3), 3.0, 0.0));
/// assert_eq!(estimate.to_string(), "3 frequent itemsets (min count 2, counted)");
/// # Ok::<(), itemset::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    format: Format<1>,
    min_count: u64,
    is_exact: bool,
    exact: Option<u128>,
    itemsets: BigFloat,
    standard_error: BigFloat,
    low: BigFloat,
    high: BigFloat,
}

/// The 95 % quantile (two-sided) of Student's t distribution with 15 degrees of freedom.
const T: f64 = 2.131;

/// Factor by which the interval widens per unit of relative error. A large error comes from a few large branches, and
/// branches that were not drawn do not show in it.
const SKEWED: f64 = 5.0;

/// The least relative error of a single draw of a branch. In T40I10D100K at 200 it is more, but a hundred draws of 900
/// branches only show it if they hit one of the few large branches.
const LEAST: f64 = 2.0;

/// The least relative error per digit by which the first guess was wrong. Guesses further down are then wrong too, and
/// all draws that follow them miss the same branches. In BMS-WebView-1 at 30 the guess is wrong by 4 digits, and
/// without this term the interval contained the true number in only 8 of 20 samples.
const GUESS_ERROR_PER_DIGIT: f64 = 0.05;

/// Itemsets that are found to be counted, where a search alone does not tell their number.
const FEW: u128 = 1 << 20;

impl Estimate {
    fn new(min_count: u64, sampled: &Sampled) -> Self {
        let &Sampled { is_exact, exact, known, ref others, draws, uncertain, guess } = sampled;
        let count = others.len() as f64;
        let mean = others.iter().fold(BigFloat::ZERO, |sum, &other| sum + other) * (1.0 / count.max(1.0));
        let squares: f64 = others.iter().map(|other| (other.over(mean) - 1.0).powi(2)).sum();
        let relative = if mean.is_zero() { 0.0 } else { (squares / (count * (count - 1.0))).sqrt() };
        let least = LEAST * (uncertain / draws.max(1) as f64).sqrt();
        let misled = if mean.is_zero() { 0.0 } else { GUESS_ERROR_PER_DIGIT * (mean.log10() - guess.log10()).abs() };
        let spread = relative.max(least).max(misled);
        let within = T * spread * (1.0 + SKEWED * spread);
        let (low, high) = (known + mean.times_exp(-within), known + mean.times_exp(within));
        Estimate {
            format: Format,
            min_count,
            is_exact,
            exact,
            itemsets: known + mean,
            standard_error: mean * relative,
            low,
            high,
        }
    }

    /// A counted number.
    /// The same for the baskets that were given to a call; `number` finds the exact number.
    pub(super) fn of_given<T>(
        self,
        call: &Call<'_, T>,
        number: impl FnOnce() -> Result<u128, Error>,
    ) -> Result<Self, Error> {
        let min_count = call.given_count(self.min_count);
        match (call.exactly(), self.exact) {
            (None, _) => Ok(self),
            // A few of them may not be frequent.
            (Some(_), Some(few)) if few <= FEW => Ok(Estimate::exactly(min_count, number()?)),
            (Some(_), _) => Ok(Estimate { min_count, is_exact: false, exact: None, ..self }),
        }
    }

    fn exactly(min_count: u64, itemsets: u128) -> Self {
        let number = BigFloat::new(itemsets as f64);
        Estimate {
            format: Format,
            min_count,
            is_exact: true,
            exact: Some(itemsets),
            itemsets: number,
            standard_error: BigFloat::ZERO,
            low: number,
            high: number,
        }
    }

    /// Between a counted number and the number of all frequent itemsets: the geometric mean of the two, with half of
    /// the interval as its error.
    fn between(min_count: u64, counted: u64, all: &Estimate) -> Self {
        let low = BigFloat::new(counted.max(1) as f64);
        let high = low.max(all.high);
        let middle = low.times_exp((high.log10() - low.log10()) * std::f64::consts::LN_10 / 2.0);
        Estimate {
            format: Format,
            min_count,
            is_exact: false,
            exact: None,
            itemsets: middle,
            standard_error: high * 0.5,
            low,
            high,
        }
    }

    /// The same if at most `most` itemsets are requested.
    pub(super) fn at_most(self, most: u64) -> Self {
        let limit = BigFloat::new(most as f64);
        let below = |number: BigFloat| if number.over(limit) < 1.0 { number } else { limit };
        if most == 0 || self.low.over(limit) >= 1.0 {
            return Estimate::exactly(self.min_count, most.into());
        }
        let standard_error = below(self.standard_error);
        Estimate {
            itemsets: below(self.itemsets),
            standard_error,
            low: below(self.low),
            high: below(self.high),
            ..self
        }
    }

    /// The smallest frequent count.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// Whether all itemsets were counted, because that took little work. The only error is then the rounding to a
    /// float.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.is_exact
    }

    /// The number of itemsets if they were [counted](Estimate::is_exact) and do not exceed `u128::MAX`.
    #[must_use]
    pub fn exact(&self) -> Option<u128> {
        self.exact
    }

    /// The unbiased estimate. Always finite: [`f64::MAX`] stands for anything larger; [`log10`](Estimate::log10)
    /// returns its magnitude.
    #[must_use]
    pub fn itemsets(&self) -> f64 {
        self.itemsets.to_f64()
    }

    /// The base-10 logarithm of the estimate. Negative infinity if nothing is frequent.
    #[must_use]
    pub fn log10(&self) -> f64 {
        self.itemsets.log10()
    }

    /// The standard error of the estimate, in itemsets. It is itself estimated, from 16 independent samples. At most
    /// [`f64::MAX`].
    #[must_use]
    pub fn standard_error(&self) -> f64 {
        self.standard_error.to_f64()
    }

    /// The standard error divided by the estimate.
    #[must_use]
    pub fn relative_error(&self) -> f64 {
        self.standard_error.over(self.itemsets)
    }

    /// The lower end of a 95 % confidence interval for the true number. Never below the number of itemsets that were
    /// counted.
    ///
    /// It is Student's t interval (15 degrees of freedom) of the logarithm of the sampled part, as that part is skewed.
    /// The interval is widened by a factor of 1 + 5 × the relative error: if a few branches contain most itemsets, some
    /// of them may not have been drawn. For the same reason two lower bounds apply: the error of a single draw of a
    /// branch that may be missed is at least 200 %, and the total error is at least 5 % per digit by which the guess
    /// that the first draws followed was wrong.
    ///
    /// The constants were chosen on six searches, where the interval contained the true number in at least 19 of 20
    /// samples. On searches that were not used to choose them, it did so in at least 9 of 10, with two exceptions. If
    /// nearly all itemsets are in a few branches far down (BMS-WebView-1 at 29 and 28, with 10^15 and 10^21 itemsets),
    /// it was 6 to 7 of 10. For T40I10D100K at 300 it was 7 of 10. Expect more itemsets than the interval says in such
    /// data: in the former case the samples were a third too low on average.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.low.to_f64()
    }

    /// The upper end of the interval; at most [`f64::MAX`].
    #[must_use]
    pub fn high(&self) -> f64 {
        self.high.to_f64()
    }
}

/// `3 frequent itemsets (min count 2, counted)`, or
/// `about 3.53e13 frequent itemsets (min count 30, standard error 8.1 %, likely between 2.70e13 and 4.62e13)`.
impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let min_count = self.min_count;
        if let Some(itemsets) = self.exact {
            let plural = if itemsets == 1 { "" } else { "s" };
            return write!(f, "{itemsets} frequent itemset{plural} (min count {min_count}, counted)");
        }
        let itemsets = Rounded(self.itemsets);
        if self.is_exact {
            return write!(f, "{itemsets} frequent itemsets (min count {min_count}, counted)");
        }
        let (low, high, error) = (Rounded(self.low), Rounded(self.high), 100.0 * self.relative_error());
        write!(
            f,
            "about {itemsets} frequent itemsets (min count {min_count}, standard error {error:.1} %, likely between {low} and {high})"
        )
    }
}

/// Three significant digits and an exponent, also beyond the range of floats.
struct Rounded(BigFloat);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.to_f64();
        if number < f64::MAX {
            return write!(f, "{number:.2e}");
        }
        let log10 = self.0.log10();
        write!(f, "{:.2}e{}", 10.0_f64.powf(log10 - log10.floor()), log10.floor())
    }
}

/// All frequent itemsets at the threshold of a call.
pub(super) fn estimate_all<T: Ord>(call: &Call<'_, T>) -> Result<Estimate, Error> {
    call.check_sets()?;
    estimate_with(call, Effort::DEFAULT)
}

fn estimate_with<T: Ord>(call: &Call<'_, T>, effort: Effort) -> Result<Estimate, Error> {
    let sampled = call.rows()?.sample(call.bounds(call.min_count), effort, call.control);
    call.control.check()?;
    // Only a stopped call has no sample, and the check above has returned its error.
    let nothing = Sampled {
        is_exact: false,
        exact: None,
        known: BigFloat::ZERO,
        others: Vec::new(),
        draws: 0,
        uncertain: 0.0,
        guess: BigFloat::ZERO,
    };
    Ok(Estimate::new(call.min_count, &sampled.unwrap_or(nothing)))
}

/// The most polls of a search, each after some ten microseconds. Beyond it, the itemsets are not counted further.
const MAX_POLLS: u64 = 1 << 14;

/// Estimates the requested itemsets at the threshold of a call; the best by support have no threshold.
pub(super) fn estimate_request<T: Ord + Hash + Send + Sync>(
    call: &Call<'_, T>,
    request: &Request<'_, T>,
    is_best: bool,
) -> Result<Estimate, Error> {
    let call = if is_best && request.target != Target::Maximal { &call.at(1) } else { call };
    let limited = call.control.with_max_polls(MAX_POLLS);
    let short = call.under(&limited);
    let lowest = if request.constraints.has_thresholds() { 1 } else { call.min_count };
    // Counting runs on one thread: what several threads find within the limit on work depends on their number.
    let (is_exact, counted, found, lowest) = request.resolve(&short, SearchOrder::CANONICAL, |resolved| {
        // Selecting the baskets may have taken all of the work.
        let Some(resolved) = resolved else { return Ok((!limited.is_interrupted(), Some(0), 0, lowest)) };
        if resolved.list_size(call, &resolved.baskets.falling_counts()).is_none() {
            return Err(request.too_many(call)?);
        }
        let budget = Budget::new(Size::MAX);
        let outputs = resolved.run_here(&short, Purpose::Count, 1, &budget)?;
        let (found, lowest) = (budget.found().itemsets, resolved.baskets.lowest().into());
        let Some(outputs) = outputs else { return Ok((false, None, found, lowest)) };
        let tallies: Vec<Tally> = outputs.into_iter().map(SelectedOutput::into_tally).collect();
        let counted = Tally::by_len(&tallies, usize::MAX).map(|by_len| by_len.iter().sum());
        Ok((true, counted, found, lowest))
    })?;
    call.control.check()?;
    if let (true, Some(counted)) = (is_exact, counted) {
        return Ok(Estimate::exactly(call.min_count, counted));
    }
    // All requested itemsets are frequent.
    let all = estimate_all(&call.at(lowest))?;
    Ok(Estimate::between(call.min_count, found, &all))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    use super::*;
    use crate::call::control::NEVER;
    use crate::mine::query::min_support::MinSupport;
    use crate::{Miner, Transactions};

    /// Counts almost nothing and draws few branches.
    fn least(seed: u64) -> Effort {
        Effort { counting: 1, looking: 1, small: 1, leaf: 1, sampling: 20_000, seed: seed << 32 }
    }

    proptest! {
        // The same databases each time: a mean may be far off by chance, and such a failure would mean nothing.
        #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn sampled_estimates_are_right_in_the_mean(
            rows in prop::collection::vec(prop::collection::vec(0..24u32, 4..20), 10..60),
            weight in prop_oneof![2 => 1..3u32, 1 => Just(1_000_000)],
            min_count in 3..9u64,
            max_len in prop::option::of(2..7usize),
            looking in prop_oneof![Just(1), Just(100_000u64)],
        ) {
            let mut builder = Transactions::builder();
            for (number, row) in (0..).zip(&rows) {
                // Great weights differ.
                let more = if weight > 2 { u32::wrapping_mul(number, 2_654_435_761) >> 12 } else { 0 };
                builder.push_weighted(row.iter().copied(), weight + more);
            }
            let baskets = builder.build().unwrap();
            let mut miner = Miner::new().min_support(MinSupport::count(min_count * u64::from(weight))).threads(1);
            if let Some(max_len) = max_len {
                miner = miner.max_len(max_len);
            }
            let truth = miner.count(&baskets).unwrap().total() as f64;
            let estimates: Vec<Estimate> = (0..40).map(|seed| {
                estimate_with(&Call::new(&miner, &NEVER, &baskets, None).unwrap(), Effort { looking, ..least(seed) }).unwrap()
            }).collect();
            for estimate in &estimates {
                let (low, high) = (estimate.low(), estimate.high());
                prop_assert!((0.0 < low) == (0.0 < truth) && low <= estimate.itemsets() * (1.0 + 1e-9) && estimate.itemsets() <= high * (1.0 + 1e-9) && high.is_finite());
            }
            let mean = |of: &dyn Fn(&Estimate) -> f64| estimates.iter().map(of).sum::<f64>() / 40.0;
            let found = mean(&Estimate::itemsets);
            let spread = mean(&|estimate| (estimate.itemsets() - found).powi(2)).sqrt() / 39.0_f64.sqrt();
            let told = mean(&|estimate| estimate.standard_error().powi(2)).sqrt() / 40.0_f64.sqrt();
            prop_assert!((found - truth).abs() <= 6.0 * spread.max(told) + 1e-6 * truth, "{found} for {truth}, {spread} {told}");
            // Even at full effort, this little data is counted.
            let exact = miner.estimate_itemsets(&baskets).unwrap();
            prop_assert!(exact.is_exact() && exact.exact() == Some(truth as u128));
            prop_assert_eq!((exact.itemsets(), exact.low(), exact.high()), (truth, truth, truth));
        }
    }

    #[test]
    fn most_intervals_contain_the_true_number() {
        // Blocks of items that occur together, of different sizes: most itemsets are in few branches.
        let row = |number: u32| {
            let mixed = number.wrapping_mul(2_654_435_761);
            (0..40)
                .filter(move |item| (mixed >> (item / 4) & 3 != 0) && !(number + item).is_multiple_of(7))
                .collect::<Vec<u32>>()
        };
        let mut great = Transactions::builder();
        (0..400).for_each(|number| _ = great.push_weighted(row(number), 1000 + number * 7919 % 1000));
        for baskets in [Transactions::from_rows((0..400).map(row)).unwrap(), great.build().unwrap()] {
            let miner = Miner::new().min_support(0.15).threads(1);
            let truth = miner.count(&baskets).unwrap().total() as f64;
            let effort = |seed| Effort { leaf: 2000, sampling: 400_000, ..least(seed) };
            let held = (0..60).filter(|&seed| {
                let estimate =
                    estimate_with(&Call::new(&miner, &NEVER, &baskets, None).unwrap(), effort(seed)).unwrap();
                assert!(!estimate.is_exact());
                (estimate.low()..=estimate.high()).contains(&truth)
            });
            let held = held.count();
            assert!(held >= 52, "{held} of 60");
        }
    }

    #[test]
    fn estimate_beyond_floats_is_displayed() {
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
        let all = Transactions::from_rows([(0..3000).collect::<Vec<u32>>()]).unwrap();
        let estimate = miner.estimate_itemsets(&all).unwrap();
        assert!(estimate.is_exact() && estimate.exact().is_none() && estimate.itemsets() == f64::MAX);
        assert!((estimate.log10() - 903.0899).abs() < 1e-3);
        assert_eq!(estimate.to_string(), "1.23e903 frequent itemsets (min count 1, counted)");
        // A thousand items in every basket, and 50 that lack in one basket each: 2^1050 - 2 itemsets of 1 to 1049 items.
        let lacking = |lacks: u32| (0..1050).filter(move |&item| item != lacks);
        let most = Transactions::from_rows((0..50).map(lacking)).unwrap();
        let estimate = miner.max_len(1049).estimate_itemsets(&most).unwrap();
        assert!(!estimate.is_exact() && estimate.high().is_finite() && estimate.low() > 0.0);
        assert!((estimate.log10() - 316.08).abs() < 1.0, "{estimate}");
    }

    #[test]
    fn no_baskets_give_exact_zero() {
        let none = Transactions::<u32>::from_rows([] as [Vec<u32>; 0]).unwrap();
        let estimate = Miner::new().estimate_itemsets(&none).unwrap();
        assert_eq!((estimate.exact(), estimate.itemsets(), estimate.log10()), (Some(0), 0.0, f64::NEG_INFINITY));
        assert_eq!(estimate.to_string(), "0 frequent itemsets (min count 1, counted)");
    }
}
