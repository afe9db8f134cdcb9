//! Making, sorting, testing and reading rules, in rules per second.

mod shapes;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use itemset::{Consequents, Correction, FrequentItemsets, Measure, MinSupport, Miner, Rule, RuleBuilder};

/// A builder for a shape's itemsets: half of the rules of real data have a confidence above 0.5.
fn builder(itemsets: &FrequentItemsets<u32>, consequents: Consequents) -> RuleBuilder<'_, u32> {
    itemsets.rules().min_confidence(0.5).consequents(consequents)
}

fn rules(criterion: &mut Criterion) {
    for shape in shapes::all() {
        let miner = Miner::new().min_support(MinSupport::count(shape.min_count));
        let itemsets = miner.mine(&shape.baskets).expect("the settings are valid");
        let mut group = criterion.benchmark_group(format!("rules/{}", shape.name));
        for consequents in [Consequents::One, Consequents::Any] {
            let rules = builder(&itemsets, consequents).generate().expect("the settings are valid");
            group.throughput(Throughput::Elements(rules.len() as u64));
            group.bench_function(BenchmarkId::new("generate", consequents), |bencher| {
                bencher.iter(|| black_box(builder(&itemsets, consequents).generate()));
            });
            group.bench_function(BenchmarkId::new("lift of at least 1.2", consequents), |bencher| {
                bencher.iter(|| black_box(builder(&itemsets, consequents).min(Measure::Lift, 1.2).generate()));
            });
            group.bench_function(BenchmarkId::new("not redundant", consequents), |bencher| {
                bencher.iter(|| black_box(builder(&itemsets, consequents).non_redundant(0.0).generate()));
            });
            group.bench_function(BenchmarkId::new("made: top 100 by leverage", consequents), |bencher| {
                bencher.iter(|| black_box(builder(&itemsets, consequents).top_k(100, Measure::Leverage).generate()));
            });
            let summed = [Measure::FishersExactTest, Measure::HyperConfidence, Measure::HyperLift];
            for measure in summed {
                group.bench_function(BenchmarkId::new(measure.name(), consequents), |bencher| {
                    bencher.iter(|| rules.iter().map(|rule| rule.measure(measure)).fold(0.0, f64::max));
                });
            }
            group.bench_function(BenchmarkId::new("all closed forms", consequents), |bencher| {
                let closed: Vec<Measure> = Measure::ALL.iter().copied().filter(|of| !summed.contains(of)).collect();
                let all = |rule: Rule<'_, u32>| closed.iter().map(|&of| rule.measure(of)).fold(0.0, f64::max);
                bencher.iter(|| rules.iter().map(all).fold(0.0, f64::max));
            });
            group.bench_function(BenchmarkId::new("significant, layered", consequents), |bencher| {
                let hypotheses = builder(&itemsets, consequents).hypotheses();
                bencher.iter(|| black_box(rules.significant(0.05, Correction::Layered, &hypotheses)));
            });
            group.bench_function(BenchmarkId::new("productivity", consequents), |bencher| {
                bencher.iter(|| black_box(rules.productivity(&itemsets)));
            });
            group.bench_function(BenchmarkId::new("top 100 by lift", consequents), |bencher| {
                bencher.iter(|| black_box(rules.top(100, Measure::Lift).len()));
            });
            group.bench_function(BenchmarkId::new("sorted by lift", consequents), |bencher| {
                bencher.iter_batched(
                    || rules.clone(),
                    |rules| black_box(rules.sorted_by(Measure::Lift)),
                    BatchSize::LargeInput,
                );
            });
            group.bench_function(BenchmarkId::new("read", consequents), |bencher| {
                let items = |rules: &itemset::Rules<u32>| {
                    rules.iter().map(|rule| rule.antecedent().chain(rule.consequent()).count()).sum::<usize>()
                };
                bencher.iter(|| black_box(items(&rules)));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = rules
}
criterion_main!(benches);
