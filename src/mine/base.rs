//! A conditional base: what the baskets of an itemset hold of its frequent extensions.

use super::search::Search;

/// Weighted rows of local item numbers: the horizontal form of a conditional database.
///
/// Items are numbered by their position in [`frequent`](Base::frequent). Rows of fewer than two items are
/// left out, as their items are counted there already.
#[derive(Debug, Default)]
pub(super) struct Base {
    /// The frequent items, ascending, and their counts.
    pub(super) frequent: Vec<(u32, u32)>,
    /// The rows, each descending.
    items: Vec<u32>,
    /// Where each row ends in `items`, and its weight.
    ends: Vec<(u32, u32)>,
}

impl Base {
    /// Empties the rows, not the frequent items.
    pub(super) fn clear_rows(&mut self) {
        self.items.clear();
        self.ends.clear();
    }

    /// Adds an item to the row at hand.
    #[inline(always)]
    pub(super) fn push(&mut self, number: u32) {
        self.items.push(number);
    }

    /// Ends the row at hand, which began after the last one.
    #[inline(always)]
    pub(super) fn end_row(&mut self, weight: u32) {
        let start = self.ends.last().map_or(0, |&(end, _)| end as usize);
        if self.items.len() - start > 1 {
            // No more than the entries of the rows that it comes from, which a u32 numbers.
            self.ends.push((self.items.len() as u32, weight));
        } else {
            self.items.truncate(start);
        }
    }

    /// The row at hand.
    pub(super) fn open_row(&self) -> &[u32] {
        &self.items[self.ends.last().map_or(0, |&(end, _)| end as usize)..]
    }

    /// Items in all rows together.
    pub(super) fn entries(&self) -> usize {
        self.items.len()
    }

    /// The weight of all rows together.
    pub(super) fn baskets(&self) -> usize {
        self.ends.iter().map(|&(_, weight)| weight as usize).sum()
    }

    /// The rows with their weights.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&[u32], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, weight)| {
            let row = &self.items[start..end as usize];
            start = end as usize;
            (row, weight)
        })
    }

    /// Turns every row around, to be ascending.
    pub(super) fn reverse_rows(&mut self) {
        let mut start = 0;
        for &(end, _) in &self.ends {
            self.items[start..end as usize].reverse();
            start = end as usize;
        }
    }

    /// Fills a search with the base as bit columns; `rank_of` gives the rank of a frequent item.
    pub(super) fn load(&self, search: &mut Search, rank_of: impl Fn(u32) -> u32) {
        search.begin(self.baskets());
        for &(item, count) in &self.frequent {
            search.add_item(rank_of(item), count);
        }
        let mut basket = 0;
        for (row, weight) in self.rows() {
            let baskets = basket..basket + weight as usize;
            for &item in row {
                search.put(item as usize, baskets.clone());
            }
            basket = baskets.end;
        }
        // Going through the rows takes a step a pair of each; intersecting, some a pair of items.
        let steps: usize = self.rows().map(|(row, _)| row.len() * row.len() / 2).sum();
        let items = self.frequent.len();
        if steps < items * items / 2 * search.steps_a_pair() {
            search.count_pairs(self.rows());
        }
    }
}
