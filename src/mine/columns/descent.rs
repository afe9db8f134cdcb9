//! Going down into a search step by step, as estimates do.

use std::ops::ControlFlow;

use super::donate::Interrupts;
use super::extend::Perfect;
use super::intersect::IntersectScratch;
use super::{ColumnLevel, ColumnSearch, Prefix};
use crate::bitset::{Isa, Ops, Task};
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::query::bounds::Bounds;

/// An itemset whose conditional database is loaded, on the way down a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SearchNode {
    level: ColumnLevel,
    /// The number of its items, without its perfect extensions.
    len: usize,
}

impl SearchNode {
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The number of perfect extensions that were set apart on the way to it.
    pub(crate) fn perfect(self) -> usize {
        self.level.perfect
    }

    /// About how many nanoseconds it takes to count all pairs of its items.
    pub(crate) fn cost_of_pairs(self) -> u64 {
        let ColumnLevel { width, stride, .. } = self.level;
        (width * width / 2) as u64 * (NANOS_PER_PAIR + stride as u64 / WORDS_PER_NANO)
    }
}

/// Nanoseconds that a guess takes per pair of items.
const NANOS_PER_PAIR: u64 = 30;

/// Words of columns intersected per nanosecond.
pub(crate) const WORDS_PER_NANO: u64 = 8;

impl ColumnSearch {
    /// The itemset whose database was loaded.
    pub(crate) fn top(&mut self, prefix: Prefix) -> SearchNode {
        let level = &mut self.levels[0];
        level.count = prefix.count;
        level.perfect = prefix.perfect;
        SearchNode { level: *level, len: prefix.len }
    }

    /// The itemset with one more item: the one at place `item` among the items of a node. The node must be the last one
    /// entered or one on the way to it.
    pub(crate) fn enter(&mut self, isa: Isa, node: SearchNode, item: usize, min_count: u32) -> SearchNode {
        let mut weights = std::mem::take(&mut self.weights);
        let entered = weights.run(isa, min_count, Enter { search: self, node, item, min_count });
        self.weights = weights;
        entered
    }

    /// The count of a node's itemset, and the counts of the items that extend it.
    pub(crate) fn extensions(&self, node: SearchNode) -> (u32, &[u32]) {
        let ColumnLevel { items, width, count, .. } = node.level;
        (count, &self.counts[items..][..width])
    }

    /// Calls `take` for each item that extends a node, with its count and its counts together with each item before it.
    /// Those below `min_count` need not be exact.
    pub(crate) fn pairs_of(&mut self, isa: Isa, node: SearchNode, min_count: u32, take: impl FnMut(u32, &[u32])) {
        let mut weights = std::mem::take(&mut self.weights);
        weights.run(isa, min_count, Pairs { search: self, node, take });
        self.weights = weights;
    }

    /// How many words of columns the deepest level has gone through.
    pub(crate) fn words_passed(&self) -> u64 {
        self.levels.last().map_or(0, |level| level.next * level.stride) as u64
    }

    /// Reports an itemset and every frequent one below it to an output that does not list. Returns `Break` if there are
    /// more than allowed.
    pub(crate) fn count_below<B: TreeOutput>(
        &mut self,
        isa: Isa,
        node: SearchNode,
        bounds: Bounds,
        around: &mut dyn Interrupts,
        out: &mut B,
    ) -> ControlFlow<()> {
        out.tally(node.len, node.level.perfect, 1);
        self.levels.clear();
        self.levels.push(node.level);
        self.run_from(isa, bounds, node.len, out, around)
    }
}

struct Enter<'a> {
    search: &'a mut ColumnSearch,
    node: SearchNode,
    item: usize,
    min_count: u32,
}

impl Task for Enter<'_> {
    type Output = SearchNode;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> SearchNode {
        let Enter { search, node: SearchNode { level, len }, item, min_count } = self;
        let below = search.extend(ops, level, item, min_count, Perfect::SetApart);
        SearchNode { level: ColumnLevel { perfect: level.perfect + below.perfect, ..below }, len: len + 1 }
    }
}

struct Pairs<'a, F> {
    search: &'a mut ColumnSearch,
    node: SearchNode,
    take: F,
}

impl<F: FnMut(u32, &[u32])> Task for Pairs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let Pairs { search, node: SearchNode { level, .. }, mut take } = self;
        let ColumnSearch { counts, words, scratch: IntersectScratch { together, .. }, pairs, .. } = search;
        let counts = &counts[level.items..][..level.width];
        let columns = &words[level.words..][..level.width * level.stride];
        if together.len() < level.width {
            together.resize(level.width, 0);
        }
        let known = level.items == 0 && !pairs.is_empty();
        for (item, &count) in counts.iter().enumerate() {
            let together = &mut together[..item];
            if known {
                // The first item has a row of the triangle too, an empty one.
                let pairs = &pairs[item * item.saturating_sub(1) / 2..][..item];
                together.iter_mut().zip(pairs).for_each(|(both, &pair)| *both = pair.into());
            } else {
                let column = &columns[item * level.stride..][..level.stride];
                ops.and_count_many(column, columns, level.stride, item, together);
            }
            take(count, together);
        }
    }
}
