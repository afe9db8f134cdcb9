//! Noise of known size: discrete Laplace, sampled with integers alone.

use std::fmt;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::Rng;

use crate::error::Error;

/// Noise that each owner adds to each of its counts before they are masked: discrete Laplace, which makes counts
/// ε-differentially private.
///
/// A whole number z is drawn with a probability in proportion to exp(-ε |z|), exactly and with integers alone (Canonne,
/// Kamath and Steinke, "The discrete Gaussian for differential privacy", 2020, algorithm 2). Its standard deviation is
/// about 1.4 / ε for small ε, and sqrt(n) times that in the sum of n owners.
///
/// *What ε protects.* Whoever sees one noisy count, of one owner alone or in a sum, learns almost nothing about whether
/// one basket is in it: with the basket or without it, no result is more than exp(ε) times as likely. Each owner adds
/// all of the noise, so this holds even if all others collude. A basket is in many counts, and ε adds up over them:
/// that of the number of baskets, and of each candidate that it contains. [`per_count`](Noise::per_count) sets ε for
/// each count, and [`Owner::epsilon_spent`](super::Owner::epsilon_spent) tells what it has come to;
/// [`per_basket`](Noise::per_basket) sets the sum. *What it does not protect.* It protects single baskets, not the
/// trade of an owner, nor a customer with many baskets, whose ε is the sum over them.
///
/// *What it does to results.* Totals become [intervals](super::CountInterval). All intervals of a session hold at once
/// with the [confidence](Noise::confidence), so what is chosen by a noisy count is covered too: with that confidence no
/// frequent itemset is missing, and all that are called surely frequent are. They get wider with the number of
/// candidates of a round, by its logarithm.
///
/// ```
/// use itemset::owners::Noise;
///
/// let noise = Noise::per_count(0.5).confidence(0.99);
/// assert_eq!(noise.to_string(), "0.5 per count, confidence 0.99");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[must_use]
pub struct Noise {
    epsilon: f64,
    /// The most items of a basket, if ε is for all counts that it is in.
    longest_basket: Option<usize>,
    confidence: f64,
}

impl Noise {
    /// Noise with an ε for each count, above 0 and at most 1000. It is rounded down to a multiple of 2^-32.
    pub fn per_count(epsilon: f64) -> Self {
        Noise { epsilon, longest_basket: None, confidence: 0.95 }
    }

    /// Noise with an ε for all counts that a basket is in, if no basket has more than `longest_basket` items of the
    /// catalogue. It is divided among the number of baskets and all itemsets up to
    /// [`max_len`](super::Agreement::max_len) that so many items make: set both low. An owner with a longer basket
    /// cannot take part before it shortens or removes it.
    pub fn per_basket(epsilon: f64, longest_basket: usize) -> Self {
        Noise { epsilon, longest_basket: Some(longest_basket), confidence: 0.95 }
    }

    /// The probability that all intervals of a session hold at once, from 0.5 to below 1. Default: 0.95.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = confidence;
        self
    }

    pub(super) fn has_budget(self) -> bool {
        self.longest_basket.is_some()
    }

    /// The noise of one count.
    pub(super) fn scale(self, max_len: Option<usize>) -> Result<Scale, Error> {
        let Noise { epsilon, longest_basket, confidence } = self;
        let refuse = |allowed| Err(Error::invalid_setting("epsilon", epsilon, allowed));
        if !(epsilon > 0.0 && epsilon <= 1000.0) {
            return refuse("above 0 and at most 1000");
        }
        if !(0.5..1.0).contains(&confidence) {
            return Err(Error::invalid_setting("confidence", confidence, "at least 0.5 and below 1"));
        }
        // Exact: a multiplication by a power of two, and a number of less than 43 bits.
        let all = (epsilon * UNIT as f64) as u64;
        let counts = longest_basket.map_or(1, |longest| counts_of(longest, max_len.unwrap_or(longest)));
        let units = u64::try_from(u128::from(all) / counts).unwrap_or_default();
        if units == 0 {
            return refuse("at least 2^-32 for each count: a larger one, or fewer counts by a smaller max_len");
        }
        Ok(Scale { units, longest_basket, miss: 1.0 - confidence })
    }
}

/// `0.5 per count, confidence 0.95`.
impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.longest_basket {
            None => write!(f, "{:?} per count", self.epsilon)?,
            Some(items) => write!(f, "{:?} per basket of up to {items} items", self.epsilon)?,
        }
        write!(f, ", confidence {:?}", self.confidence)
    }
}

/// The counts that a basket of some items is in: the number of baskets, and all its itemsets up to a length.
pub(super) fn counts_of(items: usize, max_len: usize) -> u128 {
    let (mut counts, mut of_len) = (1u128, 1u128);
    for len in 1..=max_len.min(items) {
        // Exact: a product of binomial coefficients, unless it is beyond all use.
        of_len = match of_len.checked_mul((items - len + 1) as u128) {
            Some(product) => product / len as u128,
            None => return u128::MAX,
        };
        counts = counts.saturating_add(of_len);
    }
    counts
}

/// The itemsets of a length that a basket of some items has; `u128::MAX` if they are beyond all use.
pub(super) fn itemsets_of(items: usize, len: usize) -> u128 {
    let Some(left_out) = items.checked_sub(len) else { return 0 };
    (1..=len.min(left_out) as u128)
        .try_fold(1u128, |found, len| Some(found.checked_mul(items as u128 - len + 1)? / len))
        .unwrap_or(u128::MAX)
}

