//! The search for rules: every frequent itemset is split into sides that reach the confidence.
//!
//! This is ap-genrules (Agrawal & Srikant 1994): when a consequent moves one more item to the right side,
//! the left side gets smaller and its count larger, so the confidence falls. Consequents grow item by item, by joining
//! two that reached the confidence and differ in one item, and what misses it is never grown. Whether a
//! consequent reaches it is one comparison of integers.

use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::best::Best;
use super::confidence::{self, LargestAntecedents};
use super::forecast::{Forecast, Lengths};
use super::item_filter::{AnyMask, Placement};
use super::store::{MAX_LEN, RuleLimit, RuleStore, too_many_best};
use super::subsets::Subsets;
use super::threshold::Threshold;
use crate::call::control::Control;
use crate::error::Error;
use crate::itemsets::{CountTable, Trie};
use crate::rules::measures::Measure;
use crate::threads::workers::Workers;

/// What to search, all checked.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(crate) trie: &'a Trie,
    /// The place of each rank when items are sorted by label.
    pub(crate) places: &'a [u32],
    pub(crate) baskets: u64,
    pub(crate) min_confidence: f64,
    /// Items on the left side, and on the right, at most [`MAX_LEN`].
    pub(crate) antecedent_len: RangeInclusive<usize>,
    pub(crate) consequent_len: RangeInclusive<usize>,
    /// `None` where all items may stand anywhere.
    pub(crate) placement: Option<&'a Placement>,
    pub(crate) thresholds: &'a [Threshold],
    pub(crate) min_improvement: Option<f64>,
    /// Only this many rules, the best by a measure.
    pub(crate) top: Option<(usize, Measure)>,
    pub(crate) max_rules: usize,
    /// Whether rules are counted, not kept.
    pub(crate) only_counts: bool,
    /// Set if the number of rules may exceed the limit, but is not sure to.
    pub(crate) undecided: AtomicBool,
}

/// Pieces per worker: enough that the last one to finish does not keep the others waiting for long, although the
/// itemsets of one piece may have many times as many rules as those of another.
const PIECES: usize = 32;

/// Itemsets per piece, at least: compared with them the start of a piece costs nothing.
const MIN_PIECE: usize = 256;

/// Itemsets after which a worker reports its progress.
const ITEMSETS_PER_UNIT: usize = 64;

/// Itemsets, rules and subsets that a worker visits between two polls.
const STEPS_PER_POLL: usize = 1 << 12;

/// Rules after which their number is forecast. The forecast takes no longer than they did.
const FORECAST_AFTER: u64 = if cfg!(test) { 1 << 6 } else { 1 << 22 };

/// Rules that a worker makes before it reports them to the others.
pub(super) const BATCH: usize = 1 << 12;

