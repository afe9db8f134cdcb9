//! Itemsets that are streamed as they are found.

use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::ControlFlow;

use super::call::Call;
use super::itemsets::collect;
use super::request::{Request, SearchOrder};
use crate::call::control::Control;
use crate::error::Error;
#[cfg(feature = "snapshot")]
use crate::itemsets::PathSink;
use crate::itemsets::{FrequentItems, FrequentItemsets, ItemsetList, Sink, Trie};
use crate::mine::output::budget::{Budget, Size};
use crate::mine::output::itemset_output::Output;
use crate::mine::output::selected::Purpose;
use crate::mine::output::trie_branch::TrieBranch;
use crate::mine::query::algorithm::Algorithm;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::statistics::Statistics;
use crate::mine::run::RunOutput;
use crate::stored_format::Format;
use crate::threads::ordered::{Block, BlockSink, Reorder, Step};

/// The summary of a streamed search, from [`Miner::stream`](crate::Miner::stream) and
/// [`Search::stream`](crate::Search::stream).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamSummary {
    format: Format<1>,
    itemsets: u64,
    min_count: u64,
    statistics: Option<Statistics>,
}

impl StreamSummary {
    /// Whether the sink received all itemsets and did not end the search.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.statistics.is_some()
    }

    /// The number of itemsets that the sink received, including the one at which it ended the search.
    #[must_use]
    pub fn itemsets(&self) -> u64 {
        self.itemsets
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// The statistics of the search; `None` if the sink ended it.
    #[must_use]
    pub fn statistics(&self) -> Option<&Statistics> {
        self.statistics.as_ref()
    }
}

/// What takes the itemsets of a stream.
pub(super) enum Taker<'a, T, S: ?Sized> {
    /// Their labels.
    Labels(&'a mut S, PhantomData<fn(&T)>),
    /// Their paths.
    #[cfg(feature = "snapshot")]
    Paths(&'a mut (dyn PathSink<T> + Send + 'a)),
}

impl<'a, T, S: ?Sized> Taker<'a, T, S> {
    pub(super) fn labels(sink: &'a mut S) -> Self {
        Taker::Labels(sink, PhantomData)
    }
}

impl StreamSummary {
    /// Passes listed itemsets on, which are in the canonical order if their paths are taken.
    pub(super) fn of_list<T, S: Sink<T> + ?Sized>(
        control: &Control,
        list: &ItemsetList<T>,
        taker: Taker<'_, T, S>,
    ) -> Result<Self, Error> {
        let (mut itemsets, mut flow) = (0, ControlFlow::Continue(()));
        match taker {
            Taker::Labels(sink, _) => {
                for itemset in list.iter() {
                    let labels: Vec<&T> = itemset.iter().collect();
                    itemsets += 1;
                    if control.should_stop() {
                        control.check()?;
                    }
                    flow = sink.itemset(&labels, itemset.count());
                    if flow.is_break() {
                        break;
                    }
                }
            }
            #[cfg(feature = "snapshot")]
            Taker::Paths(sink) => {
                flow = sink.begin(list.items(), list.basket_count(), list.min_count());
                let mut before: &[u32] = &[];
                for place in 0..list.len() {
                    if flow.is_break() {
                        break;
                    }
                    if control.should_stop() {
                        control.check()?;
                    }
                    let descending = list.listed().descending(place);
                    itemsets += 1;
                    let shared = before.iter().zip(descending).take_while(|(a, b)| a == b).count();
                    flow = (shared..descending.len()).try_for_each(|place_in| {
                        let is_last = place_in + 1 == descending.len();
                        sink.step(place_in + 1, descending[place_in], is_last.then(|| list.count(place)))
                    });
                    before = descending;
                }
            }
        }
        let statistics = flow.is_continue().then(|| list.statistics().clone());
        Ok(StreamSummary { format: Format, itemsets, min_count: list.min_count(), statistics })
    }
}

/// Itemsets that a sink takes between two polls.
const ITEMSETS_PER_POLL: u64 = 64;

/// The same for nodes whose paths are taken, each of which takes a few nanoseconds.
#[cfg(feature = "snapshot")]
const NODES_PER_POLL: usize = 1024;

/// Passes itemsets on.
struct Emitter<'a, 's, T, S: ?Sized> {
    control: &'a Control,
    items: &'a FrequentItems<T>,
    taker: Taker<'s, T, S>,
    itemsets: u64,
    is_ended: bool,
    /// The last itemset, as descending ranks.
    path: Vec<u32>,
    /// The same in the order of the labels.
    ranks: Vec<u32>,
    labels: Vec<&'a T>,
}

impl<'a, 's, T: Ord, S: Sink<T> + ?Sized> Emitter<'a, 's, T, S> {
    fn new(call: &Call<'a, T>, items: &'a FrequentItems<T>, taker: Taker<'s, T, S>) -> Self {
        #[cfg_attr(not(feature = "snapshot"), expect(unused_mut, reason = "only paths are told of a beginning"))]
        let mut emitter = Emitter {
            control: call.control,
            items,
            taker,
            itemsets: 0,
            is_ended: false,
            path: Vec::new(),
            ranks: Vec::new(),
            labels: Vec::new(),
        };
        #[cfg(feature = "snapshot")]
        if let Taker::Paths(sink) = &mut emitter.taker {
            emitter.is_ended = sink.begin(items, call.baskets(), call.min_count).is_break();
        }
        emitter
    }

