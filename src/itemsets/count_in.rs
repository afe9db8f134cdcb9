//! Itemsets counted in other baskets.

use std::hash::Hash;

use super::{FrequentItemsets, Trie, Walk};
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
        let items = &self.patterns.items;
        let mut ranks = vec![None; transactions.dictionary().len()];
        // Items are numbered by a u32.
        for rank in 0..items.len() as u32 {
            if let Some(id) = transactions.dictionary().id(items.label(rank)) {
                ranks[id.index()] = Some(rank);
            }
        }
        count_nodes(&self.patterns.trie, &ranks, transactions.rows(), &mut Ticker::new(&NEVER))
    }
}

/// How many baskets hold the itemset of each node of a trie; `ranks` are those of the items by their numbers. If the call
/// should end, the later ones are missing.
pub(crate) fn count_nodes(
    trie: &Trie,
    ranks: &[Option<u32>],
    rows: EncodedRows<'_>,
    ticker: &mut Ticker<'_>,
) -> Vec<u64> {
    let words = rows.stored().div_ceil(64);
    let mut columns = vec![0u64; words * trie.items()];
    for stored in 0..rows.stored() {
        for rank in rows.row(stored).iter().filter_map(|&id| ranks[id as usize]) {
            columns[rank as usize * words + stored / 64] |= 1 << (stored % 64);
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
        counts.push(rows.weigh(path_columns[above.len() * words..].iter().copied()));
        if ticker.step(1 + words / 8).is_break() {
            break;
        }
    }
    counts
}
