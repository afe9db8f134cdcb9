//! What bounds a search.

/// The thresholds of one search, resolved and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The smallest frequent count, at least 1.
    pub(crate) min_count: u32,
    /// The most items an itemset may have, at least 1; `usize::MAX` where there is no limit.
    pub(crate) max_len: usize,
    /// The items that an itemset must have for a branch to look at it where it looks at lengths, at least 1.
    pub(crate) min_len: usize,
    /// The most itemsets that a branch, or a level of Apriori, takes: beyond it the search ends.
    pub(crate) most: usize,
}

impl Bounds {
    /// Everything is frequent, however long, and however much it is.
    pub(crate) const NONE: Bounds = Bounds { min_count: 1, max_len: usize::MAX, min_len: 1, most: usize::MAX };
}