    fn emit(&mut self, block: &Block) -> ControlFlow<()> {
        match &mut self.taker {
            Taker::Labels(..) => self.emit_labels(block),
            #[cfg(feature = "snapshot")]
            Taker::Paths(sink) => {
                // What did not begin.
                if self.is_ended {
                    return ControlFlow::Break(());
                }
                for steps in block.steps.chunks(NODES_PER_POLL) {
                    if self.control.should_stop() {
                        return ControlFlow::Break(());
                    }
                    for &Step { len, rank, count } in steps {
                        self.itemsets += u64::from(count > 0);
                        // A step on the path to an itemset is not an itemset.
                        if sink.step(len as usize, rank, (count > 0).then_some(count.into())).is_break() {
                            self.is_ended = true;
                            return ControlFlow::Break(());
                        }
                    }
                }
                ControlFlow::Continue(())
            }
        }
    }

    fn emit_labels(&mut self, block: &Block) -> ControlFlow<()> {
        #[cfg_attr(not(feature = "snapshot"), expect(irrefutable_let_patterns, reason = "the only taker"))]
        let Taker::Labels(sink, _) = &mut self.taker else { return ControlFlow::Break(()) };
        for &Step { len, rank, count } in &block.steps {
            self.path.truncate(len as usize - 1);
            self.path.push(rank);
            // A step on the path to an itemset is not an itemset.
            if count == 0 {
                continue;
            }
            self.ranks.clear();
            self.ranks.extend_from_slice(&self.path);
            self.items.sort_by_label(&mut self.ranks);
            self.labels.clear();
            self.labels.extend(self.ranks.iter().map(|&rank| self.items.label(rank)));
            self.itemsets += 1;
            // The sink may be slow, or cancel the call.
            if self.itemsets.is_multiple_of(ITEMSETS_PER_POLL) && self.control.should_stop() {
                return ControlFlow::Break(());
            }
            if sink.itemset(&self.labels, count.into()).is_break() {
                self.is_ended = true;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }
}

/// Passes all frequent itemsets on as the engine finds them.
pub(super) fn stream_all<T: Ord + Send + Sync, S: Sink<T> + Send + ?Sized>(
    call: &Call<'_, T>,
    taker: Taker<'_, T, S>,
) -> Result<StreamSummary, Error> {
    if call.exactly().is_some() {
        let itemsets = call.without_max_itemsets(|call| collect(call, None, FrequentItemsets::new))?;
        return StreamSummary::of_list(call.control, &ItemsetList::of_frequent(&itemsets), taker);
    }
    call.check_sets()?;
    let items = call.items()?;
    let bounds = call.bounds(call.min_count);
    // With a limit on the length, however large, no engine repeats itemsets that it reported before. A stream no
    // longer has them.
    let bounds = Bounds { max_len: bounds.max_len.min(usize::MAX - 1), ..bounds };
    // Apriori holds what it finds.
    let is_apriori = call.settings.algorithm == Algorithm::Apriori;
    let room = if is_apriori { call.room_of_levels() } else { None };
    // An engine takes the most itemsets of a list.
    let most = room.map_or(u64::MAX, |(most, _)| most.saturating_mul(8));
    let bounds = Bounds { most: usize::try_from(most).unwrap_or(usize::MAX), ..bounds };
    let mut emitter = Emitter::new(call, &items, taker);
    let statistics = {
        let reorder = Reorder::new(|block| emitter.emit(&block));
        let (rows, algorithm, sink): (_, _, &dyn BlockSink) = (call.rows()?, call.settings.algorithm, &reorder);
        let found = call.run(|workers| rows.find_all::<TrieBranch>(algorithm, bounds, workers.with_sink(sink)))?;
        match found {
            Some(RunOutput { algorithm, outputs, levels }) => {
                // What no chunk has handed over, such as a result of single items only.
                let rest = outputs.into_iter().try_for_each(|mut output| reorder.emit(output.hand_over()));
                if rest.is_continue() { Some(call.statistics(algorithm, levels)?) } else { None }
            }
            None => None,
        }
    };
    if statistics.is_none() && !emitter.is_ended {
        return Err(match room {
            Some((most, limit)) => call.limit_reached(limit, call.fit(call.min_count, most)?),
            None => Trie::too_many(),
        });
    }
    Ok(StreamSummary { format: Format, itemsets: emitter.itemsets, min_count: call.min_count, statistics })
}

impl<T: Ord + Hash + Send + Sync> Request<'_, T> {
    /// Passes the requested itemsets on in the canonical order, as they are found.
    pub(super) fn stream<S: Sink<T> + Send + ?Sized>(
        &self,
        call: &Call<'_, T>,
        taker: Taker<'_, T, S>,
    ) -> Result<StreamSummary, Error> {
        let eclat = call.eclat_statistics();
        self.resolve_within(call, SearchOrder::CANONICAL, |resolved| {
            let Some((resolved, _)) = resolved else {
                let items = call.no_items();
                let emitter = Emitter::new(call, &items, taker);
                debug_assert_eq!(emitter.itemsets, 0);
                return Ok(StreamSummary {
                    format: Format,
                    itemsets: 0,
                    min_count: call.min_count,
                    statistics: Some(eclat),
                });
            };
            let mut emitter = Emitter::new(call, &resolved.items, taker);
            let is_complete = {
                let reorder = Reorder::new(|block| emitter.emit(&block));
                let budget = Budget::new(Size::MAX);
                resolved.run(call, Purpose::List, 1, &budget, Some(&reorder))?.is_some()
            };
            let statistics = (is_complete && !emitter.is_ended).then_some(eclat);
            Ok(StreamSummary { format: Format, itemsets: emitter.itemsets, min_count: call.min_count, statistics })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::CancelToken;
    use crate::error::ErrorKind;
    use crate::mine::query::algorithm::Algorithm;
    use crate::mine::query::min_support::MinSupport;
    use crate::{Miner, Transactions};
    use proptest::prelude::*;

    const ENGINES: [Algorithm; 3] = [Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat];

    fn threads() -> &'static [usize] {
        if cfg!(feature = "rayon") { &[1, 2, 5] } else { &[1] }
    }

    fn collected(miner: &Miner, baskets: &Transactions<u32>) -> Vec<(Vec<u32>, u64)> {
        let found = miner.mine(baskets).unwrap();
        found.iter().map(|itemset| (itemset.iter().copied().collect(), itemset.count())).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// In blocks of a few itemsets, of which few may wait.
        #[test]
        fn stream_equals_mine(
            rows in prop::collection::vec(prop::collection::vec(0..20u32, 0..12), 0..60),
            min_count in 2..8u64,
            max_len in prop_oneof![1..6usize, Just(usize::MAX)],
            most in 1..200u64,
        ) {
            let baskets = Transactions::from_rows(rows).unwrap();
            let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(max_len);
            let expected = collected(&miner, &baskets);
            for algorithm in ENGINES {
                for &threads in threads() {
                    let miner = miner.clone().algorithm(algorithm).threads(threads);
                    let mut found: Vec<(Vec<u32>, u64)> = Vec::new();
                    let streamed = miner.stream(&baskets, &mut found).unwrap();
                    prop_assert_eq!(&found, &expected);
                    prop_assert_eq!((streamed.itemsets(), streamed.min_count()), (expected.len() as u64, min_count));
                    let mined = miner.mine(&baskets).unwrap();
                    prop_assert_eq!(streamed.statistics(), Some(mined.statistics()));
                    // Ended early: exactly the first itemsets.
                    let mut first: Vec<(Vec<u32>, u64)> = Vec::new();
                    let streamed = miner.stream(&baskets, &mut |items: &[&u32], count: u64| {
                        let _ = first.itemset(items, count);
                        if (first.len() as u64) < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                    });
                    let streamed = streamed.unwrap();
                    prop_assert_eq!(&first[..], &expected[..expected.len().min(most as usize)]);
                    prop_assert_eq!(streamed.is_complete(), (expected.len() as u64) < most);
                    prop_assert_eq!(streamed.itemsets(), first.len() as u64);
                }
            }
        }
    }

    /// Each basket lacks a different one of the items: nearly 2^items itemsets.
    fn explosive(items: u32) -> Transactions<u32> {
        Transactions::from_rows((0..items).map(|lacks| (0..items).filter(move |&item| item != lacks))).unwrap()
    }

    #[test]
    fn cancel_stops_endless_stream() {
        let miner = Miner::new().min_support(MinSupport::count(1));
        for algorithm in [Algorithm::FpGrowth, Algorithm::Eclat] {
            for &threads in threads() {
                let miner = miner.clone().algorithm(algorithm).threads(threads);
                let mut itemsets = 0;
                let mut sink = |_: &[&u32], _: u64| {
                    itemsets += 1;
                    if itemsets < 5000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                };
                assert!(!miner.stream(&explosive(60), &mut sink).unwrap().is_complete());
                // From within the sink, while other threads wait for their turn.
                let token = CancelToken::new();
                let mut sink = |_: &[&u32], _: u64| {
                    token.cancel();
                    ControlFlow::Continue(())
                };
                let ended = miner.clone().cancel_token(&token).stream(&explosive(60), &mut sink);
                assert!(matches!(ended.unwrap_err().kind(), ErrorKind::Cancelled));
            }
        }
    }

    #[test]
    fn panicking_sink_blocks_no_thread() {
        for &threads in threads() {
            let miner = Miner::new().min_support(MinSupport::count(1)).threads(threads);
            let ended = std::panic::catch_unwind(|| {
                let mut left = 50;
                let mut sink = |_: &[&u32], _: u64| {
                    left -= 1;
                    assert!(left > 0, "enough");
                    ControlFlow::Continue(())
                };
                let _ = miner.stream(&explosive(30), &mut sink);
            });
            assert!(ended.is_err());
        }
    }
}
