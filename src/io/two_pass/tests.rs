use proptest::prelude::*;

use super::*;
use crate::error::ErrorKind;
use crate::io::{AttributesReader, BasketReader, Delimiter, LongReader, OneHotReader, TextWriter, Trim, basket, long};
use crate::itemsets::FrequentItemsets;
use crate::mine::query::algorithm::Algorithm;
use crate::miner::Miner;

/// How a text is read in two passes.
#[derive(Clone, Copy, Debug)]
struct How {
    sizes: Sizes,
    spills: bool,
}

fn how() -> impl Strategy<Value = How> {
    let sizes =
        (1..300usize, 1..600usize, 1..200usize, any::<bool>()).prop_map(|(block, worker, part, whole)| match whole {
            true => Sizes::default(),
            false => Sizes { several: 0, label: 0, block, worker, part },
        });
    (sizes, any::<bool>()).prop_map(|(sizes, spills)| How { sizes, spills })
}

/// What is frequent, as it is written.
fn mined(baskets: &Transactions<String>, min_support: MinSupport) -> (String, String) {
    written(&miner(min_support).mine(baskets).unwrap())
}

fn miner(min_support: MinSupport) -> Miner {
    // What `Auto` chooses depends on which rows are merged.
    Miner::new().min_support(min_support).max_len(4).threads(1).algorithm(Algorithm::Eclat)
}

fn written(found: &FrequentItemsets<String>) -> (String, String) {
    let mut text = Vec::new();
    TextWriter::new().write_itemsets(found, &mut text).unwrap();
    #[cfg(feature = "serde")]
    let stored = serde_json::to_string(found).unwrap();
    #[cfg(not(feature = "serde"))]
    let stored = format!("{} of {}", found.len(), found.basket_count());
    (String::from_utf8(text).unwrap(), stored)
}

/// Two passes find what one pass finds, or fail as it does.
fn check(
    reader: impl ReadRuns + Clone + 'static,
    text: &[u8],
    How { sizes, spills }: How,
) -> Result<(), TestCaseError> {
    let all = reader.read_source(Source::bytes(text));
    let two_pass = |sizes| TwoPass { sizes, spills, ..TwoPass::new(Box::new(reader.clone()), Source::bytes(text)) };
    let counted = two_pass(sizes).count();
    let (all, report) = match all {
        Ok(all) => all,
        // Entries that are not kept may be any number.
        Err(error) if matches!(error.kind(), ErrorKind::TooLarge { .. }) => return Ok(()),
        Err(error) => {
            prop_assert_eq!(counted.map_err(|error| error.to_string()).err(), Some(error.to_string()));
            return Ok(());
        }
    };
    let counted = counted.unwrap();
    let in_large_blocks = two_pass(Sizes::default()).count().unwrap();
    prop_assert_eq!(counted.baskets(), all.len() as u64);
    prop_assert_eq!(counted.items(), all.dictionary().len() as u64);
    for min_support in [0.05, 0.2, 0.5, 1.0].map(MinSupport::fraction).into_iter().chain([1, 3].map(MinSupport::count))
    {
        let needs = counted.needs(min_support).unwrap();
        let (kept, mut kept_report) = counted.read(min_support).unwrap();
        let (found, expected) = (mined(&kept, min_support), mined(&all, min_support));
        prop_assert_eq!(&found, &expected);
        let (on_disk, disk_report) = counted.mine(&miner(min_support)).unwrap();
        prop_assert_eq!(written(&on_disk), expected);
        prop_assert_eq!(&disk_report, &kept_report);
        // Rows come in the same order from blocks of any size, on any threads.
        prop_assert!(in_large_blocks.read(min_support).unwrap() == (kept.clone(), kept_report.clone()));
        let labels = kept.dictionary().labels();
        let expected: Vec<&String> = all.dictionary().labels().iter().filter(|label| labels.contains(label)).collect();
        prop_assert!(labels.iter().eq(expected));
        prop_assert_eq!(needs.items(), labels.len() as u64);
        prop_assert!(needs.entries() >= kept.entries());
        prop_assert_eq!(kept_report.items, kept.entries());
        prop_assert_eq!(kept_report.duplicates, kept.duplicates_skipped());
        if min_support == MinSupport::count(1) {
            prop_assert_eq!(&kept_report, &report);
        }
        (kept_report.items, kept_report.duplicates) = (report.items, report.duplicates);
        prop_assert_eq!(&kept_report, &report);
    }
    Ok(())
}

