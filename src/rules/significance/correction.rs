//! P-values corrected for the number of rules that were searched.

use std::sync::{Arc, OnceLock};

use super::Hypotheses;
use crate::rules::Contingency;
use crate::rules::measures::{Factor, PValue, Wide};
use crate::rules::order::falling;
use crate::text_enum::text_enum;
use crate::threads::workers::Workers;

text_enum! {
    /// How p-values are corrected for the number of hypotheses, so that a list of rules can be trusted.
    ///
    /// | correction | what at most α bounds | when |
    /// |---|---|---|
    /// | `Bonferroni` | the chance of any false rule in the list | the simplest |
    /// | `Holm` | the same | always finds what Bonferroni finds, and a little more |
    /// | `Layered` | the same | finds more of the short rules, which are fewer, and less of the long |
    /// | `BenjaminiHochberg` | the expected share of false rules | tests independent or positively dependent |
    /// | `BenjaminiYekutieli` | the same | whatever the dependence |
    ///
    /// The number of hypotheses is that of the rules [searched](Hypotheses), not of those that survived other
    /// thresholds: the others count as tested and not significant, which can only make the result more cautious.
    pub enum Correction for "correction" {
        /// None: for rules that were chosen before the data were seen. Otherwise most of what passes may be chance.
        None = "none",
        /// Each p-value times the number of hypotheses.
        ///
        /// Source: C. E. Bonferroni, 1936; O. J. Dunn: Multiple comparisons among means, JASA 56, 1961.
        Bonferroni = "bonferroni",
        /// Stepwise from the smallest p-value, each times the number of hypotheses that are left.
        ///
        /// Source: S. Holm: A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics
        /// 6, 1979.
        Holm = "holm",
        /// Each p-value times the number of hypotheses of its rule's length, and times the number of lengths.
        ///
        /// Source: G. I. Webb: Layered critical values: a powerful direct-adjustment approach to discovering
        /// significant patterns, Machine Learning 71, 2008.
        Layered = "layered",
        /// The i-th smallest p-value times the number of hypotheses, over i.
        ///
        /// Source: Y. Benjamini, Y. Hochberg: Controlling the false discovery rate, Journal of the Royal Statistical
        /// Society B 57, 1995.
        BenjaminiHochberg = "benjamini-hochberg",
        /// The same, times 1 + 1/2 + 1/3 and so on up to the number of hypotheses.
        ///
        /// Source: Y. Benjamini, D. Yekutieli: The control of the false discovery rate in multiple testing under
        /// dependency, Annals of Statistics 29, 2001.
        BenjaminiYekutieli = "benjamini-yekutieli",
    }
}

