//! The itemsets of one length, and the next length from them.

use std::ops::{ControlFlow, Range};

use super::baskets::{Baskets, Below};
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::Stopped;
use crate::call::control::{Control, Poll};
use crate::call::meter::Meter;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::budget::{Budget, BudgetShare};
use crate::mine::output::hand_over::BlockSender;
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::parallel::chunks::run_in_chunks;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// The frequent itemsets of one length, in the canonical order: a level of the tree of itemsets.
#[derive(Debug)]
pub(super) struct Level {
    /// Items per itemset.
    len: usize,
    /// The last item of each itemset.
    ranks: Vec<u32>,
    counts: Vec<u32>,
    /// Where the extensions of each itemset of the level before begin; the end is last.
    children: Vec<u32>,
    /// For each itemset, the positions of its subsets in the level before: without its first item, without its second,
    /// and so on. The last one, its parent, is left out.
    subsets: Vec<u32>,
}

/// A piece of a level while it is being found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    ranks: Vec<u32>,
    counts: Vec<u32>,
    /// The number of itemsets found up to the end of each parent.
    ends: Vec<usize>,
    subsets: Vec<u32>,
    candidates: u64,
    share: BudgetShare<'a>,
}

impl<'a> Found<'a> {
    pub(super) fn new(held: &'a Budget) -> Self {
        let (ranks, counts, ends, subsets) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Found { ranks, counts, ends, subsets, candidates: 0, share: BudgetShare::new(held) }
    }

    /// Adds an itemset that extends the current parent. `subsets` are as in [`Level`].
    pub(super) fn push(&mut self, rank: u32, count: u32, subsets: impl Iterator<Item = u32>) {
        self.ranks.push(rank);
        self.counts.push(count);
        self.subsets.extend(subsets);
    }

    /// Ends the extensions of one parent. An error if all pieces together hold too much.
    pub(super) fn end_parent(&mut self) -> Result<(), Stopped> {
        self.ends.push(self.ranks.len());
        self.share.report(self.ranks.len()).is_continue().then_some(()).ok_or(Stopped::OverBudget)
    }
}

impl Level {
    /// The first level.
    pub(super) fn singles(counts: &[u32]) -> Self {
        // Ranks are numbered by a u32.
        let items = counts.len() as u32;
        Level {
            len: 1,
            ranks: (0..items).collect(),
            counts: counts.to_vec(),
            children: vec![0, items],
            subsets: Vec::new(),
        }
    }

    /// Joins the pieces of a level in their order.
    pub(super) fn joined(len: usize, pieces: Vec<Found<'_>>) -> Result<Self, Stopped> {
        let itemsets: usize = pieces.iter().map(|found| found.ranks.len()).sum();
        u32::try_from(itemsets).map_err(|_| Stopped::OverBudget)?;
        let mut level = Level {
            len,
            ranks: Vec::with_capacity(itemsets),
            counts: Vec::with_capacity(itemsets),
            children: vec![0],
            subsets: Vec::new(),
        };
        level.subsets.reserve_exact(itemsets * (len - 1));
        for found in pieces {
            let before = level.ranks.len();
            level.children.extend(found.ends.iter().map(|end| (before + end) as u32));
            level.ranks.extend_from_slice(&found.ranks);
            level.counts.extend_from_slice(&found.counts);
            level.subsets.extend_from_slice(&found.subsets);
        }
        Ok(level)
    }

    /// The number of itemsets.
    pub(super) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// The number of itemsets of the level before.
    pub(super) fn parents(&self) -> usize {
        self.children.len() - 1
    }

    /// The itemsets of this level that extend one of the level before.
    fn children(&self, parent: usize) -> Range<usize> {
        self.children[parent] as usize..self.children[parent + 1] as usize
    }

    fn subsets(&self, itemset: usize) -> &[u32] {
        let each = self.len - 1;
        &self.subsets[itemset * each..][..each]
    }

    /// Frees what only the join to the next level needs.
    pub(super) fn forget_subsets(&mut self) {
        self.subsets = Vec::new();
    }
}

