//! Itemsets counted in other baskets.

use std::hash::Hash;

use super::{FrequentItemsets, Walk};
use crate::bitset::set_bits;
use crate::transactions::{EncodedRows, Transactions};

impl<T: Eq + Hash> FrequentItemsets<T> {
    /// The number of baskets of other data that contain each itemset, in the order of the itemsets: how well what was
    /// found in a sample, or last year, holds in all data.
    ///
    /// # Complexity
    ///
    /// One pass over the baskets; then for each itemset a step for each 64 stored rows, and one for each row that has it
    /// if rows have weights. Memory: a bit for each stored row, for each item and each item of the longest itemset.
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
        let (trie, items) = (&self.patterns.trie, &self.patterns.items);
        let rows = transactions.rows();
        // The rank of each item of the other data.
        let mut ranks = vec![None; rows.items()];
        for rank in 0..items.len() as u32 {
            if let Some(id) = transactions.dictionary().id(items.label(rank)) {
                ranks[id.index()] = Some(rank as usize);
            }
        }
        let words = rows.stored().div_ceil(64);
        let mut columns = vec![0u64; words * items.len()];
        for stored in 0..rows.stored() {
            for rank in rows.row(stored).iter().filter_map(|&id| ranks[id as usize]) {
                columns[rank * words + stored / 64] |= 1 << (stored % 64);
            }
        }
        let column = |rank: u32| &columns[rank as usize * words..][..words];
        let mut counts = Vec::with_capacity(trie.len());
        // The rows that have all items of the path, one column below the other.
        let mut path_columns: Vec<u64> = Vec::new();
        let mut walk = Walk::new(trie, usize::MAX);
        while let Some((_, path)) = walk.step() {
            let Some((&last, above)) = path.split_last() else { continue };
            path_columns.truncate(above.len() * words);
            match above.len() {
                0 => path_columns.extend_from_slice(column(last)),
                depth => {
                    let start = (depth - 1) * words;
                    path_columns.extend_from_within(start..start + words);
                    path_columns[depth * words..].iter_mut().zip(column(last)).for_each(|(word, other)| *word &= other);
                }
            }
            counts.push(weigh(&path_columns[above.len() * words..], rows));
        }
        counts
    }
}

/// The baskets of the rows of a column.
fn weigh(column: &[u64], rows: EncodedRows<'_>) -> u64 {
    if rows.len() == rows.stored() {
        return column.iter().map(|word| u64::from(word.count_ones())).sum();
    }
    set_bits(column).map(|stored| u64::from(rows.weight(stored))).sum()
}
