//! What a fuzz target does with its bytes. `tests/suite/fuzz_bodies.rs` runs the same functions on generated input.
//!
//! No input may panic. What reads must write back and read again as an equal value.

use std::fmt::{Debug, Display};
use std::io::{self, Read};

use itemset::io::{
    AttributesReader, BasketReader, Delimiter, Encoding, LongReader, OneHotReader, ReadOptions, TextWriter, Trim,
};
use itemset::recommend::ItemToItem;
use itemset::window::Window;
use itemset::{
    Algorithm, ClosedItemsets, Consequents, FrequentItemsets, GeneratorItemsets, ItemsetList, MaximalItemsets,
    MinSupport, Miner, Rules, Transactions,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A target: its name, its function and an input that reads.
#[derive(Clone)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    pub seed: Vec<u8>,
}

/// All targets.
pub fn targets() -> Vec<Target> {
    let rows = [vec!["beer", "diapers", "chips"], vec!["beer", "diapers"], vec!["diapers", "wipes"], vec!["chips"]];
    let baskets = Transactions::from_rows(rows).unwrap();
    let miner = Miner::new().min_support(MinSupport::count(1)).min_confidence(0.0).consequents(Consequents::Any);
    let itemsets = miner.mine(&baskets).unwrap();
    let mut filled = Window::new(miner.clone());
    filled.add_transactions(1u32, &baskets).unwrap();
    let target = |name, run, seed| Target { name, run, seed };
    let all = vec![
        target("basket_reader", basket_reader, b"\x01\x00\x00beer,diapers,\"potato chips\"\n\nbeer,7,12\r\n".to_vec()),
        target(
            "table_readers",
            table_readers,
            b"\x00\x00\x00a,b,c\n1,beer,2\n1,\"potato \"\"chips\",1\r\n2,beer,-1\n".to_vec(),
        ),
        target("transactions", transactions, json(&baskets)),
        target("frequent_itemsets", frequent_itemsets, json(&itemsets)),
        target("closed_itemsets", closed_itemsets, json(&miner.mine_closed(&baskets).unwrap())),
        target("maximal_itemsets", maximal_itemsets, json(&miner.mine_maximal(&baskets).unwrap())),
        target("generator_itemsets", generator_itemsets, json(&miner.mine_generators(&baskets).unwrap())),
        target("itemset_list", itemset_list, json(&miner.mine_top_k(&baskets, 9).unwrap())),
        target("rules", rules, json(&miner.rules_of(&itemsets).unwrap())),
        target("item_to_item", item_to_item, json(&ItemToItem::from_transactions(&baskets).unwrap())),
        target("window", window, json(&filled)),
        target("miner", settings, json(&miner)),
    ];
    #[cfg(feature = "snapshot")]
    let all = {
        let rules = miner.rules_of(&itemsets).unwrap();
        let recommender = rules.recommender().build().unwrap();
        let parts = itemset::snapshot::Snapshot::new().recommender(&recommender).rules(&rules);
        let mut written = Vec::new();
        let pairs = itemset::recommend::ItemToItem::from_transactions(&baskets).unwrap();
        let parts = parts.itemsets(&itemsets).transactions(&baskets).window(&filled).item_to_item(&pairs);
        let parts = parts.closed(&miner.mine_closed(&baskets).unwrap());
        parts.write_to(&mut written).unwrap();
        let mut file = Vec::new();
        itemsets.write_itemset_file_to(&mut file).unwrap();
        [all, vec![target("snapshot", snapshot, written), target("itemset_file", itemset_file, file)]].concat()
    };
    #[cfg(feature = "json")]
    let all = {
        let lines = b"\x00\x00\x00{\"a\": 1, \"b\": [\"beer\", {\"c\": 2.5}], \"c\": 1}\n\n{\"b\": \"chips\"}\n";
        [all, vec![target("json_lines", json_lines, lines.to_vec())]].concat()
    };
    #[cfg(all(feature = "csv", feature = "json"))]
    let all = {
        let mut written = vec![1];
        let rules = miner.rules_of(&itemsets).unwrap();
        itemset::io::CsvWriter::new().write_rules(&rules, &mut written).unwrap();
        [all, vec![target("written_results", written_results, written)]].concat()
    };
    all
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

/// The first byte chooses the delimiter, the second the size of the pieces in which the rest is read, the third the
/// other settings of the reader.
pub fn basket_reader(data: &[u8]) {
    let [delimiter, piece, settings, text @ ..] = data else { return };
    let delimiter = match delimiter % 8 {
        0 => Delimiter::Whitespace,
        1 => Delimiter::Char(','),
        2 => Delimiter::Char(';'),
        3 => Delimiter::Char('\t'),
        4 => Delimiter::Char('|'),
        _ => Delimiter::Char(char::from(*delimiter)),
    };
    let trim = Trim::ALL[usize::from(settings & 3) % Trim::ALL.len()];
    let mut reader = BasketReader::new().delimiter(delimiter).threads(1).trim(trim).case_fold(settings & 4 != 0);
    if settings & 8 != 0 {
        reader = reader.weight_last();
    }
    if settings & 16 != 0 {
        reader = reader.comment(if settings & 32 != 0 { '#' } else { '1' });
    }
    let read = reader.read(text).map_err(|error| error.to_string());
    let pieces = Pieces { text, len: usize::from(*piece) + 1 };
    assert_eq!(reader.read(pieces).map_err(|error| error.to_string()), read, "pieces change nothing");
    #[cfg(feature = "rayon")]
    assert_eq!(reader.threads(3).read(text).map_err(|error| error.to_string()), read, "threads change nothing");
    if let Ok(baskets) = read {
        assert!(baskets.dictionary().labels().iter().all(|label| !label.contains('\0')), "no text has a NUL byte");
        transactions(&json(&baskets));
        // What the reader trimmed needs no trimming again.
        written(&baskets, delimiter, if trim == Trim::None { trim } else { Trim::Ascii });
    }
}

/// What a reader makes of a text: the same in pieces, on several threads, and in two passes.
macro_rules! read_alike {
    ($reader:expr, $text:expr, $piece:expr) => {{
        let (reader, text) = ($reader.threads(1), $text);
        let read = reader.read(text).map_err(|error| error.to_string());
        let pieces = Pieces { text, len: usize::from($piece) + 1 };
        assert_eq!(reader.read(pieces).map_err(|error| error.to_string()), read, "pieces change nothing");
        #[cfg(feature = "rayon")]
        assert_eq!(
            reader.clone().threads(3).read(text).map_err(|error| error.to_string()),
            read,
            "threads change nothing"
        );
        let twice = reader.two_pass(text).read(MinSupport::count(1)).map_err(|error| error.to_string());
        let found = |baskets: &Transactions<String>| {
            // What `Auto` chooses depends on which rows are merged.
            let miner =
                Miner::new().min_support(MinSupport::count(1)).max_len(2).threads(1).algorithm(Algorithm::Eclat);
            json(&miner.mine(baskets).unwrap())
        };
        assert_eq!(twice.map(|(baskets, _)| found(&baskets)), read.as_ref().map(found).map_err(String::clone));
        if let Ok(baskets) = read {
            assert!(baskets.dictionary().labels().iter().all(|label| !label.contains('\0')), "no text has a NUL byte");
            transactions(&json(&baskets));
        }
    }};
}

/// The first byte chooses the reader, the second the size of the pieces in which the rest is read, the third the
/// settings.
pub fn table_readers(data: &[u8]) {
    let [reader, piece, settings, text @ ..] = data else { return };
    let is = |bit: u8| settings & bit != 0;
    let options = ReadOptions::new()
        .delimiter(Delimiter::Char(if is(1) { ';' } else { ',' }))
        .header(!is(2))
        .quote(if is(4) { Some('\'') } else { Some('"') })
        .lenient(is(8))
        .null("7")
        .encoding(if is(16) { Encoding::Latin1 } else { Encoding::Utf8 });
    match reader % 4 {
        0 => {
            let reader = LongReader::new(1, 2).exclude_baskets("C*".parse().unwrap()).options(options);
            read_alike!(if is(32) { reader.quantity(3) } else { reader }, text, *piece);
        }
        1 => read_alike!(OneHotReader::new().sparse(is(32)).options(options), text, *piece),
        2 => read_alike!(AttributesReader::new().options(options), text, *piece),
        _ => read_alike!(BasketReader::new().options(options.trim(Trim::Unicode)), text, *piece),
    }
}

/// The first byte chooses the reader, the second the size of the pieces in which the rest is read, the third the
/// settings.
#[cfg(feature = "json")]
pub fn json_lines(data: &[u8]) {
    use itemset::io::JsonLinesReader;

    let [reader, piece, settings, text @ ..] = data else { return };
    let reader = match reader % 4 {
        0 => JsonLinesReader::rows("a", "b").quantity("c").exclude_baskets("C*".parse().unwrap()),
        1 => JsonLinesReader::rows("a", "b.c").and_basket("c"),
        2 => JsonLinesReader::lists("b").weight("c"),
        _ => JsonLinesReader::lists("."),
    };
    read_alike!(reader.lenient(settings & 1 != 0).case_fold(settings & 2 != 0).null("7"), text, *piece);
}

/// Each label must read back from the line that [`TextWriter`] writes of it.
fn written(baskets: &Transactions<String>, delimiter: Delimiter, trim: Trim) {
    let items = Miner::new().min_support(MinSupport::count(1)).max_len(1).mine(baskets).unwrap();
    for item in &items {
        let mut line = Vec::new();
        TextWriter::new().delimiter(delimiter).write_itemsets([item.clone()], &mut line).unwrap();
        let count = line.windows(2).rposition(|bytes| bytes == b" (").unwrap();
        // Not at the beginning, where some bytes mark a file that is no text.
        let text = [b"\n", &line[..count]].concat();
        let read = BasketReader::new().delimiter(delimiter).trim(trim).read(&text[..]).unwrap();
        assert!(read.dictionary().labels().iter().eq(item.iter()), "what is written reads back");
    }
}

/// A source that returns a few bytes at a time.
struct Pieces<'a> {
    text: &'a [u8],
    len: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.len.min(buffer.len());
        self.text.read(&mut buffer[..len])
    }
}

