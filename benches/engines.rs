//! The engines, counting and collecting, in itemsets per second; encoding and recoding, in entries per second.

mod shapes;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use itemset::{Algorithm, MinSupport, Miner};

fn engines(criterion: &mut Criterion) {
    for shape in shapes::all() {
        let mut group = criterion.benchmark_group(format!("engines/{}", shape.name));
        for &algorithm in &Algorithm::ALL[1..] {
            let miner = Miner::new().algorithm(algorithm).min_support(MinSupport::count(shape.min_count)).threads(1);
            let itemsets = miner.count(&shape.baskets).expect("the settings are valid").total();
            group.throughput(Throughput::Elements(u64::try_from(itemsets).unwrap_or(u64::MAX)));
            group.bench_with_input(BenchmarkId::new("count", algorithm), &miner, |bencher, miner| {
                bencher.iter(|| black_box(miner.count(&shape.baskets)));
            });
            group.bench_with_input(BenchmarkId::new("mine", algorithm), &miner, |bencher, miner| {
                bencher.iter(|| black_box(miner.mine(&shape.baskets)));
            });
        }
        group.finish();
    }
}

fn encoding(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encoding");
    for shape in shapes::all() {
        let rows: Vec<Vec<u32>> = shape.baskets.iter().map(|basket| basket.iter().copied().collect()).collect();
        group.throughput(Throughput::Elements(shape.baskets.entries()));
        group.bench_with_input(BenchmarkId::new("encode", shape.name), &rows, |bencher, rows| {
            bencher.iter(|| black_box(shapes::encode(rows.iter().cloned())));
        });
        // With itemsets of one item there is no search: what is left is the recoding.
        let miner = Miner::new().min_support(MinSupport::count(shape.min_count)).max_len(1).threads(1);
        group.bench_with_input(BenchmarkId::new("recode", shape.name), &miner, |bencher, miner| {
            bencher.iter(|| black_box(miner.count(&shape.baskets)));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = engines, encoding
}
criterion_main!(benches);
