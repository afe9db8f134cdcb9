//! What is written as CSV, JSON lines and PMML reads back.

use std::collections::BTreeMap;
use std::io;

use itemset::io::{
    CsvWriter, ItemsetRow, JsonLinesWriter, PmmlWriter, RuleColumn, RuleRow, read_itemsets_csv,
    read_itemsets_json_lines, read_rules_csv, read_rules_json_lines,
};
use itemset::{
    Consequents, Error, ErrorKind, FrequentItemsets, Measure, MinSupport, Miner, Redundancy, Rules, Transactions,
};
use proptest::prelude::*;

/// Text with everything in it that has a meaning somewhere.
fn label() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            ";", "\\", ",", "\"", "\n", "\r", "\r\n", "\t", " ", "=>", "->", "[", "]", "{", "}", "(", ")", "<", ">",
            "&", "&amp;", "]]>", "'", "#", "😀", "é", "\u{feff}", "\u{a0}", "\u{2028}", "\u{85}", "a", "beer", "inf", "7",
        ])
        .prop_map(str::to_string),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Baskets of some of up to six labels, among them the empty one and control characters.
fn baskets() -> impl Strategy<Value = Transactions<String>> {
    let rows = prop::collection::vec(prop::collection::vec(0..6usize, 0..6), 1..12);
    (prop::collection::vec(label(), 6), rows).prop_map(|(labels, rows)| {
        let rows = rows.into_iter().map(|row| row.into_iter().map(|item| labels[item].clone()).collect::<Vec<_>>());
        Transactions::from_rows(rows).unwrap()
    })
}

fn found(baskets: &Transactions<String>) -> (FrequentItemsets<String>, Rules<String>, Vec<Redundancy>) {
    let itemsets = Miner::new().min_support(MinSupport::count(1)).threads(1).mine(baskets).unwrap();
    let rules = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any).antecedent_len(0..);
    let rules = rules.generate().unwrap();
    let redundancy = rules.redundancy(&itemsets).unwrap();
    (itemsets, rules, redundancy)
}

fn owned<'a>(labels: impl Iterator<Item = &'a String>) -> Vec<String> {
    labels.cloned().collect()
}

fn all<T>(rows: impl Iterator<Item = Result<T, Error>>) -> Vec<T> {
    rows.map(Result::unwrap).collect()
}

fn text(written: Vec<u8>) -> String {
    String::from_utf8(written).unwrap()
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
        assert_eq!(row.values.len(), RuleColumn::all().count());
        for (&(column, value), expected) in row.values.iter().zip(RuleColumn::all()) {
            let written = column.value(rule, Some(redundancy)).unwrap();
            assert_eq!((column, value.to_bits()), (expected, written.to_bits()), "{column} {value} {written}");
            assert_eq!(row.value(column), Some(value));
        }
    }
}

proptest! {
    #[test]
    fn rows_read_back(baskets in baskets()) {
        let (itemsets, rules, redundancy) = found(&baskets);
        let compared = || rules.iter().zip(redundancy.iter().copied());
        let (csv, json) = (CsvWriter::new().columns(RuleColumn::all()), JsonLinesWriter::new().columns(RuleColumn::all()));

        let mut written = [(); 4].map(|()| Vec::new());
        csv.write_itemsets(&itemsets, &mut written[0]).unwrap();
        csv.write_compared_rules(compared(), &mut written[1]).unwrap();
        json.write_itemsets(&itemsets, &mut written[2]).unwrap();
        json.write_compared_rules(compared(), &mut written[3]).unwrap();
        check_itemsets(&all(read_itemsets_csv(&written[0][..]).unwrap()), &itemsets);
        check_rules(&all(read_rules_csv(&written[1][..]).unwrap()), &rules, &redundancy);
        check_itemsets(&all(read_itemsets_json_lines(&written[2][..])), &itemsets);
        check_rules(&all(read_rules_json_lines(&written[3][..])), &rules, &redundancy);
        // A line break in a label does not make a line of JSON.
        prop_assert_eq!(written[3].iter().filter(|&&byte| byte == b'\n').count(), rules.len());

        let streamed = |sink: itemset::io::RowSink<&mut Vec<u8>>| {
            let mut sink = sink;
            let miner = Miner::new().min_support(MinSupport::count(1)).threads(1);
            assert!(miner.stream(&baskets, &mut sink).unwrap().is_complete());
            sink.finish().unwrap();
        };
        let mut as_found = [Vec::new(), Vec::new()];
        streamed(csv.sink(baskets.len() as u64, &mut as_found[0]));
        streamed(json.sink(baskets.len() as u64, &mut as_found[1]));
        prop_assert_eq!(&as_found[0], &written[0]);
        prop_assert_eq!(&as_found[1], &written[2]);
    }

    #[test]
    fn pmml_reads_back(baskets in baskets()) {
        let (itemsets, rules, _) = found(&baskets);
        let fits = |label: &String| label.chars().all(|char| {
            matches!(char, '\t' | '\n' | '\r') || (char >= ' ' && !matches!(char, '\u{fffe}' | '\u{ffff}'))
        });
        let mut written = Vec::new();
        let done = PmmlWriter::new().write_rules(&rules, &mut written);
        if !rules.iter().all(|rule| rule.antecedent().chain(rule.consequent()).all(fits)) {
            let error = done.unwrap_err();
            let is_unfit = |error: &io::Error| error.kind() == io::ErrorKind::InvalidData;
            prop_assert!(matches!(error.kind(), ErrorKind::Io(error) if is_unfit(error)), "{}", error);
            prop_assert!(written.is_empty());
            return Ok(());
        }
        done.unwrap();
        let written = text(written);
        let model = Model::of(&written);
        prop_assert_eq!(model.rules.len(), rules.len());
        for ((antecedent, consequent, values), rule) in model.rules.iter().zip(&rules) {
            prop_assert_eq!(&antecedent.0, &owned(rule.antecedent()));
            prop_assert_eq!(&consequent.0, &owned(rule.consequent()));
            let expected = [rule.support(), rule.confidence(), rule.lift(), rule.leverage()];
            prop_assert_eq!(values.map(f64::to_bits), expected.map(f64::to_bits));
            let counts = rule.counts();
            prop_assert_eq!(antecedent.1, counts.n_x() as f64 / counts.n() as f64);
            prop_assert_eq!(consequent.1, counts.n_y() as f64 / counts.n() as f64);
        }

        let mut written = Vec::new();
        PmmlWriter::new().write_itemsets(&itemsets, &mut written).unwrap();
        let written = text(written);
        let model = Model::of(&written);
        let expected = itemsets.iter().map(|itemset| (owned(itemset.iter()), itemset.support()));
        prop_assert!(model.itemsets.values().cloned().eq(expected));
    }
}

