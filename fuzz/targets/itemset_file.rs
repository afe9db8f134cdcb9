#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| itemset_fuzz::itemset_file(data));