impl Correction {
    /// The corrected p-values, in the same order. `len_of` returns the length of a rule that was tested, `counts` its
    /// table, which decides where a product is near a level.
    ///
    /// A rule is significant at α where its corrected p-value is at most α. If the call should end, some are not
    /// corrected.
    pub(crate) fn adjust(
        self,
        p_values: &[PValue],
        hypotheses: &Hypotheses,
        len_of: &(dyn Fn(usize) -> usize + Sync),
        counts: &(dyn Fn(usize) -> Option<Contingency> + Sync),
        workers: Workers<'_>,
    ) -> Vec<PValue> {
        // Never fewer than there are.
        let total = hypotheses.total().max(p_values.len() as f64);
        let times = |rule: usize, multiplier: &Multiplier| {
            let product = p_values[rule].times(multiplier.value());
            let exactly = |counts: Contingency| counts.fishers_p_value_near(product.value(), || multiplier.factor());
            counts(rule).and_then(exactly).map_or(product, PValue::new)
        };
        let each = |of: &(dyn Fn(usize) -> PValue + Sync)| {
            let mut all = vec![PValue::ONE; p_values.len()];
            workers.set_each(&mut all, MIN_RULES, of);
            all
        };
        let stepwise = |multiplier: &(dyn Fn(usize) -> Multiplier + Sync), upwards: bool| {
            // Value and place in one integer: rules are numbered by a u32.
            let key = |rule: usize| u128::from(!falling(p_values[rule].size())) << 64 | rule as u128;
            let order = workers.sort(workers.collect(p_values.len(), MIN_RULES, key));
            let rule_at = |place: usize| order[place] as u32 as usize;
            let own = each(&|place| times(rule_at(place), &multiplier(place)));
            let mut adjusted = vec![PValue::ONE; p_values.len()];
            let mut bound = None;
            let mut step = |place: usize| {
                let so_far = bound.unwrap_or(own[place]);
                let next = if upwards { own[place].max(so_far) } else { own[place].min(so_far) };
                bound = Some(next);
                adjusted[rule_at(place)] = next;
            };
            if upwards {
                (0..own.len()).for_each(&mut step)
            } else {
                (0..own.len()).rev().for_each(&mut step)
            }
            adjusted
        };
        match self {
            Correction::None => p_values.to_vec(),
            Correction::Bonferroni => each(&|rule| times(rule, &Multiplier::new(total))),
            Correction::Layered => {
                let layers = hypotheses.layers().max(1) as f64;
                let tests = |len| match hypotheses.of_len(len) {
                    _ if hypotheses.is_one_layer() => total,
                    // A length that was not meant to be searched: nobody knows how many rules of it were.
                    0.0 => total,
                    rules => rules * layers,
                };
                each(&|rule| times(rule, &Multiplier::new(tests(len_of(rule)))))
            }
            Correction::Holm => stepwise(&|place| Multiplier::new(total - place as f64), true),
            Correction::BenjaminiHochberg => stepwise(&|place| Multiplier::new(total).over(place + 1), false),
            Correction::BenjaminiYekutieli => {
                let harmonic = Arc::new(Harmonic::new(total));
                let of_rank = |place| Multiplier::new(total).over(place + 1);
                stepwise(&|place| Multiplier { harmonic: Some(harmonic.clone()), ..of_rank(place) }, false)
            }
        }
    }
}

/// P-values of a part, at least: fewer are corrected before another thread is awake.
const MIN_RULES: usize = if cfg!(test) { 2 } else { 1 << 12 };

/// What a p-value is multiplied by: a number of rules, over a rank, times a harmonic number.
#[derive(Clone)]
struct Multiplier {
    rules: f64,
    rank: usize,
    harmonic: Option<Arc<Harmonic>>,
}

impl Multiplier {
    fn new(rules: f64) -> Self {
        Multiplier { rules, rank: 1, harmonic: None }
    }

    fn over(self, rank: usize) -> Self {
        Multiplier { rank, ..self }
    }

    fn value(&self) -> f64 {
        self.rules / self.rank as f64 * self.harmonic.as_ref().map_or(1.0, |harmonic| harmonic.value)
    }

    /// The same without rounding. `None` if the number of rules is not known exactly.
    fn factor(&self) -> Option<Factor> {
        const EXACT: f64 = (1u64 << f64::MANTISSA_DIGITS) as f64;
        let (harmonic, bits) = match &self.harmonic {
            None => (Wide::ONE, 0),
            Some(harmonic) => (harmonic.exactly()?, HARMONIC_BITS),
        };
        let rules = (self.rules < EXACT).then_some(self.rules as u64)?;
        Some(Factor { numerator: harmonic.times(rules), denominator: self.rank as u64, bits })
    }
}

/// A harmonic number, `1 + 1/2 + ... + 1/n`.
struct Harmonic {
    n: f64,
    value: f64,
    scaled: OnceLock<Wide<6>>,
}

/// The fractional bits of a harmonic number where it decides.
const HARMONIC_BITS: u32 = 256;

/// Terms that are summed to that precision, which takes 10 ms.
const HARMONIC_TERMS: f64 = 100_000.0;

impl Harmonic {
    fn new(n: f64) -> Self {
        Harmonic { n, value: harmonic(n), scaled: OnceLock::new() }
    }

