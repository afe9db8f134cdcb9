//! The conditional base of an item: the paths above its nodes.

use super::tree::Tree;
use crate::mine::base::Base;
use crate::transactions::Rank;

/// Takes conditional bases from trees.
///
/// The paths are walked twice, once to count their items and once to take those that are frequent. That is
/// cheaper than to keep all of them in between, since most items are usually not frequent.
#[derive(Debug)]
pub(super) struct Paths<R> {
    /// The frequent part of the base at hand.
    pub(super) base: Base,
    /// The longest path so far while all paths are pieces of one.
    longest: Vec<u32>,
    is_one: bool,
    /// The weight of each item of the tree; zero between two uses.
    counts: Vec<u32>,
    /// The number of each frequent item; [`LEFT_OUT`] for all others, and for all between two uses.
    numbers: Vec<u32>,
    path: Vec<R>,
}

/// The number of an item that is left out.
const LEFT_OUT: u32 = u32::MAX;

/// Counters that are looked through in the time of one step along a path: they are compared many at a time.
const COUNTERS_A_STEP: u64 = 16;

impl<R> Default for Paths<R> {
    fn default() -> Self {
        Paths {
            base: Base::default(),
            longest: Vec::new(),
            is_one: true,
            counts: Vec::new(),
            numbers: Vec::new(),
            path: Vec::new(),
        }
    }
}

impl<R: Rank> Paths<R> {
    /// Finds the frequent items of an item's base, which has about `entries` entries.
    pub(super) fn count(&mut self, tree: &Tree<R>, item: usize, entries: u64, min_count: u32) {
        let Paths { base: Base { frequent, .. }, counts, .. } = self;
        frequent.clear();
        if counts.len() < tree.items() {
            counts.resize(tree.items(), 0);
        }
        let counts = &mut counts[..item];
        for (weight, slices) in tree.paths_above(item) {
            for above in slices.flatten() {
                counts[above.index()] += weight;
            }
        }
        if item as u64 <= COUNTERS_A_STEP * entries {
            for (first, block) in (0..).step_by(BLOCK).zip(counts.chunks_mut(BLOCK)) {
                if block.iter().fold(0, |most, &count| most.max(count)) >= min_count {
                    let block = (first..).zip(&*block).filter(|&(_, &count)| count >= min_count);
                    frequent.extend(block.map(|(item, &count)| (item, count)));
                }
                block.fill(0);
            }
        } else {
            // Few of very many items: they are found again along the paths.
            for (_, slices) in tree.paths_above(item) {
                for above in slices.flatten() {
                    let count = std::mem::take(&mut counts[above.index()]);
                    if count >= min_count {
                        frequent.push((above.index() as u32, count));
                    }
                }
            }
            frequent.sort_unstable();
        }
    }

    /// Takes the paths, of frequent items alone. Paths of fewer than two items are left out: their items are counted already.
    pub(super) fn collect(&mut self, tree: &Tree<R>, item: usize) {
        let Paths { base, longest, is_one, numbers, .. } = self;
        if numbers.len() < tree.items() {
            numbers.resize(tree.items(), LEFT_OUT);
        }
        for (number, &(item, _)) in (0..).zip(&base.frequent) {
            numbers[item as usize] = number;
        }
        base.clear_rows();
        longest.clear();
        *is_one = true;
        for (weight, slices) in tree.paths_above(item) {
            for slice in slices {
                for above in slice.iter().rev() {
                    let number = numbers[above.index()];
                    if number != LEFT_OUT {
                        base.push(number);
                    }
                }
            }
            if *is_one {
                // The paths begin alike where their ends are alike, as they are descending.
                let path = base.open_row();
                *is_one = longest.ends_with(path) || path.ends_with(longest);
                if path.len() > longest.len() {
                    longest.clear();
                    longest.extend_from_slice(path);
                }
            }
            base.end_row(weight);
        }
        for &(item, _) in &base.frequent {
            numbers[item as usize] = LEFT_OUT;
        }
    }

    /// Whether all paths, the shortest included, begin alike as far as they go: together they are a single path.
    pub(super) fn are_one(&self) -> bool {
        self.is_one
    }

    /// Builds the tree of the paths, whose items get the ranks that they have in `above`.
    pub(super) fn build(&mut self, above: &Tree<R>, tree: &mut Tree<R>) {
        let Paths { base, path, .. } = self;
        base.reverse_rows();
        let mut rows: Vec<(&[u32], u32)> = base.rows().collect();
        rows.sort_unstable();
        tree.begin(base.frequent.iter().map(|&(item, count)| (above.ranks[item as usize], count)));
        for (row, weight) in rows {
            path.clear();
            path.extend(row.iter().map(|&number| R::new(number)));
            tree.add(path, weight);
        }
        tree.finish();
    }
}

/// Counters that are compared in one go.
const BLOCK: usize = 64;
