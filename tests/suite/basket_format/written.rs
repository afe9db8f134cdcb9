//! What `TextWriter` writes can be split, and reads back with the same labels.

use std::collections::BTreeSet;

use itemset::io::{BasketReader, Delimiter, TextWriter};
use itemset::{Consequents, MinSupport, Miner, Transactions};
use proptest::prelude::*;

/// The places of a text outside of quotes where a pattern begins. Every quote opens or closes.
fn unquoted<'a>(text: &'a str, pattern: &'a str) -> impl Iterator<Item = usize> + 'a {
    let quotes = |at| text[..at].matches('"').count();
    text.match_indices(pattern).map(|(at, _)| at).filter(move |&at| quotes(at) % 2 == 0)
}

/// The text before and after a pattern, which is there once.
fn split_once<'a>(text: &'a str, pattern: &'a str) -> (&'a str, &'a str) {
    let places: Vec<usize> = unquoted(text, pattern).collect();
    let [at] = places[..] else { panic!("{pattern:?} is {} times in {text:?}", places.len()) };
    (&text[..at], &text[at + pattern.len()..])
}

/// The parts of a text that end with a line feed.
fn lines(text: &str) -> Vec<&str> {
    let ends: Vec<usize> = unquoted(text, "\n").collect();
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    starts.zip(&ends).map(|(start, &end)| &text[start..end]).collect()
}

fn counts(text: &str) -> Vec<u64> {
    text.strip_suffix(')').unwrap().split(' ').map(|count| count.parse().unwrap()).collect()
}

/// The labels of one side, without the help of the reader.
fn labels(side: &str, delimiter: Delimiter) -> Vec<String> {
    let delimiter = match delimiter {
        Delimiter::Char(char) => char.to_string(),
        _ => " ".to_string(),
    };
    let ends: Vec<usize> = unquoted(side, &delimiter).chain([side.len()]).collect();
    let starts = std::iter::once(0).chain(ends.iter().map(|end| end + 1));
    let fields = starts.zip(&ends).map(|(start, &end)| &side[start..end]);
    let quoted = |field: &str| Some(field.strip_prefix('"')?.strip_suffix('"')?.replace("\"\"", "\""));
    fields.map(|field| quoted(field).unwrap_or(field.to_string())).collect()
}

fn read(text: &str, delimiter: Delimiter) -> Vec<BTreeSet<String>> {
    let baskets = BasketReader::new().delimiter(delimiter).read(text.as_bytes()).unwrap();
    baskets.iter().map(|basket| basket.iter().cloned().collect()).collect()
}

/// The labels as a reader returns them: trimmed, and not empty.
fn as_read<'a>(labels: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    labels.map(|label| label.trim_ascii().to_string()).filter(|label| !label.is_empty()).collect()
}

fn delimiters() -> impl Strategy<Value = Delimiter> {
    let chars = ",;\t |:=>()[#'\\\u{1}\u{c}\u{b}".chars().map(Delimiter::Char);
    prop_oneof![Just(Delimiter::Whitespace), prop::sample::select(chars.collect::<Vec<_>>())]
}