/// Reads a value from JSON; if that works, it must write, and what it writes must read as an equal value.
fn stored<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(data).ok()?;
    let written = json(&value);
    let again: T = serde_json::from_slice(&written).expect("what was written reads");
    assert_eq!(again, value);
    assert_eq!(json(&again), written, "the same value is the same bytes");
    Some(value)
}

/// As [`stored`], for a value that people can read.
fn shown<T: Serialize + DeserializeOwned + PartialEq + Debug + Display>(data: &[u8]) {
    if let Some(value) = stored::<T>(data) {
        assert!(!value.to_string().is_empty());
    }
}

pub fn transactions(data: &[u8]) {
    if let Some(baskets) = stored::<Transactions<String>>(data) {
        assert!(!baskets.summary().to_string().is_empty());
    }
}

pub fn frequent_itemsets(data: &[u8]) {
    shown::<FrequentItemsets<String>>(data);
}

pub fn closed_itemsets(data: &[u8]) {
    shown::<ClosedItemsets<String>>(data);
}

pub fn maximal_itemsets(data: &[u8]) {
    shown::<MaximalItemsets<String>>(data);
}

pub fn generator_itemsets(data: &[u8]) {
    shown::<GeneratorItemsets<String>>(data);
}

pub fn itemset_list(data: &[u8]) {
    shown::<ItemsetList<String>>(data);
}

