//! A prefix intersected with columns of bits, by each loop of each instruction set.

#![allow(dead_code, reason = "each benchmark uses the parts that it needs")]

use std::hint::black_box;

use itemset::__bench::{Isa, Ops, Task};

/// What is done with the prefix and each column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kernel {
    /// Adds up the words of both: the reading loop.
    Sum,
    AndCount,
    AndCountMany,
    AndCountAtLeast,
    AndIntoCount,
    Compress,
    Count,
    /// Counts what each combination of four columns shares with the prefix. Not among [`KERNELS`], as it needs four.
    Combinations,
}

pub(crate) const KERNELS: [Kernel; 7] = [
    Kernel::Sum,
    Kernel::AndCount,
    Kernel::AndCountMany,
    Kernel::AndCountAtLeast,
    Kernel::AndIntoCount,
    Kernel::Compress,
    Kernel::Count,
];

/// A prefix, columns back to back and room for results.
pub(crate) struct Data {
    memory: Vec<u64>,
    /// Index of the first word at a multiple of 64 bytes.
    start: usize,
    words: usize,
    n: usize,
    out: Vec<u64>,
    counts: Vec<u32>,
}

impl Data {
    pub(crate) fn new(words: usize, n: usize) -> Self {
        let mut state = 1u64;
        // Knuth's congruential generator; the high bits of two numbers make a word.
        let mut half = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            state >> 32
        };
        let memory: Vec<u64> = (0..words * (n + 1) + 16).map(|_| half() << 32 | half()).collect();
        let start = memory.as_ptr().align_offset(64).min(16);
        Self { memory, start, words, n, out: vec![0; words], counts: vec![0; n] }
    }

    /// Bytes that a kernel reads: the prefix and a column, per column.
    pub(crate) fn bytes(&self, kernel: Kernel) -> u64 {
        let columns = if kernel == Kernel::Count { 1 } else { 2 };
        (self.words * 8 * columns * self.n) as u64
    }

    /// Runs a kernel on the prefix and all columns `times` times.
    pub(crate) fn run(&mut self, isa: Isa, kernel: Kernel, times: u64) {
        isa.run(Run { data: self, kernel, times });
    }
}

struct Run<'a> {
    data: &'a mut Data,
    kernel: Kernel,
    times: u64,
}

impl Task for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn run<O: Ops>(self, ops: O) {
        let Data { memory, start, words, n, out, counts } = self.data;
        let (prefix, columns) = memory[*start..].split_at(*words);
        let columns = &columns[..*words * *n];
        macro_rules! each {
            (|$a:ident, $b:ident| $result:expr) => {
                for _ in 0..self.times {
                    let ($a, columns) = (black_box(prefix), black_box(columns));
                    for ($b, count) in columns.chunks_exact(*words).zip(black_box(&mut *counts)) {
                        *count = $result;
                    }
                }
            };
        }
        match self.kernel {
            Kernel::Sum => each!(|a, b| {
                let add = |sum: u64, (x, y): (&u64, &u64)| sum.wrapping_add(*x).wrapping_add(*y);
                a.iter().zip(b).fold(0, add) as u32
            }),
            Kernel::AndCount => each!(|a, b| ops.and_count(a, b)),
            Kernel::AndCountAtLeast => each!(|a, b| ops.and_count_at_least(a, b, 1).unwrap_or(0)),
            Kernel::AndIntoCount => each!(|a, b| ops.and_into_count(a, b, black_box(&mut *out))),
            Kernel::Compress => each!(|a, b| ops.compress(b, a, black_box(&mut *out)) as u32),
            Kernel::Count => each!(|_a, b| ops.count(b)),
            Kernel::Combinations => {
                for _ in 0..self.times {
                    let (a, columns) = (black_box(prefix), black_box(columns));
                    for (four, counts) in columns.chunks_exact(4 * *words).zip(counts.chunks_exact_mut(4)) {
                        let combined = ops.count_combinations::<4>(Some(a), four, *words);
                        counts.copy_from_slice(&combined[12..]);
                    }
                }
            }
            Kernel::AndCountMany => {
                for _ in 0..self.times {
                    let (a, columns) = (black_box(prefix), black_box(columns));
                    ops.and_count_many(a, columns, *words, *n, black_box(counts));
                }
            }
        }
    }
}
