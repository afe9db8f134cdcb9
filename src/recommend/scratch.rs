//! What recommending needs besides the rules, used again for each basket.

use std::cmp::Ordering;

use super::index::Index;
use super::policy::Join;

/// Working memory of [`Recommender::recommend_in`](super::Recommender::recommend_in): made once by each thread of a
/// service, and used again for each basket. It also holds what was found last.
///
/// It grows to about 28 bytes for each item and for each different consequent of the largest recommender it was used with,
/// and does not allocate once it has seen the largest basket and answer. One scratch may be used with any recommenders in
/// turn.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Scratch {
    /// The known items of the basket, ranks falling, each once.
    pub(super) basket: Vec<u32>,
    /// A bit for each of them.
    pub(super) marks: Vec<u64>,
    stack: Vec<(u32, u32)>,
    /// The nodes whose antecedent is in the basket.
    pub(super) fired: Vec<u32>,
    /// By consequent, and the consequents with a tally. Many rules that fire for a basket share their consequents, so
    /// items are looked at once for all of those.
    of_targets: Vec<Tally>,
    targets: Vec<u32>,
    /// The same by item.
    tallies: Vec<Tally>,
    touched: Vec<u32>,
    candidates: Vec<Candidate>,
    /// The answer, the best first.
    pub(super) found: Vec<Found>,
    /// Labels of the basket that no rule has.
    pub(super) unknown: usize,
}

/// What the rules that fired say of an item.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    joined: f64,
    /// The highest value, and the highest count among the rules of that value.
    best: f64,
    n_xy: u32,
    touched: bool,
}

impl Tally {
    /// Joins what other rules say.
    #[inline]
    fn add<const BEST: bool>(&mut self, other: &Tally) {
        if !self.touched {
            *self = *other;
            return;
        }
        if other.best > self.best {
            (self.best, self.n_xy) = (other.best, other.n_xy);
        } else if other.best == self.best {
            self.n_xy = self.n_xy.max(other.n_xy);
        }
        self.joined = if BEST { self.best } else { self.joined + other.joined };
    }
}

/// An item that may be recommended. The better is the smaller.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    score: f64,
    n_xy: u32,
    /// Its place among all items sorted by label.
    place: u32,
    item: u32,
}

impl Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = other.score.total_cmp(&self.score).then_with(|| other.n_xy.cmp(&self.n_xy));
        by_score.then_with(|| self.place.cmp(&other.place))
    }
}

/// An item of the answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) item: u32,
    pub(super) popular: bool,
    pub(super) score: f64,
}

/// How items are scored and ordered.
#[derive(Clone, Debug)]
pub(super) struct Scoring {
    pub(super) join: Join,
    /// A factor by item; empty where it is 1 for all.
    pub(super) margins: Vec<f64>,
    /// The place of each item by label.
    pub(super) places: Vec<u32>,
    /// The items, the most popular first, and the score of each.
    pub(super) popular: Vec<(u32, f64)>,
    /// Whether places that no rule fills go to popular items, for baskets with known items too.
    pub(super) fill: bool,
}

impl Scratch {
    /// A scratch that grows when it is used.
    pub fn new() -> Self {
        Scratch::default()
    }

    /// Forgets the last basket, and begins one.
    pub(super) fn begin(&mut self, items: usize) {
        for &item in &self.basket {
            self.marks[item as usize / 64] = 0;
        }
        self.basket.clear();
        self.found.clear();
        self.forget_tallies();
        self.unknown = 0;
        if self.tallies.len() < items {
            self.tallies.resize(items, Tally::default());
            self.marks.resize(items.div_ceil(64), 0);
        }
    }

    /// A known item of the basket.
    #[inline]
    pub(super) fn push(&mut self, item: u32) {
        let (word, bit) = (&mut self.marks[item as usize / 64], 1 << (item % 64));
        if *word & bit == 0 {
            *word |= bit;
            self.basket.push(item);
        }
    }

    #[inline]
    pub(super) fn holds(&self, item: u32) -> bool {
        self.marks[item as usize / 64] >> (item % 64) & 1 == 1
    }

    /// The nodes that fire for the basket.
    pub(super) fn fire(&mut self, index: &Index) {
        self.basket.sort_unstable_by(|a, b| b.cmp(a));
        index.walk(&self.basket, &self.marks, &mut self.stack, &mut self.fired);
    }

