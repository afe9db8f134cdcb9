//! The pattern trie: itemsets as paths, in one flat array.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the nodes, joined from pieces; look-ups of an itemset, of its subsets and supersets |
//! | `walk` | all nodes in their order, with the path to each |
//! | `output` | a piece of a trie while a search fills it |

mod output;
mod walk;

use crate::error::{Error, ErrorKind};
use crate::mine::output::flat_itemsets::FlatItemsets;
pub(crate) use output::TrieBranch;
pub(crate) use walk::Walk;

/// Frequent itemsets in the canonical order: one node per itemset, each before its extensions.
///
/// The path from the root to a node holds its itemset from the rarest item to the most frequent
/// (ranks descending); siblings stand by ascending rank. 12 bytes per itemset, whatever its length.
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

    /// Itemsets in the canonical order, each of which comes after its prefixes.
    pub(crate) fn of_list(listed: &FlatItemsets, items: usize) -> Result<Self, Error> {
        if listed.len() > MAX_NODES {
            return Err(Self::too_many());
        }
        let mut nodes: Vec<Node> = Vec::with_capacity(listed.len());
        // The nodes of the open path.
        let mut open: Vec<usize> = Vec::new();
        let close = |nodes: &mut Vec<Node>, open: &mut Vec<usize>, depth: usize| {
            for node in open.drain(depth..) {
                // Below MAX_NODES.
                nodes[node].size = (nodes.len() - node) as u32;
            }
        };
        for place in 0..listed.len() {
            let descending = listed.descending(place);
            debug_assert!(open.len() >= descending.len() - 1, "a prefix is missing");
            let depth = (descending.len() - 1).min(open.len());
            close(&mut nodes, &mut open, depth);
            open.push(nodes.len());
            let rank = descending.last().copied().unwrap_or_default();
            nodes.push(Node { rank, count: listed.count(place), size: 1 });
        }
        close(&mut nodes, &mut open, 0);
        Ok(Trie::new(nodes, items))
    }

    /// Whether the system grants the memory for that many itemsets.
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

    /// From stored columns, which are not trusted: `Err` names what is wrong. If `complete`, all single items have
    /// nodes.
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

    /// The itemset of a node, as descending ranks.
    pub(crate) fn path(&self, node: usize) -> Vec<u32> {
        // The last rank whose node is not after it.
        let rank = self.firsts.partition_point(|&first| first as usize <= node).saturating_sub(1);
        let mut at = self.firsts[rank] as usize;
        let mut path = vec![self.rank(at)];
        while at < node {
            at += 1;
            while self.end(at) <= node {
                at = self.end(at);
            }
            path.push(self.rank(at));
        }
        path
    }

    /// The columns: ranks, sizes of subtrees, counts.
    #[cfg(feature = "serde")]
    pub(crate) fn columns(&self) -> [Vec<u32>; 3] {
        let column = |of: fn(&Node) -> u32| self.nodes.iter().map(of).collect();
        [column(|node| node.rank), column(|node| node.size), column(|node| node.count)]
    }

    /// The child of a node that adds `rank`; one step per sibling before it.
    pub(crate) fn child(&self, node: usize, rank: u32) -> Option<usize> {
        let end = self.end(node);
        let mut child = node + 1;
        while child < end && self.rank(child) < rank {
            child = self.end(child);
        }
        (child < end && self.rank(child) == rank).then_some(child)
    }

    /// The node of an itemset, given by descending ranks; `None` for the empty itemset and for infrequent ones.
    pub(crate) fn find(&self, descending: &[u32]) -> Option<usize> {
        let (&rarest, others) = descending.split_first()?;
        let index = rarest as usize;
        if index >= self.items() || self.firsts[index] == self.firsts[index + 1] {
            return None;
        }
        others.iter().try_fold(self.first(rarest), |node, &rank| self.child(node, rank))
    }

    /// Whether an itemset, given by descending ranks, has a superset with one more item that is in `count` or more
    /// baskets.
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

    /// Whether all non-empty subsets of an itemset with one item less are there and in more than `count` baskets.
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

    /// Whether the path to some node holds an itemset, which is given by descending ranks and not empty.
    pub(crate) fn holds(&self, descending: &[u32]) -> bool {
        self.look_for(descending, false).is_some()
    }

    /// The largest count of the nodes whose path holds an itemset, which is given by descending ranks and not empty.
    ///
    /// Counts must not increase on the way down.
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
            // For each open node: the number of the items on the path to it, and where the nodes below it end.
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