pub fn item_to_item(data: &[u8]) {
    if let Some(pairs) = stored::<ItemToItem<String>>(data) {
        assert!(pairs.pair_count() <= pairs.item_count() * pairs.item_count());
    }
}

pub fn window(data: &[u8]) {
    if let Some(window) = stored::<Window<u32, String>>(data) {
        used_window(&window);
    }
}

/// Counts what a window has, and slides it.
fn used_window(window: &Window<u32, String>) {
    let mut window = window.clone();
    // Greater weights make as many rows as that takes.
    if window.len() < 1 << 40 {
        assert_eq!(window.transactions().unwrap().len(), window.len());
    }
    let keys: Vec<u32> = window.keys().copied().collect();
    let baskets: usize = keys.iter().map(|key| window.retire(key)).sum();
    assert!(baskets > 0 || keys.is_empty());
    assert!(window.is_empty() && window.item_count() == 0);
}

pub fn rules(data: &[u8]) {
    shown::<Rules<String>>(data);
}

/// The first byte chooses the reader of results that were written as CSV or JSON lines.
#[cfg(all(feature = "csv", feature = "json"))]
pub fn written_results(data: &[u8]) {
    use itemset::io::{read_itemsets_csv, read_itemsets_json_lines, read_rules_csv, read_rules_json_lines};

    let [reader, text @ ..] = data else { return };
    // A reader goes on after a line that is wrong.
    let good = match reader % 4 {
        0 => read_itemsets_csv(text).map(|rows| rows.flatten().count()),
        1 => read_rules_csv(text).map(|rows| rows.flatten().inspect(|row| assert!(row.counts.n_xy() > 0)).count()),
        2 => Ok(read_itemsets_json_lines(text).flatten().count()),
        _ => Ok(read_rules_json_lines(text).flatten().inspect(|row| assert!(row.counts.n_xy() > 0)).count()),
    };
    assert!(good.unwrap_or(0) <= text.len(), "a row is longer than a byte");
}

