//! The hypergeometric distribution: how many baskets would hold both sides of a rule if the two had nothing to do with
//! each other.
//!
//! Probabilities are computed as logarithms, from deviances as Loader does (2000), not as differences of
//! log-factorials: those are numbers of the size n ln n, compared with which a probability loses 8 of 16 digits at a
//! million baskets and all of them at 2^50. So there is no table of factorials to fill or to keep in the cache either.
//!
//! Source: C. Loader: Fast and accurate computation of binomial probabilities, 2000, carried over to this distribution.

use std::f64::consts::PI;

use super::exact::{excess, product};
use crate::rules::Contingency;

/// The number of baskets with X that hold Y too, where the `n_y` baskets with Y are drawn by chance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hypergeometric {
    pub(super) n: u64,
    /// The rarer side. The distribution is symmetric in the two, and so are the results, to the last bit.
    pub(super) n_x: u64,
    pub(super) n_y: u64,
}

/// Terms below this share of their sum are left out of it.
const NEGLIGIBLE: f64 = 1e-18;

/// `-ln` of [`NEGLIGIBLE`], rounded up.
const NEGLIGIBLE_LN: f64 = 42.0;

/// Terms that are summed one by one; longer sums, which only more than some ten million baskets have, take this many of
/// them at equal distances.
const SUMMED: u64 = 1 << 12;

impl Hypergeometric {
    pub(super) fn new(counts: &Contingency) -> Self {
        Hypergeometric { n: counts.n(), n_x: counts.n_x().min(counts.n_y()), n_y: counts.n_x().max(counts.n_y()) }
    }

    /// The smallest number that is possible.
    pub(super) fn low(&self) -> u64 {
        (self.n_x + self.n_y).saturating_sub(self.n)
    }

    /// The most probable number, or the larger of two.
    pub(super) fn mode(&self) -> u64 {
        let place = product(self.n_x + 1, self.n_y + 1) / (u128::from(self.n) + 2);
        // Below n_x + 1.
        (place as u64).clamp(self.low(), self.n_x)
    }

    fn mean(&self) -> f64 {
        self.n_x as f64 * (self.n_y as f64 / self.n as f64)
    }

    /// By how much a number is larger than the mean, times `n`. Exact, because with more than 2^53 baskets a float does
    /// not show on which side of the mean a number is, and so not which of the two sums is the small one.
    fn beyond_mean(&self, k: u64) -> i128 {
        // Counts are at most i64::MAX, so the products are below 2^126.
        product(k, self.n) as i128 - product(self.n_x, self.n_y) as i128
    }

    pub(super) fn deviation(&self) -> f64 {
        let n = self.n as f64;
        let without = (self.n - self.n_x) as f64 / n * ((self.n - self.n_y) as f64 / (n - 1.0).max(1.0));
        (self.mean() * without).sqrt()
    }

    /// `ln P(H = k)` for a possible `k`.
    pub(super) fn ln_probability(&self, k: u64) -> f64 {
        let Hypergeometric { n, n_x, n_y } = *self;
        let cells = [k, n_x - k, n_y - k, n + k - n_x - n_y];
        let margins = [n_x, n_y, n - n_x, n - n_y];
        // n! and so on by Stirling's formula: of the terms k ln k there remains the deviance, of the roots one root.
        let (mut root, mut twos, mut rest) = (1.0 / n as f64, -1, -stirling_error(n));
        for margin in margins.into_iter().filter(|&margin| margin > 0) {
            root *= margin as f64;
            twos += 1;
            rest += stirling_error(margin);
        }
        for cell in cells.into_iter().filter(|&cell| cell > 0) {
            root /= cell as f64;
            twos -= 1;
            rest -= stirling_error(cell);
        }
        // At most 4 factors of 2 pi too many or too few.
        0.5 * (root * (2.0 * PI).powi(twos)).ln() + rest - deviance(n, n_x, n_y, k)
    }

    /// `P(H = k + 1) / P(H = k)`.
    fn step_up(&self, k: u64) -> f64 {
        let Hypergeometric { n, n_x, n_y } = *self;
        ((n_x - k) as f64 / (k + 1) as f64) * ((n_y - k) as f64 / (n + k + 1 - n_x - n_y) as f64)
    }

    /// `P(H = k - 1) / P(H = k)`, for `k` above the smallest number.
    fn step_down(&self, k: u64) -> f64 {
        let Hypergeometric { n, n_x, n_y } = *self;
        (k as f64 / (n_x - k + 1) as f64) * ((n + k - n_x - n_y) as f64 / (n_y - k + 1) as f64)
    }

