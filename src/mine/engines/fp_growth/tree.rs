//! The FP-tree, in flat arrays.

use std::ops::Range;

use crate::bitset::prefetch;
use crate::call::control::{Control, Poll, ROWS_PER_POLL};
use crate::transactions::{Rank, RankedRows};

/// A prefix tree of weighted paths, each path ascending.
///
/// Items are numbered from 0 within the tree; conditional trees have few of them. Nodes are stored in the order in
/// which sorted paths add them, so most of a path is contiguous. A *run* is a chain of adjacent nodes, and a path is
/// read as a few slices, not node by node. The nodes of an item, the paper's header list, are a slice of one array,
/// which holds what the walk needs: reading it is sequential, and each path costs one jump.
#[derive(Clone, Debug)]
pub(super) struct Tree<R> {
    /// The rank of each item, ascending.
    pub(super) ranks: Vec<u32>,
    /// The weight of each item: the number of baskets that contain it.
    pub(super) counts: Vec<u32>,
    /// The item of each node.
    items: Vec<R>,
    /// While paths are added: the weight and the run of each node.
    weights: Vec<u32>,
    run_of: Vec<u32>,
    runs: Vec<Run>,
    /// Where the nodes of each item begin in `nodes`; the end is last.
    headers: Vec<u32>,
    nodes: Vec<Node>,
    /// What is above the nodes of each item.
    above: Vec<Above>,
    /// While paths are added: the nodes of the last one.
    open: Vec<u32>,
    /// Whether baskets have great weights, so that columns may have a bit per path.
    pub(super) may_weigh: bool,
}

/// Nodes of which each is the parent of the next.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    /// The parent of the first node ([`ROOT`] if it begins a path), and its run.
    parent: u32,
    parent_run: u32,
}

/// A node in the list of its item.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    node: u32,
    run: u32,
    weight: u32,
}

const ROOT: u32 = u32::MAX;

impl<R> Default for Tree<R> {
    fn default() -> Self {
        Tree {
            ranks: Vec::new(),
            counts: Vec::new(),
            items: Vec::new(),
            weights: Vec::new(),
            run_of: Vec::new(),
            runs: Vec::new(),
            headers: Vec::new(),
            nodes: Vec::new(),
            above: Vec::new(),
            open: Vec::new(),
            may_weigh: false,
        }
    }
}

impl<R: Rank> Tree<R> {
    /// The tree of all baskets. It is unfinished if the call should stop.
    pub(super) fn from_rows(rows: &RankedRows<R>, control: &Control) -> Self {
        let mut tree = Tree { may_weigh: rows.are_heavy(), ..Tree::default() };
        // Ranks are numbered by a u32.
        tree.begin((0..rows.items() as u32).zip(rows.counts.iter().copied()));
        let mut poll = Poll::new(control);
        for (_, row, weight) in sorted(rows, control) {
            if poll.step(ROWS_PER_POLL).is_break() {
                break;
            }
            tree.add(row, weight);
        }
        tree.finish(control);
        // The paths are read from the lists alone.
        (tree.weights, tree.run_of) = (Vec::new(), Vec::new());
        tree
    }

    /// Empties the tree for other items: their ranks, ascending, and counts.
    pub(super) fn begin(&mut self, items: impl Iterator<Item = (u32, u32)>) {
        self.ranks.clear();
        self.counts.clear();
        for (rank, count) in items {
            self.ranks.push(rank);
            self.counts.push(count);
        }
        self.items.clear();
        self.weights.clear();
        self.run_of.clear();
        self.runs.clear();
        self.open.clear();
    }

    /// Adds a path of ascending items. Paths must be added in sorted order. Each shares its nodes with the one before
    /// as far as both are equal.
    pub(super) fn add(&mut self, path: &[R], weight: u32) {
        let shared = self.open.iter().zip(path).take_while(|&(&node, &item)| self.items[node as usize] == item).count();
        for &node in &self.open[..shared] {
            self.weights[node as usize] += weight;
        }
        self.open.truncate(shared);
        // There are no more nodes than entries, which a u32 numbers.
        if shared == path.len() {
            return;
        }
        let start = self.items.len() as u32;
        let parent = self.open.last().copied();
        let parent_run = parent.map_or(0, |parent| self.run_of[parent as usize]);
        let run = if parent.is_some_and(|parent| parent + 1 == start) {
            parent_run
        } else {
            self.runs.push(Run { start, parent: parent.unwrap_or(ROOT), parent_run });
            self.runs.len() as u32 - 1
        };
        let added = path.len() - shared;
        self.items.extend_from_slice(&path[shared..]);
        self.weights.resize(self.items.len(), weight);
        self.run_of.resize(self.items.len(), run);
        self.open.extend(start..start + added as u32);
    }

    /// Makes the header lists by counting sort. They are incomplete if the call should stop.
    pub(super) fn finish(&mut self, control: &Control) {
        let Tree { ranks, items, weights, run_of, headers, nodes, .. } = self;
        headers.clear();
        headers.resize(ranks.len() + 2, 0);
        for item in &*items {
            headers[item.index() + 2] += 1;
        }
        for item in 2..headers.len() {
            headers[item] += headers[item - 1];
        }
        // The first access to new memory takes as long as everything else.
        if control.should_stop() {
            return;
        }
        nodes.resize(items.len(), Node::default());
        for start in (0..items.len()).step_by(NODES_PER_POLL) {
            if control.should_stop() {
                return;
            }
            let part = start..items.len().min(start + NODES_PER_POLL);
            let here = items[part.clone()].iter().zip(&weights[part.clone()]).zip(&run_of[part]);
            for (node, ((item, &weight), &run)) in (start as u32..).zip(here) {
                let place = &mut headers[item.index() + 1];
                nodes[*place as usize] = Node { node, run, weight };
                *place += 1;
            }
        }
        self.measure(control);
    }

