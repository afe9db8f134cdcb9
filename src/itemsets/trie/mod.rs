//! The pattern trie: itemsets as paths, in one flat array.

use std::ops::ControlFlow;

use crate::bitset::{LANE_ITEMS, Ops};
use crate::error::{Error, ErrorKind};
use crate::mine::output::itemset_output::ItemsetOutput;
use crate::mine::output::tree_output::{Combinations, TreeOutput};
use crate::mine::query::bounds::Bounds;
use crate::threads::ordered::{Block, Step};

/// Frequent itemsets in the canonical order: a node an itemset, each before its extensions.
///
/// The path from the root to a node holds its itemset from the rarest item to the most frequent
/// (ranks descending); siblings stand by rising rank. 12 bytes an itemset, whatever its length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    /// Where the node of each single item is, or where it would be: `{rank}` at `firsts[rank]`, and, last, the end.
    firsts: Vec<u32>,
}

/// An itemset. One array of nodes is filled, copied and walked faster than three of their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node {
    /// The rank of the last item of the path.
    rank: u32,
    /// The baskets that hold the itemset.
    count: u32,
    /// Nodes in the subtree, this one included: relative, so that pieces are moved by copying them.
    size: u32,
}

/// The most nodes that positions can number.
const MAX_NODES: usize = u32::MAX as usize;

impl Trie {
    /// The pieces of one search, in their order.
    ///
    /// `items` is the number of frequent items, not all of which need have a node.
    pub(crate) fn join(branches: Vec<TrieBranch>, items: usize) -> Result<Self, Error> {
        let total: usize = branches.iter().map(|branch| branch.nodes.len()).sum();
        if total > MAX_NODES {
            return Err(Self::too_many());
        }
        let mut branches = branches.into_iter();
        // The one piece of a sequential search is taken as it is.
        let mut nodes = branches.next().map_or_else(Vec::new, |first| first.nodes);
        nodes.reserve_exact(total - nodes.len());
        // The last of the first-level nodes, where the piece at hand begins.
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
        Ok(Trie::new(nodes, items))
    }

    fn new(nodes: Vec<Node>, items: usize) -> Self {
        let mut firsts = Vec::with_capacity(items + 1);
        let mut node = 0;
        for rank in 0..items as u32 {
            // Below MAX_NODES.
            firsts.push(node as u32);
            if nodes.get(node).is_some_and(|first| first.rank == rank) {
                node += nodes[node].size as usize;
            }
        }
        firsts.push(node as u32);
        debug_assert_eq!(node, nodes.len());
        Trie { nodes, firsts }
    }

    /// Whether the system has the memory for so many itemsets, as far as it tells.
    pub(crate) fn check_room(nodes: usize) -> Result<(), Error> {
        let room = Vec::<Node>::new().try_reserve_exact(nodes);
        room.map_err(|error| {
            Error::new(ErrorKind::Refused { what: "memory for the frequent itemsets", reason: error.to_string() })
        })
    }

    pub(crate) fn too_many() -> Error {
        Error::too_large(
            "frequent itemsets to collect (raise the minimum support, set a maximum length, or only count them)",
            MAX_NODES as u64,
        )
    }

