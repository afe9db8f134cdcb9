//! The loops over columns of bits on every instruction set of the CPU, beside a loop that adds up
//! the words of the same memory: what reading costs.
//!
//! Before the measurements of criterion, a table of the fastest of many interleaved runs has the
//! speed of each kernel as a share of that reading loop, compiled for the same instruction set.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use itemset::bitset::{Isa, Ops, Task};

/// Name, words of a column and number of columns that a prefix meets. Two columns of 8 KiB are in
/// the first-level cache, two of 256 KiB in the second; the short ones are as in a search.
const SIZES: [(&str, usize, usize); 6] = [
    ("8 KiB", 1 << 10, 1),
    ("256 KiB", 1 << 15, 1),
    ("24 words", 24, 64),
    ("8 words", 8, 64),
    ("4 words", 4, 64),
    ("1 word", 1, 64),
];

/// What to do with the prefix and each column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kernel {
    /// Adds up the words of both: the reading loop.
    Sum,
    AndCount,
    AndCountMany,
    AndCountAtLeast,
    AndIntoCount,
    Compress,
    Count,
}

const KERNELS: [Kernel; 7] = [
    Kernel::Sum,
    Kernel::AndCount,
    Kernel::AndCountMany,
    Kernel::AndCountAtLeast,
    Kernel::AndIntoCount,
    Kernel::Compress,
    Kernel::Count,
];

/// A prefix, columns back to back and room for results.
struct Data {
    memory: Vec<u64>,
    /// Index of the first word at a multiple of 64 bytes.
    start: usize,
    words: usize,
    n: usize,
    out: Vec<u64>,
    counts: Vec<u32>,
}

impl Data {
    fn new(words: usize, n: usize) -> Self {
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

    /// Bytes that a kernel reads: a prefix and a column, for each column.
    fn bytes(&self, kernel: Kernel) -> u64 {
        let columns = if kernel == Kernel::Count { 1 } else { 2 };
        (self.words * 8 * columns * self.n) as u64
    }

    /// Has a kernel meet all columns a number of times.
    fn run(&mut self, isa: Isa, kernel: Kernel, times: u64) -> Duration {
        let start = Instant::now();
        isa.run(Run { data: self, kernel, times });
        start.elapsed()
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
            Kernel::AndCountMany => {
                for _ in 0..self.times {
                    let (a, columns) = (black_box(prefix), black_box(columns));
                    ops.and_count_many(a, columns, *words, *n, black_box(counts));
                }
            }
        }
    }
}

/// Prints the time of each kernel and its speed as a share of the reading loop's.
fn table() {
    let isas = Isa::available();
    println!("missing on this CPU: {:?}", Isa::missing());
    println!("ns for a prefix and a column, and the speed as a share of reading them");
    for (name, words, n) in SIZES {
        let mut data = Data::new(words, n);
        let times = (1 << 19) / data.bytes(Kernel::Sum) + 1;
        let mut best = vec![[f64::MAX; KERNELS.len()]; isas.len()];
        for _ in 0..60 {
            for (isa, best) in isas.iter().zip(&mut best) {
                for (kernel, best) in KERNELS.iter().zip(best) {
                    let time = data.run(*isa, *kernel, times).as_nanos() as f64;
                    *best = best.min(time / (times * n as u64) as f64);
                }
            }
        }
        for (isa, best) in isas.iter().zip(&best) {
            print!("{name:>8} {:7}", isa.name());
            let reading = data.bytes(Kernel::Sum) as f64 / best[0];
            for (kernel, time) in KERNELS.iter().zip(best) {
                let share = data.bytes(*kernel) as f64 / time / reading * 100.0;
                print!(" | {kernel:?} {time:.1} {share:.0} %");
            }
            println!();
        }
    }
}

fn kernels(c: &mut Criterion) {
    table();
    for (name, words, n) in SIZES {
        let mut data = Data::new(words, n);
        let mut group = c.benchmark_group(name);
        group.sample_size(20).warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_millis(500));
        for kernel in KERNELS {
            group.throughput(Throughput::Bytes(data.bytes(kernel)));
            for isa in Isa::available() {
                let id = BenchmarkId::new(format!("{kernel:?}"), isa.name());
                group.bench_function(id, |b| b.iter_custom(|times| data.run(isa, kernel, times)));
            }
        }
        group.finish();
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
