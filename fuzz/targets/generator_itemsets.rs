#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| itemset_fuzz::generator_itemsets(data));
