//! Sources that are read twice: files, compressed or not, that change in between, and limits.

use std::fs;

use itemset::io::{BasketReader, LongReader, Source, TwoPass};
use itemset::{Error, ErrorKind, Limit, MinSupport, Miner, Transactions};
use tempfile::TempDir;

/// Line items in any order of the keys, too many for one block.
fn table() -> String {
    let row = |row: u32| {
        let draw = row.wrapping_mul(2_246_822_519) >> 16;
        format!("{},item {}\r\n", row.wrapping_mul(2_654_435_761) % 8_009, draw % (1 + draw % 977))
    };
    std::iter::once("key,item\r\n".to_string()).chain((0..40_000).map(row)).collect()
}

fn reader() -> LongReader {
    LongReader::new("key", "item")
}

fn frequent(baskets: &Transactions<String>) -> String {
    let itemsets = Miner::new().min_support(0.002).mine(baskets).unwrap();
    itemsets.iter().map(|itemset| format!("{itemset}\n")).collect()
}

fn told<R>(result: Result<R, Error>) -> Error {
    result.map(drop).unwrap_err()
}

#[test]
fn files_and_bytes_are_read_twice() {
    let text = table();
    let expected = frequent(&reader().read(text.as_bytes()).unwrap());
    assert!(expected.lines().count() > 50);
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("table.csv");
    fs::write(&file, &text).unwrap();
    let check = |two_pass: TwoPass<'_>| {
        let counted = two_pass.count().unwrap();
        assert!(counted.needs(0.002).unwrap().items() < counted.items());
        // Each time is a pass.
        for _ in 0..2 {
            let (baskets, report) = counted.read(0.002).unwrap();
            assert_eq!(frequent(&baskets), expected);
            assert_eq!((report.rows, report.lines), (40_000, 40_001));
        }
    };
    check(reader().two_pass(text.as_bytes()));
    check(reader().two_pass(&*file));
    check(reader().two_pass(Source::file(&file)).max_memory(u64::MAX));
    check(reader().threads(1).two_pass(file.clone()));
    #[cfg(feature = "rayon")]
    check(reader().threads(3).two_pass(&*file));
    #[cfg(feature = "gzip")]
    check(reader().two_pass(&super::sources::gzip(text.as_bytes())[..]));
    #[cfg(feature = "zstd")]
    check(reader().two_pass(&super::sources::zstd(text.as_bytes())[..]));
}

#[cfg(feature = "encoding")]
#[test]
fn other_encodings_are_read_twice() {
    use itemset::io::Encoding;
    let text = "key,item\n1,é\n2,é\n1,b\n";
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let bytes = [&[0xfe, 0xff], &bytes[..]].concat();
    let (baskets, _) = reader().encoding(Encoding::Utf16).two_pass(&bytes[..]).read(MinSupport::count(2)).unwrap();
    assert_eq!((baskets.len(), baskets.dictionary().labels()), (2, &["é".to_string()][..]));
}

#[test]
fn a_file_that_changes_in_between_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("table.csv");
    let text = table();
    fs::write(&file, &text).unwrap();
    let counted = reader().two_pass(&*file).count().unwrap();
    let read = || counted.read(0.002);
    let rows: Vec<&str> = text.split_inclusive('\n').collect();
    let swapped = [&rows[..1], &rows[500..], &rows[1..500]].concat().concat();
    for (other, what) in [
        (text[..text.len() - 1].to_string(), "shorter"),
        (text.clone() + "1,item 1\n", "longer"),
        (text.replacen("item 1\r", "item 2\r", 1), "another item"),
        (swapped, "another order"),
        (text.clone() + "1\n", "a fault"),
        (String::new(), "empty"),
    ] {
        fs::write(&file, other).unwrap();
        let error = told(read());
        assert!(matches!(error.kind(), ErrorKind::InputChanged), "{what}: {error}");
        assert!(error.to_string().starts_with("the input changed while it was read twice"));
    }
    fs::write(&file, &text).unwrap();
    assert!(read().is_ok());
    fs::remove_file(&file).unwrap();
    assert!(matches!(told(read()).kind(), ErrorKind::Io(_)));
}

