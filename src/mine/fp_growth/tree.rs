//! The FP-tree, in flat arrays.

use crate::transactions::{Rank, RankedRows};

/// A prefix tree of weighted paths, each path ascending.
///
/// Items are numbered from 0 within the tree; the conditional trees have few of them. The nodes stand in
/// depth-first order, so a parent comes before its children and most paths to the root are read backwards through memory. The
/// nodes of an item, the paper's header list, are a piece of one array.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    /// The rank of each item, ascending.
    pub(super) ranks: Vec<u32>,
    /// The weight of each item: the baskets that hold it.
    pub(super) counts: Vec<u32>,
    items: Vec<u32>,
    /// The parent of each node, [`ROOT`] where it begins a path.
    parents: Vec<u32>,
    weights: Vec<u32>,
    /// Where the nodes of each item begin in `nodes`, and, last, the end.
    headers: Vec<u32>,
    nodes: Vec<u32>,
    /// While paths are added: the nodes of the last one.
    open: Vec<u32>,
}

const ROOT: u32 = u32::MAX;

impl Tree {
    /// The tree of all baskets.
    pub(super) fn from_rows<R: Rank>(rows: &RankedRows<R>) -> Self {
        let mut tree = Tree::default();
        // Ranks are numbered by a u32.
        tree.begin((0..rows.items() as u32).zip(rows.counts.iter().copied()));
        for row in sorted(rows) {
            tree.add(rows.row(row as usize).iter().map(|rank| rank.index() as u32), 1);
        }
        tree.finish();
        tree
    }

    /// Empties the tree for other items: their ranks, ascending, and counts.
    pub(super) fn begin(&mut self, items: impl Iterator<Item = (u32, u32)>) {
        let Tree { ranks, counts, items: node_items, parents, weights, open, .. } = self;
        ranks.clear();
        counts.clear();
        for (rank, count) in items {
            ranks.push(rank);
            counts.push(count);
        }
        node_items.clear();
        parents.clear();
        weights.clear();
        open.clear();
    }

    /// Adds a path of ascending items. Paths must come sorted; each shares its nodes with the one before as far as both are the same.
    pub(super) fn add(&mut self, path: impl Iterator<Item = u32>, weight: u32) {
        let mut depth = 0;
        for item in path {
            match self.open.get(depth) {
                Some(&node) if self.items[node as usize] == item => self.weights[node as usize] += weight,
                _ => {
                    self.open.truncate(depth);
                    // There are no more nodes than entries, which a u32 numbers.
                    let node = self.items.len() as u32;
                    self.items.push(item);
                    self.weights.push(weight);
                    self.parents.push(self.open.last().copied().unwrap_or(ROOT));
                    self.open.push(node);
                }
            }
            depth += 1;
        }
        self.open.truncate(depth);
    }

    /// Makes the header lists, by counting sort.
    pub(super) fn finish(&mut self) {
        let Tree { ranks, items, headers, nodes, .. } = self;
        headers.clear();
        headers.resize(ranks.len() + 2, 0);
        for &item in &*items {
            headers[item as usize + 2] += 1;
        }
        for item in 2..headers.len() {
            headers[item] += headers[item - 1];
        }
        nodes.resize(items.len(), 0);
        for (node, &item) in (0..).zip(&*items) {
            let place = &mut headers[item as usize + 1];
            nodes[*place as usize] = node;
            *place += 1;
        }
    }

    pub(super) fn items(&self) -> usize {
        self.ranks.len()
    }

    /// Nodes of an item.
    pub(super) fn nodes(&self, item: usize) -> &[u32] {
        &self.nodes[self.headers[item] as usize..self.headers[item + 1] as usize]
    }

    pub(super) fn weight(&self, node: u32) -> u32 {
        self.weights[node as usize]
    }

    /// The items above a node, descending.
    pub(super) fn above(&self, node: u32) -> impl Iterator<Item = u32> {
        let mut node = self.parents[node as usize];
        std::iter::from_fn(move || {
            let here = (node != ROOT).then_some(node as usize)?;
            node = self.parents[here];
            Some(self.items[here])
        })
    }

    /// An estimate of the work below each item: its nodes times the length of the paths to them, and the pairs among those.
    pub(super) fn costs(&self) -> Vec<u64> {
        let mut depths: Vec<u32> = Vec::with_capacity(self.items.len());
        let mut costs = vec![1u64; self.items()];
        for (node, &parent) in self.parents.iter().enumerate() {
            let depth = if parent == ROOT { 0 } else { depths[parent as usize] + 1 };
            depths.push(depth);
            costs[self.items[node] as usize] += u64::from(depth) * u64::from(depth + 4);
        }
        costs
    }
}

/// The baskets in the order of their ranks, as words are sorted in a dictionary.
fn sorted<R: Rank>(rows: &RankedRows<R>) -> Vec<u32> {
    // The first ranks decide almost always; they are compared as one number. Beyond a row's end stands 0,
    // which is no rank but that of the first place.
    let bits = 8 * size_of::<R>() as u32;
    let key = |row: &[R]| (0..64 / bits).fold(0, |key, place| key << bits | row.get(place as usize).map_or(0, |rank| rank.index() as u64));
    let mut order: Vec<(u64, u32)> = rows.rows().map(key).zip(0..).collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rows.row(a.1 as usize).cmp(rows.row(b.1 as usize))));
    order.into_iter().map(|(_, row)| row).collect()
}
