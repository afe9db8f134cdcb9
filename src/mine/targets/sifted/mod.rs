//! Closed, maximal and generator itemsets, sifted out of all frequent ones.
//!
//! A frequent itemset is maximal unless it can be extended by an item to a frequent one, and closed unless it can be to
//! one of the same count; it is a generator unless it extends one of the same count. So each frequent itemset is compared
//! with those that it extends, all with one item less, and marks them, or itself. Where baskets are short, that takes less
//! time than the walks, which have to find out about every itemset which rarer items are in its baskets, or which basket
//! needs each of its items.
//!
//! What an itemset extends is found by its hash, a sum of random numbers, one for each item. All subsets of a frequent
//! itemset are frequent, so there is one to be found; and it is the right one, as no two in a table can be taken for each
//! other, which is checked when they are added. So no items are compared, and no answer depends on luck. Each item has a
//! table of the itemsets that it is the rarest item of: all but one of those that an itemset extends are in its own table,
//! and that one is in the table of its second rarest item.
//!
//! | file | its part |
//! |---|---|
//! | `mod` | whether it is done, the marks, and what is reported |
//! | `slots` | a table of nodes by their hashes |

mod slots;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Data, Reporting};
use crate::call::control::Stopped;
use crate::mine::database::pair_counts::PairCounts;
use crate::mine::engines::eclat::EclatDatabase;
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::hand_over::BlockSender;
use crate::mine::output::itemset_output::{ItemsetOutput, ItemsetReceiver, ListingOutput, Receiver};
use crate::mine::output::trie_branch::{Node, TrieBranch};
use crate::mine::parallel::splitting::run_splitting;
use crate::mine::query::bounds::Bounds;
use crate::mine::query::target::Condensed;
use crate::mix::hash;
use crate::threads::workers::Workers;
use crate::transactions::{Branches, Rank};
use slots::{Slot, add, find};

/// Baskets are short if they have at most one of so many frequent items.
const SHORT: usize = 8;

/// How many frequent itemsets there may be, for the number of entries of the baskets. Where there are more, most of them
/// are subsets of long ones, and the walks that skip those are faster. (T10I4D100K and retail at 5, two for each entry:
/// closed 1.1 and 2.1 times as long. The walk for generators takes ten times as long for each.)
fn most(target: Condensed, entries: usize) -> usize {
    MOST.min(match target {
        Condensed::Closed | Condensed::Maximal => entries / 2,
        Condensed::Generators => entries.saturating_mul(4),
    })
}

/// The most frequent itemsets that are held.
const MOST: usize = 1 << 22;

/// Bytes that are held for each of them: a node, its slots, its mark, and what is left to mark in the tables of others.
const BYTES: usize = size_of::<Node>() + SLOTS * size_of::<Slot>() + size_of::<AtomicBool>() + size_of::<Later>();

/// One branch of so many is searched first, to see how many itemsets there are: a fortieth of the time. (Without that,
/// data with too many of them took up to a fifth longer; with one branch of 64 it did not see those of BMS1 at 34.)
const SAMPLE: usize = 32;

/// The itemsets of a target, as [`mine`](super::mine) returns them, if there are few frequent ones.
pub(super) fn mine<'a, R: Rank, K: ItemsetOutput>(
    data: Data<'_, R>,
    pair_counts: &PairCounts<'_, R>,
    target: Condensed,
    bounds: Bounds,
    budget: &'a Budget,
    new: impl Fn(Option<BlockSender<'a>>) -> K + Sync,
    workers: Workers<'a>,
) -> Result<Option<Vec<K>>, Stopped> {
    let Some(nodes) = find_all(data, pair_counts, target, bounds, budget.max(), workers)? else { return Ok(None) };
    let itemsets = match target {
        Condensed::Closed => Itemsets::new::<true, false>(&nodes, data.rows.items(), data.baskets, workers),
        Condensed::Maximal => Itemsets::new::<false, false>(&nodes, data.rows.items(), data.baskets, workers),
        Condensed::Generators => Itemsets::new::<true, true>(&nodes, data.rows.items(), data.baskets, workers),
    };
    // Marks may be missing if the call should end.
    workers.control().keep_going()?;
    itemsets.map(|itemsets| itemsets.report_all(budget, new, workers)).transpose()
}

