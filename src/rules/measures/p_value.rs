//! Probabilities that are too small for a float.

use std::cmp::Ordering;
use std::f64::consts::{LN_10, PI};
use std::fmt;

use super::exact::excess;
use super::hypergeometric::{Hypergeometric, information_of_x};
use super::tail::{FEW_BASKETS, Factor, Tail, may_be_level};
use crate::rules::Contingency;

/// The probability that chance alone would give what was seen, or more: the answer of a statistical test of a rule.
///
/// Values far below the smallest float stay distinct, as logarithms: the rules of dense data easily reach 1e-600. Smaller
/// values order first.
///
/// A p-value is meant for one test that was chosen beforehand. Among a million rules of pure noise about a thousand
/// have p-values below 0.001: see [`Correction`](crate::Correction).
///
/// ```
/// use itemset::Contingency;
///
/// let rare = Contingency::new(10_000, 1_000, 1_000, 1_000)?.fishers_exact_test();
/// let rarer = Contingency::new(10_000, 1_001, 1_001, 1_001)?.fishers_exact_test();
/// assert!(rarer < rare);
/// assert_eq!((rare.value(), rare.to_string()), (0.0, "1.1e-1410".to_string()));
/// # Ok::<(), itemset::Error>(())
/// ```
#[doc(alias = "significance")]
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct PValue {
    /// The probability from 1 down to [`LEAST`], and below that its logarithm, which is negative. Never NaN.
    size: f64,
}

/// The smallest probability that is held as itself.
const LEAST: f64 = 1e-290;

impl PValue {
    /// Certain: the p-value of a test that says nothing.
    pub const ONE: PValue = PValue { size: 1.0 };

    /// From a probability; rounding may have taken it a little above 1.
    pub(crate) fn new(probability: f64) -> Self {
        debug_assert!((0.0..1.0 + 1e-6).contains(&probability), "a probability is {probability}");
        PValue { size: if probability >= LEAST { probability.min(1.0) } else { probability.ln() } }
    }

    /// From the natural logarithm of a probability; rounding may have taken it a little above 0.
    pub(crate) fn from_ln(ln: f64) -> Self {
        debug_assert!(ln < 1e-6, "the logarithm of a probability is {ln}");
        let probability = ln.exp();
        PValue { size: if probability >= LEAST { probability.min(1.0) } else { ln } }
    }

    /// The probability, from 0 to 1; 0 where it is below the smallest float (about 5e-324).
    #[must_use]
    pub fn value(self) -> f64 {
        if self.size > 0.0 { self.size } else { self.size.exp() }
    }

    /// Its natural logarithm, from -∞ to 0.
    #[must_use]
    pub fn ln(self) -> f64 {
        if self.size > 0.0 { self.size.ln() } else { self.size }
    }

    /// Its logarithm to base 10, from -∞ to 0.
    #[must_use]
    pub fn log10(self) -> f64 {
        if self.size > 0.0 { self.size.log10() } else { self.size / LN_10 }
    }

    /// A number that has the order of p-values, whatever their size: from -∞ to 1.
    pub(crate) fn size(self) -> f64 {
        self.size
    }

    /// An upper bound of that probability for any of `tests` tests: multiplied by their number, at most 1.
    #[must_use]
    pub(crate) fn times(self, tests: f64) -> Self {
        let product = self.size * tests;
        match self.size {
            // 0 stays 0, however many tests there are.
            f64::NEG_INFINITY => self,
            size if size > 0.0 && product >= LEAST => PValue::new(product.min(1.0)),
            _ => PValue::from_ln((self.ln() + tests.ln()).min(0.0)),
        }
    }
}

/// The serialised form: the probability, or its logarithm where it is too small; neither for 0.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "PValue")]
struct Stored {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ln: Option<f64>,
}

