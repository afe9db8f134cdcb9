//! Itemsets counted in other baskets.

use std::hash::Hash;

use super::{FrequentItemsets, Trie};
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::NEVER;
use crate::call::ticker::Ticker;
use crate::transactions::{EncodedRows, Transactions};

impl<T: Eq + Hash> FrequentItemsets<T> {
    /// The number of baskets of other data that contain each itemset, in the order of the itemsets: how well what was
    /// found in a sample, or last year, holds in all data.
    ///
    /// # Complexity
    ///
    /// One pass over the baskets; then for each itemset a step for each 64 stored rows, and one for each row that has it
    /// if rows have weights. Memory: 64 MB at most, and 8 bytes an itemset.
    ///
    /// ```
    /// use itemset::{Miner, Transactions};
    ///
    /// let spring = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]])?;
    /// let autumn = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer"], vec!["wine"]])?;
    /// let itemsets = Miner::new().mine(&spring)?; // {beer}, {diapers} and both
    /// assert_eq!(itemsets.counts_in(&autumn), [2, 1, 1]);
    /// # Ok::<(), itemset::Error>(())
    /// ```
    #[must_use]
    pub fn counts_in(&self, transactions: &Transactions<T>) -> Vec<u64> {
        self.counts_under(transactions, &mut Ticker::new(&NEVER))
    }

    /// The same as a part of a call. If that should end, the counts are too small.
    pub(crate) fn counts_under(&self, transactions: &Transactions<T>, ticker: &mut Ticker<'_>) -> Vec<u64> {
        let items = &self.patterns.items;
        let mut ranks = vec![None; transactions.dictionary().len()];
        // Items are numbered by a u32.
        for rank in 0..items.len() as u32 {
            if let Some(id) = transactions.dictionary().id(items.label(rank)) {
                ranks[id.index()] = Some(rank);
            }
        }
        count_nodes(&self.patterns.trie, &ranks, transactions.rows(), ticker)
    }
}

/// The most words of columns that are held at once: 64 MB.
const WORDS: usize = if cfg!(test) { 3 } else { 1 << 23 };

/// The most words of a column: the halves of so many weights add up to less than 32 bits hold.
const BLOCK: usize = 1 << 10;

