//! Serialised values come back equal; damaged text is an error.

use std::time::Duration;

use itemset::{
    Algorithm, ClosedItemsets, Consequents, Constraints, Contingency, Correction, CountingSink, Dictionary,
    EmptyReport, FrequentItemsets, GeneratorItemsets, Hypotheses, ItemMatch, ItemsetCounts, ItemsetList, ItemsetRows,
    Limit, MaximalItemsets, Measure, MinSupport, Miner, ObservedCounts, PValue, Partial, RuleRows, RuleSide, Rules,
    RunOptions, Transactions,
};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn round_trip_preserves_every_type(rows in databases(), min_count in 2..6u64) {
        let baskets = encode(&rows);
        let text = serde_json::to_string(&baskets).unwrap();
        prop_assert!(text.contains("\"weights\":[]"));
        prop_assert_eq!(&serde_json::from_str::<Transactions<u32>>(&text).unwrap(), &baskets);
        let miner = Miner::new().min_support(MinSupport::count(min_count)).min_confidence(0.2).consequents(Consequents::Any);
        let itemsets = miner.mine(&baskets).unwrap();
        let text = serde_json::to_string(&itemsets).unwrap();
        let back: FrequentItemsets<u32> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&back, &itemsets);
        prop_assert_eq!(back.statistics(), itemsets.statistics());
        let rules = miner.rules_of(&itemsets).unwrap();
        prop_assert_eq!(&miner.rules_of(&back).unwrap(), &rules);
        let text = serde_json::to_string(&rules).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Rules<u32>>(&text).unwrap(), &rules);
        let closed = miner.mine_closed(&baskets).unwrap();
        let back: ClosedItemsets<u32> = serde_json::from_str(&serde_json::to_string(&closed).unwrap()).unwrap();
        prop_assert_eq!(back.expand().unwrap(), itemsets);
        prop_assert_eq!(back, closed);
        let maximal = miner.mine_maximal(&baskets).unwrap();
        let back: MaximalItemsets<u32> = serde_json::from_str(&serde_json::to_string(&maximal).unwrap()).unwrap();
        prop_assert_eq!(back, maximal);
        let generators = miner.mine_generators(&baskets).unwrap();
        let back: GeneratorItemsets<u32> = serde_json::from_str(&serde_json::to_string(&generators).unwrap()).unwrap();
        prop_assert_eq!(back, generators);
        let constraints = Constraints::new().must_contain([1u32]).item_min_support(2u32, MinSupport::count(1));
        for list in [miner.search(&baskets).constraints(&constraints).collect().unwrap(), miner.search(&baskets).min_len(2).top_k(20).collect().unwrap()] {
            let back: ItemsetList<u32> = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
            let lifts = |list: &ItemsetList<u32>| list.iter().map(|itemset| itemset.lift()).collect::<Vec<_>>();
            prop_assert_eq!(lifts(&back), lifts(&list));
            prop_assert_eq!(back.statistics(), list.statistics());
            prop_assert_eq!(back, list);
        }
    }

    /// Any digit of the text may change: the result is an error or another value, never a panic.
    #[test]
    fn damaged_text_never_panics(at in any::<prop::sample::Index>(), digit in 0..10u8) {
        let baskets = Transactions::from_rows([vec!["a", "b", "c"], vec!["a", "b"], vec!["b", "c"], vec!["c"]]).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(1)).min_confidence(0.0).consequents(Consequents::Any);
        let itemsets = miner.mine(&baskets).unwrap();
        let damaged = |text: String| {
            let digits: Vec<usize> = text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at).collect();
            let mut bytes = text.into_bytes();
            bytes[*at.get(&digits)] = b'0' + digit;
            String::from_utf8(bytes).unwrap()
        };
        if let Ok(back) = serde_json::from_str::<Transactions<String>>(&damaged(serde_json::to_string(&baskets).unwrap())) {
            let _ = miner.rules(&back);
            let _ = back.summary();
        }
        if let Ok(back) = serde_json::from_str::<FrequentItemsets<String>>(&damaged(serde_json::to_string(&itemsets).unwrap())) {
            let _ = (miner.rules_of(&back), back.by_len(), back.to_string());
        }
        if let Ok(back) = serde_json::from_str::<ClosedItemsets<String>>(&damaged(serde_json::to_string(&miner.mine_closed(&baskets).unwrap()).unwrap())) {
            let all = back.expand().unwrap();
            let _ = (back.by_len(), back.to_string(), back.count_of(["a", "c"]), miner.rules_of(&all));
        }
        if let Ok(back) = serde_json::from_str::<MaximalItemsets<String>>(&damaged(serde_json::to_string(&miner.mine_maximal(&baskets).unwrap()).unwrap())) {
            let _ = (back.by_len(), back.to_string(), back.is_frequent(["a", "c"]));
        }
        if let Ok(back) = serde_json::from_str::<GeneratorItemsets<String>>(&damaged(serde_json::to_string(&miner.mine_generators(&baskets).unwrap()).unwrap())) {
            let _ = (back.by_len(), back.to_string(), back.count_of(["a", "c"]));
        }
        if let Ok(back) = serde_json::from_str::<ItemsetList<String>>(&damaged(serde_json::to_string(&miner.search(&baskets).min_len(1).top_k(9).collect().unwrap()).unwrap())) {
            let lifts: Vec<f64> = back.iter().map(|itemset| itemset.lift() * itemset.all_confidence()).collect();
            let _ = (back.by_len(), back.to_string(), lifts);
        }
        if let Ok(back) = serde_json::from_str::<Rules<String>>(&damaged(serde_json::to_string(&miner.rules_of(&itemsets).unwrap()).unwrap())) {
            let _ = back.to_string();
        }
    }
}

