//! Numbers to bins, against other programs and by definition.

use itemset::shape::Bins;
use itemset::{Error, ErrorKind};
use proptest::prelude::*;

/// Lengths and widths of 150 flowers in tenths, 50 of each species (R. A. Fisher: The use of multiple measurements in
/// taxonomic problems, Annals of Eugenics 7, 1936).
#[rustfmt::skip]
mod iris {
    pub(super) const SEPAL_LENGTH: [u8; 150] = [
        51, 49, 47, 46, 50, 54, 46, 50, 44, 49, 54, 48, 48, 43, 58, 57, 54, 51, 57, 51, 54, 51, 46, 51, 48, 50, 50, 52, 52, 47,
        48, 54, 52, 55, 49, 50, 55, 49, 44, 51, 50, 45, 44, 50, 51, 48, 51, 46, 53, 50, 70, 64, 69, 55, 65, 57, 63, 49, 66, 52,
        50, 59, 60, 61, 56, 67, 56, 58, 62, 56, 59, 61, 63, 61, 64, 66, 68, 67, 60, 57, 55, 55, 58, 60, 54, 60, 67, 63, 56, 55,
        55, 61, 58, 50, 56, 57, 57, 62, 51, 57, 63, 58, 71, 63, 65, 76, 49, 73, 67, 72, 65, 64, 68, 57, 58, 64, 65, 77, 77, 60,
        69, 56, 77, 63, 67, 72, 62, 61, 64, 72, 74, 79, 64, 63, 61, 77, 63, 64, 60, 69, 67, 69, 58, 68, 67, 67, 63, 65, 62, 59,
    ];
    pub(super) const SEPAL_WIDTH: [u8; 150] = [
        35, 30, 32, 31, 36, 39, 34, 34, 29, 31, 37, 34, 30, 30, 40, 44, 39, 35, 38, 38, 34, 37, 36, 33, 34, 30, 34, 35, 34, 32,
        31, 34, 41, 42, 31, 32, 35, 36, 30, 34, 35, 23, 32, 35, 38, 30, 38, 32, 37, 33, 32, 32, 31, 23, 28, 28, 33, 24, 29, 27,
        20, 30, 22, 29, 29, 31, 30, 27, 22, 25, 32, 28, 25, 28, 29, 30, 28, 30, 29, 26, 24, 24, 27, 27, 30, 34, 31, 23, 30, 25,
        26, 30, 26, 23, 27, 30, 29, 29, 25, 28, 33, 27, 30, 29, 30, 30, 25, 29, 25, 36, 32, 27, 30, 25, 28, 32, 30, 38, 26, 22,
        32, 28, 28, 27, 33, 32, 28, 30, 28, 30, 28, 38, 28, 28, 26, 30, 34, 31, 30, 31, 31, 31, 27, 32, 33, 30, 25, 30, 34, 30,
    ];
    pub(super) const PETAL_LENGTH: [u8; 150] = [
        14, 14, 13, 15, 14, 17, 14, 15, 14, 15, 15, 16, 14, 11, 12, 15, 13, 14, 17, 15, 17, 15, 10, 17, 19, 16, 16, 15, 14, 16,
        16, 15, 15, 14, 15, 12, 13, 14, 13, 15, 13, 13, 13, 16, 19, 14, 16, 14, 15, 14, 47, 45, 49, 40, 46, 45, 47, 33, 46, 39,
        35, 42, 40, 47, 36, 44, 45, 41, 45, 39, 48, 40, 49, 47, 43, 44, 48, 50, 45, 35, 38, 37, 39, 51, 45, 45, 47, 44, 41, 40,
        44, 46, 40, 33, 42, 42, 42, 43, 30, 41, 60, 51, 59, 56, 58, 66, 45, 63, 58, 61, 51, 53, 55, 50, 51, 53, 55, 67, 69, 50,
        57, 49, 67, 49, 57, 60, 48, 49, 56, 58, 61, 64, 56, 51, 56, 61, 56, 55, 48, 54, 56, 51, 51, 59, 57, 52, 50, 52, 54, 51,
    ];
    pub(super) const PETAL_WIDTH: [u8; 150] = [
        2, 2, 2, 2, 2, 4, 3, 2, 2, 1, 2, 2, 1, 1, 2, 4, 4, 3, 3, 3, 2, 4, 2, 5, 2, 2, 4, 2, 2, 2,
        2, 4, 1, 2, 2, 2, 2, 1, 2, 2, 3, 3, 2, 6, 4, 3, 2, 2, 2, 2, 14, 15, 15, 13, 15, 13, 16, 10, 13, 14,
        10, 15, 10, 14, 13, 14, 15, 10, 15, 11, 18, 13, 15, 12, 13, 14, 14, 17, 15, 10, 11, 10, 12, 16, 15, 16, 15, 13, 13, 13,
        12, 14, 12, 10, 13, 12, 13, 13, 11, 13, 25, 19, 21, 18, 22, 21, 17, 18, 18, 25, 20, 19, 21, 20, 24, 23, 18, 22, 23, 15,
        23, 20, 20, 18, 21, 18, 18, 18, 21, 16, 19, 20, 22, 15, 14, 23, 24, 18, 18, 21, 24, 23, 19, 23, 25, 23, 19, 20, 23, 18,
    ];
}

