//! Known answers: numbers and digests of itemsets and rules that independent programs found.
//!
//! Small data sets are in `tests/data`, with the script that made them and their answers. Large and real ones are not
//! part of the repository: `ITEMSET_DATA` names the folder that holds them in `data/` and their answers in `oracle/`.
//! Without it the tests named `real_data_...` check nothing, and print that loudly.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use itemset::io::{BasketReader, Delimiter};
use itemset::{Algorithm, Consequents, Contingency, Itemset, Measure, MinSupport, Miner, Target, Transactions};
use serde_json::Value;

use crate::variants::{ALGORITHMS, FEW_THREADS};

pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ITEMSET_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("NOT CHECKED: ITEMSET_DATA is not set, the known answers on real data were skipped");
    }
    folder
}

fn read(path: &Path) -> Transactions<String> {
    let is_csv = path.extension().is_some_and(|extension| extension == "csv");
    let delimiter = if is_csv { Delimiter::Char(',') } else { Delimiter::Whitespace };
    BasketReader::new().delimiter(delimiter).read_file(path).unwrap()
}

/// FNV-1a (64 bits) of the lines `items (count)`, sorted, as `tests/data/make.py` computes it: numbers in the order of
/// numbers, other labels in the order of text.
fn digest<'a, T: Display + Ord + 'a>(itemsets: impl Iterator<Item = Itemset<'a, T>>) -> String {
    let mut lines: Vec<String> = itemsets
        .map(|itemset| {
            let mut items: Vec<String> = itemset.iter().map(|label| label.to_string()).collect();
            items.sort_by_cached_key(|item| (item.parse::<u64>().ok(), item.clone()));
            format!("{} ({})\n", items.join(" "), itemset.count())
        })
        .collect();
    lines.sort_unstable();
    let hash = lines
        .iter()
        .flat_map(|line| line.bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
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

/// The data sets of the repository with the cases of each, checked by `check`.
fn for_each_small_case(check: impl Fn(&Transactions<String>, &Value, &str)) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let answers = std::fs::read_to_string(root.join("tests/data/answers.json")).unwrap();
    let answers: Value = serde_json::from_str(&answers).unwrap();
    let mut checked = 0;
    for data in answers.as_array().unwrap() {
        let name = data["file"].as_str().unwrap();
        let baskets = read(&root.join(name));
        let read = [baskets.len() as u64, baskets.entries(), baskets.dictionary().len() as u64];
        assert_eq!(read, [number(&data["baskets"]), number(&data["entries"]), number(&data["items"])], "{name}");
        for case in data["cases"].as_array().unwrap() {
            check(&baskets, case, &format!("{name} at {}", case["min_count"]));
            checked += 1;
        }
    }
    assert_eq!(checked, 10);
}

#[test]
fn small_data_all_itemsets() {
    for_each_small_case(|baskets, case, name| {
        let by_len: Vec<u64> = case["by_len"].as_array().unwrap().iter().map(number).collect();
        let miner = Miner::new().min_support(MinSupport::count(number(&case["min_count"])));
        let expected = miner.mine(baskets).unwrap();
        assert_eq!((expected.len() as u64, expected.by_len()), (number(&case["all"]["itemsets"]), by_len), "{name}");
        assert_eq!(expected.iter().map(|itemset| itemset.count()).sum::<u64>(), number(&case["sum_of_counts"]));
        assert_eq!(digest(expected.iter()), case["all"]["digest"].as_str().unwrap(), "{name}");
        for &algorithm in ALGORITHMS {
            for &threads in FEW_THREADS {
                let miner = miner.clone().algorithm(algorithm).threads(threads);
                assert!(miner.mine(baskets).unwrap() == expected, "{name} by {algorithm} on {threads} threads");
                assert_eq!(miner.count(baskets).unwrap().total(), expected.len() as u128, "{name} by {algorithm}");
            }
        }
    });
}

#[test]
fn small_data_closed_maximal_and_generator_itemsets() {
    for_each_small_case(|baskets, case, name| {
        let check = |target: &str, len: usize, counted: u128, digest: String| {
            let answer = &case[target];
            assert_eq!((len as u64, counted), (number(&answer["itemsets"]), len as u128), "{target} of {name}");
            assert_eq!(digest, answer["digest"].as_str().unwrap(), "{target} of {name}");
        };
        for &threads in FEW_THREADS {
            let miner = Miner::new().min_support(MinSupport::count(number(&case["min_count"]))).threads(threads);
            let counted = |target| miner.search(baskets).target(target).count().unwrap().total();
            let found = miner.mine_closed(baskets).unwrap();
            check("closed", found.len(), counted(Target::Closed), digest(found.iter()));
            let found = miner.mine_maximal(baskets).unwrap();
            check("maximal", found.len(), counted(Target::Maximal), digest(found.iter()));
            let found = miner.mine_generators(baskets).unwrap();
            check("generators", found.len(), counted(Target::Generators), digest(found.iter()));
        }
    });
}

#[test]
fn small_data_rules() {
    for_each_small_case(|baskets, case, name| {
        let confidence = &case["rules"]["confidence"];
        let miner = Miner::new()
            .min_support(MinSupport::count(number(&case["min_count"])))
            .min_confidence(number(&confidence[0]) as f64 / number(&confidence[1]) as f64);
        for (consequents, expected) in [(Consequents::One, "one"), (Consequents::Any, "any")] {
            let rules = miner.clone().consequents(consequents).rules(baskets).unwrap();
            assert_eq!(rules.len() as u64, number(&case["rules"][expected]), "{name}: {expected}");
        }
    });
}

#[test]
fn real_data_itemsets_by_length() {
    let Some(folder) = folder() else { return };
    let mut checked = 0;
    for (name, data) in oracle(&folder, "itemsets.json").as_object().unwrap() {
        let baskets = read(&folder.join("data").join(data["file"].as_str().unwrap()));
        assert_eq!(baskets.len() as u64, number(&data["transactions"]), "{name}");
        assert_eq!(baskets.entries(), number(&data["entries"]), "{name}");
        assert_eq!(baskets.dictionary().len() as u64, number(&data["items"]), "{name}");
        for case in data["cases"].as_array().unwrap() {
            let (min_count, all) = (number(&case["min_count"]), number(&case["all"]));
            let by_len: Vec<u64> = case["by_size"].as_array().unwrap().iter().map(number).collect();
            for &algorithm in ALGORITHMS {
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
fn real_data_rules() {
    let Some(folder) = folder() else { return };
    let cases = oracle(&folder, "rules.json");
    let cases = cases.as_array().unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let baskets = read(&folder.join("data").join(case["file"].as_str().unwrap()));
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
fn real_data_measures() {
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