    /// `ln P(H >= k)`.
    pub(super) fn ln_at_least(&self, k: u64) -> f64 {
        if k <= self.low() {
            0.0
        } else if k > self.n_x {
            f64::NEG_INFINITY
        } else if self.beyond_mean(k) > 0 {
            self.ln_upper(k)
        } else {
            // The other side is the smaller one, and no digits are lost by taking it away.
            (-self.ln_lower(k - 1).exp()).ln_1p()
        }
    }

    /// `P(H < k)`.
    pub(super) fn below(&self, k: u64) -> f64 {
        if k <= self.low() {
            0.0
        } else if k > self.n_x {
            1.0
        } else if self.beyond_mean(k) > 0 {
            -self.ln_upper(k).exp_m1()
        } else {
            self.ln_lower(k - 1).exp()
        }
    }

    /// `ln P(H >= k)` by summing from `k` upwards, for `k` from the mean on.
    fn ln_upper(&self, k: u64) -> f64 {
        let needed = self.terms(self.beyond_mean(k) as f64 / self.n as f64);
        self.ln_probability(k) + self.sum(k, self.n_x - k, needed, Self::step_up, |k, distance| k + distance).ln()
    }

    /// `ln P(H <= k)` by summing from `k` downwards, for `k` up to the mean.
    fn ln_lower(&self, k: u64) -> f64 {
        let needed = self.terms(-self.beyond_mean(k) as f64 / self.n as f64);
        self.ln_probability(k) + self.sum(k, k - self.low(), needed, Self::step_down, |k, distance| k - distance).ln()
    }

    /// About how many terms of a sum that begins this far from the mean are not negligible, if the distribution is
    /// nearly normal, as one is that has many.
    fn terms(&self, from_mean: f64) -> u64 {
        let deviation = self.deviation();
        let z = from_mean / deviation.max(1.0);
        let terms = deviation * ((z * z + 2.0 * NEGLIGIBLE_LN).sqrt() - z);
        terms as u64
    }

    /// The sum of the probabilities from `k` away from the mean, as a multiple of the first. `last` is the distance of
    /// the last one that is possible, and `needed` about the number of those that matter.
    fn sum(&self, k: u64, last: u64, needed: u64, step: fn(&Self, u64) -> f64, at: fn(u64, u64) -> u64) -> f64 {
        let (mut sum, mut term) = (1.0, 1.0);
        if needed <= SUMMED {
            for distance in 0..last {
                term *= step(self, at(k, distance));
                sum += term;
                if term < sum * NEGLIGIBLE {
                    break;
                }
            }
            return sum;
        }
        // Every `stride`-th, and the difference by the first terms of the Euler-Maclaurin formula. Next to nothing is
        // lost: from one to the next the probability falls by a 40th at the most.
        let stride = needed / SUMMED + 1;
        let first = self.ln_probability(k);
        for distance in (1..=last / stride).map(|place| place * stride) {
            term = (self.ln_probability(at(k, distance)) - first).exp();
            sum += term;
            if term < sum * NEGLIGIBLE {
                break;
            }
        }
        let slope = step(self, k).ln();
        let stride = stride as f64;
        stride * sum - (stride - 1.0) / 2.0 + (stride * stride - 1.0) / 12.0 * slope
    }

    /// The smallest number that is not exceeded with this probability or a higher one, which is above one half.
    pub(super) fn quantile(&self, probability: f64) -> u64 {
        // What is on the threshold but for rounding is in.
        let above = (1.0 - probability) * (1.0 + 1e-11);
        // 2.33 deviations, as if it were normal; from there the exact place is a few steps away.
        let guess = (self.mean() + 2.326 * self.deviation()) as u64;
        let mut k = guess.clamp(self.low(), self.n_x);
        // P(H > k) and P(H = k).
        let mut tail = if k == self.n_x { 0.0 } else { self.ln_at_least(k + 1).exp() };
        let mut one = self.ln_probability(k).exp();
        while tail > above && k < self.n_x {
            one *= self.step_up(k);
            k += 1;
            tail -= one;
        }
        while k > self.low() && tail + one <= above {
            tail += one;
            one *= self.step_down(k);
            k -= 1;
        }
        k
    }
}

/// `ln k! - ln(sqrt(2 pi k) (k / e)^k)`, what Stirling's formula leaves out.
fn stirling_error(k: u64) -> f64 {
    const SMALL: [f64; 16] = [
        0.0,
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_3,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
        0.007_573_675_487_951_841,
        0.006_942_840_107_209_53,
        0.006_408_994_188_004_207,
        0.005_951_370_112_758_847_5,
        0.005_554_733_551_962_801,
    ];
    if let Some(&error) = SMALL.get(usize::try_from(k).unwrap_or(usize::MAX)) {
        return error;
    }
    let inverse = 1.0 / k as f64;
    let square = inverse * inverse;
    let series = 1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0);
    inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * series))
}

