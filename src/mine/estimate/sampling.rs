//! Counting what can be counted with little work, and sampling the rest of the search.

use super::allowance::Allowance;
use super::guess::{Guess, guess_extensions, guess_node};
use super::sampler::{ESTIMATES, Sampler};
use crate::mine::database::pair_counts::PairCounts;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::engines::eclat::{EclatDatabase, EclatScratch};
use crate::mine::output::big_float::BigFloat;
use crate::mine::output::tally::Tally;
use crate::mine::query::bounds::Bounds;
use crate::threads::workers::Workers;
use crate::transactions::{Rank, RankedRows};

/// How much work an estimate may do besides its preparation, in steps of about a nanosecond.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// For counting all itemsets, branch by branch.
    pub(crate) counting: u64,
    /// For examining each branch that is left.
    pub(crate) looking: u64,
    /// For counting a branch while it is examined.
    pub(crate) small: u64,
    /// For counting below an itemset, each time that it was drawn.
    pub(crate) leaf: u64,
    /// For drawing.
    pub(crate) sampling: u64,
    pub(crate) seed: u64,
}

impl Effort {
    /// A few hundred milliseconds. With half of it, errors are 1.5 times as large.
    pub(crate) const DEFAULT: Effort = Effort {
        counting: 50_000_000,
        looking: 40_000_000,
        small: 20_000,
        leaf: 50_000,
        sampling: 100_000_000,
        seed: 1 << 32,
    };
}

/// What was counted and what was sampled.
#[derive(Debug)]
pub(crate) struct Sampled {
    /// Whether all itemsets were counted, and their number if it is within bounds.
    pub(crate) is_exact: bool,
    pub(crate) exact: Option<u128>,
    /// The itemsets that were counted.
    pub(crate) known: BigFloat,
    /// Unbiased, independent estimates of all others; none if all were counted.
    pub(crate) others: Vec<BigFloat>,
    /// How many first-level branches all estimates drew together, repetitions included, and the share of those draws
    /// that could have missed their branch.
    pub(crate) draws: u64,
    pub(crate) uncertain: f64,
    /// The guess of all that was sampled, which the draws followed at first.
    pub(crate) guess: BigFloat,
}

impl Sampled {
    fn counted(known: BigFloat, exact: Option<u128>) -> Self {
        Sampled { is_exact: true, exact, known, others: Vec::new(), draws: 0, uncertain: 0.0, guess: BigFloat::ZERO }
    }
}

/// The most draws of each estimate: more take time and gain nothing.
const MAX_TIMES: u64 = 4096;

/// `None` if the call was stopped.
pub(crate) fn sample<R: Rank>(
    rows: &RankedRows<R>,
    bounds: Bounds,
    effort: Effort,
    workers: Workers,
) -> Option<Sampled> {
    let control = workers.control();
    if bounds.max_len == 1 {
        return Some(Sampled::counted(BigFloat::new(rows.items() as f64), Some(rows.items() as u128)));
    }
    let index = VerticalIndex::new(rows, workers);
    control.skip(0.1);
    if control.should_stop() {
        return None;
    }
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    control.skip(0.3);
    let database = EclatDatabase::new(rows, &index, &pair_counts, bounds);
    let mut scratch = EclatScratch::new();

    control.begin(0.4, effort.counting);
    let (all, done) = count_branches(&database, &mut scratch, bounds, Allowance::new(control, effort.counting));
    if control.should_stop() {
        return None;
    }
    let mut known = all.number(bounds.max_len);
    if done == rows.items() {
        let by_len = Tally::by_len(std::slice::from_ref(&all), bounds.max_len);
        return Some(Sampled::counted(known, by_len.map(|by_len| by_len.iter().sum())));
    }

    control.begin(0.4, effort.looking);
    let mut branches =
        Branches { database: &database, pair_counts: &pair_counts, rows, bounds, effort, known, left: Vec::new() };
    branches.look_into(done, &mut scratch, workers)?;
    let Branches { known: looked, mut left, .. } = branches;
    known = looked;

    control.begin(0.97, effort.sampling.saturating_mul(2));
    let guess = left.iter().fold(BigFloat::ZERO, |all, (_, guess)| all + guess.itemsets);
    let mut sampler = Sampler::new(&database, scratch, bounds, control, effort);
    // The draws of a round show how many the next may have, and what the branches contain. Only the last round counts,
    // since an estimate that was used to plan is biased.
    let (mut times, mut before) = (1, 0);
    let others = loop {
        let start = sampler.spent();
        let sums = sampler.run(&left, times)?;
        let spent = (sampler.spent() - start).max(1);
        // More draws cost less each: once everything is counted, they cost nothing.
        if spent > effort.sampling / 4 || times >= MAX_TIMES || spent < before + before / 8 {
            break sums;
        }
        before = spent;
        let more = u128::from(times) * u128::from(effort.sampling) / u128::from(spent);
        times = u64::try_from(more).unwrap_or(u64::MAX).clamp(times + 1, 16 * times).min(MAX_TIMES);
        sampler.learn(&mut left);
    };
    let draws = times * ESTIMATES as u64;
    Some(Sampled { is_exact: false, exact: None, known, others, draws, uncertain: sampler.uncertain(), guess })
}

