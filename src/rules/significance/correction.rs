//! P-values corrected for the number of rules that were searched.

use std::fmt;
use std::str::FromStr;

use super::Hypotheses;
use crate::error::Error;
use crate::rules::measures::PValue;

/// How p-values are corrected for the number of hypotheses, so that a list of rules can be trusted.
///
/// | correction | what at most α bounds | when |
/// |---|---|---|
/// | `Bonferroni` | the chance of any false rule in the list | the simplest |
/// | `Holm` | the same | always finds what Bonferroni finds, and a little more |
/// | `Layered` | the same | finds more of the short rules, which are fewer, and less of the long |
/// | `BenjaminiHochberg` | the expected share of false rules in the list | some may be false; tests independent or positively dependent |
/// | `BenjaminiYekutieli` | the same | whatever the dependence |
///
/// The number of hypotheses is that of the rules [searched](Hypotheses), not of those that survived other thresholds:
/// the others count as tested and not significant, which can only make the result more cautious.
///
/// The text form is `none`, `bonferroni`, `holm`, `layered`, `benjamini-hochberg` or `benjamini-yekutieli`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Correction {
    /// None: for rules that were chosen before seeing the data. Otherwise most of what passes may be chance.
    None,
    /// Each p-value times the number of hypotheses.
    ///
    /// Source: C. E. Bonferroni, 1936; O. J. Dunn: Multiple comparisons among means, JASA 56, 1961.
    Bonferroni,
    /// Stepwise from the smallest p-value, each times the number of hypotheses that are left.
    ///
    /// Source: S. Holm: A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6,
    /// 1979.
    Holm,
    /// Each p-value times the number of hypotheses of its rule's length, and times the number of lengths.
    ///
    /// Source: G. I. Webb: Layered critical values: a powerful direct-adjustment approach to discovering significant
    /// patterns, Machine Learning 71, 2008.
    Layered,
    /// The i-th smallest p-value times the number of hypotheses, over i.
    ///
    /// Source: Y. Benjamini, Y. Hochberg: Controlling the false discovery rate, Journal of the Royal Statistical
    /// Society B 57, 1995.
    BenjaminiHochberg,
    /// The same, times 1 + 1/2 + 1/3 and so on up to the number of hypotheses.
    ///
    /// Source: Y. Benjamini, D. Yekutieli: The control of the false discovery rate in multiple testing under
    /// dependency, Annals of Statistics 29, 2001.
    BenjaminiYekutieli,
}

/// Corrections by their text form.
const NAMES: [(&str, Correction); 6] = [
    ("none", Correction::None),
    ("bonferroni", Correction::Bonferroni),
    ("holm", Correction::Holm),
    ("layered", Correction::Layered),
    ("benjamini-hochberg", Correction::BenjaminiHochberg),
    ("benjamini-yekutieli", Correction::BenjaminiYekutieli),
];

impl Correction {
    /// All corrections.
    pub const ALL: &'static [Correction] = &[NAMES[0].1, NAMES[1].1, NAMES[2].1, NAMES[3].1, NAMES[4].1, NAMES[5].1];

    /// The corrected p-values, in the same order; given with each is the length of its rule.
    ///
    /// A rule is significant at α where its corrected p-value is at most α.
    pub(super) fn adjust(self, p_values: &[(PValue, usize)], hypotheses: &Hypotheses) -> Vec<PValue> {
        // Never fewer than there are.
        let total = hypotheses.total().max(p_values.len() as f64);
        let stepwise = |factor: &dyn Fn(usize) -> f64, upwards: bool| {
            let mut order: Vec<usize> = (0..p_values.len()).collect();
            order.sort_by_key(|&rule| p_values[rule].0);
            let mut adjusted = vec![PValue::ONE; p_values.len()];
            let mut bound = None;
            let mut step = |place: usize| {
                let own = p_values[order[place]].0.times(factor(place));
                let so_far = bound.unwrap_or(own);
                let next = if upwards { own.max(so_far) } else { own.min(so_far) };
                bound = Some(next);
                adjusted[order[place]] = next;
            };
            if upwards {
                (0..order.len()).for_each(&mut step)
            } else {
                (0..order.len()).rev().for_each(&mut step)
            }
            adjusted
        };
        match self {
            Correction::None => p_values.iter().map(|&(p, _)| p).collect(),
            Correction::Bonferroni => p_values.iter().map(|&(p, _)| p.times(total)).collect(),
            Correction::Layered => {
                let layers = hypotheses.layers().max(1) as f64;
                let tests = |len| match hypotheses.of_len(len) {
                    _ if hypotheses.is_one_layer() => total,
                    // A length that was not meant to be searched: nobody knows how many rules of it were.
                    0.0 => total,
                    rules => rules * layers,
                };
                p_values.iter().map(|&(p, len)| p.times(tests(len))).collect()
            }
            Correction::Holm => stepwise(&|place| total - place as f64, true),
            Correction::BenjaminiHochberg => stepwise(&|place| total / (place + 1) as f64, false),
            Correction::BenjaminiYekutieli => {
                let harmonic = harmonic(total);
                stepwise(&|place| total / (place + 1) as f64 * harmonic, false)
            }
        }
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

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(NAMES.iter().find(|(_, correction)| correction == self).map_or("", |(name, _)| name))
    }
}

impl FromStr for Correction {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = NAMES.iter().find(|(known, _)| *known == name).map(|&(_, correction)| correction);
        let allowed = "one of: none, bonferroni, holm, layered, benjamini-hochberg, benjamini-yekutieli";
        found.ok_or_else(|| Error::invalid_setting("correction", name, allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn adjusted(correction: Correction, p_values: &[f64], hypotheses: &Hypotheses) -> Vec<f64> {
        let p_values: Vec<(PValue, usize)> = p_values.iter().map(|p| (PValue::from_ln(p.ln()), 2)).collect();
        correction.adjust(&p_values, hypotheses).into_iter().map(PValue::value).collect()
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

    #[test]
    fn names_are_read_as_they_are_printed() {
        for &correction in Correction::ALL {
            assert_eq!(correction.to_string().parse::<Correction>().unwrap(), correction);
            #[cfg(feature = "serde")]
            assert_eq!(serde_json::to_string(&correction).unwrap(), format!("\"{correction}\""));
        }
        let error = "fdr".parse::<Correction>().unwrap_err().to_string();
        assert!(error.starts_with("correction is fdr, allowed is one of: none, bonferroni,"), "{error}");
    }

    proptest! {
        #[test]
        fn the_procedures_by_their_steps(p in prop::collection::vec(0.0001..1.0f64, 0..12), more in 0..20usize, alpha in 0.001..0.9f64) {
            let total = p.len() + more;
            let mut sorted = p.clone();
            sorted.sort_by(f64::total_cmp);
            // Holm: from the smallest on, until one misses its bound. Benjamini-Hochberg: up to the last that reaches
            // it.
            let holm = sorted.iter().zip(0..).take_while(|&(p, place)| *p <= alpha / (total - place) as f64).count();
            let bh = (1..=sorted.len()).rev().find(|&place| sorted[place - 1] <= alpha * place as f64 / total as f64).unwrap_or(0);
            let passed = |correction| adjusted(correction, &p, &Hypotheses::chosen(total)).iter().filter(|&&p| p <= alpha).count();
            prop_assert_eq!(passed(Correction::Holm), holm);
            prop_assert_eq!(passed(Correction::BenjaminiHochberg), bh);
            prop_assert!(passed(Correction::Bonferroni) <= holm);
            prop_assert!(passed(Correction::BenjaminiYekutieli) <= bh);
        }
    }
}