/// The denominator of ε.
const UNIT: u64 = 1 << 32;

/// The noise of one count, from a checked [`Noise`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// ε in units of 2^-32.
    pub(super) units: u64,
    pub(super) longest_basket: Option<usize>,
    /// The probability that an interval of the session does not hold.
    pub(super) miss: f64,
}

impl Scale {
    pub(super) fn epsilon(self) -> f64 {
        self.units as f64 / UNIT as f64
    }

    /// A draw, with a probability in proportion to exp(-ε |z|).
    pub(super) fn draw(self, source: &mut ChaCha20Rng) -> i64 {
        loop {
            let fraction = source.next_u64() % UNIT;
            if !has_exponential_chance(source, fraction) {
                continue;
            }
            // Of such a length that a number this large is never seen: exp(-2^30).
            let mut whole = 0u64;
            while whole < 1 << 30 && has_exponential_chance(source, UNIT) {
                whole += 1;
            }
            let size = (whole * UNIT + fraction) / self.units;
            let is_negative = source.next_u64() % 2 == 1;
            if is_negative && size == 0 {
                continue;
            }
            // Below 2^62.
            return if is_negative { -(size as i64) } else { size as i64 };
        }
    }
}

/// True with the probability exp(-units / 2^32), for at most 2^32 units.
fn has_exponential_chance(source: &mut ChaCha20Rng, units: u64) -> bool {
    let mut turn = 1;
    // The chance to go on falls with each turn, so that few are taken.
    while below(source, UNIT * turn) < units {
        turn += 1;
    }
    turn % 2 == 1
}

/// A whole number in `0..bound`, each exactly as likely. `bound` is above 0.
fn below(source: &mut ChaCha20Rng, bound: u64) -> u64 {
    // The draws at the end that would make the first numbers more likely.
    let surplus = (u64::MAX % bound + 1) % bound;
    loop {
        let bits = source.next_u64();
        if bits <= u64::MAX - surplus {
            return bits % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chacha20::rand_core::SeedableRng;

    /// Chi-squared against the exact distribution, with bins that hold at least some ten draws each.
    #[test]
    fn draws_follow_the_distribution() {
        for (seed, epsilon) in [(1, 0.05), (2, 0.3), (3, 1.0), (4, 2.5)] {
            let scale = Noise::per_count(epsilon).scale(None).unwrap();
            let mut source = ChaCha20Rng::from_seed([seed; 32]);
            let draws = 40_000;
            let p = (-scale.epsilon()).exp();
            let chance = |z: i64| (1.0 - p) / (1.0 + p) * p.powi(z.unsigned_abs() as i32);
            // The last bin on each side has all beyond.
            let most = (1..).find(|&z| chance(z) * f64::from(draws) < 20.0).unwrap();
            let mut found = vec![0u32; 2 * most as usize + 1];
            for _ in 0..draws {
                found[(scale.draw(&mut source).clamp(-most, most) + most) as usize] += 1;
            }
            let beyond = chance(most) / (1.0 - p);
            let chi_squared: f64 = found
                .iter()
                .zip(-most..)
                .map(|(&found, z)| {
                    let expected = f64::from(draws) * if z.abs() == most { beyond } else { chance(z) };
                    (f64::from(found) - expected).powi(2) / expected
                })
                .sum();
            let freedom = 2.0 * most as f64;
            // Five standard deviations of the statistic.
            assert!(
                chi_squared < freedom + 5.0 * (2.0 * freedom).sqrt(),
                "epsilon {epsilon}: {chi_squared} of {freedom}"
            );
            assert!(
                chi_squared > freedom - 5.0 * (2.0 * freedom).sqrt(),
                "epsilon {epsilon}: {chi_squared} of {freedom}"
            );
        }
    }

    #[test]
    fn budget_is_divided_among_all_counts_of_a_basket() {
        assert_eq!(counts_of(3, 9), 8);
        assert_eq!(counts_of(5, 2), 1 + 5 + 10);
        assert_eq!(counts_of(0, 2), 1);
        assert_eq!(counts_of(500, 500), u128::MAX);
        for items in 0..70 {
            for len in 1..75 {
                let more = counts_of(items, len) - counts_of(items, len - 1);
                assert_eq!(itemsets_of(items, len), more, "{len} of {items}");
            }
        }
        // Where a difference of two bounds would be nothing.
        assert_eq!((itemsets_of(500, 60), itemsets_of(500, 499)), (u128::MAX, 500));
        let scale = Noise::per_basket(1.6, 5).scale(Some(2)).unwrap();
        assert!(scale.epsilon() <= 0.1 && scale.epsilon() > 0.1 - 1e-9);
        assert!(Noise::per_basket(1.0, 500).scale(None).is_err());
        for wrong in [0.0, -1.0, f64::NAN, 1e9, 1e-12] {
            assert!(Noise::per_count(wrong).scale(None).is_err());
        }
        for wrong in [0.0, 0.4, 1.0, f64::NAN] {
            assert!(Noise::per_count(1.0).confidence(wrong).scale(None).is_err());
        }
    }
}
