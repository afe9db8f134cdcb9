//! JSON lines: values at their paths, and the exact message for those that are not what they must be.

use itemset::io::{Delimiter, Encoding, JsonLinesReader, ReadReport, Source};
use itemset::{Error, Transactions};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::labels;

type Read = Result<(Transactions<String>, ReadReport), Error>;

fn read(reader: &JsonLinesReader, text: &str) -> Read {
    reader.read_with_report(Source::bytes(text.as_bytes()))
}

fn lists(path: &str) -> JsonLinesReader {
    JsonLinesReader::lists(path)
}

fn rows() -> JsonLinesReader {
    JsonLinesReader::rows("key", "item")
}

/// What strict reading says; lenient reading skips the row and reads the next one.
#[track_caller]
fn assert_told(reader: JsonLinesReader, line: &str, message: &str) {
    let good = r#"{"items": ["a"], "key": 1, "item": "a", "n": 1, "quantity": 1}"#;
    let text = format!("{good}\n\n{line}\n{good}\n");
    assert_eq!(read(&reader, &text).unwrap_err().to_string(), format!("line 3: {message}"));
    let (baskets, report) = read(&reader.lenient(true), &text).unwrap();
    assert_eq!((report.rows, report.faulty_rows, report.blank_lines, report.lines), (3, 1, 1, 4));
    assert_eq!((report.faults[0].line, &report.faults[0].reason[..]), (3, message));
    assert_eq!(baskets.dictionary().labels(), ["a"], "what is skipped leaves no label");
}

