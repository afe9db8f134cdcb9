//! Fisher's tests of rules, the same table once.

use crate::rules::Contingency;
use crate::rules::measures::PValue;

/// Tables that are remembered: 40 bytes each, so all of them stay in the second cache.
const REMEMBERED: usize = 1 << 13;

/// Fisher's tests that remember the last results.
///
/// A test takes as long as making dozens of rules, and the tables of many rules are equal: rare sides have few different
/// counts, and X ⇒ Y has the table of Y ⇒ X.
#[derive(Debug)]
pub(super) struct FisherTests {
    /// By a hash, the counts of a table, the rarer side first, and its p-value; no table has a count of 0.
    known: Vec<([u64; 4], PValue)>,
}

impl FisherTests {
    /// For about so many tests.
    pub(super) fn new(tests: usize) -> Self {
        let places = tests.clamp(1, REMEMBERED).next_power_of_two();
        FisherTests { known: vec![([0; 4], PValue::ONE); places] }
    }

    /// [`Contingency::fishers_exact_test`], which is the same for both directions of a rule.
    pub(super) fn test(&mut self, counts: &Contingency) -> PValue {
        let (n_x, n_y) = (counts.n_x(), counts.n_y());
        let key = [counts.n(), n_x.min(n_y), n_x.max(n_y), counts.n_xy()];
        let mixed = key[1..]
            .iter()
            .fold(0, |mixed: u64, &count| (mixed.rotate_left(23) ^ count).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // The high bits depend on all others. There are at most REMEMBERED places, a power of two.
        let place = (mixed >> 48) as usize & (self.known.len() - 1);
        let (known, p_value) = &mut self.known[place];
        if *known != key {
            (*known, *p_value) = (key, counts.fishers_exact_test());
        }
        *p_value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_remembered_is_the_test(
            tables in prop::collection::vec((1..300u64, any::<[u64; 3]>()), 1..60),
            size in 0..20usize,
        ) {
            let mut tests = FisherTests::new(size);
            for (n, [x, y, xy]) in tables {
                // Few different tables, so that some come again and some share a place.
                let n = 250 + n % 20;
                let (n_x, n_y) = (1 + x % 4, 1 + y % 4);
                let counts = Contingency::new(n, n_x, n_y, 1 + xy % n_x.min(n_y)).unwrap();
                let turned = Contingency::new(n, n_y, n_x, counts.n_xy()).unwrap();
                for counts in [counts, turned] {
                    prop_assert_eq!(tests.test(&counts), counts.fishers_exact_test());
                }
            }
        }
    }
}
