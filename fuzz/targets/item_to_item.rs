#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| itemset_fuzz::item_to_item(data));
