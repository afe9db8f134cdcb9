//! Who buys beer with diapers, when and where? The sales of a year as a table, and what is known of the customers.
//!
//! `cargo run --release --example beer_and_diapers_in_context`

use std::path::Path;

use itemset::io::TableReader;
use itemset::shape::{BinMethod, Bins, Recipe, TimePart, Times};
use itemset::{Correction, Error, ItemMatch, MinSupport, Miner, Rule, RuleSide};

/// The number of rules to print.
const SHOWN: usize = 5;

fn main() -> Result<(), Error> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    let sales = TableReader::new().read_file(data.join("sales.csv.gz"))?;
    let owners = TableReader::new().read_file(data.join("card_owners.csv"))?;
    let (sales, unknown) = sales.join(&owners, "card")?;
    println!("{} line items with {}; {unknown} of unknown customers.\n", sales.len(), sales.names().join(", "));

    // A receipt is a basket. It holds what was bought, and where, when and by whom.
    let recipe = Recipe::new("item")
        .basket(["receipt"])
        .context("surroundings")
        .context("sex")
        .times(Times::new("time", [TimePart::Day, TimePart::Daypart]))
        .numbers("age", BinMethod::Fixed(Bins::at([25.0, 40.0, 60.0])?));
    let shaped = recipe.fit(&sales)?.shape(&sales)?;
    println!("The recipe:\n{recipe}\n\n{}\n", shaped.report());

    let miner = Miner::new().min_support(MinSupport::count(20)).max_len(7);
    let itemsets = miner.mine(shaped.baskets())?;
    // The question: what else do buyers of diapers buy, and when, where and which of them? Context stands on the left
    // alone, and products on the right.
    let kinds = ["surroundings", "sex", "day", "daypart", "age"];
    let left: Vec<&str> = kinds.iter().flat_map(|kind| shaped.of_kind(kind)).chain(["diapers"]).collect();
    let asked = itemsets.rules().min_confidence(0.25);
    let asked = asked.items(RuleSide::Antecedent, ItemMatch::All, ["diapers"]).antecedents_from(left);
    let asked = asked.consequents_from(shaped.of_kind("item"));
    // A rule must be no chance among all rules that the question allows. More context allows more of them.
    let hypotheses = asked.hypotheses();
    let rules = asked.generate()?.significant(0.01, Correction::Holm, &hypotheses)?;
    println!(
        "{:.0} rules could answer the question. {} of them are in enough baskets, and no chance.\n",
        hypotheses.total(),
        rules.len()
    );

    let mut found: Vec<(f64, Rule<String>)> = rules
        .iter()
        .map(|rule| Ok((rule.counts().confidence_interval(0.95)?.low, rule)))
        .collect::<Result<_, Error>>()?;
    // By what the rule keeps at the least, so that few baskets do not look better than they are.
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    println!("The {SHOWN} best of them. With diapers,");
    found.iter().take(SHOWN).for_each(|(_, rule)| print(rule));

    if let Some((_, best)) = found.first() {
        println!("\nThe best of them, and what is left of it without some of its conditions. With diapers,");
        let is_less_specific = |rule: &Rule<String>| {
            rule.consequent().eq(best.consequent())
                && rule.antecedent().all(|item| best.antecedent().any(|other| other == item))
        };
        let mut general: Vec<Rule<String>> = rules.iter().filter(is_less_specific).collect();
        general.sort_by_key(|rule| std::cmp::Reverse(rule.antecedent().len()));
        general.iter().for_each(print);
    }
    Ok(())
}

fn print(rule: &Rule<String>) {
    let context = rule.antecedent().filter(|item| *item != "diapers").map(String::as_str).collect::<Vec<_>>();
    println!(
        "  {:2.0} % of {:3} baskets hold {} too, {:.1} times the usual: {}",
        100.0 * rule.confidence(),
        rule.counts().n_x(),
        rule.consequent().map(String::as_str).collect::<Vec<_>>().join(", "),
        rule.lift(),
        if context.is_empty() { "always".to_string() } else { context.join(", ") }
    );
}
