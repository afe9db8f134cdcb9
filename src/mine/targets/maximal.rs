//! Maximal itemsets.
//!
//! The search is the one for closed itemsets, as every maximal itemset is closed, and prunes more: a subset of an
//! itemset that is known to be frequent is not maximal. The known itemsets are narrowed down on the way to those that
//! hold the current itemset (Gouda & Zaki, "GenMax: an efficient algorithm for mining maximal frequent itemsets", Data
//! Mining and Knowledge Discovery 2005). An itemset joined with all its extensions is checked before the extensions are
//! (Burdick, Calimlim & Gehrke, "MAFIA: a maximal frequent itemset algorithm for transactional databases", ICDE 2001).
//! An itemset that is left is maximal if no item that was passed over is frequent with it.

use std::ops::ControlFlow;

use super::Data;
use super::STEPS_PER_POLL;
use super::blocked::Blocked;
use super::closed_stack::{ClosedLevel, ClosedSource, ClosedStack, PassedItems};
use super::database::{Rarer, TwoSidedColumns};
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::{Control, Poll};
use crate::mine::output::itemset_output::ItemsetReceiver;
use crate::mine::query::bounds::Bounds;
use crate::transactions::Rank;

/// The search for maximal itemsets below an item.
///
/// The rarest extension is searched first, so that the largest itemsets are found before their subsets. Itemsets are
/// found in the reverse of the canonical order.
#[derive(Debug, Default)]
pub(super) struct Maximal {
    pub(super) stack: ClosedStack,
    /// What is known of each level of the stack.
    levels: Vec<Beside>,
    /// The rank of the database's item, the number of more frequent items, and the words of a mask of them.
    pub(super) rank: u32,
    pub(super) before: u32,
    mask: usize,
    /// Frequent itemsets that were found below the item, a mask each.
    known: Vec<u64>,
    /// The numbers of those in `known` that hold a level's itemset and were found before the level was entered.
    narrowed: Vec<u32>,
    /// The itemset of each level, and its extensions, as masks.
    members: Vec<u64>,
    wanted: Vec<u64>,
    /// Which items of the first level are frequent together with a rarer one that was searched.
    extended: Vec<bool>,
    /// Scratch: counts by item, above what was counted before them in total, and a column.
    pub(super) counters: Vec<u64>,
    pub(super) counted: u64,
    pub(super) column: Vec<u64>,
    /// The itemsets to report once all are found, if the output must receive them in order: descending ranks, and where
    /// each ends with its count.
    listed: Vec<u32>,
    ends: Vec<(usize, u32)>,
}

/// What is known of a level besides what the stack has.
#[derive(Clone, Copy, Debug)]
struct Beside {
    /// Where its own part of `narrowed` begins.
    narrowed: usize,
    /// The number of itemsets known when it was entered. All that were found since contain its itemset.
    known: usize,
    /// The number of those that were taken into account.
    seen: usize,
    /// Itemsets that add to the level's itemset only items before this one are known to be frequent.
    covered: u32,
}

/// The fewest extensions for which itemsets that hold all of them are searched for.
const LOOKED_FOR: usize = 2;

impl super::Search for Maximal {
    const RARER: Rarer = Rarer::Frequent;

    fn run<R: Rank, K: ItemsetReceiver>(
        &mut self,
        isa: Isa,
        columns: &mut TwoSidedColumns<'_, R>,
        data: Data<'_, R>,
        bounds: Bounds,
        out: &mut K,
    ) -> ControlFlow<()> {
        if columns.before == 0 {
            if !columns.rarer {
                self.stack.sets.clear();
                self.stack.sets.push(columns.rank);
                self.stack.sets.extend(columns.perfect.iter().rev());
                if K::LISTS {
                    out.keep(&self.stack.sets, columns.count)?;
                } else {
                    out.tally(self.stack.sets.len(), 1);
                }
            }
            return ControlFlow::Continue(());
        }
        self.stack.begin(columns, data.rows.items());
        // Items are numbered by a u32.
        self.before = columns.before as u32;
        self.mask = columns.before.div_ceil(64);
        for list in [&mut self.known, &mut self.members, &mut self.wanted] {
            list.clear();
        }
        self.members.resize(self.mask, 0);
        (0..columns.before).for_each(|item| set(&mut self.wanted, item as u32));
        self.extended.clear();
        self.extended.resize(columns.before, false);
        self.narrowed.clear();
        self.listed.clear();
        self.ends.clear();
        self.levels.clear();
        self.levels.push(Beside { narrowed: 0, known: 0, seen: 0, covered: 0 });
        self.rank = columns.rank;
        self.counters.resize(data.rows.items(), 0);
        let mut weights = std::mem::take(&mut columns.weights);
        let of = ClosedSource::new(columns, bounds);
        let done = weights.run(isa, bounds.min_count, MaximalRun { search: self, of, control: data.control, out });
        columns.weights = weights;
        done?;
        for found in (0..self.ends.len()).rev() {
            let start = found.checked_sub(1).map_or(0, |before| self.ends[before].0);
            let (end, count) = self.ends[found];
            out.keep(&self.listed[start..end], count)?;
        }
        ControlFlow::Continue(())
    }
}

