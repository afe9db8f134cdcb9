//! The conditional base of an item: the paths above its nodes.

use std::ops::Range;

use super::tree::Tree;
use crate::call::control::NEVER;
use crate::mine::database::conditional_base::ConditionalBase;
use crate::mine::database::counters::{COUNTERS_PER_STEP, pick};
use crate::transactions::Rank;

/// Takes conditional bases from trees.
///
/// The paths are walked twice: once to count their items, and once to take the frequent ones. That is cheaper than
/// keeping all items in between, since most are usually infrequent.
#[derive(Debug)]
pub(super) struct Paths<R> {
    /// The frequent part of the current base.
    pub(super) base: ConditionalBase<R>,
    /// The longest path so far while all paths are pieces of one.
    longest: Vec<R>,
    is_one: bool,
    /// The weight of each item of the tree; zero between two uses.
    counts: Vec<u32>,
    /// The slices of the current path, from below.
    slices: Vec<Range<usize>>,
}

impl<R> Default for Paths<R> {
    fn default() -> Self {
        Paths {
            base: ConditionalBase::default(),
            longest: Vec::new(),
            is_one: true,
            counts: Vec::new(),
            slices: Vec::new(),
        }
    }
}

impl<R: Rank> Paths<R> {
    /// Finds the frequent items of an item's base, which has about `entries` entries.
    pub(super) fn count(&mut self, tree: &Tree<R>, item: usize, entries: u64, min_count: u32) {
        let Paths { base: ConditionalBase { frequent, .. }, counts, .. } = self;
        frequent.clear();
        if counts.len() < tree.items() {
            counts.resize(tree.items(), 0);
        }
        let counts = &mut counts[..item];
        for (weight, slices) in tree.paths_above(item) {
            for above in slices.items() {
                counts[above.index()] += weight;
            }
        }
        if item as u64 <= COUNTERS_PER_STEP as u64 * entries {
            pick(0, counts, min_count, frequent);
            counts.fill(0);
        } else {
            // The items are few of very many: they are found again along the paths.
            for (_, slices) in tree.paths_above(item) {
                for above in slices.items() {
                    let count = std::mem::take(&mut counts[above.index()]);
                    if count >= min_count {
                        frequent.push((above.index() as u32, count));
                    }
                }
            }
            frequent.sort_unstable();
        }
    }

    /// Takes the frequent items of the paths. Paths of fewer than two items are left out: their items are counted
    /// already.
    pub(super) fn collect(&mut self, tree: &Tree<R>, item: usize) {
        let Paths { base, longest, is_one, slices, .. } = self;
        base.begin(tree.items(), tree.may_weigh);
        longest.clear();
        *is_one = true;
        for (weight, path) in tree.paths_above(item) {
            slices.clear();
            slices.extend(path.ranges());
            for slice in slices.iter().rev() {
                base.extend(tree.slice(slice.clone()).iter().copied());
            }
            if *is_one {
                let path = base.open_row();
                *is_one = longest.starts_with(path) || path.starts_with(longest);
                if path.len() > longest.len() {
                    longest.clear();
                    longest.extend_from_slice(path);
                }
            }
            base.end_row(weight);
        }
        base.finish();
    }

    /// Whether all paths share a prefix as far as they go, even the shortest: together they are a single path.
    pub(super) fn are_one(&self) -> bool {
        self.is_one
    }

    /// Builds the tree of the paths. Its items get the ranks they have in `above`.
    pub(super) fn build(&self, above: &Tree<R>, tree: &mut Tree<R>) {
        let mut rows: Vec<(&[R], u32)> = self.base.rows().collect();
        rows.sort_unstable();
        tree.may_weigh = above.may_weigh;
        tree.begin(self.base.frequent.iter().map(|&(item, count)| (above.ranks[item as usize], count)));
        for (row, weight) in rows {
            tree.add(row, weight);
        }
        // A conditional tree is small: the call is checked between two of them.
        tree.finish(&NEVER);
    }
}
