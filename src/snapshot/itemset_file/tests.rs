//! Files in blocks of a few nodes, against the results of searches.

use std::collections::BTreeMap;
use std::io::{self, Write};

use proptest::prelude::*;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::itemsets::{Itemset, ItemsetList};
use crate::{CancelToken, Constraints, MinSupport, Miner, Search, Transactions};

fn threads() -> &'static [usize] {
    if cfg!(feature = "rayon") { &[1, 3] } else { &[1] }
}

fn baskets(rows: &[(Vec<u8>, u32)], weight: u64) -> Transactions<u8> {
    let mut builder = Transactions::builder();
    for (row, rows) in rows {
        for _ in 0..if weight > 1 { u64::from(*rows) * weight / u64::from(u32::MAX) + 1 } else { 1 } {
            builder.push_weighted(row.iter().copied(), if weight > 1 { u32::MAX } else { *rows });
        }
    }
    builder.build().unwrap()
}

fn written(search: &Search<'_, u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    search.write_itemset_file_to(&mut bytes).unwrap();
    bytes
}

fn opened(bytes: &[u8]) -> ItemsetFile<u8, InMemory<&[u8]>> {
    ItemsetFile::from_bytes(bytes).unwrap()
}

type Listed = Vec<(Vec<u8>, u64)>;

fn listed(itemset: Itemset<'_, u8>) -> (Vec<u8>, u64) {
    (itemset.iter().copied().collect(), itemset.count())
}

fn all<S: ReadAt>(iter: ItemsetFileIter<'_, u8, S>) -> Result<Listed, Error> {
    iter.map(|itemset| itemset.map(listed)).collect()
}

fn expected(list: &ItemsetList<u8>) -> Listed {
    list.iter().map(listed).collect()
}

/// All subsets of some items.
fn subsets(items: u8) -> impl Iterator<Item = Vec<u8>> {
    (0..1_u32 << items).map(move |bits| (0..items).filter(|item| bits >> item & 1 == 1).collect())
}