/// All frequent itemsets, if there are few, and room for them.
fn find_all<R: Rank>(
    Data { rows, index, control, .. }: Data<'_, R>,
    pair_counts: &PairCounts<'_, R>,
    target: Condensed,
    bounds: Bounds,
    max: Size,
    workers: Workers,
) -> Result<Option<Vec<Node>>, Stopped> {
    // What an itemset extends is shorter, so a limit on the length leaves it. The search takes no limit below pairs.
    let has_all = bounds.max_len == usize::MAX || target == Condensed::Generators && bounds.max_len > 1;
    let is_whole = *rows.branches() == Branches::All && has_all && !control.takes_a_part();
    let most = most(target, rows.stored_entries());
    // A walk needs no memory, and ends as soon as the output has no room.
    let room = max.itemsets.min(bounds.most as u64).saturating_mul(size_of::<Node>() as u64);
    let has_room = (most * BYTES) as u64 <= room.min(max.bytes);
    if !is_whole || !has_room || rows.mean_len() * SHORT > rows.items() {
        return Ok(None);
    }
    let all = |every: usize, share: f64| {
        let database = EclatDatabase::new(rows, index, pair_counts, Bounds { most: most / every, ..bounds });
        match control.section(share, || database.mine::<TrieBranch>(every, workers.watching(control))) {
            Ok(branches) => Ok(TrieBranch::join(branches)),
            Err(Stopped::OverBudget) => Ok(None),
            Err(stopped) => Err(stopped),
        }
    };
    if all(SAMPLE, 0.02)?.is_none() { Ok(None) } else { all(1, 0.7) }
}

/// All frequent itemsets, and which of them are marked: those that are not of the target.
///
/// Where functions have the parameters `SAME` and `ITSELF`, only itemsets of the same count mark, and they mark themselves
/// instead of what they extend.
struct Itemsets<'a> {
    /// In the canonical order; their codes are counts.
    nodes: &'a [Node],
    /// Where those begin whose rarest item is of each rank; the end is last.
    firsts: Vec<u32>,
    marked: Vec<AtomicBool>,
}

/// The tables of some ranks, and what is left to mark in the tables of others.
struct Part {
    slots: Vec<Slot>,
    later: Vec<Later>,
}

/// An itemset without its rarest item: the node of the itemset, and the rank and the hash of the rest.
#[derive(Clone, Copy)]
struct Later {
    node: u32,
    rank: u32,
    hash: u64,
}

/// Slots for each itemset of a table. (With three, more memory is touched, and it takes as long.)
const SLOTS: usize = 2;

/// Nodes that are worth a thread of their own.
const MIN_PART: u64 = if cfg!(test) { 4 } else { 1 << 13 };

/// How often other random numbers are tried. For a million itemsets the first will do, with a probability of 0.9995.
const TRIALS: u64 = 4;

/// A node that the next one of a walk is below.
#[derive(Clone, Copy)]
struct Above {
    node: usize,
    /// Where its subtree ends.
    end: usize,
    rank: u32,
    /// The hash of the itemset, and the random number of its last item.
    hash: u64,
    random: u64,
}

impl<'a> Itemsets<'a> {
    /// `None` if no random numbers were found that tell the itemsets apart, or an item has no node.
    fn new<const SAME: bool, const ITSELF: bool>(
        nodes: &'a [Node],
        items: usize,
        baskets: u32,
        workers: Workers,
    ) -> Option<Self> {
        let mut firsts = Vec::with_capacity(items + 1);
        let mut first = 0;
        for rank in 0..items {
            firsts.push(first as u32);
            first += nodes.get(first).filter(|node| node.rank as usize == rank)?.size as usize;
        }
        firsts.push(first as u32);
        let mut itemsets = Itemsets { nodes, firsts, marked: Vec::new() };
        (0..TRIALS).any(|trial| itemsets.mark_all::<SAME, ITSELF>(trial, baskets, workers)).then_some(itemsets)
    }

