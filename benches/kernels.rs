//! The loops over columns of bits on every instruction set of the CPU, compared with a loop that adds up the words
//! of the same memory, which shows the cost of reading.
//!
//! Before criterion measures, a table of the fastest of many interleaved runs shows the speed of each kernel as a
//! share of that reading loop, compiled for the same instruction set. Run it with `cargo bench --features __bench
//! --bench kernels`.

mod columns;

use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use itemset::__bench::Isa;

use columns::{Data, KERNELS, Kernel};

/// Name, words per column and number of columns that are intersected with a prefix. Two columns of 8 KiB fit into the
/// first-level cache, two of 256 KiB into the second; a search has the short ones.
const SIZES: [(&str, usize, usize); 6] = [
    ("L1, 8 KiB", 1 << 10, 1),
    ("L2, 256 KiB", 1 << 15, 1),
    ("24 words", 24, 64),
    ("8 words", 8, 64),
    ("4 words", 4, 64),
    ("1 word", 1, 64),
];

/// The time in which a kernel intersects the prefix with all columns `times` times.
fn time(data: &mut Data, isa: Isa, kernel: Kernel, times: u64) -> Duration {
    let start = Instant::now();
    data.run(isa, kernel, times);
    start.elapsed()
}

/// Prints the time of each kernel, and its speed as a share of the reading loop's.
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
                    let time = time(&mut data, *isa, *kernel, times).as_nanos() as f64;
                    *best = best.min(time / (times * n as u64) as f64);
                }
            }
        }
        for (isa, best) in isas.iter().zip(&best) {
            print!("{name:>11} {:7}", isa.name());
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
        for kernel in KERNELS.into_iter().chain((n >= 4).then_some(Kernel::Combinations)) {
            group.throughput(Throughput::Bytes(data.bytes(kernel)));
            for isa in Isa::available() {
                let id = BenchmarkId::new(format!("{kernel:?}"), isa.name());
                group.bench_function(id, |b| b.iter_custom(|times| time(&mut data, isa, kernel, times)));
            }
        }
        group.finish();
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
