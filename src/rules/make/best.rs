//! The best rules of a search, without keeping the rest.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::store::RuleStore;
use crate::itemsets::Trie;
use crate::rules::contingency::Contingency;
use crate::rules::measures::Measure;

/// The `k` best rules so far.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    k: usize,
    measure: Measure,
    /// The worst of them on top.
    heap: BinaryHeap<Candidate>,
}

/// A rule of the search: the better is the smaller.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    goodness: f64,
    n_xy: u32,
    /// The node of its itemset, and its place among the rules over that: nodes are in the canonical order, and so are
    /// these.
    node: u32,
    place: u32,
    right: u32,
    n_x: u32,
    n_y: u32,
}

impl Best {
    pub(crate) fn new(k: usize, measure: Measure) -> Self {
        Best { k, measure, heap: BinaryHeap::new() }
    }

    /// Takes a rule if it is among the best. `place` is its number among the rules over this itemset, `right` the mask
    /// of its right side by label.
    pub(crate) fn offer(
        &mut self,
        node: usize,
        place: u32,
        right: u32,
        counts: &Contingency,
        [n_x, n_y, n_xy]: [u32; 3],
    ) {
        let goodness = self.measure.judge()(counts);
        // Nodes are numbered by a u32.
        self.take(Candidate { goodness, n_xy, node: node as u32, place, right, n_x, n_y });
    }

    fn take(&mut self, candidate: Candidate) {
        if self.heap.len() < self.k {
            self.heap.push(candidate);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && candidate < *worst
        {
            *worst = candidate;
        }
    }

    /// Takes what another worker found.
    pub(crate) fn merge(&mut self, other: &mut Best) {
        for candidate in other.heap.drain() {
            self.take(candidate);
        }
    }

    /// The rules, the best first.
    pub(crate) fn into_store(self, trie: &Trie, places: &[u32]) -> RuleStore {
        let best = self.heap.into_sorted_vec();
        let mut canonical: Vec<usize> = (0..best.len()).collect();
        canonical.sort_unstable_by_key(|&rank| (best[rank].node, best[rank].place));
        let mut store = RuleStore::default();
        let mut previous = None;
        for rule in canonical.iter().map(|&rank| &best[rank]) {
            if previous != Some(rule.node) {
                let mut ranks = path(trie, rule.node as usize);
                ranks.sort_unstable_by_key(|&rank| places[rank as usize]);
                store.begin(ranks, rule.n_xy);
                previous = Some(rule.node);
            }
            store.push(rule.right, rule.n_x, rule.n_y);
        }
        let mut splits = store.splits.clone();
        for (&rank, &split) in canonical.iter().zip(&store.splits) {
            splits[rank] = split;
        }
        store.splits = splits;
        store
    }
}

/// The itemset of a node, as falling ranks.
fn path(trie: &Trie, node: usize) -> Vec<u32> {
    // Ranks in the order of their nodes; the last whose node does not come later begins the path.
    let (mut low, mut high) = (0, trie.items() as u32);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if trie.first(middle) <= node {
            low = middle;
        } else {
            high = middle;
        }
    }
    let (mut at, mut ranks) = (trie.first(low), vec![low]);
    while at < node {
        at += 1;
        while trie.end(at) <= node {
            at = trie.end(at);
        }
        ranks.push(trie.rank(at));
    }
    ranks
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_value = other.goodness.total_cmp(&self.goodness).then_with(|| other.n_xy.cmp(&self.n_xy));
        by_value.then_with(|| (self.node, self.place).cmp(&(other.node, other.place)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}
