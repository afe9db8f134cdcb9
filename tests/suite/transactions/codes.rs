//! Columns of codes become the baskets that their labels would.

use itemset::{ErrorKind, Transactions};
use proptest::prelude::*;

/// A dictionary with equal and unused labels, and lists of codes.
fn lists() -> impl Strategy<Value = (Vec<u8>, Vec<Vec<usize>>)> {
    prop::collection::vec(0..20u8, 1..30).prop_flat_map(|dictionary| {
        let list = prop::collection::vec(0..dictionary.len(), 0..40);
        (Just(dictionary), prop::collection::vec(list, 0..20))
    })
}

proptest! {
    #[test]
    fn lists_of_codes_are_rows_of_labels(
        (dictionary, lists) in lists(),
        skipped in 0..3usize,
        weights in prop::collection::vec(0..4u8, 20),
    ) {
        // The first list may begin after some codes, as in a slice of a column.
        let codes: Vec<usize> = std::iter::repeat_n(999, skipped).chain(lists.concat()).collect();
        let mut offsets = vec![skipped];
        lists.iter().for_each(|list| offsets.push(offsets.last().unwrap() + list.len()));
        let labels = |list: &Vec<usize>| list.iter().map(|&code| dictionary[code]).collect::<Vec<_>>();
        let expected = Transactions::from_rows(lists.iter().map(labels)).unwrap();
        prop_assert_eq!(&Transactions::from_codes(&offsets, &codes, dictionary.clone()).unwrap(), &expected);
        let signed: Vec<i32> = offsets.iter().map(|&offset| offset as i32).collect();
        let short: Vec<u16> = codes.iter().map(|&code| code as u16).collect();
        prop_assert_eq!(&Transactions::from_codes(&signed, &short, dictionary.clone()).unwrap(), &expected);

        let weights = &weights[..lists.len()];
        let mut builder = Transactions::builder();
        lists.iter().zip(weights).for_each(|(list, &weight)| { builder.push_weighted(labels(list), weight.into()); });
        let read = Transactions::from_weighted_codes(&offsets, &codes, weights, dictionary.clone()).unwrap();
        prop_assert_eq!(read, builder.build().unwrap());
    }

    #[test]
    fn pairs_of_codes_are_rows_of_labels(
        (dictionary, rows) in prop::collection::vec(0..20u8, 1..30).prop_flat_map(|dictionary| {
            let row = (prop_oneof![0..5u64, 0..60u64, Just(u64::MAX), Just(1 << 40)], 0..dictionary.len());
            (Just(dictionary), prop::collection::vec(row, 0..200))
        }),
    ) {
        let (keys, codes): (Vec<u64>, Vec<usize>) = rows.iter().copied().unzip();
        let mut baskets: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut labels: Vec<u8> = Vec::new();
        for &(key, code) in &rows {
            let label = dictionary[code];
            if !labels.contains(&label) {
                labels.push(label);
            }
            match baskets.iter_mut().find(|(of, _)| *of == key) {
                Some((_, basket)) => basket.push(label),
                None => baskets.push((key, vec![label])),
            }
        }
        let read = Transactions::from_code_pairs(&keys, &codes, dictionary.clone()).unwrap();
        prop_assert_eq!(read.dictionary().labels(), &labels[..]);
        let expected = Transactions::from_rows(baskets.into_iter().map(|(_, basket)| basket)).unwrap();
        prop_assert_eq!((read.len(), read.duplicates_skipped()), (expected.len(), expected.duplicates_skipped()));
        for (basket, other) in read.iter().zip(&expected) {
            let sorted = |basket: itemset::Basket<'_, u8>| {
                let mut labels: Vec<u8> = basket.iter().copied().collect();
                labels.sort();
                labels
            };
            prop_assert_eq!(sorted(basket), sorted(other));
        }
        let read_again = keys.iter().all(|&key| key < 100).then(|| {
            let keys: Vec<i8> = keys.iter().map(|&key| key as i8).collect();
            Transactions::from_code_pairs(&keys, &codes, dictionary.clone()).unwrap()
        });
        prop_assert!(read_again.is_none_or(|again| again == read));
    }
}

#[test]
fn no_lists_are_no_baskets() {
    for offsets in [&[][..], &[0], &[3]] {
        let baskets = Transactions::from_codes(offsets, &[0u8, 0, 0], ["a"]).unwrap();
        assert_eq!((baskets.len(), baskets.dictionary().len()), (0, 0));
    }
    assert_eq!(Transactions::from_codes(&[0u32, 0, 0], &[0u32; 0], Vec::<String>::new()).unwrap().len(), 2);
    assert_eq!(Transactions::from_code_pairs(&[0u8; 0], &[0u8; 0], ["a"]).unwrap().len(), 0);
}

#[test]
fn wrong_codes_are_named_with_their_position() {
    let told = |result: Result<Transactions<&str>, itemset::Error>| {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }));
        error.to_string()
    };
    let labels = ["a", "b"];
    let codes = "(expected positions in the dictionary, from 0 on)";
    assert_eq!(
        told(Transactions::from_codes(&[0, 3], &[0, 1, 2], labels)),
        format!("invalid codes: 2 at position 2 {codes}")
    );
    assert_eq!(
        told(Transactions::from_codes(&[0, 3], &[0, -1, 1], labels)),
        format!("invalid codes: -1 at position 1 {codes}")
    );
    assert_eq!(
        told(Transactions::from_code_pairs(&[0, 1], &[0, 7], labels)),
        format!("invalid codes: 7 at position 1 {codes}")
    );
    let offsets = "(expected positions in the codes, each at least the one before)";
    for (given, at) in
        [([-1, 0, 2], "-1 at position 0"), ([0, 2, 1], "1 at position 2"), ([0, 4, 4], "4 at position 1")]
    {
        assert_eq!(
            told(Transactions::from_codes(&given, &[0, 1, 0], labels)),
            format!("invalid offsets: {at} {offsets}")
        );
    }
    assert_eq!(
        told(Transactions::from_code_pairs(&[3, -4], &[0, 1], labels)),
        "invalid keys: -4 at position 1 (expected numbers from 0 on)"
    );
    assert_eq!(
        told(Transactions::from_code_pairs(&[3, 4, 5], &[0, 1], labels)),
        "invalid keys: 3 for 2 codes (expected one for each code)"
    );
    assert_eq!(
        told(Transactions::from_weighted_codes(&[0, 1], &[0], &[1, 1], labels)),
        "invalid weights: 2 for 1 lists (expected one for each list)"
    );
    assert_eq!(
        told(Transactions::from_weighted_codes(&[0, 1], &[0], &[-1], labels)),
        "invalid weights: -1 at position 0 (expected whole numbers from 0 to 4294967295)"
    );
    // Together they may be more than 32 bits number.
    let baskets = Transactions::from_weighted_codes(&[0, 1, 2], &[0, 1], &[u32::MAX, 1], labels).unwrap();
    assert_eq!(baskets.len() as u64, 1 << 32);
}