/// Labels of all that means something in a line, or looks like it.
fn label() -> impl Strategy<Value = String> {
    let pieces = [
        " ", "\t", "\n", "\r", "\r\n", "\u{b}", "\u{c}", "\u{1}", "\"", "\"\"", ",", ";", "|", ":", "'", "\\", "=",
        ">", "=>", " => ", "(", ")", " (", "(1)", ")\n", " (1 1 1)", "[", "]", "{", "}", "#", "%", "a", "b", "milk",
        "7", "007", "\u{a0}", "\u{3000}", "\u{200b}", "\u{2028}", "\u{85}", "\u{feff}", "\u{ff0c}", "é", "牛奶", "🍺",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn itemsets_read_back(labels_of in prop::collection::btree_set(label(), 1..5), delimiter in delimiters()) {
        let baskets = Transactions::from_rows([labels_of]).unwrap();
        let itemsets = Miner::new().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
        let mut text = Vec::new();
        TextWriter::new().delimiter(delimiter).write_itemsets(&itemsets, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines = lines(&text);
        prop_assert_eq!(lines.len(), itemsets.len());
        let mut as_baskets = String::new();
        for (itemset, line) in itemsets.iter().zip(lines) {
            let (items, count) = split_once(line, " (");
            prop_assert_eq!(counts(count), [1]);
            prop_assert!(labels(items, delimiter).iter().eq(itemset.iter()));
            as_baskets += items;
            as_baskets += "\n";
        }
        // All itemsets together, as a file of baskets.
        let expected: Vec<_> =
            itemsets.iter().map(|itemset| as_read(itemset.iter())).filter(|labels| !labels.is_empty()).collect();
        prop_assert_eq!(read(&as_baskets, delimiter), expected);
    }

    /// What a reader returned is written such that it returns the same again.
    #[test]
    fn baskets_read_back_exactly(labels in prop::collection::btree_set(label(), 1..5), delimiter in delimiters()) {
        let quoted: Vec<String> = labels.iter().map(|label| format!("\"{}\"", label.replace('"', "\"\""))).collect();
        let char = if let Delimiter::Char(char) = delimiter { char } else { ' ' };
        let baskets =
            BasketReader::new().delimiter(delimiter).read(quoted.join(&char.to_string()).as_bytes()).unwrap();
        let items: BTreeSet<String> = baskets.dictionary().labels().iter().cloned().collect();
        prop_assert_eq!(items, as_read(labels.iter()));
        let whole = Miner::new().min_support(MinSupport::count(1)).mine_maximal(&baskets).unwrap();
        for itemset in &whole {
            let mut text = Vec::new();
            TextWriter::new().delimiter(delimiter).write_itemsets([itemset.clone()], &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let again = BasketReader::new().delimiter(delimiter).read(split_once(&text, " (").0.as_bytes()).unwrap();
            prop_assert!(again.dictionary().labels().iter().eq(itemset.iter()));
        }
    }

    #[test]
    fn rules_read_back(labels_of in prop::collection::btree_set(label(), 2..5), delimiter in delimiters()) {
        let baskets = Transactions::from_rows([labels_of]).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(1)).consequents(Consequents::Any);
        let rules = miner.rules(&baskets).unwrap();
        let mut text = Vec::new();
        TextWriter::new().delimiter(delimiter).write_rules(&rules, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines = lines(&text);
        prop_assert_eq!(lines.len(), rules.len());
        for (rule, line) in rules.iter().zip(lines) {
            let (sides, numbers) = split_once(line, " (");
            prop_assert_eq!(counts(numbers), [1, 1, 1]);
            let (antecedent, consequent) = split_once(sides, " => ");
            prop_assert!(labels(antecedent, delimiter).iter().eq(rule.antecedent()));
            prop_assert!(labels(consequent, delimiter).iter().eq(rule.consequent()));
            let expected = [as_read(rule.antecedent()), as_read(rule.consequent())];
            for (side, expected) in [antecedent, consequent].into_iter().zip(expected) {
                prop_assert_eq!(read(side, delimiter).pop().unwrap_or_default(), expected);
            }
        }
    }

    /// A label is quoted only if something in it calls for it.
    #[test]
    fn plain_labels_are_not_quoted(label in "[a-z0-9/.%&=>\\[\\]{}#é牛\u{a0}-]{1,8}", delimiter in delimiters()) {
        prop_assume!(!label.contains("=>"));
        prop_assume!(!matches!(delimiter, Delimiter::Char(char) if label.contains(char)));
        let baskets = Transactions::from_rows([[label.clone()]]).unwrap();
        let itemsets = Miner::new().min_support(1.0).mine(&baskets).unwrap();
        let mut text = Vec::new();
        TextWriter::new().delimiter(delimiter).write_itemsets(&itemsets, &mut text).unwrap();
        prop_assert_eq!(String::from_utf8(text).unwrap(), format!("{label} (1)\n"));
    }
}
