//! Baskets: generated, and of files.

use std::fmt::Write as _;
use std::path::Path;

use itemset::Transactions;
use itemset::io::BasketReader;
use itemset::synth::{Quest, Supermarket};

use crate::cluster_model::wire::TOGETHER;

/// Where baskets come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Data {
    Supermarket,
    Quest,
    /// The name of a file in `data/` of the folder that `ITEMSET_DATA` names.
    File(String),
}

impl Data {
    pub(crate) fn name(&self) -> &str {
        match self {
            Data::Supermarket => "supermarket",
            Data::Quest => "quest",
            Data::File(name) => name,
        }
    }

    /// The first baskets, or fewer if a file has no more.
    pub(crate) fn rows(&self, baskets: usize) -> Box<dyn Iterator<Item = Vec<u32>>> {
        match self {
            Data::Supermarket => Box::new(Supermarket::new().baskets(baskets as u64).sales().map(|sale| sale.goods)),
            Data::Quest => Box::new(Quest::new().transactions(baskets as u64).rows().expect("the defaults are valid")),
            Data::File(name) => {
                let folder = std::env::var_os("ITEMSET_DATA").expect("a folder of data");
                let path = Path::new(&folder).join("data").join(format!("{name}.dat"));
                let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let row = |line: &str| line.split_whitespace().map(|item| item.parse().expect("a number")).collect();
                let rows: Vec<Vec<u32>> = text.lines().take(baskets).map(row).collect();
                Box::new(rows.into_iter())
            }
        }
    }
}

/// Baskets as text, each as many as a task of Spark projects together.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) tables: Vec<String>,
    pub(crate) baskets: usize,
    pub(crate) entries: usize,
}

impl Sample {
    pub(crate) fn new(rows: impl Iterator<Item = Vec<u32>>) -> Self {
        let mut sample = Sample { tables: Vec::new(), baskets: 0, entries: 0 };
        for row in rows {
            if sample.baskets.is_multiple_of(TOGETHER) {
                sample.tables.push(String::new());
            }
            let table = sample.tables.last_mut().expect("one was begun");
            row.iter().for_each(|item| write!(table, "{item} ").expect("a text takes anything"));
            table.push('\n');
            (sample.baskets, sample.entries) = (sample.baskets + 1, sample.entries + row.len());
        }
        sample
    }

    /// A table as baskets.
    pub(crate) fn read(table: &str) -> Transactions<String> {
        BasketReader::new().threads(1).read(table.as_bytes()).expect("plain text")
    }
}
