//! Samples, and whether they keep what they promise.

use std::collections::BTreeSet;

use itemset::shape::{Reservoir, SampleSize};
use itemset::{MinSupport, Miner, Transactions};
use proptest::prelude::*;

use crate::brute_force::{databases, encode};

proptest! {
    #[test]
    fn counts_in_other_baskets_by_definition(rows in databases(), others in databases(), weights in prop::collection::vec(1..70u32, 200)) {
        let itemsets = Miner::new().min_support(MinSupport::count((rows.len() as u64 / 6).max(2))).max_len(4).mine(&encode(&rows)).unwrap();
        let mut builder = Transactions::builder();
        for (row, &weight) in others.iter().zip(&weights) {
            builder.push_weighted(row.iter().copied(), weight);
        }
        let weighted = builder.build().unwrap();
        for (baskets, weight) in [(encode(&others), None), (weighted, Some(&weights))] {
            let expected: Vec<u64> = itemsets
                .iter()
                .map(|itemset| {
                    let holds = |row: &Vec<u32>| itemset.iter().all(|item| row.contains(item));
                    let held = (0..others.len()).filter(|&row| holds(&others[row]));
                    held.map(|row| weight.map_or(1, |weights| u64::from(weights[row]))).sum()
                })
                .collect();
            prop_assert_eq!(itemsets.counts_in(&baskets), expected);
        }
    }

    #[test]
    fn samples_have_their_size_and_do_not_depend_on_the_order(rows in databases(), size in 0..300usize, seed in any::<u64>()) {
        let baskets = encode(&rows);
        prop_assume!(!rows.is_empty());
        let sample = baskets.sample(size, seed).unwrap();
        prop_assert_eq!(sample.len(), size);
        let sets = |baskets: &Transactions<u32>| -> Vec<Vec<u32>> {
            let mut sets: Vec<Vec<u32>> = baskets.iter().map(|basket| {
                let mut items: Vec<u32> = basket.iter().copied().collect();
                items.sort_unstable();
                items
            }).collect();
            sets.sort();
            sets
        };
        let all: BTreeSet<Vec<u32>> = sets(&baskets).into_iter().collect();
        prop_assert!(sets(&sample).iter().all(|row| all.contains(row)));
        let turned = encode(&rows.iter().rev().cloned().collect::<Vec<_>>());
        prop_assert_eq!(sets(&turned.sample(size, seed).unwrap()), sets(&sample));
    }

    #[test]
    fn size_for_all_itemsets_by_definition(rows in databases()) {
        let mut lengths: Vec<usize> = rows.iter().map(|row| row.iter().collect::<BTreeSet<_>>()).collect::<BTreeSet<_>>().iter().map(BTreeSet::len).collect();
        lengths.sort_unstable_by(|a, b| b.cmp(a));
        let d = (0..=lengths.len()).rev().find(|&d| lengths.iter().take(d).all(|&length| length >= d)).unwrap();
        let size = SampleSize::new(0.05, 0.1).unwrap();
        let expected = ((d as f64 + 10f64.ln()) / 2.0 / 0.0025).ceil() as usize;
        prop_assert!(size.of_all(&encode(&rows)).abs_diff(expected) <= 1);
    }

    #[test]
    fn reservoirs_keep_as_many_as_they_may(rows in 0..60u32, size in 0..20usize, seed in any::<u64>()) {
        let mut reservoir = Reservoir::new(size, seed);
        (0..rows).for_each(|row| reservoir.push([row]));
        prop_assert_eq!(reservoir.seen(), u64::from(rows));
        let sample = reservoir.build().unwrap();
        prop_assert_eq!(sample.len(), size.min(rows as usize));
        prop_assert_eq!(sample.dictionary().len(), sample.len());
    }
}

/// Over 200 seeds the supports of all itemsets are wrong by no more than was promised, in the promised share at least.
#[test]
fn the_promised_error_holds() {
    // Baskets of up to eight of twelve items, some of which go together.
    let row = |n: u32| {
        (0..12u32).filter(move |item| (n.wrapping_mul(2_654_435_761) >> (item * 2)) % 4 < 1 + item % 2 + n % 2)
    };
    let baskets = Transactions::from_rows((0..20_000u32).map(row)).unwrap();
    let (error, failure) = (0.04, 0.1);
    let size = SampleSize::new(error, failure).unwrap();
    let draws = size.of_all(&baskets);
    assert!(draws < baskets.len() / 2, "{draws}");
    // All itemsets of all baskets, so that none is missed in a sample.
    let all = Miner::new().min_support(MinSupport::count(1)).mine(&baskets).unwrap();
    let kept = (0..200u64).filter(|&seed| {
        let sample = baskets.sample(draws, seed).unwrap();
        let counts = all.counts_in(&sample);
        let wrong =
            all.iter().zip(&counts).map(|(itemset, &count)| (itemset.support() - count as f64 / draws as f64).abs());
        let largest = wrong.fold(0.0, f64::max);
        let found = Miner::new().min_support(0.2 - error).mine(&sample).unwrap();
        assert!(size.largest_error(&found, &baskets) <= largest);
        largest <= error
    });
    let kept = kept.count();
    assert!(kept as f64 >= (1.0 - failure) * 200.0, "{kept} of 200");
    // For one itemset, fewer baskets are enough.
    let one = size.of_one();
    let truth = baskets.count_of(&3).unwrap() as f64 / baskets.len() as f64;
    let kept = (0..200u64).filter(|&seed| {
        let sample = baskets.sample(one, seed).unwrap();
        (sample.count_of(&3).unwrap() as f64 / one as f64 - truth).abs() <= error
    });
    assert!(kept.count() >= 180);
}

