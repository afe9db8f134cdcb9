//! The itemsets of one length, and the next length from them.

use std::ops::{ControlFlow, Range};

use super::prefix::Prefixes;
use crate::bitset::{Isa, Ops, Task, TidSet};
use crate::control::{Control, Lookout};
use crate::mine::base::Base;
use crate::mine::vertical::for_rows_in;
use crate::mine::{Bounds, Branch, Full, VerticalIndex, run_in_pieces};
use crate::transactions::{Rank, RankedRows};
use crate::workers::Workers;

/// The frequent itemsets of one length, in the canonical order: a level of the tree of itemsets.
#[derive(Debug)]
pub(super) struct Level {
    /// Items an itemset.
    len: usize,
    /// The last item of each.
    ranks: Vec<u32>,
    counts: Vec<u32>,
    /// Where the itemsets begin that extend each one of the level before, and, last, the end.
    children: Vec<u32>,
    /// For each itemset, where in the level before its subsets stand: without its first item, without its
    /// second, and so on, but the last, which is its parent.
    subsets: Vec<u32>,
}

/// A piece of a level while it is found.
#[derive(Debug, Default)]
pub(super) struct Found {
    ranks: Vec<u32>,
    counts: Vec<u32>,
    /// Itemsets found up to the end of each parent.
    ends: Vec<usize>,
    subsets: Vec<u32>,
    candidates: u64,
    /// The most itemsets that it takes.
    most: usize,
}

impl Found {
    pub(super) fn new(most: usize) -> Self {
        Found { most, ..Found::default() }
    }

    /// An itemset that extends the parent at hand; `subsets` are as in [`Level`].
    pub(super) fn push(&mut self, rank: u32, count: u32, subsets: &[u32]) -> Result<(), Full> {
        if self.ranks.len() == self.most {
            return Err(Full);
        }
        self.ranks.push(rank);
        self.counts.push(count);
        self.subsets.extend_from_slice(subsets);
        Ok(())
    }

