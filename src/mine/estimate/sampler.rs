//! Random draws from the tree of a search.

use std::ops::ControlFlow;

use super::allowance::Allowance;
use super::guess::{Guess, guess_extensions};
use super::sampling::Effort;
use crate::call::control::Control;
use crate::mine::columns::descent::SearchNode;
use crate::mine::engines::eclat::{EclatDatabase, EclatScratch};
use crate::mine::output::big_float::{BigFloat, subsets};
use crate::mine::output::tally::Tally;
use crate::mine::query::bounds::Bounds;
use crate::mix::hash;
use crate::transactions::Rank;

/// The number of independent estimates, whose spread gives the error.
pub(crate) const ESTIMATES: usize = 16;

/// The guess, per draw, up to which the itemsets below a drawn one are counted instead of sampled.
const LEAF: f64 = 20_000.0;

/// The share of the draws on the first level that does not follow the guesses: a guess that is far too low would make
/// an estimate that is mostly too low, and sometimes far too high. Deeper guesses know more, so the share falls with
/// the depth; otherwise nothing would be left for the guesses in a search of a thousand levels.
///
/// With 0.05 the 95 % interval of BMS-WebView-1 at 30 contained the number in 8 of 20 samples: branches with very low
/// guesses contain a third of it.
const EVEN: f64 = 0.4;

/// Nanoseconds of entering an item, and of counting one.
const NANOS_ENTERED: u64 = 500;
const NANOS_COUNTED: u64 = 4000;

/// The draws of one estimate that reached the same itemset.
#[derive(Clone, Copy, Debug)]
struct Draw {
    estimate: usize,
    times: u64,
    /// The weight of one itemset.
    weight: BigFloat,
}

/// A child that was drawn and not yet entered.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    child: usize,
    guess: Guess,
    draw: Draw,
}

/// Several estimates made together, so that what two of them draw is read once.
///
/// Each estimate has a number of draws that begin above the first level. At an itemset they are distributed among its
/// extensions in proportion to the guesses, by a grid with a random offset, so that each extension gets its share to
/// within one draw (systematic sampling). An extension whose share is above one draw is certain to get some, and they
/// divide its weight. Once there are enough draws for the work below an itemset, everything below it is counted.
pub(crate) struct Sampler<'a, 'b, R> {
    database: &'b EclatDatabase<'a, R>,
    scratch: EclatScratch<R>,
    bounds: Bounds,
    control: &'b Control,
    allowance: Allowance<'b>,
    effort: Effort,
    draws: u64,
    sums: Vec<BigFloat>,
    /// For each branch the sum of what its draws found, and of their weights.
    found: Vec<(BigFloat, BigFloat)>,
    /// The share of a run's draws that go to branches that are not certain to be drawn.
    uncertain: f64,
    /// The draws that reached the current itemset, and the guesses for its children.
    incoming: Vec<Draw>,
    guesses: Vec<Guess>,
    candidates: Vec<usize>,
    cumulated: Vec<f64>,
    /// The path to the current itemset, with the position in `drawn` where the children of each begin.
    path: Vec<(SearchNode, usize)>,
    drawn: Vec<Drawn>,
}

impl<'a, 'b, R: Rank> Sampler<'a, 'b, R> {
    pub(crate) fn new(
        database: &'b EclatDatabase<'a, R>,
        scratch: EclatScratch<R>,
        bounds: Bounds,
        control: &'b Control,
        effort: Effort,
    ) -> Self {
        Sampler {
            database,
            scratch,
            bounds,
            control,
            allowance: Allowance::new(control, u64::MAX),
            effort,
            draws: 0,
            sums: Vec::new(),
            found: Vec::new(),
            uncertain: 0.0,
            incoming: Vec::new(),
            guesses: Vec::new(),
            candidates: Vec::new(),
            cumulated: Vec::new(),
            path: Vec::new(),
            drawn: Vec::new(),
        }
    }

    /// The steps so far.
    pub(crate) fn spent(&self) -> u64 {
        self.allowance.spent()
    }

