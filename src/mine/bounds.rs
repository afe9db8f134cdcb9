//! What bounds a search.

/// The thresholds of one search, resolved and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The smallest frequent count, at least 1.
    pub(crate) min_count: u32,
    /// The most items an itemset may have, at least 1; `usize::MAX` where there is no limit.
    pub(crate) max_len: usize,
    /// Whether the number of itemsets is known to fit; else a branch refuses what may not.
    pub(crate) is_foreseen: bool,
}

/// A search ended early: what it was to find cannot be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;