/// Weights come back; text without weights is read; contradictions are refused.
#[test]
fn weights_round_trip() {
    let mut builder = Transactions::builder();
    builder.push(["a", "b"]);
    builder.push_weighted(["b", "b"], 7);
    let baskets = builder.build().unwrap();
    let text = serde_json::to_string(&baskets).unwrap();
    let back: Transactions<&str> = serde_json::from_str(&text).unwrap();
    assert_eq!((&back, back.stored_rows(), back.duplicates_skipped()), (&baskets, 2, 7));
    assert_eq!(back.count_of("b"), Some(8));
    let read = |text: &str| {
        let read: Result<Transactions<String>, _> = serde_json::from_str(text);
        read.map(|baskets| (baskets.len() as u64, baskets.stored_rows())).map_err(|error| error.to_string())
    };
    assert!(text.contains(r#","weights":[1,7]"#));
    let with = |weights: &str| read(&text.replace(r#","weights":[1,7]"#, weights));
    assert_eq!(with(""), Ok((2, 2)));
    for (weights, found) in [("", (2, 2)), ("1,1", (2, 2)), ("3,4294967295", (4_294_967_298, 2))] {
        assert_eq!(with(&format!(r#","weights":[{weights}]"#)), Ok(found), "{weights}");
    }
    for weights in ["0,7", "0,0", "7", "1", "1,7,1", "1,1,1", "4294967296,1", "-1,1"] {
        assert!(with(&format!(r#","weights":[{weights}]"#)).is_err(), "{weights}");
    }
}

/// A part knows the labels of all.
#[test]
fn parts_round_trip() {
    let baskets = Transactions::from_rows([vec!["a", "b"], vec!["c"]]).unwrap();
    let (first, second) = baskets.partition(|position, _| position == 0);
    for part in [first, second] {
        let text = serde_json::to_string(&part).unwrap();
        let back: Transactions<&str> = serde_json::from_str(&text).unwrap();
        assert_eq!((&back, back.count_of("a")), (&part, part.count_of("a")));
    }
}

#[test]
fn settings_round_trip() {
    for miner in [
        Miner::new(),
        Miner::new().min_support(0.3).min_confidence(0.25).consequents(Consequents::Any).algorithm(Algorithm::FpGrowth),
        Miner::new().min_support(MinSupport::count(7)).max_len(3).threads(1).algorithm(Algorithm::Apriori),
    ] {
        let text = serde_json::to_string(&miner).unwrap();
        assert_eq!(serde_json::from_str::<Miner>(&text).unwrap(), miner);
    }
    assert_eq!(serde_json::from_str::<Miner>("{}").unwrap(), Miner::new());
    assert!(serde_json::to_string(&Miner::new().algorithm(Algorithm::FpGrowth)).unwrap().contains("\"fp-growth\""));
}

#[test]
#[cfg(feature = "random")]
fn repeated_hold_outs_are_stored() {
    use itemset::{HoldOut, Stability};

    let hold_out = HoldOut::new(0.25).splits(7).seed(3).min_support(0.1).min_confidence(0.5).alpha(0.1);
    let hold_out = hold_out.correction(Correction::BenjaminiHochberg);
    comes_back(&hold_out);
    let text = serde_json::to_string(&hold_out).unwrap();
    assert!(text.starts_with(r#"{"held_out":0.25,"splits":7,"seed":3,"min_support":{"fraction":0.1},"#), "{text}");
    assert_eq!(serde_json::from_str::<HoldOut>("{}").unwrap(), HoldOut::new(0.5));
    assert!(serde_json::from_str::<HoldOut>(r#"{"split":7}"#).is_err());
    let baskets = Transactions::from_rows((0..40).map(|n| [n % 2, 2 + n % 3])).unwrap();
    let stability = Miner::new().rules(&baskets).unwrap().stability(&baskets, &hold_out).unwrap();
    comes_back(&stability);
    assert_eq!(
        serde_json::from_str::<Stability>(r#"{"splits":3,"found":2,"confirmed":2}"#).unwrap().share(),
        2.0 / 3.0
    );
    for numbers in [[0, 0, 0], [3, 4, 0], [3, 1, 2]] {
        let [splits, found, confirmed] = numbers;
        let text = format!(r#"{{"splits":{splits},"found":{found},"confirmed":{confirmed}}}"#);
        assert!(serde_json::from_str::<Stability>(&text).unwrap_err().to_string().contains("numbers of splits"));
    }
}

/// Limits are keys like all others, and a misspelt key is an error.
#[test]
fn settings_are_flat() {
    let options = RunOptions::new().threads(1).max_memory(9).time_limit(Duration::from_secs(2));
    let text = serde_json::to_string(&options).unwrap();
    assert_eq!(text, r#"{"max_memory":9,"time_limit":{"secs":2,"nanos":0},"threads":1}"#);
    assert_eq!(serde_json::from_str::<RunOptions>(&text).unwrap(), options);
    let miner = Miner::new().run_options(options.clone());
    assert_eq!(miner.options(), &options);
    assert_eq!(serde_json::from_str::<Miner>(&text).unwrap(), miner);
    assert!(serde_json::to_string(&miner).unwrap().contains(&text[1..text.len() - 1]));
    assert!(serde_json::from_str::<Miner>(r#"{"max_memroy":9}"#).is_err());
    assert!(serde_json::from_str::<RunOptions>(r#"{"thread":1}"#).is_err());
}

fn comes_back<X: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: &X) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<X>(&text).unwrap(), value, "{text}");
}

/// What is computed from rules comes back, infinite numbers too, and impossible values are refused.
#[test]
fn values_of_rules_come_back_equal() {
    let baskets = Transactions::from_rows([vec![1, 2, 3], vec![1, 2], vec![2, 3], vec![1, 3], vec![4]]).unwrap();
    let itemsets = Miner::new().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
    let builder = itemsets.rules().consequents(Consequents::Any).min_confidence(0.1);
    let (hypotheses, rules) = (builder.hypotheses(), builder.generate().unwrap());
    comes_back(&itemsets.rule_basis(0.1).unwrap());
    comes_back(&hypotheses);
    comes_back(&rules.redundancy(&itemsets).unwrap());
    comes_back(&rules.evaluate(&baskets));
    comes_back(&rules.drift(&baskets, &Transactions::from_rows([[1, 2]]).unwrap()));
    comes_back(&rules.iter().map(|rule| rule.counts()).collect::<Vec<_>>());
    comes_back(&rules.adjusted_p_values(Correction::Holm, &hypotheses));
    let counts = Contingency::new(10_000, 5_000, 5_000, 5_000).unwrap();
    comes_back(&counts.fishers_exact_test());
    comes_back(&counts.confidence_interval(0.95).unwrap());
    let unbounded = counts.odds_ratio_interval(0.95).unwrap();
    assert_eq!(unbounded.high, f64::INFINITY);
    comes_back(&unbounded);
    comes_back(&itemsets.rule_basis(0.1).unwrap().derive(&[1], &[2]).unwrap());
    comes_back(&(RuleSide::Both, ItemMatch::Any));
    for text in [r#"{"n":3,"n_x":2,"n_y":2,"n_xy":3}"#, r#"{"n":3,"n_x":2,"n_y":2,"n_xy":0}"#] {
        assert!(serde_json::from_str::<Contingency>(text).is_err());
        assert!(serde_json::from_str::<ObservedCounts>(text).is_err());
    }
    assert!(serde_json::from_str::<ObservedCounts>(r#"{"n":4,"n_x":2,"n_y":2,"n_xy":0}"#).is_ok());
    assert!(serde_json::from_str::<PValue>(r#"{"ln":0.5}"#).is_err());
    assert!(serde_json::from_str::<Hypotheses>(r#"{"by_len":[-1.0]}"#).is_err());
}

/// Reading the golden file of a type returns the value, writing the value returns the golden text, and a later format is refused.
fn check_golden<V: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    name: &str,
    value: &V,
) {
    let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = serde_json::to_string(value).unwrap() + "\n";
    if std::env::var_os("ITEMSET_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, golden, "{name}");
    assert_eq!(serde_json::from_str::<V>(&golden).unwrap(), *value, "{name}");
    for (found, field) in [(2, "\"format\":2"), (0, "\"format\":0")] {
        let other = golden.replacen("\"format\":1", field, 1);
        assert_ne!(other, golden, "{name} has no format");
        let error = serde_json::from_str::<V>(&other).unwrap_err().to_string();
        let expected = format!("stored in format {found}, but this version of itemset reads up to format 1");
        assert!(error.contains(&expected), "{name}: {error}");
    }
    let missing = golden.replacen("\"format\":1,", "", 1);
    if name == "miner" {
        // Settings are written by hand too, and those that are left out have their defaults.
        return assert_eq!(serde_json::from_str::<V>(&missing).unwrap(), *value);
    }
    let error = serde_json::from_str::<V>(&missing).unwrap_err().to_string();
    assert!(error.contains("missing field `format`"), "{name}: {error}");
}

fn groceries() -> Transactions<String> {
    let rows = ["beer diapers chips", "beer diapers", "wipes", "beer diapers", "chips", "beer wipes"];
    let mut builder = Transactions::builder();
    rows.iter().for_each(|row| _ = builder.push_borrowed(row.split(' ')));
    builder.push_weighted(["beer".to_string(), "chips".to_string()], 3).build().unwrap()
}

#[test]
fn golden_files_are_read_and_written() {
    let baskets = groceries();
    let miner =
        Miner::new().min_support(MinSupport::count(2)).min_confidence(0.5).algorithm(Algorithm::Eclat).threads(1);
    check_golden("miner", &miner);
    check_golden("transactions", &baskets);
    check_golden("dictionary", baskets.dictionary());
    let mut summary = baskets.summary();
    summary.bytes = 284; // It depends on the machine.
    check_golden("summary", &summary);
    check_golden("frequent_itemsets", &miner.mine(&baskets).unwrap());
    check_golden("closed_itemsets", &miner.mine_closed(&baskets).unwrap());
    check_golden("maximal_itemsets", &miner.mine_maximal(&baskets).unwrap());
    check_golden("generator_itemsets", &miner.mine_generators(&baskets).unwrap());
    let beer = Constraints::new().must_contain(["beer"]);
    check_golden("itemset_list", &miner.search(&baskets).constraints(&beer).collect().unwrap());
    check_golden("rules", &miner.rules(&baskets).unwrap());
    check_golden("itemset_counts", &miner.clone().algorithm(Algorithm::Apriori).count(&baskets).unwrap());
    check_golden("partial", &miner.clone().max_itemsets(3).mine_partial(&baskets).unwrap());
    check_golden("empty_report", &miner.clone().min_support(MinSupport::count(8)).explain_empty(&baskets).unwrap());
    check_golden("estimate", &miner.estimate_itemsets(&baskets).unwrap());
    check_golden("stream_summary", &miner.stream(&baskets, &mut CountingSink::new()).unwrap());
    check_golden("engine_choice", &miner.explain(&baskets).unwrap());
}

#[test]
fn values_within_stored_forms() {
    fn check<V: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: V, text: &str) {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(serde_json::from_str::<V>(text).unwrap(), value);
    }
    check(MinSupport::fraction(0.25), r#"{"fraction":0.25}"#);
    check(MinSupport::count(20), r#"{"count":20}"#);
    check(Limit::Itemsets(7), r#"{"itemsets":7}"#);
    check(Limit::MachineMemory(1 << 30), r#"{"machine_memory":1073741824}"#);
    check(Limit::Time(std::time::Duration::from_millis(1500)), r#"{"time":{"secs":1,"nanos":500000000}}"#);
    let baskets = groceries();
    let suggestion = Miner::new().max_itemsets(3).suggest_min_support(&baskets, 3).unwrap();
    check(suggestion, r#"{"min_count":4,"itemsets":3}"#);
}

#[test]
fn impossible_reports_are_refused() {
    let refused = |name: &str, from: &str, to: &str| {
        let path = format!("{}/tests/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let golden = std::fs::read_to_string(path).unwrap();
        let damaged = golden.replacen(from, to, 1);
        assert_ne!(golden, damaged);
        let error = match name {
            "empty_report" => serde_json::from_str::<EmptyReport>(&damaged).unwrap_err(),
            "itemset_counts" => serde_json::from_str::<ItemsetCounts>(&damaged).unwrap_err(),
            "dictionary" => serde_json::from_str::<Dictionary<String>>(&damaged).unwrap_err(),
            _ => serde_json::from_str::<Partial<FrequentItemsets<String>>>(&damaged).unwrap_err(),
        };
        assert!(error.to_string().contains("damaged"), "{error}");
    };
    refused("empty_report", "\"best_item\":7", "\"best_item\":10");
    refused("empty_report", "\"best_item\":7", "\"best_item\":1");
    refused("empty_report", "\"best_item\":7", "\"best_item\":null");
    refused("itemset_counts", "\"by_len\":[4,", "\"by_len\":[340282366920938463463374607431768211455,");
    refused("partial", "\"asked\":2", "\"asked\":200");
    refused("partial", "\"limit\":{\"itemsets\":3}", "\"limit\":null");
    refused("dictionary", "\"chips\"", "\"beer\"");
}

#[test]
fn rows_hold_labels_and_measures_by_name() {
    use serde_json::{json, to_value};

    let baskets = groceries();
    let miner = Miner::new().min_support(MinSupport::count(3)).min_confidence(0.0);
    let itemsets = miner.mine(&baskets).unwrap();
    let rows = to_value(itemsets.rows()).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), itemsets.len());
    for (row, itemset) in rows.as_array().unwrap().iter().zip(&itemsets) {
        let items: Vec<&String> = itemset.iter().collect();
        assert_eq!(*row, json!({"items": items, "count": itemset.count(), "support": itemset.support()}));
    }
    let pairs = to_value(ItemsetRows::new(itemsets.iter_len(2..))).unwrap();
    assert_eq!(pairs[0]["items"], json!(["beer", "chips"]));
    assert_eq!(to_value(miner.mine_closed(&baskets).unwrap().rows()).unwrap()[0]["count"], 7);
    let top = miner.search(&baskets).min_len(2).top_k(1).collect().unwrap();
    assert_eq!(to_value(top.rows()).unwrap(), json!([{"items": ["beer", "chips"], "count": 4, "support": 4.0 / 9.0}]));

    let rules = miner.rules(&baskets).unwrap();
    let rows = to_value(rules.rows(Measure::ALL)).unwrap();
    assert_eq!(rows.as_array().unwrap().len(), rules.len());
    for (row, rule) in rows.as_array().unwrap().iter().zip(&rules) {
        assert_eq!(row["antecedent"], json!(rule.antecedent().collect::<Vec<_>>()));
        assert_eq!(row["consequent"], json!(rule.consequent().collect::<Vec<_>>()));
        assert_eq!(row.as_object().unwrap().len(), 2 + Measure::ALL.len());
        for &measure in Measure::ALL {
            let value = rule.measure(measure);
            let expected =
                if value.is_infinite() { json!(if value > 0.0 { "inf" } else { "-inf" }) } else { json!(value) };
            assert_eq!(row[measure.name()], expected);
        }
    }
    let twice = to_value(RuleRows::new(rules.iter().take(1), &[Measure::Lift, Measure::Lift])).unwrap();
    assert_eq!(twice[0].as_object().unwrap().len(), 3);
    let never_apart = Transactions::from_rows([vec!["a", "b"], vec!["a", "b"], vec!["c"]]).unwrap();
    let certain = Miner::new().min_support(0.5).rules(&never_apart).unwrap();
    assert_eq!(to_value(certain.rows(&[Measure::Conviction])).unwrap()[0]["conviction"], "inf");
}