/// The frequent itemsets that are one item longer than those of the last level, and the number of candidates counted.
///
/// A candidate is an itemset v of the last level joined with the last item a of a sibling before it. Its subsets are v,
/// the sibling, and v without each of its other items, extended by a. So the candidates of v are the common children of
/// v's parent and of v's other subsets. They are found by merging the sorted lists.
pub(super) fn join<R: Rank>(
    levels: &[Level],
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    min_count: u32,
    held: &Budget,
    workers: Workers,
) -> Result<(Level, u64), Stopped> {
    let last = &levels[levels.len() - 1];
    let costs: Vec<u64> = (0..last.parents()).map(|parent| (last.children(parent).len() as u64).pow(2)).collect();
    let meter = Meter::new(workers.control(), A_LEVEL, &costs);
    let found = run_in_chunks(
        workers,
        &costs,
        || (),
        |(), parents| {
            let control = workers.control();
            Isa::detect().run(Join { levels, rows, index, min_count, parents, control, held, meter: &meter })
        },
    );
    let found = found.into_iter().collect::<Result<Vec<_>, Stopped>>()?;
    let candidates = found.iter().map(|found| found.candidates).sum();
    Ok((Level::joined(last.len + 1, found)?, candidates))
}

/// Joins the children of some itemsets of the last level but one.
struct Join<'a, R> {
    levels: &'a [Level],
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    min_count: u32,
    held: &'a Budget,
    parents: Range<usize>,
    control: &'a Control,
    meter: &'a Meter<'a>,
}

/// The share of the remaining time that a level takes on the progress scale. The number of levels is not known.
const A_LEVEL: f64 = 0.4;

impl<'a, R: Rank> Task for Join<'a, R> {
    type Output = Result<Found<'a>, Stopped>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Result<Found<'a>, Stopped> {
        let Join { levels, rows, index, min_count, held, parents, control, meter } = self;
        let [.., last] = levels else { return Err(Stopped::OverBudget) };
        let mut found = Found::new(held);
        let mut candidates = Candidates::default();
        let mut baskets = Baskets::new(rows, index);
        let mut poll = Poll::new(control);
        let mut path = Path::to(&levels[..levels.len() - 1], parents.start);
        for parent in parents {
            let siblings = last.children(parent);
            for itemset in siblings.clone() {
                if poll.step(16).is_break() {
                    return Err(Stopped::Interrupted);
                }
                candidates.join(last, siblings.start..itemset, last.subsets(itemset));
                if !candidates.alive.is_empty() {
                    found.candidates += candidates.alive.len() as u64;
                    baskets.reach(ops, path.reach(parent, last.ranks[itemset]), |first| below(levels, first));
                }
                for &sibling in &candidates.alive {
                    let rank = last.ranks[siblings.start + sibling as usize];
                    let count = baskets.count(ops, rank, min_count);
                    if count >= min_count {
                        found.push(rank, count, candidates.subsets(sibling));
                    }
                }
                found.end_parent()?;
            }
            meter.add(parent..parent + 1);
        }
        Ok(found)
    }
}

/// The work below an item in the last level.
fn below(levels: &[Level], item: u32) -> Below<impl Iterator<Item = (u32, u32)>> {
    // A single item is at the position of its rank.
    let first = item as usize;
    let mut parents = first..first + 1;
    for level in &levels[1..levels.len() - 1] {
        parents = level.children[parents.start] as usize..level.children[parents.end] as usize;
    }
    let last = &levels[levels.len() - 1];
    let (mut intersections, mut baskets) = (0, 0);
    for parent in parents {
        let siblings = last.children(parent);
        if siblings.len() > 1 {
            // The intersections on the path to the parent, and from there to its children.
            intersections += siblings.len();
            baskets +=
                levels[0].counts[first] as usize + siblings.len() * levels[levels.len() - 2].counts[parent] as usize;
        }
        for (before, itemset) in siblings.enumerate() {
            intersections += before;
            baskets += before * last.counts[itemset] as usize;
        }
    }
    let pair_counts = levels[1].children(first).map(|pair| (levels[1].ranks[pair], levels[1].counts[pair]));
    Below { pair_counts, intersections, baskets }
}

/// The candidates that extend one itemset, by the siblings before it that they are joined with.
#[derive(Debug, Default)]
struct Candidates {
    /// The siblings of the candidates, numbered from the first sibling.
    alive: Vec<u32>,
    /// For each other subset of the itemset, the position of its extension by each sibling's item. Meaningless for a
    /// sibling that is not alive.
    places: Vec<u32>,
    /// The number of siblings, and the position of the first one in its level.
    siblings: usize,
    first: usize,
    /// The number of other subsets.
    others: usize,
}

