//! Bins that tell classes apart, by the chi-squared test.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Bins;
use super::classes::Classified;
use super::numbers::{between, check_table};
use crate::error::Error;

impl Bins {
    /// Bins that tell classes apart: at first each number has a bin; then the two neighbours whose classes differ least
    /// become one, until all neighbours differ with significance `alpha` in the chi-squared test. Cuts are in the middle
    /// between two numbers. If no neighbours differ, there is one bin.
    ///
    /// Of neighbours that differ equally little, the lowest become one first. Classes that neither of two neighbours has
    /// do not count in their chi-squared, but in the degrees of freedom, which are one less than all classes.
    ///
    /// # Complexity
    ///
    /// Sorts the m different numbers, then k m log m steps for k classes. 8 k m bytes.
    ///
    /// # Source
    ///
    /// R. Kerber: ChiMerge: discretization of numeric attributes, AAAI 1992.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSetting`](crate::ErrorKind::InvalidSetting) for an `alpha` that is not above 0 and below 1, and
    /// those of [`by_entropy`](Bins::by_entropy); [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if k m is more than
    /// 2^28.
    ///
    /// ```
    /// use itemset::shape::Bins;
    ///
    /// let ages = [19.0, 22.0, 25.0, 31.0, 38.0, 40.0, 44.0, 52.0, 61.0, 70.0];
    /// let buys_diapers = [false, false, true, true, true, true, false, false, false, false];
    /// assert_eq!(Bins::chi_merge(&ages, &buys_diapers, 0.05)?.cuts(), [23.5, 42.0]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn chi_merge<C: Ord>(values: &[f64], classes: &[C], alpha: f64) -> Result<Bins, Error> {
        if !(alpha > 0.0 && alpha < 1.0) {
            return Err(Error::invalid_setting("alpha", alpha, "a number above 0 and below 1"));
        }
        let data = Classified::new(values, classes)?;
        check_table(data.numbers.len(), data.kinds, "different numbers times classes: round the numbers")?;
        let least = least_significant(alpha, data.kinds - 1);
        let mut neighbours = Neighbours::new(&data);
        while let Some((place, next)) = neighbours.nearest(least) {
            neighbours.merge(place, next);
        }
        let cut = |place: usize| between(data.numbers[place - 1], data.numbers[place]);
        let begins = neighbours.bins.iter().enumerate().filter(|(_, bin)| bin.version != GONE);
        Ok(Bins::of_ascending(begins.skip(1).map(|(place, _)| cut(place)).collect()))
    }
}

/// A bin while bins become one. It stands at the place of its first number.
#[derive(Clone)]
struct Bin {
    counts: Vec<u32>,
    before: usize,
    after: usize,
    /// Changes with the bin.
    version: u32,
}

/// The version of a bin that is a part of another one.
const GONE: u32 = u32::MAX;

const NONE: usize = usize::MAX;

/// The chi-squared of two neighbours as bits, their places, and the versions that they had.
type Offer = (u64, usize, usize, [u32; 2]);

struct Neighbours {
    bins: Vec<Bin>,
    /// The least chi-squared first, as bits, which order like the number, since it is not negative; then the lowest
    /// place. Those whose versions are old are passed over.
    queue: BinaryHeap<Reverse<Offer>>,
}

impl Neighbours {
    fn new(data: &Classified) -> Self {
        let numbers = data.numbers.len();
        let bin = |place: usize| {
            let mut counts = vec![0; data.kinds];
            data.of(place).iter().for_each(|&class| counts[class as usize] += 1);
            let after = if place + 1 < numbers { place + 1 } else { NONE };
            Bin { counts, before: place.checked_sub(1).unwrap_or(NONE), after, version: 0 }
        };
        let mut neighbours = Neighbours { bins: (0..numbers).map(bin).collect(), queue: BinaryHeap::new() };
        (0..numbers).for_each(|place| neighbours.offer(place));
        neighbours
    }

    /// Offers a bin and the next one.
    fn offer(&mut self, place: usize) {
        let next = self.bins[place].after;
        if next != NONE {
            let (one, other) = (&self.bins[place], &self.bins[next]);
            let differ = chi_squared(&one.counts, &other.counts);
            self.queue.push(Reverse((differ.to_bits(), place, next, [one.version, other.version])));
        }
    }

    /// The neighbours that differ least, if that is less than `least`.
    fn nearest(&mut self, least: f64) -> Option<(usize, usize)> {
        loop {
            let Reverse((differ, place, next, versions)) = self.queue.pop()?;
            if [self.bins[place].version, self.bins[next].version] == versions {
                return (f64::from_bits(differ) < least).then_some((place, next));
            }
        }
    }

    fn merge(&mut self, place: usize, next: usize) {
        let Bin { counts, after, .. } = std::mem::replace(
            &mut self.bins[next],
            Bin { counts: Vec::new(), before: NONE, after: NONE, version: GONE },
        );
        let bin = &mut self.bins[place];
        bin.counts.iter_mut().zip(counts).for_each(|(count, more)| *count += more);
        (bin.after, bin.version) = (after, bin.version + 1);
        let before = bin.before;
        if after != NONE {
            self.bins[after].before = place;
        }
        self.offer(place);
        if before != NONE {
            self.offer(before);
        }
    }
}

/// How much the classes of two bins differ.
fn chi_squared(one: &[u32], other: &[u32]) -> f64 {
    let total = |counts: &[u32]| counts.iter().map(|&count| f64::from(count)).sum::<f64>();
    let (ones, others) = (total(one), total(other));
    let of_class = |(&one, &other): (&u32, &u32)| {
        let (one, other) = (f64::from(one), f64::from(other));
        // Both squared distances from what is expected, over that: they are equal.
        let cross = one * others - other * ones;
        if one + other > 0.0 { cross * cross / (ones * others * (one + other)) } else { 0.0 }
    };
    one.iter().zip(other).map(of_class).sum()
}

/// The least chi-squared whose p-value is at most `alpha`.
fn least_significant(alpha: f64, freedom: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while upper_tail(high, freedom) > alpha {
        (low, high) = (high, 2.0 * high);
    }
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if upper_tail(middle, freedom) > alpha { low = middle } else { high = middle }
    }
}

/// The probability that a chi-squared variable is greater: a finite sum for whole degrees of freedom (M. Abramowitz,
/// I. A. Stegun: Handbook of mathematical functions, 1964, 26.4.4 and 26.4.5).
fn upper_tail(chi_squared: f64, freedom: usize) -> f64 {
    let half = chi_squared / 2.0;
    let (mut sum, mut at) = if freedom.is_multiple_of(2) { (0.0, 0.0) } else { (libm::erfc(half.sqrt()), 0.5) };
    while at < freedom as f64 / 2.0 {
        // half^at e^-half / gamma(at + 1), by logarithms, as the power may overflow.
        sum += libm::exp(at * libm::log(half) - half - libm::lgamma(at + 1.0));
        at += 1.0;
    }
    sum.min(1.0)
}
