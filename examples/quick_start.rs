//! The first ten lines: from rows of labels to rules.

use itemset::{Measure, Miner, Transactions};

fn main() -> Result<(), itemset::Error> {
    let baskets = Transactions::from_rows([
        vec!["beer", "diapers", "chips"],
        vec!["beer", "diapers"],
        vec!["diapers", "wipes"],
        vec!["chips"],
    ])?;
    let rules = Miner::new().min_support(0.5).min_confidence(0.6).rules(&baskets)?;
    for rule in rules.top(10, Measure::Lift) {
        println!("{rule}");
    }
    Ok(())
}
