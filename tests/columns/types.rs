//! Columns of every type: what is read of them, and what is refused, by name and number.

use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_schema::{ArrowError, DataType, Field, TimeUnit};
use itemset::io::{AttributesReader, Delimiter, Encoding, ListReader, LongReader, OneHotReader};
use itemset::{Error, ErrorKind};

type Named<'a> = (&'a str, ArrayRef);

fn batch<'a>(columns: impl IntoIterator<Item = Named<'a>>) -> [Result<RecordBatch, ArrowError>; 1] {
    [RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))]
}

fn texts(texts: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

#[track_caller]
fn assert_items(array: ArrayRef, expected: &[&str]) {
    let key: ArrayRef = Arc::new(Int8Array::from(vec![1; array.len()]));
    let (baskets, _) = LongReader::new("key", "item").read_arrow_60(batch([("key", key), ("item", array)])).unwrap();
    assert_eq!(baskets.dictionary().labels(), expected);
}

#[test]
fn values_of_plain_types_are_texts() {
    assert_items(Arc::new(Int64Array::from(vec![Some(7), None, Some(-7), Some(7)])), &["7", "-7"]);
    assert_items(Arc::new(UInt64Array::from(vec![u64::MAX, 0])), &["18446744073709551615", "0"]);
    assert_items(Arc::new(Float64Array::from(vec![1.0, 0.1, f64::NAN, 1e300])), &["1.0", "0.1", "1e300"]);
    assert_items(Arc::new(BooleanArray::from(vec![true, false])), &["true", "false"]);
    assert_items(Arc::new(Date32Array::from(vec![0, 19_753])), &["1970-01-01", "2024-01-31"]);
    let times = TimestampMicrosecondArray::from(vec![0, 1_500_000]);
    assert_items(Arc::new(times.clone()), &["1970-01-01T00:00:00", "1970-01-01T00:00:01.500"]);
    assert_items(Arc::new(times.with_timezone("+01:00")), &["1970-01-01T00:00:00Z", "1970-01-01T00:00:01.500Z"]);
    let decimals = Decimal128Array::from(vec![1250, -5]).with_precision_and_scale(10, 2).unwrap();
    assert_items(Arc::new(decimals), &["12.50", "-0.05"]);
    assert_items(Arc::new(NullArray::new(3)), &[]);
    let numbers = DictionaryArray::<Int32Type>::new(vec![1, 0, 1].into(), Arc::new(Int64Array::from(vec![5, 6])));
    assert_items(Arc::new(numbers), &["6", "5"]);
}

#[track_caller]
fn assert_told(error: Error, expected: &str) {
    assert!(matches!(error.kind(), ErrorKind::Table { .. }), "{error:?}");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn columns_that_cannot_be_used_are_named() {
    let key = || ("key", texts(&["1"]));
    let long = |array| LongReader::new("key", "item").read_arrow_60(batch([key(), ("item", array)])).unwrap_err();
    let plain = "where an item must be text, a number, a truth value, a date or a time";
    let mut bytes = BinaryBuilder::new();
    bytes.append_value(b"beer");
    let bytes: ArrayRef = Arc::new(bytes.finish());
    assert_told(long(Arc::clone(&bytes)), &format!("column 2, \"item\": bytes that are not marked as text, {plain}"));
    let fields = vec![(Arc::new(Field::new("a", DataType::Utf8, true)), texts(&["1"]))];
    let object: ArrayRef = Arc::new(StructArray::from(fields));
    assert_told(long(Arc::clone(&object)), &format!("column 2, \"item\": structs, {plain}"));
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("beer")]);
    let lists: ArrayRef = Arc::new(lists.finish());
    assert_told(
        long(Arc::clone(&lists)),
        &format!("column 2, \"item\": lists of text, {plain} (a column of lists is read with ListReader)"),
    );
    let duration: ArrayRef = Arc::new(DurationSecondArray::from(vec![1]));
    assert!(long(duration).to_string().starts_with("column 2, \"item\": Duration"));

    let list = |array| ListReader::new(1).read_arrow_60(batch([("items", array)])).unwrap_err();
    assert_told(list(texts(&["beer"])), "column 1, \"items\": text, where lists of items must be");
    assert_told(list(object), "column 1, \"items\": structs, where lists of items must be");
    let mut nested = ListBuilder::new(ListBuilder::new(StringBuilder::new()));
    nested.append(true);
    assert_told(
        list(Arc::new(nested.finish())),
        "column 1, \"items\": lists of lists of text, where items must be text, numbers, truth values, dates or times",
    );

    let absent = LongReader::new("key", "items").read_arrow_60(batch([key(), ("item", texts(&["a"]))])).unwrap_err();
    assert_told(absent, "no column is called `items`; the table has `key`, `item`");
    let beyond = LongReader::new("key", 3).read_arrow_60(batch([key(), ("item", texts(&["a"]))])).unwrap_err();
    assert_told(beyond, "there is no column 3; the table has `key`, `item`");
    let twice = LongReader::new("key", 2).read_arrow_60(batch([key(), key()])).unwrap_err();
    assert_told(twice, "two columns are called `key`: give the number, 1 or 2");
}

