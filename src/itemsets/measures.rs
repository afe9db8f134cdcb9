//! How strongly the items of one itemset hang together.

use super::{Itemset, Trie};

impl<T> Itemset<'_, T> {
    /// The lowest confidence of any rule over this itemset: its count over that of its most frequent item. Above 0 and
    /// at most 1; 1 for a single item.
    ///
    /// Source: E. R. Omiecinski: Alternative interest measures for mining associations in databases, IEEE TKDE 15,
    /// 2003.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([
    ///     vec!["beer", "diapers"], vec!["beer"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["beer"],
    /// ])?;
    /// let itemsets = Miner::new().min_support(0.4).mine(&baskets)?;
    /// let both = itemsets.iter_len(2..).next().unwrap();
    /// assert_eq!((both.count(), both.all_confidence(), both.cross_support_ratio()), (2, 2.0 / 4.0, 3.0 / 4.0));
    /// assert_eq!((both.bond(), both.lift()), (Some(2.0 / 5.0), 2.0 * 5.0 / (3.0 * 4.0)));
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn all_confidence(&self) -> f64 {
        self.count() as f64 / self.item_counts().max().unwrap_or(self.count()) as f64
    }

    /// The baskets with all items over the baskets with any of them: the Jaccard coefficient of several sets. Above 0
    /// and at most 1; 1 for a single item. `None` for an itemset of a [`ClosedItemsets`](crate::ClosedItemsets),
    /// [`MaximalItemsets`](crate::MaximalItemsets) or [`ItemsetList`](crate::ItemsetList), which do not hold the counts
    /// of its subsets.
    ///
    /// The baskets with any item are counted by inclusion and exclusion: 2^k look-ups for k items.
    ///
    /// Source: E. R. Omiecinski: Alternative interest measures for mining associations in databases, IEEE TKDE 15,
    /// 2003.
    #[must_use]
    pub fn bond(&self) -> Option<f64> {
        self.subsets.map(|subsets| self.count() as f64 / self.baskets_with_any(subsets) as f64)
    }

    /// The count of the rarest item over that of the most frequent: low if the items differ so much in count that the
    /// support says little. Above 0 and at most 1.
    ///
    /// Source: H. Xiong, P.-N. Tan, V. Kumar: Hyperclique pattern discovery, Data Mining and Knowledge Discovery 13,
    /// 2006.
    #[must_use]
    pub fn cross_support_ratio(&self) -> f64 {
        let [least, most] = [self.item_counts().min(), self.item_counts().max()];
        least.unwrap_or(1) as f64 / most.unwrap_or(1) as f64
    }

    /// The count over that expected if the items were independent: n^(k-1) times the count, over the product of the
    /// items' counts. Above 0; 1 for a single item.
    ///
    /// Source: S. Brin, R. Motwani, J. Ullman, S. Tsur: Dynamic itemset counting and implication rules for market
    /// basket data, SIGMOD 1997, extended to more than two items.
    #[must_use]
    pub fn lift(&self) -> f64 {
        // As a product of ratios near 1 it stays in range, however many items there are.
        let n = self.baskets as f64;
        let [first, rest @ ..] = &self.ranks[..] else { return 1.0 };
        rest.iter().fold(self.count() as f64 / self.count_of(*first) as f64, |lift, &rank| {
            lift * (n / self.count_of(rank) as f64)
        })
    }

    fn count_of(&self, rank: u32) -> u64 {
        self.items.count(rank)
    }

    fn item_counts(&self) -> impl Iterator<Item = u64> {
        self.ranks.iter().map(|&rank| self.count_of(rank))
    }

    /// The number of baskets that hold at least one of the items.
    fn baskets_with_any(&self, trie: &Trie) -> u64 {
        let mut descending = self.ranks.clone();
        descending.sort_unstable_by(|a, b| b.cmp(a));
        // Subsets as paths down the tree: the node of each, the place of the next item to add, and whether its length
        // is odd.
        let mut any = 0i128;
        let mut open: Vec<(usize, usize, bool)> =
            descending.iter().enumerate().map(|(place, &rank)| (trie.first(rank), place + 1, true)).collect();
        while let Some((node, next, odd)) = open.pop() {
            let count = i128::from(trie.count(node));
            any += if odd { count } else { -count };
            let longer = (next..descending.len())
                .filter_map(|place| Some((trie.child(node, descending[place])?, place + 1, !odd)));
            open.extend(longer);
        }
        // At least the baskets with all items; fewer are possible only in damaged storage.
        u64::try_from(any).unwrap_or(0).max(self.count())
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::mined_for_tests;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn measures_match_their_definitions(rows in prop::collection::vec(prop::collection::vec(0..7u8, 0..7), 1..20)) {
            let itemsets = mined_for_tests(&rows, 1);
            for set in &itemsets {
                let items: Vec<u8> = set.iter().copied().collect();
                let count = |item: u8| rows.iter().filter(|row| row.contains(&item)).count() as f64;
                let counts: Vec<f64> = items.iter().map(|&item| count(item)).collect();
                let least = counts.iter().copied().fold(f64::MAX, f64::min);
                let most = counts.iter().copied().fold(0.0, f64::max);
                let any = rows.iter().filter(|row| items.iter().any(|item| row.contains(item))).count() as f64;
                let n = rows.len() as f64;
                prop_assert_eq!(set.all_confidence(), set.count() as f64 / most);
                prop_assert_eq!(set.cross_support_ratio(), least / most);
                prop_assert_eq!(set.bond(), Some(set.count() as f64 / any));
                let lift = counts.iter().fold(set.count() as f64 / n, |lift, count| lift / (count / n));
                prop_assert!((set.lift() - lift).abs() <= 1e-12 * lift);
            }
        }
    }
}
