//! Line items: the same rows as CSV, as record batches and as Parquet files.

use itemset::io::{LongReader, ReadOptions, Trim};
use proptest::prelude::*;

use crate::table::{Column, all_right, batches, comparable, csv, dictionary_of, parquet, properties, stored};

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
