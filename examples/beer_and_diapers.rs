//! A year of a small supermarket chain: which goods are bought together, and are beer and diapers among them?
//!
//! `cargo run --release --example beer_and_diapers`

use std::path::Path;
use std::time::Instant;

use itemset::io::{BasketReader, Delimiter};
use itemset::{Error, Measure, MinSupport, Miner, Rule, Rules};

/// The number of rules to print.
const SHOWN: usize = 15;

fn main() -> Result<(), Error> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/supermarket.csv");
    let start = Instant::now();
    let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).read_file(&file)?;
    println!("examples/data/supermarket.csv, the sales of one (made-up) year:\n{}\n", baskets.summary());

    let miner = Miner::new().min_support(MinSupport::fraction(0.005)).min_confidence(0.3);
    let itemsets = miner.mine(&baskets)?;
    let rules = miner.rules_of(&itemsets)?;
    println!(
        "{} itemsets are in at least {} baskets (support 0.005); {} of their rules have a confidence of at least 0.3.",
        itemsets.len(),
        itemsets.min_count(),
        rules.len()
    );
    println!("Algorithm: {}; all in {:.0} ms.\n", itemsets.statistics().algorithm, start.elapsed().as_secs_f64() * 1e3);

    println!("The {SHOWN} rules of highest lift:");
    print_table(&rules.top(SHOWN, Measure::Lift));

    println!("\nAnd beer with diapers?");
    let is_beer_rule = |rule: &Rule<String>| rule.antecedent().eq(["diapers"]) && rule.consequent().eq(["beer"]);
    match rules.iter().find(is_beer_rule) {
        None => println!("There is no such rule at these thresholds."),
        Some(rule) => {
            print_table(std::slice::from_ref(&rule));
            let counts = rule.counts();
            println!(
                "\nOf {} baskets {} contain diapers, {} beer, and {} both; {:.0} would if they were unrelated.",
                counts.n(),
                counts.n_x(),
                counts.n_y(),
                counts.n_xy(),
                counts.n_x() as f64 * counts.n_y() as f64 / counts.n() as f64
            );
            for measure in [Measure::Leverage, Measure::Support, Measure::Lift, Measure::Confidence] {
                println!("By {measure} it ranks {} of {}.", rank_by(&rules, &rule, measure), rules.len());
            }
        }
    }
    Ok(())
}

/// The rank by a measure; 1 is the highest value.
fn rank_by(rules: &Rules<String>, rule: &Rule<String>, measure: Measure) -> usize {
    1 + rules.iter().filter(|other| other.measure(measure) > rule.measure(measure)).count()
}

/// Prints one line per rule, with aligned columns.
fn print_table(rules: &[Rule<String>]) {
    let side = |labels: Vec<&String>| labels.iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", ");
    let rows: Vec<(String, String)> =
        rules.iter().map(|rule| (side(rule.antecedent().collect()), side(rule.consequent().collect()))).collect();
    let left = rows.iter().map(|(antecedent, _)| antecedent.chars().count()).max().unwrap_or(0).max("who buys".len());
    let right = rows.iter().map(|(_, consequent)| consequent.chars().count()).max().unwrap_or(0).max("also buys".len());
    println!("  {:left$}    {:right$}  {:>7}  {:>10}  {:>6}", "who buys", "also buys", "support", "confidence", "lift");
    for ((antecedent, consequent), rule) in rows.iter().zip(rules) {
        println!(
            "  {antecedent:left$} => {consequent:right$}  {:>7.4}  {:>10.3}  {:>6.2}",
            rule.support(),
            rule.confidence(),
            rule.lift()
        );
    }
}