    /// The extensions of one parent are complete.
    pub(super) fn end_parent(&mut self) {
        self.ends.push(self.ranks.len());
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

    /// The pieces of a level in their order.
    pub(super) fn joined(len: usize, pieces: Vec<Found>) -> Result<Self, Full> {
        let itemsets: usize = pieces.iter().map(|found| found.ranks.len()).sum();
        u32::try_from(itemsets).map_err(|_| Full)?;
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

    /// Itemsets.
    pub(super) fn len(&self) -> usize {
        self.ranks.len()
    }

    /// Itemsets of the level before.
    pub(super) fn parents(&self) -> usize {
        self.children.len() - 1
    }

    /// Those of this level that extend one of the level before.
    fn children(&self, parent: usize) -> Range<usize> {
        self.children[parent] as usize..self.children[parent + 1] as usize
    }

    fn subsets(&self, itemset: usize) -> &[u32] {
        let each = self.len - 1;
        &self.subsets[itemset * each..][..each]
    }

    /// What only the join to the next level needs.
    pub(super) fn forget_subsets(&mut self) {
        self.subsets = Vec::new();
    }
}

/// The frequent itemsets that are one longer than those of the last level, and how many candidates were counted.
///
/// A candidate is an itemset v of the last level and the last item a of a sibling before it. Its subsets are v,
/// the sibling, and v without each of its other items, extended by a: so the candidates of v are the
/// common children of v's parent and of v's other subsets, found by merging their sorted lists.
pub(super) fn join<R: Rank>(
    levels: &[Level],
    rows: &RankedRows<R>,
    index: &VerticalIndex,
    bounds: Bounds,
    workers: Workers,
) -> Result<(Level, u64), Full> {
    let last = &levels[levels.len() - 1];
    let costs: Vec<u64> = (0..last.parents()).map(|parent| (last.children(parent).len() as u64).pow(2)).collect();
    let found = run_in_pieces(
        workers,
        &costs,
        || (),
        |(), parents| Isa::detect().run(Join { levels, rows, index, bounds, parents, control: workers.control() }),
    );
    let found = found.into_iter().collect::<Result<Vec<_>, Full>>()?;
    let candidates = found.iter().map(|found| found.candidates).sum();
    Ok((Level::joined(last.len + 1, found)?, candidates))
}

/// The join of the children of some of the itemsets of the last level but one.
struct Join<'a, R> {
    levels: &'a [Level],
    rows: &'a RankedRows<R>,
    index: &'a VerticalIndex,
    bounds: Bounds,
    parents: Range<usize>,
    control: &'a Control,
}

impl<R: Rank> Task for Join<'_, R> {
    type Output = Result<Found, Full>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Result<Found, Full> {
        let Join { levels, rows, index, bounds, parents, control } = self;
        let min_count = bounds.min_count;
        let [.., last] = levels else { return Ok(Found::default()) };
        let mut found = Found::new(bounds.most);
        let mut prefixes = Prefixes::default();
        let mut candidates = Candidates::default();
        let mut siblings_pairs = SiblingPairs { base: Base::default(), counts: Vec::new() };
        let mut lookout = Lookout::new(control);
        let mut path = Path::to(&levels[..levels.len() - 1], parents.start);
        for parent in parents {
            let siblings = last.children(parent);
            let by_rows = siblings.len() > 2 && {
                let path = path.reach(parent);
                let baskets = match *path {
                    [rank] => index.set(rank),
                    _ => prefixes.intersection(ops, index, path),
                };
                let cheaper = is_cheaper_by_rows(rows, baskets, siblings.len());
                if cheaper {
                    let children = last.ranks[siblings.clone()].iter().zip(&last.counts[siblings.clone()]);
                    siblings_pairs.count(rows, baskets, children.map(|(&rank, &count)| (rank, count)));
                }
                cheaper
            };
            for itemset in siblings.clone() {
                if lookout.step(16).is_break() {
                    return Err(Full);
                }
                candidates.join(last, siblings.start..itemset, last.subsets(itemset));
                found.candidates += candidates.ranks.len() as u64;
                let prefix = match candidates.ranks.len() {
                    0 => None,
                    _ if by_rows => None,
                    _ => Some(prefixes.intersection(ops, index, path.with(parent, last.ranks[itemset]))),
                };
                for (candidate, &rank) in candidates.ranks.iter().enumerate() {
                    let count = match prefix {
                        Some(prefix) => {
                            prefix.intersection_count_at_least(index.set(rank), ops, min_count).unwrap_or(0)
                        }
                        None => {
                            let sibling = candidates.sibling(candidate) - siblings.start;
                            siblings_pairs.of(itemset - siblings.start, sibling)
                        }
                    };
                    if count >= min_count {
                        found.push(rank, count, candidates.subsets(candidate))?;
                    }
                }
                found.end_parent();
            }
        }
        Ok(found)
    }
}

/// The counts of an itemset with each two of its children's last items, from one walk through its baskets.
struct SiblingPairs<R> {
    base: Base<R>,
    counts: Vec<u16>,
}

impl<R: Rank> SiblingPairs<R> {
    fn count(&mut self, rows: &RankedRows<R>, baskets: &TidSet, children: impl Iterator<Item = (u32, u32)>) {
        self.base.frequent.clear();
        self.base.frequent.extend(children);
        self.base.begin(rows.items());
        for_rows_in(baskets, rows, |row| self.base.add(row));
        self.base.finish();
        self.base.count_pairs(self.base.frequent.len(), &mut self.counts);
    }

    /// The count with a child and one before it.
    fn of(&self, child: usize, before: usize) -> u32 {
        self.counts[child * (child - 1) / 2 + before].into()
    }
}