    /// In units of 2^-256. `None` if it has too many terms.
    fn exactly(&self) -> Option<Wide<6>> {
        let one = Wide::ONE.up(HARMONIC_BITS);
        let sum = || (1..=self.n as u64).fold(Wide::ZERO, |sum, i| sum.plus(&one.over(i)));
        (self.n <= HARMONIC_TERMS).then(|| *self.scaled.get_or_init(sum))
    }
}

/// `1 + 1/2 + ... + 1/n`.
fn harmonic(n: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    if n < 100.0 {
        (1..=n as u32).map(|i| 1.0 / f64::from(i)).sum()
    } else {
        n.ln() + EULER + 0.5 / n - 1.0 / (12.0 * n * n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn adjusted(correction: Correction, p_values: &[f64], hypotheses: &Hypotheses) -> Vec<f64> {
        let p_values: Vec<PValue> = p_values.iter().map(|p| PValue::from_ln(p.ln())).collect();
        let on = |threads| correction.adjust(&p_values, hypotheses, &|_| 2, &|_| None, Workers::with_threads(threads));
        let adjusted = on(1);
        assert!([2, 3, 17].into_iter().all(|threads| on(threads) == adjusted));
        adjusted.into_iter().map(PValue::value).collect()
    }

    fn near(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-9 * b.abs())
    }

    #[test]
    fn known_values() {
        // As R's p.adjust gives them.
        let p = [0.01, 0.04, 0.03, 0.005];
        let of = |correction| adjusted(correction, &p, &Hypotheses::chosen(4));
        assert!(near(&of(Correction::None), &p));
        assert!(near(&of(Correction::Bonferroni), &[0.04, 0.16, 0.12, 0.02]));
        assert!(near(&of(Correction::Layered), &[0.04, 0.16, 0.12, 0.02]));
        assert!(near(&of(Correction::Holm), &[0.03, 0.06, 0.06, 0.02]));
        assert!(near(&of(Correction::BenjaminiHochberg), &[0.02, 0.04, 0.04, 0.02]));
        let by = 25.0 / 12.0;
        assert!(near(&of(Correction::BenjaminiYekutieli), &[0.02 * by, 0.04 * by, 0.04 * by, 0.02 * by]));
        // p.adjust with n = 10: the other six are not among the smallest.
        let of = |correction| adjusted(correction, &p, &Hypotheses::chosen(10));
        assert!(near(&of(Correction::Holm), &[0.09, 0.28, 0.24, 0.05]));
        assert!(near(&of(Correction::BenjaminiHochberg), &[0.05, 0.1, 0.1, 0.05]));
    }

    #[test]
    fn harmonic_numbers() {
        let exact: f64 = (1..=100).map(|i| 1.0 / f64::from(i)).sum();
        assert!((harmonic(100.0) - exact).abs() < 1e-10);
        assert_eq!(harmonic(1.0), 1.0);
    }

    proptest! {
        #[test]
        fn the_procedures_by_their_steps(
            p in prop::collection::vec(0.0001..1.0f64, 0..12),
            more in 0..20usize,
            alpha in 0.001..0.9f64,
        ) {
            let total = p.len() + more;
            let mut sorted = p.clone();
            sorted.sort_by(f64::total_cmp);
            // Holm: from the smallest on, until one misses its bound. Benjamini-Hochberg: up to the last that reaches
            // it.
            let holm = sorted.iter().zip(0..).take_while(|&(p, place)| *p <= alpha / (total - place) as f64).count();
            let within = |&place: &usize| sorted[place - 1] <= alpha * place as f64 / total as f64;
            let bh = (1..=sorted.len()).rev().find(within).unwrap_or(0);
            let passed = |correction| {
                adjusted(correction, &p, &Hypotheses::chosen(total)).iter().filter(|&&p| p <= alpha).count()
            };
            prop_assert_eq!(passed(Correction::Holm), holm);
            prop_assert_eq!(passed(Correction::BenjaminiHochberg), bh);
            prop_assert!(passed(Correction::Bonferroni) <= holm);
            prop_assert!(passed(Correction::BenjaminiYekutieli) <= bh);
        }
    }
}
