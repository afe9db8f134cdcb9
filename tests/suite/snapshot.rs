//! Snapshots come back equal; cut, changed and later ones are refused by name; none makes a panic.

use std::fmt::Debug;
use std::fs;

use itemset::recommend::{HabitWeights, ItemToItem, NextBasket, Policy, Recommender};
use itemset::snapshot::{Label, OwnedLabel, Snapshot, SnapshotPart, SnapshotReader};
use itemset::window::Window;
use itemset::{
    ClosedItemsets, Consequents, ErrorKind, FrequentItemsets, GeneratorItemsets, MaximalItemsets, Measure, MinSupport,
    Miner, Rules, Transactions,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::fuzz_bodies::bodies::{sealed, snapshot as fuzzed};

fn bytes(snapshot: Snapshot) -> Vec<u8> {
    let mut bytes = Vec::new();
    snapshot.write_to(&mut bytes).unwrap();
    bytes
}

/// Baskets and all that is made of them.
struct All<T> {
    baskets: Transactions<T>,
    itemsets: FrequentItemsets<T>,
    closed: ClosedItemsets<T>,
    maximal: MaximalItemsets<T>,
    generators: GeneratorItemsets<T>,
    rules: Rules<T>,
}

impl<T: Label + Eq + std::hash::Hash + Ord + Clone + Sync> All<T> {
    fn new(rows: &[(Vec<T>, u32)], min_count: u64) -> Self {
        let mut builder = Transactions::builder();
        rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().cloned(), *weight));
        let baskets = builder.build().unwrap();
        let miner = Miner::new().min_support(MinSupport::count(min_count)).min_confidence(0.1).threads(1);
        let itemsets = miner.mine(&baskets).unwrap();
        let builder = itemsets.rules().min_confidence(0.1).consequents(Consequents::Any).antecedent_len(0..);
        All {
            rules: builder.generate().unwrap(),
            closed: miner.mine_closed(&baskets).unwrap(),
            maximal: miner.mine_maximal(&baskets).unwrap(),
            generators: miner.mine_generators(&baskets).unwrap(),
            baskets,
            itemsets,
        }
    }

    fn recommender(&self, policy: Policy, fill: bool) -> Recommender<T> {
        self.rules.recommender().margins(|_| 2.5).policy(policy).fill(fill).build().unwrap()
    }

    fn window(&self) -> Window<u32, T> {
        let mut window = Window::new(Miner::new());
        window.add_transactions(7, &self.baskets).unwrap();
        window
    }

    /// Of the different rows: pairs are counted in 32 bits.
    fn next_basket(&self) -> NextBasket<T> {
        let rows: Vec<Vec<T>> = self.baskets.weighted().map(|(basket, _)| basket.iter().cloned().collect()).collect();
        NextBasket::with_weights([rows], HabitWeights::new().decay(0.5)).unwrap()
    }

    fn pairs(&self) -> ItemToItem<T> {
        let mut pairs = ItemToItem::new();
        self.baskets.weighted().for_each(|(basket, _)| pairs.add(basket.iter().cloned()).unwrap());
        pairs
    }

    fn bytes(&self, recommender: &Recommender<T>) -> Vec<u8> {
        let snapshot = Snapshot::new().transactions(&self.baskets).rules(&self.rules).closed(&self.closed);
        let snapshot = snapshot.itemsets(&self.itemsets).recommender(recommender).window(&self.window());
        let snapshot = snapshot.maximal(&self.maximal).generators(&self.generators);
        bytes(snapshot.next_basket(&self.next_basket()).item_to_item(&self.pairs()))
    }
}

/// The sections of [`All::bytes`].
const SECTIONS: [&str; 10] = [
    "recommender",
    "next-basket",
    "item-to-item",
    "rules",
    "itemsets",
    "closed",
    "maximal",
    "generators",
    "transactions",
    "window",
];

const POLICIES: [Policy; 6] = [
    Policy::BestConfidence,
    Policy::BestLift,
    Policy::BestSignificant,
    Policy::Evidence,
    Policy::NoisyOr,
    Policy::ExpectedProfit,
];

