//! The same baskets give the same itemsets, whatever the format.

use std::collections::{BTreeMap, BTreeSet};

#[cfg(feature = "json")]
use itemset::io::JsonLinesReader;
use itemset::io::{
    AttributesReader, BasketReader, Column, Delimiter, Encoding, LongReader, OneHotReader, ReadOptions, TextWriter,
    Trim,
};
use itemset::{MinSupport, Miner, Transactions};
use proptest::prelude::*;

use super::labels;

const COMMA: Delimiter = Delimiter::Char(',');

/// Labels that are hard to write: with the delimiter, quotes, line breaks and white space in them.
fn label() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b", "7", "0", "C", ",", ";", "\"", "\"\"", "\n", "\r", "\r\n", "\t", " ", "é", "🍺", "=", ":", "|", "'",
        "#", "=>", "(", "\u{a0}", "x=y",
    ]);
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

/// What readers make of a label: white space of ASCII around it is no part of it.
fn trimmed(label: &str) -> &str {
    label.trim_ascii()
}

type Basket = BTreeSet<String>;

fn baskets() -> impl Strategy<Value = Vec<Basket>> {
    prop::collection::vec(label(), 1..9).prop_flat_map(|labels| {
        let labels: Vec<_> = labels.iter().map(|label| trimmed(label).to_string()).filter(|l| !l.is_empty()).collect();
        let basket = prop::collection::btree_set(
            prop::sample::select(if labels.is_empty() { vec!["a".to_string()] } else { labels }),
            1..6,
        );
        prop::collection::vec(basket, 1..12)
    })
}

/// A table as CSV.
fn csv(rows: impl IntoIterator<Item = Vec<String>>, delimiter: u8, crlf: bool) -> Vec<u8> {
    let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).flexible(true).from_writer(Vec::new());
    rows.into_iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// All itemsets, as text.
