//! Generated data of the three shapes that the benchmarks run on.

#![allow(dead_code, reason = "each benchmark takes the parts that it needs")]

use itemset::Transactions;
use itemset::synth::{Quest, Supermarket};

/// A data set, and a threshold for a search of milliseconds.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) baskets: Transactions<u32>,
    pub(crate) min_count: u64,
}

/// The three shapes, the same in every run.
pub(crate) fn all() -> Vec<Shape> {
    vec![
        Shape { name: "retail", baskets: encode(retail(40_000)), min_count: 10 },
        Shape { name: "dense", baskets: encode(dense(4_000)), min_count: 1200 },
        Shape { name: "quest", baskets: encode(quest(50_000)), min_count: 40 },
    ]
}

pub(crate) fn encode(rows: impl Iterator<Item = Vec<u32>>) -> Transactions<u32> {
    Transactions::from_rows(rows).expect("generated rows are within the limits")
}

/// Sparse, long-tailed: the sample supermarket.
pub(crate) fn retail(baskets: u64) -> impl Iterator<Item = Vec<u32>> {
    Supermarket::new().baskets(baskets).sales().map(|sale| sale.goods)
}

/// Market baskets of the literature: T10.I4.
pub(crate) fn quest(baskets: u64) -> impl Iterator<Item = Vec<u32>> {
    Quest::new().transactions(baskets).rows().expect("the defaults are valid")
}

/// Dense: rows of 30 attributes of two or three values each, the first value much more frequent.
pub(crate) fn dense(baskets: u32) -> impl Iterator<Item = Vec<u32>> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut draw = move |below: u32| {
        // Xorshift (Marsaglia 2003).
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as u32 % below
    };
    (0..baskets).map(move |_| {
        let kind = draw(4);
        (0..30)
            .map(|attribute| {
                attribute * 3 + if draw(100) < 55 + 10 * ((attribute + kind) % 4) { 0 } else { 1 + draw(2) }
            })
            .collect()
    })
}