/// All that a recommender answers, as text.
fn answers<T: std::fmt::Display + Eq + std::hash::Hash + Debug>(
    recommender: &Recommender<T>,
    baskets: &[Vec<T>],
) -> String {
    let mut answers = recommender.to_string();
    for basket in baskets {
        for found in recommender.recommend(basket, 50).iter() {
            answers += &format!("{found} {}\n", found.score());
        }
        recommender.fired(basket).iter().for_each(|reason| answers += &format!("{reason} {}\n", reason.value()));
    }
    answers
}

fn rows() -> impl Strategy<Value = Vec<(Vec<u32>, u32)>> {
    let weight = prop_oneof![4 => Just(1u32), 1 => 1..4u32];
    // Together more baskets than 32 bits number.
    let great = prop_oneof![1 => 1..9u32, 2 => 1u32 << 30..=u32::MAX];
    let row = || prop::collection::vec(0..9u32, 0..6);
    prop_oneof![
        2 => prop::collection::vec((row(), weight), 0..14),
        1 => prop::collection::vec((row(), great), 0..14),
    ]
}

proptest! {
    #[test]
    fn all_comes_back_equal(rows in rows(), min_count in 1..5u64, policy in 0..6usize, fill in any::<bool>()) {
        let all = All::new(&rows, min_count);
        let recommender = all.recommender(POLICIES[policy], fill);
        let written = all.bytes(&recommender);
        let stored = SnapshotReader::from_bytes(&written[..]).unwrap();
        prop_assert!(SnapshotPart::ALL.iter().all(|&part| stored.contains(part)));
        let baskets = stored.transactions::<u32>().unwrap();
        prop_assert_eq!(&baskets, &all.baskets);
        prop_assert_eq!(baskets.duplicates_skipped(), all.baskets.duplicates_skipped());
        let itemsets = stored.itemsets::<u32>().unwrap();
        prop_assert_eq!(&itemsets, &all.itemsets);
        prop_assert_eq!(itemsets.statistics(), all.itemsets.statistics());
        let rules = stored.rules::<u32>().unwrap();
        prop_assert_eq!(&rules, &all.rules);
        prop_assert_eq!(rules.top(9, Measure::Lift), all.rules.top(9, Measure::Lift));
        let read = stored.recommender::<u32>().unwrap();
        let asked: Vec<Vec<u32>> = rows.iter().map(|(row, _)| row.clone()).chain([vec![], vec![77]]).collect();
        prop_assert_eq!(answers(&read, &asked), answers(&recommender, &asked));
        let (closed, maximal) = (stored.closed::<u32>().unwrap(), stored.maximal::<u32>().unwrap());
        let generators = stored.generators::<u32>().unwrap();
        prop_assert_eq!((&closed, &maximal, &generators), (&all.closed, &all.maximal, &all.generators));
        prop_assert_eq!(closed.statistics(), all.closed.statistics());
        prop_assert_eq!(stored.window::<u32, u32>(Miner::new()).unwrap(), all.window());
        prop_assert_eq!(stored.item_to_item::<u32>().unwrap(), all.pairs());
        let (model, of_all) = (stored.next_basket::<u32>().unwrap(), all.next_basket());
        prop_assert_eq!(model.weights(), of_all.weights());
        for basket in &asked {
            prop_assert_eq!(model.scored(basket, &asked, 9), of_all.scored(basket, &asked, 9));
        }
        // The same value is the same bytes.
        prop_assert_eq!(All { baskets, itemsets, closed, maximal, generators, rules }.bytes(&read), written);
    }

    #[test]
    fn rules_keep_their_order_and_text_labels(rows in rows(), by in 0..Measure::ALL.len()) {
        let rows: Vec<(Vec<String>, u32)> =
            rows.into_iter().map(|(row, weight)| (row.iter().map(|item| "ä".repeat(*item as usize)).collect(), weight)).collect();
        let all = All::new(&rows, 1);
        let sorted = all.rules.clone().sorted_by(Measure::ALL[by]);
        let some = sorted.filter(|rule| rule.confidence() > 0.4);
        for rules in [&sorted, &some] {
            let stored = SnapshotReader::from_bytes(bytes(Snapshot::new().rules(rules))).unwrap();
            let read = stored.rules::<String>().unwrap();
            prop_assert_eq!(&read, rules);
            prop_assert_eq!(read.sorted_by(Measure::Leverage), rules.clone().sorted_by(Measure::Leverage));
        }
    }

    /// A file whose checksums were made anew is an error or another value, which can be used and written.
    #[test]
    fn files_made_by_hand_never_panic(
        rows in rows(),
        policy in 0..6usize,
        changes in prop::collection::vec((any::<Index>(), prop_oneof![0..4u8, any::<u8>()]), 1..4),
    ) {
        let rows: Vec<(Vec<String>, u32)> =
            rows.into_iter().map(|(row, weight)| (row.iter().map(u32::to_string).collect(), weight)).collect();
        let all = All::new(&rows, 1);
        let mut written = all.bytes(&all.recommender(POLICIES[policy], true));
        fuzzed(&written);
        for (place, byte) in changes {
            // Not the lengths and names of the sections: those are read without harm by the test of each byte.
            let payload = 20 + SECTIONS.len() * 36 + 4..written.len();
            written[payload.start + place.index(payload.len())] = byte;
        }
        fuzzed(&written);
    }
}