    pub(super) fn items(&self) -> usize {
        self.ranks.len()
    }

    /// The conditional base of an item: for each of its nodes the weight, and the items above it in slices. Each slice
    /// is ascending, the lowest one first.
    pub(super) fn paths_above(&self, item: usize) -> impl Iterator<Item = (u32, Slices<'_, R>)> {
        let nodes = &self.nodes[self.headers[item] as usize..self.headers[item + 1] as usize];
        nodes.iter().enumerate().map(|(place, &Node { node, run, weight })| {
            if let Some(ahead) = nodes.get(place + AHEAD) {
                prefetch(&self.runs, ahead.run as usize);
                prefetch(&self.items, (ahead.node as usize).saturating_sub(1));
                prefetch(&self.items, (ahead.node as usize).saturating_sub(LINE / size_of::<R>()));
            }
            (weight, Slices { tree: self, run: self.runs[run as usize], end: node })
        })
    }

    /// The items of a slice of a path.
    pub(super) fn slice(&self, nodes: Range<usize>) -> &[R] {
        &self.items[nodes]
    }

    /// The number of entries of an item's conditional base.
    pub(super) fn entries_above(&self, item: usize) -> u64 {
        self.above[item].entries
    }

    /// An estimate of the work below each item.
    pub(super) fn work(&self) -> impl Iterator<Item = u64> {
        self.above.iter().map(|above| above.work)
    }

    fn measure(&mut self, control: &Control) {
        self.above.clear();
        self.above.resize(self.ranks.len(), Above { entries: 0, work: 1 });
        // The depth of each run's first node.
        let mut depths: Vec<u64> = Vec::with_capacity(self.runs.len());
        let depth_of = |depths: &[u64], node: usize| {
            let run = self.run_of[node] as usize;
            depths[run] + (node - self.runs[run].start as usize) as u64
        };
        for run in &self.runs {
            // A run's parent is in a run before it.
            depths.push(if run.parent == ROOT { 0 } else { depth_of(&depths, run.parent as usize) + 1 });
        }
        for start in (0..self.items.len()).step_by(NODES_PER_POLL) {
            if control.should_stop() {
                return;
            }
            let end = self.items.len().min(start + NODES_PER_POLL);
            for (node, item) in (start..).zip(&self.items[start..end]) {
                let depth = depth_of(&depths, node);
                let above = &mut self.above[item.index()];
                above.entries += depth;
                // Each entry is walked, and the entries of a path meet in pairs.
                above.work = above.work.saturating_add(depth * (depth + 4));
            }
        }
    }
}

/// Nodes, of a few steps each, between two checks whether the call should stop.
const NODES_PER_POLL: usize = 1 << 16;

/// Nodes between the prefetch of a path and its use.
const AHEAD: usize = 8;

/// Bytes per cache line.
const LINE: usize = 64;

/// What is above the nodes of an item.
#[derive(Clone, Copy, Debug)]
struct Above {
    /// Items on all paths in total.
    entries: u64,
    /// The work on them, in steps through memory.
    work: u64,
}

/// The path from a node to the root, in slices from below.
#[derive(Debug)]
pub(super) struct Slices<'a, R> {
    tree: &'a Tree<R>,
    run: Run,
    /// Where the part of the run that belongs to the path ends.
    end: u32,
}

impl<'a, R> Slices<'a, R> {
    /// The ranges of the slices, for [`Tree::slice`].
    #[inline(always)]
    pub(super) fn ranges(mut self) -> impl Iterator<Item = Range<usize>> + use<'a, R> {
        std::iter::from_fn(move || {
            if self.end == ROOT {
                return None;
            }
            let slice = self.run.start as usize..self.end as usize;
            // The first slice ends before the node of the path, the others at the parent.
            self.end = self.run.parent;
            if self.end != ROOT {
                self.run = self.tree.runs[self.run.parent_run as usize];
                self.end += 1;
            }
            Some(slice)
        })
    }

    /// The items of the path.
    #[inline(always)]
    pub(super) fn items(self) -> impl Iterator<Item = &'a R> + use<'a, R> {
        let tree = self.tree;
        self.ranges().flat_map(move |slice| &tree.items[slice])
    }
}

/// The stored rows in lexicographic order of their ranks, with the number of baskets of each. They are unsorted if the
/// call should stop.
fn sorted<'a, R: Rank>(rows: &'a RankedRows<R>, control: &Control) -> Vec<(u64, &'a [R], u32)> {
    // The first ranks decide almost always, so they are compared as one number. Places beyond the end of a row are 0, a
    // rank that can only occur at the first place.
    let bits = 8 * size_of::<R>() as u32;
    let key = |row: &[R]| {
        (0..64 / bits).fold(0, |key, place| key << bits | row.get(place as usize).map_or(0, |rank| rank.index() as u64))
    };
    // First by the first rank: the call can be checked between two of them.
    let first_of = |row: &[R]| row.first().map_or(0, |rank| rank.index());
    let mut ends = vec![0; rows.items() + 1];
    for (row, _) in rows.stored_rows() {
        ends[first_of(row)] += 1;
    }
    let mut all = 0;
    for end in &mut ends {
        all += std::mem::replace(end, all);
    }
    let mut order: Vec<(u64, &[R], u32)> = vec![(0, &[], 0); all];
    for (row, weight) in rows.stored_rows() {
        let end = &mut ends[first_of(row)];
        order[*end] = (key(row), row, weight);
        *end += 1;
    }
    let mut start = 0;
    for end in ends {
        if control.should_stop() {
            break;
        }
        order[start..end].sort_unstable();
        start = end;
    }
    order
}
