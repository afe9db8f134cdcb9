//! Itemsets that are handed on as they are found.

use std::ops::ControlFlow;

use super::Miner;
use super::search::{list, statistics};
use crate::error::Error;
use crate::itemsets::{FrequentItems, Sink, Trie};
use crate::mine::output::tree_output::TreeOutput;
use crate::mine::query::bounds::Bounds;
use crate::mine::report::statistics::Statistics;
use crate::mine::run::RunOutput;
use crate::threads::ordered::{Block, BlockSink, Reorder, Step};
use crate::transactions::{Ranking, Transactions};

/// How a search went whose itemsets were handed on, from [`Miner::stream`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSummary {
    itemsets: u64,
    min_count: u64,
    statistics: Option<Statistics>,
}

impl StreamSummary {
    /// Whether the sink has taken all, and did not end the search.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.statistics.is_some()
    }

    /// The itemsets that the sink was given, the one included at which it ended the search.
    #[must_use]
    pub fn itemsets(&self) -> u64 {
        self.itemsets
    }

    /// The smallest count that was frequent.
    #[must_use]
    pub fn min_count(&self) -> u64 {
        self.min_count
    }

    /// How the search went, if it was not ended.
    #[must_use]
    pub fn statistics(&self) -> Option<&Statistics> {
        self.statistics.as_ref()
    }
}

/// Gives itemsets to a sink.
struct Emitter<'a, T, S: ?Sized> {
    items: &'a FrequentItems<T>,
    sink: &'a mut S,
    itemsets: u64,
    /// The itemset at hand, as descending ranks.
    path: Vec<u32>,
    /// The same in the order of the labels.
    ranks: Vec<u32>,
    labels: Vec<&'a T>,
}

impl<T, S: Sink<T> + ?Sized> Emitter<'_, T, S> {
    fn emit(&mut self, block: &Block) -> ControlFlow<()> {
        for &Step { len, rank, count } in &block.steps {
            self.path.truncate(len as usize - 1);
            self.path.push(rank);
            self.ranks.clear();
            self.ranks.extend_from_slice(&self.path);
            self.items.sort_by_label(&mut self.ranks);
            self.labels.clear();
            self.labels.extend(self.ranks.iter().map(|&rank| self.items.label(rank)));
            self.itemsets += 1;
            self.sink.itemset(&self.labels, count.into())?;
        }
        ControlFlow::Continue(())
    }
}

impl Miner {
    /// Hands all frequent itemsets to a sink as they are found, in the canonical order, until it ends the search.
    ///
    /// However many there are, the memory does not depend on it, but for [`Algorithm::Apriori`](crate::Algorithm::Apriori), which holds its levels. With several threads what is
    /// found ahead of its turn waits, up to some million itemsets; then threads wait. So [`max_itemsets`](Miner::max_itemsets),
    /// which bounds what is collected, is not looked at, and [`max_memory`](Miner::max_memory) only where baskets with great weights take much for the search itself.
    ///
    /// The sink is called by the threads that search, one at a time. It must not itself wait for work of the pool that they are of.
    ///
    /// # Errors
    ///
    /// As [`count`](Miner::count). What the sink has taken until then is not taken back.
    ///
    /// # Complexity
    ///
    /// That of listing the itemsets, and a sort of each one's items.
    ///
    /// ```
    /// use itemset::io::TextWriter;
    /// use itemset::{MinSupport, Miner, Transactions};
    ///
    /// let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["beer"]])?;
    /// let mut file = Vec::new(); // or a std::fs::File
    /// let mut sink = TextWriter::new().sink(&mut file)?;
    /// let streamed = Miner::new().min_support(MinSupport::count(2)).stream(&baskets, &mut sink)?;
    /// sink.finish()?;
    /// assert!(streamed.is_complete() && streamed.itemsets() == 3);
    /// assert_eq!(String::from_utf8(file).unwrap(), "beer (3)\ndiapers (2)\nbeer diapers (2)\n");
    /// # Ok::<(), itemset::Error>(())
    /// ```
    pub fn stream<T: Ord + Send + Sync, S: Sink<T> + Send + ?Sized>(
        &self,
        transactions: &Transactions<T>,
        sink: &mut S,
    ) -> Result<StreamSummary, Error> {
        self.settings.check()?;
        let min_count = self.settings.min_support.min_count(transactions.len() as u64)?;
        let ranking = Ranking::new(transactions, min_count);
        let items = FrequentItems::new(transactions.shared_dictionary(), &ranking);
        let bounds = self.bounds(min_count);
        // With a limit on the length, be it beyond all, no engine repeats what it has reported before, which is not there any more.
        let bounds = Bounds { max_len: bounds.max_len.min(usize::MAX - 1), ..bounds };
        let job = self.job(transactions, &ranking, bounds);
        let mut emitter =
            Emitter { items: &items, sink, itemsets: 0, path: Vec::new(), ranks: Vec::new(), labels: Vec::new() };
        let mut is_ended = false;
        let outlet = Reorder::new(|block| {
            let flow = emitter.emit(&block);
            is_ended |= flow.is_break();
            flow
        });
        let statistics = self.call(|control| {
            self.check_sets(control, transactions, min_count)?;
            let way: &dyn BlockSink = &outlet;
            let (outcome, threads) = self
                .settings
                .pool
                .run(|workers| (list(job, workers.watching(control).with_sink(way)), workers.threads()))?;
            control.check()?;
            let Ok(RunOutput { algorithm, branches, levels }) = outcome else { return Ok(None) };
            // What no piece of a search has handed over, as single items alone.
            if branches.into_iter().try_for_each(|mut branch| outlet.emit(branch.hand_over())).is_break() {
                return Ok(None);
            }
            Ok(Some(statistics(transactions, &ranking, algorithm, threads, levels)))
        })?;
        drop(outlet);
        let itemsets = emitter.itemsets;
        if statistics.is_none() && !is_ended {
            // Apriori holds what it finds.
            return Err(Trie::too_many());
        }
        Ok(StreamSummary { itemsets, min_count, statistics })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::control::CancelToken;
    use crate::error::ErrorKind;
    use crate::mine::query::algorithm::Algorithm;
    use crate::mine::query::min_support::MinSupport;
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
        fn what_is_streamed_is_what_is_mined(
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
                    // Ended early: the first ones, and no more.
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

    /// Every basket lacks another one of so many items: nearly 2^items itemsets.
    fn explosive(items: u32) -> Transactions<u32> {
        Transactions::from_rows((0..items).map(|lacks| (0..items).filter(move |&item| item != lacks))).unwrap()
    }

    #[test]
    fn what_would_never_end_is_ended() {
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
                // From within the sink, while others wait for their turn.
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
    fn a_sink_that_panics_keeps_nobody_waiting() {
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