/// Whether the candidates below an itemset are counted faster by going through its baskets, once for all of them, than by
/// intersecting the baskets of each of its children with those of the candidates' items.
///
/// It is where few, short baskets have many candidates: T10I4D100K at 20 has sixty triples a pair, 3.5 million in all.
fn is_cheaper_by_rows<R: Rank>(rows: &RankedRows<R>, baskets: &TidSet, children: usize) -> bool {
    let count = baskets.count() as usize;
    let length = rows.mean_len();
    let counters = children * (children - 1) / 2;
    if counters > rows.bytes() || count > usize::from(u16::MAX) {
        // Never more counters than the baskets have bytes, and counters of 16 bits.
        return false;
    }
    let by_rows = count * length * 3 / 2 + children * children / COUNTERS_A_STEP;
    let by_sets = children * children / 2 * baskets.words().map_or(count, |words| words.len() / WORDS_A_STEP);
    by_rows < by_sets
}

/// Counters cleared, and words intersected, in the time of one step through a basket or a list.
const COUNTERS_A_STEP: usize = 16;
const WORDS_A_STEP: usize = 4;

/// The candidates that extend one itemset.
#[derive(Debug, Default)]
struct Candidates {
    ranks: Vec<u32>,
    /// For each candidate, the subsets found for it so far.
    subsets: Vec<u32>,
    /// How many those are.
    each: usize,
}

impl Candidates {
    /// Those of an itemset with the given siblings before it and the given other subsets in the level before.
    fn join(&mut self, level: &Level, siblings: Range<usize>, subsets: &[u32]) {
        self.ranks.clear();
        self.subsets.clear();
        self.each = subsets.len() + 1;
        self.subsets.resize(siblings.len() * self.each, 0);
        for (candidate, sibling) in siblings.enumerate() {
            self.ranks.push(level.ranks[sibling]);
            // Positions in a level are numbered by a u32. The subset without the itemset's last item comes last.
            self.subsets[candidate * self.each + subsets.len()] = sibling as u32;
        }
        for (place, &subset) in subsets.iter().enumerate() {
            let mut children = level.children(subset as usize);
            let mut kept = 0;
            for candidate in 0..self.ranks.len() {
                let rank = self.ranks[candidate];
                while children.start < children.end && level.ranks[children.start] < rank {
                    children.start += 1;
                }
                if children.start < children.end && level.ranks[children.start] == rank {
                    self.ranks[kept] = rank;
                    self.subsets.copy_within(candidate * self.each..(candidate + 1) * self.each, kept * self.each);
                    self.subsets[kept * self.each + place] = children.start as u32;
                    kept += 1;
                }
            }
            self.ranks.truncate(kept);
            if kept == 0 {
                break;
            }
        }
    }

    fn subsets(&self, candidate: usize) -> &[u32] {
        &self.subsets[candidate * self.each..][..self.each]
    }

    /// Where the sibling stands in its level from which a candidate was joined.
    fn sibling(&self, candidate: usize) -> usize {
        self.subsets[(candidate + 1) * self.each - 1] as usize
    }
}

/// The path to an itemset of the last of some levels, which moves forward with it.
#[derive(Debug)]
struct Path<'a> {
    levels: &'a [Level],
    /// The itemsets on the path, one a level.
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

    /// The ranks on the way to a node that is not before the last one asked for.
    fn reach(&mut self, node: usize) -> &[u32] {
        let deepest = self.levels.len() - 1;
        self.nodes[deepest] = node;
        for depth in (1..=deepest).rev() {
            while self.levels[depth].children(self.nodes[depth - 1]).end <= self.nodes[depth] {
                self.nodes[depth - 1] += 1;
            }
        }
        self.ranks.clear();
        self.ranks.extend(self.nodes.iter().zip(self.levels).map(|(&node, level)| level.ranks[node]));
        &self.ranks
    }

    /// The same, and one rank more.
    fn with(&mut self, node: usize, rank: u32) -> &[u32] {
        self.reach(node);
        self.ranks.push(rank);
        &self.ranks
    }
}

/// Tells a branch of the itemsets of all levels, depth first.
pub(super) fn report<B: Branch>(levels: &[Level], out: &mut B) -> ControlFlow<()> {
    let mut open = vec![levels[0].children(0)];
    while let Some(siblings) = open.last_mut() {
        let Some(node) = siblings.next() else {
            open.pop();
            if !open.is_empty() {
                out.close();
            }
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