fn tenths(numbers: &[u8; 150]) -> Vec<f64> {
    // As a file has them: the nearest number to the decimal one.
    numbers.iter().map(|&tenths| f64::from(tenths) / 10.0).collect()
}

fn species() -> Vec<usize> {
    (0..150).map(|flower| flower / 50).collect()
}

const PRICES: [f64; 12] = [0.99, 1.49, 1.49, 2.49, 2.99, 2.99, 2.99, 4.99, 7.49, 12.0, 12.5, 30.0];

/// The sizes of the bins.
fn sizes(bins: &Bins, values: &[f64]) -> Vec<usize> {
    let mut sizes = vec![0; bins.len()];
    values.iter().for_each(|&value| sizes[bins.bin_of(value).unwrap()] += 1);
    sizes
}

/// Of scikit-learn 1.9.1, `KBinsDiscretizer`.
#[test]
fn cuts_are_those_of_scikit_learn() {
    let (sepals, petals) = (tenths(&iris::SEPAL_LENGTH), tenths(&iris::PETAL_LENGTH));
    for (values, bins, cuts) in [
        (&PRICES[..], 4, &[8.2425, 15.495000000000001, 22.7475][..]),
        (&sepals, 5, &[5.02, 5.74, 6.46, 7.18]),
        (&petals, 3, &[2.966666666666667, 4.933333333333334]),
    ] {
        assert_eq!(Bins::equal_width(values, bins).unwrap().cuts(), cuts);
    }
    for (values, bins, cuts) in [
        (&PRICES[..], 4, &[2.24, 2.99, 8.6175][..]),
        // 2.99 is two of the quantiles of five bins.
        (&PRICES[..], 5, &[1.6900000000000002, 2.99, 4.1899999999999995, 11.098000000000003]),
        (&sepals, 7, &[4.928571428571429, 5.2, 5.6, 6.0, 6.3, 6.7]),
        (&petals, 5, &[1.5, 3.9, 4.639999999999999, 5.32]),
    ] {
        let found = Bins::equal_frequency(values, bins).unwrap();
        assert_eq!(found.cuts().len(), cuts.len());
        // Its quantiles are percentages, which rounds once more.
        assert!(found.cuts().iter().zip(cuts).all(|(a, b)| (a - b).abs() < 1e-14), "{found}");
    }
    let found = Bins::k_means(&petals, 3).unwrap();
    assert!(found.cuts().iter().zip([2.8763703703703705, 4.959500805152979]).all(|(a, b)| (a - b).abs() < 1e-12));
    // There it stops at divisions that are not the best.
    let theirs = [(&PRICES[..], [7.675555555555556, 21.125]), (&sepals, [5.5330925257015835, 6.548770491803278])];
    for (values, cuts) in theirs {
        assert!(distance(values, Bins::k_means(values, 3).unwrap().cuts()) < distance(values, &cuts) - 1e-6);
    }
}

/// One outlier does not hide what is near: sums have twice the precision.
#[test]
fn outliers_leave_the_other_means_alone() {
    for outlier in [1e4, 1e8, 1e10, 1e12, -1e12] {
        let values = [1.0, 2.0, 3.0, 51.0, 52.0, 53.0, 101.0, 102.0, 103.0, outlier];
        assert!(
            sizes(&Bins::k_means(&values, 4).unwrap(), &values).iter().all(|size| [1, 3].contains(size)),
            "{outlier}"
        );
    }
    let wide = [-1.7e308, 1.7e308];
    assert_eq!(Bins::equal_width(&wide, 4).unwrap().cuts().len(), 3);
    assert_eq!(Bins::k_means(&wide, 2).unwrap().cuts(), [0.0]);
}

