//! What a search did.

use std::fmt;

use crate::mine::query::algorithm::Algorithm;

/// What a search did to find its itemsets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistics {
    /// The algorithm that ran, never [`Algorithm::Auto`].
    pub algorithm: Algorithm,
    /// Worker threads that it could use; 1 is sequential.
    pub threads: usize,
    /// The levels of Apriori, from single items on; empty for the other algorithms, which have no candidates.
    pub levels: Vec<AprioriLevel>,
}

/// `apriori on 1 thread, 12 candidates in 3 levels`.
impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        write!(f, "{} on {} thread{}", self.algorithm, self.threads, plural(self.threads))?;
        if !self.levels.is_empty() {
            let candidates: u64 = self.levels.iter().map(|level| level.candidates).fold(0, u64::saturating_add);
            write!(f, ", {candidates} candidates in {} level{}", self.levels.len(), plural(self.levels.len()))?;
        }
        Ok(())
    }
}

/// One level of Apriori: the itemsets of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AprioriLevel {
    /// Itemsets whose baskets were counted: at the first level the distinct items, at each later one the
    /// joins of the level before, all of whose subsets are frequent.
    pub candidates: u64,
    /// Those among them that are frequent.
    pub frequent: u64,
}
