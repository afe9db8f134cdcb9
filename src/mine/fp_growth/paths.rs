//! The conditional base of an item: the paths above its nodes.

use super::tree::Tree;

/// Weighted paths, each descending: as they are met on the way to the root.
#[derive(Debug, Default)]
pub(super) struct Paths {
    items: Vec<u32>,
    /// Where each path ends in `items`, and its weight.
    ends: Vec<(u32, u32)>,
    /// The weight of each item of the tree; zero between two uses.
    counts: Vec<u32>,
    /// The items that have a weight.
    touched: Vec<u32>,
    /// The new number of each frequent item.
    numbers: Vec<u32>,
}

/// The number of an item that is left out.
const LEFT_OUT: u32 = u32::MAX;

impl Paths {
    /// Collects the paths above the nodes of an item, and which of their items are frequent: pushes those items with their counts, ascending.
    pub(super) fn collect(&mut self, tree: &Tree, item: usize, min_count: u32, frequent: &mut Vec<(u32, u32)>) {
        let Paths { items, ends, counts, touched, .. } = self;
        items.clear();
        ends.clear();
        touched.clear();
        if counts.len() < tree.items() {
            counts.resize(tree.items(), 0);
        }
        for &node in tree.nodes(item) {
            let weight = tree.weight(node);
            for above in tree.above(node) {
                items.push(above);
                let count = &mut counts[above as usize];
                if *count == 0 {
                    touched.push(above);
                }
                *count += weight;
            }
            // No more than the nodes of the tree, which a u32 numbers.
            ends.push((items.len() as u32, weight));
        }
        touched.sort_unstable();
        for &item in &*touched {
            let count = std::mem::take(&mut counts[item as usize]);
            if count >= min_count {
                frequent.push((item, count));
            }
        }
    }

    /// Keeps the given items alone, ascending, and numbers them by their position among those.
    pub(super) fn keep(&mut self, kept: impl ExactSizeIterator<Item = u32>) {
        let Paths { items, ends, touched, numbers, .. } = self;
        for &item in &*touched {
            if numbers.len() <= item as usize {
                numbers.resize(item as usize + 1, LEFT_OUT);
            }
            numbers[item as usize] = LEFT_OUT;
        }
        for (number, item) in (0..).zip(kept) {
            numbers[item as usize] = number;
        }
        let (mut start, mut end_kept, mut paths_kept) = (0, 0, 0);
        for path in 0..ends.len() {
            let (end, weight) = ends[path];
            let begin = end_kept;
            for place in start..end as usize {
                let number = numbers[items[place] as usize];
                if number != LEFT_OUT {
                    items[end_kept] = number;
                    end_kept += 1;
                }
            }
            start = end as usize;
            if end_kept > begin {
                ends[paths_kept] = (end_kept as u32, weight);
                paths_kept += 1;
            }
        }
        items.truncate(end_kept);
        ends.truncate(paths_kept);
    }

    /// Items in all paths together.
    pub(super) fn entries(&self) -> usize {
        self.items.len()
    }

    /// The paths with their weights.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u32], u32)> {
        let mut start = 0;
        self.ends.iter().map(move |&(end, weight)| {
            let path = &self.items[start..end as usize];
            start = end as usize;
            (path, weight)
        })
    }

    /// Whether all paths begin alike, as far as they go: together they are a single path.
    pub(super) fn are_one(&self) -> bool {
        let longest = self.iter().map(|(path, _)| path).max_by_key(|path| path.len()).unwrap_or(&[]);
        self.iter().all(|(path, _)| longest.ends_with(path))
    }

    /// Builds the tree of the paths, whose items have the given ranks and counts.
    pub(super) fn build(&self, tree: &mut Tree, items: impl Iterator<Item = (u32, u32)>) {
        let mut paths: Vec<(&[u32], u32)> = self.iter().collect();
        paths.sort_unstable_by(|a, b| a.0.iter().rev().cmp(b.0.iter().rev()));
        tree.begin(items);
        for (path, weight) in paths {
            tree.add(path.iter().rev().copied(), weight);
        }
        tree.finish();
    }
}
