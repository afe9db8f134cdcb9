//! Reading tables: bytes a second of each format, beside the crate `csv` decoding the same text without making baskets
//! of it.
//!
//! ```text
//! cargo bench --features synth --bench reading
//! ITEMSET_ROWS=5000000 cargo bench --features synth --bench reading
//! ```
//!
//! The long tables have `ITEMSET_ROWS` line items (default: 500,000), of 20,000 products with names of 8 to 25
//! characters, 2 % of them quoted, in an eighth as many invoices: in the order of the invoices, and shuffled. Two passes
//! keep the items of 0.1 % of them.

#![allow(missing_docs)]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use itemset::io::{AttributesReader, BasketReader, Delimiter, LongReader, OneHotReader};
use itemset::synth::Quest;

type Group<'a> = BenchmarkGroup<'a, criterion::measurement::WallTime>;

/// Draws, by a multiplicative generator: good enough to spread rows.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((u128::from(self.0) * bound as u128) >> 64) as usize
    }
}

const WORDS: [&str; 12] =
    ["RED", "LAMP", "CLOCK", "HEART", "WHITE", "BOX", "TIN", "CAKE", "BAG", "PAPER", "GLASS", "BIRD"];

/// Names of products, as they are written in a field.
fn products(draws: &mut Draws) -> Vec<String> {
    let name = |number: usize| {
        let mut name = format!("{} {number}", WORDS[draws.below(WORDS.len())]);
        let len = 8 + draws.below(18);
        while name.len() < len {
            name = format!("{name} {}", WORDS[draws.below(WORDS.len())]);
        }
        name.truncate(25);
        if number.is_multiple_of(50) { format!("\"{}, RED\"", name.trim()) } else { name.trim().to_string() }
    };
    (0..20_000).map(name).collect()
}

/// Line items of invoices, in their order or shuffled.
fn long_table(rows: usize, shuffled: bool) -> String {
    let mut draws = Draws(1);
    let products = products(&mut draws);
    let mut invoices: Vec<usize> = (0..rows).map(|row| row / 8).collect();
    if shuffled {
        (1..rows).rev().for_each(|row| invoices.swap(row, draws.below(row + 1)));
    }
    let mut text = String::from("Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer\n");
    for invoice in invoices {
        // Some products are bought much more often than others.
        let most = draws.below(products.len()) + 1;
        let product = draws.below(most);
        let (month, day, hour, minute) = (1 + invoice % 12, 1 + invoice % 28, invoice % 24, invoice % 60);
        let (quantity, pounds, pence) = (1 + draws.below(12), draws.below(20), draws.below(100));
        let _ = writeln!(
            text,
            "{},{},{},{quantity},2024-{month:02}-{day:02} {hour:02}:{minute:02},{pounds}.{pence:02},{}",
            536_365 + invoice,
            10_000 + product,
            products[product],
            12_000 + invoice % 5_000
        );
    }
    text
}

/// A table of fields of 0 and 1.
fn one_hot_table(rows: usize, items: usize) -> String {
    let mut draws = Draws(2);
    let mut text = (0..items).map(|item| format!("item {item}")).collect::<Vec<_>>().join(",") + "\n";
    for _ in 0..rows {
        (0..items).for_each(|item| {
            text.push_str(if item == 0 { "" } else { "," });
            text.push(if draws.below(10) == 0 { '1' } else { '0' });
        });
        text.push('\n');
    }
    text
}

/// A table of a few values a column.
fn attributes_table(rows: usize) -> String {
    let mut draws = Draws(3);
    let mut text = String::from("region,card,age,channel,weekday,size\n");
    for _ in 0..rows {
        let values: Vec<String> = (0..6).map(|_| format!("{} {}", WORDS[draws.below(12)], draws.below(4))).collect();
        text += &(values.join(",") + "\n");
    }
    text
}

/// Quest baskets, as words instead of numbers.
fn baskets_of_words(rows: u64) -> String {
    let baskets = Quest::new().transactions(rows).rows().expect("the default settings are valid");
    let line = |row: Vec<u32>| row.iter().map(|item| format!("item {item}")).collect::<Vec<_>>().join(",") + "\n";
    baskets.map(line).collect()
}

fn bench<R>(group: &mut Group<'_>, name: &str, text: &str, mut read: impl FnMut(&[u8]) -> R) {
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(name, |bencher| bencher.iter(|| black_box(read(black_box(text.as_bytes())))));
}

fn reading(criterion: &mut Criterion) {
    let rows = std::env::var("ITEMSET_ROWS").ok().and_then(|rows| rows.parse().ok());
    let is_test = std::env::args().any(|argument| argument == "--test");
    let rows = rows.unwrap_or(if is_test { 1_000 } else { 500_000 });
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(10);
    let long = |threads| LongReader::new("Invoice", "Description").quantity("Quantity").threads(threads);
    for (name, shuffled) in [("long", false), ("long_shuffled", true)] {
        let text = long_table(rows, shuffled);
        bench(&mut group, &format!("{name}/csv_decoding_alone"), &text, |text| {
            let mut reader = csv::Reader::from_reader(text);
            let mut record = csv::ByteRecord::new();
            let mut fields = 0;
            while reader.read_byte_record(&mut record).expect("the table is well formed") {
                fields += record.len();
            }
            fields
        });
        for threads in [1, 2] {
            bench(&mut group, &format!("{name}/{threads}_threads"), &text, |text| long(threads).read(text).unwrap());
        }
        let twice = |text: &[u8]| long(1).two_pass(text).read(0.001).unwrap();
        bench(&mut group, &format!("{name}/two_passes"), &text, twice);
    }
    let text = one_hot_table(rows / 50, 200);
    bench(&mut group, "one_hot", &text, |text| OneHotReader::new().threads(1).read(text).unwrap());
    let text = attributes_table(rows / 5);
    bench(&mut group, "attributes", &text, |text| AttributesReader::new().threads(1).read(text).unwrap());
    let text = baskets_of_words(rows as u64 / 5);
    let baskets = BasketReader::new().delimiter(Delimiter::Char(',')).threads(1);
    bench(&mut group, "baskets_of_words", &text, |text| baskets.read(text).unwrap());
    bench(&mut group, "baskets_of_words/reported", &text, |text| baskets.read_with_report(text).unwrap());
}

criterion_group!(benches, reading);
criterion_main!(benches);
