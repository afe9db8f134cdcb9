//! The conditional base of an item: the paths above its nodes.

use super::tree::Tree;
use crate::transactions::Rank;

/// The frequent part of a conditional base: weighted paths, each descending.
///
/// The base is walked twice, once to count its items and once to take those that are frequent. That is
/// cheaper than to keep the whole base in between, since most of it is usually not frequent.
#[derive(Debug)]
pub(super) struct Paths<R> {
    /// The frequent items of the base and their counts, ascending. Paths number items by their position here.
    pub(super) frequent: Vec<(u32, u32)>,
    items: Vec<R>,
    /// Where each path ends in `items`, and its weight.
    ends: Vec<(u32, u32)>,
    /// The longest path so far while all paths are pieces of one.
    longest: Vec<R>,
    is_one: bool,
    /// The weight of each item of the tree; zero between two uses.
    counts: Vec<u32>,
    /// The number of each frequent item; [`LEFT_OUT`] for all others, and for all between two uses.
    numbers: Vec<u32>,
}

/// The number of an item that is left out.
const LEFT_OUT: u32 = u32::MAX;

/// Counters that are looked through in the time of one step along a path: they are compared many at a time.
const COUNTERS_A_STEP: u64 = 16;

impl<R> Default for Paths<R> {
    fn default() -> Self {
        Paths {
            frequent: Vec::new(),
            items: Vec::new(),
            ends: Vec::new(),
            longest: Vec::new(),
            is_one: true,
            counts: Vec::new(),
            numbers: Vec::new(),
        }
    }
}

impl<R: Rank> Paths<R> {
    /// Finds the frequent items of an item's base, which has about `entries` entries.
    pub(super) fn count(&mut self, tree: &Tree<R>, item: usize, entries: u64, min_count: u32) {
        let Paths { frequent, counts, .. } = self;
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
        let Paths { frequent, items, ends, longest, is_one, numbers, .. } = self;
        if numbers.len() < tree.items() {
            numbers.resize(tree.items(), LEFT_OUT);
        }
        for (number, &(item, _)) in (0..).zip(&*frequent) {
            numbers[item as usize] = number;
        }
        items.clear();
        ends.clear();
        longest.clear();
        *is_one = true;
        for (weight, slices) in tree.paths_above(item) {
            let start = items.len();
            for slice in slices {
                for above in slice.iter().rev() {
                    let number = numbers[above.index()];
                    if number != LEFT_OUT {
                        items.push(R::new(number));
                    }
                }
            }
            let path = &items[start..];
            if *is_one {
                // The paths begin alike where their ends are alike, as they are descending.
                *is_one = longest.ends_with(path) || path.ends_with(longest);
                if path.len() > longest.len() {
                    longest.clear();
                    longest.extend_from_slice(path);
                }
            }
            if path.len() > 1 {
                // No more than the nodes of the tree, which a u32 numbers.
                ends.push((items.len() as u32, weight));
            } else {
                items.truncate(start);
            }
        }
        for &(item, _) in &*frequent {
            numbers[item as usize] = LEFT_OUT;
        }
    }

    /// Items in all paths together.
    pub(super) fn entries(&self) -> usize {
        self.items.len()
    }

    /// The weight of all paths together.
    pub(super) fn baskets(&self) -> usize {
        self.ends.iter().map(|&(_, weight)| weight as usize).sum()
    }

    /// The paths with their weights.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[R], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, weight)| {
            let path = &self.items[start..end as usize];
            start = end as usize;
            (path, weight)
        })
    }

    /// Whether all paths, the shortest included, begin alike as far as they go: together they are a single path.
    pub(super) fn are_one(&self) -> bool {
        self.is_one
    }

    /// Builds the tree of the paths, whose items get the ranks that they have in `above`.
    pub(super) fn build(&mut self, above: &Tree<R>, tree: &mut Tree<R>) {
        let mut start = 0;
        for &(end, _) in &self.ends {
            self.items[start..end as usize].reverse();
            start = end as usize;
        }
        let mut paths: Vec<(&[R], u32)> = self.iter().collect();
        paths.sort_unstable();
        tree.begin(self.frequent.iter().map(|&(item, count)| (above.ranks[item as usize], count)));
        for (path, weight) in paths {
            tree.add(path, weight);
        }
        tree.finish();
    }
}

/// Counters that are compared in one go.
const BLOCK: usize = 64;
