//! Values of rules against the same formulas in exact fractions, or in logarithms of 512 bits: each is the float
//! nearest to the exact number, so that exactly on a bound is on it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use itemset::{
    Consequents, Contingency, Correction, FrequentItemsets, Hypotheses, Measure, MinSupport, Miner, RuleBuilder, Rules,
    Transactions,
};
use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use proptest::prelude::*;

use crate::brute_force::{databases, encode};

/// A value without rounding.
#[derive(Debug)]
enum Exact {
    Rational(BigRational),
    /// The root of a fraction, with a sign.
    Root(Sign, BigRational),
    /// `(√a - √b) / (√a + √b)`.
    ContrastOfRoots(BigRational, BigRational),
    /// A quotient of sums of logarithms, both as multiples of [`UNIT`].
    Logarithms(BigInt, BigInt),
}

/// Logarithms are multiples of 2 to the power of minus this. The smallest of sums of logarithms of counts is above
/// 2^-200, and an equality that holds to so many digits is one.
const UNIT: usize = 512;

/// `Σ factor ln(count)`. Nothing is added for a count of zero.
fn logarithms(terms: &[(u64, u64, i32)]) -> BigInt {
    let of = |&(factor, count, sign): &(u64, u64, i32)| BigInt::from(factor) * logarithm(count) * sign;
    terms.iter().filter(|term| term.1 > 0).map(of).sum()
}

/// The natural logarithm of a whole number, by the first six of its digits and the series of the hyperbolic tangent's
/// inverse.
fn logarithm(number: u64) -> BigInt {
    static OF_DIGITS: LazyLock<(BigInt, Vec<BigInt>)> = LazyLock::new(|| {
        let of_two = twice_artanh(1, 3);
        // ln(j / 64) for j from 64 to 127.
        (of_two, (64..128u64).map(|digits| twice_artanh(u128::from(digits) - 64, u128::from(digits) + 64)).collect())
    });
    let twos = number.ilog2();
    let scaled = u128::from(number) << 6;
    let digits = scaled >> twos;
    let begin = digits << twos;
    &OF_DIGITS.0 * twos + &OF_DIGITS.1[digits as usize - 64] + twice_artanh(scaled - begin, scaled + begin)
}

/// `2 artanh(numerator / denominator) = ln((denominator + numerator) / (denominator - numerator))`.
fn twice_artanh(numerator: u128, denominator: u128) -> BigInt {
    let ratio = (BigInt::from(numerator) << (UNIT + 1)) / denominator;
    let (mut sum, mut power, mut odd) = (ratio.clone(), ratio.clone(), 1u32);
    let square = (&ratio * &ratio) >> (UNIT + 2);
    while power.sign() != Sign::NoSign {
        power = (&power * &square) >> UNIT;
        odd += 2;
        sum += &power / odd;
    }
    sum
}

fn fraction(numerator: u64, denominator: u64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

fn whole(number: u64) -> BigRational {
    fraction(number, 1)
}

fn squared(number: &BigRational) -> BigRational {
    number * number
}

fn float(number: f64) -> BigRational {
    BigRational::from_float(number).expect("the number is finite")
}

fn zero() -> BigRational {
    whole(0)
}

/// Whether a number lies between two neighbours of a float, each half way, or on one of the two if the float is even.
fn is_between(low: Option<std::cmp::Ordering>, high: Option<std::cmp::Ordering>, is_even: bool) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let holds = |order, inside| order == Some(inside) || is_even && order == Some(Equal);
    holds(low, Greater) && holds(high, Less)
}

fn is_nearest(value: f64, exact: &Exact) -> bool {
    if let Exact::Root(Sign::Minus, square) = exact {
        return is_nearest(-value, &Exact::Root(Sign::Plus, square.clone()));
    }
    if let Exact::ContrastOfRoots(a, b) = exact
        && a < b
    {
        return is_nearest(-value, &Exact::ContrastOfRoots(b.clone(), a.clone()));
    }
    if let Exact::Root(_, square) = exact
        && (value <= 0.0 || *square == zero())
    {
        return value == 0.0 && *square == zero();
    }
    let middle = |other: f64| (float(value) + float(other)) / whole(2);
    let (low, high) = (middle(value.next_down()), middle(value.next_up()));
    let compare = |bound: &BigRational| match exact {
        Exact::Rational(number) => number.partial_cmp(bound),
        Exact::Root(_, square) => square.partial_cmp(&squared(bound)),
        Exact::ContrastOfRoots(a, b) => {
            let (less, more) = (whole(1) - bound, whole(1) + bound);
            let left = if less < zero() { -(a * squared(&less)) } else { a * squared(&less) };
            left.partial_cmp(&(b * squared(&more)))
        }
        Exact::Logarithms(above, below) => {
            let (left, right) = (above * bound.denom(), below * bound.numer());
            // Factors of 63 bits, and sums of nine terms.
            let error = (bound.denom() + BigInt::from(bound.numer().magnitude().clone())) << 80;
            let difference = left - right;
            let is_zero = BigInt::from(difference.magnitude().clone()) <= error;
            difference.partial_cmp(&BigInt::ZERO).map(|order| if is_zero { std::cmp::Ordering::Equal } else { order })
        }
    };
    is_between(compare(&low), compare(&high), value.to_bits() & 1 == 0)
}

