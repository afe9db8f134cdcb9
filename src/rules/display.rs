//! Rules as people read them.

use std::fmt;

use super::{Rule, Rules};
use crate::dictionary::write_set;

/// The most rules that `Display` lists before it only counts the rest.
const SHOWN: usize = 20;

/// `{beer} => {diapers} (support 0.500, confidence 1.000, lift 1.333)`, the items of a side in the order of their
/// labels.
impl<T: fmt::Display> fmt::Display for Rule<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.antecedent())?;
        f.write_str(" => ")?;
        write_set(f, self.consequent())?;
        write!(f, " (support {:.3}, confidence {:.3}, lift {:.3})", self.support(), self.confidence(), self.lift())
    }
}

/// A line on the whole, the first rules a line each, and how many more there are.
impl<T: fmt::Display> fmt::Display for Rules<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rules from {} baskets", self.len(), self.basket_count())?;
        for rule in self.iter().take(SHOWN) {
            write!(f, "\n{rule}")?;
        }
        match self.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "\n... and {more} more"),
        }
    }
}
