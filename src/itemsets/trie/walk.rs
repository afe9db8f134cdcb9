//! Nodes of a trie in their order, with the path to each.

use super::Trie;

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

    /// An upper bound of the steps that are left.
    pub(crate) fn left(&self) -> usize {
        self.trie.len() - self.next
    }
}
