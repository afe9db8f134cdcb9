//! Files of itemsets in blocks of their real size. The tests beside the code have blocks of a few nodes.

use itemset::snapshot::ItemsetFile;
use itemset::{Algorithm, MinSupport, Miner, Target, Transactions};

use crate::variants::{ALGORITHMS, FEW_THREADS};

/// Baskets of 12 of 30 items each, some of them often together.
fn baskets() -> Transactions<String> {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (state >> 33) % below
    };
    let rows: Vec<Vec<String>> =
        (0..400).map(|_| (0..12).map(|_| format!("item {}", draw(30).min(draw(30)))).collect()).collect();
    Transactions::from_rows(rows).unwrap()
}

#[test]
fn blocks_of_real_size_hold_what_was_found() {
    let baskets = baskets();
    let miner = Miner::new().min_support(MinSupport::count(2)).threads(1);
    let itemsets = miner.mine(&baskets).unwrap();
    let mut bytes = Vec::new();
    itemsets.write_itemset_file_to(&mut bytes).unwrap();
    assert!(itemsets.len() > 20_000 && bytes.len() > 5 * 8192, "{} in {}", itemsets.len(), bytes.len());
    assert!(bytes.len() < 4 * itemsets.len());
    for &algorithm in ALGORITHMS {
        for &threads in FEW_THREADS {
            let mut streamed = Vec::new();
            let miner = miner.clone().algorithm(algorithm).threads(threads);
            let summary = miner.search(&baskets).write_itemset_file_to(&mut streamed).unwrap();
            assert_eq!(summary.itemsets(), itemsets.len() as u64);
            assert!(streamed == bytes, "{algorithm} on {threads} threads");
        }
    }
    let file = ItemsetFile::<String, _>::from_bytes(&bytes).unwrap();
    assert!(file.memory_usage() < bytes.len() / 50);
    let mut listed = file.iter();
    for (number, itemset) in itemsets.iter().enumerate() {
        // Each look-up reads half a block.
        if number % 16 == 0 {
            assert_eq!(file.count_of(itemset.iter()).unwrap(), Some(itemset.count()));
        }
        assert_eq!(listed.next().unwrap().unwrap(), itemset);
    }
    assert!(listed.next().is_none());
    assert_eq!(file.to_frequent().unwrap(), itemsets);
    let of_each: usize = itemsets.iter_len(1..=1).map(|single| file.extensions_of(single.iter()).count()).sum();
    assert_eq!(of_each, itemsets.len());
}

/// Against the numbers that other programs found.
#[test]
fn real_data_is_stored_in_few_bytes() {
    let Some(folder) = std::env::var_os("ITEMSET_DATA").map(std::path::PathBuf::from) else {
        eprintln!("NOT CHECKED: ITEMSET_DATA is not set, the file of itemsets of real data was skipped");
        return;
    };
    for (name, min_count, target, bytes) in [
        ("BMS1.dat", 40, Target::All, 4),
        ("mushroom.dat", 1000, Target::All, 2),
        ("mushroom.dat", 1000, Target::Closed, 8),
        ("retail.dat", 20, Target::All, 5),
    ] {
        let baskets = itemset::io::BasketReader::new().read_file(folder.join("data").join(name)).unwrap();
        let miner = Miner::new().min_support(MinSupport::count(min_count)).algorithm(Algorithm::Auto);
        let search = miner.search(&baskets).target(target);
        let mut written = Vec::new();
        let summary = search.write_itemset_file_to(&mut written).unwrap();
        let file = ItemsetFile::<String, _>::from_bytes(&written).unwrap();
        file.verify().unwrap();
        let found = search.count().unwrap();
        let by_len: Vec<u128> = file.by_len().iter().copied().map(u128::from).collect();
        assert_eq!((u128::from(summary.itemsets()), &by_len[..]), (found.total(), found.by_len()), "{name}");
        // The labels and counts of items count for little.
        assert!((written.len() as u64) < bytes * file.len() + 30_000, "{name}: {} for {}", written.len(), file.len());
    }
}
