//! The itemsets of targets by their definitions.

use super::*;
use crate::call::control::NEVER;
use crate::mine::database::vertical_index::VerticalIndex;
use crate::mine::output::flat_itemsets::FlatItemsets;
use crate::mine::output::itemset_output::Output;
use crate::mine::output::tally::Tally;
use crate::transactions::{MiningDatabase, RankedRows, Ranking, Transactions};
use proptest::prelude::*;

/// Lists what it receives.
#[derive(Default)]
struct Listed(FlatItemsets);

impl Output for Listed {
    const LISTS: bool = true;
}

impl ItemsetOutput for Listed {
    fn receiver(&mut self) -> Receiver<'_> {
        Receiver::List(self)
    }
}

impl ListingOutput for Listed {
    fn keep(&mut self, descending: &[u32], count: u32) -> ControlFlow<()> {
        self.0.push(descending.iter().copied(), count);
        ControlFlow::Continue(())
    }

    fn has_room(&self, _itemsets: usize, _items: usize) -> bool {
        true
    }
}

fn with_rows<T>(rows: Vec<Vec<u32>>, min_count: u32, test: impl FnOnce(&RankedRows<u16>) -> T) -> T {
    let transactions = Transactions::from_rows(rows).unwrap();
    let ranking = Ranking::new(&transactions, u64::from(min_count));
    let database = MiningDatabase::new(transactions.rows(), &ranking, Workers::SEQUENTIAL);
    let MiningDatabase::U16(rows) = &database else { unreachable!("there are few items") };
    test(rows)
}

fn is_subset(one: &[u32], of: &[u32]) -> bool {
    one.iter().all(|item| of.contains(item))
}

proptest! {
    #[test]
    fn marked_are_those_that_another_extends(
        rows in prop::collection::vec(prop::collection::vec(0..12u32, 0..9), 0..40),
        min_count in 1..5u32,
        threads in 1..4usize,
    ) {
        let baskets = rows.len() as u32;
        with_rows(rows, min_count, |rows| -> Result<(), TestCaseError> {
            let workers = Workers::with_threads(threads);
            let index = VerticalIndex::new(rows, workers);
            let pair_counts = PairCounts::new(rows, &index, min_count, workers);
            let bounds = Bounds { min_count, ..Bounds::NONE };
            let found = EclatDatabase::new(rows, &index, &pair_counts, bounds).mine::<TrieBranch>(1, workers);
            let nodes = TrieBranch::join(found.unwrap()).unwrap();
            let of_all = |itemsets: &Itemsets<'_>| {
                let (mut all, mut tally) = (Listed::default(), Tally::default());
                for rank in 0..rows.items() {
                    let flow = itemsets.report(rank, &mut (&mut all as &mut dyn ListingOutput));
                    assert!(flow.is_continue() && itemsets.report(rank, &mut &mut tally).is_continue());
                }
                let by_len = Tally::by_len(&[tally], usize::MAX).unwrap();
                let listed = all.0.by_len().into_iter().map(u128::from).collect::<Vec<_>>();
                assert_eq!(by_len, listed);
                (0..all.0.len()).map(|place| (all.0.descending(place).to_vec(), all.0.count(place))).collect::<Vec<_>>()
            };
            let mut plain = Itemsets::new::<false, false>(&nodes, rows.items(), baskets, workers).unwrap();
            let maximal = of_all(&plain);
            let closed = of_all(&Itemsets::new::<true, false>(&nodes, rows.items(), baskets, workers).unwrap());
            let generators = of_all(&Itemsets::new::<true, true>(&nodes, rows.items(), baskets, workers).unwrap());
            plain.marked.iter_mut().for_each(|marked| *marked = AtomicBool::new(false));
            let all = of_all(&plain);
            prop_assert_eq!(all.len(), nodes.len());
            let chosen = |same: bool| {
                all.iter().filter(|(itemset, count)| {
                    !all.iter().any(|(other, of_other)| {
                        other.len() > itemset.len() && is_subset(itemset, other) && (!same || count == of_other)
                    })
                }).cloned().collect::<Vec<_>>()
            };
            prop_assert_eq!(maximal, chosen(false));
            prop_assert_eq!(closed, chosen(true));
            let free = all.iter().filter(|(itemset, count)| {
                *count != baskets && !all.iter().any(|(other, of_other)| {
                    other.len() < itemset.len() && is_subset(other, itemset) && count == of_other
                })
            });
            prop_assert_eq!(generators, free.cloned().collect::<Vec<_>>());
            // It ends wherever the call does.
            for polls in 0..rows.items() as u64 {
                let control = NEVER.with_max_polls(polls);
                let found = Itemsets::new::<true, false>(&nodes, rows.items(), baskets, workers.watching(&control));
                prop_assert!(found.is_some() && control.is_interrupted());
            }
            Ok(())
        })?;
    }
}

/// Many short baskets of a few patterns among many items.
fn sparse() -> Vec<Vec<u32>> {
    (0..6000u32).map(|row| (0..4).map(|item| (row % 97) * 3 % 83 + item * (1 + row % 5)).collect()).collect()
}

#[test]
fn it_is_done_where_baskets_are_short_and_itemsets_few() {
    let mine = |rows: &RankedRows<u16>, min_count: u32, target, most: u64| {
        let workers = Workers::SEQUENTIAL;
        let index = VerticalIndex::new(rows, workers);
        let pair_counts = PairCounts::new(rows, &index, min_count, workers);
        let data = Data { rows, index: &index, baskets: 6000, control: workers.control() };
        let (bounds, budget) = (Bounds { min_count, ..Bounds::NONE }, Budget::of_itemsets(most as usize));
        let found = mine(data, &pair_counts, target, bounds, &budget, |_| Listed::default(), workers).unwrap();
        found.map(|found| found.iter().map(|listed| listed.0.len()).sum::<usize>())
    };
    with_rows(sparse(), 20, |rows| {
        let [closed, maximal] = [Condensed::Closed, Condensed::Maximal].map(|target| mine(rows, 20, target, 1 << 20));
        assert!(closed > maximal && maximal > Some(100), "{closed:?} {maximal:?}");
        assert!(mine(rows, 20, Condensed::Generators, 1 << 20) >= closed);
        assert_eq!(mine(rows, 20, Condensed::Closed, 10), None, "there is no room for all");
    });
    let long: Vec<Vec<u32>> = (0..500).map(|row| (0..20).filter(|item| item % 7 != row % 7).collect()).collect();
    with_rows(long, 20, |rows| assert_eq!(mine(rows, 20, Condensed::Closed, 1 << 20), None));
}