fn search<'a>(
    miner: &'a Miner,
    baskets: &'a Transactions<u8>,
    constraints: &'a Constraints<u8>,
) -> [Search<'a, u8>; 6] {
    let search = miner.search(baskets);
    [
        search,
        search.target(Target::Closed),
        search.target(Target::Maximal),
        search.target(Target::Generators),
        search.min_len(2).max_len(4),
        search.target(Target::Closed).constraints(constraints),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_file_answers_as_the_result_does(
        rows in prop::collection::vec((prop::collection::vec(0..8u8, 0..8), 1..4u32), 0..30),
        weight in prop_oneof![3 => Just(1u64), 1 => Just(1 << 31)],
        min_count in 1..4u64,
    ) {
        let baskets = baskets(&rows, weight);
        let constraints = Constraints::new().must_contain([1]);
        let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(1);
        // The place of each item, from the most frequent on.
        let mut by_count: Vec<u8> = (0..8).collect();
        let singles = Miner::new().min_support(MinSupport::count(1)).max_len(1).threads(1).mine(&baskets).unwrap();
        by_count.sort_by_key(|item| (std::cmp::Reverse(singles.count_of([item]).unwrap_or(0)), *item));
        let path = |items: &[u8]| -> Vec<usize> {
            let mut path: Vec<usize> =
                items.iter().map(|item| by_count.iter().position(|other| other == item).unwrap()).collect();
            path.sort_unstable_by(|a, b| b.cmp(a));
            path
        };
        for (number, request) in search(&miner, &baskets, &constraints).into_iter().enumerate() {
            let list = request.collect().unwrap();
            let expected = expected(&list);
            let bytes = written(&request);
            for &threads in threads() {
                let miner = miner.clone().threads(threads);
                prop_assert_eq!(&bytes, &written(&search(&miner, &baskets, &constraints)[number]));
            }
            let file = opened(&bytes);
            file.verify().unwrap();
            let by_len = list.by_len();
            prop_assert_eq!((file.len(), file.by_len()), (expected.len() as u64, &by_len[..]));
            prop_assert_eq!((file.basket_count(), file.min_count()), (list.basket_count(), list.min_count()));
            prop_assert_eq!(&all(file.iter()).unwrap(), &expected);
            let counts: BTreeMap<&[u8], u64> = expected.iter().map(|(items, count)| (&items[..], *count)).collect();
            for items in subsets(8) {
                let count = counts.get(&items[..]).copied();
                let count = if items.is_empty() && number == 0 { Some(baskets.len() as u64) } else { count };
                prop_assert_eq!(file.count_of(&items).unwrap(), count, "{:?} in {:?}", items, file);
                // Under constraints, items are ranked by the baskets that meet them.
                if number <= 4 {
                    let prefix = path(&items);
                    let below = expected.iter().filter(|(items, _)| path(items).starts_with(&prefix));
                    prop_assert_eq!(all(file.extensions_of(&items)).unwrap(), below.cloned().collect::<Listed>());
                }
            }
            prop_assert_eq!(file.count_of(&[77]).unwrap(), None);
            prop_assert_eq!(file.extensions_of(&[77]).count(), 0);
            prop_assert_eq!(file.target(), [Some(Target::All), Some(Target::Closed), Some(Target::Maximal),
                Some(Target::Generators), None, None][number]);
        }
    }

    #[test]
    fn results_are_written_and_read_back(
        rows in prop::collection::vec((prop::collection::vec(0..9u8, 0..9), 1..4u32), 0..30),
        weight in prop_oneof![3 => Just(1u64), 1 => Just(1 << 31)],
        min_count in 1..4u64,
    ) {
        let baskets = baskets(&rows, weight);
        let miner = Miner::new().min_support(MinSupport::count(min_count)).threads(1);
        macro_rules! check {
            ($target:ident, $result:expr, $read:ident) => {
                let result = $result.unwrap();
                let mut bytes = Vec::new();
                result.write_itemset_file_to(&mut bytes).unwrap();
                prop_assert_eq!(&bytes, &written(&miner.search(&baskets).target(Target::$target)));
                prop_assert_eq!(opened(&bytes).$read().unwrap(), result);
            };
        }
        check!(All, miner.mine(&baskets), to_frequent);
        check!(Closed, miner.mine_closed(&baskets), to_closed);
        check!(Maximal, miner.mine_maximal(&baskets), to_maximal);
        check!(Generators, miner.mine_generators(&baskets), to_generators);
    }

    /// Bytes whose checksums are right, but not what is in them.
    #[test]
    fn a_forged_file_makes_no_panic(place in any::<prop::sample::Index>(), change in 1..=255u8) {
        let sample = sample();
        let bytes = written(&Miner::new().min_support(MinSupport::count(2)).threads(1).search(&sample));
        let mut forged = bytes;
        let place = place.index(forged.len());
        forged[place] ^= change;
        seal(&mut forged);
        if let Ok(file) = ItemsetFile::<u8, _>::from_bytes(&forged) {
            let _ = (file.verify(), file.iter().count(), file.to_frequent(), file.count_of(&[1, 2, 3]));
            let _ = file.extensions_of(&[5]).count();
        }
    }
}

/// Puts the checksums of a file right, as far as its parts can be told.
fn seal(bytes: &mut [u8]) {
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0_usize, |number, &byte| number << 8 | usize::from(byte));
    let put = |bytes: &mut [u8], place: usize, (start, end): (usize, usize)| {
        if let Some(checksum) = bytes.get(start..end).map(crc32fast::hash) {
            bytes[place..place + 4].copy_from_slice(&checksum.to_le_bytes());
        }
    };
    let head = number(&bytes[12..16]);
    put(bytes, 20, (HEAD, HEAD + head));
    put(bytes, 24, (0, 24));
    let foot = bytes.len() - FOOT;
    let (place, len) = (number(&bytes[foot..foot + 6]), number(&bytes[foot + 8..foot + 14]));
    // The first block alone: its entry is after the lengths and the number of blocks.
    if let Some(directory) = bytes.get(place..place + len) {
        let entries = 8 + 1 + number(&directory[..4]) * usize::from(directory[8]) + 8;
        if directory.len() > entries + 5 && directory[entries] < 0x80 {
            let block = usize::from(directory[entries]);
            put(bytes, place + entries + 1, (HEAD + head, HEAD + head + block));
        }
    }
    put(bytes, foot + 16, (place, place + len));
    put(bytes, foot + 20, (foot, foot + 20));
}

fn sample() -> Transactions<u8> {
    let rows = (0..40u32).map(|row| ((0..7u8).filter(|item| ((row * 37) >> item) & 3 != 1).collect(), 1));
    baskets(&rows.collect::<Vec<_>>(), 1)
}

