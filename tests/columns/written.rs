//! What is written as record batches and Parquet reads back.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Schema};
use itemset::io::arrow_60::{compared_rule_batches, itemset_batches, read_itemsets, read_rules, rule_batches};
use itemset::io::{
    ItemsetRow, ListReader, ParquetWriter, RuleColumn, RuleRow, read_itemsets_parquet, read_rules_parquet,
};
use itemset::{
    Consequents, Error, ErrorKind, FrequentItemsets, Measure, MinSupport, Miner, Redundancy, Rules, Transactions,
};
use proptest::prelude::*;

use crate::table::all_right;

/// Labels with everything in them that has a meaning somewhere.
fn label() -> impl Strategy<Value = String> {
    let pieces = vec![";", "\\", ",", "\"", "\n", "\r\n", "\0", " ", "[", "]", "😀", "é", "\u{feff}", "a", "beer", "7"];
    prop::collection::vec(prop::sample::select(pieces), 0..5).prop_map(|pieces| pieces.concat())
}

fn baskets() -> impl Strategy<Value = Transactions<String>> {
    let rows = prop::collection::vec(prop::collection::vec(0..6usize, 0..6), 1..12);
    (prop::collection::vec(label(), 6), rows).prop_map(|(labels, rows)| {
        let rows = rows.into_iter().map(|row| row.into_iter().map(|item| labels[item].clone()).collect::<Vec<_>>());
        Transactions::from_rows(rows).unwrap()
    })
}

fn miner() -> Miner {
    Miner::new().min_support(MinSupport::count(1)).threads(1)
}

fn found(baskets: &Transactions<String>) -> (FrequentItemsets<String>, Rules<String>, Vec<Redundancy>) {
    let itemsets = miner().mine(baskets).unwrap();
    let rules = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any).antecedent_len(0..);
    let rules = rules.generate().unwrap();
    let redundancy = rules.redundancy(&itemsets).unwrap();
    (itemsets, rules, redundancy)
}

fn all<T>(rows: impl Iterator<Item = Result<T, Error>>) -> Vec<T> {
    rows.map(Result::unwrap).collect()
}

fn owned<'a>(labels: impl Iterator<Item = &'a String>) -> Vec<String> {
    labels.cloned().collect()
}

fn check_itemsets(read: &[ItemsetRow], itemsets: &FrequentItemsets<String>) {
    assert_eq!(read.len(), itemsets.len());
    for (row, itemset) in read.iter().zip(itemsets) {
        assert_eq!((&row.items, row.count), (&owned(itemset.iter()), itemset.count()));
        assert_eq!(row.support.to_bits(), itemset.support().to_bits());
    }
}

fn check_rules(read: &[RuleRow], rules: &Rules<String>, redundancy: &[Redundancy]) {
    assert_eq!(read.len(), rules.len());
    for ((row, rule), redundancy) in read.iter().zip(rules).zip(redundancy) {
        assert_eq!((&row.antecedent, &row.consequent), (&owned(rule.antecedent()), &owned(rule.consequent())));
        assert_eq!(row.counts, rule.counts());
        for (&(column, value), expected) in row.values.iter().zip(RuleColumn::all()) {
            let written = column.value(rule, Some(redundancy)).unwrap();
            assert_eq!((column, value.to_bits()), (expected, written.to_bits()), "{column} {value} {written}");
        }
    }
}

proptest! {
    #[test]
    fn rows_read_back(baskets in baskets()) {
        let (itemsets, rules, redundancy) = found(&baskets);
        let compared = || rules.iter().zip(redundancy.iter().copied());
        let writer = ParquetWriter::new().columns(RuleColumn::all());
        let (mut first, mut second, mut streamed) = (Vec::new(), Vec::new(), Vec::new());
        writer.write_itemsets(&itemsets, &mut first).unwrap();
        writer.write_compared_rules(compared(), &mut second).unwrap();
        check_itemsets(&all(read_itemsets_parquet(&first[..]).unwrap()), &itemsets);
        check_rules(&all(read_rules_parquet(&second[..]).unwrap()), &rules, &redundancy);
        let mut sink = writer.sink(baskets.len() as u64, &mut streamed).unwrap();
        prop_assert!(miner().stream(&baskets, &mut sink).unwrap().is_complete());
        sink.finish().unwrap();
        prop_assert_eq!(&streamed, &first);

        let batches = all(itemset_batches(&itemsets));
        check_itemsets(&all(read_itemsets(all_right(batches.clone()))), &itemsets);
        let rule_batches = all(compared_rule_batches(compared(), RuleColumn::all()));
        check_rules(&all(read_rules(all_right(rule_batches))), &rules, &redundancy);
        // Itemsets are lists of labels, that is baskets.
        let has_label = |itemset: &itemset::Itemset<'_, String>| itemset.iter().any(|label| !label.is_empty());
        let has_nul = itemsets.iter().any(|itemset| itemset.iter().any(|label| label.contains('\0')));
        if !has_nul {
            let (lists, _) = ListReader::new("items").weight("count").trim(itemset::io::Trim::None).read_parquet(&first[..]).unwrap();
            let expected: u64 = itemsets.iter().filter(has_label).map(|itemset| itemset.count()).sum();
            prop_assert_eq!(lists.len() as u64, expected);
        }
    }
}

