//! Searches cut into chunks of work, which donate parts of themselves to idle workers.

use std::marker::PhantomData;
use std::ops::{ControlFlow, Range};

use super::chunks::chunks;
use crate::call::control::{Control, Stopped};
use crate::call::meter::{Meter, SEARCH};
use crate::mine::output::budget::{Budget, BudgetShare};
use crate::mine::output::hand_over::{BlockSender, StopOnDrop};
use crate::mine::output::itemset_output::Output;
use crate::threads::work_sharing::WorkSharing;
use crate::threads::workers::Workers;

/// Where the parts that a worker donated belong in the order of the results.
///
/// A search donates the rest of the shallowest level that has one. Everything that it still finds itself precedes that,
/// and a later donation, from a deeper level, precedes an earlier one.
#[derive(Debug)]
pub(crate) struct Donor<'a, G> {
    /// Off while a shallower level has a rest that the current search cannot donate.
    pub(crate) allowed: bool,
    exchange: &'a WorkSharing<(usize, G)>,
    control: &'a Control,
    pub(crate) share: BudgetShare<'a>,
    given: Vec<usize>,
    /// Where results go if they are not kept. Then no part is donated, as everything after it would have to wait.
    sender: Option<BlockSender<'a>>,
}

impl<'a, G> Donor<'a, G> {
    /// `Break` if the call should stop, or if all chunks together hold too much, with `held` itemsets in this one.
    #[inline(always)]
    pub(crate) fn go_on(&mut self, held: usize) -> ControlFlow<()> {
        if self.control.should_stop() { ControlFlow::Break(()) } else { self.share.report(held) }
    }

    /// Whether the call should stop, between two steps that take about ten milliseconds each.
    pub(crate) fn should_stop(&self) -> bool {
        self.control.should_stop()
    }

    /// Whether another worker waits for a part of the search and may have it.
    #[inline(always)]
    pub(crate) fn is_wanted(&self) -> bool {
        self.allowed && self.sender.is_none() && self.exchange.is_wanted()
    }

    /// Where results go, if they are not kept.
    pub(crate) fn sender(&self) -> Option<BlockSender<'a>> {
        self.sender
    }

    /// Donates a part that lies below an itemset of `depth` items.
    pub(crate) fn give(&mut self, depth: usize, part: G) {
        self.given.push(self.exchange.donate((depth, part)));
    }
}

/// What a task found, in order.
#[derive(Debug)]
enum Segment<B> {
    Here(B),
    /// Found by another worker: the number of the donation.
    Elsewhere(usize),
}

/// What a worker fills in one task.
pub(crate) struct ChunkOutput<'a, G, B> {
    pub(crate) out: B,
    pub(crate) donor: Donor<'a, G>,
    /// Makes an empty output for the itemsets below an itemset of the given length.
    new: &'a (dyn Fn(usize) -> B + Sync + 'a),
    /// The length of the itemset that all results are below: 0, or that of the donated part.
    pub(crate) depth: usize,
    parts: Vec<Segment<B>>,
    meter: &'a Meter<'a>,
    /// The first first-level branch that is not done yet.
    next: usize,
}

impl<'a, G, B: Output> ChunkOutput<'a, G, B> {
    /// Below an itemset of `depth` items.
    fn new(shared: &'a Shared<'a, G, B>, exchange: &'a WorkSharing<(usize, G)>, depth: usize, out: B) -> Self {
        let Shared { control, budget, meter, new, .. } = *shared;
        let share = BudgetShare::new(budget);
        let donor = Donor { allowed: true, exchange, control, share, given: Vec::new(), sender: None };
        ChunkOutput { out, donor, new, depth, parts: Vec::new(), meter, next: 0 }
    }

    /// The first-level branches before `next` are done, except for donated parts.
    pub(crate) fn reach(&mut self, next: usize) {
        self.meter.add(self.next..next);
        self.next = next;
    }

    /// A first-level branch is complete: its donated parts belong here. `Break` if the call should stop.
    #[inline(always)]
    pub(crate) fn end_branch(&mut self) -> ControlFlow<()> {
        if !self.donor.given.is_empty() {
            self.cut();
        }
        self.go_on()
    }

    /// As [`Donor::go_on`]; results that are not kept are passed on.
    #[inline(always)]
    pub(crate) fn go_on(&mut self) -> ControlFlow<()> {
        if let Some(sender) = self.donor.sender {
            sender.hand_over(&mut self.out)?;
        }
        self.donor.go_on(self.out.held())
    }

