//! How a search went.

use crate::mine::query::algorithm::Algorithm;

/// What a search did to find its itemsets.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistics {
    /// The algorithm that ran, never [`Algorithm::Auto`].
    pub algorithm: Algorithm,
    /// Worker threads that it could use; 1 is truly sequential.
    pub threads: usize,
    /// The levels of Apriori, from single items on; empty for the other algorithms, which make no candidates.
    pub levels: Vec<AprioriLevel>,
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
