//! Itemsets as people read them.

use std::fmt;

use super::{ClosedItemsets, FrequentItemsets, GeneratorItemsets, Itemset, ItemsetList, MaximalItemsets};
use crate::dictionary::write_set;

/// The most itemsets that `Display` lists. The rest are counted.
const SHOWN: usize = 20;

/// `{beer, diapers} (count 2, support 0.667)`, the items in the order of their labels.
impl<T: fmt::Display> fmt::Display for Itemset<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_set(f, self.iter())?;
        write!(f, " (count {}, support {:.3})", self.count(), self.support())
    }
}

/// A line on the whole, the first itemsets one per line, and the number of those left out.
macro_rules! display {
    ($type:ident, $name:literal) => {
        impl<T: fmt::Display> fmt::Display for $type<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let (len, baskets, min_count) = (self.len(), self.basket_count(), self.min_count());
                write!(f, "{len} {} in {baskets} baskets (min count {min_count})", $name)?;
                for itemset in self.iter().take(SHOWN) {
                    write!(f, "\n{itemset}")?;
                }
                match len.saturating_sub(SHOWN) {
                    0 => Ok(()),
                    more => write!(f, "\n... and {more} more"),
                }
            }
        }
    };
}

display!(FrequentItemsets, "frequent itemsets");
display!(ClosedItemsets, "closed itemsets");
display!(MaximalItemsets, "maximal itemsets");
display!(GeneratorItemsets, "generators");
display!(ItemsetList, "itemsets");
