//! What a recommender reached in all cases of a trial.

use std::fmt;

use super::bootstrap::{mean, middle, samples};
use super::metric::{Metric, OF_CASES};
use crate::call::ticker::Ticker;
use crate::error::Error;

/// The value of a metric with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricValue {
    value: f64,
    low: f64,
    high: f64,
}

impl MetricValue {
    /// The mean over the cases, or the difference of two means.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Where the interval begins.
    #[must_use]
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Where the interval ends.
    #[must_use]
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Whether 0 is outside of the interval: of a [difference](Outcome::difference), that one is really better.
    #[must_use]
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// `0.135 (0.128 to 0.142)`.
impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} ({:.3} to {:.3})", self.value, self.low, self.high)
    }
}

/// What a recommender reached in all cases of a [`Trial`](super::Trial).
#[derive(Clone, Debug)]
pub struct Outcome {
    pub(super) k: usize,
    pub(super) seed: u64,
    /// What tells the cases of one trial from those of another.
    pub(super) trial: u64,
    /// By case, in the order of [`Metric::ALL`]; NaN where a case has no value.
    pub(super) cases: Vec<[f64; OF_CASES]>,
    values: Vec<Option<MetricValue>>,
}

impl Outcome {
    /// From the values of each case, and the items of each list, as numbers below `catalogue` where they are in it.
    pub(super) fn new(
        (k, seed, trial): (usize, u64, u64),
        cases: Vec<[f64; OF_CASES]>,
        lists: &[Vec<u32>],
        catalogue: usize,
        ticker: &mut Ticker<'_>,
    ) -> Result<Self, Error> {
        let mut seen = vec![0u32; catalogue];
        let mut stamp = 0;
        let mut coverage = |chosen: &mut dyn Iterator<Item = usize>| {
            stamp += 1;
            let mut covered = 0;
            for &item in chosen.flat_map(|case| &lists[case]) {
                let last = &mut seen[item as usize];
                covered += usize::from(*last != stamp);
                *last = stamp;
            }
            covered as f64 / catalogue as f64
        };
        // Without cases there are no lists, and nothing is known.
        let covered = if cases.is_empty() { f64::NAN } else { coverage(&mut (0..cases.len())) };
        let sampled = samples(cases.len(), seed, ticker, |drawn| {
            (means(&cases, drawn), coverage(&mut drawn.iter().map(|&case| case as usize)))
        })?;
        let all: Vec<u32> = (0..cases.len() as u32).collect();
        let of_all = means(&cases, &all);
        let mut values: Vec<Option<MetricValue>> = (0..OF_CASES)
            .map(|metric| interval(of_all[metric], sampled.iter().map(|(means, _)| means[metric])))
            .collect();
        // A sample repeats cases and covers less, so the interval is moved to the value.
        let shift = covered - mean(sampled.iter().map(|&(_, coverage)| coverage));
        values.push(interval(covered, sampled.iter().map(|&(_, coverage)| (coverage + shift).clamp(0.0, 1.0))));
        Ok(Outcome { k, seed, trial, cases, values })
    }

    /// Cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there were no cases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The length of the lists.
    #[must_use]
    pub fn k(&self) -> usize {
        self.k
    }

    /// A metric with its interval: the middle 95 % of its values in 1000 samples of the cases. `None` if no case has a
    /// value.
    ///
    /// The interval of [`Metric::Coverage`] is moved so that its mean is the value, as a sample of the cases covers less
    /// than all of them.
    #[must_use]
    pub fn value(&self, metric: Metric) -> Option<MetricValue> {
        self.values[place(metric)]
    }

    /// How much better this recommender is than another one in the same cases, with the interval of the difference, from
    /// the same samples for both. `None` if no case has a value for both, and for [`Metric::Coverage`], which single
    /// cases do not have.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) if the other is from another trial, or from one
    /// with another k or seed.
    pub fn difference(&self, other: &Outcome, metric: Metric) -> Result<Option<MetricValue>, Error> {
        if (self.k, self.seed, self.trial, self.len()) != (other.k, other.seed, other.trial, other.len()) {
            let found = "an outcome of another trial, list length or seed";
            return Err(Error::invalid_setting("other", found, "one of the same trial with the same k and seed"));
        }
        let metric = place(metric);
        if metric >= OF_CASES || self.is_empty() {
            return Ok(None);
        }
        let pairs = self.cases.iter().zip(&other.cases);
        let differences: Vec<f64> = pairs.map(|(this, other)| this[metric] - other[metric]).collect();
        let ticker = &mut Ticker::new(&crate::call::control::NEVER);
        let sampled =
            samples(self.len(), self.seed, ticker, |drawn| mean(drawn.iter().map(|&case| differences[case as usize])))?;
        Ok(interval(mean(differences.iter().copied()), sampled.into_iter()))
    }
}

/// The same values in the same cases of the same trial.
impl PartialEq for Outcome {
    fn eq(&self, other: &Self) -> bool {
        // No value is NaN too.
        let bits = |cases: &[[f64; OF_CASES]]| cases.iter().flatten().map(|value| value.to_bits()).collect::<Vec<_>>();
        (self.k, self.seed, self.trial) == (other.k, other.seed, other.trial)
            && self.values == other.values
            && bits(&self.cases) == bits(&other.cases)
    }
}

fn place(metric: Metric) -> usize {
    Metric::ALL.iter().position(|&known| known == metric).unwrap_or(OF_CASES)
}

fn interval(value: f64, sampled: impl Iterator<Item = f64>) -> Option<MetricValue> {
    let (low, high) = middle(sampled)?;
    (!value.is_nan()).then_some(MetricValue { value, low, high })
}

fn means(cases: &[[f64; OF_CASES]], drawn: &[u32]) -> [f64; OF_CASES] {
    let (mut sums, mut counts) = ([0.0; OF_CASES], [0u32; OF_CASES]);
    for &case in drawn {
        for (metric, &value) in cases[case as usize].iter().enumerate() {
            if !value.is_nan() {
                sums[metric] += value;
                counts[metric] += 1;
            }
        }
    }
    std::array::from_fn(|metric| sums[metric] / f64::from(counts[metric]))
}
