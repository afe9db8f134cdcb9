//! Empty results are explained: the most frequent item and pair, against brute force.

use itemset::{CancelToken, ErrorKind, MinSupport, Miner, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode, itemsets};

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn best_counts_equal_brute_force(rows in databases(), min_count in 1..300u64, max_len in 1..4usize) {
        let baskets = encode(&rows);
        let listed = itemsets(&rows, 1);
        let best = |len: usize| listed.iter().filter(|(labels, _)| labels.len() == len).map(|&(_, count)| count).max();
        let miner = Miner::new().min_support(MinSupport::count(min_count)).max_len(max_len);
        let why = miner.explain_empty(&baskets).unwrap();
        prop_assert_eq!((why.best_item(), why.best_pair()), (best(1), best(2)));
        prop_assert_eq!((why.basket_count(), why.min_count()), (rows.len() as u64, min_count));
        prop_assert_eq!(why.has_item(), !miner.mine(&baskets).unwrap().is_empty());
        prop_assert_eq!(why.has_pair(), miner.clone().max_len(2).mine(&baskets).unwrap().by_len().len() == 2);
        // At the threshold something is found, above it nothing.
        let by_len = |support| Miner::new().min_support(support).max_len(2).mine(&baskets).unwrap().by_len();
        if let Some(support) = why.item_support() {
            prop_assert!(!by_len(support).is_empty());
            prop_assert!(by_len(MinSupport::count(why.best_item().unwrap() + 1)).is_empty());
        }
        if let Some(support) = why.pair_support() {
            prop_assert_eq!(by_len(support).len(), 2);
            prop_assert!(by_len(MinSupport::count(why.best_pair().unwrap() + 1)).len() < 2);
        }
        prop_assert!(why.to_string().contains(&rows.len().to_string()) || rows.is_empty());
    }
}

/// More items than are counted first, and no pair in more than one basket.
#[test]
fn best_pair_is_found_among_many_items() {
    let rows: Vec<Vec<u32>> = (0..700u32).flat_map(|item| vec![vec![item]; 3]).chain([vec![698, 699]]).collect();
    let why = Miner::new().min_support(MinSupport::count(9)).explain_empty(&encode(&rows)).unwrap();
    assert_eq!((why.best_item(), why.best_pair()), (Some(4), Some(1)));
}

#[test]
fn report_reads_as_documented() {
    let said = |rows: &[Vec<u32>], min_count| {
        Miner::new().min_support(MinSupport::count(min_count)).explain_empty(&encode(rows)).unwrap().to_string()
    };
    assert_eq!(said(&[], 1), "there are no baskets");
    assert_eq!(said(&[vec![], vec![]], 1), "no item is in any of 2 baskets");
    assert_eq!(
        said(&[vec![1], vec![1]], 3),
        "nothing is frequent at min count 3: of 2 baskets the most frequent item is in 2, and none holds two items; \
         lower the minimum support to that or below"
    );
    assert_eq!(
        said(&[vec![1], vec![1]], 2),
        "only single items are frequent at min count 2: of 2 baskets the most frequent item is in 2, and none holds two items"
    );
    assert_eq!(
        said(&[vec![1, 2], vec![1]], 1),
        "items and pairs are frequent at min count 1: of 2 baskets the most frequent item is in 2, the most frequent pair in 1"
    );
}

#[test]
fn settings_are_checked_and_cancel_is_noticed() {
    let baskets = Transactions::from_rows([[1, 2]]).unwrap();
    assert!(matches!(
        Miner::new().min_support(2.0).explain_empty(&baskets).unwrap_err().kind(),
        ErrorKind::InvalidSetting { setting: "min_support", .. }
    ));
    let token = CancelToken::new();
    token.cancel();
    let error = Miner::new().cancel_token(&token).explain_empty(&baskets).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Cancelled));
}
