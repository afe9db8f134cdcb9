//! How good the rules over an itemset can be, before the counts of their sides are known.

use super::threshold::ROUNDING;
use crate::rules::contingency::Contingency;
use crate::rules::measures::{Growth, Judge, Measure};

/// How a bound is found for rules whose sides are in at least, and at most, so many baskets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// No rule is better than one whose sides are as rare as they can be.
    Rarest,
    /// As one side grows and the other stays, a rule gets worse and then better, or only one of both: so the best is at
    /// a corner. Chi-squared is the model: S. Morishita, J. Sese: Traversing itemset lattices with statistical metric
    /// pruning, PODS 2000.
    Corners,
    /// Nothing is known but the range of the measure.
    Range,
}

/// Bounds on how good a rule can be by one measure, in the terms of [`Judge`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    measure: Measure,
    judge: Judge,
    kind: Kind,
    /// The best value that the measure has at all.
    best: f64,
    /// The least that the best rule over any itemset is worth.
    least: f64,
    /// Whether values are p-values: from -1 up, and from where floats end their logarithms, turned positive.
    are_p_values: bool,
    /// Whether an itemset whose sides are no more frequent than itself gives no better rules as it becomes rarer, while
    /// it is in at most a third of the baskets.
    rarer_is_no_better: bool,
}

impl Reach {
    pub(crate) fn new(measure: Measure) -> Self {
        let judge = measure.judge();
        let kind = match measure {
            // Their growth is not used elsewhere, as they are slow. The more frequent the sides, the more often they
            // come together by chance.
            Measure::FishersExactTest | Measure::HyperConfidence => Kind::Rarest,
            // But for consequents that every basket holds, for which it is 0.
            Measure::ImplicationIndex => Kind::Rarest,
            Measure::Coverage
            | Measure::ConsequentSupport
            | Measure::ChiSquared
            | Measure::ChiSquaredPValue
            | Measure::Gini
            | Measure::MutualInformation
            | Measure::JMeasure
            | Measure::LeastContradiction
            | Measure::OneWaySupport => Kind::Corners,
            _ => match measure.growth() {
                Growth::Falls if measure.larger_is_better() => Kind::Rarest,
                Growth::Rises if !measure.larger_is_better() => Kind::Rarest,
                _ => Kind::Range,
            },
        };
        // What falls as both sides become rarer with the itemset.
        let rarer_is_no_better = kind == Kind::Rarest
            && !matches!(
                measure,
                Measure::Lift
                    | Measure::VaryingLiaison
                    | Measure::AddedValue
                    | Measure::CenteredConfidence
                    | Measure::Lerman
                    | Measure::Importance
                    | Measure::Sebag
                    | Measure::RelativeRisk
                    | Measure::Ralambondrainy
                    | Measure::ImplicationIndex
                    | Measure::HyperConfidence
                    | Measure::CollectiveStrength
            );
        let least = if measure == Measure::ImplicationIndex { 0.0 } else { f64::NEG_INFINITY };
        let are_p_values = matches!(measure, Measure::FishersExactTest | Measure::ChiSquaredPValue);
        Reach { measure, judge, kind, best: judge.best(), least, are_p_values, rarer_is_no_better }
    }

    /// How good a rule is.
    #[inline]
    pub(super) fn goodness(&self, counts: &Contingency) -> f64 {
        self.judge.goodness(counts)
    }

    /// How good a rule can be at all that is found in `n` baskets.
    #[inline]
    pub(super) fn best(&self, n: u64) -> f64 {
        // N times the square of a correlation, rounded once.
        if self.measure == Measure::ChiSquared { n as f64 } else { self.best }
    }

    /// Not less than how good a rule is, where it takes far less time to say; the best of all otherwise.
    #[inline]
    pub(super) fn quick(&self, counts: &Contingency) -> f64 {
        match self.measure {
            Measure::FishersExactTest => self.loose(-counts.fisher_at_least().size()),
            _ => self.best,
        }
    }

    /// Whether rules get worse as their sides become more frequent.
    pub(super) fn falls(&self) -> bool {
        self.kind == Kind::Rarest
    }

    /// Whether a bound on the rules over an itemset that is in `n_xy` of `n` baskets, with sides in that many, holds
    /// for all rarer itemsets.
    pub(super) fn holds_for_rarer(&self, n: u64, n_xy: u64) -> bool {
        self.rarer_is_no_better && n_xy <= n / 3
    }

    /// Not less than how good any rule is whose sides are in `least` baskets or more.
    pub(super) fn bound_from(&self, n: u64, [n_x, n_y]: [u64; 2], n_xy: u64) -> f64 {
        match self.kind {
            Kind::Rarest => self.at(n, [n_x, n_y], n_xy).max(self.least),
            Kind::Corners | Kind::Range => self.best(n),
        }
    }

    /// The same for rules one side of which is in `largest[0]` baskets at most and the other in `largest[1]`, which is
    /// no more: the largest of these numbers.
    pub(super) fn between(&self, n: u64, least: u64, largest: [u64; 2], n_xy: u64) -> impl Iterator<Item = f64> {
        let [high, next] = largest.map(|largest| largest.max(least));
        let corners = [[least, least], [high, next], [next, high], [least, high], [high, least]];
        // No corner is better than the rarest, if that is known.
        let corners = corners.into_iter().take(if self.kind == Kind::Corners { 5 } else { 1 });
        corners.map(move |sides| match self.kind {
            Kind::Corners => self.at(n, sides, n_xy),
            Kind::Rarest | Kind::Range => self.bound_from(n, sides, n_xy),
        })
    }