/// A snapshot with the checksums that its bytes should have, as far as its sections can be told.
#[cfg(feature = "snapshot")]
pub fn sealed(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    let seal = |bytes: &mut [u8], from: usize, to: usize, at: usize| {
        let checksum = bytes.get(from..to).map(crc32fast::hash);
        if let (Some(checksum), Some(into)) = (checksum, bytes.get_mut(at..at + 4)) {
            into.copy_from_slice(&checksum.to_le_bytes());
        }
    };
    seal(&mut bytes, 0, 16, 16);
    let sections = bytes.get(12).copied().unwrap_or(0).min(10).into();
    let mut start = 20 + sections * 36 + 4;
    for section in 0..sections {
        let entry = 20 + section * 36;
        let len = bytes.get(entry + 24..entry + 32).map(|len| u64::from_le_bytes(len.try_into().unwrap()));
        let end = start.saturating_add(len.unwrap_or(0).min(data.len() as u64) as usize);
        seal(&mut bytes, start, end, entry + 32);
        start = end;
    }
    seal(&mut bytes, 20, 20 + sections * 36, 20 + sections * 36);
    bytes
}

/// A snapshot whose checksums are put right. What reads can be used, and reads again from what is written of it.
#[cfg(feature = "snapshot")]
pub fn snapshot(data: &[u8]) {
    use itemset::snapshot::{Snapshot, SnapshotReader};

    let Ok(stored) = SnapshotReader::from_bytes(sealed(data)) else { return };
    let again = |snapshot: Snapshot| {
        let mut bytes = Vec::new();
        snapshot.write_to(&mut bytes).unwrap();
        SnapshotReader::from_bytes(bytes).expect("what was written reads")
    };
    if let Ok(baskets) = stored.transactions::<String>() {
        assert_eq!(again(Snapshot::new().transactions(&baskets)).transactions::<String>().unwrap(), baskets);
        transactions(&json(&baskets));
    }
    if let Ok(itemsets) = stored.itemsets::<String>() {
        assert_eq!(again(Snapshot::new().itemsets(&itemsets)).itemsets::<String>().unwrap(), itemsets);
        frequent_itemsets(&json(&itemsets));
    }
    if let Ok(rules) = stored.rules::<String>() {
        assert_eq!(again(Snapshot::new().rules(&rules)).rules::<String>().unwrap(), rules);
        assert!(rules.iter().all(|rule| rule.lift() > 0.0 && !rule.to_string().is_empty()));
        assert_eq!(rules.clone().sorted_by(itemset::Measure::Lift).len(), rules.len());
        if let Ok(recommender) = rules.recommender().build() {
            used(&recommender);
        }
    }
    if let Ok(window) = stored.window::<u32, String>(Miner::new()) {
        assert_eq!(again(Snapshot::new().window(&window)).window::<u32, String>(Miner::new()).unwrap(), window);
        used_window(&window);
    }
    if let Ok(pairs) = stored.item_to_item::<String>() {
        assert_eq!(again(Snapshot::new().item_to_item(&pairs)).item_to_item::<String>().unwrap(), pairs);
    }
    if let Ok(model) = stored.next_basket::<String>() {
        let baskets = [vec!["beer".to_string()], vec!["diapers".to_string()]];
        assert!(model.scored(&baskets[0], &baskets, 9).iter().all(|(_, score)| score.is_finite()));
    }
    if let Ok(closed) = stored.closed::<String>() {
        assert_eq!(again(Snapshot::new().closed(&closed)).closed::<String>().unwrap(), closed);
    }
    if let Ok(maximal) = stored.maximal::<String>() {
        assert_eq!(again(Snapshot::new().maximal(&maximal)).maximal::<String>().unwrap(), maximal);
    }
    if let Ok(generators) = stored.generators::<String>() {
        assert_eq!(again(Snapshot::new().generators(&generators)).generators::<String>().unwrap(), generators);
    }
    if let Ok(recommender) = stored.recommender::<String>() {
        used(&recommender);
        used(&again(Snapshot::new().recommender(&recommender)).recommender::<String>().unwrap());
    }
}