/// Whatever byte was changed, and wherever the file was cut, it is an error and never another answer.
#[test]
fn cut_and_changed_files_are_refused() {
    let sample = sample();
    let miner = Miner::new().min_support(MinSupport::count(2)).threads(1);
    let bytes = written(&miner.search(&sample));
    let expected = all(opened(&bytes).iter()).unwrap();
    assert!(opened(&bytes).directory.blocks() > 3);
    let fails = |bytes: &[u8], what: &str| {
        let error = match ItemsetFile::<u8, _>::from_bytes(bytes) {
            Err(error) => error,
            Ok(file) => {
                for (items, count) in &expected {
                    if let Ok(found) = file.count_of(items) {
                        assert_eq!(found, Some(*count), "{what}");
                    }
                }
                assert!(all(file.iter()).is_err() && file.to_frequent().is_err(), "{what}");
                file.verify().expect_err(what)
            }
        };
        assert!(matches!(error.kind(), ErrorKind::Snapshot { .. }), "{what}: {error}");
        error.to_string()
    };
    for len in 0..bytes.len() {
        let error = fails(&bytes[..len], &format!("cut at {len}"));
        assert!(error.contains("it was cut"), "{error}");
    }
    for place in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= change;
            fails(&changed, &format!("byte {place} changed"));
        }
    }
    let first = HEAD + u64::from_le_bytes(bytes[12..20].try_into().unwrap()) as usize;
    let mut changed = bytes.clone();
    changed[first + 3] ^= 1;
    let error = fails(&changed, "the first block");
    let blocks = opened(&bytes).directory.blocks();
    assert!(error.contains(&format!("block 1 of {blocks} (bytes {first} to ")), "{error}");
    assert!(error.ends_with("its checksum is not that of its bytes: they were changed"), "{error}");
    // With more behind it.
    fails(&[&bytes[..], &[0]].concat(), "a byte too many");
    fails(&[&bytes[..], &bytes[..]].concat(), "twice");
}

#[test]
fn later_versions_and_other_labels_and_kinds_are_refused_by_name() {
    let sample = sample();
    let miner = Miner::new().min_support(MinSupport::count(20)).threads(1);
    let bytes = written(&miner.search(&sample).target(Target::Closed));
    let mut later = bytes.clone();
    later[8] = 2;
    seal(&mut later);
    let error = ItemsetFile::<u8, _>::from_bytes(&later).unwrap_err().to_string();
    assert!(error.ends_with("written in format 2, but this version of itemset reads up to format 1"), "{error}");
    let error = ItemsetFile::<String, _>::from_bytes(&bytes).unwrap_err().to_string();
    assert!(error.ends_with("its labels are of type u8, not String"), "{error}");
    let error = opened(&bytes).to_frequent().unwrap_err().to_string();
    assert!(error.ends_with("asked for all, it has closed"), "{error}");
    let some = written(&miner.search(&sample).min_len(2));
    let error = opened(&some).to_frequent().unwrap_err().to_string();
    assert!(error.ends_with("asked for all, it has some itemsets, by constraints"), "{error}");
    let mut snapshot = Vec::new();
    crate::snapshot::Snapshot::new().transactions(&sample).write_to(&mut snapshot).unwrap();
    let error = ItemsetFile::<u8, _>::from_bytes(&snapshot).unwrap_err().to_string();
    assert!(error.ends_with("this is no file of itemsets"), "{error}");
    let error = miner.search(&sample).top_k(3).write_itemset_file_to(Vec::new()).unwrap_err().to_string();
    assert!(error.contains("top_k"), "{error}");
}

/// A search up to a length writes what the result of such a search does, where there is one.
#[test]
fn a_greatest_length_leaves_all_of_a_target() {
    let sample = sample();
    let miner = Miner::new().min_support(MinSupport::count(2)).max_len(3).threads(1);
    let mut bytes = Vec::new();
    miner.mine(&sample).unwrap().write_itemset_file_to(&mut bytes).unwrap();
    assert_eq!(bytes, written(&miner.search(&sample)));
    bytes.clear();
    let generators = miner.mine_generators(&sample).unwrap();
    generators.write_itemset_file_to(&mut bytes).unwrap();
    assert_eq!(bytes, written(&miner.search(&sample).target(Target::Generators)));
    assert_eq!(opened(&bytes).to_generators().unwrap(), generators);
    assert_eq!(opened(&written(&miner.search(&sample).target(Target::Closed))).target(), None);
}

