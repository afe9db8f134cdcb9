//! Known answers on real data: numbers and digests of itemsets and rules that independent programs found.
//!
//! The data are not part of the repository. `ITEMSET_DATA` names the folder that holds them in `data/` and the
//! answers in `oracle/`; without it these tests say loudly that they checked nothing.

use std::path::{Path, PathBuf};

use itemset::io::{BasketReader, Delimiter};
use itemset::{Algorithm, Consequents, Contingency, Measure, MinSupport, Miner, Transactions};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ITEMSET_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("NOT CHECKED: ITEMSET_DATA is not set, the known answers on real data were skipped");
    }
    folder
}

fn read(folder: &Path, name: &str) -> Transactions<String> {
    let delimiter = if name.ends_with(".csv") { Delimiter::Char(',') } else { Delimiter::Whitespace };
    BasketReader::new().delimiter(delimiter).read_file(folder.join("data").join(name)).unwrap()
}

fn oracle(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("oracle").join(name)).unwrap()).unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Beyond it, collecting takes more memory than a test should.
const COLLECTED: u64 = 5_000_000;
/// Beyond it, Apriori takes more time than a test should.
const BY_APRIORI: u64 = 200_000;

#[test]
fn itemsets_by_length() {
    let Some(folder) = folder() else { return };
    let mut checked = 0;
    for (name, data) in oracle(&folder, "itemsets.json").as_object().unwrap() {
        let baskets = read(&folder, data["file"].as_str().unwrap());
        assert_eq!(baskets.len() as u64, number(&data["transactions"]), "{name}");
        assert_eq!(baskets.entries() as u64, number(&data["entries"]), "{name}");
        assert_eq!(baskets.dictionary().len() as u64, number(&data["items"]), "{name}");
        for case in data["cases"].as_array().unwrap() {
            let (min_count, all) = (number(&case["min_count"]), number(&case["all"]));
            let by_len: Vec<u64> = case["by_size"].as_array().unwrap().iter().map(number).collect();
            for algorithm in [Algorithm::Auto, Algorithm::Apriori, Algorithm::FpGrowth, Algorithm::Eclat] {
                if algorithm == Algorithm::Apriori && all > BY_APRIORI {
                    continue;
                }
                let miner = Miner::new().min_support(MinSupport::count(min_count)).algorithm(algorithm);
                let counts = miner.count(&baskets).unwrap();
                assert!(
                    counts.by_len().iter().eq(by_len
                        .iter()
                        .map(|&itemsets| u128::from(itemsets))
                        .collect::<Vec<_>>()
                        .iter())
                );
                if all <= COLLECTED {
                    let itemsets = miner.mine(&baskets).unwrap();
                    assert_eq!(itemsets.by_len(), by_len, "{name} at {min_count} by {algorithm}");
                    if let Some(sum) = case.get("sum_supports") {
                        assert_eq!(itemsets.iter().map(|itemset| itemset.count()).sum::<u64>(), number(sum));
                    }
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 50, "the oracle held {checked} cases only");
}

#[test]
fn rules() {
    let Some(folder) = folder() else { return };
    let cases = oracle(&folder, "rules.json");
    let cases = cases.as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let baskets = read(&folder, case["file"].as_str().unwrap());
        let min_confidence = number(&case["conf"][0]) as f64 / number(&case["conf"][1]) as f64;
        let miner =
            Miner::new().min_support(MinSupport::count(number(&case["min_count"]))).min_confidence(min_confidence);
        let one = miner.clone().consequents(Consequents::One).rules(&baskets).unwrap();
        assert_eq!(one.len() as u64, number(&case["single_consequent"]), "{case}");
        let any = miner.consequents(Consequents::Any).rules(&baskets).unwrap();
        assert_eq!(any.len() as u64, number(&case["any_consequent"]), "{case}");
        assert!(any.iter().all(|rule| rule.confidence() >= min_confidence));
        // What the rule says is what the baskets say.
        for rule in any.iter().step_by(any.len() / 50 + 1) {
            let holds = |side: &[&String]| {
                baskets
                    .iter()
                    .filter(|basket| side.iter().all(|item| basket.iter().any(|other| other == *item)))
                    .count() as u64
            };
            let (antecedent, consequent): (Vec<_>, Vec<_>) = (rule.antecedent().collect(), rule.consequent().collect());
            let both: Vec<_> = antecedent.iter().chain(&consequent).copied().collect();
            let counts = rule.counts();
            assert_eq!(
                (counts.n_x(), counts.n_y(), counts.n_xy()),
                (holds(&antecedent), holds(&consequent), holds(&both))
            );
        }
    }
}

#[test]
fn measures() {
    let Some(folder) = folder() else { return };
    // As the R package arules computes them; its names are in camel case.
    let name_of = |column: &str| match column {
        "doc" => "difference_of_confidence".to_string(),
        "maxconfidence" => "max_confidence".to_string(),
        "rhsSupport" => "consequent_support".to_string(),
        "RLD" => "rld".to_string(),
        camel => camel.chars().fold(String::new(), |name, char| match char.is_ascii_uppercase() {
            true => format!("{name}_{}", char.to_ascii_lowercase()),
            false => format!("{name}{char}"),
        }),
    };
    let mut oracle = csv::Reader::from_path(folder.join("oracle/groceries_measures.csv")).unwrap();
    let measures: Vec<Option<Measure>> =
        oracle.headers().unwrap().iter().map(|column| name_of(column).parse().ok()).collect();
    // All but the two sides and the four counts.
    assert_eq!(measures.iter().flatten().count(), measures.len() - 6);
    let mut compared = 0;
    for row in oracle.records() {
        let row = row.unwrap();
        let count = |place: usize| row[place].parse::<u64>().unwrap();
        let counts = Contingency::new(count(2), count(3), count(4), count(5)).unwrap();
        for (measure, text) in measures.iter().zip(&row) {
            let (Some(measure), Ok(expected)) = (measure, text.replace("Inf", "inf").parse::<f64>()) else { continue };
            let value = counts.measure(*measure);
            let least = if *measure == Measure::FishersExactTest { 0.0 } else { 1e-9 };
            let near = value == expected || (value - expected).abs() <= (1e-6 * expected.abs()).max(least);
            assert!(near, "{measure} of {counts:?}: {value}, not {expected}");
            compared += 1;
        }
    }
    assert!(compared > 10_000, "the oracle held {compared} values only");
}
