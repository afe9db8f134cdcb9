//! The pattern trie: itemsets as paths, in one flat array.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | the nodes, joined from pieces; look-ups of an itemset, of its subsets and supersets |
//! | `walk` | all nodes in their order, with the path to each |
//!
//! A search fills pieces of it: `mine/output/trie_branch.rs`.

mod walk;

use super::CountTable;
use crate::error::{Error, ErrorKind};
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::output::itemset_output::ListingOutput;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::output::trie_branch::{MAX_NODES, Node, TrieBranch};
use crate::mine::query::bounds::Bounds;
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
    /// What the codes of the counts stand for.
    table: CountTable,
}

impl Trie {
    /// The pieces of one search, in their order. Their counts are their codes.
    ///
    /// `items` is the number of frequent items, not all of which need have a node.
    pub(crate) fn join(branches: Vec<TrieBranch>, items: usize) -> Result<Self, Error> {
        Ok(Trie::new(TrieBranch::join(branches).ok_or_else(Self::too_many)?, items))
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
        Trie { nodes, firsts, table: CountTable::default() }
    }

    /// Itemsets in the canonical order, with the codes of their counts. A prefix that is not listed gets the largest code of
    /// those that begin with it.
    pub(crate) fn of_list(listed: &FlatItemsets, items: usize, table: CountTable) -> Result<Self, Error> {
        Self::of_paths((0..listed.len()).map(|place| (listed.descending(place), listed.count(place))), items, table)
    }

    /// The same of descending ranks and codes.
    pub(crate) fn of_paths<'a>(
        listed: impl Iterator<Item = (&'a [u32], u32)>,
        items: usize,
        table: CountTable,
    ) -> Result<Self, Error> {
        let mut branch = <TrieBranch as TreeOutput>::new(Bounds::NONE);
        let mut longest = 0;
        for (descending, code) in listed {
            longest = longest.max(descending.len());
            if branch.keep(descending, code).is_break() {
                return Err(Self::too_many());
            }
        }
        (0..longest).for_each(|_| branch.close());
        Ok(Trie::join(vec![branch], items)?.with_table(table))
    }

    /// The same with codes that stand for other counts.
    pub(crate) fn with_table(self, table: CountTable) -> Self {
        Trie { table, ..self }
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
    #[cfg(any(feature = "serde", feature = "snapshot"))]
    pub(crate) fn from_columns(
        ranks: Vec<u32>,
        sizes: Vec<u32>,
        counts: Vec<u64>,
        baskets: u64,
        items: usize,
        complete: bool,
    ) -> Result<Self, &'static str> {
        if sizes.len() != ranks.len() || counts.len() != ranks.len() || ranks.len() > MAX_NODES {
            return Err("the columns differ in length");
        }
        // The paths that are open: end, rank, count, and the rank of the child seen last.
        let mut open: Vec<(usize, u32, u64, Option<u32>)> = Vec::new();
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
        let Ok(table) = CountTable::new(baskets, counts.iter().copied()) else { return Err("the counts are too many") };
        let columns = ranks.into_iter().zip(sizes).zip(counts);
        let nodes = columns.map(|((rank, size), count)| Node { rank, code: table.code(count), size });
        Ok(Trie::new(nodes.collect(), items).with_table(table))
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

    /// The code of a node's count, which compares as the count does.
    #[inline(always)]
    pub(crate) fn code(&self, node: usize) -> u32 {
        self.nodes[node].code
    }

    /// The baskets that hold the itemset of a node.
    #[inline(always)]
    pub(crate) fn count(&self, node: usize) -> u64 {
        self.table.count(self.code(node))
    }

    /// What codes stand for.
    pub(crate) fn table(&self) -> &CountTable {
        &self.table
    }

    /// The first node that is not in the subtree of `node`: its next sibling, if it has one.
    #[inline(always)]
    pub(crate) fn end(&self, node: usize) -> usize {
        node + self.nodes[node].size as usize
    }

    /// Whether nothing is below a node.
    #[inline(always)]
    pub(crate) fn is_leaf(&self, node: usize) -> bool {
        self.nodes[node].size == 1
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
    #[cfg(any(feature = "serde", feature = "snapshot"))]
    pub(crate) fn columns(&self) -> ([Vec<u32>; 2], Vec<u64>) {
        let column = |of: fn(&Node) -> u32| self.nodes.iter().map(of).collect();
        let counts = self.nodes.iter().map(|node| self.table.count(node.code)).collect();
        ([column(|node| node.rank), column(|node| node.size)], counts)
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

    /// Whether an itemset, given by descending ranks, has a superset with one more item whose code is `code` or larger.
    pub(crate) fn any_larger(&self, descending: &[u32], code: u32) -> bool {
        let mut larger = Vec::with_capacity(descending.len() + 1);
        // Items are numbered by a u32.
        (0..self.items() as u32).filter(|rank| !descending.contains(rank)).any(|rank| {
            let place = descending.partition_point(|&other| other > rank);
            larger.clear();
            larger.extend_from_slice(&descending[..place]);
            larger.push(rank);
            larger.extend_from_slice(&descending[place..]);
            self.find(&larger).is_some_and(|node| self.code(node) >= code)
        })
    }

    /// Whether all non-empty subsets of an itemset with one item less are there and have a larger code than `code`.
    pub(crate) fn all_smaller(&self, descending: &[u32], code: u32) -> bool {
        let mut smaller = Vec::with_capacity(descending.len());
        descending.len() < 2
            || (0..descending.len()).all(|left_out| {
                smaller.clear();
                smaller.extend_from_slice(descending);
                smaller.remove(left_out);
                self.find(&smaller).is_some_and(|node| self.code(node) > code)
            })
    }

    /// Whether the path to some node holds an itemset, which is given by descending ranks and not empty.
    pub(crate) fn holds(&self, descending: &[u32]) -> bool {
        self.look_for(descending, false).is_some()
    }

    /// The largest count of the nodes whose path holds an itemset, which is given by descending ranks and not empty.
    ///
    /// Counts must not increase on the way down.
    pub(crate) fn largest_holding(&self, descending: &[u32]) -> Option<u64> {
        self.look_for(descending, true).map(|code| self.table.count(code))
    }

    /// The code of a node whose path holds an itemset, the largest or the first.
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
                let (rank, code) = (self.rank(node), self.code(node));
                if rank < descending[held] || largest.is_some_and(|largest| !for_largest || largest >= code) {
                    node = self.end(node);
                } else if rank == descending[held] && held + 1 == descending.len() {
                    largest = Some(code);
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
        self.nodes.capacity() * size_of::<Node>() + self.firsts.capacity() * size_of::<u32>() + self.table.bytes()
    }
}