/// The value of a measure by its textbook formula. `None` where a denominator is zero.
fn exact(measure: Measure, counts: &Contingency) -> Option<Exact> {
    let [n, x, y, a] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    let (b, c, d) = (x - a, y - a, n + a - x - y);
    let of_all = |part: u64| fraction(part, n);
    let one = || whole(1);
    let (px, py, pxy) = (of_all(x), of_all(y), of_all(a));
    let confidence = fraction(a, x);
    let leverage = &pxy - &px * &py;
    let sign = leverage.numer().sign();
    let (qx, qy) = (one() - &px, one() - &py);
    let signed = |number: i128, of: u64| BigRational::new(number.into(), of.into());
    let against = a as i128 - b as i128;
    let over =
        |numerator: BigRational, denominator: BigRational| (denominator != zero()).then(|| numerator / denominator);
    let rational = match measure {
        Measure::Support => pxy,
        Measure::Count => whole(a),
        Measure::Coverage => px,
        Measure::ConsequentSupport => py,
        Measure::Confidence => confidence,
        Measure::Lift => pxy / (px * py),
        Measure::Leverage => leverage,
        Measure::Conviction => over(px * qy, of_all(b))?,
        Measure::AddedValue | Measure::CenteredConfidence => confidence - py,
        Measure::Certainty if confidence >= py => over(confidence - py, qy)?,
        Measure::Certainty => (confidence - &py) / py,
        Measure::Jaccard => fraction(a, a + b + c),
        Measure::Kulczynski => (confidence + fraction(a, y)) / whole(2),
        Measure::MaxConfidence => confidence.max(fraction(a, y)),
        Measure::AllConfidence => confidence.min(fraction(a, y)),
        Measure::Imbalance => fraction(x.abs_diff(y), a + b + c),
        Measure::ChiSquared => over(squared(&leverage) * whole(n), px * py * qx * qy)?,
        Measure::FishersExactTest | Measure::HyperConfidence | Measure::HyperLift => {
            let terms = hypergeometric(n, x, y);
            let sum = |terms: &mut dyn Iterator<Item = &BigInt>| terms.sum::<BigInt>();
            let all = sum(&mut terms.values());
            match measure {
                Measure::FishersExactTest => BigRational::new(sum(&mut terms.range(a..).map(|(_, ways)| ways)), all),
                Measure::HyperConfidence => BigRational::new(sum(&mut terms.range(..a).map(|(_, ways)| ways)), all),
                _ => {
                    let reaches = |k: u64| {
                        BigRational::new(sum(&mut terms.range(..=k).map(|(_, ways)| ways)), all.clone())
                            >= fraction(99, 100)
                    };
                    over(whole(a), whole(*terms.keys().find(|&&k| reaches(k)).expect("all together reach it")))?
                }
            }
        }
        Measure::OddsRatio => over(whole(a) * whole(d), whole(b) * whole(c))?,
        Measure::YuleQ => {
            let (agree, disagree) = (whole(a) * whole(d), whole(b) * whole(c));
            over(&agree - &disagree, agree + disagree)?
        }
        Measure::RelativeRisk => over(confidence, over(whole(c), whole(n - x))?)?,
        Measure::DifferenceOfConfidence => confidence - over(whole(c), whole(n - x))?,
        Measure::Gini => {
            let impurity = |p: BigRational| squared(&p) + squared(&(one() - p));
            let without = over(whole(c), whole(n - x))?;
            px * impurity(confidence) + qx * impurity(without) - impurity(py)
        }
        Measure::Kappa => {
            let by_chance = px * py + qx * qy;
            over(of_all(a + d) - &by_chance, one() - by_chance)?
        }
        Measure::Lambda => {
            let most = y.max(n - y);
            over(whole(a.max(b) + c.max(d) - most), whole(n - most))?
        }
        Measure::Laplace => fraction(a + 1, x + 2),
        Measure::RulePowerFactor => pxy * confidence,
        Measure::Ralambondrainy => of_all(b),
        Measure::Sebag => over(whole(a), whole(b))?,
        Measure::Counterexample => signed(against, a),
        Measure::ConfirmedConfidence => signed(against, x),
        Measure::VaryingLiaison => pxy / (px * py) - one(),
        Measure::LeastContradiction => signed(against, y),
        Measure::CausalSupport => of_all(a + d),
        Measure::CausalConfidence => (confidence + over(whole(d), whole(n - y))?) / whole(2),
        Measure::CollectiveStrength => {
            let (agree, by_chance) = (of_all(a + d), px * py + qx * qy);
            over(agree.clone(), by_chance.clone())? * over(one() - by_chance, one() - agree)?
        }
        Measure::Rld => {
            let distance = BigRational::new(leverage.numer().clone(), leverage.denom().clone()) * whole(n);
            let room = if sign == Sign::Plus { b.min(c) } else { a.min(d) };
            let size = if sign == Sign::Minus { -distance } else { distance };
            over(size.clone(), size + whole(room))?
        }
        Measure::StandardisedLift => {
            let lift = pxy / (&px * &py);
            let least = fraction((x + y).saturating_sub(n).max(1), n) / (&px * &py);
            over(lift - &least, one() / px.max(py) - least)?
        }
        Measure::Zhang => over(leverage, (&pxy * &qx).max(px * (py - pxy)))?,
        Measure::Cosine => return Some(Exact::Root(Sign::Plus, squared(&pxy) / (px * py))),
        Measure::Phi => return Some(Exact::Root(sign, over(squared(&leverage), px * py * qx * qy)?)),
        Measure::Lerman => return Some(Exact::Root(sign, squared(&leverage) * whole(n) / (px * py))),
        Measure::ImplicationIndex => {
            return Some(Exact::Root(-sign, over(squared(&leverage) * whole(n), px * qy)?));
        }
        Measure::Klosgen => return Some(Exact::Root(sign, pxy * squared(&(confidence - py)))),
        Measure::YuleY => {
            let (agree, disagree) = (whole(a) * whole(d), whole(b) * whole(c));
            return (agree != disagree).then_some(Exact::ContrastOfRoots(agree, disagree));
        }
        _ => return exact_logarithms(measure, counts),
    };
    Some(Exact::Rational(rational))
}

