//! A piece of a trie, filled by a search. Counts of a search are their own codes.

use std::ops::ControlFlow;

use super::itemset_output::{ItemsetOutput, ListingOutput, Output, Receiver};
use super::tree_output::{Combinations, TreeOutput};
use crate::bitset::{LANE_ITEMS, Ops};
use crate::mine::query::bounds::Bounds;
use crate::threads::ordered::{Block, Step};

/// An itemset in a trie. One array of nodes is filled, copied and walked faster than three of their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// The rank of the last item of the path.
    pub(crate) rank: u32,
    /// The code of the number of baskets that hold the itemset.
    pub(crate) code: u32,
    /// Nodes in the subtree, this one included: relative, so that pieces are moved by copying them.
    pub(crate) size: u32,
}

/// The most nodes that positions can number.
pub(crate) const MAX_NODES: usize = u32::MAX as usize;

/// A piece of a trie, filled by a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrieBranch {
    nodes: Vec<Node>,
    /// The nodes of the open path.
    open: Vec<usize>,
    /// The maximum number of nodes.
    most: usize,
    /// The length of the itemset that all of its nodes are below.
    depth: usize,
    /// The number of nodes at the start that were handed over and are still open.
    handed_over: usize,
}

impl TrieBranch {
    /// Nodes so far.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The nodes of the pieces of one search, in their order. `None` if they are more than positions can number.
    pub(crate) fn join(branches: Vec<TrieBranch>) -> Option<Vec<Node>> {
        let total: usize = branches.iter().map(|branch| branch.nodes.len()).sum();
        if total > MAX_NODES {
            return None;
        }
        let mut branches = branches.into_iter();
        // The one piece of a sequential search is taken as it is.
        let mut nodes = branches.next().map_or_else(Vec::new, |first| first.nodes);
        nodes.reserve_exact(total - nodes.len());
        // The last of the first-level nodes before the current piece.
        let mut last = last_sibling(&nodes, 0, nodes.len());
        for branch in branches {
            let start = nodes.len();
            nodes.extend_from_slice(&branch.nodes);
            if branch.depth == 0 {
                last = last_sibling(&nodes, start, nodes.len()).or(last);
                continue;
            }
            // The itemset that the piece belongs below is the last one of its length so far.
            let mut above = last;
            for depth in 1..=branch.depth {
                let Some(node) = above else { break };
                nodes[node].size += branch.nodes.len() as u32;
                if depth < branch.depth {
                    above = last_sibling(&nodes, node + 1, start);
                }
            }
        }
        nodes.shrink_to_fit();
        Some(nodes)
    }
}

/// The last of the siblings whose subtrees make up the nodes of a range.
fn last_sibling(nodes: &[Node], start: usize, end: usize) -> Option<usize> {
    let mut next = start;
    let mut last = None;
    while next < end {
        last = Some(next);
        next += nodes[next].size as usize;
    }
    last
}

/// Nodes up to which a piece is small: it grows by doubling, in memory that the heap has from the piece before. (1000
/// baskets of 20 items, 461,000 itemsets a call, on two threads: 75 page faults a call where 2^12 had 1250, and a
/// quarter less time.)
const SMALL: usize = 1 << 16;

/// Nodes that room is made for at once in a piece that is no longer small. Memory that is not written to costs nothing,
/// and this much is mapped by the system, not taken from a heap: growing further moves no node. (T10I4D100K at 10: 33
/// to 6 ns per itemset.)
const LARGE: usize = 1 << 22;

/// Free places below which room is made, when an itemset is opened.
const SPARE: usize = 64;

impl TrieBranch {
    #[cold]
    fn make_room(&mut self) {
        if self.nodes.len() >= SMALL && self.nodes.capacity() < LARGE.min(self.most) {
            // If the system refuses, the piece grows by less.
            let _ = self.nodes.try_reserve_exact(LARGE.min(self.most) - self.nodes.len());
        }
        if self.nodes.capacity() - self.nodes.len() < SPARE {
            self.nodes.reserve(SPARE);
        }
    }
}

impl Output for TrieBranch {
    const LISTS: bool = true;

    #[inline(always)]
    fn held(&self) -> usize {
        self.nodes.len() - self.handed_over
    }

    fn hand_over(&mut self) -> Block {
        let end = self.nodes.len();
        for &node in &self.open {
            self.nodes[node].size = (end - node) as u32;
        }
        let mut steps = Vec::with_capacity(end - self.handed_over);
        // The ends of the subtrees that the current node is in.
        let mut ends: Vec<usize> = Vec::new();
        for (place, &Node { rank, code, size }) in self.nodes.iter().enumerate() {
            while ends.last() == Some(&place) {
                ends.pop();
            }
            ends.push(place + size as usize);
            if place >= self.handed_over {
                // A path is not longer than there are items, which a u32 numbers.
                steps.push(Step { len: ends.len() as u32, rank, count: code });
            }
        }
        // The open path stays.
        for (place, node) in self.open.iter_mut().enumerate() {
            self.nodes[place] = self.nodes[*node];
            *node = place;
        }
        self.nodes.truncate(self.open.len());
        self.handed_over = self.open.len();
        Block { steps }
    }

