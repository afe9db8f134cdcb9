//! A search in groups finds what a single call finds.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;

use itemset::distributed::{GroupItemsets, ItemCounts, MinePlan};
use itemset::io::BasketReader;
use itemset::{Algorithm, ErrorKind, MinSupport, Miner, RunOptions, Target, Transactions};
use proptest::prelude::*;

/// What the groups of a plan find in some baskets.
fn found_by_groups(plan: &MinePlan<u32>, baskets: &Transactions<u32>) -> Vec<GroupItemsets> {
    let mut groups: Vec<_> = (0..plan.groups()).map(|group| plan.group(group).unwrap()).collect();
    let mut projector = plan.projector();
    for (basket, weight) in baskets.weighted() {
        for (group, prefix) in projector.project(basket.iter()) {
            groups[group].push(prefix, weight.into()).unwrap();
        }
    }
    groups.into_iter().map(|group| group.mine().unwrap()).collect()
}

/// The counts of baskets, counted in three parts.
fn counted(baskets: &Transactions<u32>) -> ItemCounts<u32> {
    let mut parts = [ItemCounts::new(), ItemCounts::new(), ItemCounts::new()];
    for (place, (basket, weight)) in baskets.weighted().enumerate() {
        parts[place % 3].add_weighted(basket.iter().copied(), weight.into()).unwrap();
    }
    let [mut first, second, third] = parts;
    first.merge(&third).unwrap();
    first.merge(&second).unwrap();
    first
}

/// Compares all targets with single calls.
fn agrees(miner: &Miner, baskets: &Transactions<u32>, groups: usize) {
    let counts = counted(baskets);
    let plan = MinePlan::new(miner, &counts, groups).unwrap();
    assert_eq!(plan, MinePlan::new(miner, &counts, groups).unwrap());
    let mut found = found_by_groups(&plan, baskets);
    found.reverse();
    let (itemsets, expected) = (plan.join(&found).unwrap(), miner.mine(baskets).unwrap());
    assert_eq!(itemsets, expected, "{groups} groups");
    assert!(miner.rules_of(&itemsets).unwrap() == miner.rules_of(&expected).unwrap(), "{groups} groups");
    let mut on_disk = plan.on_disk(None).unwrap();
    on_disk.add_transactions(baskets).unwrap();
    let found = on_disk.mine(&RunOptions::new()).unwrap();
    assert_eq!(plan.join(&found).unwrap(), expected, "{groups} groups on disk");
    let Ok(closed) = miner.mine_closed(baskets) else { return };
    let options = RunOptions::new();
    let plan = plan.target(Target::Closed).unwrap();
    let found = found_by_groups(&plan, baskets);
    assert_eq!(shown(&plan, &found), sorted(closed.iter()), "{groups} groups");
    assert_eq!(plan.join_closed(&found, &options).unwrap(), closed, "{groups} groups");
    let plan = plan.target(Target::Maximal).unwrap();
    let (found, maximal) = (found_by_groups(&plan, baskets), miner.mine_maximal(baskets).unwrap());
    assert_eq!(shown(&plan, &found), sorted(maximal.iter()), "{groups} groups");
    assert_eq!(plan.join_maximal(&found, &options).unwrap(), maximal, "{groups} groups");
}

/// Itemsets as items in order, and their counts.
fn sorted<'a>(itemsets: impl Iterator<Item = itemset::Itemset<'a, u32>>) -> BTreeMap<Vec<u32>, u64> {
    let items = |set: &itemset::Itemset<'_, u32>| set.iter().copied().collect::<BTreeSet<u32>>().into_iter().collect();
    itemsets.map(|set| (items(&set), set.count())).collect()
}

/// What no other group hides of what groups found.
fn shown(plan: &MinePlan<u32>, found: &[GroupItemsets]) -> BTreeMap<Vec<u32>, u64> {
    let subsumed = plan.subsumed(found, &RunOptions::new()).unwrap();
    let mut shown = BTreeMap::new();
    for (group, subsumed) in found.iter().zip(&subsumed) {
        assert_eq!(group.len(), subsumed.len());
        for ((ranks, count), _) in group.iter().zip(subsumed).filter(|(_, is_subsumed)| !**is_subsumed) {
            let items: BTreeSet<u32> = ranks.iter().map(|&rank| *plan.item(rank).unwrap().0).collect();
            assert_eq!(shown.insert(items.into_iter().collect(), count), None);
        }
    }
    shown
}

fn weighted(rows: &[(Vec<u32>, u32)]) -> Transactions<u32> {
    let mut builder = Transactions::builder();
    rows.iter().for_each(|(row, weight)| _ = builder.push_weighted(row.iter().copied(), *weight));
    builder.build().unwrap()
}