/// The same of samples that grow until they promise the error, where a few baskets are much longer than the others.
#[test]
fn the_promised_error_holds_in_samples_that_grow() {
    let row = |n: u32| -> Vec<u32> {
        let hashed = n.wrapping_mul(2_654_435_761);
        match n % 500 {
            0 => (0..24).filter(|item| hashed >> item & 1 == 1).collect(),
            _ => (0..4).filter(|item| (hashed >> (item * 5)) % 7 < 2 + item % 2).collect(),
        }
    };
    let baskets = Transactions::from_rows((0..10_000u32).map(row)).unwrap();
    let (error, failure) = (0.05, 0.1);
    let size = SampleSize::new(error, failure).unwrap();
    let all = Miner::new().min_support(MinSupport::fraction(0.02)).mine(&baskets).unwrap();
    let (mut kept, mut drawn, mut sizes) = (0, 0, BTreeSet::new());
    for seed in 0..200u64 {
        let grown = size.progressive(&baskets, seed).unwrap();
        let sample = &grown.sample;
        assert!(grown.error <= error);
        // A sample that grows begins like one of a known size.
        if seed < 3 {
            assert_eq!(sample, &baskets.sample(sample.len(), seed).unwrap());
        }
        let draws = sample.len() as f64;
        let wrong = all
            .iter()
            .zip(all.counts_in(sample))
            .map(|(itemset, count)| (itemset.support() - count as f64 / draws).abs());
        kept += u32::from(wrong.fold(0.0, f64::max) <= error);
        drawn += sample.len();
        sizes.insert((grown.rounds, sample.len()));
    }
    assert!(f64::from(kept) >= (1.0 - failure) * 200.0, "{kept} of 200");
    // Fewer baskets than for all that are long, on the average and at most.
    let most = SampleSize::new(error, failure / 2.0).unwrap().of_all(&baskets);
    assert!(drawn < 180 * size.of_all(&baskets), "{drawn} for {}", size.of_all(&baskets));
    assert!(sizes.iter().all(|&(rounds, size)| size <= most && rounds >= 1), "{sizes:?}");
}

proptest! {
    #[test]
    fn growing_samples_end(rows in databases(), seed in any::<u64>(), error in 0.02..0.9f64, failure in 0.001..0.9f64) {
        prop_assume!(!rows.is_empty());
        let baskets = encode(&rows);
        let size = SampleSize::new(error, failure).unwrap();
        let grown = size.progressive(&baskets, seed).unwrap();
        prop_assert!(grown.error <= error);
        prop_assert!(grown.sample.len() <= SampleSize::new(error, failure / 2.0).unwrap().of_all(&baskets).max(1));
        prop_assert_eq!(&grown.sample, &baskets.sample(grown.sample.len(), seed).unwrap());
    }
}

/// Each row is as likely to be kept as any other.
#[test]
fn reservoirs_prefer_no_row() {
    let mut kept = [0u32; 40];
    for seed in 0..4000 {
        let mut reservoir = Reservoir::new(10, seed);
        (0..40u32).for_each(|row| reservoir.push([row]));
        reservoir.build().unwrap().dictionary().labels().iter().for_each(|&row| kept[row as usize] += 1);
    }
    // 1,000 times each, with a deviation of 27.
    assert!(kept.iter().all(|&times| (880..1120).contains(&times)), "{kept:?}");
}

#[test]
fn wrong_sizes_are_refused() {
    for (error, failure, expected) in [
        (0.0, 0.1, "invalid error: 0 (expected a fraction above 0 and below 1)"),
        (0.1, 1.0, "invalid failure: 1 (expected a fraction above 0 and below 1)"),
        (f64::NAN, 0.1, "invalid error: NaN (expected a fraction above 0 and below 1)"),
    ] {
        assert_eq!(SampleSize::new(error, failure).unwrap_err().to_string(), expected);
    }
    let none = Transactions::<u32>::default();
    assert_eq!(none.sample(3, 1).unwrap_err().to_string(), "invalid sample: 3 (expected 0 of no baskets)");
    let size = SampleSize::new(0.1, 0.1).unwrap();
    assert!(size.progressive(&none, 1).unwrap_err().to_string().ends_with("(expected 0 of no baskets)"));
    assert!(none.sample(0, 1).unwrap().is_empty());
}