impl Search<'_> {
    /// All rules in the canonical order, which is the same for every number of workers.
    pub(crate) fn run(&self, workers: Workers) -> Result<RuleStore, Error> {
        let nodes = self.trie.len();
        let size = match workers.threads() {
            ..=1 => nodes.max(1),
            threads => nodes.div_ceil(threads * PIECES).max(MIN_PIECE),
        };
        let pieces: Vec<Range<usize>> = (0..nodes).step_by(size).map(|start| start..nodes.min(start + size)).collect();
        self.run_pieces(&pieces, workers)
    }

    /// The rules over consecutive ranges of nodes, which may begin and end anywhere in the trie.
    pub(crate) fn run_pieces(&self, pieces: &[Range<usize>], workers: Workers) -> Result<RuleStore, Error> {
        let costs: Vec<u64> = pieces.iter().map(|piece| piece.len() as u64).collect();
        workers.control().begin(0.97, costs.iter().sum::<u64>() / ITEMSETS_PER_UNIT as u64);
        let (kept, examined) = (AtomicU64::new(0), AtomicU64::new(0));
        let best = self.best().map(Mutex::new);
        let found = workers.run(
            &costs,
            || Worker::new(self, [&kept, &examined], workers.control()),
            |worker, piece| {
                let piece = pieces[piece].clone();
                let found =
                    if self.is_plain() { worker.rules_of::<true>(piece) } else { worker.rules_of::<false>(piece) };
                if let (Some(best), Some(own)) = (&best, &mut worker.best) {
                    best.lock().unwrap_or_else(PoisonError::into_inner).merge(own);
                }
                found
            },
        );
        let found = found.into_iter().collect::<Result<_, _>>()?;
        match best {
            Some(best) => {
                let best = best.into_inner().unwrap_or_else(PoisonError::into_inner);
                if best.len() > self.max_rules {
                    return Err(too_many_best(self.max_rules));
                }
                Ok(best.into_store(self.trie, self.places).with_table(self.trie.table()))
            }
            None => {
                let joined = RuleStore::join(found, self.max_rules, workers)?;
                Ok(joined.with_table(self.trie.table()))
            }
        }
    }

    /// How many rules reach the confidence, at least and at most.
    fn forecast(&self, enough: u64, control: &Control) -> Forecast {
        let lengths = Lengths { antecedent: self.antecedent_len.clone(), consequent: self.consequent_len.clone() };
        let largest_antecedent = |n_xy| self.largest_antecedent(n_xy);
        Forecast::of(self.trie, self.baskets, &lengths, largest_antecedent, enough.into(), control)
    }

    /// An error if far more rules are to come than may be kept, or examined.
    #[cold]
    fn foresee(&self, control: &Control) -> Result<(), Error> {
        // Where items may stand, and bounds that are used to search less, leave fewer rules.
        // The best rules raise a bound too, but where many are equally good it leaves nearly all.
        let is_narrowed = self.placement.is_some() || self.thresholds.iter().any(Threshold::can_be_pushed);
        if self.only_counts || is_narrowed {
            return Ok(());
        }
        let limit = if self.is_plain() { RuleLimit::Kept(self.max_rules) } else { RuleLimit::Examined };
        let Forecast { least, most } = self.forecast(limit.number(), control);
        control.check()?;
        limit.check(least)?;
        if self.is_plain() && !self.undecided.load(Ordering::Relaxed) {
            limit.check(most).inspect_err(|_| self.undecided.store(true, Ordering::Relaxed))?;
        }
        Ok(())
    }

    /// Whether the confidence and the number of items on the right, one or any, are the only conditions. Such searches,
    /// the most frequent ones, are compiled without the checks that the others make at every itemset and every rule.
    fn is_plain(&self) -> bool {
        self.thresholds.is_empty()
            && self.placement.is_none()
            && self.min_improvement.is_none()
            && self.top.is_none()
            && self.antecedent_len == (1..=MAX_LEN)
            && *self.consequent_len.start() == 1
            && matches!(*self.consequent_len.end(), 1 | MAX_LEN)
    }

    /// The best rules, of which none is known yet: as many as were asked for, or one more than may be kept.
    fn best(&self) -> Option<Best> {
        self.top.map(|(k, measure)| Best::new(k.min(self.max_rules.saturating_add(1)), measure))
    }

    /// Whether a measure is asked for that sums over a distribution.
    fn asks_for_sums(&self) -> bool {
        let top = self.top.map(|(_, measure)| measure);
        top.into_iter().chain(self.thresholds.iter().map(|threshold| threshold.measure)).any(Measure::is_sum)
    }

    /// See [`confidence::largest_antecedent`].
    pub(super) fn largest_antecedent(&self, n_xy: u32) -> u32 {
        confidence::largest_antecedent(self.trie.table(), self.baskets, self.min_confidence, n_xy)
    }
}

/// A consequent as two masks over the itemset: by depth in the trie in the low half, by label in the high half.
/// Joining two joins both.
pub(super) type Masks = u64;

/// What one thread works with.
pub(super) struct Worker<'a> {
    pub(super) search: &'a Search<'a>,
    pub(super) subsets: Subsets<'a>,
    /// Where the subtree of each node of the path ends.
    pub(super) ends: Vec<usize>,
    /// The items of an itemset in the order of their labels: the label's place above the depth.
    labelled: Vec<u64>,
    pub(super) largest: LargestAntecedents,
    /// Consequents of one length that reach the confidence, in the canonical order.
    pub(super) level: Vec<Masks>,
    pub(super) longer: Vec<Masks>,
    pub(super) found: RuleStore,
    pub(super) numbers: Numbers<'a>,
    /// The thresholds that bound the count of an antecedent.
    pub(super) pushed: Vec<Threshold>,
    /// Items that every rule must hold.
    pub(super) required: usize,
    /// Items of which a side must hold one at least, as masks over the present itemset.
    pub(super) any_of: Vec<AnyMask>,
    pub(super) best: Option<Best>,
    /// Rules that were offered over the present itemset.
    pub(super) offered: u32,
    pub(super) control: &'a Control,
    /// Itemsets, rules and subsets visited since the last poll.
    pub(super) steps: usize,
    /// The steps that an itemset or a rule counts for: many where a measure that is asked for sums over a distribution,
    /// which takes up to a millisecond.
    pub(super) weight: usize,
}