    /// Estimates of the itemsets in some branches, of `times` draws each. `None` if the call should stop.
    pub(crate) fn run(&mut self, branches: &[(usize, Guess)], times: u64) -> Option<Vec<BigFloat>> {
        self.sums = vec![BigFloat::ZERO; ESTIMATES];
        self.found = vec![(BigFloat::ZERO, BigFloat::ZERO); branches.len()];
        self.guesses.clear();
        self.guesses.extend(branches.iter().map(|&(_, guess)| guess));
        self.incoming.clear();
        let all = (0..ESTIMATES).map(|estimate| Draw { estimate, times, weight: BigFloat::new(1.0 / times as f64) });
        self.incoming.extend(all);
        self.candidates.clear();
        self.candidates.extend(0..branches.len());
        self.draw(0);
        let mut before = 0.0;
        self.uncertain = 0.0;
        if let Some(&sum) = self.cumulated.last() {
            for &cumulated in &self.cumulated {
                let share = (cumulated - before) / sum;
                self.uncertain += if share * times as f64 > CERTAIN { 0.0 } else { share };
                before = cumulated;
            }
        }
        let mut first = std::mem::take(&mut self.drawn);
        while let Some(&Drawn { child, guess, .. }) = first.last() {
            self.incoming.clear();
            while let Some(drawn) = first.pop_if(|drawn| drawn.child == child) {
                self.incoming.push(drawn.draw);
            }
            let weight = |weight: BigFloat, draw: &Draw| weight + draw.weight * draw.times as f64;
            let weight = self.incoming.iter().fold(BigFloat::ZERO, weight);
            let before = std::mem::replace(&mut self.sums, vec![BigFloat::ZERO; ESTIMATES]);
            let rank = branches[child].0;
            self.allowance.spend(self.database.cost_of_opening(rank));
            let top = self.database.enter(rank, &mut self.scratch);
            self.visit(top, &guess).is_continue().then_some(())?;
            self.go_down().is_continue().then_some(())?;
            let found = self.sums.iter().fold(BigFloat::ZERO, |all, &sum| all + sum);
            self.found[child] = (found, weight);
            self.sums.iter_mut().zip(before).for_each(|(sum, before)| *sum += before);
        }
        Some(self.sums.clone())
    }

    /// The share of the last run's draws that went to branches that were not certain to be drawn.
    pub(crate) fn uncertain(&self) -> f64 {
        self.uncertain
    }

    /// Improves the guesses for the branches by what the last run found in them.
    pub(crate) fn learn(&self, branches: &mut [(usize, Guess)]) {
        let all = self.sums.iter().fold(BigFloat::ZERO, |all, &sum| all + sum) * (1.0 / ESTIMATES as f64);
        let guessed = branches.iter().fold(BigFloat::ZERO, |all, (_, guess)| all + guess.itemsets);
        let wrong = BigFloat::new(all.over(guessed));
        if wrong.is_zero() {
            return;
        }
        for ((_, guess), &(found, weight)) in branches.iter_mut().zip(&self.found) {
            let by_all = guess.itemsets * wrong;
            // A few draws may have missed most of a branch.
            guess.itemsets = if weight.is_zero() { by_all } else { (by_all + BigFloat::new(found.over(weight))) * 0.5 };
        }
    }

    /// Descends from the drawn itemsets until none is left.
    fn go_down(&mut self) -> ControlFlow<()> {
        while let Some(&(node, start)) = self.path.last() {
            let Some(&Drawn { child, guess, .. }) = self.drawn[start..].last() else {
                self.path.pop();
                continue;
            };
            self.incoming.clear();
            while self.drawn.len() > start
                && let Some(drawn) = self.drawn.pop_if(|drawn| drawn.child == child)
            {
                self.incoming.push(drawn.draw);
            }
            let below = self.scratch.search.enter(self.scratch.isa, node, child, self.bounds.min_count);
            self.allowance.spend(NANOS_ENTERED);
            self.visit(below, &guess)?;
        }
        ControlFlow::Continue(())
    }