/// The sizes in the manual of the R package arules, `discretize` of the sepals' lengths.
#[test]
fn sizes_are_those_of_arules() {
    let sepals = tenths(&iris::SEPAL_LENGTH);
    assert_eq!(sizes(&Bins::equal_frequency(&sepals, 3).unwrap(), &sepals), [46, 53, 51]);
    assert_eq!(sizes(&Bins::equal_width(&sepals, 3).unwrap(), &sepals), [52, 70, 28]);
}

/// The cuts that the R package discretization publishes for `mdlp`, too.
#[test]
fn cuts_by_entropy_of_iris_are_the_published_ones() {
    for (numbers, cuts) in [
        (iris::SEPAL_LENGTH, [5.55, 6.15]),
        (iris::SEPAL_WIDTH, [2.95, 3.35]),
        (iris::PETAL_LENGTH, [2.45, 4.75]),
        (iris::PETAL_WIDTH, [0.8, 1.75]),
    ] {
        let numbers = tenths(&numbers);
        let bins = Bins::by_entropy(&numbers, &species()).unwrap();
        assert!(bins.cuts().iter().zip(&cuts).all(|(a, b)| (a - b).abs() < 1e-9), "{bins}");
        assert_eq!(bins.rounded(&numbers).len(), 3);
    }
}