    /// From stored columns, which are not trusted: `Err` says what is wrong with them. If it is `complete`, all single items have nodes.
    #[cfg(feature = "serde")]
    pub(crate) fn from_columns(
        ranks: Vec<u32>,
        sizes: Vec<u32>,
        counts: Vec<u32>,
        items: usize,
        complete: bool,
    ) -> Result<Self, &'static str> {
        if sizes.len() != ranks.len() || counts.len() != ranks.len() || ranks.len() > MAX_NODES {
            return Err("the columns differ in length");
        }
        // The paths that are open: end, rank, count, and the rank of the child seen last.
        let mut open: Vec<(usize, u32, u32, Option<u32>)> = Vec::new();
        let (mut singles, mut beyond) = (0, 0);
        for (node, ((&rank, &size), &count)) in ranks.iter().zip(&sizes).zip(&counts).enumerate() {
            while open.last().is_some_and(|&(end, ..)| end == node) {
                open.pop();
            }
            let end = node + size as usize;
            match open.last_mut() {
                None if complete && rank != singles || rank as usize >= items => {
                    return Err("the single items are not complete");
                }
                None if rank < beyond => return Err("the itemsets are not in order"),
                None => (singles, beyond) = (singles + 1, rank + 1),
                Some(&mut (parent_end, parent_rank, parent_count, ref mut last)) => {
                    if end > parent_end
                        || rank >= parent_rank
                        || count > parent_count
                        || last.is_some_and(|last| last >= rank)
                    {
                        return Err("the itemsets are not in order");
                    }
                    *last = Some(rank);
                }
            }
            if size == 0 || count == 0 || end > ranks.len() {
                return Err("an itemset without a count or an extent");
            }
            open.push((end, rank, count, None));
        }
        if complete && singles as usize != items {
            return Err("the single items are not complete");
        }
        let columns = ranks.into_iter().zip(sizes).zip(counts);
        Ok(Trie::new(columns.map(|((rank, size), count)| Node { rank, count, size }).collect(), items))
    }

    /// Itemsets.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Frequent items: the ranks are those below it.
    pub(crate) fn items(&self) -> usize {
        self.firsts.len() - 1
    }

    /// The rank of the last item of a node's path, which is its most frequent one.
    #[inline(always)]
    pub(crate) fn rank(&self, node: usize) -> u32 {
        self.nodes[node].rank
    }

    #[inline(always)]
    pub(crate) fn count(&self, node: usize) -> u32 {
        self.nodes[node].count
    }

    /// The first node that is not in the subtree of `node`: its next sibling, if it has one.
    #[inline(always)]
    pub(crate) fn end(&self, node: usize) -> usize {
        node + self.nodes[node].size as usize
    }

    /// The node of a single item, if it has one.
    #[inline(always)]
    pub(crate) fn first(&self, rank: u32) -> usize {
        self.firsts[rank as usize] as usize
    }

    /// The columns: ranks, sizes of subtrees, counts.
    #[cfg(feature = "serde")]
    pub(crate) fn columns(&self) -> [Vec<u32>; 3] {
        let column = |of: fn(&Node) -> u32| self.nodes.iter().map(of).collect();
        [column(|node| node.rank), column(|node| node.size), column(|node| node.count)]
    }

    /// The child of a node that adds `rank`; siblings are walked, each in one step.
    pub(crate) fn child(&self, node: usize, rank: u32) -> Option<usize> {
        let end = self.end(node);
        let mut child = node + 1;
        while child < end && self.rank(child) < rank {
            child = self.end(child);
        }
        (child < end && self.rank(child) == rank).then_some(child)
    }

    /// The node of an itemset that is given by descending ranks; `None` for the empty one and those that are not frequent.
    pub(crate) fn find(&self, descending: &[u32]) -> Option<usize> {
        let (&rarest, others) = descending.split_first()?;
        let index = rarest as usize;
        if index >= self.items() || self.firsts[index] == self.firsts[index + 1] {
            return None;
        }
        others.iter().try_fold(self.first(rarest), |node, &rank| self.child(node, rank))
    }

    /// Whether an itemset, as descending ranks, has a superset of one item more that is in `count` baskets or more.
    pub(crate) fn any_larger(&self, descending: &[u32], count: u32) -> bool {
        let mut larger = Vec::with_capacity(descending.len() + 1);
        // Items are numbered by a u32.
        (0..self.items() as u32).filter(|rank| !descending.contains(rank)).any(|rank| {
            let place = descending.partition_point(|&other| other > rank);
            larger.clear();
            larger.extend_from_slice(&descending[..place]);
            larger.push(rank);
            larger.extend_from_slice(&descending[place..]);
            self.find(&larger).is_some_and(|node| self.count(node) >= count)
        })
    }

    /// Whether all subsets of an itemset that have one item less, but more than none, are there and in more than `count` baskets.
    pub(crate) fn all_smaller(&self, descending: &[u32], count: u32) -> bool {
        let mut smaller = Vec::with_capacity(descending.len());
        descending.len() < 2
            || (0..descending.len()).all(|left_out| {
                smaller.clear();
                smaller.extend_from_slice(descending);
                smaller.remove(left_out);
                self.find(&smaller).is_some_and(|node| self.count(node) > count)
            })
    }

    /// Whether the path to a node holds an itemset, which is given by descending ranks and not empty.
    pub(crate) fn holds(&self, descending: &[u32]) -> bool {
        self.look_for(descending, false).is_some()
    }

    /// The largest count of the nodes whose path holds an itemset, which is given by descending ranks and not empty.
    ///
    /// Counts must never rise on the way down.
    pub(crate) fn largest_holding(&self, descending: &[u32]) -> Option<u32> {
        self.look_for(descending, true)
    }

    /// The count of a node whose path holds an itemset, the largest or the first.
    fn look_for(&self, descending: &[u32], for_largest: bool) -> Option<u32> {
        let mut largest: Option<u32> = None;
        let (&rarest, _) = descending.split_first()?;
        for first in
            (rarest as usize..self.items()).map(|rank| self.firsts[rank] as usize..self.firsts[rank + 1] as usize)
        {
            // How many of the items are on the path to each node that is open, and where the nodes below it end.
            let mut open: Vec<(usize, usize)> = Vec::new();
            let mut node = first.start;
            while node < first.end {
                while open.last().is_some_and(|&(_, end)| end == node) {
                    open.pop();
                }
                let held = open.last().map_or(0, |&(held, _)| held);
                let (rank, count) = (self.rank(node), self.count(node));
                if rank < descending[held] || largest.is_some_and(|largest| !for_largest || largest >= count) {
                    node = self.end(node);
                } else if rank == descending[held] && held + 1 == descending.len() {
                    largest = Some(count);
                    node = self.end(node);
                } else {
                    open.push((held + usize::from(rank == descending[held]), self.end(node)));
                    node += 1;
                }
                while open.last().is_some_and(|&(_, end)| end == node) {
                    open.pop();
                }
            }
        }
        largest
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.firsts.capacity() * size_of::<u32>()
    }
}