    fn settle(&mut self) {
        while !self.open.is_empty() {
            TreeOutput::close(self);
        }
        self.nodes.shrink_to_fit();
    }
}

impl TreeOutput for TrieBranch {
    fn below(depth: usize, bounds: Bounds) -> Self {
        TrieBranch { nodes: Vec::new(), open: Vec::new(), most: bounds.most.min(MAX_NODES), depth, handed_over: 0 }
    }

    #[inline(always)]
    fn open(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        if self.nodes.capacity() - self.nodes.len() < SPARE {
            self.make_room();
        }
        self.open.push(self.nodes.len());
        self.leaf(rank, count)
    }

    #[inline(always)]
    fn close(&mut self) {
        if let Some(node) = self.open.pop() {
            // At most MAX_NODES, as `leaf`, `repeat` and `combinations` ensure.
            self.nodes[node].size = (self.nodes.len() - node) as u32;
        }
    }

    #[inline(always)]
    fn leaf(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        if self.nodes.len() == self.most {
            return ControlFlow::Break(());
        }
        self.nodes.push(Node { rank, code: count, size: 1 });
        ControlFlow::Continue(())
    }

    fn repeat(&mut self, rank: u32) -> ControlFlow<()> {
        let Some(&parent) = self.open.last() else { return ControlFlow::Continue(()) };
        let below = parent + 1..self.nodes.len();
        if self.nodes.len() + below.len() >= self.most {
            return ControlFlow::Break(());
        }
        self.nodes.push(Node { rank, code: self.nodes[parent].code, size: below.len() as u32 + 1 });
        self.nodes.extend_from_within(below);
        ControlFlow::Continue(())
    }

    fn foresee(&mut self, perfect: usize) -> ControlFlow<()> {
        match u32::try_from(perfect).ok().and_then(|perfect| 1usize.checked_shl(perfect)) {
            Some(more) if more <= self.most - self.nodes.len() => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }

    fn tally(&mut self, _len: usize, _perfect: usize, _itemsets: u64) {
        unreachable!("a branch that lists receives every itemset")
    }

    #[inline(always)]
    fn combinations<O: Ops>(
        &mut self,
        ops: O,
        combinations: Combinations<'_>,
        _len: usize,
        _perfect: usize,
    ) -> ControlFlow<()> {
        let Combinations { ranks, counts, frequent } = combinations;
        let found = frequent.count_ones() as usize;
        if self.most - self.nodes.len() < found {
            return ControlFlow::Break(());
        }
        if O::PACKS_NUMBERS {
            // All nodes are made at once, without a branch to mispredict, and the excess is removed again: up to a
            // third less time per node than one by one.
            let ranks = ops.pack_numbers(*ranks, frequent);
            let counts = ops.pack_numbers(*counts, frequent);
            let sizes = ops.pack_numbers(ops.count_extensions(frequent), frequent);
            let mut nodes = [Node { rank: 0, code: 0, size: 0 }; 1 << LANE_ITEMS];
            for place in 0..nodes.len() {
                nodes[place] = Node { rank: ranks[place], code: counts[place], size: sizes[place] };
            }
            let end = self.nodes.len() + found;
            self.nodes.extend_from_slice(&nodes);
            self.nodes.truncate(end);
            return ControlFlow::Continue(());
        }
        let mut left = frequent;
        while left != 0 {
            let combination = left.trailing_zeros();
            left &= left - 1;
            // Those that join more frequent items to it follow, with numbers that end in other bits below its lowest.
            let below = (1 << (1 << combination.trailing_zeros())) - 1;
            let subtree = u32::from(frequent) >> combination & below;
            let (rank, count) = (ranks[combination as usize], counts[combination as usize]);
            self.nodes.push(Node { rank, code: count, size: subtree.count_ones() });
        }
        ControlFlow::Continue(())
    }
}

impl ItemsetOutput for TrieBranch {
    fn receiver(&mut self) -> Receiver<'_> {
        Receiver::List(self)
    }
}

impl ListingOutput for TrieBranch {
    fn held(&self) -> usize {
        Output::held(self)
    }

    fn has_room(&self, _itemsets: usize, items: usize) -> bool {
        items <= self.most - self.nodes.len()
    }

    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        let open = self.open.iter().zip(descending);
        let shared = open.take_while(|&(&node, &rank)| self.nodes[node].rank == rank).count();
        // A node that only leads to others has the largest count below it.
        for &node in &self.open[..shared] {
            self.nodes[node].code = self.nodes[node].code.max(count);
        }
        while self.open.len() > shared {
            self.close();
        }
        descending[shared..].iter().try_for_each(|&rank| self.open(rank, count))
    }
}