impl<'a> Worker<'a> {
    fn new(search: &'a Search<'a>, [kept, examined]: [&'a AtomicU64; 2], control: &'a Control) -> Self {
        Worker {
            search,
            subsets: Subsets::new(search.trie),
            ends: Vec::new(),
            labelled: Vec::new(),
            largest: LargestAntecedents::default(),
            level: Vec::new(),
            longer: Vec::new(),
            found: RuleStore::default(),
            numbers: Numbers {
                search,
                control,
                made: Made { total: kept, limit: RuleLimit::Kept(search.max_rules), own: 0, reported: 0 },
                examined: Made { total: examined, limit: RuleLimit::Examined, own: 0, reported: 0 },
            },
            pushed: search.thresholds.iter().copied().filter(Threshold::can_be_pushed).collect(),
            required: search.placement.map_or(0, Placement::required),
            any_of: Vec::new(),
            best: search.best(),
            offered: 0,
            control,
            steps: 0,
            weight: if search.asks_for_sums() { STEPS_PER_POLL } else { 1 },
        }
    }

    /// The rules of a range of the trie's nodes.
    fn rules_of<const PLAIN: bool>(&mut self, nodes: Range<usize>) -> Result<RuleStore, Error> {
        self.descend_before(nodes.start)?;
        let mut node = nodes.start;
        while node < nodes.end {
            while self.ends.last() == Some(&node) {
                self.ends.pop();
                self.subsets.pop();
            }
            self.look_after(self.weight)?;
            self.step_down(node)?;
            let mut next = node + 1;
            if !PLAIN {
                if self.split_some(node)?.is_break() {
                    // Nothing below it has a rule.
                    next = self.search.trie.end(node).min(nodes.end);
                }
            } else if self.ends.len() > 1 {
                self.split(self.search.trie.code(node))?;
            }
            let units = next.div_ceil(ITEMSETS_PER_UNIT) - node.div_ceil(ITEMSETS_PER_UNIT);
            if units > 0
                && let Some(progress) = self.control.progress()
            {
                progress.add(units as u64);
            }
            node = next;
        }
        self.numbers.report(0)?;
        Ok(std::mem::take(&mut self.found))
    }

    /// Polls now and then: long itemsets have very many rules.
    #[inline(always)]
    pub(super) fn look_after(&mut self, steps: usize) -> Result<(), Error> {
        self.steps += steps;
        if self.steps >= STEPS_PER_POLL {
            self.steps = 0;
            self.look()?;
        }
        Ok(())
    }

    fn look(&self) -> Result<(), Error> {
        if self.control.should_stop() { self.control.check() } else { Ok(()) }
    }

    fn step_down(&mut self, node: usize) -> Result<(), Error> {
        if self.ends.len() == MAX_LEN {
            return Err(damaged());
        }
        self.ends.push(self.search.trie.end(node));
        self.subsets.push(node);
        Ok(())
    }

    /// Goes to the parent of a node.
    fn descend_before(&mut self, node: usize) -> Result<(), Error> {
        let trie = self.search.trie;
        self.ends.clear();
        self.subsets.clear();
        let (mut at, mut rank) = (0, 0);
        while at < node {
            if trie.end(at) > node {
                self.step_down(at)?;
                at += 1;
            } else if self.ends.is_empty() {
                rank += 1;
                at = trie.first(rank);
            } else {
                at = trie.end(at);
            }
        }
        Ok(())
    }

    /// All rules over the itemset of the path, whose count has the code `n_xy`.
    fn split(&mut self, n_xy: u32) -> Result<(), Error> {
        let most = self.largest.of(n_xy, |n_xy| self.search.largest_antecedent(n_xy));
        let len = self.ends.len();
        let whole = u32::MAX >> (MAX_LEN - len);
        self.level.clear();
        // A lower rank comes first, and it stands at a greater depth.
        for depth in (0..len).rev() {
            if self.subsets.code(whole & !(1 << depth)) <= most {
                self.level.push(1 << depth);
            }
        }
        if self.level.is_empty() {
            return Ok(());
        }
        if !self.search.only_counts {
            self.begin(n_xy);
        }
        self.add(whole, n_xy)?;
        if *self.search.consequent_len.end() > 1 {
            for _ in 2..len {
                if self.level.len() < 2 {
                    break;
                }
                self.grow(whole, most);
                self.add(whole, n_xy)?;
            }
        }
        self.found.end();
        Ok(())
    }

    /// Begins the itemset of the path, and gives the consequents of one item their masks by label.
    // As if written twice: called as a function, the two cost a search for all rules 4 % more.
    #[inline(always)]
    pub(super) fn begin(&mut self, n_xy: u32) {
        let places = self.search.places;
        self.offered = 0;
        let path = self.subsets.path();
        self.labelled.clear();
        self.labelled.extend((0..).zip(path).map(|(depth, &rank)| u64::from(places[rank as usize]) << 32 | depth));
        self.labelled.sort_unstable();
        // The low half of each is the depth.
        let depths = self.labelled.iter().map(|&item| item as u32 as usize);
        self.found.begin(depths.clone().map(|depth| path[depth]), n_xy);
        let mut by_label = [0; MAX_LEN];
        for (place, depth) in depths.enumerate() {
            by_label[depth] = 1 << (place + MAX_LEN);
        }
        for consequent in &mut self.level {
            *consequent |= by_label[consequent.ilog2() as usize];
        }
    }

    /// Makes of the consequents of a level those with one item more.
    #[inline(always)]
    pub(super) fn grow(&mut self, whole: u32, most: u32) {
        self.longer.clear();
        // Consequents that differ in their last item alone stand together: its bit is the highest.
        let (mut siblings, mut prefix) = (0, 0);
        for (place, &consequent) in self.level.iter().enumerate() {
            let depths = consequent as u32;
            let own = depths & !(1 << depths.ilog2());
            if own != prefix {
                (siblings, prefix) = (place, own);
            }
            // Those before it have a last item of lower rank. So the new level comes out in the canonical order.
            for &sibling in &self.level[siblings..place] {
                let joined = consequent | sibling;
                if self.subsets.code(whole & !(joined as u32)) <= most {
                    self.longer.push(joined);
                }
            }
        }
        std::mem::swap(&mut self.level, &mut self.longer);
    }

    /// Adds the rules of a level.
    fn add(&mut self, whole: u32, n_xy: u32) -> Result<(), Error> {
        if self.search.only_counts {
            self.numbers.made.own += self.level.len() as u64;
            self.numbers.report(BATCH)?;
            return self.look_after(self.level.len());
        }
        let (baskets, table) = (self.search.baskets, self.search.trie.table());
        for part in self.level.chunks(BATCH) {
            self.found.reserve(part.len());
            for &consequent in part {
                let (depths, by_label) = (consequent as u32, (consequent >> MAX_LEN) as u32);
                let (n_x, n_y) = (self.subsets.code(whole & !depths), self.subsets.code(depths));
                if are_damaged(table, baskets, [n_x, n_y, n_xy]) {
                    return Err(damaged());
                }
                self.found.push(by_label, n_x, n_y);
            }
            self.numbers.made.own += part.len() as u64;
            // All of them are kept, so this polls often enough.
            if self.numbers.made.unreported() >= BATCH as u64 && self.numbers.report(0)? {
                self.look()?;
            }
        }
        Ok(())
    }
}

/// How many rules all workers together have made.
pub(super) struct Made<'a> {
    total: &'a AtomicU64,
    limit: RuleLimit,
    /// Those of this worker, and how many of them it has reported.
    pub(super) own: u64,
    reported: u64,
}