/// The sum of the squared distances to the mean of the bin.
fn distance(values: &[f64], cuts: &[f64]) -> f64 {
    let bins = Bins::at(cuts.iter().copied()).unwrap();
    let of_bin = |bin| {
        let members: Vec<f64> = values.iter().copied().filter(|&value| bins.bin_of(value) == Some(bin)).collect();
        let mean = members.iter().sum::<f64>() / members.len().max(1) as f64;
        members.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    (0..bins.len()).map(of_bin).sum()
}

/// The different values, ascending.
fn distinct(values: &[f64]) -> Vec<f64> {
    let mut distinct = values.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    distinct
}

/// The least distance of all ways to cut.
fn least_distance(values: &[f64], bins: usize) -> f64 {
    fn cut(values: &[f64], places: &[f64], left: usize, cuts: &mut Vec<f64>) -> f64 {
        if left == 0 {
            return if cuts.is_empty() { f64::INFINITY } else { distance(values, cuts) };
        }
        let tried = (0..places.len()).map(|at| {
            cuts.push(places[at]);
            let found = cut(values, &places[at + 1..], left - 1, cuts);
            cuts.pop();
            found
        });
        tried.fold(f64::INFINITY, f64::min)
    }
    let places = &distinct(values)[1..];
    cut(values, places, (bins - 1).min(places.len()), &mut Vec::new())
}

/// How often each of four classes is there.
fn tally(pairs: &[(f64, u8)]) -> [f64; 4] {
    let mut counts = [0.0; 4];
    pairs.iter().for_each(|&(_, class)| counts[class as usize] += 1.0);
    counts
}

fn entropy(counts: [f64; 4]) -> f64 {
    let all: f64 = counts.iter().sum();
    -counts.iter().filter(|&&count| count > 0.0).map(|count| count / all * (count / all).log2()).sum::<f64>()
}

/// Cuts by entropy as Fayyad and Irani define them; `None` where rounding may decide.
fn cuts_by_entropy(pairs: &[(f64, u8)]) -> Option<Vec<f64>> {
    let (all, whole) = (pairs.len() as f64, entropy(tally(pairs)));
    let kinds = |counts: [f64; 4]| counts.iter().filter(|&&count| count > 0.0).count() as f64;
    let places = distinct(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>());
    let parted = |below: f64| pairs.iter().partition::<Vec<(f64, u8)>, _>(|pair| pair.0 <= below);
    let mut tried: Vec<(f64, f64, f64)> = Vec::new();
    for pair in places.windows(2) {
        let (left, right) = parted(pair[0]);
        let rest = (left.len() as f64 * entropy(tally(&left)) + right.len() as f64 * entropy(tally(&right))) / all;
        tried.push((rest, pair[0], (pair[0] + pair[1]) / 2.0));
    }
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let Some(&(rest, below, cut)) = tried.first() else { return Some(Vec::new()) };
    if tried.get(1).is_some_and(|next| next.0 - rest < 1e-9) {
        return None;
    }
    let (left, right) = parted(below);
    let (k, k1, k2) = (kinds(tally(pairs)), kinds(tally(&left)), kinds(tally(&right)));
    let delta = (3f64.powf(k) - 2.0).log2() - (k * whole - k1 * entropy(tally(&left)) - k2 * entropy(tally(&right)));
    let margin = whole - rest - ((all - 1.0).log2() + delta) / all;
    if k < 2.0 || margin < -1e-9 {
        return Some(Vec::new());
    }
    if margin < 1e-9 {
        return None;
    }
    let (before, after) = (cuts_by_entropy(&left)?, cuts_by_entropy(&right)?);
    Some([before, vec![cut], after].concat())
}

/// Cuts by chi-squared as Kerber defines them, with the critical value of `kinds` classes at 0.05.
fn cuts_by_chi_merge(pairs: &[(f64, u8)], critical: f64) -> Vec<f64> {
    let mut bins: Vec<(f64, f64, [f64; 4])> = distinct(&pairs.iter().map(|pair| pair.0).collect::<Vec<_>>())
        .into_iter()
        .map(|number| {
            let members: Vec<(f64, u8)> = pairs.iter().copied().filter(|pair| pair.0 == number).collect();
            (number, number, tally(&members))
        })
        .collect();
    let chi_squared = |one: &[f64; 4], other: &[f64; 4]| {
        let (ones, others): (f64, f64) = (one.iter().sum(), other.iter().sum());
        (0..4).filter(|&class| one[class] + other[class] > 0.0).fold(0.0, |sum, class| {
            let both = one[class] + other[class];
            let expected = |of: f64| of * both / (ones + others);
            sum + (one[class] - expected(ones)).powi(2) / expected(ones)
                + (other[class] - expected(others)).powi(2) / expected(others)
        })
    };
    loop {
        let mut least: Option<(f64, usize)> = None;
        for (place, pair) in bins.windows(2).enumerate() {
            let differ = chi_squared(&pair[0].2, &pair[1].2);
            if least.is_none_or(|(least, _)| differ < least - 1e-9) {
                least = Some((differ, place));
            }
        }
        match least {
            Some((differ, place)) if differ < critical => {
                let next = bins.remove(place + 1);
                bins[place].1 = next.1;
                (0..4).for_each(|class| bins[place].2[class] += next.2[class]);
            }
            _ => return bins.windows(2).map(|pair| (pair[0].1 + pair[1].0) / 2.0).collect(),
        }
    }
}

/// Numbers in quarters, so that middles are exact, with a class each that depends on them more or less.
fn classified() -> impl Strategy<Value = Vec<(f64, u8)>> {
    let pair = (0..24u8, 0..8u8, 0..4u8)
        .prop_map(|(number, noise, class)| (f64::from(number) / 4.0, if noise == 0 { class } else { number / 8 }));
    prop::collection::vec(pair, 2..60)
}

proptest! {
    #[test]
    fn every_number_is_in_the_bin_of_its_label(
        mut cuts in prop::collection::vec(-50..50i32, 1..8),
        numbers in prop::collection::vec(-120..120i32, 1..20),
    ) {
        cuts.sort_unstable();
        cuts.dedup();
        let bins = Bins::at(cuts.iter().map(|&cut| f64::from(cut))).unwrap();
        prop_assert_eq!(bins.len(), cuts.len() + 1);
        for number in numbers.into_iter().map(|number| f64::from(number) / 2.0) {
            let bin = bins.bin_of(number).unwrap();
            let label = bins.label(bin).unwrap();
            let (lower, upper) = label[1..label.len() - 1].split_once(", ").unwrap();
            let (lower, upper): (f64, f64) = (lower.parse().unwrap(), upper.parse().unwrap());
            prop_assert!(lower <= number && number < upper, "{} in {}", number, label);
        }
        prop_assert_eq!(bins.label(bins.len()), None);
    }

    #[test]
    fn means_have_the_least_distance(values in prop::collection::vec(-20..20i32, 2..14), bins in 2..5usize) {
        let values: Vec<f64> = values.into_iter().map(|value| f64::from(value) / 4.0).collect();
        prop_assume!(distinct(&values).len() > 1);
        let found = Bins::k_means(&values, bins).unwrap();
        prop_assert_eq!(found.len(), bins.min(distinct(&values).len()));
        let least = least_distance(&values, bins);
        prop_assert!((distance(&values, found.cuts()) - least).abs() < 1e-9, "{} for {}", found, least);
    }

    #[test]
    fn entropy_and_chi_squared_by_definition(pairs in classified()) {
        let (values, classes): (Vec<f64>, Vec<u8>) = pairs.iter().copied().unzip();
        let mut kinds = classes.clone();
        kinds.sort_unstable();
        kinds.dedup();
        prop_assume!(distinct(&values).len() > 1 && kinds.len() > 1);
        if let Some(expected) = cuts_by_entropy(&pairs) {
            let found = Bins::by_entropy(&values, &classes).unwrap();
            prop_assert_eq!(found.cuts(), &expected[..]);
        }
        // Of the tables of the distribution, for 1, 2 and 3 degrees of freedom.
        let critical = [3.841458820694124, 5.991464547107979, 7.814727903251179][kinds.len() - 2];
        let found = Bins::chi_merge(&values, &classes, 0.05).unwrap();
        prop_assert_eq!(found.cuts(), &cuts_by_chi_merge(&pairs, critical)[..]);
    }

    #[test]
    fn any_numbers_give_bins_or_an_error(
        values in prop::collection::vec(any::<f64>(), 0..40),
        kinds in 1..5usize,
        bins in 0..9usize,
        number in any::<f64>(),
    ) {
        let classes: Vec<usize> = (0..values.len()).map(|place| place % kinds).collect();
        for found in [
            Bins::equal_width(&values, bins),
            Bins::equal_frequency(&values, bins),
            Bins::quantiles(&values, &[0.1, 0.5]),
            Bins::k_means(&values, bins),
            Bins::by_entropy(&values, &classes),
            Bins::chi_merge(&values, &classes, 0.1),
            Bins::at(values.iter().copied()),
        ] {
            let Ok(found) = found else { continue };
            prop_assert!(found.cuts().iter().all(|cut| cut.is_finite()) && found.cuts().is_sorted_by(|a, b| a < b));
            prop_assert_eq!(found.bin_of(number).is_none(), number.is_nan());
            let rounded = found.rounded(&values);
            if values.iter().all(|value| value.is_finite()) && rounded.len() == found.len() {
                prop_assert!(values.iter().all(|&value| rounded.bin_of(value) == found.bin_of(value)));
            }
            prop_assert!(found.cuts().len() >= rounded.cuts().len());
            #[cfg(feature = "serde")]
            prop_assert_eq!(&serde_json::from_str::<Bins>(&serde_json::to_string(&found).unwrap()).unwrap(), &found);
        }
    }
}

#[test]
fn what_is_no_number_or_no_choice_is_refused() {
    let error = |result: Result<Bins, Error>| {
        let error = result.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidSetting { .. }));
        error.to_string()
    };
    for (result, expected) in [
        (Bins::at([]), "invalid cuts: none (expected one or more)"),
        (Bins::at([1.0, 3.0, 2.0]), "invalid cuts: 2 after 3 (expected ascending numbers, each once)"),
        (Bins::at([0.0, -0.0]), "invalid cuts: 0 after 0 (expected ascending numbers, each once)"),
        (
            Bins::at([1.0, f64::INFINITY]),
            "invalid cuts: inf at position 1 (expected finite numbers; leave missing ones out)",
        ),
        (Bins::equal_width(&[1.0, 2.0], 1), "invalid bins: 1 (expected a number from 2 to 65536)"),
        (Bins::k_means(&[1.0, 2.0], 1_000_000_000), "invalid bins: 1000000000 (expected a number from 2 to 65536)"),
        (
            Bins::equal_width(&[1.0, f64::NAN], 2),
            "invalid values: NaN at position 1 (expected finite numbers; leave missing ones out)",
        ),
        (Bins::k_means(&[7.0, 7.0], 2), "invalid values: only 7 (expected two different numbers or more)"),
        (Bins::equal_frequency(&[], 2), "invalid values: none (expected two different numbers or more)"),
        (
            Bins::quantiles(&[1.0, 2.0], &[0.5, 0.5]),
            "invalid quantiles: 0.5 after 0.5 (expected ascending fractions above 0 and below 1)",
        ),
        (
            Bins::quantiles(&[1.0, 2.0], &[1.0]),
            "invalid quantiles: 1 (expected ascending fractions above 0 and below 1)",
        ),
        (Bins::by_entropy(&[1.0, 2.0], &["a"]), "invalid classes: 1 for 2 values (expected one for each value)"),
        (Bins::by_entropy(&[1.0, 2.0], &["a", "a"]), "invalid classes: only one (expected two different ones or more)"),
        (
            Bins::chi_merge(&[1.0, 1.0], &["a", "b"], 0.05),
            "invalid values: only 1 (expected two different numbers or more)",
        ),
        (Bins::chi_merge(&[1.0, 2.0], &["a", "b"], 1.0), "invalid alpha: 1 (expected a number above 0 and below 1)"),
    ] {
        assert_eq!(error(result), expected);
    }
}
