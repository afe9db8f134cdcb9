//! Files that are no Parquet file, that were cut off, and that were damaged.

use std::fs;
use std::io::Read;

use itemset::io::{AttributesReader, ListReader, LongReader, OneHotReader, Source};
use itemset::{Error, ErrorKind};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use crate::table::{Column, Stored, batches, parquet, properties};

/// Files of other programs: by polars and pyarrow, all compressed with zstd.
const FILES: [&[u8]; 3] = [
    include_bytes!("data/polars_zstd.parquet"),
    include_bytes!("data/pyarrow_zstd_pages_2.parquet"),
    include_bytes!("data/pyarrow_lists_zstd.parquet"),
];

fn long() -> LongReader {
    LongReader::new("receipt", "item").quantity("n")
}

#[test]
fn files_of_other_programs() {
    for file in &FILES[..2] {
        let (baskets, report) = long().read_parquet(*file).unwrap();
        assert_eq!(baskets.dictionary().labels(), ["beer", "diapers", "🍺, cold"]);
        assert_eq!((baskets.len(), baskets.count_of("beer"), report.rows), (4, Some(3), 8));
        assert_eq!((report.null_items, report.null_quantities, report.returns), (1, 1, 1));
        assert_eq!(report.bytes, file.len() as u64);
    }
    let (baskets, report) = ListReader::new("items").read_parquet(FILES[2]).unwrap();
    assert_eq!((baskets.len(), baskets.count_of("beer"), report.empty_rows), (4, Some(3), 2));
}

#[test]
fn files_bytes_and_streams_are_read_alike() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("sales.parquet");
    fs::write(&path, FILES[0]).unwrap();
    let expected = long().read_parquet(FILES[0]).unwrap();
    assert_eq!(long().read_parquet(path.as_path()).unwrap(), expected);
    assert_eq!(long().read_parquet(Source::stream(FILES[0])).unwrap(), expected);
    let broken = Source::stream(FILES[0].chain(Broken));
    assert!(matches!(long().read_parquet(broken).unwrap_err().kind(), ErrorKind::Io(_)));
    assert!(matches!(long().read_parquet(folder.path().join("none")).unwrap_err().kind(), ErrorKind::Io(_)));
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::ConnectionReset.into())
    }
}

#[track_caller]
fn assert_told(error: Error, words: &[&str]) {
    assert!(matches!(error.kind(), ErrorKind::Table { .. }), "{error:?}");
    for word in words {
        assert!(error.to_string().contains(word), "`{error}` lacks `{word}`");
    }
}

#[test]
fn what_is_no_whole_file_is_told() {
    assert_told(long().read_parquet(&b""[..]).unwrap_err(), &["empty"]);
    assert_told(long().read_parquet(&b"receipt,item\n1,beer\n"[..]).unwrap_err(), &["no Parquet file"]);
    assert_told(long().read_parquet(&b"PAR1"[..]).unwrap_err(), &["cut off"]);
    assert_told(long().read_parquet(&b"PAR1PAR1"[..]).unwrap_err(), &["cut off"]);
    assert_told(long().read_parquet(&b"PAR1........PARE"[..]).unwrap_err(), &["encrypted"]);
    assert_told(long().read_parquet(&b"PAR1\xff\xff\xff\x7fPAR1"[..]).unwrap_err(), &["cannot be read"]);
    for file in FILES {
        for len in 0..file.len() {
            let error = long().read_parquet(&file[..len]).unwrap_err();
            assert!(len < 4 || error.to_string().contains("cut off"), "{len}: {error}");
        }
    }
}

/// Reads with all readers. Whatever comes of it, nothing panics.
fn read_all(file: &[u8]) {
    let _ = long().lenient(true).read_parquet(file);
    let _ = LongReader::new(1, 2).read_parquet(file);
    let _ = ListReader::new(1).read_parquet(file);
    let _ = AttributesReader::new().read_parquet(file);
    let _ = OneHotReader::new().read_parquet(file);
}

fn small(properties: WriterProperties) -> Vec<u8> {
    let items = ["beer", "diapers", "wipes", "chips, salted", "beer", "beer"];
    let columns = [
        Column::numbers("receipt", (0..40).map(|row| Some(row / 3))),
        Column::texts("item", (0..40).map(|row| Some(items[row % 6]).filter(|_| row % 7 > 0))),
        Column::numbers("n", (0..40).map(|row| Some(row % 4).filter(|_| row % 5 > 0))),
    ];
    parquet(&batches(&columns, &[Stored::Plain], 40), properties)
}

proptest! {
    #[test]
    fn damaged_files_never_panic(
        which in 0..6usize,
        properties in properties(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4usize), 1..6),
    ) {
        let mut file = FILES.get(which).map_or_else(|| small(properties), |file| file.to_vec());
        for (at, byte, kind) in changes {
            let at = at.index(file.len());
            match kind {
                0 => file[at] = byte,
                1 => file[at] ^= 1 << (byte % 8),
                2 => drop(file.remove(at)),
                _ => file.insert(at, byte),
            }
            if file.is_empty() {
                break;
            }
        }
        // The marks are kept, as the rest would not be looked at.
        if file.len() >= 8 {
            file[..4].copy_from_slice(b"PAR1");
            let end = file.len() - 4;
            file[end..].copy_from_slice(b"PAR1");
        }
        read_all(&file);
    }
}