/// How many baskets hold the itemset of each node of a trie; `ranks` are those of the items by their numbers. If the call
/// should end, the counts are too small.
pub(crate) fn count_nodes(
    trie: &Trie,
    ranks: &[Option<u32>],
    rows: EncodedRows<'_>,
    ticker: &mut Ticker<'_>,
) -> Vec<u64> {
    let mut counts = vec![0; trie.len()];
    // The rows of a block are counted before the next ones are looked at.
    let words = (WORDS / trie.items().max(1)).clamp(1, BLOCK).min(rows.stored().div_ceil(64).max(1));
    let mut columns = vec![0u64; words * trie.items()];
    let mut halves = Halves::default();
    for block in (0..rows.stored()).step_by(64 * words) {
        let of_block = block..rows.stored().min(block + 64 * words);
        columns.fill(0);
        for (place, stored) in of_block.clone().enumerate() {
            let row = rows.row(stored);
            for rank in row.iter().filter_map(|&id| ranks[id as usize]) {
                columns[rank as usize * words + place / 64] |= 1 << (place % 64);
            }
            if ticker.step(1 + row.len() / 8).is_break() {
                return counts;
            }
        }
        if !rows.are_single() {
            halves.fill(words, of_block.map(|stored| rows.weight(stored)));
        }
        let column = |rank: u32| &columns[rank as usize * words..][..words];
        // The rows that have all items of the path, one column below the other, and where its subtrees end.
        let (mut path, mut ends): (Vec<u64>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut node = 0;
        while node < trie.len() {
            while ends.last() == Some(&node) {
                ends.pop();
            }
            path.truncate(ends.len() * words);
            let added = column(trie.rank(node));
            match path.len().checked_sub(words) {
                None => path.extend_from_slice(added),
                Some(above) => {
                    path.extend_from_within(above..);
                    path[above + words..].iter_mut().zip(added).for_each(|(word, other)| *word &= other);
                }
            }
            if ticker.step(1 + words / 8).is_break() {
                return counts;
            }
            let held = &path[ends.len() * words..];
            let found = match rows.are_single() {
                true => held.iter().map(|word| u64::from(word.count_ones())).sum(),
                false => halves.weigh(held),
            };
            if found == 0 {
                node = trie.end(node);
                continue;
            }
            counts[node] += found;
            ends.push(trie.end(node));
            node += 1;
        }
    }
    counts
}

/// The lower and the upper 16 bits of the weights of a block of rows: sums of 32 bits hold either.
#[derive(Default)]
struct Halves {
    lower: Vec<[u32; 64]>,
    /// Empty if all are 0.
    upper: Vec<[u32; 64]>,
}

impl Halves {
    fn fill(&mut self, words: usize, weights: impl Iterator<Item = u32>) {
        self.lower.clear();
        self.upper.clear();
        self.lower.resize(words, [0; 64]);
        self.upper.resize(words, [0; 64]);
        let places = self.lower.as_flattened_mut().iter_mut().zip(self.upper.as_flattened_mut());
        let mut any_upper = 0;
        for ((lower, upper), weight) in places.zip(weights) {
            (*lower, *upper) = (weight & 0xffff, weight >> 16);
            any_upper |= *upper;
        }
        if any_upper == 0 {
            self.upper.clear();
        }
    }

    /// The sum of the weights of the rows whose bits are set.
    fn weigh(&self, held: &[u64]) -> u64 {
        struct Weigh<'a>(&'a [u64], &'a [[u32; 64]]);
        impl Task for Weigh<'_> {
            type Output = u32;

            #[inline(always)]
            fn run<O: Ops>(self, ops: O) -> u32 {
                ops.and_weigh(self.0, self.0, self.1)
            }
        }
        let isa = Isa::detect();
        let upper = if self.upper.is_empty() { 0 } else { isa.run(Weigh(held, &self.upper)) };
        (u64::from(upper) << 16) + u64::from(isa.run(Weigh(held, &self.lower)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Miner;
    use crate::mine::query::min_support::MinSupport;
    use proptest::prelude::*;

    proptest! {
        /// Here a block of rows is small.
        #[test]
        fn blocks_of_rows_are_added_up(
            great in any::<bool>(),
            rows in prop::collection::vec((prop::collection::vec(0..6u8, 0..6), prop_oneof![1..4u32, 1..=u32::MAX]), 0..400),
        ) {
            let mut builder = Transactions::builder();
            rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), if great { *weight } else { 1 }));
            let baskets = builder.build().unwrap();
            let found = Miner::new().min_support(MinSupport::count(1)).threads(1).mine(&baskets).unwrap();
            let counts: Vec<u64> = found.iter().map(|itemset| itemset.count()).collect();
            prop_assert_eq!(found.counts_in(&baskets), counts);
        }
    }

    /// Rows are read one after the other, and long ones take time, however few itemsets there are.
    #[test]
    fn reading_rows_can_be_ended() {
        let baskets =
            Transactions::from_rows((0..2000u32).map(|n| (0..100).map(move |item| 100 * (n % 9) + item))).unwrap();
        let found = Miner::new().max_len(1).min_support(MinSupport::count(1)).threads(1).mine(&baskets).unwrap();
        let all: u64 = found.counts_in(&baskets).iter().sum();
        assert_eq!(all, 200_000);
        let few = Miner::new().max_len(1).min_support(MinSupport::count(223)).threads(1).mine(&baskets).unwrap();
        let control = NEVER.with_max_polls(2);
        let counted = few.counts_under(&baskets, &mut Ticker::new(&control));
        assert!(counted.iter().sum::<u64>() < few.iter().map(|itemset| itemset.count()).sum::<u64>());
    }
}