/// A file that says it has all itemsets, of which one only leads to another.
#[test]
fn a_result_has_as_many_itemsets_as_its_file() {
    let baskets = Transactions::from_rows([vec![1u8, 2], vec![1]]).unwrap();
    let mut bytes = written(&Miner::new().min_support(MinSupport::count(1)).threads(1).search(&baskets));
    let file = opened(&bytes);
    assert_eq!(file.to_frequent().unwrap().len(), 3);
    let entry = file.entry(0);
    // The nodes are {1}, {2} and {1, 2}, of a byte each, below the path of no items. One itemset of one item less.
    let second = entry.start as usize + 2;
    let directory = entry.end as usize;
    bytes[second] |= 0xf0;
    bytes[directory + 9] -= 1;
    bytes[directory + 9 + 2 + 8 + 1 + 4] -= 1;
    seal(&mut bytes);
    let file = opened(&bytes);
    file.verify().unwrap();
    assert_eq!((file.len(), file.count_of(&[2]).unwrap(), file.count_of(&[1, 2]).unwrap()), (2, None, Some(1)));
    let error = file.to_frequent().unwrap_err().to_string();
    assert!(error.ends_with("its itemsets cannot be those of the target all"), "{error}");
}

/// A path of more items than a block has bytes, and one itemset at its end.
#[test]
fn long_itemsets_are_stored() {
    let baskets = Transactions::from_rows([(0..5000u32).collect::<Vec<_>>(), (0..4000).collect()]).unwrap();
    let mut bytes = Vec::new();
    let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
    miner.search(&baskets).target(Target::Closed).write_itemset_file_to(&mut bytes).unwrap();
    let file = ItemsetFile::<u32, _>::from_bytes(&bytes).unwrap();
    file.verify().unwrap();
    assert_eq!(file.len(), 2);
    assert_eq!(file.count_of(&(0..4000).collect::<Vec<_>>()).unwrap(), Some(2));
    assert_eq!(file.count_of(&(0..5000).collect::<Vec<_>>()).unwrap(), Some(1));
    assert_eq!(file.count_of(&(0..4999).collect::<Vec<_>>()).unwrap(), None);
    // The path above each block is not longer than the block.
    assert!(bytes.len() < 5000 * 5 + 9000 * 20, "{}", bytes.len());
}

/// Fails when it is full.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let sample = sample();
    for &threads in threads() {
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(threads);
        let bytes = written(&miner.search(&sample));
        for room in [0, 10, 100, bytes.len() - 1] {
            let error = miner.search(&sample).write_itemset_file_to(Full(room)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Io(error) if error.kind() == io::ErrorKind::StorageFull));
            let error = miner.mine(&sample).unwrap().write_itemset_file_to(Full(room)).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Io(error) if error.kind() == io::ErrorKind::StorageFull));
        }
        miner.search(&sample).write_itemset_file_to(Full(bytes.len())).unwrap();
    }
}

/// Each basket lacks a different one of the items: nearly 2^items itemsets.
#[test]
fn a_search_that_is_ended_leaves_no_file() {
    let endless = Transactions::from_rows((0..60u32).map(|lacks| (0..60).filter(move |&item| item != lacks))).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("itemsets");
    for &threads in threads() {
        let token = CancelToken::new();
        let limit = std::time::Duration::from_millis(50);
        let miner = Miner::new().min_support(MinSupport::count(1)).threads(threads).cancel_token(&token);
        let error = miner.clone().time_limit(limit).search(&endless).write_itemset_file(&path).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TimeLimit { .. }), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let few = miner.clone().max_len(2);
        let summary = few.search(&endless).write_itemset_file(&path).unwrap();
        assert_eq!(summary.itemsets(), 60 + 60 * 59 / 2);
        // What was there stays.
        token.cancel();
        let error = miner.search(&endless).write_itemset_file(&path).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Cancelled), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let file = ItemsetFile::<u32>::open(&path).unwrap();
        assert_eq!(file.len(), summary.itemsets());
        assert_eq!(file.count_of(&[3, 59]).unwrap(), Some(58));
        std::fs::remove_file(&path).unwrap();
    }
    assert!(matches!(ItemsetFile::<u32>::open(&path).unwrap_err().kind(), ErrorKind::Io(_)));
}

#[test]
fn many_threads_read_one_file() {
    let sample = sample();
    let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("itemsets");
    miner.search(&sample).write_itemset_file(&path).unwrap();
    let (file, itemsets) = (ItemsetFile::<u8>::open(&path).unwrap(), miner.mine(&sample).unwrap());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for items in subsets(7) {
                    assert_eq!(file.count_of(&items).unwrap(), itemsets.count_of(&items));
                }
                assert_eq!(file.iter().count() as u64, file.len());
            });
        }
    });
}

/// The bytes of a small file, so that a change of the format is seen.
#[test]
fn the_format_is_fixed() {
    let baskets = Transactions::from_rows([vec![1u8, 2, 3], vec![1, 2], vec![1]]).unwrap();
    let bytes = written(&Miner::new().min_support(MinSupport::count(1)).threads(1).search(&baskets));
    assert_eq!((bytes.len(), crc32fast::hash(&bytes)), (177, 2_785_868_042));
}
