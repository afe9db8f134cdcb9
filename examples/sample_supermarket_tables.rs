//! Writes the sample supermarket's receipts as a table in CSV, a row per line item, or with `--owners` the owners of the
//! cards.
//!
//! ```text
//! cargo run --release --features synth --example sample_supermarket_tables | gzip -9n >examples/data/sales.csv.gz
//! cargo run --release --features synth --example sample_supermarket_tables -- --owners >examples/data/card_owners.csv
//! ```
//!
//! The files in `examples/data` are that, with the defaults of [`Supermarket`].

use std::env;
use std::io::{self, BufWriter, Write};

use itemset::synth::Supermarket;

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    let supermarket = Supermarket::new();
    if env::args().nth(1).as_deref() == Some("--owners") {
        writeln!(out, "{}", Supermarket::OWNERS_HEADER)?;
        supermarket.card_owners().try_for_each(|owner| writeln!(out, "{owner}"))?;
    } else {
        writeln!(out, "{}", Supermarket::SALES_HEADER)?;
        supermarket.receipts().try_for_each(|receipt| write!(out, "{receipt}"))?;
    }
    out.flush()
}