#[test]
fn columns_have_the_names_and_types_of_the_contract() {
    let baskets = Transactions::from_rows([vec!["beer", "diapers"], vec!["beer", "diapers"], vec!["wipes"]]).unwrap();
    let rules = miner().rules(&baskets).unwrap();
    let batches = all(rule_batches(&rules, [Measure::Lift, Measure::Conviction, Measure::Lift]).unwrap());
    let schema = batches[0].schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| &field.name()[..]).collect();
    assert_eq!(names, ["antecedent", "consequent", "n", "n_x", "n_y", "n_xy", "lift", "conviction"]);
    let lists = schema.fields()[..2]
        .iter()
        .all(|field| matches!(field.data_type(), DataType::List(element) if element.data_type() == &DataType::Utf8));
    assert!(lists && schema.fields().iter().all(|field| !field.is_nullable()));
    assert!(schema.fields()[2..6].iter().all(|field| field.data_type() == &DataType::UInt64));
    assert!(schema.fields()[6..].iter().all(|field| field.data_type() == &DataType::Float64));
    let conviction = batches[0].column(7).as_any().downcast_ref::<Float64Array>().unwrap();
    assert_eq!(conviction.value(0), f64::INFINITY);
    let error = rule_batches(&rules, [RuleColumn::Boost]).err().unwrap();
    assert!(error.to_string().contains("boost"), "{error}");
    let error = ParquetWriter::new().columns([RuleColumn::Boost]).write_rules(&rules, Vec::new()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }));
}

#[test]
fn nothing_is_a_file_with_columns() {
    let none: Transactions<String> = Transactions::from_rows(Vec::<Vec<String>>::new()).unwrap();
    let (itemsets, rules, _) = found(&none);
    assert_eq!(all(itemset_batches(&itemsets)).iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [0]);
    let mut file = Vec::new();
    ParquetWriter::new().write_rules(&rules, &mut file).unwrap();
    assert_eq!(read_rules_parquet(&file[..]).unwrap().count(), 0);
    assert!(read_itemsets_parquet(&file[..]).err().unwrap().to_string().contains("expected the columns items"));
}

#[test]
fn many_rows_are_many_batches_in_few_row_groups() {
    let baskets = Transactions::from_rows([(0..15).map(|item| format!("item {item}"))]).unwrap();
    let itemsets = miner().mine(&baskets).unwrap();
    let batches = all(itemset_batches(&itemsets));
    assert_eq!(batches.len(), itemsets.len().div_ceil(8192));
    let mut file = Vec::new();
    ParquetWriter::new().write_itemsets(&itemsets, &mut file).unwrap();
    check_itemsets(&all(read_itemsets_parquet(&file[..]).unwrap()), &itemsets);
    check_itemsets(&all(read_itemsets(all_right(batches))), &itemsets);
}

/// Fails after some bytes.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn failures_to_write_are_those_of_the_system() {
    let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]]).unwrap();
    let itemsets = miner().mine(&baskets).unwrap();
    for room in [0, 3, 4, 50, 200] {
        let error = ParquetWriter::new().write_itemsets(&itemsets, Full(room)).unwrap_err();
        let ErrorKind::Io(error) = error.kind() else { panic!("{error}") };
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}

#[test]
fn values_that_are_missing_or_wrong_are_told_with_their_row() {
    let baskets = Transactions::from_rows([["beer", "diapers"], ["beer", "diapers"]]).unwrap();
    let rules = miner().rules(&baskets).unwrap();
    let [batch] = &all(rule_batches(&rules, [Measure::Lift]).unwrap())[..] else { panic!("one batch") };
    let with = |place: usize, column: ArrayRef| {
        let schema = batch.schema();
        let fields = schema.fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).enumerate();
        let fields: Vec<_> = fields
            .map(|(at, field)| if at == place { field.with_data_type(column.data_type().clone()) } else { field })
            .collect();
        let mut columns = batch.columns().to_vec();
        columns[place] = column;
        let changed = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        read_rules([Ok(changed)]).find_map(Result::err).unwrap().to_string()
    };
    assert_eq!(
        with(6, Arc::new(Float64Array::from(vec![Some(1.0), None]))),
        "row 2: column 7, \"lift\", is missing, expected a number of 64 bits"
    );
    assert_eq!(
        with(2, Arc::new(Float64Array::from(vec![1.0, 2.0]))),
        "row 1: column 3, \"n\", is Float64, expected a whole number of baskets"
    );
    assert!(with(2, Arc::new(UInt64Array::from(vec![1, 1]))).starts_with("row 1: "));
    assert!(
        with(0, Arc::new(UInt64Array::from(vec![1, 1])))
            .contains("column 1, \"antecedent\", is UInt64, expected a list of texts")
    );
}
