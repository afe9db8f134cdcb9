//! Line items: the same rows as CSV, as record batches and as Parquet files.

use itemset::io::{LongReader, ReadOptions, Trim};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use crate::table::{Column, Stored, all_right, batches, comparable, csv, dictionary_of, parquet, properties, stored};

fn keys() -> impl Strategy<Value = Vec<Option<&'static str>>> {
    let keys =
        [None, Some(""), Some("1"), Some(" 1\t"), Some("2"), Some("C3"), Some("c4"), Some("NA"), Some("long key of 5")];
    prop::collection::vec(prop::sample::select(keys.to_vec()), 1..60)
}

fn items() -> impl Strategy<Value = Option<&'static str>> {
    let items = [
        None,
        Some(""),
        Some(" "),
        Some("NA"),
        Some("beer"),
        Some(" Beer "),
        Some("BEER"),
        Some("a,b"),
        Some("\"q\""),
        Some("two\nlines"),
        Some("🍺"),
        Some("\u{a0}wide\u{3000}"),
        Some("a label of more than eight bytes"),
    ];
    prop::sample::select(items.to_vec())
}

fn quantities() -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.9, prop::sample::select(vec![-1, 0, 1, 2, 3, i64::MAX]))
}

proptest! {
    #[test]
    fn the_same_rows_give_the_same_baskets_and_report(
        keys in keys(),
        items in prop::collection::vec(items(), 60),
        (second, quantity) in (prop::collection::vec(prop::option::of(0..3i64), 60), prop::collection::vec(quantities(), 60)),
        stored in prop::collection::vec(stored(), 3),
        (rows, sliced) in (1..30usize, 1..30usize),
        (has_second, has_quantity, keeps, excludes) in any::<(bool, bool, bool, bool)>(),
        (nulls, case_fold, unicode) in any::<(bool, bool, bool)>(),
        properties in properties(),
    ) {
        let len = keys.len();
        let columns = [
            Column::texts("order", keys),
            Column::numbers("line", second.into_iter().take(len)),
            Column::texts("item", items.into_iter().take(len)),
            Column::numbers("n", quantity.into_iter().take(len)),
        ];
        let mut reader = LongReader::new("order", "item").keep_returns(keeps);
        if has_second {
            reader = reader.and_basket("line");
        }
        if has_quantity {
            reader = reader.quantity("n");
        }
        if excludes {
            reader = reader.exclude_baskets("C*".parse().unwrap());
        }
        let mut options = ReadOptions::new().case_fold(case_fold);
        if nulls {
            options = options.null("NA").null("2");
        }
        if unicode {
            options = options.trim(Trim::Unicode);
        }
        let reader = reader.options(options);
        let expected = comparable(reader.read_with_report(csv(&columns).as_bytes()));
        let one_way = batches(&columns, &stored, rows);
        let read = comparable(reader.read_arrow_60(all_right(one_way.clone())));
        prop_assert_eq!(&read, &expected);
        prop_assert_eq!(dictionary_of(&read), dictionary_of(&expected));
        let another = batches(&columns, &stored[1..], sliced);
        prop_assert_eq!(&comparable(reader.read_arrow_60(all_right(another))), &expected);
        let file = parquet(&one_way, properties);
        let read = comparable(reader.read_parquet(&file[..]));
        prop_assert_eq!(&read, &expected);
        prop_assert_eq!(dictionary_of(&read), dictionary_of(&expected));
    }
}

#[test]
fn tables_of_many_slices() {
    let rows = 60_000usize;
    let key = |row: usize| match row {
        // In order, then going back, then with gaps.
        0..30_000 => row / 7,
        30_000..40_000 => row % 5000,
        _ => row * 31 % 100_000,
    };
    let columns = [
        Column::numbers("order", (0..rows).map(|row| Some(key(row) as i64).filter(|_| row % 100 > 0))),
        Column::numbers("line", (0..rows).map(|row| Some((row / 3 % 2) as i64))),
        Column::numbers("item", (0..rows).map(|row| Some((row * row % 997) as i64).filter(|_| row % 33 > 0))),
        Column::numbers("n", (0..rows).map(|row| Some((row % 50) as i64).filter(|_| row % 77 > 0))),
    ];
    let text = csv(&columns);
    let readers = [
        LongReader::new("order", "item"),
        LongReader::new("order", "item").quantity("n").exclude_baskets("1?7*".parse().unwrap()),
        LongReader::new("order", "item").and_basket("line").quantity("n").keep_returns(true),
    ];
    let table = batches(&columns, &[Stored::Plain], 25_000);
    let file = parquet(&table, WriterProperties::builder().set_max_row_group_row_count(Some(17_000)).build());
    for reader in readers {
        let expected = comparable(reader.read_with_report(text.as_bytes()));
        let read = comparable(reader.read_arrow_60(all_right(table.clone())));
        assert!(read == expected);
        assert_eq!(dictionary_of(&read), dictionary_of(&expected));
        assert!(comparable(reader.read_parquet(&file[..])) == expected);
    }
}