/// What a PMML document says.
struct Model {
    /// By id.
    itemsets: BTreeMap<u64, (Vec<String>, f64)>,
    #[expect(clippy::type_complexity, reason = "it is read once")]
    rules: Vec<((Vec<String>, f64), (Vec<String>, f64), [f64; 4])>,
}

impl Model {
    /// Reads a document, and checks what the schema requires.
    fn of(text: &str) -> Self {
        let document = roxmltree::Document::parse(text).unwrap();
        let root = document.root_element();
        assert_eq!((root.tag_name().name(), root.attribute("version")), ("PMML", Some("4.4")));
        assert!(
            document
                .descendants()
                .filter(|node| node.is_element())
                .all(|node| { node.tag_name().namespace() == Some("http://www.dmg.org/PMML-4_4") })
        );
        let elements = |node: roxmltree::Node<'_, '_>| {
            let names = node.children().filter(|node| node.is_element()).map(|node| node.tag_name().name().to_string());
            let mut names: Vec<_> = names.collect();
            names.dedup();
            names
        };
        assert_eq!(elements(root), ["Header", "DataDictionary", "AssociationModel"]);
        let model = root.children().find(|node| node.has_tag_name(("http://www.dmg.org/PMML-4_4", "AssociationModel")));
        let model = model.unwrap();
        let order = ["MiningSchema", "Item", "Itemset", "AssociationRule"];
        let mut places = elements(model).into_iter().map(|name| order.iter().position(|&one| one == name).unwrap());
        assert!(places.by_ref().is_sorted());
        assert_eq!(model.attribute("functionName"), Some("associationRules"));

        let named = |name: &'static str| model.children().filter(move |node| node.tag_name().name() == name);
        let count = |node: roxmltree::Node<'_, '_>, name| node.attribute(name).unwrap().parse::<u64>().unwrap();
        // Decimals have no exponent.
        let number = |node: roxmltree::Node<'_, '_>, name| {
            let text = node.attribute(name).unwrap();
            assert!(!text.contains('e') || matches!(name, "lift" | "leverage"), "{name} {text}");
            text.parse::<f64>().unwrap()
        };
        let items: BTreeMap<u64, String> =
            named("Item").map(|item| (count(item, "id"), item.attribute("value").unwrap().to_string())).collect();
        let itemsets: BTreeMap<u64, (Vec<String>, f64)> = named("Itemset")
            .map(|itemset| {
                let references = itemset.children().filter(|node| node.is_element());
                let labels: Vec<String> = references.map(|node| items[&count(node, "itemRef")].clone()).collect();
                assert_eq!(count(itemset, "numberOfItems"), labels.len() as u64);
                (count(itemset, "id"), (labels, number(itemset, "support")))
            })
            .collect();
        let rules: Vec<_> = named("AssociationRule")
            .map(|rule| {
                let side = |name| itemsets[&count(rule, name)].clone();
                let values = ["support", "confidence", "lift", "leverage"].map(|name| number(rule, name));
                (side("antecedent"), side("consequent"), values)
            })
            .collect();
        let numbers = ["numberOfItems", "numberOfItemsets", "numberOfRules"].map(|name| count(model, name) as usize);
        assert_eq!(numbers, [items.len(), itemsets.len(), rules.len()]);
        let min = |name| number(model, name);
        assert!(rules.iter().all(|(.., [support, confidence, ..])| {
            *support >= min("minimumSupport") && *confidence >= min("minimumConfidence")
        }));
        Model { itemsets, rules }
    }
}