fn mined(baskets: &Transactions<String>) -> String {
    let mut out = Vec::new();
    let itemsets = Miner::new().min_support(MinSupport::count(1)).threads(1).mine(baskets).unwrap();
    TextWriter::new().delimiter(COMMA).write_itemsets(&itemsets, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn sorted(baskets: &Transactions<String>) -> Vec<Vec<&str>> {
    let mut rows = labels(baskets);
    rows.sort();
    rows
}

proptest! {
    #[test]
    fn every_format_gives_the_same_itemsets(
        baskets in baskets(),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        crlf: bool,
        shuffle in prop::collection::vec(any::<u32>(), 80),
    ) {
        let mut builder = Transactions::<String>::builder();
        baskets.iter().for_each(|basket| { builder.push(basket.iter().cloned()); });
        let plain = builder.build().unwrap();
        let expected = mined(&plain);
        let options = ReadOptions::new().delimiter(Delimiter::Char(delimiter));
        let table = |rows: Vec<Vec<String>>| csv(rows, delimiter as u8, crlf);

        let lines = table(baskets.iter().map(|basket| basket.iter().cloned().collect()).collect());
        let reader = BasketReader::new().options(options.clone());
        let read = reader.read(&lines[..]).unwrap();
        prop_assert_eq!(labels(&read), labels(&plain));
        prop_assert_eq!(mined(&read), &expected[..]);
        let (reported, report) = reader.read_with_report(&lines[..]).unwrap();
        prop_assert_eq!(&reported, &read);
        prop_assert_eq!(report.baskets, baskets.len() as u64);

        // The key has two columns; rows of a basket follow each other, or not.
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (number, basket) in baskets.iter().enumerate() {
            let row = |label: &String| vec![label.clone(), "x".into(), (number / 2).to_string(), (number % 2).to_string()];
            rows.extend(basket.iter().map(row));
        }
        let header = ["item", "", "store", "receipt"].map(String::from).to_vec();
        let with_header = |rows: &[Vec<String>]| table(std::iter::once(&header).chain(rows).cloned().collect());
        let reader = LongReader::new("store", "item").and_basket("receipt").options(options.clone());
        let read = reader.read(&with_header(&rows)[..]).unwrap();
        prop_assert_eq!(labels(&read), labels(&plain));
        prop_assert_eq!(mined(&read), &expected[..]);
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&row| shuffle[row % shuffle.len()].wrapping_mul(row as u32 + 1));
        let rows: Vec<_> = order.into_iter().map(|row| rows[row].clone()).collect();
        let (read, report) = reader.read_with_report(&with_header(&rows)[..]).unwrap();
        prop_assert_eq!(sorted(&read), sorted(&plain));
        prop_assert_eq!(mined(&read), &expected[..]);
        prop_assert_eq!((report.rows, report.items), (rows.len() as u64, rows.len() as u64));

        let items: Vec<&String> = baskets.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
        let mut rows = vec![items.iter().map(|&label| label.clone()).collect::<Vec<_>>()];
        rows.extend(baskets.iter().map(|basket| {
            items.iter().map(|item| if basket.contains(*item) { "1" } else { "0" }.to_string()).collect()
        }));
        let read = OneHotReader::new().options(options.clone()).read(&table(rows)[..]).unwrap();
        prop_assert_eq!(labels(&read), labels(&plain));
        prop_assert_eq!(mined(&read), &expected[..]);

        let rows = baskets.iter().map(|basket| basket.iter().map(|label| format!("{label}:1")).collect()).collect();
        let read = OneHotReader::new().sparse(true).options(options.clone()).read(&table(rows)[..]).unwrap();
        // Of a label with white space before the colon, that is removed.
        if items.iter().all(|label| !label.ends_with(|char: char| char.is_ascii_whitespace())) {
            prop_assert_eq!(labels(&read), labels(&plain));
            prop_assert_eq!(mined(&read), &expected[..]);
        }

        // The same lines compressed, and as UTF-16.
        let lines = table(baskets.iter().map(|basket| basket.iter().cloned().collect()).collect());
        let reader = BasketReader::new().options(options.clone());
        #[cfg(feature = "gzip")]
        prop_assert_eq!(&reader.read(&super::sources::gzip(&lines)[..]).unwrap(), &plain);
        #[cfg(feature = "zstd")]
        prop_assert_eq!(&reader.read(&super::sources::zstd(&lines)[..]).unwrap(), &plain);
        if cfg!(feature = "encoding") {
            let text = str::from_utf8(&lines).unwrap();
            let bytes: Vec<u8> = std::iter::once('\u{feff}').chain(text.chars())
                .flat_map(|char| char.encode_utf16(&mut [0; 2]).to_vec()).flat_map(u16::to_be_bytes).collect();
            prop_assert_eq!(&reader.clone().encoding(Encoding::Utf16).read(&bytes[..]).unwrap(), &plain);
            if text.chars().all(|char| u8::try_from(char).is_ok()) {
                let bytes: Vec<u8> = text.chars().map(|char| u8::try_from(char).unwrap()).collect();
                prop_assert_eq!(&reader.encoding(Encoding::Latin1).read(&bytes[..]).unwrap(), &plain);
            }
        }

        #[cfg(feature = "json")]
        {
            let list = |basket: &Basket| format!("{}\n", serde_json::json!({"id": 7, "items": basket}));
            let text: String = baskets.iter().map(list).collect();
            let read = JsonLinesReader::lists("items").read(text.as_bytes()).unwrap();
            prop_assert_eq!(&read, &plain);
            prop_assert_eq!(mined(&read), &expected[..]);
            let line = |(number, label): (usize, &String)| {
                serde_json::json!({"item": {"name": label}, "store": number / 2, "receipt": (number % 2).to_string()})
            };
            let rows = baskets.iter().enumerate().flat_map(|(number, basket)| basket.iter().map(move |label| (number, label)));
            let mut lines: Vec<String> = rows.map(|row| format!("{}\n", line(row))).collect();
            let reader = JsonLinesReader::rows("store", "item.name").and_basket("receipt");
            prop_assert_eq!(&reader.read(lines.concat().as_bytes()).unwrap(), &plain);
            let mut places = shuffle.iter().cycle();
            lines.sort_by_cached_key(|_| places.next());
            let read = reader.read(lines.concat().as_bytes()).unwrap();
            prop_assert_eq!(sorted(&read), sorted(&plain));
            prop_assert_eq!(mined(&read), &expected[..]);
        }
    }

    #[test]
    fn attributes_are_the_items_of_their_columns(
        rows in prop::collection::vec(prop::collection::vec(prop::option::of(label()), 3), 1..9),
    ) {
        let header = vec!["region".to_string(), "id".to_string(), "a=b".to_string()];
        let table = std::iter::once(header.clone()).chain(
            rows.iter().map(|row| row.iter().map(|value| value.clone().unwrap_or_default()).collect()),
        );
        let read = AttributesReader::new().delimiter(COMMA).not_items(["id"]).read(&csv(table, b',', false)[..]).unwrap();
        let expected = rows.iter().map(|row| {
            let items = row.iter().zip(&header).filter(|(_, column)| *column != "id");
            let mut items: Vec<String> = items
                .filter_map(|(value, column)| Some(trimmed(value.as_ref()?)).filter(|v| !v.is_empty()).map(|v| format!("{column}={v}")))
                .collect();
            items.sort();
            items
        });
        let expected: Vec<Vec<String>> = expected.filter(|row| !row.is_empty()).collect();
        prop_assert_eq!(labels(&read), expected);
    }

    /// What the crate `csv` takes for a table, the readers take for the same one. (It takes more: text after a closing
    /// quote, and a quote that is never closed.)
    #[test]
    fn fields_are_those_of_another_reader(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", "b", ",", ",", "\n", "\n", "\r\n", "\"", "\"\"", "\"a\"", "\"b,\n\"", " ", "é", "\t", "\r",
            ]),
            0..40,
        ),
        threads in 1..3usize,
    ) {
        let text = pieces.concat();
        let reader = AttributesReader::new().header(false).trim(Trim::None).threads(threads);
        let mut other = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let records: Result<Vec<csv::StringRecord>, _> = other.records().collect();
        let records = records.unwrap();
        let len = records.first().map_or(0, |record| record.len());
        let is_even = records.iter().all(|record| record.len() == len);
        match reader.read(text.as_bytes()) {
            Ok(baskets) => {
                let rows = records.iter().map(|record| {
                    let mut items: BTreeSet<String> = BTreeSet::new();
                    items.extend((1..).zip(record).filter(|(_, v)| !v.is_empty()).map(|(place, v)| format!("{place}={v}")));
                    items.into_iter().collect::<Vec<_>>()
                });
                let rows: Vec<Vec<String>> = rows.filter(|row: &Vec<String>| !row.is_empty()).collect();
                prop_assert_eq!(labels(&baskets), rows, "{:?}", text);
            }
            Err(error) => {
                let told = error.to_string();
                let is_quote = told.contains("quote");
                prop_assert!(is_quote || !is_even, "{:?}: {}", text, told);
            }
        }
    }
}