/// The same for measures with logarithms.
fn exact_logarithms(measure: Measure, counts: &Contingency) -> Option<Exact> {
    let [n, x, y, a] = [counts.n(), counts.n_x(), counts.n_y(), counts.n_xy()];
    let (b, c, d) = (x - a, y - a, n + a - x - y);
    let lift = |weight| logarithms(&[(weight, n, 1), (weight, a, 1), (weight, x, -1), (weight, y, -1)]);
    let whole = |number: u64| BigInt::from(number) << UNIT;
    let (above, below) = match measure {
        Measure::Importance => {
            let ratio = logarithms(&[(1, a + 1, 1), (1, n - x + 2, 1), (1, c + 1, -1), (1, x + 2, -1)]);
            (ratio, logarithm(10))
        }
        Measure::OneWaySupport => (lift(a), BigInt::from(x) * logarithm(2)),
        Measure::TwoWaySupport => (lift(a), BigInt::from(n) * logarithm(2)),
        Measure::JMeasure => (lift(a) + logarithms(&[(b, n, 1), (b, b, 1), (b, x, -1), (b, n - y, -1)]), whole(n)),
        Measure::MutualInformation => {
            let cell = |of: u64, x: u64, y: u64| logarithms(&[(of, n, 1), (of, of, 1), (of, x, -1), (of, y, -1)]);
            let entropy = |x: u64| logarithms(&[(n, n, 1), (x, x, -1), (n - x, n - x, -1)]);
            let information = cell(a, x, y) + cell(b, x, n - y) + cell(c, n - x, y) + cell(d, n - x, n - y);
            let least = entropy(x).min(entropy(y));
            if x == n || y == n {
                return None;
            }
            (information, least)
        }
        _ => return None,
    };
    Some(Exact::Logarithms(above, below))
}

