//! How far the noise of several owners takes a sum away from the true one.
//!
//! Functions are those of `libm`, so that all parties get the same number on every machine.

use super::noise::Scale;

/// The most steps of the exact computation, some milliseconds, in which nothing polls. Beyond it a bound is taken,
/// which is some percent wider.
const MOST_STEPS: f64 = (1u64 << 22) as f64;

/// The smallest q, or one not below it, so that the sum of the noise of some owners is beyond q on either side with at
/// most the probability `miss`.
///
/// The sum has the distribution of n geometric numbers less n others. That of one more on either side is a running
/// mean: f'(z) = (1 - p) f(z) + p f'(z - 1) with p = exp(-ε), so all of it takes 2n passes over an array. What lies
/// beyond the array is left out, which makes each probability too small and q too large, if anything. Rounding is
/// allowed for.
pub(super) fn margin(scale: Scale, owners: usize, miss: f64) -> u64 {
    let epsilon = scale.epsilon();
    let bound = bound(epsilon, owners, miss);
    // What is left out is a small part of what may be missed.
    let reach = self::bound(epsilon, owners, miss / 4096.0);
    let rounding = f64::EPSILON * 8.0 * owners as f64 * reach;
    if reach * owners as f64 * 4.0 > MOST_STEPS || rounding > miss / 16.0 {
        return bound as u64;
    }
    let reach = reach as usize;
    let (stay, go) = (-libm::expm1(-epsilon), libm::exp(-epsilon));
    let mut chances = vec![0.0; 2 * reach + 1];
    chances[reach] = 1.0;
    for _ in 0..owners {
        let mut before = 0.0;
        for chance in &mut chances {
            before = stay * *chance + go * before;
            *chance = before;
        }
    }
    for _ in 0..owners {
        let mut after = 0.0;
        for chance in chances.iter_mut().rev() {
            after = stay * *chance + go * after;
            *chance = after;
        }
    }
    let mut within = chances[reach];
    for q in 0..reach {
        if 1.0 - within + rounding <= miss {
            return (q as u64).min(bound as u64);
        }
        within += chances[reach - q - 1] + chances[reach + q + 1];
    }
    bound as u64
}

/// A q for which it is proven: for each t between 0 and ε the probability that the sum is at least a is at most
/// M(t)^n exp(-t a), where M(t) = E exp(t z) = (1 - p)^2 / ((1 - p exp(t)) (1 - p exp(-t))) (Chernoff). Both sides
/// together are within `miss` if a >= (n ln M(t) + ln(2 / miss)) / t.
fn bound(epsilon: f64, owners: usize, miss: f64) -> f64 {
    let ln_one_less_p = 2.0 * libm::log(-libm::expm1(-epsilon));
    let at = |t: f64| {
        let ln_m = ln_one_less_p - libm::log(-libm::expm1(t - epsilon)) - libm::log(-libm::expm1(-t - epsilon));
        (owners as f64 * ln_m + libm::log(2.0 / miss)) / t
    };
    let best = (1..200).map(|step| at(epsilon * f64::from(step) / 200.0)).fold(f64::INFINITY, f64::min);
    best.ceil().max(0.0)
}

/// The probability with which each of the intervals of a round may fail: half of what is left for each round, divided
/// among its counts, so that all intervals of a session hold at once.
pub(super) fn miss_of(scale: Scale, round: usize, counts: usize) -> f64 {
    scale.miss * 0.5f64.powi(round.min(1000) as i32) / counts.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::noise::Noise;
    use super::*;

    /// The distribution of the sum, by adding up all pairs.
    fn exact(epsilon: f64, owners: usize, reach: i64) -> Vec<f64> {
        let p = (-epsilon).exp();
        let one = |z: i64| (1.0 - p) / (1.0 + p) * p.powi(z.abs() as i32);
        let mut sum: Vec<f64> = (-reach..=reach).map(one).collect();
        for _ in 1..owners {
            sum = (-reach..=reach)
                .map(|z| {
                    let terms = (-reach..=reach).filter(|y| (z - y).abs() <= reach);
                    terms.map(|y| sum[(y + reach) as usize] * one(z - y)).sum()
                })
                .collect();
        }
        sum
    }

    #[test]
    fn margins_are_the_exact_quantiles() {
        for (epsilon, owners, reach) in [(1.0, 1, 60), (1.0, 3, 80), (0.5, 5, 160), (0.25, 2, 250), (3.0, 8, 60)] {
            let scale = Noise::per_count(epsilon).scale(None).unwrap();
            let sum = exact(epsilon, owners, reach);
            for miss in [0.3, 0.05, 1e-3, 1e-6] {
                let beyond = |q: i64| {
                    (-reach..=reach).zip(&sum).filter(|(z, _)| z.abs() > q).map(|(_, chance)| chance).sum::<f64>()
                };
                let right = (0..).find(|&q| beyond(q) <= miss).unwrap() as u64;
                assert_eq!(margin(scale, owners, miss), right, "epsilon {epsilon}, {owners} owners, miss {miss}");
                let proven = bound(epsilon, owners, miss) as u64;
                assert!(proven >= right && proven <= 3 * right + 3, "bound {proven} for {right}");
            }
        }
    }

    #[test]
    fn tiny_epsilons_take_the_bound() {
        let scale = Noise::per_count(1e-6).scale(None).unwrap();
        let q = margin(scale, 3, 1e-4);
        assert!(q > 10_000_000 && q < 30_000_000, "{q}");
        let total: f64 = (1..40).map(|round| 7.0 * miss_of(scale, round, 7)).sum();
        assert!(total <= scale.miss);
    }
}
