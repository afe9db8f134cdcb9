//! Searches that cannot end are refused before they start.

use itemset::{Algorithm, Consequents, ErrorKind, MinSupport, Miner, Transactions};

use crate::variants::{ALGORITHMS, ENGINES};

fn one_basket(items: u32) -> Transactions<u32> {
    Transactions::from_rows(std::iter::once(0..items)).unwrap()
}

#[test]
fn explosion_is_an_error_before_the_search() {
    let is_too_large = |miner: &Miner, baskets: &Transactions<u32>| {
        matches!(miner.mine(baskets).unwrap_err().kind(), ErrorKind::TooLarge { .. })
    };
    // Without the default limit, which depends on the machine.
    let miner = Miner::new().min_support(MinSupport::count(1)).max_memory(u64::MAX);
    // 2^40 - 1 itemsets can be counted, but not collected.
    for &algorithm in ENGINES {
        let miner = miner.clone().algorithm(algorithm);
        assert!(is_too_large(&miner, &one_basket(40)), "{algorithm}");
        assert!(is_too_large(&miner.clone().max_len(39), &one_basket(40)), "{algorithm}");
        match algorithm {
            Algorithm::Apriori => assert!(miner.count(&one_basket(40)).is_err()),
            _ => assert_eq!(miner.count(&one_basket(40)).unwrap().total(), (1 << 40) - 1),
        }
    }
    // Many small ones are one large one.
    let many = Transactions::from_rows((0..600u32).map(|basket| basket * 23..(basket + 1) * 23)).unwrap();
    assert_eq!(miner.count(&many).unwrap().total(), 600 * ((1 << 23) - 1));
    assert!(is_too_large(&miner, &many));
    // Two baskets that share 40 items, so that the search goes through columns.
    let two =
        Transactions::from_rows([(0..40).chain(100..103).collect::<Vec<u32>>(), (0..40).chain(200..203).collect()])
            .unwrap();
    assert!(is_too_large(&miner, &two));
    // 3^22 splits of one basket into two sides and the rest.
    let itemsets = miner.mine(&one_basket(22)).unwrap();
    let error = itemsets.rules().min_confidence(0.0).consequents(Consequents::Any).generate().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
    assert_eq!(miner.count(&two).unwrap().total(), 15 * (1 << 40) - 1);
}

#[test]
fn counts_beyond_128_bits_are_errors() {
    let miner = Miner::new().min_support(1.0);
    assert_eq!(miner.count(&one_basket(128)).unwrap().total(), u128::MAX);
    let error = miner.count(&one_basket(129)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: u128::MAX, .. }), "{error}");
    assert_eq!(miner.max_len(2).count(&one_basket(129)).unwrap().by_len(), [129, 129 * 128 / 2]);
}

#[test]
fn invalid_settings_are_named() {
    let baskets = one_basket(3);
    for (miner, setting) in [
        (Miner::new().min_support(0.0), "min_support: 0"),
        (Miner::new().min_support(-0.5), "min_support: -0.5"),
        (Miner::new().min_support(20.0), "min_support: 20"),
        (Miner::new().min_support(f64::NAN), "min_support: NaN"),
        (Miner::new().min_support(MinSupport::count(0)), "min_support: a count of 0"),
        (Miner::new().max_len(0), "max_len: 0"),
        (Miner::new().threads(0), "threads: 0"),
        (Miner::new().min_confidence(1.5), "min_confidence: 1.5"),
        (Miner::new().min_confidence(-0.1), "min_confidence: -0.1"),
        (Miner::new().min_confidence(f64::NAN), "min_confidence: NaN"),
    ] {
        let error = miner.rules(&baskets).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }), "{error}");
        assert!(
            error.to_string().starts_with(&format!("invalid {setting}")) && error.to_string().contains("(expected "),
            "{error}"
        );
    }
    #[cfg(not(feature = "rayon"))]
    {
        let error = Miner::new().threads(2).mine(&baskets).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::MissingFeature { feature: "rayon", .. }), "{error}");
    }
}

#[test]
fn every_call_checks_settings() {
    let baskets = one_basket(3);
    let itemsets = Miner::new().mine(&baskets).unwrap();
    let miner = Miner::new().min_confidence(7.0);
    assert!(miner.mine(&baskets).is_err() && miner.count(&baskets).is_err());
    assert!(miner.rules(&baskets).is_err() && miner.rules_of(&itemsets).is_err());
    assert!(Miner::new().max_len(0).rules_of(&itemsets).is_err());
}

#[test]
fn empty_result_is_ok() {
    let none = Transactions::<u32>::from_rows(Vec::<Vec<u32>>::new()).unwrap();
    for &algorithm in ALGORITHMS {
        let miner = Miner::new().algorithm(algorithm);
        let itemsets = miner.mine(&none).unwrap();
        assert_eq!((itemsets.len(), itemsets.min_count(), itemsets.basket_count()), (0, 1, 0));
        assert_eq!(itemsets.count_of::<u32>([]), Some(0));
        assert!(miner.rules(&none).unwrap().is_empty());
        assert_eq!(miner.count(&none).unwrap().by_len(), []);
        let beyond = miner.min_support(MinSupport::count(u64::MAX)).mine(&one_basket(3)).unwrap();
        assert_eq!((beyond.len(), beyond.min_count()), (0, u64::MAX));
    }
}

#[test]
fn items_in_every_basket_are_reported() {
    let baskets = Transactions::from_rows([vec!["beer", "chips"], vec!["beer"]]).unwrap();
    let found = Miner::new().min_support(1.0).mine(&baskets).unwrap();
    assert_eq!((found.len(), found.count_of(["beer"])), (1, Some(2)));
}
