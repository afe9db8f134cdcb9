//! Filling the columns of a search from a conditional base.

use super::ColumnSearch;
use crate::mine::database::conditional_base::ConditionalBase;
use crate::transactions::Rank;

/// The most pairs of items that are counted by going through the rows: 8 MiB of counters.
const MAX_PAIRS: usize = 1 << 22;

/// Words of bitsets that are compressed in the time of one step through a row.
const WORDS_PER_STEP: usize = 2;

/// Whether the conditional columns of an item are made faster by compressing the bitsets of `items` others, of `words`
/// words each, than by going through the rows of its baskets, which takes `steps` steps.
pub(crate) fn is_compressing_faster(items: usize, words: usize, steps: usize) -> bool {
    items * words <= steps * WORDS_PER_STEP
}

/// About how many steps through rows take as long as intersecting two columns of `stride` words.
pub(crate) fn steps_per_pair(stride: usize) -> usize {
    2 + stride / 8
}

impl ColumnSearch {
    /// Fills the search with the bit columns of a base; `rank_of` returns the rank of a frequent item.
    pub(crate) fn load<R: Rank>(&mut self, base: &ConditionalBase<R>, rank_of: impl Fn(u32) -> u32) {
        self.begin(base.bits());
        for &(item, count) in &base.frequent {
            self.add_item(rank_of(item), count);
        }
        if base.is_heavy() {
            for (bit, (row, _)) in base.rows().enumerate() {
                row.iter().for_each(|item| self.put(item.index(), bit..bit + 1));
            }
            let stride = self.levels[0].stride;
            self.weights.fill(stride, base.rows().map(|(_, weight)| weight));
            return;
        }
        let mut basket = 0;
        for (row, weight) in base.rows() {
            let baskets = basket..basket + weight as usize;
            // Usually there is one basket, or a few.
            if baskets.len() > 64 {
                row.iter().for_each(|item| self.put_many(item.index(), baskets.clone()));
            } else {
                row.iter().for_each(|item| self.put(item.index(), baskets.clone()));
            }
            basket = baskets.end;
        }
        // Going through the rows takes a step per pair of items of each row; intersecting takes some steps per pair of
        // items.
        let steps: usize = base.rows().map(|(row, _)| row.len() * row.len() / 2).sum();
        let items = base.frequent.len();
        if items * items / 2 <= MAX_PAIRS
            && steps < items * items / 2 * steps_per_pair(self.levels[0].stride)
            && base.baskets() <= usize::from(u16::MAX)
        {
            base.count_pairs(items, self.pairs_mut());
        }
    }
}