    /// The best `k` of the items that are `wanted`, after [`fire`](Scratch::fire).
    pub(super) fn rank(&mut self, index: &Index, scoring: &Scoring, k: usize, wanted: &mut dyn FnMut(u32) -> bool) {
        match scoring.join {
            Join::Best => self.tally::<true>(index),
            Join::Sum | Join::NoisyOr => self.tally::<false>(index),
        }
        self.candidates.clear();
        for &item in &self.touched {
            if !wanted(item) {
                continue;
            }
            let tally = self.tallies[item as usize];
            let mut score = scoring.join.score(tally.joined);
            if let Some(margin) = scoring.margins.get(item as usize) {
                // Without the sign of -0.
                score = score * margin + 0.0;
            }
            self.candidates.push(Candidate { score, n_xy: tally.n_xy, place: scoring.places[item as usize], item });
        }
        let candidates = &mut self.candidates[..];
        if k > 0 && k < candidates.len() {
            candidates.select_nth_unstable_by(k - 1, Candidate::cmp);
        }
        let len = k.min(candidates.len());
        let best = &mut candidates[..len];
        best.sort_unstable_by(Candidate::cmp);
        let found = best.iter().map(|&Candidate { item, score, .. }| Found { item, score, popular: false });
        self.found.extend(found);
        if scoring.fill || self.basket.is_empty() {
            self.fill(&scoring.popular, k, wanted);
        }
        self.forget_tallies();
    }

    /// Forgets what was said of items. They are left if a filter of the user panicked.
    fn forget_tallies(&mut self) {
        for item in self.touched.drain(..) {
            self.tallies[item as usize] = Tally::default();
        }
    }

    /// Adds up what the rules say of each item that is not in the basket.
    fn tally<const BEST: bool>(&mut self, index: &Index) {
        if self.of_targets.len() < index.target_count() {
            self.of_targets.resize(index.target_count(), Tally::default());
        }
        for &node in &self.fired {
            for rule in &index.rules[index.rules_of(node)] {
                let tally = &mut self.of_targets[rule.target as usize];
                if !tally.touched {
                    self.targets.push(rule.target);
                }
                tally.add::<BEST>(&Tally { joined: rule.value, best: rule.value, n_xy: rule.n_xy, touched: true });
            }
        }
        for &target in &self.targets {
            let of_target = std::mem::take(&mut self.of_targets[target as usize]);
            for &item in index.target(target) {
                if self.marks[item as usize / 64] >> (item % 64) & 1 == 1 {
                    continue;
                }
                let tally = &mut self.tallies[item as usize];
                if !tally.touched {
                    self.touched.push(item);
                }
                tally.add::<BEST>(&of_target);
            }
        }
        self.targets.clear();
    }

    /// Popular items that no rule speaks for, until there are `k`.
    fn fill(&mut self, popular: &[(u32, f64)], k: usize, wanted: &mut dyn FnMut(u32) -> bool) {
        for &(item, score) in popular {
            if self.found.len() >= k {
                break;
            }
            if !self.holds(item) && !self.tallies[item as usize].touched && wanted(item) {
                self.found.push(Found { item, score, popular: true });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recommend::Request;
    use crate::rules::{Consequents, mined_for_tests};

    impl Scratch {
        fn capacities(&self) -> Vec<usize> {
            let lists = [&self.basket, &self.fired, &self.targets, &self.touched].map(Vec::capacity);
            let tallies = [&self.of_targets, &self.tallies].map(Vec::capacity);
            let others = [self.marks.capacity(), self.stack.capacity(), self.candidates.capacity()];
            [&lists[..], &tallies, &others, &[self.found.capacity()]].concat()
        }
    }

    #[test]
    fn a_scratch_that_has_grown_grows_no_more() {
        let rows: Vec<Vec<u8>> = (0..60u8).map(|n| (0..5).map(|i| (n % 20 * 7 + i * i) % 20).collect()).collect();
        let rules =
            mined_for_tests(&rows, 1).rules().min_confidence(0.1).consequents(Consequents::Any).generate().unwrap();
        let recommender = rules.recommender().fill(true).build().unwrap();
        let baskets: Vec<Vec<u8>> = (0..200u8).map(|n| (0..n % 12).map(|i| n.wrapping_mul(i) % 23).collect()).collect();
        let (mut scratch, request) = (Scratch::new(), Request::new(10));
        let all = |scratch: &mut Scratch| {
            baskets.iter().map(|basket| recommender.recommend_in(scratch, basket, &request).len()).sum::<usize>()
        };
        let found = all(&mut scratch);
        let grown = scratch.capacities();
        assert_eq!((all(&mut scratch), scratch.capacities()), (found, grown));
        assert!(found > 1000);
    }
}