proptest! {
    #[test]
    fn groups_find_what_a_single_call_finds(
        rows in prop::collection::vec((prop::collection::vec(0..12u32, 0..9), 1..4u32), 0..50),
        min_count in 1..8u64,
        groups in prop::sample::select(vec![1usize, 2, 3, 8, 97]),
        max_len in prop_oneof![2 => Just(None), 1 => (1..4usize).prop_map(Some)],
        algorithm in prop::sample::select(vec![Algorithm::Auto, Algorithm::Eclat, Algorithm::FpGrowth]),
        threads in 1..3usize,
    ) {
        let mut miner = Miner::new().min_support(MinSupport::count(min_count)).min_confidence(0.3).algorithm(algorithm);
        if let Some(max_len) = max_len {
            miner = miner.max_len(max_len);
        }
        agrees(&miner.threads(threads), &weighted(&rows), groups);
    }

    /// More baskets than 32 bits number.
    #[test]
    fn great_weights_are_exact(
        rows in prop::collection::vec((prop::collection::vec(0..7u32, 0..6), 1..=u32::MAX), 1..30),
        share in 1..20u32,
        groups in 1..5usize,
    ) {
        agrees(&Miner::new().min_support(f64::from(share) / 20.0), &weighted(&rows), groups);
    }
}

#[test]
fn a_group_has_only_its_own() {
    let rows: Vec<(Vec<u32>, u32)> =
        (1..200u32).map(|n| ((0..8).filter(|item| n % (item + 2) == 0).collect(), 1)).collect();
    let baskets = weighted(&rows);
    let plan = MinePlan::new(&Miner::new().min_support(MinSupport::count(1)), &counted(&baskets), 3).unwrap();
    for group in found_by_groups(&plan, &baskets) {
        assert!(group.iter().all(|(ranks, _)| plan.group_of(ranks[0]) == Some(group.group())));
        assert!(group.iter().map(|(ranks, _)| ranks).is_sorted());
    }
}

/// No group is a straggler as far as the estimate tells, and prefixes are few.
#[test]
fn groups_have_about_the_same_cost() {
    let rows: Vec<(Vec<u32>, u32)> = (1..3000u32)
        .map(|n| ((0..300).filter(|item| n.wrapping_mul(2_654_435_761) % (3 * item + 7) == 0).collect(), 1))
        .collect();
    let baskets = weighted(&rows);
    let counts = counted(&baskets);
    let plan = MinePlan::new(&Miner::new().min_support(MinSupport::count(3)), &counts, 8).unwrap();
    let costs = plan.costs();
    let (least, most) = (costs.iter().min().unwrap(), costs.iter().max().unwrap());
    assert!(3 * most < 4 * least, "{costs:?}");
    let mut projector = plan.projector();
    for (basket, _) in baskets.weighted() {
        let mut seen = HashSet::new();
        let prefixes: Vec<(usize, usize)> =
            projector.project(basket.iter()).map(|(group, prefix)| (group, prefix.len())).collect();
        assert!(prefixes.iter().all(|&(group, len)| seen.insert(group) && len >= 2));
        assert!(prefixes.is_sorted_by(|a, b| a.1 > b.1));
    }
}

#[test]
fn what_does_not_belong_to_a_plan_is_refused() {
    let baskets = weighted(&[(vec![1, 2, 3], 2), (vec![1, 2], 1), (vec![1], 1)]);
    let counts = counted(&baskets);
    let miner = Miner::new().min_support(MinSupport::count(1));
    let plan = MinePlan::new(&miner, &counts, 2).unwrap();
    let told = |error: itemset::Error| {
        assert!(matches!(error.kind(), ErrorKind::Group { .. }), "{error:?}");
        error.to_string()
    };
    assert_eq!(told(plan.group(2).unwrap_err()), "group 2: the plan has 2 groups, numbered from 0");
    let own = plan.group_of(2).unwrap();
    let mut group = plan.group(own).unwrap();
    for prefix in [&[][..], &[2, 1], &[1, 1, 2], &[3], &[u32::MAX], &[0, 2, 7]] {
        let expected = format!(
            "group {own}: the prefix {prefix:?} is none of its own (expected ascending ranks of the plan, of which the last is the group's)"
        );
        assert_eq!(told(group.push(prefix, 1).unwrap_err()), expected);
    }
    // More baskets than there are: nothing is stored.
    let expected =
        "the item of rank 2 came in 2305843009213693952 baskets, and the plan counted 2: add each prefix once";
    assert_eq!(told(group.push(&[0, 1, 2], 1 << 61).unwrap_err()), format!("group {own}: {expected}"));
    // A task that ran twice.
    (0..2).for_each(|_| group.push(&[0, 1, 2], 2).unwrap());
    let expected = "the item of rank 2 came in 4 baskets, and the plan counted 2: add each prefix once";
    assert_eq!(told(group.mine().unwrap_err()), format!("group {own}: {expected}"));
    let found = found_by_groups(&plan, &baskets);
    assert!(told(plan.join(&found[..1]).unwrap_err()).starts_with("group 1: it is missing"));
    let twice = [found[0].clone(), found[1].clone(), found[0].clone()];
    assert!(told(plan.join(&twice).unwrap_err()).starts_with("group 0: it is there twice"));
    let other = MinePlan::new(&miner, &counts, 3).unwrap();
    assert!(told(other.join(&found).unwrap_err()).starts_with("group 0: found for another plan"));
    assert!(
        told(plan.join_closed(&found, &RunOptions::new()).unwrap_err()).starts_with("the plan is for all itemsets")
    );
    let refused = plan.clone().target(Target::Generators).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::InvalidSetting { setting: "target", .. }), "{refused:?}");
    for groups in [0, (1 << 20) + 1] {
        let refused = MinePlan::new(&miner, &counts, groups).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::InvalidSetting { setting: "groups", .. }), "{refused:?}");
    }
    let refused = MinePlan::new(&miner.clone().algorithm(Algorithm::Apriori), &counts, 1).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::InvalidSetting { setting: "algorithm", .. }), "{refused:?}");
    assert!(ItemCounts::from_counts([(1, 5)], 4).is_err());
    let same = ItemCounts::from_counts([(3, 2), (1, 4), (2, 3)], 4).unwrap();
    assert_eq!(same, counts);
    assert_eq!(MinePlan::new(&miner, &same, 2).unwrap(), plan);
}

