//! Nodes of a trie in their order, with the path to each.

use std::ops::Range;

use super::Trie;

/// A walk over the nodes of a trie in their order, which knows the path to each.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    trie: &'a Trie,
    next: usize,
    end: usize,
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
        Walk::over(trie, 0..trie.len(), max_len)
    }

    /// Over those of some nodes, which begin and end between the branches of single items.
    pub(crate) fn over(trie: &'a Trie, nodes: Range<usize>, max_len: usize) -> Self {
        let Range { start, end } = nodes;
        let next = if max_len == 0 { end } else { start };
        Walk { trie, next, end, path: Vec::new(), ends: Vec::new(), max_len }
    }

    /// The next node and its itemset, as descending ranks.
    pub(crate) fn step(&mut self) -> Option<(usize, &[u32])> {
        let node = self.next;
        if node == self.end {
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

    /// An upper bound of the steps that are left.
    pub(crate) fn left(&self) -> usize {
        self.end - self.next
    }
}
