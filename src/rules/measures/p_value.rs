//! Probabilities that are too small for a float.

use std::cmp::Ordering;
use std::f64::consts::{LN_10, PI};
use std::fmt;

use super::exact::excess;
use super::hypergeometric::{Hypergeometric, information_of_x};
use crate::rules::Contingency;

/// The probability that chance alone would give what was seen, or more: the answer of a statistical test of a rule.
///
/// It is stored as a logarithm, so values far below the smallest float stay distinct: the rules of dense data easily
/// reach 1e-600. Smaller values order first.
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
    /// At most 0, never NaN.
    ln: f64,
}

impl PValue {
    /// Certain: the p-value of a test that says nothing.
    pub const ONE: PValue = PValue { ln: 0.0 };

    /// From the natural logarithm of a probability; rounding may have taken it a little above 0.
    pub(crate) fn from_ln(ln: f64) -> Self {
        debug_assert!(ln < 1e-6, "the logarithm of a probability is {ln}");
        // Adding zero turns -0.0 into 0.0.
        PValue { ln: ln.min(0.0) + 0.0 }
    }

    /// The probability, from 0 to 1; 0 where it is below the smallest float (about 5e-324).
    #[must_use]
    pub fn value(self) -> f64 {
        self.ln.exp()
    }

    /// Its natural logarithm, from -∞ to 0.
    #[must_use]
    pub fn ln(self) -> f64 {
        self.ln
    }

    /// Its logarithm to base 10, from -∞ to 0.
    #[must_use]
    pub fn log10(self) -> f64 {
        self.ln / LN_10
    }

    /// An upper bound of that probability for any of `tests` tests: multiplied by their number, at most 1.
    #[must_use]
    pub(crate) fn times(self, tests: f64) -> Self {
        // 0 stays 0, however many tests there are.
        if self.ln == f64::NEG_INFINITY { self } else { PValue::from_ln((self.ln + tests.ln()).min(0.0)) }
    }
}

/// The serialised form: the logarithm, and none for 0, whose logarithm text cannot say.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "PValue")]
struct Stored {
    ln: Option<f64>,
}

#[cfg(feature = "serde")]
impl From<PValue> for Stored {
    fn from(p_value: PValue) -> Self {
        Stored { ln: Some(p_value.ln).filter(|ln| ln.is_finite()) }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for PValue {
    type Error = crate::Error;

    fn try_from(stored: Stored) -> Result<Self, crate::Error> {
        match stored.ln {
            None => Ok(PValue { ln: f64::NEG_INFINITY }),
            Some(ln) if ln <= 0.0 => Ok(PValue::from_ln(ln)),
            Some(_) => Err(crate::Error::inconsistent("p-value", "it is above 1")),
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
        self.ln.total_cmp(&other.ln)
    }
}

/// `0.034`, `2.1e-7`, `1.1e-1410`: two digits, which is more than such numbers deserve.
impl fmt::Display for PValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ln == f64::NEG_INFINITY {
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
    /// To a relative error of some 1e-12 for up to a million baskets, and of 1e-8 up to 2^40.
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
        PValue::from_ln(Hypergeometric::new(self).ln_at_least(self.n_xy()))
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