#[test]
fn what_cannot_be_read_twice_is_refused() {
    let refused = |two_pass: TwoPass<'_>| {
        let error = told(two_pass.count());
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "two_pass", .. }), "{error}");
        error.to_string()
    };
    assert!(refused(reader().two_pass(Source::stream(&b"key,item\n"[..]))).contains("a stream (expected a file or"));
    let folder = TempDir::new().unwrap();
    assert!(refused(reader().two_pass(folder.path())).contains("which is no file"));
    // What one pass says of the input or of settings.
    assert!(told(reader().two_pass(&b"key\n1\n"[..]).count()).to_string().starts_with("line 1: "));
    let error = told(BasketReader::new().threads(0).two_pass(&b"a\n"[..]).count());
    assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "threads", .. }));
    let counted = BasketReader::new().two_pass(&b"a b\n"[..]).count().unwrap();
    assert!(matches!(told(counted.needs(1.5)).kind(), ErrorKind::InvalidSetting { setting: "min_support", .. }));
    assert!(matches!(told(counted.read(0.0)).kind(), ErrorKind::InvalidSetting { setting: "min_support", .. }));
}

#[test]
fn a_memory_limit_is_kept_or_says_what_is_needed() {
    let text = table();
    let expected = frequent(&reader().read(text.as_bytes()).unwrap());
    let needed = |error: Error| match *error.kind() {
        ErrorKind::MemoryLimit { needed, limit: Limit::Memory(limit), .. } if needed > limit => needed,
        _ => panic!("{error}"),
    };
    // The labels alone.
    needed(told(reader().two_pass(text.as_bytes()).max_memory(10_000).count()));
    let counted = reader().two_pass(text.as_bytes()).max_memory(1 << 19).count();
    let told_of_rows = needed(told(counted.unwrap().read(0.002)));
    // What is told is enough.
    let (baskets, _) = reader().two_pass(text.as_bytes()).max_memory(told_of_rows).read(0.002).unwrap();
    assert_eq!(frequent(&baskets), expected);
    // In between, keys and rows are written.
    let folder = TempDir::new().unwrap();
    let limited = || reader().two_pass(text.as_bytes()).max_memory(2 << 20).temporary_folder(folder.path());
    let counted = limited().count().unwrap();
    assert!(counted.needs(MinSupport::count(1)).unwrap().temporary_bytes() > 0);
    assert_eq!(counted.needs(0.9).unwrap().temporary_bytes(), 0);
    let (baskets, _) = counted.read(MinSupport::count(1)).unwrap();
    assert_eq!(frequent(&baskets), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::remove_dir(folder.path()).unwrap();
    let error = told(limited().count().unwrap().read(MinSupport::count(1)));
    assert!(matches!(error.kind(), ErrorKind::Io(_)));
    assert!(error.to_string().contains("; temporary_folder sets another folder"), "{error}");
}

/// As many equal baskets as a `u32` counts are one row, and empty ones another.
#[test]
fn empty_baskets_and_weights_count() {
    let text = "beer 4000000000\nchips 3\nbeer chips 200000000\nwine 0\n\nchips 2\n";
    let counted = BasketReader::new().weight_last().two_pass(text.as_bytes()).count().unwrap();
    assert_eq!((counted.baskets(), counted.items()), (4_200_000_005, 2));
    let (baskets, report) = counted.read(0.5).unwrap();
    assert_eq!((baskets.len(), baskets.stored_rows(), report.zero_weights), (4_200_000_005, 2, 1));
    let rows: Vec<_> = baskets.weighted().map(|(basket, weight)| (basket.to_string(), weight)).collect();
    assert_eq!(rows, [("{beer}".to_string(), 4_200_000_000), ("{}".to_string(), 5)]);
    let (none, report) = BasketReader::new().two_pass(&b""[..]).read(0.5).unwrap();
    assert_eq!((none.len(), report.rows), (0, 0));
    let (none, _) = reader().two_pass(&b"key,item\n1,a\n2,b\n3,a\n"[..]).read(MinSupport::count(3)).unwrap();
    assert_eq!((none.len(), none.stored_rows(), none.dictionary().len()), (3, 1, 0));
}