#[test]
fn pmml_of_nothing_knows_the_baskets() {
    let baskets = Transactions::from_rows([vec!["beer"], vec![]]).unwrap();
    let none = Miner::new().min_support(1.0).mine(&baskets).unwrap();
    let mut written = Vec::new();
    PmmlWriter::new().basket_count(2).write_itemsets(&none, &mut written).unwrap();
    let written = text(written);
    assert!(written.contains(" numberOfTransactions=\"2\" numberOfItems=\"0\""));
    assert!(Model::of(&written).itemsets.is_empty());
}

#[test]
fn redundancy_is_needed_where_it_is_asked_for() {
    let baskets = Transactions::from_rows([["beer", "diapers"]]).unwrap();
    let rules = Miner::new().rules(&baskets).unwrap();
    for error in [
        CsvWriter::new().columns([RuleColumn::Boost]).write_rules(&rules, Vec::new()).unwrap_err(),
        JsonLinesWriter::new().columns([RuleColumn::Boost]).write_rules(&rules, Vec::new()).unwrap_err(),
    ] {
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { setting: "columns", .. }));
        assert!(error.to_string().contains("boost") && error.to_string().contains("write_compared_rules"), "{error}");
    }
    let mut written = Vec::new();
    CsvWriter::new().columns([Measure::Lift, Measure::Lift]).write_rules(&rules, &mut written).unwrap();
    assert!(text(written).starts_with("antecedent,consequent,n,n_x,n_y,n_xy,lift\n"));
}

#[test]
fn damaged_rows_are_refused_with_their_line() {
    let rules = "antecedent,consequent,n,n_x,n_y,n_xy,lift\na,b,4,2,2,1,1\n";
    let words = |error: &Error, line: u64, word: &str| {
        assert!(matches!(error.kind(), ErrorKind::Malformed { line: at, .. } if *at == line), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    };
    assert_eq!(all(read_rules_csv(rules.as_bytes()).unwrap()).len(), 1);
    for (header, word) in [
        ("", "antecedent,consequent"),
        ("antecedent,consequent,n,n_x,n_y\n", "n_xy"),
        ("antecedent,consequent,n,n_x,n_y,n_xy,elevation\n", "elevation"),
        ("antecedent,consequent,n,n_x,n_y,n_xy,lift,lift\n", "twice"),
    ] {
        words(&read_rules_csv(header.as_bytes()).err().unwrap(), 1, word);
    }
    words(&read_itemsets_csv(rules.as_bytes()).err().unwrap(), 1, "items,count,support");
    for (row, word) in [
        ("a,b,4,2,2,1", "6 fields"),
        ("a,b,4,2,2,1,NaN", "lift"),
        ("a,b,4,2,2,1,", "lift"),
        ("a,b,4,2,-2,1,1", "n_y"),
        ("a,b,4,2,2,3,1", "n_xy"),
    ] {
        let text = format!("{rules}{row}\n");
        let mut read = read_rules_csv(text.as_bytes()).unwrap();
        assert!(read.next().unwrap().is_ok());
        words(&read.next().unwrap().unwrap_err(), 3, word);
    }
    let line = r#"{"items":["a"],"count":1,"support":"-inf"}"#;
    for (damaged, word) in [
        ("[1]", "object"),
        ("{", "object"),
        (r#"{"items":[],"support":1}"#, "count"),
        (r#"{"items":["a",1],"count":1,"support":1}"#, "items"),
        (r#"{"items":["a"],"count":1.5,"support":1}"#, "count"),
        (r#"{"items":["a"],"count":1,"support":"0.5"}"#, "support"),
        (r#"{"items":["a"],"count":1,"support":1,"n":3}"#, "\"n\""),
    ] {
        let text = format!("{line}\n\n{damaged}\n");
        let mut read = read_itemsets_json_lines(text.as_bytes());
        assert_eq!(read.next().unwrap().unwrap().support, f64::NEG_INFINITY);
        words(&read.next().unwrap().unwrap_err(), 3, word);
    }
    let rule = r#"{"antecedent":["a"],"consequent":["b"],"n":4,"n_x":2,"n_y":2,"n_xy":3}"#;
    words(&read_rules_json_lines(rule.as_bytes()).next().unwrap().unwrap_err(), 1, "n_xy");
}