    #[cold]
    fn cut(&mut self) {
        let mut out = std::mem::replace(&mut self.out, (self.new)(0));
        out.settle();
        self.donor.share.end(out.held());
        self.parts.push(Segment::Here(out));
        self.parts.extend(self.donor.given.drain(..).rev().map(Segment::Elsewhere));
    }

    fn finish(mut self) -> Vec<Segment<B>> {
        if !self.donor.given.is_empty() {
            self.cut();
        }
        self.out.settle();
        self.donor.share.end(self.out.held());
        self.parts.push(Segment::Here(self.out));
        self.parts
    }
}

/// Steps that a chunk has at most in a search that may be done before another thread is awake. (With 2^19 retail at 5, whose
/// chunks take over a millisecond, lost 5 %.)
const SHORT_CHUNK: u64 = 1 << 16;

/// What all chunks of a search share.
struct Shared<'a, G, B> {
    control: &'a Control,
    budget: &'a Budget,
    meter: &'a Meter<'a>,
    new: &'a (dyn Fn(usize) -> B + Sync + 'a),
    given: PhantomData<fn(G)>,
}

/// Runs `work` on the chunks of some first-level branches with estimated costs, and `further` on donated parts. Each
/// worker has its own `scratch`, each chunk an output made by `new`. Returns the outputs in the order of the results.
pub(crate) fn run_splitting<'a, S, G: Send, B: Output>(
    workers: Workers<'a>,
    costs: &[u64],
    budget: &'a Budget,
    new: impl Fn(usize, Option<BlockSender<'a>>) -> B + Sync,
    scratch: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, Range<usize>, &mut ChunkOutput<'_, G, B>) -> ControlFlow<()> + Sync,
    further: impl Fn(&mut S, G, &mut ChunkOutput<'_, G, B>) -> ControlFlow<()> + Sync,
) -> Result<Vec<B>, Stopped> {
    let control = workers.control();
    let meter = Meter::new(control, SEARCH, costs);
    let chunks = chunks(costs, workers);
    let sink = workers.sink();
    // Chunks whose results are passed on in order are started in order.
    let in_turn = workers.go_in_turn() || sink.is_some();
    let costs: Vec<u64> = chunks.iter().map(|chunk| if in_turn { 1 } else { chunk.cost }).collect();
    let stop = || {
        budget.stop(match (control.is_interrupted(), sink) {
            (true, _) => Stopped::Interrupted,
            (false, Some(_)) => Stopped::SinkClosed,
            (false, None) => Stopped::OverBudget,
        });
    };
    let plain = |depth| new(depth, None);
    let shared = Shared { control, budget, meter: &meter, new: &plain, given: PhantomData };
    let may_be_short = !in_turn && chunks.iter().all(|chunk| chunk.cost <= SHORT_CHUNK);
    let (own, given) = workers.run_sharing(
        &costs,
        may_be_short,
        scratch,
        |scratch, chunk, exchange| {
            if budget.is_stopped() {
                return None;
            }
            let watch = StopOnDrop::new(sink);
            let sender = sink.map(|sink| BlockSender::new(sink, chunk));
            let ranks = chunks[chunk].ranks.clone();
            let mut parts = ChunkOutput::new(&shared, exchange, 0, new(0, sender));
            parts.next = ranks.start;
            parts.donor.sender = sender;
            let mut flow = work(scratch, ranks.clone(), &mut parts);
            if flow.is_continue() {
                parts.reach(ranks.end);
                flow = sender.map_or(flow, |sender| sender.end(&mut parts.out));
            }
            if flow.is_break() {
                stop();
                return None;
            }
            watch.disarm();
            Some(parts.finish())
        },
        |scratch, (depth, part): (usize, G), exchange| {
            if budget.is_stopped() {
                return None;
            }
            let mut parts = ChunkOutput::new(&shared, exchange, depth, plain(depth));
            if further(scratch, part, &mut parts).is_break() {
                stop();
                return None;
            }
            Some(parts.finish())
        },
    );
    // The last chunks may have been complete before they reported.
    budget.check()?;
    let all = |found: Vec<Option<Vec<Segment<B>>>>| found.into_iter().collect::<Option<Vec<_>>>();
    match (all(own), all(given)) {
        (Some(own), Some(given)) => Ok(in_order(own, given)),
        _ => Err(Stopped::Interrupted),
    }
}

/// The outputs in order, with donated parts in their places.
fn in_order<B>(own: Vec<Vec<Segment<B>>>, given: Vec<Vec<Segment<B>>>) -> Vec<B> {
    let mut given: Vec<_> = given.into_iter().map(Vec::into_iter).collect();
    let mut branches = Vec::new();
    // The rest of the lists that are being read, the innermost last.
    let mut left = Vec::new();
    for parts in own {
        left.push(parts.into_iter());
        while let Some(parts) = left.last_mut() {
            match parts.next() {
                Some(Segment::Here(branch)) => branches.push(branch),
                Some(Segment::Elsewhere(number)) => left.push(std::mem::take(&mut given[number])),
                None => drop(left.pop()),
            }
        }
    }
    branches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::itemsets::Trie;
    use crate::mine::engines::{eclat, fp_growth};
    use crate::mine::output::tally::Tally;
    use crate::mine::output::tree_output::TreeOutput;
    use crate::mine::output::trie_branch::TrieBranch;
    use crate::mine::query::bounds::Bounds;
    use crate::threads::work_sharing::tests::always_wanted;
    use crate::transactions::{MiningDatabase, RankedRows, Ranking, Transactions};
    use proptest::prelude::*;

    #[test]
    fn donated_parts_keep_their_place() {
        use Segment::{Elsewhere, Here};
        let own = vec![vec![Here(1), Elsewhere(2), Elsewhere(0), Here(6)], vec![Here(7)]];
        let given = vec![vec![Here(4), Elsewhere(1)], vec![Here(5)], vec![Here(2), Here(3)]];
        assert_eq!(in_order(own, given), [1, 2, 3, 4, 5, 6, 7]);
    }

    type Engine<B> = fn(&RankedRows<u16>, Bounds, Workers) -> Result<Vec<B>, Stopped>;

    fn searched<B: TreeOutput>(rows: &[Vec<u32>], bounds: Bounds, engine: Engine<B>) -> (Vec<B>, usize) {
        let transactions = Transactions::from_rows(rows.iter().cloned()).unwrap();
        let ranking = Ranking::new(&transactions, u64::from(bounds.min_count));
        let database = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL);
        let MiningDatabase::U16(rows) = database else { unreachable!("there are few items") };
        (engine(&rows, bounds, Workers::SEQUENTIAL).unwrap(), ranking.len())
    }

    /// The number of outputs if everything that can be donated is; what they hold must not change.
    fn compare(rows: &[Vec<u32>], bounds: Bounds) -> usize {
        let mut most = 0;
        let list: [Engine<TrieBranch>; 2] = [eclat::mine, fp_growth::mine];
        for engine in list {
            let split = always_wanted(|| searched(rows, bounds, engine));
            most = most.max(split.0.len());
            let join = |(branches, items)| Trie::join(branches, items).unwrap();
            assert_eq!(join(split), join(searched(rows, bounds, engine)));
        }
        let count: [Engine<Tally>; 2] = [eclat::mine, fp_growth::mine];
        for engine in count {
            let by_len = |(branches, _): (Vec<Tally>, usize)| Tally::by_len(&branches, bounds.max_len).unwrap();
            let split = always_wanted(|| searched(rows, bounds, engine));
            most = most.max(split.0.len());
            assert_eq!(by_len(split), by_len(searched(rows, bounds, engine)));
        }
        most
    }

    proptest! {
        #[test]
        fn a_search_split_wherever_it_can_be_finds_the_same(
            rows in prop::collection::vec(prop::collection::vec(0..24u32, 4..20), 0..60),
            min_count in 1..12u32,
            max_len in prop_oneof![2..6usize, Just(usize::MAX)],
        ) {
            // At a count of 1 or 2 all subsets of the baskets would be listed.
            let min_count = min_count.max(rows.len() as u32 / 8);
            compare(&rows, Bounds { min_count: min_count.max(3), max_len, ..Bounds::NONE });
        }
    }

    #[test]
    fn large_searches_donate_parts() {
        let rows: Vec<Vec<u32>> = (0..90)
            .map(|row: u32| (0..26).filter(|item| !(row * 7 + item * item) % 5 > 1 || row % 9 == item % 9).collect())
            .collect();
        assert!(compare(&rows, Bounds { min_count: 12, max_len: usize::MAX, ..Bounds::NONE }) > 50);
        assert!(compare(&rows, Bounds { min_count: 12, max_len: 4, ..Bounds::NONE }) > 10);
    }
}
