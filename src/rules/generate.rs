//! The search for rules: every frequent itemset is split into sides that reach the confidence.
//!
//! This is ap-genrules (Agrawal & Srikant 1994): when a consequent moves one more item to the right side,
//! the left side gets smaller and its count larger, so the confidence falls. Consequents grow item by item, by joining
//! two that reached the confidence and differ in one item, and what misses it is never grown. Whether a
//! consequent reaches it is one comparison of integers.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::builder::Consequents;
use super::contingency::Contingency;
use super::measures::Measure;
use super::store::{MAX_LEN, RuleStore, too_many};
use super::subsets::Subsets;
use crate::error::Error;
use crate::itemsets::Trie;
use crate::workers::Workers;

/// What to search, all checked.
#[derive(Debug)]
pub(crate) struct Search<'a> {
    pub(super) trie: &'a Trie,
    /// The place of each rank when items are sorted by label.
    pub(super) places: &'a [u32],
    pub(super) baskets: u64,
    pub(super) min_confidence: f64,
    pub(super) consequents: Consequents,
    pub(super) thresholds: &'a [(Measure, f64)],
    pub(super) max_rules: usize,
}

/// Pieces a worker: enough that the last one to finish does not keep the others waiting for long, although itemsets
/// of one piece may have many times as many rules as those of another.
const PIECES: usize = 32;

/// Itemsets a piece at the least, beside which its start is nothing.
const MIN_PIECE: usize = 256;

/// Rules that a worker makes before it tells the others.
const UNTOLD: usize = 1 << 12;

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
    pub(super) fn run_pieces(&self, pieces: &[Range<usize>], workers: Workers) -> Result<RuleStore, Error> {
        let costs: Vec<u64> = pieces.iter().map(|piece| piece.len() as u64).collect();
        let total = AtomicUsize::new(0);
        let found =
            workers.run(&costs, || Worker::new(self, &total), |worker, piece| worker.rules_of(pieces[piece].clone()));
        RuleStore::join(found.into_iter().collect::<Result<_, _>>()?, self.max_rules)
    }

    /// Whether a rule meets the thresholds.
    #[inline]
    fn keeps(&self, n_x: u32, n_y: u32, n_xy: u32) -> bool {
        if self.thresholds.is_empty() {
            return true;
        }
        let counts = Contingency::of_checked(self.baskets, n_x.into(), n_y.into(), n_xy.into());
        self.thresholds.iter().all(|&(measure, least)| measure.value(&counts) >= least)
    }

    /// The largest count of an antecedent that reaches the confidence with `n_xy` baskets; `n_xy` itself does.
    fn largest_antecedent(&self, n_xy: u32) -> u32 {
        let whole = u64::from(n_xy);
        // The one division that a user would write, so a threshold that was computed as k / n keeps k.
        let reaches = |n_x: u64| whole as f64 / n_x as f64 >= self.min_confidence;
        // Stored counts are never above u32::MAX.
        let most = self.baskets.clamp(whole, u64::from(u32::MAX));
        // The float guess is off by rounding alone; it is walked to the exact place.
        let mut n_x = ((whole as f64 / self.min_confidence) as u64).clamp(whole, most);
        while n_x < most && reaches(n_x + 1) {
            n_x += 1;
        }
        while n_x > whole && !reaches(n_x) {
            n_x -= 1;
        }
        // At most u32::MAX, as above.
        n_x as u32
    }
}

/// A consequent as two masks over the itemset: by depth in the trie in the low half, by label in the high half.
/// Joining two joins both.
type Masks = u64;

/// What one thread works with.
struct Worker<'a> {
    search: &'a Search<'a>,
    subsets: Subsets<'a>,
    /// Where the subtree of each node of the path ends.
    ends: Vec<usize>,
    /// The items of an itemset in the order of their labels: label's place, rank, depth.
    labelled: Vec<(u32, u32, u32)>,
    /// Consequents of one length that reach the confidence, in the canonical order.
    level: Vec<Masks>,
    longer: Vec<Masks>,
    found: RuleStore,
    made: Made<'a>,
}