    /// The number of itemsets of each rank, as the cost of its branch.
    fn costs(&self) -> Vec<u64> {
        self.firsts.windows(2).map(|ends| u64::from(ends[1] - ends[0])).collect()
    }

    fn branch(&self, rank: usize) -> Range<usize> {
        self.firsts[rank] as usize..self.firsts[rank + 1] as usize
    }

    /// The table of a rank, among all slots.
    #[inline(always)]
    fn table(&self, rank: usize) -> Range<usize> {
        // Single items have no slots.
        let start = |rank: usize| SLOTS * (self.firsts[rank] as usize - rank);
        start(rank)..start(rank + 1)
    }

    /// Compares an itemset with one that it extends, which no other thread marks meanwhile. There is no branch to mispredict.
    #[inline(always)]
    fn compare<const SAME: bool, const ITSELF: bool>(&self, node: usize, extended: usize) {
        let marked = &self.marked[if ITSELF { node } else { extended }];
        let marks = !SAME || self.nodes[node].code == self.nodes[extended].code;
        marked.store(marked.load(Ordering::Relaxed) | marks, Ordering::Relaxed);
    }

    /// The same where others may mark it, too.
    #[inline(always)]
    fn compare_shared<const SAME: bool, const ITSELF: bool>(&self, node: usize, extended: usize) {
        if !SAME || self.nodes[node].code == self.nodes[extended].code {
            self.marked[if ITSELF { node } else { extended }].store(true, Ordering::Relaxed);
        }
    }

    /// Compares all itemsets with what they extend; false if two have hashes that are not told apart.
    fn mark_all<const SAME: bool, const ITSELF: bool>(&mut self, trial: u64, baskets: u32, workers: Workers) -> bool {
        self.marked = self.nodes.iter().map(|_| AtomicBool::new(false)).collect();
        let random: Vec<u64> = (0..self.firsts.len() as u64 - 1).map(|rank| hash(trial << 32 | rank)).collect();
        let ranks = workers.parts_by_cost(&self.costs(), MIN_PART);
        let parts = workers.run_parts(&ranks, |ranks| self.mark_in::<SAME, ITSELF>(ranks, &random, baskets, workers));
        let Some(parts) = parts.into_iter().collect::<Option<Vec<Part>>>() else { return false };
        if workers.control().is_interrupted() {
            // Itemsets may be missing in the tables.
            return true;
        }
        workers.run(
            &vec![1; parts.len()],
            || (),
            |(), part| {
                for &Later { node, rank, hash } in &parts[part].later {
                    let place = ranks.partition_point(|ranks| ranks.end <= rank as usize);
                    let (start, table) = (self.table(ranks[place].start).start, self.table(rank as usize));
                    let table = &parts[place].slots[table.start - start..table.end - start];
                    self.compare_shared::<SAME, ITSELF>(node as usize, find(table, hash));
                }
            },
        );
        true
    }