/// The last of the siblings whose subtrees make up some nodes.
fn last_sibling(nodes: &[Node], start: usize, end: usize) -> Option<usize> {
    let mut next = start;
    let mut last = None;
    while next < end {
        last = Some(next);
        next += nodes[next].size as usize;
    }
    last
}

/// A walk over the nodes of a trie in their order, which knows the path to each.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    trie: &'a Trie,
    next: usize,
    /// The ranks on the way to the node of the last step, descending.
    path: Vec<u32>,
    /// Where the subtree of each item of the path ends.
    ends: Vec<usize>,
    /// Extensions of itemsets of this length are skipped.
    max_len: usize,
}

impl<'a> Walk<'a> {
    /// Over all itemsets of at most `max_len` items.
    pub(crate) fn new(trie: &'a Trie, max_len: usize) -> Self {
        let next = if max_len == 0 { trie.len() } else { 0 };
        Walk { trie, next, path: Vec::new(), ends: Vec::new(), max_len }
    }

    /// The next node and its itemset, as descending ranks.
    pub(crate) fn step(&mut self) -> Option<(usize, &[u32])> {
        let node = self.next;
        if node == self.trie.len() {
            return None;
        }
        while self.ends.last() == Some(&node) {
            self.ends.pop();
            self.path.pop();
        }
        let end = self.trie.end(node);
        self.path.push(self.trie.rank(node));
        self.ends.push(end);
        self.next = if self.path.len() < self.max_len { node + 1 } else { end };
        Some((node, &self.path))
    }

    /// Steps over nodes that are still possible, at the most.
    pub(crate) fn left(&self) -> usize {
        self.trie.len() - self.next
    }
}

/// A piece of a trie while a search fills it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrieBranch {
    nodes: Vec<Node>,
    /// The nodes of the open path.
    open: Vec<usize>,
    /// The most nodes that it takes.
    most: usize,
    /// The length of the itemset that all of its nodes are below.
    depth: usize,
    /// How many of the first nodes were handed over: they are still open.
    handed_over: usize,
}

impl TrieBranch {
    /// Nodes so far.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }
}

/// Nodes up to which a piece is small.
const SMALL: usize = 1 << 12;

/// Nodes that room is made for at once in a piece that is not small any more. Memory that nothing is written to costs nothing, and
/// so much is mapped by the system, not taken from a heap: growing further moves no node. (T10I4D100K at 10: 33 to 6 ns an itemset.)
const LARGE: usize = 1 << 22;