impl Candidates {
    /// Finds the candidates of an itemset with the given siblings before it and the given other subsets in the level
    /// before.
    #[inline(always)]
    fn join(&mut self, level: &Level, siblings: Range<usize>, subsets: &[u32]) {
        self.first = siblings.start;
        self.siblings = siblings.len();
        self.others = subsets.len();
        self.alive.clear();
        // Positions in a level are numbered by a u32.
        self.alive.extend(0..siblings.len() as u32);
        self.places.resize(self.places.len().max(subsets.len() * self.siblings), 0);
        let ranks = &level.ranks[siblings];
        for (subset, &parent) in subsets.iter().enumerate() {
            if self.alive.is_empty() {
                break;
            }
            let children = level.children(parent as usize);
            let others = &level.ranks[children.clone()];
            let places = &mut self.places[subset * self.siblings..][..self.siblings];
            let (mut kept, mut at) = (0, 0);
            for candidate in 0..self.alive.len() {
                let sibling = self.alive[candidate];
                let rank = ranks[sibling as usize];
                while at < others.len() && others[at] < rank {
                    at += 1;
                }
                if at == others.len() {
                    break;
                }
                // Each sibling is written before it is known whether it stays, so there is no branch to mispredict.
                places[sibling as usize] = (children.start + at) as u32;
                self.alive[kept] = sibling;
                kept += usize::from(others[at] == rank);
            }
            self.alive.truncate(kept);
        }
    }

    /// The positions of the subsets of a candidate, in the order of [`Level`].
    fn subsets(&self, sibling: u32) -> impl Iterator<Item = u32> {
        let places = (0..self.others).map(move |subset| self.places[subset * self.siblings + sibling as usize]);
        // The subset without the itemset's last item comes last.
        places.chain([self.first as u32 + sibling])
    }
}

/// The path to an itemset of the last level, which moves forward with it.
#[derive(Debug)]
struct Path<'a> {
    levels: &'a [Level],
    /// The itemsets on the path, one per level.
    nodes: Vec<usize>,
    ranks: Vec<u32>,
}

impl<'a> Path<'a> {
    fn to(levels: &'a [Level], node: usize) -> Self {
        let mut nodes = vec![node; levels.len()];
        for depth in (1..levels.len()).rev() {
            nodes[depth - 1] =
                levels[depth].children.partition_point(|&start| start as usize <= nodes[depth]).saturating_sub(1);
        }
        Path { levels, nodes, ranks: Vec::new() }
    }

    /// The ranks on the path to a node, followed by `rank`. Nodes must be requested in ascending order.
    #[inline(always)]
    fn reach(&mut self, node: usize, rank: u32) -> &[u32] {
        let deepest = self.levels.len() - 1;
        if self.nodes[deepest] != node || self.ranks.is_empty() {
            self.nodes[deepest] = node;
            for depth in (1..=deepest).rev() {
                while self.levels[depth].children(self.nodes[depth - 1]).end <= self.nodes[depth] {
                    self.nodes[depth - 1] += 1;
                }
            }
            self.ranks.clear();
            self.ranks.extend(self.nodes.iter().zip(self.levels).map(|(&node, level)| level.ranks[node]));
        }
        self.ranks.truncate(self.levels.len());
        self.ranks.push(rank);
        &self.ranks
    }
}

/// Reports the itemsets of all levels, depth first, and sends on what is not kept.
pub(super) fn report<B: TreeOutput>(levels: &[Level], out: &mut B, sender: Option<BlockSender<'_>>) -> ControlFlow<()> {
    let mut open = vec![levels[0].children(0)];
    while let Some(siblings) = open.last_mut() {
        let Some(node) = siblings.next() else {
            open.pop();
            if !open.is_empty() {
                out.close();
            }
            sender.map_or(ControlFlow::Continue(()), |sender| sender.hand_over(out))?;
            continue;
        };
        let level = &levels[open.len() - 1];
        let (rank, count) = (level.ranks[node], level.counts[node]);
        match levels.get(open.len()).map(|below| below.children(node)).filter(|children| !children.is_empty()) {
            None => out.leaf(rank, count)?,
            Some(children) => {
                out.open(rank, count)?;
                open.push(children);
            }
        }
    }
    ControlFlow::Continue(())
}