/// The sum of `cell ln(cell / expected)` over the four cells of a table: n times the mutual information of its sides,
/// exactly 0 where they are independent.
fn deviance(n: u64, n_x: u64, n_y: u64, n_xy: u64) -> f64 {
    let excess = (product(n, n_xy) as i128 - product(n_x, n_y) as i128) as f64;
    let cell = |margin_x: u64, margin_y: u64, excess: f64| {
        let expected = product(margin_x, margin_y) as f64;
        // Nothing is expected where nothing is.
        if expected == 0.0 { 0.0 } else { expected * deviance_of(excess / expected) }
    };
    let sum = cell(n_x, n_y, excess)
        + cell(n - n_x, n - n_y, excess)
        + (cell(n_x, n - n_y, -excess) + cell(n - n_x, n_y, -excess));
    sum / n as f64
}

/// The J-measure, which is the mutual information of the baskets with X alone, but not rounded once:
/// `n_xy ln(n_xy / expected) + (n_x - n_xy) ln(…)`, over n.
pub(super) fn information_of_x(counts: &Contingency) -> f64 {
    let (n, excess) = (counts.n(), excess(counts) as f64);
    let (with, without) = (product(counts.n_x(), counts.n_y()) as f64, product(counts.n_x(), n - counts.n_y()) as f64);
    let missing = if without == 0.0 { 0.0 } else { without * deviance_of(-excess / without) };
    (with * deviance_of(excess / with) + missing) / product(n, n) as f64
}