/// A few items are in most baskets, most in a few; some baskets are long. There are more frequent items than groups.
#[test]
fn skewed_data_in_groups() {
    let mut state = 11u64;
    // Fractions from above 0 to 1, of a generator of Marsaglia's.
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 11) + 1) as f64 / (1u64 << 53) as f64
    };
    let rows: Vec<(Vec<u32>, u32)> = (0..4000)
        .map(|_| {
            let len = (2.0 * draw().powf(-0.9)).min(60.0) as usize;
            // The logarithm of the rank is spread evenly: each item is about as frequent as its rank is low.
            let row: BTreeSet<u32> = (0..len).map(|_| (10.0 * (301f64.powf(draw()) - 1.0)) as u32).collect();
            (row.into_iter().collect(), 1)
        })
        .collect();
    let baskets = weighted(&rows);
    let miner = Miner::new().min_support(MinSupport::count(5)).min_confidence(0.5);
    for groups in [1, 2, 8, 97, 1000] {
        let plan = MinePlan::new(&miner, &counted(&baskets), groups).unwrap();
        let own: BTreeSet<usize> = (0..plan.items()).filter_map(|rank| plan.group_of(rank as u32)).collect();
        assert!(plan.items() > 1100 && own.len() == groups, "{} items", plan.items());
        agrees(&miner, &baskets, groups);
    }
}

/// Real data and many groups.
#[test]
fn real_data_in_groups() {
    let Some(data) = crate::known_answers::folder() else { return };
    for (file, min_count) in [("retail.dat", 60), ("T10I4D100K.dat", 100), ("BMS1.dat", 60)] {
        let text = fs::read_to_string(data.join("data").join(file)).unwrap();
        let read = BasketReader::new().read(text.as_bytes()).unwrap();
        let rows =
            read.iter().map(|basket| basket.iter().map(|label| label.parse::<u32>().unwrap()).collect::<Vec<_>>());
        let baskets = Transactions::from_rows(rows).unwrap();
        for groups in [1, 2, 8, 97, 1000] {
            agrees(&Miner::new().min_support(MinSupport::count(min_count)), &baskets, groups);
        }
    }
}

#[cfg(feature = "serde")]
mod stored {
    use super::*;

    /// As if each went to another machine and came back.
    fn sent<S: serde::Serialize + serde::de::DeserializeOwned>(value: &S) -> S {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sent_is_the_same(
            rows in prop::collection::vec((prop::collection::vec(0..9u32, 0..7), 1..4u32), 0..40),
            groups in 1..5usize,
            closed in any::<bool>(),
        ) {
            let (baskets, miner) = (weighted(&rows), Miner::new().min_support(0.1));
            let counts = sent(&counted(&baskets));
            prop_assert_eq!(&counts, &counted(&baskets));
            let plan = MinePlan::new(&miner, &counts, groups).unwrap();
            let plan = if closed { plan.target(Target::Closed).unwrap() } else { plan };
            let received = sent(&plan);
            prop_assert_eq!(&received, &plan);
            prop_assert_eq!(received.fingerprint(), plan.fingerprint());
            let found: Vec<GroupItemsets> = found_by_groups(&received, &baskets).iter().map(sent).collect();
            prop_assert_eq!(&found, &found_by_groups(&plan, &baskets));
            match closed {
                true => prop_assert_eq!(plan.join_closed(&found, &RunOptions::new()).unwrap(), miner.mine_closed(&baskets).unwrap()),
                false => prop_assert_eq!(plan.join(&found).unwrap(), miner.mine(&baskets).unwrap()),
            }
        }
    }

