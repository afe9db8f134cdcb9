//! Streamed itemsets equal collected ones, in the same order and as the same bytes.

use std::io::{self, Write};
use std::ops::ControlFlow;

use itemset::io::TextWriter;
use itemset::{CountingSink, ErrorKind, MinSupport, Miner, Sink, TopKSink, Transactions};
use proptest::prelude::*;

use crate::brute_force::{Listed, databases, encode, itemsets};
use crate::variants::{ALGORITHMS, THREADS};

fn streamed(miner: &Miner, baskets: &Transactions<u32>) -> Vec<u8> {
    let mut text = Vec::new();
    let mut sink = TextWriter::new().sink(&mut text).unwrap();
    assert!(miner.stream(baskets, &mut sink).unwrap().is_complete());
    sink.finish().unwrap();
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn stream_equals_brute_force(rows in databases(), min_count in 1..5u64, max_len in 1..5usize, k in 0..30usize) {
        let baskets = encode(&rows);
        let mut expected: Listed = itemsets(&rows, min_count);
        expected.retain(|(labels, _)| labels.len() <= max_len);
        for &algorithm in ALGORITHMS {
            for &threads in THREADS {
                let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(max_len);
                let mut found: Listed = Vec::new();
                miner.algorithm(algorithm).threads(threads).stream(&baskets, &mut found).unwrap();
                prop_assert_eq!(&found, &expected);
            }
        }
        // Stable: equal counts stay in order.
        expected.retain(|(labels, _)| labels.len() > 1);
        expected.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        expected.truncate(k);
        let mut best = TopKSink::new(k).min_len(2);
        let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(max_len);
        miner.stream(&baskets, &mut best).unwrap();
        prop_assert_eq!(best.into_vec(), expected);
    }
}

/// Nearly 2^16 itemsets: each basket lacks another one of 14 items, and two items are in all.
fn many() -> Transactions<u32> {
    Transactions::from_rows((0..14).map(|lacks| (0..16).filter(move |&item| item != lacks))).unwrap()
}

#[test]
fn bytes_are_the_same_for_every_engine_and_thread_count() {
    let miner = Miner::new().min_support(MinSupport::count(1));
    let mut expected = Vec::new();
    TextWriter::new().write_itemsets(&miner.mine(&many()).unwrap(), &mut expected).unwrap();
    assert!(expected.len() > 1_000_000);
    for &algorithm in ALGORITHMS {
        for &threads in THREADS {
            let miner = miner.clone().algorithm(algorithm).threads(threads);
            assert!(streamed(&miner, &many()) == expected, "{algorithm} on {threads} threads");
        }
    }
}

#[test]
fn write_error_ends_the_search() {
    #[derive(Debug)]
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // 2^60 itemsets.
    let baskets = Transactions::from_rows([(0..60).collect::<Vec<u32>>()]).unwrap();
    for &threads in THREADS {
        let miner = Miner::new().min_support(1.0).threads(threads);
        let mut sink = TextWriter::new().sink(Full(1 << 20)).unwrap();
        assert!(!miner.stream(&baskets, &mut sink).unwrap().is_complete());
        assert!(matches!(sink.finish().unwrap_err().kind(), ErrorKind::Io(_)));
    }
}

#[test]
fn every_kind_of_sink_works() {
    let baskets = Transactions::from_rows([vec!["wine", "beer"], vec!["beer"]]).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(1));
    let mut found = Vec::new();
    miner.stream(&baskets, &mut found).unwrap();
    assert_eq!(found, [(vec!["beer"], 2), (vec!["wine"], 1), (vec!["beer", "wine"], 1)]);
    let mut counting = CountingSink::new();
    let dynamic: &mut (dyn Sink<&str> + Send) = &mut counting;
    assert_eq!(miner.stream(&baskets, dynamic).unwrap().itemsets(), 3);
    assert_eq!(counting.itemsets(), 3);
    // Limits on what is collected do not apply to streams.
    let limited = miner.clone().max_itemsets(1).max_memory(1);
    assert!(limited.stream(&baskets, &mut CountingSink::new()).unwrap().is_complete());
    let (mut best, mut nothing) = (TopKSink::new(2), TopKSink::new(0));
    miner.stream(&baskets, &mut best).unwrap();
    miner.stream(&baskets, &mut nothing).unwrap();
    assert_eq!((best.into_vec(), nothing.into_vec()), (vec![(vec!["beer"], 2), (vec!["wine"], 1)], vec![]));
    let mut none = |_: &[&&str], _: u64| ControlFlow::Break(());
    assert_eq!(miner.stream(&baskets, &mut none).unwrap().itemsets(), 1);
    assert!(miner.min_support(0.0).stream(&baskets, &mut none).is_err());
    let empty = Transactions::<u32>::from_rows(Vec::<Vec<u32>>::new()).unwrap();
    assert!(Miner::new().stream(&empty, &mut CountingSink::new()).unwrap().is_complete());
}
