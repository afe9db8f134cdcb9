//! Why an item is recommended.

use std::fmt;

use crate::rules::{Contingency, Measure};

/// A rule that speaks for an item: what of the basket it is about, and the counts behind it.
///
/// Its text form says it to a customer or a buyer: `because of diapers and Saturday: 41 % of such baskets, 3.2 times the
/// usual`. The first number is the confidence, the second the lift.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason<'a, T> {
    antecedent: Vec<&'a T>,
    consequent: Vec<&'a T>,
    counts: Contingency,
    value: f64,
}

impl<'a, T> Reason<'a, T> {
    pub(super) fn new(
        antecedent: Vec<&'a T>,
        consequent: Vec<&'a T>,
        counts: Contingency,
        value: f64,
    ) -> Reason<'a, T> {
        Reason { antecedent, consequent, counts, value }
    }

    /// The items of the basket that the rule is about, in the order of their labels; none where its left side is empty.
    #[must_use]
    pub fn antecedent(&self) -> &[&'a T] {
        &self.antecedent
    }

    /// The items that it speaks for, in the order of their labels; some may be in the basket already, but not all.
    #[must_use]
    pub fn consequent(&self) -> &[&'a T] {
        &self.consequent
    }

    /// The baskets in all, with the left side, with the right side, and with both.
    #[must_use]
    pub fn counts(&self) -> Contingency {
        self.counts
    }

    /// What the rule contributes to the score, before [`Policy::NoisyOr`](super::Policy::NoisyOr) makes a probability of
    /// the sum and [`Policy::ExpectedProfit`](super::Policy::ExpectedProfit) multiplies by a margin.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }
}

/// `because of diapers and Saturday: 41 % of such baskets, 3.2 times the usual`.
impl<T: fmt::Display> fmt::Display for Reason<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = Rounded(100.0 * self.counts.measure(Measure::Confidence));
        let Some((last, others)) = self.antecedent.split_last() else {
            return write!(f, "in {percent} % of all baskets");
        };
        f.write_str("because of ")?;
        for (place, item) in others.iter().enumerate() {
            write!(f, "{}{item}", if place == 0 { "" } else { ", " })?;
        }
        let and = if others.is_empty() { "" } else { " and " };
        let lift = Rounded(self.counts.measure(Measure::Lift));
        write!(f, "{and}{last}: {percent} % of such baskets, {lift} times the usual")
    }
}

/// A number with two digits, or all digits of a larger whole number.
struct Rounded(f64);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self.0 {
            number if number >= 9.95 => 0,
            number if number >= 0.995 => 1,
            number if number >= 0.0995 => 2,
            number if number >= 0.00995 => 3,
            _ => return write!(f, "{:.1e}", self.0),
        };
        write!(f, "{:.digits$}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason<'a>(antecedent: Vec<&'a &'a str>, counts: (u64, u64, u64, u64)) -> String {
        let (n, n_x, n_y, n_xy) = counts;
        let counts = Contingency::new(n, n_x, n_y, n_xy).unwrap();
        Reason::new(antecedent, vec![&"beer"], counts, 0.0).to_string()
    }

    #[test]
    fn reasons_read_as_sentences() {
        let saturday = reason(vec![&"diapers", &"Saturday"], (1000, 100, 128, 41));
        assert_eq!(saturday, "because of diapers and Saturday: 41 % of such baskets, 3.2 times the usual");
        assert_eq!(reason(vec![&"a"], (1000, 300, 10, 3)), "because of a: 1.0 % of such baskets, 1.0 times the usual");
        let three = reason(vec![&"a", &"b", &"c"], (10_000, 4_000, 10, 10));
        assert_eq!(three, "because of a, b and c: 0.25 % of such baskets, 2.5 times the usual");
        assert_eq!(reason(vec![], (1000, 1000, 128, 128)), "in 13 % of all baskets");
        assert_eq!(Rounded(0.0001234).to_string(), "1.2e-4");
        assert_eq!(Rounded(0.0123).to_string(), "0.012");
        assert_eq!(Rounded(9.96).to_string(), "10");
    }
}