    /// Whatever stands in a stored form, it is refused or joined without a panic.
    #[test]
    fn damaged_forms_are_refused() {
        let baskets = weighted(&[(vec![1, 2, 3], 2), (vec![1, 2], 1), (vec![1], 1)]);
        let plan = MinePlan::new(&Miner::new().min_support(MinSupport::count(1)), &counted(&baskets), 1).unwrap();
        let found = found_by_groups(&plan, &baskets);
        let text = serde_json::to_value(&found[0]).unwrap();
        for (key, value, refused) in [
            ("ranks", serde_json::json!([0, 1, 1, 0, 2, 2, 0, 2, 1, 2, 1, 9]), true),
            ("lens", serde_json::json!([1, 1, 2, 1, 2, 2, 4]), true),
            ("counts", serde_json::json!([1]), true),
            ("format", serde_json::json!(2), true),
            ("counts", serde_json::json!([4, 3, 3, 2, 2, 2, u64::MAX]), false),
        ] {
            let mut text = text.clone();
            text[key] = value;
            match serde_json::from_value::<GroupItemsets>(text) {
                Err(_) => assert!(refused, "{key}"),
                Ok(damaged) => {
                    assert!(!refused, "{key}");
                    assert!(plan.join(&[damaged]).is_err(), "{key}");
                }
            }
        }
        // Itemsets that are lost, or have the counts of another plan: [0], [1], [1, 0], [2], [2, 0], [2, 1], [2, 1, 0].
        let other = |ranks: &[u32], lens: &[u32], counts: &[u64]| {
            let mut text = text.clone();
            text["ranks"] = serde_json::json!(ranks);
            text["lens"] = serde_json::json!(lens);
            text["counts"] = serde_json::json!(counts);
            plan.join(&[serde_json::from_value(text).unwrap()])
        };
        let (ranks, lens, counts) =
            ([0, 1, 1, 0, 2, 2, 0, 2, 1, 2, 1, 0], [1, 1, 2, 1, 2, 2, 3], [4, 3, 3, 2, 2, 2, 2]);
        assert_eq!(other(&ranks, &lens, &counts).unwrap(), plan.join(&found).unwrap());
        for (lost, told) in [
            (other(&[], &[], &[]), "the item of rank 0 is missing"),
            (other(&ranks[..4], &lens[..3], &counts[..3]), "the item of rank 2 is missing"),
            (other(&ranks[1..], &lens[1..], &counts[1..]), "the ranks [1] in 3 baskets does not follow"),
            (
                other(&[0, 1, 1, 0, 2, 2, 0, 2, 1, 0], &[1, 1, 2, 1, 2, 3], &[4, 3, 3, 2, 2, 2]),
                "the ranks [2, 1, 0] in 2 baskets does not follow",
            ),
            (other(&ranks, &lens, &[4, 3, 4, 2, 2, 2, 2]), "the ranks [1, 0] in 4 baskets does not follow"),
            (other(&ranks, &lens, &[4, 2, 2, 2, 2, 2, 2]), "the ranks [1] in 2 baskets does not follow"),
        ] {
            let error = lost.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Group { group: Some(0), .. }), "{error:?}");
            assert!(error.to_string().contains(told), "{error}");
        }
        let text = serde_json::to_value(&plan).unwrap();
        for (key, value) in [
            ("groups", serde_json::json!(u32::MAX)),
            ("groups", serde_json::json!((1 << 20) + 1)),
            ("max_len", serde_json::json!(0)),
            ("min_count", serde_json::json!(0)),
            ("algorithm", serde_json::json!("apriori")),
            ("counts", serde_json::json!([2, 3, 4])),
            ("counts", serde_json::json!([9, 3, 2])),
            ("labels", serde_json::json!([1, 1, 3])),
            ("group_of", serde_json::json!([0, 0, 1])),
            ("group_of", serde_json::json!([0, 0])),
            ("target", serde_json::json!("generators")),
        ] {
            let mut text = text.clone();
            text[key] = value;
            assert!(serde_json::from_value::<MinePlan<u32>>(text).is_err(), "{key}");
        }
        let empty = MinePlan::new(&Miner::new(), &ItemCounts::<u32>::new(), 1).unwrap();
        assert_eq!(sent(&empty), empty);
        let mut text = serde_json::to_value(&empty).unwrap();
        text["groups"] = serde_json::json!(0);
        assert!(serde_json::from_value::<MinePlan<u32>>(text).is_err());
    }
}
