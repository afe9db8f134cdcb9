//! What a refresh of a window takes, beside reading the rows of all baskets and mining them from nothing.
//!
//! It prints tables: the sample supermarket week by week, and slides by smaller and larger shares of the window, down to
//! a basket. With `ITEMSET_DATA` set, also for the real baskets of `data/retail.dat`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use itemset::synth::Supermarket;
use itemset::window::Window;
use itemset::{Miner, Transactions};

const SUPPORTS: [f64; 2] = [0.005, 0.0005];

/// The baskets of the sample supermarket in a year, in the order of time.
const BASKETS: u64 = 200_000;

/// Slides that are measured.
const SLIDES: usize = 26;

fn main() {
    // As the other benches do, to see that it runs. With fewer baskets the lower support would be a basket or two.
    let is_test = std::env::args().any(|argument| argument == "--test");
    let baskets = if is_test { BASKETS / 10 } else { BASKETS };
    let shop: Vec<Vec<u32>> = Supermarket::new().baskets(baskets).sales().map(|sale| sale.goods).collect();
    compare("sample supermarket", &shop);
    if let (Ok(folder), false) = (std::env::var("ITEMSET_DATA"), is_test) {
        let text = std::fs::read_to_string(format!("{folder}/data/retail.dat")).expect("retail.dat is there");
        let items = |line: &str| line.split_whitespace().map(|item| item.parse().expect("a number")).collect();
        compare("retail", &text.lines().map(items).collect::<Vec<Vec<u32>>>());
    }
}

fn compare(name: &str, rows: &[Vec<u32>]) {
    // Two thirds are the window, the others come by and by.
    let window = rows.len() * 2 / 3;
    println!("\n{name}: a window of {window} baskets\n");
    println!("| min support | slide by | from nothing | search | refresh: median | mean | slowest | add and retire |");
    println!("|---|---|---|---|---|---|---|---|");
    for support in SUPPORTS {
        let miner = Miner::new().min_support(support).threads(1);
        let from_nothing = fastest(|| {
            let baskets = Transactions::from_rows(rows[..window].iter().cloned()).expect("few rows");
            black_box(miner.mine(&baskets).expect("valid settings").len());
        });
        let baskets = Transactions::from_rows(rows[..window].iter().cloned()).expect("few rows");
        let search = fastest(|| _ = black_box(miner.mine(&baskets).expect("valid settings").len()));
        for (share, parts) in [("a basket", window), ("1/1000", 1000), ("1/100", 100), ("1/52", 52), ("1/12", 12)] {
            let [median, mean, slowest, changing] = slide(&miner, rows, window, (window / parts).max(1));
            println!(
                "| {support} | {share} | {from_nothing:.1?} | {search:.1?} | {median:.1?} | {mean:.1?} | {slowest:.1?} | \
                 {changing:.1?} |"
            );
        }
    }
}

/// Adds and retires `part` baskets again and again. The median, mean and longest time of a refresh, and the mean time of
/// adding and retiring before it.
fn slide(miner: &Miner, rows: &[Vec<u32>], window: usize, part: usize) -> [Duration; 4] {
    let mut chunks = rows.chunks(part).enumerate();
    // Partitions of a basket would be too many: then one partition has what is there at first.
    let first = if part < 20 { window } else { part };
    let mut slid = Window::new(miner.clone());
    let mut keys = Vec::new();
    for (key, chunk) in rows[..window].chunks(first).enumerate() {
        slid.add(key, chunk.iter().cloned()).expect("few rows");
        keys.push(key);
    }
    slid.refresh().expect("valid settings");
    let (mut refreshing, mut changing) = (Vec::new(), Duration::ZERO);
    let mut coming = chunks.by_ref().skip(window.div_ceil(part)).map(|(_, chunk)| chunk);
    for slide in 0..SLIDES + 4 {
        let Some(chunk) = coming.next() else { break };
        let began = Instant::now();
        slid.add(rows.len() + slide, chunk.iter().cloned()).expect("few rows");
        match first == part {
            true => _ = slid.retire(&keys[slide % keys.len()]),
            false => slid.forget(&0, &rows[slide]).expect("it is there"),
        }
        let changed = began.elapsed();
        let began = Instant::now();
        black_box(slid.refresh().expect("valid settings").itemsets().len());
        // The first ones find out what pays.
        if slide >= 2 {
            refreshing.push(began.elapsed());
            changing += changed;
        }
    }
    refreshing.sort_unstable();
    let count = refreshing.len() as u32;
    let mean = refreshing.iter().sum::<Duration>() / count;
    [refreshing[refreshing.len() / 2], mean, refreshing[refreshing.len() - 1], changing / count]
}

fn fastest(mut run: impl FnMut()) -> Duration {
    let once = |run: &mut dyn FnMut()| {
        let began = Instant::now();
        run();
        began.elapsed()
    };
    (0..5).map(|_| once(&mut run)).min().unwrap_or_default()
}
