//! A column per item or attribute: the same rows as CSV, as record batches and as Parquet files.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float32Array, Int16Array, RecordBatch};
use itemset::io::{AttributesReader, OneHotReader};
use proptest::prelude::*;

use crate::table::{Column, all_right, batches, comparable, csv, dictionary_of, parquet, properties, stored};

fn value() -> impl Strategy<Value = Option<&'static str>> {
    let values = [
        None,
        Some(""),
        Some("0"),
        Some("1"),
        Some(" X "),
        Some("no"),
        Some("NA"),
        Some("2.5"),
        Some("maybe"),
        Some("-1"),
    ];
    prop::sample::select(values.to_vec())
}

proptest! {
    #[test]
    fn the_same_rows_give_the_same_baskets_and_report(
        first in prop::collection::vec(value(), 1..50),
        second in prop::collection::vec(value(), 50),
        numbers in prop::collection::vec(prop::option::of(-1..3i64), 50),
        weights in prop::collection::vec(prop::option::weighted(0.95, 0..3i64), 50),
        stored in prop::collection::vec(stored(), 3),
        rows in 1..30usize,
        (nulls, words, weighs, lenient, case_fold) in any::<(bool, bool, bool, bool, bool)>(),
        properties in properties(),
    ) {
        let len = first.len();
        let columns = [
            Column::texts("Beer", first),
            Column::numbers("wipes", numbers.into_iter().take(len)),
            Column::texts(" chips ", second.into_iter().take(len)),
            Column::numbers("n", weights.into_iter().take(len)),
        ];
        let (text, table) = (csv(&columns), batches(&columns, &stored, rows));
        let file = parquet(&table, properties);
        let mut one_hot = OneHotReader::new().lenient(lenient).case_fold(case_fold);
        let mut attributes = AttributesReader::new().lenient(lenient).case_fold(case_fold);
        if nulls {
            (one_hot, attributes) = (one_hot.null("NA").null("maybe").null("-1"), attributes.null("NA").null("-1"));
        }
        if words {
            (one_hot, attributes) = (one_hot.true_words(["2.5", "1"]), attributes.only(["n", "chips"]));
        }
        match weighs {
            true => (one_hot, attributes) = (one_hot.weight("n"), attributes.weight("n")),
            false => (one_hot, attributes) = (one_hot.not_items(["n"]), attributes.not_items(["wipes"])),
        }
        let expected = comparable(one_hot.read_with_report(text.as_bytes()));
        let read = comparable(one_hot.read_arrow_60(all_right(table.clone())));
        prop_assert_eq!(&read, &expected);
        prop_assert_eq!(dictionary_of(&read), dictionary_of(&expected));
        prop_assert_eq!(&comparable(one_hot.read_parquet(&file[..])), &expected);
        let expected = comparable(attributes.read_with_report(text.as_bytes()));
        let read = comparable(attributes.read_arrow_60(all_right(table)));
        prop_assert_eq!(&read, &expected);
        prop_assert_eq!(dictionary_of(&read), dictionary_of(&expected));
        prop_assert_eq!(&comparable(attributes.read_parquet(&file[..])), &expected);
    }

    #[test]
    fn truth_values_and_numbers_are_those_of_text(rows in prop::collection::vec(any::<[bool; 3]>(), 1..30), start in 0..30usize) {
        let text: String = std::iter::once("a,b,c\n".to_string())
            .chain(rows.iter().skip(start).map(|[a, b, c]| format!("{a},{},{}\n", u8::from(*b), f32::from(u8::from(*c)))))
            .collect();
        let arrays: [ArrayRef; 3] = [
            Arc::new(rows.iter().map(|row| Some(row[0])).collect::<BooleanArray>()),
            Arc::new(rows.iter().map(|row| Some(i16::from(row[1]))).collect::<Int16Array>()),
            Arc::new(rows.iter().map(|row| Some(f32::from(u8::from(row[2])))).collect::<Float32Array>()),
        ];
        let start = start.min(rows.len());
        let sliced = ["a", "b", "c"].into_iter().zip(arrays).map(|(name, array)| (name, array.slice(start, array.len() - start)));
        let batch = RecordBatch::try_from_iter(sliced).unwrap();
        let read = comparable(OneHotReader::new().read_arrow_60([Ok(batch)]));
        prop_assert_eq!(read, comparable(OneHotReader::new().read_with_report(text.as_bytes())));
    }
}
