//! The best rules of a search, without keeping the rest.

use std::cmp::Ordering;

use super::reach::Reach;
use super::store::RuleStore;
use crate::itemsets::{CountTable, Trie};
use crate::mine::output::smallest::Smallest;
use crate::rules::measures::Measure;

/// The `k` best rules so far.
#[derive(Clone, Debug)]
pub(crate) struct Best {
    reach: Reach,
    best: Smallest<Candidate>,
    /// How good a rule must be at least, and how frequent if it is just that good: the worst of `k` that are known.
    demand: (f64, u32),
    /// Bounds on the rules over itemsets, which are asked for again and again: by the codes of the counts of the
    /// itemset and of the least frequent right side.
    bounds: Vec<(u32, u32, f64)>,
}

/// Bounds that are remembered.
const BOUNDS: usize = 1 << 8;

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
        // Of none, nothing is good enough.
        let demand = if k == 0 { (f64::INFINITY, u32::MAX) } else { (f64::NEG_INFINITY, 0) };
        Best { reach: Reach::new(measure), best: Smallest::new(k), demand, bounds: vec![(0, 0, 0.0); BOUNDS] }
    }

    pub(super) fn len(&self) -> usize {
        self.best.len()
    }

    pub(super) fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Whether a rule may be among the best, as far as is known: one as good as this, or less good, over an itemset
    /// with this code of its count.
    #[inline]
    pub(super) fn admits(&self, goodness: f64, n_xy: u32) -> bool {
        goodness > self.demand.0 || goodness == self.demand.0 && n_xy >= self.demand.1
    }

    /// Whether the best that are known are as good as rules can be in so many baskets, and those over an itemset with
    /// this code of its count, or a smaller one, come after them.
    #[inline]
    pub(super) fn are_perfect(&self, baskets: u64, n_xy: u32) -> bool {
        n_xy < self.demand.1 && self.demand.0 >= self.reach.best(baskets)
    }

    /// Whether any rule may be among the best over an itemset in `n_xy` baskets whose right side is in `n_y` or more,
    /// given as codes.
    #[inline]
    pub(super) fn admits_any(&mut self, baskets: u64, table: &CountTable, n_xy: u32, n_y: u32) -> bool {
        if self.demand.0 == f64::NEG_INFINITY {
            return true;
        }
        let place = (n_xy.wrapping_mul(0x9e37_79b9) >> 24) as usize % BOUNDS;
        let (of, with, bound) = self.bounds[place];
        if (of, with) == (n_xy, n_y) {
            return self.admits(bound, n_xy);
        }
        let [least, n_y_least] = [n_xy, n_y].map(|code| table.count(code));
        let bound = self.reach.bound_from(baskets, [least, n_y_least], least);
        self.bounds[place] = (n_xy, n_y, bound);
        self.admits(bound, n_xy)
    }

    /// The code of the largest count of an antecedent, up to `most`, with which a rule may be among the best whose
    /// sides are in `least` or more baskets, given as a code like the others; 0 if there is none.
    pub(super) fn largest_antecedent(&self, baskets: u64, table: &CountTable, least: u32, n_xy: u32, most: u32) -> u32 {
        let [both, n_y] = [n_xy, least].map(|code| table.count(code));
        let may = |n_x: u32| self.admits(self.reach.bound_from(baskets, [table.count(n_x), n_y], both), n_xy);
        // Beyond that the sides would be in more baskets than there are.
        let most = most.min(table.code(baskets.saturating_sub(n_y).saturating_add(both)));
        if most < least || !may(least) {
            return 0;
        }
        if !self.reach.falls() || may(most) {
            return most;
        }
        // The first may be, the second may not.
        let (mut low, mut high) = (least, most);
        while high - low > 1 {
            let middle = low.midpoint(high);
            if may(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Takes a rule if it is among the best. `place` is its number among the rules over this itemset, `right` the mask
    /// of its right side by label.
    pub(super) fn offer(&mut self, goodness: f64, [node, place, right]: [u32; 3], [n_x, n_y, n_xy]: [u32; 3]) {
        self.take(Candidate { goodness, n_xy, node, place, right, n_x, n_y });
    }

    fn take(&mut self, candidate: Candidate) {
        self.best.offer(candidate);
        if let Some(worst) = self.best.bound() {
            // What was learnt from others may be more.
            self.raise((worst.goodness, worst.n_xy));
        }
    }

    fn raise(&mut self, demand: (f64, u32)) {
        if self.admits(demand.0, demand.1) {
            self.demand = demand;
        }
    }

    /// Takes what another worker found, and tells it what that must exceed from now on.
    pub(crate) fn merge(&mut self, other: &mut Best) {
        for candidate in other.best.drain() {
            self.take(candidate);
        }
        other.raise(self.demand);
    }

    /// The rules, the best first.
    pub(crate) fn into_store(self, trie: &Trie, places: &[u32]) -> RuleStore {
        let best = self.best.into_sorted_vec();
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