/// The itemsets of as many first-level branches as there is work for, from the most frequent item on, and the number of
/// those branches.
fn count_branches<R: Rank>(
    database: &EclatDatabase<'_, R>,
    scratch: &mut EclatScratch<R>,
    bounds: Bounds,
    mut allowance: Allowance<'_>,
) -> (Tally, usize) {
    let mut all = Tally::default();
    let mut done = 0;
    while done < database.items() && allowance.go_on().is_continue() {
        allowance.spend(database.cost_of_opening(done));
        let node = database.enter(done, scratch);
        let mut tally = Tally::default();
        let counted = scratch.search.count_below(scratch.isa, node, bounds, &mut allowance, &mut tally);
        if counted.is_break() {
            break;
        }
        all.absorb(&tally);
        done += 1;
    }
    (all, done)
}

/// Some of the itemsets, by length and perfect extensions: those that can be counted with the work for counting.
pub(crate) fn count_some<R: Rank>(rows: &RankedRows<R>, bounds: Bounds, effort: Effort, workers: Workers) -> Tally {
    let index = VerticalIndex::new(rows, workers);
    let pair_counts = PairCounts::new(rows, &index, bounds.min_count, workers);
    let database = EclatDatabase::new(rows, &index, &pair_counts, bounds);
    let allowance = Allowance::new(workers.control(), effort.counting);
    count_branches(&database, &mut EclatScratch::new(), bounds, allowance).0
}

/// The first-level branches that are not counted yet.
struct Branches<'a, 'b, R> {
    database: &'b EclatDatabase<'a, R>,
    pair_counts: &'b PairCounts<'a, R>,
    rows: &'b RankedRows<R>,
    bounds: Bounds,
    effort: Effort,
    known: BigFloat,
    /// Those that are not small, by rank.
    left: Vec<(usize, Guess)>,
}

impl<R: Rank> Branches<'_, '_, R> {
    /// Examines the branches from a rank on: small ones are counted, the others get a guess. `None` if the call should
    /// stop.
    fn look_into(&mut self, first: usize, scratch: &mut EclatScratch<R>, workers: Workers) -> Option<()> {
        let control = workers.control();
        let mut allowance = Allowance::new(control, self.effort.looking);
        let (mut outside, mut inside) = (BigFloat::ZERO, BigFloat::ZERO);
        let mut rank = first;
        let mut guesses = Vec::new();
        while rank < self.rows.items() && allowance.go_on().is_continue() {
            allowance.spend(self.database.cost_of_opening(rank));
            let node = self.database.enter(rank, scratch);
            let EclatScratch { search, isa, .. } = &mut *scratch;
            let mut little = Allowance::within(control, self.effort.small);
            let mut tally = Tally::default();
            let counted = search.count_below(*isa, node, self.bounds, &mut little, &mut tally);
            allowance.spend(little.spent());
            if counted.is_continue() {
                self.known += tally.number(self.bounds.max_len);
            } else {
                guesses.clear();
                guess_extensions(search, *isa, node, self.bounds, &mut guesses);
                allowance.spend(node.cost_of_pairs());
                let guess = guess_node(search, node, self.bounds);
                outside += guess.itemsets;
                let guess = guess.with_below(&guesses, node.perfect());
                inside += guess.itemsets;
                self.left.push((rank, guess));
            }
            rank += 1;
        }
        // There is no time to examine each of the others. They are scaled by how much more the examined branches
        // contain than could be seen from outside.
        let more = if outside.is_zero() { 1.0 } else { inside.over(outside) };
        let mut allowance = Allowance::new(control, self.effort.looking);
        let mut frequent = Vec::new();
        let mut seen = 0;
        let mut sum = BigFloat::ZERO;
        while rank < self.rows.items() {
            if control.should_stop() {
                return None;
            }
            let guess = if allowance.go_on().is_continue() {
                allowance.spend(self.database.cost_of_opening(rank));
                frequent.clear();
                self.pair_counts.of(rank, &mut scratch.projected, &mut frequent);
                let counts = frequent.iter().map(|&(_, both)| both);
                let guess = Guess::new(self.rows.counts[rank], counts, self.bounds.min_count, self.bounds.max_len - 1);
                let guess = guess.times(more);
                sum += guess.itemsets;
                seen += 1;
                guess
            } else {
                Guess::like(sum * (1.0 / f64::from(seen.max(1))))
            };
            self.left.push((rank, guess));
            rank += 1;
        }
        (!control.should_stop()).then_some(())
    }
}
