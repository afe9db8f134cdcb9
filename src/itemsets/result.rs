//! The methods and traits that every result of a search for itemsets has.

/// The methods and traits of a type that holds [`Patterns`](super::Patterns).
macro_rules! result_of_a_search {
    ($type:ident keeps $kept:ident) => {
        impl<T> $type<T> {
            pub(crate) fn new(
                items: crate::itemsets::FrequentItems<T>,
                trie: crate::itemsets::Trie,
                baskets: u64,
                min_count: u64,
                statistics: crate::mine::report::statistics::Statistics,
            ) -> Self {
                let (items, kept) = (std::sync::Arc::new(items), crate::itemsets::Kept::$kept);
                $type { patterns: crate::itemsets::Patterns::new(items, trie, baskets, min_count, statistics, kept) }
            }

            /// Itemsets.
            #[must_use]
            pub fn len(&self) -> usize {
                self.patterns.len()
            }

            /// Whether there are none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// The number of baskets that were searched, the empty ones included.
            #[must_use]
            pub fn basket_count(&self) -> u64 {
                self.patterns.baskets
            }

            /// The smallest count that was frequent.
            #[must_use]
            pub fn min_count(&self) -> u64 {
                self.patterns.min_count
            }

            /// The algorithm that ran, its threads and its candidates. Not part of equality.
            #[must_use]
            pub fn statistics(&self) -> &crate::mine::report::statistics::Statistics {
                &self.patterns.statistics
            }

            /// Itemsets of 1 item, of 2, and so on to the longest.
            #[must_use]
            pub fn by_len(&self) -> Vec<u64> {
                self.patterns.by_len()
            }

            /// All of them, in the canonical order (see [`FrequentItemsets`](crate::FrequentItemsets)).
            pub fn iter(&self) -> crate::itemsets::ItemsetIter<'_, T> {
                self.patterns.iter()
            }

            /// The itemset at an index of the canonical order, from 0; `None` from [`len`](Self::len) on.
            ///
            /// Frequent itemsets and generators take a step per sibling on the path to it. Closed and maximal itemsets
            /// take a step per node before it: read many of them with [`iter`](Self::iter).
            #[must_use]
            pub fn get(&self, index: usize) -> Option<crate::itemsets::Itemset<'_, T>> {
                self.patterns.get(index)
            }

            /// Those whose number of items lies in a range, in the canonical order.
            ///
            /// Extensions of the longest itemsets in the range are skipped, not visited.
            ///
            /// ```
            /// # use itemset::{Miner, Transactions};
            /// # let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]])?;
            /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
            /// assert_eq!(itemsets.iter_len(2..).count(), 1);
            /// assert_eq!(itemsets.iter_len(..=1).count(), 2);
            /// # Ok::<(), itemset::Error>(())
            /// ```
            pub fn iter_len(
                &self,
                lengths: impl std::ops::RangeBounds<usize>,
            ) -> crate::itemsets::ItemsetLenIter<'_, T> {
                self.patterns.iter_len(lengths)
            }

            /// Whether an itemset, given by its labels in any order, is one of them. The empty itemset never is.
            pub fn contains<'q, Q>(&self, labels: impl IntoIterator<Item = &'q Q>) -> bool
            where
                T: std::borrow::Borrow<Q> + Eq + std::hash::Hash,
                Q: Eq + std::hash::Hash + ?Sized + 'q,
            {
                let descending = self.patterns.items.falling_ranks(labels);
                descending.is_some_and(|descending| self.patterns.count_of(&descending).is_some())
            }

            /// Bytes held by the itemsets, without the labels.
            #[must_use]
            pub fn memory_usage(&self) -> usize {
                self.patterns.trie.bytes()
            }
        }

        /// The same itemsets of the same labels with the same counts, from the same number of baskets at the same
        /// threshold.
        impl<T: PartialEq> PartialEq for $type<T> {
            fn eq(&self, other: &Self) -> bool {
                self.patterns == other.patterns
            }
        }

        impl<T: Eq> Eq for $type<T> {}

        impl<'a, T> IntoIterator for &'a $type<T> {
            type Item = crate::itemsets::Itemset<'a, T>;
            type IntoIter = crate::itemsets::ItemsetIter<'a, T>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

pub(super) use result_of_a_search;