struct MaximalRun<'a, R, K> {
    search: &'a mut Maximal,
    of: ClosedSource<'a, R>,
    control: &'a Control,
    out: &'a mut K,
}

impl<R: Rank, K: ItemsetReceiver> Task for MaximalRun<'_, R, K> {
    type Output = ControlFlow<()>;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> ControlFlow<()> {
        let MaximalRun { search, of, control, out } = self;
        let mut poll = Poll::new(control);
        while let Some(level) = search.stack.levels.last_mut() {
            poll.step(STEPS_PER_POLL)?;
            let next = level.next;
            level.next += 1;
            let level = *level;
            search.look_at_new();
            let left = level.width - next;
            if left == 0 || search.is_subsumed(level, left - 1) {
                search.leave(level);
                continue;
            }
            let item = left - 1;
            if search.stack.is_in_another_branch(ops, of, level, item) {
                continue;
            }
            let new = search.stack.narrow(ops, of, level, item);
            if level.items == 0 {
                let alone = new.width == 0 && search.stack.perfect.is_empty();
                if alone && search.extended[item] {
                    continue;
                }
                for &other in &search.stack.items[new.items..][..new.width] {
                    search.extended[other as usize] = true;
                }
            }
            if new.width < LOOKED_FOR {
                // Its columns were not compressed.
                let start = if new.width == 0 { level.words + item * level.stride } else { new.words };
                search.column.clear();
                search.column.extend_from_slice(&search.stack.words[start..][..level.stride]);
                let mut count = search.stack.counts[level.items + item];
                if new.width > 0 {
                    count = search.stack.counts[new.items];
                }
                let above = PassedItems::above(level, item);
                search.report(ops, of, (level, item), (level, Some(above)), new, count, out)?;
                continue;
            }
            let beside = search.beside(level, item, new);
            if search.stack.items[new.items + new.width - 1] < beside.covered {
                search.narrowed.truncate(beside.narrowed);
                search.wanted.truncate(search.members.len());
                continue;
            }
            if K::LISTS {
                search.stack.join(of.ranks, level, item);
            }
            search.enter(ops, of, level, item, new, beside);
            let Some(&entered) = search.stack.levels.last() else { continue };
            if let Some(count) = search.all_together(ops, of.min_count, entered) {
                search.report(ops, of, (level, item), (entered, None), entered, count, out)?;
                search.leave(entered);
            }
        }
        ControlFlow::Continue(())
    }
}

/// Sets a bit of a mask, which grows for it.
#[inline(always)]
fn set(mask: &mut Vec<u64>, item: u32) {
    let word = item as usize / 64;
    if mask.len() <= word {
        mask.resize(word + 1, 0);
    }
    mask[word] |= 1 << (item % 64);
}

impl Maximal {
    /// Takes into account what was found since the current level was entered.
    #[inline(always)]
    fn look_at_new(&mut self) {
        let Maximal { levels, known, wanted, mask, .. } = self;
        let (mask, depth) = (*mask, levels.len());
        if let Some(beside) = levels.last_mut() {
            let wanted = &wanted[(depth - 1) * mask..][..mask];
            for known in known[beside.seen * mask..].chunks_exact(mask) {
                beside.covered = beside.covered.max(first_missing(wanted, known));
                beside.seen += 1;
            }
        }
    }

    /// Whether itemsets that add to a level's itemset only items up to one of its items are known.
    #[inline(always)]
    fn is_subsumed(&self, level: ClosedLevel, item: usize) -> bool {
        self.levels.last().is_some_and(|beside| self.stack.items[level.items + item] < beside.covered)
    }

    /// Narrows the known itemsets down to those that hold a level's item, and finds what they cover of the level below.
    #[inline(always)]
    fn beside(&mut self, level: ClosedLevel, item: usize, new: ClosedLevel) -> Beside {
        let Maximal { stack, levels, mask, known, narrowed, wanted, .. } = self;
        let (mask, start, item) = (*mask, wanted.len(), stack.items[level.items + item]);
        wanted.resize(start + mask, 0);
        for &other in &stack.items[new.items..][..new.width] {
            wanted[start + other as usize / 64] |= 1 << (other % 64);
        }
        let all = known.len() / mask;
        let mut beside = Beside { narrowed: narrowed.len(), known: all, seen: all, covered: 0 };
        let Some(&above) = levels.last() else { return beside };
        let (word, bit) = (item as usize / 64, item % 64);
        let mut look = |number: usize, narrowed: &mut Vec<u32>| {
            let known = &known[number * mask..][..mask];
            if known[word] >> bit & 1 == 1 {
                beside.covered = beside.covered.max(first_missing(&wanted[start..], known));
                // There are at most as many as itemsets may be listed.
                narrowed.push(number as u32);
            }
        };
        for place in above.narrowed..narrowed.len() {
            look(narrowed[place] as usize, narrowed);
        }
        for number in above.known..all {
            look(number, narrowed);
        }
        beside
    }

