//! Writes the baskets of the sample supermarket, one per line, as names of goods separated by commas.
//!
//! ```text
//! cargo run --release --features synth --example sample_supermarket [FILE]
//! ```
//!
//! Without FILE it rewrites, byte for byte, the file `examples/data/supermarket.csv` that comes with the crate. The
//! defaults of [`Supermarket`] are those of this file; its number of baskets keeps the file below 1,000,000 bytes.

use std::env;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use itemset::synth::{PlantedRule, Supermarket};

fn main() -> io::Result<()> {
    let path = env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/supermarket.csv")),
        PathBuf::from,
    );
    let mut file = BufWriter::new(File::create(&path)?);
    let mut baskets = 0_u64;
    for basket in Supermarket::new().sales() {
        let names: Vec<&str> = basket.names().collect();
        // Not `writeln!` with the platform's line ending: the bytes are the same everywhere.
        file.write_all(names.join(",").as_bytes())?;
        file.write_all(b"\n")?;
        baskets += 1;
    }
    file.into_inner()?.sync_all()?;

    let mut out = io::stdout().lock();
    writeln!(out, "{baskets} baskets in {}, with these rules planted:", path.display())?;
    Supermarket::planted_rules().iter().try_for_each(|rule: &PlantedRule| writeln!(out, "{rule}"))
}