#[test]
fn values_that_are_wrong_are_told_with_their_row() {
    let columns = || {
        let key: ArrayRef = Arc::new(Int8Array::from(vec![1, 1, 2, 2]));
        [("key", key), ("item", texts(&["a", "b\0c", "d", "e"])), ("n", texts(&["1", "1", "many", "0.5"]))]
    };
    let reader = || LongReader::new("key", "item").quantity("n");
    let fault = "column 2, \"item\": a NUL character, which text never has";
    assert_told(reader().read_arrow_60(batch(columns())).unwrap_err(), &format!("row 2: {fault}"));
    let (baskets, report) = reader().lenient(true).read_arrow_60(batch(columns())).unwrap();
    assert_eq!((baskets.dictionary().labels(), report.faulty_rows), (&["a".to_string(), "e".to_string()][..], 2));
    let told = "\n  row 2: column 2, \"item\": a NUL character, which text never has\n  row 3: column 3, \"n\": \"many\" is no \
                quantity, which is a number such as 2 or 0.5";
    assert!(report.to_string().ends_with(told), "{report}");
    assert!(report.to_string().starts_with("2 baskets with 2 items from 4 rows\n"), "{report}");

    let flags: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(-0.5)]));
    let weights: ArrayRef = Arc::new(Float32Array::from(vec![Some(2.0), Some(0.0), Some(1.0), Some(1.5)]));
    let one_hot = || batch([("beer", Arc::clone(&flags)), ("n", Arc::clone(&weights))]);
    let error = OneHotReader::new().not_items(["n"]).read_arrow_60(one_hot()).unwrap_err();
    let told = "row 4: column 1, \"beer\": \"-0.5\" does not say whether the item is there: expected a number, true, yes, \
                x, false or no";
    assert_told(error, told);
    let error = OneHotReader::new().weight("n").read_arrow_60(one_hot()).unwrap_err();
    assert_told(error, "row 4: column 2, \"n\": \"1.5\" is no weight, which is a whole number from 0 to 4294967295");
    let (baskets, report) = OneHotReader::new().weight("n").lenient(true).read_arrow_60(one_hot()).unwrap();
    assert_eq!((baskets.len(), report.zero_weights, report.empty_rows, report.faulty_rows), (2, 1, 1, 1));
}

#[test]
fn types_of_quantities_weights_and_items_are_checked() {
    let date: ArrayRef = Arc::new(Date32Array::from(vec![1]));
    let columns = || batch([("key", texts(&["1"])), ("day", Arc::clone(&date))]);
    let error = LongReader::new("key", "key").quantity("day").read_arrow_60(columns()).unwrap_err();
    assert_told(error, "column 2, \"day\": Date32, where a quantity must be a number");
    let error = AttributesReader::new().weight("day").read_arrow_60(columns()).unwrap_err();
    assert_told(error, "column 2, \"day\": Date32, where a weight must be a whole number");
    let error = OneHotReader::new().not_items(["key"]).read_arrow_60(columns()).unwrap_err();
    assert!(error.to_string().contains("column 2, \"day\": Date32, which does not say"), "{error}");
}

#[test]
fn settings_about_text_are_refused() {
    let read = |reader: LongReader| {
        let error = reader.read_arrow_60(batch([("a", texts(&["1"]))])).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }));
        // Without a batch, too.
        assert_eq!(reader.read_arrow_60([]).unwrap_err().to_string(), error.to_string());
        error.to_string()
    };
    let reader = || LongReader::new(1, 1);
    assert!(read(reader().delimiter(Delimiter::Char(';'))).contains("delimiter"));
    assert!(read(reader().header(true)).contains("header"));
    assert!(read(reader().quote(None)).contains("quote"));
    assert!(read(reader().comment('#')).contains("comment"));
    assert!(read(reader().encoding(Encoding::Latin1)).contains("encoding"));
    let error = OneHotReader::new().sparse(true).read_arrow_60(batch([("a", texts(&["1"]))])).unwrap_err();
    assert!(error.to_string().contains("sparse"), "{error}");
}

#[test]
fn batches_that_do_not_go_together_are_refused() {
    let [first] = batch([("key", texts(&["1"])), ("item", texts(&["a"]))]);
    let read = |later: [Result<RecordBatch, ArrowError>; 1]| {
        let [later] = later;
        LongReader::new("key", "item").read_arrow_60([Ok(first.as_ref().unwrap().clone()), later])
    };
    let number: ArrayRef = Arc::new(Int32Array::from(vec![1]));
    let error = read(batch([("key", number), ("item", texts(&["a"]))])).unwrap_err();
    assert_told(error, "column 1, \"key\": text, and in a later batch Int32");
    let error = read(batch([("key", texts(&["1"]))])).unwrap_err();
    assert_told(error, "a batch of 1 columns, and the first one has 2");
    let error = read([Err(ArrowError::ComputeError("no more".to_string()))]).unwrap_err();
    assert!(error.to_string().contains("no more"), "{error}");
    // Text may be stored in another way.
    let large: ArrayRef = Arc::new(LargeStringArray::from(vec!["1"]));
    let (baskets, _) = read(batch([("key", large), ("item", Arc::new(StringViewArray::from(vec!["b"])))])).unwrap();
    assert_eq!((baskets.len(), baskets.entries()), (1, 2));
    assert_eq!(LongReader::new("key", "item").read_arrow_60([]).unwrap().0.len(), 0);
    let zone = TimestampSecondArray::from(vec![0]).with_timezone("UTC");
    assert_eq!(zone.data_type(), &DataType::Timestamp(TimeUnit::Second, Some("UTC".into())));
}