    /// How good a rule with these counts is, or a little more; the best of all if no baskets have them.
    fn at(&self, n: u64, [n_x, n_y]: [u64; 2], n_xy: u64) -> f64 {
        // Whatever the counts, this does not overflow: they are at most i64::MAX.
        if n_xy > n_x.min(n_y) || n_x.max(n_y) > n || n_x + n_y - n_xy > n {
            return self.best(n);
        }
        let counts = Contingency::of_checked(n, n_x, n_y, n_xy);
        match self.measure {
            Measure::FishersExactTest => self.quick(&counts),
            _ => self.loose(self.judge.goodness(&counts)).min(self.best(n)),
        }
    }

    /// A little more, as values are rounded.
    fn loose(&self, goodness: f64) -> f64 {
        match goodness.abs() {
            size if size.is_infinite() => goodness,
            size if !self.are_p_values => goodness + ROUNDING * (1.0 + size),
            // There a little better is much more.
            size if size < NEARLY_LOGARITHMS => LOGARITHMS,
            size => goodness + P_ROUNDING * size,
        }
    }
}

/// What a p-value, or its logarithm, may be off by, relatively.
const P_ROUNDING: f64 = 1e-6;

/// P-values a little above those that are held as logarithms, and more than the first of these are.
const NEARLY_LOGARITHMS: f64 = 1.001e-290;
const LOGARITHMS: f64 = 670.0;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn no_rule_is_better_than_the_bound(
            n in 1..40u64,
            [of_xy, of_least, of_high, of_next] in any::<[u64; 4]>(),
        ) {
            let n_xy = 1 + of_xy % n;
            let least = n_xy + of_least % (n - n_xy + 1);
            let high = least + of_high % (n - least + 1);
            let next = least + of_next % (high - least + 1);
            for &measure in Measure::ALL {
                let reach = Reach::new(measure);
                let bound = reach.between(n, least, [high, next], n_xy).fold(f64::NEG_INFINITY, f64::max);
                for (n_x, n_y) in (least..=n).flat_map(|n_x| (least..=n).map(move |n_y| (n_x, n_y))) {
                    let Ok(counts) = Contingency::new(n, n_x, n_y, n_xy) else { continue };
                    let goodness = reach.goodness(&counts);
                    prop_assert!(goodness <= reach.quick(&counts).min(reach.best(n)), "{measure} of {counts:?}");
                    for at_least in [[least, least], [least, n_y], [n_x, least]] {
                        let from = reach.bound_from(n, at_least, n_xy);
                        prop_assert!(goodness <= from, "{measure} of {counts:?} is {goodness}, above {from}");
                    }
                    if n_x.max(n_y) <= high && n_x.min(n_y) <= next {
                        prop_assert!(goodness <= bound, "{measure} of {counts:?} is {goodness}, above {bound}");
                    }
                }
            }
        }

        /// Also where p-values are floats, and beyond those logarithms.
        #[test]
        fn no_rule_of_many_baskets_is_better_than_the_bound(
            n in 257..200_000u64,
            of_xy in any::<u64>(),
            more in prop::collection::vec((0..40u32, 0..40u32, any::<[u64; 2]>()), 2..12),
        ) {
            let n_xy = 1 + of_xy % (n / 2);
            // Sides from a few more baskets than both of them to all.
            let side = |bits: u32, more: u64| n_xy + more % (1 << bits).min(n - n_xy + 1);
            let sides: Vec<[u64; 2]> = more.iter().map(|&(a, b, [x, y])| [side(a, x), side(b, y)]).collect();
            for &measure in Measure::ALL {
                let reach = Reach::new(measure);
                for &[n_x, n_y] in &sides {
                    let Ok(counts) = Contingency::new(n, n_x, n_y, n_xy) else { continue };
                    let goodness = reach.goodness(&counts);
                    prop_assert!(goodness <= reach.quick(&counts).min(reach.best(n)), "{measure} of {counts:?}");
                    for &[x, y] in sides.iter().chain(&[[n_xy, n_xy], [n_x, n_y]]) {
                        if x <= n_x && y <= n_y {
                            let from = reach.bound_from(n, [x, y], n_xy);
                            prop_assert!(goodness <= from, "{measure} of {counts:?} is {goodness}, above {from}");
                        }
                        let (least, high, next) = (x.min(y).min(n_x).min(n_y), n_x.max(n_y), n_x.min(n_y));
                        let bound = reach.between(n, least, [high, next], n_xy).fold(f64::NEG_INFINITY, f64::max);
                        prop_assert!(goodness <= bound, "{measure} of {counts:?} is {goodness}, above {bound}");
                    }
                }
            }
        }

        #[test]
        fn rarer_itemsets_are_no_better_where_it_is_said(
            n in prop_oneof![3..60u64, 3..1_000_000u64],
            of_one in any::<u64>(),
            of_other in any::<u64>(),
        ) {
            let common = 1 + of_one % (n / 3);
            let rare = 1 + of_other % common;
            for &measure in Measure::ALL {
                let reach = Reach::new(measure);
                if reach.holds_for_rarer(n, common) {
                    let (bound, other) = (
                        reach.bound_from(n, [common, common], common),
                        reach.goodness(&Contingency::new(n, rare, rare, rare).unwrap()),
                    );
                    prop_assert!(other <= bound, "{measure} in {rare} of {n} baskets is {other}, in {common} {bound}");
                }
            }
        }
    }
}