    /// Goes down to a level.
    #[inline(always)]
    fn enter<O: Ops, R: Rank>(
        &mut self,
        ops: O,
        of: ClosedSource<'_, R>,
        level: ClosedLevel,
        item: usize,
        new: ClosedLevel,
        beside: Beside,
    ) {
        let start = self.members.len();
        self.members.extend_from_within(start - self.mask..);
        for &member in self.stack.perfect.iter().chain([&self.stack.items[level.items + item]]) {
            self.members[start + member as usize / 64] |= 1 << (member % 64);
        }
        self.levels.push(beside);
        self.stack.enter(ops, of, level, item, new);
    }

    /// Ends a level.
    #[inline(always)]
    fn leave(&mut self, level: ClosedLevel) {
        self.stack.leave(level);
        if let Some(beside) = self.levels.pop() {
            self.narrowed.truncate(beside.narrowed);
        }
        self.members.truncate(self.members.len() - self.mask);
        self.wanted.truncate(self.members.len());
    }

    /// The count of a level's itemset with all its extensions, if it is frequent; its baskets are left in `column`.
    #[inline(always)]
    fn all_together<O: Ops>(&mut self, ops: O, min_count: u32, level: ClosedLevel) -> Option<u32> {
        let Maximal { stack, column, .. } = self;
        let ClosedLevel { width, stride, .. } = level;
        let columns = &stack.words[level.words..][..width * stride];
        column.clear();
        column.extend_from_slice(&columns[(width - 1) * stride..]);
        let mut count = 0;
        for other in (0..width - 1).rev() {
            let mut both = 0;
            for (word, &other) in column.iter_mut().zip(&columns[other * stride..][..stride]) {
                *word &= other;
                both += word.count_ones();
            }
            count = if O::WEIGHS { ops.count(column) } else { both };
            if count < min_count {
                return None;
            }
        }
        Some(count)
    }

    /// Takes a frequent itemset: that of a level and one of its items, with all extensions in `with`. Its baskets are
    /// in `column`, as bits for the baskets of the level `space`.
    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "all of them are parts of one itemset")]
    fn report<O: Ops, R: Rank, K: ItemsetReceiver>(
        &mut self,
        ops: O,
        of: ClosedSource<'_, R>,
        (level, item): (ClosedLevel, usize),
        space: (ClosedLevel, Option<PassedItems>),
        with: ClosedLevel,
        count: u32,
        out: &mut K,
    ) -> ControlFlow<()> {
        let blocked = match of.rows {
            Some(rows) => {
                let rank = of.ranks[self.stack.items[level.items + item] as usize];
                self.blocked_in_rows::<O, R>(rows, of.min_count, space.0, rank, count)
            }
            None => self.blocked_in_columns(ops, of, space),
        };
        if blocked == Blocked::ByOther {
            return ControlFlow::Continue(());
        }
        let Maximal { stack, known, members, .. } = self;
        stack.perfect.extend_from_slice(&stack.items[with.items..][..with.width]);
        // A pair covers no other.
        if !stack.perfect.is_empty() || level.items > 0 {
            let (start, before) = (known.len(), members.len());
            known.extend_from_slice(&members[before - self.mask..]);
            for &member in stack.perfect.iter().chain([&stack.items[level.items + item]]) {
                known[start + member as usize / 64] |= 1 << (member % 64);
            }
        }
        if blocked != Blocked::No {
            return ControlFlow::Continue(());
        }
        if let Some(out) = out.list() {
            stack.perfect.sort_unstable();
            stack.join(of.ranks, level, item);
            let itemset = &stack.sets[with.set..];
            if !out.is_ordered() {
                return out.keep(itemset, count);
            }
            if out.accepts(itemset, count) {
                self.listed.extend_from_slice(itemset);
                self.ends.push((self.listed.len(), count));
                if !out.has_room(self.ends.len(), self.listed.len()) {
                    return ControlFlow::Break(());
                }
            }
        } else {
            out.tally(level.len + 1 + stack.perfect.len(), 1);
        }
        ControlFlow::Continue(())
    }
}

/// The first item of `wanted` that is missing in `there`.
#[inline(always)]
fn first_missing(wanted: &[u64], there: &[u64]) -> u32 {
    for (place, (&wanted, &there)) in (0..).zip(wanted.iter().zip(there)) {
        if wanted & !there != 0 {
            return place * 64 + (wanted & !there).trailing_zeros();
        }
    }
    u32::MAX
}