fn small() -> Vec<u8> {
    let rows = [vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"]];
    let rows: Vec<_> = rows.into_iter().map(|row| (row, 1)).collect();
    let all = All::new(&rows, 2);
    all.bytes(&all.recommender(Policy::BestLift, true))
}

#[test]
fn every_cut_is_an_error_that_names_its_section() {
    let whole = small();
    assert!(SnapshotReader::from_bytes(&whole[..]).is_ok());
    let mut sections = Vec::new();
    for len in 0..whole.len() {
        let error = SnapshotReader::from_bytes(&whole[..len]).unwrap_err();
        let ErrorKind::Snapshot { section, reason, .. } = error.kind() else { panic!("{error}") };
        assert_eq!(reason, "the file ends within it: it was cut");
        sections.push(*section);
    }
    sections.dedup();
    assert_eq!(sections, [&["header", "table of sections"][..], &SECTIONS].concat());
    let longer = [&whole[..], b"\0"].concat();
    let error = SnapshotReader::from_bytes(longer).unwrap_err();
    assert_eq!(error.to_string(), "snapshot, section table of sections: the file goes on after the last section");
}

#[test]
fn every_changed_byte_is_an_error_that_names_its_section() {
    let mut changed = small();
    let mut sections = Vec::new();
    for place in 0..changed.len() {
        for change in [1, 0x80, 0xff] {
            changed[place] ^= change;
            let error = SnapshotReader::from_bytes(&changed[..]).unwrap_err();
            let ErrorKind::Snapshot { section, .. } = error.kind() else { panic!("{error}") };
            sections.push(*section);
            changed[place] ^= change;
        }
    }
    sections.dedup();
    assert_eq!(sections, [&["header", "table of sections"][..], &SECTIONS].concat());
}

#[test]
fn other_files_and_later_versions_are_named() {
    let text = |bytes: &[u8]| SnapshotReader::from_bytes(bytes).unwrap_err().to_string();
    assert_eq!(text(b"PAR1 and more"), "snapshot, section header: this is no snapshot of itemset");
    let mut later = small();
    later[8] = 2;
    assert_eq!(
        text(&sealed(&later)),
        "snapshot, section header: written in format 2, but this version of itemset reads up to format 1"
    );
    let mut more = small();
    more[12] = 200;
    assert!(text(&sealed(&more)).contains("more sections than there are kinds"));
    let mut other = small();
    other[20] = b'x';
    assert!(text(&sealed(&other)).contains("unknown kind"));
    let mut long = small();
    long[20 + 24 + 7] = 0xff;
    assert_eq!(text(&sealed(&long)), "snapshot, section recommender: the file ends within it: it was cut");
}

#[test]
fn what_is_not_there_is_named() {
    let stored = SnapshotReader::from_bytes(bytes(Snapshot::new())).unwrap();
    assert!(!SnapshotPart::ALL.iter().any(|&part| stored.contains(part)));
    assert_eq!(stored.rules::<u8>().unwrap_err().to_string(), "snapshot, section rules: the file has no such section");
    let stored = SnapshotReader::from_bytes(small()).unwrap();
    let error = stored.itemsets::<i32>().unwrap_err();
    assert_eq!(error.to_string(), "snapshot, section itemsets: its labels are of type String, not i32");
}

#[test]
fn the_bytes_are_the_same_everywhere() {
    let baskets = Transactions::from_rows([vec![1u16, 700], vec![], vec![700]]).unwrap();
    let expected = [
        // The checksums are those of zlib.
        &b"\x89itemset\x01\0\0\0\x01\0\0\0\xe2\xcc\xc4\x86"[..],
        b"transactions\0\0\0\0u16\0\0\0\0\0\x36\0\0\0\0\0\0\0\x66\x52\x57\xdb",
        b"\x9c\x93\xb9\x29",
        // Labels, duplicates, lengths of the rows, items, weights.
        b"\x02\0\0\0\0\0\0\0\x02\x01\0\xbc\x02",
        b"\0\0\0\0\0\0\0\0",
        b"\x03\0\0\0\0\0\0\0\x01\x02\0\x01",
        b"\x03\0\0\0\0\0\0\0\x01\0\x01\x01",
        b"\0\0\0\0\0\0\0\0\x01",
    ];
    let written = bytes(Snapshot::new().transactions(&baskets));
    assert_eq!(written, expected.concat());
    assert_eq!(sealed(&written), written);
}

fn labels_come_back<T: OwnedLabel + Debug + Clone>(labels: &[T]) {
    let baskets = Transactions::from_rows([labels.to_vec(), labels[..1].to_vec()]).unwrap();
    let stored = SnapshotReader::from_bytes(bytes(Snapshot::new().transactions(&baskets))).unwrap();
    assert_eq!(stored.transactions::<T>().unwrap(), baskets);
}

#[test]
fn labels_of_every_type_come_back() {
    labels_come_back(&[u8::MAX, 0]);
    labels_come_back(&[u16::MAX, 0]);
    labels_come_back(&[u32::MAX, 0]);
    labels_come_back(&[u64::MAX, 0]);
    labels_come_back(&[usize::MAX, 0]);
    labels_come_back(&[i8::MIN, i8::MAX, 0, -1]);
    labels_come_back(&[i16::MIN, i16::MAX, 0, -1]);
    labels_come_back(&[i32::MIN, i32::MAX, 0, -1]);
    labels_come_back(&[i64::MIN, i64::MAX, 0, -1]);
    labels_come_back(&[isize::MIN, isize::MAX, 0, -1]);
    labels_come_back(&["".to_string(), "ß\0\n".to_string()]);
    // A borrowed text is read as an owned one.
    let baskets = Transactions::from_rows([["beer", "chips"]]).unwrap();
    let stored = SnapshotReader::from_bytes(bytes(Snapshot::new().transactions(&baskets))).unwrap();
    assert_eq!(stored.transactions::<String>().unwrap().count_of("beer"), Some(1));
}

#[test]
fn the_order_of_calls_does_not_matter_and_the_last_of_a_kind_counts() {
    let one = Transactions::from_rows([[1u8, 2]]).unwrap();
    let other = Transactions::from_rows([[3u64, 4]]).unwrap();
    let itemsets = Miner::new().mine(&one).unwrap();
    let first = bytes(Snapshot::new().transactions(&other).itemsets(&itemsets).transactions(&one));
    assert_eq!(first, bytes(Snapshot::new().transactions(&one).itemsets(&itemsets)));
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.snapshot");
    let names = || fs::read_dir(folder.path()).unwrap().count();
    for rows in [vec![vec![1u8, 2]], vec![vec![1u8, 2], vec![3]]] {
        let baskets = Transactions::from_rows(rows).unwrap();
        Snapshot::new().transactions(&baskets).write_file(&path).unwrap();
        assert_eq!(SnapshotReader::open(&path).unwrap().transactions::<u8>().unwrap(), baskets);
        assert_eq!(names(), 1);
    }
    // A folder is no file to replace; what was begun is removed.
    let blocked = folder.path().join("folder");
    fs::create_dir(&blocked).unwrap();
    fs::write(blocked.join("kept"), "").unwrap();
    let error = Snapshot::new().write_file(&blocked).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Io(_)), "{error}");
    assert_eq!(names(), 2);
    assert!(Snapshot::new().write_file(folder.path().join("none/file")).is_err());
    assert!(Snapshot::new().write_file("/").is_err());
    assert!(matches!(SnapshotReader::open(folder.path().join("none")).unwrap_err().kind(), ErrorKind::Io(_)));
}