#[test]
fn values_are_items_as_they_are_written() {
    let text = r#"{"items": ["a", " b ", 1, 1.0, -0, 1e3, 12345678901234567890123, true, null, "", "NA", "\u00e9\n\"", 1e999]}"#;
    let (baskets, _) = read(&lists("items").null("NA"), text).unwrap();
    let mut expected =
        ["a", "b", "1", "1.0", "-0", "1e3", "12345678901234567890123", "true", "é\n\"", "1e999"].map(String::from);
    assert_eq!(baskets.dictionary().labels(), &expected);
    expected.sort();
    assert_eq!(labels(&baskets), [expected]);
    let (baskets, _) = read(&lists("items").case_fold(true), r#"{"items": ["Beer", "BEER"]}"#).unwrap();
    assert_eq!((labels(&baskets), baskets.duplicates_skipped()), (vec![vec!["beer"]], 1));
}

#[test]
fn paths_lead_to_values() {
    let text = r#"{"order": {"lines": [{"name": "a", "tags": ["x", "y"]}, {"name": null}, {"tags": []}, null]}, "a.b": "q"}
{"order": {"lines": {"name": "b"}}, "a.b": ["r", 2.5]}
{"order": null}
{}"#;
    let of = |path: &str| {
        let (baskets, report) = read(&lists(path), text).unwrap();
        assert_eq!(report.empty_rows + report.baskets, 4);
        labels(&baskets).iter().map(|row| row.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(of("order.lines.name"), ["a", "b"]);
    assert_eq!(of("order.lines.tags"), ["x y"]);
    assert_eq!(of(r"a\.b"), ["q", "2.5 r"]);
    assert_eq!(of("nothing.here"), Vec::<String>::new());
    let (baskets, _) = read(&lists("."), "[\"a\", [1, [\"b\"]]]\n\"c\"\n").unwrap();
    assert_eq!(labels(&baskets), [vec!["1", "a", "b"], vec!["c"]]);
    for path in ["", "a.", ".a", "a..b", r"a\b", "a\\"] {
        let error = read(&lists(path), text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("invalid path: `{path}` (expected names of fields")), "{error}");
    }
}

#[test]
fn line_items_become_baskets() {
    let text = r#"{"store": 1, "key": "1", "item": "a", "quantity": 2}
{"item": "b", "quantity": "1.5", "key": 1, "store": 1}
{"store": 2, "key": 1, "item": ["a", 7], "quantity": 1}
{"store": 1, "key": 1, "item": "c", "quantity": -1}
{"store": 1, "key": 1, "item": "d", "quantity": 0.0}
{"store": 1, "key": 1, "item": "e", "quantity": null}
{"store": 1, "key": 1, "quantity": 1}
{"store": 1, "item": "f", "quantity": 1}
{"store": 1, "key": "C1", "item": "g"}
{"store": 1, "key": "C1"}
"#;
    let reader = rows().and_basket("store").quantity("quantity").exclude_baskets("C*".parse().unwrap());
    let (baskets, report) = read(&reader, text).unwrap();
    assert_eq!(labels(&baskets), [["a", "b"], ["7", "a"]]);
    let ReadReport { null_items, null_keys, null_quantities, returns, excluded_rows, excluded_baskets, .. } = report;
    assert_eq!((null_items, null_keys, null_quantities, returns), (1, 1, 1, 2));
    assert_eq!((excluded_rows, excluded_baskets, report.rows, report.rows_skipped()), (2, 1, 10, 7));
    let (baskets, _) = read(&reader.keep_returns(true), text).unwrap();
    assert_eq!(labels(&baskets), [vec!["a", "b", "c", "d"], vec!["7", "a"]]);
}

#[test]
fn weights_count() {
    let text = "{\"items\": [\"a\"], \"n\": 3}\n{\"items\": [\"z\"], \"n\": 0}\n{\"items\": [\"b\"]}\n{\"items\": [\"a\", \"b\"], \"n\": \"2\"}";
    let (baskets, report) = read(&lists("items").weight("n"), text).unwrap();
    assert_eq!(baskets.dictionary().labels(), ["a", "b"]);
    assert_eq!((baskets.len(), baskets.count_of("a"), baskets.count_of("b")), (5, Some(5), Some(2)));
    assert_eq!(report.null_quantities, 1);
}

#[test]
fn wrong_values_are_named() {
    let object = "`items`: an object, where an item must be; name a field of it, as in `items.name`";
    assert_told(lists("items"), r#"{"items": ["z", {"name": "b"}]}"#, object);
    assert_told(lists("items"), r#"{"items": [1.5, {"name": "b"}]}"#, object);
    assert_told(rows(), r#"{"item": "z", "key": [1, 2]}"#, "`key`: several values, where the key of a basket must be");
    assert_told(
        rows().quantity("quantity"),
        r#"{"item": "z", "key": 1, "quantity": "x"}"#,
        "`quantity`: \"x\" is no quantity, which is a number such as 2 or 0.5",
    );
    for weight in ["-1", "1.0", "\"x\"", "4294967296", "true"] {
        let message =
            format!("`n`: \"{}\" is no weight, which is a whole number from 0 to 4294967295", weight.trim_matches('"'));
        assert_told(lists("items").weight("n"), &format!(r#"{{"n": {weight}, "items": ["z"]}}"#), &message);
    }
    assert_told(lists("items"), "7", "`.`: the line is \"7\", and must be an object");
    assert_told(lists("items"), r#"{"items": ["z"], "items": []}"#, "`.`: an object that has the field `items` twice");
    assert_told(lists("items"), r#"{"items": ["z", "a\u0000b"]}"#, "`items`: a NUL character, which text never has");
    let deep = format!("{{\"items\": {}{}}}", "[".repeat(100), "]".repeat(100));
    assert_told(lists("items"), &deep, "`items`: more than 32 lists and objects within each other");
    let deep = format!("{{\"items\": [0.5, {}{}]}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&lists("items"), &deep).unwrap_err().to_string().contains("more than 32"));
    let deep = format!("{{\"other\": {}{}, \"items\": [1]}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(labels(&read(&lists("items"), &deep).unwrap().0), [["1"]]);
    let error = read(&lists("items.name"), r#"{"items": ["beer"]}"#).unwrap_err().to_string();
    assert_eq!(error, "line 1: `items`: \"beer\" is no object, and has no field `name`");
}

#[test]
fn malformed_json_is_told_with_its_column() {
    assert_told(lists("items"), r#"{"items": ["z",]}"#, "column 16: trailing comma");
    assert_told(lists("items"), r#"{"items": ["z"]} {}"#, "column 18: trailing characters");
    assert_told(lists("items"), r#"{"items": ["z"], other: 1}"#, "column 18: key must be a string");
    assert_told(lists("items"), r#"{"items": [1.5, x]}"#, "column 17: expected value");
    assert_told(lists("items"), "key,item", "column 1: expected value");
    assert_told(
        lists("items"),
        "[",
        "column 1: EOF while parsing a list; an object must be on one line: write a JSON document as lines, with `jq -c '.[]' FILE`",
    );
    let error = JsonLinesReader::lists("items").lenient(true).read(&b"{}\n{\"items\": [\"\xff\"]}\n"[..]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2: byte 0xff is not UTF-8; save the file as UTF-8, or read it with its encoding, such as `latin-1`"
    );
}

#[test]
fn settings_without_a_meaning_are_refused() {
    let told = |reader: JsonLinesReader| read(&reader, "{}").unwrap_err().to_string();
    for (reader, message) in [
        (
            lists("a").delimiter(Delimiter::Char(',')),
            "invalid delimiter: , (expected none: JSON lines have no delimiter)",
        ),
        (lists("a").header(false), "invalid header: false (expected none: JSON lines have no header)"),
        (lists("a").quote(None), "invalid quote: none (expected the double quote, which JSON prescribes)"),
        (lists("a").comment('#'), "invalid comment: `#` (expected none: JSON lines have no comments)"),
        (rows().weight("n"), "invalid weight: `n` (expected none: the lines are line items, which have a quantity)"),
        (
            lists("a").quantity("n"),
            "invalid quantity: `n` (expected none: each line is a basket; for line items use `rows`)",
        ),
    ] {
        assert_eq!(told(reader), message);
    }
    assert!(told(lists("a").and_basket("b")).starts_with("invalid and_basket"));
    assert!(told(lists("a").exclude_baskets("b".parse().unwrap())).starts_with("invalid exclude_baskets"));
    // Nor are the threads.
    assert!(told(lists("a").threads(0)).contains("threads"));
}

#[test]
fn files_in_other_forms_are_read() {
    let text = "\u{feff}{\"items\": [\"é\"]}\r\n\t \r\n{\"items\": []}";
    let (baskets, report) = read(&lists("items"), text).unwrap();
    assert_eq!(labels(&baskets), [["é"]]);
    assert_eq!((report.lines, report.rows, report.blank_lines, report.empty_rows), (3, 2, 1, 1));
    if cfg!(feature = "encoding") {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(lists("items").encoding(Encoding::Utf16).read(&bytes[..]).unwrap(), baskets);
    }
    assert_eq!(lists("items").read(&b""[..]).unwrap().len(), 0);
}

/// What the items of a value are, by a reader that holds the document.
fn items_at(value: &Value, path: &[&str]) -> Result<Vec<String>, ()> {
    match (value, path) {
        (Value::Null, _) => Ok(Vec::new()),
        (Value::Array(list), _) => {
            Ok(list.iter().map(|value| items_at(value, path)).collect::<Result<Vec<_>, ()>>()?.concat())
        }
        (Value::Object(object), [name, rest @ ..]) => {
            object.get(*name).map_or(Ok(Vec::new()), |value| items_at(value, rest))
        }
        (Value::String(text), []) => {
            Ok(Some(text.trim_ascii().to_string()).filter(|text| !text.is_empty()).into_iter().collect())
        }
        (Value::Number(_) | Value::Bool(_), []) => Ok(vec![value.to_string()]),
        _ => Err(()),
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|n| json!(n)),
        (0..50u32).prop_map(|n| json!(f64::from(n) / 4.0)),
        prop::sample::select(vec!["a", "b", " c ", "", "\"", "\\", "\n", "é", "🍺"]).prop_map(|s| json!(s)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::btree_map(
                prop::sample::select(vec!["a".to_string(), "b".into(), "c".into()]),
                inner,
                0..3
            )
            .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn values_at_a_path_are_those_of_the_document(
        values in prop::collection::vec(value(), 0..8),
        path in prop::sample::select(vec![".", "a", "a.b", "b.a.c"]),
    ) {
        let text: String = values.iter().map(|value| format!("{value}\n")).collect();
        let names: Vec<&str> = if path == "." { Vec::new() } else { path.split('.').collect() };
        let (baskets, report) = read(&lists(path).lenient(true), &text).unwrap();
        let expected: Vec<_> = values.iter().map(|value| items_at(value, &names)).collect();
        prop_assert_eq!(report.faulty_rows as usize, expected.iter().filter(|items| items.is_err()).count());
        let rows: Vec<Vec<String>> = expected.into_iter().flatten().filter(|items| !items.is_empty()).collect();
        let mut builder = Transactions::<String>::builder();
        rows.into_iter().for_each(|row| { builder.push(row); });
        prop_assert_eq!(baskets, builder.build().unwrap());
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                &b"{"[..], b"}", b"[", b"]", b":", b",", b"\"", b"\"key\":", b"\"item\":", b"\"a\"", b"1", b"-1.5e", b"null",
                b"true", b"\n", b"\r\n", b" ", b"\\", b"\\u0000", b"\\ud800", b"\0", b"\xff", b"\xc3\xa9", b"{\"key\":1,\"item\":[\"b\"]}\n",
            ]),
            0..30,
        ),
        lenient: bool,
    ) {
        let text = pieces.concat();
        for reader in [rows().quantity("key"), lists("item").weight("key"), lists(".")] {
            let reader = reader.lenient(lenient);
            let one = reader.clone().threads(1).read(&text[..]).map_err(|error| error.to_string());
            if cfg!(feature = "rayon") {
                prop_assert_eq!(reader.threads(2).read(&text[..]).map_err(|error| error.to_string()), one);
            }
        }
    }
}
