//! Writes the line items of the sample online shop as a table in CSV.
//!
//! ```text
//! cargo run --release --features synth --example sample_online_shop | gzip -9n >examples/data/online_retail.csv.gz
//! ```
//!
//! `examples/data/online_retail.csv.gz` is that, with the defaults of [`OnlineShop`].

use std::io::{self, BufWriter, Write};

use itemset::synth::OnlineShop;

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "{}", OnlineShop::HEADER)?;
    OnlineShop::new().line_items().try_for_each(|item| writeln!(out, "{item}"))?;
    out.flush()
}