/// Free places below which room is made, when an itemset is opened.
const SPARE: usize = 64;

impl TrieBranch {
    #[cold]
    fn make_room(&mut self) {
        if self.nodes.len() >= SMALL && self.nodes.capacity() < LARGE.min(self.most) {
            // Where the system refuses, it grows as it must.
            let _ = self.nodes.try_reserve_exact(LARGE.min(self.most) - self.nodes.len());
        }
        if self.nodes.capacity() - self.nodes.len() < SPARE {
            self.nodes.reserve(SPARE);
        }
    }
}

impl TreeOutput for TrieBranch {
    const LISTS: bool = true;

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
    fn held(&self) -> usize {
        self.nodes.len() - self.handed_over
    }

    fn hand_over(&mut self) -> Block {
        let end = self.nodes.len();
        for &node in &self.open {
            self.nodes[node].size = (end - node) as u32;
        }
        let mut steps = Vec::with_capacity(end - self.handed_over);
        // Where the subtrees end that the node at hand is in.
        let mut ends: Vec<usize> = Vec::new();
        for (place, &Node { rank, count, size }) in self.nodes.iter().enumerate() {
            while ends.last() == Some(&place) {
                ends.pop();
            }
            ends.push(place + size as usize);
            if place >= self.handed_over {
                // A path is not longer than there are items, which a u32 numbers.
                steps.push(Step { len: ends.len() as u32, rank, count });
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
        self.nodes.shrink_to_fit();
    }

    #[inline(always)]
    fn close(&mut self) {
        if let Some(node) = self.open.pop() {
            // At most MAX_NODES, as `leaf`, `repeat` and `combinations` see to.
            self.nodes[node].size = (self.nodes.len() - node) as u32;
        }
    }

    #[inline(always)]
    fn leaf(&mut self, rank: u32, count: u32) -> ControlFlow<()> {
        if self.nodes.len() == self.most {
            return ControlFlow::Break(());
        }
        self.nodes.push(Node { rank, count, size: 1 });
        ControlFlow::Continue(())
    }

    fn repeat(&mut self, rank: u32) -> ControlFlow<()> {
        let Some(&parent) = self.open.last() else { return ControlFlow::Continue(()) };
        let below = parent + 1..self.nodes.len();
        if self.nodes.len() + below.len() >= self.most {
            return ControlFlow::Break(());
        }
        self.nodes.push(Node { rank, count: self.nodes[parent].count, size: below.len() as u32 + 1 });
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
        unreachable!("a branch that lists is told of every itemset")
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
            // All nodes are made at once, without a branch to mispredict, and what is too much is taken off again: up to a
            // third less time a node than one by one.
            let ranks = ops.pack_numbers(*ranks, frequent);
            let counts = ops.pack_numbers(*counts, frequent);
            let sizes = ops.pack_numbers(ops.count_extensions(frequent), frequent);
            let mut nodes = [Node { rank: 0, count: 0, size: 0 }; 1 << LANE_ITEMS];
            for place in 0..nodes.len() {
                nodes[place] = Node { rank: ranks[place], count: counts[place], size: sizes[place] };
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
            self.nodes.push(Node { rank, count, size: subtree.count_ones() });
        }
        ControlFlow::Continue(())
    }
}

impl ItemsetOutput for TrieBranch {
    const LISTS: bool = true;

    fn new(bounds: Bounds) -> Self {
        <Self as TreeOutput>::new(bounds)
    }

    fn held(&self) -> usize {
        self.len()
    }

    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        let open = self.open.iter().zip(descending);
        let shared = open.take_while(|&(&node, &rank)| self.nodes[node].rank == rank).count();
        // A node on the way counts as the itemset below it that counts most.
        for &node in &self.open[..shared] {
            self.nodes[node].count = self.nodes[node].count.max(count);
        }
        while self.open.len() > shared {
            self.close();
        }
        descending[shared..].iter().try_for_each(|&rank| self.open(rank, count))
    }

    fn tally(&mut self, _len: usize, _itemsets: u64) {
        unreachable!("a branch that lists is told of every itemset")
    }

    fn finish(&mut self) {
        while !self.open.is_empty() {
            self.close();
        }
    }
}
