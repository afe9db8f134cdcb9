//! Itemsets that need not fit into memory: written to a file as they are found, and looked up there.
//!
//! ```text
//! cargo run --release --features snapshot --example stored_itemsets -- write BASKETS FILE MIN_COUNT [TARGET]
//! cargo run --release --features snapshot --example stored_itemsets -- count FILE [ITEM...]
//! cargo run --release --features snapshot --example stored_itemsets -- list FILE [ITEM...]
//! cargo run --release --features snapshot --example stored_itemsets -- verify FILE
//! ```
//!
//! `write` reads items that are separated by whitespace, as `mine` does, and `TARGET` is `all`, `closed`, `maximal` or
//! `generators`. `count` prints the count of one itemset, or of each line of standard input. `list` prints all
//! itemsets, or those that are the given items and any more frequent ones. `verify` reads all of the file.

use std::error::Error;
use std::io::{self, BufRead, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use itemset::io::{BasketReader, TextWriter};
use itemset::snapshot::ItemsetFile;
use itemset::{MinSupport, Miner, Sink, Target};

const USAGE: &str = "usage: write BASKETS FILE MIN_COUNT [TARGET] | count FILE [ITEM...] | list FILE [ITEM...] | \
                     verify FILE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["write", baskets, file, min_count] => write(baskets, file, min_count, "all"),
        ["write", baskets, file, min_count, target] => write(baskets, file, min_count, target),
        ["count", file, ref items @ ..] => count(file, items),
        ["list", file, ref items @ ..] => list(file, items),
        ["verify", file] => verify(file),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(baskets: &str, file: &str, min_count: &str, target: &str) -> Result<(), Box<dyn Error>> {
    let min_count = min_count.parse().map_err(|_| format!("MIN_COUNT is {min_count}, expected a whole number"))?;
    let target: Target = target.parse()?;
    let baskets = BasketReader::new().read_file(baskets)?;
    let miner = Miner::new().min_support(MinSupport::count(min_count));
    let summary = miner.search(&baskets).target(target).write_itemset_file(file)?;
    let bytes = std::fs::metadata(file)?.len();
    println!("{} itemsets in {bytes} bytes", summary.itemsets());
    Ok(())
}

fn count(file: &str, items: &[&str]) -> Result<(), Box<dyn Error>> {
    let file = ItemsetFile::<String>::open(file)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut answer = |items: &[&str]| -> Result<(), Box<dyn Error>> {
        match file.count_of(items.iter().copied())? {
            Some(count) => writeln!(out, "{} ({count})", items.join(" "))?,
            None => writeln!(out, "{} (not in the file)", items.join(" "))?,
        }
        Ok(())
    };
    if !items.is_empty() {
        answer(items)?;
    } else {
        for line in io::stdin().lock().lines() {
            answer(&line?.split_whitespace().collect::<Vec<_>>())?;
        }
    }
    Ok(out.flush()?)
}

fn list(file: &str, items: &[&str]) -> Result<(), Box<dyn Error>> {
    let file = ItemsetFile::<String>::open(file)?;
    let mut sink = TextWriter::new().sink(BufWriter::new(io::stdout().lock()))?;
    for itemset in if items.is_empty() { file.iter() } else { file.extensions_of(items.iter().copied()) } {
        let itemset = itemset?;
        if sink.itemset(&itemset.iter().collect::<Vec<_>>(), itemset.count()).is_break() {
            break;
        }
    }
    sink.finish().map_err(|error| match error.kind() {
        itemset::ErrorKind::Io(error) => io::Error::from(error.kind()).into(),
        _ => Box::<dyn Error>::from(error),
    })
}

fn verify(file: &str) -> Result<(), Box<dyn Error>> {
    let file = ItemsetFile::<String>::open(file)?;
    file.verify()?;
    println!("{} itemsets of {} baskets, by length: {:?}", file.len(), file.basket_count(), file.by_len());
    Ok(())
}
