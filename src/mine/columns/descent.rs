//! Going down into a search at will: what estimates need of it.

use std::ops::ControlFlow;

use super::donate::Interrupts;
use super::extend::Perfect;
use super::intersect::IntersectScratch;
use super::{ColumnLevel, ColumnRun, ColumnSearch, Prefix};
use crate::bitset::{Isa, Ops, Task};
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::query::bounds::Bounds;

/// An itemset whose conditional database is loaded, on the way down a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    level: ColumnLevel,
    /// The items of the itemset, without its perfect extensions.
    len: usize,
}

impl Node {
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The perfect extensions that were set apart on the way to it.
    pub(crate) fn perfect(self) -> usize {
        self.level.perfect
    }

    /// About the nanoseconds that it takes to look at all pairs of its items.
    pub(crate) fn cost_of_pairs(self) -> u64 {
        let ColumnLevel { width, stride, .. } = self.level;
        (width * width / 2) as u64 * (NANOS_PER_PAIR + stride as u64 / WORDS_PER_NANO)
    }
}

/// Nanoseconds of a guess for each pair of items.
const NANOS_PER_PAIR: u64 = 30;

/// Words of columns that are intersected in a nanosecond.
pub(crate) const WORDS_PER_NANO: u64 = 8;

impl ColumnSearch {
    /// The itemset whose database was loaded.
    pub(crate) fn top(&mut self, prefix: Prefix) -> Node {
        let level = &mut self.levels[0];
        level.count = prefix.count;
        level.perfect = prefix.perfect;
        Node { level: *level, len: prefix.len }
    }

    /// The itemset of one more item: that at a place among the items of a node, which must be the one that was entered last or one on the
    /// way to it.
    pub(crate) fn enter(&mut self, isa: Isa, node: Node, item: usize, min_count: u32) -> Node {
        isa.run(Enter { search: self, node, item, min_count })
    }

    /// The count of a node's itemset, and those of the items that extend it.
    pub(crate) fn extensions(&self, node: Node) -> (u32, &[u32]) {
        let ColumnLevel { items, width, count, .. } = node.level;
        (count, &self.counts[items..][..width])
    }

    /// Gives `take` the count of each item that extends a node, and those of it with each item before.
    pub(crate) fn pairs_of(&mut self, isa: Isa, node: Node, take: impl FnMut(u32, &[u32])) {
        isa.run(Pairs { search: self, node, take });
    }

    /// Words of the columns that the deepest level has gone through.
    pub(crate) fn words_passed(&self) -> u64 {
        self.levels.last().map_or(0, |level| level.next * level.stride) as u64
    }

    /// Reports an itemset and every frequent one below it, to a branch that does not list. `Break` where that is more than is allowed.
    pub(crate) fn count_below<B: TreeOutput>(
        &mut self,
        isa: Isa,
        node: Node,
        bounds: Bounds,
        around: &mut dyn Interrupts,
        out: &mut B,
    ) -> ControlFlow<()> {
        out.tally(node.len, node.level.perfect, 1);
        self.levels.clear();
        self.levels.push(node.level);
        isa.run(ColumnRun { search: self, bounds, len: node.len, out, around })
    }
}

struct Enter<'a> {
    search: &'a mut ColumnSearch,
    node: Node,
    item: usize,
    min_count: u32,
}

impl Task for Enter<'_> {
    type Output = Node;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Node {
        let Enter { search, node: Node { level, len }, item, min_count } = self;
        let below = search.extend(ops, level, item, min_count, Perfect::SetApart);
        Node { level: ColumnLevel { perfect: level.perfect + below.perfect, ..below }, len: len + 1 }
    }
}

struct Pairs<'a, F> {
    search: &'a mut ColumnSearch,
    node: Node,
    take: F,
}

impl<F: FnMut(u32, &[u32])> Task for Pairs<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let Pairs { search, node: Node { level, .. }, mut take } = self;
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
                // There is a triangle before the first item too: an empty one.
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
