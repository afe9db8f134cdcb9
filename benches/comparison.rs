//! The engines and the crate `fp-growth`, in itemsets per second: from rows in memory to a list of every frequent
//! itemset with its count, on one thread. Nothing is measured unless both find the same.

mod shapes;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fp_growth::algorithm::FPGrowth;
use itemset::{Algorithm, FrequentItemsets, MinSupport, Miner};

fn ours(rows: &[Vec<u32>], miner: &Miner) -> FrequentItemsets<u32> {
    let baskets = shapes::encode(rows.iter().cloned());
    miner.mine(&baskets).expect("the settings are valid")
}

fn comparison(criterion: &mut Criterion) {
    let data: [(_, Vec<Vec<u32>>, u32); 2] =
        [("quest", shapes::quest(10_000).collect(), 20), ("retail", shapes::retail(11_500).collect(), 20)];
    for (name, rows, min_count) in data {
        let miner = Miner::new().min_support(MinSupport::count(min_count.into())).threads(1);
        let theirs = FPGrowth::new(rows.clone(), min_count as usize);
        let (itemsets, patterns) = (ours(&rows, &miner), theirs.find_frequent_patterns().frequent_patterns());
        assert_eq!(itemsets.len(), patterns.len(), "{name}");
        for (itemset, count) in patterns {
            assert_eq!(itemsets.count_of(&itemset), Some(count as u64), "{name}: {itemset:?}");
        }

        let mut group = criterion.benchmark_group(format!("comparison/{name}"));
        group.throughput(Throughput::Elements(itemsets.len() as u64));
        for &algorithm in Algorithm::ALL {
            let miner = miner.clone().algorithm(algorithm);
            group.bench_function(BenchmarkId::new("itemset", algorithm), |bencher| {
                bencher.iter(|| black_box(ours(&rows, &miner)));
            });
        }
        group.bench_function(BenchmarkId::new("the crate", "fp-growth"), |bencher| {
            bencher.iter(|| black_box(theirs.find_frequent_patterns()));
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = comparison
}
criterion_main!(benches);