    /// Counts what is below a drawn itemset, or draws among its extensions.
    fn visit(&mut self, node: SearchNode, guess: &Guess) -> ControlFlow<()> {
        if self.control.should_stop() {
            return ControlFlow::Break(());
        }
        let EclatScratch { search, isa, .. } = &mut self.scratch;
        let times: u64 = self.incoming.iter().map(|draw| draw.times).sum();
        if guess.apart.to_f64() <= times as f64 * LEAF {
            let mut allowance = Allowance::within(self.control, times.saturating_mul(self.effort.leaf));
            let mut tally = Tally::default();
            let counted = search.count_below(*isa, node, self.bounds, &mut allowance, &mut tally);
            self.allowance.spend(allowance.spent() + NANOS_COUNTED);
            if counted.is_continue() {
                self.add(tally.number(self.bounds.max_len));
                return ControlFlow::Continue(());
            }
        }
        self.guesses.clear();
        guess_extensions(search, *isa, node, self.bounds, &mut self.guesses);
        self.allowance.spend(node.cost_of_pairs());
        // An extension with fewer than two extensions of its own, perfect ones apart, is known exactly.
        let mut known = self.joined(node.len(), node.perfect());
        self.candidates.clear();
        for (child, guess) in self.guesses.iter().enumerate() {
            if guess.width >= 2 {
                self.candidates.push(child);
                continue;
            }
            let perfect = node.perfect() + guess.perfect;
            known += self.joined(node.len() + 1, perfect);
            if guess.width == 1 {
                known += self.joined(node.len() + 2, perfect);
            }
        }
        self.add(known);
        self.path.push((node, self.drawn.len()));
        self.draw(node.len());
        ControlFlow::Continue(())
    }

    /// Adds itemsets for each draw of the current itemset.
    fn add(&mut self, itemsets: BigFloat) {
        for Draw { estimate, times, weight } in &self.incoming {
            self.sums[*estimate] += itemsets * *weight * *times as f64;
        }
    }

    /// The number of itemsets that an itemset of `len` items makes with any of its perfect extensions.
    fn joined(&self, len: usize, perfect: usize) -> BigFloat {
        self.bounds.max_len.checked_sub(len).map_or(BigFloat::ZERO, |room| subsets(perfect, room))
    }

    /// Distributes the draws of the current itemset, of `len` items, among the children that may be drawn.
    fn draw(&mut self, len: usize) {
        let start = self.drawn.len();
        let candidates = &self.candidates;
        let itemsets = |child: &usize| self.guesses[*child].itemsets;
        let Some(most) = candidates.iter().map(itemsets).reduce(BigFloat::max) else { return };
        let shares = candidates.iter().map(|child| itemsets(child).over(most));
        let even = EVEN / (len + 1) as f64;
        let even = even / (1.0 - even) * shares.clone().sum::<f64>() / candidates.len() as f64;
        self.cumulated.clear();
        let mut sum = 0.0;
        self.cumulated.extend(shares.map(|share| {
            sum += share + even;
            sum
        }));
        for draw in &self.incoming {
            self.draws += 1;
            // 53 bits.
            let offset = (hash(self.effort.seed.wrapping_add(self.draws)) >> 11) as f64 / (1_u64 << 53) as f64;
            let place_of = |time: u64| {
                let point = (time as f64 + offset) / draw.times as f64 * sum;
                self.cumulated.partition_point(|&cumulated| cumulated <= point).min(candidates.len() - 1)
            };
            let mut time = 0;
            while time < draw.times {
                let (place, from) = (place_of(time), time);
                while time < draw.times && place_of(time) == place {
                    time += 1;
                }
                let times = time - from;
                let before = if place == 0 { 0.0 } else { self.cumulated[place - 1] };
                let share = (self.cumulated[place] - before) / sum;
                // A child with a share above one draw always gets one, so the weight of all its draws does not depend
                // on their number.
                let is_certain = share * draw.times as f64 > CERTAIN;
                let factor = if is_certain { draw.times as f64 / times as f64 } else { 1.0 / share };
                let child = candidates[place];
                let draw = Draw { times, weight: draw.weight * factor, ..*draw };
                self.drawn.push(Drawn { child, guess: self.guesses[child], draw });
            }
        }
        self.drawn[start..].sort_by_key(|drawn| drawn.child);
    }
}

/// The share of draws from which a child is certain to get one, whatever the offset and the rounding of sums.
const CERTAIN: f64 = 1.0 + 1e-6;