/// The numbers of a worker.
pub(super) struct Numbers<'a> {
    search: &'a Search<'a>,
    control: &'a Control,
    /// The rules that are kept, and those that are examined.
    pub(super) made: Made<'a>,
    pub(super) examined: Made<'a>,
}

impl Numbers<'_> {
    /// Reports this worker's rules to the others if `least` or more are new, and returns whether they are; an error if
    /// all workers together make too many.
    pub(super) fn report(&mut self, least: usize) -> Result<bool, Error> {
        let least = least as u64;
        if self.made.unreported() < least && self.examined.unreported() < least {
            return Ok(false);
        }
        let (many_made, many_examined) = (self.made.report()?, self.examined.report()?);
        if many_made || many_examined {
            self.search.foresee(self.control).inspect_err(|_| {
                // The others end as if they had made so many.
                let own = if self.search.is_plain() { &self.made } else { &self.examined };
                own.total.store(own.limit.number() + 1, Ordering::Relaxed);
            })?;
        }
        Ok(true)
    }
}

impl Made<'_> {
    #[inline(always)]
    fn unreported(&self) -> u64 {
        self.own - self.reported
    }

    /// Whether they have become so many that it is time for a forecast; an error if they are too many.
    fn report(&mut self) -> Result<bool, Error> {
        let unreported = self.unreported();
        self.reported = self.own;
        let before = self.total.fetch_add(unreported, Ordering::Relaxed);
        let total = before + unreported;
        self.limit.check(total.into())?;
        Ok(before < FORECAST_AFTER && total >= FORECAST_AFTER)
    }
}

/// Whether no baskets can have the counts of these codes: impossible in a trie that a search has filled.
#[inline(always)]
pub(crate) fn are_damaged(table: &CountTable, baskets: u64, [n_x, n_y, n_xy]: [u32; 3]) -> bool {
    if table.is_plain() {
        return n_xy > n_x.min(n_y) || u64::from(n_x) + u64::from(n_y) > baskets + u64::from(n_xy);
    }
    let [n_x, n_y, n_xy] = [n_x, n_y, n_xy].map(|code| table.count(code));
    // In this order no step leaves the 64 bits.
    n_xy > n_x.min(n_y) || n_x - n_xy > baskets.saturating_sub(n_y)
}

#[cold]
pub(super) fn damaged() -> Error {
    Error::inconsistent("frequent itemsets", "a subset of an itemset is missing or has a lower count")
}