#[test]
fn many_rows_are_the_same_on_several_threads() {
    // Keys that follow each other, and keys that do not; new items throughout, and quoted line breaks.
    let mut text = String::from("key,item,quantity\n");
    let mut expected: BTreeMap<u64, BTreeSet<String>> = BTreeMap::new();
    let mut draw = 1u64;
    for row in 0..400_000u64 {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = if row % 3 == 0 { draw >> 48 } else { row / 10 };
        let item = if row % 50 == 0 { format!("new\n{row}") } else { format!("item {}", (draw >> 32) % 500) };
        let quantity = if draw >> 40 & 15 == 0 { -1 } else { 2 };
        text.push_str(&format!("{key},\"{item}\",{quantity}\n"));
        if quantity > 0 {
            expected.entry(key).or_default().insert(item);
        }
    }
    let reader = LongReader::new("key", "item").quantity("quantity");
    let (one, report) = reader.clone().threads(1).read_with_report(text.as_bytes()).unwrap();
    let mut rows: Vec<Vec<&str>> = labels(&one);
    rows.sort();
    let mut plain: Vec<Vec<&str>> = expected.values().map(|row| row.iter().map(String::as_str).collect()).collect();
    plain.sort();
    assert!(rows == plain);
    assert_eq!(report.lines, 400_001 + 8_000);
    if cfg!(feature = "rayon") {
        for threads in [2, 3] {
            let (several, told) = reader.clone().threads(threads).read_with_report(text.as_bytes()).unwrap();
            assert!(several == one, "{threads} threads");
            assert_eq!(told, report);
        }
    }
}

#[cfg(feature = "json")]
#[test]
fn many_json_lines_are_the_same_on_several_threads() {
    let mut text = String::new();
    let mut draw = 1u64;
    for row in 0..150_000u64 {
        draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let key = if row % 3 == 0 { draw >> 48 } else { row / 10 };
        let item = if row % 5000 == 0 { format!("new {row}") } else { format!("item {}", (draw >> 32) % 500) };
        let quantity = if draw >> 40 & 15 == 0 { -1 } else { 2 };
        text.push_str(&format!("{{\"key\": {key}, \"item\": {item:?}, \"quantity\": {quantity}, \"x\": [{{}}]}}\n"));
        text.push_str(if row % 1000 == 0 { "\n{\"key\": 1,\n" } else { "" });
    }
    let reader = JsonLinesReader::rows("key", "item").quantity("quantity").lenient(true);
    let (one, report) = reader.clone().threads(1).read_with_report(text.as_bytes()).unwrap();
    assert_eq!((report.rows, report.faulty_rows, report.lines), (150_150, 150, 150_300));
    if cfg!(feature = "rayon") {
        for threads in [2, 3] {
            let (several, told) = reader.clone().threads(threads).read_with_report(text.as_bytes()).unwrap();
            assert!(several == one, "{threads} threads");
            assert_eq!(told, report);
        }
        let error =
            |threads| reader.clone().lenient(false).threads(threads).read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(3), error(1));
    }
}

#[test]
fn columns_are_named_or_numbered() {
    let text = "b,2,a,a\n1,x,3,4\n";
    let key = |column: Column| LongReader::new(column, 2).read(text.as_bytes()).map(|baskets| baskets.len());
    assert_eq!(key("b".into()).unwrap(), 1);
    assert_eq!(key(1.into()).unwrap(), 1);
    let told = |column: &str| key(column.into()).unwrap_err().to_string();
    assert_eq!(told("c"), "line 1: no column is called `c`; the header has `b`, `2`, `a`, `a`");
    assert_eq!(told("a"), "line 1: two columns are called `a`: give the number, 3 or 4");
    assert_eq!(told("5"), "line 1: there is no column 5; the header has `b`, `2`, `a`, `a`");
    let error = LongReader::new("b", 2).header(false).read(text.as_bytes()).unwrap_err();
    assert!(
        error.to_string().starts_with("line 1: `b` is the name of a column, and this table is read without"),
        "{error}"
    );
    let error = LongReader::new("b", "a").read("b;a\n".as_bytes()).unwrap_err();
    assert!(error.to_string().contains("the header is one field, `b;a`: is this the right delimiter?"), "{error}");
}
