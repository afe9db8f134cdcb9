//! The counts of all subsets of an itemset, while the trie that holds it is walked.

use crate::itemsets::Trie;

/// Subsets of this many first items of a path are remembered; the others are looked up step by step.
///
/// It bounds the memory of a worker, 8 bytes per subset. With 12 the table is 32 KiB and stays in the first cache: on
/// itemsets of 20 items, 10 and 12 took 130 ns per itemset, 16 and 18 took 300; on the shorter itemsets of real data
/// the four were equal.
const REMEMBERED: usize = 12;

/// The nodes and codes of the counts of subsets of one path, found as they are asked for.
///
/// A subset is a bit mask over the path: bit `i` for its item at depth `i`, from the rarest (0) on. The children of a
/// node stand by rising rank, and so do those of its subsets: what a subset's extension by one child was is where the
/// search for its extension by the next child goes on. So a subset costs a step or two, without hashing and without
/// descending from the root.
#[derive(Debug)]
pub(crate) struct Subsets<'a> {
    trie: &'a Trie,
    /// The ranks of the path, falling.
    path: Vec<u32>,
    /// By mask, the node of the subset; where `codes` is 0, one before it among its siblings, or 0 for none.
    nodes: Vec<u32>,
    /// By mask, the code of the count of the subset, 0 where it was not looked up yet.
    codes: Vec<u32>,
    /// The depths whose `nodes` are of the path's present parents.
    current: usize,
    /// The depths of the path that are remembered.
    remembered: usize,
}

impl<'a> Subsets<'a> {
    pub(crate) fn new(trie: &'a Trie) -> Self {
        Subsets::remembering(trie, REMEMBERED)
    }

    fn remembering(trie: &'a Trie, remembered: usize) -> Self {
        Subsets { trie, path: Vec::new(), nodes: Vec::new(), codes: Vec::new(), current: 0, remembered }
    }

    /// The ranks of the path, falling.
    pub(crate) fn path(&self) -> &[u32] {
        &self.path
    }

    /// Leaves the path.
    pub(crate) fn clear(&mut self) {
        self.path.clear();
        self.current = 0;
    }

    /// Steps back to the parent.
    pub(crate) fn pop(&mut self) {
        self.path.pop();
    }

    /// Steps down to a child of the path's last node. Children are visited in their order.
    pub(crate) fn push(&mut self, node: usize) {
        let depth = self.path.len();
        self.path.push(self.trie.rank(node));
        if depth < self.remembered {
            let (first, end) = (1 << depth, 2 << depth);
            if self.codes.len() < end {
                self.codes.resize(end, 0);
                self.nodes.resize(end, 0);
            }
            self.codes[first..end].fill(0);
            if self.current <= depth {
                self.nodes[first..end].fill(0);
            }
            // The path itself. Nodes are numbered by a u32.
            self.nodes[end - 1] = node as u32;
            self.codes[end - 1] = self.trie.code(node);
        }
        self.current = depth + 1;
    }

    /// The code of how many baskets hold the items of a mask, which is not empty; 0 where the trie lacks the subset.
    #[inline(always)]
    pub(crate) fn code(&mut self, mask: u32) -> u32 {
        match self.codes.get(mask as usize) {
            Some(&code) if code > 0 => code,
            _ => self.look_up(mask),
        }
    }

    #[inline(never)]
    fn look_up(&mut self, mask: u32) -> u32 {
        self.find(mask).map_or(0, |node| self.trie.code(node))
    }

    /// The node of a subset, which is not empty. The recursion is as deep as the subset has items.
    pub(crate) fn find(&mut self, mask: u32) -> Option<usize> {
        let depth = mask.ilog2() as usize;
        let (place, rest, rank) = (mask as usize, mask & !(1 << depth), self.path[depth]);
        let remembered = depth < self.remembered;
        if remembered && self.codes[place] > 0 {
            return Some(self.nodes[place] as usize);
        }
        let node = if rest == 0 {
            self.trie.first(rank)
        } else {
            let parent = self.find(rest)?;
            let end = self.trie.end(parent);
            let mut child = parent + 1;
            if remembered && self.nodes[place] > 0 {
                child = self.nodes[place] as usize;
            }
            while child < end && self.trie.rank(child) < rank {
                child = self.trie.end(child);
            }
            if child >= end || self.trie.rank(child) != rank {
                return None;
            }
            child
        };
        if remembered {
            // Nodes are numbered by a u32.
            self.nodes[place] = node as u32;
            self.codes[place] = self.trie.code(node);
        }
        Some(node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::itemsets::Walk;
    use crate::rules::tests::mined;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_subset_is_found_however_few_are_remembered(
            rows in prop::collection::vec(prop::collection::vec(0..8u8, 0..9), 1..20),
            remembered in 0..9usize,
            asked in any::<u32>(),
        ) {
            let itemsets = mined(&rows, 2);
            let trie = itemsets.trie();
            let mut subsets = Subsets::remembering(trie, remembered);
            let mut walk = Walk::new(trie, usize::MAX);
            while let Some((node, path)) = walk.step() {
                while subsets.path().len() >= path.len() {
                    subsets.pop();
                }
                subsets.push(node);
                prop_assert_eq!(subsets.path(), path);
                // Not every subset is asked for, so that some stay unknown until later.
                for mask in (1..1u32 << path.len()).filter(|mask| (asked >> (mask % 32)) & 1 == 1 || mask % 3 == 0) {
                    let falling: Vec<u32> =
                        (0..path.len()).filter(|depth| (mask >> depth) & 1 == 1).map(|depth| path[depth]).collect();
                    prop_assert_eq!(Some(subsets.code(mask)), trie.find(&falling).map(|node| trie.code(node)));
                }
            }
        }
    }
}