/// In how many ways each number of baskets with both sides comes about.
fn hypergeometric(n: u64, x: u64, y: u64) -> BTreeMap<u64, BigInt> {
    let choose = |n: u64, k: u64| (0..k).fold(BigInt::from(1), |ways, i| ways * (n - i) / (i + 1));
    ((x + y).saturating_sub(n)..=x.min(y)).map(|k| (k, choose(x, k) * choose(n - x, y - k))).collect()
}

fn is_a_sum(measure: Measure) -> bool {
    matches!(measure, Measure::FishersExactTest | Measure::HyperConfidence | Measure::HyperLift)
}

fn table(n: u64, [x, y, xy]: [u64; 3]) -> Contingency {
    let (n_x, n_y) = (1 + x % n, 1 + y % n);
    let least = (n_x + n_y).saturating_sub(n).max(1);
    Contingency::new(n, n_x, n_y, least + xy % (n_x.min(n_y) - least + 1)).unwrap()
}

/// Several tables per case, as each is soon checked.
fn tables(baskets: impl Strategy<Value = u64>) -> impl Strategy<Value = Vec<Contingency>> {
    prop::collection::vec((baskets, any::<[u64; 3]>()).prop_map(|(n, counts)| table(n, counts)), 16)
}

fn check(counts: &Contingency, measures: impl Fn(Measure) -> bool) -> Result<usize, TestCaseError> {
    let mut checked = 0;
    for &measure in Measure::ALL.iter().filter(|&&measure| measures(measure)) {
        if let Some(exact) = exact(measure, counts) {
            let value = counts.measure(measure);
            prop_assert!(is_nearest(value, &exact), "{measure} of {counts:?} is {value}, not {exact:?}");
            checked += 1;
        }
    }
    Ok(checked)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_are_the_nearest_floats(small in tables(1..201u64), large in tables(1..=i64::MAX as u64)) {
        for counts in small.iter().chain(&large) {
            prop_assert!(check(counts, |measure| !is_a_sum(measure))? > 20);
        }
    }

    #[test]
    fn probabilities_are_the_nearest_floats(few in tables(1..257u64)) {
        for counts in &few[..4] {
            check(counts, is_a_sum)?;
        }
    }

    #[test]
    fn values_of_products_beyond_floats_are_the_nearest(bits in 20..63u32, some in tables(1..=i64::MAX as u64)) {
        for counts in &some {
            // Of every size, so that the fast way and the integers take over from each other.
            let shift = 63 - bits;
            let [n, x, y] = [counts.n(), counts.n_x(), counts.n_y()].map(|count| (count >> shift).max(1));
            let least = (x + y).saturating_sub(n).max(1);
            let counts = Contingency::new(n, x, y, (counts.n_xy() >> shift).clamp(least, x.min(y))).unwrap();
            check(&counts, |measure| !is_a_sum(measure))?;
        }
    }
}

fn has_logarithm(measure: Measure) -> bool {
    use Measure::{Importance, JMeasure, MutualInformation, OneWaySupport, TwoWaySupport};
    matches!(measure, Importance | JMeasure | MutualInformation | OneWaySupport | TwoWaySupport)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn logarithms_near_independence_are_the_nearest_floats(
        sides in prop::collection::vec((1..32u32, any::<[u64; 4]>(), -2..3i64), 8),
    ) {
        for (bits, [p, q, x, y], beyond) in sides {
            // n = p q baskets, of which x / p hold X and y / q hold Y, and some more or fewer hold both.
            let [p, q] = [p, q].map(|of| 1 + of % (1 << bits));
            let (x, y) = (1 + x % p, 1 + y % q);
            let (n, n_x, n_y) = (p * q, x * q, p * y);
            let both = (x * y).saturating_add_signed(beyond);
            let both = both.clamp((n_x + n_y).saturating_sub(n).max(1), n_x.min(n_y));
            check(&Contingency::new(n, n_x, n_y, both).unwrap(), has_logarithm)?;
        }
    }

    #[test]
    fn logarithms_of_powers_are_the_nearest_floats(
        powers in prop::collection::vec((1..63u32, any::<[u32; 3]>(), 1..4u64, -1..2i64), 8),
    ) {
        for (n, [x, y, both], times, beyond) in powers {
            // Powers of two, or nearly, where logarithms are fractions.
            let (x, y) = (x % n, y % n);
            let [x_count, y_count, both] = [x, y, both % (x.min(y) + 1)].map(|power| times << power);
            let Some(n) = times.checked_mul(1 << n).filter(|&n| n <= i64::MAX as u64) else { continue };
            let least = (x_count + y_count).saturating_sub(n).max(1);
            let both = both.saturating_add_signed(beyond).clamp(least, x_count.min(y_count));
            check(&Contingency::new(n, x_count, y_count, both).unwrap(), has_logarithm)?;
        }
    }
}