    /// Compares the itemsets of some ranks with what they extend among those of these ranks. `None` if two have hashes that
    /// are not told apart.
    ///
    /// All of it comes before them in the canonical order, so it is in the tables already.
    fn mark_in<const SAME: bool, const ITSELF: bool>(
        &self,
        ranks: Range<usize>,
        random: &[u64],
        baskets: u32,
        workers: Workers,
    ) -> Option<Part> {
        let start = self.table(ranks.start).start;
        let mut slots = vec![0; self.table(ranks.end - 1).end - start];
        let mut later = Vec::new();
        let mut path: Vec<Above> = Vec::new();
        for rank in ranks.clone() {
            if workers.control().should_stop() {
                break;
            }
            let table = self.table(rank);
            let (before, own) = slots[..table.end - start].split_at_mut(table.start - start);
            // A page that is read before it is written to is mapped twice, and other threads are interrupted for that.
            own.fill(0);
            for at in self.branch(rank) {
                let Node { rank, code, size } = self.nodes[at];
                while path.last().is_some_and(|last| last.end <= at) {
                    path.pop();
                }
                let random = random[rank as usize];
                let hash = path.last().map_or(0, |last| last.hash).wrapping_add(random);
                match &path[..] {
                    // It extends the empty itemset, which is in all baskets and never listed.
                    [] if ITSELF && code == baskets => self.marked[at].store(true, Ordering::Relaxed),
                    [] => {}
                    // Single items are extended by itemsets of other ranks, too.
                    [first] => {
                        add(own, hash, at)?;
                        self.compare_shared::<SAME, ITSELF>(at, first.node);
                        self.compare_shared::<SAME, ITSELF>(at, self.firsts[rank as usize] as usize);
                    }
                    [first, rest @ ..] => {
                        add(own, hash, at)?;
                        self.compare::<SAME, ITSELF>(at, rest[rest.len() - 1].node);
                        for left_out in rest {
                            self.compare::<SAME, ITSELF>(at, find(own, hash.wrapping_sub(left_out.random)));
                        }
                        let (second, hash) = (rest[0].rank as usize, hash.wrapping_sub(first.random));
                        if ranks.contains(&second) {
                            let table = self.table(second);
                            let table = &before[table.start - start..table.end - start];
                            self.compare::<SAME, ITSELF>(at, find(table, hash));
                        } else {
                            later.push(Later { node: at as u32, rank: second as u32, hash });
                        }
                    }
                }
                if size > 1 {
                    path.push(Above { node: at, end: at + size as usize, rank, hash, random });
                }
            }
        }
        Some(Part { slots, later })
    }

    /// Reports the itemsets that are not marked.
    fn report_all<'w, K: ItemsetOutput>(
        &self,
        budget: &'w Budget,
        new: impl Fn(Option<BlockSender<'w>>) -> K + Sync,
        workers: Workers<'w>,
    ) -> Result<Vec<K>, Stopped> {
        run_splitting(
            workers,
            &self.costs(),
            budget,
            |_, sender| new(sender),
            || (),
            |(), ranks, parts| {
                for rank in ranks {
                    parts.reach(rank);
                    parts.go_on()?;
                    match parts.out.receiver() {
                        Receiver::List(list) => {
                            let mut list = Reporting { list, share: &mut parts.donor.share, kept: 0 };
                            self.report(rank, &mut (&mut list as &mut dyn ListingOutput))?;
                        }
                        Receiver::Count(mut tally) => self.report(rank, &mut tally)?,
                    }
                }
                ControlFlow::Continue(())
            },
            |(), never: Infallible, _| match never {},
        )
    }

    /// Reports the itemsets of a rank that are not marked.
    fn report<K: ItemsetReceiver>(&self, rank: usize, out: &mut K) -> ControlFlow<()> {
        let (mut ends, mut descending): (Vec<usize>, Vec<u32>) = (Vec::new(), Vec::new());
        let mut found: Vec<u64> = Vec::new();
        for at in self.branch(rank) {
            let Node { rank, code, size } = self.nodes[at];
            while ends.last().is_some_and(|&end| end <= at) {
                ends.pop();
            }
            let is_left = !self.marked[at].load(Ordering::Relaxed);
            if !K::LISTS {
                if found.len() == ends.len() {
                    found.push(0);
                }
                found[ends.len()] += u64::from(is_left);
            } else if is_left {
                descending.truncate(ends.len());
                descending.push(rank);
                out.keep(&descending, code)?;
            }
            if size > 1 {
                descending.truncate(ends.len());
                descending.push(rank);
                ends.push(at + size as usize);
            }
        }
        // By length, the shortest first.
        for (len, itemsets) in (1..).zip(found).filter(|&(_, itemsets)| itemsets > 0) {
            out.tally(len, itemsets);
        }
        ControlFlow::Continue(())
    }
}
