//! A quotient of products, compared as if it were rounded once.

use std::cmp::Ordering;

/// Whether the quotient of two products, rounded to the nearest float, is at least `bound`, which is above 0.
///
/// So a bound that was computed as a quotient keeps what has this quotient.
pub(in crate::shape) fn reaches(above: &[u64], below: &[u64], bound: f64) -> bool {
    let product = |factors: &[u64]| factors.iter().map(|&factor| factor as f64).product::<f64>();
    let (numerator, denominator) = (product(above), product(below));
    let quotient = numerator / denominator;
    // Each factor and each product is off by half a unit in the last place at most.
    let error = (above.len() + below.len() + 2) as f64 * 2.0 * f64::EPSILON;
    let is_sure = numerator.is_finite() && denominator.is_finite() && denominator > 0.0 && bound.is_normal();
    if is_sure && quotient.is_normal() && (quotient - bound).abs() > error * quotient {
        return quotient > bound;
    }
    // The least number that is rounded to the bound is in the middle between it and the float below it.
    let (even, odd) = (bound.to_bits().is_multiple_of(2), bound.next_down());
    let middle = Sum::of(bound).plus(&Sum::of(odd));
    // Twice the quotient against the sum of the two.
    let twice = Sum::product(above).shifted(1 + Sum::SHIFT);
    match twice.compare(&middle.times(&Sum::product(below))) {
        Ordering::Greater => true,
        // In the middle, the float whose last bit is 0 is the nearest.
        Ordering::Equal => even,
        Ordering::Less => false,
    }
}

/// A whole number of any size, the lowest word first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sum(Vec<u64>);

impl Sum {
    /// All floats are whole multiples of 2 to the minus this.
    const SHIFT: u32 = 1074;

    /// A float, which is not negative, times 2 to the [`SHIFT`](Sum::SHIFT).
    fn of(number: f64) -> Sum {
        let bits = number.to_bits();
        let (exponent, fraction) = ((bits >> 52) as u32, bits & ((1 << 52) - 1));
        match exponent {
            0 => Sum(vec![fraction]),
            _ => Sum(vec![fraction | 1 << 52]).shifted(exponent - 1),
        }
    }

    fn product(factors: &[u64]) -> Sum {
        factors.iter().fold(Sum(vec![1]), |product, &factor| product.times(&Sum(vec![factor])))
    }

    fn plus(&self, other: &Sum) -> Sum {
        let len = self.0.len().max(other.0.len());
        let word = |sum: &Sum, place: usize| u128::from(sum.0.get(place).copied().unwrap_or(0));
        let mut carry = 0;
        let mut words: Vec<u64> = Vec::with_capacity(len + 1);
        for place in 0..len {
            carry += word(self, place) + word(other, place);
            words.push(carry as u64);
            carry >>= 64;
        }
        words.push(carry as u64);
        Sum(words)
    }

    fn times(&self, other: &Sum) -> Sum {
        let mut words = vec![0u64; self.0.len() + other.0.len()];
        for (start, &factor) in self.0.iter().enumerate() {
            let mut carry = 0u128;
            for (place, &word) in other.0.iter().chain([&0]).enumerate() {
                let Some(sum) = words.get_mut(start + place) else { break };
                carry += u128::from(factor) * u128::from(word) + u128::from(*sum);
                *sum = carry as u64;
                carry >>= 64;
            }
        }
        Sum(words)
    }

    fn shifted(&self, bits: u32) -> Sum {
        let (words, bits) = (bits as usize / 64, bits % 64);
        Sum([vec![0; words], self.times(&Sum(vec![1 << bits])).0].concat())
    }

    fn compare(&self, other: &Sum) -> Ordering {
        let len = self.0.len().max(other.0.len());
        let word = |sum: &Sum, place: usize| sum.0.get(place).copied().unwrap_or(0);
        (0..len)
            .rev()
            .map(|place| word(self, place).cmp(&word(other, place)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::BigRational;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn as_if_rounded_once(
            above in prop::collection::vec(prop_oneof![1..20u64, 1..1000u64, any::<u64>()], 0..5),
            below in prop::collection::vec(prop_oneof![1..20u64, 1..1000u64, 1..u64::MAX], 0..5),
            steps in -2..3i64,
            other in 0.1..10f64,
        ) {
            let rational = |factors: &[u64]| factors.iter().fold(BigRational::from_integer(1.into()), |product, &factor| {
                product * BigRational::from_integer(factor.into())
            });
            let exact = rational(&above) / rational(&below);
            // A float beside it, or any.
            let near = above.iter().map(|&x| x as f64).product::<f64>() / below.iter().map(|&x| x as f64).product::<f64>();
            for start in [near, other] {
                if start <= 0.0 {
                    continue;
                }
                let bound = f64::from_bits(start.to_bits().wrapping_add_signed(steps));
                let float = |float: f64| BigRational::from_float(float).unwrap();
                let middle = (float(bound) + float(bound.next_down())) / BigRational::from_integer(2.into());
                let expected = if bound.to_bits() % 2 == 0 { exact >= middle } else { exact > middle };
                prop_assert_eq!(reaches(&above, &below, bound), expected, "{} against {}", exact, bound);
            }
        }
    }

    #[test]
    fn a_bound_that_is_the_quotient_is_reached() {
        for (above, below) in (1..40u64).flat_map(|above| (1..40u64).map(move |below| (above, below))) {
            let bound = above as f64 / below as f64;
            assert!(reaches(&[above, 7], &[7, below], bound));
            assert!(!reaches(&[above, 7], &[7, below], bound.next_up()));
        }
    }
}