proptest! {
    #[test]
    fn two_passes_find_what_one_finds_in_long_tables(
        text in long::tests::texts(),
        how in how(),
        trim in prop::sample::select(Trim::ALL),
        threads in 1..4usize,
        [comment, lenient, header, keys, n, quote, sorted] in any::<[bool; 7]>(),
    ) {
        let text = if sorted { sorted_lines(&text) } else { text };
        let mut reader = LongReader::new(1, 2).trim(trim).lenient(lenient).header(header).null("NA").case_fold(n);
        reader = reader.exclude_baskets("C*".parse().unwrap()).threads(threads);
        reader = if comment { reader.comment('#') } else { reader };
        reader = if keys { reader.and_basket(3) } else { reader };
        reader = if n { reader.quantity(3) } else { reader };
        reader = if quote { reader } else { reader.quote(None) };
        check(reader, &text, how)?;
    }

    #[test]
    fn two_passes_find_what_one_finds_in_baskets(
        text in basket::tests::texts(),
        how in how(),
        delimiter in prop::sample::select(vec![Delimiter::Whitespace, Delimiter::Char(',')]),
        threads in 1..4usize,
        (weight_last, lenient, fold) in any::<(bool, bool, bool)>(),
    ) {
        let reader = BasketReader::new().delimiter(delimiter).threads(threads).lenient(lenient).case_fold(fold);
        check(if weight_last { reader.weight_last() } else { reader }, &text, how)?;
    }

    #[test]
    fn two_passes_find_what_one_finds_in_wide_tables(
        rows in prop::collection::vec((prop::collection::vec(0..12usize, 6), 0..4u32), 0..60),
        how in how(),
        threads in 1..4usize,
        (weight, lenient) in any::<(bool, bool)>(),
    ) {
        let words = ["1", "0", "", "yes", "NA", "no", " x ", "\"1\"", "0.5", "0", "0", "maybe"];
        let line = |(row, weight): &(Vec<usize>, u32)| {
            let fields: Vec<&str> = row.iter().map(|&word| words[word]).collect();
            format!("{},{weight}\n", fields.join(","))
        };
        let text = "a,b,a,\"c,d\",e,f,n\n".to_string() + &rows.iter().map(line).collect::<String>();
        let reader = OneHotReader::new().threads(threads).lenient(lenient).null("NA");
        check(if weight { reader.clone().weight("n") } else { reader.clone().not_items(["n"]) }, text.as_bytes(), how)?;
        check(reader.sparse(true).lenient(true), text.replace("1,", "g:1,").as_bytes(), how)?;
        let reader = AttributesReader::new().threads(threads).lenient(lenient).null("NA");
        check(if weight { reader.weight("n") } else { reader }, text.as_bytes(), how)?;
    }
}

#[cfg(feature = "json")]
proptest! {
    #[test]
    fn two_passes_find_what_one_finds_in_json_lines(
        lines in prop::collection::vec((0..12usize, 0..30u32, 0..40u32), 0..120),
        how in how(),
        threads in 1..4usize,
        (lenient, faults) in any::<(bool, bool)>(),
    ) {
        use crate::io::JsonLinesReader;
        let line = |(place, &(kind, key, item)): (usize, &(usize, u32, u32))| match kind {
            0 => "\r\n".to_string(),
            1 if faults => "{\"item\": }\n".to_string(),
            2 => format!("{{\"item\": [\"\\u00e9{item}\", {item}, {item}, {}], \"key\": {key}, \"n\": 3}}\n", item % 4),
            3 => format!("{{\"item\": [{item}.5, {place}], \"key\": {key}, \"n\": 0}}\n"),
            _ => format!("{{\"key\": {}, \"n\": {kind}, \"item\": {}}}\n", place / 3, item % 7),
        };
        let text: String = lines.iter().enumerate().map(line).collect();
        let rows = JsonLinesReader::rows("key", "item").quantity("n").exclude_baskets("1?".parse().unwrap());
        for reader in [rows, JsonLinesReader::lists("item").weight("n"), JsonLinesReader::lists("item")] {
            check(reader.lenient(lenient).threads(threads), text.as_bytes(), how)?;
        }
    }
}

/// The first line, and the others in their order.
fn sorted_lines(text: &[u8]) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    lines.get_mut(1..).unwrap_or_default().sort_unstable();
    lines.concat()
}

#[test]
fn half_of_the_machine_is_the_limit() {
    let text = "key,item\n1,beer\n1,chips\n2,beer\n";
    let count = || LongReader::new("key", "item").threads(1).two_pass(text.as_bytes()).count();
    let error = crate::machine::with_memory(100, || count().map(drop)).unwrap_err();
    assert!(error.to_string().contains("half of this machine's memory (50, max_memory sets another)"), "{error}");
    assert!(crate::machine::with_memory(1 << 20, || count().and_then(|counted| counted.read(0.5))).is_ok());
}