#[test]
fn logarithms_that_are_fractions_are_exact() {
    for times in [1u64, 2, 5, 1 << 10, 1 << 20, 1 << 30, 1 << 40, (1 << 50) + 7] {
        let table = |n: u64, x: u64, y: u64, both: u64| {
            Contingency::new(times * n, times * x, times * y, times * both).unwrap()
        };
        for (n, x, y, both, expected) in [
            (6, 3, 2, 2, 0.5),
            (12, 4, 3, 3, 2.0 / 3.0),
            (20, 5, 4, 4, 0.75),
            (21, 9, 7, 1, 1.0 / 7.0),
            (21, 12, 7, 6, 1.0 / 7.0),
            (30, 6, 5, 5, 0.8),
            (35, 14, 10, 10, 0.6),
            (40, 24, 15, 15, 0.4),
            (63, 18, 14, 14, 5.0 / 7.0),
            (9, 3, 6, 2, 0.0),
            (9, 4, 4, 4, 1.0),
        ] {
            let counts = table(n, x, y, both);
            assert_eq!(counts.measure(Measure::MutualInformation), expected, "{counts:?}");
        }
        assert_eq!(table(16, 4, 4, 4).measure(Measure::OneWaySupport), 2.0);
        assert_eq!(table(80, 10, 10, 5).measure(Measure::TwoWaySupport), 0.125);
        assert_eq!(table(80, 10, 10, 5).measure(Measure::OneWaySupport), 1.0);
    }
    // X is in half of the baskets, so that this is the logarithm of (a + 1) / (c + 1).
    let half = 10u64.pow(18);
    for power in 1..18 {
        let one = 10u64.pow(power);
        let importance = |y, both| Contingency::new(2 * half, half, y, both).unwrap().measure(Measure::Importance);
        assert_eq!(importance(one - 1, one - 1), f64::from(power));
        assert_eq!(importance(one / 2 * 4, 1), -f64::from(power));
        assert_eq!(importance(2 * one, one), 0.0);
    }
}

/// All rules of up to three items, however weak.
fn all_rules(itemsets: &FrequentItemsets<u32>) -> RuleBuilder<'_, u32> {
    itemsets.rules().min_confidence(0.0).consequents(Consequents::Any)
}

