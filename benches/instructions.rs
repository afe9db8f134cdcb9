//! Instructions of each kernel, engine, search for chosen itemsets, reader and rule maker, counted by valgrind's callgrind: figures that
//! noise cannot move. `.ci/instructions` runs this, and compares the counts with the limits beside this file.
//!
//! Everything is generated, on one thread, and hashed with a fixed seed. Valgrind shows programs a CPU with
//! AVX2, so the kernels for AVX-512 are not here.

#[cfg(itemset_fixed_seed)]
mod columns;
#[cfg(itemset_fixed_seed)]
mod shapes;

#[cfg(itemset_fixed_seed)]
use cases::{chosen, engines, kernels, reading, rules};
#[cfg(itemset_fixed_seed)]
use gungraun::main;

/// Copying without `rep movsb`: whether the C library takes that depends on the addresses' low bits, and so on the
/// name of the folder, and it counts differently. Reading moved by 0.6 %.
#[cfg(itemset_fixed_seed)]
const COPYING: &str = "glibc.cpu.hwcaps=-ERMS,-FSRM";

#[cfg(itemset_fixed_seed)]
main!(
    config = gungraun::LibraryBenchmarkConfig::default()
        .env("GLIBC_TUNABLES", COPYING)
        .env("RAYON_NUM_THREADS", "1")
        .tool(gungraun::Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = [kernels, engines, chosen, reading, rules]
);

#[cfg(not(itemset_fixed_seed))]
fn main() {
    println!("instructions are counted where hashing has a fixed seed: run .ci/instructions");
}

#[cfg(itemset_fixed_seed)]
mod cases {
    use std::hint::black_box;

    use gungraun::{library_benchmark, library_benchmark_group};
    use itemset::__bench::Isa;
    use itemset::io::{BasketReader, Delimiter, TextWriter};
    use itemset::synth::Supermarket;
    use itemset::{
        Algorithm, Consequents, FrequentItemsets, ItemsetCounts, ItemsetList, Measure, MinSupport, Miner, Rules,
        Target, Transactions,
    };

    use crate::columns::{Data, Kernel};
    use crate::shapes;

    /// A kernel's columns and the instruction set to meet them with.
    struct Columns {
        data: Data,
        isa: Isa,
        times: u64,
    }

    impl Columns {
        fn meet(mut self, kernel: Kernel) -> Self {
            self.data.run(self.isa, kernel, self.times);
            self
        }
    }

    fn isa(name: &str) -> Isa {
        let isa = Isa::available().into_iter().find(|isa| isa.name() == name);
        isa.unwrap_or_else(|| panic!("this CPU has no {name}: the limits are for one that has"))
    }

    /// Columns of one and a half thousand words, and a part of a vector.
    fn long(isa_name: &str) -> Columns {
        Columns { data: Data::new(1539, 4), isa: isa(isa_name), times: 8 }
    }

    /// Columns as they are deep in a search: whole vectors, and a part of one.
    fn short(isa_name: &str) -> Columns {
        Columns { data: Data::new(11, 64), isa: isa(isa_name), times: 64 }
    }

    macro_rules! kernels {
        ($($name:ident: $kernel:ident,)+) => {
            $(
                #[library_benchmark]
                #[bench::scalar_long(args = ("scalar"), setup = long)]
                #[bench::scalar_short(args = ("scalar"), setup = short)]
                #[bench::popcnt_long(args = ("popcnt"), setup = long)]
                #[bench::popcnt_short(args = ("popcnt"), setup = short)]
                #[bench::avx2_long(args = ("avx2"), setup = long)]
                #[bench::avx2_short(args = ("avx2"), setup = short)]
                fn $name(columns: Columns) -> Columns {
                    columns.meet(Kernel::$kernel)
                }
            )+

            library_benchmark_group!(name = kernels, benchmarks = [$($name),+]);
        };
    }

    kernels! {
        and_count: AndCount,
        and_count_many: AndCountMany,
        and_count_at_least: AndCountAtLeast,
        and_into_count: AndIntoCount,
        compress: Compress,
        count_bits: Count,
        count_combinations: Combinations,
    }

    /// Baskets and what to look for in them.
    struct Search {
        baskets: Transactions<u32>,
        miner: Miner,
    }

    fn miner(min_count: u64) -> Miner {
        Miner::new().min_support(MinSupport::count(min_count)).threads(1)
    }

    fn quest(algorithm: Algorithm) -> Search {
        Search { baskets: shapes::encode(shapes::quest(4_000)), miner: miner(10).algorithm(algorithm) }
    }

    fn dense(algorithm: Algorithm) -> Search {
        Search { baskets: shapes::encode(shapes::dense(1_000)), miner: miner(300).algorithm(algorithm) }
    }

    #[library_benchmark]
    #[bench::quest_auto(args = (Algorithm::Auto), setup = quest)]
    #[bench::quest_apriori(args = (Algorithm::Apriori), setup = quest)]
    #[bench::quest_fp_growth(args = (Algorithm::FpGrowth), setup = quest)]
    #[bench::quest_eclat(args = (Algorithm::Eclat), setup = quest)]
    #[bench::dense_auto(args = (Algorithm::Auto), setup = dense)]
    #[bench::dense_apriori(args = (Algorithm::Apriori), setup = dense)]
    #[bench::dense_fp_growth(args = (Algorithm::FpGrowth), setup = dense)]
    #[bench::dense_eclat(args = (Algorithm::Eclat), setup = dense)]
    fn count(search: Search) -> (Search, ItemsetCounts) {
        let counts = search.miner.count(&search.baskets).expect("the settings are valid");
        (search, counts)
    }

    #[library_benchmark]
    #[bench::quest_auto(args = (Algorithm::Auto), setup = quest)]
    #[bench::quest_apriori(args = (Algorithm::Apriori), setup = quest)]
    #[bench::quest_fp_growth(args = (Algorithm::FpGrowth), setup = quest)]
    #[bench::quest_eclat(args = (Algorithm::Eclat), setup = quest)]
    #[bench::dense_auto(args = (Algorithm::Auto), setup = dense)]
    #[bench::dense_apriori(args = (Algorithm::Apriori), setup = dense)]
    #[bench::dense_fp_growth(args = (Algorithm::FpGrowth), setup = dense)]
    #[bench::dense_eclat(args = (Algorithm::Eclat), setup = dense)]
    fn list(search: Search) -> (Search, FrequentItemsets<u32>) {
        let itemsets = search.miner.mine(&search.baskets).expect("the settings are valid");
        (search, itemsets)
    }

    library_benchmark_group!(name = engines, benchmarks = [count, list]);

    fn quest_of(target: Target) -> (Search, Target) {
        (quest(Algorithm::Auto), target)
    }

    fn dense_of(target: Target) -> (Search, Target) {
        (dense(Algorithm::Auto), target)
    }

    #[library_benchmark]
    #[bench::quest_closed(args = (Target::Closed), setup = quest_of)]
    #[bench::quest_maximal(args = (Target::Maximal), setup = quest_of)]
    #[bench::quest_generators(args = (Target::Generators), setup = quest_of)]
    #[bench::dense_closed(args = (Target::Closed), setup = dense_of)]
    #[bench::dense_maximal(args = (Target::Maximal), setup = dense_of)]
    #[bench::dense_generators(args = (Target::Generators), setup = dense_of)]
    fn count_target((search, target): (Search, Target)) -> (Search, ItemsetCounts) {
        let counts = search.miner.search(&search.baskets).target(target).count().expect("the settings are valid");
        (search, counts)
    }

    #[library_benchmark]
    #[bench::quest(args = (Algorithm::Auto), setup = quest)]
    #[bench::dense(args = (Algorithm::Auto), setup = dense)]
    fn top_hundred(search: Search) -> (Search, ItemsetList<u32>) {
        let best =
            search.miner.search(&search.baskets).min_len(2).top_k(100).collect().expect("the settings are valid");
        (search, best)
    }

    library_benchmark_group!(name = chosen, benchmarks = [count_target, top_hundred]);

    /// Lines of whole numbers between blanks.
    fn numbers() -> (BasketReader, String) {
        let lines = shapes::quest(4_000).map(|row| line(row, " "));
        (BasketReader::new(), lines.collect())
    }

    /// Lines of names between commas.
    fn names() -> (BasketReader, String) {
        let sales = Supermarket::new().baskets(4_000).sales();
        let lines = sales.map(|sale| line(sale.names(), ","));
        (BasketReader::new().delimiter(Delimiter::Char(',')), lines.collect())
    }

    fn line(items: impl IntoIterator<Item: ToString>, delimiter: &str) -> String {
        let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
        items.join(delimiter) + "\n"
    }

    #[library_benchmark]
    #[bench::numbers(setup = numbers)]
    #[bench::names(setup = names)]
    fn read((reader, text): (BasketReader, String)) -> (String, Transactions<String>) {
        let baskets = reader.read(text.as_bytes()).expect("the text is well-formed");
        (text, baskets)
    }

    fn rows() -> Vec<Vec<u32>> {
        shapes::quest(4_000).collect()
    }

    #[library_benchmark]
    #[bench::rows(setup = rows)]
    fn encode(rows: Vec<Vec<u32>>) -> (Transactions<u32>, Vec<Vec<u32>>) {
        let baskets = Transactions::from_rows(rows.iter().map(|row| row.iter().copied()));
        (baskets.expect("generated rows are within the limits"), rows)
    }

    library_benchmark_group!(name = reading, benchmarks = [read, encode]);

    /// Itemsets, and which rules to make of them.
    fn found(search: Search, consequents: Consequents) -> (FrequentItemsets<u32>, Miner) {
        let miner = search.miner.min_confidence(0.5).consequents(consequents);
        (miner.mine(&search.baskets).expect("the settings are valid"), miner)
    }

    fn quest_itemsets(consequents: Consequents) -> (FrequentItemsets<u32>, Miner) {
        found(quest(Algorithm::Auto), consequents)
    }

    fn dense_itemsets(consequents: Consequents) -> (FrequentItemsets<u32>, Miner) {
        found(dense(Algorithm::Auto), consequents)
    }

    #[library_benchmark]
    #[bench::quest_one(args = (Consequents::One), setup = quest_itemsets)]
    #[bench::quest_any(args = (Consequents::Any), setup = quest_itemsets)]
    #[bench::dense_one(args = (Consequents::One), setup = dense_itemsets)]
    #[bench::dense_any(args = (Consequents::Any), setup = dense_itemsets)]
    fn generate((itemsets, miner): (FrequentItemsets<u32>, Miner)) -> (FrequentItemsets<u32>, Rules<u32>) {
        let rules = miner.rules_of(&itemsets).expect("the settings are valid");
        (itemsets, rules)
    }

    fn dense_rules() -> Rules<u32> {
        let (itemsets, miner) = dense_itemsets(Consequents::Any);
        miner.rules_of(&itemsets).expect("the settings are valid")
    }

    #[library_benchmark]
    #[bench::by_lift(setup = dense_rules)]
    fn top(rules: Rules<u32>) -> Rules<u32> {
        black_box(rules.top(100, Measure::Lift).len());
        rules
    }

    #[library_benchmark]
    #[bench::as_text(setup = dense_rules)]
    fn write(rules: Rules<u32>) -> (Rules<u32>, Vec<u8>) {
        let mut text = Vec::new();
        TextWriter::new().write_rules(&rules, &mut text).expect("memory takes everything");
        (rules, text)
    }

    library_benchmark_group!(name = rules, benchmarks = [generate, top, write]);
}
