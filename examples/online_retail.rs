//! From the export of an online shop to its best rules: a table with a row per line item, compressed, with returns,
//! cancelled invoices and missing descriptions.
//!
//! `cargo run --release --example online_retail`

use std::error::Error;
use std::path::Path;

use itemset::io::LongReader;
use itemset::{Correction, Measure, Miner};

fn main() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/online_retail.csv.gz");
    let reader = LongReader::new("Invoice", "Description").quantity("Quantity").exclude_baskets("C*".parse()?);
    let (baskets, report) = reader.read_with_report(file.as_path())?;
    println!("{report}\n\n{}\n", baskets.summary());

    let itemsets = Miner::new().min_support(0.001).max_len(3).mine(&baskets)?;
    let builder = itemsets.rules().min_confidence(0.3).min(Measure::Lift, 1.2).non_redundant(0.0);
    let hypotheses = builder.hypotheses();
    let rules = builder.generate()?.significant(0.05, Correction::Holm, &hypotheses)?;
    // Each of them needs all of its left side.
    let rules = rules.productive(&itemsets, 0.05, Correction::Holm, &hypotheses)?;
    println!("{} rules are not due to chance. The ten with the highest lift:", rules.len());
    for rule in rules.top(10, Measure::Lift) {
        println!("{rule}");
    }
    Ok(())
}