#[cfg(feature = "serde")]
impl From<PValue> for Stored {
    fn from(PValue { size }: PValue) -> Self {
        match size {
            f64::NEG_INFINITY => Stored { value: Some(0.0), ln: None },
            size if size > 0.0 => Stored { value: Some(size), ln: None },
            ln => Stored { value: None, ln: Some(ln) },
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for PValue {
    type Error = crate::error::Error;

    fn try_from(stored: Stored) -> Result<Self, crate::error::Error> {
        match (stored.value, stored.ln) {
            (Some(value), None) if (0.0..=1.0).contains(&value) => Ok(PValue::new(value)),
            (None, Some(ln)) if ln <= 0.0 => Ok(PValue::from_ln(ln)),
            _ => Err(crate::error::Error::inconsistent("p-value", "it is not a number from 0 to 1")),
        }
    }
}

impl PartialEq for PValue {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for PValue {}

impl PartialOrd for PValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PValue {
    fn cmp(&self, other: &Self) -> Ordering {
        self.size.total_cmp(&other.size)
    }
}

/// `0.034`, `2.1e-7`, `1.1e-1410`: two digits, which is more than such numbers deserve.
impl fmt::Display for PValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.size == f64::NEG_INFINITY {
            return f.pad("0");
        }
        let log10 = self.log10();
        let mut exponent = log10.floor();
        // In tenths.
        let mut digits = (10f64.powf(log10 - exponent) * 10.0).round();
        if digits >= 100.0 {
            (digits, exponent) = (10.0, exponent + 1.0);
        }
        if exponent >= -3.0 {
            let decimals = (1.0 - exponent) as usize;
            f.pad(&format!("{:.decimals$}", digits * 10f64.powf(exponent - 1.0)))
        } else {
            f.pad(&format!("{:.1}e{exponent}", digits / 10.0))
        }
    }
}

impl Contingency {
    /// Fisher's exact test against independence, one-sided: the probability that at least `n_xy` of the baskets with X
    /// would hold Y, if the baskets with Y were any `n_y` of all.
    ///
    /// Small where the sides come together more often than by chance; a rule that is below chance has a value near 1.
    /// For up to 256 baskets it is the float nearest to the exact probability. For more it has a relative error of some
    /// 1e-12 up to a million baskets, and of 1e-8 up to 2^40; but where it is near a level that people choose, such as
    /// 0.05 or 1/3, it is the nearest float again, so that exactly on the level is on it. (Above 2^20 baskets, only levels
    /// of up to three digits or with denominators up to 256 count; and if the number of baskets with both sides has a
    /// standard deviation above 650, none.)
    ///
    /// # Complexity
    ///
    /// A sum over a few standard deviations of the count, so it grows with the root of the number of baskets, up to
    /// some 4,000 terms.
    ///
    /// # Source
    ///
    /// R. A. Fisher: Statistical methods for research workers, 5th edition, 1934.
    ///
    /// ```
    /// use itemset::Contingency;
    ///
    /// // The lady who recognises whether the milk was poured first, in all of 8 cups.
    /// let counts = Contingency::new(8, 4, 4, 4)?;
    /// assert!((counts.fishers_exact_test().value() - 1.0 / 70.0).abs() < 1e-15);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn fishers_exact_test(&self) -> PValue {
        let chance = Hypergeometric::new(self);
        if chance.n <= FEW_BASKETS
            && let Some(tail) = Tail::new(&chance, self.n_xy())
        {
            return PValue::new(tail.times(&Factor::one()));
        }
        let p_value = PValue::from_ln(chance.ln_at_least(self.n_xy()));
        self.fishers_p_value_near(p_value.value(), || Some(Factor::one())).map_or(p_value, PValue::new)
    }

    /// A number that Fisher's p-value is not below, but for rounding: `P(H = n_xy)`, the first of the terms that it sums.
    pub(in crate::rules) fn fisher_at_least(&self) -> PValue {
        PValue::from_ln(Hypergeometric::new(self).ln_probability(self.n_xy()).min(0.0))
    }

    /// Fisher's p-value times a factor, rounded once, if there are few baskets or the product may be a level that people
    /// choose; `about` is the product as floats give it.
    pub(in crate::rules) fn fishers_p_value_near(
        &self,
        about: f64,
        factor: impl FnOnce() -> Option<Factor>,
    ) -> Option<f64> {
        let is_decided = if self.n() <= FEW_BASKETS { about < 1.0 } else { may_be_level(about, self.n()) };
        let factor = is_decided.then(factor)??;
        Some(Tail::new(&Hypergeometric::new(self), self.n_xy())?.times(&factor))
    }

    /// `P(H < n_xy)`, by the same rules.
    pub(super) fn hyper_confidence(&self) -> f64 {
        let chance = Hypergeometric::new(self);
        let about = chance.below(self.n_xy());
        // The rest of a tail near 1 has a larger error.
        if chance.n > FEW_BASKETS && !may_be_level(about, chance.n) && !may_be_level(about, u64::MAX) {
            return about;
        }
        Tail::new(&chance, self.n_xy()).map_or(about, |tail| tail.below().times(&Factor::one()))
    }

    /// A number that the logarithm of Fisher's p-value does not exceed, at the price of two logarithms: `P(H >= n_xy)`
    /// is at most `exp(-n_x D)`, with D the information (Kullback-Leibler) of the confidence over the share that Y has
    /// anyway.
    ///
    /// Source: W. Hoeffding: Probability inequalities for sums of bounded random variables, JASA 58, 1963 (theorem 1,
    /// and section 6 for draws without replacement).
    pub(crate) fn ln_fisher_at_most(&self) -> f64 {
        if excess(self) <= 0 {
            return 0.0;
        }
        // A little more than rounding may have taken from it.
        -information_of_x(self) * self.n() as f64 * (1.0 - 1e-9)
    }

    /// Pearson's chi-squared test of independence with 1 degree of freedom, without correction for continuity.
    ///
    /// Two-sided: small where the sides come together more often than by chance, and where they do so less often. An
    /// approximation that is good where at least 5 baskets are expected in each cell of the table;
    /// [`fishers_exact_test`](Contingency::fishers_exact_test) needs no such condition. Constant time.
    ///
    /// # Source
    ///
    /// K. Pearson: On the criterion that a given system of deviations … can be reasonably supposed to have arisen from
    /// random sampling, Philosophical Magazine 50, 1900.
    ///
    /// ```
    /// use itemset::Contingency;
    ///
    /// let p = Contingency::new(100, 50, 50, 35)?.chi_squared_test();
    /// assert_eq!(p.to_string(), "6.3e-5"); // chi-squared is 16
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn chi_squared_test(&self) -> PValue {
        PValue::from_ln(ln_erfc((self.measure(super::Measure::ChiSquared) / 2.0).sqrt()))
    }
}

/// `ln P(|Z| >= z)` for a standard normal variable.
pub(crate) fn ln_two_sided(z: f64) -> f64 {
    ln_erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The logarithm of the complementary error function, for `x` of at least 0.
fn ln_erfc(x: f64) -> f64 {
    if x < 20.0 {
        return libm::erfc(x).ln();
    }
    // Its asymptotic series; the next term is below 1e-11.
    let t = 1.0 / (2.0 * x * x);
    -x * x - (x * PI.sqrt()).ln() + (1.0 - t * (1.0 - 3.0 * t * (1.0 - 5.0 * t * (1.0 - 7.0 * t)))).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn written_with_two_digits() {
        let text = |ln: f64| PValue::from_ln(ln).to_string();
        for (p, expected) in [
            (1.0, "1.0"),
            (0.99, "0.99"),
            (0.999, "1.0"),
            (0.034, "0.034"),
            (0.0012, "0.0012"),
            (0.00099999, "0.0010"),
            (2.1e-7, "2.1e-7"),
            (9.96e-8, "1.0e-7"),
            (1e-300, "1.0e-300"),
        ] {
            assert_eq!(text(f64::ln(p)), expected);
        }
        assert_eq!(text(-700.0 * LN_10 + 2f64.ln()), "2.0e-700");
        assert_eq!(text(f64::NEG_INFINITY), "0");
        assert_eq!(format!("{:>6}|", PValue::ONE), "   1.0|");
    }

    #[test]
    fn small_ones_are_told_apart() {
        let order: Vec<PValue> = [f64::NEG_INFINITY, -3000.0, -2999.9, -1.0, 0.0].map(PValue::from_ln).to_vec();
        assert!(order.is_sorted_by(|a, b| a < b));
        assert_eq!(PValue::from_ln(-0.0), PValue::ONE);
        assert_eq!(PValue::from_ln(-2.0).times(1e9), PValue::ONE);
        assert!((PValue::from_ln(-2000.0).times(1000.0).log10() + 2000.0 / LN_10 - 3.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn fishers_p_value_is_not_above_its_bound(
            bits in 1..41u32,
            n in any::<u64>(),
            x in any::<u64>(),
            y in any::<u64>(),
            xy in any::<u64>(),
        ) {
            let n = (n >> (64 - bits)).max(1);
            let (n_x, n_y) = (1 + x % n, 1 + y % n);
            let least = (n_x + n_y).saturating_sub(n).max(1);
            let counts = Contingency::new(n, n_x, n_y, least + xy % (n_x.min(n_y) - least + 1)).unwrap();
            let (ln, most) = (counts.fishers_exact_test().ln(), counts.ln_fisher_at_most());
            prop_assert!(ln <= most + 1e-9 * (1.0 + most.abs()), "{counts:?}: {ln}, at most {most}");
        }
    }

    #[test]
    fn both_branches_of_the_error_function_agree() {
        for x in [20.0f64, 21.0, 25.0] {
            let t = 1.0 / (2.0 * x * x);
            let series =
                -x * x - (x * PI.sqrt()).ln() + (1.0 - t * (1.0 - 3.0 * t * (1.0 - 5.0 * t * (1.0 - 7.0 * t)))).ln();
            assert!((series - libm::erfc(x).ln()).abs() < 1e-10, "{x}");
        }
        // chi-squared of 3.841 and 6.635.
        assert!((ln_two_sided(1.959_963_984_540_054).exp() - 0.05).abs() < 1e-15);
        assert!((ln_two_sided(-2.575_829_303_548_901).exp() - 0.01).abs() < 1e-15);
    }
}