/// A file of itemsets with the checksums that its header, its directory and its first block should have.
#[cfg(feature = "snapshot")]
fn sealed_itemsets(data: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = data.to_vec();
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0_usize, |number, &byte| number << 8 | usize::from(byte));
    let seal = |bytes: &mut [u8], from: usize, to: usize, at: usize| {
        let checksum = crc32fast::hash(bytes.get(from..to)?);
        bytes.get_mut(at..at + 4)?.copy_from_slice(&checksum.to_le_bytes());
        Some(())
    };
    let blocks = 28 + number(bytes.get(12..16)?);
    seal(&mut bytes, 28, blocks, 20)?;
    seal(&mut bytes, 0, 24, 24)?;
    let foot = bytes.len().checked_sub(32)?;
    let (place, len) = (number(bytes.get(foot..foot + 4)?), number(bytes.get(foot + 8..foot + 12)?));
    // After the itemsets by length and the number of blocks: the first of them, its length in groups of 7 bits.
    let directory = bytes.get(place..place + len)?;
    let entry = 8 + 1 + number(directory.get(..4)?) * usize::from(*directory.get(8)?) + 8;
    let (mut block, mut at) = (0, entry);
    while let Some(&byte) = directory.get(at).filter(|_| at < entry + 4) {
        block |= usize::from(byte & 0x7f) << (7 * (at - entry));
        at += 1;
        if byte < 0x80 {
            break;
        }
    }
    seal(&mut bytes, blocks, blocks + block, place + at);
    seal(&mut bytes, place, place + len, foot + 16)?;
    seal(&mut bytes, foot, foot + 20, foot + 20)?;
    Some(bytes)
}

/// A file of itemsets whose checksums are put right. What can be read of it is in order, and reads again.
#[cfg(feature = "snapshot")]
pub fn itemset_file(data: &[u8]) {
    use itemset::snapshot::ItemsetFile;

    let bytes = sealed_itemsets(data).unwrap_or_else(|| data.to_vec());
    let Ok(file) = ItemsetFile::<String, _>::from_bytes(&bytes) else { return };
    let mut listed = 0;
    for itemset in &file {
        let Ok(itemset) = itemset else { break };
        assert!(itemset.count() > 0 && !itemset.to_string().is_empty());
        if listed < 9 {
            assert_eq!(file.count_of(itemset.iter()).unwrap(), Some(itemset.count()));
            assert!(file.extensions_of(itemset.iter()).next().is_some());
        }
        listed += 1;
    }
    assert!(file.verify().is_err() || listed == file.len());
    if let Ok(itemsets) = file.to_frequent() {
        let mut again = Vec::new();
        itemsets.write_itemset_file_to(&mut again).unwrap();
        assert_eq!(ItemsetFile::<String, _>::from_bytes(&again).unwrap().to_frequent().unwrap(), itemsets);
    }
    let _ = (file.to_closed(), file.to_maximal(), file.to_generators());
}

/// Asks a recommender for each item, for what it answers, and for nothing.
#[cfg(feature = "snapshot")]
fn used(recommender: &itemset::recommend::Recommender<String>) {
    let mut basket: Vec<String> = Vec::new();
    for _ in 0..9 {
        let found = recommender.recommend(&basket, 50);
        let texts: Vec<String> = found.iter().map(|found| found.to_string()).collect();
        assert!(texts.iter().all(|text| !text.is_empty()));
        assert!(recommender.fired(&basket).iter().all(|reason| !reason.to_string().is_empty()));
        match found.get(basket.len() % 3) {
            Some(found) => basket.push(found.item().clone()),
            None => break,
        }
    }
}

pub fn settings(data: &[u8]) {
    stored::<Miner>(data);
}
