//! Frequent itemsets as they are stored: the labels by rank, and the columns of the trie.

use std::hash::Hash;
use std::sync::Arc;

#[cfg(feature = "snapshot")]
use super::{ClosedItemsets, GeneratorItemsets, MaximalItemsets};
use super::{FrequentItems, FrequentItemsets, Kept, Patterns, Trie, Walk};
use crate::error::Error;
use crate::mine::report::statistics::Statistics;

/// What is stored, which is not trusted.
pub(crate) struct Columns<T> {
    pub(crate) baskets: u64,
    pub(crate) min_count: u64,
    /// The frequent items, most frequent first.
    pub(crate) labels: Vec<T>,
    /// The baskets that hold each of them.
    pub(crate) item_counts: Vec<u64>,
    pub(crate) ranks: Vec<u32>,
    pub(crate) sizes: Vec<u32>,
    pub(crate) counts: Vec<u64>,
    pub(crate) statistics: Statistics,
}

#[cfg(feature = "snapshot")]
impl<T> FrequentItemsets<T> {
    /// What is stored of them, with borrowed labels.
    pub(crate) fn columns(&self) -> Columns<&T> {
        self.patterns.columns()
    }
}

/// The same for results that hold only some of the itemsets.
#[cfg(feature = "snapshot")]
macro_rules! columns {
    ($($type:ident keeps $kept:ident),+) => {$(
        impl<T> $type<T> {
            /// What is stored of them, with borrowed labels.
            pub(crate) fn columns(&self) -> Columns<&T> {
                self.patterns.columns()
            }

            /// The itemsets, if the columns can be those of such a result.
            pub(crate) fn from_columns(columns: Columns<T>) -> Result<Self, Error>
            where
                T: Eq + Hash + Ord,
            {
                Ok($type { patterns: columns.check_some(Kept::$kept)? })
            }
        }
    )+};
}

#[cfg(feature = "snapshot")]
columns!(ClosedItemsets keeps Closed, MaximalItemsets keeps Leaves, GeneratorItemsets keeps All);

impl<T> Patterns<T> {
    pub(super) fn columns(&self) -> Columns<&T> {
        let Patterns { items, trie, baskets, min_count, statistics, .. } = self;
        let ([ranks, sizes], counts) = trie.columns();
        // Frequent items are numbered by a u32.
        let labels = (0..items.len() as u32).map(|rank| items.label(rank)).collect();
        let item_counts = (0..items.len() as u32).map(|rank| items.count(rank)).collect();
        let (baskets, min_count, statistics) = (*baskets, *min_count, statistics.clone());
        Columns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics }
    }
}

impl<T: Eq + Hash + Ord> Columns<T> {
    /// The itemsets, if the columns can be those of all frequent ones, on which look-ups and rules rely.
    pub(crate) fn check(self) -> Result<FrequentItemsets<T>, Error> {
        let patterns = self.columns(true, Kept::All)?;
        let trie = &patterns.trie;
        if (0..trie.items() as u32).any(|rank| trie.count(trie.first(rank)) != patterns.items.count(rank)) {
            return damaged("the counts of the items cannot be theirs");
        }
        let mut walk = Walk::new(trie, usize::MAX);
        let mut subset = Vec::new();
        while let Some((node, path)) = walk.step() {
            for left_out in 0..if path.len() > 1 { path.len() } else { 0 } {
                subset.clear();
                subset.extend_from_slice(path);
                subset.remove(left_out);
                if trie.find(&subset).is_none_or(|found| trie.code(found) < trie.code(node)) {
                    return damaged("a subset of an itemset is missing or has a smaller count");
                }
            }
        }
        Ok(FrequentItemsets { patterns })
    }

    /// The itemsets, if the columns can be those of a target. Whether a closed or maximal one is missing cannot be
    /// checked.
    pub(super) fn check_some(self, kept: Kept) -> Result<Patterns<T>, Error> {
        let patterns = self.columns(false, kept)?;
        let trie = &patterns.trie;
        let mut held = vec![false; trie.items()];
        let mut walk = Walk::new(trie, usize::MAX);
        while let Some((node, path)) = walk.step() {
            // The items before it are those of nodes that were passed.
            path.last().into_iter().for_each(|&rank| held[rank as usize] = true);
            let is_everywhere = trie.count(node) >= patterns.baskets;
            if kept == Kept::All && (is_everywhere || !trie.all_smaller(path, trie.code(node))) {
                return damaged("a subset of a generator is missing or has the same count");
            }
        }
        // An item in all baskets is in no generator.
        if kept != Kept::All && held.contains(&false) {
            return damaged("an item is in no itemset");
        }
        Ok(patterns)
    }

    /// The itemsets, if the columns fit each other.
    fn columns(self, complete: bool, kept: Kept) -> Result<Patterns<T>, Error> {
        let Columns { baskets, min_count, labels, item_counts, ranks, sizes, counts, statistics } = self;
        if counts.iter().any(|&count| count > baskets) {
            return damaged("a count is larger than the number of baskets");
        }
        if counts.iter().any(|&count| count < min_count) {
            return damaged("a count is below the minimum");
        }
        let falls = item_counts.windows(2).all(|pair| pair[0] >= pair[1]);
        let ends = [item_counts.first(), item_counts.last()].into_iter().flatten();
        if item_counts.len() != labels.len()
            || !falls
            || ends.into_iter().any(|&count| count > baskets || count < min_count)
        {
            return damaged("the counts of the items cannot be theirs");
        }
        let trie = match Trie::from_columns(ranks, sizes, counts, baskets, labels.len(), complete) {
            Ok(trie) => trie,
            Err(reason) => return damaged(reason),
        };
        let items = Arc::new(FrequentItems::from_labels(labels, item_counts)?);
        Ok(Patterns::new(items, trie, baskets, min_count, statistics, kept))
    }
}

pub(super) fn damaged<T>(reason: &'static str) -> Result<T, Error> {
    Err(Error::inconsistent("itemsets", reason))
}
