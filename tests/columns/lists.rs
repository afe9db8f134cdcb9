//! Lists: the same baskets as JSON lines, as every kind of list, and as Parquet files.

use std::sync::Arc;

use arrow_array::builder::{
    FixedSizeListBuilder, Int32Builder, LargeListBuilder, ListBuilder, StringDictionaryBuilder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int64Array, LargeListViewArray, ListArray, ListViewArray, RecordBatch};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::Field;
use itemset::io::{JsonLinesReader, ListReader};
use proptest::prelude::*;

use crate::table::{Stored, all_right, comparable, dictionary_of, parquet, properties, stored};

type Lists = Vec<Option<Vec<Option<String>>>>;

fn lists() -> impl Strategy<Value = Lists> {
    let items = [
        None,
        Some(""),
        Some("NA"),
        Some("beer"),
        Some(" Beer"),
        Some("a,\"b"),
        Some("two\nlines"),
        Some("🍺"),
        Some("a label of more than eight bytes"),
    ];
    let item = prop::sample::select(items.to_vec()).prop_map(|item| item.map(str::to_string));
    prop::collection::vec(prop::option::weighted(0.9, prop::collection::vec(item, 0..6)), 1..40)
}

/// Lists back to back, with something before, after and below the ones that are null.
fn list_array(lists: &Lists, stored: Stored) -> ListArray {
    let mut elements = vec![Some("before".to_string())];
    let mut offsets = vec![1];
    for list in lists {
        match list {
            Some(list) => elements.extend(list.iter().cloned()),
            None => elements.push(Some("below".to_string())),
        }
        offsets.push(elements.len() as i32);
    }
    elements.push(Some("after".to_string()));
    let elements = stored.array(&elements);
    let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let nulls: NullBuffer = lists.iter().map(Option::is_some).collect();
    ListArray::new(field, OffsetBuffer::new(offsets.into()), elements, Some(nulls))
}

/// The same lists in the opposite order of elements.
fn views(lists: &ListArray) -> (ListViewArray, LargeListViewArray) {
    let reversed: Vec<ListArray> = (0..lists.len()).rev().map(|row| lists.slice(row, 1)).collect();
    let total: usize = reversed.iter().map(|list| list.value(0).len()).sum();
    let mut elements: Vec<Option<String>> = Vec::with_capacity(total);
    let (mut offsets, mut sizes) = (vec![0; lists.len()], vec![0; lists.len()]);
    for (list, row) in reversed.iter().zip((0..lists.len()).rev()) {
        let values = list.value(0);
        let values = arrow_array::cast::as_string_array(&values);
        (offsets[row], sizes[row]) = (elements.len() as i32, values.len() as i32);
        elements.extend(values.iter().map(|value| value.map(str::to_string)));
    }
    let elements = Stored::Dictionary16.array(&elements);
    let field = Arc::new(Field::new("item", elements.data_type().clone(), true));
    let wide = |numbers: &[i32]| numbers.iter().map(|&number| i64::from(number)).collect::<Vec<_>>();
    let large = LargeListViewArray::new(
        Arc::clone(&field),
        wide(&offsets).into(),
        wide(&sizes).into(),
        Arc::clone(&elements),
        lists.nulls().cloned(),
    );
    (ListViewArray::new(field, offsets.into(), sizes.into(), elements, lists.nulls().cloned()), large)
}

proptest! {
    #[test]
    fn the_same_lists_give_the_same_baskets_and_report(
        lists in lists(),
        weights in prop::collection::vec(0..4u32, 40),
        stored in stored(),
        (rows, is_weighted, case_fold) in (1..20usize, any::<bool>(), any::<bool>()),
        properties in properties(),
    ) {
        let json: String = lists.iter().zip(&weights).map(|(items, weight)| {
            serde_json::json!({ "items": items, "n": weight }).to_string() + "\n"
        }).collect();
        let mut twin = JsonLinesReader::lists("items").null("NA").case_fold(case_fold);
        let mut reader = ListReader::new("items").null("NA").case_fold(case_fold);
        if is_weighted {
            (twin, reader) = (twin.weight("n"), reader.weight("n"));
        }
        let expected = comparable(twin.read_with_report(json.as_bytes()));
        let plain = list_array(&lists, Stored::Plain);
        let (view, large_view) = views(&plain);
        let large: ArrayRef = Arc::new(large_lists(&lists));
        let numbers: ArrayRef = Arc::new(weights[..lists.len()].iter().map(|&weight| Some(i64::from(weight))).collect::<Int64Array>());
        for array in [Arc::new(list_array(&lists, stored)) as ArrayRef, Arc::new(view), Arc::new(large_view), large] {
            let batches: Vec<RecordBatch> = (0..lists.len()).step_by(rows).map(|start| {
                let len = rows.min(lists.len() - start);
                let columns = [("n", numbers.slice(start, len), true), ("items", array.slice(start, len), true)];
                RecordBatch::try_from_iter_with_nullable(columns).unwrap()
            }).collect();
            let read = comparable(reader.read_arrow_60(all_right(batches)));
            prop_assert_eq!(&read, &expected);
            prop_assert_eq!(dictionary_of(&read), dictionary_of(&expected));
        }
        let columns = [("items", Arc::new(list_array(&lists, stored)) as ArrayRef, true), ("n", numbers, true)];
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        let file = parquet(&[batch], properties);
        prop_assert_eq!(&comparable(reader.read_parquet(&file[..])), &expected);
    }
}

fn large_lists(lists: &Lists) -> arrow_array::LargeListArray {
    let mut builder = LargeListBuilder::new(StringDictionaryBuilder::<Int32Type>::new());
    for list in lists {
        builder.append_option(list.as_ref().map(|list| list.iter().map(Option::as_deref)));
    }
    builder.finish()
}

#[test]
fn lists_of_one_length_and_of_numbers() {
    let mut builder = FixedSizeListBuilder::new(Int32Builder::new(), 2);
    for (row, is_there) in [([7, 8], true), ([7, 7], true), ([1, 2], false), ([8, 9], true)] {
        builder.values().append_slice(&row);
        builder.append(is_there);
    }
    let array = builder.finish();
    let batch = RecordBatch::try_from_iter([("items", Arc::new(array.slice(1, 3)) as ArrayRef)]).unwrap();
    let (baskets, report) = ListReader::new(1).read_arrow_60([Ok(batch)]).unwrap();
    assert_eq!(baskets.dictionary().labels(), ["7", "8", "9"]);
    assert_eq!((baskets.len(), report.empty_rows, report.duplicates), (2, 1, 1));

    let mut builder = ListBuilder::new(Int32Builder::new());
    // A list that is longer than what is looked up together.
    (0..20_000).for_each(|item| builder.values().append_value(item % 10_000));
    builder.append(true);
    builder.append_value([Some(3)]);
    let batch = RecordBatch::try_from_iter([("items", Arc::new(builder.finish()) as ArrayRef)]).unwrap();
    let (baskets, report) = ListReader::new("items").read_arrow_60([Ok(batch)]).unwrap();
    assert_eq!((baskets.len(), baskets.entries(), report.duplicates), (2, 10_001, 10_000));
}