/// `(1 + u) ln(1 + u) - u`, which is what a cell adds to the deviance that holds `1 + u` times what is expected.
fn deviance_of(u: f64) -> f64 {
    if u <= -1.0 {
        1.0
    } else if u.abs() < 0.01 {
        // The two terms are nearly equal here; its series is not.
        u * u * (0.5 - u * (1.0 / 6.0 - u * (1.0 / 12.0 - u * (0.05 - u * (1.0 / 30.0 - u / 42.0)))))
    } else {
        (1.0 + u) * u.ln_1p() - u
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(n: u64, n_x: u64, n_y: u64) -> Hypergeometric {
        Hypergeometric::new(&Contingency::new(n, n_x, n_y, (n_x + n_y).saturating_sub(n).max(1)).unwrap())
    }

    /// Binomial coefficients of this many baskets fit into 128 bits.
    const SMALL: u64 = 60;

    fn choose(n: u64, k: u64) -> f64 {
        (0..k).fold(1u128, |ways, i| ways * u128::from(n - i) / u128::from(i + 1)) as f64
    }

    fn near(value: f64, expected: f64, tolerance: f64) -> bool {
        value == expected || (value - expected).abs() <= tolerance * expected.abs()
    }

    proptest! {
        // Tens of thousands of terms each.
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn a_sum_of_some_terms_is_the_sum_of_all(
            thousandth in 1..999u64,
            other in 1..999u64,
            deviations in -8.0..8.0f64,
        ) {
            // 2^32 baskets: deviations of up to 16,000.
            let n = 1u64 << 32;
            let h = of(n, n / 1000 * thousandth, n / 1000 * other);
            let k = (h.mean() + deviations * h.deviation()) as u64;
            // All terms, whatever their number.
            let all = if deviations > 0.0 {
                h.ln_probability(k) + h.sum(k, h.n_x - k, 0, Hypergeometric::step_up, |k, d| k + d).ln()
            } else {
                h.ln_probability(k) + h.sum(k, k - h.low(), 0, Hypergeometric::step_down, |k, d| k - d).ln()
            };
            let some = if deviations > 0.0 { h.ln_upper(k) } else { h.ln_lower(k) };
            prop_assert!((some - all).abs() < 1e-8, "{} {}", some, all);
            let q = h.quantile(0.99);
            prop_assert!(h.ln_at_least(q + 1).exp() <= 0.01 + 1e-9 && h.ln_at_least(q).exp() > 0.01 - 1e-9);
        }
    }

    proptest! {
        #[test]
        fn tails_and_quantiles_by_the_definition(n in 1..=SMALL, x in any::<u64>(), y in any::<u64>()) {
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let h = of(n, n_x, n_y);
            let probability = |k: u64| choose(n_x, k) * choose(n - n_x, n_y - k) / choose(n, n_y);
            let (low, high) = ((n_x + n_y).saturating_sub(n), n_x.min(n_y));
            let mut reached = None;
            for k in low..=high {
                let found = h.ln_probability(k).exp();
                prop_assert!(near(found, probability(k), 1e-12), "{} {}", found, probability(k));
                let upper: f64 = (k..=high).rev().map(probability).sum();
                let lower: f64 = (low..k).map(probability).sum();
                prop_assert!(near(h.ln_at_least(k).exp(), upper, 1e-12), "{} {}", h.ln_at_least(k).exp(), upper);
                prop_assert!((h.below(k) - lower).abs() <= 1e-12 * lower + 1e-15, "{} {}", h.below(k), lower);
                if reached.is_none() && lower + probability(k) >= 0.99 * (1.0 - 1e-13) {
                    reached = Some(k);
                }
            }
            prop_assert_eq!(Some(h.quantile(0.99)), reached);
            prop_assert_eq!((h.ln_at_least(high + 1), h.below(high + 1)), (f64::NEG_INFINITY, 1.0));
        }

        #[test]
        fn any_table_has_its_numbers_at_once(
            n in 1..=1u64 << 40,
            x in any::<u64>(),
            y in any::<u64>(),
            k in any::<u64>(),
        ) {
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let h = of(n, n_x, n_y);
            let k = h.low() + k % (h.n_x - h.low() + 1);
            let ln = h.ln_at_least(k);
            prop_assert!(ln <= 1e-9 && !ln.is_nan());
            prop_assert!((0.0..=1.0 + 1e-9).contains(&h.below(k)));
            prop_assert!((h.low()..=h.n_x).contains(&h.quantile(0.99)));
        }
    }

    proptest! {
        #[test]
        fn nearly_all_baskets_hold_both(n in 1000..=i64::MAX as u64, x in 1..9u64, y in 1..9u64, k in any::<u64>()) {
            // Turned around: how many of the few baskets without X are without Y too.
            let h = of(n, n - x, n - y);
            let (few, k) = (x.min(y), k % (x.min(y) + 1));
            let ways = |k: u64| {
                choose(x, k) * (0..y - k).map(|i| (n - x - i) as f64).product::<f64>() * choose_falling(y, k)
                    / (0..y).map(|i| (n - i) as f64).product::<f64>()
            };
            let expected: f64 = (k..=few).rev().map(ways).sum();
            let found = h.ln_at_least(n - x - y + k).exp();
            prop_assert!(near(found, expected, 1e-9), "{} {}", found, expected);
            prop_assert!((h.below(n - x - y + k) - (1.0 - expected)).abs() < 1e-9, "{}", h.below(n - x - y + k));
        }

        #[test]
        fn any_number_of_baskets_has_numbers(
            bits in 1..=63u32,
            n in any::<u64>(),
            x in any::<u64>(),
            y in any::<u64>(),
            k in any::<u64>(),
        ) {
            let n = (n >> (64 - bits)).max(1);
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let h = of(n, n_x, n_y);
            for k in [h.low(), h.low() + 1, h.n_x, h.n_x - 1, h.mean() as u64, h.low() + k % (h.n_x - h.low() + 1)] {
                let k = k.clamp(h.low(), h.n_x);
                let (ln, below) = (h.ln_at_least(k), h.below(k));
                prop_assert!(ln <= 1e-7, "{} {:?} {}", ln, h, k);
                prop_assert!((ln.exp() + below - 1.0).abs() < 1e-7, "{} {} {:?} {}", ln, below, h, k);
            }
            prop_assert!((h.low()..=h.n_x).contains(&h.quantile(0.99)));
        }
    }

    /// `n (n - 1) ...`, k factors.
    fn choose_falling(n: u64, k: u64) -> f64 {
        (0..k).map(|i| (n - i) as f64).product()
    }

    #[test]
    fn known_values() {
        // One way in choose(2000, 1000).
        let h = of(2000, 1000, 1000);
        let ways: f64 = (1..=1000).map(|i| ((1000 + i) as f64 / i as f64).ln()).sum();
        assert!(near(h.ln_at_least(1000), -ways, 1e-12));
        // Beyond what a float can hold: 1e-600 and 1e-601 are told apart.
        assert!(h.ln_at_least(1000) < h.ln_at_least(999) && h.ln_at_least(999).exp() == 0.0);
        assert_eq!(of(10, 10, 4).ln_at_least(4), 0.0);
        assert_eq!((of(10, 10, 4).quantile(0.99), of(10, 4, 10).quantile(0.99)), (4, 4));
    }

    #[test]
    fn factorials() {
        let mut ln = 0.0;
        for k in 1..200u64 {
            ln += (k as f64).ln();
            let x = k as f64;
            let stirling = x * x.ln() - x + 0.5 * (2.0 * PI * x).ln() + stirling_error(k);
            assert!((stirling - ln).abs() < 1e-12, "{k}");
        }
    }
}
