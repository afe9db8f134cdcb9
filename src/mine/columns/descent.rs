//! Going down into a search at will: what estimates need of it.

use std::ops::ControlFlow;

use super::donate::{Around, STEPS_TO_A_LOOK};
use super::extend::Perfect;
use super::{Level, Prefix, Run, Search};
use crate::bitset::{Isa, Ops, Task};
use crate::call::control::Control;
use crate::mine::estimate::guess::Guess;
use crate::mine::output::ordered::Way;
use crate::mine::output::tree_output::Branch;
use crate::mine::query::bounds::Bounds;

/// An itemset whose conditional database is loaded, on the way down a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    level: Level,
    /// The items of the itemset, without its perfect extensions.
    len: usize,
}

impl Node {
    pub(crate) fn len(self) -> usize {
        self.len
    }

    /// The perfect extensions that were set apart on the way to it.
    pub(crate) fn perfect(self) -> usize {
        self.level.perfect
    }

    /// About the nanoseconds that it takes to look at all pairs of its items.
    pub(crate) fn cost_of_pairs(self) -> u64 {
        let Level { width, stride, .. } = self.level;
        (width * width / 2) as u64 * (NANOS_A_PAIR + stride as u64 / WORDS_A_NANO)
    }
}

/// Nanoseconds of a guess for each pair of items.
const NANOS_A_PAIR: u64 = 30;

/// Nanoseconds of a step of a search, beside its intersections: most are those of counting combinations of the first items.
const NANOS_A_STEP: u64 = 150;

/// Words of columns that are intersected in a nanosecond.
const WORDS_A_NANO: u64 = 8;

/// How much a search may still do, in steps that take about a nanosecond. They are counted, not timed: the same on every machine.
#[derive(Debug)]
pub(crate) struct Allowance<'a> {
    control: &'a Control,
    left: u64,
    spent: u64,
    /// Whether the progress of the call follows it.
    is_told: bool,
}

impl<'a> Allowance<'a> {
    pub(crate) fn new(control: &'a Control, steps: u64) -> Self {
        Allowance { control, left: steps, spent: 0, is_told: true }
    }

    /// For a part of what another one is spent for.
    pub(crate) fn within(control: &'a Control, steps: u64) -> Self {
        Allowance { is_told: false, ..Allowance::new(control, steps) }
    }

    /// Something else took so many steps.
    pub(crate) fn spend(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
        self.spent = self.spent.saturating_add(steps);
        if self.is_told
            && let Some(progress) = self.control.progress()
        {
            progress.add(steps);
        }
    }

    /// What was spent so far.
    pub(crate) fn spent(&self) -> u64 {
        self.spent
    }

    /// `Break` where nothing is left, or the call is to end.
    pub(crate) fn go_on(&self) -> ControlFlow<()> {
        if self.left == 0 || self.control.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Around for Allowance<'_> {
    fn look_around(&mut self, search: &mut Search, _: u32, _: usize, _: bool, _: usize) -> ControlFlow<()> {
        // What the search is at now stands for what it did since the last look.
        let words = search.levels.last().map_or(0, |level| level.next * level.stride) as u64;
        self.spend(u64::from(STEPS_TO_A_LOOK) * (NANOS_A_STEP + words / WORDS_A_NANO));
        self.go_on()
    }

    fn way(&self) -> Option<Way<'_>> {
        None
    }
}

impl Search {
    /// The itemset whose database was loaded.
    pub(crate) fn top(&mut self, prefix: Prefix) -> Node {
        let level = &mut self.levels[0];
        level.count = prefix.count;
        level.perfect = prefix.perfect;
        Node { level: *level, len: prefix.len }
    }

    /// The itemset of one more item: that at a place among the items of a node, which must be the one that was entered last or one on the
    /// way to it.
    pub(crate) fn enter(&mut self, isa: Isa, node: Node, item: usize, min_count: u32) -> Node {
        isa.run(Enter { search: self, node, item, min_count })
    }

    /// A guess for a node itself, by the counts of its items.
    pub(crate) fn guess_of(&self, node: Node, bounds: Bounds) -> Guess {
        let Node { level, len } = node;
        let counts = self.counts[level.items..][..level.width].iter().copied();
        let guess = Guess::new(level.count, counts, bounds.min_count, bounds.max_len.saturating_sub(len));
        guess.with_perfect(level.perfect)
    }

    /// Appends a guess for each item of a node: how many itemsets there are that it comes last in.
    pub(crate) fn guess(&mut self, isa: Isa, node: Node, bounds: Bounds, guesses: &mut Vec<Guess>) {
        isa.run(GuessAll { search: self, node, bounds, guesses });
    }

    /// Reports an itemset and every frequent one below it, to a branch that does not list. `Break` where that is more than is allowed.
    pub(crate) fn count_below<B: Branch>(
        &mut self,
        isa: Isa,
        node: Node,
        bounds: Bounds,
        allowance: &mut Allowance<'_>,
        out: &mut B,
    ) -> ControlFlow<()> {
        out.tally(node.len, node.level.perfect, 1);
        self.levels.clear();
        self.levels.push(node.level);
        isa.run(Run { search: self, bounds, len: node.len, out, around: allowance })
    }
}

struct Enter<'a> {
    search: &'a mut Search,
    node: Node,
    item: usize,
    min_count: u32,
}

impl Task for Enter<'_> {
    type Output = Node;

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) -> Node {
        let Enter { search, node: Node { level, len }, item, min_count } = self;
        let below = search.extend(ops, level, item, min_count, Perfect::SetApart);
        Node { level: Level { perfect: level.perfect + below.perfect, ..below }, len: len + 1 }
    }
}

struct GuessAll<'a> {
    search: &'a mut Search,
    node: Node,
    bounds: Bounds,
    guesses: &'a mut Vec<Guess>,
}

impl Task for GuessAll<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let GuessAll { search, node: Node { level, len }, bounds, guesses } = self;
        let Search { counts, words, together, picked, pairs, .. } = search;
        let room = bounds.max_len.saturating_sub(len + 1);
        let counts = &counts[level.items..][..level.width];
        let columns = &words[level.words..][..level.width * level.stride];
        if together.len() < level.width {
            // They grow together.
            together.resize(level.width, 0);
            picked.resize(level.width, 0);
        }
        let known = level.items == 0 && !pairs.is_empty();
        for (item, &count) in counts.iter().enumerate() {
            let together = &mut together[..item];
            if known {
                // There is a triangle before the first item too: an empty one.
                let pairs = &pairs[item * item.saturating_sub(1) / 2..][..item];
                together.iter_mut().zip(pairs).for_each(|(both, &pair)| *both = pair.into());
            } else {
                let column = &columns[item * level.stride..][..level.stride];
                ops.and_count_many(column, columns, level.stride, item, together);
            }
            guesses.push(Guess::new(count, together.iter().copied(), bounds.min_count, room));
        }
    }
}