fn mined(rows: &[Vec<u32>]) -> FrequentItemsets<u32> {
    Miner::new().min_support(MinSupport::count(2)).max_len(3).mine(&encode(rows)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bounds_on_a_value_and_beside_it_decide_alike(rows in databases(), place in any::<prop::sample::Index>()) {
        let itemsets = mined(&rows);
        let rules = all_rules(&itemsets).generate().unwrap();
        prop_assume!(!rules.is_empty());
        let chosen = place.index(rules.len());
        for &measure in Measure::ALL {
            let value = rules.get(chosen).unwrap().measure(measure);
            for bound in [value.next_down(), value, value.next_up()] {
                if bound.is_nan() {
                    continue;
                }
                let least = all_rules(&itemsets).min(measure, bound).generate().unwrap();
                prop_assert!(least.iter().eq(rules.iter().filter(|rule| rule.measure(measure) >= bound)), "{measure} {bound}");
                let most = all_rules(&itemsets).max(measure, bound).generate().unwrap();
                prop_assert!(most.iter().eq(rules.iter().filter(|rule| rule.measure(measure) <= bound)), "{measure} {bound}");
            }
            // Equal values are ordered by descending count.
            let sorted = rules.clone().sorted_by(measure);
            let values: Vec<f64> = sorted.iter().map(|rule| rule.measure(measure)).collect();
            let counts: Vec<u64> = sorted.iter().map(|rule| rule.count()).collect();
            for (values, counts) in values.windows(2).zip(counts.windows(2)) {
                let falls = if measure.larger_is_better() { values[0] > values[1] } else { values[0] < values[1] };
                prop_assert!(falls || values[0] == values[1] && counts[0] >= counts[1], "{measure}: {values:?} {counts:?}");
            }
            let best = all_rules(&itemsets).top_k(3, measure).generate().unwrap();
            prop_assert!(best.iter().eq(sorted.iter().take(3)));
            prop_assert!(rules.top(3, measure).into_iter().eq(sorted.iter().take(3)));
        }
    }

    #[test]
    fn what_a_rule_adds_is_the_nearest_float(rows in databases(), place in any::<prop::sample::Index>()) {
        let itemsets = mined(&rows);
        let rules = all_rules(&itemsets).generate().unwrap();
        prop_assume!(!rules.is_empty());
        let count = |items: &[u32]| if items.is_empty() { rows.len() as u64 } else { itemsets.count_of(items).unwrap() };
        let redundancy = rules.redundancy(&itemsets).unwrap();
        for (rule, adds) in rules.iter().zip(&redundancy) {
            let (x, y): (Vec<u32>, Vec<u32>) = (rule.antecedent().copied().collect(), rule.consequent().copied().collect());
            let simpler = (0..(1u32 << x.len()) - 1).map(|mask| {
                let part: Vec<u32> = (0..x.len()).filter(|at| mask >> at & 1 == 1).map(|at| x[at]).collect();
                fraction(count(&[&part[..], &y].concat()), count(&part))
            });
            let best = simpler.max().expect("the left side is not empty");
            let confidence = fraction(rule.count(), rule.counts().n_x());
            let improvement = adds.improvement();
            prop_assert!(is_nearest(improvement, &Exact::Rational(&confidence - &best)), "{rule}: {improvement}");
            prop_assert!(is_nearest(adds.lift_increase(), &Exact::Rational(confidence / best)));
        }
        let improvement = redundancy[place.index(rules.len())].improvement();
        for bound in [improvement.next_down(), improvement, improvement.next_up()] {
            if !(0.0..=1.0).contains(&bound) {
                continue;
            }
            let kept = all_rules(&itemsets).non_redundant(bound).generate().unwrap();
            let improves = |at: usize| redundancy[at].improvement() >= bound && redundancy[at].improvement() > 0.0;
            let expected = rules.iter().enumerate().filter(|&(at, _)| improves(at)).map(|(_, rule)| rule);
            prop_assert!(kept.iter().eq(expected), "{bound}");
        }
    }
}

/// Rules {a} => {b} and {b} => {a} of one basket in `n`: their p-value is 1 / n.
fn one_in(n: u64) -> Rules<u32> {
    let rows = (0..n).map(|row| if row == 0 { vec![1u32, 2] } else { vec![3] });
    let itemsets =
        Miner::new().min_support(MinSupport::count(1)).mine(&Transactions::from_rows(rows).unwrap()).unwrap();
    itemsets.rules().min_confidence(0.0).generate().unwrap()
}

#[test]
fn p_value_at_alpha_is_significant() {
    for n in 2..=200 {
        let rules = one_in(n);
        assert_eq!(rules.len(), 2);
        let mut harmonic = zero();
        for tests in 2..n.min(40) {
            harmonic = if tests == 2 { fraction(3, 2) } else { harmonic + fraction(1, tests) };
            let hypotheses = Hypotheses::chosen(tests as usize);
            let alpha = |numerator: u64, denominator: u64| numerator as f64 / denominator as f64;
            let scaled = BigRational::new(tests.into(), (2 * n).into()) * &harmonic;
            let yekutieli = quotient(&scaled);
            for (correction, alpha) in [
                (Correction::None, alpha(1, n)),
                (Correction::Bonferroni, alpha(tests, n)),
                (Correction::Layered, alpha(tests, n)),
                (Correction::Holm, alpha(tests, n)),
                (Correction::BenjaminiHochberg, alpha(tests, 2 * n)),
                (Correction::BenjaminiYekutieli, yekutieli),
            ] {
                let significant = |alpha| rules.significant(alpha, correction, &hypotheses).unwrap().len();
                if alpha < 1.0 {
                    assert_eq!(significant(alpha), 2, "{correction} of {tests} tests at 1/{n}");
                    assert_eq!(significant(alpha.next_down()), 0, "{correction} of {tests} tests below 1/{n}");
                }
            }
        }
        assert_eq!(rules.iter().next().unwrap().measure(Measure::FishersExactTest), 1.0 / n as f64);
    }
}

/// The float nearest to a fraction.
fn quotient(exact: &BigRational) -> f64 {
    let mut near =
        exact.numer().to_string().parse::<f64>().unwrap() / exact.denom().to_string().parse::<f64>().unwrap();
    for candidate in [near.next_down(), near, near.next_up()] {
        if is_nearest(candidate, &Exact::Rational(exact.clone())) {
            near = candidate;
        }
    }
    near
}
