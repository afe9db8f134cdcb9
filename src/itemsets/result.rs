//! What every result of a search for itemsets can tell.

/// Gives a type that holds [`Patterns`](super::Patterns) what all such types have.
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

            /// Whether there is none.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// The baskets that were searched, the empty ones included.
            #[must_use]
            pub fn basket_count(&self) -> u64 {
                self.patterns.baskets
            }

            /// The smallest count that was frequent.
            #[must_use]
            pub fn min_count(&self) -> u64 {
                self.patterns.min_count
            }

            /// How the search went: the algorithm that ran, its candidates. Not part of equality.
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
                self.iter_len(..)
            }

            /// Those whose number of items lies in a range, in the canonical order.
            ///
            /// Extensions of itemsets of the range's upper end are skipped, not visited.
            ///
            /// ```
            /// # use itemset::{Miner, Transactions};
            /// # let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]])?;
            /// let itemsets = Miner::new().min_support(0.5).mine(&baskets)?;
            /// assert_eq!(itemsets.iter_len(2..).count(), 1);
            /// assert_eq!(itemsets.iter_len(..=1).count(), 2);
            /// # Ok::<(), itemset::Error>(())
            /// ```
            pub fn iter_len(&self, lengths: impl std::ops::RangeBounds<usize>) -> crate::itemsets::ItemsetIter<'_, T> {
                self.patterns.iter_len(lengths)
            }

            /// Whether an itemset, given by its labels in any order, is one of them. The empty one never is.
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

        /// The same itemsets of the same labels with the same counts, from as many baskets at the same threshold.
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