impl<'a> Worker<'a> {
    fn new(search: &'a Search<'a>, total: &'a AtomicUsize) -> Self {
        Worker {
            search,
            subsets: Subsets::new(search.trie),
            ends: Vec::new(),
            labelled: Vec::new(),
            level: Vec::new(),
            longer: Vec::new(),
            found: RuleStore::default(),
            made: Made { total, limit: search.max_rules, told: 0 },
        }
    }

    /// The rules of a range of the trie's nodes.
    fn rules_of(&mut self, nodes: Range<usize>) -> Result<RuleStore, Error> {
        self.made.told = 0;
        self.descend_before(nodes.start)?;
        for node in nodes {
            while self.ends.last() == Some(&node) {
                self.ends.pop();
                self.subsets.pop();
            }
            self.step_down(node)?;
            if self.ends.len() > 1 {
                self.split(self.search.trie.count(node))?;
            }
        }
        self.made.tell(self.found.len(), 0)?;
        Ok(std::mem::take(&mut self.found))
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

    /// The rules over the itemset of the path, which `n_xy` baskets hold.
    fn split(&mut self, n_xy: u32) -> Result<(), Error> {
        let most = self.search.largest_antecedent(n_xy);
        let len = self.ends.len();
        let whole = u32::MAX >> (MAX_LEN - len);
        self.level.clear();
        // A lower rank comes first, and it stands at a greater depth.
        for depth in (0..len).rev() {
            if self.subsets.count(whole & !(1 << depth)) <= most {
                self.level.push(1 << depth);
            }
        }
        if self.level.is_empty() {
            return Ok(());
        }
        self.begin(n_xy);
        self.add(whole, n_xy)?;
        if self.search.consequents == Consequents::Any {
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
    fn begin(&mut self, n_xy: u32) {
        let places = self.search.places;
        self.labelled.clear();
        self.labelled.extend((0..).zip(self.subsets.path()).map(|(depth, &rank)| (places[rank as usize], rank, depth)));
        self.labelled.sort_unstable();
        self.found.begin(self.labelled.iter().map(|&(_, rank, _)| rank), n_xy);
        let mut by_label = [0; MAX_LEN];
        for (place, &(_, _, depth)) in self.labelled.iter().enumerate() {
            by_label[depth as usize] = 1 << (place + MAX_LEN);
        }
        for consequent in &mut self.level {
            *consequent |= by_label[consequent.ilog2() as usize];
        }
    }

    /// Makes of the consequents of a level those with one item more.
    fn grow(&mut self, whole: u32, most: u32) {
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
                if self.subsets.count(whole & !(joined as u32)) <= most {
                    self.longer.push(joined);
                }
            }
        }
        std::mem::swap(&mut self.level, &mut self.longer);
    }

    /// Adds the rules of a level.
    fn add(&mut self, whole: u32, n_xy: u32) -> Result<(), Error> {
        let baskets = self.search.baskets;
        for part in self.level.chunks(UNTOLD) {
            self.found.reserve(part.len());
            for &consequent in part {
                let (depths, by_label) = (consequent as u32, (consequent >> MAX_LEN) as u32);
                let (n_x, n_y) = (self.subsets.count(whole & !depths), self.subsets.count(depths));
                // Never so in a trie that a search has filled.
                if n_xy > n_x.min(n_y) || u64::from(n_x) + u64::from(n_y) > baskets + u64::from(n_xy) {
                    return Err(damaged());
                }
                if self.search.keeps(n_x, n_y, n_xy) {
                    self.found.push(by_label, n_x, n_y);
                }
            }
            self.made.tell(self.found.len(), UNTOLD)?;
        }
        Ok(())
    }
}

/// How many rules all workers together have made.
struct Made<'a> {
    total: &'a AtomicUsize,
    limit: usize,
    /// How many of its own rules this worker has told of.
    told: usize,
}

impl Made<'_> {
    /// Tells of this worker's rules, if `least` or more are new; an error where all workers together made too many.
    #[inline]
    fn tell(&mut self, own: usize, least: usize) -> Result<(), Error> {
        let untold = own - self.told;
        if untold < least {
            return Ok(());
        }
        self.told = own;
        let total = self.total.fetch_add(untold, Ordering::Relaxed) + untold;
        if total > self.limit { Err(too_many(self.limit)) } else { Ok(()) }
    }
}

#[cold]
fn damaged() -> Error {
    Error::inconsistent("frequent itemsets", "a subset of an itemset is missing or has a lower count")
}
